"""A request of one person, as the coordinator handles it: find all, give it, erase it; and nothing of it is left."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from archive.deposit.draft import Draft
from archive.deposit.drafts import Drafts
from tests.conftest import Archive, pdf_bytes
from tests.web.conftest import SIGNED_IN_AT, AccountsSite, accounts_site, token_of

P = "bim5/2021/gevels"
RECORD = """
title = "Gevels"
visibility = "public"
summary = "Vraag het Noor Kanarie."
[[team]]
name = "Noor Kanarie"
role = "student"
account = "noor@example.org"
consent = [{ for = "name", date = 2021-09-14 }]
[handover]
stands = "Alles."
by = "noor@example.org"
[[deliverable]]
file = "verslag.txt"
title = "Het verslag"
visibility = "public"
[[deliverable]]
file = "anders.txt"
title = "Iets anders"
visibility = "public"
"""
AGENDA = '[[question]]\nid = "q-1"\ntext = "Hoe hangt het?"\nfrom = { by = "noor@example.org" }\n'
NAMESAKE = 'title = "Elders"\n[[team]]\nname = "Noor Kanarie"\nrole = "student"\n'
FILES = {
    f"{P}/project.toml": RECORD,
    f"{P}/verslag.txt": "Wij danken Noor\nKanarie voor de kwikstaartmeting.",
    f"{P}/anders.txt": "Een kanarie. En Noor.",
    f"{P}/model.pdf": pdf_bytes("Leeg.", author="Noor Kanarie"),
    "bim5/agenda.toml": AGENDA,
    "bim5/2020/elders/project.toml": NAMESAKE,
}


@pytest.fixture
def site(archive: Archive) -> Iterator[AccountsSite]:
    with accounts_site(archive, archive.var) as opened:
        opened.account("baas@example.org", "coordinator")
        opened.account("noor@example.org", name="Noor Kanarie", communities=["bim5"])
        yield opened


def send(client: FlaskClient, path: str, **given: Any) -> TestResponse:
    return client.post(path, data={**given, "csrf_token": token_of(client.get("/privacy"))})


def offered(page: TestResponse, name: str) -> dict[str, bool]:
    """The boxes of a page, and whether each is ticked."""
    boxes = html.fromstring(page.text).xpath(f"//input[@type='checkbox'][@name='{name}']")
    return {box.get("value"): box.get("checked") is not None for box in boxes}


def test_an_address_finds_all_places_that_name_its_person(site: AccountsSite) -> None:
    page = send(site.signed_in("baas@example.org"), "/privacy", address="Noor@example.org")
    assert page.status_code == 200
    assert offered(page, "record") == {
        "bim5/2020/elders/project.toml": True,
        f"{P}/project.toml": True,
        "bim5/agenda.toml": True,
    }
    assert page.text.count("alleen de naam klopt") == 1, "a namesake may be another"
    assert offered(page, "file") == {f"{P}/verslag.txt": False, f"{P}/model.pdf": False}
    noor = site.accounts.by_email("noor@example.org")
    assert noor is not None and offered(page, "account") == {str(noor.id): True}


def test_a_name_leads_to_the_address_that_stands_beside_it(site: AccountsSite) -> None:
    """By name alone the agenda was missed: it names people by their address."""
    coordinator = site.signed_in("baas@example.org")
    page = send(coordinator, "/privacy", name="Noor Kanarie")
    assert "bim5/agenda.toml" not in offered(page, "record")
    (form,) = html.fromstring(page.text).xpath("//form[input[@name='address'][@value='noor@example.org']]")
    given = {field.get("name"): field.get("value") for field in form.xpath("./input")}
    assert "bim5/agenda.toml" in offered(coordinator.post(form.get("action"), data=given), "record")


def test_what_is_held_is_given_as_a_file(site: AccountsSite) -> None:
    answer = send(site.signed_in("baas@example.org"), "/privacy/export", address="noor@example.org")
    assert "attachment" in answer.headers["Content-Disposition"]
    held = json.loads(answer.text)
    assert {each["record"] for each in held["records"]} == {
        f"{P}/project.toml",
        "bim5/agenda.toml",
        "bim5/2020/elders/project.toml",
    }
    assert [each["email"] for each in held["accounts"]] == ["noor@example.org"]
    assert {each["file"]: each["where"] for each in held["files"]} == {
        f"{P}/verslag.txt": ["text"],
        f"{P}/model.pdf": ["properties"],
    }
    assert "account made" in {each["action"] for each in held["log"]}
    assert held["drafts"] == []


def test_what_somebody_began_to_hand_in_is_told_and_goes_with_the_account(site: AccountsSite, archive: Archive) -> None:
    coordinator, drafts = site.signed_in("baas@example.org"), Drafts(archive.var)
    noor, boss = site.accounts.by_email("noor@example.org"), site.accounts.by_email("baas@example.org")
    assert noor is not None
    assert boss is not None
    now = datetime.now(UTC)
    begun, kept = drafts.new(owner=noor.id, now=now), drafts.new(owner=boss.id, now=now)
    drafts.take(begun.id, BytesIO(b"Van Noor."), owner=noor.id, path="groep/verslag.txt", size=9, now=now)
    held = json.loads(send(coordinator, "/privacy/export", address="noor@example.org").text)
    assert [each["files"] for each in held["drafts"]] == [["groep/verslag.txt"]]
    send(coordinator, "/privacy/erase", address="noor@example.org", account=[str(noor.id)], sure="yes")
    assert [each.id for each in drafts.all()] == [kept.id]
    assert [path.name for path in drafts.root.iterdir() if path.is_dir()] == [kept.id]


@pytest.fixture
def of_another(site: AccountsSite, archive: Archive) -> Draft:
    """What a team mate is handing in: it names her in the form, in a text, in properties and in the name of a file."""
    mate, drafts, now = site.account("piet@example.org"), Drafts(archive.var), datetime.now(UTC)
    answers = {"outcome": "Noor Kanarie mat het.", "team": ["Noor Kanarie", "Piet Puk"], "project": P}
    id = drafts.new(owner=mate.id, now=now, answers=answers).id
    for path, content in {
        "verslag.txt": b"Wij danken Noor\nKanarie.",
        "model.pdf": pdf_bytes("Leeg.", author="Noor Kanarie"),
        "noor kanarie/bijlage.txt": b"Een bijlage.",
        "anders.txt": b"Een kanarie. En Noor.",
    }.items():
        drafts.take(id, BytesIO(content), owner=mate.id, path=path, size=len(content), now=now)
    return drafts.get(id, owner=mate.id)


def address_in(draft: Draft, path: str) -> str:
    (key,) = [file.key for file in draft.files if file.path == path]
    return f"drafts/{draft.id}/{key}"


def test_what_another_is_handing_in_is_searched_too(site: AccountsSite, of_another: Draft) -> None:
    """It stood in none of the lists, and a person was told that the archive held nothing else."""
    page = send(site.signed_in("baas@example.org"), "/privacy", address="noor@example.org")
    assert offered(page, "draft") == {of_another.id: True}
    naming = ("verslag.txt", "model.pdf", "noor kanarie/bijlage.txt")
    assert offered(page, "draft-file") == {address_in(of_another, path): False for path in naming}
    assert "piet@example.org" in page.text


def test_what_another_is_handing_in_is_told_to_the_person_without_saying_whose_it_is(
    site: AccountsSite, of_another: Draft
) -> None:
    answer = send(site.signed_in("baas@example.org"), "/privacy/export", address="noor@example.org")
    held = json.loads(answer.text)
    (told,) = held["in_drafts"]
    assert {each["where"] for each in told["mentions"]} == {"outcome", "team"}
    assert {each["file"]: each["where"] for each in held["files_in_drafts"]} == {
        "verslag.txt": ["text"],
        "model.pdf": ["properties"],
        "noor kanarie/bijlage.txt": ["name"],
    }
    assert "piet" not in str(held["in_drafts"]).casefold().replace("piet puk", "")


def test_a_person_is_erased_from_what_another_is_handing_in_and_the_rest_stays(
    site: AccountsSite, archive: Archive, of_another: Draft
) -> None:
    gone = [address_in(of_another, path) for path in ("verslag.txt", "model.pdf", "noor kanarie/bijlage.txt")]
    send(
        site.signed_in("baas@example.org"),
        "/privacy/erase",
        address="noor@example.org",
        draft=of_another.id,
        **{"draft-file": gone},
        sure="yes",
    )
    drafts = Drafts(archive.var)
    left = drafts.get(of_another.id, owner=of_another.owner)
    assert left.answers == {"outcome": "(naam gewist) mat het.", "team": ["Piet Puk"], "project": P}
    assert left.revision > of_another.revision, "whoever has the form open is asked"
    assert [file.path for file in left.files] == ["anders.txt"]
    assert len([path for path in (drafts.root / left.id).iterdir() if path.name != "draft.json"]) == 1


def test_a_draft_is_left_alone_where_nothing_of_it_is_ticked(
    site: AccountsSite, archive: Archive, of_another: Draft
) -> None:
    send(
        site.signed_in("baas@example.org"),
        "/privacy/erase",
        address="noor@example.org",
        record="bim5/agenda.toml",
        **{"draft-file": address_in(of_another, "anders.txt")},
        sure="yes",
    )
    assert Drafts(archive.var).get(of_another.id, owner=of_another.owner) == of_another


def test_what_is_not_searched_in_time_is_told_and_found_when_asked_once_more(
    site: AccountsSite, of_another: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    coordinator = site.signed_in("baas@example.org")
    monkeypatch.setattr("webui.accounts.privacy.ANSWER_S", 0.0)
    page = send(coordinator, "/privacy", address="noor@example.org")
    assert "4 bestanden van concepten zijn nog niet doorzocht" in page.text
    assert offered(page, "draft-file").keys() == {address_in(of_another, "noor kanarie/bijlage.txt")}
    monkeypatch.undo()
    (form,) = html.fromstring(page.text).xpath("//form[@id='again']")
    again = coordinator.post("/privacy", data=dict(form.form_values()))
    assert len(offered(again, "draft-file")) == 3
    assert "nog niet doorzocht" not in again.text


def test_a_file_of_a_draft_that_nobody_can_read_is_counted(site: AccountsSite, archive: Archive) -> None:
    mate, drafts, now = site.account("piet@example.org"), Drafts(archive.var), datetime.now(UTC)
    id = drafts.new(owner=mate.id, now=now).id
    drafts.take(id, BytesIO(b"%PDF-1.7 kapot"), owner=mate.id, path="scan.pdf", size=14, now=now)
    page = send(site.signed_in("baas@example.org"), "/privacy", address="noor@example.org")
    assert "1 bestand van een concept kon niet worden gelezen" in page.text


def test_the_note_of_what_was_sent_goes_with_the_name_in_it(site: AccountsSite, archive: Archive) -> None:
    mate, drafts, now = site.account("piet@example.org"), Drafts(archive.var), datetime.now(UTC)
    draft = drafts.new(owner=mate.id, now=now)
    drafts.take(draft.id, BytesIO(b"x"), owner=mate.id, path="noor kanarie.txt", size=1, now=now)
    sent = replace(drafts.get(draft.id, owner=mate.id), state="sent", sent={"project": P})
    drafts.write(sent)
    coordinator = site.signed_in("baas@example.org")
    assert offered(send(coordinator, "/privacy", address="noor@example.org"), "draft") == {draft.id: True}
    send(coordinator, "/privacy/erase", address="noor@example.org", draft=draft.id, sure="yes")
    assert list(drafts.all()) == []


def test_an_erased_person_is_nowhere_in_the_archive_and_its_folder(site: AccountsSite, archive: Archive) -> None:
    coordinator = site.signed_in("baas@example.org")
    noor = site.accounts.by_email("noor@example.org")
    assert noor is not None
    answer = send(
        coordinator,
        "/privacy/erase",
        address="noor@example.org",
        record=[f"{P}/project.toml", "bim5/agenda.toml"],
        file=[f"{P}/verslag.txt", f"{P}/model.pdf"],
        account=[str(noor.id)],
        sure="yes",
    )
    assert answer.status_code == 200, answer.text
    report = archive.index()
    assert set(report["dropped"]) == {f"{P}/verslag.txt", f"{P}/model.pdf"}
    visitor = site.app.test_client()
    assert "Noor Kanarie" not in visitor.get(f"/projects/{P}").text
    assert archive.found('"Noor Kanarie"') == []
    assert archive.found("kwikstaartmeting") == []
    record = tomllib.loads((archive.documents / P / "project.toml").read_text())
    assert [(each["role"], each.keys() & {"name", "account"}) for each in record["team"]] == [("student", set())]
    assert "kanarie" not in str(record).casefold()
    assert (archive.documents / "bim5/2020/elders/project.toml").read_text() == NAMESAKE


def test_no_file_of_what_is_computed_holds_an_erased_person(archive: Archive) -> None:
    """Deleted rows stood in free pages, a deleted document in its segment, an address in an audience of nothing."""
    with accounts_site(archive, archive.var) as site:
        site.account("baas@example.org", "coordinator")
        noor = site.account("noor@example.org", name="Noor Kanarie")
        given = {"record": [f"{P}/project.toml", "bim5/agenda.toml"], "file": f"{P}/verslag.txt", "account": noor.id}
        send(site.signed_in("baas@example.org"), "/privacy/erase", address=noor.email, **given, sure="yes")
        archive.index()
    for path in filter(Path.is_file, archive.var.rglob("*")):
        held = path.read_bytes().lower()
        assert b"noor@example.org" not in held, path
        assert b"kwikstaartmeting" not in held, path


def test_nothing_is_erased_without_the_tick_or_beyond_what_was_found(site: AccountsSite, archive: Archive) -> None:
    coordinator, given = site.signed_in("baas@example.org"), {"address": "noor@example.org"}
    assert send(coordinator, "/privacy/erase", **given, record=f"{P}/project.toml").status_code == 400
    assert send(coordinator, "/privacy/erase", **given, sure="yes").status_code == 400
    foreign = {"file": f"{P}/anders.txt", "record": "bim5/community.toml", "account": "1"}
    assert send(coordinator, "/privacy/erase", **given, **foreign, sure="yes").status_code == 400
    assert (archive.documents / P / "project.toml").read_text() == RECORD
    assert (archive.documents / P / "anders.txt").exists()
    assert len(site.accounts.all()) == 2


def test_an_own_account_is_not_offered_for_erasure(site: AccountsSite) -> None:
    page = send(site.signed_in("baas@example.org"), "/privacy", address="baas@example.org")
    assert offered(page, "account") == {}


@pytest.mark.parametrize("given", [{}, {"name": "No"}, {"address": "noor"}, {"name": "x" * 200}, {"name": "a\x00bc"}])
def test_nobody_in_particular_is_not_looked_for(site: AccountsSite, given: dict[str, str]) -> None:
    answer = send(site.signed_in("baas@example.org"), "/privacy", **given)
    assert answer.status_code == 400
    assert "minstens drie tekens" in answer.text


def test_only_the_coordinator_handles_requests(site: AccountsSite) -> None:
    site.account("docent@example.org", "teacher", communities=["bim5"])
    teacher = site.signed_in("docent@example.org")
    token = token_of(teacher.get("/account"))
    assert teacher.get("/privacy").status_code == 404
    for path in ("/privacy", "/privacy/export", "/privacy/erase", "/privacy/link"):
        assert teacher.post(path, data={"address": "noor@example.org", "csrf_token": token}).status_code == 404
        assert site.app.test_client().post(path, data={"address": "noor@example.org"}).status_code == 400


def test_the_log_tells_of_a_request_without_the_person(site: AccountsSite) -> None:
    coordinator = site.signed_in("baas@example.org")
    send(coordinator, "/privacy/export", address="noor@example.org")
    send(coordinator, "/privacy/erase", address="noor@example.org", record=f"{P}/project.toml", sure="yes")
    told = [(line.at, line.action, line.subject, line.says) for line in site.accounts.log(since=SIGNED_IN_AT)]
    assert {"person exported", "person erased"} <= {action for _at, action, _subject, _says in told}
    assert "noor" not in str(told).casefold()


def test_the_person_gets_a_link_to_decide_for_themselves(site: AccountsSite) -> None:
    answer = send(site.signed_in("baas@example.org"), "/privacy/link", address="noor@example.org")
    (address,) = html.fromstring(answer.text).xpath("//*[@id='link']/text()")
    page = site.app.test_client().get(str(address).removeprefix("http://localhost"))
    assert "Mag je naam hier staan?" in page.text
