"""Erasing a person and files, and erasing them again in what a backup brought back."""

from __future__ import annotations

import io
import shutil
import stat
import tomllib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from archive.accounts.accounts import Accounts
from archive.catalog.catalog import Catalog
from archive.deposit.draft import Draft
from archive.deposit.drafts import Drafts
from archive.errors import AccessFailed
from archive.privacy import erasures, personal
from archive.privacy.erasures import Applied, Erasures
from archive.privacy.forgetting import Somebody
from archive.privacy.personal import Erasure
from archive.records.live import LiveRecords
from archive.storage import Storage

NOW = datetime(2022, 1, 10, 12, tzinfo=UTC)
P = "bim5/2021/gevels"
NOOR = Somebody.of(["Noor Kanarie"], ["noor@example.org"])
RECORD = """
title = "Gevels"
summary = "Vraag het Noor Kanarie."
[[team]]
name = "Noor Kanarie"
role = "student"
account = "noor@example.org"
[[deliverable]]
file = "verslag.txt"
sha256 = "0b5e"
[[deliverable.previous]]
version = 1
sha256 = "aa11"
[[deliverable]]
file = "noor kanarie.txt"
"""
ELSEWHERE = 'title = "Elders"\n[[team]]\nname = "Noor Kanarie"\nrole = "student"\n'


class House:
    """An archive of two projects, its accounts and its erasures."""

    def __init__(self, root: Path) -> None:
        self.root, self.documents = root, root / "documents"
        for id, text in {
            f"{P}/project.toml": RECORD,
            f"{P}/verslag.txt": "Het verslag.",
            f"{P}/.versions/aa11/verslag.txt": "Het eerste verslag.",
            f"{P}/.versions/bb22/ander.txt": "Van een ander document.",
            f"{P}/noor kanarie.txt": "Ik ben Noor.",
            "bim5/2020/elders/project.toml": ELSEWHERE,
        }.items():
            path = self.documents / id
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.storage = Storage(self.documents)
        self.accounts = Accounts.open(root / "var")
        self.catalog = Catalog.open(root / "var")
        self.erasures = Erasures(erasures.beside(root / "var"))
        self.noor = self.accounts.add(email="noor@example.org", role="student", name="Noor Kanarie", now=NOW, by="test")

    def close(self) -> None:
        self.accounts.close()
        self.catalog.close()

    def erase(self, **what: object) -> tuple[str, ...]:
        wanted = Erasure(who=NOOR, **what)  # type: ignore[arg-type]
        return personal.erase(
            wanted,
            records=LiveRecords(self.storage),
            accounts=self.accounts,
            catalog=self.catalog,
            erasures=self.erasures,
            now=NOW,
            day=date(2022, 1, 10),
            by="account 1",
        )

    def text(self, id: str) -> str:
        return (self.documents / id).read_text()

    def apply(self, documents: Path, since: datetime | None = None) -> Applied:
        """Erase again in another folder, with the accounts of this one."""
        return erasures.apply(self.erasures, Storage(documents), self.accounts, since=since, now=NOW)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with closing(House(tmp_path)) as opened:
        yield opened


def whole(folder: Path) -> str:
    return "".join(path.read_text() for path in sorted(folder.rglob("*")) if path.is_file())


def test_somebody_is_found_by_an_address_with_the_names_that_stand_beside_it(house: House) -> None:
    records = LiveRecords(house.storage)
    who = personal.widened(records, house.accounts, Somebody.of([], ["Noor@example.org"]))
    assert who.names == {"noor kanarie"}
    found = personal.held(records, house.accounts, who)
    assert {each.record: each.sure for each in found.records} == {
        f"{P}/project.toml": True,
        "bim5/2020/elders/project.toml": False,
    }
    assert [each.id for each in found.accounts] == [house.noor.id]
    assert [line.action for line in found.log] == ["account made"]


def test_a_name_alone_does_not_bring_in_the_address_of_who_has_it_too(house: House) -> None:
    who = personal.widened(LiveRecords(house.storage), house.accounts, Somebody.of(["Noor Kanarie"]))
    assert who.addresses == frozenset()


