"""Decisions about questions: what becomes of one, a new one, and an open end that becomes one or not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from textwrap import shorten
from typing import Any, get_args

from flask import Blueprint, abort, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from archive.accounts.accounts import Account
from archive.agenda.asking import waits_for_a_teacher
from archive.agenda.deciding import may
from archive.agenda.keeping import write_decision, write_question, write_rejection
from archive.agenda.listing import ended_by
from archive.agenda.questions import (
    Decision,
    Draft,
    NotNow,
    Standing,
    Verb,
    level_of,
    moves,
    standing,
)
from archive.errors import ArchiveError
from archive.model import Agenda, Deliverable, Project, Visibility
from archive.records.live import LiveRecords
from archive.relay.handover import has_ended
from archive.relay.open_ends import HarvestedEnd
from indexer.relay.answering import MayAnswer
from webui import wording
from webui.addresses import agenda_url, document_url
from webui.asking.placing import ASKED_FOR, NO_QUESTION, OPENED, WITH_COORDINATOR, accept, others_to_ask, pass_on
from webui.asking.proposed import homes_for, joinable
from webui.house import house
from webui.overview import Asked, overview
from webui.relay.deciding import (
    Unclear,
    as_seen,
    back_to,
    back_with,
    done,
    fault_in,
    may_decide,
    note,
    one_line,
    teams_of,
    why_not,
)
from webui.visitor import account, own_account

PROJECTS_OFFERED = 60
DOCUMENTS_OFFERED = 200
QUOTED_CHARS = 120
VERBS: tuple[Verb, ...] = get_args(Verb)

NO_PROJECT = _l("Kies het project dat deze vraag oppakt.")
NO_DOCUMENT = _l("Kies het document waarin het antwoord staat.")
NO_PAGE = _l("Geef de bladzijde waarop het antwoord staat.")
NO_REASON = _l("Schrijf op waarom de vraag vervalt.")
NO_GROUND = _l("Schrijf op waarom de vraag niet op de lijst komt. De vrager leest dit.")
NO_OTHER = _l("Kies de vraag waarmee je deze samenvoegt.")
NO_GROUND_TO_PASS = _l("Schrijf op waarom je de vraag doorgeeft. De vrager leest dit.")
# What was done, as the next page says it.
DONE: Mapping[Verb, object] = {
    "accept": OPENED,
    "reject": _l("De vraag is afgewezen."),
    "join": _l("De vraag is samengevoegd."),
    "claim": _l("De vraag is opgepakt."),
    "answer": _l("De vraag is beantwoord."),
    "drop": _l("De vraag is vervallen."),
    "reopen": _l("De vraag staat weer open."),
    "pass": WITH_COORDINATOR,
}

blueprint = Blueprint("question_decisions", __name__, url_prefix="/decide")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What somebody may make of a question now. `projects`: those that can take it up."""

    verbs: tuple[Verb, ...]
    projects: tuple[Project, ...] = ()


@blueprint.app_context_processor
def _for_templates() -> dict[str, Callable[..., Any]]:
    return {
        "choice_on": choice_on,
        "may_decide": may_decide,
        "may_close": may_close,
        "theme_options": lambda: [(slug, overview().theme_name(slug)) for slug in overview().themes],
        "level_options": lambda: [(level.value, str(wording.LEVELS[level])) for level in ASKED_FOR],
        "project_options": _project_options,
        "community_options": lambda ids: [(id, overview().community_name(id)) for id in ids],
        "question_options": lambda found: [(each.question.id, each.question.text) for each in found],
        "document_options": _document_options,
    }


def choice_on(asked: Asked) -> Choice | None:
    """What this visitor may make of a question as it stands; None for nothing."""
    mine = account()
    if mine is None:
        return None
    projects = _claiming(mine, asked.community.id) if asked.waits else []
    verbs = tuple(
        verb
        for verb in moves(asked.state)
        if (verb != "pass" or waits_for_a_teacher(asked.question))
        and (bool(projects) if verb == "claim" else may(mine, verb, community=asked.community.id))
    )
    return Choice(verbs=verbs, projects=tuple(projects)) if verbs else None


