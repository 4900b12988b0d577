"""Where a question from outside goes: on the list in a teacher's words, here or elsewhere, or to others who decide.

The answers of the question's page for this; what is written is `archive.agenda.asking`'s.
"""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from archive.accounts.accounts import Account
from archive.accounts.askers import Askers
from archive.agenda.asking import ASKED_MAX_CHARS, Wording, is_with_coordinator, write_acceptance, write_passing
from archive.agenda.deciding import may
from archive.agenda.questions import TO_COORDINATOR, Decision
from archive.model import Visibility
from archive.records.live import LiveRecords
from webui.addresses import agenda_url
from webui.asking.proposed import homes_for, others_for
from webui.house import house
from webui.overview import Asked, overview
from webui.relay.deciding import Unclear, as_seen, done, note, one_line

ASKED_FOR = (Visibility.PUBLIC, Visibility.CAMPUS, Visibility.COMMUNITY)
NO_QUESTION = _l("Schrijf de vraag op.")
NO_HOME = _l("Kies een learning community waarvan jij de vragen bijhoudt.")
NO_NEXT = _l("Kies wie er nu naar kijkt.")
LONG_QUESTION = _l("Een vraag heeft ten hoogste 2.000 tekens. Kort hem in.")
OPENED = _l("De vraag staat open. Een team kan hem oppakken.")
WITH_COORDINATOR = _l("De vraag ligt nu bij de coördinator.")


def accept(mine: Account, asked: Asked, records: LiveRecords, decision: Decision) -> ResponseReturnValue:
    """Open a proposed question as its form words it, here or in another community. Raises Unclear, ArchiveError."""
    home, id = asked.community.id, asked.question.id
    to = request.form.get("community_to", home)
    if to not in homes_for(asked) or not may(mine, "accept", community=to):
        raise Unclear(NO_HOME)
    wording_ = Wording(
        text=one_line(request.form.get("text", ""), NO_QUESTION, most=ASKED_MAX_CHARS, too_long=LONG_QUESTION),
        themes=_themes_chosen(asked),
        visibility=next((each for each in ASKED_FOR if each.value == request.form.get("visibility")), ASKED_FOR[0]),
    )
    now_home, now_id = write_acceptance(records, id, home, decision, wording_, to=to, seen=as_seen(home))
    Askers(house().accounts.file).moved((home, id), (now_home, now_id))
    note(mine, "question accept", f"{home} {id}", {"community": now_home} if now_home != home else {})
    return done(OPENED, agenda_url(now_home, now_id), onward=now_home != home)


def pass_on(mine: Account, asked: Asked, records: LiveRecords, decision: Decision) -> ResponseReturnValue:
    """Let others decide about a question that waits here. Raises Unclear, ArchiveError."""
    home, id = asked.community.id, asked.question.id
    to = request.form.get("to", "")
    if to not in others_for(asked) and (to != TO_COORDINATOR or is_with_coordinator(asked.question)):
        raise Unclear(NO_NEXT)
    there = to if to in others_for(asked) else None
    now_home, now_id = write_passing(records, id, home, decision, to=there, seen=as_seen(home))
    Askers(house().accounts.file).moved((home, id), (now_home, now_id))
    note(mine, "question pass", f"{home} {id}", {"to": to} if there is None else {"community": now_home})
    sentence = str(WITH_COORDINATOR)
    if there is not None:
        sentence = _("De vraag is doorgegeven aan %(name)s.", name=overview().community_name(there))
    # Where it went, who passed it on may not look.
    return done(sentence, agenda_url(home), onward=True)


def others_to_ask(asked: Asked) -> list[tuple[str, str]]:
    """To whom a question can be passed on, for a list to choose from."""
    found = [(id, _("de docenten van %(name)s", name=overview().community_name(id))) for id in others_for(asked)]
    return found if is_with_coordinator(asked.question) else [*found, (TO_COORDINATOR, _("de coördinator"))]


def _themes_chosen(asked: Asked) -> list[str]:
    """The theme of the form instead of the first; what else the question has stays."""
    theme, known = request.form.get("theme", ""), overview().themes
    return [*([theme] if theme in known else []), *(each for each in asked.question.themes[1:] if each != theme)]
