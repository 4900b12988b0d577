"""Decisions in the browser: who sees a form, what is written in the record, and what the second of two is told."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from tests.conftest import Archive
from tests.web.conftest import AccountsSite, accounts_site, token_of

AGENDA = """
# What the team of 2020 left.
[[question]]
id = "bim5-001"
text = "Hoe droog je een gevel?"

[[question]]
id = "bim5-002"
text = "Wie meet de wind?"
[[question.event]]
date = 2021-09-01
state = "proposed"

[[question]]
id = "bim5-003"
text = "Hoe zwaar is een gevel?"
[[question.event]]
date = 2021-09-01
state = "claimed"
project = "bim5/2021/geheim"

[[question]]
id = "bim5-004"
text = "Kanarievraag voor de coördinator"
visibility = "confidential"
"""
OLD = """
title = "Gevels onder de loep"
visibility = "campus"
status = "finished"
[[deliverable]]
file = "verslag.txt"
title = "Verslag van oude gevels"
visibility = "campus"
"""
NEW = """
title = "Nieuwe gevels"
visibility = "campus"
status = "running"
starts = 2021-09-01
ends = 2022-01-28
[[team]]
name = "S. Tudent"
role = "student"
account = "student@example.org"
[[team]]
name = "D. Ocent"
role = "teacher"
account = "docent@example.org"
[[deliverable]]
file = "plan.txt"
title = "Plan van nieuwe gevels"
visibility = "campus"
"""
SECRET = """
title = "Kanarieproject"
visibility = "confidential"
status = "running"
continues = ["bim5/2021/nieuw"]
"""
REPORT = """De gevel droogt in zes weken.

Vervolgonderzoek

Meet een heel jaar lang hoe snel de natte gevel droogt voordat je hem schildert.
"""
PLAN = "Wij gaan verder met Gevels onder de loep en meten de natte gevel opnieuw."
ACCOUNTS: dict[str, dict[str, Any]] = {
    "student@example.org": {"role": "student", "communities": ["bim5"]},
    "ander@example.org": {"role": "student", "communities": ["bim5"]},
    "docent@example.org": {"role": "teacher", "communities": ["bim5"]},
    "elders@example.org": {"role": "teacher", "communities": ["energie"]},
    "partner@example.org": {"role": "partner", "company": "bedrijf"},
    "coord@example.org": {"role": "coordinator"},
}
FILES = {
    "network.toml": '[[organisation]]\nslug = "bedrijf"\nname = "Bedrijf bv"\n',
    "bim5/community.toml": 'name = "Bouw"\n',
    "bim5/agenda.toml": AGENDA,
    "energie/community.toml": 'name = "Energie"\n',
    "bim5/2020/oud/project.toml": OLD,
    "bim5/2020/oud/verslag.txt": REPORT,
    "bim5/2021/nieuw/project.toml": NEW,
    "bim5/2021/nieuw/plan.txt": PLAN,
    "bim5/2021/geheim/project.toml": SECRET,
    "bim5/2021/geheim/plan.txt": "geheim",
}


@pytest.fixture
def caught_up() -> list[bool]:
    """What the site is told when it waits for the catalog; a test may put something else here."""
    return [True]


@pytest.fixture
def site(archive: Archive, tmp_path: Path, caught_up: list[bool]) -> Iterator[AccountsSite]:
    with accounts_site(archive, tmp_path, catch_up=lambda: caught_up[0]) as opened:
        yield opened


def signed_in(site: AccountsSite, who: str) -> FlaskClient:
    site.account(who, **ACCOUNTS[who])
    return site.signed_in(who)


@pytest.fixture
def teacher(site: AccountsSite) -> FlaskClient:
    return signed_in(site, "docent@example.org")


@pytest.fixture
def student(site: AccountsSite) -> FlaskClient:
    return signed_in(site, "student@example.org")


def record(archive: Archive, id: str) -> dict[str, Any]:
    return tomllib.loads((archive.documents / id).read_text(encoding="utf-8"))


def asked(archive: Archive, id: str) -> dict[str, Any]:
    return next(each for each in record(archive, "bim5/agenda.toml")["question"] if each["id"] == id)


def send(client: FlaskClient, path: str, **given: str) -> TestResponse:
    return client.post(path, data={**given, "csrf_token": token_of(client.get("/account"))})


def decide(client: FlaskClient, question: str, verb: str, **given: str) -> TestResponse:
    return send(client, "/decide/question", community="bim5", question=question, verb=verb, **given)


def page(client: FlaskClient, path: str) -> html.HtmlElement:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.text)


def buttons(client: FlaskClient, path: str) -> set[str]:
    """The verbs that stand on a page's buttons."""
    return set(page(client, path).xpath("//main//form//button[@name='verb']/@value"))


