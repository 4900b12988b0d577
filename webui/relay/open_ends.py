"""The open ends that reports leave: `/api/v1/open-ends`, and the part of other pages that shows them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from archive.relay.open_ends import HarvestedEnd, OpenEndKind, answer_of, cursor_of, position_of
from webui.addresses import read_url
from webui.house import house
from webui.visitor import access

MOST = 100
SHOWN = 6  # of one kind; the others fold out

KINDS: dict[OpenEndKind, object] = {
    "open_question": _l("Vragen die open bleven"),
    "future_work": _l("Wat nog te doen is"),
    "recommendation": _l("Wat het team aanraadt"),
    "limitation": _l("Wat je moet weten van de resultaten"),
}

blueprint = Blueprint("open_ends", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An open end on a page: where to read it, and whether people decided about it."""

    end: HarvestedEnd
    url: str

    @property
    def state(self) -> str | None:
        """Of the question that was made of it; None while nobody decided."""
        return None if self.end.decided.state == "new" else self.end.decided.state


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The open ends of one kind."""

    title: object
    first: list[Shown]
    more: list[Shown]


@blueprint.get("/api/v1/open-ends")
def open_ends() -> ResponseReturnValue:
    """What reports hand on, newest first; `cursor` leads on."""
    values = request.args
    limit = values.get("limit", str(MOST))
    if not re.fullmatch(r"0*[1-9][0-9]{0,8}", limit):
        abort(400, description=_("Het aantal resultaten (limit) is een geheel getal."))
    community, cursor = values.get("community") or None, values.get("cursor")
    most = min(int(limit), MOST)
    found = house().catalog.open_ends(
        community=community,
        after=position_of(cursor, community=community) if cursor else None,
        limit=most + 1,  # one more than is told shows whether there are more
        access=access(),
    )
    told = found[:most]
    more = cursor_of(told[-1].position, community=community) if len(found) > most else None
    answer = answer_of(told, cursor=more)
    for entry, end in zip(answer["items"], told, strict=True):
        entry["url"] = read_url(end.document, end.item.part)
    return answer


def left_in(*, document: str | None = None, project: str | None = None) -> list[Group]:
    """What a document, or the documents of a project, hand on: by kind, without what people said no to."""
    found = house().catalog.open_ends(document=document, project=project, access=access())
    return _grouped(end for end in found if end.decided.state != "rejected")


def _grouped(ends: Iterable[HarvestedEnd]) -> list[Group]:
    by_kind: dict[OpenEndKind, list[Shown]] = {kind: [] for kind in KINDS}
    for end in ends:
        by_kind[end.item.kind].append(Shown(end=end, url=read_url(end.document, end.item.part)))
    return [
        Group(title=KINDS[kind], first=shown[:SHOWN], more=shown[SHOWN:]) for kind, shown in by_kind.items() if shown
    ]
