"""`estafette user …`: accounts from the command line, by whoever may read the folder. People's words; no decisions."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import Any

import click

from archive.accounts.accounts import COMMAND_LINE, ROLES, Account, Accounts
from archive.accounts.identities import Identities
from archive.accounts.passwords import is_guessed_first
from archive.errors import UsageError
from archive.options import with_folders
from archive.settings import Settings

RESET_FOR = timedelta(days=2)


@click.group()
def user() -> None:
    """Accounts: who signs in, as what, until when."""


@user.command()
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), required=True, help="What the account may do.")
@click.option("--name", default="", help="Somebody's name.")
@click.option(
    "--community", "communities", multiple=True, metavar="SLUG", help="A community of theirs; may be repeated."
)
@click.option("--company", metavar="SLUG", help="The company of a partner, as network.toml names it.")
@click.option("--until", metavar="DAY", help="The last day on which the account works, as 2022-01-31.")
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input; without it a link is given."
)
@with_folders
def add(
    settings: Settings,
    email: str,
    role: str,
    name: str,
    communities: tuple[str, ...],
    company: str | None,
    until: str | None,
    password_stdin: bool,
) -> None:
    """Make an account."""
    password = _from_stdin(email) if password_stdin else None
    _check_slugs(settings, communities)
    with closing(Accounts.open(settings.var)) as accounts:
        account = accounts.add(
            email=email,
            role=role,
            name=name,
            communities=communities,
            company=company,
            password=password,
            weak=True,
            ends=_day(until),
            now=_now(),
            by=COMMAND_LINE,
        )
        click.echo(f"{account.email} is a {account.role} now", err=True)
        if password is None:
            _give_reset_link(accounts, account)


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_folders
def list_users(settings: Settings, as_json: bool) -> None:
    """Show all accounts."""
    with closing(Accounts.open(settings.var)) as accounts:
        found = accounts.all()
    if as_json:
        click.echo(json.dumps({"accounts": [_as_json(account) for account in found]}, ensure_ascii=False, indent=2))
        return
    if not found:
        click.echo("There are no accounts yet: see estafette user add", err=True)
    for account in found:
        about = [account.role, *account.communities, *filter(None, [account.company])]
        if account.disabled:
            about.append("disabled")
        elif account.ends:
            about.append(f"until {account.ends}")
        click.echo(f"{account.email}  {', '.join(about)}")


@user.command()
@click.argument("email")
@with_folders
def disable(settings: Settings, email: str) -> None:
    """Close an account, and end its sessions everywhere."""
    _change(settings, email, lambda accounts, id: accounts.change(id, disabled=True, now=_now(), by=COMMAND_LINE))
    click.echo(f"{email} is disabled, and signed out everywhere", err=True)


@user.command()
@click.argument("email")
@with_folders
def enable(settings: Settings, email: str) -> None:
    """Open an account that was closed."""
    _change(settings, email, lambda accounts, id: accounts.change(id, disabled=False, now=_now(), by=COMMAND_LINE))
    click.echo(f"{email} works again", err=True)


@user.command()
@click.argument("email")
@click.option("--until", metavar="DAY", required=True, help="The last day on which the account works, as 2022-01-31.")
@with_folders
def prolong(settings: Settings, email: str, until: str) -> None:
    """Let an account work until another day."""
    ends = _day(until)
    _change(settings, email, lambda accounts, id: accounts.change(id, ends=ends, now=_now(), by=COMMAND_LINE))
    click.echo(f"{email} works until {until}", err=True)


@user.command()
@click.argument("email")
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input; without it a link is given."
)
@with_folders
def passwd(settings: Settings, email: str, password_stdin: bool) -> None:
    """Give an account a new password, or a link to choose one."""
    password = _from_stdin(email) if password_stdin else None
    with closing(Accounts.open(settings.var)) as accounts:
        account = _found(accounts, email)
        if password is None:
            _give_reset_link(accounts, account)
        else:
            accounts.set_password(account.id, password, weak=True, now=_now(), by=COMMAND_LINE)
            click.echo(f"{account.email} has a new password, and is signed out everywhere", err=True)


@user.command()
@click.argument("email")
@with_folders
def unlink(settings: Settings, email: str) -> None:
    """Let an account be linked anew to somebody's school: their school calls them otherwise now."""
    with closing(Accounts.open(settings.var)) as accounts:
        account = _found(accounts, email)
        gone = Identities(accounts.file).unlink(account.id, now=_now(), by=COMMAND_LINE)
    told = "is linked at the next single sign-on, and signed out everywhere" if gone else "was not linked"
    click.echo(f"{account.email} {told}", err=True)


@user.command()
@click.option("--since", metavar="DAY", help="Only from this day on, as 2021-09-01.")
@with_folders
def log(settings: Settings, since: str | None) -> None:
    """Print what was changed, when and by whom: one JSON object a line, newest first."""
    start = _day(since)
    moment = datetime(start.year, start.month, start.day, tzinfo=UTC) if start else None
    with closing(Accounts.open(settings.var)) as accounts:
        for line in accounts.log(since=moment):
            entry = {
                "at": line.at.isoformat(),
                "by": line.by,
                "action": line.action,
                "subject": line.subject,
                **({"says": dict(line.says)} if line.says else {}),
            }
            click.echo(json.dumps(entry, ensure_ascii=False))


def _change(settings: Settings, email: str, change: Callable[[Accounts, int], Any]) -> None:
    with closing(Accounts.open(settings.var)) as accounts:
        change(accounts, _found(accounts, email).id)


def _found(accounts: Accounts, email: str) -> Account:
    found = accounts.by_email(email)
    if found is None:
        raise UsageError(f"nobody has an account as {email}")
    return found


def _give_reset_link(accounts: Accounts, account: Account) -> None:
    now = _now()
    token = accounts.give_link("reset", {"account": account.id}, until=now + RESET_FOR, now=now, by=COMMAND_LINE)
    click.echo(f"To choose a password, within {RESET_FOR.days} days, open this address of the site:", err=True)
    click.echo(f"/reset/{token}")


def _from_stdin(email: str) -> str:
    """The password: the first line, so that `echo` may be used."""
    try:
        password = sys.stdin.readline().rstrip("\r\n")
    except UnicodeDecodeError:
        raise UsageError("the password on standard input must be UTF-8") from None
    if is_guessed_first(password, email=email):
        click.echo("note: that password is of those that are tried first", err=True)
    return password


def _check_slugs(settings: Settings, communities: tuple[str, ...]) -> None:
    """A community that is not there yet may come; a typing mistake should be noticed."""
    for slug in communities:
        if not (settings.documents / slug).is_dir():
            click.echo(f"note: there is no community {slug!r} in {settings.documents.name}/ yet", err=True)


def _day(typed: str | None) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        raise UsageError(f"{typed!r} is no day: write it as 2022-01-31") from None


def _now() -> datetime:
    return datetime.now(UTC)


def _as_json(account: Account) -> dict[str, Any]:
    return {
        "email": account.email,
        "name": account.name,
        "role": account.role,
        "communities": list(account.communities),
        "company": account.company,
        "until": account.ends.isoformat() if account.ends else None,
        "seen": account.seen.isoformat() if account.seen else None,
        "disabled": account.disabled,
    }
