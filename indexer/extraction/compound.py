"""Name the streams in a compound file (MS-CFB): the container of old .doc, .xls, .ppt and .msg, and of locked .docx.

Reads the directory alone, whose chain of sectors may be broken or endless in a damaged file.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_HEADER_BYTES = 512
_ENTRY_BYTES = 128
_NAME_BYTES = 64
_TABLES_IN_HEADER = 109
_LAST_SECTOR = 0xFFFFFFFA  # greater numbers mean "end of chain" and "free"
_DIRECTORY_SECTORS_MAX = 4096


def stream_names(source: BinaryIO) -> set[str]:
    """Return the names of streams and storages in an open compound file."""
    source.seek(0)
    header = source.read(_HEADER_BYTES).ljust(_HEADER_BYTES, b"\0")
    (shift,) = struct.unpack_from("<H", header, 30)
    (first,) = struct.unpack_from("<I", header, 48)
    tables = struct.unpack_from(f"<{_TABLES_IN_HEADER}I", header, 76)
    names = set[str]()
    for sector in _chain(source, first, tables, 4096 if shift == 12 else 512):
        for start in range(0, len(sector) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
            name = sector[start : start + _NAME_BYTES].decode("utf-16-le", "replace")
            names.add(name.partition("\0")[0])
    return names


def _chain(source: BinaryIO, number: int, tables: tuple[int, ...], sector_bytes: int) -> Iterator[bytes]:
    """The sectors of a chain, which the allocation tables link."""

    def sector(number: int) -> bytes:
        source.seek((number + 1) * sector_bytes)
        return source.read(sector_bytes)

    seen = set[int]()
    while number <= _LAST_SECTOR and number not in seen and len(seen) < _DIRECTORY_SECTORS_MAX:
        seen.add(number)
        data = sector(number)
        yield data
        table, place = divmod(number, sector_bytes // 4)
        links = sector(tables[table]) if table < len(tables) and tables[table] <= _LAST_SECTOR else b""
        if len(links) < sector_bytes:
            return
        (number,) = struct.unpack_from("<I", links, place * 4)
