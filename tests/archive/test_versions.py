"""New versions, withdrawals and a teacher's yes: what the record says, and who reads what."""

from __future__ import annotations

import contextlib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from archive.access import Access, reader
from archive.accounts.accounts import Account
from archive.deposit import approval, may, versions
from archive.deposit.plan import HandIn, Item, Unfit
from archive.deposit.sending import finish_interrupted
from archive.errors import UsageError
from archive.model import Deliverable, FileFacts, ProjectRecord, Visibility
from archive.network.model import Network
from archive.records.assembly import assemble_project
from archive.records.live import LiveRecords
from archive.records.reading import read_project
from tests.archive.test_sending import NOW, TEACHER, Desk, Killed, killed_at, told

PROJECT = "bim5/2021/prefab-gevels"
RAPPORT = f"{PROJECT}/rapport.txt"
STUDENT = "student@example.org"
DAY = date(2022, 2, 1)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def replaced(desk: Desk, content: bytes, name: str = "v2.txt", **values: Any) -> Any:
    draft = desk.draft((name, content))
    given = {"title": "Rapport", "visibility": Visibility.CONFIDENTIAL, **values}
    item = Item(key=draft.files[0].key, replaces=RAPPORT, **given)
    return draft, HandIn(project=PROJECT, items=(item,))


def deliverable(desk: Desk, id: str = RAPPORT) -> Deliverable:
    content = (desk.documents / PROJECT / "project.toml").read_bytes()
    record, _ = read_project(content, "project.toml")
    files = [FileFacts(id=each) for each in desk.shown()]
    made = assemble_project(PROJECT, files, record=record, default=Visibility.CAMPUS, network=Network())
    return next(each for each in made.deliverables if each.id == id)


def record(desk: Desk) -> ProjectRecord:
    found = LiveRecords(desk.storage).project(PROJECT)
    assert found is not None
    return found


def student() -> Access:
    return reader("student", today=DAY)


def coordinator() -> Access:
    return reader("coordinator", today=DAY)


def opened(desk: Desk, number: int, access: Access) -> bytes:
    stream, _ = versions.open_version(desk.storage, deliverable(desk), number, access=access)
    with stream:
        return stream.read()


def test_a_new_version_keeps_the_address_and_the_old_bytes(desk: Desk) -> None:
    desk.hand_in(("rapport.txt", b"een"), visibility=Visibility.CAMPUS)
    draft, given = replaced(desk, b"twee", visibility=Visibility.CAMPUS)
    sent = desk.send(draft, given)
    assert list(sent.files.values()) == [RAPPORT]
    assert (desk.documents / RAPPORT).read_bytes() == b"twee"
    (entry,) = record(desk).deliverables
    assert (entry.version, [each.version for each in entry.previous]) == (2, [1])
    assert opened(desk, 1, student()) == b"een"
    third, given = replaced(desk, b"drie", visibility=Visibility.CAMPUS)
    desk.send(third, given)
    assert [each.version for each in versions.readable(deliverable(desk), access=student())] == [2, 1]
    assert opened(desk, 2, student()) == b"twee"


def test_what_was_confidential_stays_so_when_its_new_version_is_open(desk: Desk) -> None:
    """A cleaned version is handed in because the first one held what nobody else should read."""
    desk.hand_in(("rapport.txt", b"met namen"), visibility=Visibility.CONFIDENTIAL)
    draft, given = replaced(desk, b"opgeschoond", visibility=Visibility.PUBLIC, no_names=True)
    desk.send(draft, given)
    assert deliverable(desk).text_audience >= {("public", None)}
    for access in (reader("public", today=DAY), student()):
        with pytest.raises(versions.NoSuchVersion):
            versions.open_version(desk.storage, deliverable(desk), 1, access=access)
    assert opened(desk, 1, reader("teacher", today=DAY, account=TEACHER)) == b"met namen"
    assert opened(desk, 1, coordinator()) == b"met namen"


