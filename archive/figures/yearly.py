"""An academic year of the network in figures, each with its definition and with what is unknown beside it.

Pure: what the archive holds goes in, numbers come out; nobody is named. The truth is the records, so a figure of an
earlier year may still grow when somebody completes one.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

from archive.access import Access, level_of, reader
from archive.model import (
    Agenda,
    Audience,
    Community,
    Contact,
    Deliverable,
    Kind,
    Person,
    Project,
    Question,
    Status,
    Visibility,
)
from archive.network.model import Network
from archive.privacy.publishing import has_outcome
from archive.records.reading import UNREADABLE
from archive.relay.handover import beginning, checklist, has_ended
from archive.relay.lineage import Lineage

FEW = 5  # a count of visits below this could point at somebody: it is told as "fewer than 5"
YEAR_BEGINS, YEAR_ENDS = (9, 1), (8, 31)

Name = Literal[
    "students",
    "teachers",
    "projects",
    "running",
    "finished",
    "stopped",
    "companies",
    "new_companies",
    "returning_companies",
    "schools",
    "programmes",
    "deliverables",
    "deliverables_of_kind",
    "deliverables_of_level",
    "outcomes_public",
    "questions_asked",
    "questions_taken",
    "questions_answered",
    "handovers_complete",
    "continuing",
    "continued",
    "longest_relay",
    "searches",
    "reads",
    "downloads",
]
NAMES: tuple[Name, ...] = get_args(Name)
Beside = Literal[
    "by_number",
    "without_team",
    "nameless",
    "without_teacher",
    "without_record",
    "loose_files",
    "without_year",
    "without_status",
    "not_in_network",
    "without_school",
    "without_programme",
    "unread",
    "kind_guessed",
    "finished_without_outcome",
    "outcome_not_public",
    "undated",
    "ended",
    "beginning_unknown",
    "days",
]

# What each figure counts, in one sentence.
DEFINITIONS: Mapping[Name, str] = {
    "students": "Students in the teams of this year's projects, each counted once.",
    "teachers": "Teachers in the teams of this year's projects, each counted once.",
    "projects": "Projects in the folder of this academic year; a file on its own, without a record, is none.",
    "running": "Projects of this year that are not over yet.",
    "finished": "Projects of this year that are finished.",
    "stopped": "Projects of this year that stopped early.",
    "companies": "Companies that took part in a project of this year.",
    "new_companies": "Companies of this year that took part in no project of an earlier year.",
    "returning_companies": "Companies of this year that took part in a project of an earlier year, too.",
    "schools": "Schools that the students and teachers of this year come from.",
    "programmes": "Programmes that the students of this year follow, each name counted once.",
    "deliverables": "Documents of this year, without the withdrawn ones.",
    "deliverables_of_kind": "The same documents by kind.",
    "deliverables_of_level": "The same documents by who may read the file today.",
    "outcomes_public": "Finished projects of this year whose outcome everybody may read.",
    "questions_asked": "Questions put on an agenda between 1 September and 31 August.",
    "questions_taken": "Questions that a project took up in that time.",
    "questions_answered": "Questions that were answered in that time.",
    "handovers_complete": "Ended projects of this year whose handover is complete.",
    "continuing": "Projects of this year that continue an earlier project.",
    "continued": "Projects of this year that a later project continues.",
    "longest_relay": "The most projects in one line, up to and including this year.",
    "searches": "How often somebody searched between 1 September and 31 August.",
    "reads": "How often the page or text of a document was opened in that time.",
    "downloads": "How often a file was opened or fetched in that time.",
}
# Roles that come by, and what they do there, as they are counted: see `archive.accounts.counting`.
_VISITS: Mapping[str, Name] = {"search": "searches", "read": "reads", "download": "downloads"}
_ROLES = ("visitor", "student", "teacher", "partner", "coordinator")
_TAKEN, _ANSWERED = "claimed", "answered"
_STUDENT, _TEACHERS = "student", frozenset({"teacher", "lecturer"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What must be known beside a figure: so many projects without a team, so many documents of a guessed kind."""

    what: Beside
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number. `part`: of which kind, level or role it is. `value` None: there were some, fewer than `FEW`."""

    name: Name
    value: int | None
    part: str = ""
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A figure, beside that of the year before; None where nothing was counted then."""

    now: Figure
    before: Figure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """What was done in a year, by role and kind ("student", "read"), and on how many days something was counted.

    `few`: the roles that fewer than `FEW` people have: what these do is what one of them does.
    """

    counts: Mapping[tuple[str, str], int] = field(default_factory=dict)
    days: int = 0
    few: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Holdings:
    """What the archive holds, as whoever sees everything sees it. `deliverables` by their project."""

    projects: tuple[Project, ...]
    deliverables: Mapping[str, tuple[Deliverable, ...]]
    communities: Mapping[str, Community]
    network: Network
    lineage: Lineage
    today: date

    def contacts_for(self, project: Project) -> Mapping[str | None, tuple[Contact, ...]]:
        """The contacts that the checklist of a project's handover asks for."""
        community = self.communities.get(project.community or "")
        own = community.record.contacts if community and community.record else ()
        return {None: own, **{each.slug: each.contacts for each in self.network.organisations}}

    def is_loose(self, project: Project) -> bool:
        """Whether this is a file on its own that nobody described: a page has to show it somewhere, but no team ran it."""
        return project.record is None and any(each.id == project.id for each in self.deliverables.get(project.id, ()))


