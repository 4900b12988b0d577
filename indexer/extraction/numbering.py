"""Compute the numbers that Word prints before headings ("2.1", "Bijlage B") and that the file does not hold.

Follows ECMA-376 part 1, 17.9. Knows `word/numbering.xml`; what a paragraph's number is, is asked in reading order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LEVELS = 9
_PLACE = re.compile("%([1-9])")
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_HIGHEST = 9_999  # beyond this no chapter is numbered, and letters or Roman figures grow without bound


@dataclass(slots=True, kw_only=True)
class _Level:
    start: int = 1
    kind: str = "decimal"
    text: str = ""
    style: str | None = None  # paragraphs of this style stand on this level
    legal: bool = False  # higher levels in figures, whatever their own kind
    restarts: bool = True


@dataclass(slots=True, kw_only=True)
class _List:
    levels: dict[int, _Level]
    link: str | None = None  # the numbering style that defines the levels instead
    counts: list[int | None] = field(default_factory=lambda: [None] * LEVELS)


@dataclass(slots=True, kw_only=True)
class _Use:
    base: str
    starts: dict[int, int]
    levels: dict[int, _Level]


class Numbering:
    """The lists of a document, and how far each has counted."""

    def __init__(self, root: etree._Element | None, style_lists: dict[str, str]) -> None:
        """`style_lists` tells which list a style of the kind "numbering" uses."""
        self._style_lists = style_lists
        self._lists: dict[str, _List] = {}
        self._uses: dict[str, _Use] = {}
        if root is not None:
            for element in root.iter(W + "abstractNum"):
                link = element.find(W + "numStyleLink")
                self._lists[element.get(W + "abstractNumId", "")] = _List(
                    levels=_levels(element), link=None if link is None else link.get(W + "val")
                )
            for element in root.iter(W + "num"):
                self._uses[element.get(W + "numId", "")] = _use(element)

    def level_of_style(self, use: str, style: str) -> int | None:
        """The level that a list keeps for a paragraph style, or None."""
        for number, level in self._levels(use).items():
            if level.style == style:
                return number
        return None

    def count(self, use: str, number: int) -> str:
        """Count one paragraph on level `number` (from 0) of a list; return what is printed before it.

        That is "" for a bullet.
        """
        found = self._list(use)
        if found is None or not 0 <= number < LEVELS:
            return ""
        levels, counts = self._levels(use), found.counts
        start = self._uses[use].starts.pop(number, None)  # restarts the list once, where this use begins
        if start is not None:
            counts[number] = start
        else:
            before = counts[number]
            counts[number] = levels.get(number, _Level()).start if before is None else before + 1
        for deeper in range(number + 1, LEVELS):
            if levels.get(deeper, _Level()).restarts:
                counts[deeper] = None
        return self._printed(levels, counts, number)

    def _printed(self, levels: dict[int, _Level], counts: list[int | None], number: int) -> str:
        level = levels.get(number)
        if level is None or level.kind in ("bullet", "none"):
            return ""

        def value(place: re.Match[str]) -> str:
            other = int(place[1]) - 1
            about = levels.get(other, _Level())
            count = counts[other]
            return figure(about.start if count is None else count, "decimal" if level.legal else about.kind)

        return _PLACE.sub(value, level.text).strip()

    def _list(self, use: str) -> _List | None:
        seen = set()
        while use in self._uses and use not in seen:
            seen.add(use)
            found = self._lists.get(self._uses[use].base)
            if found is None or found.link is None:
                return found
            use = self._style_lists.get(found.link, "")
        return None

    def _levels(self, use: str) -> dict[int, _Level]:
        found = self._list(use)
        return {} if found is None else {**found.levels, **self._uses[use].levels}


def figure(count: int, kind: str) -> str:
    """Write a count as Word and OpenDocument do.

    >>> [figure(4, kind) for kind in ("decimal", "upperRoman", "lowerLetter", "decimalZero")], figure(28, "upperLetter")
    (['4', 'IV', 'd', '04'], 'BB')
    """
    if kind == "none":
        return ""
    if not 0 < count <= _HIGHEST:
        return str(count)
    if kind.endswith("Roman"):
        text = _roman(count)
    elif kind.endswith("Letter"):
        text = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
    else:
        return f"{count:02}" if kind == "decimalZero" else str(count)
    return text.upper() if kind.startswith("upper") else text


def _roman(count: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        times, count = divmod(count, value)
        text += letters * times
    return text


def _levels(element: etree._Element) -> dict[int, _Level]:
    return {_whole(level.get(W + "ilvl")): _level(level) for level in element.iter(W + "lvl")}


def _level(element: etree._Element) -> _Level:
    values = {child.tag: child.get(W + "val") for child in element}
    return _Level(
        start=_whole(values.get(W + "start"), 1),
        kind=values.get(W + "numFmt") or "decimal",
        text=values.get(W + "lvlText") or "",
        style=values.get(W + "pStyle"),
        legal=W + "isLgl" in values and values[W + "isLgl"] not in ("0", "false"),
        restarts=values.get(W + "lvlRestart") != "0",
    )


def _use(element: etree._Element) -> _Use:
    base = element.find(W + "abstractNumId")
    starts = {
        _whole(override.get(W + "ilvl")): _whole(start.get(W + "val"), 1)
        for override in element.iter(W + "lvlOverride")
        if (start := override.find(W + "startOverride")) is not None
    }
    return _Use(base="" if base is None else base.get(W + "val", ""), starts=starts, levels=_levels(element))


def _whole(text: str | None, otherwise: int = 0) -> int:
    try:
        return int(text or "")
    except ValueError:
        return otherwise
