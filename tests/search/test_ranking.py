"""Ranking in numbers: passages within texts, and what they make of an order."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.search.ranking import K1, PASSAGE_WORDS, Blocks, Occurrences, rarity, saturated


def at(*places: int, factor: float = 1.0, beside: list[float] | None = None) -> Occurrences:
    return Occurrences(
        places=np.array(places, np.int64),
        weights=np.ones(len(places)),
        factor=factor,
        beside=None if beside is None else np.array(beside),
    )


def texts(*lengths: int) -> Blocks:
    return Blocks(np.array(lengths, np.int64))


def test_a_rare_term_weighs_more_than_a_common_one_and_none_less_than_nothing() -> None:
    assert rarity(100, 1) > rarity(100, 50) > rarity(100, 100) > 0


def test_the_tenth_occurrence_says_less_than_the_first() -> None:
    scores = saturated(np.arange(11.0), K1)
    assert scores[0] == 0
    assert scores[1] - scores[0] > scores[10] - scores[9] > 0


def test_words_that_stand_together_make_a_better_passage_than_words_far_apart() -> None:
    blocks = texts(1000, 1000)
    near = [[at(100, 1100)], [at(110, 1900)]]
    scores, held = blocks.passages(near)
    together, apart = blocks.best(scores)
    assert together > apart > 0
    assert blocks.best(held).tolist() == [2, 1]


def test_a_passage_does_not_run_on_into_the_next_text() -> None:
    blocks = texts(60, 60)
    _, held = blocks.passages([[at(59)], [at(60)]])
    assert blocks.best(held).tolist() == [1, 1]


def test_a_text_without_words_has_a_passage_of_its_title() -> None:
    blocks = texts(0, 10)
    scores, _ = blocks.passages([[at(beside=[4.0, 0.0])]])
    assert (blocks.best(scores) > 0).tolist() == [True, False]


def test_no_texts_have_no_passages() -> None:
    blocks = texts()
    scores, held = blocks.passages([[at()]])
    assert len(blocks.best(scores)) == len(blocks.best(held)) == 0


@pytest.mark.parametrize("place", [0, 49, 50, 149, 150, 151, 449])
def test_every_place_is_in_the_passage_that_is_said_to_hold_it(place: int) -> None:
    blocks = texts(450)
    scores, _ = blocks.passages([[at(place)]])
    start = int(scores.argmax()) * 50
    assert start <= place < start + PASSAGE_WORDS


def test_scores_of_a_text_do_not_depend_on_the_texts_beside_it() -> None:
    """A running sum over all texts rounded differently with other texts before, and broke the twins."""
    weights = [0.3, 1 / 3, 0.7, 0.1]
    alone, _ = texts(400).passages(
        [[Occurrences(places=np.array([5, 60, 70, 200]), weights=np.array(weights), factor=0.7)]]
    )
    beside, _ = texts(1234, 400).passages(
        [
            [
                Occurrences(
                    places=np.array([7, 900, 1239, 1294, 1304, 1434]),
                    weights=np.array([0.1, 0.2, *weights]),
                    factor=0.7,
                )
            ]
        ]
    )
    assert beside[-len(alone) :].tolist() == alone.tolist()


def test_a_word_all_over_a_page_makes_more_of_the_whole_than_one_in_a_corner_of_a_page_as_long() -> None:
    blocks = texts(600, 600)
    scores = blocks.wholes([[at(10, 200, 400, 590, 610)]], np.array([600.0, 600.0]))
    assert scores[0] > scores[1] > 0


def test_of_two_pages_with_a_word_the_shorter_says_more_of_it() -> None:
    scores = texts(200, 800).wholes([[at(10, 210)]], np.array([500.0, 500.0]))
    assert scores[0] > scores[1] > 0


def test_the_order_in_which_occurrences_are_found_plays_no_part() -> None:
    """Words lie in another order in another segment, and .3 + 1 + .3 is not 1 + .3 + .3 to the last bit."""
    places, weights = np.array([3, 7, 11, 20]), np.array([0.3, 1.0, 0.3, 0.15])
    one, other = (
        texts(40).passages([[Occurrences(places=places[order], weights=weights[order], factor=0.7)]])[0]
        for order in ([0, 1, 2, 3], [3, 1, 0, 2])
    )
    assert one.tolist() == other.tolist()
