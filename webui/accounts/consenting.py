"""Consent of people and agreement of companies: the links that ask for it, and the pages behind them, without an account.

A link says of its person only what nobody can read back (`archive.privacy.consent.reference`). It goes on working until its
day: who said yes must be able to say no. What was chosen is written in the record, and the indexer is told at once.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from archive.access import EMBARGO_ZONE, everything, reader, today_in_amsterdam
from archive.accounts.accounts import Account
from archive.accounts.links import Link
from archive.errors import AccessFailed
from archive.model import Deliverable, Involvement, Project, ProjectRecord, Visibility
from archive.paths import PROJECT
from archive.privacy import consent
from archive.privacy.consent import Place
from archive.records.editing import Change
from archive.records.live import LiveRecords, refuse
from archive.records.reading import UNREADABLE, read_project
from webui.accounts.inviting import inviter, may_invite
from webui.accounts.mailed_links import letter_text
from webui.addresses import requested_id, site_address
from webui.errors import refusal
from webui.house import house
from webui.overview import overview
from webui.visitor import account, own_account

LINK_FOR = timedelta(days=365)
LINK_USES = 1  # looking and choosing don't use it up
BY_MAX_CHARS = 120
LEVELS = (Visibility.CAMPUS, Visibility.PARTNER, Visibility.PUBLIC)

NO_CHOICE = _l("Kies ja of nee. Er is niets veranderd.")
NO_BY = _l("Vul in wie dit namens het bedrijf beslist.")
NOT_AS_PERSON = _l("Maak de link opnieuw: deze persoon staat er niet meer zo.")

blueprint = Blueprint("consenting", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A place as its page shows it: what the person decides about there, and how that stands."""

    place: Place
    title: str

    def field(self, purpose: str) -> str:
        return f"{self.place.key}:{purpose}"

    def chosen(self, purpose: str) -> str:
        return "yes" if self.place.consents_to(purpose) else "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a company's yes up to this level would open: documents, and those whose file stays for the schools."""

    level: Visibility
    whole: tuple[Deliverable, ...]
    record_only: tuple[Deliverable, ...]


@blueprint.get("/consents/<path:address>")
def project(address: str) -> ResponseReturnValue:
    """How consent and agreement of a project stand, for who may ask for them."""
    return _project_page(_askable(requested_id("/consents/")))


@blueprint.post("/consents/<path:address>")
def make(address: str) -> ResponseReturnValue:
    """Make a link for one person or one company of the project, and mail it or show it once."""
    found = _askable(requested_id("/consents/"))
    mine, record = inviter(), found.record or abort(404)
    company = request.form.get("company", "")
    if company:
        if company not in {each.organisation for each in record.companies}:
            abort(404)
        return give_link("agreement", {"project": found.id, "organisation": company}, to=None, back=found, by=mine)
    place = next(
        (each for each in live_places(f"{found.id}/{PROJECT}") if each.key == request.form.get("person")), None
    )
    if place is None:
        return _project_page(found, problem=str(NOT_AS_PERSON)), 409
    return give_link("consent", says_of(place), to=place.address, back=found, by=mine)


@blueprint.route("/consent/<token>", methods=["GET", "POST"])
def person(token: str) -> ResponseReturnValue:
    link = _link("consent", token)
    wanted = str(link.says["who"]) if link else ""
    found = _places_of(wanted, first=str(link.says["record"])) if link else []
    if not found:
        return _gone()
    return _decide(found, wanted, again=lambda: _places_of(wanted, first=found[0].place.record), by=consent.BY_LINK)


@blueprint.route("/account/consent", methods=["GET", "POST"])
def own() -> ResponseReturnValue:
    """The same, for who is signed in: the places that name their address."""
    mine = own_account()
    wanted = consent.reference_of(mine.email, key=house().link_key)
    return _decide(_places_of(wanted), wanted, again=lambda: _places_of(wanted), by=mine.actor)


