"""Signing in at one's school (OpenID Connect): to the provider and back, and which account that opens.

An account is found by what the provider calls the person. The first time by an address that the provider vouches for;
from then on an address says nothing, for a school may give it to somebody else. A join link makes an account for whoever
comes back without one; else the settings say whether one is made.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from archive.access import today_in_amsterdam
from archive.accounts.accounts import Account
from archive.accounts.identities import Identities
from archive.errors import AccountRefused
from webui.accounts.inviting import invitation
from webui.accounts.notices import tell
from webui.accounts.one_origin import ProviderAway
from webui.accounts.openid import AnswerRefused, Person, Provider
from webui.accounts.signing_in import BY_SCHOOL, begin
from webui.addresses import is_local, site_address
from webui.house import house

BEGUN, ARRIVED = "sso-begun", "sso-arrived"  # in the session: who is on the way, and who came back without an account
BEGUN_FOR = timedelta(minutes=20)
ARRIVED_FOR = timedelta(hours=1)
BEGUN_MAX = 3  # tabs of one browser; a cookie holds four kilobytes
ONWARD_MAX_CHARS = 400
TOKEN_BYTES, VERIFIER_BYTES = 24, 48
JOIN = "/join/"

NOT_BEGUN = _l("Deze aanmelding is al gebruikt, of duurde te lang. Begin opnieuw.")
STOPPED = _l("Het aanmelden is gestopt. Je bent niet aangemeld.")
AWAY = _l("Het aanmelden van je school doet het nu niet. Probeer het straks nog eens.")
NOT_TRUSTED = _l("Het antwoord van je school klopt niet. Je bent niet aangemeld. Begin opnieuw.")
OTHER_SCHOOL = _l("Je school doet hier niet mee. Vraag je docent om hulp.")
NO_ADDRESS = _l("Je school staat niet in voor je e-mailadres. Vraag je docent om een link om mee te doen.")
OTHER_PERSON = _l("Dit e-mailadres hoort hier bij een ander schoolaccount. Vraag de coördinator om hulp.")
# One sentence for no account, one that is closed and one that has ended.
NO_ACCOUNT = _l("Er is hier geen open account voor je. Vraag je docent om een link om mee te doen.")

log = logging.getLogger("estafette")
blueprint = Blueprint("single_sign_on", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    """A way to the provider and back. `nonce` and `verifier` show that the answer is to this browser's question."""

    nonce: str
    verifier: str
    onward: str


class _Refused(Exception):
    """Somebody can't come in like this; why is said in the reader's language."""


@blueprint.get("/login/school")
def leave() -> ResponseReturnValue:
    """To the provider."""
    provider, onward = _provider(), request.args.get("next", "")
    state, nonce = secrets.token_urlsafe(TOKEN_BYTES), secrets.token_urlsafe(TOKEN_BYTES)
    begun = _Begun(nonce=nonce, verifier=secrets.token_urlsafe(VERIFIER_BYTES), onward=_fit(onward))
    try:
        address = provider.address(back=_back(), state=state, nonce=nonce, verifier=begun.verifier)
    except ProviderAway as error:
        return _away(error, begun.onward)
    _remember(state, begun)
    return redirect(address, code=303)


@blueprint.get("/login/school/back")
def come_back() -> ResponseReturnValue:
    """From the provider, with a code that gives who it is."""
    provider, begun = _provider(), _taken(request.args.get("state", ""))
    if begun is None:
        return _failed(NOT_BEGUN, 400)
    if "code" not in request.args:
        return _failed(STOPPED, 400, begun.onward)
    try:
        person = provider.person(
            code=request.args["code"],
            told=request.args.get("iss"),
            back=_back(),
            nonce=begun.nonce,
            verifier=begun.verifier,
            now=house().clock(),
        )
        return _welcomed(provider, person, begun.onward)
    except ProviderAway as error:
        return _away(error, begun.onward)
    except AnswerRefused as error:
        log.warning("single sign-on: %s", error)
        return _failed(NOT_TRUSTED, 400, begun.onward)
    except _Refused as refused:
        return _failed(str(refused), 403, begun.onward)


@blueprint.get("/login/school/out")
def out() -> ResponseReturnValue:
    """Signed out here; the provider may still know this browser."""
    address = _provider().sign_out_address(back=site_address() + "/")
    return render_template("single_sign_on_out.html", address=address) if address else redirect(url_for("home.page"))


@blueprint.post("/login/school/other")
def somebody_else() -> ResponseReturnValue:
    """Join as somebody else than who came back."""
    session.pop(ARRIVED, None)
    onward = request.form.get("next", "")
    return redirect(onward if is_local(onward) else url_for("home.page"), code=303)


