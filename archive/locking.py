"""The writer's lock: one process at a time changes what is in `var/`; readers need none.

The lock is the system's own (`flock`), so it ends with its process, however that ends: a lock can't be left behind. The
file's text, who holds it and since when, is for the message only.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from archive.errors import AccessFailed, Busy

LOCK_NAME = "writer.lock"
_POLL_S = 0.05

_held: set[int] = set()


def _let_go_in_child() -> None:
    # A forked worker shares the open file, and with it the lock: it would keep the lock alive after its leader died.
    for descriptor in _held:
        with suppress(OSError):
            os.close(descriptor)
    _held.clear()


os.register_at_fork(after_in_child=_let_go_in_child)


class Locked(Busy):
    """Another process is writing; `holder` says which, as far as is known."""

    def __init__(self, holder: str) -> None:
        self.holder = holder
        super().__init__(f"another index run is busy{f' ({holder})' if holder else ''}; try again later, or use --wait")


@contextmanager
def writer_lock(var: Path, *, wait_s: float = 0.0) -> Iterator[None]:
    """Hold the writer's lock in `var` (made when missing). Raises Locked after `wait_s` seconds, AccessFailed."""
    try:
        var.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(var / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
    except OSError as error:
        raise AccessFailed(f"{var}: can't be written: {(error.strerror or str(error)).lower()}") from error
    _held.add(descriptor)
    try:
        _acquire(descriptor, until=time.monotonic() + wait_s)
        _sign(descriptor)
        yield
    finally:
        if descriptor in _held:  # in a forked child it is closed already
            _held.discard(descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_UN)  # closing does not do it while a worker is being forked
            os.close(descriptor)


def _acquire(descriptor: int, *, until: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            left = until - time.monotonic()
            if left <= 0:
                raise Locked(os.pread(descriptor, 200, 0).decode("utf-8", "replace").strip()) from None
            time.sleep(min(_POLL_S, left))
        except OSError as error:
            raise AccessFailed(f"can't lock: {(error.strerror or str(error)).lower()}") from error
        else:
            return


def _sign(descriptor: int) -> None:
    text = f"process {os.getpid()}, since {datetime.now():%Y-%m-%d %H:%M}\n"
    with suppress(OSError):  # a full disk keeps nobody from the lock
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, text.encode(), 0)
