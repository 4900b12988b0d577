"""The flow "index" where something went wrong before: a run that was ended, a record in disorder, damage under `var/`."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.conftest import COMMAND, Archive

CAMPUS = ("--as", "campus")


def index_until(archive: Archive, end: str) -> None:
    """Index, with a line of Python that ends the run at a chosen moment."""
    code = f"import os; import indexer.progress as progress, indexer.sync as sync; {end}; from archive.cli import main; main(['index'])"
    done = subprocess.run([sys.executable, "-c", code], env=archive.environment(), capture_output=True)
    assert done.returncode in (9, 130), done.stderr


@pytest.mark.parametrize(
    "end", ["sync._Run.assemble = lambda _: os._exit(9)", "progress._Stoppable.stops = lambda _: True"]
)
def test_a_file_that_was_read_when_the_run_ended_is_found_after_the_next(archive: Archive, end: str) -> None:
    """It was in the catalog's list of files, so that no run looked at it again, and in no project: nobody found it."""
    archive.put("a/2021/p/een.txt", "dakpan")
    archive.index()
    archive.put("a/2021/q/twee.txt", "spouwmuur")
    index_until(archive, end)
    assert archive.index()["unchanged"] == 2
    assert archive.found("spouwmuur", *CAMPUS) == ["a/2021/q/twee.txt"]


def test_a_confidential_file_whose_move_was_half_written_down_stays_confidential_and_is_found(archive: Archive) -> None:
    path = archive.put("a/2021/p/geheim.txt", "spouwmuur")
    archive.put(
        "a/2021/p/project.toml", 'title = "P"\n[[deliverable]]\nfile = "geheim.txt"\nvisibility = "confidential"\n'
    )
    archive.index()
    (archive.documents / "a/2021/q").mkdir()
    path.rename(archive.documents / "a/2021/q/geheim.txt")
    index_until(archive, "sync.note_moves = lambda *_, **__: os._exit(9)")
    archive.index()
    assert archive.found("spouwmuur") == ["a/2021/q/geheim.txt"]
    assert archive.found("spouwmuur", *CAMPUS) == []


def test_a_file_that_leaves_a_closed_project_stays_as_closed_as_it_was(archive: Archive) -> None:
    """The level stood at the top of the project's record, not in an entry: by being moved the file was open to campus."""
    path = archive.put("a/2021/p/geheim.txt", "spouwmuur")
    archive.put("a/2021/p/project.toml", 'title = "P"\nvisibility = "confidential"\n')
    archive.index()
    (archive.documents / "a/2021/q").mkdir()
    path.rename(archive.documents / "a/2021/q/geheim.txt")
    archive.index()
    assert archive.found("spouwmuur", *CAMPUS) == []


def test_a_move_out_of_all_records_is_told(archive: Archive) -> None:
    path = archive.put("a/2021/p/geheim.txt", "spouwmuur")
    archive.put("a/2021/p/project.toml", 'title = "P"\nvisibility = "confidential"\n')
    archive.index()
    path.rename(archive.documents / "a/2021/geheim.txt")
    assert "stays as closed as it was at a/2021/p/geheim.txt, which no record says yet" in archive.run("index").err


def test_a_withdrawn_file_does_not_come_back_by_being_moved(archive: Archive) -> None:
    path = archive.put("a/2021/p/weg.txt", "spouwmuur")
    archive.put(
        "a/2021/p/project.toml",
        'title = "P"\n[[deliverable]]\nfile = "weg.txt"\n[deliverable.withdrawn]\ndate = 2023-01-01\n',
    )
    archive.index()
    (archive.documents / "a/2021/q").mkdir()
    path.rename(archive.documents / "a/2021/q/weg.txt")
    archive.index()
    assert archive.found("spouwmuur", *CAMPUS) == []


def test_what_is_wrong_with_a_project_is_told_until_it_is_mended(archive: Archive) -> None:
    """The second run, which looked at no project, forgot that a record names a file that is not there."""
    archive.put("a/2021/p/x.txt", "gevel")
    archive.put("a/2021/p/project.toml", 'title = "P"\n[[deliverable]]\nfile = "weg.pdf"\n')
    for _ in range(2):
        assert "weg.pdf is not in the project" in archive.run("index").err
        (problem,) = archive.run("status", "--json").json["record_problems"]
        assert problem["message"] == "weg.pdf is not in the project"
    archive.put("a/2021/p/project.toml", 'title = "P"\n')
    archive.index()
    assert archive.run("status", "--json").json["record_problems"] == []


def test_a_record_that_is_no_toml_is_among_the_failures_with_its_line(archive: Archive) -> None:
    archive.put("a/2021/p/x.txt", "gevel")
    archive.put("a/2021/p/project.toml", 'title = "goed"\nsummary = "niet af\n')
    (failure,) = archive.index()["failed"]
    assert (failure["id"], failure["code"]) == ("a/2021/p/project.toml", "record")
    assert failure["reason"].startswith("line 2: ")
    assert archive.run("index").err.count("project.toml") == 1


def test_status_tells_when_the_last_run_was_although_it_found_nothing_new(archive: Archive) -> None:
    from archive.catalog.catalog import Catalog

    archive.put("a/2021/p/x.txt", "gevel")
    archive.index()
    Catalog.open(archive.var).note_run("last-run", "2021-01-01T00:00:00Z")
    archive.index()
    assert archive.run("status", "--json").json["last_run"] > "2026"


