"""What the catalog knows of how projects hang together beyond their records: titles, shared passages, remembered noes.

A part of `Catalog`: every read takes the reader's access, and what that reader may not see takes part in nothing.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass

from archive.access import Access
from archive.catalog.file import Connections, key, marks, readable_by, unkey
from archive.model import Project
from archive.plain import from_json

_ASKED_AT_ONCE = 500  # fingerprints in one question to SQLite


@dataclass(frozen=True, slots=True, kw_only=True)
class Titled:
    """A deliverable by name: its id ends with the file's."""

    id: str
    project: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedPassage:
    """The same words in two projects: where in a file of the one and where in a file of the other."""

    fingerprint: int
    document: str
    part: int
    project: str
    other_document: str
    other_part: int


class Kinship:
    """The half of the catalog that proposals are made from."""

    _connections: Connections

    def titles(self, *, access: Access) -> tuple[Titled, ...]:
        """Every deliverable that the reader may see, by id."""
        sql, seen = readable_by(access, "deliverable.audience", many=True)
        with self._connections.reading() as run:
            rows = run(
                f"SELECT id, project, value FROM deliverable WHERE listed AND {sql} ORDER BY id",  # noqa: S608
                seen,
            ).fetchall()
        # Not `json_extract`: a title may hold bytes that are not UTF-8, and SQLite would hand them on as such.
        return tuple(
            Titled(id=unkey(id), project=unkey(project), title=json.loads(value)["title"])
            for id, project, value in rows
        )

    def shared_passages(self, project: str, *, others_most: int, access: Access) -> tuple[SharedPassage, ...]:
        """The sampled passages that a project shares with others, of files whose text the reader may read.

        Left out is what stands in more than `others_most` other projects: in an archive of thousands a sentence of a
        template has as many places as there are reports.
        """
        mine, seen_of_mine = _text_readable_by(access, "mine")
        theirs, seen_of_theirs = _text_readable_by(access, "theirs")
        places = (
            "passage AS other JOIN file AS other_file ON other_file.n = other.file AND other_file.project <> ?"
            f" JOIN deliverable AS theirs ON theirs.id = other_file.id AND theirs.listed AND {theirs}"
        )
        of_places = [key(project), *seen_of_theirs]
        with self._connections.reading() as run:
            rows = run(
                "WITH own AS MATERIALIZED (SELECT passage.fingerprint, file.id, passage.part FROM file"  # noqa: S608
                " JOIN passage ON passage.file = file.n"
                f" JOIN deliverable AS mine ON mine.id = file.id AND mine.listed AND {mine}"
                " WHERE file.project = ?),"
                " few AS MATERIALIZED (SELECT DISTINCT fingerprint FROM own WHERE (SELECT count(*) FROM"
                f" (SELECT DISTINCT theirs.project FROM {places}"
                " WHERE other.fingerprint = own.fingerprint LIMIT ?)) BETWEEN 1 AND ?)"
                " SELECT own.fingerprint, own.id, own.part, theirs.project, other_file.id, other.part"
                f" FROM few JOIN own ON own.fingerprint = few.fingerprint JOIN {places}"
                " WHERE other.fingerprint = few.fingerprint"
                " ORDER BY own.id, own.part, other_file.id, other.part, own.fingerprint",
                [*seen_of_mine, key(project), *of_places, others_most + 1, others_most, *of_places],
            ).fetchall()
        return tuple(
            SharedPassage(
                fingerprint=fingerprint,
                document=unkey(document),
                part=part,
                project=unkey(other),
                other_document=unkey(other_document),
                other_part=other_part,
            )
            for fingerprint, document, part, other, other_document, other_part in rows
        )

    def holding(self, fingerprints: Collection[int], *, access: Access) -> dict[str, int]:
        """How many of these sampled passages each deliverable holds whose text the reader may read; none without any."""
        theirs, seen = _text_readable_by(access, "theirs")
        found: dict[str, int] = {}
        wanted = sorted(set(fingerprints))
        with self._connections.reading() as run:
            for start in range(0, len(wanted), _ASKED_AT_ONCE):
                some = wanted[start : start + _ASKED_AT_ONCE]
                rows = run(
                    "SELECT file.id, count(DISTINCT passage.fingerprint) FROM passage"  # noqa: S608
                    " JOIN file ON file.n = passage.file JOIN deliverable AS theirs ON theirs.id = file.id AND theirs.listed"
                    f" WHERE passage.fingerprint IN ({marks(some)}) AND {theirs} GROUP BY file.id",
                    [*some, *seen],
                ).fetchall()
                for id, count in rows:
                    found[unkey(id)] = found.get(unkey(id), 0) + count
        return found

    def refused_predecessors(self, project: str, *, access: Access) -> frozenset[str]:
        """The projects to which somebody said no as a predecessor of one that the reader may see.

        A no is remembered for everybody; it names nothing to whoever does not see that project anyway.
        """
        sql, seen = readable_by(access, "project.audience")
        with self._connections.reading() as run:
            rows = run(f"SELECT value FROM project WHERE id = ? AND {sql}", [key(project), *seen]).fetchall()  # noqa: S608
        record = from_json(Project, rows[0][0]).record if rows else None
        return frozenset(each.continues for each in (record.rejected if record else ()) if each.continues)


def _text_readable_by(access: Access, deliverable: str) -> tuple[str, list[str | bytes]]:
    """The condition that this reader may read the text of a deliverable, and know that it is there; its parameters."""
    record, sees = readable_by(access, f"{deliverable}.audience")
    text, reads = readable_by(access, f"{deliverable}.text_audience")
    return f"{record} AND {text}", [*sees, *reads]
