"""Compare what was kept with what is there: records, checksums, catalog and index against the tree."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from archive.agenda.questions import unknown_in_agenda
from archive.catalog.catalog import Catalog
from archive.catalog.indexing import KnownFile
from archive.errors import AccessFailed
from archive.model import Problem
from archive.paths import AGENDA, PROJECT, is_record, locate, printable
from archive.records.assembly import relative
from archive.records.naming import link_slug
from archive.records.record_set import RecordSet
from archive.relay.continuing import faults
from archive.storage import NoSuchFile, Storage
from indexer.documents import expected_keys
from indexer.plan import plan_sync
from indexer.search.engine import IndexUnreadable, SearchIndex


@dataclass(slots=True, kw_only=True)
class Findings:
    """What `check` found. `lost` is damage: bytes that differ from what was kept, or files that are gone.

    `behind` is no damage: what the next `estafette index` will bring up to date.
    """

    files: int = 0
    lost: list[Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    behind: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {
            "files": self.files,
            "lost": [_problem_json(problem) for problem in self.lost],
            "problems": [_problem_json(problem) for problem in self.problems],
            "behind": self.behind,
        }

    def lines(self) -> Iterator[str]:
        """The findings for people."""
        for problem in self.lost:
            yield f"LOST {printable(problem.path)}: {printable(problem.message)}"
        for problem in self.problems:
            line = f", line {problem.line}" if problem.line else ""
            what = "record" if is_record(problem.path) else "problem"
            yield f"{what} {printable(problem.path)}{line}: {printable(problem.message)}"
        yield from (f"behind: {printable(line)}" for line in self.behind)
        yield f"{self.files} files compared; {len(self.lost)} lost or damaged"


def check_archive(storage: Storage, catalog: Catalog, index: SearchIndex) -> Findings:
    """Read every file once and compare. Raises AccessFailed when the tree can't be read."""
    found = Findings()
    tree = storage.scan()
    stored = {file.id: file for file in tree.files}
    records = RecordSet(storage, tree.records)
    known = catalog.known_files()
    plan = plan_sync(stored, known)
    found.problems += [*tree.problems, *records.problems, *_dead_ends(records, stored, catalog)]
    for id in sorted(plan.unchanged | plan.replace):
        found.files += 1
        found.lost += _compare(storage, id, known[id], same_date=id in plan.unchanged)
    written = {id.casefold(): id for id in stored}  # people type names in a record as they remember them
    for project, record in sorted(records.projects.items()):
        for entry in record.deliverables:
            if entry.file and entry.withdrawn is None:
                id = f"{project}/{relative(entry.file)}"
                lost = list(_compare_with_record(storage, written.get(id.casefold(), id), entry.sha256))
                moved = lost and catalog.has_moved(id)
                (found.problems if moved else found.lost).extend(lost)
    for count, what in ((len(plan.add), "new"), (len(plan.replace), "changed"), (len(plan.drop), "gone")):
        if count:
            found.behind.append(f"{count} {what} since the last index: run estafette index")
    try:
        if index.keys() != expected_keys(catalog):
            found.behind.append("index and catalog differ: run estafette index")
    except IndexUnreadable as error:
        found.behind.append(f"{error}: run estafette index")
    return found


def _dead_ends(records: RecordSet, stored: Collection[str], catalog: Catalog) -> Iterator[Problem]:
    """Where records name a project, document or question that does not exist, or go round in a circle."""
    projects = {locate(id).project for id in stored} | records.projects.keys()
    documents = set(stored) | {
        f"{id}/{relative(entry.file) if entry.file else link_slug(entry.url or '')}"
        for id, record in records.projects.items()
        for entry in record.deliverables
    }
    questions = {question.id for agenda in records.agendas.values() for question in agenda.questions}
    unread = any(problem.path.endswith(f"/{AGENDA}") for problem in records.unusable)  # its questions are not known
    yield from faults(records.projects, projects)
    for id, record in sorted(records.projects.items()):
        for question in record.answers:
            if question not in questions and not unread:
                yield Problem(path=f"{id}/{PROJECT}", message=f"answers {question}, which is on no agenda")
    for community, agenda in sorted(records.agendas.items()):
        for question, named in unknown_in_agenda(agenda, projects=projects, documents=documents):
            if not catalog.has_moved(named):
                yield Problem(path=f"{community}/{AGENDA}", message=f"{question} names {named}, which does not exist")


def _compare(storage: Storage, id: str, known: KnownFile, *, same_date: bool) -> Iterator[Problem]:
    """Other bytes under the same date and size were written by nobody."""
    if not known.sha256 or not same_date:
        return
    try:
        checksum = storage.sha256(id)
    except AccessFailed as error:
        yield Problem(path=id, message=str(error).partition(": ")[2])
        return
    if checksum != known.sha256:
        yield Problem(path=id, message=f"sha256 {checksum[:12]}, indexed with {known.sha256[:12]}, and nobody wrote it")


def _compare_with_record(storage: Storage, id: str, recorded: str | None) -> Iterator[Problem]:
    try:
        checksum = storage.sha256(id) if recorded else storage.path(id) and None
    except NoSuchFile:
        yield Problem(path=id, message="is named in the record, but is not there")
        return
    except AccessFailed as error:
        yield Problem(path=id, message=str(error).partition(": ")[2])
        return
    if recorded and checksum != recorded.lower():
        yield Problem(path=id, message=f"sha256 {str(checksum)[:12]}, recorded {recorded[:12]}")


def _problem_json(problem: Problem) -> dict[str, Any]:
    return {"path": problem.path, "line": problem.line, "message": problem.message}
