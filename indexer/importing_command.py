"""`estafette import FOLDER`: bring in a folder of old reports with the list that describes them.

Knows both sides: what an import writes (`archive.importing`) and what is in a file. Files in which personal data is
found, or which can't be looked at, come in closed, with the level that was asked beside it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from archive.access import today_in_amsterdam
from archive.errors import UsageError
from archive.importing.bringing_in import Failed, Import, holdings_of, sources_in
from archive.importing.cells import Unclear, read_level, read_year
from archive.importing.lists import MetadataList, read_list
from archive.importing.placed import Looked, Placed
from archive.importing.planning import Communities, Defaults, Holdings, PlannedRow, plan, rows_of
from archive.model import Visibility
from archive.options import NAME_MAX_CHARS, with_folders
from archive.paths import printable
from archive.records.live import LiveRecords
from archive.settings import Settings
from archive.storage import Storage
from indexer.deposit.personal_data import Finding, find
from indexer.extraction.model import ExtractError
from indexer.extraction.worker import extract_many
from indexer.reading import limits_of
from indexer.running_heads import without_running_heads

# A file that can't be read for one of these may hold anything; what has no text to read (a drawing, a film) may not.
NOT_LOOKED_AT = frozenset({"password", "damaged", "too-large", "too-slow", "too-much-memory", "unreadable"})
NO_TEXT = "has pages and no text, perhaps a scan"  # of a report, or of a form that somebody filled in
FINDINGS_TOLD = 5  # a file; of more the number is told
PASSED_TOLD = 10
WORDS = {
    "bsn": "citizen service number (BSN)",
    "student_number": "student number",
    "phone": "telephone number",
    "email": "e-mail address",
    "address": "address",
    "iban": "bank account",
    "birth_date": "date of birth",
    "interview": "interview",
    "persons_table": "table of persons",
}
VERBS = {"add": "comes in", "complete": "is completed", "present": "is there"}


@dataclass(frozen=True, kw_only=True)
class Done:
    """What an import did, or would do: what is wrong in the list, what has a place, what failed."""

    rows: Sequence[PlannedRow]
    placed: Sequence[Placed]
    failed: Sequence[Failed]
    passed_over: Sequence[str]
    headers: Mapping[str, str]
    written: bool

    @property
    def faulty(self) -> int:
        return sum(bool(row.faults) for row in self.rows)


@click.command("import")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--list", "list_file", type=click.Path(path_type=Path), help="What describes the files: CSV or Excel.")
@click.option("--community", metavar="C", help="The community of what the list names none for.")
@click.option("--year", metavar="Y", help="The academic year of what the list names none for: 2021 or 2021-2022.")
@click.option("--visibility", metavar="L", help="The level of what the list names none for; without it the setting's.")
@click.option("--dry-run", is_flag=True, help="Only tell, row by row, what would be done.")
@click.option("--skip-errors", is_flag=True, help="Import the rows that are right, and leave the others.")
@click.option("--by", envvar="ESTAFETTE_BY", show_envvar=True, metavar="ADDRESS", help="Who hands this in.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
@with_folders
def command(
    settings: Settings,
    folder: Path,
    list_file: Path | None,
    community: str | None,
    year: str | None,
    visibility: str | None,
    dry_run: bool,
    skip_errors: bool,
    by: str | None,
    as_json: bool,
) -> None:
    """Bring a folder of old reports into the archive. Files are copied; what is there stays; again is harmless."""
    now = datetime.now(UTC)
    _expect_apart(folder, settings)
    by = _checked_name(by)
    records = LiveRecords(Storage(settings.documents))
    holdings = holdings_of(records)
    defaults = _defaults(settings, holdings, community, year, visibility, today=today_in_amsterdam(now))
    listed = read_list(list_file) if list_file else None
    sources, passed = sources_in(folder, besides=list_file)
    if listed:
        _tell_list(listed)
    rows = plan(
        listed.rows if listed else rows_of(sources),
        sources=sources,
        holdings=holdings,
        defaults=defaults,
        today=today_in_amsterdam(now),
    )
    bringing = Import(records, folder, default=settings.default_visibility, today=today_in_amsterdam(now))
    placed, failed = bringing.place(row.item for row in rows if row.item is not None)
    placed = _closed_where_personal(placed, bringing, settings)
    written = not dry_run and (skip_errors or not (failed or any(row.faults for row in rows)))
    if written:
        failed += bringing.write(placed, now=now, by=by)
    headers = listed.headers if listed else {}
    done = Done(rows=rows, placed=placed, failed=failed, passed_over=passed, headers=headers, written=written)
    if as_json:
        click.echo(json.dumps(_as_json(done), ensure_ascii=False))
    else:
        _show(done)
    _sum_up(done, dry_run=dry_run)
    if done.failed:
        raise click.exceptions.Exit(3)
    if done.faulty and not skip_errors:
        raise click.exceptions.Exit(2)


def _closed_where_personal(placed: Iterable[Placed], bringing: Import, settings: Settings) -> list[Placed]:
    """What comes in, looked at: closed where personal data may be in it. Texts are read in limited workers."""
    result = list(placed)
    coming = {os.fsencode(bringing.source_path(each.item.source)): n for n, each in _new_files(result)}
    limits = limits_of(settings)
    for path, outcome in extract_many(iter(coming), jobs=settings.workers, limits=limits):
        at = coming[path]
        if isinstance(outcome, ExtractError):
            looked = Looked(unread=outcome.reason if outcome.code in NOT_LOOKED_AT else None)
        else:
            paged = outcome.unit == "page"
            parts = without_running_heads(outcome.parts) if paged else outcome.parts
            looked = Looked(
                findings=tuple(_worded(finding, paged=paged) for finding in find(parts)),
                unread=NO_TEXT if paged and not any(part.text.strip() for part in outcome.parts) else None,
            )
        if looked.findings or looked.unread:
            result[at] = replace(result[at], looked=looked, level=Visibility.CONFIDENTIAL)
    return result


def _new_files(placed: Sequence[Placed]) -> Iterable[tuple[int, Any]]:
    return [(n, each) for n, each in enumerate(placed) if each.item.source is not None and each.state == "add"]


def _worded(finding: Finding, *, paged: bool) -> str:
    where = f"{'p.' if paged else 'part'} {finding.part}"
    masked = f" {printable(finding.masked)}" if finding.masked else ""
    more = f" and {finding.count - 1} more" if finding.count > 1 else ""
    return f"{where}: {WORDS[finding.kind]}{masked}{more}"


def _expect_apart(folder: Path, settings: Settings) -> None:
    """Raise where the folder and the archive lie in one another: what came in would be imported again."""
    here = folder.resolve()
    for name, ours in (("documents", settings.documents), ("var", settings.var)):
        there = ours.resolve()
        if here.is_relative_to(there) or there.is_relative_to(here):
            raise UsageError(
                f"{printable(str(folder))} and the archive's {name} lie in one another: import from elsewhere"
            )


def _checked_name(by: str | None) -> str | None:
    if by is not None and (not by.strip() or len(by) > NAME_MAX_CHARS or not by.isprintable()):
        raise UsageError(f"--by must be an e-mail address or a name of at most {NAME_MAX_CHARS} characters")
    return by.strip() if by else None


def _defaults(
    settings: Settings,
    holdings: Holdings,
    community: str | None,
    year: str | None,
    visibility: str | None,
    *,
    today: date,
) -> Defaults:
    communities = Communities(holdings)
    slug = communities.find(community) if community is not None else None
    if community is not None and slug is None:
        raise UsageError(f"--community: {communities.unknown(community)}")
    try:
        return Defaults(
            community=slug,
            year=read_year(year, today=today) if year is not None else None,
            visibility=read_level(visibility) if visibility is not None else settings.default_visibility,
        )
    except Unclear as unclear:
        raise UsageError(f"--year or --visibility: {unclear}") from None


def _tell_list(listed: MetadataList) -> None:
    _tell(f"the list was read as {listed.seen}; rows: {len(listed.rows):,}")
    if listed.ignored:
        _tell(f"columns that are not used: {', '.join(listed.ignored)}")


def _show(done: Done) -> None:
    placed, failed = _by_row(done)
    for row in done.rows:
        here, wrong = placed.get(row.number), failed.get(row.number)
        if row.faults:
            click.echo(f"row {row.number}  error  {printable(row.shown)}")
        elif wrong is not None:
            click.echo(f"row {row.number}  failed  {printable(row.shown)}: {wrong.reason}")
        elif here is not None:
            verb = VERBS[here.state]
            click.echo(f"row {row.number}  {verb}  {printable(here.id)}  {here.level.value}")
        for fault in row.faults:
            click.echo(f"    {_column(fault.column, done)}{fault.message}")
        for line in (*row.notes, *(_remarks(here) if here else ())):
            click.echo(f"    {line}")


def _remarks(here: Placed) -> list[str]:
    lines = [here.note] if here.note else []
    asked = f"confidential until somebody looked at it; asked was {here.item.visibility.value}"
    if here.looked.unread:
        lines.append(f"could not be looked at for personal data ({here.looked.unread}): {asked}")
    if here.looked.findings:
        told = "; ".join(here.looked.findings[:FINDINGS_TOLD])
        more = len(here.looked.findings) - FINDINGS_TOLD
        lines.append(f"likely personal data, {told}{f' and {more} more' if more > 0 else ''}: {asked}")
    return lines


def _column(field: str, done: Done) -> str:
    return f"{done.headers.get(field, field)}: " if field else ""


def _sum_up(done: Done, *, dry_run: bool) -> None:
    failed = {each.item.row for each in done.failed}
    states = [each.state for each in done.placed if each.item.row not in failed]
    closed = sum(each.is_closed_for_now for each in done.placed)
    for path in done.passed_over[:PASSED_TOLD]:
        _tell(f"passed over: {printable(path)}")
    if len(done.passed_over) > PASSED_TOLD:
        _tell(f"passed over: {len(done.passed_over) - PASSED_TOLD} more")
    would = "" if done.written else "would be "
    _tell(
        f"{would}added: {states.count('add')}, {would}completed: {states.count('complete')},"
        f" there already: {states.count('present')}, with errors: {done.faulty}, failed: {len(done.failed)}"
    )
    if closed:
        _tell(f"confidential until somebody looked at them: {closed}")
    if not done.written and not dry_run:
        _tell("nothing was written: mend the rows above, or give --skip-errors")


def _as_json(done: Done) -> dict[str, Any]:
    placed, failed = _by_row(done)
    rows = []
    for row in done.rows:
        here, wrong = placed.get(row.number), failed.get(row.number)
        rows.append(
            {
                "row": row.number,
                "source": row.shown,
                "action": "error" if row.faults else "failed" if wrong or here is None else here.state,
                "id": here.id if here else None,
                "project": here.item.project if here else None,
                "visibility": here.level.value if here else None,
                "asked": here.item.visibility.value if here and here.is_closed_for_now else None,
                "personal_data": list(here.looked.findings) if here else [],
                "errors": [{"column": fault.column, "message": fault.message} for fault in row.faults],
                "failed": wrong.reason if wrong else None,
                "notes": [*row.notes, *([here.note] if here and here.note else [])],
            }
        )
    return {"written": done.written, "rows": rows, "passed_over": list(done.passed_over)}


def _by_row(done: Done) -> tuple[dict[int, Placed], dict[int, Failed]]:
    return {each.item.row: each for each in done.placed}, {each.item.row: each for each in done.failed}


def _tell(line: str) -> None:
    click.echo(line, err=True)
