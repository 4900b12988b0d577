"""Let one organisation go on as another: everywhere that it is named, and for the accounts of its people.

Knows records and accounts; neither the command line nor the site, which both call it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from archive.accounts.accounts import Accounts
from archive.errors import UsageError
from archive.network import organisations
from archive.network.model import Network
from archive.paths import COMMUNITY, NETWORK, PROJECT, printable
from archive.records.editing import Change
from archive.records.live import LiveRecords, expect, refuse
from archive.records.reading import read_community, read_network, read_project


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """How much was changed; `unread` are records (ids) that may name the organisation and can't be read."""

    records: int
    accounts: int
    unread: tuple[str, ...]


def merge(records: LiveRecords, accounts: Accounts | None, gone: str, into: str, *, now: datetime, by: str) -> Merged:
    """Let the organisation `gone` go on as `into`: its names, its contacts, its accounts, and all records that name it.

    Who reads as `into` then reads what `gone` may read. Raises UsageError for one that does not exist, for itself, and
    where a project names both.
    """
    slugs = [each.slug for each in records.network().organisations]
    for slug in (gone, into):
        expect(slug, slugs, "network.toml knows no organisation")
    if gone == into:
        raise UsageError(f"{printable(gone)} can't be merged with itself")
    refuse_both(records, gone, into)

    def changes(network: Network) -> list[Change]:
        by_slug = {each.slug: each for each in network.organisations}
        expect(gone, by_slug, "network.toml no longer knows")
        return organisations.merge(by_slug[gone], by_slug[into])

    # The records first: when this is cut short, `gone` is still known to those that were not reached, and it can be
    # done again.
    records.try_out(NETWORK, over_network(changes))
    count, unread = rename(records, gone, into)
    moved = _move_accounts(accounts, gone, into, now=now, by=by) if accounts is not None else 0
    records.change(NETWORK, over_network(changes))
    return Merged(records=count, accounts=moved, unread=unread)


def named_in(records: LiveRecords) -> dict[str, list[str]]:
    """The records that name each organisation, by what they call it."""
    agendas = ((community, agenda) for community, agenda, _ in records.agendas())
    return organisations.mentions(records.project_records(), records.community_records(), agendas)


def over_network(decide: Callable[[Network], list[Change]]) -> Callable[[bytes], list[Change]]:
    """A change of network.toml that is decided over what it says."""

    def over(content: bytes) -> list[Change]:
        network, problems = read_network(content, NETWORK)
        return decide(network or refuse(problems))

    return over


def rename(records: LiveRecords, old: str, new: str) -> tuple[int, tuple[str, ...]]:
    """Let all records that name an organisation name it otherwise: how many it were, and those that can't be read."""
    unread = []
    for id in sorted(records.ids()):
        read: Any = {PROJECT: read_project, COMMUNITY: read_community}.get(id.rpartition("/")[2])
        if read and read(records.content(id) or b"", id)[0] is None:
            unread.append(id)
    named = named_in(records).get(old, [])
    for id in named:
        records.change(id, lambda _, id=id: organisations.renamed(id, old, new))  # type: ignore[misc]
    return len(named), tuple(unread)


def refuse_both(records: LiveRecords, one: str, other: str) -> None:
    """Raise UsageError where a project names two organisations that are to be one: which entry counts?"""
    both = organisations.both_companies(records.project_records(), one, other)
    if both:
        raise UsageError(
            f"{printable(', '.join(both))} names both {printable(one)} and {printable(other)}: take one of the two out first"
        )


def _move_accounts(accounts: Accounts, old: str, new: str, *, now: datetime, by: str) -> int:
    found = [account for account in accounts.all() if account.company == old]
    for account in found:
        accounts.change(account.id, company=new, now=now, by=by)
    return len(found)
