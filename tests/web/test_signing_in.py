"""Signing in: one sentence for every failure, nothing that another site can do, nothing that outlives its end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import Archive
from tests.web.conftest import PASSWORD, SIGNED_IN_AT, AccountsSite, accounts_site, sign_in, token_of

NOW = SIGNED_IN_AT
RECORD = """
title = "Gevels op maat"
[[deliverable]]
file = "openbaar.txt"
visibility = "public"
no_names = true
[[deliverable]]
file = "campus.txt"
visibility = "campus"
[[deliverable]]
file = "intern.txt"
visibility = "community"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = Archive(tmp_path_factory.mktemp("signing-in"))
    archive.put("bim5/2021/gevels/project.toml", RECORD)
    for name in ("openbaar", "campus", "intern"):
        archive.put(f"bim5/2021/gevels/{name}.txt", f"De gevel, {name}.")
    archive.index()
    return archive


@pytest.fixture
def site(folder: Archive, tmp_path: Path) -> Iterator[AccountsSite]:
    with accounts_site(folder, tmp_path) as opened:
        yield opened


def titles(client: FlaskClient) -> set[str]:
    return {hit["id"].rsplit("/", 1)[1] for hit in client.get("/api/v1/search?q=gevel").get_json()["hits"]}


def test_who_signs_in_sees_what_the_account_may_see_until_signing_out(site: AccountsSite) -> None:
    site.account(communities=["bim5"])
    client = site.app.test_client()
    assert titles(client) == {"openbaar.txt"}
    assert sign_in(client, "Student@Example.org", PASSWORD).status_code == 303
    assert titles(client) == {"openbaar.txt", "campus.txt", "intern.txt"}
    assert "student@example.org" in client.get("/account").text
    client.post("/logout", data={"csrf_token": token_of(client.get("/account"))})
    assert titles(client) == {"openbaar.txt"}


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(site: AccountsSite) -> None:
    site.account()
    known = sign_in(site.app.test_client(), "student@example.org", "iets anders hier")
    unknown = sign_in(site.app.test_client(), "niemand@example.org", "iets anders hier")
    assert (known.status_code, unknown.status_code) == (401, 401)

    def without_what_differs(answer: TestResponse) -> str:
        return re.sub(r"(niemand|student)@example.org|csrf_token\" value=\"[^\"]+", "", answer.text)

    assert without_what_differs(known) == without_what_differs(unknown)


def test_six_failures_in_a_minute_pass_and_many_more_do_not(site: AccountsSite) -> None:
    site.account()
    client = site.app.test_client()
    assert [sign_in(client, "student@example.org", "fout fout fout").status_code for _ in range(6)] == [401] * 6
    answers = [sign_in(client, "student@example.org", "fout fout fout").status_code for _ in range(6)]
    assert answers[-1] == 429
    assert sign_in(client, "student@example.org", PASSWORD).status_code == 429


def test_failing_on_purpose_does_not_lock_somebody_else_out(site: AccountsSite) -> None:
    site.account()
    attacker = site.app.test_client()
    for _ in range(15):
        sign_in(attacker, "student@example.org", "fout fout fout")
    token = token_of(site.app.test_client().get("/login"))
    assert token
    client = site.app.test_client()
    elsewhere = {"X-Forwarded-For": "192.0.2.7"}
    token = token_of(client.get("/login", headers=elsewhere))
    data = {"email": "student@example.org", "password": PASSWORD, "csrf_token": token}
    assert client.post("/login", data=data, headers=elsewhere).status_code == 303


def test_a_class_of_thirty_signs_in_from_one_address(site: AccountsSite) -> None:
    for number in range(30):
        site.account(f"student{number}@example.org")
    for number in range(30):
        site.signed_in(f"student{number}@example.org")


@pytest.mark.parametrize("path", ["/login", "/logout", "/account/password", "/account/sessions"])
def test_a_form_without_its_token_is_refused(site: AccountsSite, path: str) -> None:
    site.account()
    client = site.signed_in()
    answer = client.post(path, data={"email": "x@example.org", "password": PASSWORD})
    assert answer.status_code == 400
    assert client.get("/account").status_code == 200, "still signed in"


