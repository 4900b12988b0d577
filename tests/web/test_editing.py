"""Changing records in the browser: who may, what is written, what the second of two is asked, and what stays hidden."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from tests.conftest import Archive
from tests.web.conftest import AccountsSite, accounts_site, token_of

P = "bim5/2021/gevels"
PROJECT = """# Ons project
title = "Gevels op maat"   # werktitel
kleur = "rood"
summary = "Wij meten."
status = "running"
starts = 2021-09-01
ends = 2022-01-28
visibility = "campus"
themes = ["gevels"]
continues = ["bim5/2020/geheim", "bim5/2020/oud"]

[[team]]
# de eerste
name = "Sam Student"
role = "student"
account = "student@example.org"
consent = [{ for = "name", date = 2021-09-14, how = "form" }]
[[team]]
role = "company"
institution = "geheim-bv"
[[company]]
organisation = "bouw-x"
[[company]]
organisation = "geheim-bv"
visibility = "confidential"

[[deliverable]]
file = "verslag.txt"
title = "Het verslag"
visibility = "campus"
named = ["kanarie@example.org"]
[[deliverable]]
file = "geheim.txt"
title = "Kanariedocument"
visibility = "confidential"
"""
NETWORK = """
[[organisation]]
slug = "bouw-x"
name = "Bouw X"
[[organisation.contact]]
name = "Cato Contact"
email = "cato@example.org"
since = 2020-01-01
consent = [{ for = "contact", date = 2020-01-01, how = "form" }]
[[organisation]]
slug = "school-a"
kind = "school"
name = "School A"
[[organisation]]
slug = "geheim-bv"
name = "Kanariebedrijf"
[[theme]]
slug = "gevels"
nl = "gevels"
[[theme]]
slug = "daken"
nl = "daken"
"""
AGENDA = """# Wat openbleef
[[question]]
id = "bim5-001"
text = "Hoe droog je een gevel?"   # letterlijk
[[question]]
id = "bim5-002"
text = "Hoe recht is recht?"
visibility = "community"
from = { document = "bim5/2020/geheim/nota.txt", page = 1 }
"""
ACCOUNTS: dict[str, dict[str, Any]] = {
    "student@example.org": {"role": "student", "communities": ["bim5"]},
    "ander@example.org": {"role": "student", "communities": ["bim5"]},
    "docent@example.org": {"role": "teacher", "communities": ["bim5"]},
    "elders@example.org": {"role": "teacher", "communities": ["energie"]},
    "partner@example.org": {"role": "partner", "company": "bouw-x"},
    "coord@example.org": {"role": "coordinator"},
}
ADDRESSES = {
    "project": f"/edit/projects/{P}",
    "document": f"/edit/documents/{P}/verslag.txt",
    "question": "/edit/communities/bim5/questions/bim5-001",
    "community": "/edit/communities/bim5",
    "organisation": "/edit/organisations/bouw-x",
    "theme": "/edit/themes/gevels",
}
MAY = {
    "student@example.org": {"project"},
    "ander@example.org": set(),
    "docent@example.org": {"project", "document", "question", "community"},
    "elders@example.org": set(),
    "partner@example.org": set(),
    "coord@example.org": set(ADDRESSES),
}


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = Archive(tmp_path_factory.mktemp("editing"))
    archive.put("network.toml", NETWORK)
    archive.put("bim5/community.toml", 'name = "Bouw"   # onze naam\n')
    archive.put("bim5/agenda.toml", AGENDA)
    archive.put("energie/community.toml", 'name = "Energie"\n')
    archive.put(f"{P}/project.toml", PROJECT)
    archive.put(f"{P}/verslag.txt", "De gevel hangt recht.")
    archive.put(f"{P}/geheim.txt", "Niet voor iedereen.")
    archive.put("bim5/2020/oud/project.toml", 'title = "Oude gevels"\nvisibility = "campus"\n')
    archive.put("bim5/2020/oud/nota.txt", "Een oude nota.")
    archive.put("bim5/2020/mappen/nota.txt", "Zonder beschrijving.")
    archive.put("bim5/2020/geheim/project.toml", 'title = "Kanarieproject"\nvisibility = "confidential"\n')
    archive.put("bim5/2020/geheim/nota.txt", "Geheim.")
    archive.index()
    return archive


@pytest.fixture
def archive(indexed: Archive, tmp_path: Path) -> Archive:
    """One of its own for each test: its records are written."""
    shutil.copytree(indexed.root, tmp_path / "archive")
    return Archive(tmp_path / "archive")


@pytest.fixture
def site(archive: Archive, tmp_path: Path) -> Iterator[AccountsSite]:
    with accounts_site(archive, tmp_path, catch_up=lambda: True) as opened:
        yield opened


def signed_in(site: AccountsSite, who: str) -> FlaskClient:
    return site.session_of(site.accounts.by_email(who) or site.account(who, **ACCOUNTS[who]))


@pytest.fixture
def teacher(site: AccountsSite) -> FlaskClient:
    return signed_in(site, "docent@example.org")


@pytest.fixture
def coordinator(site: AccountsSite) -> FlaskClient:
    return signed_in(site, "coord@example.org")


def tree(text: str) -> Any:
    return html.fromstring(text)


def shown(page: TestResponse) -> dict[str, list[str]]:
    """What the form of a page holds, as a browser would send it back."""
    form = tree(page.text).xpath("//main//form[contains(@class, 'stacked')]")[0]
    given: dict[str, list[str]] = {}
    for name, value in form.form_values():  # which has "on" for an empty value of a button that is chosen
        empty = form.xpath("descendant::input[@name=$name][@type='radio'][@value=''][@checked]", name=name)
        given.setdefault(name, []).append("" if empty else value)
    return given


def opened(client: FlaskClient, thing: str) -> dict[str, list[str]]:
    page = client.get(ADDRESSES.get(thing, thing))
    assert page.status_code == 200, page.text
    return shown(page)


def send(client: FlaskClient, thing: str, form: dict[str, list[str]], **typed: Any) -> TestResponse:
    """Send a form with these fields filled in otherwise; a field of a row is written with underscores for dashes."""
    names = {name: name if name in ("no_names", "embargo_until") else name.replace("_", "-") for name in typed}
    given = {names[name]: value if isinstance(value, list) else [value] for name, value in typed.items()}
    return client.post(ADDRESSES.get(thing, thing), data={**form, **given})


def change(client: FlaskClient, thing: str, **typed: Any) -> TestResponse:
    return send(client, thing, opened(client, thing), **typed)


def record(archive: Archive, id: str = f"{P}/project.toml") -> dict[str, Any]:
    return tomllib.loads((archive.documents / id).read_text())


def text(archive: Archive, id: str = f"{P}/project.toml") -> str:
    return (archive.documents / id).read_text()


@pytest.mark.parametrize("who", MAY)
def test_each_thing_is_changed_by_who_may_and_opened_to_nobody_else(site: AccountsSite, who: str) -> None:
    client = signed_in(site, who)
    for thing, address in ADDRESSES.items():
        assert client.get(address).status_code == (200 if thing in MAY[who] else 403), thing
        token = token_of(client.get("/account"))
        if thing not in MAY[who]:
            assert client.post(address, data={"csrf_token": token, "title": "x"}).status_code == 403, thing


def test_a_visitor_is_sent_to_sign_in(site: AccountsSite) -> None:
    assert "/login" in site.app.test_client().get(ADDRESSES["project"]).headers["Location"]


def test_pages_link_to_the_form_for_who_may_alone(site: AccountsSite, teacher: FlaskClient) -> None:
    partner = signed_in(site, "partner@example.org")
    for page in (f"/projects/{P}", f"/documents/{P}/verslag.txt", "/communities/bim5", "/communities/bim5/agenda"):
        assert "/edit/" in teacher.get(page).text, page
        assert "/edit/" not in partner.get(page).text, page
    coordinator = signed_in(site, "coord@example.org")
    for page in ("/companies/bouw-x", "/themes/gevels"):
        assert "/edit/" in coordinator.get(page).text, page
        assert "/edit/" not in teacher.get(page).text, page


def test_only_what_was_changed_is_written_and_the_page_shows_it_at_once(archive: Archive, teacher: FlaskClient) -> None:
    answer = change(teacher, "project", title="Gevels naar maat", students="5", themes=["gevels", "daken"])
    assert answer.status_code == 303 and answer.headers["Location"].endswith(f"/projects/{P}"), answer.text
    archive.index()
    before, after = PROJECT.splitlines(), text(archive).splitlines()
    assert [line for line in before if line not in after] == [
        'title = "Gevels op maat"   # werktitel',
        'themes = ["gevels"]',
    ]
    assert [line for line in after if line not in before] == [
        'title = "Gevels naar maat"   # werktitel',
        'themes = ["gevels", "daken"]',
        "students = 5",
    ]
    page = teacher.get(f"/projects/{P}").text
    assert "Gevels naar maat" in page and "Bewaard." in page


@pytest.mark.parametrize("thing", ADDRESSES)
def test_a_form_that_was_not_touched_changes_nothing(archive: Archive, coordinator: FlaskClient, thing: str) -> None:
    before = {path: path.read_bytes() for path in archive.documents.rglob("*.toml")}
    answer = change(coordinator, thing)
    assert answer.status_code == 303, answer.text
    assert {path: path.read_bytes() for path in archive.documents.rglob("*.toml")} == before


def test_every_change_is_noted_without_its_values(site: AccountsSite, teacher: FlaskClient) -> None:
    change(teacher, "project", summary="Iets anders")
    line = next(line for line in site.accounts.log() if line.action == "project changed")
    assert line.subject == f"/projects/{P}" and line.says["fields"] == ["summary"]
    assert "Iets anders" not in repr(line)


def test_a_student_of_the_team_tells_of_the_running_project_and_decides_nothing_else(
    site: AccountsSite, archive: Archive
) -> None:
    student = signed_in(site, "student@example.org")
    form = opened(student, "project")
    assert {"summary", "question", "outcome", "use"} == form.keys() - {"csrf_token", "seen", "next"}
    sent = send(student, "project", form, outcome="De gevel hangt.", visibility="public", title="Van ons")
    assert sent.status_code == 303
    assert record(archive)["outcome"] == "De gevel hangt."
    assert (record(archive)["visibility"], record(archive)["title"]) == ("campus", "Gevels op maat")
    archive.put(f"{P}/project.toml", text(archive).replace('"running"', '"finished"'), age=1_700_000_000)
    archive.index()
    assert student.get(ADDRESSES["project"]).status_code == 403


def test_of_two_who_change_the_same_the_second_is_asked_and_loses_nothing(
    site: AccountsSite, archive: Archive, teacher: FlaskClient, coordinator: FlaskClient
) -> None:
    first, second = opened(teacher, "project"), opened(coordinator, "project")
    assert send(teacher, "project", first, title="Van de docent", outcome="Een uitkomst").status_code == 303
    answer = send(coordinator, "project", second, title="Van de coördinator", summary="Wij wegen.")
    assert answer.status_code == 409
    assert "Intussen gewijzigd door iemand anders" in answer.text and "Van de docent" in answer.text
    again = shown(answer)
    assert again["title"] == ["Van de coördinator"] and again["summary"] == ["Wij wegen."]
    assert again["outcome"] == ["Een uitkomst"], "what only the first one wrote stands in the form"
    assert record(archive)["title"] == "Van de docent"
    assert send(coordinator, "project", again).status_code == 303
    done = record(archive)
    assert (done["title"], done["summary"], done["outcome"]) == ("Van de coördinator", "Wij wegen.", "Een uitkomst")


def test_who_edits_the_file_by_hand_meanwhile_is_not_overwritten(archive: Archive, teacher: FlaskClient) -> None:
    form = opened(teacher, "project")
    archive.put(f"{P}/project.toml", PROJECT.replace("Wij meten.", "Met de hand."), age=1_700_000_000)
    answer = send(teacher, "project", form, summary="In het formulier")
    assert answer.status_code == 409
    assert "Met de hand." in answer.text and shown(answer)["summary"] == ["In het formulier"]
    assert record(archive)["summary"] == "Met de hand."


def test_a_change_elsewhere_in_the_same_record_is_in_nobodys_way(archive: Archive, teacher: FlaskClient) -> None:
    form = opened(teacher, "document")
    archive.put(f"{P}/project.toml", PROJECT.replace("Wij meten.", "Met de hand."), age=1_700_000_000)
    assert send(teacher, "document", form, title="Ons verslag").status_code == 303
    assert record(archive)["deliverable"][0]["title"] == "Ons verslag"
    assert record(archive)["summary"] == "Met de hand."


def test_the_same_form_sent_twice_is_done_once(archive: Archive, teacher: FlaskClient) -> None:
    form = opened(teacher, "project")
    typed = {"title": "Twee keer", "team-n0-name": "Nora Nieuw", "team-n0-programme": "Bouwkunde"}
    assert teacher.post(ADDRESSES["project"], data={**form, **typed}).status_code == 303
    assert teacher.post(ADDRESSES["project"], data={**form, **typed}).status_code == 303
    assert [each.get("name") for each in record(archive)["team"]] == ["Sam Student", None, "Nora Nieuw"]


def test_a_record_that_does_not_parse_is_told_with_its_line_and_left_alone(
    archive: Archive, teacher: FlaskClient
) -> None:
    form = opened(teacher, "project")
    broken = PROJECT.replace('kleur = "rood"', 'kleur = "rood')
    archive.put(f"{P}/project.toml", broken, age=1_700_000_000)
    assert "regel 3" in teacher.get(ADDRESSES["project"]).text
    answer = send(teacher, "project", form, title="Nieuwe titel", outcome="Veel werk")
    assert answer.status_code == 409 and "regel 3" in answer.text
    assert (shown(answer)["title"], shown(answer)["outcome"]) == (["Nieuwe titel"], ["Veel werk"])
    assert text(archive) == broken
    archive.put(f"{P}/project.toml", PROJECT, age=1_700_000_001)
    assert send(teacher, "project", shown(answer)).status_code == 303
    assert record(archive)["title"] == "Nieuwe titel"


def test_what_is_wrong_is_told_at_its_field_and_everything_typed_stays(archive: Archive, teacher: FlaskClient) -> None:
    answer = change(
        teacher, "project", title="", starts="31-02-2021", students="veel", summary="Blijft staan", ends="2021-01-01"
    )
    assert answer.status_code == 400 and text(archive) == PROJECT
    page = tree(answer.text)
    assert set(page.xpath("//*[@aria-invalid='true']/@id")) == {"title", "starts", "students"}
    assert set(page.xpath("//main//ul//a/@href")) >= {"#title", "#starts", "#students"}
    form = shown(answer)
    assert (form["starts"], form["students"], form["summary"]) == (["31-02-2021"], ["veel"], ["Blijft staan"])
    answer = send(teacher, "project", form, title="T", starts="1-9-2021", students="", ends="2021-01-01")
    assert answer.status_code == 400 and "ligt voor het begin" in answer.text
    assert send(teacher, "project", shown(answer), ends="28-1-2022").status_code == 303
    assert str(record(archive)["ends"]) == "2022-01-28"


def test_what_the_editor_may_not_see_is_neither_shown_nor_overwritten(archive: Archive, teacher: FlaskClient) -> None:
    for thing in ("project", "document"):
        page = teacher.get(ADDRESSES[thing]).text
        assert "anarie" not in page and "geheim" not in page and "student@example.org" not in page
    form = opened(teacher, "project")
    assert form["continues"] == ["bim5/2020/oud"]
    answer = send(
        teacher,
        "project",
        form,
        continues=[],
        company_0_gone="yes",
        team_1_programme="Marketing",
        team_0_role="teacher",
    )
    assert answer.status_code == 303, answer.text
    done = record(archive)
    assert done["continues"] == ["bim5/2020/geheim"]
    assert [each["organisation"] for each in done["company"]] == ["geheim-bv"]
    assert done["team"][1]["institution"] == "geheim-bv" and done["team"][1]["programme"] == "Marketing"
    assert done["team"][0]["account"] == "student@example.org"
    assert change(teacher, "document", named="erbij@example.org").status_code == 303
    assert record(archive)["deliverable"][0]["named"] == ["kanarie@example.org", "erbij@example.org"]


def test_a_hidden_cell_can_t_be_written_over(archive: Archive, teacher: FlaskClient) -> None:
    answer = change(teacher, "project", team_1_institution="school-a")
    assert answer.status_code == 400 and "Vraag de coördinator" in answer.text
    assert text(archive) == PROJECT


@pytest.mark.parametrize(
    "address",
    [
        "/edit/projects/bim5/2020/geheim",
        f"/edit/documents/{P}/geheim.txt",
        "/edit/communities/bim5/questions/bim5-009",
        "/edit/communities/nergens",
        "/edit/projects/bim5/2020/nergens",
        f"/edit/documents/{P}/nergens.txt",
    ],
)
def test_what_somebody_does_not_see_has_no_form(teacher: FlaskClient, address: str) -> None:
    token = token_of(teacher.get("/account"))
    assert teacher.get(address).status_code == 404
    assert teacher.post(address, data={"csrf_token": token, "title": "x"}).status_code == 404


def test_what_more_people_will_see_is_asked_once_more(
    site: AccountsSite, archive: Archive, teacher: FlaskClient
) -> None:
    form = opened(teacher, "document")
    answer = send(teacher, "document", form, visibility="public")
    # the company did not agree: it stays with the schools, so nothing opens and nothing is asked
    assert answer.status_code == 303 and record(archive)["deliverable"][0]["visibility"] == "public"
    assert "Tot elk bedrijf ja zegt" in teacher.get(f"/documents/{P}/verslag.txt").text
    agreed = text(archive).replace('"bouw-x"', '"bouw-x"\nagreed = { date = 2022-01-20, up_to = "public" }')
    archive.put(
        f"{P}/project.toml", agreed.replace('"geheim-bv"\nvis', '"geheim-bv"\nagreed = { up_to = "public" }\nvis')
    )
    change(teacher, "document", visibility="community")
    answer = change(teacher, "document", visibility="partner")
    assert answer.status_code == 200 and record(archive)["deliverable"][0]["visibility"] == "community"
    assert "Hierdoor zien meer mensen dit" in answer.text and "concurrenten" in answer.text
    agreeing = tree(answer.text).xpath("//button[@name='confirm']/@value")
    assert send(teacher, "document", shown(answer), visibility="public", confirm=agreeing).status_code == 200
    assert send(teacher, "document", shown(answer), confirm=agreeing).status_code == 303
    assert record(archive)["deliverable"][0]["visibility"] == "partner"


def test_a_look_at_who_sees_it_then_writes_nothing(archive: Archive, teacher: FlaskClient) -> None:
    answer = change(teacher, "project", visibility="community", verb="look")
    assert answer.status_code == 200 and "Na het bewaren ziet wie wat" in answer.text
    assert "deze community" in tree(answer.text).xpath("//section[@role='status']")[0].text_content()
    assert shown(answer)["visibility"] == ["community"] and text(archive) == PROJECT


def test_taking_out_the_company_that_held_a_project_back_is_asked_once_more(
    archive: Archive, coordinator: FlaskClient
) -> None:
    archive.put(f"{P}/project.toml", PROJECT.replace('visibility = "campus"', 'visibility = "public"', 1))
    answer = change(coordinator, "project", company_0_gone="yes", company_1_gone="yes")
    assert answer.status_code == 200 and "Hierdoor zien meer mensen dit" in answer.text
    assert shown(answer)["company-0-gone"] == ["yes"] and len(record(archive)["company"]) == 2


def test_who_is_added_to_a_team_is_asked_by_link_and_who_goes_is_gone(archive: Archive, teacher: FlaskClient) -> None:
    answer = change(teacher, "project", team_n0_name="Nora Nieuw", team_n0_institution="school-a")
    assert answer.status_code == 303 and answer.headers["Location"].endswith(f"/consents/{P}")
    assert "Nora Nieuw" in teacher.get(f"/consents/{P}").text
    assert record(archive)["team"][2] == {"name": "Nora Nieuw", "role": "student", "institution": "school-a"}
    assert change(teacher, "project", team_2_gone="yes").status_code == 303
    assert len(record(archive)["team"]) == 2 and "# de eerste" in text(archive)


def test_another_name_in_a_row_does_not_inherit_the_consent(archive: Archive, teacher: FlaskClient) -> None:
    change(teacher, "project", team_0_name="S. Student")
    assert record(archive)["team"][0]["consent"]
    change(teacher, "project", team_0_name="Iemand Anders")
    assert "consent" not in record(archive)["team"][0]


def test_a_company_is_added_from_the_network_and_its_yes_is_asked_by_link(
    archive: Archive, coordinator: FlaskClient
) -> None:
    form = opened(coordinator, "project")
    assert send(coordinator, "project", form, company_n0_organisation="nergens").status_code == 400
    twice = send(coordinator, "project", form, company_n0_organisation="bouw-x")
    assert twice.status_code == 400 and "staat er al bij" in twice.text
    assert "agreed" not in text(archive)


def test_a_project_to_continue_is_found_by_its_words(archive: Archive, teacher: FlaskClient) -> None:
    form = opened(teacher, "project")
    answer = send(teacher, "project", form, continues=[], query="mappen", verb="find", title="Blijft")
    assert shown(answer)["title"] == ["Blijft"] and text(archive) == PROJECT
    assert "bim5/2020/mappen" in tree(answer.text).xpath("//input[@name='continues']/@value")
    assert "geheim" not in send(teacher, "project", form, query="kanarieproject", verb="find").text
    assert send(teacher, "project", shown(answer), continues=["bim5/2020/mappen"]).status_code == 303
    assert record(archive)["continues"] == ["bim5/2020/geheim", "bim5/2020/mappen"]
    answer = change(teacher, "/edit/projects/bim5/2020/mappen", continues=[P])
    assert answer.status_code == 400 and "bij zichzelf uit" in answer.text


def test_a_project_without_a_record_gets_one(archive: Archive, teacher: FlaskClient) -> None:
    assert change(teacher, "/edit/projects/bim5/2020/mappen", outcome="Toch iets").status_code == 303
    assert record(archive, "bim5/2020/mappen/project.toml") == {"title": "Mappen", "outcome": "Toch iets"}


def test_a_document_without_an_entry_gets_one(archive: Archive, teacher: FlaskClient) -> None:
    assert change(teacher, "/edit/documents/bim5/2020/oud/nota.txt", kind="note", no_names="yes").status_code == 303
    (entry,) = record(archive, "bim5/2020/oud/project.toml")["deliverable"]
    assert entry == {"file": "nota.txt", "kind": "note", "no_names": True}


def test_a_community_s_texts_are_changed_where_they_stand(archive: Archive, teacher: FlaskClient) -> None:
    form = opened(teacher, "community")
    assert "visibility" not in form and "contact-n0-name" not in form
    assert send(teacher, "community", form, name_en="Building", summary_nl="Wij bouwen.").status_code == 303
    done = record(archive, "bim5/community.toml")
    assert done == {"name": {"nl": "Bouw", "en": "Building"}, "summary": {"nl": "Wij bouwen."}}
    assert change(teacher, "community", summary_nl="").status_code == 303
    assert "summary" not in record(archive, "bim5/community.toml")


def test_a_question_is_no_wider_than_the_report_it_came_from(archive: Archive, teacher: FlaskClient) -> None:
    address = "/edit/communities/bim5/questions/bim5-002"
    answer = change(teacher, address, visibility="public")
    assert answer.status_code == 400 and "niet verder open" in answer.text
    assert change(teacher, address, text="Hoe recht is dat?", themes=["daken"]).status_code == 303
    first, second = record(archive, "bim5/agenda.toml")["question"]
    assert (second["text"], second["themes"]) == ("Hoe recht is dat?", ["daken"])
    assert first["text"] == "Hoe droog je een gevel?" and "# letterlijk" in text(archive, "bim5/agenda.toml")


def test_a_contact_is_confirmed_corrected_and_replaced_with_its_history(
    archive: Archive, coordinator: FlaskClient
) -> None:
    def contacts() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = record(archive, "network.toml")["organisation"][0]["contact"]
        return found

    assert change(coordinator, "organisation", contact_0_confirmed="yes").status_code == 303
    assert [str(each["confirmed"]) for each in contacts()] == ["2021-09-14"]
    assert change(coordinator, "organisation", contact_0_name="Cato Contacten").status_code == 303
    assert [each["name"] for each in contacts()] == ["Cato Contacten"] and contacts()[0]["consent"]
    typed = {"contact_0_name": "Nico Nieuw", "contact_0_email": "nico@example.org"}
    assert change(coordinator, "organisation", **typed).status_code == 303
    old, new = contacts()
    assert (old["name"], str(old["until"])) == ("Cato Contacten", "2021-09-14")
    assert (new["name"], str(new["since"]), str(new["confirmed"])) == ("Nico Nieuw", "2021-09-14", "2021-09-14")
    assert "consent" not in new
    assert "Cato" not in coordinator.get(ADDRESSES["organisation"]).text
    assert change(coordinator, "organisation", contact_0_gone="yes").status_code == 303
    assert all("until" in each for each in contacts())


def test_a_contacts_role_and_telephone_number_are_read_and_changed_in_dutch(
    archive: Archive, coordinator: FlaskClient
) -> None:
    """The form showed the word of the record, `coordinator`, and had no place for a number to call."""

    def contact() -> dict[str, Any]:
        found: dict[str, Any] = record(archive, "network.toml")["organisation"][0]["contact"][0]
        return found

    typed = {"contact_0_role": "coördinator", "contact_0_phone": "024 123 45 67"}
    assert change(coordinator, "organisation", **typed).status_code == 303
    assert (contact()["role"], contact()["phone"]) == ("coordinator", "024 123 45 67")
    page = tree(coordinator.get(ADDRESSES["organisation"]).text)
    assert page.xpath("//input[@name='contact-0-role']/@value") == ["coördinator"]
    assert change(coordinator, "organisation", contact_0_role="vraagbaak").status_code == 303
    assert contact()["role"] == "vraagbaak"


def test_an_organisation_and_a_theme_get_other_names(archive: Archive, coordinator: FlaskClient) -> None:
    assert change(coordinator, "organisation", aliases="X bv\n\nX\nX bv", sector="bouw").status_code == 303
    assert record(archive, "network.toml")["organisation"][0]["aliases"] == ["X bv", "X"]
    assert change(coordinator, "theme", en="façades", synonyms="wanden").status_code == 303
    assert record(archive, "network.toml")["theme"][0] == {
        "slug": "gevels",
        "nl": "gevels",
        "en": "façades",
        "synonyms": ["wanden"],
    }
    archive.index()
    assert "wanden" in coordinator.get("/themes/gevels").text


def test_a_value_that_no_form_knows_stays_until_somebody_chooses(archive: Archive, coordinator: FlaskClient) -> None:
    """A misspelt level closes; a form that left it out would have opened it."""
    odd = PROJECT.replace('visibility = "campus"', 'visibility = "pubic"', 1)
    archive.put(f"{P}/project.toml", odd)
    assert change(coordinator, "project", summary="Anders").status_code == 303
    assert record(archive)["visibility"] == "pubic"


def test_the_coordinator_begins_an_organisation_and_a_theme(archive: Archive, coordinator: FlaskClient) -> None:
    token = token_of(coordinator.get("/edit/network"))

    def add(**typed: str) -> TestResponse:
        return coordinator.post("/edit/network/new", data={"csrf_token": token, **typed})

    answer = add(thing="organisation", name="Façade & Zn.")
    assert answer.headers["Location"].endswith("/edit/organisations/facade-zn")
    assert record(archive, "network.toml")["organisation"][-1] == {"slug": "facade-zn", "name": "Façade & Zn."}
    again = add(thing="organisation", name="Bouw X B.V.")
    assert again.status_code == 400 and "staat er al" in again.text and 'value="Bouw X B.V."' in again.text
    assert add(thing="theme", name="Gevels").status_code == 400
    assert add(thing="theme", name="").status_code == 400
    assert add(thing="theme", name="Vloeren").status_code == 303
    archive.index()
    assert opened(coordinator, "/edit/organisations/facade-zn")["name"] == ["Façade & Zn."]


def test_two_organisations_that_are_one_are_merged_after_a_second_yes(
    site: AccountsSite, archive: Archive, coordinator: FlaskClient
) -> None:
    site.account("x@example.org", "partner", company="school-a")
    token = token_of(coordinator.get("/edit/network"))
    both = {"csrf_token": token, "gone": "bouw-x", "into": "geheim-bv"}
    answer = coordinator.post("/edit/network/merge", data={**both, "confirm": "x"})
    confirm = tree(answer.text).xpath("//button[@name='confirm']/@value")[0]
    assert text(archive, "network.toml") == NETWORK
    refused = coordinator.post("/edit/network/merge", data={**both, "confirm": confirm})
    assert refused.status_code == 409 and "allebei" in refused.text and text(archive, "network.toml") == NETWORK
    both |= {"gone": "school-a"}
    answer = coordinator.post("/edit/network/merge", data=both)
    confirm = tree(answer.text).xpath("//button[@name='confirm']/@value")[0]
    assert coordinator.post("/edit/network/merge", data={**both, "confirm": confirm}).status_code == 303
    slugs = [each["slug"] for each in record(archive, "network.toml")["organisation"]]
    account = site.accounts.by_email("x@example.org")
    assert slugs == ["bouw-x", "geheim-bv"] and account is not None and account.company == "geheim-bv"


def test_a_name_that_belongs_nowhere_is_joined_to_an_organisation(archive: Archive, coordinator: FlaskClient) -> None:
    archive.put(f"{P}/project.toml", PROJECT.replace('"bouw-x"', '"Bouw X bv"'))
    page = coordinator.get("/edit/network")
    assert tree(page.text).xpath("//input[@name='unknown']/@value") == ["Bouw X bv"]
    sent = {"csrf_token": token_of(page), "unknown": "Bouw X bv", "slug": "bouw-x"}
    assert coordinator.post("/edit/network/join", data=sent).status_code == 303
    assert record(archive)["company"][0]["organisation"] == "bouw-x"
    assert record(archive, "network.toml")["organisation"][0]["aliases"] == ["Bouw X bv"]


@pytest.mark.parametrize("who", [who for who in ACCOUNTS if who != "coord@example.org"])
def test_the_network_is_the_coordinator_s_alone(site: AccountsSite, who: str) -> None:
    assert signed_in(site, who).get("/edit/network").status_code == 404


def test_a_network_that_does_not_parse_is_told_with_its_line_by_every_button(
    archive: Archive, coordinator: FlaskClient
) -> None:
    token = token_of(coordinator.get("/edit/network"))
    archive.put("network.toml", NETWORK + "[[theme\n")
    for verb in ("merge", "join", "new"):
        given = {
            "thing": "theme",
            "name": "Hout",
            "gone": "bouw-x",
            "into": "school-a",
            "unknown": "x",
            "slug": "bouw-x",
        }
        answer = coordinator.post(f"/edit/network/{verb}", data={"csrf_token": token, **given}, follow_redirects=True)
        assert "In network.toml staat een fout op regel" in answer.text, verb
    assert text(archive, "network.toml") == NETWORK + "[[theme\n"
