"""Read strangers' files in processes of their own, with limits on time, memory, disk and answer.

The caller (the leader) forks a worker for each file (see `confined`). All that a worker can do to it is to answer late
or wrongly, and both are caught: by the clock and by `wire.decode`. The leader must hold no threads: a fork copies one
of them, and the locks that the others held.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import resource
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Generic, TypeVar

from indexer.extraction import confined, wire
from indexer.extraction.model import ExtractError, Extraction, Limits, Study

Location = TypeVar("Location", str, bytes, Path)
Outcome = Extraction | ExtractError

FILES_PER_WORKER = 16
BYTES_PER_WORKER = 1_000_000  # a file of this size is worth a fork of its own
WATCH_S = 0.1  # how often the leader looks at the clock and at memory
EXIT_S = 2.0  # what a worker may take to end after its answer
ANSWER_BYTES_PER_CHAR = 4
ANSWER_REST_BYTES = 64_000_000  # headings, labels and outline, and the JSON around them
OUT_OF_MEMORY_SHARE = 0.5  # a crash above it is put down to memory: pdfium aborts when it gets none
_READ_BYTES = 1 << 20
_PIPE_BYTES = 1 << 20  # a report's text fits, so a worker is done although the leader is busy indexing


def extract(path: Location, *, limits: Limits | None = None) -> Extraction:
    """Return what the file at `path` holds, read by a worker. Raises ExtractError."""
    for _, outcome in extract_many([path], jobs=1, limits=limits):
        if isinstance(outcome, Extraction):
            return outcome
        raise outcome
    raise AssertionError("one path has one outcome")


def extract_many(
    paths: Iterable[Location], *, jobs: int, limits: Limits | None = None, study: Study | None = None
) -> Iterator[tuple[Location, Outcome]]:
    """Read files with `jobs` workers; yield each path with its outcome as it comes, not in the order of `paths`.

    Call `reader.preload` before when there are many. Closing the iterator ends all workers. With a `study` the workers
    go on with each text, under the same limits.
    """
    waiting = iter(paths)
    with tempfile.TemporaryDirectory(prefix="estafette-", ignore_cleanup_errors=True) as scratch:
        pool: _Pool[Location] = _Pool(limits or Limits(), Path(scratch), study)
        try:
            while True:
                while len(pool.workers) < max(jobs, 1) and (some := _some(waiting, pool.again)):
                    pool.start(some)
                if not pool.workers:
                    return
                yield from pool.finished()
        finally:
            pool.end()


def unsupported_limits() -> list[str]:
    """What this system can't enforce, in sentences for `estafette status`."""
    if confined.can_limit_memory():
        return []
    return ["a file that takes too much memory is ended when it is seen, within a second; this system sets no limit"]


def _some(waiting: Iterator[Location], again: deque[Location]) -> list[Location]:
    """The next files for one worker: a few small ones, or a single one that is large or is read a second time.

    A fork costs some 15 ms of processor time in page faults (measured: 27 ms for a Word file, 8 of them reading it).
    """
    if again:
        return [again.popleft()]
    some: list[Location] = []
    size = 0
    while len(some) < FILES_PER_WORKER and size < BYTES_PER_WORKER and (path := next(waiting, None)) is not None:
        some.append(path)
        size += _size(path)
    return some


@dataclass(slots=True, kw_only=True, eq=False)
class _Worker(Generic[Location]):
    paths: deque[Location]  # not answered yet; the first is being read, or studied
    pid: int
    answer_fd: int
    scratch: Path
    seconds: float = 0.0  # what the first may take
    deadline: float = 0.0
    answer: bytearray = field(default_factory=bytearray)
    answered: int = 0
    read: Extraction | None = None  # of the first, while it is studied
    ended: ExtractError | None = None  # why the leader ended it


