"""Run the benchmarks: `make bench`, or `python -m benchmarks [--list] [--quick] [NAME [ARGUMENT]…]`.

Without a name all of them run, one after the other, each in a process of its own. After one name come that benchmark's
own arguments. What they measured is written down in BENCHMARKS.md; nothing here is asserted.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from benchmarks.machine import COMMAND, ROOT, WORK, machine_line

HERE = Path(__file__).parent
DATA = ROOT / "eval-data"  # judged queries and their archives, made of two Debian packages
ENGINES = WORK / "engines"  # the virtual environment of the engines that are compared with


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """`quick` are the arguments of a short run. `needs` makes what the benchmark works on."""

    name: str
    about: str
    command: Callable[[], list[str]]
    quick: tuple[str, ...] = ()
    needs: tuple[Callable[[], None], ...] = ()


def main() -> int:
    """Run what is asked for; the exit code is the number of benchmarks that could not be run."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--list", action="store_true", help="say which there are, and run nothing")
    parser.add_argument("--quick", action="store_true", help="short runs, for a look; their figures are no record")
    parser.add_argument("names", nargs=argparse.REMAINDER, metavar="NAME [ARGUMENT]", help=", ".join(BY_NAME))
    options = parser.parse_args()
    names = list(takewhile(BY_NAME.__contains__, options.names))
    rest = options.names[len(names) :]
    arguments = [argument for argument in rest if argument != "--quick"]
    if arguments and len(names) != 1:
        parser.error(f"{arguments[0]!r} is no benchmark, nor an argument of one; there are {', '.join(BY_NAME)}")
    if options.list:
        for one in BENCHMARKS:
            print(f"{one.name:14} {one.about}")
        return 0
    print(machine_line(), flush=True)
    chosen = [BY_NAME[name] for name in names] or list(BENCHMARKS)
    quick = options.quick or "--quick" in rest
    failed = [one.name for one in chosen if not _run(one, arguments, quick=quick)]
    if failed:
        print(f"could not be run: {', '.join(failed)}", file=sys.stderr)
    return len(failed)


def _run(one: Benchmark, arguments: Sequence[str], *, quick: bool) -> bool:
    """Run one in a process of its own, so that it finds a clean machine; tell whether it came to its end."""
    print(f"\n== {one.name}: {one.about}", flush=True)
    began = time.monotonic()
    try:
        for make in one.needs:
            make()
        command = [*one.command(), *(one.quick if quick else ()), *arguments]
        subprocess.run(command, cwd=ROOT, check=True)
    except (subprocess.CalledProcessError, OSError) as error:
        print(f"{one.name}: {error}", file=sys.stderr)
        return False
    print(f"({time.monotonic() - began:.0f} s)", flush=True)
    return True


def _module(name: str, *arguments: object) -> Callable[[], list[str]]:
    return lambda: [sys.executable, "-m", f"benchmarks.{name}", *map(str, arguments)]


def _yardsticks() -> list[str]:
    script, estafette = HERE / "retrieval" / "yardsticks.py", " ".join(COMMAND)
    return [*map(str, (ENGINES / "bin" / "python", script)), "--with-server", "--estafette", estafette, *_data()]


def _data() -> list[str]:
    return ["--data", str(DATA)]


def _make_data() -> None:
    """Archives and judged queries of the help pages of LibreOffice, from Debian."""
    if not (DATA / "manifest.json").exists():
        script = HERE / "retrieval" / "build.py"
        subprocess.run([sys.executable, str(script), "--out", str(DATA)], cwd=ROOT, check=True)


def _make_engines() -> None:
    """The other engines, from PyPI, apart from ours."""
    if (ENGINES / "made").exists():
        return
    shutil.rmtree(ENGINES, ignore_errors=True)
    venv.create(ENGINES, with_pip=True)
    wanted = HERE / "retrieval" / "requirements.txt"
    pip = [ENGINES / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", wanted]
    subprocess.run([str(part) for part in pip], check=True)
    (ENGINES / "made").touch()


BENCHMARKS = (
    Benchmark(
        name="extraction",
        about="reading PDF and Word files, a core",
        command=_module("extraction"),
        quick=("--quick",),
    ),
    Benchmark(
        name="indexing",
        about="1,000 files at once, none new, one new beside them",
        command=_module("indexing"),
        quick=("--quick",),
    ),
    Benchmark(
        name="retrieval",
        about="judged queries over HTTP, beside well-known engines",
        command=_yardsticks,
        quick=("--sample", "50"),
        needs=(_make_data, _make_engines),
    ),
    Benchmark(
        name="known_pages",
        about="questions of which the page that answers is known, over the example archive",
        command=_module("known_pages"),
    ),
    Benchmark(
        name="page_choice",
        about="judged help pages bound into reports: is the right page of one shown?",
        command=_module("page_choice", "--data", DATA),
        needs=(_make_data,),
    ),
    Benchmark(
        name="relay",
        about="proposed predecessors, newcomers' plans and planted answers, over the example archive",
        command=_module("relay"),
    ),
    Benchmark(
        name="open_ends",
        about="open ends that reports leave, against hand labels",
        command=_module("open_ends.against_labels"),
    ),
    Benchmark(
        name="guesses",
        about="title, kind and language of real student files, against hand labels",
        command=_module("guesses"),
    ),
    Benchmark(
        name="personal_data",
        about="planted personal data in many ways of writing, found or not",
        command=_module("personal_data"),
    ),
    Benchmark(
        name="pictures",
        about="1,000 pictures of first pages, by one process",
        command=_module("pictures"),
        quick=("--pictures", "50"),
    ),
    Benchmark(
        name="engine",
        about="500 to 5,000 deliverables of 12 pages: the engine in process",
        command=_module("engine", "--data", DATA, "--work", WORK, "--growth"),
        quick=("--small",),
        needs=(_make_data,),
    ),
    Benchmark(
        name="backup",
        about="a backup of 5,000 deliverables while 8 clients use the site; what is restored answers alike",
        command=_module("backup", "--data", DATA),
        quick=("--deliverables", "200"),
        needs=(_make_data,),
    ),
    Benchmark(
        name="hand_ins",
        about="100 hand-ins by 8 people, 30 kills meanwhile, 300 MB at once, a report until it is found",
        command=_module("hand_ins"),
        quick=("--hand-ins", "16", "--kills", "3", "--large-mb", "50"),
    ),
    Benchmark(
        name="twins_timing",
        about="whether time tells what is hidden, and what 50 accounts cost",
        command=_module("twins_timing"),
        quick=("--deliverables", "60", "--rounds", "20"),
    ),
    Benchmark(
        name="serving",
        about="the same over HTTP, 16 clients at once, beside FTS5 and tantivy",
        command=_module("serving", "--data", DATA),
        quick=("--deliverables", "200"),
        needs=(_make_data,),
    ),
)
BY_NAME = {one.name: one for one in BENCHMARKS}


if __name__ == "__main__":
    sys.exit(main())
