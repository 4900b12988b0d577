"""The words of the trade: what a report defines or abbreviates is found as it stands; what is doubtful is left out."""

from __future__ import annotations

import pytest

from archive.catalog.catalog import TextPart
from indexer.relay.glossary import glossary, long_form
from indexer.relay.landmarks import sections, stands_on


def terms(text: str, *, heading: str | None = "1.3 Begrippen", rest: str = "") -> dict[str, str]:
    parts = [TextPart(number=1, heading=heading, level=1, text=text), TextPart(number=2, text=rest)]
    found = glossary(parts, sections(parts, (), paged=False))
    for term in found:
        assert stands_on(term.meaning, parts[term.part - 1].text)
    return {term.term: term.meaning for term in found}


def test_a_table_of_terms_gives_its_rows_and_not_its_header() -> None:
    assert terms(
        "Begrip\tBetekenis in dit rapport\nPuntenwolk\tverzameling gemeten punten\nLOD\tlevel of development"
    ) == {
        "Puntenwolk": "verzameling gemeten punten",
        "LOD": "level of development",
    }


def test_a_list_of_terms_goes_on_over_its_lines() -> None:
    found = terms("• HSB: houtskeletbouw, een frame van\nhouten stijlen.\n• qv;10: luchtdoorlatendheid bij 10 pascal.")
    assert found == {
        "HSB": "houtskeletbouw, een frame van houten stijlen.",
        "qv;10": "luchtdoorlatendheid bij 10 pascal.",
    }


def test_a_table_that_lost_its_columns_is_cut_where_the_term_stands_elsewhere() -> None:
    text = "Term Betekenis\nSlaapschuld Het verschil tussen nodig en gemeten\nStroomtang ring om een draad die meet"
    assert terms(text, rest="De stroomtang hing om de kabel.") == {
        "Slaapschuld": "Het verschil tussen nodig en gemeten",
        "Stroomtang": "ring om een draad die meet",
    }


def test_rows_of_which_nobody_can_tell_where_the_term_ends_are_left_out() -> None:
    text = "Term Betekenis\nToestand uit hoofdschakelaar is uit\nToestand stationair motoren draaien\nWisser veegt de band schoon"
    assert terms(text) == {}


@pytest.mark.parametrize(
    ("sentence", "term", "meaning"),
    [
        ("De COP (coefficient of performance) is een verhouding tussen twee getallen.", "COP", "coefficient of performance"),
        ("Wij namen de mean time between failures (MTBF) als maat voor alles.", "MTBF", "mean time between failures"),
        ("Onder statische last verstaan we een houding die langer dan vier tellen duurt.", "statische last",
         "een houding die langer dan vier tellen duurt."),
        ("kWp staat voor kilowattpiek: het vermogen van een paneel in de volle zon.", "kWp", "kilowattpiek"),
    ],
)  # fmt: skip
def test_a_sentence_that_explains_gives_its_term(sentence: str, term: str, meaning: str) -> None:
    assert terms(sentence, heading="2 Methode") == {term: meaning}


@pytest.mark.parametrize(
    "sentence",
    [
        "De knop had inmiddels een naam (NIEK) en een eigen plek aan de wand.",
        "Het vermogen (in kW) is per kwartier gemeten door de meter in de kast.",
        "Dat staat in het vorige rapport (Rademaker e.a., BIM 5, januari 2021) op een rij.",
    ],
)
def test_brackets_that_explain_nothing_give_no_term(sentence: str) -> None:
    assert terms(sentence, heading="2 Methode") == {}


def test_an_abbreviation_begins_where_a_word_begins() -> None:
    assert long_form("EMS", "het energy management system") == "energy management system"
    assert long_form("EMS", "systeem") is None
