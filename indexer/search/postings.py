"""Where the things that a query looks for stand in a segment.

A source is what can be looked for: a term, the words that begin so, a word as typed, a phrase. Its documents are kept,
within bounds and keyed by segment: segments never change, so after a commit only new ones cost anything.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from indexer.search.inversion import WEIGHT_UNIT
from indexer.search.segment import Numbers, Segment, distinct, ranges

# What is kept in a process. A term that stands in 5,000 documents takes 40 kB.
CACHE_BYTES = 12 << 20
# One entry over this is used and forgotten: it would push out everything else.
_MAX_ENTRY_BYTES = 1 << 20
_OVERHEAD_BYTES = 500  # of an entry's objects


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the analysis: all words that stand for it, with their weights."""

    term: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """All words that begin so, normalised."""

    prefix: str


@dataclass(frozen=True, slots=True)
class Exact:
    """A word in all its written forms, normalised."""

    word: str


@dataclass(frozen=True, slots=True)
class Word:
    """One written form (an entry of `lexicon`)."""

    entry: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Normalised words that follow one another."""

    words: tuple[str, ...]


Source = Term | Prefix | Exact | Word | Phrase
# What a query asks for: for each concept all that stands for it, with what each is worth to a score.
Worth = Sequence[Sequence[tuple[Source, float]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Postings:
    """The documents that hold a source, ascending, and how often, in `WEIGHT_UNIT`s of a word."""

    documents: NDArray[np.int32]
    weights: NDArray[np.int32]

    @property
    def nbytes(self) -> int:
        return self.documents.nbytes + self.weights.nbytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Places of a source and the weight of each in `WEIGHT_UNIT`s; those of a phrase ascend."""

    places: NDArray[np.uint32]
    weights: NDArray[np.uint16]

    @property
    def nbytes(self) -> int:
        return self.places.nbytes + self.weights.nbytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of a source, ascending, and the weight of each in `WEIGHT_UNIT`s."""

    words: Numbers
    factors: NDArray[np.uint16]

    @property
    def nbytes(self) -> int:
        return self.words.nbytes + self.factors.nbytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Places of several sources: of each its weight in `WEIGHT_UNIT`s, and the number of the source."""

    places: NDArray[np.int64]
    weights: NDArray[np.uint16]
    sources: NDArray[np.uint16]


_NOWHERE = Places(places=np.zeros(0, np.uint32), weights=np.zeros(0, np.uint16))
_NOTHING = Postings(documents=np.zeros(0, np.int32), weights=np.zeros(0, np.int32))
_Kept = TypeVar("_Kept", Postings, Places, Words)


class PostingsReader:
    """Looks sources up in segments. One object serves all threads."""

    def __init__(self, cache_bytes: int = CACHE_BYTES) -> None:
        self._limit = cache_bytes
        self._kept: OrderedDict[tuple[str, Source, type], tuple[Postings | Places | Words, int]] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    @property
    def nbytes(self) -> int:
        return self._size

    def postings(self, segment: Segment, source: Source) -> Postings:
        return self._cached(segment, source, Postings, self._postings)

    def places(self, segment: Segment, sources: Sequence[Source], documents: NDArray[np.int64]) -> Found:
        """The places of several sources in these documents (ascending), as if their texts were the only ones."""
        starts = segment.text_starts[documents].astype(np.int64)
        ends = segment.text_starts[documents + 1].astype(np.int64)
        moved = np.cumsum(ends - starts) - ends  # from a place in the segment to one in these texts
        places: list[NDArray[np.int64]] = [np.zeros(0, np.int64)]
        weights: list[NDArray[np.uint16]] = [_NOWHERE.weights]
        owners: list[NDArray[np.uint16]] = [np.zeros(0, np.uint16)]
        words: list[Numbers] = []
        factors: list[NDArray[np.uint16]] = []
        asking: list[int] = []
        for number, source in enumerate(sources):
            if isinstance(source, Phrase):
                there = self._cached(segment, source, Places, _phrase)
                first, last = np.searchsorted(there.places, starts), np.searchsorted(there.places, ends)
                chosen = ranges(first, last)
                places.append(there.places[chosen].astype(np.int64) + np.repeat(moved, last - first))
                weights.append(there.weights[chosen])
                owners.append(np.full(len(chosen), number, np.uint16))
            else:
                own = self._cached(segment, source, Words, _words_kept)
                words.append(own.words)
                factors.append(own.factors)
                asking.append(number)
        if words:
            asked_by = np.repeat(np.array(asking, np.uint16), [len(own) for own in words])
            at, entries = _in_texts(segment, np.concatenate(words), documents)
            places.append(at)
            weights.append(np.concatenate(factors)[entries])
            owners.append(asked_by[entries])
        return Found(places=np.concatenate(places), weights=np.concatenate(weights), sources=np.concatenate(owners))

    def forget_all_but(self, uids: Container[str]) -> None:
        """Let go of the segments that are no longer read."""
        with self._lock:
            for key in [key for key in self._kept if key[0] not in uids]:
                self._size -= self._kept.pop(key)[1]

    def _cached(
        self, segment: Segment, source: Source, kind: type[_Kept], look_up: Callable[[Segment, Any], _Kept]
    ) -> _Kept:
        key = (segment.uid, source, kind)
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
                found = kept[0]
                assert isinstance(found, kind)  # noqa: S101 - the key holds the kind
                return found
        # Without the lock: two threads may look the same thing up, and both find the same.
        result = look_up(segment, source)
        size = result.nbytes + _OVERHEAD_BYTES
        if size <= min(_MAX_ENTRY_BYTES, self._limit):
            with self._lock:
                if key not in self._kept:
                    self._kept[key] = (result, size)
                    self._size += size
                while self._size > self._limit:
                    self._size -= self._kept.popitem(last=False)[1][1]
        return result

    def _postings(self, segment: Segment, source: Source) -> Postings:
        if not isinstance(source, Phrase):
            return look_up(segment, source)
        places = self._cached(segment, source, Places, _phrase)
        return _summed(_owners(segment, places.places), places.weights)


