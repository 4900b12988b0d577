"""From the name that somebody's file has to the name that it gets in `documents/`. Pure.

What people gave stays: spaces, accents, capitals. What leads elsewhere, can't be seen, or can't be kept on a Mac, Windows
or Linux goes, so that the folder can be copied to any of them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from itertools import count

from archive.paths import RECORD_NAMES, is_hidden

NAME_MAX_BYTES = 200  # file systems take 255; what writes beside a file, and a copy's " (2)", need some of it
PATH_MAX_CHARS = 500
SUFFIX_MAX_CHARS = 16  # a longer "suffix" is the end of a sentence
UNNAMED = "bestand"

# Devices of Windows, with any suffix: "con.pdf" can't be opened there.
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³"}
)
_NOT_ON_WINDOWS = str.maketrans(dict.fromkeys('<>:"|?*', "-"))
_RECORDS = frozenset(name.casefold() for name in RECORD_NAMES)
# A letter and its marks belong together; the others of these classes are not seen, or turn what stands behind them.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def file_name(given: str, *, taken: Iterable[str] = ()) -> str:
    """The name for a file in a project's folder, where the names `taken` are in use.

    Two that differ by case or composition only are one on some disks: the second gets a number.

    >>> file_name("C:\\\\Users\\\\x\\\\Eindrapport (déf).pdf"), file_name("../../etc/passwd"), file_name("con.pdf")
    ('Eindrapport (déf).pdf', 'passwd', 'con_.pdf')
    >>> file_name("RAPPORT.pdf", taken=["rapport.PDF"]), file_name("Project.toml"), file_name("~$ . ")
    ('RAPPORT (2).pdf', 'Project_.toml', 'bestand')
    """
    stem, suffix = _parted(_shown(given.replace("\\", "/").rpartition("/")[2]))
    used = {_same(name) for name in taken}
    for number in count(1):
        end = f"{'' if number == 1 else f' ({number})'}{suffix}"
        name = _cut(stem, NAME_MAX_BYTES - len(end.encode())) + end
        if _same(name) not in used:
            return name
    raise AssertionError("unreachable")


def given_path(given: str) -> str:
    """The path of a file in a dropped folder or ZIP as it is told to people: nothing on disk has it.

    >>> given_path("C:\\\\groep 3\\\\..\\\\bijlagen/x.pdf"), given_path("/"), given_path("a\\nb/\\u202ey.pdf")
    ('groep 3/bijlagen/x.pdf', 'bestand', 'a b/y.pdf')
    """
    parts = [_seen(part) for part in given.replace("\\", "/").split("/")]
    if parts and len(parts[0]) == 2 and parts[0][1] == ":":
        parts = parts[1:]
    kept = "/".join(part for part in parts if part.strip(". ")) or UNNAMED
    return kept if len(kept) <= PATH_MAX_CHARS else kept[-PATH_MAX_CHARS:].partition("/")[2] or kept[-PATH_MAX_CHARS:]


def _shown(name: str) -> str:
    """A name that can be seen and kept, whatever its length."""
    name = _seen(name).translate(_NOT_ON_WINDOWS)
    if name.count(".") == 1 and name.startswith(".") and len(name) <= 5:
        name = UNNAMED + name  # of a name that can't be kept, its ".pdf" can
    while name.startswith((".", "~$", " ")):
        name = name.removeprefix("~$").lstrip(". ")
    return name.rstrip(". ") or UNNAMED


def _seen(part: str) -> str:
    plain = "".join(" " if char in "\t\r\n\u2028\u2029" else char for char in part)
    plain = "".join(char for char in plain if unicodedata.category(char) not in _UNSEEN)
    return unicodedata.normalize("NFC", plain).strip()


def _parted(name: str) -> tuple[str, str]:
    """Stem and suffix; the stem is one that no system and no record uses."""
    stem, dot, suffix = name.rpartition(".")
    if not dot or not stem.strip(". ") or len(suffix) > SUFFIX_MAX_CHARS or " " in suffix:
        stem, suffix = name, ""
    else:
        suffix = f".{suffix}"
    first, dot, rest = stem.partition(".")
    if first.strip().casefold() in _DEVICES:
        stem = f"{first.rstrip()}_{dot}{rest}"
    if f"{stem}{suffix}".casefold() in _RECORDS or is_hidden(f"{stem}{suffix}"):
        stem += "_"
    return stem, suffix


def _cut(stem: str, most: int) -> str:
    """As much of a stem as fits in so many bytes, no letter without its marks."""
    if len(stem.encode()) <= most:
        return stem
    kept = stem.encode()[:most].decode("utf-8", "ignore")
    while kept and unicodedata.combining(stem[len(kept)]):
        kept = kept[:-1]
    return kept.rstrip(". ") or UNNAMED


def _same(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
