"""Whom a title page names, and in which role: by the word before a name, a number beside it, the file's properties. Pure.

Student numbers and addresses tell that a line names people; they are not kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from archive.records.naming import folded_words, is_name_of_kind, same_person
from indexer.deposit.front import CONTENTS_LINE, STOP, TRIM, Front
from indexer.deposit.guesses import GuessedPerson, PersonRole, PersonTold
from indexer.extraction.model import Extraction

# What stands in front of a colon, or alone above the value.
_LABELS: tuple[tuple[PersonRole | None, str], ...] = (
    (
        "student",
        r"auteurs?|auteur\(s\)|schrijvers?|door|gemaakt door|geschreven door|uitgevoerd door|authors?|written by|by"
        r"|student(?:en|s)?(?:\s?\d)?|teamleden|projectleden|groepsleden|leden|namen|naam|name|names|projectgroep"
        r"|team members|members|stagiairs?|afstudeerders?|uitvoerders?|opgesteld door|van",
    ),
    (
        "teacher",
        r"(?:vak|begeleidend )?docent(?:en)?(?:begeleiders?)?|(?:project|stage|school|afstudeer|bedrijfs|praktijk)?begeleid(?:er|ster|ing)s?"
        r"|(?:co-?)?promotor(?:en)?|tutors?|coach(?:es)?|beoordelaars?|examinator(?:en)?|teachers?|supervisors?|lecturers?"
        r"|mentor(?:en)?|assessoren|assessors?|slber",
    ),
    (
        "company",
        r"opdrachtgevers?|contactpersoon|contactpersonen|bedrijfsmentor|client|commissioned by|company supervisor"
        r"|in opdracht van|product ?owners?",
    ),
    (
        None,
        r"(?:in|opleverings|inlever|laatste )?(?:datum|wijziging)|laatst (?:gewijzigd|bijgewerkt)(?: op)?|date|versie(?:nummer)?|version"
        r"|status|klas|class|groep(?:snaam|snummer|)?(?:/?-?nummer)?|group|team|opleiding(?:scentrum)?|onderwijsinstelling|programme|school|instelling|instituut"
        r"|hogeschool|vak|cursus(?:code)?(?:/cursusnaam)?|course|module|modulecode|vakcode|blok|semester|periode|bpv|ov|plaats|locatie|location"
        r"|academiejaar|schooljaar|studiejaar|jaar|year|(?:student|leerling|studenten)(?:en)?\.?\s?(?:nummers?|nr\.?s?)|nummer|student (?:number|id)s?"
        r"|e-?mail(?:adres)?|telefoon|tel|website|site|url|project repo|repository|soort rapport|document|bestandsnaam"
        r"|project|product|bedrijf|company|organisatie|eerste kans|herkansing|kans|vertrouwelijk|opdracht|onderwerp",
    ),
)
_LABEL = tuple((role, re.compile(rf"(?i)(?:{words})\s*(?::|$)")) for role, words in _LABELS)
_LABEL_SPACED = tuple(
    (role, re.compile(rf"(?i)(?:{words})\s+(?=[A-ZÀ-Þ])")) for role, words in _LABELS if role is not None
)
_NUMBER = re.compile(r"\(?\b[a-z]?\d{6,9}\b\)?", re.IGNORECASE)
_NAME_WORD = re.compile(r"(?:[A-ZÀ-Þ][\w’'.-]*|van|von|de|der|den|het|ter|ten|te|el|al|la|le|du|da|dos|bin|op|'t|in)")
_BETWEEN = frozenset(
    ("van", "von", "de", "der", "den", "het", "ter", "ten", "te", "el", "al", "la", "le", "du", "da", "op", "'t")
)
_PARTS_PEOPLE = re.compile(r"\s*(?:,|;|/|&|\t|\ben\b|\band\b|\u2022)\s*")
_INSIDE = re.compile(r"\(([^()]{5,120})\)")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\]]*\]")


def people_of(extraction: Extraction, front: Front) -> tuple[GuessedPerson, ...]:
    """Whom the title page names, with their roles; without authors there, those of the properties."""
    found: dict[str, GuessedPerson] = {}
    role: PersonRole | None = None
    open_label = False
    for line in front.raw:
        if STOP.fullmatch(line.text) or CONTENTS_LINE.search(line.text):
            break
        label, value = labelled(line.text)
        if label is not NO_LABEL:
            role, open_label = label if label in ("student", "teacher", "company") else None, not value
            sure = role is not None
        else:
            value, sure = line.text, open_label and role is not None
            if not sure:
                role = "student"
        names = list(_names(value, front, sure=sure)) if role is not None else []
        told: PersonTold = "label" if sure else "number" if _NUMBER.search(value) else ""
        for each in names:
            person = GuessedPerson(name=each, role=role or "student", told=told, part=line.part)
            before = found.setdefault(each.casefold(), person)
            if told and not before.told and before.role == person.role:
                found[each.casefold()] = person
        if label is NO_LABEL and not names:
            open_label = False
    people = tuple(found.values())
    if any(person.role == "student" for person in people):
        return people
    others = [
        GuessedPerson(name=name, source="properties")
        for name in front.authors
        if is_name(name, frozenset()) and not any(same_person(name, person.name) for person in people)
    ]
    return (*people, *others)


NO_LABEL = "none"


def labelled(text: str) -> tuple[PersonRole | str | None, str]:
    """What a line's label says it holds, and the value behind it.

    >>> labelled("Docent: T. de Wit"), labelled("Prefab gevels")
    (('teacher', 'T. de Wit'), ('none', 'Prefab gevels'))
    """
    for role, pattern in _LABEL:
        match = pattern.match(text)
        if match:
            return role, text[match.end() :].strip(TRIM)
    for role, pattern in _LABEL_SPACED:
        match = pattern.match(text)
        if match and is_name(
            _BRACKETS.sub("", _NUMBER.sub("", _PARTS_PEOPLE.split(text[match.end() :])[0])), frozenset()
        ):
            return role, text[match.end() :].strip(TRIM)
    return NO_LABEL, text


def _names(text: str, front: Front, *, sure: bool) -> Iterator[str]:
    """The names in a line; without a label (`sure`) only in a line of names alone."""
    numbered = bool(_NUMBER.search(text))
    pieces = [_clean_name(piece) for piece in _PARTS_PEOPLE.split(_BRACKETS.sub(" ", _NUMBER.sub(" , ", text)))]
    pieces = [piece for piece in pieces if piece]
    lower = frozenset() if sure or numbered else front.lower
    names = [piece for piece in pieces if is_name(piece, lower)]
    if sure or len(names) == len(pieces):
        for name in names:
            if sure or numbered or _looks_sure(name, front) or len(pieces) > 1:
                yield name


def names_people(text: str, front: Front) -> bool:
    """Whether a line names people and nothing else.

    One name alone is taken for a title unless its number, the properties or its own little words tell.
    """
    words = folded_words(text)
    if any(words and words == folded_words(author) for author in front.authors):
        return True
    inside = [names for names in _INSIDE.findall(text) if "," in names]
    return any(names_people(names, front) for names in inside) or bool(list(_names(text, front, sure=False)))


def _looks_sure(name: str, front: Front) -> bool:
    words = name.split()
    between = any(word in _BETWEEN for word in words[1:-1])
    known = any(same_person(name, author) or folded_words(name) == folded_words(author) for author in front.authors)
    initials = bool(re.match(r"(?:[A-Z]\.\s?)+[A-Zvd]", name))
    return known or initials or between


def _clean_name(text: str) -> str:
    text = re.sub(r"(?i)\b(?:dhr|mevr|mw|drs?|ir|ing|prof|mr|msc|bsc|ma)\b\.?", " ", text)
    text = re.sub(r"(?i)^(?:door|by|namen?|studenten|auteurs?)\b:?", " ", text.strip())
    return re.sub(r"\d+$", "", " ".join(text.split()).strip(TRIM + ".")).strip(TRIM)


def is_name(text: str, lower: frozenset[str]) -> bool:
    """Whether words may be a person's name: two to six with capitals, none of which the text writes without.

    >>> is_name("Jip van Raamsdonk", frozenset()), is_name("Prefab Gevels", frozenset({"gevels"}))
    (True, False)
    """
    words = text.split()
    if not 2 <= len(words) <= 6 or not all(_NAME_WORD.fullmatch(word) for word in words):
        return False
    if words[-1] in _BETWEEN or words[0].casefold() in ("de", "het", "een", "the", "project", "team", "groep"):
        return False
    if any(word.isupper() and len(word) > 3 for word in words) and not all(word.isupper() for word in words):
        return False
    if is_name_of_kind(text) or re.search(
        r"(?i)hogeschool|university|school|lyceum|college|b\.?v\.?$|engineer|informatica", text
    ):
        return False
    return not any(word.casefold() in lower for word in words if word not in _BETWEEN)
