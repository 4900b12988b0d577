"""ZIP archives: a section for each file inside."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.extraction import container
from indexer.extraction.model import ExtractError, Limits
from indexer.extraction.reader import read
from tests.extraction.contract import answered
from tests.extraction.packages import paragraph, write_docx, write_zip


def test_members_are_sections_in_order_with_the_text_they_would_have_alone(tmp_path: Path) -> None:
    report = write_docx(tmp_path / "b.docx", paragraph("de gevels") + '<w:p><w:pPr><w:outlineLvl w:val="0"/></w:pPr>'
                        "<w:r><w:t>Kop</w:t></w:r></w:p>" + paragraph("tekst"))  # fmt: skip
    inner = write_zip(tmp_path / "c.zip", {"diep.txt": "in het binnenste"})
    path = write_zip(
        tmp_path / "a.zip",
        {
            "map/verslag.docx": report.read_bytes(),
            "map/": b"",
            "kapot.docx": b"PK\x03\x04kapot",
            "lees mij.txt": "hallo",
            "__MACOSX/map/._verslag.docx": b"\x00\x05\x16\x07",
            "c.zip": inner.read_bytes(),
        },
    )
    found = answered(path)
    assert [(part["heading"], part["level"], part["text"]) for part in found["sections"]] == [
        ("map/verslag.docx", 1, "de gevels\nKop\ntekst"),
        ("kapot.docx", 1, ""),
        ("lees mij.txt", 1, "hallo"),
        ("c.zip", 1, "diep.txt\nin het binnenste"),
    ]
    assert found["warnings"] == ["kapot.docx: is damaged: its table of contents is missing or broken"]


def test_names_that_lead_out_are_told_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    path = write_zip(tmp_path / "in/a.zip", {"../b.txt": "x"})
    found = answered(path)
    assert found["warnings"] == ["../b.txt: has a name that leads out of the archive; it was read, never written"]
    assert sorted(entry.name for entry in tmp_path.rglob("*")) == ["a.zip", "in"]


def test_archives_in_archives_end_at_the_depth_that_is_allowed(tmp_path: Path) -> None:
    data: bytes = b"het diepste"
    name = "a.txt"
    for level in range(6):
        path = write_zip(tmp_path / f"{level}.zip", {name: data})
        name, data = path.name, path.read_bytes()
    found = answered(path)
    assert "het diepste" not in found["sections"][0]["text"]
    assert "lies too deep inside other archives" in found["warnings"][0]


def test_what_takes_too_long_or_holds_too_much_is_left_out_with_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_zip(tmp_path / "a.zip", {"a.txt": "eerste tekst", "b.txt": "tweede"})
    found = answered(path, limits=Limits(text_max_chars=5))
    assert "b.txt: was left out, the archive holds more text than is read" in found["warnings"]
    monkeypatch.setattr(container, "TIME_SHARE", -1)
    found = answered(path)
    assert [part["text"] for part in found["sections"]] == ["", ""]
    assert found["warnings"][0] == "a.txt: was left out, reading the archive takes too long"


def test_an_archive_that_unpacks_beyond_measure_is_refused_or_left_out(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"nul.txt": b"0" * 20_000_000, "b.txt": "tekst"})
    found = answered(path)
    assert [part["text"] for part in found["sections"]] == ["", "tekst"]
    assert found["warnings"] == ["nul.txt: unpacks to more than it could honestly hold"]
    with pytest.raises(ExtractError, match="parts inside"):
        read(write_zip(tmp_path / "b.zip", {f"{number}.txt": "" for number in range(6_000)}), limits=Limits())
