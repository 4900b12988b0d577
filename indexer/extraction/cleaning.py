"""Make a file's text fit to show and to index: plain letters, no control characters, words whole.

Pure functions that every format's reader shares; knows no formats. Text passes here once, a page or a section at a
time, so the work is done by `re` and never by a loop over characters (0.14 ms for a page).
"""

from __future__ import annotations

import re
import unicodedata

# Forms of letters that fonts and keyboards bring along: ij and its capital, f-ligatures, fullwidth and mathematical
# letters. NFKC over everything would also turn m² into m2, which a reader should see as printed.
_FORMS = re.compile("[\u0132\u0133\ufb00-\ufb06\uff01-\uff5e\U0001d400-\U0001d7ff]+")

_SPACES = "\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_LINE_ENDS = "\r\v\f\x85\u2028\u2029"
_HYPHENS = "\u2010\u2011"  # two more characters for the same hyphen
# Byte order mark and word joiner; and marks of direction, which can make "fdp.exe" look like "exe.pdf".
_INVISIBLE = "\ufeff\u2060\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_PLAIN = {
    **dict.fromkeys(_SPACES, " "),
    **dict.fromkeys(_LINE_ENDS, "\n"),
    **dict.fromkeys(_HYPHENS, "-"),
    **dict.fromkeys(_INVISIBLE, ""),
}
# A search for the few that occur is ten times as fast as translating every character.
_RARE = re.compile(f"[{''.join(_PLAIN)}]")

# A soft hyphen at a line end breaks a word as a hyphen does: some writers of PDF print every hyphen with it.
_BROKEN = re.compile("[-\u00ad][ \t]*\n[ \t]*(?=[^\\W_])")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad]")
_BLANK_LINES = re.compile(r"\n{3,}")

# Private use, unassigned, surrogates. In PDF these are bullets and arrows of symbol fonts.
_UNREADABLE = frozenset({"Co", "Cn", "Cs"})


def clean(text: str) -> str:
    r"""Return `text` as rules 1 to 3 of the contract's "Cleaning" want it; lines and tabs stay.

    >>> clean("ﬁnanciële ener-\r\ngie van het AI-\nmodel")
    'financiële energie van het AI-model'
    >>> clean("\uf0b7punt\x00 een \n\n\n\n\ttwee")
    ' punt een\n\n\ttwee'
    """
    text = _RARE.sub(lambda found: _PLAIN[found[0]], text.replace("\r\n", "\n"))
    text = _BROKEN.sub(_joined, text)
    text = _CONTROLS.sub("", text)
    if not text.isascii():
        text = _readable(text)
    text = "\n".join(map(str.rstrip, text.split("\n")))
    return _BLANK_LINES.sub("\n\n", text).strip("\n")


def clean_line(text: str) -> str:
    r"""Return `text` cleaned and on one line, for headings, labels and names.

    >>> clean_line(" 2.1\tMethode\n van onderzoek ")
    '2.1 Methode van onderzoek'
    """
    return " ".join(clean(text).split())


def printable(text: str) -> str:
    r"""Return `text` on one line and safe for a terminal: what prints nothing, or steers, becomes `?`.

    >>> printable("twee\nregels\x1b[31m \udcff")
    'twee?regels?[31m ?'
    """
    return "".join(c if c.isprintable() else "?" for c in text)


def _joined(found: re.Match[str]) -> str:
    """Return nothing for the hyphen of a broken word; the hyphen where a capital or digit makes it the word's own."""
    before, after = found.string[found.start() - 1 : found.start()], found.string[found.end()]
    if not before.isalnum():
        return found[0]
    return "" if before.islower() and after.islower() else "-"


def _readable(text: str) -> str:
    strange = "".join(c for c in set(text) if unicodedata.category(c) in _UNREADABLE)
    if strange:
        # A space, not nothing: an arrow of a symbol font stands between two words.
        text = text.translate(dict.fromkeys(map(ord, strange), " "))
    text = _FORMS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    return unicodedata.normalize("NFC", text)
