"""What the archive proposes on its pages, and to whom; themes beside communities."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.conftest import Archive
from tests.web.conftest import Visit, visiting

PROJECT = """
title = "{title}"
visibility = "public"
themes = ["kabels"]
[[deliverable]]
file = "verslag.txt"
title = "{title}"
visibility = "{level}"
no_names = true
"""


@pytest.fixture(scope="module")
def cables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    """Two projects of which the second names the first, and a question that it may answer."""
    archive = Archive(tmp_path_factory.mktemp("cables"))
    archive.put("bouw/community.toml", 'name = "Bouw"\n')
    archive.put("bouw/agenda.toml", '[[question]]\nid = "q-1"\ntext = "Hoe diep ligt een glasvezelkabel?"\n')
    for project, title, level, text in (
        ("bouw/2020/kabels", "Kabels onder de grond", "public", "Wij maten kabels."),
        ("bouw/2021/put ten", "Putten in de regen", "campus", "Het vorige team schreef Kabels onder de grond.\fDe glasvezelkabel ligt diep."),
    ):  # fmt: skip
        archive.put(f"{project}/project.toml", PROJECT.format(title=title, level=level))
        archive.put(f"{project}/verslag.txt", text)
    archive.index()
    with ExitStack() as stack:
        yield visiting(archive.documents, archive.var, stack)


def test_a_predecessor_is_proposed_with_its_page_and_how_to_say_yes_or_no(cables: Visit) -> None:
    page = cables("campus").get("/projects/bouw/2021/put%20ten").text
    assert "Misschien een vervolg op" in page
    assert "<mark>Kabels onder de grond</mark>" in page
    assert "/documents/bouw/2021/put%20ten/verslag.txt/read?page=1&amp;" in page
    assert "relay link &#39;bouw/2021/put ten&#39; bouw/2020/kabels" in page
    assert "relay reject &#39;bouw/2021/put ten&#39; bouw/2020/kabels" in page


def test_whoever_is_of_no_school_gets_no_proposals(cables: Visit) -> None:
    for role in ("public", "partner"):
        assert "Misschien een vervolg op" not in cables(role).get("/projects/bouw/2021/put%20ten").text


def test_a_report_shows_the_question_that_it_may_answer(cables: Visit) -> None:
    page = cables("campus").get("/documents/bouw/2021/put%20ten/verslag.txt").text
    assert "Geeft dit antwoord op een open vraag?" in page
    assert "estafette agenda answer q-1 --document &#39;bouw/2021/put ten/verslag.txt&#39; --page 2" in page
    assert "Geeft dit antwoord" not in cables("campus").get("/documents/bouw/2020/kabels/verslag.txt").text


def test_related_work_is_of_other_communities_alone(example: Visit) -> None:
    page = example("campus").get("/projects/energietransitie/2020/samen-opslaan").text
    _, _, near = page.partition("Verwant werk in andere communities")
    assert near
    section = near.partition("</section>")[0]
    assert "/projects/" in section
    assert "/projects/energietransitie/" not in section


def test_themes_stand_beside_communities_with_the_projects_where_they_meet(example: Visit) -> None:
    page = example("public").get("/themes").text
    row = page.partition('href="/themes/warmtepompen"')[2].partition("</tr>")[0]
    assert "/projects/energietransitie/2018/warmtepompen-bedrijventerrein" in row
    assert "/projects/bim5/2021/prefab-gevels" in row


def test_an_archive_without_themes_says_so(awkward: Visit) -> None:
    assert awkward("public").get("/themes").status_code == 200
