"""The yearly figures, counted by hand over small archives: people once, what is unknown beside it, the year before."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from archive.accounts.accounts import Accounts
from archive.accounts.counting import Visit, add, visits_in
from archive.figures.yearly import DEFINITIONS, FEW, NAMES, Figure, Holdings, Visits, beside, visited, yearly
from archive.model import (
    Agenda,
    Audience,
    Community,
    Contact,
    Deliverable,
    Handover,
    Involvement,
    Kind,
    Person,
    Project,
    ProjectRecord,
    Question,
    QuestionEvent,
    QuestionSource,
    Text,
)
from archive.network.model import Network, Organisation
from archive.relay.lineage import Lineage
from tests.conftest import Archive

TODAY = date(2022, 10, 1)
PUBLIC: Audience = frozenset({("public", None), ("coordinator", None)})
CAMPUS: Audience = frozenset({("campus", None), ("coordinator", None)})


def project(id: str, *, audience: Audience = CAMPUS, **record: object) -> Project:
    community, year, _ = id.split("/")
    made = ProjectRecord(title=id, **record) if record else None  # type: ignore[arg-type]
    return Project(id=id, title=id, audience=audience, community=community, year=int(year), record=made)


def document(id: str, kind: Kind = Kind.REPORT, audience: Audience = CAMPUS, **more: object) -> Deliverable:
    given = {"title": id, "format": "pdf", "audience": PUBLIC, "project": id.rpartition("/")[0], **more}
    return Deliverable(id=id, kind=kind, text_audience=audience, **given)  # type: ignore[arg-type]


def student(name: str | None = None, account: str | None = None, **more: str) -> Person:
    return Person(name=name, account=account, role="student", **more)  # type: ignore[arg-type]


def figures(
    *projects: Project,
    year: int = 2021,
    deliverables: tuple[Deliverable, ...] = (),
    organisations: tuple[Organisation, ...] = (),
    questions: tuple[Question, ...] = (),
) -> dict[tuple[str, str], Figure]:
    """The figures of a year by name and part."""
    held: dict[str, tuple[Deliverable, ...]] = {}
    for each in deliverables:
        held[each.project] = (*held.get(each.project, ()), each)
    community = Community(id="bim5", name=Text(nl="BIM 5"), audience=PUBLIC, agenda=Agenda(questions=questions))
    holdings = Holdings(
        projects=projects,
        deliverables=held,
        communities={"bim5": community},
        network=Network(organisations=organisations),
        lineage=Lineage(projects),
        today=TODAY,
    )
    return {(each.name, each.part): each for each in yearly(holdings, year)}


def value(found: dict[tuple[str, str], Figure], name: str, part: str = "") -> int | None:
    return found[name, part].value


def notes(found: dict[tuple[str, str], Figure], name: str) -> dict[str, int]:
    return {note.what: note.count for note in found[name, ""].notes}


def test_a_student_of_two_teams_counts_once() -> None:
    found = figures(
        project("bim5/2021/a", team=(student("Noor Bakker", "noor@example.org"), student("Piet"), student("Anna"))),
        project("bim5/2021/b", team=(student("noor  bakker"), student("Piet"), student(account="NOOR@example.org"))),
    )
    assert value(found, "students") == 3  # Noor, Piet, Anna
    assert notes(found, "students") == {}


def test_the_same_name_in_two_communities_is_two_people_and_one_account_is_one() -> None:
    found = figures(
        project("bim5/2021/a", team=(student("Piet"), student("Noor", "noor@example.org"))),
        project("zorg/2021/b", team=(student("Piet"), student("N. Bakker", "noor@example.org"))),
    )
    assert value(found, "students") == 3


def test_two_accounts_with_one_name_are_two_people() -> None:
    team = (student("Jan Jansen", "jan1@example.org"), student("Jan Jansen", "jan2@example.org"))
    assert value(figures(project("bim5/2021/a", team=team)), "students") == 2


def test_students_without_a_team_are_counted_by_number_and_what_is_unknown_is_told() -> None:
    found = figures(
        project("bim5/2021/a", students=5),
        project("bim5/2021/b", students=4, team=(Person(name="Docent", role="teacher"),)),
        project("bim5/2021/c", team=(student("Piet"), student(), student())),
        project("bim5/2021/d", summary="Niemand genoemd."),
        project("bim5/2021/e"),
    )
    assert value(found, "students") == 5 + 4 + 1 + 2
    assert notes(found, "students") == {"by_number": 2, "without_team": 2, "nameless": 2}
    assert value(found, "teachers") == 1 and notes(found, "teachers") == {"without_teacher": 4}
    assert notes(found, "projects") == {"without_record": 1}


def test_projects_by_how_they_stand_and_only_of_the_year() -> None:
    found = figures(
        project("bim5/2021/a", status="running"),
        project("bim5/2021/b", status="finished"),
        project("bim5/2021/c", status="stopped"),
        project("bim5/2021/d", ends=date(2022, 1, 28)),
        project("bim5/2020/e", status="finished"),
        Project(id="bim5/x", title="X", audience=CAMPUS, community="bim5"),
    )
    assert [value(found, name) for name in ("projects", "running", "finished", "stopped")] == [4, 1, 2, 1]
    assert notes(found, "projects") == {"without_year": 1} and notes(found, "running") == {"without_status": 1}


def test_a_file_on_its_own_is_a_document_and_no_finished_project() -> None:
    """The file had a page of its own, as a project; in the figures it then was one, without a team and finished."""
    loose = Project(id="bim5/2021/notitie.docx", title="Notitie", audience=CAMPUS, community="bim5", year=2021)
    undated = Project(id="bim5/los.docx", title="Los", audience=CAMPUS, community="bim5")
    found = figures(
        project("bim5/2021/a", status="finished"),
        project("bim5/2021/b"),
        loose,
        undated,
        deliverables=(
            document("bim5/2021/a/verslag.pdf"),
            document("bim5/2021/notitie.docx", project=loose.id),
            document("bim5/los.docx", project=undated.id),
        ),
    )
    assert [value(found, name) for name in ("projects", "finished", "deliverables")] == [2, 2, 2]
    assert notes(found, "projects") == {"without_record": 1, "loose_files": 1}
    assert notes(found, "students") == {"without_team": 2} and notes(found, "outcomes_public") == {
        "finished_without_outcome": 2
    }


def test_companies_are_new_or_came_back_and_schools_and_programmes_are_those_of_the_teams() -> None:
    found = figures(
        project("bim5/2019/a", companies=(Involvement(organisation="bouw"),)),
        project(
            "bim5/2021/b",
            companies=(Involvement(organisation="bouw"), Involvement(organisation="staal")),
            team=(
                student("A", institution="han", programme="Bouwkunde"),
                student("B", institution="han", programme="bouwkunde "),
                student("C"),
                Person(name="D", role="lecturer", institution="fontys"),
                Person(name="E", role="company", institution="bouw"),
            ),
        ),
        project("bim5/2021/c", companies=(Involvement(organisation="staal"), Involvement(organisation="gemeente"))),
        organisations=(
            Organisation(slug="bouw", name="Bouw"),
            Organisation(slug="gemeente", name="Gemeente", kind="other"),
            Organisation(slug="han", name="HAN", kind="school"),
        ),
    )
    assert [value(found, name) for name in ("companies", "new_companies", "returning_companies")] == [2, 1, 1]
    assert notes(found, "companies") == {"not_in_network": 1}
    assert value(found, "schools") == 2 and notes(found, "schools") == {"not_in_network": 1, "without_school": 1}
    assert value(found, "programmes") == 1 and notes(found, "programmes") == {"without_programme": 1}


def test_documents_by_kind_and_by_who_may_read_them_today() -> None:
    embargo: Audience = frozenset({("public", date(2022, 10, 2)), ("coordinator", None)})
    over: Audience = frozenset({("public", date(2022, 10, 1)), ("coordinator", None)})
    a = "bim5/2021/a"
    found = figures(
        project(a, status="finished"),
        project("bim5/2020/b", status="finished"),
        deliverables=(
            document(f"{a}/1.pdf"),
            document(f"{a}/2.pdf", audience=embargo, unconfirmed=frozenset({"kind"})),
            document(f"{a}/3.csv", Kind.DATASET, over, failure="damaged"),
            document("bim5/2020/b/4.pdf"),
        ),
    )
    assert value(found, "deliverables") == 3
    assert notes(found, "deliverables") == {"unread": 1, "kind_guessed": 1}
    kinds = {part: each.value for (name, part), each in found.items() if name == "deliverables_of_kind"}
    levels = {part: each.value for (name, part), each in found.items() if name == "deliverables_of_level"}
    assert kinds == {"report": 2, "dataset": 1}
    assert levels == {"public": 1, "campus": 1, "confidential": 1}


def test_outcomes_that_everybody_reads_are_counted_and_the_others_told() -> None:
    found = figures(
        project("bim5/2021/a", audience=PUBLIC, status="finished", outcome="Het werkt."),
        project("bim5/2021/b", status="finished", outcome="Dit ook."),
        project("bim5/2021/c", audience=PUBLIC, status="finished"),
        project("bim5/2021/d", audience=PUBLIC, status="running", outcome="Voorlopig."),
    )
    assert value(found, "outcomes_public") == 1
    assert notes(found, "outcomes_public") == {"finished_without_outcome": 1, "outcome_not_public": 1}


def test_questions_count_in_the_year_of_their_day() -> None:
    def asked(id: str, *events: tuple[date, str], source: date | None = None) -> Question:
        made = tuple(QuestionEvent(date=day, state=state) for day, state in events)  # type: ignore[arg-type]
        return Question(id=id, text=id, events=made, source=QuestionSource(date=source) if source else None)

    found = figures(
        questions=(
            asked("q1", (date(2021, 9, 1), "open"), (date(2022, 2, 1), "claimed"), (date(2022, 8, 31), "answered")),
            asked("q2", (date(2022, 9, 1), "proposed")),
            asked(
                "q3",
                (date(2021, 8, 31), "open"),
                (date(2021, 10, 1), "claimed"),
                (date(2021, 11, 1), "open"),
                (date(2021, 12, 1), "claimed"),
            ),
            asked("q4", source=date(2022, 1, 1)),
            asked("q5"),
        )
    )
    assert [value(found, f"questions_{what}") for what in ("asked", "taken", "answered")] == [2, 2, 1]
    assert notes(found, "questions_asked") == {"undated": 1}


def test_the_relay_counts_handovers_and_who_continued_whom() -> None:
    told = Handover(stands="Er staat iets.", open="De wijk.", start="Bij de mal.")
    confirmed = (Contact(name="C", confirmed=date(2022, 1, 1)),)
    found = figures(
        project("bim5/2019/a", status="finished"),
        project("bim5/2020/b", status="finished", continues=("bim5/2019/a",)),
        project(
            "bim5/2021/c",
            status="finished",
            continues=("bim5/2020/b",),
            handover=told,
            companies=(Involvement(organisation="bouw"),),
        ),
        project("bim5/2021/d", status="finished", handover=told),
        project("bim5/2021/e", status="running"),
        project("bim5/2022/f", continues=("bim5/2021/c",)),
        deliverables=(document("bim5/2021/c/r.pdf"), document("bim5/2021/c/d.csv", Kind.DATASET)),
        organisations=(Organisation(slug="bouw", name="Bouw", contacts=confirmed),),
    )
    assert value(found, "handovers_complete") == 1 and notes(found, "handovers_complete") == {"ended": 2}
    assert (value(found, "continuing"), value(found, "continued"), value(found, "longest_relay")) == (1, 1, 3)
    assert notes(found, "continuing") == {"beginning_unknown": 2}


def test_a_small_count_of_visits_is_not_told_and_days_are() -> None:
    counts = {("visitor", "search"): 12, ("student", "search"): 4, ("teacher", "search"): 5}
    found = {(each.name, each.part): each for each in visited(Visits(counts=counts, days=9))}
    searches = {part: each.value for (name, part), each in found.items() if name == "searches"}
    assert searches == {"visitor": 12, "student": None, "teacher": 5, "partner": 0, "coordinator": 0}
    assert notes({("searches", ""): found["searches", "visitor"]}, "searches") == {"days": 9}
    assert visited(Visits()) == ()
    alone = visited(Visits(counts=counts, days=9, few=frozenset({"coordinator", "partner"})))
    assert {each.part for each in alone} == {"visitor", "student", "teacher"}


def test_each_figure_stands_beside_that_of_the_year_before() -> None:
    def of(kind: str, count: int) -> Figure:
        return Figure(name="deliverables_of_kind", part=kind, value=count)

    now = (Figure(name="students", value=3), of("report", 2), Figure(name="searches", part="visitor", value=7))
    before = (Figure(name="students", value=2), of("dataset", 1))
    rows = {
        (row.now.name, row.now.part): (row.now.value, row.before.value if row.before else None)
        for row in beside(now, before)
    }
    assert rows == {
        ("students", ""): (3, 2),
        ("deliverables_of_kind", "report"): (2, 0),
        ("deliverables_of_kind", "dataset"): (0, 1),
        ("searches", "visitor"): (7, None),  # nothing was counted then
    }


def test_every_figure_has_its_definition_in_one_sentence() -> None:
    assert set(DEFINITIONS) == set(NAMES)
    assert all(each.endswith(".") and each.count(".") == 1 for each in DEFINITIONS.values())


def test_visits_are_counted_on_and_added_up_over_the_academic_year(tmp_path: Path) -> None:
    accounts = Accounts.open(tmp_path)
    first, later = date(2021, 9, 1), date(2022, 8, 31)
    add(accounts.file, {Visit(day=first, role="visitor", kind="search"): 3})
    add(
        accounts.file,
        {Visit(day=first, role="visitor", kind="search"): 2, Visit(day=later, role="student", kind="read"): 1},
    )
    add(accounts.file, {Visit(day=date(2022, 9, 1), role="student", kind="read"): 9})
    found = visits_in(accounts.file, 2021)
    everybody = frozenset({"student", "teacher", "partner", "coordinator"})
    assert found == Visits(counts={("visitor", "search"): 5, ("student", "read"): 1}, days=2, few=everybody)
    for number in range(FEW):
        accounts.add(email=f"s{number}@example.org", role="student", now=datetime(2021, 9, 1, tzinfo=UTC), by="x")
    assert visits_in(accounts.file, 2021).few == everybody - {"student"}
    assert visits_in(accounts.file, 2019).days == 0
    accounts.close()


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = Archive(tmp_path_factory.mktemp("figures"))
    archive.put("bim5/2020/a/project.toml", 'title = "A"\nstatus = "finished"\nstudents = 3\n')
    archive.put("bim5/2020/a/verslag.txt", "Een verslag.")
    archive.put("bim5/2021/b/project.toml", 'title = "B"\nstudents = 4\ncontinues = ["bim5/2020/a"]\n')
    archive.put("bim5/2021/b/verslag.txt", "Nog een verslag.")
    archive.index()
    return archive


def test_the_command_prints_the_figures_in_three_ways(counted: Archive) -> None:
    told = counted.run("figures", "2021-2022", "--json").json
    rows = {(each["figure"], each["part"]): each for each in told["figures"]}
    assert told["year"] == 2021
    assert (rows["students", None]["value"], rows["students", None]["year_before"]) == (4, 3)
    assert rows["students", None]["beside"] == {"by_number": 1}
    assert rows["continuing", None]["value"] == 1
    table = counted.run("figures", "2021", "--csv").out.splitlines()
    assert table[0] == "figure,part,2021-2022,2020-2021,beside,definition"
    assert table[1].startswith('students,,4,3,by_number: 1,"Students in the teams')
    assert "students" in counted.run("figures", "2021").out


@pytest.mark.parametrize("arguments", [["straks"], ["2021", "--json", "--csv"]])
def test_what_can_not_be_counted_is_told(counted: Archive, arguments: list[str]) -> None:
    done = counted.run("figures", *arguments)
    assert done.code == 2 and "estafette:" in done.err and not done.out


def test_an_archive_of_nothing_has_figures_of_nothing() -> None:
    assert {each.value for each in figures().values()} == {0}
