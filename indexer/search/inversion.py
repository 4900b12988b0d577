"""Turn deliverables into a segment of the index: which word stands where.

All words of a segment's deliverables are numbered through ("places"), so that one sort of (word, place) pairs inverts
them: some ten times as fast as a Python object for each posting. A segment knows written words only. What terms they
stand for is a table beside them (term → words), so that phrases, prefixes and suggestions are exact, and a word is
analysed once a segment however often it stands there. Pure: arrays in, arrays out.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archive.model import Audience
from indexer.search.engine import FACETS, IndexDocument
from indexer.search.lexicon import SortedWords, entry_of, form_of, normal_of, pack
from indexer.search.stop_words import STOP_WORDS
from indexer.search.words import forms

# Of these tables; raise it whenever the same deliverables give other bytes.
FORMAT_VERSION = 3
# A word of the title counts as often as this; what the record says counts once.
TITLE_WEIGHT = 4
# A text's first words say what it is about (a title page, a summary) and count twice. On the development sets 40 give
# +.046 nDCG@10 where no title is known and +.010 where it is; 20 and 80 give less.
LEAD_WORDS = 40
# Weights are whole numbers of this part of a word: they add up to the same in whatever order.
WEIGHT_UNIT = 1000
# What `similar` starts from: a deliverable's own most frequent words of some length.
FREQUENT_WORDS = 100
_FREQUENT_MIN_CHARS = 4
# Documents and weights are kept in 16 bits.
MAX_DOCUMENTS = 1 << 16
# In a text, numbers of words in 24; a segment has some 100,000 of them.
MAX_WORDS = 1 << 24
_MAX_WEIGHT = (1 << 16) - 1

# The columns of a deliverable that hold values with an audience each.
VALUE_COLUMNS: tuple[str, ...] = (*FACETS, "author")

Analyse = Callable[[str], Sequence[tuple[str, float]]]
Array = NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A segment to be written: its tables, and for each word its postings and its places.

    `postings` holds (document, weight) pairs, by word and then by document; `places` the numbers of the words in the
    running text of all deliverables together, by word. `texts` is that running text itself: of each deliverable the low
    16 bits of the numbers of all its words, then the next 8 of all.
    """

    documents: int
    words: int  # running words of the text
    arrays: Mapping[str, Array]
    facts: Mapping[str, Any]
    postings: NDArray[np.uint16]
    places: NDArray[np.uint32]
    texts: Sequence[bytes]


@dataclass(slots=True)
class _Rows:
    """The columns of the deliverables, a row each."""

    keys: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    audience: list[int] = field(default_factory=list)
    unless: list[int] = field(default_factory=list)
    values: dict[str, list[list[int]]] = field(default_factory=lambda: {name: [] for name in VALUE_COLUMNS})
    parts: list[list[int]] = field(default_factory=list)  # words in each part
    asides: list[list[bool]] = field(default_factory=list)  # whether each part only leads to the text


class _Numbers(dict[Any, int]):
    """Gives a thing that it has not seen the next number."""

    def __missing__(self, key: Any) -> int:
        number = self[key] = len(self)
        return number


