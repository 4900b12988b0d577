"""How often something may be tried. Only what failed is counted, so that a class of thirty signs in from one address.

An account is never locked: failing on purpose would lock out somebody else. What is counted is an account from one
address, and that address as a whole.
"""

from __future__ import annotations

from flask import current_app, request
from limits import parse_many
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

FOR_AN_ACCOUNT = "10 per minute; 60 per hour"
FOR_AN_ADDRESS = "60 per minute; 600 per hour"
MAILS_FOR_AN_ACCOUNT = "3 per minute; 10 per hour"
MAILS_FOR_AN_ADDRESS = "60 per minute; 300 per hour"
QUESTIONS_FROM_ONE = "5 per 10 minute; 20 per day"
QUESTIONS_IN_ALL = "60 per hour; 300 per day"  # what a teacher can still look through


class Limiter:
    """Counts what failed, in this process."""

    def __init__(self) -> None:
        self._window = MovingWindowRateLimiter(MemoryStorage())

    def reached(self, subject: str, limits: str) -> bool:
        """Whether this subject has no try left."""
        return not all(self._window.test(each, subject) for each in parse_many(limits))

    def count(self, subject: str, limits: str) -> None:
        for each in parse_many(limits):
            self._window.hit(each, subject)


def too_many(email: str) -> bool:
    """Whether this visitor failed too often to sign in as this account, or altogether."""
    limiter = _limiter()
    return limiter.reached(_pair(email), FOR_AN_ACCOUNT) or limiter.reached(_address(), FOR_AN_ADDRESS)


def used(email: str) -> None:
    """Count a failure."""
    limiter = _limiter()
    limiter.count(_pair(email), FOR_AN_ACCOUNT)
    limiter.count(_address(), FOR_AN_ADDRESS)


def may_mail(email: str) -> bool:
    """Whether this visitor may have one more mail sent to an address; counts it. Apart from failures to sign in, so
    that asking for mails keeps nobody from signing in."""
    limiter, subject = _limiter(), f"mail {_pair(email)}"
    visitor = f"mail {_address()}"
    if limiter.reached(subject, MAILS_FOR_AN_ACCOUNT) or limiter.reached(visitor, MAILS_FOR_AN_ADDRESS):
        return False
    limiter.count(subject, MAILS_FOR_AN_ACCOUNT)
    limiter.count(visitor, MAILS_FOR_AN_ADDRESS)
    return True


def may_ask(account: str | None) -> bool:
    """Whether this account, or a visitor from this address, may ask one more question; counts it."""
    limiter, subject = _limiter(), f"question {account or _address()}"
    if limiter.reached(subject, QUESTIONS_FROM_ONE) or limiter.reached("questions", QUESTIONS_IN_ALL):
        return False
    limiter.count(subject, QUESTIONS_FROM_ONE)
    limiter.count("questions", QUESTIONS_IN_ALL)
    return True


def _limiter() -> Limiter:
    found: Limiter = current_app.extensions.setdefault("estafette-limiter", Limiter())
    return found


def _pair(email: str) -> str:
    return f"{_address()} {email.strip().lower()[:254]}"


def _address() -> str:
    return request.remote_addr or ""