def test_an_erased_person_is_in_no_record_and_no_account(house: House) -> None:
    house.accounts.give_link("consent", {"who": "abc", "record": "x"}, until=NOW + timedelta(1), now=NOW, by="test")
    assert (
        house.erase(
            records=(f"{P}/project.toml", "bim5/2020/elders/project.toml"),
            accounts=(house.noor.id,),
            files=(f"{P}/noor kanarie.txt",),
            references=frozenset({"abc"}),
        )
        == ()
    )
    assert "kanarie" not in whole(house.documents).casefold()
    assert house.accounts.all() == ()
    assert house.accounts.links("consent") == ()
    told = str([(line.action, line.subject, line.says) for line in house.accounts.log()])
    assert "person erased" in told
    assert "noor" not in told


def test_an_erased_file_goes_with_its_versions_and_leaves_a_tombstone(house: House) -> None:
    house.erase(files=(f"{P}/verslag.txt",))
    left = {path.name for path in (house.documents / P).rglob("*") if path.is_file()}
    assert left == {"project.toml", "ander.txt", "noor kanarie.txt"}
    entry = tomllib.loads(house.text(f"{P}/project.toml"))["deliverable"][0]
    assert entry == {"file": "verslag.txt", "withdrawn": {"date": date(2022, 1, 10), "reason": erasures.REASON}}


def test_a_file_whose_own_name_names_the_person_leaves_nothing(house: House) -> None:
    house.erase(files=(f"{P}/noor kanarie.txt",))
    assert [each["file"] for each in tomllib.loads(house.text(f"{P}/project.toml"))["deliverable"]] == ["verslag.txt"]


def test_the_erasures_hold_no_name_and_only_their_owner_reads_them(house: House) -> None:
    house.erase(records=(f"{P}/project.toml",), accounts=(house.noor.id,), files=(f"{P}/verslag.txt",))
    text = house.erasures.path.read_text()
    assert not any(word in text for word in ("noor", "kanarie", "verslag", "bim5"))
    assert stat.S_IMODE(house.erasures.path.stat().st_mode) == 0o600
    assert house.erasures.path.parent not in (house.documents, house.root / "var")


