"""What can be changed by a form: where each thing stands in its record, who may change it, and who sees it then.

What somebody does not see does not exist for them; a value that they may not see is neither shown nor changed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import abort, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from archive.access import audience_of_company, everything
from archive.accounts.accounts import Account
from archive.accounts.editors import Extent, Thing, extent
from archive.agenda.asking import waits_for_a_teacher
from archive.agenda.questions import level_of
from archive.errors import UsageError
from archive.model import Deliverable, Project, ProjectRecord, Visibility
from archive.network.model import Organisation, Theme
from archive.network.organisations import at_organisation
from archive.paths import COMMUNITY, NETWORK, PROJECT, composed
from archive.privacy.exposure import Exposed, exposed
from archive.records.assembly import relative
from archive.records.editing import At, Change, Entry, Nth, Put, RecordNotEditable
from archive.records.live import LiveRecords, agenda_id, refuse
from archive.records.naming import readable
from archive.records.reading import UNREADABLE, read_agenda, read_community, read_network, read_project
from archive.records.sheets import Look, Sees
from archive.relay import continuing
from archive.relay.handover import has_ended
from webui import wording
from webui.addresses import agenda_url, community_url, company_url, document_url, project_url, theme_url
from webui.editing import sheets
from webui.editing.fields import Fields, Options
from webui.house import house
from webui.overview import overview
from webui.visitor import access

EVERYTHING: Sees = lambda _name, _value: True  # noqa: E731  a name for it

ENDS_FIRST = _l("Deze dag ligt voor het begin.")
CIRCLE = _l("Dat kan niet: zo komt een project bij zichzelf uit.")
REFUSED_BEFORE = _l("Iemand besloot eerder dat dit geen vervolg is.")
TOO_OPEN = _l("Deze vraag kan niet verder open. Vraag de coördinator.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The table of a record that a form is about, where it stands, and what has to be written before anything else."""

    table: Mapping[str, Any]
    at: At = ()
    sees: Sees = EVERYTHING
    first: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A thing with its form. `part` finds it in its record's bytes, `exposed` tells who sees what with these.

    `checks` gives sentences, by field, for what is wrong with values that fit by themselves. `project`: what people and
    companies are asked for.
    """

    thing: Thing
    title: str
    record: str
    where: str
    fields: Fields
    part: Callable[[bytes], Part]
    exposed: Callable[[bytes], list[Exposed]] = lambda _content: []
    checks: Callable[[Look, Look], Mapping[str, object]] = lambda _now, _typed: {}
    project: Project | None = None


def project(mine: Account, id: str, *, found: Sequence[str] = ()) -> Subject:
    """`found`: ids of projects that a search for one to continue found."""
    seen = overview()
    project = seen.projects.get(id)
    if project is None or not has_folder(project):
        abort(404)
    much = extent_of(mine, project) or abort(403)
    record_id = f"{id}/{PROJECT}"

    def part(content: bytes) -> Part:
        first = _first(content, id)
        table = _table(content, record_id) or {"title": readable(id)}
        return Part(table=table, sees=_sees_in(project, content), first=first)

    def checks(now: Look, typed: Look) -> Mapping[str, object]:
        return {**_order(typed), **_continues(id, now, typed)} if much != "telling" else {}

    return Subject(
        thing="project",
        title=project.title,
        record=record_id,
        where=project_url(id),
        fields=sheets.project(much, _projects(id, found)),
        part=part,
        exposed=lambda content: _exposed(project, content),
        checks=checks,
        project=project,
    )


def document(mine: Account, id: str) -> Subject:
    found = house().catalog.deliverable(id, access=access())
    if found is None or not can_be_described(found):
        abort(404)
    if extent(mine, "document", community=found.community) is None:
        abort(403)
    owner, record_id = found.project, f"{found.project}/{PROJECT}"
    project = _whole_project(owner) or abort(404)

    def part(content: bytes) -> Part:
        number, entry = _entry_of(found, _table(content, record_id), record_id)
        at: At = (Nth(table="deliverable", number=number),) if number is not None else _new_entry(found)
        sees: Sees = EVERYTHING if access().sees_everything else lambda name, _value: name != "named"
        return Part(table=entry, at=at, sees=sees, first=_first(content, owner))

    asked = found.record is not None and found.record.asked is not None
    return Subject(
        thing="document",
        title=found.title,
        record=record_id,
        where=document_url(id),
        fields=sheets.document(levels=not asked),
        part=part,
        exposed=lambda content: [each for each in _exposed(project, content, [found]) if each.id == id],
        project=overview().projects.get(owner),
    )


def community(mine: Account, id: str) -> Subject:
    found = overview().communities.get(id) or abort(404)
    much = extent(mine, "community", community=id) or abort(403)
    record_id = f"{id}/{COMMUNITY}"

    def shown(content: bytes) -> list[Exposed]:
        record, problems = read_community(content, record_id) if content.strip() else (None, ())
        level = (record or refuse(problems)).visibility if content.strip() else Visibility.PUBLIC
        return [Exposed(id=id, title=wording.said(found.name), about=level)]

    return Subject(
        thing="community",
        title=wording.said(found.name),
        record=record_id,
        where=community_url(id),
        fields=sheets.community(much),
        part=lambda content: Part(table=_table(content, record_id)),
        exposed=shown,
    )


def question(mine: Account, community: str, id: str) -> Subject:
    if community not in overview().communities:
        abort(404)
    asked = next((each for each in overview().agenda(community) if each.question.id == id), None) or abort(404)
    if extent(mine, "question", community=community) is None:
        abort(403)
    record_id = agenda_id(community)

    def part(content: bytes) -> Part:
        entry = _only(_table(content, record_id), "question", "id", id)
        return Part(table=entry, at=(Entry(table="question", key="id", value=id),))

    def shown(content: bytes) -> list[Exposed]:
        agenda, problems = read_agenda(content, record_id)
        level = next((each.visibility for each in (agenda or refuse(problems)).questions if each.id == id), None)
        return [Exposed(id=id, title=asked.question.text, about=level)] if level else []

    return Subject(
        thing="question",
        title=asked.question.text,
        record=record_id,
        where=agenda_url(community, id),
        fields=sheets.question(levels=not waits_for_a_teacher(asked.question)),
        part=part,
        exposed=shown,
        checks=lambda now, typed: _source_allows(community, id, now, typed),
    )


def organisation(mine: Account, slug: str) -> Subject:
    found = _of_network(mine, "organisation", slug)
    school = isinstance(found, Organisation) and found.kind == "school"
    return Subject(
        thing="organisation",
        title=found.name if isinstance(found, Organisation) else slug,
        record=NETWORK,
        where=url_for("network.page") if school else company_url(slug),
        fields=sheets.organisation(),
        part=lambda content: Part(
            table=_only(_table(content, NETWORK), "organisation", "slug", slug), at=at_organisation(slug)
        ),
    )


def theme(mine: Account, slug: str) -> Subject:
    found = _of_network(mine, "theme", slug)
    return Subject(
        thing="theme",
        title=wording.said(found.name) if isinstance(found, Theme) else slug,
        record=NETWORK,
        where=theme_url(slug),
        fields=sheets.theme(),
        part=lambda content: Part(
            table=_only(_table(content, NETWORK), "theme", "slug", slug),
            at=(Entry(table="theme", key="slug", value=slug),),
        ),
    )


def extent_of(mine: Account | None, project: Project) -> Extent | None:
    """How much of a project somebody may change. The whole record tells who is in the team, and is shown to nobody."""
    if mine is None:
        return None
    whole = _whole_project(project.id) if mine.role == "student" else None
    running = not has_ended(project, today=overview().access.today)
    record = whole.record if whole else None
    return extent(mine, "project", community=project.community, record=record, running=running)


def has_folder(project: Project) -> bool:
    """Whether a project can have a record: a single file can't, nor what has a name that no record can hold."""
    if not project.id.isprintable():
        return False
    return project.record is not None or house().catalog.deliverable(project.id, access=access()) is None


