"""Where in a report one finds what every report has: its summary, conclusion, limitations, what failed, its terms.

Pure: the text of a deliverable in parts (pages or sections) with its outline goes in; headed sections, sentences and the
places of words come out. Whatever it gives stands in the text as it is, on the part that it names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from archive.catalog.catalog import OutlineEntry, TextPart

Kind = Literal["summary", "conclusion", "failed", "limitations", "onward", "terms"]

# A heading without its number, in small letters -> what stands under it. Dutch and English.
_PATTERNS: dict[Kind, str] = {
    "summary": r"(?:management|publieks)?\s?samenvatting|in het kort|(?:executive |management )?summary|abstract",
    "failed": (
        r"wat (?:er )?(?:mis (?:ging|liep)|fout ging|niet (?:lukte|werkte|gelukt is|van kwam|goed ging))\b.*"
        r"|wat mislukte\b.*|mislukt\b.*|tegenvallers|what (?:went wrong|failed|did(?: not|n.t) (?:work|succeed))\b.*"
    ),
    "limitations": r"(?:discussie en )?beperkingen\b.*|kanttekeningen|(?:discussion and )?limitations\b.*",
    "onward": (
        r"vervolgonderzoek\b.*|vervolg|open vragen.*|vragen voor .*|wat open (?:blijft|is)"
        r"|(?:future|further) (?:work|research)\b.*|open questions"
    ),
    "terms": (
        r"begrippen(?:lijst)?(?: en .*)?|(?:begrippen en )?afkortingen(?:lijst)?|(?:verklarende )?woordenlijst"
        r"|definities|terminologie|glossary|(?:list of )?abbreviations|(?:terms|definitions)(?: and .*)?"
    ),
    "conclusion": (r"(?:discussie en )?(?:slot)?conclusies?(?: en .*)?|(?:discussion and )?conclusions?(?: and .*)?"),
}
_KINDS = {kind: re.compile(pattern) for kind, pattern in _PATTERNS.items()}
_NUMBER = re.compile(
    r"(?:(?:hoofdstuk|chapter|bijlage|appendix)\s+)?(\d{1,2}(?:\.\d{1,2}){0,3}|(?<=bijlage )[a-z]|(?<=appendix )[a-z])"
    r"(?:[.:]?\s*(?=\D)|$)",
    re.IGNORECASE,
)
_GLUED = re.compile(r"^(\d{1,2}(?:\.\d{1,2}){0,3})(?=[A-ZÀ-Ý])")  # an outline may lose the space behind a number
_NUMBERED_LINE = re.compile(r"\d{1,2}(?:\.\d{1,2}){0,3}\.?\s+[A-ZÀ-Ý][^.!?;]{2,70}$")
_CONTENTS_LINE = re.compile(r"(?:\.\s?){3,}\s*\w{1,4}\s*$|\t\s*\d{1,3}\s*$")
_CONTENTS_CHARS = 60  # of the end of a line, which tells whether it is one
_CONTENTS_LINES_MIN = 4  # on a page with so many, a heading is an entry of the table of contents
_HEADING_MAX_CHARS = 90

_POINTS_TO = re.compile(
    r"\b(hoofdstuk|hfst\.?|paragraaf|par\.|§|chapter|section|bijlage|appendix)\s*(\d{1,2}(?:\.\d{1,2}){0,3}|[A-Z]\b)",
    re.IGNORECASE,
)
_APPENDIX = frozenset({"bijlage", "appendix"})

_SENTENCE_END = re.compile(r"[.!?][\"'”’)\]]*\s+(?=[\"'“‘(]?[A-ZÀ-Ý0-9])")
# Behind these a point ends no sentence.
_SHORTENED = re.compile(
    r"(?:\b(?:o\.a|bijv|bv|d\.w\.z|e\.a|enz|etc|i\.v\.m|t\.o\.v|m\.b\.t|nr|dr|ir|ing|prof|mr|blz|fig|tab|vgl|ca|min|max"
    r"|e\.g|i\.e|vs|al|cf|resp|hfst|par)|\b[A-Za-z])\.$",
    re.IGNORECASE,
)
_ITEM = re.compile(r"\s*(?:[•▪‣◦●■–—-]|\(?(?:\d{1,2}|[a-z])[.)])\s+(?=\S)")
_SHORTENED_MAX_CHARS = 8
SENTENCE_MIN_WORDS = 5
_LOOSE_MAX_CHARS = 60
_WORD = re.compile(r"[^\W_]{3,}")
_SIGNS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading with what stands under it, up to the next heading of its level: by part, as it is written."""

    title: str
    kind: Kind | None
    level: int
    part: int
    pieces: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """Words as they stand on a part, spaces between lines."""

    text: str
    part: int


