"""`estafette init`: an archive to begin with, whose explanations are right."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from archive.records.reading import read_agenda, read_community, read_network, read_project
from archive.settings import SETTINGS, load
from archive.starter import FILES, lay_out
from archive.storage import Storage

READERS = {
    "network.toml": read_network,
    "community.toml": read_community,
    "agenda.toml": read_agenda,
    "voorbeeld-project.toml": read_project,
}


def init(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "archive.cli", "init", str(folder)], capture_output=True, text=True)


def filled_in(text: str) -> str:
    """The text as after taking away the sign before every line that is a record's."""
    return re.sub(r"(?m)^# ?(?=\[|[a-z_]+ = )", "", text)


def test_a_new_archive_can_be_served_at_once(tmp_path):
    folder = tmp_path / "mijn archief"
    done = init(folder)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    settings = load(folder, environment={})
    tree = Storage(settings.documents).scan()
    assert (tree.files, tree.problems) == ((), ())
    assert len(tree.records) == 3


@pytest.mark.parametrize("name", [name for name in FILES if name != "estafette.toml"])
def test_records_are_right_as_they_come_and_as_they_are_filled_in(name):
    read = READERS[name.rpartition("/")[2]]
    for text in (FILES[name], filled_in(FILES[name])):
        record, problems = read(text.encode(), name)
        assert record is not None and problems == ()


def test_what_is_filled_in_is_more_than_what_comes():
    agenda, _ = read_agenda(filled_in(FILES["documents/mijn-community/agenda.toml"]).encode(), "a")
    assert agenda is not None and agenda.questions[0].events[0].state == "claimed"


def test_every_setting_is_explained_and_right_when_filled_in(tmp_path):
    text = filled_in(FILES["estafette.toml"])
    assert [setting.key for setting in SETTINGS if not re.search(rf"(?m)^\[?{setting.key}\b", text)] == []
    (tmp_path / "estafette.toml").write_text(text)
    load(tmp_path, environment={})


def test_a_folder_with_something_in_it_is_refused_in_one_sentence_and_left_alone(tmp_path):
    (tmp_path / "iets.txt").write_text("van mij")
    done = init(tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and "not empty" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["iets.txt"]


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "x").write_text("van mij")
    for folder in (tmp_path / "x", tmp_path / "x" / "y"):
        assert init(folder).returncode == 2


def test_an_empty_folder_is_good_enough(tmp_path):
    lay_out(tmp_path)
    assert (tmp_path / "documents" / "network.toml").exists()
