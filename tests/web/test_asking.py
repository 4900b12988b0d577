"""Asking a question: in one field, signed in or not; what a teacher makes of it; and what its asker is shown."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from archive.accounts.askers import Askers
from tests.access.made import copied, filled, indexed
from tests.conftest import Archive
from tests.web.conftest import AccountsSite, accounts_site, token_of
from webui.asking.proposed import proposed_questions

QUESTION = "Kanarievraag: hoe droog je een natte houten gevel?"
FILES = {
    "network.toml": """
[[organisation]]
slug = "hout-bv"
name = "Hout bv"
sector = "bouw"
[[organisation]]
slug = "stil-bv"
name = "Stil bv"
[[organisation]]
slug = "school-a"
kind = "school"
name = "School A"
[[theme]]
slug = "gevels"
nl = "gevels"
""",
    "bim5/community.toml": """
name = "Bouw"
[[contact]]
name = "Bo Contact"
email = "bo@example.org"
consent = [{ for = "contact", date = 2021-01-01 }]
""",
    "bim5/agenda.toml": """
# van het team van 2020
[[question]]
id = "bim5-001"
text = "Wie meet de wind?"
[[question]]
id = "bim5-002"
text = "Campusvraag over gevels"
visibility = "campus"
""",
    "energie/community.toml": 'name = "Energie"\n',
    "dicht/community.toml": 'name = "Kanariecommunity"\nvisibility = "community"\n',
    "bim5/2020/oud/project.toml": """
title = "Gevels die drogen"
visibility = "public"
status = "finished"
outcome = "Een natte houten gevel droogt in zes weken."
[[company]]
organisation = "hout-bv"
visibility = "public"
agreed = { date = 2021-01-01, by = "x", up_to = "public" }
[[deliverable]]
file = "verslag.txt"
title = "Verslag van natte gevels"
visibility = "public"
no_names = true
""",
    "bim5/2020/oud/verslag.txt": "Een natte houten gevel droogt in zes weken. Zo droog je een gevel van hout.",
    "energie/2020/net/project.toml": """
title = "Het warmtenet"
visibility = "public"
[[deliverable]]
file = "verslag.txt"
title = "Verslag van het warmtenet"
visibility = "public"
no_names = true
""",
    "energie/2020/net/verslag.txt": "Het warmtenet in de wijk levert warmte aan alle woningen.",
    "bim5/2021/nieuw/project.toml": """
title = "Nieuwe gevels"
visibility = "public"
status = "running"
ends = 2022-01-28
""",
    "bim5/2021/nieuw/plan.txt": "plan",
    "bim5/2021/geheim/project.toml": 'title = "Kanarieproject"\nvisibility = "confidential"\nends = 2022-01-28\n',
    "bim5/2021/geheim/plan.txt": "plan",
}
ACCOUNTS: dict[str, dict[str, Any]] = {
    "docent@example.org": {"role": "teacher", "communities": ["bim5"]},
    "elders@example.org": {"role": "teacher", "communities": ["energie"]},
    "student@example.org": {"role": "student", "communities": ["bim5"]},
    "partner@example.org": {"role": "partner", "company": "hout-bv"},
    "collega@example.org": {"role": "partner", "company": "hout-bv"},
    "ander@example.org": {"role": "partner", "company": "stil-bv"},
    "coord@example.org": {"role": "coordinator"},
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return filled(tmp_path_factory.mktemp("asking"), FILES)


@pytest.fixture
def archive(whole: Archive, tmp_path: Path) -> Archive:
    return copied(whole, tmp_path / "archive")


@pytest.fixture
def site(archive: Archive, tmp_path: Path) -> Iterator[AccountsSite]:
    with accounts_site(archive, tmp_path, catch_up=lambda: bool(indexed(archive))) as opened:
        yield opened


def signed_in(site: AccountsSite, who: str) -> FlaskClient:
    return site.session_of(site.accounts.by_email(who) or site.account(who, **ACCOUNTS[who]))


def form_of(answer: TestResponse, wanted: str) -> dict[str, str]:
    """What a browser would send of the form that has this field or button."""
    page = html.fromstring(answer.text)
    form = page.xpath(f"(//main//form[.//*[@name='{wanted}' or @value='{wanted}']])[1]")[0]
    return {name: value for name, value in form.form_values() if name != "verb"}


def look(client: FlaskClient, text: str = QUESTION, **given: str) -> TestResponse:
    """Type the question; the page with what is there already."""
    return client.post("/ask", data={**form_of(client.get("/ask"), "text"), "text": text, **given})


def ask(client: FlaskClient, **given: str) -> TestResponse:
    """Type the question, look, change what is given, and send it."""
    return client.post("/ask", data={**form_of(look(client), "looked"), **given})


def stranger(site: AccountsSite, **given: str) -> TestResponse:
    return ask(site.app.test_client(), **{"email": "eva@example.org", "company": "Hout bv", **given})


def decide(
    client: FlaskClient, verb: str, question: str = "bim5-003", *, home: str = "bim5", **given: str
) -> TestResponse:
    """Press a button of the question's page, as a browser does."""
    page = client.get(f"/decide/question?community={home}&question={question}")
    return client.post("/decide/question", data={**form_of(page, verb), "verb": verb, **given})


