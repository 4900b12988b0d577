"""The way of a search through one snapshot: match, order, place, count.

Deliverables first, then places: an index of deliverables decides which, positions inside the first of them decide
where (and have a say in the order of these first ones). Knows no disk and no Whoosh.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from archive.access import Access
from indexer.search.engine import FACETS, BadCursor, FacetCount, FacetName, Hit, Place, Request, Results
from indexer.search.matching import Concept, Matcher, chosen
from indexer.search.placing import Placing
from indexer.search.postings import Worth
from indexer.search.query import Query
from indexer.search.ranking import DOCUMENT_SHARE, PASSAGE_SHARE, PLACED, TOGETHER, Floats
from indexer.search.repairing import Repairer
from indexer.search.snapshot import Mask, Snapshot, View

Documents = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What answers a query: `mask` with all filters, `apart` with all but a facet's own."""

    mask: Mask
    apart: Mapping[FacetName, Mask]
    scores: Floats
    worth: Worth


def search(snapshot: Snapshot, request: Request, matcher: Matcher, repairer: Repairer, *, access: Access) -> Results:
    """Answer a request. Raises BadCursor."""
    view = snapshot.view(access)
    query, concepts = read(view, request.query, matcher, repairer if request.repair else None)
    answer = _match(view, query, concepts, request, matcher)
    order, placing = _ordered(view, answer, request, matcher)
    shown, cursor = _page(view, order, request)
    spots = placing.places(shown) if request.places else [((), 0)] * len(shown)
    return Results(
        total=len(order),
        hits=tuple(
            _hit(snapshot, document, float(answer.scores[document]), *spot)
            for document, spot in zip(shown.tolist(), spots, strict=True)
        ),
        facets=_facets(view, answer) if request.facets else {},
        repaired=query.text if query is not request.query else None,
        cursor=cursor,
        hints=tuple(query.hints),
    )


def read(view: View, query: Query, matcher: Matcher, repairer: Repairer | None) -> tuple[Query, tuple[Concept, ...]]:
    """The query that is searched, repaired where its words are unknown to this reader, and what it asks for."""
    concepts = matcher.concepts(query, view)
    instead = repairer.repaired(query, concepts, view) if repairer is not None else None
    return (query, concepts) if instead is None else (instead, matcher.concepts(instead, view))


def _match(view: View, query: Query, concepts: tuple[Concept, ...], request: Request, matcher: Matcher) -> _Answer:
    found = matcher.match(view, concepts)
    mask = matcher.filtered(view, query)
    if not query.is_empty:
        mask &= found.mask
    if query.excluded:
        mask &= ~matcher.excluded(view, query)
    if request.within is not None:
        mask &= np.fromiter((id == request.within for id in view.snapshot.ids), np.bool_, view.snapshot.size)
    chosen_of = {name: chosen(view, name, values) for name, values in request.filters.items()}
    return _Answer(
        mask=_all(mask, chosen_of),
        apart={name: _all(mask, {**chosen_of, name: mask}) for name in FACETS},
        scores=found.scores,
        worth=found.in_passages,
    )


def _all(mask: Mask, fitting: Mapping[FacetName, Mask]) -> Mask:
    for fits in fitting.values():
        mask = mask & fits
    return mask


def _ordered(view: View, answer: _Answer, request: Request, matcher: Matcher) -> tuple[Documents, Placing]:
    """All deliverables that answer, in order; the scores of the first are made those of their passages too."""
    documents = np.flatnonzero(answer.mask)
    ids = view.snapshot.id_order
    if request.sort != "relevance" or not answer.worth:
        dates = view.snapshot.date_order[documents]
        ordered = documents[np.lexsort((ids[documents], dates if request.sort == "oldest" else -dates))]
        return ordered, Placing(view, ordered[:0], answer.worth, matcher.postings)
    ordered = documents[np.lexsort((ids[documents], -answer.scores[documents]))]
    first = ordered[:PLACED]
    placing = Placing(view, first, answer.worth, matcher.postings)
    passages, held = placing.best_passages()
    answer.scores[:] *= DOCUMENT_SHARE
    answer.scores[first] += PASSAGE_SHARE * passages
    # A word that stands nowhere can't be asked of anything.
    answer.scores[first[held == sum(map(bool, answer.worth))]] *= TOGETHER
    first = first[np.lexsort((ids[first], -answer.scores[first]))]
    return np.concatenate([first, ordered[PLACED:]]), placing


def _facets(view: View, answer: _Answer) -> dict[FacetName, tuple[FacetCount, ...]]:
    """Counts of each facet's values, the most frequent first."""
    result: dict[FacetName, tuple[FacetCount, ...]] = {}
    for name in FACETS:
        column = view.column(name)
        counts = np.bincount(column.numbers[answer.apart[name][column.documents]], minlength=len(column.values))
        numbers = np.flatnonzero(counts)
        values = zip((-counts[numbers]).tolist(), map(column.values.__getitem__, numbers.tolist()), strict=True)
        result[name] = tuple([FacetCount(value=value, count=-count) for count, value in sorted(values)])
    return result


def _page(view: View, order: Documents, request: Request) -> tuple[Documents, str | None]:
    """The deliverables of this page, and the cursor of the next."""
    start = _start(view, order, request)
    end = len(order) if request.limit is None else min(start + max(request.limit, 0), len(order))
    shown = order[start:end]
    if end == len(order) or not len(shown):
        return shown, None
    last = view.snapshot.ids[int(shown[-1])]
    content = json.dumps([_fingerprint(request), end, last]).encode()
    return shown, base64.urlsafe_b64encode(content).decode().rstrip("=")


def _start(view: View, order: Documents, request: Request) -> int:
    """Where a cursor goes on: after the deliverable that was shown last, wherever that stands by now."""
    if request.cursor is None:
        return 0
    try:
        padded = request.cursor + "=" * (-len(request.cursor) % 4)
        fingerprint, start, last = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise BadCursor("this cursor is none of ours") from error
    if fingerprint != _fingerprint(request) or type(start) is not int or start < 0:
        raise BadCursor("this cursor belongs to another search")
    ids = view.snapshot.ids
    if 0 < start <= len(order) and ids[int(order[start - 1])] == last:
        return start
    at = next((at for at, document in enumerate(order.tolist()) if ids[document] == last), None)
    return min(start, len(order)) if at is None else at + 1


def _fingerprint(request: Request) -> int:
    """What a cursor belongs to: all of a request but how much of it is shown."""
    filters = sorted((name, sorted(values)) for name, values in request.filters.items())
    facts = [request.query.text, filters, request.sort, request.repair, request.within]
    return zlib.crc32(json.dumps(facts).encode())


def _hit(snapshot: Snapshot, document: int, score: float, places: tuple[Place, ...], more: int) -> Hit:
    return Hit(id=snapshot.ids[document], score=score, places=places, more_places=more)
