""" "Mijn teams": a teacher's one screen, with a row for each team and a place to drop what all of them handed in."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.access import today_in_amsterdam
from archive.accounts.accounts import Account
from archive.deposit.drafts import FILE_MAX_BYTES
from webui.accounts.inviting import inviter, may_invite
from webui.deposit.depositors import drafts
from webui.house import house
from webui.overview import overview
from webui.teams.reminding import REMINDED
from webui.teams.rows import NAMES, running_in, teams_of

REMINDED_TOLD_FOR = timedelta(days=60)

blueprint = Blueprint("my_teams", __name__)


@blueprint.get("/teams")
def page() -> ResponseReturnValue:
    mine = inviter()
    if "project" in request.args:  # where join links were made before: people kept that address
        return redirect(url_for("inviting.page", project=request.args["project"]), code=301)
    communities = [id for id in overview().communities if may_invite(mine, id)]
    community = _chosen(mine, communities)
    now = house().clock()
    reminded = house().accounts.noted(REMINDED, since=now - REMINDED_TOLD_FOR)
    return render_template(
        "my_teams.html",
        teams=teams_of(mine, community),
        community=community,
        communities=[(id, running_in(id)) for id in communities] if mine.role == "coordinator" else [],
        may_drop=bool(communities),
        begun=len(drafts().of(mine.id)),
        reminded={id: today_in_amsterdam(line.at) for id, line in reminded.items()},
        names=NAMES,
        most=FILE_MAX_BYTES >> 20,
    )


def _chosen(mine: Account, communities: list[str]) -> str:
    """The community that the coordinator looks at: the one asked for, else the first where a team is at work."""
    if mine.role != "coordinator" or not communities:
        return ""
    wanted = request.args.get("community", "")
    if wanted in communities:
        return wanted
    return next((id for id in communities if running_in(id)), communities[0])
