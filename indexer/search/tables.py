"""Named arrays and text in one file: how a segment's tables lie on the disk.

A header in JSON, then the arrays one after the other, little-endian, aligned. A checksum over all tells a damaged
file. Bytes in, bytes out: knows no files, and holds no pickles, so that opening one runs nothing.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]

_MAGIC = b"EST1"
_HEAD = struct.Struct("<4sIQ")  # magic, CRC-32 of what follows, length of the header
_ALIGNED = 8  # bytes
_KINDS = frozenset({"|u1", "<u2", "<u4", "<u8", "<i4", "<f4", "<f8"})


class TablesDamaged(ValueError):
    """Not the bytes that `encode` gave."""


def encode(arrays: Arrays, facts: Any = None) -> bytes:
    """One block of bytes of flat arrays and `facts`, whatever JSON can say.

    >>> decode(encode({"a": np.array([1, 2], np.uint32)}, facts=["x"]))[1]
    ['x']
    """
    entries: list[tuple[str, str, int]] = []
    bodies: list[bytes] = []
    for name, array in arrays.items():
        body = np.ascontiguousarray(array).tobytes()
        entries.append((name, array.dtype.str, len(body)))
        bodies.append(body + bytes(-len(body) % _ALIGNED))
    header = json.dumps([entries, facts], ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    header += b" " * (-len(header) % _ALIGNED)
    rest = b"".join([header, *bodies])
    return _HEAD.pack(_MAGIC, zlib.crc32(rest), len(header)) + rest


def decode(block: bytes) -> tuple[dict[str, NDArray[Any]], Any]:
    """The arrays and the facts; nothing keeps the block. Raises TablesDamaged.

    >>> decode(b"x" * 40)
    Traceback (most recent call last):
    indexer.search.tables.TablesDamaged: no tables
    """
    if len(block) < _HEAD.size:
        raise TablesDamaged("no tables")
    magic, checksum, length = _HEAD.unpack_from(block)
    if magic != _MAGIC:
        raise TablesDamaged("no tables")
    if zlib.crc32(memoryview(block)[_HEAD.size :]) != checksum:
        raise TablesDamaged("the checksum differs")
    at = _HEAD.size + length
    entries, facts = json.loads(block[_HEAD.size : at].decode("utf-8", "surrogatepass"))
    arrays: dict[str, NDArray[Any]] = {}
    for name, kind, size in entries:
        if kind not in _KINDS:
            raise TablesDamaged(f"no such kind of numbers: {kind}")
        dtype = np.dtype(kind)
        arrays[name] = np.frombuffer(block, dtype, count=size // dtype.itemsize, offset=at).copy()
        at += size + -size % _ALIGNED
    return arrays, facts
