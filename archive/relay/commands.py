"""`estafette relay`: write down which project a team continues, that it does not, or that a search found none."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import click

from archive.errors import UsageError
from archive.model import ProjectRecord
from archive.options import signed, with_folders
from archive.paths import PROJECT, printable
from archive.records.editing import Change
from archive.records.live import LiveRecords
from archive.records.project_keeping import write_project
from archive.relay import continuing
from archive.settings import Settings
from archive.storage import Storage

of_project = click.argument("project")
named = click.argument("predecessors", nargs=-1, required=True, metavar="PREDECESSOR…")


@click.group()
def relay() -> None:
    """Which project continues which."""


@relay.command()
@of_project
@named
@with_folders
def link(settings: Settings, project: str, predecessors: tuple[str, ...]) -> None:
    """Note that PROJECT continues these projects."""
    records, project, others = _meant(settings, project, predecessors)

    def continues(id: str) -> Iterable[str]:
        record = records.project(id)
        return record.continues if record else ()

    def changes(record: ProjectRecord | None) -> list[Change]:
        return continuing.link(project, others, record, continues=continues)

    _write(records, project, changes)
    _tell(f"{printable(project)} continues {_joined(others)}")


@relay.command()
@of_project
@named
@with_folders
def unlink(settings: Settings, project: str, predecessors: tuple[str, ...]) -> None:
    """Take out that PROJECT continues these projects."""
    records = LiveRecords(Storage(settings.documents))
    project = records.named(project, Path.cwd())
    records.expect_project(project)
    others = [records.named(each, Path.cwd()) for each in predecessors]  # one that does not exist may have to go
    _write(records, project, lambda record: continuing.unlink(others, record))
    _tell(f"{printable(project)} no longer continues {_joined(others)}")


@relay.command()
@of_project
@named
@signed
@with_folders
def reject(settings: Settings, project: str, predecessors: tuple[str, ...], by: str, day: date) -> None:
    """Note that PROJECT does not continue these projects; it is not proposed again."""
    records, project, others = _meant(settings, project, predecessors)
    _write(records, project, lambda record: continuing.reject(others, record, by=by, day=day))
    _tell(f"{printable(project)} does not continue {_joined(others)}")


@relay.command()
@of_project
@click.argument("query")
@signed
@with_folders
def none(settings: Settings, project: str, query: str, by: str, day: date) -> None:
    """Note that PROJECT searched for a predecessor with QUERY before it started, and found none."""
    records = LiveRecords(Storage(settings.documents))
    project = records.named(project, Path.cwd())
    records.expect_project(project)
    if not query.strip() or not query.isprintable():
        raise UsageError("the query is empty, or holds characters that can't be kept")
    _write(records, project, lambda _: continuing.found_none(query.strip(), by=by, day=day))
    _tell(f"noted for {printable(project)}: “{printable(query.strip())}” found no predecessor")


def _meant(settings: Settings, project: str, predecessors: Iterable[str]) -> tuple[LiveRecords, str, list[str]]:
    """The records and the ids that were typed. Raises UsageError for one that does not exist."""
    records = LiveRecords(Storage(settings.documents))
    project, *others = (records.named(each, Path.cwd()) for each in (project, *predecessors))
    for id in (project, *others):
        records.expect_project(id)
    return records, project, others


def _write(records: LiveRecords, project: str, changes: Callable[[ProjectRecord | None], list[Change]]) -> None:
    if write_project(records, project, changes):
        _tell(f"made {printable(f'{project}/{PROJECT}')}; its title is that of the folder: look whether it is right")


def _joined(ids: Iterable[str]) -> str:
    return ", ".join(printable(id) for id in ids)


def _tell(line: str) -> None:
    click.echo(line, err=True)