def press(client: FlaskClient, path: str, button: str, within: str = "//main", **typed: str) -> TestResponse:
    """Send the first form of a page that has this button, as a browser does."""
    form = page(client, path).xpath(f"({within}//form[.//button[@value='{button}']])[1]")[0]
    given = {name: value for name, value in form.form_values() if name != "verb"}
    return client.post(form.action, data={**given, "verb": button, **typed})


def said(client: FlaskClient, answer: TestResponse) -> str:
    """What the next page says was done."""
    assert answer.status_code == 303, answer.text
    shown = page(client, answer.headers["Location"].partition("#")[0])
    return " ".join(shown.xpath("string(//main/p[contains(@class, 'notice')])").split())


def problem(answer: TestResponse) -> str:
    return " ".join(html.fromstring(answer.text).xpath("string(//main//p[@role='alert'])").split())


AGENDA_PAGE = "/communities/bim5/agenda"
REPORT_PAGE = "/documents/bim5/2020/oud/verslag.txt"
PROJECT_PAGE = "/projects/bim5/2021/nieuw"


@pytest.mark.parametrize("who", ["docent@example.org", "coord@example.org"])
def test_the_coordinator_and_teachers_of_the_community_see_all_forms(site: AccountsSite, who: str) -> None:
    client = signed_in(site, who)
    assert {"accept", "reject"} <= buttons(client, AGENDA_PAGE)
    assert buttons(client, "/decide/question?community=bim5&question=bim5-001") == {"claim", "answer", "drop"}
    assert {"take", "dismiss"} <= buttons(client, REPORT_PAGE)
    assert buttons(client, PROJECT_PAGE) == {"link", "reject"}


def test_a_student_of_the_team_may_propose_claim_hand_over_and_name_the_predecessor(student: FlaskClient) -> None:
    assert buttons(student, AGENDA_PAGE) == {"claim"}
    assert buttons(student, REPORT_PAGE) == {"take"}
    assert buttons(student, PROJECT_PAGE) == {"link", "reject"}
    assert page(student, PROJECT_PAGE).xpath("//a[contains(@href, '/decide/handover')]")


def test_a_student_of_another_team_proposes_and_takes_nothing_up(site: AccountsSite) -> None:
    other = signed_in(site, "ander@example.org")
    assert buttons(other, AGENDA_PAGE) == set()
    assert buttons(other, REPORT_PAGE) == {"take"}
    assert not page(other, PROJECT_PAGE).xpath("//a[contains(@href, '/decide/')]")
    assert decide(other, "bim5-001", "claim", project="bim5/2021/nieuw").status_code == 403


@pytest.mark.parametrize("who", ["elders@example.org", "partner@example.org"])
def test_others_see_no_form_and_are_refused(site: AccountsSite, archive: Archive, who: str) -> None:
    client = signed_in(site, who)
    before = (archive.documents / "bim5/agenda.toml").read_bytes()
    assert "/decide/" not in client.get(AGENDA_PAGE).text
    assert decide(client, "bim5-001", "drop", note="Zomaar").status_code == 403
    assert send(client, "/decide/propose", community="bim5", text="Mag dit?").status_code == 403
    assert (archive.documents / "bim5/agenda.toml").read_bytes() == before


