"""Revise a part of a record by a form: what somebody made of what it showed, and what others did meanwhile.

Pure. Only what was changed is written; what the one who edits may not see stays as it is. What a form shows is
`archive.records.sheets`'s to say. Knows neither HTML nor who may edit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count
from typing import Any, Literal

from archive.records.editing import Append, At, Change, Nth, Put, TakeOut, Value
from archive.records.naming import same_person
from archive.records.sheets import (
    SEEN,
    YES,
    Form,
    Key,
    Look,
    Row,
    Rows,
    Sees,
    Sheet,
    cell,
    look,
    mark,
    plain,
    row_marks,
    texts_of,
    value_of,
)

# Why a value is refused, for the site to put in words.
Code = Literal["needed", "long", "whole", "day", "choice", "address", "twice", "veiled"]
ROWS_MAX = 60
TEXTS_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """A value that somebody else wrote meanwhile, or the one that stood there before they did (`before`)."""

    text: str
    before: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What becomes of a form: changes to write, or why not: what is `wrong`, by field, and what is told of `others`.

    `shown` is what the form is to hold then: what was typed, over what stands there now.
    """

    changes: tuple[Change, ...] = ()
    wrong: Mapping[str, Code] = field(default_factory=dict)
    others: Mapping[str, Other] = field(default_factory=dict)
    shown: Look
    now: Look


def revise(sheet: Sheet, table: Mapping[str, Any], form: Form, *, at: At, sees: Sees, day: date) -> Revision:
    """What a form makes of a record's table, which stands at `at`.

    What others changed since the form was shown and what is wrong stop everything: then nothing is to be written.
    """
    now = look(sheet, table, sees=sees)
    seen = _seen(form)
    typed = typed_in(sheet, form, now)
    others = _others(sheet, seen, typed, now)
    if others:
        return Revision(others=others, shown=_together(sheet, seen, typed, now), now=now)
    settled = {name for name in [*now.texts, *now.rows] if seen.get(name, "") != _marks(now, name)}
    typed = Look(  # somebody wrote just the same: it is done
        texts={name: now.texts[name] if name in settled else text for name, text in typed.texts.items()},
        rows={
            name: now.rows[name] if name in settled else tuple(_shown(rows, now.rows[name]))
            for name, rows in typed.rows.items()
        },
    )
    wrong = dict(_wrong(sheet, typed, now))
    if wrong:
        return Revision(wrong=wrong, shown=typed, now=now)
    made = [*_key_changes(sheet.keys, table, typed.texts, now.texts, at=at, sees=sees)]
    for rows in sheet.rows:
        made += _row_changes(rows, typed.rows[rows.name], now.rows[rows.name], at=at, day=day)
    return Revision(changes=tuple(made), shown=typed, now=now)


def _shown(typed: Iterable[Row], now: Sequence[Row]) -> Iterator[Row]:
    """What a form says of rows that it held: the number of another comes from no page of ours."""
    return (row for row in typed if row.number is None or row.number < len(now))


def _seen(form: Form) -> dict[str, str]:
    pairs = (each.partition(":") for each in _first(form, SEEN).split())
    return {name: value for name, _colon, value in pairs}


def _first(form: Form, name: str) -> str:
    return next(iter(form.get(name, ())), "")


def _marks(seen: Look, name: str) -> str:
    return mark(seen.texts[name]) if name in seen.texts else row_marks(seen.rows[name])


def typed_in(sheet: Sheet, form: Form, now: Look) -> Look:
    """What a form says. Rows have for number the place of the one they were among those that the form showed."""
    return Look(
        texts={key.name: _typed_text(key, form, key.name, now.texts[key.name]) for key in sheet.keys},
        rows={rows.name: tuple(_typed_rows(rows, form, now.rows[rows.name])) for rows in sheet.rows},
    )