def test_a_version_in_another_format_leads_on_from_the_old_address(desk: Desk) -> None:
    desk.hand_in(("rapport.txt", b"een"))
    draft, given = replaced(desk, b"%PDF twee", name="Rapport definitief.pdf")
    assert list(desk.send(draft, given).files.values()) == [f"{PROJECT}/rapport.pdf"]
    assert desk.shown() == [f"{PROJECT}/rapport.pdf"]
    (entry,) = record(desk).deliverables
    assert (entry.file, entry.was, entry.previous[0].file) == ("rapport.pdf", (RAPPORT,), "rapport.txt")
    found = deliverable(desk, f"{PROJECT}/rapport.pdf")
    stream, _ = versions.open_version(desk.storage, found, 1, access=coordinator())
    with stream:
        assert stream.read() == b"een"


def test_the_same_bytes_are_no_new_version(desk: Desk) -> None:
    desk.hand_in(("rapport.txt", b"een"))
    draft, given = replaced(desk, b"een")
    with pytest.raises(Unfit) as raised:
        desk.send(draft, given)
    assert raised.value.code == "same"
    assert desk.drafts.get(draft.id, owner=7).state == "open"


@pytest.mark.parametrize("name", ["v2.txt", "v2.pdf"])
@pytest.mark.parametrize(
    ("first", "second"),
    [(Visibility.PUBLIC, Visibility.CONFIDENTIAL), (Visibility.CONFIDENTIAL, Visibility.PUBLIC)],
)
@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("number", range(1, 14))
def test_killed_at_any_step_no_version_is_read_wider_than_it_was_handed_in(
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    before: bool,
    first: Visibility,
    second: Visibility,
    name: str,
) -> None:
    desk.hand_in(("rapport.txt", b"een"), visibility=first)
    draft, given = replaced(desk, b"twee", name=name, visibility=second)
    meant = {b"een": first, b"twee": second}

    def expect_closed() -> None:
        for id in desk.shown():
            found = deliverable(desk, id)
            content = (desk.documents / id).read_bytes()
            is_public = reader("student", today=DAY).reads(found.text_audience)
            assert not is_public or meant[content] is Visibility.PUBLIC, content

    killed_at(monkeypatch, number, before=before)
    with contextlib.suppress(Killed):
        desk.send(draft, given)
    monkeypatch.undo()
    expect_closed()
    finish_interrupted(desk.drafts, desk.storage)
    expect_closed()
    sent = desk.send(desk.drafts.get(draft.id, owner=7), given)
    (id,) = sent.files.values()
    assert desk.shown() == [id]
    assert (desk.documents / id).read_bytes() == b"twee"
    (entry,) = record(desk).deliverables
    assert (entry.version, entry.visibility, len(entry.previous)) == (2, second, 1)
    found = deliverable(desk, id)
    stream, _ = versions.open_version(desk.storage, found, 1, access=coordinator())
    with stream:
        assert stream.read() == b"een"
    assert desk.hidden() == []


def test_a_withdrawn_deliverable_keeps_its_bytes_and_comes_back(desk: Desk) -> None:
    desk.hand_in(("rapport.txt", b"een"), visibility=Visibility.CAMPUS)
    records = LiveRecords(desk.storage)
    versions.withdraw(records, RAPPORT, reason="  Niet van\nons. ", by=TEACHER, day=DAY)
    versions.withdraw(records, RAPPORT, reason="Iets anders", by=TEACHER, day=DAY)
    withdrawn = record(desk).deliverables[0].withdrawn
    assert withdrawn is not None
    assert (withdrawn.reason, withdrawn.date) == ("Niet van ons.", DAY)
    assert not student().reads(deliverable(desk).text_audience)
    assert (desk.documents / RAPPORT).read_bytes() == b"een"
    versions.restore(records, RAPPORT)
    assert student().reads(deliverable(desk).text_audience)


def test_versions_of_what_was_withdrawn_are_not_read_either(desk: Desk) -> None:
    desk.hand_in(("rapport.txt", b"een"), visibility=Visibility.CAMPUS)
    desk.send(*replaced(desk, b"twee", visibility=Visibility.CAMPUS))
    versions.withdraw(LiveRecords(desk.storage), RAPPORT, reason="Fout", by=TEACHER, day=DAY)
    assert versions.readable(deliverable(desk), access=student()) == ()
    assert opened(desk, 1, coordinator()) == b"een"


