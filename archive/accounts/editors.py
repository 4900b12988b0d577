"""Who may change what stands in the records, by a form. Pure.

Whether somebody sees the thing at all is `archive.access`'s to say, and comes first.
"""

from __future__ import annotations

from typing import Literal

from archive.accounts.accounts import Account
from archive.accounts.teams import member
from archive.model import ProjectRecord

Thing = Literal["project", "document", "question", "community", "organisation", "theme"]
# All of it; what a teacher keeps; what a team tells of its own work.
Extent = Literal["all", "teaching", "telling"]
_OF_TEACHERS = frozenset({"project", "document", "question", "community"})


def extent(
    mine: Account | None,
    thing: Thing,
    *,
    community: str | None = None,
    record: ProjectRecord | None = None,
    running: bool = False,
) -> Extent | None:
    """How much of a thing somebody may change; None for nothing. `record`: of the project that it is.

    The coordinator everything; a teacher what their own communities have; a student what their team tells of its own
    project, while it is `running`. A company's people nothing, nor does a role that does not exist.
    """
    if mine is None:
        return None
    if mine.role == "coordinator":
        return "all"
    of_community = community is not None and community in mine.communities
    if mine.role == "teacher":
        return "teaching" if of_community and thing in _OF_TEACHERS else None
    tells = thing == "project" and running and member(record, mine.email) is not None
    return "telling" if mine.role == "student" and of_community and tells else None
