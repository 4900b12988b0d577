"""How the hand labels name an item without quoting it: normalised words and their hashes.

Copied by nobody, imported by the tests and by whatever compares a harvester with the labels.
"""

import hashlib
import unicodedata

LEADING_WORDS = 12
RUN = 8
RUNS_OVER = 40


def words(text: str) -> list[str]:
    """The words of a text as the labels count them: NFKC, lower case, runs of letters and digits.

    Line ends, hyphens and punctuation part words; a mark that combines with a letter stays with it only
    where NFKC has one character for the two.

    >>> words("Kán  het dóór-\\ngaan?  (Zie p. 12)")
    ['kán', 'het', 'dóór', 'gaan', 'zie', 'p', '12']
    >>> words("e\\ufb03ci\\u00ebntie in m\\u00b2")
    ['efficiëntie', 'in', 'm2']
    >>> words("–")
    []
    """
    folded = unicodedata.normalize("NFKC", text).lower()
    return "".join(character if character.isalnum() else " " for character in folded).split()


def normalise(text: str, limit: int | None = LEADING_WORDS) -> str:
    """The words joined by single spaces, the first twelve unless told otherwise.

    >>> normalise("1. Meet een week lang.")
    '1 meet een week lang'
    >>> normalise("een twee drie", limit=2)
    'een twee'
    >>> normalise("een twee drie", limit=None)
    'een twee drie'
    """
    return " ".join(words(text)[:limit])


def sha256(text: str) -> str:
    """The hash that names an item: of its first twelve normalised words.

    >>> sha256("Meet een week lang.") == sha256("meet  EEN\\nweek lang")
    True
    >>> sha256("a b c d e f g h i j k l m") == sha256("a b c d e f g h i j k l, but cut otherwise")
    True
    """
    return _hash(normalise(text))


def fingerprints(text: str) -> list[str]:
    """The hash of each run of eight words in the first forty; of the whole when there are fewer than eight.

    >>> len(fingerprints("een twee drie"))
    1
    >>> len(fingerprints("a b c d e f g h i"))
    2
    >>> len(fingerprints("woord " * 100))
    33
    >>> fingerprints("—")
    []
    """
    leading = words(text)[:RUNS_OVER]
    if not leading:
        return []
    last = max(len(leading) - RUN, 0)
    return [_hash(" ".join(leading[start : start + RUN])) for start in range(last + 1)]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