def bounds(year: int) -> tuple[date, date]:
    """The first and the last day of an academic year.

    >>> bounds(2021)
    (datetime.date(2021, 9, 1), datetime.date(2022, 8, 31))
    """
    return date(year, *YEAR_BEGINS), date(year + 1, *YEAR_ENDS)


def year_on(day: date) -> int:
    """The academic year of a day.

    >>> year_on(date(2022, 8, 31)), year_on(date(2022, 9, 1))
    (2021, 2022)
    """
    return day.year if (day.month, day.day) >= YEAR_BEGINS else day.year - 1


def beside(now: Iterable[Figure], before: Iterable[Figure]) -> tuple[Row, ...]:
    """The figures of a year beside those of the one before, in their order; a part that is gone is told as 0."""
    old = {(each.name, each.part): each for each in before}
    counted = {name for name, _ in old}
    rows: list[Row] = []
    for each in now:
        last = old.pop((each.name, each.part), None)
        rows.append(Row(now=each, before=last or (_none(each) if each.part and each.name in counted else None)))
    rows += [Row(now=_none(each), before=each) for each in old.values()]

    def order(row: Row) -> tuple[int, int]:
        parts = ("", *_ROLES) if row.now.name in _VISITS.values() else ("", *Kind, *Visibility)
        return NAMES.index(row.now.name), parts.index(row.now.part)

    return tuple(sorted(rows, key=order))


def yearly(holdings: Holdings, year: int) -> tuple[Figure, ...]:
    """The figures of one academic year, without those of searching and reading: see `visited`."""
    here = [each for each in holdings.projects if each.year == year]
    projects = [each for each in here if not holdings.is_loose(each)]
    return (
        *_people(projects),
        *_projects(projects, holdings, loose=len(here) - len(projects)),
        *_organisations(projects, holdings, year),
        *_documents([each for project in here for each in holdings.deliverables.get(project.id, ())], holdings),
        *_outcomes(projects, holdings),
        *_questions([each.agenda for each in holdings.communities.values()], year),
        *_relay(projects, holdings),
    )


def visited(visits: Visits) -> tuple[Figure, ...]:
    """How often was searched and read in a year, by role; nothing where nothing was counted yet.

    Nor of a role that so few people have that it would tell of somebody.
    """
    return tuple(
        Figure(name=name, part=role, value=None if 0 < count < FEW else count, notes=_notes(days=visits.days))
        for kind, name in _VISITS.items()
        for role in _ROLES
        if visits.days and role not in visits.few
        for count in [visits.counts.get((role, kind), 0)]
    )


