"""What styles say in OpenDocument: what is hidden or a heading, how headings are numbered, which heads pages show.

Follows ODF 1.3 part 3, 16 (styles) and 16.34 (outline numbering).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from indexer.extraction.numbering import figure

_URN = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
OFFICE, TEXT, TABLE = _URN % "office", _URN % "text", _URN % "table"
DRAW, STYLE, META = _URN % "drawing", _URN % "style", _URN % "meta"
PRESENTATION, SVG = _URN % "presentation", _URN % "svg-compatible"

_RUNNING = frozenset({STYLE + part + where for part in ("header", "footer") for where in ("", "-left", "-first")})
_NUMBER_KINDS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_HEADING_NAME = re.compile(r"heading ([1-9])", re.IGNORECASE)  # English in every language of LibreOffice
_STYLES_DEEP = 4  # from a paragraph's own style over the house style to the heading


class Styles:
    """What the styles of a document hide, how its outline is numbered, and its running heads."""

    def __init__(self, content: etree._Element, styles: etree._Element | None) -> None:
        self._roots = [content] if styles is None else [styles, content]
        self.hidden: set[str] = set()  # names of styles of text
        self.hidden_pages: set[str] = set()
        self.hidden_tables: set[str] = set()
        self.levels: dict[str, int] = {}  # outline levels of paragraph styles
        parents: list[tuple[str, str]] = []
        for style in self._elements(STYLE + "style"):
            name = style.get(STYLE + "name", "")
            parents.append((name, style.get(STYLE + "parent-style-name", "")))
            if style.get(STYLE + "default-outline-level") is not None:  # "" says: none, whatever the style below has
                self.levels[name] = whole(style.get(STYLE + "default-outline-level"), 0)
            elif named := _HEADING_NAME.fullmatch(style.get(STYLE + "display-name", name)):
                self.levels[name] = int(named[1])
            for properties in style:
                if properties.get(TEXT + "display") == "none":
                    self.hidden.add(name)
                if properties.get(PRESENTATION + "visibility") == "hidden":
                    self.hidden_pages.add(name)
                if properties.get(TABLE + "display") == "false":
                    self.hidden_tables.add(name)
        for name, parent in parents * _STYLES_DEEP:  # styles inherit from styles that inherit
            if parent in self.hidden:
                self.hidden.add(name)
            if parent in self.levels:
                self.levels.setdefault(name, self.levels[parent])
        self.outline = Outline(next(self._elements(TEXT + "outline-style"), None))

    def running(self, content: etree._Element) -> Iterator[etree._Element]:
        """Heads and feet of the page styles that the text uses."""
        pages = {page.get(STYLE + "name", ""): page for page in self._elements(STYLE + "master-page")}
        if not pages:
            return
        asked = [style.get(STYLE + "master-page-name", "") for style in content.iter(STYLE + "style")]
        todo = [next(iter(pages)), "Standard", *asked]
        seen: set[str] = set()
        while todo:
            name = todo.pop(0)
            if name in pages and name not in seen:
                seen.add(name)
                todo.append(pages[name].get(STYLE + "next-style-name", ""))
                for child in pages[name]:
                    if child.tag in _RUNNING and child.get(STYLE + "display") != "false":
                        yield child

    def _elements(self, tag: str) -> Iterator[etree._Element]:
        for root in self._roots:
            yield from root.iter(tag)


class Outline:
    """The numbers before headings, as the outline style of the document has them."""

    def __init__(self, style: etree._Element | None) -> None:
        self._levels = {} if style is None else {whole(level.get(TEXT + "level"), 0): level for level in style}
        self._counts: dict[int, int] = {}

    def count(self, level: int, heading: etree._Element) -> str:
        """Count a heading; return what is printed before it, or "" when its level is not numbered."""
        about = self._levels.get(level)
        if about is None or heading.get(TEXT + "is-list-header") == "true":
            return ""
        if heading.get(TEXT + "restart-numbering") == "true":
            self._counts[level] = whole(heading.get(TEXT + "start-value"), 1)
        else:
            self._counts[level] = self._counts.get(level, whole(about.get(TEXT + "start-value"), 1) - 1) + 1
        self._counts = {other: count for other, count in self._counts.items() if other <= level}
        if not about.get(STYLE + "num-format"):
            return ""
        shown = range(max(level - whole(about.get(TEXT + "display-levels"), 1) + 1, 1), level + 1)
        figures = [self._figure(other) for other in shown if self._kind(other)]
        return f"{about.get(STYLE + 'num-prefix', '')}{'.'.join(figures)}{about.get(STYLE + 'num-suffix', '')}".strip()

    def _kind(self, level: int) -> str:
        about = self._levels.get(level)
        return "" if about is None else _NUMBER_KINDS.get(about.get(STYLE + "num-format", ""), "")

    def _figure(self, level: int) -> str:
        start = whole(self._levels[level].get(TEXT + "start-value"), 1)
        return figure(self._counts.get(level, start), self._kind(level))


def whole(text: str | None, otherwise: int) -> int:
    """A count in an attribute, `otherwise` where it is absent or no number."""
    try:
        return max(int(text or ""), 0)
    except ValueError:
        return otherwise
