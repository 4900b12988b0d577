"""`estafette figures YEAR`: the network's year in figures. People's words; no decisions."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import click

from archive.access import everything, today_in_amsterdam
from archive.accounts.accounts import Accounts
from archive.accounts.counting import visits_in
from archive.accounts.file import FILE_NAME
from archive.catalog.catalog import Catalog
from archive.errors import UsageError
from archive.figures.gathering import gather
from archive.figures.yearly import DEFINITIONS, FEW, Figure, Row, beside, visited, yearly
from archive.options import with_folders
from archive.paths import year_of
from archive.settings import Settings


@click.command()
@click.argument("year")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--csv", "as_csv", is_flag=True, help="Print a table of comma-separated values.")
@with_folders
def command(settings: Settings, year: str, as_json: bool, as_csv: bool) -> None:
    """Count an academic year, 2021 or 2021-2022, beside the one before: people, projects, companies, documents,
    questions, handovers."""
    wanted = year_of(year)
    if wanted is None:
        raise UsageError(f"{year!r} is no academic year: write it as 2021 or 2021-2022")
    if as_json and as_csv:
        raise UsageError("choose one of --json and --csv")
    today = today_in_amsterdam(datetime.now(UTC))
    with closing(Catalog.open(settings.var)) as catalog:
        if not catalog.count(access=everything(today=today)):
            click.echo("nothing is indexed yet: run estafette index", err=True)
        holdings = gather(catalog, today=today)
    now, before = ((*yearly(holdings, each), *_visited(settings, each)) for each in (wanted, wanted - 1))
    rows = beside(now, before)
    if as_json:
        click.echo(json.dumps({"year": wanted, "figures": [_as_json(row) for row in rows]}))
    elif as_csv:
        click.echo(_as_csv(rows, wanted), nl=False)
    else:
        for line in _lines(rows, wanted):
            click.echo(line)


def _visited(settings: Settings, year: int) -> tuple[Figure, ...]:
    if not (settings.var / FILE_NAME).exists():
        return ()
    with closing(Accounts.open(settings.var)) as accounts:
        return visited(visits_in(accounts.file, year))


def _lines(rows: Sequence[Row], year: int) -> Iterator[str]:
    width = max(len(_label(row.now)) for row in rows)
    yield f"{'':{width}}  {_span(year):>10} {_span(year - 1):>10}"
    for row in rows:
        notes = ", ".join(f"{note.what.replace('_', ' ')} {note.count}" for note in row.now.notes)
        yield f"{_label(row.now):{width}}  {_told(row.now):>10} {_told(row.before):>10}  {notes}".rstrip()


def _as_csv(rows: Sequence[Row], year: int) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["figure", "part", _span(year), _span(year - 1), "beside", "definition"])
    for row in rows:
        notes = "; ".join(f"{note.what}: {note.count}" for note in row.now.notes)
        writer.writerow(
            [row.now.name, row.now.part, _told(row.now), _told(row.before), notes, DEFINITIONS[row.now.name]]
        )
    return stream.getvalue()


def _as_json(row: Row) -> dict[str, Any]:
    return {
        "figure": row.now.name,
        "part": row.now.part or None,
        "value": row.now.value,
        "fewer_than": FEW if row.now.value is None else None,
        "year_before": row.before.value if row.before else None,
        "beside": {note.what: note.count for note in row.now.notes},
        "definition": DEFINITIONS[row.now.name],
    }


def _label(figure: Figure) -> str:
    name = figure.name.replace("_", " ")
    return f"{name}: {figure.part}" if figure.part else name


def _told(figure: Figure | None) -> str:
    if figure is None:
        return "-"
    return f"under {FEW}" if figure.value is None else str(figure.value)


def _span(year: int) -> str:
    return f"{year}-{year + 1}"
