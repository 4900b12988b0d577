"""Consent and agreement: whose they are, how they stand, and what to write to give or withdraw them.

Pure. The truth is the record: a person's yes stands with the person, a company's with its part in the project. What
follows of them is `archive.access`'s to say.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from archive.access import audience_of_record, audience_of_text, level_of
from archive.model import (
    Agreement,
    CommunityRecord,
    Consent,
    Contact,
    Deliverable,
    DeliverableRecord,
    Person,
    ProjectRecord,
    Visibility,
)
from archive.network.model import Network
from archive.paths import COMMUNITY, NETWORK, PROJECT, record_place
from archive.records.editing import Append, At, Change, Entry, Inline, Nth, Put, Value
from archive.records.live import refuse
from archive.records.naming import same_person
from archive.records.reading import UNREADABLE, read_community, read_network, read_project

BY_LINK = "own link"  # how a consent was given, as the record tells it
# What a person is always asked; what else a record says (a picture) can be taken back, too.
ASKED_OF_TEAM: tuple[str, ...] = ("name",)
ASKED_OF_CONTACT: tuple[str, ...] = ("name", "contact")
REFERENCE_CHARS = 32

Kind = Literal["team", "community", "organisation"]
LinkPurpose = Literal["consent", "agreement"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a record names a person. `owner` is the project, community or organisation; `at` leads to the entry."""

    record: str
    kind: Kind
    owner: str
    at: At
    number: int  # of the entry, counted from 0
    name: str | None
    address: str | None
    role: str
    consent: tuple[Consent, ...]

    @property
    def key(self) -> str:
        """What tells the places of one person apart."""
        return f"{self.kind}/{self.owner}/{self.number}"

    @property
    def purposes(self) -> tuple[str, ...]:
        """What the person decides about here."""
        asked = ASKED_OF_TEAM if self.kind == "team" else ASKED_OF_CONTACT
        return tuple(dict.fromkeys([*asked, *(each.purpose for each in self.consent)]))

    def consents_to(self, purpose: str) -> bool:
        return Person(consent=self.consent).consents_to(purpose)

    def last(self, purpose: str) -> Consent | None:
        """What was last said about a purpose."""
        said = [each for each in self.consent if each.purpose == purpose]
        return max(said, key=lambda each: each.withdrawn or each.date or date.min, default=None)


def project_places(id: str, record: ProjectRecord) -> Iterator[Place]:
    """The people of a team; who has neither name nor address can't be asked."""
    for number, person in enumerate(record.team):
        if (person.name and person.name != UNREADABLE) or person.account:
            yield Place(
                record=f"{id}/{PROJECT}",
                kind="team",
                owner=id,
                at=(Nth(table="team", number=number),),
                number=number,
                name=person.name,
                address=person.account,
                role=person.role,
                consent=person.consent,
            )


def community_places(id: str, record: CommunityRecord) -> Iterator[Place]:
    yield from _contacts(record.contacts, record=f"{id}/{COMMUNITY}", kind="community", owner=id, at=())


def network_places(network: Network) -> Iterator[Place]:
    for each in network.organisations:
        at = (Entry(table="organisation", key="slug", value=each.slug),)
        yield from _contacts(each.contacts, record=NETWORK, kind="organisation", owner=each.slug, at=at)


def places_in(id: str, content: bytes) -> tuple[Place, ...]:
    """The people whom a record names. Raises RecordNotEditable where it can't be read."""
    place = record_place(id)
    if place is not None and place.kind == "project":
        project, problems = read_project(content, id)
        return tuple(project_places(place.owner, project or refuse(problems)))
    if place is not None and place.kind == "community":
        community, problems = read_community(content, id)
        return tuple(community_places(place.owner, community or refuse(problems)))
    if place is not None and place.kind == "network":
        network, problems = read_network(content, id)
        return tuple(network_places(network or refuse(problems)))
    return ()


def reference(place: Place, *, key: bytes) -> str:
    """What a link says of its person: nobody without the key can tell who is meant, or try addresses on it."""
    return _references(place, key)[0]


def is_of(place: Place, wanted: str, *, key: bytes) -> bool:
    """Whether a reference means the person of this place."""
    return wanted in _references(place, key)


def reference_of(address: str, *, key: bytes) -> str:
    """The reference of whoever has this address."""
    return _hashed(f"address\0{address.strip().lower()}", key)


