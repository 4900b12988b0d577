"""The files that others are handing in and that name somebody: in their text, their properties or their own name.

They are in no index, so they are read when the coordinator asks: in limited workers, which a process with threads (the
site) has forked by a process of its own. What was found is remembered, so that what did not come in time comes when it
is asked once more. Writes nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archive.deposit.draft import Draft, DraftFile
from archive.deposit.drafts import Drafts
from archive.errors import ArchiveError
from archive.privacy.forgetting import Somebody
from archive.privacy.in_drafts import address_of
from archive.records.naming import same_person
from indexer.deposit.reading import LIMITS
from indexer.extraction.model import ExtractError
from indexer.extraction.reader import preload
from indexer.extraction.worker import extract_many
from indexer.personal_data.naming_files import Where

JOBS = 2
REMEMBERED_MAX = 5_000  # answers, of a few dozen bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class NamingDraftFile:
    """A file of a draft that names somebody. `parts` are the pages or sections whose text does."""

    draft: Draft
    file: DraftFile
    where: tuple[Where, ...]
    parts: tuple[int, ...] = ()
    unit: str = "page"

    @property
    def address(self) -> str:
        return address_of(self.draft.id, self.file.key)

    def to_json(self) -> dict[str, Any]:
        return {"file": self.file.path, "where": list(self.where), f"{self.unit}s": list(self.parts)}


@dataclass(frozen=True, slots=True, kw_only=True)
class InDraftFiles:
    """`unread`: so many could not be read. `left`: so many were not read in time: ask again."""

    found: tuple[NamingDraftFile, ...] = ()
    unread: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a file's text and properties say of somebody; `unread` when nobody can tell."""

    parts: tuple[int, ...] = ()
    unit: str = "page"
    properties: bool = False
    unread: bool = False


@dataclass(slots=True)
class Remembered:
    """What files said of whom. All threads share it."""

    _told: OrderedDict[tuple[Somebody, str], Told] = field(default_factory=OrderedDict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def get(self, who: Somebody, sha256: str) -> Told | None:
        with self._guard:
            return self._told.get((who, sha256))

    def put(self, who: Somebody, sha256: str, told: Told) -> None:
        with self._guard:
            self._told[who, sha256] = told
            while len(self._told) > REMEMBERED_MAX:
                self._told.popitem(last=False)


def draft_files_naming(
    who: Somebody, *, drafts: Drafts, but: Collection[int] = (), remembered: Remembered, at_most_s: float
) -> InDraftFiles:
    """The files in everybody's drafts that name somebody, but in those of the accounts `but`."""
    open_ones = [each for each in drafts.all() if each.state != "sent" and each.owner not in but]
    asked: dict[str, str] = {}
    for draft, file in _files(open_ones):
        if file.sha256 and remembered.get(who, file.sha256) is None:
            try:
                asked[file.sha256] = str(drafts.path(draft.id, file.key, owner=draft.owner))
            except ArchiveError:  # thrown away or sent meanwhile
                continue
    for sha256, told in _read_apart(who, asked, at_most_s=at_most_s) if asked else ():
        remembered.put(who, sha256, told)
    found, unread, left = [], 0, 0
    for draft, file in sorted(_files(open_ones), key=lambda pair: (pair[0].made, pair[1].path)):
        known = remembered.get(who, file.sha256) if file.sha256 else Told(unread=True)
        left += known is None
        told = known or Told()
        unread += told.unread
        where: list[Where] = ["text"] if told.parts else []
        where += ["properties"] if told.properties else []
        where += ["name"] if who.stands_in(file.path.replace("-", " ").replace("_", " ").replace("/", " ")) else []
        if where:
            found.append(NamingDraftFile(draft=draft, file=file, where=tuple(where), parts=told.parts, unit=told.unit))
    return InDraftFiles(found=tuple(found), unread=unread, left=left)


def _files(drafts: Iterable[Draft]) -> Iterator[tuple[Draft, DraftFile]]:
    for draft in drafts:
        for file in draft.files:
            yield draft, file


def _read_apart(who: Somebody, paths: dict[str, str], *, at_most_s: float) -> Iterator[tuple[str, Told]]:
    """What files say of somebody, by a process of its own; what it does not answer in time is not told."""
    asked = {"names": sorted(who.names), "addresses": sorted(who.addresses), "paths": paths}
    command = [sys.executable, "-m", "indexer.personal_data.naming_drafts"]
    given = json.dumps(asked).encode()
    try:
        done = subprocess.run(
            command, input=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=at_most_s, check=False
        )
        said = done.stdout
    except subprocess.TimeoutExpired as error:
        said = error.stdout or b""
    whole = said[: said.rfind(b"\n") + 1]  # a line may be cut off
    for line in whole.splitlines():
        sha256, told = json.loads(line)
        yield sha256, Told(**{**told, "parts": tuple(told["parts"])})


def _read(who: Somebody, paths: dict[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    by_path = {path: sha256 for sha256, path in paths.items()}
    if len(by_path) > JOBS:
        preload()
    for path, outcome in extract_many([*by_path], jobs=JOBS, limits=LIMITS):
        if isinstance(outcome, ExtractError):
            yield by_path[path], {"parts": [], "unread": outcome.code not in ("empty", "not-read")}
            continue
        named = [part.number for part in outcome.parts if who.stands_in(f"{part.heading or ''}\n{part.text}")]
        authors = any(same_person(author, name) for author in outcome.properties.authors for name in who.names)
        without_text = not any(part.text.strip() or part.heading for part in outcome.parts)  # a scan, a picture
        yield by_path[path], {"parts": named, "unit": outcome.unit, "properties": authors, "unread": without_text}


def main() -> None:
    """Answer the question on standard input: a line of JSON for each file, as it comes."""
    asked = json.loads(sys.stdin.buffer.read())
    who = Somebody(names=frozenset(asked["names"]), addresses=frozenset(asked["addresses"]))
    for each in _read(who, {sha256: path for sha256, path in asked["paths"].items() if Path(path).is_file()}):
        print(json.dumps(each), flush=True)


if __name__ == "__main__":
    main()
