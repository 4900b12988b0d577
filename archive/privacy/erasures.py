"""What was erased, kept so that no backup brings it back: hashes of ids, outside the archive's folder and outside `var/`.

A line is written before anything is erased, so that a process that is killed halfway can be followed by `apply`. Nobody
reads a name, an address or a path out of the file; who already has one can see that it was erased.
"""

from __future__ import annotations

import fcntl
import hmac
import json
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from archive.accounts.accounts import Accounts
from archive.accounts.askers import Askers
from archive.accounts.links import BEGUN
from archive.deposit.drafts import Drafts
from archive.errors import AccessFailed, ArchiveError
from archive.paths import PROJECT, VERSIONS, locate
from archive.privacy.forgetting import Somebody, folded, texts
from archive.privacy.in_drafts import address_of, drop_file, forget_in_draft, told
from archive.records.assembly import relative
from archive.records.editing import Change, Entry, Forget, Put, RecordNotEditable, Remove
from archive.records.live import LiveRecords
from archive.storage import NoSuchFile, Storage

BY = "erasures"  # how the log names what is erased again
CLOCK_MARGIN = timedelta(days=1)  # a backup's clock and ours may differ
NAME_MAX_WORDS = 6
REASON = "Gewist na een privacyverzoek."  # what a tombstone says; a record is Dutch
SALT_BYTES = 16
_WORD = re.compile(r"[^\s,;:()\[\]<>\"“”]+")

