"""Who may decide what: about questions and open ends, who continues whom, and what a team hands over.

Pure. Whether somebody sees the thing at all is `archive.access`'s to say, and comes first.
"""

from __future__ import annotations

from typing import Literal, get_args

from archive.accounts.accounts import Account
from archive.accounts.teams import member
from archive.agenda.questions import Verb
from archive.model import ProjectRecord

# Beside what becomes of a question: `propose` puts one on the agenda as proposed, `dismiss` says no to an open end,
# `link` tells whom a project continues, or that it does not.
Deed = Verb | Literal["propose", "dismiss", "link", "hand over"]
DEEDS: tuple[Deed, ...] = (*get_args(Verb), "propose", "dismiss", "link", "hand over")

# What students decide: in their communities, and about the work of their own team.
_OF_STUDENTS = frozenset({"propose"})
_OF_TEAMS = frozenset({"claim", "hand over", "link"})


def may(mine: Account | None, deed: Deed, *, community: str | None, record: ProjectRecord | None = None) -> bool:
    """Whether somebody may do this in a community. `record`: of the project that takes a question up, hands over, or continues another.

    Teachers decide in their own communities, the coordinator everywhere; a teacher of the team itself hands over
    wherever it works. A company's people decide nothing, nor does a role that does not exist.
    """
    if mine is None:
        return False
    if mine.role == "coordinator":
        return True
    of_team = deed in _OF_TEAMS and member(record, mine.email) is not None
    of_community = community is not None and community in mine.communities
    if mine.role == "teacher":
        return of_community or (of_team and deed == "hand over")
    return mine.role == "student" and of_community and (deed in _OF_STUDENTS or of_team)
