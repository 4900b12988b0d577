"""Signs that say little alone are weighed together, with the place where they stand."""

from __future__ import annotations

import pytest

from indexer.harvest.cutting import PLACES
from indexer.harvest.weighing import CLASSES, ENOUGH, SIGNS, weigh

CONCLUSION, PLAIN = PLACES["closing"], PLACES["plain"]


def kind_of(text: str, place: float) -> str | None:
    weighed = weigh(text.lower(), place)
    return weighed.kind if weighed else None


@pytest.mark.parametrize(
    "text",
    [
        "De werking bij vorst kon niet worden onderzocht wegens de zachte winter.",
        "Er deden slechts zes respondenten mee, dus dit is hooguit een indicatie.",
        "Deze meting is minder betrouwbaar dan gehoopt.",
        "Unfortunately the west side could not be measured.",
    ],
)
def test_a_limitation_is_told_by_what_was_not_done_was_little_or_is_worth_less(text: str) -> None:
    assert kind_of(text, CONCLUSION) == "limitation"


@pytest.mark.parametrize(
    "text",
    [
        "Ook zou een langdurig onderzoek bij een school meer kunnen zeggen.",
        "De sensoren kunnen later nog worden uitgebreid met een windmeter.",
        "Dit kan bevestigd worden in verder onderzoek.",
        "The logger could be improved further.",
    ],
)
def test_further_work_is_told_by_another_study_or_by_what_can_still_be_made_better(text: str) -> None:
    assert kind_of(text, CONCLUSION) == "future_work"


@pytest.mark.parametrize(
    "text",
    [
        "De gevel is in de zomer getest en voldoet.",
        "De klant kan in het menu een kleur toevoegen.",
        "Indien de meter niet is gecontroleerd, gaat er een lamp branden.",
        "Het doel was om te onderzoeken of hout nodig is.",
        "De volgende stap van de formule is delen door twee.",
    ],
)
def test_one_sign_is_not_enough(text: str) -> None:
    assert kind_of(text, CONCLUSION) is None


def test_the_same_words_weigh_less_where_authors_do_not_look_back() -> None:
    text = "De noordgevel is niet gemeten."
    assert (kind_of(text, CONCLUSION), kind_of(text, PLAIN)) == ("limitation", None)


def test_words_of_a_sign_stand_near_each_other() -> None:
    near = "De noordgevel is niet met loggers gemeten."
    far = "De noordgevel was niet van hout maar van staal en glas, en die is daarom in de zomer eerst gemeten."
    assert (kind_of(near, CONCLUSION), kind_of(far, CONCLUSION)) == ("limitation", None)


def test_no_single_sign_says_enough_in_a_plain_section() -> None:
    assert all(weight + PLAIN < ENOUGH for _, weight, _, _ in SIGNS)


def test_every_class_of_words_is_used_by_a_sign() -> None:
    assert {name for _, _, names, _ in SIGNS for name in names} == set(CLASSES)
