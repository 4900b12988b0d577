"""Give finished files the dates of their source and nothing of this moment, so that a rebuild gives the same bytes."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from pypdf import PdfReader, PdfWriter
from pypdf.constants import PageLabelStyle
from pypdf.generic import ArrayObject, ByteStringObject, NameObject, TextStringObject

from .source import Meta

_DATES = re.compile(
    rb"(<(dcterms:created|dcterms:modified|meta:creation-date|dc:date|meta:print-date)[^>]*>)[^<]*(</\2>)"
)
_LIST_NAMES = re.compile(rb'"list\d{5,}"')  # LibreOffice draws them by lot
_SESSION = re.compile(rb'(config:name="Rsid(?:Root)?"[^>]*>)\d+')
_PROPERTIES = ("docProps/core.xml", "meta.xml")


def settle_pdf(path: Path, meta: Meta, *, front_pages: int) -> None:
    """Set properties, language, identifier and page labels; the producer stays who it was."""
    reader = PdfReader(path)
    made = reader.metadata
    producer, creator = (made.producer or "", made.creator or "") if made else ("", "")
    writer = PdfWriter(clone_from=reader)
    moment = f"D:{meta.date:%Y%m%d}120000+01'00'"
    properties = {
        "/Title": meta.title,
        "/Author": "; ".join(meta.authors),
        "/Subject": meta.subtitle,
        "/Creator": creator,
        "/Producer": producer,
        "/CreationDate": moment,
        "/ModDate": moment,
    }
    writer.metadata = {key: value for key, value in properties.items() if value}
    writer.root_object[NameObject("/Lang")] = TextStringObject({"nl": "nl-NL", "en": "en-GB"}[meta.language])
    if front_pages:
        writer.set_page_label(0, front_pages - 1, style=PageLabelStyle.LOWERCASE_ROMAN)
        writer.set_page_label(front_pages, len(writer.pages) - 1, style=PageLabelStyle.DECIMAL, start=1)
    digest = ByteStringObject(
        hashlib.md5(f"{meta.title} {meta.file} {meta.date}".encode(), usedforsecurity=False).digest()
    )
    writer._ID = ArrayObject([digest, digest])
    writer.write(path)


def settle_zip(path: Path, day: date) -> None:
    """Date the members of an Office file, and the moments in its properties."""
    with zipfile.ZipFile(path) as archive:
        members = [(info, archive.read(info)) for info in archive.infolist()]
    moment = f"{day.isoformat()}T12:00:00Z".encode()
    settled = []
    for info, data in members:
        if info.filename in _PROPERTIES:
            data = _DATES.sub(rb"\g<1>" + moment + rb"\g<3>", data)
        for number, name in enumerate(dict.fromkeys(_LIST_NAMES.findall(data)), 1):
            data = data.replace(name, b'"list%d"' % number)
        data = _SESSION.sub(rb"\g<1>1", data)
        settled.append((info.filename, data, info.compress_type))
    write_zip(path, settled, day)


def write_zip(path: Path, members: Iterable[tuple[str, bytes, int]], day: date) -> None:
    """Write (name, bytes, compression) as a ZIP whose members are all of `day`."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, data, compression in members:
            info = zipfile.ZipInfo(name, (day.year, day.month, day.day, 12, 0, 0))
            info.compress_type, info.external_attr = compression, 0o644 << 16
            archive.writestr(info, data)
