"""Join links as their maker sees them: which projects, a new project, the QR code, whose links these are."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from lxml import etree, html
from werkzeug.test import TestResponse

from tests.conftest import Archive
from tests.web.conftest import AccountsSite, accounts_site, token_of

RECORDS = {
    "bim5/2021/loopt": 'title = "Loopt nog"\nends = 2022-01-28\nvisibility = "campus"\n',
    "bim5/2020/voorbij": 'title = "Voorbij"\nends = 2021-01-28\nvisibility = "campus"\n',
    "energie/2021/ander": 'title = "Van een ander"\nends = 2022-01-28\nvisibility = "campus"\n',
    "bim5/2021/geheim": 'title = "Kanarieproject"\nends = 2022-01-28\nvisibility = "confidential"\n',
}
FILES = {
    **{f"{project}/project.toml": record for project, record in RECORDS.items()},
    "energie/community.toml": 'name = { nl = "Energie" }',
    "bim5/2021/zonder-record/plan.txt": "Een plan.",
    "bim5/2021/los.txt": "Een los bestand.",
}


def make(client: FlaskClient, **changed: str) -> TestResponse:
    given = {"project": "bim5/2021/loopt", "until": "2021-09-28", "people": "4", **changed}
    return client.post("/teams", data={**given, "csrf_token": token_of(client.get("/teams/invite"))})


def offered(client: FlaskClient) -> set[str]:
    return set(html.fromstring(client.get("/teams/invite").text).xpath("//select[@name='project']/option/@value")) - {
        ""
    }


def test_a_teacher_chooses_from_the_running_projects_of_own_communities(site: AccountsSite) -> None:
    client = site.signed_in("docent@example.org")
    assert offered(client) == {"bim5/2021/loopt", "bim5/2021/zonder-record"}
    assert "Kanarie" not in client.get("/teams/invite").text


def test_the_coordinator_chooses_from_all(site: AccountsSite) -> None:
    site.account("coord@example.org", "coordinator")
    running = {"bim5/2021/loopt", "bim5/2021/zonder-record", "energie/2021/ander", "bim5/2021/geheim"}
    assert offered(site.signed_in("coord@example.org")) == running


@pytest.mark.parametrize("project", ["energie/2021/ander", "bim5/2021/geheim", "bim5/2020/voorbij", "bestaat/niet"])
def test_a_link_for_another_project_is_refused_alike(site: AccountsSite, project: str) -> None:
    answer = make(site.signed_in("docent@example.org"), project=project)
    assert answer.status_code == 400
    assert "Kies een project" in html.fromstring(answer.text).xpath("string(//*[@role='alert'])")
    assert site.accounts.links("join") == ()


@pytest.mark.parametrize("role", ["student", "partner"])
def test_for_others_the_pages_of_teams_do_not_exist(site: AccountsSite, role: str) -> None:
    site.account("ander@example.org", role, communities=["bim5"], company="x")
    client = site.signed_in("ander@example.org")
    key = make(site.signed_in("docent@example.org")).location.rpartition("/")[2]
    for path in ("/teams/invite", f"/teams/{key}", f"/teams/{key}/qr.svg"):
        assert client.get(path).status_code == 404, path
    assert site.app.test_client().get("/teams/invite").location == "/login?next=/teams/invite"


def test_a_colleagues_link_does_not_exist_and_the_coordinator_sees_all(site: AccountsSite) -> None:
    site.account("collega@example.org", "teacher", communities=["bim5"])
    site.account("coord@example.org", "coordinator")
    page = make(site.signed_in("docent@example.org")).location
    colleague, coordinator = site.signed_in("collega@example.org"), site.signed_in("coord@example.org")
    token = token_of(colleague.get("/account"))
    assert colleague.get(page).status_code == 404
    assert colleague.post(f"{page}/withdraw", data={"csrf_token": token}).status_code == 404
    assert "Loopt nog" not in html.fromstring(colleague.get("/teams/invite").text).xpath(
        "string(//ul[@class='projects'])"
    )
    assert coordinator.get(page).status_code == 200
    assert page in coordinator.get("/teams/invite").text


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"until": "2021-09-13"}, "tot wanneer de link werkt"),
        ({"until": "2022-09-14"}, "tot wanneer de link werkt"),
        ({"until": "morgen"}, "tot wanneer de link werkt"),
        ({"people": "0"}, "1 tot en met 60"),
        ({"people": "61"}, "1 tot en met 60"),
        ({"people": "²"}, "1 tot en met 60"),
        ({"project": "", "title": ""}, "Kies een project"),
        ({"project": "", "title": "Nieuw", "ends": "2021-09-01"}, "Die dag moet nog komen"),
        ({"project": "", "title": "Nieuw", "ends": ""}, "Die dag moet nog komen"),
        ({"project": "", "title": "x" * 201, "ends": "2022-01-28"}, "ten hoogste 200 tekens"),
        ({"project": "", "title": "Nieuw", "ends": "2022-01-28", "community": "energie"}, "Kies een project"),
    ],
)
def test_what_can_be_no_link_is_told_and_keeps_what_was_typed(
    site: AccountsSite, archive: Archive, changed: dict[str, str], says: str
) -> None:
    before = sorted(archive.documents.rglob("*"))
    answer = make(site.signed_in("docent@example.org"), **changed)
    assert answer.status_code == 400
    page = html.fromstring(answer.text)
    assert says in page.xpath("string(//*[@role='alert'])")
    assert page.xpath("//input[@name='title']/@value") == [changed.get("title", "")]
    assert site.accounts.links("join") == () and sorted(archive.documents.rglob("*")) == before


def test_a_new_project_begins_with_a_record_in_this_years_folder(site: AccountsSite, archive: Archive) -> None:
    made = make(site.signed_in("docent@example.org"), project="", title="Loopt  nog", ends="2022-06-24")
    assert made.status_code == 303
    record = tomllib.loads((archive.documents / "bim5/2021/loopt-nog/project.toml").read_text())
    assert (record["title"], record["status"], str(record["ends"])) == ("Loopt nog", "running", "2022-06-24")
    assert record["visibility"] == "campus"
    assert record["team"] == [{"role": "teacher", "account": "docent@example.org"}]
    make(site.signed_in("docent@example.org"), project="", title="Loopt nog", ends="2022-06-24")
    assert (archive.documents / "bim5/2021/loopt-nog-2/project.toml").exists()


def test_the_coordinator_is_in_no_team(site: AccountsSite, archive: Archive) -> None:
    site.account("coord@example.org", "coordinator")
    client = site.signed_in("coord@example.org")
    make(client, project="", title="Nieuw", ends="2022-06-24", community="energie")
    assert "team" not in tomllib.loads((archive.documents / "energie/2021/nieuw/project.toml").read_text())


def test_the_qr_code_holds_the_address_dark_on_light_without_style(site: AccountsSite) -> None:
    client = site.signed_in("docent@example.org")
    page = make(client).location
    answer = client.get(f"{page}/qr.svg")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("image/svg+xml", "private, no-store")
    drawn = etree.fromstring(answer.data)
    assert drawn.xpath("//@style") == [] and drawn.xpath("//*[local-name()='style' or local-name()='script']") == []
    assert drawn.xpath("//@fill") == ["#fff"] and drawn.xpath("//@stroke") == ["#000"]


def test_the_address_is_the_sites_own_where_it_is_set(archive: Archive, tmp_path: Path) -> None:
    with accounts_site(archive, tmp_path, site="https://archief.example") as site:
        site.account("docent@example.org", "teacher", communities=["bim5"])
        client = site.signed_in("docent@example.org")
        page = client.get(make(client).location, headers={"X-Forwarded-Host": "kwaad.example"})
        (address,) = html.fromstring(page.text).xpath("//*[@id='adres']/text()")
        assert str(address).startswith("https://archief.example/join/")


def test_a_link_is_shown_again_and_its_token_is_in_no_file(site: AccountsSite, tmp_path: Path) -> None:
    client = site.signed_in("docent@example.org")
    page = make(client).location
    addresses = [html.fromstring(client.get(page).text).xpath("string(//*[@id='adres'])") for _ in range(2)]
    assert addresses[0] == addresses[1]
    token = addresses[0].rpartition("/")[2]
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert page.rpartition("/")[2].encode() in kept and token.encode() not in kept


@pytest.mark.parametrize("action", ["", "/{key}/withdraw"])
def test_a_form_without_its_token_changes_nothing(site: AccountsSite, action: str) -> None:
    client = site.signed_in("docent@example.org")
    key = make(client).location.rpartition("/")[2]
    data = {"project": "bim5/2021/loopt", "until": "2021-09-28", "people": "4"}
    assert client.post("/teams" + action.format(key=key), data=data).status_code == 400
    assert len(site.accounts.links("join")) == 1
