"""`estafette serve`: the site over waitress, with the indexer as a child beside it."""

from __future__ import annotations

import ipaddress
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import NoReturn

import click
import waitress

from archive.access import everything, reader, today_in_amsterdam
from archive.errors import AccessFailed, Busy, UsageError
from archive.locking import writer_lock
from archive.settings import Settings
from indexer.commands import ROLES, Opened, mend, now, opened, with_folders
from indexer.search.seal import seal_of
from indexer.sync import is_behind
from webui.app import create_app
from webui.following import Follower, index_command
from webui.house import House

THREADS = 8


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port to listen on.")
@click.option(
    "--as", "read_as", type=click.Choice(list(ROLES)), help="Every visitor reads as this role (this machine only)."
)
@with_folders
def serve(settings: Settings, host: str, port: int, read_as: str | None) -> None:
    """Serve the archive, and index what is new meanwhile."""
    if read_as is not None and not _is_loopback(host):
        raise UsageError(
            f"--as {read_as} makes everybody a {read_as} reader: it works on the loopback address only, not on {host}"
        )
    # Raised in the main thread wherever it stands: waitress ends its loop, and everything below is closed in order.
    signal.signal(signal.SIGTERM, _stop)
    _begin(settings)
    with opened(settings) as parts:
        command = index_command(str(settings.documents), str(settings.var), os.getpid())
        tell = _teller(parts, read_as or "public")

        def changed() -> bool:
            return is_behind(parts.storage, parts.catalog, seal=seal_of(settings), now=now())

        follower = Follower(command, changed, done=tell)
        app = create_app(
            House(
                storage=parts.storage,
                catalog=parts.catalog,
                index=parts.index,
                finder=parts.finder,
                clock=now,
                read_as=ROLES[read_as] if read_as else None,
                indexing=lambda: follower.indexing,
            )
        )
        try:
            server = waitress.create_server(
                app, host=host, port=port, threads=THREADS, ident=None, clear_untrusted_proxy_headers=read_as is None
            )
        except OSError as error:
            raise AccessFailed(f"can't listen on {host}:{port}: {error.strerror or error}") from error
        click.echo(f"Estafette is at http://{host}:{server.effective_port} (stop with Ctrl-C)", err=True)
        tell()
        follower.start()
        try:
            server.run()
        finally:
            follower.stop()
            server.close()


def _begin(settings: Settings) -> None:
    """Mend what can't be read, unless an indexer is at work on it."""
    with suppress(Busy), writer_lock(settings.var):
        mend(settings)


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _teller(parts: Opened, role: str) -> Callable[[], None]:
    """What says how much of the archive a visitor sees, and how to see the rest; only when that has changed."""
    told = (0, 0)

    def tell() -> None:
        nonlocal told
        today = today_in_amsterdam(now())
        total = parts.catalog.count(access=everything(today=today))
        seen = parts.catalog.count(access=reader(ROLES[role], today=today))
        if (seen, total) != told:
            told = (seen, total)
            what = "are public" if role == "public" else f"are seen as {role}"
            hint = (
                "; to see what students and teachers see, try --as campus" if role == "public" and seen < total else ""
            )
            click.echo(f"{seen} of {total} deliverables {what}{hint}", err=True)

    return tell
