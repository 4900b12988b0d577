"""A teacher's answer to what a student handed in: until the yes nobody outside the team sees it.

The truth is the record, and it is true without this software: an entry that waits is `confidential`, read by the team
and by the teachers it names, and its [deliverable.asked] tells which level the student asks for. What a student says of
the project itself waits in [asked], beside what stands there. A yes writes what was asked in its place. A "not yet"
stands in `asked.returned`, with its reason: the entry stays as closed as it is, and waits again once the team answers
there or hands in a new version. A no for good is a withdrawal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from archive.deposit.plan import LINES
from archive.errors import UsageError
from archive.model import Asked, DeliverableRecord, ProjectRecord, Visibility
from archive.paths import locate
from archive.records.assembly import relative
from archive.records.editing import At, Change, Entry, Put, Value
from archive.records.live import LiveRecords
from archive.records.project_keeping import write_project

SAID_MAX_CHARS = 1_000  # of a reason, and of an answer to it
ASKED_KEYS = (*LINES, "visibility")  # of a project


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What of one project somebody is to answer: deliverables by id, and lines of the project itself."""

    project: str
    record: ProjectRecord
    deliverables: tuple[tuple[str, DeliverableRecord], ...] = ()
    lines: Asked | None = None

    def __bool__(self) -> bool:
        return bool(self.deliverables or self.lines)


def waiting(records: LiveRecords, *, projects: Iterable[str] | None = None) -> tuple[Waiting, ...]:
    """What waits, by project; of these projects only. Whoever shows it asks first who may say yes (`may_approve`)."""
    if projects is None:
        known = dict(records.project_records())
    else:
        known = {id: record for id in sorted(set(projects)) if (record := records.project(id)) is not None}
    found = (waiting_in(id, record) for id, record in known.items())
    return tuple(each for each in found if each)


def waiting_in(project: str, record: ProjectRecord) -> Waiting:
    """What waits for a teacher in one project's record."""
    return _where(project, record, lambda asked: not is_with_team(asked))


def returned_in(project: str, record: ProjectRecord) -> Waiting:
    """What a teacher sent back to the team of one project, and the team did not answer yet."""
    return _where(project, record, is_with_team)


def is_with_team(asked: Asked) -> bool:
    """Whether a teacher sent it back and it is the team's turn."""
    return asked.returned is not None and asked.answer is None


def approve(records: LiveRecords, id: str, *, visibility: Visibility | None = None) -> None:
    """Say yes to a deliverable: it gets the level that was asked for, or a narrower `visibility` of the teacher's own.

    Saying it twice is saying it once. Raises UsageError where nothing was asked, or for a wider level than was;
    RecordNotEditable, AccessFailed.
    """
    project = locate(id).project

    def changes(record: ProjectRecord | None) -> list[Change]:
        return _yes(_asked_for(project, record, id), visibility)

    write_project(records, project, changes)


def approve_lines(records: LiveRecords, project: str, *, keys: Iterable[str] | None = None) -> None:
    """Say yes to what a student asked to have said of a project: to these `keys` of it ("outcome", "visibility"), or to
    all; the rest is taken away. Raises as `approve`."""

    def changes(record: ProjectRecord | None) -> list[Change]:
        asked = _asked_of(record)
        wanted = set(ASKED_KEYS if keys is None else keys)
        values: dict[str, Value | None] = {
            key: str(getattr(asked, key)) for key in ASKED_KEYS if key in wanted and getattr(asked, key)
        }
        return [Put(values={**values, "asked": None})]

    write_project(records, project, changes)


def send_back(
    records: LiveRecords, project: str, ids: Iterable[str], *, lines: bool, reason: str, by: str, day: date
) -> None:
    """Say "not yet" to deliverables of a project, and to the `lines` that were asked of it: all of it, or nothing.

    Raises UsageError where nothing was asked, and without a reason; else as `approve`.
    """
    said = _said(reason, "a reason")
    _tell(
        records, project, ids, lines=lines, values={"returned": {"date": day, "reason": said, "by": by}, "answer": None}
    )


def answer(records: LiveRecords, project: str, ids: Iterable[str], *, lines: bool, text: str) -> None:
    """The team's answer to what was sent back: it waits for a teacher again. Raises as `send_back`."""
    said = _said(text, "an answer")
    _tell(records, project, ids, lines=lines, values={"answer": said}, returned=True)


def _where(project: str, record: ProjectRecord, wanted: Callable[[Asked], bool]) -> Waiting:
    entries = [(f"{project}/{relative(each.file)}", each) for each in record.deliverables if each.file]
    return Waiting(
        project=project,
        record=record,
        deliverables=tuple(
            (id, each) for id, each in entries if each.asked and wanted(each.asked) and not each.withdrawn
        ),
        lines=record.asked if record.asked and wanted(record.asked) else None,
    )


def _tell(
    records: LiveRecords,
    project: str,
    ids: Iterable[str],
    *,
    lines: bool,
    values: Mapping[str, Value | None],
    returned: bool = False,
) -> None:
    """Write the same in everything that was asked, in one go; `returned`: only where all of it came back."""
    wanted = tuple(dict.fromkeys(ids))

    def changes(record: ProjectRecord | None) -> list[Change]:
        places: list[tuple[At, Asked]] = []
        for id in wanted:
            entry = _asked_for(project, record, id)
            places.append(((_place(entry), "asked"), entry.asked or Asked()))
        if lines:
            places.append((("asked",), _asked_of(record)))
        if not places or (returned and not all(is_with_team(asked) for _at, asked in places)):
            raise UsageError("there is nothing to say this of")
        return [Put(at=at, values=values) for at, _asked in places]

    write_project(records, project, changes)


def _asked_for(project: str, record: ProjectRecord | None, id: str) -> DeliverableRecord:
    entries = dict(_where(project, record, lambda _asked: True).deliverables) if record else {}
    if id not in entries:
        raise UsageError("nothing was asked for this deliverable")
    return entries[id]


def _asked_of(record: ProjectRecord | None) -> Asked:
    if record is None or record.asked is None:
        raise UsageError("nothing was asked for this project")
    return record.asked


def _said(text: str, what: str) -> str:
    said = text.strip()[:SAID_MAX_CHARS]
    if not said:
        raise UsageError(f"this needs {what}")
    return said


def _place(entry: DeliverableRecord) -> Entry:
    return Entry(table="deliverable", key="file", value=relative(entry.file or ""))


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
    return [Put(at=(_place(entry),), values=values)]
