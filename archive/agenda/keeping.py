"""Write down in the agendas what people decide: decided over the records as they are, and anew when another was first.

Knows records and the rules of `archive.agenda.questions`; neither the command line nor the site, which both call it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from archive.agenda.listing import ended_by
from archive.agenda.questions import (
    Decision,
    Draft,
    ask,
    decide,
    expect_to_go_on,
    ids_in,
    next_id,
    reject,
    standing,
)
from archive.errors import UsageError
from archive.model import Agenda
from archive.paths import printable
from archive.records.editing import Change
from archive.records.live import LiveRecords, agenda_id, did_you_mean, expect, refuse
from archive.records.reading import read_agenda


def all_of_it(agenda: Agenda) -> Agenda:
    return agenda


def write_decision(
    records: LiveRecords,
    id: str,
    community: str | None,
    decision: Decision,
    *,
    seen: Callable[[Agenda], Agenda] = all_of_it,
) -> str:
    """Decide about a question; the community whose agenda has it. `community` is needed where two have the same id.

    `seen` makes of an agenda what the one who decides sees of it: what is hidden from them stands in nobody's way.
    Raises NotNow when the question stands otherwise by now, UsageError for one that does not exist, or in which it
    can't go on.
    """
    home = home_of(records, id, community)

    def changes(content: bytes) -> list[Change]:
        known = {each.id: each for each in seen(_read(content, home)).questions}
        question = known.get(id)
        if question is None:
            raise UsageError(f"{printable(id)} is no longer in {agenda_id(home)}")
        changed = decide(question, decision, standing(question, has_ended=ended_by(records, today=decision.day)))
        if decision.question is not None:
            expect_to_go_on(known.get(decision.question), question, decision.question, in_=agenda_id(home))
        return changed

    records.change(agenda_id(home), changes)
    return home


def write_question(
    records: LiveRecords,
    community: str,
    draft: Draft,
    *,
    by: str | None,
    day: date,
    seen: Callable[[Agenda], Agenda] = all_of_it,
) -> str:
    """Put a question on a community's agenda; its id. For `seen` see `write_decision`.

    Raises NotNow when it is there, UsageError for unknown themes.
    """
    records.expect_community(community)
    known = [theme.slug for theme in records.network().themes]
    for theme in draft.themes if known else ():
        expect(theme, known, "network.toml knows no theme")
    # Projects name questions by their id alone, so no two agendas may have the same one.
    taken = {question.id for _, found, _ in records.agendas() for question in found.questions}
    id = ""

    def changes(content: bytes) -> list[Change]:
        nonlocal id
        found = _read(content, community)
        id = next_id(community, ids_in(content), taken)
        return ask(seen(found), draft, id=id, by=by, day=day)

    records.change(agenda_id(community), changes)
    return id


def write_rejection(
    records: LiveRecords,
    community: str,
    fingerprint: str,
    *,
    by: str,
    day: date,
    seen: Callable[[Agenda], Agenda] = all_of_it,
) -> None:
    """Note that a harvested item is no question; for `seen` see `write_decision`. Raises NotNow when that is decided."""

    def changes(content: bytes) -> list[Change]:
        return reject(seen(_read(content, community)), fingerprint, by=by, day=day)

    records.change(agenda_id(community), changes)


def is_question(records: LiveRecords, id: str) -> bool:
    return any(question.id == id for _, found, _ in records.agendas() for question in found.questions)


def home_of(records: LiveRecords, id: str, community: str | None) -> str:
    """The community whose agenda has this question. Raises UsageError for none, or for several."""
    if community is not None:
        records.expect_community(community)
    homes: list[str] = []
    ids: list[str] = []
    broken: list[str] = []
    for slug, found, problems in records.agendas():
        if community is None or slug == community:
            ids += [question.id for question in found.questions]
            homes += [slug for question in found.questions if question.id == id]
            broken += [f"{each.path}, line {each.line}: {each.message}" for each in problems if each.line]
    if not homes:
        why = f" (but {broken[0]})" if broken else ""
        raise UsageError(f"there is no question {printable(id)}{did_you_mean(id, ids)}{printable(why)}")
    if len(homes) > 1:
        raise UsageError(f"{printable(id)} is a question of {' and of '.join(homes)}: say which with --community")
    return homes[0]


def _read(content: bytes, community: str) -> Agenda:
    found, problems = read_agenda(content, agenda_id(community))
    return found or refuse(problems)
