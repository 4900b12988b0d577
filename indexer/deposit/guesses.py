"""The values that a hand-in's form is filled with: each guess with the place where it stands. Values only.

All of them go as JSON through `archive.plain` and come back the same, so that they can be kept with a draft.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from archive.model import Kind

GuessSource = Literal["text", "properties", "name"]  # the file's text, what it says of itself, its name
PersonTold = Literal["label", "number", ""]
PersonRole = Literal["student", "teacher", "company"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A value as text, and where it was found: `part` is the page or section, where `source` is the text.

    `file` is the key of the file, in what is guessed of a whole project.
    """

    value: str
    source: GuessSource = "text"
    part: int | None = None
    file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuessedPerson:
    """Somebody whom a title page or the properties name. Never a student number, never an address.

    `student` is who wrote the file, as far as the page tells no other role. `told`: by what the page tells that this is
    somebody: a word before the name ("Auteurs:"), a student number beside it, or nothing but the looks of the line.
    """

    name: str
    role: PersonRole = "student"
    told: PersonTold = ""
    source: GuessSource = "text"
    part: int | None = None
    file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectGuess:
    """What files tell of their project. Of several files each guess names the one that it is from.

    `organisations` and `themes` hold slugs of the network, those that are named most first. `summary`, `outcome` and
    `use` are at most three whole sentences each, as they stand in the text.
    """

    title: Guess | None = None
    people: tuple[GuessedPerson, ...] = ()
    organisations: tuple[Guess, ...] = ()
    themes: tuple[Guess, ...] = ()
    question: Guess | None = None
    summary: Guess | None = None
    outcome: Guess | None = None
    use: Guess | None = None
    stands: Guess | None = None
    open: Guess | None = None
    start: Guess | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileGuess(ProjectGuess):
    """What one file tells of its project and of itself.

    `kind` holds a value of `Kind`, `language` a code ("nl"), `date` ISO 8601 as precise as it is known ("2021-06").
    """

    kind: Guess | None = None
    language: Guess | None = None
    date: Guess | None = None

    @property
    def authors(self) -> tuple[GuessedPerson, ...]:
        """Who wrote the file: not who taught, and not who asked for it."""
        return tuple(person for person in self.people if person.role == "student")

    @property
    def known_kind(self) -> Kind:
        return Kind(self.kind.value) if self.kind else Kind.OTHER
