"""The one file that a backup is: a plain tar that ends in a list of what it holds, with checksums.

Written from front to end by `BackupWriter`, read without trust by `BackupReader`: only plain files that the list names,
under names that can't lead elsewhere, with exactly the bytes that were put in. Not compressed: most of an archive is
PDF and Office files, which are so already, and what changed while it was read can be taken out again. Any tar program
unpacks it. Knows neither the tree nor the accounts.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from archive.errors import AccessFailed, DamageFound
from archive.paths import printable

# The names of what it holds.
DOCUMENTS, DRAFTS = "documents/", "drafts/"
ACCOUNTS, SETTINGS, ERASURES = "accounts.sqlite", "estafette.toml", "erasures.jsonl"
READ_ME, LIST, LIST_SUM = "READ-ME.txt", "backup.json", "backup.json.sha256"
FORMAT = 1
LIST_MAX_BYTES = 1 << 28  # about a million files
CHUNK_BYTES = 1 << 20

_BLOCK = tarfile.BLOCKSIZE
_GONE = ".gone/"  # what stands where something was taken out
_SHA256 = re.compile(r"[0-9a-f]{64}")
_OF_A_DRAFT = re.compile(r"drafts/[0-9a-f]{32}/([0-9a-f]{16}|draft\.json)")
_ABOUT = """\
This is a backup by Estafette, the archive of Learning Communities. It holds personal data: keep it locked away.

To restore it on any machine:      estafette restore THIS-FILE
To see whether it is undamaged:    estafette restore --check THIS-FILE

Without Estafette: unpack it with tar. documents/ is the archive itself. accounts.sqlite belongs in the folder var, and
so does drafts/, what people were handing in.
estafette.toml holds the settings, erasures.jsonl tells by hashes what was erased and must stay so, backup.json lists
every file with its SHA-256.
"""


class NoBackup(AccessFailed):
    """The file is something else than a backup, or one that this version does not know."""


class BackupDamaged(DamageFound):
    """The file is a backup, and not the one that was written."""


class Unreadable(AccessFailed):
    """What was to be put in can't be read: not the backup's fault."""

    def __init__(self, name: str, *, reason: str) -> None:
        self.reason = reason
        super().__init__(f"{printable(name)}: {reason}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    name: str
    size: int  # bytes
    mtime_ns: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a backup says of itself. `archive` is the folder that it was made of; `missing` could not be read there."""

    made: datetime
    archive: str
    missing: int = 0
    members: Mapping[str, Member]

    @property
    def documents(self) -> tuple[Member, ...]:
        return tuple(member for name, member in self.members.items() if name.startswith(DOCUMENTS))

    @property
    def drafts(self) -> tuple[Member, ...]:
        return tuple(member for name, member in self.members.items() if name.startswith(DRAFTS))

    @property
    def bytes(self) -> int:
        return sum(member.size for member in self.members.values())


