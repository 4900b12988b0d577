"""What the views work with: the archive's parts, opened once for the process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import current_app

from archive.access import Role
from archive.catalog import Catalog
from archive.storage import Storage
from indexer.search.engine import SearchIndex
from indexer.search.finder import Finder


@dataclass(frozen=True, kw_only=True)
class House:
    """An opened archive, and how this process reads it."""

    storage: Storage
    catalog: Catalog
    index: SearchIndex
    finder: Finder
    clock: Callable[[], datetime]
    read_as: Role | None = None  # every visitor reads as this role; for the loopback address only
    indexing: Callable[[], bool] = lambda: False


def house() -> House:
    """The archive of the running application."""
    found: House = current_app.extensions["estafette"]
    return found
