"""A deliverable: its landing page, the file itself, and its text to read."""

from __future__ import annotations

import mimetypes
import os
import re
from collections.abc import Callable
from typing import BinaryIO
from urllib.parse import quote

from flask import Blueprint, Response, abort, redirect, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from archive.access import Access
from archive.deposit.versions import NoSuchVersion, open_version
from archive.errors import AccessFailed
from archive.model import Deliverable
from archive.records.assembly import is_withdrawn
from webui import reading
from webui.addresses import document_url, requested_id
from webui.bytes import NotReadYet, open_bytes
from webui.deliverable import landing, tombstone
from webui.house import house
from webui.visitor import access, whole_access

# What a browser may show on our origin; everything else is handed over as a download.
INLINE = {
    "application/pdf": "application/pdf",
    "image/png": "image/png",
    "image/jpeg": "image/jpeg",
    "text/plain": "text/plain",
}

# The worker of pdf.js decodes scans with WebAssembly. A worker obeys the policy of its own script: pages keep theirs.
_WORKER = "/pdf.worker.min.mjs"
WORKER_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"

CHANGED = _l("Dit bestand is net veranderd en wordt opnieuw ingelezen. Probeer het over een minuut nog eens.")

blueprint = Blueprint("documents", __name__)


@blueprint.after_app_request
def _let_the_worker_decode(response: Response) -> Response:
    if request.endpoint == "static" and request.path.endswith(_WORKER):
        response.headers["Content-Security-Policy"] = WORKER_POLICY
    return response


@blueprint.get("/documents/<path:address>")
def document(address: str) -> ResponseReturnValue:
    """Landing page or one of `VIEWS`: an id may itself end like that, so the id that exists goes first."""
    who = access()
    id = requested_id("/documents/")
    found = house().catalog.deliverable(id, access=who)
    if found is not None:
        return landing(found, who)
    stem, _slash, last = id.rpartition("/")
    if stem and last in VIEWS:
        found = house().catalog.deliverable(stem, access=who)
        if found is not None:
            if is_withdrawn(found) and not who.sees_everything:
                return tombstone(found, who)
            return VIEWS[last](found, who)
        id = stem
    moved = house().catalog.current_address(id, access=who)
    if moved is None:
        abort(404)
    suffix = f"/{last}" if id == stem else ""
    query = "?" + request.query_string.decode("latin-1") if request.query_string else ""
    return redirect(document_url(moved) + suffix + query, code=301)


def file(deliverable: Deliverable, who: Access) -> ResponseReturnValue:
    """The bytes. HTML and whatever else a browser would run is never shown on our origin."""
    if deliverable.url or not who.reads(deliverable.text_audience):
        abort(404)
    if "version" in request.args:
        return _version(deliverable.id)
    try:
        stream = open_bytes(deliverable)
    except NotReadYet:
        house().hurry()
        abort(503, str(CHANGED))
    except AccessFailed:
        abort(404)
    return _sent(stream, deliverable.id.rsplit("/", 1)[-1], deliverable.sha256)


def _version(id: str) -> ResponseReturnValue:
    """The bytes that a deliverable had before, for those who may have these."""
    who = whole_access()
    deliverable = house().catalog.deliverable(id, access=who) or abort(404)
    number = request.args.get("version", 0, type=int)
    if deliverable.record is not None and number == deliverable.record.version:
        return redirect(document_url(deliverable.id) + "/file", code=302)
    try:
        stream, version = open_version(house().storage, deliverable, number, access=who)
    except (NoSuchVersion, AccessFailed):
        abort(404)
    return _sent(stream, (version.file or deliverable.id).rpartition("/")[2], version.sha256)


def _sent(stream: BinaryIO, name: str, sha256: str | None) -> Response:
    guessed, packed = mimetypes.guess_type(name)
    guessed = "application/octet-stream" if guessed is None or packed else guessed
    shown = INLINE.get(guessed) if "download" not in request.args else None
    size = os.fstat(stream.fileno()).st_size
    response = send_file(stream, mimetype=shown or "application/octet-stream", etag=sha256 or False, max_age=0)
    # A file's length is not known to Flask when it gets a stream; without it no part can be asked for.
    response.content_length = size
    response.make_conditional(request.environ, accept_ranges=True, complete_length=size)
    response.headers["Content-Disposition"] = _disposition("inline" if shown else "attachment", name)
    if guessed != "application/pdf":  # a browser's own PDF viewer does not work in a sandbox
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _disposition(how: str, name: str) -> str:
    """The file's own name, for old browsers without its special letters (RFC 6266)."""
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", name)
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name.encode('utf-8', 'replace'), safe='')}"


# What an address of a deliverable may end with.
VIEWS: dict[str, Callable[[Deliverable, Access], ResponseReturnValue]] = {
    "file": file,
    "read": reading.read,
    "hits": reading.hits,
}
