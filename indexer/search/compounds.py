"""Take Dutch compounds apart: *gevelrenovatie* is found by who looks for *gevel* or *renovatie*.

Parts come from a shipped list alone, never from the archive, so that a file gives the same terms whenever and beside
whatever it is indexed. The list holds the words that are no compounds themselves: a word that stands in it is whole.
It is derived from Debian's `wdutch` (OpenTaal) by `data/make_parts.py`, with the rules of this module. Reads shipped
data; otherwise pure.
"""

from __future__ import annotations

import lzma
from collections.abc import Callable, Set
from functools import cache, cached_property
from importlib import resources

# Of the rules below; raise it whenever a word gets other parts.
_RULES_VERSION = 1
_DATA = "parts-wdutch-2.20.19.txt.xz"

MIN_WORD_CHARS = 8  # shorter words split badly more often than well
MIN_PART_CHARS = 4
_MAX_TYPED_CHARS = 32  # of a word to take apart with the archive's own: it is asked for every stretch of it
_MAX_PARTS = 5  # more is a run of letters

# Between parts: "dorp-s-huis", "boek-en-kast", "zonn-e-paneel", "oude-r-zorg" is not one of them. Fewest letters win.
_LINKS = ("", "s", "en", "e", "n")

# Shorter words that do make compounds in this archive's subjects; others of three letters stand inside too many words.
_SHORTEST = 3
_SHORT = "app arm bim bos bus dag dak gas kas lab net weg web zee zon"
SHORT_PARTS = frozenset(_SHORT.split())

# A preposition or adverb makes a verb, not a compound: "onder-zoekers", "samen-werking".
_PARTICLES = """
achter alle anti bijeen binnen boven buiten daar dicht door geen heen hele hier hieraan langs mede meer naar neer niet
onder over rond samen tegen terug toen tussen voor waar weder weer wel zonder
"""
_NOT_FIRST = frozenset(_PARTICLES.split())
# What looks like a verb's prefix is one, unless a word of this length or one of these begins there.
_VERB_PREFIXES = ("be", "ge", "her", "ont", "ver")
_MIN_AFTER_VERB_PREFIX = 6
_LIKE_VERB_PREFIXES = "beeld beren berg beton beurs geest geld gevel gezin verf"
_NO_VERB_PREFIX = frozenset(_LIKE_VERB_PREFIXES.split())

# Endings that are words by accident: "leider-schap", "mogelijk-heden", "waarde-ring".
_SUFFIXES = """
achtig achtige baar bare eerd eerde eert elen enten erend erende eren ering heden isch ische kend kende kenen kens king
kingen komst komsten kunde kundig kundige kundigen lend lende lijk lijke lijken ling lingen list loos loze maal malen
matig matige ment menten meren nemend neren nering nissen rend rende rijk rijke rijkste ring ringen schap schappelijk
schappelijke schappen sten stens sters teerd teerde terend tisch tische vert verteerd waarts werking zaam zame ziek
zijdig zijdige zijds
"""
_NOT_LAST = frozenset(_SUFFIXES.split())

# A way to read a word to its end: parts, letters of links, the parts.
_Way = tuple[int, int, tuple[str, ...]]


class Compounds:
    """Splits words with one list of parts."""

    def __init__(self, parts: Set[str] | Callable[[], Set[str]], *, version: str) -> None:
        """`parts`, or what reads them: it is called when the first word is taken apart."""
        self._parts = parts
        self.version = f"{version}+{_RULES_VERSION}"

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset((self._parts() if callable(self._parts) else self._parts) | SHORT_PARTS)

    @classmethod
    def shipped(cls) -> Compounds:
        """With the list of the distribution: 19 MB in memory and 70 ms, once a process that needs it."""
        return _shipped()

    def parts(self, word: str) -> tuple[str, ...]:
        """The parts of a normalised compound, in order; none when it is whole.

        >>> [Compounds.shipped().parts(word) for word in ("leefstijlinterventie", "bedrijven", "digitalisering")]
        [('leef', 'stijl', 'interventie'), (), ()]
        """
        if len(word) < MIN_WORD_CHARS or word in self._known or not word.isalpha():
            return ()
        return self._fewest(word, self._known.__contains__)

    def parts_with(self, word: str, is_word: Callable[[str], bool]) -> tuple[str, ...]:
        """The parts of a word of a query that has none by the list alone, when one of them is a word by `is_word`.

        >>> Compounds.shipped().parts_with("revitmodel", {"revit"}.__contains__)
        ('revit', 'model')
        """
        if not MIN_WORD_CHARS <= len(word) <= _MAX_TYPED_CHARS or not word.isalpha() or self.knows(word):
            return ()
        parts = self._fewest(word, lambda part: part in self._known or (len(part) >= MIN_PART_CHARS and is_word(part)))
        return parts if self._known.intersection(parts) else ()

    def knows(self, word: str) -> bool:
        """Whether this is a Dutch word: of the list, or made of such words."""
        return word in self._known or bool(self.parts(word))

    def parts_of_known(self, word: str) -> tuple[str, ...]:
        """The parts of a word as if it did not stand in the list itself, for making that list."""
        return self._fewest(word, self._known.__contains__)

    def _fewest(self, word: str, is_part: Callable[[str], bool]) -> tuple[str, ...]:
        """Fewest parts; of equal ways, fewest linking letters. From right to left: `best[at]` reads the word from there
        to its end, `behind[at]` also skips a link, and `ends` are the places from which the rest can be read.
        """
        length = len(word)
        best: list[_Way | None] = [None] * (length + 1)
        behind: list[_Way | None] = [None] * length + [(0, 0, ())]
        ends = [length]
        for start in range(length - _SHORTEST, -1, -1):
            for end in ends:
                rest = behind[end]
                part = word[start:end]
                if rest is None or part == word or not is_part(part):
                    continue
                if _may_stand(part, first=start == 0, last=end == length):
                    best[start] = _shorter(best[start], (rest[0] + 1, rest[1], (part, *rest[2])))
            for link in _LINKS:
                after = best[start + len(link)] if word.startswith(link, start) else None
                if after is not None:
                    behind[start] = _shorter(behind[start], (after[0], after[1] + len(link), after[2]))
            if behind[start] is not None:
                ends.append(start)
        found = best[0]
        return found[2] if found is not None and found[0] <= _MAX_PARTS else ()


def _shorter(one: _Way | None, other: _Way) -> _Way:
    return other if one is None or other[:2] < one[:2] else one


def _may_stand(part: str, *, first: bool, last: bool) -> bool:
    if len(part) < MIN_PART_CHARS and part not in SHORT_PARTS:
        return False
    if last and part in _NOT_LAST:
        return False
    if not first:
        return True
    if part in _NOT_FIRST:
        return False
    return not part.startswith(_VERB_PREFIXES) or len(part) >= _MIN_AFTER_VERB_PREFIX or part in _NO_VERB_PREFIX


@cache
def _shipped() -> Compounds:
    return Compounds(_shipped_parts, version=_DATA.removesuffix(".txt.xz"))


def _shipped_parts() -> frozenset[str]:
    packed = resources.files(__package__).joinpath("data", _DATA).read_bytes()
    return frozenset(lzma.decompress(packed).decode("utf-8").split("\n"))
