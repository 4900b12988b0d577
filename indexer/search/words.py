"""What a word is: the one definition for indexing, queries, places and snippets.

A text's words are numbered from 0; `forms` and `spans` agree on the numbers. A hyphenated word counts as its pieces,
each of which still knows the whole, so that `learning-community` is found by `learningcommunity` too. Pure.
"""

from __future__ import annotations

import re
import unicodedata

# Runs of letters and digits; an apostrophe or a hyphen between them does not end the run.
_HYPHENS = r"\-\u2010\u2011"  # for a character class
_TOKEN = re.compile(rf"[^\W_]+(?:['’ʼ{_HYPHENS}][^\W_]+)*")
# A token, or a piece of it between hyphens: what is counted.
_WORD = re.compile(r"[^\W_]+(?:['’ʼ][^\W_]+)*")
_HYPHEN = re.compile(rf"[{_HYPHENS}]")
# Between a piece's number and its hyphenated word: no token can hold it.
_PIECE = "#"
# Longer runs with hyphens are lists, codes or addresses, and nobody types them joined.
_MAX_PIECES = 4

# Encoded attachments and DNA are words to the expression above; nothing that people look for is longer.
MAX_WORD_CHARS = 64

_LETTERS_WITHOUT_DECOMPOSITION = str.maketrans(
    {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ʼ": "'", "’": "'"}
)


def forms(text: str) -> list[str]:
    """The words of a text as written, in order. A piece of a hyphenated word is given as `number#word`.

    >>> forms("De Learning-community's start: 3 foto's, zon- en wind.")
    ['De', "0#Learning-community's", "1#Learning-community's", 'start', '3', "foto's", 'zon', 'en', 'wind']
    """
    tokens = _TOKEN.findall(text)
    if not _HYPHEN.search(text):
        return tokens
    found: list[str] = []
    for token in tokens:
        if "-" in token or "\u2010" in token or "\u2011" in token:
            found.extend(_pieces(token))
        else:
            found.append(token)
    return found


def spans(text: str) -> list[tuple[int, int]]:
    """Where the words of a text stand: (start, end) of each, as `forms` numbers them.

    >>> [("Een e-mail.")[start:end] for start, end in spans("Een e-mail.")]
    ['Een', 'e', 'mail']
    """
    return [match.span() for match in _WORD.finditer(text)]


def unfold(form: str) -> tuple[str, str]:
    """The word that a form stands for, normalised, and the joined spelling of the hyphenated word it is a piece of.

    >>> unfold("Foto’s"), unfold("0#E-mail"), unfold("1#E-mail")
    (('foto', ''), ('e', 'email'), ('mail', 'email'))
    """
    number, mark, token = form.partition(_PIECE)
    if not mark:
        return normal(form), ""
    pieces = _HYPHEN.split(token)
    return normal(pieces[int(number)]), normal("".join(pieces))


def pieces_of(form: str) -> int:
    """Of how many pieces the hyphenated word of this form is made; 1 for a plain word.

    >>> pieces_of("e"), pieces_of("0#e-mail")
    (1, 2)
    """
    return len(_HYPHEN.split(form))


def normal(word: str) -> str:
    """A word without case, accents and the apostrophe of a plural; the plurals in -ieën and -eeën lose it.

    >>> [normal(word) for word in ("Categorieën", "ideeën", "risico’s", "ĲSSEL", "zo'n", "Straße")]
    ['categorie', 'idee', 'risico', 'ijssel', "zo'n", 'strasse']
    """
    word = word[:MAX_WORD_CHARS]
    if word.isascii():
        word = word.lower()
    else:
        plain = unicodedata.normalize("NFKD", word).lower().translate(_LETTERS_WITHOUT_DECOMPOSITION)
        word = "".join(letter for letter in plain if not unicodedata.combining(letter))
    if word.endswith("'s"):
        word = word[:-2]
    if word.endswith(("ieen", "eeen")):
        word = word[:-2]
    return word


def _pieces(token: str) -> list[str]:
    pieces = _HYPHEN.split(token)
    if len(pieces) > _MAX_PIECES:
        return pieces
    return [f"{number}{_PIECE}{token}" for number in range(len(pieces))]
