"""My questions: for an account those it asked and those of its company; for others a link of their own, and no account.

The link is made of the accounts' key of links and the asker's own, so that each mail can carry it and no file keeps it.
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass
from datetime import date, datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from archive.access import reader
from archive.accounts.askers import Ask, Asker, Askers
from webui.asking.stories import Story, story_of
from webui.errors import refusal
from webui.house import house
from webui.overview import overview
from webui.visitor import account, own_account

MAC_BYTES = 18

blueprint = Blueprint("my_questions", __name__, url_prefix="/questions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """A question with when it was asked; `ask` is None for one of a colleague."""

    story: Story
    day: date | None
    ask: Ask | None = None


@blueprint.get("/mine")
def own() -> ResponseReturnValue:
    """What this account asked, and for a company's people what their company asked."""
    mine, askers = own_account(), Askers(house().accounts.file)
    asks = askers.asks_of_account(mine.id)
    found = _stories(asks, own_access=True)
    known = {(each.community, each.question) for each in asks}
    for asked in overview().questions if mine.role == "partner" and mine.company else ():
        source, key = asked.question.source, (asked.community.id, asked.question.id)
        if source is not None and source.organisation == mine.company and key not in known:
            story = story_of(*key, access=overview().access)
            found += [Mine(story=story, day=source.date)] if story else []
    return render_template(
        "my_questions.html",
        asked=sorted(found, key=lambda each: each.day or date.min, reverse=True),
        asker=asks[0].asker if asks else None,
        token=_token(asks[0].asker.key) if asks else "",
        is_own=True,
    )


@blueprint.get("/mine/<token>")
def by_link(token: str) -> ResponseReturnValue:
    """The same for who has no account, as everybody reads."""
    asker = _asker(token)
    if asker is None:
        return _gone()
    if asker.account is not None:
        return redirect(url_for("my_questions.own"), code=303)
    asks = Askers(house().accounts.file).asks_of(asker.id)
    return render_template(
        "my_questions.html", asked=_stories(asks, own_access=False), asker=asker, token=token, is_own=False
    )


@blueprint.route("/mail/<token>", methods=["GET", "POST"])
def letters(token: str) -> ResponseReturnValue:
    """Whether mails still come. A mail scanner opens the address; the button decides."""
    asker = _asker(token)
    if asker is None:
        return _gone()
    if request.method == "POST":
        Askers(house().accounts.file).want_letters(asker.key, request.form.get("letters") == "yes")
        asker = _asker(token) or asker
    return render_template(
        "question_letters.html", asker=asker, done=request.method == "POST", onward=mine_url(asker), token=token
    )


def mine_url(asker: Asker) -> str:
    """Where somebody sees what became of what they asked."""
    if asker.account is not None:
        return "/questions/mine"
    return f"/questions/mine/{_token(asker.key)}"


def letters_url(asker: Asker) -> str:
    """Where somebody says that mails need not come."""
    return f"/questions/mail/{_token(asker.key)}"


def _stories(asks: tuple[Ask, ...], *, own_access: bool) -> list[Mine]:
    """Of a stranger's link everybody's access: whoever is signed in meanwhile may see more, and shows it to nobody."""
    today = overview().access.today
    access = overview().access if own_access and account() is not None else reader("public", today=today)
    found = []
    for ask in asks:
        story = story_of(ask.community, ask.question, access=access)
        found += [Mine(story=story, day=_day(ask.at), ask=ask)] if story else []
    return found


def _day(at: datetime) -> date:
    return at.date()


def _asker(token: str) -> Asker | None:
    key = token.rpartition(".")[0]
    right = hmac.compare_digest(token.encode("utf-8", "surrogatepass"), _token(key).encode("utf-8", "surrogatepass"))
    return Askers(house().accounts.file).asker(key) if right else None


def _token(key: str) -> str:
    made = hmac.digest(house().link_key, f"asker {key}".encode("utf-8", "surrogatepass"), "sha256")[:MAC_BYTES]
    return f"{key}.{base64.urlsafe_b64encode(made).decode()}"


def _gone() -> ResponseReturnValue:
    sentence = _("Deze link werkt niet (meer). Kijk of je hem helemaal hebt overgenomen.")
    return refusal(404, sentence, _("Deze link werkt niet"))
