"""What is handed in, as it was decided: the form's answers, and the plan that sending carries out. Pure.

The plan stands in the draft before anything else is written, and holds all that was decided, the moment too: whoever
carries it out after a kill writes the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from archive.access import audience_of_text, level_of
from archive.deposit.draft import Draft
from archive.errors import UsageError
from archive.model import DeliverableRecord, Handover, Kind, Person, ProjectRecord, Visibility
from archive.records.editing import Append, Change, Entry, Include, Put, Value, access_values
from archive.records.naming import same_person

# What a student may have said of the project once a teacher agrees; `title` and the rest are the teacher's.
LINES = ("summary", "question", "outcome", "use")


class Unfit(UsageError):
    """What was answered can't be sent. `code`: no-files, file-missing (answered, not there), file-left (there, not
    answered), not-whole, no-project, no-title, not-yours (a student's to ask, not to write), same (as the version that
    stands there), not-there (the deliverable to replace), withdrawn (it was)."""

    def __init__(self, code: str, message: str, *, path: str = "") -> None:
        self.code, self.path = code, path
        super().__init__(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A file of the draft, and what its entry in the record says. `key`: the draft's.

    `replaces`: the id of the deliverable that it is a new version of; then its entry is written over. `name`: another
    name than the file was given. `personal`: as `archive.model.Asked` has it.
    """

    key: str
    title: str
    visibility: Visibility
    kind: Kind | None = None
    language: str | None = None
    licence: str | None = None
    embargo_until: date | None = None
    date: date | None = None  # after the last other date: in a class body its name hides the type from mypy
    named: tuple[str, ...] = ()
    no_names: bool = False
    company_access: bool = True
    personal: str | None = None
    replaces: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProject:
    """A project that is made by handing in. `year`: the academic year that starts in it."""

    title: str
    community: str
    year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is told of the project; None and empty leave what stands there as it is.

    `team`: who is not in it yet comes in. `companies`: slugs. `handover` replaces the one that stands there;
    `handover_guessed`: it holds words of a file that nobody looked at, so nobody stands for it yet.
    """

    title: str | None = None
    summary: str | None = None
    question: str | None = None
    outcome: str | None = None
    use: str | None = None
    status: str | None = None
    visibility: Visibility | None = None
    themes: tuple[str, ...] = ()
    continues: tuple[str, ...] = ()
    team: tuple[Person, ...] = ()
    companies: tuple[str, ...] = ()
    handover: Handover | None = None
    handover_guessed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HandIn:
    """All that is decided about a draft. `project`: the id of one that is there, or what to make."""

    project: str | NewProject
    items: tuple[Item, ...]
    about: About = field(default_factory=About)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What became of a draft. `files`: from the draft's key to the deliverable's id. `waiting`: for a teacher's yes."""

    draft: str
    project: str
    files: Mapping[str, str]
    waiting: bool
    at: datetime


@dataclass(slots=True, kw_only=True)
class Planned:
    """A file on its way. `file`: its name in the project, once it is chosen. `replaces`: the name of the file it takes
    the place of; `old`: what that was before: sha256, version, and how open it was; `shut`: it is closed meanwhile."""

    key: str
    sha256: str
    path: str
    values: dict[str, Any]
    replaces: str | None = None
    file: str | None = None
    old: dict[str, Any] = field(default_factory=dict)
    shut: bool = False


@dataclass(slots=True, kw_only=True)
class Plan:
    """What to write. `make`: the title, community and year of a project that is made; `project` is its id then, too."""

    project: str
    at: datetime
    by: str
    waiting: bool
    files: list[Planned]
    about: dict[str, Any]
    make: dict[str, Any] = field(default_factory=dict)
    begun: bool = False  # an earlier version is being replaced: from here on there is no way back

    def to_json(self) -> dict[str, Any]:
        said = {name: getattr(self, name) for name in self.__slots__}
        said["files"] = [{name: getattr(file, name) for name in file.__slots__} for file in self.files]
        packed: dict[str, Any] = json.loads(json.dumps(said, default=_packed))
        return packed

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Plan:
        whole = json.loads(json.dumps(said), object_hook=_unpacked)
        return cls(**{**whole, "files": [Planned(**file) for file in whole["files"]]})


