"""What people decide, from the command to the record: questions, links between projects, contacts.

The commands run in this process, but for two that run at once.
"""

from __future__ import annotations

import json
import subprocess
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from archive.access import everything
from archive.accounts.accounts import Accounts
from archive.catalog.catalog import Catalog
from archive.catalog.file import FILE_NAME
from archive.cli import cli
from archive.errors import ArchiveError
from archive.model import QuestionEvent
from archive.records.reading import read_agenda, read_community, read_network, read_project
from tests.conftest import COMMAND, Archive, docx_bytes, pdf_bytes

BY = ("--by", "f@example.org", "--date", "2021-10-01")
PROJECT = "bim5/2021/gevels"
REPORT = f"{PROJECT}/eindrapport.pdf"
AGENDA = """\
# de vragen van BIM 5

[[question]]
id = "bim5-001"
text = "Hoe hangt een gevel?"
themes = ["prefab"]
from = { organisation = "bouw-x", date = 2021-01-01 }

[[question]]
id = "bim5-002"
text = "Wie meet dat?"

[[question.event]]
date = 2021-09-14
state = "proposed"
"""
NETWORK = """\
[[organisation]]
slug = "bouw-x"
name = "Bouw X"

[[organisation.contact]]
name = "Toon"
email = "t@example.org"

[[organisation]]
slug = "woonstad"
name = "Woonstad"

[[theme]]
slug = "prefab"
nl = "prefab bouwen"
"""


@pytest.fixture
def decided(archive: Archive) -> Archive:
    """An archive with two projects, an agenda and a network; nothing is indexed."""
    archive.put("network.toml", NETWORK)
    archive.put("bim5/community.toml", 'name = "BIM 5"\n\n[[contact]]\nname = "Frank"\n')
    archive.put("bim5/agenda.toml", AGENDA)
    archive.put(f"{PROJECT}/project.toml", 'title = "Gevels"\n\n[[company]]\norganisation = "bouw-x"\n')
    archive.put(REPORT, pdf_bytes("een", "twee"))
    archive.put("bim5/2020/scan/verslag.txt", "de puntenwolk")
    return archive


def run(archive: Archive, *arguments: str) -> Result:
    folders = ["--documents", str(archive.documents), "--var", str(archive.var)]
    return CliRunner().invoke(cli, [*arguments, *folders])


def done(archive: Archive, *arguments: str) -> str:
    """Run a command that must succeed; what it says to people."""
    result = run(archive, *arguments)
    assert result.exit_code == 0, result.output
    return result.stderr


def refused(archive: Archive, *arguments: str) -> str:
    """Run a command that must be refused with a sentence, and change nothing."""
    before = records(archive)
    result = run(archive, *arguments)
    assert isinstance(result.exception, ArchiveError), result.output
    assert records(archive) == before
    return str(result.exception)


def records(archive: Archive) -> dict[str, str]:
    return {str(path): path.read_text() for path in sorted(archive.documents.rglob("*.toml"))}


def history(archive: Archive, id: str) -> tuple[QuestionEvent, ...]:
    agenda, _ = read_agenda((archive.documents / "bim5/agenda.toml").read_bytes(), "bim5/agenda.toml")
    assert agenda is not None
    (question,) = (each for each in agenda.questions if each.id == id)
    return question.events


def events(archive: Archive, id: str = "bim5-001") -> list[tuple[str, str | None]]:
    return [(event.state, event.project) for event in history(archive, id)]


def questions(archive: Archive, *arguments: str) -> dict[str, Any]:
    result = run(archive, "agenda", "list", "--json", *arguments)
    assert result.exit_code == 0, result.output
    return {each["id"]: each for each in json.loads(result.stdout)["questions"]}