def agenda(archive: Archive, community: str = "bim5") -> list[dict[str, Any]]:
    content = (archive.documents / community / "agenda.toml").read_text()
    return list(tomllib.loads(content)["question"])


def main(answer: TestResponse) -> str:
    assert answer.status_code == 200, answer.text
    return " ".join(html.fromstring(answer.text).xpath("string(//main)").split())


def problem(answer: TestResponse) -> str:
    return " ".join(html.fromstring(answer.text).xpath("string(//main//p[@role='alert'])").split())


def test_one_field_leads_to_what_is_there_already_and_the_community_that_fits(site: AccountsSite) -> None:
    client = site.app.test_client()
    fields = html.fromstring(client.get("/ask").text).xpath(
        "//main//form//*[self::textarea or self::input[@type!='hidden']]"
    )
    assert [field.get("name") for field in fields] == ["text"]
    assert form_of(look(client), "looked")["community"] == "bim5"
    assert "Verslag van natte gevels" in main(look(client))
    assert form_of(look(client, "Levert een warmtenet warmte aan alle woningen?"), "looked")["community"] == "energie"


def test_a_visitor_is_proposed_no_community_and_shown_no_question_that_they_may_not_see(site: AccountsSite) -> None:
    shown = main(look(site.app.test_client(), "Campusvraag over gevels"))
    assert "Campusvraag" not in shown.replace("Campusvraag over gevels", "", 1)
    options = html.fromstring(look(site.app.test_client()).text).xpath("//select[@name='community']/option/@value")
    assert options == ["bim5", "energie"]


def test_a_visitors_question_is_kept_without_name_or_address_in_the_records(
    site: AccountsSite, archive: Archive
) -> None:
    answer = stranger(site)
    assert answer.status_code == 303
    (_, _, asked) = agenda(archive)
    assert asked["visibility"] == "confidential" and asked["event"] == [{"date": site.now.date(), "state": "proposed"}]
    assert asked["from"] == {"date": site.now.date()}, "a typed name joins nobody to an organisation"
    written = (archive.documents / "bim5/agenda.toml").read_text()
    assert "eva@" not in written and "Hout bv" not in written and "# van het team" in written
    (ask,) = Askers(site.accounts.file).all()
    assert (ask.asker.email, ask.company, ask.asker.confirmed) == ("eva@example.org", "Hout bv", False)


def test_the_asker_gets_a_page_of_their_own_without_an_account(site: AccountsSite) -> None:
    address = stranger(site).location
    shown = main(site.app.test_client().get(address))
    assert QUESTION in shown and "Een docent kijkt naar je vraag." in shown
    wrong = address[:-3] + ("aaa" if not address.endswith("aaa") else "bbb")
    assert site.app.test_client().get(wrong).status_code == 404


