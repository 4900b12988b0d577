"""Our codec for Whoosh: how the terms and postings of one of its segments lie on the disk.

Whoosh keeps schema, segments, deletions, generations and locks; its codecs keep terms, postings and stored fields.
Whoosh's own codec pickles a block for every 128 postings and decodes them in Python, 20 to 50 times slower than arrays
(FINDINGS). This one writes a segment in two files: `.tab`, the tables (see `tables`), and `.pst`, postings and places
(see `inversion`). Whoosh's readers and searchers work over it. With `whoosh_engine` the only module to know Whoosh.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Collection, Iterator
from typing import Any

import numpy as np
from whoosh import fields, formats
from whoosh.analysis import IDAnalyzer
from whoosh.codec import base
from whoosh.codec.whoosh3 import W3Segment
from whoosh.filedb.filestore import FileStorage
from whoosh.matching import ListMatcher
from whoosh.reading import TermInfo, TermNotFound
from whoosh.writing import SegmentWriter

from indexer.search.engine import IndexDocument
from indexer.search.inversion import MAX_DOCUMENTS, WEIGHT_UNIT, Analyse, SegmentBuilder
from indexer.search.lexicon import SortedWords
from indexer.search.postings import Places, Postings, Term, Word, look_up, look_up_places
from indexer.search.segment import Segment
from indexer.search.tables import TablesDamaged, decode, encode

TABLES = ".tab"
POSTINGS = ".pst"
# A segment is written when it has this many running words: some 200 MB at the peak of sorting them.
SEGMENT_WORDS = 12_000_000
# Segments of a like size (within this factor) are joined when there are as many of them; each word is written anew at
# most once a step. With 8, 5,000 deliverables lay in 13 segments and more, and each costs a query as much as its rows.
_TIER_FACTOR = 4
_SMALLEST_TIER_WORDS = 20_000

# `word`: a written form (an entry of `lexicon`); `term`: what the analysis makes of it.
SCHEMA = fields.Schema(
    key=fields.STORED,
    id=fields.STORED,
    title=fields.STORED,
    date=fields.STORED,
    term=fields.FieldType(format=formats.Frequency(), analyzer=IDAnalyzer(), scorable=True),
    word=fields.FieldType(format=formats.Positions(), analyzer=IDAnalyzer(), scorable=True),
)


class DurableStorage(FileStorage):  # type: ignore[misc]
    """Whoosh never flushes to the disk. Its one atomic step is a rename, so there it is done."""

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        with open(self._fpath(oldname), "rb") as written:  # noqa: PTH123 - Whoosh has paths as text
            os.fsync(written.fileno())
        super().rename_file(oldname, newname, safe=safe)
        flush_folder(self.folder)


class DeliverableCodec(base.Codec):  # type: ignore[misc]
    """Segments as `inversion` builds and `segment` reads them."""

    length_stats = False

    def new_segment(self, storage: FileStorage, indexname: str) -> W3Segment:
        return W3Segment(self, indexname)

    def per_document_writer(self, storage: FileStorage, segment: W3Segment) -> _Nothing:
        return _Nothing()

    def field_writer(self, storage: FileStorage, segment: W3Segment) -> _Nothing:
        return _Nothing()

    def terms_reader(self, storage: FileStorage, segment: W3Segment) -> SegmentTerms:
        return SegmentTerms(open_segment(storage, segment))

    def per_document_reader(self, storage: FileStorage, segment: W3Segment) -> SegmentDocuments:
        return SegmentDocuments(open_segment(storage, segment), segment)


class DeliverableWriter(SegmentWriter):  # type: ignore[misc]
    """Whoosh's writer, with whole deliverables for documents. Lock, deletions and commit are Whoosh's own.

    `opened` gives a committed segment for reading, so that a process can share those that it has open.
    """

    def __init__(self, index: Any, analyse: Analyse, opened: Callable[[W3Segment], Segment]) -> None:
        # compound=False: a compound segment is copied into memory on every open
        # (Whoosh 2.7.4: 178 ms and 555 MB for 59,000 pages, 7 ms and 25 MB without).
        super().__init__(index, codec=DeliverableCodec(), compound=False)
        self._analyse = analyse
        self._opened = opened
        self._builder = SegmentBuilder(analyse)
        self._batch: dict[str, tuple[W3Segment, int]] = {}  # by key: what this writer took

    def add_document(self, document: IndexDocument) -> None:
        """Take a deliverable in place of those with its key, committed or not (Whoosh would keep both)."""
        if self._builder.words >= SEGMENT_WORDS or self._builder.documents >= MAX_DOCUMENTS:
            self._finish_segment()
        number = self._builder.add(document)
        self.delete_keys([document.key])
        self._batch[document.key] = self.newsegment, number
        self._added = True

    def delete_keys(self, keys: Collection[str]) -> None:
        """Delete what this writer took by these keys; `delete_committed` deletes the rest, all at once."""
        for key in keys:
            if key in self._batch:
                segment, number = self._batch.pop(key)
                segment.delete_document(number)

    def delete_committed(self, keys: Collection[str]) -> None:
        for segment in self._committed():
            for number, key in enumerate(self._opened(segment).documents.keys):
                if key in keys:
                    segment.delete_document(number)

    def commit(self, **options: Any) -> None:
        """Make all of it visible at once."""
        super().commit(mergetype=_compact)

    def take_over(self, segment: W3Segment) -> None:
        """Write the living documents of a committed segment anew."""
        alive = np.ones(segment.doc_count_all(), np.bool_)
        alive[list(segment.deleted_docs())] = False
        self._builder.add_segment(self._opened(segment), alive)
        self._added = True

    @property
    def pending(self) -> tuple[int, int]:
        """Words and documents of the segment that is being built."""
        return self._builder.words, self._builder.documents

    def _committed(self) -> list[W3Segment]:
        mine = {id(segment) for segment, _ in self._batch.values()}
        return [segment for segment in self.segments if id(segment) not in mine]

    def _finish_segment(self) -> None:
        self._flush_segment()
        self.segments.append(self.get_segment())
        self.newsegment = self.codec.new_segment(self.storage, self.indexname)
        self._builder = SegmentBuilder(self._analyse)

    def _flush_segment(self) -> None:
        """Write the segment's files, and have them on the disk before any commit names them."""
        self.docnum = self._builder.documents
        built = self._builder.build()
        # Whoosh keeps the segment's attributes in its table of contents.
        self.newsegment.running_words = built.words
        _write(
            self.storage, self.newsegment.make_filename(POSTINGS), built.postings.data, built.places.data, *built.texts
        )
        _write(self.storage, self.newsegment.make_filename(TABLES), encode(built.arrays, built.facts))
        flush_folder(self.storage.folder)


