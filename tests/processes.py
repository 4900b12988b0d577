"""The command line in processes of its own, forked from one that has loaded it.

Loading the command takes half a second of processor time and forking some milliseconds; a suite runs it many hundreds
of times. What a process is to the tests stays: its exit code, its streams, its folder, its environment, its signals,
its end by force. Whole starts of the interpreter are run as well: by the site, whose indexer is one, and where a test
needs to give a limit or a switch (`COMMAND`).
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(
    [
        "tests.processes",
        "indexer.commands",
        "indexer.sync",
        "indexer.search.setup",
        "indexer.extraction.docx",
        "indexer.extraction.pdf",
        "webui.commands",
        "webui.app",
    ]
)


class Running:
    """A command that was started, as `subprocess.Popen` would show it, in a session and process group of its own."""

    def __init__(
        self, arguments: list[str], *, environment: dict[str, str], cwd: Path, given: Path, out: Path, err: Path
    ) -> None:
        """`given`, `out` and `err`: the files that it reads from, and adds to."""
        told, tell = _FORKING.Pipe(duplex=False)
        streams = (str(given), str(out), str(err))
        self._process = _FORKING.Process(
            target=_command, args=(arguments, environment, str(cwd), streams, tell), daemon=True
        )
        self._process.start()
        tell.close()
        with told:
            told.recv()  # from here on its group can be ended

    @property
    def pid(self) -> int:
        pid = self._process.pid
        assert pid is not None
        return pid

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def poll(self) -> int | None:
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code. Raises subprocess.TimeoutExpired."""
        self._process.join(timeout)
        code = self.returncode
        if code is None:
            raise subprocess.TimeoutExpired("estafette", timeout or 0)
        return code

    def terminate(self) -> None:
        if self.poll() is None:
            os.kill(self.pid, signal.SIGTERM)

    def end(self) -> None:
        """By force, with all that it started."""
        with suppress(ProcessLookupError):  # it ended at this very moment
            os.killpg(self.pid, signal.SIGKILL)
        self._process.join()


def _command(
    arguments: list[str], environment: dict[str, str], cwd: str, streams: tuple[str, str, str], tell: Connection
) -> None:
    os.setsid()
    tell.send("started")
    tell.close()
    for number, (name, flags) in enumerate(
        zip(streams, (os.O_RDONLY, os.O_WRONLY | os.O_APPEND, os.O_WRONLY | os.O_APPEND), strict=True)
    ):
        opened = os.open(name, flags | os.O_CREAT)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["estafette", *arguments]

    from archive.cli import main

    main()