def can_be_described(deliverable: Deliverable) -> bool:
    """Whether a record can say something of a document; what was withdrawn stays as it is."""
    withdrawn = deliverable.record is not None and deliverable.record.withdrawn is not None
    return deliverable.project != deliverable.id and deliverable.id.isprintable() and not withdrawn


def _of_network(mine: Account, thing: Thing, slug: str) -> Organisation | Theme:
    if extent(mine, thing) is None:
        abort(403)
    known: Mapping[str, Any] = overview().organisations if thing == "organisation" else overview().themes
    found: Organisation | Theme = known.get(slug) or abort(404)
    return found


def _table(content: bytes, record: str) -> dict[str, Any]:
    """A record's top table. Raises RecordNotEditable, with the line, for one that is no TOML."""
    reader: Any = {PROJECT: read_project, COMMUNITY: read_community, NETWORK: read_network}.get(
        record.rpartition("/")[2], read_agenda
    )
    found, problems = reader(content, record)
    if found is None:
        refuse(problems)
    return tomllib.loads(content.decode("utf-8-sig"))


def _first(content: bytes, project: str) -> tuple[Change, ...]:
    """A record that is made for this needs a title: the folder's name is what was shown until now."""
    return () if content.strip() else (Put(values={"title": readable(project)}),)


def _only(top: Mapping[str, Any], table: str, key: str, wanted: str) -> Mapping[str, Any]:
    """The first entry of a list with this key. Raises UsageError when it is gone."""
    entries = top.get(table, [])
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict) and str(entry.get(key, "")).strip() == wanted:
            return entry
    raise UsageError(f"{wanted} is no longer there")


def _entry_of(deliverable: Deliverable, top: Mapping[str, Any], record: str) -> tuple[int | None, Mapping[str, Any]]:
    """The entry that speaks of a document, and its number; none where the record does not know it.

    Raises RecordNotEditable where two do: a person has to say which one counts.
    """
    entries = top.get("deliverable", [])
    tables = {n: each for n, each in enumerate(entries if isinstance(entries, list) else []) if isinstance(each, dict)}
    path = deliverable.id.removeprefix(f"{deliverable.project}/").casefold()
    own = [
        number
        for number, entry in tables.items()
        if (relative(str(entry["file"])).casefold() == path if entry.get("file") else _is_link(entry, deliverable))
    ]
    own = own or [n for n, entry in tables.items() if deliverable.sha256 and entry.get("sha256") == deliverable.sha256]
    if len(own) > 1:
        raise RecordNotEditable(f"{record}: two entries speak of {deliverable.id}", path=record)
    return (own[0], tables[own[0]]) if own else (None, {})


