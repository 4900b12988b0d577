"""The lists of the coordinator's desk, line by line: what waits, and what somebody settled as it stood."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal, get_args

from archive.accounts.settled import Settled
from archive.catalog.catalog import UnreadFile
from archive.relay.handover import end_of, version_of
from webui.desk.state import Pending, People
from webui.desk.waiting import Call, Waiting

Name = Literal["deposits", "embargoes", "consents", "unread", "handovers", "hindered", "accounts", "calls"]
NAMES: tuple[Name, ...] = get_args(Name)
# What a person can call done without anything in the archive to show for it; the others have a decision of their own.
SETTLES: frozenset[Name] = frozenset({"consents", "unread", "handovers", "hindered", "accounts", "calls"})
MARK_CHARS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Something that waits: the thing itself, and how it is named in its list and in the log, which names nobody.

    `stood` is another as soon as the thing changes; `group`: of which kind it is. `settled`: when that was, standing so.
    """

    about: Any
    named: str
    stood: str = ""
    group: str = ""
    settled: date | None = None

    @property
    def subject(self) -> str:
        """Its key: a name on disk may hold bytes that are no letters."""
        return _mark(self.named)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list: what waits, the most urgent first, and what was settled."""

    name: Name
    waits: tuple[Line, ...]
    settled: tuple[Line, ...]

    @property
    def settles(self) -> bool:
        return self.name in SETTLES

    def groups(self) -> dict[str, list[Line]]:
        found: dict[str, list[Line]] = {}
        for line in self.waits:
            found.setdefault(line.group, []).append(line)
        return found

    def __len__(self) -> int:
        return len(self.waits)


def lists_of(
    waiting: Waiting,
    pending: Iterable[Pending],
    unread: Iterable[UnreadFile],
    people: People,
    settled: Mapping[tuple[str, str], Settled],
) -> dict[str, Listing]:
    """All lists by their name."""
    found: dict[Name, Iterable[Line]] = {
        "deposits": (Line(about=each, named=each.project.id) for each in waiting.deposits),
        "embargoes": (Line(about=each, named=each.id) for each in waiting.embargoes),
        "consents": (
            Line(
                about=each,
                named=each.project.id if each.project else "contacts",
                stood=_mark(each.people, each.companies, each.since),
            )
            for each in pending
        ),
        "unread": (Line(about=each, named=each.id, stood=_mark(each.code, each.reason)) for each in unread),
        "handovers": (
            Line(
                about=each,
                named=each.id,
                stood=_mark(end_of(each), version_of(each.record.handover if each.record else None)),
            )
            for each in waiting.handovers
        ),
        "hindered": (Line(about=each, named=each.project.id, stood=_mark(each.obstacle)) for each in waiting.hindered),
        "accounts": (
            Line(about=one, named=f"{one.actor}, {group}", stood=_mark(one.made, one.ends), group=group)
            for group, own in people.groups()
            for one in own
        ),
        "calls": map(_call, waiting.calls),
    }
    return {name: _listing(name, lines, settled) for name, lines in found.items()}


def _call(each: Call) -> Line:
    # The contact is told apart without a name: the log is kept for years.
    who, confirmed = (_mark(each.contact.name), each.contact.confirmed) if each.contact else ("", None)
    stood = _mark(each.quiet, each.due, confirmed, each.last.id if each.last else "")
    return Line(about=each, named=f"{each.kind} {each.id} {who}".rstrip(), stood=stood)


def _listing(name: Name, lines: Iterable[Line], settled: Mapping[tuple[str, str], Settled]) -> Listing:
    waits: list[Line] = []
    gone: list[Line] = []
    for line in lines:
        known = settled.get((name, line.subject))
        if known is None or known.stood != line.stood:
            waits.append(line)
        else:
            gone.append(replace(line, settled=known.day))
    return Listing(name=name, waits=tuple(waits), settled=tuple(gone))


def _mark(*says: object) -> str:
    return hashlib.sha256(repr([str(each) for each in says]).encode("utf-8", "surrogatepass")).hexdigest()[:MARK_CHARS]