def test_whoever_is_not_signed_in_sees_no_form_and_is_sent_to_sign_in(site: AccountsSite) -> None:
    client = site.app.test_client()
    assert "/decide/" not in client.get(AGENDA_PAGE).text
    answer = client.post("/decide/question", data={"verb": "accept", "csrf_token": token_of(client.get("/login"))})
    assert answer.headers["Location"].startswith("/login")


def test_what_is_hidden_does_not_exist_for_who_decides(teacher: FlaskClient) -> None:
    absent = decide(teacher, "bim5-999", "drop", note="weg")
    hidden = decide(teacher, "bim5-004", "drop", note="weg")
    assert (absent.status_code, hidden.status_code) == (404, 404)
    for name in ("geheim", "bestaat-niet"):
        given = {"project": "bim5/2021/nieuw", "other": f"bim5/2021/{name}", "verb": "link"}
        assert send(teacher, "/decide/predecessor", **given).status_code == 404
        assert teacher.get(f"/decide/handover?project=bim5/2021/{name}").status_code == 404


def test_one_click_opens_a_proposed_question(teacher: FlaskClient, archive: Archive, site: AccountsSite) -> None:
    answer = press(teacher, AGENDA_PAGE, "accept")
    assert answer.headers["Location"].endswith("/communities/bim5/agenda#bim5-002")
    assert said(teacher, answer) == "De vraag staat open. Een team kan hem oppakken."
    event = asked(archive, "bim5-002")["event"][-1]
    assert (event["state"], event["by"], str(event["date"])) == ("open", "docent@example.org", "2021-09-14")
    logged = next(site.accounts.log())
    assert (logged.action, logged.subject) == ("question accept", "bim5 bim5-002")
    assert "example.org" not in str(logged)


def test_what_was_done_is_said_once(teacher: FlaskClient) -> None:
    answer = press(teacher, AGENDA_PAGE, "accept")
    assert said(teacher, answer)
    assert not page(teacher, AGENDA_PAGE).xpath("//main/p[@role='status']")


def test_the_change_is_on_the_next_page(archive: Archive, tmp_path: Path) -> None:
    def index() -> bool:
        archive.index()
        return True

    with accounts_site(archive, tmp_path, catch_up=index) as site:
        client = signed_in(site, "docent@example.org")
        press(client, AGENDA_PAGE, "accept")
        shown = page(client, AGENDA_PAGE)
    assert shown.xpath("//section[@id='open']//li[@id='bim5-002']")


def test_a_change_that_takes_longer_says_so(teacher: FlaskClient, caught_up: list[bool]) -> None:
    caught_up[0] = False
    assert "Dit wordt nog verwerkt." in said(teacher, press(teacher, AGENDA_PAGE, "accept"))


def test_a_team_takes_a_question_up_with_one_click(student: FlaskClient, archive: Archive) -> None:
    assert said(student, press(student, AGENDA_PAGE, "claim")) == "De vraag is opgepakt."
    event = asked(archive, "bim5-001")["event"][-1]
    assert (event["state"], event["project"]) == ("claimed", "bim5/2021/nieuw")
    assert "# What the team of 2020 left." in (archive.documents / "bim5/agenda.toml").read_text()


def test_who_left_the_team_a_moment_ago_takes_nothing_up(student: FlaskClient, archive: Archive) -> None:
    archive.put("bim5/2021/nieuw/project.toml", NEW.replace("student@example.org", "ander@example.org"))
    answer = decide(student, "bim5-001", "claim", project="bim5/2021/nieuw")
    assert (answer.status_code, problem(answer)) == (400, "Kies het project dat deze vraag oppakt.")
    assert "event" not in asked(archive, "bim5-001")


