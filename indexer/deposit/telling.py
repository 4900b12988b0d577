"""What a report says of its project in its own sentences: question, summary, outcome, use, and what it hands over. Pure.

Whole sentences as they stand there, at most three; where the report has no such place, nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from archive.catalog.catalog import OutlineEntry, TextPart
from archive.relay.open_ends import OpenEnd
from indexer.deposit.guesses import Guess
from indexer.extraction.model import Extraction
from indexer.harvest.harvester import harvest
from indexer.relay.landmarks import Section, Sentence, sections, sentences, sentences_of

SENTENCES_MOST = 3
CHARS_MOST = 420  # three lines of a form
_QUESTION_CHARS = 300
_LATER_CHARS = 400  # so far behind "hoofdvraag" the question may stand

_ASKS = re.compile(
    r"(?i)\b(?:hoofd|onderzoeks|centrale |probleem|main |research )\s?(?:vraag|question)|\bvraagstelling|\bcentrale vraag\b"
)
_ASKS_HEADING = re.compile(
    r"(?i)(?:\d[\d.]*\s*)?(?:hoofd-? ?(?:en deel)?vra(?:ag|gen)(?: en deelvragen)?|onderzoeksvra(?:ag|gen).*|(?:centrale )?vraagstelling"
    r"|centrale vraag|(?:main )?research questions?.*)"
)
_QUESTION = re.compile(
    r"(?:(?:(?i:op|aan|in|met|voor|van|door|binnen|bij|to|in|for|by|with|over|uit)\s)?"
    r"(?:Hoe|Wat|Welke?|Wie|Waar\w*|Wanneer|Waarom|In|Op|Is|Zijn|Kan|Kunnen|How|What|Which|Why|To|Can|Is|Are|Does|Do|Aan|Met|Voor"
    r"|hoe|wat|welke?|waarom|in hoeverre|op welke|is het|how|what|which|to what)\b)[^?\n]{0,240}(?:\n[^?\n]{0,240}){0,4}\?"
)
# Sentences that tell how the report is made tell nothing of what was found.
_ABOUT_ITSELF = re.compile(
    r"(?i)^(?:in (?:dit|deze|het)\s+(?:hoofdstuk|paragraaf|conclusie|verslag|rapport|document|sectie|stuk)|dit (?:hoofdstuk|verslag|rapport|document)"
    r"|hieronder|hierna|om (?:de|deze) (?:hoofd|onderzoeks)\w*vraag|de (?:hoofd|onderzoeks|deel)vra|this (?:chapter|report|section)|in this (?:chapter|report|section|paper)"
    r"|voor u ligt|allereerst|tot slot)"
)
_USE = re.compile(
    r"(?i)\b(?:kan|kunnen|can|could|may|is te|zijn te)\b[^.]{0,90}\b(?:gebruik(?:en|t|maken)?|ingezet|inzetten|toegepast|toepassen|hergebruik\w*"
    r"|profiteren|used?|applied|reused?)\b"
)
_STANDS = re.compile(
    r"(?i)(?:\d[\d.]*\s*)?(?:wat (?:er )?(?:staat|af is|klaar is|is opgeleverd|werkt)\b.*|stand van zaken|huidige (?:stand|status|staat).*|wat er (?:nu )?ligt"
    r"|opgeleverd(?:e producten)?|opleveringen|resultaat|eindresultaat|eindproduct|current (?:state|status).*|what (?:stands|works|is done).*|deliverables)"
)
_START = re.compile(
    r"(?i)(?:\d[\d.]*\s*)?(?:(?:tips|advies|adviezen) voor (?:de )?(?:overname|opvolgers?|volgende\b.*)|waar (?:te )?beginn?(?:en|t)?.*|begin hier"
    r"|(?:hier|zo) begin.*|eerste stap(?:pen)?.*|aan de slag.*|where to (?:start|begin|find).*|getting started|how to (?:start|continue).*|next steps?|vervolgstappen"
    r"|hoe (?:nu )?verder.*)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a report tells of its project."""

    question: Guess | None = None
    summary: Guess | None = None
    outcome: Guess | None = None
    use: Guess | None = None
    stands: Guess | None = None
    open: Guess | None = None
    start: Guess | None = None


