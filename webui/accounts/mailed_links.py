"""Links that go by mail, and signing in with one.

A mail scanner opens every link it sees: looking at a link changes nothing, its button uses it. Whatever address is
typed, the answer and its time are the same; whether a mail goes out is decided on another thread.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from archive.access import today_in_amsterdam
from archive.accounts.accounts import Account
from archive.errors import AccountRefused
from webui.accounts.limiting import may_mail
from webui.accounts.mail import MailServer
from webui.accounts.signing_in import begin
from webui.addresses import is_local
from webui.errors import refusal
from webui.house import house
from webui.wording import refusal as refused

SIGN_IN_FOR = timedelta(minutes=15)

blueprint = Blueprint("mailed_links", __name__)


@blueprint.post("/login/mail")
def ask() -> ResponseReturnValue:
    """Send a link to sign in with, to an address that has an account."""
    server, email = _server(), request.form.get("email", "")
    onward = request.form.get("next", "")
    try:
        if not send_to(email, _sign_in_letter(server, email, onward if is_local(onward) else "")):
            return too_many_mails()
    except AccountRefused as error:
        return render_template("login.html", problem=refused(error), email=email, onward=onward), 400
    return check_your_mail(
        _("Heeft %(email)s een account? Dan krijg je een mail met een link om je aan te melden.", email=email)
    )


@blueprint.route("/login/mail/<token>", methods=["GET", "POST"])
def sign_in(token: str) -> ResponseReturnValue:
    accounts, now = house().accounts, house().clock()
    _server()
    use = accounts.use_link if request.method == "POST" else accounts.link
    link = use("sign-in", token, now=now)
    whose = accounts.find(int(link.says["account"])) if link else None
    if link is None or whose is None or not _fits(whose, int(link.says["epoch"])):
        sentence = _("Deze link werkt niet meer. Hij werkt een kwartier, en één keer. Vraag een nieuwe aan.")
        return refusal(404, sentence, _("Deze link werkt niet"))
    if request.method != "POST":
        return render_template("mailed_sign_in.html", email=whose.email)
    begin(whose)
    return redirect(str(link.says["next"]) or url_for("home.page"), code=303)


def send_to(email: str, letter: Callable[[], None]) -> bool:
    """Have a letter made and sent soon; False when this visitor asked for too many. Raises AccountRefused."""
    if not may_mail(email):
        return False
    house().outbox.put(letter)
    return True


def check_your_mail(sentence: str) -> str:
    return render_template("check_mail.html", sentence=sentence)


def too_many_mails() -> ResponseReturnValue:
    sentence = _("Er zijn net al mails gestuurd. Kijk ook bij de ongewenste mail, of wacht een paar minuten.")
    return refusal(429, sentence, _("Even geduld"))


def letter_text(before: str, after: str) -> Callable[[str], str]:
    """A letter with a link in the middle, in the reader's language; the link comes later, when it is made."""
    closing = _("Vroeg je hier niet om? Dan hoef je niets te doen.")
    return lambda url: f"{before}\n\n{url}\n\n{after}\n{closing}\n"


def _sign_in_letter(server: MailServer, email: str, onward: str) -> Callable[[], None]:
    accounts, clock = house().accounts, house().clock
    subject = _("Meld je aan bij Estafette")
    text = letter_text(_("Open deze link om je aan te melden:"), _("De link werkt een kwartier, en één keer."))

    def send() -> None:
        now = clock()
        found = accounts.by_email(email)
        if found is None or not found.active(today_in_amsterdam(now)):
            return
        says = {"account": found.id, "epoch": found.epoch, "next": onward}
        token = accounts.give_link("sign-in", says, until=now + SIGN_IN_FOR, now=now, by="sign-in page")
        server.send(found.email, subject, text(f"{server.site}/login/mail/{token}"))

    return send


def _fits(whose: Account, epoch: int) -> bool:
    """Whether a link still is for this account: not after its sessions were ended, its password changed, its end."""
    return whose.epoch == epoch and whose.active(today_in_amsterdam(house().clock()))


def _server() -> MailServer:
    return house().mail or abort(404)
