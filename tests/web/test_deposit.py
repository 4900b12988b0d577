"""Handing in on the pages: what files tell is shown as guessed, must-choices are asked, and what is sent is what was shown."""

from __future__ import annotations

import io
import tomllib
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from tests.conftest import Archive, docx_bytes, pdf_bytes
from tests.web.conftest import AccountsSite, WithDrafts, token_of

P = "bim5/2021/gevels"
RECORD = """
# Kept by hand.
title = "Gevels op maat"
status = "running"
[[team]]
name = "S. Tudent"
role = "student"
account = "student@example.org"
[[deliverable]]
file = "plan.txt"
title = "Plan van aanpak"
visibility = "campus"
"""
PLAN = " ".join(f"De ploeg meet op dag {n} de gevel en schrijft de maat van element {n} op." for n in range(1, 90))
FILES = {
    "bim5/community.toml": 'name = { nl = "BIM 5" }',
    "energie/community.toml": 'name = { nl = "Energie" }',
    "energie/2021/net/project.toml": 'title = "Het net"\nstatus = "running"\nvisibility = "campus"\n',
    "bim5/2021/geheim/project.toml": """
title = "Kanarieproject"
status = "running"
visibility = "confidential"
outcome = "Een kanarie."
[asked]
outcome = "Een andere kanarie."
[[deliverable]]
file = "kanarie.txt"
visibility = "confidential"
""",
    "bim5/2021/geheim/kanarie.txt": "Een kanarie in de gevel.",
    f"{P}/project.toml": RECORD,
    f"{P}/plan.txt": PLAN,
}
REPORT = docx_bytes(
    "# Prefab gevels zonder steiger",
    "# Samenvatting",
    "Wij onderzochten hoe een gevel zonder steiger aan een gebouw komt en maten dat op de bouw.",
    "# Conclusie",
    "Een gevel hangt in twee dagen zonder steiger. De kraan is dan de beperking, niet de ploeg.",
)
WITH_LIMITS = docx_bytes(
    "# Prefab gevels zonder steiger",
    "Rapport van het team.",
    "# Beperkingen",
    "De meetweek was te kort om iets over de winter te zeggen. Het is niet gelukt om het vocht in de naad te meten.",
)
WITH_PHONE = docx_bytes("# Contact", "Bel onze docent mevrouw De Wit op 06 12345678 over het onderzoek naar de gevel.")


class Depositing(WithDrafts):
    """Somebody who hands in with the plain forms, as a browser without scripts sends them."""

    def drop(self, *files: tuple[str, bytes]) -> str:
        """Drop files; the path of the draft's page, once they are read."""
        token = token_of(self.client.get("/deposit"))
        made = self.client.post("/deposit/drafts", data={"csrf_token": token, "files": _files(files)})
        assert made.status_code == 303, made.text
        self.read(made.location)
        return str(made.location)

    def fields(self, path: str) -> list[tuple[str, str]]:
        (form,) = self.page(path).xpath("//form[@data-keep]")
        return [(name, value) for name, value in form.form_values() if name != "do"]

    def post(self, path: str, do: str, *, shown: list[tuple[str, str]] | None = None, **changed: str) -> TestResponse:
        """Send the form as it is shown, with some fields changed; `None` leaves one out."""
        data: dict[str, list[str]] = {}
        for name, value in shown or self.fields(path):
            data.setdefault(name, []).append(value)
        data.update({name.replace("__", ":"): [value] for name, value in changed.items()})
        return self.client.post(path, data={**data, "do": do})

    def key(self, path: str) -> str:
        """The key of a draft's first file."""
        return str(self.page(path).xpath("//li[starts-with(@id, 'file-')]/@id")[0]).removeprefix("file-")

    def send(self, path: str, **changed: str) -> str:
        answer = self.post(path, "send", **changed)
        assert answer.status_code == 303, html.fromstring(answer.text).xpath("string(//section[@id='part-send'])")
        return str(answer.location)


def _files(files: tuple[tuple[str, bytes], ...]) -> list[tuple[io.BytesIO, str]]:
    return [(io.BytesIO(content), name) for name, content in files]


