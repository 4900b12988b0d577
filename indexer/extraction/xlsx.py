"""Read Excel workbooks: a section for each sheet, a row a line, the values that formulas last had.

A walk over the stream of a sheet's XML, which never holds a sheet whole: 800,000 cells in 5 s, where openpyxl
(read_only, data_only) takes 7 s, and fills every row that a file only claims to have.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import BinaryIO

from lxml import etree

from indexer.extraction.guard import XML_OPTIONS, refuse_doctype, xml_error
from indexer.extraction.model import ExtractError, Extraction, Limits
from indexer.extraction.ooxml import Package, R, drawing_lines, is_in
from indexer.extraction.sections import numbered

S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# The wildcard takes "strict" files along, whose streams are not rewritten to one spelling.
_ROW, _CELL, _STRING = "{*}row", "{*}c", "{*}si"

_COLUMNS_MAX = 16_384  # XFD, the last column of Excel
_DATE_FORMATS = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))  # built in, 18.8.30
_NO_PATTERN = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.')  # literals, colours and conditions in a format's code
_FREED_TOGETHER = 256
_DATE_LETTERS = frozenset("dmyhs")
_DAY_ZERO, _DAY_ZERO_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
_DAYS_MAX = 2_958_465  # the last day of 9999
_LETTERS = re.compile("[A-Za-z]{1,3}")
_WHOLE_MAX = 1e15  # beyond this a number is written with an exponent, so it stays as the file has it
_SIGNIFICANT = ".15g"  # as many figures as Excel keeps: 0.1+0.2 is cached as 0.30000000000000004


def read(source: BinaryIO, *, limits: Limits) -> Extraction:
    """Return a workbook's sheets as sections; hidden sheets are left out, with a warning.

    Raises ExtractError when the package is damaged or over the limits of `guard`.
    """
    package = Package(source)
    main = package.main()
    root = package.root(main)
    if root is None or root.tag != S + "workbook":
        raise ExtractError("damaged", "is damaged: the list of its sheets is missing")
    about = root.find(S + "workbookPr")
    is_1904 = about is not None and about.get("date1904") in ("1", "true")
    values = _Values(package, main, day_zero=_DAY_ZERO_1904 if is_1904 else _DAY_ZERO)
    sections: list[tuple[str | None, int | None, list[str]]] = []
    warnings: list[str] = []
    left = limits.text_max_chars
    for sheet in root.iter(S + "sheet"):
        name = sheet.get("name", "")
        relation = package.relations(main).get(sheet.get(R + "id", ""))
        if sheet.get("state", "visible") != "visible":
            warnings.append(f"sheet {name}: is hidden, it was left out")
        elif relation is None or relation.target not in package.zip:
            sections.append((name, 1, []))
            warnings.append(f"sheet {name}: is missing from the file")
        else:
            lines = []
            for line in _rows(package, relation.target, values):
                lines.append(line)
                left -= len(line) + 1
                if left < 0:  # enough to fill the limit, which `reader` cuts at; the rest need not be read
                    break
            sections.append((name, 1, lines + _drawings(package, relation.target)))
    return Extraction(
        format="xlsx",
        unit="section",
        parts=numbered(sections),
        properties=package.properties(),
        warnings=tuple(warnings),
    )


def _rows(package: Package, name: str, values: _Values) -> Iterator[str]:
    """The rows of a sheet that hold anything, cells separated by tabs."""
    cells: list[str] = []
    column = 0
    for element in _stream(package, name, _ROW, _CELL):
        if element.tag.endswith("}row"):
            if cells:
                yield "\t".join(cells)
            cells, column = [], 0
            continue
        column = _column(element.get("r")) or column + 1
        text = values.text(element)
        if text and column <= _COLUMNS_MAX:
            cells += [""] * (column - 1 - len(cells))
            cells.append(text)


class _Values:
    """What a cell shows: shared strings, and numbers that are dates by their format."""

    def __init__(self, package: Package, main: str, *, day_zero: datetime) -> None:
        self._day_zero = day_zero
        self._strings: list[str] = []
        for name in package.related(main, "sharedStrings"):
            if name in package.zip:
                self._strings += [_line(element) for element in _stream(package, name, _STRING)]
        self._dates: set[str] = set()  # styles of cells that show a date
        for name in package.related(main, "styles"):
            root = package.root_if_whole(name)
            if root is not None:
                self._dates |= _date_styles(root)
        self._kinds: dict[str, Callable[[str], str]] = {
            "s": self._shared,
            "b": lambda value: "TRUE" if value == "1" else "FALSE",
            "str": _one_line,
            "e": str,
            "d": str,
        }

    def text(self, cell: etree._Element) -> str:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return _line(cell)
        last = cell[-1] if len(cell) else None  # a formula comes before its value
        value = last.text if last is not None and last.tag.endswith("}v") else None
        if not value:
            return ""
        if kind in self._kinds:
            return self._kinds[kind](value)
        return self._number(value, is_date=cell.get("s") in self._dates)

    def _shared(self, value: str) -> str:
        try:
            place = int(value)
        except ValueError:
            return ""
        return self._strings[place] if 0 <= place < len(self._strings) else ""

    def _number(self, value: str, *, is_date: bool) -> str:
        try:
            number = float(value)
        except ValueError:
            return _one_line(value)
        if is_date and 0 <= number <= _DAYS_MAX:
            return moment(number, self._day_zero)
        return format(number, _SIGNIFICANT) if abs(number) < _WHOLE_MAX else value


def moment(days: float, day_zero: datetime) -> str:
    """Write a count of days as ISO 8601: a date, a time of the day, or both.

    >>> [moment(days, _DAY_ZERO) for days in (44365, 44365.75, 0.25)]
    ['2021-06-18', '2021-06-18 18:00', '06:00']
    """
    found = day_zero + timedelta(seconds=round(days * 86_400))
    if days < 1:
        return found.strftime("%H:%M")
    # strftime leaves out the zeros of a year before 1000, which no sheet has; isoformat writes them
    return found.date().isoformat() if days == int(days) else found.isoformat(" ", "minutes")


def _stream(package: Package, name: str, *tags: str) -> Iterator[etree._Element]:
    """Elements of a part as they end. Rows and strings that the caller has seen are freed, many together."""
    unfreed = 0
    with package.zip.open(name) as stream:
        try:
            for _, element in etree.iterparse(stream, events=("end",), tag=tags, **XML_OPTIONS):
                if not unfreed:
                    refuse_doctype(element)
                yield element
                if element.tag.endswith("}c"):
                    continue
                # One by one took half of the time of a sheet that claims five million rows. This one must stay, and those
                # that the parser has read ahead.
                unfreed += 1
                parent = element.getparent()
                if unfreed == _FREED_TOGETHER and parent is not None:
                    del parent[: parent.index(element)]
                    unfreed = 0
        except etree.XMLSyntaxError as error:
            raise xml_error(error) from error


def _line(element: etree._Element) -> str:
    """The text of a string item; phonetic guides over it are no text."""
    guide = element.tag.rpartition("}")[0] + "}rPh"
    return _one_line("".join(part.text or "" for part in element.iter("{*}t") if not is_in(part, guide)))


def _one_line(text: str) -> str:
    """A row is a line and tabs part its cells, so a cell holds neither."""
    return " ".join(text.split()) if "\n" in text or "\t" in text or "\r" in text else text


def _column(place: str | None) -> int:
    """The number of the column in "AB12", from 1; 0 when it is not told.

    >>> _column("A1"), _column("AB12"), _column(None)
    (1, 28, 0)
    """
    found = _LETTERS.match(place or "")
    number = 0
    for letter in found[0].upper() if found else "":
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _date_styles(root: etree._Element) -> set[str]:
    """The numbers of the cell styles whose format shows a date or a time."""
    own = {
        element.get("numFmtId"): bool(_DATE_LETTERS & set(_NO_PATTERN.sub("", element.get("formatCode", "")).lower()))
        for element in root.iter(S + "numFmt")
    }
    styles = root.find(S + "cellXfs")
    found = set()
    for number, style in enumerate(() if styles is None else styles):
        code = style.get("numFmtId", "0")
        if own.get(code, code.isdecimal() and int(code) in _DATE_FORMATS):
            found.add(str(number))
    return found


def _drawings(package: Package, sheet: str) -> list[str]:
    """The text in boxes and charts that float over a sheet."""
    lines = []
    for name in package.related(sheet, "drawing"):
        root = package.root_if_whole(name)
        if root is not None:
            lines += drawing_lines(root) + package.illustrations(name)
    return lines
