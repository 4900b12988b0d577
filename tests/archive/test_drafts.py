"""What is being handed in: nothing that came is lost, nothing is anybody else's, and no name leads anywhere."""

from __future__ import annotations

import dataclasses
import errno
import hashlib
import io
import os
import stat
import threading
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.deposit import drafts as drafts_module
from archive.deposit import unzipping
from archive.deposit.draft import Draft, DraftFile
from archive.deposit.drafts import Drafts
from archive.deposit.errors import (
    ChangedMeanwhile,
    ChecksumMismatch,
    DiskFull,
    DraftClosed,
    NoSuchDraft,
    NotUnpacked,
    TooLarge,
    TooManyFiles,
    WrongOffset,
)
from archive.deposit.file_names import NAME_MAX_BYTES, file_name
from archive.errors import AccessFailed
from archive.paths import RECORD_NAMES, is_deliverable

NOW = datetime(2022, 1, 24, 10, 12, tzinfo=UTC)
MINE, ANOTHER = 7, 8


@pytest.fixture
def drafts(tmp_path: Path) -> Drafts:
    return Drafts(tmp_path / "var")


def new(drafts: Drafts, owner: int = MINE) -> Draft:
    return drafts.new(owner=owner, now=NOW)


def begun(drafts: Drafts, content: bytes, path: str = "groep 3/bijlagen/x.pdf") -> tuple[str, str]:
    id = new(drafts).id
    return id, drafts.begin_file(id, owner=MINE, path=path, size=len(content), now=NOW).key


def append(drafts: Drafts, id: str, key: str, content: bytes, offset: int = 0) -> int:
    return drafts.append(id, key, io.BytesIO(content), owner=MINE, offset=offset)


def finish(drafts: Drafts, id: str, key: str, sha256: str | None = None) -> DraftFile:
    return drafts.finish(id, key, owner=MINE, sha256=sha256, now=NOW)


