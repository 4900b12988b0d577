"""How fast the site answers: 5,000 deliverables of 12 pages as files, a real server, queries never asked before.

    python -m benchmarks serving [--data eval-data] [--deliverables 5000] [--signed-in]

Everybody reads as campus; with --signed-in a student's account does, and what a page needs for that takes its time too.
Beside it, in the same run, SQLite FTS5 and (where it is installed) tantivy give the same whole answer: ten deliverables,
the best page of each, snippets, facet counts. They and Estafette do so in one process, each query in turn, in processor
time. Other times are the client's. All are milliseconds, of the same queries: those with words that most deliverables
have are told apart.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import shutil
import signal
import sqlite3
import statistics
import subprocess
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from archive.accounts.accounts import Accounts
from archive.settings import load as load_settings
from benchmarks.engine import CAMPUS, KINDS, PAGES, Material, queries
from benchmarks.handing_in import Depositor
from benchmarks.machine import COMMAND, ROOT, WORK, estafette, machine_line
from indexer.commands import access_as, now, opened
from indexer.search.finder import Wanted

CLIENTS, LOAD_S = 16, 20.0
START_S = 60.0
EMAIL, PASSWORD = "student@example.org", "vier gele fietsen"
HIT_PAGES = 200  # so many pages are looked at for ten deliverables


def main(arguments: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--data", type=Path, default=ROOT / "eval-data")
    parser.add_argument("--deliverables", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without-yardsticks", action="store_true")
    parser.add_argument("--signed-in", action="store_true")
    args = parser.parse_args(arguments)
    folder = WORK / f"serving-{args.deliverables}"
    material = Material(args.data)
    if not (folder / "complete").exists():
        write_tree(material, folder, args.deliverables)
    asked = list(queries(material, args.deliverables, args.seed))
    print(machine_line())
    ran = estafette("index", documents=folder / "documents", var=folder / "var")
    print(f"index: {ran.err.strip().splitlines()[-1]}; {ran.spent.cpu_s:.0f} CPU s")
    with serving(folder, signed_in=args.signed_in) as site:
        measure_site(site, asked, material, folder)
    if not args.without_yardsticks:
        compare(material, folder, args.deliverables, asked)


def compare(
    material: Material, folder: Path, deliverables: int, asked: Sequence[tuple[str, str, dict[str, Any]]]
) -> None:
    """Print what the same answers cost in one process, and Estafette's time by that of each other engine.

    Filters are left out: the others have none.
    """
    settings = load_settings(ROOT, environment={}, options={"documents": folder / "documents", "var": folder / "var"})
    with opened(settings) as parts:
        access = access_as("campus")
        engines: dict[str, Callable[[str], object]] = {
            "estafette": lambda text: parts.finder.find(Wanted(text=text), access=access).to_json(),
            "sqlite fts5": fts5(material, folder, deliverables),
        }
        with suppress(ImportError):
            engines["tantivy"] = tantivy_index(material, folder, deliverables)
        for name, kept in (
            ("all but common", lambda kind: kind != "common"),
            ("common", lambda kind: kind == "common"),
        ):
            texts = [text for kind, text, _ in asked if kept(kind)]
            times = spent(engines, texts)
            own = _quantiles(times["estafette"])
            for engine, values in times.items():
                ratio = " / ".join(f"{mine / theirs:.2f}" for mine, theirs in zip(own, _quantiles(values), strict=True))
                print(f"{name}, CPU, {engine:12} {shown(values)}  estafette by it {ratio}")


def measure_site(
    site: Site, asked: Sequence[tuple[str, str, dict[str, Any]]], material: Material, folder: Path
) -> None:
    """Print every figure of a running site."""
    print(f"start to first answer: {site.started_s * 1000:.0f} ms")
    times: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for kind, text, filters in asked:
        times[kind].append(site.search(text, filters))
    for kind, values in times.items():
        print(f"{kind:16}", shown(values))
    print("all but common  ", shown([value for kind in KINDS if kind != "common" for value in times[kind]]))
    typed = [text[:length] for _, text, _ in asked[:150] for length in (3, 5, 7)]
    print("suggestions     ", shown([site.get("/api/v1/suggest", q=text) for text in typed]))
    for name, path in site.pages().items():
        print(f"page {name:11}", shown([site.get(path) for _ in range(30)]))
    print(f"memory: {site.memory()}")
    loaded = load(site, [text for _, text, _ in asked])
    print(f"{CLIENTS} clients for {LOAD_S:.0f} s: {len(loaded) / LOAD_S:.0f} searches/s, {shown(loaded)}")
    print(f"memory after: {site.memory()}")
    first = asked[0][1]
    site.search(first, {})
    document = material.document(1_000_000)
    path = folder / "documents" / "bim5/2023/nieuw/rapport-nieuw.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\f".join(document.parts), encoding="utf-8")
    os.utime(path, (1_600_000_000, 1_600_000_000))
    estafette("index", "--wait", "60", documents=folder / "documents", var=folder / "var")
    print(f"first answer after a commit: {site.search(first, {}):.0f} ms")
    shutil.rmtree(path.parent)


def write_tree(material: Material, folder: Path, deliverables: int) -> None:
    """Text files with form feeds between the pages, four to a project, each project with its record."""
    shutil.rmtree(folder, ignore_errors=True)
    records: dict[Path, list[str]] = {}
    for number in range(deliverables):
        document = material.document(number)
        path = folder / "documents" / document.id.replace(".pdf", ".txt")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\f".join(document.parts), encoding="utf-8")
        os.utime(path, (1_600_000_000, 1_600_000_000))
        value = {name: each[0][0] for name, each in document.values.items()}
        level = "campus" if document.audience == CAMPUS else "public"
        entry = (
            f'[[deliverable]]\nfile = "{path.name}"\ntitle = {json.dumps(document.title)}\nkind = "{value["kind"]}"\n'
        )
        entry += f'visibility = "{level}"\ndate = {document.date}\nlanguage = "nl"\n'
        head = f'title = "Project {number // 4}"\nthemes = ["{value["theme"]}"]\n'
        head += f'[[company]]\norganisation = "{value["company"]}"\nvisibility = "public"\nagreed = {{ up_to = "public" }}\n'
        records.setdefault(path.parent, [head]).append(entry)
    for project, texts in records.items():
        (project / "project.toml").write_text("\n".join(texts), encoding="utf-8")
    (folder / "complete").touch()


class Site:
    """A server, and one client that keeps its connection."""

    def __init__(self, port: int, process: subprocess.Popen[bytes], started_s: float, *, cookie: str = "") -> None:
        self.port, self.process, self.started_s, self.cookie = port, process, started_s, cookie
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, path: str, **parameters: object) -> float:
        """Milliseconds of one request; raises when it is not answered well."""
        target = path + ("?" + urllib.parse.urlencode(parameters, doseq=True) if parameters else "")
        start = time.perf_counter()
        self.connection.request("GET", target, headers=self._headers)
        answer = self.connection.getresponse()
        body = answer.read()
        took = (time.perf_counter() - start) * 1000
        if answer.status != 200:
            raise RuntimeError(f"{target}: {answer.status} {body[:200]!r}")
        return took

    @property
    def _headers(self) -> dict[str, str]:
        return {"Cookie": self.cookie} if self.cookie else {}

    def search(self, text: str, filters: dict[str, Any]) -> float:
        return self.get("/api/v1/search", q=text, **{name: sorted(values) for name, values in filters.items()})

    def pages(self) -> dict[str, str]:
        """One address of each kind of page."""
        self.connection.request("GET", "/api/v1/search?q=gebruik&limit=1", headers=self._headers)
        hit = json.loads(self.connection.getresponse().read())["hits"][0]
        return {
            "home": "/",
            "results": "/search?q=gebruik+van+tekst",
            "deliverable": hit["url"],
            "reading": hit["url"] + "/read?page=2",
            "community": f"/communities/{hit['community']}",
            "year": f"/communities/{hit['community']}/{hit['year']}",
            "project": f"/projects/{hit['project']}",
            "outcomes": "/outcomes",
            "unread": "/unread",
        }

    def memory(self) -> str:
        """Memory of the server and its children: all that is resident, and with what they share counted once."""
        children = subprocess.run(["ps", "--ppid", str(self.process.pid), "-o", "pid="], capture_output=True, text=True)
        pids = [str(self.process.pid), *children.stdout.split()]
        resident, own = (sum(_memory_mb(pid, what) for pid in pids) for what in ("Rss", "Pss"))
        return f"{resident:.0f} MB resident, {own:.0f} MB with shared pages by their share; {len(pids)} processes"


@contextmanager
def serving(folder: Path, *, signed_in: bool = False) -> Iterator[Site]:
    """The site of a folder, read as campus, or by a student who is signed in."""
    port = _free_port()
    if signed_in:
        _add_student(folder / "var")
    environment = {**os.environ, "ESTAFETTE_DOCUMENTS": str(folder / "documents"), "ESTAFETTE_VAR": str(folder / "var")}
    start = time.perf_counter()
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", str(port), *(() if signed_in else ("--as", "campus"))],
        env=environment,
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
    )
    try:
        site = None
        while site is None and time.perf_counter() - start < START_S:
            with suppress(OSError, http.client.HTTPException):
                candidate = Site(port, process, 0.0)
                candidate.get("/api/v1/search", q="start", limit=1)
                candidate.started_s = time.perf_counter() - start
                site = candidate
            time.sleep(0.005)
        if site is None:
            raise RuntimeError("the server did not answer")
        if signed_in:
            with Depositor(port, EMAIL, PASSWORD) as student:
                site.cookie = student.cookie
        time.sleep(3)  # the first look at the folder is over: what follows is measured alone
        yield site
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _add_student(var: Path) -> None:
    with closing(Accounts.open(var)) as accounts:
        if accounts.by_email(EMAIL) is None:
            accounts.add(email=EMAIL, role="student", password=PASSWORD, now=now(), by="benchmark")


def load(site: Site, texts: Sequence[str]) -> list[float]:
    """Milliseconds of every search that `CLIENTS` clients made in `LOAD_S` seconds; none may fail."""
    took: list[float] = []
    failed: list[BaseException] = []
    end = time.monotonic() + LOAD_S

    def ask(offset: int) -> None:
        client = Site(site.port, site.process, 0.0, cookie=site.cookie)
        number = offset
        try:
            while time.monotonic() < end:
                took.append(client.search(texts[number % len(texts)], {}))
                number += CLIENTS
        except BaseException as error:
            failed.append(error)

    clients = [threading.Thread(target=ask, args=(number,)) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    if failed:
        raise failed[0]
    return took


def fts5(material: Material, folder: Path, deliverables: int) -> Callable[[str], object]:
    """The same answer by SQLite FTS5: one row a page, words joined by OR as ours are."""
    path = folder / "fts5.sqlite"
    connection = sqlite3.connect(path)
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'page'").fetchone():
        connection.execute(
            "CREATE VIRTUAL TABLE page USING fts5(title, text, tokenize = 'unicode61 remove_diacritics 2')"
        )
        connection.execute(
            "CREATE TABLE document (n INTEGER PRIMARY KEY, community, year, kind, theme, company, language)"
        )
        for number in range(deliverables):
            document = material.document(number)
            facets = [
                document.values[name][0][0] for name in ("community", "year", "kind", "theme", "company", "language")
            ]
            connection.execute("INSERT INTO document VALUES (?, ?, ?, ?, ?, ?, ?)", [number, *facets])
            connection.executemany(
                "INSERT INTO page (rowid, title, text) VALUES (?, ?, ?)",
                ((number * PAGES + at, document.title, part) for at, part in enumerate(document.parts)),
            )
        connection.commit()

    def search(text: str) -> object:
        phrase = '"' in text
        words = re.findall(r"[^\W_]+", text)
        match = (
            '"' + " ".join(words) + '"'
            if phrase
            else " OR ".join(f'"{word}"' + ("*" if text.endswith("*") else "") for word in words)
        )
        best: dict[int, int] = {}
        rows = connection.execute("SELECT rowid FROM page WHERE page MATCH ? ORDER BY rank LIMIT ?", [match, HIT_PAGES])
        for (row,) in rows:
            best.setdefault(row // PAGES, row)
            if len(best) == 10:
                break
        snippets = [
            connection.execute(
                "SELECT snippet(page, 1, '[', ']', '…', 30) FROM page WHERE page MATCH ? AND rowid = ?", [match, row]
            ).fetchone()
            for row in best.values()
        ]
        connection.execute("CREATE TEMP TABLE IF NOT EXISTS hit (n INTEGER PRIMARY KEY)")
        connection.execute("DELETE FROM hit")
        connection.execute(
            f"INSERT OR IGNORE INTO hit SELECT rowid / {PAGES} FROM page WHERE page MATCH ?",  # noqa: S608
            [match],
        )
        counts = [
            connection.execute(f"SELECT {name}, count(*) FROM document JOIN hit USING (n) GROUP BY 1").fetchall()  # noqa: S608
            for name in ("community", "year", "kind", "theme", "company", "language")
        ]
        return snippets, counts

    return search


def tantivy_index(material: Material, folder: Path, deliverables: int) -> Callable[[str], object]:
    """The same answer by tantivy with its Dutch stemmer: one document a page. Raises ImportError without tantivy."""
    import tantivy

    names = ("community", "year", "kind", "theme", "company", "language")
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("title", stored=True, tokenizer_name="nl_stem")
    builder.add_text_field("text", stored=True, tokenizer_name="nl_stem")
    builder.add_integer_field("number", stored=True, indexed=True, fast=True)
    for name in names:
        builder.add_text_field(name, stored=True, fast=True, tokenizer_name="raw")
    path = folder / "tantivy"
    new = not path.exists()
    path.mkdir(exist_ok=True)
    index = tantivy.Index(builder.build(), path=str(path))
    analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in (tantivy.Filter.lowercase(), tantivy.Filter.stemmer("dutch")):
        analyzer = analyzer.filter(step)
    index.register_tokenizer("nl_stem", analyzer.build())
    if new:
        writer = index.writer(200_000_000, 1)
        for number in range(deliverables):
            document = material.document(number)
            facets = {name: document.values[name][0][0] for name in names}
            for at, part in enumerate(document.parts):
                writer.add_document(
                    tantivy.Document(title=document.title, text=part, number=number * PAGES + at, **facets)
                )
        writer.commit()
    index.reload()
    searcher = index.searcher()

    def search(text: str) -> object:
        words = " ".join(re.findall(r"[^\W_]+", text))
        query = index.parse_query(f'"{words}"' if '"' in text else words, ["title", "text"])
        found = searcher.search(query, HIT_PAGES)
        best: dict[int, Any] = {}
        for _score, address in found.hits:
            document = searcher.doc(address)
            best.setdefault(document["number"][0] // PAGES, document)
            if len(best) == 10:
                break
        maker = tantivy.SnippetGenerator.create(searcher, query, index.schema, "text")
        snippets = [maker.snippet_from_doc(document).to_html() for document in best.values()]
        counts = searcher.aggregate(query, {name: {"terms": {"field": name}} for name in names})
        return snippets, counts

    return search


def spent(engines: Mapping[str, Callable[[str], object]], texts: Sequence[str]) -> dict[str, list[float]]:
    """Milliseconds of processor time of each query by each engine in turn, after five queries for warmth."""
    times: dict[str, list[float]] = {name: [] for name in engines}
    for text in texts[:5]:
        for search in engines.values():
            search(text + " gebruik")
    for text in texts:
        for name, search in engines.items():
            start = time.thread_time()
            search(text)
            times[name].append((time.thread_time() - start) * 1000)
    return times


def shown(values: Sequence[float]) -> str:
    """The middle, the slow ones and the slowest.

    >>> shown([1.0, 2.0, 3.0])
    'p50 2.0  p95 3.0  max 3.0 ms'
    """
    p50, p95 = _quantiles(values)
    return f"p50 {p50:.1f}  p95 {p95:.1f}  max {max(values):.1f} ms"


def _quantiles(values: Sequence[float]) -> tuple[float, float]:
    ordered = sorted(values)
    return statistics.median(ordered), ordered[min(int(len(ordered) * 0.95), len(ordered) - 1)]


def _memory_mb(pid: str, what: str) -> float:
    """`what`: Rss, or Pss, where a page that several processes share is divided among them."""
    try:
        found = re.search(rf"^{what}:\s+(\d+)", Path("/proc", pid, "smaps_rollup").read_text(), re.MULTILINE)
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
