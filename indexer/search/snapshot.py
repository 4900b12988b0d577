"""The index at one generation, as searches see it; and what one reader sees of it.

A snapshot joins the segments' columns and drops what is deleted. A view is the mask of what a reader may see, with all
that follows from it: the number of deliverables, their average length, the values of facets. Everything that a search
counts or weighs is taken over a view. Immutable; knows no disk.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from archive.access import Access
from archive.model import Audience
from indexer.search.inversion import VALUE_COLUMNS, WEIGHT_UNIT
from indexer.search.ranking import K1, PASSAGE_WORDS, B
from indexer.search.segment import Segment, distinct

Mask = NDArray[np.bool_]

# A view takes some 30 bytes a deliverable; readers with the same rights share one.
_VIEWS_KEPT = 16
_ACCESSES_KEPT = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A segment with the number of its first deliverable in the snapshot."""

    segment: Segment
    first: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of values: the rows, the number of each row's value, and the number of the audience that sees it."""

    values: Sequence[str]
    documents: NDArray[np.int32]
    numbers: NDArray[np.int32]
    audiences: NDArray[np.int32]


class Snapshot:
    """All segments together. Deliverables are numbered through, segment after segment."""

    def __init__(self, segments: Sequence[tuple[Segment, Mask]]) -> None:
        """`segments`: each with the mask of its living deliverables."""
        firsts = np.cumsum([0, *(len(segment) for segment, _ in segments)]).tolist()
        self.parts = tuple(
            Part(segment=segment, first=first) for (segment, _), first in zip(segments, firsts, strict=False)
        )
        self.size: int = firsts[-1]
        self.alive: Mask = np.concatenate([np.zeros(0, np.bool_), *(alive for _, alive in segments)])
        self.ids: list[str] = [id for segment, _ in segments for id in segment.documents.ids]
        self._dates = [date for segment, _ in segments for date in segment.documents.dates]
        self.lengths = np.concatenate([np.zeros(0, np.float64), *(s.documents.lengths for s, _ in segments)])
        self._audiences: dict[Audience, int] = {}
        renumbered = [self._renumbered(segment.documents.audiences) for segment, _ in segments]
        pairs = list(zip(renumbered, (segment.documents for segment, _ in segments), strict=True))
        nothing = np.zeros(0, np.int32)
        self._audience = np.concatenate([nothing, *(numbers[rows.audience] for numbers, rows in pairs)])
        self._unless = np.concatenate([nothing, *(numbers[rows.unless] for numbers, rows in pairs)])
        self._renumber = renumbered
        self._views: OrderedDict[bytes, View] = OrderedDict()
        self._rights: OrderedDict[Access, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def view(self, access: Access) -> View:
        """What this reader sees. Readers who see the same share it."""
        with self._lock:
            rights = self._rights.get(access)
            if rights is None:
                rights = np.array([access.reads(audience) for audience in self._audiences], np.bool_).tobytes()
                self._rights[access] = rights
                if len(self._rights) > _ACCESSES_KEPT:
                    self._rights.popitem(last=False)
            view = self._views.get(rights)
            if view is None:
                view = self._views[rights] = View(self, np.frombuffer(rights, np.bool_))
                if len(self._views) > _VIEWS_KEPT:
                    self._views.popitem(last=False)
            self._views.move_to_end(rights)
            return view

    def seen(self, reads: Mask) -> Mask:
        """The deliverables of a reader who is part of these audiences."""
        if not self.size:
            return self.alive
        seen: Mask = self.alive & reads[self._audience] & ~reads[self._unless]
        return seen

    @cached_property
    def id_order(self) -> NDArray[np.int32]:
        """The rank of each deliverable by its id: what parts those that are equal in all else."""
        return _ranks(sorted(range(self.size), key=self.ids.__getitem__))

    @cached_property
    def date_order(self) -> NDArray[np.int32]:
        """The rank of each date; equal dates have equal ranks, and no date is the oldest."""
        rank_of = {date: rank for rank, date in enumerate(sorted(set(self._dates)))}
        return np.fromiter((rank_of[date] for date in self._dates), np.int32, self.size)

    @cached_property
    def columns(self) -> dict[str, Column]:
        return {name: self._column(name) for name in VALUE_COLUMNS}

    def locate(self, document: int) -> tuple[Segment, int]:
        """A deliverable's segment, and its number there."""
        part = next(part for part in reversed(self.parts) if part.first <= document)
        return part.segment, document - part.first

    def _renumbered(self, audiences: Sequence[Audience]) -> NDArray[np.int32]:
        return np.array([self._audiences.setdefault(one, len(self._audiences)) for one in audiences], np.int32)

    def _column(self, name: str) -> Column:
        number_of: dict[str, int] = {}
        documents: list[NDArray[np.int32]] = [np.zeros(0, np.int32)]
        numbers: list[NDArray[np.int32]] = [np.zeros(0, np.int32)]
        audiences: list[NDArray[np.int32]] = [np.zeros(0, np.int32)]
        for part, renumber in zip(self.parts, self._renumber, strict=True):
            rows = part.segment.documents
            values = rows.values[name]
            own = rows.value_numbers[name]
            new = np.array([number_of.setdefault(value, len(number_of)) for value, _ in values], np.int32)
            seen_by = np.array([renumber[audience] for _, audience in values], np.int32)
            counts = rows.value_counts(name)
            documents.append(np.repeat(np.arange(part.first, part.first + len(rows), dtype=np.int32), counts))
            numbers.append(new[own])
            audiences.append(seen_by[own])
        return Column(
            values=list(number_of),
            documents=np.concatenate(documents),
            numbers=np.concatenate(numbers),
            audiences=np.concatenate(audiences),
        )


class View:
    """What one reader sees of a snapshot."""

    def __init__(self, snapshot: Snapshot, reads: Mask) -> None:
        self.snapshot = snapshot
        self._reads = reads
        self.mask = snapshot.seen(reads)
        self.count = int(self.mask.sum())
        # A sum of whole numbers: exact, in whatever order the segments lie.
        self.average = float(snapshot.lengths[self.mask].sum()) / self.count if self.count else 0.0
        # The part of BM25's divisor that depends on the deliverable's length.
        self.norms = K1 * (1 - B + B * snapshot.lengths / max(self.average, 1.0))
        self._passages = np.maximum(np.ceil(snapshot.lengths / PASSAGE_WORDS), 1).astype(np.int32)
        self.passages = int(self._passages[self.mask].sum())
        self._facets: dict[str, Column] = {}

    def mask_of(self, part: Part) -> Mask:
        """The deliverables of one segment that this reader sees."""
        return self.mask[part.first : part.first + len(part.segment)]

    def passages_with(self, documents: NDArray[np.int64], units: NDArray[np.int32]) -> float:
        """In about how many passages something stands that stands so often (`WEIGHT_UNIT`s) in these deliverables.

        As often as it stands in a deliverable, but once at least, and in no more passages than that has: what stands on
        every page of one report is no rare word in it. Added up in whole numbers, so that the order of the deliverables
        plays no part.
        """
        held = np.minimum(np.maximum(units, WEIGHT_UNIT), self._passages[documents] * WEIGHT_UNIT)
        return int(held.sum()) / WEIGHT_UNIT

    def column(self, name: str) -> Column:
        """The values that this reader sees on deliverables that this reader sees, each once a deliverable."""
        found = self._facets.get(name)
        if found is None:
            whole = self.snapshot.columns[name]
            kept = self.mask[whole.documents] & self._reads[whole.audiences]
            pairs = distinct(whole.documents[kept].astype(np.int64) * max(len(whole.values), 1) + whole.numbers[kept])
            found = self._facets[name] = Column(
                values=whole.values,
                documents=(pairs // max(len(whole.values), 1)).astype(np.int32),
                numbers=(pairs % max(len(whole.values), 1)).astype(np.int32),
                audiences=np.zeros(0, np.int32),
            )
        return found


def _ranks(order: Sequence[int]) -> NDArray[np.int32]:
    ranks = np.empty(len(order), np.int32)
    ranks[np.array(order, np.int64)] = np.arange(len(order), dtype=np.int32)
    return ranks
