"""How fast files are read, a core: PDF pages and Word documents a second.

    python -m benchmarks.extraction [FOLDER] [--quick] [--json FILE]

Through the worker pool as the indexer uses it, and in process, which shows what forks, pipes and checks cost. A rate
counts processor seconds of leader and workers together, so that it holds for one core and on a busy machine. Without
FOLDER the files of the example archive are read, again and again.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

from benchmarks.machine import ROOT, measured
from indexer.extraction.model import ExtractError, Extraction, Limits
from indexer.extraction.reader import preload, read
from indexer.extraction.worker import extract_many

BARS = {"pdf": "200 pages", "docx": "60 files"}  # a second, a core
ROUNDS, QUICK_ROUNDS = 3, 1
FILES_A_ROUND, QUICK_FILES_A_ROUND = 160, 60
LIMITS = Limits(ocr=False)

Reading = Callable[[Sequence[Path]], Iterator[Extraction | ExtractError]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of one way of reading one format. Rates are medians over the rounds, a processor second."""

    format: str
    way: str
    files: int
    different: int
    pages: int
    failed: int
    files_a_cpu_s: float
    pages_a_cpu_s: float
    lowest_files_a_cpu_s: float
    lowest_pages_a_cpu_s: float
    cores: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "documents")
    parser.add_argument("--quick", action="store_true", help="one short round")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    options = parser.parse_args()
    preload()
    figures = list(_measure(options.folder, quick=options.quick))
    show(figures, sys.stdout)
    if options.json:
        options.json.write_text(json.dumps([asdict(one) for one in figures], indent=1) + "\n")


def _measure(folder: Path, *, quick: bool) -> Iterator[Figures]:
    rounds, count = (QUICK_ROUNDS, QUICK_FILES_A_ROUND) if quick else (ROUNDS, FILES_A_ROUND)
    for format in BARS:
        different = files_of(folder, format)
        if not different:
            continue
        files = list(itertools.islice(itertools.cycle(different), max(count, len(different))))
        for way, reading in (("workers", in_workers), ("in process", in_process)):
            list(reading(different[:3]))  # what is loaded late is loaded now
            yield _figures(files, len(different), format, way, reading, rounds)


def _figures(files: Sequence[Path], different: int, format: str, way: str, reading: Reading, rounds: int) -> Figures:
    costs = []
    for _ in range(rounds):
        with measured() as spent:
            pages, failed = _count(reading(files))
        costs.append(spent)
    cpu_s = [spent.cpu_s for spent in costs]
    return Figures(
        format=format,
        way=way,
        files=len(files),
        different=different,
        pages=pages,
        failed=failed,
        files_a_cpu_s=len(files) / statistics.median(cpu_s),
        pages_a_cpu_s=pages / statistics.median(cpu_s),
        lowest_files_a_cpu_s=len(files) / max(cpu_s),
        lowest_pages_a_cpu_s=pages / max(cpu_s),
        cores=statistics.median(spent.cores for spent in costs),
    )


def files_of(folder: Path, format: str) -> list[Path]:
    """The files of this suffix, owner files of Word left out."""
    found = (path for path in folder.rglob("*") if path.suffix.lower() == f".{format}" and path.is_file())
    return sorted(path for path in found if not path.name.startswith((".", "~$")))


def in_workers(files: Sequence[Path]) -> Iterator[Extraction | ExtractError]:
    """As the indexer reads: a worker a core."""
    for _, outcome in extract_many(files, jobs=os.cpu_count() or 1, limits=LIMITS):
        yield outcome


def in_process(files: Sequence[Path]) -> Iterator[Extraction | ExtractError]:
    """Reading alone: no fork, no pipe, no check of what comes back."""
    for path in files:
        try:
            yield read(path, limits=LIMITS)
        except ExtractError as error:
            yield error


def _count(outcomes: Iterable[Extraction | ExtractError]) -> tuple[int, int]:
    """Pages (or sections), and files that failed."""
    pages = failed = 0
    for outcome in outcomes:
        if isinstance(outcome, ExtractError):
            failed += 1
        else:
            pages += len(outcome.parts)
    return pages, failed


def show(figures: Iterable[Figures], out: TextIO) -> None:
    """A line a format and way."""
    for one in figures:
        rate = f"{one.files_a_cpu_s:6.1f} files/s a core (lowest {one.lowest_files_a_cpu_s:.1f})"
        if one.format == "pdf":
            rate += f", {one.pages_a_cpu_s:6.0f} pages/s a core (lowest {one.lowest_pages_a_cpu_s:.0f})"
        about = f"{one.files} readings of {one.different} files, {one.failed} failed, {one.cores:.2f} cores busy"
        print(f"{one.format:5} {one.way:11} {rate}; bar {BARS[one.format]}; {about}", file=out)


if __name__ == "__main__":
    main()
