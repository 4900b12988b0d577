"""Joining a team by its link: one screen that asks for a name, an address, and a yes or no to being named.

Where mail is set the address is shown to be somebody's own first, and whatever address is typed gets the same answer.
Without mail a password is chosen; an address that somebody else may have is then taken by nobody who only has a link.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from archive.access import Access, everything, today_in_amsterdam
from archive.accounts import teams
from archive.accounts.accounts import Account, expect_fit
from archive.accounts.links import Link
from archive.errors import AccountRefused
from archive.model import NOBODY, Project, ProjectRecord
from archive.paths import PROJECT, locate
from archive.records.editing import Change, Put
from archive.records.live import LiveRecords, refuse
from archive.records.reading import read_project
from webui.accounts.inviting import Invitation, invitation
from webui.accounts.limiting import too_many, used
from webui.accounts.mail import MailServer
from webui.accounts.mailed_links import check_your_mail, letter_text, send_to, too_many_mails
from webui.accounts.openid import Person
from webui.accounts.signing_in import begin
from webui.accounts.single_sign_on import account_of, arrived, settle
from webui.errors import refusal
from webui.house import house
from webui.overview import overview
from webui.visitor import account, own_account
from webui.wording import refusal as refused

CONFIRM_FOR = timedelta(hours=1)
OWN_DELIVERABLES_LOOKED_AT = 100  # of an address without an account; mostly there are none

NO_NAME = _l("Vul je naam in.")
NO_CHOICE = _l("Kies of je naam bij het project mag staan.")
OFTEN = _l("Dat ging te vaak mis. Wacht een minuut en probeer het nog eens.")
# One sentence for an address with an account, one that a record names, and a wrong password.
NOT_SO = _l("Zo lukt het niet. Heb je al een account? Meld je dan eerst aan en open de link daarna nog eens.")
NO_STUDENT = _l("Deze link is voor studenten. Jouw account heeft een andere rol.")

blueprint = Blueprint("joining", __name__)
# A class joins at once: in turn, so that the record's attempts are left for who writes it from elsewhere.
_writing = threading.Lock()


class _Refused(Exception):
    """Somebody can't join like this; why is said in the reader's language."""

    def __init__(self, sentence: object, status: int = 400) -> None:
        self.status = status
        super().__init__(str(sentence))


class _Gone(Exception):
    """The link, or the project that it is for, is there no longer."""


@blueprint.route("/join/<token>", methods=["GET", "POST"])
def page(token: str) -> ResponseReturnValue:
    invited = invitation(token)
    if invited is None or house().read_as is not None:
        return _gone()
    if request.method != "POST":
        return _form(invited)
    try:
        consents = _consents()
        mine = account()
        if mine is not None:
            return _enter(mine, invited, consents)
        person = arrived()
        if person is not None:
            return _enter_arrived(person, invited, consents)
        return _join(invited, consents) if house().mail is None else _ask_by_mail(invited, consents)
    except _Gone:
        return _gone()
    except AccountRefused as error:
        return _form(invited, problem=refused(error)), 400
    except _Refused as problem:
        return _form(invited, problem=str(problem)), problem.status


@blueprint.route("/join/<token>/<confirmation>", methods=["GET", "POST"])
def confirm(token: str, confirmation: str) -> ResponseReturnValue:
    """The link of the mail: whoever opens it reads the mail of that address."""
    accounts, invited = house().accounts, invitation(token)
    use = accounts.use_link if request.method == "POST" and invited is not None else accounts.link
    link = use("confirm", confirmation, now=house().clock())
    if invited is None or link is None or link.says["join"] != invited.key:
        return _gone()
    if request.method != "POST":
        return render_template("join_confirm.html", invitation=invited)
    try:
        return _confirmed(invited, link)
    except _Gone:
        return _gone()
    except (AccountRefused, _Refused) as problem:
        sentence = refused(problem) if isinstance(problem, AccountRefused) else str(problem)
        return refusal(409, sentence, _("Meedoen lukt niet"))


@blueprint.get("/welcome")
def welcome() -> ResponseReturnValue:
    """What somebody who just joined can do now. The project's own page follows when it is indexed."""
    mine = own_account()
    project = session.get("joined", "")
    if not project:
        return redirect(url_for("home.page"))
    seen = overview()
    return render_template(
        "welcome.html",
        account=mine,
        title=session["joined-title"],
        project=seen.projects.get(project),
        community=seen.communities.get(project.split("/")[0]),
    )


