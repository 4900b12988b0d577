"""A line of the log of changes, written inside the transaction of what it tells."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from archive.accounts.file import Run
from archive.accounts.links import moment


def note(run: Run, now: datetime, by: str, action: str, subject: str, says: Mapping[str, Any]) -> None:
    """Add a line. `subject` and `says` name things and numbers of accounts, never people."""
    run(
        "INSERT INTO audit (at, by, action, subject, says) VALUES (?, ?, ?, ?, ?)",
        [moment(now), by, action, subject, json.dumps(says, sort_keys=True)],
    )
