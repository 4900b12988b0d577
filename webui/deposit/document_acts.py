"""On the pages of documents and projects, for who may: handing in, a new version, the earlier ones, taking it back.

Parts of other subjects' pages: their templates ask for them (see `deposit_parts.html`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from archive.access import everything, today_in_amsterdam
from archive.deposit import versions
from archive.deposit.may import may_hand_in, may_restore, may_withdraw
from archive.deposit.versions import REASON_MAX_CHARS
from archive.errors import ArchiveError
from archive.model import Deliverable, DeliverableRecord, PreviousVersion, Project
from archive.records.live import LiveRecords
from webui import wording
from webui.addresses import document_url
from webui.deposit.depositors import depositor
from webui.deposit.form import may_replace
from webui.house import house
from webui.relay.deciding import Unclear, back_with, done, note, one_line, why_not
from webui.visitor import access, account, own_account, whole_access

NO_REASON = _l("Schrijf op waarom je dit intrekt.")
LONG_REASON = _l("Een reden heeft ten hoogste 300 tekens. Kort hem in.")
WITHDRAWN = _l("Ingetrokken. De bladzijde blijft staan en zegt dat.")
RESTORED = _l("Het document is terug.")

blueprint = Blueprint("document_acts", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """An earlier version as a reader may open it; `by`: the role of who replaced it."""

    version: PreviousVersion
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Acts:
    """What this visitor may do with a document, and which earlier versions they may open."""

    replace: bool = False
    withdraw: bool = False
    restore: bool = False
    number: int = 1
    earlier: tuple[Earlier, ...] = ()


@blueprint.app_context_processor
def _for_templates() -> dict[str, Callable[..., Any]]:
    return {"document_acts": document_acts, "may_deposit": may_deposit}


def may_deposit(shown: Project) -> bool:
    """Whether this visitor may hand in to a project of which they see the page."""
    mine = account()
    return mine is not None and mine.role != "partner" and depositor().project(shown.id) is not None


def document_acts(shown: Deliverable) -> Acts:
    """What this visitor may do with a document of whose page they see."""
    whole, project = _whole(shown.id)
    if whole is None or whole.url:
        return Acts()
    entry, mine = whole.record or DeliverableRecord(), account()
    # As this reader counts them: one that they may not have never was.
    seen = house().catalog.deliverable(shown.id, access=whole_access()) or shown
    number = seen.record.version if seen.record else 1
    by = {each.sha256: each.by for each in entry.previous}
    readable = versions.readable(seen, access=whole_access())
    earlier = tuple(Earlier(version=each, by=_role(by.get(each.sha256))) for each in readable)
    if mine is None or project is None or not _has_folder(whole):
        return Acts(number=number, earlier=earlier)
    permission = may_hand_in(mine, community=project.community, record=project.record)
    return Acts(
        replace=permission != "no" and may_replace(entry, asks=permission == "asks"),
        withdraw=entry.withdrawn is None
        and may_withdraw(mine, entry, community=project.community, record=project.record),
        restore=entry.withdrawn is not None and may_restore(mine),
        number=number,
        earlier=earlier,
    )


@blueprint.post("/deposit/withdraw")
def withdraw() -> ResponseReturnValue:
    """Take a document back, with a reason that everybody may read; or undo that."""
    mine, id = own_account(), request.form.get("id", "")
    seen = house().catalog.deliverable(id, access=access())
    acts = document_acts(seen) if seen else Acts()
    back, restores = document_url(id), request.form.get("verb") == "restore"
    if not (acts.restore if restores else acts.withdraw):
        abort(404)
    records, day = LiveRecords(house().storage), today_in_amsterdam(house().clock())
    try:
        if restores:
            versions.restore(records, id)
        else:
            reason = one_line(request.form.get("reason", ""), NO_REASON, most=REASON_MAX_CHARS, too_long=LONG_REASON)
            versions.withdraw(records, id, reason=reason, by=mine.email, day=day)
    except Unclear as problem:
        return back_with(problem, back)
    except ArchiveError as error:
        return back_with(why_not(error, gone=_("Dit document is er niet meer."))[0], back)
    note(mine, "restored" if restores else "withdrawn", id, {})
    return done(RESTORED if restores else WITHDRAWN, back)


def _whole(id: str) -> tuple[Deliverable | None, Project | None]:
    catalog, who = house().catalog, everything(today=access().today)
    found = catalog.deliverable(id, access=who)
    return found, catalog.project(found.project, access=who) if found else None


def _has_folder(deliverable: Deliverable) -> bool:
    return deliverable.id != deliverable.project


def _role(address: str | None) -> str:
    """Who did something, as a role: names are not for every reader."""
    found = house().accounts.by_email(address) if address else None
    return wording.role_name(found.role) if found else ""
