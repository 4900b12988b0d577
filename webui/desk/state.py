"""How the installation and its people stand: accounts, links without an answer, backup, disk, mail.

What the catalog does not hold, and so asked anew for each page.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.metadata import version

from archive.accounts.accounts import Account
from archive.accounts.links import Link
from archive.backup.making import LastBackup, last_backup
from archive.model import Project
from archive.paths import record_place
from archive.privacy.consent import Place, is_of, project_places
from webui.house import House
from webui.overview import Overview

BACKUP_EVERY = timedelta(days=7)
ROOM_BYTES = 2_000_000_000  # less than this is soon full: a term's hand-ins take about as much
NEW_FOR = timedelta(days=14)
ENDS_SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """Links that were given and not answered with a yes. `project` None: they are of contacts, not of a team."""

    project: Project | None
    people: int
    companies: int
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Accounts to look at: the first few of each kind, and how many there are."""

    new: tuple[Account, ...]
    unused: tuple[Account, ...]
    ending: tuple[Account, ...]

    def groups(self) -> tuple[tuple[str, tuple[Account, ...]], ...]:
        return tuple((name, own) for name in ("ending", "unused", "new") if (own := getattr(self, name)))

    def __len__(self) -> int:
        return len(self.new) + len(self.unused) + len(self.ending)


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """`backup_late`: there is none, or it is older than a week, or something is missing from it."""

    backup: LastBackup | None
    backup_late: bool
    free: int
    disk_full: bool
    version: str

    @property
    def is_well(self) -> bool:
        return not (self.backup_late or self.disk_full)


def installation(opened: House) -> Installation:
    made = last_backup(opened.catalog.path.parent)
    free = shutil.disk_usage(opened.storage.root).free
    late = made is None or not made.complete or opened.clock() - made.made > BACKUP_EVERY
    return Installation(
        backup=made, backup_late=late, free=free, disk_full=free < ROOM_BYTES, version=version("estafette")
    )


def people(opened: House, *, today: date) -> People:
    """The accounts that are new, that were never used, and that end soon; the most urgent first."""
    working = [each for each in opened.accounts.all() if each.active(today)]
    fresh = today - NEW_FOR
    return People(
        new=tuple(
            sorted((each for each in working if each.made >= fresh), key=lambda each: (-each.made.toordinal(), each.id))
        ),
        unused=tuple(
            sorted(
                (each for each in working if each.seen is None and each.made < fresh),
                key=lambda each: (each.made, each.id),
            )
        ),
        ending=tuple(
            sorted(
                (each for each in working if each.ends is not None and each.ends <= today + ENDS_SOON),
                key=lambda each: (each.ends or today, each.id),
            )
        ),
    )


def unanswered(opened: House, seen: Overview) -> list[Pending]:
    """Where somebody was asked for consent or agreement and no yes came, the longest waiting first.

    A no that changes nothing leaves no trace in a record: it counts as no answer.
    """
    waiting: dict[str, list[tuple[Link, bool]]] = {}
    for link in opened.accounts.links("agreement"):
        project = seen.projects.get(str(link.says.get("project")))
        if link.good(opened.clock()) and project is not None and not _agreed(link, project):
            waiting.setdefault(project.id, []).append((link, True))
    for link in opened.accounts.links("consent"):
        place = record_place(str(link.says.get("record")))
        if place is None or not link.good(opened.clock()):
            continue
        project = seen.projects.get(place.owner) if place.kind == "project" else None
        if project is None and place.kind == "project":
            continue
        if project is None or _is_asked(link, project, opened.link_key):
            waiting.setdefault(project.id if project else "", []).append((link, False))
    found = [
        Pending(
            project=seen.projects.get(id),
            people=sum(not company for _, company in links),
            companies=sum(company for _, company in links),
            since=min(link.made for link, _ in links).date(),
        )
        for id, links in waiting.items()
    ]
    return sorted(found, key=lambda each: each.since)


def _agreed(link: Link, project: Project) -> bool:
    """Whether the company answered; also when it no longer takes part."""
    slug = link.says.get("organisation")
    involved = [each for each in (project.record.companies if project.record else ()) if each.organisation == slug]
    return not any(each.agreed is None or (each.agreed.date or date.min) < link.made.date() for each in involved)


def _is_asked(link: Link, project: Project, key: bytes) -> bool:
    """Whether the person stands in the team and said nothing since the link was made."""
    places: Iterable[Place] = project_places(project.id, project.record) if project.record else ()
    own = [each for each in places if is_of(each, str(link.says.get("who")), key=key)]
    return any(not _has_answered(each, link.made) for each in own)


def _has_answered(place: Place, asked: datetime) -> bool:
    last = place.last("name")
    said = (last.withdrawn or last.date) if last else None
    return place.consents_to("name") or (said is not None and said >= asked.date())
