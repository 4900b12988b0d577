"""The handover's checklist fills itself; what a record says of a beginning; when a line counts as dropped."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from archive.access import everything, reader
from archive.model import (
    NOBODY,
    Contact,
    Deliverable,
    Handover,
    Involvement,
    Kind,
    Person,
    PriorSearch,
    Project,
    ProjectRecord,
)
from archive.relay.handover import beginning, checklist, has_ended, is_checked, unfollowed_since, where_to_begin
from archive.seen import project_as_seen

TODAY = date(2026, 11, 22)
PERSON = Contact(name="Iemand", confirmed=date(2021, 10, 1))


def project(**record: object) -> Project:
    made = ProjectRecord(title="X", starts=date(2021, 9, 6), ends=date(2022, 1, 28), **record)  # type: ignore[arg-type]
    return Project(id="bim5/2021/x", title="X", audience=NOBODY, community="bim5", year=2021, record=made)


def document(name: str, kind: Kind) -> Deliverable:
    return Deliverable(
        id=f"bim5/2021/x/{name}",
        title=name,
        kind=kind,
        format=name.rpartition(".")[2],
        audience=NOBODY,
        text_audience=NOBODY,
        project="bim5/2021/x",
    )


def done(of: Project, documents: list[Deliverable], contacts: dict[str | None, list[Contact]]) -> set[str]:
    return {item.name for item in checklist(of, documents, contacts).items if item.done}


def test_a_checklist_fills_itself_with_what_is_there() -> None:
    whole = project(handover=Handover(stands="a", open="b", start="c"))
    documents = [document("eindrapport.pdf", Kind.REPORT), document("metingen.xlsx", Kind.DATASET)]
    assert checklist(whole, documents, {None: [PERSON]}).complete
    assert done(whole, documents[:1], {None: [PERSON]}) == {"stands", "open", "start", "report", "contacts"}
    assert done(replace(whole, record=None), [], {}) == set()


def test_a_contact_counts_only_when_confirmed_since_the_project_began() -> None:
    long_ago = replace(PERSON, confirmed=date(2021, 9, 5))
    replaced = replace(PERSON, until=date(2022, 1, 1))
    assert done(project(), [], {None: [long_ago]}) == set()
    assert done(project(), [], {None: [replaced]}) == set()
    assert done(project(), [], {None: [long_ago, PERSON]}) == {"contacts"}


def test_of_each_company_there_must_be_somebody() -> None:
    both = project(companies=(Involvement(organisation="a"), Involvement(organisation="b")))
    filled = checklist(both, [], {"a": [PERSON], None: [PERSON]})
    assert not filled.complete
    assert [item.unknown for item in filled.items if item.name == "contacts"] == [("b",)]
    assert "contacts" in done(both, [], {"a": [PERSON], "b": [PERSON]})


@pytest.mark.parametrize(
    ("by", "checked"),
    [("Docent D", True), ("d@example.org", True), ("Student S", False), ("s@example.org", False), (None, False)],
)
def test_a_handover_is_checked_when_a_teacher_of_the_team_stands_for_it(by: str | None, checked: bool) -> None:
    team = (
        Person(name="Docent D", role="teacher", account="D@example.org"),
        Person(name="Student S", account="s@example.org"),
    )
    made = project(team=team, handover=Handover(stands="a", by=by))
    assert is_checked(made.record) is checked


def test_a_new_team_begins_with_a_finished_project_of_which_a_teacher_checked_the_handover() -> None:
    """A running project was chosen, for the words about what is open that were guessed from its plan."""

    def one(title: str, status: str, left: Handover | None, **more: object) -> Project:
        made = project(status=status, handover=left, **more)
        return replace(made, id=f"bim5/2021/{title}", title=title)

    runs = one("loopt", "running", Handover(open="geraden", checked=True))
    bare = one("kaal", "finished", None)
    told = one("verteld", "finished", Handover(open="x"))
    checked = one("nagekeken", "finished", Handover(open="x", checked=True))
    file = Project(id="bim5/2021/los.pdf", title="los", audience=NOBODY, year=2021)

    def begins(*projects: Project) -> str | None:
        found = where_to_begin(projects, today=TODAY)
        return found.title if found else None

    assert begins(file, runs, bare, told, checked) == "nagekeken"
    assert begins(file, runs, bare, told) == "verteld" and begins(file, runs, bare) == "kaal"
    assert begins(file, runs) == "loopt" and begins(file) == "los" and begins() is None


def test_who_may_not_know_the_name_still_knows_whether_a_teacher_looked() -> None:
    team = (Person(name="Docent D", role="teacher"),)
    made = project(team=team, handover=Handover(stands="a", by="Docent D"))
    public = project_as_seen(made, reader("public", today=TODAY), projects=(), questions=())
    assert public.record is not None
    assert public.record.handover is not None
    assert public.record.handover.by is None
    assert is_checked(public.record)
    assert is_checked(project_as_seen(made, everything(today=TODAY), projects=(), questions=()).record)


def test_a_project_began_with_a_predecessor_a_search_or_without_a_word() -> None:
    assert beginning(project(continues=("bim5/2020/y",))).begun == "continues"
    searched = beginning(project(search=PriorSearch(query="gevel", date=date(2021, 9, 1))))
    assert (searched.begun, searched.search and searched.search.query) == ("searched", "gevel")
    assert beginning(project()).begun == "missing"


def test_a_project_without_days_ends_with_its_academic_year() -> None:
    bare = replace(project(), record=None)
    assert not has_ended(bare, today=date(2022, 8, 31))
    assert has_ended(bare, today=date(2022, 9, 1))
    assert has_ended(project(status="stopped"), today=date(2021, 10, 1))
    assert not has_ended(project(status="running"), today=TODAY)


def test_nobody_is_said_to_continue_a_project_only_after_a_year_and_never_of_one_that_runs() -> None:
    ended = project()
    assert unfollowed_since(ended, followed=False, today=date(2023, 1, 28)) is None
    assert unfollowed_since(ended, followed=False, today=date(2023, 1, 29)) == 2022
    assert unfollowed_since(ended, followed=True, today=TODAY) is None
    assert unfollowed_since(project(status="running"), followed=False, today=TODAY) is None