def _people(projects: Iterable[Project]) -> Iterator[Figure]:
    students: list[tuple[str | None, Person]] = []
    teachers: list[tuple[str | None, Person]] = []
    counted: list[int] = []
    teamless = without_teacher = 0
    for project in projects:
        team = project.record.team if project.record else ()
        own = [(project.community, each) for each in team if each.role.lower() == _STUDENT]
        taught = [(project.community, each) for each in team if each.role.lower() in _TEACHERS]
        students += own
        teachers += taught
        without_teacher += not taught
        if own:
            continue
        if project.record is not None and project.record.students:
            counted.append(project.record.students)
        else:
            teamless += 1
    known, nameless = _counted_once(students)
    yield Figure(
        name="students",
        value=known + nameless + sum(counted),
        notes=_notes(by_number=len(counted), without_team=teamless, nameless=nameless),
    )
    known, nameless = _counted_once(teachers)
    yield Figure(
        name="teachers", value=known + nameless, notes=_notes(without_teacher=without_teacher, nameless=nameless)
    )


def _counted_once(people: Iterable[tuple[str | None, Person]]) -> tuple[int, int]:
    """How many people these are: one account is one person everywhere, one name one person within a community.

    Whoever has an account in one team and only the name in another of the community is one person, too. The second
    number are those with neither, of whom nobody can tell.
    """
    pairs = [(community, (each.account or "").strip().casefold(), _plain(each.name)) for community, each in people]
    accounts: dict[tuple[str | None, str], str] = {}
    for community, account, name in pairs:
        if account and name:
            accounts.setdefault((community, name), account)
    found: set[object] = set()
    nameless = 0
    for community, account, name in pairs:
        if account:
            found.add(account)
        elif name:
            found.add(accounts.get((community, name), (community, name)))
        else:
            nameless += 1
    return len(found), nameless


def _projects(projects: Collection[Project], holdings: Holdings, *, loose: int) -> Iterator[Figure]:
    states = Counter(_state(each, today=holdings.today) for each in projects)
    without_status = sum(each.record is None or each.record.status is None for each in projects)
    yield Figure(
        name="projects",
        value=len(projects),
        notes=_notes(
            without_record=sum(each.record is None for each in projects),
            loose_files=loose,
            without_year=sum(each.year is None and not holdings.is_loose(each) for each in holdings.projects),
        ),
    )
    yield Figure(name="running", value=states["running"], notes=_notes(without_status=without_status))
    yield Figure(name="finished", value=states["finished"])
    yield Figure(name="stopped", value=states["stopped"])


def _state(project: Project, *, today: date) -> Status:
    """Its record's word, else by its day."""
    if project.record is not None and project.record.status is not None:
        return project.record.status
    return "finished" if has_ended(project, today=today) else "running"


def _organisations(projects: Collection[Project], holdings: Holdings, year: int) -> Iterator[Figure]:
    kinds = {each.slug: each.kind for each in holdings.network.organisations}
    companies = _companies(projects, kinds)
    before = _companies((each for each in holdings.projects if each.year is not None and each.year < year), kinds)
    yield Figure(name="companies", value=len(companies), notes=_notes(not_in_network=len(companies - kinds.keys())))
    yield Figure(name="new_companies", value=len(companies - before))
    yield Figure(name="returning_companies", value=len(companies & before))
    team = [each for project in projects if project.record for each in project.record.team]
    learning = [each for each in team if each.role.lower() == _STUDENT]
    of_schools = [*learning, *(each for each in team if each.role.lower() in _TEACHERS)]
    schools = {slug for each in of_schools if (slug := each.institution) and slug != UNREADABLE}
    schools = {slug for slug in schools if kinds.get(slug, "school") == "school"}
    yield Figure(
        name="schools",
        value=len(schools),
        notes=_notes(
            not_in_network=len(schools - kinds.keys()), without_school=sum(not each.institution for each in of_schools)
        ),
    )
    yield Figure(
        name="programmes",
        value=len({_plain(each.programme) for each in learning if each.programme}),
        notes=_notes(without_programme=sum(not each.programme for each in learning)),
    )


