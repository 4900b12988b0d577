"""Bring planned files into the archive: copied, never moved; no file there is written over; a second time does nothing.

A file of which no record speaks is read by all of campus. So the order is that of `archive.deposit.sending`: the bytes
lie beside their places under hidden names, then the record says what they are, with level and checksum, and only then
they get their names; a record that speaks of a file that is not there yet opens nothing. Whatever ends this halfway, the
same import goes on: a file is known by its checksum, not by its name.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO

from archive.deposit.errors import expect_room
from archive.deposit.file_names import file_name
from archive.errors import AccessFailed, ArchiveError, UsageError
from archive.importing.placed import KEPT_OUT, Placed, State, changes, keeps_out, level_on
from archive.importing.planning import Holdings, Item
from archive.model import DeliverableRecord, ProjectRecord, Visibility
from archive.paths import PROJECT, RECORD_NAMES, composed, is_hidden, locate, printable
from archive.records.assembly import relative
from archive.records.editing import Change, Entry, Put
from archive.records.live import LiveRecords, refuse
from archive.records.naming import readable
from archive.records.reading import read_project
from archive.storage import AlreadyThere, NoSuchFile

SOURCES_MAX = 100_000
WIDER = "the record of its project says {level} already: change that first, or the list"
ATTEMPTS = 5  # so often others may put a file of the same name there at the same moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """An item that did not come in, though the plan was right."""

    item: Item
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What is known of a file by its bytes. `level`: as its entry says, None without one."""

    state: State
    name: str | None = None
    level: Visibility | None = None
    note: str | None = None


_THERE = _Known(state="present")


