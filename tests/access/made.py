"""Archives with every kind of thing that may be hidden, and each of them without what a reader may not see."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from random import Random

from click.testing import CliRunner

from archive.cli import cli
from tests.access.readers import COMMUNITY, COMPANY, LEVELS, MEMBER, Reader
from tests.conftest import Archive

CLOSED = "zorg"  # a community that may be hidden, and then with all that it holds
COMPANIES = (COMPANY, "woonstad")
WORDS = ("gevel", "gevels", "renovatie", "gevelrenovatie", "warmtenet", "wijk", "bewoners", "vitaliteit", "prefab")
NEVER, PAST, FUTURE = None, date(2021, 9, 14), date(2021, 9, 15)  # the day itself is free


@dataclass(frozen=True, kw_only=True)
class File:
    """A deliverable with an entry of its own in the record."""

    name: str
    text: str
    level: str
    embargo: date | None = None
    withdrawn: bool = False
    by_member: bool = False
    named: bool = False
    company_access: bool = True
    was: str = ""


@dataclass(frozen=True, kw_only=True)
class Made:
    """A project. `companies`: with who may know of each; a `level` of None leaves it to the files."""

    id: str
    level: str | None
    files: tuple[File, ...]
    companies: tuple[tuple[str, str], ...] = ()
    member: bool = False
    continues: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()

    @property
    def community(self) -> str:
        return self.id.split("/")[0]

    def shows(self, file: File, reader: Reader) -> bool:
        owners = [MEMBER] if self.member or file.by_member else []
        owners += [MEMBER] if file.named and (file.level == "confidential" or file.embargo) else []
        companies = [slug for slug, _ in self.companies] if file.company_access else []
        return reader.sees(file.level, self.community, embargo=file.embargo, owners=owners, companies=companies)

    def shown_to(self, reader: Reader) -> bool:
        if self.level is None:
            return any(self.shows(file, reader) and not file.withdrawn for file in self.files)
        companies = [slug for slug, _ in self.companies]
        return reader.sees(self.level, self.community, owners=[MEMBER] if self.member else [], companies=companies)

    def knows(self, slug: str, level: str, reader: Reader) -> bool:
        """Whether a reader of the project may know that this company took part."""
        level = max(level, self.level or "public", key=LEVELS.index)
        return reader.sees(level, self.community, owners=[MEMBER] if self.member else [], companies=[slug])

    def record(self) -> str:
        name = self.id.rsplit("/", 1)[1]
        lines = [f'title = "Project {name}"', 'themes = ["prefab"]', f'outcome = "De gevel van {name} hangt."']
        lines += [f'visibility = "{self.level}"'] if self.level else []
        lines += [f"continues = {json.dumps(self.continues)}", f"answers = {json.dumps(self.answers)}"]
        lines += ['handover = { stands = "Er staat een gevel.", open = "De wijk." }']
        if self.member:
            lines += ["[[team]]", 'role = "student"', f'account = "{MEMBER}"']
        for slug, level in self.companies:
            lines += ["[[company]]", f'organisation = "{slug}"', f'visibility = "{level}"']
            lines += ['agreed = { date = 2021-01-01, by = "x", up_to = "public" }']
        for file in self.files:
            lines += [
                "[[deliverable]]",
                f'file = "{file.name}"',
                f'title = "{file.text.split()[0]}"',
                'kind = "report"',
            ]
            lines += [f'visibility = "{file.level}"', "no_names = true", "date = 2021-01-01"]
            lines += [f"embargo_until = {file.embargo}"] if file.embargo else []
            lines += [f'deposited_by = "{MEMBER}"'] if file.by_member else []
            lines += [f'named = ["{MEMBER}"]'] if file.named else []
            lines += [f'was = ["{file.was}"]'] if file.was else []
            lines += [] if file.company_access else ["company_access = false"]
            lines += ['withdrawn = { date = 2021-02-01, reason = "fout", by = "x" }'] if file.withdrawn else []
        return "\n".join(lines) + "\n"


@dataclass(frozen=True, kw_only=True)
class Question:
    id: str
    community: str
    level: str
    claimed_by: str | None = None
    source: str | None = None
    asked_by: str | None = None
    proposed: bool = False  # asked from outside when it is confidential, too

    def shown_to(self, reader: Reader) -> bool:
        """Its company sees what it asked; teachers of the community what is theirs to decide about."""
        decides = reader.role == "teacher" and self.community in reader.communities
        if decides and self.proposed and self.level == "confidential":
            return True
        asked_by = [self.asked_by] if self.asked_by and not self.source else []
        return reader.sees(self.level, self.community, companies=asked_by)

    def record(self) -> str:
        lines = ["[[question]]", f'id = "{self.id}"', f'text = "Vraag {self.id} over de wijk?"']
        lines += [f'visibility = "{self.level}"']
        if self.source:
            lines += [f'from = {{ document = "{self.source}", page = 1 }}']
        elif self.asked_by:
            lines += [f'from = {{ organisation = "{self.asked_by}" }}']
        if self.proposed:
            lines += ["[[question.event]]", "date = 2021-02-01", 'state = "proposed"', 'by = "steller@example.org"']
        if self.claimed_by:
            lines += ["[[question.event]]", "date = 2021-03-01", 'state = "claimed"', f'project = "{self.claimed_by}"']
        return "\n".join(lines) + "\n"


@dataclass(frozen=True, kw_only=True)
class Whole:
    """An archive. `contacts`: their names, with whether each consents to be shown."""

    projects: tuple[Made, ...]
    questions: tuple[Question, ...]
    closed_level: str
    contacts: tuple[tuple[str, bool], ...]
    companies: tuple[str, ...] = COMPANIES
    communities: tuple[str, ...] = (COMMUNITY, CLOSED)

    @property
    def ids(self) -> list[str]:
        """All that has a name of its own, with the former addresses."""
        files = [(project.id, file) for project in self.projects for file in project.files]
        found = [project.id for project in self.projects]
        found += [f"{id}/{file.name}" for id, file in files] + [file.was for _, file in files if file.was]
        return [*found, *self.companies, "prefab"]

    def seen_by(self, reader: Reader) -> Whole:
        """The same archive, had there never been what this reader may not see."""
        communities = tuple(
            each for each in self.communities if each == COMMUNITY or reader.sees(self.closed_level, CLOSED)
        )
        ids = {project.id for project in self.projects if project.shown_to(reader)}
        # What was withdrawn keeps its place in the tree, for who could see it, also where no page tells of its project.
        kept = [
            each for each in self.projects if each.id in ids or any(each.shows(file, reader) for file in each.files)
        ]
        questions = [each for each in self.questions if each.community in communities and each.shown_to(reader)]
        asked = {question.id for question in questions}
        projects = tuple(
            replace(
                project,
                files=tuple(file for file in project.files if project.shows(file, reader)),
                companies=tuple(one for one in project.companies if project.knows(*one, reader)),
                continues=tuple(id for id in project.continues if id in ids),
                answers=tuple(id for id in project.answers if id in asked),
            )
            for project in kept
        )
        files = {f"{project.id}/{file.name}" for project in projects for file in project.files}
        known = {slug for project in projects if project.id in ids for slug, _ in project.companies}
        if reader.role == "teacher":  # who decides about a question knows who asks it
            known |= {each.asked_by for each in questions if each.proposed and each.asked_by}
        is_all = reader.role == "coordinator"
        return replace(
            self,
            projects=projects,
            companies=tuple(slug for slug in self.companies if is_all or slug in known),
            communities=communities,
            contacts=tuple(one for one in self.contacts if one[1] or "campus" in reader.levels),
            questions=tuple(
                replace(
                    question,
                    claimed_by=question.claimed_by if question.claimed_by in ids else None,
                    source=question.source if question.source in files else None,
                    asked_by=None if question.source else question.asked_by,
                )
                for question in questions
            ),
        )

    def write(self, archive: Archive) -> None:
        """The folder as people would have it."""
        contacts = "".join(self._contacts())
        for community in self.communities:
            level = self.closed_level if community == CLOSED else "public"
            record = f'name = "De {community}"\nvisibility = "{level}"\n{contacts}'
            archive.put(f"{community}/community.toml", record)
            asked = [each.record() for each in self.questions if each.community == community]
            archive.put(f"{community}/agenda.toml", "\n".join(asked))
        archive.put("network.toml", self._network())
        for project in self.projects:
            archive.put(f"{project.id}/project.toml", project.record())
            for file in project.files:
                archive.put(f"{project.id}/{file.name}", file.text)

    def _network(self) -> str:
        lines = ["[[theme]]", 'slug = "prefab"', 'nl = "prefab bouwen"', 'synonyms = ["fabrieksbouw"]']
        for slug in self.companies:
            lines += ["[[organisation]]", f'slug = "{slug}"', 'kind = "company"', f'name = "Bedrijf {slug}"']
            lines += ['sector = "bouw"', f'aliases = ["{slug} alias"]']
        return "\n".join(lines) + "\n"

    def _contacts(self) -> Iterator[str]:
        for name, consents in self.contacts:
            given = 'consent = [{ for = "contact", date = 2021-01-01 }]\n' if consents else ""
            yield f'[[contact]]\nname = "{name}"\nemail = "{name}@example.org"\nrole = "coordinator"\n{given}'


def indexed(archive: Archive) -> Archive:
    """Index it as the command does, in this process."""
    done = CliRunner().invoke(cli, ["index", "--documents", str(archive.documents), "--var", str(archive.var)])
    assert done.exit_code == 0, done.output
    return archive


def filled(root: Path, files: Mapping[str, bytes | str]) -> Archive:
    """An indexed archive of these files."""
    archive = Archive(root)
    for id, content in files.items():
        archive.put(id, content)
    return indexed(archive)


def copied(archive: Archive, root: Path) -> Archive:
    """An indexed archive once more, for a test that changes it."""
    shutil.copytree(archive.root, root)
    return Archive(root)


def made(chosen: Random) -> Whole:
    """An archive by chance, never a trivial one; the same for the same state of `chosen`."""
    closed_level = chosen.choice(LEVELS)
    projects: list[Made] = []
    for number in range(chosen.randint(3, 4)):
        community = chosen.choice((COMMUNITY, COMMUNITY, CLOSED))
        projects.append(_project(chosen, number, community, closed_level, [project.id for project in projects]))
    ids = [project.id for project in projects]
    documents = [f"{project.id}/{file.name}" for project in projects for file in project.files if not file.withdrawn]
    questions = []
    for number in range(4):
        community = chosen.choice((COMMUNITY, CLOSED))
        questions.append(
            Question(
                id=f"v-{number}",
                community=community,
                level=_narrower(chosen.choice(LEVELS), closed_level if community == CLOSED else "public"),
                claimed_by=chosen.choice((None, *ids)),
                source=chosen.choice((None, *documents)),
                asked_by=chosen.choice((None, *COMPANIES)),
            )
        )
    asked_by = chosen.choice((None, *COMPANIES))
    questions += [
        Question(id=f"w-{number}", community=community, level="confidential", asked_by=asked_by, proposed=True)
        for number, community in enumerate((COMMUNITY, chosen.choice((COMMUNITY, CLOSED))))
    ]
    return Whole(
        projects=tuple(projects),
        questions=tuple(questions),
        closed_level=closed_level,
        contacts=(("ja", True), ("nee", False)),
    )


def _project(chosen: Random, number: int, community: str, closed_level: str, before: Sequence[str]) -> Made:
    """What a hidden community holds is hidden with it, and nobody's own: its name stands in every address."""
    is_open = community == COMMUNITY
    widest = "public" if is_open else closed_level
    level = chosen.choice((None, *LEVELS))
    level = _narrower(level, widest) if level else None
    companies = chosen.sample(COMPANIES, chosen.randint(0, 2)) if is_open else []
    return Made(
        id=f"{community}/{chosen.randint(2019, 2021)}/p{number}",
        level=level,
        files=tuple(_file(chosen, number, at, level, widest, is_open) for at in range(chosen.randint(1, 2))),
        companies=tuple((slug, chosen.choice(LEVELS)) for slug in companies),
        member=is_open and chosen.random() < 0.3,
        continues=tuple(id for id in before if chosen.random() < 0.4),
        answers=(f"v-{number}",),
    )


def _file(chosen: Random, number: int, at: int, level: str | None, widest: str, is_open: bool) -> File:
    """A file is never wider than its project here: a twin can't leave out a project and keep its folder."""
    alone = is_open and level is None
    pages = (" ".join(chosen.choices(WORDS, k=chosen.randint(2, 12))) for _ in range(2))
    return File(
        name=f"f{at}.txt",
        text="\f".join(pages),
        level=_narrower(chosen.choice(LEVELS), level or widest),
        embargo=chosen.choice((NEVER, NEVER, PAST, FUTURE)),
        withdrawn=chosen.random() < 0.2,
        by_member=alone and chosen.random() < 0.3,
        named=alone and chosen.random() < 0.3,
        company_access=chosen.random() < 0.7,
        was=chosen.choice(("", f"{COMMUNITY if is_open else CLOSED}/2018/weg/f{number}{at}.txt")),
    )


def _narrower(*levels: str) -> str:
    return max(levels, key=LEVELS.index)


def paths(whole: Whole) -> Iterable[str]:
    """The ids of its documents."""
    return [f"{project.id}/{file.name}" for project in whole.projects for file in project.files]
