"""Run LibreOffice and Chromium without a window, and look up in what they made on which page each heading stands.

Both get a profile of their own that is thrown away, so that a program that is open on the same machine is left alone.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pypdf import PdfReader

from .platypus import roman
from .source import Source, plain

CONVERSION_TIMEOUT_S = 180


def by_libreoffice(source: Path, target: Path, profile: Path) -> None:
    """Convert `source` to `target`, whose suffix (.pdf or .odt) gives the format."""
    program = shutil.which("soffice") or "libreoffice"
    command = [
        program, f"-env:UserInstallation={(profile / 'libreoffice').as_uri()}", "--headless", "--norestore",
        "--convert-to", target.suffix.lstrip("."), "--outdir", str(profile), str(source),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=CONVERSION_TIMEOUT_S)
    shutil.move(profile / f"{source.stem}{target.suffix}", target)


def by_chromium(html: str, target: Path, profile: Path) -> None:
    """Print a page of HTML to `target`, with outline and tags."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "chromium")
    page = profile / "page.html"
    page.write_text(html, encoding="utf-8")
    command = [
        program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync",
        "--disable-component-update", "--no-first-run", f"--user-data-dir={profile / 'chromium'}",
        "--no-pdf-header-footer", "--generate-pdf-document-outline", f"--print-to-pdf={target}", page.as_uri(),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=CONVERSION_TIMEOUT_S)


def front_pages(pdf: Path, source: Source) -> int:
    """How many pages stand before the first numbered chapter; 0 when they are not numbered apart."""
    if not source.meta.roman:
        return 0
    pages = _heading_pages(pdf, source)
    return next((pages[heading.anchor] for heading in source.headings if heading.number and heading.anchor in pages), 0)


def page_labels(pdf: Path, source: Source) -> dict[str, str]:
    """The page label of each heading, by its anchor, in a PDF that was made of `source`."""
    front = front_pages(pdf, source)
    return {
        anchor: roman(page + 1) if page < front else str(page + 1 - front)
        for anchor, page in _heading_pages(pdf, source).items()
    }


def _heading_pages(pdf: Path, source: Source) -> dict[str, int]:
    """The page of each heading, from 0, as the outline of the PDF has it."""
    reader = PdfReader(pdf)
    entries = list(_flat(reader.outline))
    result = {}
    position = 0
    for heading in source.headings:
        wanted = _letters(plain(heading.text))
        for later in range(position, len(entries)):
            if _letters(str(entries[later].title)).endswith(wanted):
                page = reader.get_destination_page_number(entries[later])
                position = later + 1
                if page is not None:
                    result[heading.anchor] = page
                break
    return result


def _flat(entries: Any) -> Iterator[Any]:
    for entry in entries:
        if isinstance(entry, list):
            yield from _flat(entry)
        else:
            yield entry


def _letters(text: str) -> str:
    return re.sub(r"\W", "", text).lower()
