"""The catalog: what the archive holds, quick to look up, for one reader at a time.

Derived from `documents/`, in `var/catalog.sqlite`. Whatever is shown is read here with a required `access`; what that
reader may not see is as if it were not there. The indexer's own side is in `catalog_indexing` and `catalog_writing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from archive.access import Access
from archive.catalog.file import (
    FILE_NAME,
    CatalogUnreadable,
    Connections,
    OutlineEntry,
    Run,
    TextPart,
    create,
    key,
    marks,
    outline_entries,
    readable_by,
    remove,
    text_part,
    unkey,
)
from archive.catalog.indexing import IndexerSide
from archive.catalog.kinship import Kinship
from archive.catalog.open_ends import OpenEnds
from archive.catalog.writing import CatalogWriter, writing
from archive.model import Agenda, Community, Deliverable, FileFacts, Problem, Project
from archive.network.model import Network
from archive.plain import from_json
from archive.seen import (
    CAMPUS,
    agenda_after_moves,
    community_as_seen,
    deliverable_as_seen,
    named_in,
    named_in_agenda,
    network_as_seen,
    project_as_seen,
)

__all__ = ["Catalog", "CatalogUnreadable", "Counts", "OutlineEntry", "TextPart", "UnreadFile"]

_PARAMETERS_AT_ONCE = 500  # SQLite takes 32,766; long lists are asked in pieces

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadFile:
    """A file without its text: it failed (with a code), or is not downloaded yet."""

    id: str
    state: str
    code: str
    reason: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What a reader may see, counted. `parts` are pages and sections; `shelves` deliverables by community and year."""

    deliverables: int
    projects: int
    communities: int
    parts: int
    unread: int
    shelves: tuple[tuple[str | None, int | None, int], ...]