class SegmentBuilder:
    """Collects deliverables until they are built into a segment."""

    def __init__(self, analyse: Analyse) -> None:
        self._analyse = analyse
        self._forms: defaultdict[str, int] = defaultdict()
        self._forms.default_factory = self._forms.__len__
        self._rows = _Rows()
        self._audiences = _Numbers()
        self._values: dict[str, _Numbers] = {name: _Numbers() for name in VALUE_COLUMNS}
        self._text: list[NDArray[np.uint32]] = []  # the text's words, a deliverable each
        self._beside: list[tuple[NDArray[np.uint32], NDArray[np.uint16]]] = []  # words without a place, their weights
        self.words = 0

    @property
    def documents(self) -> int:
        return len(self._rows.keys)

    def add(self, document: IndexDocument) -> int:
        """Take a deliverable; return its number in the segment. All or nothing: a fault leaves nothing behind."""
        text: list[str] = []
        parts: list[int] = []
        for part in document.parts:
            found = forms(part)
            parts.append(len(found))
            text += found
        title = forms(document.title)
        beside = forms(document.record_text) + text[:LEAD_WORDS]
        values: dict[str, Sequence[tuple[str, Audience]]] = dict(document.values.items())
        values["author"] = document.authors
        numbered = {
            name: [self._values[name][value, self._audience(audience)] for value, audience in values.get(name, ())]
            for name in VALUE_COLUMNS
        }
        weights = np.ones(len(title) + len(beside), np.uint16)
        weights[: len(title)] = TITLE_WEIGHT
        self._append(
            key=document.key,
            id=document.id,
            title=document.title,
            date=document.date,
            audience=self._audience(document.audience),
            unless=self._audience(document.unless),
            values=numbered,
            parts=parts,
            asides=[number in document.asides for number in range(1, len(parts) + 1)],
            text=self._numbered(text),
            beside=(self._numbered(title + beside), weights),
        )
        return self.documents - 1

    def add_segment(self, segment: Any, alive: NDArray[np.bool_]) -> None:
        """Take over the living deliverables of a segment that was built before (a `segment.Segment`)."""
        numbers = self._numbered([form_of(entry) for entry in segment.lexicon.words()])
        text, beside = _running(segment)
        rows = segment.documents
        for document in np.flatnonzero(alive).tolist():
            start, end = segment.text_bounds(document)
            own = slice(*np.searchsorted(beside[0], (document, document + 1)))
            self._append(
                key=rows.keys[document],
                id=rows.ids[document],
                title=rows.titles[document],
                date=rows.dates[document],
                audience=self._audience(rows.audiences[rows.audience[document]]),
                unless=self._audience(rows.audiences[rows.unless[document]]),
                values={
                    name: [
                        self._values[name][value, self._audience(rows.audiences[audience])]
                        for value, audience in rows.values_of(name, document)
                    ]
                    for name in VALUE_COLUMNS
                },
                parts=np.diff(segment.part_bounds(document)).tolist(),
                asides=segment.part_asides(document).tolist(),
                text=numbers[text[start:end]],
                beside=(numbers[beside[1][own]], beside[2][own]),
            )

    def build(self) -> Built:
        """The segment of all that was taken."""
        entries = [entry_of(form) for form in self._forms]
        ordered = sorted(set(entries), key=lambda entry: entry.encode("utf-8", "surrogatepass"))
        number_of = {entry: number for number, entry in enumerate(ordered)}
        renumber = np.fromiter((number_of[entry] for entry in entries), np.uint32, len(entries))
        del entries, number_of
        blob, starts = pack(ordered)
        words = [renumber[text] for text in self._text]
        beside = [(renumber[numbers], weights) for numbers, weights in self._beside]
        text_starts = np.zeros(len(words) + 1, np.uint32)
        np.cumsum([len(text) for text in words], out=text_starts[1:])
        places, place_starts, postings, posting_starts = _invert(words, beside, text_starts, len(ordered))
        arrays: dict[str, Array] = {
            "word.blob": blob,
            "word.starts": starts,
            "word.postings": posting_starts,
            "word.places": place_starts,
            "text.starts": text_starts,
            **_terms(ordered, self._analyse),
            **_frequent(ordered, postings, posting_starts, self.documents),
            **self._columns(words, beside),
        }
        rows = self._rows
        facts = {
            "keys": rows.keys,
            "ids": rows.ids,
            "titles": rows.titles,
            "dates": rows.dates,
            "audiences": [audience_to_json(audience) for audience in self._audiences],
            "values": {name: list(self._values[name]) for name in VALUE_COLUMNS},
            "checksum": zlib.crc32(postings.data),
        }
        return Built(
            documents=self.documents,
            words=self.words,
            arrays=arrays,
            facts=facts,
            postings=postings,
            places=places,
            texts=[_packed(text) for text in words],
        )

    def _append(
        self,
        *,
        key: str,
        id: str,
        title: str,
        date: str,
        audience: int,
        unless: int,
        values: Mapping[str, list[int]],
        parts: list[int],
        asides: list[bool],
        text: NDArray[np.uint32],
        beside: tuple[NDArray[np.uint32], NDArray[np.uint16]],
    ) -> None:
        rows = self._rows
        rows.keys.append(key)
        rows.ids.append(id)
        rows.titles.append(title)
        rows.dates.append(date)
        rows.audience.append(audience)
        rows.unless.append(unless)
        for name in VALUE_COLUMNS:
            rows.values[name].append(sorted(set(values[name])))
        rows.parts.append(parts)
        rows.asides.append(asides)
        self._text.append(text)
        self._beside.append(beside)
        self.words += len(text)

    def _numbered(self, found: list[str]) -> NDArray[np.uint32]:
        return np.fromiter(map(self._forms.__getitem__, found), np.uint32, len(found))

    def _audience(self, audience: Audience) -> int:
        return self._audiences[audience]

    def _columns(
        self, words: Sequence[NDArray[np.uint32]], beside: Sequence[tuple[NDArray[np.uint32], NDArray[np.uint16]]]
    ) -> dict[str, Array]:
        rows = self._rows
        part_counts = [len(parts) for parts in rows.parts]
        # Bounds of the parts as places: the first of each, and where the last one ends.
        in_order = np.fromiter((length for parts in rows.parts for length in parts), np.uint32, sum(part_counts))
        columns: dict[str, Array] = {
            "document.audience": np.array(rows.audience, np.uint32),
            "document.unless": np.array(rows.unless, np.uint32),
            "document.length": np.array(
                [
                    len(text) + int(weights.sum(dtype=np.uint32))
                    for text, (_, weights) in zip(words, beside, strict=True)
                ],
                np.uint32,
            ),
            "document.parts": _starts(part_counts),
            "part.starts": _starts(in_order),
            "part.asides": np.array([aside for asides in rows.asides for aside in asides], np.uint8),
        }
        for name in VALUE_COLUMNS:
            columns[f"{name}.starts"] = _starts([len(numbers) for numbers in rows.values[name]])
            columns[f"{name}.numbers"] = np.array([n for numbers in rows.values[name] for n in numbers], np.uint32)
        return columns


