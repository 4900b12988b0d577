"""The research agenda as it is told on the command line: each question with where it stands, for people and as JSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from archive.agenda.questions import Standing, standing
from archive.model import NOBODY, Problem, Project, Question, QuestionSource
from archive.paths import locate
from archive.records.live import LiveRecords
from archive.relay.handover import has_ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A question of some community's agenda, and where it stands."""

    community: str
    question: Question
    now: Standing


def lines_of(records: LiveRecords, *, today: date) -> tuple[list[Line], list[Problem]]:
    """All questions of all agendas in their order, and what is wrong with the agendas: it costs no more than itself."""
    ended = ended_by(records, today=today)
    lines: list[Line] = []
    wrong: list[Problem] = []
    for community, found, problems in records.agendas():
        wrong += problems
        lines += [
            Line(community=community, question=question, now=standing(question, has_ended=ended))
            for question in found.questions
        ]
    return lines, wrong


def ended_by(records: LiveRecords, *, today: date) -> Callable[[str], bool]:
    """Tells of a project by its id whether it has ended, as its record says now."""

    def ended(project: str) -> bool:
        year = locate(f"{project}/-").year
        known = Project(id=project, title=project, audience=NOBODY, year=year, record=records.project(project))
        return has_ended(known, today=today)

    return ended


def about(line: Line) -> str:
    """Where a question stands and came from, on one line."""
    source = line.question.source
    origin = ""
    if source and source.document:
        origin = f"from {source.document}" + (f", p. {source.page}" if source.page else "")
    elif source and source.organisation:
        origin = f"asked by {source.organisation}"
    event = line.now.event
    parts = (
        line.now.state + (f" since {line.now.since}" if line.now.since else ""),
        "overdue: that project has ended" if line.now.overdue else "",
        f"by {event.project}" if event and event.project else "",
        ", ".join(line.question.themes),
        origin,
    )
    return " · ".join(part for part in parts if part)


def line_json(line: Line) -> dict[str, Any]:
    """A question as `estafette agenda list --json` gives it."""
    question = line.question
    return {
        "id": question.id,
        "community": line.community,
        "text": question.text,
        "state": line.now.state,
        "since": _iso(line.now.since),
        "overdue": line.now.overdue,
        "themes": list(question.themes),
        "visibility": question.visibility.value,
        "from": _source_json(question.source) if question.source else None,
        "history": [
            {
                "date": _iso(event.date),
                "state": event.state,
                "project": event.project,
                "document": event.document,
                "page": event.page,
                "by": event.by,
                "note": event.note,
            }
            for event in question.events
        ],
    }


def _source_json(source: QuestionSource) -> dict[str, Any]:
    values = {
        "document": source.document,
        "page": source.page,
        "fingerprint": source.fingerprint,
        "organisation": source.organisation,
        "by": source.by,
        "date": _iso(source.date),
    }
    return {key: value for key, value in values.items() if value is not None}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
