"""The research agenda: where a question stands, what may become of it, and what to write down when it does.

Pure: values in, values and changes of a record out. The truth is `agenda.toml`: a question's state is that of its last
event, so that nothing is ever overwritten and its history says who decided what, and when.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

from archive.access import audience_of_level, covers
from archive.errors import UsageError
from archive.model import Agenda, Audience, Question, QuestionEvent, QuestionState, Visibility
from archive.records.editing import Append, Change, Entry, Value
from archive.relay.open_ends import Decided, Decisions, asks_the_same

BOARD: tuple[QuestionState, ...] = get_args(
    QuestionState
)  # the columns of the board, in the order of a question's life
TEXT_MAX_CHARS = 1_000
_ID = re.compile(r"(.*?)(\d+)$")
_ID_DIGITS = 3

Verb = Literal["accept", "reject", "join", "claim", "answer", "drop", "reopen", "pass"]
# What a verb makes of a question, and from which states it may.
_MOVES: Mapping[Verb, tuple[QuestionState, tuple[QuestionState, ...]]] = {
    "accept": ("open", ("proposed",)),
    "reject": ("dropped", ("proposed",)),
    "join": ("dropped", ("proposed",)),
    "claim": ("claimed", ("open",)),
    "answer": ("answered", ("open", "claimed")),
    "drop": ("dropped", ("proposed", "open", "claimed")),
    "reopen": ("open", ("claimed", "answered", "dropped")),
    "pass": ("proposed", ("proposed",)),
}
TO_COORDINATOR = "coordinator"


class NotNow(UsageError):
    """The question stands otherwise than this decision needs: somebody else may have been first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a question stands: its state, since when, and the event that brought it there (None: it never moved).

    `overdue`: it is claimed, and the project that claimed it has ended without an answer.
    """

    state: QuestionState
    since: date | None
    event: QuestionEvent | None = None
    overdue: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What somebody decides about a question; who and when stand beside it in the question's history.

    `question`: the one of the same agenda that it is joined to; `to`: "coordinator" when it is passed back.
    """

    verb: Verb
    by: str
    day: date
    project: str | None = None
    document: str | None = None
    page: int | None = None
    note: str | None = None
    question: str | None = None
    to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A question that is to be put on an agenda. `source` is what `from` says of it: see QuestionSource."""

    text: str
    state: Literal["proposed", "open"] = "proposed"
    source: Mapping[str, str | int | date] = field(default_factory=dict)
    themes: Sequence[str] = ()
    visibility: Visibility = Visibility.PUBLIC


def standing(question: Question, *, has_ended: Callable[[str], bool]) -> Standing:
    """Where a question stands for whoever got it: its events are those that this reader may see.

    `has_ended` tells it of a project by its id. Without any event a question is open.

    >>> standing(Question(id="b-1", text="?"), has_ended=lambda _: False).state
    'open'
    """
    if not question.events:
        return Standing(state="open", since=question.source.date if question.source else None)
    last = question.events[-1]
    overdue = last.state == "claimed" and last.project is not None and has_ended(last.project)
    return Standing(state=last.state, since=last.date, event=last, overdue=overdue)


def decide(question: Question, decision: Decision, now: Standing) -> list[Change]:
    """What to write in the question's agenda. Raises NotNow with the state that stands in the way."""
    state, before = _MOVES[decision.verb]
    if now.state not in before:
        raise NotNow(_in_the_way(question.id, decision.verb, now))
    if now.since is not None and decision.day < now.since:
        raise NotNow(
            f"{question.id} is {now.state} since {now.since}: a decision of {decision.day} would be before that"
        )
    values: dict[str, Value | None] = {
        "date": decision.day,
        "state": state,
        "project": decision.project,
        "document": decision.document,
        "page": decision.page,
        "by": decision.by,
        "note": decision.note,
        "question": decision.question,
        "to": decision.to,
    }
    return [Append(at=(entry_of(question.id),), table="event", values=_given(values))]


def expect_to_go_on(other: Question | None, question: Question, named: str, *, in_: str) -> None:
    """Refuse to join a question to another in which it can't go on: that does not exist, is itself, or is no longer asked.

    Raises UsageError.
    """
    if other is None:
        raise UsageError(f"there is no question {named} in {in_}: a question is joined to one of the same agenda")
    if other.id == question.id:
        raise UsageError(f"{question.id} can't be joined to itself")
    state = other.events[-1].state if other.events else "open"
    if state in ("proposed", "dropped"):
        raise UsageError(f"{other.id} is {state}: a question is joined to one that is open, claimed or answered")


def moves(state: QuestionState) -> tuple[Verb, ...]:
    """What may become of a question that is in this state.

    >>> moves("answered")
    ('reopen',)
    """
    return tuple(verb for verb, (_, before) in _MOVES.items() if state in before)


