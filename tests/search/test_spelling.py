"""A mistyped word is repaired with the words that the reader sees."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from indexer.search.spelling import Candidate, Nearby, best, mistakes_forgiven, repaired

FREQUENCIES = {
    "energietransitie": 9, "vitaliteit": 8, "gegevens": 7, "tabellen": 5, "gevel": 6, "gele": 3, "bevel": 2, "werkplaats": 1
}  # fmt: skip


def nearby(words: list[str]) -> Nearby:
    keys = [word.encode() for word in words]
    starts = np.zeros(len(keys) + 1, np.uint32)
    np.cumsum(np.array([len(key) for key in keys], np.uint32), out=starts[1:])
    return Nearby(b"".join(keys), starts)


def repair(typed: str, frequencies: Mapping[str, int] = FREQUENCIES) -> str | None:
    index = nearby(sorted(frequencies))

    def near(word: str, mistakes: int) -> list[Candidate]:
        found = index.near(word, mistakes)
        return [Candidate(word=word, mistakes=count, frequency=frequencies[word]) for _, word, count in found]

    return repaired(typed, near=near, is_common=lambda word: frequencies.get(word, 0) >= 2)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("energietranistie", "energietransitie"),
        ("vitalitiet", "vitaliteit"),
        ("vitaleteit", "vitaliteit"),
        ("vitaliteitt", "vitaliteit"),
        ("gevle", "gevel"),
        ("nergietransitei", "energietransitie"),
        ("gegevenstaebellen", "gegevenstabellen"),
    ],
)
def test_a_mistake_is_repaired(typed, meant):
    assert repair(typed) == meant


def test_two_mistakes_are_forgiven_in_long_words_only():
    assert repair("enrgietranstie") == "energietransitie"
    assert repair("gvle") is None


@pytest.mark.parametrize("typed", ["bim", "covid19", "2021", "xyzzyqwrt"])
def test_what_is_short_a_code_or_near_to_nothing_stays(typed):
    assert repair(typed) is None


def test_a_word_of_one_document_repairs_nothing():
    """It may be a mistake itself; and nobody learns that one hidden document holds it."""
    assert repair("werkplats") is None


def test_the_same_first_letter_goes_before_frequency():
    candidates = [
        Candidate(word="bevel", mistakes=1, frequency=99),
        Candidate(word="gevel", mistakes=1, frequency=2),
    ]
    assert best("gevelt", candidates) == "gevel"


def test_frequencies_are_the_readers():
    assert repair("gevle", {**FREQUENCIES, "gevel": 0}) == "gele"


def test_numbers_and_form_suffixes_are_of_the_vocabulary_as_given():
    index = nearby(["abel", "coordinatie\x1fcoördinatie", "tabel"])
    assert index.near("cordinatie", 1) == [(1, "coordinatie", 1)]
    assert [number for number, _, _ in index.near("kabel", 1)] == [0, 2]
    assert index.near("kabel", 1, among=np.array([False, True, True])) == [(2, "tabel", 1)]


def test_an_empty_vocabulary_is_near_to_nothing():
    assert nearby([]).near("gevel", 2) == []


WORDS = st.text(alphabet="abcde", min_size=1, max_size=12)


@given(st.lists(WORDS, max_size=30, unique=True).map(sorted), WORDS, st.integers(1, 2))
def test_near_finds_what_comparing_every_word_finds(words, typed, mistakes):
    expected = {word for word in words if 0 < OSA.distance(typed, word) <= mistakes}
    assert {word for _, word, _ in nearby(words).near(typed, mistakes)} == expected


@pytest.mark.parametrize(("word", "mistakes"), [("wijk", 0), ("gevel", 1), ("energietransitie", 2), ("wijk5678", 0)])
def test_short_words_and_codes_are_near_to_too_many(word, mistakes):
    assert mistakes_forgiven(word) == mistakes
