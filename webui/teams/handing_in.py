"""The drafts of all teams in one list: what each still needs, and one button for those that need nothing more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from archive.access import today_in_amsterdam
from archive.deposit.draft import Draft
from archive.deposit.errors import NoSuchDraft
from archive.errors import ArchiveError
from webui.accounts.inviting import inviter
from webui.deposit import words
from webui.deposit.depositors import Depositor, depositor, drafts
from webui.deposit.form import PILE, Form, Missing, missing
from webui.deposit.page import form_of, template_words
from webui.deposit.sending import send_form
from webui.house import house
from webui.overview import overview

DRAFTS_SHOWN = 60

blueprint = Blueprint("handing_in", __name__, url_prefix="/teams/submissions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A draft with its form as it is now, and what stands in the way of sending it."""

    form: Form
    missing: tuple[Missing, ...]

    @property
    def title(self) -> str:
        return self.form.project.title if self.form.project else self.form.values["title"]

    @property
    def mark(self) -> str:
        """What the button of the list sends: the draft as it was looked at."""
        return f"{self.form.draft.id}:{self.form.draft.revision}:{len(self.form.files)}"


@blueprint.get("")
def page() -> ResponseReturnValue:
    """What is begun, what is ready, and what was handed in today."""
    inviter()
    mine = depositor()
    open_ones = drafts().of(mine.account.id)
    begun = [
        _begun(mine, each) for each in open_ones if each.state == "open" and each.files and PILE not in each.answers
    ]
    begun.sort(key=lambda each: each.title.casefold())
    today = today_in_amsterdam(house().clock())
    sent = [
        each for each in drafts().of(mine.account.id, states=("sent",)) if today_in_amsterdam(each.changed) == today
    ]
    return render_template(
        "my_teams_drafts.html",
        begun=begun[:DRAFTS_SHOWN],
        ready=[each for each in begun[:DRAFTS_SHOWN] if not each.missing],
        unread=sum(each.form.unread for each in begun),
        piles=[each for each in open_ones if PILE in each.answers and each.files],
        sent=_by_project(sent),
        **template_words(),
    )


@blueprint.post("")
def send() -> ResponseReturnValue:
    """Hand in the drafts that were ready; the others are told, and stay."""
    inviter()
    mine = depositor()
    done, told = 0, []
    for mark in dict.fromkeys(request.form.getlist("draft")):
        try:
            draft = drafts().get(mark.partition(":")[0], owner=mine.account.id)
        except NoSuchDraft:
            continue
        if draft.state != "open":
            done += 1  # the same form, sent twice
            continue
        begun = _begun(mine, draft)
        if begun.missing or begun.mark != mark:
            told.append(begun.title)
            continue
        try:
            send_form(mine, begun.form, at_once=False)
            done += 1
        except ArchiveError as error:
            flash(f"{begun.title}: {words.why_not(error)[0]}", "warning")
    if done:
        house().catch_up()
        flash(
            ngettext("Het werk van %(num)s team is ingeleverd.", "Het werk van %(num)s teams is ingeleverd.", done),
            "status",
        )
    for title in told:
        flash(_("“%(title)s” is nog niet klaar of is veranderd. Kijk het nog eens na.", title=title), "warning")
    return redirect(url_for("handing_in.page"), code=303)


def _begun(mine: Depositor, draft: Draft) -> Begun:
    form = form_of(draft, mine)
    return Begun(form=form, missing=missing(form))


@dataclass(frozen=True, slots=True, kw_only=True)
class SentToday:
    """What was handed in for one project today; `draft`: the last of it, `files`: how many together."""

    title: str
    draft: Draft
    files: int


def _by_project(sent: Sequence[Draft]) -> list[SentToday]:
    """Each project once, the one that was handed in last first."""
    found: dict[str, list[Draft]] = {}
    for each in sent:
        found.setdefault(each.sent["project"], []).append(each)
    return [
        SentToday(title=_project_title(id), draft=every[0], files=sum(len(each.sent["files"]) for each in every))
        for id, every in found.items()
    ]


def _project_title(id: str) -> str:
    found = overview().projects.get(id)
    return found.title if found else id.rpartition("/")[2]
