"""Who is signed in: the session's cookie, and what keeps a form from being sent by another site.

A session names an account and its epoch, so that ending all sessions is one number more, and itself, so that it can be
ended alone. Everything is asked of the accounts on each request: what was taken away is gone at once.
"""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import urlsplit

from flask import Flask, Request, current_app, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager, UserMixin, login_user
from flask_wtf import CSRFProtect
from werkzeug.exceptions import Forbidden
from werkzeug.middleware.proxy_fix import ProxyFix

from archive.access import today_in_amsterdam
from archive.accounts import ended
from archive.accounts.accounts import Account
from archive.accounts.links import new_token
from webui.house import House

SESSION_AGE = timedelta(days=14)  # of not being used
COOKIE = "estafette"
TOKEN, DAY = "csrf_token", "day"  # in the session: what its forms are signed for, and when its cookie was last renewed


class SignedIn(UserMixin):  # type: ignore[misc]  # the library gives no types
    """An account as Flask-Login carries it, and which of its sessions this is: a new one unless it is told."""

    def __init__(self, account: Account, session: str = "") -> None:
        self.account, self.session = account, session or new_token()

    def get_id(self) -> str:
        return f"{self.account.id}.{self.account.epoch}.{self.session}"


class _Cookie(SecureCookieSessionInterface):
    """Secure wherever the site is reached over HTTPS, and then bound to its host and path by the name (RFC 6265bis)."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure

    def get_cookie_name(self, app: Flask) -> str:
        return f"__Host-{COOKIE}" if request.is_secure else COOKIE

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """When it changed, and once a day: a page that was on its way must not bring back the session of before."""
        today = _today(app.extensions["estafette"]).isoformat()
        if session.permanent and session.get(DAY) != today:
            session[DAY] = today
        return session.modified


def set_up(app: Flask, opened: House) -> None:
    """Give the application its sessions."""
    app.secret_key = opened.secret
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=SESSION_AGE,
        WTF_CSRF_FIELD_NAME=TOKEN,
        WTF_CSRF_TIME_LIMIT=None,  # a form that stood open overnight is still good; the token is the session's
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_SSL_STRICT=False,  # asks for a Referer, which some browsers are set not to send; see _from_elsewhere
    )
    app.session_interface = _Cookie()
    if opened.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=opened.proxies, x_proto=opened.proxies, x_host=opened.proxies
        )
    manager = LoginManager()
    manager.session_protection = None  # a phone changes its address in the train
    manager.user_loader(_signed_in)
    manager.init_app(app)
    tokens = CSRFProtect()
    tokens.init_app(app)

    def check() -> None:
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return
        if _from_elsewhere(request):
            raise Forbidden
        if request.endpoint not in app.extensions["estafette-without-token"]:
            tokens.protect()

    app.extensions["estafette-without-token"] = {"language.choose", "prior_work.page", "prior_work.asked"}
    app.before_request(check)


def begin(account: Account) -> None:
    """Start a session; nothing of the one before it stays (session fixation).

    It has its token from the start: of two pages that are opened at once neither chooses another than the other's.
    """
    session.clear()
    session.permanent = True
    session[TOKEN] = new_token()
    login_user(SignedIn(account))


def _signed_in(id: str) -> SignedIn | None:
    opened: House = current_app.extensions["estafette"]
    number, _, rest = id.partition(".")
    epoch, _, own = rest.partition(".")
    account = opened.accounts.find(int(number)) if number.isdecimal() and own else None
    if account is None or str(account.epoch) != epoch or ended.has_ended(opened.accounts.file, own):
        return None
    return SignedIn(account, own) if account.active(_today(opened)) else None


def _today(opened: House) -> date:
    return today_in_amsterdam(opened.clock())


def _from_elsewhere(asked: Request) -> bool:
    """Whether a browser sent this from another site; programs, which say nothing of it, are not browsers."""
    site = asked.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = asked.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != asked.host
