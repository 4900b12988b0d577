"""What the views work with: the archive's parts, opened once for the process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

from flask import current_app

from archive.access import Role
from archive.accounts.accounts import Accounts
from archive.catalog.catalog import Catalog
from archive.model import Visibility
from archive.storage import Storage
from indexer.search.engine import SearchIndex
from indexer.search.finder import Finder
from webui.accounts.mail import MailServer, Outbox
from webui.accounts.openid import Provider
from webui.desk.tally import Tally


@dataclass(frozen=True, kw_only=True)
class House:
    """An opened archive, and how this process reads it."""

    storage: Storage
    catalog: Catalog
    index: SearchIndex
    finder: Finder
    accounts: Accounts
    secret: bytes  # signs the sessions' cookies
    clock: Callable[[], datetime]
    proxies: int = 0  # how many stand in front and may say who asks
    site: str = ""  # the site's own address, where the settings tell it; a request's Host is only what somebody asked
    account_months: int = 6  # so long a student's account works after the project
    mail: MailServer | None = None
    outbox: Outbox = field(default_factory=Outbox)
    mail_teachers: bool = True  # tell them when a team of theirs handed in
    provider: Provider | None = None  # of single sign-on
    tally: Tally = field(default_factory=Tally)  # what visitors do, counted without persons
    read_as: Role | None = None  # every visitor reads as this role; for the loopback address only
    indexing: Callable[[], bool] = lambda: False
    hurry: Callable[[], None] = lambda: None  # what was just written is indexed now, not at the next look
    catch_up: Callable[[], bool] = lambda: False  # the same, and wait for it a moment; whether it can be seen by now
    erasures: Path | None = None  # the file of what was erased; None: beside `var/`
    default_visibility: Visibility = Visibility.CAMPUS  # of what no record speaks of

    @cached_property
    def link_key(self) -> bytes:
        """What personal links are made with: of the accounts, so that a restore keeps them; `secret` it does not."""
        return self.accounts.link_key()


def house() -> House:
    """The archive of the running application."""
    found: House = current_app.extensions["estafette"]
    return found
