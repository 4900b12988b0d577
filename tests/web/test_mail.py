"""Mail: signing in with a link, joining with an address that is shown to be one's own, and a server that says no."""

from __future__ import annotations

import logging
import re
import threading
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from archive.errors import UsageError
from archive.settings import Settings
from tests.conftest import Archive, free_port
from tests.web.conftest import PASSWORD, SIGNED_IN_AT, AccountsSite, accounts_site, token_of
from tests.web.smtp_stub import MailStub, mail_stub
from webui.accounts.mail import MailFailed, MailServer, Outbox, mail_server

SITE = "https://archief.example"
GEVELS = 'title = "Gevels op maat"\nends = 2022-01-28\nvisibility = "campus"\n'
ELDERS = 'title = "Elders"\n[[team]]\nrole = "teacher"\naccount = "elders@example.org"\n'
FILES = {"bim5/2021/gevels/project.toml": GEVELS, "energie/2021/elders/project.toml": ELDERS}


@pytest.fixture
def stub() -> Iterator[MailStub]:
    with mail_stub() as server:
        yield server


def server_of(stub: MailStub) -> MailServer:
    return MailServer(host="127.0.0.1", port=stub.port, sender="archief@example.org", site=SITE, starttls=False)


@pytest.fixture
def outbox() -> Outbox:
    return Outbox()


@pytest.fixture
def site(archive: Archive, tmp_path: Path, stub: MailStub, outbox: Outbox) -> Iterator[AccountsSite]:
    with accounts_site(archive, tmp_path, site=SITE, mail=server_of(stub), outbox=outbox) as opened:
        opened.account("docent@example.org", "teacher", communities=["bim5"])
        yield opened
        outbox.wait()


def ask(client: FlaskClient, email: str, **more: str) -> TestResponse:
    token = token_of(client.get("/login"))
    return client.post("/login/mail", data={"email": email, "csrf_token": token, **more})


def path_of(address: str) -> str:
    assert address.startswith(SITE + "/")
    return address.removeprefix(SITE)


def press(client: FlaskClient, path: str) -> TestResponse:
    """Open a link and press its button."""
    return client.post(path, data={"csrf_token": token_of(client.get(path))})


def main(answer: TestResponse) -> str:
    """What a page says, without the address that was typed."""
    return re.sub(r"\S+@example\.org", "", str(html.fromstring(answer.text).xpath("string(//main)")))


def test_a_mailed_link_signs_in_once_and_back_to_where_one_was(
    site: AccountsSite, stub: MailStub, outbox: Outbox
) -> None:
    site.account()
    ask(site.app.test_client(), "Student@example.org", next="/search?q=gevel")
    outbox.wait()
    (address,) = stub.links("student@example.org")
    client = site.app.test_client()
    answer = press(client, path_of(address))
    assert (answer.status_code, answer.location) == (303, "/search?q=gevel")
    assert client.get("/account").status_code == 200
    assert site.app.test_client().get(path_of(address)).status_code == 404


def test_a_scanner_that_opens_every_link_uses_none_up(site: AccountsSite, stub: MailStub, outbox: Outbox) -> None:
    site.account()
    ask(site.app.test_client(), "student@example.org")
    outbox.wait()
    (address,) = stub.links("student@example.org")
    scanner = site.app.test_client()
    for _ in range(3):
        assert scanner.get(path_of(address)).status_code == 200
        assert scanner.head(path_of(address)).status_code == 200
    assert scanner.get("/account").status_code == 303, "looking signs nobody in"
    assert press(site.app.test_client(), path_of(address)).status_code == 303


def test_looking_at_a_confirmation_joins_nobody(
    site: AccountsSite, archive: Archive, stub: MailStub, outbox: Outbox
) -> None:
    """HEAD, which carries no token of a form, was taken for the form."""
    join(site, join_path(site), "sam@example.org")
    outbox.wait()
    (address,) = stub.links("sam@example.org")
    client = site.app.test_client()
    assert client.head(path_of(address)).status_code == client.get(path_of(address)).status_code == 200
    assert team(archive) == [] and site.accounts.by_email("sam@example.org") is None


