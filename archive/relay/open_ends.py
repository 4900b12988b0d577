"""Open ends: what the authors of a report hand on, and what people decided about it.

The indexer harvests them; decisions stand in `agenda.toml` and name an item by its fingerprint. Pure values: no disk, no
database.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import unicodedata
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from archive.errors import UsageError
from archive.model import Agenda, Question, QuestionState

OpenEndKind = Literal["recommendation", "future_work", "limitation", "open_question"]
# "new": nobody decided yet; else what became of the question that was made of it.
OpenEndState = Literal["new", "rejected"] | QuestionState

SHINGLE = 6  # letters
_BUCKETS = 16  # each gives two hexadecimal digits
# Where a word of twelve was changed 12 agree; of the items of one archive, taken two by two, at most 5 do.
ALIKE = 8
# Of the words of the shorter of two questions so many stand in the other; with fewer words than these chance decides.
_SAME_WORDS, _WORDS_LEAST = 0.8, 4
_WORD = re.compile(r"[^\W\d_]{4,}")
_TAIL = 5  # letters: "elementen" in "gevelelementen"
_BOUND = 2**31  # of the numbers in a cursor: the catalog's are smaller


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenEnd:
    """One to four sentences of a report. `part` is the page or section where they begin.

    `heading` is the nearest one ("" without). `places`: other pages or sections of the report that say the same.
    """

    part: int
    heading: str
    text: str
    kind: OpenEndKind
    reason: str
    fingerprint: str
    places: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What people decided about an item: its state, and the question that was made of it."""

    state: OpenEndState = "new"
    question: str | None = None


