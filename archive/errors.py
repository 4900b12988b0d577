"""The errors that people may meet, each with the exit code of the command line.

An error carries facts; its text is one sentence for people. HTTP statuses are known to `webui` alone.
"""

from __future__ import annotations


class ArchiveError(Exception):
    """The root of all errors that end in a sentence and not in a traceback."""

    exit_code = 1


class UsageError(ArchiveError):
    """The command or a setting was given something it can't use."""

    exit_code = 2


class AccessFailed(ArchiveError):
    """Something could not be read or written."""

    exit_code = 3


class DamageFound(ArchiveError):
    """What is kept differs from what was kept."""

    exit_code = 4


class Busy(ArchiveError):
    """Another process holds the lock."""

    exit_code = 5


class AccountRefused(UsageError):
    """An account can't be as asked. `code`: email, taken, role, name, company, password-short, password-long,
    password-known, link (it works no longer)."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)
