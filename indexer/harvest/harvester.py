"""The open ends of one document: read its blocks, cut its sections, join what is said twice. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal

from archive.catalog.writing import OutlineOfPart, TextOfPart
from archive.relay.open_ends import OpenEnd, OpenEndKind, fingerprint_of
from indexer.harvest.blocks import Block, blocks, is_line_of_contents
from indexer.harvest.cues import AUTHORS, MANUAL, MANUAL_HANDS_ON, NO_REPORT, READER, REPORT, SectionUse
from indexer.harvest.cutting import Cut, cut_paragraphs, cut_section
from indexer.search.stop_words import STOP_WORDS

# Raise it when the rules change: the next run harvests again, from the stored text.
HARVEST_VERSION = "2"
MOST_ITEMS = 1_000  # of a file: what has more is a list, and each is compared with all others
CHAPTER_MOST_ITEMS = 30  # with more of them its end was not seen, and only the phrases are trusted
WITHOUT_OWN_SECTION: frozenset[SectionUse] = frozenset(("plain", "closing", "results", "early"))
TITLE_LINES = 12  # where a document tells what it is
TITLE_MAX_WORDS = 8
MANUAL_READER_SHARE = 0.02  # of all words; reports seldom say "je" to their reader once in a hundred
SAME_SHARE = 0.6  # of the words that matter of the shorter item
SAME_FEWEST_WORDS = 4
MATTERS_FROM_LETTERS = 5
_WORD = re.compile(r"[^\W\d_]+")


def harvest(
    parts: Sequence[TextOfPart],
    outline: Sequence[OutlineOfPart] = (),
    *,
    unit: Literal["page", "section"],
    title: str = "",
) -> tuple[OpenEnd, ...]:
    """What the authors hand on, in the order of the text. `title`: what the document is called, with its file's name."""
    if not parts or is_no_report(parts, title):
        return ()
    manual = is_manual(parts, title)
    cuts: list[Cut] = []
    for use, chapter in groupby(blocks(parts, outline, unit=unit), key=lambda block: (block.use, block.chapter)):
        if use[0] != "foreign":
            cuts += [
                cut for cut in _cuts(list(chapter)) if not manual or MANUAL_HANDS_ON.search(cut.block.heading.lower())
            ]
        if len(cuts) >= MOST_ITEMS:
            break
    return tuple(_open_end(each) for each in _joined(cuts[:MOST_ITEMS]))


def is_no_report(parts: Sequence[TextOfPart], title: str) -> bool:
    """Whether a document is a plan, a template, a list of requirements: nothing is handed on in it."""
    for line in _titles(parts, title):
        if NO_REPORT.search(line):
            return True
        if REPORT.search(line):
            return False
    return False


def is_manual(parts: Sequence[TextOfPart], title: str) -> bool:
    """Whether a document tells its reader how to do something: its advice is the work itself, but for a section of advice."""
    if any(MANUAL.search(line) for line in _titles(parts, title)):
        return True
    words = [word for part in parts for word in _WORD.findall(part.text.lower())]
    readers = sum(word in READER for word in words)
    return readers >= MANUAL_READER_SHARE * len(words) and readers > sum(word in AUTHORS for word in words)


def _titles(parts: Sequence[TextOfPart], title: str) -> Iterator[str]:
    """What a document is called, and the short lines of its first page, but for a table of contents."""
    yield title.replace("_", " ").replace("-", " ").lower()
    for line in [line for line in parts[0].text.split("\n") if line.strip()][:TITLE_LINES]:
        if len(line.split()) <= TITLE_MAX_WORDS and not is_line_of_contents(line):
            yield line.lower()


def _cuts(chapter: Sequence[Block]) -> Sequence[Cut]:
    use = chapter[0].use
    sections = [list(section) for _, section in groupby(chapter, key=lambda block: block.section)]
    if use not in WITHOUT_OWN_SECTION:
        found = [cut for section in sections for cut in cut_section(section, _kind(use))]
        if len(found) <= CHAPTER_MOST_ITEMS:
            return found
    told = [cut for section in sections for cut in cut_paragraphs(section)]
    # What is unknown or to be done before the work began is why it was done.
    return [cut for cut in told if cut.kind == "recommendation"] if use == "early" else told


def _kind(use: str) -> OpenEndKind:
    kinds: tuple[OpenEndKind, ...] = ("recommendation", "future_work", "limitation", "open_question")
    return next(kind for kind in kinds if kind == use)


@dataclass(slots=True)
class _Found:
    """An item, the words by which another wording of it is known, and where that stands."""

    cut: Cut
    words: frozenset[str]
    others: list[int] = field(default_factory=list)


def _joined(cuts: Iterable[Cut]) -> Iterator[_Found]:
    """Items that say the same are one: the one under its own heading, else the fullest; the others become places."""
    found: list[_Found] = []
    for cut in cuts:
        words = _words_that_matter(cut.text)
        same = next((each for each in found if _may_be_same(cut, each.cut) and _is_same(words, each.words)), None)
        if same is None:
            found.append(_Found(cut=cut, words=words))
        elif _weight(cut) > _weight(same.cut):
            same.others.append(_place(same.cut))
            same.cut, same.words = cut, words
        else:
            same.others.append(_place(cut))
    yield from found


def _may_be_same(one: Cut, other: Cut) -> bool:
    """Two items of a section of their own kind are two, however alike."""
    return not (_has_own_section(one) and _has_own_section(other))


def _has_own_section(cut: Cut) -> bool:
    return cut.block.use not in WITHOUT_OWN_SECTION


def _is_same(words: frozenset[str], others: frozenset[str]) -> bool:
    fewest = min(len(words), len(others))
    return fewest >= SAME_FEWEST_WORDS and len(words & others) >= SAME_SHARE * fewest


def _words_that_matter(text: str) -> frozenset[str]:
    return frozenset(
        word[:7] for word in _WORD.findall(text.lower()) if len(word) >= MATTERS_FROM_LETTERS and word not in STOP_WORDS
    )


def _weight(cut: Cut) -> tuple[bool, int]:
    return _has_own_section(cut), len(cut.text)


def _place(cut: Cut) -> int:
    return cut.block.part_at(cut.start)


def _open_end(found: _Found) -> OpenEnd:
    cut = found.cut
    return OpenEnd(
        part=_place(cut),
        heading=cut.block.heading,
        text=cut.text,
        kind=cut.kind,
        reason=cut.reason,
        fingerprint=fingerprint_of(cut.text),
        places=tuple(dict.fromkeys(found.others)),
    )