def decided(place: Place, purpose: str, *, yes: bool, day: date, how: str = BY_LINK) -> list[Change]:
    """What to write when a person says yes or no to a purpose; nothing where it stands so already."""
    if yes == place.consents_to(purpose):
        return []
    own = [each for each in place.consent if each.purpose == purpose]
    if not yes:
        open_ones = sum(each.withdrawn is None for each in own)
        entry = Entry(table="consent", key="for", value=purpose, without="withdrawn")
        return [Put(at=(*place.at, entry), values={"withdrawn": day})] * open_ones  # each finds the next
    if not own:
        return [Append(at=place.at, table="consent", values={"for": purpose, "date": day, "how": how})]
    if len(own) == 1:
        entry = Entry(table="consent", key="for", value=purpose)
        return [Put(at=(*place.at, entry), values={"withdrawn": None, "date": day, "how": how})]
    # Of several, one that was withdrawn would go on counting: the yes of today takes their place.
    others = [_written(each) for each in place.consent if each.purpose != purpose]
    today: Inline = {"for": purpose, "date": day, "how": how}
    return [Put(at=place.at, values={"consent": [*others, today]})]


def agreed(
    record: ProjectRecord, organisation: str, *, up_to: Visibility, named: bool, by: str, day: date
) -> list[Change]:
    """What to write when a company says how far a project may be seen, and whether its own name may stand there.

    >>> from archive.model import Involvement
    >>> record = ProjectRecord(title="X", companies=(Involvement(organisation="x"),))
    >>> [change] = agreed(record, "x", up_to=Visibility.PUBLIC, named=True, by="directie", day=date(2022, 1, 20))
    >>> change.values["visibility"], change.values["agreed"]["up_to"]
    ('public', 'public')
    """
    changes: list[Change] = []
    for number, involved in enumerate(record.companies):
        if involved.organisation != organisation:
            continue
        before = involved.visibility or Visibility.PUBLIC
        level = up_to if named else Visibility.CAMPUS.at_most(before)
        values: dict[str, Value | None] = {
            "visibility": level.value,
            "agreed": {"date": day, "by": by, "up_to": up_to.value},
        }
        changes.append(Put(at=(Nth(table="company", number=number),), values=values))
    return changes


def with_agreement(record: ProjectRecord, organisation: str, up_to: Visibility) -> ProjectRecord:
    """The project as it would be when this company and all others agreed so far."""
    companies = (
        replace(each, agreed=Agreement(up_to=up_to if each.organisation == organisation else Visibility.PUBLIC))
        for each in record.companies
    )
    return replace(record, companies=tuple(companies))


def levels(deliverable: Deliverable, project: ProjectRecord, *, default: Visibility) -> tuple[Visibility, Visibility]:
    """How far a deliverable's record and its file could be seen if the project were as given."""
    if project.visibility is not None:
        default = default.at_most(project.visibility)
    record = deliverable.record or DeliverableRecord()
    consenting = [person.name for person in project.team if person.name and person.consents_to("name")]
    known = not all(any(same_person(name, other) for other in consenting) for name in deliverable.property_authors)
    community = deliverable.community
    about = audience_of_record(record, project, community=community, default=default)
    text = audience_of_text(record, project, community=community, default=default, author_known=known)
    return level_of(about), level_of(text)


def _contacts(contacts: Iterable[Contact], *, record: str, kind: Kind, owner: str, at: At) -> Iterator[Place]:
    for number, contact in enumerate(contacts):
        if contact.name != UNREADABLE or contact.email:
            yield Place(
                record=record,
                kind=kind,
                owner=owner,
                at=(*at, Nth(table="contact", number=number)),
                number=number,
                name=contact.name,
                address=contact.email,
                role=contact.role or "",
                consent=contact.consent,
            )


def _references(place: Place, key: bytes) -> list[str]:
    """By the address, which is one person's everywhere; by the name in this one record, which is not."""
    found = [reference_of(place.address, key=key)] if place.address else []
    if place.name:
        found.append(_hashed(f"name\0{place.record}\0{place.name.casefold()}", key))
    return found


def _hashed(text: str, key: bytes) -> str:
    return hmac.digest(key, f"consent\0{text}".encode("utf-8", "surrogatepass"), "sha256").hex()[:REFERENCE_CHARS]


def _written(consent: Consent) -> Inline:
    written: dict[str, str | int | bool | date] = {"for": consent.purpose}
    written.update({key: value for key in ("date", "how", "withdrawn") if (value := getattr(consent, key)) is not None})
    return written
