"""Where in the first deliverables the words of a query stand: the best passage of each, and the pages to show.

The second of the two steps of ranking; costs nothing for deliverables that are not among the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.search.engine import Place
from indexer.search.inversion import WEIGHT_UNIT
from indexer.search.postings import Postings, PostingsReader, Source, Worth
from indexer.search.ranking import PASSAGE_WORDS, STEP_WORDS, Blocks, Floats, Occurrences
from indexer.search.segment import Segment
from indexer.search.snapshot import Snapshot, View

PLACES_SHOWN = 3
# What is worth less than this part of its concept's best changes no order of passages: a faint translation.
_FAINT = 0.1
# A page of fewer words is a title page, a divider or a running foot, and has little to read: where its deliverable has
# more to show, that goes first. Slides are all alike short.
_PAGE_WORDS = 60


class Placing:
    """Where the words of a query stand in some deliverables: looked up once, for their order and for what is shown."""

    def __init__(self, view: View, documents: NDArray[np.int64], worth: Worth, postings: PostingsReader) -> None:
        self._view = view
        self._documents = documents
        self._worth = worth
        self._postings = postings
        self._texts = _Texts(view.snapshot, documents)
        self._found = [
            [self._texts.occurrences(source, factor, postings) for source, factor in _weighty(one)] for one in worth
        ]

    def best_passages(self) -> tuple[Floats, NDArray[np.int16]]:
        """For each deliverable the score of its best passage, across its pages, with title and record beside it; and
        the most of the concepts that one passage holds.
        """
        lengths = self._view.snapshot.lengths[self._documents]
        blocks = Blocks(self._texts.lengths, beside=lengths - self._texts.lengths, average=self._view.average)
        scores, held = blocks.passages(self._found)
        return blocks.best(scores), blocks.best(held)

    def places(self, documents: NDArray[np.int64]) -> list[tuple[tuple[Place, ...], int]]:
        """For each of these deliverables its best pages or sections, and how many more there are with a match."""
        rank = {document: row for row, document in enumerate(self._documents.tolist())}
        if not all(document in rank for document in documents.tolist()):
            return Placing(self._view, documents, self._worth, self._postings).places(documents)
        rows = np.array([rank[document] for document in documents.tolist()], np.int64)
        parts = [self._texts.part_lengths(row) for row in rows.tolist()]
        found = _places(parts, [[self._texts.only(rows, one) for one in concept] for concept in self._found])
        # Where nothing else matches a faint translation did.
        empty = [row for row, (places, _) in enumerate(found) if not places]
        if empty:
            texts, all_rows = _Texts(self._view.snapshot, documents[empty]), np.arange(len(empty))
            faint = [
                [texts.only(all_rows, texts.occurrences(source, factor, self._postings)) for source, factor in one]
                for one in self._worth
            ]
            for row, spot in zip(empty, _places([parts[row] for row in empty], faint), strict=True):
                found[row] = spot
        return found


def _places(parts: list[NDArray[np.int64]], found: list[list[Occurrences]]) -> list[tuple[tuple[Place, ...], int]]:
    lengths = np.concatenate([np.zeros(0, np.int64), *parts])
    blocks = Blocks(lengths)
    scores, _ = blocks.passages(found)
    best = blocks.best(scores) * np.sqrt(np.minimum(lengths / _PAGE_WORDS, 1.0))
    everywhere = np.unique(
        np.concatenate([np.zeros(0, np.int64), *(one.places for concept in found for one in concept)])
    )
    result: list[tuple[tuple[Place, ...], int]] = []
    first = 0
    for count in map(len, parts):
        own = best[first : first + count]
        order = np.argsort(-own, kind="stable")
        matching = order[: int((own > 0).sum())]
        shown = tuple(
            _place(blocks, scores, everywhere, first, part, int(lengths[first + part]))
            for part in matching[:PLACES_SHOWN].tolist()
        )
        result.append((shown, len(matching) - len(shown)))
        first += count
    return result


class _Texts:
    """Some deliverables' texts, one after the other."""

    def __init__(self, snapshot: Snapshot, documents: NDArray[np.int64]) -> None:
        self.lengths = np.zeros(len(documents), np.int64)
        self._groups: list[_Group] = []
        self._home: list[tuple[Segment, int]] = [snapshot.locate(document) for document in documents.tolist()]
        for part in snapshot.parts:
            rows = np.flatnonzero((documents >= part.first) & (documents < part.first + len(part.segment)))
            if len(rows):
                # In the order of the segment, as its places are.
                rows = rows[np.argsort(documents[rows])]
                own = documents[rows] - part.first
                starts = part.segment.text_starts[own].astype(np.int64)
                self.lengths[rows] = part.segment.text_starts[own + 1] - starts
                self._groups.append(_Group(segment=part.segment, rows=rows, documents=own, starts=starts))
        self._offsets = np.cumsum(self.lengths) - self.lengths

    def part_lengths(self, row: int) -> NDArray[np.int64]:
        """The lengths of a text's pages or sections."""
        segment, document = self._home[row]
        bounds = segment.part_bounds(document).astype(np.int64)
        lengths: NDArray[np.int64] = bounds[1:] - bounds[:-1]
        return lengths

    def occurrences(self, source: Source, factor: float, postings: PostingsReader) -> Occurrences:
        """Where a source stands in these texts, and how often in title and record."""
        places: list[NDArray[np.int64]] = [np.zeros(0, np.int64)]
        weights: list[NDArray[np.uint16]] = [np.zeros(0, np.uint16)]
        beside = np.zeros(len(self.lengths))
        for group in self._groups:
            whole = _weights_in(postings.postings(group.segment, source), group.documents)
            if not whole.any():
                continue
            there = postings.places(group.segment, source, group.documents)
            found = there.places.astype(np.int64)
            texts = np.searchsorted(group.starts, found, side="right") - 1
            places.append(found + (self._offsets[group.rows] - group.starts)[texts])
            weights.append(there.weights)
            beside[group.rows] = whole - np.bincount(texts, there.weights, minlength=len(group.rows))
        return Occurrences(
            places=np.concatenate(places),
            weights=np.concatenate(weights) / WEIGHT_UNIT,
            factor=factor,
            # A frequency is kept up to a bound; beyond it there is nothing beside.
            beside=np.maximum(beside, 0.0) / WEIGHT_UNIT,
        )

    def only(self, rows: NDArray[np.int64], found: Occurrences) -> Occurrences:
        """Occurrences in some of the texts, one after the other in this order; nothing beside."""
        lengths = self.lengths[rows]
        moved = np.full(len(self.lengths), -1, np.int64)
        moved[rows] = np.cumsum(lengths) - lengths
        texts = np.searchsorted(self._offsets, found.places, side="right") - 1
        kept = moved[texts] >= 0
        texts = texts[kept]
        places = found.places[kept] - self._offsets[texts] + moved[texts]
        return Occurrences(places=places, weights=found.weights[kept], factor=found.factor)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """The texts that lie in one segment: their rows among all, their documents there, the first place of each."""

    segment: Segment
    rows: NDArray[np.int64]
    documents: NDArray[np.int64]
    starts: NDArray[np.int64]


