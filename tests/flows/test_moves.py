"""A file that is moved stays as closed as it was, whatever keeps the record of its new place from saying so."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive.cli import cli
from archive.storage import Storage, StorageError
from tests.conftest import Archive

CAMPUS = ("--as", "campus")
CLOSED = 'title = "P"\n[[deliverable]]\nfile = "geheim.txt"\nvisibility = "confidential"\n'
BROKEN = 'title = "Q\n'
MENDED = 'title = "Q"\n'


@pytest.fixture
def closed(archive: Archive) -> Archive:
    """A project with a confidential file, indexed."""
    archive.put("a/2021/p/geheim.txt", "spouwmuur")
    archive.put("a/2021/p/project.toml", CLOSED)
    index(archive)
    return archive


def move(archive: Archive, old: str, new: str) -> None:
    target = archive.documents / new
    target.parent.mkdir(parents=True, exist_ok=True)
    (archive.documents / old).rename(target)


def index(archive: Archive, *arguments: str) -> str:
    """Index in this process, for speed; return what is told on the way."""
    return ran(archive, "index", *arguments).stderr


def found(archive: Archive, *arguments: str) -> list[str]:
    return [hit["id"] for hit in json.loads(ran(archive, "search", "spouwmuur", "--json", *arguments).stdout)["hits"]]


def ran(archive: Archive, *arguments: str) -> Result:
    folders = ["--documents", str(archive.documents), "--var", str(archive.var)]
    done = CliRunner().invoke(cli, [*arguments, *folders])
    assert done.exit_code == 0, done.output
    return done


def seen(archive: Archive) -> tuple[list[str], list[str]]:
    """What campus finds, and what whoever sees everything does."""
    return found(archive, *CAMPUS), found(archive)


def test_a_closed_file_in_a_project_with_a_broken_record_stays_closed_until_the_record_says_so(closed: Archive) -> None:
    """Its level could not be written down, and anybody on campus found it."""
    closed.put("a/2021/q/project.toml", BROKEN)
    move(closed, "a/2021/p/geheim.txt", "a/2021/q/geheim.txt")
    assert "warning: a/2021/q/geheim.txt: stays as closed as it was" in index(closed)
    assert seen(closed) == ([], ["a/2021/q/geheim.txt"])
    assert "stays as closed as it was" in index(closed)
    assert seen(closed) == ([], ["a/2021/q/geheim.txt"])
    record = closed.put("a/2021/q/project.toml", MENDED)
    assert "stays as closed" not in index(closed)
    assert 'visibility = "confidential"' in record.read_text()
    assert 'was = ["a/2021/p/geheim.txt"]' in record.read_text()
    shutil.rmtree(closed.var)
    index(closed)
    assert seen(closed) == ([], ["a/2021/q/geheim.txt"])


def test_a_closed_file_straight_under_a_year_stays_closed_and_takes_its_level_to_the_next_project(
    closed: Archive,
) -> None:
    """There is no record that could speak of it: it fell to campus."""
    move(closed, "a/2021/p/geheim.txt", "a/2021/geheim.txt")
    index(closed)
    assert seen(closed) == ([], ["a/2021/geheim.txt"])
    index(closed, "--rebuild")
    assert seen(closed) == ([], ["a/2021/geheim.txt"])
    move(closed, "a/2021/geheim.txt", "a/2021/q/geheim.txt")
    index(closed)
    assert seen(closed) == ([], ["a/2021/q/geheim.txt"])
    record = (closed.documents / "a/2021/q/project.toml").read_text()
    assert 'visibility = "confidential"' in record
    assert 'was = ["a/2021/p/geheim.txt", "a/2021/geheim.txt"]' in record


def test_a_closed_file_stays_closed_while_documents_can_not_be_written(
    closed: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Storage, id: str, *arguments: object, **more: object) -> None:
        raise StorageError(id, "read-only file system")

    move(closed, "a/2021/p/geheim.txt", "a/2021/q/geheim.txt")
    with monkeypatch.context() as patched:
        patched.setattr(Storage, "write", refuse)
        index(closed)
    assert seen(closed) == ([], ["a/2021/q/geheim.txt"])
    index(closed)
    assert 'visibility = "confidential"' in (closed.documents / "a/2021/q/project.toml").read_text()
    assert seen(closed) == ([], ["a/2021/q/geheim.txt"])


@pytest.mark.parametrize(
    "write_record",
    [
        lambda archive: archive.put("a/2021/p/project.toml", 'title = "P\nvisibility = "community"\n'),
        lambda archive: archive.put("a/2021/project.toml", 'title = "P"\nvisibility = "community"\n'),
        lambda archive: archive.put(
            "a/2021/p/project.toml",
            'title = "P"\n[[deliverable]]\nfile = "andere-naam.txt"\nvisibility = "community"\n',
        ),
    ],
    ids=["broken", "misplaced", "of-a-renamed-file"],
)
def test_a_file_that_was_closed_by_a_record_which_does_not_name_it_stays_closed_when_it_leaves(
    archive: Archive, write_record: Callable[[Archive], Path]
) -> None:
    """What had closed it was not among what its record said, and did not go along."""
    archive.put("a/2021/p/geheim.txt", "spouwmuur")
    write_record(archive)
    index(archive)
    assert seen(archive) == ([], ["a/2021/p/geheim.txt"])
    move(archive, "a/2021/p/geheim.txt", "b/2022/q/geheim.txt")
    index(archive)
    assert seen(archive) == ([], ["b/2022/q/geheim.txt"])


def test_what_a_company_did_not_agree_to_goes_along(archive: Archive) -> None:
    """The entry said "public" and the company's agreement bounded it; in its new place everybody found it."""
    archive.put("a/2021/p/rapport.txt", "spouwmuur")
    archive.put(
        "a/2021/p/project.toml",
        'title = "P"\n[[company]]\norganisation = "x"\n[[deliverable]]\nfile = "rapport.txt"\nvisibility = "public"\n',
    )
    index(archive)
    assert found(archive, "--as", "public") == []
    move(archive, "a/2021/p/rapport.txt", "a/2021/q/rapport.txt")
    index(archive)
    assert found(archive, "--as", "public") == []
    assert found(archive, *CAMPUS) == ["a/2021/q/rapport.txt"]


