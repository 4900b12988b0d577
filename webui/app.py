"""The Flask application: what every page shares. One blueprint a subject; this module puts them together."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime

from flask import Flask, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from archive.catalog import CatalogUnreadable
from archive.errors import ArchiveError
from indexer.search.engine import BadCursor, IndexUnreadable
from indexer.search.finder import DocumentHit, Wanted
from indexer.search.query import QueryTooLong
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
    themes,
    unread,
)
from webui.addresses import words_of
from webui.house import House, house
from webui.teaching import STATIC_AGE_S, teach
from webui.visitor import access

SUBJECTS = (
    home,
    search,
    communities,
    projects,
    themes,
    companies,
    outcomes,
    documents,
    pictures,
    unread,
    about,
    language,
    api,
)
FOUND_BY_ADDRESS = 5

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
STATUSES: dict[type[ArchiveError], int] = {
    QueryTooLong: 400,
    BadCursor: 400,
    IndexUnreadable: 503,
    CatalogUnreadable: 503,
}


def create_app(opened: House) -> Flask:
    """Return the application over an opened archive."""
    app = Flask(__name__)
    app.extensions["estafette"] = opened
    app.json.sort_keys = False  # type: ignore[attr-defined]  # an answer reads in the order in which it is documented
    Babel(app, default_locale=language.DEFAULT, locale_selector=language.chosen_language)
    for subject in SUBJECTS:
        app.register_blueprint(subject.blueprint)
    app.before_request(_refuse_a_proxy_under_as)
    app.after_request(_harden)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(ArchiveError, _archive_error)
    app.register_error_handler(Exception, _unexpected)
    teach(app, opened)
    return app


def _refuse_a_proxy_under_as() -> tuple[str, int] | None:
    """Under `--as` a visitor must sit at this machine: behind a proxy the loopback address proves nothing."""
    if house().read_as is None:
        return None
    forwarded = any(
        name.lower().startswith(("x-forwarded", "forwarded", "x-real-ip", "via"))
        for name, _value in request.headers.items()
    )
    host = request.host.rsplit(":", 1)[0].strip("[]")
    if forwarded or host not in ("127.0.0.1", "localhost", "::1"):
        return _error(403, _("Dit archief is geopend voor één lezer op deze computer."), _("Hier kun je niet bij"))
    return None


def _harden(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if response.mimetype in ("text/html", "application/json"):
        response.headers.setdefault("Cache-Control", "private, no-cache")
    if response.mimetype == "text/html":
        response.headers["Content-Language"] = language.chosen_language()
        response.vary.update(("Accept-Language", "Cookie"))
    if request.endpoint == "static" and "v" in request.args and response.status_code == 200:
        response.headers["Cache-Control"] = f"public, max-age={STATIC_AGE_S}, immutable"
    return response


def _wants_json() -> bool:
    return request.path.startswith("/api/")


def _error(status: int, sentence: str, heading: str, **more: object) -> tuple[str, int]:
    return render_template("error.html", heading=heading, sentence=sentence, **more), status


def _not_found() -> tuple[str, int]:
    """An old or mistyped address still tells what somebody looked for: search for that."""
    words = words_of(request.path)
    found: tuple[DocumentHit, ...] = ()
    if words:
        with suppress(ArchiveError):  # the page must be there whatever is wrong with the index
            wanted = Wanted(text=words, limit=FOUND_BY_ADDRESS, facets=False, snippets=False)
            found = house().finder.find(wanted, access=access()).hits
    sentence = _("Op dit adres staat niets, of het is niet voor iedereen te zien.")
    return _error(404, sentence, _("Niet gevonden"), search=words, found=found)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:
        return Response.force_type(error.get_response(), request.environ)
    if _wants_json():
        return {"error": error.name}, status
    if status == 404:
        return _not_found()
    return _error(status, error.description or error.name, _("Dat ging niet"))


def _archive_error(error: ArchiveError) -> ResponseReturnValue:
    status = next((code for kind, code in STATUSES.items() if isinstance(error, kind)), 500)
    if _wants_json():
        return {"error": str(error)}, status
    if isinstance(error, QueryTooLong):
        return _error(
            status, _("Een zoekvraag heeft ten hoogste 2.000 tekens. Kort hem in."), _("Die vraag is te lang")
        )
    if isinstance(error, BadCursor):
        return _error(status, _("Dit vervolg hoort niet bij deze zoekvraag. Zoek opnieuw."), _("Dat ging niet"))
    if status == 503:
        sentence = _("Het archief wordt opnieuw ingelezen. Probeer het over een minuut nog eens.")
        return _error(status, sentence, _("Even geduld"))
    return _unexpected(error)


def _unexpected(error: Exception) -> ResponseReturnValue:
    """A fault of ours: a number for the reader, the traceback for the log."""
    number = f"{datetime.now():%H%M%S}-{id(error) % 0xFFFF:04x}"
    logging.getLogger("estafette").error("fault %s at %s", number, request.path, exc_info=error)
    if _wants_json():
        return {"error": f"internal fault {number}"}, 500
    return _error(500, _("Er ging iets mis aan onze kant. Meld nummer %(number)s.", number=number), _("Dat ging mis"))
