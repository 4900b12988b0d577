"""A theme: what runs through communities and years."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from webui.communities import shelves
from webui.house import house
from webui.overview import overview
from webui.visitor import access

DOCUMENTS_SHOWN = 12

blueprint = Blueprint("themes", __name__)


@blueprint.get("/themes/<path:slug>")
def theme(slug: str) -> ResponseReturnValue:
    seen = overview()
    projects = seen.projects_where(lambda project: project.record is not None and slug in project.record.themes)
    documents = house().catalog.with_mark("theme", slug, access=access())
    if slug not in seen.themes and not projects and not documents:
        abort(404)
    return render_template(
        "theme.html",
        slug=slug,
        theme=seen.themes.get(slug),
        shelves=shelves(projects),
        projects=len(projects),
        communities=sorted({each.community for each in projects if each.community in seen.communities}),
        documents=documents[:DOCUMENTS_SHOWN],
        total=len(documents),
        questions=[asked for asked in seen.questions if slug in asked.question.themes and asked.state != "dropped"],
    )
