"""Mail to who asked a question: confirmed first, sent when something moves, tried again, never twice, and stopped."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from archive.accounts.accounts import Accounts
from archive.accounts.askers import Ask, Askers
from archive.agenda.asking import asked_from_outside
from archive.agenda.keeping import write_decision, write_question
from archive.agenda.questions import Decision
from archive.records.live import LiveRecords
from archive.storage import Storage
from tests.access.made import copied, filled, indexed
from tests.conftest import Archive
from tests.web.conftest import SIGNED_IN_AT, AccountsSite, accounts_site, token_of
from tests.web.smtp_stub import MailStub, mail_stub
from webui.accounts.mail import MailServer, Outbox
from webui.asking.letters import TRY_AGAIN, Letters, failed_mail

SITE = "https://archief.example"
EVA, TODAY = "eva@example.org", SIGNED_IN_AT.date()
QUESTION = "Hoe droog je een natte houten gevel?"
PROJECT = 'title = "{title}"\nvisibility = "{level}"\nends = 2022-01-28\n'
REPORT = '[[deliverable]]\nfile = "verslag.txt"\ntitle = "Kanarieverslag"\nvisibility = "{level}"\nno_names = true\n'
UNASKED = '[[team]]\nname = "Noor Zwijgt"\nrole = "student"\n'
FILES = {
    "bim5/community.toml": 'name = "Bouw"\n',
    "bim5/agenda.toml": '[[question]]\nid = "bim5-001"\ntext = "Wie meet de wind?"\n',
    "bim5/2021/open/project.toml": PROJECT.format(title="Kanarieteam", level="public") + REPORT.format(level="public"),
    "bim5/2021/open/verslag.txt": "De gevel droogt in zes weken.",
    "bim5/2021/dicht/project.toml": PROJECT.format(title="Kanariegeheim", level="campus"),
    "bim5/2021/dicht/plan.txt": "plan",
}


@pytest.fixture
def stub() -> Iterator[MailStub]:
    with mail_stub() as server:
        yield server


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return filled(tmp_path_factory.mktemp("letters"), FILES)


@pytest.fixture
def archive(whole: Archive, tmp_path: Path) -> Archive:
    return copied(whole, tmp_path / "archive")


@pytest.fixture
def outbox() -> Outbox:
    return Outbox()


@pytest.fixture
def site(archive: Archive, tmp_path: Path, stub: MailStub, outbox: Outbox) -> Iterator[AccountsSite]:
    server = MailServer(host="127.0.0.1", port=stub.port, sender="archief@example.org", site=SITE, starttls=False)
    given = {"site": SITE, "mail": server, "outbox": outbox, "catch_up": lambda: bool(indexed(archive))}
    with accounts_site(archive, tmp_path, **given) as opened:
        yield opened
        outbox.wait()


@pytest.fixture
def letters(site: AccountsSite) -> Letters:
    return Letters(site.app)


def look(letters: Letters, outbox: Outbox) -> None:
    """One look of the server's background, and all that it has sent."""
    letters.look()
    outbox.wait()


def ask(site: AccountsSite, **given: str) -> TestResponse:
    client = site.app.test_client()
    headers = {"Accept-Language": given.pop("language", "nl")}
    token = token_of(client.get("/ask", headers=headers))
    form = {"looked": "yes", "form": "eenformulier0001", "community": "bim5", "email": EVA, "text": QUESTION}
    return client.post("/ask", data={**form, "csrf_token": token, **given}, headers=headers)


def press(client: FlaskClient, address: str, **given: str) -> TestResponse:
    path = address.removeprefix(SITE)
    return client.post(path, data={"csrf_token": token_of(client.get(path)), **given})


def confirmed(site: AccountsSite, stub: MailStub, outbox: Outbox, **given: str) -> str:
    """Ask and confirm; the asker's page."""
    ask(site, **given)
    outbox.wait()
    answer = press(site.app.test_client(), stub.links(EVA)[-1])
    assert answer.status_code == 303
    return answer.location


