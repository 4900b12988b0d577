"""Read the list that describes a folder of reports: CSV as any spreadsheet saves it, or an Excel workbook.

Gives the cells of each row under the names of our own fields; what they mean is for `archive.importing.cells`. Knows
neither the folder nor the archive.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from archive.errors import AccessFailed
from archive.paths import printable

ROWS_MAX = 30_000
COLUMNS_MAX = 200
LIST_MAX_BYTES = 50 << 20
CELL_MAX_CHARS = 20_000  # a quote that is never closed makes one cell of all that follows
HEADER_SHOWN_CHARS = 80
BLOCK_BYTES = 1 << 20

Value = str | int | float | bool | date | None  # a datetime is a date, too

# What a column may be called, in small letters without accents and signs. The first name is the one that is told.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "file": ("bestand", "file", "bestandsnaam", "filename", "file name", "pad", "path"),
    "url": ("url", "link", "webadres", "web address"),
    "title": ("titel", "title"),
    "community": ("community", "learning community", "lc"),
    "year": ("jaar", "year", "studiejaar", "schooljaar", "academisch jaar", "academic year"),
    "project": ("project", "projectnaam", "project name"),
    "kind": ("soort", "kind", "type", "documentsoort"),
    "language": ("taal", "language"),
    "date": ("datum", "date"),
    "authors": ("auteurs", "auteur", "authors", "author", "studenten", "students", "team"),
    "organisations": (
        *("organisatie", "organisaties", "bedrijf", "bedrijven", "opdrachtgever", "opdrachtgevers"),
        *("organisation", "organisations", "organization", "organizations", "company", "companies", "client"),
    ),
    "themes": ("themas", "thema", "themes", "theme"),
    "visibility": ("zichtbaarheid", "visibility", "niveau", "level", "toegang", "access"),
    "embargo": ("vertrouwelijk tot", "embargo", "embargo tot", "embargo until"),
    "licence": ("licentie", "licence", "license"),
    "summary": ("samenvatting", "summary"),
    "outcome": ("opbrengst", "outcome", "resultaat", "result"),
}
_FIELD_OF = {name: field for field, names in FIELDS.items() for name in names}
_SEPARATORS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_ENCODINGS = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "cp1252": "Windows-1252"}
_OTHERS = (
    (b"\xd0\xcf\x11\xe0", "an Excel file of before 2007"),
    (b"%PDF", "a PDF"),
)
# UTF-8 that was read as Windows-1252 and saved again: "Ã©" where "é" was meant.
_TWICE_ENCODED = re.compile(
    "[\u00c2\u00c3][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u2013-\u2122]"
)


class ListUnreadable(AccessFailed):
    """The list as a whole can't be used; the sentence says what was seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with a row. `column` is the field's name of ours, or "" for the row itself."""

    column: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row's cells by field, those that hold something. `number` is that of the spreadsheet: the header is 1."""

    number: int
    cells: Mapping[str, Value]
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataList:
    """A list as it was read. `seen` says as what; `headers` are those of our fields as they stand there, `ignored` those
    that mean nothing here."""

    rows: tuple[Row, ...]
    seen: str
    headers: Mapping[str, str]
    ignored: tuple[str, ...]


def read_list(path: Path) -> MetadataList:
    """The rows of a list. What it is shows from its bytes, not from its name. Raises ListUnreadable."""
    try:
        if path.stat().st_size > LIST_MAX_BYTES:
            raise ListUnreadable(
                f"{printable(path.name)} is larger than {LIST_MAX_BYTES >> 20} MB, too large for a list"
            )
        content = path.read_bytes()
    except OSError as error:
        raise ListUnreadable(
            f"{printable(str(path))} can't be read: {(error.strerror or str(error)).lower()}"
        ) from error
    for magic, what in _OTHERS:
        if content.startswith(magic):
            raise ListUnreadable(f"{printable(path.name)} is {what}: save it as .xlsx or as CSV")
    try:
        if content.startswith(b"PK\x03\x04"):
            return _read_table(_workbook_rows(content), seen="an Excel workbook")
        return _read_csv(content)
    except ListUnreadable as error:
        raise ListUnreadable(f"{printable(path.name)}: {error}") from error


def plain_header(text: str) -> str:
    """A header without capitals, accents and signs.

    >>> plain_header(" Thema\\u2019s "), plain_header("Vertrouwelijk_tot:")
    ('themas', 'vertrouwelijk tot')
    """
    letters = unicodedata.normalize("NFKD", text).casefold()
    letters = "".join(char for char in letters if not unicodedata.combining(char) and char not in "'\u2019`\u00b4")
    return " ".join(re.sub(r"[\W_]+", " ", letters).split())


