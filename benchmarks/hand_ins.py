"""Handing in over HTTP: many at once, a server that is killed again and again, one very large file, one report.

    python -m benchmarks hand_ins [--hand-ins 100] [--kills 30] [--large-mb 300]

Eight people hand in side by side, each a project with one or two files, as the page's script does. For the kills the
server's whole process group ends by SIGKILL at random moments; what it had answered "received" is looked for then.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import http.client
import itertools
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import threading
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from benchmarks.handing_in import Depositor, Unanswered
from benchmarks.machine import COMMAND, ROOT, WORK, estafette, machine_line, spread

PEOPLE = 8
PASSWORD = "vier gele fietsen"  # noqa: S105  of the accounts made here
PDF_PAGES = 30
REPORTS = 5
SAMPLE_S = 0.02
KILLED_AFTER_S = (2.0, 8.0)  # eight sign in first; one hand-in takes some seconds while eight are at it
UP_WITHIN_S = 60.0
NEVER_PUBLIC = ("confidential",)


@dataclass(slots=True, kw_only=True)
class Work:
    """What was asked and answered. `received`: the numbers of the hand-ins that the site said it had."""

    received: list[int] = field(default_factory=list)
    took_s: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def main(arguments: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--hand-ins", type=int, default=100)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--large-mb", type=int, default=300)
    args = parser.parse_args(arguments or None)
    print(machine_line())
    folder = WORK / "hand-ins"
    shutil.rmtree(folder, ignore_errors=True)
    measure_many(fresh(folder / "many"), args.hand_ins)
    measure_kills(fresh(folder / "kills"), args.kills)
    measure_large(fresh(folder / "large"), args.large_mb)
    measure_reports(fresh(folder / "reports"))


def fresh(folder: Path) -> Path:
    """An archive of one community, in which eight teachers may hand in."""
    community = folder / "documents" / "bim5"
    community.mkdir(parents=True)
    (community / "community.toml").write_text('name = { nl = "BIM 5" }\n')
    for person in range(PEOPLE):
        command = [*COMMAND, "user", "add", _email(person), "--role", "teacher", "--community", "bim5"]
        subprocess.run(
            [*command, "--password-stdin"],
            input=f"{PASSWORD}\n",
            env=_environment(folder),
            cwd=ROOT,
            text=True,
            check=True,
            capture_output=True,
        )
    estafette("index", documents=folder / "documents", var=folder / "var")
    return folder


def measure_many(folder: Path, count: int) -> None:
    """So many hand-ins by eight people: all there, right, and found."""
    numbers, work = iter(range(count)), Work()
    with serving(folder) as (port, _process):
        began = time.monotonic()
        run_together(lambda person: hand_in_all(port, person, numbers, work))
        spent = time.monotonic() - began
    estafette("index", documents=folder / "documents", var=folder / "var")
    whole, faults = look(folder)
    missing = [n for n in work.received if not _checksums(n) <= whole.keys()]
    lost = [n for n in work.received if len(_found(folder, n)) != len(files_of(n))]
    print(
        f"{len(work.received)} of {count} hand-ins by {PEOPLE} people in {spent:.0f} s, one in {spread(work.took_s)};"
        f" {len(missing)} missing, {len(faults)} faults, {len(lost)} not found, {len(work.refused)} refused"
    )
    _tell(work.refused + faults)


def measure_kills(folder: Path, kills: int) -> None:
    """Kill the server at random moments; what was received must be there, and nothing wider than it was handed in."""
    numbers, work, chance = iter(range(1_000_000)), Work(), random.Random(11)
    open_files: list[str] = []
    starts: list[float] = []
    for _ in range(kills):
        began = time.monotonic()
        with serving(folder) as (port, process):
            starts.append(time.monotonic() - began)
            killer = threading.Timer(chance.uniform(*KILLED_AFTER_S), os.killpg, (process.pid, signal.SIGKILL))
            killer.start()
            run_together(lambda person, port=port: hand_in_all(port, person, numbers, work))
            killer.join()
            process.wait()
        open_files += wider(folder)
    estafette("index", documents=folder / "documents", var=folder / "var")
    whole, faults = look(folder)
    missing = [n for n in work.received if not _checksums(n) <= whole.keys()]
    lost = [n for n in work.received if len(_found(folder, n)) != len(files_of(n))]
    estafette("check", documents=folder / "documents", var=folder / "var")
    print(
        f"{kills} kills, {len(work.received)} hand-ins received; {len(missing)} missing, {len(faults)} faults, "
        f"{len(lost)} not found, {len(open_files)} files wider than handed in, {len(work.refused)} refused; "
        f"a start in {spread(starts)}"
    )
    _tell(work.refused + faults + open_files)


def measure_large(folder: Path, megabytes: int) -> None:
    """One large file, in pieces and with a plain form; the most memory that the server had meanwhile."""
    large = folder / "opname.mp4"
    with large.open("wb") as stream:
        for _ in range(megabytes):
            stream.write(os.urandom(1 << 20))
    with serving(folder) as (port, process), Depositor(port, _email(0), PASSWORD) as mine:
        mine.hand_in({"klein.txt": b"een klein bestand om mee te beginnen"}, community="bim5", title="Klein")
        for name, way in (("in pieces", _in_pieces), ("with a plain form", _with_a_form)):
            with large.open("ab") as stream:
                stream.write(b"x")  # the same bytes again would be asked about
            with most_memory(process.pid) as most:
                began = time.monotonic()
                way(mine, large)
                spent = time.monotonic() - began
            print(
                f"{megabytes} MB {name}: {spent:.0f} s, {most[0]:.0f} MB of memory more than before ({_resident_mb(process.pid):.0f} MB)"
            )
    whole, faults = look(folder)
    with large.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    print(f"  in the tree with its checksum: {sha256 in whole}; {len(faults)} faults")
    _tell(faults)


def measure_reports(folder: Path) -> None:
    """From "Lever in" to being found, for a report of 30 pages."""
    took = []
    with serving(folder) as (port, _process), Depositor(port, _email(0), PASSWORD) as mine:
        for number in range(REPORTS):
            id = mine.make_draft({"Eindrapport.pdf": report(number)})
            mine.wait_until_read(id)
            began = time.monotonic()
            mine.send(id, community="bim5", title=f"Rapport {number}", level="campus")
            while not mine.found(f"kenmerk{number}x"):
                if time.monotonic() - began > UP_WITHIN_S:
                    raise Unanswered("the report is not found")
                time.sleep(SAMPLE_S)
            took.append(time.monotonic() - began)
    print(f"a report of {PDF_PAGES} pages is found after {spread(took)}")


def hand_in_all(port: int, person: int, numbers: Iterator[int], work: Work) -> None:
    """Hand in one after the other, until there are no more numbers or the server is gone."""
    with contextlib.suppress(OSError, http.client.HTTPException), Depositor(port, _email(person), PASSWORD) as mine:
        for number in numbers:
            began = time.monotonic()
            try:
                mine.hand_in(files_of(number), community="bim5", title=f"Gevels van groep {number // 3}")
            except Unanswered as error:
                work.refused.append(str(error))
                return
            work.received.append(number)
            work.took_s.append(time.monotonic() - began)


def files_of(number: int) -> dict[str, bytes]:
    """The files of one hand-in; each has a word of its own."""
    text = f"De gevel van groep {number} hangt recht. Kenwoord kenmerk{number}x, in het "
    return {f"groep/{name}": (text + name).encode() for name in ("verslag.txt", "logboek.md")[: 1 + number % 2]}


def look(folder: Path) -> tuple[dict[str, str], list[str]]:
    """What is in the tree by checksum, and what is wrong there: files without entry, entries without file, leftovers."""
    whole: dict[str, str] = {}
    faults: list[str] = []
    for path in sorted((folder / "documents").rglob("project.toml")):
        record = tomllib.loads(path.read_text())
        entries = {entry["file"]: entry for entry in record.get("deliverable", [])}
        files = {each.name for each in path.parent.iterdir()} - {"project.toml"}
        faults += [f"{path.parent.name}: {name}" for name in sorted(files ^ entries.keys())]
        for name in files & entries.keys():
            with (path.parent / name).open("rb") as stream:
                sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
            whole[sha256] = str(path.parent / name)
            faults += [f"{path.parent.name}: checksum of {name}"] if entries[name]["sha256"] != sha256 else []
    return whole, faults


def wider(folder: Path) -> list[str]:
    """The files that are shown and not closed by an entry, as the kill left them."""
    found = []
    for path in (folder / "documents").rglob("*"):
        if path.is_dir() or path.name.startswith(".") or path.suffix == ".toml":
            continue
        record = path.with_name("project.toml")
        entries = tomllib.loads(record.read_text()).get("deliverable", []) if record.exists() else []
        if not any(each["file"] == path.name and each["visibility"] in NEVER_PUBLIC for each in entries):
            found.append(str(path))
    return found


@contextmanager
def serving(folder: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A server over an archive, answering; ended afterwards with all that it started."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (folder / "serve.log").open("ab") as log:
        process = subprocess.Popen(
            [*COMMAND, "serve", "--port", str(port)],
            env=_environment(folder),
            cwd=ROOT,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            _wait_until_up(port)
            yield port, process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def most_memory(leader: int) -> Iterator[list[float]]:
    """The most resident memory of a process above what it began with, in MB, sampled."""
    before, most, ended = _resident_mb(leader), [0.0], threading.Event()

    def sample() -> None:
        while not ended.wait(SAMPLE_S):
            most[0] = max(most[0], _resident_mb(leader) - before)

    sampler = threading.Thread(target=sample)
    sampler.start()
    try:
        yield most
    finally:
        ended.set()
        sampler.join()


def run_together(work: Callable[[int], None]) -> None:
    threads = [threading.Thread(target=work, args=(person,)) for person in range(PEOPLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def report(number: int) -> bytes:
    """A PDF of 30 full pages."""
    chance, stream = random.Random(number), BytesIO()
    words = [
        "gevel",
        "wand",
        "meting",
        "onderzoek",
        "bouw",
        "student",
        "bedrijf",
        "vraag",
        "plan",
        "proef",
        "staal",
        "hout",
        "beton",
    ]
    canvas = Canvas(stream, invariant=True)
    for page in range(PDF_PAGES):
        canvas.drawString(60, 800, f"Bladzijde {page + 1}, kenmerk{number}x")
        for line in range(45):
            canvas.drawString(60, 780 - 16 * line, " ".join(chance.choices(words, k=12)))
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def _in_pieces(mine: Depositor, large: Path) -> None:
    mine.hand_in({large.name: large}, community="bim5", title="In stukken")


def _with_a_form(mine: Depositor, large: Path) -> None:
    id = mine.make_draft_by_form(large)
    mine.wait_until_read(id)
    if not mine.send(id, community="bim5", title="Met een formulier", level="confidential"):
        raise Unanswered("sending")


def _found(folder: Path, number: int) -> list[str]:
    told = estafette("search", f"kenmerk{number}x", "--json", documents=folder / "documents", var=folder / "var")
    return [hit["id"] for hit in json.loads(told.out)["hits"]]


def _checksums(number: int) -> set[str]:
    return {hashlib.sha256(content).hexdigest() for content in files_of(number).values()}


def _wait_until_up(port: int) -> None:
    end = time.monotonic() + UP_WITHIN_S
    for _ in itertools.count():
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            try:
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    return
            finally:
                connection.close()
        if time.monotonic() > end:
            raise Unanswered("the server does not answer")
        time.sleep(SAMPLE_S)


def _resident_mb(process: int) -> float:
    with contextlib.suppress(OSError, IndexError):
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    return 0.0


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ESTAFETTE_")}
    return {**kept, "ESTAFETTE_DOCUMENTS": str(folder / "documents"), "ESTAFETTE_VAR": str(folder / "var")}


def _email(person: int) -> str:
    return f"docent{person}@example.org"


def _tell(lines: Sequence[str]) -> None:
    for line in lines[:10]:
        print(f"  {line}")


if __name__ == "__main__":
    main()
