"""A colour for each community: quiet, told apart in light and dark. The same values stand in `static/style.css`.

Colour never carries a meaning alone: the name stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterable

from archive.model import Community

# For drawn covers: paper and ink, readable on each other in any surroundings.
HUES: tuple[tuple[str, str], ...] = (
    ("#f5e3d6", "#8f3f12"),
    ("#e6ecd8", "#4a6324"),
    ("#dfe9f1", "#295779"),
    ("#f0e0ec", "#743a63"),
    ("#f3e8cc", "#7a5708"),
    ("#d9ecea", "#1a635d"),
)


def hues_of(communities: Iterable[Community]) -> dict[str, int]:
    """From a community's id to the number of its colour, from 1: in order of age, so that a new one changes no other."""
    ordered = sorted(communities, key=lambda each: ((each.record and each.record.since) or 9999, each.id))
    return {community.id: 1 + number % len(HUES) for number, community in enumerate(ordered)}
