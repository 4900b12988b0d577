"""A teacher's "akkoord", or back to the team with a reason: everything that a careful yes needs, hand-in by hand-in.

What was pointed at in a file is looked for again in the text as it is indexed: it is no part of the record, and an
archive that is carried elsewhere tells the same.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from flask import Blueprint, abort, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from archive.access import Access, everything, today_in_amsterdam
from archive.accounts.accounts import Account
from archive.accounts.teams import member
from archive.deposit import approval
from archive.deposit.approval import SAID_MAX_CHARS, Waiting, returned_in, waiting_in
from archive.deposit.may import may_approve
from archive.errors import ArchiveError
from archive.model import Asked, Deliverable, DeliverableRecord, Project, ProjectRecord, Visibility
from archive.privacy.consent import Place, project_places
from archive.records.live import LiveRecords
from indexer.deposit.personal_data import Finding, find
from indexer.extraction.model import Part
from webui import wording
from webui.deposit import words
from webui.deposit.depositors import Depositor, depositor
from webui.deposit.letters import tell_team
from webui.deposit.page import template_words
from webui.house import house
from webui.overview import overview
from webui.relay.deciding import Unclear, back_with, done, note, why_not
from webui.visitor import access

HAND_INS_SHOWN = 8
LOOKED_AT_KEPT = 400  # documents; looking at one of 30 pages takes 0.1 s
PLACES_SHOWN = 5  # of what was pointed at in one file
PARTS_LOOKED_AT = 150
MARK_CHARS = 16
TERMS = {
    "question": _l("De vraag"),
    "summary": _l("De samenvatting"),
    "outcome": _l("De opbrengst"),
    "use": _l("Wat je ermee kunt"),
}
_NOTHING = ProjectRecord(title="")
_EXTENSION = "estafette-looked-at"

SAID_YES = _l("Akkoord gegeven. Het is nu te zien zoals het team vroeg.")
SENT_BACK = _l("Terug naar het team. Je reden staat bij hun inlevering.")
DECIDED = _l("Hier was al over beslist.")
CHANGED = _l("Het team veranderde dit net. Kijk het nog eens na.")
NOTHING = _l("Kies waar je over beslist.")
NO_REASON = _l("Schrijf voor het team op waarom.")
LONG_TEXT = _l("Dat is te lang. Gebruik ten hoogste 1.000 tekens.")

blueprint = Blueprint("approving", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document that waits. `shown` is None until it is indexed; `found`: likely personal data in it, by place."""

    id: str
    entry: DeliverableRecord
    asked: Asked
    shown: Deliverable | None
    problem: str
    found: tuple[str, ...]
    more: int

    @property
    def level(self) -> Visibility:
        return self.asked.visibility or Visibility.CAMPUS


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a team wants to have said of its project, beside what stands there now."""

    term: str
    asked: str
    stands: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Somebody of the team, and how their consent stands: yes, no, or None where they did not answer."""

    name: str
    consents: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """What came at once from one person for one project. `mark` changes with what is in it.

    `lines` with `public` is what was asked of the project itself; `returned` tells of the time before.
    """

    project: Project
    by: str
    day: date | None
    documents: tuple[Document, ...]
    asks_lines: bool
    lines: tuple[Line, ...]
    public: bool
    people: tuple[Named, ...]
    has_company: bool
    returned: Asked | None
    mark: str

    @property
    def levels(self) -> tuple[Visibility, ...]:
        """The levels that were asked for, the widest first."""
        return tuple(sorted({each.level for each in self.documents}, key=lambda level: level.width))

    @property
    def names_wait(self) -> bool:
        """Whether a file that names people stays within the schools for now."""
        wide = any(each.level.width < Visibility.CAMPUS.width and not each.entry.no_names for each in self.documents)
        return wide and any(not each.consents for each in self.people)


@blueprint.get("/deposit/approve")
def page() -> ResponseReturnValue:
    """What waits for this teacher, the oldest first; `?project=` of one project."""
    mine = _approver()
    wanted = request.args.get("project", "")
    waits = [each for each in waiting(mine) if not wanted or each.project == wanted]
    every = [one for each in waits for one in _groups(each)]
    every.sort(key=lambda group: (_moment(group), group[0]))
    return render_template(
        "deposit_approve.html",
        hand_ins=[_handed_in(*group) for group in every[:HAND_INS_SHOWN]],
        more=max(0, len(every) - HAND_INS_SHOWN),
        with_team=with_team(mine),
        one=bool(wanted),
        most=SAID_MAX_CHARS,
        file_told=wording.file_name,
        **template_words(),
    )


