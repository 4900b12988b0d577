"""Last night's backup on another machine: it answers as the archive did, and holds together whatever people did meanwhile."""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from archive.accounts.accounts import Accounts
from archive.records.editing import Append
from archive.records.live import LiveRecords
from archive.storage import Storage
from tests.conftest import Archive, Site, docx_bytes, pdf_bytes

NOW = datetime(2022, 1, 28, 2, 30, tzinfo=UTC)
BACKUPS_MEANWHILE = 3
PAGES = (
    "/",
    "/search?q=gevel",
    "/search?q=gevl",
    "/communities/bim5",
    "/communities/bim5/2021",
    "/projects/bim5/2021/gevels",
    "/documents/bim5/2021/gevels/rapport.pdf",
    "/documents/bim5/2021/gevels/rapport.pdf/read?page=2&q=gevel",
    "/documents/bim5/2021/gevels/oud.pdf",
    "/documents/bim5/2021/gevels/geheim.txt",
    "/outcomes",
    "/agenda",
    "/unread",
    "/api/v1/suggest?q=gev",
    "/api/v1/open-ends",
)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Levels of access, a former address, an open question, an account, settings that close what has no record."""
    archive = Archive(tmp_path / "here")
    (archive.root / "estafette.toml").write_text('default_visibility = "community"\n')
    archive.put("bim5/community.toml", 'name = { nl = "BIM 5", en = "BIM 5" }\n')
    archive.put("bim5/agenda.toml", '[[question]]\nid = "bim5-001"\ntext = "Wat kost een prefab gevel?"\n')
    archive.put("bim5/2021/gevels/rapport.pdf", pdf_bytes("Voorblad", "De prefab gevel hangt in een dag", "Slot"))
    archive.put("bim5/2021/gevels/geheim.txt", "kanariewoord in de gevel")
    archive.put(
        "bim5/2021/gevels/project.toml",
        'title = "Prefab gevels"\nvisibility = "public"\n'
        '[[deliverable]]\nfile = "rapport.pdf"\ntitle = "Prefab gevels"\nvisibility = "public"\nno_names = true\n'
        'was = ["bim5/2021/gevels/oud.pdf"]\n'
        '[[deliverable]]\nfile = "geheim.txt"\nvisibility = "confidential"\n',
    )
    archive.put("bim5/2020/scan/nota.docx", docx_bytes("# Methode", "Wij maten de gevels met een scanner."))
    archive.put("bim5/2020/scan/kapot.pdf", b"")
    with closing(Accounts.open(archive.var)) as accounts:
        accounts.add(email="docent@example.org", role="teacher", communities=["bim5"], now=NOW, by="test")
    return archive


def restored(backup: Path, root: Path) -> Archive:
    archive = Archive(root)
    done = archive.run("restore", str(backup))
    assert done.code == 0, done.err
    return archive


def answers(archive: Archive) -> list[object]:
    """What the command line and every page say to a visitor, and to a student."""
    found: list[object] = [{**archive.search("gevel kanariewoord"), "took_ms": 0}]
    status = archive.run("status", "--json").json
    found.append([status[key] for key in ("deliverables", "projects", "communities", "parts", "unread")])
    for role in ("public", "campus"):
        with archive.serving("--as", role) as site:
            found.extend(
                {**site.get("/api/v1/search", q=query).json, "took_ms": 0}
                for query in ("gevel", '"prefab gevel"', "gevl", "kanariewoord", "scanner", "")
            )
            for path in PAGES:
                page = site.get(path)
                found.append((path, page.status, page.headers.get("location"), page.text.replace(site.url, "")))
    return found


def test_a_restored_archive_gives_the_same_answers(archive: Archive, tmp_path: Path) -> None:
    archive.index()
    assert archive.run("backup", str(tmp_path / "nacht.tar")).code == 0
    there = restored(tmp_path / "nacht.tar", tmp_path / "there")
    assert sorted(there.index()["added"]) == sorted(
        ["bim5/2020/scan/nota.docx", "bim5/2021/gevels/geheim.txt", "bim5/2021/gevels/rapport.pdf"]
    )
    for before, after in zip(answers(archive), answers(there), strict=True):
        assert before == after
    assert there.run("check").code == 0


@contextmanager
def handing_in(archive: Archive, people: int) -> Iterator[list[int]]:
    """People who hand in one thing after the other, file first and record last, in a project that they share."""
    done, stop, failed = [0] * people, threading.Event(), []

    def work(who: int) -> None:
        storage = Storage(archive.documents)
        try:
            while not stop.is_set():
                number = done[who]
                name = f"stuk-{who}-{number}.txt"
                storage.write(f"bim5/2021/gevels/{name}", [f"gevel van {who}, nummer {number}".encode()])
                record = "bim5/2021/gevels/project.toml"
                entry = Append(table="deliverable", values={"file": name, "date": date(2022, 1, 1)})
                LiveRecords(storage).change(record, lambda _, entry=entry: [entry])
                with closing(Accounts.open(archive.var)) as accounts:
                    accounts.note("handed in", name, now=NOW, by=f"account {who}")
                done[who] += 1
                stop.wait(0.05)
        except BaseException as error:
            failed.append(error)

    workers = [threading.Thread(target=work, args=(who,)) for who in range(people)]
    for worker in workers:
        worker.start()
    try:
        yield done
    finally:
        stop.set()
        for worker in workers:
            worker.join()
    assert not failed, failed


def expect_whole(archive: Archive) -> int:
    """Every file that the record tells of is there with its bytes; how many there are."""
    folder = archive.documents / "bim5/2021/gevels"
    entries = tomllib.loads((folder / "project.toml").read_text())["deliverable"]
    for entry in entries:
        path = folder / entry["file"]
        assert path.stat().st_size > 0, entry
    return len(entries)


def test_backups_made_while_people_hand_in_hold_together(archive: Archive, tmp_path: Path) -> None:
    with archive.serving("--as", "campus") as site, handing_in(archive, 2) as done:
        wait_for(site, done, 1)
        for number in range(BACKUPS_MEANWHILE):
            made = archive.run("backup", str(tmp_path / f"nacht-{number}.tar"), "--json")
            assert made.code == 0, made.err
            wait_for(site, done, done[0] + 1)
    entries = [
        expect_whole(restored(tmp_path / f"nacht-{number}.tar", tmp_path / f"there-{number}"))
        for number in range(BACKUPS_MEANWHILE)
    ]
    assert 2 < entries[0] <= entries[-1] <= 2 + sum(done)
    with closing(Accounts.open(tmp_path / f"there-{BACKUPS_MEANWHILE - 1}/var")) as accounts:
        logged = [line.subject for line in accounts.log() if line.action == "handed in"]
    assert len(logged) == len(set(logged)) >= entries[-1] - 4  # the log follows the record


def wait_for(site: Site, done: list[int], number: int) -> None:
    site.wait_until(lambda: min(done) >= number and site.get("/healthz").status == 200, "somebody handed something in")
