"""Who somebody is at the school's own sign-in: the account that belongs to a provider's name for a person.

A provider (`issuer`) names a person by a `subject` that never changes and is given to nobody else (OpenID Connect Core
1.0, section 2). An e-mail address may be given to somebody else after years, so it joins an account only the first time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from archive.accounts.audit import note
from archive.accounts.file import AccountsFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A person as a provider names them, and the number of their account here."""

    issuer: str
    subject: str
    account: int


class Identities:
    """The identities in the file of the accounts. One object serves all threads."""

    def __init__(self, file: AccountsFile) -> None:
        self._file = file

    def account(self, issuer: str, subject: str) -> int | None:
        """The number of the account that belongs to this person."""
        with self._file.reading() as run:
            row = run("SELECT account FROM identity WHERE issuer = ? AND subject = ?", [issuer, subject]).fetchone()
        return None if row is None else int(row[0])

    def link(self, account: int, issuer: str, subject: str, *, now: datetime) -> bool:
        """Let this person sign in to an account from now on; doing it again changes nothing.

        False when the account is already somebody else's at this provider, or the person has another account.
        """
        with self._file.changing() as run:
            try:
                new = run(
                    "INSERT INTO identity (issuer, subject, account) SELECT ?, ?, ? WHERE NOT EXISTS"
                    " (SELECT 1 FROM identity WHERE issuer = ? AND subject = ? AND account = ?)",
                    [issuer, subject, account] * 2,
                ).rowcount
            except sqlite3.IntegrityError:
                return False
            if new:
                note(run, now, f"account {account}", "single sign-on linked", f"account {account}", {"issuer": issuer})
        return True

    def unlink(self, account: int, *, now: datetime, by: str) -> int:
        """Let nobody sign in to an account by a provider until it is linked anew; how many could."""
        with self._file.changing() as run:
            gone = run("DELETE FROM identity WHERE account = ?", [account]).rowcount
            if gone:
                run("UPDATE account SET epoch = epoch + 1 WHERE id = ?", [account])
                note(run, now, by, "single sign-on unlinked", f"account {account}", {})
        return gone

    def of(self, accounts: Collection[int]) -> tuple[Identity, ...]:
        """What providers call the people of these accounts."""
        with self._file.reading() as run:
            rows = run("SELECT issuer, subject, account FROM identity ORDER BY account, issuer").fetchall()
        found = (Identity(issuer=issuer, subject=subject, account=account) for issuer, subject, account in rows)
        return tuple(each for each in found if each.account in accounts)
