"""The door to `documents/`: what is listed, and that no name leads out."""

from __future__ import annotations

import hashlib
import io
import os
import socket
import subprocess
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from archive.errors import AccessFailed
from archive.storage import (
    AlreadyThere,
    ChangedMeanwhile,
    NoSuchFile,
    Storage,
    StoredFile,
    UnsafePath,
    is_settled,
)
from archive.synchronised import inside_synchronised_folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "documents"
    root.mkdir()
    return root


@pytest.fixture
def storage(root: Path) -> Storage:
    return Storage(root)


def lay(root: Path, id: str, content: bytes = b"tekst") -> Path:
    path = root / id
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def content(storage: Storage, id: str) -> bytes:
    with storage.open(id) as file:
        return file.read()


def ids(storage: Storage) -> list[str]:
    return [file.id for file in storage.scan().files]


def test_deliverables_and_records_are_listed_apart_and_in_order(storage, root):
    for id in ("b/2021/p/x.pdf", "b/2021/p/project.toml", "a.pdf", "b/2021/p-1/x.pdf", "network.toml", "README.md"):
        lay(root, id)
    tree = storage.scan()
    assert [file.id for file in tree.files] == ["a.pdf", "b/2021/p-1/x.pdf", "b/2021/p/x.pdf"]
    assert [file.id for file in tree.records] == ["b/2021/p/project.toml", "network.toml"]
    assert tree.problems == ()


def test_an_empty_archive_has_no_files(storage):
    assert storage.scan().files == ()


def test_a_missing_folder_is_one_sentence(tmp_path):
    with pytest.raises(AccessFailed, match="no such file"):
        Storage(tmp_path / "weg").scan()


def test_hidden_folders_are_not_entered(storage, root):
    lay(root, "b/2021/p/.versions/abc/rapport.pdf")
    lay(root, ".git/config")
    assert ids(storage) == []


