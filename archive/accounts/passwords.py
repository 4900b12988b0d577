"""Passwords: which are good enough, and how they are kept (argon2id, RFC 9106)."""

from __future__ import annotations

import re
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from archive.errors import AccountRefused

PASSWORD_MIN, PASSWORD_MAX = 8, 200  # characters; NIST SP 800-63B, 3.1.1.2

# 19 MB and two passes (OWASP, Password Storage): 64 MB would let eight people who sign in at once outgrow the server.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Compared with where there is no password, so that an unknown address takes as long as a wrong password.
_NOBODYS = _HASHER.hash(secrets.token_urlsafe())

_TRIED_FIRST = frozenset(
    [
        "welkom",
        "wachtwoord",
        "password",
        "passw",
        "estafette",
        "geheim",
        "letmein",
        "iloveyou",
        "hallo",
        "admin",
        "student",
        "docent",
        "school",
        "voetbal",
        "zomer",
        "winter",
        "lente",
        "herfst",
    ]
)
_KEYS_IN_A_ROW = "abcdefghijklmnopqrstuvwxyz qwertyuiop asdfghjkl zxcvbnm"


def checked_hash(password: str, *, email: str, weak: bool = False) -> str:
    """The hash to keep of a new password. Raises AccountRefused when it is too short, too long, or guessed first.

    `weak`: one that is guessed first will do, for whoever may read the archive's folder anyway and was told.
    """
    expect_good(password, email=email, weak=weak)
    return _HASHER.hash(password)


def expect_good(password: str, *, email: str, weak: bool = False) -> None:
    """Raise AccountRefused as `checked_hash` does, and keep nothing."""
    if len(password) < PASSWORD_MIN:
        raise AccountRefused("password-short", f"a password has at least {PASSWORD_MIN} characters")
    if len(password) > PASSWORD_MAX:
        raise AccountRefused("password-long", f"a password has at most {PASSWORD_MAX} characters")
    if not weak and is_guessed_first(password, email=email):
        raise AccountRefused("password-known", "that password is guessed first by anyone; choose another")


def fits(hashed: str | None, password: str) -> bool:
    """Whether a password is the one that was hashed; never where there is none."""
    try:
        return _HASHER.verify(hashed or _NOBODYS, password[:PASSWORD_MAX]) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False


def is_guessed_first(password: str, *, email: str) -> bool:
    """Whether a password is of those that are tried first.

    >>> tried = ("11111111", "welkom2021!", "pietpiet", "vier gele fietsen")
    >>> [is_guessed_first(each, email="piet@example.org") for each in tried]
    [True, True, True, False]
    """
    letters = re.sub(r"[\d\W_]+", "", password.lower())
    if len(set(password)) <= 2 or letters in _TRIED_FIRST or letters in _KEYS_IN_A_ROW:
        return True
    own = email.partition("@")[0].lower()
    return bool(own) and not letters.replace(own, "")
