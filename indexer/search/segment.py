"""A segment of the index as it is read: tables and postings in memory, places and texts on the disk.

Postings are small (some 8 kB a report of twelve pages) and a compound's part may want hundreds of them. Places are three
times as much, and only phrases want those of all deliverables. Where words stand in the first fifty is read in their
texts, kept as numbers of words: that takes as long for a hundred words as for one.

Immutable, so that any number of threads may read one. Reads bytes through a function; knows no files.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archive.model import Audience
from indexer.search.inversion import VALUE_COLUMNS, audience_from_json
from indexer.search.lexicon import SortedWords
from indexer.search.tables import TablesDamaged

Numbers = NDArray[np.uint32]

_POSTING_BYTES = 4  # document and weight
_PLACE_BYTES = 4
_WORD_BYTES = 3  # of a text
# Neighbours with a gap up to this are read together: a read costs as much as copying that much.
_GAP_BYTES = 16_384
_WORDS_AT_ONCE = 16_384  # their postings are looked at together


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """The columns of a segment's deliverables; a document's number is its row."""

    keys: Sequence[str]
    ids: Sequence[str]
    titles: Sequence[str]
    dates: Sequence[str]
    audiences: Sequence[Audience]  # the distinct ones; columns hold their numbers
    audience: Numbers
    unless: Numbers
    lengths: Numbers  # in weighted words
    values: Mapping[str, Sequence[tuple[str, int]]]  # the distinct (value, number of an audience) of a column
    value_starts: Mapping[str, Numbers]
    value_numbers: Mapping[str, Numbers]

    def __len__(self) -> int:
        return len(self.keys)

    def value_counts(self, column: str) -> NDArray[np.int64]:
        """How many values of a column each document has."""
        starts = self.value_starts[column].astype(np.int64)
        counts: NDArray[np.int64] = starts[1:] - starts[:-1]
        return counts

    def values_of(self, column: str, document: int) -> list[tuple[str, int]]:
        """A document's values of a column, with the number of the audience of each."""
        start, end = self.value_starts[column][document : document + 2]
        return [self.values[column][number] for number in self.value_numbers[column][start:end].tolist()]


