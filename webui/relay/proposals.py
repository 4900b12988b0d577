"""What the archive proposes on a page: a predecessor, an answer, related work elsewhere. For people to decide on.

Parts of other subjects' pages: templates ask for them (see `proposals.html`), so that those subjects need not know.
"""

from __future__ import annotations

import shlex
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import Blueprint, current_app

from archive.access import Access
from archive.catalog.catalog import Catalog
from archive.model import Deliverable, Project, Question
from indexer.relay.answering import MayAnswer, questions_for, reports_for
from indexer.relay.prior_work import continues_line
from indexer.relay.proposals import Place, Predecessors, Reason
from indexer.search.engine import Unsupported
from webui import wording
from webui.house import house
from webui.overview import Asked, overview
from webui.visitor import access, sees_campus

READERS_KEPT = 8
PREDECESSORS_SHOWN = 3
ELSEWHERE_SHOWN = 3
_ALIKE_LOOKED_AT = 30  # deliverables, of which those of other communities are kept
_TERMS_SHOWN = 4
_EXTENSION = "estafette-proposals"

blueprint = Blueprint("proposals", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A reason as it is shown: the page that shows it, and of shared text where it stands in the other's document."""

    reason: Reason
    deliverable: Deliverable
    place: str
    other: Deliverable | None = None
    other_place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """A predecessor that is proposed, and how a person says yes or no."""

    project: Project
    evidence: tuple[Evidence, ...]
    line: str
    yes: str
    no: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """A project of another community that is near to one, and the words that they share."""

    project: Project
    terms: tuple[str, ...]


@dataclass(slots=True)
class _Kept:
    """The proposals of the readers who came by last; made anew when the catalog changes."""

    catalog: Catalog
    _readers: OrderedDict[tuple[frozenset[str], date], tuple[int, Predecessors]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def seen_by(self, who: Access) -> Predecessors:
        key, generation = (who.tokens, who.today), self.catalog.generation()
        with self._lock:
            kept = self._readers.get(key)
            if kept is None or kept[0] != generation:
                made = Predecessors(catalog=self.catalog, access=who, projects=overview().projects)
                kept = self._readers[key] = (generation, made)
            self._readers.move_to_end(key)
            while len(self._readers) > READERS_KEPT:
                self._readers.popitem(last=False)
        return kept[1]


@blueprint.app_context_processor
def _for_templates() -> dict[str, Callable[..., Any]]:
    return {
        "suggested_predecessors": suggested_predecessors,
        "may_answer": may_answer,
        "may_be_answered_by": may_be_answered_by,
        "elsewhere": elsewhere,
        "answer_command": answer_command,
    }


def suggested_predecessors(project: Project) -> list[Suggested]:
    """The projects that this one may continue; for whoever belongs to a school, who can say yes or no."""
    if not sees_campus():
        return []
    kept: _Kept = current_app.extensions.setdefault(_EXTENSION, _Kept(house().catalog))
    who = access()
    proposed = kept.seen_by(who).of(project.id, shown=PREDECESSORS_SHOWN)
    places = {place for one in proposed for reason in one.reasons for place in _places(reason)}
    deliverables = house().catalog.deliverables(sorted({id for id, _ in places}), access=who)
    parts = house().catalog.parts(places, access=who)

    def named(place: Place) -> str:
        part = parts[place]
        return wording.place_name(deliverables[place[0]].unit, part.number, part.label, part.heading)

    def evidence(reason: Reason) -> Evidence:
        return Evidence(
            reason=reason,
            deliverable=deliverables[reason.document],
            place=named((reason.document, reason.part)),
            other=deliverables[reason.other[0]] if reason.other else None,
            other_place=named(reason.other) if reason.other else "",
        )

    # A document may have gone between the look at the evidence and this one.
    return [
        Suggested(
            project=one.project,
            evidence=tuple(evidence(reason) for reason in one.reasons if parts.keys() >= set(_places(reason))),
            line=continues_line(one.project.id),
            yes=shlex.join(["estafette", "relay", "link", project.id, one.project.id]),
            no=shlex.join(["estafette", "relay", "reject", project.id, one.project.id]),
        )
        for one in proposed
    ]


def _places(reason: Reason) -> tuple[Place, ...]:
    own = (reason.document, reason.part)
    return (own, reason.other) if reason.other else (own,)


def answer_command(answer: MayAnswer) -> str:
    """How a person closes the question with this answer."""
    number = str(answer.page.number)
    return shlex.join(
        ["estafette", "agenda", "answer", answer.question.id, "--document", answer.deliverable.id, "--page", number]
    )


def may_answer(deliverable: Deliverable) -> tuple[MayAnswer, ...]:
    """The open questions that a deliverable may answer; for whoever belongs to a school and may read it."""
    who = access()
    if not sees_campus() or not who.reads(deliverable.text_audience):
        return ()
    agendas: dict[str, list[Question]] = {}
    for asked in overview().questions:
        agendas.setdefault(asked.community.id, []).append(asked.question)
    return questions_for(deliverable, overview().projects.get(deliverable.project), agendas, house().finder, access=who)


def may_be_answered_by(asked: Asked) -> tuple[MayAnswer, ...]:
    """The reports that may answer a question."""
    if not sees_campus():
        return ()
    return reports_for(asked.question, asked.community.id, house().finder, access=access())


def elsewhere(project: Project) -> list[Elsewhere]:
    """The nearest work in other communities, by what the project's longest document shares with it."""
    who, seen = access(), overview()
    documents = [each for each in house().catalog.deliverables_of(project.id, access=who) if each.parts]
    if not documents or project.community is None:
        return []
    longest = max(documents, key=lambda each: (each.parts, each.id))
    try:
        alike = house().index.similar(longest.id, access=who, limit=_ALIKE_LOOKED_AT)
    except Unsupported:
        return []
    found: dict[str, Elsewhere] = {}
    deliverables = house().catalog.deliverables([each.id for each in alike], access=who)
    for each in alike:
        about = deliverables.get(each.id)
        other = seen.projects.get(about.project) if about else None
        if other is None or other.community in (None, project.community) or other.id in found:
            continue
        found[other.id] = Elsewhere(project=other, terms=each.terms[:_TERMS_SHOWN])
        if len(found) == ELSEWHERE_SHOWN:
            break
    return list(found.values())