def decide(archive: Archive, verb: Any, id: str = "bim5-002", **more: Any) -> None:
    """Write a decision as somebody does who works in the folder itself."""
    records = LiveRecords(Storage(archive.documents))
    write_decision(records, id, "bim5", Decision(verb=verb, by="docent@example.org", day=TODAY, **more))
    path = archive.documents / "bim5/agenda.toml"
    path.write_text(path.read_text().replace('visibility = "confidential"\n', ""))
    indexed(archive)


def texts(stub: MailStub, to: str = EVA) -> list[str]:
    """What the mails say that are no requests to confirm, oldest first."""
    found = [message.get_content() for recipient, message in stub.taken if recipient == to]
    return [text for text in found if "/ask/confirm/" not in text]


def asks(site: AccountsSite) -> tuple[Ask, ...]:
    return Askers(site.accounts.file).all()


def questions(archive: Archive) -> list[str]:
    return [each["text"] for each in tomllib.loads((archive.documents / "bim5/agenda.toml").read_text())["question"]]


def test_a_question_is_asked_when_its_address_is_confirmed_and_not_by_a_scanner(
    site: AccountsSite, archive: Archive, stub: MailStub, outbox: Outbox
) -> None:
    assert "Kijk in je mail" in ask(site).text
    outbox.wait()
    (address,) = stub.links(EVA)
    scanner = site.app.test_client()
    assert scanner.get(address.removeprefix(SITE)).status_code == 200
    assert scanner.head(address.removeprefix(SITE)).status_code == 200
    assert questions(archive) == ["Wie meet de wind?"]
    shown = site.app.test_client().get(press(site.app.test_client(), address).location)
    assert QUESTION in shown.text and questions(archive)[-1] == QUESTION
    assert asks(site)[0].asker.confirmed
    again = site.app.test_client().get(address.removeprefix(SITE))
    assert again.status_code == 404 and "Bevestigde je al? Dan is je vraag gesteld" in again.text


def test_a_confirmation_works_a_week(site: AccountsSite, archive: Archive, stub: MailStub, outbox: Outbox) -> None:
    ask(site)
    outbox.wait()
    site.now += timedelta(days=7, seconds=1)
    assert site.app.test_client().get(stub.links(EVA)[0].removeprefix(SITE)).status_code == 404


def test_a_question_that_was_not_confirmed_is_found_by_address_and_typed_name_and_erased(
    site: AccountsSite, stub: MailStub, outbox: Outbox
) -> None:
    """Of who had not yet followed the link the coordinator read that the archive names them nowhere."""
    ask(site, company="Zagerij Eva Kanarie")
    outbox.wait()
    boss = site.session_of(site.account("baas@example.org", "coordinator"))

    def send(path: str, **given: str) -> TestResponse:
        return boss.post(path, data={"csrf_token": token_of(boss.get("/privacy")), **given})

    assert "nergens" in send("/privacy", address="eve@example.org").text
    for given, ticked in ({"name": "Eva Kanarie"}, False), ({"address": EVA}, True):
        page = send("/privacy", **given)
        (box,) = html.fromstring(page.text).xpath("//input[@name='begun']")
        assert (box.get("checked") is not None) is ticked and QUESTION in page.text and "nergens" not in page.text
    (told,) = json.loads(send("/privacy/export", address=EVA).text)["to_confirm"]
    assert told["email"] == EVA and told["company"] == "Zagerij Eva Kanarie" and told["text"] == QUESTION
    erased = send("/privacy/erase", address=EVA, begun=box.get("value"), sure="yes")
    assert "Adressen zonder account" in erased.text and site.accounts.links("ask") == ()
    assert site.app.test_client().get(stub.links(EVA)[0].removeprefix(SITE)).status_code == 404


