"""What the archive holds about one person, and its erasure: records, accounts, the log, files. For the coordinator.

Everything is read where it is true: records from the folder, accounts from their file. What files say of a person is
found by whoever knows their text (`indexer.personal_data.naming_files`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, get_args

from archive.accounts.accounts import Account, Accounts, Logged
from archive.accounts.askers import Ask, Askers
from archive.accounts.file import FILE_NAME
from archive.accounts.identities import Identities, Identity
from archive.accounts.links import BEGUN, Link, Purpose
from archive.catalog.catalog import Catalog
from archive.deposit.draft import Draft, State
from archive.deposit.drafts import Drafts
from archive.errors import AccessFailed, ArchiveError
from archive.privacy.erasures import Erasures, erase_file
from archive.privacy.forgetting import Mention, Somebody, folded, may_name, mentions, people
from archive.privacy.in_drafts import InDraft, address_of, drop_file, forget_in_draft, in_drafts
from archive.records.editing import Forget
from archive.records.live import LiveRecords
from archive.storage import NoSuchFile

LOG_LINES_SHOWN = 500
_PERSONAL_LINKS: tuple[Purpose, ...] = ("confirm", "sign-in", "reset", "consent", "ask")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordMentions:
    """A record that names somebody; `sure` when an address does, for a name has namesakes."""

    record: str
    mentions: tuple[Mention, ...]
    sure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """All that is held about somebody but their files' text. `log` holds what they did and what was done to them,
    `asked` the questions that they asked of the archive, `begun` the links by which they have yet to confirm a question or
    an account, `drafts` what they began to hand in and the notes of what they sent, `in_drafts` those of others."""

    who: Somebody
    records: tuple[RecordMentions, ...]
    accounts: tuple[Account, ...]
    log: tuple[Logged, ...]
    asked: tuple[Ask, ...] = ()
    begun: tuple[Link, ...] = ()
    in_drafts: tuple[InDraft, ...] = ()
    identities: tuple[Identity, ...] = ()
    drafts: tuple[Draft, ...] = ()

    @property
    def nothing(self) -> bool:
        return not (self.records or self.accounts or self.log or self.asked or self.begun or self.in_drafts)

    @property
    def without_account(self) -> frozenset[int]:
        """The askers among them who have no account; the others go with theirs."""
        return frozenset(each.asker.id for each in self.asked if each.asker.account is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What is to go. `everywhere`: no record or draft that names the person was left out. `drafts`: ids of those out of
    whose form the person goes; `draft_files`: ids and keys."""

    who: Somebody
    records: tuple[str, ...] = ()
    everywhere: bool = True
    files: tuple[str, ...] = ()
    drafts: tuple[str, ...] = ()
    draft_files: tuple[tuple[str, str], ...] = ()
    accounts: tuple[int, ...] = ()
    askers: frozenset[int] = frozenset()
    begun: frozenset[str] = frozenset()  # keys of links
    references: frozenset[str] = frozenset()  # by which links to consent mean the person


def widened(records: LiveRecords, accounts: Accounts, who: Somebody) -> Somebody:
    """Somebody with the names that stand beside their addresses, in records and with their account.

    The other way round a name may be a namesake's: its addresses are not taken over.
    """
    names, addresses = set(who.names), who.addresses
    by_address = Somebody(addresses=addresses)
    for id in records.ids():
        content = records.content(id) or b""
        for name, address in people(content) if may_name(content, by_address) else ():
            if name and folded(address) in addresses:
                names.add(folded(name))
    names |= {folded(each.name) for each in accounts.all() if each.name and each.email in addresses}
    return replace(who, names=frozenset(names))


def addresses_beside(records: LiveRecords, accounts: Accounts, who: Somebody) -> tuple[str, ...]:
    """The addresses that stand beside somebody's names and were not looked for: theirs, or a namesake's."""
    found = {folded(each.email) for each in accounts.all() if each.name and folded(each.name) in who.names}
    for id in records.ids():
        content = records.content(id) or b""
        for name, address in people(content) if may_name(content, who) else ():
            if "@" in address and folded(name) in who.names:
                found.add(folded(address))
    return tuple(sorted(found - who.addresses))


