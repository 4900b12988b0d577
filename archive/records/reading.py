"""What the records say: TOML to the values of the model. Writing them is `archive.records.editing`.

The record is the truth about what people decided. Reading never raises: what can't be read is a Problem and costs its
own key only. Access is the exception: where a key that decides who may see something can't be read, it closes.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any, get_args

from archive.model import (
    Agenda,
    Agreement,
    Asked,
    CommunityRecord,
    Consent,
    Contact,
    DeliverableRecord,
    Handover,
    Involvement,
    Kind,
    Partnership,
    Person,
    PreviousVersion,
    PriorSearch,
    Problem,
    ProjectRecord,
    Question,
    QuestionEvent,
    QuestionSource,
    QuestionState,
    Rejection,
    Status,
    Text,
    Visibility,
    Withdrawal,
)
from archive.network.model import Network, Organisation, Theme
from archive.paths import composed
from archive.records.closing import hides_a_misspelling, level_of_key, visibility_of
from archive.records.toml_reading import Table, parse

# A person or company of which the record does not tell who: it still counts where consent or agreement is asked.
UNREADABLE = "?"
_ORGANISATION_KINDS = ("company", "school", "other")
# What an agreement that can't be read counts as.
_NO_AGREEMENT = Agreement(up_to=Visibility.CONFIDENTIAL)

Problems = tuple[Problem, ...]


def read_project(content: bytes, path: str) -> tuple[ProjectRecord | None, Problems]:
    """What a project's record says; None when it is no TOML, and then nothing it may have closed is to be opened."""
    top, report = parse(content, path)
    if top is None:
        return None, report.problems()
    title = top.text("title")
    if not title:
        report.problem("title is missing")
    visibility = visibility_of(top)
    record = ProjectRecord(
        title=title or "",
        summary=top.text("summary"),
        question=top.text("question"),
        outcome=top.text("outcome"),
        use=top.text("use"),
        status=_one_of(top, "status", get_args(Status)),
        starts=top.day("starts"),
        ends=top.day("ends"),
        students=top.integer("students"),
        themes=top.texts("themes"),
        continues=_ids(top.texts("continues")),
        answers=top.texts("answers"),
        team=tuple(_person(entry) for entry in top.entries("team")),
        companies=tuple(_involvement(entry) for entry in top.entries("company")),
        handover=_handover(top.table("handover")),
        deliverables=tuple(_deliverable(entry) for entry in top.entries("deliverable")),
        rejected=_rejections(top),
        search=_search(top.table("search")),
        asked=_asked(top.table("asked")),
        visibility=Visibility.CONFIDENTIAL if hides_a_misspelling(top, "deliverable") else visibility,
    )
    return record, report.problems()


def read_community(content: bytes, path: str) -> tuple[CommunityRecord | None, Problems]:
    """What a community's record says; None when it is no TOML."""
    top, report = parse(content, path)
    if top is None:
        return None, report.problems()
    name = top.bilingual("name")
    if name is None and "name" not in top.refused:
        report.problem("name is missing")
    visibility = visibility_of(top)
    record = CommunityRecord(
        name=name or Text(nl=""),
        summary=top.bilingual("summary"),
        since=top.integer("since"),
        contacts=_contacts(top),
        partnerships=tuple(_partnerships(top)),
        visibility=Visibility.CONFIDENTIAL if hides_a_misspelling(top) else visibility or Visibility.PUBLIC,
    )
    return record, report.problems()


def read_agenda(content: bytes, path: str) -> tuple[Agenda | None, Problems]:
    """What a research agenda says; None when it is no TOML. A question without id or text is left out."""
    top, report = parse(content, path)
    if top is None:
        return None, report.problems()
    questions: dict[str, Question] = {}
    for entry in _tables(top.entries("question")):
        question = _question(entry)
        if not question.id or not question.text:
            entry.refuse("id", "a question needs an id and a text")
        elif question.id in questions:
            entry.refuse("id", f"a second question has the id {question.id}: the first one counts")
        else:
            questions[question.id] = question
    agenda = Agenda(questions=tuple(questions.values()), rejected=_rejections(top))
    top.rest()
    return agenda, report.problems()


def read_network(content: bytes, path: str) -> tuple[Network | None, Problems]:
    """What the network's record says; None when it is no TOML. What has no slug is left out."""
    top, report = parse(content, path)
    if top is None:
        return None, report.problems()
    organisations: dict[str, Organisation] = {}
    for entry in _tables(top.entries("organisation")):
        slug, name = entry.text("slug"), entry.text("name")
        if not slug or slug in organisations:
            entry.refuse("slug", f"slug {slug!r} is there twice" if slug else "an organisation needs a slug")
            continue
        organisations[slug] = Organisation(
            slug=slug,
            name=name or slug,
            kind=_one_of(entry, "kind", _ORGANISATION_KINDS) or "company",
            aliases=entry.texts("aliases"),
            sector=entry.text("sector"),
            contacts=_contacts(entry),
        )
        entry.rest()
    themes: dict[str, Theme] = {}
    for entry in _tables(top.entries("theme")):
        slug, nl, en = entry.text("slug"), entry.text("nl"), entry.text("en")
        if not slug or slug in themes:
            entry.refuse("slug", f"slug {slug!r} is there twice" if slug else "a theme needs a slug")
            continue
        themes[slug] = Theme(slug=slug, name=Text(nl=nl or en or slug, en=en), synonyms=entry.texts("synonyms"))
        entry.rest()
    top.rest()
    return Network(organisations=tuple(organisations.values()), themes=tuple(themes.values())), report.problems()


