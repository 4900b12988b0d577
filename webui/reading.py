"""Reading a deliverable: its pages as printed, or its text set to be read; matched words marked, an address a paragraph.

A PDF is read page by page, everything else in leaves of some sections. What is shown as printed is drawn in the browser
by pdf.js (`static/reader.js`); this module gives it the words to mark.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from archive.access import Access
from archive.catalog.catalog import OutlineEntry, TextPart
from archive.model import Deliverable
from indexer.documents import indexed_text
from indexer.search import snippets
from indexer.search.finder import Wanted
from indexer.search.query import parse
from indexer.search.snippets import Fragment
from webui import wording
from webui.addresses import document_url, file_url
from webui.house import house
from webui.typesetting import Block, Line, set_page, set_section, split

# Text of a leaf; with its markup and the list of results a page stays below 150 kB.
LEAF_CHARS = 24_000
LEAF_SECTIONS_MAX = 60
RESULTS_BESIDE = 6
OUTLINE_MAX = 200
PARTS_AT_ONCE = 24  # when the next hit is looked for
# Of a file of thousands of pages, as much is searched at once as takes half a second.
SEARCHED_MAX_CHARS = 3_000_000
WORDS_MAX = 200  # different words to mark in a document
VIEWS = ("text", "pages")
# Larger files are fetched piece by piece, as their pages are looked at.
STREAMED_MAX_BYTES = 4_000_000
_BETWEEN = "\f"  # stands in no text: extraction makes a line feed of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A page or section ready to be set."""

    number: int
    name: str  # "p. iv", "§ Methode"
    heading: Line
    level: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the address of a reading view says."""

    number: int
    q: str
    view: str | None
    slice: int | None

    def url(self, deliverable: Deliverable, number: int, **more: str | int) -> str:
        """The reading view of another place with the same words marked."""
        query: dict[str, str | int] = {"page": number}
        if self.q:
            query["q"] = self.q
        if self.view:
            query["view"] = self.view
        return f"{document_url(deliverable.id)}/read?{urlencode({**query, **more})}#d{number}"


def read(deliverable: Deliverable, who: Access) -> ResponseReturnValue:
    """A page or some sections of a deliverable, matched words marked."""
    if not who.reads(deliverable.text_audience):
        abort(404)
    asked = _asked()
    if not 1 <= asked.number <= deliverable.parts:
        return _absent(deliverable)
    if asked.q and request.args.get("hit") in ("next", "previous"):
        step = 1 if request.args["hit"] == "next" else -1
        return redirect(asked.url(deliverable, _next_hit(deliverable, asked, step, who)), code=303)
    around = _around(deliverable, asked.number, who)
    shown, slices, slice_number = _leaf(deliverable, around, asked)
    marked = _marked(shown, asked.q, who)
    if slices > 1 and asked.slice is None and asked.q and not any(f.match for line in marked for f in line):
        slice_number, marked = _first_slice_with_hit(around, asked, slices, who) or (slice_number, marked)
    opened = house()
    outline = opened.catalog.outline(deliverable.id, access=who) or _headings(around)
    is_paged = deliverable.format == "pdf"
    titles = [entry.title for entry in outline if entry.part == asked.number] if is_paged else None
    first, last = shown[0].number, shown[-1].number
    beside = (
        opened.finder.find(Wanted(text=asked.q, limit=RESULTS_BESIDE, facets=False), access=who) if asked.q else None
    )
    return render_template(
        "read.html",
        deliverable=deliverable,
        parts=tuple(_set(deliverable.unit, around, shown, marked, titles)),
        asked=asked,
        q=asked.q,
        is_paged=is_paged,
        where=around[asked.number],
        where_name=_name(deliverable.unit, around[asked.number]),
        slice=slice_number,
        previous_url=asked.url(deliverable, asked.number - 1) if asked.number > 1 else None,
        next_url=asked.url(deliverable, asked.number + 1) if asked.number < deliverable.parts else None,
        back_url=asked.url(deliverable, first - 1) if first > 1 else None,
        onward_url=asked.url(deliverable, last + 1) if last < deliverable.parts else None,
        slice_urls=[asked.url(deliverable, asked.number, slice=number) for number in range(1, slices + 1)]
        if slices > 1
        else [],
        previous_hit_url=asked.url(deliverable, asked.number, hit="previous").partition("#")[0],
        next_hit_url=asked.url(deliverable, last, hit="next").partition("#")[0],
        original_url=file_url(deliverable.id, page=asked.number if is_paged else None),
        words=words_of(marked),
        hits=sum(f.match for line in marked for f in line),
        outline=outline[:OUTLINE_MAX],
        current=_current_heading([entry.part for entry in outline[:OUTLINE_MAX]], asked.number),
        beside=beside,
        streamed=deliverable.size <= STREAMED_MAX_BYTES,
    )


def hits(deliverable: Deliverable, who: Access) -> ResponseReturnValue:
    """For the reader's script: on which pages the words of a search stand, and in what forms."""
    if not who.reads(deliverable.text_audience):
        abort(404)
    q = request.args.get("q", "")
    parts = _from_here(house().catalog.all_parts(deliverable.id, access=who), _asked().number)
    marked = _marked(parts, q, who)
    return {
        "pages": [
            {"page": part.number, "label": part.label or str(part.number), "count": count}
            for part, line in zip(parts, marked, strict=True)
            if (count := sum(fragment.match for fragment in line))
        ],
        "words": words_of(marked),
    }


