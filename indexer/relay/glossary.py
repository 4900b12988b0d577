"""The words of the trade: what reports themselves define and abbreviate, with the part where it stands.

Pure. Three sources, the surest first: a section of terms, a sentence that defines, an abbreviation with its words beside
it. What can't be taken apart with certainty is left out: a wrong explanation is worse than none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from archive.catalog.catalog import TextPart
from indexer.relay.landmarks import Section, bare, sentences_of

TERM_MAX_CHARS = 60
TERM_MAX_WORDS = 6
_ROWS_MOST = 300  # of a table that lost its columns: each is looked for in the whole text
MEANING_MIN_CHARS = 6
MEANING_MAX_CHARS = 220

_BULLET = re.compile(r"^\s*(?:[•▪‣◦●■*–—-])\s+")
_HEADER = re.compile(
    r"(?:begrip(?:pen)?|term(?:en)?|afkorting(?:en)?|woord(?:en)?|abbreviation|concept)\s+"
    r"(?:betekenis|omschrijving|definitie|uitleg|toelichting|zoals wij\b|meaning|definition|description|explanation).*",
    re.IGNORECASE,
)
_ENTRY = re.compile(rf"(?P<term>[^\t:.]{{2,{TERM_MAX_CHARS}}})(?:\t+|:\s+|\s+[–—=]\s+)(?P<meaning>\S.*)")
_NEXT_ENTRY = re.compile(r"(?<=\.)\s+(?=[A-Z][^.:]{1,40}:\s)")
_DEFINITIONS = tuple(
    re.compile(pattern)
    for pattern in (
        r"Onder (?P<term>[^,.;:]{2,60}?) (?:verstaan|verstaat) (?:wij|we|men|dit rapport)(?: hier)? (?P<meaning>[^.]{6,220}\.)",
        r"Onder (?P<term>[^,.;:]{2,60}?) wordt (?:hier |in dit \w+ )?(?P<meaning>[^.]{6,220}?) verstaan\.",
        r"Met (?P<term>[^,.;:]{2,60}?) (?:bedoelen|bedoelt) (?:wij|we|men) (?P<meaning>[^.]{6,220}\.)",
        r"(?:De |Het |Een )?(?P<term>[A-Za-z][^\s.,;:]*(?: [^\s.,;:]+)?) staat voor (?P<meaning>[^.:]{4,220}[.:])",
        r"By (?P<term>[^,.;:]{2,60}?) we mean (?P<meaning>[^.]{6,220}\.)",
        r"(?:An? |The )?(?P<term>[A-Z][^,.;:]{1,58}?) (?:is|are) defined as (?P<meaning>[^.]{6,220}\.)",
        r"(?P<term>[A-Z][A-Za-z&-]{1,9}) stands for (?P<meaning>[^.:]{4,220}[.:])",
    )
)
_CUES = ("verstaan", "verstaat", "bedoelen", "bedoelt", "staat voor", "we mean", "defined as", "stands for")
_IN_BRACKETS = re.compile(r"\(([^()\n]{2,80})\)")
_BEFORE_BRACKETS = re.compile(r"[^().;:]{2,120}$")
_WORD = re.compile(r"[^\W_]+")
_ABBREVIATION = re.compile(r"(?=.*[A-Z].*[A-Z])[A-Za-z][A-Za-z0-9&-]{1,9}")
# A term that runs on into its meaning ends with none of these.
_FUNCTION_WORDS = frozenset(
    (
        *(
            "de",
            "het",
            "een",
            "of",
            "en",
            "van",
            "voor",
            "met",
            "in",
            "op",
            "aan",
            "bij",
            "te",
            "dat",
            "die",
            "is",
            "zijn",
        ),
        *("wordt", "als", "om", "tot", "door", "per", "hoe", "wat"),
        *("the", "a", "an", "or", "and", "for", "with", "on", "at", "to", "that", "are", "by", "how", "what"),
    )
)

_JOINING = frozenset(("en", "of", "and", "or"))  # "kW en kWh …" is one term, cut too soon


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word and what its report says that it means; both stand on `part`, the meaning as it is written."""

    term: str
    meaning: str
    part: int


def glossary(parts: Sequence[TextPart], sections: Sequence[Section]) -> tuple[Term, ...]:
    """The terms of one deliverable, each once: as the surest source has it. In the order in which they were found."""
    whole = ""
    if any(section.kind == "terms" for section in sections):
        whole = f" {' '.join(_WORD.findall(' '.join(part.text for part in parts).casefold()))} "
    found: dict[str, Term] = {}

    def take(number: int, entries: Iterable[tuple[str, str]]) -> None:
        for term, meaning in entries:
            found.setdefault(bare(term.partition(" (")[0]), Term(term=term, meaning=meaning, part=number))

    for section in sections:
        for number, text in section.pieces if section.kind == "terms" else ():
            take(number, _entries(text, whole))
    for part in parts:
        if "(" in part.text or _may_define(part.text):
            for sentence in sentences_of(part.text):
                take(part.number, _defined(sentence) if _may_define(sentence) else ())
                take(part.number, _abbreviated(sentence))
    return tuple(found.values())


def _may_define(text: str) -> bool:
    return any(cue in text for cue in _CUES)


