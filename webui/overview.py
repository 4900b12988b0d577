"""What one reader sees of the whole archive: communities, projects, their relay, names.

Pages need it all the time and it changes only when the catalog does, so it is kept for as long as the catalog stays the
same. Whatever decides what a reader sees is in the key; nothing here is shared between readers who differ.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from flask import current_app, g

from archive.access import Access
from archive.catalog import Catalog, Counts
from archive.lineage import Drawing, Lineage
from archive.model import Community, Deliverable, Network, Organisation, Project, Question, QuestionState, Theme
from webui.addresses import document_url, read_url
from webui.house import house
from webui.hues import hues_of
from webui.visitor import access
from webui.wording import said

READERS_KEPT = 8  # overviews of as many different readers; one of 2,000 projects is about 10 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The archive in figures: counted, never typed."""

    communities: int
    projects: int
    deliverables: int
    students: int
    companies: int
    schools: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question of a community's agenda as a reader sees it now."""

    question: Question
    community: Community
    state: QuestionState
    since: date | None  # of this state
    answer_url: str | None = None  # where the last event says that it stands, as near as this reader may come

    @property
    def waits(self) -> bool:
        """Whether somebody can take it up."""
        return self.state == "open"


@dataclass(frozen=True, kw_only=True)
class Overview:
    """The archive as one reader sees it today. Everything is read at first use."""

    catalog: Catalog
    access: Access
    _drawings: dict[str | None, Drawing] = field(default_factory=dict)

    @cached_property
    def network(self) -> Network:
        return self.catalog.network(access=self.access)

    @cached_property
    def communities(self) -> dict[str, Community]:
        """By id, in order of their names; without their agendas."""
        return {community.id: community for community in self.catalog.communities(access=self.access)}

    @cached_property
    def projects(self) -> dict[str, Project]:
        """By id, newest first."""
        return {project.id: project for project in self.catalog.projects(access=self.access)}

    @cached_property
    def lineage(self) -> Lineage:
        return Lineage(self.projects.values())

    @cached_property
    def organisations(self) -> dict[str, Organisation]:
        return {each.slug: each for each in self.network.organisations}

    @cached_property
    def themes(self) -> dict[str, Theme]:
        return {each.slug: each for each in self.network.themes}

    @cached_property
    def hues(self) -> dict[str, int]:
        return hues_of(self.communities.values())

    @cached_property
    def counts(self) -> Counts:
        return self.catalog.counts(access=self.access)

    @cached_property
    def questions(self) -> tuple[Asked, ...]:
        """The questions of all agendas, those that changed last first."""
        asked = [question for id in self.communities for question in self.agenda(id)]
        return tuple(sorted(asked, key=lambda each: each.since or date.min, reverse=True))

    def agenda(self, community: str) -> tuple[Asked, ...]:
        """A community's questions in the order of its agenda."""
        found = self.catalog.community(community, access=self.access)
        if found is None:
            return ()
        named = {question.events[-1].document for question in found.agenda.questions if question.events}
        documents = self.catalog.deliverables([id for id in named if id], access=self.access)
        return tuple(asked(question, found, documents, self.access) for question in found.agenda.questions)

    @cached_property
    def figures(self) -> Figures:
        kinds = [each.kind for each in self.network.organisations]
        return Figures(
            communities=len(self.communities),
            projects=len(self.projects),
            deliverables=self.counts.deliverables,
            students=sum(students_of(project) for project in self.projects.values()),
            companies=kinds.count("company"),
            schools=kinds.count("school"),
        )

    def drawing(self, community: str | None) -> Drawing:
        """The relay of one community, kept: it is drawn on the front page, too."""
        if community not in self._drawings:
            self._drawings[community] = self.lineage.drawing(community)
        return self._drawings[community]

    def projects_where(self, holds: Callable[[Project], bool]) -> list[Project]:
        """The projects for which something holds, newest first."""
        return [project for project in self.projects.values() if holds(project)]

    def hue(self, community: str | None) -> int:
        """The number of a community's colour, from 1; 0 without a community."""
        return self.hues.get(community or "", 0)

    def community_name(self, id: str | None) -> str:
        found = self.communities.get(id or "")
        return said(found.name) if found else id or ""

    def theme_name(self, slug: str) -> str:
        found = self.themes.get(slug)
        return said(found.name) if found else slug

    def organisation_name(self, slug: str) -> str:
        found = self.organisations.get(slug)
        return found.name if found else slug


def asked(question: Question, community: Community, documents: Mapping[str, Deliverable], access: Access) -> Asked:
    """A question with the state that its last event gave it; without any it is open."""
    source = question.source
    if not question.events:
        return Asked(question=question, community=community, state="open", since=source.date if source else None)
    last = question.events[-1]
    url = None
    document = documents.get(last.document or "")
    if document is not None:
        readable = last.page is not None and last.page <= document.parts and access.reads(document.text_audience)
        url = read_url(document.id, last.page or 1) if readable else document_url(document.id)
    return Asked(question=question, community=community, state=last.state, since=last.date, answer_url=url)


def students_of(project: Project) -> int:
    """How many students worked on a project: its team, else the number that its record tells."""
    if project.record is None:
        return 0
    return sum(person.role == "student" for person in project.record.team) or project.record.students or 0


def companies_of(project: Project) -> Iterator[str]:
    """The companies of a project of which this reader may know."""
    for involved in project.record.companies if project.record else ():
        yield involved.organisation


@dataclass(slots=True)
class Overviews:
    """The overviews of the readers who came by last."""

    catalog: Catalog
    _kept: OrderedDict[tuple[frozenset[str], date], tuple[int, Overview]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def seen_by(self, access: Access) -> Overview:
        """The archive as this reader sees it."""
        # The generation is read first, so that what was read during a commit is read again.
        key, generation = (access.tokens, access.today), self.catalog.generation()
        with self._lock:
            kept = self._kept.get(key)
            if kept is None or kept[0] != generation:
                kept = (generation, Overview(catalog=self.catalog, access=access))
                self._kept[key] = kept
            self._kept.move_to_end(key)
            while len(self._kept) > READERS_KEPT:
                self._kept.popitem(last=False)
        return kept[1]


def overview() -> Overview:
    """The archive as the reader of this request sees it."""
    found: Overview | None = g.get("overview")
    if found is None:
        overviews: Overviews = current_app.extensions.setdefault("estafette-overviews", Overviews(house().catalog))
        found = g.overview = overviews.seen_by(access())
    return found
