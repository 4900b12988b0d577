"""The results as a person meets them: cards, places, filters as links, words that find little."""

from __future__ import annotations

from lxml import html

from tests.web.conftest import Visit


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


def test_no_results_give_a_way_on_and_promise_a_visitor_no_number(example: Visit) -> None:
    visitor = example("public").get("/search?q=zzzgeenresultaat").text
    assert "Studenten, docenten en partners zien meer na aanmelden." in visitor
    assert "Studenten, docenten" not in example("campus").get("/search?q=zzzgeenresultaat").text


def test_results_are_not_for_search_engines(example: Visit) -> None:
    assert '<meta name="robots" content="noindex">' in example("public").get("/search?q=gevel").text
    assert "Disallow: /search" in example("public").get("/robots.txt").text


def test_more_results_go_on_counting(example: Visit) -> None:
    visitor = example("campus")
    page = html.fromstring(visitor.get("/search").text)
    (more,) = page.xpath("//a[@rel='next']/@href")
    assert html.fromstring(visitor.get(more).text).xpath("//ol[@class='hits']/@start") == ["11"]
