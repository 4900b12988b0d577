"""A list of the desk as a whole, page by page; and the button by which a line needs no more looking at."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from archive.accounts.settled import put_back, settle
from archive.errors import ArchiveError
from archive.paths import printable
from webui.desk.lists import SETTLES, Listing, Name
from webui.desk.page import LISTED, OBSTACLES, all_lists
from webui.house import house
from webui.overview import overview
from webui.relay.deciding import back_to, back_with, note, why_not
from webui.visitor import coordinator

TITLES: Mapping[Name, object] = {
    "deposits": _l("Wacht op een docent"),
    "embargoes": _l("Binnenkort vrij"),
    "consents": _l("Wacht op een ja"),
    "unread": _l("Niet gelezen"),
    "handovers": _l("Overdracht ontbreekt"),
    "hindered": _l("Hier mist nog iets"),
    "accounts": _l("Accounts"),
    "calls": _l("Om te bellen"),
}
CHANGED = _l("Deze regel is net veranderd of verdwenen. Er is niets afgehandeld.")

blueprint = Blueprint("settling", __name__, url_prefix="/desk/lists")


@blueprint.app_context_processor
def _for_templates() -> dict[str, object]:
    return {"desk_titles": TITLES}


@blueprint.get("/<name>")
def page(name: str) -> ResponseReturnValue:
    coordinator()
    listing = _listing(name)
    typed = request.args.get("page", "1")
    pages = max(1, -(-len(listing) // LISTED))
    number = min(max(1, int(typed) if typed.isdecimal() and len(typed) < 6 else 1), pages)
    return render_template(
        "desk_list.html",
        listing=listing,
        lines=listing.waits[(number - 1) * LISTED : number * LISTED],
        number=number,
        pages=pages,
        previous=url_for("settling.page", name=name, page=number - 1) if number > 1 else None,
        next=url_for("settling.page", name=name, page=number + 1) if number < pages else None,
        obstacles=OBSTACLES,
    )


@blueprint.post("/<name>")
def change(name: str) -> ResponseReturnValue:
    """Settle a line as it was read, or let a settled one wait again."""
    mine = coordinator()
    listing, where = _listing(name), url_for("settling.page", name=name)
    if listing.name not in SETTLES:
        abort(404)
    subject, back, file = request.form.get("subject", ""), request.form.get("verb") == "back", house().accounts.file
    lines = listing.settled if back else listing.waits
    line = next((each for each in lines if each.subject == subject), None)
    if line is None or (not back and line.stood != request.form.get("stood")):
        return back_with(CHANGED, where)
    try:
        if back:
            put_back(file, name, subject)
        else:
            settle(file, name, subject, line.stood, day=overview().access.today)
    except ArchiveError as error:
        return back_with(why_not(error)[0], where)
    note(mine, "desk line put back" if back else "desk line settled", printable(f"{name} {line.named}"), {})
    settled = _("Afgehandeld. Onderaan deze lijst zet je hem terug. Verandert er iets, dan komt hij vanzelf.")
    flash(_("De regel wacht weer op je.") if back else settled, "status")
    return redirect(back_to(where), code=303)  # no `done`: nothing in the archive changed, so nothing is waited for


def _listing(name: str) -> Listing:
    found = all_lists().get(name)
    return found if found is not None else abort(404)  # one in which nothing waits is there, too
