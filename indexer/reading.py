"""Read files of the tree in workers: what each holds and hands on, or why it can't be read.

Between storage, which knows paths, and extraction, which knows formats. Writes nothing.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from archive.errors import AccessFailed
from archive.model import FileFacts
from archive.relay.open_ends import OpenEnd
from archive.settings import Settings
from archive.storage import Storage, StoredFile, is_settled
from indexer.extraction.model import ExtractError, Extraction, Heading, Limits, Part, Study
from indexer.extraction.worker import extract_many
from indexer.harvest import wire
from indexer.harvest.keeping import harvest_of
from indexer.running_heads import without_running_heads

YOUNG_WAIT_S = 3.0  # how long a file that was just written is given to hold still
YOUNG_LOOK_S = 0.15
# tesseract takes 1.1 to 1.7 s a page of a quiet machine, and several times that of a busy one.
SCANNED_PAGES_MAX = 50
SCANNED_PAGE_S = 8.0
NOT_FULL_TEXT = "is archived and found by its name; its format is not read as text"
STILL_WRITTEN = "is still being written; it was read as it is now"
NOT_HARVESTED = "was read, but what it hands on could not be told: its text is found, its open ends are not"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """A file that was opened. `fingerprint` is of the look just before."""

    facts: FileFacts
    fingerprint: str
    parts: tuple[Part, ...] = ()
    outline: tuple[Heading, ...] = ()
    open_ends: tuple[OpenEnd, ...] = ()


def read_files(
    storage: Storage,
    stored: dict[str, StoredFile],
    ids: Sequence[str],
    *,
    settings: Settings,
    clock: Callable[[], datetime],
    scanned_pages: int = 0,
    meanwhile: Callable[[], object] = bool,
) -> Iterator[ReadFile]:
    """Read these files with the workers that the settings give; in no particular order.

    `meanwhile` is called while a file that is still young is given time: what must be done anyway costs none then.
    `scanned_pages`: so many pages without text are read by tesseract, for which each file is given the time.
    """
    paths: dict[bytes, StoredFile] = {}
    growing: set[str] = set()
    refused: list[ReadFile] = []

    def opened() -> Iterator[bytes]:
        for id in ids:
            file, settled = _let_it_settle(storage, stored[id], clock, meanwhile)
            if not settled:
                growing.add(id)
            try:
                path = os.fsencode(storage.path(id))
            except AccessFailed as error:
                refused.append(_failed(file, ExtractError("unreadable", reason_of(error)), None))
                continue
            paths[path] = file
            yield path

    def open_ends(path: bytes, found: Extraction) -> str:
        # In the worker, which was forked after this file was opened.
        id = paths[path].id
        return wire.encode(harvest_of(id, found.properties.title, found.parts, found.outline, unit=found.unit))

    study = Study(tidied=_tidied, findings=open_ends)
    limits = limits_of(settings, scanned_pages)
    for path, outcome in extract_many(opened(), jobs=settings.workers, limits=limits, study=study):
        yield from refused
        refused.clear()
        file = paths.pop(path)
        checksum = checksum_of(storage, file.id)
        read = _failed(file, outcome, checksum) if isinstance(outcome, ExtractError) else _done(file, outcome, checksum)
        if file.id in growing:
            read = replace(read, facts=replace(read.facts, warnings=(*read.facts.warnings, STILL_WRITTEN)))
        yield read
    yield from refused


def limits_of(settings: Settings, scanned_pages: int = 0) -> Limits:
    """What one file may use, by the settings."""
    return Limits(
        time_s=settings.time_s + scanned_pages * SCANNED_PAGE_S,
        memory_bytes=settings.memory_mb << 20,
        ocr=settings.ocr,
        scanned_pages_max=scanned_pages,
    )


def scanned_pages_of(read: ReadFile) -> int:
    """How many pages of a PDF may be pictures of text."""
    if read.facts.format != "pdf" or not any("perhaps a scan" in warning for warning in read.facts.warnings):
        return 0
    return min(sum(not part.text for part in read.parts), SCANNED_PAGES_MAX)


def checksum_of(storage: Storage, id: str) -> str | None:
    """The file's checksum; None when it can't be opened, for whatever reads it will tell why."""
    try:
        return storage.sha256(id)
    except AccessFailed:
        return None


def reason_of(error: AccessFailed) -> str:
    """An error's sentence without the name that stands before it."""
    return str(error).partition(": ")[2] or str(error)


def _let_it_settle(
    storage: Storage, file: StoredFile, clock: Callable[[], datetime], meanwhile: Callable[[], object]
) -> tuple[StoredFile, bool]:
    """Give a file that was just written a moment to hold still; tell how it is then, and whether it did.

    What changes after this look has another fingerprint, and is read again by the next run.
    """
    end = time.monotonic() + YOUNG_WAIT_S
    while not is_settled(file, now=clock().timestamp()):
        if time.monotonic() >= end:
            return file, False
        looked = time.monotonic()
        meanwhile()
        time.sleep(max(looked + YOUNG_LOOK_S - time.monotonic(), 0))
        try:
            after = storage.stat(file.id)
        except AccessFailed:
            break  # reading it will tell why
        if after.fingerprint == file.fingerprint:
            break
        file = after
    return file, True


def _tidied(found: Extraction) -> Extraction:
    return replace(found, parts=without_running_heads(found.parts)) if found.unit == "page" else found


def _done(file: StoredFile, found: Extraction, checksum: str | None) -> ReadFile:
    has_text = any(part.text or part.heading for part in found.parts)
    open_ends = _open_ends(found)
    facts = FileFacts(
        id=file.id,
        state="read" if has_text else "without-text",
        sha256=checksum,
        size=file.size,
        format=found.format,
        unit=found.unit,
        parts=len(found.parts),
        title=found.properties.title,
        authors=found.properties.authors,
        created=found.properties.created,
        language=found.properties.language,
        warnings=found.warnings if open_ends is not None else (*found.warnings, NOT_HARVESTED),
    )
    return ReadFile(
        facts=facts,
        fingerprint=file.fingerprint,
        parts=found.parts,
        outline=found.outline,
        open_ends=open_ends or (),
    )


def _open_ends(found: Extraction) -> tuple[OpenEnd, ...] | None:
    """What a worker harvested; None where that failed."""
    try:
        return None if found.findings is None else wire.decode(found.findings, parts=len(found.parts))
    except ValueError:
        return None


def _failed(file: StoredFile, error: ExtractError, checksum: str | None) -> ReadFile:
    """A format that nobody reads is archived and found by its name: that is no failure."""
    facts = FileFacts(id=file.id, state="failed", sha256=checksum, size=file.size, code=error.code, reason=error.reason)
    if error.code == "not-read":
        facts = replace(facts, state="without-text", code=None, reason=None, warnings=(NOT_FULL_TEXT,))
    return ReadFile(facts=facts, fingerprint=file.fingerprint)
