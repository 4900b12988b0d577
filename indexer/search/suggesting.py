"""Suggestions while typing: titles, themes, communities and words that this reader's deliverables hold often."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator

import numpy as np

from indexer.search.counting import Counts
from indexer.search.engine import FacetName, Suggestion
from indexer.search.lexicon import normal_of, shown_of
from indexer.search.segment import Segment
from indexer.search.snapshot import View
from indexer.search.stop_words import STOP_WORDS
from indexer.search.words import forms, spans, unfold

# Fewer letters say too little, and half the vocabulary begins with them.
_MIN_TERM_PREFIX_CHARS = 3
# A word in one deliverable only is no frequent one.
_MIN_TERM_DOCUMENTS = 2
_MAX_TITLES = 4
_MAX_VALUES = 2  # themes, and communities


class Suggester:
    """Completes what is typed. One object serves all threads."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._titles: dict[str, list[str]] = {}
        self._lock = threading.Lock()

    def suggest(self, view: View, typed: str, limit: int) -> tuple[Suggestion, ...]:
        words = [unfold(form)[0] for form in forms(typed)]
        if not words or limit < 1:
            return ()
        found: dict[tuple[str, str], Suggestion] = {}
        for suggestion in (
            *self._by_title(view, words),
            *_by_value(view, "theme", words),
            *_by_value(view, "community", words),
            *self._by_term(view, typed, words[-1], limit),
        ):
            found.setdefault((suggestion.kind, suggestion.text.casefold()), suggestion)
        return tuple(found.values())[:limit]

    def forget_all_but(self, uids: frozenset[str]) -> None:
        with self._lock:
            for uid in self._titles.keys() - uids:
                del self._titles[uid]

    def _by_title(self, view: View, words: list[str]) -> Iterator[Suggestion]:
        """Titles with all the words, those that begin with them first, then the newest."""
        snapshot = view.snapshot
        rarest, *others = sorted((f" {word}" for word in words), key=len, reverse=True)
        beginning = " " + " ".join(words)
        found: list[int] = []
        for part in snapshot.parts:
            titles = self._titles_of(part.segment)
            # What is hidden takes no time either.
            seen = np.flatnonzero(view.mask_of(part)).tolist()
            fitting = (own for own in seen if rarest in titles[own])
            found += [part.first + own for own in fitting if all(word in titles[own] for word in others)]
        written = {number: self._title(view, number) for number in found}

        def order(number: int) -> tuple[bool, int, int]:
            begins = not written[number][1].startswith(beginning)
            return begins, -int(snapshot.date_order[number]), int(snapshot.id_order[number])

        for number in sorted(found, key=order)[:_MAX_TITLES]:
            yield Suggestion(text=written[number][0], kind="title", id=snapshot.ids[number])

    def _title(self, view: View, number: int) -> tuple[str, str]:
        segment, own = view.snapshot.locate(number)
        return segment.documents.titles[own], self._titles_of(segment)[own]

    def _titles_of(self, segment: Segment) -> list[str]:
        """Each document's title as normalised words, a space before each."""
        with self._lock:
            titles = self._titles.get(segment.uid)
        if titles is None:
            titles = ["".join(f" {unfold(form)[0]}" for form in forms(title)) for title in segment.documents.titles]
            with self._lock:
                self._titles[segment.uid] = titles
        return titles

    def _by_term(self, view: View, typed: str, prefix: str, limit: int) -> Iterator[Suggestion]:
        """What is typed with its last word completed, to the words that stand in most deliverables."""
        if len(prefix) < _MIN_TERM_PREFIX_CHARS:
            return
        written: dict[str, Counter[str]] = {}
        for part in view.snapshot.parts:
            first, last = part.segment.lexicon.beginning_with(prefix)
            having = self._counts.of(view, part)[first:last]
            for number in np.flatnonzero(having).tolist():
                entry = part.segment.lexicon[first + number]
                written.setdefault(normal_of(entry), Counter())[shown_of(entry)] += int(having[number])
        totals = sorted((-sum(forms.values()), word) for word, forms in written.items() if word not in STOP_WORDS)
        before = typed[: spans(typed)[-1][0]]
        for total, word in totals[:limit]:
            if -total >= _MIN_TERM_DOCUMENTS:
                # Of equally frequent forms the first in the alphabet.
                shown = min(written[word], key=lambda form: (-written[word][form], form))
                yield Suggestion(text=before + shown, kind="term")


def _by_value(view: View, name: FacetName, words: list[str]) -> Iterator[Suggestion]:
    """Values of a facet in which a word begins with what is typed last, the most frequent first."""
    column = view.column(name)
    counts = np.bincount(column.numbers, minlength=len(column.values))
    fitting = [
        (-int(counts[number]), value)
        for number, value in enumerate(column.values)
        if counts[number] and any(piece.startswith(words[-1]) for piece in value.split("-"))
    ]
    for _, value in sorted(fitting)[:_MAX_VALUES]:
        yield Suggestion(text=value, kind=name)