@blueprint.post("/deposit/approve")
def decide() -> ResponseReturnValue:
    """Say yes to the documents and lines that were ticked, or send them back to the team with a reason."""
    mine, back = _approver(), url_for("approving.page")
    ids, lines = list(dict.fromkeys(request.form.getlist("id"))), "lines" in request.form
    project = _whole(request.form.get("project", ""), mine.today)
    if (
        project is None
        or project.record is None
        or not _sees(project.id)
        or not all(id.startswith(f"{project.id}/") and _sees(project.id, id) for id in ids)
        or not may_approve(mine.account, community=project.community, record=project.record)
    ):
        abort(404)
    if not (ids or lines):
        return back_with(NOTHING, back)
    if request.form.get("mark", "") not in _marks(project.id, project.record):
        return back_with(CHANGED, back)
    try:
        if request.form.get("do") == "return":
            return _send_back(mine, project, ids, lines=lines, back=back)
        records = LiveRecords(house().storage)
        for id in ids:
            approval.approve(records, id)
        if lines:
            approval.approve_lines(records, project.id)
    except Unclear as problem:
        return back_with(problem, back)
    except ArchiveError as error:
        return back_with(why_not(error, gone=str(DECIDED))[0], back)
    note(mine.account, "approved", project.id, {"documents": len(ids), "lines": lines})
    return done(SAID_YES, back)


def waiting(mine: Depositor) -> list[Waiting]:
    """What waits for this teacher's yes, by project, as far as they see it."""
    return [seen for each in _approved_by(mine) if (seen := _seen(waiting_in(each.id, each.record or _NOTHING)))]


def with_team(mine: Depositor) -> list[Waiting]:
    """What this teacher, or another, sent back and the team did not answer yet."""
    return [seen for each in _approved_by(mine) if (seen := _seen(returned_in(each.id, each.record or _NOTHING)))]


def _send_back(mine: Depositor, project: Project, ids: Sequence[str], *, lines: bool, back: str) -> ResponseReturnValue:
    reason = several_lines(request.form.get("reason", ""), NO_REASON)
    day = mine.today
    approval.send_back(
        LiveRecords(house().storage), project.id, ids, lines=lines, reason=reason, by=mine.account.email, day=day
    )
    note(mine.account, "sent back", project.id, {"documents": len(ids), "lines": lines})
    tell_team(project, reason)
    return done(SENT_BACK, back)


def several_lines(typed: str, missing: object) -> str:
    """What was typed, its lines kept and without what can't be seen. Raises Unclear."""
    kept = "".join(char for char in typed.replace("\r\n", "\n") if char.isprintable() or char == "\n")
    text = "\n".join(" ".join(line.split()) for line in kept.split("\n")).strip()
    if not text:
        raise Unclear(missing)
    if len(text) > SAID_MAX_CHARS:
        raise Unclear(LONG_TEXT)
    return text


def _approver() -> Depositor:
    mine = depositor()
    if mine.account.role not in ("teacher", "coordinator"):
        abort(404)
    return mine


def _approved_by(mine: Depositor) -> Iterator[Project]:
    """The projects of which somebody says yes to what students hand in: of their communities and teams, or all."""
    if mine.account.role not in ("teacher", "coordinator"):
        return
    for each in _projects_of(mine.account, mine.today):
        if each.record is not None and may_approve(mine.account, community=each.community, record=each.record):
            yield each


def _projects_of(account: Account, today: date) -> Iterator[Project]:
    catalog, whole = house().catalog, everything(today=today)
    if account.role == "coordinator":
        yield from catalog.projects(access=whole)
        return
    alone = Access(tokens=frozenset({f"account:{account.email.lower()}"}), today=today)
    found = {each.id: each for id in account.communities for each in catalog.projects(community=id, access=whole)}
    for each in catalog.projects(access=alone):
        if each.id not in found and (team := catalog.project(each.id, access=whole)) is not None:
            found[each.id] = team
    yield from found.values()


def _seen(waits: Waiting) -> Waiting:
    """Of what waits, what this teacher may look at: saying yes is for who may."""
    return replace(
        waits,
        deliverables=tuple(pair for pair in waits.deliverables if _sees(waits.project, pair[0])),
        lines=waits.lines if _sees(waits.project) else None,
    )


def _sees(project: str, deliverable: str = "") -> bool:
    if deliverable:
        return house().catalog.deliverable(deliverable, access=access()) is not None
    return project in overview().projects


def _whole(id: str, today: date) -> Project | None:
    return house().catalog.project(id, access=everything(today=today))


Pairs = tuple[tuple[str, DeliverableRecord], ...]


def _groups(waits: Waiting) -> list[tuple[str, Pairs, Asked | None]]:
    """The hand-ins of a project: what one person handed in at one moment, the lines with the last of that person."""
    found: dict[tuple[str, str], list[tuple[str, DeliverableRecord]]] = {}
    for id, entry in sorted(waits.deliverables, key=lambda pair: (_at(pair[1]), pair[0])):
        found.setdefault((entry.deposited_by or "", _at(entry)), []).append((id, entry))
    of_lines = [key for key in found if waits.lines is not None and key[0] == (waits.lines.by or "")][-1:]
    groups = [(waits.project, tuple(pairs), waits.lines if key in of_lines else None) for key, pairs in found.items()]
    if waits.lines is not None and not of_lines:
        groups.append((waits.project, (), waits.lines))
    return groups


