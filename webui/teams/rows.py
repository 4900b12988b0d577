"""A row for each team: what of its work is in the archive, and what is missing.

Which teams: those of the communities that somebody teaches in, and those that they are in themselves; the coordinator
looks at one community at a time. A file that this visitor may not see counts as not there, here as anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from archive.access import Access, everything, today_in_amsterdam
from archive.accounts.accounts import Account
from archive.accounts.teams import member
from archive.deposit.approval import waiting_in
from archive.deposit.draft import Draft
from archive.deposit.may import may_hand_in
from archive.model import Project, ProjectRecord
from archive.privacy.consent import project_places
from archive.relay.handover import ItemName, end_of, has_ended
from webui.accounts.inviting import invitable
from webui.deposit.depositors import drafts
from webui.house import house
from webui.overview import overview
from webui.relay.handovers import left_by

MarkName = Literal["report", "data", "handover", "outcome", "consent"]

ENDED_SHOWN_FOR = timedelta(days=365)
TEAMS_SHOWN = 100
TOLD: tuple[ItemName, ...] = ("stands", "open", "start")  # what a handover tells
NAMES = {
    "report": _l("Verslag"),
    "data": _l("Gegevens"),
    "handover": _l("Overdracht"),
    "outcome": _l("Opbrengst"),
    "consent": _l("Toestemming"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Whether one thing is there; `note` tells how much of it, where that is more than yes or no."""

    name: MarkName
    done: bool
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A project with what its team has in the archive. `record` is the whole of it, with names and accounts.

    `draft`: what this visitor began to hand in for it. `arriving`: something they handed in today is not read yet.
    `waiting`: how many things wait for a teacher's yes.
    """

    project: Project
    record: ProjectRecord
    marks: tuple[Mark, ...]
    documents: int
    waiting: int
    draft: Draft | None
    arriving: bool
    invitable: bool

    @property
    def missing(self) -> tuple[Mark, ...]:
        return tuple(mark for mark in self.marks if not mark.done)


@dataclass(frozen=True, slots=True, kw_only=True)
class Teams:
    """The teams of one screen, their own first; `more` are not shown."""

    running: tuple[Team, ...]
    ended: tuple[Team, ...]
    more: int = 0


def teams_of(mine: Account, community: str) -> Teams:
    """The teams of a teacher; of the coordinator those of this community."""
    today = today_in_amsterdam(house().clock())
    own = _own(mine, today)

    def is_theirs(project: Project) -> bool:
        if mine.role == "coordinator":
            return project.community == community
        return project.community in mine.communities or project.id in own

    found = [each for each in overview().projects_where(is_theirs) if _is_shown(each, today) and _is_folder(each)]
    running = [each for each in found if not has_ended(each, today=today)]
    ended = [each for each in found if has_ended(each, today=today)]
    begun, arriving = _drafts(mine), _arriving(mine, today)
    return Teams(
        running=_in_order(running[:TEAMS_SHOWN], mine, begun, arriving),
        ended=_in_order(ended[:TEAMS_SHOWN], mine, begun, arriving),
        more=max(0, len(running) - TEAMS_SHOWN) + max(0, len(ended) - TEAMS_SHOWN),
    )


def one_team(mine: Account, id: str) -> Team | None:
    """One team; None where it is not this visitor's."""
    project = overview().projects.get(id)
    return _team(project, mine, {}, frozenset()) if project is not None and _is_folder(project) else None


def running_in(community: str) -> int:
    """How many teams of a community are at work."""
    today = overview().access.today
    return len(overview().projects_where(lambda each: each.community == community and not has_ended(each, today=today)))


def without_answer(record: ProjectRecord) -> tuple[int, int, int]:
    """Of a project: how many people are named, how many of them said neither yes nor no, how many companies did not."""
    named = [each for each in project_places("", record) if each.name]
    people = [each for each in named if not each.consents_to("name") and each.last("name") is None]
    return len(named), len(people), sum(each.agreed is None for each in record.companies)


def _in_order(
    projects: Sequence[Project], mine: Account, begun: dict[str, Draft], arriving: frozenset[str]
) -> tuple[Team, ...]:
    found = [team for each in projects if (team := _team(each, mine, begun, arriving)) is not None]
    return tuple(
        sorted(found, key=lambda each: (member(each.record, mine.email) is None, each.project.title.casefold()))
    )


def _team(project: Project, mine: Account, begun: dict[str, Draft], arriving: frozenset[str]) -> Team | None:
    whole = house().catalog.project(project.id, access=everything(today=overview().access.today))
    if whole is None or may_hand_in(mine, community=whole.community, record=whole.record) != "yes":
        return None
    record = whole.record or ProjectRecord(title=whole.title)
    waits = waiting_in(project.id, record)
    left = left_by(project, overview(), lines=False)
    items = {item.name: item for item in left.checklist.items}
    told = sum(items[name].done for name in TOLD)
    documents = house().catalog.deliverables_of(project.id, access=overview().access)
    return Team(
        project=project,
        record=record,
        marks=(
            Mark(name="report", done=items["report"].done),
            Mark(name="data", done=items["data"].done),
            Mark(name="handover", done=told == len(TOLD), note=_told(told)),
            Mark(name="outcome", done=bool(record.outcome)),
            _consent(record),
        ),
        documents=len(documents),
        waiting=len(waits.deliverables) + bool(waits.lines),
        draft=begun.get(project.id),
        arriving=project.id in arriving,
        invitable=invitable(mine, project),
    )


def _told(answers: int) -> str:
    return str(_("%(done)s van %(all)s", done=answers, all=len(TOLD))) if 0 < answers < len(TOLD) else ""


def _consent(record: ProjectRecord) -> Mark:
    named, people, companies = without_answer(record)
    if not named:
        return Mark(name="consent", done=False, note=_("nog geen namen"))
    notes = [ngettext("%(num)s mens nog niet", "%(num)s mensen nog niet", people)] if people else []
    notes += [_("bedrijf nog niet")] if companies else []
    return Mark(name="consent", done=not people and not companies, note=", ".join(notes))


def _own(mine: Account, today: date) -> frozenset[str]:
    """The projects in whose teams somebody is, wherever. Whatever a team may see holds its accounts: few projects do."""
    alone = Access(tokens=frozenset({f"account:{mine.email.lower()}"}), today=today)
    return frozenset(each.id for each in house().catalog.projects(access=alone))


def _is_shown(project: Project, today: date) -> bool:
    end = end_of(project)
    return not has_ended(project, today=today) or (end is not None and end + ENDED_SHOWN_FOR >= today)


def _is_folder(project: Project) -> bool:
    """A single file that lies straight under a year is a project, too, and has no team."""
    return project.record is not None or house().catalog.deliverable(project.id, access=overview().access) is None


def _drafts(mine: Account) -> dict[str, Draft]:
    """What somebody began to hand in, by project; of several the one that was changed last."""
    found: dict[str, Draft] = {}
    for draft in drafts().of(mine.id):
        found.setdefault(str(draft.answers.get("project", "")), draft)
    return found


def _arriving(mine: Account, today: date) -> frozenset[str]:
    """The projects of which a file that somebody handed in today can't be found yet: it counts as missing until then."""
    sent = [
        draft.sent for draft in drafts().of(mine.id, states=("sent",)) if today_in_amsterdam(draft.changed) == today
    ]
    ids = [id for each in sent for id in each["files"].values()]
    known = house().catalog.deliverables(ids, access=overview().access)
    return frozenset(each["project"] for each in sent if any(id not in known for id in each["files"].values()))
