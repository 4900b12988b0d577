"""Likely personal data in a text, and that it calls itself confidential: what, on which page, masked so that pointing
at it spreads nothing. Pure.

A number is pointed at for its form (the eleven test of a BSN, mod 97 of an IBAN, the digits of a Dutch telephone number)
and for what stands near it: nine digits alone are a measurement. What a company prints of itself (info@…, 0800, the
address of a school) is no personal data.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from indexer.deposit.assessments import assesses_people
from indexer.deposit.persons_in_text import has_interview, table_of_persons
from indexer.extraction.model import Part

FindingKind = Literal[
    "bsn",
    "student_number",
    "phone",
    "email",
    "address",
    "iban",
    "birth_date",
    "interview",
    "persons_table",
    "assessment",
    "closed",
]

_SHOWN_CHARS = 4  # of a number
_FRONT_PARTS = 2  # where numbers beside names are those of students

_BSN_LABEL = re.compile(r"(?i)\b(?:bsn|burger\s?service\s?-?nummer|sofi-?\s?(?:nummer|nr)?)\b|\bbsn[-\s]?(?:nummer|nr)")
_BSN_REACH = 400  # a column of them stands below its heading
_NINE = re.compile(r"(?<![\d.,/-])(?:\d{9}|\d{3}[ .]\d{3}[ .]\d{3}|\d{4}[ .]\d{2}[ .]\d{3})(?![\d]|[.,/-]\d)")
_BSN_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)

_S_NUMBER = re.compile(r"(?<![\w/.#])[sS]-?\d{6,8}(?!\w)")
_STUDENT_LABEL = re.compile(
    r"(?i)\b(?:student(?:en|s)?|leerling(?:en)?|stud)[\s.-]?(?:nummers?|numbers?|nr\.?s?|no\.?|id|code)(?![a-z])"
)
_STUDENT_REACH = 60
_STUDENT_TABLE_REACH = 500
_STUDENT_LINE_REACH = 2_000  # a line is a paragraph, or a page that lost its line ends
_SHORT_LINE = 120
_STUDENT_NUMBER = re.compile(r"(?<![\w.,/€+-])\d{5,10}(?![\w]|[.,]\d)")
_CAPITAL_WORDS = r"[A-ZÀ-Þ][\w’'-]{1,24}(?:[ \t]{1,3}(?:[A-ZÀ-Þ][\w’'.-]{0,24}|van|de|der|den|ter|ten|el|het|'t)){1,5}"
_NUMBER_BESIDE_NAME = re.compile(
    rf"(?m)^\W{{0,6}}{_CAPITAL_WORDS}[ \t]*[-–:,(|\t ][ \t(]*(\d{{6,9}})\)?\s*$|{_CAPITAL_WORDS} ?\((\d{{6,9}})\)"
)

_PHONE = re.compile(r"(?<![\w.,/+-])(?:\+|00|\(?0)\d?[\d ()./–-]{6,17}\d(?![\d]|[.,]\d)")
_PHONE_LABEL = re.compile(
    r"(?i)\b(?:tel(?:efoon)?(?:nummer|nr)?|phone|mob(?:iel)?|gsm|telnr|bel(?:len)?|t|m)\b[\s.:-]*(?:\w+[\s:]*)?$"
)
_DECIMAL = re.compile(r"0[ .]\d?[ .]?\d")  # 0.626, and version 0.6 with the date behind it
_DATE_IN = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d\d")
_SAME_DIGITS_MOST = 6  # 06-10000000 is an example
_SERVICE = ("800", "900", "906", "909", "88", "85", "84", "67", "66", "97")
_AREA_2 = frozenset({"10", "13", "15", "20", "23", "24", "26", "30", "33", "35", "36", "38", "40", "43", "45", "46", "50", "53", "55", "58",
                     "70", "71", "72", "73", "74", "75", "76", "77", "78", "79"})  # fmt: skip

_MAIL = re.compile(
    r"(?i)(?<![\w.+-])([\w.+-]{1,64})\s?(?:@|[\[(]\s?(?:at|@)\s?[\])])\s?((?:[a-z0-9-]{1,40}\.){1,4}[a-z]{2,12})\b"
)
_MAIL_LIST = re.compile(r"(?i)\{([^{}@\n]{3,80})\}\s?@\s?((?:[a-z0-9-]{1,40}\.){1,4}[a-z]{2,12})\b")
_OF_ALL = re.compile(
    r"(?i)(?:info|contact|support|sales|no-?reply|admin|administratie|privacy|helpdesk|service.*|receptie|secretariaat|office|hello|hallo"
    r"|webmaster|klantenservice|mail|post|e-?mail|naam|name|user(?:name)?|gebruiker|test\w*|example|voorbeeld|jouw.*|your.*|studielandschap|pers|hr|git)"
)
_NOBODYS = re.compile(r"(?i)(?:.*\.)?(?:example|test|voorbeeld|domein|domain|localhost|bedrijf|mail|email)\.\w+")

_STREET = (
    r"(?:(?:[A-ZÀ-Þ'][\w’'.-]{0,24}|van|de|der|den|het|ter)[ ]){0,4}[A-ZÀ-Þ]?[\w’'-]{0,24}"
    r"(?:straat|laan|weg|plein|dreef|singel|kade|gracht|pad|steeg|dijk|hof|park|baan|burg|erf|akker|markt|steenweg|plantsoen|wal|str\.)"
)
_HOUSE = r"\s\d{1,4}(?:\s?[-–/]?\s?(?:[a-zA-Z]|\d{1,3}|bis|hs))?(?!\w)"
_POSTCODE = r"(?<![\w.-])[1-9]\d{3}\s?(?!S[ADS]\b)[A-Z]{2}(?!\w)"
_TOWN = r"(?:'s-|’s-|'t |Den |De |Sint |St\. )?[A-ZÀ-Þ][\w’'-]{2,}"
_FULL_ADDRESS = re.compile(
    rf"(?:{_STREET}|[A-ZÀ-Þ][\w’'.-]{{1,24}}(?: [A-ZÀ-Þa-z][\w’'.-]{{1,24}}){{0,3}}){_HOUSE}[\s,;|·-]{{1,6}}{_POSTCODE}"
    rf"|{_STREET}{_HOUSE}[\s,;|·-]{{1,6}}\d{{4}}[,]?[ ]{_TOWN}"
)
_STREET_IN = re.compile(rf"{_STREET}{_HOUSE}(?:,| in| te)\s{{0,3}}{_TOWN}")
_ADDRESS_LABEL = re.compile(
    rf"(?i:\b(?:(?:woon|post|thuis)?adres(?:gegevens)?|address|woont (?:aan|op)|woonachtig)\b[^\n:]{{0,25}}:?\s*)((?:{_STREET}|[A-ZÀ-Þ][\w’'. -]{{3,40}}){_HOUSE})"
)
_POSTCODE_LABEL = re.compile(rf"(?i:\bpostcode\b[^\n:]{{0,20}}:?)\s*({_POSTCODE})")
_ORGANISATION = re.compile(
    r"(?i)hogeschool|universit|campus|\bschool\b|\bb\.?v\.?\b|\bn\.?v\.?\b|\bkvk\b|\bbtw\b|postbus|bezoekadres|vestiging|hoofdkantoor|\bkantoor\b|gemeente\b"
    r"|stichting|instituut|bedrijfsnaam|bedrijfsgegevens|opdrachtgever|college\b|lyceum|faculte?it|stationslocatie|info@|www\."
)
_ORGANISATION_REACH = 110

_IBAN = re.compile(r"(?i)(?<![\w])(?:NL\s?\d{2}\s?[a-z]{4}(?:\s?\d){10}|BE\s?\d{2}(?:\s?\d){12})(?!\w)")

_MONTH = r"(?:jan|feb|m(?:aa)?r|apr|mei|may|jun|jul|aug|sep|o[kc]t|nov|dec)[a-z]*\.?"
_DAY = rf"(?:\d{{1,2}}\s?[-/.]\s?\d{{1,2}}\s?[-/.]\s?(?:19|20)?\d\d|\d{{1,2}}(?:st|nd|rd|th|e)?\s{_MONTH}\s(?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d)"
_BORN = re.compile(
    rf"(?i)\b(?:geboren|geb\.?|geboorte\s?-?(?:datum|dag)|date of birth|birth ?date|born|dob)(?![a-z])[^\d\n]{{0,40}}\n?[^\d\n]{{0,10}}({_DAY})"
)

# A line that says it of the whole file. "Vertrouwelijk: nee" and a sentence about confidential data say another thing.
_CLOSED = re.compile(
    r"(?i)\W*(?:(?:strikt|streng|zeer|strictly|highly|company|bedrijfs)[ -]?)?(?:vertrouwelijk|confidential|geheim|niet openbaar)"
    r"(?:\W+(?:document|rapport|verslag|report|version|versie|ja|yes))?\W*"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Likely personal data on one page or in one section.

    `masked` is the first of them with most of it left out ("1234…", "…@han.nl"), or the names of the columns of a
    table of persons; "" for an interview, an assessment, and for "closed": the file says that it is confidential. `count`: how many different ones of this kind stand there.
    """

    kind: FindingKind
    part: int
    masked: str = ""
    count: int = 1


