"""Pages and sections as paragraphs, each with the headings it stands under: what is cut into items. Pure.

A section says its heading itself. A page is lines: its headings are those that the outline names, those with a number
before them, and those that fill a line alone; its paragraphs are put together again, also over the edge of a page.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from archive.catalog.writing import OutlineOfPart, TextOfPart
from indexer.harvest.cues import APPENDED, CONCLUSION, HEADING_MAX_WORDS, HEADINGS, SectionUse
from indexer.harvest.word_lists import NO_VERB

SHORT_LINE = 0.94  # of the width of a page: on a shorter line the next word would have found room, so it was ended
HEADING_MAX_CHARS = 80
USE_MAX_CHARS = 300  # of a heading, whatever it looks like
PAGE_NUMBER_MAX_CHARS = 40
# A longer paragraph is a log or a table. It is cut, so that no expression ever sees a megabyte.
PARAGRAPH_MAX_CHARS = 20_000
NUMBER_MAX_DIGITS = 9
LOOKS_MAX_WORDS = 5  # of a heading that nothing but its looks tells
COLON_MAX_WORDS = 3
LEVEL_BY_LOOKS = 9  # below those that have a style
USES_KEPT = 2_000  # of headings and lines that might be one
SLIDES_WITH_FOOT = 3
ADVISING = frozenset(("recommendation", "future_work"))
CONTENTS_LINES = 5  # so many lines that end with a page number make a table of contents

_MARK = re.compile(r"\s*(?:[•●▪◦‣∙·\uf0b7\uf0a7–—○■□➢✓*-]|o(?= [A-Z])|\(?(?:\d{1,2}|[a-z])[.)])\s+(?=\S)")
_NUMBERED = re.compile(r"\s*(\d{1,2})[.)]\s")
_CHAPTER = re.compile(r"(?:hoofdstuk|chapter|h(?=\d))?\s*(\d{1,2}(?:\.\d{1,2}){0,4})[.:)]?\s+(?=\S)", re.IGNORECASE)
_CALLED_CHAPTER = re.compile(r"(?:hoofdstuk |chapter |h)\d{1,2}\b", re.IGNORECASE)
_CHAPTER_ALONE = re.compile(r"(?:hoofdstuk|chapter)\s+\d{1,2}", re.IGNORECASE)
_NUMBERED_ENTRY = re.compile(r"\d+(?:\.\d+)*\.?\s.*\S\s+\d{1,3}")
_PAGE_NUMBER = re.compile(r"(?:pagina|page|blz\.?|p\.)?\s*[|]?\s*\d{1,3}(?:\s*(?:/|van|of)\s*\d{1,3})?", re.IGNORECASE)
_BROKEN_WORD = re.compile(r"(?<=[a-zà-ÿ])[-\u00ad\u2010]$")
_ENDS = re.compile(r"[.!?:;…][\"”’')\]]*\d{0,2}$")
_APPENDIX = re.compile(r"(?:bijlage|appendix)\b")
_COMMENT = re.compile(r"Comment \[\w+\]:")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph or a list's item under its headings.

    `section` is the number of that heading: blocks with the same one are cut together. `chapter` is the number of the
    heading that tells the use. `breaks` tells at which character of the text which part begins.
    """

    text: str
    heading: str
    use: SectionUse
    chapter: int
    section: int
    listed: bool
    under_other: bool
    breaks: tuple[tuple[int, int], ...]

    def part_at(self, position: int) -> int:
        """The page or section of a character."""
        return self.breaks[bisect_right(self.breaks, position, key=lambda start: start[0]) - 1][1]


@lru_cache(USES_KEPT)
def use_of(heading: str) -> SectionUse:
    """What a text under this heading is for.

    >>> use_of("7.2 Aanbevelingen"), use_of("Conclusie en aanbevelingen"), use_of("3 De gevel"), use_of("Planning")
    ('recommendation', 'closing', 'plain', 'foreign')
    """
    title = spaced(heading).lower()
    if len(title) > USE_MAX_CHARS or len(title.split()) > HEADING_MAX_WORDS:
        return "plain"
    return next((use for use, pattern in HEADINGS if pattern.search(title)), "plain")


def blocks(
    parts: Sequence[TextOfPart], outline: Sequence[OutlineOfPart], *, unit: Literal["page", "section"]
) -> Iterator[Block]:
    """The paragraphs of a document in reading order, without its table of contents."""
    return _of_pages(parts, outline) if unit == "page" else _of_sections(parts)


