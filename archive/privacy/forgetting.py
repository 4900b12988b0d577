"""One person in a record: every place that names them, and the record without them.

Pure: works on the tables of a record, as read or as edited. A name is found as a whole, whatever its capitals; an
address of the archive (a path) that holds one is told, and stays: the file has to be renamed by people.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

ERASED = "(naam gewist)"  # what stands in a text where a name stood; a record is Dutch

# Keys whose value is somebody; keys that are addresses of the archive, or names of something else.
_WHO = frozenset({"by", "deposited_by"})
_PATHS = frozenset({"file", "url", "was", "continues", "answers", "project", "document", "id", "slug", "organisation"})
_PEOPLE = {"team": ("name", "account"), "contact": ("name", "email")}
# An organisation may be called after somebody: its contacts are people, its own names are not.
_NO_PEOPLE = frozenset({"organisation", "theme"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody:
    """A person by the names and addresses that are theirs."""

    names: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()

    @classmethod
    def of(cls, names: Iterable[str] = (), addresses: Iterable[str] = ()) -> Somebody:
        """
        >>> Somebody.of([" Noor  Kanarie "], ["Noor@Example.org"]).addresses
        frozenset({'noor@example.org'})
        """
        return cls(
            names=frozenset(folded(each) for each in names if each.strip()),
            addresses=frozenset(folded(each) for each in addresses if each.strip()),
        )

    def is_meant(self, text: object) -> bool:
        """Whether a text is this person's name or address, and nothing more."""
        return isinstance(text, str) and folded(text) in self.names | self.addresses

    def is_entry(self, name: object, address: object) -> bool:
        """Whether an entry is about this person: by its address where both are known, for a name has namesakes."""
        if isinstance(address, str) and address.strip() and self.addresses:
            return folded(address) in self.addresses
        return self.is_meant(name) or self.is_meant(address)

    def stands_in(self, text: str) -> bool:
        """
        >>> Somebody.of(["Noor Kanarie"]).stands_in("Vraag het noor\\nkanarie."), Somebody.of(["Noor"]).stands_in("Noord")
        (True, False)
        """
        return self._pattern().search(unicodedata.normalize("NFC", text)) is not None

    def taken_out(self, text: str) -> str:
        """
        >>> Somebody.of(["Noor Kanarie"]).taken_out("Vraag het Noor Kanarie.")
        'Vraag het (naam gewist).'
        """
        return self._pattern().sub(ERASED, unicodedata.normalize("NFC", text))

    def _pattern(self) -> re.Pattern[str]:
        phrases = sorted(self.names | self.addresses, key=len, reverse=True)
        either = "|".join(r"\s+".join(map(re.escape, phrase.split())) for phrase in phrases)
        return re.compile(rf"(?<!\w)(?:{either})(?!\w)" if either else r"(?!)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A place in a record that names somebody. `way` leads to it; `stays`: it is an address, which is not changed."""

    way: str
    text: str
    stays: bool = False


def mentions(content: bytes, who: Somebody) -> tuple[Mention, ...]:
    """Where a record names somebody; nothing for one that can't be read (`estafette check` tells of those)."""
    if not may_name(content, who):
        return ()
    try:
        text = content.decode("utf-8-sig")
        tables = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        return ()
    found = [
        Mention(way=way, text=value, stays=key in _PATHS)
        for way, key, value in _strings(tables)
        if who.stands_in(value) and not _is_a_namesake(tables, way, who)
    ]
    found += [
        Mention(way="#", text=line.partition("#")[2].strip())
        for line in text.splitlines()
        if "#" in line and who.stands_in(line.rpartition("#")[2]) and _without_comment(line, text, who) is not None
    ]
    return tuple(found)


def may_name(content: bytes, who: Somebody) -> bool:
    """Whether a record is worth reading: thousands are not. What is written with a backslash may be anything."""
    return b"\\" in content or who.stands_in(content.decode("utf-8", "replace"))


def people(content: bytes) -> Iterator[tuple[str, str]]:
    """The people of a record: name and address, each "" where there is none."""
    try:
        tables = tomllib.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        return
    for holder in (tables, *(each for each in tables.get("organisation", ()) if isinstance(each, dict))):
        for table, (name, address) in _PEOPLE.items():
            for entry in holder.get(table, ()):
                if isinstance(entry, dict):
                    yield str(entry.get(name, "")), str(entry.get(address, ""))


def texts(content: bytes) -> tuple[str, ...]:
    """All texts of a record."""
    try:
        return tuple(value for _way, _key, value in _strings(tomllib.loads(content.decode("utf-8-sig"))))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        return ()


def forget(document: Any, who: Somebody, *, day: date) -> None:
    """Take somebody out of a record's tables: of the team the role stays, a contact goes, a text says it was erased.

    The role stays with a consent that was taken back on this day: the team's files may still hold the name.
    """
    for key in list(document):
        _forget_in(document, key, who, day)


def comments_without(text: str, who: Somebody) -> str:
    """A record's text with somebody taken out of what people wrote behind a #."""
    for line in text.splitlines():
        if "#" in line and who.stands_in(line.rpartition("#")[2]):
            without = _without_comment(line, text, who)
            text = text.replace(line, without) if without is not None else text
    return text


def folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _forget_in(table: Any, key: str, who: Somebody, day: date) -> None:
    value = table[key]
    if isinstance(value, dict):
        forget(value, who, day=day)
    elif isinstance(value, list):
        _forget_in_list(table, key, value, who, day)
    elif isinstance(value, str) and key not in _PATHS:
        if key in _WHO and who.is_meant(value):
            del table[key]
        elif who.stands_in(value):
            table[key] = who.taken_out(value)


def _forget_in_list(table: Any, key: str, values: Any, who: Somebody, day: date) -> None:
    keys = _PEOPLE.get(key)
    for n in reversed(range(len(values))):
        each = values[n]
        if isinstance(each, dict):
            if keys and who.is_entry(each.get(keys[0]), each.get(keys[1])):
                if key == "contact":
                    del values[n]
                    continue
                for gone in (*keys, "consent"):
                    each.pop(gone, None)
                each["consent"] = [{"for": "name", "withdrawn": day}]
            elif keys:
                continue  # another person, maybe of the same name
            if key in _NO_PEOPLE:
                _forget_contacts(each, who, day)
            else:
                forget(each, who, day=day)
        elif isinstance(each, str) and key == "named" and who.is_meant(each):
            del values[n]
        elif isinstance(each, str) and key not in _PATHS and who.stands_in(each):
            values[n] = who.taken_out(each)
    if not len(values):
        del table[key]


def _forget_contacts(organisation: Any, who: Somebody, day: date) -> None:
    if isinstance(organisation.get("contact"), list):
        _forget_in_list(organisation, "contact", organisation["contact"], who, day)


def _strings(value: Any, way: str = "", key: str = "") -> Iterator[tuple[str, str, str]]:
    """All texts of a record that may name somebody: the way to each, its key, and itself."""
    if isinstance(value, str):
        yield way, key, value
    elif isinstance(value, dict):
        for name, each in value.items():
            if key in _NO_PEOPLE and name != "contact":
                continue
            yield from _strings(each, f"{way}.{name}" if way else name, name)
    elif isinstance(value, list):
        for n, each in enumerate(value):
            yield from _strings(each, f"{way}[{n}]", key)


def _is_a_namesake(tables: Any, way: str, who: Somebody) -> bool:
    """Whether a name stands in the entry of somebody who has another address."""
    match = re.match(r"(?:organisation\[(\d+)\]\.)?(team|contact)\[(\d+)\]\.", way)
    if match is None:
        return False
    holder = tables["organisation"][int(match[1])] if match[1] else tables
    entry, (name, address) = holder[match[2]][int(match[3])], _PEOPLE[match[2]]
    return not who.is_entry(entry.get(name), entry.get(address))


def _without_comment(line: str, text: str, who: Somebody) -> str | None:
    """The line with its comment cleaned; None when what stands behind the # is no comment."""
    before, mark, comment = line.rpartition("#")
    cleaned = before + mark + who.taken_out(comment)
    try:
        return cleaned if tomllib.loads(text) == tomllib.loads(text.replace(line, cleaned)) else None
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