def look_up(segment: Segment, source: Term | Prefix | Exact | Word) -> Postings:
    """A source's postings."""
    words, factors = _words(segment, source)
    if not len(words):
        return _NOTHING
    documents, weights, counts = segment.postings(words)
    if len(words) == 1:
        return Postings(documents=documents.astype(np.int32), weights=weights * np.int32(factors[0]))
    return _summed(documents, weights * np.repeat(factors.astype(np.float64), counts))


def look_up_places(segment: Segment, source: Term | Prefix | Exact | Word) -> Places:
    """All places of a source, ascending."""
    words, factors = _words(segment, source)
    places, counts = segment.places(words)
    weights = np.repeat(factors, counts)
    if len(words) > 1:
        # A merge of ordered runs: a quarter of the time of numpy's own choice.
        order = np.argsort(places, kind="stable")
        places, weights = places[order], weights[order]
    return Places(places=places, weights=weights)


def _words_kept(segment: Segment, source: Term | Prefix | Exact | Word) -> Words:
    words, factors = _words(segment, source)
    return Words(words=words, factors=factors)


def _words(segment: Segment, source: Term | Prefix | Exact | Word) -> tuple[NDArray[np.uint32], NDArray[np.uint16]]:
    """The words of a source, ascending, and the weight of each."""
    if isinstance(source, Term):
        return segment.words_of_term(source.term)
    if isinstance(source, Prefix):
        first, last = segment.lexicon.beginning_with(source.prefix)
    elif isinstance(source, Word):
        number = segment.lexicon.find(source.entry)
        first, last = (0, 0) if number is None else (number, number + 1)
    else:
        first, last = segment.lexicon.forms_of(source.word)
    return np.arange(first, last, dtype=np.uint32), np.full(last - first, WEIGHT_UNIT, np.uint16)


def _phrase(segment: Segment, phrase: Phrase) -> Places:
    """The places of all words of a phrase's occurrences. The rarest word is looked at first."""
    bounds = [segment.lexicon.forms_of(word) for word in phrase.words]
    sizes = [int(segment.place_starts[last]) - int(segment.place_starts[first]) for first, last in bounds]
    if not all(sizes):
        return _NOWHERE
    starts: NDArray[np.int64] | None = None
    for at in sorted(range(len(sizes)), key=sizes.__getitem__):
        there = look_up_places(segment, Exact(phrase.words[at])).places
        if starts is None:
            starts = there.astype(np.int64) - at
        else:
            # Of one type with the places: else all of them are converted first.
            wanted = (starts + at).astype(np.uint32)
            found = np.searchsorted(there, wanted)
            found[found == len(there)] = 0
            starts = starts[there[found] == wanted]
        starts = starts[starts >= 0]
        if not len(starts):
            return _NOWHERE
    assert starts is not None  # noqa: S101 - a phrase has words
    # A phrase runs on over pages, but not from one document into the next.
    last_words = starts + len(phrase.words) - 1
    starts = starts[_owners(segment, starts) == _owners(segment, last_words)]
    places = distinct((starts[:, None] + np.arange(len(phrase.words))).reshape(-1)).astype(np.uint32)
    # Together the words of an occurrence weigh as much as one word.
    return Places(places=places, weights=np.full(len(places), WEIGHT_UNIT // len(phrase.words), np.uint16))


def _in_texts(
    segment: Segment, words: Numbers, documents: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where any of the words stand in the texts of these documents, and which of the words: its index in `words`.

    A word that was given twice, for two sources, is found twice.
    """
    low, high = segment.texts(documents)
    order = np.argsort(words, kind="stable")
    wanted = words[order]
    # One look in a small table for each word of a text; the few that pass are compared in full.
    passing = np.zeros(1 << 16, np.bool_)
    passing[wanted & np.uint32(0xFFFF)] = True
    at = np.flatnonzero(passing.take(low))
    found = low[at] | (high[at].astype(np.uint32) << np.uint32(16))
    first, last = np.searchsorted(wanted, found), np.searchsorted(wanted, found, side="right")
    return np.repeat(at, last - first), order[ranges(first, last)]


def _owners(segment: Segment, places: NDArray[np.int64] | NDArray[np.uint32]) -> NDArray[np.int64]:
    """The document of each place."""
    owners: NDArray[np.int64] = np.searchsorted(segment.text_starts, places, side="right") - 1
    return owners


def _summed(documents: NDArray[np.uint16] | NDArray[np.int64], weights: NDArray[Any]) -> Postings:
    """Weights added up by document. They are whole numbers, so that their order plays no part."""
    summed = np.bincount(documents, weights)
    found = np.flatnonzero(summed)
    return Postings(documents=found.astype(np.int32), weights=summed[found].astype(np.int32))
