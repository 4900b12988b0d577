"""Carry the open ends of a file from the worker that harvested them to the leader, and believe nothing of what comes.

The worker may be in the hands of whoever made the file (see `extraction.wire`): every value is checked, and what can be
told from another is.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, get_args

from archive.relay.open_ends import OpenEnd, OpenEndKind, fingerprint_of

_KINDS = frozenset(get_args(OpenEndKind))


def encode(found: Sequence[OpenEnd]) -> str:
    """Return open ends as text for `decode`, each without its fingerprint."""
    return json.dumps([[each.part, each.heading, each.text, each.kind, each.reason, each.places] for each in found])


def decode(text: str, *, parts: int) -> tuple[OpenEnd, ...]:
    """Return the open ends of a file with so many parts. Raises ValueError when they are not as `encode` makes them.

    >>> decode('[[1, "Advies", "Meet een week.", "recommendation", "\u201cmeet\u201d", [2]]]', parts=2)[0].places
    (2,)
    """
    try:
        return tuple(_open_end(*value, most=parts) for value in json.loads(text))
    except (TypeError, RecursionError) as error:
        raise ValueError("no open ends") from error


def _open_end(part: Any, heading: Any, text: Any, kind: Any, reason: Any, places: Any, *, most: int) -> OpenEnd:
    if kind not in _KINDS:
        raise ValueError("unknown kind")
    text = _text(text)
    return OpenEnd(
        part=_part(part, most),
        heading=_text(heading),
        text=text,
        kind=kind,
        reason=_text(reason),
        fingerprint=fingerprint_of(text),
        places=tuple(_part(place, most) for place in places),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not text")
    value.encode()  # raises UnicodeEncodeError, which is a ValueError, on lone surrogates
    return value


def _part(value: Any, most: int) -> int:
    if not isinstance(value, int) or not 1 <= value <= most:
        raise ValueError("not a part")
    return value
