"""Where a report names an earlier project: its title, its team, its files, its address.

Pure: names in, mentions out. Whoever gives only what a reader may see gets what that reader may know.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from indexer.search.query import KIND_NAMES
from indexer.search.snippets import Fragment
from indexer.search.stop_words import STOP_WORDS

MentionKind = Literal["title", "team", "file", "address"]

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
# Both are looked for from the beginning of a run of letters only: from each letter, a long run takes its square.
_ADDRESS = re.compile(r"(?<![^\s/\"'()<>,;\[\]])[^\s/\"'()<>,;\[\]]+(?:/[^\s/\"'()<>,;\[\]]+)+")
_FILE = re.compile(r"(?<![^\s/\"'()<>,;])[^\s/\"'()<>,;]+\.[A-Za-z0-9]{2,5}\b")
# What stands behind a title or a name that is cited: "(2019)", "(Rademaker e.a., …)", "et al.".
_CITED = re.compile(r"[\s,.”\"’']*\(?[^.()]{0,40}?\b(?:19|20)\d\d\b")
_AND_OTHERS = re.compile(
    r",?(?: [A-Z]\.,?)* (?:e\.a\.|et al\b|c\.s\.|and (?:her|his|their) team|en (?:haar|zijn|hun) team)"
)
_TEAM_OF = re.compile(r"(?:team|groep|group) (?:van|of) $", re.IGNORECASE)
# Words with which authors say that they go on where others stopped; in the sentence that names them.
_HANDED_ON = re.compile(
    r"\b(?:voorgangers?|vorige?|vroegere|eerdere?|vóór ons|voor ons|voortb\w+|bouw\w* voort|borduurt|borduren|verder\w*"
    r"|vervolg\w*|draad|estafette\w*|stokje|in deze lijn|reeks|aanleiding|overgenomen|namen we (?:mee|over)"
    r"|predecessors?|previous|earlier|continu\w+|builds? (?:up)?on|built (?:up)?on|follows? (?:up )?on|inherit\w*|future work)\b",
    re.IGNORECASE,
)
# A sentence ends at its stop, at a heading (a short line before one that begins anew), and where a list goes on.
_SENTENCE_END = re.compile(
    r"(?<=[.!?])\s+(?=[A-ZÀ-Ý•(“\"])|^[^\n]{1,55}\n(?=[A-ZÀ-Ý\d•])|\n\s*\n|\n\s*[•*-]\s", re.MULTILINE
)
_ALONE = (1,)  # words: how long a title is that may stand anywhere
_AROUND_CHARS = 240  # a sentence is not looked for beyond these
_REFERENCES = re.compile(
    r"^[^\w\n]*(?:\d+(?:\.\d+)*\.?\s+)?(?:bronnen(?:lijst)?|literatuur(?:lijst)?|referenties|bibliografie|references|bibliography"
    r"|sources|works cited)\s*$",
    re.IGNORECASE | re.MULTILINE,
)
# Titles that any report may have say nothing about which one is meant.
_OF_ANY_REPORT = frozenset(word for name in KIND_NAMES for word in name.split()) | {
    *("bijlage", "bijlagen", "document", "final", "onderzoek", "onderzoeksrapport", "onderzoeksverslag", "project"),
    *("report", "tussenrapport", "versie", "verslag"),
}
_FEW_LETTERS = 12  # a title of fewer says little on its own
_SURNAME_LETTERS = 4
_ADDRESS_PARTS = 3  # community, year, project


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a project may be named by. `people` are full names of its team; `files` are names without folders."""

    project: str
    titles: frozenset[str]
    people: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A page or section of a report, as it is read: `text` begins with the heading where there is one."""

    document: str
    part: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A place that names a project. `start` and `end` bound the name in the text of that page or section.

    `sure`: nothing but this project can be meant. `handed_on`: the sentence says that the authors go on from there.
    `cited`: it stands in a list of references. `with_author`: a surname of that project's team stands beside it.
    """

    project: str
    kind: MentionKind
    document: str
    part: int
    start: int
    end: int
    sure: bool = True
    handed_on: bool = False
    cited: bool = False
    with_author: bool = False


