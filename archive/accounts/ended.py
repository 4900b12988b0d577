"""Sessions that were ended before their time, so that a copy of their cookie is worth nothing.

A session that goes on is kept nowhere: its cookie says whose it is. Only one that somebody signed out of stands here,
for as long as a copy of its cookie would be believed.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from archive.accounts.file import AccountsFile
from archive.accounts.links import moment


def end(file: AccountsFile, session: str, *, age: timedelta, now: datetime) -> None:
    """Believe no cookie of this session any more; `age`: how long one is believed that is not used."""
    with file.changing() as run:
        run("DELETE FROM ended WHERE until < ?", [moment(now)])
        run("INSERT OR REPLACE INTO ended (session, until) VALUES (?, ?)", [session, moment(now + age)])


def has_ended(file: AccountsFile, session: str) -> bool:
    with file.reading() as run:
        return run("SELECT 1 FROM ended WHERE session = ?", [session]).fetchone() is not None
