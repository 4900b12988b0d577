"""Write a source as XLSX: each heading of level 1 is a sheet with one table, and the text above it a note."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from .source import Heading, Listing, Paragraph, Quote, Source, Table, plain

_NUMBER = re.compile(r"^[-–−]?\d+(?:\.\d{3})*(?:,\d+)?$|^[-–−]?\d+(?:\.\d+)?$")


def write_xlsx(source: Source, target: Path, *, accent: str) -> None:
    """Write `source` to `target`, numbers as numbers and dates as dates."""
    meta = source.meta
    book: Any = Workbook()
    book.remove(book.active)
    sheet: Any = None
    for block in source.blocks:
        match block:
            case Heading(level=1):
                sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", plain(block.text))[:31])
                sheet.sheet_properties.tabColor = accent.lstrip("#")
            case _ if sheet is None:
                sheet = book.create_sheet("Blad1" if meta.language == "nl" else "Sheet1")
        match block:
            case Heading(level=1):
                pass
            case Heading() | Paragraph():
                sheet.append([plain(block.text)])
                sheet.cell(sheet.max_row, 1).font = Font(italic=True, bold=isinstance(block, Heading))
            case Listing():
                for item in block.items:
                    sheet.append(["• " + " ".join(plain(part.text) for part in item if isinstance(part, Paragraph))])
            case Quote():
                sheet.append([plain(part.text) for part in block.blocks if isinstance(part, Paragraph)])
            case Table():
                _table(sheet, block, accent, meta.language)
            case _:
                pass
    properties = book.properties
    properties.title, properties.subject, properties.creator = meta.title, meta.subtitle, "; ".join(meta.authors)
    properties.lastModifiedBy = meta.authors[0] if meta.authors else None
    properties.language = {"nl": "nl-NL", "en": "en-GB"}[meta.language]
    properties.created = datetime(meta.date.year, meta.date.month, meta.date.day, 12)
    book.save(target)


def _table(sheet: Any, table: Table, accent: str, language: str) -> None:
    if table.caption:
        sheet.append([plain(table.caption)])
        sheet.cell(sheet.max_row, 1).font = Font(bold=True)
    sheet.append([plain(cell) for cell in table.head])
    head = sheet.max_row
    for cell in sheet[head]:
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor=accent.lstrip("#"))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    for row in table.rows:
        sheet.append([_value(plain(cell).strip(), language) for cell in row])
    for column in range(1, len(table.head) + 1):
        texts = [plain(row[column - 1]) for row in (table.head, *table.rows)]
        width = min(max(max(map(len, texts[1:]), default=4), max(map(len, texts[0].split()), default=4)) + 3, 60)
        letter = get_column_letter(column)
        sheet.column_dimensions[letter].width = max(width, sheet.column_dimensions[letter].width if head > 3 else 0)
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if sheet.freeze_panes is None:
        sheet.freeze_panes = f"A{head + 1}"
        sheet.auto_filter.ref = f"A{head}:{get_column_letter(len(table.head))}{sheet.max_row}"


def _value(text: str, language: str) -> str | int | float | date | None:
    """What a cell holds.

    >>> _value("1.250,5", "nl"), _value("12", "nl"), _value("2020-03-01", "nl"), _value("n.v.t.", "nl")
    (1250.5, 12, datetime.date(2020, 3, 1), 'n.v.t.')
    """
    if not text:
        return None
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return date.fromisoformat(text)
    if not _NUMBER.match(text) or re.match(r"0\d", text):
        return text
    number = text.replace("–", "-").replace("−", "-")
    if language == "nl" and ("," in number or re.search(r"\.\d{3}$", number)):
        number = number.replace(".", "").replace(",", ".")
    return float(number) if "." in number else int(number)
