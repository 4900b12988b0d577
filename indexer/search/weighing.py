"""What a text is about: the words of it that say most, and what each is worth to a reader.

A question of eight words and a plan of ten pages are weighed alike: a word is worth more the oftener it stands in the
text and the fewer of the reader's deliverables hold it. What none of them hold counts too, as something that the archive
does not have. Frequencies are those of the reader's view.
"""

from __future__ import annotations

import math
import threading
from collections import Counter, OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

import numpy as np

from indexer.extraction.language import language_of
from indexer.search.general_words import GENERAL_STEMS
from indexer.search.matching import Concept, Matcher
from indexer.search.postings import Term
from indexer.search.query import Query, Word, parse
from indexer.search.ranking import rarity
from indexer.search.repairing import Repairer
from indexer.search.snapshot import View
from indexer.search.stop_words import STOP_WORDS
from indexer.search.words import forms, unfold

MAX_CHARS = 400_000  # of a longer text the rest is not read: it takes a second
# What a text is about stands in so many of its words; more of them cost time and bring what is beside the point.
_WORDS_KEPT = 40
_WORDS_TRIED = 100
# A Dutch text may be continued, and a question answered, in an English report: translations weigh more than in a search,
# where English words stand in the way. More than this lets plans meet reports on other subjects; a question that is asked
# of one report has fewer to be mistaken for.
OF_A_TEXT, OF_A_QUESTION = 0.3, 0.5
# What a word of any report is worth beside one of the subject.
_GENERAL = 0.2
# Each unknown word is compared with the whole vocabulary.
_MOST_REPAIRS = 16
# A new word that the archive does not have ("drone") is no misspelling of a short one that it has ("droge"): in a whole text
# nobody asks whether that was meant. Longer words have few neighbours.
_MISTYPED_LETTERS = 7
# Of short texts, for each kind of reader: some 2 kB each.
_SUBJECTS_KEPT = 512
_KEPT_MAX_CHARS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighty:
    """A word of a text with all that stands for it; `worth` is what it adds where it stands once."""

    concept: Concept
    written: str
    worth: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a text is about, in the order of the text. `total` is what all of it is worth, unknown words included."""

    words: tuple[Weighty, ...]
    total: float


class Weigher:
    """Weighs texts. One object serves all threads; what it weighed last is kept: an agenda is asked of every report."""

    def __init__(self, matcher: Matcher, repairer: Repairer, *, english_weight: float) -> None:
        analyzer = matcher.analyzer.translating(english_weight=english_weight)
        self.matcher = Matcher(analyzer, matcher.postings)
        self._repairer = repairer
        self._kept: WeakKeyDictionary[View, OrderedDict[str, Subject]] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def subject(self, view: View, text: str) -> Subject:
        """What a text is about for this reader. Nothing of it is kept: it may be somebody's plan."""
        return _weighed(view, text[:MAX_CHARS], self.matcher, self._repairer)

    def subjects(self, view: View, texts: Sequence[str]) -> list[Subject]:
        """What some texts are about that are asked again and again: the questions of an agenda."""
        with self._lock:
            kept = self._kept.setdefault(view, OrderedDict())
            found = {text: kept[text] for text in texts if text in kept}
        new = {text: self.subject(view, text) for text in texts if text not in found}
        with self._lock:
            kept.update((text, subject) for text, subject in new.items() if len(text) <= _KEPT_MAX_CHARS)
            while len(kept) > _SUBJECTS_KEPT:
                kept.popitem(last=False)
        return [found[text] if text in found else new[text] for text in texts]


