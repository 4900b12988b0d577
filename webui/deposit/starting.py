"""Where handing in begins: the files are dropped, or somebody goes on with what they began."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.deposit.draft import Draft
from archive.deposit.drafts import FILE_MAX_BYTES
from archive.model import Project
from webui.deposit.depositors import Depositor, depositor, drafts
from webui.deposit.form import NEW, may_replace
from webui.house import house
from webui.visitor import access

blueprint = Blueprint("depositing", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A draft as it is listed. `title`: what its owner called it, else its first file."""

    draft: Draft
    title: str


@blueprint.get("/deposit")
def page() -> ResponseReturnValue:
    """Drop files, or go on with a draft."""
    mine = depositor()
    return render_template(
        "deposit.html",
        open=begun(mine),
        may=bool(mine.projects or mine.communities),
        most=FILE_MAX_BYTES >> 20,
    )


@blueprint.post("/deposit")
def begin_for() -> ResponseReturnValue:
    """A draft for one project, or for a new version of one deliverable: its files are dropped on its own page."""
    mine = depositor()
    replaces = request.form.get("replaces", "")
    if replaces:
        found = house().catalog.deliverable(replaces, access=access())
        project = mine.project(found.project) if found else None
        asks = project is not None and mine.permission(project) == "asks"
        if found is None or project is None or not (may_replace(found.record, asks=asks) or found.record is None):
            abort(404)
    else:
        project = mine.project(request.form.get("project", "")) or abort(404)
    draft = begin(mine, project, replaces=replaces)
    return redirect(url_for("draft_page.page", id=draft.id), code=303)


def begin(mine: Depositor, project: Project | None = None, *, replaces: str = "") -> Draft:
    """A new draft, for one project where it is known; `replaces`: the id of what its file is a new version of.

    Where one for the project was begun already it goes on: two for the same project are two of the same hand-in.
    """
    answers = {"project": project.id} if project else {}
    if project and not replaces:
        for each in drafts().of(mine.account.id, states=("open",)):
            if each.answers.get("project") == project.id and "replaces" not in each.answers:
                return each
    if replaces:
        answers["replaces"] = replaces
    return drafts().new(owner=mine.account.id, now=house().clock(), answers=answers)


def begun(mine: Depositor) -> list[Begun]:
    """Somebody's open drafts that hold something, the one that was changed last first."""
    kept = drafts().of(mine.account.id)
    return [Begun(draft=draft, title=_title(mine, draft)) for draft in kept if draft.files or draft.answers]


def others_of(mine: Depositor, draft: Draft) -> bool:
    """Whether somebody who hands in for several teams began for others, too: their page leads back to that list."""
    if mine.account.role not in ("teacher", "coordinator"):
        return False
    return any(each.id != draft.id and each.files for each in drafts().of(mine.account.id))


def _title(mine: Depositor, draft: Draft) -> str:
    """What a draft is called in a list."""
    chosen = str(draft.answers.get("project", ""))
    project = mine.project(chosen) if chosen and chosen != NEW else None
    if project is not None:
        return project.title
    return str(draft.answers.get("title", "")) or next((file.name for file in draft.files), "")