@pytest.mark.parametrize(("id", "reason"), [(f"{PROJECT}/niets.txt", "Fout"), (RAPPORT, "  ")])
def test_a_withdrawal_without_file_or_reason_is_refused(desk: Desk, id: str, reason: str) -> None:
    desk.hand_in(("rapport.txt", b"een"))
    with pytest.raises(UsageError):
        versions.withdraw(LiveRecords(desk.storage), id, reason=reason, by=TEACHER, day=DAY)


def asked(desk: Desk, content: bytes = b"van een student", **about: Any) -> None:
    """A student of the team hands in for campus."""
    folder = desk.documents / PROJECT
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "project.toml").write_text(
        f'title = "Gevels"\noutcome = "Nog niets."\n[[team]]\naccount = "{STUDENT}"\n[[company]]\norganisation = "x"\n'
    )
    draft = desk.draft(("rapport.txt", content))
    given = told(draft, PROJECT, visibility=Visibility.CAMPUS, **about)
    sent = desk.send(draft, given, by=STUDENT, asks=True, reviewers=[TEACHER])
    assert sent.waiting


def test_what_a_student_hands_in_is_the_teams_until_a_teacher_agrees(desk: Desk) -> None:
    asked(desk)
    team = reader("student", today=DAY, account=STUDENT)
    teacher = reader("teacher", today=DAY, account=TEACHER)
    company = reader("partner", today=DAY, company="x")
    before = deliverable(desk).text_audience
    assert [access.reads(before) for access in (team, teacher, student(), company)] == [True, True, False, False]
    records = LiveRecords(desk.storage)
    (waits,) = approval.waiting(records)
    assert [id for id, _ in waits.deliverables] == [RAPPORT]
    approval.approve(records, RAPPORT)
    after = deliverable(desk).text_audience
    assert [access.reads(after) for access in (team, teacher, student(), company)] == [True, True, True, True]
    entry = record(desk).deliverables[0]
    assert (entry.visibility, entry.named, entry.asked) == (Visibility.CAMPUS, (), None)
    assert approval.waiting(records) == ()
    with pytest.raises(UsageError):
        approval.approve(records, RAPPORT)


def test_a_teacher_may_agree_to_less_and_not_to_more(desk: Desk) -> None:
    asked(desk)
    records = LiveRecords(desk.storage)
    with pytest.raises(UsageError):
        approval.approve(records, RAPPORT, visibility=Visibility.PUBLIC)
    approval.approve(records, RAPPORT, visibility=Visibility.COMMUNITY)
    assert record(desk).deliverables[0].visibility is Visibility.COMMUNITY


def test_a_waiting_entry_is_closed_whatever_else_its_record_says(desk: Desk) -> None:
    asked(desk)
    path = desk.documents / PROJECT / "project.toml"
    path.write_text(path.read_text().replace('visibility = "confidential"', 'visibility = "public"'))
    assert not student().reads(deliverable(desk).audience)


def test_what_a_student_says_of_the_project_waits_too(desk: Desk) -> None:
    asked(desk, outcome="Het kan.")
    assert record(desk).outcome == "Nog niets."
    records = LiveRecords(desk.storage)
    (waits,) = approval.waiting(records, projects=[PROJECT])
    assert waits.lines is not None
    assert waits.lines.outcome == "Het kan."
    approval.approve_lines(records, PROJECT)
    assert (record(desk).outcome, record(desk).asked) == ("Het kan.", None)


def test_what_comes_back_to_the_team_stays_closed_and_waits_again_once_the_team_answers(desk: Desk) -> None:
    asked(desk, outcome="Het kan.")
    records = LiveRecords(desk.storage)
    approval.send_back(records, PROJECT, [RAPPORT], lines=True, reason=" De bron mist. ", by=TEACHER, day=DAY)
    path = desk.documents / PROJECT / "project.toml"
    assert path.read_text().count("De bron mist.") == 2, "the record tells why, beside what was asked"
    assert not student().reads(deliverable(desk).audience)
    assert approval.waiting(records) == ()
    came = approval.returned_in(PROJECT, record(desk))
    assert ([id for id, _ in came.deliverables], came.lines is not None) == ([RAPPORT], True)
    approval.answer(records, PROJECT, [RAPPORT], lines=True, text="Staat op p. 3.")
    (waits,) = approval.waiting(records)
    told = [each.asked for _, each in waits.deliverables if each.asked]
    assert [(each.returned and each.returned.reason, each.answer) for each in told] == [
        ("De bron mist.", "Staat op p. 3.")
    ]
    with pytest.raises(UsageError):
        approval.answer(records, PROJECT, [RAPPORT], lines=False, text="Nog eens.")
    approval.approve(records, RAPPORT)
    approval.approve_lines(records, PROJECT)
    assert "De bron mist." not in path.read_text()


