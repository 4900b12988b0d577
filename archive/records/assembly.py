"""Make projects, deliverables and communities of what is known: record, then path, the file's properties, its text.

Pure. A project is assembled whole, since one record and all its files decide together who may see what: a file that no
entry speaks of is never more open than an entry whose file can't be found, for that file may have been renamed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from archive.access import (
    COORDINATOR,
    audience_of_company,
    audience_of_level,
    audience_of_name,
    audience_of_project,
    audience_of_record,
    audience_of_text,
)
from archive.model import (
    Agenda,
    Audience,
    Community,
    CommunityRecord,
    Deliverable,
    DeliverableRecord,
    FileFacts,
    Person,
    Problem,
    Project,
    ProjectRecord,
    Text,
    Visibility,
)
from archive.network.model import Network
from archive.paths import composed, locate
from archive.records.naming import (
    folded_words,
    format_of,
    guessed_kind,
    is_web_address,
    link_slug,
    persons,
    readable,
    same_person,
    sensible_title,
)
from archive.records.reading import UNREADABLE

LINK_FORMAT = "link"
_TEXT_WITHDRAWN: Audience = frozenset({(COORDINATOR, None)})
_NOT_AUTHORS = frozenset({"teacher", "lecturer", "company", "docent", "coach", "coordinator"})
_DAY = re.compile(r"((?:19|20)\d\d)(?:-\d\d(?:-\d\d)?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class AssembledProject:
    project: Project
    deliverables: tuple[Deliverable, ...]  # of files in the order given, then links, then the withdrawn without a file
    problems: tuple[Problem, ...]


def assemble_project(
    id: str,
    files: Sequence[FileFacts],
    *,
    record: ProjectRecord | None,
    default: Visibility,
    network: Network,
    unheld: Mapping[str, DeliverableRecord] = MappingProxyType({}),
) -> AssembledProject:
    """The project and its deliverables.

    Without a visibility of its own a deliverable has the `default`, or the project's level where that is narrower.
    `unheld` is what was said of who may see a file, by id, where no record holds it: for files without an entry.
    """
    place = locate(files[0].id if files else f"{id}/-")
    if record is not None and record.visibility is not None:
        default = default.at_most(record.visibility)
    sorted_out = _match(id, files, record)
    most = default.at_most(sorted_out.floor)
    team = _Team.of(record, network)
    made = []
    for facts in files:
        unlisted = _as_closed(unheld.get(facts.id, DeliverableRecord()), most)
        made.append(_deliverable(facts, sorted_out.entries.get(facts.id), unlisted, record, id, default, team))
    made += _without_file(sorted_out.others, {facts.id for facts in files}, record, id, default, team)
    listed = [each.audience for each in made if not is_withdrawn(each)]
    title = (record.title if record else "") or (made[0].title if len(made) == 1 and id == made[0].id else readable(id))
    audience = audience_of_project(record, listed, community=place.community)
    project = Project(id=id, title=title, audience=audience, community=place.community, year=place.year, record=record)
    return AssembledProject(project=project, deliverables=tuple(made), problems=sorted_out.problems)


def assemble_community(
    id: str, *, record: CommunityRecord | None, closed: bool, agenda: Agenda | None = None
) -> Community:
    """The community, from its record or its folder's name; confidential (`closed`) where its record can't be read."""
    name = record.name if record and record.name.nl else Text(nl=readable(id))
    level = record.visibility if record else Visibility.PUBLIC
    return Community(
        id=id,
        name=name,
        audience=audience_of_level(Visibility.CONFIDENTIAL if closed else level, community=id),
        record=record,
        agenda=agenda or Agenda(),
    )


def is_withdrawn(deliverable: Deliverable) -> bool:
    """A withdrawn deliverable leaves a tombstone at its address, and is in no listing, search or count."""
    return deliverable.record is not None and deliverable.record.withdrawn is not None


def sort_date(deliverable: Deliverable) -> str:
    """The date by which deliverables are put in order: their own, else the middle of their academic year, else ""."""
    return deliverable.date or (f"{deliverable.year + 1}-01" if deliverable.year is not None else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Matched:
    """Which entry of the record speaks of which file."""

    entries: dict[str, DeliverableRecord]  # by the file's id
    others: tuple[DeliverableRecord, ...]  # links, and what was withdrawn and taken away
    floor: Visibility  # how open a file without an entry may be at the most
    problems: tuple[Problem, ...]


def _match(project: str, files: Sequence[FileFacts], record: ProjectRecord | None) -> _Matched:
    exact = {facts.id: facts.id for facts in files}
    loose: dict[str, list[str]] = {}
    for facts in files:
        loose.setdefault(facts.id.casefold(), []).append(facts.id)
    by_checksum = {facts.sha256: facts.id for facts in files if facts.sha256}
    entries: dict[str, DeliverableRecord] = {}
    others: list[DeliverableRecord] = []
    missing: list[DeliverableRecord] = []
    problems: list[Problem] = []

    def complain(message: str) -> None:
        problems.append(Problem(path=f"{project}/project.toml", message=message))

    for entry in record.deliverables if record else ():
        path = f"{project}/{relative(entry.file)}" if entry.file else ""
        near = loose.get(path.casefold(), [])
        id = exact.get(path) or (near[0] if len(near) == 1 else None)
        if id is not None and id in entries:
            complain(f"{entry.file} is there twice; the narrower of the two counts until one is taken out")
            entries[id] = _narrower(entries[id], entry)
        elif id is not None:
            entries[id] = entry
        elif not entry.file and entry.url:
            others.append(entry)
        else:
            missing.append(entry)
    for entry in missing:
        id = by_checksum.get(entry.sha256.lower()) if entry.sha256 else None
        if id is not None and id not in entries:
            entries[id] = entry  # renamed within the project: the bytes tell
        elif entry.withdrawn is not None and entry.file:
            others.append(entry)
        else:
            complain(f"{entry.file} is not in the project" if entry.file else "an entry does not tell its file")
    left = [entry for entry in missing if entry not in others and entry not in entries.values()]
    return _Matched(entries=entries, others=tuple(others), floor=_floor(left), problems=tuple(problems))


def _floor(missing: Iterable[DeliverableRecord]) -> Visibility:
    floor = Visibility.PUBLIC
    for entry in missing:
        floor = floor.at_most(Visibility.CONFIDENTIAL if entry.embargo_until else entry.visibility or Visibility.PUBLIC)
    return floor


def _narrower(one: DeliverableRecord, other: DeliverableRecord) -> DeliverableRecord:
    same = (one.visibility, one.embargo_until, one.named) == (other.visibility, other.embargo_until, other.named)
    kept = replace(
        one, withdrawn=one.withdrawn or other.withdrawn, company_access=one.company_access and other.company_access
    )
    return kept if same else replace(kept, visibility=Visibility.CONFIDENTIAL)


def _as_closed(said: DeliverableRecord, most: Visibility) -> DeliverableRecord:
    return replace(said, visibility=most.at_most(said.visibility) if said.visibility else most)


def relative(file: str) -> str:
    """A path as people type it in a record."""
    return composed(file.replace("\\", "/")).removeprefix("./").strip("/")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Team:
    """Whose names are expected in a project's files."""

    authors: tuple[Person, ...] = ()
    consenting: tuple[str, ...] = ()
    organisations: frozenset[frozenset[str]] = frozenset()

    @classmethod
    def of(cls, record: ProjectRecord | None, network: Network) -> _Team:
        team = [person for person in (record.team if record else ()) if person.name]
        names = {name for each in network.organisations for name in (each.name, *each.aliases)}
        return cls(
            authors=tuple(person for person in team if person.role.lower() not in _NOT_AUTHORS),
            consenting=tuple(person.name for person in team if person.name and person.consents_to("name")),
            organisations=frozenset(folded_words(name) for name in names),
        )

    def people(self, authors: Iterable[str]) -> tuple[str, ...]:
        """The authors of a file's properties that may be people."""
        return tuple(name for name in persons(authors) if folded_words(name) not in self.organisations)

    def all_consent(self, names: Iterable[str]) -> bool:
        return all(any(same_person(name, known) for known in self.consenting) for name in names)


