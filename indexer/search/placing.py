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
from indexer.search.ranking import PAGE_SHARE, PASSAGE_WORDS, STEP_WORDS, Blocks, Floats, Occurrences
from indexer.search.segment import Segment, distinct
from indexer.search.snapshot import Snapshot, View

PLACES_SHOWN = 3
# What is worth less than this part of its concept's best changes no order of passages: a faint translation.
_FAINT = 0.1
# A page of fewer words is a title page, a divider or a running foot, and has little to read: where its deliverable has
# more to show, that goes first. Slides are all alike short.
_PAGE_WORDS = 60
# A title page, contents or a list of sources names what stands elsewhere: it is shown where nothing else matches well.
_ASIDE = 0.1


class Placing:
    """Where the words of a query stand in some deliverables: looked up once, for their order and for what is shown."""

    def __init__(self, view: View, documents: NDArray[np.int64], worth: Worth, postings: PostingsReader) -> None:
        self._view = view
        self._documents = documents
        self._worth = worth
        self._postings = postings
        self._texts = _Texts(view.snapshot, documents)
        self._found = self._texts.occurrences([_weighty(one) for one in worth], postings)

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
        parts = [self._texts.parts(row) for row in rows.tolist()]
        found = _places(parts, [[self._texts.only(rows, one) for one in concept] for concept in self._found])
        # Where nothing else matches a faint translation did.
        empty = [row for row, (places, _) in enumerate(found) if not places]
        if empty:
            texts, all_rows = _Texts(self._view.snapshot, documents[empty]), np.arange(len(empty))
            faint = [
                [texts.only(all_rows, found) for found in concept]
                for concept in texts.occurrences(self._worth, self._postings)
            ]
            for row, spot in zip(empty, _places([parts[row] for row in empty], faint), strict=True):
                found[row] = spot
        return found


def _places(parts: list[_Parts], found: list[list[Occurrences]]) -> list[tuple[tuple[Place, ...], int]]:
    lengths = np.concatenate([np.zeros(0, np.int64), *(own.lengths for own in parts)])
    blocks = Blocks(lengths)
    scores, held = blocks.passages(found)
    # A page says more when what is asked for stands all over it, and much more when more of it is asked for at once.
    best = blocks.best(scores) + PAGE_SHARE * blocks.wholes(found, _usual(parts))
    best *= blocks.best(held) * np.sqrt(np.minimum(lengths / _PAGE_WORDS, 1.0))
    best[np.concatenate([np.zeros(0, np.bool_), *(own.asides for own in parts)])] *= _ASIDE
    everywhere = distinct(
        np.concatenate([np.zeros(0, np.int64), *(one.places for concept in found for one in concept)])
    )
    result: list[tuple[tuple[Place, ...], int]] = []
    first = 0
    for count in (len(own.lengths) for own in parts):
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


def _usual(parts: list[_Parts]) -> Floats:
    """For each page or section how long those of its deliverable are on average."""
    means = [max(float(own.lengths.sum()) / max(len(own.lengths), 1), 1.0) for own in parts]
    return np.repeat(np.array(means, np.float64), [len(own.lengths) for own in parts])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """The pages or sections of a text: how many words each has, and whether it only leads to the others."""

    lengths: NDArray[np.int64]
    asides: NDArray[np.bool_]


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
                self.lengths[rows] = part.segment.text_starts[own + 1] - part.segment.text_starts[own]
                self._groups.append(_Group(segment=part.segment, rows=rows, documents=own))
        self._offsets = np.cumsum(self.lengths) - self.lengths

    def parts(self, row: int) -> _Parts:
        """A text's pages or sections."""
        segment, document = self._home[row]
        bounds = segment.part_bounds(document).astype(np.int64)
        return _Parts(lengths=bounds[1:] - bounds[:-1], asides=segment.part_asides(document))

    def occurrences(self, worth: Worth, postings: PostingsReader) -> list[list[Occurrences]]:
        """Where all sources of each concept stand in these texts, and how often in title and record."""
        sources = list(dict.fromkeys(source for concept in worth for source, _ in concept))
        places: list[NDArray[np.int64]] = [np.zeros(0, np.int64)]
        weights: list[NDArray[np.uint16]] = [np.zeros(0, np.uint16)]
        owners: list[NDArray[np.uint16]] = [np.zeros(0, np.uint16)]
        beside = np.zeros((len(sources), len(self.lengths)))
        for group in self._groups:
            whole = [_weights_in(postings.postings(group.segment, source), group.documents) for source in sources]
            here = np.array([number for number, counts in enumerate(whole) if counts.any()], np.uint16)
            if not len(here):
                continue
            there = postings.places(group.segment, [sources[number] for number in here.tolist()], group.documents)
            lengths = self.lengths[group.rows]
            first = np.cumsum(lengths) - lengths
            texts = np.searchsorted(first, there.places, side="right") - 1
            places.append(there.places + (self._offsets[group.rows] - first)[texts])
            weights.append(there.weights)
            owners.append(here[there.sources])
            cells = here.size * len(group.rows)
            within = np.bincount(there.sources * np.int64(len(group.rows)) + texts, there.weights, minlength=cells)
            beside[here[:, None], group.rows] = np.stack([whole[number] for number in here]) - within.reshape(
                len(here), -1
            )
        # A frequency is kept up to a bound; beyond it there is nothing beside.
        beside = np.maximum(beside, 0.0) / WEIGHT_UNIT
        owner = np.concatenate(owners)
        order = np.argsort(owner, kind="stable")
        bounds = np.searchsorted(owner[order], np.arange(len(sources) + 1))
        every_place, every_weight = np.concatenate(places)[order], np.concatenate(weights)[order] / WEIGHT_UNIT
        number_of = {source: number for number, source in enumerate(sources)}

        def of(source: Source, factor: float) -> Occurrences:
            number = number_of[source]
            own = slice(bounds[number], bounds[number + 1])
            return Occurrences(places=every_place[own], weights=every_weight[own], factor=factor, beside=beside[number])

        return [[of(source, factor) for source, factor in concept] for concept in worth]

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
    """The texts that lie in one segment: their rows among all, their documents there (ascending)."""

    segment: Segment
    rows: NDArray[np.int64]
    documents: NDArray[np.int64]


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
