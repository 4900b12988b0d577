"""Rules 1 to 3 of the contract's "Cleaning"."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.extraction.cleaning import clean, clean_line, printable


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("energie-\nzuinig", "energiezuinig"),
        ("energie\u00ad\nzuinig", "energiezuinig"),
        ("energie\u2010 \r\n  zuinig", "energiezuinig"),
        ("Learning-\nCommunity", "Learning-Community"),
        ("AI-\nmodel", "AI-model"),
        ("2021-\n2022", "2021-2022"),
        ("CO2-\nuitstoot", "CO2-uitstoot"),
        ("ge-\nïnd", "geïnd"),
    ],
)
def test_word_broken_at_a_line_end_is_given_once_and_joined(printed: str, read: str) -> None:
    assert clean(f"een {printed} woord") == f"een {read} woord"


@pytest.mark.parametrize("text", ["- punt\n- punt", "zie p. 3 -\nen verder", "wonen -\n\nwerken", "--\na"])
def test_dash_that_breaks_no_word_stays(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("e\ufb03ciënt", "efficiënt"),
        ("\uff22\uff29\uff2d", "BIM"),
        ("b\u0133zonder", "bijzonder"),
        ("cafe\u0301", "café"),
        ("\U0001d434rea", "Area"),
        ("m\u00b2", "m²"),
    ],
)
def test_forms_of_letters_become_plain_letters(printed: str, read: str) -> None:
    assert clean(printed) == read


def test_controls_go_and_symbols_of_private_fonts_become_a_space() -> None:
    assert clean("a\x00b\x1bc\x7f") == "abc"
    assert clean("links\uf0e0rechts \ue000") == "links rechts"
    assert clean("\ufeffbe\u00adgin\u202eeinde") == "begineinde"


def test_every_kind_of_line_end_becomes_a_line_feed() -> None:
    assert clean("a\r\nb\rc\vd\u2028e") == "a\nb\nc\nd\ne"


def test_tabs_between_cells_stay_and_space_at_line_ends_goes() -> None:
    assert clean("\tWat\tHoe \t\n\n\n\na\tb  ") == "\tWat\tHoe\n\na\tb"


def test_heading_is_one_line() -> None:
    assert clean_line("  2.1\tMetho-\nde\x07  en plan\n") == "2.1 Methode en plan"


def test_terminal_gets_no_escape_codes_and_no_surrogates() -> None:
    assert printable("a\x1b[2Jb\u202ec\udcff\r") == "a?[2Jb?c??"


@given(st.text(st.characters(codec=None), max_size=60))
def test_whatever_comes_in_what_comes_out_keeps_to_the_contract(text: str) -> None:
    cleaned = clean(text)
    assert not [c for c in cleaned if c not in "\n\t" and unicodedata.category(c) in {"Cc", "Co", "Cs", "Cn"}]
    assert not {"\u00ad", "\ufeff"} & set(cleaned)
    assert unicodedata.normalize("NFC", cleaned) == cleaned