def _deliverable(
    facts: FileFacts,
    entry: DeliverableRecord | None,
    unlisted: DeliverableRecord,
    project: ProjectRecord | None,
    project_id: str,
    default: Visibility,
    team: _Team,
) -> Deliverable:
    """A deliverable of a file, or of an entry without one (then `facts` holds what the entry tells)."""
    place = locate(facts.id)
    record = entry or unlisted
    property_authors = team.people(facts.authors)
    audience = audience_of_record(record, project, community=place.community, default=default)
    text_audience = audience_of_text(
        record,
        project,
        community=place.community,
        default=default,
        author_known=not team.all_consent(property_authors),
    )
    found_title = sensible_title(facts.title, property_authors)
    title = record.title or found_title or readable(facts.id)
    day = record.date.isoformat() if record.date else _likely_day(facts.created, place.year)
    language = record.language or facts.language
    stated = {"title": record.title, "kind": record.kind, "date": record.date, "language": record.language}
    known = {"title": title, "kind": True, "date": day, "language": language}
    return Deliverable(
        id=facts.id,
        title=title,
        kind=record.kind or guessed_kind(facts.id, title, facts.format or format_of(facts.id)),
        format=facts.format or format_of(facts.id),
        audience=audience,
        text_audience=_TEXT_WITHDRAWN if record.withdrawn else text_audience,
        project=project_id,
        community=place.community,
        year=place.year,
        language=language,
        date=day,
        themes=tuple(dict.fromkeys(project.themes)) if project else (),
        companies=_companies(project, audience, place.community),
        authors=tuple((person.name or "", audience_of_name(person, audience=audience)) for person in team.authors),
        property_authors=property_authors,
        url=record.url if record.url and is_web_address(record.url) else None,
        sha256=facts.sha256,
        size=facts.size,
        unit=facts.unit,
        parts=facts.parts,
        full_text=facts.state == "read",
        failure=facts.code if facts.state == "failed" else None,
        warnings=facts.warnings,
        unconfirmed=frozenset(field for field, value in stated.items() if not value and known[field]),
        record=entry,
    )


