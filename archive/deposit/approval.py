"""A teacher's yes to what a student handed in: until then nobody outside the team sees it.

The truth is the record, and it is true without this software: an entry that waits is `confidential`, read by the team
and by the teachers it names, and its [deliverable.asked] tells which level the student asks for. What a student says of
the project itself waits in [asked], beside what stands there. A yes writes what was asked in its place; a no is a
withdrawal, or a conversation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from archive.deposit.plan import LINES
from archive.errors import UsageError
from archive.model import Asked, DeliverableRecord, ProjectRecord, Visibility
from archive.paths import locate
from archive.records.assembly import relative
from archive.records.editing import Change, Entry, Put, Value
from archive.records.live import LiveRecords
from archive.records.project_keeping import write_project


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What of one project waits for a teacher: deliverables by id, and lines of the project itself."""

    project: str
    record: ProjectRecord
    deliverables: tuple[tuple[str, DeliverableRecord], ...] = ()
    lines: Asked | None = None


def waiting(records: LiveRecords, *, projects: Iterable[str] | None = None) -> tuple[Waiting, ...]:
    """What waits, by project; of these projects only. Whoever shows it asks first who may say yes (`may_approve`)."""
    if projects is None:
        known = dict(records.project_records())
    else:
        known = {id: record for id in sorted(set(projects)) if (record := records.project(id)) is not None}
    found = (waiting_in(id, record) for id, record in known.items())
    return tuple(each for each in found if each.deliverables or each.lines)


def waiting_in(project: str, record: ProjectRecord) -> Waiting:
    """What waits in one project's record: nothing where both are empty."""
    entries = [(f"{project}/{relative(each.file)}", each) for each in record.deliverables if each.file]
    return Waiting(
        project=project,
        record=record,
        deliverables=tuple((id, each) for id, each in entries if each.asked and not each.withdrawn),
        lines=record.asked,
    )


def approve(records: LiveRecords, id: str, *, visibility: Visibility | None = None) -> None:
    """Say yes to a deliverable: it gets the level that was asked for, or a narrower `visibility` of the teacher's own.

    Saying it twice is saying it once. Raises UsageError where nothing was asked, or for a wider level than was;
    RecordNotEditable, AccessFailed.
    """
    project = locate(id).project

    def changes(record: ProjectRecord | None) -> list[Change]:
        entries = dict(waiting_in(project, record).deliverables) if record else {}
        if id not in entries:
            raise UsageError("nothing was asked for this deliverable")
        return _yes(entries[id], visibility)

    write_project(records, project, changes)


def approve_lines(records: LiveRecords, project: str, *, keys: Iterable[str] | None = None) -> None:
    """Say yes to what a student asked to have said of a project: to these `keys` of it ("outcome", "visibility"), or to
    all; the rest is taken away. Raises as `approve`."""

    def changes(record: ProjectRecord | None) -> list[Change]:
        asked = record.asked if record else None
        if asked is None:
            raise UsageError("nothing was asked for this project")
        wanted = set((*LINES, "visibility") if keys is None else keys)
        values: dict[str, Value | None] = {
            key: str(getattr(asked, key)) for key in (*LINES, "visibility") if key in wanted and getattr(asked, key)
        }
        return [Put(values={**values, "asked": None})]

    write_project(records, project, changes)


def _yes(entry: DeliverableRecord, visibility: Visibility | None) -> list[Change]:
    asked = entry.asked or Asked()
    level = asked.visibility or Visibility.CAMPUS
    if visibility is not None and visibility.width < level.width:
        raise UsageError("this is wider than was asked for")
    level = visibility or level
    values: dict[str, Value | None] = {
        "visibility": level.value,
        "company_access": None if asked.company_access else False,
        "asked": None,
    }
    if level is not Visibility.CONFIDENTIAL and entry.embargo_until is None:
        values["named"] = None  # they were named to look at it
    return [Put(at=(Entry(table="deliverable", key="file", value=relative(entry.file or "")),), values=values)]
