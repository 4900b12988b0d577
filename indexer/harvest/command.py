"""The command `estafette open-ends`: what reports hand on, and what was decided about it."""

from __future__ import annotations

import json
from contextlib import closing

import click

from archive.catalog.catalog import Catalog
from archive.options import with_folders
from archive.paths import printable
from archive.relay.open_ends import HarvestedEnd, OpenEndKind, OpenEndState, answer_of, cursor_of, position_of
from archive.settings import Settings
from indexer.commands import access_as

KINDS: dict[OpenEndKind, str] = {
    "recommendation": "recommendation",
    "future_work": "further work",
    "limitation": "limitation",
    "open_question": "open question",
}
STATES: dict[OpenEndState, str] = {
    "new": "",
    "rejected": "rejected",
    "proposed": "proposed as a question",
    "open": "an open question",
    "claimed": "taken up",
    "answered": "answered",
    "dropped": "dropped",
}


@click.command("open-ends")
@click.option("--community", help="Only of this community.")
@click.option("--limit", type=click.IntRange(1), help="So many at most; without it all.")
@click.option("--cursor", help="Go on where the answer that gave this cursor ended.")
@click.option(
    "--as",
    "read_as",
    metavar="public|partner|campus|coordinator",
    help="Read as this role; without it everything is told.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the answer as one JSON object.")
@with_folders
def command(
    settings: Settings,
    community: str | None,
    limit: int | None,
    cursor: str | None,
    read_as: str | None,
    as_json: bool,
) -> None:
    """Tell what reports hand on: advice, further work, limitations, open questions."""
    access = access_as(read_as)
    after = position_of(cursor, community=community) if cursor else None
    with closing(Catalog.open(settings.var)) as catalog:
        # One more than is told shows whether there are more.
        found = catalog.open_ends(
            community=community, after=after, limit=-1 if limit is None else limit + 1, access=access
        )
    told = found if limit is None else found[:limit]
    more = cursor_of(told[-1].position, community=community) if len(told) < len(found) else None
    if as_json:
        click.echo(json.dumps(answer_of(told, cursor=more)))
        return
    for end in told:
        click.echo(_entry(end))
    if more:
        click.echo(f"more: --cursor {more}", err=True)


def _entry(end: HarvestedEnd) -> str:
    where = f"p. {end.page}" if end.page is not None else end.item.heading or f"part {end.item.part}"
    state = f" ({STATES[end.decided.state]})" if STATES[end.decided.state] else ""
    lines = (f"{end.document}, {where}", f"{KINDS[end.item.kind]}{state}: {end.item.text}", end.item.fingerprint)
    return "\n    ".join(map(printable, lines))
