"""The start pack: what a new team reads on its first morning, whom it asks, and in which order. Choices, as values.

Pure and deterministic: the same projects give the same pack. What the reader of a pack may not see has been left out of
what comes in. The words around these values, and the text of the reports, are of `webui`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from archive.model import Contact, Deliverable, Kind, Project, Question
from archive.network.model import Organisation
from archive.relay.handover import has_ended
from archive.relay.lineage import Lineage

READINGS_MAX = 7
ENDS_MAX = 4  # lines of which the last project is read, before the projects behind them
LINES_MAX = 5
PEOPLE_MAX = 8

# Why something is read: it is the last of its line, what that went on from, the first of the line; it answered a
# question, questions came from it; it is of another community; it stands alone.
Why = Literal["last", "before", "first", "answers", "raises", "elsewhere", "alone"]

_READ_FIRST = (
    Kind.REPORT,
    Kind.ADVICE,
    Kind.ARTICLE,
    Kind.HANDOVER,
    Kind.NOTE,
    Kind.PLAN,
    Kind.PRESENTATION,
    Kind.POSTER,
    Kind.OTHER,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a project is read. `project`: the one that went on from it; `questions`: those it answered or raised."""

    why: Why
    project: Project | None = None
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One of the readings: a project's main deliverable, and what else lies there. `readable`: its file, by this reader."""

    project: Project
    deliverable: Deliverable
    readable: bool
    reasons: tuple[Reason, ...]
    others: tuple[Deliverable, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the relay, oldest first; `branches` are projects of the community that also lead into it or out of it."""

    projects: tuple[Project, ...]
    branches: tuple[tuple[Project, Project], ...] = ()  # a predecessor and who continued it; one of them is in the line


@dataclass(frozen=True, slots=True, kw_only=True)
class RelaySoFar:
    """The relay of a community: its longest lines, and its projects that stand alone."""

    lines: tuple[Line, ...]
    more_lines: int
    alone: tuple[Project, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Somebody to ask, confirmed on a day; of the community, or of an organisation."""

    contact: Contact
    confirmed: date
    organisation: Organisation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the agenda tells of the projects: the questions that each answered, and those that came from its reports."""

    answered: Mapping[str, Sequence[Question]]
    raised: Mapping[str, Sequence[Question]]


def order_of_reading(
    own: Sequence[Project], lineage: Lineage, asked: Asked, *, today: date
) -> Iterator[tuple[Project, tuple[Reason, ...]]]:
    """The projects worth reading, the first ones first, each with its reasons. `own`: of the community, newest first.

    Where a line stopped is where a team begins: so first the last project of each line, then what stands right behind
    it in time, then whatever answered or raised most. A project that stands alone comes behind the lines, and one that
    still runs behind those that left all they had.
    """
    ends = [each for each in own if not _after(lineage, each)]
    # Those of a line first, and of these those that are over; newest first within each.
    ends.sort(key=lambda each: (not _before(lineage, each), not has_ended(each, today=today)))
    behind = [other for end in ends for other in _before(lineage, end)]
    rest = sorted(own, key=lambda each: -_weight(each, asked))
    ranked = _unique([*ends[:ENDS_MAX], *behind, *rest, *ends])
    for project in ranked:
        reasons = tuple(_reasons(project, own, lineage, asked))
        if reasons:
            yield project, reasons


def readings(
    ranked: Iterable[tuple[Project, tuple[Reason, ...]]],
    deliverables: Callable[[str], Sequence[Deliverable]],
    lineage: Lineage,
    *,
    reads: Callable[[Deliverable], bool],
    most: int = READINGS_MAX,
) -> tuple[Reading, ...]:
    """At most so many readings, in the order in which they are read: a line's newest first, then back in time."""
    found: dict[str, Reading] = {}
    for project, reasons in ranked:
        if len(found) == most:
            break
        all_of_it = deliverables(project.id)
        main = main_deliverable(all_of_it, reads)
        if main is not None:
            found[project.id] = Reading(
                project=project,
                deliverable=main,
                readable=reads(main),
                reasons=reasons,
                others=tuple(each for each in all_of_it if each.id != main.id),
            )
    order: list[str] = []
    for id in found:
        baton = lineage.of(id)
        line = baton.line[: baton.position] if baton else (id,)
        home = found[id].project.community
        neighbours = sorted(_before(lineage, found[id].project), key=lambda each: each.community != home)
        order += [each for each in (id, *(other.id for other in neighbours), *line[::-1]) if each in found]
    return tuple(found[id] for id in dict.fromkeys(order))


def main_deliverable(deliverables: Sequence[Deliverable], reads: Callable[[Deliverable], bool]) -> Deliverable | None:
    """What one reads of a project: its report or the next best; of several the longest. None where there is no text."""
    written = [each for each in deliverables if each.kind in _READ_FIRST and not each.url]
    return min(
        written,
        key=lambda each: (not (reads(each) and each.parts), _READ_FIRST.index(each.kind), -each.parts, each.id),
        default=None,
    )


def relay_so_far(own: Sequence[Project], lineage: Lineage, community: str) -> RelaySoFar:
    """The lines in which these projects ran, longest first, with every one of them in a line, a branch or alone."""
    wanted = {project.id for project in own}
    lines = [line for line in lineage.lines(community) if wanted & set(line)]
    line_of = {id: number for number, line in enumerate(lines) for id in line}
    branches: dict[int, list[tuple[Project, Project]]] = {}
    alone: list[Project] = []
    for project in own:
        if project.id in line_of:
            continue
        pairs = [(other, project) for other in _before(lineage, project)]
        pairs += [(project, other) for other in _after(lineage, project)]
        at = min((line_of[each.id] for pair in pairs for each in pair if each.id in line_of), default=None)
        if at is not None:
            branches.setdefault(at, []).extend(pairs)
        else:
            alone.append(project)
    shown = lines[:LINES_MAX]
    return RelaySoFar(
        lines=tuple(
            Line(projects=_projects(lineage, line), branches=tuple(dict.fromkeys(branches.get(number, ()))))
            for number, line in enumerate(shown)
        ),
        more_lines=len(lines) - len(shown),
        alone=tuple(alone),
    )


def people_to_ask(
    contacts: Sequence[Contact], organisations: Mapping[str, Organisation], projects: Iterable[Project]
) -> tuple[Ask, ...]:
    """Who is there now and was confirmed: the community's own people, then those of the projects' organisations.

    `projects`: those that are read, in order. A contact without a name that may be shown, or without a day on which
    somebody confirmed them, is nobody to send a student to.
    """
    found = [Ask(contact=each, confirmed=day) for each, day in _confirmed(contacts)]
    slugs: dict[str, None] = {}
    for project in projects:
        record = project.record
        slugs.update(dict.fromkeys(each.organisation for each in (record.companies if record else ())))
        slugs.update(dict.fromkeys(each.institution for each in (record.team if record else ()) if each.institution))
    for slug in slugs:
        known = organisations.get(slug)
        if known is not None:
            found += [Ask(contact=each, confirmed=day, organisation=known) for each, day in _confirmed(known.contacts)]
    once: dict[tuple[str, str | None], Ask] = {}
    for ask in found:
        once.setdefault((ask.contact.name.casefold(), ask.contact.email), ask)
    return tuple(once.values())[:PEOPLE_MAX]


def newest_day(
    projects: Iterable[Project],
    deliverables: Iterable[Deliverable],
    questions: Iterable[Question],
    people: Iterable[Ask],
    *,
    today: date,
) -> date | None:
    """The last day of which a pack tells, up to today: what it is dated by, so that a copy of it has the same date."""
    days: list[date | None] = []
    for project in projects:
        if project.record is not None:
            days += [project.record.starts, project.record.ends]
            days.append(project.record.handover.date if project.record.handover else None)
    for deliverable in deliverables:
        if deliverable.date and len(deliverable.date) >= 10:
            days.append(date.fromisoformat(deliverable.date[:10]))
    days += [event.date for question in questions for event in question.events]
    days += [ask.confirmed for ask in people]
    return max((day for day in days if day is not None and day <= today), default=None)


def _reasons(project: Project, own: Collection[Project], lineage: Lineage, asked: Asked) -> Iterator[Reason]:
    before, after = _before(lineage, project), _after(lineage, project)
    here = any(project.id == each.id for each in own)
    if not here:
        yield Reason(why="elsewhere", project=next((each for each in after if each in own), None))
    elif not before and not after:
        yield Reason(why="alone")
    elif not after:
        yield Reason(why="last")
    else:
        yield Reason(why="before", project=after[-1])
        if not before:
            yield Reason(why="first")
    if asked.answered.get(project.id):
        yield Reason(why="answers", questions=tuple(asked.answered[project.id]))
    if asked.raised.get(project.id):
        yield Reason(why="raises", questions=tuple(asked.raised[project.id]))


def _weight(project: Project, asked: Asked) -> int:
    """What a project brings to who starts: answers, questions, and what its team wrote down."""
    handed_over = project.record is not None and project.record.handover is not None
    return (
        2 * len(asked.answered.get(project.id, ())) + len(asked.raised.get(project.id, ())) + 2 * handed_over
        + (project.record is not None)
    )  # fmt: skip


def _before(lineage: Lineage, project: Project) -> tuple[Project, ...]:
    """Its predecessors, newest first."""
    baton = lineage.of(project.id)
    return _projects(lineage, baton.predecessors[::-1]) if baton else ()


def _after(lineage: Lineage, project: Project) -> tuple[Project, ...]:
    baton = lineage.of(project.id)
    return _projects(lineage, baton.successors) if baton else ()


def _projects(lineage: Lineage, ids: Iterable[str]) -> tuple[Project, ...]:
    return tuple(found for id in ids if (found := lineage.project(id)) is not None)


def _unique(projects: Iterable[Project]) -> list[Project]:
    return list({project.id: project for project in projects}.values())


def _confirmed(contacts: Iterable[Contact]) -> Iterator[tuple[Contact, date]]:
    for contact in contacts:
        if contact.until is None and contact.name and contact.confirmed is not None:
            yield contact, contact.confirmed
