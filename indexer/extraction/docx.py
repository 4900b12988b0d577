"""Read Word documents: one walk over the XML, in the order in which the text is read.

python-docx's `paragraphs` finds .826 of the words (750 student files): tables, content controls, insertions and text
boxes are lost. The walk sees them all, and knows what to leave out: deletions, instructions of fields, hidden text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import BinaryIO

from lxml import etree

from indexer.extraction.docx_styles import Style, Styles, is_on, outline_level, value, whole
from indexer.extraction.model import ExtractError, Extraction, Limits
from indexer.extraction.numbering import Numbering, W
from indexer.extraction.ooxml import A, Package, R, drawing_lines
from indexer.extraction.sections import Block, Flow

M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
V = "{urn:schemas-microsoft-com:vml}"

# Old formatting under tracked changes looks like formatting; tab stops look like tabs; fallbacks were chosen away.
_SKIPPED = frozenset(
    {W + name for name in ("pPrChange", "rPrChange", "tblPrChange", "trPrChange", "tcPrChange", "sectPrChange", "tabs")}
)
_DELETIONS = frozenset({W + "del", W + "moveFrom"})
_NOTES = (("footnotes", W + "footnote"), ("endnotes", W + "endnote"))


def read(source: BinaryIO, *, limits: Limits) -> Extraction:
    """Return a Word document's sections: the body, then notes, text in charts and diagrams, running heads and feet.

    Raises ExtractError when the package is damaged or over the limits of `guard`.
    """
    package = Package(source)
    main = package.main()
    root = package.root(main)
    if root is None or root.tag != W + "document":
        raise ExtractError("damaged", "is damaged: the text of the document is missing")
    styles = Styles(_related_root(package, main, "styles"))
    walk = _Walk(styles, Numbering(_related_root(package, main, "numbering"), styles.lists))
    walk.over(root)
    for kind, tag in _NOTES:
        walk.flow.apart(_notes(package, main, kind, tag, walk))
    walk.flow.apart((None, line) for line in package.illustrations(main))
    walk.flow.apart(_running(package, main, walk))
    warnings = ("a file that is inserted as a whole (altChunk) was not read",) if walk.inserted_file else ()
    return Extraction(
        format="docx", unit="section", parts=walk.flow.parts(), properties=package.properties(), warnings=warnings
    )


@dataclass(slots=True)
class _Paragraph:
    """An open paragraph: its text so far, and the text boxes that it anchors."""

    text: list[str] = field(default_factory=list)
    boxes: list[Block] = field(default_factory=list)
    style: str | None = None
    outline: int | None = None
    uses: str | None = None  # the use of a list (w:numId)
    level: int | None = None  # in that list, from 0
    fields: list[bool] = field(default_factory=list)  # for each open field: are we still in its instruction?
    runs_on: bool = False  # its mark was deleted: the next paragraph belongs to it


@dataclass(slots=True)
class _Row:
    covered: list[bool] = field(default_factory=list)  # for each open cell
    deleted: bool = False


class _Walk:
    """Hears where elements begin and end, and tells a `Flow` what is read there.

    lxml's `iterwalk` passes only the tags that mean something (2 in 5), so that formatting costs nothing in Python;
    and no nesting, however deep, can use up the stack.
    """

    def __init__(self, styles: Styles, numbering: Numbering) -> None:
        self.flow = Flow()
        self.running: list[tuple[str, str]] = []  # (type, relation) of heads and feet, in order of sections
        self.title_page = False  # does any section show its first page's head?
        self.notes: list[str] = []  # ids in the order in which the text refers to them
        self.inserted_file = False
        self._styles, self._numbering = styles, numbering
        self._paragraphs: list[_Paragraph] = []
        self._rows: list[_Row] = []
        self._left_over: _Paragraph | None = None
        self._hidden = False
        self._begins: dict[str, Callable[[etree._Element], object]] = {
            W + "p": self._begin_paragraph,
            W + "r": self._begin_run,
            M + "r": self._begin_run,
            W + "t": self._text,
            M + "t": self._text,
            M + "den": lambda _: self._put("/"),
            W + "tab": lambda _: self._put(" " if self._rows else "\t"),
            W + "ptab": lambda _: self._put(" " if self._rows else "\t"),
            W + "br": lambda _: self._put("\n"),
            W + "cr": lambda _: self._put("\n"),
            W + "noBreakHyphen": lambda _: self._put("-"),
            W + "pStyle": self._style,
            W + "outlineLvl": self._outline,
            W + "numId": self._list,
            W + "ilvl": self._list_level,
            W + "vanish": self._vanish,
            W + "fldChar": self._field,
            W + "del": self._deletion,
            W + "moveFrom": self._deletion,
            W + "txbxContent": self._begin_box,
            W + "tr": lambda _: self._rows.append(_Row()),
            W + "tc": self._begin_cell,
            W + "vMerge": self._merged,
            W + "hMerge": self._merged,
            W + "cellDel": self._deleted_cell,
            W + "sectPr": self._section,
            W + "footnoteReference": self._note,
            W + "endnoteReference": self._note,
            W + "altChunk": self._insert,
            V + "textpath": lambda element: self._box_line(element.get("string", "")),
            A + "txBody": self._drawing,
        }
        self._ends: dict[str, Callable[[], object]] = {
            W + "p": self._end_paragraph,
            W + "txbxContent": self._end_box,
            W + "tc": self._end_cell,
            W + "tr": self._end_row,
        }
        if styles.any_hidden():
            self._begins[W + "rStyle"] = self._run_style

    def over(self, root: etree._Element) -> None:
        """Walk over one part, or one note of a part."""
        begins, ends = self._begins, self._ends
        walker = etree.iterwalk(root, events=("start", "end"), tag=(*begins, *_SKIPPED))
        for event, element in walker:
            tag = element.tag
            if event == "start":
                if tag in _SKIPPED or (tag in _DELETIONS and not self._marks(element)):
                    walker.skip_subtree()
                else:
                    begins[tag](element)
            elif tag in ends:
                ends[tag]()
        self._flush()

    def blocks_of(self, root: etree._Element) -> list[Block]:
        """What one part or note holds, apart from the body."""
        self.flow.open_box()
        self.over(root)
        return self.flow.close_box()

    # Paragraphs

    def _begin_paragraph(self, _: etree._Element) -> None:
        before, self._left_over = self._left_over, None
        self._paragraphs.append(_Paragraph() if before is None else _Paragraph(before.text, before.boxes))
        self._hidden = False

    def _end_paragraph(self) -> None:
        paragraph = self._paragraphs.pop()
        if paragraph.runs_on:
            self._left_over = paragraph
            return
        text = "".join(paragraph.text)
        style = self._styles.paragraph(paragraph.style)
        outline = style.outline if paragraph.outline is None else paragraph.outline
        number = self._number(paragraph, style)
        if outline is None or outline >= 9:
            self.flow.line(text)
        elif text and not text.isspace():
            self.flow.heading(f"{number} {text}" if number else text, outline + 1)
        self.flow.blocks(paragraph.boxes)

    def _flush(self) -> None:
        if self._left_over is not None:
            paragraph, self._left_over = self._left_over, None
            self.flow.line("".join(paragraph.text))
            self.flow.blocks(paragraph.boxes)

    def _number(self, paragraph: _Paragraph, style: Style) -> str:
        uses = style.uses if paragraph.uses is None else paragraph.uses
        if uses is None or uses == "0":  # 0 takes away the number that the style gives
            return ""
        level = paragraph.level
        if level is None and paragraph.uses is None and paragraph.style is not None:
            level = self._numbering.level_of_style(uses, paragraph.style)
        if level is None:
            level = style.level or 0
        return self._numbering.count(uses, level)

    def _style(self, element: etree._Element) -> None:
        if self._paragraphs:
            self._paragraphs[-1].style = value(element)

    def _outline(self, element: etree._Element) -> None:
        if self._paragraphs:
            self._paragraphs[-1].outline = outline_level(element)

    def _list(self, element: etree._Element) -> None:
        if self._paragraphs:
            self._paragraphs[-1].uses = value(element)

    def _list_level(self, element: etree._Element) -> None:
        if self._paragraphs:
            self._paragraphs[-1].level = whole(value(element))

    # Runs of text

    def _begin_run(self, _: etree._Element) -> None:
        self._hidden = bool(self._paragraphs) and self._styles.paragraph(self._paragraphs[-1].style).hidden

    def _run_style(self, element: etree._Element) -> None:
        self._hidden = self._hidden or self._styles.hides(value(element))

    def _vanish(self, element: etree._Element) -> None:
        self._hidden = is_on(element)

    def _text(self, element: etree._Element) -> None:
        if element.text:
            self._put(element.text)

    def _put(self, text: str) -> None:
        if self._paragraphs and not self._hidden:
            paragraph = self._paragraphs[-1]
            # A text may stand in the instruction of a field too: the result of a field inside it.
            if not paragraph.fields or True not in paragraph.fields:
                paragraph.text.append(text)

    def _field(self, element: etree._Element) -> None:
        """Fields are followed inside a paragraph only: one that is never closed then costs no more than its paragraph.

        A table of contents is a field over many paragraphs; it begins and parts from its instruction in the first.
        """
        if not self._paragraphs:
            return
        fields = self._paragraphs[-1].fields
        kind = element.get(W + "fldCharType")
        if kind == "begin":
            fields.append(True)
        elif fields and kind == "separate":
            fields[-1] = False
        elif fields and kind == "end":
            fields.pop()

    def _marks(self, element: etree._Element) -> bool:
        """Is this deletion a mark on a paragraph's end or a row, and not around text?"""
        parent = element.getparent()
        return parent is not None and parent.tag in (W + "rPr", W + "trPr")

    def _deletion(self, element: etree._Element) -> None:
        parent = element.getparent()
        if parent is not None and parent.tag == W + "trPr":
            if self._rows:
                self._rows[-1].deleted = True
        elif self._paragraphs:
            self._paragraphs[-1].runs_on = True

    # Text boxes and drawings

    def _begin_box(self, _: etree._Element) -> None:
        self.flow.open_box()

    def _end_box(self) -> None:
        self._flush()
        blocks = self.flow.close_box()
        if self._paragraphs:
            self._paragraphs[-1].boxes += blocks
        else:
            self.flow.blocks(blocks)

    def _box_line(self, text: str) -> None:
        if self._paragraphs and text.strip():
            self._paragraphs[-1].boxes.append((None, text))

    def _drawing(self, element: etree._Element) -> None:
        for line in drawing_lines(element):
            self._box_line(line)

    # Tables

    def _begin_cell(self, _: etree._Element) -> None:
        self.flow.open_cell()
        if self._rows:
            self._rows[-1].covered.append(False)

    def _end_cell(self) -> None:
        self._flush()
        self.flow.close_cell(covered=bool(self._rows and self._rows[-1].covered) and self._rows[-1].covered.pop())

    def _end_row(self) -> None:
        row = self._rows.pop()
        self.flow.close_row(times=0 if row.deleted else 1)

    def _merged(self, element: etree._Element) -> None:
        if value(element) in (None, "continue"):
            self._cover()

    def _deleted_cell(self, _: etree._Element) -> None:
        self._cover()

    def _cover(self) -> None:
        if self._rows and self._rows[-1].covered:
            self._rows[-1].covered[-1] = True

    # What stands apart from the body

    def _section(self, element: etree._Element) -> None:
        for child in element:
            if child.tag in (W + "headerReference", W + "footerReference"):
                self.running.append((child.get(W + "type", "default"), child.get(R + "id", "")))
            elif child.tag == W + "titlePg" and is_on(child):
                self.title_page = True

    def _note(self, element: etree._Element) -> None:
        self.notes.append(f"{element.tag.removesuffix('Reference')} {element.get(W + 'id')}")

    def _insert(self, _: etree._Element) -> None:
        self.inserted_file = True


