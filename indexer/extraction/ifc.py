"""Read building models (.ifc): who made them, the project, its storeys, and the names of the properties.

The file is a list of statements in the language of STEP (ISO 10303-21); a model of 300 MB has millions. They are read
one by one, and only the few kinds that hold words are taken apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from indexer.extraction.cleaning import clean_line
from indexer.extraction.metadata import iso_date, names, title_of
from indexer.extraction.model import Extraction, Limits, Properties
from indexer.extraction.sections import numbered

_CHUNK_BYTES = 1 << 20
_STATEMENT_MAX_BYTES = 10 << 20
_NAMES_MAX = 20_000

_END = re.compile(rb"""'[^']*+(?:''[^']*+)*+'|;""")  # the end of a statement is no semicolon inside a text
_KIND = re.compile(rb"\s*(?:/\*.*?\*/\s*)*(?:#\d+\s*=\s*)?([A-Za-z0-9_]+)\s*\(", re.DOTALL)
_VALUE = re.compile(rb"""'([^']*+(?:''[^']*+)*+)'|[^\s,()']+|[,()]""")
_SPATIAL = {b"IFCPROJECT": "Project", b"IFCSITE": "Site", b"IFCBUILDING": "Building"}
_STOREY = b"IFCBUILDINGSTOREY"
_PROPERTIES = frozenset({b"IFCPROPERTYSET", b"IFCELEMENTQUANTITY"})
_PROPERTY_PREFIXES = (b"IFCPROPERTY", b"IFCQUANTITY")
_HEADER = {
    b"FILE_DESCRIPTION": ("Description",),
    b"FILE_NAME": ("Name", "Date", "Authors", "Organisation", "Preprocessor", "Program", "Authorisation"),
    b"FILE_SCHEMA": ("Schema",),
}
_PLACE_OF_NAME, _PLACE_OF_LONG_NAME = 2, (5, 7)  # the long name: of a project, and of a site, building or storey
_PLACE_OF_DESCRIPTION, _PLACE_OF_ELEVATION = 3, 9

_ENCODED = re.compile(
    r"\\X2\\((?:[0-9A-Fa-f]{4})*)\\X0\\|\\X4\\((?:[0-9A-Fa-f]{8})*)\\X0\\|\\X\\([0-9A-Fa-f]{2})"
    r"|\\S\\(.)|\\P[A-I]\\|\\\\"
)


def read(source: BinaryIO, *, limits: Limits) -> Extraction:
    """Return four sections: header, project, storeys (with their height), property names (each once)."""
    header: list[str] = []
    project: list[str] = []
    storeys: list[str] = []
    properties: dict[str, None] = {}
    fields: dict[str, list[str]] = {}
    title = ""
    for statement in _statements(source):
        found = _KIND.match(statement)
        kind = found[1].upper() if found else b""
        if found is None or not kind.startswith((b"FILE_", b"IFC")):
            continue
        if kind in _HEADER:
            for label, values in zip(_HEADER[kind], _arguments(statement, found.end()), strict=False):
                if any(values):
                    header.append(f"{label}: {', '.join(value for value in values if value)}")
                    fields[label] = values
        elif kind in _SPATIAL:
            said = _names(statement, found.end(), kind == b"IFCPROJECT")
            if said:
                project.append(f"{_SPATIAL[kind]}: {', '.join(said)}")
                title = title or said[0]
        elif kind == _STOREY:
            said = _names(statement, found.end(), False)
            storeys.append("\t".join([", ".join(said), *_elevation(statement, found.end())]))
        elif (kind.startswith(_PROPERTY_PREFIXES) or kind in _PROPERTIES) and len(properties) < _NAMES_MAX:
            place = _PLACE_OF_NAME if kind in _PROPERTIES else 0
            arguments = _arguments(statement, found.end(), first=place + 1)
            properties.update(dict.fromkeys(arguments[place] if len(arguments) > place else ()))
    sections = [
        ("Header", 1, header),
        ("Project", 1, project),
        ("Storeys", 1, storeys),
        ("Property names", 1, sorted(name for name in properties if name)),
    ]
    return Extraction(
        format="ifc",
        unit="section",
        parts=numbered(sections),
        properties=Properties(
            title=title_of(title),
            authors=names(";".join(fields.get("Authors", ()))),
            created=iso_date("".join(fields.get("Date", ()))),
        ),
    )


def decode_step(text: str) -> str:
    r"""Return a text of STEP as people read it (ISO 10303-21, 6.4.3).

    >>> decode_step(r"Caf\X2\00E9\X0\ d''Or, caf\X\E9, caf\S\i")
    "Café d'Or, café, café"
    """

    def character(found: re.Match[str]) -> str:
        for group, encoding in ((1, "utf-16-be"), (2, "utf-32-be"), (3, "latin-1")):
            if found[group] is not None:
                return bytes.fromhex(found[group]).decode(encoding, "replace")
        if found[4]:
            return chr(ord(found[4]) + 128) if ord(found[4]) < 128 else found[4]
        return "\\" if found[0] == "\\\\" else ""

    return _ENCODED.sub(character, text.replace("''", "'")) if "\\" in text or "''" in text else text


def _statements(source: BinaryIO) -> Iterator[bytes]:
    """The statements of the file, without the semicolon. One without end is cut."""
    rest = b""
    while chunk := source.read(_CHUNK_BYTES):
        rest += chunk
        begin = 0
        for found in _END.finditer(rest):
            if found[0] == b";":
                yield rest[begin : found.start()]
                begin = found.end()
        rest = rest[begin:] if len(rest) - begin < _STATEMENT_MAX_BYTES else b""


def _arguments(statement: bytes, begin: int, *, first: int = 10) -> list[list[str]]:
    """The first arguments of a statement: of each the texts and numbers in it, `$` (nothing) left out."""
    arguments: list[list[str]] = [[]]
    depth = 0
    for found in _VALUE.finditer(statement, begin):
        mark = found[0]
        if mark == b"(":
            depth += 1
        elif mark == b")":
            depth -= 1
            if depth < 0:
                break
        elif mark == b",":
            if depth == 0:
                if len(arguments) == first:
                    break
                arguments.append([])
        elif found[1] is not None:
            arguments[-1].append(clean_line(decode_step(found[1].decode("utf-8", "replace"))))
        elif mark not in (b"$", b"*") and not mark.startswith((b"#", b".")):
            arguments[-1].append(mark.decode("ascii", "replace"))
    return arguments


def _names(statement: bytes, begin: int, is_project: bool) -> list[str]:
    """Name, long name and description of a project, site, building or storey, as far as they are told."""
    arguments = _arguments(statement, begin)
    places = (_PLACE_OF_NAME, _PLACE_OF_LONG_NAME[0 if is_project else 1], _PLACE_OF_DESCRIPTION)
    told = [value for place in places if place < len(arguments) for value in arguments[place] if value]
    return list(dict.fromkeys(told))


def _elevation(statement: bytes, begin: int) -> list[str]:
    arguments = _arguments(statement, begin)
    told = arguments[_PLACE_OF_ELEVATION][:1] if len(arguments) > _PLACE_OF_ELEVATION else []
    return [height.removesuffix(".") for height in told]  # STEP writes a whole number as "3000."