def open_segment(storage: FileStorage, segment: W3Segment) -> Segment:
    """Open a segment for reading. Raises OSError, and TablesDamaged (a ValueError)."""
    with storage.open_file(segment.make_filename(TABLES)) as tables:
        arrays, facts = decode(tables.read())
    return Segment(segment.segment_id(), arrays, facts, _FileAt(storage._fpath(segment.make_filename(POSTINGS))))


class _FileAt:
    """A file read at an offset, by any number of threads, until nobody holds it.

    Not mapped: mapped pages count as the server's memory.
    """

    def __init__(self, path: str) -> None:
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self._descriptor)

    def __call__(self, at: int, size: int) -> bytes:
        found = os.pread(self._descriptor, size, at)
        if len(found) < size:
            raise TablesDamaged("a file of postings is too short")
        return found


def flush_folder(folder: str) -> None:
    """Have a folder's names on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(storage: FileStorage, name: str, *blocks: Any) -> None:
    with storage.create_file(name) as file:
        for block in blocks:
            file.write(block)
        file.flush()
        os.fsync(file.fileno())


def _compact(writer: DeliverableWriter, segments: list[W3Segment]) -> list[W3Segment]:
    """A merge policy for Whoosh: which segments stay. Those that go are written into the one that is being built."""
    staying: list[W3Segment] = []
    for segment in segments:
        if segment.deleted_count() == segment.doc_count_all():
            continue  # nothing of it lives
        # What is deleted still takes room and time; half is enough to be rid of it.
        if segment.deleted_count() * 2 > segment.doc_count_all():
            writer.take_over(segment)
        else:
            staying.append(segment)
    while True:
        words, documents = writer.pending
        sizes = {id(segment): segment.running_words for segment in staying}
        tier = _tier(words)
        alike = [segment for segment in staying if _tier(sizes[id(segment)]) <= tier]
        if not words or len(alike) + 1 < _TIER_FACTOR:
            return staying
        # As many as fit, the smallest first.
        joined: list[W3Segment] = []
        for segment in sorted(alike, key=lambda segment: sizes[id(segment)]):
            words += sizes[id(segment)]
            documents += segment.doc_count_all()
            if words > SEGMENT_WORDS or documents > MAX_DOCUMENTS:
                break
            joined.append(segment)
        if not joined:
            return staying
        for segment in joined:
            writer.take_over(segment)
        staying = [segment for segment in staying if segment not in joined]


def _tier(words: int) -> int:
    """
    >>> [_tier(words) for words in (0, 19_999, 20_000, 80_000)]
    [0, 0, 1, 2]
    """
    tier = 0
    while words >= _SMALLEST_TIER_WORDS * _TIER_FACTOR**tier:
        tier += 1
    return tier


class SegmentTerms(base.TermsReader):  # type: ignore[misc]
    """A segment's terms and postings, for Whoosh's own readers."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return self._words(term[0]).find(term[1].decode()) is not None

    def indexed_field_names(self) -> list[str]:
        return ["term", "word"]

    def terms(self) -> Iterator[tuple[str, bytes]]:
        for name in self.indexed_field_names():
            yield from self._terms_from(name, 0)

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        first, _ = self._words(fieldname).beginning_with(prefix.decode())
        return self._terms_from(fieldname, first)

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return (((name, text), self.term_info(name, text)) for name, text in self.terms())

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return (((name, text), self.term_info(name, text)) for name, text in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        found = self._postings(fieldname, text)
        lengths = self._segment.documents.lengths[found.documents]
        return TermInfo(
            weight=float(found.weights.sum()) / WEIGHT_UNIT,
            df=len(found.documents),
            minlength=int(lengths.min()),
            maxlength=int(lengths.max()),
            maxweight=float(found.weights.max()) / WEIGHT_UNIT,
            minid=int(found.documents[0]),
            maxid=int(found.documents[-1]),
        )

    def matcher(self, fieldname: str, text: bytes, format_: formats.Format, scorer: Any = None) -> ListMatcher:
        found = self._postings(fieldname, text)
        values = None
        if fieldname == "word":
            places = look_up_places(self._segment, Word(text.decode()))
            values = [format_.encode(self._within(places, document)) for document in found.documents.tolist()]
        return ListMatcher(
            found.documents.tolist(),
            (found.weights / WEIGHT_UNIT).tolist(),
            values,
            format_,
            scorer,
            term=(fieldname, text),
            terminfo=self.term_info(fieldname, text),
        )

    def _words(self, fieldname: str) -> SortedWords:
        return self._segment.terms if fieldname == "term" else self._segment.lexicon

    def _terms_from(self, fieldname: str, first: int) -> Iterator[tuple[str, bytes]]:
        return ((fieldname, word.encode()) for word in self._words(fieldname).words(first))

    def _postings(self, fieldname: str, text: bytes) -> Postings:
        found = look_up(self._segment, (Term if fieldname == "term" else Word)(text.decode()))
        if not len(found.documents):
            raise TermNotFound(f"{fieldname}:{text!r}")
        return found

    def _within(self, places: Places, document: int) -> list[int]:
        start, end = self._segment.text_bounds(document)
        first, last = np.searchsorted(places.places, (start, end))
        found: list[int] = (places.places[first:last].astype(np.int64) - start).tolist()
        return found


class SegmentDocuments(base.PerDocumentReader):  # type: ignore[misc]
    """A segment's deliverables, for Whoosh's own readers."""

    def __init__(self, segment: Segment, about: W3Segment) -> None:
        self._segment = segment
        self._about = about

    def doc_count(self) -> int:
        return len(self._segment) - int(self._about.deleted_count())

    def doc_count_all(self) -> int:
        return len(self._segment)

    def has_deletions(self) -> bool:
        return bool(self._about.has_deletions())

    def is_deleted(self, docnum: int) -> bool:
        return bool(self._about.is_deleted(docnum))

    def deleted_docs(self) -> Iterator[int]:
        return iter(self._about.deleted_docs())

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        return int(self._segment.documents.lengths[docnum])

    def field_length(self, fieldname: str) -> int:
        return int(self._segment.documents.lengths.sum(dtype=np.uint64))

    def min_field_length(self, fieldname: str) -> int:
        return int(self._segment.documents.lengths.min())

    def max_field_length(self, fieldname: str) -> int:
        return int(self._segment.documents.lengths.max())

    def stored_fields(self, docnum: int) -> dict[str, str]:
        rows = self._segment.documents
        return {
            "key": rows.keys[docnum],
            "id": rows.ids[docnum],
            "title": rows.titles[docnum],
            "date": rows.dates[docnum],
        }


class _Nothing:
    """Whoosh asks its codec for two writers before it knows what to write; ours writes a segment at once."""

    is_closed = True

    def close(self) -> None:
        pass