def _related_root(package: Package, main: str, kind: str) -> etree._Element | None:
    """The first part of a kind that the document refers to and that is whole."""
    roots = (package.root_if_whole(name) for name in package.related(main, kind))
    return next((root for root in roots if root is not None), None)


def _notes(package: Package, main: str, kind: str, tag: str, walk: _Walk) -> list[Block]:
    """The notes that the text refers to, in that order."""
    root = _related_root(package, main, kind)
    if root is None:
        return []
    notes = {f"{tag} {element.get(W + 'id')}": element for element in root.iter(tag)}
    blocks: list[Block] = []
    for name in dict.fromkeys(walk.notes):
        if name in notes:
            blocks += walk.blocks_of(notes[name])
    return _as_lines(blocks)


def _running(package: Package, main: str, walk: _Walk) -> list[Block]:
    """Heads and feet that some page shows, each text once: sections repeat them."""
    settings = _related_root(package, main, "settings")
    even = settings is not None and (found := settings.find(W + "evenAndOddHeaders")) is not None and is_on(found)
    shown = {"default": True, "first": walk.title_page, "even": even}
    relations = package.relations(main)
    texts: dict[tuple[Block, ...], None] = {}
    names = [relations[relation].target for kind, relation in walk.running if shown.get(kind) and relation in relations]
    for name in dict.fromkeys(names):
        root = package.root_if_whole(name)
        if root is not None:
            texts[tuple(_as_lines(walk.blocks_of(root)))] = None
    return [block for blocks in texts for block in blocks]


def _as_lines(blocks: Iterable[Block]) -> list[Block]:
    """A heading in a note or a running head opens no section."""
    return [(None, text) for _, text in blocks]
