"""Who asked a question and hears what becomes of it: companies' people, most of them without an account.

Their names for themselves and their addresses are personal data and stand here only, never in a record. What becomes of
a question is the agenda's to say; here stands what was told of it, and which mail failed. `archive.privacy` finds and
erases it by address.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from archive.accounts.file import AccountsFile, Run
from archive.accounts.links import moment

KEY_BYTES = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Somebody who asked. `email` is the account's, where there is one; `confirmed`: it was shown to be theirs.

    `key` names them in links of their own; `letters`: they want to hear by mail.
    """

    id: int
    key: str
    email: str
    account: int | None = None
    confirmed: bool = False
    language: str = "nl"
    letters: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A question that somebody asked. `company` is as it was typed; `form` names the form that it came with.

    `told`: how it stood when that was last told, or given up; "" when nothing was told yet. `tries`: mails about how it
    stands now that failed, the last for `fault`; the next is for `later`, None when it is given up until it stands
    otherwise.
    """

    n: int
    asker: Asker
    form: str
    community: str
    question: str
    company: str
    at: datetime
    told: str
    tries: int = 0
    later: datetime | None = None
    fault: str = ""

    @property
    def given_up(self) -> bool:
        return self.tries > 0 and self.later is None


class Askers:
    """The askers in the file of the accounts. One object serves all threads."""

    def __init__(self, file: AccountsFile) -> None:
        self._file = file

    def put(
        self,
        *,
        form: str,
        community: str,
        question: str,
        told: str,
        company: str = "",
        account: int | None = None,
        email: str = "",
        confirmed: bool = False,
        language: str,
        now: datetime,
    ) -> Ask:
        """Note who asked a question; of one form only the first is kept.

        An account is one asker, and so is a confirmed address. An address that nobody confirmed may be anybody's: it
        is another asker each time.
        """
        with self._file.changing() as run:
            known = next(_asks(run, "asked.form = ?", form), None)
            if known is not None:
                return known
            asker = _same(run, account, email, confirmed)
            if asker is None:
                (asker,) = run(
                    "INSERT INTO asker (key, account, email, confirmed, language, used) VALUES (?, ?, ?, ?, ?, ?)"
                    " RETURNING id",
                    [
                        secrets.token_urlsafe(KEY_BYTES),
                        account,
                        None if account is not None else email,
                        confirmed,
                        language,
                        now.date().isoformat(),
                    ],
                ).fetchone()
            run("UPDATE asker SET used = ?, language = ? WHERE id = ?", [now.date().isoformat(), language, asker])
            run(
                "INSERT INTO asked (asker, form, community, question, company, at, told) VALUES (?, ?, ?, ?, ?, ?, ?)",
                [asker, form, community, question, company, moment(now), told],
            )
            return next(_asks(run, "asked.form = ?", form))

    def by_form(self, form: str) -> Ask | None:
        """What was asked with this form, for a form that is sent twice."""
        with self._file.reading() as run:
            return next(_asks(run, "asked.form = ?", form), None)

    def asker(self, key: str) -> Asker | None:
        with self._file.reading() as run:
            return next(_askers(run, "asker.key = ?", key), None)

    def asks_of(self, asker: int) -> tuple[Ask, ...]:
        """The newest first."""
        with self._file.reading() as run:
            return tuple(_asks(run, "asker.id = ? ORDER BY asked.n DESC", asker))

    def asks_of_account(self, account: int) -> tuple[Ask, ...]:
        """The newest first."""
        with self._file.reading() as run:
            return tuple(_asks(run, "asker.account = ? ORDER BY asked.n DESC", account))

    def about(self, community: str, question: str) -> tuple[Ask, ...]:
        """Who asked a question, as far as that is known here."""
        with self._file.reading() as run:
            return tuple(_asks(run, "asked.community = ? AND asked.question = ? ORDER BY asked.n", community, question))

    def all(self) -> tuple[Ask, ...]:
        """All that was asked, the oldest first."""
        with self._file.reading() as run:
            return tuple(_asks(run, "1 ORDER BY asked.n"))

    def moved(self, old: tuple[str, str], new: tuple[str, str]) -> None:
        """A question got another community and id."""
        with self._file.changing() as run:
            run("UPDATE asked SET community = ?, question = ? WHERE community = ? AND question = ?", [*new, *old])

    def told(self, n: int, state: str) -> None:
        """Somebody was told how their question stands, or need not be."""
        with self._file.changing() as run:
            run("UPDATE asked SET told = ?, tries = 0, later = NULL, fault = '' WHERE n = ?", [state, n])

    def failed(self, n: int, fault: str, *, tries: int, later: datetime | None, state: str) -> None:
        """A mail was not taken; `later`: when it is tried again, None: for this `state` no more. `fault` names no address."""
        with self._file.changing() as run:
            if later is None:
                run("UPDATE asked SET told = ? WHERE n = ?", [state, n])
            run(
                "UPDATE asked SET tries = ?, fault = ?, later = ? WHERE n = ?",
                [tries, fault, moment(later) if later else None, n],
            )

    def want_letters(self, key: str, wanted: bool) -> None:
        with self._file.changing() as run:
            run("UPDATE asker SET letters = ? WHERE key = ?", [wanted, key])

    def without_account(self) -> tuple[Asker, ...]:
        with self._file.reading() as run:
            return tuple(_askers(run, "asker.account IS NULL ORDER BY asker.id"))

    def forget(self, ids: Collection[int]) -> None:
        """Take askers away with all that is kept of them here; the questions stay, and name nobody."""
        with self._file.changing() as run:
            for id in ids:
                run("DELETE FROM asker WHERE id = ?", [id])


def _same(run: Run, account: int | None, email: str, confirmed: bool) -> int | None:
    """The asker that this is, when that is sure."""
    if account is not None:
        row = run("SELECT id FROM asker WHERE account = ?", [account]).fetchone()
    elif confirmed:
        row = run("SELECT id FROM asker WHERE email = ? AND confirmed", [email]).fetchone()
    else:
        row = None
    return int(row[0]) if row else None


_ASKER = (
    "asker.id, asker.key, coalesce(account.email, asker.email), asker.account, asker.confirmed, asker.language,"
    " asker.letters"
)


def _askers(run: Run, where: str, *parameters: object) -> Iterator[Asker]:
    of = "asker LEFT JOIN account ON account.id = asker.account"
    for row in run(f"SELECT {_ASKER} FROM {of} WHERE {where}", parameters).fetchall():  # noqa: S608  texts of ours
        yield _asker(row)


def _asks(run: Run, where: str, *parameters: object) -> Iterator[Ask]:
    rows = run(
        f"SELECT {_ASKER}, asked.n, asked.form, asked.community, asked.question, asked.company, asked.at,"  # noqa: S608
        " asked.told, asked.tries, asked.later, asked.fault FROM asked JOIN asker ON asker.id = asked.asker"
        f" LEFT JOIN account ON account.id = asker.account WHERE {where}",
        parameters,
    ).fetchall()
    for *asker, n, form, community, question, company, at, told, tries, later, fault in rows:
        yield Ask(
            n=n,
            asker=_asker(asker),
            form=form,
            community=community,
            question=question,
            company=company,
            at=datetime.fromisoformat(at),
            told=told,
            tries=tries,
            later=datetime.fromisoformat(later) if later else None,
            fault=fault,
        )


def _asker(row: Sequence[Any]) -> Asker:
    id, key, email, account, confirmed, language, letters = row
    return Asker(
        id=id,
        key=key,
        email=email,
        account=account,
        confirmed=bool(confirmed),
        language=language,
        letters=bool(letters),
    )
