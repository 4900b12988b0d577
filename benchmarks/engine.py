"""How fast the search engine is, without server: 5,000 deliverables of 12 pages, queries never asked before.

    python benchmarks/retrieval/build.py --out eval-data
    python benchmarks/engine.py --data eval-data --work FOLDER [--deliverables 5000] [--json FILE]
    python benchmarks/engine.py --data eval-data --work FOLDER --growth        500, 1,000, 2,000 and 5,000 of them

The deliverables are made of the help pages' sentences (each from some pages, as a report has a subject) with compounds
put in that stand nowhere else, so that the vocabulary grows as it does in real archives. The index is kept in FOLDER
and asked by a process of its own, whose memory is the answer's. Times are processor time of the one thread that
searches, with facets and the places of ten hits; the bars are those of the whole answer over HTTP, the engine's own share
is about half.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(_ROOT / "freedict"), str(_ROOT)]

from archive.access import reader  # noqa: E402
from archive.model import Audience  # noqa: E402
from indexer.search.compounds import Compounds  # noqa: E402
from indexer.search.engine import IndexDocument, Request  # noqa: E402
from indexer.search.query import parse  # noqa: E402
from indexer.search.stop_words import STOP_WORDS  # noqa: E402
from indexer.search.whoosh_engine import WhooshIndex  # noqa: E402

EVERYONE: Audience = frozenset({("public", None), ("coordinator", None)})
CAMPUS: Audience = frozenset({("campus", None), ("coordinator", None)})
PAGES = 12
PAGE_CHARS = 2_900  # 174 MB in 60,000 pages, as in FINDINGS
COMMUNITIES = (
    "digitalisering",
    "vitaliteit",
    "duurzame-inzetbaarheid",
    "goed-werkgeverschap",
    "energietransitie",
    "bim5",
)
KINDS = ("term", "three terms", "phrase", "prefix", "typo", "filter", "common")
COMMON = ("bestand", "functie", "tekst", "gebruik", "document", "venster", "waarde")  # in most deliverables
QUERIES_EACH = 100
SIZES = (500, 1000, 2000, 5000)  # deliverables


class Material:
    """Sentences of the help pages by page, and parts for compounds."""

    def __init__(self, data: Path) -> None:
        self.pages: list[list[str]] = []
        for path in sorted((data / "titled" / "documents").rglob("s*.*")):
            text = re.sub(r"<[^>]+>", " ", path.read_text(encoding="utf-8"))
            sentences = [one.strip() for one in re.split(r"(?<=[.!?])\s+|\n+", text) if len(one.strip()) > 20]
            if sentences:
                self.pages.append(sentences)
        known = sorted(Compounds.shipped()._known)
        self.parts = [word for word in known if 4 <= len(word) <= 9 and word.isalpha() and word.isascii()]

    def document(self, number: int) -> IndexDocument:
        """The same number gives the same deliverable."""
        rng = random.Random(number)
        sources = [rng.choice(self.pages) for _ in range(25)]
        own = ["".join(rng.sample(self.parts, 2)) for _ in range(30)]
        parts = []
        for _ in range(PAGES):
            sentences: list[str] = []
            size = 0
            while size < PAGE_CHARS:
                sentence = rng.choice(rng.choice(sources))
                if rng.random() < 0.2:
                    sentence = f"{sentence} De {rng.choice(own)} {rng.choice(own)}."
                sentences.append(sentence)
                size += len(sentence.encode()) + 1
            parts.append(" ".join(sentences))
        year = 2014 + number % 10
        community = COMMUNITIES[number % len(COMMUNITIES)]
        audience = CAMPUS if number % 3 == 0 else EVERYONE
        id = f"{community}/{year}/p{number // 4}/rapport-{number}.pdf"
        return IndexDocument(
            key=id,
            id=id,
            title=rng.choice(rng.choice(sources))[:60],
            parts=parts,
            record_text="",
            audience=audience,
            values={
                "community": [(community, audience)],
                "year": [(str(year), audience)],
                "kind": [(rng.choice(("report", "advice", "presentation", "poster")), audience)],
                "theme": [(f"thema-{rng.randrange(40)}", audience)],
                "company": [(f"bedrijf-{rng.randrange(200)}", audience)],
                "language": [("nl", audience)],
            },
            date=f"{year + 1}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}",
        )


def queries(material: Material, documents: int, seed: int) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(kind, query, filters), in turn, no query twice."""
    rng = random.Random(f"queries {seed}")
    seen: set[str] = set()
    made = 0
    while made < QUERIES_EACH * len(KINDS):
        kind = KINDS[made % len(KINDS)]
        words = re.findall(r"[a-zA-Z]{3,}", material.document(rng.randrange(documents)).parts[rng.randrange(PAGES)])
        content = [word for word in words if len(word) > 4 and word.lower() not in STOP_WORDS]
        text, filters = rng.choice(content), {}
        if kind == "three terms":
            text = " ".join(rng.sample(content, 3))
        elif kind == "phrase":
            at = rng.randrange(len(words) - 3)
            text = '"' + " ".join(words[at : at + 3]) + '"'
        elif kind == "prefix":
            text = text[: rng.choice((4, 5))] + "*"
        elif kind == "typo":
            at = rng.randrange(1, len(text) - 1)
            text = text[:at] + text[at + 1] + text[at] + text[at + 2 :] + " " + rng.choice(content)
        elif kind == "filter":
            filters = {"community": frozenset({rng.choice(COMMUNITIES)})}
        elif kind == "common":
            text = " ".join([*rng.sample(COMMON, 2), text])
        if text in seen:
            continue
        seen.add(text)
        made += 1
        yield kind, text, filters


