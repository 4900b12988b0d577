"""Companies: an index, and of each what was done with it, what came out, what it asked, and whom to ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from archive.model import Community, Contact, Project
from archive.network.model import Organisation
from webui.communities import current
from webui.outcomes import page_number
from webui.overview import companies_of, overview
from webui.search import newest_of

DOCUMENTS_SHOWN = 12
PROJECTS_SHOWN = 24
PAGE_SIZE = 100

blueprint = Blueprint("companies", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A company of the index, with how many projects of it this reader may see."""

    organisation: Organisation
    projects: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ToAsk:
    """Whom to ask in a community; no `contacts`: nobody's name may be shown, so its teacher."""

    community: Community
    contacts: tuple[Contact, ...]


@blueprint.get("/companies")
def everyone() -> ResponseReturnValue:
    """The companies of which this reader may know, by name."""
    seen, number = overview(), page_number()
    counts = Counter(slug for project in seen.projects.values() for slug in set(companies_of(project)))
    known = sorted(
        (each for each in seen.organisations.values() if each.kind != "school"),
        key=lambda each: (each.name.casefold(), each.slug),
    )
    pages = max(1, -(-len(known) // PAGE_SIZE))
    if number > pages:
        abort(404)
    return render_template(
        "companies.html",
        companies=[
            Known(organisation=each, projects=counts[each.slug])
            for each in known[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
        ],
        number=number,
        pages=pages,
    )


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
        to_ask=_to_ask(projects),
        documents=[hit.deliverable for hit in answer.hits],
        total=answer.total,
        questions=[
            asked
            for asked in seen.questions
            if asked.question.source is not None and asked.question.source.organisation == slug
        ],
    )


def _to_ask(projects: Iterable[Project]) -> list[ToAsk]:
    """Who of the communities of these projects can tell more, the newest project's first."""
    communities = overview().communities
    homes = dict.fromkeys(each.community for each in projects if each.community in communities)
    return [
        ToAsk(community=found, contacts=tuple(current(found.record.contacts if found.record else ())))
        for id in homes
        if (found := communities.get(id or "")) is not None
    ]