def held(records: LiveRecords, accounts: Accounts, who: Somebody) -> Held:
    """All that records, accounts and the log hold about somebody."""
    found, by_address = [], Somebody(addresses=who.addresses)
    for id in sorted(records.ids()):
        here = mentions(records.content(id) or b"", who)
        if here:
            sure = any(by_address.stands_in(each.text) for each in here)
            found.append(RecordMentions(record=id, mentions=here, sure=sure))
    own = tuple(
        each
        for each in accounts.all()
        if each.email in who.addresses or (each.name and not who.addresses and folded(each.name) in who.names)
    )
    actors, numbers = {each.actor for each in own}, {each.id for each in own}
    log = tuple(line for line in accounts.log() if line.by in actors or line.subject in actors) if actors else ()
    # A company's name as a stranger typed it is at times their own.
    asked = tuple(
        each
        for each in Askers(accounts.file).all()
        if folded(each.asker.email) in who.addresses or who.stands_in(each.company)
    )
    return Held(
        who=who,
        records=tuple(found),
        accounts=own,
        log=log[:LOG_LINES_SHOWN],
        asked=asked,
        begun=tuple(link for purpose in BEGUN for link in accounts.links(purpose) if _says_of(link, who)),
        identities=Identities(accounts.file).of([each.id for each in own]),
        in_drafts=in_drafts((each for each in _drafts(accounts).all() if each.owner not in numbers), who),
        drafts=tuple(draft for each in own for draft in _drafts(accounts).of(each.id, states=get_args(State))),
    )


def as_json(
    found: Held, *, files: Iterable[Mapping[str, Any]], draft_files: Iterable[Mapping[str, Any]], on: date
) -> dict[str, Any]:
    """What somebody gets who asks what is held about them. Whose the drafts of others are is not theirs to know."""
    return {
        "on": on.isoformat(),
        "names": sorted(found.who.names),
        "addresses": sorted(found.who.addresses),
        "records": [
            {"record": each.record, "mentions": [{"where": one.way, "text": one.text} for one in each.mentions]}
            for each in found.records
        ],
        "accounts": [
            {
                "account": each.id,
                "email": each.email,
                "name": each.name,
                "role": each.role,
                "communities": list(each.communities),
                "company": each.company,
                "made": each.made.isoformat(),
                "last_used": each.seen.isoformat() if each.seen else None,
                "ends": each.ends.isoformat() if each.ends else None,
            }
            for each in found.accounts
        ],
        "single_sign_on": [
            {"account": each.account, "issuer": each.issuer, "subject": each.subject} for each in found.identities
        ],
        "log": [
            {"at": line.at.isoformat(), "by": line.by, "action": line.action, "subject": line.subject}
            for line in found.log
        ],
        "questions": [
            {
                "email": each.asker.email,
                "company": each.company,
                "community": each.community,
                "question": each.question,
                "at": each.at.isoformat(),
            }
            for each in found.asked
        ],
        "to_confirm": [
            {"what": each.purpose, "made": each.made.isoformat(), "until": each.until.isoformat()}
            | {key: each.says[key] for key in ("email", "name", "company", "community", "text") if key in each.says}
            for each in found.begun
        ],
        "drafts": [
            {
                "made": each.made.isoformat(),
                "state": each.state,
                "files": [file.path for file in each.files],
                "answers": dict(each.answers),
            }
            for each in found.drafts
        ],
        "files": list(files),
        "in_drafts": [
            {
                "made": each.draft.made.isoformat(),
                "mentions": [{"where": one.way, "text": one.text} for one in each.mentions],
            }
            for each in found.in_drafts
        ],
        "files_in_drafts": list(draft_files),
    }