def is_line_of_contents(line: str) -> bool:
    """Whether a line is one of a table of contents: it ends with its page.

    >>> [is_line_of_contents(line) for line in ("Advies ....... 12", "3.1 Advies  12", "Wij telden er 12", "Advies\\t1234")]
    [True, True, False, False]
    """
    line = line.rstrip()
    digits = next((n for n in range(4) if not line[-1 - n : len(line) - n].isdecimal()), 4)
    if not 1 <= digits <= 3:
        return False
    before = line[:-digits]
    title = before.rstrip()
    parted = "\t" in before[len(title) :] or title.endswith(("...", "…", " . . ."))
    return parted or _NUMBERED_ENTRY.fullmatch(line) is not None


def spaced(text: str) -> str:
    return " ".join(text.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heading:
    """A heading above the line that is read. `level` is None where only its looks tell that it is one."""

    title: str
    use: SectionUse
    level: int | None
    number: int
    by_looks: bool = False
    under_other: bool = False  # of those without a level: followed one at once, and so belongs to it


@dataclass(slots=True)
class _Headings:
    """The headings above the line that is read."""

    above: list[_Heading] = field(default_factory=list)
    count: int = 0
    looked_back: bool = False  # a conclusion or advice was read
    appended: bool = False  # in a plan that was added behind the report
    bare: bool = False  # nothing was read yet under the last heading

    @property
    def heading(self) -> str:
        return self.above[-1].title if self.above else ""

    @property
    def telling(self) -> _Heading | None:
        """The nearest heading that tells what a text is for: "Performance" under "Advies" is advice."""
        return next((each for each in reversed(self.above) if each.use != "plain"), None)

    def enter(self, title: str, level: int | None) -> None:
        self.count += 1
        use, by_looks = use_of(title), level is None
        self._append(_key(title), use)
        if level is None and use != "plain":
            level = 1  # the name of a chapter, whatever numbers others have
        if level is not None:
            while self.above and (self.above[-1].level is None or self.above[-1].level >= level):
                self.above.pop()
            self.above.append(_Heading(title=title, use=use, level=level, number=self.count, by_looks=by_looks))
        else:
            self._enter_by_looks(title)
        self.bare = True

    def _append(self, title: str, use: SectionUse) -> None:
        if _APPENDIX.match(title) or use in ADVISING or CONCLUSION.match(title):
            self.appended = False
            self.looked_back = self.looked_back or not _APPENDIX.match(title)
        elif self.looked_back and APPENDED.fullmatch(title):
            self.appended = True

    def _enter_by_looks(self, title: str) -> None:
        """One that tells nothing: where it follows another at once, or its sister did, it stands under that other."""
        under_other = self.bare
        while not under_other and self.above and self.above[-1].level is None:
            under_other = self.above.pop().under_other
        if not under_other and self.above and self.above[-1].by_looks:
            self.above.pop()
        self.above.append(_Heading(title=title, use="plain", level=None, number=self.count, under_other=under_other))

    def note(self, title: str) -> None:
        """Notes outside the text: what is told there often takes something back."""
        self.count += 1
        self.above[:] = [_Heading(title=title, use="closing", level=LEVEL_BY_LOOKS, number=self.count)]


def _of_sections(parts: Sequence[TextOfPart]) -> Iterator[Block]:
    headings = _Headings()
    feet = _feet(parts)
    for part in parts:
        if part.heading is None:
            headings.note("")  # a title page, or footnotes
        else:
            headings.enter(part.heading, part.level or 1)
        lines = _lines(part.text)
        paragraphs = list(_wrapped(lines)) if _is_wrapped(lines) else lines
        previous = ""
        for at, text in enumerate(paragraphs):
            if (_shape(text), _ahead(text, part)) in feet:
                headings.note(part.heading or "")  # the notes of a slide stand below its foot
            elif _looks_like_heading(text, paragraphs[at + 1] if at + 1 < len(paragraphs) else ""):
                headings.enter(spaced(text), LEVEL_BY_LOOKS)
            elif not is_line_of_contents(text):
                mark = _MARK.match(text)
                listed = bool(mark) or _is_listed_after(previous, text)
                yield _block(headings, [(part.number, text[mark.end() :] if mark else text)], listed=listed)
            previous = text


def _looks_like_heading(text: str, following: str) -> bool:
    """Whether a paragraph of a section is a heading that has no style, as in "Aanbevelingen" in bold type."""
    title = _without_colon(spaced(text))
    if title != spaced(text) or (_CALLED_CHAPTER.match(title) and len(title.split()) <= HEADING_MAX_WORDS):
        return True
    if _ENDS.search(title) or len(title.split()) > LOOKS_MAX_WORDS or not title[:1].isupper() or _MARK.match(text):
        return False
    return "," not in title and "\t" not in text and bool(_ENDS.search(following)) and len(following) > len(title)


def _without_colon(text: str) -> str:
    """A line as "Aanbevelingen:" is a heading with a colon too many."""
    bare = text.removesuffix(":")
    short = len(bare.split()) <= COLON_MAX_WORDS and bare[:1].isupper()
    return bare if short and bare != text and use_of(bare) != "plain" else text


def _is_listed_after(previous: str, text: str) -> bool:
    """Whether a line is one of a list without marks: after a colon or a semicolon, and in lower case."""
    return previous.rstrip().endswith((":", ";")) and text.lstrip()[:1].islower()


def _feet(parts: Sequence[TextOfPart]) -> frozenset[tuple[str, int | None]]:
    """The feet of slides: lines that come back with the number of the slide, and no captions of tables or figures."""
    counts = Counter(
        foot for part in parts for foot in {(_shape(line), _ahead(line, part)) for line in part.text.split("\n")}
    )
    return frozenset(foot for foot, times in counts.items() if times >= SLIDES_WITH_FOOT and foot[1] is not None)


def _ahead(line: str, part: TextOfPart) -> int | None:
    """How far the last number of a line is ahead of the number of its slide."""
    numbers = _DIGITS.findall(line)
    return int(numbers[-1]) - part.number if numbers and len(numbers[-1]) <= NUMBER_MAX_DIGITS else None


def _shape(line: str) -> str:
    return _DIGITS.sub("#", spaced(line))


def _lines(text: str) -> list[str]:
    """The lines of a text that hold something; one that is too long for a paragraph in pieces."""
    lines = [line for line in text.split("\n") if line.strip()]
    if all(len(line) <= PARAGRAPH_MAX_CHARS for line in lines):
        return lines
    return [piece for line in lines for piece in _pieces(line)]


def _pieces(line: str) -> Iterator[str]:
    start = 0
    while start < len(line):
        end = start + PARAGRAPH_MAX_CHARS
        if end < len(line):
            end = line.rfind(" ", start, end) + 1 or end
        if piece := line[start:end].strip():
            yield piece
        start = end


def _is_wrapped(lines: Sequence[str]) -> bool:
    """Whether a plain text was broken off at a column."""
    if len(lines) < 4:
        return False
    widest = sorted(map(len, lines))[len(lines) * 9 // 10]
    run_on = sum(line[:1].islower() and not _ENDS.search(before) for before, line in pairwise(lines))
    return 40 <= widest <= 110 and run_on > len(lines) / 4


def _wrapped(lines: Sequence[str]) -> Iterator[str]:
    width = max(map(len, lines))
    held: list[str] = []
    chars = 0
    for line in lines:
        if held and (chars > PARAGRAPH_MAX_CHARS or _MARK.match(line) or _starts_anew(held[-1], line, width)):
            yield " ".join(map(spaced, held))
            held, chars = [], 0
        held.append(line)
        chars += len(line)
    if held:
        yield " ".join(map(spaced, held))


def _of_pages(parts: Sequence[TextOfPart], outline: Sequence[OutlineOfPart]) -> Iterator[Block]:
    titles: dict[int, dict[str, tuple[str, int]]] = {}
    for entry in outline:
        titles.setdefault(entry.part, {})[_key(entry.title)] = (entry.title, entry.level)
    headings = _Headings()
    held: list[tuple[int, str]] = []
    chars = 0
    listed = False
    width = 60
    previous = ""
    for part in parts:
        lines = _lines(part.text)
        if sum(map(is_line_of_contents, lines)) >= CONTENTS_LINES:
            continue
        if lines:
            width = max(sorted(map(len, lines))[len(lines) * 9 // 10], 40)
        for at, line in enumerate(lines):
            if at in (0, 1, len(lines) - 1) and _is_page_number(line.strip()):
                continue
            if "Comment" in line and _COMMENT.match(spaced(line)):
                continue
            following = lines[at + 1] if at + 1 < len(lines) else ""
            found = _heading_in(line, following, previous, titles.get(part.number, {}), headings, width)
            anew = held and (chars > PARAGRAPH_MAX_CHARS or _starts_anew(previous, line, width))
            if found or anew or _MARK.match(line):
                if held:
                    yield _block(headings, held, listed=listed)
                held, listed, chars = [], False, 0
            if found:
                headings.enter(*found)
                previous = ""
                continue
            mark = _MARK.match(line)
            listed = listed or bool(mark) or (not held and _is_listed_after(previous, line))
            held.append((part.number, line[mark.end() :] if mark else line))
            chars += len(line)
            previous = line
    if held:
        yield _block(headings, held, listed=listed)


def _is_page_number(line: str) -> bool:
    return len(line) <= PAGE_NUMBER_MAX_CHARS and _PAGE_NUMBER.fullmatch(line) is not None


def _starts_anew(previous: str, line: str, width: int) -> bool:
    """Whether a line begins a paragraph: the one before came to an end where a word more would have fitted."""
    previous, line = previous.rstrip(), line.lstrip()
    if not _ENDS.search(previous):
        return False
    if line[:1].islower():
        return previous.endswith((":", ";"))
    return line.endswith(":") or len(previous) + len(line.split(" ", 1)[0]) + 1 < SHORT_LINE * width


def _heading_in(
    line: str,
    following: str,
    previous: str,
    titles: dict[str, tuple[str, int]],
    headings: _Headings,
    width: int,
) -> tuple[str, int | None] | None:
    """The heading that a line is, with its level where that is known."""
    text = spaced(line)
    if len(text) > HEADING_MAX_CHARS + 1:
        return None
    text = _without_colon(text)
    if len(text) > HEADING_MAX_CHARS or not any(map(str.isalpha, text)):
        return None
    if (known := titles.get(_key(text))) is not None:
        return text, known[1]
    if _CHAPTER_ALONE.fullmatch(text):
        return text, 1
    title = text
    level: int | None = None
    if (chapter := _CHAPTER.match(text)) is not None:
        title = text[chapter.end() :]
        level = chapter.group(1).count(".") + 1
        if text[chapter.end(1) : chapter.end(1) + 1] in ".)" and level == 1 and _goes_on(chapter.group(1), following):
            return None
    if (
        not title[:1].isupper()
        or _ENDS.search(title)
        or len(title.split()) > HEADING_MAX_WORDS
        or "," in title
        or ": " in title
    ):
        return None
    if following[:1].islower() or title.lower() in NO_VERB:
        return None
    if level is not None:
        return text, level
    alone = not previous or bool(_ENDS.search(previous.rstrip())) or len(previous) < SHORT_LINE * width
    if alone and (use_of(title) != "plain" or (len(title.split()) <= LOOKS_MAX_WORDS and len(text) < width / 2)):
        return text, None
    return None


def _goes_on(number: str, following: str) -> bool:
    """Whether "3." is a list's: the line below is its second, or "4."."""
    after = _NUMBERED.match(following)
    return bool(following[:1].islower() or (after and int(after.group(1)) == int(number) + 1))


def _block(headings: _Headings, lines: Iterable[tuple[int, str]], *, listed: bool) -> Block:
    text = ""
    breaks: list[tuple[int, int]] = []
    for part, line in lines:
        line = spaced(line)
        # Its end alone: each line of a chapter without blank lines would search the chapter anew.
        if _BROKEN_WORD.search(text[-2:]) and line[:1].islower():
            text = text[:-1]
        elif text:
            text += " "
        if not breaks or breaks[-1][1] != part:
            breaks.append((len(text), part))
        text += line
    headings.bare = False
    telling = headings.telling
    return Block(
        text=text,
        heading=headings.heading,
        use="foreign" if headings.appended else telling.use if telling else "plain",
        chapter=telling.number if telling else 0,
        section=headings.count,
        listed=listed,
        under_other=telling is not None and telling is not headings.above[-1],
        breaks=tuple(breaks),
    )


def _key(title: str) -> str:
    """A title without its number and case, as outlines often have it."""
    text = spaced(title)
    chapter = _CHAPTER.match(text)
    return (text[chapter.end() :] if chapter else text).casefold()
