"""Write down in a project's record what people decide: over the record as it is, and anew when another was first.

Knows records; neither the command line nor the site, which both call it. What to write is for the rules to say:
`archive.relay.continuing`, `archive.relay.handover`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from archive.errors import UsageError
from archive.model import ProjectRecord
from archive.paths import PROJECT, printable
from archive.records.editing import Change, Put
from archive.records.live import LiveRecords, refuse
from archive.records.naming import readable
from archive.records.reading import read_project


def write_project(
    records: LiveRecords, project: str, changes: Callable[[ProjectRecord | None], Iterable[Change]]
) -> bool:
    """Write what `changes` makes of a project's record; whether the record was made for it.

    Raises UsageError for a single file, which can't have one, and whatever `changes` and `LiveRecords.change` raise.
    """
    if project in records.files:
        raise UsageError(
            f"{printable(project)} is a single file: give it a folder of its own, then it can have a record"
        )
    id = f"{project}/{PROJECT}"

    def decide(content: bytes) -> list[Change]:
        if not content.strip():
            # A record needs a title; the folder's name is what was shown until now.
            return [Put(values={"title": readable(project)}), *changes(None)]
        record, problems = read_project(content, id)
        return [*changes(record or refuse(problems))]

    made = not records.has(id)
    records.change(id, decide)
    return made
