"""Write bytes in an opened folder so that a reader sees the old file or the new one, never a half; all of it flushed.

The steps of `archive.storage`, which finds the folder and says what may be there. Folders are open descriptors; the
system's own errors come out: FileExistsError where a name is taken.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

CHUNK_BYTES = 1 << 20
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    sha256: str
    size: int


def put(folder: int, name: str, stream: BinaryIO | Iterable[bytes], *, replace: bool) -> Written:
    """Write beside, flush, then give it its name."""
    temporary = f".estafette-{secrets.token_hex(8)}.tmp"
    mode = stat.S_IMODE(os.stat(name, dir_fd=folder).st_mode) if replace and exists(folder, name) else 0o666
    try:
        written = put_beside(folder, temporary, stream, mode=mode)
        name_it(folder, temporary, name, replace=replace)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary, dir_fd=folder)
        raise
    return written


def put_beside(
    folder: int, temporary: str, stream: BinaryIO | Iterable[bytes], *, mode: int = 0o666, mtime_ns: int | None = None
) -> Written:
    """Write a file anew under a name that nobody reads; cut off, it leaves nothing or what the next attempt replaces."""
    with suppress(FileNotFoundError):
        os.unlink(temporary, dir_fd=folder)
    descriptor = os.open(temporary, _NEW, mode, dir_fd=folder)
    try:
        digest, size = hashlib.sha256(), 0
        with os.fdopen(descriptor, "wb") as file:
            for chunk in _chunks(stream):
                file.write(chunk)
                digest.update(chunk)
                size += len(chunk)
            file.flush()
            if mtime_ns is not None:
                os.utime(file.fileno(), ns=(mtime_ns, mtime_ns))
            os.fsync(file.fileno())
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary, dir_fd=folder)
        raise
    return Written(sha256=digest.hexdigest(), size=size)


def name_it(folder: int, temporary: str, name: str, *, replace: bool) -> None:
    """Give what was written its name."""
    if replace:
        os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
    else:
        _name_if_free(folder, temporary, name)
    os.fsync(folder)


def exists(folder: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _name_if_free(folder: int, temporary: str, name: str) -> None:
    """Rename without replacing: two who hand in one name at the same moment don't lose a file."""
    try:
        os.link(temporary, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
    except OSError as error:
        # exFAT, SMB and some FUSE file systems know no second name for a file: there the check is not atomic.
        if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK):
            raise
        if exists(folder, name):
            raise FileExistsError(errno.EEXIST, "is there already", name) from None
        os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
        return
    os.unlink(temporary, dir_fd=folder)


def _chunks(stream: BinaryIO | Iterable[bytes]) -> Iterator[bytes]:
    read = getattr(stream, "read", None)
    if read is None:
        yield from stream
        return
    while chunk := read(CHUNK_BYTES):
        yield chunk
