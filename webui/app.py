"""The Flask application: what every page shares. One blueprint a subject; this module puts them together."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from flask_babel import gettext as _

from webui import (
    about,
    api,
    communities,
    companies,
    documents,
    home,
    language,
    outcomes,
    pictures,
    projects,
    search,
    start_pack,
    themes,
    unread,
)
from webui.accounts import (
    consenting,
    inviting,
    joining,
    mailed_links,
    people,
    privacy,
    sessions,
    signing_in,
    single_sign_on,
)
from webui.asking import my_questions, proposed, question_form
from webui.compressing import compress
from webui.deposit import approving, document_acts, draft_page, sent_page, starting, uploads
from webui.deposit import mine as my_deposits
from webui.desk import counting, figures, newsletter, settling
from webui.desk import page as desk
from webui.editing import changing, network
from webui.errors import handle_errors, refusal
from webui.house import House, house
from webui.relay import agenda, handovers, open_ends, prior_work, proposals, question_decisions, relay_decisions, since
from webui.teaching import STATIC_AGE_S, teach
from webui.teams import dividing, handing_in, reminding
from webui.teams import page as my_teams
from webui.visitor import is_loopback

SUBJECTS = (
    home,
    search,
    prior_work,
    proposals,
    communities,
    agenda,
    start_pack,
    handovers,
    since,
    open_ends,
    projects,
    themes,
    companies,
    question_form,
    my_questions,
    proposed,
    outcomes,
    documents,
    pictures,
    unread,
    about,
    language,
    signing_in,
    mailed_links,
    single_sign_on,
    inviting,
    joining,
    consenting,
    people,
    privacy,
    question_decisions,
    relay_decisions,
    changing,
    network,
    starting,
    uploads,
    draft_page,
    sent_page,
    my_deposits,
    approving,
    document_acts,
    my_teams,
    handing_in,
    dividing,
    reminding,
    desk,
    settling,
    figures,
    newsletter,
    counting,
    api,
)

# Nothing is fetched from elsewhere and no script or style stands in a page.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)


def create_app(opened: House) -> Flask:
    """Return the application over an opened archive."""
    app = Flask(__name__)
    app.extensions["estafette"] = opened
    app.json.sort_keys = False  # type: ignore[attr-defined]  # an answer reads in the order in which it is documented
    Babel(app, default_locale=language.DEFAULT, locale_selector=language.chosen_language)
    sessions.set_up(app, opened)
    for subject in SUBJECTS:
        app.register_blueprint(subject.blueprint)
    app.before_request(_refuse_a_proxy_under_as)
    app.after_request(compress)  # the last to see an answer: they run in reverse order
    app.after_request(_harden)
    handle_errors(app)
    teach(app, opened)
    return app


def _refuse_a_proxy_under_as() -> ResponseReturnValue | None:
    """Under `--as` a visitor must sit at this machine: behind a proxy the loopback address proves nothing."""
    if house().read_as is None:
        return None
    forwarded = any(
        name.lower().startswith(("x-forwarded", "forwarded", "x-real-ip", "via"))
        for name, _value in request.headers.items()
    )
    if forwarded or not is_loopback(urlsplit(f"//{request.host}").hostname or ""):
        return refusal(403, _("Dit archief is geopend voor één lezer op deze computer."), _("Hier kun je niet bij"))
    return None


def _harden(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if request.endpoint != "static" and "private" not in response.headers.get("Cache-Control", ""):
        response.headers["Cache-Control"] = "private, no-cache"  # what one reader gets, no proxy keeps for another
    if response.mimetype == "text/html":
        response.headers["Content-Language"] = language.chosen_language()
        response.vary.update(("Accept-Language", "Cookie"))
    if request.endpoint == "static" and "v" in request.args and response.status_code == 200:
        response.headers["Cache-Control"] = f"public, max-age={STATIC_AGE_S}, immutable"
    return response
