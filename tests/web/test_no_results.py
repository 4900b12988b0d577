"""A search that finds nothing says what was tried, what does find something, and whom to ask."""

from __future__ import annotations

import re

import pytest
from lxml import html

from tests.web.conftest import Visit


def nothing(visit: Visit, address: str, role: str = "campus") -> html.HtmlElement:
    (found,) = html.fromstring(visit(role).get(address).text).xpath("//div[@class='nothing']")
    return found


SEARCHES = [
    'q="digitale+gevel"',
    "q=gevel&community=vitaliteit",
    "q=gevel+-gevel+-bim&language=en",
    "q=titel:gevel+jaar:1990",
    'q="gevel+pomp"+jaar:2021&year=2019',
    "q=warmtpomp&exact=1",
    "q=zzzgeenresultaat",
]


@pytest.mark.parametrize("role", ["public", "campus"])
@pytest.mark.parametrize("search", SEARCHES)
def test_each_search_that_is_offered_finds_as_much_as_it_says(example: Visit, search: str, role: str) -> None:
    visitor = example(role)
    links = nothing(example, f"/search?{search}", role).xpath(".//a[starts-with(@href, '/search')]")
    assert links or "zzz" in search
    for link in links:
        (count,) = re.findall(r"\d+", link.getparent().text_content().removeprefix(link.text or ""))
        page = html.fromstring(visitor.get(link.get("href")).text)
        assert page.xpath("string(//h1)").startswith(f"{count} ")


def test_words_filters_and_communities_are_offered_apart(example: Visit) -> None:
    phrase = nothing(example, '/search?q="digitale+gevel"')
    assert phrase.xpath("ul[@class='ways'][1]//a/text()") == ["De woorden los van elkaar"]
    assert phrase.xpath("ul[@class='tags']//a/text()") == ["digitale ", "gevel "]
    elsewhere = nothing(example, "/search?q=gevel&community=vitaliteit")
    assert elsewhere.xpath("ul[@class='ways'][1]//a/text()") == ["In het hele archief, zonder filters"]
    assert "/search?q=gevel&community=bim5" in elsewhere.xpath("ul[@class='tags']//a/@href")


def test_what_was_tried_in_vain_is_said(example: Visit) -> None:
    found = nothing(example, '/search?q="zzqxxw+wwxqqz"&community=bim5')
    assert "Geprobeerd, zonder resultaat: de woorden los van elkaar, het hele archief" in found.text_content()
    assert "elk woord apart" in found.text_content()


def test_there_is_somebody_to_ask_and_somewhere_to_look(example: Visit) -> None:
    found = nothing(example, "/search?q=zzzgeenresultaat")
    asked = found.xpath(".//a[contains(@href, '#contact')]/@href")
    assert "/communities/bim5#contact" in asked and len(asked) > 1
    visitor = example("campus")
    for address in found.xpath(".//a/@href"):
        page = html.fromstring(visitor.get(address).text)
        assert "#" not in address or page.xpath(f"//*[@id='{address.partition('#')[2]}']")
    here = nothing(example, "/search?q=gevel&community=vitaliteit")
    assert here.xpath(".//a[contains(@href, '#contact')]/@href") == ["/communities/vitaliteit#contact"]


def test_a_visitor_is_promised_no_number(example: Visit) -> None:
    sentence = "Studenten, docenten en partners zien meer na aanmelden."
    assert sentence in nothing(example, "/search?q=zzzgeenresultaat", "public").text_content()
    assert sentence not in nothing(example, "/search?q=zzzgeenresultaat").text_content()


def test_what_a_visitor_may_not_see_is_in_no_offer(awkward: Visit) -> None:
    """`kanarieverslag` is the title of a confidential document only."""

    def counts(role: str) -> dict[str, int]:
        answer = awkward(role).get('/api/v1/search?q="kanarieverslag gevel"').json
        return {attempt["query"]: attempt["total"] for attempt in answer["tried"] if attempt["change"] == "word"}

    assert counts("coordinator")["kanarieverslag"] == 1
    assert counts("public")["kanarieverslag"] == 0 < counts("public")["gevel"]
    offered = nothing(awkward, '/search?q="kanarieverslag gevel"', "public").xpath("ul[@class='tags']//a/text()")
    assert offered == ["gevel "]


def test_an_archive_without_contacts_or_themes_still_leads_on(awkward: Visit) -> None:
    found = nothing(awkward, "/search?q=zzzgeenresultaat&community=leeg", "public")
    assert found.xpath(".//a/@href")[-1] == "/#communities"
    assert not found.xpath(".//a[contains(@href, '#contact')]")
