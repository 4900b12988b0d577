"""Read web pages: what a browser would show as text, without loading anything else.

Follows the rendering rules of the HTML standard (15.3) as far as they part words and lines: which elements stand on
lines of their own, which show nothing.
"""

from __future__ import annotations

import re
from typing import BinaryIO

from lxml import etree

from indexer.extraction.cleaning import clean_line
from indexer.extraction.decoding import BYTES_PER_CHAR_MAX, decode
from indexer.extraction.metadata import iso_date, names, title_of
from indexer.extraction.model import Extraction, Limits, Properties
from indexer.extraction.sections import Flow

_UNSEEN = frozenset(
    {
        "head", "script", "style", "template", "noscript", "iframe", "object", "audio", "video", "canvas", "datalist",
        "meta", "link", "base", "source", "track",
    }
)  # fmt: skip
_LINES = frozenset(
    {
        "html", "body", "address", "article", "aside", "blockquote", "center", "dd", "details", "dialog", "div", "dl",
        "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup", "hr", "legend", "li", "main",
        "menu", "nav", "ol", "optgroup", "option", "p", "pre", "search", "section", "select", "summary", "table",
        "tbody", "tfoot", "thead", "caption", "ul",
    }
)  # fmt: skip
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_CELLS = frozenset({"td", "th"})
_CHARSET = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([\w.:-]{2,40})|<\?xml[^>]{0,200}?encoding=["']([\w.:-]{2,40})""", re.I
)
_CHARSET_WITHIN_BYTES = 4_096
_NOT_SHOWN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_SPACE = re.compile("[ \t\r\n\f]+")


def read(source: BinaryIO, *, limits: Limits) -> Extraction:
    """Return a web page's sections, by its headings."""
    root, warnings = _parsed(_decoded(source.read(limits.text_max_chars * BYTES_PER_CHAR_MAX)))
    if root is None:
        return Extraction(format="html", unit="section", parts=Flow().parts())
    return Extraction(
        format="html", unit="section", parts=_walked(root).parts(), properties=_properties(root), warnings=warnings
    )


def flow_of(page: str) -> Flow:
    """Return the lines and headings of HTML that we have as text already."""
    root, _ = _parsed(page)
    return Flow() if root is None else _walked(root)


def _decoded(data: bytes) -> str:
    """The text of a page. A byte order mark wins, then what the page says of itself, as browsers have it."""
    told = _CHARSET.search(data[:_CHARSET_WITHIN_BYTES])
    if told and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode((told[1] or told[2]).decode("ascii"), "replace")
        except (LookupError, UnicodeError):  # no such encoding, or one that is no text ("hex")
            pass
    return decode(data)


def _parsed(page: str) -> tuple[etree._Element | None, tuple[str, ...]]:
    """The root of a page, None when it holds nothing; and what was left out."""
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        # NUL ends the text for libxml2; surrogates, which "utf-16" may leave, can't be encoded.
        root = etree.fromstring(page.replace("\0", "").encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None, ()
    if any("depth" in entry.message for entry in parser.error_log):
        return root, ("is nested too deeply: what comes after that was left out",)
    return root, ()


def _walked(root: etree._Element) -> Flow:
    walk = _Walk()
    walk.over(root)
    return walk.flow


class _Walk:
    """Hears where elements begin and end. Text runs on over inline elements until an element of lines breaks it."""

    def __init__(self) -> None:
        self.flow = Flow()
        self._text: list[str] = []
        self._preformatted = 0
        self._cells = 0

    def over(self, root: etree._Element) -> None:
        walker = etree.iterwalk(root, events=("start", "end"))
        skipped: etree._Element | None = None
        for event, element in walker:
            tag = element.tag
            if event == "start":
                if tag in _UNSEEN or _is_hidden(element):
                    skipped = element
                    walker.skip_subtree()
                else:
                    self._begin(tag)
                    self._put(element.text)
            else:
                if element is skipped:
                    skipped = None
                else:
                    self._end(tag)
                self._put(element.tail)
        self._break()

    def _begin(self, tag: str) -> None:
        if tag in _LINES or tag in _HEADINGS or tag == "tr":
            self._break()
        if tag in _CELLS:
            self._break()
            self._cells += 1
            self.flow.open_cell()
        elif tag == "pre":
            self._preformatted += 1
        elif tag == "br":
            self._text.append("\n")

    def _end(self, tag: str) -> None:
        if tag in _HEADINGS:
            text, self._text = "".join(self._text), []
            self.flow.heading(text, _HEADINGS[tag])
        elif tag in _CELLS:
            self._break()
            self._cells -= 1
            self.flow.close_cell()
        elif tag == "tr":
            self._break()
            self.flow.close_row()
        elif tag in _LINES:
            self._break()
        if tag == "pre":
            self._preformatted -= 1

    def _put(self, text: str | None) -> None:
        if text:
            self._text.append(text if self._preformatted else _SPACE.sub(" ", text))

    def _break(self) -> None:
        """End the line. Spaces at its ends, and beside a break inside it, are not shown."""
        if not self._text:
            return
        text, self._text = "".join(self._text), []
        if self._cells:
            text = text.replace("\t", " ")
        if not self._preformatted:
            text = "\n".join(" ".join(line.split(" ")).strip() for line in text.split("\n"))
            text = re.sub(" {2,}", " ", text)
        self.flow.line(text.strip("\n"))


def _is_hidden(element: etree._Element) -> bool:
    return element.get("hidden") is not None or _NOT_SHOWN.search(element.get("style", "")) is not None


def _properties(root: etree._Element) -> Properties:
    said = {
        element.get("name", "").lower(): element.get("content", "")
        for element in root.iter("meta")
        if element.get("name")
    }
    title = next(root.iter("title"), None)
    return Properties(
        title=title_of(None if title is None else "".join(map(str, title.itertext()))),
        authors=names(clean_line(said.get("author") or said.get("dc.creator") or "")),
        created=iso_date(said.get("date") or said.get("dcterms.created") or said.get("dc.date")),
    )
