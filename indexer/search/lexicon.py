"""Sorted words in one block of bytes: an index's vocabulary without a Python object for each word.

A written form that differs from its normal word ("coördinatie") is a word of its own behind it, so that what people
wrote can be shown, and all forms of a word lie side by side. Pure.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.search.words import MAX_WORD_CHARS, unfold

# Between a normal word and a form of it; sorts before every letter.
_FORM = "\x1f"
_AFTER_FORM = "\x20"
_SIGNPOST = 64
# Longer hyphenated words keep their pieces and lose the whole.
_MAX_FORM_CHARS = 3 * MAX_WORD_CHARS


def entry_of(form: str) -> str:
    """The entry of a word as `words.forms` gives it, without its capitals.

    >>> [entry_of(form) for form in ("Gevels", "Coördinatie", "1#E-mail")]
    ['gevels', 'coordinatie\\x1fcoördinatie', 'mail\\x1f1#e-mail']
    """
    low = form.lower()
    if low.isascii() and low.isalnum() and len(low) <= MAX_WORD_CHARS and not low.endswith("ieen"):
        return low
    word = unfold(low)[0]
    if low == word or len(low) > _MAX_FORM_CHARS:
        return word
    return f"{word}{_FORM}{low}"


def form_of(entry: str) -> str:
    """The form to analyse: what `entry_of` was given, without its capitals."""
    word, _, form = entry.partition(_FORM)
    return form or word


def normal_of(entry: str) -> str:
    return entry.partition(_FORM)[0]


def shown_of(entry: str) -> str:
    """The word as people wrote it: the whole of a hyphenated one.

    >>> shown_of("mail\\x1f1#e-mail"), shown_of("gevels")
    ('e-mail', 'gevels')
    """
    return form_of(entry).rpartition("#")[2]


class SortedWords:
    """Words in the order of their UTF-8 bytes, with their numbers: `blob[starts[n]:starts[n + 1]]` is word n."""

    def __init__(self, blob: bytes, starts: NDArray[np.uint32]) -> None:
        self._blob = blob
        # Indexing a memoryview is three times as fast as indexing an array, and a search does it 20 times.
        self._starts = memoryview(np.ascontiguousarray(starts, np.uint32).data)
        # Every so many words a real one, for the first steps of a search.
        self._signposts = [self._key(number) for number in range(0, len(self), _SIGNPOST)]

    @property
    def blob(self) -> bytes:
        return self._blob

    @property
    def starts(self) -> NDArray[np.uint32]:
        return np.asarray(self._starts)

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, number: int) -> str:
        return self._key(number).decode("utf-8", "surrogatepass")

    def words(self, first: int = 0, last: int | None = None) -> Iterator[str]:
        """Words first to last, the last excluded."""
        blob, starts = self._blob, self._starts
        for number in range(first, len(self) if last is None else last):
            yield blob[starts[number] : starts[number + 1]].decode("utf-8", "surrogatepass")

    def find(self, word: str) -> int | None:
        """The number of a word."""
        key = word.encode("utf-8", "surrogatepass")
        number = self._first_from(key)
        if number < len(self) and self._key(number) == key:
            return number
        return None

    def forms_of(self, normal: str) -> tuple[int, int]:
        """First and last (excluded) of the entries of a normal word."""
        first = self._first_from(normal.encode("utf-8", "surrogatepass"))
        return first, self._first_from(f"{normal}{_AFTER_FORM}".encode("utf-8", "surrogatepass"), first)

    def beginning_with(self, prefix: str) -> tuple[int, int]:
        """First and last (excluded) of the entries that begin so."""
        key = prefix.encode("utf-8", "surrogatepass")
        first = self._first_from(key)
        # No UTF-8 text holds the byte 0xff.
        return first, self._first_from(key + b"\xff", first)

    def _first_from(self, key: bytes, low: int = 0) -> int:
        post = bisect_left(self._signposts, key)
        low, high = max(low, (post - 1) * _SIGNPOST), min(post * _SIGNPOST, len(self))
        while low < high:
            middle = (low + high) // 2
            if self._key(middle) < key:
                low = middle + 1
            else:
                high = middle
        return low

    def _key(self, number: int) -> bytes:
        return self._blob[self._starts[number] : self._starts[number + 1]]


def pack(words: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.uint32]]:
    """Blob and starts of words that are sorted by their UTF-8 bytes.

    >>> SortedWords(*[array.tobytes() if at == 0 else array for at, array in enumerate(pack(["a", "bc"]))])[1]
    'bc'
    """
    keys = [word.encode("utf-8", "surrogatepass") for word in words]
    starts = np.zeros(len(keys) + 1, np.uint32)
    np.cumsum(np.fromiter(map(len, keys), np.uint32, len(keys)), out=starts[1:])
    return np.frombuffer(b"".join(keys), np.uint8), starts
