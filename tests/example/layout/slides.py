"""Write a source as PPTX: each heading of level 1 is a slide, a quote that begins with `Notities:` its notes.

Text goes into the placeholders of the layout, so that titles and bodies can be told apart as in people's own slides.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import PP_ALIGN
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.util import Cm, Pt

from . import figures
from .source import (
    Block,
    Figure,
    Heading,
    Inline,
    Listing,
    Paragraph,
    Quote,
    Source,
    Span,
    Table,
    column_shares,
    long_date,
    plain,
)

_WIDTH_CM, _HEIGHT_CM = 33.867, 19.05
_MARGIN_CM, _TOP_CM, _BOTTOM_CM = 1.8, 3.9, 1.5
_POSTER_SLIDES = 3  # up to here it is a poster, which has no opening slide
_NOTES = re.compile(r"^(?:Notities|Notes)\s*:\s*", re.IGNORECASE)


@dataclass(slots=True)
class _Slide:
    title: Inline
    lines: list[tuple[int, Inline, bool]] = field(default_factory=list)  # level, text, whether it has a bullet
    exhibits: list[Table | Figure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def write_pptx(source: Source, target: Path, *, accent: str) -> None:
    """Write `source` to `target`."""
    meta = source.meta
    presentation = Presentation()
    presentation.slide_width, presentation.slide_height = Cm(_WIDTH_CM), Cm(_HEIGHT_CM)
    _settle_layouts(presentation)
    slides = _split(source.blocks)
    if meta.contents or len(slides) > _POSTER_SLIDES:
        own = slides.pop(0) if slides and plain(slides[0].title) == meta.title else None
        _opening(presentation, source, accent, own)
    for number, slide in enumerate(slides, 1):
        _write_slide(presentation, slide, source, accent, number)
    moment = datetime(meta.date.year, meta.date.month, meta.date.day, 12)
    properties = presentation.core_properties
    properties.title, properties.subject, properties.author = meta.title, meta.subtitle, "; ".join(meta.authors)
    properties.last_modified_by = meta.authors[0] if meta.authors else ""
    properties.language = {"nl": "nl-NL", "en": "en-GB"}[meta.language]
    properties.created = properties.modified = moment
    presentation.save(str(target))


def _split(blocks: Iterable[Block]) -> list[_Slide]:
    """Sort the blocks into slides; what stands before the first heading goes with it."""
    slides: list[_Slide] = []
    for block in blocks:
        if isinstance(block, Heading) and block.level == 1:
            slides.append(_Slide(title=block.text))
            continue
        if not slides:
            continue
        slide = slides[-1]
        match block:
            case Heading():
                slide.lines.append((0, tuple(Span(text=span.text, bold=True) for span in block.text), False))
            case Paragraph():
                slide.lines.append((0, block.text, False))
            case Listing():
                slide.lines.extend(_items(block, 0))
            case Table() | Figure():
                slide.exhibits.append(block)
            case Quote():
                texts = [part.text for part in block.blocks if isinstance(part, Paragraph)]
                if texts and _NOTES.match(plain(texts[0])):
                    slide.notes.extend(_NOTES.sub("", plain(text)) for text in texts)
                else:
                    slide.lines.extend(
                        (0, tuple(Span(text=s.text, italic=True) for s in text), False) for text in texts
                    )
            case _:
                pass
    return slides


def _items(listing: Listing, level: int) -> Iterable[tuple[int, Inline, bool]]:
    for number, item in enumerate(listing.items, listing.start):
        for part in item:
            if isinstance(part, Paragraph):
                lead = (Span(text=f"{number}. "),) if listing.ordered else ()
                yield level, (*lead, *part.text), not listing.ordered
            elif isinstance(part, Listing):
                yield from _items(part, level + 1)


def _settle_layouts(presentation: Any) -> None:
    """Make the 4:3 layouts of python-pptx's template as wide as the slides."""
    width = _WIDTH_CM - 2 * _MARGIN_CM
    theme = presentation.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme._blob = theme.blob.replace(b'"Calibri"', b'"Arial"')
    for layout in (presentation.slide_master, *presentation.slide_layouts):
        for shape in layout.placeholders:
            kind = shape.placeholder_format.type
            if "TITLE" in str(kind) and layout is not presentation.slide_layouts[0]:
                _place(shape, _MARGIN_CM, 1.1, width, 2.2)
            elif "DATE" in str(kind):
                _place(shape, _MARGIN_CM, _HEIGHT_CM - 1.2, 8, 0.9)
            elif "FOOTER" in str(kind):
                _place(shape, _MARGIN_CM + 8, _HEIGHT_CM - 1.2, width - 16, 0.9)
            elif "SLIDE_NUMBER" in str(kind):
                _place(shape, _WIDTH_CM - _MARGIN_CM - 8, _HEIGHT_CM - 1.2, 8, 0.9)
            elif layout is presentation.slide_layouts[0]:
                _place(shape, _MARGIN_CM, 7 if "TITLE" in str(kind) and "SUB" not in str(kind) else 11, width, 3.6)
            else:
                _place(shape, _MARGIN_CM, _TOP_CM, width, _HEIGHT_CM - _TOP_CM - _BOTTOM_CM)


