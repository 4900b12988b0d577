"""Derive the list of `compounds` from Debian's word list `wdutch`: the words that are no compounds themselves.

    python -m indexer.search.data.make_parts /usr/share/dict/dutch indexer/search/data/parts-wdutch-2.20.19.txt.xz

The list is half of `wdutch`, so that a process keeps 19 MB instead of 40; and what takes long is decided here.
"""

from __future__ import annotations

import lzma
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from indexer.search.compounds import MIN_PART_CHARS, MIN_WORD_CHARS, SHORT_PARTS, Compounds
from indexer.search.stemming import stem
from indexer.search.words import normal

_MAX_PART_CHARS = 16
# A short word is a part only if this many longer words begin or end with it: "trac" and "geco" are in no compound.
_DOUBTFUL_CHARS = 5
_MIN_COMPOUNDS = 4

# Parts that no list has: forms that stand only inside compounds, and words of the archive's subjects.
_ADDED = frozenset(["afstudeer", "corona", "robot", "tech", "verander", "zonne"])
# Words that are whole but would split by accident, and words that make others split by accident.
_BY_ACCIDENT = """
combinatie combineren digitalisering horizontaal kringloop loopbaan maximaal minimaal modelleren paragraaf parameter
platform praktijk software standaard temperatuur transport willekeurig
"""
_WHOLE = frozenset(_BY_ACCIDENT.split())
_NO_PARTS = frozenset(["digitalis"])


def parts_of(lines: Iterable[str]) -> frozenset[str]:
    words = {normal(line) for line in lines if line.isalpha() and line == line.lower()} | _ADDED
    words = {word for word in words if MIN_PART_CHARS <= len(word) <= _MAX_PART_CHARS} - _NO_PARTS
    words -= _unproductive(words)
    splitting = Compounds(words, version="")
    whole: set[str] = set()
    stems: dict[str, list[str]] = defaultdict(list)
    # Shorter words first: a word is whole when it is a form of a whole word ("bedrijven" is no bed), else when it
    # has no parts.
    for word in sorted(words, key=lambda word: (len(word), word)):
        family = stems[stem(word)]
        is_form = any(word[:MIN_PART_CHARS] == other[:MIN_PART_CHARS] for other in family)
        if len(word) < MIN_WORD_CHARS or word in _WHOLE or is_form or not splitting.parts_of_known(word):
            whole.add(word)
            family.append(word)
    return frozenset(whole)


def _unproductive(words: set[str]) -> set[str]:
    """Short words that hardly any longer word begins or ends with, where the rest is a word too."""
    seen: Counter[str] = Counter()
    for word in words:
        for size in range(MIN_PART_CHARS, _DOUBTFUL_CHARS + 1):
            if len(word) - size > _DOUBTFUL_CHARS - 1:
                if word[size:] in words:
                    seen[word[:size]] += 1
                if word[:-size] in words:
                    seen[word[-size:]] += 1
    short = {word for word in words if len(word) <= _DOUBTFUL_CHARS} - _ADDED - SHORT_PARTS
    return {word for word in short if seen[word] < _MIN_COMPOUNDS}


def main() -> None:
    source, target = map(Path, sys.argv[1:])
    words = parts_of(source.read_text(encoding="utf-8").splitlines())
    target.write_bytes(lzma.compress("\n".join(sorted(words)).encode(), preset=9 | lzma.PRESET_EXTREME))
    print(f"{len(words):,} words, {target.stat().st_size:,} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
