"""The reader's language: chosen, else the browser's, else Dutch; dates and numbers with it."""

from __future__ import annotations

import pytest
from lxml import html

from tests.web.conftest import Visit


@pytest.mark.parametrize(
    ("header", "language"),
    [("", "nl"), ("en-GB,en;q=0.9", "en"), ("de,en;q=0.5", "en"), ("fr", "nl"), ("nl-BE", "nl"), ("*", "nl")],
)
def test_without_a_choice_the_browser_decides_and_dutch_is_the_default(
    example: Visit, header: str, language: str
) -> None:
    page = example("public").get("/about", headers={"Accept-Language": header} if header else {})
    assert f'<html lang="{language}">' in page.text
    assert "Accept-Language" in page.headers["Vary"]


def test_a_choice_is_kept_and_leads_back_to_the_page(example: Visit) -> None:
    visitor = example("public")
    chosen = visitor.post("/language", data={"language": "en", "next": "/search?q=gevel"})
    assert (chosen.status_code, chosen.headers["Location"]) == (303, "/search?q=gevel")
    assert '<html lang="en">' in visitor.get("/about", headers={"Accept-Language": "nl"}).text
    visitor.post("/language", data={"language": "nl", "next": "/"})
    assert '<html lang="nl">' in visitor.get("/about", headers={"Accept-Language": "en"}).text


def test_the_choice_leads_back_to_an_address_with_strange_signs(example: Visit) -> None:
    """`50% af?.pdf` came back as another address when its path was taken decoded."""
    visitor = example("public")
    asked = "/documents/bim5/2021/50%25%20af%3F%20%C3%A9.pdf?q=a%26b"
    (back,) = html.fromstring(visitor.get(asked).text).xpath("//input[@name='next']/@value")
    assert back == asked
    chosen = visitor.post("/language", data={"language": "en", "next": back})
    assert chosen.headers["Location"] == asked


@pytest.mark.parametrize("back", ["//example.org/", "https://example.org/", "/\\example.org", "nergens", "/a\r\nX: y"])
def test_the_choice_of_a_language_leads_nowhere_else(example: Visit, back: str) -> None:
    assert example("public").post("/language", data={"language": "en", "next": back}).status_code == 400


def test_an_unknown_language_is_refused(example: Visit) -> None:
    assert example("public").post("/language", data={"language": "xx", "next": "/"}).status_code == 400


def test_dates_names_and_numbers_are_as_the_language_has_them(example: Visit) -> None:
    visitor = example("campus")
    path = "/documents/bim5/2021/prefab-gevels/eindrapport.pdf"
    assert "21 januari 2022" in visitor.get(path).text
    english = visitor.get(path, headers={"Accept-Language": "en"}).text
    assert "January 2022" in english
    assert "prefabrication" in english
    assert "Energy transition" in visitor.get("/", headers={"Accept-Language": "en"}).text


def test_a_text_of_a_record_tells_its_own_language(example: Visit) -> None:
    """A screen reader would read Dutch sentences with an English voice."""
    page = example("campus").get("/projects/bim5/2021/prefab-gevels", headers={"Accept-Language": "en"}).text
    assert '<p class="lead" lang="nl">' in page
    page = example("campus").get("/projects/digitalisering/2021/data-quality-handbook").text
    assert '<p class="lead" lang="en">' in page
