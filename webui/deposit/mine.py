"""My deposits, with their state, and what a teacher sent back to my team."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from archive.access import Access, everything
from archive.deposit import approval
from archive.deposit.approval import SAID_MAX_CHARS, Waiting, is_with_team, returned_in
from archive.deposit.may import may_withdraw
from archive.errors import ArchiveError
from archive.model import DeliverableRecord, Project, Visibility
from archive.records.assembly import relative
from archive.records.live import LiveRecords
from webui.deposit.approving import several_lines, waiting
from webui.deposit.depositors import Depositor, depositor, drafts
from webui.deposit.form import may_replace
from webui.deposit.page import template_words
from webui.deposit.starting import begun
from webui.house import house
from webui.relay.deciding import Unclear, back_with, done, note, why_not

DEPOSITS_LOOKED_AT = 500
NO_ANSWER = _l("Schrijf je antwoord op.")
ANSWERED = _l("Je antwoord staat er. Je docent kijkt er opnieuw naar.")

blueprint = Blueprint("my_deposits", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit:
    """A document that somebody handed in, as its record has it, and what they may do with it."""

    id: str
    title: str
    project: Project
    entry: DeliverableRecord
    may_replace: bool
    may_withdraw: bool

    @property
    def with_team(self) -> bool:
        return self.entry.asked is not None and is_with_team(self.entry.asked)

    @property
    def day(self) -> date | None:
        return self.entry.deposited_at.date() if self.entry.deposited_at else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CameBack:
    """What a teacher sent back to a team, with the reasons and their days."""

    project: Project
    came: Waiting
    reasons: tuple[tuple[str, date | None], ...]


@blueprint.get("/deposit/mine")
def page() -> ResponseReturnValue:
    mine = depositor()
    return render_template(
        "deposit_mine.html",
        open=begun(mine),
        deposits=deposits(mine),
        came_back=came_back(mine),
        waits=len(waiting(mine)),
        most=SAID_MAX_CHARS,
        levels=list(Visibility),
        **template_words(),
    )


@blueprint.post("/deposit/answer")
def answer() -> ResponseReturnValue:
    """A team's answer to what a teacher sent back: it waits for the teacher again."""
    mine, back = depositor(), url_for("my_deposits.page")
    project = _whole(mine, request.form.get("project", ""))
    if project is None or project.record is None or mine.permission(project) != "asks":
        abort(404)
    came = returned_in(project.id, project.record)
    try:
        approval.answer(
            LiveRecords(house().storage),
            project.id,
            [id for id, _entry in came.deliverables],
            lines=came.lines is not None,
            text=several_lines(request.form.get("answer", ""), NO_ANSWER),
        )
    except Unclear as problem:
        return back_with(problem, back)
    except ArchiveError as error:
        return back_with(why_not(error, gone=_("Dit wacht al op je docent."))[0], back)
    note(mine.account, "answered", project.id, {})
    return done(ANSWERED, back)


def came_back(mine: Depositor) -> list[CameBack]:
    """What teachers sent back to the teams that somebody is in, by project."""
    found = []
    for project in _own_projects(mine) if mine.account.role == "student" else ():
        came = (
            returned_in(project.id, project.record) if project.record and mine.permission(project) == "asks" else None
        )
        if came:
            asked = [entry.asked for _id, entry in came.deliverables] + [came.lines]
            said = [each.returned for each in asked if each and each.returned]
            reasons = tuple(dict.fromkeys((each.reason or "", each.date) for each in said))
            found.append(CameBack(project=project, came=came, reasons=reasons))
    return found


def deposits(mine: Depositor) -> list[Deposit]:
    """What somebody handed in, the newest first; what was withdrawn too."""
    address = mine.account.email.lower()
    found = [
        Deposit(
            id=f"{project.id}/{relative(entry.file)}",
            title=entry.title or entry.file,
            project=project,
            entry=entry,
            may_replace=may_replace(entry, asks=mine.permission(project) == "asks"),
            may_withdraw=entry.withdrawn is None
            and may_withdraw(mine.account, entry, community=project.community, record=project.record),
        )
        for project in _own_projects(mine)
        for entry in (project.record.deliverables if project.record else ())
        if entry.file and (entry.deposited_by or "").lower() == address
    ]
    return sorted(found, key=lambda each: (each.day or date.min, each.id), reverse=True)


def _own_projects(mine: Depositor) -> Iterator[Project]:
    """The projects in which something of theirs may lie: whatever their account alone opens, and what they sent lately."""
    catalog = house().catalog
    alone = Access(tokens=frozenset({f"account:{mine.account.email.lower()}"}), today=mine.today)
    ids = [each.project for each in catalog.newest(DEPOSITS_LOOKED_AT, access=alone)]
    ids += [each.id for each in catalog.projects(access=alone)]
    ids += [draft.sent["project"] for draft in drafts().of(mine.account.id, states=("sent",))]
    for id in dict.fromkeys(ids):
        if (project := _whole(mine, id)) is not None:
            yield project


def _whole(mine: Depositor, id: str) -> Project | None:
    return house().catalog.project(id, access=everything(today=mine.today))
