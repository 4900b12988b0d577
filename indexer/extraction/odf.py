"""Read OpenDocument files: text (.odt), presentations (.odp) and spreadsheets (.ods).

One walk serves all three, since a paragraph, a table and a box are the same everywhere (ODF 1.3 part 3). Text stands
between elements here, so the walk hears of every element, and keeps what belongs to a paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

from lxml import etree

from indexer.extraction.cleaning import clean_line
from indexer.extraction.guard import SafeZip
from indexer.extraction.metadata import iso_date, names, title_of
from indexer.extraction.model import ExtractError, Extraction, Limits, Part, Properties
from indexer.extraction.odf_styles import DRAW, META, OFFICE, PRESENTATION, SVG, TABLE, TEXT, Styles, whole
from indexer.extraction.sections import Block, Flow, numbered

DC, XLINK = "{http://purl.org/dc/elements/1.1/}", "{http://www.w3.org/1999/xlink}"

_SKIPPED = frozenset(
    {TEXT + name for name in ("tracked-changes", "note-citation", "ruby-text", "script")}
    # The patterns of an index look like text ("Inhoudsopgave"); the index itself stands beside them.
    | {
        TEXT + f"{kind}-source"
        for kind in ("table-of-content", "illustration-index", "table-index", "object-index", "user-index",
                     "alphabetical-index", "bibliography")
    }
    | {TABLE + "content-validations", TABLE + "tracked-changes", OFFICE + "annotation", OFFICE + "forms"}
    | {SVG + "title", SVG + "desc", OFFICE + "binary-data"}
)  # fmt: skip
_HIDEABLE = frozenset({TEXT + name for name in ("hidden-text", "hidden-paragraph", "section", "p", "h", "span")})
_BOXES = frozenset(
    {
        DRAW + name
        for name in ("text-box", "custom-shape", "rect", "ellipse", "circle", "line", "polygon", "polyline", "path",
                     "connector", "regular-polygon", "measure", "caption")
    }
)  # fmt: skip
_SPACE = re.compile("[ \t\r\n]+")
_SPACES_MAX = 1_000
_REPEATS_MAX = 100  # of a cell or row that holds text: a sheet may claim a million, which say no more than one
_GAP_MAX = 1_024  # empty cells before one with text
_ROW = TABLE + "table-row"


def read(source: BinaryIO, *, limits: Limits) -> Extraction:
    """Return an OpenDocument file's sections: by headings, slides or sheets.

    Raises ExtractError when the package is damaged, encrypted or over the limits of `guard`.
    """
    package = SafeZip(source)
    if "META-INF/manifest.xml" in package and b"encryption-data" in package.read("META-INF/manifest.xml"):
        raise ExtractError("password", "is protected with a password")
    root = package.xml("content.xml")
    body = None if root is None else root.find(OFFICE + "body")
    if root is None or body is None or not len(body):
        raise ExtractError("damaged", "is damaged: the text of the document is missing")
    styles = Styles(root, package.xml("styles.xml"))
    content = body[0]
    if content.tag == OFFICE + "presentation":
        kind, (parts, warnings) = "odp", _slides(package, content, styles)
    elif content.tag == OFFICE + "spreadsheet":
        kind, (parts, warnings) = "ods", _sheets(package, content, styles, limits)
    elif content.tag == OFFICE + "text":
        kind, parts, warnings = "odt", _text(package, root, content, styles), ()
    else:
        raise ExtractError("unknown-format", "is an OpenDocument file of a kind that is not read")
    return Extraction(format=kind, unit="section", parts=parts, properties=_properties(package), warnings=warnings)


def _text(package: SafeZip, root: etree._Element, content: etree._Element, styles: Styles) -> tuple[Part, ...]:
    walk = _Walk(styles)
    walk.over(content)
    walk.flow.apart(walk.notes)
    walk.flow.apart((None, line) for name in walk.objects for line in _object_lines(package, name))
    running: dict[tuple[Block, ...], None] = {}  # sections of a document repeat their heads: each text once
    for element in styles.running(root):
        running[tuple(walk.blocks_of(element))] = None
    walk.flow.apart((None, text) for blocks in running for _, text in blocks)
    return walk.flow.parts()


def _slides(package: SafeZip, content: etree._Element, styles: Styles) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    sections: list[tuple[str | None, int | None, list[str]]] = []
    warnings = []
    for number, page in enumerate(content.iterchildren(DRAW + "page"), 1):
        if page.get(DRAW + "style-name") in styles.hidden_pages:  # keeps its number, as LibreOffice counts
            sections.append((None, None, []))
            warnings.append(f"slide {number}: is hidden, its text was left out")
            continue
        walk = _Walk(styles)
        lines = [text for _, text in walk.blocks_of(page)]
        lines += [text for _, text in walk.notes]
        lines += [line for name in walk.objects for line in _object_lines(package, name)]
        sections.append((clean_line(" ".join(walk.title)) or None, 1, lines))
    return numbered(sections), tuple(warnings)


def _sheets(
    package: SafeZip, content: etree._Element, styles: Styles, limits: Limits
) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    sections: list[tuple[str | None, int | None, list[str]]] = []
    warnings = []
    left = limits.text_max_chars
    for table in content.iterchildren(TABLE + "table"):
        name = table.get(TABLE + "name", "")
        if table.get(TABLE + "style-name") in styles.hidden_tables:
            warnings.append(f"sheet {name}: is hidden, it was left out")
            continue
        walk = _Walk(styles, flat_cells=True, chars_max=left)
        lines = [text for _, text in walk.blocks_of(table)]
        left = max(left - sum(map(len, lines)), 0)
        lines += [line for object_ in walk.objects for line in _object_lines(package, object_)]
        sections.append((name, 1, lines))
    return numbered(sections), tuple(warnings)


@dataclass(slots=True)
class _Paragraph:
    text: list[str] = field(default_factory=list)
    boxes: list[Block] = field(default_factory=list)


@dataclass(slots=True)
class _Row:
    gap: int = 0  # empty cells that count only when one with text follows


class _Walk:
    """Hears where elements begin and end, and tells a `Flow` what is read there."""

    def __init__(self, styles: Styles, *, flat_cells: bool = False, chars_max: int | None = None) -> None:
        self.flow = Flow(flat_cells=flat_cells)
        self.notes: list[Block] = []
        self.objects: list[str] = []  # folders of charts inside the package
        self.title: list[str] = []  # of a slide
        self._styles, self._chars_max = styles, chars_max
        self._paragraphs: list[_Paragraph] = []
        self._rows: list[_Row] = []
        self._lists = 0
        self._begins: dict[str, Callable[[etree._Element], object]] = {
            TEXT + "p": lambda _: self._paragraphs.append(_Paragraph()),
            TEXT + "h": lambda _: self._paragraphs.append(_Paragraph()),
            TEXT + "s": lambda element: self._put(" " * min(whole(element.get(TEXT + "c"), 1), _SPACES_MAX)),
            TEXT + "tab": lambda _: self._put(" " if self._rows else "\t"),
            TEXT + "line-break": lambda _: self._put("\n"),
            TEXT + "list": lambda _: self._deeper(1),
            TEXT + "note-body": lambda _: self.flow.open_box(),
            TABLE + "table-row": lambda _: self._rows.append(_Row()),
            TABLE + "table-cell": lambda _: self.flow.open_cell(),
            TABLE + "covered-table-cell": lambda _: self.flow.open_cell(),
            DRAW + "frame": self._begin_frame,
            DRAW + "object": self._object,
            **dict.fromkeys(_BOXES, lambda _: self.flow.open_box()),
        }
        self._ends: dict[str, Callable[[etree._Element], object]] = {
            TEXT + "p": self._end_paragraph,
            TEXT + "h": self._end_paragraph,
            TEXT + "list": lambda _: self._deeper(-1),
            TEXT + "note-body": self._end_note,
            TABLE + "table-row": self._end_row,
            TABLE + "table-cell": self._end_cell,
            TABLE + "covered-table-cell": self._end_cell,
            DRAW + "frame": self._end_frame,
            **dict.fromkeys(_BOXES, self._end_box),
        }

    def over(self, root: etree._Element) -> None:
        begins, ends = self._begins, self._ends
        walker = etree.iterwalk(root, events=("start", "end"))
        skipped: etree._Element | None = None
        for event, element in walker:
            tag = element.tag
            if event == "start":
                if tag in _SKIPPED or (self._full() and tag == _ROW) or self._is_hidden(element):
                    skipped = element
                    walker.skip_subtree()
                    continue
                if tag in begins:
                    begins[tag](element)
                if element.text and self._paragraphs and tag.startswith(TEXT):
                    self._put(_SPACE.sub(" ", element.text))
                continue
            if element is skipped:
                skipped = None
            elif tag in ends:
                ends[tag](element)
            parent = element.getparent()
            if element.tail and self._paragraphs and parent is not None and parent.tag.startswith(TEXT):
                self._put(_SPACE.sub(" ", element.tail))

    def blocks_of(self, root: etree._Element) -> list[Block]:
        """What one slide, sheet or running head holds."""
        self.flow.open_box()
        self.over(root)
        return self.flow.close_box()

    def _full(self) -> bool:
        """Is there enough to fill the limit, which `reader` cuts at? The flow counts a cell, and again its row."""
        return self._chars_max is not None and self.flow.chars > 2 * self._chars_max

    def _is_hidden(self, element: etree._Element) -> bool:
        tag = element.tag
        if tag == DRAW + "frame":  # the page of notes repeats the slide's picture, number and date
            parent = element.getparent()
            return (
                parent is not None
                and parent.tag == PRESENTATION + "notes"
                and element.get(PRESENTATION + "class", "notes") != "notes"
            )
        if tag not in _HIDEABLE:
            return False
        return (
            element.get(TEXT + "is-hidden") == "true"
            or element.get(TEXT + "display") == "none"
            or element.get(TEXT + "style-name") in self._styles.hidden
        )

    def _put(self, text: str) -> None:
        if self._paragraphs:
            self._paragraphs[-1].text.append(text)

    def _end_paragraph(self, element: etree._Element) -> None:
        paragraph = self._paragraphs.pop()
        text = "".join(paragraph.text).strip(" ")
        level = self._level(element)
        if level and not self._rows_are_cells():
            # A heading in a list is numbered by that list, and not by the outline.
            number = "" if self._lists else self._styles.outline.count(level, element)
            self.flow.heading(f"{number} {text}" if number and text else text, level)
        else:
            self.flow.line(text)
        self.flow.blocks(paragraph.boxes)

    def _level(self, element: etree._Element) -> int:
        """The outline level of a heading, or of a paragraph in a heading's style; 0 for other paragraphs."""
        if element.tag == TEXT + "h":
            return whole(element.get(TEXT + "outline-level"), 1)
        return self._styles.levels.get(element.get(TEXT + "style-name", ""), 0)

    def _rows_are_cells(self) -> bool:
        """Headings inside a sheet would part it; in a text the `Flow` decides."""
        return self._chars_max is not None

    def _deeper(self, by: int) -> None:
        self._lists += by

    def _end_note(self, _: etree._Element) -> None:
        self.notes += [(None, text) for _, text in self.flow.close_box()]

    def _end_box(self, _: etree._Element) -> None:
        blocks = self.flow.close_box()
        if self._paragraphs:
            self._paragraphs[-1].boxes += blocks
        else:
            self.flow.blocks(blocks)

    def _begin_frame(self, element: etree._Element) -> None:
        if element.get(PRESENTATION + "class") == "title":
            self.flow.open_box()

    def _end_frame(self, element: etree._Element) -> None:
        if element.get(PRESENTATION + "class") == "title":
            blocks = self.flow.close_box()
            if self.title:
                self.flow.blocks(blocks)
            self.title = self.title or [text for _, text in blocks]

    def _object(self, element: etree._Element) -> None:
        self.objects.append(element.get(XLINK + "href", "").removeprefix("./").rstrip("/"))

    def _end_cell(self, element: etree._Element) -> None:
        cell = self.flow.close_box()
        repeats = whole(element.get(TABLE + "number-columns-repeated"), 1)
        if not self._rows:
            return
        row = self._rows[-1]
        if not cell or element.tag == TABLE + "covered-table-cell":
            row.gap += repeats
            return
        for _ in range(min(row.gap, _GAP_MAX)):
            self.flow.cell([])
        row.gap = 0
        for _ in range(min(repeats, _REPEATS_MAX)):
            self.flow.cell(cell)

    def _end_row(self, element: etree._Element) -> None:
        self._rows.pop()
        self.flow.close_row(times=min(whole(element.get(TABLE + "number-rows-repeated"), 1), _REPEATS_MAX))


def _object_lines(package: SafeZip, name: str) -> list[str]:
    """The texts of a chart, each once, without the numbers. A broken one costs no more than itself."""
    try:
        root = package.xml(f"{name}/content.xml")
    except ExtractError:
        return []
    lines: dict[str, None] = {}
    for paragraph in () if root is None else root.iter(TEXT + "p"):
        parent = paragraph.getparent()
        if parent is None or parent.get(OFFICE + "value-type", "string") == "string":
            lines[" ".join("".join(map(str, paragraph.itertext())).split())] = None
    return [line for line in lines if line]


def _properties(package: SafeZip) -> Properties:
    try:
        root = package.xml("meta.xml")
    except ExtractError:
        root = None
    if root is None:
        return Properties()

    def said(tag: str) -> str | None:
        return next((element.text for element in root.iter(tag)), None)

    return Properties(
        title=title_of(said(DC + "title")),
        authors=names(said(META + "initial-creator") or said(DC + "creator")),
        created=iso_date(said(META + "creation-date")),
    )
