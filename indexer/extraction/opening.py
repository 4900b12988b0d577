"""Open what is named, and only if it is a regular file. Imports nothing that takes time to load."""

from __future__ import annotations

import errno
import os
import stat
from typing import BinaryIO

from indexer.extraction.model import ExtractError

_REASONS = {
    errno.ENOENT: "does not exist",
    errno.ENOTDIR: "does not exist",
    errno.EACCES: "can't be opened: this account may not read it",
    errno.EPERM: "can't be opened: this account may not read it",
    errno.ELOOP: "is a symbolic link, not a file",
    errno.EMLINK: "is a symbolic link, not a file",  # what O_NOFOLLOW answers on FreeBSD
    errno.ENXIO: "is not a regular file",  # a socket
    errno.ENAMETOOLONG: "can't be opened: its name is too long",
}


def open_regular(path: str | bytes | os.PathLike[str] | os.PathLike[bytes]) -> BinaryIO:
    """Open a regular file for reading; a pipe does not block, a link is not followed.

    Raises ExtractError("unreadable") for anything else.
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        code = error.errno or 0
        raise ExtractError("unreadable", _REASONS.get(code, f"can't be opened: {os.strerror(code)}")) from error
    except ValueError as error:  # a NUL in the name
        raise ExtractError("unreadable", "does not exist") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ExtractError("unreadable", "is not a regular file")
    return os.fdopen(descriptor, "rb")
