"""What waits in the archive for the coordinator, most urgent first: read from the catalog, kept for as long as it stays.

Everything here is of whoever sees everything; only the coordinator's pages may ask for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from archive.access import reader
from archive.deposit.approval import waiting_in
from archive.model import Contact, Deliverable, Project, Visibility
from archive.network.model import Organisation
from archive.network.organisations import current, is_due
from archive.privacy.publishing import Obstacle, has_ended_well, obstacle
from archive.relay.handover import Checklist, checklist, end_of, has_ended
from webui.overview import Asked, Overview

SHOWN = 6  # of a list; the rest is a click away
EMBARGO_SOON = timedelta(days=60)
QUIET_AFTER = timedelta(days=365)  # a company without a project or a question for so long
SPOKEN_TO = timedelta(days=90)  # a contact who was confirmed since is not called again because it is quiet there


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A project that is over and whose handover lacks something."""

    project: Project
    checklist: Checklist
    ended: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hindered:
    """A finished project whose outcome can't be for everybody yet, and why."""

    project: Project
    obstacle: Obstacle


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """What students handed in for a project and no teacher said yes to: so many documents, and words of the record."""

    project: Project
    documents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Somebody to be called: the contact of an organisation or a community; `contact` None: nobody is known.

    `quiet`: since when nothing was done with this company; `due`: nobody confirmed the contact for a year.
    """

    kind: str  # "organisation" or "community"
    id: str
    name: str
    contact: Contact | None
    last: Project | None
    quiet: bool
    due: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """All of it, each list with the most urgent first."""

    deposits: tuple[HandedIn, ...]
    handovers: tuple[Project, ...]  # those that lack something; what, `missing` tells
    publishable: tuple[Project, ...]
    hindered: tuple[Hindered, ...]
    embargoes: tuple[Deliverable, ...]
    calls: tuple[Call, ...]


def look(seen: Overview, *, default: Visibility) -> Waiting:
    """What waits today. `default`: the level of documents without one."""
    publishable, hindered = _outcomes(seen, default)
    return Waiting(
        deposits=tuple(_deposits(seen)),
        # Those that ended last first, since their teams can still be asked.
        handovers=tuple(sorted(_handovers(seen), key=lambda each: (end_of(each) or date.min, each.id), reverse=True)),
        publishable=publishable,
        hindered=hindered,
        embargoes=tuple(_embargoes(seen)),
        calls=tuple(_calls(seen)),
    )


def _deposits(seen: Overview) -> Iterator[HandedIn]:
    for project in seen.projects.values():
        if project.record is not None:
            asked = waiting_in(project.id, project.record)
            if asked.deliverables or asked.lines:
                yield HandedIn(project=project, documents=len(asked.deliverables))


def _handovers(seen: Overview) -> Iterator[Project]:
    """The projects that are over and whose handover lacks something."""
    contacts = _contacts(seen)
    for each in seen.projects.values():
        # What lies there is looked up only where it decides: of 2,000 projects that takes a third of a second.
        if (each.record and has_ended(each, today=seen.access.today)) and (
            _lacks(_filled(seen, each, (), contacts)) or not _whole(seen, each, contacts).complete
        ):
            yield each


def missing(seen: Overview, projects: Iterable[Project]) -> list[Missing]:
    """What the handovers of these projects lack."""
    contacts = _contacts(seen)
    return [Missing(project=each, checklist=_whole(seen, each, contacts), ended=end_of(each)) for each in projects]


def _contacts(seen: Overview) -> dict[str | None, tuple[Contact, ...]]:
    """Of each organisation; under None those of the community that is looked at."""
    return {slug: organisation.contacts for slug, organisation in seen.organisations.items()}


def _filled(
    seen: Overview, project: Project, documents: Sequence[Deliverable], contacts: dict[str | None, tuple[Contact, ...]]
) -> Checklist:
    community = seen.communities.get(project.community or "")
    own = community.record.contacts if community and community.record else ()
    contacts[None] = own
    return checklist(project, documents, contacts)


def _whole(seen: Overview, project: Project, contacts: dict[str | None, tuple[Contact, ...]]) -> Checklist:
    return _filled(seen, project, seen.catalog.deliverables_of(project.id, access=seen.access), contacts)


def _lacks(told: Checklist) -> bool:
    """Whether a handover lacks what no document can be: an answer, a contact."""
    return any(not item.done for item in told.items if item.name not in ("report", "data"))


def _outcomes(seen: Overview, default: Visibility) -> tuple[tuple[Project, ...], tuple[Hindered, ...]]:
    """The finished projects that a visitor does not read: those that can be published, and the others."""
    today = seen.access.today
    visitor = reader("public", today=today)
    free: list[Project] = []
    hindered: list[Hindered] = []
    for project in seen.projects.values():
        record = project.record
        if record is None or not has_ended_well(record, today=today):
            continue
        if record.outcome and visitor.reads(project.audience):
            continue
        community = seen.communities.get(project.community or "")
        found = obstacle(
            record,
            community=community.record if community else None,
            network=seen.network,
            default=default,
            today=today,
        )
        if found is None:
            free.append(project)
        else:
            hindered.append(Hindered(project=project, obstacle=found))
    return tuple(free), tuple(hindered)


def _embargoes(seen: Overview) -> list[Deliverable]:
    """The first to end first."""
    today, soon = seen.access.today, seen.access.today + EMBARGO_SOON
    ids = {
        f"{project.id}/{entry.file}": entry.embargo_until
        for project in seen.projects.values()
        for entry in (project.record.deliverables if project.record else ())
        if entry.file and entry.embargo_until and today < entry.embargo_until <= soon
    }
    found = seen.catalog.deliverables(sorted(ids), access=seen.access)
    return sorted(found.values(), key=lambda each: (ids[each.id] or soon, each.id))


def _calls(seen: Overview) -> list[Call]:
    """Companies where nothing happened for a year, and contacts whom nobody confirmed for a year; longest ago first."""
    today, last, asked = seen.access.today, _last_projects(seen), _last_questions(seen.questions)
    found: list[Call] = []
    for slug, each in seen.organisations.items():
        quiet = each.kind == "company" and _is_quiet(each, last.get(slug), asked.get(slug), today)
        found += _of("organisation", slug, each.name, each.contacts, last.get(slug), quiet, today)
    newest = {each.community: each for each in reversed(seen.projects.values())}
    for id, community in seen.communities.items():
        contacts = community.record.contacts if community.record else ()
        found += _of("community", id, str(community.name), contacts, newest.get(id), False, today)
    return sorted(found, key=_longest_ago)


def _of(
    kind: str, id: str, name: str, contacts: Collection[Contact], last: Project | None, quiet: bool, today: date
) -> Iterator[Call]:
    now = current(contacts)
    if quiet and not now:
        yield Call(kind=kind, id=id, name=name, contact=None, last=last, quiet=True, due=False)
    for contact in now:
        due = is_due(contact, today=today)
        if quiet or due:
            yield Call(kind=kind, id=id, name=name, contact=contact, last=last, quiet=quiet, due=due)


def _is_quiet(company: Organisation, last: Project | None, asked: date | None, today: date) -> bool:
    before = today - QUIET_AFTER
    spoken = [each.confirmed for each in current(company.contacts) if each.confirmed is not None]
    if any(day >= today - SPOKEN_TO for day in spoken) or (asked is not None and asked >= before):
        return False
    if last is None:
        return True
    end = end_of(last)
    return has_ended(last, today=today) and (end is None or end < before)


def _last_projects(seen: Overview) -> Mapping[str, Project]:
    """By company, the project of it that ended last."""
    found: dict[str, tuple[date, Project]] = {}
    for project in seen.projects.values():
        end = end_of(project) or date.min
        for each in project.record.companies if project.record else ():
            if each.organisation not in found or found[each.organisation][0] < end:
                found[each.organisation] = (end, project)
    return {slug: project for slug, (_, project) in found.items()}


def _last_questions(questions: Collection[Asked]) -> Mapping[str, date]:
    """By organisation, when it last asked something."""
    found: dict[str, date] = {}
    for each in questions:
        source = each.question.source
        if source is not None and source.organisation and source.date:
            found[source.organisation] = max(source.date, found.get(source.organisation, date.min))
    return found


def _longest_ago(call: Call) -> tuple[date, str]:
    confirmed = call.contact.confirmed if call.contact else None
    return confirmed or date.min, call.name.casefold()
