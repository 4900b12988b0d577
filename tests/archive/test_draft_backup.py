"""What people were handing in is in a backup, however they go on meanwhile, and comes back as theirs."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import pytest

from archive.accounts.accounts import Accounts
from archive.backup.making import Made, back_up
from archive.backup.restoring import restore
from archive.deposit.draft import Draft
from archive.deposit.drafts import KEPT_UNUSED, Drafts
from archive.deposit.plan import HandIn, Item, NewProject
from archive.deposit.sending import finish_interrupted, send
from archive.model import Visibility
from archive.storage import Storage
from tests.conftest import Archive

NOW = datetime(2022, 1, 28, 2, 30, tzinfo=UTC)
REPORT = b"De gevel hangt recht."


class Place:
    """An archive with one account, its drafts, and what is done with them."""

    def __init__(self, root: Path) -> None:
        self.archive = Archive(root)
        self.drafts, self.storage = Drafts(self.archive.var), Storage(self.archive.documents)

    def begin(self, *files: bytes, **answers: object) -> Draft:
        """A draft with files that came whole."""
        draft = self.drafts.new(owner=1, now=NOW, answers=answers)
        for number, content in enumerate(files):
            self.drafts.take(
                draft.id, io.BytesIO(content), owner=1, path=f"stuk-{number}.txt", size=len(content), now=NOW
            )
        return self.drafts.get(draft.id, owner=1)

    def send(self, draft: Draft) -> None:
        told = HandIn(
            project=NewProject(title="Gevels", community="bim5", year=2021),
            items=tuple(Item(key=x.key, title="Verslag", visibility=Visibility.CAMPUS) for x in draft.files),
        )
        send(self.drafts, draft.id, told, storage=self.storage, owner=1, by="docent@example.org", now=NOW)

    def saved(self) -> Made:
        return back_up(
            self.archive.root / "nacht.tar",
            documents=self.archive.documents,
            var=self.archive.var,
            settings=self.archive.root / "estafette.toml",
            erasures=self.archive.root / "var-erasures.jsonl",
            now=NOW,
            pause=lambda _seconds: None,
        )

    def restored(self, *, now: datetime = NOW) -> Place:
        there = Place(self.archive.root / "there")
        restore(
            self.archive.root / "nacht.tar",
            documents=there.archive.documents,
            var=there.archive.var,
            settings=there.archive.root / "estafette.toml",
            erasures=there.archive.root / "var-erasures.jsonl",
            now=now,
        )
        return there

    def bytes_of(self, draft: Draft) -> list[bytes]:
        return [self.drafts.path(draft.id, file.key, owner=draft.owner).read_bytes() for file in draft.files]

    def handed_in(self) -> list[bytes]:
        return [path.read_bytes() for path in self.archive.documents.rglob("*.txt")]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    found = Place(tmp_path)
    with closing(Accounts.open(found.archive.var)) as accounts:
        accounts.add(email="docent@example.org", role="teacher", communities=["bim5"], now=NOW, by="test")
    yield found


def test_a_draft_comes_back_with_its_files_and_answers(place: Place) -> None:
    """The work of weeks was in no backup."""
    draft = place.begin(REPORT, b"De bijlage.", title="Gevels op maat")
    assert place.saved().missing == ()
    there = place.restored()
    assert there.drafts.get(draft.id, owner=1) == draft
    assert there.bytes_of(draft) == [REPORT, b"De bijlage."]
    assert there.drafts.expire(now=NOW + timedelta(days=1)) == 0


def test_a_draft_is_for_its_owners_eyes_after_a_restore_too(place: Place) -> None:
    draft = place.begin(REPORT)
    place.saved()
    root = place.restored().drafts.root
    modes = {path.stat().st_mode & 0o077 for path in (root, root / draft.id, *(root / draft.id).iterdir())}
    assert modes == {0}


def test_of_a_file_that_is_still_on_its_way_nothing_is_kept_and_it_can_be_sent_again(place: Place) -> None:
    draft = place.begin(REPORT)
    half = place.drafts.begin_file(draft.id, owner=1, path="groot.pdf", size=10, now=NOW)
    place.drafts.append(draft.id, half.key, io.BytesIO(b"0123"), owner=1, offset=0)
    assert place.saved().missing == ()
    drafts = place.restored().drafts
    (kept,) = drafts.get(draft.id, owner=1).files
    assert kept.path == "stuk-0.txt"
    whole = drafts.take(draft.id, io.BytesIO(b"0123456789"), owner=1, path="groot.pdf", size=10, now=NOW)
    assert whole.whole


def test_a_draft_has_its_days_from_the_restore_on(place: Place) -> None:
    """An old backup's drafts were past their time, and the first start threw them away."""
    draft, later = place.begin(REPORT), NOW + 2 * KEPT_UNUSED
    place.saved()
    there = place.restored(now=later)
    there.drafts.expire(now=later)
    assert there.bytes_of(there.drafts.get(draft.id, owner=1)) == [REPORT]


