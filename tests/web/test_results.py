"""The results as a person meets them: cards, places, filters as links, words that find little, pages of results."""

from __future__ import annotations

from typing import get_args

import pytest
from lxml import html

from indexer.search.query import Hint
from tests.web.conftest import Visit
from webui.wording import HINTS


def test_a_result_shows_its_picture_its_place_in_the_relay_and_the_pages_that_match(example: Visit) -> None:
    page = html.fromstring(example("campus").get("/search?q=gevel").text)
    first = page.xpath("//ol[@class='hits']/li")[0]
    assert first.xpath(".//img/@src")[0].startswith("/pictures/")
    assert first.xpath(".//img/@alt") == [""]
    assert "van" in first.xpath("string(.//*[@class='place'])")
    places = first.xpath(".//ul[@class='pages']//a/@href")
    assert 1 <= len(places) <= 3
    assert all("/read?page=" in place and "q=gevel" in place for place in places)
    assert first.xpath(".//mark")


def test_filters_are_links_that_keep_the_query_and_can_be_taken_off(example: Visit) -> None:
    visitor = example("campus")
    page = html.fromstring(visitor.get("/search?q=gevel&sort=newest").text)
    links = page.xpath("//nav[@id='filters']//a/@href")
    assert links and all("q=gevel" in link and "sort=newest" in link for link in links)
    chosen = html.fromstring(visitor.get("/search?q=gevel&community=bim5").text)
    assert chosen.xpath("//ul[@aria-label='Gekozen filters']//a/@href") == ["/search?q=gevel"]
    assert chosen.xpath("//nav[@id='filters']//a[@aria-current]/span[1]/text()") == ["BIM 5"]


def test_years_stand_in_order_and_not_by_number_of_documents(example: Visit) -> None:
    page = html.fromstring(example("campus").get("/search").text)
    years = page.xpath("//nav[@id='filters']//section[h2='Jaar']//a/span[1]/text()")
    assert years == sorted(years, reverse=True)


def test_each_word_of_a_search_tells_how_many_documents_hold_it(example: Visit) -> None:
    visitor = example("campus")
    page = html.fromstring(visitor.get("/search?q=gevel+warmtepomp").text)
    chips = page.xpath("//ul[@aria-label='Documenten per woord']//a")
    assert [chip.xpath("string(text())").strip() for chip in chips] == ["gevel", "warmtepomp"]
    for chip in chips:
        count = int(chip.xpath("string(span)"))
        alone = html.fromstring(visitor.get(chip.get("href")).text)
        assert alone.xpath("string(//h1)").startswith(f"{count} ")


def test_order_is_chosen_by_a_link(example: Visit) -> None:
    page = html.fromstring(example("campus").get("/search?q=gevel&sort=oldest").text)
    assert page.xpath("//nav[@aria-label='Volgorde']/a[@aria-current]/text()") == ["Oudste eerst"]


def test_results_are_not_for_search_engines(example: Visit) -> None:
    assert '<meta name="robots" content="noindex">' in example("public").get("/search?q=gevel").text
    assert "Disallow: /search" in example("public").get("/robots.txt").text


def test_more_results_go_on_counting(example: Visit) -> None:
    visitor = example("campus")
    page = html.fromstring(visitor.get("/search").text)
    (more,) = page.xpath("//a[@rel='next']/@href")
    assert html.fromstring(visitor.get(more).text).xpath("//ol[@class='hits']/@start") == ["11"]


def test_filters_and_order_stay_when_the_query_changes(example: Visit) -> None:
    address = "/search?q=gevel&language=nl&year=2021&year=2020&sort=oldest&exact=1"
    page = html.fromstring(example("campus").get(address).text)
    kept = [
        (each.get("name"), each.get("value"))
        for each in page.xpath("//header//form[@role='search']//input[@type='hidden']")
    ]
    # Whether a query is repaired is said of that query alone.
    assert kept == [("year", "2020"), ("year", "2021"), ("language", "nl"), ("sort", "oldest")]


def test_one_of_many_filters_can_be_taken_off(example: Visit) -> None:
    address = "/search?q=gevel&community=bim5&year=2020&year=2021&language=nl"
    page = html.fromstring(example("campus").get(address).text)
    chosen = page.xpath("//ul[@aria-label='Gekozen filters']//a")
    assert {"".join(each.xpath("text()")).strip(): each.get("href") for each in chosen} == {
        "BIM 5": "/search?q=gevel&year=2020&year=2021&language=nl",
        "2020–2021": "/search?q=gevel&community=bim5&year=2021&language=nl",
        "2021–2022": "/search?q=gevel&community=bim5&year=2020&language=nl",
        "Nederlands": "/search?q=gevel&community=bim5&year=2020&year=2021",
    }


