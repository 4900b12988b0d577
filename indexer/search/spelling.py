"""What a mistyped word may have been meant for, by the words of the archive.

Optimal string alignment: a letter dropped, added, changed, or two swapped, is one mistake; one is forgiven, two in long
words. Almost all of a vocabulary is ruled out by its letters alone, in NumPy (see `Nearby`). Knows no frequencies but
those it is given: they are the reader's. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

# Shorter words are near to too many. At 4 and 9, correct English words were "repaired" oftener and no typo more.
MIN_WORD_CHARS = 5
TWO_MISTAKES_CHARS = 10
MIN_FREQUENCY = 2  # documents: what stands in one alone may be a mistake itself

_WORDS_AT_ONCE = 1 << 14
MAX_WORD_BYTES = 64  # longer words are never repaired
_MIN_PART_CHARS = 4
_LINKS = ("", "s", "en")
# Of all the ways to see a known part at a compound's beginning, or end, the longest two: "gegevens-taebellen".
_TRIED_PARTS = 2


def mistakes_forgiven(word: str) -> int:
    """How many mistakes a word of this length may hold; none when it holds a digit or is short.

    >>> [mistakes_forgiven(word) for word in ("wijk", "gevel", "energietranistie", "covid19")]
    [0, 1, 2, 0]
    """
    if len(word) < MIN_WORD_CHARS or not word.isalpha():
        return 0
    return 2 if len(word) >= TWO_MISTAKES_CHARS else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A word that may have been meant; `frequency` counts the documents that the reader sees."""

    word: str
    mistakes: int
    frequency: int


def best(typed: str, candidates: Iterable[Candidate]) -> str | None:
    """The likeliest: fewest mistakes, then the same first letter, then the commonest; None when none is common enough.

    >>> best("gevle", [Candidate(word="gevel", mistakes=1, frequency=9), Candidate(word="gele", mistakes=1, frequency=7)])
    'gevel'
    """
    common = [one for one in candidates if one.frequency >= MIN_FREQUENCY]
    if not common:
        return None
    return min(common, key=lambda one: (one.mistakes, one.word[:1] != typed[:1], -one.frequency, one.word)).word


def repaired(
    typed: str, *, near: Callable[[str, int], Iterable[Candidate]], is_common: Callable[[str], bool]
) -> str | None:
    """What to search in place of a word that is unknown; None when nothing is near enough.

    `near(word, mistakes)` gives the archive's words within so many mistakes; `is_common`: in MIN_FREQUENCY documents.
    """
    forgiven = mistakes_forgiven(typed)
    if not forgiven:
        return None
    # One after the other: what is farther away is looked up only when nothing is nearer.
    for mistakes in range(1, forgiven + 1):
        found = best(typed, near(typed, mistakes))
        if found is not None:
            return found
    return best(typed, _compounds(typed, near, is_common))


def _compounds(
    typed: str, near: Callable[[str, int], Iterable[Candidate]], is_common: Callable[[str], bool]
) -> Iterator[Candidate]:
    """Compounds that stand nowhere as a whole: one part is known, the mistake is in the other."""
    cuts = range(_MIN_PART_CHARS, len(typed) - _MIN_PART_CHARS + 1)
    heads = [cut for cut in reversed(cuts) if _begins_with_common(typed[:cut], is_common)]
    tails = [cut for cut in cuts if is_common(typed[cut:])]
    for cut in heads[:_TRIED_PARTS]:
        for part in near(typed[cut:], 1):
            yield replace(part, word=typed[:cut] + part.word)
    for cut in tails[:_TRIED_PARTS]:
        for part in near(typed[:cut], 1):
            yield replace(part, word=part.word + typed[cut:])


def _begins_with_common(head: str, is_common: Callable[[str], bool]) -> bool:
    words = (head.removesuffix(link) for link in _LINKS)
    return any(len(word) >= _MIN_PART_CHARS and is_common(word) for word in words)


