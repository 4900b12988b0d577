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
from indexer.search.segment import Segment, ranges

# What is kept in a process. A term that stands in 5,000 documents takes 40 kB.
CACHE_BYTES = 16 << 20
# One entry over this is used and forgotten: it would push out everything else.
_MAX_ENTRY_BYTES = 1 << 20
_OVERHEAD_BYTES = 500  # of an entry's objects
# A word with so many places is looked through by halving; rarer ones are all looked at together.
_MANY_PLACES = 512


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


_NOWHERE = Places(places=np.zeros(0, np.uint32), weights=np.zeros(0, np.uint16))
_Found = TypeVar("_Found", Postings, Places)


class PostingsReader:
    """Looks sources up in segments. One object serves all threads."""

    def __init__(self, cache_bytes: int = CACHE_BYTES) -> None:
        self._limit = cache_bytes
        self._kept: OrderedDict[tuple[str, Source, type], tuple[Postings | Places, int]] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    @property
    def nbytes(self) -> int:
        return self._size

    def postings(self, segment: Segment, source: Source) -> Postings:
        return self._cached(segment, source, Postings, self._postings)

    def places(self, segment: Segment, source: Source, documents: NDArray[np.int64]) -> Places:
        """The places of a source in these documents (ascending)."""
        if isinstance(source, Phrase):
            return _within(segment, self._cached(segment, source, Places, _phrase), documents)
        words, factors = _words(segment, source)
        if len(words) > 1:
            words, factors = _in_any(segment, words, factors, documents)
        many = segment.place_counts(words) >= _MANY_PLACES
        bounds = segment.text_starts[documents], segment.text_starts[documents + 1]
        places: list[NDArray[np.uint32]] = []
        weights: list[NDArray[np.uint16]] = []
        for word, factor in zip(words[many].tolist(), factors[many], strict=True):
            there = segment.places_of(word)
            found = there[ranges(np.searchsorted(there, bounds[0]), np.searchsorted(there, bounds[1]))]
            places.append(found)
            weights.append(np.full(len(found), factor, np.uint16))
        if not many.all():
            there, counts = segment.places(words[~many])
            owners = np.searchsorted(bounds[0], there, side="right") - 1
            inside = np.flatnonzero((owners >= 0) & (there < bounds[1][owners]))
            places.append(there[inside])
            weights.append(np.repeat(factors[~many], counts)[inside])
        if not places:
            return _NOWHERE
        return Places(places=np.concatenate(places), weights=np.concatenate(weights))

    def forget_all_but(self, uids: Container[str]) -> None:
        """Let go of the segments that are no longer read."""
        with self._lock:
            for key in [key for key in self._kept if key[0] not in uids]:
                self._size -= self._kept.pop(key)[1]

    def _cached(
        self, segment: Segment, source: Source, kind: type[_Found], look_up: Callable[[Segment, Any], _Found]
    ) -> _Found:
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
    places = np.unique((starts[:, None] + np.arange(len(phrase.words))).reshape(-1)).astype(np.uint32)
    # Together the words of an occurrence weigh as much as one word.
    return Places(places=places, weights=np.full(len(places), WEIGHT_UNIT // len(phrase.words), np.uint16))


def _in_any(
    segment: Segment, words: NDArray[np.uint32], factors: NDArray[np.uint16], documents: NDArray[np.int64]
) -> tuple[NDArray[np.uint32], NDArray[np.uint16]]:
    """The words that stand in any of these documents: of a part's hundred compounds only some do."""
    wanted = np.zeros(len(segment), np.bool_)
    wanted[documents] = True
    there, _, counts = segment.postings(words)
    hits = np.bincount(np.repeat(np.arange(len(words)), counts)[wanted[there]], minlength=len(words)) > 0
    return words[hits], factors[hits]


def _within(segment: Segment, there: Places, documents: NDArray[np.int64]) -> Places:
    """Of places that ascend those in these documents."""
    first = np.searchsorted(there.places, segment.text_starts[documents])
    last = np.searchsorted(there.places, segment.text_starts[documents + 1])
    chosen = ranges(first, last)
    return Places(places=there.places[chosen], weights=there.weights[chosen])


def _owners(segment: Segment, places: NDArray[np.int64] | NDArray[np.uint32]) -> NDArray[np.int64]:
    """The document of each place."""
    owners: NDArray[np.int64] = np.searchsorted(segment.text_starts, places, side="right") - 1
    return owners


def _summed(documents: NDArray[np.uint16] | NDArray[np.int64], weights: NDArray[Any]) -> Postings:
    """Weights added up by document. They are whole numbers, so that their order plays no part."""
    summed = np.bincount(documents, weights)
    found = np.flatnonzero(summed)
    return Postings(documents=found.astype(np.int32), weights=summed[found].astype(np.int32))