def test_of_two_who_take_the_same_question_the_second_is_told_by_whom(
    student: FlaskClient, teacher: FlaskClient, archive: Archive
) -> None:
    decide(student, "bim5-001", "claim", project="bim5/2021/nieuw")
    answer = decide(teacher, "bim5-001", "claim", project="bim5/2021/nieuw")
    assert answer.status_code == 409
    assert problem(answer).startswith("Deze vraag is al opgepakt, door “Nieuwe gevels”.")
    assert len(asked(archive, "bim5-001")["event"]) == 1


def test_a_claim_of_a_hidden_project_stands_in_nobodys_way(teacher: FlaskClient, archive: Archive) -> None:
    """Whoever was refused for it learned that there is a project that they may not see."""
    answer = decide(teacher, "bim5-003", "claim", project="bim5/2021/nieuw")
    assert answer.status_code == 303
    assert [each["project"] for each in asked(archive, "bim5-003")["event"]] == ["bim5/2021/geheim", "bim5/2021/nieuw"]
    own_words = send(teacher, "/decide/propose", community="bim5", text="Kanarievraag voor de coördinator")
    assert own_words.status_code == 303


def test_an_answer_names_its_document_and_page(teacher: FlaskClient, archive: Archive) -> None:
    path = "/decide/question?community=bim5&question=bim5-001"
    choices = page(teacher, path).xpath("//select[@name='document']/option[@value!='']/@value")
    assert set(choices) == {"bim5/2020/oud/verslag.txt", "bim5/2021/nieuw/plan.txt"}
    answer = decide(teacher, "bim5-001", "answer", document="bim5/2020/oud/verslag.txt", page="1")
    assert said(teacher, answer) == "De vraag is beantwoord."
    event = asked(archive, "bim5-001")["event"][-1]
    assert event["document"] == "bim5/2020/oud/verslag.txt"
    assert (event["page"], event["project"]) == (1, "bim5/2020/oud")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"document": "bim5/2020/oud/verslag.txt", "page": "7"}, "Geef de bladzijde waarop het antwoord staat."),
        ({"document": "bim5/2020/oud/verslag.txt", "page": "²"}, "Geef de bladzijde waarop het antwoord staat."),
        ({"document": "bim5/2021/geheim/plan.txt", "page": "1"}, "Kies het document waarin het antwoord staat."),
        ({"document": "bim5/2021/nergens.txt", "page": "1"}, "Kies het document waarin het antwoord staat."),
    ],
)
def test_an_answer_that_cannot_be_read_is_refused(
    teacher: FlaskClient, archive: Archive, given: dict[str, str], sentence: str
) -> None:
    answer = decide(teacher, "bim5-001", "answer", **given)
    assert answer.status_code == 400
    assert problem(answer).startswith(sentence)
    assert "event" not in asked(archive, "bim5-001")


def test_dropping_needs_a_reason_which_stays_when_something_is_wrong(teacher: FlaskClient, archive: Archive) -> None:
    assert problem(decide(teacher, "bim5-001", "drop")) == "Schrijf op waarom de vraag vervalt."
    long = decide(teacher, "bim5-001", "drop", note="nee " * 400)
    assert (long.status_code, problem(long)) == (400, "Dat is te lang. Gebruik ten hoogste 1.000 tekens.")
    assert html.fromstring(long.text).xpath("string(//textarea[@name='note'])").strip().startswith("nee nee")
    assert decide(teacher, "bim5-001", "drop", note="Al bekend.").status_code == 303
    assert asked(archive, "bim5-001")["event"][-1]["note"] == "Al bekend."
    assert decide(teacher, "bim5-001", "reopen").status_code == 303


