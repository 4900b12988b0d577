"""Where in a report its summary, its conclusion and its failures stand; the sentences and the places of words."""

from __future__ import annotations

import pytest

from archive.catalog.catalog import OutlineEntry, TextPart
from indexer.relay.landmarks import kind_of, nearest_sentence, pointed_at, sections, sentences, stands_on

CONTENTS = "Inhoud\nSamenvatting ....... 2\n1 Inleiding ....... 3\n2 Conclusie ....... 4\n3 Vervolgonderzoek ....... 5"
REPORT = (
    TextPart(number=1, text=CONTENTS),
    TextPart(
        number=2, text="Samenvatting\nWij maten een gevel van negen meter hoog. Hij hangt\nscheef, zegt de beheerder."
    ),
    TextPart(
        number=3,
        text="1 Inleiding\nEen school wil verbouwen en weet niet hoe.\n1.1 Vraag\nHoe scheef hangt de gevel nu?",
    ),
    TextPart(
        number=4,
        text="2 Conclusie\nDe gevel hangt 41 mm scheef en dat is te veel.\n3 Vervolgonderzoek\n• Meet ook eens de zuidgevel.",
    ),
)


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Samenvatting", "summary"),
        ("Executive summary", "summary"),
        ("2 Samenvatting", "summary"),
        ("Discussie en conclusie", "conclusion"),
        ("4.2 Wat mis ging", "failed"),
        ("Wat niet op de rekening staat", None),
        ("Begrippen en afkortingen", "terms"),
        ("Samenvatting van de interviews", None),
        ("Bijlage A: Vragenlijst", None),
    ],
)
def test_a_heading_tells_what_stands_under_it(title: str, kind: str | None) -> None:
    assert kind_of(title) == kind


def test_without_an_outline_headings_are_found_in_the_text_and_not_in_the_table_of_contents() -> None:
    found = {section.kind: section for section in sections(REPORT, (), paged=True) if section.kind}
    assert {kind: section.part for kind, section in found.items()} == {"summary": 2, "conclusion": 4, "onward": 4}
    assert [each.text for each in sentences(found["summary"])] == [
        "Wij maten een gevel van negen meter hoog.",
        "Hij hangt scheef, zegt de beheerder.",
    ]
    assert [each.text for each in sentences(found["onward"])] == ["Meet ook eens de zuidgevel."]


def test_an_outline_says_where_headings_are_even_when_it_lost_a_space() -> None:
    outline = [OutlineEntry(title="1Inleiding", level=1, part=3), OutlineEntry(title="2Conclusie", level=1, part=4)]
    found = sections(REPORT, outline, paged=True)
    assert [(section.title, section.part, section.kind) for section in found] == [
        ("1 Inleiding", 3, None),
        ("2 Conclusie", 4, "conclusion"),
    ]
    assert "41 mm" in found[1].pieces[0][1]


def test_a_section_runs_on_to_the_next_heading_of_its_level() -> None:
    parts = [
        TextPart(number=1, heading="5 Conclusie", level=1, text=""),
        TextPart(number=2, heading="5.1 Antwoord", level=2, text="Ja, de gevel kan hangen in een dag."),
        TextPart(number=3, heading="6 Advies", level=1, text="Sla de frames binnen op, liefst rechtop."),
    ]
    conclusion = sections(parts, (), paged=False)[0]
    assert [each.part for each in sentences(conclusion)] == [2]


def test_an_outline_that_names_a_heading_which_is_not_there_finds_nothing() -> None:
    assert sections(REPORT, [OutlineEntry(title="9 Verzonnen", level=1, part=4)], paged=True) == ()


def test_a_handover_that_points_at_a_chapter_leads_to_it() -> None:
    found = sections(REPORT, (), paged=True)
    assert [each.title for each in pointed_at("Lees hoofdstuk 2 en paragraaf 1.1, en vraag de directie.", found)] == [
        "2 Conclusie",
        "1.1 Vraag",
    ]
    assert pointed_at("Lees hoofdstuk 12 en bel in 2022.", found) == []


def test_the_page_that_people_named_goes_before_a_better_match_elsewhere() -> None:
    pages = [
        TextPart(number=1, text="Hoe brandveilig is de doorlopende spouw achter de elementen?"),
        TextPart(number=2, text="Hoe brandveilig is die doorlopende spouw eigenlijk?"),
    ]
    asked = "Hoe brandveilig is de doorlopende spouw achter de elementen?"
    named, free = nearest_sentence(asked, pages, near=2), nearest_sentence(asked, pages)
    assert named is not None
    assert free is not None
    assert (named.part, free.part) == (2, 1)
    assert nearest_sentence(asked, pages, asking=False) is None
    assert nearest_sentence("Wat kost een warmtepomp in de winter?", pages) is None


def test_words_stand_on_a_page_whatever_breaks_its_lines() -> None:
    assert stands_on("warmtepomp bij −7 °C", "een warmte-\npomp bij −7 °C")
    assert not stands_on("warmteveld", "warmtepomp")
    assert not stands_on("…", "wat dan ook")
