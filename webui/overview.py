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

from flask import Flask, current_app, g

from archive.access import Access
from archive.agenda.questions import Standing, standing
from archive.catalog.catalog import Catalog, Counts
from archive.model import Community, Deliverable, Project, Question, QuestionState
from archive.network.model import Network, Organisation, Theme
from archive.relay.handover import has_ended
from archive.relay.lineage import Drawing, Lineage
from archive.seen import named_in_agenda
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
class Cited:
    """A place in a document that an agenda names; without `page` where this reader may not read the text."""

    document: Deliverable
    page: int | None

    @property
    def url(self) -> str:
        """As near as this reader may come."""
        return read_url(self.document.id, self.page) if self.page else document_url(self.document.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question of a community's agenda as a reader sees it now.

    `documents` are those that its agenda names and this reader may see, by id.
    """

    question: Question
    community: Community
    now: Standing
    documents: Mapping[str, Deliverable]
    access: Access

    @property
    def state(self) -> QuestionState:
        return self.now.state

    @property
    def since(self) -> date | None:
        """Since when it is in this state."""
        return self.now.since

    @property
    def source(self) -> Cited | None:
        """Where it came from, when that is a document."""
        source = self.question.source
        return self.cited(source.document, source.page) if source else None

    @property
    def answer(self) -> Cited | None:
        """Where the last event says that the answer stands."""
        return self.cited(self.now.event.document, self.now.event.page) if self.now.event else None

    @property
    def answer_url(self) -> str | None:
        return self.answer.url if self.answer else None

    def cited(self, document: str | None, page: int | None) -> Cited | None:
        """A place as this reader may see it; None for none."""
        found = self.documents.get(document or "")
        if found is None:
            return None
        readable = page is not None and page <= found.parts and self.access.reads(found.text_audience)
        return Cited(document=found, page=page if readable else None)

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
    _agendas: dict[str, tuple[Asked, ...]] = field(default_factory=dict)

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
        if community not in self._agendas:
            self._agendas[community] = self._asked(community)
        return self._agendas[community]

    def _asked(self, community: str) -> tuple[Asked, ...]:
        found = self.catalog.community(community, access=self.access)
        if found is None:
            return ()
        _, named = named_in_agenda(found.agenda)
        documents = self.catalog.deliverables(sorted(named), access=self.access)
        return tuple(
            Asked(
                question=question,
                community=found,
                now=standing(question, has_ended=self._has_ended),
                documents=documents,
                access=self.access,
            )
            for question in found.agenda.questions
        )

    def _has_ended(self, project: str) -> bool:
        found = self.projects.get(project)
        return found is not None and has_ended(found, today=self.access.today)

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
        found = g.overview = _overviews().seen_by(access())
    return found


def read_ahead(app: Flask, access: Access) -> None:
    """Read what the front page shows to this reader, so that after a commit nobody waits for it."""
    with app.app_context():
        seen = _overviews().seen_by(access)
    for community in seen.communities:
        seen.drawing(community)
    _ = seen.figures, seen.questions


def _overviews() -> Overviews:
    found: Overviews = current_app.extensions.setdefault("estafette-overviews", Overviews(house().catalog))
    return found
