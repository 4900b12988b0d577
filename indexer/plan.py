"""What has to be done to bring catalog and index in step with the tree: decided with plain values, done elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from archive.catalog.indexing import KnownFile
from archive.storage import StoredFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Ids by what becomes of them. `absent` are placeholders of a synchronised folder: kept if known, never opened."""

    add: frozenset[str]
    replace: frozenset[str]
    drop: frozenset[str]
    unchanged: frozenset[str]
    absent: frozenset[str]

    @property
    def read(self) -> frozenset[str]:
        """What has to be opened."""
        return self.add | self.replace


def plan_sync(stored: Mapping[str, StoredFile], known: Mapping[str, KnownFile], *, rebuild: bool = False) -> Plan:
    """Compare the tree with the catalog by fingerprint; with `rebuild` every known file is read again.

    >>> from archive.storage import StoredFile
    >>> file = StoredFile(id="a", size=1, mtime_ns=2, inode=3, device=4)
    >>> plan = plan_sync({"a": file}, {"b": KnownFile(fingerprint="x", size=1, sha256="")})
    >>> sorted(plan.add), sorted(plan.drop)
    (['a'], ['b'])
    """
    absent = frozenset(id for id, file in stored.items() if not file.downloaded)
    present = stored.keys() - absent
    both = present & known.keys()
    changed = frozenset(id for id in both if rebuild or stored[id].fingerprint != known[id].fingerprint)
    return Plan(
        add=frozenset(present - known.keys()),
        replace=changed,
        drop=frozenset(known.keys() - stored.keys()),
        unchanged=frozenset(both - changed),
        absent=absent,
    )


def find_moves(added: Mapping[str, str], dropped: Mapping[str, str]) -> dict[str, str]:
    """Match dropped ids to added ones by checksum: {from: to}. Both arguments are id -> sha256.

    Of several with the same bytes, those with the most similar path go together: same name first, then same folder.

    >>> find_moves({"b/x.pdf": "1", "b/y.pdf": "1"}, {"a/y.pdf": "1", "a/z.pdf": "2"})
    {'a/y.pdf': 'b/y.pdf'}
    >>> find_moves({"c/y.pdf": "1"}, {"a/x.pdf": "1", "b/y.pdf": "1"})
    {'b/y.pdf': 'c/y.pdf'}
    """
    moves: dict[str, str] = {}
    for likeness in (_name, _folder, _nothing):
        arrived: dict[tuple[str, str], list[str]] = {}
        for id in sorted(added.keys() - set(moves.values()), reverse=True):
            arrived.setdefault((added[id], likeness(id)), []).append(id)
        for old in sorted(dropped.keys() - moves.keys()):
            if candidates := arrived.get((dropped[old], likeness(old))):
                moves[old] = candidates.pop()
    return moves


def _name(id: str) -> str:
    return id.rpartition("/")[2]


def _folder(id: str) -> str:
    return id.rpartition("/")[0]


def _nothing(_id: str) -> str:
    return ""
