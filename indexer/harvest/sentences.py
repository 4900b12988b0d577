"""Text into sentences, Dutch and English. Pure."""

from __future__ import annotations

import re

from indexer.harvest.word_lists import ABBREVIATIONS

# A footnote's number may hang behind the stop ("gemeten.3 Daarna").
_BOUNDARY = re.compile(r"(?<=[.!?…])(?:[\"”’')\]]*|(?<=[a-z)]\.)\d{1,2})\s+(?=[\"“‘'(\[]*[A-ZÀ-Þ0-9€])")
LAST_CHARS = 20  # that may hold an abbreviation
_LAST_WORD = re.compile(r"[\w.]+(?=\.$)")


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph, as they stand there.

    >>> sentences("Wij maten o.a. Geluid niet. Waarom? Zie p. 3.")
    ['Wij maten o.a. Geluid niet.', 'Waarom?', 'Zie p. 3.']
    >>> sentences("Het kostte 3.5 uur. De heer J. Jansen wachtte.")
    ['Het kostte 3.5 uur.', 'De heer J. Jansen wachtte.']
    """
    found: list[str] = []
    start = 0
    for boundary in _BOUNDARY.finditer(text):
        end = boundary.start()
        if _ends_with_abbreviation(text[max(start, end - LAST_CHARS) : end]):
            continue
        found.append(text[start : boundary.end()].strip())
        start = boundary.end()
    found.append(text[start:].strip())
    return [sentence for sentence in found if sentence]


def _ends_with_abbreviation(text: str) -> bool:
    last = _LAST_WORD.search(text)
    if last is None or not text.endswith("."):
        return False
    word = last.group()
    return word.lower() in ABBREVIATIONS or (len(word) == 1 and word.isupper()) or (word.isdecimal() and len(word) < 3)