def audience_to_json(audience: Audience) -> list[list[str | None]]:
    return sorted(
        ([token, start.isoformat() if start else None] for token, start in audience),
        key=lambda grant: (grant[0], grant[1] or ""),
    )


def audience_from_json(grants: Sequence[Sequence[str | None]]) -> Audience:
    return frozenset((str(token), date.fromisoformat(start) if start else None) for token, start in grants)


def _packed(text: NDArray[np.uint32]) -> bytes:
    """The numbers of a text's words: their low 16 bits, then the next 8 (see `Segment.texts`)."""
    kept = np.minimum(text, MAX_WORDS - 1)
    return kept.astype("<u2").tobytes() + (kept >> np.uint32(16)).astype(np.uint8).tobytes()


def _starts(counts: Sequence[int] | Array) -> NDArray[np.uint32]:
    """Where each run begins, and where the last one ends.

    >>> _starts([2, 0, 3]).tolist()
    [0, 2, 2, 5]
    """
    starts = np.zeros(len(counts) + 1, np.uint32)
    np.cumsum(counts, out=starts[1:])
    return starts


def _invert(
    words: Sequence[NDArray[np.uint32]],
    beside: Sequence[tuple[NDArray[np.uint32], NDArray[np.uint16]]],
    text_starts: NDArray[np.uint32],
    vocabulary: int,
) -> tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.uint16], NDArray[np.uint32]]:
    """Places by word with their starts, postings by word with theirs."""
    running = np.concatenate(words) if words else np.zeros(0, np.uint32)
    place_starts = _starts(np.bincount(running, minlength=vocabulary))
    # Word in the high half, place in the low one: one sort of plain integers, in place.
    pairs = running.astype(np.uint64)
    del running
    pairs <<= np.uint64(32)
    np.bitwise_or(pairs, np.arange(len(pairs), dtype=np.uint32), out=pairs)
    pairs.sort()
    places = pairs.astype(np.uint32)
    pairs >>= np.uint64(32)
    pairs <<= np.uint64(16)
    owner_of_place = np.repeat(np.arange(len(words), dtype=np.uint16), np.diff(text_starts))
    np.bitwise_or(pairs, owner_of_place[places], out=pairs)
    del owner_of_place
    owners, weights = _counted(pairs)
    del pairs
    numbers = [found for found, _ in beside]
    documents = np.repeat(np.arange(len(numbers), dtype=np.uint64), [len(found) for found in numbers])
    if len(documents):
        extra = np.concatenate(numbers).astype(np.uint64) << np.uint64(16) | documents
        owners = np.concatenate([owners, extra])
        weights = np.concatenate([weights, np.concatenate([found for _, found in beside]).astype(np.uint32)])
        order = np.argsort(owners, kind="stable")
        owners, weights = owners[order], weights[order]
        firsts = np.flatnonzero(np.concatenate(([True], owners[1:] != owners[:-1])))
        weights = np.add.reduceat(weights, firsts)
        owners = owners[firsts]
    postings = np.empty((len(owners), 2), np.uint16)
    postings[:, 0] = owners & np.uint64(0xFFFF)
    postings[:, 1] = np.minimum(weights, _MAX_WEIGHT)
    posting_starts = _starts(np.bincount((owners >> np.uint64(16)).astype(np.int64), minlength=vocabulary))
    return places, place_starts, postings.reshape(-1), posting_starts


