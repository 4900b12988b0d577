"""The FreeDict dictionaries Dutch-English and English-Dutch as tables for Estafette's search.

Data and nothing else, in a distribution of its own because its licence (GPL-2.0-or-later) is not that of Estafette.
"""

from __future__ import annotations

import lzma
from importlib import resources

SOURCE_VERSION = "2022.04.21-1"  # of the Debian packages; see README.md
DIRECTIONS = ("en-nl", "nl-en")


def table(direction: str) -> bytes:
    """The lines of one direction, sorted, each `word<TAB>translation|translation…`, in UTF-8."""
    if direction not in DIRECTIONS:
        raise ValueError(f"no direction {direction!r}: choose from {', '.join(DIRECTIONS)}")
    return lzma.decompress(resources.files(__name__).joinpath(f"{direction}.tsv.xz").read_bytes())