def test_the_language_is_a_filter_like_the_others(example: Visit) -> None:
    visitor = example("campus")
    counted = {each["value"]: each["count"] for each in visitor.get("/api/v1/search").json["facets"]["language"]}
    assert set(counted) == {"nl", "en"}
    for language, count in counted.items():
        answer = visitor.get(f"/api/v1/search?language={language}&limit=100").json
        assert answer["total"] == count
        assert {hit["language"] for hit in answer["hits"]} == {language}
    page = html.fromstring(visitor.get("/search").text)
    assert page.xpath("//nav[@id='filters']//section[h2='Taal']//a/span[1]/text()") == ["Nederlands", "Engels"]


@pytest.mark.parametrize("filter", ["community=bestaat-niet", "year=vorig", "kind=brief", "language=xx"])
def test_a_value_that_does_not_exist_finds_nothing_and_can_be_taken_off(example: Visit, filter: str) -> None:
    page = html.fromstring(example("campus").get(f"/search?q=gevel&{filter}").text)
    assert page.xpath("string(//h1)").startswith("0 ")
    (chosen,) = page.xpath("//ul[@aria-label='Gekozen filters']//a")
    assert chosen.get("href") == "/search?q=gevel"
    assert filter.partition("=")[2] in chosen.text_content()


@pytest.mark.parametrize("path", ["/search", "/api/v1/search"])
def test_an_order_that_does_not_exist_is_refused_with_a_sentence(example: Visit, path: str) -> None:
    answer = example("campus").get(f"{path}?q=gevel&sort=mooiste")
    assert answer.status_code == 400
    assert "relevance, newest" in answer.text


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
@pytest.mark.parametrize("search", ["q=gevel", "q=", "q=gevle&community=bim5", "q=gevel&exact=1"])
def test_pages_of_the_list_together_hold_everything_once(example: Visit, sort: str, search: str) -> None:
    """Under `exact=1` the second page was refused: its address had forgotten that."""
    visitor = example("campus")
    whole = visitor.get(f"/api/v1/search?{search}&sort={sort}&limit=100").json
    assert len(whole["hits"]) == whole["total"] > 3
    found, cursor = [], ""
    while cursor is not None:
        answer = visitor.get(f"/api/v1/search?{search}&sort={sort}&limit=3&cursor={cursor}").json
        found += [hit["id"] for hit in answer["hits"]]
        cursor = answer["cursor"]
    assert found == [hit["id"] for hit in whole["hits"]]


@pytest.mark.parametrize("search", ["q=*", "q=de+meting+van+warmte&sort=newest", "q=team&exact=1&sort=oldest"])
def test_whoever_follows_the_pages_of_results_meets_each_document_once(example: Visit, search: str) -> None:
    visitor = example("campus")
    links, address = [], f"/search?{search}"
    while address:
        page = html.fromstring(visitor.get(address).text)
        links += [link.partition("?")[0] for link in page.xpath("//ol[@class='hits']//h2/a/@href")]
        address = next(iter(page.xpath("//a[@rel='next']/@href")), None)
    assert len(links) == len(set(links)) == visitor.get(f"/api/v1/search?{search}").json["total"] > 10


@pytest.mark.parametrize("other", ["q=wijk", "q=gevel&sort=newest", "q=gevel&community=bim5", "q=gevel&exact=1"])
@pytest.mark.parametrize("path", ["/search", "/api/v1/search"])
def test_a_cursor_belongs_to_its_search(example: Visit, path: str, other: str) -> None:
    visitor = example("campus")
    cursor = visitor.get("/api/v1/search?q=gevel&limit=3").json["cursor"]
    assert visitor.get(f"{path}?q=gevel&cursor={cursor}").status_code == 200
    refused = visitor.get(f"{path}?{other}&cursor={cursor}")
    assert refused.status_code == 400
    assert "Dit vervolg hoort niet bij deze zoekvraag." in refused.text


def test_every_hint_has_its_words(example: Visit) -> None:
    assert HINTS.keys() == set(get_args(Hint))
    page = example("campus").get('/search?q=gevel+AND+warmtepomp+jaar:vorig+"open').text
    assert all(str(HINTS[hint]) in page for hint in ("operator", "unknown-value", "unbalanced-quote"))


def test_a_document_that_is_found_by_its_description_alone_says_so(example: Visit) -> None:
    """An item of the results was empty: nothing told why it was there."""
    visitor, sentence = example("campus"), "Gevonden in de titel of de beschrijving."
    for hit in html.fromstring(visitor.get("/search?q=bim5").text).xpath("//ol[@class='hits']/li"):
        assert (sentence in hit.text_content()) != bool(hit.xpath(".//ul[@class='pages']"))
    assert sentence in visitor.get("/search?q=bim5").text
    assert sentence not in visitor.get("/search?q=soort:poster").text


def test_one_phrase_stands_between_one_pair_of_quotation_marks(example: Visit) -> None:
    page = html.fromstring(example("campus").get('/search?q="digitale werkplaats"').text)
    assert page.xpath("string(//h1)").endswith("resultaten voor “digitale werkplaats”")
