"""Presentations: a section a slide, counted as PowerPoint counts them."""

from __future__ import annotations

from pathlib import Path

import pytest
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from indexer.extraction.model import ExtractError, Limits
from indexer.extraction.reader import read
from tests.extraction.contract import answered
from tests.extraction.packages import relations, write_zip


@pytest.fixture
def deck(tmp_path: Path) -> Path:
    """Four slides: a title, a table with notes and a chart, a hidden one, a group of shapes without a title."""
    presentation = Presentation()
    presentation.core_properties.title = "Tussenstand"
    first = presentation.slides.add_slide(presentation.slide_layouts[0])
    first.shapes.title.text = "Prefab\vgevels"
    first.placeholders[1].text = "door groep 3"

    second = presentation.slides.add_slide(presentation.slide_layouts[5])
    second.shapes.title.text = "Metingen"
    table = second.shapes.add_table(2, 3, 0, 0, Inches(4), Inches(1)).table
    for number, word in enumerate(("dag", "ochtend", "middag", "maandag", "beide", "")):
        table.cell(number // 3, number % 3).text = word
    table.cell(1, 1).merge(table.cell(1, 2))
    data = CategoryChartData()
    data.categories = ["gas", "stroom"]
    data.add_series("Verbruik", (19.2, 21.4))
    second.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, Inches(2), Inches(2), data)
    second.notes_slide.notes_text_frame.text = "niet vergeten te noemen"

    third = presentation.slides.add_slide(presentation.slide_layouts[5])
    third.shapes.title.text = "Reserve"
    third._element.set("show", "0")

    fourth = presentation.slides.add_slide(presentation.slide_layouts[6])
    group = fourth.shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, Inches(1), Inches(1)).text_frame.text = "in een groep"
    hidden = fourth.shapes.add_textbox(0, 0, Inches(1), Inches(1))
    hidden.text_frame.text = "uitgezet"
    hidden._element.nvSpPr.cNvPr.set("hidden", "1")
    presentation.save(str(tmp_path / "stand.pptx"))
    return tmp_path / "stand.pptx"


def test_each_slide_is_a_section_with_its_title_shapes_table_chart_and_notes(deck: Path) -> None:
    found = answered(deck)
    assert found["format"] == "pptx"
    assert found["properties"]["title"] == "Tussenstand"
    assert [(part["heading"], part["level"], part["text"]) for part in found["sections"]] == [
        ("Prefab gevels", 1, "door groep 3"),
        (
            "Metingen",
            1,
            "dag\tochtend\tmiddag\nmaandag\tbeide\nVerbruik\ngas\nstroom\nniet vergeten te noemen",
        ),
        (None, None, ""),
        (None, None, "in een groep"),
    ]


def test_a_hidden_slide_keeps_its_number_and_gives_a_warning(deck: Path) -> None:
    assert answered(deck)["warnings"] == ["slide 3: is hidden, its text was left out"]


def test_a_presentation_without_its_list_of_slides_is_refused(tmp_path: Path) -> None:
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": "<x>presentationml.presentation.main+xml</x>",
        "_rels/.rels": relations(),
    }
    with pytest.raises(ExtractError, match="is damaged: its main part is missing"):
        read(write_zip(tmp_path / "a.pptx", members), limits=Limits())
