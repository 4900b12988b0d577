"""The newsletter: outcomes that became public since a day, and nothing that a visitor does not read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from lxml import html

from tests.web.conftest import AccountsSite
from tests.web.test_desk import company, record

NETWORK = """
[[organisation]]
slug = "bouw-x"
kind = "company"
name = "Bouw X"
sector = "bouw"
[[organisation]]
slug = "kanarie"
kind = "company"
name = "Kanariebedrijf"
sector = "zorg"
[[theme]]
slug = "circulair"
nl = "circulair bouwen"
"""
ENDED = {"status": '"finished"', "ends": "2021-06-30"}
PUBLIC = {"visibility": '"public"', **ENDED}
FILES = {
    "network.toml": NETWORK,
    "bim5/community.toml": 'name = { nl = "BIM 5" }\n',
    "bim5/2020/gevels/project.toml": record(
        "Gevels & meer", outcome='"De gevel <hangt>."', use='"Hang hem recht."', **PUBLIC
    )
    + company("bouw-x", "public"),
    "bim5/2020/daken/project.toml": record("Daken", outcome='"Het dak is dicht."', themes='["circulair"]', **PUBLIC),
    "bim5/2020/oud/project.toml": record(
        "Oud", outcome='"Al lang bekend."', visibility='"public"', status='"finished"', ends="2020-12-31"
    ),
    "bim5/2020/geheim/project.toml": record(
        "Kanarieproject", outcome='"Kanarieuitkomst."', visibility='"campus"', **ENDED
    ),
    "bim5/2020/ongezegd/project.toml": record("Kanarie zonder ja", outcome='"Kanarieuitkomst twee."', **PUBLIC)
    + company("kanarie"),
    "bim5/2020/naamloos/project.toml": record("Vloeren", outcome='"De vloer ligt."', **PUBLIC)
    + '[[company]]\norganisation = "kanarie"\nvisibility = "campus"\n'
    + 'agreed = { date = 2021-09-01, by = "x", up_to = "public" }\n',
    "bim5/2020/leeg/project.toml": record("Zonder opbrengst", **PUBLIC),
}


@pytest.fixture
def coordinator(site: AccountsSite) -> FlaskClient:
    site.account("coord@example.org", "coordinator")
    return site.signed_in("coord@example.org")


def letter(client: FlaskClient, since: str) -> dict[str, str]:
    """The newsletter as text and as HTML, as they would be copied."""
    page = html.fromstring(client.get(f"/desk/newsletter?since={since}").text)
    return {id: page.xpath(f"string(//pre[@id='{id}'])") for id in ("tekst", "html")}


def test_it_holds_what_became_public_since_the_day_under_sectors_and_themes(coordinator: FlaskClient) -> None:
    text = letter(coordinator, "2021-06-01")["tekst"]
    assert text == (
        "Nieuwe opbrengsten sinds 1 juni 2021\n\n"
        "BOUW\n\n"
        "Gevels & meer\nDe gevel <hangt>.\nHang hem recht.\nMet Bouw X\n"
        "http://localhost/outcomes/bim5/2020/gevels\n\n"
        "CIRCULAIR BOUWEN\n\n"
        "Daken\nHet dak is dicht.\nhttp://localhost/outcomes/bim5/2020/daken\n\n"
        "VERDER\n\n"
        "Vloeren\nDe vloer ligt.\nhttp://localhost/outcomes/bim5/2020/naamloos\n"
    )


def test_the_html_holds_the_same_and_what_people_typed_is_no_markup(coordinator: FlaskClient) -> None:
    made = html.fromstring(letter(coordinator, "2021-06-01")["html"])
    assert made.xpath("//h3/a/@href") == [
        f"http://localhost/outcomes/bim5/2020/{name}" for name in ("gevels", "daken", "naamloos")
    ]
    assert made.xpath("//h3/a/text()")[0] == "Gevels & meer"
    assert made.xpath("//h3/following-sibling::p/text()")[0] == "De gevel <hangt>."
    assert not made.xpath("//hangt")


def test_nothing_that_a_visitor_does_not_read_is_in_it(coordinator: FlaskClient) -> None:
    page = coordinator.get("/desk/newsletter?since=2000-01-01").text
    assert "Al lang bekend." in page and "De vloer ligt." in page
    assert "Kanarie" not in page and "Zonder opbrengst" not in page and "zorg" not in page.lower()


@pytest.mark.parametrize(("since", "there"), [("2021-09-01", True), ("2021-09-02", False)])
def test_an_outcome_counts_from_the_last_yes_of_a_company(coordinator: FlaskClient, since: str, there: bool) -> None:
    assert ("De vloer ligt." in coordinator.get(f"/desk/newsletter?since={since}").text) is there


def test_an_outcome_counts_from_the_day_on_which_it_was_published(coordinator: FlaskClient, site: AccountsSite) -> None:
    assert "Al lang bekend." not in coordinator.get("/desk/newsletter?since=2021-09-01").text
    at = datetime(2021, 9, 3, 10, tzinfo=UTC)
    site.accounts.note("outcome published", "bim5/2020/oud", {"visibility": "public"}, now=at, by="account 1")
    assert "Al lang bekend." in coordinator.get("/desk/newsletter?since=2021-09-03").text
    assert "Al lang bekend." not in coordinator.get("/desk/newsletter?since=2021-09-04").text


def test_without_a_day_it_goes_back_a_quarter(coordinator: FlaskClient) -> None:
    page = coordinator.get("/desk/newsletter")
    assert page.status_code == 200 and 'value="2021-06-14"' in page.text and "De gevel" in page.text


@pytest.mark.parametrize("since", ["gisteren", "2021-13-01", "2021-09-15", "1-1-2021"])
def test_a_day_that_can_not_be_is_told_and_stays_in_the_field(coordinator: FlaskClient, since: str) -> None:
    answer = coordinator.get(f"/desk/newsletter?since={since}")
    page = html.fromstring(answer.text)
    assert answer.status_code == 400 and "Schrijf een dag als" in page.xpath("string(//*[@role='alert'])")
    assert page.xpath("//input[@name='since']/@value") == [since]


def test_nothing_new_is_told(coordinator: FlaskClient) -> None:
    page = coordinator.get("/desk/newsletter?since=2021-09-14").text
    assert "Kies een eerdere dag." in page and "<pre" not in page
