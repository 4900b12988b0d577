"""How lines, headings, cells and boxes become sections, for any format."""

from __future__ import annotations

from indexer.extraction.sections import Flow


def test_headings_in_a_row_of_several_cells_are_lines_of_that_row() -> None:
    flow = Flow()
    for text in ("Eis", "Toelichting"):
        flow.open_cell()
        flow.heading(text, 1)
        flow.close_cell()
    flow.close_row()
    assert [(part.heading, part.text) for part in flow.parts()] == [(None, "Eis\tToelichting")]


def test_what_a_damaged_file_left_open_is_kept() -> None:
    flow = Flow()
    flow.open_cell()
    flow.line("cel")
    flow.open_box()
    flow.line("kader")
    assert flow.parts()[0].text == "cel\nkader"


def test_headings_are_one_line_and_levels_stay_between_1_and_9() -> None:
    flow = Flow()
    flow.heading("Hoofd\nstuk\t1", 0)
    flow.heading("diep", 12)
    flow.heading(" \n", 1)
    flow.heading("\uf0b7", 1)
    flow.line("tekst")
    assert [(part.heading, part.level) for part in flow.parts()] == [("Hoofd stuk 1", 1), ("diep", 9), (None, None)]
