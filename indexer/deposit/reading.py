"""Read the files of a draft in limited workers: what each tells, or why it can't be read. Writes nothing.

A worker is forked, and a process with threads must not fork: such a one (the site) calls `read_apart`, which runs
`python -m indexer.deposit.reading` and takes its answer line by line. What is guessed is guessed there too: a text that
costs a pattern its time costs it to that process alone.
"""

from __future__ import annotations

import json
import os
import re
import selectors
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path

from archive.network.model import Network
from archive.plain import from_json, to_json
from archive.relay.passages import sampled
from indexer.deposit.guesses import FileGuess
from indexer.deposit.guessing import guess_file
from indexer.deposit.personal_data import Finding, find
from indexer.extraction.model import ExtractError, Extraction, Limits, Part
from indexer.extraction.reader import preload
from indexer.extraction.worker import extract_many
from indexer.running_heads import without_running_heads

NO_GUESS = FileGuess()
LIMITS = Limits(time_s=20.0, memory_bytes=768 << 20, text_max_chars=5_000_000, ocr=False)
FINGERPRINTS_MOST = 20_000  # a text of 640,000 words: what is more is compared by these
PLACE_WORDS, PLACE_MAX_CHARS, PLACE_LOOKED_AT_CHARS = 5, 60, 400
_TELLS = re.compile(r"[\d@]")
_GUESSING_S = 10.0  # what may be guessed of one file takes 0.2 s
_START_S = 15.0
_PRELOAD_FROM_FILES = 4
_READ_BYTES = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFile:
    """A file to read: the key by which the draft knows it, where its bytes are, the name that people gave it."""

    key: str
    path: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReading:
    """What was read of one file. As JSON: `archive.plain.to_json`, and back: `from_json(FileReading, text)`.

    `unit` is "page" or "section", and `parts` counts them. `code` and `reason` say why it can't be read: codes as in
    `extraction.model`, "not-read" for a format that is archived without its text (no failure). `places` names the sections
    that a guess or a finding points at. `fingerprints` are for `likeness.alike`, and tell nothing of the text.
    """

    key: str
    format: str = ""
    unit: str = "page"
    parts: int = 0
    words: int = 0
    code: str | None = None
    reason: str | None = None
    warnings: tuple[str, ...] = ()
    guess: FileGuess = NO_GUESS
    findings: tuple[Finding, ...] = ()
    places: tuple[tuple[int, str], ...] = ()
    fingerprints: tuple[int, ...] = ()


def read_draft(files: Sequence[DraftFile], *, network: Network, today: date, jobs: int = 2) -> Iterator[FileReading]:
    """Read these files in limited workers; each as it comes. A bad file stops nothing. No threads in this process."""
    by_path: dict[str, list[DraftFile]] = {}
    for file in files:
        by_path.setdefault(file.path, []).append(file)
    if len(by_path) >= _PRELOAD_FROM_FILES:
        preload()
    for path, outcome in extract_many(list(by_path), jobs=jobs, limits=LIMITS):
        for file in by_path[path]:
            yield reading_of(file, outcome, network=network, today=today)


def reading_of(file: DraftFile, outcome: Extraction | ExtractError, *, network: Network, today: date) -> FileReading:
    """What is told of a file, by what extraction answered."""
    if isinstance(outcome, ExtractError):
        return FileReading(key=file.key, code=outcome.code, reason=outcome.reason)
    parts = without_running_heads(outcome.parts) if outcome.unit == "page" else outcome.parts
    guess, findings = guess_file(file.name, outcome, network=network, today=today), find(outcome.parts)
    marks = sorted({fingerprint for part in parts for fingerprint in sampled(part.text)})
    return FileReading(
        key=file.key,
        format=outcome.format,
        unit=outcome.unit,
        parts=len(outcome.parts),
        words=sum(len(part.text.split()) + len((part.heading or "").split()) for part in outcome.parts),
        warnings=outcome.warnings,
        guess=guess,
        findings=findings,
        places=_places(outcome, guess, findings),
        fingerprints=tuple(marks[:FINGERPRINTS_MOST]),
    )


