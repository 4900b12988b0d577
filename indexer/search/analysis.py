"""From words to the terms that an index keeps and a query looks for.

A term has a weight: 1 for the word's own stem, less for what stands in for it (the parts of a compound, a
translation). What a document's words become depends on the word, the settings and the shipped word lists alone, never
on the archive: the same file gives the same terms whenever it is indexed. Pure but for its cache; knows no engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Protocol

from indexer.search import stemming
from indexer.search.stop_words import STOP_WORDS
from indexer.search.translation import Translated
from indexer.search.words import forms as forms_of
from indexer.search.words import pieces_of, unfold

# (term, weight), each term once, the word's own first.
Terms = tuple[tuple[str, float], ...]

# Of the analysis itself; raise it whenever the same word gives other terms.
_ANALYSIS_VERSION = 2
# A word with its terms takes some 300 bytes: 40 MB, in the process that indexes.
_CACHED_WORDS = 1 << 17


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisSettings:
    """The steps, each of which can be switched off; what every one brings is in BENCHMARKS.md."""

    stem: bool = True
    compounds: bool = True
    hyphens: bool = True
    stop_words: bool = True
    translate: bool = True
    repair: bool = True  # heeded by the engine: only it knows the archive's words
    part_weight: float = 0.3  # of a compound's part; best of .2 to .5 on the development sets
    # Of a translation, divided by the root of their number. Into English less: texts are Dutch for the most part, and
    # English words stand in many of them (.2 cost .004 nDCG@10 on Dutch keywords, .05 nothing).
    dutch_weight: float = 0.8
    english_weight: float = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a word of a query looks for. `whole` are the terms of which each stands for the word by itself; the others
    are parts of `compounds`, and one stray part says nothing: a compound is found by all of its parts together.
    """

    terms: Terms = ()
    whole: frozenset[str] = frozenset()
    compounds: tuple[frozenset[str], ...] = ()

    def __or__(self, other: Asked) -> Asked:
        return Asked(
            terms=_joined(self.terms, other.terms),
            whole=self.whole | other.whole,
            compounds=self.compounds + other.compounds,
        )


class Splitter(Protocol):
    """Takes compounds apart (`compounds.Compounds`)."""

    version: str

    def parts(self, word: str) -> tuple[str, ...]: ...

    def parts_with(self, word: str, is_word: Callable[[str], bool]) -> tuple[str, ...]: ...

    def knows(self, word: str) -> bool: ...


class Translator(Protocol):
    """Knows words of the other language (`translation.Translation`)."""

    def of(self, words: Sequence[str]) -> tuple[Translated, ...]: ...


