"""How long accounts and the log are kept: once a day, what is past its time goes. What records say has no such end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from archive.accounts.accounts import Accounts

NEVER = date.min


class Retention:
    """Keeps to the settings, at the first look of each day. 0 days: that is kept for ever."""

    def __init__(self, accounts: Accounts, *, unused_days: int, log_days: int, clock: Callable[[], datetime]) -> None:
        self._accounts, self._unused_days, self._log_days, self._clock = accounts, unused_days, log_days, clock
        self._kept: date | None = None

    def keep(self, today: date) -> tuple[int, int]:
        """Take away what is past its time, unless that was done today; how many accounts and lines of the log."""
        if self._kept == today:
            return 0, 0
        gone = self._accounts.forget_before(
            unused=_before(today, self._unused_days), log=_before(today, self._log_days), now=self._clock()
        )
        self._kept = today  # after: what failed is tried again at the next look
        return gone


def _before(today: date, days: int) -> date:
    """
    >>> _before(date(2022, 1, 10), 10), _before(date(2022, 1, 10), 0), _before(date(2022, 1, 10), 10**9)
    (datetime.date(2021, 12, 31), datetime.date(1, 1, 1), datetime.date(1, 1, 1))
    """
    return today - timedelta(days=days) if 0 < days < today.toordinal() else NEVER
