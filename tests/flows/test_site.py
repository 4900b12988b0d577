"""The flows "search" and "open a hit" over HTTP, and what the site keeps from whom."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Archive, Site, docx_bytes, free_port, pdf_bytes


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = Archive(tmp_path_factory.mktemp("site"))
    archive.put("bim5/2021/gevels/rapport.pdf", pdf_bytes("Voorblad", "De prefab gevel hangt in een dag", "Slot"))
    archive.put(
        "bim5/2021/gevels/nota.docx", docx_bytes("# Methode", "Wij maten de gevels.", "<script>alert(1)</script>")
    )
    archive.put("bim5/2021/gevels/geheim.txt", "kanariewoord in de gevel")
    archive.put("bim5/2021/gevels/slot.pdf", b"")
    archive.put("bim5/2021/gevels/pagina.html", "<p>gevel <script>alert(2)</script></p>")
    archive.put(
        "bim5/2021/gevels/project.toml",
        'title = "Prefab gevels"\nvisibility = "public"\n'
        '[[deliverable]]\nfile = "rapport.pdf"\ntitle = "Prefab gevels in één dag"\nvisibility = "public"\nno_names = true\n'
        '[[deliverable]]\nfile = "geheim.txt"\ntitle = "Kanarietitel"\nvisibility = "confidential"\n',
    )
    archive.put("bim5/community.toml", 'name = { nl = "BIM 5", en = "BIM 5" }\n')
    archive.put("bim5/2020/50% af & klaar?/caf\u00e9 #1.txt", "vreemde naam")
    archive.index()
    return archive


@pytest.fixture(scope="module")
def public(filled: Archive) -> Iterator[Site]:
    with filled.serving() as site:
        yield site


@pytest.fixture(scope="module")
def campus(filled: Archive) -> Iterator[Site]:
    with filled.serving("--as", "campus") as site:
        yield site


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site with more documents than one answer holds."""
    archive = Archive(tmp_path_factory.mktemp("many"))
    for number in range(120):
        archive.put(f"bim5/2021/p{number}/verslag.txt", f"gevel {number}")
    archive.index()
    with archive.serving("--as", "campus") as site:
        yield site


def test_the_search_api_and_the_command_line_answer_alike(filled: Archive, campus: Site) -> None:
    over_http = campus.get("/api/v1/search", q="gevel").json
    on_the_line = filled.search("gevel", "--as", "campus")
    assert {**over_http, "took_ms": 0} == {**on_the_line, "took_ms": 0}
    assert over_http["relation"] == "eq"


def test_a_result_links_to_the_page_that_matched(campus: Site) -> None:
    page = campus.get("/search", q="prefab gevel")
    assert page.status == 200
    assert "/documents/bim5/2021/gevels/rapport.pdf/read?page=2" in page.text
    assert "<mark>" in page.text
    read = campus.get("/documents/bim5/2021/gevels/rapport.pdf/read", page=2, q="gevels")
    assert "<mark>gevel</mark>" in read.text


def test_the_file_opens_in_the_browser_with_its_own_name(campus: Site) -> None:
    file = campus.get("/documents/bim5/2021/gevels/rapport.pdf/file")
    assert file.headers["content-type"] == "application/pdf"
    assert file.headers["content-disposition"].startswith("inline")
    assert file.body.startswith(b"%PDF")
    part = campus.get("/documents/bim5/2021/gevels/rapport.pdf/file", headers={"Range": "bytes=0-3"})
    assert (part.status, part.body) == (206, b"%PDF")


def test_html_is_never_shown_on_our_origin(campus: Site) -> None:
    file = campus.get("/documents/bim5/2021/gevels/pagina.html/file")
    assert file.headers["content-disposition"].startswith("attachment")
    assert "html" not in file.headers["content-type"]
    assert "sandbox" in file.headers["content-security-policy"]


def test_text_of_a_document_is_never_markup(campus: Site) -> None:
    read = campus.get("/documents/bim5/2021/gevels/nota.docx/read", page=1)
    assert "<script>alert" not in read.text
    assert "&lt;script&gt;" in read.text


def test_what_a_visitor_may_not_see_does_not_exist(public: Site) -> None:
    absent = public.get("/documents/bim5/2021/gevels/anders.txt")
    hidden = public.get("/documents/bim5/2021/gevels/geheim.txt")
    assert absent.status == hidden.status == 404
    assert absent.text.replace("anders", "geheim") == hidden.text
    for path in ("/file", "/read?page=1"):
        assert public.get("/documents/bim5/2021/gevels/geheim.txt" + path).status == 404
    answer = public.get("/api/v1/search", q="gevel").json
    assert [hit["id"] for hit in answer["hits"]] == ["bim5/2021/gevels/rapport.pdf"]
    assert answer["total"] == 1
    for path in ("/", "/search?q=gevel", "/unread", "/documents/bim5/2021/gevels/rapport.pdf"):
        assert "kanarie" not in public.get(path).text.lower()
    for word in ("kanariewoord", "kanarietitel"):
        assert public.get("/api/v1/search", q=word, exact=1).json["hits"] == []
        assert public.get("/api/v1/search", q=word).json["repaired"] is None


def test_the_unread_page_says_what_is_wrong_and_what_to_do_in_dutch(campus: Site, public: Site) -> None:
    page = campus.get("/unread")
    assert "slot.pdf" in page.text
    assert "leeg" in page.text
    assert "slot.pdf" not in public.get("/unread").text


