"""Proposed questions, for who decides about them: which wait, and who asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint

from archive.access import Access, audience_of_question, everything, reader
from archive.accounts.askers import Ask, Askers
from archive.agenda.asking import is_with_coordinator, waits_for_a_teacher
from archive.agenda.deciding import may
from archive.records.naming import folded_words
from webui.addresses import agenda_url
from webui.asking.stories import access_of, story_of
from webui.house import house
from webui.overview import Asked, overview
from webui.visitor import account

SHORT_WORD_CHARS = 3  # "hoe", "een", "wat": they say nothing of what is asked

blueprint = Blueprint("proposed", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A question that waits for a decision. `asks`: who asked it from outside, as far as that is known."""

    asked: Asked
    asks: tuple[Ask, ...]

    @property
    def url(self) -> str:
        return agenda_url(self.asked.community.id, self.asked.question.id)


@blueprint.app_context_processor
def _for_templates() -> dict[str, Callable[..., Any]]:
    return {
        "asks_about": asks_about,
        "asking_company": asking_company,
        "kept_from_askers": kept_from_askers,
        "questions_to_decide": questions_to_decide,
        "is_with_coordinator": lambda asked: is_with_coordinator(asked.question),
        "waits_for_a_teacher": lambda asked: waits_for_a_teacher(asked.question),
    }


def proposed_questions() -> tuple[Proposed, ...]:
    """The questions about which this visitor is to decide, the one that waits longest first."""
    ordered = sorted(_to_decide(), key=lambda each: (str(each.since or ""), each.question.id))
    return tuple(Proposed(asked=each, asks=asks_about(each)) for each in ordered)


def questions_to_decide() -> int:
    """How many questions wait for this visitor's decision."""
    return len(_to_decide())


def _to_decide() -> list[Asked]:
    mine = account()
    if mine is None:
        return []
    decides = {id for id in overview().communities if may(mine, "accept", community=id)}
    return [
        each
        for each in overview().questions
        if each.state == "proposed"
        and each.community.id in decides
        and (mine.role == "coordinator" or not is_with_coordinator(each.question))
    ]


def asks_about(asked: Asked) -> tuple[Ask, ...]:
    """Who asked a question from outside: for those who decide about it alone."""
    if not may(account(), "accept", community=asked.community.id):
        return ()
    return Askers(house().accounts.file).about(asked.community.id, asked.question.id)


def kept_from_askers(asked: Asked) -> bool:
    """Whether somebody who asked may not see how it stands: no mail goes to them, and their page says nothing of it."""
    if asked.state not in ("claimed", "answered"):
        return False
    for ask in asks_about(asked):
        access = access_of(ask)
        story = story_of(ask.community, ask.question, access=access) if access else None
        if story is not None and (story.state != asked.state or story.is_answered_out_of_sight):
            return True
    return False


def asking_company(asked: Asked) -> str:
    """The name of the organisation that asks a proposed question: for those who decide about it alone."""
    source, home = asked.question.source, asked.community.id
    if source is None or not source.organisation or asked.state != "proposed":
        return ""
    if not may(account(), "accept", community=home):
        return ""
    # They may not know the company by any project; that it asks this of them, they may.
    network = house().catalog.network(access=everything(today=overview().access.today))
    return next((each.name for each in network.organisations if each.slug == source.organisation), source.organisation)


def joinable(asked: Asked) -> list[Asked]:
    """The questions to which a proposed one can be joined: of the same agenda, and for its askers to see.

    Those first that share most words with it.
    """
    readers, words = _askers_access(asked), _telling_words(asked)
    home = asked.community.id
    found = [
        each
        for each in overview().agenda(home)
        if each.question.id != asked.question.id
        and each.state in ("open", "claimed", "answered")
        and all(one.reads(audience_of_question(each.question, community=home)) for one in readers)
    ]
    return sorted(found, key=lambda each: -len(words & _telling_words(each)))


def _telling_words(asked: Asked) -> set[str]:
    return {word for word in folded_words(asked.question.text) if len(word) > SHORT_WORD_CHARS}


def homes_for(asked: Asked) -> list[str]:
    """The communities to which a proposed question may go: where this visitor decides, and its askers may look."""
    readers, mine = _askers_access(asked), account()
    return [
        id
        for id, community in overview().communities.items()
        if id == asked.community.id
        or (may(mine, "accept", community=id) and all(one.reads(community.audience) for one in readers))
    ]


def others_for(asked: Asked) -> list[str]:
    """The other communities to which a question that waits can be passed: those whose page its askers may see, too."""
    readers = _askers_access(asked)
    return [
        id
        for id, community in overview().communities.items()
        if id != asked.community.id and all(one.reads(community.audience) for one in readers)
    ]


def _askers_access(asked: Asked) -> list[Access]:
    """What the askers of a question see; of a stranger, what everybody does."""
    accounts, today = house().accounts, overview().access.today
    found: list[Access] = []
    for ask in asks_about(asked):
        whose = accounts.find(ask.asker.account) if ask.asker.account is not None else None
        found.append(whose.access(today) if whose is not None else reader("public", today=today))
    source = asked.question.source
    if source is not None and source.organisation:
        found.append(reader("partner", today=today, company=source.organisation))
    return found
