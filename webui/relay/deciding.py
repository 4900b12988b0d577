"""What every decision in the browser shares: who may, what stands in the way, and the way back to the page.

What is decided is written in the records at once, over what they say at that moment; the catalog follows. Forms stand on
other subjects' pages: templates ask for them (see `deciding_parts.html`), so that those subjects need not know.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from archive.access import Access, everything
from archive.accounts.accounts import Account
from archive.accounts.teams import member
from archive.agenda.deciding import Deed, may
from archive.agenda.questions import TEXT_MAX_CHARS
from archive.errors import AccessFailed, ArchiveError, UsageError
from archive.model import NOBODY, Agenda, Community, Project, ProjectRecord, Text
from archive.records.editing import RecordNotEditable
from archive.seen import community_as_seen, named_in_agenda
from webui.addresses import is_local
from webui.house import house
from webui.overview import overview
from webui.visitor import account

TOO_LONG = _l("Dat is te lang. Gebruik ten hoogste 1.000 tekens.")


class Unclear(Exception):
    """The form can't be followed; why is said in the reader's language."""


def may_decide(deed: Deed, community: str | None, record: ProjectRecord | None = None) -> bool:
    """Whether this visitor may do this; `record` as `archive.agenda.deciding` takes it."""
    return may(account(), deed, community=community, record=record)


def done(sentence: object, where: str, *, onward: bool = False) -> ResponseReturnValue:
    """Back to the page, which tells what was done and mostly shows it by then; `onward`: to `where`, for it moved."""
    if not house().catch_up():
        sentence = " ".join((str(sentence), _("Dit wordt nog verwerkt. Over een paar tellen zie je het hier.")))
    flash(str(sentence), "status")
    return redirect(where if onward else back_to(where), code=303)


def back_with(sentence: object, where: str) -> ResponseReturnValue:
    """Back to the page, which tells why nothing was done and shows what others did."""
    house().catch_up()
    flash(str(sentence), "warning")
    return redirect(back_to(where), code=303)


def why_not(error: ArchiveError, *, gone: str = "") -> tuple[str, int]:
    """What stands in the way of a decision, and its status. Nothing of what the records say is told."""
    if isinstance(error, RecordNotEditable):
        return fault_in(error.path, error.line), 409
    if isinstance(error, AccessFailed):
        return _("Het kon niet worden opgeschreven. Er is niets veranderd. Probeer het straks nog eens."), 503
    if isinstance(error, UsageError):
        return gone or _("Dat kan niet (meer). Er is niets veranderd."), 409
    raise error


def fault_in(record: str, line: int | None) -> str:
    """That a record has to be mended by a person before anything is written in it; where, as far as it is known."""
    if record and line:
        sentence = _("In %(file)s staat een fout op regel %(line)s. Er is niets veranderd.", file=record, line=line)
    elif record:
        sentence = _("In %(file)s staat een fout. Er is niets veranderd.", file=record)
    else:
        sentence = _("In de beschrijving hiervan staat een fout. Er is niets veranderd.")
    return " ".join((sentence, _("Vraag de coördinator om hulp.")))


def one_line(typed: str, missing: object, *, most: int = TEXT_MAX_CHARS, too_long: object = TOO_LONG) -> str:
    """What was typed, on one line and without what can't be kept. Raises Unclear."""
    text = " ".join("".join(c for c in typed if c.isprintable() or c.isspace()).split())
    if not text:
        raise Unclear(missing)
    if len(text) > most:
        raise Unclear(too_long)
    return text


def teams_of(mine: Account, community: str) -> list[Project]:
    """The projects of a community in whose team somebody is and may take questions up."""
    kept: dict[str, list[Project]] = g.setdefault("own-teams", {})
    if community not in kept:
        today, catalog = overview().access.today, house().catalog
        # Whatever a team may see holds its accounts; few projects do, and of these the records tell who is in the team.
        alone = Access(tokens=frozenset({f"account:{mine.email.lower()}"}), today=today)
        found = [each.id for each in catalog.projects(community=community, access=alone)]
        whole = [catalog.project(id, access=everything(today=today)) for id in found]
        kept[community] = [
            seen
            for each in whole
            if each is not None
            and member(each.record, mine.email) is not None
            and may(mine, "claim", community=community, record=each.record)
            and (seen := overview().projects.get(each.id)) is not None
        ]
    return kept[community]


def as_seen(community: str) -> Callable[[Agenda], Agenda]:
    """What this reader sees of an agenda as it is in its record: nobody meets what is hidden by being refused."""
    seen, catalog = overview(), house().catalog

    def seen_of(agenda: Agenda) -> Agenda:
        projects, documents = named_in_agenda(agenda)
        return community_as_seen(
            Community(id=community, name=Text(nl=community), audience=NOBODY, agenda=agenda),
            seen.access,
            projects=projects & seen.projects.keys(),
            documents={
                id
                for id in documents
                if catalog.deliverable(id, access=seen.access) or catalog.current_address(id, access=seen.access)
            },
        ).agenda

    return seen_of


def note(mine: Account, action: str, subject: str, says: Mapping[str, Any]) -> None:
    house().accounts.note(action, subject, says, now=house().clock(), by=mine.actor)


def back_to(otherwise: str) -> str:
    """The page that the form stood on, on this site only."""
    wanted = request.values.get("next", "")
    return wanted if wanted and is_local(wanted) else otherwise
