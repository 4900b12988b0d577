"""A start pack as a PDF: with an embedded font, bookmarks, links within it and to the site, and the same bytes each time.

The only place of `webui` that knows reportlab.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from flask_babel import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import BaseDocTemplate, Frame, KeepTogether, PageTemplate
from reportlab.platypus import Paragraph as Set

from webui.start_pack.sheet import Block, Glossary, Item, Line, Listing, Paragraph, Sheet

# Literata 3.103, Latin, Greek and Cyrillic, without hinting: see fonts/literata-LICENSE.txt.
FONTS = Path(__file__).parent / "fonts"
REGULAR, BOLD = "Literata", "Literata-SemiBold"
INK, QUIET, ACCENT = HexColor("#251e17"), HexColor("#65594c"), "#8f3f12"
MISSING = "\u25a1"  # in place of a letter that the font does not have
LANGUAGES = {"nl": "nl-NL", "en": "en-GB"}
MARGIN = 24 * mm


def render(sheet: Sheet, day: date | None, *, root: str) -> bytes:
    """The sheet as PDF. `root`: the site's own address, in front of links to it."""
    letters = _letters()
    stream = io.BytesIO()
    document = _Document(sheet, day, stream)
    document.build(list(_Setter(sheet, root, letters).flowables()))
    return stream.getvalue()


class _Document(BaseDocTemplate):  # type: ignore[misc]  # reportlab has no types
    """Pages with a foot, and a bookmark for each heading."""

    def __init__(self, sheet: Sheet, day: date | None, stream: io.BytesIO) -> None:
        self.sheet = sheet
        super().__init__(
            stream,
            pagesize=A4,
            leftMargin=MARGIN,
            rightMargin=MARGIN,
            topMargin=20 * mm,
            bottomMargin=22 * mm,
            title=sheet.title,
            author="Estafette",
            subject=sheet.subtitle or sheet.title,
            creator="Estafette",
            lang=LANGUAGES.get(sheet.language, "nl-NL"),
            invariant=1,
        )
        frame = Frame(self.leftMargin, self.bottomMargin, self.width, self.height, 0, 0, 0, 0)
        self.addPageTemplates(PageTemplate(frames=[frame], onPage=self._foot))
        self._dated = f"D:{day:%Y%m%d}000000Z" if day else "D:19800101000000Z"

    def _foot(self, canvas: Any, _template: Any) -> None:
        canvas.setDateFormatter(lambda *_moment: self._dated)
        canvas.setViewerPreference("DisplayDocTitle", "true")
        canvas.setFont(REGULAR, 8)
        canvas.setFillColor(QUIET)
        canvas.drawString(MARGIN, 12 * mm, " · ".join(part for part in (self.sheet.title, self.sheet.dated) if part))
        canvas.drawRightString(A4[0] - MARGIN, 12 * mm, str(canvas.getPageNumber()))

    def afterFlowable(self, flowable: Any) -> None:
        level = getattr(flowable, "outline_level", None)
        if level is not None:
            name = flowable.outline_name
            self.canv.bookmarkHorizontal(name, 0, self.frame._y + flowable.height)
            self.canv.addOutlineEntry(flowable.outline_title, name, level, closed=False)