def test_who_asked_is_found_by_the_company_that_they_typed_and_the_officer_reads_what_went(
    site: AccountsSite, stub: MailStub, outbox: Outbox
) -> None:
    confirmed(site, stub, outbox, company="Zagerij Eva Kanarie")
    boss = site.session_of(site.account("baas@example.org", "coordinator"))
    token = token_of(boss.get("/privacy"))
    page = html.fromstring(boss.post("/privacy", data={"csrf_token": token, "name": "Eva Kanarie"}).text)
    (box,) = page.xpath("//input[@name='asker']")
    assert box.get("checked") is None, "it may be a namesake's"
    given = {"csrf_token": token, "name": "Eva Kanarie", "asker": box.get("value"), "sure": "yes"}
    erased = html.fromstring(boss.post("/privacy/erase", data=given).text)
    assert erased.xpath("normalize-space(//dt[.='Adressen zonder account']/following-sibling::dd)") == "1"
    assert asks(site) == ()


def test_two_mails_of_one_form_ask_one_question(
    site: AccountsSite, archive: Archive, stub: MailStub, outbox: Outbox
) -> None:
    ask(site)
    ask(site)
    outbox.wait()
    answers = [press(site.app.test_client(), address).location for address in stub.links(EVA)]
    assert len(answers) == 2 and len(set(answers)) == 1 and questions(archive).count(QUESTION) == 1


def test_each_move_is_mailed_once_and_says_no_more_than_everybody_may_read(
    site: AccountsSite, archive: Archive, stub: MailStub, outbox: Outbox, letters: Letters
) -> None:
    address = confirmed(site, stub, outbox)
    for expected, verb, more in (
        ("Je vraag staat op de lijst.", "accept", {}),
        ("Een team werkt aan je vraag.", "claim", {"project": "bim5/2021/open"}),
        (
            "Lees het antwoord: ",
            "answer",
            {"project": "bim5/2021/open", "document": "bim5/2021/open/verslag.txt", "page": 1},
        ),
    ):
        before = len(texts(stub))
        decide(archive, verb, **more)
        look(letters, outbox)
        look(letters, outbox)
        assert len(texts(stub)) == before + 1
        assert expected in texts(stub)[-1] and f"{SITE}{address}" in texts(stub)[-1]
    assert not any("Kanarie" in text or "docent@" in text for text in texts(stub))
    answer = re.findall(rf"{SITE}(/documents/\S+)", texts(stub)[-1])
    assert "zes weken" in site.app.test_client().get(answer[0]).text


def test_a_team_that_the_asker_may_not_know_moves_nothing(
    site: AccountsSite, archive: Archive, stub: MailStub, outbox: Outbox, letters: Letters
) -> None:
    confirmed(site, stub, outbox)
    decide(archive, "accept")
    decide(archive, "claim", project="bim5/2021/dicht")
    look(letters, outbox)
    (text,) = texts(stub)
    assert "wacht op een team" in text and "werkt aan" not in text


@pytest.mark.parametrize(
    "shut",
    [REPORT.format(level="campus"), REPORT.format(level="public").replace("no_names = true", "") + UNASKED],
    ids=["hidden", "with names of people who did not say yes"],
)
def test_an_answer_on_a_page_that_opens_later_is_mailed_when_it_opens(
    site: AccountsSite, archive: Archive, stub: MailStub, outbox: Outbox, letters: Letters, shut: str
) -> None:
    """The first mail said "beantwoord" without a page, and no mail followed when the report opened."""
    record = archive.documents / "bim5/2021/open/project.toml"
    opened = record.read_text()
    record.write_text(PROJECT.format(title="Kanarieteam", level="public") + shut)
    indexed(archive)
    confirmed(site, stub, outbox)
    decide(archive, "accept")
    decide(archive, "answer", project="bim5/2021/open", document="bim5/2021/open/verslag.txt", page=1)
    look(letters, outbox)
    record.write_text(opened)
    indexed(archive)
    look(letters, outbox)
    look(letters, outbox)
    first, second = texts(stub)
    assert "Je vraag is beantwoord. Je kunt het antwoord nog niet lezen." in first and "/documents/" not in first
    assert "nog niet lezen" not in second and "Lees het antwoord: " in second


