"""What a reader typed, read as a query: a language that forgives.

Words (any of them; all together first), "exact phrase", -without, word* from four letters, field:value
(`titel:` or `title:` …), `jaar:2019..2021`. Whatever else is typed counts as plain words, and a hint says so.
`parse` raises for too long a text and for nothing else. Knows words, not terms: stems, compounds and translations are
the analyzer's. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from archive.errors import ArchiveError
from archive.model import Kind
from indexer.search.words import forms, spans, unfold

MAX_CHARS = 2_000
MAX_WORDS = 100  # distinct plain words; a pasted abstract has fewer that matter
MAX_PHRASES = 20
MAX_FILTERS = 20
MAX_PREFIXES = 5  # each costs as much as its words in the vocabulary
MIN_PREFIX_CHARS = 4

FieldName = Literal["title", "author", "company", "year", "kind", "theme", "community", "language"]
# What narrows a query beside its words, and can be taken off to find more.
Bound = FieldName | Literal["phrase", "excluded"]
# Codes of what was read otherwise than typed; the interface puts them in words.
Hint = Literal[
    "unbalanced-quote",  # a quotation mark without its fellow
    "short-prefix",  # ge*: fewer than four letters before the star
    "wildcard",  # a star that is not at the end of a word
    "unknown-field",  # a colon after what is no field
    "unknown-value",  # of jaar: or soort:
    "operator",  # AND, OR, NOT between words: any word counts, all together come first
    "too-many-words",  # the rest was left out
]


class QueryTooLong(ArchiveError):
    """Nobody types so much; a text to compare with is not a query."""

    exit_code = 2

    def __init__(self, length: int) -> None:
        self.length = length
        super().__init__(f"a query has at most {MAX_CHARS} characters, not {length}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word as typed. `form` is as `words.forms` gives it, `start` and `end` are places in `Query.text`."""

    form: str
    start: int
    end: int

    @property
    def normal(self) -> str:
        """Without case and accents; of a hyphenated word only this piece."""
        return unfold(self.form)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """`field:value`. `words` are those of the value, in order; what of them must fit depends on the field.

    title, author: all words stand in one title or author. year: `years`, first and last. kind, language: `values`,
    as the archive writes them. company, theme, community: `values` are slugs as typed; see `fits`.
    """

    field: FieldName
    words: tuple[Word, ...]
    values: frozenset[str] = frozenset()
    years: tuple[int, int] | None = None
    excluded: bool = False

    def fits(self, value: str) -> bool:
        """Whether a facet's value is meant; `excluded` is not looked at.

        >>> wanted = parse("thema:bouwen jaar:2019..").filters
        >>> [wanted[0].fits(slug) for slug in ("prefab-bouwen", "bouwen", "verbouwen")]
        [True, True, False]
        >>> wanted[1].fits("2021"), wanted[1].fits("onbekend")
        (True, False)
        """
        if self.years is not None:
            return value.isdecimal() and self.years[0] <= int(value) <= self.years[1]
        if self.field in ("kind", "language"):
            return value in self.values
        return any(_slug_fits(wanted, value) for wanted in self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A query as read. `text` is what was typed, without control characters and double spaces.

    A phrase, and what is excluded, is a run of words. Equal queries have equal texts.
    """

    text: str = ""
    words: tuple[Word, ...] = ()
    phrases: tuple[tuple[Word, ...], ...] = ()
    excluded: tuple[tuple[Word, ...], ...] = ()
    prefixes: tuple[Word, ...] = ()
    filters: tuple[Filter, ...] = ()
    hints: tuple[Hint, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing to rank by: all that the filters leave is listed."""
        return not (self.words or self.phrases or self.prefixes)

    def with_words(self, instead: Mapping[Word, str]) -> Query:
        """The query with words replaced, as if it had been typed so.

        >>> query = parse('energietranistie "in de wijk" -zon')
        >>> query.with_words({query.words[0]: "energietransitie"}).text
        'energietransitie "in de wijk" -zon'
        """
        text = self.text
        for word in sorted(instead, key=lambda word: word.start, reverse=True):
            text = text[: word.start] + instead[word] + text[word.end :]
        return parse(text[:MAX_CHARS])

    @property
    def bounds(self) -> frozenset[Bound]:
        """All that narrows this query; see `without`."""
        bounds: set[Bound] = {each.field for each in self.filters}
        if self.phrases:
            bounds.add("phrase")
        if self.excluded:
            bounds.add("excluded")
        return frozenset(bounds)

    def without(self, bounds: Collection[Bound]) -> Query:
        """The query with some of its bounds taken off, as if it had been typed so.

        The words of a phrase, a title or an author become plain words; what else a bound says is left out.

        >>> query = parse('warmte "in de wijk" -zon titel:gevel jaar:2021')
        >>> query.without({"excluded", "year"}).text, query.without(query.bounds).text
        ('warmte "in de wijk" titel:gevel', 'warmte in de wijk gevel')
        """
        text = self.text
        for chunk in reversed(list(_chunks(text, _Reading()))):
            bound = _bound(chunk)
            if bound in bounds:
                kept = chunk.value if bound in _BOUNDS_WITH_WORDS and not chunk.excluded else ""
                text = f"{text[: chunk.start]} {kept} {text[chunk.end :]}"
        return parse(" ".join(text.split())[:MAX_CHARS])


def parse(text: str) -> Query:
    """Read what was typed. Raises QueryTooLong over `MAX_CHARS` characters, and nothing else.

    >>> query = parse('gevels "in de wijk" -zon prefab* auteur:Jansen jaar:2019..2021')
    >>> [word.form for word in query.words], [[w.form for w in phrase] for phrase in query.phrases]
    (['gevels'], [['in', 'de', 'wijk']])
    >>> query.prefixes[0].form, query.excluded[0][0].form, [(f.field, f.years) for f in query.filters]
    ('prefab', 'zon', [('author', None), ('year', (2019, 2021))])
    """
    if len(text) > MAX_CHARS:
        raise QueryTooLong(len(text))
    text = _clean(text)
    reading = _Reading()
    for chunk in _chunks(text, reading):
        _read(chunk, reading)
    return reading.query(text)


# What a name of a field may be typed as.
FIELD_NAMES: dict[str, FieldName] = {
    **dict.fromkeys(("titel", "title"), "title"),
    **dict.fromkeys(("auteur", "author", "door", "by"), "author"),
    **dict.fromkeys(("bedrijf", "company", "opdrachtgever"), "company"),
    **dict.fromkeys(("jaar", "year"), "year"),
    **dict.fromkeys(("soort", "kind", "type"), "kind"),
    **dict.fromkeys(("thema", "theme"), "theme"),
    **dict.fromkeys(("community", "gemeenschap", "lc"), "community"),
    **dict.fromkeys(("taal", "language", "lang"), "language"),
}

KIND_NAMES: dict[str, Kind] = {
    **{kind.value: kind for kind in Kind},
    **dict.fromkeys(("rapport", "rapporten", "verslag", "verslagen", "eindrapport", "reports"), Kind.REPORT),
    **dict.fromkeys(("advies", "adviezen", "adviesrapport"), Kind.ADVICE),
    **dict.fromkeys(("plannen", "plans", "plan van aanpak"), Kind.PLAN),
    **dict.fromkeys(("presentatie", "presentaties", "presentations", "slides", "dia's"), Kind.PRESENTATION),
    **dict.fromkeys(("posters",), Kind.POSTER),
    **dict.fromkeys(("artikel", "artikelen", "articles"), Kind.ARTICLE),
    **dict.fromkeys(("modellen", "models"), Kind.MODEL),
    **dict.fromkeys(("gegevens", "data", "datasets"), Kind.DATASET),
    **dict.fromkeys(("broncode", "software"), Kind.CODE),
    **dict.fromkeys(("notitie", "notities", "notes"), Kind.NOTE),
    **dict.fromkeys(("overdracht", "overdrachten", "handovers"), Kind.HANDOVER),
    **dict.fromkeys(("anders", "overig"), Kind.OTHER),
}

LANGUAGE_NAMES: dict[str, str] = {
    **dict.fromkeys(("nederlands", "dutch"), "nl"),
    **dict.fromkeys(("engels", "english"), "en"),
    **dict.fromkeys(("duits", "german"), "de"),
    **dict.fromkeys(("frans", "french"), "fr"),
}

_LAST_YEAR = 9999
_YEARS = re.compile(r"(\d{4})?(?:(\.{2,3}|[-–/])(\d{4}|\d{2})?)?")
# A star after the last letter, with nothing behind it but closing punctuation.
_PREFIX = re.compile(r"[^*]*[^\W_]\*[^\w*]*")
_BOUNDS_WITH_WORDS: frozenset[Bound] = frozenset({"phrase", "title", "author"})
_OPERATORS = frozenset({"AND", "OR", "NOT"})

_QUOTES = re.compile("[“”„‟«»＂]")
# Bidirectional marks and zero-width characters are pasted along and seen by nobody.
_UNSEEN_CATEGORIES = frozenset({"Cf", "Cs", "Co", "Cn"})

# One chunk: an optional minus and field, then a quoted or a plain run. Each alternative begins differently, so that
# a text is read once, from left to right.
_CHUNK = re.compile(
    r"""
    (?P<minus>(?<!\S)-(?=["\w]))?
    (?:(?P<name>[^\W\d_]+):(?=["\w./]))?
    (?:"(?P<quoted>[^"]*)"|(?P<plain>[^\s"]+))
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chunk:
    """A run of what was typed, and where: a field's name before the colon, if any, and the words of the value."""

    start: int
    end: int
    name: Word | None
    words: tuple[Word, ...]
    value: str
    quoted: bool
    excluded: bool


@dataclass(slots=True)
class _Reading:
    """What was read so far."""

    words: list[Word] = field(default_factory=list)
    phrases: list[tuple[Word, ...]] = field(default_factory=list)
    excluded: list[tuple[Word, ...]] = field(default_factory=list)
    prefixes: list[Word] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    hints: dict[Hint, None] = field(default_factory=dict)

    def hint(self, code: Hint) -> None:
        self.hints[code] = None

    def query(self, text: str) -> Query:
        """The query within its bounds."""
        words = _distinct(tuple(self.words))
        if (
            len(words) > MAX_WORDS
            or len(self.prefixes) > MAX_PREFIXES
            or len(self.filters) > MAX_FILTERS
            or max(len(self.phrases), len(self.excluded)) > MAX_PHRASES
        ):
            self.hint("too-many-words")
        return Query(
            text=text,
            words=words[:MAX_WORDS],
            phrases=tuple(self.phrases[:MAX_PHRASES]),
            excluded=tuple(self.excluded[:MAX_PHRASES]),
            prefixes=tuple(self.prefixes[:MAX_PREFIXES]),
            filters=tuple(self.filters[:MAX_FILTERS]),
            hints=tuple(self.hints),
        )


def _clean(text: str) -> str:
    """Compatibility forms and quotation marks made plain; what can't be seen is left out, control becomes a space."""
    text = _QUOTES.sub('"', unicodedata.normalize("NFKC", text))
    text = "".join(letter for letter in text if unicodedata.category(letter) not in _UNSEEN_CATEGORIES)
    text = "".join(letter if letter.isprintable() else " " for letter in text)
    # NFKC makes up to 18 letters of one (U+FDFA), so the bound is kept here as well.
    return " ".join(text[:MAX_CHARS].split())


def _chunks(text: str, reading: _Reading) -> Iterator[_Chunk]:
    if text.count('"') % 2:
        reading.hint("unbalanced-quote")
        last = text.rindex('"')
        text = f"{text[:last]} {text[last + 1 :]}"
    for match in _CHUNK.finditer(text):
        run = "plain" if match["quoted"] is None else "quoted"
        name = Word(form=match["name"], start=match.start("name"), end=match.end("name")) if match["name"] else None
        yield _Chunk(
            start=match.start(),
            end=match.end(),
            name=name,
            words=_words(match[run], match.start(run)),
            value=match[run],
            quoted=run == "quoted",
            excluded=match["minus"] is not None,
        )


def _words(text: str, start: int) -> tuple[Word, ...]:
    """The words of a run that begins at `start`."""
    return tuple(
        Word(form=form, start=start + first, end=start + last)
        for form, (first, last) in zip(forms(text), spans(text), strict=True)
    )


def _read(chunk: _Chunk, reading: _Reading) -> None:
    """Take one chunk into the reading, as the first of these that it can be."""
    if chunk.name is not None:
        found = _filter(chunk, chunk.name, reading)
        if found is not None:
            reading.filters.append(found)
            return
        # A name that says nothing is a word like any other: "Conclusie:goed", "http://…".
        chunk = replace(chunk, name=None, words=(chunk.name, *chunk.words))
    if chunk.excluded and chunk.words:
        reading.excluded.append(chunk.words)
    elif chunk.quoted:
        _read_quoted(chunk, reading)
    elif "*" in chunk.value:
        _read_starred(chunk, reading)
    else:
        if chunk.value in _OPERATORS:
            reading.hint("operator")
        reading.words.extend(chunk.words)


def _bound(chunk: _Chunk) -> Bound | None:
    """Which of a query's bounds this chunk is."""
    reading = _Reading()
    _read(chunk, reading)
    if reading.filters:
        return reading.filters[0].field
    if reading.excluded:
        return "excluded"
    return "phrase" if reading.phrases else None


def _read_quoted(chunk: _Chunk, reading: _Reading) -> None:
    if len(chunk.words) > 1:
        reading.phrases.append(chunk.words)
    else:
        reading.words.extend(chunk.words)


def _read_starred(chunk: _Chunk, reading: _Reading) -> None:
    if not chunk.words or not _PREFIX.fullmatch(chunk.value):
        reading.hint("wildcard")
        reading.words.extend(chunk.words)
    elif len(chunk.words[-1].normal) < MIN_PREFIX_CHARS:
        reading.hint("short-prefix")
        reading.words.extend(chunk.words)
    else:
        reading.words.extend(chunk.words[:-1])
        reading.prefixes.append(chunk.words[-1])


def _filter(chunk: _Chunk, name: Word, reading: _Reading) -> Filter | None:
    """The chunk as a filter; None when its name or value says nothing, and it is plain words."""
    field_name = FIELD_NAMES.get(name.normal)
    if field_name is None:
        # An address is no field; its colon needs no hint.
        if not chunk.value.startswith("//"):
            reading.hint("unknown-field")
        return None
    years = _years(chunk.value) if field_name == "year" else None
    values = _values(field_name, chunk.value)
    understood = {"year": years is not None, "kind": bool(values), "language": bool(values)}
    if not chunk.words or not understood.get(field_name, True):
        reading.hint("unknown-value")
        return None
    return Filter(field=field_name, words=chunk.words, values=values, years=years, excluded=chunk.excluded)


def _years(value: str) -> tuple[int, int] | None:
    """First and last year; two years that follow each other are one academic year, called by the first.

    >>> [_years(value) for value in ("2019..2021", "2021-2022", "2021-22", "2019-2021", "2019..", "..2019", "vorig")]
    [(2019, 2021), (2021, 2021), (2021, 2021), (2019, 2021), (2019, 9999), (0, 2019), None]
    """
    match = _YEARS.fullmatch(value.strip())
    if match is None or not (match[1] or match[3]):
        return None
    first = int(match[1] or 0)
    if not match[2]:
        return first, first
    last = int(match[3] or _LAST_YEAR)
    if match[3] and len(match[3]) == 2:
        last += first - first % 100
    if match[2] in ("-", "–", "/") and last == first + 1:
        return first, first
    return min(first, last), max(first, last)


def _values(name: FieldName, value: str) -> frozenset[str]:
    typed = [" ".join(one.split()) for one in value.split(",")]
    if name == "kind":
        return frozenset(KIND_NAMES[one.lower()].value for one in typed if one.lower() in KIND_NAMES)
    if name == "language":
        named = [LANGUAGE_NAMES.get(one.lower(), one.lower()) for one in typed]
        return frozenset(code for code in named if re.fullmatch("[a-z]{2,3}", code))
    if name in ("company", "theme", "community"):
        return frozenset(slug for one in typed if (slug := "-".join(unfold(form)[0] for form in forms(one))))
    return frozenset()


def _slug_fits(wanted: str, slug: str) -> bool:
    """Whether what was typed means this slug: itself, its beginning ("bim" for "bim5"), or words that stand in it."""
    typed, written = wanted.split("-"), slug.split("-")
    return slug == wanted or set(typed) <= set(written) or slug.rstrip("0123456789") == wanted


def _distinct(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Each word once, where it first stands."""
    first: dict[tuple[str, str], Word] = {}
    for word in words:
        first.setdefault(unfold(word.form), word)
    return tuple(first.values())
