"""The interface of a search engine: small enough to stay honest over any engine behind it.

An engine indexes deliverables and answers queries for one reader: what that reader may not see takes part in nothing,
neither in hits and counts nor in the statistics of ranking, suggestions and repairs. What an engine can't do raises
`Unsupported`. Knows neither files nor pages of the site.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from archive.access import Access
from archive.errors import ArchiveError
from archive.model import NOBODY, Audience
from indexer.search.query import Hint, Query

# The fields that filters and facets know.
FacetName = Literal["community", "year", "kind", "theme", "company", "language"]
FACETS: tuple[FacetName, ...] = ("community", "year", "kind", "theme", "company", "language")
Sort = Literal["relevance", "newest", "oldest"]
# The score of `like` from which a deliverable says what a text says.
ENOUGH = 1.0


class Unsupported(ArchiveError):
    """This engine can't do what was asked."""


class IndexUnreadable(ArchiveError):
    """There is no index, it is damaged, or it is of another version: rebuild it."""

    exit_code = 3


class BadCursor(ArchiveError):
    """A cursor that this archive did not give, or that belongs to another query."""

    exit_code = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexDocument:
    """A deliverable as the engine sees it.

    `title` weighs more than `parts` (the clean text of each page or section, a section's heading before its text);
    `asides` are the numbers of parts, from 1, that lead to the text and are not it: shown behind the others;
    `record_text` is what the record says in words (summary, question, outcome, file name) and has no place.
    `audience` sees this document; whoever is in `unless` sees another one in its place: a deliverable whose record is
    seen by more people than its text is indexed twice, `key`s differing, `id` the same. A value of a facet or author
    is found and counted only for its own audience.
    """

    key: str
    id: str
    title: str
    parts: Sequence[str]
    asides: frozenset[int] = frozenset()
    record_text: str = ""
    audience: Audience
    unless: Audience = NOBODY
    values: Mapping[FacetName, Sequence[tuple[str, Audience]]] = field(default_factory=dict)
    authors: Sequence[tuple[str, Audience]] = ()
    date: str = ""  # ISO 8601; the order of "newest", then of ids


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemResult:
    """What became of one document of a batch; `error` is empty when it was taken."""

    key: str
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One search. `filters` holds the wanted values of a facet (any of them; all facets together)."""

    query: Query
    filters: Mapping[FacetName, frozenset[str]] = field(default_factory=dict)
    sort: Sort = "relevance"
    limit: int | None = 10
    cursor: str | None = None
    facets: bool = True
    places: bool = True  # False: only which deliverables, not where in them
    repair: bool = True
    within: str | None = None  # an id: only this deliverable, ranked as if among all


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A page or section that matches, with its passage.

    `part` counts from 1. `start` and `end` bound the best passage as word numbers within the part (0-based, end
    excluded). `words` are the numbers of the matching words in the whole part, ascending. Words are those of
    `words.forms(text)`.
    """

    part: int
    score: float
    start: int
    end: int
    words: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    id: str
    score: float
    places: tuple[Place, ...] = ()  # at most three, best first
    more_places: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetCount:
    value: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """`total` and the facets count deliverables exactly. `repaired` is the query that was searched instead, or None.

    A facet counts with its own filter left out, so that its other values stay to choose from.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[FacetName, tuple[FacetCount, ...]] = field(default_factory=dict)
    repaired: str | None = None
    cursor: str | None = None
    hints: tuple[Hint, ...] = ()  # codes of what was read otherwise than typed, for the interface to put in words


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    id: str
    score: float
    terms: tuple[str, ...]  # what they share, as written, weightiest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """A deliverable that says what a text says.

    `score` says how much of what the text is about stands together here; from `ENOUGH` on it is more than chance,
    whether the text is a question or a plan of ten pages. `terms` are the words of the text
    that it shares, as written there, weightiest first.
    """

    id: str
    score: float
    terms: tuple[str, ...]
    places: tuple[Place, ...] = ()  # at most three, best first
    more_places: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    text: str
    kind: str  # title | theme | community | term
    id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    documents: int
    generation: int
    version: str
    bytes: int


class SearchIndex(Protocol):
    """A live index. Writing is for one process at a time; reading is for any number of threads and processes."""

    def apply(self, upserts: Iterable[IndexDocument], deletes: Iterable[str] = ()) -> Iterator[ItemResult]:
        """Replace and remove documents by `key`; all become visible together when the iterator is exhausted."""
        ...

    def rebuild(self, documents: Iterable[IndexDocument]) -> Iterator[ItemResult]:
        """Build a new index beside the live one and swap it in when the iterator is exhausted."""
        ...

    def search(self, request: Request, *, access: Access) -> Results: ...

    def suggest(self, prefix: str, *, access: Access, limit: int = 8) -> tuple[Suggestion, ...]: ...

    def similar(self, id: str, *, access: Access, limit: int = 5) -> tuple[Similar, ...]: ...

    def like(self, text: str, *, access: Access, limit: int = 10) -> tuple[Alike, ...]:
        """The deliverables that say what a text of any length says, best first."""
        ...

    def covered(
        self, texts: Sequence[str], parts: Sequence[str], *, access: Access
    ) -> tuple[tuple[Place | None, ...], ...]:
        """Of each text, for each part, the passage that says most of it; None: nothing.

        A score is the share of what the text is about: about 1 when each of its weighty words stands there once. The parts need not be in the index; words are weighed by what this reader sees of it.
        """
        ...

    def matches(self, query: Query, text: str, *, access: Access) -> tuple[int, ...]:
        """The numbers of the words of a part's text that this query matches, ascending."""
        ...

    def keys(self) -> frozenset[str]:
        """The keys of all documents, to compare with the catalog."""
        ...

    def health(self) -> Health:
        """Raises IndexUnreadable when it can't be searched."""
        ...

    def close(self) -> None: ...
