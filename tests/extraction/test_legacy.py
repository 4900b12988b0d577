"""The old formats: through LibreOffice where it is found, refused where it is not."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pytest

from indexer.extraction import legacy
from indexer.extraction.model import ExtractError, Limits
from tests.extraction.contract import answered
from tests.extraction.packages import paragraph, write_docx

needs_office = pytest.mark.skipif(legacy.program() is None, reason="LibreOffice is not found here")


def test_without_libreoffice_old_formats_are_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(legacy, "PROGRAMS", ("no-such-program",))
    with pytest.raises(
        ExtractError, match=r"is in the old format \.doc, which is read only where LibreOffice is found"
    ):
        legacy.read_doc(io.BytesIO(b""), limits=Limits())


@needs_office
def test_a_word_97_document_is_read_with_its_headings(tmp_path: Path) -> None:
    heading = '<w:p><w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:r><w:t>Methode</w:t></w:r></w:p>'
    new = write_docx(tmp_path / "verslag.docx", paragraph("Voorwoord") + heading + paragraph("tekst"))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [
        legacy.program() or "",
        profile,
        "--headless",
        "--convert-to",
        "doc",
        "--outdir",
        str(tmp_path),
        str(new),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    found = answered(tmp_path / "verslag.doc")
    assert found["format"] == "doc"
    assert [(part["heading"], part["text"]) for part in found["sections"]] == [
        (None, "Voorwoord"),
        ("Methode", "tekst"),
    ]


@needs_office
def test_a_conversion_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    with pytest.raises(ExtractError, match="takes LibreOffice too long to convert"):
        legacy.read_xls(io.BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000)), limits=Limits(time_s=0.01))
