"""The catalog's file: its tables, how a connection is opened, and SQLite's errors in our words.

The catalog is derived from `documents/` and may be thrown away at any time: no schema is ever migrated, another version
is built anew.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from archive.access import Access
from archive.errors import AccessFailed

FILE_NAME = "catalog.sqlite"
SCHEMA_VERSION = 7
BUSY_TIMEOUT_S = 10.0
COMPRESSION = 4  # of a page of Dutch: 2.4 times smaller at 60 MB/s; 6 wins 3 % more at half the speed

# What is queried is a column; the rest of a value is in `value`, as JSON. Ids that are not UTF-8 are BLOBs (see `key`).
SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE file (
    n INTEGER PRIMARY KEY, id NOT NULL UNIQUE, project NOT NULL, fingerprint TEXT NOT NULL, size INTEGER NOT NULL,
    sha256 TEXT, state TEXT NOT NULL, code TEXT, reason, parts INTEGER NOT NULL, facts TEXT NOT NULL, outline BLOB
);
CREATE INDEX file_project ON file (project);
CREATE INDEX file_state ON file (state);
CREATE TABLE part (
    file INTEGER NOT NULL, number INTEGER NOT NULL, label TEXT, heading TEXT, level INTEGER, text BLOB NOT NULL,
    PRIMARY KEY (file, number)
);
CREATE TABLE passage (
    fingerprint INTEGER NOT NULL, file INTEGER NOT NULL, part INTEGER NOT NULL, PRIMARY KEY (fingerprint, file, part)
) WITHOUT ROWID;
CREATE INDEX passage_file ON passage (file);
CREATE TABLE open_end (
    file INTEGER NOT NULL, n INTEGER NOT NULL, fingerprint TEXT NOT NULL, page INTEGER, value TEXT NOT NULL,
    PRIMARY KEY (file, n)
) WITHOUT ROWID;
CREATE INDEX open_end_fingerprint ON open_end (fingerprint);
CREATE TABLE audience (n INTEGER PRIMARY KEY, grants TEXT NOT NULL UNIQUE);
CREATE TABLE granted (
    granted_audience INTEGER NOT NULL, token NOT NULL, start TEXT NOT NULL,
    PRIMARY KEY (granted_audience, token, start)
) WITHOUT ROWID;
CREATE INDEX granted_token ON granted (token, start, granted_audience);
CREATE TABLE deliverable (
    id PRIMARY KEY, project NOT NULL, community, year INTEGER, sorted TEXT NOT NULL, sha256 TEXT,
    listed INTEGER NOT NULL, audience INTEGER NOT NULL, text_audience INTEGER NOT NULL, value TEXT NOT NULL
);
CREATE INDEX deliverable_project ON deliverable (project);
CREATE INDEX deliverable_sorted ON deliverable (sorted, id);
CREATE INDEX deliverable_sha256 ON deliverable (sha256);
CREATE TABLE project (id PRIMARY KEY, community, year INTEGER, audience INTEGER NOT NULL, value TEXT NOT NULL);
CREATE INDEX project_place ON project (community, year);
CREATE TABLE community (id PRIMARY KEY, audience INTEGER NOT NULL, value TEXT NOT NULL);
CREATE TABLE question (id NOT NULL, community NOT NULL, audience INTEGER NOT NULL);
CREATE INDEX question_id ON question (id);
CREATE TABLE mark (
    kind TEXT NOT NULL, value NOT NULL, project NOT NULL, deliverable NOT NULL, audience INTEGER NOT NULL,
    PRIMARY KEY (kind, value, project, deliverable)
) WITHOUT ROWID;
CREATE INDEX mark_project ON mark (project);
CREATE TABLE alias (
    address NOT NULL, id NOT NULL, recorded INTEGER NOT NULL, PRIMARY KEY (address, id)
) WITHOUT ROWID;
CREATE INDEX alias_id ON alias (id);
CREATE TABLE pending (id PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE problem (path NOT NULL, line INTEGER, message TEXT NOT NULL, project);
CREATE INDEX problem_project ON problem (project);
"""


_NOT_THE_FILES_FAULT = frozenset(
    {
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_NOMEM,
    }
)
Run = Callable[..., sqlite3.Cursor]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPart:
    """A page or section with its text. `number` counts from 1."""

    number: int
    text: str
    label: str | None = None
    heading: str | None = None
    level: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineEntry:
    """A heading, and the number of the page or section to which it leads."""

    title: str
    level: int
    part: int


class CatalogUnreadable(AccessFailed):
    """There is no catalog yet, it is damaged, or it is of another version: the next index run builds it anew."""


def key(id: str) -> str | bytes:
    """An id as SQLite can hold it: TEXT, or a BLOB for one with bytes that are not UTF-8."""
    try:
        id.encode("utf-8")
    except UnicodeEncodeError:
        return id.encode("utf-8", "surrogatepass")
    return id


