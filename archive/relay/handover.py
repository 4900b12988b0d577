"""The handover: what a team leaves when its project ends, and how the next one begins. Checklists that fill themselves.

Pure: what records and archive hold goes in, what is there and what is missing comes out. Nobody ticks anything off.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from archive.errors import UsageError
from archive.model import Contact, Deliverable, Handover, Kind, PriorSearch, Project, ProjectRecord
from archive.records.editing import Change, Put

ItemName = Literal["stands", "open", "start", "report", "data", "contacts"]
Begun = Literal["continues", "searched", "missing"]

# A project that has a next team gets it within a year; after that the baton lies on the ground.
UNFOLLOWED_AFTER = timedelta(days=365)
VERSION_CHARS = 16
_YEAR_ENDS = (8, 31)  # an academic year, where a record tells no day
_TEACHERS = frozenset({"teacher", "lecturer"})
_FINAL_REPORTS = frozenset({Kind.REPORT, Kind.ADVICE, Kind.ARTICLE})
_DATA = frozenset({Kind.DATASET, Kind.MODEL, Kind.CODE})


class ToldMeanwhile(UsageError):
    """Somebody else changed the handover after it was read: nothing of theirs is to be lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of the checklist. `documents` are what fills it; `unknown` the organisations without a contact."""

    name: ItemName
    done: bool
    documents: tuple[Deliverable, ...] = ()
    confirmed: date | None = None
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """What a project leaves: three answers, its final report, its data and its contacts."""

    items: tuple[Item, ...]

    @property
    def done(self) -> int:
        return sum(item.done for item in self.items)

    @property
    def complete(self) -> bool:
        return self.done == len(self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """How a project began: with a predecessor, with a search that found none, or nobody wrote it down."""

    begun: Begun
    search: PriorSearch | None = None


def checklist(
    project: Project,
    deliverables: Sequence[Deliverable],
    contacts: Mapping[str | None, Sequence[Contact]],
) -> Checklist:
    """What of a project's handover is there. `contacts` by the slug of an organisation; those of the community by None.

    A contact counts when somebody confirmed it since the project began: an address of before may be anybody's by now.
    """
    left = project.record.handover if project.record else None
    reports = tuple(each for each in deliverables if each.kind in _FINAL_REPORTS and not each.url)
    data = tuple(each for each in deliverables if each.kind in _DATA)
    return Checklist(
        items=(
            Item(name="stands", done=bool(left and left.stands)),
            Item(name="open", done=bool(left and left.open)),
            Item(name="start", done=bool(left and left.start)),
            Item(name="report", done=bool(reports), documents=reports),
            Item(name="data", done=bool(data), documents=data),
            _contacts(project, contacts),
        )
    )


def beginning(project: Project) -> Beginning:
    """Whether a project says whom it continues, or that it searched and found nobody."""
    record = project.record
    if record is not None and record.continues:
        return Beginning(begun="continues")
    if record is not None and record.search is not None:
        return Beginning(begun="searched", search=record.search)
    return Beginning(begun="missing")


def is_checked(record: ProjectRecord | None) -> bool:
    """Whether a teacher of the project's own team stands for its handover."""
    if record is None or record.handover is None:
        return False
    if record.handover.checked:
        return True
    return is_teacher(record, record.handover.by or "")


def is_teacher(record: ProjectRecord | None, who: str) -> bool:
    """Whether this name or address is that of a teacher of the project's own team."""
    who = who.strip().casefold()
    teachers = [each for each in (record.team if record else ()) if each.role.lower() in _TEACHERS]
    return bool(who) and any(
        who in ((each.name or "").casefold(), (each.account or "").casefold()) for each in teachers
    )


