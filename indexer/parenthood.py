"""End with another process: the indexer that a server started must not outlive it, even one that was killed."""

from __future__ import annotations

import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
_WATCH_S = 2


def end_with(parent: int) -> None:
    """Get TERM when the process `parent`, which started this one, is gone.

    Linux tells at once (prctl(2)); elsewhere a timer looks. A TERM ends this process with its workers.
    """
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    else:

        def look(*_: object) -> None:
            if os.getppid() != parent:
                os.kill(os.getpid(), signal.SIGTERM)

        signal.signal(signal.SIGALRM, look)
        signal.setitimer(signal.ITIMER_REAL, _WATCH_S, _WATCH_S)
    if os.getppid() != parent:  # it went before we asked
        os.kill(os.getpid(), signal.SIGTERM)
