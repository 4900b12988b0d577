"""Drafts in a backup, and put back: what people were handing in, and the notes of what they sent.

The bytes of a file that came whole never change, so a draft is taken without keeping its owner from it: its note first,
then the bytes that the note tells of. A file that is still on its way stays out; its owner sends it again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from archive.backup.file import DRAFTS, BackupWriter, Unreadable, pieces
from archive.deposit.draft import Draft, as_json
from archive.deposit.drafts import NOTE, Drafts

TRIES = 5  # a draft that is sent or changed meanwhile is taken again


def take_drafts(writer: BackupWriter, drafts: Drafts) -> dict[str, str]:
    """Put all drafts in; the answer tells by name what could not be read, and why."""
    missing: dict[str, str] = {}
    for draft in list(drafts.all()):
        for _ in range(TRIES):
            found = drafts.reread(draft.id)
            if found is None or _take(writer, drafts, found, missing):
                break
        else:
            missing[DRAFTS + draft.id] = "was changed all the while"
    return missing


def leave_out_drafts(writer: BackupWriter) -> None:
    for name in writer.names():
        if name.startswith(DRAFTS):
            writer.take_out(name)


def make_folders(var: Path, names: Mapping[str, object]) -> None:
    """Make the folders of the drafts with these names, for their owner's eyes only."""
    for folder in sorted({name.rpartition("/")[0] for name in names if name.startswith(DRAFTS)}):
        (var / DRAFTS).mkdir(mode=0o700, exist_ok=True)
        (var / folder).mkdir(mode=0o700)


def give_time(drafts: Drafts, *, now: datetime) -> None:
    """Count the days after which an unused draft goes from the restore on."""
    for draft in list(drafts.all()):
        if draft.state == "open":
            drafts.write(replace(draft, changed=now))


def _take(writer: BackupWriter, drafts: Drafts, draft: Draft, missing: dict[str, str]) -> bool:
    """Put one draft in as its note tells of it; False when it was changed meanwhile, and then nothing of it is in."""
    files = [file for file in draft.files if file.whole and draft.state != "sent"]
    put: list[str] = []
    for file in files:
        name = f"{DRAFTS}{draft.id}/{file.key}"
        try:
            with drafts.stream(draft, file.key) as source:
                stat = os.fstat(source.fileno())
                member = writer.put(name, pieces(name, source), size=stat.st_size, mtime_ns=stat.st_mtime_ns)
        except FileNotFoundError:
            for each in put:
                writer.take_out(each)
            return False
        except (Unreadable, PermissionError) as error:
            missing[name] = error.reason if isinstance(error, Unreadable) else "permission denied"
            continue
        put.append(name)
        if member.sha256 != file.sha256:
            missing[name] = "is not what was received"
    there = {name.rpartition("/")[2] for name in put}
    kept = draft if draft.state == "sent" else replace(draft, files=tuple(x for x in draft.files if x.key in there))
    note = json.dumps(as_json(kept)).encode()
    changed_ns = int(draft.changed.timestamp()) * 1_000_000_000
    writer.put(f"{DRAFTS}{draft.id}/{NOTE}", [note], size=len(note), mtime_ns=changed_ns)
    return True