def build(material: Material, folder: Path, documents: int) -> dict[str, float]:
    """Index all deliverables; text is made beforehand, batch by batch, and not counted."""
    index = WhooshIndex.open(folder)
    spent = {"made": 0.0, "bytes": 0.0}

    def batch() -> Iterator[IndexDocument]:
        for number in range(documents):
            start = time.process_time()
            document = material.document(number)
            spent["made"] += time.process_time() - start
            spent["bytes"] += sum(len(part.encode()) for part in document.parts)
            yield document

    start = time.process_time()
    assert not [item for item in index.rebuild(batch()) if item.error]
    seconds = time.process_time() - start - spent["made"]
    size = index.health().bytes
    return {
        "text_mb": spent["bytes"] / 1e6,
        "index_seconds": seconds,
        "mb_a_second": spent["bytes"] / 1e6 / seconds,
        "index_by_text": size / spent["bytes"],
        "index_peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def ask(data: Path, folder: Path, documents: int, seed: int) -> dict[str, Any]:
    """Open the index and ask it; to be run in a process of its own."""
    before = resident_mb()
    start = time.thread_time()
    index = WhooshIndex.open(folder)
    access = reader("student", today=date(2026, 1, 1))

    def search(text: str, filters: dict[str, Any]) -> None:
        index.search(Request(query=parse(text), filters=filters), access=access)

    search("gebruik van documenten", {})
    first_ms = (time.thread_time() - start) * 1000
    material = Material(data)
    asked = list(queries(material, documents, seed))
    del material
    times: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for kind, text, filters in asked:
        times[kind].append(timed(lambda: search(text, filters)))  # noqa: B023
    again = [timed(lambda: search(text, filters)) for _, text, filters in asked]  # noqa: B023
    typed = [text[:length] for _, text, _ in asked[:200] for length in (3, 5, 7)]
    suggesting = [timed(lambda: index.suggest(text, access=access)) for text in typed]  # noqa: B023
    new = Material(data).document(documents + 1)
    list(index.apply([new]))
    after_commit = timed(lambda: search("gebruik van documenten", {}))
    similar = [timed(lambda: index.similar(id, access=access)) for id in sorted(index.keys())[:50]]  # noqa: B023
    list(index.apply([], [new.key]))
    everything = [value for values in times.values() for value in values]
    return {
        "first_answer_ms": first_ms,
        "memory_mb": {"before": before, "after": resident_mb()},
        "all": spread(everything),
        **{kind: spread(values) for kind, values in times.items()},
        "asked again": spread(again),
        "suggest": spread(suggesting),
        "similar": spread(similar),
        "after_commit_ms": after_commit,
    }


def timed(call: Callable[[], object]) -> float:
    """Milliseconds of processor time."""
    start = time.thread_time()
    call()
    return (time.thread_time() - start) * 1000


def spread(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {name: round(ordered[min(int(len(ordered) * q), len(ordered) - 1)], 2) for name, q in QUANTILES}


QUANTILES = (("p50", 0.5), ("p95", 0.95), ("max", 1.0))


def resident_mb() -> float:
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("eval-data"))
    parser.add_argument("--work", type=Path, default=Path("var/benchmark"))
    parser.add_argument("--deliverables", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1, help="other queries")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--growth", action="store_true", help="ask archives of several sizes")
    parser.add_argument("--small", action="store_true", help="of the sizes only the smallest")
    parser.add_argument("--ask", action="store_true", help="only ask the index that is there")
    args = parser.parse_args()
    if args.ask:
        print(json.dumps(ask(args.data, args.work / f"index-{args.deliverables}", args.deliverables, args.seed)))
        return
    sizes = (args.deliverables,) if not args.growth else SIZES[:1] if args.small else SIZES
    figures = {size: measured(args, size) for size in sizes}
    for size, values in figures.items():
        print(f"{size} deliverables")
        for name, value in values.items():
            shown = "  ".join(f"{k} {v:.2f}" for k, v in value.items()) if isinstance(value, dict) else f"{value:.2f}"
            print(f"  {name:16} {shown}")
    if args.growth:
        print("\n".join(curve({size: values["all"] for size, values in figures.items()})))
    if args.json:
        args.json.write_text(json.dumps(figures, indent=1))


def measured(args: argparse.Namespace, size: int) -> dict[str, Any]:
    """Everything about an index of this size, which is built where there is none."""
    folder = args.work / f"index-{size}"
    figures: dict[str, Any] = {}
    if not folder.exists():
        args.work.mkdir(parents=True, exist_ok=True)
        figures |= build(Material(args.data), folder, size)
    command = [sys.executable, __file__, "--ask", "--data", args.data, "--work", args.work]
    command += ["--deliverables", str(size), "--seed", str(args.seed)]
    done = subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True)
    return figures | json.loads(done.stdout)


def curve(times: dict[int, dict[str, float]]) -> Iterator[str]:
    """A line for each size: the middle of the times filled, up to the slow ones in outline.

    >>> list(curve({500: {"p50": 2.0, "p95": 4.0}}))
    ['  500  ████░░░░  2.0 / 4.0 ms']
    """
    for size, spread_ in times.items():
        full, all_of_it = round(spread_["p50"] * _COLUMNS_A_MS), round(spread_["p95"] * _COLUMNS_A_MS)
        bar = "█" * full + "░" * (all_of_it - full)
        yield f"{size:5,}  {bar}  {spread_['p50']:.1f} / {spread_['p95']:.1f} ms"


_COLUMNS_A_MS = 2


if __name__ == "__main__":
    main()
