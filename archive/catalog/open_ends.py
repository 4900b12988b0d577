"""What the catalog knows of open ends: the harvested items of the reports that a reader may read, as people decided.

A part of `Catalog`: every read takes the reader's access, and what that reader may not see takes part in nothing.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence

from archive.access import Access
from archive.catalog.file import Connections, Run, key, readable_by, unkey
from archive.model import Community
from archive.paths import locate
from archive.plain import from_json
from archive.relay.open_ends import Decisions, HarvestedEnd, OpenEnd, Position

_YEAR_UNKNOWN = -1  # stands behind all years
# What a record calls a plan has its project still to begin: nothing is handed on in it. A kind that was guessed decides nothing.
_IS_NO_PLAN = (
    "NOT (json_extract(deliverable.value, '$.kind') = 'plan'"
    " AND coalesce(json_extract(deliverable.value, '$.unconfirmed'), '') NOT LIKE '%\"kind\"%')"
)


class OpenEnds(ABC):
    """The part of the catalog that holds open ends."""

    _connections: Connections

    @abstractmethod
    def community(self, id: str, *, access: Access) -> Community | None:
        """The catalog's: a community with its agenda as this reader sees it."""

    def open_ends(
        self,
        *,
        community: str | None = None,
        project: str | None = None,
        document: str | None = None,
        fingerprint: str | None = None,
        after: Position | None = None,
        limit: int = -1,
        access: Access,
    ) -> tuple[HarvestedEnd, ...]:
        """The items of files that the reader may read, newest year first, then by document in the order of its text.

        Of one community, project, document or fingerprint, or of all. `after` is the position of the last one that was
        told before; a negative `limit` is none.
        """
        wanted = {"community": community, "project": project, "id": document}
        where = [f"deliverable.{column} = ?" for column, value in wanted.items() if value is not None]
        told = [key(value) for value in wanted.values() if value is not None]
        same = "" if fingerprint is None else "AND open_end.fingerprint = ?"
        fingerprints = [] if fingerprint is None else [fingerprint]
        behind, place = "1", list[object]()
        if after is not None:
            year = _YEAR_UNKNOWN if after.year is None else after.year
            place = [-year, key(after.document)]
            where.append("(place, deliverable.id) >= (?, ?)")
            behind = "(place, id, open_end.n) > (?, ?, ?)"
        record, seen = readable_by(access, "deliverable.audience", many=True)
        text, reads = readable_by(access, "deliverable.text_audience", many=True)
        # So many documents as items are wanted, and the one where the last list ended, hold enough: sorting the items
        # of 5,000 reports takes 0.1 s.
        documents = -1 if limit < 0 else limit + 1
        with self._connections.reading() as run:
            rows = run(
                f"WITH holder AS (SELECT deliverable.id, deliverable.community, deliverable.year, file.n AS file,"  # noqa: S608
                f" -coalesce(deliverable.year, {_YEAR_UNKNOWN}) AS place"
                " FROM deliverable JOIN file ON file.id = deliverable.id"
                f" WHERE {' AND '.join([*where, 'listed', _IS_NO_PLAN, record, text])}"
                f" AND EXISTS (SELECT 1 FROM open_end WHERE open_end.file = file.n {same})"
                " ORDER BY place, deliverable.id LIMIT ?)"
                " SELECT id, community, year, open_end.n, open_end.page, part.label, open_end.value"
                " FROM holder JOIN open_end ON open_end.file = holder.file"
                " LEFT JOIN part ON part.file = holder.file AND part.number = open_end.page"
                f" WHERE {behind} {same} ORDER BY place, id, open_end.n LIMIT ?",
                [
                    *told,
                    *place,
                    *seen,
                    *reads,
                    *fingerprints,
                    documents,
                    *place,
                    *([after.n] if after is not None else []),
                    *fingerprints,
                    limit,
                ],
            ).fetchall()
            homes = _homes(run, {row[0]: row[1] for row in rows})
        agendas = {
            home: found.agenda
            for home in {home for of in homes.values() for home in of}
            if (found := self.community(home, access=access)) is not None
        }
        decisions = Decisions(agendas)
        ends = []
        for id, home, year, n, page, label, value in rows:
            item = from_json(OpenEnd, value)
            ends.append(
                HarvestedEnd(
                    document=unkey(id),
                    community=None if home is None else unkey(home),
                    year=year,
                    n=n,
                    item=item,
                    page=page,
                    label=label,
                    decided=decisions.about(item.fingerprint, homes[id], text=item.text),
                )
            )
        return tuple(ends)


def _homes(run: Run, communities: dict[str | bytes, str | bytes | None]) -> dict[str | bytes, Sequence[str]]:
    """For each document its community, and those where it stood before it was moved: decisions may stand there."""
    homes: dict[str | bytes, Sequence[str]] = {}
    for id, community in communities.items():
        before: Iterable[str | None] = (
            locate(unkey(address)).community for (address,) in run("SELECT address FROM alias WHERE id = ?", [id])
        )
        own = None if community is None else unkey(community)
        homes[id] = list(dict.fromkeys(home for home in (own, *before) if home is not None))
    return homes
