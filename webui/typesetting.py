"""From a part's marked text to what a reading view sets: paragraphs, headings, list items, tables, running heads.

Pure. Text comes as the contract of extraction gives it: lines, cells parted by tabs. A PDF gives the lines of its page;
they are joined to paragraphs again by what a line's length tells.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from indexer.search.snippets import Fragment

Line = tuple[Fragment, ...]
BlockKind = Literal["paragraph", "heading", "item", "table", "running"]

MAX_CELL_ROWS = 2_000
# Shorter lines say nothing of a page's width; with fewer of them a page is a poster or a slide, set line by line.
_FULL_LINE_CHARS = 40
_FULL_LINES_MIN = 3
# Letters differ in width: a line ended by hand when the next word had fitted with this much to spare.
_ROOM = 0.93
_HEADING_MAX_CHARS = 90
_RUNNING_LINES = 3  # at the head and at the foot of a page

_ITEM = re.compile(r"\s{2,}(?=\S)|\s*(?:[•▪‣◦●■*–—-]|\(?(?:\d{1,2}|[a-z])[.)])\s+(?=\S)")
_NUMBERED = re.compile(
    r"(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?|[A-Z]\.?|Bijlage [A-Z\d]+[:.]?|Appendix [A-Z\d]+[:.]?)\s+[A-ZÀ-Ý]"
)
_ENDS_SENTENCE = re.compile(r"[.!?…:;][\"'”’)\]]*$")
_CHANGES = re.compile(r"\d+|\b[ivxlc]+\b", re.IGNORECASE)  # what differs between the running heads of two pages


@dataclass(frozen=True, slots=True)
class Block:
    """A piece that is set as a whole: a table's rows of cells, or the fragments of anything else."""

    kind: BlockKind
    fragments: Line = ()
    rows: tuple[tuple[Line, ...], ...] = ()
    header: bool = False  # the first row names the columns


def set_section(fragments: Line) -> Iterator[Block]:
    """The text of a section, in which a line is a paragraph."""
    rows: list[tuple[Line, ...]] = []
    for line in split(fragments, "\n"):
        cells = tuple(split(line, "\t"))
        if len(cells) > 1 and len(rows) < MAX_CELL_ROWS:
            rows.append(cells)
            continue
        yield from _table(rows)
        rows = []
        text = written(line)
        if text.strip():
            yield Block("item" if _ITEM.match(text) else "paragraph", line)
    yield from _table(rows)


def set_page(fragments: Line, *, headings: Collection[str] = (), beside: Sequence[str] = ()) -> Iterator[Block]:
    """The text of a page of a PDF. `headings` are titles of its outline; `beside` the texts of the pages around it."""
    lines = [(line, written(line)) for line in split(fragments, "\n")]
    known = {_plain(title) for title in headings}
    running = _running([text for _, text in lines], beside)
    width = _width([text for number, (_, text) in enumerate(lines) if number not in running])
    open_lines: list[Line] = []
    kind: BlockKind = "paragraph"
    before = ""

    def close() -> Iterator[Block]:
        if open_lines:
            yield Block(kind, _joined(open_lines))
            open_lines.clear()

    for number, (line, text) in enumerate(lines):
        if not text.strip():
            yield from close()
            before = ""
            continue
        if number in running:
            yield from close()
            yield Block("running", line)
            before = ""
            continue
        following = lines[number + 1][1] if number + 1 < len(lines) else ""
        if _is_heading(text, following, known, width):
            yield from close()
            yield Block("heading", line)
            before = ""
            continue
        begins_item = bool(_ITEM.match(text))
        if not open_lines or begins_item or _breaks(before, text, width):
            yield from close()
            kind = "item" if begins_item else "paragraph"
        open_lines.append(line)
        before = text
    yield from close()


def split(fragments: Line, separator: str) -> Iterator[Line]:
    """Split marked text at a character.

    >>> list(split((Fragment(text="a b", match=False), Fragment(text="c", match=True)), " "))[1]
    (Fragment(text='b', match=False), Fragment(text='c', match=True))
    """
    line: list[Fragment] = []
    for fragment in fragments:
        first, *rest = fragment.text.split(separator)
        if first:
            line.append(Fragment(text=first, match=fragment.match))
        for piece in rest:
            yield tuple(line)
            line = [Fragment(text=piece, match=fragment.match)] if piece else []
    yield tuple(line)


def written(line: Line) -> str:
    """The plain text of marked text."""
    return "".join(fragment.text for fragment in line)


def _table(rows: Sequence[tuple[Line, ...]]) -> Iterator[Block]:
    if len(rows) == 1:
        # One line with a tab is no table but a line of a table of contents, or a label and its value.
        cells = [cell for cell in rows[0] if cell]
        yield Block("paragraph", _joined(cells, " \u2003"))
    elif rows:
        width = max(map(len, rows))
        first = [written(cell).strip() for cell in rows[0]]
        named = len(first) == width and all(cell and not cell[0].isdigit() for cell in first)
        yield Block("table", rows=tuple((*row, *[()] * (width - len(row))) for row in rows), header=named)


def _joined(lines: Sequence[Line], between: str = " ") -> Line:
    found: list[Fragment] = []
    for line in lines:
        if found and line:
            found.append(Fragment(text=between, match=False))
        found += line
    return tuple(found)


def _width(texts: Sequence[str]) -> int:
    """How many letters a full line of this page holds; 0 where its lines don't run on."""
    lengths = sorted(len(text) for text in texts if len(text) > _FULL_LINE_CHARS)
    return lengths[int(len(lengths) * 0.85)] if len(lengths) >= _FULL_LINES_MIN else 0


def _breaks(before: str, text: str, width: int) -> bool:
    """Whether a line begins a paragraph: the line before had room for its first word, or ended a list's item."""
    if not width:
        return True
    if text[:1].islower() and not _ENDS_SENTENCE.search(before):
        return False
    return len(before) + 1 + len(text.split(maxsplit=1)[0]) <= width * _ROOM


def _is_heading(text: str, following: str, known: Collection[str], width: int) -> bool:
    plain = _plain(text)
    if plain in known:
        return True
    ends_so = text.rstrip()[-1:]
    return bool(
        width
        and _NUMBERED.match(text)
        and len(text) <= min(_HEADING_MAX_CHARS, width * 0.85)
        and not ends_so.isdigit()
        and ends_so not in ".,;:"
        and not following[:1].islower()
    )


def _running(texts: Sequence[str], beside: Sequence[str]) -> set[int]:
    """The lines at head and foot that the pages around this one carry too, but for their number."""
    edges = {
        _constant(line)
        for other in beside
        for line in (*other.split("\n")[:_RUNNING_LINES], *other.split("\n")[-_RUNNING_LINES:])
        if line.strip()
    }
    count = len(texts)
    places = {*range(min(_RUNNING_LINES, count)), *range(max(0, count - _RUNNING_LINES), count)}
    found = {place for place in places if texts[place].strip() and _constant(texts[place]) in edges}
    # A page of nothing but these is no page of running heads: slides, forms, two alike.
    return found if any(text.strip() for place, text in enumerate(texts) if place not in found) else set()


def _constant(line: str) -> str:
    return _CHANGES.sub("#", " ".join(line.split()))


def _plain(title: str) -> str:
    return " ".join(title.split()).casefold()
