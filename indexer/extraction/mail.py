"""Read mails (.eml): the text that was written, then what was attached to it.

Addresses are left out: who wrote is in the properties, by name. Headers are taken apart by the older rules of `email`
(compat32): the newer ones raise on headers that mail programs really send.
"""

from __future__ import annotations

import email
import io
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr
from typing import BinaryIO

from indexer.extraction.cleaning import clean_line
from indexer.extraction.decoding import decode
from indexer.extraction.html import flow_of
from indexer.extraction.metadata import mail_date, names, title_of
from indexer.extraction.model import ExtractError, Extraction, Limits, Properties
from indexer.extraction.reader import deeper, read_stream
from indexer.extraction.sections import as_text, numbered

PARTS_MAX = 1_000


def read(source: BinaryIO, *, limits: Limits) -> Extraction:
    """Return the mail as one section, `heading` its subject, and each attachment as a section after it.

    An attachment that can't be read is an empty section and a warning.
    """
    message = email.message_from_binary_file(source)
    subject = _header(message, "subject")
    leaves = list(_leaves(message))
    sections: list[tuple[str | None, int | None, list[str]]] = [(subject, 1, _body(leaves))]
    warnings: list[str] = []
    for name, data in _attachments(leaves):
        text = ""
        try:
            extraction = read_stream(io.BytesIO(data), name, limits=deeper(limits))
            text = as_text(extraction)
            warnings += [f"{name}: {warning}" for warning in extraction.warnings]
        except ExtractError as error:
            warnings.append(f"{name}: {error.reason}")
        sections.append((name, 1, [text]))
    return Extraction(
        format="eml",
        unit="section",
        parts=numbered(sections),
        properties=_properties(message, subject),
        warnings=tuple(warnings),
    )


def _properties(message: Message, subject: str) -> Properties:
    name, _ = parseaddr(_header(message, "from"))
    return Properties(title=title_of(subject), authors=names(name), created=mail_date(message.get("date")))


def _leaves(message: Message) -> Iterator[Message]:
    """The parts that hold something, in order. A mail inside this one is a leaf: it has text and attachments itself.

    An alternative is told in several forms: all are leaves here, `_body` chooses.
    """
    todo = [message]
    for _ in range(PARTS_MAX):
        if not todo:
            return
        part = todo.pop(0)
        content = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(content, list):
            todo[:0] = [child for child in content if isinstance(child, Message)]
        else:
            yield part


def _body(leaves: list[Message]) -> list[str]:
    """The lines that were written: the plain text, or the web page where there is no other."""
    plain, pages = [], []
    for part in leaves:
        if _is_attached(part):
            continue
        if part.get_content_type() == "text/html":
            pages += flow_of(_text(part)).lines()
        else:
            plain.append(_text(part))
    return plain if any(text.strip() for text in plain) else pages


def _attachments(leaves: list[Message]) -> Iterator[tuple[str, bytes]]:
    """Name and content of what was attached. Pictures inside the text (a logo under each mail) are no attachments."""
    for number, part in enumerate((part for part in leaves if _is_attached(part)), 1):
        if part.get_content_maintype() == "image" and part.get("content-id"):
            continue
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload()
            first = inner[0] if isinstance(inner, list) and inner else part
            mail = first if isinstance(first, Message) else part
            yield f"{_header(mail, 'subject') or f'mail {number}'}.eml", mail.as_bytes()
        else:
            yield clean_line(_decoded(part.get_filename() or "")) or f"attachment {number}", _bytes(part)


def _is_attached(part: Message) -> bool:
    return (
        part.get_content_disposition() == "attachment"
        or bool(part.get_filename())
        or part.get_content_type() not in ("text/plain", "text/html")
    )


def _text(part: Message) -> str:
    data = _bytes(part)
    try:
        return data.decode(part.get_content_charset() or "")
    except (LookupError, UnicodeError):  # no charset, an unknown one, or not what it says
        return decode(data)


def _bytes(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _header(message: Message, name: str) -> str:
    return clean_line(_decoded(str(message.get(name, ""))))


def _decoded(text: str) -> str:
    """A header as people read it: `=?utf-8?q?caf=C3=A9?=` is "café"."""
    try:
        return str(make_header(decode_header(text)))
    except (HeaderParseError, LookupError, ValueError):
        return text
