"""What templates know: filters and globals. Everything that a page shows of a value is decided here or in `wording`."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, request, url_for
from flask_babel import get_locale
from markupsafe import Markup

from archive.model import Deliverable
from archive.relay.handover import is_checked
from indexer.search.finder import PageHit
from indexer.search.snippets import Fragment
from webui import addresses, sketch, wording
from webui.house import House
from webui.language import LANGUAGES, other_language
from webui.overview import Cited, overview
from webui.relay import handovers
from webui.visitor import account, sees_campus

STATIC = Path(__file__).parent / "static"
STATIC_AGE_S = 365 * 24 * 3600  # an address with a version never changes what it leads to
VERSION_CHARS = 10


def teach(app: Flask, opened: House) -> None:
    """Give the application's templates what they need."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        get_locale=get_locale,
        indexing=lambda: opened.indexing(),
        asset=asset,
        has_asset=has_asset,
        languages=LANGUAGES,
        other_language=other_language,
        here=_here,
        overview=overview,
        site_address=addresses.site_address,
        sees_campus=sees_campus,
        signed_in=account,
        reads_as=lambda: opened.read_as,
        by_mail=lambda: opened.mail is not None and opened.read_as is None,
        by_school=lambda: opened.provider if opened.read_as is None else None,
        marks=_marks,
        sketch=sketch,
        SIGN_IN=wording.SIGN_IN,
        NO_ADVICE=wording.NO_ADVICE,
        STATES=wording.STATES,
        LEVELS=wording.LEVELS,
        PURPOSES=wording.PURPOSES,
        STATUSES=wording.STATUSES,
        ORGANISATIONS=wording.ORGANISATIONS,
    )
    app.jinja_env.filters.update(
        document_url=addresses.document_url,
        picture_url=lambda deliverable: addresses.picture_url(deliverable, wording.language()),
        project_url=addresses.project_url,
        outcome_url=addresses.outcome_url,
        community_url=addresses.community_url,
        theme_url=addresses.theme_url,
        company_url=addresses.company_url,
        shown=addresses.shown,
        academic_year=wording.academic_year,
        kind_name=wording.kind_name,
        said=wording.said,
        tongue=wording.tongue,
        project_tongue=wording.project_tongue,
        day=wording.day_name,
        number=wording.number,
        role=wording.role_name,
        dialled=wording.dialled,
        in_relay=lambda baton: wording.place_in_relay(baton.position, baton.length),
        community_name=lambda id: overview().community_name(id),
        theme_name=lambda slug: overview().theme_name(slug),
        organisation_name=lambda slug: overview().organisation_name(slug),
        hue=lambda community: f"hue-{overview().hue(community)}",
        read_url=lambda deliverable, page, query="": addresses.read_url(deliverable.id, page, query),
        page_url=lambda deliverable, page, query="": addresses.read_url(deliverable.id, page, query),
        unfollowed=handovers.unfollowed,
        no_successor=wording.no_successor,
        checked=wording.checked,
        is_checked=is_checked,
        item_name=handovers.item_name,
        item_note=handovers.item_note,
        since_url=addresses.since_url,
        start_url=addresses.start_url,
        handovers_url=addresses.handovers_url,
        place=_place,
        cited=_cited,
        placed=_placed,
        more_places=lambda hit: wording.more_places(hit.more_pages, hit.deliverable.unit),
    )


def asset(name: str) -> str:
    """The address of a static file, with a version of its content: a browser keeps it for a year."""
    return url_for("static", filename=name, v=_version(name))


def has_asset(name: str) -> bool:
    return bool(_version(name))


@lru_cache(maxsize=256)
def _version(name: str) -> str:
    path = STATIC / name
    return hashlib.sha256(path.read_bytes()).hexdigest()[:VERSION_CHARS] if path.is_file() else ""


def _here() -> str:
    """The address of this page, to come back to."""
    return addresses.requested_address() if request.method == "GET" else "/"


def _place(place: PageHit) -> str:
    return wording.place_name(place.unit, place.number, place.label, place.heading)


def _cited(place: Cited) -> str:
    """As the page calls itself: "p. iv" where that is printed on the fourth."""
    at = (place.document.id, place.page or 1)
    part = overview().catalog.parts([at], access=overview().access).get(at)
    return wording.place_name(place.document.unit, at[1], part.label if part else None, part.heading if part else None)


def _placed(deliverable: Deliverable) -> str:
    return wording.placed(deliverable, overview().community_name(deliverable.community))


def _marks(fragments: tuple[Fragment, ...]) -> Markup:
    """Text from a document with its matches marked; the text itself is always escaped."""
    return Markup("").join(
        Markup("<mark>{}</mark>").format(part.text) if part.match else Markup("{}").format(part.text)
        for part in fragments
    )
