"""Interviews written out, and tables of persons: personal data that no single number gives away. Pure."""

from __future__ import annotations

import re
from collections import Counter

_TURNS_MIN = 4
_NAMED_TURNS_MIN = 6
_INTERVIEW_WORDS = 60  # under a heading that calls itself an interview
_SPEAKERS = re.compile(
    r"(?im)^\W{0,3}((?:interviewer|interviewster|ge[ïi]nterviewde|respondente?|participant|deelnemer|spreker|speaker|interviewee|vraag|antwoord"
    r"|question|answer|[IRVAQ])\s?\d{0,2})\s?[:.]\s"
)
_ONE_LETTER = re.compile(r"[IRVAQ]\d{0,2}")
_NAMED = re.compile(r"(?m)^([A-ZÀ-Þ][a-zà-ÿ’'-]+(?: (?:van |de |der |den )*[A-ZÀ-Þ][\w’'-]+)?)\s?:[ \t]+(\S.*)$")
_HEADING = re.compile(
    r"(?i)(?:(?:bijlage|appendix)\s?\w{0,4}[\s:.–-]*)?(?:(?:uitgewerkt|volledig)e?\s)?(?:transcript(?:ie)?s?\b.*|interviews?\b(?!vragen|.*(?:opzet|vragen|schema|guide|protocol)).*"
    r"|verslag (?:van )?(?:het )?interview.*|interviewverslag.*|gespreksverslag.*)"
)
_MARKED = re.compile(r"(?i)bijlage|appendix|transcript|verslag|uitgewerkt")
_CONTENTS = re.compile(r"(?:\.\s?){3,}|\s\d{1,3}$")

_WHO = re.compile(
    r"(?i)(?:(?:voor|achter|familie|roep)?na?am(?: student| deelnemer)?|voorletters|(?:full |first |last |sur)?name|studenten?|deelnemers?|leerling|respondent|cli[ëe]nt|pati[ëe]nt|medewerker|contactpersoon|voornaam|achternaam|naam en voornaam)"
)
_WHAT = {
    "geboortedatum": r"geb(?:oorte)?\.?\s?(?:datum|dag|jaar)|date of birth|dob|geboren",
    "e-mail": r"(?:e-?\s?)?mail(?:\s?-?adres(?:sen)?)?|emailadres|e-mail address",
    "telefoon": r"(?:mobiele? )?tel(?:efoon)?\.?\s?(?:nummer|nr)?\.?|mobiel(?:\s?(?:nummer|nr))?|gsm|phone(?: number)?|06(?:-nummer)?",
    "adres": r"(?:woon|huis)?adres|straat(?:naam)?|address|postcode|woonplaats",
    "studentnummer": r"(?:student(?:en)?|leerling)\.?\s?(?:nummer|nr\.?|number|id)",
    "bsn": r"bsn(?:-?nummer)?|burgerservicenummer",
    "leeftijd": r"leeftijd|age",
    "geslacht": r"geslacht|gender|m/v",
}
_COLUMNS = {name: re.compile(f"(?i)(?:{words})") for name, words in _WHAT.items()}
_CELLS = re.compile(r"\t|\s{2,}|\s\|\s|;")
_ROWS_MIN = 2
_ROWS_LOOKED_AT = 12
_FILLED = re.compile(r"[A-ZÀ-Þ][a-zà-ÿ]|@|\d{2}")
_TELLING = re.compile(r"@|\d[\d ./-]{3,}\d|\b\d{2}\b")


def has_interview(heading: str, text: str) -> bool:
    """Whether a page holds (a piece of) an interview written out: turns of speakers, or what follows such a heading."""
    speakers = Counter(match[1].casefold() for match in _SPEAKERS.finditer(text))
    least = _TURNS_MIN if any(not _ONE_LETTER.fullmatch(who.upper()) for who in speakers) else _TURNS_MIN + 1
    if speakers.total() >= least and len(speakers) > 1 and speakers.most_common(2)[1][1] > 1:
        return True
    turns = [(match[1], match[2]) for match in _NAMED.finditer(text)]
    names = Counter(name for name, _ in turns)
    asked = sum(said.rstrip().endswith("?") for _, said in turns)
    if len(turns) >= _NAMED_TURNS_MIN and 2 <= len(names) <= 4 and asked > 1 and min(names.values()) > 1:
        return True
    lines = [heading, *text.split("\n")]
    for at, line in enumerate(lines):
        plain = line.strip()
        if len(plain) < 80 and _HEADING.fullmatch(plain) and not _CONTENTS.search(plain):
            words = sum(len(each.split()) for each in lines[at + 1 :])
            if words >= _INTERVIEW_WORDS and _MARKED.search(plain):
                return True
    return False


def table_of_persons(text: str) -> tuple[str, ...]:
    """The personal columns of the first table whose rows are people; () where there is none.

    >>> table_of_persons("Naam\\tTelefoon\\nFenna Bos\\t0612345678\\nMees Bos\\t0612345679")
    ('naam', 'telefoon')
    """
    lines = text.split("\n")
    for at, line in enumerate(lines):
        cells = [cell.strip(" :*|") for cell in _CELLS.split(line.strip()) if cell.strip()]
        if not 2 <= len(cells) <= 40:
            continue
        what = [name for name, column in _COLUMNS.items() if any(column.fullmatch(cell) for cell in cells)]
        who = any(_WHO.fullmatch(cell) for cell in cells)
        alone = len(set(what) - {"leeftijd", "geslacht", "adres"}) > 1
        if not what or not (who or alone):
            continue
        rows = [each for each in lines[at + 1 : at + 1 + _ROWS_LOOKED_AT] if len(_CELLS.split(each.strip())) > 1]
        if sum(bool(_FILLED.search(row) and _TELLING.search(row)) for row in rows) >= _ROWS_MIN:
            return (*(["naam"] if who else []), *what)
    return ()