def _deliverable(entry: Table | object) -> DeliverableRecord:
    """An entry that does not tell which file it is about stays, closed: some file was meant."""
    if not isinstance(entry, Table):
        return DeliverableRecord(file=entry if isinstance(entry, str) else None, visibility=Visibility.CONFIDENTIAL)
    file, url = entry.text("file"), entry.text("url")
    if not file and not url and not entry.refused:
        entry.refuse("file", "a deliverable needs a file or a url")
    visibility, embargo = visibility_of(entry), entry.day("embargo_until")
    asked = _asked(entry.table("asked"))
    record = DeliverableRecord(
        file=file or None,
        url=url or None,
        title=entry.text("title"),
        kind=entry.take("kind", Kind, "one of " + ", ".join(Kind)),
        language=entry.text("language"),
        date=entry.day("date"),
        licence=entry.text("licence"),
        embargo_until=embargo,
        named=entry.texts("named"),
        no_names=entry.switch("no_names", default=False, closed=False),
        company_access=entry.switch("company_access", default=True, closed=False),
        sha256=entry.text("sha256"),
        deposited_at=entry.moment("deposited_at"),
        deposited_by=entry.text("deposited_by"),
        version=entry.integer("version") or 1,
        was=_ids(entry.texts("was")),
        previous=tuple(_previous(each) for each in _tables(entry.entries("previous"))),
        withdrawn=_withdrawal(entry),
        asked=asked,
        visibility=visibility,
    )
    wrong = {"file", "url", "embargo_until"} & entry.refused
    if hides_a_misspelling(entry) or wrong or entry.has("asked"):
        return dataclasses.replace(record, visibility=Visibility.CONFIDENTIAL)
    return record


def _person(entry: Table | object) -> Person:
    if not isinstance(entry, Table):
        return Person(name=entry if isinstance(entry, str) and entry else UNREADABLE)
    person = Person(
        name=entry.text("name") or (UNREADABLE if "name" in entry.refused else None),
        role=entry.text("role") or "student",
        institution=entry.text("institution"),
        programme=entry.text("programme"),
        account=entry.text("account"),
        consent=_consents(entry),
    )
    entry.rest()
    return person


def _consents(holder: Table) -> tuple[Consent, ...]:
    consents = []
    for entry in _tables(holder.entries("consent")):
        purpose, withdrawn = entry.text("for"), entry.day("withdrawn")
        given = Consent(purpose=purpose or "", date=entry.day("date"), how=entry.text("how"), withdrawn=withdrawn)
        entry.rest()
        if purpose and "withdrawn" not in entry.refused:
            consents.append(given)
        elif not purpose:
            entry.refuse("for", 'a consent needs a purpose: for = "name"')
    return tuple(consents)


def _involvement(entry: Table | object) -> Involvement:
    """A company whose entry can't be read still is one: without its agreement the project stays narrow."""
    if not isinstance(entry, Table):
        slug = entry if isinstance(entry, str) and entry else UNREADABLE
        return Involvement(organisation=slug, visibility=Visibility.CONFIDENTIAL, agreed=_NO_AGREEMENT)
    organisation = entry.text("organisation")
    if not organisation and "organisation" not in entry.refused:
        entry.refuse("organisation", "a company needs the slug of its organisation")
    involvement = Involvement(
        organisation=organisation or UNREADABLE, visibility=visibility_of(entry), agreed=_agreement(entry)
    )
    entry.rest()
    return involvement


def _agreement(holder: Table) -> Agreement | None:
    if not holder.has("agreed"):
        return None
    entry = holder.table("agreed")
    if entry is None:
        return _NO_AGREEMENT
    up_to = level_of_key(entry, "up_to")
    agreement = Agreement(date=entry.day("date"), by=entry.text("by"), up_to=up_to or Visibility.CAMPUS)
    return _NO_AGREEMENT if hides_a_misspelling(entry, "up_to") else agreement


def _handover(entry: Table | None) -> Handover | None:
    if entry is None:
        return None
    handover = Handover(
        stands=entry.text("stands"),
        open=entry.text("open"),
        start=entry.text("start"),
        by=entry.text("by"),
        date=entry.day("date"),
    )
    entry.rest()
    return handover