def test_a_new_version_of_what_came_back_waits_for_a_teacher_with_the_lines(desk: Desk) -> None:
    asked(desk, outcome="Het kan.")
    records = LiveRecords(desk.storage)
    approval.send_back(records, PROJECT, [RAPPORT], lines=True, reason="De bron mist.", by=TEACHER, day=DAY)
    draft, given = replaced(desk, b"beter", visibility=Visibility.CAMPUS)
    desk.send(draft, given, by=STUDENT, asks=True, reviewers=[TEACHER])
    (waits,) = approval.waiting(records)
    assert [id for id, _ in waits.deliverables] == [RAPPORT]
    assert waits.lines is not None
    assert waits.lines.outcome == "Het kan."
    assert not approval.returned_in(PROJECT, record(desk))


@pytest.mark.parametrize(("ids", "reason"), [([RAPPORT], "  "), ([f"{PROJECT}/x.txt"], "Nee."), ([], "Nee.")])
def test_nothing_goes_back_without_a_reason_or_where_nothing_was_asked(desk: Desk, ids: list[str], reason: str) -> None:
    asked(desk)
    records = LiveRecords(desk.storage)
    with pytest.raises(UsageError):
        approval.send_back(records, PROJECT, ids, lines=False, reason=reason, by=TEACHER, day=DAY)
    assert approval.waiting(records)


def test_a_student_does_not_tell_whom_a_project_continues(desk: Desk) -> None:
    with pytest.raises(Unfit) as raised:
        asked(desk, continues=("bim5/2020/scan",))
    assert raised.value.code == "not-yours"


def test_a_student_replaces_only_what_still_waits(desk: Desk) -> None:
    asked(desk)
    draft, given = replaced(desk, b"beter", visibility=Visibility.CAMPUS)
    desk.send(draft, given, by=STUDENT, asks=True, reviewers=[TEACHER])
    approval.approve(LiveRecords(desk.storage), RAPPORT)
    draft, given = replaced(desk, b"nog beter", visibility=Visibility.CAMPUS)
    with pytest.raises(Unfit) as raised:
        desk.send(draft, given, by=STUDENT, asks=True, reviewers=[TEACHER])
    assert raised.value.code == "not-yours"
    assert (desk.documents / RAPPORT).read_bytes() == b"beter"


def account(role: str, **more: Any) -> Account:
    return Account(id=7, email=STUDENT, name="", role=role, made=NOW.date(), **more)  # type: ignore[arg-type]


def test_who_may_hand_in_where() -> None:
    mine, _ = read_project(f'title = "X"\n[[team]]\naccount = "{STUDENT}"\n'.encode(), "project.toml")
    other, _ = read_project(b'title = "X"\n', "project.toml")

    def said(role: str, found: ProjectRecord | None, **more: Any) -> str:
        return may.may_hand_in(account(role, **more), community="bim5", record=found)

    assert [said("student", each, communities=("bim5",)) for each in (mine, other, None)] == ["asks", "no", "no"]
    assert [said("teacher", each, communities=("bim5",)) for each in (mine, other, None)] == ["yes"] * 3
    assert [said("teacher", each, communities=("zorg",)) for each in (mine, other, None)] == ["yes", "no", "no"]
    assert [said("coordinator", each) for each in (mine, other, None)] == ["yes"] * 3
    assert [said("partner", each, company="x") for each in (mine, other, None)] == ["no"] * 3
    assert may.may_hand_in(None, community="bim5", record=mine) == "no"
    assert not may.may_approve(account("student", communities=("bim5",)), community="bim5", record=mine)
    assert may.may_restore(account("coordinator"))
    assert not may.may_restore(account("teacher", communities=("bim5",)))
