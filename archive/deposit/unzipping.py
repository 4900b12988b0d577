"""The files in a ZIP that somebody dropped: a walk with bounds. Nothing is written here, and no name is trusted.

A ZIP can lie in everything that it says: how much it holds, where its parts are, what its files are called. So the list
of its entries is bounded before it is read, and bytes are counted as they come.
"""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from archive.deposit.errors import NotUnpacked, TooLarge, TooManyFiles
from archive.deposit.file_names import given_path
from archive.paths import is_hidden

ENTRIES_MAX = 20_000  # folders and what systems leave behind come with the files
LIST_MAX_BYTES = 8 << 20  # of the list of entries, which is held in memory
BLOCK_BYTES = 1 << 20
_LEFT_BY_MAC = "__MACOSX"
_SYMLINK = 0o120000
_END, _END_BYTES, _COMMENT_MAX = b"PK\x05\x06", 22, 0xFFFF
_UTF8, _ENCRYPTED = 0x800, 0x1
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)
_READ = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file in the ZIP. `size` is what the ZIP says; `blocks` are its bytes, to be taken before the next one."""

    path: str
    size: int
    blocks: Iterator[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """An entry that is not taken. `code`: password, link (a symbolic one), method (packed in an unknown way)."""

    path: str
    code: str


def members(source: BinaryIO, *, most: int, file_max: int, total_max: int) -> Iterator[Member | LeftOut]:
    """The files of a ZIP in its order, folders and what systems leave behind left out.

    Raises NotUnpacked, TooManyFiles for more than `most` files, TooLarge for one over `file_max` bytes or for more than
    `total_max` in all, by what it says and by what comes.
    """
    _expect_bounded(source)
    with _translated(), zipfile.ZipFile(source) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_left_behind(entry)]
        if all(_refused(entry) for entry in entries):
            raise NotUnpacked("empty", "there are no files in this ZIP that can be taken")
        if len(entries) > most:
            raise TooManyFiles(most=most)
        if sum(entry.file_size for entry in entries) > total_max:
            raise TooLarge("", most=total_max, together=True)
        left = total_max
        for entry in entries:
            path = given_path(_name(entry))
            if code := _refused(entry):
                yield LeftOut(path=path, code=code)
                continue
            if entry.file_size > file_max:
                raise TooLarge(path, most=file_max)
            taken = _Counted(archive, entry, path, most=min(file_max, left))
            yield Member(path=path, size=entry.file_size, blocks=iter(taken))
            left -= taken.count


class _Counted:
    """The bytes of an entry, counted as they come."""

    def __init__(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: str, *, most: int) -> None:
        self.archive, self.entry, self.path, self.most, self.count = archive, entry, path, most, 0

    def __iter__(self) -> Iterator[bytes]:
        with _translated(), self.archive.open(self.entry) as stream:
            while block := stream.read(BLOCK_BYTES):
                self.count += len(block)
                if self.count > self.most:
                    raise TooLarge(self.path, most=self.most)
                yield block


@contextmanager
def _translated() -> Iterator[None]:
    """The border where the libraries' errors become ours."""
    try:
        yield
    except _DAMAGE as error:
        raise NotUnpacked("damaged", f"this ZIP is damaged: {error}") from error
    except OSError as error:
        if error.errno is not None:  # the disk's; without a number it is that of a decompressor
            raise
        raise NotUnpacked("damaged", f"this ZIP is damaged: {error}") from error


def _expect_bounded(source: BinaryIO) -> None:
    """Raise unless the end of the ZIP says that its list of entries is a small one; `zipfile` would read it whole."""
    size = source.seek(0, 2)
    source.seek(max(0, size - _END_BYTES - _COMMENT_MAX))
    tail = source.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_BYTES:
        raise NotUnpacked("no-zip", "this is no ZIP, or its end is missing")
    entries, length = struct.unpack("<HL", tail[at + 10 : at + 16])
    # Of 65,535 entries or 4 GB on the numbers stand elsewhere in the file (ZIP64): that is more than is taken here,
    # and many programs write them for small ones, too.
    if at >= 20 and tail[at - 20 : at - 16] == b"PK\x06\x07":
        (where,) = struct.unpack("<Q", tail[at - 12 : at - 4])
        source.seek(min(where, size))
        record = source.read(56)
        if len(record) < 56 or record[:4] != b"PK\x06\x06":
            raise NotUnpacked("damaged", "this ZIP is damaged: its end does not tell what it holds")
        entries, length = struct.unpack("<QQ", record[32:48])
    if entries > ENTRIES_MAX or length > LIST_MAX_BYTES:
        raise NotUnpacked("too-much", "there is too much in this ZIP")
    source.seek(0)


def _is_left_behind(entry: zipfile.ZipInfo) -> bool:
    parts = [part for part in entry.filename.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return not parts or parts[0] == _LEFT_BY_MAC or any(is_hidden(part) for part in parts)


def _refused(entry: zipfile.ZipInfo) -> str:
    if entry.external_attr >> 16 & 0o170000 == _SYMLINK:
        return "link"
    if entry.flag_bits & _ENCRYPTED:
        return "password"
    return "" if entry.compress_type in _READ else "method"


def _name(entry: zipfile.ZipInfo) -> str:
    """The name as it was meant: a Mac writes UTF-8 without saying so, and it is read as if a DOS computer wrote it."""
    if entry.flag_bits & _UTF8 or entry.filename.isascii():
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return entry.filename
