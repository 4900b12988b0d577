"""Who asks: the access of the current request. The only place where a request becomes a reader."""

from __future__ import annotations

from archive.access import Access, reader, today_in_amsterdam
from webui.house import house


def access() -> Access:
    """The access of this visitor, today."""
    opened = house()
    return reader(opened.read_as or "public", today=today_in_amsterdam(opened.clock()))


def sees_campus() -> bool:
    """Whether this visitor reads as somebody of a school; others are told that there may be more."""
    return "campus" in access().tokens
