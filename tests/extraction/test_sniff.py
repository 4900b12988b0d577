"""What a file is, by its content; and what its name promises."""

from __future__ import annotations

import io
import zipfile

import pytest

from indexer.extraction.compound import MAGIC, stream_names
from indexer.extraction.model import ExtractError
from indexer.extraction.sniff import sniff

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."


def packed(**members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in members.items():
            archive.writestr({"types": "[Content_Types].xml"}.get(name, name.replace("__", "/")), text)
    return buffer.getvalue()


def office(kind: str) -> bytes:
    return packed(types=f'<Override ContentType="application/vnd.openxmlformats-officedocument.{kind}.main+xml"/>')


def compound(*streams: str) -> bytes:
    """A compound file with only a directory, in sector 0."""
    header = bytearray(MAGIC.ljust(512, b"\0"))
    header[30] = 9
    entries = [
        name.encode("utf-16-le").ljust(64, b"\0") + (len(name) * 2 + 2).to_bytes(2, "little") + bytes(62)
        for name in ("Root Entry", *streams)
    ]
    return bytes(header) + b"".join(entries).ljust(512, b"\0")


def format_of(content: bytes, name: str = "bestand") -> str:
    return sniff(io.BytesIO(content), name)


def refusal(content: bytes, name: str = "bestand") -> ExtractError:
    with pytest.raises(ExtractError) as caught:
        format_of(content, name)
    return caught.value


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n", "pdf"),
        (office("wordprocessingml.document"), "docx"),
        (office("wordprocessingml.template"), "docx"),
        (office("presentationml.slideshow"), "pptx"),
        (office("spreadsheetml.sheet"), "xlsx"),
        (packed(types='<Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'), "docx"),
        (packed(types="<Types/>", word__document="x"), "zip"),
        (packed(mimetype=OPEN_DOCUMENT + "text"), "odt"),
        (packed(mimetype=OPEN_DOCUMENT + "presentation-template"), "odp"),
        (packed(mimetype=OPEN_DOCUMENT + "spreadsheet"), "ods"),
        (packed(a="tekst"), "zip"),
        (compound("WordDocument", "1Table"), "doc"),
        (compound("PowerPoint Document"), "ppt"),
        (compound("Workbook"), "xls"),
        (b"{\\rtf1\\ansi tekst}", "rtf"),
        (b"ISO-10303-21;\nHEADER;", "ifc"),
        (PNG, "image"),
        (b"\xff\xd8\xff\xe0" + bytes(20), "image"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image"),
        (b"<!-- --><!DOCTYPE html><p>tekst", "html"),
        (b"From: a@b.nl\nTo: c@d.nl\nSubject: verslag\n\nHoi", "eml"),
        (b"Gewone tekst van een student.", "txt"),
        ("Één regel".encode("utf-16"), "txt"),
        ("Een regel zonder merkteken".encode("utf-16-le"), "txt"),
        ("Één regel in een oude codering".encode("cp1252"), "txt"),
    ],
)
def test_content_tells_the_format_without_a_suffix(content: bytes, kind: str) -> None:
    assert format_of(content) == kind


@pytest.mark.parametrize(("name", "kind"), [("a.md", "md"), ("a.CSV", "csv"), ("a.htm", "html"), ("a.py", "txt")])
def test_suffix_decides_between_texts(name: str, kind: str) -> None:
    assert format_of(b"a;b\nc;d\n", name) == kind


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (PNG, "a.docx", "is a picture, although its name promises a Word document"),
        (PNG, "a.PDF", "is a picture, although its name promises a PDF"),
        (packed(a="tekst"), "a.docx", "is a ZIP archive, although its name promises a Word document"),
        (b"Gewone tekst", "a.pptx", "is plain text, although its name promises a presentation"),
        (b"<html>", "a.odt", "is a web page, although its name promises a text document"),
    ],
)
def test_file_that_is_not_the_document_that_its_name_promises_is_refused(
    content: bytes, name: str, reason: str
) -> None:
    found = refusal(content, name)
    assert (found.code, found.reason) == ("unknown-format", reason)


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (b"%PDF-1.4", "a.docx", "pdf"),
        (office("wordprocessingml.document"), "a.pdf", "docx"),
        (b"{\\rtf1}", "a.doc", "rtf"),
    ],
)
def test_another_office_format_under_the_wrong_name_is_read_as_what_it_is(content: bytes, name: str, kind: str) -> None:
    assert format_of(content, name) == kind


def test_web_page_that_a_program_saved_as_xls_is_read_as_a_web_page() -> None:
    assert format_of(b"<html><table>", "cijfers.xls") == "html"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"AC1032" + bytes(99), "drawing"),
        (b"MZ\x90\0" + bytes(99), "program"),
        (b"\0\0\0\x18ftypmp42" + bytes(99), "video"),
        (b"\0\0\0\x18ftypheic" + bytes(99), "photo"),
        (b"Rar!\x1a\x07" + bytes(99), "archive"),
        (compound("__properties_version1.0"), "EML"),
        (compound("RevitPreview4.0"), "not read"),
        (bytes(5000), "not read"),
        (bytes(range(256)) * 20, "not read"),
    ],
)
def test_what_is_not_read_is_refused_and_named(content: bytes, word: str) -> None:
    found = refusal(content)
    assert found.code == "not-read"
    assert word in found.reason


def test_program_under_the_name_of_a_document_is_a_failure_and_not_merely_not_read() -> None:
    """What is not read is archived without text; a file that is not what it says should be looked at."""
    assert refusal(b"MZ\x90\0" + bytes(99), "a.docx").code == "unknown-format"


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.txt"])
def test_empty_file_is_refused(name: str) -> None:
    assert refusal(b"", name).code == "empty"


def test_word_document_with_a_password_is_refused_for_that() -> None:
    assert refusal(compound("EncryptionInfo", "EncryptedPackage"), "a.docx").code == "password"


def test_half_of_a_word_document_is_damaged_not_unknown() -> None:
    assert refusal(office("wordprocessingml.document")[:60], "a.docx").code == "damaged"


def test_compound_file_whose_directory_runs_in_a_circle_ends() -> None:
    content = bytearray(compound("WordDocument"))
    content[76:80] = (1).to_bytes(4, "little")  # the allocation table is sector 1, which says: after 0 comes 0
    assert stream_names(io.BytesIO(bytes(content) + bytes(512))) >= {"Root Entry", "WordDocument"}
