"""Tell what a file is by its content. Its name only decides between texts, and what it promises must be kept.

Looks at the first bytes and at tables of contents; reads no document. Loads a ZIP reader only for ZIP files.
"""

from __future__ import annotations

import os
import re
from pathlib import PurePath
from typing import BinaryIO

from indexer.extraction.model import ExtractError

HEAD_BYTES = 65_536
_PDF_WITHIN_BYTES = 1024  # ISO 32000-1, annex H.3.4.1: readers accept junk before the header

_OFFICE = frozenset({"pdf", "docx", "pptx", "xlsx", "odt", "odp", "ods", "rtf", "doc", "ppt", "xls"})
_CONTENT = {
    **dict.fromkeys(("docx", "doc"), "a Word document"),
    **dict.fromkeys(("pptx", "ppt", "odp"), "a presentation"),
    **dict.fromkeys(("xlsx", "xls", "ods"), "a spreadsheet"),
    **dict.fromkeys(("odt", "rtf"), "a text document"),
    **dict.fromkeys(("txt", "md"), "plain text"),
    "pdf": "a PDF",
    "image": "a picture",
    "zip": "a ZIP archive",
    "eml": "a mail",
    "html": "a web page",
    "ifc": "a building model",
    "csv": "a table in plain text",
}
_VARIANTS = {  # templates, files with macros, shows; other spellings
    **dict.fromkeys(("docm", "dotx", "dotm"), "docx"),
    **dict.fromkeys(("pptm", "ppsx", "ppsm", "potx", "potm"), "pptx"),
    **dict.fromkeys(("xlsm", "xltx", "xltm"), "xlsx"),
    **{"ott": "odt", "otp": "odp", "ots": "ods", "dot": "doc", "pps": "ppt", "pot": "ppt", "xlt": "xls"},
    **{"htm": "html", "xhtml": "html", "markdown": "md", "tsv": "csv"},
}
_TEXTS = frozenset({"txt", "md", "csv", "html", "eml"})

_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"BM")
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NOT_READ = (
    (b"AC10", "is a CAD drawing (DWG): drawings are not read"),
    (b"MZ", "is a program: programs are not read"),
    (b"\x7fELF", "is a program: programs are not read"),
    (b"\x1a\x45\xdf\xa3", "is a video: videos are not read"),
    (b"ID3", "is a sound recording: sound is not read"),
    (b"OggS", "is a sound recording: sound is not read"),
    (b"7z\xbc\xaf'\x1c", "is a 7z archive: of archives only ZIP is read"),
    (b"Rar!", "is a RAR archive: of archives only ZIP is read"),
    (b"\x1f\x8b", "is a GZIP archive: of archives only ZIP is read"),
)
# The main part of an Office Open XML package by its content type, macros and templates included.
_PACKAGES = (
    ("docx", re.compile(rb"(?:wordprocessingml\.\w+|ms-word\.\w+\.macroEnabled\w*)\.main\+xml")),
    ("pptx", re.compile(rb"(?:presentationml\.\w+|ms-powerpoint\.\w+\.macroEnabled)\.main\+xml")),
    ("xlsx", re.compile(rb"(?:spreadsheetml\.\w+|ms-excel\.\w+\.macroEnabled)\.main\+xml")),
)
_MAIN_PARTS = (("docx", "word/document.xml"), ("pptx", "ppt/presentation.xml"), ("xlsx", "xl/workbook.xml"))
_OPEN_DOCUMENT = {b"text": "odt", b"presentation": "odp", b"spreadsheet": "ods"}
_STREAMS = (("WordDocument", "doc"), ("PowerPoint Document", "ppt"), ("Workbook", "xls"), ("Book", "xls"))

_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE | re.DOTALL
)
_HEADER_NAMES = (
    rb"from|to|cc|subject|date|received|return-path|delivered-to|message-id|mime-version|reply-to|sender"
    rb"|dkim-signature|authentication-results|(?:x|content|thread|arc)-[\w-]+"
)
_MAIL = re.compile(rb"(?:(?:" + _HEADER_NAMES + rb"):[^\n]*\n(?:[ \t][^\n]*\n)*){3}", re.IGNORECASE)
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\v\x1b")) + b"\x7f"
_CONTROLS_SHARE_MAX = 0.02


