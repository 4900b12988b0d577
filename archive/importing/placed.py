"""A file on its way with its place in the archive, and what its project's record comes to say of it.

Pure. No word of the list is read by more people than the row that it stands in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from archive.access import today_in_amsterdam
from archive.importing.planning import Item
from archive.model import ProjectRecord, Visibility
from archive.records.editing import Append, Change, Include, Put, Value
from archive.records.naming import same_person

KEPT_OUT = "its summary, outcome and authors stay out of the record: more people see this project than this document"

# add: it comes in; complete: an import that was cut off wrote its entry only; present: it is there, nothing to do.
State = Literal["add", "complete", "present"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What somebody saw who looked for personal data in a file: what was found, or why it could not be looked at."""

    findings: tuple[str, ...] = ()
    unread: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An item with its place. `name` is its file's in the project, None for a link; `level` is how open it comes in."""

    item: Item
    state: State
    name: str | None
    sha256: str | None
    level: Visibility
    looked: Looked = Looked()
    note: str | None = None

    @property
    def id(self) -> str:
        return f"{self.item.project}/{self.name}" if self.name else self.item.project

    @property
    def is_closed_for_now(self) -> bool:
        """Whether it comes in more closed than was asked, until somebody looked at it."""
        return self.state == "add" and self.level is not self.item.visibility

    @property
    def is_wider_than_asked(self) -> bool:
        """Whether a record that was there before would open the file to more people than the list does."""
        return self.state == "complete" and self.level.width < self.item.visibility.width


def level_on(each: Placed, day: date) -> Visibility:
    """How open what a row says is on a day, by the list."""
    embargo = each.item.said.embargo
    return Visibility.CONFIDENTIAL if embargo is not None and day < embargo else each.item.visibility


def keeps_out(each: Placed, open_to: Visibility, *, day: date) -> bool:
    """Whether a row has words or names that its project, which is open to so many, would tell to more people."""
    said = each.item.said
    tells = said.summary or said.outcome or said.authors
    return each.state == "add" and bool(tells) and level_on(each, day).width > open_to.width


def changes(
    placed: Sequence[Placed], record: ProjectRecord | None, *, open_to: Visibility, now: datetime, by: str | None
) -> list[Change]:
    """What to write in a project's record, whose own words are open to so many; what people wrote there stays."""
    coming = [each for each in placed if each.state == "add"]
    if not coming:
        return []
    day = today_in_amsterdam(now)
    telling = [each for each in coming if not keeps_out(each, open_to, day=day)]
    put: dict[str, Value] = {}
    if record is None:
        put["title"] = coming[0].item.project_title
    for key in ("summary", "outcome"):
        told = next((text for each in telling if (text := getattr(each.item.said, key))), None)
        if told and not (record and getattr(record, key)):
            put[key] = told
    made: list[Change] = [Put(values=put)] if put else []
    themes = tuple(dict.fromkeys(theme for each in coming for theme in each.item.themes))
    if themes:
        made.append(Include(key="themes", texts=themes))
    team = [person.name for person in (record.team if record else ()) if person.name]
    for name in dict.fromkeys(name for each in telling for name in each.item.said.authors):
        if not any(same_person(name, known) for known in team):
            team.append(name)
            made.append(Append(table="team", values={"name": name, "role": "student"}))
    companies = {company.organisation for company in (record.companies if record else ())}
    made += [
        Append(table="company", values=values)
        for values in _companies(coming, open_to, day=day)
        if values["organisation"] not in companies
    ]
    return [*made, *(Append(table="deliverable", values=_entry(each, now=now, by=by)) for each in coming)]


def _companies(coming: Sequence[Placed], open_to: Visibility, *, day: date) -> list[dict[str, Value]]:
    """The companies of these rows, each known to as many as the widest row that names it."""
    levels: dict[str, Visibility] = {}
    for each in sorted(coming, key=lambda each: level_on(each, day).width):
        for slug in each.item.organisations:
            levels.setdefault(slug, level_on(each, day))
    return [
        {"organisation": slug, **({"visibility": level.value} if level.width > open_to.width else {})}
        for slug, level in levels.items()
    ]


def _entry(each: Placed, *, now: datetime, by: str | None) -> dict[str, Value]:
    said = each.item.said
    values: dict[str, Any] = {
        "file": each.name,
        "url": said.url,
        "title": said.title,
        "kind": said.kind.value if said.kind else None,
        "language": said.language,
        "date": said.date,
        "licence": said.licence,
        "visibility": each.level.value,
        "embargo_until": said.embargo,
        "sha256": each.sha256,
        "deposited_at": now.replace(microsecond=0),
        "deposited_by": by,
    }
    if each.is_closed_for_now:
        asked = {"visibility": each.item.visibility.value, "date": today_in_amsterdam(now), "by": by}
        values["asked"] = {key: value for key, value in asked.items() if value is not None}
    return {key: value for key, value in values.items() if value is not None}
