"""Who hands in, and for which projects: what the pages of this package ask of whoever is signed in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from flask import abort, g
from flask_babel import lazy_gettext as _l

from archive.access import Access, everything, today_in_amsterdam
from archive.accounts.accounts import Account
from archive.accounts.teams import academic_year_of
from archive.deposit.drafts import Drafts
from archive.deposit.may import Permission, may_hand_in
from archive.model import Project
from archive.relay.handover import end_of, has_ended
from webui.accounts.inviting import may_invite
from webui.house import house
from webui.overview import overview
from webui.visitor import own_account

# A team's work is often handed in after its project has ended.
OFFERED_FOR = timedelta(days=300)
NOT_FOR_COMPANIES = _l("Inleveren doen studenten en docenten. Je kunt wel een vraag stellen.")


@dataclass(frozen=True, kw_only=True)
class Depositor:
    """Somebody who may hand in somewhere, or might once they are in a team."""

    account: Account
    today: date

    @cached_property
    def projects(self) -> dict[str, Project]:
        """What they may hand in to now, by id, newest first and then by title: as the archive knows it, names and accounts too."""
        found = [each for each in self._candidates() if self._is_offered(each)]
        return {each.id: each for each in sorted(found, key=lambda each: (-(each.year or 0), each.title.casefold()))}

    @cached_property
    def communities(self) -> tuple[str, ...]:
        """Where they may make a project."""
        return tuple(id for id in overview().communities if may_invite(self.account, id))

    @property
    def years(self) -> tuple[int, ...]:
        """For a project that is made: this academic year first."""
        now = academic_year_of(self.today)
        return (now, now - 1)

    def project(self, id: str) -> Project | None:
        """A project that they see and may hand in to, also one that ended long ago."""
        found = self.projects.get(id)
        if found is None and id in overview().projects:
            found = house().catalog.project(id, access=everything(today=self.today))
        return (
            found if found is not None and self.permission(found) != "no" and _has_folder(found, self.today) else None
        )

    def permission(self, project: Project | None) -> Permission:
        if project is None:
            return may_hand_in(self.account, community=None, record=None)
        return may_hand_in(self.account, community=project.community, record=project.record)

    def _candidates(self) -> Iterator[Project]:
        whole, catalog = everything(today=self.today), house().catalog
        if self.account.role in ("teacher", "coordinator"):
            for id, project in overview().projects.items():
                if not self._is_lately(project) or not may_invite(self.account, project.community or ""):
                    continue
                if found := catalog.project(id, access=whole):
                    yield found
            return
        # Whatever a team may see holds its accounts; few projects do, and of these the records tell who is in the team.
        alone = Access(tokens=frozenset({f"account:{self.account.email.lower()}"}), today=self.today)
        for each in catalog.projects(access=alone):
            if found := catalog.project(each.id, access=whole):
                yield found

    def _is_offered(self, project: Project) -> bool:
        return self._is_lately(project) and self.permission(project) != "no" and _has_folder(project, self.today)

    def _is_lately(self, project: Project) -> bool:
        end = end_of(project)
        return not has_ended(project, today=self.today) or end is None or end + OFFERED_FOR >= self.today


def depositor() -> Depositor:
    """Who is signed in; a visitor is sent to sign in, and a company's people are refused."""
    kept: Depositor | None = g.get("depositor")
    if kept is None:
        mine = own_account()
        if mine.role not in ("student", "teacher", "coordinator"):
            abort(403, str(NOT_FOR_COMPANIES))
        kept = g.depositor = Depositor(account=mine, today=today_in_amsterdam(house().clock()))
    return kept


def drafts() -> Drafts:
    """Everybody's drafts."""
    return Drafts(house().catalog.path.parent)


def _has_folder(project: Project, today: date) -> bool:
    """A single file that lies straight under a year is a project, too: nothing can be put in it."""
    return house().catalog.deliverable(project.id, access=everything(today=today)) is None