def hand_over(record: ProjectRecord | None, told: Handover, *, before: str) -> list[Change]:
    """What to write in a project's record for its handover; `before` is the version that the answers go on from.

    A teacher of the team who writes it stands for it (see `is_checked`); the same answers again don't undo that.
    Raises ToldMeanwhile.
    """
    stood = record.handover if record else None
    if version_of(stood) != before:
        raise ToldMeanwhile("the handover was changed by somebody else meanwhile: nothing was written")
    if record is not None and version_of(told) == before and is_checked(record):
        return []
    answers = {"stands": told.stands, "open": told.open, "start": told.start}
    values = {**{name: text or None for name, text in answers.items()}, "by": told.by, "date": told.date}
    return [Put(at=("handover",), values=values)]


def version_of(told: Handover | None) -> str:
    """A mark that is another as soon as a handover says something else.

    >>> version_of(None) == version_of(Handover()), version_of(None) == version_of(Handover(stands="De mal."))
    (True, False)
    """
    said = (told.stands or "", told.open or "", told.start or "", told.date) if told else ("", "", "", None)
    return hashlib.sha256(repr(said).encode()).hexdigest()[:VERSION_CHARS]


def end_of(project: Project) -> date | None:
    """The day on which a project ends: its record's, else the end of its academic year."""
    if project.record is not None and project.record.ends is not None:
        return project.record.ends
    return date(project.year + 1, *_YEAR_ENDS) if project.year is not None else None


def start_of(project: Project) -> date | None:
    """The day on which a project began: its record's, else the first of its academic year."""
    if project.record is not None and project.record.starts is not None:
        return project.record.starts
    return date(project.year, 9, 1) if project.year is not None else None


def has_ended(project: Project, *, today: date) -> bool:
    """Whether a project is over: by its record's word, else by its day."""
    status = project.record.status if project.record else None
    if status is not None:
        return status != "running"
    end = end_of(project)
    return end is not None and end < today


def where_to_begin(projects: Iterable[Project], *, today: date) -> Project | None:
    """Of these projects, newest first, the one with which a new team begins; None where there is none.

    One that is over, of which a teacher stands for the handover; else one that is over and left any, or a record. What
    a team that is still at work says is open may be answered next month, and is at times a guess from its plan.
    """

    def rank(project: Project) -> tuple[bool, bool, bool, bool]:
        record = project.record
        over = record is not None and has_ended(project, today=today)
        left = record is not None and record.handover is not None
        return not (over and is_checked(record)), not (over and left), not over, record is None

    return min(projects, key=rank, default=None)


def unfollowed_since(project: Project, *, followed: bool, today: date) -> int | None:
    """The year since which nobody continues a project: "geen vervolgproject sinds 2020". None within a year of its end.

    >>> from archive.model import NOBODY
    >>> project = Project(id="bim5/2019/x", title="X", audience=NOBODY, year=2019)
    >>> unfollowed_since(project, followed=False, today=date(2021, 9, 1))
    2020
    >>> unfollowed_since(project, followed=False, today=date(2021, 8, 31)) is None
    True
    """
    end = end_of(project)
    if followed or end is None or today - end <= UNFOLLOWED_AFTER or not has_ended(project, today=today):
        return None
    return end.year


def _contacts(project: Project, contacts: Mapping[str | None, Sequence[Contact]]) -> Item:
    """Of each company that took part, else of the community: somebody who was confirmed since the project began."""
    companies: list[str | None] = [each.organisation for each in project.record.companies] if project.record else []
    known = {slug: _confirmed(project, contacts.get(slug, ())) for slug in companies or [None]}
    days = [day for day in known.values() if day is not None]
    return Item(
        name="contacts",
        done=len(days) == len(known),
        confirmed=min(days, default=None),
        unknown=tuple(slug for slug, day in known.items() if day is None and slug is not None),
    )


def _confirmed(project: Project, contacts: Sequence[Contact]) -> date | None:
    since = start_of(project) or date.min
    days = [each.confirmed for each in contacts if each.until is None and each.confirmed and each.confirmed >= since]
    return max(days, default=None)