def packed(*entries: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in entries:
            archive.writestr(name, content, method)
    return stream.getvalue()


def dropped(drafts: Drafts, content: bytes) -> tuple[str, str]:
    """A draft with a ZIP that came whole."""
    id = new(drafts).id
    file = drafts.take(id, io.BytesIO(content), owner=MINE, path="alles.zip", size=len(content), now=NOW)
    return id, file.key


def contents(drafts: Drafts, id: str) -> dict[str, bytes]:
    draft = drafts.get(id, owner=MINE)
    return {file.path: drafts.path(id, file.key, owner=MINE).read_bytes() for file in draft.files}


def test_a_file_comes_in_pieces_and_is_compared(drafts: Drafts) -> None:
    content = os.urandom(3 << 20)
    id, key = begun(drafts, content)
    for offset in range(0, len(content), 1 << 20):
        received = append(drafts, id, key, content[offset : offset + (1 << 20)], offset)
    assert received == len(content)
    file = finish(drafts, id, key, hashlib.sha256(content).hexdigest().upper())
    assert (file.path, file.name, file.whole) == ("groep 3/bijlagen/x.pdf", "x.pdf", True)
    assert finish(drafts, id, key) == file
    assert drafts.path(id, key, owner=MINE).read_bytes() == content


def test_after_a_lost_connection_it_goes_on_where_it_stopped(drafts: Drafts) -> None:
    id, key = begun(drafts, b"0123456789")

    class Breaking(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            piece = super().read(4)
            if not piece:
                raise ConnectionResetError
            return piece

    with pytest.raises(AccessFailed):
        drafts.append(id, key, Breaking(b"0123"), owner=MINE, offset=0)
    with pytest.raises(WrongOffset) as raised:
        append(drafts, id, key, b"01", 0)
    assert raised.value.received == 4
    assert drafts.get(id, owner=MINE).files[0].received == 4
    assert append(drafts, id, key, b"456789", 4) == 10
    assert finish(drafts, id, key).whole


def test_what_was_announced_again_is_the_same_file(drafts: Drafts) -> None:
    id, key = begun(drafts, b"0123")
    append(drafts, id, key, b"01")
    again = drafts.begin_file(id, owner=MINE, path="groep 3/bijlagen/x.pdf", size=4, now=NOW)
    assert (again.key, again.received) == (key, 2)


def test_a_damaged_file_is_sent_again_from_its_beginning(drafts: Drafts) -> None:
    id, key = begun(drafts, b"0123")
    append(drafts, id, key, b"0X23")
    with pytest.raises(ChecksumMismatch):
        finish(drafts, id, key, hashlib.sha256(b"0123").hexdigest())
    assert append(drafts, id, key, b"0123", 0) == 4
    assert finish(drafts, id, key, hashlib.sha256(b"0123").hexdigest()).whole


def test_a_file_that_is_not_there_yet_can_not_be_finished_nor_read(drafts: Drafts) -> None:
    id, key = begun(drafts, b"0123")
    append(drafts, id, key, b"01")
    with pytest.raises(WrongOffset):
        finish(drafts, id, key)
    with pytest.raises(WrongOffset):
        drafts.path(id, key, owner=MINE)


def test_more_than_was_announced_is_not_kept(drafts: Drafts) -> None:
    id, key = begun(drafts, b"0123")
    append(drafts, id, key, b"01")
    with pytest.raises(TooLarge):
        append(drafts, id, key, b"23456789", 2)
    assert drafts.get(id, owner=MINE).files[0].received == 2


def test_two_who_send_one_piece_at_once_write_it_once(drafts: Drafts) -> None:
    id, key = begun(drafts, b"x" * (2 << 20))
    start, answers = threading.Barrier(4), []

    def run() -> None:
        start.wait(10)
        try:
            answers.append(append(drafts, id, key, b"x" * (2 << 20)))
        except WrongOffset as error:
            answers.append(error.received)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == [2 << 20] * 4
    assert finish(drafts, id, key, hashlib.sha256(b"x" * (2 << 20)).hexdigest()).whole


def test_sizes_and_numbers_are_bounded(drafts: Drafts, monkeypatch: pytest.MonkeyPatch) -> None:
    id = new(drafts).id

    def begin(path: str, size: int) -> DraftFile:
        return drafts.begin_file(id, owner=MINE, path=path, size=size, now=NOW)

    for size in (drafts_module.FILE_MAX_BYTES + 1, -1):
        with pytest.raises(TooLarge):
            begin("x", size)
    monkeypatch.setattr(drafts_module, "DRAFT_MAX_BYTES", 1000)
    begin("a", 600)
    with pytest.raises(TooLarge) as raised:
        begin("b", 600)
    assert raised.value.together
    monkeypatch.setattr(drafts_module, "FILES_MAX", 1)
    with pytest.raises(TooManyFiles):
        begin("c", 1)


def test_a_draft_is_its_owners_alone(drafts: Drafts) -> None:
    id, key = begun(drafts, b"0123")
    attempts: list[Any] = [
        lambda: drafts.get(id, owner=ANOTHER),
        lambda: drafts.begin_file(id, owner=ANOTHER, path="x", size=1, now=NOW),
        lambda: drafts.append(id, key, io.BytesIO(b"0"), owner=ANOTHER, offset=0),
        lambda: drafts.finish(id, key, owner=ANOTHER, sha256=None, now=NOW),
        lambda: drafts.unpack(id, key, owner=ANOTHER, now=NOW),
        lambda: drafts.drop_file(id, key, owner=ANOTHER, now=NOW),
        lambda: drafts.drop(id, owner=ANOTHER),
        lambda: drafts.note(id, {}, owner=ANOTHER, revision=0, now=NOW),
        lambda: drafts.path(id, key, owner=ANOTHER),
        lambda: drafts.get("../../etc", owner=MINE),
        lambda: drafts.get("0" * 32, owner=MINE),
        lambda: drafts.path(id, "../draft.json", owner=MINE),
    ]
    for attempt in attempts:
        with pytest.raises(NoSuchDraft):
            attempt()
    assert drafts.of(ANOTHER) == ()


def test_nobody_else_on_the_machine_reads_a_draft(drafts: Drafts) -> None:
    id, key = begun(drafts, b"0123")
    folder = drafts.root / id
    assert [stat.S_IMODE(path.stat().st_mode) for path in (drafts.root, folder)] == [0o700] * 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert {path.name for path in folder.iterdir()} == {"draft.json", key}


def test_drafts_are_listed_newest_first(drafts: Drafts) -> None:
    first, second = new(drafts), new(drafts)
    drafts.note(first.id, {"title": "x"}, owner=MINE, revision=0, now=NOW + timedelta(hours=1))
    assert [draft.id for draft in drafts.of(MINE)] == [first.id, second.id]


def test_a_second_tab_is_told(drafts: Drafts) -> None:
    id = new(drafts).id
    assert drafts.note(id, {"title": "een"}, owner=MINE, revision=0, now=NOW).revision == 1
    with pytest.raises(ChangedMeanwhile):
        drafts.note(id, {"title": "twee"}, owner=MINE, revision=0, now=NOW)
    assert drafts.note(id, {"title": "een"}, owner=MINE, revision=0, now=NOW).revision == 1
    assert drafts.get(id, owner=MINE).answers == {"title": "een"}


def test_what_was_read_is_no_change_of_the_form(drafts: Drafts) -> None:
    id = new(drafts).id
    assert drafts.note_reading(id, {"files": {}}, owner=MINE, now=NOW).revision == 0


def test_what_nobody_used_for_a_month_goes(drafts: Drafts) -> None:
    old, sending, used = new(drafts), new(drafts), new(drafts)
    drafts.write(dataclasses.replace(sending, state="sending"))
    drafts.note(used.id, {"title": "x"}, owner=MINE, revision=0, now=NOW + timedelta(days=20))
    assert drafts.expire(now=NOW + timedelta(days=31)) == 1
    assert {draft.id for draft in drafts.all()} == {sending.id, used.id}
    assert not (drafts.root / old.id).exists()


def test_nothing_changes_in_a_draft_that_is_being_sent(drafts: Drafts) -> None:
    id, key = begun(drafts, b"0123")
    drafts.write(dataclasses.replace(drafts.get(id, owner=MINE), state="sending"))
    for attempt in (
        lambda: append(drafts, id, key, b"0"),
        lambda: drafts.drop_file(id, key, owner=MINE, now=NOW),
        lambda: drafts.drop(id, owner=MINE),
        lambda: drafts.note(id, {}, owner=MINE, revision=0, now=NOW),
    ):
        with pytest.raises(DraftClosed):
            attempt()


def test_a_full_disk_is_said_in_one_sentence_and_loses_nothing(drafts: Drafts, monkeypatch: pytest.MonkeyPatch) -> None:
    id, key = begun(drafts, b"0123")
    append(drafts, id, key, b"01")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(drafts_module, "_write_all", full)
    with pytest.raises(DiskFull):
        append(drafts, id, key, b"23", 2)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull):
        drafts.note(id, {"title": "x"}, owner=MINE, revision=0, now=NOW)
    monkeypatch.undo()
    assert {path.name for path in (drafts.root / id).iterdir()} == {"draft.json", key}
    draft = drafts.get(id, owner=MINE)
    assert (draft.answers, draft.files[0].received) == ({}, 2)
    assert append(drafts, id, key, b"23", 2) == 4


def test_too_little_room_is_told_beforehand(drafts: Drafts, monkeypatch: pytest.MonkeyPatch) -> None:
    from archive.deposit import errors

    id = new(drafts).id
    monkeypatch.setattr(errors, "SPARE_BYTES", 1 << 60)
    with pytest.raises(DiskFull):
        drafts.begin_file(id, owner=MINE, path="x", size=1, now=NOW)


def test_files_move_to_another_draft_without_coming_again(drafts: Drafts) -> None:
    id, key = dropped(drafts, packed(("groep 1/a.txt", b"een"), ("groep 2/b.txt", b"twee")))
    (first, second), _ = drafts.unpack(id, key, owner=MINE, now=NOW)
    other = new(drafts).id
    drafts.move_files(id, {second.key: "b, van groep 2.txt"}, to=other, owner=MINE, now=NOW)
    assert contents(drafts, id) == {"groep 1/a.txt": b"een"}
    assert contents(drafts, other) == {"b, van groep 2.txt": b"twee"}
    with pytest.raises(NoSuchDraft):
        drafts.move_files(id, {first.key: first.path}, to=new(drafts, ANOTHER).id, owner=MINE, now=NOW)


def test_a_zip_is_unpacked_in_its_place(drafts: Drafts) -> None:
    content = packed(
        ("groep 3/", b""),
        ("groep 3/Eindrapport.pdf", b"%PDF"),
        ("groep 3/bijlagen\\data.csv", b"1;2"),
        ("__MACOSX/groep 3/._Eindrapport.pdf", b"x"),
        ("groep 3/.DS_Store", b"x"),
        ("groep 3/Thumbs.db", b"x"),
        ("groep 3/~$Eindrapport.docx", b"x"),
    )
    id, key = dropped(drafts, content)
    made, left_out = drafts.unpack(id, key, owner=MINE, now=NOW)
    assert contents(drafts, id) == {"groep 3/Eindrapport.pdf": b"%PDF", "groep 3/bijlagen/data.csv": b"1;2"}
    assert all(file.whole for file in made)
    assert left_out == ()
    assert not (drafts.root / id / key).exists()


def test_names_in_a_zip_lead_nowhere(drafts: Drafts) -> None:
    link = zipfile.ZipInfo("koppeling")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    locked = zipfile.ZipInfo("geheim.txt")
    content = bytearray(
        packed(
            ("../../buiten.txt", b"1"),
            ("/etc/passwd", b"2"),
            ("C:\\Users\\x.txt", b"3"),
            (link, b"/etc/passwd"),
            (locked, b"4"),
        )
    )
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # say of the last entry that it has a password
        content[content.rfind(signature) + at] |= 1
    id, key = dropped(drafts, bytes(content))
    _, left_out = drafts.unpack(id, key, owner=MINE, now=NOW)
    assert contents(drafts, id) == {"buiten.txt": b"1", "etc/passwd": b"2", "Users/x.txt": b"3"}
    assert [(entry.path, entry.code) for entry in left_out] == [("koppeling", "link"), ("geheim.txt", "password")]
    assert {path.name for path in drafts.root.parent.iterdir()} == {"drafts"}


def test_a_name_that_a_mac_wrote_without_saying_so_is_read_as_it_was_meant(drafts: Drafts) -> None:
    meant = "e\u0301e\u0301n verslag.txt".encode()
    content = packed(("q" * len(meant), b"x")).replace(b"q" * len(meant), meant)
    id, key = dropped(drafts, content)
    drafts.unpack(id, key, owner=MINE, now=NOW)
    assert list(contents(drafts, id)) == ["één verslag.txt"]


def test_a_zip_that_holds_more_than_it_says_stays_as_it_is(drafts: Drafts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts_module, "FILE_MAX_BYTES", 1 << 20)
    content = bytearray(packed(("bom.txt", b"\0" * (5 << 20))))
    for signature, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):  # it says that it holds ten bytes
        start = content.find(signature) + at
        content[start : start + 4] = (10).to_bytes(4, "little")
    id, key = dropped(drafts, bytes(content))
    with pytest.raises((TooLarge, NotUnpacked)):
        drafts.unpack(id, key, owner=MINE, now=NOW)
    assert {path.name for path in (drafts.root / id).iterdir()} == {"draft.json", key}


