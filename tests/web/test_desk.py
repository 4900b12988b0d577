"""The coordinator's desk: what waits is there and goes when it is settled; publishing, calling, figures, counting."""

from __future__ import annotations

import csv
import io
import sqlite3
import tomllib
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx
import pytest
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from archive.accounts.accounts import COMMAND_LINE
from archive.accounts.counting import Visit, add, visits_in
from archive.accounts.file import AccountsFile
from archive.backup.making import NOTE
from archive.privacy.consent import project_places, reference
from archive.records.reading import read_project
from tests.conftest import Archive
from tests.web.conftest import SIGNED_IN_AT, AccountsSite, accounts_site, token_of
from webui.desk.tally import Tally

TODAY = SIGNED_IN_AT.date()  # 14 September 2021

NETWORK = """
# van het netwerk
[[organisation]]
slug = "bouw-x"
kind = "company"
name = "Bouw X"
[[organisation.contact]]
name = "Ine Bel"  # belt graag terug
email = "ine@example.org"
phone = "+31 (0)24 123 45 67"
confirmed = 2020-01-10
[[organisation]]
slug = "staal"
kind = "company"
name = "Staal"
[[organisation.contact]]
name = "Sil Vers"
confirmed = 2021-08-01
[[organisation]]
slug = "stil"
kind = "company"
name = "Stil"
"""
COMMUNITY = """
name = { nl = "BIM 5" }
[[contact]]
name = "Co Ordinator"
email = "co@example.org"
"""
AGENDA = """
[[question]]
id = "bim5-001"
text = "Hoe snel droogt leem?"
[[question.event]]
date = 2021-09-01
state = "proposed"
by = "iemand"
"""


def record(title: str, **more: str) -> str:
    return "\n".join([f'title = "{title}"', *(f"{key} = {value}" for key, value in more.items())]) + "\n"


def company(slug: str, up_to: str = "") -> str:
    agreed = f'agreed = {{ date = 2021-02-01, by = "directie", up_to = "{up_to}" }}\n' if up_to else ""
    return f'[[company]]\norganisation = "{slug}"\n{agreed}'


ENDED = {"status": '"finished"', "ends": "2021-01-29"}
FREE, OTHER, ASKED = "bim5/2020/gevels", "bim5/2020/daken", "bim5/2020/vloeren"
FILES = {
    "network.toml": NETWORK,
    "bim5/community.toml": COMMUNITY,
    "bim5/agenda.toml": AGENDA,
    f"{FREE}/project.toml": "# onze gevel\n"
    + record("Gevels", outcome='"De gevel hangt."', use='"Hang hem recht."', **ENDED)
    + company("bouw-x", "public"),
    f"{FREE}/verslag.txt": "De gevel hangt recht.",
    f"{OTHER}/project.toml": record("Daken", outcome='"Het dak is dicht."', **ENDED),
    f"{ASKED}/project.toml": record("Vloeren", outcome='"De vloer ligt."', **ENDED)
    + '[[team]]\nname = "Noor Bakker"\nrole = "student"\n'
    + company("staal")
    + '[[deliverable]]\nfile = "cijfers.csv"\nvisibility = "partner"\nembargo_until = 2021-10-01\n',
    f"{ASKED}/cijfers.csv": "a;b\n1;2\n",
    "bim5/2021/kozijnen/project.toml": record("Kozijnen", status='"running"') + company("staal"),
    "bim5/2021/kozijnen/plan.pdf": "dit is geen pdf",
}


@pytest.fixture
def coordinator(site: AccountsSite) -> FlaskClient:
    site.account("coord@example.org", "coordinator", name="Co")
    return site.signed_in("coord@example.org")


def section(client: FlaskClient, anchor: str) -> str:
    """The words of one part of the desk; nothing when it is not there."""
    answer = client.get("/desk")
    assert answer.status_code == 200
    return " ".join(html.fromstring(answer.text).xpath(f"string(//section[@id='{anchor}'])").split())


