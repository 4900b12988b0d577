"""Fingerprints of passages: the same words have the same ones, wherever they stand."""

from __future__ import annotations

import random

from archive.relay.passages import RUN_WORDS, sampled, where

WORDS = [f"woord{letter}{number}x" for number in "abcdefghij" for letter in "klmnopqrst"]


def prose(seed: int, words: int = 400) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=words))


def test_a_paragraph_that_is_taken_over_is_found_in_another_report() -> None:
    shared = prose(1, 150)
    one, other = f"{prose(2)} {shared} {prose(3)}", f"{prose(4)}\n\n{shared.upper()}.\n{prose(5)}"
    assert sampled(one) & sampled(other) == sampled(shared) != frozenset()


def test_two_reports_on_their_own_share_nothing() -> None:
    assert sampled(prose(6)) & sampled(prose(7)) == frozenset()


def test_about_one_run_in_thirty_two_is_kept() -> None:
    kept = len(sampled(prose(8, 20_000)))
    assert 20_000 / 40 < kept < 20_000 / 25


def test_the_place_of_a_passage_is_that_of_its_words() -> None:
    text = prose(9)
    for start, end in where(text).values():
        assert len(text[start:end].split()) == RUN_WORDS
    assert frozenset(where(text)) == sampled(text)


def test_rows_of_figures_are_no_passage() -> None:
    assert sampled(" ".join(str(number) for number in range(5_000))) == frozenset()
