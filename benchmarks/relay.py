"""Does the relay find itself? Links between projects, prior work for newcomers' plans, answers to open questions.

    python -m benchmarks relay [--set=-2] [--misses]

Over a copy of the example archive, everything visible. Links: with every `continues` taken out of the records, are the
true predecessors proposed, and how many others; ten unrelated projects must get none. Plans and planted answers are of
`prior_work/`, by somebody who does not write the ranking: its README tells what counts.
"""

from __future__ import annotations

import argparse
import re
import shutil
import statistics
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from archive.model import Question
from archive.settings import load
from benchmarks.machine import ROOT, estafette, machine_line
from indexer.commands import Opened, access_as, opened
from indexer.relay.answering import MayAnswer, questions_for, reports_for
from indexer.relay.prior_work import prior_work
from indexer.relay.proposals import Predecessors, Proposal

FIRST = 3  # so many proposals are looked at
SET = Path(__file__).with_name("prior_work")
EVERYTHING = access_as(None)


def main(arguments: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--documents", type=Path, default=ROOT / "documents")
    parser.add_argument(
        "--set", choices=["", "-2"], default="", help="which plans and answers; the second are only measured"
    )
    parser.add_argument("--misses", action="store_true", help="tell which were missed, never more than their names")
    args = parser.parse_args(arguments)
    print(machine_line())
    for measure in (measure_links, measure_plans, measure_answers):
        with tempfile.TemporaryDirectory() as folder:
            documents = Path(folder) / "documents"
            shutil.copytree(args.documents, documents)
            measure(documents, Path(folder) / "var", which=args.set, misses=args.misses)


def measure_links(documents: Path, var: Path, *, which: str, misses: bool) -> None:
    """Suggested predecessors, where no record names one."""
    truth: dict[str, list[str]] = {}
    for record in documents.glob("*/*/*/project.toml"):
        text = record.read_text(encoding="utf-8")
        truth[record.parent.relative_to(documents).as_posix()] = tomllib.loads(text).get("continues", [])
        record.write_text(re.sub(r"^continues = \[.*?\]\n", "", text, flags=re.MULTILINE | re.DOTALL), encoding="utf-8")
    unrelated = [
        _put_report(documents, f"vitaliteit/2023/los-{n}", plan["text"])
        for n, plan in _entries("unrelated", f"plans{which}.toml")
    ]
    with _indexed(documents, var) as parts:
        projects = {project.id: project for project in parts.catalog.projects(access=EVERYTHING)}
        proposed = Predecessors(catalog=parts.catalog, access=EVERYTHING, projects=projects)
        found = {id: proposed.of(id) for id in projects}
    pairs = [(id, true) for id, trues in truth.items() for true in trues]
    ranked = [true in [one.project.id for one in found[id][:FIRST]] for id, true in pairs]
    shown = [(id, one.project.id) for id, own in found.items() for one in own if one.is_shown]
    false = [pair for pair in shown if pair not in pairs]
    print(f"links: true predecessor among the first {FIRST}: {_share(ranked)}; shown {len(shown)}, false {len(false)}")
    print(f"links: true predecessors shown: {_share([pair in shown for pair in pairs])}")
    print(
        f"links: unrelated projects with a proposal: {sum(any(map(_is_shown, found[id])) for id in unrelated)} of {len(unrelated)}"
    )
    if misses:
        print("    not ranked:", [pair for pair, is_there in zip(pairs, ranked, strict=True) if not is_there])
        print("    false:", false)


def measure_plans(documents: Path, var: Path, *, which: str, misses: bool) -> None:
    """The projects that a newcomer's plan would continue."""
    ranks: list[int] = []
    taken: list[float] = []
    apart: list[bool] = []
    likely: list[bool] = []  # whether anything came near enough to be called a predecessor
    plans = [plan for _, plan in _entries("plan", f"plans{which}.toml")]
    with _indexed(documents, var) as parts:

        def proposed(text: str) -> list[str]:
            began = time.perf_counter()
            found = prior_work([text], parts.finder, access=EVERYTHING)
            taken.append((time.perf_counter() - began) * 1000)
            likely.append(bool(found.projects))
            return [one.project.id for one in (*found.projects, *found.near)]

        for plan in plans:
            ids = proposed(plan["text"])
            ranks.append(min((ids.index(id) + 1 for id in plan["continues"] if id in ids), default=0))
            apart.append(not plan["shares_title_words"])
        called = sum(likely)
        likely.clear()
        for _, plan in _entries("unrelated", f"plans{which}.toml"):
            proposed(plan["text"])
    right = [0 < rank <= FIRST for rank in ranks]
    print(f"plans: a continued project among the first {FIRST}: {_share(right)}")
    print(f"plans: of those without a word of its title: {_share([r for r, a in zip(right, apart, strict=True) if a])}")
    print(f"plans: first {ranks.count(1)}; with a project called a predecessor {called}; unrelated plans with one:"
          f" {sum(likely)} of {len(likely)}; {statistics.median(taken):.0f} ms, at most {max(taken):.0f} ms")  # fmt: skip
    if misses:
        missed = [plan for plan, is_right in zip(plans, right, strict=True) if not is_right]
        print("    missed:", [(plan["register"], len(plan["text"].split()), plan["continues"]) for plan in missed])


def measure_answers(documents: Path, var: Path, *, which: str, misses: bool) -> None:
    """The questions that a report may answer, each report arriving alone; and the reports that a question gets."""
    answers = [answer for _, answer in _entries("answer", f"answers{which}.toml")]
    ids: list[str] = []
    for number, answer in enumerate(answers):
        ids.append(answer.get("question") or f"planted-{number}")
        if "text" in answer:
            with (documents / answer["community"] / "agenda.toml").open("a", encoding="utf-8") as agenda:
                agenda.write(f'\n[[question]]\nid = "{ids[-1]}"\ntext = """{answer["text"].strip()}"""\n')
    by_report: list[bool] = []
    by_question: list[bool] = []
    passages: list[bool] = []
    likely: list[bool] = []
    shown = 0
    for number, (answer, id) in enumerate(zip(answers, ids, strict=True)):
        project = _put_report(documents, f"{answer['community']}/2023/nieuw-{number}", answer["report"])
        with _indexed(documents, var) as parts:
            agendas = _agendas(parts)
            report = parts.catalog.deliverables_of(project, access=EVERYTHING)[0]
            found = questions_for(report, None, agendas, parts.finder, access=EVERYTHING)
            mine_of = {each.id: (each, community) for community, own in agendas.items() for each in own}
            back = reports_for(*mine_of[id], parts.finder, access=EVERYTHING)
        mine = [one for one in found if one.question.id == id]
        likely += [one.question.id == id for one in found if one.is_likely]
        by_report.append(bool(mine))
        passages += [_stands_under(one, answer["answers_heading"]) for one in mine]
        by_question.append(report.id in [one.deliverable.id for one in back])
        shown += len(found)
        shutil.rmtree(documents / project)
    print(
        f"answers: the question among the {FIRST} proposed for its report: {_share(by_report)}; proposed {shown} in all"
    )
    print(f"answers: of those called likely, right: {_share(likely)}")
    print(f"answers: the passage under the right heading: {_share(passages)}")
    print(f"answers: the report among the {FIRST} proposed for its question: {_share(by_question)}")
    if misses:
        print("    missed:", [id for id, is_there in zip(ids, by_report, strict=True) if not is_there])


def _agendas(parts: Opened) -> dict[str, tuple[Question, ...]]:
    communities = parts.catalog.communities(access=EVERYTHING)
    found = [parts.catalog.community(each.id, access=EVERYTHING) for each in communities]
    return {each.id: each.agenda.questions for each in found if each}


def _stands_under(answer: MayAnswer, heading: str) -> bool:
    return " ".join(heading.lower().split()) in " ".join((answer.page.heading or "").lower().split())


def _is_shown(proposal: Proposal) -> bool:
    return proposal.is_shown


def _put_report(documents: Path, project: str, text: str) -> str:
    folder = documents / project
    folder.mkdir(parents=True)
    (folder / "rapport.md").write_text(text, encoding="utf-8")
    return project


@contextmanager
def _indexed(documents: Path, var: Path) -> Iterator[Opened]:
    estafette("index", documents=documents, var=var)
    settings = load(documents.parent, environment={}, options={"documents": str(documents), "var": str(var)})
    with opened(settings) as parts:
        yield parts


def _entries(table: str, file: str) -> list[tuple[int, dict[str, Any]]]:
    return list(enumerate(tomllib.loads((SET / file).read_text(encoding="utf-8"))[table]))


def _share(right: Sequence[bool]) -> str:
    return f"{sum(right)} of {len(right)} ({sum(right) / max(len(right), 1):.0%})"


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
