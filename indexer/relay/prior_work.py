"""Is this done before? What predecessors did about a text: a question, a paragraph, or a plan of approach.

The text is compared and forgotten. Which projects it would continue is told only where enough of what it is about
stands together in one document of theirs; what comes near is shown as passages to read. Knows catalog and engine;
neither HTTP nor formats of files.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from archive.access import Access
from archive.model import Project, Question
from archive.paths import locate
from indexer.search.engine import ENOUGH, Alike, Hit
from indexer.search.finder import DocumentHit, Finder

# What comes far behind the best is something else.
_BESIDE_THE_BEST = 0.6
# A question of an agenda is touched when so much of it stands in the text and of the text in it (the geometric mean),
# or when it comes from a project that the text would continue: newcomers ask the same in other words.
TOUCHED_SHARE = 0.2
_OF_A_PREDECESSOR = 0.25
# A line that is a heading, or begins with one: "3.1 Planning", "Risico's: te weinig tijd".
_HEADING = re.compile(
    r"\W*(?:\d+(?:\.\d+)*\.?\s+)?(?:(?P<line>[A-ZÀ-Ý][^\n.:!?]{2,50}):?\s*$"
    r"|(?P<lead>[A-ZÀ-Ý][^\W\d]+(?:['’]s)?(?: [^\W\d]+){0,2})[.:]\s)"
)
_ORGANISING = re.compile(
    r"(?:tijds?|werk)?plan(?:ning|matig)|fasering|mijlpalen|organisatie(?: van|$)|project(?:organisatie|team|groep)|team\b|rollen|taak"
    r"|taken|taakverdeling|samenwerking|communicatie|overleg|afspraken|kwaliteits?|risico|kosten|begroting|budget"
    r"|randvoorwaarden|leerdoel|persoonlijke|bronnen|literatuur|inhoud|colofon|versiebeheer|bijlage"
    r"|schedule|time ?line|milestones|organi[sz]ation$|roles|tasks|communication|quality|risks?\b|costs?\b|references|contents|appendix",
    re.IGNORECASE,
)
_COMPARED = 40  # deliverables, best first
_PROJECTS_SHOWN = 3
_HITS_SHOWN = 8
_QUESTIONS_SHOWN = 6
_WORDS_SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Continuable:
    """A project that a text may continue, and the words that say so, as written in the text."""

    project: Project
    score: float
    words: tuple[str, ...]

    @property
    def line(self) -> str:
        """What makes a project its successor, to copy into `project.toml`."""
        return continues_line(self.project.id)

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.project.id,
            "title": self.project.title,
            "community": self.project.community,
            "year": self.project.year,
            "score": round(self.score, 4),
            "words": list(self.words),
            "continues": self.line,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """A question of an agenda that a text touches."""

    question: Question
    community: str
    score: float

    @property
    def state(self) -> str:
        return self.question.events[-1].state if self.question.events else "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A deliverable that says what the text says, with its pages, and the words that they share."""

    hit: DocumentHit
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorWork:
    """What was done before about a text, best first. `projects` are empty when nothing comes near enough.

    `near` are the next ones, up to three together: to look at, not to claim.
    """

    projects: tuple[Continuable, ...] = ()
    near: tuple[Continuable, ...] = ()
    findings: tuple[Finding, ...] = ()
    questions: tuple[Touched, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """The words that made the match."""
        shared = [project.words for project in self.projects] or [finding.words for finding in self.findings]
        return tuple(dict.fromkeys(word for words in shared for word in words[:_WORDS_SHOWN]))[:_WORDS_SHOWN]

    def to_json(self) -> dict[str, Any]:
        """The answer of `estafette prior-work --json`."""
        return {
            "words": list(self.words),
            "projects": [each.to_json() for each in self.projects],
            "near": [each.to_json() for each in self.near],
            "questions": [
                {
                    "id": each.question.id,
                    "community": each.community,
                    "text": each.question.text,
                    "state": each.state,
                    "score": round(each.score, 4),
                }
                for each in self.questions
            ],
            "hits": [{**finding.hit.to_json(), "words": list(finding.words)} for finding in self.findings],
        }


def prior_work(parts: Sequence[str], finder: Finder, *, access: Access) -> PriorWork:
    """What was done before about a text, given in pages or sections. Nothing of it is kept."""
    told = [about_the_subject(part) for part in parts]
    alike = finder.index.like("\n".join(told), access=access, limit=_COMPARED)
    hits = finder.shown([_hit(each) for each in alike], access=access)
    terms = {each.id: each.terms for each in alike}
    projects, near = _continuable(hits, terms, finder, access)
    return PriorWork(
        projects=projects,
        near=near,
        findings=tuple(Finding(hit=hit, words=terms[hit.deliverable.id]) for hit in hits[:_HITS_SHOWN]),
        questions=_touched(told, projects, finder, access),
    )


def about_the_subject(text: str) -> str:
    """A plan without what any plan has: planning, risks, costs, how the team is organised. All of it if that is all.

    >>> about_the_subject("Aanleiding\\nHet net is vol.\\nPlanning\\nWeek 1: vergaderen.\\nAanpak\\nWij meten.").split("\\n")
    ['Aanleiding', 'Het net is vol.', 'Aanpak', 'Wij meten.']
    """
    kept: list[str] = []
    keeps = True
    for line in text.split("\n"):
        if heading := _HEADING.match(line):
            keeps = _ORGANISING.match(heading["line"] or heading["lead"]) is None
        if keeps:
            kept.append(line)
    return "\n".join(kept) if any(line.strip() for line in kept) else text


def continues_line(project: str) -> str:
    """The line of `project.toml` that names a predecessor.

    >>> continues_line("bim5/2020/scan-to-bim")
    'continues = ["bim5/2020/scan-to-bim"]'
    """
    escaped = project.replace("\\", "\\\\").replace('"', '\\"')
    return f'continues = ["{escaped}"]'


def _hit(alike: Alike) -> Hit:
    return Hit(id=alike.id, score=alike.score, places=alike.places, more_places=alike.more_places)


def _continuable(
    hits: Sequence[DocumentHit], terms: dict[str, tuple[str, ...]], finder: Finder, access: Access
) -> tuple[tuple[Continuable, ...], tuple[Continuable, ...]]:
    """The projects of the best deliverables, each by its best one: those that come near enough, and the next."""
    best: dict[str, DocumentHit] = {}
    for hit in hits:
        best.setdefault(hit.deliverable.project, hit)
    if not best:
        return (), ()
    found: list[Continuable] = []
    for id, hit in best.items():
        project = finder.catalog.project(id, access=access)
        if project is not None:
            found.append(Continuable(project=project, score=hit.score, words=terms[hit.deliverable.id]))
        if len(found) == _PROJECTS_SHOWN:
            break
    least = max(ENOUGH, _BESIDE_THE_BEST * max(hit.score for hit in best.values()))
    enough = sum(each.score >= least for each in found)
    return tuple(found[:enough]), tuple(found[enough:])


def _touched(
    parts: Sequence[str], continuable: Sequence[Continuable], finder: Finder, access: Access
) -> tuple[Touched, ...]:
    """The questions of all agendas that a text touches; those that were dropped are of no use to anybody."""
    asked: list[tuple[Question, str]] = []
    for each in finder.catalog.communities(access=access):
        community = finder.catalog.community(each.id, access=access)
        asked += [(question, each.id) for question in community.agenda.questions] if community else []
    texts = [question.text for question, _ in asked]
    if not texts:
        return ()
    there = finder.index.covered(texts, parts, access=access)
    (here,) = finder.index.covered(["\n".join(parts)], texts, access=access)
    near = {each.project.id: each.score / continuable[0].score for each in continuable}
    touched: list[Touched] = []
    for (question, community_id), places, back in zip(asked, there, here, strict=True):
        shared = max((place.score for place in places if place), default=0.0) * (back.score if back else 0.0)
        inherited = max((near.get(project, 0.0) for project in projects_of(question)), default=0.0)
        score = math.sqrt(shared) + _OF_A_PREDECESSOR * inherited
        one = Touched(question=question, community=community_id, score=score)
        if score >= TOUCHED_SHARE and one.state != "dropped":
            touched.append(one)
    return tuple(sorted(touched, key=lambda one: (-one.score, one.question.id))[:_QUESTIONS_SHOWN])


def projects_of(question: Question) -> frozenset[str]:
    """The projects that raised, took up or answered a question."""
    documents = [event.document for event in question.events] + [question.source.document if question.source else None]
    projects = {event.project for event in question.events if event.project}
    return frozenset(projects | {locate(document).project for document in documents if document})
