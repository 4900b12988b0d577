"""Assessments of people: marks beside names, as a peer assessment or a list of grades has them. Pure.

Names alone are a team, and marks alone a comparison of materials; a mark counts where it stands with a person, under a
heading or a column that says what it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_PEOPLE_MIN = 2  # one alone is an example, or the writer's own mark
_ROWS_LOOKED_AT = 40
_LINES_LOOKED_AT = 120  # below a heading
_HEADING_CHARS = 90

_FIRST = r"[A-ZÀ-Þ][a-zà-ÿ’'-]+"
_PERSON = rf"{_FIRST}(?:[ ](?:van|von|de|der|den|ter|ten|el|al|het|'t|in)){{0,3}}(?:[ ](?:[A-ZÀ-Þ]\.|[A-ZÀ-Þ][\wà-ÿ’'-]+)){{1,3}}"
_NUMBER = r"(?:10(?:[.,]0)?|[1-9](?:[.,]\d{1,2})?)(?:\s?/\s?(?:10|5)\b|\svan\s(?:de\s)?(?:10|5)\b)?(?![\w%]|[.,:/-]\d)"
_WORD = r"(?:(?:ruim |zeer |on)?voldoende|matig|goed|zeer goed|uitstekend|zwak|slecht|insufficient|sufficient|good|excellent|poor)\b"
_MARK = rf"(?<![\w.,:/-])(?:{_NUMBER}|{_WORD})"

_ASSESSED = (
    r"(?:peer|groeps|team|onderlinge |individuele |persoonlijke )[-\s]?(?:beoordelingen|beoordeling|assessments?|evaluaties?|evaluations?|reviews?"
    r"|cijfers?|feedback)"
    r"|(?:beoordelings(?:formulier|lijst)|beoordeling|evaluatie|feedback|cijfers?)\s(?:van |door |voor |aan |over )?(?:de |onze |mijn |alle )?"
    r"(?:groeps|team|project|klas)(?:leden|genoten|lid|genoot|members?)"
    r"|360[\s°-]*(?:graden)?[\s-]*feedback|cijferlijst(?:en)?|grade list|grades"
)
_HEADING = re.compile(rf"(?i)(?:(?:bijlage|appendix)\s?\w{{0,4}}[\s:.–-]*|[\d.]+\s+)?(?:{_ASSESSED})(?![a-z])")
_ABOUT_ONE = re.compile(
    rf"(?i:feedback|beoordeling|evaluatie|review)\s(?:over|voor|aan|van|for|of|about)\s{_FIRST}\W*$"
)
_CONTENTS = re.compile(r"(?:\.\s?){3,}|\s\d{1,3}$")

_WHO = re.compile(
    r"(?i)(?:(?:voor|achter|roep)?na?am(?: student| groepslid| teamlid)?|(?:full |first |last )?name|studenten?|students?|leerling(?:en)?|deelnemers?"
    r"|(?:groeps|team|project)(?:lid|leden|genoot|genoten)|(?:team |group )?members?|beoordeelde)"
)
_GRADED = re.compile(
    r"(?i)(?:eind|deel|toets)?[\s-]?(?:cijfers?|beoordeling)(?:\s?\(.*\))?|(?:final )?grades?|o\s?/\s?v(?:\s?/\s?g)?"
)
_SCORED = re.compile(
    r"(?i)(?:inzet|bijdrage|samenwerk(?:ing|en)|communicatie|aanwezigheid|contribution|effort|participation|gemiddelde?|totaal(?:score)?|scores?|punten)(?:\s?\(.*\))?"
)
_LEVELS = re.compile(r"OM?VG|OVU|OVGU")
_CROSS = re.compile(r"(?i)x|✓|✔|☒")
_CROSSED_MIN = 3
_CELLS = re.compile(r"\t|\s{2,}|\s\|\s|;")
_IS_PERSON = re.compile(_PERSON)
_IS_FIRST = re.compile(_FIRST)
_IS_MARK = re.compile(rf"(?i:{_MARK})")
_PEOPLE_IN = re.compile(rf"(?<![\w-]){_PERSON}")
_MARK_AT_END = re.compile(rf"(?i)[\s:=(–-]{_MARK}\W{{0,3}}$")
_SAID = re.compile(r"(?i)^\W{0,3}(?:tops?|tips?|sterke? punt(?:en)?|verbeterpunt(?:en)?|feedback)\s?:")
_GIVEN = re.compile(
    rf"(?<![\w-])({_PERSON})\s(?:(?:geef|gaf)\sik\s|(?:geven|gaven)\s(?:wij|we)\s|krijgt\s|kreeg\s|verdient\s|scoort\s)?een\s(?:cijfer\s)?{_MARK}"
)
_GIVES = re.compile(r"(?i)\b(?:geef|gaf|geven|gaven|krijgt|krijgen|kreeg|verdient|scoort)\b")
_BESIDE = re.compile(rf"(?<![\w-])({_PERSON})\s?[:(–-]?\s?{_MARK}")


def assesses_people(heading: str, text: str) -> bool:
    """Whether a page or section gives marks to people.

    >>> assesses_people("", "Student\\tCijfer\\nFenna Bos\\t8\\nMees Bos\\t6,5")
    True
    >>> assesses_people("", "Gevel\\tScore\\nHout Natuur\\t8\\nBeton Grijs\\t6,5")
    False
    """
    lines = [heading, *text.split("\n")]
    for at, line in enumerate(lines):
        below = lines[at + 1 : at + 1 + _ROWS_LOOKED_AT] if line else ()
        if below and (_is_graded(line, below) or _is_filled_in(line, below)):
            return True
    given = {match[1] for line in lines if _GIVES.search(line) for match in _GIVEN.finditer(line)}
    return len(given) >= _PEOPLE_MIN or any(_is_assessed(each) for each in _below_headings(lines))


def _is_graded(head: str, rows: Sequence[str]) -> bool:
    """Whether a line is the head of a table in which people get marks."""
    cells = _cells(head)
    if len(cells) < 2 or not any(_WHO.fullmatch(cell) for cell in cells):
        return False
    graded = any(_GRADED.fullmatch(cell) for cell in cells)
    if not graded and not any(_SCORED.fullmatch(cell) for cell in cells):
        return False
    name = _IS_FIRST if graded else _IS_PERSON
    marked = 0
    for row in rows:
        own = _cells(row)
        named = any(
            _IS_PERSON.fullmatch(cell) or (name.fullmatch(cell) and not _IS_MARK.fullmatch(cell)) for cell in own
        )
        marked += named and any(_IS_MARK.fullmatch(cell) for cell in own)
    return marked >= _PEOPLE_MIN


def _is_filled_in(head: str, rows: Sequence[str]) -> bool:
    """Whether a line is the head of a form of a school (onvoldoende, matig, voldoende, goed) with crosses below it."""
    if not _LEVELS.search("".join(_cells(head))):
        return False
    return sum(any(_CROSS.fullmatch(cell) for cell in _cells(row)[1:]) for row in rows) >= _CROSSED_MIN


def _below_headings(lines: Sequence[str]) -> Iterator[Sequence[str]]:
    """What stands below each line that calls itself an assessment, with what it says behind its colon."""
    for at, line in enumerate(lines):
        found = _HEADING.match(line.strip()) or _ABOUT_ONE.match(line.strip())
        if found is None:
            continue
        rest = line.strip()[found.end() :]
        if rest.lstrip().startswith(":") or (
            len(line.strip()) <= _HEADING_CHARS and not _CONTENTS.search(line.strip())
        ):
            yield (rest, *lines[at + 1 : at + 1 + _LINES_LOOKED_AT])


def _is_assessed(lines: Sequence[str]) -> bool:
    """Whether people get marks, or are told what they do well and badly, in lines that stand under such a heading."""
    people: set[str] = set()
    told, beside, rows = 0, 0, 0
    columns = False
    for line in lines:
        named = _PEOPLE_IN.findall(line)
        people.update(named)
        beside += len(_BESIDE.findall(line))
        told += bool(_MARK_AT_END.search(line) or _SAID.match(line))
        cells = _cells(line)
        if sum(bool(_IS_PERSON.fullmatch(cell)) for cell in cells) >= _PEOPLE_MIN:
            columns = True
        elif columns and sum(bool(_IS_MARK.fullmatch(cell)) for cell in cells) >= _PEOPLE_MIN:
            return True
        rows += len(cells) > 1 and bool(_IS_FIRST.fullmatch(cells[0])) and any(map(_IS_MARK.fullmatch, cells[1:]))
    return rows >= _PEOPLE_MIN or (len(people) >= _PEOPLE_MIN and max(told, beside) >= _PEOPLE_MIN)


def _cells(line: str) -> list[str]:
    return [cell.strip(" :*|") for cell in _CELLS.split(line.strip()) if cell.strip()]
