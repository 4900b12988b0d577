"""One person's request, for the coordinator: what the archive holds about somebody, as a file to give, and its erasure.

A name is only ever sent in the body of a form: in an address it would end in logs and histories.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from archive.access import Access, everything, today_in_amsterdam
from archive.accounts.accounts import Account
from archive.deposit.draft import Draft
from archive.deposit.drafts import Drafts
from archive.privacy import consent, personal
from archive.privacy.erasures import Erasures, beside
from archive.privacy.forgetting import Mention, Somebody
from archive.privacy.personal import Erasure, Held
from archive.records.live import LiveRecords
from indexer.personal_data.naming_drafts import InDraftFiles, NamingDraftFile, Remembered, draft_files_naming
from indexer.personal_data.naming_files import NamingFile, files_naming, unread
from indexer.pictures import picture_path
from webui.accounts import consenting
from webui.house import house
from webui.pictures import FOLDER_NAME
from webui.visitor import coordinator

NAMES_MAX = 20
TEXT_MAX_CHARS = 120
ANSWER_S = 20.0  # who asks waits so long for what is in no index; the rest comes when they ask again
SHORTEST_NAME = 3  # what is shorter stands in half of all texts

NOBODY = _l("Vul een naam of een e-mailadres in, van minstens drie tekens.")
NOT_SURE = _l("Zet eerst het vinkje. Er is niets gewist.")
NOTHING = _l("Kies eerst wat er weg moet. Er is niets gewist.")

# How a file names somebody.
WHERE = {"text": _l("in de tekst"), "properties": _l("in de eigenschappen"), "name": _l("in de bestandsnaam")}

# What can be chosen to be erased; see `Erasure`.
CHOICES = ("records", "files", "drafts", "draft_files", "accounts", "askers", "begun")
_REMEMBERED = "estafette-remembered-drafts"

blueprint = Blueprint("privacy", __name__, url_prefix="/privacy")


@dataclass(frozen=True, slots=True, kw_only=True)
class OthersDraft:
    """What somebody else is handing in, or sent lately, as far as it names the person."""

    draft: Draft
    owner: Account | None
    mentions: tuple[Mention, ...]
    files: tuple[NamingDraftFile, ...]


class _Unclear(Exception):
    """Nobody can be meant by what was typed."""


@blueprint.get("")
def page() -> ResponseReturnValue:
    coordinator()
    return render_template("privacy.html", who=None)


@blueprint.post("")
def find() -> ResponseReturnValue:
    """All that is held about somebody."""
    mine = coordinator()
    try:
        return _found(_asked(), mine)
    except _Unclear as problem:
        return render_template("privacy.html", who=None, given=request.form, problem=str(problem)), 400


@blueprint.post("/export")
def export() -> ResponseReturnValue:
    """The same as a file, to give to who asked."""
    mine = coordinator()
    try:
        who = _asked()
    except _Unclear:
        abort(400)
    found, files = _held(who), _files(who)
    in_drafts = _in_draft_files(who, found)
    told = personal.as_json(
        found,
        files=[each.to_json() for each in files],
        draft_files=[each.to_json() for each in in_drafts.found],
        on=_today(),
    )
    house().accounts.note("person exported", "", now=house().clock(), by=mine.actor)
    answer = Response(json.dumps(told, ensure_ascii=False, indent=2) + "\n", mimetype="application/json")
    answer.headers["Content-Disposition"] = 'attachment; filename="inzage.json"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.post("/link")
def link() -> ResponseReturnValue:
    """A link with which somebody decides for themselves."""
    mine = coordinator()
    try:
        who = _asked()
    except _Unclear:
        abort(400)
    place = next((each for one in _held(who).records for each in _places(one.record, who) if _is_own(each, who)), None)
    if place is None:
        abort(404)
    return consenting.give_link("consent", consenting.says_of(place), to=place.address, back=None, by=mine)


@blueprint.post("/erase")
def erase() -> ResponseReturnValue:
    """Erase what was chosen, of what is held about somebody now."""
    mine = coordinator()
    try:
        who = _asked()
    except _Unclear as problem:
        return render_template("privacy.html", who=None, given=request.form, problem=str(problem)), 400
    if request.form.get("sure") != "yes":
        return _found(who, mine, problem=str(NOT_SURE)), 400
    wanted = _chosen(who, mine)
    if not any(getattr(wanted, each) for each in CHOICES):
        return _found(who, mine, problem=str(NOTHING)), 400
    opened, access = house(), everything(today=_today())
    shown = opened.catalog.deliverables(wanted.files, access=access).values()
    failed = personal.erase(
        wanted,
        records=LiveRecords(opened.storage),
        accounts=opened.accounts,
        catalog=opened.catalog,
        erasures=Erasures(opened.erasures or beside(opened.catalog.path.parent)),
        now=opened.clock(),
        day=_today(),
        by=mine.actor,
    )
    pictures = opened.catalog.path.parent / FOLDER_NAME
    for each in shown:
        if each.sha256:
            picture_path(pictures, each.sha256).unlink(missing_ok=True)
    opened.hurry()
    return render_template("erased.html", erased=wanted, failed=failed)


def _chosen(who: Somebody, mine: Account) -> Erasure:
    """What the form ticks, as far as it names this person; an own account is for another coordinator to erase."""
    found, files = _held(who), {each.id for each in _files(who)}
    all_records = [each.record for each in found.records]
    records = tuple(id for id in all_records if id in request.form.getlist("record"))
    drafts = tuple(each.draft.id for each in found.in_drafts if each.draft.id in request.form.getlist("draft"))
    draft_files = _in_draft_files(who, found).found
    accounts = {str(each.id) for each in found.accounts if each.id != mine.id}
    key = house().link_key
    return Erasure(
        who=who,
        records=records,
        everywhere=(len(records), len(drafts)) == (len(all_records), len(found.in_drafts)),
        files=tuple(id for id in dict.fromkeys(request.form.getlist("file")) if id in files),
        drafts=drafts,
        draft_files=tuple(
            (each.draft.id, each.file.key) for each in draft_files if each.address in request.form.getlist("draft-file")
        ),
        accounts=tuple(int(id) for id in dict.fromkeys(request.form.getlist("account")) if id in accounts),
        askers=frozenset(id for id in found.without_account if str(id) in request.form.getlist("asker")),
        begun=frozenset(each.key for each in found.begun if each.key in request.form.getlist("begun")),
        references=frozenset(consent.reference(each, key=key) for id in records for each in _places(id, who))
        | {consent.reference_of(address, key=key) for address in who.addresses},
    )


def _found(who: Somebody, mine: Account, *, problem: str = "") -> str:
    found, files = _held(who), _files(who)
    places = [place for each in found.records for place in _places(each.record, who)]
    given: Mapping[str, Any] = request.form
    in_draft_files = _in_draft_files(who, found)
    return render_template(
        "privacy.html",
        who=who,
        beside=personal.addresses_beside(LiveRecords(house().storage), house().accounts, who),
        found=found,
        files=files,
        others=_others(found, in_draft_files),
        unread=unread(house().catalog, access=_access()),
        unread_drafts=in_draft_files.unread,
        left=in_draft_files.left,
        can_be_asked=any(_is_own(place, who) for place in places),
        mine=mine,
        where=WHERE,
        given=given,
        problem=problem,
    )


def _asked() -> Somebody:
    """Whoever the form names, with the names that belong to the addresses. Raises _Unclear."""
    typed = [part.strip() for field in request.form.getlist("name") for part in field.replace("\n", ";").split(";")]
    names = [each for each in typed if each]
    addresses = [each.strip() for each in request.form.getlist("address") if each.strip()]
    told = [*names, *addresses]
    right = all(SHORTEST_NAME <= len(each) <= TEXT_MAX_CHARS and each.isprintable() for each in told)
    if not told or not right or len(told) > NAMES_MAX or not all("@" in each for each in addresses):
        raise _Unclear(NOBODY)
    return personal.widened(LiveRecords(house().storage), house().accounts, Somebody.of(names, addresses))


def _held(who: Somebody) -> Held:
    return personal.held(LiveRecords(house().storage), house().accounts, who)


def _files(who: Somebody) -> tuple[NamingFile, ...]:
    return files_naming(who, catalog=house().catalog, finder=house().finder, access=_access())


def _in_draft_files(who: Somebody, found: Held) -> InDraftFiles:
    remembered = current_app.extensions.setdefault(_REMEMBERED, Remembered())
    drafts, own = Drafts(house().catalog.path.parent), {each.id for each in found.accounts}
    return draft_files_naming(who, drafts=drafts, but=own, remembered=remembered, at_most_s=ANSWER_S)


def _others(found: Held, files: InDraftFiles) -> list[OthersDraft]:
    """By the day on which they were begun."""
    named = {each.draft.id: each for each in found.in_drafts}
    drafts = {each.draft.id: each.draft for each in files.found}
    drafts |= {id: each.draft for id, each in named.items()}
    return [
        OthersDraft(
            draft=draft,
            owner=house().accounts.find(draft.owner),
            mentions=named[id].mentions if id in named else (),
            files=tuple(each for each in files.found if each.draft.id == id),
        )
        for id, draft in sorted(drafts.items(), key=lambda pair: (pair[1].made, pair[0]))
    ]


def _places(record: str, who: Somebody) -> list[consent.Place]:
    return [each for each in consenting.live_places(record) if who.is_entry(each.name, each.address)]


def _is_own(place: consent.Place, who: Somebody) -> bool:
    """Whether a place has an address that is surely this person's: a namesake gets no link."""
    return Somebody(addresses=who.addresses).is_meant(place.address)


def _access() -> Access:
    return everything(today=_today())


def _today() -> date:
    return today_in_amsterdam(house().clock())
