"""English for Dutch words and Dutch for English ones, when queries are read.

Two sources: the project's table of trade terms, which goes first, and the FreeDict dictionaries of the distribution
`estafette-freedict`, where it is installed (GPL; no part of this one). Reads shipped data; otherwise pure.
"""

from __future__ import annotations

import importlib
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial
from importlib import resources
from typing import Literal

import numpy as np

from indexer.search.stemming import stem
from indexer.search.words import forms, unfold

Language = Literal["nl", "en"]

_TRADE_TERMS = "trade-terms.tsv"
_SHORTEST_BASE = 3  # letters of a word without its ending
_LONGEST_TERM = 3  # words: "duurzame inzetbaarheid", "building information model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Translated:
    """A run of a query's words, `first` to `last` (excluded), and what it may be in the other language `to`."""

    first: int
    last: int
    to: Language
    translations: tuple[str, ...]


class Translation:
    """Looks words up. `has_dictionary`: FreeDict is installed, not only the trade terms."""

    def __init__(
        self, trade: Sequence[tuple[str, str]], dictionaries: Mapping[Language, bytes | Callable[[], bytes]]
    ) -> None:
        """`trade`: pairs Dutch, English. `dictionaries`: by the language to translate to, as `Dictionary` wants, or
        what reads them: it is called when the first word is looked up.
        """
        self.has_dictionary = bool(dictionaries)
        self._tables = dictionaries
        self._trade = {"en": _terms(trade, stem), "nl": _terms([(en, nl) for nl, en in trade], _singular)}

    @cached_property
    def _dictionaries(self) -> dict[Language, Dictionary]:
        return {to: Dictionary(lines() if callable(lines) else lines) for to, lines in self._tables.items()}

    @classmethod
    def shipped(cls) -> Translation:
        """With what is installed; made once a process."""
        return _shipped()

    def of(self, words: Sequence[str]) -> tuple[Translated, ...]:
        """What of these normalised words is known in the other language; longer terms go before their words.

        >>> [found.translations for found in Translation.shipped().of(["duurzame", "inzetbaarheid"])]
        [('employability', 'sustainable employability')]
        """
        return tuple(found for to in ("nl", "en") for found in self._to(to, words))

    def _to(self, to: Language, words: Sequence[str]) -> Iterator[Translated]:
        first = 0
        while first < len(words):
            for last in range(min(first + _LONGEST_TERM, len(words)), first, -1):
                translations = self._term(to, words[first:last])
                if translations:
                    yield Translated(first=first, last=last, to=to, translations=translations)
                    first = last
                    break
            else:
                first += 1

    def _term(self, to: Language, words: Sequence[str]) -> tuple[str, ...]:
        """The trade's own term says what is meant; a dictionary's word is only asked when there is none."""
        own = self._trade[to].get(_key(words, stem if to == "en" else _singular))
        if own is not None or to not in self._dictionaries:
            return own or ()
        dictionary = self._dictionaries[to]
        word = " ".join(words)
        bases = _dutch_bases(word) if to == "en" else _english_bases(word)
        return next(filter(None, map(dictionary.translations, (word, *bases))), ())


class Dictionary:
    """A sorted table `word<TAB>translation|…` a line, kept as the bytes it is: 1 MB where a dict takes 10."""

    def __init__(self, lines: bytes) -> None:
        self._lines = lines
        newlines = np.flatnonzero(np.frombuffer(lines, dtype=np.uint8) == ord("\n"))
        # Python's own integers: bisecting an array of NumPy would make one for each step.
        self._starts = [0, *(newlines + 1).tolist()]

    def translations(self, word: str) -> tuple[str, ...]:
        """Of this very word; none when the table lacks it.

        >>> houses = Dictionary(b"home\\thuis|thuis\\nhouse\\thuis")
        >>> houses.translations("house"), houses.translations("houses")
        (('huis',), ())
        """
        key = f"{word}\t".encode()
        size = len(key)
        at = bisect_left(self._starts, key, key=lambda start: self._lines[start : start + size])
        start = self._starts[at] if at < len(self._starts) else len(self._lines)
        if self._lines[start : start + size] != key:
            return ()
        end = self._lines.find(b"\n", start)
        return tuple(self._lines[start + size : end if end >= 0 else None].decode().split("|"))


def _english_bases(word: str) -> tuple[str, ...]:
    """What an English word may be a form of, likeliest first.

    >>> _english_bases("studies"), _english_bases("planning")
    (('studie', 'studi', 'study'), ('plann', 'planne', 'plan'))
    """
    for ending, instead in (("ies", "y"), ("es", ""), ("s", ""), ("ed", ""), ("ing", ""), ("ly", ""), ("er", "")):
        if word.endswith(ending) and len(word) >= len(ending) + _SHORTEST_BASE:
            base = word.removesuffix(ending) + instead
            if ending == "ies":
                return word[:-1], word[:-2], base
            once = (base[:-1],) if base[-1] == base[-2] else ()
            return (word[:-1], base) if ending == "es" else (base, base + "e", *once)
    return ()


def _dutch_bases(word: str) -> tuple[str, ...]:
    """What a Dutch plural, verb or adjective may be a form of, likeliest first.

    >>> _dutch_bases("panelen"), _dutch_bases("huizen"), _dutch_bases("bussen"), _dutch_bases("gevels")
    (('panel', 'panele', 'paneel'), ('huiz', 'huize', 'huis'), ('buss', 'busse', 'bus'), ('gevel',))
    """
    if len(word) < _SHORTEST_BASE + 2:
        return ()
    if word.endswith("s"):
        return (word[:-1],)
    if not word.endswith(("en", "e")):
        return ()
    base = word.removesuffix("n").removesuffix("e")
    found = [base, base + "e"]
    if base[-1] in "vz":
        found.append(base[:-1] + {"v": "f", "z": "s"}[base[-1]])
    elif base[-1] == base[-2]:
        found.append(base[:-1])
    elif base[-2] in "aeou" and base[-3] not in "aeiou":
        found.append(base[:-2] + base[-2] * 2 + base[-1])
    return tuple(found)


def _singular(word: str) -> str:
    """An English word without its plural; a stem would make one of employer, employee and employability."""
    return word.removesuffix("s")


def _terms(pairs: Sequence[tuple[str, str]], stem: Callable[[str], str]) -> dict[str, tuple[str, ...]]:
    """{the first of each pair, as `_key` makes it: all that it is paired with}"""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for term, other in pairs:
        found[_key([unfold(form)[0] for form in forms(term)], stem)][other] = None
    return {key: tuple(others) for key, others in found.items()}


def _key(words: Sequence[str], stem: Callable[[str], str]) -> str:
    return " ".join(map(stem, words))


@cache
def _shipped() -> Translation:
    table = resources.files(__package__).joinpath("data", _TRADE_TERMS).read_text(encoding="utf-8")
    pairs = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    try:
        freedict = importlib.import_module("estafette_freedict")
    except ModuleNotFoundError:
        dictionaries: dict[Language, bytes | Callable[[], bytes]] = {}
    else:
        dictionaries = {"nl": partial(freedict.table, "en-nl"), "en": partial(freedict.table, "nl-en")}
    return Translation([(dutch, english) for dutch, english in pairs], dictionaries)