@pytest.mark.parametrize("change", ["FILE_MAX_BYTES", "DRAFT_MAX_BYTES"])
def test_a_zip_with_too_much_in_it_stays_as_it_is(drafts: Drafts, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    id, key = dropped(drafts, packed(("klein.txt", b"x"), ("bom.txt", b"\0" * (5 << 20))))
    monkeypatch.setattr(drafts_module, change, 1 << 20)
    with pytest.raises(TooLarge):
        drafts.unpack(id, key, owner=MINE, now=NOW)
    assert {path.name for path in (drafts.root / id).iterdir()} == {"draft.json", key}
    assert [file.path for file in drafts.get(id, owner=MINE).files] == ["alles.zip"]


def test_a_zip_of_very_many_files_is_refused_before_it_is_listed(
    drafts: Drafts, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = packed(*((f"{n}.txt", b"") for n in range(50)))
    monkeypatch.setattr(drafts_module, "FILES_MAX", 40)
    id, key = dropped(drafts, content)
    with pytest.raises(TooManyFiles):
        drafts.unpack(id, key, owner=MINE, now=NOW)
    monkeypatch.setattr(unzipping, "ENTRIES_MAX", 40)
    with pytest.raises(NotUnpacked) as raised:
        drafts.unpack(id, key, owner=MINE, now=NOW)
    assert raised.value.code == "too-much"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"geen zip", "no-zip"),
        (b"", "no-zip"),
        (packed(("a.txt", b"x" * 1000))[:-30], "no-zip"),
        (packed(("a.txt", b"een zin " * 100)).replace(b"PK\x03\x04", b"PK\x03\x05"), "damaged"),
        (packed(), "empty"),
    ],
    ids=["text", "nothing", "cut off", "damaged", "empty"],
)
def test_what_is_no_whole_zip_stays_a_file(drafts: Drafts, content: bytes, code: str) -> None:
    id, key = dropped(drafts, content)
    with pytest.raises(NotUnpacked) as raised:
        drafts.unpack(id, key, owner=MINE, now=NOW)
    assert raised.value.code == code
    assert contents(drafts, id) == {"alles.zip": content}


