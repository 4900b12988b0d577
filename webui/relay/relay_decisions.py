"""Decisions about the relay: whom a project continues, and what its team hands over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from archive.access import everything
from archive.accounts.accounts import Account
from archive.agenda.deciding import may
from archive.errors import ArchiveError
from archive.model import Handover, Project, ProjectRecord
from archive.records.editing import Change
from archive.records.live import LiveRecords
from archive.records.project_keeping import write_project
from archive.relay import continuing
from archive.relay.handover import ToldMeanwhile, end_of, hand_over, is_checked, is_teacher, version_of
from webui.addresses import project_url
from webui.house import house
from webui.overview import overview
from webui.relay.deciding import Unclear, back_to, back_with, done, note, one_line, why_not
from webui.visitor import account, own_account

ANSWER_MAX_CHARS = 2_000
PROJECTS_OFFERED = 60

NO_ANSWER = _l("Schrijf ten minste één antwoord op.")
LONG_ANSWER = _l("Een antwoord heeft ten hoogste 2.000 tekens. Kort het in.")
NO_DAY = _l("Kies de dag van de overdracht.")
NO_OTHER = _l("Kies het project waar jullie mee verdergaan.")
NO_QUERY = _l("Schrijf op waarmee jullie zochten.")

blueprint = Blueprint("relay_decisions", __name__, url_prefix="/decide")


@dataclass(frozen=True, slots=True, kw_only=True)
class HandingOver:
    """What somebody may do about a project's handover; `version` is that of the one on the page."""

    version: str
    confirms: bool


@blueprint.app_context_processor
def _for_templates() -> dict[str, Callable[..., Any]]:
    return {"handing_over": handing_over, "may_link": may_link, "to_continue": to_continue}


def handing_over(project: Project) -> HandingOver | None:
    """What this visitor may do about a project's handover; None for nothing."""
    mine = account()
    if mine is None or not _has_folder(project):
        return None
    record = _indexed(project)
    if not may(mine, "hand over", community=project.community, record=record):
        return None
    left = record.handover if record else None
    unchecked = left is not None and bool(left.stands or left.open or left.start) and not is_checked(record)
    return HandingOver(version=version_of(left), confirms=unchecked and is_teacher(record, mine.email))


def may_link(project: Project) -> bool:
    """Whether this visitor decides whom a project continues."""
    return _has_folder(project) and may(account(), "link", community=project.community, record=_indexed(project))


def to_continue(project: Project) -> list[Project]:
    """The projects that one may continue: of its community, not younger; newest first."""
    last = project.year or 9999
    fits = overview().projects_where(
        lambda each: (
            each.community == project.community
            and each.id != project.id
            and (each.year or 0) <= last
            and each.id.isprintable()
        )
    )
    return fits[:PROJECTS_OFFERED]


@blueprint.post("/predecessor")
def predecessor() -> ResponseReturnValue:
    """Say that a project continues another, or that it does not."""
    mine = own_account()
    seen = overview()
    project = _project()
    if not may_link(project):
        abort(403)
    if not request.form.get("other"):
        return back_with(NO_OTHER, project_url(project.id))
    other = seen.projects.get(request.form["other"]) or abort(404)
    records, says_no = LiveRecords(house().storage), request.form.get("verb") == "reject"

    def changes(record: ProjectRecord | None) -> list[Change]:
        if says_no:
            return continuing.reject([other.id], record, by=mine.email, day=seen.access.today)
        return continuing.link(project.id, [other.id], record, continues=_continued(records))

    where = project_url(project.id)
    try:
        write_project(records, project.id, changes)
    except continuing.Circle as circle:
        titles = " → ".join(seen.projects[id].title for id in circle.path)
        return back_with(_("Dat kan niet: zo komt een project bij zichzelf uit. %(path)s", path=titles), where)
    except continuing.DecidedOtherwise:
        return back_with(_("Iemand was je voor, en besloot anders. Er is niets veranderd."), where)
    except ArchiveError as error:
        return back_with(why_not(error)[0], where)
    note(mine, "predecessor rejected" if says_no else "predecessor linked", project.id, {"other": other.id})
    sentence = _("Genoteerd. Het archief stelt dit niet meer voor.")
    return done(
        sentence if says_no else _("Vastgelegd: dit project gaat verder met “%(title)s”.", title=other.title), where
    )


@blueprint.post("/search")
def searched() -> ResponseReturnValue:
    """Note the search before the start that found no predecessor."""
    mine = own_account()
    project = _project()
    if not may_link(project):
        abort(403)
    records, day = LiveRecords(house().storage), overview().access.today
    try:
        query = one_line(request.form.get("query", ""), NO_QUERY)
        write_project(records, project.id, lambda _record: continuing.found_none(query, by=mine.email, day=day))
    except Unclear as problem:
        return back_with(problem, project_url(project.id))
    except ArchiveError as error:
        return back_with(why_not(error)[0], project_url(project.id))
    note(mine, "search noted", project.id, {})
    return done(_("Genoteerd: jullie zochten en vonden geen vorig project."), project_url(project.id))