def _counted(ordered: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
    """The distinct values of an ordered array, and how often each stands there."""
    if not len(ordered):
        return ordered, np.zeros(0, np.uint32)
    firsts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    counts = np.diff(np.append(firsts, len(ordered))).astype(np.uint32)
    return ordered[firsts], counts


def _terms(entries: Sequence[str], analyse: Analyse) -> dict[str, Array]:
    """For each term the words that stand for it, with the weight of each."""
    terms = _Numbers()
    term_of: list[int] = []
    word_of: list[int] = []
    weight_of: list[float] = []
    for word, entry in enumerate(entries):
        for term, weight in analyse(form_of(entry)):
            term_of.append(terms[term])
            word_of.append(word)
            weight_of.append(weight)
    ordered = sorted(terms, key=lambda term: term.encode("utf-8", "surrogatepass"))
    rank = np.empty(len(ordered), np.uint32)
    rank[np.fromiter((terms[term] for term in ordered), np.uint32, len(ordered))] = np.arange(len(ordered))
    ranks = rank[np.array(term_of, np.uint32)]
    order = np.argsort(ranks, kind="stable")
    blob, starts = pack(ordered)
    return {
        "term.blob": blob,
        "term.starts": starts,
        "term.first": _starts(np.bincount(ranks, minlength=len(ordered))),
        "term.words": np.array(word_of, np.uint32)[order],
        "term.weights": np.round(np.array(weight_of)[order] * WEIGHT_UNIT).astype(np.uint16),
    }


def _frequent(
    entries: Sequence[str], postings: NDArray[np.uint16], posting_starts: NDArray[np.uint32], documents: int
) -> dict[str, Array]:
    """Each deliverable's most frequent words of some length; among equals the first in the alphabet."""
    wanted = np.fromiter(map(_says_something, entries), np.bool_, len(entries))
    words = np.repeat(np.arange(len(entries), dtype=np.uint32), np.diff(posting_starts))
    kept = wanted[words] if len(entries) else np.zeros(0, np.bool_)
    words, documents_of, weights = words[kept], postings[0::2][kept], postings[1::2][kept]
    order = np.lexsort((words, -weights.astype(np.int32), documents_of))
    words, documents_of, weights = words[order], documents_of[order], weights[order]
    counts = np.bincount(documents_of, minlength=documents)
    rank = np.arange(len(words)) - np.repeat(np.cumsum(counts) - counts, counts)
    first = rank < FREQUENT_WORDS
    return {
        "frequent.starts": _starts(np.minimum(counts, FREQUENT_WORDS)),
        "frequent.words": words[first],
        "frequent.weights": weights[first].astype(np.uint32),
    }


def _says_something(entry: str) -> bool:
    word = normal_of(entry)
    return len(word) >= _FREQUENT_MIN_CHARS and not word.isdecimal() and word not in STOP_WORDS


def _running(
    segment: Any,
) -> tuple[NDArray[np.uint32], tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.uint16]]]:
    """A segment's text as word numbers in reading order; and what has no place: document, word, weight."""
    lexicon: SortedWords = segment.lexicon
    word_numbers = np.arange(len(lexicon), dtype=np.uint32)
    places = segment.all_places()
    text = np.empty(len(places), np.uint32)
    words_of_places = np.repeat(word_numbers, np.diff(segment.place_starts))
    text[places] = words_of_places
    documents = np.searchsorted(segment.text_starts, places, side="right").astype(np.uint64) - np.uint64(1)
    in_text, counts = _counted(words_of_places.astype(np.uint64) << np.uint64(16) | documents)
    postings = segment.all_postings()
    words = np.repeat(word_numbers, np.diff(segment.posting_starts))
    owners = words.astype(np.uint64) << np.uint64(16) | postings[0::2]
    weights = postings[1::2].astype(np.int64)
    weights[np.searchsorted(owners, in_text)] -= counts
    left = np.flatnonzero(weights > 0)
    left = left[np.argsort(postings[0::2][left], kind="stable")]
    return text, (postings[0::2][left].astype(np.uint32), words[left], weights[left].astype(np.uint16))
