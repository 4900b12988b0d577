"""The words of the archive as values: communities, projects, deliverables, people, questions.

What a record (TOML) says and what the tree, the file and its text add to it. Values only: no disk, no database.
An id is a path below `documents/` with `/` between its parts: "bim5/2021/prefab-gevels/eindrapport.pdf".
Years are academic years: 2021 means 2021-2022.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal


class Visibility(StrEnum):
    """Who may see something, from wide to narrow; each level holds the ones before it."""

    PUBLIC = "public"
    PARTNER = "partner"
    CAMPUS = "campus"
    COMMUNITY = "community"
    CONFIDENTIAL = "confidential"

    @property
    def width(self) -> int:
        """0 for the widest.

        >>> Visibility.PUBLIC.width < Visibility.CAMPUS.width
        True
        """
        return list(Visibility).index(self)

    def at_most(self, other: Visibility) -> Visibility:
        """The narrower of the two.

        >>> Visibility.PUBLIC.at_most(Visibility.CAMPUS).value
        'campus'
        """
        return max(self, other, key=lambda level: level.width)


class Kind(StrEnum):
    """What a deliverable is."""

    REPORT = "report"
    ADVICE = "advice"
    PLAN = "plan"
    PRESENTATION = "presentation"
    POSTER = "poster"
    ARTICLE = "article"
    MODEL = "model"
    DATASET = "dataset"
    CODE = "code"
    NOTE = "note"
    HANDOVER = "handover"
    OTHER = "other"


Status = Literal["running", "finished", "stopped"]
QuestionState = Literal["proposed", "open", "claimed", "answered", "dropped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text in one or both languages of the interface; `nl` is what is there when only one was given."""

    nl: str
    en: str | None = None

    def __str__(self) -> str:
        return self.nl


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A person's yes for one purpose; with `withdrawn` it counts as never given."""

    purpose: str  # name | contact | picture
    how: str | None = None
    withdrawn: date | None = None
    date: date | None = None  # last: in a class body its name hides the type from mypy


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody in a project's team."""

    name: str | None = None
    role: str = "student"
    institution: str | None = None
    programme: str | None = None
    account: str | None = None
    consent: tuple[Consent, ...] = ()

    def consents_to(self, purpose: str) -> bool:
        """Whether there is a yes for this purpose that was not withdrawn."""
        given = [consent for consent in self.consent if consent.purpose == purpose]
        return bool(given) and all(consent.withdrawn is None for consent in given)

    def withdrew(self, purpose: str) -> bool:
        return any(consent.purpose == purpose and consent.withdrawn for consent in self.consent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Somebody to ask, in a history: the one without `until` is current."""

    name: str
    role: str | None = None
    email: str | None = None
    phone: str | None = None
    since: date | None = None
    until: date | None = None
    confirmed: date | None = None
    consent: tuple[Consent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Partnership:
    organisation: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityRecord:
    """What `community.toml` says."""

    name: Text
    summary: Text | None = None
    since: int | None = None
    visibility: Visibility = Visibility.PUBLIC
    contacts: tuple[Contact, ...] = ()
    partnerships: tuple[Partnership, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """A company's recorded yes: its project may be seen up to this level."""

    date: date | None = None
    by: str | None = None
    up_to: Visibility = Visibility.CAMPUS


@dataclass(frozen=True, slots=True, kw_only=True)
class Involvement:
    """A company in a project; `visibility` says who may know that it took part."""

    organisation: str
    visibility: Visibility | None = None
    agreed: Agreement | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """What a team leaves to the next: what stands, what is open, where to start.

    `checked` is no record's: it tells those who may not know `by` that it was a teacher of the team.
    """

    stands: str | None = None
    open: str | None = None
    start: str | None = None
    by: str | None = None
    checked: bool = False
    date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    date: date | None = None
    reason: str | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a student asks for until a teacher's yes: a level for a deliverable, confidential so long, or lines of a project.
    `personal`: what they said of personal data in it, "fine" or "apart". `returned`: "not yet"; `answer`: the team's.
    """

    visibility: Visibility | None = None
    company_access: bool = True
    personal: str | None = None
    returned: Withdrawal | None = None
    answer: str | None = None
    summary: str | None = None
    question: str | None = None
    outcome: str | None = None
    use: str | None = None
    by: str | None = None
    date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousVersion:
    """What a deliverable's file was before. `visibility`: how open that file was then; it never gets wider."""

    version: int
    sha256: str | None = None
    file: str | None = None  # its name then, where that was another one
    visibility: Visibility = Visibility.CAMPUS
    replaced: date | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverableRecord:
    """What a project's record says of one deliverable. `file` is relative to the project's folder."""

    file: str | None = None
    url: str | None = None
    title: str | None = None
    kind: Kind | None = None
    language: str | None = None
    licence: str | None = None
    visibility: Visibility | None = None
    embargo_until: date | None = None
    date: date | None = None  # after the last other date: in a class body its name hides the type from mypy
    named: tuple[str, ...] = ()
    no_names: bool = False
    company_access: bool = True
    sha256: str | None = None
    deposited_at: datetime | None = None
    deposited_by: str | None = None
    version: int = 1
    was: tuple[str, ...] = ()
    previous: tuple[PreviousVersion, ...] = ()
    withdrawn: Withdrawal | None = None
    asked: Asked | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """A proposal that somebody said no to; it is not made again."""

    continues: str | None = None
    fingerprint: str | None = None
    date: date | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorSearch:
    """The search before the start that found no predecessor."""

    query: str
    date: date | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectRecord:
    """What `project.toml` says."""

    title: str
    summary: str | None = None
    question: str | None = None
    outcome: str | None = None
    use: str | None = None
    status: Status | None = None
    starts: date | None = None
    ends: date | None = None
    students: int | None = None
    visibility: Visibility | None = None
    themes: tuple[str, ...] = ()
    continues: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    team: tuple[Person, ...] = ()
    companies: tuple[Involvement, ...] = ()
    handover: Handover | None = None
    deliverables: tuple[DeliverableRecord, ...] = ()
    rejected: tuple[Rejection, ...] = ()
    search: PriorSearch | None = None
    asked: Asked | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSource:
    """Where a question came from: a report's page, or an organisation.

    `fingerprint` is that of the harvested item that it was: it finds the item again when the report's pages shift.
    """

    document: str | None = None
    page: int | None = None
    fingerprint: str | None = None
    organisation: str | None = None
    by: str | None = None
    date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionEvent:
    date: date | None
    state: QuestionState
    project: str | None = None
    document: str | None = None
    page: int | None = None
    by: str | None = None
    note: str | None = None
    question: str | None = None  # of a dropped one: the question of the same agenda in which it goes on
    to: str | None = None  # of a proposed one that its community's teachers passed back: "coordinator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question of a community's research agenda, with its history (oldest first)."""

    id: str
    text: str
    themes: tuple[str, ...] = ()
    visibility: Visibility = Visibility.PUBLIC
    source: QuestionSource | None = None
    events: tuple[QuestionEvent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """What `agenda.toml` says."""

    questions: tuple[Question, ...] = ()
    rejected: tuple[Rejection, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something in a record that people should mend: shown, never fatal."""

    path: str  # of the record, as an id
    message: str
    line: int | None = None


# Who may read something: the tokens of `archive.access`, each from a date on or always.
Grant = tuple[str, date | None]
Audience = frozenset[Grant]
NOBODY: Audience = frozenset()


# What became of a stored file: read; archived without its text; not readable; a placeholder that is not here yet.
FileState = Literal["read", "without-text", "failed", "not-downloaded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """What is known of a stored file itself, apart from any record: what the disk, its properties and its text tell.

    `code` and `reason` say why it failed. `created` is ISO 8601. `parts` counts pages or sections.
    """

    id: str
    state: FileState = "read"
    sha256: str | None = None
    size: int = 0
    format: str = ""
    unit: Literal["page", "section"] = "page"
    parts: int = 0
    title: str | None = None
    authors: tuple[str, ...] = ()
    created: str | None = None
    language: str | None = None
    warnings: tuple[str, ...] = ()
    code: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """A community as the archive knows it, with or without a record."""

    id: str
    name: Text
    audience: Audience
    record: CommunityRecord | None = None
    agenda: Agenda = field(default_factory=Agenda)


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project as the archive knows it. A file straight under a year is a project of its own."""

    id: str
    title: str
    audience: Audience
    community: str | None = None
    year: int | None = None
    record: ProjectRecord | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliverable:
    """A deliverable as the archive knows it: record first, then path, the file's properties and its text.

    `unconfirmed` names the fields that no record states ("title", "kind", "date" …): shown as not confirmed.
    `audience` may know that it exists and read its record; `text_audience` may read the file. `authors` are of the
    record; `property_authors` come from the file alone and are never shown beyond campus.
    """

    id: str
    title: str
    kind: Kind
    format: str
    audience: Audience
    text_audience: Audience
    project: str
    community: str | None = None
    year: int | None = None
    language: str | None = None
    date: str | None = None  # ISO 8601, as precise as it is known
    themes: tuple[str, ...] = ()
    companies: tuple[tuple[str, Audience], ...] = ()  # slug, who may know
    authors: tuple[tuple[str, Audience], ...] = ()  # name, who may know
    property_authors: tuple[str, ...] = ()
    url: str | None = None
    sha256: str | None = None
    size: int = 0
    unit: Literal["page", "section"] = "page"
    parts: int = 0
    full_text: bool = True  # False: archived, found by name and record only
    failure: str | None = None  # a code of extraction: the file could not be read
    warnings: tuple[str, ...] = ()
    unconfirmed: frozenset[str] = frozenset()
    record: DeliverableRecord | None = None
