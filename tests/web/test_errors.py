"""What goes wrong is told in the reader's language, as a page or as data, and never in the framework's words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import abort, request
from flask.testing import FlaskClient
from lxml import html
from werkzeug.exceptions import default_exceptions

from archive.catalog.catalog import CatalogUnreadable
from indexer.search.engine import IndexUnreadable
from tests.web.conftest import Visit

ENGLISH = {"Accept-Language": "en"}
FRAMEWORK = {error.description for error in default_exceptions.values()} | {
    error.__name__ for error in default_exceptions.values()
}


@pytest.fixture(scope="module")
def visitor(example: Visit) -> Iterator[FlaskClient]:
    """A site with an address for everything that can go wrong."""
    client = example("public")
    app = client.application

    @app.get("/wrong/<int:status>")
    @app.get("/api/wrong/<int:status>", endpoint="wrong_data")
    def wrong(status: int) -> str:
        abort(status)

    @app.get("/missing")
    def missing() -> str:
        return request.args["nothing"]

    @app.get("/index")
    @app.get("/api/index", endpoint="index_data")
    def index() -> str:
        raise IndexUnreadable("index/segments: no such file")

    @app.get("/catalog")
    def catalog() -> str:
        raise CatalogUnreadable("catalog.sqlite: not a database")

    @app.get("/fault")
    @app.get("/api/fault", endpoint="fault_data")
    def fault() -> str:
        raise ZeroDivisionError("a secret of the traceback")

    yield client


def sentence(page: str) -> str:
    (found,) = html.fromstring(page).xpath("//p[@class='lead']/text()")
    return str(found)


@pytest.mark.parametrize("status", sorted(status for status in default_exceptions if status >= 400))
def test_every_status_has_a_sentence_of_ours_in_both_languages(visitor: FlaskClient, status: int) -> None:
    dutch, english = visitor.get(f"/wrong/{status}"), visitor.get(f"/wrong/{status}", headers=ENGLISH)
    assert dutch.status_code == english.status_code == status
    told = {sentence(dutch.text), sentence(english.text)}
    assert len(told) == 2
    assert told.isdisjoint(FRAMEWORK)
    assert visitor.get(f"/api/wrong/{status}").json == {"error": sentence(dutch.text)}


def test_a_field_that_is_not_sent_gets_a_sentence_and_not_its_name(visitor: FlaskClient) -> None:
    page = visitor.get("/missing")
    assert page.status_code == 400
    assert "nothing" not in page.text


def test_a_method_that_an_address_does_not_know_is_told_with_those_that_it_does(visitor: FlaskClient) -> None:
    page = visitor.get("/language")
    assert page.status_code == 405
    assert "POST" in page.headers["Allow"]
    assert "kan dat niet" in sentence(page.text)


@pytest.mark.parametrize("path", ["/index", "/catalog"])
def test_an_archive_that_is_being_mended_asks_for_patience(visitor: FlaskClient, path: str) -> None:
    page = visitor.get(path)
    assert page.status_code == 503
    assert "minuut" in sentence(page.text)
    assert "sqlite" not in page.text


def test_data_gets_the_same_sentence_as_a_page(visitor: FlaskClient) -> None:
    answer = visitor.get("/api/index")
    assert (answer.status_code, answer.json) == (503, {"error": sentence(visitor.get("/index").text)})
    long = visitor.get("/api/v1/search", query_string={"q": "x" * 2001})
    assert (long.status_code, long.mimetype) == (400, "application/json")
    assert "2.000" in long.json["error"]


def test_a_fault_of_ours_gets_a_number_and_shows_nothing_else(
    visitor: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    for path in ("/fault", "/api/fault"):
        answer = visitor.get(path)
        assert answer.status_code == 500
        number = caplog.records[-1].args[0]  # type: ignore[index]
        assert str(number) in answer.text
        assert "secret" not in answer.text


@pytest.mark.parametrize("parameters", ["sort=zomaar", "limit=veel", "cursor=zomaar"])
def test_a_wrong_parameter_is_told_as_what_it_is(example: Visit, parameters: str) -> None:
    visitor = example("public")
    told = visitor.get(f"/api/v1/search?q=gevel&{parameters}").json["error"]
    assert told not in FRAMEWORK
    assert told != visitor.get(f"/api/v1/search?q=gevel&{parameters}", headers=ENGLISH).json["error"]


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "127.0.0.2:8000", "localhost", "[::1]:8000", "[::1]"])
def test_under_as_every_address_of_this_machine_is_answered(example: Visit, host: str) -> None:
    """`serve --host 127.0.0.2 --as campus` started, and then refused every request."""
    assert example("campus").get("/about", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["archief.example.org", "127.0.0.1.example.org", "10.0.0.1:8000", "[::2]", ""])
def test_under_as_any_other_name_is_refused_as_a_page_or_as_data(example: Visit, host: str) -> None:
    visitor = example("campus")
    page = visitor.get("/about", headers={"Host": host})
    data = visitor.get("/api/v1/search?q=gevel", headers={"Host": host})
    assert (page.status_code, data.status_code) == (403, 403)
    assert data.json == {"error": sentence(page.text)}