@blueprint.route("/handover", methods=["GET", "POST"])
def handover() -> ResponseReturnValue:
    """The three questions that a project answers when it ends."""
    mine = own_account()
    project, records = _project(), LiveRecords(house().storage)
    # A record that somebody broke a moment ago costs nobody what they typed: writing says where the mistake is.
    record = records.project(project.id) or _indexed(project)
    if not may(mine, "hand over", community=project.community, record=record):
        abort(403)
    if request.method != "POST":
        return _handover_page(mine, project, record)
    try:
        answers = _answers(mine, record)
        write_project(records, project.id, lambda now: hand_over(now, answers, before=request.form.get("version", "")))
    except Unclear as problem:
        return _handover_page(mine, project, record, request.form, str(problem)), 400
    except ToldMeanwhile:
        sentence = _("Iemand anders veranderde de overdracht intussen. Hieronder staan allebei.")
        return _handover_page(mine, project, records.project(project.id), request.form, sentence, both=True), 409
    except ArchiveError as error:
        sentence, status = why_not(error)
        return _handover_page(mine, project, record, request.form, sentence), status
    note(mine, "handed over", project.id, {})
    sentence = _("De overdracht is bewaard.")
    if is_teacher(record, mine.email):
        sentence = _("De overdracht is bewaard en nagekeken.")
    return done(sentence, project_url(project.id))


def _answers(mine: Account, record: ProjectRecord | None) -> Handover:
    """What the form says; a confirmation leaves all as it is. Raises Unclear."""
    form = request.form
    if form.get("verb") == "confirm" and record is not None and record.handover is not None:
        return replace(record.handover, by=mine.email)
    stands, open_, start = (_lines(form.get(name, "")) for name in ("stands", "open", "start"))
    if not (stands or open_ or start):
        raise Unclear(NO_ANSWER)
    try:
        day = date.fromisoformat(form.get("date", ""))
    except ValueError:
        raise Unclear(NO_DAY) from None
    return Handover(stands=stands, open=open_, start=start, by=mine.email, date=day)


def _lines(typed: str) -> str:
    """What was typed, with its lines and without what can't be kept. Raises Unclear."""
    rows = ("".join(filter(str.isprintable, row.expandtabs(2))).rstrip() for row in typed.splitlines())
    text = "\n".join(rows).strip()
    if len(text) > ANSWER_MAX_CHARS:
        raise Unclear(LONG_ANSWER)
    return text


def _handover_page(
    mine: Account,
    project: Project,
    record: ProjectRecord | None,
    typed: Mapping[str, str] | None = None,
    problem: str = "",
    *,
    both: bool = False,
) -> str:
    """The form; `both`: with what stands there by now beside what was typed."""
    left = record.handover if record else None
    kept = {name: getattr(left, name) or "" for name in ("stands", "open", "start")} if left else {}
    today = overview().access.today
    day = left.date if left and left.date else min(end_of(project) or today, today)
    fresh = typed is None or both
    return render_template(
        "handover_form.html",
        project=project,
        given=typed if typed is not None else {**kept, "date": day.isoformat()},
        now=left if both else None,
        version=version_of(left) if fresh else typed.get("version", "") if typed else "",
        teaches=is_teacher(record, mine.email),
        checked=is_checked(record),
        problem=problem,
        most=ANSWER_MAX_CHARS,
        onward=back_to(project_url(project.id)),
    )


def _project() -> Project:
    """The project that the form is for; one that this reader does not see does not exist."""
    found = overview().projects.get(request.values.get("project", ""))
    return found if found is not None and _has_folder(found) else abort(404)


def _indexed(project: Project) -> ProjectRecord | None:
    """A project's whole record as it was indexed: it tells who is in the team, and is shown to nobody."""
    whole = house().catalog.project(project.id, access=everything(today=overview().access.today))
    return whole.record if whole else None


def _has_folder(project: Project) -> bool:
    """Whether a project can have a record: a single file can't, nor what has a name that no record can hold."""
    if not project.id.isprintable():
        return False
    return project.record is not None or house().catalog.deliverable(project.id, access=overview().access) is None


def _continued(records: LiveRecords) -> Callable[[str], Iterable[str]]:
    """What a project continues, as far as this reader sees it: a way round through others is not theirs to learn of."""
    projects = overview().projects

    def continues(id: str) -> Iterable[str]:
        record = records.project(id) if id in projects else None
        return [each for each in record.continues if each in projects] if record else ()

    return continues
