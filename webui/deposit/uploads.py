"""Files come over: in pieces, so that a lost connection loses nothing, or whole with a plain form.

A browser with scripts makes a draft, begins each file, sends its bytes from an offset on, and lets it be compared; what
it is told is JSON. After a lost connection `GET …/files` says how much there is of each file, and so does a refusal
(`received`). Without scripts a form sends the files, and is led on to the draft's page. Nothing is held in memory.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from flask import Blueprint, abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage

from archive.deposit.draft import Draft, DraftFile
from archive.deposit.errors import (
    ChangedMeanwhile,
    ChecksumMismatch,
    DiskFull,
    DraftClosed,
    NoSuchDraft,
    NotUnpacked,
    Occupied,
    TooLarge,
    TooManyFiles,
    WrongOffset,
)
from archive.deposit.file_names import given_path
from archive.deposit.unzipping import LeftOut
from archive.errors import AccessFailed, ArchiveError
from webui import wording
from webui.deposit.depositors import Depositor, depositor, drafts
from webui.deposit.form import PILE
from webui.house import house
from webui.visitor import account

ZIP = ".zip"
PATH_MAX_CHARS = 2000  # a file's path in a folder; what is told of it is shorter
SIGN_IN_AGAIN = _l("Je bent niet meer aangemeld. Meld je aan in een ander tabblad en ga dan verder.")
GONE = _l("Dit concept is er niet (meer).")
NOT_READABLE = _l("Dit verzoek klopt niet. Ga terug en probeer het opnieuw.")

# An error -> its status and sentence, where the error has nothing to add.
_REFUSALS: dict[type[ArchiveError], tuple[int, object]] = {
    NoSuchDraft: (404, GONE),
    DraftClosed: (409, _l("Dit is al ingeleverd. Er is niets veranderd.")),
    Occupied: (409, _l("Dit wordt nu verstuurd. Wacht even.")),
    ChangedMeanwhile: (409, _l("Je veranderde dit ook in een ander tabblad. Kijk alles na en bewaar het opnieuw.")),
    WrongOffset: (409, _l("Er ontbreekt een stuk van het bestand. We gaan verder waar het ophield.")),
    ChecksumMismatch: (409, _l("Een bestand kwam beschadigd aan. Kies het opnieuw.")),
    NotUnpacked: (422, _l("Deze ZIP kan niet worden uitgepakt. Kies de bestanden los.")),
    DiskFull: (507, _l("De schijf van het archief is vol. Er is niets bewaard. Vraag de coördinator om hulp.")),
    AccessFailed: (503, _l("Het kon niet worden opgeschreven. Er is niets veranderd. Probeer het straks nog eens.")),
}
_LEFT_OUT = {
    "password": _l("is met een wachtwoord op slot"),
    "link": _l("is een snelkoppeling en geen bestand"),
    "method": _l("is ingepakt op een manier die we niet kennen"),
}

blueprint = Blueprint("uploads", __name__)


def refusal_of(error: ArchiveError) -> tuple[str, int]:
    """What to say when handing in fails, in the reader's language, and the status that goes with it.

    What is no fault of whoever hands in is raised again.
    """
    if isinstance(error, TooManyFiles):
        return str(_("Je kunt %(most)s bestanden tegelijk inleveren.", most=wording.number(error.most))), 413
    if isinstance(error, TooLarge):
        return _too_large(error), 413
    found = next((told for kind, told in _REFUSALS.items() if isinstance(error, kind)), None)
    if found is None:
        raise error
    return str(found[1]), found[0]


def left_out(entry: LeftOut) -> str:
    """What of a ZIP was not taken, and why."""
    return str(_("%(file)s %(reason)s.", file=entry.path, reason=_LEFT_OUT[entry.code]))


def _data(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """A view for programs: what goes wrong is told as JSON, with a sentence to show."""

    @wraps(view)
    def answer(**given: str) -> ResponseReturnValue:
        if account() is None:
            return {"error": str(SIGN_IN_AGAIN)}, 401
        try:
            return view(depositor(), **given)
        except ArchiveError as error:
            sentence, status = refusal_of(error)
            more = {"received": error.received} if isinstance(error, WrongOffset) else {}
            return {"error": sentence, **more}, status

    return answer


@blueprint.post("/deposit/drafts")
def make() -> ResponseReturnValue:
    """A new draft: as JSON its id, or with the files of a plain form. `?pile=1`: for the files of several teams."""
    if request.is_json:
        return _make_data()
    mine = depositor()
    draft = _new(mine)
    return _take_all(mine, draft.id)


@_data
def _make_data(mine: Depositor) -> ResponseReturnValue:
    draft = _new(mine)
    return {**_told(draft), "url": _page(draft.id)}, 201


@blueprint.get("/deposit/<id>/files")
@_data
def files(mine: Depositor, id: str) -> ResponseReturnValue:
    """How far each file is."""
    return _told(drafts().get(id, owner=mine.account.id))


@blueprint.post("/deposit/<id>/files")
def begin(id: str) -> ResponseReturnValue:
    """Announce a file (JSON: path, size), or take the files of a plain form."""
    return _begin_data(id=id) if request.is_json else _take_all(depositor(), id)


@_data
def _begin_data(mine: Depositor, id: str) -> ResponseReturnValue:
    said = request.get_json(silent=True)
    path, size = (said.get("path"), said.get("size")) if isinstance(said, dict) else (None, None)
    if not isinstance(path, str) or not isinstance(size, int) or isinstance(size, bool) or len(path) > PATH_MAX_CHARS:
        return {"error": str(NOT_READABLE)}, 400
    file = drafts().begin_file(id, owner=mine.account.id, path=path, size=size, now=_now())
    return _file(drafts().get(id, owner=mine.account.id).file(file.key)), 201


@blueprint.put("/deposit/<id>/files/<key>")
@_data
def append(mine: Depositor, id: str, key: str) -> ResponseReturnValue:
    """The bytes of a file from `offset` on."""
    offset = request.args.get("offset", 0, type=int)
    received = drafts().append(id, key, request.stream, owner=mine.account.id, offset=offset)
    return {"key": key, "received": received}


@blueprint.post("/deposit/<id>/files/<key>/finish")
@_data
def finish(mine: Depositor, id: str, key: str) -> ResponseReturnValue:
    """Compare a file that came with its checksum (JSON: sha256, or null where a browser made none)."""
    said = request.get_json(silent=True)
    sha256 = said.get("sha256") if isinstance(said, dict) else None
    if sha256 is not None and not isinstance(sha256, str):
        return {"error": str(NOT_READABLE)}, 400
    return _file(drafts().finish(id, key, owner=mine.account.id, sha256=sha256, now=_now()))


@blueprint.post("/deposit/<id>/files/<key>/unpack")
@_data
def unpack(mine: Depositor, id: str, key: str) -> ResponseReturnValue:
    """Put the files of a ZIP in its place; `left_out` says what was not taken."""
    made, out = drafts().unpack(id, key, owner=mine.account.id, now=_now())
    return {"files": [_file(file) for file in made], "left_out": [left_out(entry) for entry in out]}


@blueprint.delete("/deposit/<id>/files/<key>")
@_data
def drop_file(mine: Depositor, id: str, key: str) -> ResponseReturnValue:
    drafts().drop_file(id, key, owner=mine.account.id, now=_now())
    return {"key": key}


@blueprint.post("/deposit/<id>/files/<key>/drop")
def drop_file_by_form(id: str, key: str) -> ResponseReturnValue:
    """The same with a plain form."""
    mine = depositor()
    try:
        drafts().drop_file(id, key, owner=mine.account.id, now=_now())
    except NoSuchDraft:
        abort(404)
    except ArchiveError as error:
        flash(refusal_of(error)[0], "warning")
    return redirect(_page(id), code=303)


@blueprint.delete("/deposit/<id>")
@_data
def drop(mine: Depositor, id: str) -> ResponseReturnValue:
    drafts().drop(id, owner=mine.account.id)
    return {"id": id}


def _new(mine: Depositor) -> Draft:
    is_pile = "pile" in request.args and mine.account.role in ("teacher", "coordinator")
    return drafts().new(owner=mine.account.id, now=_now(), answers={PILE: "1"} if is_pile else {})


def _take_all(mine: Depositor, id: str) -> ResponseReturnValue:
    """The files of a plain form, each whole or not at all; a ZIP is unpacked unless the form says `keep-zip`."""
    for sent in request.files.getlist("files"):
        if not sent.filename:
            continue
        try:
            file = drafts().take(
                id, sent.stream, owner=mine.account.id, path=sent.filename, size=_size(sent), now=_now()
            )
            if file.name.lower().endswith(ZIP) and "keep-zip" not in request.form:
                _unpack_whole(mine, id, file)
        except NoSuchDraft:
            abort(404)
        except ArchiveError as error:
            flash(f"{given_path(sent.filename)}: {refusal_of(error)[0]}", "warning")
            if isinstance(error, (DiskFull, DraftClosed, TooManyFiles)):
                break  # it would be the same for the others
    return redirect(_page(id), code=303)


def _unpack_whole(mine: Depositor, id: str, file: DraftFile) -> None:
    _made, out = drafts().unpack(id, file.key, owner=mine.account.id, now=_now())
    for entry in out:
        flash(left_out(entry), "warning")


def _size(sent: FileStorage) -> int:
    size = sent.stream.seek(0, os.SEEK_END)
    sent.stream.seek(0)
    return size


def _too_large(error: TooLarge) -> str:
    if not error.path and not error.together:
        return str(_("Dat is te lang. Kort de tekst in."))
    if error.announced:
        return str(_("Het bestand is groter dan je browser zei. Kies het opnieuw."))
    most = wording.size_name(error.most)
    if error.together:
        return str(_("Samen is dat te groot. Het mag %(most)s zijn.", most=most))
    return str(_("Dat is te groot. Een bestand mag %(most)s zijn.", most=most))


def _told(draft: Draft) -> dict[str, Any]:
    return {
        "id": draft.id,
        "state": draft.state,
        "revision": draft.revision,
        "files": [_file(file) for file in draft.files],
    }


def _file(file: DraftFile) -> dict[str, Any]:
    received = file.size if file.whole else file.received
    return {"key": file.key, "path": file.path, "size": file.size, "received": received, "whole": file.whole}


def _page(id: str) -> str:
    return f"/deposit/{id}"


def _now() -> datetime:
    return house().clock()
