"""Plain text, Markdown and CSV, in the encodings that people's programs write."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.extraction.model import Limits
from indexer.extraction.reader import read
from indexer.extraction.text import MARKDOWN_MAX_CHARS, decode
from tests.extraction.contract import answered

SENTENCE = "Het café van de studenten is één keer geopend – voor €2."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_every_usual_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.txt").write_bytes(SENTENCE.encode(encoding))
    assert answered(tmp_path / "a.txt")["sections"] == [{"number": 1, "heading": None, "level": None, "text": SENTENCE}]


def test_one_bad_byte_does_not_spoil_all_other_letters() -> None:
    assert decode("één café, twee cafés".encode() + b"\xff.") == "één café, twee cafés\ufffd."


def test_form_feeds_part_plain_text_into_pages(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"een\r\n\f\ftwee\f")
    assert answered(tmp_path / "a.txt")["pages"] == [
        {"number": 1, "label": "1", "text": "een"},
        {"number": 2, "label": "2", "text": ""},
        {"number": 3, "label": "3", "text": "twee"},
    ]


def test_a_text_over_the_limit_is_cut_with_one_warning(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("é" * 1_000, encoding="utf-8")
    found = answered(tmp_path / "a.txt", limits=Limits(text_max_chars=100))
    assert found["sections"][0]["text"] == "é" * 100
    assert found["warnings"] == ["text cut at 100 characters"]


MARKDOWN = """---
title: "Prefab gevels"
author: A. Jansen
date: 2021-06-18
---
Voorwoord met [een koppeling](http://voorbeeld.nl) en *nadruk*.

# Methode

| a | b |
|---|---|
| 1 | 2 |

Meten & wegen
=============
- een <!-- weg -->
- twee

```
code
  in
```
"""


def test_markdown_is_read_as_it_is_shown(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(MARKDOWN, encoding="utf-8")
    found = answered(tmp_path / "a.md")
    assert [(part["heading"], part["level"], part["text"]) for part in found["sections"]] == [
        (None, None, "Voorwoord met een koppeling en nadruk."),
        ("Methode", 1, "a\tb\n1\t2"),
        ("Meten & wegen", 1, "een\ntwee\ncode\n  in"),
    ]
    about = found["properties"]
    assert (about["title"], about["authors"], about["created"]) == ("Prefab gevels", ["A. Jansen"], "2021-06-18")


def test_markdown_with_form_feeds_has_pages_and_an_outline(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Een\ntekst\f## Twee\nmeer", encoding="utf-8")
    found = read(tmp_path / "a.md", limits=Limits())
    assert [(part.label, part.text) for part in found.parts] == [("1", "Een\ntekst"), ("2", "Twee\nmeer")]
    assert [(entry.title, entry.level, entry.part) for entry in found.outline] == [("Een", 1, 1), ("Twee", 2, 2)]


def test_very_long_markdown_is_read_as_plain_text(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("*een* woord\n" * (MARKDOWN_MAX_CHARS // 10), encoding="utf-8")
    found = answered(tmp_path / "a.md")
    assert found["sections"][0]["text"].startswith("*een* woord")
    assert found["warnings"] == ["is too long to be read as Markdown: its marks were left in"]


@pytest.mark.parametrize(
    "table",
    [
        'naam;punten\n"Jansen; A.";"7,5\nen een half"\n',
        'naam,punten\n"Jansen; A.","7,5\nen een half"\n',
        "naam\tpunten\nJansen; A.\t7,5 en een half\n",
        'sep=|\nnaam|punten\nJansen; A.|"7,5 en een half"',
    ],
)
def test_csv_is_a_row_a_line_whatever_parts_the_cells(tmp_path: Path, table: str) -> None:
    (tmp_path / "a.csv").write_text(table, encoding="utf-8", newline="")
    assert answered(tmp_path / "a.csv")["sections"][0]["text"] == "naam\tpunten\nJansen; A.\t7,5 en een half"