def test_a_question_goes_from_a_proposal_to_an_answer_and_back_with_who_and_when(decided: Archive) -> None:
    asked = run(
        decided, "agenda", "propose", "Wat kost dat?", "--community", "bim5", "--from", REPORT, "--page", "2", *BY
    )
    assert asked.stdout == "bim5-003\n"
    for step in (
        ("accept", "bim5-003"),
        ("claim", "bim5-003", "--project", PROJECT),
        ("answer", "bim5-003", "--document", REPORT, "--page", "1", "--note", "Veel."),
        ("reopen", "bim5-003", "--note", "Het was een ander gebouw."),
        ("drop", "bim5-003", "--reason", "Gaat op in bim5-001."),
    ):
        done(decided, "agenda", *step, *BY)
    assert [state for state, _ in events(decided, "bim5-003")] == [
        "proposed",
        "open",
        "claimed",
        "answered",
        "open",
        "dropped",
    ]
    question = questions(decided)["bim5-003"]
    assert question["from"] == {"document": REPORT, "page": 2}
    assert {event["by"] for event in question["history"]} == {"f@example.org"}
    assert {event["date"] for event in question["history"]} == {"2021-10-01"}
    assert (decided.documents / "bim5/agenda.toml").read_text().startswith(AGENDA.rstrip())


def test_of_two_who_take_a_question_at_once_the_second_is_told_and_the_first_keeps_it(decided: Archive) -> None:
    takers = (PROJECT, "bim5/2020/scan")
    commands = [
        subprocess.Popen(
            [*COMMAND, "agenda", "claim", "bim5-001", "--project", project, "--by", "f@example.org"],
            env=decided.environment(),
            stderr=subprocess.PIPE,
            text=True,
        )
        for project in takers
    ]
    said = [command.communicate(timeout=60)[1] for command in commands]
    codes = [command.returncode for command in commands]
    assert sorted(codes) == [0, 2]
    first = takers[codes.index(0)]
    assert f"bim5-001 is claimed by {first} since " in said[codes.index(2)]
    assert events(decided) == [("claimed", first)]


def test_two_who_change_the_same_agenda_do_not_lose_each_others_words(decided: Archive) -> None:
    commands = [
        subprocess.Popen(
            [*COMMAND, "agenda", "propose", f"Vraag {number}?", "--community", "bim5", "--by", "f@example.org"],
            env=decided.environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(4)
    ]
    ids = [command.communicate(timeout=60)[0].strip() for command in commands]
    assert sorted(ids) == ["bim5-003", "bim5-004", "bim5-005", "bim5-006"]
    assert len(questions(decided)) == 6


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("claim", "bim5-01", "--project", PROJECT), "there is no question bim5-01; is bim5-001 meant?"),
        (("claim", "bim5-001", "--project", "bim5/2021/gevel"), f"there is no project bim5/2021/gevel; is {PROJECT} meant?"),
        (("claim", "bim5-002", "--project", PROJECT), "bim5-002 is proposed since 2021-09-14: accept it first"),
        (("accept", "bim5-001"), "bim5-001 is open since 2021-01-01: only a proposed question can be accepted"),
        (("accept", "bim5-002", "--community", "bim"), "there is no community bim; is bim5 meant?"),
        (("answer", "bim5-001", "--document", f"{PROJECT}/weg.pdf", "--page", "1"), f"there is no document {PROJECT}/weg.pdf"),
        (("propose", " ", "--community", "bim5"), "the question is empty"),
        (("propose", "x", "--community", "bim5", "--theme", "prefb"), "no theme prefb; is prefab meant?"),
        (("propose", "x", "--community", "bim5", "--organisation", "bouwx"), "no organisation bouwx; is bouw-x meant?"),
        (("propose", "x", "--community", "bim5", "--page", "3"), "--page needs --from"),
        (("propose", "Wie meet dat", "--community", "bim5"), "this is asked already: bim5-002, proposed"),
        (("drop", "bim5-001", "--reason", "\n"), "empty"),
    ],
)  # fmt: skip
def test_what_can_not_be_is_refused_with_a_sentence_that_names_it(
    decided: Archive, arguments: tuple[str, ...], sentence: str
) -> None:
    assert sentence in refused(decided, "agenda", *arguments, *BY)