class Segment:
    """One segment. `uid` tells it from every other segment that ever was.

    Opening one raises TablesDamaged when its postings are not those that were written. Places have no checksum: they
    are read in pieces.
    """

    def __init__(
        self, uid: str, arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any], read: Callable[[int, int], bytes]
    ) -> None:
        self.uid = uid
        self._read = read
        self.documents = _documents(arrays, facts)
        self.lexicon = SortedWords(arrays["word.blob"].tobytes(), arrays["word.starts"])
        self.terms = SortedWords(arrays["term.blob"].tobytes(), arrays["term.starts"])
        self._term_first = arrays["term.first"]
        self._term_words = arrays["term.words"]
        self._term_weights = arrays["term.weights"]
        self.posting_starts: Numbers = arrays["word.postings"]
        self.place_starts: Numbers = arrays["word.places"]
        self.text_starts: Numbers = arrays["text.starts"]
        self._document_parts: Numbers = arrays["document.parts"]
        self.part_starts: Numbers = arrays["part.starts"]
        self._part_asides: NDArray[np.uint8] = arrays["part.asides"]
        self._frequent = (arrays["frequent.starts"], arrays["frequent.words"], arrays["frequent.weights"])
        self._places_from = int(self.posting_starts[-1]) * _POSTING_BYTES
        self._texts_from = self._places_from + int(self.place_starts[-1]) * _PLACE_BYTES
        postings = read(0, self._places_from)
        if zlib.crc32(postings) != facts["checksum"]:
            raise TablesDamaged("the checksum of the postings differs")
        self._postings = np.frombuffer(postings, "<u2")

    def __len__(self) -> int:
        return len(self.documents)

    def text_bounds(self, document: int) -> tuple[int, int]:
        """First and last place of a document's text, the last excluded."""
        start, end = self.text_starts[document : document + 2].tolist()
        return start, end

    def part_bounds(self, document: int) -> Numbers:
        """The first place of each part of a document, and where the last one ends."""
        first, last = self._document_parts[document : document + 2].tolist()
        return self.part_starts[first : last + 1]

    def part_asides(self, document: int) -> NDArray[np.bool_]:
        """Which parts of a document only lead to its text."""
        first, last = self._document_parts[document : document + 2].tolist()
        return self._part_asides[first:last].astype(np.bool_)

    def words_of_term(self, term: str) -> tuple[Numbers, NDArray[np.uint16]]:
        """The words that stand for a term, ascending, and the weight of each in `WEIGHT_UNIT`s."""
        number = self.terms.find(term)
        if number is None:
            return self._term_words[:0], self._term_weights[:0]
        first, last = self._term_first[number : number + 2].tolist()
        return self._term_words[first:last], self._term_weights[first:last]

    def postings(self, words: Numbers) -> tuple[NDArray[np.uint16], NDArray[np.uint16], NDArray[np.int64]]:
        """Of these words (ascending): documents and weights, one word after the other, and how many each word has."""
        first, last = self._bounds(self.posting_starts, words)
        if len(words) and _follow(first, last):
            chosen: slice | NDArray[np.int64] = slice(int(first[0]), int(last[-1]))
        else:
            chosen = ranges(first, last)
        return self._postings[0::2][chosen], self._postings[1::2][chosen], last - first

    def documents_with(self, documents: NDArray[np.bool_]) -> NDArray[np.uint16]:
        """In how many of these documents (a mask) each word stands; some millions of postings are looked at."""
        found = np.zeros(len(self.lexicon), np.uint16)
        for first in range(0, len(found), _WORDS_AT_ONCE):
            starts = self.posting_starts[first : first + _WORDS_AT_ONCE + 1].astype(np.int64)
            having = documents[self._postings[0::2][starts[0] : starts[-1]]]
            before = np.concatenate(([0], np.cumsum(having, dtype=np.int32)))[starts - starts[0]]
            found[first : first + _WORDS_AT_ONCE] = np.diff(before)
        return found

    def places(self, words: Numbers) -> tuple[Numbers, NDArray[np.int64]]:
        """Of these words (ascending): places, one word after the other, and how many each word has.

        Neighbours are read at once, with the little that lies between them.
        """
        if not len(words):
            return self.place_starts[:0], np.zeros(0, np.int64)
        first, last = self._bounds(self.place_starts, words)
        breaks = np.flatnonzero((first[1:] - last[:-1]) * _PLACE_BYTES > _GAP_BYTES) + 1
        run_firsts = np.concatenate(([0], breaks))
        run_starts = first[run_firsts]
        run_sizes = last[np.append(breaks, len(words)) - 1] - run_starts
        pieces = [
            self._read(self._places_from + start * _PLACE_BYTES, count * _PLACE_BYTES)
            for start, count in zip(run_starts.tolist(), run_sizes.tolist(), strict=True)
            if count
        ]
        found = np.frombuffer(pieces[0] if len(pieces) == 1 else b"".join(pieces), "<u4")
        if not _follow(first, last):
            shift = np.repeat(np.cumsum(run_sizes) - run_sizes - run_starts, np.diff(np.append(run_firsts, len(words))))
            found = found[ranges(first + shift, last + shift)]
        return found, last - first

    def texts(self, documents: NDArray[np.int64]) -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
        """The words of these documents' texts, one after the other: the low 16 bits of their numbers, and the next 8."""
        bounds = zip(self.text_starts[documents].tolist(), self.text_starts[documents + 1].tolist(), strict=True)
        pieces = [
            self._read(self._texts_from + start * _WORD_BYTES, (end - start) * _WORD_BYTES) for start, end in bounds
        ]
        counts = [len(piece) // _WORD_BYTES for piece in pieces]
        low = [np.frombuffer(piece, "<u2", count) for piece, count in zip(pieces, counts, strict=True)]
        high = [np.frombuffer(piece, "u1", offset=2 * count) for piece, count in zip(pieces, counts, strict=True)]
        return np.concatenate(low), np.concatenate(high)

    def all_postings(self) -> NDArray[np.uint16]:
        return self._postings

    def all_places(self) -> Numbers:
        return np.frombuffer(self._read(self._places_from, int(self.place_starts[-1]) * _PLACE_BYTES), "<u4")

    def frequent_words(self, document: int) -> tuple[Numbers, Numbers]:
        """A document's own most frequent words and their weights."""
        starts, words, weights = self._frequent
        first, last = starts[document : document + 2].tolist()
        return words[first:last], weights[first:last]

    @staticmethod
    def _bounds(starts: Numbers, words: Numbers) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return starts[words].astype(np.int64), starts[words + np.uint32(1)].astype(np.int64)


def _follow(first: NDArray[np.int64], last: NDArray[np.int64]) -> bool:
    """Whether each of these ranges begins where the one before ends."""
    return len(first) < 2 or bool((first[1:] == last[:-1]).all())


def ranges(first: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers of several ranges, one after the other.

    >>> ranges(np.array([3, 10]), np.array([5, 13])).tolist()
    [3, 4, 10, 11, 12]
    """
    counts = last - first
    numbers: NDArray[np.int64] = np.repeat(first - (np.cumsum(counts) - counts), counts) + np.arange(int(counts.sum()))
    return numbers


def distinct(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """The distinct values of an array of numbers from 0 on, ascending. Plain np.unique loads numpy.ma: 3 MB.

    >>> distinct(np.array([3, 1, 3])).tolist()
    [1, 3]
    """
    ordered = np.sort(values)
    return ordered[np.flatnonzero(np.diff(ordered, prepend=-1))]


def _documents(arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]) -> Documents:
    return Documents(
        keys=facts["keys"],
        ids=facts["ids"],
        titles=facts["titles"],
        dates=facts["dates"],
        audiences=[audience_from_json(grants) for grants in facts["audiences"]],
        audience=arrays["document.audience"],
        unless=arrays["document.unless"],
        lengths=arrays["document.length"],
        values={name: [(value, audience) for value, audience in facts["values"][name]] for name in VALUE_COLUMNS},
        value_starts={name: arrays[f"{name}.starts"] for name in VALUE_COLUMNS},
        value_numbers={name: arrays[f"{name}.numbers"] for name in VALUE_COLUMNS},
    )
