"""What could not be read: which file, what is wrong, what to do."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from archive.paths import is_record
from webui import wording
from webui.house import house
from webui.visitor import access

blueprint = Blueprint("unread", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadFile:
    id: str
    sentence: str


@blueprint.get("/unread")
def page() -> ResponseReturnValue:
    who = access()
    catalog = house().catalog
    files = [
        UnreadFile(id=failure.id, sentence=str(wording.FAILURES.get(failure.code, failure.reason)))
        for failure in catalog.failures(access=who)
    ]
    problems = catalog.problems(access=who)
    return render_template(
        "unread.html",
        files=files,
        records=[problem for problem in problems if is_record(problem.path)],
        places=[problem for problem in problems if not is_record(problem.path)],
    )
