"""Read a TOML table key by key, so that one wrong value costs one key and is reported with its line.

Knows TOML and the values of the model, not what a record means: that is `archive.records.reading`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from typing import Any, TypeVar

from archive.model import Problem, Text

_LINE = re.compile(r"\(at line (\d+)")
_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")

_KEY = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([\w-]+))\s*[=.]""")
LINES_PLACED = 5_000  # further down a problem is told without its line
UNKNOWN_NAMED = 12  # unknown keys that a message names
# A key of 100,000 parts costs tomllib 40 GB: it keeps every beginning of it.
_ENDLESS_KEY = re.compile(r"(?<![\w\"'.-])(?:[\w\"'-]++[ \t]*+\.[ \t]*+){32}")

T = TypeVar("T")
Where = tuple[tuple[str, int], ...]  # names of tables, with which of an array of tables (0-based)


class Report:
    """The problems of one record."""

    def __init__(self, path: str, lines: list[str]) -> None:
        self._path, self._lines = path, lines
        self._places: dict[tuple[Where, str | None], int] | None = None
        self._problems: list[Problem] = []
        self._unknown: list[tuple[str, int | None]] = []

    def problem(self, message: str, where: Where = (), key: str | None = None) -> None:
        self._problems.append(Problem(path=self._path, message=message, line=self._line(where, key)))

    def unknown(self, where: Where, key: str) -> None:
        name = ".".join([*(table for table, _ in where), key])
        self._unknown.append((name, self._line(where, key)))

    def unreadable(self, message: str, line: int | None) -> None:
        self._problems.append(Problem(path=self._path, message=message, line=line))

    def problems(self) -> tuple[Problem, ...]:
        """All of them by line; what is not known is named in one."""
        found = list(self._problems)
        if self._unknown:
            unknown = sorted(self._unknown, key=lambda each: each[1] or LINES_PLACED)
            names = list(dict.fromkeys(name for name, _ in unknown))
            more = f" and {len(names) - UNKNOWN_NAMED} more" if len(names) > UNKNOWN_NAMED else ""
            message = f"not known, kept as it is: {', '.join(names[:UNKNOWN_NAMED])}{more}"
            found.append(Problem(path=self._path, message=message, line=unknown[0][1]))
        return tuple(sorted(found, key=lambda problem: problem.line or 0))

    def _line(self, where: Where, key: str | None) -> int | None:
        """The line of a key or table; inside an inline table or array, that of the table that holds it is near enough."""
        if self._places is None:
            self._places = _places(self._lines)
        while (line := self._places.get((where, key))) is None and where:
            where, key = where[:-1], where[-1][0]
        return line


class Table:
    """A table being read. Each key is taken once; `rest` gives those that nobody asked for."""

    def __init__(self, values: dict[str, Any], report: Report, where: Where = ()) -> None:
        self._values, self._report, self._where = values, report, where
        self._taken: set[str] = set()
        self.refused: set[str] = set()  # keys that were there with a value that can't be

    def has(self, key: str) -> bool:
        return key in self._values

    def take(self, key: str, read: Callable[[Any], T], meant: str) -> T | None:
        """The value of `key` through `read`, which raises ValueError for one that can't be; None without it."""
        self._taken.add(key)
        if key not in self._values:
            return None
        try:
            return read(self._values[key])
        except ValueError:
            self.refuse(key, f"{key} must be {meant}")
            return None

    def text(self, key: str) -> str | None:
        return self.take(key, _text, "a text in quotes")

    def integer(self, key: str) -> int | None:
        return self.take(key, _integer, "a whole number")

    def switch(self, key: str, *, default: bool, closed: bool) -> bool:
        """`closed` is what a value that can't be counts as."""
        value = self.take(key, _switch, "true or false")
        if value is not None:
            return value
        return closed if key in self.refused else default

    def day(self, key: str) -> date | None:
        return self.take(key, _day, "a date, as 2021-09-01")

    def moment(self, key: str) -> datetime | None:
        return self.take(key, _moment, "a date with a time, as 2022-01-24T10:12:00Z")

    def texts(self, key: str) -> tuple[str, ...]:
        return self.take(key, _texts, 'a list of texts, as ["…", "…"]') or ()

    def bilingual(self, key: str) -> Text | None:
        return self.take(key, _bilingual, 'a text, or { nl = "…", en = "…" }')

    def table(self, key: str) -> Table | None:
        """The table under `key`, to be read in its turn."""
        value = self.take(key, _table, "a table")
        return None if value is None else Table(value, self._report, (*self._where, (key, 0)))

    def entries(self, key: str) -> Iterator[Table | object]:
        """The tables of an array of tables; what is no table comes as it is, for the caller to judge."""
        self._taken.add(key)
        values = self._values.get(key, [])
        for number, value in enumerate(values if isinstance(values, list) else [values]):
            where = (*self._where, (key, number))
            if isinstance(value, dict):
                yield Table(value, self._report, where)
            else:
                self._report.problem(f"{key} must be a table: [[{key}]]", self._where, key)
                yield value

    def refuse(self, key: str, message: str) -> None:
        self.refused.add(key)
        self._report.problem(message, self._where, key)

    def rest(self) -> tuple[str, ...]:
        """Report the keys that nobody asked for, and name them."""
        unknown = tuple(key for key in self._values if key not in self._taken)
        for key in unknown:
            self._report.unknown(self._where, key)
        return unknown


