"""A start pack as it is set: sections of paragraphs, lists and terms, with links. One sheet for page, DOCX and PDF.

Values only. A link within the pack begins with `#`; all others are addresses of this site, made whole by who writes files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

RunKind = Literal["plain", "strong", "quiet"]
ItemKind = Literal["plain", "reading", "question", "person"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Words in one style and language; `url` where they lead; `title`: they are the name of a work."""

    text: str
    url: str | None = None
    language: str | None = None
    kind: RunKind = "plain"


Line = tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    line: Line
    kind: Literal["plain", "lead", "note"] = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item of a list: what it is, and lines about it. `anchor`: its name for links within the pack."""

    head: Line
    lines: tuple[Line, ...] = ()
    tag: str = ""
    anchor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list. With a `title` it is a part of its section with a heading of its own."""

    items: tuple[Item, ...]
    ordered: bool = False
    title: str = ""
    roomy: bool = False  # items of several lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Glossary:
    rows: tuple[tuple[Line, Line], ...]


Block = Paragraph | Listing | Glossary


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    anchor: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The whole pack. `dated` in words; `language` of the words around the reports' own."""

    title: str
    subtitle: str
    dated: str
    language: str
    address: str
    sections: tuple[Section, ...]


def lines_of(block: Block) -> Iterator[Line]:
    """All lines of a block, in reading order."""
    if isinstance(block, Paragraph):
        yield block.line
    elif isinstance(block, Listing):
        for item in block.items:
            yield item.head
            yield from item.lines
    else:
        for term, meaning in block.rows:
            yield term
            yield meaning
