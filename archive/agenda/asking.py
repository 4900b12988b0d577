"""Questions that companies and others ask from outside: put as proposed, seen by few, and what a teacher makes of them.

Until it is decided about, such a question is confidential: the teachers of its community, the coordinator and the
organisation that asked it know of it (`archive.access.audience_of_question`). Who asked it without an account stands in
no record: see `archive.accounts.askers`. Knows records and the rules of `archive.agenda.questions`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from archive.agenda.keeping import all_of_it
from archive.agenda.listing import ended_by
from archive.agenda.questions import (
    TO_COORDINATOR,
    Decision,
    Draft,
    NotNow,
    decide,
    entry_of,
    ids_in,
    next_id,
    standing,
)
from archive.errors import UsageError
from archive.model import Agenda, Question, QuestionEvent, QuestionSource, Visibility
from archive.paths import printable
from archive.records.editing import Append, Change, Put, Remove, Value
from archive.records.live import LiveRecords, agenda_id, refuse
from archive.records.reading import read_agenda

ASKED_MAX_CHARS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A question as it goes on the list: who accepts it may put it otherwise."""

    text: str
    themes: Sequence[str] = ()
    visibility: Visibility = Visibility.PUBLIC


def waits_for_a_teacher(question: Question) -> bool:
    """Whether this was asked from outside and nobody decided about it yet.

    >>> proposed = (QuestionEvent(date=None, state="proposed"),)
    >>> asked = Question(id="b-1", text="?", visibility=Visibility.CONFIDENTIAL, events=proposed)
    >>> waits_for_a_teacher(asked), waits_for_a_teacher(Question(id="b-1", text="?", events=proposed))
    (True, False)
    """
    is_proposed = bool(question.events) and question.events[-1].state == "proposed"
    return is_proposed and question.visibility is Visibility.CONFIDENTIAL


def asked_from_outside(text: str, *, organisation: str | None, by: str | None, day: date) -> Draft:
    """What to put on the agenda. `organisation`: only one that the asker's account belongs to; `by`: that account."""
    source: dict[str, str | int | date] = {"date": day}
    if organisation:
        source["organisation"] = organisation
    if by:
        source["by"] = by
    return Draft(text=text, source=source, visibility=Visibility.CONFIDENTIAL)


def was_passed_on(question: Question) -> bool:
    """Whether a question that waits was asked elsewhere first, or is with the coordinator now."""
    return waits_for_a_teacher(question) and sum(each.state == "proposed" for each in question.events) > 1


def is_with_coordinator(question: Question) -> bool:
    """Whether the teachers of its community passed a question that waits back to the coordinator."""
    return waits_for_a_teacher(question) and question.events[-1].to == TO_COORDINATOR


def onward_of(question: Question) -> str | None:
    """The question in which a dropped one goes on."""
    last = question.events[-1] if question.events else None
    return last.question if last is not None and last.state == "dropped" else None


def write_acceptance(
    records: LiveRecords,
    id: str,
    community: str,
    decision: Decision,
    wording: Wording,
    *,
    to: str | None = None,
    seen: Callable[[Agenda], Agenda] = all_of_it,
) -> tuple[str, str]:
    """Open a proposed question in these words; the community and the id that it has from then on.

    `to`: the community to whose agenda it moves, with its history; `seen` as in `archive.agenda.keeping`. Raises NotNow
    when somebody decided about it first, UsageError when it or the community does not exist.
    """
    if to is not None and to != community:
        return to, _move(records, id, community, decision, wording, to, seen)

    def changes(content: bytes) -> list[Change]:
        question = _found(seen(_read(content, community)), id, community)
        opened = decide(question, decision, standing(question, has_ended=ended_by(records, today=decision.day)))
        return [Put(at=(entry_of(id),), values=_said(wording)), *opened]

    records.change(agenda_id(community), changes)
    return community, id