def _typed_text(key: Key, form: Form, name: str, stands: str) -> str:
    """What was typed, as it would be written; what stands there already is left as it is."""
    text = plain("\n".join(each for each in form.get(name, ()) if each))
    if text == stands:
        return stands
    rows = ["".join(filter(str.isprintable, row.expandtabs(2))).rstrip() for row in text.split("\n")]
    if key.kind == "lines":
        return "\n".join(rows).strip()
    if key.kind in ("many", "texts"):
        return "\n".join(dict.fromkeys(each for row in rows if (each := " ".join(row.split()))))
    line = " ".join(" ".join(rows).split())
    return (_day(line) or line) if key.kind == "day" else line


def _day(typed: str) -> str:
    """A day as a record holds it, also of one that was typed as people do; "" for none.

    >>> _day("1-9-2021"), _day("2021-09-01"), _day("31-02-2021"), _day("gisteren")
    ('2021-09-01', '2021-09-01', '', '')
    """
    parts = typed.replace("/", "-").replace(".", "-").split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdecimal() and len(part) < 5 for part in parts):
        return ""
    year, month, day = parts if len(parts[0]) == 4 else parts[::-1]
    try:
        return date(int(year), int(month), int(day)).isoformat() if len(year) == 4 else ""
    except ValueError:
        return ""


def _typed_rows(rows: Rows, form: Form, now: Sequence[Row]) -> Iterator[Row]:
    places: list[tuple[int | None, str]] = [(n, str(n)) for n in range(ROWS_MAX)]
    places += [(None, f"n{n}") for n in range(ROWS_MAX)]
    for number, place in places:
        if not any(cell(rows.name, place, key.name) in form for key in rows.keys):
            continue
        there = now[number] if number is not None and number < len(now) else Row()
        cells = {
            key.name: _typed_text(key, form, cell(rows.name, place, key.name), there.cells.get(key.name, ""))
            for key in rows.keys
        }
        if rows.fixed and there.cells:
            cells[rows.by] = there.cells[rows.by]
        if number is None and not any(
            cells[key.name] for key in rows.keys if key.kind != "choice" or key.name == rows.by
        ):
            continue  # an empty row, as the form offers it
        yield Row(
            number=number,
            cells=cells,
            veiled=there.veiled,
            facts=there.facts,
            gone=_first(form, cell(rows.name, place, "gone")) == YES,
            confirmed=_first(form, cell(rows.name, place, "confirmed")) == YES,
        )


def _others(sheet: Sheet, seen: Mapping[str, str], typed: Look, now: Look) -> dict[str, Other]:
    """What was changed since the form was shown, to something else than the form says; by field."""
    found: dict[str, Other] = {}
    for name, text in now.texts.items():
        if seen.get(name) == mark(text) or typed.texts[name] == text:
            continue
        untouched = mark(typed.texts[name]) == seen.get(name)
        found[name] = Other(text=typed.texts[name] if untouched else text, before=untouched)
    for rows in sheet.rows:
        there, wanted = now.rows[rows.name], [row for row in typed.rows[rows.name] if not row.gone]
        if seen.get(rows.name, "") == row_marks(there) or sorted(row.mark for row in wanted) == sorted(
            row.mark for row in there
        ):
            continue
        found[rows.name] = Other(text="\n".join(_said(rows, row) for row in there))
    return found


def _said(rows: Rows, row: Row) -> str:
    return ", ".join(text for key in rows.keys if (text := row.cells.get(key.name, "")))


def _together(sheet: Sheet, seen: Mapping[str, str], typed: Look, now: Look) -> Look:
    """What was typed, over what stands there now: what the form shows to who was second."""
    texts = {name: now.texts[name] if mark(text) == seen.get(name) else text for name, text in typed.texts.items()}
    return Look(
        texts=texts,
        rows={
            rows.name: tuple(_paired(rows, seen.get(rows.name, ""), typed.rows[rows.name], now.rows[rows.name]))
            for rows in sheet.rows
        },
    )


