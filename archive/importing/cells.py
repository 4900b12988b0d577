"""What a cell of the list means: a year, a level, a kind, a day, names. Nothing is guessed: what is not sure is a fault.

Pure. Knows Dutch and English as people fill in lists, and what Excel makes of what they type.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from archive.importing.lists import Fault, Row, Value, plain_header
from archive.model import Kind, Visibility
from archive.months import MONTHS
from archive.paths import printable
from archive.records.live import did_you_mean
from archive.records.naming import is_web_address

TEXT_MAX_CHARS = 5_000
LINE_MAX_CHARS = 300
FIRST_YEAR = 1990
SHOWN_CHARS = 60
NAMES_MAX = 40

_LEVELS: Mapping[str, Visibility] = {
    **{level.value: level for level in Visibility},
    **dict.fromkeys(("openbaar", "iedereen", "voor iedereen", "everyone"), Visibility.PUBLIC),
    **dict.fromkeys(
        ("partners", "bedrijven", "ook voor bedrijven", "ook bedrijven", "companies", "companies too"),
        Visibility.PARTNER,
    ),
    **dict.fromkeys(
        ("alle studenten en docenten van de scholen", "alle studenten en docenten", "scholen", "school"),
        Visibility.CAMPUS,
    ),
    **dict.fromkeys(("deze community", "this community"), Visibility.COMMUNITY),
    "vertrouwelijk": Visibility.CONFIDENTIAL,
}
_KINDS: Mapping[str, Kind] = {
    **{kind.value: kind for kind in Kind},
    **dict.fromkeys(("rapport", "eindrapport", "verslag", "eindverslag", "onderzoeksrapport", "scriptie"), Kind.REPORT),
    **dict.fromkeys(("advies", "adviesrapport"), Kind.ADVICE),
    **dict.fromkeys(("plan van aanpak", "projectplan", "onderzoeksplan"), Kind.PLAN),
    **dict.fromkeys(("presentatie", "eindpresentatie"), Kind.PRESENTATION),
    **dict.fromkeys(("artikel", "paper"), Kind.ARTICLE),
    **dict.fromkeys(("data", "gegevens", "meetgegevens"), Kind.DATASET),
    **dict.fromkeys(("broncode", "script", "software"), Kind.CODE),
    **dict.fromkeys(("notitie", "nota", "memo"), Kind.NOTE),
    **dict.fromkeys(("overdracht", "overdrachtsdocument"), Kind.HANDOVER),
    **dict.fromkeys(("overig", "anders", "overige"), Kind.OTHER),
}
_LANGUAGES = {
    **dict.fromkeys(("nl", "nederlands", "dutch", "nld"), "nl"),
    **dict.fromkeys(("en", "engels", "english", "eng"), "en"),
    **dict.fromkeys(("de", "duits", "german", "deutsch"), "de"),
    **dict.fromkeys(("fr", "frans", "french"), "fr"),
}
_YEARS = re.compile(
    r"(?i)(?:(?:school|studie|college)?jaar\s*)?(\d{4}|\d{2}(?=\s*\D))(?:\s*[-\u2013/_]\s*(\d{4}|\d{2}))?"
)
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_DAY_WORDS = re.compile(r"(\d{1,2})\s+([^\W\d]+)\.?\s+(\d{4})")
# Excel keeps a day as a number; 20,000 is in 1954 and 60,000 in 2064, so that no year is taken for one.
_SERIALS = range(20_000, 60_000)
_EXCEL_DAY_0 = date(1899, 12, 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """A row as it is meant; None or () where it says nothing. `community` and `project` are as they were typed."""

    file: str | None = None
    url: str | None = None
    title: str | None = None
    community: str | None = None
    year: int | None = None
    project: str | None = None
    kind: Kind | None = None
    language: str | None = None
    authors: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    visibility: Visibility | None = None
    embargo: date | None = None
    licence: str | None = None
    summary: str | None = None
    outcome: str | None = None
    date: date | None = None  # last: in a class body its name hides the type from mypy


class Unclear(ValueError):
    """A cell that can't be used; its text ends the sentence that begins with the column."""


