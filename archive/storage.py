"""The only door to `documents/`: list, read and write its files, and never anything outside it.

The truth is the folder. Folders are opened one by one, each from the one above it and never through a symbolic link, so
that no name and no change underway leads out. Knows paths and bytes; imports neither records nor the catalog.
"""

from __future__ import annotations

import dataclasses
import errno
import fcntl
import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from archive.errors import AccessFailed
from archive.model import Problem
from archive.paths import RECORD_NAMES, composed, is_deliverable, is_hidden, is_left_behind, printable, shown_names
from archive.placing import Written, exists, name_it, put, put_beside
from archive.synchronised import INLINE_MAX_BYTES, inside_synchronised_folder, is_marked_placeholder

SETTLE_S = 2.0  # a file younger than this may still be arriving
RECORD_MAX_BYTES = 1 << 20  # a record is typed by people; what is larger is something else

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
# O_NONBLOCK: a pipe with nobody at its other end would otherwise hold the process for ever.
_REGULAR = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class StorageError(AccessFailed):
    """Something about one path; `id` names it."""

    def __init__(self, id: str, reason: str) -> None:
        self.id, self.reason = id, reason
        super().__init__(f"{printable(id)}: {reason}")


class NoSuchFile(StorageError):
    """There is no such file in the archive."""


class UnsafePath(StorageError):
    """The path leads out of the archive, through a symbolic link, or to something that is no file."""


class AlreadyThere(StorageError):
    """There is a file at this path, and it was not to be replaced."""