def told(page: html.HtmlElement) -> str:
    return " ".join(page.xpath("string(//main)").split())


def record(archive: Archive, project: str = P) -> dict[str, Any]:
    return tomllib.loads((archive.documents / project / "project.toml").read_text())


def entry(archive: Archive, file: str, project: str = P) -> dict[str, Any]:
    (found,) = (each for each in record(archive, project)["deliverable"] if each["file"] == file)
    return dict(found)


@pytest.fixture(autouse=True)
def _today(site: AccountsSite) -> None:
    """The indexer's commands, which know no other clock than the machine's, clear away what was sent long ago."""
    site.now = datetime.now(UTC)


@pytest.fixture
def teacher(site: AccountsSite) -> Depositing:
    return Depositing(site)


@pytest.fixture
def student(site: AccountsSite) -> Depositing:
    site.account("student@example.org", communities=["bim5"])
    return Depositing(site, "student@example.org")


def test_what_the_files_tell_is_shown_as_guessed_and_sent_when_nobody_changes_it(
    teacher: Depositing, archive: Archive
) -> None:
    path = teacher.drop(("eindrapport.docx", REPORT))
    page = teacher.page(path)
    key = teacher.key(path)
    (title,) = page.xpath(f"//input[@name='title:{key}']")
    assert title.get("value") == "Prefab gevels zonder steiger"
    assert "geraden uit" in page.xpath(f"string(//label[@for='title:{key}'])")
    assert "De kraan is dan de beperking" in page.xpath("string(//textarea[@name='outcome'])")
    assert "cijfer" in page.xpath("string(//main)")
    sent = teacher.send(path, project=P)
    assert (archive.documents / P / "eindrapport.docx").read_bytes() == REPORT
    kept = entry(archive, "eindrapport.docx")
    assert (kept["title"], kept["kind"], kept["language"], kept["visibility"]) == (
        "Prefab gevels zonder steiger",
        "report",
        "nl",
        "campus",
    )
    assert kept["deposited_by"] == "docent@example.org"
    assert "De kraan is dan de beperking" in record(archive)["outcome"]
    assert "# Kept by hand." in (archive.documents / P / "project.toml").read_text()
    assert "nog niet gelezen" in teacher.page(sent).xpath("string(//main)")
    archive.index()
    told = teacher.page(sent)
    assert "dan staat het op plek 1" in " ".join(told.xpath("string(//main)").split())
    assert f"/documents/{P}/eindrapport.docx" in told.xpath("//h3/a/@href")


def test_a_guessed_handover_that_nobody_looked_at_is_not_told_as_checked_by_the_teacher(
    teacher: Depositing, archive: Archive
) -> None:
    """Every result showed the words of a report as "nagekeken door de docent", with "Lever alles in" unread."""
    path = teacher.drop(("eindrapport.docx", WITH_LIMITS))
    assert "geraden" in teacher.page(path).xpath("string(//label[@for='open'])")
    teacher.send(path, project=P)
    left = record(archive)["handover"]
    assert "meetweek" in left["open"] and "by" not in left
    archive.index()
    again = teacher.drop(("logboek.txt", b"Op maandag is er gemeten."))
    teacher.send(again, project=P, start="Begin met een tweede meting.")
    assert record(archive)["handover"]["by"] == "docent@example.org", "somebody wrote in it, and stands for it"


def test_a_guess_about_the_project_names_the_file_it_comes_from(teacher: Depositing) -> None:
    path = teacher.drop(("eindrapport.docx", REPORT), ("logboek.txt", b"Op maandag is er gemeten."))
    assert "eindrapport.docx, " in teacher.page(path).xpath("string(//label[@for='outcome'])")


def test_a_guess_that_was_changed_stays_changed_and_the_others_follow_the_files(teacher: Depositing) -> None:
    path = teacher.drop(("eindrapport.docx", REPORT))
    key = teacher.key(path)
    assert teacher.post(path, "save", **{f"title__{key}": "Onze eigen titel"}).status_code == 303
    page = teacher.page(path)
    assert page.xpath(f"string(//input[@name='title:{key}']/@value)") == "Onze eigen titel"
    assert "geraden" not in page.xpath(f"string(//label[@for='title:{key}'])")
    assert "geraden" in page.xpath("string(//label[@for='outcome'])")
    assert teacher.post(path, "save", **{f"title__{key}": "Prefab gevels zonder steiger"}).status_code == 303
    assert "geraden" not in teacher.page(path).xpath(f"string(//label[@for='title:{key}'])"), "it was looked at"