def send(client: FlaskClient, path: str, **data: object) -> TestResponse:
    shown = "/desk/lists/calls" if path == "/desk/calls" else path
    return client.post(path, data={"csrf_token": token_of(client.get(shown)), **data})


def said(client: FlaskClient, answer: TestResponse) -> str:
    assert answer.status_code == 303, answer.text
    return " ".join(html.fromstring(client.get(answer.location).text).xpath("string(//main/p[1])").split())


def toml(archive: Archive, id: str) -> dict[str, Any]:
    return tomllib.loads((archive.documents / id).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "path",
    ["/desk", "/desk/outcomes", "/desk/lists/calls", "/desk/figures", "/desk/figures/2020", "/desk/figures/2020.csv",
     "/desk/figures/2020.docx", "/desk/newsletter"],
)  # fmt: skip
def test_the_desk_is_the_coordinators_alone(site: AccountsSite, path: str) -> None:
    assert site.app.test_client().get(path).location.startswith("/login?next=")
    site.account()
    site.account("bedrijf@example.org", "partner", company="bouw-x")
    for email in ("docent@example.org", "student@example.org", "bedrijf@example.org"):
        assert site.signed_in(email).get(path).status_code == 404


@pytest.mark.parametrize("path", ["/desk/outcomes", "/desk/calls"])
def test_nobody_else_publishes_or_confirms(site: AccountsSite, archive: Archive, path: str) -> None:
    teacher = site.signed_in("docent@example.org")
    token = token_of(teacher.get("/account"))
    before = {id: (archive.documents / id).read_bytes() for id in FILES}
    data = {"csrf_token": token, "project": f"x {FREE}", "kind": "organisation", "id": "bouw-x", "name": "Ine Bel"}
    assert teacher.post(path, data=data).status_code == 404
    assert {id: (archive.documents / id).read_bytes() for id in FILES} == before


def test_what_waits_is_on_the_desk(coordinator: FlaskClient) -> None:
    assert "Hoe snel droogt leem?" in section(coordinator, "vragen")
    assert "vertrouwelijk tot 1 oktober 2021" in section(coordinator, "embargo")
    assert "kozijnen/plan.pdf" in section(coordinator, "ongelezen")
    handovers = section(coordinator, "overdrachten")
    assert "Gevels" in handovers and "Ontbreekt: wat er staat" in handovers and "Kozijnen" not in handovers
    outcomes = section(coordinator, "opbrengsten")
    assert "2 opbrengsten mogen openbaar. Bij 1 project mist nog iets." in outcomes
    assert "estafette backup" in coordinator.get("/desk").text


def test_every_line_of_the_desk_leads_somewhere(coordinator: FlaskClient) -> None:
    for page in (
        "/desk",
        "/desk/outcomes",
        "/desk/lists/calls",
        "/desk/figures/2020",
        "/desk/newsletter?since=2020-01-01",
    ):
        for address in html.fromstring(coordinator.get(page).text).xpath("//main//a/@href"):
            if address.startswith("/"):
                assert coordinator.get(address).status_code in (200, 301, 303), f"{page}: {address}"


def test_outcomes_that_were_ticked_are_for_everybody_and_the_log_says_who_did_it(
    coordinator: FlaskClient, site: AccountsSite, archive: Archive
) -> None:
    page = html.fromstring(coordinator.get("/desk/outcomes").text)
    ticks = {each.partition(" ")[2]: each for each in page.xpath("//input[@name='project']/@value")}
    assert set(ticks) == {FREE, OTHER}
    answer = send(coordinator, "/desk/outcomes", project=[ticks[FREE], ticks[OTHER]])
    assert said(coordinator, answer).startswith("2 opbrengsten zijn nu voor iedereen.")
    for id in (FREE, OTHER):
        assert toml(archive, f"{id}/project.toml")["visibility"] == "public"
    assert (archive.documents / FREE / "project.toml").read_text().startswith("# onze gevel\n")
    lines = [(each.action, each.subject, each.by) for each in site.accounts.log(limit=2)]
    mine = site.accounts.by_email("coord@example.org")
    assert mine is not None
    assert lines == [("outcome published", OTHER, mine.actor), ("outcome published", FREE, mine.actor)]
    archive.index()
    visitor = site.app.test_client()
    assert "De gevel hangt." in visitor.get(f"/outcomes/{FREE}").text
    assert visitor.get(f"/documents/{FREE}/verslag.txt").status_code == 404  # the document keeps its level
    assert "openbaar" not in section(coordinator, "opbrengsten").replace("Nog niet openbaar", "").replace(
        "Maak opbrengsten openbaar", ""
    )


