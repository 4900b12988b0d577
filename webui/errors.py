"""What went wrong, told to readers: the one table from an error to its status and sentence, as a page or as JSON."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime

from flask import Flask, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import HTTPException, default_exceptions

from archive.catalog.catalog import CatalogUnreadable
from archive.errors import ArchiveError
from archive.records.editing import RecordNotEditable
from archive.relay.open_ends import UnknownContinuation
from indexer.search.engine import BadCursor, IndexUnreadable
from indexer.search.finder import DocumentHit, Wanted
from indexer.search.query import QueryTooLong
from webui.addresses import words_of
from webui.house import house
from webui.visitor import access

FOUND_BY_ADDRESS = 5

FAILED = _l("Dat ging niet")
UNCLEAR = _l("Dit verzoek klopt niet. Ga terug en probeer het opnieuw.")
READ_AGAIN = _l("Het archief wordt opnieuw ingelezen. Probeer het over een minuut nog eens.")

# An error of the archive -> its status, heading and sentence. Any other is a fault of ours.
ARCHIVE: dict[type[ArchiveError], tuple[int, object, object]] = {
    QueryTooLong: (
        400,
        _l("Die vraag is te lang"),
        _l("Een zoekvraag heeft ten hoogste 2.000 tekens. Kort hem in."),
    ),
    UnknownContinuation: (400, FAILED, _l("Dit vervolg hoort niet bij deze lijst. Begin opnieuw.")),
    BadCursor: (400, FAILED, _l("Dit vervolg hoort niet bij deze zoekvraag. Zoek opnieuw.")),
    RecordNotEditable: (
        409,
        FAILED,
        _l("In de beschrijving van dit project staat een fout. Er is niets veranderd. Vraag je docent om hulp."),
    ),
    IndexUnreadable: (503, _l("Even geduld"), READ_AGAIN),
    CatalogUnreadable: (503, _l("Even geduld"), READ_AGAIN),
}
# What HTTP itself refuses, by status; the framework's own sentences are English.
HTTP: dict[int, tuple[object, object]] = {
    401: (_l("Meld je aan"), _l("Voor deze bladzijde moet je zijn aangemeld.")),
    403: (_l("Hier kun je niet bij"), _l("Deze bladzijde is niet voor jou geopend.")),
    405: (FAILED, _l("Op dit adres kan dat niet. Ga terug en probeer het opnieuw.")),
    408: (FAILED, _l("Het duurde te lang. Probeer het opnieuw.")),
    413: (FAILED, _l("Dat is te groot om te ontvangen. Kies een kleiner bestand.")),
    416: (FAILED, _l("Dat stuk van het bestand is er niet. Open het bestand opnieuw.")),
    429: (_l("Even geduld"), _l("Dat ging te snel achter elkaar. Wacht een minuut en probeer het opnieuw.")),
    500: (_l("Dat ging mis"), _l("Er ging iets mis aan onze kant. Probeer het later nog eens.")),
    503: (_l("Even geduld"), _l("Het archief heeft het nu te druk. Probeer het over een minuut nog eens.")),
}

log = logging.getLogger("estafette")


def handle_errors(app: Flask) -> None:
    """Let the application answer whatever goes wrong in a reader's own words."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(ArchiveError, _archive_error)
    app.register_error_handler(Exception, _unexpected)


def wants_data() -> bool:
    """Whether this request is a program's, which gets its answers as JSON."""
    return request.path.startswith("/api/")


def refusal(status: int, sentence: object, heading: object = FAILED, **more: object) -> ResponseReturnValue:
    """An answer that something can't be, as the page or the data that was asked for."""
    if wants_data():
        return {"error": str(sentence)}, status
    return render_template("error.html", heading=heading, sentence=sentence, **more), status


def _http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if error.response is not None or status < 400:
        return Response.force_type(error.get_response(), request.environ)
    if status == 404:
        return _not_found()
    heading, sentence = HTTP.get(status) or (HTTP[500] if status > 500 else (FAILED, UNCLEAR))
    answer = current_app.make_response(refusal(status, _own_sentence(error) or sentence, heading))
    answer.headers.extend((name, value) for name, value in error.get_headers() if name != "Content-Type")
    return answer


def _own_sentence(error: HTTPException) -> str | None:
    """What a view of ours gave along to `abort`. What a library says is English."""
    framework = default_exceptions.get(error.code or 0)
    ours = type(error) is framework and error.description != framework.description
    return error.description if ours else None


def _not_found() -> ResponseReturnValue:
    """An old or mistyped address still tells what somebody looked for: search for that."""
    sentence = _("Op dit adres staat niets, of het is niet voor iedereen te zien.")
    words = "" if wants_data() else words_of(request.path)
    found: tuple[DocumentHit, ...] = ()
    if words:
        with suppress(ArchiveError):  # the page must be there whatever is wrong with the index
            wanted = Wanted(text=words, limit=FOUND_BY_ADDRESS, facets=False, snippets=False)
            found = house().finder.find(wanted, access=access()).hits
    return refusal(404, sentence, _("Niet gevonden"), search=words, found=found)


def _archive_error(error: ArchiveError) -> ResponseReturnValue:
    told = next((told for kind, told in ARCHIVE.items() if isinstance(error, kind)), None)
    if told is None:
        return _unexpected(error)
    status, heading, sentence = told
    return refusal(status, sentence, heading)


def _unexpected(error: Exception) -> ResponseReturnValue:
    """A fault of ours: a number for the reader, the traceback for the log."""
    number = f"{datetime.now():%H%M%S}-{id(error) % 0xFFFF:04x}"
    # The rule, not the address: that may hold the token of a link, or what somebody read.
    log.error("fault %s at %s %s", number, request.method, request.url_rule, exc_info=error)
    sentence = _("Er ging iets mis aan onze kant. Meld nummer %(number)s.", number=number)
    return refusal(500, sentence, _("Dat ging mis"))
