"""Keep the addresses of moved files: a move that is seen is written into the record, which outlives `var/`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from archive.errors import AccessFailed
from archive.model import Deliverable, Problem, Project, Visibility
from archive.naming import readable
from archive.paths import PROJECT, locate
from archive.record_editing import Put, Value, access_values, edit, note_address
from archive.record_set import RecordSet
from archive.storage import Storage


def note_move(storage: Storage, records: RecordSet, old: str, new: str, said: Mapping[str, Value]) -> Problem | None:
    """Write the old address into the record of the project; tell what kept it from that.

    `said` is what a record said of who may see the file (see `access_said`): where it leaves its project that goes
    along, if need be in a new record. Without a record, and with nothing to close, the catalog alone keeps the address.
    """
    project = locate(new).project
    record = f"{project}/{PROJECT}"
    leaves = locate(old).project != project
    access = said if leaves else {}
    has_record = project in records.projects
    if project == new and access:
        return Problem(
            path=new, message=f"left the record that said who may see it ({old}); give it a project's folder"
        )
    if project == new or not (has_record or access):
        return None
    try:
        content = storage.read_record(record) if has_record else _begun(project)
        text = note_address(
            content.decode(),
            file=new.removeprefix(f"{project}/"),
            was=old,
            before=None if leaves else old.removeprefix(f"{project}/"),
            access=access,
        )
        storage.write_record(record, text, expected=hashlib.sha256(content).hexdigest() if has_record else None)
        records.read(record)
    except AccessFailed as error:
        return Problem(path=record, message=f"the old address {old} could not be noted: {error}")
    return None


def access_said(deliverable: Deliverable, project: Project | None) -> dict[str, Value]:
    """What was said of who may see a file, by its own entry or, where that names no level, by its project."""
    said = access_values(deliverable.record) if deliverable.record is not None else {}
    level = project.record.visibility if project is not None and project.record is not None else None
    if level is not None and level.width > Visibility.PUBLIC.width:
        said.setdefault("visibility", level.value)
    return said


def _begun(project: str) -> bytes:
    return edit("", [Put(values={"title": readable(project)})]).encode()
