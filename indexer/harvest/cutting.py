"""A section's paragraphs into single open ends: one to four sentences each. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.relay.open_ends import OpenEndKind
from indexer.harvest.blocks import Block
from indexer.harvest.cues import ANNOUNCED, ANNOUNCES, CITES, FRESH, LEANING, NOT_OURS, SIGNPOST, SectionUse
from indexer.harvest.phrases import Phrase, phrase_in
from indexer.harvest.sentences import sentences
from indexer.harvest.weighing import weigh
from indexer.harvest.word_lists import FINITE, NO_VERB

MOST_SENTENCES = 4
ITEM_MAX_CHARS = 700
LIST_FROM_PARAGRAPHS = 3  # so many short ones in a row are a list whose marks were lost
FEW_WORDS = 8  # fewer say too little alone
ANNOUNCEMENT_MAX_WORDS = 16
LEAD_IN_MAX_WORDS = 26  # at the beginning of a section
SENTENCE_MAX_WORDS, SENTENCE_MAX_CHARS = 70, 2_000  # what goes on longer is a table or a list of names
TASK_CHARS = 300  # at the end of a line
FIGURES_MAX_SHARE = 0.25
# What the place of a sentence adds to its signs.
PLACES: dict[SectionUse, float] = {"closing": 0.2, "results": 0.1, "plain": -0.3, "early": -0.3}
TO_DO: frozenset[OpenEndKind] = frozenset(("recommendation", "future_work", "open_question"))

_ADVISES = re.compile(
    r"\b(?:moet|moeten|zou|zouden|dient|dienen|kan|kunnen|should|must|ought|could|can|(?:is|lijkt) (?:\w+ ){0,2}(?:beter|best|handig|verstandig))\b"
)
_ASKS = re.compile(r"\?[\"”’']*\.?$")
_INFINITIVE = re.compile(r"\b\w{3,}en(?: \([^)]*\))?[.;]?$")
_ADDRESS = re.compile(r"(?:aan|voor|to|for) [^.:]{3,60}: ", re.IGNORECASE)
_CONSEQUENCE = re.compile(r"(?:\w+ ){1,5}(?:hierdoor|daardoor|hiermee|daarmee|therefore|thus)\b")
_PERSONAL = re.compile(r"\b(?:ik|mij|mijzelf|mezelf|myself)\b|^mijn (?!\w*(?:programma|onderzoek|product|app\b))")
_LOOKS_BACK = re.compile(
    r"(?:vraag|punt|aanbeveling|question|point) \d+ |de (?:eerste|laatste) (?:vraag|aanbeveling)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """An item as it was cut: the block and the character where it begins."""

    block: Block
    start: int
    text: str
    kind: OpenEndKind
    reason: str


def cut_section(section: Sequence[Block], kind: OpenEndKind) -> Iterator[Cut]:
    """The items of a section whose heading says that all of it is handed on."""
    plain = [block for block in section if not block.listed]
    short = [block for block in plain if len(sentences(block.text)) <= MOST_SENTENCES and not block.text.endswith(":")]
    is_list = len(short) >= LIST_FROM_PARAGRAPHS and len(short) > len(plain) / 2
    has_marks = len(plain) < len(section)
    before = False
    for block in section:
        found = _without_announcement(sentences(block.text), listed=block.listed)
        whole = block.listed or is_list or (block.under_other and not _says_several(found))
        for group in [found] if whole else _groups(found, kind):
            if not group or not _hands_on(group, kind, listed=block.listed, beside_list=has_marks or is_list):
                continue
            if before and kind in TO_DO and not block.listed and LEANING.match(group[0].lower()):
                continue  # it explains what the paragraph above advises
            before = True
            yield from _cut(block, group, _own_kind(group, kind), f"under “{block.heading}”")


def cut_paragraphs(section: Sequence[Block]) -> Iterator[Cut]:
    """The items of a section that is about something else: lists that are announced, and sentences that tell themselves."""
    announced: tuple[OpenEndKind, str] | None = None
    list_from = _list_at_end(section) if any(block.text.endswith(":") for block in section) else len(section)
    for at, block in enumerate(section):
        if announced is not None and (block.listed or at >= list_from):
            yield from _cut(block, sentences(block.text), announced[0], f"after “{announced[1]}”")
            continue
        announced = announced_in(block.text)
        yield from _cut_paragraph(block)


def announced_in(text: str) -> tuple[OpenEndKind, str] | None:
    """What kind of list a paragraph announces, with the words that do.

    >>> announced_in("Wij komen tot de volgende aanbevelingen:"), announced_in("We gebruikten drie bronnen:")
    (('recommendation', 'aanbevelingen'), None)
    """
    if not text.rstrip().endswith(":"):
        return None
    last = sentences(text)[-1].lower()
    for kind, pattern in ANNOUNCED:
        if (match := pattern.search(last)) is not None:
            return kind, match.group()
    return None


def _list_at_end(blocks: Sequence[Block]) -> int:
    """Where the paragraphs begin that may be a list without marks, up to the end: short ones, as word processors keep it."""
    first = len(blocks)
    while first and _is_short(blocks[first - 1]):
        first -= 1
    return first


def _is_short(block: Block) -> bool:
    return not block.listed and not block.text.endswith(":") and len(sentences(block.text)) <= 2


def _cut_paragraph(block: Block) -> Iterator[Cut]:
    found = sentences(block.text)
    taken = -1
    for at, sentence in enumerate(found):
        if at <= taken or (hit := _handed_on(sentence, block.use)) is None:
            continue
        kind, words = hit
        if kind != "recommendation" and _PERSONAL.search(sentence.lower()):
            continue
        if block.listed:
            yield from _cut(block, found, kind, f"“{words}”")
            return
        first = at - 1 if _leans(sentence) and at - 1 > taken else at
        last = at + 1
        while last < len(found) and last - first < MOST_SENTENCES and _explains(found[last]):
            last += 1
        taken = last - 1
        yield from _cut(block, found[first:last], kind, f"“{words}”")


def _handed_on(sentence: str, use: SectionUse) -> tuple[OpenEndKind, str] | None:
    """The kind of open end that a sentence of a section is, with the words that tell."""
    text = sentence.lower()
    if not _is_plain(text):
        return None
    told = _told(text, use)
    # Last what takes longest: a sentence in ten tells something, and few of those are not the authors' own.
    return told if told is not None and _is_ours(sentence) else None


def _told(text: str, use: SectionUse) -> tuple[OpenEndKind, str] | None:
    phrase = phrase_in(text, weak=True)
    if _ASKS.search(text):
        return (phrase[0].kind, phrase[1]) if phrase is not None and phrase[0].kind == "open_question" else None
    if phrase is not None and (phrase[0].strong or use == "closing"):
        return phrase[0].kind, phrase[1]
    weighed = weigh(text, PLACES.get(use, PLACES["plain"]), phrase=phrase[0].kind if phrase else None)
    return (weighed.kind, weighed.words) if weighed else None


def _phrase_in(sentence: str, *, weak: bool) -> tuple[Phrase, str] | None:
    """The phrase by which a sentence hands something on; none in a table, an announcement, or what others say."""
    text = sentence.lower()
    phrase = phrase_in(text, weak=weak) if _is_plain(text) else None
    return phrase if phrase is not None and _is_ours(sentence) else None


def _is_plain(text: str) -> bool:
    """Whether a sentence is one that people read, and no table."""
    if len(text) > SENTENCE_MAX_CHARS:
        return False
    words = text.split()
    figures = sum(not word.isalpha() and any(map(str.isdigit, word)) for word in words)
    return len(words) <= SENTENCE_MAX_WORDS and figures <= FIGURES_MAX_SHARE * len(words)


def _is_ours(sentence: str) -> bool:
    """Whether the authors themselves may say a plain sentence: they announce nothing in it, and others don't tell it."""
    text = sentence.lower()
    return not (NOT_OURS.search(text) or CITES.search(sentence) or _announces(text))


