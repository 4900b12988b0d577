"""Remind a team of what is missing: by mail to its accounts where mail is set, else as a text to copy.

At most one reminder a day for a team, whoever sends it. The log knows when and to which accounts, by their numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from archive.access import today_in_amsterdam
from archive.accounts.accounts import Account, Logged
from webui.accounts.inviting import inviter
from webui.accounts.mail import MailFailed
from webui.addresses import project_url, site_address
from webui.house import house
from webui.relay.handovers import item_name
from webui.teams.rows import TOLD, MarkName, Team, one_team, without_answer

REMINDED, NOT_TAKEN = "team reminded", "reminder not taken"  # lines of the log
AGAIN_AFTER = timedelta(days=1)
SHOWN_FOR = timedelta(days=60)
TOLD_TODAY = _l("Dit team kreeg al een herinnering. Wacht een dag.")
NOBODY = _l("Niemand van dit team heeft een account. Kopieer de tekst en stuur hem zelf.")

_ASKED: Mapping[MarkName, object] = {
    "report": _l("Het eindrapport"),
    "data": _l("De gegevens: metingen, modellen of code. Zijn die er niet? Dan hoeft dit niet."),
    "outcome": _l("De opbrengst, in drie regels voor iemand die het verslag niet las"),
}

blueprint = Blueprint("reminding", __name__, url_prefix="/teams/reminder")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded:
    """A reminder that was sent. `to`: who got it; `failed`: to whom the mail server did not take it."""

    at: datetime
    to: tuple[Account, ...]
    failed: tuple[Account, ...]


@blueprint.get("")
def page() -> ResponseReturnValue:
    """What a reminder says and who gets it, before it is sent."""
    team = _asked_for(inviter(), request.args.get("project", ""))
    return render_template(
        "my_teams_reminder.html",
        team=team,
        text=letter(team, site_address()) if lacking(team) else "",
        people=_people(team),
        last=_last(team),
        again=_last_line(team, since=AGAIN_AFTER) is None,
    )


@blueprint.post("")
def send() -> ResponseReturnValue:
    """Send it to the accounts of the team."""
    mine = inviter()
    team = _asked_for(mine, request.form.get("project", ""))
    server, people, back = house().mail, _people(team), url_for("reminding.page", project=team.project.id)
    if server is None or not lacking(team):
        abort(404)
    if not people:
        flash(str(NOBODY), "warning")
        return redirect(back, code=303)
    accounts, clock, now = house().accounts, house().clock, house().clock()
    subject, text, id = _("Wat er nog mist in het archief"), letter(team, server.site), team.project.id
    says = {"accounts": [each.id for each in people]}
    if not accounts.note_once(REMINDED, id, says, since=now - AGAIN_AFTER, now=now, by=mine.actor):
        flash(str(TOLD_TODAY), "warning")
        return redirect(back, code=303)

    def deliver(to: Account) -> None:
        try:
            server.send(to.email, subject, text)
        except MailFailed:
            accounts.note(NOT_TAKEN, f"{id} {to.id}", {}, now=clock(), by=mine.actor)
            raise

    for each in people:
        house().outbox.put(partial(deliver, each))
    flash(ngettext("De herinnering gaat naar %(num)s mens.", "De herinnering gaat naar %(num)s mensen.", len(people)))
    return redirect(back, code=303)


def lacking(team: Team) -> list[str]:
    """What the team itself can still do something about, a line each; a company's yes it can't."""
    missing = {mark.name for mark in team.missing}
    lines = [str(_ASKED[mark.name]) for mark in team.missing if mark.name in _ASKED]
    if "handover" in missing:
        told = team.record.handover
        open_ones = [name for name in TOLD if not getattr(told, name, None)]
        lines += [_("Voor de overdracht: %(what)s", what=_inside(item_name(name))) for name in open_ones]
    if _waits_for_names(team):
        lines.append(_("Jullie keuze: mag je naam in het archief te zien zijn?"))
    return lines


def letter(team: Team, site: str) -> str:
    """What is missing, and where to do something about it. It names nobody: a mail goes astray easily."""
    missing = {mark.name for mark in team.missing}
    parts = [
        _("Hoi team,"),
        _("Van “%(title)s” mist er nog iets in het archief Estafette:", title=team.project.title)
        + "".join(f"\n- {line}" for line in lacking(team)),
    ]
    if missing & _ASKED.keys():
        parts.append(_("Inleveren doe je hier:") + f"\n{site}/deposit")
    if "handover" in missing:
        parts.append(_("De overdracht schrijf je hier:") + f"\n{site}{project_url(team.project.id)}")
    if _waits_for_names(team):
        parts.append(_("Over je naam kies je hier:") + f"\n{site}/account/consent")
    parts.append(_("Een volgend team kan er dan mee verder. Dank je wel!"))
    return "\n\n".join(parts) + "\n"


def _waits_for_names(team: Team) -> bool:
    _named, people, _companies = without_answer(team.record)
    return people > 0


def _inside(line: str) -> str:
    """A line within a sentence."""
    return line[:1].lower() + line[1:]


def _asked_for(mine: Account, id: str) -> Team:
    return one_team(mine, id) or abort(404)


def _people(team: Team) -> list[Account]:
    """The students of a team who can sign in today."""
    today = today_in_amsterdam(house().clock())
    addresses = [each.account for each in team.record.team if each.account and each.role == "student"]
    found = (house().accounts.by_email(address) for address in dict.fromkeys(addresses))
    return [each for each in found if each is not None and each.active(today)]


def _last(team: Team) -> Reminded | None:
    line = _last_line(team, since=SHOWN_FOR)
    if line is None:
        return None
    accounts = house().accounts
    to = [found for id in line.says.get("accounts", ()) if (found := accounts.find(int(id))) is not None]
    failed = accounts.noted(NOT_TAKEN, since=line.at)
    return Reminded(
        at=line.at, to=tuple(to), failed=tuple(each for each in to if f"{team.project.id} {each.id}" in failed)
    )


def _last_line(team: Team, *, since: timedelta) -> Logged | None:
    return house().accounts.noted(REMINDED, since=house().clock() - since).get(team.project.id)
