"""Deliverables like a given one: they share its words that few others hold."""

from __future__ import annotations

from collections import Counter

import numpy as np

from indexer.search.engine import Similar
from indexer.search.lexicon import form_of, shown_of
from indexer.search.matching import Matcher
from indexer.search.postings import Term
from indexer.search.ranking import rarity, saturated
from indexer.search.snapshot import View

_TERMS = 30  # the weightiest of a deliverable, looked for in the others
_TERMS_SHOWN = 5
# One shared word is chance.
_MIN_SHARED = 3


def similar(view: View, document: int, matcher: Matcher, limit: int) -> tuple[Similar, ...]:
    """The deliverables that share most with this one, and what they share, as written there."""
    snapshot = view.snapshot
    weighted = _terms(view, document, matcher)
    scores = np.zeros(snapshot.size)
    shared = np.zeros(snapshot.size, np.int32)
    worth: dict[str, dict[int, float]] = {}
    for term, factor in weighted.items():
        documents, weights = matcher.visible(view, Term(term))
        gains = factor * saturated(weights, view.norms[documents])
        scores[documents] += gains
        shared[documents] += 1
        worth[term] = dict(zip(documents.tolist(), gains.tolist(), strict=True))
    scores[document] = 0.0
    # The same deliverable under another key is no other one.
    alike = [
        other
        for other in np.flatnonzero((shared >= _MIN_SHARED) & (scores > 0)).tolist()
        if snapshot.ids[other] != snapshot.ids[document]
    ]
    order = np.lexsort((snapshot.id_order[alike], -scores[alike])) if alike else np.zeros(0, np.int64)
    written = _written(view, document, matcher)
    result: list[Similar] = []
    for other in (alike[at] for at in order[:limit].tolist()):
        terms = sorted((-worth[term][other], term) for term in weighted if other in worth[term])
        shown = list(dict.fromkeys(written[term] for _, term in terms if term in written))
        result.append(Similar(id=snapshot.ids[other], score=float(scores[other]), terms=tuple(shown[:_TERMS_SHOWN])))
    return tuple(result)


def _terms(view: View, document: int, matcher: Matcher) -> dict[str, float]:
    """The weightiest terms of a deliverable: frequent in it, rare among what this reader sees."""
    segment, number = view.snapshot.locate(document)
    counts: Counter[str] = Counter()
    for word, weight in zip(*segment.frequent_words(number), strict=True):
        own = matcher.analyzer.index_terms(form_of(segment.lexicon[int(word)]))[0][0]
        counts[own] += int(weight)
    weighted: list[tuple[float, str]] = []
    for term, count in counts.items():
        having = len(matcher.visible(view, Term(term))[0])
        # What no other holds is not shared; what half of them hold says nothing.
        if 1 < having <= max(view.count // 2, 2):
            factor = rarity(view.count, having)
            weighted.append((-factor * count / (count + view.norms[document]), term))
    return {term: -weight for weight, term in sorted(weighted)[:_TERMS]}


def _written(view: View, document: int, matcher: Matcher) -> dict[str, str]:
    """By term, the word that stands for it most often in this deliverable."""
    segment, number = view.snapshot.locate(document)
    written: dict[str, str] = {}
    for word, _ in sorted(
        zip(*(column.tolist() for column in segment.frequent_words(number)), strict=True),
        key=lambda pair: (-pair[1], segment.lexicon[pair[0]]),
    ):
        entry = segment.lexicon[word]
        written.setdefault(matcher.analyzer.index_terms(form_of(entry))[0][0], shown_of(entry))
    return written