def test_what_no_company_agreed_to_is_never_published_whatever_is_sent(
    coordinator: FlaskClient, archive: Archive
) -> None:
    """A company may take its yes back between the page and the click; the record as it is now decides."""
    page = html.fromstring(coordinator.get("/desk/outcomes").text)
    (tick,) = [each for each in page.xpath("//input[@name='project']/@value") if each.endswith(FREE)]
    narrowed = FILES[f"{FREE}/project.toml"].replace('up_to = "public"', 'up_to = "campus"')
    archive.put(f"{FREE}/project.toml", narrowed)
    answer = send(coordinator, "/desk/outcomes", project=[tick, f"{tick.split()[0]} {ASKED}", "x bestaat/niet/hier"])
    assert said(coordinator, answer) == (
        "Niet openbaar gemaakt: “Gevels”: Nog niet elk bedrijf zei ja. “Vloeren”: Nog niet elk bedrijf zei ja."
    )
    assert (archive.documents / FREE / "project.toml").read_text() == narrowed
    assert (archive.documents / ASKED / "project.toml").read_text() == FILES[f"{ASKED}/project.toml"]


def test_words_that_changed_since_the_page_was_read_are_not_published(
    coordinator: FlaskClient, archive: Archive
) -> None:
    page = html.fromstring(coordinator.get("/desk/outcomes").text)
    (tick,) = [each for each in page.xpath("//input[@name='project']/@value") if each.endswith(FREE)]
    archive.put(f"{FREE}/project.toml", FILES[f"{FREE}/project.toml"].replace("De gevel hangt.", "Een ander verhaal."))
    answer = send(coordinator, "/desk/outcomes", project=tick)
    assert said(coordinator, answer).endswith("De tekst is net veranderd. Lees hem opnieuw.")
    assert "visibility" not in toml(archive, f"{FREE}/project.toml")


@pytest.mark.parametrize("project", [[], ["x nergens"], [""]])
def test_nothing_that_was_ticked_is_told(coordinator: FlaskClient, project: list[str]) -> None:
    assert said(coordinator, send(coordinator, "/desk/outcomes", project=project)).startswith("Vink eerst aan")


def test_of_many_that_are_refused_the_first_are_told(coordinator: FlaskClient) -> None:
    """What the next page tells goes along in a cookie: one of more than 4 KB is dropped, and nothing was told at all."""
    told = said(coordinator, send(coordinator, "/desk/outcomes", project=[f"oud{n} {FREE}" for n in range(60)]))
    assert told.count("De tekst is net veranderd.") == 5 and told.endswith("En nog 55.")


def test_a_record_with_a_mistake_is_named_and_the_others_are_published(
    coordinator: FlaskClient, archive: Archive
) -> None:
    page = html.fromstring(coordinator.get("/desk/outcomes").text)
    ticks = page.xpath("//input[@name='project']/@value")
    archive.put(f"{FREE}/project.toml", 'title = "Gevels\n')
    told = said(coordinator, send(coordinator, "/desk/outcomes", project=ticks))
    assert told.startswith("1 opbrengst is nu voor iedereen.") and f"In {FREE}/project.toml staat een fout" in told
    assert toml(archive, f"{OTHER}/project.toml")["visibility"] == "public"