class BackupWriter:
    """Puts files in a backup one after the other. `file` is empty, and can be read, written and cut."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._members: dict[str, Member] = {}
        self._places: dict[str, tuple[int, int]] = {}  # where each begins and ends
        self._gone = 0
        self._put_text(READ_ME, _ABOUT.encode(), 0)

    def put(self, name: str, chunks: Iterable[bytes], *, size: int, mtime_ns: int) -> Member:
        """Put `size` bytes in under a name, in place of what had that name; whatever `chunks` raises undoes it.

        What comes short is filled up: a file that did not keep its size was changed, and its reader takes it out again.
        """
        self.take_out(name)
        begin = self._file.seek(0, os.SEEK_END)
        digest, left = hashlib.sha256(), size
        try:
            self._file.write(_header(name, size, mtime_ns))
            for chunk in chunks:
                piece = chunk[:left]
                self._file.write(piece)
                digest.update(piece)
                left -= len(piece)
                if not left:
                    break
            self._fill(left + -size % _BLOCK)
        except BaseException:
            self._cut(begin)
            raise
        self._members[name] = Member(name=name, size=size, mtime_ns=mtime_ns, sha256=digest.hexdigest())
        self._places[name] = (begin, self._file.tell())
        return self._members[name]

    def take_out(self, name: str) -> None:
        """Leave out what was put in under this name, if anything was: its bytes are gone from the file too."""
        if name not in self._members:
            return
        del self._members[name]
        begin, end = self._places.pop(name)
        if end == self._file.seek(0, os.SEEK_END):
            self._cut(begin)
            return
        self._gone += 1
        self._file.seek(begin)
        self._file.write(_header(f"{_GONE}{self._gone}", end - begin - _BLOCK, 0))
        self._fill(end - begin - _BLOCK)

    def names(self) -> tuple[str, ...]:
        """What is in by now."""
        return tuple(self._members)

    def finish(self, *, made: datetime, archive: str, missing: int) -> Contents:
        """End the file with the list of what it holds, and flush it."""
        contents = Contents(made=made, archive=archive, missing=missing, members=dict(self._members))
        listed = _to_json(contents)
        self._put_text(LIST, listed, int(made.timestamp()))
        self._put_text(LIST_SUM, f"{hashlib.sha256(listed).hexdigest()}  {LIST}\n".encode(), int(made.timestamp()))
        self._fill(2 * _BLOCK)  # the end of a tar
        self._file.flush()
        os.fsync(self._file.fileno())
        return contents

    def _put_text(self, name: str, content: bytes, mtime_s: int) -> None:
        self._file.seek(0, os.SEEK_END)
        self._file.write(_header(name, len(content), mtime_s * 1_000_000_000) + content)
        self._fill(-len(content) % _BLOCK)

    def _fill(self, count: int) -> None:
        for begin in range(0, count, CHUNK_BYTES):
            self._file.write(bytes(min(CHUNK_BYTES, count - begin)))

    def _cut(self, at: int) -> None:
        self._file.seek(at)
        self._file.truncate()


class BackupReader:
    """A backup that was opened: its list is good; its files are checked as they are read."""

    def __init__(self, path: Path, file: BinaryIO, contents: Contents, places: Mapping[str, int]) -> None:
        self.path, self.contents = path, contents
        self._file, self._places = file, places

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator[BackupReader]:
        """Open a backup. Raises NoBackup, BackupDamaged, AccessFailed; nothing but its list is looked at yet."""
        with _translated(path):
            file = path.open("rb")
        with file:
            with _translated(path):
                contents, places = _looked_through(path, file)
            yield cls(path, file, contents, places)

    def chunks(self, member: Member) -> Iterator[bytes]:
        """The bytes of a file. Raises BackupDamaged at their end when they are not those that were put in."""
        digest, left = hashlib.sha256(), member.size
        self._file.seek(self._places[member.name])
        while left and (chunk := self._read(min(CHUNK_BYTES, left))):
            left -= len(chunk)
            digest.update(chunk)
            yield chunk
        if left or digest.hexdigest() != member.sha256:
            name = printable(member.name)
            raise BackupDamaged(f"{printable(self.path.name)} is damaged: {name} is not what was put in")

    def _read(self, count: int) -> bytes:
        with _translated(self.path):
            return self._file.read(count)

    def verify(self) -> None:
        """Read all of it. Raises BackupDamaged at the first file that is not what was put in."""
        for member in self.contents.members.values():
            for _ in self.chunks(member):
                pass


def pieces(name: str, source: BinaryIO) -> Iterator[bytes]:
    """The bytes of what is to be put in. Raises Unreadable."""
    try:
        while chunk := source.read(CHUNK_BYTES):
            yield chunk
    except OSError as error:
        raise Unreadable(name, reason=(error.strerror or str(error)).lower()) from error


def is_safe_name(name: str) -> bool:
    """Whether a name is one that a backup gives, and leads nowhere but below the folder it is unpacked in.

    >>> [is_safe_name(name) for name in ("documents/a/b.pdf", "documents/../b.pdf", "documents//etc/passwd", "/etc/x")]
    [True, False, False, False]
    """
    if name in (ACCOUNTS, SETTINGS, ERASURES) or _OF_A_DRAFT.fullmatch(name):
        return True
    parts = name.split("/")
    return parts[0] + "/" == DOCUMENTS and len(parts) > 1 and "\0" not in name and not {"", ".", ".."} & set(parts)


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    """The border where the system's errors become ours."""
    try:
        yield
    except OSError as error:
        raise AccessFailed(f"{printable(str(path))}: {(error.strerror or str(error)).lower()}") from error


