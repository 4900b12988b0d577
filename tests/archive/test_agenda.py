"""The research agenda: where a question stands, what may become of it, and what that writes."""

from __future__ import annotations

from datetime import date

import pytest

from archive.access import audience_of_level
from archive.agenda.questions import (
    BOARD,
    Decision,
    Draft,
    NotNow,
    Verb,
    ask,
    decide,
    ids_in,
    level_of,
    next_id,
    reject,
    standing,
    unknown_in_agenda,
    worded,
)
from archive.errors import UsageError
from archive.model import Agenda, Question, QuestionEvent, QuestionSource, QuestionState, Visibility
from archive.records.editing import edit
from archive.records.reading import read_agenda
from archive.relay.open_ends import fingerprint_of

DAY = date(2022, 3, 1)
AGENDA = """\
# onze vragen
[[question]]
id = "b-001"
text = "Hoe hangt een gevel?"

[[question.event]]
date = 2021-09-14
state = "claimed"
project = "b/2021/gevels"  # het team van Fenna

[[question]]
id = "b-002"
text = "Wie meet dat?"
"""


def read(text: str) -> Agenda:
    agenda, problems = read_agenda(text.encode(), "b/agenda.toml")
    assert agenda is not None and problems == ()
    return agenda


def question(state: QuestionState | None, project: str | None = None, day: date | None = date(2021, 9, 14)) -> Question:
    events = (QuestionEvent(date=day, state=state, project=project),) if state else ()
    return Question(id="b-001", text="Hoe?", events=events)


def decided(verb: Verb, **more: object) -> Decision:
    return Decision(verb=verb, by="a@example.org", day=DAY, **more)  # type: ignore[arg-type]


def never(project: str) -> bool:
    return False


def test_the_last_event_that_is_seen_says_where_a_question_stands() -> None:
    asked = Question(
        id="b-001",
        text="Hoe?",
        events=(
            QuestionEvent(date=date(2021, 1, 1), state="open"),
            QuestionEvent(date=date(2021, 9, 1), state="claimed", project="b/2021/p"),
        ),
    )
    assert standing(asked, has_ended=never).state == "claimed"
    assert standing(asked, has_ended=never).since == date(2021, 9, 1)


def test_a_claim_is_overdue_when_its_project_has_ended_without_an_answer() -> None:
    claimed = question("claimed", "b/2021/p")
    assert standing(claimed, has_ended=lambda id: id == "b/2021/p").overdue
    assert not standing(claimed, has_ended=never).overdue
    assert not standing(question("answered", "b/2021/p"), has_ended=lambda _: True).overdue


@pytest.mark.parametrize(
    ("verb", "allowed"),
    [
        ("accept", {"proposed"}),
        ("reject", {"proposed"}),
        ("claim", {"open"}),
        ("answer", {"open", "claimed"}),
        ("drop", {"proposed", "open", "claimed"}),
        ("reopen", {"claimed", "answered", "dropped"}),
    ],
)
def test_a_question_goes_only_where_its_state_lets_it(verb: Verb, allowed: set[QuestionState]) -> None:
    for state in BOARD:
        asked = question(state, "b/2021/p")
        now = standing(asked, has_ended=never)
        if state in allowed:
            assert decide(asked, decided(verb), now)
        else:
            with pytest.raises(NotNow, match=rf"b-001 is (only )?{state} "):
                decide(asked, decided(verb), now)


def test_whoever_comes_second_is_told_who_was_first_and_since_when() -> None:
    asked = question("claimed", "b/2021/p")
    with pytest.raises(NotNow) as told:
        decide(asked, decided("claim", project="b/2021/q"), standing(asked, has_ended=never))
    assert str(told.value) == "b-001 is claimed by b/2021/p since 2021-09-14"


def test_a_decision_can_not_be_of_before_the_last_one() -> None:
    asked = question("open", day=date(2022, 3, 2))
    with pytest.raises(NotNow, match="would be before that"):
        decide(asked, decided("claim"), standing(asked, has_ended=never))


def test_a_decision_is_one_more_event_and_nothing_else_changes() -> None:
    (first, _second) = read(AGENDA).questions
    decision = decided("answer", project="b/2021/gevels", document="b/2021/gevels/r.pdf", page=4, note="Ja.")
    after = edit(AGENDA, decide(first, decision, standing(first, has_ended=never)))
    assert [line for line in after.splitlines() if line not in AGENDA.splitlines()] == [
        "date = 2022-03-01",
        'state = "answered"',
        'project = "b/2021/gevels"',
        'document = "b/2021/gevels/r.pdf"',
        "page = 4",
        'by = "a@example.org"',
        'note = "Ja."',
    ]
    assert [line for line in AGENDA.splitlines() if line not in after.splitlines()] == []
    (first, second) = read(after).questions
    assert (len(first.events), len(second.events)) == (2, 0)
    assert first.events[-1].page == 4