def _paired(rows: Rows, seen: str, typed: Sequence[Row], now: Sequence[Row]) -> Iterator[Row]:
    """Rows as they were typed, each with the place of its entry now; what only others added is as they wrote it."""
    marks = dict(enumerate(seen.split(","))) if seen else {}
    free = dict(enumerate(now))
    places: dict[int, Row] = {}
    left = [row for row in typed if row.number is not None]
    for same in (_same_mark, _same_name, _same_place):
        for row in [*left]:
            was = marks.get(row.number or 0, "")
            place = next((place for place, there in free.items() if same(rows, row, was, place, there)), None)
            if place is not None:
                places[place] = row
                left.remove(row)
                del free[place]
    for place, there in enumerate(now):
        mine = places.get(place)
        if mine is None or mine.mark == marks.get(mine.number or 0):
            yield replace(there, number=place, gone=mine is not None and mine.gone)
        else:
            yield replace(mine, number=place, veiled=there.veiled, facts=there.facts)
    for row in [*left, *(row for row in typed if row.number is None)]:
        if not row.gone and row.mark != marks.get(row.number if row.number is not None else -1):
            yield replace(row, number=None)


def _same_mark(rows: Rows, row: Row, was: str, place: int, there: Row) -> bool:
    return was == there.mark


def _same_name(rows: Rows, row: Row, was: str, place: int, there: Row) -> bool:
    return bool(row.cells[rows.by]) and row.cells[rows.by] == there.cells[rows.by]


def _same_place(rows: Rows, row: Row, was: str, place: int, there: Row) -> bool:
    return row.number == place and not rows.fixed


def _wrong(sheet: Sheet, typed: Look, now: Look) -> Iterator[tuple[str, Code]]:
    for key in sheet.keys:
        if code := _fault(key, typed.texts[key.name], now.texts[key.name]):
            yield key.name, code
    for rows in sheet.rows:
        yield from _wrong_rows(rows, typed.rows[rows.name], now.rows[rows.name])


def _wrong_rows(rows: Rows, typed: Sequence[Row], now: Sequence[Row]) -> Iterator[tuple[str, Code]]:
    new, names = count(), [row.cells[rows.by] for row in typed if not row.gone]
    for row in typed:
        place = f"n{next(new)}" if row.number is None else row.number
        if row.gone:
            continue
        there = now[row.number] if row.number is not None else Row(cells=dict.fromkeys(row.cells, ""))
        for key in rows.keys:
            text, stands = row.cells[key.name], there.cells[key.name]
            if key.name in there.veiled and text:
                yield cell(rows.name, place, key.name), "veiled"
            elif code := _fault(key, text, stands, new=row.number is None):
                yield cell(rows.name, place, key.name), code
        if rows.fixed and row.number is None and names.count(row.cells[rows.by]) > 1:
            yield cell(rows.name, place, rows.by), "twice"


def _fault(key: Key, text: str, stands: str, *, new: bool = False) -> Code | None:
    if text == stands and not new:
        return None  # whatever is wrong with it, it is not of this form
    if not text:
        return "needed" if key.needed else None
    if key.kind == "whole":
        fits = text.isascii() and text.isdecimal() and len(text) < 10 and key.least <= int(text) <= key.most
        return None if fits else "whole"
    if key.kind == "day":
        return None if _day(text) == text else "day"
    if key.kind == "choice":
        return None if text in key.choices else "choice"
    rows = text.split("\n")
    if key.kind == "many":
        return None if set(rows) <= key.choices | set(stands.split("\n")) else "choice"
    if key.kind == "texts" and (len(rows) > TEXTS_MAX or max(map(len, rows)) > key.most):
        return "long"
    if key.kind != "texts" and len(text) > key.most:
        return "long"
    return "address" if key.address and not all(map(_is_address, rows)) else None


def _is_address(text: str) -> bool:
    """
    >>> _is_address("a@example.org"), _is_address("a@b"), _is_address("a b@example.org")
    (True, False, False)
    """
    name, _at, host = text.rpartition("@")
    return bool(name) and "." in host.strip(".") and not set(" ,;<>") & set(text)