def _groups(found: Sequence[str], kind: OpenEndKind) -> list[list[str]]:
    """Cut a paragraph where a sentence begins something of its own."""
    groups: list[list[str]] = []
    for sentence in found:
        if groups and not _begins(sentence, groups[-1], kind):
            groups[-1].append(sentence)
        else:
            groups.append([sentence])
    return groups


def _begins(sentence: str, before: Sequence[str], kind: OpenEndKind) -> bool:
    """Whether a sentence begins another item than the sentences before it belong to."""
    text = sentence.lower()
    says_little = sum(len(each.split()) for each in before) < FEW_WORDS
    if kind == "limitation":
        return bool(FRESH.match(text)) or not (says_little or LEANING.match(text))
    if says_little and not before[-1].endswith("?") and not is_imperative(before[-1]):
        return False
    if sentence.endswith("?"):
        return any(each.endswith("?") for each in before) or bool(FRESH.match(text))
    return is_imperative(sentence) or _phrase_in(sentence, weak=True) is not None or bool(FRESH.match(text))


def is_imperative(sentence: str) -> bool:
    """Whether a sentence tells somebody to do something; by what its first words are not, since verbs are many.

    >>> [is_imperative(each) for each in ("Meet een week lang.", "Prijzen zijn geschat.", "Aan allen: begin nu.")]
    [True, False, True]
    """
    addressed = _ADDRESS.match(sentence)
    words = re.findall(r"[\w'’-]+", (sentence[addressed.end() :] if addressed else sentence).lower())
    if len(words) < 2:
        return False
    first = words[0]
    if first in NO_VERB or first in FINITE or first.isdecimal() or first.endswith(("ing", "heid", "en", "tie")):
        return False
    return words[1] not in FINITE and (len(words) < 3 or words[2] not in FINITE)


