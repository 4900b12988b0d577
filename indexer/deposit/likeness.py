"""What of the archive says the same as a file of a draft: by its bytes, or by passages word for word.

Passages are compared by their fingerprints (`archive.relay.passages`), so that no text of the archive is read. Looked up
anew for each reader: what they may not see takes part in nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from archive.access import Access
from archive.catalog.catalog import Catalog

SHARE_LEAST = 30  # percent of a file's text: a template and a shared chapter have less
PASSAGES_LEAST = 3  # some hundred words: two short notes may have a sentence in common
_MOST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """A deliverable that says the same as a file. `share`: how much of the file's text stands in it, in percent.

    `same_bytes`: it is the same file.
    """

    id: str
    title: str
    project: str
    share: int
    same_bytes: bool = False


def alike(fingerprints: Collection[int], sha256: str | None, *, catalog: Catalog, access: Access) -> tuple[Alike, ...]:
    """The deliverables that are the same file, or hold much of its text; most alike first.

    `fingerprints` are those of `FileReading`.
    """
    own = frozenset(fingerprints)
    found = [
        Alike(id=each.id, title=each.title, project=each.project, share=100, same_bytes=True)
        for each in (catalog.with_checksum(sha256, access=access) if sha256 else ())
    ]
    same = {each.id for each in found}
    shares = {
        id: round(100 * count / len(own))
        for id, count in (catalog.holding(own, access=access) if own else {}).items()
        if count >= PASSAGES_LEAST and 100 * count >= SHARE_LEAST * len(own) and id not in same
    }
    near = catalog.deliverables(sorted(shares), access=access)
    found += [Alike(id=id, title=each.title, project=each.project, share=shares[id]) for id, each in near.items()]
    found.sort(key=lambda each: (not each.same_bytes, -each.share, each.id))
    return tuple(found[:_MOST])
