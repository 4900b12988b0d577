"""The drawing of a relay: dots and lines in place, and never more than a page can hold."""

from __future__ import annotations

from archive.model import Project, ProjectRecord
from archive.relay.lineage import Lineage
from webui import sketch


def project(id: str, year: int | None, *continues: str) -> Project:
    record = ProjectRecord(title=id, continues=continues)
    return Project(id=id, title=id, audience=frozenset(), community="c", year=year, record=record)


def test_a_line_runs_from_left_to_right_along_one_lane() -> None:
    drawing = Lineage([project("a", 2019), project("b", 2020, "a"), project("c", 2021, "b")]).drawing("c")
    made = sketch.large(drawing)
    assert [dot.project for dot in made.dots] == ["a", "b", "c"]
    assert len({dot.y for dot in made.dots}) == 1
    assert [dot.x for dot in made.dots] == sorted(dot.x for dot in made.dots)
    assert len(made.lines) == 2
    assert made.complete


def test_nothing_is_drawn_outside_its_frame() -> None:
    projects = [project(f"p{n}", 2000 + n % 20, *([f"p{n - 1}"] if n % 20 else [])) for n in range(200)]
    for made in (sketch.small(Lineage(projects).drawing("c")), sketch.large(Lineage(projects).drawing("c"))):
        assert made.dots
        assert all(0 < dot.x < made.width and 0 < dot.y < made.height for dot in made.dots)


def test_of_hundreds_of_projects_the_last_years_are_drawn() -> None:
    projects = [project(f"p{n}", 2000 + n % 20) for n in range(400)]
    made = sketch.large(Lineage(projects).drawing("c"))
    assert not made.complete
    assert len(made.dots) <= sketch.DOTS_SHOWN
    assert [mark.year for mark in made.years][-1] == 2019


def test_a_community_without_projects_has_an_empty_drawing() -> None:
    assert sketch.small(Lineage([]).drawing("c")).dots == ()
    assert sketch.large(Lineage([]).drawing("c")).dots == ()


def test_a_project_of_an_unknown_year_stands_last() -> None:
    made = sketch.small(Lineage([project("x", None), project("a", 2020)]).drawing("c"))
    assert [dot.project for dot in made.dots] == ["a", "x"]
