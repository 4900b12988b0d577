"""Lines of the coordinator's desk that somebody settled: nothing was done in the archive, and nothing needs to be.

A line is settled as it stood: when something about it changes, it waits again. What a line is and how it stands is
`webui.desk`'s to say; neither names a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from archive.accounts.file import AccountsFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """How a line stood when it was settled, and when that was."""

    stood: str
    day: date


def settled(file: AccountsFile) -> Mapping[tuple[str, str], Settled]:
    """What was settled, by the list and the subject of the line."""
    with file.reading() as run:
        rows = run("SELECT list, subject, stood, day FROM settled").fetchall()
    return {(name, subject): Settled(stood=stood, day=date.fromisoformat(day)) for name, subject, stood, day in rows}


def settle(file: AccountsFile, name: str, subject: str, stood: str, *, day: date) -> None:
    """Take a line away for as long as it stands so. Raises AccessFailed."""
    with file.changing() as run:
        run("INSERT OR REPLACE INTO settled VALUES (?, ?, ?, ?)", [name, subject, stood, day.isoformat()])


def put_back(file: AccountsFile, name: str, subject: str) -> None:
    """Let a line wait again. Raises AccessFailed."""
    with file.changing() as run:
        run("DELETE FROM settled WHERE list = ? AND subject = ?", [name, subject])
