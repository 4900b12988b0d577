"""Sheets: which values of a record's table a form shows and changes, and what stands there now.

Pure. All values are texts here, as a form holds them. What the one who edits may not see is not shown: `sees` tells it.
What somebody made of a form is `archive.records.revising`'s to judge.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

# One line; more lines; a whole number; a day; one of some; several of some; texts, one a line; yes or no.
Kind = Literal["line", "lines", "whole", "day", "choice", "many", "texts", "tick"]
YES = "yes"
SEEN = "seen"  # the form's field with the marks of what it showed
MARK_CHARS = 12

# Whether the one who edits may see a value: of a list by the name of its key, of a cell as "team.institution", and
# an entry, as its table, by the name of its list.
Sees = Callable[[str, Any], bool]
Form = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A value of a table. `way` leads to it where it is not simply under its name: ("name", "nl").

    `most` is letters, of a whole number the largest. `choices`: what may be chosen beside what stands there already.
    """

    name: str
    kind: Kind = "line"
    way: tuple[str, ...] = ()
    most: int = 200
    least: int = 0
    needed: bool = False
    usual: bool = False  # what a tick means of which the record says nothing
    address: bool = False  # texts that are e-mail addresses
    choices: frozenset[str] = frozenset()
    # Words of records for which people have another, as "coordinator" for "coördinator"; whatever else is typed stays.
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> tuple[str, ...]:
        return self.way or (self.name,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A list of tables. An entry is known by its key `by`; without it a row is none.

    `fixed`: what an entry is known by stays: its agreement is that one's. `person`: its name and its address; another
    person does not inherit the consent of the one before. `history`: an entry is ended, never taken out.
    """

    name: str
    keys: tuple[Key, ...]
    by: str
    fixed: bool = False
    person: tuple[str, str] | None = None
    history: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    keys: tuple[Key, ...]
    rows: tuple[Rows, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An entry of a list, or what a form says of one. `number`: its place in the record; None for a new one.

    `veiled`: cells that are there and not shown. `facts` are told beside the row and not changed by it.
    """

    number: int | None = None
    cells: Mapping[str, str] = field(default_factory=dict)
    veiled: frozenset[str] = frozenset()
    facts: Mapping[str, Any] = field(default_factory=dict)
    gone: bool = False
    confirmed: bool = False

    @property
    def mark(self) -> str:
        return mark("\0".join(f"{name}\0{text}" for name, text in sorted(self.cells.items())))


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What stands in a record, as far as a form shows it; or what a form says."""

    texts: Mapping[str, str]
    rows: Mapping[str, tuple[Row, ...]]

    @property
    def marks(self) -> str:
        """What a form carries along, so that a change by somebody else is noticed."""
        texts = [f"{name}:{mark(text)}" for name, text in self.texts.items()]
        return " ".join(texts + [f"{name}:{row_marks(rows)}" for name, rows in self.rows.items()])


def look(sheet: Sheet, table: Mapping[str, Any], *, sees: Sees) -> Look:
    """What stands in a record's table, as the one who edits may see it."""
    return Look(
        texts={key.name: _text(key, table, sees) for key in sheet.keys},
        rows={rows.name: tuple(_entries(rows, table, sees)) for rows in sheet.rows},
    )


def cell(rows: str, number: int | str, key: str) -> str:
    """The name of a field of a row; new rows are numbered "n0", "n1" …"""
    return f"{rows}-{number}-{key}"


def mark(text: str) -> str:
    """A short text that is another as soon as the text is another."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:MARK_CHARS]


def as_form(seen: Look) -> dict[str, list[str]]:
    """What a form holds that shows just this: what a test sends back, and a page that was not touched."""
    form = {name: text.split("\n") if text else [] for name, text in seen.texts.items()}
    for name, rows in seen.rows.items():
        for number, row in enumerate(rows):
            form.update({cell(name, number, key): [text] for key, text in row.cells.items()})
    return {**form, SEEN: [seen.marks]}


def row_marks(rows: Iterable[Row]) -> str:
    return ",".join(row.mark for row in rows)


def plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def value_of(key: Key, table: Mapping[str, Any]) -> Any:
    value: Any = table
    for number, step in enumerate(key.path):
        if isinstance(value, Mapping):
            value = value.get(step)
        elif number and step != "nl":
            return None  # a plain text is the Dutch one
    return value


def _text(key: Key, table: Mapping[str, Any], sees: Sees) -> str:
    value = value_of(key, table)
    if key.kind == "tick":
        return YES if (value if isinstance(value, bool) else key.usual) else ""
    if key.kind in ("many", "texts"):
        return "\n".join(each for each in texts_of(value) if sees(key.name, each))
    if isinstance(value, datetime):
        value = value.date()
    text = "" if value is None else plain(value.isoformat() if isinstance(value, date) else str(value))
    return key.words.get(text, text)


def texts_of(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [] if value is None else [value]
    return [plain(str(each)) for each in values]


def _entries(rows: Rows, table: Mapping[str, Any], sees: Sees) -> Iterator[Row]:
    entries = table.get(rows.name, [])
    for number, entry in enumerate(entries if isinstance(entries, list) else [entries]):
        if not isinstance(entry, Mapping):
            continue
        if (rows.history and entry.get("until") is not None) or not sees(rows.name, entry):
            continue
        cells = {key.name: _text(key, entry, sees) for key in rows.keys}
        veiled = frozenset(name for name, text in cells.items() if text and not sees(f"{rows.name}.{name}", text))
        shown = {name: "" if name in veiled else text for name, text in cells.items()}
        yield Row(number=number, cells=shown, veiled=veiled, facts=entry)
