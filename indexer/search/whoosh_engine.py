"""The search engine behind `engine.SearchIndex`: a Whoosh index in a folder, searched with arrays.

Whoosh keeps the index: schema, segments, deletions, generations, locks. What it lacks is here: a rebuild beside the
live index, a commit that survives a power cut, errors in one sentence. The folder is derived from the archive and can
be deleted. With `whoosh_codec` the only module to know Whoosh, and the only one to touch the index's files.

    <folder>/CURRENT        which of the generations is live, and what it was made with
    <folder>/<generation>/  a Whoosh index
    <folder>/LOCK           held by whoever writes
"""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.filedb.filestore import FileStorage
from whoosh.index import EmptyIndexError, FileIndex
from whoosh.util.filelock import FileLock

from archive.access import Access
from archive.errors import AccessFailed, Busy
from indexer.search import searching
from indexer.search.analysis import AnalysisSettings, Analyzer
from indexer.search.compounds import Compounds
from indexer.search.counting import Counts
from indexer.search.engine import (
    Alike,
    Health,
    IndexDocument,
    IndexUnreadable,
    ItemResult,
    Place,
    Request,
    Results,
    Similar,
    Suggestion,
)
from indexer.search.inversion import FORMAT_VERSION
from indexer.search.likeness import covered, like, similar
from indexer.search.matching import Matcher
from indexer.search.postings import PostingsReader
from indexer.search.query import MAX_CHARS, Query
from indexer.search.repairing import Repairer
from indexer.search.segment import Segment
from indexer.search.snapshot import Mask, Snapshot
from indexer.search.suggesting import Suggester
from indexer.search.tables import TablesDamaged
from indexer.search.translation import Translation
from indexer.search.weighing import OF_A_QUESTION, OF_A_TEXT, Weigher
from indexer.search.whoosh_codec import SCHEMA, DeliverableWriter, DurableStorage, flush_folder, open_segment

_NAME = "estafette"  # of the Whoosh index
_CURRENT = "CURRENT"
_LOCK = "LOCK"
# A commit may remove files between reading the table of contents and opening them.
_OPENING_TRIES = 10
_OPENING_PAUSE_S = 0.002


@dataclass(frozen=True, slots=True)
class _Stamp:
    """Which state of the index: the folder of the generation, and the number of the commit in it."""

    folder: str
    commit: int