EVERYWHERE = (
    "/",
    "/agenda",
    "/communities/bim5/agenda",
    "/communities/bim5",
    "/outcomes",
    "/companies/hout-bv",
    "/search?q=kanarievraag",
    "/prior-work?q=kanarievraag+natte+gevel",
    "/communities/bim5/start",
    "/since/2021",
)


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("", False),
        ("student@example.org", False),
        ("elders@example.org", False),
        ("partner@example.org", False),
        ("docent@example.org", True),
        ("coord@example.org", True),
    ],
)
def test_while_it_waits_nobody_else_meets_it(site: AccountsSite, who: str, sees: bool) -> None:
    stranger(site)
    client = signed_in(site, who) if who else site.app.test_client()
    met = [address for address in EVERYWHERE if "Kanarievraag" in client.get(address).text]
    assert ("/communities/bim5/agenda" in met) is sees
    assert sees or not met
    assert "/communities/bim5/start" not in met, "a pack goes from hand to hand"
    page = client.get("/decide/question?community=bim5&question=bim5-003")
    assert (page.status_code == 200) is sees


def test_a_teacher_sees_who_asked_as_typed_and_that_the_address_is_not_confirmed(site: AccountsSite) -> None:
    stranger(site)
    shown = main(signed_in(site, "docent@example.org").get("/communities/bim5/agenda"))
    assert "“Hout bv” (zelf ingevuld)" in shown and "eva@example.org" in shown and "adres niet bevestigd" in shown


def test_a_companys_account_asks_for_its_organisation_and_colleagues_follow(
    site: AccountsSite, archive: Archive
) -> None:
    client = signed_in(site, "partner@example.org")
    page = look(client)
    assert "email" not in form_of(page, "looked")
    assert ask(client).location == "/questions/mine"
    asked = agenda(archive)[-1]
    assert asked["from"] == {"date": site.now.date(), "organisation": "hout-bv", "by": "partner@example.org"}
    assert QUESTION in main(client.get("/questions/mine"))
    shown = main(signed_in(site, "collega@example.org").get("/questions/mine"))
    assert QUESTION in shown and "door een collega" in shown
    assert QUESTION not in main(signed_in(site, "ander@example.org").get("/questions/mine"))
    assert "Kanarievraag" not in signed_in(site, "ander@example.org").get("/agenda").text


def test_the_front_page_leads_a_companys_people_to_their_questions_and_not_to_signing_in(site: AccountsSite) -> None:
    page = html.fromstring(signed_in(site, "partner@example.org").get("/").text)
    assert page.xpath("//main//a[@href='/questions/mine']") and page.xpath("//main//a[@href='/companies/hout-bv']")
    assert "na aanmelden" not in page.xpath("string(//main)")
    other = html.fromstring(signed_in(site, "ander@example.org").get("/").text)
    assert not other.xpath("//main//a[starts-with(@href, '/companies/')]"), "no link to a page that they may not see"


def test_a_teacher_accepts_in_other_words_and_everybody_reads_it(site: AccountsSite, archive: Archive) -> None:
    address = stranger(site).location
    teacher = signed_in(site, "docent@example.org")
    answer = decide(teacher, "accept", text="Hoe droogt een houten gevel?", theme="gevels", visibility="public")
    assert answer.status_code == 303
    asked = agenda(archive)[-1]
    assert (asked["text"], asked["themes"]) == ("Hoe droogt een houten gevel?", ["gevels"])
    assert "visibility" not in asked and [each["state"] for each in asked["event"]] == ["proposed", "open"]
    visitor = site.app.test_client()
    assert "Hoe droogt een houten gevel?" in main(visitor.get("/communities/bim5/agenda"))
    assert "eva@example.org" not in visitor.get("/communities/bim5/agenda").text
    assert "Je vraag staat op de lijst." in main(visitor.get(address))


