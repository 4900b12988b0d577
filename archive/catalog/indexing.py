"""What the indexer reads of the catalog: all of it, without access, for it shows nothing to anybody.

Views never call these: a test holds them to that.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from archive.catalog.file import Connections, OutlineEntry, TextPart, key, outline_entries, text_part, unkey
from archive.catalog.writing import ERASED, NETWORK, RECORDS, SETTINGS, UNHELD
from archive.model import Deliverable, DeliverableRecord, FileFacts, Problem, Project
from archive.network.model import Network
from archive.plain import from_json


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFailure:
    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFile:
    """A file as the catalog last saw it; `sha256` is "" when it could not be opened."""

    fingerprint: str
    size: int
    sha256: str
    failure: KnownFailure | None = None


class IndexerSide:
    """The half of the catalog that only `indexer` uses."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def known_files(self) -> dict[str, KnownFile]:
        """All files by id, for the plan of a sync."""
        with self._connections.reading() as run:
            rows = run("SELECT id, fingerprint, size, sha256, code, reason FROM file").fetchall()
        return {
            unkey(id): KnownFile(
                fingerprint=fingerprint,
                size=size,
                sha256=sha256 or "",
                failure=KnownFailure(code=code, reason=unkey(reason or "")) if code else None,
            )
            for id, fingerprint, size, sha256, code, reason in rows
        }

    def file_facts(self, project: str) -> list[FileFacts]:
        """The files of a project, by id: what assembling it needs."""
        with self._connections.reading() as run:
            rows = run("SELECT facts FROM file WHERE project = ? ORDER BY id", [key(project)])
            return [from_json(FileFacts, facts) for (facts,) in rows]

    def record_fingerprints(self) -> dict[str, str]:
        """The records that were read last, as they then were."""
        found: dict[str, str] = json.loads(self.meta(RECORDS) or "{}")
        return found

    def unheld_access(self) -> dict[str, DeliverableRecord]:
        """What was said of who may see a file that was moved, by id, where no record could be told yet."""
        held: dict[str, str] = json.loads(self.meta(UNHELD) or "{}")
        return {id: from_json(DeliverableRecord, said) for id, said in held.items()}

    def project_problems(self) -> list[Problem]:
        """What is wrong with the projects as they were last assembled."""
        with self._connections.reading() as run:
            rows = run("SELECT path, line, message FROM problem WHERE project IS NOT NULL ORDER BY path, message")
            return [Problem(path=unkey(path), line=line, message=unkey(message)) for path, line, message in rows]

    def note_run(self, name: str, value: str) -> None:
        """A note that no reader of the archive's content sees, so that it makes nobody look again."""
        with self._connections.changing() as run_many:
            run_many("INSERT OR REPLACE INTO meta VALUES (?, ?)", [(name, value)])

    def note_erasure(self) -> None:
        """Something is erased: the next run builds the index anew, for an index keeps what was deleted a while."""
        self.note_run(ERASED, secrets.token_hex(8))

    def settings_stamp(self) -> str | None:
        """What the deliverables were assembled with; None before the first run."""
        return self.meta(SETTINGS)

    def meta(self, name: str) -> str | None:
        """A note of the indexer about the whole archive."""
        with self._connections.reading() as run:
            rows = run("SELECT value FROM meta WHERE key = ?", [name]).fetchall()
        return rows[0][0] if rows else None

    def whole_network(self) -> Network:
        text = self.meta(NETWORK)
        return from_json(Network, text) if text else Network()

    def all_deliverables(self) -> list[Deliverable]:
        """Every deliverable by id, the withdrawn too."""
        with self._connections.reading() as run:
            return [from_json(Deliverable, value) for (value,) in run("SELECT value FROM deliverable ORDER BY id")]

    def for_index(self, id: str) -> tuple[Deliverable, list[TextPart], Project | None] | None:
        """A deliverable with its text and its project; None when it is gone."""
        with self._connections.reading() as run:
            row = run(
                "SELECT deliverable.value, project.value FROM deliverable"
                " LEFT JOIN project ON project.id = deliverable.project WHERE deliverable.id = ?",
                [key(id)],
            ).fetchone()
            if row is None:
                return None
            rows = run(
                "SELECT number, label, heading, level, text FROM part"
                " WHERE file = (SELECT n FROM file WHERE id = ?) ORDER BY number",
                [key(id)],
            )
            project = from_json(Project, row[1]) if row[1] else None
            return from_json(Deliverable, row[0]), list(map(text_part, rows)), project

    def stored_text(self, id: str) -> tuple[FileFacts, list[TextPart], tuple[OutlineEntry, ...]] | None:
        """A file as it was read, with its text and its headings; None when it is gone."""
        with self._connections.reading() as run:
            row = run("SELECT n, facts, outline FROM file WHERE id = ?", [key(id)]).fetchone()
            if row is None:
                return None
            rows = run("SELECT number, label, heading, level, text FROM part WHERE file = ? ORDER BY number", [row[0]])
            return from_json(FileFacts, row[1]), list(map(text_part, rows)), outline_entries(row[2])

    def has_moved(self, id: str) -> bool:
        """Whether the file that stood at this address stands elsewhere now."""
        with self._connections.reading() as run:
            return run("SELECT 1 FROM alias WHERE address = ?", [key(id)]).fetchone() is not None

    def pending(self) -> tuple[list[str], list[str]]:
        """What the engine has not been told yet: ids to index, and ids to take out. See `settle`."""
        sql = "SELECT pending.id, deliverable.id IS NOT NULL FROM pending LEFT JOIN deliverable USING (id) ORDER BY 1"
        with self._connections.reading() as run:
            rows = [(unkey(id), there) for id, there in run(sql)]
        return [id for id, there in rows if there], [id for id, there in rows if not there]

    def settle(self, ids: Iterable[str]) -> None:
        """The engine has committed these."""
        with self._connections.changing() as run_many:
            run_many("DELETE FROM pending WHERE id = ?", ([key(id)] for id in ids))

    def settle_all(self) -> None:
        """The engine was built anew from this catalog."""
        self.settle([id for ids in self.pending() for id in ids])
