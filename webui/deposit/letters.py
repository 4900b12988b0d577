"""Mail about what waits for a teacher, where mail is set: to the teachers that it came in, to the team that it came back.

A letter names nobody and says nothing of what the files hold: a mail goes astray easily. Its link asks to sign in.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from urllib.parse import quote

from flask_babel import gettext as _
from flask_babel import ngettext

from archive.access import today_in_amsterdam
from archive.accounts.accounts import Account
from archive.accounts.teams import member
from archive.deposit.may import may_approve
from archive.deposit.plan import Sent
from archive.model import Project
from webui.house import house

TOLD_TEACHERS = "teachers told"  # a line of the log
TOLD_SINCE = timedelta(days=90)  # longer than a draft that was sent is kept


def reviewers(project: Project | None) -> list[Account]:
    """The teachers who may say yes to what a team hands in."""
    if project is None:
        return []
    today = today_in_amsterdam(house().clock())
    return [
        each
        for each in house().accounts.all()
        if each.role == "teacher"
        and each.active(today)
        and may_approve(each, community=project.community, record=project.record)
    ]


def tell_teachers(project: Project, sent: Sent, *, by: Account) -> None:
    """Tell the project's own teachers, once, that something waits; where it has none, those of its community."""
    opened, all_of_them = house(), reviewers(project)
    own = [each for each in all_of_them if member(project.record, each.email) is not None]
    to, now = own or all_of_them, opened.clock()
    if opened.mail is None or not opened.mail_teachers or not to:
        return
    says = {"accounts": [each.id for each in to]}
    if not opened.accounts.note_once(TOLD_TEACHERS, sent.draft, says, since=now - TOLD_SINCE, now=now, by=by.actor):
        return
    came = ngettext(
        "Een team leverde %(num)s bestand in bij “%(title)s”.",
        "Een team leverde %(num)s bestanden in bij “%(title)s”.",
        len(sent.files),
        title=project.title,
    )
    waits = _("Tot je akkoord geeft, ziet alleen het team het.")
    where = _("Bekijk het en geef akkoord:") + f"\n{opened.mail.site}/deposit/approve?project={quote(project.id)}"
    _send(to, _("Er wacht werk op je akkoord"), f"{came} {waits}\n\n{where}\n")


def tell_team(project: Project, reason: str) -> None:
    """Tell the students of a team that their work came back, and why."""
    opened = house()
    if opened.mail is None:
        return
    today = today_in_amsterdam(opened.clock())
    addresses = [each.account for each in (project.record.team if project.record else ()) if each.role == "student"]
    found = [opened.accounts.by_email(address) for address in dict.fromkeys(addresses) if address]
    parts = [
        _("Je docent gaf nog geen akkoord op wat jullie inleverden bij “%(title)s”.", title=project.title),
        _("De reden:") + f"\n{reason}",
        _("Geef antwoord, of lever een nieuwe versie in:") + f"\n{opened.mail.site}/deposit/mine",
    ]
    to = [each for each in found if each is not None and each.active(today)]
    _send(to, _("Je inlevering kwam terug"), "\n\n".join(parts) + "\n")


def _send(to: list[Account], subject: str, text: str) -> None:
    server = house().mail
    if server is not None:
        for each in to:
            house().outbox.put(partial(server.send, each.email, subject, text))
