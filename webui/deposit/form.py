"""The form of a hand-in: what the files tell, under what somebody answered. Pure.

A draft keeps only the answers that differ from what the page showed. So a guess that nobody touched follows the files
when more of them come, and says so; sending takes all of it as it is shown. Fields have flat names: "title", and of a
file "title:<key>".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from archive.deposit.draft import Draft, DraftFile
from archive.model import DeliverableRecord, Kind, Project, Visibility
from archive.network.model import Network
from archive.records.naming import same_person
from indexer.deposit.guesses import FileGuess, Guess, GuessedPerson, ProjectGuess
from indexer.deposit.guessing import guess_project
from indexer.deposit.likeness import Alike
from indexer.deposit.reading import FileReading

NEW = "new"  # the project's id in the form, for one that is made
VERSION_OF = "version:"  # what a file is: a new version of this deliverable
PILE = "pile"  # an answer: these are the files of several teams, and not one hand-in
OTHER = "other"  # another document than those that it looks like
LICENCES = ("", "CC-BY-4.0", "CC-BY-NC-4.0", "CC0-1.0")
LANGUAGES = ("", "nl", "en", "de", "fr")
LINES = ("question", "outcome", "use")
TELLS = ("stands", "open", "start")  # what a handover tells
TEXTS = ("title", *LINES, *TELLS)
LISTS = ("team", "themes", "companies", "continues")
FILE_FIELDS = ("title", "kind", "language", "date", "as", "personal", "narrow", "no_names", "not_company")
TITLE_MAX_CHARS = 200
TEXT_MAX_CHARS = 2_000
CLOSES = frozenset({"interview", "assessment", "closed"})  # findings for which "apart" is proposed
ASKED_FROM_PERCENT = 50  # so much of a file's text stands in another: somebody says what it is

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What somebody may choose from. `projects`: theirs, by id, as the archive knows them.

    `alike`: by file, what of the archive says the same. `versions`: the deliverables of the chosen project that may get a
    new version, by id with their titles. `asks`: a teacher says yes first, so the project itself is not theirs to change.
    """

    projects: Mapping[str, Project]
    communities: Sequence[str]
    years: Sequence[int]
    network: Network
    level: Visibility
    today: date
    asks: bool = False
    alike: Mapping[str, tuple[Alike, ...]] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What stands in the way of sending. `code`: a name for the sentence; `at`: where in the page to mend it."""

    code: str
    at: str
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Form:
    """A draft's form as it is shown. `guesses`: of the fields that nobody touched, where their value was found.

    `kept`: the same as the draft has it, where something stands in the form that could not be kept.
    """

    draft: Draft
    choices: Choices
    readings: Mapping[str, FileReading]
    project: Project | None
    guessed: ProjectGuess
    values: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]
    guesses: Mapping[str, Guess]
    kept: Form | None = None

    @property
    def files(self) -> tuple[DraftFile, ...]:
        """By their paths: they come over side by side, in no order."""
        return tuple(sorted(self.draft.files, key=lambda file: (file.path.casefold(), file.key)))

    @property
    def unread(self) -> int:
        """How many files came whole and wait to be read."""
        return sum(file.whole and file.key not in self.readings for file in self.files)

    @property
    def is_new(self) -> bool:
        return self.values["project"] == NEW

    @property
    def level(self) -> Visibility:
        return Visibility(self.values["level"])

    @property
    def people(self) -> tuple[GuessedPerson, ...]:
        """Whom the files name and the project's team does not hold yet."""
        team = self.project.record.team if self.project and self.project.record else ()
        known = [person.name for person in team if person.name]
        return tuple(each for each in self.guessed.people if not any(same_person(each.name, name) for name in known))

    def of(self, name: str, key: str) -> str:
        """A field of a file."""
        return self.values[f"{name}:{key}"]

    @property
    def all_there(self) -> bool:
        """Whether several files stand in the archive already, all of them: somebody dropped the same again."""
        found = self.choices.alike
        return len(self.files) > 1 and all(
            any(one.same_bytes for one in found.get(each.key, ())) for each in self.files
        )

    def alike(self, key: str) -> tuple[Alike, ...]:
        """What a file is so much like that somebody has to say what it is."""
        found = self.choices.alike.get(key, ())
        return tuple(each for each in found if each.same_bytes or each.share >= ASKED_FROM_PERCENT)

    def versions(self, key: str) -> dict[str, str]:
        """What a file may be a new version of, by id with its title: what it looks like first."""
        near = [each.id for each in self.alike(key) if not each.same_bytes]
        titles = self.choices.versions
        return {id: titles[id] for id in [*near, *(id for id in titles if id not in near)] if id in titles}

    def level_of(self, key: str) -> Visibility:
        """How open a file gets: as all of them, or closed."""
        closed = self.of("personal", key) == "apart" or self.of("narrow", key)
        return Visibility.CONFIDENTIAL if closed else self.level

    def shown(self, names: Iterable[str]) -> str:
        """What a part of the page shows, as JSON, to be compared with what comes back."""
        kept = self.kept or self
        return json.dumps({name: kept.lists[name] if name in LISTS else kept.values.get(name, "") for name in names})

    def file_fields(self, key: str) -> tuple[str, ...]:
        return tuple(f"{name}:{key}" for name in FILE_FIELDS)


