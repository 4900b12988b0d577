"""Spelling repair of a query: which words are looked at, and what stands in their place.

A word is repaired when nothing that this reader sees holds it, nor its parts, nor a translation of it. What stands in
its place comes from the words of the reader's own deliverables.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial

from indexer.search.counting import Counts
from indexer.search.lexicon import form_of
from indexer.search.matching import Concept, Matcher
from indexer.search.postings import Word as Written
from indexer.search.query import Query, Word, parse
from indexer.search.segment import Segment
from indexer.search.snapshot import View
from indexer.search.spelling import Candidate, Nearby, repaired

# What is looked up for one query; a pasted text of unknown words is no slip of the finger.
_MAX_REPAIRS = 5


class Repairer:
    """Repairs queries over what a reader sees. One object serves all threads."""

    def __init__(self, matcher: Matcher, counts: Counts) -> None:
        self._matcher = matcher
        self._counts = counts
        self._nearby: dict[str, Nearby] = {}
        self._lock = threading.Lock()

    def repaired(self, query: Query, concepts: Sequence[Concept], view: View) -> Query | None:
        """The query to search in place of this one; None when there is nothing to repair, or nothing like it."""
        if not self._matcher.analyzer.settings.repair:
            return None
        unknown = [concept.word for concept in concepts if concept.word and not self._known(view, concept)]
        instead: dict[Word, str] = {}
        for word in unknown[:_MAX_REPAIRS]:
            meant = self._meant(view, word.normal)
            if meant is not None and self._finds(view, meant):
                instead[word] = self._as_written(view, meant)
        return query.with_words(instead) if instead else None

    def forget_all_but(self, uids: frozenset[str]) -> None:
        with self._lock:
            for uid in self._nearby.keys() - uids:
                del self._nearby[uid]

    def _known(self, view: View, concept: Concept) -> bool:
        return any(len(self._matcher.visible(view, source)[0]) for source, _ in concept.sources)

    def _finds(self, view: View, word: str) -> bool:
        """A compound that was put together of two of the reader's words may still be found nowhere."""
        return bool(self._matcher.match(view, self._matcher.concepts(parse(word), view)).mask.any())

    def _meant(self, view: View, typed: str) -> str | None:
        def near(word: str, mistakes: int) -> Iterator[Candidate]:
            found = {
                other: distance
                for part in view.snapshot.parts
                for _, other, distance in self._nearby_of(part.segment).near(
                    word, mistakes, among=self._counts.of(view, part) > 0
                )
            }
            for other, distance in found.items():
                frequency = self._matcher.frequency(view, other)
                yield Candidate(word=other, mistakes=distance, frequency=frequency)

        return repaired(typed, near=near, is_common=partial(self._matcher.is_common, view))

    def _as_written(self, view: View, word: str) -> str:
        """The form of a normal word that most of the deliverables have."""
        forms: Counter[str] = Counter()
        for part in view.snapshot.parts:
            for entry in part.segment.lexicon.words(*part.segment.lexicon.forms_of(word)):
                if "#" not in entry:
                    forms[entry] += 0
        for entry in forms:
            forms[entry] = len(self._matcher.visible(view, Written(entry))[0])
        likeliest = min(forms, key=lambda entry: (-forms[entry], entry), default=word)
        return form_of(likeliest)

    def _nearby_of(self, segment: Segment) -> Nearby:
        with self._lock:
            nearby = self._nearby.get(segment.uid)
        if nearby is None:
            nearby = Nearby(segment.lexicon.blob, segment.lexicon.starts)
            with self._lock:
                self._nearby[segment.uid] = nearby
        return nearby
