"""Read what was dropped while somebody looks at the page: one draft at a time, in processes of their own.

What was read stands in the draft, file by file, so nothing is lost when this process ends: whoever opens the page again
has the rest read.
"""

from __future__ import annotations

import json
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from flask import current_app

from archive.access import today_in_amsterdam
from archive.deposit.draft import Draft
from archive.deposit.drafts import Drafts
from archive.deposit.errors import DraftClosed, NoSuchDraft, TooLarge
from archive.errors import ArchiveError
from archive.network.model import Network
from archive.plain import from_json, to_json
from indexer.deposit.reading import DraftFile, FileReading, read_apart
from webui.house import house

JOBS = 2
_EXTENSION = "estafette-draft-reader"

log = logging.getLogger("estafette")


@dataclass(slots=True)
class Reader:
    """Reads drafts, those that were asked for first before the others. All threads share it."""

    drafts: Drafts
    clock: Callable[[], datetime]
    _waiting: OrderedDict[str, tuple[int, Network]] = field(default_factory=OrderedDict)
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _thread: threading.Thread | None = None

    def want(self, draft: Draft, *, network: Network) -> None:
        """See to it that all files of a draft are read. `network`: as its owner sees it."""
        if not unread(draft):
            return
        with self._guard:
            self._waiting.setdefault(draft.id, (draft.owner, network))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="draft reader", daemon=True)
                self._thread.start()

    def wait(self, at_most_s: float) -> None:
        """Wait until nothing is being read any more."""
        thread = self._thread
        if thread is not None:
            thread.join(at_most_s)

    def _run(self) -> None:
        while True:
            with self._guard:
                if not self._waiting:
                    self._thread = None
                    return
                id, (owner, network) = next(iter(self._waiting.items()))
            try:
                self._read(id, owner, network)
            except (NoSuchDraft, DraftClosed):
                pass  # thrown away, or sent
            except Exception:
                # The reader must outlive whatever one draft holds; its page asks for it again.
                log.exception("could not read a draft")
            with self._guard:
                self._waiting.pop(id, None)

    def _read(self, id: str, owner: int, network: Network) -> None:
        while files := unread(draft := self.drafts.get(id, owner=owner)):
            wanted = [
                DraftFile(key=key, path=str(self.drafts.path(id, key, owner=owner)), name=draft.file(key).name)
                for key in files
            ]
            left = set(files)
            today = today_in_amsterdam(self.clock())
            try:
                # Closing it ends its process, also when the draft was thrown away meanwhile.
                with closing(read_apart(wanted, network=network, today=today, jobs=JOBS)) as readings:  # type: ignore[type-var]
                    for reading in readings:
                        self._keep(id, owner, reading)
                        left.discard(reading.key)
            except (ArchiveError, OSError) as error:
                if isinstance(error, (NoSuchDraft, DraftClosed)):
                    raise
                log.warning("files of a draft could not be read: %s", error)
            for key in left:  # whoever hands in is told, and may send it without its text
                self._keep(id, owner, FileReading(key=key, code="unreadable", reason="the reader ended"))

    def _keep(self, id: str, owner: int, reading: FileReading) -> None:
        draft = self.drafts.get(id, owner=owner)
        there = {file.key for file in draft.files}
        before = {key: said for key, said in draft.reading.get("files", {}).items() if key in there}
        for kept in (reading, replace(reading, fingerprints=())):
            said = {"files": {**before, reading.key: json.loads(to_json(kept))}}
            with suppress(
                TooLarge
            ):  # of very many files; without its fingerprints a file is compared by its bytes only
                self.drafts.note_reading(id, said, owner=owner, now=self.clock())
                return


def reader() -> Reader:
    """The reader of the running application."""
    opened = house()
    found: Reader = current_app.extensions.setdefault(
        _EXTENSION, Reader(Drafts(opened.catalog.path.parent), opened.clock)
    )
    return found


def unread(draft: Draft) -> list[str]:
    """The files that came whole and were not read yet."""
    if draft.state != "open":
        return []
    known = draft.reading.get("files", {})
    return [file.key for file in draft.files if file.whole and file.key not in known]


def decoded(said: dict[str, Any]) -> FileReading:
    """A reading as it was kept with the draft. Raises ValueError, TypeError, KeyError for one of another version."""
    return from_json(FileReading, json.dumps(said))