def arrived() -> Person | None:
    """Who came back from the provider with a join link and no account, a short while ago."""
    kept = session.get(ARRIVED)
    if kept is None or house().clock() > datetime.fromisoformat(kept["at"]) + ARRIVED_FOR:
        return None
    return Person(issuer=kept["issuer"], subject=kept["subject"], email=kept["email"], name=kept["name"], verified=True)


def account_of(person: Person) -> Account | None:
    """The account that this person may use, open or not. Raises AccountRefused when it is somebody else's."""
    accounts, identities = house().accounts, Identities(house().accounts.file)
    id = identities.account(person.issuer, person.subject)
    found = accounts.find(id) if id is not None else accounts.by_email(person.email)
    if id is None and found is not None and any(each.issuer == person.issuer for each in identities.of([found.id])):
        raise AccountRefused("taken", "the account with this address is another's at the provider")
    return found


def settle(person: Person, mine: Account) -> None:
    """Let this person sign in to the account from now on; for who has just signed in to it."""
    Identities(house().accounts.file).link(mine.id, person.issuer, person.subject, now=house().clock())
    session[BY_SCHOOL] = True


def _welcomed(provider: Provider, person: Person, onward: str) -> ResponseReturnValue:
    if not provider.admits(person):
        raise _Refused(OTHER_SCHOOL)
    try:
        found = account_of(person) if person.verified else _known(person)
    except AccountRefused as error:
        raise _Refused(OTHER_PERSON) from error
    today = today_in_amsterdam(house().clock())
    if found is None and not (person.verified and person.email):
        raise _Refused(NO_ADDRESS)
    if found is not None and found.active(today):
        return _entered(person, found, onward)
    if found is not None and found.disabled:
        raise _Refused(NO_ACCOUNT)
    if onward.startswith(JOIN) and invitation(onward.removeprefix(JOIN)) is not None:
        said = {"issuer": person.issuer, "subject": person.subject, "email": person.email, "name": person.name}
        session[ARRIVED] = {**said, "at": house().clock().isoformat()}
        return redirect(onward, code=303)
    if found is None and provider.makes_accounts and person.role is not None:
        return _entered(person, _made(person, person.role), onward)
    raise _Refused(NO_ACCOUNT)


def _known(person: Person) -> Account | None:
    """The account of somebody who was here before: their address need not be vouched for again."""
    id = Identities(house().accounts.file).account(person.issuer, person.subject)
    return None if id is None else house().accounts.find(id)


def _made(person: Person, role: str) -> Account:
    """A new account, in no community. Raises _Refused."""
    accounts, now = house().accounts, house().clock()
    try:
        return accounts.add(email=person.email, role=role, name=person.name, now=now, by="single sign-on")
    except AccountRefused as error:  # no address, or made at the same moment in another tab
        raise _Refused(NO_ADDRESS if error.code == "email" else NOT_BEGUN) from error


def _entered(person: Person, mine: Account, onward: str) -> ResponseReturnValue:
    new = _known(person) is None
    identities = Identities(house().accounts.file)
    if not identities.link(mine.id, person.issuer, person.subject, now=house().clock()):
        raise _Refused(OTHER_PERSON)
    begin(mine)
    session[BY_SCHOOL] = True
    if new and mine.has_password:  # who had a password hears that there is another way in
        tell(mine, _("Je kunt je bij Estafette nu ook aanmelden met je schoolaccount."))
    return redirect(onward or url_for("home.page"), code=303)


def _remember(state: str, begun: _Begun) -> None:
    """Keep a way in the session, beside those of other tabs; the oldest goes."""
    kept = dict(session.get(BEGUN, {}))
    kept[state] = [begun.nonce, begun.verifier, begun.onward, house().clock().isoformat()]
    session[BEGUN] = dict(sorted(kept.items(), key=lambda each: str(each[1][3]))[-BEGUN_MAX:])


def _taken(state: str) -> _Begun | None:
    """The way that comes back with this state; it is good once."""
    kept = dict(session.get(BEGUN, {}))
    found = kept.pop(state, None)
    session[BEGUN] = kept
    if found is None or house().clock() > datetime.fromisoformat(found[3]) + BEGUN_FOR:
        return None
    return _Begun(nonce=found[0], verifier=found[1], onward=found[2])


def _away(error: ProviderAway, onward: str) -> ResponseReturnValue:
    log.warning("single sign-on: %s", error)
    return _failed(AWAY, 503, onward)


def _failed(sentence: object, status: int, onward: str = "") -> ResponseReturnValue:
    return render_template("single_sign_on_failed.html", sentence=sentence, onward=onward), status


def _fit(onward: str) -> str:
    """Where to go afterwards: on this site only, and short enough for a cookie."""
    return onward if is_local(onward) and len(onward) <= ONWARD_MAX_CHARS else ""


def _back() -> str:
    """Where the provider sends a browser back to; it knows this address."""
    return site_address() + url_for("single_sign_on.come_back")


def _provider() -> Provider:
    return (house().provider if house().read_as is None else None) or abort(404)