def _at(entry: DeliverableRecord) -> str:
    return entry.deposited_at.isoformat() if entry.deposited_at else ""


def _moment(group: tuple[str, Pairs, Asked | None]) -> str:
    _project, pairs, lines = group
    return _at(pairs[0][1]) if pairs else (lines.date.isoformat() if lines and lines.date else "")


def _marks(project: str, record: ProjectRecord) -> set[str]:
    return {_mark(*group) for group in _groups(_seen(waiting_in(project, record)))}


def _mark(project: str, pairs: Pairs, lines: Asked | None) -> str:
    """What is another as soon as something else waits than was looked at."""
    said = (project, [(id, entry.sha256, entry.title, entry.asked) for id, entry in pairs], lines)
    return hashlib.sha256(repr(said).encode()).hexdigest()[:MARK_CHARS]


def _handed_in(project: str, pairs: Pairs, lines: Asked | None) -> HandedIn:
    whole = _whole(project, access().today) or abort(404)
    record = whole.record or _NOTHING
    asked = [entry.asked for _id, entry in pairs if entry.asked] + ([lines] if lines else [])
    by = next((each for each in (*(entry.deposited_by for _id, entry in pairs), lines and lines.by) if each), "")
    shown = house().catalog.deliverables([id for id, _entry in pairs], access=access())
    return HandedIn(
        project=whole,
        by=_who(by, record),
        day=next((today_in_amsterdam(entry.deposited_at) for _id, entry in pairs if entry.deposited_at), asked[0].date),
        documents=tuple(_document(id, entry, shown.get(id)) for id, entry in pairs),
        lines=_lines(lines, record) if lines else (),
        asks_lines=lines is not None,
        public=lines is not None and lines.visibility is Visibility.PUBLIC,
        people=tuple(_named(each) for each in project_places(project, record) if each.name and each.role == "student"),
        has_company=bool(record.companies),
        returned=next((each for each in asked if each.returned), None),
        mark=_mark(project, pairs, lines),
    )


def _who(address: str, record: ProjectRecord) -> str:
    """Who handed in: somebody of the team by name, another by their role, and nobody by an address."""
    found = house().accounts.by_email(address) if address else None
    person = member(record, address) if address else None
    if person is not None and (name := person.name or (found.name if found else "")):
        return name
    return wording.role_name(found.role) if found else ""


def _document(id: str, entry: DeliverableRecord, shown: Deliverable | None) -> Document:
    found = list(_pointed_at(shown)) if shown else []
    return Document(
        id=id,
        entry=entry,
        asked=entry.asked or Asked(),
        shown=shown,
        problem=str(wording.FAILURES.get(shown.failure or "", "")) if shown else "",
        found=tuple(found[:PLACES_SHOWN]),
        more=max(0, len(found) - PLACES_SHOWN),
    )


def _pointed_at(shown: Deliverable) -> Iterator[str]:
    """Likely personal data in a document, masked, with its place."""
    kept: _Looked = current_app.extensions.setdefault(_EXTENSION, _Looked())
    for finding, heading in kept.of(shown):
        yield words.pointed_at(finding, wording.place_name(shown.unit, finding.part, None, heading))


@dataclass(slots=True)
class _Looked:
    """What was pointed at in the documents that were looked at last, by their bytes. Only for who may read them."""

    _known: OrderedDict[str, tuple[tuple[Finding, str | None], ...]] = field(default_factory=OrderedDict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def of(self, shown: Deliverable) -> tuple[tuple[Finding, str | None], ...]:
        parts = house().catalog.all_parts(shown.id, access=access())[:PARTS_LOOKED_AT]
        key = f"{shown.sha256} {len(parts)}"
        with self._guard:
            if shown.sha256 and key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        headings = {part.number: part.heading for part in parts}
        texts = [Part(number=part.number, text=part.text, heading=part.heading) for part in parts]
        found = tuple((each, headings[each.part]) for each in find(texts))
        with self._guard:
            self._known[key] = found
            while len(self._known) > LOOKED_AT_KEPT:
                self._known.popitem(last=False)
        return found


def _named(place: Place) -> Named:
    consents = True if place.consents_to("name") else (None if place.last("name") is None else False)
    return Named(name=place.name or "", consents=consents)


def _lines(asked: Asked, record: ProjectRecord) -> tuple[Line, ...]:
    return tuple(
        Line(term=str(TERMS[name]), asked=text, stands=getattr(record, name) or "")
        for name in TERMS
        if (text := getattr(asked, name))
    )
