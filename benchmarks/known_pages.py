"""Is the right page among the first results? 60 questions over the example archive, by people who don't know search.

    python -m benchmarks known_pages [--set=-2] [--misses]

A question is answered when one of the first three results is the document that answers, and shows the page or section
with the answer. Everything is visible. The questions of
`questions.toml` were fixed before ranking was tuned; those of `questions-2.toml` are never looked at while tuning.
"""

from __future__ import annotations

import argparse
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.access import Access
from archive.catalog.catalog import Catalog
from archive.settings import load
from benchmarks.machine import ROOT, estafette
from indexer.commands import access_as, opened
from indexer.search.finder import Finder, Wanted

RESULTS = 3  # so many are looked at
FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question, the document that answers it, and words of the one page that does."""

    text: str
    document: str
    anchor: str
    shares_title_words: bool


def main(arguments: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--documents", type=Path, default=ROOT / "documents")
    parser.add_argument("--set", choices=["", "-2"], default="", help="which questions; the second are only measured")
    parser.add_argument("--misses", action="store_true", help="tell what came in the place of each right page")
    args = parser.parse_args(arguments)
    written = (FOLDER / f"questions{args.set}.toml").read_text(encoding="utf-8")
    questions = [Question(**entry) for entry in tomllib.loads(written)["question"]]
    with tempfile.TemporaryDirectory() as folder:
        estafette("index", documents=args.documents, var=Path(folder))
        with opened(load(ROOT, environment={}, options={"documents": args.documents, "var": Path(folder)})) as parts:
            found = [faults(parts.finder, parts.catalog, question, access_as(None)) for question in questions]
    right = [not fault for fault in found]
    apart = [fine for fine, question in zip(right, questions, strict=True) if not question.shares_title_words]
    print(f"right page among the first {RESULTS} results: {_share(right)}")
    print(f"of those without a word of title or heading: {_share(apart)}")
    for kind in sorted(set(filter(None, found))):
        missed = [question for question, fault in zip(questions, found, strict=True) if fault == kind]
        print(f"{kind}: {len(missed)}")
        for question in missed if args.misses else ():
            print(f"    {question.text}  [{question.document}]")


def faults(finder: Finder, catalog: Catalog, question: Question, access: Access) -> str:
    """What is wrong with the answer to a question; empty when nothing is."""
    answer = finder.find(Wanted(text=question.text), access=access)
    place = next((at for at, hit in enumerate(answer.hits) if hit.deliverable.id == question.document), None)
    if place is None:
        return "document not among the first ten"
    number = right_page(catalog, question, access)
    if number not in [page.number for page in answer.hits[place].pages]:
        return "document found, another page shown"
    return "" if place < RESULTS else "right page, but further down"


def right_page(catalog: Catalog, question: Question, access: Access) -> int:
    """The number of the page or section that holds the anchor."""
    anchor = " ".join(question.anchor.split())
    numbers = [(question.document, number) for number in range(1, MOST_PARTS)]
    parts = catalog.parts(numbers, access=access)
    return next(number for (_, number), part in parts.items() if anchor in " ".join(part.text.split()))


MOST_PARTS = 400  # of a document of the example archive


def _share(right: Sequence[bool]) -> str:
    return f"{sum(right)} of {len(right)} ({sum(right) / len(right):.0%})"


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
