"""Write the catalog: by the one process that holds the writer's lock, in transactions that become visible whole.

Readers go on meanwhile with what was there. Whatever changes for the search engine is noted in the same transaction, so
that a kill between catalog and engine is mended by the next run.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from archive.access import audience_of_company, audience_of_question
from archive.catalog.file import key, open_existing, packed, translated
from archive.model import Audience, Community, Deliverable, DeliverableRecord, FileFacts, Problem, Project
from archive.network.model import Network
from archive.paths import locate
from archive.plain import from_json, to_json
from archive.records.assembly import is_withdrawn, sort_date
from archive.relay.open_ends import OpenEnd
from archive.relay.passages import sampled

NETWORK, RECORDS, SETTINGS, UNHELD = "network", "records", "settings", "unheld-access"  # keys of the table `meta`
_AUDIENCES = (
    ("deliverable", "audience"),
    ("deliverable", "text_audience"),
    ("project", "audience"),
    ("community", "audience"),
    ("question", "audience"),
    ("mark", "audience"),
)
ERASED = "erased"  # likewise: something was erased, and the index is to be built without its remains


_PUT_FILE = """
INSERT INTO file (id, project, fingerprint, size, sha256, state, code, reason, parts, facts, outline)
VALUES (:id, :project, :fingerprint, :size, :sha256, :state, :code, :reason, :parts, :facts, :outline)
ON CONFLICT (id) DO UPDATE SET
    (fingerprint, size, sha256, state, code, reason, parts, facts, outline) =
    (:fingerprint, :size, :sha256, :state, :code, :reason, :parts, :facts, :outline)