def told_in(name: str, extraction: Extraction) -> Told:
    """What a file tells, by its headed sections and the sentences in them."""
    parts = [
        TextPart(number=part.number, text=part.text, heading=part.heading, level=part.level)
        for part in extraction.parts
    ]
    outline = [OutlineEntry(title=each.title, level=each.level, part=each.part) for each in extraction.outline]
    found = sections(parts, outline, paged=extraction.unit == "page") if parts else ()
    concluding = _of_kind(found, "conclusion")
    summed_up = _of_kind(found, "summary")
    return Told(
        question=_question(found, parts),
        summary=_first(summed_up),
        outcome=_first(concluding),
        use=_use([*concluding, *summed_up, *_headed(found, re.compile(r"(?i)(?:\d[\d.]*\s*)?aanbeveling.*|advies"))]),
        stands=_first(_headed(found, _STANDS)),
        open=_open_ends(harvest(extraction.parts, extraction.outline, unit=extraction.unit, title=name)),
        start=_first(_headed(found, _START)),
    )


def _of_kind(found: Sequence[Section], kind: str) -> list[Section]:
    return [section for section in found if section.kind == kind]


def _headed(found: Sequence[Section], heading: re.Pattern[str]) -> list[Section]:
    return [section for section in found if heading.fullmatch(section.title.strip())]


def _first(found: Iterable[Section]) -> Guess | None:
    """The first sentences of the first of these sections that has any."""
    for section in found:
        taken = _taken(each for each in sentences(section) if not _ABOUT_ITSELF.match(each.text))
        if taken is not None:
            return taken
    return None


def _taken(found: Iterable[Sentence], most: int = SENTENCES_MOST) -> Guess | None:
    """Sentences that fit in three lines; those that don't stand side by side are kept as they are."""
    texts: list[str] = []
    part: int | None = None
    for sentence in found:
        if sum(map(len, texts)) + len(sentence.text) > CHARS_MOST or len(texts) == most:
            break
        if sentence.text.endswith("?"):
            continue
        texts.append(sentence.text)
        part = part or sentence.part
    return Guess(value=" ".join(texts), part=part) if texts else None


def _question(found: Sequence[Section], parts: Sequence[TextPart]) -> Guess | None:
    """The question under its own heading, else one that stands behind the word for it."""
    for section in _headed(found, _ASKS_HEADING):
        for number, text in section.pieces:
            match = _QUESTION.search(text)
            if match is not None and (asked := _asked(match)):
                return Guess(value=asked, part=number)
    for part in parts:
        for word in _ASKS.finditer(part.text):
            match = _QUESTION.search(part.text, word.end(), word.end() + _LATER_CHARS)
            if match is not None and (asked := _asked(match)):
                return Guess(value=asked, part=part.number)
    return None


def _asked(match: re.Match[str]) -> str | None:
    text = " ".join(match[0].split())
    # A stop inside means that it began in a sentence before.
    text = list(sentences_of(text) or [text])[-1] if ". " in text else text
    if not 20 <= len(text) <= _QUESTION_CHARS or not text.endswith("?"):
        return None
    return text[0].upper() + text[1:]


def _use(found: Iterable[Section]) -> Guess | None:
    return _taken((each for section in found for each in sentences(section) if _USE.search(each.text)), most=2)


def _open_ends(found: Iterable[OpenEnd]) -> Guess | None:
    """What the authors leave open: future work and questions before advice."""

    def whole(kinds: frozenset[str]) -> Iterator[Sentence]:
        for each in ends:
            if each.kind in kinds and each.text.rstrip()[-1:] in ".!?":
                yield Sentence(text=" ".join(each.text.split()), part=each.part)

    ends = list(found)
    return _taken(whole(frozenset({"future_work", "limitation"}))) or _taken(whole(frozenset({"recommendation"})))