def _color(code: str) -> Any:
    """The colour of `#rrggbb`."""
    return RGBColor(*bytes.fromhex(code.lstrip("#")))  # type: ignore[no-untyped-call]


def _place(shape: Any, left: float, top: float, width: float, height: float) -> None:
    shape.left, shape.top, shape.width, shape.height = Cm(left), Cm(top), Cm(width), Cm(height)


def _opening(presentation: Any, source: Source, accent: str, own: _Slide | None) -> None:
    """The first slide: the title, with what the source's own first slide says when it repeats the title."""
    meta = source.meta
    slide = presentation.slides.add_slide(presentation.slide_layouts[0])
    _bar(slide, accent, 3.0)
    title, subtitle = slide.shapes.title, slide.placeholders[1]
    _place(title, _MARGIN_CM, 4.5, _WIDTH_CM - 2 * _MARGIN_CM, 4)
    _place(subtitle, _MARGIN_CM, 9, _WIDTH_CM - 2 * _MARGIN_CM, 8)
    title.text = meta.title
    lines = [meta.subtitle, *(plain(text) for _, text, _ in own.lines)] if own else [meta.subtitle]
    by = [", ".join(meta.authors), f"{meta.institution} · {long_date(meta.date, meta.language)}"]
    subtitle.text = "\n".join(line for line in (*lines, *by) if line)
    for frame, size in ((title.text_frame, 44), (subtitle.text_frame, 20)):
        for paragraph in frame.paragraphs:
            paragraph.alignment, paragraph.font.size = PP_ALIGN.LEFT, Pt(size)
    title.text_frame.paragraphs[0].font.bold, title.text_frame.paragraphs[0].font.color.rgb = True, _color(accent)
    if own and own.notes:
        slide.notes_slide.notes_text_frame.text = "\n".join(own.notes)


def _bar(slide: Any, accent: str, height: float) -> None:
    """A band in the colour of the presentation along the upper edge."""
    bar = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, 0, 0, Cm(_WIDTH_CM), Cm(height))
    bar.fill.solid()
    bar.fill.fore_color.rgb = _color(accent)
    bar.line.fill.background()
    bar.shadow.inherit = False


def _write_slide(presentation: Any, content: _Slide, source: Source, accent: str, number: int) -> None:
    """Text at the left and exhibits at the right, or either of them over the whole width."""
    layout = presentation.slide_layouts[1 if content.lines else 5]
    slide = presentation.slides.add_slide(layout)
    color = _color(accent)
    slide.shapes.title.text = plain(content.title)
    for paragraph in slide.shapes.title.text_frame.paragraphs:
        paragraph.alignment, paragraph.font.size, paragraph.font.bold = PP_ALIGN.LEFT, Pt(30), True
        paragraph.font.color.rgb = color
    _bar(slide, accent, 0.5)

    width, height = _WIDTH_CM - 2 * _MARGIN_CM, _HEIGHT_CM - _TOP_CM - _BOTTOM_CM
    left = _MARGIN_CM
    if content.lines:
        share = 1.0 if not content.exhibits else 0.48
        _text(slide.placeholders[1], content.lines, width * share, height)
        left += width * share + 0.8
    if content.exhibits:
        _exhibits(slide, content.exhibits, source, accent, left, _WIDTH_CM - _MARGIN_CM - left, height)
    foot = slide.shapes.add_textbox(Cm(_MARGIN_CM), Cm(_HEIGHT_CM - 1.2), Cm(width), Cm(0.9))
    foot.text_frame.word_wrap = True
    foot.text_frame.text = f"{source.meta.header} · {number}"
    foot.text_frame.paragraphs[0].font.size, foot.text_frame.paragraphs[0].font.color.rgb = Pt(10), _color("#787878")
    if content.notes:
        slide.notes_slide.notes_text_frame.text = "\n".join(content.notes)


