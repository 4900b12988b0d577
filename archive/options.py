"""Options that commands share: where the archive is, and who decides. Knows click and the settings, nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click

from archive.access import today_in_amsterdam
from archive.errors import UsageError
from archive.settings import load

NAME_MAX_CHARS = 200


def with_folders(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--documents` and `--var`, and hand it the settings."""

    @click.option("--documents", type=click.Path(path_type=Path), help="The folder that is the archive.")
    @click.option("--var", type=click.Path(path_type=Path), help="The folder for what is computed.")
    @wraps(command)
    def wrapped(*arguments: Any, documents: Path | None, var: Path | None, **more: Any) -> Any:
        options = {"documents": documents, "var": var, "jobs": more.pop("jobs", None)}
        return command(load(Path.cwd(), environment=os.environ, options=options), *arguments, **more)

    return wrapped


def signed(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--by` and `--date`: a decision is written down with both. Hands it `by` and `day`."""

    @click.option(
        "--by",
        envvar="ESTAFETTE_BY",
        show_envvar=True,
        required=True,
        metavar="ADDRESS",
        help="Who decides: an e-mail address or a name.",
    )
    @on_day
    @wraps(command)
    def wrapped(*arguments: Any, by: str, **more: Any) -> Any:
        by = by.strip()
        if not by or len(by) > NAME_MAX_CHARS or not by.isprintable():
            raise UsageError(f"--by must be an e-mail address or a name of at most {NAME_MAX_CHARS} characters")
        return command(*arguments, by=by, **more)

    return wrapped


def on_day(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--date`, the day from which something holds; hands it `day`."""

    @click.option("--date", "typed", metavar="DAY", help="The day of it, as 2021-09-14; without it, today.")
    @wraps(command)
    def wrapped(*arguments: Any, typed: str | None, **more: Any) -> Any:
        return command(*arguments, day=chosen_day(typed), **more)

    return wrapped


def chosen_day(typed: str | None) -> date:
    """The day that was typed, or today in the archive's own time zone. Raises UsageError, for a day to come too."""
    today = today_in_amsterdam(datetime.now(UTC))
    if typed is None:
        return today
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        raise UsageError("--date must be a day, as 2021-09-14") from None
    if day > today:
        raise UsageError(f"--date {day} is still to come")
    return day