def _weighed(view: View, text: str, matcher: Matcher, repairer: Repairer) -> Subject:
    counts, written = _counted(text, matcher)
    tongue = _Tongue(view, language_of(text), matcher)
    stress = {term: _stress(term, count) for term, count in counts.items()}
    own = {term: stress[term] * rarity(view.count, _having(view, term, matcher)) for term in counts}
    tried = frozenset(sorted(own, key=lambda term: (-own[term], term))[:_WORDS_TRIED])
    terms = [term for term in written if term in tried]
    known: list[Weighty] = []
    unknown: list[float] = []
    repairs = 0
    for term, found in zip(terms, _concepts(view, [written[term] for term in terms], matcher), strict=True):
        concept, emphasis = tongue.judged(found, term), stress[term]
        worth = _worth(view, concept, matcher)
        mistyped = len(written[term]) >= _MISTYPED_LETTERS and not matcher.analyzer.knows(written[term])
        if worth is None and repairs < _MOST_REPAIRS and mistyped:
            repairs += 1
            concept = _repaired(view, written[term], matcher, repairer)
            worth = _worth(view, concept, matcher)
        if concept is None or worth is None:
            unknown.append(emphasis * rarity(view.count, 0))
            continue
        stressed = replace(concept, sources=tuple((source, weight * emphasis) for source, weight in concept.sources))
        known.append(Weighty(concept=stressed, written=_plain(written[term]), worth=worth * emphasis))
    kept = frozenset(sorted(range(len(known)), key=lambda at: (-known[at].worth, known[at].written))[:_WORDS_KEPT])
    words = tuple(word for at, word in enumerate(known) if at in kept)
    missing = sorted(unknown, reverse=True)[:_WORDS_KEPT]
    return Subject(words=words, total=sum(word.worth for word in words) + sum(missing))


class _Tongue:
    """The language of a text. Its words are rare or not among documents of that language: in a Dutch archive the plainest
    English word is rare, and every English plan would be like every English report.
    """

    def __init__(self, view: View, language: str | None, matcher: Matcher) -> None:
        column = view.column("language")
        self._view, self._matcher = view, matcher
        self._speaking = np.zeros(view.snapshot.size, np.bool_)
        if language in column.values:
            self._speaking[column.documents[column.numbers == column.values.index(language)]] = True
        self._count = int(self._speaking.sum())

    def judged(self, concept: Concept | None, term: str) -> Concept | None:
        """The concept with its own term, not a translation, weighed by how rare that is in its language."""
        having, _ = self._matcher.visible(self._view, Term(term))
        if concept is None or not len(having) or not self._count:
            return concept
        own = rarity(self._count, int(self._speaking[having].sum()))
        share = min(own / rarity(self._view.count, len(having)), 1.0)
        sources = ((source, weight * (share if source == Term(term) else 1.0)) for source, weight in concept.sources)
        return replace(concept, sources=tuple(sources))


def _counted(text: str, matcher: Matcher) -> tuple[Counter[str], dict[str, str]]:
    """How often each term stands in a text, and the word that stands for it first; without figures and stop words."""
    counts: Counter[str] = Counter()
    written: dict[str, str] = {}
    for form, times in Counter(forms(text)).items():
        word = unfold(form)[0]
        if word in STOP_WORDS or len(word) < 2 or word.isdecimal():
            continue
        term = matcher.analyzer.index_terms(form)[0][0]
        counts[term] += times
        written.setdefault(term, form)
    return counts, written


def _stress(term: str, count: int) -> float:
    """How much a text is about a word: more when it says it again, hardly when any text does."""
    return (1 + math.log(count)) * (_GENERAL if term in GENERAL_STEMS else 1.0)


def _having(view: View, term: str, matcher: Matcher) -> int:
    # What none has may be a compound or a translation of what they do have: it is not worth more than the rarest.
    return max(len(matcher.visible(view, Term(term))[0]), 1)


def _concepts(view: View, written: Sequence[str], matcher: Matcher) -> list[Concept | None]:
    """What each of these words asks for, in their order; they are translated together, as in a query."""
    words = tuple(Word(form=form, start=at, end=at) for at, form in enumerate(written))
    found = {each.word.start: each for each in matcher.concepts(Query(words=words), view) if each.word is not None}
    return [found.get(at) for at in range(len(written))]


def _worth(view: View, concept: Concept | None, matcher: Matcher) -> float | None:
    """What a concept adds where the best of what stands for it stands once; None when nothing of it is there."""
    worths = [
        weight * rarity(view.count, having)
        for source, weight in (concept.sources if concept else ())
        if (having := len(matcher.visible(view, source)[0]))
    ]
    return max(worths, default=None)


def _repaired(view: View, form: str, matcher: Matcher, repairer: Repairer) -> Concept | None:
    query = parse(_plain(form))
    repaired = repairer.repaired(query, matcher.concepts(query, view), view)
    concepts = matcher.concepts(repaired, view) if repaired is not None else ()
    return concepts[0] if len(concepts) == 1 else None


def _plain(form: str) -> str:
    """A word as it is shown; a piece of a hyphenated word is shown as the whole.

    >>> _plain("1#Scan-to-BIM"), _plain("gevels")
    ('Scan-to-BIM', 'gevels')
    """
    return form.partition("#")[2] or form
