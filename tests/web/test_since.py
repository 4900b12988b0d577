"""What came after a day, and what became of a project's work since its team left."""

from __future__ import annotations

import pytest
from lxml import html

from tests.web.conftest import Visit


def test_what_came_after_a_day_stands_under_its_themes(example: Visit) -> None:
    page = html.fromstring(example("public").get("/since/2021-01-29").text)
    assert "Sinds 29 januari 2021" in page.xpath("string(//h1)")
    titles = page.xpath("//ul[@class='projects']//h3/a/text()")
    assert "Prefab gevels" in titles
    assert "Scan-to-BIM van een schoolgebouw uit 1974" not in titles
    assert len(titles) == len(set(titles))
    assert page.xpath("//section/h2/a[starts-with(@href, '/themes/')]")


def test_a_year_is_its_academic_year_whichever_way_it_is_written(example: Visit) -> None:
    visitor = example("public")
    assert "Sinds 1 september 2021" in visitor.get("/since/2021").text
    moved = visitor.get("/since/2021-2022")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/since/2021")


@pytest.mark.parametrize("when", ["2021-02-30", "gisteren", "2021-1-9", "20210129", "0000", "2021-01", "²⁰²¹", "-2021"])
def test_what_is_no_day_is_not_found(example: Visit, when: str) -> None:
    assert example("public").get(f"/since/{when}").status_code == 404


def test_the_form_leads_to_the_day_and_says_what_is_wrong_with_another(example: Visit) -> None:
    visitor = example("public")
    project = "bim5/2020/scan-to-bim"
    moved = visitor.get(f"/since?date=2021-01-29&project={project}")
    assert moved.headers["Location"] == "/since/2021-01-29?project=bim5%2F2020%2Fscan-to-bim"
    assert visitor.get("/since?date=2021").headers["Location"] == "/since/2021"
    wrong = visitor.get("/since?date=morgen")
    assert wrong.status_code == 400
    assert "Dit is geen datum. Schrijf hem zo: 2021-01-29." in wrong.text
    assert visitor.get("/since").headers["Location"] == "/since/2025-11-22"


def test_of_a_day_to_come_nothing_is_told(example: Visit) -> None:
    page = example("public").get("/since/2030-01-01")
    assert page.status_code == 200
    assert "Die dag moet nog komen." in page.text


def test_a_team_that_left_reads_who_went_on_and_what_became_of_its_questions(example: Visit) -> None:
    visitor = example("public")
    project = html.fromstring(visitor.get("/projects/energietransitie/2018/warmtepompen-bedrijventerrein").text)
    (section,) = project.xpath("//section[h2='Sinds jullie vertrokken']")
    text = " ".join(section.text_content().split())
    assert (
        "Jullie werk is vervolgd door Netcongestie in kaart (2019–2020). Daarna gingen nog 2 projecten verder." in text
    )
    (link,) = section.xpath(".//a[starts-with(@href, '/since/')]/@href")
    page = html.fromstring(visitor.get(link).text)
    came = page.xpath("string(//section[h2='Wat er van jullie werk kwam'])")
    assert all(title in came for title in ("Netcongestie in kaart", "Samen opslaan", "Prefab gevels"))
    assert "beantwoord" in came


def test_what_became_of_work_is_told_only_as_far_as_a_reader_may_see(awkward: Visit) -> None:
    address = "/since/2020-09-01?project=bim5/2020/tweede"
    assert "Kanarieproject" in awkward("coordinator").get(address).text
    for hidden in (address, "/since/2015", "/projects/bim5/2020/tweede"):
        assert "anarie" not in awkward("public").get(hidden).text
    gone = awkward("public").get("/since/2020?project=bim5/2021/geheim")
    assert gone.status_code == awkward("public").get("/since/2020?project=bim5/2021/bestaat-niet").status_code == 404
