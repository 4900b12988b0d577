"""Send a draft: put its files in `documents/`, each with what its record says, and never a file without.

A file of which no record speaks is read by all of campus. So the order is: the plan, with everything that was decided,
stands flushed in the draft; then the bytes lie beside their places under hidden names, flushed and compared; then the
record says all of it at once; and only then the files get their names. Whatever ends this halfway, a record may for a
moment speak of a file that is not there yet, which closes and never opens. `finish_interrupted` goes on from the plan,
and doing a step twice is doing it once. "Received" may be said when `send` returns, not before.

A new version takes the place of a file that others read already: there the entry is closed first where the two are not
as open as each other, then the file is replaced, then the record says what is true of the new one.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime

from archive.accounts.teams import new_project_id
from archive.deposit.draft import Draft
from archive.deposit.drafts import Drafts
from archive.deposit.errors import ChecksumMismatch, NoSuchDraft, disk_full, expect_room, full_disk
from archive.deposit.file_names import file_name
from archive.deposit.plan import (
    HandIn,
    Plan,
    Planned,
    Sent,
    Unfit,
    about_changes,
    closing,
    entry_of,
    is_as_open,
    openness,
    plan_of,
)
from archive.errors import AccessFailed, ArchiveError
from archive.model import DeliverableRecord, ProjectRecord
from archive.paths import PROJECT, VERSIONS, locate
from archive.records.assembly import relative
from archive.records.editing import Change, Entry, Put
from archive.records.live import LiveRecords, refuse
from archive.records.reading import read_project
from archive.storage import AlreadyThere, NoSuchFile, Storage

ATTEMPTS = 5  # so often others may make a project of the same name, or a file, before a draft is given back


def send(
    drafts: Drafts,
    id: str,
    told: HandIn,
    *,
    storage: Storage,
    owner: int,
    by: str,
    asks: bool = False,
    reviewers: Iterable[str] = (),
    now: datetime,
) -> Sent:
    """Hand a draft in; on return it is in the tree, whole, flushed and checksummed.

    `by` is the account's address; `asks`: a student's, which stays within the team until a teacher says yes (see
    `archive.deposit.may`, `archive.deposit.approval`), `reviewers` being the addresses of the teachers who may. The same
    draft sent again gets the first answer, whatever is told then.

    Raises NoSuchDraft; Unfit for what can't be sent; DiskFull, AccessFailed, ChecksumMismatch, RecordNotEditable: then
    nothing is in the tree and the draft is open as before, unless an earlier version was being replaced already (then
    it stays "sending", and `finish_interrupted` goes on with it).
    """
    with drafts.alone(id):
        draft = drafts.get(id, owner=owner)
        if draft.state == "sent":
            return _told(draft)
        if draft.state == "open":
            plan = plan_of(draft, told, by=by, asks=asks, reviewers=reviewers, now=now)
            expect_room(storage.root, sum(file.size for file in draft.files))
            with drafts.one_by_one():
                if plan.make:
                    plan.project = _free_project(plan, drafts, LiveRecords(storage))
                draft = replace(draft, state="sending", sending=plan.to_json(), changed=now)
                drafts.write(draft)
            return _carry_out(drafts, storage, draft, plan, resumed=False)
        return _carry_out(drafts, storage, draft, Plan.from_json(draft.sending), resumed=True)


def finish_interrupted(drafts: Drafts, storage: Storage) -> tuple[Sent, ...]:
    """Go on with what a kill or a full disk ended: each draft that was being sent, and that nobody is sending now.

    To be called before anything looks at the tree. One that can't be finished is given back to its owner, or waits for
    the next time; nothing is raised for it.
    """
    finished = []
    for draft in list(drafts.all()):
        if draft.state != "sending":
            continue
        with suppress(ArchiveError), drafts.alone(draft.id, wait=False):
            found = drafts.reread(draft.id)
            if found is not None and found.state == "sending":
                finished.append(_carry_out(drafts, storage, found, Plan.from_json(found.sending), resumed=True))
    return tuple(finished)


def _carry_out(drafts: Drafts, storage: Storage, draft: Draft, plan: Plan, *, resumed: bool) -> Sent:
    """Do what a plan says; the caller is alone with the draft."""
    work = _Sending(drafts, storage, draft, plan)
    try:
        if resumed and work.is_recorded():
            work.name_again()
        else:
            work.stage()
            work.record()
            work.name()
    except (ArchiveError, OSError) as error:
        work.give_back()
        raise full_disk(error) or error from error.__cause__
    return work.finish()


class _Sending:
    """One draft on its way; the methods stand in the order of their use."""

    def __init__(self, drafts: Drafts, storage: Storage, draft: Draft, plan: Plan) -> None:
        self.drafts, self.storage, self.draft, self.plan = drafts, storage, draft, plan

    def is_recorded(self) -> bool:
        """Whether the record says it all already."""
        with suppress(AccessFailed):
            record = LiveRecords(self.storage).project(self.plan.project)
            entries = {relative(each.file): each for each in (record.deliverables if record else ()) if each.file}
            return all(
                file.file is not None and file.file in entries and entries[file.file].sha256 == file.sha256
                for file in self.plan.files
            )
        return False

    def stage(self) -> None:
        """Put all bytes beside their places."""
        self._expect_project(LiveRecords(self.storage))
        for file in self.plan.files:
            self._stage(file)

    def record(self) -> None:
        """Choose the names and write the record, one sender at a time."""
        for _ in range(ATTEMPTS):
            with self.drafts.one_by_one():
                records = LiveRecords(self.storage)
                if not (self.plan.make and self.plan.project in records.projects):
                    self._choose(records)
                    self._write(records)
                    return
                # Somebody made a project of this name meanwhile, in another way than by handing in.
                self._unstage()
                self.plan.project = _free_project(self.plan, self.drafts, records)
                self._keep_plan()
            self.stage()
        raise AccessFailed("others make projects of this name all the time; nothing was written, try again")

    def name(self) -> None:
        """Give the files their names."""
        for file in self.plan.files:
            if file.file != file.replaces:
                self._name(file)

    def name_again(self) -> None:
        """The same, where a kill left some with their name and some without."""
        for file in self.plan.files:
            with suppress(NoSuchFile):
                if self.storage.sha256(f"{self.plan.project}/{file.file}") == file.sha256:
                    continue
            with suppress(NoSuchDraft, FileNotFoundError):  # without its bytes: it had its name, and people moved it on
                self._stage(file)
                self._name(file)

    def give_back(self) -> None:
        """After a failure: take away what lies in the tree and open the draft again, as far as there is a way back."""
        with suppress(ArchiveError, OSError):
            if self.plan.begun or self.is_recorded():
                return
            self._unstage()
            self.drafts.write(replace(self.draft, state="open", sending={}))

    def finish(self) -> Sent:
        """Throw the draft's bytes away and keep, for a while, what became of it."""
        with suppress(AccessFailed):
            self._unstage()
        with disk_full():
            self.drafts.drop_bytes(self.draft)
            said = {
                "project": self.plan.project,
                "files": {file.key: f"{self.plan.project}/{file.file}" for file in self.plan.files},
                "waiting": self.plan.waiting,
                "at": self.plan.at.isoformat(),
            }
            self.draft = replace(self.draft, state="sent", sent=said, sending={}, answers={}, reading={})
            self.drafts.write(self.draft)
        return _told(self.draft)

    def _stage(self, file: Planned) -> None:
        with self.drafts.stream(self.draft, file.key) as stream:
            # The time at which it came is that of the bytes: the indexer need not wait for it to settle.
            came_ns = self.drafts.came_ns(self.draft, file.key)
            written = self.storage.stage(self._home(file), self._mark(file), stream, mtime_ns=came_ns)
        if written.sha256 != file.sha256:
            raise ChecksumMismatch(file.path)

    def _expect_project(self, records: LiveRecords) -> None:
        project = self.plan.project
        if not self.plan.make and (project not in records.projects or project in records.files):
            raise Unfit("no-project", "this project is not there any more")

    def _choose(self, records: LiveRecords) -> None:
        """Find each file its name, and what it replaces."""
        project = self.plan.project
        self._expect_project(records)
        record = self._read(records.content(self._record_id) or b"")
        entries = {relative(each.file): each for each in (record.deliverables if record else ()) if each.file}
        taken = {*self.storage.names(project), *(name.partition("/")[0] for name in entries)}
        for file in self.plan.files:
            if file.replaces is not None:
                self._choose_version(file, entries.get(file.replaces, DeliverableRecord()), record, records, taken)
            else:
                file.file = file_name(file.path, taken=taken)
            taken.add(file.file or "")
        self.plan.begun = self.plan.begun or any(file.replaces for file in self.plan.files)
        if self.plan.begun:
            records.try_out(self._record_id, self._decide)
        self._keep_plan()

    def _choose_version(
        self,
        file: Planned,
        entry: DeliverableRecord,
        record: ProjectRecord | None,
        records: LiveRecords,
        taken: set[str],
    ) -> None:
        old = file.replaces or ""
        id = f"{self.plan.project}/{old}"
        if file.old:
            return  # this was begun before
        if id not in records.files:
            raise Unfit("not-there", "the earlier version is not there any more", path=old)
        if entry.withdrawn is not None:
            raise Unfit("withdrawn", "the earlier version was withdrawn", path=old)
        if self.plan.waiting and entry.asked is None:
            raise Unfit("not-yours", "a teacher replaces what others see already", path=old)
        sha256 = self.storage.sha256(id)
        if sha256 == file.sha256:
            raise Unfit("same", "this is the version that stands there", path=old)
        stem, dot, suffix = old.rpartition(".")
        new = file.path.rpartition(".")[2] if "." in file.path else ""
        folder = old.rpartition("/")[0]
        if dot and suffix.lower() == new.lower():
            file.file = old
        else:
            chosen = file_name(f"{(stem or old).rpartition('/')[2]}.{new}" if new else file.path, taken=taken)
            file.file = f"{folder}/{chosen}" if folder else chosen
        file.old = {
            "version": entry.version,
            "sha256": sha256,
            "file": old,
            "visibility": openness(entry, record, community=locate(id).community).value,
        }
        file.shut = not is_as_open(entry, file.values)

    def _write(self, records: LiveRecords) -> None:
        """Say it all in the record; what is replaced lies among the earlier versions first."""
        versions = [file for file in self.plan.files if file.replaces is not None]
        for file in versions:
            self._keep_old(file)
        shut = [change for file in versions if file.shut for change in closing(file)]
        if shut:
            records.change(self._record_id, lambda _content: shut)
        for file in versions:
            if file.file == file.replaces:
                self._place(file)
            else:
                with suppress(NoSuchFile):
                    self.storage.remove(f"{self.plan.project}/{file.replaces}")
        records.change(self._record_id, self._decide)

    def _keep_old(self, file: Planned) -> None:
        project, old = self.plan.project, file.old
        kept = f"{project}/{VERSIONS}/{old['sha256']}/{old['file'].rpartition('/')[2]}"
        with suppress(NoSuchFile, AlreadyThere), self.storage.open(f"{project}/{old['file']}") as stream:
            if self.storage.sha256(f"{project}/{old['file']}") == old["sha256"]:
                self.storage.write(kept, stream)

    def _decide(self, content: bytes) -> list[Change]:
        record = self._read(content)
        changes = about_changes(self.plan, record)
        for file in self.plan.files:
            changes += entry_of(self.plan, file)
        return changes

    def _read(self, content: bytes) -> ProjectRecord | None:
        if not content.strip():
            return None
        record, problems = read_project(content, self._record_id)
        return record or refuse(problems)

    def _name(self, file: Planned) -> None:
        project = self.plan.project
        for _ in range(ATTEMPTS):
            try:
                self._place(file)
            except AlreadyThere:
                if self.storage.sha256(f"{project}/{file.file}") == file.sha256:
                    return
                self._rename(file)  # somebody put a file of this name there by hand, at this very moment
            else:
                return
        raise AccessFailed(f"{project}/{file.file}: others put files of this name there all the time")

    def _rename(self, file: Planned) -> None:
        records, before = LiveRecords(self.storage), file.file or ""
        file.file = file_name(before, taken=self.storage.names(self.plan.project))
        self._keep_plan()
        at = Entry(table="deliverable", key="file", value=before)
        records.change(self._record_id, lambda _content: [Put(at=(at,), values={"file": file.file})])

    def _keep_plan(self) -> None:
        self.draft = replace(self.draft, sending=self.plan.to_json())
        self.drafts.write(self.draft)

    @property
    def _record_id(self) -> str:
        return f"{self.plan.project}/{PROJECT}"

    def _place(self, file: Planned) -> None:
        name = (file.file or "").rpartition("/")[2]
        self.storage.place(self._home(file), self._mark(file), name, replace=file.file == file.replaces)

    def _unstage(self) -> None:
        for file in self.plan.files:
            self.storage.unstage(self._home(file), [self._mark(file)], made=bool(self.plan.make))

    def _home(self, file: Planned) -> str:
        """The folder of a file: the project's, or the one below it in which the earlier version lies."""
        below = (file.replaces or "").rpartition("/")[0]
        return f"{self.plan.project}/{below}" if below else self.plan.project

    def _mark(self, file: Planned) -> str:
        return f"{self.draft.id}-{file.key}"


def _free_project(plan: Plan, drafts: Drafts, records: LiveRecords) -> str:
    """An id for a project that is made; those that other drafts on their way have chosen are not free."""
    awaited = {str(draft.sending.get("project", "")) for draft in drafts.all() if draft.state == "sending"}
    make = plan.make
    return new_project_id(
        make["title"],
        community=make["community"],
        day=date(make["year"], 9, 1),
        known={*records.projects, *records.files, *awaited},
    )


def _told(draft: Draft) -> Sent:
    said = draft.sent
    return Sent(
        draft=draft.id,
        project=said["project"],
        files=dict(said["files"]),
        waiting=said["waiting"],
        at=datetime.fromisoformat(said["at"]),
    )
