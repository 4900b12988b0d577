"""Read the source of one example document: TOML front matter between `+++` lines, then Markdown as blocks.

Lenient on purpose, for the sources are prose that people write by hand. Knows no output format.
"""

from __future__ import annotations

import re
import tomllib
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A piece of text in one style; one with a `note` stands for the reference to that footnote and has no text."""

    text: str = ""
    bold: bool = False
    italic: bool = False
    code: bool = False
    href: str | None = None
    note: int | None = None  # footnotes count from 1, in the order in which they are referred to


Inline = tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """`number` is "2.1", or empty for a heading that the source marks with `{-}`."""

    level: int
    text: Inline
    number: str
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Running text."""

    text: Inline


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list; an item holds paragraphs and lists."""

    ordered: bool
    start: int
    items: tuple[tuple[Block, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`right` tells for each column whether it is set to the right, as columns of figures are."""

    caption: Inline
    number: int  # 0 without a caption
    head: tuple[Inline, ...]
    rows: tuple[tuple[Inline, ...], ...]
    right: tuple[bool, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A small chart; `spec` is the text between the brackets, see `figures`."""

    caption: Inline
    number: int
    spec: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A blockquote: a quotation, or the speaker notes of a slide."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """Lines that keep their spaces."""

    text: str


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins on a new page."""


Block = Heading | Paragraph | Listing | Table | Figure | Quote | Code | PageBreak


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    """The front matter."""

    file: str
    producer: str
    title: str
    subtitle: str
    authors: tuple[str, ...]
    institution: str
    date: date
    language: Literal["nl", "en"]
    header: str
    footer: str
    contents: bool
    roman: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One document: what its front matter says, its blocks in order, and its footnotes in order of reference."""

    meta: Meta
    blocks: tuple[Block, ...]
    notes: tuple[Inline, ...]
    markdown: str

    @property
    def headings(self) -> tuple[Heading, ...]:
        """The headings in the order of the text; none lies inside another block."""
        return tuple(block for block in self.blocks if isinstance(block, Heading))

    @property
    def seed(self) -> int:
        """A number of this title's own, the same in every run: what varies between documents is chosen by it."""
        return zlib.crc32(self.meta.title.encode())

    @property
    def is_long(self) -> bool:
        """Whether each chapter begins on a page of its own."""
        return len(self.markdown.split()) > _LONG_WORDS

    def front_and_body(self) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
        """The blocks before the first numbered chapter, and the rest."""
        for position, block in enumerate(self.blocks):
            if isinstance(block, Heading) and block.level == 1 and block.number:
                return self.blocks[:position], self.blocks[position:]
        return (), self.blocks


WORDS = {
    "nl": {
        "contents": "Inhoudsopgave", "table": "Tabel", "figure": "Figuur", "notes": "Noten", "page": "pagina",
        "months": "januari februari maart april mei juni juli augustus september oktober november december",
    },
    "en": {
        "contents": "Contents", "table": "Table", "figure": "Figure", "notes": "Notes", "page": "page",
        "months": "January February March April May June July August September October November December",
    },
}  # fmt: skip

_NOT_BROKEN = 10  # letters in a cell that stay on one line, such as "122 kW"
_FIGURE_LETTERS = 16  # that a column of figures wishes for its head
_LONG_WORDS = 8000  # from here, about twenty pages, chapters begin on a new page
_FRONT = re.compile(r"\A\ufeff?\+\+\+[ \t]*\n(.*?)\n\+\+\+[ \t]*\n", re.DOTALL)
_NOTE = re.compile(r"^\[\^([^\]]+)\]:[ \t]*(.*(?:\n(?:[ \t]+\S.*|(?=\n[ \t]+\S)))*)\n?", re.MULTILINE)
_NOTE_REFERENCE = re.compile(r"\[\^([^\]]+)\]")
_FIGURE = re.compile(r"^[ \t]*!\[(.*)\]\(\s*((?:bar|line|flow|plan)\s*:.*)\)[ \t]*$", re.MULTILINE)
_RULE = re.compile(r"^[ \t]*---+[ \t]*$", re.MULTILINE)
_CAPTION = re.compile(r"^(?:Tabel|Table)(?:\s+\d+)?\s*[:.]\s*", re.IGNORECASE)
_UNNUMBERED = re.compile(r"\s*\{-\}\s*$")
_FIGURES = re.compile(r"^[<>≥≤±~≈+–−-]?\s*(?:€\s*)?\d[\d.,: ]*(?:[%°]?C?|\s?[A-Za-z/²³]{1,5})?$|^[-–—]?$")

_markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def read_source(path: Path) -> Source:
    """Return the document whose source is at `path`.

    Raises ValueError, with the path, when the front matter is missing or does not parse.
    """
    text = path.read_text(encoding="utf-8").replace("\r\n", "\n")
    found = _FRONT.match(text)
    if not found:
        raise ValueError(f"{path}: no front matter between +++ lines")
    try:
        meta = _meta(tomllib.loads(found[1]))
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise ValueError(f"{path}: front matter: {error!r}") from error
    markdown = text[found.end() :]
    return _Reader(numbered=meta.contents).read(meta, markdown)


def leads_on(paragraph: Paragraph) -> bool:
    """Whether a paragraph must stay on the page of what follows, because it announces it or is a heading in bold."""
    return plain(paragraph.text).rstrip().endswith(":") or all(span.bold for span in paragraph.text)


def plain(text: Iterable[Span]) -> str:
    """The text without styles and footnotes."""
    return "".join(span.text for span in text)


def long_date(day: date, language: str) -> str:
    """The date in words.

    >>> long_date(date(2021, 6, 18), "nl")
    '18 juni 2021'
    """
    return f"{day.day} {WORDS[language]['months'].split()[day.month - 1]} {day.year}"


def column_shares(table: Table, *, letters: float = 95) -> tuple[float, ...]:
    """How the columns share a width of so many letters (sum 1): each gets its longest word, long texts get the rest."""
    needed, wished = [], []
    for column in range(len(table.head)):
        cells = [plain(row[column]) for row in (table.head, *table.rows)]
        words = [word for cell in cells for word in ([cell] if len(cell) <= _NOT_BROKEN else cell.split())]
        longest_word = max(map(len, words), default=1)
        longest_cell = max((len(cell) for cell in cells), default=1)
        needed.append(max(longest_word * 1.12 + 3, 6))  # heads are in bold
        wished.append(max(min(longest_cell, _FIGURE_LETTERS if table.right[column] else 60) - longest_word, 1))
    left = max(letters - sum(needed), 0)
    weights = [need + left * wish / sum(wished) for need, wish in zip(needed, wished, strict=True)]
    return tuple(weight / sum(weights) for weight in weights)


def _is_measured(cells: list[str]) -> bool:
    """Whether a column holds figures, and nothing else but dashes and open places."""
    return all(map(_FIGURES.match, cells)) and any(letter.isdigit() for cell in cells for letter in cell)


def _meta(values: dict[str, object]) -> Meta:
    """Check and complete the front matter; only `file`, `title` and `date` are required."""
    day = values["date"]
    if not isinstance(day, date):
        day = date.fromisoformat(str(day))
    authors = values.get("authors", [])
    title = str(values["title"])
    return Meta(
        file=str(values["file"]),
        producer=str(values.get("producer", "reportlab")),
        title=title,
        subtitle=str(values.get("subtitle", "")),
        authors=tuple(map(str, authors)) if isinstance(authors, list) else (str(authors),),
        institution=str(values.get("institution", "")),
        date=day,
        language="en" if values.get("language") == "en" else "nl",
        header=str(values.get("header", title)),
        footer=str(values.get("footer", "")),
        contents=bool(values.get("contents", False)),
        roman=values.get("front") == "roman",
    )


@dataclass(slots=True)
class _Reader:
    """Counts headings, tables, figures and footnotes while the blocks go by."""

    numbered: bool
    definitions: dict[str, str] = field(default_factory=dict)
    figures: list[tuple[str, str]] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    chapter: list[int] = field(default_factory=lambda: [0, 0, 0])
    headings: int = 0
    tables: int = 0
    drawn: int = 0

    def read(self, meta: Meta, markdown: str) -> Source:
        """Take out what is not CommonMark (footnotes, figures), then read the rest."""
        text = _NOTE.sub(self._keep_note, markdown)
        text = _FIGURE.sub(self._keep_figure, text)
        text = _RULE.sub("\n---\n", text)
        blocks = tuple(self._blocks(SyntaxTreeNode(_markdown.parse(text)).children))
        titled = not meta.contents and not meta.file.endswith((".pptx", ".xlsx", ".md"))
        if titled and isinstance(blocks[0], Heading) and plain(blocks[0].text) == meta.title:
            blocks = blocks[1:]  # the title stands above the text already
        notes = []
        for label in self.references:  # a note may refer to a note: the list grows while it is read
            tree = SyntaxTreeNode(_markdown.parse(self.definitions.get(label, "")))
            parts = [block.text for block in self._blocks(tree.children) if isinstance(block, Paragraph)]
            notes.append(tuple(span for part in parts for span in part))
        return Source(meta=meta, blocks=blocks, notes=tuple(notes), markdown=markdown)

    def _keep_note(self, found: re.Match[str]) -> str:
        self.definitions[found[1]] = re.sub(r"\s*\n\s*", " ", found[2]).strip()
        return ""

    def _keep_figure(self, found: re.Match[str]) -> str:
        self.figures.append((found[1], found[2].strip()))
        return f"\n```figure\n{len(self.figures) - 1}\n```\n"

    def _blocks(self, nodes: Iterable[SyntaxTreeNode]) -> Iterator[Block]:
        """The blocks of `nodes`; a paragraph `Tabel: …` before a table becomes its caption."""
        waiting: Paragraph | None = None
        for node in nodes:
            if node.type == "table":
                yield self._table(node, waiting)
                waiting = None
                continue
            if waiting:
                yield waiting
                waiting = None
            for block in self._block(node):
                if isinstance(block, Paragraph) and _CAPTION.match(plain(block.text)):
                    waiting = block
                else:
                    yield block
        if waiting:
            yield waiting

    def _block(self, node: SyntaxTreeNode) -> Iterator[Block]:
        match node.type:
            case "heading":
                yield self._heading(node)
            case "paragraph":
                yield Paragraph(text=self._inline(node.children))
            case "bullet_list" | "ordered_list":
                yield Listing(
                    ordered=node.type == "ordered_list",
                    start=int(node.attrs.get("start", 1)),
                    items=tuple(tuple(self._blocks(item.children)) for item in node.children),
                )
            case "blockquote":
                yield Quote(blocks=tuple(self._blocks(node.children)))
            case "fence" if node.info == "figure":
                caption, spec = self.figures[int(node.content)]
                self.drawn += 1
                tree = SyntaxTreeNode(_markdown.parseInline(caption))
                yield Figure(caption=self._inline(tree.children), number=self.drawn, spec=spec)
            case "fence" | "code_block":
                yield Code(text=node.content.rstrip("\n"))
            case "hr":
                yield PageBreak()
            case _:
                if node.content.strip():
                    yield Paragraph(text=(Span(text=node.content.strip()),))

    def _heading(self, node: SyntaxTreeNode) -> Heading:
        level = min(int(node.tag[1]), 3)
        text = self._inline(node.children)
        self.headings += 1
        number = ""
        if text and _UNNUMBERED.search(text[-1].text):
            text = (*text[:-1], replace(text[-1], text=_UNNUMBERED.sub("", text[-1].text)))
        elif self.numbered:
            self.chapter = [*self.chapter[: level - 1], self.chapter[level - 1] + 1, *[0] * (3 - level)]
            number = ".".join(map(str, self.chapter[:level]))
        return Heading(level=level, text=text, number=number, anchor=f"_Toc{self.headings:06}")

    def _table(self, node: SyntaxTreeNode, above: Paragraph | None) -> Table:
        rows = [
            tuple(self._inline(cell.children) for cell in row.children)
            for part in node.children
            for row in part.children
        ]
        if above:
            self.tables += 1
        caption = above.text if above else ()
        if caption:
            caption = (replace(caption[0], text=_CAPTION.sub("", caption[0].text)), *caption[1:])
        aligned = [str(cell.attrs.get("style", "")) for cell in node.children[0].children[0].children]
        right = tuple(
            "right" in style or (column > 0 and _is_measured([plain(row[column]).strip() for row in rows[1:]]))
            for column, style in enumerate(aligned)
        )
        return Table(
            caption=caption,
            number=self.tables if above else 0,
            head=rows[0],
            rows=tuple(rows[1:]),
            right=right,
        )

    def _inline(self, nodes: Iterable[SyntaxTreeNode], style: Span = Span()) -> Inline:
        """The text below `nodes`, in pieces of one style."""
        return tuple(self._spans(nodes, style))

    def _spans(self, nodes: Iterable[SyntaxTreeNode], style: Span) -> Iterator[Span]:
        for node in nodes:
            match node.type:
                case "text":
                    yield from self._with_notes(node.content, style)
                case "softbreak":
                    yield replace(style, text=" ")
                case "hardbreak":
                    yield replace(style, text="\n")
                case "code_inline":
                    yield replace(style, text=node.content, code=True)
                case "strong":
                    yield from self._spans(node.children, replace(style, bold=True))
                case "em":
                    yield from self._spans(node.children, replace(style, italic=True))
                case "link":
                    yield from self._spans(node.children, replace(style, href=str(node.attrs["href"])))
                case _:
                    yield from self._spans(node.children, style)

    def _with_notes(self, text: str, style: Span) -> Iterator[Span]:
        for position, part in enumerate(_NOTE_REFERENCE.split(text)):
            if position % 2:
                if part not in self.references:
                    self.references.append(part)
                yield Span(note=self.references.index(part) + 1)
            elif part:
                yield replace(style, text=part)
