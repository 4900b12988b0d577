"""Accounts, for who looks after them: the coordinator for all, a teacher for the students of own communities.

A teacher sees the students who share a community, and changes those who are in own communities only: a link to choose a
password opens all that its student sees. Another's account does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from archive.access import today_in_amsterdam
from archive.accounts.accounts import ROLES, Account
from archive.errors import AccountRefused
from webui import wording
from webui.accounts.inviting import inviter
from webui.accounts.mailed_links import letter_text
from webui.addresses import site_address
from webui.house import house
from webui.outcomes import page_number
from webui.overview import overview
from webui.wording import refusal

PAGE_SIZE = 50
RESET_FOR = timedelta(days=2)
PROLONG_MAX = timedelta(days=3 * 366)

# What was done, as the page says it afterwards.
DONE = {
    "changed": _l("Het account is veranderd."),
    "prolonged": _l("Het account werkt nu langer."),
    "closed": _l("Het account is gesloten en overal afgemeld."),
    "opened": _l("Het account werkt weer."),
    "signed-out": _l("Het account is overal afgemeld."),
    "removed": _l("Het account is gewist."),
    "mailed": _l("Er is een mail onderweg met een link om een wachtwoord te kiezen."),
}
NO_DAY = _l("Kies een dag die nog komt, binnen drie jaar.")
OWN = _l("Dit is je eigen account. Laat een andere coördinator dit doen.")
NOT_SURE = _l("Zet eerst het vinkje. Er is niets gewist.")

blueprint = Blueprint("people", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What narrows the list: a role and a community of the address, words that were typed."""

    role: str = ""
    community: str = ""
    words: str = ""

    def url(self, *, role: str | None = None, community: str | None = None, page: int = 1) -> str:
        """The list narrowed otherwise; "" takes a bound off."""
        role, community = self.role if role is None else role, self.community if community is None else community
        pairs = [(name, value) for name, value in (("role", role), ("community", community)) if value]
        pairs += [("page", str(page))] if page > 1 else []
        return url_for("people.page") + (f"?{urlencode(pairs)}" if pairs else "")

    def fits(self, one: Account) -> bool:
        said = f"{one.name} {one.email}".casefold()
        return (
            self.role in ("", one.role)
            and (not self.community or self.community in one.communities)
            and all(word in said for word in self.words.casefold().split())
        )


@blueprint.get("/people")
def page() -> ResponseReturnValue:
    return _list(Filter(role=request.args.get("role", ""), community=request.args.get("community", "")))


@blueprint.post("/people")
def find() -> ResponseReturnValue:
    """Look for somebody. A form that is posted: a name in an address would end in logs."""
    return _list(Filter(words=request.form.get("q", "")))


@blueprint.route("/people/add", methods=["GET", "POST"])
def add() -> ResponseReturnValue:
    """Make an account; who it is for chooses the password."""
    mine = _coordinator()
    if request.method != "POST":
        return _adding({})
    try:
        ends = _typed_day("ends")
        made = house().accounts.add(
            email=request.form.get("email", ""),
            role=request.form.get("role", ""),
            name=request.form.get("name", ""),
            communities=_typed_communities(),
            company=_typed_company(),
            ends=ends,
            now=house().clock(),
            by=mine.actor,
        )
    except AccountRefused as error:
        return _adding(request.form, problem=refusal(error)), 400
    except ValueError as problem:
        return _adding(request.form, problem=str(problem)), 400
    return _give_link(made, mine)


@blueprint.get("/people/<int:id>")
def one(id: int) -> ResponseReturnValue:
    return _shown(_theirs(id, inviter()))


@blueprint.post("/people/<int:id>/change")
def change(id: int) -> ResponseReturnValue:
    mine = _coordinator()
    whose = _theirs(id, mine)
    try:
        ends = _typed_day("ends")
        role = request.form.get("role", whose.role)
        if whose.id == mine.id and role != mine.role:
            return _shown(whose, problem=str(OWN)), 400
        house().accounts.change(
            id,
            name=request.form.get("name", ""),
            role=role,
            communities=_typed_communities(),
            company=_typed_company(),
            ends=ends,
            endless=ends is None,
            now=house().clock(),
            by=mine.actor,
        )
    except AccountRefused as error:
        return _shown(whose, problem=refusal(error)), 400
    except ValueError as problem:
        return _shown(whose, problem=str(problem)), 400
    return _done("changed", id)


@blueprint.post("/people/<int:id>/prolong")
def prolong(id: int) -> ResponseReturnValue:
    mine, whose = _changeable(id)
    try:
        ends = _typed_day("ends")
    except ValueError as problem:
        return _shown(whose, problem=str(problem)), 400
    if ends is None:
        return _shown(whose, problem=str(NO_DAY)), 400
    house().accounts.change(id, ends=ends, now=house().clock(), by=mine.actor)
    return _done("prolonged", id)


@blueprint.post("/people/<int:id>/close")
def close(id: int) -> ResponseReturnValue:
    mine, whose = _changeable(id)
    if whose.id == mine.id:
        return _shown(whose, problem=str(OWN)), 400
    house().accounts.change(id, disabled=True, now=house().clock(), by=mine.actor)
    return _done("closed", id)


@blueprint.post("/people/<int:id>/open")
def reopen(id: int) -> ResponseReturnValue:
    mine, _whose = _changeable(id)
    house().accounts.change(id, disabled=False, now=house().clock(), by=mine.actor)
    return _done("opened", id)


@blueprint.post("/people/<int:id>/reset")
def reset(id: int) -> ResponseReturnValue:
    """A link to choose a password: by mail where that is set, else to hand over."""
    mine, whose = _changeable(id)
    return _give_link(whose, mine)


