"""Cut a passage out of a page's text and mark the words that match, as they stand there.

Text in, fragments out; markup is the template's. Words are those of `words.spans`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from indexer.search.engine import Place
from indexer.search.words import spans

# Three lines of a result; a snippet is cut at a sentence's end where one lies between these.
MIN_CHARS = 180
MAX_CHARS = 300
ELLIPSIS = "…"

# Behind the end of a sentence or a line. "z.B. 3.2" and "dr. Jansen" end none: a space and a capital must follow.
_SENTENCE_END = re.compile(r"[.!?][\"')\]”’]*\s+(?=[\"'(“‘]?[A-ZÀ-Ý0-9])|\s*\n\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragment:
    """A piece of text that matches as a whole, or not."""

    text: str
    match: bool


def cut(text: str, place: Place) -> tuple[Fragment, ...]:
    """The part of a passage that says most: around its matches, from a sentence's beginning where possible.

    >>> place = Place(part=1, score=1.0, start=0, end=7, words=(3,))
    >>> [(f.text, f.match) for f in cut("Wij maten de gevels op tien plekken.", place)]
    [('Wij maten de ', False), ('gevels', True), (' op tien plekken.', False)]
    """
    first = max(place.start, 0)
    # One word more, to know where the passage ends.
    bounds = spans(text, first, place.end + 1)
    if first >= place.end or not bounds:
        return ()
    low = bounds[0][0] if first else 0
    high = bounds[-1][0] if first + len(bounds) > place.end else len(text)
    matches = [
        bounds[number - first] for number in place.words if 0 <= number - first < min(len(bounds), place.end - first)
    ]
    start, end = _window(text, low, high, matches)
    before = ELLIPSIS + " " if text[:start].strip() and not _begins_sentence(text, start) else ""
    after = " " + ELLIPSIS if text[end:].strip() and not _ends_sentence(text, end) else ""
    return _fragments(text, start, end, matches, before, after)


def marked(text: str, words: Collection[int]) -> tuple[Fragment, ...]:
    """All of a text as it is, its matching words marked.

    >>> [(f.text, f.match) for f in marked("een twee", (1,))]
    [('een ', False), ('twee', True)]
    """
    if not words:
        return (Fragment(text=text, match=False),) if text else ()
    bounds = spans(text)
    fragments: list[Fragment] = []
    at = 0
    for start, end in (bounds[number] for number in sorted(words) if number < len(bounds)):
        if start > at:
            fragments.append(Fragment(text=text[at:start], match=False))
        fragments.append(Fragment(text=text[start:end], match=True))
        at = end
    if at < len(text):
        fragments.append(Fragment(text=text[at:], match=False))
    return tuple(fragments)


def _window(text: str, low: int, high: int, matches: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Where to cut, between `low` and `high`: the stretch of `MAX_CHARS` with the most matches."""
    if high - low <= MAX_CHARS:
        return _trimmed(text, low, high)
    start = low
    if matches:
        starts = [match[0] for match in matches]
        ends = [match[1] for match in matches]
        # The first of the stretches that begin with a match and hold the most different words.
        counts = [
            len({text[a:b].lower() for a, b in matches[at : bisect_left(ends, begin + MAX_CHARS)]})
            for at, begin in enumerate(starts)
        ]
        best = counts.index(max(counts))
        start = _beginning(text, low, starts[best], ends[max(bisect_left(ends, starts[best] + MAX_CHARS) - 1, best)])
    limit = min(start + MAX_CHARS, high)
    if limit == high:
        return _trimmed(text, start, high)
    sentence_ends = [match.end() for match in _SENTENCE_END.finditer(text, start + MIN_CHARS, limit)]
    covered = max((end for begin, end in matches if start <= begin and end <= limit), default=start)
    sentence_ends = [end for end in sentence_ends if end >= covered]
    end = sentence_ends[-1] if sentence_ends else _last_space(text, start, limit)
    return _trimmed(text, start, end)


def _beginning(text: str, low: int, first_match: int, last_match_end: int) -> int:
    """The sentence's beginning before the first match, if all matches fit behind it; else some words before it."""
    earliest = max(low, last_match_end - MAX_CHARS)
    beginnings = [match.end() for match in _SENTENCE_END.finditer(text, low, first_match)]
    if beginnings and earliest <= beginnings[-1] <= first_match:
        return beginnings[-1]
    if earliest <= low:
        return low
    space = text.find(" ", max(earliest, first_match - MAX_CHARS // 4), first_match)
    return first_match if space < 0 else space + 1


def _last_space(text: str, start: int, limit: int) -> int:
    space = max(text.rfind(" ", start + 1, limit + 1), text.rfind("\n", start + 1, limit + 1))
    # A word of 300 letters is cut anywhere.
    return limit if space <= start else space


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _begins_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \t")
    return before.endswith(("\n", ".", "!", "?"))


def _ends_sentence(text: str, end: int) -> bool:
    return text[end - 1] in ".!?" or text[end : end + 1] == "\n"


def _fragments(
    text: str, start: int, end: int, matches: Sequence[tuple[int, int]], before: str, after: str
) -> tuple[Fragment, ...]:
    pieces: list[tuple[str, bool]] = [(before, False)]
    at = start
    for begin, stop in matches:
        if begin >= start and stop <= end:
            pieces += [(text[at:begin], False), (text[begin:stop], True)]
            at = stop
    pieces += [(text[at:end], False), (after, False)]
    fragments: list[Fragment] = []
    for piece, match in pieces:
        # Line feeds and tabs of a table say nothing in a snippet.
        plain = piece if match else re.sub(r"\s+", " ", piece)
        if not plain:
            continue
        if fragments and not match and not fragments[-1].match:
            fragments[-1] = Fragment(text=fragments[-1].text + plain, match=False)
        else:
            fragments.append(Fragment(text=plain, match=match))
    return tuple(fragments)
