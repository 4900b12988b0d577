"""One definition of a word, for indexing, queries and snippets alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.search.spans import spans_at
from indexer.search.words import MAX_WORD_CHARS, forms, normal, spans, unfold


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("Categorieën", "categorie"),
        ("ideeën", "idee"),
        ("risico's", "risico"),
        ("risico’s", "risico"),
        ("patiënt", "patient"),
        ("CAFÉ", "cafe"),
        ("ĳver", "ijver"),
        ("ﬁets", "fiets"),
        ("Straße", "strasse"),
        ("zo'n", "zo'n"),
    ],
)
def test_case_accents_and_plural_apostrophes_do_not_matter(written, word):
    assert normal(written) == word


def test_a_hyphenated_word_is_its_pieces_and_each_knows_the_whole():
    assert [unfold(form) for form in forms("Learning-Community")] == [
        ("learning", "learningcommunity"),
        ("community", "learningcommunity"),
    ]


def test_a_hyphen_that_joins_nothing_parts_words():
    assert forms("zon- en wind -energie") == ["zon", "en", "wind", "energie"]


def test_a_long_run_of_hyphens_does_not_grow_with_its_square():
    text = "a-" * 5_000 + "a"
    assert sum(map(len, forms(text))) < 2 * len(text)


def test_a_word_without_end_is_cut():
    assert len(normal("x" * 20_000)) == MAX_WORD_CHARS


@given(st.text(alphabet=st.sampled_from("aB é'’-\u2011_1.\n#ß"), max_size=60) | st.text(max_size=60))
def test_forms_and_spans_number_words_alike(text):
    found = forms(text)
    where = spans(text)
    assert len(found) == len(where)
    for form, (start, end) in zip(found, where, strict=True):
        piece = text[start:end]
        assert piece and (form == piece or piece in form)
        assert unfold(form)[0] == normal(piece)


@given(st.text(alphabet=st.sampled_from("aB é'’ʼ-_1.\n½中😀𝒜"), max_size=60) | st.text(max_size=60), st.integers(0, 9))
def test_some_words_are_looked_up_where_all_of_them_stand(text, step):
    """Two ways to say what a word is: an expression, and a table of letters with what apostrophes do between them."""
    every = spans(text)
    numbers = range(0, len(every) + 3, step + 1)
    assert spans_at(text, numbers) == every[:: step + 1]
