"""What a file, and the files of a project together, tell for the form of a hand-in. Pure.

All text is the file's own: where it tells nothing, nothing is guessed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from archive.model import Kind
from archive.network.model import Network
from archive.records.naming import format_of, guessed_kind, is_name_of_kind, named_kind, same_person
from indexer.deposit.front import Front, date_of, front_of
from indexer.deposit.guesses import FileGuess, Guess, GuessedPerson, ProjectGuess
from indexer.deposit.known_names import organisations_in, themes_in
from indexer.deposit.people import people_of
from indexer.deposit.telling import Told, told_in
from indexer.deposit.title_page import title_of
from indexer.extraction.language import language_of
from indexer.extraction.model import Extraction

# Which file speaks for its project: the final report before the plan that it began with.
_SPEAKS = (Kind.REPORT, Kind.ADVICE, Kind.ARTICLE, Kind.HANDOVER, Kind.PRESENTATION, Kind.POSTER, Kind.PLAN, Kind.NOTE)
_NOT_WRITTEN = frozenset({Kind.DATASET, Kind.MODEL, Kind.CODE})
_LONG = frozenset({Kind.REPORT, Kind.ADVICE, Kind.ARTICLE, Kind.HANDOVER, Kind.POSTER})
_NOTE_WORDS = 350  # a written document with fewer, which calls itself nothing, is a note
_WRITTEN = frozenset({"docx", "odt", "rtf", "doc"})
_KIND_LINES = 8  # so far down its first page a file says what it is
_KIND_LINE_WORDS = 12
_KNOWN_MOST = 8


def guess_file(name: str, extraction: Extraction, *, network: Network, today: date) -> FileGuess:
    """What one file tells of itself. `name` is its file name, perhaps with folders; no date is later than `today`."""
    front = front_of(extraction)
    title = title_of(name, extraction, front)
    kind = kind_of(name, extraction, front, title)
    language = _language(extraction)
    told = told_in(name, extraction) if Kind(kind.value) in _LONG else Told()
    return FileGuess(
        title=title,
        kind=kind,
        language=Guess(value=language) if language else None,
        date=date_of(extraction, front, today=today),
        people=people_of(extraction, front),
        organisations=organisations_in(name, extraction.parts, network),
        themes=themes_in(name, extraction.parts, network),
        question=told.question,
        summary=told.summary,
        outcome=told.outcome,
        use=told.use,
        stands=told.stands,
        open=told.open,
        start=told.start,
    )


def kind_of(name: str, extraction: Extraction, front: Front, title: Guess | None) -> Guess:
    """What a file is: by its name, its title, what its first page calls it, its format and length."""
    named = name.rpartition("/")[2].replace("_", " ").replace("-", " ")
    format = extraction.format or format_of(name)
    by_format = guessed_kind(f"x.{format}", "", format)
    if by_format in (Kind.DATASET, Kind.MODEL, Kind.CODE):
        return Guess(value=by_format.value, source="name")
    if format in ("pptx", "odp", "ppt"):
        return Guess(value=guessed_kind(name, title.value if title else "", format).value, source="name")
    if (kind := named_kind(named)) is not None:
        return Guess(value=kind.value, source="name")
    if title is not None and (kind := _called(title.value)) is not None:
        return Guess(value=kind.value, source=title.source, part=title.part)
    called = [
        (line, kind)
        for line in front.lines[:_KIND_LINES]
        if len(line.text.split()) <= _KIND_LINE_WORDS and (kind := _called(line.text)) is not None
    ]
    # "Onderzoeksvoorstel" below "Bachelorproef 2021": the course says what it ends in, the other what this is.
    for line, kind in sorted(called, key=lambda each: each[1] is Kind.REPORT):
        return Guess(value=kind.value, part=line.part)
    words = sum(len(part.text.split()) for part in extraction.parts)
    if by_format is Kind.REPORT and format in _WRITTEN and words < _NOTE_WORDS:
        return Guess(value=Kind.NOTE.value, source="name")
    return Guess(value=by_format.value, source="name")


def _called(text: str) -> Kind | None:
    """What a title or a line calls the file: a report about data is no data."""
    kind = named_kind(text)
    return None if kind in _NOT_WRITTEN and not is_name_of_kind(text) else kind


def _language(extraction: Extraction) -> str | None:
    """The language of the text; where code or tables make it unclear, that of most of its parts."""
    if extraction.properties.language is not None:
        return extraction.properties.language
    told = Counter(language for part in extraction.parts if (language := language_of(part.text)) is not None)
    return told.most_common(1)[0][0] if told else None


def guess_project(files: Sequence[tuple[str, FileGuess]]) -> ProjectGuess:
    """What files tell of their project, each given by its key: the final report first, whatever the order given."""
    order = sorted(files, key=_speaks)

    def first(of: Callable[[FileGuess], Guess | None]) -> Guess | None:
        return next((replace(found, file=key) for key, file in order if (found := of(file)) is not None), None)

    return ProjectGuess(
        title=_title(order),
        people=_people(order),
        organisations=_most([(key, file.organisations) for key, file in order]),
        themes=_most([(key, file.themes) for key, file in order]),
        question=first(lambda file: file.question),
        summary=first(lambda file: file.summary),
        outcome=first(lambda file: file.outcome),
        use=first(lambda file: file.use),
        stands=first(lambda file: file.stands),
        open=first(lambda file: file.open),
        start=first(lambda file: file.start),
    )


def _speaks(file: tuple[str, FileGuess]) -> tuple[int, int]:
    """Reports first; among them those that conclude."""
    kind = file[1].known_kind
    return (_SPEAKS.index(kind) if kind in _SPEAKS else len(_SPEAKS), -bool(file[1].outcome) - bool(file[1].summary))


def _title(order: Sequence[tuple[str, FileGuess]]) -> Guess | None:
    """The first title that says what it is about; else the first that there is."""
    titles = [replace(file.title, file=key) for key, file in order if file.title is not None]
    telling = [title for title in titles if not is_name_of_kind(title.value)]
    stated = [title for title in telling if title.source != "name"]
    return next(iter([*stated, *telling, *titles]), None)


def _people(order: Sequence[tuple[str, FileGuess]]) -> tuple[GuessedPerson, ...]:
    """Everybody once: as the first file that names them writes it; a role that a page tells before one it leaves open."""
    found: list[GuessedPerson] = []
    named = [replace(person, file=key) for key, file in order for person in file.people]
    for person in sorted(named, key=lambda each: not each.told):
        if not any(same_person(person.name, known.name) for known in found):
            found.append(person)
    return tuple(found)


def _most(named: Sequence[tuple[str, tuple[Guess, ...]]]) -> tuple[Guess, ...]:
    """Those that most files name; each as the first file that names it."""
    found: dict[str, list[Guess]] = {}
    for key, guesses in named:
        for guess in guesses:
            found.setdefault(guess.value, []).append(replace(guess, file=key))
    order = sorted(found.values(), key=lambda each: -len(each))
    return tuple(each[0] for each in order[:_KNOWN_MOST])
