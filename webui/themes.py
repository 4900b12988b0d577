"""A theme: what runs through communities and years."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from webui.communities import shelves
from webui.overview import overview
from webui.search import newest_of

DOCUMENTS_SHOWN = 12

blueprint = Blueprint("themes", __name__)


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