def _join(invited: Invitation, consents: bool) -> ResponseReturnValue:
    """Join with a new account and its password, or with one whose password was typed."""
    accounts = house().accounts
    email, password, name = (request.form.get(key, "") for key in ("email", "password", "name"))
    if too_many(email):
        raise _Refused(OFTEN, 429)
    if not name.strip():
        raise _Refused(NO_NAME)
    folded = expect_fit(email=email, name=name, role="student", password=password)
    known = accounts.check_password(folded, password, today=_today(), ended=True)
    if known is not None:
        return _enter(known, invited, consents)
    if accounts.by_email(folded) is not None or _is_named_elsewhere(folded, invited.project):
        used(folded)
        raise _Refused(NOT_SO, 409)
    return _enter_anew(invited, email=folded, name=name, password=password, consents=consents, by=invited.link.by)


def _ask_by_mail(invited: Invitation, consents: bool) -> ResponseReturnValue:
    """Send a link to the address that was typed, whosever it is."""
    email, name = request.form.get("email", ""), " ".join(request.form.get("name", "").split())
    if not name:
        raise _Refused(NO_NAME)
    folded = expect_fit(email=email, name=name, role="student", password=None)
    server = house().mail
    if server is not None and not send_to(folded, _letter(server, invited, email=folded, name=name, consents=consents)):
        return too_many_mails()
    return check_your_mail(_("We stuurden een mail naar %(email)s. Open de link daarin om mee te doen.", email=folded))


def _letter(server: MailServer, invited: Invitation, *, email: str, name: str, consents: bool) -> Callable[[], None]:
    accounts, clock, token = house().accounts, house().clock, invited.token
    subject = _("Doe mee met “%(title)s”", title=invited.title)
    text = letter_text(_("Open deze link om mee te doen:"), _("De link werkt een uur, en één keer."))

    def send() -> None:
        now, known = clock(), accounts.by_email(email)
        if known is not None and known.disabled:
            return
        # The name and the address of who has no account yet stay with the link, which goes when it is used or over.
        who = {"account": known.id} if known is not None else {"email": email, "name": name}
        says = {**who, "join": invited.key, "consents": consents}
        confirmation = accounts.give_link("confirm", says, until=now + CONFIRM_FOR, now=now, by=invited.link.by)
        server.send(email, subject, text(f"{server.site}/join/{token}/{confirmation}"))

    return send


def _confirmed(invited: Invitation, link: Link) -> ResponseReturnValue:
    accounts, consents = house().accounts, bool(link.says["consents"])
    known = accounts.find(link.says["account"]) if "account" in link.says else accounts.by_email(link.says["email"])
    if known is not None:
        if known.disabled:
            raise _Gone
        return _enter(known, invited, consents)
    email, name = str(link.says["email"]), str(link.says["name"])
    return _enter_anew(invited, email=email, name=name, password=None, consents=consents, by=invited.link.by)


def _enter_arrived(person: Person, invited: Invitation, consents: bool) -> ResponseReturnValue:
    """Join as whom the school says that it is: the address needs no mail, and no password is chosen."""
    known, name = account_of(person), request.form.get("name", "")
    if known is not None and known.disabled:
        raise _Gone
    if known is None and not name.strip():
        raise _Refused(NO_NAME)
    if known is not None:
        answer = _enter(known, invited, consents)
    else:
        answer = _enter_anew(
            invited, email=person.email, name=name, password=None, consents=consents, by=invited.link.by
        )
    mine = known or house().accounts.by_email(person.email)
    if mine is not None:
        settle(person, mine)
    return answer


def _enter_anew(
    invited: Invitation, *, email: str, name: str, password: str | None, consents: bool, by: str
) -> ResponseReturnValue:
    """Make the account and use up a place, in one step; then the record, which was tried out before."""
    team = _Team(invited)
    decide = team.decide(email=email, name=name, consents=consents)
    team.records.try_out(team.id, decide)
    try:
        made = house().accounts.add(
            email=email,
            role="student",
            name=name,
            communities=[invited.community],
            password=password,
            ends=team.last_day(),
            using=invited.token,
            now=house().clock(),
            by=by,
        )
    except AccountRefused as error:
        if error.code == "link":
            raise _Gone from error
        raise _Refused(NOT_SO, 409) if error.code == "taken" else error from error
    return _begun(made, team, decide)


