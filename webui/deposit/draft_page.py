"""The page of a draft: what the files tell is looked at, changed and kept, and the whole is sent.

One form holds all of it, so that whatever button is pressed nothing that was typed is lost. With scripts each part is
kept as it is changed, and the page that comes back fills the parts in which nobody is typing.
"""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from archive.deposit.draft import Draft
from archive.deposit.drafts import FILE_MAX_BYTES
from archive.deposit.errors import ChangedMeanwhile, DraftClosed, NoSuchDraft
from archive.errors import ArchiveError
from webui.deposit import words
from webui.deposit.depositors import Depositor, depositor, drafts
from webui.deposit.form import PILE, TEXT_MAX_CHARS, TITLE_MAX_CHARS, Form, answered, missing
from webui.deposit.page import company_options, form_of, predecessors, project_options, template_words, theme_options
from webui.deposit.reading import reader, unread
from webui.deposit.sending import send_form
from webui.deposit.starting import others_of
from webui.house import house
from webui.overview import overview

FORM_MAX_BYTES = 8 << 20

blueprint = Blueprint("draft_page", __name__)


@blueprint.get("/deposit/<id>")
def page(id: str) -> ResponseReturnValue:
    mine, draft = depositor(), _draft(id)
    if draft.state != "open":
        return redirect(url_for("sent_page.page", id=id), code=303)
    if PILE in draft.answers:
        return redirect(url_for("dividing.page", id=id), code=303)
    return _page(form_of(draft, mine))


@blueprint.get("/deposit/<id>/reading")
def reading(id: str) -> ResponseReturnValue:
    """How many files wait to be read, for the page's script."""
    draft = _draft(id)
    reader().want(draft, network=overview().network)
    return {"state": draft.state, "unread": len(unread(draft))}


@blueprint.post("/deposit/<id>")
def keep(id: str) -> ResponseReturnValue:
    """Keep what the form says; then do what its button asks."""
    request.max_content_length = request.max_form_memory_size = FORM_MAX_BYTES
    mine, draft = depositor(), _draft(id)
    if draft.state != "open":
        return redirect(url_for("sent_page.page", id=id), code=303)
    form = form_of(draft, mine)
    posted = {name: request.form.getlist(name) for name in request.form}
    verb, _colon, key = request.form.get("do", "save").partition(":")
    try:
        now, revision = house().clock(), request.form.get("revision", -1, type=int)
        draft = drafts().note(id, answered(form, posted), owner=draft.owner, revision=revision, now=now)
        if verb == "drop":
            drafts().drop_file(id, key, owner=draft.owner, now=now)
        elif verb == "discard":
            drafts().drop(id, owner=draft.owner)
            flash(_("Weggegooid."), "status")
            return redirect(url_for("depositing.page"), code=303)
        elif verb == "send":
            return _send(mine, draft)
    except ChangedMeanwhile as error:
        # What was typed here stands over what was kept there, for somebody to look at.
        kept = form_of(_draft(id), mine)
        both = form_of(replace(kept.draft, answers=answered(kept, posted)), mine)
        return _page(replace(both, kept=kept), problem=words.why_not(error)[0]), 409
    except NoSuchDraft:
        abort(404)
    except DraftClosed:
        return redirect(url_for("sent_page.page", id=id), code=303)
    except ArchiveError as error:
        sentence, status = words.why_not(error)
        return _page(form_of(_draft(id), mine), problem=sentence), status
    if request.form.get("part"):  # the page's script asks for the page as it is now
        return _page(form_of(_draft(id), mine))
    at = f"file-{key}" if verb == "save" and key else ""
    return redirect(url_for("draft_page.page", id=id, _anchor=at or None), code=303)


def _send(mine: Depositor, draft: Draft) -> ResponseReturnValue:
    form = form_of(draft, mine)
    if missing(form):
        return _page(form, problem=_("Er ontbreekt nog iets. Kijk bij “Lever in”.")), 400
    send_form(mine, form)
    return redirect(url_for("sent_page.page", id=draft.id), code=303)


def _page(form: Form, *, problem: str = "") -> str:
    return render_template(
        "deposit_draft.html",
        form=form,
        draft=form.draft,
        others=others_of(depositor(), form.draft),
        missing=missing(form),
        problem=problem,
        projects=project_options(form),
        themes=theme_options(form),
        companies=company_options(form),
        predecessors=predecessors(form) if not form.choices.asks else [],
        title_most=TITLE_MAX_CHARS,
        text_most=TEXT_MAX_CHARS,
        most=FILE_MAX_BYTES >> 20,
        **template_words(),
    )


def _draft(id: str) -> Draft:
    """One's own draft; another's does not exist."""
    try:
        return drafts().get(id, owner=depositor().account.id)
    except NoSuchDraft:
        abort(404)
