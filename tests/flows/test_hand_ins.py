"""Handing in over HTTP: many at once, with the server killed meanwhile, and what came of it in the tree."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import http.client
import random
import threading
import time
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from archive import settings
from archive.access import everything, reader
from archive.storage import Storage, Tree
from benchmarks.handing_in import Depositor, Unanswered
from indexer.commands import parts_of
from indexer.sync import sync
from tests.conftest import Archive, Site

PEOPLE = 8
HAND_INS = 24  # a hundred in benchmarks/hand_ins.py
KILLS = 5
PASSWORD = "vier gele fietsen"
COMMUNITY = 'name = { nl = "BIM 5" }\n'
SUFFIX = (".txt", ".md", ".csv")


def account(archive: Archive, email: str, role: str = "teacher") -> None:
    done = archive.run(
        "user", "add", email, "--role", role, "--community", "bim5", "--password-stdin", given=f"{PASSWORD}\n"
    )
    assert done.code == 0, done.err


@pytest.fixture
def peopled(archive: Archive) -> Archive:
    """An archive in which eight teachers may hand in."""
    archive.put("bim5/community.toml", COMMUNITY)
    for number in range(PEOPLE):
        account(archive, f"docent{number}@example.org")
    archive.index()
    return archive


def content_of(number: int) -> dict[str, bytes]:
    """The files of one hand-in, found by one word."""
    text = f"De gevel van groep {number} hangt recht. Kenwoord kenmerk{number}x.\n"
    return {f"groep {number}/verslag{suffix}": (text + suffix).encode() for suffix in SUFFIX[: 1 + number % 2]}


def records(archive: Archive) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in sorted(archive.documents.rglob("project.toml")):
        yield path.parent, tomllib.loads(path.read_text())


def expect_whole(archive: Archive) -> dict[str, str]:
    """Every file is spoken of with its own level and checksum, every entry has its file, nothing lies about.

    The path of each file by its checksum.
    """
    known = {}
    for folder, record in records(archive):
        files = {path.name for path in folder.iterdir() if path.name not in ("project.toml", ".versions")}
        entries = {entry["file"]: entry for entry in record.get("deliverable", [])}
        assert files == entries.keys(), folder
        for name, entry in entries.items():
            found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
            assert entry["sha256"] == found
            assert entry["visibility"] == "confidential"
            known[found] = str(folder / name)
    return known


def expect_no_file_wider(archive: Archive) -> None:
    """At any moment: a file that is shown has an entry that closes it."""
    for path in archive.documents.rglob("*"):
        if path.is_dir() or path.name.startswith(".") or path.suffix == ".toml":
            continue
        record = tomllib.loads((path.parent / "project.toml").read_text())
        levels = {entry["file"]: entry["visibility"] for entry in record["deliverable"]}
        assert levels[path.name] == "confidential"


def test_hand_ins_by_eight_people_at_once_are_all_there_and_found(peopled: Archive) -> None:
    waiting, failed = iter(range(HAND_INS)), []
    guard = threading.Lock()

    def taken() -> int | None:
        with guard:
            return next(waiting, None)

    def work(site: Site, person: int) -> None:
        try:
            with Depositor(site.port, f"docent{person}@example.org", PASSWORD) as mine:
                while (number := taken()) is not None:
                    mine.hand_in(content_of(number), community="bim5", title=f"Gevels van jaar {number // 10}")
        except Exception as error:
            failed.append(error)

    with peopled.serving() as site:
        together = [threading.Thread(target=work, args=(site, person)) for person in range(PEOPLE)]
        for thread in together:
            thread.start()
        for thread in together:
            thread.join(300)
        assert failed == []
        known = expect_whole(peopled)
        meant = {hashlib.sha256(each).hexdigest() for n in range(HAND_INS) for each in content_of(n).values()}
        assert known.keys() == meant
        site.wait_until(lambda: not site.get("/healthz").json["indexing"], "all is indexed")
    peopled.index()
    for number in range(HAND_INS):
        assert len(peopled.found(f"kenmerk{number}x")) == len(content_of(number)), number


def test_killed_at_any_moment_what_was_received_is_there_and_nothing_is_open(peopled: Archive) -> None:
    chance = random.Random(7)
    received: list[int] = []
    refused: list[Unanswered] = []
    numbers = iter(range(10_000))

    def work(port: int, person: int, ended: threading.Event) -> None:
        try:
            with contextlib.suppress(OSError, http.client.HTTPException):  # the server was killed
                hand_in_until(ended, port, person)
        except Unanswered as error:
            refused.append(error)

    def hand_in_until(ended: threading.Event, port: int, person: int) -> None:
        with Depositor(port, f"docent{person}@example.org", PASSWORD) as mine:
            while not ended.is_set():
                number = next(numbers)
                mine.hand_in(content_of(number), community="bim5", title=f"Gevels {number}")
                received.append(number)

    for _ in range(KILLS):
        before = len(received)
        with peopled.serving() as site:
            ended = threading.Event()
            together = [threading.Thread(target=work, args=(site.port, person, ended)) for person in range(3)]
            for thread in together:
                thread.start()
            wait_for(lambda before=before: len(received) > before or refused)
            time.sleep(chance.uniform(0, 0.5))
            site.process.end()
            ended.set()
            for thread in together:
                thread.join(30)
        assert refused == []
        expect_no_file_wider(peopled)
    peopled.index()
    known = expect_whole(peopled)
    for number in received:
        for content in content_of(number).values():
            assert hashlib.sha256(content).hexdigest() in known, number
        assert len(peopled.found(f"kenmerk{number}x")) == len(content_of(number))
    assert peopled.run("check").code == 0


def test_a_record_that_a_look_missed_closes_its_files_all_the_same(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look that had passed a record's place before it was written saw the file alone: all of campus read it."""
    archive.put(
        "bim5/2021/gevels/project.toml", 'title = "G"\n[[deliverable]]\nfile = "a.txt"\nvisibility = "confidential"\n'
    )
    archive.put("bim5/2021/gevels/a.txt", "geheim")
    scan = Storage.scan

    def missing(self: Storage, **more: Any) -> Tree:
        return dataclasses.replace(scan(self, **more), records=())

    monkeypatch.setattr(Storage, "scan", missing)
    options = {"documents": str(archive.documents), "var": str(archive.var)}
    with parts_of(settings.load(archive.root, environment={}, options=options)) as parts:
        sync(parts)
        campus = reader("student", today=date(2022, 1, 24))
        assert parts.catalog.deliverable("bim5/2021/gevels/a.txt", access=campus) is None
        assert parts.catalog.count(access=everything(today=campus.today)) == 1


def wait_for(holds: Any) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end, "nothing was received within 30 s"
        time.sleep(0.005)
