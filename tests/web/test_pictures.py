"""Pictures of first pages: made in the background by a limited process, a drawn cover until then, nobody else's."""

from __future__ import annotations

import io
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from PIL import Image

from indexer.extraction.model import ExtractError, Limits
from indexer.pictures import WIDTH_PX, draw, forget_all_but, is_hopeless, make, picture_path
from tests.conftest import Archive, pdf_bytes
from webui.covers import draw_cover

PDF = "a/2021/p/rapport.pdf"


def png(width: int, height: int, mode: str = "RGB") -> bytes:
    stream = io.BytesIO()
    Image.new(mode, (width, height)).save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.parametrize(
    "content", [pdf_bytes("Voorblad"), png(2000, 3000), png(900, 90_000), png(700, 500, "RGBA"), png(900, 700, "P")]
)
def test_a_first_page_is_drawn_small(content: bytes) -> None:
    picture = Image.open(io.BytesIO(draw(io.BytesIO(content))))
    assert picture.format == "WEBP"
    assert picture.width == WIDTH_PX
    assert picture.height <= 480


def test_a_picture_is_made_by_a_worker_and_kept_by_its_name(tmp_path: Path) -> None:
    file = tmp_path / "x.pdf"
    file.write_bytes(pdf_bytes("Voorblad"))
    assert make(str(file), "abcd", tmp_path / "pictures")
    assert picture_path(tmp_path / "pictures", "abcd").read_bytes()[8:12] == b"WEBP"
    forget_all_but(tmp_path / "pictures", frozenset())
    assert not picture_path(tmp_path / "pictures", "abcd").exists()


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 kapot", b"\x89PNG\r\n\x1a\n kapot", b"gewoon tekst"])
def test_what_can_not_be_drawn_is_not_tried_again(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.pdf"
    file.write_bytes(content)
    assert not make(str(file), "abcd", tmp_path / "pictures")
    assert is_hopeless(tmp_path / "pictures", "abcd")


def test_a_worker_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    file = tmp_path / "x.png"
    file.write_bytes(png(9000, 9000))
    start = time.monotonic()
    assert not make(str(file), "abcd", tmp_path / "pictures", limits=Limits(time_s=0.0, time_s_per_mb=0.0))
    assert time.monotonic() - start < 5


def test_an_image_with_too_many_pixels_is_refused() -> None:
    with pytest.raises((ExtractError, Image.DecompressionBombError)):
        draw(io.BytesIO(png(20_000, 20_000, "1")))


def test_a_cover_stands_there_until_the_picture_is_made(archive: Archive) -> None:
    archive.put(PDF, pdf_bytes("Voorblad"))
    archive.put("a/2021/p/notitie.txt", "tekst")
    archive.index()
    with archive.serving("--as", "campus") as site:
        first = site.get(f"/pictures/{PDF}?v=1")
        assert (first.status, first.headers["content-type"].split(";")[0]) == (200, "image/svg+xml")
        assert first.headers["cache-control"] == "private, no-cache"
        site.wait_until(
            lambda: site.get(f"/pictures/{PDF}").headers["content-type"] == "image/webp", "the picture is made"
        )
        made = site.get(f"/pictures/{PDF}?v=1")
        assert "max-age=31536000" in made.headers["cache-control"]
        assert made.headers["cache-control"].startswith("private")
        drawn = site.get("/pictures/a/2021/p/notitie.txt")
        assert ET.fromstring(drawn.body).tag.endswith("svg")
        assert site.get("/pictures/a/2021/p/niets.txt").status == 404
    with archive.serving() as public:
        assert public.get(f"/pictures/{PDF}").status == 404


def test_who_may_know_of_a_file_but_not_read_it_gets_the_drawn_cover(archive: Archive) -> None:
    archive.put(PDF, pdf_bytes("Geheime voorpagina"))
    record = (
        '[[deliverable]]\nfile = "rapport.pdf"\ntitle = "Open titel"\nvisibility = "public"\n[[team]]\nname = "Fenna"\n'
    )
    archive.put("a/2021/p/project.toml", f'title = "P"\n{record}')
    archive.index()
    with archive.serving("--as", "campus") as campus:
        campus.get(f"/pictures/{PDF}")
        campus.wait_until(lambda: campus.get(f"/pictures/{PDF}").headers["content-type"] == "image/webp", "it is made")
    with archive.serving() as public:
        seen = public.get(f"/pictures/{PDF}")
        assert seen.headers["content-type"].startswith("image/svg")
        assert "Open titel" in seen.text


@pytest.mark.parametrize(
    "title",
    [
        "",
        "x" * 500,
        "Duurzaamheidsbeoordelingsmethodiekontwikkeling voor arbeidsongeschiktheidsverzekeringsmaatschappijen",
        '<script>alert(1)</script> & "aanhaling"',
        "تقرير عن العزل",
        "é̂̃" * 60,
        "\x00\x1b[31m\u202efdp",
    ],
)
def test_any_title_makes_a_cover_that_is_well_formed(title: str) -> None:
    drawing = ET.fromstring(draw_cover(title=title, kind="rapport", placed="2021–2022", hue=9))
    lines = [each.text or "" for each in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert len(lines) <= 9
    assert not any(letter in "".join(lines) for letter in "\x00\x1b\u202e")