def plan_of(draft: Draft, told: HandIn, *, by: str, asks: bool, reviewers: Iterable[str], now: datetime) -> Plan:
    """The plan for a draft. `by`: the account's address. `asks`: it waits for a teacher's yes, of `reviewers` (addresses).

    Raises Unfit.
    """
    _expect_fit(draft, told, asks=asks)
    at = now.astimezone(UTC).replace(microsecond=0)
    new = told.project if isinstance(told.project, NewProject) else None
    project = "" if isinstance(told.project, NewProject) else told.project
    files = []
    for item in told.items:
        file = draft.file(item.key)
        values = {**_said(item), "sha256": file.sha256, "deposited_at": at, "deposited_by": by}
        if asks:
            values |= _closed(item, by=by, day=now.date(), reviewers=reviewers)
        replaces = item.replaces.removeprefix(f"{project}/") if item.replaces else None
        path = item.name or file.name
        files.append(Planned(key=file.key, sha256=file.sha256 or "", path=path, values=values, replaces=replaces))
    return Plan(
        project=project,
        at=at,
        by=by,
        waiting=asks,
        files=files,
        about=_about(told.about, by=by, day=now.date(), asks=asks),
        make={"title": new.title, "community": new.community, "year": new.year} if new else {},
    )


def entry_of(plan: Plan, file: Planned) -> list[Change]:
    """What to write for a file: a new entry, or what a new version makes of the one that is there."""
    at = Entry(table="deliverable", key="file", value=file.file or "")
    if file.replaces is None:
        return [Put(at=(at,), values={**file.values, "version": 1})]
    old = file.old
    before = Entry(table="deliverable", key="file", value=file.replaces)
    values: dict[str, Value | None] = {"file": file.file or "", "asked": None, **file.values}
    changes: list[Change] = [Put(at=(before,), values={**values, "version": old["version"] + 1})]
    if file.file != file.replaces:
        changes.append(Include(at=(at,), key="was", texts=(f"{plan.project}/{file.replaces}",)))
    previous = {**old, "replaced": plan.at.date(), "by": plan.by}
    return [*changes, Append(at=(at,), table="previous", values=previous)]


def closing(file: Planned) -> list[Change]:
    """What to write before a file is replaced by one that others may see: nobody but the team, for that moment."""
    at = Entry(table="deliverable", key="file", value=file.replaces or "")
    shut: dict[str, Value | None] = {"visibility": "confidential", "company_access": False}
    return [Put(at=(at,), values={**shut, "named": None, "deposited_by": None})]


def about_changes(plan: Plan, record: ProjectRecord | None) -> list[Change]:
    """What to write of the project itself; `record` is what stands there."""
    about = plan.about
    changes: list[Change] = []
    if record is None and plan.make:
        changes.append(Put(values={"title": plan.make["title"]}))
    if about["put"]:
        changes.append(Put(values=about["put"]))
    changes += [Include(key=key, texts=tuple(texts)) for key, texts in about["include"].items() if texts]
    for person in about["team"]:
        if not any(_is_same(person, known) for known in (record.team if record else ())):
            changes.append(Append(table="team", values=person))
    known = {each.organisation for each in record.companies} if record else set()
    changes += [Append(table="company", values={"organisation": x}) for x in about["companies"] if x not in known]
    if about["handover"]:
        changes.append(Put(at=("handover",), values=about["handover"]))
    goes_back = plan.waiting and record is not None and record.asked is not None
    if about["asked"] or goes_back:  # whatever a team hands in answers what came back to it
        changes.append(Put(at=("asked",), values={**about["asked"], "returned": None, "answer": None}))
    return changes


def openness(entry: DeliverableRecord, project: ProjectRecord | None, *, community: str | None) -> Visibility:
    """How open a file is at this moment by what its record says; an embargo and other people's names count as closed."""
    if entry.embargo_until is not None or entry.withdrawn is not None or entry.asked is not None:
        return Visibility.CONFIDENTIAL
    # Where no level is stated the archive's own default counts, which may be narrower than the usual one.
    audience = audience_of_text(
        entry, project, community=community, default=Visibility.COMMUNITY, author_known=not entry.no_names
    )
    return level_of(audience)


def is_as_open(entry: DeliverableRecord, values: Mapping[str, Any]) -> bool:
    """Whether a new version's values let the same people in as the entry that stands there."""
    asked = DeliverableRecord(
        visibility=Visibility(values["visibility"]),
        embargo_until=values.get("embargo_until"),
        named=tuple(values.get("named") or ()),
        company_access=values.get("company_access") is not False,
    )
    same = access_values(asked) == access_values(entry) and entry.visibility is not None
    return same and entry.no_names == bool(values.get("no_names")) and entry.deposited_by == values["deposited_by"]


