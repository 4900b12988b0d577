"""Keep the addresses of moved files: a move that is seen is written into the record, which outlives `var/`."""

from __future__ import annotations

import hashlib

from archive.errors import AccessFailed
from archive.model import DeliverableRecord, Problem
from archive.naming import readable
from archive.paths import PROJECT, locate
from archive.record_editing import Put, access_values, edit, note_address
from archive.record_set import RecordSet
from archive.storage import Storage


def note_move(
    storage: Storage, records: RecordSet, old: str, new: str, entry: DeliverableRecord | None
) -> Problem | None:
    """Write the old address into the record of the project; tell what kept it from that.

    `entry` is what a record said of the file. Where the file leaves its project, what was said of who may see it goes
    along, if need be in a new record. Without a record, and with nothing to close, the catalog alone keeps the address.
    """
    project = locate(new).project
    record = f"{project}/{PROJECT}"
    leaves = locate(old).project != project
    access = access_values(entry) if leaves and entry is not None else {}
    has_record = project in records.projects
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


def _begun(project: str) -> bytes:
    return edit("", [Put(values={"title": readable(project)})]).encode()
