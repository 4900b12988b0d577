"""Take apart what strangers packed: ZIP and XML within bounds.

The bounds here give a clear reason early. They are no wall: the wall is the worker's limits (see `worker`).
"""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import IO, BinaryIO, TypedDict

from lxml import etree

from indexer.extraction.model import ExtractError

XML_MAX_BYTES = 300_000_000  # unpacked, all members together; the largest of 750 real files had 38 MB
MEMBERS_MAX = 5_000
RATIO_MAX = 200  # real documents stay below 60, but small repetitive parts may not:
RATIO_COUNTS_FROM_BYTES = 10_000_000
_CHUNK_BYTES = 1 << 20

_XML_NO_MEMORY = 2  # xmlParserErrors of libxml2


class SafeZip:
    """A ZIP archive that can't unpack to more than `bytes_max`; nothing is written to disk.

    Names are compared without case and with either slash, as some writers of office files have it otherwise than the
    standard. Raises ExtractError: "damaged", "too-large" or "password".
    """

    def __init__(self, source: BinaryIO, *, bytes_max: int = XML_MAX_BYTES, ratio_max: int = RATIO_MAX) -> None:
        try:
            self._archive = zipfile.ZipFile(source)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise ExtractError("damaged", "is damaged: its table of contents is missing or broken") from error
        self._bytes_max, self._ratio_max = bytes_max, ratio_max
        self.bytes_read = 0
        members = self._archive.infolist()
        if len(members) > MEMBERS_MAX:
            raise ExtractError("too-large", f"holds {len(members)} parts inside, more than {MEMBERS_MAX}")
        if sum(m.file_size for m in members if m.filename.lower().endswith((".xml", ".rels"))) > XML_MAX_BYTES:
            raise ExtractError("too-large", f"unpacks to more than {XML_MAX_BYTES // 1_000_000} MB of text")
        self._members = {_key(member.filename): member for member in reversed(members)}

    def names(self) -> list[str]:
        """The names of all members in the order of the archive, folders left out."""
        return [member.filename for member in self._archive.infolist() if not member.is_dir()]

    def __contains__(self, name: str) -> bool:
        return _key(name) in self._members

    def size(self, name: str) -> int:
        """Bytes that the member says it unpacks to; 0 when it is not there."""
        member = self._members.get(_key(name))
        return member.file_size if member else 0

    def open(self, name: str) -> BinaryIO:
        """Return a stream of the member's bytes, counted as they are read. Raises KeyError when it is not there."""
        member = self._members[_key(name)]
        if member.flag_bits & 0x1:
            raise ExtractError("password", "is protected with a password")
        if member.file_size > RATIO_COUNTS_FROM_BYTES and member.file_size > member.compress_size * self._ratio_max:
            raise ExtractError("too-large", "unpacks to more than it could honestly hold")
        try:
            return io.BufferedReader(_Counted(self, self._archive.open(member)), _CHUNK_BYTES)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
            raise ExtractError("damaged", "is damaged: a part of it can't be unpacked") from error

    def read(self, name: str) -> bytes:
        """Return the member's bytes. Raises KeyError when it is not there."""
        with self.open(name) as stream:
            return stream.read()

    def xml(self, name: str) -> etree._Element | None:
        """Return the root of an XML member, or None when it is not there."""
        return parse_xml(self.read(name)) if name in self else None

    def count(self, size: int) -> None:
        """Add to the bytes really read: what a member says of its own size is only a claim."""
        self.bytes_read += size
        if self.bytes_read > self._bytes_max:
            raise ExtractError("too-large", f"unpacks to more than {self._bytes_max // 1_000_000} MB")


class _Counted(io.RawIOBase):
    def __init__(self, archive: SafeZip, stream: IO[bytes]) -> None:
        self._archive, self._stream = archive, stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]  # a buffer has no name in typing before 3.12
        try:
            data = self._stream.read(min(len(buffer), _CHUNK_BYTES))
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
            raise ExtractError("damaged", "is damaged: a part of it can't be unpacked") from error
        self._archive.count(len(data))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


class XmlOptions(TypedDict):
    resolve_entities: bool
    no_network: bool
    load_dtd: bool
    huge_tree: bool
    remove_comments: bool
    remove_pis: bool


XML_OPTIONS: XmlOptions = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,  # so at most 256 levels, and 10 MB in one piece of text
    "remove_comments": True,
    "remove_pis": True,
}


def parse_xml(data: bytes) -> etree._Element:
    """Return the root of an XML document. Raises ExtractError when it is broken, huge, or declares a document type."""
    try:
        root = etree.fromstring(data, etree.XMLParser(**XML_OPTIONS))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise xml_error(error, data[:4096]) from error
    refuse_doctype(root)
    return root


def refuse_doctype(root: etree._Element) -> None:
    """Raise when the document of `root` declares a type: office files never do, entity bombs must."""
    if getattr(root.getroottree().docinfo, "doctype", ""):  # not in lxml-stubs 0.5
        raise _doctype()


def xml_error(error: Exception, head: bytes = b"") -> ExtractError:
    """Return what an error of lxml means for the person whose file it is. Raises MemoryError when it means that."""
    code = getattr(error, "code", None)
    if code == _XML_NO_MEMORY:
        raise MemoryError from error
    said = str(error)
    if b"<!DOCTYPE" in head or "ntity" in said:
        return _doctype()
    if "depth" in said or "XML_PARSE_HUGE" in said or "too long" in said:
        return ExtractError("too-large", "is nested too deeply, or holds too much text in one piece")
    return ExtractError("damaged", "is damaged: a part of it is not valid XML")


def _doctype() -> ExtractError:
    return ExtractError("damaged", "holds a document type declaration, which office files never have")


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()
