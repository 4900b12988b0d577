"""Joining a team, as its record shows it: one entry a person, what people wrote left alone, a no that is a no."""

from __future__ import annotations

import tomllib
from datetime import date
from typing import Any

import pytest

from archive.accounts.teams import joined
from archive.records.editing import edit
from archive.records.reading import read_project

DAY = date(2021, 9, 14)
PROJECT = "bim5/2021/gevels"


def after(text: str, *, account: str = "sam@example.org", name: str = "Sam", consents: bool = True) -> dict[str, Any]:
    """The record's team after somebody joined it."""
    record, _problems = read_project(text.encode(), f"{PROJECT}/project.toml")
    return tomllib.loads(edit(text, joined(PROJECT, record, account=account, name=name, consents=consents, day=DAY)))


YES = {"for": "name", "date": DAY, "how": "join link"}
HEAD = 'title = "Gevels"\n'


def test_somebody_new_stands_at_the_end() -> None:
    team = after(HEAD + '[[team]]\nname = "Noor"\naccount = "noor@example.org"\n')["team"]
    assert [each["name"] for each in team] == ["Noor", "Sam"]
    assert team[1]["consent"] == [YES]


def test_a_team_between_brackets_stays_between_brackets() -> None:
    team = after(HEAD + 'team = [{ name = "Noor", role = "student" }]\n')["team"]
    assert [each["name"] for each in team] == ["Noor", "Sam"]


def test_an_account_that_is_written_otherwise_is_the_same() -> None:
    text = HEAD + '[[team]]\nname = "Sam"\naccount = "Sam@Example.org"\n'
    assert after(text)["team"] == [{"name": "Sam", "account": "Sam@Example.org", "consent": [YES]}]


def test_an_account_without_a_name_gets_it() -> None:
    assert after(HEAD + '[[team]]\naccount = "sam@example.org"\n', consents=False)["team"] == [
        {"account": "sam@example.org", "name": "Sam"}
    ]


@pytest.mark.parametrize("entry", ['role = "teacher"', 'account = "een.ander@example.org"'])
def test_a_namesake_who_is_somebody_else_stays_apart(entry: str) -> None:
    team = after(HEAD + f'[[team]]\nname = "Sam"\n{entry}\n')["team"]
    assert len(team) == 2 and "consent" not in team[0] and team[1]["account"] == "sam@example.org"


def test_a_no_takes_back_a_yes_that_stood_there() -> None:
    text = (
        HEAD + '[[team]]\naccount = "sam@example.org"\nname = "Sam"\nconsent = [{ for = "name", date = 2021-09-01 }]\n'
    )
    assert after(text, consents=False)["team"][0]["consent"] == [
        {"for": "name", "date": date(2021, 9, 1), "withdrawn": DAY}
    ]
    assert after(text)["team"][0]["consent"] == [{"for": "name", "date": date(2021, 9, 1)}], "a yes is not asked twice"


def test_a_yes_for_something_else_is_left_alone() -> None:
    text = HEAD + '[[team]]\naccount = "sam@example.org"\nname = "Sam"\n[[team.consent]]\nfor = "contact"\n'
    assert after(text)["team"][0]["consent"] == [{"for": "contact"}, YES]
    assert after(text, consents=False)["team"][0]["consent"] == [{"for": "contact"}]