def test_an_agenda_with_a_mistake_is_named_with_its_line_and_left_as_it_is(
    teacher: FlaskClient, archive: Archive
) -> None:
    broken = AGENDA + '[[question]]\nid = "kapot\n'
    archive.put("bim5/agenda.toml", broken)
    line = broken.count("\n")
    answer = decide(teacher, "bim5-001", "drop", note="Al bekend.")
    assert answer.status_code == 409
    assert problem(answer).startswith(f"In bim5/agenda.toml staat een fout op regel {line}.")
    text = press(teacher, REPORT_PAGE, "take", text="In eigen woorden?")
    assert text.status_code == 409
    assert html.fromstring(text.text).xpath("string(//textarea[@name='text'])").strip() == "In eigen woorden?"
    assert (archive.documents / "bim5/agenda.toml").read_text(encoding="utf-8") == broken


def test_an_open_end_becomes_a_question_with_one_click(teacher: FlaskClient, archive: Archive) -> None:
    answer = press(teacher, REPORT_PAGE, "take")
    assert answer.headers["Location"] == REPORT_PAGE
    assert said(teacher, answer) == "De vraag staat op de lijst."
    made = asked(archive, "bim5-005")
    assert made["text"].startswith("Meet een heel jaar lang")
    assert (made["from"]["document"], made["from"]["page"]) == ("bim5/2020/oud/verslag.txt", 1)
    assert len(made["from"]["fingerprint"]) == 32
    assert (made["event"][0]["state"], made["visibility"]) == ("open", "campus")


def test_a_student_proposes_an_open_end_in_other_words(student: FlaskClient, archive: Archive) -> None:
    answer = press(student, REPORT_PAGE, "take", text="  Hoe snel\n droogt hij?\x00 ")
    assert said(student, answer) == "Je vraag is voorgesteld. Een docent beslist."
    made = asked(archive, "bim5-005")
    assert (made["text"], made["event"][0]["state"]) == ("Hoe snel droogt hij?", "proposed")
    assert press(student, REPORT_PAGE, "take", verb="dismiss").status_code == 403


def test_an_open_end_that_somebody_decided_about_is_not_asked_twice(
    teacher: FlaskClient, student: FlaskClient, archive: Archive
) -> None:
    assert said(teacher, press(teacher, REPORT_PAGE, "take")) == "De vraag staat op de lijst."
    again = press(student, REPORT_PAGE, "take", text="Iets anders?")
    assert again.status_code == 409
    assert html.fromstring(again.text).xpath("string(//textarea[@name='text'])").strip() == "Iets anders?"
    assert said(teacher, press(teacher, REPORT_PAGE, "dismiss")).startswith("Iemand was je voor.")
    assert len(record(archive, "bim5/agenda.toml")["question"]) == 5


def test_an_open_end_that_is_none_goes_away(teacher: FlaskClient, archive: Archive) -> None:
    assert said(teacher, press(teacher, REPORT_PAGE, "dismiss")).startswith("Dit open punt is geen vraag.")
    (rejected,) = record(archive, "bim5/agenda.toml")["rejected"]
    assert rejected["by"] == "docent@example.org"


def test_an_open_end_that_nobody_left_does_not_exist(teacher: FlaskClient) -> None:
    given = {"document": "bim5/2020/oud/verslag.txt", "fingerprint": "0" * 32, "verb": "take"}
    assert send(teacher, "/decide/open-end", **given).status_code == 404


def test_a_question_in_ones_own_words(student: FlaskClient, archive: Archive) -> None:
    empty = send(student, "/decide/propose", community="bim5", text="  ", visibility="campus")
    assert (empty.status_code, problem(empty)) == (400, "Schrijf de vraag op.")
    assert html.fromstring(empty.text).xpath("//option[@value='campus']/@selected")
    send(student, "/decide/propose", community="bim5", text="Hoe recycle je een gevel?", visibility="campus")
    made = asked(archive, "bim5-005")
    assert (made["text"], made["visibility"], made["event"][0]["state"]) == (
        "Hoe recycle je een gevel?",
        "campus",
        "proposed",
    )
    twice = send(student, "/decide/propose", community="bim5", text="hoe RECYCLE je een gevel")
    assert twice.status_code == 409


