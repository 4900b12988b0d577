"""Which project a submission belongs to: by the number of its team, by the names of its people, by its title. Pure.

Only what points at one project alone counts, and what points elsewhere takes the certainty away: then a person chooses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz

from archive.records.naming import folded_words, same_person

Why = Literal["team", "people", "title", ""]

ALIKE_FROM = 80  # percent, of two titles with their words sorted
_NUMBERED = re.compile(
    r"(?:project|sub)?(?:groep|groepje|group|team|gr|tafel|cluster|duo|trio|[gt])[\s_.-]*(?:nr[\s_.]*)?0*(\d{1,3}[a-z]?|[a-z])(?![^\W_])"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A project that a submission may belong to, with the people of its team."""

    id: str
    title: str
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a submission tells of itself: its label, whom its files name, and their titles."""

    label: str
    people: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The project it surely is, and by what; without a project nothing is sure."""

    project: str | None = None
    why: Why = ""


def match(told: Told, candidates: Sequence[Candidate]) -> Match:
    """The project of a submission.

    >>> gevels = Candidate(id="a", title="Groep 3: Prefab gevels", people=("Fenna Wolterbeek",))
    >>> daken = Candidate(id="b", title="Groep 4: Groene daken", people=("Jan Smit",))
    >>> match(Told(label="BIM team 03"), [gevels, daken])
    Match(project='a', why='team')
    >>> match(Told(label="smitjan"), [gevels, daken]), match(Told(label="Groep 3 Jan Smit"), [gevels, daken]).project
    (Match(project='b', why='people'), None)
    """
    found: list[tuple[Why, str]] = []
    for why, points in _POINTS:
        if (only := _only(points(told, each) for each in candidates)) is not None:
            found.append((why, candidates[only].id))
    if len({id for _why, id in found}) != 1:
        return Match()
    return Match(project=found[0][1], why=found[0][0])


def _by_number(told: Told, candidate: Candidate) -> int:
    numbers = _numbers(told.label)
    return len(numbers & (_numbers(candidate.title) | _numbers(candidate.id.rpartition("/")[2])))


def _by_people(told: Told, candidate: Candidate) -> int:
    """How many of the team are named: a first name alone is nobody's."""
    names = (told.label, *told.people)
    return sum(any(_is_named(name, person) for name in names) for person in candidate.people)


def _by_title(told: Told, candidate: Candidate) -> int:
    wanted = _sorted(candidate.title)
    alike = max((fuzz.ratio(wanted, _sorted(text)) for text in (told.label, *told.titles)), default=0.0)
    return round(alike) if alike >= ALIKE_FROM else 0


_POINTS: tuple[tuple[Why, Callable[[Told, Candidate], int]], ...] = (
    ("team", _by_number),
    ("people", _by_people),
    ("title", _by_title),
)


def _only(points: Iterable[int]) -> int | None:
    """Where most points are, when that is one place."""
    all_points = list(points)
    most = max(all_points, default=0)
    return all_points.index(most) if most and all_points.count(most) == 1 else None


def _numbers(text: str) -> frozenset[str]:
    """The numbers of the teams that a name tells, with or without a zero before them."""
    return frozenset(found for found in _NUMBERED.findall(" ".join(re.split(r"[\s_/-]+", text.casefold()))))


def _is_named(told: str, person: str) -> bool:
    words, others = folded_words(told), folded_words(person)
    if len(others) < 2:
        return False
    if len(words) > 1:
        # A label holds more than a name ("Groep 3 Jan Smit"); a name is a name as a whole.
        return (
            others <= words or (same_person(told, person) and len(words & others) > 1) or _is_initialled(told, person)
        )
    return "".join(sorted("".join(words))) == "".join(sorted("".join(others))) and _is_joined(
        next(iter(words), ""), others
    )


def _is_initialled(one: str, other: str) -> bool:
    """ "F. Wolterbeek" for "Fenna Wolterbeek": a letter that is no whole word of the other's."""
    shorter = min((folded_words(one), folded_words(other)), key=len)
    return same_person(one, other) and any(len(word) == 1 for word in shorter)


def _is_joined(text: str, words: frozenset[str]) -> bool:
    """Whether a text is these words without spaces, in any order: Canvas writes "smitada"."""
    if not words:
        return not text
    return any(text.startswith(word) and _is_joined(text[len(word) :], words - {word}) for word in words)


def _sorted(text: str) -> str:
    return " ".join(sorted(folded_words(text)))
