"""Make the tables of `estafette_freedict` from Debian's dict-freedict-nld-eng and dict-freedict-eng-nld.

    python convert.py /usr/share/dictd estafette_freedict

writes `en-nl.tsv.xz` and `nl-en.tsv.xz`: a word or phrase, a tab, its translations joined by `|`; sorted by code point.
Both dictionaries are read in both directions; what both of them say comes first. All is in lower case without accents,
as the search looks words up, and a word's own hyphens are spaces. Left out are pronunciation, remarks between brackets,
long phrases, and what lost its spaces in the source ("forthegreaterpart").
"""

from __future__ import annotations

import gzip
import lzma
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

SOURCES = {"nl-en": "freedict-nld-eng.dict.dz", "en-nl": "freedict-eng-nld.dict.dz"}
OTHER = {"nl-en": "en-nl", "en-nl": "nl-en"}
# A head word with its pronunciation: "goedaardig /xudardəx/".
HEAD = re.compile(r"([^/]+?) +/[^/]*/\s*(?:<[^>]*>)?\s*")
NUMBER = re.compile(r"^\s*\d+\.\s*")
REMARK = re.compile(r"[(\[{<][^)\]}>]*[)\]}>]")
MAX_HEAD_WORDS = 3
MAX_TRANSLATION_WORDS = 2
# Longer English words are several that were run together.
MAX_ENGLISH_LETTERS = 18

Table = dict[str, Counter[str]]


def entries(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each head word with its translations, in the order of the dictionary."""
    head, found = "", list[str]()
    for line in text.splitlines():
        match = HEAD.fullmatch(line)
        if match:
            yield head, found
            head, found = folded(match[1]), []
        else:
            found += [folded(one) for one in re.split("[,;]", REMARK.sub("", NUMBER.sub("", line)))]
    yield head, found


def folded(text: str) -> str:
    """Lower case, no accents, plain hyphens; the ligature ĳ as two letters.

    >>> folded("  Zeer ĳverig; één")
    'zeer ijverig; een'
    """
    plain = unicodedata.normalize("NFKD", re.sub("[\u2010\u2011]", "-", text)).lower()
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).split())


def usable(text: str, language: str, most_words: int) -> bool:
    words = text.split()
    if not 1 <= len(words) <= most_words or not re.fullmatch(r"[a-z0-9](?:[a-z0-9' -]*[a-z0-9])?", text):
        return False
    return language == "nl" or all(len(word) <= MAX_ENGLISH_LETTERS for word in words)


def tables(folder: Path) -> dict[str, Table]:
    """{direction: {word: {translation: in how many ways it is given}}}"""
    made: dict[str, Table] = {direction: defaultdict(Counter) for direction in SOURCES}
    for direction, name in SOURCES.items():
        with gzip.open(folder / name, "rt", encoding="utf-8") as source:
            text = source.read()
        for head, translations in entries(text):
            for translation in translations:
                made[direction][head][translation] += 1
                made[OTHER[direction]][translation][head] += 1
    return made


def lines(direction: str, table: Table) -> list[str]:
    source, target = direction.split("-")
    found = []
    for word, translations in table.items():
        good = [one for one, _ in translations.most_common() if usable(one, target, MAX_TRANSLATION_WORDS)]
        good = [one for one in good if one != word]
        head = word.replace("-", " ").strip()
        if good and usable(head, source, MAX_HEAD_WORDS) and not word.startswith("-") and not word.endswith("-"):
            found.append(f"{head}\t{'|'.join(good)}")
    return sorted({line.partition("\t")[0]: line for line in sorted(found)}.values())


def main() -> None:
    folder, package = map(Path, sys.argv[1:])
    for direction, table in tables(folder).items():
        target = package / f"{direction}.tsv.xz"
        made = lines(direction, table)
        target.write_bytes(lzma.compress("\n".join(made).encode(), preset=9 | lzma.PRESET_EXTREME))
        print(f"{target.name}: {len(made):,} entries, {target.stat().st_size:,} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