class _Pool(Generic[Location]):
    """The workers that are running, and the leader's side of their pipes. `again`: what another worker must read."""

    def __init__(self, limits: Limits, scratch: Path, study: Study | None) -> None:
        self.workers: set[_Worker[Location]] = set()
        self.again: deque[Location] = deque()
        self._limits, self._scratch, self._study = limits, scratch, study
        self._answer_max = limits.text_max_chars * ANSWER_BYTES_PER_CHAR + ANSWER_REST_BYTES
        self._selector = selectors.DefaultSelector()
        self._started = 0
        self._left = time.monotonic()  # when the caller was given the turn
        self._looked = self._left  # when memory was last looked at

    def start(self, paths: list[Location]) -> None:
        """Fork a worker for these files."""
        self._started += 1
        scratch = self._scratch / str(self._started)
        scratch.mkdir()
        answer_fd, write_fd = os.pipe()
        leader = os.getpid()
        seconds = sum(self._limits.seconds_for(_size(path)) for path in paths) * (2 if self._study else 1)
        pid = _fork()
        if not pid:
            names = [os.fsencode(path) for path in paths]
            confined.work(
                names,
                self._limits,
                study=self._study,
                seconds=seconds,
                leader=leader,
                answer_fd=write_fd,
                scratch=scratch,
            )
        os.close(write_fd)
        with contextlib.suppress(OSError):  # the worker does this too; who is first does not matter
            os.setpgid(pid, pid)
        os.set_blocking(answer_fd, False)
        if sys.platform == "linux":
            with contextlib.suppress(OSError):
                fcntl.fcntl(answer_fd, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        worker = _Worker(paths=deque(paths), pid=pid, answer_fd=answer_fd, scratch=scratch)
        self._begin_next(worker)
        self._selector.register(answer_fd, selectors.EVENT_READ, worker)
        self.workers.add(worker)

    def finished(self) -> Iterator[tuple[Location, Outcome]]:
        """Wait a moment; yield what is ready."""
        # The time in which the caller was busy is not the workers': a full pipe may have made them wait for it.
        away = time.monotonic() - self._left
        for worker in self.workers:
            worker.deadline += away
        outcomes: list[tuple[Location, Outcome]] = []
        for key, _ in self._selector.select(WATCH_S):
            worker = key.data
            is_over = self._received(worker)
            outcomes += self._answers(worker)
            if is_over:
                outcomes += self._closed(worker)
        self._watch()
        self._left = time.monotonic()
        yield from outcomes

    def _begin_next(self, worker: _Worker[Location]) -> None:
        worker.seconds = self._limits.seconds_for(_size(worker.paths[0])) if worker.paths else EXIT_S
        worker.deadline = time.monotonic() + worker.seconds

    def _answers(self, worker: _Worker[Location]) -> Iterator[tuple[Location, Outcome]]:
        """The outcomes whose line has come in whole."""
        while worker.paths and worker.ended is None and (end := worker.answer.find(b"\n")) >= 0:
            line = bytes(worker.answer[:end])
            del worker.answer[: end + 1]
            try:
                outcome = self._told(worker, line)
            except ValueError:
                self._kill(worker, _crashed())
                return
            if outcome is None:
                continue
            worker.answered += 1
            path = worker.paths.popleft()
            self._begin_next(worker)
            yield path, outcome

    def _told(self, worker: _Worker[Location], line: bytes) -> Outcome | None:
        """The outcome that a line completes; None for a text that is studied now."""
        if worker.read is not None:
            found, worker.read = replace(worker.read, findings=wire.decode_findings(line)), None
            return found
        outcome = wire.decode(line)
        if self._study is None or isinstance(outcome, ExtractError):
            return outcome
        worker.read = outcome
        self._begin_next(worker)
        return None

    def _closed(self, worker: _Worker[Location]) -> Iterator[tuple[Location, Outcome]]:
        """What became of the files of a worker that is gone: of the first one why, the others are read by another.

        A file that failed after others were read by the same worker is given one of its own before it is refused. One
        whose text came is kept with that.
        """
        why = self._close(worker)
        if worker.paths and why is not None:
            path = worker.paths.popleft()
            if worker.answered:
                self.again.append(path)
            else:
                yield path, worker.read or why
        self.again.extend(worker.paths)

    def end(self) -> None:
        """End all workers, whatever they do."""
        for worker in list(self.workers):
            self._close(worker, now=True)
        self._selector.close()

    def _received(self, worker: _Worker[Location]) -> bool:
        """Take what the worker has written; tell whether it was the last."""
        try:
            data = os.read(worker.answer_fd, _READ_BYTES)
        except BlockingIOError:
            return False
        worker.answer += data
        if len(worker.answer) > self._answer_max:
            self._kill(worker, ExtractError("too-large", "holds more text than can be kept"))
        return not data

    def _watch(self) -> None:
        """End workers that are over their time or memory; they are collected when their pipe closes."""
        now = time.monotonic()
        look = now - self._looked > WATCH_S
        for worker in self.workers:
            if worker.ended:
                continue
            if now > worker.deadline:
                self._kill(worker, _too_slow(worker.seconds))
            elif look and _memory_bytes(worker.pid) > self._limits.memory_bytes:
                self._kill(worker, self._too_much())
        self._looked = now if look else self._looked

    def _kill(self, worker: _Worker[Location], why: ExtractError) -> None:
        worker.ended = worker.ended or why
        _end_group(worker.pid)

    def _close(self, worker: _Worker[Location], *, now: bool = False) -> ExtractError | None:
        """Collect a worker that closed its pipe, with everything that it left behind; tell what ended it early."""
        self._selector.unregister(worker.answer_fd)
        os.close(worker.answer_fd)
        self.workers.discard(worker)
        code, peak_bytes = _wait(worker.pid, 0 if now else EXIT_S)
        _end_group(worker.pid)  # programs that it started
        shutil.rmtree(worker.scratch, ignore_errors=True)
        if worker.ended:
            return worker.ended
        if code == confined.ANSWERED:
            # After a refusal it leaves the rest to another; before any answer it has nothing to say for itself.
            return None if worker.answered else _crashed()
        if code == -signal.SIGXCPU:
            return _too_slow(worker.seconds)
        if peak_bytes > self._limits.memory_bytes * OUT_OF_MEMORY_SHARE:
            return self._too_much()
        return _crashed()

    def _too_much(self) -> ExtractError:
        return confined.too_much_memory(self._limits)


def _fork() -> int:
    # Python 3.12 warns when the leader has threads. NumPy's are its only ones, and OpenBLAS ends them before a fork.
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        return os.fork()


def _crashed() -> ExtractError:
    return ExtractError("damaged", "is damaged: reading it made the reader of this format crash")


def _too_slow(seconds: float) -> ExtractError:
    return ExtractError("too-slow", f"takes longer than {seconds:.0f} seconds to read")


def _size(path: Location) -> int:
    try:
        return os.lstat(path).st_size
    except (OSError, ValueError):
        return 0  # the worker will say what is wrong


def _end_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _wait(pid: int, seconds: float) -> tuple[int, int]:
    """Return the exit code and peak memory in bytes of a worker that closed its pipe; end it when it stays."""
    until = time.monotonic() + seconds
    while True:
        ended, status, usage = os.wait4(pid, os.WNOHANG)
        if ended:
            unit = 1 if sys.platform == "darwin" else 1024
            return os.waitstatus_to_exitcode(status), usage.ru_maxrss * unit
        if time.monotonic() >= until:
            _end_group(pid)
        time.sleep(0.0005)


def _memory_bytes(pid: int) -> int:
    """What a worker and the programs that it started have in memory; 0 when that can't be told."""
    if sys.platform != "linux":
        return _memory_by_ps(pid)
    total = 0
    family = [pid]
    while family:
        process = Path("/proc", str(family.pop()))
        try:
            total += int((process / "statm").read_text().split()[1]) * resource.getpagesize()
            for thread in (process / "task").iterdir():
                family += map(int, (thread / "children").read_text().split())
        except (OSError, ValueError, IndexError):
            continue
    return total


def _memory_by_ps(group: int) -> int:
    with contextlib.suppress(OSError, ValueError, subprocess.SubprocessError):
        listed = subprocess.run(["ps", "-axo", "pgid=,rss="], capture_output=True, timeout=5, check=True).stdout
        rows = [row.split() for row in listed.splitlines()]
        return sum(int(kilobytes) * 1024 for process_group, kilobytes in rows if int(process_group) == group)
    return 0
