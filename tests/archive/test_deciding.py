"""Who may decide what: each role, in its own community and in another's, for its own team and for others."""

from __future__ import annotations

from datetime import date

import pytest

from archive.accounts.accounts import Account
from archive.agenda.deciding import DEEDS, Deed, may
from archive.model import Person, ProjectRecord

DAY = date(2021, 9, 14)
OWN = ProjectRecord(title="Gevels", team=(Person(role="student", account="Iemand@example.org"),))
OTHERS = ProjectRecord(title="Daken", team=(Person(role="student", account="ander@example.org"),))


def account(role: str, *communities: str) -> Account:
    return Account(id=1, email="iemand@example.org", name="", role=role, communities=communities, made=DAY)  # type: ignore[arg-type]


def deeds(mine: Account | None, record: ProjectRecord | None = None, community: str | None = "bim5") -> set[Deed]:
    return {deed for deed in DEEDS if may(mine, deed, community=community, record=record)}


def test_the_coordinator_decides_everywhere() -> None:
    assert deeds(account("coordinator")) == set(DEEDS)
    assert deeds(account("coordinator"), community=None) == set(DEEDS)


def test_a_teacher_decides_in_own_communities() -> None:
    assert deeds(account("teacher", "bim5")) == set(DEEDS)
    assert deeds(account("teacher", "energie")) == set()
    assert deeds(account("teacher", "bim5"), community=None) == set()


def test_a_teacher_of_the_team_hands_over_wherever_the_project_stands() -> None:
    assert deeds(account("teacher", "energie"), OWN) == {"hand over"}
    assert deeds(account("teacher", "energie"), OTHERS) == set()


def test_a_student_proposes_and_decides_for_the_own_team() -> None:
    student = account("student", "bim5")
    assert deeds(student) == {"propose"}
    assert deeds(student, OTHERS) == {"propose"}
    assert deeds(student, OWN) == {"propose", "claim", "hand over", "link"}


def test_a_student_of_another_community_decides_nothing_even_when_named_in_the_team() -> None:
    assert deeds(account("student", "energie"), OWN) == set()


@pytest.mark.parametrize("role", ["partner", "public", "rector"])
def test_others_decide_nothing(role: str) -> None:
    assert deeds(account(role, "bim5"), OWN) == set()


def test_whoever_is_not_signed_in_decides_nothing() -> None:
    assert deeds(None, OWN) == set()
