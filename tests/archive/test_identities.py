"""Whose account belongs to a person of a provider: one each way, and gone with the account."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.accounts.accounts import Account, Accounts
from archive.accounts.file import FILE_NAME, VERSIONS
from archive.accounts.identities import Identities
from archive.privacy.forgetting import Somebody
from archive.privacy.personal import as_json, held
from archive.records.live import LiveRecords
from archive.storage import Storage
from tests.conftest import Archive

NOW = datetime(2021, 9, 14, 10, tzinfo=UTC)
SCHOOL, OTHER = "https://school.example", "https://elders.example"


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Accounts]:
    with closing(Accounts.open(tmp_path)) as opened:
        yield opened


def account(accounts: Accounts, email: str) -> Account:
    return accounts.add(email=email, role="student", now=NOW, by="test")


def test_an_account_is_one_persons_at_a_provider(accounts: Accounts) -> None:
    identities, sam, noor = Identities(accounts.file), account(accounts, "a@b.nl"), account(accounts, "c@d.nl")
    assert identities.link(sam.id, SCHOOL, "7", now=NOW)
    assert identities.link(sam.id, SCHOOL, "7", now=NOW), "again changes nothing"
    assert not identities.link(sam.id, SCHOOL, "8", now=NOW)
    assert not identities.link(noor.id, SCHOOL, "7", now=NOW)
    assert identities.link(sam.id, OTHER, "7", now=NOW)
    assert identities.link(noor.id, SCHOOL, "8", now=NOW)
    assert (identities.account(SCHOOL, "7"), identities.account(OTHER, "8")) == (sam.id, None)
    linked = [line for line in accounts.log() if line.action == "single sign-on linked"]
    assert [(line.by, dict(line.says)) for line in linked[-1:]] == [(sam.actor, {"issuer": SCHOOL})]
    assert len(linked) == 3


def test_what_a_provider_calls_somebody_goes_with_the_account(accounts: Accounts) -> None:
    identities, sam = Identities(accounts.file), account(accounts, "a@b.nl")
    identities.link(sam.id, SCHOOL, "7", now=NOW)
    accounts.remove(sam.id, now=NOW, by="test")
    assert identities.account(SCHOOL, "7") is None
    with accounts.file.reading() as run:
        assert run("SELECT count(*) FROM identity").fetchone() == (0,)


def test_unlinking_ends_the_sessions(accounts: Accounts) -> None:
    identities, sam = Identities(accounts.file), account(accounts, "a@b.nl")
    assert identities.unlink(sam.id, now=NOW, by="test") == 0
    identities.link(sam.id, SCHOOL, "7", now=NOW)
    assert identities.unlink(sam.id, now=NOW, by="test") == 1
    after = accounts.find(sam.id)
    assert after is not None and after.epoch == sam.epoch + 1
    assert next(iter(accounts.log())).action == "single sign-on unlinked"


def test_who_asks_what_is_held_gets_it(accounts: Accounts, tmp_path: Path) -> None:
    sam = account(accounts, "a@b.nl")
    Identities(accounts.file).link(sam.id, SCHOOL, "7", now=NOW)
    records = LiveRecords(Storage(Archive(tmp_path / "archive").documents))
    found = held(records, accounts, Somebody(addresses=frozenset({"a@b.nl"})))
    given = as_json(found, files=[], draft_files=[], on=NOW.date())
    assert given["single_sign_on"] == [{"account": sam.id, "issuer": SCHOOL, "subject": "7"}]


def test_accounts_of_before_are_brought_up_to_date(tmp_path: Path) -> None:
    before = next(number for number, script in enumerate(VERSIONS) if "TABLE identity" in script)
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as file:
        for script in VERSIONS[:before]:
            file.executescript(script)
        file.execute("INSERT INTO account (email, name, role, made) VALUES ('a@b.nl', '', 'student', '2021-09-14')")
        file.execute(f"PRAGMA user_version = {before}")
        file.commit()
    with closing(Accounts.open(tmp_path)) as opened:
        (sam,) = opened.all()
        assert Identities(opened.file).link(sam.id, SCHOOL, "7", now=NOW)
    assert (tmp_path / f"{FILE_NAME}.version-{before}").is_file()


def test_an_account_is_unlinked_on_the_command_line(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    with closing(Accounts.open(archive.var)) as opened:
        sam = account(opened, "a@b.nl")
        Identities(opened.file).link(sam.id, SCHOOL, "7", now=NOW)
    assert "linked at the next" in archive.run("user", "unlink", "a@b.nl").err
    assert "was not linked" in archive.run("user", "unlink", "A@B.nl").err
    assert archive.run("user", "unlink", "niemand@b.nl").code == 2
