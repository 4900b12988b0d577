"""Who continues whom: what may be written, what is refused, and what is found wrong in what people wrote."""

from __future__ import annotations

from datetime import date

import pytest

from archive.errors import UsageError
from archive.model import ProjectRecord
from archive.records.editing import edit
from archive.records.reading import read_project
from archive.relay.continuing import Circle, faults, found_none, link, reject, unlink, way_back

RECORD = """\
title = "Gevels"
continues = ["a/2020/scan"]  # na het eerste gesprek

[[team]]
name = "Fenna"
"""
DAY = date(2022, 3, 1)


def read(text: str) -> ProjectRecord:
    record, problems = read_project(text.encode(), "a/2021/gevels/project.toml")
    assert record is not None and problems == ()
    return record


def continuing(**links: list[str]) -> dict[str, ProjectRecord]:
    return {id: ProjectRecord(title=id, continues=tuple(others)) for id, others in links.items()}


def alone(id: str) -> list[str]:
    return []


def test_a_link_is_added_behind_those_that_are_there() -> None:
    after = edit(RECORD, link("a/2021/gevels", ["a/2019/x", "a/2020/scan"], read(RECORD), continues=alone))
    assert read(after).continues == ("a/2020/scan", "a/2019/x")
    assert "# na het eerste gesprek" in after


def test_a_link_that_is_there_already_changes_nothing() -> None:
    assert link("a/2021/gevels", ["a/2020/scan"], read(RECORD), continues=alone) == []


def test_a_project_does_not_continue_itself() -> None:
    with pytest.raises(UsageError, match="can't continue itself"):
        link("a/2021/gevels", ["a/2021/gevels"], None, continues=alone)


def test_a_circle_is_refused_and_its_path_is_named() -> None:
    links = {"a": ["b", "x"], "b": ["c"], "c": [], "x": []}
    with pytest.raises(Circle) as refused:
        link("c", ["a"], None, continues=links.__getitem__)
    assert refused.value.path == ("c", "a", "b", "c")
    assert "c → a → b → c" in str(refused.value)


def test_a_circle_that_is_there_already_does_not_hang_the_search() -> None:
    assert way_back("a", "z", {"a": ["b"], "b": ["a"]}.__getitem__) == ()


def test_what_was_rejected_is_remembered_and_not_linked() -> None:
    after = edit(RECORD, reject(["a/2018/x"], read(RECORD), by="f@example.org", day=DAY))
    (no,) = read(after).rejected
    assert (no.continues, no.by, no.date) == ("a/2018/x", "f@example.org", DAY)
    assert reject(["a/2018/x"], read(after), by="f@example.org", day=DAY) == []
    with pytest.raises(UsageError, match=r"was rejected as a predecessor on 2022-03-01 by f@example\.org"):
        link("a/2021/gevels", ["a/2018/x"], read(after), continues=alone)


def test_a_link_that_stands_is_not_rejected_but_taken_out() -> None:
    with pytest.raises(UsageError, match="take that link out first"):
        reject(["a/2020/scan"], read(RECORD), by="f@example.org", day=DAY)
    after = edit(RECORD, unlink(["a/2020/scan"], read(RECORD)))
    assert read(after).continues == ()
    with pytest.raises(UsageError, match="does not continue a/2020/scan"):
        unlink(["a/2020/scan"], read(after))


def test_a_search_that_found_no_predecessor_is_noted() -> None:
    after = read(edit(RECORD, found_none("laserscan gevel", by="f@example.org", day=DAY)))
    assert after.search is not None and after.search.query == "laserscan gevel"


def test_links_to_nowhere_to_itself_and_in_a_circle_are_found_each_once() -> None:
    records = continuing(a=["b", "weg"], b=["c"], c=["a", "c"], d=["a"])
    found = {(problem.path, problem.message) for problem in faults(records, {"a", "b", "c", "d"})}
    assert found == {
        ("a/project.toml", "continues weg, which does not exist"),
        ("a/project.toml", "continues itself in a circle: a → b → c → a"),
        ("c/project.toml", "continues itself"),
    }


def test_two_circles_are_two_faults_and_a_line_is_none() -> None:
    records = continuing(a=["b"], b=["a"], p=["q"], q=["p"], x=["y"], y=["z"])
    assert len(list(faults(records, {*records, "z"}))) == 2
