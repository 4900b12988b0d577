"""Keep what stands at the head or foot of every page once: a report's title on forty pages is no forty finds. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from indexer.extraction.model import Part

EDGE_LINES = 3  # so many lines at the top and at the bottom of a page may be running ones
FEWEST_PAGES = 4
SHARE_OF_PAGES = 0.4  # left and right pages may differ, and a chapter's title may stand in the head
_LETTER = re.compile(r"[^\W\d_]")  # a row of figures is no running line
_NUMBER = re.compile(r"\d+|\b[ivxlc]+$")


def without_running_heads(pages: Sequence[Part]) -> tuple[Part, ...]:
    """The pages, each running line left on the first page that has it. Numbers in it may differ.

    >>> pages = [Part(number=n, text=f"Prefab gevels\\n{'abcde'[n]} heet dit\\npagina {n}") for n in range(5)]
    >>> [page.text.split("\\n") for page in without_running_heads(pages)][:3]
    [['Prefab gevels', 'a heet dit', 'pagina 0'], ['b heet dit'], ['c heet dit']]
    """
    if len(pages) < FEWEST_PAGES:
        return tuple(pages)
    lines = [page.text.split("\n") for page in pages]
    edges = [{at: _shape(own[at]) for at in _edges(own)} for own in lines]
    seen_on = Counter(shape for own in edges for shape in set(own.values()))
    running = {
        shape
        for shape, times in seen_on.items()
        if _LETTER.search(shape) and times >= max(3, len(pages) * SHARE_OF_PAGES)
    }
    kept: set[str] = set()
    result = []
    for page, own, shapes in zip(pages, lines, edges, strict=True):
        left_out = {at for at, shape in shapes.items() if shape in kept}
        kept |= running.intersection(shapes.values())
        text = "\n".join(line for at, line in enumerate(own) if at not in left_out)
        result.append(replace(page, text=text.strip("\n")) if left_out else page)
    return tuple(result)


def _edges(lines: Sequence[str]) -> list[int]:
    """The numbers of the first and last lines that hold something."""
    filled = [at for at, line in enumerate(lines) if line.strip()]
    return sorted({*filled[:EDGE_LINES], *filled[-EDGE_LINES:]})


def _shape(line: str) -> str:
    """A line without its numbers, so that "pagina 3" and "pagina 4" are one.

    >>> _shape(" Pagina  14 "), _shape("blz. iv")
    ('pagina #', 'blz. #')
    """
    return " ".join(_NUMBER.sub("#", line.lower().strip()).split())
