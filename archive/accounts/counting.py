"""How often people searched, read and fetched: a number for a day, a role and a kind. Of nobody is anything kept.

No address, no account, no word that was searched for. In the file of the accounts, which backup takes along: unlike the
catalog these numbers can't be made again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from archive.accounts.file import AccountsFile
from archive.figures.yearly import FEW, Visits, bounds

Visitor = Literal["visitor", "student", "teacher", "partner", "coordinator"]
Kind = Literal["search", "read", "download"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Something that was done, as it is counted."""

    day: date
    role: Visitor
    kind: Kind


def add(file: AccountsFile, counted: Mapping[Visit, int]) -> None:
    """Count on, all in one transaction. Raises AccessFailed."""
    with file.changing() as run:
        for visit, count in counted.items():
            run(
                "INSERT INTO visit VALUES (?, ?, ?, ?)"
                " ON CONFLICT (day, role, kind) DO UPDATE SET count = count + excluded.count",
                [visit.day.isoformat(), visit.role, visit.kind, count],
            )


def visits_in(file: AccountsFile, year: int) -> Visits:
    """What was counted in an academic year."""
    days = [day.isoformat() for day in bounds(year)]
    with file.reading() as run:
        rows = run(
            "SELECT role, kind, sum(count) FROM visit WHERE day BETWEEN ? AND ? GROUP BY role, kind", days
        ).fetchall()
        ((counted,),) = run("SELECT count(DISTINCT day) FROM visit WHERE day BETWEEN ? AND ?", days)
        people = dict(run("SELECT role, count(*) FROM account GROUP BY role").fetchall())
    few = frozenset(role for role in get_args(Visitor) if role != "visitor" and people.get(role, 0) < FEW)
    return Visits(counts={(role, kind): count for role, kind, count in rows}, days=counted, few=few)
