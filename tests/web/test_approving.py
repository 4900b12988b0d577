"""What a teacher sees before saying "akkoord", and work that goes back to the team with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Archive
from tests.web.conftest import AccountsSite, accounts_site, token_of
from tests.web.smtp_stub import MailStub, mail_stub
from tests.web.test_deposit import FILES, REPORT, WITH_PHONE, Depositing, P, entry, record, told
from webui.accounts.mail import MailServer, Outbox

__all__ = ["FILES"]  # of the archive that the fixtures fill

DAY = datetime.now(UTC)


class Mailing:
    """A teacher and a student of a team, on a site with a mail server."""

    def __init__(self, site: AccountsSite, stub: MailStub, outbox: Outbox) -> None:
        self.site, self.stub, self.outbox = site, stub, outbox
        self.teacher, self.student = Depositing(site), Depositing(site, "student@example.org")

    def approval(self) -> dict[str, Any]:
        """The form of the only hand-in that waits."""
        (form,) = (each for each in self.teacher.page("/deposit/approve").forms if each.action == "/deposit/approve")
        return dict(form.form_values())

    def mails(self, to: str) -> list[str]:
        self.outbox.wait()
        return [message.get_content() for recipient, message in self.stub.taken if recipient == to]


@pytest.fixture
def mailing(archive: Archive, tmp_path: Path) -> Iterator[Mailing]:
    outbox = Outbox()
    with mail_stub() as stub:
        server = MailServer(
            host="127.0.0.1", port=stub.port, sender="a@example.org", site="https://archief.example", starttls=False
        )
        with accounts_site(archive, tmp_path / "mail", site=server.site, mail=server, outbox=outbox) as site:
            site.now = DAY
            site.account("docent@example.org", "teacher", communities=["bim5"], name="D. Ocent")
            site.account("collega@example.org", "teacher", communities=["bim5"])
            site.account("student@example.org", communities=["bim5"], name="Fenna Bos")
            yield Mailing(site, stub, outbox)
            outbox.wait()


def test_a_teacher_sees_all_that_a_yes_needs_on_one_page(mailing: Mailing, archive: Archive) -> None:
    path = mailing.student.drop(("contact.docx", WITH_PHONE), ("eindrapport.docx", REPORT))
    page = mailing.student.page(path)
    (key,) = (
        each.get("id").removeprefix("file-")
        for each in page.xpath("//li[starts-with(@id, 'file-')]")
        if "telefoonnummer" in each.text_content()
    )
    mailing.student.send(path, level="public", **{f"personal__{key}": "fine"})
    archive.index()
    page = mailing.teacher.page("/deposit/approve")
    said = told(page)
    assert "door S. Tudent" in said
    assert "Iedereen. Ook mensen zonder account, overal op internet." in said
    assert "telefoonnummer 06 1…" in said
    assert "Het team zegt: dit mag erin staan." in said
    assert "Geen gegevens van mensen gevonden." in said, "of the other file"
    assert "S. Tudent: zei nog niets over de naam" in said
    assert "Een bestand met namen blijft binnen de scholen" in said
    assert "De kraan is dan de beperking" in said
    assert "Nu staat er niets." in said
    assert "rapport" in said and "Nederlands" in said
    links = page.xpath("//main//a/@href")
    assert {f"/documents/{P}/contact.docx", f"/documents/{P}/contact.docx/file"} <= set(links)
    assert "12345678" not in mailing.teacher.client.get("/deposit/approve").text


def test_what_goes_back_is_told_to_the_team_and_comes_again_with_its_answer(mailing: Mailing, archive: Archive) -> None:
    sent = mailing.student.send(mailing.student.drop(("eindrapport.docx", REPORT)))
    archive.index()
    form = mailing.approval()
    reason = "De bron van tabel 2 mist.\nVraag die na."
    refused = mailing.teacher.client.post("/deposit/approve", data={**form, "do": "return", "reason": " "})
    assert refused.status_code == 303
    assert "returned" not in entry(archive, "eindrapport.docx")["asked"], "a reason is asked for"
    assert mailing.teacher.client.post("/deposit/approve", data={**form, "do": "return", "reason": reason}).location
    back = entry(archive, "eindrapport.docx")
    assert (back["visibility"], back["asked"]["returned"]["reason"]) == ("confidential", reason)
    log = [line for line in mailing.site.accounts.log() if line.action == "sent back"]
    assert [(line.subject, "bron" in repr(line.says)) for line in log] == [(P, False)]
    (letter,) = [each for each in mailing.mails("student@example.org") if "tabel 2" in each]
    assert "https://archief.example/deposit/mine" in letter
    archive.index()
    assert "Er wacht nu niets" in told(mailing.teacher.page("/deposit/approve"))
    page = mailing.student.page("/deposit/mine")
    assert "De bron van tabel 2 mist." in told(page)
    assert "terug van je docent" in told(page)
    (answering,) = (each for each in page.forms if each.action == "/deposit/answer")
    given = {**dict(answering.form_values()), "answer": "De bron staat nu in de bijlage."}
    assert mailing.student.client.post("/deposit/answer", data=given).status_code == 303
    archive.index()
    again = told(mailing.teacher.page("/deposit/approve"))
    assert "De bron van tabel 2 mist." in again
    assert "De bron staat nu in de bijlage." in again
    assert sent


def test_only_what_was_ticked_gets_the_yes_and_only_as_it_was_looked_at(mailing: Mailing, archive: Archive) -> None:
    path = mailing.student.drop(("eindrapport.docx", REPORT), ("logboek.txt", b"Op maandag is er gemeten."))
    mailing.student.send(path)
    archive.index()
    form = mailing.approval()
    one = {**form, "id": f"{P}/eindrapport.docx", "do": "agree"}
    stale = mailing.teacher.client.post("/deposit/approve", data={**one, "mark": "0" * 16}, follow_redirects=True)
    assert "veranderde dit net" in stale.text
    assert entry(archive, "eindrapport.docx")["visibility"] == "confidential"
    mailing.teacher.client.post("/deposit/approve", data=one)
    assert entry(archive, "eindrapport.docx")["visibility"] == "campus"
    assert entry(archive, "logboek.txt")["visibility"] == "confidential"
    assert "De kraan" in record(archive)["outcome"]


def test_a_team_only_answers_for_itself(mailing: Mailing, archive: Archive) -> None:
    mailing.site.account("ander@example.org", communities=["bim5"])
    mailing.student.send(mailing.student.drop(("eindrapport.docx", REPORT)))
    archive.index()
    mailing.teacher.client.post(
        "/deposit/approve", data={**mailing.approval(), "do": "return", "reason": "Kanariereden."}
    )
    archive.index()
    other = mailing.site.signed_in("ander@example.org")
    assert "Kanariereden" not in other.get("/deposit/mine").text
    given = {"csrf_token": token_of(other.get("/account")), "project": P, "answer": "Ik ook."}
    assert other.post("/deposit/answer", data=given).status_code == 404
    assert other.get("/deposit/approve").status_code == 404


def test_the_teachers_of_a_team_get_one_mail_for_each_hand_in(mailing: Mailing, archive: Archive) -> None:
    path = mailing.student.drop(("eindrapport.docx", REPORT))
    shown = mailing.student.fields(path)
    for _ in range(2):
        mailing.student.post(path, "send", shown=shown)
    for teacher in ("docent@example.org", "collega@example.org"):
        (letter,) = mailing.mails(teacher)
        assert "Gevels op maat" in letter
        assert f"https://archief.example/deposit/approve?project={P}" in letter
        assert "Fenna" not in letter, "a mail goes astray easily"
    archive.put(f"{P}/project.toml", (archive.documents / P / "project.toml").read_text() + TEACHER_OF_TEAM)
    archive.index()
    mailing.student.send(mailing.student.drop(("logboek.txt", b"Op maandag is er gemeten.")))
    assert len(mailing.mails("docent@example.org")) == 2
    assert len(mailing.mails("collega@example.org")) == 1, "the team has a teacher of its own now"


TEACHER_OF_TEAM = """
[[team]]
name = "D. Ocent"
role = "teacher"
account = "docent@example.org"
"""
