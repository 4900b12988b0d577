"""`estafette contacts`: the organisations of the network, who is asked there, and which names are still unknown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import click

from archive.accounts.accounts import COMMAND_LINE, Accounts
from archive.accounts.file import FILE_NAME
from archive.errors import UsageError
from archive.model import Contact
from archive.network import merging, organisations
from archive.network.model import Organisation
from archive.options import chosen_day, on_day, with_folders
from archive.paths import COMMUNITY, NETWORK, printable
from archive.records.editing import At, Change
from archive.records.live import LiveRecords, expect
from archive.settings import Settings
from archive.storage import Storage

RECORDS_SHOWN = 3  # of those that use a name; --json gives all


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who has contacts: an organisation, or a community. `record` holds them, at the place `at`."""

    id: str
    name: str
    kind: str
    contacts: tuple[Contact, ...]
    record: str
    at: At


@click.group()
def contacts() -> None:
    """Organisations and the people to ask there, kept once for all communities."""


@contacts.command("list")
@click.option("--due", is_flag=True, help="Only those that nobody confirmed for a year.")
@click.option("--json", "as_json", is_flag=True, help="Print them as one JSON object.")
@with_folders
def list_contacts(settings: Settings, due: bool, as_json: bool) -> None:
    """Show whom to ask, and when that was last confirmed."""
    records, today = _records(settings), chosen_day(None)
    shown: list[tuple[Holder, list[Contact]]] = []
    for holder in _holders(records):
        now = organisations.current(holder.contacts)
        if due:
            now = [contact for contact in now if organisations.is_due(contact, today=today)]
        if now or not due:
            shown.append((holder, now))
    if as_json:
        click.echo(json.dumps({"organisations": [_holder_json(holder, now, today) for holder, now in shown]}))
        return
    for holder, now in shown:
        click.echo(printable(f"{holder.id}  {holder.name} ({holder.kind})"))
        for contact in now:
            confirmed = f"confirmed {contact.confirmed}" if contact.confirmed else "never confirmed"
            late = ": ask whether this is still right" if organisations.is_due(contact, today=today) else ""
            parts = (contact.name, contact.role, contact.email, contact.phone, confirmed + late)
            click.echo("    " + printable(" · ".join(part for part in parts if part)))
        if not now:
            click.echo("    no contact")


@contacts.command()
@click.option("--json", "as_json", is_flag=True, help="Print them as one JSON object.")
@with_folders
def unknown(settings: Settings, as_json: bool) -> None:
    """Show the names in records that network.toml does not know, and who may be meant."""
    records = _records(settings)
    found = organisations.unknown(merging.named_in(records), records.network())
    if as_json:
        names = [
            {
                "name": each.name,
                "records": list(each.records),
                "near": [{"slug": near.organisation.slug, "likeness": round(near.likeness, 2)} for near in each.near],
            }
            for each in found
        ]
        click.echo(json.dumps({"unknown": names}))
        return
    for each in found:
        more = f" and {len(each.records) - RECORDS_SHOWN} more" if len(each.records) > RECORDS_SHOWN else ""
        click.echo(printable(f"{each.name}  in {', '.join(each.records[:RECORDS_SHOWN])}{more}"))
        for near in each.near:
            click.echo(printable(f"    is it {near.organisation.slug}, {near.organisation.name}?"))
    _tell(f"unknown names: {len(found)}" + ("; join one with: estafette contacts join NAME SLUG" if found else ""))


@contacts.command()
@click.argument("name")
@click.argument("slug")
@with_folders
def join(settings: Settings, name: str, slug: str) -> None:
    """Let NAME be a name of the organisation SLUG; records that say NAME then say SLUG."""
    records = _records(settings)
    network = records.network()
    expect(slug, [each.slug for each in network.organisations], "network.toml knows no organisation")
    known = next((each for each in network.organisations if each.slug == name), None)
    if known is not None:
        raise UsageError(f"{printable(name)} is an organisation itself: see estafette contacts merge")
    merging.refuse_both(records, name, slug)
    records.change(NETWORK, merging.over_network(lambda _: organisations.join(name, slug)))
    count, unread = merging.rename(records, name, slug)
    _tell_unread(unread, name)
    _tell(f"{printable(name)} is a name of {slug}; records changed: {count}")


@contacts.command()
@click.argument("gone", metavar="A")
@click.argument("into", metavar="B")
@with_folders
def merge(settings: Settings, gone: str, into: str) -> None:
    """Let the organisation A go on as B: its names, its contacts with their history, its accounts, and all records that
    name it. Who reads as B then reads what A may read."""
    records = _records(settings)
    with ExitStack() as stack:
        known = (settings.var / FILE_NAME).exists()
        accounts = stack.enter_context(closing(Accounts.open(settings.var))) if known else None
        merged = merging.merge(records, accounts, gone, into, now=datetime.now(UTC), by=COMMAND_LINE)
    _tell_unread(merged.unread, gone)
    _tell(
        f"{printable(gone)} went on as {printable(into)}; records changed: {merged.records}, accounts: {merged.accounts}"
    )


