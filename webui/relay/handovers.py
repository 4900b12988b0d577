"""What projects leave and how they began: the checklist of one project, and of a whole community for its teachers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from archive.model import Contact, Project
from archive.relay.handover import (
    Beginning,
    Checklist,
    Item,
    ItemName,
    beginning,
    checklist,
    end_of,
    has_ended,
    is_checked,
    unfollowed_since,
)
from webui.house import house
from webui.overview import Overview, overview
from webui.visitor import access, own_account, sees_campus

PROJECTS_SHOWN = 150
PREDECESSORS_OFFERED = 3

blueprint = Blueprint("handovers", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What a project leaves, and how it began. `lines`: what its record lacks, ready to be copied there."""

    project: Project
    ended: bool
    checklist: Checklist
    checked: bool
    beginning: Beginning
    searching: bool  # it runs, and nobody wrote down whom it continues
    lines: str = ""


@blueprint.get("/communities/<id>/handovers")
def page(id: str) -> ResponseReturnValue:
    """Which handovers of a community are complete: for students and teachers."""
    seen = overview()
    if not sees_campus():
        own_account()
        abort(404)
    community = seen.communities.get(id)
    if community is None:
        abort(404)
    own = [each for each in seen.projects_where(lambda project: project.community == id) if each.record is not None]
    shown = [left_by(project, seen, lines=False) for project in own[:PROJECTS_SHOWN]]
    return render_template(
        "handovers.html",
        community=community,
        running=[left for left in shown if not left.ended],
        ended=[left for left in shown if left.ended],
        complete=sum(left.ended and left.checklist.complete for left in shown),
        more=len(own) - len(shown),
    )


def left_by(project: Project, seen: Overview, *, lines: bool = True) -> Left:
    """A project's checklist, from what this reader may see of it."""
    deliverables = house().catalog.deliverables_of(project.id, access=access())
    ended = has_ended(project, today=seen.access.today)
    filled = checklist(project, deliverables, _contacts(project, seen))
    began = beginning(project)
    searching = not ended and began.begun == "missing"
    return Left(
        project=project,
        ended=ended,
        checklist=filled,
        checked=is_checked(project.record),
        beginning=began,
        searching=searching,
        lines="\n\n".join(_lines(project, filled, searching, seen)) if lines else "",
    )


def item_name(item: ItemName) -> str:
    """A line of the checklist, in words."""
    names = {
        "stands": _("Wat er staat en waar je op kunt bouwen"),
        "open": _("Wat open is of mislukte"),
        "start": _("Waar het volgende team begint, en met wie"),
        "report": _("Het eindrapport"),
        "data": _("De gegevens: metingen, modellen of code"),
        "contacts": _("De contacten, bevestigd sinds het begin"),
    }
    return str(names[item])


def item_note(item: Item) -> str:
    """What there is to say of a line: how much lies there, or who is missing."""
    if item.name in ("report", "data") and item.done:
        return ", ".join(each.title for each in item.documents[:2])
    if item.unknown:
        return str(_("nog niet: %(names)s", names=", ".join(map(overview().organisation_name, item.unknown))))
    return ""


def _contacts(project: Project, seen: Overview) -> Mapping[str | None, tuple[Contact, ...]]:
    community = seen.communities.get(project.community or "")
    own = community.record.contacts if community and community.record else ()
    found: dict[str | None, tuple[Contact, ...]] = {None: own}
    found.update((slug, organisation.contacts) for slug, organisation in seen.organisations.items())
    return found


def _lines(project: Project, filled: Checklist, searching: bool, seen: Overview) -> list[str]:
    """What a project's record lacks, as TOML: whom it continues, and the answers of its handover."""
    today = seen.access.today.isoformat()
    pieces: list[str] = []
    if searching:
        ids = [other.id for other in _to_continue(project, seen)] or ["community/2021/project"]
        others = [_("# of: %(id)s", id=f'"{id}"') for id in ids[1:]]
        head = _("# Onder de titel, als je verdergaat met een vorig project:")
        pieces.append("\n".join([head, f'continues = ["{ids[0]}"]', *others]))
        head = _("# Of onderaan, als je zocht en niets vond:")
        pieces.append("\n".join([head, "[search]", 'query = "…"', f"date = {today}", 'by = "…"']))
    missing = [item.name for item in filled.items if item.name in ("stands", "open", "start") and not item.done]
    if missing and project.record is not None:
        rows = [f'{name} = "…"    # {item_name(name)}' for name in missing]
        if project.record.handover is None:
            day = (end_of(project) or seen.access.today).isoformat()
            rows = [_("# Onderaan:"), "[handover]", *rows, 'by = "…"', f"date = {day}"]
        else:
            rows = [_("# Bij [handover]:"), *rows]
        pieces.append("\n".join(rows))
    return pieces


def _to_continue(project: Project, seen: Overview) -> list[Project]:
    """Projects of the same community that nobody continues yet, those with the same themes first."""
    themes = set(project.record.themes) if project.record else set()
    free = [
        other
        for other in seen.projects_where(lambda each: each.community == project.community and each.id != project.id)
        if (baton := seen.lineage.of(other.id)) is not None
        and not baton.successors
        and (other.year or 0) <= (project.year or 9999)
        and other.id.isprintable()
        and not {'"', "\\"} & set(other.id)
    ]
    free.sort(key=lambda other: -len(themes & set(other.record.themes if other.record else ())))
    return free[:PREDECESSORS_OFFERED]


def unfollowed(project: Project) -> int | None:
    """The year since which nobody continues a project. Of a file without a record nobody expects it.

    For readers of the schools: a visitor does not see most projects, and would be told what is not so.
    """
    if project.record is None or not sees_campus():
        return None
    seen = overview()
    baton = seen.lineage.of(project.id)
    followed = baton is not None and bool(baton.successors)
    return unfollowed_since(project, followed=followed, today=seen.access.today)
