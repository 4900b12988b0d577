"""Read plain text, Markdown and CSV, in whatever encoding they were saved.

Markdown is rendered to HTML and read by `html`: what a reader sees of it is defined there, once.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from typing import BinaryIO

from indexer.extraction.cleaning import clean, clean_line
from indexer.extraction.decoding import BYTES_PER_CHAR_MAX, decode
from indexer.extraction.metadata import iso_date, names, title_of
from indexer.extraction.model import Extraction, Heading, Limits, Part, Properties
from indexer.extraction.sections import Flow, numbered

MARKDOWN_MAX_CHARS = 2_000_000  # markdown-it takes 4 s for them, and a file may take 20


_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FRONT_FIELD = re.compile(r"^(title|author|date):[ \t]*[\"']?(.*?)[\"']?[ \t]*$", re.MULTILINE | re.IGNORECASE)

_DELIMITERS = ";,\t|"
_DELIMITER_LINES = 20
_SEP_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)  # Excel writes it first, to be sure of itself


def read_txt(source: BinaryIO, *, limits: Limits) -> Extraction:
    """Return plain text as one section, or as pages where form feeds part it."""
    text, warnings = _text(source, limits)
    if "\f" in text:
        return _paged("txt", [(clean(page), ()) for page in _pages(text)], Properties(), warnings)
    return Extraction(format="txt", unit="section", parts=numbered([(None, None, [text])]), warnings=warnings)


def read_md(source: BinaryIO, *, limits: Limits) -> Extraction:
    """Return Markdown as sections by its headings, or as pages where form feeds part it."""
    text, warnings = _text(source, limits)
    properties, text = _front_matter(text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) > MARKDOWN_MAX_CHARS:
        warnings = ("is too long to be read as Markdown: its marks were left in", *warnings)
        parts = numbered([(None, None, [text])])
        return Extraction(format="md", unit="section", parts=parts, properties=properties, warnings=warnings)
    if "\f" not in text:
        return Extraction(
            format="md", unit="section", parts=_markdown(text).parts(), properties=properties, warnings=warnings
        )
    pages = []
    for page in _pages(text):
        flow = _markdown(page)
        pages.append((clean("\n".join(flow.lines())), flow.headings()))
    return _paged("md", pages, properties, warnings)


def read_csv(source: BinaryIO, *, limits: Limits) -> Extraction:
    """Return a table as one section: a row a line, cells separated by tabs."""
    text, warnings = _text(source, limits)
    text = text.replace("\0", "")
    told = _SEP_LINE.match(text)
    delimiter = told[1] if told else delimiter_of(text)
    csv.field_size_limit(max(len(text), csv.field_size_limit()))  # of the whole process: never less than others need
    rows = csv.reader((text[told.end() :] if told else text).splitlines(keepends=True), delimiter=delimiter)
    lines = ["\t".join(" ".join(cell.split()) for cell in row) for row in rows]
    return Extraction(format="csv", unit="section", parts=numbered([(None, None, lines)]), warnings=warnings)


def delimiter_of(text: str) -> str:
    """Return what parts the cells: the mark that the first lines have most evenly, and then most often.

    >>> delimiter_of("naam;cijfer\\nJansen, A.;7,5\\n"), delimiter_of("een woord")
    (';', ',')
    """
    lines = [line for line in text[: 1 << 16].splitlines() if line.strip()][:_DELIMITER_LINES]

    def evenness(mark: str) -> tuple[float, int]:
        counts = [line.count(mark) for line in lines]
        usual = max(counts, key=counts.count, default=0)
        return (counts.count(usual) / len(counts) if usual else 0.0, usual)

    best = max(_DELIMITERS, key=evenness)
    return best if evenness(best)[1] else ","


def _text(source: BinaryIO, limits: Limits) -> tuple[str, tuple[str, ...]]:
    """The text of a file, cut at the limit before anything is done with it, and a warning when it was."""
    chars = limits.text_max_chars
    text = decode(source.read(chars * BYTES_PER_CHAR_MAX + BYTES_PER_CHAR_MAX))
    if len(text) > chars:
        return text[:chars], (f"text cut at {chars} characters",)
    return text, ()


def _pages(text: str) -> list[str]:
    """The pages between form feeds; one at the very end closes the last page."""
    pages = text.split("\f")
    return pages if pages[-1].strip() else pages[:-1]


def _paged(
    kind: str,
    pages: Iterable[tuple[str, Iterable[tuple[int, str]]]],
    properties: Properties,
    warnings: tuple[str, ...],
) -> Extraction:
    parts, outline = [], []
    for number, (text, headings) in enumerate(pages, 1):
        parts.append(Part(number=number, label=str(number), text=text))
        outline += [Heading(title=clean_line(title), level=level, part=number) for level, title in headings]
    return Extraction(
        format=kind, unit="page", parts=tuple(parts), properties=properties, outline=tuple(outline), warnings=warnings
    )


def _markdown(text: str) -> Flow:
    from markdown_it import MarkdownIt

    from indexer.extraction.html import flow_of

    renderer = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return flow_of(renderer.render(text))


def _front_matter(text: str) -> tuple[Properties, str]:
    """What the block between two lines of hyphens at the start says (as pandoc and Jekyll have it), and the rest.

    >>> _front_matter("---\\ntitle: Gevels\\n---\\n# Inleiding")
    (Properties(title='Gevels', authors=(), created=None, language=None), '# Inleiding')
    """
    found = _FRONT_MATTER.match(text.lstrip("\ufeff"))
    if not found or ":" not in found[1]:
        return Properties(), text
    fields = {name.lower(): value for name, value in _FRONT_FIELD.findall(found[1])}
    properties = Properties(
        title=title_of(fields.get("title")), authors=names(fields.get("author")), created=iso_date(fields.get("date"))
    )
    return properties, text[found.end() :]
