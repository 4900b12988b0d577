"""Accounts: who signs in, the links, the log; on a real file."""

from __future__ import annotations

import sqlite3
import stat
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from archive.accounts.accounts import Account, Accounts
from archive.accounts.file import FILE_NAME, VERSIONS, AccountsUnreadable
from archive.errors import AccountRefused

NOW = datetime(2021, 9, 14, 10, 0, tzinfo=UTC)
PASSWORD = "vier gele fietsen"


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Accounts]:
    opened = Accounts.open(tmp_path)
    yield opened
    opened.close()


def made(accounts: Accounts, email: str = "docent@example.org", **more: object) -> Account:
    return accounts.add(**{"email": email, "role": "teacher", "now": NOW, "by": "test", **more})  # type: ignore[arg-type]


def test_only_its_owner_may_read_the_file(tmp_path: Path, accounts: Accounts) -> None:
    made(accounts)
    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name


def test_an_address_is_one_account_however_it_is_typed(accounts: Accounts) -> None:
    account = made(accounts, "Docent@Example.org ")
    assert accounts.by_email("docent@example.ORG") == account
    with pytest.raises(AccountRefused) as refused:
        made(accounts, "DOCENT@example.org")
    assert refused.value.code == "taken"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"email": "geen adres"}, "email"),
        ({"email": "a@b"}, "email"),
        ({"email": "a" * 300 + "@example.org"}, "email"),
        ({"email": "twee@example.org,drie@example.org"}, "email"),
        ({"role": "directeur"}, "role"),
        ({"role": "partner"}, "company"),
        ({"name": "x" * 121}, "name"),
        ({"password": "kort"}, "password-short"),
        ({"password": "x y" * 100}, "password-long"),
        ({"password": "Welkom2021!"}, "password-known"),
    ],
)
def test_what_can_be_no_account_is_refused_and_leaves_nothing(
    accounts: Accounts, changed: dict[str, str], code: str
) -> None:
    with pytest.raises(AccountRefused) as refused:
        made(accounts, **{"email": "docent@example.org", **changed})
    assert refused.value.code == code
    assert accounts.all() == ()


def test_a_password_signs_in_and_is_not_in_the_file(accounts: Accounts, tmp_path: Path) -> None:
    account = made(accounts, password=PASSWORD)
    found = accounts.check_password("docent@example.org", PASSWORD, today=NOW.date())
    assert found is not None and found.id == account.id
    assert accounts.check_password("docent@example.org", PASSWORD + "x", today=NOW.date()) is None
    assert accounts.check_password("ander@example.org", PASSWORD, today=NOW.date()) is None
    accounts.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert PASSWORD.encode() not in kept
    assert b"$argon2id$" in kept


def test_an_account_without_a_password_has_none_that_fits(accounts: Accounts) -> None:
    made(accounts)
    assert accounts.check_password("docent@example.org", "", today=NOW.date()) is None


def test_an_account_ends_after_its_last_day_and_sees_what_everybody_sees(accounts: Accounts) -> None:
    account = made(accounts, password=PASSWORD, communities=["bim5"], ends=date(2022, 1, 28))
    assert "community:bim5" in account.access(date(2022, 1, 28)).tokens
    assert account.access(date(2022, 1, 29)).tokens == {"public"}
    assert accounts.check_password(account.email, PASSWORD, today=date(2022, 1, 29)) is None


def test_who_is_disabled_or_gets_another_role_is_signed_out_everywhere(accounts: Accounts) -> None:
    account = made(accounts, password=PASSWORD)
    renamed = accounts.change(account.id, name="D. Ocent", now=NOW, by="test")
    assert renamed is not None and renamed.epoch == account.epoch
    other = accounts.change(account.id, role="student", now=NOW, by="test")
    assert other is not None and other.epoch == account.epoch + 1
    closed = accounts.change(account.id, disabled=True, now=NOW, by="test")
    assert closed is not None and closed.epoch == account.epoch + 2
    assert closed.access(NOW.date()).tokens == {"public"}
    assert accounts.check_password(account.email, PASSWORD, today=NOW.date()) is None


def test_a_new_password_ends_the_sessions_of_the_old_one(accounts: Accounts) -> None:
    account = made(accounts, password=PASSWORD)
    accounts.set_password(account.id, "een ander geheim zinnetje", now=NOW, by="test")
    after = accounts.find(account.id)
    assert after is not None and after.epoch == account.epoch + 1
    assert accounts.check_password(account.email, PASSWORD, today=NOW.date()) is None


def test_a_partner_is_never_a_member(accounts: Accounts) -> None:
    account = made(accounts, role="partner", company="bouwbedrijf-x", communities=["bim5"])
    assert account.access(NOW.date()).tokens == {
        "public",
        "partner",
        "company:bouwbedrijf-x",
        "account:docent@example.org",
    }


