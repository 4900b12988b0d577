"""The relay: positions along a line, drawings without collisions, circles that hang nothing, and only what is seen."""

from __future__ import annotations

import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.model import NOBODY, Project, ProjectRecord
from archive.relay.lineage import Drawing, Lineage


def project(id: str, *continues: str, year: int | None = None, starts: date | None = None) -> Project:
    community, stated, *_ = id.split("/")
    known = year if year is not None else int(stated) if stated.isdecimal() else None
    record = ProjectRecord(title=id, continues=continues, starts=starts)
    return Project(id=id, title=id, audience=NOBODY, community=community, year=known, record=record)


CHAIN = (
    project("a/2018/een"),
    project("a/2019/twee", "a/2018/een"),
    project("a/2020/drie", "a/2019/twee"),
    project("a/2021/vier", "a/2020/drie"),
)


def test_a_project_knows_its_place_in_its_line() -> None:
    baton = Lineage(CHAIN).of("a/2019/twee")
    assert baton is not None
    assert (baton.position, baton.length) == (2, 4)
    assert baton.line == tuple(each.id for each in CHAIN)
    assert baton.predecessors == ("a/2018/een",)
    assert baton.successors == ("a/2020/drie",)


def test_a_project_on_its_own_is_one_of_one() -> None:
    baton = Lineage([project("a/2020/los")]).of("a/2020/los")
    assert baton is not None
    assert (baton.position, baton.length, baton.predecessors, baton.successors) == (1, 1, (), ())


def test_what_a_reader_may_not_see_breaks_the_line_as_if_it_never_was() -> None:
    seen = Lineage([each for each in CHAIN if each.id != "a/2020/drie"])
    second, fourth = seen.of("a/2019/twee"), seen.of("a/2021/vier")
    assert second is not None and fourth is not None
    assert (second.position, second.length, second.successors) == (2, 2, ())
    assert (fourth.position, fourth.length, fourth.predecessors) == (1, 1, ())
    assert seen.of("a/2020/drie") is None


def test_a_line_that_splits_and_joins_counts_its_longest_way() -> None:
    lineage = Lineage(
        [
            *CHAIN,
            project("a/2020/zij", "a/2018/een"),
            project("a/2022/samen", "a/2020/zij", "a/2021/vier"),
        ]
    )
    side, joined, first = (lineage.of(id) for id in ("a/2020/zij", "a/2022/samen", "a/2018/een"))
    assert side is not None and joined is not None and first is not None
    assert (side.position, side.length) == (2, 3)
    assert (joined.position, joined.length) == (5, 5)
    assert first.successors == ("a/2019/twee", "a/2020/zij")
    assert joined.predecessors == ("a/2020/zij", "a/2021/vier")


@pytest.mark.parametrize(
    "projects",
    [
        [project("a/2020/x", "a/2020/x")],
        [project("a/2020/x", "a/2021/y"), project("a/2021/y", "a/2020/x")],
        [
            project("a/2020/x", "a/2020/z"),
            project("a/2020/y", "a/2020/x"),
            project("a/2020/z", "a/2020/y"),
            project("a/2021/na", "a/2020/z"),
        ],
    ],
)
def test_a_circle_is_cut_where_an_older_one_would_continue_a_younger(projects: list[Project]) -> None:
    lineage = Lineage(projects)
    line = max(lineage.lines() or ((projects[0].id,),), key=len)
    assert list(line) == [each.id for each in projects]
    assert len(lineage.drawing("a").nodes) == len(projects)


def test_a_predecessor_of_a_later_year_is_believed_where_no_circle_says_otherwise() -> None:
    baton = Lineage([project("a/2020/x", "a/2021/y"), project("a/2021/y")]).of("a/2020/x")
    assert baton is not None
    assert baton.predecessors == ("a/2021/y",)


def test_lines_of_a_community_include_those_that_came_from_another() -> None:
    lineage = Lineage([*CHAIN, project("b/2021/over", "a/2020/drie"), project("b/2021/los")])
    assert lineage.lines("b") == (("a/2018/een", "a/2019/twee", "a/2020/drie", "b/2021/over"),)
    assert len(lineage.lines("a")) == 1


def positions(drawing: Drawing) -> dict[str, tuple[int, int]]:
    return {node.project.id: (node.x, node.lane) for node in drawing.nodes}


def test_a_drawing_puts_a_line_on_one_lane_and_an_empty_year_in_between() -> None:
    drawing = Lineage(
        [
            project("a/2018/een"),
            project("a/2018/ander"),
            project("a/2020/twee", "a/2018/een"),
            project("a/2020/zij", "a/2018/een"),
            project("b/2019/elders", "a/2018/een"),
        ]
    ).drawing("a")
    assert [(column.year, column.x) for column in drawing.columns] == [(2018, 0), (2019, 1), (2020, 2)]
    places = positions(drawing)
    assert places["a/2018/een"][1] == places["a/2020/twee"][1]
    assert places["a/2020/zij"][1] != places["a/2020/twee"][1]
    assert {(a.project.id, b.project.id) for a, b in drawing.edges} == {
        ("a/2018/een", "a/2020/twee"),
        ("a/2018/een", "a/2020/zij"),
    }
    first = next(node for node in drawing.nodes if node.project.id == "a/2018/een")
    assert first.elsewhere_after == ("b/2019/elders",)


def test_two_half_years_stand_beside_each_other_in_their_year() -> None:
    drawing = Lineage(
        [project("a/2020/voorjaar", "a/2020/najaar"), project("a/2020/najaar"), project("a/2021/later")]
    ).drawing("a")
    assert [(column.year, column.x, column.steps) for column in drawing.columns] == [(2020, 0, 2), (2021, 2, 1)]
    assert positions(drawing)["a/2020/voorjaar"][0] == 1


def test_an_unknown_year_is_the_last_column() -> None:
    drawing = Lineage([project("a/x/zonder"), project("a/2020/met")]).drawing("a")
    assert [column.year for column in drawing.columns] == [2020, None]


def test_a_community_without_projects_draws_nothing() -> None:
    drawing = Lineage([]).drawing("leeg")
    assert (drawing.columns, drawing.nodes, drawing.edges, drawing.lanes, drawing.steps) == ((), (), (), 0, 0)


@st.composite
def archives(draw: st.DrawFn) -> list[Project]:
    """Up to 12 projects that continue any others, themselves included."""
    names = [f"a/{draw(st.sampled_from(['2019', '2020', '2021', 'x']))}/p{n}" for n in range(draw(st.integers(0, 12)))]
    return [project(name, *draw(st.lists(st.sampled_from(names), max_size=3))) for name in names]


@given(archives())
def test_whatever_the_records_say_lines_end_and_no_two_projects_stand_on_each_other(projects: list[Project]) -> None:
    lineage = Lineage(projects)
    shuffled = Lineage(random.Random(1).sample(projects, len(projects)))
    for each in projects:
        baton = lineage.of(each.id)
        assert baton is not None
        assert baton == shuffled.of(each.id)
        assert len(set(baton.line)) == baton.length
        assert baton.line[baton.position - 1] == each.id
    drawing = lineage.drawing("a")
    assert len({(node.x, node.lane) for node in drawing.nodes}) == len(drawing.nodes) == len(projects)
