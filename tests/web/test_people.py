"""The list of accounts: the coordinator changes all, a teacher the students of own communities, nobody else any."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from archive.accounts.accounts import Account
from tests.conftest import Archive
from tests.web.conftest import PASSWORD, SIGNED_IN_AT, AccountsSite, accounts_site, sign_in, token_of
from tests.web.smtp_stub import mail_stub
from webui.accounts.mail import MailServer, Outbox

NETWORK = '[[organisation]]\nslug = "bouw"\nkind = "company"\nname = "Bouw"\n'
ACTIONS = ["prolong", "close", "open", "reset", "sessions"]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = Archive(tmp_path_factory.mktemp("people"))
    archive.put("network.toml", NETWORK)
    for community in ("bim5", "energie"):
        archive.put(f"{community}/community.toml", f'name = {{ nl = "{community.upper()}" }}\n')
        archive.put(f"{community}/2021/x/plan.txt", "Een plan.")
    archive.index()
    return archive


class People:
    """Somebody of each kind, and the site."""

    def __init__(self, site: AccountsSite) -> None:
        self.site = site
        self.coordinator = site.account("coord@example.org", "coordinator", name="Co Ordinator")
        self.teacher = site.account("docent@example.org", "teacher", name="Do Cent", communities=["bim5"])
        self.own = site.account("eigen@example.org", name="Ei Gen", communities=["bim5"], ends=SIGNED_IN_AT.date())
        self.both = site.account("beide@example.org", name="Bei De", communities=["bim5", "energie"], password=None)
        self.other = site.account("ander@example.org", name="An Der", communities=["energie"], password=None)
        self.partner = site.account("bedrijf@example.org", "partner", name="Be Drijf", company="bouw")

    def now(self, account: Account) -> Account:
        found = self.site.accounts.find(account.id)
        assert found is not None
        return found


@pytest.fixture
def people(archive: Archive, tmp_path: Path) -> Iterator[People]:
    with accounts_site(archive, tmp_path) as opened:
        yield People(opened)


def listed(client: FlaskClient, query: str = "") -> list[str]:
    return [str(name) for name in html.fromstring(client.get(f"/people{query}").text).xpath("//h3//bdi/text()")]


def post(client: FlaskClient, path: str, **data: str | list[str]) -> TestResponse:
    return client.post(path, data={**data, "csrf_token": token_of(client.get("/account"))})


def problem(answer: TestResponse) -> str:
    return str(html.fromstring(answer.text).xpath("string(//*[@role='alert'])"))


def test_the_coordinator_sees_all_and_a_teacher_the_students_of_own_communities(people: People) -> None:
    everybody = ["An Der", "Be Drijf", "Bei De", "Co Ordinator", "Do Cent", "Ei Gen"]
    assert listed(people.site.signed_in("coord@example.org")) == everybody
    assert listed(people.site.signed_in("docent@example.org")) == ["Bei De", "Ei Gen"]


def test_the_list_is_narrowed_by_role_community_and_typed_words(people: People) -> None:
    client = people.site.signed_in("coord@example.org")
    assert listed(client, "?role=student&community=energie") == ["An Der", "Bei De"]
    assert listed(client, "?role=directeur") == []
    found = post(client, "/people", q="DER example")
    assert html.fromstring(found.text).xpath("//h3//bdi/text()") == ["An Der"]
    assert client.get("/people?page=2").status_code == 404


@pytest.mark.parametrize("role", ["student", "partner"])
def test_for_others_there_is_no_list(people: People, role: str) -> None:
    client = people.site.signed_in("eigen@example.org" if role == "student" else "bedrijf@example.org")
    for path in ("/people", "/people/add", f"/people/{people.own.id}"):
        assert client.get(path).status_code == 404, path
    assert post(client, f"/people/{people.other.id}/close").status_code == 404
    assert people.site.app.test_client().get("/people").location == "/login?next=/people"


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("whose", ["other", "partner", "coordinator", "both"])
def test_a_teacher_changes_nobody_but_students_of_own_communities_only(people: People, whose: str, action: str) -> None:
    """A link to choose a password would open what its student sees in another community."""
    client, account = people.site.signed_in("docent@example.org"), getattr(people, whose)
    answer = post(client, f"/people/{account.id}/{action}", ends="2022-09-14")
    assert answer.status_code == 404
    assert people.now(account) == account


@pytest.mark.parametrize("action", ["change", "remove"])
def test_some_changes_are_the_coordinators_alone(people: People, action: str) -> None:
    client = people.site.signed_in("docent@example.org")
    assert post(client, f"/people/{people.own.id}/{action}", role="coordinator", sure="yes").status_code == 404
    assert client.get("/people/add").status_code == 404
    assert people.now(people.own) == people.own


def test_somebody_of_two_communities_is_seen_without_the_other_one(people: People) -> None:
    client = people.site.signed_in("docent@example.org")
    page = client.get(f"/people/{people.both.id}").text
    assert "Vraag de coördinator" in page and "ENERGIE" not in page
    assert "ENERGIE" not in client.get("/people").text


def test_another_account_and_none_get_the_same_answer(people: People) -> None:
    client = people.site.signed_in("docent@example.org")
    hidden, absent = client.get(f"/people/{people.other.id}"), client.get("/people/999")
    assert hidden.status_code == absent.status_code == 404
    texts = [html.fromstring(answer.text).xpath("string(//main)") for answer in (hidden, absent)]
    assert texts[0].replace(str(people.other.id), "999") == texts[1]


def test_a_teacher_prolongs_closes_and_opens_an_account(people: People) -> None:
    client, path = people.site.signed_in("docent@example.org"), f"/people/{people.own.id}"
    post(client, f"{path}/prolong", ends="2022-09-14")
    assert str(people.now(people.own).ends) == "2022-09-14"
    student = people.site.signed_in("eigen@example.org")
    post(client, f"{path}/close")
    assert people.now(people.own).disabled and student.get("/account").status_code == 303
    post(client, f"{path}/open")
    assert not people.now(people.own).disabled
    lines = [(line.action, line.subject, line.by) for line in people.site.accounts.log(limit=3)]
    assert lines == [("account changed", people.own.actor, people.teacher.actor)] * 3


@pytest.mark.parametrize("ends", ["", "2021-09-13", "2031-01-01", "straks"])
def test_a_day_that_can_not_be_is_told(people: People, ends: str) -> None:
    answer = post(people.site.signed_in("docent@example.org"), f"/people/{people.own.id}/prolong", ends=ends)
    assert answer.status_code == 400 and "Kies een dag die nog komt" in problem(answer)
    assert people.now(people.own) == people.own


def test_a_link_for_a_password_is_shown_once_and_works_once(people: People) -> None:
    answer = post(people.site.signed_in("docent@example.org"), f"/people/{people.own.id}/reset")
    address = html.fromstring(answer.text).xpath("string(//*[@id='link'])")
    path = address.removeprefix("http://localhost")
    client = people.site.app.test_client()
    data = {"password": "een heel nieuwe zin", "csrf_token": token_of(client.get(path))}
    assert client.post(path, data=data).status_code == 303
    assert client.get(path).status_code == 404
    people.site.signed_in("eigen@example.org", "een heel nieuwe zin")


def test_with_mail_the_link_goes_to_the_student_alone(archive: Archive, tmp_path: Path) -> None:
    outbox = Outbox()
    with mail_stub() as stub:
        server = MailServer(
            host="127.0.0.1", port=stub.port, sender="a@example.org", site="https://archief.example", starttls=False
        )
        with accounts_site(archive, tmp_path, mail=server, outbox=outbox) as opened:
            people = People(opened)
            client = opened.signed_in("docent@example.org")
            answer = post(client, f"/people/{people.own.id}/reset")
            assert answer.status_code == 303
            assert "mail onderweg" in client.get(answer.location).text
            outbox.wait()
            (address,) = stub.links("eigen@example.org")
            assert address.startswith("https://archief.example/reset/")
            assert opened.app.test_client().get(address.removeprefix("https://archief.example")).status_code == 200


def test_the_coordinator_makes_an_account_with_a_link_for_its_password(people: People) -> None:
    client = people.site.signed_in("coord@example.org")
    given = {"name": "Nieuwe Docent", "email": "nieuw@example.org", "role": "teacher", "ends": "2022-09-14"}
    answer = post(client, "/people/add", **given, community=["bim5", "bestaat-niet"])
    assert "/reset/" in answer.text
    made = people.site.accounts.by_email("nieuw@example.org")
    assert made is not None
    assert (made.role, made.communities, str(made.ends)) == ("teacher", ("bim5",), "2022-09-14")
    assert not made.has_password


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"email": "eigen@example.org", "role": "teacher"}, "heeft al een account"),
        ({"email": "geen adres", "role": "teacher"}, "geen e-mailadres"),
        ({"email": "nieuw@example.org", "role": "partner"}, "Kies het bedrijf"),
        ({"email": "nieuw@example.org", "role": "partner", "company": "bestaat-niet"}, "Kies het bedrijf"),
        ({"email": "nieuw@example.org", "role": "directeur"}, "Kies een rol"),
        ({"email": "nieuw@example.org", "role": "teacher", "ends": "2020-01-01"}, "Kies een dag die nog komt"),
    ],
)
def test_what_can_be_no_account_is_told_and_what_was_typed_stays(
    people: People, given: dict[str, str], says: str
) -> None:
    before = people.site.accounts.all()
    answer = post(people.site.signed_in("coord@example.org"), "/people/add", name="Nieuw", **given)
    assert answer.status_code == 400 and says in problem(answer)
    assert html.fromstring(answer.text).xpath("//input[@name='email']/@value") == [given["email"]]
    assert {account.email for account in people.site.accounts.all()} == {account.email for account in before}


def test_the_coordinator_changes_what_an_account_is(people: People) -> None:
    client, path = people.site.signed_in("coord@example.org"), f"/people/{people.own.id}/change"
    post(client, path, name="Ei Gen", role="teacher", community=["energie"], ends="")
    changed = people.now(people.own)
    assert (changed.role, changed.communities, changed.ends) == ("teacher", ("energie",), None)
    post(client, path, name="Ei Gen", role="partner", company="bouw", community=["energie"])
    changed = people.now(people.own)
    assert (changed.role, changed.communities, changed.company) == ("partner", (), "bouw")


def test_the_coordinator_removes_an_account_after_a_second_thought(people: People) -> None:
    client, path = people.site.signed_in("coord@example.org"), f"/people/{people.other.id}/remove"
    assert "Er is niets gewist" in problem(post(client, path))
    assert people.now(people.other) == people.other
    assert post(client, path, sure="yes").location == "/people?done=removed"
    assert people.site.accounts.find(people.other.id) is None


@pytest.mark.parametrize(
    ("action", "data"), [("close", {}), ("remove", {"sure": "yes"}), ("change", {"role": "student"})]
)
def test_the_last_coordinator_does_not_lock_the_archive(people: People, action: str, data: dict[str, str]) -> None:
    client = people.site.signed_in("coord@example.org")
    answer = post(client, f"/people/{people.coordinator.id}/{action}", **data)
    assert answer.status_code == 400 and "je eigen account" in problem(answer)
    assert people.now(people.coordinator).role == "coordinator" and not people.now(people.coordinator).disabled


@pytest.mark.parametrize("action", [*ACTIONS, "change", "remove"])
def test_a_form_without_its_token_changes_nobody(people: People, action: str) -> None:
    client = people.site.signed_in("coord@example.org")
    data = {"role": "coordinator", "ends": "2022-09-14", "sure": "yes"}
    assert client.post(f"/people/{people.own.id}/{action}", data=data).status_code == 400
    assert people.now(people.own) == people.own


@pytest.mark.parametrize("action", [*ACTIONS, "change", "remove"])
def test_looking_changes_nobody(people: People, action: str) -> None:
    client = people.site.signed_in("coord@example.org")
    for ask in (client.get, client.head):
        assert ask(f"/people/{people.own.id}/{action}").status_code == 405
    assert client.head("/people/add").status_code == 200
    assert people.now(people.own) == people.own


def test_what_a_teacher_loses_is_lost_at_once(people: People) -> None:
    client = people.site.app.test_client()
    sign_in(client, "docent@example.org", PASSWORD)
    people.site.accounts.change(people.teacher.id, communities=[], now=SIGNED_IN_AT, by="test")
    assert listed(client) == []
    assert client.get(f"/people/{people.own.id}").status_code == 404