class Interrupted(Drafts):
    """Drafts with which somebody does something the first time that a file's bytes are about to be read."""

    def __init__(self, var: Path, place: Place, what: str) -> None:
        super().__init__(var)
        self.place, self.what = place, what

    def stream(self, draft: Draft, key: str) -> BinaryIO:
        what, self.what = self.what, ""
        if what == "sent":
            self.place.send(draft)
        elif what == "thrown away":
            self.place.drafts.drop(draft.id, owner=1)
        elif what == "a file less":
            self.place.drafts.drop_file(draft.id, key, owner=1, now=NOW)
        return super().stream(draft, key)


@pytest.mark.parametrize("what", ["sent", "thrown away", "a file less"])
def test_what_its_owner_does_meanwhile_leaves_no_draft_without_its_files(
    place: Place, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = place.begin(REPORT, b"De bijlage.")
    monkeypatch.setattr("archive.backup.making.Drafts", lambda var: Interrupted(var, place, what))
    assert place.saved().missing == ()
    there = place.restored()
    found = list(there.drafts.all())
    if what == "sent":
        assert sorted(there.handed_in()) == sorted([REPORT, b"De bijlage."])
        assert [each.state for each in found] == ["sent"]
    elif what == "thrown away":
        assert found == []
    else:
        assert there.bytes_of(found[0]) == [b"De bijlage."]
    assert draft.id in {each.id for each in found} or what == "thrown away"


def test_what_is_handed_in_between_drafts_and_tree_is_in_both(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tree first, and a hand-in in between was in neither."""
    draft = place.begin(REPORT)

    class Later(Storage):
        def __init__(self, root: Path) -> None:
            place.send(draft)
            super().__init__(root)

    monkeypatch.setattr("archive.backup.making.Storage", Later)
    place.saved()
    there = place.restored()
    assert there.handed_in() == [REPORT]
    assert there.bytes_of(there.drafts.get(draft.id, owner=1)) == [REPORT]


def test_what_was_being_sent_is_in_the_archive_once_after_a_restore(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = place.begin(REPORT)
    monkeypatch.setattr("archive.deposit.sending._carry_out", lambda *_arguments, **_more: None)
    place.send(draft)
    monkeypatch.undo()
    assert place.drafts.get(draft.id, owner=1).state == "sending"
    place.saved()
    there = place.restored()
    assert len(finish_interrupted(there.drafts, there.storage)) == 1
    assert there.handed_in() == [REPORT]


def test_bytes_that_are_not_those_that_were_received_are_told(place: Place) -> None:
    draft = place.begin(REPORT)
    place.drafts.path(draft.id, draft.files[0].key, owner=1).write_bytes(b"X" + REPORT[1:])
    assert [each.message for each in place.saved().missing] == ["is not what was received"]


def test_without_readable_accounts_drafts_stay_out_for_they_would_be_somebody_elses(place: Place) -> None:
    place.begin(REPORT)
    (place.archive.var / "accounts.sqlite").write_bytes(b"none of ours" * 100)
    assert not place.saved().contents.drafts
    with tarfile.open(place.archive.root / "nacht.tar") as tar:
        assert not [name for name in tar.getnames() if name.startswith("drafts/")]
        assert REPORT not in (place.archive.root / "nacht.tar").read_bytes()


def test_the_command_tells_of_drafts(place: Place) -> None:
    place.begin(REPORT)
    done = place.archive.run("backup", str(place.archive.root / "nacht.tar"), "--json")
    assert (done.code, json.loads(done.out)["drafts"]) == (0, 1)
    assert "1 draft," in done.err
