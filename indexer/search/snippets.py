"""Cut a passage out of a page's text and mark the words that match, as they stand there.

Text in, fragments out; markup is the template's. Words are those of `words.spans`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from indexer.search.engine import Place
from indexer.search.spans import spans_at
from indexer.search.words import spans

# Three lines of a result; a snippet is cut at a sentence's end where one lies between these.
MIN_CHARS = 180
MAX_CHARS = 300
ELLIPSIS = "…"
# So many words around a passage are as much as a snippet takes of them.
WORDS_BEFORE, WORDS_BEHIND = 25, 60

# Lines of running text are longer; what is shorter is a heading, an item or a row, and ends where the line does.
SHORT_LINE_CHARS = 44
RUNNING_HEAD_MAX_CHARS = 72  # and a page's last line, when it is no running text
# Between two such lines. Cells and numbers of a table are shorter still, and stand side by side.
LINE_END = " · "
MIN_LINE_CHARS = 12

# What may be the end of a sentence, or of a line; `_ends` has the last word.
_END = re.compile(r"[.!?][\"')\]”’]*\s+(?=[\"'(“‘]?[A-ZÀ-Ý0-9])|\n\s*")
# Initials, and what is followed by a name or a number: "dr. Jansen", "e.a. 2019", "blz. 12" end no sentence.
_SHORTENED = re.compile(
    r"(?:^|[^\w])(?:\w|dr|drs|ir|ing|prof|mr|mw|mevr|dhr|st|nr|nrs|blz|pag|art|fig|tab|par|vgl|resp|incl|excl|bijv|ca|et al)$",
    re.IGNORECASE,
)
_SHORTENED_MAX_CHARS = 6
_PUNCTUATION = ".!?:;"
_BULLETS = "•◦▪‣"
_LINE_FEED = re.compile(r"[^\S\n]*\n\s*")
# Whatever is not one plain space: most spaces are, and need no other in their place.
_SPACES = re.compile(r"[^\S ]\s*| \s+")
LEADER_DOTS = 4
_LEADERS = re.compile(rf"(?:\s?[._…]){{{LEADER_DOTS},}}")


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
    if max(place.start, 0) >= place.end:
        return ()
    # The sentences in which the passage begins and ends go on outside it, and so do the words to mark.
    first = max(place.start - WORDS_BEFORE, 0)
    wanted = [number for number in place.words if first <= number < place.end + WORDS_BEHIND]
    opening, *spans_of_wanted = spans_at(text, [first, *wanted]) or [(-1, -1)]
    if opening[0] < 0:
        return ()
    low = opening[0] if first else 0
    found = dict(zip(wanted, spans_of_wanted, strict=False))
    matches = list(found.values())
    of_passage = [span for number, span in found.items() if place.start <= number < place.end]
    start = _start(text, low, of_passage)
    start, end = _trimmed(text, start, _end(text, start, matches))
    before = "" if _begins_sentence(text, start) else ELLIPSIS + " "
    after = "" if _ends_sentence(text, end) else " " + ELLIPSIS
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


def _start(text: str, low: int, matches: Sequence[tuple[int, int]]) -> int:
    """Where the stretch of `MAX_CHARS` with the most different matches begins; not before `low`."""
    if not matches:
        return low
    starts = [match[0] for match in matches]
    ends = [match[1] for match in matches]
    # The first of the stretches that begin with a match and hold the most different words.
    counts = [
        len({text[a:b].lower() for a, b in matches[at : bisect_left(ends, begin + MAX_CHARS)]})
        for at, begin in enumerate(starts)
    ]
    best = counts.index(max(counts))
    return _beginning(text, low, starts[best], ends[max(bisect_left(ends, starts[best] + MAX_CHARS) - 1, best)])


def _end(text: str, start: int, matches: Sequence[tuple[int, int]]) -> int:
    """Behind the last sentence that fits, with all the different matches; a heading behind it alone says nothing."""
    limit = min(start + MAX_CHARS, len(text))
    firsts = {text[begin:end].lower(): end for begin, end in reversed(matches) if start <= begin and end <= limit}
    ends = [end for end in _ends(text, start + MIN_CHARS, limit) if end >= max(firsts.values(), default=start)]
    if limit == len(text) and _ends_sentence(text, limit):
        ends.append(limit)
    of_sentences = [end for end in ends if text[start:end].rstrip()[-1:] in ".!?"]
    if of_sentences or ends:
        return (of_sentences or ends)[-1]
    return limit if limit == len(text) else _last_space(text, start, limit)


def _beginning(text: str, low: int, first_match: int, last_match_end: int) -> int:
    """The sentence's beginning before the first match, if all matches fit behind it; else some words before it."""
    earliest = max(low, last_match_end - MAX_CHARS)
    beginnings = _ends(text, low, first_match)
    if beginnings and earliest <= beginnings[-1] <= first_match:
        return beginnings[-1]
    if earliest <= low:
        return low
    space = text.find(" ", max(earliest, first_match - MAX_CHARS // 4), first_match)
    return first_match if space < 0 else space + 1


def _ends(text: str, low: int, high: int) -> list[int]:
    """The places behind the ends of sentences, and of lines that no sentence runs through."""
    return [
        found.end()
        for found in _END.finditer(text, low, high)
        if (
            _ends_line(text, found.start(), found.end())
            if text[found.start()] == "\n"
            else text[found.start()] != "." or not _is_shortened(text, found.start())
        )
    ]


def _is_shortened(text: str, full_stop: int) -> bool:
    return _SHORTENED.search(text, max(full_stop - _SHORTENED_MAX_CHARS, 0), full_stop) is not None


def _ends_line(text: str, at: int, after: int) -> bool:
    """Whether what stands before the line feed at `at` ends there; `after` is where the next line begins.

    Running text is broken off anywhere: then its line is long, or the next one goes on with a small letter.
    """
    if text[after : after + 1].islower():
        return False
    line = _line_before(text, at)
    return line[-1:] in _PUNCTUATION or len(line) <= SHORT_LINE_CHARS


def _line_before(text: str, at: int) -> str:
    return text[text.rfind("\n", 0, at) + 1 : at].rstrip()


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
    at = start
    while at and text[at - 1].isspace():
        at -= 1
    line_feed = text.find("\n", at, start)
    if not at or line_feed >= 0:
        return not text[start : start + 1].islower() and (not at or _ends_line(text, line_feed, start))
    return text[at - 1] in ".!?" + _BULLETS


def _ends_sentence(text: str, end: int) -> bool:
    if not end or text[end - 1] in ".!?":
        return True
    after = end
    while after < len(text) and text[after].isspace():
        after += 1
    if after == len(text) and len(_line_before(text, end)) <= RUNNING_HEAD_MAX_CHARS:
        return True
    return text.find("\n", end, after) >= 0 and _ends_line(text, end, after)


def _fragments(
    text: str, start: int, end: int, matches: Sequence[tuple[int, int]], before: str, after: str
) -> tuple[Fragment, ...]:
    pieces: list[tuple[str, bool]] = [(before, False)]
    at = start
    for begin, stop in matches:
        if begin >= start and stop <= end:
            pieces += [(_on_one_line(text, at, begin), False), (text[begin:stop], True)]
            at = stop
    pieces += [(_on_one_line(text, at, end), False), (after, False)]
    fragments: list[Fragment] = []
    for piece, match in pieces:
        if not piece:
            continue
        if fragments and not match and not fragments[-1].match:
            fragments[-1] = Fragment(text=fragments[-1].text + piece, match=False)
        else:
            fragments.append(Fragment(text=piece, match=match))
    return tuple(fragments)


def _on_one_line(text: str, start: int, end: int) -> str:
    """A stretch of text without line feeds and tabs; a heading or an item is parted from what comes behind it."""
    pieces: list[str] = []
    at = start
    for found in _LINE_FEED.finditer(text, start, end):
        if _parts(text, found.start(), found.end()):
            pieces += [text[at : found.start()], LINE_END]
            at = found.end()
    pieces.append(text[at:end])
    line = _SPACES.sub(" ", "".join(pieces))
    return _LEADERS.sub(f" {ELLIPSIS}", line) if sum(map(line.count, "._…")) >= LEADER_DOTS else line


def _parts(text: str, at: int, after: int) -> bool:
    """Whether the line feed at `at` parts two things that would else run into each other."""
    line = _line_before(text, at)
    already = line[-1:] in _PUNCTUATION or text[after : after + 1] in _BULLETS
    return len(line) >= MIN_LINE_CHARS and not already and _ends_line(text, at, after)