def test_who_confirmed_a_question_gets_the_link_to_it_at_once_and_what_happens_now(
    site: AccountsSite, stub: MailStub, outbox: Outbox, letters: Letters
) -> None:
    """The page told it once; whoever closed it had no way back to the question until something moved."""
    mine = confirmed(site, stub, outbox)
    for _look in range(2):
        look(letters, outbox)
    (text,) = texts(stub)
    assert "Een docent kijkt naar je vraag." in text and SITE + mine in text.split()
    assert [str(message["Subject"]) for _to, message in stub.taken][-1] == "Je vraag is gesteld"
    assert asks(site)[0].told == "proposed"


def test_who_declines_is_not_told_and_why_is(
    site: AccountsSite, archive: Archive, stub: MailStub, outbox: Outbox, letters: Letters
) -> None:
    confirmed(site, stub, outbox)
    decide(archive, "reject", note="Vraag dit een aannemer.")
    look(letters, outbox)
    (text,) = texts(stub)
    assert "komt niet op de lijst" in text and "De reden: Vraag dit een aannemer." in text and "docent@" not in text


def test_a_joined_question_mails_when_the_other_one_moves(
    site: AccountsSite, archive: Archive, stub: MailStub, outbox: Outbox, letters: Letters
) -> None:
    confirmed(site, stub, outbox)
    decide(archive, "join", question="bim5-001")
    look(letters, outbox)
    decide(archive, "claim", "bim5-001", project="bim5/2021/open")
    look(letters, outbox)
    first, second = texts(stub)
    assert "samengevoegd" in first and "Die wacht op een team." in first and "Daar werkt een team aan." in second


def test_the_language_in_which_was_asked_is_kept_for_the_mails(
    site: AccountsSite, stub: MailStub, outbox: Outbox
) -> None:
    confirmed(site, stub, outbox, language="en")
    assert asks(site)[0].asker.language == "en"


def test_what_the_mail_server_refuses_is_tried_again_and_then_told_to_the_coordinator(
    site: AccountsSite, archive: Archive, stub: MailStub, outbox: Outbox, letters: Letters
) -> None:
    confirmed(site, stub, outbox)
    decide(archive, "accept")
    stub.refuses = "eva"
    for wait in (timedelta(0), *TRY_AGAIN):
        site.now += wait
        look(letters, outbox)
        look(letters, outbox)  # nothing is tried before its time
    with site.app.app_context():
        (failed,) = failed_mail()
    assert (failed.community, failed.question, failed.tries) == ("bim5", "bim5-002", len(TRY_AGAIN) + 1)
    assert failed.email == EVA and "refuses the address" in failed.fault and EVA not in failed.fault
    assert texts(stub) == []
    stub.refuses = ""
    site.now += timedelta(days=30)
    look(letters, outbox)
    assert texts(stub) == [], "what was given up is for a person to settle"
    decide(archive, "claim", project="bim5/2021/open")
    look(letters, outbox)
    (text,) = texts(stub)
    assert "Een team werkt aan je vraag." in text, "what moves later is told again"
    with site.app.app_context():
        assert failed_mail() == ()


def test_a_server_that_comes_back_gets_the_mail_that_it_missed(
    site: AccountsSite, archive: Archive, stub: MailStub, outbox: Outbox, letters: Letters
) -> None:
    confirmed(site, stub, outbox)
    decide(archive, "accept")
    stub.refuses = "eva"
    look(letters, outbox)
    stub.refuses = ""
    site.now += TRY_AGAIN[0]
    look(Letters(site.app), outbox)
    look(Letters(site.app), outbox)
    assert len(texts(stub)) == 1 and asks(site)[0].fault == ""
    with site.app.app_context():
        assert failed_mail() == ()