class ChangedMeanwhile(StorageError):
    """The file is no longer the one that was read: whoever changed it is not to be overwritten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A regular file as the folder lists it, unopened. `downloaded` is False for a placeholder (see `scan`)."""

    id: str
    size: int
    mtime_ns: int
    inode: int
    device: int
    downloaded: bool = True

    @property
    def fingerprint(self) -> str:
        """Short text that changes when the file is written or replaced.

        >>> StoredFile(id="a", size=16, mtime_ns=255, inode=3, device=1).fingerprint
        '10-ff-3'
        """
        return f"{self.size:x}-{self.mtime_ns:x}-{self.inode:x}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """All that a look at the folder gives, in the order of the ids."""

    files: tuple[StoredFile, ...]
    records: tuple[StoredFile, ...]
    problems: tuple[Problem, ...]


class Storage:
    """The folder `documents/`. The root itself may be a symbolic link: that is the owner's choice."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def scan(self, *, everything: bool = False) -> Tree:
        """Look at the whole tree once; nothing is opened but folders (about 10 ms for 1,000 files).

        `everything`: also what is kept but no deliverable (earlier versions, the README.md at the top), and no word of
        what is neither file nor folder.

        A file counts as not downloaded when its system says so, or when it takes no blocks although it is larger than
        a file system keeps beside the inode. That last rule holds only where blocks mean something: another file on
        the device has some, or the tree lies in a folder that is synchronised by name. Raises AccessFailed when the
        root can't be read; folders that can't, and what is neither file nor folder, are in `problems`.
        """
        files: list[StoredFile] = []
        records: list[StoredFile] = []
        problems: list[Problem] = []
        suspects: set[int] = set()  # positions in `files`
        counting: set[int] = set()  # devices on which some file takes blocks
        for id, found in self._walk(problems, is_left_behind if everything else is_hidden):
            name = id.rpartition("/")[2]
            if not everything and name not in RECORD_NAMES and not is_deliverable(id):
                continue
            if not stat.S_ISREG(found.st_mode):
                if not everything:
                    problems.append(Problem(path=id, message=f"is {_what(found.st_mode)}, and is left out"))
                continue
            blocks = getattr(found, "st_blocks", 1)
            if blocks:
                counting.add(found.st_dev)
            file = stored(id, found)
            if name in RECORD_NAMES:
                records.append(file)
                continue
            if not blocks and found.st_size > INLINE_MAX_BYTES:
                suspects.add(len(files))
            files.append(file)
        if suspects:
            everywhere = inside_synchronised_folder(self.root) is not None
            for at in suspects:
                if everywhere or files[at].device in counting:
                    files[at] = dataclasses.replace(files[at], downloaded=False)
        files.sort(key=lambda file: file.id)
        records.sort(key=lambda file: file.id)
        return Tree(files=tuple(files), records=tuple(records), problems=tuple(problems))

    def path(self, id: str) -> Path:
        """The file's path on disk. An id finds a name that is composed otherwise (NFC, NFD) too.

        Raises NoSuchFile, or UnsafePath for `..`, an absolute path, a symbolic link on the way, or no regular file.
        Between this answer and its use the tree may change: read with `open`, which can't be led astray.
        """
        *folders, name = _parts(id)
        with self._folder(id, folders) as (folder, shown), _translated(id):
            raw = _find(folder, name)
            if raw is None:
                raise NoSuchFile(id, "is not in the archive")
            _check_regular(id, os.stat(raw, dir_fd=folder, follow_symlinks=False))
            return self.root.joinpath(*shown, raw)

    def open(self, id: str) -> BinaryIO:
        """Open a regular file for reading. Raises NoSuchFile, UnsafePath, AccessFailed."""
        *folders, name = _parts(id)
        with self._folder(id, folders) as (folder, _), _translated(id):
            raw = _find(folder, name)
            if raw is None:
                raise NoSuchFile(id, "is not in the archive")
            descriptor = os.open(raw, _REGULAR, dir_fd=folder)
            try:
                _check_regular(id, os.fstat(descriptor))
                return os.fdopen(descriptor, "rb")
            except BaseException:
                os.close(descriptor)
                raise

    def has(self, id: str) -> bool:
        """Whether there is a regular file of this id now."""
        try:
            self.path(id)
        except StorageError:
            return False
        return True

    def stat(self, id: str) -> StoredFile:
        """The file as it is now, opened for a moment; `downloaded` tells only what the system marks."""
        with self.open(id) as file:
            return stored(id, os.fstat(file.fileno()))

    def sha256(self, id: str) -> str:
        """The checksum of a file's bytes, in hexadecimal. Raises as `open` does."""
        with self.open(id) as file, _translated(id):
            return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # a BinaryIO reads into

    def read_record(self, id: str) -> bytes:
        """A record's bytes. Raises as `open` does, and AccessFailed for one over `RECORD_MAX_BYTES`."""
        with self.open(id) as file, _translated(id):
            content = file.read(RECORD_MAX_BYTES + 1)
        if len(content) > RECORD_MAX_BYTES:
            raise StorageError(id, f"is larger than {RECORD_MAX_BYTES >> 20} MB, too large for a record")
        return content

    def write(self, id: str, stream: BinaryIO | Iterable[bytes], *, replace: bool = False) -> Written:
        """Put a file in place, whole or not at all; on return it is on disk, its folder's entry too.

        Missing folders are made. Raises AlreadyThere when there is a file and it may not be replaced, UnsafePath,
        AccessFailed (disk full, not allowed).
        """
        *folders, name = _parts(id)
        with self._folder(id, folders, make=True) as (folder, _), _translated(id):
            raw = _find(folder, name)
            if raw is not None and not replace:
                raise AlreadyThere(id, "is in the archive already")
            if raw is not None:
                _check_regular(id, os.stat(raw, dir_fd=folder, follow_symlinks=False))
            return put(folder, raw or name, stream, replace=replace)

    def write_record(self, id: str, text: str, *, expected: str | None) -> Written:
        """Replace a record, if it is still the one with checksum `expected` (None: there is none yet).

        Raises ChangedMeanwhile when somebody else wrote it since it was read; of two who write at once, one does.
        """
        *folders, _ = _parts(id)
        with self._folder(id, folders, make=expected is None) as (folder, _), _alone_in(folder):
            try:
                found: str | None = self.sha256(id)
            except NoSuchFile:
                found = None
            if found != expected:
                raise ChangedMeanwhile(id, "was changed by somebody else meanwhile; look at it again")
            return self.write(id, [text.encode("utf-8")], replace=expected is not None)

    def stage(
        self, folder: str, mark: str, stream: BinaryIO | Iterable[bytes], *, mtime_ns: int | None = None
    ) -> Written:
        """Put bytes in a folder under a hidden name of their own, flushed: no part of the archive until `place`.

        The same `mark` again is written anew. Missing folders are made; `mtime_ns`: when the bytes were written first.
        """
        id = f"{folder}/{staged_name(mark)}"
        *folders, name = _parts(id)
        with self._folder(id, folders, make=True) as (where, _), _translated(id):
            return put_beside(where, name, stream, mtime_ns=mtime_ns)

    def place(self, folder: str, mark: str, name: str, *, replace: bool = False) -> None:
        """Give staged bytes their name. Raises NoSuchFile where none are staged, AlreadyThere unless to `replace`."""
        id = f"{folder}/{name}"
        *folders, name = _parts(id)
        with self._folder(id, folders) as (where, _), _translated(id):
            raw = _find(where, name)
            if raw is not None:
                _check_regular(id, os.stat(raw, dir_fd=where, follow_symlinks=False))
            name_it(where, staged_name(mark), raw or name, replace=replace)

    def unstage(self, folder: str, marks: Iterable[str], *, made: bool = False) -> None:
        """Throw staged bytes away, those that are there; and the folder, when it was `made` for them and is empty."""
        *folders, _ = _parts(f"{folder}/-")
        with suppress(NoSuchFile), self._folder(folder, folders) as (where, _), _translated(folder):
            for mark in marks:
                with suppress(FileNotFoundError):
                    os.unlink(staged_name(mark), dir_fd=where)
        if made:
            with suppress(OSError, StorageError), self._folder(folder, folders[:-1]) as (above, _):
                os.rmdir(folders[-1], dir_fd=above)

    def names(self, folder: str) -> frozenset[str]:
        """The names in a folder, of what is hidden too; none where there is no such folder."""
        *folders, _ = _parts(f"{folder}/-")
        with suppress(NoSuchFile), self._folder(folder, folders) as (where, _), _translated(folder):
            return frozenset(_shown(where))
        return frozenset()

    def remove(self, id: str) -> None:
        """Take a file away for good. Raises as `open` does."""
        *folders, name = _parts(id)
        with self._folder(id, folders) as (folder, _), _translated(id):
            raw = _find(folder, name)
            if raw is None:
                raise NoSuchFile(id, "is not in the archive")
            _check_regular(id, os.stat(raw, dir_fd=folder, follow_symlinks=False))
            os.unlink(raw, dir_fd=folder)
            os.fsync(folder)

    def _walk(self, problems: list[Problem], hidden: Callable[[str], bool]) -> Iterator[tuple[str, os.stat_result]]:
        """All entries but folders, depth first. A folder's descriptor is held only while its own subtree is walked."""
        try:
            root = os.open(self.root, _DIRECTORY)
        except OSError as error:
            raise AccessFailed(f"{self.root}: can't be read: {_said(error)}") from error
        pending: list[tuple[int, str, Iterator[tuple[str, str]]]] = []
        try:
            _enter(pending, root, "", problems, hidden)
            while pending:
                folder, prefix, entries = pending[-1]
                entry = next(entries, None)
                if entry is None:
                    os.close(folder)
                    pending.pop()
                    continue
                shown, raw = entry
                id = prefix + shown
                found = None
                try:
                    found = os.stat(raw, dir_fd=folder, follow_symlinks=False)
                    if not stat.S_ISDIR(found.st_mode):
                        yield id, found
                        continue
                    below = os.open(raw, _DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
                except FileNotFoundError:
                    continue  # it went away while we looked
                except OSError as error:
                    what = "the folder can't be read" if found else "can't be looked at"
                    problems.append(Problem(path=id, message=f"{what}: {_said(error)}"))
                    continue
                _enter(pending, below, f"{id}/", problems, hidden)
        finally:
            for folder, _, _ in pending:
                os.close(folder)

    @contextmanager
    def _folder(self, id: str, folders: list[str], *, make: bool = False) -> Iterator[tuple[int, list[str]]]:
        """The descriptor of a folder below the root, and the names on disk that lead to it."""
        with _translated(id):
            here = os.open(self.root, _DIRECTORY)
        shown: list[str] = []
        try:
            for name in folders:
                with _translated(id):
                    raw = _find(here, name)
                    if raw is None and make:
                        with suppress(FileExistsError):
                            os.mkdir(name, dir_fd=here)
                        os.fsync(here)
                        raw = name
                    if raw is None:
                        raise NoSuchFile(id, "is not in the archive")
                    below = os.open(raw, _DIRECTORY | os.O_NOFOLLOW, dir_fd=here)
                os.close(here)
                here = below
                shown.append(raw)
            yield here, shown
        finally:
            os.close(here)


def is_settled(file: StoredFile, *, now: float, before: StoredFile | None = None) -> bool:
    """Whether a file has finished arriving: not written within `SETTLE_S` seconds, nor since the look `before`.

    `now` is in seconds since the epoch. A date in the future (a clock that was wrong) does not keep a file waiting.
    """
    if before is not None and (before.size, before.mtime_ns) != (file.size, file.mtime_ns):
        return False
    return abs(now - file.mtime_ns / 1e9) >= SETTLE_S


def stored(id: str, found: os.stat_result) -> StoredFile:
    """A regular file by what its system says of it."""
    return StoredFile(
        id=id,
        size=found.st_size,
        mtime_ns=found.st_mtime_ns,
        inode=found.st_ino,
        device=found.st_dev,
        downloaded=not is_marked_placeholder(id.rpartition("/")[2], found),
    )


def staged_name(mark: str) -> str:
    """Where `Storage.stage` leaves bytes: nobody's to keep, by its dot."""
    return f".estafette-{mark}.tmp"


def _parts(id: str) -> list[str]:
    parts = id.split("/")
    if "\0" in id or any(part in ("", ".", "..") for part in parts):
        raise UnsafePath(id, "is no path within the archive")
    return parts


def _find(folder: int, name: str) -> str | None:
    """The name on disk that `name` means here: itself, or the one that is composed otherwise."""
    if exists(folder, name):
        return name
    if name.isascii():
        return None  # no other composition is possible
    shown = _shown(folder)
    return shown.get(name) or shown.get(composed(name))


def _shown(folder: int) -> dict[str, str]:
    return shown_names(os.listdir(folder))


def _enter(
    pending: list[tuple[int, str, Iterator[tuple[str, str]]]],
    folder: int,
    prefix: str,
    problems: list[Problem],
    hidden: Callable[[str], bool],
) -> None:
    try:
        names = shown_names(name for name in os.listdir(folder) if not hidden(name))
    except OSError as error:
        os.close(folder)
        problems.append(Problem(path=prefix.rstrip("/"), message=f"the folder can't be read: {_said(error)}"))
        return
    pending.append((folder, prefix, iter(sorted(names.items()))))


def _check_regular(id: str, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise UnsafePath(id, f"is {_what(found.st_mode)}")


def _what(mode: int) -> str:
    """A word for what is no regular file."""
    if stat.S_ISLNK(mode):
        return "a symbolic link"
    if stat.S_ISDIR(mode):
        return "a folder"
    return "a device, pipe or socket"


@contextmanager
def _alone_in(folder: int) -> Iterator[None]:
    """Hold the system's lock on a folder, for as long as comparing and replacing one record takes."""
    with suppress(OSError):  # where a file system knows no locks, the checksum alone has to do
        fcntl.flock(folder, fcntl.LOCK_EX)
    try:
        yield
    finally:
        with suppress(OSError):
            fcntl.flock(folder, fcntl.LOCK_UN)


@contextmanager
def _translated(id: str) -> Iterator[None]:
    """The border where the system's errors become ours."""
    try:
        yield
    except FileNotFoundError as error:
        raise NoSuchFile(id, "is not in the archive") from error
    except FileExistsError as error:
        raise AlreadyThere(id, "is in the archive already") from error
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.ENXIO, errno.EISDIR):
            raise UnsafePath(id, "is a symbolic link, a folder or a device, or lies behind one") from error
        raise StorageError(id, _said(error)) from error


def _said(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