def test_an_accepted_question_can_go_to_another_community_and_its_asker_with_it(
    site: AccountsSite, archive: Archive
) -> None:
    address = stranger(site).location
    answer = decide(signed_in(site, "coord@example.org"), "accept", community_to="energie")
    assert answer.location.startswith("/communities/energie/agenda")
    assert len(agenda(archive)) == 2 and agenda(archive, "energie")[0]["text"] == QUESTION
    shown = main(site.app.test_client().get(address))
    assert "Energie" in shown and "Je vraag staat op de lijst." in shown


def test_a_question_goes_to_no_community_where_its_teacher_does_not_decide_or_its_asker_can_not_look(
    site: AccountsSite, archive: Archive
) -> None:
    stranger(site)
    answer = decide(signed_in(site, "docent@example.org"), "accept", community_to="energie", text="Mijn woorden")
    assert answer.status_code == 400 and "Mijn woorden" in answer.text, "what was typed stays"
    assert decide(signed_in(site, "coord@example.org"), "accept", community_to="dicht").status_code == 400
    assert agenda(archive)[-1]["event"] == [{"date": site.now.date(), "state": "proposed"}]


def test_declining_needs_a_reason_which_the_asker_reads_and_no_other(site: AccountsSite) -> None:
    address = stranger(site).location
    teacher = signed_in(site, "docent@example.org")
    assert "waarom" in problem(decide(teacher, "reject"))
    assert decide(teacher, "reject", note="Vraag dit een aannemer.").status_code == 303
    shown = main(site.app.test_client().get(address))
    assert "Je vraag komt niet op de lijst." in shown and "Vraag dit een aannemer." in shown
    assert "aannemer" not in site.app.test_client().get("/communities/bim5/agenda").text


def test_a_misfiled_question_is_passed_on_with_a_reason_and_its_asker_keeps_the_link(
    site: AccountsSite, archive: Archive
) -> None:
    """A teacher could only decline a question that was meant for another community."""
    address, visitor = stranger(site).location, site.app.test_client()
    teacher, other = signed_in(site, "docent@example.org"), signed_in(site, "elders@example.org")
    page = teacher.get("/decide/question?community=bim5&question=bim5-003")
    offered = html.fromstring(page.text).xpath("//select[@name='to']/option/@value")
    assert offered == ["", "energie", "coordinator"], "a community that its asker may not see is not offered"
    assert "Kies wie" in problem(decide(teacher, "pass", note="Gaat over warmte.", to="dicht"))
    assert "waarom" in problem(decide(teacher, "pass", to="energie"))
    moved = decide(teacher, "pass", note="Gaat over warmte.", to="energie")
    assert moved.location == "/communities/bim5/agenda"
    assert "doorgegeven aan Energie" in main(teacher.get(moved.location)) and len(agenda(archive)) == 2
    (question,) = agenda(archive, "energie")
    assert [each["state"] for each in question["event"]] == ["proposed", "proposed"]
    assert question["visibility"] == "confidential"
    shown = main(visitor.get(address))
    assert "Nu kijkt een docent van Energie ernaar." in shown and "Gaat over warmte." in shown
    assert "/decide/question?community=bim5" not in teacher.get("/").text
    assert teacher.get(f"/decide/question?community=energie&question={question['id']}").status_code == 404
    assert ("question pass", "bim5 bim5-003") in {(line.action, line.subject) for line in site.accounts.log()}
    assert decide(other, "accept", question["id"], home="energie").status_code == 303
    assert "warmte." not in visitor.get("/communities/energie/agenda").text, "the reason is the asker's"
    assert "Gaat over warmte." in main(visitor.get(address))


def test_a_question_that_is_passed_back_waits_for_the_coordinator_alone(site: AccountsSite, archive: Archive) -> None:
    address = stranger(site).location
    teacher = signed_in(site, "docent@example.org")
    assert QUESTION not in decide(teacher, "pass", note="Dit is niets voor ons.", to="coordinator").text
    assert "Je vraag ligt nu bij de coördinator." in main(site.app.test_client().get(address))
    assert "vraag wacht" not in main(teacher.get("/"))
    boss = signed_in(site, "coord@example.org")
    assert QUESTION in boss.get("/desk").text
    page = boss.get("/decide/question?community=bim5&question=bim5-003")
    assert "ligt bij de coördinator" in main(page) and "Dit is niets voor ons." in main(page)
    assert html.fromstring(page.text).xpath("//select[@name='to']/option/@value") == ["", "energie"]
    assert decide(boss, "pass", note="Bij jullie?", to="energie").status_code == 303
    assert len(agenda(archive, "energie")) == 1
    form = {"csrf_token": token_of(page), "community": "bim5", "question": "bim5-001", "verb": "pass", "to": "energie"}
    assert boss.post("/decide/question", data={**form, "note": "Nee."}).status_code == 409


