"""Run a program of the machine (tesseract, soffice) for a reader: without a shell, bounded, and gone when we are done.

The worker's process group holds it too, so that the leader can end both (see `worker`).
"""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import tempfile
from collections.abc import Iterator, Sequence


class TooSlow(Exception):
    """The program took longer than it was given."""


def run(command: Sequence[str], *, timeout_s: float, data: bytes = b"") -> tuple[int, bytes]:
    """Run `command` with `data` on its standard input; return its exit code and output.

    Raises TooSlow; FileNotFoundError when the program is not there. What it says on standard error is dropped: it is
    about files of ours that nobody knows.
    """
    with (
        _more_memory(),
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment()
        ) as program,
    ):
        try:
            output, _ = program.communicate(data, timeout=timeout_s)
        except subprocess.TimeoutExpired as error:
            raise TooSlow from error
        finally:
            program.kill()
        return program.returncode, output


def _environment() -> dict[str, str]:
    """A small one: nothing of the caller's settings reaches the program, and no folder of theirs is its home."""
    folder = tempfile.gettempdir()
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "HOME": folder,
        "TMPDIR": folder,
        "OMP_THREAD_LIMIT": "1",  # tesseract with more threads takes twice the CPU for a tenth less time
        **{name: os.environ[name] for name in ("TESSDATA_PREFIX",) if name in os.environ},
    }


@contextlib.contextmanager
def _more_memory() -> Iterator[None]:
    """Let a program begin with the hard limit on addresses: LibreOffice reserves far more than it uses.

    The leader watches what worker and programs really use.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
