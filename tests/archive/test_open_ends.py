"""An item keeps its fingerprint, and with it what people decided, when its report is laid out or edited anew."""

from __future__ import annotations

import base64
import json

import pytest

from archive.model import Agenda, Question, QuestionEvent, QuestionSource, Rejection
from archive.relay.open_ends import (
    ALIKE,
    UNDECIDED,
    Decided,
    Decisions,
    Position,
    UnknownContinuation,
    cursor_of,
    fingerprint_of,
    likeness,
    position_of,
)

ADVICE = "Laat de loggers hangen tot september, en lees ze elke maand uit. Dat kost een uur."


def asked(text: str, *events: QuestionEvent, id: str = "bim5-001") -> Question:
    return Question(id=id, text="Hoe lang?", source=QuestionSource(fingerprint=fingerprint_of(text)), events=events)


@pytest.mark.parametrize(
    "again",
    [
        "3. Laat de loggers hangen tot september, en lees ze elke maand uit. Dat kost een uur.",
        "LAAT DE LOGGERS HANGEN tot septem-\nber, en lees ze elke maand uit; dat kost een uur",
        "•\tLaat de loggers\nhangen tot september en lees ze elke maand uit (dat kost een uur).",
    ],
)
def test_layout_case_and_list_numbers_do_not_change_a_fingerprint(again: str) -> None:
    assert fingerprint_of(again) == fingerprint_of(ADVICE)


def test_a_changed_word_leaves_most_of_a_fingerprint_and_another_item_shares_little() -> None:
    edited = ADVICE.replace("september", "oktober")
    other = "Vraag de gemeente om een vergunning voor de gevel, en doe dat voor de zomer begint."
    assert fingerprint_of(edited) != fingerprint_of(ADVICE)
    assert likeness(fingerprint_of(edited), fingerprint_of(ADVICE)) >= ALIKE
    assert likeness(fingerprint_of(other), fingerprint_of(ADVICE)) < ALIKE


def test_texts_of_few_letters_have_a_whole_fingerprint() -> None:
    assert [len(fingerprint_of(text)) for text in ("", "7.", "a", "Begin vroeg.")] == [32] * 4


def test_a_decision_is_found_by_the_fingerprint_also_after_an_edit() -> None:
    claimed = QuestionEvent(date=None, state="claimed")
    agenda = Agenda(
        questions=(asked(ADVICE, QuestionEvent(date=None, state="open"), claimed),),
        rejected=(Rejection(fingerprint=fingerprint_of("Koop een grotere batterij voor het hele terrein.")),),
    )
    decisions = Decisions({"bim5": agenda})
    assert decisions.about(fingerprint_of(ADVICE), ["bim5"]) == Decided(state="claimed", question="bim5-001")
    edited = fingerprint_of(ADVICE.replace("september", "oktober"))
    assert decisions.about(edited, ["bim5"]).state == "claimed"
    assert decisions.about(fingerprint_of("2) koop een grotere batterij voor het hele terrein"), ["bim5"]).state == (
        "rejected"
    )
    assert decisions.about(fingerprint_of("Meet het geluid bij harde wind uit het westen."), ["bim5"]) == UNDECIDED


def test_an_item_that_asks_what_a_question_asks_is_that_question() -> None:
    """One open end became a question twice: the question on the agenda said "gevelelementen" where the report said "elementen"."""
    text = "Hoe brandveilig is de doorlopende spouw achter gevelelementen van twee bouwlagen?"
    agenda = Agenda(questions=(Question(id="bim5-001", text=text),))
    same = "Hoe brandveilig is de doorlopende spouw achter elementen van twee bouwlagen? Dat is nog niet beproefd."
    other = "Hoe droog blijft de spouw achter gevelelementen na een winter met veel regen?"
    decisions = Decisions({"bim5": agenda})
    assert decisions.about(fingerprint_of(same), ["bim5"], text=same) == Decided(state="open", question="bim5-001")
    assert decisions.about(fingerprint_of(other), ["bim5"], text=other) == UNDECIDED
    assert decisions.about(fingerprint_of(same), ["vitaliteit"], text=same) == UNDECIDED


def test_a_decision_counts_in_the_communities_where_the_document_stands_or_stood() -> None:
    decisions = Decisions({"bim5": Agenda(questions=(asked(ADVICE),))})
    assert decisions.about(fingerprint_of(ADVICE), ["vitaliteit"]) == UNDECIDED
    assert decisions.about(fingerprint_of(ADVICE), ["vitaliteit", "bim5"]).state == "open"


def test_a_cursor_leads_back_to_its_position_in_its_own_list_only() -> None:
    position = Position(year=None, document="a/caf\udce9.pdf", n=4)
    cursor = cursor_of(position, community="bim5")
    assert position_of(cursor, community="bim5") == position
    with pytest.raises(UnknownContinuation):
        position_of(cursor, community=None)


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "é",
        "AAAA",
        "***",
        base64.urlsafe_b64encode(json.dumps([None, "x", "a", 1]).encode()).decode(),
        base64.urlsafe_b64encode(json.dumps([None, 2021, "a", 10**30]).encode()).decode(),
        base64.urlsafe_b64encode(b"[" * 100_000).decode(),
    ],
)
def test_what_no_list_gave_is_no_cursor(cursor: str) -> None:
    with pytest.raises(UnknownContinuation):
        position_of(cursor, community=None)
