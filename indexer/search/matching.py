"""Which deliverables answer a query, and what each of its words is worth to this reader.

Reads a query into concepts, one for each word, phrase or prefix, with all that stands for it: its terms, the parts of
a compound, translations. Frequencies are those of the reader's view.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.search.analysis import Analyzer, Asked
from indexer.search.engine import FacetName
from indexer.search.inversion import WEIGHT_UNIT
from indexer.search.postings import Exact, Phrase, PostingsReader, Prefix, Source, Term, Worth
from indexer.search.query import Filter, Query, Word
from indexer.search.ranking import Floats, rarity, saturated
from indexer.search.segment import Segment
from indexer.search.snapshot import Mask, View
from indexer.search.spelling import MIN_FREQUENCY
from indexer.search.words import forms, unfold


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """One thing that a query asks for, and what stands for it, each with its weight.

    Not each of them makes a deliverable answer: one of `whole` does, or all of a compound's parts. Who looks for
    "geveltransitie" wants no deliverable that only has "energietransitie"; where others answer, that part counts.
    """

    sources: tuple[tuple[Source, float], ...]
    whole: frozenset[Source]
    compounds: tuple[frozenset[Source], ...] = ()
    word: Word | None = None  # the word of the query, where a repair may take its place
    required: bool = False  # a phrase: without it, a deliverable does not answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a query found: the deliverables that answer and the score of each.

    What each source is worth by its rarity among deliverables (`worth`), and among their passages (`in_passages`).
    """

    mask: Mask
    scores: Floats
    worth: Worth
    in_passages: Worth


