"""The door through which every file goes: what is opened, what is refused, where text is cut."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from indexer.extraction import guard, reader
from indexer.extraction.guard import SafeZip, parse_xml
from indexer.extraction.model import ExtractError, Extraction, Limits, Part
from tests.extraction.contract import answered


def refusal(path: Path) -> ExtractError:
    with pytest.raises(ExtractError) as caught:
        reader.read(path, limits=Limits())
    return caught.value


def zip_of(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer


def test_pipe_does_not_block(tmp_path: Path) -> None:
    """Opening a pipe waits for a writer who never comes: the indexer stood still for a night."""
    os.mkfifo(tmp_path / "a.pdf")
    assert refusal(tmp_path / "a.pdf").reason == "is not a regular file"


def test_socket_folder_and_device_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket may not be long
    with socket.socket(socket.AF_UNIX) as plug:
        plug.bind("a.pdf")
    for path in (Path("a.pdf"), tmp_path, Path("/dev/zero")):
        assert refusal(path).reason == "is not a regular file"


def test_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "geheim.txt").write_text("geheim")
    (tmp_path / "link.txt").symlink_to(tmp_path / "geheim.txt")
    assert refusal(tmp_path / "link.txt").reason == "is a symbolic link, not a file"


def test_file_that_is_not_there_and_name_that_can_not_be(tmp_path: Path) -> None:
    assert refusal(tmp_path / "niets.pdf").code == "unreadable"
    assert refusal(tmp_path / ("n" * 300)).code == "unreadable"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_file_that_may_not_be_read_is_refused_for_that(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("tekst")
    (tmp_path / "a.txt").chmod(0)
    assert "may not read" in refusal(tmp_path / "a.txt").reason


def test_text_over_its_limit_is_cut_with_a_warning_and_no_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = tuple(Part(number=number, text=text) for number, text in enumerate(["een twee", "drie vier", "vijf"], 1))
    whole = Extraction(format="txt", unit="section", parts=parts, warnings=("eerder",))
    monkeypatch.setattr(reader, "_reader", lambda kind: lambda source, *, limits: whole)
    (tmp_path / "a.txt").write_text("tekst")
    found = answered(tmp_path / "a.txt", limits=Limits(text_max_chars=12))
    assert [section["text"] for section in found["sections"]] == ["een twee", "drie", ""]
    assert found["warnings"] == ["eerder", "text cut at 12 characters"]


def test_whatever_a_library_raises_becomes_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(source: object, *, limits: Limits) -> Extraction:
        raise KeyError("word/document.xml")

    monkeypatch.setattr(reader, "_reader", lambda kind: crash)
    (tmp_path / "a.txt").write_text("tekst")
    found = refusal(tmp_path / "a.txt")
    assert (found.code, found.reason) == ("damaged", "is damaged: its content can't be read")


def test_every_format_has_a_reader() -> None:
    for kind in reader.READERS:
        assert callable(reader._reader(kind))


def test_reading_a_text_file_loads_no_library_for_other_formats(tmp_path: Path) -> None:
    """Loading every reader made `estafette extract` take a second for a note of ten words."""
    (tmp_path / "a.txt").write_text("tekst")
    code = (
        "import sys; from indexer.extraction.reader import read; from indexer.extraction.model import Limits;"
        f"read({str(tmp_path / 'a.txt')!r}, limits=Limits());"
        "sys.exit(' '.join({'pypdfium2', 'openpyxl', 'pptx', 'docx', 'PIL'} & sys.modules.keys()) or None)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_archives_inside_archives_end_somewhere() -> None:
    limits = Limits()
    for _ in range(limits.depth):
        limits = reader.deeper(limits)
    with pytest.raises(ExtractError, match="too deep"):
        reader.deeper(limits)


def test_zip_with_more_members_than_a_document_has_is_refused() -> None:
    with pytest.raises(ExtractError, match="5001 parts"):
        SafeZip(zip_of({f"{number}.xml": b"" for number in range(5001)}, zipfile.ZIP_STORED))


def test_zip_member_that_unpacks_to_a_thousand_times_its_size_is_refused() -> None:
    archive = SafeZip(zip_of({"word/document.xml": b" " * 20_000_000, "klein.xml": b" " * 1_000_000}))
    assert len(archive.read("klein.xml")) == 1_000_000
    with pytest.raises(ExtractError) as caught:
        archive.read("word/document.xml")
    assert caught.value.code == "too-large"


def test_zip_counts_the_bytes_that_it_reads_and_not_what_members_say() -> None:
    archive = SafeZip(zip_of({"a.xml": os.urandom(60_000)}), bytes_max=100_000)
    archive.read("a.xml")
    with pytest.raises(ExtractError, match="unpacks to more"):
        archive.read("a.xml")


def test_zip_member_is_found_whatever_its_slashes_and_capitals() -> None:
    """A program writes `word\\Document.xml`: Word opens it, and we said that the text was missing."""
    archive = SafeZip(zip_of({"word\\Document.xml": b"<a/>"}))
    root = archive.xml("/word/document.xml")
    assert root is not None
    assert root.tag == "a"
    assert archive.xml("word/andere.xml") is None


def test_locked_and_broken_zip_members_are_told_apart() -> None:
    data = bytearray(zip_of({"a.xml": b"tekst" * 100}).getvalue())
    broken = bytearray(data)
    broken[35:45] = b"x" * 10
    with pytest.raises(ExtractError) as caught:
        SafeZip(io.BytesIO(bytes(broken))).read("a.xml")
    assert caught.value.code == "damaged"
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(ExtractError) as caught:
        SafeZip(io.BytesIO(bytes(data))).read("a.xml")
    assert caught.value.code == "password"


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (b'<!DOCTYPE a [<!ENTITY b "lol"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>', "damaged"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "damaged"),
        (b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>', "damaged"),
        ('<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode("utf-16"), "damaged"),
        (b"<a>" * 300 + b"</a>" * 300, "too-large"),
        (b"<a>" + b"b" * 11_000_000 + b"</a>", "too-large"),
        (b"<a><b></a>", "damaged"),
        (b"", "damaged"),
    ],
)
def test_xml_with_a_document_type_or_too_deep_or_broken_is_refused(document: bytes, code: str) -> None:
    with pytest.raises(ExtractError) as caught:
        parse_xml(document)
    assert caught.value.code == code


def test_limits_on_zip_are_those_that_were_measured() -> None:
    assert (guard.XML_MAX_BYTES, guard.MEMBERS_MAX, guard.RATIO_MAX) == (300_000_000, 5_000, 200)


def test_what_lies_in_an_archive_shares_the_archive_s_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each picture in a ZIP took its own fourteen seconds, and the whole ZIP was ended for taking too long."""
    given = []

    def note(source: object, *, limits: Limits) -> Extraction:
        given.append(limits.seconds_for(0))
        return Extraction(format="txt", unit="section", parts=())

    monkeypatch.setattr(reader, "_reader", lambda kind: note)
    (tmp_path / "a.txt").write_text("tekst")
    reader.read(tmp_path / "a.txt", limits=Limits(time_s=5, time_s_per_mb=0))
    inner = reader.deeper(Limits(ends=time.monotonic() - 1))
    reader.read_stream(io.BytesIO(b"tekst"), "a.txt", limits=inner)
    assert 4 < given[0] <= 5
    assert given[1] == 0
