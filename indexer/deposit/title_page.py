"""What a file is called: the first line of its title page that is neither a label, a person nor a school. Pure.

A title page is a handful of short lines. Most of them say by a word what they are ("Docent:", "Versie 1.0", a date, a
school); what is left in front is the title.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from archive.records.naming import is_name_of_kind, readable, sensible_title
from indexer.deposit.front import CONTENTS_LINE, STOP, TRIM, Front, Line
from indexer.deposit.guesses import Guess
from indexer.deposit.people import NO_LABEL, is_name, labelled, names_people
from indexer.extraction.model import Extraction

_TITLE_MAX_WORDS = 30
_TITLE_LINES_MOST = 5
_TEXT_LINE_CHARS = 55  # two lines as long as this that end a sentence are text, no title

_YEARS = re.compile(r"(?:(?:19|20)\d\d)\s?[-–/]\s?(?:(?:19|20)?\d\d)")
_TITLE_LABEL = re.compile(r"(?i)(?:(?:project)?titel|title|project ?naam|naam (?:van het )?project|onderwerp)\s*:\s*")
_NO_TITLE_LINE = re.compile(
    r"""(?ix)
    (?:versie|version|v)\s?\.?\s?\d+(?:[.,]\d+)*.* | v\d.* | concept | definitief | final(?:\ version)? | eerste\ versie | draft
    | (?:pagina|page|blz\.?|p\.)\s?\d+(?:\s(?:van|of|/)\s\d+)? | \d+\s?(?:van|of|/)\s?\d+ | [\W\d_]* | .{1,2}
    | (?:vertrouwelijk|confidential|openbaar)
    | .*(?:https?://|www\.|\S@\S).*
    | (?:departement|faculteit|faculty|school\ of|academie|academy|instituut|department|afdeling|opleiding|lectoraat)\b.*
    | (?:de\ )?(?:hogeschool|universiteit|university|hogent|technische\ universiteit|haagse\ hogeschool|saxion|fontys|avans|zuyd|windesheim|inholland
        |nhl\s?stenden|hanze|han|hva|hu|hr|hu\ university)\b.*
    | .*\b(?:university\ of\ (?:applied|technology|amsterdam)|hogeschool\s\w+)\b.*
    | (?:scriptie|thesis|eindwerk|proefschrift)\ (?:voorgedragen|ingediend|submitted).*
    | .*\bgraad\ van\b.* | (?:de\ )?(?:professionele\ |academische\ )?(?:bachelor|master)(?:\ of|\ in)\b.*
    | (?:eerste|tweede|derde|vierde)\ (?:examenperiode|semester|kans|jaar|zit).* | (?:eerste|tweede)\s?kans
    | (?:bachelorproef|masterproef|onderzoeksvoorstel\ bachelorproef|bachelor\ ?thesis|research\ methods)\b[\s\w]*[,(]?\s*(?:(?:19|20)\d\d\s?[-–/]\s?(?:20)?\d\d\)?)?\.?
    | (?:paper:?\s*)?onderzoeksvoorstel(?:\ bachelorproef.*)?
    | (?:klas|class|groep|group|team)\s+[\w.-]{1,12} | .*\b\w*(?:lyceum|college)
    | (?:titel|title|ondertitel|sub\ ?titel|subtitle|omslag.*|voorblad)
    | .*[A-Z]:\\.* | \d+\s?[.:)].*\?.* | (?:\w+\ ){1,3}(?:19|20)\d\d\s?[-–/]\s?(?:20)?\d\d | click\ or\ tap\ here.* | naam\s+student(?:en)?nummer.* | (?:copyright|©).* | kerntaak\ .*
    """
)
# Titles that say for which course: what stands below them says the subject.
_OF_ANY_SCHOOL = re.compile(
    r"(?i)(?:ge[ïi]ntegreerde proef|\w* ?examenproject|profielwerkstuk|meesterproef|eindopdracht|eindwerk|afstudeeropdracht|afstudeerproject"
    r"|projectverslag|praktijkopdracht|proof of concept)(?: \w+)?"
)
_CODE = re.compile(r"[A-Z0-9-]{2,12}|[A-Z]+\d[\w-]*")
_JOINS = re.compile(
    r"(?i)(?:\b(?:de|het|een|van|voor|met|en|of|in|op|aan|naar|door|bij|tot|uit|over|om|te|als|via|per|tussen|binnen|onder"
    r"|the|a|an|of|for|and|or|with|in|on|to|by|from|gepaste|specifieke|nieuwe|verschillende)|[,&:/-])$"
)
_LOWER_START = re.compile(r"[a-zà-ÿ&(]")


def title_of(name: str, extraction: Extraction, front: Front) -> Guess | None:
    """What the file is called: by its title page, its properties, last by its own name."""
    stated = sensible_title(extraction.properties.title, front.authors)
    if stated and (is_name_of_kind(stated) or stated.islower()):
        stated = None
    named = readable(name)
    if stated and len(stated.split()) > 1 and _bare(stated) == _bare(named):
        return Guess(value=stated, source="properties")
    if stated and (line := _line_with(stated, front)) is not None:
        return Guess(value=stated, part=line.part)
    found = _title_line(front, named, slides=extraction.format in ("pptx", "odp", "ppt"))
    sheets = extraction.format in ("xlsx", "ods", "xls", "csv")
    if found is not None and not sheets:
        return found
    if stated:
        return Guess(value=stated, source="properties")
    return Guess(value=named, source="name") if named else None


def _line_with(stated: str, front: Front) -> Line | None:
    """The line of the front on which a title of the properties begins."""
    wanted = _bare(stated)
    if len(wanted) < 4:
        return None
    for at, line in enumerate(front.lines):
        if STOP.fullmatch(line.text):
            return None
        own = _bare(line.text)
        if own and (wanted.startswith(own) or own.startswith(wanted)):
            together = "".join(_bare(each.text) for each in front.lines[at : at + _TITLE_LINES_MOST])
            if together.startswith(wanted) and (own == wanted or len(own) < len(wanted)):
                return line
    return None


def _title_line(front: Front, named: str, *, slides: bool) -> Guess | None:
    """The first line that is neither a label, a person nor a school, with the lines that go on from it."""
    lines = [
        replace(line, text=_TITLE_LABEL.sub("", line.text)) if _names_title(line.text) else line
        for line in _until_text(front.lines, front)
    ]
    candidates = [at for at, line in enumerate(lines) if _may_be_title(line.text, front)]
    if not candidates:
        return None
    # A line that says the same as the file's name is its title, wherever it stands.
    own = _bare(re.sub(r"(?i)\b(?:v|versie)?\s?\d+(?:\.\d+)*\b", "", named))
    at = next((each for each in candidates if len(own) >= 8 and _bare(lines[each].text) == own), candidates[0])
    end = _end_of(lines, at, front)
    text = _joined(line.text for line in lines[at:end])
    if (is_name_of_kind(text) or _OF_ANY_SCHOOL.fullmatch(text)) and not slides:
        below = next((each for each in candidates if each >= end), None)
        if below is not None and below <= end + 1 and not is_name_of_kind(lines[below].text) and not lines[below].heads:
            more = _joined(line.text for line in lines[below : _end_of(lines, below, front)])
            if not (names_people(more, front) or is_name(more, front.lower) or _CODE.fullmatch(more)):
                text = f"{text.rstrip(':')}: {more}"
    return Guess(value=text, part=lines[at].part)


def _names_title(text: str) -> bool:
    return bool(_TITLE_LABEL.match(text)) and len(_TITLE_LABEL.sub("", text)) > 3


def _until_text(lines: Sequence[Line], front: Front) -> list[Line]:
    """The lines before the table of contents, the first chapter or running text.

    A title may be long, and so may the line with which it goes on; text goes on for more lines than that.
    """
    kept: list[Line] = []
    titled = False
    for at, line in enumerate(lines):
        if STOP.fullmatch(line.text) or CONTENTS_LINE.search(line.text):
            break
        following = [len(each.text) > _TEXT_LINE_CHARS for each in lines[at + 1 : at + 3]]
        long = len(line.text) > _TEXT_LINE_CHARS
        goes_on = bool(kept) and (bool(_JOINS.search(kept[-1].text)) or bool(_LOWER_START.match(line.text)))
        if titled and not goes_on:
            is_text = long and (line.text.endswith(".") or any(following[:1]))
        else:
            is_text = long and len(following) == 2 and all(following)
        if len(line.text.split()) > _TITLE_MAX_WORDS or is_text:
            break
        kept.append(line)
        titled = titled or _may_be_title(line.text, front)
    return kept


def _may_be_title(text: str, front: Front) -> bool:
    if (
        len(text) < 3
        or text[0].islower()
        or _NO_TITLE_LINE.fullmatch(text)
        or _YEARS.fullmatch(text)
        or text.count("\t") > 1
    ):
        return False
    if labelled(text)[0] is not NO_LABEL or not re.search(r"[^\W\d_]{3}", text):
        return False
    return not names_people(text, front)


def _end_of(lines: Sequence[Line], at: int, front: Front) -> int:
    """Where the title that begins on a line ends: a line that is cut off goes on in the next."""
    end = at + 1
    while end < len(lines) and end - at < _TITLE_LINES_MOST and lines[end].heads == lines[at].heads:
        before, line = lines[end - 1].text, lines[end].text
        cut = bool(_JOINS.search(before) or _LOWER_START.match(line))
        # A title that fills its line mostly fills the next, whatever that begins with.
        cut = cut or (end - at > 1 and len(line.split()) > 2 and any(word.islower() for word in line.split()))
        if not cut or line.startswith("(") or _NO_TITLE_LINE.fullmatch(line) or labelled(line)[0] is not NO_LABEL:
            break
        if before.endswith((".", "?", "!")) or names_people(line, front):
            break
        end += 1
    return end


def _joined(texts: Iterable[str]) -> str:
    text = " ".join(" ".join(texts).split()).strip(TRIM)
    if len(text) > 2 and text[0] in "“\"‘'" and text[-1] in "”\"’'":
        text = text[1:-1]
    letters = [letter for letter in text if letter.isalpha()]
    if len(letters) > 6 and sum(letter.isupper() for letter in letters) > 0.9 * len(letters):
        text = text.capitalize()
    return text


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())