def kind_of(title: str) -> Kind | None:
    """What stands under a heading.

    >>> kind_of("7 Vervolgonderzoek"), kind_of("4Conclusions"), kind_of("3.5 Wat niet lukte: wanden"), kind_of("Aanpak")
    ('onward', 'conclusion', 'failed', None)
    """
    plain = " ".join(_NUMBER.sub("", title, count=1).split()).casefold().strip(" .:")
    return next((kind for kind, pattern in _KINDS.items() if pattern.fullmatch(plain)), None)


def sections(parts: Sequence[TextPart], outline: Sequence[OutlineEntry], *, paged: bool) -> tuple[Section, ...]:
    """The headed sections of a deliverable in reading order: by its parts, its outline, or lines that look like one."""
    lines = list(_lines(parts))
    if not paged:
        heads = list(_heads_of_parts(parts, lines))
    elif outline:
        heads = list(_heads_of_outline(lines, outline))
    else:
        heads = list(_heads_of_lines(lines))
    found = []
    for number, head in enumerate(heads):
        following = (heads[other] for other in range(number + 1, len(heads)))
        end = next((other.at for other in following if other.level <= head.level), len(lines))
        under = lines[head.at + (1 if paged else 0) : end]
        found.append(
            Section(
                title=_GLUED.sub(r"\1 ", head.title),
                kind=kind_of(head.title),
                level=head.level,
                part=lines[head.at].part if head.at < len(lines) else parts[-1].number,
                pieces=tuple(_by_part(under)),
            )
        )
    return tuple(found)


def sentences(section: Section) -> Iterator[Sentence]:
    """The whole sentences of a section; headings and loose words below it are none."""
    for part, text in section.pieces:
        for sentence in sentences_of(text):
            yield Sentence(text=sentence, part=part)


def sentences_of(text: str) -> Iterator[str]:
    """The sentences of a text in lines; an item of a list is one of its own.

    >>> list(sentences_of("Wij maten\\no.a. de gevel van De Wissel. Hij hangt\\n• Scheef, zo zegt de beheerder zelf."))
    ['Wij maten o.a. de gevel van De Wissel.', 'Scheef, zo zegt de beheerder zelf.']
    """
    for paragraph in _paragraphs(text):
        start = 0
        for match in _SENTENCE_END.finditer(paragraph):
            end = match.start() + 1
            if match[0].rstrip() != "." or not _SHORTENED.search(
                paragraph, max(start, end - _SHORTENED_MAX_CHARS), end
            ):
                yield from _whole(paragraph[start : match.end()])
                start = match.end()
        yield from _whole(paragraph[start:])


def pointed_at(text: str, found: Sequence[Section]) -> list[Section]:
    """The sections that a text sends its reader to: "lees paragraaf 3.3 en bijlage A"."""
    wanted = [(kind.casefold() in _APPENDIX, number.upper()) for kind, number in _POINTS_TO.findall(text)]
    numbered = {(section.title.casefold().startswith(tuple(_APPENDIX)), _number(section.title)): section
                for section in reversed(found)}  # fmt: skip
    return [numbered[each] for each in dict.fromkeys(wanted) if each in numbered]


def nearest_sentence(
    wanted: str, parts: Iterable[TextPart], *, near: int | None = None, at_least: float = 0.5, asking: bool = True
) -> Sentence | None:
    """The sentence that shares most words with `wanted`; `at_least`: the share of its words that must be there.

    A part is named by people: where part `near` holds a fitting sentence, no other part is looked at. Without `asking`
    no sentence that is itself a question.
    """
    words = set(_WORD.findall(wanted.casefold()))
    if not words:
        return None
    best: tuple[float, Sentence] | None = None
    for part in sorted(parts, key=lambda part: part.number != near):
        text = part.text.casefold()
        if sum(word in text for word in words) < at_least * len(words):
            continue
        for sentence in sentences_of(part.text):
            if not asking and sentence.endswith("?"):
                continue
            own = set(_WORD.findall(sentence.casefold()))
            shared = len(words & own)
            share = min(shared / len(words), 2 * shared / (len(own) + 1))
            if share >= at_least and (best is None or share > best[0]):
                best = (share, Sentence(text=sentence, part=part.number))
        if part.number == near and best is not None:
            break
    return best[1] if best else None


