"""`estafette privacy …`: what is held about one person, and erasing again what a copy brought back. Decides nothing."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime

import click

from archive.access import everything, today_in_amsterdam
from archive.accounts.accounts import Accounts
from archive.deposit.drafts import Drafts
from archive.errors import UsageError
from archive.options import with_folders
from archive.paths import printable
from archive.privacy import erasures, personal
from archive.privacy.forgetting import Somebody
from archive.privacy.in_drafts import address_of
from archive.records.live import LiveRecords
from archive.settings import Settings
from archive.storage import Storage
from indexer.commands import opened
from indexer.personal_data.naming_drafts import Remembered, draft_files_naming
from indexer.personal_data.naming_files import files_naming

ALL_READ_S = 3600.0  # nobody waits for a page


@click.group()
def privacy() -> None:
    """What is held about one person. To erase it, the coordinator uses the site."""


@privacy.command()
@click.argument("who", nargs=-1, required=True, metavar="NAME_OR_ADDRESS...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, to give to who asked.")
@with_folders
def find(settings: Settings, who: tuple[str, ...], as_json: bool) -> None:
    """Show every place that names somebody: records, accounts, the log, files, what is being handed in."""
    meant = Somebody.of((each for each in who if "@" not in each), (each for each in who if "@" in each))
    if not meant.names | meant.addresses:
        raise UsageError("name somebody: a name or an e-mail address")
    today = today_in_amsterdam(datetime.now(UTC))
    with opened(settings) as parts, closing(Accounts.open(settings.var)) as accounts:
        records = LiveRecords(parts.storage)
        meant = personal.widened(records, accounts, meant)
        found = personal.held(records, accounts, meant)
        files = files_naming(meant, catalog=parts.catalog, finder=parts.finder, access=everything(today=today))
        own = {each.id for each in found.accounts}
        in_drafts = draft_files_naming(
            meant, drafts=Drafts(settings.var), but=own, remembered=Remembered(), at_most_s=ALL_READ_S
        )
    told = personal.as_json(
        found,
        files=[each.to_json() for each in files],
        draft_files=[each.to_json() for each in in_drafts.found],
        on=today,
    )
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for each in found.records:
        for mention in each.mentions:
            click.echo(printable(f"{each.record}  {mention.way}: {mention.text}"))
    for account in found.accounts:
        click.echo(printable(f"account {account.id}  {account.email}, {account.role}"))
    for ask in found.asked:
        click.echo(
            printable(
                f"question {ask.community} {ask.question}  asked by {ask.asker.email}, {ask.company or 'no company'}"
            )
        )
    for link in found.begun:
        click.echo(printable(f"not confirmed until now  {link.purpose} by {link.says.get('email', '')}"))
    for file in files:
        click.echo(printable(f"{file.id}  in its {' and '.join(file.where)}"))
    for draft in found.in_drafts:
        for mention in draft.mentions:
            click.echo(printable(f"{address_of(draft.draft.id)}  {mention.way}: {mention.text}"))
    for each_file in in_drafts.found:
        click.echo(printable(f"{each_file.address} {each_file.file.path}  in its {' and '.join(each_file.where)}"))
    if in_drafts.unread or in_drafts.left:
        click.echo(f"files in drafts that could not be read: {in_drafts.unread + in_drafts.left}", err=True)
    click.echo(
        f"records: {len(found.records)}, accounts: {len(found.accounts)}, lines of the log: {len(found.log)},"
        f" files: {len(files)}",
        err=True,
    )


@privacy.command("erase-again")
@with_folders
def erase_again(settings: Settings) -> None:
    """Erase what was erased before: after files came back from a copy that was no backup of ours."""
    kept = erasures.Erasures(settings.erasures or erasures.beside(settings.var))
    with closing(Accounts.open(settings.var)) as accounts:
        done = erasures.apply(kept, Storage(settings.documents), accounts, since=None, now=datetime.now(UTC))
    for failed in done.failed:
        click.echo(f"not done: {failed}", err=True)
    click.echo(
        f"erased again: files {len(done.files)}, records {len(done.records)}, accounts {done.accounts}, drafts {done.drafts}",
        err=True,
    )
    if done.failed:
        raise click.exceptions.Exit(3)
