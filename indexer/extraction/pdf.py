"""Read PDF: the text with pdfium, labels, outline and properties with pypdf (see `pdf_structure`).

pdfium decides whether the file can be read. Pages without text may be scans: `ocr` reads them when it is allowed to.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import BinaryIO

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from indexer.extraction.cleaning import clean
from indexer.extraction.model import ExtractError, Extraction, Limits, Part
from indexer.extraction.pdf_structure import structure

IN_MEMORY_MAX_BYTES = 64_000_000  # a larger file is read piece by piece: slower, but most of it is pictures
PAGES_MAX = 20_000
SCAN_WARNINGS_MAX = 20
TEXT_SHARE_OF_TIME = 0.75  # then the pages that are left stay empty: half a report is better than none

# pdfium gives a hyphen at a line end as this, without the line end; `clean` then decides whether the hyphen stays.
_PDFIUM_HYPHEN = "\ufffe"


def read(source: BinaryIO, *, limits: Limits) -> Extraction:
    """Return the pages of a PDF in order; each page has its label as the file gives it ("iv").

    Raises ExtractError: "password", "damaged", "empty" or "too-large".
    """
    size = source.seek(0, 2)
    deadline = time.monotonic() + limits.seconds_for(size) * TEXT_SHARE_OF_TIME
    document = _open(source, size)
    count = len(document)
    if not count:
        raise ExtractError("empty", "is empty: it has no pages")
    if count > PAGES_MAX:
        raise ExtractError("too-large", f"has {count} pages, more than {PAGES_MAX}")
    warnings: list[str] = []
    texts, scans = _texts(document, limits, deadline, warnings)
    if scans:
        warnings += _read_scans(document, texts, scans, limits, deadline)
    about = structure(source, count)
    parts = tuple(
        Part(number=place + 1, label=label, text=text)
        for place, (label, text) in enumerate(zip(about.labels, texts, strict=True))
    )
    return Extraction(
        format="pdf",
        unit="page",
        parts=parts,
        properties=about.properties,
        outline=about.outline,
        warnings=tuple(warnings),
    )


def _open(source: BinaryIO, size: int) -> pdfium.PdfDocument:
    source.seek(0)
    try:
        document = pdfium.PdfDocument(source.read() if size <= IN_MEMORY_MAX_BYTES else source)
        if document.get_formtype() != raw.FORMTYPE_NONE:
            document.init_forms()
    except pdfium.PdfiumError as error:
        code = getattr(error, "err_code", None)
        if code == raw.FPDF_ERR_PASSWORD:
            raise ExtractError("password", "is protected with a password") from error
        if code == raw.FPDF_ERR_SECURITY:
            raise ExtractError("password", "is protected in a way that can't be read") from error
        raise ExtractError("damaged", "is damaged: it can't be opened as a PDF") from error
    return document


def _texts(
    document: pdfium.PdfDocument, limits: Limits, deadline: float, warnings: list[str]
) -> tuple[list[str], list[int]]:
    """Return the text of every page, and the places of those that may be scans. What goes wrong joins `warnings`."""
    texts: list[str] = []
    scans: list[int] = []
    count, chars = len(document), 0
    filled_in = document.get_formtype() != raw.FORMTYPE_NONE
    for place in range(count):
        late = time.monotonic() > deadline
        if late or chars > limits.text_max_chars:
            why = "reading takes too long" if late else f"the text is longer than {limits.text_max_chars} characters"
            warnings.append(f"pages {place + 1} to {count} were not read: {why}")
            return texts + [""] * (count - place), scans
        try:
            text, may_be_scan = _page_text(document, place, filled_in=filled_in)
        except pdfium.PdfiumError:
            text, may_be_scan = "", False
            warnings.append(f"page {place + 1}: is damaged and was not read")
        if may_be_scan:
            scans.append(place)
        texts.append(text)
        chars += len(text)
    return texts, scans


def _page_text(document: pdfium.PdfDocument, place: int, *, filled_in: bool) -> tuple[str, bool]:
    page = document[place]
    try:
        if filled_in and raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY) == raw.FLATTEN_SUCCESS:
            # What is typed into a form lies above the page; flattened, it is part of its text.
            page.close()
            page = document[place]
        text_page = page.get_textpage()
        try:
            # Not get_text_bounded: it finds .983 of the words of 124 awkward files where this finds .988.
            text = clean(text_page.get_text_range().replace(_PDFIUM_HYPHEN, "-\n"))
        finally:
            text_page.close()
        empty = not any(character.isalnum() for character in text)
        return text, empty and next(page.get_objects([raw.FPDF_PAGEOBJ_IMAGE], max_depth=3), None) is not None
    finally:
        page.close()


def _read_scans(
    document: pdfium.PdfDocument, texts: list[str], scans: list[int], limits: Limits, deadline: float
) -> Iterator[str]:
    """Read pages that may be scans in place, and tell of each what became of it."""
    from indexer.extraction import ocr

    wanted = scans[: limits.scanned_pages_max] if limits.ocr and ocr.available() else []
    left = []
    for place in scans:
        seconds = deadline - time.monotonic()
        if place in wanted and seconds > 1:
            page = document[place]
            texts[place] = ocr.read_bitmap(page.render(scale=ocr.scale_for(*page.get_size()), grayscale=True), seconds)
            page.close()
        if texts[place]:
            yield f"page {place + 1}: read from a picture, mistakes are likely"
        else:
            left.append(place + 1)
    for number in left[:SCAN_WARNINGS_MAX]:
        yield f"page {number}: no text, perhaps a scan"
    if len(left) > SCAN_WARNINGS_MAX:
        yield f"{len(left) - SCAN_WARNINGS_MAX} more pages: no text, perhaps scans"