def find(parts: Sequence[Part]) -> tuple[Finding, ...]:
    """The likely personal data in these pages or sections, in their order; one finding a kind and a part.

    >>> find([Part(number=1, text="Bel mij op 06-12345678."), Part(number=2, text="De meting gaf 612345678.")])
    (Finding(kind='phone', part=1, masked='06-1…', count=1),)
    """
    found: list[Finding] = []
    for part in parts[:_FRONT_PARTS]:
        if any(_CLOSED.fullmatch(line) for line in (part.heading or "", *part.text.split("\n"))):
            found.append(Finding(kind="closed", part=part.number))
            break
    for part in parts:
        text = f"{part.heading}\n{part.text}" if part.heading else part.text
        for kind, search in _SEARCHES:
            values = list(dict.fromkeys(search(text, part)))
            if values:
                found.append(Finding(kind=kind, part=part.number, masked=_masked(kind, values[0]), count=len(values)))
        if has_interview(part.heading or "", part.text):
            found.append(Finding(kind="interview", part=part.number))
        columns = table_of_persons(part.text)
        if columns:
            found.append(Finding(kind="persons_table", part=part.number, masked=", ".join(columns)))
        if assesses_people(part.heading or "", part.text):
            found.append(Finding(kind="assessment", part=part.number))
    return tuple(found)


