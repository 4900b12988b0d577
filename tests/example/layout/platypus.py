"""Write a document as PDF with reportlab: outline, contents, running header and footer, notes at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from string import ascii_lowercase
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor, white
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    ListFlowable,
    ListItem,
    LongTable,
    NextPageTemplate,
    PageTemplate,
    Preformatted,
    Spacer,
    TableStyle,
)
from reportlab.platypus import PageBreak as NewPage
from reportlab.platypus import Paragraph as Text
from reportlab.platypus.tableofcontents import TableOfContents

from . import figures
from .source import (
    WORDS,
    Block,
    Code,
    Figure,
    Heading,
    Inline,
    Listing,
    PageBreak,
    Paragraph,
    Quote,
    Source,
    Table,
    column_shares,
    leads_on,
    long_date,
    plain,
)

_MARGIN = 2.5 * cm
_TEXT_WIDTH = A4[0] - 2 * _MARGIN


def write_pdf(source: Source, target: Path, *, accent: str, body: str, headings: str, scale: float = 1.0) -> int:
    """Write `source` to `target` and return how many pages its front matter has (0 when that is not numbered apart).

    `scale` makes all type larger, for what hangs on a wall.
    """
    writer = _Writer(
        source=source, accent=accent, body=figures.font(body), headings=figures.font(headings), scale=scale
    )
    return writer.write(target)


def roman(number: int) -> str:
    """The number in small roman figures.

    >>> roman(4), roman(19)
    ('iv', 'xix')
    """
    text = ""
    for value, figure in ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")):
        text += figure * (number // value)
        number %= value
    return text


class _Template(BaseDocTemplate):  # type: ignore[misc]
    """Tells the outline and the table of contents about each heading when it has its place."""

    front_pages = 0  # known after the first of the two passes
    depth = 0  # of the last entry in the outline: the next one may be one deeper

    def beforeDocument(self) -> None:
        self.depth = 0

    def label(self, page: int) -> str:
        """The number that is printed on a page."""
        return roman(page) if page <= self.front_pages else str(page - self.front_pages)

    def afterFlowable(self, flowable: Flowable) -> None:
        heading = getattr(flowable, "heading", None)
        if heading is None:
            return
        title = f"{heading.number} {plain(heading.text)}".strip()
        self.canv.bookmarkPage(heading.anchor)
        self.depth = min(heading.level, self.depth + 1)
        self.canv.addOutlineEntry(title, heading.anchor, self.depth - 1, closed=self.depth > 1)
        self.notify("TOCEntry", (heading.level - 1, escape(title), self.page, heading.anchor))


class _Body(Flowable):  # type: ignore[misc]
    """Marks where the front matter ends; takes no room."""

    def __init__(self, template: _Template) -> None:
        super().__init__()
        self.template = template

    def wrap(self, *_: float) -> tuple[float, float]:
        return 0, 0

    def draw(self) -> None:
        self.template.front_pages = self.canv.getPageNumber() - 1


@dataclass(slots=True)
class _Writer:
    source: Source
    accent: str
    body: str
    headings: str
    scale: float
    styles: dict[str, ParagraphStyle] = field(default_factory=dict)

    def write(self, target: Path) -> int:
        """Build in as many passes as the table of contents needs."""
        meta = self.source.meta
        self._styles()
        template = _Template(
            str(target),
            pagesize=A4,
            title=meta.title,
            author="; ".join(meta.authors),
            subject=meta.subtitle,
            creator=None,
            lang={"nl": "nl-NL", "en": "en-GB"}[meta.language],
            invariant=1,
        )
        frame = Frame(_MARGIN, 2.3 * cm, _TEXT_WIDTH, A4[1] - 4.9 * cm, 0, 0, 0, 0)
        template.addPageTemplates(
            [
                PageTemplate("title", [frame], onPage=self._title_frame if meta.contents else self._page_frame),
                PageTemplate("page", [frame], onPage=self._page_frame),
            ]
        )
        template.multiBuild(list(self._story(template)))
        return template.front_pages

    def _styles(self) -> None:
        normal = ParagraphStyle(
            "normal", fontName=self.body, fontSize=10.5, leading=15, spaceAfter=7, allowWidows=0, allowOrphans=0
        )
        self.styles["normal"] = normal
        for level, size, before in ((1, 18, 6), (2, 13, 12), (3, 11, 9)):
            self.styles[f"heading{level}"] = ParagraphStyle(
                f"heading{level}", fontName=f"{self.headings}-Bold", fontSize=size, leading=size * 1.25, keepWithNext=1,
                spaceBefore=before, spaceAfter=size * 0.5, textColor=HexColor(self.accent),
            )  # fmt: skip
        variants: dict[str, dict[str, Any]] = {
            "title": {
                "fontName": f"{self.headings}-Bold",
                "fontSize": 30,
                "leading": 36,
                "textColor": HexColor(self.accent),
            },
            "subtitle": {"fontName": self.headings, "fontSize": 15, "leading": 20, "textColor": HexColor("#555555")},
            "caption": {
                "fontName": f"{self.headings}-Italic",
                "fontSize": 9,
                "leading": 12,
                "spaceBefore": 4,
                "keepWithNext": 1,
            },
            "cell": {"fontSize": 9, "leading": 11.5, "spaceAfter": 0},
            "number": {"fontSize": 9, "leading": 11.5, "spaceAfter": 0, "alignment": TA_RIGHT},
            "quote": {"leftIndent": 22, "rightIndent": 22, "fontName": f"{self.body}-Italic"},
            "item": {"spaceAfter": 3},
            "note": {"fontSize": 9, "leading": 12, "leftIndent": 18, "firstLineIndent": -18, "spaceAfter": 3},
            "code": {"fontName": "Courier", "fontSize": 8.5, "leading": 11},
        }
        for name, values in variants.items():
            self.styles[name] = ParagraphStyle(name, parent=normal, **values)
        for style in self.styles.values():
            style.fontSize, style.leading = style.fontSize * self.scale, style.leading * self.scale

    # -- the page around the text

    def _title_frame(self, canvas: Canvas, template: _Template) -> None:
        canvas.saveState()
        canvas.setFillColor(HexColor(self.accent))
        canvas.rect(0, A4[1] - 3.2 * cm, A4[0], 3.2 * cm, stroke=0, fill=1)
        canvas.setFillColor(white)
        canvas.setFont(f"{self.headings}-Bold", 13)
        canvas.drawString(_MARGIN, A4[1] - 2 * cm, self.source.meta.institution)
        canvas.restoreState()

    def _page_frame(self, canvas: Canvas, template: _Template) -> None:
        meta = self.source.meta
        canvas.saveState()
        canvas.setFont(self.headings, 8.5)
        canvas.setFillColor(HexColor("#555555"))
        canvas.drawString(_MARGIN, A4[1] - 1.6 * cm, meta.header)
        canvas.setStrokeColor(HexColor(self.accent))
        canvas.line(_MARGIN, A4[1] - 1.8 * cm, A4[0] - _MARGIN, A4[1] - 1.8 * cm)
        canvas.drawString(_MARGIN, 1.3 * cm, meta.footer)
        label = template.label(canvas.getPageNumber())
        canvas.drawRightString(A4[0] - _MARGIN, 1.3 * cm, f"{WORDS[meta.language]['page']} {label}")
        canvas.restoreState()

    # -- the text

    def _story(self, template: _Template) -> Iterator[Flowable]:
        meta = self.source.meta
        front, body = self.source.front_and_body() if meta.roman else ((), self.source.blocks)
        people = " · ".join(part for part in (meta.institution, long_date(meta.date, meta.language)) if part)
        yield NextPageTemplate("page")
        if meta.contents:
            yield Spacer(1, 6 * cm)
        yield Text(escape(meta.title), self.styles["title"])
        yield Text(escape(meta.subtitle), self.styles["subtitle"])
        if meta.contents:
            yield Spacer(1, 7 * cm)
        yield Text("<br/>".join(map(escape, meta.authors)), self.styles["normal"])
        yield Text(escape(people), self.styles["normal"])
        if meta.contents:
            yield NewPage()
            yield Text(WORDS[meta.language]["contents"], self.styles["heading1"])
            yield self._contents(template)
            yield NewPage()
        yield from self._all(front)
        if meta.roman:
            yield NewPage()
            yield _Body(template)
        yield from self._all(body)
        if self.source.notes:
            yield CondPageBreak(2.5 * cm)
            yield Spacer(1, 6)
            yield Text(WORDS[meta.language]["notes"], self.styles["heading2"])
            for number, note in enumerate(self.source.notes, 1):
                yield Text(f'<a name="note{number}"/>{number}. {_markup(note)}', self.styles["note"])

    def _contents(self, template: _Template) -> TableOfContents:
        contents = TableOfContents(dotsMinLevel=0, formatter=template.label)
        contents.tableStyle = TableStyle(
            [(f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")]
        )
        contents.levelStyles = [
            ParagraphStyle(
                f"contents{level}", fontName=self.body + ("-Bold" if level == 0 else ""), fontSize=10.5, leading=14,
                leftIndent=14 * level, rightIndent=24, spaceBefore=2 if level == 0 else 0,
            )
            for level in range(3)
        ]  # fmt: skip
        return contents

    def _all(self, blocks: Iterable[Block]) -> Iterator[Flowable]:
        chapters = 0
        for block, following in pairwise((*blocks, None)):
            if block is None:
                break
            if isinstance(block, Heading):
                chapters += block.level == 1
                if block.level == 1 and chapters > 1 and self.source.is_long:
                    yield NewPage()
                else:
                    yield CondPageBreak(self._room_after(block, following))
            yield from self._block(block)

    def _room_after(self, heading: Heading, following: Block | None) -> float:
        """How much room a heading needs on its page, for keepWithNext does not hold before tables and figures."""
        room: float = 5 * cm if heading.level == 1 else 3 * cm
        match following:
            case Table():
                room += min(len(following.rows), 10) * 0.7 * cm
            case Figure():
                room += 7 * cm
        return room

    def _block(self, block: Block) -> Iterator[Flowable]:
        match block:
            case Heading():
                number = f"{block.number}&nbsp;&nbsp;" if block.number else ""
                heading = Text(number + _markup(block.text), self.styles[f"heading{block.level}"])
                heading.heading = block
                yield heading
            case Paragraph():
                text = Text(_markup(block.text), self.styles["normal"])
                text.keepWithNext = leads_on(block)
                yield text
            case Listing():
                yield self._listing(block)
                yield Spacer(1, 5)
            case Table():
                yield from self._table(block)
            case Figure():
                drawing = figures.draw(block.spec, accent=self.accent, language=self.source.meta.language)
                drawing.hAlign = "CENTER"
                caption = self._caption("figure", block.number, block.caption)
                caption.keepWithNext = 0
                yield KeepTogether([Spacer(1, 4), drawing, caption, Spacer(1, 6)])
            case Quote():
                for part in block.blocks:
                    if isinstance(part, Paragraph):
                        yield Text(_markup(part.text), self.styles["quote"])
                    else:
                        yield from self._block(part)
            case Code():
                yield Preformatted(block.text, self.styles["code"])
            case PageBreak():
                yield NewPage()

    def _listing(self, listing: Listing) -> ListFlowable:
        items = []
        for item in listing.items:
            parts: list[Flowable] = []
            for part in item:
                if isinstance(part, Paragraph):
                    parts.append(Text(_markup(part.text), self.styles["item"]))
                else:
                    parts.extend(self._block(part))
            items.append(ListItem(parts))
        if listing.ordered:
            return ListFlowable(items, bulletType="1", start=listing.start, leftIndent=20, bulletFormat="%s.",
                                bulletFontName=self.body, bulletFontSize=10 * self.scale)  # fmt: skip
        return ListFlowable(items, bulletType="bullet", start="•", leftIndent=16, bulletFontName=self.body,
                            bulletFontSize=10 * self.scale)  # fmt: skip

    def _caption(self, kind: str, number: int, caption: Inline) -> Text:
        words = WORDS[self.source.meta.language]
        return Text(f"{words[kind]} {number}: {_markup(caption)}", self.styles["caption"])

    def _table(self, table: Table) -> Iterator[Flowable]:
        styles = [self.styles["number" if right else "cell"] for right in table.right]
        head = [f'<font color="white"><b>{_markup(text)}</b></font>' for text in table.head]
        rows = [
            [Text(cell, style) for cell, style in zip(row, styles, strict=True)]
            for row in (head, *(map(_markup, row) for row in table.rows))
        ]
        alphabet = stringWidth(ascii_lowercase, f"{self.body}-Bold", self.styles["cell"].fontSize)
        shares = column_shares(table, letters=_TEXT_WIDTH / alphabet * len(ascii_lowercase))
        widths = [_TEXT_WIDTH * share for share in shares]
        grid = LongTable(rows, colWidths=widths, repeatRows=1)
        grid.setStyle(
            TableStyle(
                [
                    ("BACKGROUND", (0, 0), (-1, 0), HexColor(self.accent)),
                    ("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor("#bbbbbb")),
                    ("VALIGN", (0, 0), (-1, -1), "TOP"),
                    ("TOPPADDING", (0, 0), (-1, -1), 3),
                    ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
                ]
            )
        )
        parts: list[Flowable] = [grid]
        if table.caption:
            parts.insert(0, self._caption("table", table.number, table.caption))
        yield from [KeepTogether(parts)] if len(rows) <= 10 else parts
        yield Spacer(1, 10)


def _markup(text: Inline) -> str:
    """The text in reportlab's small XML."""
    parts = []
    for span in text:
        if span.note:
            parts.append(f'<super><a href="#note{span.note}">{span.note}</a></super>')
            continue
        part = escape(span.text).replace("\n", "<br/>")
        if span.code:
            part = f'<font face="Courier">{part}</font>'
        if span.bold:
            part = f"<b>{part}</b>"
        if span.italic:
            part = f"<i>{part}</i>"
        if span.href:
            part = f'<a href="{escape(span.href, {chr(34): "&quot;"})}" color="#1f4e9e"><u>{part}</u></a>'
        parts.append(part)
    return "".join(parts)