def test_links_pipes_and_sockets_are_left_out_and_named(storage, root, tmp_path, monkeypatch):
    outside = lay(tmp_path, "outside/geheim.pdf")
    lay(root, "b/echt.pdf")
    (root / "b/link.pdf").symlink_to(outside)
    (root / "b/map").symlink_to(outside.parent)
    (root / "b/rond").symlink_to(root)
    os.mkfifo(root / "b/pijp.pdf")
    monkeypatch.chdir(root / "b")
    with socket.socket(socket.AF_UNIX) as plug:
        plug.bind("s.pdf")
    tree = storage.scan()
    assert [file.id for file in tree.files] == ["b/echt.pdf"]
    assert [problem.path for problem in tree.problems] == ["b/link.pdf", "b/map", "b/pijp.pdf", "b/rond", "b/s.pdf"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every folder")
def test_a_folder_that_can_not_be_read_is_reported_and_stops_nothing(storage, root):
    lay(root, "b/dicht/x.pdf")
    lay(root, "b/open/x.pdf")
    (root / "b/dicht").chmod(0)
    tree = storage.scan()
    (root / "b/dicht").chmod(0o755)
    assert [file.id for file in tree.files] == ["b/open/x.pdf"]
    assert [(problem.path, problem.message) for problem in tree.problems] == [
        ("b/dicht", "the folder can't be read: permission denied")
    ]


def test_names_keep_their_bytes_when_they_are_not_utf8(storage, root):
    (root / "b").mkdir()
    Path(os.fsdecode(os.fsencode(root) + b"/b/caf\xe9-\xff.docx")).write_bytes(b"x")
    assert ids(storage) == ["b/caf\udce9-\udcff.docx"]
    assert content(storage, "b/caf\udce9-\udcff.docx") == b"x"


@pytest.mark.parametrize(("on_disk", "asked"), [("NFC", "NFD"), ("NFD", "NFC"), ("NFD", "NFD")])
def test_a_name_is_found_however_its_accents_are_composed(storage, root, on_disk, asked):
    name = "één/Café.pdf"
    path = lay(root, unicodedata.normalize(on_disk, name))
    assert ids(storage) == [unicodedata.normalize("NFC", name)]
    assert storage.path(unicodedata.normalize(asked, name)) == path


def test_two_names_that_differ_in_composition_only_are_two_files(storage, root):
    lay(root, "b/\u00e9.txt", b"een")
    lay(root, "b/e\u0301.txt", b"twee")
    assert [content(storage, id) for id in ids(storage)] == [b"twee", b"een"]


@pytest.mark.parametrize(
    "id",
    ["../geheim.pdf", "b/../../geheim.pdf", "/etc/passwd", "", ".", "b//x.pdf", "b/./x.pdf", "b/x.pdf\0", "b/x.pdf/"],
)
def test_a_path_that_is_none_within_the_archive_is_refused(storage, root, tmp_path, id):
    lay(tmp_path, "geheim.pdf")
    lay(root, "b/x.pdf")
    for act in (storage.path, storage.open, storage.sha256, lambda id: storage.write(id, [b"x"])):
        with pytest.raises(UnsafePath):
            act(id)


def test_nothing_is_read_or_written_through_a_link(storage, root, tmp_path):
    outside = lay(tmp_path, "outside/geheim.pdf", b"geheim")
    (root / "map").symlink_to(outside.parent)
    (root / "link.pdf").symlink_to(outside)
    for id in ("map/geheim.pdf", "link.pdf"):
        for act in (storage.path, storage.open, storage.sha256, lambda id: storage.write(id, [b"x"], replace=True)):
            with pytest.raises(UnsafePath):
                act(id)
    with pytest.raises(UnsafePath):
        storage.write("map/nieuw.pdf", [b"x"])
    assert outside.read_bytes() == b"geheim"
    assert not (outside.parent / "nieuw.pdf").exists()


def test_a_pipe_is_refused_without_waiting_for_its_other_end(storage, root):
    os.mkfifo(root / "pijp.pdf")
    with pytest.raises(UnsafePath):
        storage.open("pijp.pdf")


def test_a_missing_file_is_named(storage):
    with pytest.raises(NoSuchFile, match=r"b/2021/weg\.pdf") as caught:
        storage.open("b/2021/weg.pdf")
    assert caught.value.exit_code == 3


def test_a_name_that_is_too_long_is_an_answer_and_no_crash(storage):
    with pytest.raises(AccessFailed):
        storage.path("b" * 300 + ".pdf")


def test_the_checksum_is_that_of_the_bytes(storage, root):
    lay(root, "b/x.pdf", b"abc" * 1_000_000)
    assert storage.sha256("b/x.pdf") == hashlib.sha256(b"abc" * 1_000_000).hexdigest()


def test_the_fingerprint_changes_when_a_file_is_replaced_or_written(storage, root):
    path = lay(root, "b/x.pdf", b"een")
    first = storage.scan().files[0].fingerprint
    assert storage.scan().files[0].fingerprint == first
    storage.write("b/x.pdf", [b"een"], replace=True)
    second = storage.scan().files[0].fingerprint
    path.write_bytes(b"drie")
    assert len({first, second, storage.scan().files[0].fingerprint}) == 3


def test_writing_makes_folders_and_answers_with_the_checksum(storage, root):
    written = storage.write("b/2021/p/x.pdf", io.BytesIO(b"inhoud"))
    assert (root / "b/2021/p/x.pdf").read_bytes() == b"inhoud"
    assert (written.size, written.sha256) == (6, hashlib.sha256(b"inhoud").hexdigest())
    assert [path.name for path in (root / "b/2021/p").iterdir()] == ["x.pdf"]


def test_writing_never_replaces_unasked(storage, root):
    path = lay(root, "b/x.pdf", b"oud")
    with pytest.raises(AlreadyThere):
        storage.write("b/x.pdf", [b"nieuw"])
    assert path.read_bytes() == b"oud"


def test_writing_through_another_composition_replaces_the_file_and_makes_no_second(storage, root):
    lay(root, "b/e\u0301.txt", b"oud")
    storage.write("b/\u00e9.txt", [b"nieuw"], replace=True)
    assert [path.read_bytes() for path in (root / "b").iterdir()] == [b"nieuw"]


def test_a_broken_stream_leaves_the_old_file_and_nothing_else(storage, root):
    lay(root, "b/x.pdf", b"oud")

    def breaks():
        yield b"half"
        raise ConnectionError("weg")

    with pytest.raises(AccessFailed):
        storage.write("b/x.pdf", breaks(), replace=True)
    assert [(path.name, path.read_bytes()) for path in (root / "b").iterdir()] == [("x.pdf", b"oud")]


def test_a_full_disk_is_one_sentence_and_leaves_the_old_file(storage, root):
    lay(root, "b/x.pdf", b"oud")
    code = (
        "import resource, signal, sys; from pathlib import Path; from archive.storage import Storage\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try: Storage(Path(sys.argv[1])).write('b/x.pdf', [b'x' * 5000], replace=True)\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(root)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "StorageError b/x.pdf: file too large"
    assert [(path.name, path.read_bytes()) for path in (root / "b").iterdir()] == [("x.pdf", b"oud")]


def test_a_record_is_written_only_over_the_one_that_was_read(storage, root):
    path = lay(root, "b/2021/p/project.toml", b'title = "een"\n')
    read = storage.sha256("b/2021/p/project.toml")
    storage.write_record("b/2021/p/project.toml", 'title = "twee"\n', expected=read)
    with pytest.raises(ChangedMeanwhile):
        storage.write_record("b/2021/p/project.toml", 'title = "drie"\n', expected=read)
    assert path.read_text() == 'title = "twee"\n'


def test_a_record_that_was_not_there_is_not_written_over_one_that_is(storage, root):
    storage.write_record("b/community.toml", "since = 2020\n", expected=None)
    with pytest.raises(ChangedMeanwhile):
        storage.write_record("b/community.toml", "since = 2021\n", expected=None)


def test_of_two_who_write_a_record_at_the_same_moment_one_is_told(root):
    """Both had compared before either wrote, and the words of the first were lost."""
    path = lay(root, "b/agenda.toml", b"begin")

    def write(text: str) -> str | None:
        try:
            Storage(root).write_record("b/agenda.toml", text, expected=read)
        except ChangedMeanwhile:
            return None
        return text

    with ThreadPoolExecutor(2) as pool:
        for number in range(30):
            read = hashlib.sha256(path.read_bytes()).hexdigest()
            written = [text for text in pool.map(write, (f"een {number}", f"twee {number}")) if text]
            assert written == [path.read_text()]


def test_a_replaced_file_keeps_its_rights(storage, root):
    path = lay(root, "b/agenda.toml")
    path.chmod(0o640)
    storage.write("b/agenda.toml", [b"x"], replace=True)
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_young_file_waits_and_one_that_grew_waits_too():
    file = StoredFile(id="a", size=5, mtime_ns=10**18, inode=1, device=1)
    now = 1e9
    assert not is_settled(file, now=now + 1)
    assert is_settled(file, now=now + 2)
    grown = StoredFile(id="a", size=6, mtime_ns=10**18, inode=1, device=1)
    assert not is_settled(grown, now=now + 60, before=file)
    assert is_settled(grown, now=now + 60, before=grown)


def test_a_file_dated_in_the_future_by_a_wrong_clock_does_not_wait_for_ever():
    file = StoredFile(id="a", size=5, mtime_ns=4 * 10**18, inode=1, device=1)
    assert is_settled(file, now=1e9)


def _without_blocks(path: Path, size: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.truncate(size)
    if path.stat().st_blocks:
        pytest.skip("this file system keeps no sparse files")


def test_a_file_that_takes_no_blocks_where_others_do_is_a_placeholder(storage, root):
    lay(root, "b/hier.pdf", b"x" * 10_000)
    os.sync()
    _without_blocks(root / "b/elders.pdf", 50_000)
    assert [(file.id, file.downloaded) for file in storage.scan().files] == [
        ("b/elders.pdf", False),
        ("b/hier.pdf", True),
    ]


def test_on_a_file_system_that_counts_no_blocks_every_file_is_read(storage, root):
    """Some network and FUSE systems show 0 blocks for every file: the whole archive was "not downloaded"."""
    _without_blocks(root / "b/een.pdf", 50_000)
    _without_blocks(root / "b/twee.pdf", 50_000)
    assert all(file.downloaded for file in storage.scan().files)


def test_in_a_synchronised_folder_a_tree_of_placeholders_only_is_left_alone(tmp_path):
    root = tmp_path / "OneDrive - Hogeschool Maasoever" / "documents"
    _without_blocks(root / "b/een.pdf", 50_000)
    assert [file.downloaded for file in Storage(root).scan().files] == [False]


def test_a_tiny_file_kept_beside_its_inode_is_no_placeholder(storage, root):
    lay(root, "b/groot.pdf", b"x" * 10_000)
    _without_blocks(root / "b/klein.txt", 100)
    assert all(file.downloaded for file in storage.scan().files)


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/home/a/OneDrive/lc", "OneDrive"),
        ("/mnt/c/Users/a/OneDrive - School/lc", "OneDrive"),
        ("/home/a/Dropbox (Personal)/lc", "Dropbox"),
        ("/Users/a/Library/CloudStorage/GoogleDrive-a@example.org/My Drive/lc", "Google Drive"),
        ("/Users/a/Library/Mobile Documents/com~apple~CloudDocs", "iCloud Drive"),
        ("/home/a/Nextcloud2/lc", "Nextcloud"),
        ("/home/a/documenten/lc", None),
    ],
)
def test_a_synchronised_folder_is_known_by_its_name(path, service):
    assert inside_synchronised_folder(Path(path)) == service
