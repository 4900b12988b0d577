"""How well deliverables and their passages answer: BM25 over whole deliverables, then over their best passages.

Robertson and Zaragoza, "The probabilistic relevance framework" (2009), with k1 and b as measured on Dutch text
(FINDINGS, steps 4 and 5). Numbers in, numbers out. Scores must not depend on how deliverables lie in segments: sums
run over a deliverable's own entries in a fixed order, and logarithms are taken one by one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

K1 = 1.4
B = 0.65
# Words of a passage, and the step in which passages are tried.
PASSAGE_WORDS = 150
STEP_WORDS = 50
_STEPS = PASSAGE_WORDS // STEP_WORDS
# What the whole and its best passage weigh: +.054 nDCG [.039, .071] on long reports.
DOCUMENT_SHARE = 0.3
PASSAGE_SHARE = 0.7
# What a score is multiplied with when one passage holds all that was asked for: all words together come first, but
# not before whatever has more to say. Putting all such before all others cost .02 nDCG@10 on Dutch queries, and
# counting what stands anywhere in a deliverable cost as much. Giving part of the words the square of their share brought
# up to .004, but one word nine times then came before two words together. 1.25 did as well, and did that too.
TOGETHER = 1.35
# Of a page as a whole, beside its best passage, in choosing the pages of a deliverable (`benchmarks/page_choice.py`).
PAGE_SHARE = 0.6
# Deliverables whose passages are looked at. With 100 nDCG@10 was within .002 on all sets, and placing took twice as long.
PLACED = 50

_THOUSAND = 1000.0

Floats = NDArray[np.float64]
_Number = TypeVar("_Number", np.float64, np.int16)


def rarity(documents: int, having: float) -> float:
    """BM25's weight of a term that `having` of all documents (or passages) hold; never negative."""
    return math.log(1 + (documents - having + 0.5) / (having + 0.5))


def saturated(weights: Floats, norms: Floats | float) -> Floats:
    """BM25 of a term frequency: the tenth occurrence says less than the first."""
    result: Floats = weights * (K1 + 1) / (weights + norms)
    return result


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrences:
    """Where one source stands in the texts that are looked at: places within all of them together."""

    places: NDArray[np.int64]
    weights: Floats
    factor: float  # what the source's rarity and its weight in the query make of it
    beside: Floats | None = None  # how often in each text's title and record: they belong to every passage


class Blocks:
    """Texts cut into steps of `STEP_WORDS`; a passage is some steps in a row within one text."""

    def __init__(self, lengths: NDArray[np.int64], *, beside: Floats | None = None, average: float = 0.0) -> None:
        """`lengths`: the number of words of each text; `beside`: of weighted words in its title and record.

        With the `average` length of a document, passages are scored as small documents: a text of one passage has
        the score of the whole. Without, their length plays no part.
        """
        self._lengths = lengths
        counts = np.maximum(-(-lengths // STEP_WORDS), 1)
        self.firsts = np.concatenate(([0], np.cumsum(counts)))  # each text's first block, and where the last one ends
        self.starts = np.concatenate(([0], np.cumsum(lengths)))[:-1]  # each text's first place
        self.count = int(self.firsts[-1])
        self._texts = np.repeat(np.arange(len(lengths)), counts)
        left = self.firsts[self._texts + 1] - np.arange(self.count)
        # For each later step of a passage: whether the text goes on so far.
        self._goes_on = [left[:-step] > step for step in range(1, _STEPS)]
        self._norms: Floats | float = K1
        if beside is not None:
            before = (np.arange(self.count) - self.firsts[self._texts]) * STEP_WORDS
            words = np.minimum(PASSAGE_WORDS, lengths[self._texts] - before) + beside[self._texts]
            self._norms = K1 * (1 - B + B * words / max(average, 1.0))

    def passages(self, concepts: Sequence[Sequence[Occurrences]]) -> tuple[Floats, NDArray[np.int16]]:
        """For the passage that begins at each block its score, and how many of the concepts it holds."""
        scores = np.zeros(self.count)
        held = np.zeros(self.count, np.int16)
        for concept in concepts:
            holds = np.zeros(self.count, np.bool_)
            for source in concept:
                within = self._within(source)
                scores += source.factor * saturated(within, self._norms)
                holds |= within > 0
            held += holds
        return scores, held

    def wholes(self, concepts: Sequence[Sequence[Occurrences]], usual: Floats) -> Floats:
        """The score of each text as a whole; `usual`: how many words texts like it have."""
        scores = np.zeros(len(self.starts))
        norms = K1 * (1 - B + B * self._lengths / usual)
        for concept in concepts:
            for source in concept:
                texts = np.searchsorted(self.starts, source.places, side="right") - 1
                counts = _counts(texts, source.weights, len(scores))
                scores += source.factor * saturated(counts, norms)
        return scores

    def best(self, values: NDArray[_Number]) -> NDArray[_Number]:
        """The greatest value of each text's passages."""
        return np.maximum.reduceat(values, self.firsts[:-1]) if len(self.firsts) > 1 else values[:0]

    def _within(self, source: Occurrences) -> Floats:
        """How often a source stands in the passage that begins at each block."""
        texts = np.searchsorted(self.starts, source.places, side="right") - 1
        numbers = self.firsts[texts] + (source.places - self.starts[texts]) // STEP_WORDS
        steps = _counts(numbers, source.weights, self.count)
        within = steps.copy()
        # Not a running sum: its rounding would depend on the texts before.
        for step, goes_on in enumerate(self._goes_on, start=1):
            within[:-step] += steps[step:] * goes_on
        if source.beside is not None:
            within += source.beside[self._texts]
        return within


def _counts(owners: NDArray[np.int64], weights: Floats, count: int) -> Floats:
    """The weights added up by owner, to a thousandth, so that the order in which they are added plays no part."""
    # Whole numbers come back where there is nothing to add up.
    counts = np.bincount(owners, weights, minlength=count).astype(np.float64, copy=False)
    return np.rint(counts * _THOUSAND) / _THOUSAND
