"""Twins, from the files to the answers: an archive is the same as one in which what a reader may not see never was.

Small archives are written as folders with records, indexed by the command itself (in this process, for speed), and
asked as `search --json` and the site ask. Beside `tests/search/test_twins.py`, which asks the engine, this covers
records, the catalog, labels of facets and snippets.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from archive.cli import cli
from archive.settings import load
from indexer.commands import access_as, opened
from indexer.relay.prior_work import prior_work
from indexer.relay.proposals import Predecessors
from indexer.search.engine import FacetName
from indexer.search.finder import Wanted
from tests.conftest import Archive

SEEN_BY = {"public": ("public",), "partner": ("public", "partner"), "campus": ("public", "partner", "campus")}
LEVELS = ("public", "partner", "campus", "community", "confidential")
COMMUNITIES = ("bim5", "vitaliteit")
WORDS = [
    "gevel",
    "gevels",
    "gevelrenovatie",
    "renovatie",
    "energietransitie",
    "transitie",
    "warmtenet",
    "wijk",
    "bewoners",
    "vitaliteit",
    "vitalitiet",
    "learning-community",
    "coördinatie",
    "employability",
    "inzetbaarheid",
    "foto's",
]
QUERIES = (
    "gevel wijk",
    "energietransitei",
    "vitalitiet",
    "employability",
    "geveltransitie",
    '"gevel wijk"',
    "warm* warmt* -bewoners",
    "titel:gevel",
    "bedrijf:bouw",
    "thema:prefab renovatie",
    "",
)
# An example takes a second: what fails is shown as it is, not made smaller.
QUICKLY = settings(deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate))
NETWORK = """
[[organisation]]
slug = "bouw-x"
kind = "company"
name = "Bouw X"
[[organisation]]
slug = "woonstad"
kind = "company"
name = "Woonstad"
[[theme]]
slug = "prefab"
nl = "prefab bouwen"
en = "prefabrication"
"""


@dataclass(frozen=True, kw_only=True)
class File:
    name: str
    title: str
    text: str
    level: str


@dataclass(frozen=True, kw_only=True)
class Made:
    """A project: its folder, its companies with who may know each, and its files."""

    folder: str
    companies: tuple[tuple[str, str], ...]
    files: tuple[File, ...]

    def seen(self, levels: Sequence[str]) -> Made:
        return Made(
            folder=self.folder,
            companies=tuple(one for one in self.companies if one[1] in levels),
            files=tuple(file for file in self.files if file.level in levels),
        )

    def record(self) -> str:
        lines = [f'title = "Project {Path(self.folder).name}"', 'themes = ["prefab"]']
        for slug, level in self.companies:
            lines += ["[[company]]", f'organisation = "{slug}"', f'visibility = "{level}"']
            lines += ['agreed = { date = 2021-01-01, by = "x", up_to = "public" }']
        for file in self.files:
            lines += ["[[deliverable]]", f'file = "{file.name}"', f'title = "{file.title}"']
            lines += [f'visibility = "{file.level}"', "no_names = true", 'kind = "report"']
        return "\n".join(lines) + "\n"


texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=25).map(" ".join)


@st.composite
def archives(draw: st.DrawFn) -> list[Made]:
    levels = st.sampled_from(LEVELS)
    return [
        Made(
            folder=f"{draw(st.sampled_from(COMMUNITIES))}/{draw(st.integers(2019, 2021))}/p{number}",
            companies=tuple((slug, draw(levels)) for slug in draw(st.sets(st.sampled_from(["bouw-x", "woonstad"])))),
            files=tuple(
                File(
                    name=f"f{at}.txt", title=draw(texts)[:30], text=draw(texts) + "\f" + draw(texts), level=draw(levels)
                )
                for at in range(draw(st.integers(1, 3)))
            ),
        )
        for number in range(draw(st.integers(1, 4)))
    ]


def write(archive: Archive, projects: Sequence[Made]) -> None:
    """The folder as people would have it; a project without anything to see is not there."""
    archive.put("network.toml", NETWORK)
    for community in COMMUNITIES:
        archive.put(f"{community}/community.toml", f'name = "{community}"\n')
    for project in projects:
        if project.files:
            archive.put(f"{project.folder}/project.toml", project.record())
        for file in project.files:
            archive.put(f"{project.folder}/{file.name}", file.text)


def index(archive: Archive, *arguments: str) -> None:
    done = CliRunner().invoke(cli, ["index", "--json", *arguments, *folders(archive)])
    assert done.exit_code == 0, done.output
    assert not json.loads(done.stdout)["failed"]


def folders(archive: Archive) -> list[str]:
    return ["--documents", str(archive.documents), "--var", str(archive.var)]


def answers(archive: Archive, role: str | None) -> list[Any]:
    """All that a reader can learn: searches with facets and snippets, suggestions, similar deliverables."""
    options = {"documents": str(archive.documents), "var": str(archive.var)}
    access = access_as(role)
    learnt: list[Any] = []
    with opened(load(archive.root, environment={}, options=options)) as parts:
        for query in QUERIES:
            elsewhere: dict[FacetName, frozenset[str]] = {"community": frozenset({"nergens"})}
            for wanted in (
                Wanted(text=query),
                Wanted(text=query, exact=True, sort="newest", limit=3),
                Wanted(text=query, filters=elsewhere, tries=True),
            ):
                answer = parts.finder.find(wanted, access=access).to_json()
                learnt.append({name: value for name, value in answer.items() if name != "took_ms"})
        learnt += [parts.index.suggest(typed, access=access) for typed in ("gev", "wij", "pre", "bim", "coo", "foto")]
        ids = sorted(hit["id"] for hit in parts.finder.find(Wanted(limit=None), access=access).to_json()["hits"])
        learnt += [parts.index.similar(id, access=access) for id in ids]
        plan = "Plan van aanpak: gevelrenovatie en energietransitie in de wijk, met bewoners en een warmtenet."
        learnt.append(prior_work([plan], parts.finder, access=access).to_json())
        projects = {project.id: project for project in parts.catalog.projects(access=access)}
        predecessors = Predecessors(catalog=parts.catalog, access=access, projects=projects)
        learnt += [[(one.project.id, one.score, one.reasons) for one in predecessors.of(id)] for id in sorted(projects)]
    return learnt


@pytest.mark.parametrize("role", SEEN_BY)
@given(projects=archives())
@settings(QUICKLY, max_examples=5)
def test_an_archive_is_the_same_as_its_twin_without_what_is_hidden(role: str, projects: list[Made]) -> None:
    with TemporaryDirectory() as folder:
        whole, twin = Archive(Path(folder) / "whole"), Archive(Path(folder) / "twin")
        write(whole, projects)
        write(twin, [project.seen(SEEN_BY[role]) for project in projects])
        index(whole)
        index(twin)
        assert answers(whole, role) == answers(twin, role)


@given(projects=archives(), order=st.randoms(use_true_random=False))
@settings(QUICKLY, max_examples=3)
def test_files_added_one_by_one_are_found_as_those_of_a_rebuild(projects: list[Made], order: Any) -> None:
    """What the first run of all indexed was not found by the names of its themes, what came later was."""
    with TemporaryDirectory() as folder:
        at_once, one_by_one = Archive(Path(folder) / "at-once"), Archive(Path(folder) / "one-by-one")
        write(at_once, projects)
        index(at_once)
        write(one_by_one, projects)
        later = [(f"{project.folder}/{file.name}", file.text) for project in projects for file in project.files]
        for id, _ in later:
            (one_by_one.documents / id).unlink()
        order.shuffle(later)
        for id, text in later:
            one_by_one.put(id, text)
            index(one_by_one)
        expected = answers(at_once, None)
        assert answers(one_by_one, None) == expected
        index(one_by_one, "--rebuild")
        assert answers(one_by_one, None) == expected
        shutil.rmtree(one_by_one.var)
        index(one_by_one)
        assert answers(one_by_one, None) == expected
