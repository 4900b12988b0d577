"""A draft as a value, and as it stands in `draft.json`. The disk is `archive.deposit.drafts`' to touch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from archive.deposit.errors import NoSuchDraft

FOLDER = "drafts"  # in var
VERSION = 1  # of draft.json

State = Literal["open", "sending", "sent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFile:
    """A file of a draft. `path`: as it stood in the dropped folder, for people only. `size`: announced, in bytes.

    `received`: so many bytes are on disk. `sha256`: once it is whole and was compared.
    """

    key: str
    path: str
    size: int
    received: int = 0
    sha256: str | None = None

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def whole(self) -> bool:
        return self.sha256 is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Something that is being handed in. `owner` is an account's id.

    `revision` counts the changes of `answers` (what the form says); `reading` is what was read of the files, by the
    indexer's side; `sending` is the plan that is being carried out (see `archive.deposit.sending`); `sent` tells what
    became of it.
    """

    id: str
    owner: int
    made: datetime
    changed: datetime
    revision: int = 0
    state: State = "open"
    files: tuple[DraftFile, ...] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)
    reading: Mapping[str, Any] = field(default_factory=dict)
    sending: Mapping[str, Any] = field(default_factory=dict)
    sent: Mapping[str, Any] = field(default_factory=dict)

    def file(self, key: str) -> DraftFile:
        """Raises NoSuchDraft for a file that is not there."""
        found = next((file for file in self.files if file.key == key), None)
        if found is None:
            raise NoSuchDraft
        return found

    @property
    def whole(self) -> bool:
        """Whether all files that were begun are there."""
        return all(file.whole for file in self.files)


def not_there(coming: Iterable[DraftFile], there: Iterable[DraftFile]) -> tuple[DraftFile, ...]:
    """Of the files that come those that a draft does not have: somebody drops the same ZIP twice."""
    known = {(file.path, file.sha256) for file in there if file.whole}
    return tuple(file for file in coming if (file.path, file.sha256) not in known)


def as_json(draft: Draft) -> dict[str, Any]:
    return {
        "version": VERSION,
        "owner": draft.owner,
        "made": draft.made.isoformat(),
        "changed": draft.changed.isoformat(),
        "revision": draft.revision,
        "state": draft.state,
        "files": [
            {"key": file.key, "path": file.path, "size": file.size, "sha256": file.sha256} for file in draft.files
        ],
        "answers": draft.answers,
        "reading": draft.reading,
        "sending": draft.sending,
        "sent": draft.sent,
    }


def from_json(id: str, said: Mapping[str, Any]) -> Draft:
    return Draft(
        id=id,
        owner=int(said["owner"]),
        made=datetime.fromisoformat(said["made"]),
        changed=datetime.fromisoformat(said["changed"]),
        revision=int(said["revision"]),
        state=said["state"],
        files=tuple(DraftFile(**file) for file in said["files"]),
        answers=said["answers"],
        reading=said["reading"],
        sending=said["sending"],
        sent=said["sent"],
    )