def _companies(projects: Iterable[Project], kinds: Mapping[str, str]) -> set[str]:
    """By slug; a name that the network does not know counts as a company."""
    named = {each.organisation for project in projects if project.record for each in project.record.companies}
    return {slug for slug in named if slug != UNREADABLE and kinds.get(slug, "company") == "company"}


def _documents(deliverables: Collection[Deliverable], holdings: Holdings) -> Iterator[Figure]:
    yield Figure(
        name="deliverables",
        value=len(deliverables),
        notes=_notes(
            unread=sum(each.failure is not None for each in deliverables),
            kind_guessed=sum("kind" in each.unconfirmed for each in deliverables),
        ),
    )
    kinds = Counter(each.kind for each in deliverables)
    yield from (Figure(name="deliverables_of_kind", part=kind, value=kinds[kind]) for kind in Kind if kinds[kind])
    levels = Counter(level_of(_on(each.text_audience, holdings.today)) for each in deliverables)
    yield from (
        Figure(name="deliverables_of_level", part=level, value=levels[level]) for level in Visibility if levels[level]
    )


def _on(audience: Audience, day: date) -> Audience:
    """Those of an audience who see the thing on that day: an embargo counts."""
    return frozenset(grant for grant in audience if grant[1] is None or grant[1] <= day)


def _outcomes(projects: Iterable[Project], holdings: Holdings) -> Iterator[Figure]:
    finished = [each for each in projects if _state(each, today=holdings.today) == "finished"]
    told = [each for each in finished if has_outcome(each.record, today=holdings.today)]
    visitor: Access = reader("public", today=holdings.today)
    public = sum(visitor.reads(each.audience) for each in told)
    yield Figure(
        name="outcomes_public",
        value=public,
        notes=_notes(finished_without_outcome=len(finished) - len(told), outcome_not_public=len(told) - public),
    )


def _questions(agendas: Iterable[Agenda], year: int) -> Iterator[Figure]:
    first, last = bounds(year)
    asked = undated = taken = answered = 0
    for question in (each for agenda in agendas for each in agenda.questions):
        day = _asked_on(question)
        undated += day is None
        asked += day is not None and first <= day <= last
        states = {each.state for each in question.events if each.date is not None and first <= each.date <= last}
        taken += _TAKEN in states
        answered += _ANSWERED in states
    yield Figure(name="questions_asked", value=asked, notes=_notes(undated=undated))
    yield Figure(name="questions_taken", value=taken)
    yield Figure(name="questions_answered", value=answered)


def _asked_on(question: Question) -> date | None:
    days = [each.date for each in question.events if each.date is not None]
    if question.source is not None and question.source.date is not None:
        days.append(question.source.date)
    return min(days, default=None)


def _relay(projects: Collection[Project], holdings: Holdings) -> Iterator[Figure]:
    ended = [each for each in projects if each.record is not None and has_ended(each, today=holdings.today)]
    lists = [checklist(each, holdings.deliverables.get(each.id, ()), holdings.contacts_for(each)) for each in ended]
    yield Figure(name="handovers_complete", value=sum(each.complete for each in lists), notes=_notes(ended=len(ended)))
    batons = [baton for each in projects if (baton := holdings.lineage.of(each.id)) is not None]
    untold = sum(each.record is not None and beginning(each).begun == "missing" for each in projects)
    yield Figure(
        name="continuing", value=sum(bool(each.predecessors) for each in batons), notes=_notes(beginning_unknown=untold)
    )
    yield Figure(name="continued", value=sum(bool(each.successors) for each in batons))
    yield Figure(name="longest_relay", value=max((each.position for each in batons), default=0))


def _none(figure: Figure) -> Figure:
    return Figure(name=figure.name, part=figure.part, value=0)


def _notes(**counts: int) -> tuple[Note, ...]:
    return tuple(Note(what=what, count=count) for what, count in counts.items() if count)  # type: ignore[arg-type]


def _plain(text: str | None) -> str:
    """
    >>> _plain("  Noor  Bakker "), _plain(None)
    ('noor bakker', '')
    """
    plain = " ".join(unicodedata.normalize("NFC", text or "").casefold().split())
    return "" if text == UNREADABLE else plain