@blueprint.post("/people/<int:id>/sessions")
def end_sessions(id: int) -> ResponseReturnValue:
    mine, _whose = _changeable(id)
    house().accounts.end_sessions(id, now=house().clock(), by=mine.actor)
    return _done("signed-out", id)


@blueprint.post("/people/<int:id>/remove")
def remove(id: int) -> ResponseReturnValue:
    """Take the account away. What records say of the person stays: that is a question of privacy."""
    mine = _coordinator()
    whose = _theirs(id, mine)
    if whose.id == mine.id:
        return _shown(whose, problem=str(OWN)), 400
    if request.form.get("sure") != "yes":
        return _shown(whose, problem=str(NOT_SURE)), 400
    house().accounts.remove(id, now=house().clock(), by=mine.actor)
    return redirect(url_for("people.page", done="removed"), code=303)


def may_see(mine: Account, other: Account) -> bool:
    if mine.role == "coordinator":
        return True
    return mine.role == "teacher" and other.role == "student" and bool({*mine.communities} & {*other.communities})


def may_change(mine: Account, other: Account) -> bool:
    """Whether somebody may close, prolong and reset an account that they see."""
    return may_see(mine, other) and (mine.role == "coordinator" or {*other.communities} <= {*mine.communities})


def _list(chosen: Filter) -> str:
    mine, number = inviter(), page_number()
    seen = [each for each in house().accounts.all() if may_see(mine, each)]
    found = sorted(filter(chosen.fits, seen), key=lambda each: ((each.name or each.email).casefold(), each.id))
    pages = max(1, -(-len(found) // PAGE_SIZE))
    if number > pages:
        abort(404)
    communities = sorted(
        {id for each in seen for id in each.communities if mine.role == "coordinator" or id in mine.communities}
    )
    return render_template(
        "people.html",
        mine=mine,
        people=found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE],
        total=len(found),
        communities=communities,
        roles=[role for role in ROLES if any(each.role == role for each in seen)],
        chosen=chosen,
        today=_today(),
        done=DONE.get(request.args.get("done", ""), ""),
        number=number,
        pages=pages,
    )


def _shown(whose: Account, *, problem: str = "") -> str:
    mine = inviter()
    return render_template(
        "person.html",
        mine=mine,
        whose=whose,
        mutable=may_change(mine, whose),
        # Of another community a teacher is told that there is one, not which.
        shared=[id for id in whose.communities if mine.role == "coordinator" or id in mine.communities],
        problem=problem,
        done=DONE.get(request.args.get("done", ""), ""),
        today=_today(),
        latest=_today() + PROLONG_MAX,
        **_choices(),
    )


def _adding(given: Mapping[str, str], *, problem: str = "") -> str:
    return render_template("person_add.html", given=given, problem=problem, latest=_today() + PROLONG_MAX, **_choices())


def _choices() -> dict[str, object]:
    seen = overview()
    companies = [each for each in seen.organisations.values() if each.kind == "company"]
    return {
        "named_roles": [(role, wording.role_name(role)) for role in ROLES],
        "named_communities": [(id, seen.community_name(id)) for id in seen.communities],
        "named_companies": [
            ("", "–"),
            *sorted(((each.slug, each.name) for each in companies), key=lambda pair: pair[1].casefold()),
        ],
        "chosen_communities": request.form.getlist("community"),
    }


def _give_link(whose: Account, mine: Account) -> ResponseReturnValue:
    accounts, clock, server = house().accounts, house().clock, house().mail

    def give() -> str:
        now = clock()
        return accounts.give_link("reset", {"account": whose.id}, until=now + RESET_FOR, now=now, by=mine.actor)

    if server is None:
        url = f"{site_address()}/reset/{give()}"
        return render_template("person_link.html", whose=whose, url=url, days=RESET_FOR.days)
    subject = _("Kies een wachtwoord voor Estafette")
    text = letter_text(_("Open deze link om een wachtwoord te kiezen:"), _("De link werkt twee dagen, en één keer."))
    house().outbox.put(lambda: server.send(whose.email, subject, text(f"{server.site}/reset/{give()}")))
    return _done("mailed", whose.id)


def _done(what: str, id: int) -> ResponseReturnValue:
    return redirect(url_for("people.one", id=id, done=what), code=303)


def _coordinator() -> Account:
    mine = inviter()
    if mine.role != "coordinator":
        abort(404)
    return mine


def _theirs(id: int, mine: Account) -> Account:
    found = house().accounts.find(id)
    if found is None or not may_see(mine, found):
        abort(404)
    return found


def _changeable(id: int) -> tuple[Account, Account]:
    mine = inviter()
    whose = _theirs(id, mine)
    if not may_change(mine, whose):
        abort(404)
    return mine, whose


def _typed_day(field: str) -> date | None:
    """The day of a field; None when it is empty. Raises ValueError with a sentence for the reader."""
    typed = request.form.get(field, "").strip()
    try:
        day = date.fromisoformat(typed) if typed else None
    except ValueError:
        raise ValueError(NO_DAY) from None
    if day is not None and not _today() <= day <= _today() + PROLONG_MAX:
        raise ValueError(NO_DAY)
    return day


def _typed_communities() -> list[str]:
    """The communities that were ticked, of those that there are; a partner is a member of none."""
    if request.form.get("role") == "partner":
        return []
    return [id for id in request.form.getlist("community") if id in overview().communities]


def _typed_company() -> str | None:
    slug = request.form.get("company", "")
    return slug if slug in overview().organisations else None


def _today() -> date:
    return today_in_amsterdam(house().clock())