def test_nothing_is_sent_before_it_is_said_what_happens_with_personal_data(
    teacher: Depositing, archive: Archive
) -> None:
    path = teacher.drop(("contact.docx", WITH_PHONE))
    key = teacher.key(path)
    assert "telefoonnummer" in teacher.page(path).xpath(f"string(//li[@id='file-{key}'])")
    assert "12345678" not in teacher.client.get(path).text
    refused = teacher.post(path, "send", project=P)
    assert refused.status_code == 400
    assert f"#file-{key}" in html.fromstring(refused.text).xpath("//section[@id='part-send']//a/@href")
    assert not (archive.documents / P / "contact.docx").exists()
    teacher.send(path, **{f"personal__{key}": "apart"})
    kept = entry(archive, "contact.docx")
    assert (kept["visibility"], kept["company_access"]) == ("confidential", False)


def test_a_new_project_is_made_with_the_title_that_the_report_tells(teacher: Depositing, archive: Archive) -> None:
    path = teacher.drop(("eindrapport.docx", REPORT))
    assert teacher.post(path, "send").status_code == 400, "which project it belongs to is asked"
    assert teacher.post(path, "save", project="new").status_code == 303
    teacher.send(path, public_lines="1")
    (made_of,) = archive.documents.glob("bim5/*/prefab-gevels-zonder-steiger")
    made = record(archive, str(made_of.relative_to(archive.documents)))
    assert (made["title"], made["visibility"]) == ("Prefab gevels zonder steiger", "public")
    assert made["deliverable"][0]["visibility"] == "campus", "the tick is for the project's lines alone"
    assert [each["account"] for each in made["team"]] == ["docent@example.org"]


def test_a_students_work_waits_for_a_teacher_who_says_yes_with_one_button(
    student: Depositing, teacher: Depositing, archive: Archive, site: AccountsSite
) -> None:
    site.account("ander@example.org")
    path = student.drop(("eindrapport.docx", REPORT))
    sent = student.send(path)
    assert entry(archive, "eindrapport.docx")["visibility"] == "confidential"
    assert "outcome" not in record(archive)
    archive.index()
    assert "wacht op akkoord" in student.page(sent).xpath("string(//main)")
    assert "wacht op akkoord" in student.page("/deposit/mine").xpath("string(//main)")
    document = f"/documents/{P}/eindrapport.docx"
    other = site.signed_in("ander@example.org")
    assert (other.get(document).status_code, student.client.get(document).status_code) == (404, 200)
    (form,) = (form for form in teacher.page("/deposit/approve").forms if form.action == "/deposit/approve")
    fields = dict(form.form_values())
    assert "id" in fields and "lines" in fields, "the document, and the lines of the project"
    assert teacher.client.post("/deposit/approve", data={**fields, "do": "agree"}).status_code == 303
    assert entry(archive, "eindrapport.docx")["visibility"] == "campus"
    assert "De kraan" in record(archive)["outcome"]
    archive.index()
    assert other.get(document).status_code == 200
    assert "Er wacht nu niets" in teacher.page("/deposit/approve").xpath("string(//main)")


def test_a_student_hands_in_for_an_own_team_only_whatever_the_form_says(student: Depositing, archive: Archive) -> None:
    path = student.drop(("eindrapport.docx", REPORT))
    student.send(path, project="energie/2021/net", themes="x", title="Iets anders")
    assert (archive.documents / P / "eindrapport.docx").exists()
    assert record(archive)["title"] == "Gevels op maat"
    token = token_of(student.client.get("/deposit"))
    for asked in ({"project": "energie/2021/net"}, {"replaces": f"{P}/plan.txt"}, {"replaces": "energie/2021/net/x"}):
        assert student.client.post("/deposit", data={"csrf_token": token, **asked}).status_code == 404
    approval = {"csrf_token": token, "project": P, "id": f"{P}/eindrapport.docx", "do": "agree"}
    archive.index()
    assert student.client.post("/deposit/approve", data=approval).status_code == 404


