"""In how many of a reader's deliverables each word of a segment stands: kept, since whoever types asks for it often."""

from __future__ import annotations

import threading
from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

from indexer.search.snapshot import Part, View

# Two bytes a word, for each group of readers who see the same of a segment.
_KEPT = 64


class Counts:
    """Counts over what a reader sees. One object serves all threads.

    Looking at the words themselves each time would take as long as there are words, those that the reader may not know
    of too.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, bytes], NDArray[np.uint16]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, view: View, part: Part) -> NDArray[np.uint16]:
        """By the number of the word in the segment; 0 for a word that only others may read."""
        mask = view.mask_of(part)
        key = (part.segment.uid, np.packbits(mask).tobytes())
        with self._lock:
            counts = self._kept.get(key)
            if counts is not None:
                self._kept.move_to_end(key)
                return counts
        counts = part.segment.documents_with(mask)
        with self._lock:
            self._kept[key] = counts
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return counts

    def forget_all_but(self, uids: frozenset[str]) -> None:
        with self._lock:
            for key in [key for key in self._kept if key[0] not in uids]:
                del self._kept[key]
