"""`estafette backup` and `estafette restore`. People's words; no decisions."""

from __future__ import annotations

import json
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from archive.access import EMBARGO_ZONE
from archive.backup.file import ACCOUNTS, BackupReader, Contents
from archive.backup.making import Made, back_up
from archive.backup.restoring import Restored
from archive.backup.restoring import restore as put_back
from archive.catalog.catalog import Catalog
from archive.catalog.file import FILE_NAME as CATALOG_FILE
from archive.deposit.drafts import NOTE
from archive.errors import ArchiveError
from archive.options import with_folders
from archive.paths import printable
from archive.privacy.erasures import beside
from archive.settings import FILE_NAME, Settings

INCOMPLETE = 3  # the exit code when something could not be read: what ran this should hear of it
LINES_MAX = 20


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    metavar="N",
    help="Afterwards keep the N newest backups of this archive whose names differ in numbers only; remove the others.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_folders
def backup(settings: Settings, file: Path, keep: int | None, as_json: bool) -> int:
    """Write documents, drafts, accounts, log and settings to FILE while people go on working; in a folder, under today's date.

    Exit code 3 when something could not be read: the backup is made, and tells what is missing.
    """
    made = back_up(
        file,
        documents=settings.documents,
        var=settings.var,
        settings=Path.cwd() / FILE_NAME,
        erasures=_erasures(settings),
        now=datetime.now(UTC),
        keep=keep,
    )
    for problem in made.missing[:LINES_MAX]:
        _tell(f"missing: {printable(problem.path)} {printable(problem.message)}")
    if len(made.missing) > LINES_MAX:
        _tell(f"… and {len(made.missing) - LINES_MAX} more; see --json")
    if not made.settled:
        _tell("people changed things all the while: records and files belong together, but are not all of one moment")
    _tell_unheld(settings.var)
    for path in made.removed:
        _tell(f"removed: {printable(path.name)}")
    if made.held_back:
        _tell(f"no older backup was removed: {made.held_back}")
    _tell(f"{printable(str(made.path))}: {_holds(made.contents)}")
    if as_json:
        click.echo(json.dumps(_as_json(made)))
    return INCOMPLETE if made.missing else 0


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--check", "only_check", is_flag=True, help="Only tell whether the backup is undamaged.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_folders
def restore(settings: Settings, file: Path, only_check: bool, as_json: bool) -> None:
    """Put a backup back into empty folders; exit code 4 when it is damaged, and then nothing was written."""
    if only_check:
        with BackupReader.open(file) as opened:
            opened.verify()
            contents = opened.contents
        _tell(f"{printable(file.name)} is undamaged: {_holds(contents)}")
    else:
        done = put_back(
            file,
            documents=settings.documents,
            var=settings.var,
            settings=Path.cwd() / FILE_NAME,
            erasures=_erasures(settings),
            now=datetime.now(UTC),
        )
        contents = done.contents
        _tell(f"restored: {_holds(contents)}")
        _tell_erased(done, _erasures(settings))
        if done.settings == "kept":
            _tell(f"the backup's {FILE_NAME} differs from the one here, which stays; it decides who may see what")
        elif done.settings == "restored":
            _tell(f"{FILE_NAME} is that of the backup, without its folders")
        _tell("Everybody signs in anew, and links to join a team are made anew. Links that people were given to decide")
        _tell(
            "on their name, their project or their question go on working. Now run estafette index, or estafette serve."
        )
    if contents.missing:
        _tell(f"note: {contents.missing} files could not be read when this backup was made")
    if as_json:
        click.echo(json.dumps({"made": _moment(contents), "files": len(contents.documents), "bytes": contents.bytes}))


def _erasures(settings: Settings) -> Path:
    return settings.erasures or beside(settings.var)


def _tell_unheld(var: Path) -> None:
    """Warn of moved files that only the catalog keeps closed: it stays out of a backup."""
    if not (var / CATALOG_FILE).exists():
        return
    with suppress(ArchiveError), closing(Catalog.open(var)) as catalog:
        for id in catalog.unheld_access():
            _tell(
                f"warning: {printable(id)} was moved, and no record says who may see it; write one before you restore"
            )


def _tell_erased(done: Restored, erasures: Path) -> None:
    again = done.erased_again
    if again.files or again.records or again.accounts or again.drafts:
        records = len(again.records) + again.drafts
        _tell(
            f"erased again: {len(again.files)} files, names in {records} records and drafts, {again.accounts} accounts"
        )
    for reason in again.failed:
        _tell(f"to be erased by hand: {printable(reason)}")
    if not done.knew_erasures:
        _tell(
            "note: what was erased after this backup was made is back. If anything was, restore again into empty "
            f"folders, with the list of erasures of the other machine at {printable(str(erasures))}"
        )


def _holds(contents: Contents) -> str:
    accounts = ", accounts" if ACCOUNTS in contents.members else ""
    drafts = _drafts(contents)
    accounts += f", {drafts} draft{'s' if drafts > 1 else ''}" if drafts else ""
    made = contents.made.astimezone(EMBARGO_ZONE)
    return f"{len(contents.documents)} files{accounts}, {contents.bytes / 1e6:.1f} MB, made {made:%Y-%m-%d %H:%M}"


def _drafts(contents: Contents) -> int:
    return sum(member.name.endswith(f"/{NOTE}") for member in contents.drafts)


def _as_json(made: Made) -> dict[str, Any]:
    return {
        "file": printable(str(made.path)),
        "made": _moment(made.contents),
        "files": len(made.contents.documents),
        "bytes": made.contents.bytes,
        "accounts": ACCOUNTS in made.contents.members,
        "drafts": _drafts(made.contents),
        "settled": made.settled,
        "missing": [{"path": problem.path, "reason": problem.message} for problem in made.missing],
        "removed": [printable(path.name) for path in made.removed],
        "held_back": made.held_back or None,
    }


def _moment(contents: Contents) -> str:
    return contents.made.isoformat(timespec="seconds")


def _tell(line: str) -> None:
    click.echo(line, err=True)