def test_a_new_question_stands_at_the_end_with_where_it_came_from_and_reads_back() -> None:
    draft = Draft(
        text='Wat kost "dat"?',
        source={"document": "b/2021/gevels/r.pdf", "page": 7, "fingerprint": "ab12"},
        themes=["prefab", "prefab"],
        visibility=Visibility.CAMPUS,
    )
    after = edit(AGENDA, ask(read(AGENDA), draft, id="b-003", by="a@example.org", day=DAY))
    assert after.startswith(AGENDA.rstrip())
    made = read(after).questions[-1]
    assert made == Question(
        id="b-003",
        text='Wat kost "dat"?',
        themes=("prefab",),
        visibility=Visibility.CAMPUS,
        source=QuestionSource(document="b/2021/gevels/r.pdf", page=7, fingerprint="ab12"),
        events=(QuestionEvent(date=DAY, state="proposed", by="a@example.org"),),
    )


def test_an_agenda_can_begin_with_nothing() -> None:
    after = edit("", ask(Agenda(), Draft(text="Hoe?", state="open"), id="b-001", by="a", day=DAY))
    assert read(after).questions[0].events[0].state == "open"


def test_the_same_question_is_not_asked_twice_however_it_is_typed() -> None:
    with pytest.raises(NotNow, match="b-002"):
        ask(read(AGENDA), Draft(text="wie  meet dat"), id="b-3", by="a", day=DAY)


def test_an_item_that_was_decided_upon_is_not_decided_again_also_where_a_word_of_it_was_changed() -> None:
    item = fingerprint_of("Meet een week lang hoe lang de deuren van de hal openstaan, ook in de winter.")
    changed = fingerprint_of("Meet een week lang hoe lang de deuren van de loods openstaan, ook in de winter.")
    after = read(edit(AGENDA, reject(read(AGENDA), item, by="a@example.org", day=DAY)))
    for same in (item, changed):
        with pytest.raises(NotNow, match="rejected before"):
            reject(after, same, by="a@example.org", day=DAY)
    draft = Draft(text="Hoe lang staan de deuren open?", source={"fingerprint": item})
    taken = read(edit(AGENDA, ask(read(AGENDA), draft, id="b-3", by="a@example.org", day=DAY)))
    for same in (item, changed):
        with pytest.raises(NotNow, match="a question already: b-3"):
            reject(taken, same, by="a@example.org", day=DAY)
        with pytest.raises(NotNow, match="a question already: b-3"):
            ask(taken, Draft(text="Anders", source={"fingerprint": same}), id="b-4", by="a", day=DAY)


def test_an_item_that_was_rejected_can_still_become_a_question() -> None:
    after = read(edit(AGENDA, reject(read(AGENDA), "ab" * 16, by="a@example.org", day=DAY)))
    assert ask(after, Draft(text="Toch wel?", source={"fingerprint": "ab" * 16}), id="b-3", by="a", day=DAY)


@pytest.mark.parametrize("level", Visibility)
def test_a_question_from_a_text_is_for_no_more_readers_than_the_text(level: Visibility) -> None:
    audience = audience_of_level(level, community="b")
    assert level_of(audience, community="b") is level
    embargoed = frozenset((token, date(2030, 1, 1)) for token, _ in audience) | {("coordinator", None)}
    assert level_of(embargoed, community="b") is Visibility.CONFIDENTIAL


@pytest.mark.parametrize(
    ("own", "taken", "id"),
    [
        ([], [], "energietransitie-001"),
        (["energie-007", "energie-010"], [], "energie-011"),
        (["energie-999"], [], "energie-1000"),
        (["vrij"], [], "energietransitie-001"),
        ([], ["energietransitie-001"], "energietransitie-002"),
    ],
)
def test_a_new_id_goes_on_from_the_agendas_own_and_is_nobody_elses(own: list[str], taken: list[str], id: str) -> None:
    assert next_id("energietransitie", own, taken) == id


def test_a_question_that_can_not_be_read_keeps_its_id() -> None:
    """It was left out, so the next question got its id, and it was a second one once it was mended."""
    broken = b'[[question]]\nid = "b-004"\n[[question]]\ntext = "x"\n'
    assert ids_in(broken) == {"b-004"}


def test_a_question_is_kept_on_one_line_and_within_bounds() -> None:
    assert worded(" Hoe\n hangt\t dat? ") == "Hoe hangt dat?"
    for text in ("", " \n", "x" * 1001, "a\u202eb", "caf\udce9"):
        with pytest.raises(UsageError):
            worded(text)


def test_what_an_agenda_names_and_does_not_exist_is_told_once_a_question() -> None:
    agenda = read(AGENDA.replace('"b/2021/gevels"', '"b/2021/weg"'))
    assert list(unknown_in_agenda(agenda, projects={"b/2021/gevels"}, documents=set())) == [("b-001", "b/2021/weg")]
    assert list(unknown_in_agenda(agenda, projects={"b/2021/weg"}, documents=set())) == []
