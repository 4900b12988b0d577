"""English finds Dutch and Dutch finds English, with the trade's own terms first."""

from __future__ import annotations

import sys
from importlib import resources

import pytest

from indexer.search import translation
from indexer.search.translation import Dictionary, Translation

TRADE = [
    ("duurzame inzetbaarheid", "employability"),
    ("gevel", "facade"),
    ("werkgever", "employer"),
    ("warmtepomp", "heat pump"),
]
DICTIONARY = {"nl": b"building\tbouw|gebouw\nhouse\thuis\nwell being\twelzijn", "en": b"gebouw\tbuilding\nhuis\thouse"}


def found(words: str, table: Translation) -> dict[str, tuple[str, ...]]:
    return {one.to: one.translations for one in table.of(words.split())}


@pytest.fixture
def table() -> Translation:
    return Translation(TRADE, DICTIONARY)


def test_words_are_translated_both_ways(table):
    assert found("building", table) == {"nl": ("bouw", "gebouw")}
    assert found("huis", table) == {"en": ("house",)}


@pytest.mark.parametrize("words", ["gevel", "gevels"])
def test_a_term_of_the_trade_is_found_in_its_forms(table, words):
    assert found(words, table) == {"en": ("facade",)}


def test_a_longer_term_goes_before_its_words(table):
    assert [(one.first, one.last) for one in table.of(["new", "heat", "pumps"])] == [(1, 3)]


def test_employer_and_employability_are_not_one_word(table):
    """Their English stems are equal: who searched employability was given werkgever."""
    assert found("employability", table) == {"nl": ("duurzame inzetbaarheid",)}
    assert found("employers", table) == {"nl": ("werkgever",)}


def test_plurals_are_looked_up_as_their_singular(table):
    assert found("houses", table) == {"nl": ("huis",)}
    assert found("gebouwen", table) == {"en": ("building",)}


def test_a_hyphenated_word_is_looked_up_by_its_pieces(table):
    assert found("well being", table) == {"nl": ("welzijn",)}


def test_without_the_dictionaries_the_trade_terms_are_left(monkeypatch):
    """`estafette-freedict` is GPL and may be absent; nothing may fail for that."""
    monkeypatch.setitem(sys.modules, "estafette_freedict", None)
    alone = translation._shipped.__wrapped__()
    assert not alone.has_dictionary
    assert found("facade", alone) == {"nl": ("gevel",)}
    assert found("house", alone) == {}


def test_every_line_of_the_dictionaries_is_found():
    freedict = pytest.importorskip("estafette_freedict")
    for direction in freedict.DIRECTIONS:
        lines = freedict.table(direction)
        assert lines.decode().splitlines() == sorted(lines.decode().splitlines())
        dictionary = Dictionary(lines)
        for line in lines.decode().splitlines()[::97]:
            word, _, translations = line.partition("\t")
            assert dictionary.translations(word) == tuple(translations.split("|"))


def test_the_trade_terms_are_pairs_each_once():
    text = resources.files("indexer.search").joinpath("data", "trade-terms.tsv").read_text(encoding="utf-8")
    pairs = [line for line in text.splitlines() if not line.startswith("#")]
    assert len(pairs) == len(set(pairs)) >= 150
    assert all(len(pair.split("\t")) == 2 and all(map(str.strip, pair.split("\t"))) for pair in pairs)


def test_dictionary_is_read_when_the_first_word_is_looked_up_and_no_sooner() -> None:
    """Every command that opened the index unpacked both dictionaries, also one that only indexes."""
    read = []

    def lines() -> bytes:
        read.append("nl-en")
        return b"huis\thouse"

    translation = Translation((), {"en": lines})
    assert translation.has_dictionary and not read
    assert [found.translations for found in translation.of(["huis"])] == [("house",)]
    assert read == ["nl-en"]
