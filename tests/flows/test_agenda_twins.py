"""The agenda's twins: for every reader it is as if the questions, claims, sources and answers they may not see never were.

Each archive holds every combination of a question's level with the level of what it names; its twin is written without
what is hidden, indexed too, and asked for the same pages.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.cli import cli
from archive.model import Visibility
from tests.conftest import Archive
from tests.web.conftest import visiting

SEEN_BY = {
    "public": {"public"},
    "partner": {"public", "partner"},
    "campus": {"public", "partner", "campus"},
    "coordinator": set(Visibility),
}
PAGES = (
    "/",
    "/agenda",
    "/communities/bouw/agenda",
    "/communities/bouw",
    "/themes/drogen",
    "/projects/bouw/2021/public",
)


@dataclass(frozen=True, kw_only=True)
class Made:
    """A question of a level, with the levels of the report it came from, the project that took it and the answer.

    `answer` is "unsaid" for an answer of which the document is not told.
    """

    level: str
    source: str | None
    project: str | None
    answer: str | None

    @property
    def id(self) -> str:
        return f"b-{self.level}-{self.source}-{self.project}-{self.answer}"

    def seen(self, levels: set[str]) -> Made:
        """The question without what is not of these levels; an answer by a project that is seen stays an answer."""
        answer = self.answer if self.answer is None or self.answer in levels else "unsaid"
        return replace(
            self,
            source=self.source if self.source in levels else None,
            project=self.project if self.project in levels else None,
            answer=answer if self.project in levels else None,
        )

    def record(self, id: str) -> str:
        lines = ["[[question]]", f'id = "{id}"', f'text = "Vraag {id}?"', 'themes = ["drogen"]']
        lines += [f'visibility = "{self.level}"']
        if self.source:
            lines += [f'from = {{ document = "{document(self.source)}", page = 2 }}']
        lines += ["[[question.event]]", "date = 2021-09-01", 'state = "open"']
        if self.project:
            claimed = [f'project = "bouw/2021/{self.project}"', 'by = "a@example.org"']
            lines += ["[[question.event]]", "date = 2021-10-01", 'state = "claimed"', *claimed]
        if self.answer:
            lines += ["[[question.event]]", "date = 2022-01-01", 'state = "answered"', *claimed]
        if self.answer and self.answer != "unsaid":
            lines += [f'document = "{document(self.answer)}"', "page = 1"]
        return "\n".join(lines) + "\n"


QUESTIONS = [
    Made(level=level, source=source, project=project, answer=answer)
    for level in ("public", "campus", "confidential")
    for source in (None, "public", "campus")
    for project in (None, "public", "partner", "confidential")
    for answer in ((None,) if project is None else (None, "public", "campus"))
]


def document(level: str) -> str:
    return f"bouw/2021/{level}/rapport.txt"


def written(root: Path, levels: set[str]) -> Archive:
    """The archive with all that is of these levels, and indexed."""
    archive = Archive(root)
    archive.put("bouw/community.toml", 'name = "Bouw"\n')
    asked = [(each.id, each.seen(levels)) for each in QUESTIONS if each.level in levels]
    archive.put("bouw/agenda.toml", "\n".join(question.record(id) for id, question in asked))
    for level in levels:
        entry = f'[[deliverable]]\nfile = "rapport.txt"\nvisibility = "{level}"\nno_names = true\n'
        archive.put(
            f"bouw/2021/{level}/project.toml",
            f'title = "P {level}"\nvisibility = "{level}"\nthemes = ["drogen"]\n{entry}',
        )
        archive.put(document(level), f"een\ftwee {level}")
    done = CliRunner().invoke(cli, ["index", "--documents", str(archive.documents), "--var", str(archive.var)])
    assert done.exit_code == 0, done.output
    return archive


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return written(tmp_path_factory.mktemp("whole"), set(Visibility))


@pytest.mark.parametrize("role", SEEN_BY)
def test_the_pages_of_the_agenda_are_those_of_an_archive_without_what_is_hidden(
    whole: Archive, tmp_path: Path, role: str
) -> None:
    twin = written(tmp_path, SEEN_BY[role])
    with ExitStack() as stack:
        visitors = [visiting(each.documents, each.var, stack)(role) for each in (whole, twin)]
        for path in PAGES:
            one, other = (visitor.get(path) for visitor in visitors)
            assert one.status_code == other.status_code == 200
            assert one.text == other.text, path
        assert "b-public-None-public-None" in visitors[0].get("/agenda").text
