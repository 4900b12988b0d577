"""What became of a question, as the one who asked it may see it at this moment.

Whoever asked sees their own question whatever its level; projects, documents and other questions only as any reader of
their access does. What is hidden takes no part: a team that may not be known has not taken the question up.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from archive.access import Access, audience_of_question, everything, reader, today_in_amsterdam
from archive.accounts.askers import Ask
from archive.agenda.asking import is_with_coordinator, onward_of, question_in, was_passed_on
from archive.agenda.questions import standing
from archive.model import NOBODY, Community, Project, Question, QuestionState, Text
from archive.relay.handover import has_ended
from archive.seen import question_as_seen
from webui import wording
from webui.house import house
from webui.overview import Asked, Cited

SAID: dict[QuestionState, object] = {
    "proposed": _l("Een docent kijkt naar je vraag."),
    "open": _l("Je vraag staat op de lijst. Hij wacht op een team."),
    "claimed": _l("Een team werkt aan je vraag."),
    "answered": _l("Je vraag is beantwoord."),
    "dropped": _l("Je vraag is vervallen."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """A moment in a question's history."""

    state: QuestionState
    day: str
    note: str
    project: Project | None
    place: Cited | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A question as its asker sees it. `onward`: the question in which it goes on; `community`: None when hidden."""

    own: Asked
    onward: Asked | None
    community: Community | None
    projects: dict[str, Project]

    @property
    def now(self) -> Asked:
        return self.onward or self.own

    @property
    def state(self) -> QuestionState:
        return self.now.state

    @property
    def key(self) -> str:
        """Differs when there is something to tell: also when the page that answers opens later."""
        state = f"{self.state} unread" if self.is_answered_out_of_sight else self.state
        if was_passed_on(self.now.question):
            state = f"{state} {len(self.now.question.events)}"
        return f"{self.now.question.id} {state}" if self.onward else state

    @property
    def is_answered_out_of_sight(self) -> bool:
        """Answered, with no page that its asker may read."""
        return self.state == "answered" and self.answer is None

    @property
    def sentence(self) -> str:
        """How the question stands, in plain words."""
        if self.onward is not None:
            said = [_("Je vraag is samengevoegd met een andere vraag."), _of_another(self.onward.state)]
        elif self.state == "dropped" and all(
            each.state in ("proposed", "dropped") for each in self.own.question.events
        ):
            said = [_("Je vraag komt niet op de lijst.")]
        elif is_with_coordinator(self.own.question):
            said = [_("Je vraag ligt nu bij de coördinator. Die zoekt uit bij wie hij hoort.")]
        elif was_passed_on(self.own.question):
            said = [_passed_on_to(self.community)]
        else:
            said = [str(SAID[self.state])]
        if self.is_answered_out_of_sight:
            said.append(_("Je kunt het antwoord nog niet lezen."))
        return " ".join(said)

    @property
    def reason(self) -> str:
        """Why it was declined, let go or passed on."""
        last = self.now.question.events[-1] if self.now.question.events else None
        is_told = self.state == "dropped" or was_passed_on(self.now.question)
        return last.note or "" if last is not None and is_told else ""

    @property
    def project(self) -> Project | None:
        """Who took it up."""
        event = self.now.now.event
        return self.projects.get(event.project or "") if event else None

    @property
    def answer(self) -> Cited | None:
        """Where it stands, as far as its asker may read there: a title alone answers nothing."""
        found = self.now.answer if self.state == "answered" else None
        return found if found and self.now.access.reads(found.document.text_audience) else None

    @property
    def happened(self) -> list[Happened]:
        """The oldest first; from the joining on, what became of the other."""
        return [
            Happened(
                state=event.state,
                day=event.date.isoformat() if event.date else "",
                note=event.note or "",
                project=self.projects.get(event.project or ""),
                place=asked.cited(event.document, event.page),
            )
            for asked in (self.own, self.onward)
            if asked is not None
            for event in asked.question.events
            if asked is self.own or event.state != "proposed"
        ]


def access_of(ask: Ask) -> Access | None:
    """What an asker sees today; None for an account that has ended."""
    opened, today = house(), today_in_amsterdam(house().clock())
    if ask.asker.account is None:
        return reader("public", today=today)
    account = opened.accounts.find(ask.asker.account)
    return account.access(today) if account is not None and account.active(today) else None


def story_of(community: str, id: str, *, access: Access) -> Story | None:
    """A question that this reader asked; None when it is gone. That it is theirs was shown before."""
    catalog = house().catalog
    whole = catalog.community(community, access=everything(today=access.today))
    question = question_in(whole.agenda.questions, id) if whole else None
    if whole is None or question is None:
        return None
    seen = catalog.community(community, access=access)
    other = question_in(whole.agenda.questions, onward_of(question) or "")
    if other is not None and not access.reads(audience_of_question(other, community=community)):
        other = None
    home = seen or Community(id=community, name=Text(nl=""), audience=NOBODY)
    projects: dict[str, Project] = {}
    return Story(
        own=_as_seen(question, home, access, projects, {other.id} if other else set()),
        onward=_as_seen(other, home, access, projects, set()) if other else None,
        community=seen,
        projects=projects,
    )


def _as_seen(
    question: Question, community: Community, access: Access, projects: dict[str, Project], others: set[str]
) -> Asked:
    """`projects` gets those that the question names and this reader may see."""
    catalog = house().catalog
    for id in {event.project for event in question.events if event.project}:
        found = catalog.project(id, access=access)
        if found is not None:
            projects[id] = found
    named = {event.document for event in question.events if event.document}
    named |= {question.source.document} if question.source and question.source.document else set()
    documents = catalog.deliverables(sorted(named), access=access)
    seen = question_as_seen(question, projects=projects, documents=documents, questions=others)

    def ended(project: str) -> bool:
        return project in projects and has_ended(projects[project], today=access.today)

    return Asked(
        question=seen, community=community, now=standing(seen, has_ended=ended), documents=documents, access=access
    )


def _passed_on_to(community: Community | None) -> str:
    if community is None:
        return str(_("Je vraag is doorgegeven. Een andere docent kijkt ernaar."))
    name = wording.said(community.name)
    return str(_("Je vraag is doorgegeven. Nu kijkt een docent van %(name)s ernaar.", name=name))


def _of_another(state: QuestionState) -> str:
    sentences: dict[QuestionState, str] = {
        "proposed": "",
        "open": _("Die wacht op een team."),
        "claimed": _("Daar werkt een team aan."),
        "answered": _("Die is beantwoord."),
        "dropped": _("Die is vervallen."),
    }
    return sentences[state]
