"""Community, year, project, theme, company and outcomes: each leads on to the next, for this reader only."""

from __future__ import annotations

import re

import pytest
from lxml import html

from tests.web.conftest import LONG, Visit
from webui.projects import legs


def test_a_community_shows_its_years_its_start_and_its_questions(example: Visit) -> None:
    page = html.fromstring(example("public").get("/communities/bim5").text)
    assert page.xpath("//ol[@class='years']/li/div[@class='year']/a/@href") == [
        "/communities/bim5/2021",
        "/communities/bim5/2020",
    ]
    assert "Prefab gevels" in page.xpath("string(//section[h2='Begin hier'])")
    assert "brandveilig" in page.xpath("string(//section[.//h2='Open vragen'])")
    assert "25 mm" in page.xpath("string(//section[h2='Beantwoord'])")
    assert "f.hulsbosch@example.org" in page.xpath("string(//section[h2='Wie je kunt vragen'])")


def test_the_drawing_is_for_the_eye_and_the_list_for_everyone(example: Visit) -> None:
    page = html.fromstring(example("public").get("/communities/energietransitie").text)
    (drawing,) = page.xpath("//div[@class='timeline']")
    assert drawing.get("aria-hidden") == "true"
    drawn = set(drawing.xpath(".//a/@href"))
    assert set(drawing.xpath(".//a/@tabindex")) == {"-1"}
    assert drawn == set(page.xpath("//ol[@class='years']//h3/a/@href"))


def test_on_a_phone_the_lines_of_a_relay_stand_with_their_names(example: Visit) -> None:
    """The drawing for a narrow screen had dots without names."""
    page = html.fromstring(example("public").get("/communities/energietransitie").text)
    (lines,) = page.xpath("//div[@class='relay-lines']")
    names = lines.xpath(".//ol[contains(@class, 'relay ')]/li/a[@class='name']")
    assert len(names) >= 2 and all(each.get("href").startswith("/projects/") and each.text for each in names)
    assert not page.xpath("//svg[contains(@class, 'narrow')]")


def test_both_ways_to_write_a_year_lead_to_it(example: Visit) -> None:
    moved = example("public").get("/communities/bim5/2021-2022")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/communities/bim5/2021")
    assert example("public").get("/communities/bim5/1999").status_code == 404
    assert example("public").get("/communities/bim5/geen-jaar").status_code == 404


def test_a_question_taken_up_by_a_hidden_project_is_open_for_who_may_not_see_it(awkward: Visit) -> None:
    public = html.fromstring(awkward("public").get("/communities/bim5").text)
    assert "Wie meet dat?" in public.xpath("string(//section[.//h2='Open vragen'])")
    all_of_it = html.fromstring(awkward("coordinator").get("/communities/bim5").text)
    assert "Wie meet dat?" in all_of_it.xpath("string(//section[h2='Opgepakt'])")


def test_a_project_stands_in_its_relay_with_neighbours_both_ways(example: Visit) -> None:
    page = html.fromstring(example("public").get("/projects/energietransitie/2020/samen-opslaan").text)
    strip = page.xpath("//ol[contains(@class, 'relay')]/li")
    assert [each.get("aria-current") for each in strip] == [None, None, "true", None]
    assert "Netcongestie in kaart" in page.xpath("string(//section[h2='Vorig project'])")
    assert "Prefab gevels" in page.xpath("string(//section[h2='Vervolgproject'])")


def test_a_circle_of_records_hangs_nothing(awkward: Visit) -> None:
    page = html.fromstring(awkward("public").get("/projects/bim5/2019/eerste").text)
    assert LONG in page.xpath("string(//ol[contains(@class, 'relay')])")


@pytest.mark.parametrize(
    ("length", "position", "numbers"),
    [
        (4, 2, [1, 2, 3, 4]),
        (7, 7, [1, 2, 3, 4, 5, 6, 7]),
        (20, 10, [1, 8, 9, 10, 11, 12, 20]),
        (9, 1, [1, 2, 3, 4, 5, 9]),
    ],
)
def test_a_long_relay_is_drawn_with_its_ends_and_what_is_near(
    example: Visit, length: int, position: int, numbers: list[int]
) -> None:
    del example
    made = legs([None] * length, position)  # type: ignore[list-item]
    assert [leg.number for leg in made] == numbers
    assert [leg.number for leg in made if leg.here] == [position]
    assert sum(leg.skipped for leg in made) == length - len(numbers)


def test_a_team_without_consent_is_told_by_its_roles(awkward: Visit) -> None:
    public = html.fromstring(awkward("public").get("/projects/bim5/2019/eerste").text)
    team = [text.strip() for text in public.xpath("//section[h2='Het team']//li//text()") if text.strip()]
    assert team == ["student", "Bouwkunde, School A"]
    assert "Naam Kanarie" in awkward("campus").get("/projects/bim5/2019/eerste").text


