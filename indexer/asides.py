"""The pages and sections that lead to a text and are not it: title page, contents, list of sources, running foot.

They name everything and say nothing. A reader who searches is shown them only where nothing else matches. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from archive.catalog.file import TextPart

_NAMES = re.compile(
    r"\W*(?:\d+(?:\.\d+)*\.?\s+)?(?:inhoud|inhouds?opgave|contents|table of contents|colofon|colophon"
    r"|bronnen(?:lijst)?|bronvermelding|bronverwijzingen|geraadpleegde (?:bronnen|literatuur)|literatuur(?:lijst)?"
    r"|referenties|referentielijst|references|bibliography|bibliografie|sources|works cited|verder lezen|meer lezen)\W*",
    re.IGNORECASE,
)
_HEAD_LINES = 4  # a page may begin with a running head of two or three lines
# "3.1 Van contract naar werkelijkheid … 5": a title and the page where it stands.
_PAGE_AT_END = re.compile(r"[\s.…](\d{1,3})$")
_LETTER = re.compile(r"[^\W\d_]")
_ENTRY_CHARS = 200  # what is longer is a paragraph that ends in a number
_ENTRIES_LEAST, _ENTRIES_SHARE = 6, 0.5
_SENTENCE_END = re.compile(r"(?<=[.!?])(?:\s+|$)")
_SENTENCE_WORDS = 6
_TITLE_PAGE_WORDS, _TITLE_PAGE_SENTENCES = 100, 0.3
_FOOT_WORDS = 20
_PARTS_LEAST = 3  # a document of one or two pages is what it is


def asides(parts: Sequence[TextPart]) -> frozenset[int]:
    """The numbers of a document's parts that only lead to the others; never all of them.

    >>> pages = ["Prefab gevels\\nEindrapport", "Inhoud\\nVraag 3\\nProef 4", "Wij hingen negen elementen aan een gevel."]
    >>> sorted(asides([TextPart(number=n, text=text) for n, text in enumerate(pages, start=1)]))
    [1, 2]
    """
    if len(parts) < _PARTS_LEAST:
        return frozenset()
    found = frozenset(part.number for part in parts if _is_aside(part))
    return found if len(found) < len(parts) else frozenset()


def _is_aside(part: TextPart) -> bool:
    lines = [line.strip() for line in part.text.splitlines() if line.strip()]
    heads: Iterable[str] = (part.heading,) if part.heading else lines[:_HEAD_LINES]
    if any(_NAMES.fullmatch(head) for head in heads) or _lists_pages(lines):
        return True
    words = len(part.text.split())
    if part.number == 1 and words <= _TITLE_PAGE_WORDS and _in_sentences(part.text) < _TITLE_PAGE_SENTENCES * words:
        return True
    return part.heading is None and words < _FOOT_WORDS and not _in_sentences(part.text)


def _lists_pages(lines: Sequence[str]) -> bool:
    """Whether lines are a table of contents: most end in a page number, and these go up. The figures of a table don't."""
    pages = [
        int(page[1])
        for line in lines
        if len(line) <= _ENTRY_CHARS and (page := _PAGE_AT_END.search(line)) and _LETTER.search(line)
    ]
    if len(pages) < max(_ENTRIES_LEAST, _ENTRIES_SHARE * len(lines)):
        return False
    return all(before <= after for before, after in pairwise(pages))


def _in_sentences(text: str) -> int:
    """How many words of a text stand in sentences."""
    *sentences, _unended = _SENTENCE_END.split(text)
    counts = (len(sentence.split()) for sentence in sentences)
    return sum(words for words in counts if words >= _SENTENCE_WORDS)