def meant(row: Row, *, today: date) -> tuple[Meant, tuple[Fault, ...]]:
    """What a row says, and everything that is wrong with it."""
    readers: dict[str, Callable[[Value], Any]] = {
        "year": lambda cell: read_year(cell, today=today),
        "date": lambda cell: read_day(cell, today=today),
    }
    values: dict[str, Any] = {}
    faults = list(row.faults)
    for field, cell in row.cells.items():
        try:
            values[field] = readers.get(field, _READERS.get(field, _line))(cell)
        except Unclear as unclear:
            faults.append(Fault(column=field, message=str(unclear)))
    said = row.cells.keys() | {fault.column for fault in row.faults}
    if not {"file", "url"} & said:
        faults.append(Fault(column="file", message="is empty: name the file, or give a url"))
    elif {"file", "url"} <= said:
        faults.append(Fault(column="url", message="stands beside a file: give each a row of its own"))
    elif "url" in said and "title" not in said:
        faults.append(Fault(column="title", message="is empty: a link needs one"))
    return Meant(**values), tuple(faults)


def read_year(cell: Value, *, today: date) -> int:
    """The academic year: 2021 is 2021-2022. Raises Unclear.

    >>> [read_year(cell, today=date(2026, 1, 1)) for cell in ("2021", "2021-2022", "20-21", "2021/22", 2021.0)]
    [2021, 2021, 2020, 2021, 2021]
    """
    if isinstance(cell, date):
        raise Unclear(f"is the day {_plain_day(cell)}; Excel may have made it of a year: type 2021-2022, or ’21-22")
    text = _line(cell)
    found = _YEARS.fullmatch(text.lstrip("'’"))
    if found is None:
        raise Unclear(f"{_shown(text)} is no year: type 2021, 2021-2022 or 21-22")
    first = int(found[1]) if len(found[1]) == 4 else 2000 + int(found[1])
    second = found[2] and (int(found[2]) if len(found[2]) == 4 else first // 100 * 100 + int(found[2]))
    if second and second not in (first + 1, first - 99):  # 1999-00: the century turns
        raise Unclear(f"{_shown(text)} is no academic year: the second year follows the first")
    if not FIRST_YEAR <= first <= today.year:
        raise Unclear(f"{_shown(text)} is no year between {FIRST_YEAR} and {today.year}")
    return first


def read_level(cell: Value) -> Visibility:
    """Raises Unclear for what is no level: it is never taken for one that is near.

    >>> read_level("Voor iedereen").value, read_level("Campus").value
    ('public', 'campus')
    """
    level: Visibility = _one_of(cell, _LEVELS, "level", Visibility)
    return level


def read_day(cell: Value, *, today: date) -> date:
    """A day that was: 2022-01-28, 28-1-2022, 28 januari 2022, or Excel's number of it. Raises Unclear.

    >>> [read_day(each, today=date(2026, 1, 1)).isoformat() for each in ("28-1-2022", "28 jan. 2022", 44589, "44589")]
    ['2022-01-28', '2022-01-28', '2022-01-28', '2022-01-28']
    """
    day = _any_day(cell)
    if day > today:
        raise Unclear(f"{day} is still to come")
    return day


def read_names(cell: Value) -> tuple[str, ...]:
    """Names, parted by semicolons, lines, "en" or "&"; by commas where each part is a whole name.

    >>> read_names("Fenna Wolterbeek, Jan Smit en Ada Kok"), read_names("Smit, Jan"), read_names("Smit, J.; Kok, A.")
    (('Fenna Wolterbeek', 'Jan Smit', 'Ada Kok'), ('Smit, Jan',), ('Smit, J.', 'Kok, A.'))
    """
    text = str(cell)
    parts = re.split(r"[;\n\r|]", text) if re.search(r"[;\n\r|]", text) else re.split(r"\s(?:en|and)\s|&", text)
    names = [name for part in parts for name in _by_comma(part)]
    names = [_line(name) for name in names if name.strip()]
    if len(names) > NAMES_MAX:
        raise Unclear(f"holds more than {NAMES_MAX} names")
    return tuple(dict.fromkeys(names))


def read_listed(cell: Value) -> tuple[str, ...]:
    """Themes or organisations, parted by semicolons or lines, else by commas.

    >>> read_listed("prefab; circulair"), read_listed("prefab, circulair"), read_listed("Jansen, Smit en Zn; Kok bv")
    (('prefab', 'circulair'), ('prefab', 'circulair'), ('Jansen, Smit en Zn', 'Kok bv'))
    """
    text = str(cell)
    parts = re.split(r"[;\n\r|]", text) if re.search(r"[;\n\r|]", text) else text.split(",")
    names = [_line(part) for part in parts if part.strip()]
    if len(names) > NAMES_MAX:
        raise Unclear(f"holds more than {NAMES_MAX} names")
    return tuple(dict.fromkeys(names))


def _by_comma(part: str) -> list[str]:
    """ "Smit, Jan" is one person; "Jan Smit, Ada Kok" are two."""
    names = part.split(",")
    return names if all(len(name.split()) > 1 for name in names) else [part]


def _any_day(cell: Value) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = _line(cell)
    number = int(text) if text.isdecimal() and len(text) == 5 else 0
    if number in _SERIALS:
        return _EXCEL_DAY_0 + timedelta(days=number)
    try:
        if found := _DAY_FIRST.fullmatch(text):
            return date(int(found[3]), int(found[2]), int(found[1]))
        if found := _DAY_WORDS.fullmatch(text):
            return date(int(found[3]), MONTHS[found[2].casefold()], int(found[1]))
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}([T ][\d:.]+Z?)?", text):
            return date.fromisoformat(text[:10])
    except (ValueError, KeyError):
        pass
    raise Unclear(f"{_shown(text)} is no day: type 2022-01-28 or 28-1-2022")


