"""A learning community: its relay over the years, its questions, its people; and one of its years."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from flask import Blueprint, abort, redirect, render_template
from flask.typing import ResponseReturnValue

from archive.access import Access
from archive.model import Community, Contact, Deliverable, Partnership, Project
from archive.paths import year_of
from archive.relay.handover import has_ended, where_to_begin
from archive.relay.lineage import Lineage
from webui import sketch
from webui.addresses import community_url
from webui.house import house
from webui.overview import Asked, Overview, companies_of, overview
from webui.projects import Leg, legs
from webui.visitor import access

# Of a year; more are on the year's own page. Of many years fewer, so that the page stays light.
PROJECTS_A_YEAR, PROJECTS_A_YEAR_OF_MANY = 12, 5
MANY_PROJECTS = 60
PROJECTS_SHOWN = 200
ANSWERED_SHOWN = 8
LINES_SHOWN = 4

blueprint = Blueprint("communities", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A year of a community, as far as it is shown: `more` projects are left out."""

    year: int | None
    projects: tuple[Project, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where a new team begins, and the project's own report. `runs`: its team is still at work."""

    project: Project
    document: Deliverable | None
    runs: bool


@blueprint.get("/communities/<id>")
def community(id: str) -> ResponseReturnValue:
    seen, who = overview(), access()
    found = _visible(id)
    own = seen.projects_where(lambda project: project.community == id)
    agenda = seen.agenda(id)
    return render_template(
        "community.html",
        community=found,
        record=found.record,
        sketch=sketch.large(seen.drawing(id)),
        lines=_lines(seen.lineage, id),
        shelves=shelves(own),
        start=_start(own, who),
        waiting=[asked for asked in agenda if asked.state in ("open", "proposed")],
        claimed=[asked for asked in agenda if asked.state == "claimed"],
        settled=_newest(asked for asked in agenda if asked.state == "answered"),
        contacts=current(found.record.contacts if found.record else ()),
        partners=_partners(found, own, seen, who),
        themes=_themes(own),
    )


@blueprint.get("/communities/<id>/<year>")
def year(id: str, year: str) -> ResponseReturnValue:
    """A year: `2021` and `2021-2022` are the same one."""
    wanted = year_of(year)
    if wanted is None:
        abort(404)
    found = _visible(id)
    if year != str(wanted):
        return redirect(community_url(id, wanted), code=301)
    own = overview().projects_where(lambda project: project.community == id)
    here = [project for project in own if project.year == wanted]
    if not here:
        abort(404)
    years = sorted({project.year for project in own if project.year is not None})
    at = years.index(wanted)
    return render_template(
        "year.html",
        community=found,
        year=wanted,
        projects=sorted(here, key=lambda project: project.title.casefold())[:PROJECTS_SHOWN],
        more=max(0, len(here) - PROJECTS_SHOWN),
        before=years[at - 1] if at else None,
        after=years[at + 1] if at + 1 < len(years) else None,
        documents=sum(count for name, when, count in overview().counts.shelves if (name, when) == (id, wanted)),
    )


def _visible(id: str) -> Community:
    found = overview().communities.get(id)
    if found is None:
        abort(404)
    return found


def shelves(projects: Iterable[Project]) -> list[Shelf]:
    """Projects, newest first, by year; those of an unknown year last."""
    made = []
    known = sorted(projects, key=lambda project: (project.year is None, -(project.year or 0)))
    most = PROJECTS_A_YEAR if len(known) <= MANY_PROJECTS else PROJECTS_A_YEAR_OF_MANY
    for year, group in groupby(known, key=lambda project: project.year):
        here = tuple(group)
        made.append(Shelf(year=year, projects=here[:most], more=max(0, len(here) - most)))
    return made


def current(contacts: Iterable[Contact]) -> list[Contact]:
    """The contacts of now that may be shown: a history's one without an end, with a name."""
    return [contact for contact in contacts if contact.until is None and contact.name]


def _start(projects: Sequence[Project], who: Access) -> Start | None:
    """`projects` newest first."""
    best = where_to_begin(projects, today=who.today)
    if best is None:
        return None
    documents = house().catalog.deliverables_of(best.id, access=who)
    readable = [each for each in documents if each.parts and who.reads(each.text_audience)]
    return Start(
        project=best,
        document=max(readable, key=lambda each: each.parts, default=None),
        runs=not has_ended(best, today=who.today),
    )


def _lines(lineage: Lineage, id: str) -> list[tuple[Leg, ...]]:
    """The longest lines with their names, for a screen on which the drawing has no room for them."""
    lines = ([project for each in line if (project := lineage.project(each))] for line in lineage.lines(id))
    return [legs(line, len(line) + 1) for line in islice(lines, LINES_SHOWN)]


def _newest(questions: Iterable[Asked]) -> list[Asked]:
    return sorted(questions, key=lambda asked: str(asked.since), reverse=True)[:ANSWERED_SHOWN]


def _partners(community: Community, projects: Iterable[Project], seen: Overview, who: Access) -> list[tuple[str, bool]]:
    """The organisations of today's partnerships and of the projects, by name; whether each has a page."""
    partnerships: tuple[Partnership, ...] = community.record.partnerships if community.record else ()
    slugs = {each.organisation for each in partnerships if each.until is None or each.until >= who.today}
    for project in projects:
        slugs.update(companies_of(project))
    known = [slug for slug in slugs if slug in seen.organisations]
    return [
        (slug, seen.organisations[slug].kind != "school")
        for slug in sorted(known, key=lambda slug: seen.organisations[slug].name.casefold())
    ]


def _themes(projects: Iterable[Project]) -> list[str]:
    """The themes of these projects, the frequent ones first."""
    counts: dict[str, int] = {}
    for project in projects:
        for theme in project.record.themes if project.record else ():
            counts[theme] = counts.get(theme, 0) + 1
    return sorted(counts, key=lambda theme: (-counts[theme], theme))
