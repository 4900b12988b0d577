"""Title pages, contents, lists of sources and running feet are told from the text they lead to."""

from __future__ import annotations

import pytest

from archive.catalog.file import TextPart
from indexer.asides import asides

PROSE = (
    "Wij hingen in het najaar negen elementen aan de gevel van een leegstaand kantoor. "
    "Na drie weken bleek dat twee ankers meer doorbogen dan de berekening had voorspeld. "
    "Daarom raden wij aan om de ankers bij de volgende proef vooraf te belasten. "
) * 4
CONTENTS = "\n".join(
    f"{number}. {title} {'.' * 12} {number * 3}"
    for number, title in enumerate(
        ("Aanleiding", "Vraag", "Methode", "Proef met gevels", "Resultaten", "Conclusie", "Advies"), start=1
    )
)


def pages(*texts: str) -> list[TextPart]:
    return [TextPart(number=number, text=text) for number, text in enumerate(texts, start=1)]


def sections(*texts: tuple[str, str]) -> list[TextPart]:
    return [
        TextPart(number=number, heading=heading, text=text) for number, (heading, text) in enumerate(texts, start=1)
    ]


@pytest.mark.parametrize(
    "aside",
    [
        pytest.param(CONTENTS, id="lines that end in rising page numbers"),
        pytest.param(f"Inhoudsopgave\n{PROSE}", id="a page headed contents"),
        pytest.param(f"Prefab gevels\nBIM 5\n7 Literatuurlijst\n{PROSE}", id="sources under a running head"),
        pytest.param("Prefab gevels, eindrapport 31", id="a running foot alone"),
    ],
)
def test_a_page_that_leads_to_the_text_is_an_aside(aside: str) -> None:
    assert asides(pages(PROSE, aside, PROSE)) == {2}


def test_a_title_page_is_an_aside_and_a_first_page_of_prose_is_not() -> None:
    assert asides(pages("Prefab gevels\nEindrapport\nBIM 5, januari 2022", PROSE, PROSE)) == {1}
    assert asides(pages(PROSE, PROSE, PROSE)) == frozenset()


@pytest.mark.parametrize("heading", ["Inhoud", "8 Bronnen", "References", "Geraadpleegde literatuur"])
def test_a_section_is_known_by_its_heading(heading: str) -> None:
    assert asides(sections(("1 Vraag", PROSE), (heading, PROSE), ("2 Proef", PROSE))) == {2}


def test_a_chapter_about_sources_or_contents_is_text() -> None:
    assert not asides(sections(("Bronnen van warmte", PROSE), ("Inhoud van de training", PROSE), ("Slot", PROSE)))


def test_a_table_of_figures_is_no_table_of_contents() -> None:
    table = "\n".join(
        f"Project {name} kostte {cost}" for name, cost in zip("abcdefgh", (90, 12, 77, 3, 41, 8, 65, 20), strict=True)
    )
    assert not asides(pages(PROSE, table, PROSE))


def test_of_a_document_that_is_nothing_else_all_counts() -> None:
    assert not asides(pages("Inhoud", "Inhoud", "Inhoud"))
    assert not asides(pages("Prefab gevels", PROSE))


@pytest.mark.parametrize("line", ["warmte " * 100_000, "w" * 500_000, "1 " * 200_000, ". " * 200_000, "  .…" * 100_000])
def test_a_page_without_an_end_of_line_is_a_page_of_text(line: str) -> None:
    # A pattern that tries every split of such a page does not end.
    assert 2 not in asides(pages(PROSE, f"{line}{PROSE}", PROSE))
