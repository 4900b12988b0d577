"""The commands that read and find: `index`, `search`, `check`, `status`. People's words here; the work elsewhere."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import click

from archive.access import Access, Role, everything, reader, today_in_amsterdam
from archive.catalog.catalog import Catalog, CatalogUnreadable
from archive.deposit.draft import FOLDER as DRAFTS
from archive.errors import UsageError
from archive.locking import writer_lock
from archive.model import Problem
from archive.options import with_folders
from archive.paths import is_record, printable
from archive.settings import Settings
from archive.storage import Storage
from archive.synchronised import inside_synchronised_folder
from indexer.search.engine import FacetName, SearchIndex
from indexer.search.query import Hint
from indexer.search.trying import Change

if TYPE_CHECKING:
    from indexer.search.finder import Answer, Finder  # brings NumPy, which a run that finds nothing new does without
    from indexer.sync import Parts, SyncReport  # loading it takes 40 ms, which only `index` needs

CHECK_WAIT_S = 10.0  # a server's indexer may be at work for a moment
LINES_OF_A_KIND = 20  # more of one kind of message are counted, not listed
# What was read otherwise than typed, and what is told of wider searches when one finds nothing.
HINTS: dict[Hint, str] = {
    "unbalanced-quote": "a quotation mark had no fellow; those words were searched as words",
    "short-prefix": "a * needs four letters before it; the word was searched as it is",
    "wildcard": "a * can only stand at the end of a word",
    "unknown-field": "what stands before the colon is no field; it was searched as a word",
    "unknown-value": "a year, kind or language was not recognised; it was searched as a word",
    "operator": "AND, OR and NOT are not needed: what holds all words comes first; -word leaves out",
    "too-many-words": "the query was very long; only its first part was searched",
}
TRIED: dict[Change, str] = {
    "spelling": "spelled otherwise",
    "phrase": "the words apart",
    "excluded": "with what was left out",
    "filters": "in the whole archive",
    "community": "in {community}",
    "everything": "the words alone, in the whole archive",
    "word": "{query} alone",
}
ROLES: dict[str, Role] = {"public": "public", "partner": "partner", "campus": "student", "coordinator": "coordinator"}


@dataclass(frozen=True, kw_only=True)
class Opened:
    """An archive's parts, opened."""

    storage: Storage
    catalog: Catalog
    index: SearchIndex
    finder: Finder


@contextmanager
def opened(settings: Settings) -> Iterator[Opened]:
    """Open catalog and index; where there is none yet an empty one is made. Raises CatalogUnreadable."""
    from indexer.search.finder import Finder
    from indexer.search.setup import open_index

    catalog = Catalog.open(settings.var)
    index = open_index(settings)
    try:
        yield Opened(storage=Storage(settings.documents), catalog=catalog, index=index, finder=Finder(catalog, index))
    finally:
        index.close()
        catalog.close()


@contextmanager
def parts_of(settings: Settings) -> Iterator[Parts]:
    """What a run works on; the index is opened when the run asks for it. Raises CatalogUnreadable."""
    from indexer.search.seal import seal_of
    from indexer.sync import Parts

    with closing(Catalog.open(settings.var)) as catalog, ExitStack() as stack:

        @cache
        def index() -> SearchIndex:
            from indexer.search.setup import open_index

            return stack.enter_context(closing(open_index(settings)))

        yield Parts(
            storage=Storage(settings.documents),
            catalog=catalog,
            open_index=index,
            seal=lambda: seal_of(settings),
            settings=settings,
            clock=now,
        )


def mend(settings: Settings) -> None:
    """Throw away a catalog that can't be read: the run that follows builds it anew."""
    try:
        Catalog.open(settings.var).close()
    except CatalogUnreadable as error:
        _throw_away(settings, error)


