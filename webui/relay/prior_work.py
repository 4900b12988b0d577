"""Is this done already? A question, a paragraph or a plan compared with all that predecessors did.

What is handed over is read by a process apart, compared, and gone when the page is there; nothing of it is logged.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from archive.model import Project
from indexer.extraction.model import ExtractError
from indexer.relay.answering import MayAnswer
from indexer.relay.plan_reading import Plan, read_apart
from indexer.relay.prior_work import PriorWork, prior_work
from webui.house import house
from webui.overview import Asked, overview
from webui.relay.proposals import may_be_answered_by
from webui.visitor import access

UPLOAD_MAX_BYTES = 20_000_000
TEXT_MAX_CHARS = 200_000  # what is pasted; some sixty pages
READERS_AT_ONCE = 2  # processes that read plans; whoever comes then waits
WAIT_S = 20.0

# A failure's code -> what the reader can do; the words of `wording.FAILURES` are for what is handed in.
REFUSED = {
    "password": _l("Dit bestand is met een wachtwoord beveiligd. Kies een versie zonder wachtwoord, of plak de tekst."),
    "damaged": _l("Dit bestand is beschadigd. Bewaar het opnieuw en probeer het nog eens, of plak de tekst."),
    "empty": _l("In dit bestand staat geen tekst. Kies een ander bestand, of plak de tekst."),
    "too-slow": _l("Het lezen van dit bestand duurde te lang. Plak de tekst van je plan in het vak."),
    "too-large": _l("Dit bestand is te groot om te vergelijken. Plak de tekst van je plan in het vak."),
    "too-much-memory": _l("Dit bestand is te groot om te vergelijken. Plak de tekst van je plan in het vak."),
}
NO_DOCUMENT = _l("Dit is geen document dat het archief kan lezen. Kies een Word-bestand of pdf, of plak de tekst.")
NOTHING_GIVEN = _l("Er is niets om te vergelijken. Typ een vraag, plak een stuk tekst of kies een bestand.")
TOO_BUSY = _l("Er worden al andere plannen gelezen. Probeer het over een minuut nog eens, of plak de tekst.")

blueprint = Blueprint("prior_work", __name__)
_reading = threading.BoundedSemaphore(READERS_AT_ONCE)


class _Refused(Exception):
    """What was handed over can't be compared; why is said in the reader's language."""

    def __init__(self, sentence: object, status: int = 400) -> None:
        self.sentence, self.status = sentence, status
        super().__init__(str(sentence))


@dataclass(frozen=True, slots=True, kw_only=True)
class Onward:
    """A project that a plan would continue, and those that went on from there already."""

    project: Project
    words: tuple[str, ...]
    line: str
    after: tuple[Project, ...]


@blueprint.get("/prior-work")
def page() -> ResponseReturnValue:
    """The form; with `q`, or a question of an agenda, the answer too, at an address that can be sent on."""
    id, community = request.args.get("question"), request.args.get("community")
    if id:
        seen = overview().questions
        asked = next((each for each in seen if (each.community.id, each.question.id) == (community, id)), None)
        if asked is None:
            abort(404)
        text = asked.question.text
        return _answer(Plan(parts=(text,), length=1), text, answers=may_be_answered_by(asked))
    text = request.args.get("q", "")[:TEXT_MAX_CHARS]
    return _answer(Plan(parts=(text,), length=1), text) if text.strip() else _shown()


@blueprint.post("/prior-work")
def asked() -> ResponseReturnValue:
    """The answer to what was pasted or dropped."""
    request.max_content_length = UPLOAD_MAX_BYTES
    request.max_form_memory_size = TEXT_MAX_CHARS * 4
    try:
        text = request.form.get("text", "")
        file = request.files.get("plan")
        if file is not None and file.filename:
            return _answer(_read(file), "", name=PurePath(file.filename).name)
        if text.strip():
            return _answer(Plan(parts=(text[:TEXT_MAX_CHARS],), length=1), text[:TEXT_MAX_CHARS])
        return _shown(problem=str(NOTHING_GIVEN)), 400
    except RequestEntityTooLarge:
        sentence = _("Een bestand mag hier ten hoogste 20 MB zijn. Plak de tekst van je plan in het vak.")
        return _shown(problem=sentence), 413
    except _Refused as refused:
        return _shown(problem=str(refused.sentence), text=text), refused.status


def _read(file: FileStorage) -> Plan:
    """What a file says; the file itself is gone when this returns."""
    # The name's ending helps to tell what it is; the rest of it is a stranger's.
    ending = PurePath(file.filename or "").suffix[:10]
    if not _reading.acquire(timeout=WAIT_S):
        raise _Refused(TOO_BUSY, 503)
    try:
        with tempfile.TemporaryDirectory(prefix="estafette-") as folder:
            path = Path(folder) / f"plan{ending if ending.isascii() and ending[1:].isalnum() else ''}"
            file.save(path)
            return read_apart(path)
    except ExtractError as error:
        raise _Refused(REFUSED.get(error.code, NO_DOCUMENT), 422) from error
    finally:
        _reading.release()


def _answer(plan: Plan, text: str, name: str = "", answers: Sequence[MayAnswer] = ()) -> ResponseReturnValue:
    found = prior_work(plan.parts, house().finder, access=access())
    seen = overview()
    asked_of = {(each.community.id, each.question.id): each for each in seen.questions}
    return _shown(
        text=text,
        name=name,
        plan=plan,
        found=found,
        answers=answers,
        onward=[_onward(each.project, each.words, each.line) for each in found.projects],
        questions=[
            each for touched in found.questions if (each := asked_of.get((touched.community, touched.question.id)))
        ],
    )


def _onward(project: Project, words: tuple[str, ...], line: str) -> Onward:
    lineage = overview().lineage
    baton = lineage.of(project.id)
    after = tuple(found for id in (baton.successors if baton else ()) if (found := lineage.project(id)))
    return Onward(project=project, words=words, line=line, after=after)


def _shown(
    *,
    text: str = "",
    name: str = "",
    problem: str = "",
    plan: Plan | None = None,
    found: PriorWork | None = None,
    onward: Sequence[Onward] = (),
    answers: Sequence[MayAnswer] = (),
    questions: Sequence[Asked] = (),
) -> str:
    return render_template(
        "prior_work.html",
        text=text,
        name=name,
        problem=problem,
        plan=plan,
        found=found,
        onward=onward,
        answers=answers,
        questions=questions,
        most_mb=UPLOAD_MAX_BYTES // 1_000_000,
    )