class Import:
    """One import on its way: where the files come from, and where they go."""

    def __init__(self, records: LiveRecords, folder: Path, *, default: Visibility, today: date) -> None:
        """`default` is the level of documents without one."""
        self.records, self.storage, self.folder = records, records.storage, folder
        self.default, self.today = default, today
        self._sums: dict[str, str] = {}
        self._by_project: dict[str, list[str]] = defaultdict(list)
        for id in records.files:
            project = locate(id).project
            if project != id:
                self._by_project[project].append(id)

    def place(self, items: Iterable[Item]) -> tuple[list[Placed], list[Failed]]:
        """Find each item its place, project by project. Reads all that is new; writes nothing."""
        by_project: dict[str, list[Item]] = defaultdict(list)
        failed: list[Failed] = []
        for item in items:
            try:
                if item.source is not None:
                    self._sums[item.source] = self._sum_of(item.source)
            except AccessFailed as error:
                failed.append(Failed(item=item, reason=str(error)))
                continue
            by_project[item.project].append(item)
        placed: list[Placed] = []
        for project, of_project in by_project.items():
            try:
                content = self.records.content(f"{project}/{PROJECT}") or b""
                for each in self._places(project, of_project, _read(project, content)):
                    if each.is_wider_than_asked:
                        failed.append(Failed(item=each.item, reason=WIDER.format(level=each.level.value)))
                    else:
                        placed.append(each)
            except ArchiveError as error:
                failed += [Failed(item=item, reason=str(error)) for item in of_project]
        return sorted(placed, key=lambda each: each.item.row), failed

    def write(self, placed: Sequence[Placed], *, now: datetime, by: str | None) -> list[Failed]:
        """Write what was placed; what failed, with the reason. One project's trouble stops no other.

        Bytes lie beside their places first, under hidden names; then the record says all; then the files get their names.
        """
        coming = [each for each in placed if each.state != "present"]
        expect_room(self.storage.root, sum(self._size(each.item.source) for each in coming if each.item.source))
        by_project: dict[str, list[Placed]] = defaultdict(list)
        for each in coming:
            by_project[each.item.project].append(each)
        failed: list[Failed] = []
        for project, of_project in by_project.items():
            try:
                staged = [each for each in of_project if self._staged(each, failed)]
                for each in self._record(project, staged, now=now, by=by) if staged else ():
                    self._name(each, failed)
            except ArchiveError as error:
                known = {each.item.row for each in failed}
                left = (each.item for each in of_project if each.item.row not in known)
                failed += [Failed(item=item, reason=str(error)) for item in left]
            finally:
                marks = [_mark(each) for each in of_project]
                with suppress(ArchiveError):
                    self.storage.unstage(project, marks, made=of_project[0].item.made)
        return failed

    def source_path(self, source: str) -> Path:
        return self.folder / source

    def _places(self, project: str, items: Iterable[Item], record: ProjectRecord | None) -> list[Placed]:
        """Each item's name and state, by what the record says and what stands in the project's folder."""
        items = self._as_closed_as_its_copies(items)
        entries = record.deliverables if record else ()
        names = {relative(entry.file): entry for entry in entries if entry.file}
        links = {entry.url for entry in entries if entry.url}
        taken = {*self.storage.names(project), *(name.partition("/")[0] for name in names)}
        there = self._by_entry(project, entries)
        for found, name in self._standing(project, items).items():
            level = names[name].visibility if name in names else None
            there[found] = _Known(state="present", name=name, level=level)
        result: list[Placed] = []
        for item in items:
            sha256 = self._sums[item.source] if item.source is not None else None
            known = there.get(sha256) if sha256 is not None else _THERE if item.said.url in links else None
            if known is None:
                known = _Known(state="add", name=file_name(item.source, taken=taken) if item.source else None)
                links.add(item.said.url or "")
                taken.add(known.name or "")
                if sha256 is not None:
                    note = f"the same bytes as row {item.row}"
                    there[sha256] = _Known(state="present", name=known.name, note=note)
            level = known.level or item.visibility
            result.append(
                Placed(item=item, state=known.state, name=known.name, sha256=sha256, level=level, note=known.note)
            )
        open_to = self._open_to(project, result, record)
        return [replace(each, note=KEPT_OUT) if keeps_out(each, open_to, day=self.today) else each for each in result]

    def _as_closed_as_its_copies(self, items: Iterable[Item]) -> list[Item]:
        """The same bytes come in once: as closed as the most closed of their rows says."""
        levels: dict[str | None, Visibility] = {}
        items = list(items)
        for item in items:
            sha256 = self._sums.get(item.source or "")
            levels[sha256] = item.visibility.at_most(levels.get(sha256, item.visibility))
        return [replace(item, visibility=levels[self._sums[item.source]]) if item.source else item for item in items]

    def _open_to(self, project: str, placed: Iterable[Placed], record: ProjectRecord | None) -> Visibility:
        """How open the words of a project's record are: to whoever sees one of its documents, where it says nothing."""
        if record is not None and record.visibility is not None:
            return record.visibility
        levels = [level_on(each, self.today) for each in placed if each.state == "add"]
        entries = record.deliverables if record else ()
        levels += [entry.visibility or self.default for entry in entries]
        known = {f"{project}/{relative(entry.file)}" for entry in entries if entry.file}
        levels += [self.default] if set(self._by_project[project]) - known else []
        return min(levels, key=lambda level: level.width, default=Visibility.PUBLIC)

    def _by_entry(self, project: str, entries: Iterable[DeliverableRecord]) -> dict[str, _Known]:
        """What the record tells of files by their checksum: those that are still to come, and what is not to come back."""
        known: dict[str, _Known] = {}
        for entry in entries:
            name = relative(entry.file) if entry.file else None
            state: State = "present"
            note: str | None = None
            if entry.withdrawn is not None:
                note = "it was withdrawn, and stays so"
            elif name is not None and f"{project}/{name}" in self.records.files:
                note = "the file that its record tells of was changed since"
            elif name is not None:
                state = "complete"
            if entry.sha256:
                level = entry.visibility or self.default
                known.setdefault(entry.sha256, _Known(state=state, name=name, level=level, note=note))
            for version in entry.previous:
                if version.sha256:
                    note = note or "it is an earlier version of what is there"
                    known.setdefault(
                        version.sha256, _Known(state="present", name=name, level=entry.visibility, note=note)
                    )
        return known

    def _standing(self, project: str, items: Iterable[Item]) -> dict[str, str]:
        """The files in a project's folder that may be among these, by checksum; only those of the same size are read."""
        sizes = {self._size(item.source) for item in items if item.source is not None}
        found = {}
        for id in sorted(self._by_project[project]):
            try:
                if self.storage.stat(id).size in sizes:
                    found[self.storage.sha256(id)] = id[len(project) + 1 :]
            except NoSuchFile:
                continue
        return found

    def _record(self, project: str, placed: Sequence[Placed], *, now: datetime, by: str | None) -> list[Placed]:
        """Say it all in the project's record; the placed again, with the names that they got in the end."""
        before = {each.item.row: each for each in placed}
        named: list[Placed] = []

        def decide(content: bytes) -> list[Change]:
            record = _read(project, content)
            again = self._places(project, [each.item for each in placed], record)
            named[:] = [_as_looked_at(each, before[each.item.row]) for each in again]
            open_to = self._open_to(project, named, record)
            return changes(named, record, open_to=open_to, now=now, by=by)

        id = f"{project}/{PROJECT}"
        if decide(self.records.content(id) or b""):
            self.records.change(id, decide)
        return named

    def _staged(self, each: Placed, failed: list[Failed]) -> bool:
        """Put a file's bytes beside its place: the very ones that were read before, or it has failed."""
        if each.item.source is None:
            return True
        try:
            with self._open(each.item.source) as stream:
                written = self.storage.stage(each.item.project, _mark(each), stream)
            if written.sha256 != each.sha256:
                raise AccessFailed(f"{printable(each.item.source)} was changed while it was read: import again")
        except (ArchiveError, OSError) as error:
            failed.append(Failed(item=each.item, reason=str(error)))
            return False
        return True

    def _name(self, each: Placed, failed: list[Failed]) -> None:
        """Give a file its name."""
        try:
            for _ in range(ATTEMPTS):
                if each.name is None or each.item.source is None or each.state == "present":
                    return
                try:
                    self.storage.place(each.item.project, _mark(each), each.name)
                except AlreadyThere:
                    if self.storage.sha256(each.id) == each.sha256:
                        return
                    each = self._renamed(each)  # somebody put a file of this name there at this very moment
                else:
                    return
            raise AccessFailed(f"{printable(each.id)}: others put files of this name there all the time")
        except ArchiveError as error:
            failed.append(Failed(item=each.item, reason=str(error)))

    def _renamed(self, each: Placed) -> Placed:
        project, before = each.item.project, each.name or ""
        after = file_name(before, taken=self.storage.names(project))
        at = Entry(table="deliverable", key="file", value=before)
        self.records.change(f"{project}/{PROJECT}", lambda _content: [Put(at=(at,), values={"file": after})])
        return replace(each, name=after)

    def _sum_of(self, source: str) -> str:
        with self._open(source) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]  # a BinaryIO reads into

    def _size(self, source: str | None) -> int:
        try:
            return os.lstat(self.folder / (source or "")).st_size
        except OSError:
            return 0

    def _open(self, source: str) -> BinaryIO:
        try:
            descriptor = os.open(self.folder / source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                os.close(descriptor)
                raise AccessFailed(f"{printable(source)} is no file")
            return os.fdopen(descriptor, "rb")
        except OSError as error:
            raise AccessFailed(
                f"{printable(source)} can't be read: {(error.strerror or str(error)).lower()}"
            ) from error


def sources_in(folder: Path, *, besides: Path | None = None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The files below a folder, and what was passed over: symbolic links, records, what systems leave behind.

    `besides` is the list itself. Raises AccessFailed, and UsageError for more files than one import takes.
    """
    found: list[str] = []
    passed: list[str] = []

    def unreadable(error: OSError) -> None:
        raise AccessFailed(
            f"{printable(str(error.filename))} can't be read: {(error.strerror or '').lower()}"
        ) from error

    own = besides.resolve() if besides else None
    for where, folders, names in os.walk(folder, onerror=unreadable):
        here = Path(where)
        folders[:] = sorted(name for name in folders if not is_hidden(name) and name != "__MACOSX")
        for name in sorted(names):
            path = here / name
            shown = composed(path.relative_to(folder).as_posix())
            if path.is_symlink() or not path.is_file() or is_hidden(name) or name in RECORD_NAMES:
                passed.append(shown)
            elif own is None or path.resolve() != own:
                found.append(path.relative_to(folder).as_posix())
        if len(found) > SOURCES_MAX:
            raise UsageError(f"there are more than {SOURCES_MAX:,} files in this folder: import it in parts")
    return tuple(found), tuple(passed)


def holdings_of(records: LiveRecords) -> Holdings:
    """What the archive has, as planning takes it."""
    names = {slug: {record.name.nl, record.name.en or ""} for slug, record in records.community_records()}
    titles = {id: record.title for id, record in records.project_records()}
    return Holdings(
        communities={slug: names.get(slug, set()) for slug in records.communities},
        projects={id: titles.get(id) or readable(id) for id in records.projects},
        files=records.files,
        network=records.network(),
    )


def _read(project: str, content: bytes) -> ProjectRecord | None:
    if not content.strip():
        return None
    record, problems = read_project(content, f"{project}/{PROJECT}")
    return record or refuse(problems)


def _as_looked_at(each: Placed, before: Placed) -> Placed:
    """A place that was found anew, with what was seen in the file; what nobody looked at comes in closed."""
    if each.state != "add":
        return each
    level = before.level if before.state == "add" else Visibility.CONFIDENTIAL
    return replace(each, level=level, looked=before.looked)


def _mark(each: Placed) -> str:
    """The hidden name of a file on its way: the same when an import that was cut off is run again."""
    return f"import-{each.sha256 or each.item.row}"
