"""A deliverable's own bytes: given out only while they are those whose level the catalog tells.

A new version may be for fewer people than the one before it, and lies in its place a moment before the catalog knows.
"""

from __future__ import annotations

import hashlib
import os
from typing import BinaryIO

from archive.errors import AccessFailed
from archive.model import Deliverable
from archive.storage import stored
from webui.house import house
from webui.visitor import access


class NotReadYet(AccessFailed):
    """The file has changed since it was indexed: who may read it now is known in a moment."""


def open_bytes(deliverable: Deliverable) -> BinaryIO:
    """The file as it was indexed. Raises NotReadYet, and what `Storage.open` raises.

    A file that was only touched, or restored elsewhere, has other marks and the same bytes: then these are compared.
    """
    opened = house()
    stream = opened.storage.open(deliverable.id)
    try:
        known = (opened.catalog.looked(deliverable.id, access=access()) or "").removeprefix("scan ")
        if stored(deliverable.id, os.fstat(stream.fileno())).fingerprint != known:
            _expect_same(stream, deliverable)
    except BaseException:
        stream.close()
        raise
    return stream


def _expect_same(stream: BinaryIO, deliverable: Deliverable) -> None:
    if hashlib.file_digest(stream, "sha256").hexdigest() != deliverable.sha256:  # type: ignore[arg-type]
        raise NotReadYet(f"{deliverable.id}: has changed since it was indexed")
    stream.seek(0)
