"""Keep the addresses of moved files, and who may see them: a move that is seen is written into the record.

The record outlives `var/`. Where it can't be written, what was said of access stays with the catalog, which closes the
file until some later run can write it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from archive.access import level_of
from archive.errors import AccessFailed
from archive.model import Deliverable, DeliverableRecord, Problem, Project, Visibility
from archive.paths import PROJECT, locate
from archive.records.editing import Put, access_values, edit, note_address
from archive.records.naming import readable
from archive.records.record_set import RecordSet
from archive.storage import Storage


@dataclass(slots=True, kw_only=True)
class Noted:
    """What came of it: `unheld` is what no record could be told, by id; `written` the projects whose record was."""

    unheld: dict[str, DeliverableRecord] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    written: set[str] = field(default_factory=set)


def note_moves(
    storage: Storage,
    records: RecordSet,
    moves: Sequence[tuple[str, str]],
    *,
    said: Mapping[str, DeliverableRecord],
    unheld: Mapping[str, DeliverableRecord],
    stored: Collection[str],
) -> Noted:
    """Write the old addresses into the records of the files' projects.

    `said` is what was said of who may see each file (see `access_said`): where one leaves its project that goes along,
    if need be in a new record. `unheld` is what earlier runs could not write: it is tried again. Without a record, and
    with nothing to close, the catalog alone keeps the address.
    """
    noted = Noted()
    moved: dict[str, DeliverableRecord] = {}
    for old, new in moves:
        leaves = locate(old).project != locate(new).project
        told = unheld.get(old) or (said.get(old) if leaves else None) or DeliverableRecord()
        moved[new] = replace(told, was=(*told.was, old))
    left = {old for old, _ in moves}
    waiting = {id: told for id, told in unheld.items() if id not in left}
    for id, told in {**waiting, **moved}.items():
        if id not in stored:
            noted.unheld[id] = told  # it may come back
        else:
            _note(storage, records, id, told, noted)
    return noted


def access_said(deliverable: Deliverable, project: Project | None, *, default: Visibility) -> DeliverableRecord:
    """What was said of who may see a file: by its own entry, by its project, or by whatever else kept it closed.

    The level is the one that counted: an entry's "public" that no company agreed to does not open the file elsewhere.
    """
    entry = deliverable.record or DeliverableRecord()
    record = project.record if project is not None else None
    level = level_of(deliverable.audience)
    if entry.withdrawn is not None or (record is not None and record.team):  # it must not come back by being moved
        level = level.at_most(level_of(deliverable.text_audience))
    of_project = record.visibility if record is not None else None
    stated = entry.visibility or (of_project if of_project is not Visibility.PUBLIC else None)
    return DeliverableRecord(
        visibility=level if stated is not None or level.width > default.width else None,
        embargo_until=entry.embargo_until,
        named=entry.named,
        company_access=entry.company_access,
    )


def _note(storage: Storage, records: RecordSet, id: str, told: DeliverableRecord, noted: Noted) -> None:
    project = locate(id).project
    access = access_values(told)
    if not access and (project == id or project not in records.projects):
        return
    try:
        _write(storage, records, id, told)
        noted.written.add(project)
    except AccessFailed as error:
        if access:
            noted.unheld[id] = told
            message = f"stays as closed as it was at {told.was[-1]}, which no record says yet: {error}"
            noted.problems.append(Problem(path=id, message=message))
        else:
            message = f"the old address {told.was[-1]} could not be noted: {error}"
            noted.problems.append(Problem(path=f"{project}/{PROJECT}", message=message))


def _write(storage: Storage, records: RecordSet, id: str, told: DeliverableRecord) -> None:
    """Raises AccessFailed where no record can be written that speaks of this file."""
    project = locate(id).project
    record = f"{project}/{PROJECT}"
    if project == id:
        raise AccessFailed("give it a project's folder")
    if project not in records.projects and record in records.fingerprints:
        raise AccessFailed(f"mend {record}")
    content = storage.read_record(record) if project in records.projects else None
    text = content.decode() if content is not None else edit("", [Put(values={"title": readable(project)})])
    file = id.removeprefix(f"{project}/")
    for was in told.was:
        before = was.removeprefix(f"{project}/") if was.startswith(f"{project}/") else None
        text = note_address(text, file=file, was=was, before=before, access=access_values(told))
    storage.write_record(record, text, expected=None if content is None else hashlib.sha256(content).hexdigest())
    records.read(record)
