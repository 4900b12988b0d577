"""The yearly figures as a Word document: tables to take over into a report.

With `webui.start_pack.as_docx` the only place of `webui` that knows python-docx.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from webui.desk.figures_told import Group

LANGUAGES = {"nl": "nl-NL", "en": "en-GB"}
# Fonts that are on nearly every computer with Word.
HEADINGS, TEXT = "Georgia", "Calibri"
WIDTHS_MM = (84, 38, 38)


def render(groups: Iterable[Group], *, title: str, dated: str, years: tuple[str, str], language: str) -> bytes:
    """The figures as DOCX: a heading and a table for each group."""
    document: Any = docx.Document()
    _style(document, language)
    document.add_paragraph(title, style="Title")
    document.add_paragraph(dated)
    for group in groups:
        document.add_heading(group.title, level=1)
        _table(document, group, years)
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by = title, "Estafette", "Estafette"
    properties.language, properties.comments = LANGUAGES.get(language, "nl-NL"), ""
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _table(document: Any, group: Group, years: tuple[str, str]) -> None:
    """The first row is repeated on each page and read out as the head of its columns (ECMA-376 part 1, 17.4.78)."""
    table = document.add_table(rows=1, cols=3, style="Table Grid")
    table.autofit = False
    head = table.rows[0]
    for cell, text in zip(head.cells, ("", *years), strict=True):
        cell.paragraphs[0].add_run(text).bold = True
    head._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for line in group.lines:
        row = table.add_row()
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        name, now, before = row.cells
        name.paragraphs[0].add_run(line.name).bold = not (line.part or line.within)
        notes = f"{line.notes[0].upper()}{line.notes[1:]}." if line.notes else ""
        about = " ".join(text for text in (line.definition, notes) if text)
        if about:
            name.add_paragraph().add_run(about).font.size = Pt(8.5)
        now.paragraphs[0].add_run(line.now)
        before.paragraphs[0].add_run(line.before)
    for row in table.rows:
        for cell, width in zip(row.cells, WIDTHS_MM, strict=True):
            cell.width = Mm(width)
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.space_after = Pt(1)


def _style(document: Any, language: str) -> None:
    section, styles = document.sections[0], document.styles
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(25)
    body = styles["Normal"]
    body.font.name, body.font.size = TEXT, Pt(10.5)
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:val"), LANGUAGES.get(language, "nl-NL"))
    body.element.get_or_add_rPr().append(spoken)
    for name, size in (("Title", 22), ("Heading 1", 14)):
        style = styles[name]
        style.font.size = Pt(size)
        fonts = style.element.rPr.rFonts  # a template's style names a theme's font, which goes before the name
        for attribute in [each for each in fonts.attrib if "theme" in each.lower()]:
            del fonts.attrib[attribute]
        style.font.name = HEADINGS