class Matcher:
    """Matches queries with views. One object serves all threads."""

    def __init__(self, analyzer: Analyzer, postings: PostingsReader) -> None:
        self.analyzer = analyzer
        self.postings = postings
        self._titles: dict[str, dict[str, list[int]]] = {}
        self._lock = threading.Lock()

    def concepts(self, query: Query, view: View) -> tuple[Concept, ...]:
        asked = self.analyzer.query_terms(
            [word.form for word in query.words], is_common=lambda word: self.is_common(view, word)
        )
        words = [_concept(word, asked) for word, asked in zip(query.words, asked, strict=True) if asked.terms]
        phrases = [_of_one(Phrase(tuple(word.normal for word in phrase)), required=True) for phrase in query.phrases]
        prefixes = [_of_one(Prefix(word.normal)) for word in query.prefixes]
        return (*words, *phrases, *prefixes)

    def is_common(self, view: View, word: str) -> bool:
        """Whether enough of the reader's deliverables hold this word for it to be no mistake."""
        return self.frequency(view, word) >= MIN_FREQUENCY

    def frequency(self, view: View, word: str) -> int:
        """How many of the reader's deliverables hold this word, normalised."""
        return len(self.visible(view, Exact(word))[0])

    def match(self, view: View, concepts: Sequence[Concept]) -> Found:
        """Score all deliverables of the view; those that hold any of the concepts, and all required ones, answer."""
        scores = np.zeros(view.snapshot.size)
        mask = np.zeros(view.snapshot.size, np.bool_)
        required = np.ones(view.snapshot.size, np.bool_)
        worth: list[list[tuple[Source, float]]] = []
        in_passages: list[list[tuple[Source, float]]] = []
        for concept in concepts:
            holds = np.zeros(view.snapshot.size, np.bool_)
            found: list[tuple[Source, float]] = []
            found_in_passages: list[tuple[Source, float]] = []
            having: dict[Source, NDArray[np.int64]] = {}
            for source, weight in concept.sources:
                documents, units = self._held(view, source)
                if len(documents):
                    factor = weight * rarity(view.count, len(documents))
                    scores[documents] += factor * saturated(units / WEIGHT_UNIT, view.norms[documents])
                    found.append((source, factor))
                    rare = rarity(view.passages, view.passages_with(documents, units))
                    found_in_passages.append((source, weight * rare))
                    having[source] = documents
            for source in concept.whole & having.keys():
                holds[having[source]] = True
            for parts in concept.compounds:
                if parts <= having.keys():
                    counts = np.bincount(np.concatenate([having[part] for part in parts]), minlength=len(holds))
                    holds |= counts == len(parts)
            worth.append(found)
            in_passages.append(found_in_passages)
            mask |= holds
            if concept.required:
                required &= holds
        return Found(mask=mask & required, scores=scores, worth=worth, in_passages=in_passages)

    def visible(self, view: View, source: Source) -> tuple[NDArray[np.int64], Floats]:
        """The deliverables of a view that hold a source, ascending, and how often."""
        documents, units = self._held(view, source)
        return documents, units / WEIGHT_UNIT

    def _held(self, view: View, source: Source) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """As `visible`, but how often in whole `WEIGHT_UNIT`s."""
        documents: list[NDArray[np.int64]] = []
        weights: list[NDArray[np.int32]] = []
        for part in view.snapshot.parts:
            found = self.postings.postings(part.segment, source)
            if len(found.documents):
                here = found.documents + np.int64(part.first)
                seen = view.mask[here]
                documents.append(here[seen])
                weights.append(found.weights[seen])
        if not documents:
            return np.zeros(0, np.int64), np.zeros(0, np.int32)
        return np.concatenate(documents), np.concatenate(weights)

    def excluded(self, view: View, query: Query) -> Mask:
        """The deliverables that hold what the query does not want: the word itself, not a compound with it."""
        mask = np.zeros(view.snapshot.size, np.bool_)
        for run in query.excluded:
            if len(run) > 1:
                sources: list[Source] = [Phrase(tuple(word.normal for word in run))]
            else:
                sources = [Exact(run[0].normal), *self._inflections(view, run[0])]
            for source in sources:
                mask[self.visible(view, source)[0]] = True
        return mask

    def filtered(self, view: View, query: Query) -> Mask:
        """The deliverables that fit the query's own filters."""
        mask = view.mask.copy()
        for wanted in query.filters:
            fits = self._fitting(view, wanted)
            mask &= ~fits if wanted.excluded else fits
        return mask

    def _inflections(self, view: View, word: Word) -> list[Source]:
        """The written words that share the word's own term and are no compounds with it."""
        own = self.analyzer.index_terms(word.form)[0][0]
        found: dict[str, None] = {}
        for part in view.snapshot.parts:
            words, weights = part.segment.words_of_term(own)
            for number in words[weights >= WEIGHT_UNIT].tolist():
                found[part.segment.lexicon[number].partition("\x1f")[0]] = None
        return [Exact(normal) for normal in found]

    def _fitting(self, view: View, wanted: Filter) -> Mask:
        if wanted.field == "title":
            return self._with_title(view, wanted)
        mask = np.zeros(view.snapshot.size, np.bool_)
        column = view.column(wanted.field)
        if wanted.field == "author":
            names = {unfold(word.form)[0] for word in wanted.words}
            fits = [names <= {unfold(form)[0] for form in forms(value)} for value in column.values]
        else:
            fits = [wanted.fits(value) for value in column.values]
        if column.values:
            mask[column.documents[np.array(fits, np.bool_)[column.numbers]]] = True
        return mask

    def _with_title(self, view: View, wanted: Filter) -> Mask:
        mask = np.zeros(view.snapshot.size, np.bool_)
        terms = [self.analyzer.index_terms(word.form)[0][0] for word in wanted.words]
        for part in view.snapshot.parts:
            titles = self._titles_of(part.segment)
            holding = set.intersection(*(set(titles.get(term, ())) for term in terms)) if terms else set()
            mask[[part.first + document for document in holding]] = True
        mask &= view.mask
        return mask

    def _titles_of(self, segment: Segment) -> dict[str, list[int]]:
        """By term, the documents with it in their titles."""
        with self._lock:
            titles = self._titles.get(segment.uid)
        if titles is None:
            titles = {}
            for document, title in enumerate(segment.documents.titles):
                for term in {term for form in forms(title) for term, _ in self.analyzer.index_terms(form)}:
                    titles.setdefault(term, []).append(document)
            with self._lock:
                self._titles[segment.uid] = titles
        return titles

    def matching_words(self, concepts: Sequence[Concept], text: str) -> tuple[int, ...]:
        """The numbers of the words of a text that stand for any of the concepts."""
        sources = [source for concept in concepts for source, _ in concept.sources]
        wanted = {source.term for source in sources if isinstance(source, Term)}
        prefixes = tuple(source.prefix for source in sources if isinstance(source, Prefix))
        phrases = [source.words for source in sources if isinstance(source, Phrase)]
        written = forms(text)
        normal = [unfold(form)[0] for form in written]
        found = {
            number
            for number, form in enumerate(written)
            if normal[number].startswith(prefixes) or any(term in wanted for term, _ in self.analyzer.index_terms(form))
        }
        for phrase in phrases:
            for start in (at for at, word in enumerate(normal) if word == phrase[0]):
                if tuple(normal[start : start + len(phrase)]) == phrase:
                    found.update(range(start, start + len(phrase)))
        return tuple(sorted(found))

    def forget_all_but(self, uids: frozenset[str]) -> None:
        """Let go of the segments that are no longer read."""
        with self._lock:
            for uid in self._titles.keys() - uids:
                del self._titles[uid]
        self.postings.forget_all_but(uids)


def _concept(word: Word, asked: Asked) -> Concept:
    return Concept(
        sources=tuple((Term(term), weight) for term, weight in asked.terms),
        whole=frozenset(map(Term, asked.whole)),
        compounds=tuple(frozenset(map(Term, parts)) for parts in asked.compounds),
        word=word,
    )


def _of_one(source: Source, *, required: bool = False) -> Concept:
    return Concept(sources=((source, 1.0),), whole=frozenset({source}), required=required)


def chosen(view: View, name: FacetName, values: frozenset[str]) -> Mask:
    """The deliverables with any of these values of a facet."""
    mask = np.zeros(view.snapshot.size, np.bool_)
    column = view.column(name)
    wanted = np.array([value in values for value in column.values], np.bool_)
    if len(wanted):
        mask[column.documents[wanted[column.numbers]]] = True
    return mask