def _enter(mine: Account, invited: Invitation, consents: bool) -> ResponseReturnValue:
    """Join with an account that there is. Who is in the team already takes no place of it."""
    if mine.role != "student":
        raise _Refused(NO_STUDENT, 403)
    accounts, now = house().accounts, house().clock()
    team = _Team(invited)
    decide = team.decide(email=mine.email, name=mine.name, consents=consents)
    team.records.try_out(team.id, decide)
    inside = invited.community in mine.communities and teams.member(team.record, mine.email) is not None
    if not inside and accounts.use_link("join", invited.token, now=now) is None:
        raise _Gone
    ends = max(mine.ends, team.last_day()) if mine.ends is not None else None
    accounts.change(mine.id, communities={*mine.communities, invited.community}, ends=ends, now=now, by=invited.link.by)
    return _begun(accounts.find(mine.id) or mine, team, decide)


def _begun(mine: Account, team: _Team, decide: Callable[[bytes], list[Change]]) -> ResponseReturnValue:
    with _writing:
        team.records.change(team.id, decide)
    house().accounts.note("joined", team.invited.project, now=house().clock(), by=mine.actor)
    begin(mine)
    session["joined"], session["joined-title"] = team.invited.project, team.invited.title
    return redirect(url_for("joining.welcome"), code=303)


class _Team:
    """The project that somebody joins, as its record is now. Raises _Gone when it is there no longer."""

    def __init__(self, invited: Invitation) -> None:
        self.invited, self.id = invited, f"{invited.project}/{PROJECT}"
        self.records = LiveRecords(house().storage)
        if invited.project not in self.records.projects:
            raise _Gone
        self.record = self.records.project(invited.project)

    def decide(self, *, email: str, name: str, consents: bool) -> Callable[[bytes], list[Change]]:
        """What to write, whatever others write meanwhile."""
        today = _today()

        def changes(content: bytes) -> list[Change]:
            record: ProjectRecord | None = None
            first: list[Change] = []
            if content.strip():
                record, problems = read_project(content, self.id)
                record = record or refuse(problems)
            else:
                first = [Put(values={"title": self.invited.title})]
            project = self.invited.project
            return first + teams.joined(project, record, account=email, name=name, consents=consents, day=today)

        return changes

    def last_day(self) -> date:
        id = self.invited.project
        year = locate(f"{id}/-").year
        project = Project(id=id, title=self.invited.title, audience=NOBODY, year=year, record=self.record)
        return teams.last_day(project, months=house().account_months, today=_today())


def _is_named_elsewhere(email: str, project: str) -> bool:
    """Whether other work than this project's names an address as its own: whoever takes it would see that work."""
    today, catalog = _today(), house().catalog
    for other in catalog.projects(access=everything(today=today)):
        people = other.record.team if other.record is not None and other.id != project else ()
        if any((person.account or "").lower() == email for person in people):
            return True
    alone = Access(tokens=frozenset({f"account:{email}"}), today=today)
    return any(each.project != project for each in catalog.newest(OWN_DELIVERABLES_LOOKED_AT, access=alone))


def _consents() -> bool:
    chosen = request.form.get("named", "")
    if chosen not in ("yes", "no"):
        raise _Refused(NO_CHOICE)
    return chosen == "yes"


def _form(invited: Invitation, *, problem: str = "") -> str:
    return render_template(
        "join.html",
        invitation=invited,
        account=account(),
        arrived=arrived(),
        by_mail=house().mail is not None,
        given=request.form,
        problem=problem,
        no_student=NO_STUDENT,
    )


def _gone() -> ResponseReturnValue:
    sentence = _("Deze link werkt niet meer. Hij is verlopen, ingetrokken of vol. Vraag je docent om een nieuwe.")
    return refusal(404, sentence, _("Deze link werkt niet"))


def _today() -> date:
    return today_in_amsterdam(house().clock())