def test_a_single_file_is_its_own_project_with_one_page(awkward: Visit) -> None:
    page = awkward("campus").get("/projects/bim5/2021/%C3%A9%C3%A9n%20los%20bestand.txt")
    assert page.status_code == 302
    assert page.headers["Location"] == "/documents/bim5/2021/%C3%A9%C3%A9n%20los%20bestand.txt"


def test_a_theme_joins_communities_and_years(example: Visit) -> None:
    page = html.fromstring(example("public").get("/themes/warmtepompen").text)
    linked = page.xpath("//ol[@class='years']//h3/a/@href")
    assert {link.split("/")[2] for link in linked} == {"bim5", "energietransitie"}
    assert example("public").get("/themes/bestaat-niet").status_code == 404


def test_a_company_sees_what_was_done_with_it_and_that_it_is_no_advice(example: Visit) -> None:
    page = html.fromstring(example("public").get("/companies/van-dommelen-gevelbouw").text)
    text = page.xpath("string(//main)")
    assert "Studentenwerk, geen professioneel advies" in text
    assert "Prefab gevels" in text
    assert "eigenaren samen gevels bestellen" in text


def test_a_company_that_may_not_be_named_is_named_nowhere(example: Visit) -> None:
    """Bouwgroep Heesakker takes part in a project of goed-werkgeverschap that only that community may see."""
    page = example("public").get("/companies/bouwgroep-heesakker").text
    assert "Stagiairs" not in page


def test_outcomes_are_those_of_finished_projects_in_plain_words(example: Visit) -> None:
    page = html.fromstring(example("public").get("/outcomes").text)
    assert "Studentenwerk, geen professioneel advies" in page.xpath("string(//main)")
    cards = page.xpath("//ul[contains(@class, 'cards')]/li")
    assert len(cards) > 10
    assert all(card.xpath("string(.//p[@class='result'])").strip() for card in cards)


@pytest.mark.parametrize(
    "query", ["theme=prefab", "year=2021-2022", "sector=bouw", "theme=prefab&year=2021&sector=bouw"]
)
def test_outcomes_are_filtered_by_links_that_count_exactly(example: Visit, query: str) -> None:
    visitor = example("public")
    page = html.fromstring(visitor.get(f"/outcomes?{query}").text)
    shown = len(page.xpath("//ul[contains(@class, 'cards')]/li"))
    assert page.xpath("//section/h2/text()")[-1].startswith(f"{shown} ")
    assert len(page.xpath("//nav[@id='filters']//a[@aria-current]")) == query.count("=")
    for choice in page.xpath("//nav[@id='filters']//a[not(@aria-current)]"):
        if choice.xpath("ancestor::section//a[@aria-current]"):
            continue  # replaces the one chosen in its own row
        found = html.fromstring(visitor.get(choice.get("href")).text)
        assert found.xpath("//section/h2/text()")[-1].startswith(choice.xpath("string(span)") + " ")


def test_an_outcome_has_a_sheet_of_its_own_with_a_question_to_send(example: Visit) -> None:
    page = html.fromstring(example("public").get("/outcomes/bim5/2021/prefab-gevels").text)
    assert "Studentenwerk, geen professioneel advies" in page.xpath("string(//main)")
    (ask,) = page.xpath("//a[starts-with(@href, 'mailto:')]/@href")
    assert ask.startswith("mailto:f.hulsbosch@example.org?subject=Vervolgvraag%20bij")


@pytest.mark.parametrize("number", ["0", "999", "-1", "veel", "1e3"])
def test_a_page_of_outcomes_that_is_not_there_is_not_found(example: Visit, number: str) -> None:
    assert example("public").get(f"/outcomes?page={number}").status_code == 404


def test_an_address_that_leads_nowhere_is_searched_for_what_it_says(example: Visit) -> None:
    page = example("public").get("/documents/bim5/2021/prefab-gevels/verdwenen-rapport.pdf")
    assert page.status_code == 404
    tree = html.fromstring(page.text)
    assert "/search?q=prefab+gevels+verdwenen+rapport" in tree.xpath("//main//a/@href")
    assert "/documents/bim5/2021/prefab-gevels/eindrapport.pdf" in tree.xpath("//main//a/@href")


def test_a_fault_of_ours_gets_a_number_and_tells_nothing(example: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("geheim pad")

    monkeypatch.setattr("webui.home.overview", broken)
    page = example("public").get("/")
    assert page.status_code == 500
    assert "geheim" not in page.text
    assert re.search(r"Meld nummer [\w-]+\.", page.text)


def test_a_static_file_with_its_version_is_kept_for_a_year(example: Visit) -> None:
    visitor = example("public")
    (style,) = html.fromstring(visitor.get("/").text).xpath("//link[@rel='stylesheet']/@href")
    with visitor.get(style) as versioned, visitor.get(style.partition("?")[0]) as plain:
        assert "immutable" in versioned.headers["Cache-Control"]
        assert "immutable" not in plain.headers.get("Cache-Control", "")
