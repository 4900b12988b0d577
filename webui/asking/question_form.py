"""Ask a question: one field, then a look at what is there already and where the question fits, then it is sent.

Who has no account gives an e-mail address, which a mailed link confirms where mail is set. The address and what was
typed as a company's name go to `archive.accounts.askers` and into no record; nobody is joined to an organisation by
typing its name.
"""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from archive.accounts.accounts import Account, expect_fit
from archive.accounts.askers import Ask, Askers
from archive.agenda.asking import ASKED_MAX_CHARS, asked_from_outside
from archive.agenda.keeping import write_question
from archive.agenda.questions import NotNow
from archive.errors import AccountRefused, ArchiveError
from archive.model import Deliverable
from archive.records.live import LiveRecords
from indexer.relay.prior_work import PriorWork, prior_work
from webui import wording
from webui.accounts.limiting import may_ask
from webui.accounts.mailed_links import letter_text, send_to, too_many_mails
from webui.asking.my_questions import mine_url
from webui.asking.placing import LONG_QUESTION
from webui.errors import refusal
from webui.house import house
from webui.overview import Asked, overview
from webui.relay.deciding import Unclear, as_seen, done, note, one_line, why_not
from webui.visitor import access, account

COMPANY_MAX_CHARS = 120
CONFIRM_FOR = timedelta(days=7)
DOCUMENTS_SHOWN, QUESTIONS_SHOWN = 3, 3
_FORM = re.compile(r"[\w-]{16}", re.ASCII)
_placing = threading.Lock()  # of a form that is sent twice at once, the second finds what the first did

NO_QUESTION = _l("Schrijf je vraag op.")
NO_COMMUNITY = _l("Kies bij welke learning community je vraag past.")
LONG_COMPANY = _l("De naam van je bedrijf heeft ten hoogste 120 tekens.")
TOO_MANY = _l("Er zijn net veel vragen gesteld. Wacht tien minuten en probeer het nog eens.")
NO_COMMUNITIES = _l("Hier is nog geen learning community om iets aan te vragen.")
ASKED_ALREADY = _l("Deze vraag staat al op de lijst. Kijk bij de open vragen.")
SENT = _l("Bedankt. Een docent kijkt naar je vraag. Hier zie je wat ervan wordt.")