def _withdrawal(holder: Table, key: str = "withdrawn") -> Withdrawal | None:
    if not holder.has(key):
        return None
    entry = holder.table(key)
    if entry is None:
        return Withdrawal()  # "withdrawn = true": it is withdrawn, whatever else is not told
    withdrawal = Withdrawal(date=entry.day("date"), reason=entry.text("reason"), by=entry.text("by"))
    entry.rest()
    return withdrawal


def _asked(entry: Table | None) -> Asked | None:
    if entry is None:
        return None
    asked = Asked(
        visibility=visibility_of(entry),
        company_access=entry.switch("company_access", default=True, closed=False),
        summary=entry.text("summary"),
        question=entry.text("question"),
        outcome=entry.text("outcome"),
        use=entry.text("use"),
        personal=entry.text("personal"),
        returned=_withdrawal(entry, "returned"),
        answer=entry.text("answer"),
        by=entry.text("by"),
        date=entry.day("date"),
    )
    entry.rest()
    return asked


def _previous(entry: Table) -> PreviousVersion:
    version = PreviousVersion(
        version=entry.integer("version") or 1,
        sha256=entry.text("sha256"),
        file=entry.text("file"),
        visibility=visibility_of(entry) or Visibility.CAMPUS,
        replaced=entry.day("replaced"),
        by=entry.text("by"),
    )
    entry.rest()
    return version


def _search(entry: Table | None) -> PriorSearch | None:
    if entry is None:
        return None
    search = PriorSearch(query=entry.text("query") or "", date=entry.day("date"), by=entry.text("by"))
    entry.rest()
    return search


def _rejections(top: Table) -> tuple[Rejection, ...]:
    rejections = []
    for entry in _tables(top.entries("rejected")):
        rejections.append(
            Rejection(
                continues=entry.text("continues"),
                fingerprint=entry.text("fingerprint"),
                date=entry.day("date"),
                by=entry.text("by"),
            )
        )
        entry.rest()
    return tuple(rejections)


def _contacts(holder: Table) -> tuple[Contact, ...]:
    contacts = []
    for entry in _tables(holder.entries("contact")):
        contact = Contact(
            name=entry.text("name") or UNREADABLE,
            role=entry.text("role"),
            email=entry.text("email"),
            phone=entry.text("phone"),
            since=entry.day("since"),
            until=entry.day("until"),
            confirmed=entry.day("confirmed"),
            consent=_consents(entry),
        )
        entry.rest()
        contacts.append(contact)
    return tuple(contacts)


def _partnerships(top: Table) -> Iterable[Partnership]:
    for entry in _tables(top.entries("partnership")):
        organisation = entry.text("organisation")
        since, until = entry.day("since"), entry.day("until")
        entry.rest()
        if organisation:
            yield Partnership(organisation=organisation, since=since, until=until)


def _question(entry: Table) -> Question:
    visibility = visibility_of(entry)
    question = Question(
        id=entry.text("id") or "",
        text=entry.text("text") or "",
        themes=entry.texts("themes"),
        source=_source(entry.table("from")),
        events=tuple(_events(entry)),
        visibility=Visibility.CONFIDENTIAL if hides_a_misspelling(entry) else visibility or Visibility.PUBLIC,
    )
    return question


def _source(entry: Table | None) -> QuestionSource | None:
    if entry is None:
        return None
    document = entry.text("document")
    source = QuestionSource(
        document=_id(document) if document else None,
        page=entry.integer("page"),
        fingerprint=entry.text("fingerprint"),
        organisation=entry.text("organisation"),
        by=entry.text("by"),
        date=entry.day("date"),
    )
    entry.rest()
    return source


def _events(question: Table) -> Iterable[QuestionEvent]:
    for entry in _tables(question.entries("event")):
        state = _one_of(entry, "state", get_args(QuestionState))
        project, document = entry.text("project"), entry.text("document")
        event = QuestionEvent(
            date=entry.day("date"),
            state=state or "open",
            project=_id(project) if project else None,
            document=_id(document) if document else None,
            page=entry.integer("page"),
            by=entry.text("by"),
            note=entry.text("note"),
            question=entry.text("question"),
            to=entry.text("to"),
        )
        entry.rest()
        if state is not None:
            yield event
        elif "state" not in entry.refused:
            entry.refuse("state", "an event needs a state")


def _one_of(holder: Table, key: str, choices: tuple[str, ...]) -> Any:
    def read(value: Any) -> str:
        if value not in choices:
            raise ValueError
        return str(value)

    return holder.take(key, read, "one of " + ", ".join(choices))


def _tables(entries: Iterable[Table | object]) -> Iterable[Table]:
    return (entry for entry in entries if isinstance(entry, Table))


def _id(text: str) -> str:
    """A path as people type it: with backslashes, a slash before or behind it, or accents composed otherwise."""
    return composed(text.replace("\\", "/").strip("/"))


def _ids(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_id(text) for text in texts if text.strip("/"))
