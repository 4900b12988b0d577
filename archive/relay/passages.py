"""Sampled fingerprints of passages: how two reports are known to say the same in the same words.

Every run of `RUN_WORDS` words has a fingerprint, and those that divide by `ONE_IN` are kept: the same ones wherever the
same words stand, so that two texts are compared without reading either (Manber, "Finding similar files", 1994).
What is kept tells nothing of the text. Pure.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence

# A run of eight words that two authors write by chance is a phrase of the trade or a template's.
RUN_WORDS = 8
# Of a shared paragraph of 100 words one is kept nineteen times in twenty; of a report of twelve pages some 125.
_UNKEPT_BITS = 5
_FEWEST_LETTERS = 24  # of a run: a row of figures in a table is no passage
_WORD = re.compile(r"[^\W_]+")
_BITS = 64
_MASK = (1 << _BITS) - 1
_FACTOR = 0x9E3779B97F4A7C15  # odd, and without a pattern: 2**64 divided by the golden ratio
_LEAVING = pow(_FACTOR, RUN_WORDS - 1, _MASK + 1)


def sampled(text: str) -> frozenset[int]:
    """The fingerprints of a page or section that are kept: whole numbers of 59 bits.

    >>> said = "Wie ruimte op het net zoekt moet eerst weten wanneer zijn eigen piek valt en hoe lang die duurt " * 2
    >>> sampled(said) == sampled(said.upper().replace(" ", "\\n")), len(sampled(said)), sampled("kort")
    (True, 1, frozenset())
    """
    return frozenset(number for _, number in _kept(_WORD.findall(text.lower())))


def where(text: str) -> dict[int, tuple[int, int]]:
    """Where in a text the passages stand that are kept: start and end of the first run with each fingerprint."""
    found = list(_WORD.finditer(text))
    places: dict[int, tuple[int, int]] = {}
    for at, number in _kept([match[0].lower() for match in found]):
        places.setdefault(number, (found[at].start(), found[at + RUN_WORDS - 1].end()))
    return places


def _kept(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The number of the first word of each run that is kept, and its fingerprint (Karp and Rabin's, mixed)."""
    parts = [zlib.crc32(word.encode("utf-8", "surrogatepass")) for word in words]
    rolling = 0
    for at, part in enumerate(parts):
        if at >= RUN_WORDS:
            rolling -= parts[at - RUN_WORDS] * _LEAVING
        rolling = (rolling * _FACTOR + part) & _MASK
        # The high bits of a product depend on all words of the run.
        number = (rolling ^ rolling >> 32) * _FACTOR & _MASK
        first = at - RUN_WORDS + 1
        if first >= 0 and not number >> (_BITS - _UNKEPT_BITS) and _says_something(words[first : at + 1]):
            yield first, number


def _says_something(run: Sequence[str]) -> bool:
    return sum(len(word) for word in run if word.isalpha()) >= _FEWEST_LETTERS
