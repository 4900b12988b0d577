"""What runs Estafette on a server calls commands that are there, with options that they have."""

from __future__ import annotations

import configparser
import re
import shlex
import subprocess
from pathlib import Path

import click
import pytest

from archive.cli import COMMANDS, cli
from archive.settings import SETTINGS
from tests.conftest import Archive

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


def test_what_stands_in_deployment_sets_settings_that_are_there() -> None:
    known = {each.environment for each in SETTINGS if each.environment}
    for path in (ROOT / "compose.yaml", ROOT / "Dockerfile", *UNITS):
        assert set(re.findall(r"\b(ESTAFETTE_\w+)", path.read_text())) <= known, path


def test_the_site_in_a_container_knows_that_a_proxy_stands_in_front() -> None:
    """Without it every visitor was the proxy's address, and the session's cookie was good over plain HTTP."""
    service = (ROOT / "compose.yaml").read_text().partition("  backup:")[0]
    assert "ESTAFETTE_PROXIES: 1\n" in service
    assert "ESTAFETTE_SITE: https://${ESTAFETTE_SITE:-localhost}\n" in service


@pytest.mark.parametrize(("now", "waits"), [(7_199, 1), (7_200, 86_400), (7_201, 86_399), (0, 7_200), (82_800, 10_800)])
def test_the_container_waits_for_two_at_night_whenever_it_starts(now: int, waits: int) -> None:
    """Started between midnight and two it waited for the night after, and restarted then each night it never made one."""
    found = re.search(r"while sleep (.+); do", (ROOT / "compose.yaml").read_text())
    assert found
    clock = f"date() {{ case $1 in +%s) echo {now};; -d) echo 7200;; esac; }}"
    script = f"{clock}; echo {found[1].replace('$$', '$')}"
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=True)
    assert int(done.stdout) == waits


def test_the_containers_run_commands_that_are_there() -> None:
    lines = re.findall(r"^\s*(estafette \w+ .*)$", (ROOT / "compose.yaml").read_text(), re.MULTILINE)
    assert len(lines) == 1
    expect_accepted(lines[0])


def test_the_link_for_the_first_coordinator_leads_to_the_site_of_the_settings(archive: Archive) -> None:
    """Behind a proxy it led to the address that the server listens on, which nobody reaches."""
    (archive.root / "estafette.toml").write_text('site = "https://archief.example.org"\n')
    with archive.serving():
        assert "coordinator: https://archief.example.org/first/" in (archive.root / "serve.log").read_text()
