"""Pictures of first pages: the one that was made, else a drawn cover. Never waits for one to be made.

A process of its own makes them (`indexer.pictures`); this module asks it, what readers wait for first, and then all that
the archive holds. Pictures lie in `var/pictures` by checksum and are derived.
"""

from __future__ import annotations

import itertools
import json
import logging
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO

from flask import Blueprint, Response, abort, current_app, request, send_file
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from archive.access import everything, today_in_amsterdam
from archive.errors import ArchiveError
from archive.model import Deliverable
from indexer.pictures import FORMATS, forget_all_but, is_hopeless, picture_path
from webui import wording
from webui.addresses import requested_id
from webui.covers import draw_cover
from webui.house import House, house
from webui.overview import overview
from webui.visitor import access

FOLDER_NAME = "pictures"
LOOK_EVERY_S = 30.0  # for files that came while the site runs
KEPT_S = 31_536_000  # the address changes with the bytes
DRAWN_KEPT_S = 3_600
_ASKED, _ALL = 0, 1  # what readers wait for goes first
_EXTENSION = "estafette-pictures"

log = logging.getLogger("estafette")
blueprint = Blueprint("pictures", __name__)


class PictureMaker:
    """Has pictures made, one at a time, from the first time that somebody asks for one."""

    def __init__(self, opened: House) -> None:
        self._house = opened
        self.folder = opened.catalog.path.parent / FOLDER_NAME
        self._waiting: queue.PriorityQueue[tuple[int, int, str, str]] = queue.PriorityQueue()
        self._order = itertools.count()
        self._asked: set[str] = set()
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None
        self._child: subprocess.Popen[str] | None = None

    def find(self, name: str) -> Path | None:
        """The picture of the file with this checksum, if it is made."""
        path = picture_path(self.folder, name)
        return path if path.exists() else None

    def ask(self, name: str, id: str) -> bool:
        """Have it made when its turn comes; False when it can't be."""
        if is_hopeless(self.folder, name):
            return False
        with self._guard:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="pictures", daemon=True)
                self._thread.start()
            if name in self._asked:
                return True
            self._asked.add(name)
        self._waiting.put((_ASKED, next(self._order), name, id))
        return True

    def _work(self) -> None:
        generation = -1
        while True:
            try:
                _, _, name, id = self._waiting.get(timeout=LOOK_EVERY_S if generation >= 0 else 0.2)
            except queue.Empty:
                try:
                    if generation != (now := self._house.catalog.generation()):
                        self._queue_all()
                        generation = now
                except (ArchiveError, OSError):
                    log.exception("could not look for pictures to make; trying again")
                    generation = 0
                continue
            try:
                self._make(name, id)
            except (ArchiveError, OSError, ValueError) as error:
                log.warning("no picture of %s: %s", id, error)
                self._end_child()
            with self._guard:
                self._asked.discard(name)

    def _queue_all(self) -> None:
        """Queue all that has no picture yet, and forget the pictures of what is gone."""
        access = everything(today=today_in_amsterdam(self._house.clock()))
        files = {each.sha256: each.id for each in self._house.catalog.newest(-1, access=access) if _may_have(each)}
        forget_all_but(self.folder, frozenset(name for name in files if name))
        for name, id in files.items():
            if name and self.find(name) is None and not is_hopeless(self.folder, name):
                self._waiting.put((_ALL, next(self._order), name, id))

    def _make(self, name: str, id: str) -> None:
        if self.find(name) is not None:
            return
        storage = self._house.storage
        path, before = storage.path(id), storage.stat(id)
        if storage.sha256(id) != name:
            raise ValueError("the file is another by now")
        requests, answers = self._pipes()
        requests.write(json.dumps({"path": str(path), "name": name}) + "\n")
        requests.flush()
        if not answers.readline():
            raise ValueError("the process that makes pictures ended")
        if storage.stat(id) != before:  # it became another while it was drawn, perhaps for fewer people
            picture_path(self.folder, name).unlink(missing_ok=True)

    def _pipes(self) -> tuple[IO[str], IO[str]]:
        child = self._child
        if child is None or child.poll() is not None:
            # It ends when its input is closed, and that happens when this process ends in whatever way.
            child = self._child = subprocess.Popen(
                [sys.executable, "-m", "indexer.pictures", str(self.folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        if child.stdin is None or child.stdout is None:
            raise ValueError("its pipes are closed")
        return child.stdin, child.stdout

    def _end_child(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None


@blueprint.record_once
def _prepare(state: BlueprintSetupState) -> None:
    state.app.extensions[_EXTENSION] = PictureMaker(state.app.extensions["estafette"])


@blueprint.get("/pictures/<path:address>")
def picture(address: str) -> ResponseReturnValue:
    """A picture of whatever this reader may know of: the first page for who may read it, else a drawn cover."""
    who = access()
    deliverable = house().catalog.deliverable(requested_id("/pictures/"), access=who)
    if deliverable is None:
        abort(404)
    maker: PictureMaker = current_app.extensions[_EXTENSION]
    waiting = False
    if _may_have(deliverable) and who.reads(deliverable.text_audience) and deliverable.sha256:
        made = maker.find(deliverable.sha256)
        if made is not None:
            response = send_file(made, mimetype="image/webp", conditional=True, etag=deliverable.sha256, max_age=0)
            return _kept(response, KEPT_S if "v" in request.args else 0)
        waiting = maker.ask(deliverable.sha256, deliverable.id)
    return _kept(Response(_drawn(deliverable), mimetype="image/svg+xml"), 0 if waiting else DRAWN_KEPT_S)


def _drawn(deliverable: Deliverable) -> str:
    seen = overview()
    year = wording.academic_year(deliverable.year) if deliverable.year else ""
    return draw_cover(
        title=deliverable.title,
        kind=wording.kind_name(deliverable.kind),
        placed=year,
        hue=seen.hue(deliverable.community),
    )


def _may_have(deliverable: Deliverable) -> bool:
    return deliverable.format in FORMATS and not deliverable.url and deliverable.failure is None


def _kept(response: Response, seconds: int) -> Response:
    """Kept by this reader's browser alone: another reader may see less."""
    response.headers["Cache-Control"] = f"private, max-age={seconds}" if seconds else "private, no-cache"
    return response