def _key_changes(
    keys: Iterable[Key],
    table: Mapping[str, Any],
    typed: Mapping[str, str],
    stands: Mapping[str, str],
    *,
    at: At,
    sees: Sees,
) -> Iterator[Change]:
    """Only the keys that somebody changed are written."""
    flat: dict[str, Value | None] = {}
    deep: dict[str, dict[str, Value | None]] = {}
    for key in keys:
        if typed[key.name] == stands[key.name]:
            continue
        value = _written(key, typed[key.name], value_of(key, table), sees)
        if len(key.path) == 1:
            flat[key.path[0]] = value
        else:
            deep.setdefault(key.path[0], {})[key.path[1]] = value
    for name, values in deep.items():
        yield from _put_deep(name, values, table.get(name), at)
    if flat:
        yield Put(at=at, values=flat)


def _put_deep(name: str, values: Mapping[str, Value | None], before: Any, at: At) -> Iterator[Change]:
    """Into the table that is there; where a plain text stands, or nothing, a table takes its place."""
    known = before if isinstance(before, Mapping) else {"nl": before} if isinstance(before, str) else {}
    then = {key: value for key, value in {**known, **values}.items() if value is not None}
    if isinstance(before, Mapping) and then:
        yield Put(at=(*at, name), values=values)
    else:
        yield Put(at=at, values={name: then or None})


def _written(key: Key, text: str, before: Any, sees: Sees) -> Value | None:
    if key.kind == "tick":
        return text == YES
    if key.kind in ("many", "texts"):
        wanted, known = [each for each in text.split("\n") if each], texts_of(before)
        kept = [each for each in known if not sees(key.name, each) or each in wanted]
        return [*kept, *(each for each in wanted if each not in known)] or None
    if not text:
        return None
    if key.kind == "whole":
        return int(text)
    if key.kind == "day":
        return date.fromisoformat(text)
    return next((word for word, said in key.words.items() if said == text), text)


def _row_changes(rows: Rows, typed: Sequence[Row], now: Sequence[Row], *, at: At, day: date) -> Iterator[Change]:
    """Entries are changed where they stand; then those are taken out that go, the last one first; then new ones come."""
    gone: list[int] = []
    new: list[Change] = []
    for row in typed:
        there = now[row.number] if row.number is not None else None
        if there is None or there.number is None:
            new += [_added(rows, row, at=at, day=day)] if not row.gone else []
            continue
        entry = (*at, Nth(table=rows.name, number=there.number))
        if row.gone and rows.history:
            yield Put(at=entry, values={"until": day})
        elif row.gone:
            gone.append(there.number)
        elif rows.history and _is_another(rows, row, there):
            yield Put(at=entry, values={"until": day})
            new.append(_added(rows, row, at=at, day=day))
        else:
            values = _cell_values(rows, row, there)
            if _is_another(rows, row, there):
                values |= _of_the_one_before(rows, row)
            if row.confirmed:
                values["confirmed"] = day
            if values:
                yield Put(at=entry, values=values)
    yield from (TakeOut(at=at, table=rows.name, number=number) for number in sorted(gone, reverse=True))
    yield from new


def _cell_values(rows: Rows, row: Row, there: Row) -> dict[str, Value | None]:
    return {
        key.name: _written(key, row.cells[key.name], None, lambda _name, _value: True)
        for key in rows.keys
        if row.cells[key.name] != there.cells[key.name]
    }


def _of_the_one_before(rows: Rows, row: Row) -> dict[str, Value | None]:
    """What does not go over to another person: the consent, and an address that whoever edits is not shown."""
    _name, address = rows.person or ("", "")
    return {"consent": None} if address in row.cells else {"consent": None, address: None}


def _added(rows: Rows, row: Row, *, at: At, day: date) -> Change:
    empty = Row(cells=dict.fromkeys(row.cells, ""))
    values = {name: value for name, value in _cell_values(rows, row, empty).items() if value is not None}
    if rows.history:
        values |= {"since": day, "confirmed": day}
    return Append(at=at, table=rows.name, values=values)


def _is_another(rows: Rows, row: Row, there: Row) -> bool:
    """Whether a row speaks of somebody else than the entry it was made of: what that one consented to is not theirs."""
    if rows.person is None:
        return False
    name, address = rows.person
    if not there.cells[name] or row.cells[name] == there.cells[name]:
        return False
    if there.cells.get(address) and row.cells.get(address) == there.cells.get(address):
        return False
    return not same_person(row.cells[name], there.cells[name])
