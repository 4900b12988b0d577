"""The table of web safety names tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
TABLE = TESTS.parent / "docs" / "asvs.md"


def is_there(file: str, test: str) -> bool:
    """Whether a file holds this test, or any."""
    path, name = TESTS / file, test or r"test_\w+"
    return path.is_file() and bool(re.search(rf"^def {name}\(", path.read_text(encoding="utf-8"), re.MULTILINE))


def test_every_test_that_the_table_names_exists() -> None:
    named = re.findall(r"`([a-z]+/test_\w+\.py)(?:::(test_\w+))?`", TABLE.read_text(encoding="utf-8"))
    assert len(named) > 40
    missing = [(file, test) for file, test in named if not is_there(file, test)]
    assert missing == []


def test_every_point_says_how_it_stands() -> None:
    rows = [line.split(" | ") for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")][1:]
    for row in rows:
        point, _asked, stands, shown = (cell.strip("| ") for cell in row)
        assert re.match(r"(yes|partly|no|outside)\b", stands), point
        assert (shown == "–") == bool(re.match(r"(no|outside)\b", stands)), f"{point} shows nothing"
