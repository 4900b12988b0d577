"""Links that stand in for a password: what each gives, how often, until when.

The file keeps the SHA-256 of a token and never the token, so whoever reads it can't follow a link. Everything here runs
inside a transaction of `archive.accounts.accounts`, which writes the log.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from archive.accounts.file import Run

# What a link does: make the first coordinator; join a team; show that an address is somebody's own before joining; sign
# in once; set a password; say yes or no to a purpose; agree for an organisation; ask a question from outside.
Purpose = Literal["first", "join", "confirm", "sign-in", "reset", "consent", "agreement", "ask"]

# What opens an account, or makes one: worth nothing after a restore, for what was used since would work once more.
ENTRANCES: tuple[Purpose, ...] = ("first", "join", "confirm", "sign-in", "reset")

# Mailed to an address that is nobody's yet: such a link keeps address, name or question until it is used or over.
BEGUN: tuple[Purpose, ...] = ("confirm", "ask")

TOKEN_BYTES = 24
KEY_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a link gives to whoever holds it. `says` depends on the purpose; `uses` are left; `key` only names it."""

    key: str
    purpose: Purpose
    says: Mapping[str, Any]
    made: datetime
    until: datetime
    uses: int
    by: str

    def good(self, now: datetime) -> bool:
        return self.uses > 0 and now <= self.until


def new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def key(run: Run) -> bytes:
    """What personal links are made with, and by which they name people: made once, inside a transaction.

    It stands with the accounts, so that a link that was mailed works after a restore. The key of the sessions does not:
    see `archive.accounts.secret_key`. Nobody signs in with what this one makes.
    """
    run("INSERT OR IGNORE INTO link_key VALUES (1, ?)", [secrets.token_bytes(KEY_BYTES)])
    return bytes(run("SELECT key FROM link_key").fetchone()[0])


def put(
    run: Run,
    purpose: Purpose,
    token: str,
    says: Mapping[str, Any],
    *,
    until: datetime,
    uses: int,
    now: datetime,
    by: str,
) -> None:
    """Keep a link; those that are past their time go."""
    run("DELETE FROM link WHERE until < ?", [moment(now)])
    run(
        "INSERT INTO link VALUES (?, ?, ?, ?, ?, ?, ?)",
        [_digest(token), purpose, json.dumps(says), moment(now), moment(until), uses, by],
    )


def good(run: Run, purpose: Purpose, token: str, now: datetime) -> Link | None:
    """The link of this token, while it works."""
    found = next(_links(run, "token = ? AND purpose = ?", _digest(token), purpose), None)
    return found if found is not None and found.good(now) else None


def use(run: Run, purpose: Purpose, token: str, now: datetime) -> Link | None:
    """Use a link once. What is used up goes with all that it says; a join link stays, for the list of its maker."""
    found = good(run, purpose, token, now)
    if found is not None:
        run("UPDATE link SET uses = uses - 1 WHERE token = ?", [found.key])
        run("DELETE FROM link WHERE token = ? AND uses < 1 AND purpose <> 'join'", [found.key])
    return found


def of_purpose(run: Run, purpose: Purpose) -> tuple[Link, ...]:
    """All links of a purpose, the newest first; those that are used up too."""
    return tuple(_links(run, "purpose = ? ORDER BY made DESC, token", purpose))


def drop_entrances(run: Run) -> None:
    """Take back every link that lets somebody in."""
    run(f"DELETE FROM link WHERE purpose IN ({', '.join('?' * len(ENTRANCES))})", ENTRANCES)  # noqa: S608


def withdraw(run: Run, *, key: str) -> bool:
    """Take a link back; whether it was there."""
    return run("DELETE FROM link WHERE token = ?", [key]).rowcount > 0


def moment(at: datetime) -> str:
    """A moment as the file keeps it, so that its text sorts by time."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _links(run: Run, where: str, *parameters: object) -> Iterator[Link]:
    rows = run(f"SELECT token, purpose, says, made, until, uses, by FROM link WHERE {where}", parameters)  # noqa: S608
    for key, purpose, says, made, until, uses, by in rows.fetchall():
        yield Link(
            key=key,
            purpose=purpose,
            says=json.loads(says),
            made=datetime.fromisoformat(made),
            until=datetime.fromisoformat(until),
            uses=uses,
            by=by,
        )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