def _places(outcome: Extraction, guess: FileGuess, findings: Sequence[Finding]) -> tuple[tuple[int, str], ...]:
    """What the sections that something was found in are called: their headings, else the words that they begin with.

    A word with a digit or an @ in it is left out: it may be what was found.
    """
    if outcome.unit == "page":
        return ()
    told = [getattr(guess, each.name) for each in fields(guess)]
    every = [one for each in told for one in (each if isinstance(each, tuple) else (each,)) if one is not None]
    wanted = {one.part for one in every} | {each.part for each in findings}
    return tuple((part.number, name) for part in outcome.parts if part.number in wanted and (name := _called(part)))


def _called(part: Part) -> str:
    if part.heading:
        return part.heading[:PLACE_MAX_CHARS]
    words = [word for word in part.text[:PLACE_LOOKED_AT_CHARS].split() if not _TELLS.search(word)]
    return f"{shortened} …" if (shortened := " ".join(words[:PLACE_WORDS])[:PLACE_MAX_CHARS]) else ""


def read_apart(files: Sequence[DraftFile], *, network: Network, today: date, jobs: int = 2) -> Iterator[FileReading]:
    """As `read_draft`, by a process of its own: for a process with threads. Closing the iterator ends it.

    What that process did not answer in time, or because it ended, is told as "too-slow" or "damaged".
    """
    waiting = {file.key for file in files}
    asked = {
        "files": [asdict(file) for file in files],
        "network": to_json(network),
        "today": today.isoformat(),
        "jobs": jobs,
    }
    most_s = _START_S + sum(LIMITS.seconds_for(_size(file.path)) + _GUESSING_S for file in files) / max(jobs, 1)
    command = [sys.executable, "-m", "indexer.deposit.reading"]
    late = False
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        try:
            if child.stdin is None or child.stdout is None:
                raise AssertionError("both are pipes")
            with child.stdin as question:
                question.write(json.dumps(asked).encode())
            for line in _lines(child.stdout.fileno(), ends=time.monotonic() + most_s):
                reading = from_json(FileReading, line)
                waiting.discard(reading.key)
                yield reading
        except TimeoutError:
            late = True
        except (BrokenPipeError, ValueError, TypeError, KeyError):
            pass  # it ended, perhaps in the middle of a line: what it did not answer is told below
        finally:
            child.kill()
    for file in files:
        if file.key in waiting and late:
            yield FileReading(key=file.key, code="too-slow", reason="takes too long to read")
        elif file.key in waiting:
            yield FileReading(key=file.key, code="damaged", reason="can't be read")


def _size(path: str) -> int:
    try:
        return Path(path).stat().st_size
    except OSError:
        return 0


def _lines(source: int, *, ends: float) -> Iterator[str]:
    """The lines that come from a pipe. Raises TimeoutError when they take too long."""
    left = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(source, selectors.EVENT_READ)
        while True:
            if not selector.select(max(ends - time.monotonic(), 0)):
                raise TimeoutError
            some = os.read(source, _READ_BYTES)
            if not some:
                return
            left += some
            while (end := left.find(b"\n")) >= 0:
                line = bytes(left[:end])
                del left[: end + 1]
                yield line.decode()


def main() -> None:
    """Answer the question on standard input: a line of JSON for each file."""
    asked = json.loads(sys.stdin.buffer.read())
    readings = read_draft(
        [DraftFile(**each) for each in asked["files"]],
        network=from_json(Network, asked["network"]),
        today=date.fromisoformat(asked["today"]),
        jobs=asked["jobs"],
    )
    for reading in readings:
        print(to_json(reading), flush=True)


if __name__ == "__main__":
    main()