class Names:
    """The names of projects, ready to be looked for. What two projects are named by tells of neither."""

    def __init__(self, named: Iterable[Named]) -> None:
        titles: dict[tuple[str, ...], dict[str, str]] = defaultdict(dict)
        people: dict[str, dict[str, str]] = defaultdict(dict)
        files: dict[str, set[str]] = defaultdict(set)
        self._surnames: dict[str, frozenset[str]] = {}
        for each in named:
            for title in sorted(each.titles):
                if words := _words(title):
                    titles[words][each.project] = title
            for file in each.files:
                files[file.lower()].add(each.project)
            self._surnames[each.project] = frozenset(filter(None, map(_surname, each.people)))
            for surname in self._surnames[each.project]:
                people[surname][each.project] = surname
        self._titles: dict[tuple[str, ...], tuple[str, str]] = {}
        # How long the titles are that begin with two words: of the hundreds that begin with "Onderzoek naar" none is
        # looked at that is not there, word for word.
        lengths: dict[tuple[str, str], set[int]] = defaultdict(set)
        for words, owners in titles.items():
            if len(owners) == 1 and _tells_apart(words):
                ((project, title),) = owners.items()
                self._titles[words] = (project, title)
                if len(words) > 1:
                    lengths[words[0], words[1]].add(len(words))
        self._lengths = {pair: (*_ALONE, *sorted(found)) for pair, found in lengths.items()}
        self._people = {surname: next(iter(owners)) for surname, owners in people.items() if len(owners) == 1}
        self._files = {
            file: next(iter(owners))
            for file, owners in files.items()
            if len(owners) == 1 and _tells_apart(_words(file.rpartition(".")[0]))
        }

    def found_in(self, parts: Sequence[Written], *, unless: str, known: Iterable[str] = ()) -> tuple[Mention, ...]:
        """The mentions in a report's pages, in their order; those of the project `unless` itself are left out.

        `known` are the names of its own team: who went on to a next project did not write about others.
        """
        own = frozenset(filter(None, map(_surname, known)))
        mentions: list[Mention] = []
        in_references: dict[str, bool] = {}
        for part in parts:
            began = in_references.get(part.document, False)
            heading = None if began else _last(_REFERENCES, part.text)
            found = self._in_part(part, own, cited_from=0 if began else heading)
            mentions += [mention for mention in found if mention.project != unless]
            in_references[part.document] = began or heading is not None
        return tuple(mentions)

    def _in_part(self, part: Written, own: frozenset[str], *, cited_from: int | None) -> Iterable[Mention]:
        text = part.text
        words = list(_WORD.finditer(text))
        lower = [match[0].lower() for match in words]
        sentences = _Sentences(text)

        def mention(project: str, kind: MentionKind, start: int, end: int, *, sure: bool = True) -> Mention:
            sentence = sentences.around(start, end)
            near = frozenset(_WORD.findall(text[max(0, start - 80) : end + 80]))
            return Mention(
                project=project,
                kind=kind,
                document=part.document,
                part=part.part,
                start=start,
                end=end,
                sure=sure,
                handed_on=_HANDED_ON.search(sentence) is not None,
                cited=cited_from is not None and start >= cited_from,
                with_author=kind == "title" and not near.isdisjoint(self._surnames[project] - own),
            )

        for at, pair in enumerate(zip(lower, [*lower[1:], ""], strict=True)):
            for length in self._lengths.get(pair, _ALONE):
                wanted = tuple(lower[at : at + length])
                if len(wanted) == length and wanted in self._titles:
                    project, title = self._titles[wanted]
                    start, end = words[at].start(), words[at + length - 1].end()
                    # A title is written with its capital, else the words are only words.
                    if text[start].isupper() or not _begins_with_capital(title):
                        sure = _says_much(wanted) or _is_marked(text, start, end)
                        yield mention(project, "title", start, end, sure=sure)
        for match in words:
            author_of = self._people.get(match[0])
            if author_of is not None and match[0] not in own and _is_cited(text, match.start(), match.end()):
                yield mention(author_of, "team", match.start(), match.end())
        for match in _FILE.finditer(text) if "." in text else ():
            file_of = self._files.get(match[0].lower())
            if file_of is not None:
                yield mention(file_of, "file", match.start(), match.end())
        for match in _ADDRESS.finditer(text) if "/" in text else ():
            address = "/".join(match[0].split("/")[:_ADDRESS_PARTS])
            if address in self._surnames:
                yield mention(address, "address", match.start(), match.start() + len(address))


