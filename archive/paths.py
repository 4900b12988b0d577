"""What a path below `documents/` means: what is a deliverable, its community, year and project; where a record belongs.

Pure: knows names, not the disk. An id is a path with `/` between its parts, in Unicode's composed form (NFC), so that
an archive that moves between a Mac and Linux keeps its addresses. Bytes that are not UTF-8 stand in an id as Python's
surrogateescape ("caf\\udce9.docx").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

NETWORK, COMMUNITY, AGENDA, PROJECT = "network.toml", "community.toml", "agenda.toml", "project.toml"
RECORD_NAMES = frozenset({NETWORK, COMMUNITY, AGENDA, PROJECT})
VERSIONS = ".versions"  # the folder, in a project's, of the bytes that a deliverable had before
RecordKind = Literal["network", "community", "agenda", "project"]

# What systems leave in every folder; names that begin with a dot or `~$` are left out by rule.
_SYSTEM_NAMES = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"})
_READ_ME = "readme.md"

# `20-21` alone is a year; inside a longer name ("kinderen 11-12 jaar", "week 01-02") only when it is a likely one.
_LIKELY_YEARS = range(15, 50)
_YEAR_WORD = re.compile(r"(?i)(?:^|[^a-z])(?:(?:school|studie|cursus|collegej?)?jaar|sj|year|cohort|lichting)\b")
_LONG_PAIR = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*[-_–/ ]\s*((?:19|20)?\d\d)(?!\d)")
_SHORT_PAIR = re.compile(r"(?<!\d)(?<!\d[-_.])(\d\d)\s*[-_–]\s*(\d\d)(?![-_.]?\d)")
_SINGLE = re.compile(r"(?<!\d)(199\d|20[0-4]\d)(?!\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where a deliverable belongs. A file without a project folder is a project of its own, under its own id."""

    community: str | None
    year: int | None
    project: str

    @property
    def record(self) -> str:
        """The id of the record that may describe the project; a project that is a single file has none there."""
        return f"{self.project}/{PROJECT}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPlace:
    """What a record describes by its place: a community's slug, a project's id, or "" for the network."""

    kind: RecordKind
    owner: str


def composed(name: str) -> str:
    """The composed form of a name: `é` as one character, whatever the system that wrote it."""
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def shown_names(names: Iterable[str]) -> dict[str, str]:
    """From the name in an id to the name on disk, for the entries of one folder.

    Two names that differ in composition only are two files: the second keeps its own spelling.

    >>> sorted(shown_names(["e\\u0301.pdf", "a.pdf"])) == ["a.pdf", "\\xe9.pdf"]
    True
    >>> len(shown_names(["e\\u0301.pdf", "\\xe9.pdf"]))
    2
    """
    raw = sorted(names)
    shown = {name: name for name in raw if composed(name) == name}
    for name in raw:
        if name not in shown:
            proper = composed(name)
            shown[name if proper in shown else proper] = name
    return shown


def is_hidden(name: str) -> bool:
    """Whether a folder or file takes no part in the archive: `.versions`, `~$verslag.docx`, `.~lock.x#`, Thumbs.db.

    >>> [is_hidden(name) for name in (".versions", "~$verslag.docx", "Thumbs.db", "~concept.docx")]
    [True, True, True, False]
    """
    return name.startswith((".", "~$")) or name.lower() in _SYSTEM_NAMES


def is_left_behind(name: str) -> bool:
    """Whether a name is nobody's to keep: what is hidden, but for the folders that hold earlier versions.

    >>> is_left_behind(".DS_Store"), is_left_behind(VERSIONS)
    (True, False)
    """
    return is_hidden(name) and name != VERSIONS


