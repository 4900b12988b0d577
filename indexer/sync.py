"""Keep catalog and index in step with the tree: look, plan, read, write down, make searchable, compare.

The tree is the truth. Catalog and index are derived, and either may be behind after a kill: what the catalog has noted as
not yet indexed is indexed by the next run. Knows neither Whoosh nor Flask.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from archive.catalog.catalog import Catalog, CatalogUnreadable
from archive.catalog.writing import ERASED
from archive.model import FileFacts, Problem
from archive.paths import NETWORK, locate, record_place
from archive.records import assembly
from archive.records.record_set import RecordSet, changed
from archive.settings import Settings
from archive.storage import Storage, Tree, is_settled
from indexer.documents import (
    expected_keys,
    index_keys,
    list_documents,
    note_refused,
    rebuild_index,
    refused_keys,
)
from indexer.extraction.reader import preload
from indexer.harvest.keeping import harvest_again, is_harvested
from indexer.moves import Noted, access_said, note_moves
from indexer.plan import Plan, find_moves, plan_sync
from indexer.reading import ReadFile, checksum_of, read_files, scanned_pages_of
from indexer.search.engine import IndexUnreadable, SearchIndex

# The notes that a run leaves in the catalog.
WRITTEN, LAST_RUN, AGREED = "written", "last-run", "agreed"
# The fingerprint of a placeholder: its file is somewhere else, and is new when it comes.
ELSEWHERE = "elsewhere"
NOT_DOWNLOADED = 'is not downloaded yet: have its service "always keep it on this device"'
ASSEMBLY_VERSION = 4  # raise it when the same files and records make other deliverables
BATCH_FILES = 100  # so many files become searchable together
BATCH_S = 5.0  # or what was read in this time: whoever waits sees the first ones soon
PRELOAD_FROM_FILES = 4  # for fewer files loading every reader takes longer than it saves


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    id: str
    code: str
    reason: str


@dataclass(slots=True, kw_only=True)
class SyncReport:
    """What a run did. Lists hold ids; `warnings` are pairs of an id and a line; `seconds` are of wall clock."""

    added: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    moved: list[tuple[str, str]] = field(default_factory=list)
    unchanged: int = 0
    failed: list[Failure] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[tuple[str, str]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    pages: int = 0
    seconds: float = 0.0


class Progress:
    """Told how far a run is, and asked whether to go on; this one keeps silent and goes on."""

    def begin(self, total: int) -> None:
        """So many files will be read."""

    def read(self, id: str) -> None:
        """One of them was."""

    def end(self) -> None:
        """The run is over, however it ended."""

    def stops(self) -> bool:
        """Whether somebody wants the run to stop here; what was read until now is kept."""
        return False


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What a run works on. The caller holds the writer's lock.

    `open_index` is called when the index is needed, and `seal` tells whether anything happened to its files: see
    `search.seal`.
    """

    storage: Storage
    catalog: Catalog
    open_index: Callable[[], SearchIndex]
    seal: Callable[[], str]
    settings: Settings
    clock: Callable[[], datetime]


def sync(parts: Parts, *, rebuild: bool = False, progress: Progress | None = None) -> SyncReport:
    """Bring catalog and index in step with the tree; one process at a time (see `archive.locking`).

    A file that can't be read is reported and stops nothing. Raises AccessFailed when the tree can't be read or `var/`
    can't be written: what was searchable then stays so.
    """
    run = _Run(parts, rebuild, progress or Progress())
    started = time.monotonic()
    try:
        run.look()
        run.read_records()
        run.harvest_again()
        run.move()
        run.read_files()
        run.read_scans()
        run.assemble()
        run.make_searchable()
        run.finish()
    finally:
        run.progress.end()
    run.report.seconds = time.monotonic() - started
    return run.report


def is_behind(storage: Storage, catalog: Catalog, *, seal: str, now: datetime) -> bool:
    """Whether the tree has changes that have settled, or catalog or index are gone: a look, nothing is opened.

    `seal` is that of the index now (`search.seal`).
    """
    tree = storage.scan()
    try:
        plan = plan_sync({file.id: file for file in tree.files}, catalog.known_files())
    except CatalogUnreadable:
        return True
    if catalog.meta(AGREED) != seal or not is_harvested(catalog):
        return True
    if plan.drop or {record.id: record.fingerprint for record in tree.records} != catalog.record_fingerprints():
        return True
    return any(file.id in plan.read and is_settled(file, now=now.timestamp()) for file in tree.files)


