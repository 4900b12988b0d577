"""What is left to try when a search finds nothing: wider searches, each with how much this reader would find by it.

Each differs from what was asked in one respect: its quotation marks, its filters, its community, all words but one.
Counts come from the engine under the reader's own access, so that they tell of nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from archive.access import Access
from indexer.search.engine import FacetName, Request, SearchIndex
from indexer.search.query import Bound, Query, parse
from indexer.search.stop_words import STOP_WORDS

# Each is a search of its own, without places: 11 of them take about as long as the one that found nothing.
WORDS_TRIED = 6
COMMUNITIES_TRIED = 4

Change = Literal[
    "spelling",  # repaired where the reader had asked for the words as typed
    "phrase",  # the words of phrases anywhere
    "excluded",  # with what was to be left out
    "filters",  # in the whole archive
    "community",  # in this other community
    "everything",  # all of that together
    "word",  # one word alone
]
_TEXT_BOUNDS: frozenset[Bound] = frozenset({"phrase", "excluded"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A search to have instead, and the number of deliverables that it finds; `query` and `filters` as to be asked."""

    change: Change
    query: str
    filters: Mapping[FacetName, frozenset[str]]
    total: int
    repaired: str | None = None

    @property
    def community(self) -> str:
        """The other community that was tried, or ""."""
        return next(iter(self.filters["community"])) if self.change == "community" else ""


def attempts(index: SearchIndex, asked: Request, *, repaired: str | None, access: Access) -> tuple[Attempt, ...]:
    """What may be tried in place of a request that found nothing, and was repaired to `repaired`."""
    query = asked.query if repaired is None else parse(repaired)
    # By date: without passages to compare, an order costs next to nothing.
    bare = replace(asked, query=query, limit=0, cursor=None, sort="newest", facets=False, places=False)
    tried = _Tried(index, bare, access)
    if not asked.repair:
        tried.note("spelling", replace(bare, repair=True))
    elif query.words:
        tried.attempts.append(
            Attempt(change="spelling", query=asked.query.text, filters=asked.filters, total=0, repaired=repaired)
        )
    if "phrase" in query.bounds:
        tried.note("phrase", replace(bare, query=query.without({"phrase"})))
    if "excluded" in query.bounds:
        tried.note("excluded", replace(bare, query=query.without({"excluded"})))
    if asked.filters or query.bounds - _TEXT_BOUNDS:
        tried.note("filters", replace(bare, query=query.without(query.bounds - _TEXT_BOUNDS), filters={}))
    if "community" in asked.filters or "community" in query.bounds:
        tried.communities(bare)
    if not tried.found:
        tried.note("everything", replace(bare, query=query.without(query.bounds), filters={}))
    for word in list(dict.fromkeys(_words(query)))[:WORDS_TRIED]:
        tried.note("word", replace(bare, query=parse(word)))
    return tuple(tried.attempts)


class _Tried:
    """The searches that were tried: none of them twice, and not the one that found nothing."""

    def __init__(self, index: SearchIndex, asked: Request, access: Access) -> None:
        self._index, self._access = index, access
        self._seen = {_facts(asked)}
        self.attempts: list[Attempt] = []

    @property
    def found(self) -> bool:
        return any(attempt.total for attempt in self.attempts)

    def note(self, change: Change, request: Request) -> None:
        if _facts(request) in self._seen:
            return
        self._seen.add(_facts(request))
        results = self._index.search(request, access=self._access)
        self.attempts.append(
            Attempt(
                change=change,
                query=request.query.text,
                filters=request.filters,
                total=results.total,
                repaired=results.repaired,
            )
        )

    def communities(self, asked: Request) -> None:
        """The other communities with most to find, counted in one search."""
        query = asked.query.without({"community"})
        filters: dict[FacetName, frozenset[str]] = {
            name: values for name, values in asked.filters.items() if name != "community"
        }
        results = self._index.search(replace(asked, query=query, filters=filters, facets=True), access=self._access)
        for found in results.facets.get("community", ())[:COMMUNITIES_TRIED]:
            self.attempts.append(
                Attempt(
                    change="community",
                    query=query.text,
                    filters={**filters, "community": frozenset({found.value})},
                    total=found.count,
                    repaired=results.repaired,
                )
            )


def _facts(request: Request) -> tuple[object, ...]:
    """What makes two of these requests the same."""
    return (
        request.query.text,
        tuple(sorted((name, *sorted(values)) for name, values in request.filters.items())),
        request.repair,
    )


def _words(query: Query) -> Iterator[str]:
    """The words of a query that say something, as typed; those of a title and an author too."""
    words = [*query.words, *(word for phrase in query.phrases for word in phrase)]
    words += [word for each in query.filters if each.field in ("title", "author") for word in each.words]
    for word in sorted(words, key=lambda word: word.start):
        if word.normal not in STOP_WORDS:
            yield query.text[word.start : word.end]
    for prefix in query.prefixes:
        yield query.text[prefix.start : prefix.end] + "*"