HOSTILE = [
    "../../etc/passwd",
    "C:\\Windows\\system32\\con.pdf",
    "naam\0met\x1b[31mstuur\r\ntekens.pdf",
    "x" * 300 + ".pdf",
    "é" * 300 + ".docx",
    "👩‍🔧" * 100,
    "NUL",
    "com1.tar.gz",
    "eindigt op punt.",
    "eindigt op spatie .pdf ",
    "...",
    "",
    ".htaccess",
    "~$verslag.docx",
    "desktop.ini",
    "project.toml",
    "PROJECT.TOML",
    "links\u202efdp.exe",
    "half\ud800.pdf",
    "a/b\\c:d*e?f.txt",
]


@pytest.mark.parametrize("given", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_name_becomes_one_that_every_system_keeps(given: str, tmp_path: Path) -> None:
    name = file_name(given)
    assert 0 < len(name.encode()) <= NAME_MAX_BYTES
    assert name.isprintable()
    assert not set(name) & set('/\\<>:"|?*\0')
    assert name == name.strip(" ")
    assert not name.endswith(".")
    assert name.casefold() not in RECORD_NAMES
    assert is_deliverable(f"c/2021/p/{name}")
    assert file_name(name) == name, "a name that was made stays"
    (tmp_path / name).write_bytes(b"x")


def test_names_that_differ_by_case_or_composition_only_get_a_number() -> None:
    taken: list[str] = []
    for given in ("Één.pdf", "één.PDF", "e\u0301e\u0301n.pdf", "één (2).pdf"):
        taken.append(file_name(given, taken=taken))
    assert taken == ["Één.pdf", "één (2).PDF", "één (3).pdf", "één (2) (2).pdf"]
    long = [file_name("x" * 300 + ".pdf")]
    long.append(file_name("x" * 300 + ".pdf", taken=long))
    assert long[1].endswith(" (2).pdf")
    assert len(long[1]) == NAME_MAX_BYTES
