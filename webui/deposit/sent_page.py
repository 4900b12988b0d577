"""After sending: where each document stands, how it is found, what it may answer, and who still has to say yes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from archive.deposit.draft import Draft
from archive.deposit.errors import NoSuchDraft
from archive.model import Deliverable, Involvement, Project, Question
from archive.privacy.consent import Place, project_places
from indexer.relay.answering import MayAnswer
from indexer.search.finder import Wanted
from webui import wording
from webui.accounts.consenting import may_ask
from webui.addresses import agenda_url
from webui.deposit.depositors import Depositor, depositor, drafts
from webui.deposit.letters import reviewers
from webui.deposit.page import template_words
from webui.deposit.starting import others_of
from webui.house import house
from webui.overview import Asked, overview
from webui.relay.proposals import may_answer
from webui.visitor import access

WORDS_SHOWN, WORD_CHARS = 8, 4
ANSWERS_SHOWN = 5
QUESTIONS_SHOWN = 12
TEXT_LOOKED_AT_CHARS = 60_000
FOUND_AMONG = 10

blueprint = Blueprint("sent_page", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A document that was handed in. `deliverable` is None until it is indexed.

    `words`: those that tell it from the others. `query` finds it, at `rank` from 1; 0 beyond the first ten.
    """

    id: str
    deliverable: Deliverable | None = None
    problem: str = ""
    words: tuple[str, ...] = ()
    query: str = ""
    rank: int = 0


@blueprint.get("/deposit/<id>/sent")
def page(id: str) -> ResponseReturnValue:
    mine, draft = depositor(), _draft(id)
    if draft.state == "open":
        return redirect(url_for("draft_page.page", id=id), code=303)
    if draft.state == "sending":
        return render_template("deposit_sent.html", draft=draft, arrived=(), project=None, **template_words())
    project = overview().projects.get(draft.sent["project"])
    arrived = arrivals(list(dict.fromkeys(draft.sent["files"].values())))
    people, companies = _to_ask(mine, project)
    return render_template(
        "deposit_sent.html",
        draft=draft,
        arrived=arrived,
        waiting=bool(draft.sent["waiting"]),
        teachers=len(reviewers(mine.project(draft.sent["project"]))) if draft.sent["waiting"] else 0,
        project=project,
        others=others_of(mine, draft),
        answers=_answers(arrived, project),
        questions=_open_questions(project),
        agenda_url=agenda_url,
        people=people,
        companies=companies,
        **template_words(),
    )


def arrivals(ids: Sequence[str]) -> list[Arrived]:
    """How the documents of a hand-in stand in the archive now, for their own owner."""
    found = house().catalog.deliverables(ids, access=access())
    return [_arrived(id, found.get(id)) for id in ids]


def _arrived(id: str, deliverable: Deliverable | None) -> Arrived:
    if deliverable is None:
        return Arrived(id=id)
    who, finder = access(), house().finder
    text = "\n".join(part.text for part in house().catalog.all_parts(id, access=who))[:TEXT_LOOKED_AT_CHARS]
    alike = house().index.like(text, access=who, limit=FOUND_AMONG) if text else ()
    terms = next((each.terms for each in alike if each.id == id), ())
    words = tuple(term for term in terms if len(term) >= WORD_CHARS)[:WORDS_SHOWN]
    hits = finder.find(Wanted(text=deliverable.title, limit=FOUND_AMONG, facets=False, snippets=False), access=who).hits
    ids = [hit.deliverable.id for hit in hits]
    return Arrived(
        id=id,
        deliverable=deliverable,
        problem=str(wording.FAILURES.get(deliverable.failure or "", "")),
        words=words,
        query=deliverable.title,
        rank=ids.index(id) + 1 if id in ids else 0,
    )


def _answers(arrived: Sequence[Arrived], project: Project | None) -> list[MayAnswer]:
    """The open questions that these documents may answer, each once, the likeliest first.

    Only what says much the same, or what this project took up or its company asked: a guess beyond that is none.
    """
    found = [answer for each in arrived if each.deliverable for answer in may_answer(each.deliverable)]
    best: dict[tuple[str, str], MayAnswer] = {}
    for answer in sorted(found, key=lambda each: -each.score):
        best.setdefault((answer.community, answer.question.id), answer)
    likely = [answer for answer in best.values() if answer.is_likely or _is_own(answer.question, project)]
    return likely[:ANSWERS_SHOWN]


def _open_questions(project: Project | None) -> list[Asked]:
    """What the community still asks, for who sees an answer in these documents themselves: their own questions first."""
    if project is None:
        return []
    found = [
        each
        for each in overview().questions
        if each.community.id == project.community and each.state in ("open", "claimed")
    ]
    return sorted(found, key=lambda each: not _is_own(each.question, project))[:QUESTIONS_SHOWN]


def _is_own(question: Question, project: Project | None) -> bool:
    """Whether a project took a question up, or one of its companies asked it."""
    if project is None:
        return False
    companies = {each.organisation for each in project.record.companies} if project.record else set()
    asked_by = question.source.organisation if question.source else None
    return asked_by in companies or any(
        each.state == "claimed" and each.project == project.id for each in question.events
    )


def _to_ask(mine: Depositor, project: Project | None) -> tuple[list[Place], list[Involvement]]:
    """Whose yes lacks: the people who are named, and the companies. For who makes the links."""
    if project is None or not may_ask(project):
        return [], []
    whole = mine.project(project.id)
    record = whole.record if whole else None
    if record is None:
        return [], []
    people = [each for each in project_places(project.id, record) if each.name and not each.consents_to("name")]
    return people, [each for each in record.companies if each.agreed is None]


def _draft(id: str) -> Draft:
    try:
        return drafts().get(id, owner=depositor().account.id)
    except NoSuchDraft:
        abort(404)
