"""The machine that figures belong to, and what a stretch of work costs on it."""

from __future__ import annotations

import os
import platform
import re
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".cache" / "bench"  # what is made for the benchmarks, and kept between runs
COMMAND = (sys.executable, "-m", "archive.cli")


@dataclass(slots=True, kw_only=True)
class Spent:
    """Seconds of wall clock, and of processor time of a process and the children that it waited for."""

    wall_s: float = 0.0
    cpu_s: float = 0.0

    @property
    def cores(self) -> float:
        """How many cores were busy on average."""
        return self.cpu_s / self.wall_s if self.wall_s else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A command that ended."""

    out: str
    err: str
    spent: Spent = field(default_factory=Spent)


def machine_line() -> str:
    """Processor, cores, Python, system and what else the machine is doing: figures without it say nothing."""
    load = f"load {os.getloadavg()[0]:.1f}"
    return f"{_processor()}, {_cores()} cores, Python {platform.python_version()}, {_system()}; {load}"


@contextmanager
def measured() -> Iterator[Spent]:
    """What is done inside costs this much, children included."""
    spent = Spent()
    wall, cpu = time.monotonic(), _cpu_s()
    try:
        yield spent
    finally:
        spent.wall_s, spent.cpu_s = time.monotonic() - wall, _cpu_s() - cpu


def estafette(*arguments: str, documents: Path, var: Path) -> Ran:
    """Run a command of Estafette as a person does; what it and all its children cost. Raises when it fails."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ESTAFETTE_")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # what is installed has its byte code; without it 0.15 s more
    environment |= {"ESTAFETTE_DOCUMENTS": str(documents), "ESTAFETTE_VAR": str(var)}
    with measured() as spent:
        done = subprocess.run([*COMMAND, *arguments], env=environment, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"estafette {' '.join(arguments)} ended with {done.returncode}: {done.stderr.strip()}")
    return Ran(out=done.stdout, err=done.stderr, spent=spent)


def spread(values: Sequence[float], unit: str = "s") -> str:
    """The median, and the lowest and highest of several repetitions.

    >>> spread([1.0, 3.0, 2.0])
    '2.00 s (1.00 to 3.00)'
    """
    return f"{statistics.median(values):.2f} {unit} ({min(values):.2f} to {max(values):.2f})"


def _cpu_s() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _processor() -> str:
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    return found[1].strip() if found else platform.processor() or platform.machine()


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.platform(terse=True)
