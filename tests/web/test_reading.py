"""Reading over HTTP: pages and sections as set text, marked words, hits one by one, and what does not exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import Archive, Site, docx_bytes, pdf_bytes

FULL = "Deze regel van het rapport loopt door tot aan de rechterkant van de bladzijde en gaat\n"
PDF = "/documents/bim5/2021/gevels/rapport.pdf"
DOCX = "/documents/bim5/2021/gevels/nota.docx"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = Archive(tmp_path_factory.mktemp("reading"))
    prose = "1 Inleiding\n" + FULL * 4 + "dan verder met een spouwanker.\nNieuwe alinea. <b>geen opmaak</b>"
    pages = ["Voorblad", prose, "Niets hier", "Weer een spouwanker en twee spouwankers", "Slot"]
    archive.put("bim5/2021/gevels/rapport.pdf", pdf_bytes(*pages))
    archive.put(
        "bim5/2021/gevels/nota.docx",
        docx_bytes("# Methode", "Wij maten de spouwankers.", "# Conclusie", "Het paste.", "Bijna."),
    )
    archive.put("bim5/2021/gevels/lang.txt", "\n".join(["regel zonder nieuws"] * 4_000 + ["en daar is het spouwanker"]))
    archive.put("bim5/2021/gevels/tabel.csv", "Station;Orders\nLassen;43\nKanten;64\n")
    archive.index()
    return archive


def test_lines_of_a_pdf_are_joined_to_paragraphs_with_an_address_each(served: Site) -> None:
    page = served.get(PDF + "/read", page=2, q="spouwanker").text
    paragraphs = re.findall(r'<p id="d2-\d+"[^>]*>(.*?)</p>', page, re.DOTALL)
    assert len(paragraphs) == 2
    assert paragraphs[0].count("Deze regel") == 4
    assert "<mark>spouwanker</mark>" in paragraphs[0]
    assert re.search(r'<h3 id="d2-1">1 Inleiding', page)


def test_text_of_a_page_is_never_markup(served: Site) -> None:
    assert "&lt;b&gt;geen opmaak" in served.get(PDF + "/read", page=2).text


def test_the_browser_is_told_which_forms_to_mark(served: Site) -> None:
    page = served.get(PDF + "/read", page=4, q="spouwanker").text
    assert 'data-words="[&#34;spouwanker&#34;, &#34;spouwankers&#34;]"' in page
    found = served.get(PDF + "/hits", q="spouwanker").json
    assert found["words"] == ["spouwanker", "spouwankers"]
    assert [(each["page"], each["count"]) for each in found["pages"]] == [(2, 1), (4, 2)]


@pytest.mark.parametrize(
    ("start", "way", "there"), [(2, "next", 4), (4, "next", 2), (2, "previous", 4), (3, "next", 4)]
)
def test_the_next_hit_may_be_pages_away_and_goes_round(served: Site, start: int, way: str, there: int) -> None:
    moved = served.get(PDF + "/read", page=start, q="spouwanker", hit=way)
    assert moved.status == 303
    assert f"page={there}&" in moved.headers["location"]


def test_without_any_hit_the_reader_stays(served: Site) -> None:
    moved = served.get(PDF + "/read", page=3, q="bestaatniet", hit="next")
    assert "page=3&" in moved.headers["location"]


def test_sections_stand_together_with_their_headings_as_an_outline(served: Site) -> None:
    page = served.get(DOCX + "/read", page=2, q="spouwanker").text
    assert '<div class="part" id="d1">' in page
    assert '<div class="part" id="d2">' in page
    assert 'href="/documents/bim5/2021/gevels/nota.docx/read?page=2&amp;q=spouwanker#d2"' in page
    assert "<mark>spouwankers</mark>" in page


def test_a_table_names_its_columns(served: Site) -> None:
    page = served.get("/documents/bim5/2021/gevels/tabel.csv/read", page=1).text
    assert '<th scope="col">Station</th>' in page
    assert "<td>43</td>" in page


def test_a_text_too_long_for_a_page_opens_at_the_piece_with_the_hit(served: Site) -> None:
    page = served.get("/documents/bim5/2021/gevels/lang.txt/read", page=1, q="spouwanker")
    assert "<mark>spouwanker</mark>" in page.text
    assert len(page.body) < 150_000
    first = served.get("/documents/bim5/2021/gevels/lang.txt/read", page=1, slice=1)
    assert "spouwanker" not in first.text
    assert "slice=4" in first.text


@pytest.mark.parametrize("page", ["0", "6", "99999999", "-1", "x", "²", "1" * 400])
def test_a_page_that_does_not_exist_gets_a_sentence_and_a_way_on(served: Site, page: str) -> None:
    answer = served.get(PDF + "/read", page=page)
    assert answer.status == 404
    assert "5 bladzijden" in answer.text
    assert f'href="{PDF}/read?page=1#d1"' in answer.text


@pytest.mark.parametrize("path", ["/read?page=1", "/hits?q=spouwanker"])
def test_who_may_not_read_the_file_reads_nothing_here(filled: Archive, path: str) -> None:
    with filled.serving() as public:
        absent = public.get("/documents/bim5/2021/gevels/niets.pdf" + path)
        hidden = public.get(PDF + path)
        assert (absent.status, hidden.status) == (404, 404)
        assert hidden.body.replace(b"rapport", b"niets") == absent.body


def test_only_the_worker_of_the_pdf_reader_may_run_webassembly(served: Site) -> None:
    folder = next((Path(__file__).parents[2] / "webui/static/vendor").glob("pdfjs-*")).name
    worker = served.get(f"/static/vendor/{folder}/pdf.worker.min.mjs").headers
    assert "'wasm-unsafe-eval'" in worker["content-security-policy"]
    assert "javascript" in worker["content-type"]
    for path in (PDF + "/read?page=1", f"/static/vendor/{folder}/pdf.min.mjs"):
        assert "unsafe" not in served.get(path).headers["content-security-policy"]
