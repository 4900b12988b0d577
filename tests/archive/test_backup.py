"""A backup and what comes back of it; on real files, in one process."""

from __future__ import annotations

import hashlib
import io
import os
import re
import resource
import shutil
import stat
import subprocess
import tarfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, BinaryIO, cast

import pytest

from archive.accounts.accounts import Accounts
from archive.accounts.secret_key import secret_key
from archive.backup.file import (
    ACCOUNTS,
    DOCUMENTS,
    LIST,
    LIST_SUM,
    READ_ME,
    BackupDamaged,
    BackupReader,
    BackupWriter,
    NoBackup,
)
from archive.backup.making import NOTE, PART, ROUNDS, Made, back_up, last_backup
from archive.backup.restoring import STAGE, NotEmpty, Restored, restore
from archive.catalog.catalog import Catalog
from archive.errors import AccessFailed, Busy, UsageError
from archive.model import DeliverableRecord, Visibility
from archive.privacy.erasures import Erasures
from archive.privacy.forgetting import Somebody
from archive.storage import Storage, Tree
from tests.conftest import COMMAND, LONG_AGO, Archive

NOW = datetime(2022, 1, 28, 2, 30, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Two projects with records, an earlier version, and what systems leave."""
    archive = Archive(tmp_path / "here")
    archive.put("README.md", "leeswijzer")
    archive.put("bim5/2021/gevels/project.toml", 'title = "Gevels"\n')
    archive.put("bim5/2021/gevels/rapport.txt", "de gevel")
    archive.put("bim5/2021/gevels/.versions/0a1b/rapport.txt", "de eerste gevel")
    archive.put("bim5/2020/50% af & klaar?/café #1.txt", "vreemde naam")
    archive.put("bim5/2021/leeg.txt", "")
    archive.put(".DS_Store", "van een systeem")
    archive.put("bim5/2021/gevels/~$rapport.docx", "slotje")
    return archive


def saved(archive: Archive, target: Path | None = None, **more: Any) -> Made:
    folders: dict[str, Any] = {"documents": archive.documents, "var": archive.var, "now": NOW}
    files = {"settings": archive.root / "estafette.toml", "erasures": archive.root / "erased.jsonl"}
    target = target or archive.root / "nacht.tar"
    return back_up(target, **{**folders, **files, "pause": lambda _: None, **more})


def put_back(path: Path, root: Path) -> Restored:
    root.mkdir(exist_ok=True)
    return restore(
        path,
        documents=root / "documents",
        var=root / "var",
        settings=root / "estafette.toml",
        erasures=root / "erased.jsonl",
        now=NOW,
    )


def files_of(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Bytes and mtime of all files below a folder, by path."""
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def kept_files(archive: Archive) -> dict[str, tuple[bytes, int]]:
    return {
        name: found
        for name, found in files_of(archive.documents).items()
        if not name.endswith((".DS_Store", "~$rapport.docx"))
    }


def test_what_comes_back_is_what_was_there_to_the_byte_and_the_nanosecond(archive: Archive, tmp_path: Path) -> None:
    os.utime(archive.documents / "bim5/2021/leeg.txt", ns=(1, 1_612_345_678_123_456_789))
    made = saved(archive)
    assert made.settled and not made.missing
    put_back(made.path, tmp_path / "there")
    assert files_of(tmp_path / "there/documents") == kept_files(archive)


@pytest.mark.parametrize(
    "name",
    [
        b"caf\xe9.txt",
        b"twee\nregels.txt",
        "cafe\u0301.txt".encode(),
        b"een lange naam " + b"x" * 200 + b".txt",
        b"-rf.txt",
        b"c:\\x.txt",
    ],
)
def test_a_name_that_people_or_systems_gave_survives(archive: Archive, tmp_path: Path, name: bytes) -> None:
    folder = archive.documents / "bim5/2021/gevels"
    (folder / os.fsdecode(name)).write_bytes(b"inhoud")
    put_back(saved(archive).path, tmp_path / "there")
    before, after = (Storage(root).scan().files for root in (archive.documents, tmp_path / "there/documents"))
    assert [file.id for file in before] == [file.id for file in after]


def test_two_names_that_differ_in_their_composition_only_stay_two(archive: Archive, tmp_path: Path) -> None:
    archive.put("bim5/2021/p/caf\u00e9.txt", "een")
    archive.put("bim5/2021/p/cafe\u0301.txt", "twee")
    put_back(saved(archive).path, tmp_path / "there")
    folder = tmp_path / "there/documents/bim5/2021/p"
    assert sorted(path.read_text() for path in folder.iterdir()) == ["een", "twee"]


def test_accounts_and_log_come_back_and_the_restore_stands_in_the_log(archive: Archive, tmp_path: Path) -> None:
    with closing(Accounts.open(archive.var)) as accounts:
        accounts.add(email="docent@example.org", role="teacher", password="vier gele fietsen", now=NOW, by="test")
        before = accounts.all(), tuple(accounts.log())
        made = saved(archive)
    put_back(made.path, tmp_path / "there")
    with closing(Accounts.open(tmp_path / "there/var")) as accounts:
        restored, *log = accounts.log()
        assert (accounts.all(), tuple(log)) == before
        assert (restored.action, restored.says) == ("backup restored", {"made": "2022-01-28T02:30:00+00:00"})
        assert accounts.check_password("docent@example.org", "vier gele fietsen", today=NOW.date()) is not None
    assert stat.S_IMODE((tmp_path / "there/var/accounts.sqlite").stat().st_mode) == 0o600


def test_the_key_of_the_sessions_stays_out(archive: Archive) -> None:
    key = secret_key(archive.var)
    assert key not in saved(archive).path.read_bytes()


def test_accounts_that_cant_be_read_are_told_and_the_rest_is_kept(archive: Archive) -> None:
    archive.var.mkdir()
    (archive.var / "accounts.sqlite").write_bytes(b"geen database" * 100)
    made = saved(archive)
    assert [problem.path for problem in made.missing] == [ACCOUNTS]
    assert len(made.contents.documents) == len(kept_files(archive))


def test_a_backup_is_for_its_owners_eyes_only(archive: Archive) -> None:
    assert stat.S_IMODE(saved(archive).path.stat().st_mode) == 0o600


def test_any_tar_program_unpacks_a_backup(archive: Archive, tmp_path: Path) -> None:
    made = saved(archive)
    with tarfile.open(made.path) as tar:
        tar.extractall(tmp_path / "met-tar", filter="data")
    unpacked = {name: content for name, (content, _) in files_of(tmp_path / "met-tar/documents").items()}
    assert unpacked == {name: content for name, (content, _) in kept_files(archive).items()}


def test_settings_come_back_without_the_folders_of_the_other_machine(archive: Archive, tmp_path: Path) -> None:
    (archive.root / "estafette.toml").write_text(
        f'documents = "{archive.documents}"\n# streng\ndefault_visibility = "community"\n'
    )
    done = put_back(saved(archive).path, tmp_path / "there")
    assert done.settings == "restored"
    assert (tmp_path / "there/estafette.toml").read_text() == '# streng\ndefault_visibility = "community"\n'


def test_settings_that_are_there_stay_and_are_told(archive: Archive, tmp_path: Path) -> None:
    (archive.root / "estafette.toml").write_text('default_visibility = "community"\n')
    made = saved(archive)
    (tmp_path / "there").mkdir()
    (tmp_path / "there/estafette.toml").write_text("jobs = 1\n")
    assert put_back(made.path, tmp_path / "there").settings == "kept"
    assert (tmp_path / "there/estafette.toml").read_text() == "jobs = 1\n"


def with_erasure(archive: Archive, now: datetime) -> tuple[Made, Made]:
    """A backup, then somebody is erased (account, name in a record, file), then another backup."""
    archive.put("bim5/2021/gevels/cv.txt", "kanariewoord")
    archive.put(
        "bim5/2021/gevels/project.toml", 'title = "Gevels"\n[[team]]\nname = "Kanarie Vogel"\nrole = "student"\n'
    )
    with closing(Accounts.open(archive.var)) as accounts:
        account = accounts.add(email="kanarie@example.org", role="student", now=NOW, by="test")
        before = saved(archive, archive.root / "voor.tar")
        storage = Storage(archive.documents)
        who = Somebody(names=frozenset({"kanarie vogel"}), addresses=frozenset({"kanarie@example.org"}))
        id = "bim5/2021/gevels/cv.txt"
        Erasures(archive.root / "erased.jsonl").note(
            files=[(id, storage.sha256(id), storage.stat(id).size)], who=who, accounts=[account.email], now=now
        )
        (archive.documents / id).unlink()
        archive.put("bim5/2021/gevels/project.toml", 'title = "Gevels"\n')
        accounts.remove(account.id, now=now, by="test")
        return before, saved(archive, archive.root / "na.tar", now=now)


def expect_erased(root: Path) -> None:
    for path, (content, _) in files_of(root).items():
        assert not re.search(rb"(?i)kanarie", content), path


def test_what_was_erased_since_is_erased_again_before_it_can_be_read(archive: Archive, tmp_path: Path) -> None:
    before, _ = with_erasure(archive, NOW + timedelta(days=30))
    (tmp_path / "there").mkdir()
    shutil.copy(archive.root / "erased.jsonl", tmp_path / "there")
    done = put_back(before.path, tmp_path / "there")
    assert done.knew_erasures and not done.erased_again.failed
    assert done.erased_again.files == ("bim5/2021/gevels/cv.txt",) and done.erased_again.accounts == 1
    expect_erased(tmp_path / "there")


def test_a_later_backup_brings_the_erasures_along_for_an_older_one(archive: Archive, tmp_path: Path) -> None:
    before, after = with_erasure(archive, NOW + timedelta(days=30))
    assert not put_back(after.path, tmp_path / "there").knew_erasures
    expect_erased(tmp_path / "there")
    for folder in ("documents", "var"):
        shutil.rmtree(tmp_path / "there" / folder)
    assert put_back(before.path, tmp_path / "there").knew_erasures
    expect_erased(tmp_path / "there")


def test_erasures_that_cant_be_read_restore_nothing(archive: Archive, tmp_path: Path) -> None:
    before, _ = with_erasure(archive, NOW + timedelta(days=30))
    (tmp_path / "there").mkdir()
    (tmp_path / "there/erased.jsonl").write_text("kapot\n")
    with pytest.raises(AccessFailed):
        put_back(before.path, tmp_path / "there")
    assert [path.name for path in (tmp_path / "there").rglob("*") if path.is_file()] == ["erased.jsonl", "writer.lock"]


class Meddled(Storage):
    """The tree, with somebody at work in it: `after_scan` gets the number of the look, `while_reading` the id."""

    looks = 0

    def __init__(
        self,
        root: Path,
        *,
        after_scan: Callable[[int], object] = lambda _: None,
        while_reading: Callable[[str], object] = lambda _: None,
    ) -> None:
        super().__init__(root)
        self.after_scan, self.while_reading = after_scan, while_reading

    def scan(self, *, everything: bool = False) -> Tree:
        tree = super().scan(everything=everything)
        self.looks += 1
        self.after_scan(self.looks)
        return tree

    def open(self, id: str) -> BinaryIO:
        meddle = self.while_reading

        class Reader(io.FileIO):
            def read(self, size: int | None = -1) -> bytes:
                found = super().read(size)
                meddle(id)
                return found

        with super().open(id) as content:
            return cast(BinaryIO, Reader(os.dup(content.fileno())))


def meddled(archive: Archive, monkeypatch: pytest.MonkeyPatch, **meddling: Callable[[Any], object]) -> Made:
    monkeypatch.setattr("archive.backup.making.Storage", lambda root: Meddled(root, **meddling))
    return saved(archive)


def once(wanted: object, change: Callable[[], object]) -> Callable[[object], None]:
    """Make a change the first time that something is as wanted."""
    left = [change]

    def meddle(value: object) -> None:
        if value == wanted and left:
            left.pop()()

    return meddle


def test_a_file_that_changes_while_it_is_read_is_read_again(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = "bim5/2021/gevels/rapport.txt"
    made = meddled(archive, monkeypatch, while_reading=once(id, lambda: archive.put(id, "een heel nieuwe gevel")))
    assert made.settled and not made.missing
    put_back(made.path, tmp_path / "there")
    assert (tmp_path / "there/documents" / id).read_text() == "een heel nieuwe gevel"
    assert b"de gevel" not in made.path.read_bytes()


def test_what_is_handed_in_meanwhile_is_in_with_its_record(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    def hand_in() -> None:
        archive.put("bim5/2021/nieuw/verslag.txt", "nieuw")
        archive.put("bim5/2021/nieuw/project.toml", '[[deliverable]]\nfile = "verslag.txt"\n')

    made = meddled(archive, monkeypatch, after_scan=once(2, hand_in))
    assert made.settled
    assert {"documents/bim5/2021/nieuw/verslag.txt", "documents/bim5/2021/nieuw/project.toml"} <= set(
        made.contents.members
    )


def test_what_is_removed_meanwhile_is_gone_from_the_backup_with_every_byte(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = archive.put("bim5/2021/a/weg.txt", "kanariewoord " * 200)
    archive.put("bim5/2021/z/blijft.txt", "blijft")
    made = meddled(archive, monkeypatch, after_scan=once(2, gone.unlink))
    assert made.settled and b"kanariewoord" not in made.path.read_bytes()
    gone = archive.put("bim5/2021/a/weg.txt", "kanariewoord " * 200)
    made = meddled(archive, monkeypatch, while_reading=once("bim5/2021/z/blijft.txt", gone.unlink))
    assert made.settled and b"kanariewoord" not in made.path.read_bytes()
    put_back(made.path, tmp_path / "there")
    assert files_of(tmp_path / "there/documents") == kept_files(archive)


def test_where_people_never_stop_no_record_is_without_its_file(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hand_in(number: int) -> None:
        archive.put(f"bim5/2021/gevels/nieuw-{number}.txt", f"nieuw {number}")
        entries = "".join(f'[[deliverable]]\nfile = "nieuw-{each}.txt"\n' for each in range(1, number + 1))
        archive.put("bim5/2021/gevels/project.toml", f'title = "Gevels"\n{entries}')

    made = meddled(archive, monkeypatch, after_scan=hand_in)
    assert not made.settled and not made.missing
    with BackupReader.open(made.path) as backup:
        record = b"".join(backup.chunks(made.contents.members["documents/bim5/2021/gevels/project.toml"]))
    told = re.findall(r'file = "(.+?)"', record.decode())
    assert len(told) >= ROUNDS
    assert {f"documents/bim5/2021/gevels/{name}" for name in told} <= set(made.contents.members)


def test_a_file_that_never_stops_growing_is_in_as_it_was_read_and_told(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    growing = archive.documents / "bim5/2021/gevels/rapport.txt"

    def grow(id: str) -> None:
        if id.endswith("/gevels/rapport.txt"):
            with growing.open("ab") as file:
                file.write(b"!")

    made = meddled(archive, monkeypatch, while_reading=grow)
    assert [(problem.path, "changed" in problem.message) for problem in made.missing] == [
        ("bim5/2021/gevels/rapport.txt", True)
    ]
    put_back(made.path, tmp_path / "there")
    assert (tmp_path / "there/documents/bim5/2021/gevels/rapport.txt").read_bytes().startswith(b"de gevel!")


def test_what_is_not_downloaded_is_told_and_never_kept_as_zeros(archive: Archive) -> None:
    archive.put("bim5/2021/gevels/film.mp4.nextcloud", "")
    made = saved(archive)
    assert [(problem.path, problem.message) for problem in made.missing] == [
        ("bim5/2021/gevels/film.mp4.nextcloud", "is not downloaded")
    ]
    assert "documents/bim5/2021/gevels/film.mp4.nextcloud" not in made.contents.members


# Where it goes, and what becomes of older ones.


@pytest.mark.parametrize("place", ["documents/nacht.tar", "documents/bim5/nacht.tar", "var/nacht.tar"])
def test_a_backup_that_would_be_archived_or_thrown_away_is_refused(archive: Archive, place: str) -> None:
    archive.var.mkdir()
    with pytest.raises(UsageError):
        saved(archive, archive.root / place)


def test_a_folder_that_is_not_there_is_told_and_not_made(archive: Archive) -> None:
    with pytest.raises(AccessFailed, match="no backup was made"):
        saved(archive, archive.root / "usb-stick/nacht.tar")
    assert not (archive.root / "usb-stick").exists()


def test_a_backup_without_room_leaves_the_last_one_as_it_was(archive: Archive) -> None:
    archive.put("bim5/2021/gevels/groot.bin", os.urandom(300_000))
    target = archive.root / "nacht.tar"
    target.write_bytes(b"die van gisteren")
    done = subprocess.run(
        [*COMMAND, "backup", str(target)],
        env=archive.environment(),
        cwd=archive.root,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    )
    assert done.returncode == 3 and "no backup was made" in done.stderr
    assert target.read_bytes() == b"die van gisteren"
    assert sorted(path.name for path in archive.root.iterdir()) == ["documents", "nacht.tar"]


def test_what_a_killed_backup_left_is_used_again(archive: Archive) -> None:
    (archive.root / PART).write_bytes(b"half" * 100_000)
    with BackupReader.open(saved(archive).path) as backup:
        backup.verify()
    assert not (archive.root / PART).exists()


def test_of_two_backups_to_one_folder_at_once_the_second_is_told(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def second() -> None:
        with pytest.raises(Busy):
            saved(archive, archive.root / "ook.tar")

    first = meddled(archive, monkeypatch, while_reading=once("README.md", second))
    with BackupReader.open(first.path) as backup:
        backup.verify()
    assert not (archive.root / "ook.tar").exists()


def nightly(archive: Archive, nights: int, **more: Any) -> list[Made]:
    """A backup each night in a folder of its own."""
    (archive.root / "backups").mkdir(exist_ok=True)
    return [
        saved(archive, archive.root / "backups", now=NOW + timedelta(days=night), **more) for night in range(nights)
    ]


def names(archive: Archive) -> list[str]:
    return sorted(path.name for path in (archive.root / "backups").iterdir())


def test_the_newest_are_kept_and_older_ones_of_this_archive_removed(archive: Archive) -> None:
    nightly(archive, 5, keep=2)
    assert names(archive) == ["estafette-2022-01-31-033000.tar", "estafette-2022-02-01-033000.tar"]


def test_what_is_no_backup_of_this_archive_is_never_removed(archive: Archive, tmp_path: Path) -> None:
    folder = archive.root / "backups"
    folder.mkdir()
    (folder / "estafette-2021-01-01-033000.tar").write_bytes(b"van iemand anders")
    (folder / "estafette-2021-01-02-033000.tar").symlink_to(archive.documents / "README.md")
    other = Archive(tmp_path / "other")
    other.put("a/2021/p/b.txt", "ander archief")
    theirs = saved(other, folder / "estafette-2021-01-03-033000.tar")
    shutil.copy(theirs.path, folder / "scriptie-2021-01-03-033000.tar")
    before = set(names(archive))
    nightly(archive, 3, keep=1)
    assert set(names(archive)) == before | {"estafette-2022-01-30-033000.tar"}


def test_a_backup_of_an_archive_that_lost_its_files_removes_no_older_one(archive: Archive) -> None:
    """A disk that was not mounted gave empty backups, and after fourteen nights no other was left."""
    nightly(archive, 2)
    shutil.rmtree(archive.documents)
    archive.documents.mkdir()
    made = saved(archive, archive.root / "backups", now=NOW + timedelta(days=9), keep=1)
    assert "holds 0 files" in made.held_back and len(names(archive)) == 3


def test_a_backup_with_something_missing_removes_no_older_one(archive: Archive) -> None:
    nightly(archive, 2)
    archive.put("bim5/2021/gevels/film.mp4.nextcloud", "")
    made = saved(archive, archive.root / "backups", now=NOW + timedelta(days=9), keep=1)
    assert made.held_back and len(names(archive)) == 3


def test_keeping_some_under_a_name_that_never_changes_is_refused(archive: Archive) -> None:
    with pytest.raises(UsageError, match="--keep"):
        saved(archive, keep=2)


def test_the_last_backup_is_noted(archive: Archive) -> None:
    assert last_backup(archive.var) is None
    made = saved(archive)
    found = last_backup(archive.var)
    assert found is not None
    assert (found.made, found.files, found.complete) == (NOW, len(made.contents.documents), True)
    (archive.var / NOTE).write_text('{"made": 5}')
    assert last_backup(archive.var) is None


# What restore refuses, and that it leaves nothing then.


def expect_nothing_in(root: Path) -> None:
    assert [path for path in root.rglob("*") if path.is_file() and path.name != "writer.lock"] == []


@pytest.mark.parametrize("filled", ["documents/oud.txt", "var/catalog.sqlite", "var/accounts.sqlite"])
def test_folders_that_hold_something_are_left_alone(archive: Archive, tmp_path: Path, filled: str) -> None:
    made = saved(archive)
    old = tmp_path / "there" / filled
    old.parent.mkdir(parents=True)
    old.write_text("oud")
    with pytest.raises(NotEmpty):
        put_back(made.path, tmp_path / "there")
    assert [path.name for path in (tmp_path / "there").rglob("*") if path.is_file()] == [old.name]


def test_an_interrupted_restore_is_done_again_from_the_start(archive: Archive, tmp_path: Path) -> None:
    left = tmp_path / "there/documents" / STAGE / "bim5/half.txt"
    left.parent.mkdir(parents=True)
    left.write_text("half")
    put_back(saved(archive).path, tmp_path / "there")
    assert files_of(tmp_path / "there/documents") == kept_files(archive)
    assert not (tmp_path / "there/documents" / STAGE).exists()


@pytest.mark.parametrize("where", ["first", "middle", "list", "last file"])
def test_one_bit_that_turned_is_found_before_anything_is_written(archive: Archive, tmp_path: Path, where: str) -> None:
    archive.put("zz/2021/p/groot.bin", os.urandom(50_000))
    made = saved(archive)
    content = bytearray(made.path.read_bytes())
    at = {
        "first": content.index(b"title"),
        "middle": content.index(b"de eerste gevel"),
        "list": content.index(b'"mtime_ns"') + 15,
        "last file": content.index(b'"format"') - 30_000,
    }[where]
    content[at] ^= 4
    made.path.write_bytes(content)
    with pytest.raises(BackupDamaged):
        put_back(made.path, tmp_path / "there")
    expect_nothing_in(tmp_path / "there")


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_backup_that_was_cut_off_is_refused(archive: Archive, tmp_path: Path, share: float) -> None:
    archive.put("zz/2021/p/groot.bin", os.urandom(50_000))
    made = saved(archive)
    os.truncate(made.path, int(made.path.stat().st_size * share))
    with pytest.raises(BackupDamaged, match="cut off"):
        put_back(made.path, tmp_path / "there")
    expect_nothing_in(tmp_path / "there")


def forged(path: Path, name: str, content: bytes = b"kwaad") -> Path:
    """A backup in good order, with a name that nobody gives."""
    with path.open("w+b") as file:
        writer = BackupWriter(file)
        writer.put(name, [content], size=len(content), mtime_ns=LONG_AGO)
        writer.finish(made=NOW, archive="/srv", missing=0)
    return path


@pytest.mark.parametrize(
    "name", ["documents/../../kwaad", "/tmp/kwaad", "../kwaad", "documents/", "documents//kwaad", "var/secret.key", "x"]
)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(NoBackup):
        put_back(forged(tmp_path / "kwaad.tar", name), tmp_path / "there")
    expect_nothing_in(tmp_path / "there")


def with_member(made: Made, info: tarfile.TarInfo) -> Path:
    """A backup with one more member in front, of a kind that backups have none of."""
    path = made.path.with_name("met-meer.tar")
    with tarfile.open(made.path) as old, tarfile.open(path, "w") as new:
        new.addfile(old.getmember(READ_ME), old.extractfile(READ_ME))
        new.addfile(info)
        for each in old.getmembers()[1:]:
            new.addfile(each, old.extractfile(each))
    return path


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE])
def test_links_devices_and_pipes_are_refused(archive: Archive, tmp_path: Path, kind: bytes) -> None:
    info = tarfile.TarInfo(f"{DOCUMENTS}bim5/kwaad")
    info.type, info.linkname = kind, "/etc/passwd"
    with pytest.raises(NoBackup):
        put_back(with_member(saved(archive), info), tmp_path / "there")
    expect_nothing_in(tmp_path / "there")


def test_a_file_that_the_list_does_not_tell_of_is_refused(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(BackupDamaged, match="other files"):
        put_back(with_member(saved(archive), tarfile.TarInfo(f"{DOCUMENTS}bim5/erbij.txt")), tmp_path / "there")
    expect_nothing_in(tmp_path / "there")


@pytest.mark.parametrize("content", [b"", b"geen tar", b"\0" * 10_240, b"%PDF-1.7 " * 1000], ids=range(4))
def test_something_else_is_no_backup(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "iets.tar"
    path.write_bytes(content)
    with pytest.raises(NoBackup):
        put_back(path, tmp_path / "there")


def test_a_list_of_another_version_or_of_nonsense_is_refused(archive: Archive, tmp_path: Path) -> None:
    for listed in (b'{"format": 2}', b"[]", b"{", b'{"format": 1, "files": [3]}'):
        path = tmp_path / "anders.tar"
        with tarfile.open(path, "w") as tar:
            for name, content in (
                (READ_ME, b""),
                (LIST, listed),
                (LIST_SUM, hashlib.sha256(listed).hexdigest().encode() + b"  " + LIST.encode()),
            ):
                info = tarfile.TarInfo(name)
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
        with pytest.raises(NoBackup):
            put_back(path, tmp_path / "there")


def test_a_backup_that_needs_more_room_than_there_is_writes_nothing(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = saved(archive)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10))
    with pytest.raises(AccessFailed, match="no room"):
        put_back(made.path, tmp_path / "there")
    expect_nothing_in(tmp_path / "there")


def test_a_disk_that_runs_full_halfway_leaves_nothing(archive: Archive, tmp_path: Path) -> None:
    archive.put("bim5/2021/gevels/groot.bin", os.urandom(300_000))
    made, there = saved(archive), Archive(tmp_path / "there")
    done = subprocess.run(
        [*COMMAND, "restore", str(made.path)],
        env=there.environment(),
        cwd=there.root,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    )
    assert done.returncode == 3 and "restore again" in done.stderr
    expect_nothing_in(there.root)


# As a person runs it.


def test_the_commands_tell_what_they_did(archive: Archive, tmp_path: Path) -> None:
    done = archive.run("backup", str(tmp_path), "--keep", "3", "--json")
    assert done.code == 0, done.err
    there = Archive(tmp_path / "there")
    shown = there.run("restore", "--check", done.json["file"])
    assert shown.code == 0 and "undamaged" in shown.err
    assert not there.var.exists()
    back = there.run("restore", done.json["file"], "--json")
    assert back.code == 0, back.err
    assert back.json["files"] == done.json["files"] == len(kept_files(archive))
    again = there.run("restore", done.json["file"])
    assert again.code == 2 and "not empty" in again.err


def test_the_status_tells_of_the_last_backup(archive: Archive, tmp_path: Path) -> None:
    assert archive.run("status", "--json").json["last_backup"] is None
    made = archive.run("backup", str(tmp_path), "--json").json
    found = archive.run("status", "--json").json["last_backup"]
    assert (found["file"], found["files"], found["complete"]) == (made["file"], made["files"], True)


def test_what_only_the_catalog_keeps_closed_is_warned_of(archive: Archive, tmp_path: Path) -> None:
    """A moved file came back open to the whole campus: no record could be told that it was confidential."""
    said = {"bim5/2021/gevels/rapport.txt": DeliverableRecord(visibility=Visibility.CONFIDENTIAL)}
    with closing(Catalog.open(archive.var)) as catalog, catalog.writing() as writer:
        writer.put_unheld_access(said)
    assert "warning: bim5/2021/gevels/rapport.txt" in archive.run("backup", str(tmp_path)).err


def test_what_is_missing_shows_in_the_exit_code_too(archive: Archive, tmp_path: Path) -> None:
    archive.put("bim5/2021/gevels/film.mp4.nextcloud", "")
    done = archive.run("backup", str(tmp_path / "nacht.tar"), "--json")
    assert done.code == 3 and "film.mp4.nextcloud" in done.err
    assert [each["path"] for each in done.json["missing"]] == ["bim5/2021/gevels/film.mp4.nextcloud"]
    damaged = tmp_path / "nacht.tar"
    damaged.write_bytes(damaged.read_bytes().replace(b"de gevel", b"De gevel"))
    assert archive.run("restore", "--check", str(damaged)).code == 4
