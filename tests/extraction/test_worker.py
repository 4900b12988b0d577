"""Workers: whatever a file does to the process that reads it, the leader gets an outcome and goes on.

Each test puts a function in the place of the reader before the worker is forked; it then runs in the worker.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.extraction import reader, wire, worker
from indexer.extraction.model import ExtractError, Extraction, Heading, Limits, Part, Properties, Study
from indexer.extraction.worker import extract, extract_many

Reading = Callable[[bytes], str]
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="looks in /proc")


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A temporary folder that must be empty when the test is done."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> Callable[[Reading], None]:
    """Let workers call this function, which returns the text, in place of reading the file."""

    def replace(function: Reading) -> None:
        def read(path: bytes, *, limits: Limits) -> Extraction:
            return Extraction(format="txt", unit="section", parts=(Part(number=1, text=function(path)),))

        monkeypatch.setattr(reader, "read", read)

    return replace


def refusal(limits: Limits | None = None) -> ExtractError:
    with pytest.raises(ExtractError) as caught:
        extract("verslag.pdf", limits=limits)
    return caught.value


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended and waits to be collected does not."""
    try:
        return Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def ends(pid: int, *, within_s: float) -> bool:
    until = time.monotonic() + within_s
    while alive(pid) and time.monotonic() < until:
        time.sleep(0.05)
    return not alive(pid)


def test_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Het verslag van de studenten.")
    assert extract(path).parts[0].text == "Het verslag van de studenten."
    assert extract(os.fsencode(path)) == extract(str(path))


def test_refusal_arrives_with_its_code(tmp_path: Path) -> None:
    assert (refusal().code, refusal().reason) == ("unreadable", "does not exist")


def test_reader_that_never_ends_is_ended(reading: Callable[[Reading], None]) -> None:
    reading(lambda path: [time.sleep(60), ""][1])
    begin = time.monotonic()
    assert refusal(Limits(time_s=0.5)).code == "too-slow"
    assert time.monotonic() - begin < 3


@linux_only
def test_reader_that_takes_all_memory_is_ended(reading: Callable[[Reading], None]) -> None:
    def greedy(path: bytes) -> str:
        kept = []
        while True:
            kept.append(bytearray(10_000_000))

    reading(greedy)
    found = refusal(Limits(memory_bytes=200 << 20))
    assert (found.code, found.reason) == ("too-much-memory", "needs more than 200 MB of memory to be read")


@linux_only
def test_program_that_takes_all_memory_is_ended_too(reading: Callable[[Reading], None]) -> None:
    greedy = "kept = [bytearray(400_000_000)]; import time; time.sleep(60)"
    reading(lambda path: str(subprocess.run([sys.executable, "-c", greedy], preexec_fn=_unlimited)))
    assert refusal(Limits(memory_bytes=200 << 20)).code == "too-much-memory"


def _unlimited() -> None:
    import resource

    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


@pytest.mark.parametrize("name", ["SIGSEGV", "SIGABRT", "SIGKILL"])
def test_reader_that_crashes_is_a_reason_and_not_an_end(reading: Callable[[Reading], None], name: str) -> None:
    reading(lambda path: str(os.kill(os.getpid(), getattr(signal, name))))
    assert refusal().code == "damaged"


def test_reader_that_leaves_without_an_answer_is_a_reason(reading: Callable[[Reading], None]) -> None:
    reading(lambda path: os._exit(0))
    assert refusal().code == "damaged"


def test_answer_that_is_too_long_is_not_taken_in(reading: Callable[[Reading], None]) -> None:
    reading(lambda path: "x" * 70_000_000)
    assert refusal(Limits(text_max_chars=1000)).code == "too-large"


@linux_only
def test_programs_that_a_reader_started_end_with_it(reading: Callable[[Reading], None], tmp_path: Path) -> None:
    """soffice.bin of a timed out conversion stayed behind and held 300 MB until the next start of the machine."""

    def start(path: bytes) -> str:
        program = subprocess.Popen(["sleep", "60"])
        (tmp_path / "pid").write_text(str(program.pid))
        return str(program.wait() if path == b"hangt" else "klaar")

    reading(start)
    for path in ("hangt", "gaat door"):
        list(extract_many([path], jobs=1, limits=Limits(time_s=1)))
        assert ends(int((tmp_path / "pid").read_text()), within_s=2)


def test_temporary_files_of_a_reader_are_gone_after_it(reading: Callable[[Reading], None], temporary: Path) -> None:
    def leave(path: bytes) -> str:
        folder = tempfile.mkdtemp()
        Path(folder, "rest.docx").write_text("tekst")
        return folder

    reading(leave)
    assert extract("a").parts[0].text.startswith(str(temporary))