class Nearby:
    """Finds the words of a vocabulary that are near to a word, itself left out.

    Of each word is kept which letters it holds once, and which twice: 64 bits. A letter dropped or added changes one
    of them at most, a letter changed two, letters swapped none; that leaves some hundreds of 100,000 words to compare.
    Takes 12 bytes a word beside the vocabulary itself.
    """

    def __init__(self, blob: bytes, starts: NDArray[np.uint32], *, until: bytes = b"\x1f") -> None:
        """Word n is `blob[starts[n]:starts[n + 1]]`, in UTF-8; from `until` on it is left aside."""
        self._blob = blob
        self._starts = starts
        self._until = until
        ends = _ends(blob, starts, until)
        lengths = ends - starts[:-1]
        self._by_length = np.argsort(lengths, kind="stable").astype(np.uint32)
        self._first_of_length = np.searchsorted(lengths[self._by_length], np.arange(MAX_WORD_BYTES + 2))
        self._letters = _letters_of(blob, starts[:-1], ends)[self._by_length]

    def near(self, word: str, mistakes: int, *, among: NDArray[np.bool_] | None = None) -> list[tuple[int, str, int]]:
        """(number, word, mistakes) of each; `among` rules words out beforehand, by number."""
        key = word.encode("utf-8", "surrogatepass")
        letters = _letters_of(key, np.zeros(1, np.uint32), np.array([len(key)]))
        numbers = np.concatenate(
            [
                self._of_length(len(key) + more, letters, 2 * mistakes - abs(more))
                for more in range(-mistakes, mistakes + 1)
            ]
        )
        if among is not None:
            numbers = numbers[among[numbers]]
        found = process.extract(word, self._words(numbers), scorer=OSA.distance, score_cutoff=mistakes, limit=None)
        return [(int(numbers[at]), other, distance) for other, distance, at in found if distance]

    def _of_length(self, length: int, letters: NDArray[np.uint64], bits: int) -> NDArray[np.uint32]:
        """The numbers of the words of this length whose letters differ in so many bits at most."""
        if not 0 < length <= MAX_WORD_BYTES:
            return np.zeros(0, np.uint32)
        some = slice(self._first_of_length[length], self._first_of_length[length + 1])
        numbers: NDArray[np.uint32] = self._by_length[some][np.bitwise_count(self._letters[some] ^ letters) <= bits]
        return numbers

    def _words(self, numbers: NDArray[np.uint32]) -> list[str]:
        firsts, lasts = self._starts[numbers].tolist(), self._starts[numbers + 1].tolist()
        entries = (self._blob[first:last] for first, last in zip(firsts, lasts, strict=True))
        return [entry.partition(self._until)[0].decode("utf-8", "surrogatepass") for entry in entries]


def _ends(blob: bytes, starts: NDArray[np.uint32], until: bytes) -> NDArray[np.int64]:
    """Where each word ends: at `until` where it holds one."""
    ends = starts[1:].astype(np.int64)
    marks = np.flatnonzero(np.frombuffer(blob, np.uint8) == until[0])
    if len(marks):
        owners = np.searchsorted(starts, marks, side="right") - 1
        # From the last to the first, so that a word's first mark is what stays.
        ends[owners[::-1]] = marks[::-1]
    return ends


def _letters_of(blob: bytes, starts: NDArray[np.uint32], ends: NDArray[np.int64]) -> NDArray[np.uint64]:
    """32 bits for the letters that a word holds, 32 for those that it holds twice."""
    letters = _LETTER_OF_BYTE[np.frombuffer(blob, np.uint8)]
    found = [np.zeros(0, np.uint64)]
    # In stretches: the counts of a whole vocabulary would be tens of megabytes for a moment.
    for first in range(0, len(starts), _WORDS_AT_ONCE):
        begins, lengths = starts[first : first + _WORDS_AT_ONCE].astype(np.int64), ends[first : first + _WORDS_AT_ONCE]
        lengths = lengths - begins
        words = np.repeat(np.arange(len(begins)), lengths)
        places = np.arange(len(words)) + np.repeat(begins - np.cumsum(lengths) + lengths, lengths)
        counts = np.bincount(32 * words + letters[places], minlength=32 * len(begins)).reshape(-1, 32)
        found.append(np.packbits(np.hstack((counts > 0, counts > 1)), axis=1).view(np.uint64).ravel())
    return np.concatenate(found)


# Letters have numbers of their own; digits and the rest of UTF-8 share six.
_LETTER_OF_BYTE = np.array(
    [byte - ord("a") if ord("a") <= byte <= ord("z") else 26 + byte % 6 for byte in range(256)], np.uint8
)
