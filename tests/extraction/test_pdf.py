"""Reading PDF: files made here with reportlab and Pillow, and by hand where those can't make them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from indexer.extraction import ocr
from indexer.extraction.model import ExtractError, Limits
from indexer.extraction.pdf import read
from tests.extraction.contract import answered

needs_tesseract = pytest.mark.skipif(not shutil.which("tesseract"), reason="tesseract is not installed")


def made(path: Path, draw: Callable[[Canvas], None], **options: object) -> Path:
    canvas = Canvas(str(path), **options)
    draw(canvas)
    canvas.save()
    return path


def lines(*texts: str) -> Callable[[Canvas], None]:
    """Draw each text on a page of its own; line feeds part lines."""

    def draw(canvas: Canvas) -> None:
        for text in texts:
            body = canvas.beginText(72, 760)
            body.textLines(text)
            canvas.drawText(body)
            canvas.showPage()

    return draw


def by_hand(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF of these objects; the first is the catalog."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, len(out))
    return bytes(out) + head + table + tail


def scan(path: Path, text: str, *, pages: int = 1) -> Path:
    """A PDF of which each page is a picture of text, as a scanner makes it."""
    page = Image.new("L", (1654, 600), 255)
    ImageDraw.Draw(page).text((120, 200), text, font=ImageFont.load_default(60), fill=0)
    page.save(path, resolution=200, save_all=True, append_images=[page] * (pages - 1))
    return path


def refusal(path: Path) -> ExtractError:
    with pytest.raises(ExtractError) as caught, path.open("rb") as source:
        read(source, limits=Limits())
    return caught.value


def test_each_page_is_there_also_an_empty_one(tmp_path: Path) -> None:
    found = answered(made(tmp_path / "a.pdf", lines("Voorwoord", "", "Het onderzoek is een vervolg op het vorige.")))
    assert [page["text"] for page in found["pages"]] == ["Voorwoord", "", "Het onderzoek is een vervolg op het vorige."]
    assert found["properties"]["language"] == "nl"
    assert found["warnings"] == []


def test_page_without_text_and_without_a_picture_is_no_scan(tmp_path: Path) -> None:
    assert answered(made(tmp_path / "a.pdf", lines("een", "")))["warnings"] == []


def test_labels_are_as_printed_and_the_number_where_the_file_has_none(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.addPageLabel(0, "ROMAN_LOWER", start=3)
        canvas.addPageLabel(2, "ARABIC", start=1, prefix="A-")
        lines("iii", "iv", "A-1")(canvas)

    assert [page["label"] for page in answered(made(tmp_path / "a.pdf", draw))["pages"]] == ["iii", "iv", "A-1"]
    assert [page["label"] for page in answered(made(tmp_path / "b.pdf", lines("x", "y")))["pages"]] == ["1", "2"]


def test_word_broken_at_a_line_end_is_joined_although_pdfium_hides_the_hyphen(tmp_path: Path) -> None:
    """pdfium gives U+FFFE for such a hyphen and drops the line end: `energie￾zuinig` was found by neither spelling."""
    text = "Het is energie-\nzuinig en een Learning-\nCommunity met AI-\nmodel in 2021-\n2022"
    found = answered(made(tmp_path / "a.pdf", lines(text)))
    assert found["pages"][0]["text"] == "Het is energiezuinig en een Learning-Community met AI-model in 2021-2022"


def test_properties_are_title_authors_and_date(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setTitle("Prefab gevels")
        canvas.setAuthor("A. Student; B. Student")
        lines("tekst")(canvas)

    about = answered(made(tmp_path / "a.pdf", draw, invariant=True))["properties"]
    assert (about["title"], about["authors"]) == ("Prefab gevels", ["A. Student", "B. Student"])
    assert about["created"] == "2000-01-01T00:00:00+00:00"


def test_outline_leads_to_pages(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        for level, title in ((0, "1 Inleiding"), (1, "1.1 Aanleiding"), (0, "2 Methode")):
            canvas.bookmarkPage(title)
            canvas.addOutlineEntry(title, title, level)
            canvas.drawString(72, 700, title)
            canvas.showPage()

    with made(tmp_path / "a.pdf", draw).open("rb") as source:
        outline = read(source, limits=Limits()).outline
    assert [(entry.title, entry.level, entry.part) for entry in outline] == [
        ("1 Inleiding", 1, 1),
        ("1.1 Aanleiding", 2, 2),
        ("2 Methode", 1, 3),
    ]


def test_what_is_typed_into_a_form_is_read(tmp_path: Path) -> None:
    """Assessment forms came back with the questions and without the answers: those lie above the page."""

    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "Oordeel:")
        canvas.acroForm.textfield(name="oordeel", value="ruim voldoende", x=150, y=690, width=200, height=20)
        canvas.showPage()

    text = answered(made(tmp_path / "a.pdf", draw))["pages"][0]["text"]
    assert "Oordeel:" in text
    assert "ruim voldoende" in text


def test_password_is_refused_but_an_empty_one_opens(tmp_path: Path) -> None:
    locked = made(tmp_path / "a.pdf", lines("geheim"), encrypt=StandardEncryption("sleutel", strength=128))
    assert (refusal(locked).code, refusal(locked).reason) == ("password", "is protected with a password")
    owned = made(tmp_path / "b.pdf", lines("leesbaar"), encrypt=StandardEncryption("", "eigenaar", strength=128))
    assert answered(owned)["pages"][0]["text"] == "leesbaar"


@pytest.mark.parametrize("content", [b"%PDF-1.7\nen dan niets", by_hand(b"<</Type/Catalog>>")])
def test_damaged_file_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(content)
    assert refusal(path).code in {"damaged", "empty"}
    assert refusal(path).reason.startswith("is ")


def test_file_that_arrived_half_is_read_as_far_as_it_goes_or_refused(tmp_path: Path) -> None:
    whole = made(tmp_path / "a.pdf", lines("een", "twee")).read_bytes()
    for length in range(200, len(whole), 97):
        half = tmp_path / "half.pdf"
        half.write_bytes(whole[:length])
        try:
            answered(half)
        except ExtractError as error:
            assert error.code in {"damaged", "empty"}


def test_page_tree_that_runs_in_a_circle_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    pages = (b"<</Type/Pages/Kids[3 0 R]/Count 1>>", b"<</Type/Pages/Kids[2 0 R]/Count 1/Parent 2 0 R>>")
    path.write_bytes(by_hand(b"<</Type/Catalog/Pages 2 0 R>>", *pages))
    assert answered(path)["warnings"] == ["page 1: is damaged and was not read"]


def test_when_time_runs_out_the_rest_stays_empty_and_is_told(tmp_path: Path) -> None:
    path = made(tmp_path / "a.pdf", lines("een", "twee", "drie"))
    with path.open("rb") as source:
        found = read(source, limits=Limits(time_s=0, time_s_per_mb=0))
    assert [part.text for part in found.parts] == ["", "", ""]
    assert found.warnings == ("pages 1 to 3 were not read: reading takes too long",)


def test_scanned_page_is_named_in_a_warning(tmp_path: Path) -> None:
    found = answered(scan(tmp_path / "a.pdf", "Een scan", pages=2))
    assert [page["text"] for page in found["pages"]] == ["", ""]
    assert found["warnings"] == ["page 1: no text, perhaps a scan", "page 2: no text, perhaps a scan"]


def test_many_scanned_pages_do_not_drown_the_other_warnings(tmp_path: Path) -> None:
    warnings = answered(scan(tmp_path / "a.pdf", "Een scan", pages=30))["warnings"]
    assert warnings[-1] == "10 more pages: no text, perhaps scans"


@needs_tesseract
def test_scanned_pages_are_read_when_that_is_asked_for(tmp_path: Path) -> None:
    path = scan(tmp_path / "a.pdf", "Circulaire gevels", pages=2)
    found = answered(path, limits=Limits(scanned_pages_max=1))
    assert [page["text"] for page in found["pages"]] == ["Circulaire gevels", ""]
    assert found["warnings"] == [
        "page 1: read from a picture, mistakes are likely",
        "page 2: no text, perhaps a scan",
    ]


@needs_tesseract
@pytest.mark.parametrize(("suffix", "mode", "ground"), [("png", "RGB", "white"), ("jpg", "L", 255), ("tif", "1", 1)])
def test_text_in_a_picture_is_read(tmp_path: Path, suffix: str, mode: str, ground: object) -> None:
    path = tmp_path / f"a.{suffix}"
    picture = Image.new(mode, (900, 200), ground)
    ImageDraw.Draw(picture).text((60, 60), "Houten brug", font=ImageFont.load_default(60), fill=0)
    picture.save(path)
    found = answered(path)
    assert (found["format"], found["sections"][0]["text"]) == ("image", "Houten brug")
    assert found["warnings"] == ["read from a picture, mistakes are likely"]


@needs_tesseract
def test_letters_on_a_transparent_ground_are_read(tmp_path: Path) -> None:
    """Transparent pixels are black when the transparency is dropped: black letters on black."""
    picture = Image.new("RGBA", (900, 200))
    ImageDraw.Draw(picture).text((60, 60), "Houten brug", font=ImageFont.load_default(60), fill="black")
    picture.save(tmp_path / "a.png")
    assert answered(tmp_path / "a.png")["sections"][0]["text"] == "Houten brug"


def test_picture_without_tesseract_is_an_empty_section_and_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr, "available", lambda: False)
    Image.new("L", (100, 100), 255).save(tmp_path / "a.png")
    found = answered(tmp_path / "a.png")
    assert [section["text"] for section in found["sections"]] == [""]
    assert found["warnings"] == ["text in the picture was not read: tesseract is not installed"]


def test_picture_with_too_many_pixels_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    Image.new("1", (20_000, 20_000)).save(tmp_path / "a.png")  # 50 kB, and 400 million pixels
    with pytest.raises(ExtractError) as caught:
        answered(tmp_path / "a.png")
    assert caught.value.code == "too-large"


def test_damaged_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"geen plaatje" * 20)
    with pytest.raises(ExtractError) as caught:
        answered(tmp_path / "a.png")
    assert caught.value.code == "damaged"
