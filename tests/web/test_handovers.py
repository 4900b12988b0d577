"""The checklist of a handover: for students and teachers, on the page of a project and for a whole community."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from lxml import html

from tests.conftest import Archive
from tests.web.conftest import Visit, visiting

RUNNING = """
title = "Nieuwe gevel"
status = "running"
starts = 2026-09-01
ends = 2027-01-29
visibility = "public"
themes = ["gevels"]
"""
BEFORE = """
title = "Oude gevel"
status = "finished"
starts = 2024-09-01
ends = 2025-01-31
visibility = "public"
themes = ["gevels"]
[handover]
stands = "De proefopstelling staat."
"""
SEARCHED = """
title = "Losse vraag"
visibility = "public"
[search]
query = "wind in de spouw"
date = 2026-09-02
by = "s@example.org"
"""


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    """A project that runs and names nobody, one that ended, one that searched in vain."""
    archive = Archive(tmp_path_factory.mktemp("begun"))
    for id, record in (("2026/nieuw", RUNNING), ("2024/oud", BEFORE), ("2026/los", SEARCHED)):
        archive.put(f"bim5/{id}/project.toml", record)
        archive.put(f"bim5/{id}/verslag.txt", "Een verslag over de gevel.")
    archive.index()
    with ExitStack() as stack:
        yield visiting(archive.documents, archive.var, stack)


def test_a_community_shows_which_handovers_are_complete(example: Visit) -> None:
    page = html.fromstring(example("campus").get("/communities/bim5/handovers").text)
    text = " ".join(page.xpath("string(//main)").split())
    assert "Compleet: 1 van 2 overdrachten." in text
    assert re.search(r"Prefab gevels 2021–2022 · 5 van 6 · nog niet nagekeken", text)
    assert "Ontbreekt: de gegevens" in text
    assert "zocht naar “laserscan bestaand gebouw model”, vond niets" in text


def test_only_people_of_a_school_are_shown_checklists(example: Visit) -> None:
    public = example("public")
    assert public.get("/communities/bim5/handovers").headers["Location"].startswith("/login?")
    assert "/handovers" not in public.get("/communities/bim5").text
    assert "De overdracht nagelopen" not in public.get("/projects/bim5/2021/prefab-gevels").text
    campus = example("campus")
    assert "/communities/bim5/handovers" in campus.get("/communities/bim5").text
    assert "De overdracht nagelopen" in campus.get("/projects/bim5/2021/prefab-gevels").text
    assert campus.get("/communities/bestaat-niet/handovers").status_code == 404


def test_a_project_that_starts_is_asked_for_its_predecessor_with_the_lines_to_write(begun: Visit) -> None:
    page = html.fromstring(begun("campus").get("/projects/bim5/2026/nieuw").text)
    assert "Noem het project waar jullie mee verdergaan." in page.xpath("string(//main)")
    lines = page.xpath("string(//pre)")
    record = tomllib.loads(lines)
    assert record["continues"] == ["bim5/2024/oud"]
    assert set(record["search"]) == {"query", "date", "by"}
    assert set(record["handover"]) == {"stands", "open", "start", "by", "date"}


def test_lines_for_a_handover_that_is_begun_name_only_what_it_lacks(begun: Visit) -> None:
    page = html.fromstring(begun("campus").get("/projects/bim5/2024/oud").text)
    assert set(tomllib.loads(page.xpath("string(//pre)"))) == {"open", "start"}
    assert "Noem het project waar" not in page.xpath("string(//main)")


def test_a_search_that_found_nobody_is_shown(begun: Visit) -> None:
    page = html.fromstring(begun("campus").get("/projects/bim5/2026/los").text)
    assert "Vooraf gezocht naar “wind in de spouw”. Er was geen vorig project." in page.xpath("string(//main)")
    assert "s@example.org" not in page.text_content()


def test_what_a_handover_calls_reliable_stands_beside_the_title_of_a_result(example: Visit) -> None:
    page = html.fromstring(example("public").get("/search?q=gevel").text)
    hits = page.xpath("//ol[@class='hits']/li")
    beside = [" ".join(each.xpath("string(.//p[contains(@class, 'verdict')])").split()) for each in hits]
    assert beside[0].startswith("Hier kun je op bouwen: Negen elementen hangen en zijn nagemeten.")
    assert "Open of mislukt: De scheve zuidgevel" in beside[0]
    assert beside[0].endswith("nog niet nagekeken.")
    projects = [hit.xpath("string(.//h2/a/@href)").rpartition("/")[0] for hit in hits]
    assert [bool(text) for text in beside] == [project not in projects[:n] for n, project in enumerate(projects)]


def test_the_place_in_a_relay_counts_along_the_line_that_is_drawn(example: Visit) -> None:
    visitor = example("coordinator")
    root = Path(__file__).resolve().parents[2] / "documents"
    addresses = sorted(f"/projects/{path.parent.relative_to(root)}" for path in root.glob("*/*/*/project.toml"))
    placed = 0
    for address in addresses:
        page = html.fromstring(visitor.get(address).text)
        told = re.search(r"(\d+)e van (\d+)", page.xpath("string(//p[@class='meta'])"))
        strip = page.xpath("//ol[contains(@class, 'relay')]/li")
        here = [number for number, leg in enumerate(strip, start=1) if leg.get("aria-current")]
        if told is None:
            assert strip == []
            continue
        placed += 1
        assert (here, len(strip)) == ([int(told[1])], int(told[2])), address
    assert placed > 10


def test_where_a_line_was_dropped_the_strip_says_since_when(example: Visit) -> None:
    campus = example("campus")
    last = html.fromstring(campus.get("/projects/bim5/2020/scan-to-bim").text).xpath(
        "//ol[contains(@class, 'relay')]/li"
    )
    assert [("geen vervolgproject sinds 2022" in leg.text_content()) for leg in last] == [False, True]
    assert "geen vervolgproject sinds 2022" in campus.get("/communities/bim5").text


@pytest.mark.parametrize("form", ["/projects/{project}", "/communities/{community}", "/communities/{community}/start"])
def test_a_visitor_is_not_told_that_nobody_went_on(example: Visit, form: str) -> None:
    """Two projects went on from this one, for campus only: a visitor read that there was none since 2019."""
    community = "duurzame-inzetbaarheid"
    address = form.format(project=f"{community}/2018/ouder-worden-in-de-montage", community=community)
    page = example("public").get(address)
    assert page.status_code == 200
    assert "geen vervolgproject" not in page.text


def test_a_project_that_ended_within_a_year_is_not_said_to_be_dropped(begun: Visit) -> None:
    page = begun("campus").get("/communities/bim5").text
    assert page.count("geen vervolgproject sinds 2025") == 1  # the old one; the others run