def test_a_draft_of_somebody_else_does_not_exist(teacher: Depositing, site: AccountsSite) -> None:
    site.account("collega@example.org", "teacher", communities=["bim5"])
    path, colleague = teacher.drop(("eindrapport.docx", REPORT)), Depositing(site, "collega@example.org")
    token = token_of(colleague.client.get("/deposit"))
    for address in (path, f"{path}/sent", f"{path}/reading", "/deposit/" + "0" * 32):
        assert colleague.client.get(address).status_code == 404, address
    for do in ("save", "send", "discard"):
        assert colleague.client.post(path, data={"csrf_token": token, "do": do}).status_code == 404
    assert teacher.client.get(path).status_code == 200


def test_a_project_that_a_teacher_may_not_see_is_as_one_that_does_not_exist(teacher: Depositing) -> None:
    path = teacher.drop(("eindrapport.docx", REPORT))
    assert teacher.post(path, "save", project="bim5/2021/geheim").status_code == 303
    assert teacher.post(path, "send").status_code == 400
    for address in (path, "/deposit", "/deposit/mine", "/deposit/approve"):
        assert "anarie" not in teacher.client.get(address).text
    token = token_of(teacher.client.get("/deposit"))
    for field, value in (("project", "bim5/2021/geheim"), ("replaces", "bim5/2021/geheim/kanarie.txt")):
        assert teacher.client.post("/deposit", data={"csrf_token": token, field: value}).status_code == 404
    for asked in ({"lines": "1"}, {"id": "bim5/2021/geheim/kanarie.txt"}):
        hidden = {"csrf_token": token, "project": "bim5/2021/geheim", "do": "agree", **asked}
        assert teacher.client.post("/deposit/approve", data=hidden).status_code == 404


def test_a_visitor_signs_in_a_company_is_refused_and_a_student_without_a_team_is_told(site: AccountsSite) -> None:
    site.account("bedrijf@example.org", "partner", company="x")
    site.account("los@example.org")
    assert site.app.test_client().get("/deposit").location == "/login?next=/deposit"
    refused = site.signed_in("bedrijf@example.org").get("/deposit")
    assert refused.status_code == 403
    assert "studenten en docenten" in refused.text
    alone = site.signed_in("los@example.org").get("/deposit")
    assert "Vraag je docent om de link van je team" in alone.text
    assert not html.fromstring(alone.text).xpath("//input[@type='file']")


def test_a_second_tab_is_told_and_what_was_typed_there_is_not_lost(teacher: Depositing) -> None:
    path = teacher.drop(("eindrapport.docx", REPORT))
    key = teacher.key(path)
    first, second = teacher.fields(path), teacher.fields(path)
    assert teacher.post(path, "save", shown=first, question="Van het ene tabblad").status_code == 303
    told = teacher.post(path, "save", shown=second, **{f"title__{key}": "Van het andere"})
    assert told.status_code == 409
    page = html.fromstring(told.text)
    assert "ander tabblad" in page.xpath("string(//*[@role='alert'])")
    assert page.xpath(f"string(//input[@name='title:{key}']/@value)") == "Van het andere"
    assert page.xpath("string(//textarea[@name='question'])").strip() == "Van het ene tabblad"
    (form,) = page.xpath("//form[@data-keep]")
    again = [(name, value) for name, value in form.form_values() if name != "do"]
    assert teacher.post(path, "save", shown=again, **{f"title__{key}": "Van het andere"}).status_code == 303
    assert dict(teacher.fields(path))[f"title:{key}"] == "Van het andere"


def test_the_same_form_sent_twice_hands_in_once(teacher: Depositing, archive: Archive) -> None:
    path = teacher.drop(("eindrapport.docx", REPORT))
    shown = teacher.fields(path)
    first = teacher.post(path, "send", shown=shown, project=P)
    second = teacher.post(path, "send", shown=shown, project=P)
    assert (first.status_code, first.location) == (second.status_code, second.location) == (303, f"{path}/sent")
    assert len(list((archive.documents / P).glob("eindrapport*"))) == 1
    assert teacher.client.get(path).location == f"{path}/sent"


