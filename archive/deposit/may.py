"""Who may hand in, say yes to it, and take it back. Pure.

Whether somebody sees the thing at all is `archive.access`'s to say, and comes first.
"""

from __future__ import annotations

from typing import Literal

from archive.accounts.accounts import Account
from archive.accounts.teams import member
from archive.model import DeliverableRecord, ProjectRecord

Permission = Literal["yes", "asks", "no"]


def may_hand_in(mine: Account | None, *, community: str | None, record: ProjectRecord | None) -> Permission:
    """Whether somebody may hand in to a project; `record` is None for one that is to be made.

    Teachers in their own communities, and in the teams that they are in; the coordinator everywhere. A student hands in
    for a team of their own and "asks": until a teacher agrees nobody outside the team sees it. A company's people never.
    """
    if mine is None:
        return "no"
    if mine.role == "coordinator":
        return "yes"
    of_team = member(record, mine.email) is not None
    if mine.role == "teacher":
        return "yes" if of_team or (community is not None and community in mine.communities) else "no"
    return "asks" if mine.role == "student" and of_team else "no"


def may_approve(mine: Account | None, *, community: str | None, record: ProjectRecord | None) -> bool:
    """Whether somebody may say "akkoord" to what students of a team hand in: whoever may hand in without asking."""
    return may_hand_in(mine, community=community, record=record) == "yes"


def may_withdraw(
    mine: Account | None, entry: DeliverableRecord, *, community: str | None, record: ProjectRecord | None
) -> bool:
    """Whether somebody may withdraw a deliverable: whoever may approve; who handed it in, while nobody approved it."""
    if may_approve(mine, community=community, record=record):
        return True
    own = mine is not None and (entry.deposited_by or "").lower() == mine.email
    return own and entry.asked is not None and may_hand_in(mine, community=community, record=record) == "asks"


def may_restore(mine: Account | None) -> bool:
    """Whether somebody may undo a withdrawal: the coordinator."""
    return mine is not None and mine.role == "coordinator"
