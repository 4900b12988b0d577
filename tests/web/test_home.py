"""The front page: communities with their relay, what is new, what waits, figures that are counted."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from lxml import html

from archive.access import reader, today_in_amsterdam
from archive.catalog.catalog import Catalog
from archive.relay.lineage import Lineage
from indexer.commands import ROLES
from tests.conftest import EXAMPLE, Archive
from tests.web.conftest import NOW, Visit, visiting
from webui.overview import read_ahead


def test_every_community_has_a_card_with_a_drawing_of_its_relay(example: Visit) -> None:
    page = html.fromstring(example("public").get("/").text)
    cards = page.xpath("//section[@id='communities']//article")
    assert len(cards) == len(list(EXAMPLE.glob("*/community.toml")))
    for card in cards:
        assert card.xpath(".//h3/a/@href")[0].startswith("/communities/")
        assert card.xpath(".//*[local-name()='circle']")


def test_open_questions_stand_on_the_front_page_and_settled_ones_do_not(example: Visit) -> None:
    page = html.fromstring(example("public").get("/").text)
    states = page.xpath("//ul[@class='questions']//span[contains(@class, 'state')]/text()")
    assert states and set(states) == {"open"}


def test_the_figures_are_counted_for_each_reader(awkward: Visit) -> None:
    def figures(role: str) -> dict[str, int]:
        page = html.fromstring(awkward(role).get("/").text)
        return {
            name: int(count)
            for name, count in zip(
                page.xpath("//dl[@class='figures']//dt/text()"),
                page.xpath("//dl[@class='figures']//dd/text()"),
                strict=True,
            )
        }

    public, everything = figures("public"), figures("coordinator")
    assert (public["documenten"], everything["documenten"]) == (3, 6)
    assert (public["bedrijven"], everything["bedrijven"]) == (1, 2)
    assert everything["projecten"] - public["projecten"] == 3
    assert public["studenten"] == 1


def test_a_visitor_reads_that_signing_in_shows_more(example: Visit) -> None:
    line = "Studenten, docenten en partners zien meer na aanmelden."
    assert line in example("public").get("/").text
    assert line not in example("campus").get("/").text


def test_a_community_without_projects_says_so(awkward: Visit) -> None:
    page = html.fromstring(awkward("public").get("/communities/leeg").text)
    assert "nog niets" in page.xpath("string(//main)")


def test_what_was_read_ahead_no_visitor_waits_for(example: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first front page after a commit read thousands of projects and drew their relay: it took 0.7 s."""
    visitor = example("campus")
    read_ahead(visitor.application, reader(ROLES["campus"], today=today_in_amsterdam(NOW)))
    with monkeypatch.context() as without:
        without.setattr(Catalog, "projects", None)
        without.setattr(Lineage, "drawing", None)
        assert visitor.get("/").status_code == 200


def test_an_archive_without_anything_has_its_pages(archive: Archive) -> None:
    archive.index()
    with ExitStack() as stack:
        visitor = visiting(archive.documents, archive.var, stack)("public")
        for path in ("/", "/search", "/search?q=gevel", "/outcomes", "/unread", "/about"):
            page = visitor.get(path)
            assert page.status_code == 200
            assert html.fromstring(page.text).xpath("//h1")
