"""What of a project, deliverable or community a reader sees: names, companies and addresses not theirs are left out.

Pure, after the question whether they see the thing at all. Whoever sees everything gets the value as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from archive.access import Access, audience_of_company, audience_of_level, audience_of_name, audience_of_question
from archive.model import (
    Agenda,
    Community,
    Contact,
    Deliverable,
    Person,
    PreviousVersion,
    Project,
    ProjectRecord,
    Question,
    Visibility,
)
from archive.network.model import Network, Organisation
from archive.relay.handover import is_checked

CAMPUS = "campus"


def deliverable_as_seen(deliverable: Deliverable, access: Access) -> Deliverable:
    """Who handed it in and former addresses are not for readers; what the file tells is for those who may read it."""
    if access.sees_everything:
        return deliverable
    reads = access.reads(deliverable.text_audience)
    record = deliverable.record
    if record is not None:
        withdrawn = replace(record.withdrawn, by=None) if record.withdrawn else None
        previous = [replace(each, by=None) for each in earlier_versions(deliverable, access)]
        record = replace(
            record,
            deposited_by=None,
            named=(),
            was=(),
            # Counted without those that this reader may not have: for them those never were.
            version=len(previous) + 1,
            previous=tuple(replace(each, version=number) for number, each in enumerate(previous, 1)),
            asked=replace(record.asked, by=None, returned=None, answer=None) if record.asked else None,
            withdrawn=withdrawn,
            sha256=record.sha256 if reads else None,
        )
    return replace(
        deliverable,
        companies=tuple(each for each in deliverable.companies if access.reads(each[1])),
        authors=tuple(each for each in deliverable.authors if access.reads(each[1])),
        property_authors=deliverable.property_authors if reads and CAMPUS in access.tokens else (),
        sha256=deliverable.sha256 if reads else None,
        size=deliverable.size if reads else 0,
        parts=deliverable.parts if reads else 0,
        failure=deliverable.failure if reads else None,
        warnings=deliverable.warnings if reads else (),
        record=record,
    )


def earlier_versions(deliverable: Deliverable, access: Access) -> tuple[PreviousVersion, ...]:
    """What a deliverable's file was before, as far as this reader may have it, the oldest first.

    Who reads the file because it is their own work reads what it was before; others no wider than it was then. What was
    withdrawn has none, but for the coordinator.
    """
    record = deliverable.record
    if record is None or (record.withdrawn is not None and not access.sees_everything):
        return ()
    if not access.reads(deliverable.text_audience):
        return ()
    own = frozenset(grant for grant in deliverable.audience if grant[0].startswith("account:"))
    found = [
        each
        for each in record.previous
        if each.sha256 and access.reads(own | audience_of_level(each.visibility, community=deliverable.community))
    ]
    return tuple(sorted(found, key=lambda each: each.version))


def project_as_seen(
    project: Project, access: Access, *, projects: Collection[str], questions: Collection[str]
) -> Project:
    """`projects` and `questions`: those named in the record that this reader may see.

    The entries of deliverables are left out: a reader asks for the deliverables themselves.
    """
    record = project.record
    if access.sees_everything or record is None:
        return project
    companies = tuple(
        replace(involved, agreed=None)
        for involved in record.companies
        if access.reads(audience_of_company(involved, record, audience=project.audience, community=project.community))
    )
    hidden = {each.organisation for each in record.companies} - {each.organisation for each in companies}
    handover = replace(record.handover, by=None, checked=is_checked(record)) if record.handover else None
    search = replace(record.search, by=None) if record.search else None
    return replace(
        project,
        record=replace(
            record,
            team=tuple(_person_as_seen(person, project, access, hidden=hidden) for person in record.team),
            companies=companies,
            continues=tuple(id for id in record.continues if id in projects),
            answers=tuple(id for id in record.answers if id in questions),
            deliverables=(),
            rejected=(),
            handover=handover,
            search=search,
            asked=None,
        ),
    )


def named_in(record: ProjectRecord | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The projects and the questions that a project's record names."""
    return (record.continues, record.answers) if record else ((), ())


