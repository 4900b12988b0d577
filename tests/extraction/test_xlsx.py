"""Workbooks: a section a sheet, a row a line, the values that formulas last had."""

from __future__ import annotations

import datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference

from indexer.extraction.model import ExtractError, Limits
from indexer.extraction.reader import read
from tests.extraction.contract import answered
from tests.extraction.packages import OFFICE, relations, write_zip

SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def write_sheet(path: Path, rows: str, *, strings: str = "", strict: bool = False, doctype: str = "") -> Path:
    """A workbook of one sheet with these rows."""
    space = "http://purl.oclc.org/ooxml/spreadsheetml/main" if strict else SHEET
    sheets = f'<sheets><sheet xmlns:r="{OFFICE}" name="Blad" r:id="a"/></sheets>'
    return write_zip(
        path,
        {
            "[Content_Types].xml": '<Types><Override ContentType="x.spreadsheetml.sheet.main+xml"/></Types>',
            "_rels/.rels": relations(("r", "officeDocument", "xl/workbook.xml")),
            "xl/_rels/workbook.xml.rels": relations(("a", "worksheet", "s.xml"), ("b", "sharedStrings", "t.xml")),
            "xl/workbook.xml": f'<workbook xmlns="{space}">{sheets}</workbook>',
            "xl/s.xml": f'{doctype}<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>',
            "xl/t.xml": f'<sst xmlns="{space}">{strings}</sst>',
        },
    )


def test_sheets_are_sections_and_rows_are_lines(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Planning"
    sheet.append(["Taak", "Uren", "Klaar", "Datum"])
    sheet.append(["Meten", 0.1 + 0.2, True, datetime.date(2021, 6, 18)])
    sheet.append([])
    sheet["C4"] = "derde\nkolom"
    sheet["D4"] = datetime.datetime(2021, 6, 18, 14, 30)
    book.create_sheet("Leeg")
    book.create_sheet("Lijsten").sheet_state = "hidden"
    book.properties.creator = "Groep 3"
    book.save(tmp_path / "planning.xlsx")
    found = answered(tmp_path / "planning.xlsx")
    assert [(part["heading"], part["level"], part["text"]) for part in found["sections"]] == [
        ("Planning", 1, "Taak\tUren\tKlaar\tDatum\nMeten\t0.3\tTRUE\t2021-06-18\n\t\tderde kolom\t2021-06-18 14:30"),
        ("Leeg", 1, ""),
    ]
    assert found["warnings"] == ["sheet Lijsten: is hidden, it was left out"]
    assert found["properties"]["authors"] == ["Groep 3"]


def test_a_formula_shows_its_last_value(tmp_path: Path) -> None:
    cells = '<c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>x</f><v>tekst</v></c><c r="C1" t="e"><v>#N/A</v></c>'
    assert answered(write_sheet(tmp_path / "a.xlsx", f"<row>{cells}</row>"))["sections"][0]["text"] == "2\ttekst\t#N/A"


def test_shared_strings_leave_out_how_they_are_pronounced(tmp_path: Path) -> None:
    strings = "<si><r><t>een </t></r><r><t>woord</t></r><rPh><t>nee</t></rPh></si>"
    rows = '<row><c t="s"><v>0</v></c><c t="s"><v>7</v></c><c t="inlineStr"><is><t>los</t></is></c></row>'
    found = answered(write_sheet(tmp_path / "a.xlsx", rows, strings=strings))
    assert found["sections"][0]["text"] == "een woord\t\tlos"


def test_strict_workbooks_are_read_like_others(tmp_path: Path) -> None:
    rows = '<row><c t="inlineStr"><is><t>streng</t></is></c></row>'
    assert answered(write_sheet(tmp_path / "a.xlsx", rows, strict=True))["sections"][0]["text"] == "streng"


def test_titles_of_charts_come_after_the_rows(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["a", 1])
    chart = BarChart()
    chart.title = "Verbruik per maand"
    chart.add_data(Reference(book.active, min_col=2, min_row=1, max_row=1))
    book.active.add_chart(chart)
    book.save(tmp_path / "a.xlsx")
    assert answered(tmp_path / "a.xlsx")["sections"][0]["text"] == "a\t1\nVerbruik per maand"


def test_a_long_sheet_is_read_whole_though_its_rows_are_freed_on_the_way(tmp_path: Path) -> None:
    """Rows were freed together, and with them some that the parser had read ahead: their cells were lost."""
    rows = "".join(f'<row><c r="B{number}"><v>{number}</v></c></row>' for number in range(1, 5_001))
    text = answered(write_sheet(tmp_path / "a.xlsx", rows))["sections"][0]["text"]
    assert text.replace("\t", "").split("\n") == [str(number) for number in range(1, 5_001)]


def test_a_sheet_that_claims_many_empty_rows_is_read_to_its_end(tmp_path: Path) -> None:
    rows = "".join(f'<row r="{number}"/>' for number in range(200_000))
    last = '<row><c r="XFD1"><v>1</v></c></row>'
    assert answered(write_sheet(tmp_path / "a.xlsx", rows + last))["sections"][0]["text"] == "\t" * 16_383 + "1"


def test_a_sheet_is_read_no_further_than_the_limit(tmp_path: Path) -> None:
    rows = '<row><c t="inlineStr"><is><t>tien tekens</t></is></c></row>' * 100
    found = answered(write_sheet(tmp_path / "a.xlsx", rows), limits=Limits(text_max_chars=50))
    assert len(found["sections"][0]["text"]) == 50
    assert found["warnings"] == ["text cut at 50 characters"]


def test_an_entity_in_a_sheet_is_refused(tmp_path: Path) -> None:
    doctype = '<!DOCTYPE l [<!ENTITY a "b">]>'
    path = write_sheet(tmp_path / "a.xlsx", "<row><c><v>&a;</v></c></row>", doctype=doctype)
    with pytest.raises(ExtractError, match="document type declaration"):
        read(path, limits=Limits())
