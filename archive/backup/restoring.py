"""Put a backup back: in empty folders only, after all of it was checked, and at its place only when all of it is there.

Everything is unpacked below a hidden folder within `documents/` and one within `var/`, which nobody reads; what was
erased since is erased again there; then each entry is renamed to where it belongs. Catalog and index are not in a
backup: `estafette index` makes them again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError

from archive.accounts.accounts import COMMAND_LINE, Accounts
from archive.backup.drafts import give_time, make_folders
from archive.backup.file import ACCOUNTS, DOCUMENTS, ERASURES, SETTINGS, BackupReader, Contents, Member
from archive.backup.making import flush_folder
from archive.deposit.drafts import Drafts
from archive.errors import AccessFailed, UsageError
from archive.locking import LOCK_NAME, writer_lock
from archive.paths import printable
from archive.privacy.erasures import Applied, Erasures, apply
from archive.storage import Storage

STAGE = ".restoring"
ROOM_TO_SPARE = 1.02  # of the bytes themselves: what a file system needs for names and ends of blocks
SETTINGS_MAX_BYTES = 1 << 20
# What may be in a folder that is called empty: a file system's own, a file manager's, a lock, an interrupted restore's.
_NOTHING = frozenset({"lost+found", ".DS_Store", LOCK_NAME, STAGE})


class NotEmpty(UsageError):
    """There is something already where a backup was to be put."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was put back. `settings`: what became of the settings: restored, the same, kept (they differ), or none.

    `knew_erasures`: there was a list here of what was erased since; without one, only that of the backup counted.
    """

    contents: Contents
    settings: str
    erased_again: Applied
    knew_erasures: bool


def restore(path: Path, *, documents: Path, var: Path, settings: Path, erasures: Path, now: datetime) -> Restored:
    """Put the backup at `path` into `documents` and `var`, its settings and erasures at those files where there are none.

    Raises NotEmpty, NoBackup, BackupDamaged, AccessFailed (no room, not allowed); then nothing has changed.
    """
    with BackupReader.open(path) as backup:
        _expect_empty(documents, var)
        backup.verify()
        with writer_lock(var), _stages(documents, var) as (tree, beside):
            _expect_empty(documents, var)  # reading it all took a while
            _expect_room((*backup.contents.documents, *backup.contents.drafts), tree)
            _expect_room(backup.contents.drafts, beside)  # which may be another disk
            for member in backup.contents.documents:
                _unpack(backup, member, tree / member.name.removeprefix(DOCUMENTS))
            accounts = backup.contents.members.get(ACCOUNTS)
            if accounts is not None:
                _unpack(backup, accounts, beside / ACCOUNTS)
                make_folders(beside, backup.contents.members)
                for member in backup.contents.drafts:
                    _unpack(backup, member, beside / member.name)
                give_time(Drafts(beside), now=now)
            knew_erasures = erasures.exists()
            if not knew_erasures:
                _put_erasures(backup, erasures)
            erased_again = _erase_again(tree, beside, Erasures(erasures), backup.contents, now=now)
            os.sync()  # one flush for all, in place of two for each file
            became = _put_settings(backup, settings)
            _move_all(beside, var)
            _move_all(tree, documents)
        return Restored(
            contents=backup.contents, settings=became, erased_again=erased_again, knew_erasures=knew_erasures
        )


def _expect_empty(*folders: Path) -> None:
    for folder in folders:
        try:
            found = sorted(entry.name for entry in folder.iterdir() if entry.name not in _NOTHING)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise AccessFailed(f"{printable(str(folder))}: {(error.strerror or str(error)).lower()}") from error
        if found:
            raise NotEmpty(
                f"{printable(str(folder))} is not empty: it holds {printable(found[0])}; a backup is put back into "
                "empty folders only, so name others with --documents and --var, or move what is there away"
            )


def _expect_room(members: tuple[Member, ...], folder: Path) -> None:
    needed, free = sum(member.size for member in members) * ROOM_TO_SPARE, shutil.disk_usage(folder).free
    if needed > free:
        raise AccessFailed(
            f"there is no room: the backup needs {needed / 1e9:.1f} GB, free are {free / 1e9:.1f} GB; nothing was restored"
        )


@contextmanager
def _stages(documents: Path, var: Path) -> Iterator[tuple[Path, Path]]:
    """Two new folders to unpack in, gone at the end, and what an interrupted restore left in them too."""
    stages = documents / STAGE, var / STAGE
    try:
        for stage in stages:
            stage.parent.mkdir(parents=True, exist_ok=True)
            _remove(stage)
            stage.mkdir(mode=0o700)
        try:
            yield stages
        finally:
            for stage in stages:
                _remove(stage)
    except OSError as error:
        said = (error.strerror or str(error)).lower()
        raise AccessFailed(f"{printable(str(error.filename or documents))}: {said}; restore again") from error


def _remove(stage: Path) -> None:
    if stage.is_symlink() or stage.is_file():
        stage.unlink()
    elif stage.exists():
        shutil.rmtree(stage)


def _unpack(backup: BackupReader, member: Member, path: Path) -> None:
    """Write one file, checked once more: the backup may have changed since. The folder is ours and holds no links."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = 0o666 if member.name.startswith(DOCUMENTS) else 0o600
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, mode)
    with os.fdopen(descriptor, "wb") as file:
        for chunk in backup.chunks(member):
            file.write(chunk)
        file.flush()
        os.utime(file.fileno(), ns=(member.mtime_ns, member.mtime_ns))


def _put_erasures(backup: BackupReader, path: Path) -> None:
    """The list of erasures where there is none: it holds for older backups too, should one of those be restored."""
    member = backup.contents.members.get(ERASURES)
    if member is not None:
        part = path.with_name(f".{path.name}.{os.getpid()}")
        part.unlink(missing_ok=True)
        _unpack(backup, member, part)
        part.replace(path)


def _erase_again(tree: Path, var: Path, erasures: Erasures, contents: Contents, *, now: datetime) -> Applied:
    """Erase what was erased since, before anybody can read it; write in the log that a backup was put back."""
    storage = Storage(tree)
    if ACCOUNTS not in contents.members:
        return apply(erasures, storage, None, since=contents.made, now=now)
    with closing(Accounts.open(var)) as accounts:
        accounts.close_entrances(made=contents.made, now=now, by=COMMAND_LINE)
        return apply(erasures, storage, accounts, since=contents.made, now=now)


def _put_settings(backup: BackupReader, path: Path) -> str:
    """The settings of the backup where there are none: they say who may see what no record speaks of.

    Without the folders, which are those of another machine.
    """
    member = backup.contents.members.get(SETTINGS)
    if member is None or member.size > SETTINGS_MAX_BYTES:
        return "none"
    content = b"".join(backup.chunks(member))
    if path.exists():
        return "the same" if path.read_bytes() == content else "kept"
    try:
        text = tomlkit.parse(content.decode("utf-8-sig"))
    except (TOMLKitError, ValueError):
        return "none"  # no archive was ever run with it
    for key in ("documents", "var"):
        text.pop(key, None)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(tomlkit.dumps(text), encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise AccessFailed(
            f"{printable(str(path))}: the settings of the backup can't be put there: {(error.strerror or '').lower()}; "
            f"nothing was restored. Put them there yourself first: tar -xf {printable(backup.path.name)} {SETTINGS}"
        ) from error
    return "restored"


def _move_all(stage: Path, folder: Path) -> None:
    for entry in sorted(stage.iterdir()):
        entry.rename(folder / entry.name)
    flush_folder(folder)