def test_what_a_backup_brings_back_is_erased_again(house: House, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    shutil.copytree(house.documents, backup)
    (backup / P / "verslag.txt").rename(backup / P / "anders genoemd.txt")  # before it was handed in under its name
    house.erase(
        records=(f"{P}/project.toml", "bim5/2020/elders/project.toml"),
        accounts=(house.noor.id,),
        files=(f"{P}/verslag.txt", f"{P}/noor kanarie.txt"),
    )
    house.accounts.add(email="noor@example.org", role="student", now=NOW, by="the backup")
    done = house.apply(backup, since=NOW)
    assert done.failed == ()
    assert set(done.files) == {f"{P}/anders genoemd.txt", f"{P}/noor kanarie.txt"}
    assert (len(done.records), done.accounts) == (2, 1)
    assert "Noor Kanarie" not in whole(backup)
    assert house.accounts.all() == ()
    assert house.apply(backup, since=NOW) == Applied(), "a second time there is nothing left to erase"


def test_a_question_that_was_not_confirmed_is_erased_again_with_its_address(house: House, tmp_path: Path) -> None:
    def asked(email: str) -> None:
        until = NOW + timedelta(days=7)
        house.accounts.give_link("ask", {"text": "Hoe?", "email": email}, until=until, now=NOW, by="visitor")

    asked("Noor@example.org")
    (link,) = house.accounts.links("ask")
    house.erase(begun=frozenset({link.key}))
    assert house.accounts.links("ask") == ()
    for email in ("Noor@example.org", "ander@example.org"):  # as a backup brings them back
        asked(email)
    house.apply(house.documents, since=NOW)
    assert [each.says["email"] for each in house.accounts.links("ask")] == ["ander@example.org"]


def test_a_namesake_whose_record_was_left_out_comes_back_from_a_backup(house: House, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    shutil.copytree(house.documents, backup)
    house.erase(records=(f"{P}/project.toml",), everywhere=False)
    assert house.apply(backup).records == (f"{P}/project.toml",)
    assert (backup / "bim5/2020/elders/project.toml").read_text() == ELSEWHERE


def test_what_was_erased_long_before_a_backup_was_made_may_be_there_again(house: House, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    shutil.copytree(house.documents, backup)
    house.erase(records=(f"{P}/project.toml",), files=(f"{P}/verslag.txt",))
    assert house.apply(backup, since=NOW + timedelta(days=30)) == Applied()


def test_a_line_that_was_cut_off_is_forgotten_and_the_file_goes_on(house: House) -> None:
    house.erase(files=(f"{P}/verslag.txt",))
    with house.erasures.path.open("a") as file:
        file.write('{"what": "fi')
    assert len(house.erasures.read()[1]) == 1
    house.erase(records=(f"{P}/project.toml",))
    assert {each.what for each in house.erasures.read()[1]} == {"file", "person"}


def test_damaged_erasures_are_told_and_not_passed_over(house: House) -> None:
    house.erase(files=(f"{P}/verslag.txt",))
    house.erasures.path.write_text("geen json\n")
    with pytest.raises(AccessFailed):
        house.apply(house.documents)


def test_nothing_is_erased_when_it_cannot_be_noted(house: House) -> None:
    house.erasures.path.mkdir()
    with pytest.raises(AccessFailed):
        house.erase(records=(f"{P}/project.toml",))
    assert house.text(f"{P}/project.toml") == RECORD


def test_a_record_that_cannot_be_written_is_told_and_the_rest_goes(house: House) -> None:
    (house.documents / "bim5/2020/elders/project.toml").write_text('title = "Noor Kanarie')
    failed = house.erase(records=("bim5/2020/elders/project.toml", f"{P}/project.toml"))
    assert len(failed) == 1
    assert "Noor" not in house.text(f"{P}/project.toml")


def draft_of_piet(house: House) -> Draft:
    """What a team mate is handing in: the form names her, and a file does."""
    piet = house.accounts.add(email="piet@example.org", role="student", now=NOW, by="test")
    drafts = Drafts(house.root / "var")
    id = drafts.new(owner=piet.id, now=NOW, answers={"outcome": "Noor Kanarie mat het."}).id
    for path in ("over haar.txt", "anders.txt"):
        drafts.take(id, io.BytesIO(path.encode()), owner=piet.id, path=path, size=len(path), now=NOW)
    return drafts.get(id, owner=piet.id)


def copied_drafts(house: House, root: Path) -> Drafts:
    """The drafts as a backup brings them back: they are given to a house of their own."""
    shutil.copytree(house.root / "var/drafts", root / "drafts")
    return Drafts(root)


def test_what_was_erased_from_a_draft_is_erased_again_where_a_backup_brings_it_back(
    house: House, tmp_path: Path
) -> None:
    draft = draft_of_piet(house)
    kept = copied_drafts(house, tmp_path / "kept")
    house.erase(drafts=(draft.id,), draft_files=((draft.id, draft.files[0].key),))
    shutil.rmtree(house.root / "var/drafts")
    shutil.copytree(kept.root, house.root / "var/drafts")
    assert house.apply(house.documents).drafts == 1
    left = Drafts(house.root / "var").get(draft.id, owner=draft.owner)
    assert left.answers == {"outcome": "(naam gewist) mat het."}
    assert [file.path for file in left.files] == ["anders.txt"]
    assert house.apply(house.documents).drafts == 0


def test_a_file_that_was_handed_in_and_erased_is_not_handed_in_again_from_a_backups_draft(house: House) -> None:
    """A draft is taken before the tree: the file was in both, and was erased from one."""
    draft, drafts = draft_of_piet(house), Drafts(house.root / "var")
    (house.documents / P / "verslag.txt").write_bytes(b"over haar.txt")
    drafts.write(replace(draft, state="sending", sending={"project": P}))
    house.erase(files=(f"{P}/verslag.txt",))
    assert house.apply(house.documents).drafts == 1
    left = drafts.get(draft.id, owner=draft.owner)
    assert (left.state, [file.path for file in left.files]) == ("open", ["anders.txt"])


def test_a_draft_that_is_being_sent_is_told_as_not_erased(house: House) -> None:
    draft, drafts = draft_of_piet(house), Drafts(house.root / "var")
    drafts.write(replace(draft, state="sending", sending={"project": P}))
    failed = house.erase(drafts=(draft.id,))
    assert len(failed) == 1 and draft.id in failed[0]
    assert drafts.get(draft.id, owner=draft.owner).answers == draft.answers


def test_the_drafts_of_an_erased_account_are_erased_again(house: House) -> None:
    draft = draft_of_piet(house)
    house.erase(accounts=(draft.owner,))
    again = house.accounts.add(email="piet@example.org", role="student", now=NOW, by="restored")
    drafts = Drafts(house.root / "var")
    drafts.new(owner=again.id, now=NOW)
    house.apply(house.documents)
    assert list(drafts.all()) == []
