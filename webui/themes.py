"""Themes: what runs through communities and years. One of them, and all of them beside the communities."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from archive.model import Community, Project
from webui.communities import shelves
from webui.overview import overview
from webui.search import newest_of

DOCUMENTS_SHOWN = 12
PROJECTS_A_CELL = 4  # the newest; the rest is on the theme's own page

blueprint = Blueprint("themes", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What one community did on one theme, newest first; `more` projects are left out."""

    community: Community
    projects: tuple[Project, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A theme beside all communities; `projects` counts them all."""

    slug: str
    projects: int
    cells: tuple[Cell, ...]


@blueprint.get("/themes")
def matrix() -> ResponseReturnValue:
    """All themes by communities, with the projects where they meet: the busiest themes first."""
    seen = overview()
    met: dict[str, dict[str, list[Project]]] = defaultdict(lambda: defaultdict(list))
    for project in seen.projects.values():
        for slug in project.record.themes if project.record else ():
            if project.community in seen.communities:
                met[slug][project.community].append(project)
    active = [community for community in seen.communities.values() if any(community.id in own for own in met.values())]
    rows = [
        Row(slug=slug, projects=sum(map(len, own.values())), cells=tuple(_cell(each, own) for each in active))
        for slug, own in met.items()
    ]
    rows.sort(key=lambda row: (-row.projects, seen.theme_name(row.slug).casefold()))
    return render_template("themes.html", communities=active, rows=rows)


def _cell(community: Community, projects: dict[str, list[Project]]) -> Cell:
    own = projects.get(community.id, [])
    return Cell(community=community, projects=tuple(own[:PROJECTS_A_CELL]), more=max(0, len(own) - PROJECTS_A_CELL))


@blueprint.get("/themes/<path:slug>")
def theme(slug: str) -> ResponseReturnValue:
    seen = overview()
    projects = seen.projects_where(lambda project: project.record is not None and slug in project.record.themes)
    answer = newest_of("theme", slug, DOCUMENTS_SHOWN)
    if slug not in seen.themes and not projects and not answer.total:
        abort(404)
    return render_template(
        "theme.html",
        slug=slug,
        theme=seen.themes.get(slug),
        shelves=shelves(projects),
        projects=len(projects),
        communities=sorted({each.community for each in projects if each.community in seen.communities}),
        documents=[hit.deliverable for hit in answer.hits],
        total=answer.total,
        questions=[asked for asked in seen.questions if slug in asked.question.themes and asked.state != "dropped"],
    )
