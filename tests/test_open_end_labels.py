"""The hand labels of open ends are well formed, quote no real report, and stand where they say in our own archive."""

from __future__ import annotations

import doctest
import json
import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from benchmarks.open_ends import normalise
from indexer.extraction.model import Extraction
from indexer.extraction.worker import extract

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = ROOT / "documents"
LABELS = ROOT / "benchmarks" / "open_ends" / "labels.jsonl"
EXAMPLE = ROOT / "benchmarks" / "open_ends" / "example.toml"
KINDS = {"recommendation", "future_work", "limitation", "open_question"}
LEAST_REAL_REPORTS = 20
LEAST_EXAMPLE_REPORTS = 14
MOST_WORDS = 80
REPORT_KEYS = {"repository", "commit", "path"}
ITEM_KEYS = REPORT_KEYS | {"page", "section", "kind", "sha256", "words", "also", "fingerprints"}
REPOSITORY = re.compile(r"[A-Za-z0-9-]+/[A-Za-z0-9._-]+")
COMMIT = re.compile(r"[0-9a-f]{40}")
HASH = re.compile(r"[0-9a-f]{64}")

Label = dict[str, Any]


def labels() -> list[Label]:
    return [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]


def items() -> list[Label]:
    return [label for label in labels() if "none" not in label]


def report_of(label: Label) -> tuple[str, str]:
    return label["repository"], label["path"]


def example() -> list[dict[str, Any]]:
    reports: list[dict[str, Any]] = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))["report"]
    return reports


@cache
def read(document: str) -> Extraction:
    return extract(DOCUMENTS / document)


def folded(text: str) -> str:
    """One space between words, and words that a hyphen broke at a line end taken together."""
    return " ".join(re.sub(r"(?<=\w)-\s+(?=\w)", "-", text).split())


def places(extraction: Extraction, place: dict[str, Any]) -> list[str]:
    """The texts of the page that a label names, or of each section under its heading."""
    if extraction.unit == "page":
        return [part.text for part in extraction.parts if part.number == place["page"]]
    return [part.text for part in extraction.parts if (part.heading or "") == place["heading"]]


def test_the_examples_in_the_normalisation_hold() -> None:
    assert doctest.testmod(normalise).failed == 0


def test_there_are_enough_reports_and_some_without_any_open_end() -> None:
    real, own = labels(), example()
    assert len({report_of(label) for label in items()}) >= LEAST_REAL_REPORTS
    assert any("none" in label for label in real)
    assert sum("item" in report for report in own) >= LEAST_EXAMPLE_REPORTS
    assert any("none" in report for report in own)


def test_every_line_names_its_file_and_nothing_else_than_the_form_allows() -> None:
    for label in labels():
        assert REPOSITORY.fullmatch(label["repository"])
        assert COMMIT.fullmatch(label["commit"])
        assert label["path"]
        if "none" in label:
            assert label == {key: label[key] for key in REPORT_KEYS} | {"none": True}
        else:
            assert ITEM_KEYS <= label.keys() <= ITEM_KEYS | {"also_fingerprints"}


def test_every_item_has_a_kind_one_place_and_hashes_instead_of_words() -> None:
    for label in items():
        assert label["kind"] in KINDS
        assert (label["page"] is None) != (label["section"] is None)
        numbers = [label["page"] or label["section"], *label["also"]]
        assert all(isinstance(number, int) and number > 0 for number in numbers)
        assert 0 < label["words"] <= MOST_WORDS
        hashes = [label["sha256"], *label["fingerprints"], *label.get("also_fingerprints", [])]
        assert all(HASH.fullmatch(value) for value in hashes)
        assert len(label["fingerprints"]) == max(1, min(label["words"], normalise.RUNS_OVER) - normalise.RUN + 1)
        assert bool(label["also"]) == ("also_fingerprints" in label)


def test_an_item_stands_once_and_a_report_has_items_or_none() -> None:
    counted = Counter((*report_of(label), label["sha256"]) for label in items())
    assert max(counted.values()) == 1
    empty = [report_of(label) for label in labels() if "none" in label]
    assert len(set(empty)) == len(empty)
    assert not set(empty) & {report_of(label) for label in items()}


def test_a_repository_is_labelled_at_one_commit() -> None:
    assert len({(label["repository"], label["commit"]) for label in labels()}) == len(
        {label["repository"] for label in labels()}
    )


def test_a_report_of_the_example_archive_is_labelled_once_and_has_items_or_none() -> None:
    reports = example()
    assert len({report["document"] for report in reports}) == len(reports)
    for report in reports:
        assert report.keys() == {"document", "item"} or report == {"document": report["document"], "none": True}


@pytest.mark.parametrize("report", example(), ids=lambda report: report["document"])
def test_the_labelled_passages_stand_on_the_page_or_under_the_heading_named(report: dict[str, Any]) -> None:
    extraction = read(report["document"])
    texts = [item["text"] for item in report.get("item", [])]
    assert len({normalise.sha256(text) for text in texts}) == len(texts)
    for item in report.get("item", []):
        assert item["kind"] in KINDS
        for place in (item, *item.get("also", [])):
            assert 0 < len(normalise.words(place["text"])) <= MOST_WORDS
            assert any(folded(place["text"]) in folded(text) for text in places(extraction, place)), place
