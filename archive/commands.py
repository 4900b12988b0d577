"""The commands that need nothing but the archive itself: `init`."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from archive.paths import printable
from archive.starter import COMMUNITY, lay_out


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Make an empty archive in DIR: records to fill in, settings, one community."""
    for path in lay_out(folder):
        click.echo(printable(str(path)), err=True)
    where = shlex.quote(printable(str(folder)))
    click.echo(f"Put documents in {where}/documents/{COMMUNITY}; then: cd {where} && estafette serve", err=True)
