"""The data faces: `/api/v1/search` and `/healthz`."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from webui.house import house
from webui.search import MAX_LIMIT, requested_search
from webui.visitor import access

blueprint = Blueprint("api", __name__)


@blueprint.get("/api/v1/search")
def search() -> ResponseReturnValue:
    """The answer of `estafette search --json`; see DESIGN, `GET /api/v1/search`."""
    wanted = requested_search(limit=request.args.get("limit"), most=MAX_LIMIT)
    return house().finder.find(wanted, access=access()).to_json()


@blueprint.get("/healthz")
def health() -> ResponseReturnValue:
    """200 once what is already indexed can be searched."""
    house().index.health()
    return {"status": "ok", "indexing": house().indexing()}
