"""A start pack as a ZIP: the pack as DOCX and PDF, the readings themselves, and a text that says what is what."""

from __future__ import annotations

import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from typing import IO, BinaryIO

from flask_babel import gettext as _

from archive.errors import AccessFailed
from archive.model import Deliverable
from archive.relay.start_pack import Reading
from webui.addresses import document_url
from webui.start_pack import as_docx, as_pdf
from webui.start_pack.as_docx import entry
from webui.start_pack.sheet import Sheet

# Of all readings together, what a laptop takes in a minute over a school's network; what is more is linked.
READINGS_MAX_BYTES = 400_000_000
IN_MEMORY_MAX_BYTES = 8_000_000
NAME_MAX_CHARS = 80

Opened = Callable[[Deliverable], BinaryIO]  # raises AccessFailed


def render(
    sheet: Sheet, day: date | None, readings: Sequence[Reading], opened: Opened, *, root: str, name: str
) -> IO[bytes]:
    """The pack as a ZIP, from its beginning. A reading that this reader may not have is named with its address."""
    stream = tempfile.SpooledTemporaryFile(IN_MEMORY_MAX_BYTES)  # noqa: SIM115  whoever sends it closes it
    told: list[str] = []
    folder = _("lezen")
    with zipfile.ZipFile(stream, "w") as made:
        room = READINGS_MAX_BYTES
        for number, reading in enumerate(readings, start=1):
            document = reading.deliverable
            inside = f"{folder}/{number} {_plain(document.title)}{_suffix(document.id)}"
            taken = reading.readable and document.size <= room and _take(made, opened, document, inside, day)
            room -= document.size if taken else 0
            place = inside if taken else root + document_url(document.id)
            told.append(f"{number}. {document.title}\n   {place}")
        for suffix, content in (
            ("docx", as_docx.render(sheet, day, root=root)),
            ("pdf", as_pdf.render(sheet, day, root=root)),
        ):
            made.writestr(entry(f"{name}.{suffix}", day), content, zipfile.ZIP_DEFLATED)
        made.writestr(entry("README.txt", day), _readme(sheet, told, root), zipfile.ZIP_DEFLATED)
    stream.seek(0)
    return stream


def _take(made: zipfile.ZipFile, opened: Opened, document: Deliverable, inside: str, day: date | None) -> bool:
    """Put a file in, as it is; False for one that is gone or another since it was indexed."""
    try:
        source = opened(document)
    except AccessFailed:
        return False
    with source, made.open(entry(inside, day), "w", force_zip64=True) as target:
        shutil.copyfileobj(source, target)
    return True


def _readme(sheet: Sheet, told: Sequence[str], root: str) -> str:
    heading = " – ".join(part for part in (sheet.title, sheet.subtitle) if part)
    lines = [
        heading,
        sheet.dated,
        "",
        _("Begin met het pakket zelf: de pdf of het Word-bestand. Daarin staat waarom je wat leest."),
        _("Wat in dit pakket zit, mag jij lezen. Geef het niet door aan wie dat niet mag."),
        _("Op de site staat altijd het nieuwste: %(url)s", url=root + sheet.address),
        "",
        _("Lees dit, in deze volgorde:"),
        "",
        *told,
    ]
    # Windows opens a text file in Notepad: line ends as it knows them, and a mark that it is UTF-8.
    return "\ufeff" + "\r\n".join(lines).replace("\n   ", "\r\n   ") + "\r\n"


def _plain(title: str) -> str:
    """A title as a name for a file on any system."""
    return " ".join(re.sub(r"[^\w .,()-]+", " ", title).split())[:NAME_MAX_CHARS].strip(" .") or "document"


def _suffix(id: str) -> str:
    match = re.search(r"\.[A-Za-z0-9]{1,8}$", id)
    return match[0].lower() if match else ""
