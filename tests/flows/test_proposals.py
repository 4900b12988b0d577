"""Proposed predecessors and answers, over small archives: what is proposed, to whom, and what a no does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from archive.access import Access
from archive.settings import load
from indexer.commands import Opened, access_as, opened
from indexer.relay.answering import questions_for, reports_for
from indexer.relay.proposals import Predecessors, Proposal
from tests.conftest import Archive

PLACES = ("Aak", "Berk", "Cel", "Dijk", "Eik", "Fort", "Gang", "Hof", "Inham", "Juk", "Kade", "Loods", "Mast", "Nok")
SHARED = " ".join(
    f"In week {number} lag de kabel bij gebouw {place} bloot en mat de ploeg er {number * 7} ampère op de derde fase."
    for number, place in enumerate(PLACES, start=1)
)


def record(title: str, visibility: str = "public", more: str = "") -> str:
    return f"""title = "{title}"
visibility = "{visibility}"
{more}
[[deliverable]]
file = "verslag.txt"
title = "{title}"
visibility = "{visibility}"
no_names = true
"""


def put(archive: Archive, project: str, title: str, text: str, **more: str) -> None:
    archive.put(f"{project}/project.toml", record(title, **more))
    archive.put(f"{project}/verslag.txt", text)


@contextmanager
def over(archive: Archive) -> Iterator[Opened]:
    archive.index()
    options = {"documents": str(archive.documents), "var": str(archive.var)}
    with opened(load(archive.root, environment={}, options=options)) as parts:
        yield parts


def proposed(parts: Opened, id: str, access: Access) -> list[Proposal]:
    projects = {project.id: project for project in parts.catalog.projects(access=access)}
    return [one for one in Predecessors(catalog=parts.catalog, access=access, projects=projects).of(id) if one.is_shown]


def ids(proposals: list[Proposal]) -> list[str]:
    return [one.project.id for one in proposals]


EVERYTHING = access_as(None)


@pytest.fixture
def line(archive: Archive) -> Archive:
    """Three projects in a line, each naming the ones before it, and one on its own."""
    put(archive, "bim5/2019/kabels", "Kabels onder de grond", "Wij maten kabels.")
    put(archive, "bim5/2020/schachten", "Schachten zonder tekening", "Het vorige team schreef Kabels onder de grond.")
    put(
        archive,
        "bim5/2021/putten",
        "Putten in de regen",
        "Inleiding.\fIn Kabels onder de grond stond al iets. Wij gaan verder met Schachten zonder tekening.",
    )
    put(archive, "bim5/2021/fietsen", "Fietsen naar het werk", "Wij telden fietsen.")
    return archive


def test_who_names_a_line_continues_its_last_project(line: Archive) -> None:
    with over(line) as parts:
        assert ids(proposed(parts, "bim5/2020/schachten", EVERYTHING)) == ["bim5/2019/kabels"]
        (proposal,) = proposed(parts, "bim5/2021/putten", EVERYTHING)
        assert proposal.project.id == "bim5/2020/schachten"
        (reason,) = proposal.reasons
        assert (reason.kind, reason.part) == ("title", 2)
        assert [each.text for each in reason.snippet if each.match] == ["Schachten zonder tekening"]
        assert proposed(parts, "bim5/2021/fietsen", EVERYTHING) == []
        assert proposed(parts, "bim5/2019/kabels", EVERYTHING) == []


def test_what_is_linked_or_refused_is_not_proposed_again(line: Archive) -> None:
    refused = '[[rejected]]\ncontinues = "bim5/2019/kabels"\ndate = 2021-01-01\nby = "docent"\n'
    linked = 'continues = ["bim5/2020/schachten"]'
    line.put("bim5/2020/schachten/project.toml", record("Schachten zonder tekening", more=refused))
    line.put("bim5/2021/putten/project.toml", record("Putten in de regen", more=linked))
    with over(line) as parts:
        assert proposed(parts, "bim5/2020/schachten", EVERYTHING) == []
        assert proposed(parts, "bim5/2020/schachten", access_as("campus")) == []
        assert proposed(parts, "bim5/2021/putten", EVERYTHING) == []


def test_a_predecessor_that_a_reader_may_not_see_is_not_proposed(line: Archive) -> None:
    line.put("bim5/2020/schachten/project.toml", record("Schachten zonder tekening", visibility="confidential"))
    with over(line) as parts:
        hidden = proposed(parts, "bim5/2021/putten", access_as("campus"))
    (line.documents / "bim5/2020/schachten/verslag.txt").unlink()
    (line.documents / "bim5/2020/schachten/project.toml").unlink()
    with over(line) as parts:
        assert proposed(parts, "bim5/2021/putten", access_as("campus")) == hidden


def test_text_that_is_taken_over_shows_where_it_stands_in_both(archive: Archive) -> None:
    put(archive, "bim5/2019/kabels", "Kabels onder de grond", f"Vooraf.\f{SHARED}")
    put(archive, "bim5/2021/putten", "Putten in de regen", f"Vooraf.\fMeer vooraf.\f{SHARED}")
    with over(archive) as parts:
        (proposal,) = proposed(parts, "bim5/2021/putten", EVERYTHING)
    (reason,) = proposal.reasons
    assert (reason.kind, reason.part) == ("passage", 3)
    assert reason.other == ("bim5/2019/kabels/verslag.txt", 2)


def test_text_that_everybody_has_is_a_template(archive: Archive) -> None:
    for number in range(4):
        put(archive, f"bim5/2019/p{number}", f"Eigen titel nummer {number}", SHARED)
    put(archive, "bim5/2021/putten", "Putten in de regen", SHARED)
    with over(archive) as parts:
        assert proposed(parts, "bim5/2021/putten", EVERYTHING) == []


AGENDA = """
[[question]]
id = "q-1"
text = "Hoe diep ligt een glasvezelkabel onder een stoep?"
[[question]]
id = "q-2"
text = "Wie betaalt de fietsenstalling bij het station?"
[[question]]
id = "q-3"
text = "Hoe diep ligt een glasvezelkabel onder een fietspad?"
visibility = "community"
[[question]]
id = "q-4"
text = "Hoe diep ligt de glasvezelkabel onder een brug?"
[[question.event]]
date = 2020-01-01
state = "dropped"
"""


def test_a_report_is_asked_the_questions_that_wait_and_that_its_reader_sees(archive: Archive) -> None:
    archive.put("bim5/community.toml", 'name = "Bouw"\n')
    archive.put("bim5/agenda.toml", AGENDA)
    put(archive, "bim5/2019/fietsen", "Fietsen naar het werk", "Wij telden fietsen.")
    put(archive, "bim5/2021/kabels", "Graven", "Vooraf.\fDe glasvezelkabel ligt zestig centimeter diep onder de stoep.")
    access = access_as("campus")
    with over(archive) as parts:
        community = parts.catalog.community("bim5", access=access)
        assert community is not None
        agendas = {"bim5": community.agenda.questions}
        report = parts.catalog.deliverables_of("bim5/2021/kabels", access=access)[0]
        found = questions_for(report, None, agendas, parts.finder, access=access)
        assert [(one.question.id, one.page.number, one.is_likely) for one in found] == [("q-1", 2, True)]
        back = reports_for(found[0].question, "bim5", parts.finder, access=access)
        assert [one.deliverable.id for one in back] == [report.id]
