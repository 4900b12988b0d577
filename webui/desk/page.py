"""The coordinator's desk: what waits, in short lists, each line with the link that settles it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from textwrap import shorten
from typing import Any

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from archive.accounts.accounts import Account
from archive.accounts.settled import settled
from archive.errors import ArchiveError
from archive.figures.yearly import year_on
from archive.model import CommunityRecord, Contact, ProjectRecord
from archive.network import organisations
from archive.paths import COMMUNITY, NETWORK
from archive.privacy.publishing import NotPublishable, Obstacle, published, version_of
from archive.records.editing import At, Change
from archive.records.live import LiveRecords, refuse
from archive.records.project_keeping import write_project
from archive.records.reading import read_community, read_network
from webui import wording
from webui.asking.letters import failed_mail
from webui.asking.proposed import proposed_questions
from webui.desk import state, waiting
from webui.desk.lists import Listing, lists_of
from webui.desk.waiting import SHOWN, Waiting
from webui.house import house
from webui.overview import Overview, overview
from webui.relay.deciding import back_with, done, note, why_not
from webui.visitor import coordinator

LISTED = 100  # on a page of its own; what was settled makes room for the next
TITLE_TOLD_CHARS = 80
REFUSED_TOLD = 5  # what a next page tells goes along in a cookie, which holds 4 KB

# Why an outcome can't be for everybody yet, and what is to be done.
OBSTACLES: dict[Obstacle, object] = {
    "no-outcome": _l("Er staat nog geen opbrengst."),
    "narrower": _l("Iemand koos voor minder lezers."),
    "agreement": _l("Nog niet elk bedrijf zei ja."),
    "company-named": _l("De tekst noemt een bedrijf dat niet genoemd wil worden."),
    "person-named": _l("De tekst noemt iemand zonder toestemming."),
    "changed": _l("De tekst is net veranderd. Lees hem opnieuw."),
}
NOTHING_TICKED = _l("Vink eerst aan wat openbaar mag. Er is niets veranderd.")
NO_CONTACT = _l("Deze contactpersoon staat er niet meer zo. Er is niets veranderd.")

blueprint = Blueprint("desk", __name__)


@blueprint.app_context_processor
def _for_templates() -> dict[str, Callable[..., Any]]:
    return {
        "lacking": lambda projects: waiting.missing(overview(), projects),
        "failure": lambda unread: wording.FAILURES.get(unread.code, unread.reason),
    }


@dataclass(slots=True)
class _Kept:
    """What waits, for as long as the archive stays as it is: looked up anew with each overview of the coordinator."""

    seen: Overview
    waits: Waiting


@blueprint.get("/desk")
def page() -> ResponseReturnValue:
    coordinator()
    seen, opened = overview(), house()
    return render_template(
        "desk.html",
        publishable=waits().publishable,
        lists=all_lists(),
        shown=SHOWN,
        questions=proposed_questions(),
        obstacles=OBSTACLES,
        problems=len(opened.catalog.problems(access=seen.access)),
        installation=state.installation(opened),
        failed_mail=failed_mail(),
        size=wording.size_name,
        year=year_on(seen.access.today),
    )


@blueprint.route("/desk/outcomes", methods=["GET", "POST"])
def outcomes() -> ResponseReturnValue:
    """The finished projects without a public outcome: several can be published at once."""
    mine = coordinator()
    if request.method == "POST":
        return _publish(mine)
    found = waits()
    return render_template(
        "desk_outcomes.html",
        publishable=[(each, version_of(each.record)) for each in found.publishable[:LISTED] if each.record],
        more=max(0, len(found.publishable) - LISTED),
        hindered=found.hindered[:LISTED],
        more_hindered=max(0, len(found.hindered) - LISTED),
        obstacles=OBSTACLES,
    )


@blueprint.post("/desk/calls")
def calls() -> ResponseReturnValue:
    """Write down that somebody was called."""
    return _confirm(coordinator())


def all_lists() -> dict[str, Listing]:
    """The lists of the desk, without what was settled."""
    seen, opened = overview(), house()
    return lists_of(
        waits(),
        state.unanswered(opened, seen),
        opened.catalog.failures(access=seen.access),
        state.people(opened, today=seen.access.today),
        settled(opened.accounts.file),
    )


def waits() -> Waiting:
    """What waits for the coordinator who asks."""
    seen = overview()
    kept: _Kept | None = current_app.extensions.get("estafette-desk")
    if kept is None or kept.seen is not seen:
        kept = _Kept(seen=seen, waits=waiting.look(seen, default=house().default_visibility))
        current_app.extensions["estafette-desk"] = kept
    return kept.waits


def _publish(mine: Account) -> ResponseReturnValue:
    """Open the outcomes that were ticked. Each value is the version that was read, and the project."""
    where = "/desk/outcomes"
    ticked = [each.partition(" ")[::2] for each in request.form.getlist("project")[:LISTED]]
    chosen = [(read, id) for read, id in ticked if id in overview().projects]
    if not chosen:
        return back_with(NOTHING_TICKED, where)
    records = LiveRecords(house().storage)
    opened: list[str] = []
    refused: list[str] = []
    for read, id in chosen:
        try:
            _open(records, id, read)
        except ArchiveError as error:
            because = OBSTACLES[error.obstacle] if isinstance(error, NotPublishable) else why_not(error)[0]
            refused.append(
                _(
                    "“%(title)s”: %(reason)s",
                    title=shorten(overview().projects[id].title, TITLE_TOLD_CHARS, placeholder=" …"),
                    reason=because,
                )
            )
        else:
            opened.append(id)
            note(mine, "outcome published", id, {"visibility": "public"})
    told = [
        ngettext("%(num)s opbrengst is nu voor iedereen.", "%(num)s opbrengsten zijn nu voor iedereen.", len(opened))
    ]
    if refused:
        told += [_("Niet openbaar gemaakt:"), *refused[:REFUSED_TOLD]]
    if len(refused) > REFUSED_TOLD:
        told.append(_("En nog %(count)s.", count=len(refused) - REFUSED_TOLD))
    return (done if opened else back_with)(" ".join(told if opened else told[1:]), where)


def _open(records: LiveRecords, id: str, read: str) -> None:
    """Judged over the records as they are at this moment. Raises NotPublishable and what writing raises."""
    found = overview().projects[id]
    network = records.network()
    community = _live_community(records, found.community)

    def changes(record: ProjectRecord | None) -> list[Change]:
        if record is None:
            raise NotPublishable("no-outcome")
        return published(
            record,
            read=read,
            community=community,
            network=network,
            default=house().default_visibility,
            today=overview().access.today,
        )

    write_project(records, id, changes)


def _live_community(records: LiveRecords, id: str | None) -> CommunityRecord | None:
    record = f"{id}/{COMMUNITY}"
    if id is None or not records.has(record):
        return None
    community, problems = read_community(records.content(record) or b"", record)
    return community or refuse(problems)


def _confirm(mine: Account) -> ResponseReturnValue:
    """Write down that a contact was called and is still the one."""
    kind, id, name = (request.form.get(field, "") for field in ("kind", "id", "name"))
    where, today = url_for("settling.page", name="calls"), overview().access.today
    if kind == "organisation" and id in overview().organisations:
        record: str = NETWORK
        at: At = organisations.at_organisation(id)
    elif kind == "community" and id in overview().communities:
        record, at = f"{id}/{COMMUNITY}", ()
    else:
        return back_with(NO_CONTACT, where)

    def decide(content: bytes) -> list[Change]:
        return organisations.confirm(at, organisations.the_one(_contacts(record, id, content), name, of=id), day=today)

    try:
        LiveRecords(house().storage).change(record, decide)
    except ArchiveError as error:
        return back_with(why_not(error, gone=str(NO_CONTACT))[0], where)
    note(mine, "contact confirmed", id, {})
    return done(_("%(name)s is bevestigd op %(day)s.", name=name, day=wording.day_name(today)), where)


def _contacts(record: str, id: str, content: bytes) -> tuple[Contact, ...]:
    """The contacts of an organisation or a community, as their record has them now."""
    if record == NETWORK:
        network, problems = read_network(content, record)
        known = (network or refuse(problems)).organisations
        return next((each.contacts for each in known if each.slug == id), ())
    community, problems = read_community(content, record)
    return (community or refuse(problems)).contacts