@pytest.mark.parametrize("headers", [{"Origin": "https://kwaad.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_form_from_another_site_is_refused_even_with_a_token(site: AccountsSite, headers: dict[str, str]) -> None:
    site.account()
    client = site.signed_in()
    data = {"csrf_token": token_of(client.get("/account"))}
    assert client.post("/logout", data=data, headers=headers).status_code == 403
    assert client.get("/account").status_code == 200


def test_one_is_sent_back_to_the_page_that_asked_but_never_to_another_site(site: AccountsSite) -> None:
    site.account()
    asked = site.app.test_client().get("/account")
    assert asked.status_code == 303 and asked.headers["Location"] == "/login?next=/account"
    back = sign_in(site.app.test_client(), "student@example.org", PASSWORD, next="/search?q=gevel")
    assert back.headers["Location"] == "/search?q=gevel"
    for elsewhere in ("https://kwaad.example/", "//kwaad.example", "/\\kwaad.example", "javascript:alert(1)"):
        answer = sign_in(site.app.test_client(), "student@example.org", PASSWORD, next=elsewhere)
        assert answer.headers["Location"] == "/"


def test_the_cookie_is_safe_over_https_and_works_without(site: AccountsSite) -> None:
    site.account()
    plain = sign_in(site.app.test_client(), "student@example.org", PASSWORD).headers["Set-Cookie"]
    assert plain.startswith("estafette=") and "HttpOnly" in plain and "SameSite=Lax" in plain and "Secure" not in plain
    client = site.app.test_client()
    https = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "archief.example"}
    first = client.get("/login", headers=https)
    data = {"email": "student@example.org", "password": PASSWORD, "csrf_token": token_of(first)}
    cookie = first.headers["Set-Cookie"].split(";")[0]
    secure = site.app.test_client(use_cookies=False).post(
        "/login", data=data, headers={**https, "Cookie": cookie, "Origin": "https://archief.example"}
    )
    assert secure.status_code == 303
    set_cookie = secure.headers["Set-Cookie"]
    assert set_cookie.startswith("__Host-estafette=") and "Secure" in set_cookie and "Path=/" in set_cookie
    assert "Domain" not in set_cookie


def test_signing_in_leaves_nothing_of_the_session_before_it(site: AccountsSite) -> None:
    site.account()
    client = site.app.test_client()
    before = client.get("/login")
    token = token_of(before)
    client.post("/login", data={"email": "student@example.org", "password": PASSWORD, "csrf_token": token})
    assert client.post("/logout", data={"csrf_token": token}).status_code == 400, "the token of before is worth nothing"


def test_a_cookie_that_was_copied_is_worth_nothing_after_signing_out(site: AccountsSite) -> None:
    """It worked until it expired: signing out only took the cookie away from the browser that sent it."""
    site.account()
    client, other, copy = site.signed_in(), site.signed_in(), site.app.test_client()
    kept = client.get_cookie("estafette")
    assert kept is not None
    copy.set_cookie("estafette", kept.value)
    assert copy.get("/account").status_code == 200
    client.post("/logout", data={"csrf_token": token_of(client.get("/account"))})
    assert copy.get("/account").status_code == 303
    assert other.get("/account").status_code == 200, "a session of another device goes on"
    site.now += timedelta(days=13)
    copy.set_cookie("estafette", kept.value)
    assert copy.get("/account").status_code == 303, "nor is it believed later"


def test_ended_sessions_are_kept_no_longer_than_their_cookies(site: AccountsSite) -> None:
    site.account()
    for _ in range(2):
        client = site.signed_in()
        client.post("/logout", data={"csrf_token": token_of(client.get("/account"))})
        with site.accounts.file.reading() as run:
            assert run("SELECT count(*) FROM ended").fetchone() == (1,)
        site.now += timedelta(days=15)


def test_ending_all_sessions_ends_them_on_every_device(site: AccountsSite) -> None:
    site.account()
    phone, laptop = site.signed_in(), site.signed_in()
    laptop.post("/account/sessions", data={"csrf_token": token_of(laptop.get("/account"))})
    assert phone.get("/account").status_code == 303
    assert laptop.get("/account").status_code == 303


def test_what_an_account_loses_it_loses_at_once(site: AccountsSite) -> None:
    account = site.account(communities=["bim5"])
    client = site.signed_in()
    assert "intern.txt" in titles(client)
    site.accounts.change(account.id, communities=[], now=NOW, by="test")
    assert titles(client) == {"openbaar.txt", "campus.txt"}
    site.accounts.change(account.id, disabled=True, now=NOW, by="test")
    assert titles(client) == {"openbaar.txt"}


def test_an_account_that_has_ended_reads_as_everybody(site: AccountsSite) -> None:
    site.account(ends=NOW.date())
    client = site.signed_in()
    assert "campus.txt" in titles(client)
    site.now = NOW + timedelta(days=1)
    assert titles(client) == {"openbaar.txt"}


def test_a_new_password_asks_for_the_old_one_and_ends_other_sessions(site: AccountsSite) -> None:
    site.account()
    other, client = site.signed_in(), site.signed_in()

    def change(old: str, new: str) -> TestResponse:
        data = {"old": old, "password": new, "csrf_token": token_of(client.get("/account"))}
        return client.post("/account/password", data=data)

    assert change("niet het oude", "een heel nieuw wachtwoord").status_code == 400
    assert change(PASSWORD, "kort").status_code == 400
    assert change(PASSWORD, "een heel nieuw wachtwoord").status_code == 303
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 303
    site.signed_in(password="een heel nieuw wachtwoord")


def test_the_first_link_makes_one_coordinator_and_is_gone(site: AccountsSite) -> None:
    token = site.accounts.give_link("first", {}, until=NOW + timedelta(days=7), now=NOW, by="first start")
    client = site.app.test_client()
    page = client.get(f"/first/{token}")
    data = {"name": "C. Oordinator", "email": "c@example.org", "password": "kort", "csrf_token": token_of(page)}
    assert client.post(f"/first/{token}", data=data).status_code == 400
    assert client.post(f"/first/{token}", data={**data, "password": PASSWORD}).status_code == 303
    made = site.accounts.by_email("c@example.org")
    assert made is not None and made.role == "coordinator"
    assert client.get(f"/first/{token}").status_code == 404
    assert site.app.test_client().get("/first/geraden").status_code == 404


def test_a_reset_link_sets_a_password_once(site: AccountsSite) -> None:
    account = site.account()
    token = site.accounts.give_link(
        "reset", {"account": account.id}, until=NOW + timedelta(days=1), now=NOW, by="account 1"
    )
    client = site.app.test_client()
    data = {"password": "opnieuw begonnen zin", "csrf_token": token_of(client.get(f"/reset/{token}"))}
    assert client.post(f"/reset/{token}", data=data).status_code == 303
    site.signed_in(password="opnieuw begonnen zin")
    assert client.get(f"/reset/{token}").status_code == 404


def test_a_session_signed_with_another_key_is_nobodys(site: AccountsSite) -> None:
    site.account()
    client = site.signed_in()
    site.app.secret_key = b"another key, of another archive."
    assert client.get("/account").status_code == 303
    assert titles(client) == {"openbaar.txt"}