def test_strange_names_have_addresses_that_work(campus: Site) -> None:
    (hit,) = campus.get("/api/v1/search", q="vreemde naam").json["hits"]
    page = campus.get(hit["url"])
    assert page.status == 200
    assert campus.get(hit["url"] + "/file").body == b"vreemde naam"


def test_a_filter_counts_what_following_it_finds(campus: Site) -> None:
    facets = campus.get("/api/v1/search", q="gevel").json["facets"]
    assert {name for name, values in facets.items() if values} >= {"community", "year", "kind"}
    for name, values in facets.items():
        for value in values:
            found = campus.get("/api/v1/search", {}, q="gevel", **{name: value["value"]}).json
            assert found["total"] == len(found["hits"]) == value["count"], (name, value)


def test_a_year_may_be_written_as_one_or_as_two(campus: Site) -> None:
    pages = [campus.get("/search", q="gevel", year=year) for year in ("2021", "2021-2022")]
    totals = [
        campus.get("/api/v1/search", q="gevel", year=year).json["total"] for year in ("2021", "2021-2022", "2020")
    ]
    assert [page.status for page in pages] == [200, 200]
    assert totals == [4, 4, 0]


def test_a_limit_is_cut_at_a_hundred_and_a_cursor_continues(many: Site) -> None:
    first = many.get("/api/v1/search", limit=500).json
    assert (len(first["hits"]), first["total"]) == (100, 120)
    rest = many.get("/api/v1/search", limit=500, cursor=first["cursor"]).json
    ids = [hit["id"] for hit in first["hits"] + rest["hits"]]
    assert len(ids) == len(set(ids)) == 120
    assert rest["cursor"] is None


@pytest.mark.parametrize("query", ["x" * 2001, "gevel " * 400])
def test_too_long_a_query_gets_a_sentence(campus: Site, query: str) -> None:
    assert campus.get("/api/v1/search", q=query).status == 400
    page = campus.get("/search", q=query)
    assert page.status == 400
    assert "2.000" in page.text


@pytest.mark.parametrize("parameters", [{"limit": "veel"}, {"sort": "zomaar"}, {"cursor": "zomaar"}])
def test_a_wrong_parameter_gets_a_sentence_and_no_fault(campus: Site, parameters: dict[str, str]) -> None:
    assert campus.get("/api/v1/search", q="gevel", **parameters).status == 400


def test_every_answer_carries_a_strict_policy(public: Site) -> None:
    for path in ("/", "/search?q=gevel", "/documents/niets", "/healthz"):
        headers = public.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_under_as_a_request_through_a_proxy_is_refused(campus: Site) -> None:
    assert campus.get("/", headers={"X-Forwarded-For": "10.0.0.1"}).status == 403
    assert campus.get("/api/v1/search?q=gevel", headers={"X-Forwarded-For": "10.0.0.1"}).json.keys() == {"error"}
    assert campus.get("/api/v1/search?q=gevel", headers={"Host": "archief.example.org"}).status == 403


def test_as_is_refused_on_an_address_that_others_can_reach(filled: Archive) -> None:
    done = filled.run("serve", "--host", "0.0.0.0", "--as", "campus", "--port", str(free_port()))
    assert done.code == 2
    assert len(done.err.strip().splitlines()) == 1


def test_a_port_in_use_is_told_in_one_sentence(filled: Archive, public: Site) -> None:
    done = filled.run("serve", "--port", str(public.port))
    assert done.code == 3
    assert str(public.port) in done.err


def test_a_new_file_is_found_while_the_site_runs(archive: Archive) -> None:
    archive.put("a/2021/p/een.txt", "gevel")
    with archive.serving("--as", "campus") as site:
        archive.put("a/2021/p/twee.txt", "spouwanker")
        site.wait_until(
            lambda: site.get("/api/v1/search", q="spouwanker").json["total"] == 1, "the new file is found", at_most_s=60
        )


def test_the_terminal_says_how_much_a_visitor_sees(filled: Archive, public: Site) -> None:
    log = (filled.root / "serve.log").read_text()
    assert "1 of 6" in log
    assert "--as campus" in log


def test_the_server_stops_within_five_seconds_of_term(archive: Archive, tmp_path: Path) -> None:
    archive.put("a/2021/p/een.txt", "gevel")
    with archive.serving() as site:
        site.process.terminate()
        try:
            assert site.process.wait(5) == 0
        except subprocess.TimeoutExpired:
            pytest.fail("still running after 5 s")


def test_a_moved_file_keeps_its_old_address(archive: Archive) -> None:
    path = archive.put("a/2021/p/oud.txt", "spouwanker")
    archive.index()
    path.rename(path.with_name("nieuw.txt"))
    archive.index()
    with archive.serving("--as", "campus") as site:
        moved = site.get("/documents/a/2021/p/oud.txt")
        assert (moved.status, moved.headers["location"]) == (301, "/documents/a/2021/p/nieuw.txt")
    with archive.serving() as site:
        assert site.get("/documents/a/2021/p/oud.txt").status == 404


def test_a_site_whose_index_is_taken_away_says_so_and_mends_itself(archive: Archive) -> None:
    """It answered every search with a fault, for ever."""
    archive.put("a/2021/p/een.txt", "spouwanker")
    with archive.serving("--as", "campus") as site:
        shutil.rmtree(archive.var / "index")
        assert site.get("/search", q="spouwanker").status in (200, 503)
        site.wait_until(
            lambda: site.get("/api/v1/search", q="spouwanker").json.get("total") == 1, "it is found again", at_most_s=60
        )