def test_a_yes_to_a_predecessor_is_written_down(teacher: FlaskClient, archive: Archive) -> None:
    answer = press(teacher, PROJECT_PAGE, "link", "//section[contains(@class, 'proposals')]")
    assert said(teacher, answer) == "Vastgelegd: dit project gaat verder met “Gevels onder de loep”."
    assert record(archive, "bim5/2021/nieuw/project.toml")["continues"] == ["bim5/2020/oud"]


def test_a_no_to_a_predecessor_is_written_down_and_the_yes_of_another_is_too_late(
    teacher: FlaskClient, site: AccountsSite, archive: Archive
) -> None:
    coordinator = signed_in(site, "coord@example.org")
    proposals = "//section[contains(@class, 'proposals')]"
    assert said(teacher, press(teacher, PROJECT_PAGE, "reject", proposals)).startswith("Genoteerd.")
    written = record(archive, "bim5/2021/nieuw/project.toml")
    assert written["rejected"][0]["continues"] == "bim5/2020/oud"
    late = press(coordinator, PROJECT_PAGE, "link", proposals)
    assert said(coordinator, late) == "Iemand was je voor, en besloot anders. Er is niets veranderd."
    assert record(archive, "bim5/2021/nieuw/project.toml") == written


def test_a_circle_is_refused_with_its_way(teacher: FlaskClient, archive: Archive) -> None:
    archive.put("bim5/2020/oud/project.toml", 'continues = ["bim5/2021/nieuw"]\n' + OLD)
    answer = press(teacher, PROJECT_PAGE, "link", "//section[contains(@class, 'proposals')]")
    assert said(teacher, answer) == (
        "Dat kan niet: zo komt een project bij zichzelf uit. Nieuwe gevels → Gevels onder de loep → Nieuwe gevels"
    )
    assert "continues" not in record(archive, "bim5/2021/nieuw/project.toml")


def test_a_way_round_through_a_hidden_project_is_not_told(teacher: FlaskClient, archive: Archive) -> None:
    archive.put("bim5/2020/oud/project.toml", 'continues = ["bim5/2021/geheim"]\n' + OLD)
    answer = press(teacher, PROJECT_PAGE, "link", "//section[contains(@class, 'proposals')]")
    assert said(teacher, answer) == "Vastgelegd: dit project gaat verder met “Gevels onder de loep”."


def test_a_search_that_found_nobody_is_written_down(teacher: FlaskClient, archive: Archive) -> None:
    missing = send(teacher, "/decide/predecessor", project="bim5/2021/nieuw", verb="link", other="")
    assert said(teacher, missing) == "Kies het project waar jullie mee verdergaan."
    missing = send(teacher, "/decide/search", project="bim5/2021/nieuw", query=" ")
    assert said(teacher, missing) == "Schrijf op waarmee jullie zochten."
    send(teacher, "/decide/search", project="bim5/2021/nieuw", query="natte gevel")
    assert record(archive, "bim5/2021/nieuw/project.toml")["search"]["query"] == "natte gevel"


HANDOVER = "/decide/handover?project=bim5/2021/nieuw"
Typed = Callable[..., TestResponse]


def hand_over(client: FlaskClient, **typed: str) -> TestResponse:
    (form,) = page(client, HANDOVER).xpath("//form[contains(@action, '/decide/handover')]")
    return client.post(form.action, data={**dict(form.form_values()), **typed})


def test_a_student_writes_the_handover_and_the_teacher_confirms_it(
    student: FlaskClient, teacher: FlaskClient, archive: Archive
) -> None:
    answer = hand_over(student, stands="De mal staat.\r\nDe meting klopt.", start="Bij de mal.", date="2021-09-10")
    assert said(student, answer) == "De overdracht is bewaard."
    written = record(archive, "bim5/2021/nieuw/project.toml")["handover"]
    assert written["stands"] == "De mal staat.\nDe meting klopt."
    assert (written["by"], str(written["date"])) == ("student@example.org", "2021-09-10")
    assert "open" not in written
    archive.index()
    assert said(teacher, press(teacher, PROJECT_PAGE, "confirm")) == "De overdracht is bewaard en nagekeken."
    confirmed = record(archive, "bim5/2021/nieuw/project.toml")["handover"]
    assert confirmed == {**written, "by": "docent@example.org"}
    archive.index()
    assert "confirm" not in buttons(teacher, PROJECT_PAGE)
    assert "nagekeken door de docent" in student.get(PROJECT_PAGE).text
    assert hand_over(student).status_code == 303
    assert record(archive, "bim5/2021/nieuw/project.toml")["handover"] == confirmed, "the same again undoes nothing"