def test_a_file_that_is_much_like_another_gets_a_choice_and_becomes_its_new_version(
    teacher: Depositing, archive: Archive
) -> None:
    path = teacher.drop(("plan-v2.txt", f"{PLAN} En op de laatste dag rust de ploeg uit.".encode()))
    assert teacher.post(path, "save", project=P).status_code == 303
    key = teacher.key(path)
    assert "Plan van aanpak" in teacher.page(path).xpath(f"string(//li[@id='file-{key}']//fieldset)")
    assert teacher.post(path, "send").status_code == 400
    teacher.send(path, **{f"as__{key}": f"version:{P}/plan.txt"})
    assert entry(archive, "plan.txt")["version"] == 2
    archive.index()
    page = teacher.page(f"/documents/{P}/plan.txt")
    assert "Versie 1" in page.xpath("string(//section[@id='versions'])")
    with teacher.client.get(f"/documents/{P}/plan.txt/file?version=1") as earlier:
        assert earlier.data.decode() == PLAN


def test_a_new_version_begins_at_the_documents_own_page(teacher: Depositing, archive: Archive) -> None:
    page = teacher.page(f"/documents/{P}/plan.txt")
    (form,) = (form for form in page.forms if form.action == "/deposit")
    begun = teacher.client.post("/deposit", data=dict(form.form_values()))
    token = token_of(teacher.client.get(begun.location))
    sent = [(io.BytesIO(b"Een heel ander plan, korter ook."), "plan.txt")]
    teacher.client.post(f"{begun.location}/files", data={"csrf_token": token, "files": sent})
    teacher.read(begun.location)
    teacher.send(begun.location)
    assert (archive.documents / P / "plan.txt").read_text() == "Een heel ander plan, korter ook."
    assert entry(archive, "plan.txt")["version"] == 2


def test_a_file_with_the_same_bytes_is_pointed_at(teacher: Depositing, archive: Archive) -> None:
    path = teacher.drop(("kopie.txt", PLAN.encode()))
    key = teacher.key(path)
    assert "Dit is hetzelfde bestand" in teacher.page(path).xpath(f"string(//li[@id='file-{key}'])")
    assert teacher.post(path, "send", project=P).status_code == 400
    choices = teacher.page(path).xpath(f"//input[@name='as:{key}']/@value")
    assert choices == ["other"], "the same bytes are no new version of themselves"
    assert teacher.post(path, f"drop:{key}").status_code == 303
    assert not teacher.page(path).xpath("//li[starts-with(@id, 'file-')]")


def test_what_was_handed_in_before_and_is_dropped_again_is_said_in_one_sentence_with_one_choice(
    teacher: Depositing, archive: Archive
) -> None:
    """Of a ZIP that was dropped twice each of its files was asked about."""
    files = (("eindrapport.docx", REPORT), ("logboek.txt", b"Op maandag is er gemeten."))
    teacher.send(teacher.drop(*files), project=P)
    archive.index()
    path = teacher.drop(*files)
    page = teacher.page(path)
    assert told(page).count("staat al in het archief") == 2, "the choice, and what is still to be done"
    assert not page.xpath("//input[starts-with(@name, 'as:')]")
    refused = teacher.post(path, "send", project=P)
    assert html.fromstring(refused.text).xpath("//section[@id='part-send']//ul//a/@href") == ["#part-again"]
    teacher.send(path, again="other")
    assert (archive.documents / P / "eindrapport (2).docx").exists()


def test_an_assessment_is_closed_unless_somebody_says_otherwise(teacher: Depositing, archive: Archive) -> None:
    marks = docx_bytes("# Peerbeoordeling", "Fenna Bos: 8", "Mees Bos: 6,5", "Noor Bos: 7")
    path = teacher.drop(("peer.docx", marks))
    assert "beoordeling of cijfers van mensen" in told(teacher.page(path))
    teacher.send(path, project=P)
    kept = entry(archive, "peer.docx")
    assert (kept["visibility"], kept["company_access"]) == ("confidential", False)


