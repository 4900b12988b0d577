"""The board of open questions: by state and theme, with where each came from, and only what its reader may know."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from lxml import html

from tests.conftest import Archive
from tests.web.conftest import Visit, visiting

MANY = 55  # open questions: more than a column and more than a page of one state
AGENDA = """
[[question]]
id = "b-open"
text = "Hoe droog je een gevel?"
themes = ["drogen"]
from = { document = "bouw/2020/oud/rapport.txt", page = 2 }

[[question]]
id = "b-weg"
text = "Wat stond er in het verdwenen rapport?"
from = { document = "bouw/2020/oud/nooit.txt", page = 1 }

[[question]]
id = "b-hidden"
text = "Wie nam deze op zich?"
from = { organisation = "onbekend-bedrijf", date = 2021-01-01 }
[[question.event]]
date = 2021-09-01
state = "open"
[[question.event]]
date = 2021-10-01
state = "claimed"
project = "bouw/2021/geheim"

[[question]]
id = "b-campus"
text = "Kanarievraag voor de school"
visibility = "campus"

[[question]]
id = "b-answer"
text = "Waar staat het antwoord?"
[[question.event]]
date = 2022-01-01
state = "answered"
project = "bouw/2020/oud"
document = "bouw/2020/oud/intern.txt"
page = 1
"""
OLD = """
title = "Oud project"
visibility = "public"
status = "finished"
[[deliverable]]
file = "rapport.txt"
title = "Rapport over drogen"
visibility = "public"
no_names = true
[[deliverable]]
file = "intern.txt"
title = "Kanarieverslag"
visibility = "confidential"
"""
SECRET = 'title = "Kanarieproject"\nvisibility = "confidential"\nstatus = "finished"\n'


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    """An agenda whose sources moved, went away or are hidden; one of many questions; and a community without any."""
    archive = Archive(tmp_path_factory.mktemp("board"))
    archive.put("bouw/community.toml", 'name = "Bouw"\n')
    archive.put("bouw/agenda.toml", AGENDA)
    archive.put("bouw/2020/oud/project.toml", OLD)
    archive.put("bouw/2020/oud/intern.txt", "intern")
    archive.put("bouw/2021/geheim/project.toml", SECRET)
    archive.put("bouw/2021/geheim/plan.txt", "geheim")
    many = "".join(f'[[question]]\nid = "v-{n:03}"\ntext = "Vraag {n}?"\n' for n in range(MANY))
    archive.put("veel/community.toml", 'name = "Veel"\n')
    archive.put("veel/agenda.toml", many)
    archive.put("leeg/community.toml", 'name = "Leeg"\n')
    report = archive.put("bouw/2020/oud/rapport.txt", "een\ftwee: blazen")
    archive.index()
    report.rename(report.with_name("eindrapport.txt"))
    archive.index()
    with ExitStack() as stack:
        yield visiting(archive.documents, archive.var, stack)


def page_of(visit: Visit, path: str, role: str = "public") -> html.HtmlElement:
    answer = visit(role).get(path)
    assert answer.status_code == 200
    return html.fromstring(answer.text)


def columns(page: html.HtmlElement) -> dict[str, list[str]]:
    """The ids of the questions under each state."""
    return {
        section.get("id"): section.xpath(".//li[contains(@class, 'card')]/@id")
        for section in page.xpath("//section[@class='board']")
    }


def card(page: html.HtmlElement, id: str) -> html.HtmlElement:
    (found,) = page.xpath(f"//li[@id='{id}']")
    return found


def test_all_questions_of_a_community_stand_under_their_state(example: Visit) -> None:
    assert columns(page_of(example, "/communities/bim5/agenda")) == {
        "proposed": ["bim5-005"],
        "open": ["bim5-003", "bim5-004", "bim5-002"],
        "answered": ["bim5-001"],
        "dropped": ["bim5-006"],
    }


def test_a_claim_whose_project_ended_without_an_answer_is_marked(example: Visit) -> None:
    page = page_of(example, "/agenda", "campus")
    assert columns(page)["claimed"] == ["digitalisering-005"]
    assert "Te laat" in card(page, "digitalisering-005").text_content()
    assert "1 vraag is opgepakt, maar het project is voorbij zonder antwoord." in page.text_content()
    assert "te laat" in page_of(example, "/communities/digitalisering", "campus").text_content()


def test_a_question_leads_to_the_page_that_it_came_from_and_to_its_answer(example: Visit) -> None:
    links = card(page_of(example, "/communities/bim5/agenda"), "bim5-001").xpath(".//dd/a/@href")
    assert links == [
        "/documents/bim5/2020/scan-to-bim/eindrapport.docx/read?page=23#d23",
        "/projects/bim5/2021/prefab-gevels",
        "/documents/bim5/2021/prefab-gevels/eindrapport.pdf/read?page=5#d5",
    ]
    asked = card(page_of(example, "/communities/bim5/agenda"), "bim5-005")
    assert asked.xpath(".//dd/a/@href") == ["/companies/van-dommelen-gevelbouw"]


def test_the_history_tells_each_step_and_to_the_coordinator_alone_who_decided(example: Visit) -> None:
    page = page_of(example, "/communities/bim5/agenda", "campus")
    steps = [" ".join(step.text_content().split()) for step in card(page, "bim5-001").xpath(".//details//li")]
    assert steps[:2] == ["28 januari 2021 open", "14 september 2021 opgepakt, Prefab gevels"]
    assert steps[2].startswith("24 januari 2022 beantwoord, Prefab gevels: Prefab gevels, p. 2")
    assert "h.roelvink" not in html.tostring(page).decode()
    coordinators = page_of(example, "/communities/bim5/agenda", "coordinator")
    assert "(h.roelvink@example.org)" in card(coordinators, "bim5-001").text_content()


def test_a_team_takes_an_open_question_with_a_mail_to_the_communitys_contact(example: Visit) -> None:
    page = page_of(example, "/communities/bim5/agenda")
    (mail,) = card(page, "bim5-004").xpath(".//a[starts-with(@href, 'mailto:')]/@href")
    assert mail.startswith(
        "mailto:f.hulsbosch@example.org?subject=Wij%20pakken%20deze%20vraag%20op%3A%20bim5-004&body=Hoe"
    )
    assert card(page, "bim5-001").xpath(".//a[starts-with(@href, 'mailto:')]") == []


def test_a_theme_and_a_state_narrow_the_board_by_links_and_widen_it_again(example: Visit) -> None:
    page = page_of(example, "/communities/bim5/agenda?theme=prefab")
    assert columns(page) == {"proposed": ["bim5-005"], "open": ["bim5-004"], "answered": ["bim5-001"]}
    chosen = {link.text_content().split()[0]: link.get("href") for link in page.xpath("//nav[@id='filters']//a")}
    assert chosen["prefab"] == "/communities/bim5/agenda"
    assert chosen["open"] == "/communities/bim5/agenda?theme=prefab&state=open"
    page = page_of(example, chosen["open"])
    assert columns(page) == {"open": ["bim5-004"]}
    counts = page.xpath("//nav[@id='filters']/section[1]//a[@aria-current]/text()")
    assert "prefab bouwen" in "".join(counts)


def test_a_theme_that_nobody_asked_about_says_so_and_leads_back(example: Visit) -> None:
    page = page_of(example, "/agenda?theme=niets")
    assert columns(page) == {}
    assert "Hierover is geen vraag gesteld." in page.text_content()
    assert page.xpath("//a[text()='Bekijk alle vragen']/@href") == ["/agenda"]


@pytest.mark.parametrize(
    "path",
    [
        "/agenda?state=geen",
        "/communities/niets/agenda",
        "/agenda?state=open&page=99",
        "/agenda?state=open&page=0",
        "/agenda?state=open&page=x",
    ],
)
def test_a_state_community_or_page_that_is_not_there_is_not_found(example: Visit, path: str) -> None:
    assert example("public").get(path).status_code == 404


def test_the_agenda_is_reached_from_the_front_page_and_the_community(example: Visit) -> None:
    assert "/agenda" in page_of(example, "/").xpath("//main//a/@href")
    assert "/communities/bim5/agenda" in page_of(example, "/communities/bim5").xpath("//main//a/@href")


def test_a_claim_that_a_reader_may_not_see_leaves_the_question_open_for_that_reader(board: Visit) -> None:
    page = page_of(board, "/communities/bouw/agenda")
    assert "b-hidden" in columns(page)["open"]
    assert "Te laat" not in page.text_content()
    seen = page_of(board, "/communities/bouw/agenda", "coordinator")
    assert columns(seen)["claimed"] == ["b-hidden"]
    assert "Te laat" in card(seen, "b-hidden").text_content()


def test_what_a_reader_may_not_know_is_not_on_the_board(board: Visit) -> None:
    text = board("public").get("/communities/bouw/agenda").text
    assert "anarie" not in text
    assert "onbekend-bedrijf" not in text
    assert "anarievraag" in board("campus").get("/communities/bouw/agenda").text


def test_an_answer_in_a_document_that_a_reader_may_not_see_is_told_without_it(board: Visit) -> None:
    page = page_of(board, "/communities/bouw/agenda")
    assert columns(page)["answered"] == ["b-answer"]
    assert card(page, "b-answer").xpath(".//a/@href") == ["/projects/bouw/2020/oud", "/projects/bouw/2020/oud"]
    links = card(page_of(board, "/communities/bouw/agenda", "coordinator"), "b-answer").xpath(".//dd/a/@href")
    assert links[1] == "/documents/bouw/2020/oud/intern.txt/read?page=1#d1"


def test_a_question_follows_its_report_when_that_is_moved_and_stays_without_one_that_is_gone(board: Visit) -> None:
    page = page_of(board, "/communities/bouw/agenda")
    (link,) = card(page, "b-open").xpath(".//dd/a/@href")
    assert link == "/documents/bouw/2020/oud/eindrapport.txt/read?page=2#d2"
    assert "blazen" in page_of(board, link).text_content()
    assert card(page, "b-weg").xpath(".//dd/a") == []


def test_a_long_agenda_shows_the_first_of_each_state_and_pages_through_the_rest(board: Visit) -> None:
    page = page_of(board, "/communities/veel/agenda")
    assert len(columns(page)["open"]) == 12
    (more,) = page.xpath("//section[@class='board']/p/a")
    assert (more.text, more.get("href")) == ("Nog 43 vragen", "/communities/veel/agenda?state=open")
    found: list[str] = []
    url: str | None = more.get("href")
    while url:
        page = page_of(board, url)
        found += columns(page)["open"]
        url = next(iter(page.xpath("//a[@rel='next']/@href")), None)
    assert sorted(found) == [f"v-{n:03}" for n in range(MANY)]


def test_a_community_without_questions_says_so(board: Visit) -> None:
    page = page_of(board, "/communities/leeg/agenda")
    assert columns(page) == {}
    assert "Er staan hier nog geen vragen." in page.text_content()
