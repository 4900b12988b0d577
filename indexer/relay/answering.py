"""Which open questions a report may answer, and which reports may answer a question, with the passages.

Made on reading, for one reader; a question is closed by a person alone (`estafette agenda answer`). Knows catalog and
engine; neither HTTP nor formats of files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from archive.access import Access
from archive.catalog.catalog import TextPart
from archive.model import Deliverable, Kind, Project, Question
from archive.paths import locate
from indexer.documents import indexed_text
from indexer.search.engine import Place
from indexer.search.finder import Finder, PageHit, page_hit

# A report answers in its own words: what it shares with the question is little, and who asked tells more. A question of
# the report's own community counts double, and one that its project took up more still.
_OWN_COMMUNITY = 2.0
_CLAIMED = 0.25
_THEME = 0.15  # the names of its themes stand in the report
# From here on somebody should look; what is less likely is there for whoever looks further.
LIKELY_FROM = 0.5
_LEAST = 0.06
_SHOWN = 3
_LOOKED_AT = 40  # deliverables that say most of what a question says
_READ = 8  # of these, page by page
# Where authors hand on they name questions, and answer none; so do lists of contents and of sources.
_HANDS_ON = re.compile(
    r"^(?!.*(?:conclu|result|antwoord|answer)).*"
    r"(?:vervolg|aanbevel|beperking|inhoud|bronnen|literatuur|referenties|future|further|recommend|limitation|contents|references)",
    re.IGNORECASE,
)
_HANDED_ON = 0.5
_WAITS = frozenset(("proposed", "open", "claimed"))


@dataclass(frozen=True, slots=True, kw_only=True)
class MayAnswer:
    """A question that a report may answer, and the page with the passage."""

    question: Question
    community: str
    deliverable: Deliverable
    score: float
    page: PageHit

    @property
    def is_likely(self) -> bool:
        return self.score >= LIKELY_FROM


def questions_for(
    deliverable: Deliverable,
    project: Project | None,
    agendas: Mapping[str, Sequence[Question]],
    finder: Finder,
    *,
    access: Access,
) -> tuple[MayAnswer, ...]:
    """The questions that a report may answer, the likeliest first; those that do not wait, or are younger, are left out.

    `agendas`: by community the questions that this reader may see.
    """
    asked = [(each, community) for community, own in agendas.items() for each in own if may_ask(each, deliverable)]
    parts = finder.catalog.all_parts(deliverable.id, access=access) if asked else ()
    if not parts:
        return ()
    texts = [indexed_text(part) for part in parts]
    places = finder.index.covered([question.text for question, _ in asked], texts, access=access)
    on_theme = _on_themes([question for question, _ in asked], texts, finder, access)
    found: list[MayAnswer] = []
    for (question, community), own in zip(asked, places, strict=True):
        best = _best(own, parts)
        if best is None:
            continue
        place, part, score = best
        score += _THEME * max((on_theme.get(slug, 0.0) for slug in question.themes), default=0.0)
        score *= _OWN_COMMUNITY if community == deliverable.community else 1.0
        score += _CLAIMED * _is_claimed_by(question, project)
        if score >= _LEAST:
            page = page_hit(part, deliverable.unit, place)
            found.append(
                MayAnswer(question=question, community=community, deliverable=deliverable, score=score, page=page)
            )
    return tuple(sorted(found, key=lambda one: (-one.score, one.question.id))[:_SHOWN])


def reports_for(question: Question, community: str, finder: Finder, *, access: Access) -> tuple[MayAnswer, ...]:
    """The reports that may answer a question, the likeliest first."""
    alike = finder.index.like(question.text, access=access, limit=_LOOKED_AT)
    deliverables = finder.catalog.deliverables([each.id for each in alike], access=access)
    likely = [one for one in deliverables.values() if may_ask(question, one)]
    own_first = sorted(likely, key=lambda one: one.community != community)
    found: list[MayAnswer] = []
    for deliverable in own_first[:_READ]:
        project = finder.catalog.project(deliverable.project, access=access)
        found += questions_for(deliverable, project, {community: [question]}, finder, access=access)
    return tuple(sorted(found, key=lambda one: (-one.score, one.deliverable.id))[:_SHOWN])


def may_ask(question: Question, deliverable: Deliverable) -> bool:
    """Whether a report can be the answer: the question waits, and was there before it, and does not come from it."""
    if question.events and question.events[-1].state not in _WAITS:
        return False
    if deliverable.kind is Kind.PLAN:
        return False
    source = question.source
    if source is not None and source.document and locate(source.document).project == deliverable.project:
        return False
    asked = [event.date for event in question.events if event.date]
    asked += [source.date] if source is not None and source.date else []
    if not asked:
        return True
    if deliverable.date:
        # As precise as the report's own date is known.
        return deliverable.date >= min(asked).isoformat()[: len(deliverable.date)]
    return deliverable.year is None or deliverable.year + 1 >= min(asked).year


def _best(places: Sequence[Place | None], parts: Sequence[TextPart]) -> tuple[Place, TextPart, float] | None:
    """The passage that says most of a question, what stands where authors hand on counted half."""
    scored = [
        (place.score * (_HANDED_ON if _HANDS_ON.search(part.heading or "") else 1.0), -part.number, place, part)
        for place, part in zip(places, parts, strict=True)
        if place is not None
    ]
    if not scored:
        return None
    score, _, place, part = max(scored, key=lambda one: one[:2])
    return place, part, score


def _on_themes(questions: Iterable[Question], texts: Sequence[str], finder: Finder, access: Access) -> dict[str, float]:
    """How much of what each theme of the questions is called, its synonyms too, stands together in these texts."""
    slugs = {slug for question in questions for slug in question.themes}
    themes = [theme for theme in finder.catalog.network(access=access).themes if theme.slug in slugs]
    called = [" ".join((theme.name.nl, theme.name.en or "", *theme.synonyms)) for theme in themes]
    places = finder.index.covered(called, texts, access=access)
    return {
        theme.slug: max((place.score for place in own if place), default=0.0)
        for theme, own in zip(themes, places, strict=True)
    }


def _is_claimed_by(question: Question, project: Project | None) -> bool:
    return project is not None and any(
        event.state == "claimed" and event.project == project.id for event in question.events
    )
