"""Everything that the teams handed in, dropped at once: whose is what, and a draft for each team.

It comes as one draft, a pile. Its files are grouped as the system names them, each group is matched with a project, and
the teacher says what is not sure. Files that are nobody's go with the pile. A group is often called after a student:
its label stands on this page only, and in no name that a file gets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from archive.deposit.draft import Draft, DraftFile
from archive.deposit.drafts import FILE_MAX_BYTES
from archive.deposit.errors import NoSuchDraft
from archive.errors import ArchiveError
from archive.importing.submissions import Grouped, Submission, group
from archive.model import Project
from indexer.deposit.likeness import alike
from indexer.deposit.reading import FileReading
from webui import wording
from webui.accounts.inviting import inviter
from webui.deposit.depositors import Depositor, depositor, drafts
from webui.deposit.form import NEW, PILE, readings_of
from webui.deposit.reading import decoded, reader, unread
from webui.deposit.starting import begin
from webui.deposit.uploads import refusal_of
from webui.house import house
from webui.overview import overview
from webui.teams.matching import Candidate, Match, Told, match
from webui.visitor import access

SKIP = "skip"
SYSTEMS = {"brightspace": "Brightspace", "canvas": "Canvas", "moodle": "Moodle", "teams": "Teams"}
PASSED_OVER = {
    "system": _l("hoort bij het programma dat de ZIP maakte"),
    "older": _l("er is een latere versie"),
    "copy": _l("staat er al bij een teamgenoot"),
}
RECOGNISED = {
    "team": _l("herkend aan de naam van het team"),
    "people": _l("herkend aan de namen"),
    "title": _l("herkend aan de titel"),
}

blueprint = Blueprint("dividing", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heap:
    """What one team or student handed in, with the project it seems to belong to. `key` names it in the form."""

    key: str
    label: str
    files: tuple[tuple[DraftFile, str], ...]  # with the name that the team gave
    match: Match

    @property
    def size(self) -> int:
        return sum(file.size for file, _name in self.files)


@blueprint.get("/teams/submissions/<id>")
def page(id: str) -> ResponseReturnValue:
    """Whose is what."""
    inviter()
    mine, pile = depositor(), _pile(id)
    reader().want(pile, network=overview().network)
    return _page(mine, pile)


@blueprint.post("/teams/submissions/<id>")
def divide(id: str) -> ResponseReturnValue:
    """Make a draft of each team's files, once it is said of all of them whose they are."""
    inviter()
    mine, pile = depositor(), _pile(id)
    if request.form.get("do") == "discard":
        drafts().drop(id, owner=pile.owner)
        flash(_("Weggegooid."), "status")
        return redirect(url_for("my_teams.page"), code=303)
    heaps = heaps_of(pile, group(_paths(pile)), mine.projects)
    chosen = {heap.key: request.form.get(f"team:{heap.key}", "") for heap in heaps}
    unsure = sum(team not in (NEW, SKIP, *mine.projects) for team in chosen.values())
    if unsure or not heaps:
        problem = ngettext(
            "Kies van nog %(num)s inlevering het team.", "Kies van nog %(num)s inleveringen het team.", unsure
        )
        return _page(mine, pile, chosen=chosen, problem=problem), 400
    try:
        made = _divide(mine, pile, heaps, chosen)
    except NoSuchDraft:
        abort(404)
    except ArchiveError as error:
        flash(refusal_of(error)[0], "warning")
        return redirect(url_for("dividing.page", id=id), code=303)
    flash(ngettext("Er is %(num)s concept gemaakt.", "Er zijn %(num)s concepten gemaakt.", made), "status")
    return redirect(url_for("handing_in.page"), code=303)


def heaps_of(pile: Draft, grouped: Grouped, projects: Mapping[str, Project]) -> list[Heap]:
    """The submissions in a pile, with the project of each as far as that is sure."""
    by_path: dict[str, list[DraftFile]] = {}
    for file in pile.files:
        same = by_path.setdefault(file.path, [])
        if file.whole and all(file.sha256 != other.sha256 for other in same):  # the same ZIP, dropped twice
            same.append(file)
    readings = readings_of(pile, decoded)
    candidates = [_candidate(each) for each in projects.values()]
    found = []
    for each in grouped.submissions:
        files = tuple((file, said.name) for said in each.files for file in by_path[said.path])
        told = _told(each, [readings[file.key] for file, _name in files if file.key in readings])
        found.append(Heap(key=files[0][0].key, label=each.label, files=files, match=match(told, candidates)))
    return found


