"""The front page: search, the communities and their relay, what is new, what waits, the archive in figures."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from webui import sketch
from webui.house import house
from webui.overview import Overview, overview
from webui.visitor import access

NEWEST_SHOWN = 6
QUESTIONS_SHOWN = 5

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def page() -> ResponseReturnValue:
    seen = overview()
    return render_template(
        "home.html",
        communities=[
            (
                community,
                sketch.small(seen.drawing(community.id)),
                _years(seen, community.id),
                _documents(seen, community.id),
            )
            for community in seen.communities.values()
        ],
        years=sorted({shelf[1] for shelf in seen.counts.shelves if shelf[1] is not None}, reverse=True),
        newest=house().catalog.newest(NEWEST_SHOWN, access=access()),
        questions=[asked for asked in seen.questions if asked.waits][:QUESTIONS_SHOWN],
        figures=seen.figures,
    )


def _years(seen: Overview, community: str) -> str:
    """From the first year to the last: "2018–2022"."""
    known = [column.year for column in seen.drawing(community).columns if column.year is not None]
    return f"{min(known)}–{max(known) + 1}" if known else ""


def _documents(seen: Overview, community: str) -> int:
    return sum(count for name, _year, count in seen.counts.shelves if name == community)