def is_bsn(digits: str) -> bool:
    """Whether nine digits pass the eleven test of a BSN.

    >>> is_bsn("111222333"), is_bsn("123456789"), is_bsn("000000000")
    (True, False, False)
    """
    if len(digits) != len(_BSN_WEIGHTS) or not digits.strip("0"):
        return False
    return sum(int(digit) * weight for digit, weight in zip(digits, _BSN_WEIGHTS, strict=True)) % 11 == 0


def _bsns(text: str, part: Part) -> Iterator[str]:
    labels = [-_BSN_REACH - 1, *(match.end() for match in _BSN_LABEL.finditer(text))]
    for match in _NINE.finditer(text) if len(labels) > 1 else ():
        digits = re.sub(r"\D", "", match[0])
        nearest = labels[bisect_right(labels, match.start()) - 1]
        if is_bsn(digits) and match.start() - nearest <= _BSN_REACH:
            yield digits


def _student_numbers(text: str, part: Part) -> Iterator[str]:
    for match in _S_NUMBER.finditer(text):
        yield match[0]
    for label in _STUDENT_LABEL.finditer(text):
        before = text[max(0, label.start() - _SHORT_LINE) : label.start()].rpartition("\n")[2]
        behind = text[label.end() : label.end() + _STUDENT_LINE_REACH].partition("\n")[0]
        end_of_line = label.end() + len(behind)
        # A label at the end of its line, or in the head of a table, speaks of the lines below.
        is_short = len(before) + end_of_line - label.start() < _SHORT_LINE
        below = is_short and not _STUDENT_NUMBER.search(text, label.end(), end_of_line)
        reach = _STUDENT_TABLE_REACH if below else max(_STUDENT_REACH, end_of_line - label.end())
        for match in _STUDENT_NUMBER.finditer(text, label.end(), min(label.end() + reach, len(text))):
            yield match[0]
    beside = [match[1] or match[2] for match in _NUMBER_BESIDE_NAME.finditer(text)]
    if part.number <= _FRONT_PARTS or len(beside) > 1:
        yield from beside


