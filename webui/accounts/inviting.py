"""Join links for teams: a teacher or the coordinator makes one, shows it as an address and as a QR code, takes it back.

The file of the accounts keeps no token. The one of a join link is made of the site's secret and the link's key, so that
its maker can show it again next week. What happens to whoever opens it is `webui.accounts.joining`'s.
"""

from __future__ import annotations

import base64
import hmac
import io
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import segno
from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from archive.access import EMBARGO_ZONE, today_in_amsterdam
from archive.accounts.accounts import Account
from archive.accounts.links import TOKEN_BYTES, Link
from archive.accounts.teams import begun, new_project_id
from archive.model import Project
from archive.paths import PROJECT
from archive.records.live import LiveRecords
from archive.relay.handover import has_ended
from webui.addresses import site_address
from webui.house import house
from webui.overview import overview
from webui.visitor import own_account

PEOPLE_MAX = 60  # two classes; a team is mostly three to six
PEOPLE_USUAL = 6
DAYS_USUAL, DAYS_MAX = 14, 183
TITLE_MAX_CHARS = 200
KEY_BYTES = 9

NO_PROJECT = _l("Kies een project, of geef een nieuw project een titel.")
NO_UNTIL = _l("Kies tot wanneer de link werkt: vandaag of later, en binnen een half jaar.")
NO_PEOPLE = _l("Kies voor hoeveel mensen de link is: 1 tot en met 60.")
NO_END = _l("Kies de dag waarop het nieuwe project eindigt. Die dag moet nog komen.")
LONG_TITLE = _l("Een titel heeft ten hoogste 200 tekens, op één regel.")

