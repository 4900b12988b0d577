"""The questions that search is measured with are answerable, spread, and mostly not in the words of titles and headings.

Reads the documents as the indexer does, and never searches: whoever changes the ranking can't make these tests pass.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from indexer.extraction.model import Extraction
from indexer.extraction.worker import extract

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = ROOT / "documents"
QUESTIONS = ROOT / "benchmarks" / "questions.toml"
COUNT = 60
LEAST_WITHOUT_TITLE_WORDS = 30
LEAST_DOCUMENTS = 26
ANCHOR_WORDS = range(5, 11)
WORD_LETTERS = 4
PREFIX_LETTERS = 5
# Words of four letters and more that say nothing about a subject.
STOP_WORDS = {"door", "meer", "niet", "over", "voor", "waar", "waarom", "wanneer", "what", "when", "which", "with"}


@dataclass(frozen=True, kw_only=True)
class Question:
    text: str
    document: str
    anchor: str
    shares_title_words: bool


def questions() -> list[Question]:
    return [Question(**entry) for entry in tomllib.loads(QUESTIONS.read_text(encoding="utf-8"))["question"]]


@cache
def extraction(document: str) -> Extraction:
    """What the indexer reads in a document; each is read once."""
    return extract(DOCUMENTS / document)


def folded(text: str) -> str:
    """Text with every run of white space made one space.

    >>> folded("geen\\n namen\\tbij")
    'geen namen bij'
    """
    return " ".join(text.split())


def places(question: Question) -> list[int]:
    """The numbers of the pages or sections in which the anchor stands, as whole words."""
    anchor = re.compile(rf"(?<!\w){re.escape(folded(question.anchor))}(?!\w)")
    return [part.number for part in extraction(question.document).parts for _ in anchor.findall(folded(part.text))]


def title_of(document: str) -> str:
    """The title in the record beside the document, or else what the document calls itself."""
    path = DOCUMENTS / document
    record = path.with_name("project.toml")
    if record.exists():
        for deliverable in tomllib.loads(record.read_text(encoding="utf-8"))["deliverable"]:
            if deliverable.get("file") == path.name:
                return str(deliverable["title"])
    return extraction(document).properties.title or ""


def headings_over(read: Extraction, number: int) -> list[str]:
    """The headings that a reader of this page or section is under, from chapter to paragraph.

    Of a page these are all that stand on it and those still open at its top: which one is over the anchor isn't told.
    """
    if read.unit == "page":
        entries = [(heading.part, heading.level, heading.title) for heading in read.outline]
    else:
        entries = [(part.number, part.level or 1, part.heading) for part in read.parts if part.heading]
    chain: list[tuple[int, str]] = []
    here: list[str] = []
    for place, level, heading in entries:
        if read.unit == "page" and place == number:
            here.append(heading)
        elif place <= number:
            chain = [(above, title) for above, title in chain if above < level] + [(level, heading)]
    return [heading for _, heading in chain] + here


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


def shared_words(question: Question) -> set[str]:
    """The question's content words that the title, or a heading over the answer, has too."""
    (number,) = places(question)
    headings = headings_over(extraction(question.document), number)
    taken = content_words(" ".join([title_of(question.document), *headings]))
    return {word for word in content_words(question.text) if any(alike(word, other) for other in taken)}


def test_there_are_sixty_different_questions_over_many_documents() -> None:
    asked = questions()
    assert len({question.text for question in asked}) == len(asked) == COUNT
    assert len({question.document for question in asked}) >= LEAST_DOCUMENTS


def test_half_of_the_questions_share_no_word_with_title_and_headings() -> None:
    without = [question for question in questions() if not question.shares_title_words]
    assert len(without) >= LEAST_WITHOUT_TITLE_WORDS


@pytest.mark.parametrize("question", questions(), ids=lambda question: question.text)
def test_the_answer_stands_on_one_page_and_the_flag_is_right(question: Question) -> None:
    assert len(question.anchor.split()) in ANCHOR_WORDS
    assert len(places(question)) == 1, "the anchor must stand on exactly one page or section, once"
    shared = shared_words(question)
    assert question.shares_title_words == bool(shared), f"shared words: {sorted(shared)}"