def test_an_embargo_and_those_who_are_named_go_along_when_the_record_is_mended(archive: Archive) -> None:
    archive.put("a/2021/p/geheim.txt", "spouwmuur")
    archive.put(
        "a/2021/p/project.toml",
        'title = "P"\n[[deliverable]]\nfile = "geheim.txt"\nembargo_until = 2999-01-01\nnamed = ["x@example.org"]\n',
    )
    index(archive)
    archive.put("a/2021/q/project.toml", BROKEN)
    move(archive, "a/2021/p/geheim.txt", "a/2021/q/geheim.txt")
    index(archive)
    assert seen(archive) == ([], ["a/2021/q/geheim.txt"])
    record = archive.put("a/2021/q/project.toml", MENDED)
    index(archive)
    assert "embargo_until = 2999-01-01" in record.read_text()
    assert 'named = ["x@example.org"]' in record.read_text()
    assert seen(archive) == ([], ["a/2021/q/geheim.txt"])


def test_an_open_file_moves_without_a_record_being_made_for_it(archive: Archive) -> None:
    archive.put("a/2021/p/open.txt", "spouwmuur")
    index(archive)
    move(archive, "a/2021/p/open.txt", "a/2021/q/open.txt")
    assert "closed" not in index(archive)
    assert not (archive.documents / "a/2021/q/project.toml").exists()
    assert seen(archive) == (["a/2021/q/open.txt"], ["a/2021/q/open.txt"])
