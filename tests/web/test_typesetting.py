"""Text set to be read: what the lines of a page were before they were cut, and what is no prose."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indexer.search.snippets import Fragment
from webui.typesetting import Block, set_page, set_section, written

WIDE = "Een regel die de volle breedte van de bladzijde gebruikt en dus doorloopt naar de"
HEAD = "Prefab gevels · BIM 5"


def plain(text: str) -> tuple[Fragment, ...]:
    return (Fragment(text=text, match=False),)


def shown(blocks: object) -> list[tuple[str, str]]:
    return [(block.kind, written(block.fragments)) for block in blocks]  # type: ignore[attr-defined]


def test_a_line_that_had_room_for_the_next_word_ends_a_paragraph() -> None:
    text = f"{WIDE}\n{WIDE}\n{WIDE}\nvolgende.\nHier begint iets anders.\n{WIDE}"
    assert [kind for kind, _ in shown(set_page(plain(text)))] == ["paragraph", "paragraph", "paragraph"]
    assert shown(set_page(plain(text)))[0][1] == f"{WIDE} {WIDE} {WIDE} volgende."


def test_marks_survive_the_joining_of_lines() -> None:
    fragments = (*plain(f"{WIDE}\n{WIDE}\n{WIDE} "), Fragment(text="gevel", match=True), *plain("\nen verder."))
    (block,) = set_page(fragments)
    assert [fragment.text for fragment in block.fragments if fragment.match] == ["gevel"]


def test_headings_are_told_by_the_outline_or_by_their_number() -> None:
    text = f"Voorwoord\n{WIDE}\n{WIDE}\n{WIDE}\n2.1 Keuze voor de westgevel\n{WIDE}\n2 Element is geen kop.\n3 Slot 14"
    kinds = shown(set_page(plain(text), headings=["Voorwoord"]))
    assert [said for kind, said in kinds if kind == "heading"] == ["Voorwoord", "2.1 Keuze voor de westgevel"]


def test_heads_and_feet_that_neighbouring_pages_share_are_set_apart() -> None:
    text = f"{HEAD}\npagina 12\n{WIDE}\n{WIDE}\n{WIDE}"
    beside = [f"{HEAD}\npagina 11\nIets anders", "Nog iets"]
    assert [said for kind, said in shown(set_page(plain(text), beside=beside)) if kind == "running"] == [
        HEAD,
        "pagina 12",
    ]


def test_items_of_a_list_stand_each_on_their_own() -> None:
    text = f"{WIDE}\n{WIDE}\n{WIDE}\n• eerste\n• tweede dat doorloopt tot op de volgende regel van deze brede bladzijde hier\nen daar eindigt\n1. derde"
    assert [kind for kind, _ in shown(set_page(plain(text)))] == ["paragraph", "item", "item", "item"]


def test_a_poster_is_set_line_by_line() -> None:
    assert len(shown(set_page(plain("Groot\nKort\nWoord")))) == 3


def test_rows_become_a_table_and_a_single_tab_does_not() -> None:
    table, line = set_section(plain("Naam\tAantal\nLassen\t43\nKanten\t64\nZie ook:\nInleiding\t5")), None
    blocks = list(table)
    assert line is None
    assert (blocks[0].kind, blocks[0].header, len(blocks[0].rows)) == ("table", True, 3)
    assert shown(blocks[1:]) == [("paragraph", "Zie ook:"), ("paragraph", "Inleiding \u20035")]


def test_a_first_row_of_figures_names_no_columns() -> None:
    (block,) = set_section(plain("1\t2\n3\t4"))
    assert isinstance(block, Block)
    assert not block.header


@given(st.text(alphabet="aB1. \t\n•-", max_size=400))
def test_no_letter_is_lost_whatever_the_text(text: str) -> None:
    def letters(blocks: object) -> str:
        found = []
        for block in blocks:  # type: ignore[attr-defined]
            found += [written(cell) for row in block.rows for cell in row] or [written(block.fragments)]
        return "".join("".join(found).split())

    wanted = "".join(text.split())
    assert letters(set_page(plain(text))) == wanted
    assert letters(set_section(plain(text))) == wanted
