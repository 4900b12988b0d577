"""The file of the accounts: `var/accounts.sqlite`, its tables, its versions, its connections.

Unlike everything else in `var/` it is no copy of anything: backup takes it along, and another version of the software
brings it up to date, after a copy. Only its owner may read it.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from archive.errors import AccessFailed

FILE_NAME = "accounts.sqlite"
BUSY_TIMEOUT_S = 10.0

# Each entry leads from the version before it; its number is its place, counted from 1. An entry is never changed.
VERSIONS: tuple[str, ...] = (
    """
    CREATE TABLE account (
        id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL, role TEXT NOT NULL,
        company TEXT, password TEXT, made TEXT NOT NULL, seen TEXT, ends TEXT, disabled INTEGER NOT NULL DEFAULT 0,
        epoch INTEGER NOT NULL DEFAULT 0
    );
    CREATE TABLE member (
        account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE, community TEXT NOT NULL,
        PRIMARY KEY (account, community)
    ) WITHOUT ROWID;
    CREATE TABLE link (
        token TEXT PRIMARY KEY, purpose TEXT NOT NULL, says TEXT NOT NULL, made TEXT NOT NULL, until TEXT NOT NULL,
        uses INTEGER NOT NULL, by TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX link_purpose ON link (purpose);
    CREATE TABLE audit (
        n INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, by TEXT NOT NULL, action TEXT NOT NULL,
        subject TEXT NOT NULL, says TEXT NOT NULL
    );
    CREATE INDEX audit_at ON audit (at);
    CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END;
    """,
    """
    CREATE TABLE visit (
        day TEXT NOT NULL, role TEXT NOT NULL, kind TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (day, role, kind)
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE asker (
        id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE,
        account INTEGER UNIQUE REFERENCES account ON DELETE CASCADE, email TEXT, confirmed INTEGER NOT NULL,
        language TEXT NOT NULL, letters INTEGER NOT NULL DEFAULT 1, used TEXT NOT NULL
    );
    CREATE UNIQUE INDEX asker_email ON asker (email) WHERE confirmed AND account IS NULL;
    CREATE TABLE asked (
        n INTEGER PRIMARY KEY AUTOINCREMENT, asker INTEGER NOT NULL REFERENCES asker ON DELETE CASCADE,
        form TEXT NOT NULL UNIQUE, community TEXT NOT NULL, question TEXT NOT NULL, company TEXT NOT NULL,
        at TEXT NOT NULL, told TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0, later TEXT,
        fault TEXT NOT NULL DEFAULT ''
    );
    CREATE INDEX asked_question ON asked (community, question);
    CREATE INDEX asked_asker ON asked (asker);
    """,
    """
    CREATE TABLE identity (
        issuer TEXT NOT NULL, subject TEXT NOT NULL, account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
        PRIMARY KEY (issuer, subject), UNIQUE (account, issuer)
    ) WITHOUT ROWID;
    CREATE TABLE ended (session TEXT PRIMARY KEY, until TEXT NOT NULL) WITHOUT ROWID;
    """,
    """
    CREATE TABLE link_key (n INTEGER PRIMARY KEY CHECK (n = 1), key BLOB NOT NULL);
    """,
    """
    CREATE TABLE settled (
        list TEXT NOT NULL, subject TEXT NOT NULL, stood TEXT NOT NULL, day TEXT NOT NULL,
        PRIMARY KEY (list, subject)
    ) WITHOUT ROWID;
    """,
)

Run = Callable[..., sqlite3.Cursor]


class AccountsUnreadable(AccessFailed):
    """The accounts can't be read: damaged, or made by a newer version of the software."""


class AccountsFile:
    """The opened file; each thread has a connection of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._here = threading.local()
        self._all: set[sqlite3.Connection] = set()
        self._lock = threading.Lock()

    @classmethod
    def open(cls, var: Path) -> AccountsFile:
        """The file in this folder, made where there is none and brought up to date where it is older.

        Raises AccountsUnreadable, AccessFailed.
        """
        path = var / FILE_NAME
        with _translated(path):
            var.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            with closing(_connect(path)) as connection:
                _bring_up_to_date(connection, path)
        return cls(path)

    @contextmanager
    def reading(self) -> Iterator[Run]:
        """Ask the file. Raises AccountsUnreadable, AccessFailed."""
        with _translated(self.path):
            yield self._connection().execute

    @contextmanager
    def changing(self) -> Iterator[Run]:
        """One transaction: all of it is on disk when this ends, or nothing of it."""
        with _translated(self.path):
            connection = self._connection()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection.execute
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def copy_to(self, path: Path) -> None:
        """A consistent copy, while others go on reading and writing."""
        with _translated(path):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
            with closing(sqlite3.connect(path)) as copy:
                self._connection().backup(copy)

    def close(self) -> None:
        with self._lock:
            for connection in self._all:
                connection.close()
            self._all.clear()
            self._here = threading.local()

    def _connection(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._here, "connection", None)
        if found is None:
            found = self._here.connection = _connect(self.path)
            with self._lock:
                self._all.add(found)
        return found


def _connect(path: Path) -> sqlite3.Connection:
    # No thread check: each thread uses its own; they are closed together by the one that closes the file.
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")  # a person who was erased is not left in free pages
    connection.execute("PRAGMA synchronous = FULL")  # what was answered "done" survives a power cut
    return connection


def _bring_up_to_date(connection: sqlite3.Connection, path: Path) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == len(VERSIONS):
        return
    if version > len(VERSIONS):
        raise AccountsUnreadable(f"{path}: made by a newer version of Estafette (its version {version})")
    if version:
        copy = path.with_name(f"{path.name}.version-{version}")
        copy.unlink(missing_ok=True)
        os.close(os.open(copy, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        with closing(sqlite3.connect(copy)) as kept:
            connection.backup(kept)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    (version,) = connection.execute("PRAGMA user_version").fetchone()  # another process may have been first
    for number in range(version + 1, len(VERSIONS) + 1):
        for statement in _statements(VERSIONS[number - 1]):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number}")
    connection.execute("COMMIT")


def _statements(script: str) -> Iterator[str]:
    """The statements of a script; a trigger holds semicolons of its own."""
    gathered = ""
    for line in script.splitlines(keepends=True):
        gathered += line
        if sqlite3.complete_statement(gathered):
            yield gathered
            gathered = ""


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    """The border where errors of SQLite and the system become ours."""
    try:
        yield
    except sqlite3.IntegrityError:
        raise  # whoever made the change knows what it means
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            raise AccessFailed(f"{path.parent}: the disk is full; nothing was changed") from error
        raise AccountsUnreadable(f"{path}: the accounts can't be read or written ({error})") from error
    except OSError as error:
        raise AccessFailed(f"{path}: {(error.strerror or str(error)).lower()}") from error