def erase(
    wanted: Erasure,
    *,
    records: LiveRecords,
    accounts: Accounts,
    catalog: Catalog,
    erasures: Erasures,
    now: datetime,
    day: date,
    by: str,
) -> tuple[str, ...]:
    """Erase for good; the answer tells what could not be erased. What is to go is noted first: see `archive.privacy.erasures`.

    Raises AccessFailed when that can't be noted: then nothing was erased.
    """
    storage, who = records.storage, wanted.who
    whose = [account for id in wanted.accounts if (account := accounts.find(id)) is not None]
    files = [id for id in wanted.files if id in records.files]
    askers = [each for each in Askers(accounts.file).without_account() if each.id in wanted.askers]
    erasures.note(
        files=[(id, storage.sha256(id), storage.stat(id).size) for id in files],
        who=who if wanted.records or wanted.drafts else None,
        records=None if wanted.everywhere else (*wanted.records, *map(address_of, wanted.drafts)),
        accounts=sorted(
            {each.email for each in whose} | {each.email for each in askers} | _addresses_of(accounts, wanted.begun)
        ),
        drafts=[address_of(*each) for each in wanted.draft_files],
        now=now,
    )
    catalog.note_erasure()
    failed: list[str] = []
    for id in files:
        try:
            erase_file(records, id, day=day, trace=not who.stands_in(id))
        except NoSuchFile:
            continue
        except AccessFailed as error:
            failed.append(str(error))
    for id in wanted.records:
        try:
            if records.content(id) is not None:
                records.change(id, lambda _content: [Forget(who=who, day=day)])
        except AccessFailed as error:
            failed.append(str(error))
    failed += _erase_in_drafts(_drafts(accounts), wanted, now=now)
    _erase_accounts(accounts, whose, wanted, now=now, by=by)
    Askers(accounts.file).forget([each.id for each in askers])
    says = {"records": len(wanted.records), "files": len(files), "accounts": [each.id for each in whose]}
    says |= {"askers": len(askers)} if askers else {}
    touched = {*wanted.drafts, *(id for id, _key in wanted.draft_files)}
    says |= {"drafts": len(touched)} if touched else {}
    accounts.note("person erased", "", says, now=now, by=by)
    return tuple(failed)


def _says_of(link: Link, who: Somebody) -> bool:
    return any(isinstance(value, str) and who.stands_in(value) for value in link.says.values())


def _addresses_of(accounts: Accounts, begun: frozenset[str]) -> set[str]:
    links = [link for purpose in BEGUN for link in accounts.links(purpose) if link.key in begun]
    return {str(link.says["email"]) for link in links if "email" in link.says}


def _drafts(accounts: Accounts) -> Drafts:
    return Drafts(accounts.file.path.parent)


def _erase_in_drafts(drafts: Drafts, wanted: Erasure, *, now: datetime) -> list[str]:
    """The answer tells what could not be erased: a draft that is being sent at this moment is in the archive soon."""
    failed = []
    for id, key in wanted.draft_files:
        try:
            drop_file(drafts, id, key, now=now)
        except ArchiveError as error:
            failed.append(f"{address_of(id, key)}: {error}")
    for id in wanted.drafts:
        try:
            forget_in_draft(drafts, id, wanted.who, now=now)
        except ArchiveError as error:
            failed.append(f"{address_of(id)}: {error}")
    return failed


def _erase_accounts(accounts: Accounts, whose: Iterable[Account], wanted: Erasure, *, now: datetime, by: str) -> None:
    numbers = {each.id for each in whose}
    for number in numbers:
        accounts.remove(number, now=now, by=by)
    _drafts(accounts).drop_all_of(numbers)
    for purpose in _PERSONAL_LINKS:
        for link in accounts.links(purpose):
            says = link.says.values()
            named = any(wanted.who.is_meant(value) or value in wanted.references for value in says)
            if named or link.key in wanted.begun or link.says.get("account") in numbers:
                accounts.withdraw_link(link, now=now, by=by)
    if numbers or wanted.askers:
        for copy in accounts.file.path.parent.glob(f"{FILE_NAME}.version-*"):
            copy.unlink(missing_ok=True)  # made before the file was brought up to date: it holds them, too