def may_close(answer: MayAnswer) -> bool:
    """Whether this visitor may say that a passage answers its question."""
    events = answer.question.events
    state = events[-1].state if events else "open"
    return (
        "answer" in moves(state)
        and answer.deliverable.id.isprintable()
        and may(account(), "answer", community=answer.community)
    )


def _project_options(projects: Iterable[Project]) -> list[tuple[str, str]]:
    return [(each.id, f"{each.title} · {wording.academic_year(each.year or '')}") for each in projects]


def _document_options(documents: Iterable[Deliverable]) -> list[tuple[str, str]]:
    return [(each.id, f"{each.title} · {wording.academic_year(each.year or '')}") for each in documents]


@blueprint.route("/question", methods=["GET", "POST"])
def question() -> ResponseReturnValue:
    """A question with all that may become of it; and what somebody decides."""
    mine = own_account()
    asked = _asked(request.values.get("community", ""), request.values.get("question", ""))
    home = asked.community.id
    if not (may(mine, "accept", community=home) or teams_of(mine, home)):
        abort(403)
    if request.method != "POST":
        return _question_page(asked)
    records = LiveRecords(house().storage)
    try:
        decision = _decision(mine, asked, records)
        if decision.verb == "accept" and "text" in request.form:
            return accept(mine, asked, records, decision)
        if decision.verb == "pass":
            return pass_on(mine, asked, records, decision)
        write_decision(records, asked.question.id, home, decision, seen=as_seen(home))
    except Unclear as problem:
        return _question_page(asked, problem=str(problem)), 400
    except NotNow:
        return _question_page(_asked_anew(asked), problem=_stands_otherwise(asked, records)), 409
    except ArchiveError as error:
        sentence, status = why_not(error, gone=_gone(home, records))
        return _question_page(asked, problem=sentence), status
    says = {"project": decision.project} if decision.project else {}
    note(mine, f"question {decision.verb}", f"{home} {asked.question.id}", says)
    if decision.question is not None:
        return done(_joined(home, decision.question), agenda_url(home, decision.question), onward=True)
    return done(DONE[decision.verb], agenda_url(home, asked.question.id))


def _joined(home: str, id: str) -> str:
    other = next((each.question.text for each in overview().agenda(home) if each.question.id == id), id)
    said = shorten(other, QUOTED_CHARS, placeholder=" …")
    return str(_("De vraag is samengevoegd met “%(text)s”. De vrager volgt nu die vraag.", text=said))


@blueprint.post("/open-end")
def open_end() -> ResponseReturnValue:
    """Make a question of what a report hands on, or say that it is none."""
    mine = own_account()
    who, catalog = overview().access, house().catalog
    document, fingerprint = request.form.get("document", ""), request.form.get("fingerprint", "")
    end = next(iter(catalog.open_ends(document=document, fingerprint=fingerprint, access=who)), None)
    deliverable = catalog.deliverable(document, access=who)
    if end is None or deliverable is None or end.community is None:
        abort(404)
    rejects = request.form.get("verb") == "dismiss"
    if not may(mine, "dismiss" if rejects else "propose", community=end.community):
        abort(403)
    return _dismiss(mine, end, end.community) if rejects else _take(mine, end, end.community, deliverable)


def _take(mine: Account, end: HarvestedEnd, home: str, deliverable: Deliverable) -> ResponseReturnValue:
    def draft(text: str, records: LiveRecords) -> Draft:
        known = {theme.slug for theme in records.network().themes}
        return Draft(
            text=text,
            source={"document": end.document, "page": end.item.part, "fingerprint": end.item.fingerprint},
            themes=[slug for slug in deliverable.themes if slug in known],
            visibility=level_of(deliverable.text_audience, community=home),
        )

    kept = {"document": end.document, "fingerprint": end.item.fingerprint, "verb": "take"}
    return _ask(mine, home, request.form.get("text", end.item.text), draft, kept, document_url(end.document))


def _dismiss(mine: Account, end: HarvestedEnd, home: str) -> ResponseReturnValue:
    fingerprint, today = end.item.fingerprint, overview().access.today
    records = LiveRecords(house().storage)
    try:
        write_rejection(records, home, fingerprint, by=mine.email, day=today, seen=as_seen(home))
    except NotNow:
        return back_with(_("Iemand was je voor. Over dit open punt is al besloten."), document_url(end.document))
    except ArchiveError as error:
        return back_with(why_not(error)[0], document_url(end.document))
    note(mine, "open end dismissed", end.document, {"fingerprint": fingerprint})
    return done(_("Dit open punt is geen vraag. Het wordt niet meer getoond."), document_url(end.document))