def test_status_says_what_to_do_about_a_file_that_is_not_downloaded(archive: Archive) -> None:
    path = archive.put("OneDrive/2021/p/groot.pdf", b"")
    os.truncate(path, 50_000)
    archive.put("OneDrive/2021/p/klein.txt", "gevel")
    archive.index()
    assert "not downloaded yet" in archive.run("status").out


def test_check_finds_a_file_by_its_name_as_people_type_it(archive: Archive) -> None:
    archive.put("a/2021/p/bijlagen/Rapport.txt", "gevel")
    archive.put("a/2021/p/project.toml", 'title = "P"\n[[deliverable]]\nfile = ".\\\\bijlagen\\\\rapport.txt"\n')
    archive.index()
    done = archive.run("check", "--json")
    assert (done.code, done.json["lost"]) == (0, [])


def test_a_folder_for_what_is_computed_inside_the_archive_is_refused(archive: Archive) -> None:
    """Each run archived the catalog and the index of the run before."""
    archive.put("a/2021/p/x.txt", "gevel")
    done = archive.run("index", "--var", str(archive.documents / "var"))
    assert done.code == 2
    assert len(done.err.strip().splitlines()) == 1
    assert archive.run("index", "--documents", ".", "--var", "elders", cwd=archive.documents).code == 2


def test_damage_inside_the_catalog_is_mended_by_one_more_run(archive: Archive) -> None:
    """Opening it showed nothing; the run said "run estafette index" to whoever had just done that."""
    archive.put("a/2021/p/x.txt", "gevel")
    archive.index()
    damage = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('PRAGMA wal_checkpoint(TRUNCATE)');"
        "(n,) = c.execute(\"SELECT rootpage FROM sqlite_schema WHERE name = 'file'\").fetchone(); c.close();"
        "f = open(sys.argv[1], 'r+b'); f.seek((n - 1) * 8192); f.write(b'kapot' * 1600); f.close()"
    )
    subprocess.run([sys.executable, "-c", damage, str(archive.var / "catalog.sqlite")], check=True)
    done = archive.run("index")
    assert (done.code, "rebuilt" in done.err) == (0, True), done.err
    assert archive.found("gevel", *CAMPUS) == ["a/2021/p/x.txt"]


def test_an_archive_without_its_catalog_is_behind(archive: Archive) -> None:
    """The site that follows a folder only logged that there was no catalog, and gave error pages ever after."""
    from datetime import UTC, datetime

    from archive.catalog.catalog import Catalog
    from archive.storage import Storage
    from indexer.sync import AGREED, is_behind

    archive.put("a/2021/p/x.txt", "gevel")
    archive.index()
    catalog, storage = Catalog.open(archive.var), Storage(archive.documents)
    seal = catalog.meta(AGREED) or ""
    assert not is_behind(storage, catalog, seal=seal, now=datetime.now(UTC))
    Catalog.remove(archive.var)
    assert is_behind(storage, catalog, seal=seal, now=datetime.now(UTC))
    catalog.close()


def test_a_key_without_end_in_a_record_is_refused_in_no_time(archive: Archive) -> None:
    """tomllib kept every beginning of it: 200 kB took 40 GB, and the indexer was killed."""
    archive.put("a/2021/p/x.txt", "gevel")
    archive.put("a/2021/p/project.toml", ".".join(["a"] * 100_000) + " = 1\n")
    limited = ["sh", "-c", 'ulimit -v 4000000; exec "$@"', "sh", *COMMAND, "index", "--json"]
    done = subprocess.run(limited, env=archive.environment(), cwd=archive.root, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert b"too many parts" in done.stdout


def index_refusing(archive: Archive, word: str) -> str:
    """Index with an engine that can't take a document with this word; return what is said."""
    patch = (
        "import indexer.search.inversion as inversion; take = inversion.SegmentBuilder.add\n"
        "def refuse(self, document):\n"
        f"    if {word!r} in ' '.join(document.parts): raise ValueError('too much')\n"
        "    return take(self, document)\n"
        "inversion.SegmentBuilder.add = refuse"
    )
    code = f"{patch}\nfrom archive.cli import main; main(['index'])"
    done = subprocess.run([sys.executable, "-c", code], env=archive.environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_a_document_that_the_engine_refuses_is_told_of_once_and_makes_no_later_run_rebuild(archive: Archive) -> None:
    """Each run after it said that index and catalog differed, and built the whole index anew."""
    archive.put("a/2021/p/teveel.txt", "spouwmuur")
    assert "too much" in index_refusing(archive, "spouwmuur")
    archive.put("a/2021/q/goed.txt", "dakpan")
    said = index_refusing(archive, "spouwmuur")
    assert "differed" not in said
    assert "too much" not in said
    assert archive.found("dakpan") == ["a/2021/q/goed.txt"]
    assert archive.run("check").code == 0
    archive.put("a/2021/p/teveel.txt", "spouwmuur en meer")
    assert "differed" not in archive.run("index").err
    assert archive.found("spouwmuur") == ["a/2021/p/teveel.txt"]