def test_who_decides_has_to_be_said(decided: Archive) -> None:
    result = CliRunner().invoke(cli, ["agenda", "accept", "bim5-002", "--documents", str(decided.documents)], env={})
    assert result.exit_code == 2
    assert "--by" in result.output
    assert "still to come" in refused(decided, "agenda", "accept", "bim5-002", "--by", "f", "--date", "2999-01-01")
    assert "--by must be" in refused(decided, "agenda", "accept", "bim5-002", "--by", " ")


def test_a_page_that_a_document_does_not_have_is_refused_once_it_is_known(decided: Archive) -> None:
    decided.index()
    said = refused(decided, "agenda", "answer", "bim5-001", "--document", REPORT, "--page", "3", *BY)
    assert said == f"{REPORT} has 2 pages: there is no page 3"
    done(decided, "agenda", "answer", "bim5-001", "--document", REPORT, "--page", "2", *BY)


def test_a_path_that_the_shell_completed_means_the_project(decided: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(decided.root)
    done(decided, "agenda", "claim", "bim5-001", "--project", f"documents/{PROJECT}/", *BY)
    assert events(decided) == [("claimed", PROJECT)]


def test_a_claim_of_a_project_that_has_ended_is_overdue_and_listed_as_such(decided: Archive) -> None:
    said = done(decided, "agenda", "claim", "bim5-001", "--project", "bim5/2020/scan", *BY)
    assert "overdue from the start" in said
    assert list(questions(decided, "--overdue")) == ["bim5-001"]
    told = refused(decided, "agenda", "claim", "bim5-001", "--project", PROJECT, *BY)
    assert told == "bim5-001 is claimed by bim5/2020/scan since 2021-10-01, and that project has ended: reopen it first"
    shown = run(decided, "agenda", "show", "bim5-001").stdout
    assert "overdue" in shown and "2021-10-01  claimed  bim5/2020/scan  f@example.org" in shown


def test_questions_are_listed_by_state_theme_and_community(decided: Archive) -> None:
    decided.put("vitaliteit/agenda.toml", '[[question]]\nid = "v-1"\ntext = "Slapen ze?"\n')
    assert list(questions(decided)) == ["bim5-001", "bim5-002", "v-1"]
    assert list(questions(decided, "--community", "vitaliteit")) == ["v-1"]
    assert list(questions(decided, "--state", "proposed")) == ["bim5-002"]
    assert list(questions(decided, "--theme", "prefab")) == ["bim5-001"]
    people = run(decided, "agenda", "list").stdout
    assert people.index("proposed (1)") < people.index("Wie meet dat?") < people.index("open (2)")


def test_the_same_id_in_two_agendas_has_to_be_told_apart(decided: Archive) -> None:
    decided.put("vitaliteit/agenda.toml", '[[question]]\nid = "bim5-001"\ntext = "Slapen ze?"\n')
    assert "of bim5 and of vitaliteit: say which with --community" in refused(
        decided, "agenda", "drop", "bim5-001", "--reason", "x", *BY
    )
    done(decided, "agenda", "drop", "bim5-001", "--reason", "x", "--community", "vitaliteit", *BY)
    assert events(decided) == []


def test_an_agenda_with_a_mistake_costs_its_own_question_and_the_rest_works(decided: Archive) -> None:
    wrong = AGENDA.replace('text = "Hoe hangt een gevel?"', "text = 3")
    decided.put("bim5/agenda.toml", wrong)
    done(decided, "agenda", "accept", "bim5-002", *BY)
    assert "record bim5/agenda.toml, line 5: text must be a text in quotes" in done(decided, "agenda", "list")
    assert run(decided, "agenda", "propose", "Nog een?", "--community", "bim5", *BY).stdout == "bim5-003\n"
    assert "text = 3\n" in (decided.documents / "bim5/agenda.toml").read_text()
    assert "but bim5/agenda.toml, line 4" in refused(decided, "agenda", "drop", "bim5-001", "--reason", "x", *BY)


def test_an_agenda_that_is_no_toml_is_named_with_its_line_and_never_overwritten(decided: Archive) -> None:
    decided.put("bim5/agenda.toml", AGENDA + "[[question]\n")
    line = AGENDA.count("\n") + 1
    for arguments in (("propose", "x", "--community", "bim5"), ("accept", "bim5-002")):
        assert f"bim5/agenda.toml, line {line}: can't be read as TOML" in refused(decided, "agenda", *arguments, *BY)
    decided.put("vitaliteit/agenda.toml", '[[question]]\nid = "v-1"\ntext = "Slapen ze?"\n')
    done(decided, "agenda", "drop", "v-1", "--reason", "x", *BY)


def test_an_open_end_of_a_report_becomes_a_question_no_wider_than_the_report_or_is_rejected(decided: Archive) -> None:
    ends = [
        "Vervolgonderzoek is nodig naar de spouw achter de gevel.",
        "Meet een jaar lang hoe vochtig de isolatie is.",
    ]
    decided.put(f"{PROJECT}/advies.docx", docx_bytes("# Inleiding", "De gevel hangt.", "# Aanbevelingen", *ends))
    decided.index()
    first, second = open_ends(decided)
    assert (first["state"], second["state"]) == ("new", "new")
    taken = run(decided, "agenda", "take", first["fingerprint"], "--text", "Is de spouw veilig?", *BY)
    assert taken.stdout == "bim5-003\n"
    question = questions(decided)["bim5-003"]
    assert (question["text"], question["state"], question["visibility"]) == ("Is de spouw veilig?", "open", "campus")
    assert question["from"]["document"] == f"{PROJECT}/advies.docx"
    done(decided, "agenda", "reject", second["fingerprint"], *BY)
    decided.index("--rebuild")
    assert [end["state"] for end in open_ends(decided)] == ["open", "rejected"]
    for verb in ("take", "reject"):
        assert "a question already: bim5-003" in refused(decided, "agenda", verb, first["fingerprint"], *BY)
    assert "was rejected before" in refused(decided, "agenda", "reject", second["fingerprint"], *BY)
    assert "no question or open end ab12" in refused(decided, "agenda", "take", "ab12", *BY)


def test_a_proposed_question_is_rejected_and_one_that_is_open_is_not(decided: Archive) -> None:
    done(decided, "agenda", "reject", "bim5-002", "--reason", "Is al bekend.", *BY)
    assert events(decided, "bim5-002")[-1] == ("dropped", None)
    said = refused(decided, "agenda", "reject", "bim5-001", *BY)
    assert said == "bim5-001 is open since 2021-01-01: only a proposed question can be rejected"


def test_a_proposed_question_goes_on_in_one_that_is_asked_and_in_no_other(decided: Archive) -> None:
    assert "no question bim5-009 in bim5/agenda.toml" in refused(decided, "agenda", "join", "bim5-002", "bim5-009", *BY)
    assert refused(decided, "agenda", "join", "bim5-002", "bim5-002", *BY) == "bim5-002 can't be joined to itself"
    said = done(decided, "agenda", "join", "bim5-002", "bim5-001", "--note", "Dit is dezelfde vraag.", *BY)
    assert "bim5-002 is dropped and goes on in bim5-001" in said
    last = history(decided, "bim5-002")[-1]
    assert (last.state, last.question, last.note) == ("dropped", "bim5-001", "Dit is dezelfde vraag.")
    assert "only a proposed question can be joined" in refused(decided, "agenda", "join", "bim5-001", "bim5-002", *BY)
    id = done(decided, "agenda", "propose", "Meet iemand de kier?", "--community", "bim5", *BY).split()[0]
    assert "bim5-002 is dropped: a question" in refused(decided, "agenda", "join", id, "bim5-002", *BY)


def test_a_project_says_whom_it_continues_and_a_circle_is_refused(decided: Archive) -> None:
    done(decided, "relay", "link", PROJECT, "bim5/2020/scan")
    assert read(decided, PROJECT).continues == ("bim5/2020/scan",)
    said = refused(decided, "relay", "link", "bim5/2020/scan", PROJECT)
    assert said == f"that would be a circle: bim5/2020/scan → {PROJECT} → bim5/2020/scan"
    assert "can't continue itself" in refused(decided, "relay", "link", PROJECT, PROJECT)
    assert "there is no project bim5/2020/scn; is bim5/2020/scan meant?" in refused(
        decided, "relay", "link", PROJECT, "bim5/2020/scn"
    )
    done(decided, "relay", "unlink", PROJECT, "bim5/2020/scan")
    done(decided, "relay", "reject", PROJECT, "bim5/2020/scan", *BY)
    assert "was rejected" in refused(decided, "relay", "link", PROJECT, "bim5/2020/scan")
    done(decided, "relay", "none", PROJECT, "gevel 1974", *BY)
    search = read(decided, PROJECT).search
    assert search is not None and (search.query, search.by) == ("gevel 1974", "f@example.org")


def test_a_project_without_a_record_gets_one_that_says_so(decided: Archive) -> None:
    decided.put("bim5/2022/nieuwe-start/plan.txt", "wij gaan verder")
    assert "its title is that of the folder" in done(decided, "relay", "link", "bim5/2022/nieuwe-start", PROJECT)
    record = read(decided, "bim5/2022/nieuwe-start")
    assert (record.title, record.continues) == ("Nieuwe start", (PROJECT,))
    decided.put("bim5/2022/los.txt", "een los bestand")
    assert "is a single file" in refused(decided, "relay", "link", "bim5/2022/los.txt", PROJECT)


def test_check_tells_what_points_nowhere_with_the_path_of_a_circle(decided: Archive) -> None:
    decided.put(
        f"{PROJECT}/project.toml", 'title = "x"\ncontinues = ["bim5/2020/scan", "bim5/2019/weg"]\nanswers = ["b-9"]\n'
    )
    decided.put("bim5/2020/scan/project.toml", f'title = "y"\ncontinues = ["{PROJECT}"]\n')
    decided.put("bim5/agenda.toml", AGENDA + 'project = "bim5/2018/weg"\n')
    decided.index()
    found = decided.run("check", "--json")
    assert found.code == 0
    told = {(problem["path"], problem["message"]) for problem in found.json["problems"]}
    assert told == {
        ("bim5/2020/scan/project.toml", f"continues itself in a circle: bim5/2020/scan → {PROJECT} → bim5/2020/scan"),
        (f"{PROJECT}/project.toml", "continues bim5/2019/weg, which does not exist"),
        (f"{PROJECT}/project.toml", "answers b-9, which is on no agenda"),
        ("bim5/agenda.toml", "bim5-002 names bim5/2018/weg, which does not exist"),
    }


def test_an_unknown_name_is_proposed_for_joining_and_joined_by_a_person(decided: Archive) -> None:
    decided.put(f"{PROJECT}/project.toml", 'title = "x"\n\n[[company]]\norganisation = "Bouw X bv"  # zo heten ze\n')
    found = json.loads(run(decided, "contacts", "unknown", "--json").stdout)["unknown"]
    assert [(each["name"], each["records"], each["near"][0]["slug"]) for each in found] == [
        ("Bouw X bv", [f"{PROJECT}/project.toml"], "bouw-x")
    ]
    assert read(decided, PROJECT).companies[0].organisation == "Bouw X bv"
    done(decided, "contacts", "join", "Bouw X bv", "bouw-x")
    assert read(decided, PROJECT).companies[0].organisation == "bouw-x"
    assert "# zo heten ze" in (decided.documents / f"{PROJECT}/project.toml").read_text()
    assert network(decided).organisations[0].aliases == ("Bouw X bv",)
    assert json.loads(run(decided, "contacts", "unknown", "--json").stdout) == {"unknown": []}
    assert "no organisation woonstat; is woonstad meant?" in refused(decided, "contacts", "join", "x", "woonstat")
    assert "see estafette contacts merge" in refused(decided, "contacts", "join", "woonstad", "bouw-x")


def test_two_organisations_are_merged_in_all_records(decided: Archive) -> None:
    with closing(Accounts.open(decided.var)) as accounts:
        now = datetime(2021, 10, 1, tzinfo=UTC)
        account = accounts.add(email="p@example.org", role="partner", company="bouw-x", now=now, by="a test")
    said = done(decided, "contacts", "merge", "bouw-x", "woonstad")
    assert "bouw-x went on as woonstad; records changed: 2, accounts: 1" in said
    with closing(Accounts.open(decided.var)) as accounts:
        moved = accounts.find(account.id)
    assert moved is not None and moved.company == "woonstad"
    (kept,) = network(decided).organisations
    assert (kept.slug, kept.aliases, kept.contacts[0].name) == ("woonstad", ("Bouw X", "bouw-x"), "Toon")
    assert read(decided, PROJECT).companies[0].organisation == "woonstad"
    assert questions(decided)["bim5-001"]["from"]["organisation"] == "woonstad"
    assert "no organisation bouw-x" in refused(decided, "contacts", "merge", "bouw-x", "woonstad")


def test_a_merge_that_can_not_be_done_whole_changes_nothing(decided: Archive) -> None:
    both = '[[company]]\norganisation = "bouw-x"\n[[company]]\norganisation = "woonstad"\n'
    decided.put(f"{PROJECT}/project.toml", 'title = "x"\n' + both)
    assert f"{PROJECT} names both bouw-x and woonstad" in refused(decided, "contacts", "merge", "bouw-x", "woonstad")
    decided.put(f"{PROJECT}/project.toml", 'title = "x"\n[[company]]\norganisation = "bouw-x"\n')
    decided.put("network.toml", 'organisation = [{ slug = "bouw-x" }, { slug = "woonstad" }]\n')
    assert "can't be changed as it is" in refused(decided, "contacts", "merge", "bouw-x", "woonstad")
    assert "can't be merged with itself" in refused(decided, "contacts", "merge", "bouw-x", "bouw-x")


def test_a_contact_is_confirmed_and_replaced_for_an_organisation_and_for_a_community(decided: Archive) -> None:
    done(decided, "contacts", "confirm", "bouw-x", "--date", "2021-10-01")
    said = done(
        decided, "contacts", "replace", "bouw-x", "--name", "Nora", "--email", "n@example.org", "--date", "2021-11-01"
    )
    assert "the address is not shown to anybody" in said
    old, new = network(decided).organisations[0].contacts
    assert (old.name, str(old.confirmed), str(old.until)) == ("Toon", "2021-10-01", "2021-11-01")
    assert (new.name, new.until, str(new.confirmed)) == ("Nora", None, "2021-11-01")
    done(decided, "contacts", "replace", "bim5", "--name", "Wilma", "--consent", "contact", "--date", "2021-11-01")
    community, _ = read_community((decided.documents / "bim5/community.toml").read_bytes(), "bim5/community.toml")
    assert community is not None
    assert [(contact.name, contact.until is None) for contact in community.contacts] == [
        ("Frank", False),
        ("Wilma", True),
    ]
    done(decided, "contacts", "replace", "woonstad", "--name", "Eerste", "--date", "2021-11-01")
    listed = json.loads(run(decided, "contacts", "list", "--json").stdout)["organisations"]
    assert [[contact["name"] for contact in each["contacts"]] for each in listed] == [["Nora"], ["Eerste"], ["Wilma"]]
    assert "there is no organisation or community bim; is bim5 meant?" in refused(decided, "contacts", "confirm", "bim")


def read(archive: Archive, project: str) -> Any:
    record, _ = read_project(Path(archive.documents / project / "project.toml").read_bytes(), project)
    return record


def open_ends(archive: Archive) -> Any:
    """The harvested items in the order of their text."""
    with closing(Catalog(archive.var / FILE_NAME)) as catalog:
        found = catalog.open_ends(access=everything(today=date(2021, 10, 1)))
    return [{"fingerprint": end.item.fingerprint, "state": end.decided.state} for end in found]


def network(archive: Archive) -> Any:
    found, _ = read_network((archive.documents / "network.toml").read_bytes(), "network.toml")
    return found
