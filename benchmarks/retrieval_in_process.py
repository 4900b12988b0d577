"""The judged queries of `retrieval/` without server, extraction and records: does ranking itself find the page?

    python benchmarks/retrieval/build.py --out eval-data
    python benchmarks/retrieval_in_process.py --data eval-data [--set lo-kw,lo-typo] [--save FILE] [--against FILE]

For working on ranking: an index in seconds, each step of the analysis switched off in turn with `--steps`. What counts
is `retrieval/run.py`, over HTTP. Development sets only.
"""

from __future__ import annotations

import argparse
import html
import json
import re
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(_ROOT / "benchmarks" / "retrieval"), str(_ROOT / "freedict"), str(_ROOT)]

import run as harness  # noqa: E402

from archive.access import reader  # noqa: E402
from archive.model import Audience  # noqa: E402
from indexer.search.analysis import AnalysisSettings, Analyzer  # noqa: E402
from indexer.search.engine import IndexDocument, Request  # noqa: E402
from indexer.search.query import parse  # noqa: E402
from indexer.search.whoosh_engine import WhooshIndex, standard_analyzer  # noqa: E402

EVERYONE: Audience = frozenset({("public", None), ("coordinator", None)})
STEPS = ("stem", "compounds", "hyphens", "stop_words", "translate", "repair")


def documents(folder: Path) -> Iterator[IndexDocument]:
    """What build.py wrote, about as the indexer would read it: a section from heading to heading."""
    for record in sorted(folder.rglob("project.toml")):
        about = tomllib.loads(record.read_text(encoding="utf-8"))
        for entry in about["deliverable"]:
            path = record.parent / entry["file"]
            id = path.relative_to(folder).as_posix()
            yield IndexDocument(
                key=id,
                id=id,
                title=entry.get("title", ""),
                parts=sections(path),
                record_text=f"{entry['file']}",
                audience=EVERYONE,
                values={"community": [(id.split("/")[0], EVERYONE)], "kind": [("report", EVERYONE)]},
            )


def sections(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        body = text.split("<body>", 1)[1].split("</body>")[0]
        pieces = re.split(r"(?=<h2>)", body)
        return [html.unescape(re.sub(r"<[^>]+>", "", piece)).strip() for piece in pieces if piece.strip()]
    if path.suffix == ".md":
        return [re.sub(r"^## ", "", piece).strip() for piece in re.split(r"(?m)^(?=## )", text) if piece.strip()]
    return [text]


def system(index: WhooshIndex, notes: dict[str, Any]) -> Callable[[dict[str, Any]], tuple[list[str], float]]:
    access = reader("public", today=date(2026, 1, 1))

    def search(query: dict[str, Any]) -> tuple[list[str], float]:
        start = time.perf_counter()
        request = Request(query=parse(query["text"]), limit=harness.DEPTH, facets=False, places=False)
        results = index.search(request, access=access)
        seconds = time.perf_counter() - start
        notes["repaired"] = notes.get("repaired", 0) + (results.repaired is not None)
        return [hit.id for hit in results.hits], seconds

    return search


def measure(data: Path, sets: str, settings: AnalysisSettings) -> dict[str, Any]:
    results: dict[str, Any] = {}
    for archive, wanted in harness.archives_of(sets).items():
        with tempfile.TemporaryDirectory() as folder:
            index = WhooshIndex.open(Path(folder) / "index", analyzer=analyzer(settings))
            start = time.process_time()
            failed = [item for item in index.rebuild(documents(data / archive / "documents")) if item.error]
            print(f"{archive}: {time.process_time() - start:.1f} s, failed: {failed[:3]}", file=sys.stderr)
            queries = harness.load_queries(data / archive, "dev", wanted)
            notes: dict[str, Any] = {}
            results |= harness.measure_sets(system(index, notes), queries, "dev", notes)
    return results


def analyzer(settings: AnalysisSettings) -> Analyzer:
    return standard_analyzer(settings)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("eval-data"))
    parser.add_argument("--set", default=",".join(harness.ARCHIVES))
    parser.add_argument("--steps", action="store_true", help="once more without each step of the analysis")
    parser.add_argument("--name", default="engine")
    parser.add_argument("--save", type=Path)
    parser.add_argument("--against", type=Path)
    args = parser.parse_args()
    whole = AnalysisSettings()
    systems = {args.name: measure(args.data, args.set, whole)}
    if args.steps:
        for step in STEPS:
            systems[f"without {step}"] = measure(args.data, args.set, replace(whole, **{step: False}))
    print(harness.table(systems))
    if args.against:
        print(harness.compare(systems, json.loads(args.against.read_text())["systems"]))
    if args.save:
        args.save.write_text(json.dumps({"systems": systems}))


if __name__ == "__main__":
    main()
