"""The data faces: `/api/v1/search`, `/api/v1/suggest`, `/api/v1/similar` and `/healthz`."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from indexer.search.engine import Suggestion
from webui.addresses import community_url, document_url, theme_url
from webui.house import house
from webui.overview import overview
from webui.search import MAX_LIMIT, requested_search
from webui.visitor import access

SUGGESTIONS = 8
SIMILAR = 5
# Whoever types on beyond this knows what to look for.
SUGGEST_MAX_CHARS = 200

blueprint = Blueprint("api", __name__)


@blueprint.get("/api/v1/search")
def search() -> ResponseReturnValue:
    """The answer of `estafette search --json`; see DESIGN, `GET /api/v1/search`."""
    wanted = requested_search(limit=request.args.get("limit"), most=MAX_LIMIT)
    return house().finder.find(wanted, access=access()).to_json()


@blueprint.get("/api/v1/suggest")
def suggest() -> ResponseReturnValue:
    """What a search may be completed to. `label` and `status` are for people, in the reader's language."""
    q = request.args.get("q", "")
    found = house().index.suggest(q, access=access(), limit=SUGGESTIONS) if len(q) <= SUGGEST_MAX_CHARS else ()
    items = [_suggested(each) for each in found]
    status = ngettext("%(num)s suggestie", "%(num)s suggesties", len(items)) if items else _("Geen suggesties")
    return {"items": items, "status": status}


@blueprint.get("/api/v1/similar")
def similar() -> ResponseReturnValue:
    """Deliverables like this one, and what they share."""
    opened, who, id = house(), access(), request.args.get("id", "")
    if opened.catalog.deliverable(id, access=who) is None:
        abort(404)
    alike = opened.index.similar(id, access=who, limit=SIMILAR)
    about = opened.catalog.deliverables([each.id for each in alike], access=who)
    return {
        "items": [
            {
                "id": each.id,
                "title": about[each.id].title,
                "url": document_url(each.id),
                "score": round(each.score, 4),
                "terms": list(each.terms),
            }
            for each in alike
            if each.id in about
        ]
    }


@blueprint.get("/healthz")
def health() -> ResponseReturnValue:
    """200 once what is already indexed can be searched."""
    house().index.health()
    return {"status": "ok", "indexing": house().indexing()}


def _suggested(suggestion: Suggestion) -> dict[str, Any]:
    text, kind = suggestion.text, suggestion.kind
    if kind == "title" and suggestion.id:
        return {"text": text, "kind": kind, "url": document_url(suggestion.id), "label": _("document")}
    if kind == "theme":
        return {"text": overview().theme_name(text), "kind": kind, "url": theme_url(text), "label": _("thema")}
    if kind == "community":
        name = overview().community_name(text)
        return {"text": name, "kind": kind, "url": community_url(text), "label": _("learning community")}
    return {"text": text, "kind": "term", "url": "/search?" + urlencode({"q": text}), "label": ""}
