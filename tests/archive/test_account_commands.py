"""`estafette user` as a person runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archive.accounts.accounts import Accounts
from tests.conftest import Archive, Ran


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


def typed(archive: Archive, *arguments: str, stdin: str = "") -> Ran:
    return archive.run("user", *arguments, given=stdin)


def test_an_account_is_made_shown_closed_and_opened(archive: Archive) -> None:
    (archive.documents / "bim5").mkdir()
    more = ["--role", "teacher", "--community", "bim5", "--name", "D. Ocent", "--password-stdin"]
    made = typed(archive, "add", "Docent@example.org", *more, stdin="vier gele fietsen\n")
    assert (made.code, made.out) == (0, ""), made.err
    shown = typed(archive, "list", "--json").json["accounts"]
    assert [(each["email"], each["role"], each["communities"]) for each in shown] == [
        ("docent@example.org", "teacher", ["bim5"])
    ]
    assert typed(archive, "disable", "docent@example.org").code == 0
    assert "disabled" in typed(archive, "list").out
    assert typed(archive, "enable", "docent@example.org").code == 0
    assert typed(archive, "prolong", "docent@example.org", "--until", "2031-08-31").code == 0
    assert "until 2031-08-31" in typed(archive, "list").out


def test_without_a_password_a_link_to_choose_one_is_given(archive: Archive) -> None:
    made = typed(archive, "add", "student@example.org", "--role", "student")
    assert made.code == 0 and made.out.startswith("/reset/")


def test_a_password_of_those_tried_first_is_taken_from_whoever_reads_the_folder_but_told(archive: Archive) -> None:
    made = typed(archive, "add", "a@example.org", "--role", "coordinator", "--password-stdin", stdin="welkom2021\n")
    assert made.code == 0 and "tried first" in made.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["add", "geen adres", "--role", "student"], "no e-mail address"),
        (["add", "a@example.org", "--role", "partner"], "say which"),
        (["add", "a@example.org", "--role", "baas"], "--role"),
        (["add", "a@example.org", "--role", "student", "--until", "morgen"], "no day"),
        (["passwd", "niemand@example.org"], "nobody has an account"),
        (["disable", "niemand@example.org"], "nobody has an account"),
    ],
)
def test_what_can_not_be_is_told_in_a_sentence(archive: Archive, arguments: list[str], says: str) -> None:
    done = typed(archive, *arguments)
    assert done.code == 2 and says in done.err and "Traceback" not in done.err


def test_the_log_says_what_the_command_line_changed(archive: Archive) -> None:
    typed(archive, "add", "a@example.org", "--role", "student", "--password-stdin", stdin="vier gele fietsen")
    typed(archive, "passwd", "a@example.org", "--password-stdin", stdin="acht blauwe stoelen")
    lines = [json.loads(line) for line in typed(archive, "log").out.splitlines()]
    assert [(line["by"], line["action"]) for line in lines] == [
        ("command line", "password set"),
        ("command line", "account made"),
    ]
    opened = Accounts.open(archive.var)
    assert opened.check_password("a@example.org", "acht blauwe stoelen", today=opened.all()[0].made) is not None
    opened.close()