class Analyzer:
    """Terms of words. One object serves all threads of a process."""

    def __init__(
        self,
        settings: AnalysisSettings = AnalysisSettings(),
        *,
        compounds: Splitter | None = None,
        translation: Translator | None = None,
    ) -> None:
        self.settings = settings
        self._compounds = compounds if settings.compounds else None
        self._translation = translation if settings.translate else None
        self._stem: Callable[[str], str] = _term if settings.stem else str
        self._cache: dict[str, Terms] = {}

    @property
    def version(self) -> str:
        """What documents' terms depend on: an index that was made with another version must be rebuilt."""
        made_with = self._compounds.version if self._compounds else "-"
        steps = f"{self.settings.stem:d}{self.settings.hyphens:d}{self.settings.part_weight}"
        return f"{_ANALYSIS_VERSION}/{stemming.VERSION}/{made_with}/{steps}"

    def translating(self, *, english_weight: float) -> Analyzer:
        """The same analysis with another weight for what is translated into English; lists and cache are shared."""
        other = copy(self)
        other.settings = replace(self.settings, english_weight=english_weight)
        return other

    def index_terms(self, form: str) -> Terms:
        """The terms of a document's word, as `words.forms` gives it; all have the word's position.

        >>> Analyzer().index_terms("Gevels"), Analyzer().index_terms("1#e-mails")
        ((('gevel', 1.0),), (('mail', 1.0), ('email', 0.5)))
        """
        terms = self._cache.get(form)
        if terms is None:
            terms = self._analyse(form)
            if len(self._cache) >= _CACHED_WORDS:
                self._cache.clear()
            self._cache[form] = terms
        return terms

    def query_terms(self, forms: Sequence[str], *, is_common: Callable[[str], bool] | None = None) -> tuple[Asked, ...]:
        """What each word of a query looks for: the terms of a document's word, and translations.

        A stop word asks for nothing, unless there are only stop words. What no list splits may still be made of the
        archive's words, those that `is_common` among the documents that the reader sees.

        >>> [asked.terms for asked in Analyzer().query_terms(["De", "gevels"])], Analyzer().query_terms(["de"])[0].terms
        ([(), (('gevel', 1.0),)], (('de', 1.0),))
        """
        words = [unfold(form)[0] for form in forms]
        stopped = [self.settings.stop_words and word in STOP_WORDS for word in words]
        if all(stopped):
            stopped = [False] * len(forms)
        found = [Asked() if stop else self._typed(form, is_common) for stop, form in zip(stopped, forms, strict=True)]
        for translated in self._translation.of(words) if self._translation else ():
            asked = self._translated(translated)
            for at in range(translated.first, translated.last):
                if not stopped[at]:
                    found[at] |= asked
        return tuple(found)

    def _typed(self, form: str, is_common: Callable[[str], bool] | None) -> Asked:
        # Not kept: the words that are typed in a server's life are without end.
        terms = self._cache.get(form) or self._analyse(form)
        word, joined = unfold(form)
        if is_common is not None and self._compounds is not None and len(terms) == 1:
            terms = _joined(terms, self._of_parts(self._compounds.parts_with(word, is_common)))
        return _asked(terms, frozenset(map(self._stem, filter(None, (word, joined)))))

    def knows(self, form: str) -> bool:
        """Whether the lists have this word: then it is no mistake, even where the archive lacks it."""
        word, joined = unfold(form)
        if self._compounds is not None and (self._compounds.knows(word) or self._compounds.knows(joined)):
            return True
        return self._translation is not None and bool(self._translation.of([word]))

    def _translated(self, found: Translated) -> Asked:
        """What all translations look for. Each word that was translated bears its share, each word of a phrase too."""
        weight = self.settings.dutch_weight if found.to == "nl" else self.settings.english_weight
        weight /= len(found.translations) ** 0.5 * (found.last - found.first)
        asked = Asked()
        for translation in found.translations:
            words = [unfold(form)[0] for form in forms_of(translation)]
            words = [word for word in words if word not in STOP_WORDS] or words
            for word in words:
                asked |= _asked(_weighed(self._own_terms(word), weight / len(words)), frozenset({self._stem(word)}))
        return asked

    def _analyse(self, form: str) -> Terms:
        word, joined = unfold(form)
        terms = self._own_terms(word)
        if joined and self.settings.hyphens:
            # Each piece bears its share, so that the joined spelling counts once in all.
            terms = _joined(terms, ((self._stem(joined), 1 / pieces_of(form)),))
        return terms

    def _own_terms(self, word: str) -> Terms:
        own: Terms = ((self._stem(word), 1.0),)
        if self._compounds is None:
            return own
        return _joined(own, self._of_parts(self._compounds.parts(word)))

    def _of_parts(self, parts: Sequence[str]) -> Terms:
        return tuple((self._stem(part), self.settings.part_weight) for part in parts)


def _term(word: str) -> str:
    """The word's stem; one that looks like a stop word is marked: "meting" must not find every "met".

    >>> _term("metingen"), _term("meting"), _term("met")
    ('met.', 'met.', 'met')
    """
    stem = stemming.stem(word)
    return f"{stem}." if stem in STOP_WORDS and word not in STOP_WORDS else stem


def _joined(*several: Terms) -> Terms:
    """All terms, each once, with the greatest of its weights."""
    weights: dict[str, float] = {}
    for terms in several:
        for term, weight in terms:
            weights[term] = max(weight, weights.get(term, 0.0))
    return tuple(weights.items())


def _asked(terms: Terms, whole: frozenset[str]) -> Asked:
    """What one word looks for: whatever is not the whole of it is one of its parts."""
    parts = frozenset(term for term, _ in terms) - whole
    # A compound of twice the same part has one term: that part alone.
    return Asked(terms=terms, whole=whole, compounds=(parts,) if len(parts) > 1 else ())


def _weighed(terms: Terms, weight: float) -> Terms:
    return tuple((term, own * weight) for term, own in terms)