def settle(client: FlaskClient, name: str, verb: str = "settle", number: int = 0) -> TestResponse:
    """Press a line's button on the page of a list, as a browser does."""
    path = f"/desk/lists/{name}"
    forms = html.fromstring(client.get(path).text).xpath(f"//main//form[button[@value='{verb}']]")
    return client.post(path, data={**dict(forms[number].form_values()), "verb": verb})


def lines(client: FlaskClient, name: str) -> tuple[str, str]:
    """The words of a list that wait, and those that are settled."""
    page = html.fromstring(client.get(f"/desk/lists/{name}").text)
    told = " ".join(page.xpath("string(//main)").split())
    gone = " ".join(page.xpath("string(//section[@id='afgehandeld'])").split())
    return told.replace(gone, "") if gone else told, gone


def test_each_list_of_the_desk_can_be_seen_whole(coordinator: FlaskClient, archive: Archive) -> None:
    """ "En nog 8" led nowhere."""
    for number in range(8):
        archive.put(f"bim5/2020/oud-{number}/project.toml", record(f"Oud {number}", **ENDED))
    archive.index()
    page = html.fromstring(coordinator.get("/desk").text)
    assert "En nog 5." in page.xpath("string(//section[@id='overdrachten'])")
    for link in page.xpath("//main//section//a[starts-with(@href, '/desk/lists/')]/@href"):
        assert coordinator.get(link).status_code == 200
    assert all(f"Oud {number}" in lines(coordinator, "handovers")[0] for number in range(8))
    assert coordinator.get("/desk/lists/onzin").status_code == 404


@pytest.mark.parametrize("name", ["handovers", "calls"])
def test_a_list_has_no_gap_between_its_headings(coordinator: FlaskClient, name: str) -> None:
    page = html.fromstring(coordinator.get(f"/desk/lists/{name}").text)
    levels = [int(heading.tag[1]) for heading in page.xpath("//h1 | //h2 | //h3 | //h4")]
    assert 3 in levels and all(after - before <= 1 for before, after in pairwise(levels))


