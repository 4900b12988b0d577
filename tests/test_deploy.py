"""What runs Estafette on a server calls commands that are there, with options that they have."""

from __future__ import annotations

import configparser
import re
import shlex
from pathlib import Path

import click
import pytest

from archive.cli import COMMANDS, cli

ROOT = Path(__file__).parent.parent
UNITS = sorted((ROOT / "deploy").glob("*.service"))


def expect_accepted(line: str) -> None:
    """Have click read a command line as far as it can without running it."""
    program, name, *arguments = shlex.split(line)
    assert Path(program).name == "estafette"
    assert name in COMMANDS
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    command.make_context(name, arguments)


def unit(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.read_string(path.read_text())
    return parser


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_runs_a_command_that_is_there_and_not_as_root(path: Path) -> None:
    service = unit(path)["Service"]
    expect_accepted(service["ExecStart"])
    assert service["User"] == "estafette" and service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict" and service["WorkingDirectory"] in service["ReadWritePaths"].split()


def test_the_timer_starts_the_backup() -> None:
    timer = ROOT / "deploy/estafette-backup.timer"
    assert unit(timer)["Timer"]["Persistent"] == "true"
    service = unit(timer.with_suffix(".service"))["Service"]
    assert " backup " in service["ExecStart"] and "--keep" in service["ExecStart"]


def test_the_containers_run_commands_that_are_there() -> None:
    lines = re.findall(r"^\s*(estafette \w+ .*)$", (ROOT / "compose.yaml").read_text(), re.MULTILINE)
    assert len(lines) == 1
    expect_accepted(lines[0])
