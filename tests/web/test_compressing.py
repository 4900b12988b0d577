"""Answers in the fewest bytes: compressed for who takes that, and never where their length could tell a secret."""

from __future__ import annotations

import gzip

import pytest

from tests.web.conftest import Visit

GZIP = {"Accept-Encoding": "gzip, deflate, br"}
PDF = "/documents/bim5/2021/prefab-gevels/eindrapport.pdf/file"


@pytest.mark.parametrize("path", ["/", "/about", "/search?q=gevel", "/static/style.css", "/static/search.js"])
def test_a_page_and_a_static_file_are_the_same_in_fewer_bytes(example: Visit, path: str) -> None:
    visitor = example("campus")
    with visitor.get(path) as plain, visitor.get(path, headers=GZIP) as packed:
        assert "Content-Encoding" not in plain.headers
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
        assert packed.content_length == len(packed.data) < 0.5 * len(plain.data)
        assert plain.mimetype == packed.mimetype
        assert "Accept-Encoding" in plain.vary and "Accept-Encoding" in packed.vary


def test_data_is_compressed_too(example: Visit) -> None:
    packed = example("campus").get("/api/v1/search?q=gevel", headers=GZIP)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert b'"hits"' in gzip.decompress(packed.data)


@pytest.mark.parametrize("path", ["/healthz", PDF, "/static/fonts/literata-5.3.0-latin.woff2"])
def test_what_is_small_or_compressed_already_goes_as_it_is(example: Visit, path: str) -> None:
    with example("campus").get(path, headers=GZIP) as answer:
        assert answer.status_code == 200
        assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "identity"])
def test_who_does_not_take_gzip_does_not_get_it(example: Visit, accepted: str) -> None:
    answer = example("campus").get("/about", headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in answer.headers


def test_a_part_of_a_file_is_a_part_of_the_plain_one(example: Visit) -> None:
    with example("campus").get("/static/style.css", headers={**GZIP, "Range": "bytes=0-9"}) as part:
        assert (part.status_code, len(part.data)) == (206, 10)
        assert "Content-Encoding" not in part.headers


def test_a_browser_that_has_a_compressed_file_need_not_fetch_it_again(example: Visit) -> None:
    visitor = example("campus")
    with visitor.get("/static/style.css", headers=GZIP) as first:
        kept = first.headers["ETag"]
    assert kept.startswith("W/")
    with visitor.get("/static/style.css", headers={**GZIP, "If-None-Match": kept}) as again:
        assert (again.status_code, again.data) == (304, b"")
        assert "Accept-Encoding" in again.vary


def test_a_page_of_somebody_with_a_session_is_not_compressed(example: Visit) -> None:
    """A stranger who may choose the words of a search, and see the length of its answer, learns what else is there."""
    visitor = example("public")
    with visitor.session_transaction() as session:
        session["anything"] = "of theirs"
    for path in ("/search?q=gevel", "/api/v1/search?q=gevel"):
        assert "Content-Encoding" not in visitor.get(path, headers=GZIP).headers
    with visitor.get("/static/style.css", headers=GZIP) as file:
        assert file.headers["Content-Encoding"] == "gzip"
