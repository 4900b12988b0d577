"""The research agenda: the open questions of all communities, or of one, as a board by state that a theme narrows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from archive.agenda.questions import BOARD
from archive.model import Community, Project, QuestionEvent, QuestionState
from webui import wording
from webui.addresses import community_url
from webui.communities import current
from webui.outcomes import Choice, page_number
from webui.overview import Asked, Cited, Overview, overview

COLUMN_SHOWN = 12  # questions of a state; the rest is on the state's own page
PAGE_SIZE = 40
THEMES_SHOWN = 16

# What a state means, where it first appears.
MEANINGS: Mapping[QuestionState, object] = {
    "proposed": _l("Iemand stelt deze vraag voor. Hij staat nog niet vast."),
    "open": _l("Deze vraag wacht op een team."),
    "claimed": _l("Een team werkt eraan."),
    "answered": _l("Het antwoord staat in een document."),
    "dropped": _l("Deze vraag hoeft niemand meer te beantwoorden."),
}

blueprint = Blueprint("agenda", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A moment in a question's history, as this reader may see it."""

    event: QuestionEvent
    project: Project | None
    place: Cited | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A question on the board; `take_url` is a mail with which a team takes it up."""

    asked: Asked
    steps: tuple[Step, ...]
    take_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A state of the board; `more` questions are left out, and stand at `url`."""

    state: QuestionState
    cards: tuple[Card, ...]
    total: int
    more: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What narrows the board: the community of its address, a theme and a state of its query."""

    community: str | None
    theme: str
    state: QuestionState | None

    def url(self, *, theme: str | None = None, state: str | None = None, page: int = 1) -> str:
        """The address of the board narrowed otherwise; "" takes a bound off."""
        theme, state = self.theme if theme is None else theme, (self.state or "") if state is None else state
        pairs = [(name, value) for name, value in (("theme", theme), ("state", state)) if value]
        pairs += [("page", str(page))] if page > 1 else []
        base = f"{community_url(self.community)}/agenda" if self.community else "/agenda"
        return base + (f"?{urlencode(pairs)}" if pairs else "")


@blueprint.get("/agenda")
def everywhere() -> ResponseReturnValue:
    return _board(None)


@blueprint.get("/communities/<id>/agenda")
def of_community(id: str) -> ResponseReturnValue:
    found = overview().communities.get(id)
    if found is None:
        abort(404)
    return _board(found)


def _board(community: Community | None) -> ResponseReturnValue:
    seen = overview()
    chosen = _chosen(community)
    questions = list(seen.questions if community is None else seen.agenda(community.id))
    fitting = [asked for asked in questions if not chosen.theme or chosen.theme in asked.question.themes]
    of_state = {state: _ordered(asked for asked in fitting if asked.state == state) for state in BOARD}
    states = [chosen.state] if chosen.state else [state for state in BOARD if of_state[state]]
    size = PAGE_SIZE if chosen.state else COLUMN_SHOWN
    number = page_number() if chosen.state else 1
    pages = max(1, -(-len(of_state[chosen.state]) // PAGE_SIZE)) if chosen.state else 1
    if number > pages:
        abort(404)
    start = (number - 1) * size
    return render_template(
        "agenda.html",
        community=community,
        communities=[]
        if community
        else [each for each in seen.communities.values() if _has_questions(each, questions)],
        columns=[
            Column(
                state=state,
                cards=tuple(_card(asked, seen) for asked in of_state[state][start : start + size]),
                total=len(of_state[state]),
                more=0 if chosen.state else max(0, len(of_state[state]) - size),
                url=chosen.url(state=state),
            )
            for state in states
        ],
        any_question=bool(questions),
        overdue=sum(asked.now.overdue for asked in fitting),
        filters=[
            (_("Thema"), _themes(questions, chosen)),
            (_("Stand"), _states(fitting, chosen)),
        ],
        chosen=chosen,
        meanings=MEANINGS,
        ask_url=_mail(community, _("Een nieuwe vraag voor de open vragen")) if community else None,
        number=number,
        pages=pages,
        previous=chosen.url(page=number - 1) if number > 1 else None,
        next=chosen.url(page=number + 1) if number < pages else None,
    )


def _chosen(community: Community | None) -> Chosen:
    typed = request.args.get("state", "")
    state = next((each for each in BOARD if each == typed), None)
    if typed and state is None:
        abort(404)
    return Chosen(community=community.id if community else None, theme=request.args.get("theme", ""), state=state)


def _ordered(questions: Iterable[Asked]) -> list[Asked]:
    """What needs somebody first: overdue claims; then what changed last."""
    newest = sorted(questions, key=lambda asked: str(asked.since or ""), reverse=True)
    return sorted(newest, key=lambda asked: not asked.now.overdue)


def _card(asked: Asked, seen: Overview) -> Card:
    steps = tuple(
        Step(
            event=event,
            project=seen.projects.get(event.project or ""),
            place=asked.cited(event.document, event.page),
        )
        for event in asked.question.events
    )
    take_url = None
    if asked.waits:
        take_url = _mail(
            asked.community, _("Wij pakken deze vraag op: %(id)s", id=asked.question.id), asked.question.text
        )
    return Card(asked=asked, steps=steps, take_url=take_url)


def _mail(community: Community, subject: str, body: str = "") -> str | None:
    """A mail to a community's contact; None where nobody's address may be shown."""
    contacts = current(community.record.contacts) if community.record else []
    address = next((contact.email for contact in contacts if contact.email), None)
    if address is None:
        return None
    pairs = {"subject": subject, **({"body": f"{body}\n\n"} if body else {})}
    return f"mailto:{address}?" + urlencode(pairs).replace("+", "%20")


def _themes(questions: Sequence[Asked], chosen: Chosen) -> list[Choice]:
    """The themes of the questions in the chosen state, the frequent ones first."""
    counts = Counter(
        theme for asked in questions if chosen.state in (None, asked.state) for theme in asked.question.themes
    )
    return [
        Choice(
            label=overview().theme_name(theme),
            count=count,
            url=chosen.url(theme="" if theme == chosen.theme else theme),
            chosen=theme == chosen.theme,
        )
        for number, (theme, count) in enumerate(counts.most_common())
        if number < THEMES_SHOWN or theme == chosen.theme
    ]


def _states(questions: Sequence[Asked], chosen: Chosen) -> list[Choice]:
    counts = Counter(asked.state for asked in questions)
    return [
        Choice(
            label=str(wording.STATES[state]),
            count=counts[state],
            url=chosen.url(state="" if state == chosen.state else state),
            chosen=state == chosen.state,
        )
        for state in BOARD
        if counts[state] or state == chosen.state
    ]


def _has_questions(community: Community, questions: Iterable[Asked]) -> bool:
    return any(asked.community.id == community.id for asked in questions)
