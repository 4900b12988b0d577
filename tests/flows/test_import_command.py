"""`estafette import` as a coordinator runs it: dry run first, errors by row, again without harm, killed at any moment."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
import tomllib
from pathlib import Path

import pytest

import indexer.importing_command
from archive.cli import main
from archive.model import Visibility
from indexer.deposit.personal_data import Finding
from tests.conftest import COMMAND, Archive, pdf_bytes

LIST = "Bestand;Titel;Community;Jaar;Project;Zichtbaarheid\n"


@pytest.fixture
def old(archive: Archive) -> Path:
    """A folder of old reports beside an archive with one community."""
    archive.put("bim5/community.toml", 'name = { nl = "BIM 5" }\n')
    folder = archive.root / "old"
    folder.mkdir()
    (folder / "gevels.pdf").write_bytes(pdf_bytes("Verduurzamen van gevels met prefab"))
    (folder / "daken.txt").write_text("Zonnepanelen op platte daken in de wijk")
    return folder


def written(archive: Archive) -> set[str]:
    return {path.relative_to(archive.documents).as_posix() for path in archive.documents.rglob("*") if path.is_file()}


def test_a_dry_run_tells_every_row_and_writes_nothing_and_the_import_is_found(archive: Archive, old: Path) -> None:
    (old / "lijst.csv").write_text(
        f"{LIST}gevels.pdf;Gevels;bim5;2021-2022;Prefab gevels;openbaar\ndaken.txt;Daken;BIM 5;20-21;Daken;vertrouwelijk\n",
        encoding="cp1252",
    )
    before = written(archive)
    dry = archive.run("import", "old", "--list", "old/lijst.csv", "--dry-run")
    assert dry.code == 0, dry.err
    assert "bim5/2021/prefab-gevels/gevels.pdf  public" in dry.out
    assert "would be added: 2" in dry.err
    assert written(archive) == before
    done = archive.run("import", "old", "--list", "old/lijst.csv", "--json", "--by", "coordinator@example.org")
    assert done.code == 0, done.err
    assert [row["action"] for row in done.json["rows"]] == ["add", "add"]
    assert done.json["written"] is True
    archive.index()
    assert archive.found("prefab gevels") == ["bim5/2021/prefab-gevels/gevels.pdf"]
    assert archive.found("zonnepanelen", "--as", "campus") == []
    assert archive.found("zonnepanelen") == ["bim5/2020/daken/daken.txt"]
    again = archive.run("import", "old", "--list", "old/lijst.csv", "--json")
    assert [row["action"] for row in again.json["rows"]] == ["present", "present"]
    assert archive.index()["unchanged"] == 2


def test_a_row_with_an_error_stops_all_until_it_may_be_skipped(archive: Archive, old: Path) -> None:
    (archive.root / "lijst.csv").write_text(
        f"{LIST}gevels.pdf;Gevels;bim5;2021;P;openbaar\ndaken.txt;Daken;bim5;2021-2024;P;iedereeen\n"
    )
    before = written(archive)
    stopped = archive.run("import", "old", "--list", "lijst.csv")
    assert stopped.code == 2
    assert "row 3  error  daken.txt" in stopped.out
    assert "Jaar: “2021-2024” is no academic year" in stopped.out
    assert "Zichtbaarheid: “iedereeen” is no level" in stopped.out
    assert "nothing was written" in stopped.err
    assert written(archive) == before
    skipped = archive.run("import", "old", "--list", "lijst.csv", "--skip-errors", "--json")
    assert skipped.code == 0
    assert [row["action"] for row in skipped.json["rows"]] == ["add", "error"]
    assert {row["column"] for row in skipped.json["rows"][1]["errors"]} == {"year", "visibility"}
    assert written(archive) - before == {"bim5/2021/p/gevels.pdf", "bim5/2021/p/project.toml"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--community", "bim6"], "is bim5 meant?"),
        (["--year", "2021-2024"], "no academic year"),
        (["--visibility", "open"], "is no level"),
        (["--list", "nowhere.csv"], "can't be read"),
    ],
)
def test_a_wrong_option_is_a_sentence(archive: Archive, old: Path, arguments: list[str], sentence: str) -> None:
    done = archive.run("import", "old", *arguments)
    assert done.code in (2, 3)
    assert sentence in done.err
    assert "Traceback" not in done.err


def test_a_pdf_whose_pages_hold_no_text_comes_in_closed(archive: Archive, old: Path) -> None:
    """A scanned list of participants was as open as the report beside it: there was no text to find a name in."""
    (old / "scan.pdf").write_bytes(pdf_bytes(""))
    done = archive.run("import", "old", "--community", "bim5", "--year", "2021", "--visibility", "public", "--json")
    levels = {row["source"]: (row["visibility"], row["asked"]) for row in done.json["rows"]}
    assert levels == {
        "daken.txt": ("public", None),
        "gevels.pdf": ("public", None),
        "scan.pdf": ("confidential", "public"),
    }


def test_the_archive_is_not_imported_into_itself(archive: Archive, old: Path) -> None:
    archive.put("bim5/2021/p/a.txt", "x")
    done = archive.run("import", "documents/bim5", "--community", "bim5", "--year", "2021")
    assert done.code == 2
    assert "lie in one another" in done.err


def test_without_a_list_all_files_come_in_where_the_options_say(archive: Archive, old: Path) -> None:
    done = archive.run("import", "old", "--community", "bim5", "--year", "2021", "--visibility", "community", "--json")
    assert done.code == 0, done.err
    assert {(row["id"], row["visibility"]) for row in done.json["rows"]} == {
        ("bim5/2021/daken/daken.txt", "community"),
        ("bim5/2021/gevels/gevels.pdf", "community"),
    }


def test_files_with_personal_data_or_that_cant_be_looked_at_come_in_closed(
    archive: Archive, old: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (old / "kapot.pdf").write_bytes(pdf_bytes("x")[:200])

    def find(parts: tuple[object, ...]) -> tuple[Finding, ...]:
        assert parts
        return (Finding(kind="phone", part=1, masked="06…"),) if "daken" in str(parts) else ()

    monkeypatch.setattr(indexer.importing_command, "find", find)
    for name, value in archive.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(archive.root)
    with pytest.raises(SystemExit) as ended:
        main(["import", "old", "--community", "bim5", "--year", "2021", "--visibility", "openbaar"])
    assert not ended.value.code
    told = capsys.readouterr()
    assert "likely personal data, part 1: telephone number 06…: confidential until somebody looked at it" in told.out
    assert "could not be looked at" in told.out
    assert "confidential until somebody looked at them: 2" in told.err
    levels = {}
    for record in archive.documents.glob("bim5/2021/*/project.toml"):
        (entry,) = tomllib.loads(record.read_text())["deliverable"]
        levels[entry["file"]] = (entry["visibility"], entry.get("asked", {}).get("visibility"))
    assert levels == {
        "daken.txt": ("confidential", "public"),
        "kapot.pdf": ("confidential", "public"),
        "gevels.pdf": ("public", None),
    }


def test_an_import_that_is_killed_goes_on_and_leaves_no_file_without_its_level(archive: Archive, old: Path) -> None:
    """A kill between file and record would leave a confidential report to all of campus."""
    lines = []
    for number in range(30):
        (old / f"{number}.txt").write_text(f"Verslag nummer {number} " * 2000)
        lines.append(f"{number}.txt;Verslag {number};bim5;2021;P{number % 6};confidential")
    (archive.root / "lijst.csv").write_text(LIST + "\n".join(lines))
    arguments = ["import", "old", "--list", "lijst.csv"]
    chance = random.Random(7)
    for _ in range(3):
        process = subprocess.Popen(
            [*COMMAND, *arguments],
            env=archive.environment(),
            cwd=archive.root,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        end, wanted = time.monotonic() + 60, len(files_of(archive)) + chance.randint(1, 8)
        while process.poll() is None and len(files_of(archive)) < wanted and time.monotonic() < end:
            time.sleep(0.002)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        expect_recorded(archive)
    done = archive.run(*arguments)
    assert done.code == 0, done.err
    expect_recorded(archive)
    assert len(files_of(archive)) == 30
    entries = [entry for project in records_of(archive).values() for entry in project["deliverable"]]
    assert len({entry["sha256"] for entry in entries}) == len(entries) == 30
    assert [path for path in written(archive) if path.endswith(".txt")] and archive.run(
        "import", *arguments[1:]
    ).code == 0


def files_of(archive: Archive) -> list[Path]:
    return sorted(archive.documents.glob("bim5/2021/*/[!.]*.txt"))


def records_of(archive: Archive) -> dict[str, dict[str, list[dict[str, str]]]]:
    return {
        path.parent.name: tomllib.loads(path.read_text()) for path in archive.documents.glob("bim5/2021/*/project.toml")
    }


def expect_recorded(archive: Archive) -> None:
    """Every file that has its name has its level in a record that can be read."""
    files = files_of(archive)
    records = records_of(archive)
    for path in files:
        (entry,) = [each for each in records[path.parent.name]["deliverable"] if each["file"] == path.name]
        assert entry["visibility"] == Visibility.CONFIDENTIAL