def test_only_who_is_surely_an_author_is_ticked_and_it_is_said_why(teacher: Depositing) -> None:
    text = docx_bytes(
        "Prefab gevels", "Auteurs: Fenna Wolterbeek", "Digitale Innovatie, Daan Oldenkamp", "# Inleiding", "Wij."
    )
    page = teacher.page(teacher.drop(("rapport.docx", text)))
    ticks = {each.get("value"): each for each in page.xpath("//input[@name='team']")}
    assert [name for name, each in ticks.items() if each.get("checked") is not None] == ["Fenna Wolterbeek"]
    assert "staat met een rol" in ticks["Fenna Wolterbeek"].getparent().text_content()
    assert "misschien een naam" in ticks["Daan Oldenkamp"].getparent().text_content()


def test_a_section_without_a_heading_is_called_by_its_first_words(teacher: Depositing) -> None:
    text = docx_bytes("Voor vragen over de gevel bel je met 06 12345678 op een werkdag.")
    page = told(teacher.page(teacher.drop(("contact.docx", text))))
    assert "§ Voor vragen over de gevel …: telefoonnummer" in page
    assert "deel 1" not in page


def test_a_teacher_is_not_told_of_a_grade_of_their_own_and_an_empty_file_is_called_empty(
    teacher: Depositing, student: Depositing
) -> None:
    assert "voor je cijfer" not in told(teacher.page("/deposit"))
    assert "voor je cijfer" in told(student.page("/deposit"))
    page = told(teacher.page(teacher.drop(("leeg.txt", b""))))
    assert "leeg" in page
    assert "1 kB" not in page


def test_a_project_goes_on_from_earlier_years_and_never_from_itself_or_from_what_still_runs(
    teacher: Depositing, archive: Archive
) -> None:
    for year, name, more in ((2019, "eerst", ""), (2021, "naast", 'status = "running"'), (2022, "later", "")):
        archive.put(f"bim5/{year}/{name}/project.toml", f'title = "Prefab gevels zonder steiger {name}"\n{more}')
        archive.put(f"bim5/{year}/{name}/rapport.docx", REPORT)
    archive.index()
    path = teacher.drop(("eindrapport.docx", REPORT))
    assert teacher.post(path, "save", project=P).status_code == 303
    assert teacher.page(path).xpath("//input[@name='continues']/@value") == ["bim5/2019/eerst"]


def test_a_file_whose_name_leads_elsewhere_gets_the_end_of_it(teacher: Depositing, archive: Archive) -> None:
    teacher.send(teacher.drop(("../x.txt", b"Een verslag over de gevel."), ("y.txt", b"Nog een verslag.")), project=P)
    assert (archive.documents / P / "x.txt").read_bytes() == b"Een verslag over de gevel."


def test_a_question_is_only_proposed_when_it_is_likely_or_the_teams_own_and_else_there_is_a_list(
    teacher: Depositing, archive: Archive
) -> None:
    """Questions that share a word with a report were proposed as answered by it."""
    asked = '[[question]]\nid = "{}"\ntext = "{}"\n[[question.event]]\ndate = 2021-09-01\nstate = "open"\n'
    archive.put(
        "bim5/agenda.toml",
        asked.format("bim5-1", "Welke verf op een gevel houdt de regen tegen in de herfst?")
        + asked.format("bim5-2", "Hoe duur is een hectare bos in Drenthe?"),
    )
    archive.index()
    sent = teacher.send(teacher.drop(("eindrapport.docx", REPORT)), project=P)
    archive.index()
    page = teacher.page(sent)
    assert not page.xpath("//section[@class='proposals']")
    (listed,) = (each for each in page.xpath("//section") if "Zie jij een antwoord?" in each.text_content())
    assert len(listed.xpath(".//li/a")) == 2


def test_names_of_files_and_people_are_shown_as_text(teacher: Depositing) -> None:
    name = "<img src=x onerror=alert(1)>.txt"
    path = teacher.drop((name, b"<script>alert(2)</script> Een kort verslag."), ("../../\u202eetc/passwd", b"niets"))
    text = teacher.client.get(path).text
    assert "<img src=x" not in text
    assert "<script>alert" not in text
    assert "\u202e" not in text
    assert "passwd" in text