def test_a_joined_question_follows_the_other_one(site: AccountsSite, archive: Archive) -> None:
    address = stranger(site).location
    teacher = signed_in(site, "docent@example.org")
    page = teacher.get("/decide/question?community=bim5&question=bim5-003")
    offered = html.fromstring(page.text).xpath("//select[@name='into']/option/@value")
    assert offered == ["", "bim5-001"], "a question that its asker may not see is not offered"
    assert decide(teacher, "join", into="bim5-002").status_code == 400
    joined = decide(teacher, "join", into="bim5-001")
    assert joined.location == "/communities/bim5/agenda#bim5-001"
    assert "samengevoegd met “Wie meet de wind?”" in main(teacher.get(joined.location))
    assert agenda(archive)[-1]["event"][-1]["question"] == "bim5-001"
    shown = main(site.app.test_client().get(address))
    assert "samengevoegd met een andere vraag. Die wacht op een team." in shown and "Wie meet de wind?" in shown
    decide(teacher, "claim", "bim5-001", project="bim5/2021/nieuw")
    shown = main(site.app.test_client().get(address))
    assert "Daar werkt een team aan." in shown and "Nieuwe gevels" in shown


def test_a_question_that_was_joined_and_then_hidden_leaves_nothing_of_the_other(
    site: AccountsSite, archive: Archive
) -> None:
    address = stranger(site).location
    decide(signed_in(site, "docent@example.org"), "join", into="bim5-001")
    path = archive.documents / "bim5/agenda.toml"
    path.write_text(
        path.read_text().replace('text = "Wie meet de wind?"', 'text = "Wie meet de wind?"\nvisibility = "campus"')
    )
    indexed(archive)
    shown = main(site.app.test_client().get(address))
    assert "wind" not in shown and "samengevoegd" not in shown and "Je vraag komt niet op de lijst." in shown


def test_the_asker_sees_the_team_and_the_page_that_answers_as_far_as_everybody_may(
    site: AccountsSite, archive: Archive
) -> None:
    address, visitor = stranger(site).location, site.app.test_client()
    boss = signed_in(site, "coord@example.org")
    decide(boss, "accept")
    decide(boss, "claim", project="bim5/2021/geheim")
    shown = main(visitor.get(address))
    assert "Kanarieproject" not in shown and "wacht op een team" in shown, "a hidden team takes no part"
    decide(boss, "reopen")
    decide(boss, "claim", project="bim5/2021/nieuw")
    assert "Opgepakt door: Nieuwe gevels" in main(visitor.get(address))
    decide(boss, "answer", document="bim5/2020/oud/verslag.txt", page="1")
    page = visitor.get(address)
    assert "Je vraag is beantwoord." in main(page)
    (link,) = html.fromstring(page.text).xpath("//main//a[contains(@class, 'button')][contains(., 'antwoord')]/@href")
    assert "zes weken" in visitor.get(link).text


def test_who_decides_is_told_when_the_asker_may_not_see_what_was_decided(site: AccountsSite) -> None:
    """A teacher read "De vraag is beantwoord." of a question whose asker went on waiting for a team."""
    stranger(site)
    teacher, kept = signed_in(site, "docent@example.org"), "De vrager weet dit nog niet"
    decide(teacher, "accept")
    decide(signed_in(site, "coord@example.org"), "claim", project="bim5/2021/geheim")
    assert kept in main(signed_in(site, "coord@example.org").get("/communities/bim5/agenda"))
    assert kept not in main(teacher.get("/communities/bim5/agenda")), "it would tell of a team that is hidden from them"
    decide(signed_in(site, "coord@example.org"), "reopen")
    decide(teacher, "claim", project="bim5/2021/nieuw")
    assert kept not in main(teacher.get("/communities/bim5/agenda"))