def parse(content: bytes, path: str) -> tuple[Table | None, Report]:
    """The record's top table, or None with the problem when it is no TOML or not UTF-8."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        report = Report(path, [])
        report.unreadable("is not UTF-8: save it as UTF-8", content.count(b"\n", 0, error.start) + 1)
        return None, report
    report = Report(path, text.splitlines())
    if _ENDLESS_KEY.search(text):
        report.unreadable("can't be read as TOML: a key has too many parts", None)
        return None, report
    try:
        return Table(tomllib.loads(text), report), report
    except tomllib.TOMLDecodeError as error:
        said, line = str(error), _LINE.search(str(error))
        message = f"can't be read as TOML: {said.partition(' (at ')[0].lower()}"
        report.unreadable(message, int(line[1]) if line else None)
    except (ValueError, RecursionError):  # a number of 5,000 digits; brackets 1,000 deep
        report.unreadable("can't be read as TOML", None)
    return None, report


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError  # noqa: TRY004  a value in a file
    return value.strip()


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        raise ValueError
    return value


def _switch(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError  # noqa: TRY004
    return value


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(_text(value))


def _moment(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    return datetime.combine(value, time()) if isinstance(value, date) else datetime.fromisoformat(_text(value))


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value.strip(),)
    if not isinstance(value, list):
        raise ValueError  # noqa: TRY004
    return tuple(_text(each) for each in value)


def _bilingual(value: Any) -> Text:
    if isinstance(value, str):
        return Text(nl=value.strip())
    if not isinstance(value, dict):
        raise ValueError  # noqa: TRY004
    nl, en = (_text(value[key]) if value.get(key) else None for key in ("nl", "en"))
    first = nl or en
    if first is None:
        raise ValueError
    return Text(nl=first, en=en)


def _table(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError  # noqa: TRY004
    return value


def _places(lines: list[str]) -> dict[tuple[Where, str | None], int]:
    """The lines on which tables (key None) and keys stand, found by following the headers."""
    places: dict[tuple[Where, str | None], int] = {}
    seen: dict[tuple[str, ...], int] = {}
    here: Where = ()
    for number, line in enumerate(lines[:LINES_PLACED], start=1):
        if header := _HEADER.match(line):
            names = tuple(part.strip().strip("\"'") for part in header[2].split("."))
            if header[1] == "[[":
                seen[names] = seen.get(names, -1) + 1
                for below in [other for other in seen if len(other) > len(names) and other[: len(names)] == names]:
                    del seen[below]  # the arrays inside this entry begin anew
            here = tuple((name, seen.get(names[: depth + 1], 0)) for depth, name in enumerate(names))
            places.setdefault((here, None), number)
            if here[-1][1] == 0:
                places.setdefault((here[:-1], here[-1][0]), number)
        elif key := _KEY.match(line):
            places.setdefault((here, key[1] or key[2] or key[3]), number)
    return places