def _read_csv(content: bytes) -> MetadataList:
    text, encoding = _decoded(content)
    if "\0" in text:
        raise ListUnreadable(f"this is no text (read as {encoding}): save it as CSV")
    _refuse_twice_encoded(text, encoding)
    given = re.match(r"sep=(.)\r?\n", text)  # Excel's own way to tell
    separator = given[1] if given else _likely_separator(text)
    seen = f"CSV in {encoding}, with {_SEPARATORS.get(separator, repr(separator))} between cells"
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows = _csv_rows(lines, skip=1 if given else 0)
    try:
        return _read_table(rows, seen=seen)
    except csv.Error as error:
        raise ListUnreadable(f"read as {seen}, it breaks at line {lines.line_num}: {error}") from error


def _csv_rows(lines: Any, *, skip: int) -> Iterator[tuple[int, Sequence[Value]]]:
    for number, cells in enumerate(lines, start=1):
        if number > skip:
            long = next((cell for cell in cells if len(cell) > CELL_MAX_CHARS), None)
            if long is not None:
                raise ListUnreadable(
                    f"a cell in row {number} holds {len(long):,} characters: probably a quotation mark"
                    " there is opened and never closed"
                )
            yield number, cells


def _decoded(content: bytes) -> tuple[str, str]:
    """The text, and the encoding as people know it. Windows-1252 is what Excel writes where it is not told otherwise."""
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return _decode(content, encoding), _ENCODINGS.get(encoding, "UTF-16")
    zeros = content[:1000].count(0)
    if zeros > len(content[:1000]) // 4:  # letters of Europe in UTF-16: every second byte is zero
        little = content[1:1000:2].count(0) >= content[:1000:2].count(0)
        return _decode(content, "utf-16-le" if little else "utf-16-be"), "UTF-16"
    try:
        return content.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        return _decode(content, "cp1252"), "Windows-1252"


