"""Count searches, reads and downloads by role, so that the yearly figures can tell of them. Of nobody is anything kept.

A request costs one addition in memory: see `webui.desk.tally` for when the sums are written.
"""

from __future__ import annotations

import re

from flask import Blueprint, Response, request

from archive.access import today_in_amsterdam
from archive.accounts.counting import Kind, Visit
from webui.house import house
from webui.visitor import account

# What says of itself that it is a program that reads along. A person's own script counts: somebody asked.
_ROBOT = re.compile(r"bot|crawl|spider|slurp|preview|monitor|fetcher|scanner|archiver|headless", re.IGNORECASE)
_SEARCHES = frozenset({"search.results", "api.search"})
_DOCUMENTS = "documents.document"
_PAGE = "text/html"

blueprint = Blueprint("counting", __name__)


@blueprint.after_app_request
def _count(response: Response) -> Response:
    kind = _kind(response)
    if kind is not None and house().read_as is None and not _is_robot():
        mine = account()
        day = today_in_amsterdam(house().clock())
        house().tally.add(Visit(day=day, role=mine.role if mine else "visitor", kind=kind))
    return response


def _kind(response: Response) -> Kind | None:
    """What was done, when it is something that is counted: once a search, however many pages of results."""
    if request.method != "GET" or response.status_code not in (200, 206):
        return None
    if request.endpoint in _SEARCHES:
        return "search" if request.args.get("q", "").strip() and "cursor" not in request.args else None
    if request.endpoint != _DOCUMENTS:
        return None
    if "Content-Disposition" in response.headers:
        return "download" if _is_begun() else None
    return "read" if response.mimetype == _PAGE else None


def _is_begun() -> bool:
    """Whether somebody opens a file: a viewer asks for its parts one by one, and the reading view for itself."""
    begins = request.headers.get("Range", "bytes=0-").replace(" ", "").startswith("bytes=0-")
    return begins and request.headers.get("Sec-Fetch-Dest") != "empty"


def _is_robot() -> bool:
    """What a browser fetches ahead is no visit either."""
    ahead = "prefetch" in f"{request.headers.get('Sec-Purpose', '')} {request.headers.get('Purpose', '')}"
    return ahead or _ROBOT.search(request.headers.get("User-Agent", "")) is not None
