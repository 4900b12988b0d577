"""Signing in and out, the first coordinator, a forgotten password, and an account's own page."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, logout_user

from archive.access import today_in_amsterdam
from archive.accounts import ended
from archive.accounts.accounts import Account
from archive.errors import AccountRefused
from webui.accounts import sessions
from webui.accounts.limiting import too_many, used
from webui.accounts.notices import tell
from webui.accounts.sessions import SESSION_AGE, SignedIn
from webui.addresses import is_local
from webui.house import house
from webui.visitor import account, own_account
from webui.wording import refusal

FIRST_USES = 1
BY_SCHOOL = "sso"  # in the session of who came by single sign-on

blueprint = Blueprint("signing_in", __name__)


@blueprint.get("/login")
def page() -> ResponseReturnValue:
    if account() is not None:
        return redirect(_onward())
    return render_template("login.html", onward=request.args.get("next", ""))


@blueprint.post("/login")
def sign_in() -> ResponseReturnValue:
    """One sentence for every way to fail: an address tells nobody whether it has an account."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    if too_many(email):
        sentence = _("Dat ging te vaak mis. Wacht een minuut en probeer het nog eens.")
        return render_template("login.html", problem=sentence, email=email, onward=request.form.get("next", "")), 429
    found = house().accounts.check_password(email, password, today=_today())
    if found is None:
        used(email)
        sentence = _("Dit e-mailadres en dit wachtwoord horen niet bij elkaar. Kijk ze nog eens na.")
        return render_template("login.html", problem=sentence, email=email, onward=request.form.get("next", "")), 401
    begin(found)
    return redirect(_onward(), code=303)


@blueprint.post("/logout")
def sign_out() -> ResponseReturnValue:
    """End this session, here and for whoever has a copy of its cookie."""
    if isinstance(user := current_user._get_current_object(), SignedIn):
        ended.end(house().accounts.file, user.session, age=SESSION_AGE, now=house().clock())
    by_school = session.get(BY_SCHOOL) and house().provider is not None
    logout_user()
    session.clear()
    return redirect(url_for("single_sign_on.out" if by_school else "home.page"), code=303)


@blueprint.route("/first/<token>", methods=["GET", "POST"])
def first(token: str) -> ResponseReturnValue:
    """The link that the first start shows on its terminal makes the coordinator, once."""
    accounts, now = house().accounts, house().clock()
    if accounts.any() or accounts.link("first", token, now=now) is None:
        abort(404)
    if request.method != "POST":
        return render_template("first.html", heading=_("Word coördinator van dit archief"))
    try:
        made = accounts.add(
            email=request.form.get("email", ""),
            role="coordinator",
            name=request.form.get("name", ""),
            password=request.form.get("password", ""),
            now=now,
            by="first start",
        )
    except AccountRefused as error:
        heading = _("Word coördinator van dit archief")
        return render_template("first.html", heading=heading, problem=refusal(error), given=request.form), 400
    accounts.use_link("first", token, now=now)
    begin(made)
    return redirect(url_for("home.page"), code=303)


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
def reset(token: str) -> ResponseReturnValue:
    """Choose a new password with a link from a teacher or the coordinator."""
    accounts, now = house().accounts, house().clock()
    link = accounts.link("reset", token, now=now)
    whose = accounts.find(link.says["account"]) if link else None
    if link is None or whose is None:
        abort(404)
    if request.method != "POST":
        return render_template("reset.html", email=whose.email)
    try:
        accounts.set_password(whose.id, request.form.get("password", ""), now=now, by=whose.actor)
    except AccountRefused as error:
        return render_template("reset.html", email=whose.email, problem=refusal(error)), 400
    accounts.use_link("reset", token, now=now)
    _tell_of_password(whose)
    renewed = accounts.find(whose.id)
    if renewed is not None and renewed.active(_today()):
        begin(renewed)
    return redirect(url_for("home.page"), code=303)


@blueprint.get("/account")
def own() -> ResponseReturnValue:
    return render_template("account.html", account=own_account(), done=request.args.get("done", ""))


@blueprint.post("/account/password")
def change_password() -> ResponseReturnValue:
    """A new password, for who knows the old one: a session left open on a school's computer is not enough."""
    mine, accounts = own_account(), house().accounts
    old, new = request.form.get("old", ""), request.form.get("password", "")
    if too_many(mine.email):
        problem = _("Dat ging te vaak mis. Wacht een minuut en probeer het nog eens.")
        return render_template("account.html", account=mine, problem=problem), 429
    if mine.has_password and accounts.check_password(mine.email, old, today=_today()) is None:
        used(mine.email)
        problem = _("Je oude wachtwoord klopt niet. Er is niets veranderd.")
        return render_template("account.html", account=mine, problem=problem), 400
    try:
        accounts.set_password(mine.id, new, now=house().clock(), by=mine.actor)
    except AccountRefused as error:
        return render_template("account.html", account=mine, problem=refusal(error)), 400
    _tell_of_password(mine)
    renewed = accounts.find(mine.id)
    if renewed is not None:
        begin(renewed)
    return redirect(url_for("signing_in.own", done="password"), code=303)


@blueprint.post("/account/sessions")
def end_sessions() -> ResponseReturnValue:
    """Sign out everywhere, here too."""
    mine = own_account()
    house().accounts.end_sessions(mine.id, now=house().clock(), by=mine.actor)
    return sign_out()


def begin(found: Account) -> None:
    """Sign somebody in, here."""
    sessions.begin(found)
    house().accounts.seen(found.id, _today())


def _tell_of_password(whose: Account) -> None:
    tell(whose, _("Je wachtwoord bij Estafette is veranderd. Op andere apparaten ben je afgemeld."))


def _onward() -> str:
    """The page that asked to sign in, on this site only."""
    wanted = request.values.get("next", "")
    return wanted if wanted and is_local(wanted) else url_for("home.page")


def _today() -> date:
    return today_in_amsterdam(house().clock())