def test_each_mail_has_a_way_out_that_needs_no_account_and_no_scanner_takes(
    site: AccountsSite, archive: Archive, stub: MailStub, outbox: Outbox, letters: Letters
) -> None:
    confirmed(site, stub, outbox)
    decide(archive, "accept")
    look(letters, outbox)
    way = next(link for link in stub.links(EVA) if "/questions/mail/" in link)
    assert site.app.test_client().get(way.removeprefix(SITE)).status_code == 200 and asks(site)[0].asker.letters
    assert "geen mail meer" in press(site.app.test_client(), way, letters="no").text
    decide(archive, "claim", project="bim5/2021/open")
    look(letters, outbox)
    assert len(texts(stub)) == 1
    press(site.app.test_client(), way, letters="yes")
    look(letters, outbox)
    assert len(texts(stub)) == 1, "what moved meanwhile is not told afterwards"
    decide(archive, "reopen")
    look(letters, outbox)
    assert len(texts(stub)) == 2


def test_an_account_is_mailed_at_the_address_of_now_while_it_works(
    site: AccountsSite, archive: Archive, stub: MailStub, outbox: Outbox, letters: Letters
) -> None:
    account = site.account("p@example.org", "partner", company="hout-bv")
    client = site.signed_in("p@example.org")
    form = {"looked": "yes", "form": "eenformulier0002", "community": "bim5", "text": QUESTION}
    assert client.post("/ask", data={**form, "csrf_token": token_of(client.get("/ask"))}).location == "/questions/mine"
    decide(archive, "accept")
    look(letters, outbox)
    (text,) = texts(stub, "p@example.org")
    assert f"{SITE}/questions/mine" in text.split()
    site.accounts.change(account.id, disabled=True, now=site.now, by="test")
    decide(archive, "claim", project="bim5/2021/open")
    look(letters, outbox)
    assert len(texts(stub, "p@example.org")) == 1


def test_nobody_without_a_confirmed_address_is_mailed(
    site: AccountsSite, archive: Archive, stub: MailStub, outbox: Outbox, letters: Letters
) -> None:
    """Asked while no mail was set: the address may be anybody's."""
    records = LiveRecords(Storage(archive.documents))
    draft = asked_from_outside(QUESTION, organisation=None, by=None, day=TODAY)
    id = write_question(records, "bim5", draft, by=None, day=TODAY)
    Askers(site.accounts.file).put(
        form="f", community="bim5", question=id, told="proposed", email=EVA, language="nl", now=site.now
    )
    decide(archive, "accept")
    look(letters, outbox)
    assert stub.taken == []


def test_the_server_sends_what_was_owed_when_it_starts(archive: Archive, stub: MailStub) -> None:
    (archive.root / "estafette.toml").write_text(
        f'smtp_host = "127.0.0.1"\nsmtp_port = {stub.port}\nsmtp_from = "archief@example.org"\nsite = "{SITE}"\nstarttls = false\n'
    )
    with closing(Accounts.open(archive.var)) as accounts:
        Askers(accounts.file).put(
            form="f",
            community="bim5",
            question="bim5-001",
            told="proposed",
            email=EVA,
            confirmed=True,
            language="nl",
            now=datetime.now(UTC),
        )
    with archive.serving() as site:
        site.wait_until(lambda: bool(stub.taken), "the mail is sent")
    (text,) = texts(stub)
    assert "Je vraag staat op de lijst." in text and "Wie meet de wind?" in text


def test_while_the_mail_server_is_away_one_try_stands_for_all(
    site: AccountsSite, archive: Archive, stub: MailStub, outbox: Outbox, letters: Letters
) -> None:
    """Each try may take twenty seconds, and mails to sign in with wait behind them."""
    confirmed(site, stub, outbox)
    confirmed(site, stub, outbox, form="eenformulier0003", text="Hoe lang hangt een gevel?")
    decide(archive, "accept")
    decide(archive, "accept", "bim5-003")
    stub.shutdown()
    stub.server_close()
    look(letters, outbox)
    assert [each.tries for each in asks(site)] == [1, 0]