What = Literal["file", "person", "account", "draft"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """One line: `id` of a file, a name or address, an account's address, a draft's file; `within` one record or draft, or
    everywhere (None).

    All are hashes. `bytes` and `size` are those of a file, which may lie elsewhere in an older copy of the archive.
    """

    what: What
    at: datetime
    id: str
    within: str | None = None
    bytes: str | None = None
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What was erased again: ids of files and of records, how many accounts, and in how many drafts. `failed`: what has
    to be done by hand."""

    files: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    accounts: int = 0
    drafts: int = 0
    failed: tuple[str, ...] = ()


class Erasures:
    """The file of erasures. Only its owner may read it; it is only added to."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def note(
        self,
        *,
        files: Iterable[tuple[str, str, int]] = (),
        who: Somebody | None = None,
        records: Iterable[str] | None = None,
        accounts: Iterable[str] = (),
        drafts: Iterable[str] = (),
        now: datetime,
    ) -> None:
        """Keep what is about to be erased: files (id, checksum, size); a person everywhere, or in these records and drafts
        only; accounts by address; files of drafts, as `in_drafts.address_of` calls them. On return it is on disk. Raises AccessFailed."""
        with self._alone() as (salt, descriptor):
            lines = [
                Erased(what="file", at=now, id=_hash(salt, id), bytes=_hash(salt, sha256), size=size)
                for id, sha256, size in files
            ]
            for text in sorted(who.names | who.addresses) if who else ():
                # An address is one person's; a name may have namesakes in the records that were left out.
                everywhere = records is None or text in (who.addresses if who else ())
                for record in [None] if everywhere else sorted(records or ()):
                    within = None if record is None else _hash(salt, record)
                    lines.append(Erased(what="person", at=now, id=_hash(salt, text), within=within))
            lines += [Erased(what="account", at=now, id=_hash(salt, folded(each))) for each in accounts]
            lines += [Erased(what="draft", at=now, id=_hash(salt, each)) for each in drafts]
            text = "".join(json.dumps(_as_json(line)) + "\n" for line in lines)
            os.write(descriptor, text.encode())
            os.fsync(descriptor)

    def read(self) -> tuple[bytes, tuple[Erased, ...]]:
        """The salt and all lines; nothing where nothing was ever erased. Raises AccessFailed for a damaged file."""
        try:
            content = self.path.read_bytes().decode("ascii")
        except FileNotFoundError:
            return b"", ()
        except (OSError, UnicodeDecodeError) as error:
            raise AccessFailed(f"{self.path}: the erasures can't be read ({error})") from error
        first, _, rest = content.partition("\n")
        whole = rest[: rest.rfind("\n") + 1]  # a line that was cut off by a kill was not yet acted on
        try:
            return bytes.fromhex(json.loads(first)["salt"]), tuple(
                _from_json(json.loads(x)) for x in whole.splitlines()
            )
        except (ValueError, KeyError, TypeError) as error:
            raise AccessFailed(
                f"{self.path}: a line of the erasures can't be read; nothing was erased again"
            ) from error

    @contextmanager
    def _alone(self) -> Iterator[tuple[bytes, int]]:
        """The salt, and a descriptor that only adds; one process at a time."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                content = os.pread(descriptor, os.fstat(descriptor).st_size, 0)
                os.ftruncate(descriptor, content.rfind(b"\n") + 1)  # a line that was cut off by a kill
                if b"\n" not in content:
                    os.write(descriptor, (json.dumps({"salt": secrets.token_hex(SALT_BYTES)}) + "\n").encode())
                yield self.read()[0], descriptor
            finally:
                os.close(descriptor)
        except OSError as error:
            raise AccessFailed(f"{self.path}: {(error.strerror or str(error)).lower()}") from error


def beside(var: Path) -> Path:
    """Where the erasures are unless a setting tells: beside `var/`, not in it, since `var/` is backed up and thrown away."""
    return var.with_name(f"{var.name}-erasures.jsonl")


def erase_file(records: LiveRecords, id: str, *, day: date, trace: bool = True) -> None:
    """Take a file away with its earlier versions. Its entry becomes a tombstone, or goes too when `trace` is False."""
    storage, project = records.storage, locate(id).project
    record = f"{project}/{PROJECT}"
    known = records.project(project)
    file = id.removeprefix(f"{project}/")
    entry = next(
        (each for each in (known.deliverables if known else ()) if each.file and relative(each.file) == file), None
    )
    checksums = {each.sha256 for each in (entry.previous if entry else ()) if each.sha256}
    checksums |= {entry.sha256} if entry and entry.sha256 else set()
    checksums |= {storage.sha256(id)} if id in records.files else set()
    if entry is not None:
        at = Entry(table="deliverable", key="file", value=entry.file or file)
        tombstone = Put(
            at=(at,),
            values={
                **dict.fromkeys(("sha256", "previous", "named", "deposited_by", "was")),
                "withdrawn": {"date": day, "reason": REASON},
            },
        )
        change: Change = tombstone if trace else Remove(entry=at)
        records.change(record, lambda _content: [change])
    for each in storage.scan(everything=True).files:
        folder = each.id.removeprefix(f"{project}/{VERSIONS}/").partition("/")[0]
        if each.id == id or (each.id.startswith(f"{project}/{VERSIONS}/") and folder in checksums):
            storage.remove(each.id)


def apply(
    erasures: Erasures, storage: Storage, accounts: Accounts | None, *, since: datetime | None, now: datetime
) -> Applied:
    """Erase again, in an archive that came from a backup of `since` (None: all that was ever erased).

    What can't be written is told in `failed` and stops nothing. Raises AccessFailed when the erasures can't be read.
    """
    salt, lines = erasures.read()
    lines = tuple(each for each in lines if since is None or each.at >= since - CLOCK_MARGIN)
    if not lines:
        return Applied()
    failed: list[str] = []
    files = _apply_files(salt, lines, LiveRecords(storage), now, failed)
    records = _apply_people(salt, lines, LiveRecords(storage), now.date(), failed)
    gone = {each.id for each in lines if each.what == "account"}
    removed = {each.id for each in (accounts.all() if accounts else ()) if _hash(salt, folded(each.email)) in gone}
    drafts = 0
    if accounts:
        of_draft = Drafts(accounts.file.path.parent)
        for number in sorted(removed):
            accounts.remove(number, now=now, by=BY)
        of_draft.drop_all_of(removed)
        drafts = _apply_drafts(salt, lines, of_draft, now, failed)
        askers = Askers(accounts.file)
        askers.forget([each.id for each in askers.without_account() if _hash(salt, folded(each.email)) in gone])
        for link in [link for purpose in BEGUN for link in accounts.links(purpose)]:
            if _hash(salt, folded(str(link.says.get("email", "")))) in gone:
                accounts.withdraw_link(link, now=now, by=BY)
    return Applied(
        files=tuple(files), records=tuple(records), accounts=len(removed), drafts=drafts, failed=tuple(failed)
    )


def _apply_files(
    salt: bytes, lines: Iterable[Erased], records: LiveRecords, now: datetime, failed: list[str]
) -> Iterable[str]:
    by_id = {each.id for each in lines if each.what == "file"}
    by_bytes = {each.bytes for each in lines if each.what == "file"}
    sizes = {each.size for each in lines if each.what == "file"}
    done: list[str] = []
    for file in records.storage.scan(everything=True).files if by_id else ():
        try:
            same = _hash(salt, file.id) in by_id or (
                file.size in sizes and _hash(salt, records.storage.sha256(file.id)) in by_bytes
            )
            if same and f"/{VERSIONS}/" in file.id:
                records.storage.remove(file.id)
            elif same:
                erase_file(records, file.id, day=now.date())
        except NoSuchFile:
            same = True  # it went as a version of one before it
        except AccessFailed as error:
            failed.append(str(error))
            continue
        done += [file.id] if same else []
    return done


def _apply_people(
    salt: bytes, lines: Iterable[Erased], records: LiveRecords, day: date, failed: list[str]
) -> Iterable[str]:
    people = [each for each in lines if each.what == "person"]
    done: list[str] = []
    for id in sorted(records.ids()) if people else ():
        who = _named(salt, people, id, texts(records.content(id) or b""))
        if who is None:
            continue
        try:
            records.change(id, lambda _content, who=who: [Forget(who=who, day=day)])  # type: ignore[misc]
        except (RecordNotEditable, AccessFailed) as error:
            failed.append(str(error))
            continue
        done.append(id)
    return done


def _apply_drafts(salt: bytes, lines: Iterable[Erased], drafts: Drafts, now: datetime, failed: list[str]) -> int:
    """In how many drafts something was erased again."""
    people = [each for each in lines if each.what == "person"]
    files = {each.id for each in lines if each.what == "draft"}
    by_bytes = {each.bytes for each in lines if each.what == "file"}
    done = 0
    for draft in list(drafts.all()):
        keys = [
            file.key
            for file in (draft.files if draft.state != "sent" else ())
            if _hash(salt, address_of(draft.id, file.key)) in files
            or (file.sha256 and _hash(salt, file.sha256) in by_bytes)
        ]
        who = _named(salt, people, address_of(draft.id), told(draft))
        try:
            if draft.state == "sending" and (keys or who):  # it must not be handed in as it was
                drafts.write(replace(draft, state="open", sending={}))
            for key in keys:
                drop_file(drafts, draft.id, key, now=now)
            if who is not None:
                forget_in_draft(drafts, draft.id, who, now=now)
        except ArchiveError as error:
            failed.append(f"{address_of(draft.id)}: {error}")
            continue
        done += bool(keys or who)
    return done


def _named(salt: bytes, people: Iterable[Erased], place: str, values: Iterable[str]) -> Somebody | None:
    """Who was erased in this record or draft and stands in its texts again."""
    here = _hash(salt, place)
    wanted = {each.id for each in people if each.within in (None, here)}
    named = {text for text in _phrases(values) if _hash(salt, text) in wanted} if wanted else set()
    addresses = {text for text in named if "@" in text}
    return Somebody(names=frozenset(named - addresses), addresses=frozenset(addresses)) if named else None


def _phrases(values: Iterable[str]) -> set[str]:
    """All that may be a name or an address: each text whole, and each run of a few of its words."""
    found: set[str] = set()
    for value in values:
        words = [word.rstrip(".!?'’") for word in _WORD.findall(folded(value))]
        found.add(folded(value))
        for length in range(1, NAME_MAX_WORDS + 1):
            found.update(" ".join(words[n : n + length]) for n in range(len(words) - length + 1))
    return found


def _hash(salt: bytes, text: str) -> str:
    return hmac.digest(salt, text.encode("utf-8", "surrogatepass"), "sha256").hex()


def _as_json(line: Erased) -> dict[str, Any]:
    told = {"what": line.what, "at": line.at.astimezone(UTC).isoformat(timespec="seconds"), "id": line.id}
    more = {"within": line.within, "bytes": line.bytes, "size": line.size}
    return {**told, **{key: value for key, value in more.items() if value}}


def _from_json(line: dict[str, Any]) -> Erased:
    return Erased(
        what=line["what"],
        at=datetime.fromisoformat(line["at"]),
        id=line["id"],
        within=line.get("within"),
        bytes=line.get("bytes"),
        size=line.get("size", 0),
    )
