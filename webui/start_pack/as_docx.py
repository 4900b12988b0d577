"""A start pack as a Word document: real headings, links within it and to the site, and the same bytes each time.

The only place of `webui` that knows python-docx.
"""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import Any

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from flask_babel import gettext as _

from webui.start_pack.sheet import Block, Glossary, Item, Line, Listing, Paragraph, Sheet

ACCENT, QUIET = RGBColor(0x8F, 0x3F, 0x12), RGBColor(0x65, 0x59, 0x4C)
# Fonts that are on nearly every computer with Word; LibreOffice puts ones of the same width in their place.
HEADINGS, TEXT = "Georgia", "Calibri"
LANGUAGES = {"nl": "nl-NL", "en": "en-GB", "de": "de-DE", "fr": "fr-FR"}
# A package's entries carry a date; this is the first that ZIP knows.
NO_DAY = (1980, 1, 1, 0, 0, 0)


def render(sheet: Sheet, day: date | None, *, root: str) -> bytes:
    """The sheet as DOCX. `root`: the site's own address, in front of links to it."""
    writer = _Writer(sheet, root)
    writer.write()
    writer.describe(day)
    stream = io.BytesIO()
    writer.document.save(stream)
    return _with_fixed_dates(stream.getvalue())


class _Writer:
    def __init__(self, sheet: Sheet, root: str) -> None:
        self.sheet, self.root = sheet, root
        self.document: Any = docx.Document()
        self._bookmarks = 0
        self._style()
        # By id and not by name: python-docx looks through all styles for a name, each time.
        self._styles = {style.name: style.style_id for style in self.document.styles}

    def write(self) -> None:
        sheet = self.sheet
        self._text(self._paragraph("Title"), sheet.title)
        under = " · ".join(part for part in (sheet.subtitle, sheet.dated) if part)
        if under:
            self._text(self._paragraph("Subtitle"), under)
        self._link(self._paragraph(), _("Dit pakket op de site, altijd met het nieuwste"), self.root + sheet.address)
        for section in sheet.sections:
            self._link(self._paragraph("Contents"), section.title, f"#{section.anchor}")
        for section in sheet.sections:
            self._bookmark(self._heading(section.title, 1), section.anchor)
            for block in section.blocks:
                self._block(block)
        self._footer()

    def describe(self, day: date | None) -> None:
        """The document's properties, none of which may tell when this copy was made."""
        properties = self.document.core_properties
        moment = datetime(day.year, day.month, day.day) if day else datetime(*NO_DAY)
        properties.title, properties.author, properties.last_modified_by = self.sheet.title, "Estafette", "Estafette"
        properties.subject, properties.language = self.sheet.subtitle, LANGUAGES.get(self.sheet.language, "nl-NL")
        properties.comments, properties.keywords, properties.revision = "", "", 1
        properties.created = properties.modified = moment

    def _block(self, block: Block) -> None:
        if isinstance(block, Paragraph):
            self._line(self._paragraph(), block.line)
        elif isinstance(block, Glossary):
            for term, meaning in block.rows:
                paragraph = self._paragraph("Entry")
                self._line(paragraph, term)
                paragraph.add_run("  ")
                self._line(paragraph, meaning)
        else:
            if block.title:
                self._heading(block.title, 2)
            for number, item in enumerate(block.items, start=1):
                self._item(item, number, block)

    def _item(self, item: Item, number: int, block: Listing) -> None:
        head = self._heading(f"{number}. ", 2) if block.ordered else self._paragraph("List Bullet")
        self._line(head, item.head)
        if item.anchor:
            self._bookmark(head, item.anchor)
        if item.tag:
            beside = self._paragraph("Tag") if block.ordered else head
            self._text(beside, item.tag if block.ordered else f"  {item.tag}", quiet=True)
        for line in item.lines:
            self._line(self._paragraph("Body Text" if block.ordered else "About"), line)

    def _paragraph(self, style: str = "Normal") -> Any:
        paragraph = self.document.add_paragraph()
        paragraph._p.style = self._styles[style]
        return paragraph

    def _heading(self, text: str, level: int) -> Any:
        paragraph = self._paragraph(f"Heading {level}")
        self._text(paragraph, text)
        return paragraph

    def _line(self, paragraph: Any, line: Line) -> None:
        for run in line:
            if run.url:
                self._link(paragraph, run.text, run.url, language=run.language, strong=run.kind == "strong")
            else:
                self._text(
                    paragraph, run.text, language=run.language, strong=run.kind == "strong", quiet=run.kind == "quiet"
                )

    def _text(
        self, parent: Any, text: str, *, language: str | None = None, strong: bool = False, quiet: bool = False
    ) -> Any:
        run = parent.add_run(_printable(text))
        run.bold = True if strong else None
        if quiet:
            run.font.color.rgb = QUIET
        self._speak(run._r.get_or_add_rPr(), language)
        return run

    def _link(self, paragraph: Any, text: str, url: str, *, language: str | None = None, strong: bool = False) -> None:
        """A hyperlink (ECMA-376 part 1, 17.16.22): to a bookmark of this document, or by a relationship of its part."""
        link = OxmlElement("w:hyperlink")
        if url.startswith("#"):
            link.set(qn("w:anchor"), url[1:])
        else:
            whole = self.root + url if url.startswith("/") else url
            link.set(qn("r:id"), paragraph.part.relate_to(whole, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
        run = self._text(paragraph, text, language=language, strong=strong)
        run._r.style = self._styles["Hyperlink"]
        link.append(run._r)
        paragraph._p.append(link)

    def _bookmark(self, paragraph: Any, name: str) -> None:
        self._bookmarks += 1
        for tag, at in (("w:bookmarkStart", 1), ("w:bookmarkEnd", len(paragraph._p) + 1)):
            mark = OxmlElement(tag)
            mark.set(qn("w:id"), str(self._bookmarks))
            if tag == "w:bookmarkStart":
                mark.set(qn("w:name"), name)
            paragraph._p.insert(at, mark)

    def _speak(self, properties: Any, language: str | None) -> None:
        """The language of a run, where it is not the document's: what a screen reader and the speller go by."""
        if language and language != self.sheet.language:
            element = OxmlElement("w:lang")
            element.set(qn("w:val"), LANGUAGES.get(language, language))
            properties.append(element)

    def _style(self) -> None:
        styles, section = self.document.styles, self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(25)
        section.top_margin = section.bottom_margin = Mm(22)
        body = styles["Normal"]
        _font(body, TEXT, 10.5)
        body.paragraph_format.space_after, body.paragraph_format.line_spacing = Pt(5), 1.12
        spoken = OxmlElement("w:lang")
        spoken.set(qn("w:val"), LANGUAGES.get(self.sheet.language, "nl-NL"))
        body.element.get_or_add_rPr().append(spoken)
        for name, size, before, after in (
            ("Title", 24, 0, 4),
            ("Subtitle", 11, 0, 10),
            ("Heading 1", 16, 20, 6),
            ("Heading 2", 12.5, 14, 2),
        ):
            style = styles[name]
            _font(style, HEADINGS, size, color=QUIET if name == "Subtitle" else None)
            style.font.italic = False
            style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
            style.paragraph_format.keep_with_next = True
            for spacing in style.element.findall(f".//{qn('w:rPr')}/{qn('w:spacing')}"):
                spacing.getparent().remove(spacing)
            for border in style.element.findall(f".//{qn('w:pBdr')}"):
                border.getparent().remove(border)
        styles["List Bullet"].paragraph_format.space_after = Pt(2)
        for name, indent, after in (("About", 6.3, 2), ("Tag", 0, 3), ("Contents", 0, 0), ("Entry", 0, 4)):
            style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            style.base_style = body
            style.paragraph_format.left_indent, style.paragraph_format.space_after = Mm(indent), Pt(after)
        link = styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
        link.font.color.rgb, link.font.underline = ACCENT, True

    def _footer(self) -> None:
        """The pack's name and the number of the page, a field that Word fills in."""
        paragraph = self.document.sections[0].footer.paragraphs[0]
        self._text(paragraph, f"{self.sheet.title} · ", quiet=True)
        run = self._text(paragraph, "", quiet=True)
        for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
            element = OxmlElement("w:fldChar" if kind else "w:instrText")
            if kind:
                element.set(qn("w:fldCharType"), kind)
            else:
                element.text = text
            run._r.append(element)


def _font(style: Any, name: str, size: float, *, color: RGBColor | None = None) -> None:
    style.font.name, style.font.size = name, Pt(size)
    style.font.color.rgb = color or RGBColor(0x25, 0x1E, 0x17)
    # A template's style names a theme's font, which goes before the name.
    fonts = style.element.rPr.rFonts
    for attribute in list(fonts.attrib):
        if "Theme" in attribute or "theme" in attribute:
            del fonts.attrib[attribute]
    for script in ("w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(script), name)


def _printable(text: str) -> str:
    """XML takes no control characters; a name on disk may hold bytes that are no letters."""
    return "".join(char if char.isprintable() or char == " " else "\ufffd" for char in text)


def _with_fixed_dates(package: bytes) -> bytes:
    """The same package, its entries dated alike: a writer dates them by the clock."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as made, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as fixed:
        for name in made.namelist():
            fixed.writestr(entry(name), made.read(name), compress_type=zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def entry(name: str, day: date | None = None) -> zipfile.ZipInfo:
    """An entry of an archive that tells no more of its making than `day`."""
    info = zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0) if day and day.year >= 1980 else NO_DAY)
    info.external_attr = 0o644 << 16
    info.create_system = 3
    return info