def test_a_link_works_as_often_as_it_says_and_no_longer_than_it_says(accounts: Accounts) -> None:
    token = accounts.give_link(
        "join", {"community": "bim5"}, until=NOW + timedelta(days=7), uses=2, now=NOW, by="account 1"
    )
    assert accounts.use_link("reset", token, now=NOW) is None, "a link serves its own purpose only"
    assert accounts.use_link("join", token, now=NOW + timedelta(days=8)) is None
    first = accounts.use_link("join", token, now=NOW)
    assert first is not None and first.says == {"community": "bim5"}
    assert accounts.use_link("join", token, now=NOW) is not None
    assert accounts.use_link("join", token, now=NOW) is None
    assert accounts.link("join", token, now=NOW) is None


def test_of_many_who_use_a_links_last_turn_at_once_one_gets_it(accounts: Accounts) -> None:
    token = accounts.give_link("join", {}, until=NOW + timedelta(days=1), now=NOW, by="test")
    got: list[bool] = []
    threads = [
        threading.Thread(target=lambda: got.append(accounts.use_link("join", token, now=NOW) is not None))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [False] * 7 + [True]


def test_a_token_is_not_in_the_file(accounts: Accounts, tmp_path: Path) -> None:
    token = accounts.give_link("reset", {}, until=NOW + timedelta(days=1), now=NOW, by="test")
    accounts.close()
    assert all(token.encode() not in path.read_bytes() for path in tmp_path.iterdir())


def test_every_change_is_in_the_log_without_a_name_or_an_address(accounts: Accounts) -> None:
    account = made(accounts, name="D. Ocent", password=PASSWORD)
    accounts.change(account.id, communities=["bim5"], name="Ander", now=NOW, by="account 9")
    accounts.end_sessions(account.id, now=NOW, by="account 9")
    accounts.remove(account.id, now=NOW, by="account 9")
    log = list(accounts.log())
    assert [line.action for line in log] == ["account removed", "sessions ended", "account changed", "account made"]
    assert {line.subject for line in log} == {f"account {account.id}"}
    assert "ocent" not in repr(log).lower() and "Ander" not in repr(log)


def test_a_line_of_the_log_can_not_be_changed(accounts: Accounts, tmp_path: Path) -> None:
    accounts.note("record changed", "bim5/2021/x", now=NOW, by="account 1")
    with sqlite3.connect(tmp_path / FILE_NAME) as other, pytest.raises(sqlite3.IntegrityError):
        other.execute("UPDATE audit SET by = 'iemand anders'")
    other.close()


def test_an_account_that_was_removed_leaves_its_number_to_nobody(accounts: Accounts) -> None:
    """A number used again would make the log accuse somebody else."""
    first = made(accounts)
    accounts.remove(first.id, now=NOW, by="test")
    assert made(accounts, "ander@example.org").id != first.id


def test_what_was_not_used_for_long_is_forgotten_but_no_coordinator(accounts: Accounts) -> None:
    made(accounts, "oud@example.org")
    kept = made(accounts, "gezien@example.org")
    made(accounts, "baas@example.org", role="coordinator")
    later = NOW + timedelta(days=800)
    accounts.seen(kept.id, later.date())
    day = date(2023, 1, 1)
    accounts_gone, lines_gone = accounts.forget_before(unused=day, log=day, now=later)
    assert (accounts_gone, lines_gone) == (1, 3)
    assert {account.email for account in accounts.all()} == {"gezien@example.org", "baas@example.org"}


def test_a_copy_holds_what_was_there(accounts: Accounts, tmp_path: Path) -> None:
    account = made(accounts, password=PASSWORD)
    folder = tmp_path / "copy"
    folder.mkdir()
    accounts.file.copy_to(folder / FILE_NAME)
    copy = Accounts.open(folder)
    assert copy.by_email(account.email) == account
    copy.close()


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    Accounts.open(tmp_path).close()
    with sqlite3.connect(tmp_path / FILE_NAME) as file:
        file.execute(f"PRAGMA user_version = {len(VERSIONS) + 1}")
    file.close()
    with pytest.raises(AccountsUnreadable, match="newer version"):
        Accounts.open(tmp_path)


def test_an_older_file_is_brought_up_to_date_after_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Accounts.open(tmp_path)
    made(opened)
    opened.close()
    monkeypatch.setattr("archive.accounts.file.VERSIONS", (*VERSIONS, "CREATE TABLE later (n INTEGER);"))
    renewed = Accounts.open(tmp_path)
    assert [account.email for account in renewed.all()] == ["docent@example.org"]
    renewed.close()
    kept = tmp_path / f"{FILE_NAME}.version-{len(VERSIONS)}"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    with sqlite3.connect(kept) as copy:
        assert copy.execute("SELECT email FROM account").fetchall() == [("docent@example.org",)]
    copy.close()


def test_a_file_that_is_none_of_ours_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"no database " * 100)
    with pytest.raises(AccountsUnreadable, match="can't be read"):
        Accounts.open(tmp_path)
