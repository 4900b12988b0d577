"""Read PowerPoint presentations: a section for each slide, its shapes in order and then its notes.

Sections count as PowerPoint counts slides: a hidden slide keeps its number, without its text.
"""

from __future__ import annotations

from typing import BinaryIO

from lxml import etree

from indexer.extraction.cleaning import clean_line
from indexer.extraction.model import ExtractError, Extraction, Limits
from indexer.extraction.ooxml import A, C, Package, R, drawing_lines
from indexer.extraction.sections import Flow, numbered

P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
CX = "{http://schemas.microsoft.com/office/drawing/2014/chartex}"
DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_TITLES = frozenset({"title", "ctrTitle"})
_ON = ("1", "true")


def read(source: BinaryIO, *, limits: Limits) -> Extraction:
    """Return a presentation's slides as sections; `heading` is the slide's title, `level` 1.

    Raises ExtractError when the package is damaged or over the limits of `guard`.
    """
    package = Package(source)
    main = package.main()
    root = package.root(main)
    if root is None or root.tag != P + "presentation":
        raise ExtractError("damaged", "is damaged: the list of its slides is missing")
    sections: list[tuple[str | None, int | None, list[str]]] = []
    warnings: list[str] = []
    relations = package.relations(main)
    for number, entry in enumerate(root.iter(P + "sldId"), 1):
        relation = relations.get(entry.get(R + "id", ""))
        slide = package.root(relation.target) if relation else None
        if relation is None or slide is None:
            sections.append((None, None, []))
            warnings.append(f"slide {number}: is missing from the file")
        elif slide.get("show") in ("0", "false"):
            sections.append((None, None, []))
            warnings.append(f"slide {number}: is hidden, its text was left out")
        else:
            title, lines = _slide(package, relation.target, slide)
            sections.append((title, 1, lines))
    return Extraction(
        format="pptx",
        unit="section",
        parts=numbered(sections),
        properties=package.properties(),
        warnings=tuple(warnings),
    )


def _slide(package: Package, name: str, slide: etree._Element) -> tuple[str | None, list[str]]:
    """The title of a slide, and its other lines."""
    title: str | None = None
    lines: list[str] = []
    # iter() goes through groups of shapes too, however deep, in the order of the slide.
    for shape in slide.iter(P + "sp", P + "cxnSp", P + "graphicFrame"):
        if _is_hidden(shape):
            continue
        if shape.tag == P + "graphicFrame":
            lines += _frame(package, name, shape)
        elif title is None and _placeholder(shape) in _TITLES:
            title = clean_line(" ".join(drawing_lines(shape))) or None
        else:
            lines += drawing_lines(shape)
    for notes in package.related(name, "notesSlide"):
        lines += _notes(package.root_if_whole(notes))
    return title, lines


def _frame(package: Package, name: str, frame: etree._Element) -> list[str]:
    """The lines of a table, a chart or a diagram."""
    table = next(frame.iter(A + "tbl"), None)
    if table is not None:
        return _table(table)
    lines = []
    for link in frame.iter(C + "chart", CX + "chart", DIAGRAM + "relIds"):
        relation = package.relations(name).get(link.get(R + ("dm" if link.tag == DIAGRAM + "relIds" else "id"), ""))
        if relation is not None:
            lines += package.illustration(relation.target)
    return lines


def _table(table: etree._Element) -> list[str]:
    flow = Flow()
    for row in table.iter(A + "tr"):
        for cell in row.iter(A + "tc"):
            flow.open_cell()
            for line in drawing_lines(cell):
                flow.line(line.replace("\t", " "))
            flow.close_cell(covered=cell.get("hMerge") in _ON or cell.get("vMerge") in _ON)
        flow.close_row()
    return flow.lines()


def _notes(root: etree._Element | None) -> list[str]:
    """The notes under a slide, without the slide's picture, number and date that stand on the same page."""
    if root is None:
        return []
    return [line for shape in root.iter(P + "sp") if _placeholder(shape) == "body" for line in drawing_lines(shape)]


def _placeholder(shape: etree._Element) -> str | None:
    """What a shape stands for by the slide's layout ("title", "body", "sldNum"), None when it stands for itself."""
    found = shape.find(f"{P}nvSpPr/{P}nvPr/{P}ph")
    return None if found is None else found.get("type", "obj")


def _is_hidden(shape: etree._Element) -> bool:
    """Was a shape, or a group that it is in, switched off in the selection pane?"""
    return any(
        about.get("hidden") in _ON
        for element in (shape, *shape.iterancestors(P + "grpSp"))
        for about in element.iterfind(f"*/{P}cNvPr")
    )
