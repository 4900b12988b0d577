"""A backup of 5,000 deliverables while 8 clients use the site, and whether what is restored holds together and answers alike.

    python -m benchmarks backup [--deliverables 5000]

Six clients search and open pages; two hand in, file first and record last, one every few seconds. All is done to a copy
of the tree of `serving`, whose files are links to the same bytes.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import resource
import shutil
import subprocess
import threading
import time
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from archive.accounts.accounts import Accounts
from archive.records.editing import Append
from archive.records.live import LiveRecords
from archive.settings import load as load_settings
from archive.storage import Storage
from benchmarks.engine import Material
from benchmarks.machine import COMMAND, ROOT, WORK, estafette, machine_line
from benchmarks.serving import Site, serving, shown, write_tree
from indexer.commands import access_as, now, opened
from indexer.search.finder import Wanted

READERS, WRITERS = 6, 2
HAND_IN_EVERY_S = 3.0  # each of the two; without a pause the site does nothing but index what came in
ALONE_S = 10.0  # so long the site is measured before the backup begins
QUERIES = 60
BUSY_BACKUPS = 3


@dataclass(slots=True, kw_only=True)
class Use:
    """What the clients did: when each answer came and how many ms it took; what was handed in."""

    answers: list[tuple[float, float]] = field(default_factory=list)
    handed_in: list[str] = field(default_factory=list)
    unanswered: int = 0
    failed: list[BaseException] = field(default_factory=list)

    def between(self, begin: float, end: float) -> list[float]:
        return [took for at, took in self.answers if begin <= at <= end]


def main(arguments: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=ROOT / "eval-data")
    parser.add_argument("--deliverables", type=int, default=5000)
    args = parser.parse_args(arguments)
    print(machine_line())
    folder = copied(args.data, args.deliverables)
    documents, var = folder / "documents", folder / "var"
    print(estafette("index", documents=documents, var=var).err.strip().splitlines()[-1])
    texts = some_queries(documents)
    busy = [folder / f"busy-{number}.tar" for number in range(BUSY_BACKUPS)]
    with serving(folder) as site, using(site, documents, var, texts) as use:
        began = time.monotonic()
        time.sleep(ALONE_S)
        until = time.monotonic()
        print(f"without a backup: {rate(use, began, until)}")
        for target in busy:
            handed_in, begin = len(use.handed_in), time.monotonic()
            print(f"backup meanwhile: {back_up(target, documents, var)}; {len(use.handed_in) - handed_in} handed in")
            print(f"  the site then: {rate(use, begin, time.monotonic())}")
    print(f"requests without an answer: {use.unanswered}")
    for target in busy:
        restored = folder / target.stem
        estafette("restore", str(target), documents=restored / "documents", var=restored / "var")
        print(f"{target.name}: {told_and_there(restored)}")
        shutil.rmtree(restored)
        target.unlink()
    compare_quiet(folder, texts)
    shutil.rmtree(folder)


def compare_quiet(folder: Path, texts: Sequence[str]) -> None:
    """Back up once more, alone; restore, index, and ask both archives the same."""
    documents, var, target, there = folder / "documents", folder / "var", folder / "quiet.tar", folder / "there"
    estafette("index", documents=documents, var=var)
    print(f"backup alone: {back_up(target, documents, var)}")
    checked = estafette("restore", "--check", str(target), documents=documents, var=var).spent
    print(f"check: {checked.wall_s:.1f} s, {checked.cpu_s:.1f} CPU s")
    back = estafette("restore", str(target), documents=there / "documents", var=there / "var").spent
    print(f"restore: {back.wall_s:.1f} s, {back.cpu_s:.1f} CPU s")
    print(estafette("index", documents=there / "documents", var=there / "var").err.strip().splitlines()[-1])
    before, after = answers(folder, texts), answers(there, texts)
    same = sum(one == other for one, other in zip(before, after, strict=True))
    print(f"answers alike: {same} of {len(before)}, each with hits, scores, pages, totals and facets")


def copied(data: Path, deliverables: int) -> Path:
    """A copy of the tree, links to the same bytes, which are never written to in place; and of its index."""
    source, folder = WORK / f"serving-{deliverables}", WORK / f"backup-{deliverables}"
    if not (source / "complete").exists():
        write_tree(Material(data), source, deliverables)
    estafette("index", documents=source / "documents", var=source / "var")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source / "documents", folder / "documents", copy_function=os.link)
    shutil.copytree(source / "var", folder / "var")
    return folder


def some_queries(documents: Path) -> list[str]:
    """Three words of one deliverable each, the same in every run."""
    chance = random.Random(5)
    files = sorted(documents.rglob("*.txt"))
    found = []
    for path in chance.choices(files, k=QUERIES):
        words = re.findall(r"[a-z]{6,}", path.read_text(encoding="utf-8"))
        found.append(" ".join(chance.sample(words, 3)))
    return found


@contextmanager
def using(site: Site, documents: Path, var: Path, texts: Sequence[str]) -> Iterator[Use]:
    """Eight people at the site; none of them may fail."""
    use, stop = Use(), threading.Event()

    def guarded(work: Any, who: int) -> None:
        try:
            work(who)
        except BaseException as error:
            use.failed.append(error)

    def read(who: int) -> None:
        client = Site(site.port, site.process, 0.0)
        chance = random.Random(who)
        pages = list(site_pages(client))
        while not stop.is_set():
            try:
                if chance.random() < 0.5:
                    took = client.get("/api/v1/search", q=chance.choice(texts))
                else:
                    took = client.get(chance.choice(pages))
            except (OSError, http.client.HTTPException):
                use.unanswered += 1
                client = Site(site.port, site.process, 0.0)
                continue
            use.answers.append((time.monotonic(), took))

    def hand_in(who: int) -> None:
        storage = Storage(documents)
        project = f"bim5/2023/handed-in-{who}"
        number = 0
        while not stop.is_set():
            name = f"stuk-{number}.txt"
            put_in(storage, project, name, f"stuk {number} van {who} over {texts[number % QUERIES]}")
            with closing(Accounts.open(var)) as accounts:
                accounts.note("handed in", f"{project}/{name}", now=now(), by=f"account {who}")
            use.handed_in.append(name)
            number += 1
            stop.wait(HAND_IN_EVERY_S)

    workers = [threading.Thread(target=guarded, args=(read, who)) for who in range(READERS)]
    workers += [threading.Thread(target=guarded, args=(hand_in, who)) for who in range(WRITERS)]
    for worker in workers:
        worker.start()
    try:
        yield use
    finally:
        stop.set()
        for worker in workers:
            worker.join()
    if use.failed:
        raise use.failed[0]


def put_in(storage: Storage, project: str, name: str, text: str) -> None:
    """The file first, the record last, each flushed."""
    storage.write(f"{project}/{name}", [text.encode()])
    entry = Append(table="deliverable", values={"file": name, "date": date(2024, 1, 1)})
    LiveRecords(storage).change(f"{project}/project.toml", lambda _: [entry])


def site_pages(client: Site) -> Iterator[str]:
    with suppress(http.client.HTTPException):
        yield from client.pages().values()


def rate(use: Use, begin: float, end: float) -> str:
    took = use.between(begin, end)
    return f"{len(took) / (end - begin):.0f} answers/s, {shown(took)}" if took else "no answers"


def back_up(target: Path, documents: Path, var: Path) -> str:
    """Run the command; what it made and what it cost."""
    environment = {**os.environ, "ESTAFETTE_DOCUMENTS": str(documents), "ESTAFETTE_VAR": str(var)}
    begin = time.monotonic()
    command = [*COMMAND, "backup", str(target), "--json"]
    process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    with process.stdout as output:
        printed = output.read()
    _, status, cost = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"the backup ended with {process.returncode}: {printed!r}")
    made = json.loads(printed)
    moment = "of one moment" if made["settled"] else "each file whole, not all of one moment"
    return (
        f"{made['files']} files, {made['bytes'] / 1e6:.0f} MB in {time.monotonic() - begin:.1f} s, "
        f"{_cpu_s(cost):.1f} CPU s, {cost.ru_maxrss / 1024:.0f} MB of memory; {moment}"
    )


def told_and_there(folder: Path) -> str:
    """How many files the records that were handed in tell of, how many of those are there, and the log beside them."""
    told = there = 0
    for record in folder.glob("documents/bim5/2023/handed-in-*/project.toml"):
        for entry in tomllib.loads(record.read_text(encoding="utf-8"))["deliverable"]:
            told += 1
            path = record.parent / entry["file"]
            there += path.is_file() and path.stat().st_size > 0
    with closing(Accounts.open(folder / "var")) as accounts:
        logged = sum(line.action == "handed in" for line in accounts.log())
    return f"records tell of {told} files handed in, {there} of them are there; {logged} in the log"


def answers(folder: Path, texts: Sequence[str]) -> list[object]:
    """What a visitor and a student are answered, and the counts of the whole."""
    settings = load_settings(ROOT, environment={}, options={"documents": folder / "documents", "var": folder / "var"})
    found: list[object] = []
    with opened(settings) as parts:
        for role in ("public", "campus"):
            access = access_as(role)
            found.extend(
                {**parts.finder.find(Wanted(text=text), access=access).to_json(), "took_ms": 0} for text in (*texts, "")
            )
            found.append(parts.catalog.counts(access=access))
    return found


def _cpu_s(cost: resource.struct_rusage) -> float:
    return cost.ru_utime + cost.ru_stime


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