def test_whatever_address_is_typed_gets_the_same_answer(site: AccountsSite, stub: MailStub, outbox: Outbox) -> None:
    site.account()
    closed = site.account("gesloten@example.org")
    site.accounts.change(closed.id, disabled=True, now=SIGNED_IN_AT, by="test")
    answers = [
        ask(site.app.test_client(), f"{name}@example.org") for name in ("student", "niemand", "gesloten", "docent")
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert len({main(answer) for answer in answers}) == 1
    outbox.wait()
    assert {to for to, _message in stub.taken} == {"student@example.org", "docent@example.org"}


def test_the_page_does_not_wait_for_the_mail_server(site: AccountsSite, outbox: Outbox) -> None:
    """A page that waited told by its time whether an address had an account."""
    site.account()
    answered, in_time = threading.Event(), []
    outbox.put(lambda: in_time.append(answered.wait(10)))
    assert ask(site.app.test_client(), "student@example.org").status_code == 200
    answered.set()
    outbox.wait()
    assert in_time == [True]


@pytest.mark.parametrize("after", ["time", "sessions ended", "password", "closed"])
def test_a_mailed_link_is_worth_nothing_after(site: AccountsSite, stub: MailStub, outbox: Outbox, after: str) -> None:
    account = site.account()
    ask(site.app.test_client(), "student@example.org")
    outbox.wait()
    (address,) = stub.links("student@example.org")
    if after == "time":
        site.now += timedelta(minutes=16)
    elif after == "sessions ended":
        site.accounts.end_sessions(account.id, now=site.now, by="test")
    elif after == "password":
        site.accounts.set_password(account.id, "een heel ander zinnetje", now=site.now, by="test")
    else:
        site.accounts.change(account.id, disabled=True, now=site.now, by="test")
    answer = site.app.test_client().get(path_of(address))
    assert answer.status_code == 404 and "Vraag een nieuwe aan" in answer.text


def test_a_link_in_a_mail_leads_to_the_site_of_the_settings(site: AccountsSite, stub: MailStub, outbox: Outbox) -> None:
    """A forged Host would have sent somebody's link to another site."""
    site.account()
    client = site.app.test_client()
    forged = {"Host": "kwaad.example", "X-Forwarded-Host": "kwaad.example"}
    token = token_of(client.get("/login", headers=forged))
    client.post("/login/mail", data={"email": "student@example.org", "csrf_token": token}, headers=forged)
    outbox.wait()
    assert all(address.startswith(SITE) for address in stub.links("student@example.org"))
    assert "kwaad" not in "".join(message.as_string() for _to, message in stub.taken)


def test_asking_for_many_mails_is_refused_and_keeps_nobody_from_signing_in(
    site: AccountsSite, stub: MailStub, outbox: Outbox
) -> None:
    site.account()
    answers = [ask(site.app.test_client(), "student@example.org").status_code for _ in range(5)]
    unknown = [ask(site.app.test_client(), "niemand@example.org").status_code for _ in range(5)]
    assert answers == unknown == [200, 200, 200, 429, 429]
    outbox.wait()
    assert len(stub.taken) == 3
    site.signed_in("student@example.org")


def test_without_mail_there_is_no_such_page(archive: Archive, tmp_path: Path) -> None:
    with accounts_site(archive, tmp_path) as site:
        client = site.app.test_client()
        assert "/login/mail" not in client.get("/login").text
        assert ask(client, "student@example.org").status_code == 404
        assert client.get("/login/mail/x").status_code == 404


def join_path(site: AccountsSite, people: str = "2") -> str:
    client = site.signed_in("docent@example.org")
    given = {"project": "bim5/2021/gevels", "until": "2021-09-28", "people": people}
    made = client.post("/teams", data={**given, "csrf_token": token_of(client.get("/teams"))})
    return path_of(html.fromstring(client.get(made.location).text).xpath("string(//*[@id='adres'])"))


def join(site: AccountsSite, path: str, email: str) -> TestResponse:
    client = site.app.test_client()
    page = client.get(path)
    assert not html.fromstring(page.text).xpath("//input[@name='password']"), "the mail stands in for it"
    data = {"name": "Sam Student", "email": email, "named": "yes", "csrf_token": token_of(page)}
    return client.post(path, data=data)


def team(archive: Archive) -> list[object]:
    record = tomllib.loads((archive.documents / "bim5/2021/gevels/project.toml").read_text())
    return list(record.get("team", []))


def test_with_mail_one_joins_by_the_link_in_it(
    site: AccountsSite, archive: Archive, stub: MailStub, outbox: Outbox
) -> None:
    path = join_path(site, "1")
    assert "Kijk in je mail" in join(site, path, "Sam@example.org").text
    outbox.wait()
    assert team(archive) == [] and site.accounts.by_email("sam@example.org") is None, "nothing before the link is used"
    (address,) = stub.links("sam@example.org")
    client = site.app.test_client()
    assert press(client, path_of(address)).location == "/welcome"
    made = site.accounts.by_email("sam@example.org")
    assert made is not None and made.name == "Sam Student" and made.communities == ("bim5",)
    assert len(team(archive)) == 1
    assert site.app.test_client().get(path_of(address)).status_code == 404


def test_with_mail_an_address_with_an_account_and_one_without_get_the_same_answer(
    site: AccountsSite, archive: Archive, stub: MailStub, outbox: Outbox
) -> None:
    site.account("sam@example.org", communities=["energie"])
    path = join_path(site)
    answers = [join(site, path, f"{name}@example.org") for name in ("sam", "nieuw", "elders", "docent")]
    assert {answer.status_code for answer in answers} == {200}
    assert len({main(answer) for answer in answers}) == 1
    outbox.wait()
    (address,) = stub.links("sam@example.org")
    assert press(site.app.test_client(), path_of(address)).status_code == 303
    joined = site.accounts.by_email("sam@example.org")
    assert joined is not None and joined.communities == ("bim5", "energie")
    (teachers,) = stub.links("docent@example.org")
    assert press(site.app.test_client(), path_of(teachers)).status_code == 409, "a link is for students"


def test_a_confirmation_does_not_outlive_the_link_that_it_is_for(
    site: AccountsSite, archive: Archive, stub: MailStub, outbox: Outbox
) -> None:
    path = join_path(site, "1")
    for name in ("een", "twee"):
        join(site, path, f"{name}@example.org")
    outbox.wait()
    first, second = (path_of(stub.links(f"{name}@example.org")[0]) for name in ("een", "twee"))
    late = site.app.test_client()
    token = token_of(late.get(second))
    assert press(site.app.test_client(), first).status_code == 303
    assert late.post(second, data={"csrf_token": token}).status_code == 404
    assert len(team(archive)) == 1 and site.accounts.by_email("twee@example.org") is None


def test_a_name_and_an_address_stay_with_a_link_no_longer_than_it_is_used(
    site: AccountsSite, tmp_path: Path, stub: MailStub, outbox: Outbox
) -> None:
    join(site, join_path(site), "sam@example.org")
    outbox.wait()
    assert [link.says["email"] for link in site.accounts.links("confirm")] == ["sam@example.org"]
    press(site.app.test_client(), path_of(stub.links("sam@example.org")[0]))
    assert site.accounts.links("confirm") == ()
    assert "sam" not in repr(list(site.accounts.log())).lower()


def test_a_mail_that_is_refused_is_told_in_the_log_without_the_address(
    site: AccountsSite, stub: MailStub, outbox: Outbox, caplog: pytest.LogCaptureFixture
) -> None:
    site.account()
    stub.refuses = "student"
    with caplog.at_level(logging.INFO):
        assert ask(site.app.test_client(), "student@example.org").status_code == 200
        outbox.wait()
    assert "refuses the address" in caplog.text and "student@" not in caplog.text


def test_a_mail_is_plain_text_that_asks_for_no_answer(stub: MailStub) -> None:
    server_of(stub).send("a@example.org", "Een mail – met streepje", "Zoë, regel één.\n")
    ((to, message),) = stub.taken
    assert (to, message["Subject"], message["From"]) == (
        "a@example.org",
        "Een mail – met streepje",
        "archief@example.org",
    )
    assert message.get_content_type() == "text/plain" and "Zoë, regel één." in message.get_content()
    assert message["Auto-Submitted"] == "auto-generated" and message["Message-ID"].endswith("@archief.example>")


def test_a_line_feed_puts_no_header_in_a_mail(stub: MailStub) -> None:
    with pytest.raises(MailFailed):
        server_of(stub).send("a@example.org", "Titel\nBcc: ander@example.org", "x")
    with pytest.raises(MailFailed):
        server_of(stub).send("a@example.org\nBcc: ander@example.org", "Titel", "x")
    assert stub.taken == []


def test_a_server_without_tls_gets_nothing_where_tls_is_asked(stub: MailStub) -> None:
    server = MailServer(host="127.0.0.1", port=stub.port, sender="archief@example.org", site=SITE)
    with pytest.raises(MailFailed, match="no TLS"):
        server.send("a@example.org", "Titel", "x")
    assert stub.taken == []


@pytest.mark.parametrize("lacking", ["smtp_from", "site"])
def test_settings_that_lack_something_are_told_by_name(tmp_path: Path, lacking: str) -> None:
    given = {"smtp_host": "mail.example", "smtp_from": "archief@example.org", "site": SITE, lacking: ""}
    with pytest.raises(UsageError, match=lacking):
        mail_server(Settings(documents=tmp_path, var=tmp_path, **given), "")  # type: ignore[arg-type]


def test_who_gets_another_password_hears_of_it(site: AccountsSite, stub: MailStub, outbox: Outbox) -> None:
    mine = site.account()
    client = site.signed_in()
    given = {"old": PASSWORD, "csrf_token": token_of(client.get("/account"))}
    assert client.post("/account/password", data={**given, "password": "kort"}).status_code == 400
    outbox.wait()
    assert stub.taken == []
    client.post("/account/password", data={**given, "password": "een heel nieuw wachtwoord"})
    until = SIGNED_IN_AT + timedelta(days=1)
    token = site.accounts.give_link("reset", {"account": mine.id}, until=until, now=SIGNED_IN_AT, by="account 1")
    page = site.app.test_client()
    data = {"password": "opnieuw begonnen zin", "csrf_token": token_of(page.get(f"/reset/{token}"))}
    page.post(f"/reset/{token}", data=data)
    outbox.wait()
    assert [to for to, _message in stub.taken] == ["student@example.org"] * 2
    text = stub.taken[0][1].get_content()
    assert "wachtwoord bij Estafette is veranderd" in text and stub.links("student@example.org") == []


def test_the_password_of_the_server_is_shown_nowhere(tmp_path: Path) -> None:
    settings = Settings(
        documents=tmp_path, var=tmp_path, smtp_host="mail.example", smtp_from="archief@example.org", site=SITE
    )
    server = mail_server(settings, PASSWORD)
    assert server is not None and server.password == PASSWORD and PASSWORD not in repr(server)


def test_mail_test_sends_a_mail_or_says_why_not(archive: Archive, stub: MailStub) -> None:
    settings = archive.root / "estafette.toml"
    assert "no mail server is set" in archive.run("mail-test", "a@example.org").err
    plain = f'smtp_host = "127.0.0.1"\nsmtp_from = "archief@example.org"\nsite = "{SITE}"\nstarttls = false\n'
    settings.write_text(plain + f"smtp_port = {stub.port}\n")
    done = archive.run("mail-test", "a@example.org")
    assert done.code == 0, done.err
    assert [to for to, _message in stub.taken] == ["a@example.org"]
    settings.write_text(plain + f"smtp_port = {free_port()}\n")
    failed = archive.run("mail-test", "a@example.org")
    assert failed.code == 3 and "did not take the mail: connection refused" in failed.err