def _embargo(cell: Value) -> date:
    return _any_day(cell)


def _kind(cell: Value) -> Kind:
    kind: Kind = _one_of(cell, _KINDS, "kind of document", Kind)
    return kind


def _language(cell: Value) -> str:
    text = plain_header(_line(cell))
    if text in _LANGUAGES:
        return _LANGUAGES[text]
    raise Unclear(f"{_shown(text)} is no language that is known here: nl, en, de, fr{did_you_mean(text, _LANGUAGES)}")


def _one_of(cell: Value, known: Mapping[str, Any], what: str, values: Iterable[Any]) -> Any:
    text = plain_header(_line(cell))
    if text in known:
        return known[text]
    raise Unclear(f"{_shown(text)} is no {what}: one of {', '.join(values)}{did_you_mean(text, known)}")


def _web_address(cell: Value) -> str:
    text = _line(cell, most=2_000)
    if not is_web_address(text):
        raise Unclear(f"{_shown(text)} is no web address: it begins with https://")
    return text


def _path(cell: Value) -> str:
    return _line(cell, most=1_000).replace("\\", "/")


def _text(cell: Value) -> str:
    return _line(cell, most=TEXT_MAX_CHARS)


def _line(cell: Value, *, most: int = LINE_MAX_CHARS) -> str:
    """A cell as one line of text. A whole number that Excel keeps as 2021.0 is 2021."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = " ".join(str(cell).split())
    if len(text) > most:
        raise Unclear(f"is longer than {most:,} characters")
    if not text.isprintable():
        raise Unclear(f"{_shown(text)} holds characters that can't be seen")
    return text


def _plain_day(cell: date) -> str:
    return (cell.date() if isinstance(cell, datetime) else cell).isoformat()


def _shown(text: str) -> str:
    return f"“{printable(text[:SHOWN_CHARS])}{'…' if len(text) > SHOWN_CHARS else ''}”"


_READERS: Mapping[str, Callable[[Value], Any]] = {
    "file": _path,
    "url": _web_address,
    "kind": _kind,
    "language": _language,
    "authors": read_names,
    "organisations": read_listed,
    "themes": read_listed,
    "visibility": read_level,
    "embargo": _embargo,
    "summary": _text,
    "outcome": _text,
}
