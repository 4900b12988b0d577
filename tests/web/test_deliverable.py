"""A deliverable's page: what Zotero reads, what can be copied, and what a reader may not open."""

from __future__ import annotations

import json

from lxml import html

from archive.model import Kind
from tests.web.conftest import Visit
from webui.citation import Work, linked_data, sentence, tags

REPORT = "/documents/bim5/2021/prefab-gevels/eindrapport.pdf"


def meta(page: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for element in html.fromstring(page).xpath("//meta[starts-with(@name, 'citation_')]"):
        found.setdefault(element.get("name"), []).append(element.get("content"))
    return found


def test_the_tags_for_zotero_tell_title_authors_date_institution_and_file(example: Visit) -> None:
    page = example("public").get(REPORT).text
    found = meta(page)
    assert found["citation_title"] == ["Prefab gevels"]
    assert "Hidde Roelvink" in found["citation_author"]
    assert "Frank Hulsbosch" not in found["citation_author"]  # the teacher
    assert found["citation_publication_date"] == ["2022/01/21"]
    assert "Hogeschool Maasoever" in found["citation_technical_report_institution"][0]
    assert found["citation_pdf_url"] == [f"http://localhost{REPORT}/file"]
    assert "Z3988" not in page  # COinS breaks Zotero's reading of the page


def test_linked_data_is_valid_json_and_says_the_same(example: Visit) -> None:
    page = html.fromstring(example("public").get(REPORT).text)
    (text,) = page.xpath("//script[@type='application/ld+json']/text()")
    data = json.loads(text)
    assert (data["@type"], data["name"], data["datePublished"]) == ("Report", "Prefab gevels", "2022-01-21")
    assert data["isPartOf"]["url"].endswith("/projects/bim5/2021/prefab-gevels")


def test_linked_data_can_not_end_its_element() -> None:
    work = Work(
        title="</script><script>alert(1)</script>",
        kind=Kind.NOTE,
        kind_name="notitie",
        url="http://x/y",
        publisher="BIM",
    )
    assert linked_data(work)["name"] == work.title  # escaped by the template's tojson: see the awkward pages
    assert dict(tags(work))["citation_technical_report_institution"] == "BIM"
    assert sentence(work).startswith("BIM (")


def test_a_name_without_consent_is_cited_to_nobody_outside_the_schools(awkward: Visit) -> None:
    path = "/documents/bim5/2019/eerste/verslag.txt"
    assert "citation_author" not in meta(awkward("public").get(path).text)
    assert meta(awkward("campus").get(path).text)["citation_author"] == ["Naam Kanarie"]


def test_a_file_with_names_is_announced_and_not_opened_to_a_visitor(awkward: Visit) -> None:
    path = "/documents/bim5/2019/eerste/verslag.txt"
    page = awkward("public").get(path)
    assert "na aanmelden" in page.text
    assert "/file" not in page.text
    assert awkward("public").get(path + "/file").status_code == 404
    with awkward("campus").get(path + "/file") as file:
        assert file.status_code == 200


def test_similar_ones_are_of_other_projects_and_tell_why(example: Visit) -> None:
    page = html.fromstring(example("campus").get(REPORT).text)
    similar = page.xpath("//section[h2='Lijkt hierop']//a/@href")
    assert similar
    assert not any(link.startswith("/documents/bim5/2021/prefab-gevels/") for link in similar)


def test_the_words_of_a_search_lead_into_the_document(example: Visit) -> None:
    page = html.fromstring(example("campus").get(REPORT + "?q=gevel").text)
    places = page.xpath("//ul[@class='pages']//a/@href")
    assert places and all(place.startswith(REPORT + "/read?page=") for place in places)
    nothing = example("campus").get(REPORT + "?q=zzzgeenresultaat").text
    assert "Deze woorden staan niet in de tekst" in nothing


def test_a_title_from_right_to_left_keeps_to_itself(awkward: Visit) -> None:
    page = html.fromstring(awkward("public").get("/projects/bim5/2021/rechts").text)
    assert page.xpath("//h1/@dir") == ["auto"]
