"""What is past its time goes, once a day; a coordinator stays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from archive.accounts.accounts import Accounts
from archive.privacy.retention import Retention

LONG_AGO = datetime(2019, 9, 1, tzinfo=UTC)
NOW = datetime(2022, 1, 10, tzinfo=UTC)
TODAY = date(2022, 1, 10)


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Accounts]:
    with closing(Accounts.open(tmp_path)) as opened:
        for name, role in (("oud", "student"), ("gebruikt", "student"), ("baas", "coordinator")):
            opened.add(email=f"{name}@example.org", role=role, now=LONG_AGO, by="test")
        used = opened.by_email("gebruikt@example.org")
        assert used is not None
        opened.seen(used.id, date(2021, 12, 1))
        yield opened


def retention(accounts: Accounts, unused: int = 730, log: int = 730) -> Retention:
    return Retention(accounts, unused_days=unused, log_days=log, clock=lambda: NOW)


def test_an_account_that_nobody_used_for_two_years_goes_but_never_a_coordinator(accounts: Accounts) -> None:
    assert retention(accounts).keep(TODAY) == (1, 3)
    assert [each.email for each in accounts.all()] == ["baas@example.org", "gebruikt@example.org"]
    assert [line.action for line in accounts.log()] == ["forgotten"]


def test_nothing_goes_where_the_settings_say_never(accounts: Accounts) -> None:
    assert retention(accounts, 0, 0).keep(TODAY) == (0, 0)
    assert len(accounts.all()) == 3


def test_it_is_done_once_a_day(accounts: Accounts) -> None:
    keeper = retention(accounts)
    keeper.keep(TODAY)
    accounts.add(email="later@example.org", role="student", now=LONG_AGO, by="test")
    assert keeper.keep(TODAY) == (0, 0)
    assert keeper.keep(date(2022, 1, 11)) == (1, 1)