def go_on_with_hand_ins(settings: Settings) -> None:
    """Finish what a kill ended halfway, before anything looks at the tree; and throw old drafts away."""
    if not (settings.var / DRAFTS).is_dir():
        return
    from archive.deposit.drafts import Drafts  # loads what a run without hand-ins does without
    from archive.deposit.sending import finish_interrupted

    drafts = Drafts(settings.var)
    finish_interrupted(drafts, Storage(settings.documents))
    drafts.expire(now=now())


def _throw_away(settings: Settings, error: CatalogUnreadable) -> None:
    _tell(f"notice: {str(error).partition(': run')[0]}; it is rebuilt")
    Catalog.remove(settings.var)


def _run(settings: Settings, rebuild: bool) -> SyncReport:
    from indexer.progress import progress_on
    from indexer.sync import sync

    with parts_of(settings) as parts, progress_on(sys.stderr) as progress:
        return sync(parts, rebuild=rebuild, progress=progress)


def now() -> datetime:
    return datetime.now(UTC)


@click.command()
@click.option("--rebuild", is_flag=True, help="Read every file again and build catalog and index anew.")
@click.option("--jobs", type=click.IntRange(0, 256), help="Files read side by side; 0: one a processor core.")
@click.option("--wait", default=0.0, type=click.FloatRange(0, 86_400), help="Seconds to wait for another indexer.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
@click.option("--child-of", type=int, hidden=True, help="End when this process does.")
@with_folders
def index(settings: Settings, rebuild: bool, wait: float, as_json: bool, child_of: int | None) -> None:
    """Read what is new or changed in the folder and make it searchable."""
    if child_of is not None:
        _end_with(child_of)
    service = inside_synchronised_folder(settings.var)
    if service is not None:
        _tell(
            f"warning: {settings.var} lies in a folder that {service} synchronises; keep --var outside it, or its files may be damaged"
        )
    with writer_lock(settings.var, wait_s=wait):
        mend(settings)
        go_on_with_hand_ins(settings)
        try:
            report = _run(settings, rebuild)
        except CatalogUnreadable as error:  # damage that opening it did not show
            _throw_away(settings, error)
            report = _run(settings, rebuild)
    _tell_report(report)
    if as_json:
        click.echo(json.dumps(_report_json(report)))


@click.command()
@click.argument("query")
@click.option("--community", multiple=True, help="Only this community; may be given again.")
@click.option("--year", multiple=True, help="Only this academic year (2021 or 2021-2022); may be given again.")
@click.option(
    "--as",
    "read_as",
    metavar="public|partner|campus|coordinator",
    help="Read as this role; without it everything is searched.",
)
@click.option("--limit", default=10, show_default=True, type=click.IntRange(0), help="So many results at most.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as one JSON object.")
@with_folders
def search(
    settings: Settings,
    query: str,
    community: tuple[str, ...],
    year: tuple[str, ...],
    read_as: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """Find documents, and the pages in them, by their words."""
    filters: dict[FacetName, frozenset[str]] = {}
    if community:
        filters["community"] = frozenset(community)
    if year:
        filters["year"] = frozenset(value[:4] for value in year)
    with opened(settings) as parts:
        from indexer.search.finder import Wanted

        wanted = Wanted(text=query, filters=filters, limit=limit, tries=True)
        answer = parts.finder.find(wanted, access=access_as(read_as))
    if as_json:
        click.echo(json.dumps(answer.to_json()))
    else:
        _show_answer(answer)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print what was found as one JSON object.")
@with_folders
def check(settings: Settings, as_json: bool) -> int:
    """Compare records, checksums, catalog and index with the folder; exit code 4 when something was lost."""
    from indexer.checking import check_archive

    with writer_lock(settings.var, wait_s=CHECK_WAIT_S), opened(settings) as parts:
        found = check_archive(parts.storage, parts.catalog, parts.index)
    if as_json:
        click.echo(json.dumps(found.to_json()))
    else:
        for line in found.lines():
            click.echo(line)
    return 4 if found.lost else 0


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON object.")
@with_folders
def status(settings: Settings, as_json: bool) -> None:
    """Tell what the archive holds, what could not be read, and what this machine can do."""
    from indexer.statistics import status_lines, status_of

    with opened(settings) as parts:
        found = status_of(settings, parts.catalog, parts.index, access=access_as(None))
    if as_json:
        click.echo(json.dumps(found))
    else:
        for line in status_lines(found):
            click.echo(line)


def access_as(name: str | None) -> Access:
    """The access of `--as`; without it everything, for whoever runs this can read the folder."""
    today = today_in_amsterdam(now())
    if name is None:
        return everything(today=today)
    if name not in ROLES:
        raise UsageError(f"--as knows {', '.join(ROLES)}, not {printable(name)}")
    return reader(ROLES[name], today=today)


def _end_with(parent: int) -> None:
    """A child of the server must not outlive it, however the server ends."""
    from indexer.parenthood import end_with

    end_with(parent)


def _tell(line: str) -> None:
    click.echo(line, err=True)


def _tell_report(report: SyncReport) -> None:
    unusable = {failure.id: failure.reason for failure in report.failed if failure.code == "record"}
    for notice in report.notices:
        _tell(f"notice: {notice}")
    _tell_some(f"warning: {printable(id)}: {printable(warning)}" for id, warning in report.warnings)
    _tell_some(f"not downloaded yet: {printable(id)}" for id in report.absent)
    _tell_some(
        f"{'record' if is_record(problem.path) else 'warning'}: {_told(problem)}"
        for problem in report.problems
        if not unusable.get(problem.path, "").endswith(problem.message)
    )
    _tell_some(f"failed: {printable(failure.id)} {printable(failure.reason)}" for failure in report.failed)
    counts = [
        (len(report.added), "added"),
        (len(report.replaced), "replaced"),
        (len(report.dropped), "dropped"),
        (len(report.moved), "moved"),
        (report.unchanged, "unchanged"),
        (len(report.failed), "failed"),
    ]
    said = ", ".join(f"{count} {name}" for count, name in counts if count) or "nothing to do"
    _tell(f"{said}; {report.pages} pages in {report.seconds:.1f} s")


def _told(problem: Problem) -> str:
    line = f", line {problem.line}" if problem.line else ""
    return f"{printable(problem.path)}{line}: {printable(problem.message)}"


def _tell_some(lines: Iterable[str]) -> None:
    told = list(lines)
    for line in told[:LINES_OF_A_KIND]:
        _tell(line)
    if len(told) > LINES_OF_A_KIND:
        _tell(f"… and {len(told) - LINES_OF_A_KIND} more; see estafette status, or --json")


def _report_json(report: SyncReport) -> dict[str, Any]:
    return {
        "added": sorted(report.added),
        "replaced": sorted(report.replaced),
        "dropped": report.dropped,
        "moved": [{"from": old, "to": new} for old, new in report.moved],
        "unchanged": report.unchanged,
        "failed": [
            {"id": failure.id, "code": failure.code, "reason": failure.reason}
            for failure in sorted(report.failed, key=lambda failure: failure.id)
        ],
        "not_downloaded": report.absent,
        "warnings": [{"id": id, "warning": warning} for id, warning in report.warnings],
        "pages": report.pages,
        "seconds": round(report.seconds, 3),
    }


def _show_answer(answer: Answer) -> None:
    for hint in answer.hints:
        _tell(f"hint: {HINTS[hint]}")
    if answer.repaired:
        _tell(f"searched for: {answer.repaired}")
    for number, hit in enumerate(answer.hits, 1):
        about = hit.deliverable
        click.echo(f"{number}. {printable(about.title)}")
        click.echo(f"   {printable(about.id)}")
        for page in hit.pages:
            text = "".join(f"[{part.text}]" if part.match else part.text for part in page.snippet)
            click.echo(f"   {page.shown_label}: {printable(' '.join(text.split()))}")
    _tell(f"{answer.total} found")
    for attempt in answer.tried or ():
        if attempt.total:
            how = TRIED[attempt.change].format(query=attempt.query, community=attempt.community)
            _tell(f"  {printable(how)}: {attempt.total} found")
