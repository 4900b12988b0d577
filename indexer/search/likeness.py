"""Deliverables like a given one or like a text, and passages that say what a text says: they share its rare words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.search.engine import ENOUGH, Alike, Place, Similar
from indexer.search.lexicon import form_of, shown_of
from indexer.search.matching import Concept, Matcher
from indexer.search.placing import Placing
from indexer.search.postings import Source, Term
from indexer.search.ranking import (
    DOCUMENT_SHARE,
    PASSAGE_SHARE,
    PASSAGE_WORDS,
    PLACED,
    STEP_WORDS,
    Blocks,
    Floats,
    Occurrences,
    rarity,
    saturated,
)
from indexer.search.snapshot import View
from indexer.search.weighing import Subject, Weigher
from indexer.search.words import forms

_TERMS = 30  # the weightiest of a deliverable, looked for in the others
_TERMS_SHOWN = 5
# One shared word is chance.
_MIN_SHARED = 3
# Of two sets of texts on subjects that an archive did not have, and two of plans that continue one of its projects, this
# curve keeps apart the most, whether they are of twelve words or three hundred.
_ENOUGH_ALWAYS, _ENOUGH_OF_FEW = 0.1, 1.0
_LETTERS_LEAST = 3
_MONTHS = frozenset(
    [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
        "january",
        "february",
        "march",
        "may",
        "june",
        "july",
        "august",
        "october",
    ]
)
# A word is shared when what stands for it is worth this part of it: of "melkkoeien" the "koeien", not the "melk" of "karnemelk".
_STRAY = 0.3


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


def like(view: View, text: str, weigher: Weigher, limit: int) -> tuple[Alike, ...]:
    """The deliverables that say what a text says: the words that it is about stand there, and stand together."""
    subject, matcher = weigher.subject(view, text), weigher.matcher
    if not subject.words:
        return ()
    found = matcher.match(view, [word.concept for word in subject.words])
    documents = np.flatnonzero(found.mask)
    ids = view.snapshot.id_order
    first = documents[np.lexsort((ids[documents], -found.scores[documents]))][:PLACED]
    # What a word is worth in a passage is what it is worth in the whole: the sum is a share of one total.
    placing = Placing(view, first, [_worth(view, word.concept, matcher) for word in subject.words], matcher.postings)
    shares = (DOCUMENT_SHARE * found.scores[first] + PASSAGE_SHARE * placing.best_passages()[0]) / subject.total
    scores = shares * (ENOUGH / _enough(len(subject.words)))
    order = np.lexsort((ids[first], -scores))
    first, scores = first[order], scores[order]
    gains = _gains(view, subject, first, matcher)
    enough = (gains > 0).sum(axis=1) >= min(_MIN_SHARED, len(subject.words))
    first, scores, gains = first[enough][:limit], scores[enough][:limit], gains[enough][:limit]
    return tuple(
        Alike(
            id=view.snapshot.ids[document], score=score, terms=_shared(subject, gain), places=places, more_places=more
        )
        for document, score, gain, (places, more) in zip(
            first.tolist(), scores.tolist(), gains, placing.places(first), strict=True
        )
    )


def _enough(words: int) -> float:
    """The share of a text of so many weighty words that is more than chance: few words are soon met together.

    >>> [round(_enough(words), 2) for words in (4, 12, 40)]
    [0.6, 0.39, 0.26]
    """
    return float(_ENOUGH_ALWAYS + _ENOUGH_OF_FEW / np.sqrt(words))


def _worth(view: View, concept: Concept, matcher: Matcher) -> list[tuple[Source, float]]:
    """What each thing that stands for a concept is worth to this reader, where any deliverable has it."""
    having = ((source, weight, len(matcher.visible(view, source)[0])) for source, weight in concept.sources)
    return [(source, weight * rarity(view.count, number)) for source, weight, number in having if number]


def covered(
    view: View, texts: Sequence[str], parts: Sequence[str], weigher: Weigher
) -> tuple[tuple[Place | None, ...], ...]:
    """Of each text, for each part, the passage that says most of it."""
    # One alone is weighed once anyway.
    subjects = weigher.subjects(view, texts) if len(texts) > 1 else [weigher.subject(view, text) for text in texts]
    wanted = {source for subject in subjects for word in subject.words for source, _ in word.concept.sources}
    where = _Where(parts, wanted, weigher.matcher)
    return tuple(where.best(view, subject) for subject in subjects)


class _Where:
    """Where in some parts the things stand that texts are about."""

    def __init__(self, parts: Sequence[str], wanted: set[Source], matcher: Matcher) -> None:
        lengths: list[int] = []
        self._matcher = matcher
        self._found: dict[Source, list[tuple[int, float]]] = {}
        at = 0
        for part in parts:
            written = forms(part)
            for place, form in enumerate(written, start=at):
                for term, weight in matcher.analyzer.index_terms(form):
                    source = Term(term)
                    if source in wanted:
                        self._found.setdefault(source, []).append((place, weight))
            lengths.append(len(written))
            at += len(written)
        self._lengths = np.array(lengths, np.int64)
        self._blocks = Blocks(self._lengths)

    def best(self, view: View, subject: Subject) -> tuple[Place | None, ...]:
        """For each part the passage that says most of a subject."""
        concepts = [list(self._occurrences(view, word.concept.sources)) for word in subject.words]
        there = [one.places for concept in concepts for one in concept]
        if not there:
            return (None,) * len(self._lengths)
        scores, _ = self._blocks.passages(concepts)
        places = np.unique(np.concatenate(there))
        return tuple(self._place(part, scores / subject.total, places) for part in range(len(self._lengths)))

    def _place(self, part: int, scores: Floats, places: NDArray[np.int64]) -> Place | None:
        first, last = self._blocks.firsts[part : part + 2].tolist()
        block = first + int(scores[first:last].argmax())
        if not scores[block]:
            return None
        origin, length = int(self._blocks.starts[part]), int(self._lengths[part])
        low, high = np.searchsorted(places, (origin, origin + length))
        start = (block - first) * STEP_WORDS
        return Place(
            part=part + 1,
            score=float(scores[block]),
            start=start,
            end=min(start + PASSAGE_WORDS, length),
            words=tuple((places[low:high] - origin).tolist()),
        )

    def _occurrences(self, view: View, sources: Sequence[tuple[Source, float]]) -> Iterator[Occurrences]:
        for source, weight in sources:
            there = self._found.get(source)
            if there:
                places, weights = zip(*there, strict=True)
                having = len(self._matcher.visible(view, source)[0])
                yield Occurrences(
                    places=np.array(places, np.int64),
                    weights=np.array(weights, np.float64),
                    factor=weight * rarity(view.count, having),
                )


def _gains(view: View, subject: Subject, documents: NDArray[np.int64], matcher: Matcher) -> Floats:
    """What each word of a text (columns) is worth in each of these deliverables (rows): 0 where only a part of it is."""
    gains = np.zeros((len(documents), len(subject.words)))
    for column, word in enumerate(subject.words):
        for source, weight in word.concept.sources:
            having, weights = matcher.visible(view, source)
            if len(having):
                at = np.minimum(np.searchsorted(having, documents), len(having) - 1)
                there = having[at] == documents
                factor = weight * rarity(view.count, len(having))
                gains[there, column] += factor * saturated(weights[at[there]], view.norms[documents[there]])
        gains[gains[:, column] < _STRAY * word.worth, column] = 0.0
    return gains


def _shared(subject: Subject, gains: Floats) -> tuple[str, ...]:
    """The words of a text that a deliverable shares, weightiest first."""
    order = sorted(np.flatnonzero(gains).tolist(), key=lambda at: (-gains[at], subject.words[at].written))
    return tuple(dict.fromkeys(subject.words[at].written for at in order))


def _terms(view: View, document: int, matcher: Matcher) -> dict[str, float]:
    """The weightiest terms of a deliverable: frequent in it, rare among what this reader sees."""
    segment, number = view.snapshot.locate(document)
    counts: Counter[str] = Counter()
    for word, weight in zip(*segment.frequent_words(number), strict=True):
        entry = segment.lexicon[int(word)]
        if _is_chance(shown_of(entry)):
            continue
        own = matcher.analyzer.index_terms(form_of(entry))[0][0]
        counts[own] += int(weight)
    weighted: list[tuple[float, str]] = []
    for term, count in counts.items():
        having = len(matcher.visible(view, Term(term))[0])
        # What no other holds is not shared; what half of them hold says nothing.
        if 1 < having <= max(view.count // 2, 2):
            factor = rarity(view.count, having)
            weighted.append((-factor * count / (count + view.norms[document]), term))
    return {term: -weight for weight, term in sorted(weighted)[:_TERMS]}


def _is_chance(word: str) -> bool:
    """Whether two texts share this word by chance: a letter or two of a table, a month. "BIM" and "AI" are no chance.

    >>> [word for word in ("o", "sec", "AI", "December", "gevel") if _is_chance(word)]
    ['o', 'December']
    """
    return (len(word) < _LETTERS_LEAST and not (word.isupper() and len(word) > 1)) or word.casefold() in _MONTHS


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
