"""Gather lines, headings, tables and boxes in reading order, and answer them as sections.

Every format without pages (Word, OpenDocument, RTF, HTML ...) tells a `Flow` what it meets; how a table or a text box
becomes lines is decided here alone. Knows nothing of any format.
"""

from __future__ import annotations

from collections.abc import Iterable

from indexer.extraction.cleaning import clean, clean_line
from indexer.extraction.model import Extraction, Part

DEEPEST_LEVEL = 9
Block = tuple[int | None, str]  # the level of a heading, or None for a line; its text


class Flow:
    """Blocks of a document in the order in which they are read.

    >>> flow = Flow()
    >>> flow.line("Voorwoord")
    >>> flow.heading("1 Methode", 1)
    >>> for cell in ("Wat", "Hoe"):
    ...     flow.open_cell()
    ...     flow.line(cell)
    ...     flow.close_cell()
    >>> flow.close_row()
    >>> [(part.heading, part.text) for part in flow.parts()]
    [(None, 'Voorwoord'), ('1 Methode', 'Wat\\tHoe')]
    """

    def __init__(self, *, flat_cells: bool = False) -> None:
        """`flat_cells`: a cell is one line, as in a sheet, and not a column of text, as in a report."""
        self.chars = 0
        self._flat = flat_cells
        self._targets: list[list[Block]] = [[]]  # the document, and inside it the open boxes and cells
        self._rows: list[list[list[Block]]] = [[]]  # the closed cells of the row that each target is in
        self._apart: list[tuple[str | None, list[Block]]] = []

    def line(self, text: str) -> None:
        if text and not text.isspace():
            self.chars += len(text)
            self._targets[-1].append((None, text))

    def heading(self, text: str, level: int) -> None:
        """A heading without text is none: writers leave empty paragraphs in a heading's style."""
        if text and not text.isspace():
            self.chars += len(text)
            self._targets[-1].append((min(max(level, 1), DEEPEST_LEVEL), text))

    def open_box(self) -> None:
        """What follows stands in a text box (or a note), until `close_box` hands it over."""
        self._targets.append([])
        self._rows.append([])

    def close_box(self) -> list[Block]:
        self._rows.pop()
        return self._targets.pop()

    def blocks(self, blocks: Iterable[Block]) -> None:
        self._targets[-1].extend(blocks)

    def apart(self, blocks: Iterable[Block], *, heading: str | None = None) -> None:
        """A section of its own after the body: running heads, notes, the text in charts. A heading inside is a line."""
        kept = list(blocks)
        if kept:
            self._apart.append((heading, kept))

    def open_cell(self) -> None:
        self.open_box()

    def close_cell(self, *, covered: bool = False) -> None:
        """`covered`: the place belongs to a merged cell, whose text was given once."""
        cell = self.close_box()
        self.cell([] if covered else cell)

    def cell(self, blocks: list[Block]) -> None:
        """A whole cell of the row."""
        self._rows[-1].append(blocks)

    def close_row(self, *, times: int = 1) -> None:
        """A row becomes a line with tabs between the cells, `times` over; with 0 (a tracked deletion) it is dropped.

        A row of one cell is layout (a coloured bar round a chapter's title, a framed page): its headings stay headings.
        """
        cells, self._rows[-1] = self._rows[-1], []
        if len(cells) == 1 and not self._flat:
            self.blocks(cells[0] * times)
        elif cells:
            between = " " if self._flat else "\n"
            line = "\t".join(between.join(text for _, text in cell) for cell in cells).rstrip("\t")
            for _ in range(times):
                self.line(line)

    def lines(self) -> list[str]:
        """The lines so far; headings are lines too."""
        return [text for _, text in self._targets[-1]]

    def headings(self) -> list[tuple[int, str]]:
        """The headings so far, with their levels."""
        return [(level, text) for level, text in self._targets[-1] if level is not None]

    def parts(self) -> tuple[Part, ...]:
        """The sections, numbered and clean. A document without any text is one empty section."""
        while len(self._targets) > 1:  # a damaged file left a cell or a box open
            self._close_left_open()
        found: list[tuple[str | None, int | None, list[str]]] = [(None, None, [])]
        for level, text in self._targets[0]:
            if level is None:
                found[-1][2].append(text)
            else:
                found.append((text, level, []))
        if not found[0][2] and (len(found) > 1 or self._apart):
            del found[0]
        found += [(heading, None, [text for _, text in blocks]) for heading, blocks in self._apart]
        return numbered(found)

    def _close_left_open(self) -> None:
        """Close the innermost target and keep what it held."""
        self._rows.pop()
        left = self._targets.pop()
        self.blocks(left)


def numbered(sections: Iterable[tuple[str | None, int | None, list[str]]]) -> tuple[Part, ...]:
    """Sections from (heading, level, lines): cleaned, a heading on one line, numbers from 1.

    >>> numbered([("Blad 1", 1, ["a\\tb", "c"])])[0].text
    'a\\tb\\nc'
    """
    parts = []
    for number, (heading, level, lines) in enumerate(sections, 1):
        title = clean_line(heading) if heading else ""
        text = clean("\n".join(lines))
        parts.append(Part(number=number, text=text, heading=title or None, level=level if title else None))
    return tuple(parts)


def as_text(extraction: Extraction) -> str:
    """All that a file holds as one text: what stands for it in an archive or a mail. Headings are lines."""
    pieces = [piece for part in extraction.parts for piece in (part.heading, part.text) if piece]
    return "\n".join(pieces)