def test_what_can_not_be_read_is_told_and_handed_in_all_the_same(teacher: Depositing, archive: Archive) -> None:
    damaged = pdf_bytes("Een bladzijde")[:300]
    path = teacher.drop(("stuk.pdf", damaged), ("model.rvt", b"\xd0\xcf\x11\xe0 geen tekst"))
    shown = teacher.page(path).xpath("string(//section[@id='part-files'])")
    assert "beschadigd" in shown or "kent" in shown
    teacher.send(path, project=P)
    assert (archive.documents / P / "stuk.pdf").read_bytes() == damaged
    assert (archive.documents / P / "model.rvt").exists()


def test_what_was_withdrawn_keeps_its_page_and_its_reason(
    teacher: Depositing, archive: Archive, site: AccountsSite
) -> None:
    site.account("coord@example.org", "coordinator")
    teacher.send(teacher.drop(("eindrapport.docx", REPORT)), project=P)
    archive.index()
    (form,) = (form for form in teacher.page("/deposit/mine").forms if form.action == "/deposit/withdraw")
    data = {**dict(form.form_values()), "reason": "Een verkeerd bestand."}
    coordinator = Depositing(site, "coord@example.org")
    other = coordinator.client.get("/deposit")
    assert teacher.client.post("/deposit/withdraw", data={**data, "reason": " "}).status_code == 303
    assert "withdrawn" not in entry(archive, "eindrapport.docx")
    assert teacher.client.post("/deposit/withdraw", data=data).status_code == 303
    assert entry(archive, "eindrapport.docx")["withdrawn"]["reason"] == "Een verkeerd bestand."
    archive.index()
    document = f"/documents/{P}/eindrapport.docx"
    assert "Een verkeerd bestand." in teacher.client.get(document).text
    assert "ingetrokken" in teacher.page("/deposit/mine").xpath("string(//main)")
    restoring = {"csrf_token": data["csrf_token"], "id": data["id"], "verb": "restore"}
    assert teacher.client.post("/deposit/withdraw", data=restoring).status_code == 404
    restoring["csrf_token"] = token_of(other)
    assert coordinator.client.post("/deposit/withdraw", data=restoring).status_code == 303
    assert "withdrawn" not in entry(archive, "eindrapport.docx")


def test_the_pages_hold_to_the_policy_in_both_languages(teacher: Depositing, archive: Archive) -> None:
    path = teacher.drop(("eindrapport.docx", REPORT), ("contact.docx", WITH_PHONE))
    key = teacher.key(path)
    for language in ("nl", "en"):
        for address in ("/deposit", path, "/deposit/mine", "/deposit/approve"):
            page = html.fromstring(teacher.client.get(address, headers={"Accept-Language": language}).text)
            assert len(page.xpath("//h1")) == 1
            assert not page.xpath("//*[@style]|//script[not(@src)]|//*[starts-with(name(@*), 'on')]")
            ids = page.xpath("//@id")
            assert len(ids) == len(set(ids)), address
            for field in page.xpath("//main//input[not(@type='hidden')]|//main//select|//main//textarea"):
                named = field.xpath("ancestor::label") or page.xpath("//label[@for=$id]", id=field.get("id") or "-")
                assert named, (address, field.get("name"))
    assert key


def test_a_draft_is_gone_on_with_and_thrown_away(teacher: Depositing) -> None:
    path = teacher.drop(("eindrapport.docx", REPORT))
    for page in ("/deposit", "/deposit/mine"):
        assert path in teacher.page(page).xpath("//main//a/@href")
    assert teacher.post(path, "discard").location == "/deposit"
    assert teacher.client.get(path).status_code == 404
    assert path not in teacher.page("/deposit").xpath("//main//a/@href")


def open_pages(client: FlaskClient, *paths: str) -> list[int]:
    return [client.get(path).status_code for path in paths]


def test_under_a_role_of_the_machine_nobody_hands_in(site: AccountsSite) -> None:
    assert open_pages(site.app.test_client(), "/deposit", "/deposit/mine", "/deposit/" + "0" * 32) == [303, 303, 303]