@blueprint.route("/agreement/<token>", methods=["GET", "POST"])
def agreement(token: str) -> ResponseReturnValue:
    link = _link("agreement", token)
    id, slug = (str(link.says["project"]), str(link.says["organisation"])) if link else ("", "")
    found = house().catalog.project(id, access=everything(today=_today())) if link else None
    involved = _involved(_live_project(id), slug) if found else None
    if found is None or involved is None:
        return _gone()
    if request.method != "POST":
        return _agreement_page(found, involved)
    level, by = request.form.get("up_to", ""), " ".join(request.form.get("by", "").split())
    named = request.form.get("named", "")
    if level not in {each.value for each in LEVELS} or named not in ("yes", "no"):
        return _agreement_page(found, involved, problem=str(NO_CHOICE)), 400
    if not by or len(by) > BY_MAX_CHARS or not by.isprintable():
        return _agreement_page(found, involved, problem=str(NO_BY)), 400

    def decide(content: bytes) -> list[Change]:
        record, problems = read_project(content, f"{id}/{PROJECT}")
        record = record or refuse(problems)
        return consent.agreed(record, slug, up_to=Visibility(level), named=named == "yes", by=by, day=_today())

    LiveRecords(house().storage).change(f"{id}/{PROJECT}", decide)
    _note("agreement", id, {"organisation": slug, "up_to": level}, by=consent.BY_LINK)
    house().hurry()
    changed = _involved(_live_project(id), slug)
    return _agreement_page(found, changed or involved, done=_told(True))


def says_of(place: Place) -> dict[str, str]:
    """What a link to consent keeps of its person."""
    return {"who": consent.reference(place, key=house().link_key), "record": place.record}


def give_link(
    purpose: consent.LinkPurpose, says: dict[str, str], *, to: str | None, back: Project | None, by: Account
) -> ResponseReturnValue:
    """Make a link and mail it to its person; without mail, or for a company, show it once to hand over."""
    accounts, clock, server = house().accounts, house().clock, house().mail

    def give() -> str:
        now = clock()
        for older in accounts.links(purpose):
            if older.says == says:  # one that went to the wrong person is taken back by making another
                accounts.withdraw_link(older, now=now, by=by.actor)
        return accounts.give_link(purpose, says, until=now + LINK_FOR, uses=LINK_USES, now=now, by=by.actor)

    if server is not None and to:
        text = letter_text(
            _("Met deze link kies je wat het archief Estafette van jou mag laten zien:"),
            _("De link werkt een jaar. Je kunt je keuze altijd weer veranderen."),
        )
        house().outbox.put(
            lambda: server.send(to, _("Jouw naam in het archief"), text(f"{server.site}/consent/{give()}"))
        )
        return render_template("consent_link.html", url="", project=back, purpose=purpose)
    return render_template(
        "consent_link.html", url=f"{site_address()}/{purpose}/{give()}", project=back, purpose=purpose
    )


def may_ask(project: Project | None) -> bool:
    """Whether who is signed in makes the links of this project."""
    mine = account()
    return (
        project is not None
        and project.record is not None
        and project.community is not None
        and mine is not None
        and may_invite(mine, project.community)
    )


def _askable(id: str) -> Project:
    inviter()
    found = overview().projects.get(id)
    if found is None or not may_ask(found):
        abort(404)
    return found


def _project_page(found: Project, *, problem: str = "") -> str:
    record = _live_project(found.id) or found.record or abort(404)
    places = list(consent.project_places(found.id, record))
    known = {each.organisation for each in found.record.companies} if found.record else set()
    return render_template(
        "consents.html",
        project=found,
        places=places,
        nameless=len(record.team) - len(places),
        companies=[each for each in record.companies if each.organisation in known - {UNREADABLE}],
        all_named=all(each.consents_to("name") for each in places if each.name),
        problem=problem,
    )


def _decide(found: list[Asked], wanted: str, *, again: Callable[[], list[Asked]], by: str) -> ResponseReturnValue:
    """Show what a person may decide, or write down what was chosen."""
    if request.method != "POST":
        return render_template("consent.html", asked=found)
    choices = {
        (asked.place.record, asked.place.key, purpose): request.form.get(asked.field(purpose), "")
        for asked in found
        for purpose in asked.place.purposes
    }
    if any(chosen not in ("yes", "no") for chosen in choices.values()):
        return render_template("consent.html", asked=found, problem=str(NO_CHOICE)), 400
    records = LiveRecords(house().storage)
    changed: list[str] = []
    for id in dict.fromkeys(asked.place.record for asked in found):
        written: list[tuple[str, str, str]] = []

        def decide(content: bytes, id: str = id, written: list[tuple[str, str, str]] = written) -> list[Change]:
            changes, written[:] = [], []
            for place in consent.places_in(id, content):
                if not consent.is_of(place, wanted, key=house().link_key):
                    continue
                for purpose in place.purposes:
                    chosen = choices.get((id, place.key, purpose))
                    more = consent.decided(place, purpose, yes=chosen == "yes", day=_today()) if chosen else []
                    if more:
                        written.append((place.owner, purpose, "given" if chosen == "yes" else "withdrawn"))
                    changes += more
            return changes

        if not decide(records.content(id) or b""):
            continue
        records.change(id, decide)
        changed.append(id)
        for owner, purpose, what in written:
            _note(f"consent {what}", owner, {"for": purpose}, by=by)
    if changed:
        house().hurry()
    return render_template("consent.html", asked=again(), done=_told(bool(changed)))


