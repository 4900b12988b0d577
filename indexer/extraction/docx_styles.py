"""What a paragraph's style says in Word: is it a heading, numbered, hidden?

Follows ECMA-376 part 1, 17.7 (styles inherit through `basedOn`) and 17.3.1.20 (outline levels). A heading is told by
level or by the style's *name*: the name is English in every language of Word ("heading 1"), the id is not ("Kop1").
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from indexer.extraction.numbering import W

_HEADING_NAME = re.compile(r"heading ([1-9])", re.IGNORECASE)
_BODY_LEVEL = 9  # outline level 9 says: this is body text, whatever the style below it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """What a paragraph has from its style. `outline` counts from 0, None for body text."""

    outline: int | None = None
    uses: str | None = None  # the use of a list (w:numId)
    level: int | None = None  # in that list, from 0
    hidden: bool = False


_PLAIN = Style()


class Styles:
    """The styles of a document by id; None stands for the default paragraph style."""

    def __init__(self, root: etree._Element | None) -> None:
        self._elements: dict[str, etree._Element] = {}
        self._known: dict[str, Style] = {}
        self._default: str | None = None
        self.lists: dict[str, str] = {}  # the list of each style of the kind "numbering"
        self._vanishes = root is not None and next(root.iter(W + "vanish"), None) is not None
        if root is None:
            return
        for element in root.iter(W + "style"):
            name = element.get(W + "styleId", "")
            kind = element.get(W + "type", "paragraph")
            self._elements[name] = element
            if kind == "paragraph" and element.get(W + "default") in ("1", "true"):
                self._default = name
            if kind == "numbering":
                self.lists[name] = value(element.find(f"{W}pPr/{W}numPr/{W}numId")) or ""

    def paragraph(self, name: str | None) -> Style:
        """The style of a paragraph, with what it inherits."""
        chosen = name if name in self._elements else self._default
        if chosen is None:
            return _PLAIN
        if chosen not in self._known:
            self._known[chosen] = self._resolve(chosen)
        return self._known[chosen]

    def hides(self, name: str | None) -> bool:
        """Does a character style hide its text?"""
        return name is not None and self.paragraph(name).hidden if name in self._elements else False

    def any_hidden(self) -> bool:
        """Does any style hide text? Where none does, a reader need not ask for each run."""
        return self._vanishes and any(self.paragraph(name).hidden for name in self._elements)

    def _resolve(self, name: str) -> Style:
        """The nearest definition of each property along `basedOn`; a circle of styles ends where it began."""
        outline: int | None = None
        uses: str | None = None
        level: int | None = None
        hidden: bool | None = None
        seen: set[str] = set()
        current: str | None = name
        while current in self._elements and current not in seen:
            seen.add(current)
            element = self._elements[current]
            if outline is None:
                outline = outline_level(element.find(f"{W}pPr/{W}outlineLvl"))
            if outline is None and (named := _HEADING_NAME.fullmatch(value(element.find(W + "name")) or "")):
                outline = int(named[1]) - 1
            if uses is None:
                uses = value(element.find(f"{W}pPr/{W}numPr/{W}numId"))
            if level is None:
                level = whole(value(element.find(f"{W}pPr/{W}numPr/{W}ilvl")))
            if hidden is None and (vanish := element.find(f"{W}rPr/{W}vanish")) is not None:
                hidden = is_on(vanish)
            current = value(element.find(W + "basedOn"))
        return Style(outline=None if outline == _BODY_LEVEL else outline, uses=uses, level=level, hidden=bool(hidden))


def value(element: etree._Element | None) -> str | None:
    """The `w:val` of an element that may be absent."""
    return None if element is None else element.get(W + "val")


def is_on(element: etree._Element) -> bool:
    """A switch is on when it is there, unless it says that it is off."""
    return element.get(W + "val") not in ("0", "false", "off")


def outline_level(element: etree._Element | None) -> int | None:
    """An outline level from 0 to 9 (9 is body text), or None where none is told."""
    found = whole(value(element))
    return found if found is not None and 0 <= found <= _BODY_LEVEL else None


def whole(text: str | None) -> int | None:
    """A whole number, or None for anything else."""
    try:
        return int(text or "")
    except ValueError:
        return None
