"""The records as they are at this moment, and the way to change one: for whoever writes down what people decide.

The truth is the folder, not the catalog: what somebody wrote a second ago counts. A change is decided over what was
read, and decided anew when somebody else was first, so that of two who take the same question the second is told.
"""

from __future__ import annotations

import difflib
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import NoReturn

from archive.errors import UsageError
from archive.model import Agenda, CommunityRecord, Problem, ProjectRecord
from archive.network.model import Network
from archive.paths import AGENDA, COMMUNITY, NETWORK, PROJECT, composed, locate, printable, record_place
from archive.records.editing import Change, RecordNotEditable, edit
from archive.records.reading import read_agenda, read_community, read_network, read_project
from archive.storage import ChangedMeanwhile, NoSuchFile, Storage

ATTEMPTS = 5  # so often others may be first before a change is given up


class LiveRecords:
    """One look at the tree, and its records read when they are asked for."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        tree = storage.scan()
        self.files = frozenset(file.id for file in tree.files)
        self._records = frozenset(record.id for record in tree.records)

    @cached_property
    def projects(self) -> frozenset[str]:
        """The projects that there are: with a record, or with files only."""
        return frozenset(locate(id).project for id in self.files) | self._owners("project")

    @cached_property
    def communities(self) -> frozenset[str]:
        named = {community for id in self.files if (community := locate(id).community)}
        return frozenset(named) | self._owners("community") | self._owners("agenda")

    def agendas(self) -> Iterator[tuple[str, Agenda, tuple[Problem, ...]]]:
        """Each community that has an agenda, by name; one that can't be read is empty, and its problems say why."""
        for community in sorted(self._owners("agenda")):
            agenda, problems = read_agenda(self.content(agenda_id(community)) or b"", agenda_id(community))
            yield community, agenda or Agenda(), problems

    def project(self, id: str) -> ProjectRecord | None:
        """A project's record; None without one, and where it can't be read."""
        content = self.content(f"{id}/{PROJECT}") if self.has(f"{id}/{PROJECT}") else None
        return read_project(content, f"{id}/{PROJECT}")[0] if content is not None else None

    def project_records(self) -> Iterator[tuple[str, ProjectRecord]]:
        """All projects with a record that can be read, by id."""
        for id in sorted(self._owners("project")):
            record = self.project(id)
            if record is not None:
                yield id, record

    def community_records(self) -> Iterator[tuple[str, CommunityRecord]]:
        for id in sorted(self._owners("community")):
            record, _ = read_community(self.content(f"{id}/{COMMUNITY}") or b"", f"{id}/{COMMUNITY}")
            if record is not None:
                yield id, record

    def network(self) -> Network:
        """What the communities share. Raises RecordNotEditable where it can't be read: nothing is decided blindly."""
        content = self.content(NETWORK)
        network, problems = read_network(content or b"", NETWORK)
        return network or refuse(problems)

    def ids(self) -> frozenset[str]:
        """All records, by id."""
        return self._records

    def has(self, id: str) -> bool:
        return id in self._records

    def content(self, id: str) -> bytes | None:
        """A record's bytes as they are now; None when there is none."""
        try:
            return self.storage.read_record(id)
        except NoSuchFile:
            return None

    def change(self, id: str, decide: Callable[[bytes], Iterable[Change]]) -> None:
        """Write what `decide` makes of the record's bytes; b"" when there is no record yet.

        `decide` raises when it can't be done; it is asked again when somebody wrote the record in between. Raises
        RecordNotEditable, AccessFailed.
        """
        for _ in range(ATTEMPTS):
            text, expected = self._edited(id, decide)
            try:
                self.storage.write_record(id, text, expected=expected)
            except ChangedMeanwhile:
                continue
            return
        raise ChangedMeanwhile(id, "is being written by others all the time; nothing was written, try again")

    def try_out(self, id: str, decide: Callable[[bytes], Iterable[Change]]) -> None:
        """Raise what `change` would, and write nothing: for a change that comes last of several."""
        self._edited(id, decide)

    def named(self, typed: str, working_folder: Path) -> str:
        """The id that somebody means who types it, or a path below the working folder that the shell completed."""
        plain = composed(typed.replace("\\", "/").removeprefix("./").strip("/"))
        path = Path(os.path.normpath(working_folder / typed))
        if plain in self.files or plain in self.projects or not path.is_relative_to(self.storage.root):
            return plain
        return composed(path.relative_to(self.storage.root).as_posix())

    def expect_project(self, id: str) -> None:
        """Raise UsageError for a project that does not exist, naming it and what may be meant."""
        expect(id, self.projects, "there is no project")

    def expect_community(self, id: str) -> None:
        expect(id, self.communities, "there is no community")

    def _edited(self, id: str, decide: Callable[[bytes], Iterable[Change]]) -> tuple[str, str | None]:
        """A record's text after a change, and the checksum that it had before; None without a record."""
        content = self.content(id)
        changes = list(decide(content or b""))
        try:
            text = (content or b"").decode("utf-8-sig")
        except UnicodeDecodeError:
            raise RecordNotEditable(f"{id} is not UTF-8: save it as UTF-8; nothing was written") from None
        return edit(text, changes), None if content is None else hashlib.sha256(content).hexdigest()

    def _owners(self, kind: str) -> frozenset[str]:
        places = (record_place(id) for id in self._records)
        return frozenset(place.owner for place in places if place is not None and place.kind == kind)


def agenda_id(community: str) -> str:
    """The record of a community's research agenda."""
    return f"{community}/{AGENDA}"


def expect(id: str, known: Iterable[str], sentence: str) -> None:
    """Raise UsageError when there is no such id.

    >>> expect("bim5/2021/x", ["bim5/2021/x"], "there is no project")
    """
    ids = list(known)
    if id not in ids:
        raise UsageError(f"{sentence} {printable(id) or '“”'}{did_you_mean(id, ids)}")


def did_you_mean(typed: str, known: Iterable[str]) -> str:
    """The end of a sentence about something that does not exist.

    >>> did_you_mean("bim5-0001", ["bim5-001", "energie-001"])
    '; is bim5-001 meant?'
    """
    close = difflib.get_close_matches(typed, list(known), n=1, cutoff=0.75)
    return f"; is {printable(close[0])} meant?" if close else ""


def refuse(problems: Iterable[Problem]) -> NoReturn:
    """Raise for a record that can't be read: a person has to mend it first."""
    first = next(iter(problems))
    line = f", line {first.line}" if first.line else ""
    raise RecordNotEditable(
        f"{printable(first.path)}{line}: {printable(first.message)}; mend it first, nothing was written",
        path=first.path,
        line=first.line,
    )