RETURNING n
"""


class TextOfPart(Protocol):
    """A page or section, as extraction gives it."""

    @property
    def number(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def label(self) -> str | None: ...
    @property
    def heading(self) -> str | None: ...
    @property
    def level(self) -> int | None: ...


class OutlineOfPart(Protocol):
    @property
    def title(self) -> str: ...
    @property
    def level(self) -> int: ...
    @property
    def part(self) -> int: ...


@contextmanager
def writing(path: Path) -> Iterator[CatalogWriter]:
    """One transaction: all of it becomes visible together, as a next generation, or nothing does.

    Raises CatalogUnreadable, and AccessFailed when the disk is full.
    """
    connection = open_existing(path, write=True)
    try:
        with translated(path):
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield CatalogWriter(connection)
                connection.execute("UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'generation'")
                connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # a full disk has rolled back already
                    connection.execute("ROLLBACK")
                raise
    finally:
        connection.close()


class CatalogWriter:
    """The changes of one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._run = connection.execute
        self._run_many = connection.executemany
        self._audiences: dict[Audience, int] = {}

    def put_file(
        self,
        facts: FileFacts,
        fingerprint: str,
        parts: Sequence[TextOfPart] = (),
        outline: Iterable[OutlineOfPart] = (),
    ) -> None:
        """A file that was read (or could not be), with its text; what was known of it before goes."""
        self._drop_text(facts.id)
        self._note([facts.id])
        facts = replace(facts, parts=len(parts))
        entries = json.dumps([[entry.title, entry.level, entry.part] for entry in outline], separators=(",", ":"))
        values = {
            "id": key(facts.id),
            "project": key(locate(facts.id).project),
            "fingerprint": fingerprint,
            "size": facts.size,
            "sha256": facts.sha256,
            "state": facts.state,
            "code": facts.code,
            "reason": _text(facts.reason),
            "parts": facts.parts,
            "facts": to_json(facts),
            "outline": packed(entries),
        }
        (n,) = self._run(_PUT_FILE, values).fetchone()
        self._run_many(
            "INSERT INTO part VALUES (?, ?, ?, ?, ?, ?)",
            ((n, part.number, _text(part.label), _text(part.heading), part.level, packed(part.text)) for part in parts),
        )
        self._run_many(
            "INSERT INTO passage VALUES (?, ?, ?)",
            ((fingerprint, n, part.number) for part in parts for fingerprint in sampled(part.text)),
        )

    def put_open_ends(self, id: str, found: Iterable[OpenEnd], *, paged: bool) -> None:
        """What was harvested from a file that is there; what was harvested from it before goes."""
        file = self._run("SELECT n FROM file WHERE id = ?", [key(id)]).fetchone()
        if file is None:
            return
        self._run("DELETE FROM open_end WHERE file = ?", file)
        self._run_many(
            "INSERT INTO open_end VALUES (?, ?, ?, ?, ?)",
            (
                (*file, n, each.fingerprint, each.part if paged else None, to_json(each))
                for n, each in enumerate(found, start=1)
            ),
        )

    def touch_file(self, id: str, fingerprint: str) -> None:
        """The same bytes under another date or inode."""
        self._run("UPDATE file SET fingerprint = ? WHERE id = ?", [fingerprint, key(id)])

    def move_file(self, old: str, new: str, fingerprint: str) -> None:
        """The same bytes under another id: the text goes along, and the old address leads to the new one."""
        row = self._run("SELECT facts FROM file WHERE id = ?", [key(old)]).fetchone()
        if row is None:
            return
        self.drop_file(new)
        facts = replace(from_json(FileFacts, row[0]), id=new)
        self._run(
            "UPDATE file SET id = ?, project = ?, fingerprint = ?, facts = ? WHERE id = ?",
            [key(new), key(locate(new).project), fingerprint, to_json(facts), key(old)],
        )
        self._run("UPDATE OR REPLACE alias SET id = ? WHERE id = ?", [key(new), key(old)])
        self._run("INSERT OR IGNORE INTO alias VALUES (?, ?, 0)", [key(old), key(new)])
        self._run("DELETE FROM alias WHERE address = id")
        self._note([old, new])

    def drop_file(self, id: str) -> None:
        """A file that is gone. Its deliverable goes with `put_project` or `drop_project`."""
        self._drop_text(id)
        self._run("DELETE FROM file WHERE id = ?", [key(id)])
        self._note([id])

    def put_project(
        self, project: Project, deliverables: Iterable[Deliverable], problems: Iterable[Problem] = ()
    ) -> None:
        """A project with all its deliverables, and what is wrong with it; what it held before goes."""
        self.drop_project(project.id)
        self._put_problems(problems, key(project.id))
        audience = self._audience(project.audience)
        self._run(
            "INSERT INTO project VALUES (?, ?, ?, ?, ?)",
            [key(project.id), _text(project.community), project.year, audience, to_json(project)],
        )
        record = project.record
        if record is not None:
            for involved in record.companies:
                who = audience_of_company(involved, record, audience=project.audience, community=project.community)
                self._mark("company", involved.organisation, project.id, "", self._audience(who))
        for deliverable in deliverables:
            self._put_deliverable(deliverable)
            self._note([deliverable.id])

    def drop_project(self, id: str) -> None:
        """A project that is gone, with its deliverables."""
        held = "SELECT id FROM deliverable WHERE project = ?"
        self._run(f"INSERT OR IGNORE INTO pending {held}", [key(id)])
        self._run(f"DELETE FROM alias WHERE recorded AND id IN ({held})", [key(id)])  # noqa: S608  a text of ours
        for table, column in (
            ("mark", "project"),
            ("deliverable", "project"),
            ("problem", "project"),
            ("project", "id"),
        ):
            self._run(f"DELETE FROM {table} WHERE {column} = ?", [key(id)])  # noqa: S608  names of ours

    def drop_unused_audiences(self) -> None:
        """The audiences of what is gone: they hold the addresses of people."""
        used = " UNION ".join(f"SELECT {column} FROM {table}" for table, column in _AUDIENCES)  # noqa: S608
        self._run(f"DELETE FROM granted WHERE granted_audience NOT IN ({used})")  # noqa: S608  names of ours
        self._run(f"DELETE FROM audience WHERE n NOT IN ({used})")  # noqa: S608
        self._audiences.clear()

    def put_communities(self, communities: Iterable[Community]) -> None:
        """All communities; those that are not among them go."""
        self._run("DELETE FROM community")
        self._run("DELETE FROM question")
        for community in communities:
            audience = self._audience(community.audience)
            self._run("INSERT INTO community VALUES (?, ?, ?)", [key(community.id), audience, to_json(community)])
            for question in community.agenda.questions:
                level = self._audience(audience_of_question(question, community=community.id))
                self._run("INSERT INTO question VALUES (?, ?, ?)", [key(question.id), key(community.id), level])

    def put_network(self, network: Network) -> None:
        self.put_meta(NETWORK, to_json(network))

    def put_problems(self, problems: Iterable[Problem]) -> None:
        """All problems of records and of the tree; those before go, but for what `put_project` was told."""
        self._run("DELETE FROM problem WHERE project IS NULL")
        self._put_problems(problems, None)

    def put_records(self, fingerprints: Mapping[str, str]) -> None:
        """Which records were read, as they then were."""
        self.put_meta(RECORDS, json.dumps(dict(fingerprints)))

    def put_unheld_access(self, said: Mapping[str, DeliverableRecord]) -> None:
        """All of what `Catalog.unheld_access` gives from now on."""
        self.put_meta(UNHELD, json.dumps({id: to_json(record) for id, record in said.items()}))

    def put_settings_stamp(self, stamp: str) -> None:
        """What the assembled deliverables depend on besides files and records."""
        self.put_meta(SETTINGS, stamp)

    def put_meta(self, name: str, value: str) -> None:
        """A note of the indexer, as when it last ran; `Catalog.meta` gives it."""
        self._run("INSERT OR REPLACE INTO meta VALUES (?, ?)", [name, value])

    def _put_deliverable(self, deliverable: Deliverable) -> None:
        id, project = key(deliverable.id), deliverable.project
        audience = self._audience(deliverable.audience)
        listed = not is_withdrawn(deliverable)
        self._run(
            "INSERT OR REPLACE INTO deliverable VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                id,
                key(project),
                _text(deliverable.community),
                deliverable.year,
                sort_date(deliverable),
                deliverable.sha256,
                listed,
                audience,
                self._audience(deliverable.text_audience),
                to_json(deliverable),
            ],
        )
        for address in deliverable.record.was if deliverable.record else ():
            self._run("INSERT OR REPLACE INTO alias VALUES (?, ?, 1)", [key(address), id])
        if not listed:
            return
        for theme in deliverable.themes:
            self._mark("theme", theme, project, deliverable.id, audience)
        for slug, who in deliverable.companies:
            self._mark("company", slug, project, deliverable.id, self._audience(who))

    def _put_problems(self, problems: Iterable[Problem], project: str | bytes | None) -> None:
        self._run_many(
            "INSERT INTO problem VALUES (?, ?, ?, ?)",
            ((key(problem.path), problem.line, key(problem.message), project) for problem in problems),
        )

    def _mark(self, kind: str, value: str, project: str, deliverable: str, audience: int) -> None:
        row = [kind, key(value), key(project), key(deliverable), audience]
        self._run("INSERT OR REPLACE INTO mark VALUES (?, ?, ?, ?, ?)", row)

    def _note(self, ids: Iterable[str]) -> None:
        """These have to be indexed, or taken out of the index."""
        self._run_many("INSERT OR IGNORE INTO pending VALUES (?)", ([key(id)] for id in ids))

    def _drop_text(self, id: str) -> None:
        for table in ("part", "passage", "open_end"):
            self._run(f"DELETE FROM {table} WHERE file = (SELECT n FROM file WHERE id = ?)", [key(id)])  # noqa: S608

    def _audience(self, audience: Audience) -> int:
        """The number of an audience: many things share one, so that its grants are stored and looked up once."""
        n = self._audiences.get(audience)
        if n is None:
            grants = sorted((token, start.isoformat() if start else "") for token, start in audience)
            text = json.dumps(grants)
            row = self._run("SELECT n FROM audience WHERE grants = ?", [text]).fetchone()
            if row is None:
                row = self._run("INSERT INTO audience (grants) VALUES (?) RETURNING n", [text]).fetchone()
                rows = [(row[0], key(token), start) for token, start in grants]
                self._run_many("INSERT INTO granted VALUES (?, ?, ?)", rows)
            n = self._audiences[audience] = int(row[0])
        return n


def _text(value: str | None) -> str | bytes | None:
    return None if value is None else key(value)
