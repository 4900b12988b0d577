"""My deposits, with their state; and for teachers what waits for their yes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from archive.access import Access, everything
from archive.accounts.accounts import Account
from archive.deposit import approval
from archive.deposit.approval import Waiting, waiting_in
from archive.deposit.may import may_approve, may_withdraw
from archive.errors import ArchiveError
from archive.model import DeliverableRecord, Project, Visibility
from archive.paths import locate
from archive.records.assembly import relative
from archive.records.live import LiveRecords
from webui.deposit.depositors import Depositor, depositor, drafts
from webui.deposit.form import may_replace
from webui.deposit.page import template_words
from webui.deposit.starting import begun
from webui.house import house
from webui.overview import overview
from webui.relay.deciding import back_with, done, note, why_not
from webui.visitor import access

DEPOSITS_LOOKED_AT = 500
SAID_YES = _l("Akkoord gegeven. Het is nu te zien zoals het team vroeg.")

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
    def day(self) -> date | None:
        return self.entry.deposited_at.date() if self.entry.deposited_at else None


@blueprint.get("/deposit/mine")
def page() -> ResponseReturnValue:
    mine = depositor()
    return render_template(
        "deposit_mine.html",
        open=begun(mine),
        deposits=deposits(mine),
        waiting=waiting(mine),
        levels=list(Visibility),
        **template_words(),
    )


@blueprint.post("/deposit/approve")
def approve() -> ResponseReturnValue:
    """Say yes to one document, or to what was asked to be told of a project."""
    mine, back = depositor(), url_for("my_deposits.page")
    id, lines = request.form.get("id", ""), request.form.get("project", "")
    project = _whole(mine, locate(id).project if id else lines)
    if (
        project is None
        or not _sees(project.id, id)
        or not may_approve(mine.account, community=project.community, record=project.record)
    ):
        abort(404)
    records = LiveRecords(house().storage)
    try:
        if id:
            approval.approve(records, id)
        else:
            approval.approve_lines(records, project.id)
    except ArchiveError as error:
        return back_with(why_not(error, gone=_("Hier was al over beslist."))[0], back)
    note(mine.account, "approved", id or project.id, {})
    return done(SAID_YES, back)


def waiting(mine: Depositor) -> list[Waiting]:
    """What waits for this teacher's yes, by project."""
    if mine.account.role not in ("teacher", "coordinator"):
        return []
    whole = [
        waiting_in(each.id, each.record)
        for each in _projects_of(mine.account, mine.today)
        if each.record is not None and may_approve(mine.account, community=each.community, record=each.record)
    ]
    found = [
        replace(
            each,
            deliverables=tuple(pair for pair in each.deliverables if _sees(each.project, pair[0])),
            lines=each.lines if _sees(each.project) else None,
        )
        for each in whole
        if each.deliverables or each.lines
    ]
    return [each for each in found if each.deliverables or each.lines]


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


def _projects_of(account: Account, today: date) -> Iterator[Project]:
    """The projects of a teacher's communities and teams; for the coordinator all."""
    catalog, whole = house().catalog, everything(today=today)
    if account.role == "coordinator":
        yield from catalog.projects(access=whole)
        return
    known: set[str] = set()
    alone = Access(tokens=frozenset({f"account:{account.email.lower()}"}), today=today)
    teams = [found for each in catalog.projects(access=alone) if (found := catalog.project(each.id, access=whole))]
    for project in [
        *(each for id in account.communities for each in catalog.projects(community=id, access=whole)),
        *teams,
    ]:
        if project.id not in known:
            known.add(project.id)
            yield project


def _sees(project: str, deliverable: str = "") -> bool:
    """Whether this teacher sees what is asked about: saying yes is for who may look at it."""
    if deliverable:
        return house().catalog.deliverable(deliverable, access=access()) is not None
    return project in overview().projects


def _whole(mine: Depositor, id: str) -> Project | None:
    return house().catalog.project(id, access=everything(today=mine.today))