def _text(shape: Any, lines: list[tuple[int, Inline, bool]], width: float, height: float) -> None:
    """Fill the body, in the largest size from 30 down to 9 points that fits."""
    _place(shape, _MARGIN_CM, _TOP_CM, width, height)
    size = next((points for points in range(30, 9, -1) if _needs_cm(lines, points, width) <= height), 9)
    frame = shape.text_frame
    frame.word_wrap = True
    for position, (level, text, bullet) in enumerate(lines):
        paragraph = frame.paragraphs[0] if position == 0 else frame.add_paragraph()
        paragraph.level, paragraph.space_after = level, Pt(size * 0.35)
        if not bullet:
            properties = paragraph._p.get_or_add_pPr()
            properties.set("marL", "0")
            properties.set("indent", "0")
            properties.append(
                properties.makeelement("{http://schemas.openxmlformats.org/drawingml/2006/main}buNone", {})
            )
        for span in text:
            if span.text:
                run = paragraph.add_run()
                run.text, run.font.size = span.text, Pt(size - 2 * min(level, 1))
                run.font.bold, run.font.italic = span.bold or None, span.italic or None


def _needs_cm(lines: list[tuple[int, Inline, bool]], points: int, width: float) -> float:
    """About how high the text gets: letters are half as wide as they are high."""
    per_line = (width - 1.6) / (points * 0.0353 * 0.52)
    count = sum(-(-len(plain(text)) // int(per_line)) for _, text, _ in lines)
    return (count * 1.2 + len(lines) * 0.4) * points * 0.0353


def _exhibits(
    slide: Any, exhibits: list[Table | Figure], source: Source, accent: str, left: float, width: float, height: float
) -> None:
    """Tables and figures one below the other."""
    room = height / len(exhibits)
    for position, exhibit in enumerate(exhibits):
        top = _TOP_CM + position * room
        if isinstance(exhibit, Table):
            caption_height = _caption(slide, exhibit.caption, left, top, width) if exhibit.caption else 0.0
            _table(slide, exhibit, accent, left, top + caption_height, width, room - caption_height)
            continue
        drawing = figures.draw(
            exhibit.spec, accent=accent, language=source.meta.language, width=320 if width < 20 else figures.WIDTH_PT
        )
        ratio = drawing.width / drawing.height
        wide = min(width, (room - 1.2) * ratio)
        picture = slide.shapes.add_picture(
            io.BytesIO(figures.png(drawing)), Cm(left + (width - wide) / 2), Cm(top), width=Cm(wide)
        )
        picture._element.nvPicPr.cNvPr.set("descr", plain(exhibit.caption))
        _caption(slide, exhibit.caption, left, top + wide / ratio + 0.1, width)


def _caption(slide: Any, text: Inline, left: float, top: float, width: float) -> float:
    box = slide.shapes.add_textbox(Cm(left), Cm(top), Cm(width), Cm(0.9))
    box.text_frame.word_wrap = True
    box.text_frame.text = plain(text)
    box.text_frame.paragraphs[0].font.size, box.text_frame.paragraphs[0].font.italic = Pt(12), True
    return 1.0


def _table(slide: Any, table: Table, accent: str, left: float, top: float, width: float, room: float) -> None:
    rows = len(table.rows) + 1
    size = next((points for points in (20, 18, 16, 14, 12, 11, 10, 9) if rows * points * 0.075 <= room), 8)
    shape = slide.shapes.add_table(rows, len(table.head), Cm(left), Cm(top), Cm(width), Cm(rows * size * 0.05))
    grid = shape.table
    letters = width / (size * 0.0353 * 0.55)
    for column, share in enumerate(column_shares(table, letters=letters)):
        grid.columns[column].width = Cm(width * share)
    for position, row in enumerate((table.head, *table.rows)):
        for column, text in enumerate(row):
            cell = grid.cell(position, column)
            cell.margin_top = cell.margin_bottom = Cm(0.06)
            cell.text = plain(text)
            paragraph = cell.text_frame.paragraphs[0]
            paragraph.font.size = Pt(size)
            paragraph.alignment = PP_ALIGN.RIGHT if table.right[column] else PP_ALIGN.LEFT
            cell.fill.solid()
            shade = accent if position == 0 else "#F2F2F2" if position % 2 else "#FFFFFF"
            cell.fill.fore_color.rgb = _color(shade)