def _from_here(parts: Sequence[TextPart], number: int) -> list[TextPart]:
    """The parts from this one on and round the end, as many as may be searched; in their order."""
    start = number - 1 if 1 <= number <= len(parts) else 0
    chosen: list[TextPart] = []
    chars = 0
    for part in (*parts[start:], *parts[:start]):
        chars += len(part.text)
        if chosen and chars > SEARCHED_MAX_CHARS:
            break
        chosen.append(part)
    return sorted(chosen, key=lambda part: part.number)


def words_of(marked: Sequence[Line]) -> list[str]:
    """The different forms that match, for a program that finds words as they are written.

    >>> words_of([(Fragment(text="Gevels", match=True), Fragment(text=" en ", match=False))])
    ['gevels']
    """
    words = dict.fromkeys(fragment.text.casefold() for line in marked for fragment in line if fragment.match)
    return list(words)[:WORDS_MAX]


def _asked() -> Asked:
    view = request.args.get("view")
    return Asked(
        number=_number(request.args.get("page", "1")) or 0,
        q=request.args.get("q", ""),
        view=view if view in VIEWS else None,
        slice=_number(request.args.get("slice", "")),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else None


def _absent(deliverable: Deliverable) -> ResponseReturnValue:
    """A page that the document does not have."""
    return render_template("read_absent.html", deliverable=deliverable), 404


def _around(deliverable: Deliverable, number: int, who: Access) -> dict[int, TextPart]:
    """The asked part and those that may be shown or compared with it."""
    if deliverable.format == "pdf":
        numbers = range(max(1, number - 1), min(deliverable.parts, number + 1) + 1)
    else:
        first = (number - 1) // LEAF_SECTIONS_MAX * LEAF_SECTIONS_MAX + 1
        numbers = range(first, min(deliverable.parts, first + LEAF_SECTIONS_MAX - 1) + 1)
    found = house().catalog.parts([(deliverable.id, each) for each in numbers], access=who)
    around = {each: found[deliverable.id, each] for each in numbers if (deliverable.id, each) in found}
    if number not in around:  # it was replaced a moment ago
        abort(404)
    return around


def _headings(around: dict[int, TextPart]) -> tuple[OutlineEntry, ...]:
    """An outline of the sections around, for files that bring none."""
    return tuple(
        OutlineEntry(title=part.heading, level=part.level or 1, part=part.number)
        for part in around.values()
        if part.heading
    )


def _leaf(deliverable: Deliverable, around: dict[int, TextPart], asked: Asked) -> tuple[tuple[TextPart, ...], int, int]:
    """The parts that are shown together, and of one that is too long for a page: how many slices, and which."""
    if deliverable.format != "pdf":
        leaf = next(leaf for leaf in leaves(list(around.values())) if asked.number in (part.number for part in leaf))
    else:
        leaf = (around[asked.number],)
    if len(leaf) > 1:
        return leaf, 1, 1
    texts = slices_of(leaf[0].text)
    number = min(max(asked.slice or 1, 1), len(texts))
    return (_with_text(leaf[0], texts[number - 1]),), len(texts), number


def leaves(parts: Sequence[TextPart]) -> Iterator[tuple[TextPart, ...]]:
    """Successive sections in leaves of about the same size.

    >>> [[part.number for part in leaf] for leaf in leaves([TextPart(number=n, text="x" * 20_000) for n in (1, 2, 3)])]
    [[1], [2], [3]]
    """
    leaf: list[TextPart] = []
    chars = 0
    for part in parts:
        if leaf and chars + len(part.text) > LEAF_CHARS:
            yield tuple(leaf)
            leaf, chars = [], 0
        leaf.append(part)
        chars += len(part.text)
    if leaf:
        yield tuple(leaf)


def slices_of(text: str) -> list[str]:
    """A long text in pieces of at most `LEAF_CHARS`, cut at line ends where there are any.

    >>> [len(piece) for piece in slices_of("x" * 80_000)]
    [24000, 24000, 24000, 8000]
    """
    slices = []
    while len(text) > LEAF_CHARS:
        at = text.rfind("\n", LEAF_CHARS // 2, LEAF_CHARS) + 1 or LEAF_CHARS
        slices.append(text[:at].rstrip("\n"))
        text = text[at:]
    return [*slices, text]


def _with_text(part: TextPart, text: str) -> TextPart:
    return TextPart(number=part.number, text=text, label=part.label, heading=part.heading, level=part.level)


def _first_slice_with_hit(
    around: dict[int, TextPart], asked: Asked, slices: int, who: Access
) -> tuple[int, list[Line]] | None:
    part = around[asked.number]
    searched = min(slices, SEARCHED_MAX_CHARS // LEAF_CHARS)
    for number, text in enumerate(slices_of(part.text)[:searched], start=1):
        marked = _marked([_with_text(part, text)], asked.q, who)
        if any(fragment.match for line in marked for fragment in line):
            return number, marked
    return None


def _marked(parts: Sequence[TextPart], q: str, who: Access) -> list[Line]:
    """Each part's heading and text with the words of the search marked."""
    text = _BETWEEN.join(map(indexed_text, parts))
    matches = house().index.matches(parse(q), text, access=who) if q else ()
    return list(split(snippets.marked(text, matches), _BETWEEN)) if parts else []


def _set(
    unit: str,
    around: dict[int, TextPart],
    shown: Sequence[TextPart],
    marked: Sequence[Line],
    titles: Sequence[str] | None,
) -> Iterator[Part]:
    """`titles`: those of the outline on a page of a PDF; None for sections, whose lines are paragraphs."""
    for part, line in zip(shown, marked, strict=True):
        heading: Line = ()
        if part.heading:
            heading, line = _first_line(line)
        if titles is None:
            blocks = set_section(line)
        else:
            beside = [other.text for number, other in around.items() if number != part.number]
            blocks = set_page(line, headings=titles, beside=beside)
        yield Part(
            number=part.number, name=_name(unit, part), heading=heading, level=part.level or 1, blocks=tuple(blocks)
        )


def _name(unit: str, part: TextPart) -> str:
    return wording.place_name(unit, part.number, part.label, part.heading)


def _first_line(line: Line) -> tuple[Line, Line]:
    """A section's heading, and the rest.

    >>> ["|".join(f.text for f in line) for line in _first_line((Fragment(text="2 Methode\\nWij maten.", match=False),))]
    ['2 Methode', 'Wij maten.']
    """
    first, *rest = split(line, "\n")
    body: list[Fragment] = []
    for number, each in enumerate(rest):
        if number:
            body.append(Fragment(text="\n", match=False))
        body += each
    return first, tuple(body)


def _next_hit(deliverable: Deliverable, asked: Asked, step: int, who: Access) -> int:
    """The next part in which the words stand, round the end; the same one where there is no other."""
    count = deliverable.parts
    order = [(asked.number - 1 + step * distance) % count + 1 for distance in range(1, count + 1)]
    catalog, chars = house().catalog, 0
    for start in range(0, len(order), PARTS_AT_ONCE):
        if chars > SEARCHED_MAX_CHARS:
            return order[start]  # on to here; the reader may ask again
        some = order[start : start + PARTS_AT_ONCE]
        found = catalog.parts([(deliverable.id, number) for number in some], access=who)
        parts = [found[deliverable.id, number] for number in some if (deliverable.id, number) in found]
        chars += sum(len(part.text) for part in parts)
        for part, line in zip(parts, _marked(parts, asked.q, who), strict=True):
            if any(fragment.match for fragment in line):
                return part.number
    return asked.number


def _current_heading(parts: Sequence[int], number: int) -> int | None:
    """Which entry of the outline the reader is in: the last that begins at or before this part."""
    before = [place for place, part in enumerate(parts) if part <= number]
    return before[-1] if before else None
