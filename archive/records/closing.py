"""The keys of a record that decide who may see something: where one can't be read, or looks misspelt, it closes.

Knows TOML tables as `archive.records.toml_reading` gives them; what they describe is `archive.records.reading`'s.
"""

from __future__ import annotations

import difflib

from archive.model import Visibility
from archive.records.toml_reading import Table

# A misspelt one of these ("visiblity", "embargo") would leave open what somebody meant to close.
_CLOSING_KEYS = (
    "visibility",
    "embargo_until",
    "embargo",
    "withdrawn",
    "confidential",
    "vertrouwelijk",
    "zichtbaarheid",
)


def visibility_of(holder: Table) -> Visibility | None:
    return level_of_key(holder, "visibility")


def level_of_key(holder: Table, key: str) -> Visibility | None:
    """A level that does not exist closes: whoever wrote it meant some bound."""
    level = holder.take(key, Visibility, "one of " + ", ".join(Visibility))
    return Visibility.CONFIDENTIAL if key in holder.refused else level


def hides_a_misspelling(holder: Table, *more: str) -> bool:
    """Report the unknown keys; whether one of them looks like a key that was to close something."""
    return any(
        difflib.get_close_matches(key.lower(), (*_CLOSING_KEYS, *more), n=1, cutoff=0.75) for key in holder.rest()
    )
