"""What the README promises is there: commands, settings, files, pictures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archive.cli import COMMANDS
from archive.settings import SETTINGS

ROOT = Path(__file__).parent.parent
READMES = (ROOT / "README.md", ROOT / "README.nl.md")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme(command: str) -> None:
    assert f"`estafette {command}" in READMES[0].read_text()


def test_the_readme_names_no_command_that_does_not_exist() -> None:
    for readme in READMES:
        named = set(re.findall(r"(?:^|`|bin/)estafette ([a-z-]+)", readme.read_text(), re.MULTILINE))
        assert named <= set(COMMANDS), readme.name


@pytest.mark.parametrize("setting", [setting.key for setting in SETTINGS])
def test_every_setting_is_in_the_readme(setting: str) -> None:
    assert f"| `{setting}` |" in READMES[0].read_text()


def test_the_readme_names_no_setting_that_does_not_exist() -> None:
    table = READMES[0].read_text().partition("| setting | default | meaning |")[2]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == {setting.key for setting in SETTINGS}


def test_every_switch_of_the_analysis_is_in_the_readme() -> None:
    from indexer.search.analysis import AnalysisSettings

    switches = {name for name, field in AnalysisSettings.__dataclass_fields__.items() if field.type == "bool"}
    row = re.search(r"^\| `analysis`.*$", READMES[0].read_text(), re.MULTILINE)
    assert row is not None
    assert switches <= set(re.findall(r"`(\w+)`", row[0]))


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_links_and_pictures_lead_to_files_that_are_there(readme: Path) -> None:
    for target in re.findall(r"\]\((?!http|#)([^)#]+)", readme.read_text()):
        assert (ROOT / target).exists(), target


def test_the_two_commands_of_the_readme_are_targets_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in ("run", "test", "lint", "bench"):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)
