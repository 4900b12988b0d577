"""`estafette serve`: the site over waitress, with the indexer as a child beside it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import timedelta
from types import FrameType
from typing import NoReturn

import click
import waitress

from archive.access import everything, reader, today_in_amsterdam
from archive.accounts.accounts import Accounts
from archive.accounts.secret_key import secret_key
from archive.deposit.drafts import FILE_MAX_BYTES
from archive.errors import AccessFailed, Busy, UsageError
from archive.locking import writer_lock
from archive.options import with_folders
from archive.privacy.retention import Retention
from archive.settings import Settings
from indexer.commands import ROLES, Opened, go_on_with_hand_ins, mend, now, opened
from indexer.search.seal import seal_of
from indexer.sync import is_behind
from webui.accounts import openid
from webui.accounts.mail import PASSWORD_VARIABLE, mail_server
from webui.app import create_app
from webui.asking.letters import Letters
from webui.desk.tally import Tally
from webui.following import Follower, index_command
from webui.heap import share_one as share_one_heap
from webui.house import House
from webui.overview import read_ahead
from webui.visitor import is_loopback

THREADS = 8
# A file from a browser without scripts comes in one request, with its form around it; waitress keeps it on disk.
BODY_MAX_BYTES = FILE_MAX_BYTES + (16 << 20)
FIRST_LINK_FOR = timedelta(days=7)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port to listen on.")
@click.option(
    "--as", "read_as", type=click.Choice(list(ROLES)), help="Every visitor reads as this role (this machine only)."
)
@with_folders
def serve(settings: Settings, host: str, port: int, read_as: str | None) -> None:
    """Serve the archive, and index what is new meanwhile."""
    if read_as is not None and not is_loopback(host):
        raise UsageError(
            f"--as {read_as} makes everybody a {read_as} reader: it works on the loopback address only, not on {host}"
        )
    mail = mail_server(settings, os.environ.get(PASSWORD_VARIABLE, ""))
    provider = openid.provider(settings, os.environ.get(openid.SECRET_VARIABLE, ""))
    # Raised in the main thread wherever it stands: waitress ends its loop, and everything below is closed in order.
    signal.signal(signal.SIGTERM, _stop)
    share_one_heap()
    _begin(settings)
    with opened(settings) as parts, closing(Accounts.open(settings.var)) as accounts:
        command = index_command(str(settings.documents), str(settings.var), os.getpid())
        tell = _teller(parts, read_as or "public")
        known: tuple[object, ...] = ()
        keeper = Retention(accounts, unused_days=settings.account_unused_days, log_days=settings.audit_days, clock=now)

        def looked() -> None:
            nonlocal known
            today = today_in_amsterdam(now())
            keeper.keep(today)
            current = (parts.catalog.generation(), today)
            if current != known:
                known = current
                tell()
                read_ahead(app, reader(ROLES[read_as or "public"], today=today))
            letters.look()

        def changed() -> bool:
            return is_behind(parts.storage, parts.catalog, seal=seal_of(settings), now=now())

        follower = Follower(command, changed, looked=looked)
        tally = Tally()
        app = create_app(
            House(
                storage=parts.storage,
                catalog=parts.catalog,
                index=parts.index,
                finder=parts.finder,
                accounts=accounts,
                secret=secret_key(settings.var),
                proxies=settings.proxies,
                site=settings.site,
                account_months=settings.account_months,
                mail=mail,
                mail_teachers=settings.mail_teachers,
                provider=provider,
                tally=tally,
                clock=now,
                read_as=ROLES[read_as] if read_as else None,
                indexing=lambda: follower.indexing,
                hurry=follower.hurry,
                erasures=settings.erasures,
                catch_up=follower.catch_up,
                default_visibility=settings.default_visibility,
            )
        )
        letters = Letters(app)
        try:
            server = waitress.create_server(
                app,
                host=host,
                port=port,
                threads=THREADS,
                max_request_body_size=BODY_MAX_BYTES,
                ident=None,
                clear_untrusted_proxy_headers=read_as is None and not settings.proxies,
            )
        except OSError as error:
            raise AccessFailed(f"can't listen on {host}:{port}: {error.strerror or error}") from error
        click.echo(f"Estafette is at http://{host}:{server.effective_port} (stop with Ctrl-C)", err=True)
        if read_as is None and not accounts.any():
            site = settings.site or f"http://{host}:{server.effective_port}"
            click.echo(
                "Nobody has an account yet; whoever opens this link becomes the coordinator: "
                f"{site}/first/{_first_link(accounts)}",
                err=True,
            )
        tell()
        follower.start()
        tally.start(accounts.file)
        try:
            server.run()
        finally:
            follower.stop()
            tally.stop()
            server.close()


def _begin(settings: Settings) -> None:
    """Mend what can't be read, unless an indexer is at work on it; finish what an earlier server was sending."""
    with suppress(Busy), writer_lock(settings.var):
        mend(settings)
    go_on_with_hand_ins(settings)


def _first_link(accounts: Accounts) -> str:
    """A token that makes the coordinator; the one of an earlier start no longer does."""
    accounts.withdraw_links("first", by="first start")
    return accounts.give_link("first", {}, until=now() + FIRST_LINK_FOR, now=now(), by="first start")


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


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
