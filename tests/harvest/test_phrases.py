"""The table of phrases is read as its own notation says, and looking for needed words first loses nothing."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from indexer.harvest.phrases import PHRASES, TABLE, phrase_in, read_phrase
from indexer.harvest.sentences import sentences

LABELS = Path(__file__).parents[2] / "benchmarks" / "open_ends" / "example.toml"


@pytest.mark.parametrize(
    ("line", "text", "fits"),
    [
        ("nog [2] niet", "dat is nog niet klaar", True),
        ("nog [2] niet", "dat is nog lang niet klaar", True),
        ("nog [2] niet", "dat is nog heel lang echt niet klaar", False),
        ("is [nog|ons] onbekend", "het is ons onbekend", True),
        ("is [nog|ons] onbekend", "het is hun onbekend", False),
        ("raad … aan", "ik raad je dat van harte aan", True),
        ("raad … aan", "ik raad je dat. Neem het aan", False),
        ("raad … aan", "een raad je dat aanbelangt", False),
        ("uitbreid*", "de uitbreidingen", True),
        ("uitbreid", "de uitbreidingen", False),
        ("^ tip:", "tip: begin vroeg", True),
        ("^ tip:", "een tip: begin vroeg", False),
        ("US adviseren", "daarom adviseren wij", False),
        ("US adviseren", "wat wij adviseren", True),
    ],
)
def test_the_notation_of_the_table(line: str, text: str, fits: bool) -> None:
    pattern, needs = read_phrase(line)
    assert bool(re.search(pattern, text)) == fits
    assert not fits or any(need in text for need in needs)


def test_every_line_of_the_table_can_be_told_by_words_that_it_needs() -> None:
    lines = [line.strip() for _, _, lines in TABLE for line in lines.splitlines() if line.strip()]
    assert len(lines) == len(PHRASES) > 100
    assert all(min(map(len, read_phrase(line)[1])) >= 2 for line in lines)


def test_looking_for_the_needed_words_first_finds_the_same_phrases() -> None:
    texts = [item["text"] for report in tomllib.loads(LABELS.read_text())["report"] for item in report.get("item", [])]
    found = 0
    for sentence in (sentence.lower() for text in texts for sentence in sentences(text)):
        by_all = next(((each, hit.group()) for each in PHRASES if (hit := each.pattern.search(sentence))), None)
        assert phrase_in(sentence, weak=True) == by_all
        found += by_all is not None
    assert found > 50
