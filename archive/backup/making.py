"""Make a backup of an archive while people use it: drafts, the tree, accounts with their log, settings, what was erased.

The truth is the folder, so the catalog and the index stay out: `estafette index` makes them again. So does the key of
the sessions: whoever finds a backup signs in as nobody, and after a restore everybody signs in anew. A backup is made
beside its place and gets its name last; the one that had that name stays until then.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from archive.access import EMBARGO_ZONE
from archive.accounts.file import FILE_NAME as ACCOUNTS_FILE
from archive.accounts.file import AccountsFile
from archive.backup.drafts import leave_out_drafts, take_drafts
from archive.backup.file import (
    ACCOUNTS,
    DOCUMENTS,
    ERASURES,
    SETTINGS,
    BackupReader,
    BackupWriter,
    Contents,
    Unreadable,
    pieces,
)
from archive.deposit.drafts import Drafts
from archive.errors import AccessFailed, ArchiveError, Busy, UsageError
from archive.model import Problem
from archive.paths import printable
from archive.storage import NoSuchFile, Storage, StorageError, StoredFile, Tree, stored

ROUNDS = 10  # so often what people changed meanwhile is read again
AT_ONCE = 3  # of those follow each other without a pause: while people hand in, a moment's quiet is soon found
PAUSE_S, PAUSE_MAX_S = 0.1, 2.0  # before the others, doubled each time: a file that still arrives takes a while
SHRUNK = 0.5  # a backup of less than this share of the files of the one before it is no reason to remove that one
PART = ".estafette-backup.part"  # what is not finished yet
NOTE = "last-backup.json"  # in var: what `last_backup` reads


@dataclass(frozen=True, slots=True, kw_only=True)
class LastBackup:
    """The last backup that was made. `complete`: nothing was missing from it."""

    made: datetime
    file: str
    files: int
    bytes: int
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A backup that is in place. `settled`: it is the tree of one moment; otherwise each file is, and no record is
    without its file. `removed` are older ones; `held_back` says why none was removed that could have been."""

    path: Path
    contents: Contents
    settled: bool
    missing: tuple[Problem, ...]
    removed: tuple[Path, ...] = ()
    held_back: str = ""