def sniff(source: BinaryIO, name: str) -> str:
    """Return the format of an open file ("docx"); `name` is its last path component or whole path.

    Raises ExtractError: "empty"; "unknown-format" when the content is not what the suffix promises; "not-read" when
    nothing was promised and nobody reads it; "password" and "damaged" where that shows already here.
    """
    size = source.seek(0, os.SEEK_END)
    if not size:
        raise ExtractError("empty", "is empty (0 bytes)")
    source.seek(0)
    head = source.read(HEAD_BYTES)
    suffix = _suffix(name)
    found = _by_magic(source, head, suffix) or _text_format(head, suffix)
    if suffix in _OFFICE and found not in _OFFICE and not (found == "html" and suffix in {"doc", "xls"}):
        # Programs have long exported web pages under .doc and .xls, and Office opens them.
        raise ExtractError("unknown-format", f"is {_CONTENT[found]}, although its name promises {_CONTENT[suffix]}")
    return found


def _suffix(name: str) -> str:
    suffix = PurePath(name).suffix[1:].lower()
    return _VARIANTS.get(suffix, suffix)


def _by_magic(source: BinaryIO, head: bytes, suffix: str) -> str | None:
    """Return the format of a file that begins as only this format does; None when it may be text."""
    if head.startswith(b"%PDF-") or (b"%PDF-" in head[:_PDF_WITHIN_BYTES] and suffix == "pdf"):
        return "pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _zip_format(source)
    if head.startswith(_COMPOUND):
        return _compound_format(source, suffix)
    if _is_image(head):
        return "image"
    if head.startswith(b"{\\rtf"):
        return "rtf"
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"ISO-10303-21"):
        return "ifc"
    reason = next((reason for magic, reason in _NOT_READ if head.startswith(magic)), None)
    if reason is None and head[4:8] == b"ftyp":
        pictures = head[8:11] in {b"hei", b"mif", b"avi"}  # heic, mif1, avif: phones take photos in them
        reason = "is a photo in a format that is not read (HEIC)" if pictures else "is a video: videos are not read"
    if reason:
        raise _not_read(reason, suffix)
    return None


def _is_image(head: bytes) -> bool:
    if head.startswith(b"BM"):  # two letters prove little: the reserved field must be zero, the file not text
        return head[6:10] == bytes(4)
    return head.startswith(_IMAGES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")


def _zip_format(source: BinaryIO) -> str:
    from indexer.extraction.guard import SafeZip

    archive = SafeZip(source)
    if "mimetype" in archive and archive.size("mimetype") < HEAD_BYTES:
        kind = archive.read("mimetype").strip().removeprefix(b"application/vnd.oasis.opendocument.")
        found = _OPEN_DOCUMENT.get(kind.removesuffix(b"-template"))
        if found:
            return found
    types = archive.read("[Content_Types].xml") if "[Content_Types].xml" in archive else b""
    if types:
        found = next((kind for kind, pattern in _PACKAGES if pattern.search(types)), None)
        # Some writers give the main part no type of its own.
        return found or next((kind for kind, part in _MAIN_PARTS if part in archive), "zip")
    return "zip"


def _compound_format(source: BinaryIO, suffix: str) -> str:
    """Tell the old binary formats apart by the names of their streams."""
    from indexer.extraction.compound import stream_names

    names = stream_names(source)
    if "EncryptedPackage" in names:
        raise ExtractError("password", "is protected with a password")
    for stream, kind in _STREAMS:
        if stream in names:
            return kind
    if "__properties_version1.0" in names:
        raise _not_read("is an Outlook message (MSG): save it as EML to have it read", suffix)
    raise _not_read("is in a format that is not read", suffix)


def _not_read(reason: str, suffix: str) -> ExtractError:
    """A drawing or a video is what its name says, and is archived without its text; a program named .docx is not."""
    return ExtractError("unknown-format" if suffix in _OFFICE | _TEXTS | {"ifc", "zip"} else "not-read", reason)


def _text_format(head: bytes, suffix: str) -> str:
    if not _is_text(head):
        raise _not_read("is in a format that is not read", suffix)
    if _HTML.match(head.removeprefix(_BOMS[0])):
        return "html"
    if suffix not in _TEXTS and _MAIL.match(head):
        return "eml"
    if suffix == "ifc":
        raise ExtractError("damaged", "is damaged: the header of the building model is missing")
    return suffix if suffix in _TEXTS else "txt"


def _is_text(head: bytes) -> bool:
    """Whether these bytes are characters: in UTF-8, UTF-16 or a Western code page."""
    if head.startswith(_BOMS):
        return True
    if b"\0" in head:  # UTF-16 without a mark: one byte of each pair is nearly always zero
        even, odd = head[::2].count(0), head[1::2].count(0)
        most, least = max(even, odd), min(even, odd)
        return most > len(head) * 0.3 and least < len(head) * 0.02 and any(head)
    return len(head) - len(head.translate(None, _CONTROLS)) <= len(head) * _CONTROLS_SHARE_MAX
