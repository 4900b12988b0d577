"""The organisations of the network: which names are theirs, who is asked there, and what to write when that changes.

Pure. The truth is `network.toml`; records refer to its slugs. A name that is not there is proposed for joining, never
joined silently, and a contact who is replaced stays in the history.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from archive.errors import UsageError
from archive.model import Agenda, CommunityRecord, Contact, ProjectRecord
from archive.network.model import Network, Organisation
from archive.paths import AGENDA, COMMUNITY, PROJECT, printable
from archive.records.editing import Absorb, Append, At, Change, Entry, Include, Inline, Put, Swap, Value
from archive.records.naming import folded_words
from archive.records.reading import UNREADABLE

NEAR_SHOWN = 3
NEAR_ENOUGH = 0.75  # "Kersten Plaatwerken" and "Kersten Plaatwerk": .97; "Hogeschool De Peel" and "Hogeschool X": .7
CONFIRMED_DAYS = 365  # a contact that nobody confirmed for longer is asked after
_SAY_NOTHING = frozenset(
    {"bv", "b", "v", "nv", "n", "vof", "de", "het", "the", "stichting", "groep", "en", "zn", "zoon"}
)
# Where a kind of record names organisations: the way to the table, and the key.
_PLACES: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]] = {
    PROJECT: ((("company",), "organisation"), (("team",), "institution")),
    COMMUNITY: ((("partnership",), "organisation"),),
    AGENDA: ((("question", "from"), "organisation"),),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """An organisation that may be meant; `likeness` runs from 0 to 1, which is one of its own names."""

    organisation: Organisation
    likeness: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A name in records (ids) that network.toml does not know, with the organisations that may be meant, best first."""

    name: str
    records: tuple[str, ...]
    near: tuple[Near, ...]


def mentions(
    projects: Iterable[tuple[str, ProjectRecord]],
    communities: Iterable[tuple[str, CommunityRecord]],
    agendas: Iterable[tuple[str, Agenda]],
) -> dict[str, list[str]]:
    """The records that name each organisation, by what they call it."""
    found: dict[str, list[str]] = {}

    def note(name: str | None, record: str) -> None:
        if name and name != UNREADABLE and record not in found.setdefault(name, []):
            found[name].append(record)

    for id, project in projects:
        for name in [*(each.organisation for each in project.companies), *(each.institution for each in project.team)]:
            note(name, f"{id}/{PROJECT}")
    for id, community in communities:
        for partnership in community.partnerships:
            note(partnership.organisation, f"{id}/{COMMUNITY}")
    for id, agenda in agendas:
        for question in agenda.questions:
            note(question.source.organisation if question.source else None, f"{id}/{AGENDA}")
    return found


def unknown(named: Mapping[str, Sequence[str]], network: Network) -> list[Unknown]:
    """The names that are no slug of the network, those that stand in most records first."""
    slugs = {each.slug for each in network.organisations}
    found = [
        Unknown(name=name, records=tuple(records), near=near(name, network))
        for name, records in named.items()
        if name not in slugs
    ]
    return sorted(found, key=lambda each: (-len(each.records), each.name.casefold()))


def near(name: str, network: Network) -> tuple[Near, ...]:
    """The organisations whose slug, name or alias is like this one, best first."""
    found = [
        Near(organisation=each, likeness=max(likeness(name, other) for other in (each.slug, each.name, *each.aliases)))
        for each in network.organisations
    ]
    close = [each for each in found if each.likeness >= NEAR_ENOUGH]
    return tuple(sorted(close, key=lambda each: (-each.likeness, each.organisation.slug))[:NEAR_SHOWN])


