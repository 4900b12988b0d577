"""A team's place in the records: a project that begins, and the people who join it by a link.

Pure: what a record holds goes in, the changes to write come out. Who may invite whom is the site's to decide.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Collection
from datetime import date
from itertools import count

from archive.model import Person, Project, ProjectRecord
from archive.paths import year_of
from archive.privacy.consent import Place, decided, project_places
from archive.records.editing import Append, Change, Inline, Put, Value
from archive.relay.handover import end_of

HOW = "join link"  # how a consent was given, as the record tells it
SLUG_MAX_CHARS = 60
YEAR_STARTS_MONTH = 8  # from August on a new project belongs to the coming academic year


def academic_year_of(day: date) -> int:
    """The academic year in which a project begins that begins on this day.

    >>> academic_year_of(date(2021, 9, 6)), academic_year_of(date(2022, 2, 7))
    (2021, 2021)
    """
    return day.year if day.month >= YEAR_STARTS_MONTH else day.year - 1


def new_project_id(title: str, *, community: str, day: date, known: Collection[str]) -> str:
    """Where a project that begins today gets its folder; `known` are the ids that there are.

    The year's folder is the one that the community uses already.

    >>> new_project_id("Gevels & één dak", community="bim5", day=date(2021, 9, 6), known=["bim5/2021-2022/gevels"])
    'bim5/2021-2022/gevels-een-dak'
    >>> new_project_id("Gevels", community="bim5", day=date(2021, 9, 6), known=["bim5/2021/gevels"])
    'bim5/2021/gevels-2'
    """
    year = academic_year_of(day)
    folders = {parts[1] for id in known if len(parts := id.split("/")) > 2 and parts[0] == community}
    folder = min((each for each in folders if year_of(each) == year), default=str(year))
    base = f"{community}/{folder}/{_slug(title)}"
    return next(id for n in count(1) if (id := base if n == 1 else f"{base}-{n}") not in known)


def begun(title: str, *, starts: date, ends: date | None, teacher: str | None) -> list[Change]:
    """What to write for a project that begins. `teacher` is the account of who begins it, and sees its work."""
    values: dict[str, Value] = {"title": title, "status": "running", "starts": starts}
    if ends is not None:
        values["ends"] = ends
    # Without a level of its own nobody but the coordinator would see a project that has no documents yet.
    values["visibility"] = "campus"
    changes: list[Change] = [Put(values=values)]
    if teacher is not None:
        changes.append(Append(table="team", values={"role": "teacher", "account": teacher}))
    return changes


def member(record: ProjectRecord | None, account: str) -> Person | None:
    """The one in a project's team with this account."""
    people = record.team if record else ()
    return next((each for each in people if (each.account or "").lower() == account), None)


def joined(
    project: str, record: ProjectRecord | None, *, account: str, name: str, consents: bool, day: date
) -> list[Change]:
    """What to write in a project's record when a student joins its team, and says yes or no to being named.

    Whoever stands in the team already, with this account or with this name and none, stays the one entry.
    """
    places = list(project_places(project, record)) if record else []
    known = next((each for each in places if (each.address or "").lower() == account), None)
    known = known or next((each for each in places if _is_awaited(each, name)), None)
    if known is not None:
        given = {"name": known.name, "account": known.address}
        lacking = {key: value for key, value in (("name", name), ("account", account)) if not given[key]}
        filled: list[Change] = [Put(at=known.at, values=lacking)] if lacking else []
        return filled + decided(known, "name", yes=consents, day=day, how=HOW)
    values: dict[str, Value] = {"name": name, "role": "student", "account": account}
    if consents:
        yes: Inline = {"for": "name", "date": day, "how": HOW}
        values["consent"] = [yes]
    return [Append(table="team", values=values)]


def last_day(project: Project, *, months: int, today: date) -> date:
    """The last day of an account that came of a project: so many months after its end, reckoned from today at least.

    >>> from archive.model import NOBODY
    >>> record = ProjectRecord(title="X", ends=date(2021, 8, 31))
    >>> project = Project(id="bim5/2020/x", title="X", audience=NOBODY, year=2020, record=record)
    >>> last_day(project, months=6, today=date(2021, 2, 1)), last_day(project, months=6, today=date(2022, 2, 1))
    (datetime.date(2022, 2, 28), datetime.date(2022, 8, 1))
    """
    end = max(end_of(project) or date(academic_year_of(today) + 1, 8, 31), today)
    years, month = divmod(end.month - 1 + months, 12)
    year, month = end.year + years, month + 1
    return date(year, month, min(end.day, monthrange(year, month)[1]))


def _is_awaited(place: Place, name: str) -> bool:
    return place.role == "student" and not place.address and _plain(place.name) == _plain(name)


def _plain(name: str | None) -> str:
    return " ".join(unicodedata.normalize("NFC", name or "").casefold().split())


def _slug(title: str) -> str:
    """
    >>> _slug("  Hoe ver is ver? (2e ronde) "), _slug("…")
    ('hoe-ver-is-ver-2e-ronde', 'project')
    """
    letters = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters)[:SLUG_MAX_CHARS].strip("-") or "project"
