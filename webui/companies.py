"""A company: what was done with it, what came out, and what it asked."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from webui.communities import current
from webui.overview import companies_of, overview
from webui.search import newest_of

DOCUMENTS_SHOWN = 12
PROJECTS_SHOWN = 24

blueprint = Blueprint("companies", __name__)


@blueprint.get("/companies/<path:slug>")
def company(slug: str) -> ResponseReturnValue:
    seen = overview()
    organisation = seen.organisations.get(slug)
    projects = seen.projects_where(lambda project: slug in companies_of(project))
    answer = newest_of("company", slug, DOCUMENTS_SHOWN)
    if organisation is None and not projects and not answer.total:
        abort(404)
    if organisation is not None and organisation.kind == "school":
        abort(404)
    return render_template(
        "company.html",
        slug=slug,
        organisation=organisation,
        projects=projects[:PROJECTS_SHOWN],
        more=max(0, len(projects) - PROJECTS_SHOWN),
        contacts=current(organisation.contacts if organisation else ()),
        documents=[hit.deliverable for hit in answer.hits],
        total=answer.total,
        questions=[
            asked
            for asked in seen.questions
            if asked.question.source is not None and asked.question.source.organisation == slug
        ],
    )
