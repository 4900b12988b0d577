"""The reader's language: what they chose, else what their browser asks for, else Dutch."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request
from flask.typing import ResponseReturnValue

from webui.addresses import is_local

LANGUAGES = {"nl": "Nederlands", "en": "English"}  # the first is the one of the texts in the code
DEFAULT = "nl"
COOKIE = "language"
COOKIE_AGE_S = 365 * 24 * 3600

blueprint = Blueprint("language", __name__)


def chosen_language() -> str:
    """The language of this request's page."""
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    return request.accept_languages.best_match(list(LANGUAGES), DEFAULT) or DEFAULT


def other_language() -> str:
    """The language that a reader may switch to."""
    return "en" if chosen_language() == "nl" else "nl"


@blueprint.post("/language")
def choose() -> ResponseReturnValue:
    """Remember the language and go back to the page."""
    language, back = request.form.get("language", ""), request.form.get("next", "/")
    if language not in LANGUAGES or not is_local(back):
        abort(400)
    response = redirect(back, code=303)
    response.set_cookie(COOKIE, language, max_age=COOKIE_AGE_S, samesite="Lax", httponly=True, secure=request.is_secure)
    return response
