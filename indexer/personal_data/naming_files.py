"""The files that name somebody: in their text, their properties or their own name. For the coordinator's question.

The index tells which files may, their text decides: the index knows words, a name is a phrase.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from archive.access import Access
from archive.catalog.catalog import Catalog
from archive.privacy.forgetting import Somebody
from archive.records.naming import same_person
from indexer.search.finder import Finder, Wanted

FILES_MAX = 500  # of one name: more are a sign that it is no name

Where = Literal["text", "properties", "name"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamingFile:
    """A file that names somebody. `parts` are the pages or sections whose text does."""

    id: str
    title: str
    project: str
    where: tuple[Where, ...]
    parts: tuple[int, ...] = ()
    unit: str = "page"

    def to_json(self) -> dict[str, Any]:
        return {"file": self.id, "title": self.title, "where": list(self.where), f"{self.unit}s": list(self.parts)}


def files_naming(who: Somebody, *, catalog: Catalog, finder: Finder, access: Access) -> tuple[NamingFile, ...]:
    """The files that name somebody, by id. `access` is the coordinator's, who sees everything."""
    candidates: set[str] = set()
    for phrase in sorted(who.names | who.addresses):
        words = " ".join(part for part in "".join(c if c.isalnum() else " " for c in phrase).split())
        wanted = Wanted(text=f'"{words}"', limit=FILES_MAX, exact=True, facets=False, snippets=False)
        candidates |= {hit.deliverable.id for hit in finder.find(wanted, access=access).hits} if words else set()
    found = []
    for each in catalog.newest(-1, access=access):
        where: list[Where] = []
        parts: tuple[int, ...] = ()
        if each.id in candidates:
            texts = catalog.all_parts(each.id, access=access)
            parts = tuple(part.number for part in texts if who.stands_in(f"{part.heading or ''}\n{part.text}"))
            where += ["text"] if parts else []
        if any(same_person(author, name) for author in each.property_authors for name in who.names):
            where.append("properties")
        if who.stands_in(each.id.replace("-", " ").replace("_", " ")) or who.stands_in(each.id):
            where.append("name")
        if where:
            found.append(
                NamingFile(
                    id=each.id,
                    title=each.title,
                    project=each.project,
                    where=tuple(where),
                    parts=parts,
                    unit=each.unit,
                )
            )
    return tuple(sorted(found, key=lambda file: file.id))


def unread(catalog: Catalog, *, access: Access) -> int:
    """How many files nobody could read: whether these name somebody is not known."""
    return len(catalog.failures(access=access))
