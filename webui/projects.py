"""A project: what it asked, what came out, who worked on it, and its place in the relay."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template
from flask.typing import ResponseReturnValue

from archive.model import Person, Project
from archive.relay.lineage import Baton
from webui.accounts.consenting import may_ask
from webui.accounts.inviting import invitable
from webui.addresses import document_url, project_url, requested_id
from webui.house import house
from webui.overview import Asked, overview
from webui.relay.handovers import left_by
from webui.relay.open_ends import left_in
from webui.relay.since import followed_by, has_left
from webui.visitor import access, account, sees_campus

LEGS_SHOWN = 7  # of a long relay: both ends and what is next to this project

blueprint = Blueprint("projects", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A project in a relay as it is drawn; `skipped` others stand between it and the one before."""

    project: Project
    number: int
    here: bool
    skipped: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """A project's relay, ready to be drawn; `before` and `after` are all its neighbours."""

    baton: Baton
    legs: tuple[Leg, ...]
    before: tuple[Project, ...]
    after: tuple[Project, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody of a team, as this reader may know them: a name, or the role alone; how many there are of the latter."""

    name: str | None
    role: str
    about: str  # programme and school
    count: int = 1


@blueprint.get("/projects/<path:address>")
def project(address: str) -> ResponseReturnValue:
    who = access()
    id = requested_id("/projects/")
    found = overview().projects.get(id)
    if found is None:
        if id.endswith("/") and id.rstrip("/") in overview().projects:
            return redirect(project_url(id.rstrip("/")), code=301)
        abort(404)
    documents = house().catalog.deliverables_of(id, access=who)
    if found.record is None and id in {document.id for document in documents}:
        return redirect(document_url(id))  # a file straight under a year is a project of its own: one page is enough
    return render_template(
        "project.html",
        project=found,
        record=found.record,
        documents=documents,
        relay=relay(id),
        team=team(found.record.team if found.record else ()),
        invites=(mine := account()) is not None and invitable(mine, found),
        asks=may_ask(found),
        questions=_questions(found),
        open_ends=left_in(project=id),
        left=left_by(found, overview()) if sees_campus() and found.record is not None else None,
        left_on=has_left(found, overview()),
        followed=followed_by(found, overview()),
    )


def relay(id: str) -> Relay | None:
    """A project's relay as this reader may see it; None for one that stands alone."""
    lineage = overview().lineage
    baton = lineage.of(id)
    if baton is None or (baton.length < 2 and not baton.predecessors and not baton.successors):
        return None
    return Relay(
        baton=baton,
        legs=legs([found for each in baton.line if (found := lineage.project(each))], baton.position),
        before=tuple(found for each in baton.predecessors if (found := lineage.project(each))),
        after=tuple(found for each in baton.successors if (found := lineage.project(each))),
    )


def legs(line: Sequence[Project], position: int) -> tuple[Leg, ...]:
    """What is drawn of a line: all of a short one; of a long one its ends and what is around `position`.

    A position behind the last is no project's, and shows the last ones.
    """
    total = len(line)
    shown = range(1, total + 1)
    if total > LEGS_SHOWN:
        around = min(max(position, 3), total - 2)
        shown = sorted({1, total, *range(around - 2, around + 3)} & set(shown))  # type: ignore[assignment]
    made: list[Leg] = []
    previous = 0
    for number in shown:
        made.append(
            Leg(project=line[number - 1], number=number, here=number == position, skipped=number - previous - 1)
        )
        previous = number
    return tuple(made)


def team(people: Iterable[Person]) -> list[Member]:
    """The team, students first; people without a name that may be shown are joined by what they are."""
    members: dict[tuple[str | None, str, str], int] = {}
    for person in people:
        school = overview().organisation_name(person.institution) if person.institution else ""
        about = ", ".join(part for part in (person.programme, school) if part)
        key = (person.name, person.role, about)
        members[key] = members.get(key, 0) + 1
    made = [Member(name=name, role=role, about=about, count=n) for (name, role, about), n in members.items()]
    return sorted(made, key=lambda member: (member.role != "student", member.name is None))


def _questions(project: Project) -> list[Asked]:
    """The questions that a project took up or answered."""
    named = set(project.record.answers) if project.record else set()
    return [
        asked
        for asked in overview().questions
        if asked.question.id in named or any(event.project == project.id for event in asked.question.events)
    ]