class Catalog(IndexerSide, Kinship, OpenEnds):
    """The catalog. One object serves all threads; each has a connection of its own.

    Every read raises CatalogUnreadable when there is no catalog, or none that can be read. One that was thrown away and
    made anew meanwhile is opened by itself.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(Connections(path))
        self.path = path
        self._reading = self._connections.reading
        self._kept: tuple[int, Network, tuple[Community, ...]] | None = None

    @classmethod
    def open(cls, var: Path) -> Catalog:
        """The catalog in this folder, made empty where there is none. Raises CatalogUnreadable, AccessFailed."""
        path = var / FILE_NAME
        if not path.exists():
            create(path)
        catalog = cls(path)
        catalog.generation()
        return catalog

    @staticmethod
    def remove(var: Path) -> None:
        """Throw the catalog in this folder away: it is derived."""
        remove(var / FILE_NAME)

    def writing(self) -> AbstractContextManager[CatalogWriter]:
        """One transaction of changes, for whoever holds the writer's lock."""
        return writing(self.path)

    def deliverable(self, id: str, *, access: Access) -> Deliverable | None:
        """A deliverable's record; a withdrawn one too, for its tombstone."""
        return self.deliverables([id], access=access).get(id)

    def deliverables(self, ids: Sequence[str], *, access: Access) -> dict[str, Deliverable]:
        """Those of these that the reader may see, in the order of `ids`."""
        found: dict[str, Deliverable] = {}
        with self._reading() as run:
            for some in _pieces(ids):
                sql, seen = readable_by(access, "deliverable.audience")
                rows = run(
                    f"SELECT id, value FROM deliverable WHERE id IN ({marks(some)}) AND {sql}",  # noqa: S608
                    [*map(key, some), *seen],
                )
                found.update((unkey(id), from_json(Deliverable, value)) for id, value in rows)
        return {id: deliverable_as_seen(found[id], access) for id in ids if id in found}

    def deliverables_of(self, project: str, *, access: Access) -> tuple[Deliverable, ...]:
        """A project's deliverables, by id; without the withdrawn."""
        return self._listed("project = ? ", [key(project)], "id", access)

    def newest(self, limit: int, *, access: Access) -> tuple[Deliverable, ...]:
        """The newest by their own date, else by their year."""
        return self._listed("1", [], "sorted DESC, id", access, limit=limit)

    def with_mark(self, kind: str, value: str, *, access: Access) -> tuple[Deliverable, ...]:
        """The deliverables of a "theme" or a "company" of which the reader may know it, newest first."""
        sql, seen = readable_by(access, "mark.audience", many=True)
        marked = f"id IN (SELECT deliverable FROM mark WHERE kind = ? AND value = ? AND {sql})"  # noqa: S608
        return self._listed(marked, [kind, key(value), *seen], "sorted DESC, id", access)

    def duplicates(self, id: str, *, access: Access) -> tuple[Deliverable, ...]:
        """Other deliverables with the same bytes as one whose bytes this reader may have, likewise."""
        text, seen = readable_by(access, "deliverable.text_audience")
        same = f"id <> ? AND {text} AND sha256 = (SELECT sha256 FROM deliverable WHERE id = ? AND {text})"  # noqa: S608
        return self._listed(same, [key(id), *seen, key(id), *seen], "id", access)

    def with_checksum(self, sha256: str, *, access: Access) -> tuple[Deliverable, ...]:
        """The deliverables with these bytes, of those whose bytes this reader may have."""
        text, seen = readable_by(access, "deliverable.text_audience")
        return self._listed(f"sha256 = ? AND {text}", [sha256, *seen], "id", access)

    def project(self, id: str, *, access: Access) -> Project | None:
        found = self._projects("project.id = ?", [key(id)], access, many=False)
        return found[0] if found else None

    def projects(self, *, community: str | None = None, year: int | None = None, access: Access) -> tuple[Project, ...]:
        """The projects of a community, a year, or both; newest first."""
        where, parameters = ["1"], list[object]()
        if community is not None:
            where.append("community = ?")
            parameters.append(key(community))
        if year is not None:
            where.append("year = ?")
            parameters.append(year)
        return self._projects(" AND ".join(where), parameters, access)

    def communities(self, *, access: Access) -> tuple[Community, ...]:
        """The communities that the reader may see, by name; without their agendas (see `community`)."""
        _, communities = self._decoded()
        return tuple(
            community_as_seen(replace(community, agenda=Agenda()), access, projects=(), documents=())
            for community in communities
            if access.reads(community.audience)
        )

    def community(self, id: str, *, access: Access) -> Community | None:
        """A community with its agenda: the questions and the events that the reader may see.

        A document that was moved is named by the id under which it stands now.
        """
        _, communities = self._decoded()
        found = next((each for each in communities if each.id == id and access.reads(each.audience)), None)
        if found is None:
            return None
        projects, documents = named_in_agenda(found.agenda)
        with self._reading() as run:
            seen = _existing(run, "project", projects, access)
            there = _existing(run, "deliverable", documents, access)
        moved = {id: now for id in documents - there if (now := self.current_address(id, access=access))}
        found = replace(found, agenda=agenda_after_moves(found.agenda, moved))
        return community_as_seen(found, access, projects=seen, documents=there.union(moved.values()))

    def network(self, *, access: Access) -> Network:
        """Organisations and themes; of companies those of which the reader knows by something they may see."""
        network, communities = self._decoded()
        if access.sees_everything:
            return network
        about, may_know = readable_by(access, "mark.audience", many=True)
        of, may_see = readable_by(access, "thing.audience", many=True)
        slugs: set[str] = set()
        with self._reading() as run:
            for table, column in (("deliverable", "deliverable"), ("project", "project")):
                only = "AND mark.deliverable = ''" if table == "project" else ""
                rows = run(
                    f"SELECT DISTINCT mark.value FROM mark JOIN {table} AS thing ON thing.id = mark.{column}"  # noqa: S608
                    f" WHERE mark.kind = 'company' {only} AND {about} AND {of}",
                    [*may_know, *may_see],
                )
                slugs.update(unkey(value) for (value,) in rows)
        for community in communities:
            if community.record and access.reads(community.audience):
                slugs.update(partnership.organisation for partnership in community.record.partnerships)
        return network_as_seen(network, access, organisations=slugs)

    def parts(self, wanted: Iterable[tuple[str, int]], *, access: Access) -> dict[tuple[str, int], TextPart]:
        """The text of these pages and sections, of deliverables whose file the reader may read."""
        numbers: dict[str, list[int]] = {}
        for id, number in wanted:
            numbers.setdefault(id, []).append(number)
        found: dict[tuple[str, int], TextPart] = {}
        with self._reading() as run:
            for id, n in _text_files(run, list(numbers), access):
                for some in _pieces(numbers[id]):
                    rows = run(
                        "SELECT number, label, heading, level, text FROM part"  # noqa: S608
                        f" WHERE file = ? AND number IN ({marks(some)})",
                        [n, *some],
                    )
                    found.update(((id, row[0]), text_part(row)) for row in rows)
        return found

    def all_parts(self, id: str, *, access: Access) -> tuple[TextPart, ...]:
        """All text of a deliverable in reading order; nothing where the reader may not read the file."""
        with self._reading() as run:
            for _, n in _text_files(run, [id], access):
                sql = "SELECT number, label, heading, level, text FROM part WHERE file = ? ORDER BY number"
                return tuple(map(text_part, run(sql, [n])))
        return ()

    def looked(self, id: str, *, access: Access) -> str | None:
        """How a file that the reader may read looked when it was read last: its fingerprint."""
        with self._reading() as run:
            for _id, n in _text_files(run, [id], access):
                return str(run("SELECT fingerprint FROM file WHERE n = ?", [n]).fetchone()[0])
        return None

    def outline(self, id: str, *, access: Access) -> tuple[OutlineEntry, ...]:
        """The headings of a deliverable whose file the reader may read."""
        with self._reading() as run:
            for _, n in _text_files(run, [id], access):
                ((data,),) = run("SELECT outline FROM file WHERE n = ?", [n])
                return outline_entries(data)
        return ()

    def current_address(self, address: str, *, access: Access) -> str | None:
        """The id under which a deliverable that was moved now stands; of several the one of which a record tells."""
        with self._reading() as run:
            sql, seen = readable_by(access, "deliverable.audience")
            rows = run(
                "SELECT deliverable.id FROM alias JOIN deliverable ON deliverable.id = alias.id"  # noqa: S608
                f" WHERE alias.address = ? AND {sql} ORDER BY recorded DESC, alias.id LIMIT 1",
                [key(address), *seen],
            ).fetchall()
        return unkey(rows[0][0]) if rows else None

    def count(self, *, access: Access) -> int:
        """How many deliverables the reader may see."""
        with self._reading() as run:
            sql, seen = readable_by(access, "deliverable.audience", many=True)
            ((count,),) = run(f"SELECT count(*) FROM deliverable WHERE listed AND {sql}", seen)  # noqa: S608
        return int(count)

    def counts(self, *, access: Access) -> Counts:
        """What the reader may see, by kind of thing and by shelf."""
        sql, seen = readable_by(access, "deliverable.audience", many=True)
        text, reads = readable_by(access, "deliverable.text_audience", many=True)
        with self._reading() as run:
            shelves = run(
                "SELECT community, year, count(*) FROM deliverable"  # noqa: S608
                f" WHERE listed AND {sql} GROUP BY community, year ORDER BY community, year",
                seen,
            ).fetchall()
            ((parts,),) = run(
                "SELECT coalesce(sum(file.parts), 0) FROM deliverable JOIN file USING (id)"  # noqa: S608
                f" WHERE listed AND {sql} AND {text}",
                [*seen, *reads],
            )
            projects, communities = (_number(run, table, access) for table in ("project", "community"))
        return Counts(
            deliverables=sum(shelf[2] for shelf in shelves),
            projects=projects,
            communities=communities,
            parts=parts,
            unread=len(self.failures(access=access)),
            shelves=tuple((None if name is None else unkey(name), year, number) for name, year, number in shelves),
        )

    def failures(self, *, access: Access) -> tuple[UnreadFile, ...]:
        """What could not be read or is not downloaded, of the files that the reader may read; by id."""
        sql, seen = readable_by(access, "deliverable.audience")
        text, reads = readable_by(access, "deliverable.text_audience")
        with self._reading() as run:
            rows = run(
                "SELECT file.facts FROM file JOIN deliverable USING (id)"  # noqa: S608
                " WHERE file.state IN ('failed', 'not-downloaded') AND listed"
                f" AND {sql} AND {text} ORDER BY file.id",
                [*seen, *reads],
            ).fetchall()
        return tuple(_unread(from_json(FileFacts, facts)) for (facts,) in rows)

    def problems(self, *, access: Access) -> tuple[Problem, ...]:
        """What is wrong in records and folders: for whoever sees everything, since it may name what others can't."""
        if not access.sees_everything:
            return ()
        with self._reading() as run:
            rows = run("SELECT path, line, message FROM problem ORDER BY path, line").fetchall()
        return tuple(Problem(path=unkey(path), line=line, message=unkey(message)) for path, line, message in rows)

    def effective(self, *, access: Access) -> Access:
        """The same reader without the tokens by which they see nothing more: an account or a community that no audience
        names, or none that the reader's level is not part of.

        What is kept for readers is kept under this, so that those who see the same share it.
        """
        own = sorted(access.own_tokens)
        if not own:
            return access
        # Only who belongs to a school sees by level all that an own token gives: names are not for companies.
        levels = sorted(access.tokens.difference(own)) if CAMPUS in access.tokens else []
        sql = (
            f"SELECT DISTINCT token FROM granted AS own WHERE token IN ({marks(own)}) AND start <= ?"  # noqa: S608
            " AND NOT EXISTS (SELECT 1 FROM granted AS other WHERE other.granted_audience = own.granted_audience"
            f" AND other.token IN ({marks(levels)}) AND other.start <= ?)"
        )
        today = access.today.isoformat()
        with self._reading() as run:
            telling = {unkey(token) for (token,) in run(sql, [*map(key, own), today, *levels, today])}
        return replace(access, tokens=access.tokens.difference(own).union(telling))

    def generation(self) -> int:
        """Grows with each commit: what was cached under another number is old."""
        with self._reading() as run:
            return _generation(run)

    def close(self) -> None:
        """Close the connections of all threads; a later read opens anew."""
        self._connections.close()

    def _listed(
        self, where: str, parameters: Sequence[object], order: str, access: Access, *, limit: int = -1
    ) -> tuple[Deliverable, ...]:
        sql, seen = readable_by(access, "deliverable.audience", many=True)
        with self._reading() as run:
            rows = run(
                f"SELECT value FROM deliverable WHERE listed AND ({where}) AND {sql} ORDER BY {order} LIMIT ?",  # noqa: S608
                [*parameters, *seen, limit],
            ).fetchall()
        return tuple(deliverable_as_seen(from_json(Deliverable, value), access) for (value,) in rows)

    def _projects(
        self, where: str, parameters: Sequence[object], access: Access, *, many: bool = True
    ) -> tuple[Project, ...]:
        sql, seen = readable_by(access, "project.audience", many=many)
        with self._reading() as run:
            rows = run(
                f"SELECT value FROM project WHERE {where} AND {sql} ORDER BY year DESC, id",  # noqa: S608
                [*parameters, *seen],
            ).fetchall()
            found = [from_json(Project, value) for (value,) in rows]
            named = [named_in(project.record) for project in found]
            projects = _existing(run, "project", {id for ids, _ in named for id in ids}, access)
            questions = _existing(run, "question", {id for _, ids in named for id in ids}, access)
        return tuple(project_as_seen(each, access, projects=projects, questions=questions) for each in found)

    def _decoded(self) -> tuple[Network, tuple[Community, ...]]:
        """Network and communities are needed with every page and are few: kept decoded for a generation."""
        with self._reading() as run:
            generation = _generation(run)
            kept = self._kept
            if kept is None or kept[0] != generation:
                rows = run("SELECT value FROM meta WHERE key = 'network'").fetchall()
                network = from_json(Network, rows[0][0]) if rows else Network()
                found = [from_json(Community, value) for (value,) in run("SELECT value FROM community")]
                found.sort(key=lambda community: (str(community.name).casefold(), community.id))
                self._kept = kept = (generation, network, tuple(found))
        return kept[1], kept[2]