def likeness(one: str, other: str) -> float:
    """How alike two names are, from 0 to 1, whatever their capitals, accents, order, legal form and articles.

    >>> likeness("Bouw X B.V.", "bouw-x"), likeness("Kersten", "Kersten Plaatwerk") > likeness("Kersten", "Heesakker")
    (1.0, True)
    """
    words, others = (folded_words(name) - _SAY_NOTHING or folded_words(name) for name in (one, other))
    if words == others:
        return 1.0
    shorter, longer = sorted((words, others), key=len)
    if shorter and shorter < longer and max(map(len, shorter)) > 3:
        return 0.9
    return difflib.SequenceMatcher(None, " ".join(sorted(words)), " ".join(sorted(others))).ratio()


def is_due(contact: Contact, *, today: date) -> bool:
    """Whether somebody should ask if this contact is still right."""
    return contact.confirmed is None or contact.confirmed < today - timedelta(days=CONFIRMED_DAYS)


def current(contacts: Iterable[Contact]) -> list[Contact]:
    """The contacts of now, out of a history."""
    return [contact for contact in contacts if contact.until is None]


def the_one(contacts: Iterable[Contact], name: str | None, *, of: str) -> Contact:
    """The current contact with this name; without a name the only one. Raises UsageError when that is not one."""
    now = current(contacts)
    found = [contact for contact in now if name is None or contact.name == name]
    if len(found) == 1:
        return found[0]
    if not now:
        raise UsageError(f"{printable(of)} has no contact now")
    names = ", ".join(printable(contact.name) for contact in now)
    raise UsageError(f"which contact of {printable(of)}? It has {names} now: name one")


def confirm(at: At, contact: Contact, *, day: date) -> list[Change]:
    """What to write when a contact says to be still the one; `at` is whose contact it is ("" for a community)."""
    return [Put(at=(*at, _entry(contact.name)), values={"confirmed": day})]


def replace(
    at: At,
    old: Contact | None,
    *,
    name: str,
    email: str | None,
    phone: str | None,
    role: str | None,
    consent: Iterable[str],
    how: str | None,
    day: date,
) -> list[Change]:
    """What to write when somebody else is asked from this day on; the old contact stays in the history."""
    if old is not None and old.name == name:
        raise UsageError(f"{printable(name)} is the contact already")
    values: dict[str, Value] = {"name": name}
    given = {"email": email, "phone": phone, "role": role or (old.role if old else None)}
    values.update({key: value for key, value in given.items() if value})
    values.update({"since": day, "confirmed": day})
    consents: list[Inline] = [{"for": purpose, "date": day, **({"how": how} if how else {})} for purpose in consent]
    if consents:
        values["consent"] = consents
    ends: list[Change] = [Put(at=(*at, _entry(old.name)), values={"until": day})] if old else []
    return [*ends, Append(at=at, table="contact", values=values)]


def join(name: str, slug: str) -> list[Change]:
    """What to write in network.toml so that a name is known as one of an organisation."""
    return [Include(at=at_organisation(slug), key="aliases", texts=(name,))]


def merge(gone: Organisation, into: Organisation) -> list[Change]:
    """What to write in network.toml so that one organisation goes on as part of another.

    Its names and slug become aliases, so that an old record is understood; its contacts stand behind those of `into`.
    """
    names = tuple(dict.fromkeys(each for each in (gone.name, *gone.aliases, gone.slug) if each != into.name))
    return [
        Absorb(table="organisation", key="slug", gone=gone.slug, into=into.slug),
        Include(at=at_organisation(into.slug), key="aliases", texts=names),
    ]


def renamed(record: str, old: str, new: str) -> Iterator[Change]:
    """What to write in a record (its id) so that it refers to an organisation by another name."""
    for way, key in _PLACES.get(record.rpartition("/")[2], ()):
        yield Swap(way=way, key=key, old=old, new=new)


def both_companies(projects: Iterable[tuple[str, ProjectRecord]], one: str, other: str) -> list[str]:
    """The projects in which both took part: which of the two entries counts is for people to say."""
    return [id for id, record in projects if {one, other} <= {each.organisation for each in record.companies}]


def at_organisation(slug: str) -> At:
    return (Entry(table="organisation", key="slug", value=slug),)


def _entry(name: str) -> Entry:
    return Entry(table="contact", key="name", value=name, without="until")