@contacts.command()
@click.argument("whose")
@click.option("--name", help="Which contact, where there are several.")
@on_day
@with_folders
def confirm(settings: Settings, whose: str, name: str | None, day: date) -> None:
    """Note that the contact of WHOSE, an organisation or a community, is still right."""
    records = _records(settings)
    contact = organisations.the_one(_holder(records, whose).contacts, name, of=whose)
    _change(records, whose, lambda holder: organisations.confirm(holder.at, _again(holder, contact), day=day))
    _tell(f"{printable(contact.name)} is confirmed on {day}")


@contacts.command()
@click.argument("whose")
@click.option("--name", required=True, help="Who is asked from now on.")
@click.option("--email", help="At which address.")
@click.option("--phone", help="At which telephone number.")
@click.option("--role", help="As what; without it as the one before.")
@click.option("--instead-of", "old", metavar="NAME", help="Who is replaced, where there are several.")
@click.option(
    "--consent", multiple=True, type=click.Choice(["name", "contact"]), help="To what the new contact said yes."
)
@click.option("--how", help="How that was said: on a form, by e-mail.")
@on_day
@with_folders
def replace(
    settings: Settings,
    whose: str,
    name: str,
    email: str | None,
    phone: str | None,
    role: str | None,
    old: str | None,
    consent: tuple[str, ...],
    how: str | None,
    day: date,
) -> None:
    """Note that somebody else is asked at WHOSE; the one before stays in the history and is no longer shown."""
    records = _records(settings)
    for text in (name, email, phone, role, how):
        if text is not None and (not text.strip() or not text.isprintable()):
            raise UsageError("a name, address or role is empty, or holds characters that can't be kept")
    before = _holder(records, whose)
    replaced = organisations.the_one(before.contacts, old, of=whose) if organisations.current(before.contacts) else None

    def changes(holder: Holder) -> list[Change]:
        return organisations.replace(
            holder.at,
            _again(holder, replaced) if replaced else None,
            name=name.strip(),
            email=email,
            phone=phone,
            role=role,
            consent=consent,
            how=how,
            day=day,
        )

    _change(records, whose, changes)
    _tell(f"{printable(name)} is asked at {printable(whose)} from {day}")
    if "contact" not in consent:
        _tell("notice: without --consent contact the address is not shown to anybody, nor the telephone number")


def _records(settings: Settings) -> LiveRecords:
    return LiveRecords(Storage(settings.documents))


def _holders(records: LiveRecords) -> Iterable[Holder]:
    for organisation in records.network().organisations:
        yield _of_organisation(organisation)
    for id, record in records.community_records():
        yield Holder(
            id=id, name=record.name.nl, kind="community", contacts=record.contacts, record=f"{id}/{COMMUNITY}", at=()
        )


def _of_organisation(organisation: Organisation) -> Holder:
    return Holder(
        id=organisation.slug,
        name=organisation.name,
        kind=organisation.kind,
        contacts=organisation.contacts,
        record=NETWORK,
        at=organisations.at_organisation(organisation.slug),
    )


def _holder(records: LiveRecords, whose: str) -> Holder:
    """The organisation with this slug, else the community with this id. Raises UsageError for neither."""
    holders = {holder.id: holder for holder in reversed([*_holders(records)])}
    expect(whose, holders, "there is no organisation or community")
    return holders[whose]


def _change(records: LiveRecords, whose: str, decide: Callable[[Holder], list[Change]]) -> None:
    records.change(_holder(records, whose).record, lambda _: decide(_holder(records, whose)))


def _again(holder: Holder, contact: Contact) -> Contact:
    """The same contact as it stands now. Raises UsageError when somebody else ended it meanwhile."""
    return organisations.the_one(holder.contacts, contact.name, of=holder.id)


def _holder_json(holder: Holder, now: Iterable[Contact], today: date) -> dict[str, Any]:
    return {
        "id": holder.id,
        "name": holder.name,
        "kind": holder.kind,
        "contacts": [
            {
                "name": contact.name,
                "role": contact.role,
                "email": contact.email,
                "phone": contact.phone,
                "since": contact.since.isoformat() if contact.since else None,
                "confirmed": contact.confirmed.isoformat() if contact.confirmed else None,
                "due": organisations.is_due(contact, today=today),
            }
            for contact in now
        ],
    }


def _tell_unread(unread: Iterable[str], name: str) -> None:
    for id in unread:
        _tell(f"notice: {printable(id)} can't be read; look whether it names {printable(name)}")


def _tell(line: str) -> None:
    click.echo(line, err=True)
