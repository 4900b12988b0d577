"""What happens inside a worker: give up every power that reading needs not, read a few files, answer, end.

Runs after a fork and never returns. Nothing here may raise to the code that forked.
"""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from indexer.extraction import wire
from indexer.extraction.model import ExtractError, Extraction, Limits, Study

LOST_LEADER_S = 1.0  # how often a worker looks whether its leader still lives
CPU_GRACE_S = 5  # the leader's clock comes first; this one is for when the leader is gone or busy
FILE_MAX_BYTES = 512_000_000  # of each file that LibreOffice writes for us to the temporary folder
TOOL_ADDRESSES_BYTES = 8 << 30  # LibreOffice reserves 2 to 4 GB and uses a tenth of it
WATCH_STACK_BYTES = 256 << 10
OPEN_FILES_MAX = 1 << 20

ANSWERED, FAILED = 0, 70
_ANSWER_FD = 3


def work(
    paths: Sequence[bytes],
    limits: Limits,
    *,
    study: Study | None,
    seconds: float,
    leader: int,
    answer_fd: int,
    scratch: Path,
) -> NoReturn:
    """Read these files one after the other within `limits`, writing a line with each outcome to `answer_fd`.

    With a `study`, a line with its findings follows each text. `seconds` is what all of it together may take. A file
    that was refused is the last: whatever it has done to this process, the next one is read by another.
    """
    code = FAILED
    try:
        confine(limits, seconds=seconds, leader=leader, answer_fd=answer_fd, scratch=scratch)
        for path in paths:
            outcome = _outcome(path, limits, study)
            answer(wire.encode(outcome) + b"\n")
            if isinstance(outcome, ExtractError):
                break
            if study is not None:
                answer(wire.encode_findings(_findings(path, outcome, study)) + b"\n")
        code = ANSWERED
    finally:
        os._exit(code)


def confine(limits: Limits, *, seconds: float, leader: int, answer_fd: int, scratch: Path) -> None:
    """Give up, for good, every power of this forked process that reading a file needs not; then `answer` is its voice."""
    os.setpgid(0, 0)  # so that the leader can end this process together with the programs that it starts
    _let_go(answer_fd)
    tempfile.tempdir = str(scratch)
    os.environ["TMPDIR"] = str(scratch)
    _end_when_lost(leader, scratch.parent)
    _limit(limits, seconds)


def answer(data: bytes) -> None:
    """Give the leader this answer, all of it."""
    left = memoryview(data)
    while left:
        left = left[os.write(_ANSWER_FD, left) :]


def _outcome(path: bytes, limits: Limits, study: Study | None) -> Extraction | ExtractError:
    from indexer.extraction.reader import read

    try:
        found = read(path, limits=limits)
        return found if study is None else study.tidied(found)
    except ExtractError as error:
        return error
    except MemoryError:
        return too_much_memory(limits)


def _findings(path: bytes, found: Extraction, study: Study) -> str | None:
    """What a study says; None where it has a fault, which must not cost the text."""
    try:
        return study.findings(path, found)
    except Exception:
        return None


def _let_go(answer_fd: int) -> None:
    """Keep the pipe for the answer, and nothing else that the leader has open: no lock, no database, no terminal."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    if answer_fd != _ANSWER_FD:
        os.dup2(answer_fd, _ANSWER_FD)
    os.set_inheritable(_ANSWER_FD, False)
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    os.closerange(_ANSWER_FD + 1, most if 0 < most < OPEN_FILES_MAX else OPEN_FILES_MAX)


def _limit(limits: Limits, seconds: float) -> None:
    _set(resource.RLIMIT_CORE, 0, 0)
    _set(resource.RLIMIT_FSIZE, FILE_MAX_BYTES, FILE_MAX_BYTES)
    cpu = int(seconds) + CPU_GRACE_S
    _set(resource.RLIMIT_CPU, cpu, cpu + 1)
    addresses = _addresses_beyond_memory()
    if addresses is not None:
        # A limit on addresses, as there is none on memory: what is reserved now and not used is added to it.
        _set(resource.RLIMIT_AS, addresses + limits.memory_bytes, TOOL_ADDRESSES_BYTES)


def _set(limit: int, soft: int, hard: int) -> None:
    """Lower a limit as far as wanted, never above what the machine's owner allows."""
    _, highest = resource.getrlimit(limit)
    if highest != resource.RLIM_INFINITY:
        soft, hard = min(soft, highest), min(hard, highest)
    with contextlib.suppress(OSError, ValueError):  # macOS refuses RLIMIT_AS
        resource.setrlimit(limit, (soft, max(soft, hard)))


def _addresses_beyond_memory() -> int | None:
    try:
        total, resident = (int(pages) for pages in Path("/proc/self/statm").read_text().split()[:2])
    except OSError:
        return None
    return (total - resident) * resource.getpagesize()


def _end_when_lost(leader: int, folder: Path) -> None:
    """When the leader is gone (even by SIGKILL), clear its temporary folder and end this worker and its programs.

    A thread, not PR_SET_PDEATHSIG: that would end the worker alone, and leave LibreOffice behind.
    """

    def watch() -> None:
        while os.getppid() == leader:
            time.sleep(LOST_LEADER_S)
        shutil.rmtree(folder, ignore_errors=True)
        os.killpg(0, signal.SIGKILL)

    threading.stack_size(WATCH_STACK_BYTES)
    threading.Thread(target=watch, daemon=True).start()


def too_much_memory(limits: Limits) -> ExtractError:
    megabytes = limits.memory_bytes >> 20
    return ExtractError("too-much-memory", f"needs more than {megabytes} MB of memory to be read")


def can_limit_memory() -> bool:
    """Whether this system ends a process that takes too much memory, or the leader must watch it alone."""
    return sys.platform == "linux"
