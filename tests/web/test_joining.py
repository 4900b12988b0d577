"""Joining a team by its link: who comes in, as what, what the record then says, and what a link can't be used for."""

from __future__ import annotations

import re
import shutil
import threading
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from tests.conftest import Archive
from tests.web.conftest import PASSWORD, SIGNED_IN_AT, AccountsSite, accounts_site, sign_in, token_of

GEVELS = """
title = "Gevels op maat"   # van het eerste team
status = "running"
ends = 2022-01-28
visibility = "community"
[[team]]
name = "Noor Zonder Account"
role = "student"
[[deliverable]]
file = "plan.txt"
visibility = "confidential"
"""
ELDERS = """
title = "Elders"
ends = 2022-01-28
[[team]]
role = "teacher"
account = "Docent.Elders@example.org"
[[deliverable]]
file = "geheim.txt"
visibility = "confidential"
named = ["genoemd@example.org"]
"""
VOORBIJ = 'title = "Voorbij"\nstatus = "finished"\nvisibility = "campus"\n'
FILES = {
    "bim5/2021/gevels/project.toml": GEVELS,
    "bim5/2021/gevels/plan.txt": "Het plan voor de gevel.",
    "bim5/2021/voorbij/project.toml": VOORBIJ,
    "bim5/2021/los.txt": "Een los bestand.",
    "energie/2021/elders/project.toml": ELDERS,
    "energie/2021/elders/geheim.txt": "Geheim.",
}


def make(client: FlaskClient, **changed: str) -> TestResponse:
    given = {"project": "bim5/2021/gevels", "until": "2021-09-28", "people": "2", **changed}
    return client.post("/teams", data={**given, "csrf_token": token_of(client.get("/teams"))})


def link(client: FlaskClient, **changed: str) -> str:
    """The path of a new join link, as its page shows it."""
    made = make(client, **changed)
    assert made.status_code == 303, made.text
    (address,) = html.fromstring(client.get(made.location).text).xpath("//*[@id='adres']/text()")
    return str(address).removeprefix("http://localhost")


def join(client: FlaskClient, path: str, **changed: str) -> TestResponse:
    """Open a link and send its form; a value of "" leaves a field empty."""
    page = client.get(path)
    assert page.status_code == 200, page.text
    given = {"name": "Sam Student", "email": "sam@example.org", "password": PASSWORD, "named": "yes", **changed}
    return client.post(path, data={**given, "csrf_token": token_of(page)})


def team(archive: Archive, project: str = "bim5/2021/gevels") -> list[dict[str, Any]]:
    record = tomllib.loads((archive.documents / project / "project.toml").read_text())
    return list(record["team"])


def problem(answer: TestResponse) -> str:
    return str(html.fromstring(answer.text).xpath("string(//*[@role='alert'])"))


def test_a_student_joins_on_one_screen_and_is_in_the_team(site: AccountsSite, archive: Archive) -> None:
    path = link(site.signed_in("docent@example.org"))
    phone = site.app.test_client()
    answer = join(phone, path)
    assert (answer.status_code, answer.location) == (303, "/welcome")
    assert "Gevels op maat" in phone.get("/welcome").text
    made = site.accounts.by_email("sam@example.org")
    assert made is not None
    assert (made.role, made.name, made.communities) == ("student", "Sam Student", ("bim5",))
    assert str(made.ends) == "2022-07-28", "six months after the project"
    assert team(archive)[-1] == {
        "name": "Sam Student",
        "role": "student",
        "account": "sam@example.org",
        "consent": [{"for": "name", "date": SIGNED_IN_AT.date(), "how": "join link"}],
    }
    assert "# van het eerste team" in (archive.documents / "bim5/2021/gevels/project.toml").read_text()
    site.signed_in("sam@example.org")


def test_who_says_no_is_in_the_team_without_a_consent(site: AccountsSite, archive: Archive) -> None:
    join(site.app.test_client(), link(site.signed_in("docent@example.org")), named="no")
    assert team(archive)[-1] == {"name": "Sam Student", "role": "student", "account": "sam@example.org"}


def test_neither_yes_nor_no_is_chosen_for_anybody(site: AccountsSite, archive: Archive) -> None:
    path = link(site.signed_in("docent@example.org"))
    page = html.fromstring(site.app.test_client().get(path).text)
    assert page.xpath("//input[@name='named']/@checked") == []
    answer = join(site.app.test_client(), path, named="")
    assert answer.status_code == 400 and "naam bij het project" in problem(answer)
    assert len(team(archive)) == 1 and site.accounts.by_email("sam@example.org") is None


def test_who_was_expected_by_name_stays_one_entry(site: AccountsSite, archive: Archive) -> None:
    join(site.app.test_client(), link(site.signed_in("docent@example.org")), name="noor  zonder account")
    assert len(team(archive)) == 1
    assert team(archive)[0]["name"] == "Noor Zonder Account"
    assert team(archive)[0]["account"] == "sam@example.org"
    assert team(archive)[0]["consent"][0]["for"] == "name"