def write_passing(
    records: LiveRecords,
    id: str,
    community: str,
    decision: Decision,
    *,
    to: str | None,
    seen: Callable[[Agenda], Agenda] = all_of_it,
) -> tuple[str, str]:
    """Let others decide about a question that waits for a teacher: those of another community, or without `to` the
    coordinator. The community and the id that it has from then on.

    Raises NotNow when it does not wait, UsageError when it or the community does not exist.
    """
    if to is not None and to != community:
        return to, _move(records, id, community, decision, None, to, seen)

    def changes(content: bytes) -> list[Change]:
        question = _found(seen(_read(content, community)), id, community)
        return _passed(question, replace(decision, to=TO_COORDINATOR), records)

    records.change(agenda_id(community), changes)
    return community, id


def _passed(question: Question, decision: Decision, records: LiveRecords) -> list[Change]:
    if not waits_for_a_teacher(question):
        raise NotNow(f"{printable(question.id)} waits for no teacher: only a question asked from outside is passed on")
    return decide(question, decision, standing(question, has_ended=ended_by(records, today=decision.day)))


def _move(
    records: LiveRecords,
    id: str,
    community: str,
    decision: Decision,
    wording: Wording | None,
    to: str,
    seen: Callable[[Agenda], Agenda],
) -> str:
    """With its history, in other words where there are any, and with what is decided at its end.

    Written there before it is taken away here: a process that is killed in between leaves it twice, never nowhere."""
    records.expect_community(to)
    here = records.content(agenda_id(community)) or b""
    question = _found(seen(_read(here, community)), id, community)
    if wording is None:
        opened = _passed(question, decision, records)
    else:
        opened = decide(question, decision, standing(question, has_ended=ended_by(records, today=decision.day)))
    # Nobody is named to others by `seen`; what moves is the record's own.
    whole = _found(_read(here, community), id, community)
    worded = wording or Wording(text=whole.text, themes=whole.themes, visibility=whole.visibility)
    taken = {each.id for _, found, _ in records.agendas() for each in found.questions}
    new = ""

    def there(content: bytes) -> list[Change]:
        nonlocal new
        _read(content, to)
        new = next_id(to, ids_in(content), taken)
        entry: dict[str, Value | None] = {"id": new, **_said(worded), "from": _source(whole.source) or None}
        events = [Append(at=(entry_of(new),), table="event", values=_event(each)) for each in whole.events]
        last = [
            Append(at=(entry_of(new),), table=each.table, values=each.values)
            for each in opened
            if isinstance(each, Append)
        ]
        return [Append(table="question", values=_given(entry)), *events, *last]

    def away(content: bytes) -> list[Change]:
        now = _found(seen(_read(content, community)), id, community)
        if not now.events or now.events[-1].state != "proposed":
            raise NotNow(f"{printable(id)} was decided about meanwhile")
        return [Remove(entry=entry_of(id))]

    records.try_out(agenda_id(community), away)
    records.change(agenda_id(to), there)
    records.change(agenda_id(community), away)
    return new


def _said(wording: Wording) -> dict[str, Value | None]:
    return {
        "text": wording.text,
        "themes": list(dict.fromkeys(wording.themes)) or None,
        "visibility": None if wording.visibility is Visibility.PUBLIC else wording.visibility.value,
    }


def _source(source: QuestionSource | None) -> dict[str, Value]:
    keys = ("document", "page", "fingerprint", "organisation", "by", "date")
    return _given({key: getattr(source, key) for key in keys}) if source is not None else {}


def _event(event: QuestionEvent) -> dict[str, Value]:
    keys = ("date", "state", "project", "document", "page", "by", "note", "question", "to")
    return _given({key: getattr(event, key) for key in keys})


def _given(values: Mapping[str, Value | None]) -> dict[str, Value]:
    return {key: value for key, value in values.items() if value is not None}


def _found(agenda: Agenda, id: str, community: str) -> Question:
    found = question_in(agenda.questions, id)
    if found is None:
        raise UsageError(f"{printable(id)} is no longer in {agenda_id(community)}")
    return found


def question_in(questions: Iterable[Question], id: str) -> Question | None:
    return next((each for each in questions if each.id == id), None)


def _read(content: bytes, community: str) -> Agenda:
    found, problems = read_agenda(content, agenda_id(community))
    return found or refuse(problems)
