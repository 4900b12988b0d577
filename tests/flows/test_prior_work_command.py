"""`estafette prior-work FILE`: an answer as JSON, a sentence and exit code for whatever can't be read."""

from __future__ import annotations

import pytest

from tests.conftest import Archive, docx_bytes

PLAN = "Wij zoeken uit hoe diep een glasvezelkabel onder de stoep ligt en wie hem daar legt."


@pytest.fixture
def cables(archive: Archive) -> Archive:
    archive.put("bim5/community.toml", 'name = "Bouw"\n')
    archive.put("bim5/2021/kabels/project.toml", 'title = "Graven"\n')
    archive.put("bim5/2021/kabels/verslag.txt", "Vooraf.\fDe glasvezelkabel ligt diep onder de stoep.")
    for number in range(4):
        archive.put(f"bim5/2020/p{number}/verslag.txt", f"Een verslag over onderwerp {number}.")
    archive.index()
    return archive


def test_a_plan_is_answered_with_project_pages_and_words(cables: Archive) -> None:
    plan = cables.root / "plan.docx"
    plan.write_bytes(docx_bytes("# Aanleiding", PLAN, "# Planning", "Week 1: vergaderen."))
    answer = cables.run("prior-work", str(plan), "--json").json
    assert [project["id"] for project in answer["projects"]] == ["bim5/2021/kabels"]
    assert answer["projects"][0]["continues"] == 'continues = ["bim5/2021/kabels"]'
    assert answer["hits"][0]["pages"][0]["page"] == 2
    assert {"glasvezelkabel", "stoep"} <= set(answer["words"])


def test_a_project_that_shares_little_is_named_as_near_and_never_as_predecessor(cables: Archive) -> None:
    plan = cables.root / "plan.txt"
    away = "Wij tellen hoeveel vogels er in de winter op de daken van een flat in de stad zitten en wat ze daar zoeken"
    plan.write_text(f"{away}; en of ze last hebben van een kabel.", encoding="utf-8")
    answer = cables.run("prior-work", str(plan), "--json").json
    assert answer["projects"] == []
    assert "bim5/2021/kabels" in [project["id"] for project in answer["near"]]
    assert len(answer["near"]) <= 3


def test_people_get_the_line_to_copy(cables: Archive) -> None:
    (cables.root / "plan.txt").write_text(PLAN, encoding="utf-8")
    done = cables.run("prior-work", str(cables.root / "plan.txt"), "--as", "campus")
    assert 'continues = ["bim5/2021/kabels"]' in done.out
    assert cables.run("prior-work", str(cables.root / "plan.txt"), "--as", "public").out == ""


@pytest.mark.parametrize(("content", "said"), [(b"", "empty"), (b"\x00\x01" * 500, "")])
def test_what_cannot_be_read_ends_with_a_sentence(cables: Archive, content: bytes, said: str) -> None:
    plan = cables.root / "plan.bin"
    plan.write_bytes(content)
    done = cables.run("prior-work", str(plan), "--json")
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith("estafette: ")
    assert said in done.err