def test_of_two_who_write_the_handover_neither_loses_anything(
    student: FlaskClient, teacher: FlaskClient, archive: Archive
) -> None:
    (form,) = page(teacher, HANDOVER).xpath("//form[contains(@action, '/decide/handover')]")
    opened = dict(form.form_values())
    hand_over(student, stands="Van de student.", date="2021-09-10")
    late = teacher.post(form.action, data={**opened, "stands": "Van de docent.", "date": "2021-09-11"})
    assert late.status_code == 409
    assert "Van de student." in late.text and "Van de docent." in late.text
    assert record(archive, "bim5/2021/nieuw/project.toml")["handover"]["stands"] == "Van de student."
    (again,) = html.fromstring(late.text).xpath("//form[contains(@action, '/decide/handover')]")
    assert teacher.post(again.action, data=dict(again.form_values())).status_code == 303
    assert record(archive, "bim5/2021/nieuw/project.toml")["handover"]["stands"] == "Van de docent."


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"stands": " \n"}, "Schrijf ten minste één antwoord op."),
        ({"stands": "x" * 2_001}, "Een antwoord heeft ten hoogste 2.000 tekens. Kort het in."),
        ({"stands": "De mal.", "date": "morgen"}, "Kies de dag van de overdracht."),
    ],
)
def test_a_handover_that_cannot_be_kept_comes_back_as_it_was_typed(
    student: FlaskClient, archive: Archive, typed: dict[str, str], sentence: str
) -> None:
    answer = hand_over(student, **typed)
    assert (answer.status_code, problem(answer)) == (400, sentence)
    assert html.fromstring(answer.text).xpath("string(//textarea[@id='stands'])").strip() == typed["stands"].strip()
    assert "handover" not in record(archive, "bim5/2021/nieuw/project.toml")


def test_a_handover_whose_record_was_broken_meanwhile_comes_back_with_the_line(
    student: FlaskClient, archive: Archive
) -> None:
    (form,) = page(student, HANDOVER).xpath("//form[contains(@action, '/decide/handover')]")
    archive.put("bim5/2021/nieuw/project.toml", NEW + 'summary = "half\n')
    answer = student.post(form.action, data={**dict(form.form_values()), "stands": "De mal staat."})
    assert answer.status_code == 409
    line = NEW.count("\n") + 1
    assert problem(answer).startswith(f"In bim5/2021/nieuw/project.toml staat een fout op regel {line}.")
    assert html.fromstring(answer.text).xpath("string(//textarea[@id='stands'])").strip() == "De mal staat."
    assert (archive.documents / "bim5/2021/nieuw/project.toml").read_text().endswith('summary = "half\n')


def test_one_is_sent_back_to_this_site_only(teacher: FlaskClient) -> None:
    answer = decide(teacher, "bim5-002", "accept", next="https://kwaad.example/")
    assert answer.headers["Location"] == "/communities/bim5/agenda#bim5-002"


@pytest.mark.parametrize("path", ["question", "open-end", "propose", "predecessor", "search", "handover"])
def test_a_form_without_its_token_decides_nothing(teacher: FlaskClient, path: str) -> None:
    given = {"community": "bim5", "question": "bim5-002", "verb": "accept", "project": "bim5/2021/nieuw", "text": "?"}
    assert teacher.post(f"/decide/{path}", data=given).status_code == 400
