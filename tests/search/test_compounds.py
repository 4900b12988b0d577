"""Compounds come apart where a reader would take them apart, and other words stay whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.search.compounds import Compounds
from indexer.search.data.make_parts import parts_of
from indexer.search.stemming import stem
from indexer.search.words import normal

GOLD = Path(__file__).parents[2] / "benchmarks" / "retrieval" / "gold_compounds.tsv"


@pytest.fixture(scope="module")
def compounds() -> Compounds:
    return Compounds.shipped()


def test_parts_agree_with_those_written_by_hand(compounds):
    """Parts are compared by their stems: "bedrijfs-" is "bedrijf"."""
    right = found = wanted = 0
    for line in GOLD.read_text(encoding="utf-8").splitlines():
        word, _, parts = line.partition("\t")
        gold = {stem(normal(part)) for part in parts.split()}
        split = {stem(part) for part in compounds.parts(normal(word))}
        right, found, wanted = right + len(gold & split), found + len(split), wanted + len(gold)
    assert right / found >= 0.90
    assert right / wanted >= 0.85


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("gevelrenovatie", ("gevel", "renovatie")),
        ("gemeentehuis", ("gemeente", "huis")),
        ("onderzoeksvraag", ("onderzoek", "vraag")),
        ("zonnepanelen", ("zonne", "panelen")),
        ("leefstijlinterventie", ("leef", "stijl", "interventie")),
    ],
)
def test_a_compound_is_split_at_its_parts_and_links(compounds, word, parts):
    assert compounds.parts(word) == parts


@pytest.mark.parametrize(
    "word",
    [
        "bedrijven",
        "gesprekken",
        "diensten",
        "verschillende",
        "combinatie",
        "leiderschap",
        "digitalisering",
        "onderzoekers",
    ],
)
def test_a_form_or_derivation_is_no_compound(compounds, word):
    """With the bare word list, "bedrijven" was a bed and "diensten" were served."""
    assert compounds.parts(word) == ()


def test_words_that_no_list_knows_stay_whole(compounds):
    assert compounds.parts("xyzzyqwrt") == ()
    assert not compounds.knows("xyzzyqwrt")


@given(st.text(alphabet="abcdeghiklmnoprstuvwz", max_size=64))
def test_parts_and_links_make_up_the_word(word):
    parts = Compounds.shipped().parts(word)
    at = 0
    for part in parts:
        found = word.index(part, at)
        assert word[at:found] in ("", "s", "en", "e", "n")
        at = found + len(part)
    assert not parts or at == len(word)


def test_the_same_word_has_the_same_parts_in_every_process(compounds):
    """Sets are ordered by a hash that differs from process to process; parts must not depend on it."""
    assert Compounds(frozenset(sorted(["wijn", "smaak", "maak"])), version="").parts("wijnsmaak") == ("wijn", "smaak")


def test_the_list_is_made_of_lower_case_words_that_are_no_compounds():
    lines = ["bedrijf", "bedrijven", "keuken", "Keuken", "renovatie", "keukenrenovatie", "e-mail", "wij"]
    assert parts_of(lines) >= {"bedrijf", "bedrijven", "keuken", "renovatie"}
    assert not parts_of(lines) & {"Keuken", "keukenrenovatie", "e-mail", "wij"}


def test_list_is_read_when_the_first_word_is_taken_apart_and_no_sooner() -> None:
    """A run over an unchanged folder of 1,000 files spent a fifth of its time on word lists that it never asked."""
    read = []

    def words() -> frozenset[str]:
        read.append("list")
        return frozenset({"wijn", "smaak"})

    compounds = Compounds(words, version="1")
    assert compounds.version and not read
    assert [compounds.parts("wijnsmaak") for _ in range(2)] == [("wijn", "smaak")] * 2
    assert read == ["list"]
