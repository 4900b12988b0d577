"""Which readings a start pack chooses and in which order, how it tells the relay, whom it sends a student to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from archive.model import (
    NOBODY,
    Contact,
    Deliverable,
    Handover,
    Involvement,
    Kind,
    Project,
    ProjectRecord,
    Question,
)
from archive.network.model import Organisation
from archive.relay.lineage import Lineage
from archive.relay.start_pack import (
    READINGS_MAX,
    Asked,
    Reading,
    main_deliverable,
    newest_day,
    order_of_reading,
    people_to_ask,
    readings,
    relay_so_far,
)

TODAY = date(2030, 1, 1)  # all of them are over
NOTHING = Asked(answered={}, raised={})


def project(id: str, *continues: str, **record: object) -> Project:
    community, year, name = id.split("/")
    made = ProjectRecord(title=name, continues=continues, **record)  # type: ignore[arg-type]
    return Project(id=id, title=name, audience=NOBODY, community=community, year=int(year), record=made)


def document(project: str, name: str, kind: Kind = Kind.REPORT, parts: int = 9) -> Deliverable:
    return Deliverable(
        id=f"{project}/{name}",
        title=name,
        kind=kind,
        format="pdf",
        audience=NOBODY,
        text_audience=NOBODY,
        project=project,
        parts=parts,
    )


def chosen(projects: list[Project], community: str = "a", asked: Asked = NOTHING) -> tuple[Reading, ...]:
    lineage = Lineage(projects)
    own = sorted((each for each in projects if each.community == community), key=lambda each: -(each.year or 0))
    ranked = order_of_reading(own, lineage, asked, today=TODAY)
    return readings(ranked, lambda id: [document(id, "rapport.pdf")], lineage, reads=lambda _document: True)


def names(found: tuple[Reading, ...]) -> list[str]:
    return [reading.project.title for reading in found]


def test_a_line_that_is_over_is_read_before_one_that_still_runs() -> None:
    """A team at work, with nothing but a plan, was what a new team read first."""
    lines = [
        *(project("a/2019/een"), project("a/2020/twee", "a/2019/een")),
        *(project("a/2021/drie"), project("a/2022/vier", "a/2021/drie", status="running")),
    ]
    assert names(chosen(lines)) == ["twee", "een", "vier", "drie"]


def test_a_line_is_read_from_where_it_stopped_back_to_where_it_began() -> None:
    line = [project("a/2019/een"), project("a/2020/twee", "a/2019/een"), project("a/2021/drie", "a/2020/twee")]
    found = chosen(line)
    assert names(found) == ["drie", "twee", "een"]
    assert [[reason.why for reason in reading.reasons] for reading in found] == [
        ["last"],
        ["before"],
        ["before", "first"],
    ]


def test_a_predecessor_of_another_community_is_read_behind_the_communitys_own() -> None:
    found = chosen(
        [project("b/2020/elders"), project("a/2019/eigen"), project("a/2021/x", "b/2020/elders", "a/2019/eigen")]
    )
    assert names(found) == ["x", "eigen", "elders"]
    assert found[2].reasons[0].why == "elsewhere"
    assert found[2].reasons[0].project is not None
    assert found[2].reasons[0].project.title == "x"


def test_what_stands_alone_comes_behind_the_lines() -> None:
    found = chosen([project("a/2019/een"), project("a/2020/twee", "a/2019/een"), project("a/2022/los")])
    assert names(found) == ["twee", "een", "los"]


def test_of_many_projects_at_most_seven_are_read_and_those_that_answered_go_first() -> None:
    many = [project(f"a/{2000 + n}/p{n}") for n in range(20)]
    question = Question(id="q", text="?")
    asked = Asked(answered={"a/2003/p3": [question]}, raised={})
    found = chosen(many, asked=asked)
    assert len(found) == READINGS_MAX
    assert "p3" in names(found)
    assert "answers" in [reason.why for reading in found if reading.project.title == "p3" for reason in reading.reasons]


def test_the_same_projects_in_another_order_give_the_same_readings() -> None:
    many = [
        project(f"a/{2000 + n // 2}/p{n}", *([f"a/{2000 + n // 2 - 1}/p{n - 2}"] if n % 3 else []))
        for n in range(2, 20)
    ]
    assert names(chosen(many)) == names(chosen(many[::-1]))


def test_a_project_without_a_text_gives_its_place_to_the_next() -> None:
    line = [project("a/2019/een"), project("a/2020/twee", "a/2019/een")]
    lineage = Lineage(line)

    def deliverables(id: str) -> list[Deliverable]:
        return [document(id, "data.xlsx", Kind.DATASET)] if id.endswith("twee") else [document(id, "rapport.pdf")]

    found = readings(
        order_of_reading(line[::-1], lineage, NOTHING, today=TODAY), deliverables, lineage, reads=lambda _each: True
    )
    assert names(found) == ["een"]


def test_the_main_deliverable_is_a_report_that_can_be_read() -> None:
    report, poster = document("a/2019/x", "r.pdf"), document("a/2019/x", "p.pdf", Kind.POSTER, 1)
    assert main_deliverable([poster, report], lambda _each: True) == report
    assert main_deliverable([poster, report], lambda each: each is poster) == poster
    assert main_deliverable([poster, report], lambda _each: False) == report
    assert main_deliverable([], lambda _each: True) is None


def test_every_project_is_in_a_line_a_branch_or_alone() -> None:
    projects = [
        project("a/2018/een"),
        project("a/2019/twee", "a/2018/een"),
        project("a/2020/drie", "a/2019/twee", "a/2019/zijtak"),
        project("a/2019/zijtak"),
        project("a/2021/los"),
    ]
    told = relay_so_far(projects, Lineage(projects), "a")
    (line,) = told.lines
    assert [each.title for each in line.projects] == ["een", "twee", "drie"]
    assert [(before.title, after.title) for before, after in line.branches] == [("zijtak", "drie")]
    assert [each.title for each in told.alone] == ["los"]


def test_only_people_who_are_there_now_and_were_confirmed_are_named_once() -> None:
    day = date(2026, 1, 15)
    here = Contact(name="Anna", confirmed=day, email="a@example.org")
    gone = Contact(name="Bob", confirmed=day, until=date(2026, 2, 1))
    unconfirmed = Contact(name="Cor")
    nameless = Contact(name="", confirmed=day)
    company = Organisation(slug="x", name="X bv", contacts=(Contact(name="Dirk", confirmed=day), here))
    of = project("a/2021/p", companies=(Involvement(organisation="x"), Involvement(organisation="hidden")))
    found = people_to_ask([here, gone, unconfirmed, nameless], {"x": company}, [of])
    assert [(ask.contact.name, ask.organisation and ask.organisation.slug) for ask in found] == [
        ("Anna", None),
        ("Dirk", "x"),
    ]


def test_a_pack_is_dated_by_the_last_day_that_it_tells_of_and_never_by_one_to_come() -> None:
    told = project(
        "a/2021/p", starts=date(2021, 9, 1), ends=date(2022, 1, 28), handover=Handover(date=date(2022, 1, 27))
    )
    dated = replace(document("a/2021/p", "r.pdf"), date="2022-01-21")
    vague = replace(dated, date="2030")
    assert newest_day([told], [dated, vague], [], [], today=date(2026, 1, 1)) == date(2022, 1, 28)
    assert newest_day([told], [dated], [], [], today=date(2022, 1, 27)) == date(2022, 1, 27)
    assert newest_day([], [], [], [], today=date(2026, 1, 1)) is None
