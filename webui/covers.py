"""A drawn cover for what has no picture of its first page: title, kind and year on the paper of its community.

Pure: words in, SVG out. Colours stand in the drawing itself, since a picture knows no style sheet.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from html import escape

from webui.hues import HUES

WIDTH, HEIGHT = 320, 448
_PLAIN = ("#ece8e1", "#4f4a43")  # without a community
_LEFT, _ROOM = 30, 260
_LINES_MAX = 7
_TOP = 104
# Sizes of type, for titles of up to so many letters.
_SIZES = ((40, 30), (90, 25), (10_000, 21))
_NARROW, _WIDE = frozenset("iljtfrI1.,:;'’!|()- "), frozenset("mwMWŒÆ—@%")


def draw_cover(*, title: str, kind: str, placed: str, hue: int) -> str:
    """The cover as SVG text. `placed` is one line under the title's block; `hue` counts from 1, 0 for none."""
    paper, ink = HUES[hue - 1] if 1 <= hue <= len(HUES) else _PLAIN
    title = " ".join(_visible(title).split())
    size = next(size for letters, size in _SIZES if len(title) <= letters)
    lines = wrapped(title, _ROOM / size, _LINES_MAX)
    rtl = _is_rtl(title)
    x, direction = (_LEFT + _ROOM, ' direction="rtl"') if rtl else (_LEFT, "")
    spans = "".join(
        f'<text x="{x}" y="{_TOP + round(number * size * 1.22)}" font-size="{size}"{direction}>{escape(line)}</text>'
        for number, line in enumerate(lines)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{paper}"/>'
        f'<rect width="9" height="{HEIGHT}" fill="{ink}" opacity=".85"/>'
        f'<g fill="{ink}" font-family="system-ui, sans-serif" font-size="17">'
        f'<text x="{_LEFT}" y="52" font-weight="600" letter-spacing=".6">{escape(_visible(kind))}</text>'
        f'<text x="{_LEFT}" y="{HEIGHT - 30}">{escape(_visible(placed))}</text></g>'
        f'<path d="M{_LEFT} 66h34" stroke="{ink}" stroke-width="2"/>'
        f'<g fill="{ink}" font-family="Georgia, \'Times New Roman\', serif">{spans}</g>'
        f'<g transform="translate({WIDTH - 92} {HEIGHT - 66}) scale(2)" fill="none" stroke="{ink}" opacity=".3">'
        '<path d="M5 24C11 24 9 9 16 9s5 15 11 15" stroke-width="1.6" stroke-linecap="round"/>'
        f'<g fill="{ink}"><circle cx="5" cy="24" r="2"/><circle cx="16" cy="9" r="2"/><circle cx="27" cy="24" r="2"/></g>'
        "</g></svg>"
    )


def wrapped(text: str, room: float, lines_max: int) -> list[str]:
    """A text in lines no wider than `room` ems; a longer word is broken, what does not fit ends in an ellipsis.

    >>> wrapped("Scan to BIM van een schoolgebouw", 8, 3)
    ['Scan to BIM van', 'een schoolgebouw']
    >>> wrapped("een twee drie vier", 3, 2)
    ['een', 'twee…']
    """
    lines: list[str] = []
    line = ""
    for word in _fitting(text.split(), room):
        longer = f"{line} {word}" if line else word
        if line and _width(longer) > room:
            lines.append(line)
            line = word
        else:
            line = longer
        if len(lines) > lines_max:
            break
    lines.append(line)
    if len(lines) > lines_max:
        lines = [*lines[: lines_max - 1], lines[lines_max - 1].rstrip(" .,:;-") + "…"]
    return [line for line in lines if line]


def _fitting(words: Sequence[str], room: float) -> list[str]:
    found: list[str] = []
    for word in words:
        while _width(word) > room:
            at = next((at for at in range(len(word) - 1, 1, -1) if _width(word[:at]) <= room - 0.4), 1)
            found.append(word[:at] + "-")
            word = word[at:]
        found.append(word)
    return found


def _width(text: str) -> float:
    """About how wide a text is, in ems of a serif letter."""
    return sum(
        0.0
        if unicodedata.combining(letter)
        else 0.31
        if letter in _NARROW
        else 0.86
        if letter in _WIDE or ord(letter) > 0x2E80
        else 0.7
        if letter.isupper()
        else 0.5
        for letter in text
    )


def _visible(text: str) -> str:
    """Without what XML can't hold or what turns the direction of text."""
    return "".join(letter for letter in text if letter.isprintable())


def _is_rtl(text: str) -> bool:
    """Whether the first letter that has a direction reads from right to left."""
    directions = (unicodedata.bidirectional(letter) for letter in text)
    return next((each in ("R", "AL") for each in directions if each in ("L", "R", "AL")), False)
