"""Both sets of plans and planted answers are well formed, name what exists, and are written in words of their own.

Never proposes anything: whoever changes the ranking can't make these tests pass.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from archive.paths import locate
from tests.wording import DOCUMENTS, extraction, runs, shared_words, title_of

PRIOR_WORK = Path(__file__).resolve().parents[1] / "benchmarks" / "prior_work"
# What the names of a set's two files end in.
FIRST, SECOND = "", "-2"
SETS = {FIRST: "first", SECOND: "second"}
REGISTERS = {"hbo", "mbo", "wo", "english", "vague", "typos"}
PLANS, ANSWERS = 30, 20
UNRELATED = {FIRST: 10, SECOND: 15}
LEAST_WITHOUT_TITLE_WORDS = 15
LEAST_IN_REGISTER = {"english": 4, "mbo": 4}
LEAST_ANSWERS_TO_EXISTING_QUESTIONS = 8
# A single question, a paragraph, a plan of approach.
LENGTHS = (range(10, 41), range(60, 151), range(250, 401))
REPORT_WORDS = range(300, 701)
LEAST_ANSWER_WORDS = 80
COPIED_RUN = 8
ECHOED_RUN = 4
CLOSED = {"answered", "dropped"}


def each_numbered(counts: dict[str, int]) -> pytest.MarkDecorator:
    """Ask for every entry of both sets, by its set and its number there."""
    found = [(which, number) for which, count in counts.items() for number in range(count)]
    return pytest.mark.parametrize(
        ("which", "number"), found, ids=[f"{SETS[which]}-{number}" for which, number in found]
    )


each_set = pytest.mark.parametrize("which", SETS, ids=SETS.get)
each_plan = each_numbered(dict.fromkeys(SETS, PLANS))
each_text = each_numbered({which: PLANS + UNRELATED[which] for which in SETS})
each_answer = each_numbered(dict.fromkeys(SETS, ANSWERS))


@dataclass(frozen=True, kw_only=True)
class Plan:
    text: str
    register: str
    continues: tuple[str, ...] = ()
    shares_title_words: bool = False


@dataclass(frozen=True, kw_only=True)
class Answer:
    community: str
    report: str
    answers_heading: str
    question: str | None = None
    text: str | None = None


def read(name: str, table: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = tomllib.loads((PRIOR_WORK / name).read_text(encoding="utf-8"))[table]
    return entries


def plans(which: str) -> list[Plan]:
    entries = read(f"plans{which}.toml", "plan")
    return [Plan(**{**entry, "continues": tuple(entry["continues"])}) for entry in entries]


def unrelated(which: str) -> list[Plan]:
    return [Plan(**entry) for entry in read(f"plans{which}.toml", "unrelated")]


def answers(which: str) -> list[Answer]:
    return [Answer(**entry) for entry in read(f"answers{which}.toml", "answer")]


def written(which: str) -> list[str]:
    """Everything that was written for a set: plans, reports and made-up questions."""
    texts = [plan.text for plan in [*plans(which), *unrelated(which)]]
    return texts + [answer.report for answer in answers(which)] + [answer.text or "" for answer in answers(which)]


@cache
def documents() -> list[str]:
    """Every deliverable in a community, by its address."""
    found = (path.relative_to(DOCUMENTS).as_posix() for path in sorted(DOCUMENTS.glob("*/**/*")) if path.is_file())
    return [document for document in found if not document.endswith(".toml")]


@cache
def projects() -> dict[str, str]:
    """The title of every project; of a file that is a project of its own, what the file calls itself."""
    titles = {locate(document).project or "": title_of(document) for document in documents()}
    for record in DOCUMENTS.glob("*/*/*/project.toml"):
        id = record.parent.relative_to(DOCUMENTS).as_posix()
        titles[id] = tomllib.loads(record.read_text(encoding="utf-8"))["title"]
    return titles


@cache
def questions() -> dict[str, dict[str, Any]]:
    """What stands on the agendas, by community and id."""
    return {
        f"{path.parent.name} {question['id']}": question
        for path in DOCUMENTS.glob("*/agenda.toml")
        for question in tomllib.loads(path.read_text(encoding="utf-8"))["question"]
    }


@cache
def archived_runs() -> set[tuple[str, ...]]:
    """Every run of words that stands in a document or a record."""
    texts = ["\n".join(f"{part.heading or ''}\n{part.text}" for part in extraction(id).parts) for id in documents()]
    texts += [path.read_text(encoding="utf-8") for path in DOCUMENTS.rglob("*.toml")]
    return set().union(*(runs(text, COPIED_RUN) for text in texts))


def sections(markdown: str) -> dict[str, str]:
    """The text under each heading, up to the next one.

    >>> sections("# Een\\n## Twee\\nkort\\n")
    {'Een': '', 'Twee': 'kort'}
    """
    found: dict[str, list[str]] = {}
    for line in markdown.splitlines():
        if line.startswith("#"):
            current = found.setdefault(line.lstrip("#").strip(), [])
        elif found:
            current.append(line)
    return {heading: "\n".join(lines).strip() for heading, lines in found.items()}


def question_of(answer: Answer) -> str:
    if answer.text is not None:
        return answer.text
    return str(questions()[f"{answer.community} {answer.question}"]["text"])


@each_set
def test_there_are_thirty_different_plans_and_some_on_other_subjects(which: str) -> None:
    assert len(plans(which)) == PLANS
    assert len(unrelated(which)) == UNRELATED[which]
    assert len({plan.text for plan in [*plans(which), *unrelated(which)]}) == PLANS + UNRELATED[which]


@each_set
def test_the_plans_continue_every_project_of_every_community(which: str) -> None:
    assert {id for plan in plans(which) for id in plan.continues} == projects().keys()


@each_set
def test_the_plans_are_written_by_all_sorts_of_newcomers(which: str) -> None:
    counted = Counter(plan.register for plan in plans(which))
    assert counted.keys() == REGISTERS
    assert all(counted[register] >= least for register, least in LEAST_IN_REGISTER.items())
    assert {plan.register for plan in unrelated(which)} <= REGISTERS


@each_text
def test_a_plan_is_a_question_a_paragraph_or_a_plan_of_approach_in_words_of_its_own(which: str, number: int) -> None:
    plan = [*plans(which), *unrelated(which)][number]
    assert any(len(plan.text.split()) in length for length in LENGTHS)
    assert not runs(plan.text, COPIED_RUN) & archived_runs()


@each_set
def test_there_are_plans_of_every_length_on_the_archives_subjects_and_on_others(which: str) -> None:
    for texts in (plans(which), unrelated(which)):
        assert all(any(len(plan.text.split()) in length for plan in texts) for length in LENGTHS)


def test_the_second_set_has_as_many_unrelated_plans_of_every_length() -> None:
    counted = [sum(len(plan.text.split()) in length for plan in unrelated(SECOND)) for length in LENGTHS]
    assert counted == [UNRELATED[SECOND] // len(LENGTHS)] * len(LENGTHS)


def test_the_second_set_repeats_nothing_of_the_first() -> None:
    before = set().union(*(runs(text, COPIED_RUN) for text in written(FIRST)))
    assert not [text for text in written(SECOND) if runs(text, COPIED_RUN) & before]


@each_plan
def test_a_plan_tells_rightly_whether_it_shares_a_word_with_its_predecessors_titles(which: str, number: int) -> None:
    plan = plans(which)[number]
    titles = " ".join(projects()[id] for id in plan.continues)
    shared = shared_words(plan.text, titles)
    assert plan.shares_title_words == bool(shared), f"shared words: {sorted(shared)}"


@each_set
def test_half_of_the_plans_share_no_word_with_their_predecessors_titles(which: str) -> None:
    assert sum(not plan.shares_title_words for plan in plans(which)) >= LEAST_WITHOUT_TITLE_WORDS


@each_set
def test_there_are_twenty_answers_many_of_them_to_questions_that_stand_open(which: str) -> None:
    asked = [question_of(answer) for answer in answers(which)]
    assert len(set(asked)) == len(asked) == ANSWERS
    assert sum(answer.question is not None for answer in answers(which)) >= LEAST_ANSWERS_TO_EXISTING_QUESTIONS


@each_answer
def test_an_answer_is_to_a_question_on_its_communitys_agenda_that_is_still_unanswered(which: str, number: int) -> None:
    answer = answers(which)[number]
    assert (answer.question is None) != (answer.text is None)
    assert (DOCUMENTS / answer.community / "agenda.toml").is_file()
    if answer.question is None:
        assert answer.text not in {question["text"] for question in questions().values()}
    else:
        assert questions()[f"{answer.community} {answer.question}"]["event"][-1]["state"] not in CLOSED


@each_answer
def test_an_answer_stands_under_one_heading_of_a_report_that_tells_other_things_too(which: str, number: int) -> None:
    answer = answers(which)[number]
    found = sections(answer.report)
    headings = [line for line in answer.report.splitlines() if line.startswith("#")]
    assert len(found) == len(headings), "a heading stands twice"
    assert len(answer.report.split()) in REPORT_WORDS
    assert len(found[answer.answers_heading].split()) >= LEAST_ANSWER_WORDS
    assert sum(bool(text) for text in found.values()) > 2


@each_answer
def test_a_report_neither_repeats_the_question_nor_quotes_the_archive(which: str, number: int) -> None:
    answer = answers(which)[number]
    assert not runs(answer.report, COPIED_RUN) & archived_runs()
    assert not runs(answer.report, ECHOED_RUN) & runs(question_of(answer), ECHOED_RUN)
