"""Drafts: what somebody is handing in, kept in `var/drafts/` until it is sent, and readable by nobody else.

A draft is a folder under a random name: `draft.json`, and the bytes of each file under a random key, never under the
name that it was given. `draft.json` says what was announced and answered; how much of a file came is what is on disk.
Every change is flushed before it is answered, so a browser goes on after a lost connection and this process may be
killed at any time. Who may hand in what is `archive.deposit.may`'s to say; sending is `archive.deposit.sending`'s.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any, BinaryIO

from archive.deposit.draft import FOLDER, VERSION, Draft, DraftFile, State, as_json, from_json, not_there
from archive.deposit.errors import (
    ChangedMeanwhile,
    ChecksumMismatch,
    DraftClosed,
    NoSuchDraft,
    Occupied,
    TooLarge,
    TooManyFiles,
    WrongOffset,
    disk_full,
    expect_room,
)
from archive.deposit.file_names import given_path
from archive.deposit.unzipping import LeftOut, members

NOTE = "draft.json"
LOCK = ".sending"  # the lock of `one_by_one`
FILE_MAX_BYTES = 500 << 20
DRAFT_MAX_BYTES = 2 << 30
FILES_MAX = 1000
ANSWERS_MAX_BYTES = 1 << 20  # of what a form says, as JSON
READING_MAX_BYTES = 4 << 20  # of what was read in one draft's files, as JSON
BLOCK_BYTES = 1 << 20
KEPT_UNUSED = SENT_KEPT = timedelta(days=30)

_ID = re.compile(r"[0-9a-f]{32}")
_KEY = re.compile(r"[0-9a-f]{16}")


class Drafts:
    """The drafts of an archive. One object serves all threads; processes may work side by side."""

    def __init__(self, var: Path) -> None:
        self.root = var / FOLDER

    def new(self, *, owner: int, now: datetime, answers: Mapping[str, Any] | None = None) -> Draft:
        """An empty draft. Raises DiskFull, AccessFailed; so does everything here that writes."""
        draft = Draft(id=secrets.token_hex(16), owner=owner, made=now, changed=now, answers=dict(answers or {}))
        with disk_full():
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder(draft.id).mkdir(mode=0o700)
            self.write(draft)
            _flush_folder(self.root)
        return draft

    def of(self, owner: int, *, states: Iterable[State] = ("open", "sending")) -> tuple[Draft, ...]:
        """Somebody's drafts, the one that was changed last first."""
        found = [draft for draft in self.all() if draft.owner == owner and draft.state in states]
        return tuple(sorted(found, key=lambda draft: (draft.changed, draft.id), reverse=True))

    def get(self, id: str, *, owner: int) -> Draft:
        """Raises NoSuchDraft, for another's draft too."""
        draft = self._read(id)
        if draft is None or draft.owner != owner:
            raise NoSuchDraft
        return draft

    def all(self) -> Iterator[Draft]:
        """Everybody's, in no order; one that can't be read is left out."""
        try:
            names = [entry.name for entry in self.root.iterdir()]
        except OSError:
            return
        yield from (draft for name in names if (draft := self._read(name)) is not None)

    def begin_file(self, id: str, *, owner: int, path: str, size: int, now: datetime) -> DraftFile:
        """Announce a file of `size` bytes; its bytes follow with `append`, then `finish`.

        The same path and size that is not whole yet is the same file: a browser goes on with it. Raises NoSuchDraft,
        DraftClosed, TooLarge, TooManyFiles, DiskFull.
        """
        with self.changing(id, owner=owner, now=now) as change:
            draft, path = change.draft, given_path(path)
            known = next((x for x in draft.files if (x.path, x.size, x.whole) == (path, size, False)), None)
            if known is not None:
                return known
            if not 0 <= size <= FILE_MAX_BYTES:
                raise TooLarge(path, most=FILE_MAX_BYTES)
            if len(draft.files) >= FILES_MAX:
                raise TooManyFiles(most=FILES_MAX)
            if sum(file.size for file in draft.files) + size > DRAFT_MAX_BYTES:
                raise TooLarge(path, most=DRAFT_MAX_BYTES, together=True)
            expect_room(self.root, size + sum(x.size - x.received for x in draft.files))
            file = DraftFile(key=secrets.token_hex(8), path=path, size=size)
            os.close(os.open(self._path(id, file.key), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
            change.draft = replace(draft, files=(*draft.files, file))
            return file

    def append(self, id: str, key: str, stream: IO[bytes], *, owner: int, offset: int) -> int:
        """Write what comes, from byte `offset` on; how much of the file is there then, flushed.

        What came before the stream broke stays. Raises WrongOffset (with `received`, from where to go on), NoSuchDraft,
        DraftClosed, TooLarge for more than was announced (which is not kept), DiskFull.
        """
        draft = self._open(id, owner)
        file = draft.file(key)
        if file.whole:
            raise WrongOffset(file.size)
        with disk_full(), self._path(id, key).open("r+b", buffering=0) as target:
            fcntl.flock(target, fcntl.LOCK_EX)
            received = target.seek(0, os.SEEK_END)
            if offset != received:
                raise WrongOffset(received)
            try:
                while block := stream.read(min(BLOCK_BYTES, file.size - received + 1)):
                    if received + len(block) > file.size:
                        target.truncate(offset)
                        raise TooLarge(file.path, most=file.size, announced=True)
                    _write_all(target, block)
                    received += len(block)
            finally:
                os.fsync(target.fileno())
        return received

    def finish(self, id: str, key: str, *, owner: int, sha256: str | None, now: datetime) -> DraftFile:
        """Compare a file that came with its checksum (64 hexadecimal digits; None where a browser makes none).

        Raises WrongOffset while bytes are missing, ChecksumMismatch: then what came is thrown away, and the file is to
        be sent again from byte 0. Finishing twice is finishing once.
        """
        file = self._open(id, owner).file(key)
        if file.received != file.size:
            raise WrongOffset(file.received)
        path = self._path(id, key)
        with path.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
        if sha256 is not None and sha256.lower() != found:
            if not file.whole:
                os.truncate(path, 0)
            raise ChecksumMismatch(file.path)
        with self.changing(id, owner=owner, now=now) as change:
            whole = replace(change.draft.file(key), sha256=found)
            change.draft = replace(change.draft, files=tuple(whole if x.key == key else x for x in change.draft.files))
            return whole

    def take(self, id: str, stream: IO[bytes], *, owner: int, path: str, size: int, now: datetime) -> DraftFile:
        """A whole file at once, of which the size is known: begin, append and finish."""
        file = self.begin_file(id, owner=owner, path=path, size=size, now=now)
        try:
            with disk_full():
                os.truncate(self._path(id, file.key), 0)
            self.append(id, file.key, stream, owner=owner, offset=0)
            return self.finish(id, file.key, owner=owner, sha256=None, now=now)
        except BaseException:
            with suppress(NoSuchDraft, DraftClosed):
                self.drop_file(id, file.key, owner=owner, now=now)
            raise

    def unpack(
        self, id: str, key: str, *, owner: int, now: datetime
    ) -> tuple[tuple[DraftFile, ...], tuple[LeftOut, ...]]:
        """Put the files of a ZIP that came whole in its place, with the paths that they have in it.

        What the draft has is not taken twice; also tells what was left out and why. All or nothing: raises NotUnpacked,
        TooLarge, TooManyFiles, DiskFull, and the ZIP stays as a file then.
        """
        draft = self._open(id, owner)
        packed = draft.file(key)
        if not packed.whole:
            raise WrongOffset(packed.received)
        others = [file for file in draft.files if file.key != key]
        room = DRAFT_MAX_BYTES - sum(file.size for file in others)
        made: list[DraftFile] = []
        left_out: list[LeftOut] = []
        try:
            with disk_full(), self._path(id, key).open("rb") as source:
                for member in members(source, most=FILES_MAX - len(others), file_max=FILE_MAX_BYTES, total_max=room):
                    if isinstance(member, LeftOut):
                        left_out.append(member)
                        continue
                    expect_room(self.root, member.size)
                    made.append(DraftFile(key=secrets.token_hex(8), path=given_path(member.path), size=member.size))
                    sha256, size = self._take_down(self._path(id, made[-1].key), member.blocks)
                    made[-1] = replace(made[-1], size=size, received=size, sha256=sha256)
            with self.changing(id, owner=owner, now=now) as change:
                change.draft.file(key)
                at = [file.key for file in change.draft.files].index(key)
                files, new = change.draft.files, not_there(made, change.draft.files)
                change.draft = replace(change.draft, files=(*files[:at], *new, *files[at + 1 :]))
        except BaseException:
            for file in made:
                self._path(id, file.key).unlink(missing_ok=True)
            raise
        for gone in {key, *(file.key for file in made)} - {file.key for file in new}:
            self._path(id, gone).unlink(missing_ok=True)
        return new, tuple(left_out)

    def drop_file(self, id: str, key: str, *, owner: int, now: datetime) -> None:
        """Take a file out of a draft. Raises NoSuchDraft, DraftClosed."""
        with self.changing(id, owner=owner, now=now) as change:
            change.draft.file(key)
            change.draft = replace(change.draft, files=tuple(file for file in change.draft.files if file.key != key))
        self._path(id, key).unlink(missing_ok=True)

    def move_files(self, id: str, paths: Mapping[str, str], *, to: str, owner: int, now: datetime) -> Draft:
        """Put files that came whole into another draft of the same owner: of one ZIP, a draft for each team.

        `paths`: by their keys, which stay, the path that each has from then on. Nothing is copied; a file is in both drafts
        for a moment, never in none. The draft `to` as it is then. Raises NoSuchDraft, DraftClosed, WrongOffset, TooLarge.
        """
        there = [file for file in self._open(id, owner).files if file.key in paths]
        moving = [replace(file, path=given_path(paths[file.key])) for file in there]
        if len(moving) != len(paths) or id == to:
            raise NoSuchDraft
        for file in moving:
            if not file.whole:
                raise WrongOffset(file.received)
        with self.changing(to, owner=owner, now=now) as change:
            new = not_there(moving, change.draft.files)
            files = (*change.draft.files, *new)
            if len(files) > FILES_MAX:
                raise TooManyFiles(most=FILES_MAX)
            if sum(file.size for file in files) > DRAFT_MAX_BYTES:
                raise TooLarge("", most=DRAFT_MAX_BYTES, together=True)
            for file in new:
                with suppress(FileExistsError):
                    os.link(self._path(id, file.key), self._path(to, file.key))
            change.draft = filled = replace(change.draft, files=files)
        for file in moving:
            self.drop_file(id, file.key, owner=owner, now=now)
        return filled

    def drop(self, id: str, *, owner: int) -> None:
        """Throw a draft away. Raises NoSuchDraft, DraftClosed for one that is being sent."""
        self.get(id, owner=owner)
        with self.alone(id):
            if self.get(id, owner=owner).state == "sending":
                raise DraftClosed
            self._remove(id)

    def drop_all_of(self, owners: Collection[int]) -> None:
        """Throw away the drafts of accounts that are gone, and the notes of what they sent."""
        for draft in [each for each in self.all() if each.owner in owners and each.state != "sending"]:
            self._remove(draft.id)

    def note(self, id: str, answers: Mapping[str, Any], *, owner: int, revision: int, now: datetime) -> Draft:
        """Keep what the form says, over what it said at `revision`.

        Raises ChangedMeanwhile when another tab was first, unless it said the same; TooLarge.
        """
        if len(json.dumps(answers)) > ANSWERS_MAX_BYTES:
            raise TooLarge("", most=ANSWERS_MAX_BYTES)
        with self.changing(id, owner=owner, now=now) as change:
            if change.draft.answers == answers:
                return change.draft
            if change.draft.revision != revision:
                raise ChangedMeanwhile
            change.draft = replace(change.draft, answers=dict(answers), revision=revision + 1)
            return change.draft

    def note_reading(self, id: str, reading: Mapping[str, Any], *, owner: int, now: datetime) -> Draft:
        """Keep what was read of the files, by key or otherwise: it replaces what was kept, no revision is counted."""
        if len(json.dumps(reading)) > READING_MAX_BYTES:
            raise TooLarge("", most=READING_MAX_BYTES)
        with self.changing(id, owner=owner, now=now) as change:
            change.draft = replace(change.draft, reading=dict(reading))
            return change.draft

    def path(self, id: str, key: str, *, owner: int) -> Path:
        """Where the bytes of a file that came whole are, to read them. Raises NoSuchDraft, WrongOffset."""
        file = self.get(id, owner=owner).file(key)
        if not file.whole:
            raise WrongOffset(file.received)
        return self._path(id, key)

    def expire(self, *, now: datetime) -> int:
        """Remove open drafts that nobody used for 30 days, and the notes of what was sent so long ago; how many."""
        removed = 0
        for draft in list(self.all()):
            kept = SENT_KEPT if draft.state == "sent" else KEPT_UNUSED
            if draft.state == "sending" or now - draft.changed < kept:
                continue
            with suppress(NoSuchDraft), self.alone(draft.id):
                found = self._read(draft.id)
                if found is not None and found.changed == draft.changed:
                    self._remove(draft.id)
                    removed += 1
        return removed

    @contextmanager
    def alone(self, id: str, *, wait: bool = True) -> Iterator[None]:
        """Be the only one, in all processes, to change this draft. Raises NoSuchDraft, Occupied when not to `wait`.

        The lock is the system's on the draft's folder: it ends with its process and is never left behind.
        """
        try:
            folder = os.open(self._folder(id), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except FileNotFoundError:
            raise NoSuchDraft from None
        try:
            try:
                fcntl.flock(folder, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                raise Occupied from None
            yield
        finally:
            fcntl.flock(folder, fcntl.LOCK_UN)
            os.close(folder)

    @contextmanager
    def one_by_one(self) -> Iterator[None]:
        """Let one sender at a time, of all processes, choose names and write records."""
        with disk_full():
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self.root / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            fcntl.flock(lock, fcntl.LOCK_UN)
            os.close(lock)

    @contextmanager
    def changing(self, id: str, *, owner: int, now: datetime) -> Iterator[_Change]:
        """Change an open draft: what `draft` is set to is written at the end. Raises NoSuchDraft, DraftClosed."""
        with self.alone(id), disk_full():
            change = _Change(draft=self._open(id, owner))
            before = change.draft
            yield change
            if change.draft != before:
                change.draft = replace(change.draft, changed=now)
                self.write(change.draft)

    def write(self, draft: Draft) -> None:
        """Keep a draft as it is now, whole or not at all, flushed. The caller is alone with it."""
        folder = self._folder(draft.id)
        beside = folder / f".{NOTE}.{secrets.token_hex(4)}"
        try:
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
                file.write(json.dumps(as_json(draft)).encode())
                file.flush()
                os.fsync(file.fileno())
            beside.replace(folder / NOTE)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        _flush_folder(folder)

    def drop_bytes(self, draft: Draft) -> None:
        """Throw the bytes of a draft away, and what else lies in its folder, but for its note."""
        for path in list(self._folder(draft.id).iterdir()):
            if path.name != NOTE:
                path.unlink(missing_ok=True)

    def stream(self, draft: Draft, key: str) -> BinaryIO:
        """The bytes of a file, for whoever sends the draft."""
        return self._path(draft.id, draft.file(key).key).open("rb")

    def came_ns(self, draft: Draft, key: str) -> int:
        """When the last bytes of a file came, in nanoseconds since the epoch."""
        return self._path(draft.id, key).stat().st_mtime_ns

    def reread(self, id: str) -> Draft | None:
        """A draft as it is now, whoever its owner is; None when there is none."""
        return self._read(id)

    def _open(self, id: str, owner: int) -> Draft:
        draft = self.get(id, owner=owner)
        if draft.state != "open":
            raise DraftClosed
        return draft

    def _read(self, id: str) -> Draft | None:
        if not _ID.fullmatch(id):
            return None
        try:
            said = json.loads((self.root / id / NOTE).read_bytes())
            draft = from_json(id, said) if said.get("version") == VERSION else None
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        if draft is None or draft.state == "sent":
            return draft
        return replace(draft, files=tuple(replace(file, received=self._received(id, file)) for file in draft.files))

    def _received(self, id: str, file: DraftFile) -> int:
        try:
            return self._path(id, file.key).stat().st_size
        except OSError:
            return 0

    def _take_down(self, path: Path, blocks: Iterable[bytes]) -> tuple[str, int]:
        """Write a file of a draft; its checksum and size."""
        digest, size = hashlib.sha256(), 0
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
            for block in blocks:
                file.write(block)
                digest.update(block)
                size += len(block)
            file.flush()
            os.fsync(file.fileno())
        return digest.hexdigest(), size

    def _folder(self, id: str) -> Path:
        if not _ID.fullmatch(id):
            raise NoSuchDraft
        return self.root / id

    def _path(self, id: str, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise NoSuchDraft
        return self._folder(id) / key

    def _remove(self, id: str) -> None:
        """The note goes first: a removal that is cut off leaves a folder that is no draft."""
        (self._folder(id) / NOTE).unlink(missing_ok=True)
        shutil.rmtree(self._folder(id), ignore_errors=True)


@dataclass(slots=True)
class _Change:
    draft: Draft


def _write_all(target: BinaryIO, block: bytes) -> None:
    view = memoryview(block)
    while view:
        view = view[target.write(view) :]


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