def ask(agenda: Agenda, draft: Draft, *, id: str, by: str | None, day: date) -> list[Change]:
    """A new question, at the end of the agenda; without `by` a stranger's. Raises NotNow when the same one is on it."""
    harvested = "fingerprint" in draft.source
    for question in agenda.questions:
        if _plain(question.text) == _plain(draft.text) or (harvested and asks_the_same(question.text, draft.text)):
            state = question.events[-1].state if question.events else "open"
            raise NotNow(f"this is asked already: {question.id}, {state}")
    _refuse_a_question(agenda, str(draft.source.get("fingerprint", "")))
    values: dict[str, Value | None] = {
        "id": id,
        "text": draft.text,
        "themes": list(dict.fromkeys(draft.themes)) or None,
        "visibility": None if draft.visibility is Visibility.PUBLIC else draft.visibility.value,
        "from": dict(draft.source) or None,
    }
    event: dict[str, Value | None] = {"date": day, "state": draft.state, "by": by}
    return [
        Append(table="question", values=_given(values)),
        Append(at=(entry_of(id),), table="event", values=_given(event)),
    ]


def reject(agenda: Agenda, fingerprint: str, *, by: str, day: date) -> list[Change]:
    """Note that a harvested item is no question, so that it is not asked again. Raises NotNow when that is decided."""
    _refuse_a_question(agenda, fingerprint)
    if _decided(agenda, fingerprint).state == "rejected":
        raise NotNow("this open end was rejected before")
    return [Append(table="rejected", values={"fingerprint": fingerprint, "date": day, "by": by})]


def next_id(community: str, own: Collection[str], taken: Collection[str]) -> str:
    """The id of a new question: counted on from the community's `own`; no other agenda may have it (`taken`).

    >>> next_id("energietransitie", ["energie-007", "energie-002"], []), next_id("bim5", [], ["bim5-001"])
    ('energie-008', 'bim5-002')
    """
    matches = [match for id in own if (match := _ID.fullmatch(id))]
    newest = max(matches, key=lambda match: int(match[2]), default=None)
    prefix, number, digits = f"{community}-", 0, _ID_DIGITS
    if newest is not None:
        prefix, number, digits = newest[1], int(newest[2]), len(newest[2])
    while (id := f"{prefix}{number + 1:0{digits}}") in taken or id in own:
        number += 1
    return id


def ids_in(content: bytes) -> set[str]:
    """The ids of all questions in an agenda that is TOML, also of those that can't be read for another fault."""
    questions = tomllib.loads(content.decode("utf-8-sig")).get("question", [])
    entries = questions if isinstance(questions, list) else []
    return {entry["id"] for entry in entries if isinstance(entry, dict) and isinstance(entry.get("id"), str)}


def worded(text: str, *, what: str = "the question") -> str:
    """A sentence as it is kept: on one line. Raises UsageError for none, one that is too long, or no text at all."""
    text = " ".join(text.split())
    if not text:
        raise UsageError(f"{what} is empty")
    if len(text) > TEXT_MAX_CHARS:
        raise UsageError(f"{what} has {len(text)} characters; {TEXT_MAX_CHARS} is the most")
    if not text.isprintable():
        raise UsageError(f"{what} holds characters that can't be kept")
    return text


def level_of(audience: Audience, *, community: str | None) -> Visibility:
    """The widest level of which every reader is part of an audience: a question taken from a text is no wider than it.

    >>> level_of(audience_of_level(Visibility.CAMPUS, community="b"), community="b").value
    'campus'
    """
    return next(level for level in Visibility if covers(audience, audience_of_level(level, community=community)))


def unknown_in_agenda(
    agenda: Agenda, *, projects: Collection[str], documents: Collection[str]
) -> Iterable[tuple[str, str]]:
    """Projects and documents that an agenda names and that do not exist: the question's id, and what it names."""
    for question in agenda.questions:
        source = question.source
        named = [(source.document, documents)] if source else []
        for event in question.events:
            named += [(event.project, projects), (event.document, documents)]
        missing = [id for id, known in named if id is not None and id not in known]
        yield from ((question.id, id) for id in dict.fromkeys(missing))


def _in_the_way(id: str, verb: Verb, now: Standing) -> str:
    since = f" since {now.since}" if now.since else ""
    whom = f" by {now.event.project}" if now.event and now.event.project else ""
    stands = f"{id} is {now.state}{whom}{since}"
    if now.state == "proposed":
        return f"{stands}: accept it first"
    if verb in ("accept", "reject", "join", "pass"):
        return f"{stands}: only a proposed question can be {verb}ed"
    if verb == "claim" and now.overdue:
        return f"{stands}, and that project has ended: reopen it first"
    return stands if verb in ("claim", "reopen") or now.state == _MOVES[verb][0] else f"{stands}: reopen it first"


def _decided(agenda: Agenda, fingerprint: str) -> Decided:
    return Decisions({"": agenda}).about(fingerprint, [""])


def _refuse_a_question(agenda: Agenda, fingerprint: str) -> None:
    question = _decided(agenda, fingerprint).question
    if question is not None:
        raise NotNow(f"this open end is a question already: {question}")


def entry_of(id: str) -> Entry:
    """A question's place in its agenda."""
    return Entry(table="question", key="id", value=id)


def _given(values: Mapping[str, Value | None]) -> dict[str, Value]:
    return {key: value for key, value in values.items() if value is not None}


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