def _companies(
    project: ProjectRecord | None, audience: Audience, community: str | None
) -> tuple[tuple[str, Audience], ...]:
    if project is None:
        return ()
    return tuple(
        (involved.organisation, audience_of_company(involved, project, audience=audience, community=community))
        for involved in project.companies
        if involved.organisation != UNREADABLE
    )


def _without_file(
    entries: Iterable[DeliverableRecord],
    taken: set[str],
    record: ProjectRecord | None,
    project: str,
    default: Visibility,
    team: _Team,
) -> list[Deliverable]:
    """Links, under the project's id and their address; and tombstones of files that were taken away."""
    made = []
    for entry in entries:
        if entry.url and not entry.file:
            if not is_web_address(entry.url):
                continue
            id = _free(f"{project}/{link_slug(entry.url)}", taken)
            facts = FileFacts(id=id, state="without-text", format=LINK_FORMAT, title=entry.url)
        else:
            id = f"{project}/{relative(entry.file or '')}"
            facts = FileFacts(id=id, state="without-text")
        if id not in taken:
            taken.add(id)
            made.append(_deliverable(facts, entry, entry, record, project, default, team))
    return made


def _free(id: str, taken: set[str]) -> str:
    number, free = 1, id
    while free in taken:
        number += 1
        free = f"{id}-{number}"
    return free


def _likely_day(created: str | None, year: int | None) -> str | None:
    """The date in a file's properties, unless it can't be: a template's, or that of a copy made years later."""
    match = _DAY.match(created or "")
    if match is None or (year is not None and not year <= int(match[1]) <= year + 1):
        return None
    if len(match[0]) == 10:
        try:
            date.fromisoformat(match[0])
        except ValueError:
            return match[1]
    return match[0]
