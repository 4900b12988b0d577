"""What is handed in stands in the tree, each file with its level, whatever ended the sending halfway."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import threading
import tomllib
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from archive.deposit import sending
from archive.deposit.draft import Draft
from archive.deposit.drafts import Drafts
from archive.deposit.errors import DiskFull
from archive.deposit.plan import About, HandIn, Item, NewProject, Sent, Unfit
from archive.deposit.sending import finish_interrupted, send
from archive.model import Handover, Kind, Person, Visibility
from archive.records.editing import RecordNotEditable
from archive.storage import Storage, StorageError

NOW = datetime(2022, 1, 24, 10, 12, tzinfo=UTC)
TEACHER = "docent@example.org"
GEVELS = NewProject(title="Prefab gevels", community="bim5", year=2021)


class Desk:
    """Drafts and the tree that they are sent to."""

    def __init__(self, root: Path) -> None:
        self.documents, self.drafts = root / "documents", Drafts(root / "var")
        self.documents.mkdir()
        self.storage = Storage(self.documents)

    def draft(self, *files: tuple[str, bytes]) -> Draft:
        id = self.drafts.new(owner=7, now=NOW).id
        for path, content in files:
            self.drafts.take(id, io.BytesIO(content), owner=7, path=path, size=len(content), now=NOW)
        return self.drafts.get(id, owner=7)

    def send(self, draft: Draft, told: HandIn, **more: Any) -> Sent:
        return send(
            self.drafts, draft.id, told, **{"storage": self.storage, "owner": 7, "by": TEACHER, "now": NOW, **more}
        )

    def hand_in(self, *files: tuple[str, bytes], project: str | NewProject = GEVELS, **more: Any) -> Sent:
        draft = self.draft(*files)
        return self.send(draft, told(draft, project, **more))

    def record(self, project: str = "bim5/2021/prefab-gevels") -> Any:
        return tomllib.loads((self.documents / project / "project.toml").read_text())

    def shown(self) -> list[str]:
        """All files that are no records and not hidden."""
        return [file.id for file in self.storage.scan().files]

    def hidden(self) -> list[str]:
        return [str(path) for path in self.documents.rglob(".*") if path.name != ".versions"]


def told(draft: Draft, project: str | NewProject = GEVELS, **about: Any) -> HandIn:
    level = about.pop("visibility", Visibility.CONFIDENTIAL)
    return HandIn(
        project=project,
        items=tuple(Item(key=file.key, title=f"Titel van {file.name}", visibility=level) for file in draft.files),
        about=About(**about),
    )


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_sent_draft_is_a_project_with_a_whole_record(desk: Desk) -> None:
    draft = desk.draft(("groep 3/Eindrapport (déf).pdf", b"%PDF rapport"))
    item = Item(
        key=draft.files[0].key,
        title="Prefab gevels hangen",
        kind=Kind.REPORT,
        language="nl",
        date=date(2022, 1, 21),
        licence="CC-BY-4.0",
        visibility=Visibility.COMMUNITY,
        embargo_until=date(2023, 1, 1),
        named=("a@example.org",),
        no_names=True,
        company_access=False,
    )
    about = About(
        summary="Kort.",
        outcome="Het kan.",
        visibility=Visibility.PUBLIC,
        themes=("prefab",),
        continues=("bim5/2020/scan",),
        team=(Person(name="F. Wolterbeek", programme="Bouwkunde"),),
        companies=("bouwbedrijf-x",),
        handover=Handover(stands="De mal."),
    )
    sent = desk.send(draft, HandIn(project=GEVELS, items=(item,), about=about))
    assert sent.files == {draft.files[0].key: "bim5/2021/prefab-gevels/Eindrapport (déf).pdf"}
    assert (desk.documents / sent.files[draft.files[0].key]).read_bytes() == b"%PDF rapport"
    record = desk.record()
    (entry,) = record.pop("deliverable")
    assert record == {
        "title": "Prefab gevels",
        "summary": "Kort.",
        "outcome": "Het kan.",
        "visibility": "public",
        "themes": ["prefab"],
        "continues": ["bim5/2020/scan"],
        "team": [{"name": "F. Wolterbeek", "role": "student", "programme": "Bouwkunde"}],
        "company": [{"organisation": "bouwbedrijf-x"}],
        "handover": {"stands": "De mal.", "by": TEACHER, "date": NOW.date()},
    }
    assert entry == {
        "file": "Eindrapport (déf).pdf",
        "title": "Prefab gevels hangen",
        "kind": "report",
        "language": "nl",
        "date": date(2022, 1, 21),
        "licence": "CC-BY-4.0",
        "visibility": "community",
        "embargo_until": date(2023, 1, 1),
        "named": ["a@example.org"],
        "no_names": True,
        "company_access": False,
        "sha256": draft.files[0].sha256,
        "deposited_at": NOW,
        "deposited_by": TEACHER,
        "version": 1,
    }
    assert desk.hidden() == []
    assert [path.name for path in (desk.drafts.root / draft.id).iterdir()] == ["draft.json"]


def test_the_same_draft_sent_twice_gets_the_first_answer(desk: Desk) -> None:
    draft = desk.draft(("a.txt", b"een"))
    first = desk.send(draft, told(draft))
    assert desk.send(draft, told(draft, "bim5/2021/iets-anders")) == first
    assert desk.shown() == ["bim5/2021/prefab-gevels/a.txt"]


def test_an_existing_record_keeps_its_comments_and_what_others_wrote(desk: Desk) -> None:
    folder = desk.documents / "bim5/2021/dak"
    folder.mkdir(parents=True)
    (folder / "project.toml").write_text('title = "Dak"  # van ons\nkleur = "rood"\nthemes = ["dak"]\n')
    (folder / "Rapport.pdf").write_bytes(b"van hand")
    desk.hand_in(("rapport.pdf", b"ingeleverd"), project="bim5/2021/dak", themes=("zon",))
    text = (folder / "project.toml").read_text()
    assert text.startswith('title = "Dak"  # van ons\nkleur = "rood"\nthemes = ["dak", "zon"]\n')
    assert (folder / "Rapport.pdf").read_bytes() == b"van hand"
    assert (folder / "rapport (2).pdf").read_bytes() == b"ingeleverd"


def test_two_at_once_to_one_project_are_both_there(desk: Desk) -> None:
    desk.hand_in(("begin.txt", b"begin"))
    drafts = [desk.draft(("verslag.txt", f"versie {n}".encode())) for n in range(6)]
    together(lambda draft: desk.send(draft, told(draft, "bim5/2021/prefab-gevels")), drafts)
    entries = {entry["file"] for entry in desk.record()["deliverable"]}
    assert len(entries) == 7
    assert {id.rpartition("/")[2] for id in desk.shown()} == entries
    contents = {path.read_bytes() for path in (desk.documents / "bim5/2021/prefab-gevels").glob("verslag*")}
    assert contents == {f"versie {n}".encode() for n in range(6)}


def test_two_who_make_a_project_of_one_title_make_two(desk: Desk) -> None:
    drafts = [desk.draft(("verslag.txt", f"versie {n}".encode())) for n in range(4)]
    sent = together(lambda draft: desk.send(draft, told(draft)), drafts)
    assert len({each.project for each in sent}) == 4
    assert len(desk.shown()) == 4


def test_two_who_send_one_draft_get_one_answer(desk: Desk) -> None:
    draft = desk.draft(("verslag.txt", b"een"))
    sent = together(lambda draft: desk.send(draft, told(draft)), [draft] * 4)
    assert {each.project for each in sent} == {"bim5/2021/prefab-gevels"}
    assert len(desk.shown()) == 1


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (lambda draft: HandIn(project=GEVELS, items=()), "no-files"),
        (lambda draft: HandIn(project=GEVELS, items=told(draft).items[:1]), "file-left"),
        (lambda draft: told(draft, "bim5/2021/niets"), "no-project"),
        (lambda draft: told(draft, NewProject(title=" ", community="bim5", year=2021)), "no-title"),
    ],
)
def test_what_can_not_be_sent_changes_nothing(desk: Desk, given: Callable[[Draft], HandIn], code: str) -> None:
    draft = desk.draft(("a.txt", b"een"), ("b.txt", b"twee"))
    with pytest.raises(Unfit) as raised:
        desk.send(draft, given(draft))
    assert raised.value.code == code
    assert desk.drafts.get(draft.id, owner=7).state == "open"
    assert list(desk.documents.rglob("*.*")) == []


def test_a_record_that_people_must_mend_first_leaves_the_draft_open(desk: Desk) -> None:
    folder = desk.documents / "bim5/2021/dak"
    folder.mkdir(parents=True)
    (folder / "project.toml").write_text('title = "Dak\n')
    draft = desk.draft(("a.txt", b"een"))
    with pytest.raises(RecordNotEditable):
        desk.send(draft, told(draft, "bim5/2021/dak"))
    assert desk.drafts.get(draft.id, owner=7).state == "open"
    assert [path.name for path in folder.iterdir()] == ["project.toml"]


def test_a_full_disk_leaves_nothing_half_written(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = desk.draft(("a.txt", b"een"), ("b.txt", b"twee"))
    staged = Storage.stage

    def full(self: Storage, folder: str, mark: str, *given: Any, **more: Any) -> Any:
        if mark.endswith(draft.files[1].key):
            error = OSError(28, "No space left on device")
            raise StorageError(folder, "no space left on device") from error
        return staged(self, folder, mark, *given, **more)

    monkeypatch.setattr(Storage, "stage", full)
    with pytest.raises(DiskFull):
        desk.send(draft, told(draft))
    assert not (desk.documents / "bim5/2021/prefab-gevels").exists()
    monkeypatch.undo()
    assert desk.send(draft, told(draft)).project == "bim5/2021/prefab-gevels"


class Killed(BaseException):
    """What ends a process at this point."""


# Every call that changes something on disk is one at which a kill may come.
EFFECTS = (
    (Drafts, "write"),
    (Drafts, "drop_bytes"),
    (Storage, "stage"),
    (Storage, "place"),
    (Storage, "write"),
    (Storage, "write_record"),
    (Storage, "unstage"),
    (Storage, "remove"),
)


def killed_at(monkeypatch: pytest.MonkeyPatch, number: int, *, before: bool) -> list[str]:
    """End the process before or after the effect with this number; which one that was."""
    done: list[str] = []

    def wrapped(name: str, effect: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **more: Any) -> Any:
            done.append(name)
            if len(done) == number and before:
                raise Killed
            answer = effect(*given, **more)
            if len(done) == number:
                raise Killed
            return answer

        return call

    for kind, name in EFFECTS:
        monkeypatch.setattr(kind, name, wrapped(name, getattr(kind, name)))
    return done


def expect_closed(desk: Desk) -> None:
    """Every file that is shown is spoken of by an entry of a record with a level."""
    for id in desk.shown():
        project, _, name = id.rpartition("/")
        entries = {entry["file"]: entry for entry in desk.record(project)["deliverable"]}
        assert entries[name]["visibility"] == "confidential", id


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("number", range(1, 16))
def test_killed_at_any_step_no_file_is_without_its_level_and_all_is_finished_later(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, number: int, before: bool
) -> None:
    draft = desk.draft(("a.txt", b"een"), ("b.txt", b"twee"), ("A.txt", b"drie"))
    killed_at(monkeypatch, number, before=before)
    with contextlib.suppress(Killed):
        desk.send(draft, told(draft))
    monkeypatch.undo()
    expect_closed(desk)
    finish_interrupted(desk.drafts, desk.storage)
    expect_closed(desk)
    sent = desk.send(desk.drafts.get(draft.id, owner=7), told(draft))
    assert sorted(sent.files.values()) == desk.shown()
    assert sorted((desk.documents / id).read_bytes() for id in desk.shown()) == [b"drie", b"een", b"twee"]
    assert len(desk.record()["deliverable"]) == 3
    assert desk.hidden() == []
    assert [path.name for path in (desk.drafts.root / draft.id).iterdir()] == ["draft.json"]


def test_what_another_process_is_sending_is_left_to_it(desk: Desk) -> None:
    draft = desk.draft(("a.txt", b"een"))
    with desk.drafts.alone(draft.id):
        plan = sending.plan_of(draft, told(draft), by=TEACHER, asks=False, reviewers=(), now=NOW)
        plan.project = "bim5/2021/prefab-gevels"
        desk.drafts.write(replace_state(draft, plan.to_json()))
        assert finish_interrupted(desk.drafts, desk.storage) == ()
    (sent,) = finish_interrupted(desk.drafts, desk.storage)
    assert sent.draft == draft.id


def test_an_interrupted_draft_that_can_not_be_finished_is_given_back(desk: Desk) -> None:
    draft = desk.draft(("a.txt", b"een"))
    plan = sending.plan_of(draft, told(draft, "bim5/2021/weg"), by=TEACHER, asks=False, reviewers=(), now=NOW)
    desk.drafts.write(replace_state(draft, plan.to_json()))
    assert finish_interrupted(desk.drafts, desk.storage) == ()
    assert desk.drafts.get(draft.id, owner=7).state == "open"
    assert list(desk.documents.rglob("*")) == []


def test_a_project_that_appears_meanwhile_is_not_written_into(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = desk.draft(("a.txt", b"een"))
    staged = Storage.stage

    def raced(self: Storage, folder: str, *given: Any, **more: Any) -> Any:
        answer = staged(self, folder, *given, **more)
        other = desk.documents / "bim5/2021/prefab-gevels/project.toml"
        if not other.exists():
            other.write_text('title = "Van een ander"\n')
        return answer

    monkeypatch.setattr(Storage, "stage", raced)
    assert desk.send(draft, told(draft)).project == "bim5/2021/prefab-gevels-2"
    assert desk.record() == {"title": "Van een ander"}
    assert desk.hidden() == []


def replace_state(draft: Draft, plan: dict[str, Any]) -> Draft:
    return dataclasses.replace(draft, state="sending", sending=plan)


def together(work: Callable[[Draft], Sent], drafts: list[Draft]) -> list[Sent]:
    """Do the same for all, at once."""
    start, done, failed = threading.Barrier(len(drafts)), [], []

    def run(draft: Draft) -> None:
        start.wait(10)
        try:
            done.append(work(draft))
        except Exception as error:  # told below
            failed.append(error)

    threads = [threading.Thread(target=run, args=(draft,)) for draft in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failed == []
    return done
