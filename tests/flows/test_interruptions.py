"""Whatever ends an indexer, the last answers stay and one more run puts everything right."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Archive, docx_bytes, pdf_bytes
from tests.processes import Running

KILLS = 30


def grow(archive: Archive, number: int) -> None:
    """A few more files: text, Word and PDF."""
    archive.put(f"lc/2021/p{number}/tekst.txt", f"gevel nummer {number} kenmerk{number}")
    archive.put(f"lc/2021/p{number}/word.docx", docx_bytes("# Gevel", f"gevel kenmerk{number}"))
    archive.put(
        f"lc/2021/p{number}/rapport.pdf", pdf_bytes(*[f"gevel bladzijde {page} kenmerk{number}" for page in range(5)])
    )


def family(group: int) -> list[int]:
    """The living processes of a process group or session."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text(errors="replace")
            except OSError:
                continue
            state, _parent, pgrp, session = stat[stat.rfind(")") + 2 :].split()[:4]
            if state != "Z" and group in (int(pgrp), int(session)):
                found.append(int(entry.name))
    return found


def wait_for_workers(process: Running) -> None:
    """Until an indexer is in the middle of its work: it reads files, and has not ended."""
    end = time.monotonic() + 20
    while len(family(process.pid)) < 2:
        assert process.poll() is None, "it ended before it had workers"
        assert time.monotonic() < end, "no workers within 20 s"
        time.sleep(0.005)


def test_killed_at_any_moment_the_old_answers_stay_and_one_more_run_mends_all(archive: Archive) -> None:
    grow(archive, 0)
    archive.index()
    chance = random.Random(5)
    started = time.monotonic()
    grow(archive, 1)
    archive.index()
    a_whole_run_s = time.monotonic() - started
    for turn in range(2, KILLS + 2):
        grow(archive, turn)
        process = archive.start("index")
        try:
            process.wait(chance.uniform(0, a_whole_run_s * 1.1))
        except subprocess.TimeoutExpired:
            process.end()
        assert "lc/2021/p0/rapport.pdf" in archive.found("kenmerk0")
    archive.index()
    for turn in range(KILLS + 2):
        assert len(archive.found(f"kenmerk{turn}")) == 3, turn
    assert archive.search("", "--limit", "1")["total"] == 3 * (KILLS + 2)
    assert archive.run("check").code == 0


def test_workers_end_with_their_leader(archive: Archive) -> None:
    archive.put("a/2021/p/groot.txt", "woord " * 2_000_000)
    for number in range(30):
        grow(archive, number)
    process = archive.start("index")
    wait_for_workers(process)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    end = time.monotonic() + 10
    while family(process.pid) and time.monotonic() < end:
        time.sleep(0.05)
    assert family(process.pid) == []


def test_ctrl_c_leaves_a_consistent_archive(archive: Archive) -> None:
    for number in range(40):
        grow(archive, number)
    process = archive.start("index", log=archive.root / "said")
    wait_for_workers(process)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(15) == 130
    assert "Traceback" not in (archive.root / "said").read_text()
    archive.index()
    assert archive.search("gevel", "--limit", "1")["total"] == 120
    assert archive.run("check").code == 0


def test_a_second_indexer_is_told_that_the_first_is_busy_or_waits_for_it(archive: Archive) -> None:
    from archive.locking import writer_lock

    grow(archive, 0)
    with writer_lock(archive.var):
        second = archive.run("index")
        assert second.code == 5
        assert len(second.err.strip().splitlines()) == 1
    for number in range(10):
        grow(archive, number)
    first = archive.start("index", "--wait", "60")
    waited = archive.run("index", "--wait", "60", "--json")
    assert first.wait(60) == 0
    assert waited.code == 0
    assert waited.json["unchanged"] + len(waited.json["added"]) == 30


@pytest.mark.parametrize("arguments", [(), ("--rebuild",)])
def test_readers_during_an_index_run_get_whole_answers(archive: Archive, arguments: tuple[str, ...]) -> None:
    for number in range(12):
        grow(archive, number)
    archive.index()
    with archive.serving("--as", "campus") as site:
        wrong: list[object] = []
        done = threading.Event()

        def read() -> None:
            while not done.is_set():
                answer = site.get("/api/v1/search", q="kenmerk3", limit=5)
                if answer.status != 200 or len(answer.json["hits"]) != 3:
                    wrong.append((answer.status, answer.body[:200]))

        readers = [threading.Thread(target=read) for _ in range(3)]
        for thread in readers:
            thread.start()
        try:
            for number in range(12, 24):
                grow(archive, number)
            assert archive.run("index", "--wait", "60", *arguments).code == 0
        finally:
            done.set()
            for thread in readers:
                thread.join()
        assert wrong == []
        site.wait_until(lambda: site.get("/api/v1/search", q="kenmerk20").json["total"] == 3, "the new files are found")


def test_a_broken_index_is_rebuilt_with_a_notice(archive: Archive) -> None:
    grow(archive, 0)
    archive.index()
    for path in (archive.var / "index").rglob("*"):
        if path.is_file():
            path.write_bytes(b"kapot")
    grow(archive, 1)  # what is new must not meet the broken index
    done = archive.run("index")
    assert done.code == 0
    assert "rebuil" in done.err
    assert len(archive.found("kenmerk0")) == len(archive.found("kenmerk1")) == 3


def test_an_index_of_another_version_is_rebuilt_with_a_notice(archive: Archive) -> None:
    """With something new in the folder the run ended with "of another version: rebuild it"."""
    grow(archive, 0)
    archive.index()
    (archive.root / "estafette.toml").write_text("[analysis]\nstem = false\n")
    grow(archive, 1)
    done = archive.run("index")
    assert done.code == 0
    assert "rebuil" in done.err
    assert len(archive.found("kenmerk1")) == 3


def test_a_broken_catalog_is_rebuilt_with_a_notice(archive: Archive) -> None:
    grow(archive, 0)
    archive.index()
    for path in archive.var.glob("catalog.sqlite*"):
        path.write_bytes(b"kapot" * 1000)
    done = archive.run("index")
    assert done.code == 0
    assert "rebuil" in done.err
    assert len(archive.found("kenmerk0")) == 3


def test_a_site_over_a_broken_index_mends_itself(archive: Archive) -> None:
    grow(archive, 0)
    archive.index()
    shutil.rmtree(archive.var / "index")
    with archive.serving("--as", "campus") as site:
        site.wait_until(lambda: site.get("/api/v1/search", q="kenmerk0").json["total"] == 3, "it is found again")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB; only root can make one."""
    folder = tmp_path / "small"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], capture_output=True)
    if made.returncode:
        pytest.skip("a small file system can't be made here: this needs root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_under_var_is_told_in_one_sentence_and_the_old_answers_stay(
    archive: Archive, small_disk: Path
) -> None:
    grow(archive, 0)
    var = ("--var", str(small_disk / "var"))
    assert archive.run("index", *var).code == 0
    chance = random.Random(1)
    for number in range(1, 12):
        words = " ".join(f"{chance.getrandbits(60):x}" for _ in range(60_000))
        archive.put(f"lc/2021/vol{number}/tekst.txt", words)
    full = archive.run("index", *var)
    assert full.code == 3
    assert len([line for line in full.err.strip().splitlines() if "warning" not in line]) == 1, full.err
    assert "Traceback" not in full.err
    assert len(archive.found("kenmerk0", *var)) == 3
