"""What extraction answers: the values that every format's reader returns, and the one error that it raises."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from archive.errors import ArchiveError

FailureCode = Literal[
    "password",
    "damaged",
    "empty",
    "unknown-format",
    "too-large",
    "too-slow",
    "too-much-memory",
    "unreadable",
    "not-read",
]

# What a worker may use. Time grows with the file: a 300 MB scan is allowed more than a letter.
TIME_S = 20
TIME_S_PER_MB = 0.2
MEMORY_BYTES = 1 << 30
TEXT_MAX_CHARS = 20_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on one file: seconds of wall clock, bytes of memory, characters of text."""

    time_s: float = TIME_S
    time_s_per_mb: float = TIME_S_PER_MB
    memory_bytes: int = MEMORY_BYTES
    text_max_chars: int = TEXT_MAX_CHARS
    ocr: bool = True  # read images with tesseract where it is installed
    scanned_pages_max: int = 0  # pages of a PDF without text that are read with it too: 1.5 s of CPU each
    depth: int = 2  # archives and attachments inside one another
    ends: float | None = None  # on the monotonic clock: what lies inside an archive shares the archive's time

    def seconds_for(self, size_bytes: int) -> float:
        """What a file of this size may take."""
        seconds = self.time_s + self.time_s_per_mb * size_bytes / 1_000_000
        return seconds if self.ends is None else max(min(seconds, self.ends - time.monotonic()), 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A page or a section. `number` counts from 1 without gaps; `text` is clean (see `cleaning`).

    A page has a `label` as printed ("iv"); a section has a `heading` and its `level` 1 to 9, or neither.
    """

    number: int
    text: str
    label: str | None = None
    heading: str | None = None
    level: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """An entry of the outline: where it leads is the `part` (number of a page or section)."""

    title: str
    level: int
    part: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Properties:
    """What the file says of itself. `created` is ISO 8601; `language` is told by the text, not by the property."""

    title: str | None = None
    authors: tuple[str, ...] = ()
    created: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """A file's text in reading order, in pages or in sections, never both.

    `findings` is what a `Study` said of it: None without one, or where it failed.
    """

    format: str
    unit: Literal["page", "section"]
    parts: tuple[Part, ...]
    properties: Properties = field(default_factory=Properties)
    outline: tuple[Heading, ...] = ()
    warnings: tuple[str, ...] = ()
    findings: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """What a worker does with a text beyond reading it, so that its leader needs not.

    `tidied` changes what was read. `findings` says something of it, given the file's path; it has the time of a file for
    itself, and whatever becomes of it the text is kept.
    """

    tidied: Callable[[Extraction], Extraction]
    findings: Callable[[bytes, Extraction], str]


class ExtractError(ArchiveError):
    """A file that can't be read: `code` for programs, the text for people ("is protected with a password")."""

    exit_code = 3

    def __init__(self, code: FailureCode, reason: str) -> None:
        self.code: FailureCode = code
        self.reason = reason
        super().__init__(reason)