class _Sentences:
    """The sentences of a text, cut where they are asked for."""

    def __init__(self, text: str) -> None:
        self._text = text

    def around(self, start: int, end: int) -> str:
        low, high = self.bounds(start, end)
        return self._text[low:high]

    def bounds(self, start: int, end: int) -> tuple[int, int]:
        low, high = max(0, start - _AROUND_CHARS), min(len(self._text), end + _AROUND_CHARS)
        before = [match.end() for match in _SENTENCE_END.finditer(self._text, low, start)]
        after = _SENTENCE_END.search(self._text, end, high)
        return before[-1] if before else low, after.start() if after else high


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in _WORD.findall(text))


def _surname(name: str) -> str:
    """The last word of a name, where it is long enough to be found.

    >>> _surname("Jip van Raamsdonk"), _surname("Bo Li")
    ('Raamsdonk', '')
    """
    last = name.split()[-1] if name.split() else ""
    return last if len(last) >= _SURNAME_LETTERS and last[:1].isupper() else ""


def _begins_with_capital(title: str) -> bool:
    return next((letter for letter in title if letter.isalnum()), "").isupper()


def _content(words: Iterable[str]) -> list[str]:
    return [word for word in words if word not in STOP_WORDS and not word.isdecimal()]


def _tells_apart(words: Sequence[str]) -> bool:
    """Whether words are more than what any report may be called.

    >>> _tells_apart(("eindrapport", "versie", "2")), _tells_apart(("taakrotatie",)), _tells_apart(("plan", "van", "aanpak"))
    (False, True, False)
    """
    return any(len(word) > 2 and word not in _OF_ANY_REPORT for word in _content(words))


def _says_much(words: Sequence[str]) -> bool:
    """Whether a title can't be met by chance.

    >>> _says_much(("samen", "opslaan")), _says_much(("taakrotatie",))
    (True, False)
    """
    content = [word for word in _content(words) if word not in _OF_ANY_REPORT]
    return len(content) > 1 and sum(map(len, words)) >= _FEW_LETTERS


def _is_marked(text: str, start: int, end: int) -> bool:
    """Whether words stand as a title does: in quotation marks, or with a year behind them."""
    quoted = text[start - 1 : start] in ("“", '"', "‘", "'", "«") if start else False
    return quoted or _CITED.match(text, end, end + 60) is not None


def _is_cited(text: str, start: int, end: int) -> bool:
    """Whether a surname stands as that of an author or a team does.

    >>> _is_cited("(Rademaker e.a., 2021)", 1, 10), _is_cited("Bakker bakt brood.", 0, 6)
    (True, False)
    """
    return _AND_OTHERS.match(text, end) is not None or _TEAM_OF.search(text[max(0, start - 12) : start]) is not None


def _last(expression: re.Pattern[str], text: str) -> int | None:
    """Where the last match of a text begins."""
    found = [match.start() for match in expression.finditer(text)]
    return found[-1] if found else None


def sentence_at(text: str, start: int, end: int) -> tuple[Fragment, ...]:
    """The sentence in which a name or passage stands, marked.

    >>> [(each.text, each.match) for each in sentence_at("Een vraag. Wij lazen Samen opslaan.", 21, 34)]
    [('Wij lazen ', False), ('Samen opslaan', True), ('.', False)]
    """
    low, high = _Sentences(text).bounds(start, end)
    pieces = ((text[low:start].lstrip(), False), (text[start:end], True), (text[end:high].rstrip(), False))
    return tuple(
        Fragment(text=" ".join(("|" + piece + "|").split())[1:-1], match=match) for piece, match in pieces if piece
    )


def by_project(mentions: Iterable[Mention]) -> Mapping[str, tuple[Mention, ...]]:
    """Mentions of each project, in their order."""
    found: dict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        found[mention.project].append(mention)
    return {project: tuple(own) for project, own in found.items()}
