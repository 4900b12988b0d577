"""The records of a tree together: what can't be used stays closed, and no change slips through between two looks."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from archive.access import COORDINATOR
from archive.model import Visibility
from archive.records.record_set import RecordSet, changed
from archive.storage import RECORD_MAX_BYTES, Storage


def records_of(storage: Storage) -> RecordSet:
    return RecordSet(storage, storage.scan().records)


def put(root: Path, id: str, text: str) -> None:
    (root / id).parent.mkdir(parents=True, exist_ok=True)
    (root / id).write_text(text)


def test_a_record_that_is_written_while_it_is_read_is_read_again_by_the_next_run(tmp_path: Path) -> None:
    """Its fingerprint was taken after its bytes: the change was never seen, and a closed file stayed open."""
    put(tmp_path, "a/2021/p/project.toml", 'title = "oud"\n')

    class Meanwhile(Storage):
        def read_record(self, id: str) -> bytes:
            content = super().read_record(id)
            self.write(id, io.BytesIO(b'title = "nieuw"\nvisibility = "confidential"\n'), replace=True)
            return content

    read = records_of(Meanwhile(tmp_path))
    now = {record.id: record.fingerprint for record in Storage(tmp_path).scan().records}
    assert changed(read.fingerprints, now) == {"a/2021/p/project.toml"}


def test_what_is_wrong_with_a_record_is_told_once_although_it_is_read_again(tmp_path: Path) -> None:
    put(tmp_path, "a/2021/p/project.toml", 'title = "x"\nkleur = "rood"\n')
    records = records_of(Storage(tmp_path))
    records.read("a/2021/p/project.toml")
    assert len(records.problems) == 1


@pytest.mark.parametrize("name", ["p/project.toml", "project.toml"])
def test_a_record_that_can_not_be_opened_closes_its_files(tmp_path: Path, name: str) -> None:
    """It counted as an empty record, which closes nothing: anybody on campus read what it had made confidential."""
    put(tmp_path, f"a/2021/{name}", 'visibility = "confidential"\n' + "#" * RECORD_MAX_BYTES)
    records = records_of(Storage(tmp_path))
    assert records.floor("a/2021/p") is Visibility.CONFIDENTIAL
    assert [problem.path for problem in records.unusable] == [f"a/2021/{name}"]


def test_a_community_whose_record_can_not_be_opened_is_closed(tmp_path: Path) -> None:
    put(tmp_path, "a/community.toml", "#" * (RECORD_MAX_BYTES + 1))
    (community,) = records_of(Storage(tmp_path)).communities([])
    assert {token for token, _ in community.audience} == {COORDINATOR}