def test_a_form_that_is_sent_twice_asks_once(site: AccountsSite, archive: Archive) -> None:
    client = site.app.test_client()
    given = {**form_of(look(client), "looked"), "email": "eva@example.org"}
    answers = [client.post("/ask", data=given) for _ in range(2)]
    assert answers[0].location == answers[1].location and len(agenda(archive)) == 3


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"text": "   "}, "Schrijf je vraag op."),
        ({"text": "a" * 2001}, "2.000 tekens"),
        ({"email": "geen adres"}, "geen e-mailadres"),
        ({"email": "eva@example.org\nBcc: x@example.org"}, "geen e-mailadres"),
        ({"community": "nergens"}, "Kies bij welke"),
        ({"community": "dicht"}, "Kies bij welke"),
        ({"company": "b" * 121}, "120 tekens"),
    ],
)
def test_bad_input_gets_a_sentence_and_loses_nothing(
    site: AccountsSite, archive: Archive, given: dict[str, str], said: str
) -> None:
    answer = stranger(site, **given)
    assert answer.status_code == 400 and said in problem(answer)
    kept = form_of(answer, "text")
    assert all(kept.get(name, "").strip() == value.strip() for name, value in given.items() if name == "text")
    assert len(agenda(archive)) == 2 and Askers(site.accounts.file).all() == ()


def test_the_longest_question_and_strange_letters_are_kept_as_text(site: AccountsSite, archive: Archive) -> None:
    text = '<a href="https://kwaad.example">klik</a> \u202e"""\n[[question]] ' + "é" * 1900
    assert stranger(site, text=text).status_code == 303
    asked = agenda(archive)[-1]["text"]
    assert asked.startswith('<a href="https://kwaad.example">klik</a> """ [[question]] é')
    page = signed_in(site, "docent@example.org").get("/communities/bim5/agenda")
    assert not html.fromstring(page.text).xpath("//a[contains(@href, 'kwaad')]")


def test_a_robot_that_fills_in_every_field_asks_nothing(site: AccountsSite, archive: Archive) -> None:
    answer = stranger(site, website="https://kwaad.example")
    assert answer.status_code == 200 and "Bedankt" in answer.text
    assert len(agenda(archive)) == 2 and Askers(site.accounts.file).all() == ()


def test_after_five_questions_a_visitor_waits_and_others_do_not(site: AccountsSite) -> None:
    answers = [stranger(site, text=f"Vraag nummer {n}?") for n in range(6)]
    assert [answer.status_code for answer in answers] == [303] * 5 + [429]
    assert "Vraag nummer 5?" in answers[-1].text and "tien minuten" in problem(answers[-1])
    assert ask(signed_in(site, "partner@example.org")).status_code == 303


def test_a_question_that_stands_on_the_list_is_not_asked_again_but_a_hidden_one_is_in_nobodys_way(
    site: AccountsSite, archive: Archive
) -> None:
    assert stranger(site, text="Wie meet de wind?").status_code == 409
    assert stranger(site, text="Campusvraag over gevels").status_code == 303


def test_without_the_token_of_the_form_nothing_is_asked(site: AccountsSite, archive: Archive) -> None:
    answer = site.app.test_client().post("/ask", data={"text": QUESTION, "looked": "yes", "community": "bim5"})
    assert answer.status_code == 400 and len(agenda(archive)) == 2


def test_a_record_with_a_fault_is_told_and_left(site: AccountsSite, archive: Archive) -> None:
    path = archive.documents / "bim5/agenda.toml"
    path.write_text(path.read_text() + "[[question]\n")
    before = path.read_bytes()
    answer = stranger(site)
    assert answer.status_code == 409 and QUESTION in answer.text and path.read_bytes() == before


