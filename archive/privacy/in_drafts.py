"""One person in what others are handing in: where the form of a draft names them, and the draft without them.

As in a record, a name is taken out of an answer and an address of the archive stays. A file goes whole or stays: what
its text says is found by whoever can read it (`indexer.personal_data.naming_drafts`). Of what was sent only a note is
left, with the names of the files; it goes whole, and what it tells of stands in the archive.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from archive.deposit.draft import Draft
from archive.deposit.drafts import Drafts
from archive.deposit.errors import NoSuchDraft
from archive.privacy.forgetting import Mention, Somebody

# Fields whose value is an id or a choice; of a file they have its key behind a colon.
_NO_TEXT = frozenset({"project", "community", "year", "level", "continues", "companies", "themes", "as", "kind"})


@dataclass(frozen=True, slots=True, kw_only=True)
class InDraft:
    """A draft whose form, or note, names somebody."""

    draft: Draft
    mentions: tuple[Mention, ...]


def in_drafts(drafts: Iterable[Draft], who: Somebody) -> tuple[InDraft, ...]:
    """By the day on which they were begun."""
    found = [InDraft(draft=each, mentions=tuple(_mentions(each, who))) for each in drafts]
    return tuple(sorted((each for each in found if each.mentions), key=lambda each: (each.draft.made, each.draft.id)))


def address_of(draft: str, key: str = "") -> str:
    """What a draft, or a file of one, is called among what was erased."""
    return f"drafts/{draft}/{key}" if key else f"drafts/{draft}"


def told(draft: Draft) -> Iterator[str]:
    """All that the form of a draft says, or the note of what was sent."""
    for _way, text in _texts(draft):
        yield text


def forget_in_draft(drafts: Drafts, id: str, who: Somebody, *, now: datetime) -> None:
    """Take somebody out of a form; whoever has it open elsewhere is asked. Nothing where there is no such draft.

    Raises DraftClosed for one that is being sent at this moment, DiskFull, AccessFailed.
    """
    draft = drafts.reread(id)
    if draft is None:
        return
    if draft.state == "sent":
        drafts.drop(id, owner=draft.owner)
        return
    with drafts.changing(id, owner=draft.owner, now=now) as change:
        answers = {
            name: value if name.partition(":")[0] in _NO_TEXT else _without(value, who)
            for name, value in change.draft.answers.items()
        }
        change.draft = replace(change.draft, answers=answers, revision=change.draft.revision + 1)


def drop_file(drafts: Drafts, id: str, key: str, *, now: datetime) -> None:
    """Take a file out of a draft, with what was read of it and answered about it. Raises as `forget_in_draft`."""
    draft = drafts.reread(id)
    if draft is None or all(file.key != key for file in draft.files):
        return
    with suppress(NoSuchDraft):
        drafts.drop_file(id, key, owner=draft.owner, now=now)
        with drafts.changing(id, owner=draft.owner, now=now) as change:
            answers = {name: value for name, value in change.draft.answers.items() if name.partition(":")[2] != key}
            files = {each: said for each, said in change.draft.reading.get("files", {}).items() if each != key}
            reading = {**change.draft.reading, "files": files}
            change.draft = replace(change.draft, answers=answers, reading=reading, revision=change.draft.revision + 1)


def _mentions(draft: Draft, who: Somebody) -> Iterator[Mention]:
    for way, text in _texts(draft):
        if who.stands_in(text):
            yield Mention(way=way, text=text)


def _texts(draft: Draft) -> Iterator[tuple[str, str]]:
    if draft.state == "sent":
        for file in draft.files:
            yield "file", file.path
    names = {file.key: file.path for file in draft.files}
    for field, value in draft.answers.items():
        name, _, key = field.partition(":")
        if name not in _NO_TEXT:
            way = f"{name}: {names[key]}" if key in names else name
            yield from ((way, text) for text in _strings(value))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _strings(each)
    elif isinstance(value, dict):
        yield from _strings(list(value.values()))


def _without(value: Any, who: Somebody) -> Any:
    """A value without somebody: of a list of names theirs goes, of a text it says that it was erased."""
    if isinstance(value, str):
        return who.taken_out(value) if who.stands_in(value) else value
    if isinstance(value, (list, tuple)):
        return [_without(each, who) for each in value if not who.is_meant(each)]
    if isinstance(value, dict):
        return {key: _without(each, who) for key, each in value.items()}
    return value
