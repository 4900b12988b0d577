"""What the example archive's documents say, and when two texts use the same words.

For tests of the questions, plans and answers that search is measured with. Reads the documents as the indexer does,
and never searches.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from indexer.extraction.model import Extraction
from indexer.extraction.worker import extract

DOCUMENTS = Path(__file__).resolve().parents[1] / "documents"
WORD_LETTERS = 4
PREFIX_LETTERS = 5
# Words of four letters and more that say nothing about a subject.
STOP_WORDS = {"door", "meer", "niet", "over", "voor", "waar", "waarom", "wanneer", "what", "when", "which", "with"}


@cache
def extraction(document: str) -> Extraction:
    """What the indexer reads in a document; each is read once."""
    return extract(DOCUMENTS / document)


def title_of(document: str) -> str:
    """The title in the record beside the document, or else what the document calls itself."""
    path = DOCUMENTS / document
    record = path.with_name("project.toml")
    if record.exists():
        for deliverable in tomllib.loads(record.read_text(encoding="utf-8"))["deliverable"]:
            if deliverable.get("file") == path.name:
                return str(deliverable["title"])
    return extraction(document).properties.title or ""


def content_words(text: str) -> set[str]:
    """The words that say what a text is about, by lower case.

    >>> sorted(content_words("3.2 Waarom de ploegen tegenstemden"))
    ['ploegen', 'tegenstemden']
    """
    found = re.findall(r"[^\W\d_]+", text.lower())
    return {word for word in found if len(word) >= WORD_LETTERS and word not in STOP_WORDS}


def alike(one: str, other: str) -> bool:
    """Whether two words are the same one, inflected, or part of a compound, as far as letters tell.

    >>> alike("warmtepomp", "warmtepompen"), alike("hulp", "tilhulp"), alike("wachten", "wakker")
    (True, True, False)
    """
    return one in other or other in one or one[:PREFIX_LETTERS] == other[:PREFIX_LETTERS]


def shared_words(text: str, other: str) -> set[str]:
    """The content words of a text that are alike to one of the other's.

    >>> sorted(shared_words("Welke pompen zijn warm?", "Warmtepompen"))
    ['pompen', 'warm']
    """
    taken = content_words(other)
    return {word for word in content_words(text) if any(alike(word, each) for each in taken)}


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    """Every run of so many words, without the marks between them.

    >>> sorted(runs("Eén dag, 12 kW", 3))
    [('dag', '12', 'kw'), ('eén', 'dag', '12')]
    """
    words = re.findall(r"[^\W_]+", text.lower())
    return {tuple(words[start : start + length]) for start in range(len(words) - length + 1)}