def community_as_seen(
    community: Community, access: Access, *, projects: Collection[str], documents: Collection[str]
) -> Community:
    """`projects` and `documents`: those named in the agenda that this reader may see."""
    if access.sees_everything:
        return community
    record = community.record
    if record is not None:
        record = replace(record, contacts=_contacts_as_seen(record.contacts, access))
    known = [
        each for each in community.agenda.questions if access.reads(audience_of_question(each, community=community.id))
    ]
    ids = {each.id for each in known}
    seen = (question_as_seen(each, projects=projects, documents=documents, questions=ids) for each in known)
    questions = tuple(map(_without_reasons_to_pass, seen))
    rejected = tuple(replace(each, by=None) for each in community.agenda.rejected)
    return replace(community, record=record, agenda=Agenda(questions=questions, rejected=rejected))


def named_in_agenda(agenda: Agenda) -> tuple[frozenset[str], frozenset[str]]:
    """The projects and the documents that an agenda names."""
    events = [event for question in agenda.questions for event in question.events]
    sources = [question.source for question in agenda.questions if question.source]
    projects = {event.project for event in events if event.project}
    documents = {event.document for event in events if event.document}
    documents |= {source.document for source in sources if source.document}
    return frozenset(projects), frozenset(documents)


def agenda_after_moves(agenda: Agenda, moved: Mapping[str, str]) -> Agenda:
    """The agenda with documents under their ids of now; `moved` tells them by the ids that it names."""
    if not moved:
        return agenda

    def named(document: str | None) -> str | None:
        return moved.get(document, document) if document else None

    questions = tuple(
        replace(
            question,
            source=replace(question.source, document=named(question.source.document)) if question.source else None,
            events=tuple(replace(event, document=named(event.document)) for event in question.events),
        )
        for question in agenda.questions
    )
    return replace(agenda, questions=questions)


def network_as_seen(network: Network, access: Access, *, organisations: Collection[str]) -> Network:
    """`organisations`: the slugs of the companies that this reader may know of. Schools and others are known to all."""
    if access.sees_everything:
        return network
    return replace(
        network,
        organisations=tuple(
            _organisation_as_seen(each, access)
            for each in network.organisations
            if each.kind != "company" or each.slug in organisations
        ),
    )


def _organisation_as_seen(organisation: Organisation, access: Access) -> Organisation:
    return replace(organisation, contacts=_contacts_as_seen(organisation.contacts, access))


def _person_as_seen(person: Person, project: Project, access: Access, *, hidden: Collection[str]) -> Person:
    """Without the right to the name, the role stands there; `hidden`: companies of which this reader may not know."""
    seen = access.reads(audience_of_name(person, audience=project.audience))
    institution = person.institution if person.institution not in hidden else None
    return replace(person, name=person.name if seen else None, institution=institution, account=None, consent=())


def _contacts_as_seen(contacts: tuple[Contact, ...], access: Access) -> tuple[Contact, ...]:
    """A contact's name needs consent beyond campus, address and telephone number consent anywhere."""
    return tuple(_contact_as_seen(contact, access) for contact in contacts)


def _contact_as_seen(contact: Contact, access: Access) -> Contact:
    given = {each.purpose for each in contact.consent} - {each.purpose for each in contact.consent if each.withdrawn}
    named = CAMPUS in access.tokens or bool(given & {"name", "contact"})
    reached = "contact" in given
    return replace(
        contact,
        name=contact.name if named else "",
        email=contact.email if reached else None,
        phone=contact.phone if reached else None,
        consent=(),
    )


def _without_reasons_to_pass(question: Question) -> Question:
    """Of a question that came on the list: why it was passed on before is for its asker and those who decided."""
    if question.visibility is Visibility.CONFIDENTIAL:
        return question
    first, rest = question.events[:1], question.events[1:]
    told = tuple(replace(each, note=None, to=None) if each.state == "proposed" else each for each in rest)
    return replace(question, events=(*first, *told))


def question_as_seen(
    question: Question, *, projects: Collection[str], documents: Collection[str], questions: Collection[str]
) -> Question:
    """A question of which a reader knows; `questions`: those of its agenda of which they know, too.

    An event whose project a reader may not see does not exist for that reader.
    """
    source = question.source
    if source is not None:
        hidden = source.document is not None and source.document not in documents
        source = None if hidden else replace(source, by=None)
    events = []
    for event in question.events:
        if event.project is not None and event.project not in projects:
            continue
        if event.document is not None and event.document not in documents:
            event = replace(event, document=None, page=None)
        onward = event.question if event.question in questions else None
        events.append(replace(event, by=None, question=onward))
    return replace(question, source=source, events=tuple(events))
