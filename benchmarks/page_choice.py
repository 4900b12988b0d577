"""Is the right page of a report shown? Judged help pages bound into reports of 15 pages that are about alike things.

    python benchmarks/retrieval/build.py --out eval-data
    python benchmarks/page_choice.py --data eval-data

The judged queries of `retrieval/` name the one page that answers. Bound together with the pages most like it (by the
words they share), it must be chosen from a report; so choosing pages is measured on more than a thousand queries that say
nothing of the example archive. Development sets only.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

_ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(_ROOT / "benchmarks" / "retrieval"), str(_ROOT / "benchmarks"), str(_ROOT / "freedict"), str(_ROOT)]

import numpy as np  # noqa: E402
import retrieval_in_process as single  # noqa: E402
import run as harness  # noqa: E402

from archive.access import reader  # noqa: E402
from indexer.search.engine import IndexDocument, Request  # noqa: E402
from indexer.search.query import parse  # noqa: E402
from indexer.search.stop_words import STOP_WORDS  # noqa: E402
from indexer.search.whoosh_engine import WhooshIndex  # noqa: E402
from indexer.search.words import forms, normal  # noqa: E402

PAGES = 15
RESULTS = 3  # so many are looked at
SETS = ("lo-kw", "lo-en2nl", "lo-title")


def reports(pages: Sequence[IndexDocument]) -> Iterator[list[IndexDocument]]:
    """The pages, those most alike together, in an order of chance; the same each time."""
    words = [Counter(normal(form) for part in page.parts for form in forms(part)) for page in pages]
    having = Counter(word for counts in words for word in counts)
    number_of = {word: number for number, word in enumerate(sorted(having.keys() - STOP_WORDS))}
    weights = np.zeros((len(pages), len(number_of)), np.float32)
    for row, counts in enumerate(words):
        for word, count in counts.items():
            if word in number_of:
                weights[row, number_of[word]] = (1 + np.log(count)) * np.log(len(pages) / having[word])
    weights /= np.linalg.norm(weights, axis=1, keepdims=True) + 1e-9
    rng = random.Random(0)
    left = list(range(len(pages)))
    while left:
        likeness = weights[left] @ weights[rng.choice(left)]
        chosen = [left[at] for at in np.argsort(-likeness, kind="stable")[:PAGES].tolist()]
        left = [number for number in left if number not in chosen]
        rng.shuffle(chosen)
        yield [pages[number] for number in chosen]


def bound(number: int, pages: Sequence[IndexDocument]) -> IndexDocument:
    return IndexDocument(
        key=str(number),
        id=str(number),
        title=f"Rapport {number}",
        parts=["\n".join(filter(None, (page.title, *page.parts))) for page in pages],
        audience=single.EVERYONE,
    )


def measure(data: Path, archive: str, sets: Sequence[str]) -> Iterator[str]:
    """A line for each set."""
    made = list(reports(list(single.documents(data / archive / "documents"))))
    where = {page.id: (str(number), at) for number, pages in enumerate(made) for at, page in enumerate(pages, start=1)}
    access = reader("public", today=date(2026, 1, 1))
    with tempfile.TemporaryDirectory() as folder:
        index = WhooshIndex.open(Path(folder) / "index")
        assert not [item for item in index.rebuild(bound(*each) for each in enumerate(made)) if item.error]
        for name in sets:
            queries = harness.load_queries(data / archive, "dev", [name])
            first = shown = found = 0
            for query in queries:
                right = {where[id] for id in query["rel"]}
                hits = index.search(Request(query=parse(query["text"]), facets=False), access=access).hits
                on = [at for at, hit in enumerate(hits) if any((hit.id, place.part) in right for place in hit.places)]
                first += bool(on) and on[0] < RESULTS
                shown += bool(on)
                found += any(hit.id == id for hit in hits for id, _ in right)
            yield (
                f"{name:9} {len(queries)} queries: right page among the first {RESULTS} results {first / len(queries):.3f};"
                f" shown where its report is found {shown / max(found, 1):.3f}"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("eval-data"))
    args = parser.parse_args()
    for archive, sets in harness.archives_of(",".join(SETS)).items():
        print("\n".join(measure(args.data, archive, sets)))


if __name__ == "__main__":
    main()
