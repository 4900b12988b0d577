"""`estafette extract` as a person or a script calls it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from reportlab.pdfgen.canvas import Canvas

from indexer.extraction.command import extract
from tests.extraction.contract import departures


def run(*arguments: str | bytes | Path, **options: Any) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "indexer.extraction.command", *arguments]
    return subprocess.run(command, capture_output=True, timeout=60, **options)


@pytest.fixture
def report(tmp_path: Path) -> Path:
    canvas = Canvas(str(tmp_path / "eindrapport.pdf"))
    canvas.addPageLabel(0, "ROMAN_LOWER")
    for text in ("Voorwoord bij het rapport van de studenten", "Het onderzoek"):
        canvas.drawString(72, 700, text)
        canvas.showPage()
    canvas.save()
    return tmp_path / "eindrapport.pdf"


def test_json_is_the_contract_and_nothing_else_is_said(report: Path) -> None:
    done = run(report, "--json")
    found = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, b"")
    assert list(departures(found)) == []
    assert found["file"] == str(report)
    assert [page["label"] for page in found["pages"]] == ["i", "ii"]


def test_without_json_the_pages_can_be_read(report: Path) -> None:
    out = run(report).stdout.decode()
    assert out.splitlines()[:2] == ["— page 1 (i) —", "Voorwoord bij het rapport van de studenten"]


def test_refusal_is_one_line_that_begins_with_the_name(tmp_path: Path) -> None:
    (tmp_path / "leeg.docx").touch()
    done = run(tmp_path / "leeg.docx", "--json")
    assert (done.returncode, done.stdout) == (3, b"")
    assert done.stderr == b"leeg.docx: is empty (0 bytes)\n"


def test_file_that_this_account_may_not_read_is_refused_and_no_mistake_in_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An ordinary user was shown the command's usage (exit 2): click itself asks whether it may read a path."""
    path = tmp_path / "dicht.pdf"
    path.touch(mode=0)
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may read everything
    done = CliRunner().invoke(extract, [str(path)])
    assert (done.exit_code, done.stdout) == (3, "")
    assert done.stderr.startswith("dicht.pdf: ") and done.stderr.count("\n") == 1


def test_name_that_is_not_utf8_comes_back_as_surrogates(tmp_path: Path) -> None:
    path = os.path.join(os.fsencode(tmp_path), b"caf\xe9-\xff.txt")  # noqa: PTH118  a Path holds no bytes
    with open(path, "w") as stream:  # noqa: PTH123
        stream.write("tekst")
    done = run(path, "--json", env={**os.environ, "LC_ALL": "C"})
    assert b"caf\\udce9-\\udcff.txt" in done.stdout
    assert os.fsencode(json.loads(done.stdout)["file"]) == path


def test_names_that_steer_a_terminal_are_made_harmless(tmp_path: Path) -> None:
    path = tmp_path / "twee\nregels\x1b[2J\u202efdp.docx"
    path.touch()
    done = run(path)
    assert done.stderr.decode() == "twee?regels?[2J?fdp.docx: is empty (0 bytes)\n"


def test_pipe_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pijp.pdf")
    assert run(tmp_path / "pijp.pdf").returncode == 3
