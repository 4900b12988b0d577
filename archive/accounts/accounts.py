"""Accounts: who signs in, as what, until when; the links that stand in for a password; the log of what was changed.

The truth is `var/accounts.sqlite`. A password is kept as its argon2id hash, a link as the SHA-256 of its token: whoever
reads the file can't sign in with it. Every change writes its line of the log in the same transaction. The clock is
passed in; what an account may see is `archive.access`'s to say.
"""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from archive.access import Access, reader
from archive.accounts import links as account_links
from archive.accounts.audit import note as _note
from archive.accounts.file import AccountsFile, Run
from archive.accounts.links import Link, Purpose, moment
from archive.accounts.passwords import checked_hash, expect_good, fits
from archive.errors import AccountRefused

AccountRole = Literal["student", "teacher", "partner", "coordinator"]
ROLES: tuple[AccountRole, ...] = get_args(AccountRole)

EMAIL_MAX = 254  # RFC 5321, 4.5.3.1.3
NAME_MAX = 120
_EMAIL = re.compile(r"[^@\s<>\"',;:()\\\[\]]+@[^@\s<>\"',;:()\\\[\]]+\.[^@\s<>\"',;:()\\\[\]]+")

# Who changed something that no account did.
COMMAND_LINE = "command line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who may sign in. `ends`: the last day on which that works. `epoch` grows when all sessions are ended."""

    id: int
    email: str
    name: str
    role: AccountRole
    communities: tuple[str, ...] = ()
    company: str | None = None
    has_password: bool = False
    made: date
    seen: date | None = None
    ends: date | None = None
    disabled: bool = False
    epoch: int = 0

    def active(self, today: date) -> bool:
        return not self.disabled and (self.ends is None or today <= self.ends)

    def access(self, today: date) -> Access:
        """What this account may see today; once it has ended, what everybody may."""
        if not self.active(today):
            return reader("public", today=today)
        return reader(self.role, today=today, account=self.email, communities=self.communities, company=self.company)

    @property
    def actor(self) -> str:
        """How the log names this account: never by name or address."""
        return f"account {self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """A line of the log."""

    n: int
    at: datetime
    by: str
    action: str
    subject: str
    says: Mapping[str, Any]


class Accounts:
    """The accounts of an archive. One object serves all threads."""

    def __init__(self, file: AccountsFile) -> None:
        self.file = file

    @classmethod
    def open(cls, var: Path) -> Accounts:
        """The accounts in this folder, none at first. Raises AccountsUnreadable, AccessFailed."""
        return cls(AccountsFile.open(var))

    def close(self) -> None:
        self.file.close()

    def any(self) -> bool:
        """Whether there is an account at all: without one, the first coordinator is still to come."""
        with self.file.reading() as run:
            return run("SELECT 1 FROM account LIMIT 1").fetchone() is not None

    def all(self) -> tuple[Account, ...]:
        """By address."""
        with self.file.reading() as run:
            return tuple(_accounts(run, "1 ORDER BY email"))

    def find(self, id: int) -> Account | None:
        with self.file.reading() as run:
            return next(_accounts(run, "id = ?", id), None)

    def by_email(self, email: str) -> Account | None:
        with self.file.reading() as run:
            return next(_accounts(run, "email = ?", _folded(email)), None)

    def add(
        self,
        *,
        email: str,
        role: str,
        name: str = "",
        communities: Iterable[str] = (),
        company: str | None = None,
        password: str | None = None,
        weak: bool = False,
        ends: date | None = None,
        using: str | None = None,
        now: datetime,
        by: str,
    ) -> Account:
        """Make an account; for `weak` see `passwords`. Raises AccountRefused.

        `using`: the token of the join link that it comes of, which is used in the same transaction.
        """
        checked = _checked(email=email, role=role, name=name, company=company)
        hashed = None if password is None else checked_hash(password, email=email, weak=weak)
        with self.file.changing() as run:
            if using is not None and account_links.use(run, "join", using, now) is None:
                raise AccountRefused("link", "this link works no longer")
            try:
                row = run(
                    "INSERT INTO account (email, name, role, company, password, made, ends)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
                    [*checked, hashed, now.date().isoformat(), ends and ends.isoformat()],
                ).fetchone()
            except sqlite3.IntegrityError as error:
                raise AccountRefused("taken", f"{checked[0]} has an account already") from error
            _put_communities(run, row[0], communities)
            _note(run, now, by, "account made", f"account {row[0]}", {"role": role, "communities": sorted(communities)})
            return next(_accounts(run, "id = ?", row[0]))

    def change(
        self,
        id: int,
        *,
        now: datetime,
        by: str,
        name: str | None = None,
        role: str | None = None,
        communities: Iterable[str] | None = None,
        company: str | None = None,
        ends: date | None = None,
        endless: bool = False,
        disabled: bool | None = None,
    ) -> Account | None:
        """Change what is given and leave the rest; None when there is no such account. Raises AccountRefused.

        `endless` takes the last day off.
        Whoever loses a role or is disabled is signed out everywhere.
        """
        with self.file.changing() as run:
            before = next(_accounts(run, "id = ?", id), None)
            if before is None:
                return None
            _, name_, role_, company_ = _checked(
                email=before.email,
                role=role or before.role,
                name=before.name if name is None else name,
                company=company if company is not None else (before.company if role in (None, before.role) else None),
            )
            gone = (disabled and not before.disabled) or role_ != before.role
            last = None if endless else ends or before.ends
            run(
                "UPDATE account SET name = ?, role = ?, company = ?, ends = ?, disabled = ?, epoch = epoch + ?"
                " WHERE id = ?",
                [
                    name_,
                    role_,
                    company_,
                    last and last.isoformat(),
                    before.disabled if disabled is None else disabled,
                    bool(gone),
                    id,
                ],
            )
            if communities is not None:
                _put_communities(run, id, communities)
            after = next(_accounts(run, "id = ?", id))
            _note(run, now, by, "account changed", after.actor, _differences(before, after))
            return after

    def set_password(self, id: int, password: str, *, weak: bool = False, now: datetime, by: str) -> None:
        """Give an account a password and end its sessions; for `weak` see `passwords`. Raises AccountRefused."""
        account = self.find(id)
        if account is None:
            return
        hashed = checked_hash(password, email=account.email, weak=weak)
        with self.file.changing() as run:
            run("UPDATE account SET password = ?, epoch = epoch + 1 WHERE id = ?", [hashed, id])
            _note(run, now, by, "password set", account.actor, {})

    def end_sessions(self, id: int, *, now: datetime, by: str) -> None:
        """Sign an account out everywhere."""
        with self.file.changing() as run:
            run("UPDATE account SET epoch = epoch + 1 WHERE id = ?", [id])
            _note(run, now, by, "sessions ended", f"account {id}", {})

    def check_password(self, email: str, password: str, *, today: date, ended: bool = False) -> Account | None:
        """The active account with this address and password. An address without one costs the same time.

        `ended`: also one whose last day has passed, for who comes back with a new join link.
        """
        with self.file.reading() as run:
            row = run("SELECT id, password FROM account WHERE email = ?", [_folded(email)]).fetchone()
        id, kept = row if row is not None else (None, None)
        right = fits(kept, password)  # asked of an unknown address too: it must take as long
        account = self.find(id) if id is not None and right else None
        if account is None or (ended and not account.disabled):
            return account
        return account if account.active(today) else None

    def seen(self, id: int, today: date) -> None:
        """Note the day on which an account was last used: kept to the day, and only the last."""
        with self.file.changing() as run:
            run(
                "UPDATE account SET seen = ? WHERE id = ? AND seen IS NOT ?", [today.isoformat(), id, today.isoformat()]
            )

    def remove(self, id: int, *, now: datetime, by: str) -> None:
        """Take an account away; the log keeps its number."""
        with self.file.changing() as run:
            run("DELETE FROM account WHERE id = ?", [id])
            _note(run, now, by, "account removed", f"account {id}", {})

    def give_link(
        self,
        purpose: Purpose,
        says: Mapping[str, Any],
        *,
        until: datetime,
        uses: int = 1,
        token: str | None = None,
        now: datetime,
        by: str,
    ) -> str:
        """Make a link of this purpose; the answer is its token, which is kept nowhere.

        `token`: one that nobody can guess and the caller can make again; without it, a new one.
        """
        token = token or account_links.new_token()
        with self.file.changing() as run:
            account_links.put(run, purpose, token, says, until=until, uses=uses, now=now, by=by)
            _note(run, now, by, "link made", purpose, {"until": moment(until), "uses": uses})
        return token

    def link(self, purpose: Purpose, token: str, *, now: datetime) -> Link | None:
        """What a token gives, when it is still good; it is not used up by looking."""
        with self.file.reading() as run:
            return account_links.good(run, purpose, token, now)

    def links(self, purpose: Purpose) -> tuple[Link, ...]:
        """All links of a purpose, the newest first; those that are used up too."""
        with self.file.reading() as run:
            return account_links.of_purpose(run, purpose)

    def use_link(self, purpose: Purpose, token: str, *, now: datetime) -> Link | None:
        """Use a link once; of two who use the last of it at the same time one gets None."""
        with self.file.changing() as run:
            return account_links.use(run, purpose, token, now)

    def withdraw_link(self, link: Link, *, now: datetime, by: str) -> None:
        """Take one link back."""
        with self.file.changing() as run:
            if account_links.withdraw(run, key=link.key):
                _note(run, now, by, "link withdrawn", link.purpose, {"uses": link.uses})

    def link_key(self) -> bytes:
        """See `links.key`."""
        with self.file.changing() as run:
            return account_links.key(run)

    def close_entrances(self, *, made: datetime, now: datetime, by: str) -> None:
        """Let no link of before let anybody in: these accounts came from a backup that was made then."""
        with self.file.changing() as run:
            account_links.drop_entrances(run)
            _note(run, now, by, "backup restored", "archive", {"made": moment(made)})

    def withdraw_links(self, purpose: Purpose, *, by: str) -> None:
        """Take back the links of a purpose that somebody made."""
        with self.file.changing() as run:
            run("DELETE FROM link WHERE purpose = ? AND by = ?", [purpose, by])

    def note(self, action: str, subject: str, says: Mapping[str, Any] | None = None, *, now: datetime, by: str) -> None:
        """Add a line to the log. `subject` and `says` name things and numbers of accounts, never people."""
        with self.file.changing() as run:
            _note(run, now, by, action, subject, says or {})

    def note_once(
        self, action: str, subject: str, says: Mapping[str, Any], *, since: datetime, now: datetime, by: str
    ) -> bool:
        """Add a line to the log, unless it holds one of this action and subject since then; whether it was added."""
        with self.file.changing() as run:
            told = run(
                "SELECT 1 FROM audit WHERE at >= ? AND action = ? AND subject = ?", [moment(since), action, subject]
            )
            if told.fetchone() is not None:
                return False
            _note(run, now, by, action, subject, says)
            return True

    def noted(self, action: str, *, since: datetime) -> dict[str, Logged]:
        """The last line of an action for each subject, since then."""
        with self.file.reading() as run:
            rows = run(
                "SELECT n, at, by, action, subject, says FROM audit WHERE at >= ? AND action = ? ORDER BY n",
                [moment(since), action],
            ).fetchall()
        return {each.subject: each for each in map(_logged, rows)}

    def log(self, *, since: datetime | None = None, limit: int | None = None) -> Iterator[Logged]:
        """The lines of the log, newest first."""
        with self.file.reading() as run:
            rows = run(
                "SELECT n, at, by, action, subject, says FROM audit WHERE at >= ? ORDER BY n DESC LIMIT ?",
                [moment(since) if since else "", -1 if limit is None else limit],
            ).fetchall()
        yield from map(_logged, rows)

    def forget_before(self, *, unused: date, log: date, now: datetime) -> tuple[int, int]:
        """Retention: take away accounts not used since a day, and lines of the log before one; how many of each.

        Coordinators stay: an archive must not lose its last one by being left alone.
        """
        with self.file.changing() as run:
            accounts = run(
                "DELETE FROM account WHERE role <> 'coordinator' AND coalesce(seen, made) < ?", [unused.isoformat()]
            ).rowcount
            # Askers without an account go likewise; their questions stay, and name nobody.
            run("DELETE FROM asker WHERE account IS NULL AND used < ?", [unused.isoformat()])
            lines = run("DELETE FROM audit WHERE at < ?", [log.isoformat()]).rowcount
            if accounts or lines:
                _note(run, now, "retention", "forgotten", "", {"accounts": accounts, "lines": lines})
        return accounts, lines


def expect_fit(*, email: str, name: str, role: str, password: str | None) -> str:
    """The address as it is kept. Raises AccountRefused for what `add` refuses, whoever else has an account."""
    folded, *_ = _checked(email=email, role=role, name=name, company=None)
    if password is not None:
        expect_good(password, email=folded)
    return folded


def _logged(row: tuple[Any, ...]) -> Logged:
    n, at, who, action, subject, says = row
    return Logged(n=n, at=datetime.fromisoformat(at), by=who, action=action, subject=subject, says=json.loads(says))


def _accounts(run: Run, where: str, *parameters: object) -> Iterator[Account]:
    rows = run(
        "SELECT id, email, name, role, company, password IS NOT NULL, made, seen, ends, disabled, epoch"  # noqa: S608
        f" FROM account WHERE {where}",
        parameters,
    ).fetchall()
    for id, email, name, role, company, has_password, made, seen, ends, disabled, epoch in rows:
        communities = run("SELECT community FROM member WHERE account = ? ORDER BY community", [id]).fetchall()
        yield Account(
            id=id,
            email=email,
            name=name,
            role=role,
            communities=tuple(community for (community,) in communities),
            company=company,
            has_password=bool(has_password),
            made=date.fromisoformat(made),
            seen=date.fromisoformat(seen) if seen else None,
            ends=date.fromisoformat(ends) if ends else None,
            disabled=bool(disabled),
            epoch=epoch,
        )


def _put_communities(run: Run, id: int, communities: Iterable[str]) -> None:
    run("DELETE FROM member WHERE account = ?", [id])
    for community in sorted(set(communities)):
        run("INSERT INTO member VALUES (?, ?)", [id, community])


def _checked(*, email: str, role: str, name: str, company: str | None) -> tuple[str, str, str, str | None]:
    folded = _folded(email)
    if len(folded) > EMAIL_MAX or not _EMAIL.fullmatch(folded):
        raise AccountRefused("email", f"{email!r} is no e-mail address")
    if role not in ROLES:
        raise AccountRefused("role", f"{role!r} is no role: use {', '.join(ROLES)}")
    plain = " ".join(unicodedata.normalize("NFC", name).split())
    if len(plain) > NAME_MAX or any(unicodedata.category(letter) == "Cc" for letter in plain):
        raise AccountRefused("name", f"a name has {NAME_MAX} letters at the most")
    if role == "partner" and not company:
        raise AccountRefused("company", "a partner belongs to a company: say which")
    return folded, plain, role, company if role == "partner" else None


def _folded(email: str) -> str:
    """
    >>> _folded(" Piet@Example.ORG ")
    'piet@example.org'
    """
    return unicodedata.normalize("NFC", email).strip().lower()


def _differences(before: Account, after: Account) -> dict[str, Any]:
    """What changed, without a name or an address."""
    found: dict[str, Any] = {}
    for field in ("role", "communities", "company", "ends", "disabled"):
        new = getattr(after, field)
        if new != getattr(before, field):
            found[field] = str(new) if isinstance(new, date) else new
    if before.name != after.name:
        found["name"] = "changed"
    return found
