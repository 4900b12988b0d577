"""Read ZIP archives: a section for each file inside, read as it would be alone. Nothing is unpacked to disk."""

from __future__ import annotations

import io
import posixpath
import time
from typing import BinaryIO

from indexer.extraction.cleaning import clean_line
from indexer.extraction.guard import SafeZip
from indexer.extraction.model import ExtractError, Extraction, Limits, Part
from indexer.extraction.reader import deeper, read_stream
from indexer.extraction.sections import as_text

# After this share of the time the rest is left out: what was read is worth more than a refusal.
TIME_SHARE = 0.6
_LEFT_BY_SYSTEMS = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


def read(source: BinaryIO, *, limits: Limits) -> Extraction:
    """Return a section for each file in the archive; `heading` is its path, its text that of all its parts.

    A file that can't be read is an empty section and a warning. Raises ExtractError when the archive itself is damaged,
    too large, or lies too deep inside others.
    """
    inner = deeper(limits)
    archive = SafeZip(source)
    names = [name for name in archive.names() if not _is_left_by_system(name)]
    parts: list[Part] = []
    warnings: list[str] = []
    until = time.monotonic() + limits.time_s * TIME_SHARE
    chars = 0
    for number, name in enumerate(names, 1):
        shown = clean_line(name)
        text = ""
        if leads_out(name):
            warnings.append(f"{shown}: has a name that leads out of the archive; it was read, never written")
        if chars >= limits.text_max_chars:
            warnings.append(f"{shown}: was left out, the archive holds more text than is read")
        elif time.monotonic() > until:
            warnings.append(f"{shown}: was left out, reading the archive takes too long")
        else:
            text, problems = _member(archive, name, inner)
            warnings += [f"{shown}: {problem}" for problem in problems]
        chars += len(text)
        parts.append(Part(number=number, heading=shown or None, level=1 if shown else None, text=text))
    return Extraction(format="zip", unit="section", parts=tuple(parts), warnings=tuple(warnings))


def leads_out(name: str) -> bool:
    """Would a member of this name be written outside the folder that an archive is unpacked in?

    >>> [leads_out(name) for name in ("a/b.txt", "a/../b.txt", "../b.txt", "/etc/b", "C:\\\\b.txt")]
    [False, False, True, True, True]
    """
    path = name.replace("\\", "/")
    return path.startswith("/") or path[1:2] == ":" or posixpath.normpath(path).split("/")[0] == ".."


def _member(archive: SafeZip, name: str, limits: Limits) -> tuple[str, tuple[str, ...]]:
    """The text of one file in the archive and what there is to say of it."""
    try:
        extraction = read_stream(io.BytesIO(archive.read(name)), name, limits=limits)
    except ExtractError as error:
        return "", (error.reason,)
    return as_text(extraction), extraction.warnings


def _is_left_by_system(name: str) -> bool:
    return name.startswith(_LEFT_BY_SYSTEMS[0]) or posixpath.basename(name) in _LEFT_BY_SYSTEMS
