"""What this is, how accessible it is, and what machines may fetch."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from webui.overview import overview

# Results are endless combinations of the same pages; data is for programs that were told of it.
ROBOTS = "User-agent: *\nDisallow: /search\nDisallow: /api/\n"

blueprint = Blueprint("about", __name__)


@blueprint.get("/about")
def about() -> ResponseReturnValue:
    return render_template("about.html", figures=overview().figures)


@blueprint.get("/accessibility")
def accessibility() -> ResponseReturnValue:
    return render_template("accessibility.html")


@blueprint.get("/robots.txt")
def robots() -> ResponseReturnValue:
    return Response(ROBOTS, mimetype="text/plain")
