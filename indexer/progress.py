"""How far a run is: a bar with rate and time left on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TextIO

from indexer.sync import Progress

LINE_EVERY_S = 10.0


@contextmanager
def progress_on(stream: TextIO) -> Iterator[Progress]:
    """The progress that suits this stream. Ctrl-C and TERM make it say stop; a second one stops at once.

    An exception in the middle of anything would do as well for what is kept, but Python may swallow one that comes
    while it imports or cleans up.
    """
    progress = _Bar() if stream.isatty() else _Lines(stream)

    def stop(number: int, _frame: FrameType | None) -> None:
        if progress.stopped:
            raise KeyboardInterrupt
        progress.stopped = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield progress
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Stoppable(Progress):
    stopped = False

    def stops(self) -> bool:
        return self.stopped


class _Lines(_Stoppable):
    def __init__(self, stream: TextIO) -> None:
        self._stream, self._total, self._done = stream, 0, 0

    def begin(self, total: int) -> None:
        self._total, self._done, self._told = total, 0, time.monotonic()
        self._began = self._told

    def read(self, id: str) -> None:
        self._done += 1
        now = time.monotonic()
        if now - self._told >= LINE_EVERY_S:
            self._told = now
            rate = self._done / (now - self._began)
            left = (self._total - self._done) / rate
            print(
                f"read {self._done} of {self._total}, {rate:.0f} a second, {left:.0f} s left",
                file=self._stream,
                flush=True,
            )


class _Bar(_Stoppable):
    """Drawn without a thread of its own: workers are forked from this process."""

    def begin(self, total: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress

        self.end()
        self._bar = RichProgress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            auto_refresh=False,
            transient=True,
        )
        self._task = self._bar.add_task("reading", total=total, rate="")
        self._drawn = 0.0
        if total:
            self._bar.start()

    def read(self, id: str) -> None:
        self._bar.advance(self._task)
        now = time.monotonic()
        if now - self._drawn > 0.1:
            self._drawn = now
            speed = self._bar.tasks[0].speed
            self._bar.update(self._task, rate=f"{speed:.0f} files/s" if speed else "")
            self._bar.refresh()

    def end(self) -> None:
        if hasattr(self, "_bar"):
            self._bar.stop()
