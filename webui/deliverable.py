"""A deliverable's own page: what it is, where it belongs, the way to its text, how to cite it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from archive.access import Access
from archive.model import Deliverable, Project
from archive.records.assembly import is_withdrawn
from indexer.search.engine import Unsupported
from indexer.search.finder import DocumentHit, Wanted
from webui import citation, wording
from webui.addresses import company_url, document_url, project_url, site_address, theme_url
from webui.house import house
from webui.overview import overview
from webui.projects import relay
from webui.relay.open_ends import left_in

SIBLINGS_SHOWN = 20
HEADINGS_SHOWN = 60
SIMILAR_SHOWN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something known of a deliverable: values, each with the address of its page where it has one."""

    term: str
    values: tuple[tuple[str, str | None], ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Another deliverable, and the words that it shares."""

    deliverable: Deliverable
    terms: tuple[str, ...]


def landing(deliverable: Deliverable, who: Access) -> ResponseReturnValue:
    """What it is, where its words are, and the way to the file."""
    if is_withdrawn(deliverable):
        return tombstone(deliverable, who)
    opened = house()
    q = request.args.get("q", "")
    project = overview().projects.get(deliverable.project)
    readable = who.reads(deliverable.text_audience)
    siblings = opened.catalog.deliverables_of(deliverable.project, access=who)
    others = [other for other in siblings if other.id != deliverable.id]
    outline = opened.catalog.outline(deliverable.id, access=who) if readable else ()
    return render_template(
        "deliverable.html",
        deliverable=deliverable,
        project=project,
        record=project.record if project else None,
        relay=relay(deliverable.project),
        readable=readable,
        q=q,
        hit=_hit(deliverable, q, who) if q and readable else None,
        facts=list(_facts(deliverable, who)),
        problem=wording.FAILURES.get(deliverable.failure or ""),
        open_ends=left_in(document=deliverable.id) if readable else [],
        outline=outline[:HEADINGS_SHOWN],
        more_headings=max(0, len(outline) - HEADINGS_SHOWN),
        siblings=others[:SIBLINGS_SHOWN],
        similar=_similar(deliverable, {other.id for other in others}, who),
        duplicates=opened.catalog.duplicates(deliverable.id, access=who),
        work=(work := _work(deliverable, project, readable, who)),
        cite=citation.sentence(work),
        tags=list(citation.tags(work)),
        linked_data=citation.linked_data(work),
    )


def tombstone(deliverable: Deliverable, who: Access) -> ResponseReturnValue:
    """That it was withdrawn and why; nothing of what it said, and nobody's name."""
    page = render_template(
        "withdrawn.html",
        deliverable=deliverable,
        project=overview().projects.get(deliverable.project),
        withdrawn=deliverable.record.withdrawn if deliverable.record else None,
        readable=who.reads(deliverable.text_audience),
    )
    return page, 410


def _hit(deliverable: Deliverable, q: str, who: Access) -> DocumentHit | None:
    return house().finder.places_in(deliverable, Wanted(text=q), access=who)


def _similar(deliverable: Deliverable, known: Iterable[str], who: Access) -> list[Alike]:
    """Deliverables of other projects that share its words."""
    left_out = {*known, deliverable.id}
    try:
        found = house().index.similar(deliverable.id, access=who, limit=SIMILAR_SHOWN + len(left_out))
    except Unsupported:
        return []
    terms = {each.id: each.terms for each in found if each.id not in left_out}
    deliverables = house().catalog.deliverables(list(terms)[:SIMILAR_SHOWN], access=who)
    return [Alike(deliverable=each, terms=terms[id]) for id, each in deliverables.items()]


def _facts(deliverable: Deliverable, who: Access) -> Iterator[Fact]:
    """What is known of it, as far as this reader may know; guesses say so."""
    seen = overview()
    names = [name for name, audience in deliverable.authors if who.reads(audience)]
    if names:
        yield Fact(term=_("Gemaakt door"), values=_plain(names))
    elif deliverable.property_authors:
        note = _("volgens het bestand, niet bevestigd")
        yield Fact(term=_("Gemaakt door"), values=_plain(deliverable.property_authors), note=note)
    if deliverable.date:
        note = _("niet bevestigd") if "date" in deliverable.unconfirmed else ""
        yield Fact(term=_("Datum"), values=_plain([wording.day_name(deliverable.date)]), note=note)
    if deliverable.language:
        name = str(wording.LANGUAGES.get(deliverable.language, deliverable.language))
        yield Fact(term=_("Taal"), values=_plain([name]))
    if deliverable.themes:
        themes = tuple((seen.theme_name(slug), theme_url(slug)) for slug in deliverable.themes)
        yield Fact(term=_("Thema’s"), values=themes)
    companies = [slug for slug, audience in deliverable.companies if who.reads(audience)]
    if companies:
        yield Fact(
            term=_("Bedrijven"), values=tuple((seen.organisation_name(slug), company_url(slug)) for slug in companies)
        )
    if deliverable.size:
        yield Fact(term=_("Bestand"), values=_plain([wording.file_name(deliverable)]))
    licence = deliverable.record.licence if deliverable.record else None
    if licence:
        yield Fact(term=_("Licentie"), values=((licence, None),))


def _plain(values: Iterable[str]) -> tuple[tuple[str, None], ...]:
    return tuple((value, None) for value in values)


def _work(deliverable: Deliverable, project: Project | None, readable: bool, who: Access) -> citation.Work:
    """It as it is cited by this reader: their own names of the authors, whole addresses."""
    seen, root = overview(), site_address()
    record = project.record if project else None
    schools = dict.fromkeys(
        person.institution for person in (record.team if record else ()) if person.role == "student"
    )
    pdf = readable and deliverable.format == "pdf"
    return citation.Work(
        title=deliverable.title,
        kind=deliverable.kind,
        kind_name=wording.kind_name(deliverable.kind),
        url=root + document_url(deliverable.id),
        publisher=seen.community_name(deliverable.community) or "Estafette",
        authors=tuple(name for name, audience in deliverable.authors if who.reads(audience)),
        institutions=tuple(seen.organisation_name(slug) for slug in schools if slug),
        date=deliverable.date,
        date_name=wording.day_name(deliverable.date) or wording.academic_year(deliverable.year or ""),
        language=deliverable.language,
        keywords=tuple(seen.theme_name(slug) for slug in deliverable.themes),
        licence=deliverable.record.licence if deliverable.record else None,
        pdf_url=f"{root}{document_url(deliverable.id)}/file" if pdf else None,
        project=(project.title, root + project_url(project.id)) if project and record else None,
        summary=record.summary if record else None,
    )
