"""Earlier versions of a deliverable, and taking one back: what is written, and who may read what was before.

The bytes of an earlier version lie in `<project>/.versions/<sha256>/`, and the entry's [[deliverable.previous]] says how
open they were: they never get wider. A new version is handed in as any file is (`archive.deposit.sending`, an item that
`replaces`), so it is as safe. A withdrawal is one change of one record: the bytes stay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import BinaryIO

from archive.access import Access
from archive.errors import UsageError
from archive.model import Deliverable, DeliverableRecord, PreviousVersion, ProjectRecord
from archive.paths import VERSIONS, locate
from archive.records.assembly import relative
from archive.records.editing import Change, Entry, Put, Value
from archive.records.live import LiveRecords
from archive.records.project_keeping import write_project
from archive.seen import earlier_versions
from archive.storage import Storage

REASON_MAX_CHARS = 300


class NoSuchVersion(UsageError):
    """There is no such deliverable or version, or it is not this reader's to see."""

    def __init__(self) -> None:
        super().__init__("there is no such version")


def readable(deliverable: Deliverable, *, access: Access) -> tuple[PreviousVersion, ...]:
    """The earlier versions of a deliverable that this reader may open, the youngest first.

    See `archive.seen.earlier_versions`; a deliverable as this reader sees it gives the same.
    """
    return earlier_versions(deliverable, access)[::-1]


def stored_id(deliverable: Deliverable, version: PreviousVersion) -> str:
    """Where the bytes of an earlier version lie."""
    name = (version.file or deliverable.id).rpartition("/")[2]
    return f"{deliverable.project}/{VERSIONS}/{version.sha256}/{name}"


def open_version(
    storage: Storage, deliverable: Deliverable, number: int, *, access: Access
) -> tuple[BinaryIO, PreviousVersion]:
    """The bytes of an earlier version, by its number. Raises NoSuchVersion; NoSuchFile when its bytes are gone."""
    found = next((each for each in readable(deliverable, access=access) if each.version == number), None)
    if found is None:
        raise NoSuchVersion
    return storage.open(stored_id(deliverable, found)), found


def withdraw(records: LiveRecords, id: str, *, reason: str, by: str, day: date) -> None:
    """Take a deliverable back: its page stays and says so, its file is read by the coordinator only.

    `reason` is for everybody: no personal data belongs in it. Withdrawing twice keeps the first reason. Raises
    UsageError (no such deliverable, no reason), RecordNotEditable, AccessFailed.
    """
    said = " ".join(reason.split())[:REASON_MAX_CHARS]
    if not said:
        raise UsageError("a withdrawal needs a reason")
    _change(
        records, id, lambda entry: {} if entry.withdrawn else {"withdrawn": {"date": day, "reason": said, "by": by}}
    )


def restore(records: LiveRecords, id: str) -> None:
    """Undo a withdrawal; nothing happens where there is none. Raises as `withdraw`."""
    _change(records, id, lambda entry: {"withdrawn": None} if entry.withdrawn else {})


def entry_for(record: ProjectRecord | None, project: str, id: str) -> DeliverableRecord | None:
    """What a project's record says of one of its files."""
    file = id.removeprefix(f"{project}/")
    entries: Sequence[DeliverableRecord] = record.deliverables if record else ()
    return next((each for each in entries if each.file and relative(each.file) == file), None)


def _change(records: LiveRecords, id: str, decide: Callable[[DeliverableRecord], Mapping[str, Value | None]]) -> None:
    """Write what `decide` makes of a file's entry."""
    project = locate(id).project

    def changes(record: ProjectRecord | None) -> list[Change]:
        entry = entry_for(record, project, id)
        if entry is None and id not in records.files:
            raise UsageError("there is no such deliverable")
        values = decide(entry or DeliverableRecord())
        file = entry.file if entry and entry.file else id.removeprefix(f"{project}/")
        return (
            [Put(at=(Entry(table="deliverable", key="file", value=relative(file)),), values=values)] if values else []
        )

    write_project(records, project, changes)