class _Run:
    """One run; its methods stand in the order in which they are called."""

    def __init__(self, parts: Parts, rebuild: bool, progress: Progress) -> None:
        self.storage, self.catalog = parts.storage, parts.catalog
        self.open_index, self.seal = parts.open_index, parts.seal
        self.settings, self.clock = parts.settings, parts.clock
        self.rebuild, self.progress = rebuild, progress
        self.report = SyncReport()
        self.touched: set[str] = set()  # projects whose deliverables must be assembled anew

    def look(self) -> None:
        """List the tree and compare it with the catalog."""
        self.tree: Tree = self.storage.scan()
        self.stored = {file.id: file for file in self.tree.files}
        known = self.catalog.known_files()
        self.known = {id: file for id, file in known.items() if file.fingerprint != ELSEWHERE}
        self.elsewhere = known.keys() - self.known.keys()
        self.unheld = self.catalog.unheld_access()
        self.plan: Plan = plan_sync(self.stored, self.known, rebuild=self.rebuild)
        self.report.problems += self.tree.problems
        self.report.absent = sorted(self.plan.absent)
        for id in sorted(self.plan.unchanged):
            if (failure := self.known[id].failure) is not None:
                self.report.failed.append(Failure(id=id, code=failure.code, reason=failure.reason))
        self.report.unchanged = len(self.plan.unchanged) - len(self.report.failed)
        # A run that was ended between writing files down and assembling them left its note here.
        self.touched |= {locate(id).project for ids in self.catalog.pending() for id in ids}

    def read_records(self) -> None:
        """Read the records; where one has changed, its project is assembled anew."""
        self.records = RecordSet(self.storage, self.tree.records)
        self._read_late_records()
        changes = changed(self.catalog.record_fingerprints(), self.records.fingerprints)
        if self.rebuild or NETWORK in changes or self.catalog.settings_stamp() != _stamp(self.settings):
            # The default visibility, or names that the index knows: everything is assembled anew.
            self.touched |= {locate(id).project for id in self.stored} | self.records.projects.keys()
        for id in changes:
            place = record_place(id)
            if place is not None and place.kind == "project":
                self.touched.add(place.owner)

    def _read_late_records(self) -> None:
        """What is handed in gets its record first, and a look may have passed that place just before: it saw the file
        alone, which would be open to all of campus until the next look."""
        seen = self.records.fingerprints.keys()
        for record in {locate(id).record for id in self.plan.read} - seen:
            if self.storage.has(record):
                self.records.read(record)

    def harvest_again(self) -> None:
        """Where the rules for open ends have changed, use the new ones on the text that is there."""
        if not is_harvested(self.catalog):
            harvest_again(self.catalog, sorted(self.known.keys() - self.plan.read), stops=self.progress.stops)

    def move(self) -> None:
        """Recognise moved files by their bytes, and files that were only touched; neither is read again."""
        left = {id: self.known[id].sha256 for id in self.plan.drop}
        sizes = {self.known[id].size for id in left}
        arrived = {
            id: checksum_of(self.storage, id) or "" for id in sorted(self.plan.add) if self.stored[id].size in sizes
        }
        moves = find_moves(arrived, {id: checksum for id, checksum in left.items() if checksum})
        touched = [id for id in sorted(self.plan.replace if not self.rebuild else ()) if self._is_only_touched(id)]
        dropped = sorted(self.plan.drop - moves.keys())
        self.kept = {*moves.values(), *touched}
        self.report.dropped, self.report.moved = dropped, sorted(moves.items())
        self.report.unchanged += len(touched)
        elsewhere = self.plan.absent - self.known.keys() - self.elsewhere
        gone = sorted(self.elsewhere - self.stored.keys())
        noted = self._note_moves()
        if not (touched or moves or dropped or elsewhere or gone or noted.unheld != self.unheld):
            return
        with self.catalog.writing() as writer:
            for id in touched:
                writer.touch_file(id, self.stored[id].fingerprint)
            for old, new in self.report.moved:
                writer.move_file(old, new, self.stored[new].fingerprint)
            for id in (*dropped, *gone):
                writer.drop_file(id)
            for id in sorted(elsewhere):
                facts = FileFacts(id=id, state="not-downloaded", size=self.stored[id].size, reason=NOT_DOWNLOADED)
                writer.put_file(facts, ELSEWHERE)
            writer.put_unheld_access(noted.unheld)
        self.unheld = noted.unheld
        self.touched |= noted.written
        for old, new in self.report.moved:
            self.touched |= {locate(old).project, locate(new).project}
        self.touched |= {locate(id).project for id in (*dropped, *gone, *elsewhere)}

    def _note_moves(self) -> Noted:
        """Before the catalog has the moves: then they are never seen again."""
        default = self.settings.default_visibility
        said = {
            old: access_said(found[0], found[2], default=default)
            for old, _ in self.report.moved
            if (found := self.catalog.for_index(old)) is not None
        }
        noted = note_moves(
            self.storage, self.records, self.report.moved, said=said, unheld=self.unheld, stored=self.stored
        )
        self.report.problems += noted.problems
        return noted

    def read_files(self) -> None:
        """Read what is new or changed, the youngest last; write down each batch and make it searchable."""
        waiting = sorted(self.plan.read - self.kept, key=lambda id: (self.stored[id].mtime_ns, id))
        self.progress.begin(len(waiting))
        if len(waiting) >= PRELOAD_FROM_FILES:
            preload()
        self.scans: dict[str, int] = {}  # the pages that may be pictures, by file
        self.reads_scans = bool(waiting) and self.settings.ocr and _has_ocr()
        for read in self._in_batches(waiting):
            self._report(read)

    def _get_ready(self, ids: Sequence[str]) -> None:
        """Load what will be needed: of the engine and the readers, 0.2 s."""
        self.open_index()
        preload(id.rpartition(".")[2].lower() for id in ids[:PRELOAD_FROM_FILES])

    def read_scans(self) -> None:
        """Read pages that are pictures, when everything else can be found already: it takes seconds a page."""
        if not self.scans:
            return
        self.assemble()
        self.make_searchable()
        self.progress.begin(len(self.scans))
        for read in self._in_batches(sorted(self.scans), scanned_pages=max(self.scans.values())):
            kept = [(id, warning) for id, warning in self.report.warnings if id != read.facts.id]
            self.report.warnings = kept + [(read.facts.id, warning) for warning in read.facts.warnings]

    def _in_batches(self, ids: Sequence[str], *, scanned_pages: int = 0) -> Iterator[ReadFile]:
        batch: list[ReadFile] = []
        began = time.monotonic()
        reads = read_files(
            self.storage,
            self.stored,
            ids,
            settings=self.settings,
            clock=self.clock,
            scanned_pages=scanned_pages,
            meanwhile=lambda: self._get_ready(ids),
        )
        for read in reads:
            if not scanned_pages and self.reads_scans and (pages := scanned_pages_of(read)):
                self.scans[read.facts.id] = pages
                # Until its pictures are read: a run that ends before is followed by one that reads it again.
                read = replace(read, fingerprint=f"scan {read.fingerprint}")
            batch.append(read)
            self.progress.read(read.facts.id)
            yield read
            if self.progress.stops():
                self._write_down(batch)
                raise KeyboardInterrupt
            if len(batch) >= BATCH_FILES or time.monotonic() - began > BATCH_S:
                self._write_down(batch)
                self.assemble()
                self.make_searchable()
                batch, began = [], time.monotonic()
        if batch:
            self._write_down(batch)

    def assemble(self) -> None:
        """Make the touched projects and their deliverables of records and files."""
        if not self.touched:
            return
        made = {id: self._assembled(id, self.catalog.file_facts(id)) for id in sorted(self.touched)}
        with self.catalog.writing() as writer:
            for id, project in made.items():
                if project is None:
                    writer.drop_project(id)
                else:
                    writer.put_project(project.project, project.deliverables, project.problems)
        self.touched.clear()

    def make_searchable(self) -> None:
        """Tell the engine what it has not been told yet; whatever ends this, the catalog keeps its note of it."""
        if self.rebuild:
            return  # all of it follows in `finish`
        upserts, deletes = self.catalog.pending()
        waiting = [*upserts, *deletes]
        for start in range(0, len(waiting), BATCH_FILES):
            ids = waiting[start : start + BATCH_FILES]
            # The catalog gets the network at the end; without it, what is new would not be found by its themes.
            documents = list(list_documents(self.catalog, ids, network=self.records.network))
            stale = {key for id in ids for key in index_keys(id)} - {document.key for document in documents}
            told = stale | {document.key for document in documents}
            try:
                refused = [(each.key, each.error) for each in self.open_index().apply(documents, stale) if each.error]
            except IndexUnreadable:
                return  # damaged, or of another version: `finish` builds it anew, of all that the catalog has
            self.report.warnings += refused
            note_refused(self.catalog, (refused_keys(self.catalog) - told) | {key for key, _ in refused})
            self.catalog.settle(ids)

    def finish(self) -> None:
        """Write down what the run was about; then catalog and index must hold the same, or the index is built anew."""
        self.report.problems += self.records.problems
        self._write_down_records()
        self.report.problems += self.catalog.project_problems()
        self.report.failed += [
            Failure(id=problem.path, code="record", reason=_at_its_line(problem)) for problem in self.records.unusable
        ]
        self.catalog.note_run(LAST_RUN, f"{self.clock():%Y-%m-%dT%H:%M:%SZ}")
        erased = self.catalog.meta(ERASED)
        if not self.rebuild and not erased and self._index_agrees():
            return
        if erased:
            with self.catalog.writing() as writer:
                writer.drop_unused_audiences()
        elif not self.rebuild:
            self.report.notices.append("index and catalog differed; the index is rebuilt")
        self.report.warnings += rebuild_index(self.catalog, self.open_index())
        self.catalog.settle_all()
        self._note_agreement()
        if erased and erased == self.catalog.meta(ERASED):  # else something was erased meanwhile: the next run's
            self.catalog.note_run(ERASED, "")

    def _assembled(self, id: str, files: Sequence[FileFacts]) -> assembly.AssembledProject | None:
        record = self.records.projects.get(id)
        if not files and record is None:
            return None
        default = self.settings.default_visibility.at_most(self.records.floor(id))
        return assembly.assemble_project(
            id, files, record=record, default=default, network=self.records.network, unheld=self.unheld
        )

    def _write_down_records(self) -> None:
        """What the records say of the whole, unless nothing of it changed: a commit makes all readers look again."""
        communities = self.records.communities(self.stored)
        problems = self.report.problems
        about = repr((self.records.fingerprints, communities, problems, _stamp(self.settings)))
        digest = hashlib.sha256(about.encode("utf-8", "surrogatepass")).hexdigest()
        if digest == self.catalog.meta(WRITTEN):
            return
        with self.catalog.writing() as writer:
            writer.put_network(self.records.network)
            writer.put_communities(communities)
            writer.put_problems(problems)
            writer.put_records(self.records.fingerprints)
            writer.put_settings_stamp(_stamp(self.settings))
            writer.put_meta(WRITTEN, digest)

    def _index_agrees(self) -> bool:
        """Whether the index holds what the catalog wants. Not opened when nothing happened to it since it last did:

        whatever changes what the catalog wants is noted there until the index was told, and then its files change.
        """
        if self.catalog.meta(AGREED) == self.seal():
            return True
        try:
            agrees = self.open_index().keys() == expected_keys(self.catalog)
        except IndexUnreadable:
            return False
        if agrees:
            self._note_agreement()
        return agrees

    def _note_agreement(self) -> None:
        with self.catalog.writing() as writer:
            writer.put_meta(AGREED, self.seal())

    def _is_only_touched(self, id: str) -> bool:
        known = self.known[id]
        return known.size == self.stored[id].size and checksum_of(self.storage, id) == known.sha256 != ""

    def _write_down(self, reads: Sequence[ReadFile]) -> None:
        with self.catalog.writing() as writer:
            for read in reads:
                writer.put_file(read.facts, read.fingerprint, read.parts, read.outline)
                writer.put_open_ends(read.facts.id, read.open_ends, paged=read.facts.unit == "page")
        self.touched |= {locate(read.facts.id).project for read in reads}

    def _report(self, read: ReadFile) -> None:
        facts = read.facts
        self.report.warnings += [(facts.id, warning) for warning in facts.warnings]
        if facts.state == "failed":
            self.report.failed.append(Failure(id=facts.id, code=facts.code or "damaged", reason=facts.reason or ""))
            return
        (self.report.added if facts.id in self.plan.add else self.report.replaced).append(facts.id)
        self.report.pages += facts.parts


def _has_ocr() -> bool:
    from indexer.extraction import ocr  # loads what a run with nothing to read does without

    return ocr.available()


def _at_its_line(problem: Problem) -> str:
    return f"line {problem.line}: {problem.message}" if problem.line else problem.message


def _stamp(settings: Settings) -> str:
    """What assembled deliverables depend on besides files and records."""
    return f"{ASSEMBLY_VERSION}/{settings.default_visibility}"
