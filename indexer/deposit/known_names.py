"""Which organisations and themes of the network a text names. Pure; only what `network.toml` knows is ever found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from archive.network.model import Network
from indexer.deposit.guesses import Guess
from indexer.extraction.model import Part

_MOST = 6
_TIMES_MIN = 2  # a word that stands once, beyond the front, was mentioned
_FRONT_PARTS = 2
_PART_OF_COMPOUND_LETTERS = 6  # shorter words are part of too many others
_PLAIN_LETTERS = 5  # shorter names must be written as they are: "HAN", not "han"


def organisations_in(name: str, parts: Sequence[Part], network: Network) -> tuple[Guess, ...]:
    """The slugs of the organisations that a file names, most named first."""
    known = [(each.slug, (each.name, *each.aliases)) for each in network.organisations]
    return _found(name, parts, known, compounds=False)


def themes_in(name: str, parts: Sequence[Part], network: Network) -> tuple[Guess, ...]:
    """The slugs of the themes whose names or synonyms stand in a file, also as part of a compound word."""
    known = [(each.slug, tuple(filter(None, (each.name.nl, each.name.en, *each.synonyms)))) for each in network.themes]
    return _found(name, parts, known, compounds=True)


def _found(
    name: str, parts: Sequence[Part], known: Iterable[tuple[str, Sequence[str]]], *, compounds: bool
) -> tuple[Guess, ...]:
    texts = [(part.number, f"{part.heading or ''}\n{part.text}") for part in parts]
    spoken = name.rpartition("/")[2].replace("_", " ").replace("-", " ")
    found: list[tuple[int, Guess]] = []
    for slug, names in known:
        pattern = _pattern(names, compounds=compounds)
        if pattern is None:
            continue
        times = [(number, len(pattern.findall(text))) for number, text in texts]
        there = [(number, count) for number, count in times if count]
        total = sum(count for _, count in there)
        if there and (total >= _TIMES_MIN or there[0][0] <= _FRONT_PARTS):
            found.append((total, Guess(value=slug, part=there[0][0])))
        elif pattern.search(spoken):
            found.append((total, Guess(value=slug, source="name")))
    found.sort(key=lambda each: -each[0])
    return tuple(guess for _, guess in found[:_MOST])


def _pattern(names: Iterable[str], *, compounds: bool) -> re.Pattern[str] | None:
    """Any of these names as whole words; a long one of one word also where a compound begins or ends with it."""
    ways = []
    for name in dict.fromkeys(" ".join(each.split()) for each in names):
        if len(name) < 2:
            continue
        words = r"[\s-]+".join(map(re.escape, name.split()))
        if len(name) < _PLAIN_LETTERS:
            ways.append(rf"\b{words}\b")
        elif compounds and " " not in name and len(name) >= _PART_OF_COMPOUND_LETTERS:
            ways.append(rf"(?i:\b{words}\w{{0,40}}|\b\w{{1,40}}{words}\b)")
        else:
            ways.append(rf"(?i:\b{words}\b)")
    return re.compile("|".join(ways)) if ways else None
