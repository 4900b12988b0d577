"""Who continues whom, as people decide it: what may be written down, and what is wrong with what stands there.

Pure. The truth is `continues` in the records of projects; a circle in it is told with its path, since each of its links
may be the one that is wrong. What the relay makes of the records is `archive.relay.lineage`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date

from archive.errors import UsageError
from archive.model import Problem, ProjectRecord
from archive.paths import PROJECT, printable
from archive.records.editing import Append, Change, Include, Put


class Circle(UsageError):
    """A project would in the end continue itself; `path` is the way, from the project back to itself."""

    def __init__(self, path: tuple[str, ...]) -> None:
        self.path = path
        super().__init__(f"that would be a circle: {arrows(path)}")


class DecidedOtherwise(UsageError):
    """Somebody said yes before to what is now refused, or no to what is now linked."""


def link(
    project: str,
    predecessors: Iterable[str],
    record: ProjectRecord | None,
    *,
    continues: Callable[[str], Iterable[str]],
) -> list[Change]:
    """What to write in a project's record so that it continues these; none for what stands there already.

    `continues` gives what another project continues. Raises UsageError for the project itself, DecidedOtherwise for one
    that was rejected before, Circle for one that would end where it began.
    """
    present = record.continues if record else ()
    rejected = {each.continues: each for each in (record.rejected if record else ()) if each.continues}
    new = [each for each in dict.fromkeys(predecessors) if each not in present]
    for predecessor in new:
        if predecessor == project:
            raise UsageError(f"{printable(project)} can't continue itself")
        if predecessor in rejected:
            no = rejected[predecessor]
            said = " ".join(str(part) for part in (no.date and f"on {no.date}", no.by and f"by {no.by}") if part)
            raise DecidedOtherwise(
                f"{printable(predecessor)} was rejected as a predecessor {printable(said)}".rstrip()
                + f": take that [[rejected]] out of {printable(project)}/{PROJECT} first"
            )
        path = way_back(predecessor, project, continues)
        if path:
            raise Circle((project, *path))
    return [Include(key="continues", texts=tuple(new))] if new else []


def unlink(predecessors: Iterable[str], record: ProjectRecord | None) -> list[Change]:
    """What to write so that a project no longer continues these. Raises UsageError for one that it does not continue."""
    present = record.continues if record else ()
    gone = set(predecessors)
    if wrong := gone - set(present):
        raise UsageError(f"it does not continue {', '.join(map(printable, sorted(wrong)))}")
    left = [each for each in present if each not in gone]
    return [Put(values={"continues": left or None})]


def reject(predecessors: Iterable[str], record: ProjectRecord | None, *, by: str, day: date) -> list[Change]:
    """Note that a project does not continue these, so that it is not proposed again. What is noted already stays so.

    Raises DecidedOtherwise for one that it does continue: that link has to be taken out first.
    """
    known = {each.continues for each in (record.rejected if record else ())}
    changes: list[Change] = []
    for each in dict.fromkeys(predecessors):
        if record is not None and each in record.continues:
            raise DecidedOtherwise(f"it continues {printable(each)} by its record: take that link out first")
        if each not in known:
            changes.append(Append(table="rejected", values={"continues": each, "date": day, "by": by}))
    return changes


def found_none(query: str, *, by: str, day: date) -> list[Change]:
    """Note the search before the start that found no predecessor."""
    return [Put(at=("search",), values={"query": query, "date": day, "by": by})]


def way_back(start: str, goal: str, continues: Callable[[str], Iterable[str]]) -> tuple[str, ...]:
    """The shortest way from one project along what each continues to another, both included; () where there is none.

    >>> way_back("c", "a", {"c": ["b"], "b": ["a"], "a": []}.__getitem__)
    ('c', 'b', 'a')
    """
    came_from: dict[str, str | None] = {start: None}
    waiting = [start]
    for here in waiting:  # grows while it is read
        if here == goal:
            path: list[str] = []
            at: str | None = here
            while at is not None:
                path.append(at)
                at = came_from[at]
            return tuple(reversed(path))
        for each in continues(here):
            if each not in came_from:
                came_from[each] = here
                waiting.append(each)
    return ()


def faults(records: Mapping[str, ProjectRecord], known: Collection[str]) -> Iterator[Problem]:
    """What is wrong with `continues` in all records: one that points nowhere, to itself, or round in a circle.

    `known` are the ids of all projects, with or without a record. A circle is told once, in the record of its first
    project by id.
    """
    told: set[str] = set()

    def continues(id: str) -> tuple[str, ...]:
        return tuple(each for each in records[id].continues if each != id) if id in records else ()

    for id in sorted(records):
        for each in dict.fromkeys(records[id].continues):
            if each == id:
                yield Problem(path=f"{id}/{PROJECT}", message="continues itself")
            elif each not in known:
                yield Problem(path=f"{id}/{PROJECT}", message=f"continues {each}, which does not exist")
            elif id not in told and (path := way_back(each, id, continues)):
                told.update(path)
                yield Problem(path=f"{id}/{PROJECT}", message=f"continues itself in a circle: {arrows((id, *path))}")


def arrows(path: Iterable[str]) -> str:
    """A way along what each project continues, for people.

    >>> arrows(["c", "b", "c"])
    'c → b → c'
    """
    return " → ".join(printable(id) for id in path)
