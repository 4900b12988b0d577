"""Follow the folder while the site answers: a child process indexes what is new.

The indexer is a process of its own, so that its workers are forked from a process without threads and the web keeps
answering. It ends when it is done; between runs only this thread looks whether the tree differs from the catalog.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence

LOOK_EVERY_S = 10.0  # a new file is noticed within this, and indexed well within the minute that is promised
CATCH_UP_S = 2.0  # so long a reader who decided something waits to see it on the page
STOP_S = 4.0  # the child ends at once on TERM; after this it is killed: an index survives that too

log = logging.getLogger("estafette")


class Follower(threading.Thread):
    """Runs the indexer at the start, and again whenever `changed` says so; `looked` is called after each look."""

    def __init__(
        self,
        command: Sequence[str],
        changed: Callable[[], bool],
        *,
        looked: Callable[[], None] = lambda: None,
        every_s: float = LOOK_EVERY_S,
    ) -> None:
        super().__init__(name="follower", daemon=True)
        self._command, self._changed, self._looked, self._every_s = list(command), changed, looked, every_s
        self._ended = threading.Event()
        self._hurried = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._guard = threading.Lock()
        self._looks = threading.Condition()
        self._begun = self._seen = 0  # looks that began; the last of them that left nothing unread
        self._indexing = True  # until the first run has shown that nothing waits

    @property
    def indexing(self) -> bool:
        """Whether what is new is being indexed right now."""
        return self._indexing

    def run(self) -> None:
        must = True  # the first time it is not asked
        while not self._ended.is_set():
            self._begun += 1
            try:
                seen = True
                if must or self._changed():
                    self._indexing = True
                    seen = self._index()
                must = False
                if seen:
                    self._indexing = False
                    self._tell_who_waits()
                if not self._ended.is_set():
                    self._looked()
            except Exception:
                # The follower must outlive a folder that is away for a moment (a network drive, a backup).
                log.exception("could not look at the folder; trying again")
            self._indexing = False
            self._hurried.wait(self._every_s)
            self._hurried.clear()

    def hurry(self) -> None:
        """Look now: somebody waits for what was just written."""
        self._hurried.set()

    def catch_up(self, at_most_s: float = CATCH_UP_S) -> bool:
        """Look now, and wait until what was written before is indexed; False when that takes longer."""
        with self._looks:
            wanted = self._begun + 1  # a look that began already may have missed it
            self._hurried.set()
            return self._looks.wait_for(lambda: self._seen >= wanted, at_most_s)

    def stop(self) -> None:
        """End the child and the thread; returns within `STOP_S` and a little."""
        with self._guard:
            self._ended.set()
            self._hurried.set()
            child = self._child
        if child is not None and child.poll() is None:
            child.terminate()
            try:
                child.wait(STOP_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def _tell_who_waits(self) -> None:
        with self._looks:
            self._seen = self._begun
            self._looks.notify_all()

    def _index(self) -> bool:
        """Whether the child read all that it should."""
        with self._guard:
            if self._ended.is_set():
                return False
            self._child = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        code = self._child.wait()
        if code not in (0, 5, -15, -2, 130) and not self._ended.is_set():
            log.error("the indexer ended with exit code %s; what is indexed stays searchable", code)
        return code == 0


def index_command(documents: str, var: str, parent: int) -> list[str]:
    """The child's command line: it ends when the process `parent` does."""
    arguments = ["index", "--documents", documents, "--var", var, "--child-of", str(parent)]
    return [sys.executable, "-m", "archive.cli", *arguments]