def _divide(mine: Depositor, pile: Draft, heaps: Sequence[Heap], chosen: Mapping[str, str]) -> int:
    """Carry it out; how many drafts were made. What is left of the pile then was nobody's, or is handed in by nobody."""
    made = 0
    for team in dict.fromkeys(chosen.values()):
        of_team = [heap for heap in heaps if chosen[heap.key] == team]
        if team == NEW:
            for heap in of_team:
                _move(mine, pile, [heap], None)
            made += len(of_team)
        elif team != SKIP:
            _move(mine, pile, of_team, mine.projects[team])
            made += 1
    drafts().drop(pile.id, owner=pile.owner)
    return made


def _page(mine: Depositor, pile: Draft, *, chosen: Mapping[str, str] | None = None, problem: str = "") -> str:
    grouped = group(_paths(pile))
    heaps = heaps_of(pile, grouped, mine.projects)
    named = [(id, f"{each.title} · {wording.academic_year(each.year or '')}") for id, each in mine.projects.items()]
    made = [(NEW, str(_("Een nieuw project")))] if mine.communities else []
    return render_template(
        "my_teams_divide.html",
        pile=pile,
        heaps=heaps,
        chosen=chosen or {heap.key: heap.match.project or "" for heap in heaps},
        problem=problem,
        unread=len(unread(pile)) if any(heap.match.project is None for heap in heaps) else 0,
        all_there=_all_there(heaps),
        unsure=sum(heap.match.project is None for heap in heaps),
        partly=[file for file in pile.files if not file.whole],
        system=SYSTEMS.get(grouped.system, ""),
        passed_over=[(each.path, PASSED_OVER[each.why]) for each in grouped.passed_over],
        recognised=RECOGNISED,
        teams=[("", str(_("Kies een team"))), *named, *made, (SKIP, str(_("Sla over: niet inleveren")))],
        size_name=wording.size_name,
        most=FILE_MAX_BYTES >> 20,
    )


def _all_there(heaps: Sequence[Heap]) -> bool:
    """Whether everything in the pile stands in the archive already: the same ZIP was dropped again."""
    files = [file for heap in heaps for file, _name in heap.files]
    catalog, who = house().catalog, access()
    return bool(files) and all(alike((), file.sha256 or "", catalog=catalog, access=who) for file in files)


def _move(mine: Depositor, pile: Draft, heaps: Sequence[Heap], project: Project | None) -> None:
    """Put the files of these submissions into a draft for their project, and what was read of them with it."""
    draft = (
        begin(mine, project)
        if project
        else drafts().new(owner=pile.owner, now=house().clock(), answers={"project": NEW})
    )
    files = {file.key: name for heap in heaps for file, name in heap.files}
    drafts().move_files(pile.id, files, to=draft.id, owner=pile.owner, now=house().clock())
    known = {key: said for key, said in pile.reading.get("files", {}).items() if key in files}
    if known:
        known = {**draft.reading.get("files", {}), **known}
        drafts().note_reading(draft.id, {"files": known}, owner=pile.owner, now=house().clock())


def _told(submission: Submission, readings: Sequence[FileReading]) -> Told:
    guesses = [reading.guess for reading in readings]
    return Told(
        label=submission.label,
        people=tuple(dict.fromkeys(person.name for guess in guesses for person in guess.people)),
        titles=tuple(guess.title.value for guess in guesses if guess.title),
    )


def _candidate(project: Project) -> Candidate:
    team = project.record.team if project.record else ()
    people = tuple(each.name for each in team if each.name and each.role == "student")
    return Candidate(id=project.id, title=project.title, people=people)


def _paths(pile: Draft) -> list[str]:
    return [file.path for file in pile.files if file.whole]


def _pile(id: str) -> Draft:
    """One's own pile; anything else does not exist."""
    try:
        found = drafts().get(id, owner=depositor().account.id)
    except NoSuchDraft:
        abort(404)
    if PILE not in found.answers or found.state != "open":
        abort(404)
    return found