blueprint = Blueprint("asking", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A question as it is about to be put on an agenda. `form` names the form: it is sent twice at times."""

    text: str
    community: str
    company: str
    form: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is there already about a question, and the community that knows most of it."""

    community: str
    documents: tuple[Deliverable, ...]
    questions: tuple[Asked, ...]


@blueprint.get("/ask")
def page() -> ResponseReturnValue:
    return _first(request.args.get("q", "")[:ASKED_MAX_CHARS], request.args.get("community", ""))


@blueprint.post("/ask")
def ask() -> ResponseReturnValue:
    """Look first; then send. What a robot fills in goes nowhere, with the same words."""
    typed = request.form.get("text", "")
    try:
        text = one_line(typed, NO_QUESTION, most=ASKED_MAX_CHARS, too_long=LONG_QUESTION)
        if request.form.get("looked") != "yes":
            return _second(text, request.form)
        if request.form.get("website"):
            return render_template("ask_mailed.html", email="")
        return _send(_asking(text))
    except Unclear as problem:
        shown = _second if request.form.get("looked") == "yes" and typed.strip() else _first_again
        return shown(typed, request.form, problem=str(problem)), 400
    except AccountRefused as error:
        return _second(typed, request.form, problem=wording.refusal(error)), 400


@blueprint.route("/ask/confirm/<token>", methods=["GET", "POST"])
def confirm(token: str) -> ResponseReturnValue:
    """The mailed link. A mail scanner opens it, too: its button asks the question."""
    accounts, now = house().accounts, house().clock()
    link = accounts.link("ask", token, now=now)
    if link is None:
        # Mostly it is opened again by who used it before, and is not to ask anew.
        used = _("Deze link is al gebruikt, of ouder dan een week.")
        sentence = _(
            "Bevestigde je al? Dan is je vraag gesteld, en krijg je mail zodra er nieuws is. Stel hem anders opnieuw."
        )
        return refusal(404, f"{used} {sentence}", _("Deze link werkt niet meer"))
    says = link.says
    if request.method != "POST":
        return render_template("ask_confirm.html", text=says["text"], community=says["community"])
    asking = Asking(**{key: str(says[key]) for key in ("text", "community", "company", "form", "language")})
    try:
        asked = _place(asking, None, email=str(says["email"]), confirmed=True)
    except NotNow:
        return refusal(409, ASKED_ALREADY)
    except ArchiveError as error:
        sentence, status = why_not(error)
        return refusal(status, sentence)
    accounts.use_link("ask", token, now=now)
    return done(SENT, mine_url(asked.asker))


def _asking(text: str) -> Asking:
    """What the form says. Raises Unclear."""
    community, company = request.form.get("community", ""), " ".join(request.form.get("company", "").split())
    if community not in overview().communities:
        raise Unclear(NO_COMMUNITY)
    if len(company) > COMPANY_MAX_CHARS or not company.isprintable():
        raise Unclear(LONG_COMPANY)
    return Asking(
        text=text, community=community, company=company, form=_form_key(request.form), language=wording.language()
    )


def _send(asking: Asking) -> ResponseReturnValue:
    """Put the question on the agenda, or first have the address confirmed. Raises AccountRefused."""
    mine = account()
    email = "" if mine else expect_fit(email=request.form.get("email", ""), name="", role="student", password=None)
    if Askers(house().accounts.file).by_form(asking.form) is None and not may_ask(mine.actor if mine else None):
        return _second(asking.text, request.form, problem=str(TOO_MANY)), 429
    if mine is None and house().mail is not None:
        if not send_to(email, _letter(asking, email)):
            return too_many_mails()
        return render_template("ask_mailed.html", email=email)
    try:
        asked = _place(asking, mine, email=email, confirmed=False)
    except NotNow:
        return _second(asking.text, request.form, problem=str(ASKED_ALREADY)), 409
    except ArchiveError as error:
        sentence, status = why_not(error)
        return _second(asking.text, request.form, problem=sentence), status
    return done(SENT, mine_url(asked.asker))


def _place(asking: Asking, mine: Account | None, *, email: str, confirmed: bool) -> Ask:
    """Write the question down, and who hears what becomes of it. Raises NotNow, ArchiveError."""
    askers, now, today = Askers(house().accounts.file), house().clock(), overview().access.today
    home = asking.community
    with _placing:
        known = askers.by_form(asking.form)
        if known is not None:
            return known
        records = LiveRecords(house().storage)
        own = mine.company if mine is not None and mine.role == "partner" else None
        organisation = own if own in {each.slug for each in records.network().organisations} else None
        by = mine.email if mine else None
        draft = asked_from_outside(asking.text, organisation=organisation, by=by, day=today)
        id = write_question(records, home, draft, by=by, day=today, seen=as_seen(home))
        asked = askers.put(
            form=asking.form,
            community=home,
            question=id,
            told="" if confirmed else "proposed",  # who confirmed an address is told at once where to look
            company=asking.company,
            account=mine.id if mine else None,
            email=email,
            confirmed=confirmed,
            language=asking.language,
            now=now,
        )
    if mine is not None:
        note(mine, "question asked", f"{home} {id}", {"state": "proposed"})
    else:
        house().accounts.note("question asked", f"{home} {id}", {"state": "proposed"}, now=now, by="visitor")
    return asked


def _letter(asking: Asking, email: str) -> Callable[[], None]:
    accounts, now, server = house().accounts, house().clock(), house().mail
    says = {
        "text": asking.text,
        "community": asking.community,
        "company": asking.company,
        "form": asking.form,
        "language": asking.language,
        "email": email,
    }
    subject = _("Bevestig je vraag")
    text = letter_text(
        _("Open deze link om je vraag te stellen:"), _("De link werkt een week. Daarna hoor je wat ervan wordt.")
    )

    def send() -> None:
        if server is not None:
            token = accounts.give_link("ask", says, until=now + CONFIRM_FOR, now=now, by="visitor")
            server.send(email, subject, text(f"{server.site}/ask/confirm/{token}"))

    return send


def _first(text: str, community: str, *, problem: str = "") -> str:
    chosen = community if community in overview().communities else ""
    return render_template(
        "ask.html",
        text=text,
        community=chosen,
        problem=problem or ("" if overview().communities else str(NO_COMMUNITIES)),
        most=ASKED_MAX_CHARS,
    )


def _first_again(text: str, given: Mapping[str, str], *, problem: str = "") -> str:
    return _first(text[: 2 * ASKED_MAX_CHARS], given.get("community", ""), problem=problem)


def _second(text: str, given: Mapping[str, str], *, problem: str = "") -> str:
    """The question with what is there about it. What was typed stays."""
    look = _look(text[:ASKED_MAX_CHARS])
    wanted = given.get("community", "")
    own = _only(list(overview().communities))
    return render_template(
        "ask_look.html",
        text=text[: 2 * ASKED_MAX_CHARS],
        look=look,
        communities=[(id, overview().community_name(id)) for id in overview().communities],
        community=wanted if wanted in overview().communities else (look.community or own),
        is_proposed=not wanted and bool(look.community) and len(overview().communities) > 1,
        given=given,
        form=_form_key(given),
        mine=account(),
        problem=problem,
        most=ASKED_MAX_CHARS,
    )


def _look(text: str) -> Look:
    found = prior_work([text], house().finder, access=access())
    of_id = {(each.community.id, each.question.id): each for each in overview().questions}
    touched = [of_id[key] for each in found.questions if (key := (each.community, each.question.id)) in of_id]
    return Look(
        community=best_community(found, set(overview().communities)),
        documents=tuple(each.hit.deliverable for each in found.findings[:DOCUMENTS_SHOWN]),
        questions=tuple(touched[:QUESTIONS_SHOWN]),
    )


def best_community(found: PriorWork, known: set[str]) -> str:
    """The community whose documents and questions say most of what was asked; "" when none says anything."""
    scores: dict[str, float] = {}
    for finding in found.findings:
        home = finding.hit.deliverable.community
        if home in known:
            scores[home] = scores.get(home, 0.0) + finding.hit.score
    for touched in found.questions:
        if touched.community in known:
            scores[touched.community] = scores.get(touched.community, 0.0) + touched.score
    return min(scores, key=lambda id: (-scores[id], id), default="")


def _form_key(given: Mapping[str, str]) -> str:
    sent = given.get("form", "")
    return sent if _FORM.fullmatch(sent) else secrets.token_urlsafe(12)


def _only(ids: Sequence[str]) -> str:
    return ids[0] if len(ids) == 1 else ""
