"""`estafette mail-test`: whether the site can send mail, and if not, why."""

from __future__ import annotations

import os

import click

from archive.errors import UsageError
from archive.options import with_folders
from archive.settings import Settings
from webui.accounts.mail import PASSWORD_VARIABLE, mail_server


@click.command("mail-test")
@click.argument("address")
@with_folders
def mail_test(settings: Settings, address: str) -> None:
    """Send a test mail to ADDRESS."""
    server = mail_server(settings, os.environ.get(PASSWORD_VARIABLE, ""))
    if server is None:
        raise UsageError("no mail server is set: smtp_host, smtp_from and site in estafette.toml")
    if "@" not in address:
        raise UsageError(f"{address!r} is no e-mail address")
    server.send(
        address,
        "Estafette: proefmail",
        f"Deze mail komt van {server.site}.\nLees je dit? Dan kan het archief mail sturen.\n",
    )
    click.echo(f"{server.host}:{server.port} took the mail; look whether it arrives at {address}", err=True)