def test_who_decides_gets_a_list_of_what_waits(site: AccountsSite) -> None:
    stranger(site)
    stranger(site, text="Levert een net warmte?", community="energie")
    for who, expected in (("docent@example.org", ["bim5-003"]), ("coord@example.org", ["bim5-003", "energie-001"])):
        client = signed_in(site, who)
        with client:
            client.get("/account")
            found = proposed_questions()
            assert [each.asked.question.id for each in found] == expected
            assert [ask.asker.email for each in found for ask in each.asks] == ["eva@example.org"] * len(expected)
        waiting = html.fromstring(client.get("/").text).xpath("//main//a[contains(., 'op je besluit')]")
        assert [each.text_content().split()[0] for each in waiting] == [str(len(expected))]
    with signed_in(site, "student@example.org") as client:
        assert "op je besluit" not in client.get("/").text
        assert proposed_questions() == ()


def test_the_coordinator_finds_and_erases_who_asked(site: AccountsSite, archive: Archive) -> None:
    address = stranger(site).location
    boss = signed_in(site, "coord@example.org")
    token = token_of(boss.get("/privacy"))
    found = boss.post("/privacy", data={"address": "eva@example.org", "csrf_token": token})
    assert "“Hout bv”" in main(found) or "Hout bv" in main(found)
    erased = boss.post("/privacy/erase", data={**form_of(found, "asker"), "sure": "yes"})
    assert erased.status_code == 200 and Askers(site.accounts.file).all() == ()
    assert site.app.test_client().get(address).status_code == 404
    assert len(agenda(archive)) == 3


def test_the_index_of_companies_holds_those_that_a_reader_may_know(site: AccountsSite) -> None:
    visitor = site.app.test_client()
    shown = main(visitor.get("/companies"))
    assert "Hout bv" in shown and "1 project" in shown and "Stil bv" not in shown and "School A" not in shown
    assert "Stil bv" in main(signed_in(site, "coord@example.org").get("/companies"))
    assert visitor.get("/companies?page=2").status_code == 404
    assert "/companies" in html.fromstring(visitor.get("/outcomes").text).xpath("//main//a/@href")


def test_a_companys_page_tells_whom_to_ask_and_takes_a_question(site: AccountsSite) -> None:
    visitor = site.app.test_client()
    page = visitor.get("/companies/hout-bv")
    shown = main(page)
    assert "Gevels die drogen" in shown and "zes weken" in shown and "Bo Contact" in shown
    assert "mailto:bo@example.org" in page.text
    answer = visitor.post("/ask", data={**form_of(page, "text"), "text": QUESTION})
    assert form_of(answer, "looked")["community"] == "bim5"


def test_a_community_without_a_contact_that_may_be_named_is_asked_by_its_role(
    site: AccountsSite, archive: Archive
) -> None:
    path = archive.documents / "bim5/community.toml"
    path.write_text(path.read_text().replace('consent = [{ for = "contact", date = 2021-01-01 }]', ""))
    indexed(archive)
    shown = main(site.app.test_client().get("/companies/hout-bv"))
    assert "Bo Contact" not in shown and "De docent van deze community." in shown


@pytest.mark.parametrize(
    "address", ["/", "/companies/hout-bv", "/outcomes", "/agenda", "/communities/bim5/agenda", "/search?q=qqqq"]
)
def test_a_question_can_be_asked_from_every_place_where_one_comes_up(site: AccountsSite, address: str) -> None:
    page = html.fromstring(site.app.test_client().get(address).text)
    ways = [*page.xpath("//main//a/@href"), *page.xpath("//main//form[@method='post']/@action")]
    assert any(re.match(r"/ask(\?|$)", way) for way in ways)


def test_signing_in_is_asked_of_who_wants_their_questions_without_a_link(site: AccountsSite) -> None:
    answer = site.app.test_client().get("/questions/mine")
    assert answer.status_code == 303 and answer.location.startswith("/login")
    assert "Je stelde nog geen vraag." in main(signed_in(site, "student@example.org").get("/questions/mine"))
