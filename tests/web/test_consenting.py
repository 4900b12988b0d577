"""Consent by a person's own link, agreement by a company's: what is asked, written, and then seen by whom."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from tests.conftest import Archive
from tests.web.conftest import AccountsSite, token_of

P = "bim5/2021/gevels"
RECORD = """
title = "Gevels op maat"
visibility = "public"
[[team]]
name = "Noor Kanarie"
role = "student"
programme = "Bouwkunde"
account = "noor@example.org"
[[company]]
organisation = "bouw-x"
[[deliverable]]
file = "verslag.txt"
title = "Het verslag"
visibility = "public"
[[deliverable]]
file = "beoordeling.txt"
title = "Kanariebeoordeling"
visibility = "public"
company_access = false
"""
NETWORK = """
[[organisation]]
slug = "bouw-x"
name = "Bouw X"
[[organisation.contact]]
name = "Noor Kanarie"
email = "noor@example.org"
"""
FILES = {
    "network.toml": NETWORK,
    f"{P}/project.toml": RECORD,
    f"{P}/verslag.txt": "De gevel hangt recht.",
    f"{P}/beoordeling.txt": "Een acht.",
}


def link(site: AccountsSite, **what: str) -> str:
    """The path of a new link, as the page shows it once."""
    teacher = site.signed_in("docent@example.org")
    page = teacher.get(f"/consents/{P}")
    assert page.status_code == 200, page.text
    made = teacher.post(f"/consents/{P}", data={**what, "csrf_token": token_of(page)})
    assert made.status_code == 200, made.text
    (address,) = html.fromstring(made.text).xpath("//*[@id='link']/text()")
    return str(address).removeprefix("http://localhost")


def person_link(site: AccountsSite) -> str:
    return link(site, person=f"team/{P}/0")


def choose(client: FlaskClient, path: str, **chosen: str) -> TestResponse:
    """Open a link and send its form, with these places and purposes chosen otherwise."""
    page = client.get(path)
    assert page.status_code == 200, page.text
    form = html.fromstring(page.text).xpath("//main//form")[0]
    given = {name: value for name, value in form.form_values() if name != "csrf_token"}
    return client.post(path, data={**given, **chosen, "csrf_token": token_of(page)})


def record(archive: Archive, id: str = f"{P}/project.toml") -> dict[str, Any]:
    return tomllib.loads((archive.documents / id).read_text())


NAME_HERE = f"team/{P}/0:name"


def test_a_person_says_yes_without_an_account_and_is_named_to_everybody(site: AccountsSite, archive: Archive) -> None:
    visitor = site.app.test_client()
    path, company = person_link(site), link(site, company="bouw-x")
    assert "Noor Kanarie" not in visitor.get(f"/projects/{P}").text
    answer = choose(visitor, path, **{NAME_HERE: "yes"})
    assert "vastgelegd om 12.00" in answer.text
    choose(visitor, company, up_to="public", named="yes", by="directie")
    assert record(archive)["team"][0]["consent"] == [
        {"for": "name", "date": site.now.date(), "how": "own link"},
    ]
    archive.index()
    assert "Noor Kanarie" in visitor.get(f"/projects/{P}").text
    assert archive.found('auteur:"Noor Kanarie"', "--as", "public") == [f"{P}/beoordeling.txt", f"{P}/verslag.txt"]
    with visitor.get(f"/documents/{P}/verslag.txt/file") as answer:
        assert answer.status_code == 200


def test_a_yes_that_is_taken_back_counts_as_never_given(site: AccountsSite, archive: Archive) -> None:
    visitor, path = site.app.test_client(), person_link(site)
    choose(visitor, link(site, company="bouw-x"), up_to="public", named="yes", by="directie")
    archive.index()
    never = visitor.get(f"/projects/{P}").text, visitor.get(f"/documents/{P}/verslag.txt").text
    choose(visitor, path, **{NAME_HERE: "yes"})
    archive.index()
    assert visitor.get(f"/projects/{P}").text != never[0]
    choose(visitor, path, **{NAME_HERE: "no"})
    assert record(archive)["team"][0]["consent"][0]["withdrawn"] == site.now.date()
    archive.index()
    assert (visitor.get(f"/projects/{P}").text, visitor.get(f"/documents/{P}/verslag.txt").text) == never
    assert archive.found('auteur:"Noor Kanarie"', "--as", "public") == []
    assert visitor.get(f"/documents/{P}/verslag.txt/file").status_code == 404, "the file may hold the name"


def test_one_link_shows_all_places_that_name_the_person(site: AccountsSite, archive: Archive) -> None:
    visitor, path = site.app.test_client(), person_link(site)
    page = visitor.get(path).text
    assert "Gevels op maat" in page and "Bouw X" in page
    choose(visitor, path, **{"organisation/bouw-x/0:contact": "yes"})
    (contact,) = record(archive, "network.toml")["organisation"][0]["contact"]
    assert [each["for"] for each in contact["consent"]] == ["contact"]
    assert "consent" not in record(archive)["team"][0], "what was left as it was is not written"


def test_a_link_keeps_neither_name_nor_address_and_the_log_names_nobody(site: AccountsSite) -> None:
    choose(site.app.test_client(), person_link(site), **{NAME_HERE: "yes"})
    (kept,) = site.accounts.links("consent")
    assert set(kept.says) == {"who", "record"}
    told = f"{kept} {list(site.accounts.log())}".lower()
    assert "noor" not in told and "kanarie" not in told
    assert [line.action for line in site.accounts.log() if line.subject == P] == ["consent given"]


def test_looking_changes_nothing_and_uses_nothing_up(site: AccountsSite, archive: Archive) -> None:
    before = (archive.documents / P / "project.toml").read_bytes()
    visitor, path = site.app.test_client(), person_link(site)
    assert [visitor.get(path).status_code for _ in range(3)] == [200, 200, 200]
    assert (archive.documents / P / "project.toml").read_bytes() == before


def test_a_form_with_a_choice_left_out_changes_nothing(site: AccountsSite, archive: Archive) -> None:
    before = (archive.documents / P / "project.toml").read_bytes()
    answer = choose(site.app.test_client(), person_link(site), **{NAME_HERE: "misschien"})
    assert answer.status_code == 400
    assert "Kies ja of nee" in answer.text
    assert (archive.documents / P / "project.toml").read_bytes() == before


def test_a_link_past_its_day_says_so(site: AccountsSite) -> None:
    paths = person_link(site), link(site, company="bouw-x")
    site.now += timedelta(days=366)
    for path in (*paths, "/consent/geraden", "/agreement/geraden"):
        answer = site.app.test_client().get(path)
        assert (answer.status_code, "werkt niet meer" in answer.text) == (404, True)


def test_a_new_link_takes_the_older_one_back(site: AccountsSite) -> None:
    older, newer = person_link(site), person_link(site)
    visitor = site.app.test_client()
    assert (visitor.get(older).status_code, visitor.get(newer).status_code) == (404, 200)


def test_a_link_of_one_kind_is_none_of_the_other(site: AccountsSite) -> None:
    path = person_link(site).replace("/consent/", "/agreement/")
    assert site.app.test_client().get(path).status_code == 404


def test_only_who_may_invite_asks_for_consent(site: AccountsSite) -> None:
    site.account("elders@example.org", "teacher", communities=["energie"])
    site.account("student@example.org", communities=["bim5"])
    assert site.app.test_client().get(f"/consents/{P}").status_code == 303
    for email in ("elders@example.org", "student@example.org"):
        assert site.signed_in(email).get(f"/consents/{P}").status_code == 404
        assert "Toestemming vragen" not in site.signed_in(email).get(f"/projects/{P}").text
    assert "Toestemming vragen" in site.signed_in("docent@example.org").get(f"/projects/{P}").text


def test_who_is_signed_in_decides_on_own_names_without_a_link(site: AccountsSite, archive: Archive) -> None:
    site.account("noor@example.org")
    site.account("ander@example.org")
    choose(site.signed_in("noor@example.org"), "/account/consent", **{NAME_HERE: "yes"})
    assert len(record(archive)["team"][0]["consent"]) == 1
    assert "nergens" in site.signed_in("ander@example.org").get("/account/consent").text


def test_a_company_says_how_far_and_its_no_works_as_its_silence(site: AccountsSite, archive: Archive) -> None:
    visitor, path = site.app.test_client(), link(site, company="bouw-x")
    assert visitor.get(f"/projects/{P}").status_code == 404
    page = visitor.get(path).text
    assert "Ook andere bedrijven, dus ook concurrenten" in page
    assert "Het verslag" in page
    assert "Kanariebeoordeling" not in page, "what the company may not read is not told to it"
    choose(visitor, path, up_to="partner", named="no", by="directie")
    assert record(archive)["company"][0] == {
        "organisation": "bouw-x",
        "visibility": "campus",
        "agreed": {"date": site.now.date(), "by": "directie", "up_to": "partner"},
    }
    archive.index()
    assert visitor.get(f"/projects/{P}").status_code == 404
    site.account("ander@example.org", "partner", company="iemand")
    seen = site.signed_in("ander@example.org").get(f"/projects/{P}")
    assert seen.status_code == 200
    assert "Bouw X" not in seen.text
    choose(visitor, path, up_to="campus", named="no", by="directie")
    archive.index()
    assert site.signed_in("ander@example.org").get(f"/projects/{P}").status_code == 404


@pytest.mark.parametrize("wrong", [{"up_to": "confidential"}, {"by": " "}, {"by": "x" * 121}, {"named": ""}])
def test_an_agreement_that_is_not_whole_is_not_written(
    site: AccountsSite, archive: Archive, wrong: dict[str, str]
) -> None:
    given = {"up_to": "public", "named": "yes", "by": "directie", **wrong}
    assert choose(site.app.test_client(), link(site, company="bouw-x"), **given).status_code == 400
    assert "agreed" not in record(archive)["company"][0]
