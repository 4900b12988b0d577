"""Whether time tells what is hidden, and what accounts cost: the site in this process, in its processor time.

    python -m benchmarks twins_timing [--deliverables 400] [--rounds 60] [--accounts 50]

Two archives: one of which half is confidential, and its twin without that half. A visitor asks both for the same, in
turn; the ratio of their times should be 1. Beside it the same of a hidden address and one that never was, and of a
wrong password for an address with an account and one without. What two runs of the same differ by is the noise.
Processor time leaves out what else the machine does, so that a difference shows that no visitor could measure.

Then so many accounts search the example archive, each for its own words; with the tokens that open nothing left out of
what is kept for a reader, and (as "apart") with every account as a reader of its own. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from flask import Flask
from flask.testing import FlaskClient

from archive.accounts.accounts import Accounts
from archive.settings import load
from benchmarks.machine import ROOT, estafette, machine_line
from indexer.commands import opened
from webui.accounts.sessions import SignedIn
from webui.app import create_app
from webui.house import House

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LONG_AGO = 1_600_000_000  # 2020: a file of then has finished arriving
PASSWORD = "vier gele fietsen"  # noqa: S105  of an archive that is thrown away
WORDS_OF_A_DOCUMENT = 3_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--deliverables", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--accounts", type=int, default=50)
    args = parser.parse_args()
    print(machine_line())
    with TemporaryDirectory() as folder:
        whole, twin = Path(folder) / "whole", Path(folder) / "twin"
        for root, hides in ((whole, False), (twin, True)):
            write(root / "documents", args.deliverables, without_hidden=hides)
            estafette("index", documents=root / "documents", var=root / "var")
        with (
            site(whole / "documents", whole / "var") as (one, accounts),
            site(twin / "documents", twin / "var") as (other, _),
        ):
            accounts.add(email="a@example.org", role="student", password=PASSWORD, now=NOW, by="benchmark")
            compare(one.test_client(), other.test_client(), args.rounds)
            compare_passwords(one, max(10, args.rounds // 6))
        documents, var = ROOT / "documents", Path(folder) / "example"
        estafette("index", documents=documents, var=var)
        with site(documents, var) as (shared, accounts), site(documents, var) as (apart, _):
            apart.extensions["estafette"].catalog.effective = lambda *, access: access
            measure_accounts({"shared": shared, "apart": apart}, accounts, args.accounts, args.rounds)


def write(documents: Path, number: int, *, without_hidden: bool) -> None:
    """As many public as confidential deliverables of the same words; what begins with "alleenverborgen" only the hidden have."""
    chosen = random.Random(1)
    vocabulary = [f"woord{n}" for n in range(4_000)]
    for n in range(number):
        hidden = n % 2 == 1
        text = " ".join(chosen.choices(vocabulary, k=WORDS_OF_A_DOCUMENT))
        if hidden:
            text += " alleenverborgen " + " ".join(f"alleenverborgen{k}" for k in range(4_000) if k % 20 == n // 2 % 20)
        if hidden and without_hidden:
            continue
        project = documents / "bim5" / str(2015 + n % 8) / f"p{n}"
        project.mkdir(parents=True)
        level = "confidential" if hidden else "public"
        record = f'title = "Project {n}"\nvisibility = "{level}"\n[[deliverable]]\nfile = "f.txt"\nno_names = true\n'
        (project / "project.toml").write_text(record)
        (project / "f.txt").write_text(text)
        os.utime(project / "f.txt", (LONG_AGO, LONG_AGO))


@contextmanager
def site(documents: Path, var: Path) -> Iterator[tuple[Flask, Accounts]]:
    """The application over an indexed archive."""
    settings = load(documents.parent, environment={}, options={"documents": str(documents), "var": str(var)})
    with opened(settings) as parts, closing(Accounts.open(var)) as accounts:
        house = House(
            storage=parts.storage,
            catalog=parts.catalog,
            index=parts.index,
            finder=parts.finder,
            accounts=accounts,
            secret=b"of the benchmark".ljust(32),
            clock=lambda: NOW,
        )
        yield create_app(house), accounts


def compare(whole: FlaskClient, twin: FlaskClient, rounds: int) -> None:
    """Print the time of each question in an archive with hidden things by that of the same without them."""
    never, hidden = "/documents/bim5/2016/p9999/f.txt", "/documents/bim5/2016/p1/f.txt"
    same = {
        "a common word": "/search?q=woord1",
        "three words": "/search?q=woord2+woord3+woord4",
        "only hidden ones have it": "/search?q=alleenverborgen",
        "nobody has it": "/search?q=nergensniets",
        "suggestions": "/api/v1/suggest?q=woo",
        "suggestions, only hidden": "/api/v1/suggest?q=alleenv",
        "similar": f"/api/v1/similar?id={quote('bim5/2015/p0/f.txt')}",
        "front page": "/",
        "community": "/communities/bim5",
        "hidden document": hidden,
        "hidden file": f"{hidden}/file",
        "hidden project": "/projects/bim5/2016/p1",
    }
    pairs = {name: (_asks(whole, path), _asks(twin, path)) for name, path in same.items()}
    pairs["hidden by never was"] = (_asks(whole, hidden), _asks(whole, never))
    pairs["noise: the same twice"] = (_asks(twin, "/search?q=woord1"), _asks(twin, "/search?q=woord1"))
    for name, pair in pairs.items():
        print(f"{name:26}", ratio(in_turn(*pair, rounds=rounds)))


def compare_passwords(app: Flask, rounds: int) -> None:
    """Print the time of a wrong password for an address with an account by that for one without."""
    accounts = app.extensions["estafette"].accounts
    today = NOW.date()
    known, unknown = (
        lambda email=email: accounts.check_password(email, "fout fout fout", today=today)
        for email in ("a@example.org", "b@example.org")
    )
    print(f"{'password, known by unknown':26}", ratio(in_turn(known, unknown, rounds=rounds)))


def measure_accounts(sites: Mapping[str, Flask], accounts: Accounts, number: int, rounds: int) -> None:
    """Print what a search costs who is signed in, with shared readers and with every account apart, in turn."""
    words = ("gevel", "vitaliteit", "werkdruk", "scan", "prefab", "meten", "wijk", "energie")
    times: dict[str, list[float]] = {name: [] for name in sites}
    made = [
        accounts.add(email=f"s{n}@example.org", role="student", password=PASSWORD, now=NOW, by="benchmark")
        for n in range(number)
    ]
    for turn in range(max(3, rounds // 10)):
        for n, account in enumerate(made):
            for name, app in sites.items():
                client = app.test_client()
                with client.session_transaction() as session:
                    session["_user_id"] = SignedIn(account).get_id()
                spent = _asks(client, f"/search?q={words[(n + turn) % len(words)]}")()
                if turn or n >= len(words):  # what all share was made by then
                    times[name].append(spent)
    for name, each in times.items():
        print(f"search, {number} accounts, {name:7} p50 {statistics.median(each):.1f} p95 {_p95(each):.1f} ms")


def in_turn(one: Callable[[], object], other: Callable[[], object], *, rounds: int) -> tuple[list[float], list[float]]:
    """Milliseconds of each, one after the other; who goes first changes each time."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(rounds + 3):
        for which in (0, 1) if turn % 2 else (1, 0):
            began = time.thread_time()
            (one, other)[which]()
            if turn >= 3:  # the first ones open files
                times[which].append((time.thread_time() - began) * 1000)
    return times


def ratio(times: tuple[Sequence[float], Sequence[float]]) -> str:
    """The medians and their ratio, and the quartiles of the pairs’ ratios."""
    one, other = (statistics.median(each) for each in times)
    low, _, high = statistics.quantiles([a / b for a, b in zip(*times, strict=True)], n=4)
    return f"{one:7.2f} by {other:7.2f} ms = {one / other:.3f}  (pairs {low:.2f} to {high:.2f})"


def _asks(client: FlaskClient, path: str) -> Callable[[], float]:
    """Ask for a page and read it; milliseconds."""

    def ask() -> float:
        began = time.thread_time()
        with client.get(path) as answer:
            _ = answer.data
        return (time.thread_time() - began) * 1000

    return ask


def _p95(times: Sequence[float]) -> float:
    return sorted(times)[int(0.95 * (len(times) - 1))]


if __name__ == "__main__":
    main()