def is_deliverable(id: str) -> bool:
    """Whether the file at this path is a deliverable: neither hidden, nor a record, nor the top's own README.md.

    >>> [is_deliverable(id) for id in ("README.md", "bim5/README.md", "bim5/2021/p/project.toml", "bim5/.x/y.pdf")]
    [False, True, False, False]
    """
    parts = id.split("/")
    if any(is_hidden(part) for part in parts) or parts[-1] in RECORD_NAMES:
        return False
    return len(parts) > 1 or parts[0].lower() != _READ_ME


def is_record(id: str) -> bool:
    """Whether the file at this path is a record, wherever it lies.

    >>> is_record("bim5/2021/project.toml"), is_record("bim5/2021")
    (True, False)
    """
    return id.rpartition("/")[2] in RECORD_NAMES


def year_of(folder: str) -> int | None:
    """The academic year that a folder's name holds: the calendar year in which it starts.

    >>> [year_of(name) for name in ("2021", "2021-2022", "Jaar 20-21", "20-21", "2020_2021", "schooljaar 2019-2020")]
    [2021, 2021, 2020, 2020, 2020, 2019]
    >>> [year_of(name) for name in ("groep A", "NEN 2767", "week 01-02", "12345")]
    [None, None, None, None]
    """
    for match in _LONG_PAIR.finditer(folder):
        if (int(match[1]) + 1) % 100 == int(match[2]) % 100:
            return int(match[1])
    for match in _SHORT_PAIR.finditer(folder):
        first, second = int(match[1]), int(match[2])
        alone = match[0] == folder.strip() or _YEAR_WORD.search(folder) is not None
        if second == (first + 1) % 100 and (alone or first in _LIKELY_YEARS):
            return 2000 + first if first < 90 else 1900 + first
    single = _SINGLE.search(folder)
    return int(single[1]) if single else None


def locate(id: str) -> Location:
    """Where the file with this id belongs.

    The project is the folder under the year's folder, or under the community where no folder holds a year; folders
    below it belong to it. A file without such a folder is a project of its own, whose id is the file's whole id:
    `bim5/2021/nota.docx` beside `bim5/2021/nota.pdf` and `bim5/2021/nota/` stay three.

    >>> locate("Vitaliteit (oud)/Jaar 20-21/groep A/bijlagen/x.pdf").project
    'Vitaliteit (oud)/Jaar 20-21/groep A'
    >>> locate("bim5/2021/losse-notitie.docx").project
    'bim5/2021/losse-notitie.docx'
    >>> locate("los.pdf").community is None
    True
    """
    parts = id.split("/")
    if len(parts) == 1:
        return Location(community=None, year=None, project=id)
    folders = parts[1:-1]
    years = [year_of(folder) for folder in folders]
    at = next((i for i, year in enumerate(years) if year is not None), None)
    depth = 2 if at is None else at + 3  # the parts that make a project's id
    return Location(
        community=parts[0],
        year=None if at is None else years[at],
        project="/".join(parts[:depth]),
    )


def record_place(id: str) -> RecordPlace | None:
    """What the record at this path describes; None where it describes nothing.

    >>> record_place("bim5/2021/prefab-gevels/project.toml").owner
    'bim5/2021/prefab-gevels'
    >>> record_place("bim5/2021/project.toml") is None and record_place("bim5/2021/p/bijlagen/project.toml") is None
    True
    """
    folder, _, name = id.rpartition("/")
    if name == NETWORK:
        return RecordPlace(kind="network", owner="") if not folder else None
    if name in (COMMUNITY, AGENDA):
        kind: RecordKind = "community" if name == COMMUNITY else "agenda"
        return RecordPlace(kind=kind, owner=folder) if folder and "/" not in folder else None
    if name == PROJECT and locate(f"{folder}/-").project == folder:
        return RecordPlace(kind="project", owner=folder)
    return None


def printable(id: str) -> str:
    """A name for a terminal or a log: without control characters, turned text, and bytes that are not UTF-8.

    >>> printable("twee\\nregels.docx"), printable("caf\\udce9.docx")
    ('twee\\\\nregels.docx', 'caf\\\\udce9.docx')
    """
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in id)
