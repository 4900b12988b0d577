"""The front of a file: its first lines, and the day that stands there. Pure; Dutch and English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from archive.months import MONTHS
from archive.records.naming import persons
from indexer.deposit.guesses import Guess
from indexer.extraction.model import Extraction, Part

_LINES_MOST = 45
_LINE_MAX_CHARS = 250
_SHORT_PAGE_WORDS = 6  # a first page with so few is a cover: the next belongs to it

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DATE = re.compile(
    rf"""(?ix) (?<![\d.]) (?:
        (?P<y1>(?:19|20)\d\d)-(?P<m1>\d\d)-(?P<d1>\d\d)
      | (?P<d2>\d{{1,2}})\s?[-/.]\s?(?P<m2>\d{{1,2}})\s?[-/.]\s?(?P<y2>(?:19|20)\d\d)
      | (?:(?P<d3>\d{{1,2}})(?:st|nd|rd|th|e)?[\s-]+)?(?P<m3>{_MONTH})\.?,?[\s-]+(?P<y3>(?:19|20)\d\d)
      | (?P<m4>{_MONTH})\s+(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y4>(?:19|20)\d\d)
    ) (?!\d)"""
)
STOP = re.compile(
    r"(?i)(?:\d+(?:\.\d+)*\.?\s+)?(?:inhoud(?:sopgave)?|(?:table of )?contents?|inleiding.*|introductie|introduction|samenvatting.*|abstract|summary"
    r"|management ?samenvatting|voorwoord|woord vooraf|preface|versie ?beheer|document ?(?:beheer|historie|history)|versie|revisies?|versiegeschiedenis"
    r"|wijzigingshistorie|version (?:history|changelog)|colofon|begrippenlijst|packages|aanleiding|doel)\s*:?"
)
CONTENTS_LINE = re.compile(r"(?:\.\s?){4,}|\t\s*\d{1,3}$")
TRIM = " \t-–—|•·:,;_~*"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the front: `heads` where it is a heading of its section."""

    part: int
    text: str
    heads: bool = False


@dataclass(frozen=True, slots=True)
class Front:
    """The first lines of a file, without dates, and what is known besides: who its properties say wrote it."""

    lines: tuple[Line, ...]
    raw: tuple[Line, ...]
    authors: tuple[str, ...]
    lower: frozenset[str]  # every word that the text writes in small letters: such a word is no name


def front_of(extraction: Extraction) -> Front:
    """The lines with which a file begins."""
    raw = tuple(_lines(extraction))
    lines = tuple(Line(line.part, _without_dates(line.text), line.heads) for line in raw)
    sample = "\n".join(part.text for part in extraction.parts)[:200_000]
    return Front(
        lines=lines,
        raw=raw,
        authors=persons(extraction.properties.authors),
        lower=frozenset(re.findall(r"(?<![\w@./-])[a-zà-ÿ]{3,}(?![\w@])", sample)),
    )


def date_of(extraction: Extraction, front: Front, *, today: date) -> Guess | None:
    """The day of the title page, else the day on which the file was made; never one that is still to come."""
    for line in front.raw:
        if CONTENTS_LINE.search(line.text):
            continue
        for match in _DATE.finditer(line.text):
            day = _iso(match)
            if day is not None and day <= today.isoformat()[: len(day)]:
                return Guess(value=day, part=line.part)
    made = (extraction.properties.created or "")[:10]
    return Guess(value=made, source="properties") if made and made <= today.isoformat() else None


def _lines(extraction: Extraction) -> Iterator[Line]:
    left = _LINES_MOST
    words = 0
    for part in extraction.parts[:8]:
        for text, heads in _lines_of(part, tabs=extraction.unit == "section"):
            if left <= 0:
                return
            left -= 1
            words += len(text.split())
            yield Line(part.number, text[:_LINE_MAX_CHARS], heads)
        if extraction.unit == "page" and words > _SHORT_PAGE_WORDS:
            return


def _lines_of(part: Part, *, tabs: bool) -> Iterator[tuple[str, bool]]:
    """The filled lines of a part. Between cells of a table a tab stays; on a page tabs are how a line was laid out."""
    if part.heading and part.heading.strip():
        yield " ".join(part.heading.split()), True
    for line in part.text.split("\n"):
        cells = [" ".join(cell.split()) for cell in line.split("\t")]
        if text := ("\t" if tabs else " ").join(filter(None, cells)):
            yield text, False


def _without_dates(text: str) -> str:
    return " ".join(_DATE.sub(" ", text).split()).strip(TRIM) if _DATE.search(text) else text


def _iso(match: re.Match[str]) -> str | None:
    values = {key[0]: value for key, value in match.groupdict().items() if value}
    month = MONTHS.get(values["m"].lower()) or int(values["m"]) if values["m"].isalpha() else int(values["m"])
    try:
        if "d" in values:
            return date(int(values["y"]), month, int(values["d"])).isoformat()
        return date(int(values["y"]), month, 1).isoformat()[:7]
    except ValueError:
        return None