def _header(name: str, size: int, mtime_ns: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = size, mtime_ns // 1_000_000_000, 0o600
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")


def _looked_through(path: Path, file: BinaryIO) -> tuple[Contents, dict[str, int]]:
    """What a backup holds, and where the bytes of each of its files begin."""
    name = printable(path.name)
    places: dict[str, int] = {}
    sizes: dict[str, int] = {}
    ours = False
    try:
        with tarfile.open(fileobj=file, mode="r:", encoding="utf-8", errors="surrogateescape") as tar:
            for info in tar:
                ours = ours or info.name == READ_ME
                if info.name.startswith(_GONE):
                    continue
                if info.type != tarfile.REGTYPE or info.sparse is not None or info.name in places:
                    raise NoBackup(
                        f"{name} holds {printable(info.name)}, which is no plain file or is there twice; no backup does"
                    )
                places[info.name], sizes[info.name] = info.offset_data, info.size
    except (tarfile.TarError, EOFError, ValueError, OverflowError) as error:
        if not ours:
            raise NoBackup(f"{name} is no backup by Estafette") from error
    if not ours:
        raise NoBackup(f"{name} is no backup by Estafette")
    if LIST not in places or LIST_SUM not in places:
        raise BackupDamaged(f"{name} is cut off: its last part, with the list of what it holds, is not there")
    contents = _from_json(name, _list_of(name, file, places, sizes))
    held = places.keys() - {READ_ME, LIST, LIST_SUM}
    if held != contents.members.keys() or any(sizes[each] != contents.members[each].size for each in held):
        raise BackupDamaged(f"{name} is damaged: it holds other files than its list says")
    return contents, places


def _list_of(name: str, file: BinaryIO, places: Mapping[str, int], sizes: Mapping[str, int]) -> bytes:
    if sizes[LIST] > LIST_MAX_BYTES or sizes[LIST_SUM] > _BLOCK:
        raise NoBackup(f"{name} has a list that is too large for a backup")
    file.seek(places[LIST_SUM])
    expected = file.read(sizes[LIST_SUM]).split(b" ")[0].decode("ascii", "replace")
    file.seek(places[LIST])
    listed = file.read(sizes[LIST])
    if hashlib.sha256(listed).hexdigest() != expected:
        raise BackupDamaged(f"{name} is damaged: the list of what it holds is not what was written")
    return listed


def _to_json(contents: Contents) -> bytes:
    members = contents.members.values()
    listed = {
        "format": FORMAT,
        "made": contents.made.astimezone(UTC).isoformat(timespec="microseconds"),
        "archive": contents.archive,
        "missing": contents.missing,
        "files": [{"name": m.name, "size": m.size, "mtime_ns": m.mtime_ns, "sha256": m.sha256} for m in members],
    }
    return json.dumps(listed, indent=0).encode("ascii")


def _from_json(name: str, listed: bytes) -> Contents:
    """The list of a backup; whoever made it may have made it up."""
    try:
        said: dict[str, Any] = json.loads(listed)
        if said["format"] != FORMAT:
            raise NoBackup(f"{name} was made by another version of Estafette (its format {said['format']!r})")
        members = [
            Member(
                name=str(each["name"]),
                size=int(each["size"]),
                mtime_ns=int(each["mtime_ns"]),
                sha256=str(each["sha256"]),
            )
            for each in said["files"]
        ]
        contents = Contents(
            made=datetime.fromisoformat(said["made"]).astimezone(UTC),
            archive=str(said["archive"]),
            missing=int(said["missing"]),
            members={member.name: member for member in members},
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise NoBackup(f"{name} has a list that is none of ours") from error
    for member in members:
        if not is_safe_name(member.name) or not _SHA256.fullmatch(member.sha256):
            raise NoBackup(f"{name} holds {printable(member.name)}, a name that no backup has")
    return contents
