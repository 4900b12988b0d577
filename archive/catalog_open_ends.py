"""What the catalog knows of open ends: the harvested items of the reports that a reader may read, as people decided.

A part of `Catalog`: every read takes the reader's access, and what that reader may not see takes part in nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from archive.access import Access
from archive.catalog_file import Connections, Run, key, readable_by, unkey
from archive.model import Community
from archive.open_ends import Decisions, HarvestedEnd, OpenEnd, Position
from archive.paths import locate
from archive.plain import from_json

_YEAR_UNKNOWN = -1  # stands behind all years


class OpenEnds:
    """The part of the catalog that holds open ends."""

    _connections: Connections

    def community(self, id: str, *, access: Access) -> Community | None:
        """The catalog's: a community with its agenda as this reader sees it."""
        raise NotImplementedError

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
        parameters: list[object] = [key(value) for value in wanted.values() if value is not None]
        if fingerprint is not None:
            where.append("open_end.fingerprint = ?")
            parameters.append(fingerprint)
        if after is not None:
            where.append("(-coalesce(deliverable.year, ?), deliverable.id, open_end.n) > (?, ?, ?)")
            year = _YEAR_UNKNOWN if after.year is None else after.year
            parameters += [_YEAR_UNKNOWN, -year, key(after.document), after.n]
        record, seen = readable_by(access, "deliverable.audience", many=True)
        text, reads = readable_by(access, "deliverable.text_audience", many=True)
        with self._connections.reading() as run:
            rows = run(
                "SELECT deliverable.id, deliverable.community, deliverable.year, open_end.n, open_end.page, open_end.value"  # noqa: S608
                " FROM open_end JOIN file ON file.n = open_end.file JOIN deliverable ON deliverable.id = file.id"
                f" WHERE {' AND '.join([*where, 'listed', record, text])}"
                f" ORDER BY -coalesce(deliverable.year, {_YEAR_UNKNOWN}), deliverable.id, open_end.n LIMIT ?",
                [*parameters, *seen, *reads, limit],
            ).fetchall()
            homes = _homes(run, {row[0]: row[1] for row in rows})
        agendas = {
            home: found.agenda
            for home in {home for of in homes.values() for home in of}
            if (found := self.community(home, access=access)) is not None
        }
        decisions = Decisions(agendas)
        ends = []
        for id, home, year, n, page, value in rows:
            item = from_json(OpenEnd, value)
            ends.append(
                HarvestedEnd(
                    document=unkey(id),
                    community=None if home is None else unkey(home),
                    year=year,
                    n=n,
                    item=item,
                    page=page,
                    decided=decisions.about(item.fingerprint, homes[id]),
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