def _phones(text: str, part: Part) -> Iterator[str]:
    for match in _PHONE.finditer(text):
        national = _national(match[0])
        if national is not None:
            before = text[max(0, match.start() - 30) : match.start()]
            near = text[max(0, match.start() - _ORGANISATION_REACH) : match.end() + _ORGANISATION_REACH]
            mobile = national[0] == "6"
            if mobile or (
                (_PHONE_LABEL.search(before) or match[0][0] in "+(" or match[0][:2] == "00" or _is_grouped(match[0]))
                and not _ORGANISATION.search(near)
            ):
                yield match[0]


def _national(text: str) -> str | None:
    """The nine digits of a Dutch number behind its 0 or +31, if it is somebody's: not 0800, 0900, 088.

    >>> _national("+31 (0)6 1234 5678"), _national("0031612345678"), _national("088-1234567"), _national("06 1234")
    ('612345678', '612345678', None, None)
    """
    if _DECIMAL.match(text) or _DATE_IN.search(text):
        return None
    text = re.sub(r"(?<=31)([\s-]*)\(0\)", r"\1", text.strip())
    digits = re.sub(r"\D", "", text)
    if text.startswith("+"):
        digits = digits.removeprefix("31") if digits.startswith("31") else ""
    elif digits.startswith("0031"):
        digits = digits[4:]
    elif digits.startswith("0"):
        digits = digits[1:]
    if (
        len(digits) != 9
        or digits[0] in "0"
        or digits.startswith(_SERVICE)
        or max(map(digits.count, digits)) > _SAME_DIGITS_MOST
    ):
        return None
    if digits[0] == "6" and digits[1] in "0679":
        return None
    return digits


def _is_grouped(text: str) -> bool:
    """Whether a number in a text without a label is written as one of a fixed line is: 024-3611111, 0481 - 37 42 10."""
    match = re.fullmatch(r"0(\d{2,3})\s?[-–]\s?(\d[\d ]{5,9})", text)
    return match is not None and (match[1] in _AREA_2) == (len(match[1]) == 2)


def _mails(text: str, part: Part) -> Iterator[str]:
    for match in _MAIL.finditer(text):
        if not _OF_ALL.fullmatch(match[1]) and not _NOBODYS.fullmatch(match[2]) and re.search(r"[^\W_]", match[1]):
            yield f"{match[1]}@{match[2]}".lower()
    for match in _MAIL_LIST.finditer(text):
        for name in match[1].split(","):
            yield f"{name.strip()}@{match[2]}".lower()


def _addresses(text: str, part: Part) -> Iterator[str]:
    for pattern in (_FULL_ADDRESS, _ADDRESS_LABEL, _STREET_IN, _POSTCODE_LABEL):
        for match in pattern.finditer(text):
            near = text[max(0, match.start() - _ORGANISATION_REACH) : match.end() + _ORGANISATION_REACH]
            if not _ORGANISATION.search(near):
                yield " ".join((match[1] if match.re.groups else match[0]).split())


def _ibans(text: str, part: Part) -> Iterator[str]:
    for match in _IBAN.finditer(text):
        plain = re.sub(r"\s", "", match[0]).upper()
        if int("".join(str(int(char, 36)) for char in plain[4:] + plain[:4])) % 97 == 1:
            yield plain


def _births(text: str, part: Part) -> Iterator[str]:
    for match in _BORN.finditer(text):
        yield match[1]


_SEARCHES: tuple[tuple[FindingKind, Callable[[str, Part], Iterator[str]]], ...] = (
    ("bsn", _bsns),
    ("student_number", _student_numbers),
    ("phone", _phones),
    ("email", _mails),
    ("address", _addresses),
    ("iban", _ibans),
    ("birth_date", _births),
)


def _masked(kind: FindingKind, value: str) -> str:
    if kind == "email":
        return f"…@{value.rpartition('@')[2]}"
    if kind == "birth_date":
        return "…" + value[-4:]
    return value[:_SHOWN_CHARS] + "…"