def _own_kind(group: Sequence[str], kind: OpenEndKind) -> OpenEndKind:
    """The kind that the heading gives, unless the words plainly say another."""
    hits = [hit[0] for sentence in group if (hit := _phrase_in(sentence, weak=False)) is not None]
    told = {phrase.kind for phrase in hits}
    if kind == "recommendation" and told == {"future_work"}:
        return "future_work"
    if kind == "limitation" and "recommendation" in told:
        return "recommendation"
    if kind == "future_work" and "open_question" in told:
        return "open_question"
    return kind


def _hands_on(group: Sequence[str], kind: OpenEndKind, *, listed: bool, beside_list: bool) -> bool:
    """Whether sentences are an item, and no words before or after a list, nor what somebody must learn."""
    text = " ".join(group).lower()
    if kind == "limitation" and _PERSONAL.search(text):
        return False
    if kind == "future_work" and CITES.search(" ".join(group)):
        return False  # what others expect of the world
    if listed:
        return True
    if beside_list and _LOOKS_BACK.search(text):
        return False
    if kind in ("limitation", "open_question"):
        return True
    if _PERSONAL.search(group[0].lower()) and not _tells(group[0], TO_DO):
        return False
    if any(is_imperative(sentence) or _tells(sentence, TO_DO) for sentence in group):
        return True
    if _ADVISES.search(text) or _is_task(text):
        return True
    return kind == "future_work" and (
        "?" in text or text.startswith(("of ", "hoe ", "wat ", "whether ", "how ", "what "))
    )


def _is_task(text: str) -> bool:
    """Whether a line has an infinitive for its only verb, as in "De sensor vaker ijken (elke week)"."""
    return bool(_INFINITIVE.search(text[-TASK_CHARS:])) and not any(word in FINITE for word in text.split())


def _tells(sentence: str, kinds: frozenset[OpenEndKind]) -> bool:
    hit = _phrase_in(sentence, weak=True)
    return hit is not None and hit[0].kind in kinds


def _says_several(found: Sequence[str]) -> bool:
    return len(found) > MOST_SENTENCES or sum(_phrase_in(sentence, weak=False) is not None for sentence in found) > 1


def _without_announcement(found: list[str], *, listed: bool) -> list[str]:
    """A paragraph without the words that only announce what follows."""
    if found and found[-1].endswith(":"):
        found = found[:-1]
    while found and not listed and _leads_in(found[0]):
        found = found[1:]
    return found


def _leads_in(sentence: str) -> bool:
    text = sentence.lower()
    return bool(SIGNPOST.match(text) or (ANNOUNCES.search(text) and len(text.split()) <= LEAD_IN_MAX_WORDS))


def _announces(text: str) -> bool:
    return bool(ANNOUNCES.search(text)) and len(text.split()) <= ANNOUNCEMENT_MAX_WORDS


def _leans(sentence: str) -> bool:
    return bool(LEANING.match(sentence.lower())) or len(sentence.split()) < FEW_WORDS


def _explains(sentence: str) -> bool:
    return bool(LEANING.match(sentence.lower()) or _CONSEQUENCE.match(sentence.lower()))


def _cut(block: Block, group: Sequence[str], kind: OpenEndKind, reason: str) -> Iterator[Cut]:
    """One item of these sentences; the longest are cut off after four."""
    group = group[:MOST_SENTENCES]
    text = " ".join(group)
    while len(text) > ITEM_MAX_CHARS and len(group) > 1:
        group = group[:-1]
        text = " ".join(group)
    if any(map(str.isalpha, text)) and len(text.split()) >= 2:
        yield Cut(block=block, start=max(block.text.find(group[0]), 0), text=text, kind=kind, reason=reason)
