"""Read with pypdf what a PDF says about itself: page labels, outline, properties.

pypdf is the fuller reader of a PDF's structure and the weaker one of its text (see `pdf`): it failed on 15 of 1,383
awkward files. Those keep their text, with plain page numbers and no outline.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import pypdf
from pypdf.generic import Destination

from indexer.extraction.cleaning import clean_line
from indexer.extraction.metadata import iso_date, names, title_of
from indexer.extraction.model import Heading, Properties

OUTLINE_MAX = 5_000
OUTLINE_DEPTH_MAX = 9
_DATE = re.compile(r"D?:?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:(Z)|([+-]\d\d)'?(\d\d)?)?")

# It complains of every flaw that it mends; the worker's standard error is for nobody.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """`labels` has one for each page, as printed."""

    labels: tuple[str, ...]
    outline: tuple[Heading, ...] = ()
    properties: Properties = field(default_factory=Properties)


def structure(source: BinaryIO, pages: int) -> Structure:
    """Return what the file says of its `pages` pages; plain numbers where pypdf can't tell."""
    plain = Structure(labels=tuple(str(number) for number in range(1, pages + 1)))
    source.seek(0)
    # Whatever a damaged file makes pypdf raise, its text was read without it.
    try:
        reader = pypdf.PdfReader(source, strict=False)
        if len(reader.pages) != pages:
            return plain
        labels = reader.page_labels
    except MemoryError:
        raise
    except Exception:
        return plain
    return Structure(
        labels=tuple(clean_line(label) or plain.labels[place] for place, label in enumerate(labels)),
        outline=_outline_of(reader, pages),
        properties=_properties(reader),
    )


def _outline_of(reader: pypdf.PdfReader, pages: int) -> tuple[Heading, ...]:
    try:
        return tuple(_headings(reader, reader.outline, pages, level=1))[:OUTLINE_MAX]
    except MemoryError:
        raise
    except Exception:
        return ()


def _headings(reader: pypdf.PdfReader, entries: list[Any], pages: int, *, level: int) -> Iterator[Heading]:
    """pypdf gives the entries below an entry as a list behind it."""
    for entry in entries:
        if isinstance(entry, list):
            if level < OUTLINE_DEPTH_MAX:
                yield from _headings(reader, entry, pages, level=level + 1)
        elif isinstance(entry, Destination):
            place = reader.get_destination_page_number(entry)
            title = clean_line(entry.title or "")
            if title and place is not None and 0 <= place < pages:
                yield Heading(title=title, level=level, part=place + 1)


def _properties(reader: pypdf.PdfReader) -> Properties:
    try:
        about: dict[str, Any] = dict(reader.metadata or {})
        texts = {key: str(about[key]) for key in ("/Title", "/Author", "/CreationDate") if about.get(key)}
    except MemoryError:
        raise
    except Exception:
        return Properties()
    return Properties(
        title=title_of(texts.get("/Title")),
        authors=names(texts.get("/Author")),
        created=date(texts.get("/CreationDate", "")),
    )


def date(text: str) -> str | None:
    """Return a PDF date (ISO 32000-1, 7.9.4) as ISO 8601, as precise as it is, or None.

    >>> date("D:20210618140300+02'00'"), date("D:202106"), date("D:20210618140300"), date("18 juni 2021")
    ('2021-06-18T14:03:00+02:00', '2021-06', '2021-06-18T14:03:00', None)
    """
    found = _DATE.match(text.strip())
    if not found:
        return None
    year, month, day, hour, minute, second, utc, hours, minutes = found.groups()
    when = "-".join(filter(None, (year, month, day)))
    if day and hour:
        zone = "Z" if utc else f"{hours}:{minutes or '00'}" if hours else ""
        when += f"T{hour}:{minute or '00'}:{second or '00'}{zone}"
    return iso_date(when)