blueprint = Blueprint("inviting", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A join link and what it gives: a place in a project's team, and in its community."""

    link: Link
    key: str
    project: str
    title: str
    community: str
    people: int

    @property
    def until(self) -> date:
        return today_in_amsterdam(self.link.until)

    @property
    def good(self) -> bool:
        return self.link.good(house().clock())

    @property
    def token(self) -> str:
        return _token(self.key)

    @property
    def url(self) -> str:
        return site_address() + url_for("joining.page", token=self.token)


class _Unclear(Exception):
    """The form can't be followed; why is said in the reader's language."""


@blueprint.get("/teams/invite")
def page() -> ResponseReturnValue:
    return _list(inviter(), given={"project": request.args.get("project", "")})


@blueprint.post("/teams")
def make() -> ResponseReturnValue:
    """Make a link, and first the project when it is a new one."""
    mine = inviter()
    try:
        until, people = _until(request.form.get("until", "")), _people(request.form.get("people", ""))
        project, title = _chosen(mine)
    except _Unclear as problem:
        return _list(mine, given=request.form, problem=str(problem)), 400
    key = secrets.token_urlsafe(KEY_BYTES)
    says = {"key": key, "project": project, "title": title, "community": project.split("/")[0], "people": people}
    house().accounts.give_link(
        "join", says, until=until, uses=people, token=_token(key), now=house().clock(), by=mine.actor
    )
    return redirect(url_for("inviting.one", key=key), code=303)


@blueprint.get("/teams/<key>")
def one(key: str) -> ResponseReturnValue:
    """A link, to show, copy and print."""
    return render_template("invitation.html", invitation=_own(key, inviter()))


@blueprint.get("/teams/<key>/qr.svg")
def qr(key: str) -> ResponseReturnValue:
    """The address as a QR code: dark on light in every colour scheme, with the quiet zone of ISO/IEC 18004."""
    drawn = io.BytesIO()
    segno.make(_own(key, inviter()).url, error="m", micro=False).save(
        drawn, kind="svg", border=4, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None
    )
    answer = Response(drawn.getvalue(), mimetype="image/svg+xml")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.post("/teams/<key>/withdraw")
def withdraw(key: str) -> ResponseReturnValue:
    mine = inviter()
    house().accounts.withdraw_link(_own(key, mine).link, now=house().clock(), by=mine.actor)
    return redirect(url_for("inviting.page"), code=303)


def invitation(token: str) -> Invitation | None:
    """What a token invites to, while it works: in time, with a place left, and from somebody who still may invite."""
    accounts = house().accounts
    link = accounts.link("join", token, now=house().clock())
    maker = _maker(link) if link else None
    if link is None or maker is None or not may_invite(maker, str(link.says["community"])):
        return None
    return _invitation(link)


def inviter() -> Account:
    """Who is signed in, when that is somebody who makes teams; for others this does not exist."""
    mine = own_account()
    if mine.role not in ("teacher", "coordinator"):
        abort(404)
    return mine


def may_invite(account: Account, community: str) -> bool:
    """Whether somebody may bring people into a community: its teachers and the coordinator."""
    if not account.active(today_in_amsterdam(house().clock())):
        return False
    return account.role == "coordinator" or (account.role == "teacher" and community in account.communities)


def invitable(mine: Account, project: Project) -> bool:
    """Whether somebody may invite to a project: one that has not ended, in a folder of its own."""
    seen = overview()
    return (
        project.community is not None
        and may_invite(mine, project.community)
        and not has_ended(project, today=seen.access.today)
        and seen.catalog.deliverable(project.id, access=seen.access) is None  # a single file has no folder
    )


def _list(mine: Account, *, given: Mapping[str, str], problem: str = "") -> str:
    today, seen = today_in_amsterdam(house().clock()), overview()
    return render_template(
        "teams.html",
        invitations=[each for each in map(_invitation, house().accounts.links("join")) if _is_own(each, mine)],
        projects=[(each.id, f"{each.title} · {seen.community_name(each.community)}") for each in _running(mine)],
        communities=[(id, seen.community_name(id)) for id in _communities(mine)],
        given=given,
        problem=problem,
        today=today,
        until=today + timedelta(days=DAYS_USUAL),
        latest=today + timedelta(days=DAYS_MAX),
        people=PEOPLE_USUAL,
        most=PEOPLE_MAX,
    )


def _running(mine: Account) -> list[Project]:
    """Newest first."""
    return overview().projects_where(lambda project: invitable(mine, project))


def _communities(mine: Account) -> list[str]:
    return [id for id in overview().communities if may_invite(mine, id)]


def _chosen(mine: Account) -> tuple[str, str]:
    """The id and title of the project that the form names; a new one is made. Raises _Unclear."""
    wanted, title = request.form.get("project", ""), " ".join(request.form.get("title", "").split())
    if wanted:
        found = next((each for each in _running(mine) if each.id == wanted), None)
        if found is None:
            raise _Unclear(NO_PROJECT)
        return found.id, found.title
    own = _communities(mine)
    community = request.form.get("community", "") or (own[0] if len(own) == 1 else "")
    if not title or community not in own:
        raise _Unclear(NO_PROJECT)
    if len(title) > TITLE_MAX_CHARS or not title.isprintable():
        raise _Unclear(LONG_TITLE)
    today, ends = today_in_amsterdam(house().clock()), _day(request.form.get("ends", ""))
    if ends is None or ends <= today or ends > today + timedelta(days=3 * 365):
        raise _Unclear(NO_END)
    return _begin(title, community, today, ends, mine), title


def _begin(title: str, community: str, today: date, ends: date, mine: Account) -> str:
    records = LiveRecords(house().storage)
    known = {*records.projects, *records.files}
    id = new_project_id(title, community=community, day=today, known=known)
    teacher = mine.email if mine.role == "teacher" else None
    records.change(f"{id}/{PROJECT}", lambda _content: begun(title, starts=today, ends=ends, teacher=teacher))
    house().accounts.note("project begun", id, now=house().clock(), by=mine.actor)
    return id


def _until(typed: str) -> datetime:
    """The end of the day that was typed. Raises _Unclear."""
    day, today = _day(typed), today_in_amsterdam(house().clock())
    if day is None or not today <= day <= today + timedelta(days=DAYS_MAX):
        raise _Unclear(NO_UNTIL)
    return datetime.combine(day, time.max, tzinfo=EMBARGO_ZONE)


def _people(typed: str) -> int:
    people = int(typed) if typed.isdecimal() and len(typed) < 4 else 0
    if not 1 <= people <= PEOPLE_MAX:
        raise _Unclear(NO_PEOPLE)
    return people


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _own(key: str, mine: Account) -> Invitation:
    """A link that somebody may handle; another's does not exist."""
    found = (each for each in map(_invitation, house().accounts.links("join")) if each.key == key)
    own = next((each for each in found if _is_own(each, mine)), None)
    return own or abort(404)


def _is_own(invitation: Invitation, mine: Account) -> bool:
    return mine.role == "coordinator" or invitation.link.by == mine.actor


def _invitation(link: Link) -> Invitation:
    says = link.says
    return Invitation(
        link=link,
        key=str(says["key"]),
        project=str(says["project"]),
        title=str(says["title"]),
        community=str(says["community"]),
        people=int(says["people"]),
    )


def _token(key: str) -> str:
    """What opens a link: nobody without the site's secret can make it of the key."""
    made = hmac.digest(house().secret, b"join " + key.encode(), "sha256")
    return base64.urlsafe_b64encode(made[:TOKEN_BYTES]).decode()


def _maker(link: Link) -> Account | None:
    number = link.by.removeprefix("account ")
    return house().accounts.find(int(number)) if number.isdecimal() else None