@blueprint.post("/propose")
def propose() -> ResponseReturnValue:
    """Put a question in somebody's own words on an agenda."""
    mine = own_account()
    home = request.form.get("community", "")
    if home not in overview().communities:
        abort(404)
    if not may(mine, "propose", community=home):
        abort(403)
    theme, level = request.form.get("theme", ""), request.form.get("visibility", "")
    themes = [theme] if theme in overview().themes else []
    visibility = next((each for each in ASKED_FOR if each.value == level), Visibility.PUBLIC)

    def draft(text: str, _records: LiveRecords) -> Draft:
        return Draft(text=text, themes=themes, visibility=visibility)

    kept = {"community": home, "theme": theme, "visibility": level}
    return _ask(mine, home, request.form.get("text", ""), draft, kept, agenda_url(home))


def _ask(
    mine: Account,
    home: str,
    typed: str,
    draft: Callable[[str, LiveRecords], Draft],
    kept: Mapping[str, str],
    where: str,
) -> ResponseReturnValue:
    """Write a question down: open when its author may open it, else as proposed. `kept` is what a second try needs."""
    records, today = LiveRecords(house().storage), overview().access.today

    def again(problem: object) -> str:
        return render_template(
            "question_draft.html", community=home, text=typed, problem=problem, kept=kept, onward=back_to(where)
        )

    opens = may(mine, "accept", community=home)
    try:
        wanted = draft(one_line(typed, NO_QUESTION), records)
        made = Draft(
            text=wanted.text,
            state="open" if opens else "proposed",
            source=wanted.source,
            themes=wanted.themes,
            visibility=wanted.visibility,
        )
        id = write_question(records, home, made, by=mine.email, day=today, seen=as_seen(home))
    except Unclear as problem:
        return again(problem), 400
    except NotNow:
        return again(_("Deze vraag staat al op de lijst, of iemand besliste er al over.")), 409
    except ArchiveError as error:
        sentence, status = why_not(error)
        return again(sentence), status
    note(mine, "question asked", f"{home} {id}", {"state": made.state})
    sentence = _("De vraag staat op de lijst.") if opens else _("Je vraag is voorgesteld. Een docent beslist.")
    return done(sentence, where)


def _decision(mine: Account, asked: Asked, records: LiveRecords) -> Decision:
    """What the form says. Raises Unclear; what this account may not decide is answered at once."""
    verb = next((each for each in VERBS if each == request.form.get("verb")), None) or abort(400)
    home, today = asked.community.id, overview().access.today
    project, document, page, note = None, None, None, request.form.get("note", "").strip()
    into = None
    if verb == "claim":
        offered = {each.id for each in _claiming(mine, home)}
        project = request.form.get("project", "")
        record = records.project(project) if project in offered else None
        if project not in offered or not may(mine, "claim", community=home, record=record):
            raise Unclear(NO_PROJECT)
    elif not may(mine, verb, community=home):
        abort(403)
    elif verb == "answer":
        found, page = _answered_at()
        project, document = found.project, found.id
    elif verb == "join":
        into = request.form.get("into", "")
        if into not in {each.question.id for each in joinable(asked)}:
            raise Unclear(NO_OTHER)
    must_say = verb in ("drop", "pass") or (verb == "reject" and waits_for_a_teacher(asked.question))
    missing = {"reject": NO_GROUND, "pass": NO_GROUND_TO_PASS}.get(verb, NO_REASON)
    kept = one_line(note, missing) if note or must_say else None
    return Decision(
        verb=verb, by=mine.email, day=today, project=project, document=document, page=page, note=kept, question=into
    )


def _answered_at() -> tuple[Deliverable, int]:
    """The document and the page of an answer. Raises Unclear for what this reader can't open."""
    who = overview().access
    found = house().catalog.deliverable(request.form.get("document", ""), access=who)
    if found is None or not who.reads(found.text_audience):
        raise Unclear(NO_DOCUMENT)
    typed = request.form.get("page", "").strip()
    page = int(typed) if typed.isdecimal() and len(typed) < 6 else 0
    if page < 1 or (found.parts and page > found.parts):
        more = _("Dit document heeft er %(count)s.", count=found.parts) if found.parts else ""
        raise Unclear(f"{NO_PAGE} {more}".strip())
    return found, page


