"""Change single things in a record and leave the rest as people wrote it: comments, order, unknown keys.

Pure: text in, text out. The one to write the answer is `Storage.write_record`, with the checksum of what was read.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array, InlineTable, Null, Table, Whitespace

from archive.errors import AccessFailed
from archive.model import DeliverableRecord, Visibility
from archive.paths import composed
from archive.privacy.forgetting import Somebody, comments_without, forget

Inline = Mapping[str, str | int | bool | date]
Value = str | int | bool | date | datetime | Inline | Iterable[str] | Iterable[Inline]


class RecordNotEditable(AccessFailed):
    """The record is no TOML, or holds something else where the change belongs: a person has to mend it first.

    `path` and `line` tell where, as far as it is known.
    """

    def __init__(self, message: str, *, path: str = "", line: int | None = None) -> None:
        self.path, self.line = path, line
        super().__init__(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One of an array of tables: the first `[[table]]` whose `key` has this value and that has no key `without`."""

    table: str
    key: str
    value: str
    without: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nth:
    """An entry of an array of tables by its place, counted from 0; it must be there."""

    table: str
    number: int


# The way to a table from the top: "handover", or an entry of an array.
At = tuple[str | Entry | Nth, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """Give keys of a table a value; None removes a key. A table or entry that is missing is made, at the end."""

    at: At = ()
    values: Mapping[str, Value | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Append:
    """Add an entry to an array of tables: an event to a question."""

    at: At = ()
    table: str
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Include:
    """Add texts to a list, each once."""

    at: At = ()
    key: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """Give a key another value in every table on a way that holds the old one: ("question", "from"), all questions."""

    way: tuple[str, ...]
    key: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Absorb:
    """Take an entry of an array up into another one: what that one lacks comes in, lists of tables come behind its own.

    Comments come too. Where both have a value, that of `into` stays. Both must be there.
    """

    table: str
    key: str
    gone: str
    into: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove:
    """Take an entry out of an array of tables; nothing happens where there is none."""

    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOut:
    """Take an entry out of an array of tables by its place, counted from 0; it must be there."""

    at: At = ()
    table: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Forget:
    """Take a person out of the whole record (see `archive.privacy.forgetting`), its comments too."""

    who: Somebody
    day: date


Change = Put | Append | Include | Swap | Absorb | Remove | TakeOut | Forget


def edit(text: str, changes: Iterable[Change]) -> str:
    """The record's text after the changes, in their order.

    >>> print(edit('title = "x"  # ours\\n', [Put(values={"students": 4})]), end="")
    title = "x"  # ours
    students = 4

    Raises RecordNotEditable.
    """
    changes = list(changes)
    try:
        document = tomlkit.parse(text.removeprefix("\ufeff"))
        for change in changes:
            table = _reach(document, change.at if isinstance(change, (Put, Append, Include, TakeOut)) else ())
            if isinstance(change, Put):
                _put(table, change.values)
            elif isinstance(change, Append):
                _append(table, change.table, change.values)
            elif isinstance(change, Include):
                _include(table, change.key, change.texts)
            elif isinstance(change, Swap):
                _swap(table, change.way, change)
            elif isinstance(change, Absorb):
                _absorb(table, change)
            elif isinstance(change, Remove):
                _remove(table, change.entry)
            elif isinstance(change, TakeOut):
                _take_out(table, change)
            else:
                forget(table, change.who, day=change.day)
        return _forgotten(_as_written(text, tomlkit.dumps(document)), changes)
    except (TOMLKitError, TypeError, AttributeError, LookupError, RecursionError) as error:
        raise RecordNotEditable(f"the record can't be changed as it is: {error}") from error


def _forgotten(text: str, changes: Iterable[Change]) -> str:
    for change in changes:
        text = comments_without(text, change.who) if isinstance(change, Forget) else text
    return text


def note_checksum(text: str, *, file: str, sha256: str) -> str:
    """The project's record with the checksum of one of its files; the file gets an entry when it has none."""
    return edit(text, [Put(at=(Entry(table="deliverable", key="file", value=file),), values={"sha256": sha256})])


def note_address(
    text: str, *, file: str, was: str, before: str | None = None, access: Mapping[str, Value] | None = None
) -> str:
    """The project's record with a file's former address, so that the address leads on when `var/` is gone.

    `file` is relative to the project, `was` the former id, `before` its name when it was in this project already: then
    the entry of that name follows the file, with all that it says of access. `access` (see `access_values`) is for a
    file without an entry here.

    >>> entry = '[[deliverable]]\\nfile = "a.pdf"\\n'
    >>> print(note_address(entry, file="b.pdf", was="c/2021/p/a.pdf", before="a.pdf"), end="")
    [[deliverable]]
    file = "b.pdf"
    was = ["c/2021/p/a.pdf"]
    """
    new = Entry(table="deliverable", key="file", value=file)
    changes: list[Change] = [Include(at=(new,), key="was", texts=(was,))]
    entries = tomllib.loads(text.removeprefix("\ufeff")).get("deliverable", [])
    names = {entry.get("file") for entry in entries if isinstance(entry, dict)}
    if before is not None and before in names and file not in names:
        changes.insert(0, Put(at=(Entry(table="deliverable", key="file", value=before),), values={"file": file}))
    elif access and file not in names:
        changes.append(Put(at=(new,), values=dict(access)))
    return edit(text, changes)


def access_values(record: DeliverableRecord) -> dict[str, Value]:
    """What an entry says of who may see its file, as `Put` takes it; empty when it says nothing."""
    values: dict[str, Value] = {}
    if record.withdrawn is not None:
        values["visibility"] = Visibility.CONFIDENTIAL.value  # it must not come back by being moved
    elif record.visibility is not None:
        values["visibility"] = record.visibility.value
    if record.embargo_until is not None:
        values["embargo_until"] = record.embargo_until
    if record.named:
        values["named"] = record.named
    if not record.company_access:
        values["company_access"] = False
    return values


def _reach(table: Any, at: At) -> Any:
    for step in at:
        if isinstance(step, Nth):
            table = table[step.table][step.number]
        else:
            table = _entry(table, step) if isinstance(step, Entry) else _subtable(table, step)
    return table


def _subtable(table: Any, name: str) -> Any:
    if name not in table:
        table[name] = tomlkit.table()
    return table[name]


def _entry(table: Any, wanted: Entry) -> Any:
    entries = table.get(wanted.table, ())
    for entry in entries:
        found = isinstance(entry.get(wanted.key), str) and _same(entry[wanted.key], wanted.value)
        if found and (wanted.without is None or wanted.without not in entry):
            return entry
    _append(table, wanted.table, {wanted.key: wanted.value})
    return table[wanted.table][-1]


def _append(table: Any, name: str, values: Mapping[str, Value]) -> None:
    entries = table.get(name)
    inline = isinstance(entries, Array)
    entry = tomlkit.inline_table() if inline else tomlkit.table()
    _put(entry, values)
    if entries is None:
        entries = tomlkit.aot()
        entries.append(entry)
        table.append(name, entries)
    elif isinstance(entries, (AoT, Array)):
        entries.append(entry)
    else:
        raise TypeError(f"{name} is no list of tables")


def _put(table: Any, values: Mapping[str, Value | None]) -> None:
    for key, value in values.items():
        if value is None:
            table.pop(key, None)
        elif isinstance(value, (str, int, date)):
            table[key] = value
        elif isinstance(value, Mapping):
            table[key] = _inline(value)
        else:
            table[key] = tomlkit.array()
            table[key].extend(_inline(each) if isinstance(each, Mapping) else each for each in value)


def _inline(values: Inline) -> InlineTable:
    table = tomlkit.inline_table()
    table.update(values)
    return table


def _include(table: Any, key: str, texts: tuple[str, ...]) -> None:
    present = table.get(key)
    if present is None:
        table[key] = list(dict.fromkeys(texts))
        return
    if isinstance(present, str):  # read as a list of one
        table[key] = present = [str(present)]
    for text in texts:
        if text not in present:
            present.append(text)


def _swap(table: Any, way: tuple[str, ...], change: Swap) -> None:
    if isinstance(table, list):
        for each in table:
            _swap(each, way, change)
    elif not isinstance(table, dict):
        return
    elif way:
        _swap(table.get(way[0]), way[1:], change)
    elif table.get(change.key) == change.old:
        table[change.key] = change.new


def _remove(document: Any, wanted: Entry) -> None:
    entries = document.get(wanted.table, ())
    for entry in list(entries):
        if isinstance(entry.get(wanted.key), str) and _same(entry[wanted.key], wanted.value):
            entries.remove(entry)


def _take_out(table: Any, change: TakeOut) -> None:
    del table[change.table][change.number]
    if not table[change.table]:
        del table[change.table]


def _absorb(document: Any, change: Absorb) -> None:
    entries = document[change.table]
    by_key = {entry[change.key]: entry for entry in entries if change.key in entry}
    gone, into = by_key[change.gone], by_key[change.into]
    if not isinstance(entries, AoT):
        raise TypeError(f"{change.table} is written as a list between brackets")
    for comment in _comments(gone):
        into.add(tomlkit.comment(f"{change.gone}: {comment}"))
    for key, value in gone.items():
        if key not in into:
            into.append(key, value)
        elif isinstance(value, (AoT, Array)) and isinstance(into[key], (AoT, Array)):
            for each in value:
                if isinstance(each, dict) or each not in into[key]:
                    into[key].append(each)
    entries.remove(gone)


def _comments(table: Any) -> list[str]:
    """What people wrote behind a # in a table itself: on lines of its own and behind its keys."""
    items = [item for _key, item in table.value.body if not isinstance(item, (Whitespace, Null, AoT, Table))]
    return [item.trivia.comment.lstrip("# ") for item in items if item.trivia.comment]


def _as_written(before: str, after: str) -> str:
    """The new text with the lines that nobody changed as they were, and a blank line before each new header."""
    before = before.removeprefix("\ufeff")
    # tomlkit 0.15 drops the space behind a date at the end of an inline table.
    plain = tomlkit.dumps(tomlkit.parse(before)).split("\n")
    written = dict(zip(plain, before.split("\n"), strict=False))
    together = set(pairwise(plain))
    made = sum(line.startswith("[") for line in after.split("\n")) > sum(line.startswith("[") for line in plain)
    lines: list[str] = []
    for previous, line in pairwise(["", *after.split("\n")]):
        if made and line.startswith("[") and previous.strip() and (previous, line) not in together:
            lines.append("\r" if previous.endswith("\r") else "")
        lines.append(written.get(line, line))
    return "\n".join(lines)


def _same(written: str, meant: str) -> bool:
    """Whether two paths in a record are one: people type `./x.pdf`, backslashes, other compositions."""
    plain = composed(written.replace("\\", "/")).removeprefix("./").strip("/")
    return plain == composed(meant)
