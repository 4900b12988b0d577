"""The questions that search is measured with are answerable, spread, and mostly not in the words of titles and headings.

Reads the documents as the indexer does, and never searches: whoever changes the ranking can't make these tests pass.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from indexer.extraction.model import Extraction
from tests.wording import extraction, shared_words, title_of

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"
FIRST, SECOND = "questions.toml", "questions-2.toml"
SETS = (FIRST, SECOND)
COUNT = 60
LEAST_WITHOUT_TITLE_WORDS = {FIRST: 30, SECOND: 36}
LEAST_DOCUMENTS = {FIRST: 26, SECOND: 32}
ANCHOR_WORDS = range(5, 11)


@dataclass(frozen=True, kw_only=True)
class Question:
    text: str
    document: str
    anchor: str
    shares_title_words: bool


def questions(name: str) -> list[Question]:
    return [Question(**entry) for entry in tomllib.loads((BENCHMARKS / name).read_text(encoding="utf-8"))["question"]]


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


@pytest.mark.parametrize("name", SETS)
def test_there_are_sixty_different_questions_over_many_documents(name: str) -> None:
    asked = questions(name)
    assert len({question.text for question in asked}) == len(asked) == COUNT
    assert len({question.document for question in asked}) >= LEAST_DOCUMENTS[name]


@pytest.mark.parametrize("name", SETS)
def test_half_of_the_questions_or_more_share_no_word_with_title_and_headings(name: str) -> None:
    without = [question for question in questions(name) if not question.shares_title_words]
    assert len(without) >= LEAST_WITHOUT_TITLE_WORDS[name]


def test_the_second_set_asks_for_other_passages_than_the_first() -> None:
    asked = [{(question.document, folded(question.anchor)) for question in questions(name)} for name in SETS]
    texts = [{question.text.lower() for question in questions(name)} for name in SETS]
    assert not asked[0] & asked[1]
    assert not texts[0] & texts[1]


def test_no_two_questions_of_the_second_set_are_answered_on_one_page() -> None:
    answered = {(question.document, place) for question in questions(SECOND) for place in places(question)}
    assert len(answered) == COUNT


@pytest.mark.parametrize("question", [each for name in SETS for each in questions(name)], ids=lambda each: each.text)
def test_the_answer_stands_on_one_page_and_the_flag_is_right(question: Question) -> None:
    assert len(question.anchor.split()) in ANCHOR_WORDS
    found = places(question)
    assert len(found) == 1, "the anchor must stand on exactly one page or section, once"
    headings = headings_over(extraction(question.document), found[0])
    shared = shared_words(question.text, " ".join([title_of(question.document), *headings]))
    assert question.shares_title_words == bool(shared), f"shared words: {sorted(shared)}"
