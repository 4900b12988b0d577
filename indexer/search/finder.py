"""From what a reader typed to an answer to show: parse, ask the engine, look up what was found, cut the snippets.

The command line and the site answer from here, alike. Knows catalog and engine; neither HTTP nor Whoosh.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from archive.access import Access
from archive.catalog.catalog import Catalog, TextPart
from archive.model import Deliverable
from indexer.documents import indexed_text
from indexer.search import snippets
from indexer.search.engine import FacetName, Hit, Place, Request, Results, SearchIndex, Sort
from indexer.search.query import Hint, parse
from indexer.search.snippets import Fragment
from indexer.search.trying import Attempt, attempts

READERS_KEPT = 64  # kinds of readers whose names of things are kept; a few kilobytes each


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One search as asked. `limit` None: all."""

    text: str = ""
    filters: Mapping[FacetName, frozenset[str]] = field(default_factory=dict)
    sort: Sort = "relevance"
    limit: int | None = 10
    cursor: str | None = None
    facets: bool = True
    snippets: bool = True
    exact: bool = False  # no repair of spelling
    tries: bool = False  # when nothing is found, tell what wider searches would find


@dataclass(frozen=True, slots=True, kw_only=True)
class PageHit:
    """A page or section that matches. `snippet` is a passage of it, or all of its text in a reading view."""

    number: int
    unit: str
    label: str | None
    heading: str | None
    snippet: tuple[Fragment, ...]

    @property
    def shown_label(self) -> str:
        """As printed on the page; of a section its heading."""
        return self.label or self.heading or str(self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentHit:
    deliverable: Deliverable
    score: float
    pages: tuple[PageHit, ...]
    more_pages: int

    def to_json(self) -> dict[str, Any]:
        """As it stands in the stable answer of a search."""
        return _hit_json(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetValue:
    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is shown. `total` and facets are exact for this reader; `took_ms` is wall time in milliseconds."""

    query: str
    repaired: str | None
    total: int
    took_ms: int
    hits: tuple[DocumentHit, ...]
    facets: Mapping[FacetName, tuple[FacetValue, ...]]
    cursor: str | None
    hints: tuple[Hint, ...] = ()
    tried: tuple[Attempt, ...] | None = None  # None unless it was wanted and nothing was found

    def to_json(self) -> dict[str, Any]:
        """The stable answer of `search --json` and `/api/v1/search`; "tried" is there when nothing was found."""
        answer = {
            "query": self.query,
            "repaired": self.repaired,
            "total": self.total,
            "relation": "eq",
            "took_ms": self.took_ms,
            "hits": [_hit_json(hit) for hit in self.hits],
            "facets": {
                name: [{"value": _facet_json(name, v.value), "label": v.label, "count": v.count} for v in values]
                for name, values in self.facets.items()
            },
            "cursor": self.cursor,
            "hints": list(self.hints),
        }
        return answer if self.tried is None else {**answer, "tried": [_attempt_json(each) for each in self.tried]}


class Finder:
    """Answers searches over one archive. One object serves all threads."""

    def __init__(self, catalog: Catalog, index: SearchIndex) -> None:
        self.catalog = catalog
        self.index = index
        # Threads of one interpreter compute in turn whatever they do. Sixteen searches that take it from each other a
        # few milliseconds at a time are answered half as fast as one after the other.
        self._turn = threading.Lock()
        self._kept: dict[Access, tuple[int, Mapping[FacetName, Mapping[str, str]]]] = {}

    def find(self, wanted: Wanted, *, access: Access) -> Answer:
        """Answer a search. Raises QueryTooLong and BadCursor."""
        with self._turn:
            return self._find(wanted, access)

    def _find(self, wanted: Wanted, access: Access) -> Answer:
        start = time.perf_counter()
        request = _request(wanted)
        results = self.index.search(request, access=access)
        tried = None
        if wanted.tries and not results.total:
            tried = attempts(self.index, request, repaired=results.repaired, access=access)
        found = self.catalog.deliverables([hit.id for hit in results.hits], access=access)
        parts = self._parts(results.hits, access) if wanted.snippets else {}
        # A deliverable may have gone between the engine's answer and the catalog's: it is left out.
        hits = tuple(_document_hit(hit, found[hit.id], parts) for hit in results.hits if hit.id in found)
        return Answer(
            query=wanted.text,
            repaired=results.repaired,
            total=results.total,
            took_ms=round((time.perf_counter() - start) * 1000),
            hits=hits,
            facets=self._facets(results, access),
            cursor=results.cursor,
            hints=results.hints,
            tried=tried,
        )

    def shown(self, hits: Sequence[Hit], *, access: Access) -> tuple[DocumentHit, ...]:
        """What the engine found, with title and passages; what is gone meanwhile is left out."""
        found = self.catalog.deliverables([hit.id for hit in hits], access=access)
        parts = self._parts(hits, access)
        return tuple(_document_hit(hit, found[hit.id], parts) for hit in hits if hit.id in found)

    def places_in(self, deliverable: Deliverable, wanted: Wanted, *, access: Access) -> DocumentHit | None:
        """Where the words of a search stand in one deliverable; None when they don't."""
        request = replace(_request(wanted), within=deliverable.id, filters={}, cursor=None, facets=False, limit=1)
        results = self.index.search(request, access=access)
        if not results.hits:
            return None
        return _document_hit(results.hits[0], deliverable, self._parts(results.hits, access))

    def marked_part(self, deliverable: Deliverable, number: int, wanted: Wanted, *, access: Access) -> PageHit | None:
        """A page or section with all its text, the words of a search marked."""
        part = self.catalog.parts([(deliverable.id, number)], access=access).get((deliverable.id, number))
        if part is None:
            return None
        matches = self.index.matches(parse(wanted.text), part.text, access=access) if wanted.text else ()
        return _page_hit(part, deliverable.unit, snippets.marked(part.text, matches))

    def community_names(self, *, access: Access) -> Mapping[str, str]:
        return self._names(access)["community"]

    def theme_names(self, *, access: Access) -> Mapping[str, str]:
        return self._names(access)["theme"]

    def organisation_names(self, *, access: Access) -> Mapping[str, str]:
        return self._names(access)["company"]

    def _names(self, access: Access) -> Mapping[FacetName, Mapping[str, str]]:
        """How communities, themes and companies are called; kept for a generation of the catalog and a reader."""
        generation = self.catalog.generation()
        kept = self._kept.get(access)
        if kept is None or kept[0] != generation:
            network = self.catalog.network(access=access)
            names: Mapping[FacetName, Mapping[str, str]] = {
                "community": {each.id: str(each.name) for each in self.catalog.communities(access=access)},
                "theme": {theme.slug: str(theme.name) for theme in network.themes},
                "company": {each.slug: each.name for each in network.organisations},
            }
            if len(self._kept) >= READERS_KEPT:
                self._kept.clear()
            kept = self._kept[access] = (generation, names)
        return kept[1]

    def _parts(self, hits: Sequence[Hit], access: Access) -> dict[tuple[str, int], TextPart]:
        return self.catalog.parts([(hit.id, place.part) for hit in hits for place in hit.places], access=access)

    def _facets(self, results: Results, access: Access) -> dict[FacetName, tuple[FacetValue, ...]]:
        if not results.facets:
            return {}
        names = self._names(access)
        return {
            name: tuple(
                FacetValue(value=v.value, label=_label(name, v.value, names.get(name, {})), count=v.count)
                for v in values
            )
            for name, values in results.facets.items()
        }


def _request(wanted: Wanted) -> Request:
    return Request(
        query=parse(wanted.text),
        filters=wanted.filters,
        sort=wanted.sort,
        limit=wanted.limit,
        cursor=wanted.cursor,
        facets=wanted.facets,
        places=wanted.snippets,
        repair=not wanted.exact,
    )


def _document_hit(hit: Hit, deliverable: Deliverable, parts: Mapping[tuple[str, int], TextPart]) -> DocumentHit:
    pages = tuple(
        page_hit(part, deliverable.unit, place)
        for place in hit.places
        if (part := parts.get((hit.id, place.part))) is not None
    )
    return DocumentHit(deliverable=deliverable, score=hit.score, pages=pages, more_pages=hit.more_places)


def page_hit(part: TextPart, unit: str, place: Place) -> PageHit:
    """A passage of a page or section, cut out and marked."""
    return _page_hit(part, unit, snippets.cut(indexed_text(part), place))


def _page_hit(part: TextPart, unit: str, snippet: tuple[Fragment, ...]) -> PageHit:
    return PageHit(number=part.number, unit=unit, label=part.label, heading=part.heading, snippet=snippet)


def _label(name: FacetName, value: str, names: Mapping[str, str]) -> str:
    if name == "year":
        return f"{value}–{int(value) + 1}" if value.isdecimal() else value
    return names.get(value, value)


def _facet_json(name: FacetName, value: str) -> str | int:
    return int(value) if name == "year" and value.isdecimal() else value


def _attempt_json(attempt: Attempt) -> dict[str, Any]:
    return {
        "change": attempt.change,
        "query": attempt.query,
        "filters": {name: sorted(values) for name, values in attempt.filters.items()},
        "repaired": attempt.repaired,
        "total": attempt.total,
    }


def _hit_json(hit: DocumentHit) -> dict[str, Any]:
    about = hit.deliverable
    return {
        "id": about.id,
        "title": about.title,
        "community": about.community,
        "year": about.year,
        "project": about.project,
        "kind": about.kind,
        "language": about.language,
        "score": round(hit.score, 4),
        "pages": [
            {
                "page": page.number,
                "label": page.shown_label,
                "snippet": [{"text": fragment.text, "match": fragment.match} for fragment in page.snippet],
            }
            for page in hit.pages
        ],
        "more_pages": hit.more_pages,
        "url": "/documents/" + quote(os.fsencode(about.id)),
    }
