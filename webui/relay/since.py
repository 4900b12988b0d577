"""What came after a day: for a team that left, for an alumnus, for whoever reads along once a year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from archive.model import Deliverable, Project
from archive.paths import year_of
from archive.records.assembly import sort_date
from archive.relay.handover import end_of, has_ended, start_of
from archive.relay.lineage import Lineage
from webui.addresses import since_url
from webui.house import house
from webui.overview import Asked, Overview, overview

# The newest documents that are looked through for those of older projects; what is older than all of them is not told.
DOCUMENTS_LOOKED_AT = 400
PROJECTS_OF_A_THEME = 8
THEMES_SHOWN = 12
QUESTIONS_SHOWN = 12
DOCUMENTS_SHOWN = 12
FOLLOWERS_SHOWN = 12
LOOKED_BACK = timedelta(days=365)  # without a day: the last year
FIRST_DAY_OF_A_YEAR = (9, 1)

blueprint = Blueprint("since", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What came under a theme, newest first; without one for projects that name none. `more` are left out."""

    theme: str | None
    projects: tuple[Project, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What became of a project's work: who went on from it, and who from them; the questions that it left."""

    project: Project
    directly: tuple[Project, ...]
    onward: tuple[Project, ...]
    questions: tuple[Asked, ...] = ()


@blueprint.get("/since")
def chosen() -> ResponseReturnValue:
    """From the form: to the address of the day. Without a day to the last year."""
    text = request.args.get("date", "").strip()
    project = request.args.get("project") or None
    if not text:
        return redirect(since_url((overview().access.today - LOOKED_BACK).isoformat(), project))
    day = day_of(text)
    if day is None:
        return _page(None, project, sentence=_("Dit is geen datum. Schrijf hem zo: 2021-01-29.")), 400
    return redirect(since_url(text if text.isdecimal() else day.isoformat(), project))


@blueprint.get("/since/<when>")
def page(when: str) -> ResponseReturnValue:
    """What came after a day ("2021-01-29"), or from the beginning of an academic year ("2021", "2021-2022")."""
    day = day_of(when)
    if day is None:
        abort(404)
    project = request.args.get("project") or None
    if when not in (day.isoformat(), str(day.year)):
        return redirect(since_url(day.year, project), code=301)
    return _page(day, project)


def day_of(text: str) -> date | None:
    """A day, or the first of an academic year.

    >>> day_of("2021-01-29"), day_of("2021"), day_of("2021-2022") == day_of("2021"), day_of("2021-02-30"), day_of("gisteren")
    (datetime.date(2021, 1, 29), datetime.date(2021, 9, 1), True, None, None)
    """
    parts = text.split("-")
    if not text.isascii() or not all(part.isdecimal() for part in parts) or len(parts[0]) != 4:
        return None
    try:
        if len(parts) == 3 and [len(part) for part in parts] == [4, 2, 2]:
            return date.fromisoformat(text)
        year = int(parts[0])
        if len(parts) == 1 or (
            len(parts) == 2 and year_of(text) == year and parts[1].endswith(f"{(year + 1) % 100:02d}")
        ):
            return date(year, *FIRST_DAY_OF_A_YEAR)
    except ValueError:
        return None
    return None


def _page(day: date | None, project_id: str | None, *, sentence: str = "") -> str:
    seen = overview()
    project = seen.projects.get(project_id) if project_id else None
    if project_id and project is None:
        abort(404)
    if day is not None and day > seen.access.today:
        sentence = _("Die dag moet nog komen. Kies een dag van vroeger.")
    told = day is not None and not sentence
    newer = _newer(day, project, seen) if day and told else []
    questions = _questions(day, project, seen) if day and told else []
    return render_template(
        "since.html",
        day=day,
        sentence=sentence,
        told=told,
        project=project,
        followed=followed_by(project, seen) if project and told else None,
        groups=grouped(newer, seen, among=_themes(project) if project else None),
        count=len(newer),
        questions=questions[:QUESTIONS_SHOWN],
        documents=_documents(day, newer, project, seen) if day and told else [],
    )


def followed_by(project: Project, seen: Overview) -> Followed | None:
    """Who went on from a project's work, as this reader may see it; None where nobody did and nothing was asked."""
    baton = seen.lineage.of(project.id)
    directly = _projects(seen.lineage, baton.successors) if baton else ()
    onward = _onward(directly, seen.lineage)
    sources = {each.id for each in house().catalog.deliverables_of(project.id, access=seen.access)}
    left = tuple(
        asked
        for asked in seen.questions
        if asked.question.source is not None
        and asked.question.source.document in sources
        and asked.state in ("claimed", "answered")
    )
    if not directly and not left:
        return None
    return Followed(
        project=project, directly=directly, onward=onward[:FOLLOWERS_SHOWN], questions=left[:QUESTIONS_SHOWN]
    )


def has_left(project: Project, seen: Overview) -> date | None:
    """The day on which a project's team left, once it did."""
    return end_of(project) if has_ended(project, today=seen.access.today) else None


def grouped(projects: Iterable[Project], seen: Overview, *, among: Collection[str] | None = None) -> list[Group]:
    """Projects under their themes, the frequent ones first; each once, under the most frequent of its own. `among`:
    the only themes that count."""
    all_of_them = list(projects)
    named = {
        project.id: [slug for slug in _themes(project) if among is None or slug in among] for project in all_of_them
    }
    counts = Counter(theme for themes in named.values() for theme in themes)
    under: dict[str | None, list[Project]] = {}
    for project in all_of_them:
        # Of themes as frequent as each other, the one that its record names first.
        theme = min(named[project.id], key=lambda slug: -counts[slug], default=None)
        under.setdefault(theme, []).append(project)
    order = sorted(under, key=lambda slug: (slug is None, -len(under[slug]), seen.theme_name(slug or "")))
    return [
        Group(
            theme=theme,
            projects=tuple(under[theme][:PROJECTS_OF_A_THEME]),
            more=max(0, len(under[theme]) - PROJECTS_OF_A_THEME),
        )
        for theme in order[:THEMES_SHOWN]
    ]


def _newer(day: date, about: Project | None, seen: Overview) -> list[Project]:
    """The projects that began on this day or later, newest first; beside a project those of its themes or its line."""
    found = [each for each in seen.projects.values() if (start := start_of(each)) is not None and start >= day]
    found = [each for each in found if (start_of(each) or day) <= seen.access.today]
    if about is None:
        return found
    themes = set(_themes(about))
    baton = seen.lineage.of(about.id)
    line = {*baton.line, *baton.successors} if baton else set()
    return [each for each in found if each.id != about.id and (each.id in line or themes & set(_themes(each)))]


def _questions(day: date, about: Project | None, seen: Overview) -> list[Asked]:
    """Questions whose state changed since, newest first; beside a project those of its themes."""
    themes = set(_themes(about)) if about else None
    return [
        asked
        for asked in seen.questions
        if asked.since is not None
        and day <= asked.since <= seen.access.today
        and (themes is None or themes & set(asked.question.themes))
    ]


def _documents(day: date, newer: Sequence[Project], about: Project | None, seen: Overview) -> list[Deliverable]:
    """New documents of projects that were there already."""
    known = {project.id for project in newer}
    themes = set(_themes(about)) if about else None
    found = []
    for each in house().catalog.newest(DOCUMENTS_LOOKED_AT, access=seen.access):
        # Compared as text: "2022-03" is later than the 29th of January, and a year alone is taken for its first day.
        if sort_date(each) < day.isoformat():
            break
        if each.project not in known and each.date and (themes is None or themes & set(each.themes)):
            found.append(each)
    return found[:DOCUMENTS_SHOWN]


def _onward(directly: Sequence[Project], lineage: Lineage) -> tuple[Project, ...]:
    """Who went on from those who went on, each once, in the order of the years."""
    reached = {project.id: project for project in directly}
    waiting = list(directly)
    found: list[Project] = []
    while waiting:
        baton = lineage.of(waiting.pop(0).id)
        for project in _projects(lineage, baton.successors) if baton else ():
            if project.id not in reached:
                reached[project.id] = project
                found.append(project)
                waiting.append(project)
    return tuple(found)


def _projects(lineage: Lineage, ids: Iterable[str]) -> tuple[Project, ...]:
    return tuple(found for id in ids if (found := lineage.project(id)) is not None)


def _themes(project: Project) -> tuple[str, ...]:
    return project.record.themes if project.record else ()