def _weights_in(found: Postings, documents: NDArray[np.int64]) -> NDArray[np.int64]:
    """How often a source stands in each of these documents of a segment, in `WEIGHT_UNIT`s."""
    weights = np.zeros(len(documents), np.int64)
    if len(found.documents):
        at = np.minimum(np.searchsorted(found.documents, documents), len(found.documents) - 1)
        there = found.documents[at] == documents
        weights[there] = found.weights[at[there]]
    return weights


def _weighty(concept: Sequence[tuple[Source, float]]) -> list[tuple[Source, float]]:
    """Without what is too faint to change the order of passages."""
    greatest = max((factor for _, factor in concept), default=0.0)
    return [(source, factor) for source, factor in concept if factor >= _FAINT * greatest]


def _place(blocks: Blocks, scores: Floats, everywhere: NDArray[np.int64], first: int, part: int, length: int) -> Place:
    """The best passage of a part, and all matching words of the part."""
    start_block, end_block = blocks.firsts[first + part : first + part + 2].tolist()
    at = int(scores[start_block:end_block].argmax())
    origin = int(blocks.starts[first + part])
    low, high = np.searchsorted(everywhere, (origin, origin + length))
    words = (everywhere[low:high] - origin).tolist()
    start = at * STEP_WORDS
    return Place(
        part=part + 1,
        score=float(scores[start_block + at]),
        start=start,
        end=min(start + PASSAGE_WORDS, length),
        words=tuple(words),
    )
