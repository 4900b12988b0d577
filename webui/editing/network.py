"""The network on one page, for the coordinator: all organisations and themes, new ones, and two that turn out to be one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from itertools import count

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from archive.errors import ArchiveError, UsageError
from archive.network import merging, organisations
from archive.network.model import Network
from archive.paths import NETWORK
from archive.records.editing import Append, Change
from archive.records.live import LiveRecords
from archive.records.sheets import mark
from webui import wording
from webui.house import house
from webui.relay.deciding import Unclear, back_with, done, note, one_line, why_not
from webui.visitor import coordinator

NAME_MAX_CHARS = 120
SLUG_MAX_CHARS = 60
UNKNOWN_SHOWN = 60

NO_NAME = _l("Vul een naam in.")
LONG_NAME = _l("Een naam heeft ten hoogste 120 tekens.")
THERE_ALREADY = _l("Deze naam staat er al. Kies hem uit de lijst.")
NO_TWO = _l("Kies twee verschillende organisaties.")
BOTH_NAMED = _l("Er is een project met allebei. Haal daar eerst één van de twee weg.")

blueprint = Blueprint("network", __name__, url_prefix="/edit/network")


@blueprint.get("")
def page() -> ResponseReturnValue:
    coordinator()
    return _page()


@blueprint.post("/new")
def add() -> ResponseReturnValue:
    """Begin an organisation or a theme; the rest is filled in on its own form."""
    mine = coordinator()
    thing = request.form.get("thing", "")
    if thing not in ("organisation", "theme"):
        abort(400)
    records, made = LiveRecords(house().storage), ""

    def changes(network: Network) -> list[Change]:
        nonlocal made
        known = organisations.near(name, network) if thing == "organisation" else ()
        names = {text.casefold() for each in network.themes for text in (each.name.nl, each.slug)}
        if any(each.likeness == 1 for each in known) or (thing == "theme" and name.casefold() in names):
            raise Unclear(THERE_ALREADY)
        taken = {each.slug for each in (network.organisations if thing == "organisation" else network.themes)}
        made = _slug(name, taken)
        values = {"slug": made, "name": name} if thing == "organisation" else {"slug": made, "nl": name}
        return [Append(table=thing, values=values)]

    try:
        name = one_line(request.form.get("name", ""), NO_NAME, most=NAME_MAX_CHARS, too_long=LONG_NAME)
        records.change(NETWORK, merging.over_network(changes))
    except Unclear as problem:
        return _page(problem=str(problem)), 400
    except ArchiveError as error:
        sentence, status = why_not(error)
        return _page(problem=sentence), status
    note(mine, f"{thing} added", made, {})
    house().catch_up()
    return redirect(url_for(f"editing.{thing}", slug=made), code=303)


@blueprint.post("/join")
def join() -> ResponseReturnValue:
    """Let an unknown name be one of an organisation."""
    mine, records = coordinator(), LiveRecords(house().storage)
    name, slug = request.form.get("unknown", ""), request.form.get("slug", "")

    def known(network: Network) -> list[Change]:
        if slug not in {each.slug for each in network.organisations}:
            raise UsageError("the organisation is gone")
        return organisations.join(name, slug)

    try:
        if not any(each.name == name for each in organisations.unknown(merging.named_in(records), records.network())):
            return back_with(_("Deze naam is al bekend. Er is niets veranderd."), url_for("network.page"))
        merging.refuse_both(records, name, slug)
        records.change(NETWORK, merging.over_network(known))
        merging.rename(records, name, slug)
    except ArchiveError as error:
        return back_with(why_not(error, gone=str(BOTH_NAMED))[0], url_for("network.page"))
    note(mine, "organisation joined", slug, {})
    return done(_("Bewaard. Deze naam hoort nu bij de organisatie."), url_for("network.page"))


@blueprint.post("/merge")
def merge() -> ResponseReturnValue:
    """Let an organisation go on as another; asked once more, for its accounts then read what both may read."""
    mine, records = coordinator(), LiveRecords(house().storage)
    gone, into = request.form.get("gone", ""), request.form.get("into", "")
    try:
        names = {each.slug: each.name for each in records.network().organisations}
        if gone == into or not {gone, into} <= names.keys():
            return _page(problem=str(NO_TWO)), 400
        agreed = mark(f"{gone} {into}")
        if request.form.get("confirm") != agreed:
            return _page(confirm=agreed, asked=(names[gone], names[into]))
        merged = merging.merge(records, house().accounts, gone, into, now=house().clock(), by=mine.actor)
    except ArchiveError as error:
        sentence, status = why_not(error, gone=str(BOTH_NAMED))
        return _page(problem=sentence), status
    note(mine, "organisation merged", into, {"gone": gone, "records": merged.records, "accounts": merged.accounts})
    return done(
        _("Samengevoegd: “%(gone)s” is nu “%(into)s”.", gone=names[gone], into=names[into]), url_for("network.page")
    )


def _page(*, problem: str = "", confirm: str = "", asked: tuple[str, str] = ("", "")) -> str:
    records = LiveRecords(house().storage)
    try:
        network = records.network()
    except ArchiveError as error:
        network, problem = Network(), problem or why_not(error)[0]
    by_name = sorted(network.organisations, key=lambda each: each.name.casefold())
    return render_template(
        "edit_network.html",
        organisations=by_name,
        themes=sorted(network.themes, key=lambda each: wording.said(each.name).casefold()),
        choose=[("", _("Kies een organisatie")), *((each.slug, each.name) for each in by_name)],
        unknown=organisations.unknown(merging.named_in(records), network)[:UNKNOWN_SHOWN],
        given=request.form,
        problem=problem,
        confirm=confirm,
        asked=asked,
    )


def _slug(name: str, taken: Collection[str]) -> str:
    """
    >>> _slug("Façade & Zn. bv", {"facade-zn-bv"})
    'facade-zn-bv-2'
    """
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", letters)[:SLUG_MAX_CHARS].strip("-") or "naam"
    return next(slug for n in count(1) if (slug := base if n == 1 else f"{base}-{n}") not in taken)