def _places_of(wanted: str, *, first: str = "") -> list[Asked]:
    """All places of the archive that name a person, as the records are now; that of the link before the others."""
    catalog, access, key = house().catalog, everything(today=_today()), house().link_key
    projects = catalog.projects(access=access)
    titles = {f"{each.id}/{PROJECT}": each.title for each in projects}
    known: list[Place] = []
    for project in projects:
        known += consent.project_places(project.id, project.record) if project.record else ()
    for community in catalog.communities(access=access):
        known += consent.community_places(community.id, community.record) if community.record else ()
    known += consent.network_places(catalog.network(access=access))
    records = dict.fromkeys([first] if first else [])
    records.update(dict.fromkeys(place.record for place in known if consent.is_of(place, wanted, key=key)))
    return [
        Asked(place=place, title=titles.get(id) or _owner_name(place))
        for id in records
        for place in live_places(id)
        if consent.is_of(place, wanted, key=key)
    ]


def _owner_name(place: Place) -> str:
    if place.kind == "team":
        return str((_live_project(place.owner) or ProjectRecord(title=place.owner)).title)
    if place.kind == "community":
        return overview().community_name(place.owner)
    network = house().catalog.network(access=everything(today=_today()))
    return next((each.name for each in network.organisations if each.slug == place.owner), place.owner)


def live_places(id: str) -> tuple[Place, ...]:
    """The people of a record as it is on disk; none where it is gone or can't be read."""
    with suppress(AccessFailed):
        return consent.places_in(id, house().storage.read_record(id))
    return ()


def _live_project(id: str) -> ProjectRecord | None:
    with suppress(AccessFailed):
        return read_project(house().storage.read_record(f"{id}/{PROJECT}"), f"{id}/{PROJECT}")[0]
    return None


def _involved(record: ProjectRecord | None, slug: str) -> Involvement | None:
    return next((each for each in (record.companies if record else ()) if each.organisation == slug), None)


def _agreement_page(found: Project, involved: Involvement, *, problem: str = "", done: str = "") -> str:
    """What becomes visible to whom, of what the company may read of its own project."""
    record = _live_project(found.id) or found.record or abort(404)
    slug = involved.organisation
    own = reader("partner", today=_today(), company=slug)
    documents = house().catalog.deliverables_of(found.id, access=own)
    whole = {each.id: each for each in house().catalog.deliverables_of(found.id, access=everything(today=_today()))}
    openings = []
    for level in LEVELS[1:]:
        then = consent.with_agreement(record, slug, level)
        both = [(each, consent.levels(whole[each.id], then, default=house().default_visibility)) for each in documents]
        openings.append(
            Opening(
                level=level,
                whole=tuple(each for each, (_about, text) in both if text.width <= level.width),
                record_only=tuple(each for each, (about, text) in both if about.width <= level.width < text.width),
            )
        )
    network = house().catalog.network(access=everything(today=_today()))
    name = next((each.name for each in network.organisations if each.slug == slug), slug)
    return render_template(
        "agreement.html",
        project=found,
        record=record,
        company=name,
        involved=involved,
        openings={each.level.value: each for each in openings},
        others=len(record.companies) > 1,
        given=request.form,
        problem=problem,
        done=done,
    )


def _told(changed: bool) -> str:
    """When what was chosen was written, and when the site shows it."""
    if not changed:
        return str(_("Er is niets veranderd: je keuze stond al zo."))
    at = house().clock().astimezone(EMBARGO_ZONE)
    return str(_("Je keuze is vastgelegd om %(time)s. De site volgt binnen een minuut.", time=f"{at:%H.%M}"))


def _note(action: str, subject: str, says: dict[str, str], *, by: str) -> None:
    house().accounts.note(action, subject, says, now=house().clock(), by=by)


def _link(purpose: consent.LinkPurpose, token: str) -> Link | None:
    """What a token gives; never under `--as`, where nobody is somebody."""
    if house().read_as is not None:
        return None
    return house().accounts.link(purpose, token, now=house().clock())


def _gone() -> ResponseReturnValue:
    sentence = _("Deze link werkt niet meer. Vraag een nieuwe aan wie hem je gaf.")
    return refusal(404, sentence, _("Deze link werkt niet"))


def _today() -> date:
    return today_in_amsterdam(house().clock())
