"""The sums of what visitors did, in memory, and the thread that writes them every minute and at the end.

What was counted since is lost when the process is killed: these are no books.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter

from archive.accounts import counting
from archive.accounts.counting import Visit
from archive.accounts.file import AccountsFile
from archive.errors import ArchiveError

WRITE_EVERY_S = 60.0
STOP_S = 2.0  # so long the end waits for the last sums

log = logging.getLogger("estafette")


class Tally:
    """The sums since they were last written. One object serves all threads."""

    def __init__(self) -> None:
        self._sums: Counter[Visit] = Counter()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, visit: Visit) -> None:
        with self._lock:
            self._sums[visit] += 1

    def write(self, file: AccountsFile) -> None:
        """Write the sums down. Where that fails they are kept for the next time."""
        with self._lock:
            sums, self._sums = self._sums, Counter()
        if not sums:
            return
        try:
            counting.add(file, sums)
        except ArchiveError as error:
            with self._lock:
                self._sums.update(sums)
            log.warning("the counts of visits were not written: %s", error)

    def start(self, file: AccountsFile) -> None:
        """Write the sums every minute, on a thread of its own."""
        self._thread = threading.Thread(target=self._work, args=[file], name="tally", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread, which writes what is left."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join(STOP_S)

    def _work(self, file: AccountsFile) -> None:
        while not self._ended.wait(WRITE_EVERY_S):
            self.write(file)
        self.write(file)
