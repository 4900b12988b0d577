"""Mijn teams: what each team has, reminders, and the work of all teams dropped at once."""

from __future__ import annotations

import io
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from tests.conftest import Archive, docx_bytes
from tests.web.conftest import AccountsSite, WithDrafts, accounts_site, token_of
from tests.web.smtp_stub import MailStub, mail_stub
from webui.accounts.mail import MailServer, Outbox
from webui.teams.matching import Candidate, Told, match

GEVELS, DAKEN, MUREN = "bim5/2021/groep-1", "bim5/2021/daken", "bim5/2021/muren"
RUNS = 'status = "running"\nvisibility = "campus"\n'
FILES = {
    "bim5/community.toml": 'name = { nl = "BIM 5" }',
    "energie/community.toml": 'name = { nl = "Energie" }',
    f"{GEVELS}/project.toml": f"""
title = "Prefab gevels"
{RUNS}outcome = "Een gevel hangt in twee dagen."
[[team]]
name = "Fenna Wolterbeek"
role = "student"
account = "fenna@example.org"
consent = [{{ for = "name", date = 2021-09-14, how = "form" }}]
[handover]
stands = "De mal."
[[deliverable]]
file = "eindrapport.txt"
title = "Eindrapport gevels"
kind = "report"
visibility = "campus"
""",
    f"{GEVELS}/eindrapport.txt": "Het eindrapport over de gevel.",
    f"{DAKEN}/project.toml": f"""
title = "Groene daken"
{RUNS}[[team]]
name = "Jan Smit"
role = "student"
account = "jan@example.org"
[[team]]
name = "D. Ocent"
role = "teacher"
account = "docent@example.org"
""",
    f"{MUREN}/project.toml": f'title = "Lemen muren in de zon"\n{RUNS}',
    "bim5/2021/los.txt": "Een los bestand.",
    "bim5/2021/geheim/project.toml": 'title = "Kanarieproject"\nstatus = "running"\nvisibility = "confidential"\n',
    "bim5/2020/voorbij/project.toml": 'title = "Net voorbij"\nends = 2021-07-01\nvisibility = "campus"\n',
    "bim5/2018/lang/project.toml": 'title = "Lang geleden"\nends = 2019-07-01\nvisibility = "campus"\n',
    "energie/2021/net/project.toml": f'title = "Het net"\n{RUNS}',
}
REPORT = docx_bytes(
    "# Leem als muur",
    "# Samenvatting",
    "Wij onderzochten of een muur van leem in de zon barst en maten dat een zomer lang op de bouw.",
    "# Conclusie",
    "Een muur van leem barst niet als hij in de schaduw droogt. De zon is de beperking, niet de leem.",
)
NOTE = b"Dit zijn de notities bij ons werk van dit half jaar over daken en gevels en wat daarbij hoort."
SUBMITTED = {
    "index.html": b"<html>overzicht</html>",
    "101-1 - Groep 1 - 21 januari 2022 1412/verslag.docx": REPORT,
    "101-1 - Groep 1 - 21 januari 2022 1412/notitie.txt": NOTE,
    "102-1 - Jan Smit - 21 januari 2022 1512/notities.txt": NOTE + b" Deel 2 gaat over het water op het dak.",
    "103-1 - Ada Lovelace - 21 januari 2022 1612/bijlage.txt": b"Een bijlage over iets heel anders, namelijk vissen.",
}


def row(client: FlaskClient, title: str, address: str = "/teams") -> html.HtmlElement:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    (found,) = html.fromstring(answer.text).xpath(f"//tr[th[contains(., '{title}')]]")
    return found