def test_worker_has_no_file_of_the_leader_open(reading: Callable[[Reading], None], tmp_path: Path) -> None:
    """A worker that outlived its leader by a second kept the lock on the index: the next start said "busy"."""
    with (tmp_path / "slot").open("w") as lock, socket.socket() as connection:

        def look(path: bytes) -> str:
            found = []
            for descriptor in (lock.fileno(), connection.fileno()):
                try:
                    found.append(str(os.fstat(descriptor)))
                except OSError:
                    found.append("closed")
            return " ".join(found)

        os.set_inheritable(lock.fileno(), True)
        reading(look)
        assert extract("a").parts[0].text == "closed closed"


def test_files_are_read_side_by_side_and_one_bad_one_harms_no_other(reading: Callable[[Reading], None]) -> None:
    def read(path: bytes) -> str:
        if path == b"crash":
            os.abort()
        if path == b"slow":
            time.sleep(60)
        time.sleep(0.2)
        return path.decode() * 50_000

    reading(read)
    names = ["a", "crash", "b", "slow", "c", "d", "e", "f", "g", "h"]
    begin = time.monotonic()
    outcomes = dict(extract_many(names, jobs=6, limits=Limits(time_s=1.5)))
    assert time.monotonic() - begin < 6
    assert outcomes.keys() == set(names)
    read_well = {name: found for name, found in outcomes.items() if isinstance(found, Extraction)}
    assert read_well.keys() == set("abcdefgh")
    assert all(found.parts[0].text == name * 50_000 for name, found in read_well.items())


def test_slow_caller_is_not_held_against_the_workers(reading: Callable[[Reading], None]) -> None:
    """While the caller wrote to the index, answers too long for a pipe waited, and were called too slow."""
    reading(lambda path: "x" * 3_000_000)
    for _, outcome in extract_many(["a", "b", "c", "d"], jobs=2, limits=Limits(time_s=0.5)):
        assert isinstance(outcome, Extraction)
        time.sleep(0.7)