def _existing(run: Run, table: str, ids: Iterable[str], access: Access) -> set[str]:
    """Those of the ids in this table that the reader may see."""
    found: set[str] = set()
    sql, seen = readable_by(access, f"{table}.audience")
    for some in _pieces(sorted(ids)):
        rows = run(f"SELECT id FROM {table} WHERE id IN ({marks(some)}) AND {sql}", [*map(key, some), *seen])  # noqa: S608
        found.update(unkey(id) for (id,) in rows)
    return found


def _text_files(run: Run, ids: Sequence[str], access: Access) -> list[tuple[str, int]]:
    """The file numbers of the deliverables whose text this reader may read: their record, too."""
    found: list[tuple[str, int]] = []
    record, seen = readable_by(access, "deliverable.audience")
    text, reads = readable_by(access, "deliverable.text_audience")
    for some in _pieces(ids):
        rows = run(
            "SELECT file.id, file.n FROM deliverable JOIN file USING (id)"  # noqa: S608
            f" WHERE deliverable.id IN ({marks(some)}) AND {record} AND {text}",
            [*map(key, some), *seen, *reads],
        )
        found += [(unkey(id), n) for id, n in rows]
    return found


def _unread(facts: FileFacts) -> UnreadFile:
    return UnreadFile(
        id=facts.id,
        state=facts.state,
        code=facts.code or facts.state,
        reason=facts.reason or "",
        warnings=facts.warnings,
    )


def _number(run: Run, table: str, access: Access) -> int:
    sql, seen = readable_by(access, f"{table}.audience", many=True)
    ((number,),) = run(f"SELECT count(*) FROM {table} WHERE {sql}", seen)  # noqa: S608  names of ours
    return int(number)


def _generation(run: Run) -> int:
    ((value,),) = run("SELECT value FROM meta WHERE key = 'generation'")
    return int(value)


def _pieces(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), _PARAMETERS_AT_ONCE):
        yield values[start : start + _PARAMETERS_AT_ONCE]