def _question_page(asked: Asked, *, problem: str = "") -> str:
    choice = choice_on(asked)
    return render_template(
        "question.html",
        asked=asked,
        choice=choice,
        documents=_answering(asked) if choice and "answer" in choice.verbs else [],
        others=joinable(asked) if choice and "join" in choice.verbs else [],
        homes=homes_for(asked) if choice and "accept" in choice.verbs else [],
        others_to_ask=others_to_ask(asked) if choice and "pass" in choice.verbs else [],
        given=request.form,
        problem=problem,
        onward=back_to(agenda_url(asked.community.id, asked.question.id)),
    )


def _answering(asked: Asked) -> list[Deliverable]:
    """The documents that may hold the answer: those of the project that took the question up, then the newest."""
    who, seen = overview().access, overview()
    claiming = asked.now.event.project if asked.now.event else None
    ids = [each.id for each in seen.projects_where(lambda project: project.community == asked.community.id)]
    ordered = sorted(ids, key=lambda id: id != claiming)
    found: list[Deliverable] = []
    for id in ordered:
        of_project = house().catalog.deliverables_of(id, access=who)
        found += [
            each for each in of_project if who.reads(each.text_audience) and not each.url and each.id.isprintable()
        ]
        if len(found) >= DOCUMENTS_OFFERED:
            break
    return found[:DOCUMENTS_OFFERED]


def _asked(community: str, id: str) -> Asked:
    """A question that this reader sees; any other does not exist."""
    if community not in overview().communities:
        abort(404)
    return next((asked for asked in overview().agenda(community) if asked.question.id == id), None) or abort(404)


def _asked_anew(asked: Asked) -> Asked:
    """The question as the catalog knows it by now."""
    house().catch_up()
    g.pop("overview", None)
    return next(
        (each for each in overview().agenda(asked.community.id) if each.question.id == asked.question.id), asked
    )


def _gone(community: str, records: LiveRecords) -> str:
    """Why a question that was on the list is not found there."""
    problems = [each for slug, _agenda, found in records.agendas() if slug == community for each in found]
    fault = next((each for each in problems if each.line), None)
    return fault_in(fault.path, fault.line) if fault else str(_("Deze vraag staat niet meer op de lijst."))


def _stands_otherwise(asked: Asked, records: LiveRecords) -> str:
    """Where a question stands by now, for whoever wanted something else of it."""
    now = _standing_now(asked, records)
    if now is None:
        return _gone(asked.community.id, records)
    if now.since is not None and now.since > overview().access.today:
        return str(_("De laatste stap van deze vraag is van %(day)s.", day=wording.day_name(now.since)))
    state = wording.STATES[now.state]
    claimed = overview().projects.get(now.event.project or "") if now.event else None
    if claimed is not None:
        sentence = _("Deze vraag is al %(state)s, door “%(title)s”.", state=state, title=claimed.title)
    else:
        sentence = _("Deze vraag is al %(state)s.", state=state)
    return " ".join((sentence, _("Er is niets veranderd.")))


def _standing_now(asked: Asked, records: LiveRecords) -> Standing | None:
    home, today = asked.community.id, overview().access.today
    agenda = next((found for slug, found, _problems in records.agendas() if slug == home), Agenda())
    live = next((each for each in as_seen(home)(agenda).questions if each.id == asked.question.id), None)
    return standing(live, has_ended=ended_by(records, today=today)) if live else None


def _claiming(mine: Account, community: str) -> list[Project]:
    """The running projects for which somebody may take up a question of a community, newest first."""
    kept: dict[str, list[Project]] = g.setdefault("claiming", {})  # every card of a board asks
    if community not in kept:
        today = overview().access.today
        if may(mine, "claim", community=community):
            own = overview().projects_where(lambda each: each.community == community and each.record is not None)
        else:
            own = teams_of(mine, community)
        running = [each for each in own if each.id.isprintable() and not has_ended(each, today=today)]
        kept[community] = running[:PROJECTS_OFFERED]
    return kept[community]