def _is_link(entry: Mapping[str, Any], deliverable: Deliverable) -> bool:
    return deliverable.url is not None and str(entry.get("url", "")).strip() == deliverable.url


def _new_entry(deliverable: Deliverable) -> At:
    return (Entry(table="deliverable", key="file", value=deliverable.id.removeprefix(f"{deliverable.project}/")),)


def _whole_project(id: str) -> Project | None:
    return house().catalog.project(id, access=everything(today=overview().access.today))


def _live(project: Project, content: bytes) -> ProjectRecord | None:
    """A project's record without the companies of which this reader may not know."""
    if not content.strip():
        return None
    record, problems = read_project(content, f"{project.id}/{PROJECT}")
    record = record or refuse(problems)
    hidden = _hidden(project, record)
    return replace(record, companies=tuple(each for each in record.companies if each.organisation not in hidden))


def _hidden(project: Project, record: ProjectRecord) -> frozenset[str]:
    who = access()
    return frozenset(
        each.organisation
        for each in record.companies
        if not who.reads(audience_of_company(each, record, audience=project.audience, community=project.community))
    )


def _sees_in(project: Project, content: bytes) -> Sees:
    """What of a project's record the one who edits sees."""
    if access().sees_everything or not content.strip():
        return EVERYTHING
    record, _problems = read_project(content, f"{project.id}/{PROJECT}")
    hidden, projects = _hidden(project, record) if record else frozenset(), overview().projects

    def sees(name: str, value: Any) -> bool:
        if name == "company":
            return (str(value.get("organisation") or "").strip() or UNREADABLE) not in hidden
        if name == "continues":
            return composed(value.replace("\\", "/").strip("/")) in projects
        return name != "team.institution" or value not in hidden

    return sees


def _exposed(project: Project, content: bytes, documents: Iterable[Deliverable] | None = None) -> list[Exposed]:
    own = house().catalog.deliverables_of(project.id, access=access()) if documents is None else documents
    today = overview().access.today
    return [*exposed(project, _live(project, content), own, default=house().default_visibility, today=today)]


def _projects(id: str, found: Iterable[str]) -> Options:
    """The projects that one may continue, by their id: of whom it does, and whom a search found."""
    seen, own = overview(), overview().projects[id]
    ids = dict.fromkeys([*(own.record.continues if own.record else ()), *found])
    return tuple(
        (each.id, f"{each.title} · {wording.academic_year(each.year or '')}")
        for each in (seen.projects.get(other) for other in ids)
        if each is not None and each.id != id
    )


def _order(typed: Look) -> Mapping[str, object]:
    starts, ends = typed.texts["starts"], typed.texts["ends"]
    return {"ends": ENDS_FIRST} if starts and ends and ends < starts else {}


def _continues(id: str, now: Look, typed: Look) -> Mapping[str, object]:
    """Whether a project may continue what was chosen, as far as this reader sees the ways round."""
    known = now.texts["continues"].split("\n")
    added = [each for each in typed.texts["continues"].split("\n") if each and each not in known]
    projects, records = overview().projects, LiveRecords(house().storage) if added else None

    def continues(other: str) -> Iterable[str]:
        record = records.project(other) if records is not None and other in projects else None
        return [each for each in record.continues if each in projects] if record else ()

    try:
        continuing.link(id, added, records.project(id) if records else None, continues=continues)
    except continuing.DecidedOtherwise:
        return {"continues": REFUSED_BEFORE}
    except UsageError:
        return {"continues": CIRCLE}
    return {}


def _source_allows(community: str, id: str, now: Look, typed: Look) -> Mapping[str, object]:
    """A question that was taken from a report is no wider than the report's text."""
    before, after = (each.texts.get("visibility", "") or Visibility.PUBLIC for each in (now, typed))
    wanted = Visibility(after)
    if before in set(Visibility) and wanted.width >= Visibility(before).width:
        return {}
    whole = everything(today=overview().access.today)
    found = house().catalog.community(community, access=whole)
    asked = next((each for each in found.agenda.questions if each.id == id), None) if found else None
    document = asked.source.document if asked and asked.source else None
    source = house().catalog.deliverable(document, access=whole) if document else None
    if source is None or wanted.width >= level_of(source.text_audience, community=community).width:
        return {}
    return {"visibility": TOO_OPEN}


def sentence(subject: Subject) -> str:
    """What the form is called."""
    names = {
        "project": _("Wijzig dit project"),
        "document": _("Wijzig dit document"),
        "question": _("Wijzig deze vraag"),
        "community": _("Wijzig deze community"),
        "organisation": _("Wijzig deze organisatie"),
        "theme": _("Wijzig dit thema"),
    }
    return str(names[subject.thing])