def _expect_fit(draft: Draft, told: HandIn, *, asks: bool) -> None:
    if not told.items:
        raise Unfit("no-files", "there is nothing to hand in yet")
    keys = {file.key: file for file in draft.files}
    for item in told.items:
        if item.key not in keys:
            raise Unfit("file-missing", "one of the files is not there any more")
        if not keys[item.key].whole:
            raise Unfit("not-whole", "this file did not arrive whole", path=keys[item.key].path)
    left = keys.keys() - {item.key for item in told.items}
    if left or len(told.items) != len({item.key for item in told.items}):
        path = keys[min(left)].path if left else ""
        raise Unfit("file-left", "a file must be handed in once, or be taken out first", path=path)
    if isinstance(told.project, NewProject):
        if not told.project.title.strip() or not told.project.community:
            raise Unfit("no-title", "a new project needs a title and a community")
        if asks or any(item.replaces for item in told.items):
            raise Unfit("no-project", "choose the project that this belongs to")
        return
    about = told.about
    if not told.project:
        raise Unfit("no-project", "choose the project that this belongs to")
    if asks and (about.title or about.status or about.continues or about.team or about.companies or about.themes):
        raise Unfit("not-yours", "a teacher tells this of a project")
    for item in told.items:
        if item.replaces is not None and not item.replaces.startswith(f"{told.project}/"):
            raise Unfit("not-there", "a new version belongs to the same project")


def _said(item: Item) -> dict[str, Any]:
    """An entry's values; None takes away what an earlier version said."""
    return {
        "title": item.title.strip() or None,
        "kind": item.kind.value if item.kind else None,
        "language": item.language or None,
        "date": item.date,
        "licence": item.licence or None,
        "visibility": item.visibility.value,
        "embargo_until": item.embargo_until,
        "named": list(item.named) or None,
        "no_names": True if item.no_names else None,
        "company_access": None if item.company_access else False,
    }


def _closed(item: Item, *, by: str, day: date, reviewers: Iterable[str]) -> dict[str, Any]:
    """What stands in the entry until a teacher agrees: closed, with what was asked beside it."""
    asked: dict[str, Any] = {"visibility": item.visibility.value, "date": day, "by": by}
    if not item.company_access:
        asked["company_access"] = False
    if item.personal:
        asked["personal"] = item.personal
    named = list(dict.fromkeys((*item.named, *reviewers)))
    return {"visibility": "confidential", "named": named or None, "company_access": False, "asked": asked}


def _about(about: About, *, by: str, day: date, asks: bool) -> dict[str, Any]:
    """What is told of the project, as TOML takes it."""
    lines = {key: text for key in LINES if (text := (getattr(about, key) or "").strip())}
    level = {"visibility": about.visibility.value} if about.visibility else {}
    put = {key: text for key in ("title", "status") if (text := (getattr(about, key) or "").strip())}
    handover = about.handover
    answers = {key: getattr(handover, key) for key in ("stands", "open", "start") if handover}
    stands_for_it = None if about.handover_guessed else by
    return {
        "put": put if asks else {**put, **lines, **level},
        "asked": {**lines, **level, "by": by, "date": day} if asks and (lines or level) else {},
        "include": {"themes": list(about.themes), "continues": list(about.continues)},
        "team": [_person(person) for person in about.team],
        "companies": list(about.companies),
        "handover": {**answers, "by": stands_for_it, "date": day} if any(answers.values()) else {},
    }


def _person(person: Person) -> dict[str, Any]:
    said = {key: getattr(person, key) for key in ("name", "role", "institution", "programme", "account")}
    return {key: text for key, text in said.items() if text}


def _is_same(person: Mapping[str, Any], known: Person) -> bool:
    address, name = person.get("account"), person.get("name")
    if address and known.account:
        return bool(address.lower() == known.account.lower())
    return bool(name and known.name and same_person(name, known.name))


def _packed(value: object) -> dict[str, str]:
    if isinstance(value, datetime):
        return {"@moment": value.isoformat()}
    if isinstance(value, date):
        return {"@day": value.isoformat()}
    raise TypeError(f"{value!r} is no part of a plan")


def _unpacked(said: dict[str, Any]) -> Any:
    if said.keys() == {"@moment"}:
        return datetime.fromisoformat(said["@moment"])
    return date.fromisoformat(said["@day"]) if said.keys() == {"@day"} else said
