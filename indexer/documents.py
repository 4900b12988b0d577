"""What the engine is given of a deliverable.

A deliverable whose record is seen by more people than its text is indexed twice: whole for those who may read the text,
and by its record alone for the others. Pure but for reading the catalog.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from archive.access import audience_of_name, covers
from archive.catalog.catalog import Catalog, TextPart
from archive.model import NOBODY, Audience, Deliverable, Person, Project
from archive.network.model import Network
from archive.records.assembly import is_withdrawn, sort_date
from indexer.asides import asides
from indexer.search.engine import FacetName, IndexDocument, SearchIndex

YEAR_UNKNOWN = "unknown"
# Before an id this makes the key of the document that holds the record alone: no id begins so.
_RECORD_ONLY = "/"
_REFUSED = "refused"  # a note in the catalog


def index_keys(id: str) -> tuple[str, str]:
    """The keys that a deliverable may have in the index."""
    return id, _RECORD_ONLY + id


def documents_of(
    deliverable: Deliverable, parts: Sequence[TextPart], project: Project | None, network: Network
) -> Iterator[IndexDocument]:
    """The one or two documents of a deliverable; none of what was withdrawn."""
    if is_withdrawn(deliverable):
        return
    whole, record_only = index_keys(deliverable.id)
    if not parts or deliverable.text_audience == deliverable.audience:
        yield _document(whole, deliverable, parts, project, network, audience=deliverable.audience)
        return
    yield _document(whole, deliverable, parts, project, network, audience=deliverable.text_audience)
    yield _document(
        record_only, deliverable, (), project, network, audience=deliverable.audience, unless=deliverable.text_audience
    )


def indexed_text(part: TextPart) -> str:
    """A part as the engine reads it: words are numbered over a section's heading and its text.

    >>> indexed_text(TextPart(number=1, heading="2 Methode", level=1, text="Wij maten."))
    '2 Methode\\nWij maten.'
    """
    return f"{part.heading}\n{part.text}" if part.heading else part.text


def expected_keys(catalog: Catalog) -> frozenset[str]:
    """The keys that an index in step with this catalog has: without those of what the engine refused."""
    keys: set[str] = set()
    for deliverable in catalog.all_deliverables():
        if is_withdrawn(deliverable):
            continue
        whole, record_only = index_keys(deliverable.id)
        keys.add(whole)
        if deliverable.parts and deliverable.text_audience != deliverable.audience:
            keys.add(record_only)
    return frozenset(keys - refused_keys(catalog))


def refused_keys(catalog: Catalog) -> frozenset[str]:
    """The keys of what the engine would not take when it was last told of it."""
    return frozenset(json.loads(catalog.meta(_REFUSED) or "[]"))


def note_refused(catalog: Catalog, keys: Iterable[str]) -> None:
    """Keep in mind what the engine would not take: it lacks these by right, and a rebuild would bring nothing."""
    if (refused := frozenset(keys)) != refused_keys(catalog):
        catalog.note_run(_REFUSED, json.dumps(sorted(refused)))


def list_documents(catalog: Catalog, ids: Iterable[str], *, network: Network | None = None) -> Iterator[IndexDocument]:
    """The documents of these deliverables, read from the catalog one by one. `network`: where it has a newer one."""
    network = catalog.whole_network() if network is None else network
    for id in ids:
        found = catalog.for_index(id)
        if found is not None:
            deliverable, parts, project = found
            yield from documents_of(deliverable, parts, project, network)


def rebuild_index(catalog: Catalog, index: SearchIndex) -> list[tuple[str, str]]:
    """Build the index anew beside the live one and swap it in; return (key, error) of what was not taken."""
    ids = [deliverable.id for deliverable in catalog.all_deliverables()]
    refused = [(result.key, result.error) for result in index.rebuild(list_documents(catalog, ids)) if result.error]
    note_refused(catalog, (key for key, _ in refused))
    return refused


def _document(
    key: str,
    deliverable: Deliverable,
    parts: Sequence[TextPart],
    project: Project | None,
    network: Network,
    *,
    audience: Audience,
    unless: Audience = NOBODY,
) -> IndexDocument:
    def all_of_them(values: Iterable[str]) -> list[tuple[str, Audience]]:
        return [(value, audience) for value in values]

    values: dict[FacetName, list[tuple[str, Audience]]] = {
        "community": all_of_them([deliverable.community] if deliverable.community else []),
        "year": all_of_them([str(deliverable.year) if deliverable.year is not None else YEAR_UNKNOWN]),
        "kind": all_of_them([deliverable.kind.value]),
        "theme": all_of_them(deliverable.themes),
        "company": list(deliverable.companies),
        "language": all_of_them([deliverable.language] if deliverable.language else []),
    }
    property_authors = [
        (name, audience_of_name(Person(name=name), audience=audience)) for name in deliverable.property_authors
    ]
    return IndexDocument(
        key=key,
        id=deliverable.id,
        title=deliverable.title,
        parts=[indexed_text(part) for part in parts],
        asides=asides(parts),
        record_text="\n".join(_record_text(deliverable, project, network, audience)),
        audience=audience,
        unless=unless,
        values=values,
        authors=[*deliverable.authors, *property_authors],
        date=sort_date(deliverable),
    )


def _record_text(
    deliverable: Deliverable, project: Project | None, network: Network, audience: Audience
) -> Iterator[str]:
    """What is said about a deliverable: its path, its themes, and its project's words for whoever may read those."""
    yield deliverable.id
    for theme in network.themes:
        if theme.slug in deliverable.themes:
            yield " ".join((theme.name.nl, theme.name.en or "", *theme.synonyms))
    if project is not None and project.record is not None and covers(project.audience, audience):
        record = project.record
        yield from filter(None, (record.title, record.summary, record.question, record.outcome, record.use))