def test_a_long_list_is_told_page_by_page(coordinator: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webui.desk.settling.LISTED", 2)
    first, second = (coordinator.get(f"/desk/lists/handovers?page={n}").text for n in (1, 2))
    assert sorted(title in first for title in ("Gevels", "Daken", "Vloeren")) == [False, True, True]
    assert all((title in first) != (title in second) for title in ("Gevels", "Daken", "Vloeren"))
    assert "2 van 2" in second and coordinator.get("/desk/lists/handovers?page=99").text.count("2 van 2") == 1


@pytest.mark.parametrize(("name", "words"), [("handovers", "Vloeren"), ("hindered", "Vloeren"), ("calls", "Stil"),
                                             ("unread", "plan.pdf"), ("accounts", "Co")])  # fmt: skip
def test_a_line_is_settled_and_put_back_and_both_are_logged(
    coordinator: FlaskClient, site: AccountsSite, archive: Archive, name: str, words: str
) -> None:
    before = {id: (archive.documents / id).read_bytes() for id in FILES}
    while words in lines(coordinator, name)[0]:
        assert "Afgehandeld." in said(coordinator, settle(coordinator, name))
    waits, gone = lines(coordinator, name)
    assert words in gone and "14 september 2021" in gone
    assert words not in waits
    count = gone.count("Zet terug")
    for _line in range(count):
        assert said(coordinator, settle(coordinator, name, "back")) == "De regel wacht weer op je."
    waits, gone = lines(coordinator, name)
    assert words in waits and gone == ""
    acts = [line.action for line in site.accounts.log()]
    assert acts.count("desk line settled") == acts.count("desk line put back") == count
    assert "Ine" not in str([line.subject for line in site.accounts.log()])
    assert {id: (archive.documents / id).read_bytes() for id in FILES} == before


def test_a_settled_line_waits_again_when_something_about_it_changes(coordinator: FlaskClient, archive: Archive) -> None:
    while "Daken" in lines(coordinator, "handovers")[0]:
        settle(coordinator, "handovers")
    assert "Daken" not in section(coordinator, "overdrachten")
    assert "Overdracht ontbreekt" in section(coordinator, "afgehandeld")
    with (archive.documents / OTHER / "project.toml").open("a") as file:
        file.write('[handover]\nopen = "De nok."\n')
    archive.index()
    assert "Daken" in section(coordinator, "overdrachten")


def test_a_line_that_changed_meanwhile_is_not_settled_and_nobody_else_settles(
    coordinator: FlaskClient, site: AccountsSite
) -> None:
    page = coordinator.get("/desk/lists/handovers")
    form = html.fromstring(page.text).xpath("(//main//form[button[@value='settle']])[1]")[0]
    data = dict(form.form_values())
    changed = coordinator.post("/desk/lists/handovers", data={**data, "stood": "anders", "verb": "settle"})
    assert "net veranderd" in said(coordinator, changed)
    assert coordinator.post("/desk/lists/embargoes", data=data).status_code == 404
    teacher = site.signed_in("docent@example.org")
    data["csrf_token"] = token_of(teacher.get("/account"))
    assert teacher.post("/desk/lists/handovers", data=data).status_code == 404
    assert lines(coordinator, "handovers")[1] == ""


def test_the_call_list_holds_who_is_quiet_and_who_was_not_confirmed(coordinator: FlaskClient) -> None:
    page = html.fromstring(coordinator.get("/desk/lists/calls").text)
    calls = {
        each.xpath("string(.//h3)"): " ".join(each.text_content().split()) for each in page.xpath("//main//li[h3]")
    }
    assert set(calls) == {"Bouw X", "Stil", "BIM 5"}  # Staal was confirmed in August, and runs a project
    assert "Ine Bel" in calls["Bouw X"] and "Voor het laatst bevestigd op 10 januari 2020." in calls["Bouw X"]
    assert "Laatste project: Gevels (2020–2021)" in calls["Bouw X"] and "stil" not in calls["Bouw X"]
    assert page.xpath("//main//a[starts-with(@href, 'tel:')]/@href") == ["tel:+31241234567"]
    assert "geen contactpersoon bekend" in calls["Stil"] and "Een jaar stil." in calls["Stil"]
    assert "Nog nooit bevestigd." in calls["BIM 5"]


def test_a_company_is_quiet_a_year_after_its_last_project(coordinator: FlaskClient, site: AccountsSite) -> None:
    site.now = datetime(2022, 1, 30, 10, tzinfo=UTC)
    site.accounts.seen(1, site.now.date())
    coordinator = site.signed_in("coord@example.org")
    page = html.fromstring(coordinator.get("/desk/lists/calls").text)
    (told,) = page.xpath("//main//li[contains(string(h3), 'Bouw X')]")
    assert "Een jaar stil." in told.text_content()


@pytest.mark.parametrize(
    ("kind", "id", "name", "file"),
    [
        ("organisation", "bouw-x", "Ine Bel", "network.toml"),
        ("community", "bim5", "Co Ordinator", "bim5/community.toml"),
    ],
)
def test_somebody_who_was_called_is_confirmed_today_and_the_record_stays_as_it_was(
    coordinator: FlaskClient, site: AccountsSite, archive: Archive, kind: str, id: str, name: str, file: str
) -> None:
    answer = send(coordinator, "/desk/calls", kind=kind, id=id, name=name)
    assert said(coordinator, answer).startswith(f"{name} is bevestigd op 14 september 2021.")
    after = (archive.documents / file).read_text()
    assert "confirmed = 2021-09-14" in after
    kept = [line for line in FILES[file].splitlines() if "2020-01-10" not in line]
    assert [line for line in after.splitlines() if "2021-09-14" not in line] == kept
    assert next(site.accounts.log(limit=1)).action == "contact confirmed"
    archive.index()
    assert name not in coordinator.get("/desk/lists/calls").text


@pytest.mark.parametrize(
    ("kind", "id", "name"),
    [
        ("organisation", "bouw-x", "Iemand Anders"),
        ("organisation", "nergens", "Ine Bel"),
        ("community", "nergens", "Co Ordinator"),
        ("", "", ""),
        ("organisation", "../bim5", "Ine Bel"),
    ],
)
def test_a_contact_who_is_not_there_any_more_is_told_and_nothing_changes(
    coordinator: FlaskClient, archive: Archive, kind: str, id: str, name: str
) -> None:
    answer = send(coordinator, "/desk/calls", kind=kind, id=id, name=name)
    assert "staat er niet meer zo" in said(coordinator, answer)
    assert (archive.documents / "network.toml").read_text() == NETWORK


def test_links_without_a_yes_wait_on_the_desk_until_it_comes(
    coordinator: FlaskClient, site: AccountsSite, archive: Archive
) -> None:
    assert section(coordinator, "toestemming") == ""
    found, _ = read_project(FILES[f"{ASKED}/project.toml"].encode(), f"{ASKED}/project.toml")
    assert found is not None
    (place,) = project_places(ASKED, found)
    given = {"until": SIGNED_IN_AT + timedelta(days=365), "now": SIGNED_IN_AT, "by": "test"}
    says = {"who": reference(place, key=site.accounts.link_key()), "record": place.record}
    site.accounts.give_link("consent", says, **given)  # type: ignore[arg-type]
    site.accounts.give_link("agreement", {"project": ASKED, "organisation": "staal"}, **given)  # type: ignore[arg-type]
    assert "Vloeren 1 persoon, 1 bedrijf · gevraagd op 14 september 2021" in section(coordinator, "toestemming")
    answered = FILES[f"{ASKED}/project.toml"].replace(
        'role = "student"\n', 'role = "student"\nconsent = [{ for = "name", date = 2021-09-14, how = "own link" }]\n'
    )
    archive.put(
        f"{ASKED}/project.toml",
        answered.replace(
            'organisation = "staal"\n',
            'organisation = "staal"\nagreed = { date = 2021-09-14, by = "x", up_to = "campus" }\n',
        ),
    )
    archive.index()
    assert section(coordinator, "toestemming") == ""


def test_accounts_that_are_new_unused_or_end_soon_are_told(coordinator: FlaskClient, site: AccountsSite) -> None:
    site.account("eind@example.org", name="Een Eind", ends=TODAY + timedelta(days=30))
    site.account("later@example.org", name="La Ter", ends=TODAY + timedelta(days=31))
    old = {"role": "student", "now": SIGNED_IN_AT - timedelta(days=60), "by": COMMAND_LINE}
    site.accounts.add(email="nooit@example.org", name="No Oit", **old)  # type: ignore[arg-type]
    told = section(coordinator, "mensen")
    ending, _, rest = told.partition("Nooit gebruikt")
    unused, _, new = rest.partition("Nieuw")
    assert "Een Eind" in ending and "La Ter" not in ending
    assert "No Oit" in unused and "Een Eind" not in unused
    assert "La Ter" in new and "No Oit" not in new


@pytest.mark.parametrize(
    ("days", "complete", "warns"),
    [(0, True, ""), (7, True, ""), (8, True, "langer dan een week geleden"), (0, False, "ontbreekt iets")],
)
def test_a_backup_that_is_late_or_lacks_something_is_told_in_red(
    coordinator: FlaskClient, archive: Archive, days: int, complete: bool, warns: str
) -> None:
    made = (SIGNED_IN_AT - timedelta(days=days)).isoformat()
    said = f'{{"made": "{made}", "file": "b.tar", "files": 7, "bytes": 1, "complete": {str(complete).lower()}}}'
    (archive.var / NOTE).write_text(said)
    warnings = html.fromstring(coordinator.get("/desk").text).xpath("//*[@role='alert']")
    assert [warns in each.text_content() for each in warnings] == ([True] if warns else [])


def test_the_figures_of_a_year_as_a_page_a_table_and_a_document(coordinator: FlaskClient, site: AccountsSite) -> None:
    add(site.accounts.file, {Visit(day=date(2021, 3, 1), role="student", kind="search"): 4})
    for number in range(5):
        site.accounts.add(email=f"klas{number}@example.org", role="student", now=SIGNED_IN_AT, by="x")
    assert coordinator.get("/desk/figures").location == "/desk/figures/2021"
    assert coordinator.get("/desk/figures/2020-2021").location == "/desk/figures/2020"
    page = html.fromstring(coordinator.get("/desk/figures/2020").text)
    rows = {row.xpath("string(th)"): row.xpath("td/text()") for row in page.xpath("//tbody/tr[td]")}
    assert rows["ProjectenProjecten in de map van dit studiejaar."] == ["3", "0"]
    assert rows["BedrijvenBedrijven die meededen aan een project van dit jaar."] == ["2", "0"]
    assert rows["Zoekvragen: student"] == ["minder dan 5", "–"]
    assert "Zoekvragen: coördinator" not in rows  # one person's: nobody's figures
    assert "Met een opbrengst die niet openbaar is: 3." in page.text_content()
    table = coordinator.get("/desk/figures/2020.csv")
    assert table.data.startswith(b"\xef\xbb\xbf") and "jaarcijfers-2020-2021.csv" in str(table.headers)
    lines = {line[1]: line for line in csv.reader(io.StringIO(table.data.decode("utf-8-sig")), delimiter=";")}
    assert lines["Projecten"][2:4] == ["3", "0"] and lines["Projecten"][5] == "Projecten in de map van dit studiejaar."
    written = docx.Document(io.BytesIO(coordinator.get("/desk/figures/2020.docx").data))
    cells = {row.cells[0].paragraphs[0].text: row.cells[1].text for each in written.tables for row in each.rows}
    assert cells["Projecten"] == "3" and cells["Zoekvragen: student"] == "minder dan 5"
    assert [each.text for each in written.paragraphs][:2] == ["Jaarcijfers 2020–2021", "Geteld op 14 september 2021"]
    about = [each.text for table in written.tables for row in table.rows for each in row.cells[0].paragraphs[1:]]
    assert any("Met een opbrengst die niet openbaar is: 3." in each for each in about), "sentences, as on the page"
    assert "Noor" not in page.text_content() + table.text


def test_a_loose_file_is_a_project_in_no_figures(coordinator: FlaskClient, archive: Archive) -> None:
    """A file straight under a year counted as a finished project, which the yearly report then told."""
    archive.put("bim5/2019/los.txt", "Een los verslag over leem.")
    archive.index()
    page = html.fromstring(coordinator.get("/desk/figures/2019").text).text_content()
    assert "losse bestanden, niet als project geteld: 1".capitalize() in page
    table = csv.reader(io.StringIO(coordinator.get("/desk/figures/2019.csv").data.decode("utf-8-sig")), delimiter=";")
    of_page = {line[1]: line[2] for line in table}
    told = archive.run("figures", "2019", "--json").json["figures"]
    of_command = {each["figure"]: each["value"] for each in told if each["part"] is None}
    assert [of_page[name] for name in ("Projecten", "waarvan afgerond", "Documenten")] == ["0", "0", "1"]
    assert [of_command[name] for name in ("projects", "finished", "deliverables")] == [0, 0, 1]


@pytest.mark.parametrize("year", ["straks", "1", "0000"])
def test_a_year_that_is_none_is_not_found(coordinator: FlaskClient, year: str) -> None:
    assert coordinator.get(f"/desk/figures/{year}").status_code == 404


def status(client: FlaskClient, path: str, **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with client.get(path, headers=named) as answer:
        return answer.status_code


def counted(site: AccountsSite, tally: Tally) -> dict[tuple[str, str], int]:
    tally.write(site.accounts.file)
    return dict(visits_in(site.accounts.file, 2021).counts)


@pytest.fixture
def tally() -> Tally:
    return Tally()


@pytest.fixture
def watched(archive: Archive, tmp_path: Path, tally: Tally) -> Any:
    with accounts_site(archive, tmp_path / "watched", tally=tally) as opened:
        yield opened


def test_searches_reads_and_downloads_are_counted_by_role(watched: AccountsSite, tally: Tally) -> None:
    watched.account("docent@example.org", "teacher", communities=["bim5"])
    teacher, visitor = watched.signed_in("docent@example.org"), watched.app.test_client()
    document = f"/documents/{FREE}/verslag.txt"
    for path in ("/search?q=gevel", "/api/v1/search?q=gevel", document, f"{document}/read?page=1", f"{document}/file"):
        assert status(teacher, path) == 200
    assert visitor.get("/search?q=gevel").status_code == 200
    assert counted(watched, tally) == {
        ("teacher", "search"): 2,
        ("teacher", "read"): 2,
        ("teacher", "download"): 1,
        ("visitor", "search"): 1,
    }


def test_what_is_no_visit_is_not_counted(watched: AccountsSite, tally: Tally) -> None:
    watched.account("docent@example.org", "teacher", communities=["bim5"])
    teacher = watched.signed_in("docent@example.org")
    file = f"/documents/{FREE}/verslag.txt/file"
    for path in ("/", "/search", "/search?q=", "/search?q=gevel&cursor=x", "/static/style.css", "/documents/geen.pdf",
                 f"/documents/{FREE}/verslag.txt/hits?q=gevel"):  # fmt: skip
        status(teacher, path)
    teacher.head("/search?q=gevel")
    teacher.get("/search?q=gevel", headers={"User-Agent": "Voorbeeldbot/1.0"})
    teacher.get("/search?q=gevel", headers={"Sec-Purpose": "prefetch"})
    assert status(teacher, file, Sec_Fetch_Dest="empty") == 200
    assert status(teacher, file, Range="bytes=5-9") == 206
    assert counted(watched, tally) == {}
    assert status(teacher, file, Range="bytes=0-4") == 206
    assert counted(watched, tally) == {("teacher", "download"): 1}


def test_who_reads_as_a_role_is_not_counted(archive: Archive, tmp_path: Path, tally: Tally) -> None:
    with accounts_site(archive, tmp_path / "as", tally=tally, read_as="student", proxies=0) as opened:
        assert opened.app.test_client().get("/search?q=gevel").status_code == 200
        assert counted(opened, tally) == {}


def test_counts_that_could_not_be_written_are_kept_for_the_next_time(
    site: AccountsSite, tally: Tally, monkeypatch: pytest.MonkeyPatch
) -> None:
    tally.add(Visit(day=TODAY, role="visitor", kind="read"))
    path = site.accounts.file.path
    with monkeypatch.context() as patched:
        patched.setattr("archive.accounts.file.BUSY_TIMEOUT_S", 0.0)
        with sqlite3.connect(path, isolation_level=None) as other:
            other.execute("BEGIN EXCLUSIVE")
            tally.write(AccountsFile(path))
            other.execute("ROLLBACK")
        other.close()
    tally.add(Visit(day=TODAY, role="visitor", kind="read"))
    assert counted(site, tally) == {("visitor", "read"): 2}


def test_the_thread_writes_what_is_left_when_it_is_stopped(site: AccountsSite, tally: Tally) -> None:
    tally.start(site.accounts.file)
    tally.add(Visit(day=TODAY, role="visitor", kind="read"))
    tally.stop()
    assert visits_in(site.accounts.file, 2021).counts == {("visitor", "read"): 1}
