"""A search that names a company, theme or community leads to its page, too: for who may know of it."""

from __future__ import annotations

import pytest
from lxml import html

from tests.web.conftest import Visit


def posts(visit: Visit, query: str, *, role: str = "public", language: str = "nl") -> list[tuple[str, str]]:
    page = visit(role).get("/search", query_string={"q": query}, headers={"Accept-Language": language})
    return [(link.text, link.get("href")) for link in html.fromstring(page.text).xpath("//p[@class='signposts']/a")]


@pytest.mark.parametrize("query", ["van Dommelen Gevelbouw", "dommelen", "GEVELBOUW dommelen", "Dommelen, gevelbouw"])
def test_a_company_is_found_by_words_of_its_name(example: Visit, query: str) -> None:
    assert posts(example, query, role="campus") == [("Van Dommelen Gevelbouw", "/companies/van-dommelen-gevelbouw")]


def test_a_theme_is_found_by_any_of_its_names_and_called_in_the_readers_language(example: Visit) -> None:
    assert ("van scan naar model", "/themes/scan-to-bim") in posts(example, "laserscan", role="campus")
    assert ("prefabrication", "/themes/prefab") in posts(example, "prefab bouwen", role="campus", language="en")


def test_a_community_is_found_by_its_name_even_without_documents_about_it(awkward: Visit) -> None:
    assert posts(awkward, "leeg") == [("Leeg", "/communities/leeg")]


@pytest.mark.parametrize("query", ["", "bv", "gevel dommelen zonder", '"', "x" * 1_999])
def test_a_search_that_names_nothing_leads_nowhere_else(example: Visit, query: str) -> None:
    assert posts(example, query, role="campus") == []


def test_a_company_that_a_reader_may_not_know_of_has_no_signpost(awkward: Visit) -> None:
    assert posts(awkward, "kanariebedrijf", role="coordinator") == [("Kanariebedrijf", "/companies/verborgen")]
    assert posts(awkward, "kanariebedrijf") == []


def test_a_school_has_no_page_to_lead_to(awkward: Visit) -> None:
    assert posts(awkward, "school a") == []