def _entries(text: str, whole: str) -> Iterator[tuple[str, str]]:
    """The entries of a section of terms: table rows, lines with a colon, and rows of a table that lost its columns."""
    lines = [line.rstrip() for line in text.split("\n") if line.strip()]
    header = next((number for number, line in enumerate(lines) if _HEADER.fullmatch(" ".join(line.split()))), None)
    if header is not None and not any("\t" in line for line in lines[header:]):
        rows = list(islice(_rows(lines[header + 1 :], _has_capital), _ROWS_MOST))
        # Of "Toestand uit …", "Toestand stationair …" nobody can tell where the term ends.
        first = Counter(row.split()[0] for row in rows)
        for row in rows:
            if first[row.split()[0]] == 1:
                yield from _cut(row, whole)
        return
    for row in _rows(
        [line for number, line in enumerate(lines) if number != header], lambda line: bool(_ENTRY.match(line))
    ):
        for entry in _NEXT_ENTRY.split(row):
            match = _ENTRY.fullmatch(entry)
            if match:
                yield from _sound(match["term"], match["meaning"])


def _has_capital(line: str) -> bool:
    return any(char.isupper() for char in line.split()[0])


def _rows(lines: Sequence[str], begins: Callable[[str], bool]) -> Iterator[str]:
    """Lines joined to entries. A bullet begins one; so does a line that `begins`; else an unfinished one goes on."""
    row = ""
    for line in lines:
        bullet = _BULLET.match(line)
        text = line[bullet.end() if bullet else 0 :].strip()
        goes_on = row and not bullet and not begins(text) and (text[:1].islower() or row[-1] not in ".;")
        if goes_on and "\t" not in row:
            row += " " + text
            continue
        if row:
            yield row
        row = text
    if row:
        yield row


def _cut(row: str, whole: str) -> Iterator[tuple[str, str]]:
    """Part a term from its meaning where the table's line between them is lost: the term also stands elsewhere."""
    words = row.split()
    for count in range(min(TERM_MAX_WORDS - 1, len(words) - 2), 0, -1):
        term = " ".join(words[:count])
        if words[count - 1].casefold() in _FUNCTION_WORDS:
            continue
        elsewhere = whole.count(f" {' '.join(_WORD.findall(term.casefold()))} ") > 1
        if elsewhere or (count == 1 and _ABBREVIATION.fullmatch(term)) or words[count][0].isupper():
            yield from _sound(term, " ".join(words[count:]))
            return


def _defined(sentence: str) -> Iterator[tuple[str, str]]:
    for pattern in _DEFINITIONS:
        for match in pattern.finditer(sentence):
            yield from _sound(match["term"], match["meaning"])


def _abbreviated(sentence: str) -> Iterator[tuple[str, str]]:
    """ "coefficient of performance (COP)" and "COP (coefficient of performance)"."""
    for match in _IN_BRACKETS.finditer(sentence):
        found = _BEFORE_BRACKETS.search(sentence[max(0, match.start() - 120) : match.start()].rstrip())
        before, inside = found[0].strip() if found else "", match[1].strip()
        last = before.split()[-1].strip("\"'“”‘’") if before else ""
        if _ABBREVIATION.fullmatch(inside):
            long = long_form(inside, before)
            if long:
                yield from _sound(inside, long)
        elif _ABBREVIATION.fullmatch(last) and long_form(last, inside) == inside:
            yield from _sound(last, inside)


def long_form(short: str, text: str) -> str | None:
    """The end of `text` that `short` abbreviates: its letters in order, the first one at the beginning of a word.

    After A. Schwartz and M. Hearst, "A simple algorithm for identifying abbreviation definitions" (2003); here each
    letter of an abbreviation in capitals must begin a word or a part of a compound long enough to be one.

    >>> long_form("COP", "de coefficient of performance"), long_form("KSS", "Karolinska-slaperigheidsschaal")
    ('coefficient of performance', 'Karolinska-slaperigheidsschaal')
    >>> long_form("NIEK", "de knop met lamp") is None
    True
    """
    letters = [char for char in short.casefold() if char.isalnum()]
    at = len(text)
    for number, letter in enumerate(reversed(letters)):
        at -= 1
        first = number == len(letters) - 1
        while at >= 0 and (text[at].casefold() != letter or (first and at > 0 and text[at - 1].isalnum())):
            at -= 1
        if at < 0:
            return None
    long = text[at:].strip(" \"'“”‘’")
    words = len(re.findall(r"\w+", long))
    if bare(short) in bare(long):  # code in brackets: "reizigerID (REIZIGERID FOREIGN KEY)"
        return None
    return long if len(long) > len(short) + 2 and words <= min(len(letters) + 5, 2 * len(letters)) else None


def _sound(term: str, meaning: str) -> Iterator[tuple[str, str]]:
    """An entry that can be shown: a short term, with a meaning that is more than a word of its own."""
    term = term.strip(" \"'“”‘’,;:")
    meaning = meaning.strip().rstrip(";:,")
    if (
        2 <= len(term) <= TERM_MAX_CHARS
        and len(term.split()) <= TERM_MAX_WORDS
        and MEANING_MIN_CHARS <= len(meaning) <= MEANING_MAX_CHARS
        and any(char.isalpha() for char in term)
        and bare(term) != bare(meaning)
        and meaning.split()[0].casefold() not in _JOINING
    ):
        yield term, meaning