def filled(draft: Draft, readings: Mapping[str, FileReading], choices: Choices) -> Form:
    """The form of a draft. `readings`: of its files, by key, as far as they are there."""
    kept = {file.key: readings[file.key] for file in draft.files if file.key in readings}
    guessed = guess_project([(key, reading.guess) for key, reading in kept.items()])
    usual, guesses = _project_values(guessed, choices)
    chosen = _fit("project", str(draft.answers.get("project", usual["project"])), usual["project"], choices)
    project = choices.projects.get(chosen)
    usual |= _record_values(project, guessed, guesses, asks=choices.asks)
    for file in draft.files:
        usual |= _file_values(file, kept.get(file.key), draft.answers, guesses)
    lists = _lists(project, guessed, choices)
    answers = draft.answers
    return Form(
        draft=draft,
        choices=choices,
        readings=kept,
        project=project,
        guessed=guessed,
        values={name: _fit(name, str(answers.get(name, value)), value, choices) for name, value in usual.items()},
        lists={name: tuple(answers[name]) if name in answers else found for name, found in lists.items()},
        guesses={name: guess for name, guess in guesses.items() if name not in answers},
    )


def answered(form: Form, posted: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The answers with what came back from the page: of what it showed, only what is different now."""
    answers = {name: value for name, value in form.draft.answers.items() if _is_kept(form, name)}
    for name, before in _shown(posted.get("shown", ())).items():
        if name in form.lists:
            now: Any = list(dict.fromkeys(posted.get(name, ())))
        elif name in form.values:
            now = _tidy(name, (posted.get(name) or ("",))[-1])
        else:
            continue
        if now != before:
            answers[name] = now
    return answers


def readings_of(draft: Draft, decode: Any) -> dict[str, FileReading]:
    """What was read of a draft's files, as it is kept with the draft; `decode` makes a reading of its JSON."""
    found = {}
    for key, said in draft.reading.get("files", {}).items():
        with suppress(ValueError, TypeError, KeyError):  # of an older version of this software: it is read again
            found[key] = decode(said)
    return found


def missing(form: Form) -> tuple[Missing, ...]:
    """What has to be done before this can be sent, in the order of the page."""
    found: list[Missing] = []
    if not form.files:
        found.append(Missing(code="no-files", at="part-files"))
    if form.all_there and not form.values["again"]:
        found.append(Missing(code="all-there", at="part-again"))
    for file in form.files:
        at = f"file-{file.key}"
        reading = form.readings.get(file.key)
        if not file.whole:
            found.append(Missing(code="not-whole", at=at, name=file.name))
        elif reading is None:
            found.append(Missing(code="unread", at=at, name=file.name))
        elif reading.findings and not form.of("personal", file.key):
            found.append(Missing(code="personal", at=at, name=file.name))
        if form.alike(file.key) and not (form.of("as", file.key) or form.values["again"] or form.all_there):
            found.append(Missing(code="alike", at=at, name=file.name))
        if len(form.of("title", file.key)) > TITLE_MAX_CHARS:
            found.append(Missing(code="long-title", at=at, name=file.name))
    if not form.values["project"]:
        found.append(Missing(code="no-project", at="part-project"))
    elif form.is_new and not form.values["title"]:
        found.append(Missing(code="no-title", at="part-project"))
    elif form.is_new and len(form.values["title"]) > TITLE_MAX_CHARS:
        found.append(Missing(code="long-title", at="part-project"))
    found += [Missing(code="long-text", at="part-project") for name in LINES if len(form.values[name]) > TEXT_MAX_CHARS]
    found += [
        Missing(code="long-text", at="part-handover") for name in TELLS if len(form.values[name]) > TEXT_MAX_CHARS
    ]
    day = form.values["embargo"]
    if day and (_day(day) is None or day <= form.choices.today.isoformat()):
        found.append(Missing(code="embargo", at="part-level"))
    return tuple(dict.fromkeys(found))


def _project_values(guessed: ProjectGuess, choices: Choices) -> tuple[dict[str, str], dict[str, Guess]]:
    """What the form says before anybody answers, without what hangs on the project's record."""
    guesses: dict[str, Guess] = {}
    project = _usual_project(guessed, choices)
    if project in choices.projects and len(choices.projects) > 1:
        guesses["project"] = Guess(value=project, source="properties")
    if guessed.title:
        guesses["title"] = guessed.title
    values = {
        "project": project,
        "title": guessed.title.value[:TITLE_MAX_CHARS] if guessed.title else "",
        "community": choices.communities[0] if choices.communities else "",
        "year": str(choices.years[0]) if choices.years else "",
        "level": choices.level.value,
        "embargo": "",
        "licence": "",
        "again": "",
    }
    return values, guesses


def _usual_project(guessed: ProjectGuess, choices: Choices) -> str:
    """The project that these files most likely belong to: the only one, or the only one in which they stand in part
    already, or whose team they name."""
    if len(choices.projects) == 1 and (choices.asks or not choices.communities):
        return next(iter(choices.projects))
    if not choices.projects:
        return NEW if choices.communities else ""
    near = {
        each.project
        for found in choices.alike.values()
        for each in found
        if each.share >= ASKED_FROM_PERCENT and each.project in choices.projects
    }
    if len(near) == 1:
        return near.pop()
    names = [person.name for person in guessed.people if person.role == "student"]
    teams = {
        id: [person.name for person in each.record.team if person.name and person.role == "student"]
        for id, each in choices.projects.items()
        if each.record
    }
    named = [id for id, team in teams.items() if any(same_person(one, other) for one in names for other in team)]
    return named[0] if len(named) == 1 else ""


def _record_values(
    project: Project | None, guessed: ProjectGuess, guesses: dict[str, Guess], *, asks: bool
) -> dict[str, str]:
    """What a project's record says already goes before what the files tell; for its team what it asked for, first."""
    record = project.record if project else None
    asked = record.asked if record and asks else None
    values = {}
    for name in (*LINES, *TELLS):
        told = record.handover if name in TELLS and record else record
        stated, guess = getattr(asked, name, None) or getattr(told, name, None), getattr(guessed, name)
        if not stated and guess:
            guesses[name] = guess
        values[name] = _unlined(stated or (guess.value if guess else ""))
    is_public = record is not None and record.visibility is Visibility.PUBLIC
    return {**values, "public_lines": "1" if is_public else ""}


def _file_values(
    file: DraftFile, reading: FileReading | None, answers: Answers, guesses: dict[str, Guess]
) -> dict[str, str]:
    guess = reading.guess if reading else FileGuess()
    found = {"title": guess.title, "kind": guess.kind, "language": guess.language, "date": guess.date}
    values = {name: _tidy(name, value.value) if value else "" for name, value in found.items()}
    if _day(values["date"]) is None:
        values["date"] = ""  # known to the month only: the form takes days
    if values["kind"] not in set(Kind):
        values["kind"] = Kind.OTHER.value
    if not values["title"]:
        values["title"] = file.name.rpartition(".")[0] or file.name
        guesses[f"title:{file.key}"] = Guess(value=values["title"], source="name")
    guesses.update((f"{name}:{file.key}", each) for name, each in found.items() if each and values[name])
    replaces = str(answers.get("replaces", ""))
    values |= {"as": f"{VERSION_OF}{replaces}" if replaces else ""}
    values |= dict.fromkeys(("narrow", "no_names", "not_company"), "")
    # Whole texts of and about people, and what calls itself so: closed, unless somebody says otherwise.
    closes = any(each.kind in CLOSES for each in (reading.findings if reading else ()))
    values["personal"] = "apart" if closes else ""
    return {f"{name}:{file.key}": value for name, value in values.items()}


def _lists(project: Project | None, guessed: ProjectGuess, choices: Choices) -> dict[str, tuple[str, ...]]:
    """What is ticked before anybody answers: what the record says, as far as its reader may know, and what the files
    name. Sending only adds: what is left out here stays as it stands."""
    record = project.record if project else None
    themes = [*(record.themes if record else ()), *(guess.value for guess in guessed.themes)]
    companies = [each.organisation for each in record.companies] if record else []
    companies += [guess.value for guess in guessed.organisations]
    known = {each.slug for each in choices.network.organisations if each.kind == "company"}
    return {
        # Somebody whom only the looks of a line tell may be a faculty, or a heading: of 48 such 36 were people.
        "team": tuple(person.name for person in guessed.people if person.role == "student" and person.told),
        "themes": tuple(dict.fromkeys(themes)),
        "companies": tuple(slug for slug in dict.fromkeys(companies) if slug in known),
        "continues": (),
    }


def _fit(name: str, value: str, usual: str, choices: Choices) -> str:
    """An answer that can't be chosen (any more) counts as none."""
    field_name = name.partition(":")[0]
    allowed: Iterable[str] | None = {
        "project": ("", NEW, *choices.projects) if choices.communities else ("", *choices.projects),
        "community": choices.communities,
        "year": [str(year) for year in choices.years],
        "level": [level.value for level in Visibility],
        "licence": LICENCES,
        "language": LANGUAGES,
        "kind": [kind.value for kind in Kind],
        "personal": ("", "apart", "fine"),
        "again": ("", OTHER),
    }.get(field_name)
    if field_name == "as":
        allowed = ("", OTHER, *(VERSION_OF + id for id in choices.versions))
        usual = usual if usual in allowed else ""
    return value if allowed is None or value in allowed else usual


def _is_kept(form: Form, name: str) -> bool:
    """An answer about a file that was taken out goes with it."""
    _, colon, key = name.partition(":")
    return not colon or any(file.key == key for file in form.files)


def _shown(said: Iterable[str]) -> dict[str, Any]:
    """What the parts of the page showed that came back."""
    found: dict[str, Any] = {}
    for text in said:
        with suppress(ValueError):
            part = json.loads(text)
            found.update(part if isinstance(part, dict) else {})
    return found


def _tidy(name: str, value: str) -> str:
    """A value as it is kept: a title on one line, nothing that can't be seen."""
    field_name = name.partition(":")[0]
    kept = "".join(char for char in value.replace("\r\n", "\n") if char.isprintable() or char in "\n\t ")
    if field_name in TEXTS and field_name != "title":
        return "\n".join(" ".join(line.split()) for line in kept.split("\n")).strip()
    return " ".join(kept.split())


def _unlined(text: str) -> str:
    return _tidy("outcome", text)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def may_replace(entry: DeliverableRecord | None, *, asks: bool) -> bool:
    """Whether a deliverable may get a new version by this form; a student's only while it waits for a teacher's yes."""
    return entry is not None and entry.withdrawn is None and (not asks or entry.asked is not None)