def test_a_link_is_full_after_as_many_as_it_is_for(site: AccountsSite, archive: Archive) -> None:
    path = link(site.signed_in("docent@example.org"))
    for number in range(2):
        assert join(site.app.test_client(), path, email=f"s{number}@example.org").status_code == 303
    late = site.app.test_client().get(path)
    assert late.status_code == 404 and "Vraag je docent om een nieuwe" in late.text
    assert len(team(archive)) == 3


def test_of_many_who_join_at_once_all_stand_in_the_record(site: AccountsSite, archive: Archive) -> None:
    path = link(site.signed_in("docent@example.org"), people="8")
    answers: list[int] = []

    def one(number: int) -> None:
        client = site.app.test_client()
        answers.append(join(client, path, name=f"Student {number}", email=f"s{number}@example.org").status_code)

    threads = [threading.Thread(target=one, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [303] * 8
    assert {each.get("account") for each in team(archive)} == {None, *(f"s{number}@example.org" for number in range(8))}


def test_a_link_ends_with_its_day(site: AccountsSite) -> None:
    path = link(site.signed_in("docent@example.org"))
    site.now = SIGNED_IN_AT + timedelta(days=14)
    assert site.app.test_client().get(path).status_code == 200
    site.now += timedelta(days=1)
    assert site.app.test_client().get(path).status_code == 404


def test_a_link_that_is_taken_back_lets_nobody_in(site: AccountsSite) -> None:
    teacher = site.signed_in("docent@example.org")
    made = make(teacher)
    page = teacher.get(made.location)
    (path,) = html.fromstring(page.text).xpath("//*[@id='adres']/text()")
    teacher.post(f"{made.location}/withdraw", data={"csrf_token": token_of(page)})
    gone = site.app.test_client().get(str(path).removeprefix("http://localhost"))
    guessed = site.app.test_client().get("/join/geraden")
    assert gone.status_code == guessed.status_code == 404
    assert html.fromstring(gone.text).xpath("string(//main)") == html.fromstring(guessed.text).xpath("string(//main)")


@pytest.mark.parametrize("lost", [{"disabled": True}, {"communities": ["energie"]}, {"role": "student"}])
def test_a_link_works_as_long_as_its_maker_may_invite(site: AccountsSite, lost: dict[str, object]) -> None:
    path = link(site.signed_in("docent@example.org"))
    teacher = site.accounts.by_email("docent@example.org")
    assert teacher is not None
    site.accounts.change(teacher.id, now=SIGNED_IN_AT, by="test", **lost)  # type: ignore[arg-type]
    assert site.app.test_client().get(path).status_code == 404


def test_looking_at_a_link_uses_nothing_up(site: AccountsSite) -> None:
    path = link(site.signed_in("docent@example.org"), people="1")
    for _ in range(3):
        assert site.app.test_client().get(path).status_code == 200
    assert join(site.app.test_client(), path).status_code == 303


def test_an_address_with_an_account_joins_nobody_without_its_password(site: AccountsSite, archive: Archive) -> None:
    site.account("sam@example.org")
    path = link(site.signed_in("docent@example.org"))
    wrong = join(site.app.test_client(), path, password="niet van mij maar lang")
    assert wrong.status_code == 409 and "Heb je al een account?" in problem(wrong)
    assert len(team(archive)) == 1
    assert join(site.app.test_client(), path).status_code == 303
    joined = site.accounts.by_email("sam@example.org")
    assert joined is not None and joined.communities == ("bim5",) and joined.ends is None


@pytest.mark.parametrize("email", ["docent.elders@example.org", "GENOEMD@example.org"])
def test_nobody_takes_an_address_that_other_work_names(site: AccountsSite, archive: Archive, email: str) -> None:
    """A join link gave whoever typed a teacher's address, who had no account yet, that teacher's confidential work."""
    path = link(site.signed_in("docent@example.org"))
    answer = join(site.app.test_client(), path, email=email)
    assert answer.status_code == 409
    site.account("sam@example.org")
    known = join(site.app.test_client(), path, password="niet van mij maar lang")
    assert problem(answer) == problem(known), "the same sentence as for an address with an account"
    assert site.accounts.by_email(email) is None and len(team(archive)) == 1


def test_who_is_signed_in_joins_by_opening_the_link(site: AccountsSite, archive: Archive) -> None:
    site.account("sam@example.org", name="Sam Student", communities=["energie"])
    path = link(site.signed_in("docent@example.org"))
    client = site.app.test_client()
    signed = sign_in(client, "sam@example.org", PASSWORD, next=path)
    assert signed.location == path
    answer = client.post(path, data={"named": "yes", "csrf_token": token_of(client.get(path))})
    assert answer.status_code == 303
    joined = site.accounts.by_email("sam@example.org")
    assert joined is not None and joined.communities == ("bim5", "energie")
    assert team(archive)[-1]["account"] == "sam@example.org"


def test_joining_again_takes_no_second_place_and_changes_the_answer(site: AccountsSite, archive: Archive) -> None:
    path = link(site.signed_in("docent@example.org"), people="2")
    client = site.app.test_client()
    join(client, path)
    again = client.post(path, data={"named": "no", "csrf_token": token_of(client.get(path))})
    assert again.status_code == 303
    assert len(team(archive)) == 2
    assert team(archive)[-1]["consent"] == [
        {"for": "name", "date": SIGNED_IN_AT.date(), "how": "join link", "withdrawn": SIGNED_IN_AT.date()}
    ]
    client.post(path, data={"named": "yes", "csrf_token": token_of(client.get(path))})
    assert "withdrawn" not in team(archive)[-1]["consent"][0]
    assert join(site.app.test_client(), path, email="ander@example.org", name="Ander").status_code == 303


def test_who_comes_back_after_the_account_ended_gets_a_new_end(site: AccountsSite) -> None:
    site.account("sam@example.org", ends=SIGNED_IN_AT.date() - timedelta(days=30))
    path = link(site.signed_in("docent@example.org"))
    assert join(site.app.test_client(), path).status_code == 303
    joined = site.accounts.by_email("sam@example.org")
    assert joined is not None and str(joined.ends) == "2022-07-28"


def test_an_account_that_was_closed_stays_closed(site: AccountsSite) -> None:
    account = site.account("sam@example.org")
    site.accounts.change(account.id, disabled=True, now=SIGNED_IN_AT, by="test")
    answer = join(site.app.test_client(), link(site.signed_in("docent@example.org")))
    assert answer.status_code == 409
    closed = site.accounts.find(account.id)
    assert closed is not None and closed.disabled and closed.communities == ()


@pytest.mark.parametrize("role", ["teacher", "coordinator", "partner"])
def test_a_link_is_for_students(site: AccountsSite, archive: Archive, role: str) -> None:
    site.account("ander@example.org", role, company="x")
    path = link(site.signed_in("docent@example.org"))
    client = site.signed_in("ander@example.org")
    page = client.get(path)
    assert "Deze link is voor studenten" in page.text
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/account").text)
    assert token is not None
    assert client.post(path, data={"named": "yes", "csrf_token": token[1]}).status_code == 403
    assert len(team(archive)) == 1


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"name": "  "}, "Vul je naam in"),
        ({"name": "x" * 121}, "ten hoogste 120 letters"),
        ({"email": "geen adres"}, "geen e-mailadres"),
        ({"password": "kort"}, "minstens 8 tekens"),
        ({"password": "Welkom2021!"}, "wordt het eerst geraden"),
    ],
)
def test_what_can_be_no_account_is_told_and_leaves_nothing(
    site: AccountsSite, archive: Archive, changed: dict[str, str], says: str
) -> None:
    path = link(site.signed_in("docent@example.org"), people="1")
    answer = join(site.app.test_client(), path, **changed)
    assert answer.status_code == 400 and says in problem(answer)
    assert html.fromstring(answer.text).xpath("//input[@name='email']/@value") == [
        changed.get("email", "sam@example.org")
    ]
    assert len(team(archive)) == 1 and len(site.accounts.all()) == 1
    assert join(site.app.test_client(), path).status_code == 303, "no place was lost"