class WhooshIndex:
    """An index in a folder. One object serves all threads of a process; one process at a time writes."""

    @classmethod
    def open(cls, folder: Path, *, analyzer: Analyzer | None = None) -> WhooshIndex:
        """The index in this folder; an empty one is made when there is none."""
        index = cls(folder, analyzer=analyzer or standard_analyzer())
        if not (folder / _CURRENT).exists():
            index._create()
        return index

    def __init__(self, folder: Path, *, analyzer: Analyzer) -> None:
        self._folder = folder
        self._analyzer = analyzer
        self._version = f"{FORMAT_VERSION}/{analyzer.version}"
        self._matcher = Matcher(analyzer, PostingsReader())
        self._counts = Counts()
        self._repairer = Repairer(self._matcher, self._counts)
        self._of_texts = Weigher(self._matcher, self._repairer, english_weight=OF_A_TEXT)
        self._of_questions = Weigher(self._matcher, self._repairer, english_weight=OF_A_QUESTION)
        self._suggester = Suggester(self._counts)
        self._state: tuple[_Stamp, Snapshot] | None = None
        self._segments: dict[str, Segment] = {}
        self._opening = threading.Lock()

    # ---------------------------------------------------------------------------------------------------- writing

    def apply(self, upserts: Iterable[IndexDocument], deletes: Iterable[str] = ()) -> Iterator[ItemResult]:
        """Replace and remove documents by `key`; all become visible together when the iterator is exhausted.

        Raises Busy, IndexUnreadable, and AccessFailed when it can't be written; then the old answers stay.
        """
        with self._writing():
            folder = self._current()
            yield from self._write(folder, upserts, deletes)

    def rebuild(self, documents: Iterable[IndexDocument]) -> Iterator[ItemResult]:
        """Build a new index beside the live one and swap it in when the iterator is exhausted."""
        with self._writing():
            self._remove_all_but_current()
            with self._new_generation() as folder:
                yield from self._write(folder, documents, ())
                self._swap(folder)
            self._remove_all_but_current()

    def _write(self, folder: str, upserts: Iterable[IndexDocument], deletes: Iterable[str]) -> Iterator[ItemResult]:
        storage = DurableStorage(str(self._folder / folder))
        before = set(storage.list())
        writer = DeliverableWriter(
            _whoosh_index(storage), self._analyzer.index_terms, lambda about: self._segment(storage, about)
        )
        done = False
        try:
            gone = set()
            for document in upserts:
                gone.add(document.key)
                yield _add(writer, document)
            deleted = set(deletes)
            writer.delete_keys(deleted)
            writer.delete_committed(gone | deleted)
            writer.commit()
            done = True
        finally:
            if not done:
                writer.cancel()
                for name in set(storage.list()) - before:
                    with suppress(OSError):
                        storage.delete_file(name)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """The lock of the one who writes; what the disk says is said in a sentence."""
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(str(self._folder / _LOCK))
        if not lock.acquire():
            raise Busy("another process is writing the index")
        try:
            yield
        except OSError as error:
            raise AccessFailed(f"the index can't be written: {error.strerror or error}") from error
        finally:
            lock.release()

    def _create(self) -> None:
        """Make an empty index, unless another process is first."""
        for _ in range(_OPENING_TRIES):
            with suppress(Busy), self._writing():
                if not (self._folder / _CURRENT).exists():
                    with self._new_generation() as folder:
                        self._swap(folder)
            if (self._folder / _CURRENT).exists():
                return
            time.sleep(_OPENING_PAUSE_S)

    @contextmanager
    def _new_generation(self) -> Iterator[str]:
        """The folder of a new, empty index; gone again when what is done with it fails."""
        numbers = [int(path.name) for path in self._folder.iterdir() if path.name.isdecimal()]
        folder = f"{max(numbers, default=0) + 1:06}"
        path = self._folder / folder
        try:
            path.mkdir()
            FileIndex.create(DurableStorage(str(path)), SCHEMA, _NAME)
            yield folder
        except BaseException:
            # A swap may fail after the one step that counts.
            if self._named_current().get("generation") != folder:
                shutil.rmtree(path, ignore_errors=True)
            raise

    def _swap(self, folder: str) -> None:
        """The one moment at which a generation becomes the live one."""
        temporary = self._folder / f"{_CURRENT}.new"
        with temporary.open("w", encoding="utf-8") as file:
            json.dump({"generation": folder, "version": self._version}, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._folder / _CURRENT)
        flush_folder(str(self._folder))

    def _remove_all_but_current(self) -> None:
        """Readers that have the files of an older generation open keep them."""
        current = self._named_current().get("generation")
        for path in self._folder.iterdir():
            if path.name.isdecimal() and path.name != current:
                shutil.rmtree(path, ignore_errors=True)

    # ---------------------------------------------------------------------------------------------------- reading

    def search(self, request: Request, *, access: Access) -> Results:
        with _reading():
            return searching.search(self._snapshot(), request, self._matcher, self._repairer, access=access)

    def suggest(self, prefix: str, *, access: Access, limit: int = 8) -> tuple[Suggestion, ...]:
        with _reading():
            return self._suggester.suggest(self._snapshot().view(access), prefix[:MAX_CHARS], limit)

    def similar(self, id: str, *, access: Access, limit: int = 5) -> tuple[Similar, ...]:
        """Nothing when this reader does not see `id`."""
        view = self._snapshot().view(access)
        documents = [number for number, own in enumerate(view.snapshot.ids) if own == id and view.mask[number]]
        with _reading():
            return similar(view, documents[0], self._matcher, limit) if documents else ()

    def like(self, text: str, *, access: Access, limit: int = 10) -> tuple[Alike, ...]:
        """The deliverables that say what a text of any length says, best first."""
        view = self._snapshot().view(access)
        with _reading():
            return like(view, text, self._of_texts, limit)

    def covered(
        self, texts: Sequence[str], parts: Sequence[str], *, access: Access
    ) -> tuple[tuple[Place | None, ...], ...]:
        """Of each text, for each part, the passage that says most of it."""
        view = self._snapshot().view(access)
        with _reading():
            return covered(view, texts, parts, self._of_questions)

    def matches(self, query: Query, text: str, *, access: Access) -> tuple[int, ...]:
        """The numbers of the words of a part's text that this query matches, ascending."""
        view = self._snapshot().view(access)
        with _reading():
            _, concepts = searching.read(view, query, self._matcher, self._repairer)
        return self._matcher.matching_words(concepts, text)

    def keys(self) -> frozenset[str]:
        """The keys of all documents, to compare with the catalog."""
        snapshot = self._snapshot()
        alive = iter(snapshot.alive.tolist())
        return frozenset(
            key
            for part in snapshot.parts
            for key, there in zip(part.segment.documents.keys, alive, strict=False)
            if there
        )

    def health(self) -> Health:
        """Raises IndexUnreadable when it can't be searched."""
        snapshot = self._snapshot()
        stamp = self._stamp()
        return Health(
            documents=int(snapshot.alive.sum()),
            generation=int(stamp.folder) * 1_000_000 + stamp.commit,
            version=self._version,
            bytes=sum(path.stat().st_size for path in (self._folder / stamp.folder).iterdir()),
        )

    def close(self) -> None:
        self._state = None
        self._segments = {}
        self._forget_all_but(frozenset())

    def _forget_all_but(self, uids: frozenset[str]) -> None:
        """Let go of what was kept of segments that are no longer read."""
        for keeper in (self._matcher, self._counts, self._repairer, self._suggester):
            keeper.forget_all_but(uids)

    def _snapshot(self) -> Snapshot:
        """The index as it is now. While one thread opens a new commit, the others answer from the one before."""
        stamp, state = self._stamp(), self._state
        if state is not None and state[0] == stamp:
            return state[1]
        if not self._opening.acquire(blocking=state is None):
            assert state is not None  # noqa: S101 - else the lock was waited for
            return state[1]
        try:
            state = self._state
            if state is None or state[0] != self._stamp():
                state = self._state = self._open_latest()
            return state[1]
        finally:
            self._opening.release()

    def _open_latest(self) -> tuple[_Stamp, Snapshot]:
        for attempt in range(_OPENING_TRIES):
            try:
                stamp = self._stamp()
                return stamp, self._open_snapshot(stamp)
            except IndexUnreadable:
                raise
            except (FileNotFoundError, EmptyIndexError) as error:
                if attempt == _OPENING_TRIES - 1:
                    raise IndexUnreadable("files of the search index are missing: rebuild it") from error
            # Whatever else goes wrong with a damaged file or pickle.
            except Exception as error:
                raise IndexUnreadable(f"the search index is damaged ({error}): rebuild it") from error
        raise AssertionError("unreachable")

    def _open_snapshot(self, stamp: _Stamp) -> Snapshot:
        storage = FileStorage(str(self._folder / stamp.folder))
        abouts = _whoosh_index(storage)._segments()
        opened = [(self._segment(storage, about), _alive(about)) for about in abouts]
        kept = {segment.uid for segment, _ in opened}
        self._segments = {uid: segment for uid, segment in self._segments.items() if uid in kept}
        self._forget_all_but(frozenset(kept))
        return Snapshot(opened)

    def _segment(self, storage: FileStorage, about: Any) -> Segment:
        uid = about.segment_id()
        segment = self._segments.get(uid)
        if segment is None:
            segment = self._segments[uid] = open_segment(storage, about)
        return segment

    def _stamp(self) -> _Stamp:
        for _ in range(_OPENING_TRIES):
            folder = self._current()
            commit = _latest_commit(self._folder / folder)
            if commit >= 0:
                return _Stamp(folder, commit)
            # Between the two looks another generation took its place, or the folder was listed during a commit.
            time.sleep(_OPENING_PAUSE_S)
        raise IndexUnreadable("files of the search index are missing: rebuild it")

    def _current(self) -> str:
        """The folder of the live generation. Raises IndexUnreadable when it was made with something else."""
        current = self._named_current()
        if not current:
            raise IndexUnreadable("there is no search index: rebuild it")
        if current.get("version") != self._version:
            raise IndexUnreadable("the search index is of another version: rebuild it")
        return str(current["generation"])

    def _named_current(self) -> dict[str, str]:
        try:
            named = json.loads((self._folder / _CURRENT).read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except OSError as error:
            raise IndexUnreadable(f"the search index can't be read: {error.strerror}") from error
        except ValueError:
            return {}
        return named if isinstance(named, dict) else {}


def standard_analyzer(settings: AnalysisSettings | None = None) -> Analyzer:
    """The analysis with all that is shipped and installed."""
    return Analyzer(settings or AnalysisSettings(), compounds=Compounds.shipped(), translation=Translation.shipped())


@contextmanager
def _reading() -> Iterator[None]:
    """What the disk says while an index that was opened is read."""
    try:
        yield
    except (OSError, TablesDamaged) as error:
        raise IndexUnreadable(f"the search index is damaged ({error}): rebuild it") from error


def _add(writer: DeliverableWriter, document: IndexDocument) -> ItemResult:
    try:
        writer.add_document(document)
    except OSError:
        raise
    # One deliverable that can't be analysed stops no other.
    except Exception as error:
        return ItemResult(key=document.key, error=f"{type(error).__name__}: {error}")
    return ItemResult(key=document.key)


def _whoosh_index(storage: FileStorage) -> FileIndex:
    return FileIndex(storage, SCHEMA, _NAME)


def _alive(about: Any) -> Mask:
    alive = np.ones(about.doc_count_all(), np.bool_)
    alive[list(about.deleted_docs())] = False
    return alive


def _latest_commit(folder: Path) -> int:
    """The number in the name of Whoosh's latest table of contents; -1 when there is none."""
    start, end = f"_{_NAME}_", ".toc"
    try:
        names = os.listdir(folder)  # noqa: PTH208 - asked by every search; a third of the time of iterdir
    except FileNotFoundError:
        return -1
    numbers = [name[len(start) : -len(end)] for name in names if name.startswith(start) and name.endswith(end)]
    return max((int(number) for number in numbers if number.isdecimal()), default=-1)