@linux_only
def test_leaving_early_ends_all_workers(
    reading: Callable[[Reading], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(path: bytes) -> str:
        Path(os.fsdecode(path)).write_text(str(os.getpid()))
        if not path.endswith(b"first"):
            time.sleep(60)
        return ""

    reading(read)
    monkeypatch.setattr(worker, "FILES_PER_WORKER", 1)
    results = extract_many([str(tmp_path / name) for name in ("second", "third", "first")], jobs=3)
    next(results)
    pids = [int((tmp_path / name).read_text()) for name in ("second", "third")]
    results.close()
    assert not any(map(alive, pids))


def test_a_worker_reads_several_small_files_and_a_crash_costs_no_other(reading: Callable[[Reading], None]) -> None:
    """One that takes its worker along is given a worker of its own before it is refused; the others are read."""

    def read(path: bytes) -> str:
        if path == b"bad":
            os.kill(os.getpid(), signal.SIGSEGV)
        return str(os.getpid())

    reading(read)
    outcomes = dict(extract_many(["a", "b", "bad", "c", "d"], jobs=1))
    assert isinstance(outcomes["bad"], ExtractError) and outcomes["bad"].code == "damaged"
    pids = {name: outcome.parts[0].text for name, outcome in outcomes.items() if isinstance(outcome, Extraction)}
    assert pids.keys() == {"a", "b", "c", "d"}
    assert pids["a"] == pids["b"] != pids["c"]


def test_after_a_refusal_the_next_file_is_read_by_another_worker(reading: Callable[[Reading], None]) -> None:
    def read(path: bytes) -> str:
        if path == b"bad":
            raise ExtractError("damaged", "is damaged")
        return str(os.getpid())

    reading(read)
    outcomes = dict(extract_many(["a", "bad", "b"], jobs=1))
    assert isinstance(outcomes["bad"], ExtractError)
    first, last = outcomes["a"], outcomes["b"]
    assert isinstance(first, Extraction) and isinstance(last, Extraction)
    assert first.parts[0].text != last.parts[0].text


@linux_only
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_workers_end_when_the_leader_is_ended(tmp_path: Path, temporary: Path, how: signal.Signals) -> None:
    leader = subprocess.Popen([sys.executable, "-c", _HANGING, tmp_path, temporary], stderr=subprocess.DEVNULL)
    until = time.monotonic() + 20
    while not (tmp_path / "program").exists() and time.monotonic() < until:
        time.sleep(0.05)
    pids = [int((tmp_path / name).read_text()) for name in ("worker", "program")]
    leader.send_signal(how)
    leader.wait(10)
    assert all(ends(pid, within_s=10) for pid in pids)


_HANGING = """
import os, subprocess, sys, tempfile
from pathlib import Path
from indexer.extraction import reader, worker
notes = Path(sys.argv[1])
tempfile.tempdir = sys.argv[2]
def read(path, *, limits):
    (notes / "worker").write_text(str(os.getpid()))
    program = subprocess.Popen(["sleep", "60"])
    (notes / "new").write_text(str(program.pid))
    (notes / "new").rename(notes / "program")
    program.wait()
reader.read = read
worker.extract("verslag.pdf")
"""


def studied(
    findings: Callable[[bytes], str], *paths: str, limits: Limits | None = None
) -> dict[str, tuple[str, str | None]]:
    """The text of each file and what a study says of it, which works with the path alone."""
    study = Study(tidied=lambda found: replace(found, format="tidy"), findings=lambda path, found: findings(path))
    outcomes = dict(extract_many(paths, jobs=1, limits=limits, study=study))
    read = {path: outcome for path, outcome in outcomes.items() if isinstance(outcome, Extraction)}
    assert read.keys() == set(paths) and all(outcome.format == "tidy" for outcome in read.values())
    return {path: (outcome.parts[0].text, outcome.findings) for path, outcome in read.items()}


def test_a_text_is_studied_by_the_worker_that_read_it(reading: Callable[[Reading], None]) -> None:
    reading(lambda path: str(os.getpid()))
    found = studied(lambda path: f"{path.decode()}\n{os.getpid()}", "a", "b")
    assert found == {name: (pid, f"{name}\n{pid}") for name, (pid, _) in found.items()}
    assert str(os.getpid()) not in {pid for pid, _ in found.values()}


def _never(path: bytes) -> str:
    while True:
        time.sleep(60)


def _all_memory(path: bytes) -> str:
    kept = []
    while True:
        kept.append(bytearray(10_000_000))


@linux_only
@pytest.mark.parametrize(
    "fault",
    [
        _never,
        _all_memory,
        lambda path: str(os.kill(os.getpid(), signal.SIGSEGV)),
        lambda path: os._exit(0),
        lambda path: 1 / 0,
    ],
    ids=["never ends", "takes all memory", "crashes", "leaves", "raises"],
)
def test_a_study_that_goes_wrong_costs_no_text(
    reading: Callable[[Reading], None], fault: Callable[[bytes], str]
) -> None:
    """A fault in the harvest of one report ended the whole run, and each run after it."""
    reading(lambda path: path.decode())
    found = studied(
        lambda path: fault(path) if path == b"bad" else "well",
        *("a", "bad", "b"),
        limits=Limits(time_s=1, memory_bytes=200 << 20),
    )
    assert found == {"a": ("a", "well"), "bad": ("bad", None), "b": ("b", "well")}


def test_what_is_no_text_of_a_study_is_not_believed() -> None:
    for line in (b"[]", b"5", b"", b"[" * 100_000, b'"\\ud800"'):
        with pytest.raises(ValueError):
            wire.decode_findings(line)


def test_outcome_survives_the_wire() -> None:
    outcome = Extraction(
        format="pdf",
        unit="page",
        parts=(Part(number=1, text="één\ttwee\n", label="i"),),
        properties=Properties(title="Titel", authors=("A", "B"), created="2021", language="nl"),
        outline=(Heading(title="Kop", level=1, part=1),),
        warnings=("page 1: no text, perhaps a scan",),
    )
    assert wire.decode(wire.encode(outcome)) == outcome


@pytest.mark.parametrize(
    "change",
    [
        {"parts": [{"number": 1, "text": "\ud800", "label": None, "heading": None, "level": None}]},
        {"parts": [{"number": 1, "text": 5, "label": None, "heading": None, "level": None}]},
        {"parts": [{"number": 1, "text": "", "label": None, "heading": "a", "level": 99}]},
        {"parts": {"a": "b"}},
        {"properties": None},
        {"warnings": [["een"]]},
        {"outline": [{"title": "a", "level": 1, "part": 7}]},
    ],
)
def test_answer_that_no_reader_gives_is_not_believed(change: dict[str, object]) -> None:
    answer = json.loads(wire.encode(Extraction(format="txt", unit="section", parts=())))
    with pytest.raises(ValueError):
        wire.decode(json.dumps(answer | change).encode())


@pytest.mark.parametrize("data", [b"", b"[]", b"null", b"[" * 100_000, b'{"code": "rm", "reason": ""}', b"\xff"])
def test_noise_is_not_believed(data: bytes) -> None:
    with pytest.raises(ValueError):
        wire.decode(data)
