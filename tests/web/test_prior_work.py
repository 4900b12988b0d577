"""Is this done already? As a visitor meets it: an answer, and a clear sentence for whatever can't be compared."""

from __future__ import annotations

import io
from pathlib import Path

import pypdf
import pytest
from werkzeug.test import TestResponse

from tests.conftest import docx_bytes, pdf_bytes
from tests.web.conftest import Visit
from webui.relay import prior_work

QUESTION = "Hoe kunnen bedrijven op een bedrijventerrein samen een batterij delen als de stroomaansluiting vol is?"


def drop(example: Visit, content: bytes, name: str, role: str = "campus") -> TestResponse:
    return example(role).post("/prior-work", data={"text": "", "plan": (io.BytesIO(content), name)})


def test_a_question_leads_to_the_project_that_it_continues(example: Visit) -> None:
    page = example("campus").get("/prior-work", query_string={"q": QUESTION}).text
    assert "continues = [&#34;energietransitie/2020/samen-opslaan&#34;]" in page
    assert "/read?page=" in page
    assert "Hoeveel opslag is nodig als bedrijven samen één batterij delen" in page


def test_a_pasted_text_and_a_dropped_plan_answer_alike(example: Visit) -> None:
    pasted = example("campus").post("/prior-work", data={"text": QUESTION}).text
    for content, name in ((docx_bytes(QUESTION), "plan.docx"), (pdf_bytes(QUESTION), "plan.pdf")):
        dropped = drop(example, content, name)
        assert dropped.status_code == 200
        assert "continues = [&#34;energietransitie/2020/samen-opslaan&#34;]" in dropped.text
    assert "energietransitie/2020/samen-opslaan" in pasted


def test_a_subject_that_the_archive_does_not_have_continues_nothing(example: Visit) -> None:
    page = (
        example("campus").get("/prior-work", query_string={"q": "Waarom sterven bijen bij imkers in de winter?"}).text
    )
    assert "continues = " not in page


def encrypted() -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf_bytes("geheim plan")))
    writer.encrypt("wachtwoord")
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "leeg.docx", "staat geen tekst"),
        (docx_bytes(""), "wit.docx", "staat geen tekst"),
        (encrypted(), "plan.pdf", "met een wachtwoord beveiligd"),
        (b"\x00\x01\x02" * 400, "plan.exe", "geen document dat het archief kan lezen"),
        (b"%PDF-1.7 afgebroken", "plan.pdf", "beschadigd"),
    ],
    ids=["empty", "without-text", "encrypted", "no-document", "damaged"],
)
def test_what_cannot_be_compared_gets_its_own_sentence(
    example: Visit, content: bytes, name: str, sentence: str
) -> None:
    page = drop(example, content, name)
    assert (page.status_code, sentence in page.text) == (422, True)


def test_of_a_plan_of_300_pages_the_first_are_compared_and_that_is_said(example: Visit) -> None:
    page = drop(example, pdf_bytes(QUESTION, *(f"bladzijde {number}" for number in range(299))), "lang.pdf")
    assert page.status_code == 200
    assert "heeft 300 bladzijden" in page.text
    assert "energietransitie/2020/samen-opslaan" in page.text


def test_nothing_given_and_too_much_given_are_said(example: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = example("campus").post("/prior-work", data={"text": "  "})
    assert (nothing.status_code, "niets om te vergelijken" in nothing.text) == (400, True)
    monkeypatch.setattr(prior_work, "UPLOAD_MAX_BYTES", 1_000)
    large = drop(example, b"x" * 2_000, "groot.txt")
    assert (large.status_code, "ten hoogste 20 MB" in large.text) == (413, True)


def test_nothing_of_a_plan_is_kept(example: Visit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert drop(example, docx_bytes(QUESTION), "plan.docx").status_code == 200
    assert list(tmp_path.iterdir()) == []


def test_a_visitor_is_shown_nothing_that_only_a_school_may_see(example: Visit) -> None:
    """What fits best is a report for the community alone: neither its title nor its project may appear."""
    query = "Waarom blijven stagiairs na hun stage niet bij het bedrijf waar zij stage liepen?"
    assert "stagiairs-die-blijven" in example("coordinator").get("/prior-work", query_string={"q": query}).text
    for role in ("public", "partner", "campus"):
        assert "stagiairs-die-blijven" not in example(role).get("/prior-work", query_string={"q": query}).text


def test_a_question_of_an_agenda_has_its_own_answer(example: Visit) -> None:
    page = example("campus").get("/prior-work", query_string={"community": "bim5", "question": "bim5-003"})
    assert (page.status_code, "Misschien staat het antwoord hier" in page.text) == (200, True)
    assert example("campus").get("/prior-work", query_string={"community": "bim5", "question": "x"}).status_code == 404