class _Setter:
    """Sets the blocks of a sheet."""

    def __init__(self, sheet: Sheet, root: str, letters: frozenset[int]) -> None:
        self.sheet, self.root, self.letters = sheet, root, letters
        self.styles = dict(_styles())
        self._headings = 0

    def flowables(self) -> Iterator[Any]:
        sheet = self.sheet
        yield Set(self._escaped(sheet.title), self.styles["title"])
        under = " · ".join(part for part in (sheet.subtitle, sheet.dated) if part)
        if under:
            yield Set(self._escaped(under), self.styles["subtitle"])
        site = _("Dit pakket op de site, altijd met het nieuwste")
        yield Set(self._linked(self._escaped(site), self.root + sheet.address), self.styles["text"])
        for section in sheet.sections:
            yield Set(self._linked(self._escaped(section.title), f"#{section.anchor}"), self.styles["contents"])
        for section in sheet.sections:
            yield self._heading(self._escaped(section.title), section.title, "heading1", 0, section.anchor)
            for block in section.blocks:
                yield from self._block(block)

    def _block(self, block: Block) -> Iterator[Any]:
        if isinstance(block, Paragraph):
            yield Set(self._line(block.line), self.styles["text"])
        elif isinstance(block, Glossary):
            for term, meaning in block.rows:
                yield Set(f"{self._line(term)} &nbsp;{self._line(meaning)}", self.styles["entry"])
        else:
            if block.title:
                yield self._heading(self._escaped(block.title), block.title, "heading2", 1)
            for number, item in enumerate(block.items, start=1):
                yield from self._item(item, number, block)

    def _item(self, item: Item, number: int, block: Listing) -> Iterator[Any]:
        if not block.ordered:
            beside = f'&nbsp; <font color="#65594c" size="8.5">{self._escaped(item.tag)}</font>' if item.tag else ""
            head = Set(self._line(item.head) + beside, self.styles["bullet"], bulletText="•")
            about = [Set(self._line(line), self.styles["about"]) for line in item.lines]
            yield KeepTogether([head, *about]) if about else head
            return
        title = "".join(run.text for run in item.head)
        head = self._heading(f"{number}. {self._line(item.head)}", f"{number}. {title}", "heading2", 1, item.anchor)
        lines = [Set(self._line(line), self.styles["text"]) for line in item.lines]
        tag = [Set(self._escaped(item.tag), self.styles["tag"])] if item.tag else []
        yield KeepTogether([head, *tag, *lines[:2]])
        yield from lines[2:]

    def _heading(self, markup: str, title: str, style: str, level: int, anchor: str | None = None) -> Any:
        self._headings += 1
        heading = Set(markup, self.styles[style])
        heading.outline_level, heading.outline_title = level, self._drawable(title)
        heading.outline_name = anchor or f"heading-{self._headings}"
        return heading

    def _line(self, line: Line) -> str:
        """The mark-up of a line, as reportlab's paragraphs read it."""
        pieces = []
        for run in line:
            text = self._escaped(run.text)
            if run.kind == "strong":
                text = f'<font name="{BOLD}">{text}</font>'
            elif run.kind == "quiet":
                text = f'<font color="#65594c">{text}</font>'
            pieces.append(self._linked(text, run.url) if run.url else text)
        return "".join(pieces)

    def _linked(self, text: str, url: str) -> str:
        whole = self.root + url if url.startswith("/") else url
        return f'<a href={quoteattr(whole)} color="{ACCENT}">{text}</a>'

    def _escaped(self, text: str) -> str:
        return escape(self._drawable(text))

    def _drawable(self, text: str) -> str:
        """A text in the letters that the font has: composed, and a sign for what is left."""
        composed = unicodedata.normalize("NFC", text)
        if all(ord(char) in self.letters for char in composed):
            return composed
        return "".join(
            char if ord(char) in self.letters else self._instead(char) for char in composed if char.isprintable()
        )

    def _instead(self, char: str) -> str:
        plain = unicodedata.normalize("NFKC", char)
        return plain if all(ord(each) in self.letters for each in plain) else MISSING


def _styles() -> Iterator[tuple[str, ParagraphStyle]]:
    def style(name: str, size: float, leading: float, **more: Any) -> tuple[str, ParagraphStyle]:
        given = {"fontName": REGULAR, "textColor": INK, "alignment": TA_LEFT, "allowWidows": 0, "allowOrphans": 0}
        return name, ParagraphStyle(name, fontSize=size, leading=leading, **{**given, **more})

    yield style("title", 23, 28, fontName=BOLD, spaceAfter=3)
    yield style("subtitle", 10, 14, textColor=QUIET, spaceAfter=10)
    yield style("contents", 10, 15.5)
    yield style("heading1", 15.5, 20, fontName=BOLD, spaceBefore=20, spaceAfter=6, keepWithNext=1)
    yield style("heading2", 11.5, 15.5, fontName=BOLD, spaceBefore=12, spaceAfter=1, keepWithNext=1)
    yield style("tag", 8.5, 12, textColor=QUIET, spaceAfter=4, keepWithNext=1)
    yield style("text", 9.7, 14, spaceAfter=4)
    yield style("bullet", 9.7, 14, leftIndent=13, bulletIndent=2, spaceBefore=1, spaceAfter=3, bulletFontName=REGULAR)
    yield style("about", 9, 13, leftIndent=13, spaceAfter=2)
    yield style("entry", 9.7, 14, spaceAfter=4, leftIndent=13, firstLineIndent=-13)


@lru_cache(maxsize=1)
def _letters() -> frozenset[int]:
    """Make the fonts known to reportlab, once; the letters that both have."""
    faces = []
    for name, file in ((REGULAR, "literata-3.103-regular.ttf"), (BOLD, "literata-3.103-semibold.ttf")):
        font = TTFont(name, FONTS / file)
        pdfmetrics.registerFont(font)
        faces.append(frozenset(font.face.charToGlyph))
    return faces[0] & faces[1]
