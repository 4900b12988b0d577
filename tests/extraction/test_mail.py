"""Mails: the text that was written, then what was attached."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

from indexer.extraction.model import Limits
from tests.extraction.contract import answered
from tests.extraction.packages import paragraph, write_docx


def message(subject: str, text: str) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"], mail["From"] = subject, "Ans de Vries <ans@example.org>"
    mail["To"], mail["Date"] = "Bo <bo@example.org>", "Fri, 18 Jun 2021 14:03:00 +0200"
    mail.set_content(text)
    return mail


def test_a_mail_is_a_section_and_each_attachment_one_after_it(tmp_path: Path) -> None:
    mail = message("Vraag over het café", "Hoi,\nhierbij het verslag.")
    mail.add_alternative("<p>weg: hetzelfde als web</p>", subtype="html")
    report = write_docx(tmp_path / "b.docx", paragraph("de gevels"))
    mail.add_attachment(report.read_bytes(), maintype="application", subtype="octet-stream", filename="verslág.docx")
    mail.add_attachment(b"\x00\x01\x02\x03" * 99, maintype="application", subtype="octet-stream", filename="x.bin")
    mail.add_attachment(message("Binnen", "in een mail"))
    (tmp_path / "a.eml").write_bytes(mail.as_bytes())
    found = answered(tmp_path / "a.eml")
    assert [(part["heading"], part["level"], part["text"]) for part in found["sections"]] == [
        ("Vraag over het café", 1, "Hoi,\nhierbij het verslag."),
        ("verslág.docx", 1, "de gevels"),
        ("x.bin", 1, ""),
        ("Binnen.eml", 1, "Binnen\nin een mail"),
    ]
    assert found["warnings"] == ["x.bin: is in a format that is not read"]
    about = found["properties"]
    assert (about["title"], about["authors"], about["created"]) == (
        "Vraag over het café", ["Ans de Vries"], "2021-06-18T14:03:00+02:00",
    )  # fmt: skip
    assert "example.org" not in str(found)


def test_a_mail_that_is_only_a_web_page_is_read_as_one(tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.org", "b@example.org", "Kort"
    mail.set_content("<p>Hoi,</p><p>tot morgen</p>", subtype="html")
    mail.add_related(b"GIF89a", maintype="image", subtype="gif", cid="<logo>")
    (tmp_path / "a.eml").write_bytes(mail.as_bytes())
    found = answered(tmp_path / "a.eml")
    assert [(part["heading"], part["text"]) for part in found["sections"]] == [("Kort", "Hoi,\ntot morgen")]


def test_bad_headers_and_charsets_do_not_stop_a_mail(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(
        b"From: =?no-such?q?x?= <\nTo: b\nDate: gisteren\nSubject: =?utf-8?b?////?=\n"
        b"Content-Type: text/plain; charset=bestaat-niet\n\ncaf\xe9"
    )
    found = answered(tmp_path / "a.eml")
    assert found["sections"][0]["text"] == "café"
    assert found["properties"]["created"] is None


def test_mails_in_mails_end_at_the_depth_that_is_allowed(tmp_path: Path) -> None:
    mail = message("diep", "het diepste")
    for _ in range(5):
        outer = message("buiten", "x")
        outer.add_attachment(mail)
        mail = outer
    (tmp_path / "a.eml").write_bytes(mail.as_bytes())
    found = answered(tmp_path / "a.eml", limits=Limits(depth=2))
    assert "het diepste" not in str(found["sections"])
    assert "lies too deep inside other archives" in found["warnings"][0]