def test_a_record_that_can_not_be_written_makes_no_account(site: AccountsSite, archive: Archive) -> None:
    path = link(site.signed_in("docent@example.org"), people="1")
    record = archive.documents / "bim5/2021/gevels/project.toml"
    whole = record.read_text()
    record.write_text("title = [")
    refused = join(site.app.test_client(), path)
    assert refused.status_code == 409 and "Er is niets veranderd" in refused.text
    assert site.accounts.by_email("sam@example.org") is None
    record.write_text(whole)
    assert join(site.app.test_client(), path).status_code == 303


def test_a_project_that_went_away_ends_its_links(site: AccountsSite, archive: Archive) -> None:
    path = link(site.signed_in("docent@example.org"))
    shutil.rmtree(archive.documents / "bim5/2021/gevels")
    assert join(site.app.test_client(), path).status_code == 404
    assert site.accounts.by_email("sam@example.org") is None
    assert not (archive.documents / "bim5/2021/gevels").exists()


def test_the_log_tells_who_let_in_whom_by_numbers(site: AccountsSite) -> None:
    join(site.app.test_client(), link(site.signed_in("docent@example.org")))
    lines = [(line.action, line.subject, line.by) for line in site.accounts.log()]
    assert ("joined", "bim5/2021/gevels", "account 2") in lines
    assert ("account made", "account 2", "account 1") in lines
    assert ("link made", "join", "account 1") in lines
    assert not re.search("sam|student@|@example", repr(list(site.accounts.log())), re.IGNORECASE)


def test_under_as_nobody_joins(archive: Archive, site: AccountsSite, tmp_path: Path) -> None:
    path = link(site.signed_in("docent@example.org"))
    with accounts_site(archive, tmp_path, proxies=0, read_as="student") as open_to_all:
        assert open_to_all.app.test_client().get(path).status_code == 404