def back_up(
    target: Path,
    *,
    documents: Path,
    var: Path,
    settings: Path,
    erasures: Path,
    now: datetime,
    keep: int | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> Made:
    """Write a backup to `target`, or under a name with the date when that is a folder; keep the newest `keep` only.

    `settings` and `erasures` are files, which need not be there. Raises UsageError, AccessFailed (no room, no such
    folder); then nothing has changed.
    """
    target = _named(target, documents=documents, var=var, now=now)
    if keep is not None:
        _expect_changing(target.name)
    archive = str(documents.resolve())
    with _beside(target) as file:
        writer = BackupWriter(file)
        # First: what is handed in meanwhile is in both, and never in none.
        drafts = take_drafts(writer, Drafts(var))
        taken = _take_tree(writer, Storage(documents), pause)
        taken.missing.update(drafts)
        _take_accounts(writer, var, taken)
        _take_file(writer, SETTINGS, settings, taken)
        _take_file(writer, ERASURES, erasures, taken)  # last: of what is erased meanwhile the line comes first
        contents = writer.finish(made=now, archive=archive, missing=len(taken.missing))
    missing = tuple(Problem(path=id, message=reason) for id, reason in sorted(taken.missing.items()))
    made = Made(path=target, contents=contents, settled=taken.settled, missing=missing)
    note_backup(var, made)
    return made if keep is None else _without_older(made, keep)


def last_backup(var: Path) -> LastBackup | None:
    """The last backup of this archive, as far as is known."""
    try:
        said = json.loads((var / NOTE).read_bytes())
        return LastBackup(
            made=datetime.fromisoformat(said["made"]).astimezone(UTC),
            file=str(said["file"]),
            files=int(said["files"]),
            bytes=int(said["bytes"]),
            complete=said["complete"] is True,
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def note_backup(var: Path, made: Made) -> None:
    """Leave word of a backup for `last_backup`. One that can't leave word is made all the same."""
    said = {
        "made": made.contents.made.isoformat(),
        "file": printable(str(made.path)),
        "files": len(made.contents.documents),
        "bytes": made.contents.bytes,
        "complete": not made.missing,
    }
    with suppress(OSError):
        var.mkdir(parents=True, exist_ok=True)
        beside = var / f".{NOTE}.{os.getpid()}"
        beside.write_text(json.dumps(said), encoding="utf-8")
        beside.replace(var / NOTE)


@dataclass(slots=True, kw_only=True)
class _Taken:
    """What of the tree is in the backup by now: fingerprints by id, and by id why something is not."""

    fingerprints: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    settled: bool = False


def _take_tree(writer: BackupWriter, storage: Storage, pause: Callable[[float], None]) -> _Taken:
    """Take the tree, until a look at it finds exactly what was taken: then that is the tree of one moment.

    In each round records are read before the files are looked for. Whoever hands something in writes the file first and
    the record last, so what a record in the backup tells of is in it too, even if people never leave the tree alone.
    """
    taken = _Taken()
    tree = storage.scan(everything=True)
    for number in range(ROUNDS):
        last = number == ROUNDS - 1
        if number >= AT_ONCE:
            pause(min(PAUSE_S * 2 ** (number - AT_ONCE), PAUSE_MAX_S))
            tree = storage.scan(everything=True)
        _take_out_gone(writer, tree, taken)
        _take(writer, storage, tree.records, taken, last=last)
        tree = storage.scan(everything=True)
        _take(writer, storage, tree.files, taken, last=last)
        tree = storage.scan(everything=True)
        if taken.fingerprints == _fingerprints(tree):
            taken.settled = True
            break
    taken.missing.update((problem.path, problem.message) for problem in tree.problems)
    return taken


def _take(writer: BackupWriter, storage: Storage, files: Iterable[StoredFile], taken: _Taken, *, last: bool) -> None:
    """Put in what is not in yet as it is now. In the last round, also what changes while it is read."""
    for file in files:
        if taken.fingerprints.get(file.id) == file.fingerprint:
            continue
        taken.missing.pop(file.id, None)
        taken.fingerprints.pop(file.id, None)
        if not file.downloaded:  # reading it would make the service fetch it, or give nothing but zeros
            writer.take_out(DOCUMENTS + file.id)
            taken.missing[file.id] = "is not downloaded"
            taken.fingerprints[file.id] = file.fingerprint
            continue
        try:
            with storage.open(file.id) as source:
                before = stored(file.id, os.fstat(source.fileno()))
                chunks = pieces(file.id, source)
                writer.put(DOCUMENTS + file.id, chunks, size=before.size, mtime_ns=before.mtime_ns)
                after = stored(file.id, os.fstat(source.fileno()))
        except NoSuchFile:
            writer.take_out(DOCUMENTS + file.id)
        except (StorageError, Unreadable) as error:
            writer.take_out(DOCUMENTS + file.id)
            taken.missing[file.id] = error.reason
            taken.fingerprints[file.id] = file.fingerprint
        else:
            if before.fingerprint == after.fingerprint:
                taken.fingerprints[file.id] = before.fingerprint
            elif last:
                taken.missing[file.id] = "was changed all the while; it is in as it was read"
            else:
                writer.take_out(DOCUMENTS + file.id)


def _take_out_gone(writer: BackupWriter, tree: Tree, taken: _Taken) -> None:
    for id in taken.fingerprints.keys() - _fingerprints(tree).keys():
        writer.take_out(DOCUMENTS + id)
        del taken.fingerprints[id]
        taken.missing.pop(id, None)


def _fingerprints(tree: Tree) -> Mapping[str, str]:
    return {file.id: file.fingerprint for file in (*tree.files, *tree.records)}


def _take_accounts(writer: BackupWriter, var: Path, taken: _Taken) -> None:
    """Accounts and log. After the tree: whoever a record names has an account in the backup.

    Accounts that can't be read keep nobody from a backup of the rest.
    """
    if not (var / ACCOUNTS_FILE).exists():
        return
    with tempfile.TemporaryDirectory(prefix="estafette-") as folder:
        copy = Path(folder) / ACCOUNTS_FILE
        try:
            with closing(AccountsFile.open(var)) as accounts:
                accounts.copy_to(copy)
        except AccessFailed as error:
            taken.missing[ACCOUNTS] = str(error)
            leave_out_drafts(writer)  # without accounts they are nobody's, or somebody else's
        else:
            _take_file(writer, ACCOUNTS, copy, taken)


def _take_file(writer: BackupWriter, name: str, path: Path, taken: _Taken) -> None:
    """A file of the archive that is none of its tree; without it, nothing."""
    try:
        source = path.open("rb")
    except FileNotFoundError:
        return
    except OSError as error:
        taken.missing[name] = (error.strerror or str(error)).lower()
        return
    with source:
        found = os.fstat(source.fileno())
        writer.put(name, pieces(name, source), size=found.st_size, mtime_ns=found.st_mtime_ns)


def _named(target: Path, *, documents: Path, var: Path, now: datetime) -> Path:
    """Where the backup goes. Raises UsageError for a place where it would be archived itself, or thrown away."""
    target = target.absolute()
    if target.is_dir():
        target = target / f"estafette-{now.astimezone(EMBARGO_ZONE):%Y-%m-%d-%H%M%S}.tar"
    place = target.parent.resolve()
    for folder, why in ((documents, "it would be archived itself"), (var, "that folder may be thrown away")):
        if place.is_relative_to(folder.resolve()):
            raise UsageError(f"a backup can't lie in {printable(str(folder))}: {why}; name another place")
    return target


@contextmanager
def _beside(target: Path) -> Iterator[BinaryIO]:
    """A file beside its place, for its owner's eyes only, that takes that place when all went well.

    It has one name and a lock, so that what a killed backup left is used again. Raises Busy, AccessFailed.
    """
    beside = target.with_name(PART)
    try:
        descriptor = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            _lock(file, beside)
            file.truncate()
            try:
                yield file
                file.flush()
                beside.replace(target)
            except BaseException:
                beside.unlink(missing_ok=True)
                raise
        flush_folder(target.parent)
    except OSError as error:
        said = (error.strerror or str(error)).lower()
        raise AccessFailed(f"{printable(str(target))}: no backup was made: {said}") from error


def _lock(file: BinaryIO, path: Path) -> None:
    """Be the only one who writes here. Whoever waited for another's file to be done would hold a finished backup."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Busy(f"another backup is being made in {printable(str(path.parent))}; try again later") from None
    except OSError:
        return  # a file system that knows no locks
    if not path.exists() or not os.path.samestat(os.fstat(file.fileno()), path.stat()):
        raise Busy(f"another backup was being made in {printable(str(path.parent))}; try again")
    with suppress(OSError):  # FAT knows no owners
        os.fchmod(file.fileno(), 0o600)


def flush_folder(folder: Path) -> None:
    """Have the names in a folder on disk, where its file system can do that."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _expect_changing(name: str) -> None:
    if not any(map(str.isdigit, name)):
        raise UsageError(f"--keep needs a name that changes, with the date in it, or a folder; {name} stays the same")


def alike(name: str) -> re.Pattern[str]:
    r"""The names that differ from this one in their numbers only.

    >>> bool(alike("estafette-2026-01-09.tar").fullmatch("estafette-2025-12-31.tar"))
    True
    >>> bool(alike("estafette-2026-01-09.tar").fullmatch("thesis-2026-01-09.tar"))
    False
    """
    return re.compile(re.sub(r"\d", r"[0-9]", re.escape(name), flags=re.ASCII))


def _without_older(made: Made, keep: int) -> Made:
    """Remove older backups, unless this one is no worthy successor. Only those of this archive, by their own list."""
    older = sorted(_older(made), key=lambda pair: pair[1].made, reverse=True)
    surplus = [path for path, _ in older[keep - 1 :]]
    held_back = ""
    if surplus and made.missing:
        held_back = "something is missing from this one"
    elif surplus and len(made.contents.documents) < SHRUNK * len(older[0][1].documents):
        held_back = f"this one holds {len(made.contents.documents)} files, the one before {len(older[0][1].documents)}"
    removed = []
    for path in [] if held_back else surplus:
        with suppress(OSError):
            path.unlink()
            removed.append(path)
    return Made(
        path=made.path,
        contents=made.contents,
        settled=made.settled,
        missing=made.missing,
        removed=tuple(removed),
        held_back=held_back,
    )


def _older(made: Made) -> Iterator[tuple[Path, Contents]]:
    """The other backups of this archive beside one, under names like its own."""
    pattern = alike(made.path.name)
    for path in made.path.parent.iterdir():
        if path.name == made.path.name or not pattern.fullmatch(path.name) or path.is_symlink() or not path.is_file():
            continue
        with suppress(ArchiveError), BackupReader.open(path) as backup:
            if backup.contents.archive == made.contents.archive:
                yield path, backup.contents