def _decode(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        known = _ENCODINGS.get(encoding, "UTF-16")
        also = "neither UTF-8 nor Windows-1252" if encoding == "cp1252" else f"not the {known} that it says to be"
        raise ListUnreadable(
            f"the text is {also} (line {line}, byte {content[error.start]:#04x}): save it as “CSV UTF-8”"
        ) from error


def _refuse_twice_encoded(text: str, encoding: str) -> None:
    odd = "\ufffd" in text
    found = re.search("\ufffd", text) if odd else _TWICE_ENCODED.search(text)
    if found is None:
        return
    line = text.count("\n", 0, found.start()) + 1
    around = printable(" ".join(text[max(found.start() - 15, 0) : found.end() + 10].split()))
    raise ListUnreadable(
        f"letters were lost before it came here (line {line}: “{around}”; it is {encoding} now):"
        " open the original and save it as “CSV UTF-8”"
    )


def _likely_separator(text: str) -> str:
    """The separator under which most headers are known; where none is, the one that parts the first line most."""
    first = next((line for line in text.splitlines() if line.strip()), "")

    def weight(separator: str) -> tuple[int, int]:
        cells = next(csv.reader([first], delimiter=separator), [])
        return sum(plain_header(cell) in _FIELD_OF for cell in cells), len(cells)

    return max(_SEPARATORS, key=weight)


def _workbook_rows(content: bytes) -> Iterator[tuple[int, Sequence[Value]]]:
    """The rows of a workbook's first sheet that shows. Formulas give the value that Excel last saw.

    Read twice where it holds formulas: openpyxl gives either them or their values (30,000 rows of 6 cells: 8 s each).
    """
    try:
        from openpyxl import load_workbook  # 0.2 s, which only a list in Excel needs
    except ImportError as error:
        raise ListUnreadable("to read Excel, openpyxl is needed; save the list as “CSV UTF-8”") from error

    def rows(*, values: bool) -> Iterator[tuple[Any, ...]]:
        with closing(load_workbook(io.BytesIO(content), read_only=True, data_only=values)) as book:
            sheets = [each for each in book.worksheets if each.sheet_state == "visible"]
            if not sheets:
                raise ListUnreadable("the workbook has no sheet with cells")
            # Some programs write a wrong size of the sheet, which would cut it off.
            sheets[0].reset_dimensions()
            yield from (row[: COLUMNS_MAX + 1] for row in sheets[0].iter_rows(values_only=True))

    try:
        if not _holds_formulas(content):
            yield from enumerate(([_cell(cell, cell) for cell in cells] for cells in rows(values=True)), start=1)
            return
        for number, (formulas, cells) in enumerate(zip(rows(values=False), rows(values=True), strict=False), start=1):
            yield number, [_cell(formula, cell) for formula, cell in zip(formulas, cells, strict=False)]
    except (BadZipFile, KeyError, ValueError, TypeError, AttributeError, OSError, EOFError) as error:
        raise ListUnreadable(f"the workbook can't be read ({type(error).__name__}): save it anew, or as CSV") from error


def _holds_formulas(content: bytes) -> bool:
    with ZipFile(io.BytesIO(content)) as parts:
        for name in parts.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                before = b""
                with parts.open(name) as stream:
                    while block := stream.read(BLOCK_BYTES):
                        if re.search(rb"<(?:\w+:)?f[ >/]", before + block):
                            return True
                        before = block[-16:]
    return False


class _Uncounted(str):
    """A formula whose value nobody saved."""


def _cell(formula: Any, value: Any) -> Value:
    if value is None and isinstance(formula, str) and formula.startswith("="):
        return _Uncounted(formula)
    if value is None or isinstance(value, (str, int, float, bool, date)):
        return value
    return str(value)


def _read_table(rows: Iterable[tuple[int, Sequence[Value]]], *, seen: str) -> MetadataList:
    """Rows as fields: the first row that holds something is the header. Empty rows are passed over."""
    filled = ((number, cells) for number, cells in rows if any(_text(cell) for cell in cells))
    _, header = next(filled, (0, ()))
    if not header:
        raise ListUnreadable(f"the list is empty (read as {seen})")
    fields, ignored = _fields_of(header, seen)
    headers = {field: printable(_text(cell)) for field, cell in zip(fields, header, strict=False) if field}
    read: list[Row] = []
    for number, cells in filled:
        if len(read) == ROWS_MAX:
            raise ListUnreadable(f"it has more than {ROWS_MAX:,} rows: import it in parts")
        read.append(_row(number, cells, fields, seen))
    if not read:
        raise ListUnreadable(f"there is no row under the header (read as {seen})")
    return MetadataList(rows=tuple(read), seen=seen, headers=headers, ignored=ignored)


def _fields_of(header: Sequence[Value], seen: str) -> tuple[list[str | None], tuple[str, ...]]:
    names = [_text(cell) for cell in header]
    while names and not names[-1]:
        names.pop()
    if len(names) > COLUMNS_MAX:
        raise ListUnreadable(f"it has more than {COLUMNS_MAX} columns (read as {seen})")
    fields = [_FIELD_OF.get(plain_header(name)) for name in names]
    if not {"file", "url"} & set(fields):
        shown = printable(" ".join(" | ".join(names).split()))[:HEADER_SHOWN_CHARS]
        raise ListUnreadable(
            f"no column is called “bestand”, “file” or “url”. It was read as {seen}; the header: {shown}"
        )
    for field in set(fields) - {None}:
        if fields.count(field) > 1:
            both = " and ".join(printable(name) for name, of in zip(names, fields, strict=True) if of == field)
            raise ListUnreadable(f"the columns {both} mean the same: keep one of them")
    ignored = (
        f"{printable(name)}{_nearest_field(name)}" for name, of in zip(names, fields, strict=True) if name and not of
    )
    return fields, tuple(ignored)


def _nearest_field(name: str) -> str:
    close = difflib.get_close_matches(plain_header(name), list(_FIELD_OF), n=1, cutoff=0.8)
    return f" (is “{close[0]}” meant?)" if close else ""


def _row(number: int, cells: Sequence[Value], fields: Sequence[str | None], seen: str) -> Row:
    found: dict[str, Value] = {}
    faults: list[Fault] = []
    for field, cell in zip(fields, cells, strict=False):
        if field is None or not _text(cell):
            continue
        if isinstance(cell, _Uncounted):
            faults.append(Fault(column=field, message="is a formula without a saved value: open and save it in Excel"))
        elif isinstance(cell, str) and len(cell) > CELL_MAX_CHARS:
            faults.append(Fault(column=field, message=f"holds more than {CELL_MAX_CHARS:,} characters"))
        else:
            found[field] = " ".join(cell.split()) if isinstance(cell, str) and field != "authors" else cell
    beyond = sum(bool(_text(cell)) for cell in cells[len(fields) :])
    if beyond:
        message = f"has {len(fields) + beyond} cells and the header {len(fields)} (read as {seen}):"
        faults.append(Fault(column="", message=f"{message} put a text that holds a separator between quotation marks"))
    return Row(number=number, cells=found, faults=tuple(faults))


def _text(cell: Value) -> str:
    if isinstance(cell, datetime):
        return cell.isoformat()
    return "" if cell is None else str(cell).strip()
