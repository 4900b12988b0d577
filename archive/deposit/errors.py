"""What can stand in the way of handing in, each with its facts; the site says it in the reader's own language."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.errors import AccessFailed, Busy, DamageFound, UsageError

# So much stays free, for the indexes and for whoever hands in at the same moment.
SPARE_BYTES = 200 << 20
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class NoSuchDraft(UsageError):
    """There is no such draft, or file in it: also when it is another's."""

    def __init__(self) -> None:
        super().__init__("there is no such draft")


class DraftClosed(UsageError):
    """The draft is being sent or was sent: nothing in it changes any more."""

    def __init__(self) -> None:
        super().__init__("this draft is being sent, or was sent already")


class Occupied(Busy):
    """Somebody else is at work on the draft at this moment."""

    def __init__(self) -> None:
        super().__init__("this draft is being sent at this moment")


class ChangedMeanwhile(UsageError):
    """The form was changed in another tab since it was opened in this one."""

    def __init__(self) -> None:
        super().__init__("the draft was changed meanwhile: look at it again")


class WrongOffset(UsageError):
    """The bytes do not follow what is there: go on from byte `received`."""

    def __init__(self, received: int) -> None:
        self.received = received
        super().__init__(f"go on from byte {received}")


class ChecksumMismatch(DamageFound):
    """A file came over damaged; `path` is to be sent again from its beginning."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(f"{path}: came over damaged; send it again")


class TooLarge(UsageError):
    """More than is taken: `most` bytes, of this file or of all files `together`; or more than was `announced`."""

    def __init__(self, path: str, *, most: int, together: bool = False, announced: bool = False) -> None:
        self.path, self.most, self.together, self.announced = path, most, together, announced
        super().__init__(f"{path}: is larger than {most} bytes{' together with the other files' if together else ''}")


class TooManyFiles(UsageError):
    def __init__(self, *, most: int) -> None:
        self.most = most
        super().__init__(f"a draft holds {most} files at the most")


class NotUnpacked(UsageError):
    """A ZIP that can't be unpacked. `code`: no-zip, damaged, too-much (entries or bytes), empty."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


class DiskFull(AccessFailed):
    """There is no room: nothing was written."""

    def __init__(self) -> None:
        super().__init__("the disk of the archive is full; nothing was written")


def full_disk(error: BaseException) -> DiskFull | None:
    """What to say of an error when a full disk is behind it; None where it is not."""
    behind = error if isinstance(error, OSError) else error.__cause__
    return DiskFull() if isinstance(behind, OSError) and behind.errno in _FULL else None


@contextmanager
def disk_full() -> Iterator[None]:
    """The border where the system's errors become ours: a full disk has its own."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFull from error
        raise AccessFailed(f"can't be written: {(error.strerror or str(error)).lower()}") from error


def expect_room(folder: Path, size: int) -> None:
    """Raise DiskFull where `size` more bytes leave too little room on the disk of a folder."""
    if shutil.disk_usage(folder).free < size + SPARE_BYTES:
        raise DiskFull