def stands_on(words: str, text: str) -> bool:
    """Whether words stand in a text, whatever its lines, spaces and signs.

    >>> stands_on("7 Conclusie", "7Conclusie\\nJa, mits …"), stands_on("gevel", "een model")
    (True, False)
    """
    return bool(bare(words)) and bare(words) in bare(text)


def bare(text: str) -> str:
    """Letters and digits alone, in small letters."""
    return _SIGNS.sub("", text.casefold())


@dataclass(frozen=True, slots=True)
class _Line:
    part: int
    text: str
    of_contents: bool = False


@dataclass(frozen=True, slots=True)
class _Head:
    at: int  # of its line
    title: str
    level: int


def _lines(parts: Sequence[TextPart]) -> Iterator[_Line]:
    for part in parts:
        lines = part.text.split("\n")
        ends = (line.rstrip()[-_CONTENTS_CHARS:] for line in lines)
        contents = sum(bool(_CONTENTS_LINE.search(end)) for end in ends) >= _CONTENTS_LINES_MIN
        for line in lines:
            yield _Line(part.number, line, contents)


def _heads_of_parts(parts: Sequence[TextPart], lines: Sequence[_Line]) -> Iterator[_Head]:
    first: dict[int, int] = {}
    for number, line in enumerate(lines):
        first.setdefault(line.part, number)
    for part in parts:
        if part.heading:
            yield _Head(first[part.number], part.heading, part.level or 1)


def _heads_of_outline(lines: Sequence[_Line], outline: Sequence[OutlineEntry]) -> Iterator[_Head]:
    """Each entry of the outline on the line that carries its title; one that stands nowhere on its page is left out."""
    wanted = {entry.part for entry in outline}
    places: dict[int, list[int]] = {}
    plain: dict[int, str] = {}
    for number, line in enumerate(lines):
        if line.part in wanted:
            places.setdefault(line.part, []).append(number)
            plain[number] = bare(line.text)
    after = -1
    for entry in outline:
        title = bare(entry.title)
        for number in places.get(entry.part, ()):
            text = plain[number]
            # A long heading may run over two lines.
            fits = text == title or (title.startswith(text) and text + plain.get(number + 1, "") == title)
            if number > after and text and fits:
                yield _Head(number, entry.title, entry.level)
                after = number
                break


def _heads_of_lines(lines: Sequence[_Line]) -> Iterator[_Head]:
    """Lines that look like headings, outside the table of contents."""
    for number, line in enumerate(lines):
        text = line.text.strip()
        if line.of_contents or not 3 <= len(text) <= _HEADING_MAX_CHARS or not text[:1].isupper() | text[:1].isdigit():
            continue
        if _NUMBERED_LINE.match(text) or kind_of(text) is not None:
            depth = _number(text) or ""
            yield _Head(number, text, depth.count(".") + 1)


def _number(title: str) -> str | None:
    match = _NUMBER.match(title.strip())
    return match[1].upper() if match else None


def _by_part(lines: Iterable[_Line]) -> Iterator[tuple[int, str]]:
    pieces: dict[int, list[str]] = {}
    for line in lines:
        pieces.setdefault(line.part, []).append(line.text)
    for part, texts in pieces.items():
        yield part, "\n".join(texts)


def _paragraphs(text: str) -> Iterator[str]:
    """Lines joined; an item of a list and what follows a caption begin anew. Headings and rows of a table are left out."""
    open_lines: list[str] = []
    for line in text.split("\n"):
        left_out = not line.strip() or "\t" in line or _NUMBERED_LINE.match(line.strip())
        item = _ITEM.match(line)
        if open_lines and (left_out or item or _is_loose(open_lines[-1], line)):
            yield " ".join(open_lines)
            open_lines = []
        if not left_out:
            open_lines.append(line[item.end() if item else 0 :].strip())
    if open_lines:
        yield " ".join(open_lines)


def _is_loose(line: str, following: str) -> bool:
    """Whether a short line without an end is a caption or a heading, not the beginning of what follows."""
    return len(line) < _LOOSE_MAX_CHARS and line[-1:] not in ".!?,;" and following.lstrip()[:1].isupper()


def _whole(text: str) -> Iterator[str]:
    """A sentence, if it is one: some words, a capital in front (in "kWp" it stands inside) and an end behind."""
    text = text.strip()
    words = text.split()
    if len(words) >= SENTENCE_MIN_WORDS and text[-1] in "!?.\"'”’)" and not words[0].islower():
        yield text
