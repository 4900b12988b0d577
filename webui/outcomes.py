"""Outcomes in plain words, for companies: what was asked, what came out, what can be used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from archive.model import Contact, Project
from archive.privacy.publishing import has_outcome as is_told
from webui import wording
from webui.addresses import requested_id
from webui.communities import current
from webui.house import house
from webui.overview import Overview, companies_of, overview
from webui.visitor import access

PAGE_SIZE = 24
VALUES_SHOWN = 12  # of a filter
FILTERS = ("theme", "year", "sector")

blueprint = Blueprint("outcomes", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    label: str
    count: int
    url: str
    chosen: bool


@blueprint.get("/outcomes")
def gallery() -> ResponseReturnValue:
    seen = overview()
    chosen = {name: value for name in FILTERS if (value := request.args.get(name, ""))}
    if "year" in chosen:
        chosen["year"] = chosen["year"][:4]
    values = _values(seen)
    finished = seen.projects_where(lambda project: has_outcome(project, seen))
    fitting = [each for each in finished if all(value in values[name](each) for name, value in chosen.items())]
    number = page_number()
    pages = max(1, -(-len(fitting) // PAGE_SIZE))
    if number > pages:
        abort(404)
    shown = fitting[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return render_template(
        "outcomes.html",
        projects=shown,
        sectors={project.id: sorted(_sectors(project, seen)) for project in shown},
        total=len(fitting),
        filters=[
            (title, _choices(finished, name, values, chosen))
            for name, title in (("theme", _("Thema")), ("sector", _("Sector")), ("year", _("Jaar")))
        ],
        chosen=bool(chosen),
        number=number,
        pages=pages,
        previous=_url(chosen, number - 1) if number > 1 else None,
        next=_url(chosen, number + 1) if number < pages else None,
    )


@blueprint.get("/outcomes/<path:address>")
def sheet(address: str) -> ResponseReturnValue:
    """One outcome on one sheet, made to be printed."""
    seen, who = overview(), access()
    found = seen.projects.get(requested_id("/outcomes/"))
    if found is None or not has_outcome(found, seen):
        abort(404)
    community = seen.communities.get(found.community or "")
    contacts = current(community.record.contacts) if community and community.record else []
    return render_template(
        "outcome.html",
        project=found,
        record=found.record,
        sectors=sorted(_sectors(found, seen)),
        documents=[
            each
            for each in house().catalog.deliverables_of(found.id, access=who)
            if who.reads(each.text_audience) and (each.full_text or each.url)
        ],
        contact=next((contact for contact in contacts if contact.email), None),
        ask_url=ask_url(found, contacts),
    )


def has_outcome(project: Project, seen: Overview) -> bool:
    """Whether there is something to tell of a project that has ended."""
    return is_told(project.record, today=seen.access.today)


def ask_url(project: Project, contacts: Iterable[Contact]) -> str | None:
    """A mail to the community's contact with a question that goes on from this project."""
    address = next((contact.email for contact in contacts if contact.email), None)
    if address is None:
        return None
    subject = _("Vervolgvraag bij “%(title)s”", title=project.title)
    return f"mailto:{address}?" + urlencode({"subject": subject}).replace("+", "%20")


def _sectors(project: Project, seen: Overview) -> set[str]:
    known = (seen.organisations.get(slug) for slug in companies_of(project))
    return {each.sector for each in known if each and each.sector}


def _values(seen: Overview) -> Mapping[str, Callable[[Project], set[str]]]:
    """By filter, its values for a project."""
    return {
        "theme": lambda project: set(project.record.themes) if project.record else set(),
        "year": lambda project: {str(project.year)} if project.year else set(),
        "sector": lambda project: _sectors(project, seen),
    }


def _choices(
    projects: Iterable[Project],
    name: str,
    values: Mapping[str, Callable[[Project], set[str]]],
    chosen: Mapping[str, str],
) -> list[Choice]:
    """A filter's values, counted over what the other filters leave."""
    others = {other: value for other, value in chosen.items() if other != name}
    counts = Counter(
        value
        for project in projects
        if all(wanted in values[other](project) for other, wanted in others.items())
        for value in values[name](project)
    )
    order = sorted(counts, reverse=True) if name == "year" else [value for value, _n in counts.most_common()]
    label = {"theme": overview().theme_name, "year": wording.academic_year}.get(name, str)
    return [
        Choice(
            label=label(value),
            count=counts[value],
            url=_url(others if chosen.get(name) == value else {**others, name: value}),
            chosen=chosen.get(name) == value,
        )
        for number, value in enumerate(order)
        if number < VALUES_SHOWN or chosen.get(name) == value
    ]


def _url(chosen: Mapping[str, str], page: int = 1) -> str:
    pairs = [(name, chosen[name]) for name in FILTERS if name in chosen]
    pairs += [("page", str(page))] if page > 1 else []
    return "/outcomes" + ("?" + urlencode(pairs) if pairs else "")


def page_number() -> int:
    """The page of a list that was asked for, from 1; what is no number is not found."""
    text = request.args.get("page", "1")
    if not text.isdecimal() or len(text) > 6 or int(text) < 1:
        abort(404)
    return int(text)