UNDECIDED = Decided()


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where an item stands in the list of all: by year, document, and its number in the document."""

    year: int | None
    document: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HarvestedEnd:
    """An open end where it stands in the archive. `n` is its place in the document.

    `page` is for paged formats, `label` is what is printed on that page where it says something else.
    """

    document: str
    community: str | None
    year: int | None
    n: int
    item: OpenEnd
    page: int | None
    label: str | None = None
    decided: Decided = UNDECIDED

    @property
    def position(self) -> Position:
        return Position(year=self.year, document=self.document, n=self.n)


@dataclass(frozen=True, slots=True)
class Decisions:
    """What the agendas of communities, by their id, say of harvested items: as far as one reader sees them."""

    agendas: Mapping[str, Agenda]
    _by_community: dict[str, dict[str, Decided]] = field(default_factory=dict)

    def about(self, fingerprint: str, communities: Collection[str], *, text: str = "") -> Decided:
        """The decision about an item of a document that stands, or stood, in these communities.

        By the same fingerprint, else by the one most like it: a new version may have changed a word. Else by a question
        that asks the same as its `text`: somebody else may have asked it, or put it in a word of their own.
        """
        for community in communities:
            if (same := self._of(community).get(fingerprint)) is not None:
                return same
        nearest = max(
            (
                (likeness(fingerprint, other), decision)
                for each in communities
                for other, decision in self._of(each).items()
            ),
            key=lambda found: found[0],
            default=(0, UNDECIDED),
        )
        if nearest[0] >= ALIKE:
            return nearest[1]
        for community in communities:
            for question in self.agendas.get(community, Agenda()).questions:
                if asks_the_same(question.text, text):
                    return _state_of(question)
        return UNDECIDED

    def _of(self, community: str) -> dict[str, Decided]:
        known = self._by_community.get(community)
        if known is None:
            agenda = self.agendas.get(community, Agenda())
            known = {each.fingerprint: Decided(state="rejected") for each in agenda.rejected if each.fingerprint}
            for question in agenda.questions:
                if question.source is not None and question.source.fingerprint:
                    known[question.source.fingerprint] = _state_of(question)
            self._by_community[community] = known
        return known


def _state_of(question: Question) -> Decided:
    return Decided(state=question.events[-1].state if question.events else "open", question=question.id)


def asks_the_same(one: str, other: str) -> bool:
    """Whether two questions, or a question and a passage, say the same in nearly the same words.

    >>> asks_the_same("Hoe brandveilig is de spouw achter twee bouwlagen?", "Hoe brandveilig is een spouw achter bouwlagen")
    True
    >>> asks_the_same("Hoe brandveilig is de spouw achter twee bouwlagen?", "Hoe droog blijft de spouw achter de gevel?")
    False
    """
    fewer, more = sorted((_words(one), _words(other)), key=len)
    if len(fewer) < _WORDS_LEAST:
        return False
    shared = sum(word in more or any(_is_compound(word, each) for each in more) for word in fewer)
    return shared >= _SAME_WORDS * len(fewer)


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def _is_compound(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= _TAIL and (one.endswith(other) or other.endswith(one))


def fingerprint_of(text: str) -> str:
    """32 hexadecimal digits that stay the same when pages shift, words are broken off, or a list gets other numbers.

    Where a word is changed most digits stay: each pair is the least hash of those runs of letters that fall in its bucket
    (one-permutation hashing, Li, Owen and Zhang 2012).

    >>> fingerprint_of("3. Meet een week lang hoe lang je deuren openstaan.") == fingerprint_of(
    ...     "• Meet een week lang hoe lang je deu-\\nren OPENSTAAN"
    ... )
    True
    """
    letters = "".join(filter(str.isalpha, unicodedata.normalize("NFKC", text).casefold()))
    least: list[int | None] = [None] * _BUCKETS
    for start in range(max(len(letters) - SHINGLE, 0) + 1):
        hashed = zlib.crc32(letters[start : start + SHINGLE].encode()) * 0x9E3779B1 & 0xFFFFFFFF
        bucket, value = hashed >> 28, hashed & 0xFFFFFFF
        held = least[bucket]
        if held is None or value < held:
            least[bucket] = value
    # An empty bucket borrows from the next that is filled, so that short texts have all digits, too.
    filled = [at for at in range(_BUCKETS) if least[at] is not None]
    pairs = (least[next((at for at in filled if at >= bucket), filled[0])] for bucket in range(_BUCKETS))
    return "".join(f"{(value or 0) * 0x85EBCA6B >> 12 & 0xFF:02x}" for value in pairs)


def likeness(one: str, other: str) -> int:
    """How many of the 16 pairs of digits two fingerprints share; 0 when either is none.

    >>> likeness(fingerprint_of("Meet de deuren een week."), fingerprint_of("Meet de deuren een week.")), likeness("x", "")
    (16, 0)
    """
    if len(one) != len(other) or len(one) != 2 * _BUCKETS:
        return 0
    return sum(one[at : at + 2] == other[at : at + 2] for at in range(0, len(one), 2))


class UnknownContinuation(UsageError):
    """A cursor that no list of open ends gave, or that of another list."""

    def __init__(self) -> None:
        super().__init__("this cursor does not belong to this list of open ends: begin again without it")


def cursor_of(position: Position, *, community: str | None) -> str:
    """A text from which the list of a community, or of all, goes on behind this position."""
    told = json.dumps([community, position.year, position.document, position.n])
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def position_of(cursor: str, *, community: str | None) -> Position:
    """The position that `cursor_of` was given. Raises UnknownContinuation.

    >>> told = cursor_of(Position(year=2021, document="bim5/2021/a.pdf", n=3), community=None)
    >>> position_of(told, community=None).n
    3
    """
    try:
        told = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        raise UnknownContinuation from None
    match told:
        case [of, None | int() as year, str(document), int(n)] if of == community and abs(year or 0) + abs(n) < _BOUND:
            return Position(year=year, document=document, n=n)
    raise UnknownContinuation


def answer_of(found: Collection[HarvestedEnd], *, cursor: str | None) -> dict[str, Any]:
    """The items as `estafette open-ends --json` and the site tell them."""
    return {"items": [_told(each) for each in found], "cursor": cursor}


def _told(end: HarvestedEnd) -> dict[str, Any]:
    item = end.item
    return {
        "document": end.document,
        "page": end.page,
        "heading": item.heading,
        "text": item.text,
        "kind": item.kind,
        "state": end.decided.state,
        "fingerprint": item.fingerprint,
        "reason": item.reason,
        "places": list(item.places),
        "question": end.decided.question,
    }