def unkey(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("utf-8", "surrogatepass")


def readable_by(access: Access, audience: str, *, many: bool = False) -> tuple[str, list[str | bytes]]:
    """The condition that this reader is part of the audience in a column ("deliverable.audience"), with its parameters.

    This is the one place where the catalog decides what is left out. `many`: for lists, where the set of audiences is
    worked out once; without it each row looks up its own, which suits a few rows.
    """
    # A bare `audience` inside the subquery once meant the subquery's own column: everybody saw everything.
    if "." not in audience:
        raise ValueError(f"{audience}: name its table too")
    tokens = sorted(access.tokens)
    condition = f"token IN ({marks(tokens)}) AND start <= ?"
    if many:
        sql = f"{audience} IN (SELECT granted_audience FROM granted WHERE {condition})"  # noqa: S608  names of ours
    else:
        sql = f"EXISTS (SELECT 1 FROM granted WHERE granted_audience = {audience} AND {condition})"  # noqa: S608
    return sql, [*map(key, tokens), access.today.isoformat()]


def marks(values: Sequence[object]) -> str:
    """Question marks for a list of parameters."""
    return ", ".join("?" * len(values))


def create(path: Path) -> None:
    """Make an empty catalog where there is none; of two who do so at once, one makes it."""
    with translated(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(_connect(path, "rwc")) as connection:
            connection.execute("PRAGMA page_size = 8192")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("BEGIN IMMEDIATE")
            if connection.execute("PRAGMA user_version").fetchone() == (0,):
                for statement in SCHEMA.split(";"):
                    connection.execute(statement)
                # Milliseconds since 1970: a new catalog never repeats a number that a reader has cached under, since
                # no catalog commits a thousand times a second.
                generation = str(time.time_ns() // 1_000_000)
                connection.execute("INSERT INTO meta VALUES ('generation', ?)", [generation])
                connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            connection.execute("COMMIT")


def open_existing(path: Path, *, write: bool = False) -> sqlite3.Connection:
    """Open a catalog. Raises CatalogUnreadable when there is none, or none of this version."""
    with translated(path):
        if not path.exists():
            raise CatalogUnreadable("there is no catalog yet: run estafette index")
        connection = _connect(path, "rw")
        try:
            _check_version(connection)
            connection.execute(f"PRAGMA {'synchronous = NORMAL' if write else 'query_only = ON'}")
            if write:
                connection.execute("PRAGMA secure_delete = ON")  # what was erased is not left in free pages
        except BaseException:
            connection.close()
            raise
    return connection


def packed(text: str) -> bytes:
    return zlib.compress(text.encode("utf-8", "surrogatepass"), COMPRESSION)


def unpacked(data: bytes) -> str:
    return zlib.decompress(data).decode("utf-8", "surrogatepass")


def text_part(row: tuple[int, str | None, str | None, int | None, bytes]) -> TextPart:
    number, label, heading, level, text = row
    return TextPart(
        number=number,
        text=unpacked(text),
        label=None if label is None else unkey(label),
        heading=None if heading is None else unkey(heading),
        level=level,
    )


def outline_entries(data: bytes | None) -> tuple[OutlineEntry, ...]:
    entries = json.loads(unpacked(data)) if data else []
    return tuple(OutlineEntry(title=title, level=level, part=part) for title, level, part in entries)


def _check_version(connection: sqlite3.Connection) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()  # what is no database shows itself here
    if version != SCHEMA_VERSION:
        raise CatalogUnreadable("the catalog is of another version: run estafette index")


def remove(path: Path) -> None:
    """Take away a catalog with what belongs to it; who still reads it notices at the next read."""
    with translated(path):
        for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
            path.with_name(name).unlink(missing_ok=True)


class Connections:
    """Connections for reading, one a thread, opened anew when another catalog was put in place."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._here = threading.local()
        self._all: set[sqlite3.Connection] = set()
        self._lock = threading.Lock()

    @contextmanager
    def reading(self) -> Iterator[Run]:
        """One unchanging look at the catalog by this thread. Raises CatalogUnreadable."""
        connection = self._current()
        with translated(self._path):
            connection.execute("BEGIN")
            try:
                yield connection.execute
            except (zlib.error, ValueError, KeyError, TypeError) as error:
                raise CatalogUnreadable(f"the catalog is damaged ({error}): run estafette index") from error
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    @contextmanager
    def changing(self) -> Iterator[Callable[..., sqlite3.Cursor]]:
        """A small change outside a generation: nothing that any reader sees."""
        with translated(self._path), closing(open_existing(self._path, write=True)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection.executemany
            connection.execute("COMMIT")  # without it, closing takes back what was done

    def close(self) -> None:
        with self._lock:
            for connection in self._all:
                connection.close()
            self._all.clear()
            self._here = threading.local()

    def _current(self) -> sqlite3.Connection:
        opened: tuple[sqlite3.Connection, tuple[int, int]] | None = getattr(self._here, "opened", None)
        try:
            found = self._path.stat()
            file = (found.st_dev, found.st_ino)
        except OSError:
            file = (0, 0)
        if opened is not None and opened[1] == file:
            return opened[0]
        if opened is not None:
            self._here.opened = None
            with self._lock:
                self._all.discard(opened[0])
            opened[0].close()
        connection = open_existing(self._path)
        with self._lock:
            self._all.add(connection)
        self._here.opened = (connection, file)
        return connection


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """The border where errors of SQLite and the system become ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise _ours(error, path) from error
    except OSError as error:
        raise AccessFailed(f"{path}: {(error.strerror or str(error)).lower()}") from error


def _ours(error: sqlite3.Error, path: Path) -> AccessFailed:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return AccessFailed(f"{path.parent}: the disk is full; what was indexed before is still there")
    if code in _NOT_THE_FILES_FAULT:
        return AccessFailed(f"{path}: can't be read or written ({error})")
    return CatalogUnreadable(f"the catalog can't be read ({error}): run estafette index")


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    address = f"file:{quote(os.fsencode(path))}?mode={mode}"
    # No thread check: a connection is used by its own thread alone, but closed by the one that closes the catalog.
    return sqlite3.connect(
        address, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False, cached_statements=256
    )