def told(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def titles(client: FlaskClient, where: str = "//table[@class='teams']", address: str = "/teams") -> list[str]:
    page = html.fromstring(client.get(address).text)
    return [told(each) for each in page.xpath(f"{where}//tbody/tr/th/a")]


@pytest.fixture
def teacher(site: AccountsSite) -> FlaskClient:
    return site.signed_in("docent@example.org")


def test_a_teacher_sees_a_row_for_each_running_team_their_own_first(teacher: FlaskClient) -> None:
    assert titles(teacher, "//section/table") == ["Groene daken", "Lemen muren in de zon", "Prefab gevels"]
    assert titles(teacher, "//details/table") == ["Net voorbij"]
    assert "Kanarie" not in teacher.get("/teams").text


def test_what_a_team_has_and_lacks_is_said_in_words(teacher: FlaskClient) -> None:
    marks = [told(each) for each in row(teacher, "Prefab gevels").xpath("./td[not(@class='can')]")]
    assert marks == [
        "Verslag ✓is er",
        "Gegevens – ontbreekt",
        "Overdracht – ontbreekt 1 van 3",
        "Opbrengst ✓is er",
        "Toestemming ✓is er",
    ]
    assert "Toestemming – ontbreekt 2 mensen nog niet" in told(row(teacher, "Groene daken"))
    assert "nog niets ingeleverd" in told(row(teacher, "Groene daken"))


def test_a_no_to_being_named_is_an_answer(site: AccountsSite, archive: Archive, teacher: FlaskClient) -> None:
    record = archive.documents / GEVELS / "project.toml"
    record.write_text(record.read_text().replace('how = "form" }', 'how = "form", withdrawn = 2021-09-15 }'))
    archive.index()
    assert "Toestemming ✓is er" in told(row(teacher, "Prefab gevels"))


def test_the_coordinator_chooses_a_community(site: AccountsSite) -> None:
    site.account("coord@example.org", "coordinator")
    client = site.signed_in("coord@example.org")
    assert "Kanarieproject" in titles(client, "//section/table")
    assert titles(client, "//section/table", "/teams?community=energie") == ["Het net"]


@pytest.mark.parametrize("role", ["student", "partner"])
def test_for_others_there_is_no_such_page(site: AccountsSite, role: str) -> None:
    site.account("ander@example.org", role, communities=["bim5"], company="x")
    client = site.signed_in("ander@example.org")
    for address in ("/teams", "/teams/submissions", f"/teams/reminder?project={GEVELS}"):
        assert client.get(address).status_code == 404, address
    assert "Mijn teams" not in client.get("/").text
    assert site.app.test_client().get("/teams").location == "/login?next=/teams"


def test_a_teacher_gets_there_from_the_front_page_and_an_old_address_leads_to_the_link(teacher: FlaskClient) -> None:
    assert "/teams" in html.fromstring(teacher.get("/").text).xpath("//main//a/@href")
    assert teacher.get(f"/teams?project={MUREN}").location == f"/teams/invite?project={MUREN}"


def test_a_row_begins_a_draft_for_its_project_and_then_goes_on_with_it(teacher: FlaskClient) -> None:
    (form,) = row(teacher, "Groene daken").xpath(".//form")
    button = form.xpath(".//button")[0]
    made = teacher.post(form.action, data={**dict(form.form_values()), button.get("name"): button.get("value")})
    assert made.location in row(teacher, "Groene daken").xpath(".//a/@href")


# Reminders


@dataclass(frozen=True)
class Mailing:
    """The site with a mail server, and a teacher of it who is signed in."""

    site: AccountsSite
    stub: MailStub
    outbox: Outbox
    teacher: FlaskClient

    def remind(self, project: str = GEVELS) -> str:
        """Press the button; what the page says then, once the mails are gone."""
        token = token_of(self.teacher.get("/teams/invite"))
        answer = self.teacher.post("/teams/reminder", data={"csrf_token": token, "project": project})
        assert answer.status_code == 303, answer.text
        self.outbox.wait()
        return told(html.fromstring(self.teacher.get(answer.location).text))


@pytest.fixture
def mailing(archive: Archive, tmp_path: Path) -> Iterator[Mailing]:
    outbox = Outbox()
    with mail_stub() as stub:
        server = MailServer(
            host="127.0.0.1",
            port=stub.port,
            sender="archief@example.org",
            site="https://archief.example",
            starttls=False,
        )
        with accounts_site(archive, tmp_path / "with-mail", site=server.site, mail=server, outbox=outbox) as site:
            site.account("docent@example.org", "teacher", communities=["bim5"])
            site.account("fenna@example.org", communities=["bim5"], name="Fenna Wolterbeek")
            yield Mailing(site, stub, outbox, site.signed_in("docent@example.org"))
            outbox.wait()


def test_a_reminder_goes_to_the_accounts_of_the_team_and_says_what_is_missing(mailing: Mailing) -> None:
    page = mailing.remind()
    ((to, message),) = mailing.stub.taken
    text = message.get_content()
    assert to == "fenna@example.org"
    assert "De gegevens: metingen" in text and "Voor de overdracht: waar het volgende team begint" in text
    assert "eindrapport" not in text and "toestemming" not in text.casefold(), "what is there is not asked for"
    assert f"https://archief.example/projects/{GEVELS}" in text and "https://archief.example/deposit" in text
    assert "kreeg een herinnering op 14 september 2021: Fenna Wolterbeek" in page
    assert "herinnerd op 14 september 2021" in told(row(mailing.teacher, "Prefab gevels"))


def test_a_team_is_reminded_once_a_day_whoever_asks(mailing: Mailing) -> None:
    mailing.remind()
    assert "kreeg al een herinnering" in mailing.remind()
    assert len(mailing.stub.taken) == 1
    mailing.site.now += timedelta(days=1, minutes=1)
    mailing.remind()
    assert len(mailing.stub.taken) == 2


def test_a_mail_that_was_not_taken_is_told(mailing: Mailing) -> None:
    mailing.stub.refuses = "fenna"
    assert "Fenna Wolterbeek (niet aangekomen)" in mailing.remind()


def test_a_team_is_not_reminded_of_what_only_its_company_can_do(mailing: Mailing, archive: Archive) -> None:
    record = archive.documents / GEVELS / "project.toml"
    told_all = record.read_text().replace(
        'stands = "De mal."', 'stands = "De mal."\nopen = "De kit."\nstart = "Bij de kit."'
    )
    data = '[[deliverable]]\nfile = "maten.csv"\nkind = "dataset"\nvisibility = "campus"\n'
    record.write_text(f'{told_all}{data}[[company]]\norganisation = "gevelbouw"\n')
    archive.put(f"{GEVELS}/maten.csv", "dag;maat\n1;2\n")
    archive.index()
    assert "Toestemming – ontbreekt bedrijf nog niet" in told(row(mailing.teacher, "Prefab gevels"))
    page = mailing.teacher.get(f"/teams/reminder?project={GEVELS}")
    assert "Het team hoeft niets meer te doen" in page.text
    token = token_of(mailing.teacher.get("/teams/invite"))
    answer = mailing.teacher.post("/teams/reminder", data={"csrf_token": token, "project": GEVELS})
    assert (answer.status_code, mailing.stub.taken) == (404, [])


def test_without_accounts_or_without_mail_there_is_a_text_to_copy(mailing: Mailing, site: AccountsSite) -> None:
    assert "Niemand van dit team heeft een account" in mailing.remind(MUREN)
    assert mailing.stub.taken == []
    client = site.signed_in("docent@example.org")
    page = html.fromstring(client.get(f"/teams/reminder?project={MUREN}").text)
    assert "Het eindrapport" in page.xpath("string(//*[@id='herinnering'])")
    token = token_of(client.get("/teams/invite"))
    assert client.post("/teams/reminder", data={"csrf_token": token, "project": MUREN}).status_code == 404


@pytest.mark.parametrize("project", ["energie/2021/net", "bim5/2021/geheim", "bestaat/niet"])
def test_another_teachers_team_is_not_reminded(mailing: Mailing, project: str) -> None:
    token = token_of(mailing.teacher.get("/teams/invite"))
    answer = mailing.teacher.post("/teams/reminder", data={"csrf_token": token, "project": project})
    assert (answer.status_code, mailing.teacher.get(f"/teams/reminder?project={project}").status_code) == (404, 404)


# The work of all teams at once


def packed(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return made.getvalue()


class Dropping(WithDrafts):
    """A teacher without scripts, who drops a ZIP on the screen."""

    def drop(self, files: dict[str, bytes]) -> str:
        (form,) = self.page("/teams").xpath("//form[@data-upload]")
        data = {**dict(form.form_values()), "files": (io.BytesIO(packed(files)), "Inleveringen.zip")}
        made = self.client.post(form.action, data=data)
        pile = self.client.get(made.location)
        assert (made.status_code, pile.status_code) == (303, 303), made.text
        self.read(pile.location)
        return str(pile.location)

    def teams(self, pile: str) -> dict[str, str]:
        """What is chosen for each group, by its label."""
        heaps = self.page(pile).xpath("//form[@class='divide']//li[contains(@class, 'card')]")
        return {told(heap.xpath("./h2")[0]): heap.xpath("string(.//option[@selected]/@value)") for heap in heaps}

    def divide(self, pile: str, **chosen: str) -> TestResponse:
        """Press the button; `chosen`: by a part of a label, what is chosen in place of what stands there."""
        (form,) = self.page(pile).xpath("//form[@class='divide']")
        data = {name: value for name, value in form.form_values() if name != "do"}
        for label, team in chosen.items():
            (select,) = form.xpath(f".//li[contains(., '{label}')]//select/@name")
            data[select] = team
        return self.client.post(pile, data=data)

    def send(self) -> html.HtmlElement:
        """Hand in everything that is ready; the list as it is then."""
        (form,) = self.page("/teams/submissions").xpath("//form[@class='send']")
        fields: dict[str, list[str]] = {}
        for name, value in form.form_values():
            fields.setdefault(name, []).append(value)
        answer = self.client.post("/teams/submissions", data=fields)
        assert answer.status_code == 303
        return self.page(answer.location)


@pytest.fixture
def dropping(site: AccountsSite) -> Dropping:
    site.now = datetime.now(UTC)  # the indexer clears away what was sent long ago, by the machine's clock
    return Dropping(site)


def test_a_zip_of_all_teams_becomes_a_draft_for_each_and_all_is_handed_in(dropping: Dropping, archive: Archive) -> None:
    pile = dropping.drop(SUBMITTED)
    assert dropping.teams(pile) == {"Ada Lovelace": "", "Groep 1": GEVELS, "Jan Smit": DAKEN}
    page = told(dropping.page(pile))
    assert "Dit komt uit Brightspace" in page and "index.html: hoort bij het programma" in page
    refused = dropping.divide(pile, Jan=MUREN)
    assert refused.status_code == 400
    (kept,) = html.fromstring(refused.text).xpath("//form[@class='divide']//li[contains(., 'Jan')]//option[@selected]")
    assert kept.get("value") == MUREN, "what was chosen stays chosen"
    assert dropping.divide(pile, Ada="skip").location == "/teams/submissions"
    assert dropping.client.get(pile).status_code == 404
    done = dropping.send()
    assert "Het werk van 2 teams is ingeleverd" in told(done)
    assert (archive.documents / GEVELS / "verslag.docx").read_bytes() == REPORT
    assert (archive.documents / DAKEN / "notities.txt").exists()
    kept = b"".join(path.read_bytes() for path in archive.documents.rglob("*") if path.is_file())
    assert b"Lovelace" not in kept and b"101-1" not in kept
    record = tomllib.loads((archive.documents / GEVELS / "project.toml").read_text())
    assert record["outcome"] == "Een gevel hangt in twee dagen.", "what stood there stays"


def test_who_would_come_into_a_team_unseen_is_told_beside_the_button(dropping: Dropping) -> None:
    """A heading was taken for a student, and came into the team's record with the work of all teams at once."""
    names = b"Auteurs: Pien Hoekstra, Jan Smit\n\nDit verslag gaat over groene daken."
    dropping.divide(
        dropping.drop(SUBMITTED | {"102-1 - Jan Smit - 21 januari 2022 1512/verslag.txt": names}), Ada="skip"
    )
    (card,) = dropping.page("/teams/submissions").xpath("//ul[@class='heaps']/li[contains(., 'Groene daken')]")
    assert card.xpath("string(.//dt[.='Komt in het team']/following-sibling::dd[1])") == "Pien Hoekstra", "Jan is in it"


def test_what_was_handed_in_a_moment_ago_is_not_told_as_nothing(dropping: Dropping, archive: Archive) -> None:
    """A teacher who went back to the teams before all was read saw "nog niets ingeleverd", and would do it again."""
    dropping.divide(dropping.drop(SUBMITTED), Ada="skip")
    begun = dropping.page("/teams/submissions").xpath("//ul[@class='heaps']//h2/a/@href")
    assert "De andere teams" in told(dropping.page(begun[0]))
    dropping.send()
    (row,) = dropping.page("/teams").xpath("//tr[contains(., 'Groene daken')]")
    assert "wordt nu gelezen" in told(row) and "nog niets ingeleverd" not in told(row)
    archive.index()
    (row,) = dropping.page("/teams").xpath("//tr[contains(., 'Groene daken')]")
    assert "wordt nu gelezen" not in told(row)


def test_what_still_needs_a_choice_is_not_sent_with_the_others(dropping: Dropping, archive: Archive) -> None:
    asked = {"102-1 - Jan Smit - 21 januari 2022 1512/lijst.txt": b"Bel mevrouw De Wit op 06 12345678 over het dak."}
    dropping.divide(dropping.drop(SUBMITTED | asked), Ada="skip")
    listed = dropping.page("/teams/submissions")
    assert "Kies wat er met de persoonsgegevens in lijst.txt gebeurt" in told(listed)
    assert "Lever het werk van 1 team in" in told(listed)
    done = dropping.send()
    assert "Het werk van 1 team is ingeleverd" in told(done)
    assert (archive.documents / GEVELS / "verslag.docx").exists()
    assert not (archive.documents / DAKEN / "lijst.txt").exists()
    assert "Groene daken" in told(done), "it waits in the list"


def test_a_draft_that_changed_after_the_list_was_shown_is_not_sent(dropping: Dropping, archive: Archive) -> None:
    dropping.divide(dropping.drop(SUBMITTED), Ada="skip", Jan="skip")
    listed = dropping.page("/teams/submissions")
    (form,) = listed.xpath("//form[@class='send']")
    (path,) = listed.xpath("//ul[@class='heaps']//h2/a/@href")
    (whole,) = dropping.page(path).xpath("//form[@data-keep]")
    changed = [(name, value) for name, value in whole.form_values() if name not in ("do", "level")]
    fields: dict[str, list[str]] = {"level": ["public"]}
    for name, value in changed:
        fields.setdefault(name, []).append(value)
    assert dropping.client.post(path, data={**fields, "do": "save"}).status_code == 303
    answer = dropping.client.post("/teams/submissions", data=dict(form.form_values()))
    assert "is nog niet klaar of is veranderd" in told(dropping.page(answer.location))
    assert not (archive.documents / GEVELS / "verslag.docx").exists()


def test_folders_become_teams_and_a_new_project_gets_its_title_from_the_report(
    dropping: Dropping, archive: Archive
) -> None:
    pile = dropping.drop(
        {"Week 20/Leem/verslag.docx": REPORT, "Week 20/Groene daken/notities.txt": NOTE + b" Over water en daken."}
    )
    assert dropping.teams(pile) == {"Groene daken": DAKEN, "Leem": ""}
    dropping.divide(pile, Leem="new")
    dropping.send()
    assert list(archive.documents.glob("bim5/*/leem-als-muur/verslag.docx"))


def test_two_submissions_of_one_team_come_together(dropping: Dropping, archive: Archive) -> None:
    pile = dropping.drop(SUBMITTED)
    dropping.divide(pile, Ada=DAKEN)
    assert len(dropping.page("/teams/submissions").xpath("//ul[@class='heaps']/li")) == 2
    dropping.send()
    assert {path.name for path in (archive.documents / DAKEN).iterdir()} >= {"notities.txt", "bijlage.txt"}


def test_a_zip_that_is_dropped_twice_makes_one_draft_for_each_team(dropping: Dropping) -> None:
    """The list of drafts named each project twice, and all files were in both."""
    for _ in range(2):
        dropping.divide(dropping.drop(SUBMITTED), Ada="skip")
    cards = dropping.page("/teams/submissions").xpath("//ul[@class='heaps']/li")
    assert [told(each.xpath("./h2")[0]) for each in cards] == ["Groene daken", "Prefab gevels"]
    assert "2 bestanden" in told(cards[1])


def test_a_zip_that_is_in_the_archive_already_is_said_so_in_one_sentence(dropping: Dropping, archive: Archive) -> None:
    files = {name: content for name, content in SUBMITTED.items() if "Ada" not in name}
    dropping.divide(dropping.drop(files))
    dropping.send()
    archive.index()
    page = dropping.page("/teams/submissions")
    (listed,) = page.xpath("//section[h2='Vandaag ingeleverd']//ul")
    assert told(listed).count("Prefab gevels") == 1
    pile = dropping.drop(files)
    assert told(dropping.page(pile)).count("Alles wat je hier neerzette, staat al in het archief.") == 1
    dropping.divide(pile)
    listed = dropping.page("/teams/submissions")
    asked = [told(each) for each in listed.xpath("//ul[@class='heaps']/li") if "Prefab gevels" in told(each)]
    assert [each.count("staat al in het archief") for each in asked] == [1]


def test_a_pile_of_somebody_else_does_not_exist(dropping: Dropping, site: AccountsSite) -> None:
    site.account("collega@example.org", "teacher", communities=["bim5"])
    pile, colleague = dropping.drop(SUBMITTED), site.signed_in("collega@example.org")
    token = token_of(colleague.get("/teams"))
    assert colleague.get(pile).status_code == 404
    assert colleague.post(pile, data={"csrf_token": token, "do": "discard"}).status_code == 404
    assert "Lovelace" not in colleague.get("/teams/submissions").text
    assert dropping.client.get(pile).status_code == 200


def test_a_project_of_another_community_can_not_be_chosen(dropping: Dropping, archive: Archive) -> None:
    pile = dropping.drop(SUBMITTED)
    assert dropping.divide(pile, Ada="energie/2021/net").status_code == 400
    assert dropping.teams(pile)["Ada Lovelace"] == ""


CANDIDATES = (
    Candidate(id="bim5/2021/groep-1", title="Prefab gevels", people=("Fenna Wolterbeek", "Sam de Boer")),
    Candidate(id="bim5/2021/groep-10", title="Groene daken op school", people=("Jan Smit",)),
    Candidate(id="bim5/2021/muren", title="Lemen muren", people=("Jan Jansen",)),
)


@pytest.mark.parametrize(
    ("given", "project"),
    [
        (Told(label="Groep 1"), "bim5/2021/groep-1"),
        (Told(label="groep010"), "bim5/2021/groep-10"),
        (Told(label="Groep 2"), None),
        (Told(label="Wolterbeek, F."), "bim5/2021/groep-1"),
        (Told(label="boerdesam"), "bim5/2021/groep-1"),
        (Told(label="Jan"), None),
        (Told(label="J. Pietersen"), None),
        (Told(label="Een map", titles=("Groene daken op de school",)), "bim5/2021/groep-10"),
        (Told(label="Groep 1", people=("Jan Smit",)), None),
        (Told(label="Groep 1", people=("Jan Smit", "Fenna Wolterbeek", "Sam de Boer")), "bim5/2021/groep-1"),
        (Told(label=""), None),
    ],
)
def test_a_group_is_matched_by_what_points_at_one_project_alone(given: Told, project: str | None) -> None:
    assert match(given, CANDIDATES).project == project
