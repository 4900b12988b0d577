"""Open ends from the files to the answers: harvested at index time, and decided upon once whatever happens to the file."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

import indexer.harvest.keeping
import indexer.reading
from archive.catalog.catalog import Catalog
from archive.cli import cli
from archive.relay.open_ends import OpenEnd
from indexer.commands import access_as
from indexer.harvest.keeping import harvest_of
from tests.conftest import LONG_AGO, Archive, docx_bytes, pdf_bytes

REPORT = "bim5/2021/gevels/eindrapport.pdf"
TITLE = "Gevels in de winter\nEindrapport van een team dat een winter lang op een steiger stond"
ADVICE = (
    "Laat de loggers tot september hangen en lees ze elke maand uit.",
    "Bestel het glas een half jaar voordat de steiger er staat.",
    "Vraag de buren vooraf naar hun ervaring met geluid.",
)
SECTION = "5 Aanbevelingen\n" + "\n".join(f"{n}. {text}" for n, text in enumerate(ADVICE, 1))
PREFACE = "Voorwoord\nWij danken iedereen die ons heeft geholpen, en dat waren er veel meer dan hier staan."

Run = Callable[..., Any]


@pytest.fixture
def run(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line in this process; returns what it prints with --json."""
    monkeypatch.setenv("ESTAFETTE_DOCUMENTS", str(archive.documents))
    monkeypatch.setenv("ESTAFETTE_VAR", str(archive.var))

    def invoke(*arguments: str) -> Any:
        done = CliRunner().invoke(cli, [*arguments, "--json"], catch_exceptions=False)
        return json.loads(done.stdout)

    return invoke


@pytest.fixture
def told(archive: Archive, run: Run) -> Callable[..., list[dict[str, Any]]]:
    """Index what is there, and tell the open ends."""

    def tell(*arguments: str) -> list[dict[str, Any]]:
        run("index")
        items: list[dict[str, Any]] = run("open-ends", *arguments)["items"]
        return items

    return tell


Told = Callable[..., list[dict[str, Any]]]


def states(items: list[dict[str, Any]]) -> dict[str, str]:
    return {item["text"]: item["state"] for item in items}


def agenda(fingerprints: dict[str, str]) -> str:
    """An agenda that took the first of the advice as a question, and rejected the second."""
    return (
        '[[question]]\nid = "bim5-001"\ntext = "Hoe lang moeten de loggers hangen?"\n'
        f'from = {{ document = "{REPORT}", page = 2, fingerprint = "{fingerprints[ADVICE[0]]}" }}\n'
        '[[question.event]]\ndate = 2022-02-01\nstate = "open"\n'
        '[[question.event]]\ndate = 2022-03-01\nstate = "claimed"\n'
        f'[[rejected]]\nfingerprint = "{fingerprints[ADVICE[1]]}"\ndate = 2022-02-01\n'
    )


DECIDED = {ADVICE[0]: "claimed", ADVICE[1]: "rejected", ADVICE[2]: "new"}


@pytest.fixture
def decided(archive: Archive, told: Told) -> None:
    """A report, harvested, with decisions about two of its three items."""
    archive.put(REPORT, pdf_bytes(TITLE, SECTION))
    items = told()
    assert states(items) == dict.fromkeys(ADVICE, "new")
    archive.put("bim5/agenda.toml", agenda({item["text"]: item["fingerprint"] for item in items}))
    assert states(told()) == DECIDED


def test_a_report_is_harvested_when_it_is_indexed(archive: Archive, told: Told) -> None:
    archive.put(REPORT, pdf_bytes(TITLE, SECTION))
    archive.put("bim5/2020/scan/notitie.docx", docx_bytes("# Beperkingen", "Wij maten maar een enkele week."))
    first, *_, last = told()
    assert {key: first[key] for key in ("document", "page", "heading", "text", "kind", "state", "question")} == {
        "document": REPORT,
        "page": 2,
        "heading": "5 Aanbevelingen",
        "text": ADVICE[0],
        "kind": "recommendation",
        "state": "new",
        "question": None,
    }
    assert (last["document"], last["page"], last["heading"], last["kind"]) == (
        "bim5/2020/scan/notitie.docx",
        None,
        "Beperkingen",
        "limitation",
    )


def test_a_fault_in_the_harvest_costs_no_report(archive: Archive, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(id: str, *text: object, unit: str) -> tuple[OpenEnd, ...]:
        if id == REPORT:
            raise RecursionError
        return harvest_of(id, *text, unit=unit)  # type: ignore[arg-type]

    monkeypatch.setattr(indexer.reading, "harvest_of", fails)
    archive.put(REPORT, pdf_bytes(TITLE, SECTION))
    archive.put("bim5/2020/scan/rapport.pdf", pdf_bytes(TITLE, SECTION))
    report = run("index")
    assert (len(report["added"]), report["failed"]) == (2, [])
    assert [(each["id"], "open ends" in each["warning"]) for each in report["warnings"]] == [(REPORT, True)]
    assert {item["document"] for item in run("open-ends")["items"]} == {"bim5/2020/scan/rapport.pdf"}
    assert run("search", "loggers")["total"] == 2


def test_what_a_record_calls_a_plan_hands_nothing_on(archive: Archive, told: Told) -> None:
    archive.put(REPORT, pdf_bytes(TITLE, SECTION))
    record = 'title = "Gevels"\n[[deliverable]]\nfile = "eindrapport.pdf"\nkind = "{}"\n'
    archive.put("bim5/2021/gevels/project.toml", record.format("plan"))
    assert told() == []
    archive.put("bim5/2021/gevels/project.toml", record.format("report"))
    assert len(told()) == len(ADVICE)


@pytest.mark.usefixtures("decided")
def test_what_was_decided_stays_so_after_a_rebuild(archive: Archive, run: Run) -> None:
    Catalog.remove(archive.var)
    run("index", "--rebuild")
    assert states(run("open-ends")["items"]) == DECIDED


@pytest.mark.usefixtures("decided")
def test_what_was_decided_stays_so_when_a_new_version_shifts_the_pages(archive: Archive, told: Told) -> None:
    shifted = SECTION.replace("1. ", "4) ").replace("elke maand uit", "iedere maand uit")
    archive.put(REPORT, pdf_bytes(TITLE, PREFACE, PREFACE, shifted))
    items = told()
    assert {item["page"] for item in items} == {4}
    assert sorted(states(items).values()) == sorted(DECIDED.values())
    assert [item["question"] for item in items if item["state"] == "claimed"] == ["bim5-001"]


@pytest.mark.usefixtures("decided")
def test_what_was_decided_stays_so_when_the_report_moves_also_to_another_community(
    archive: Archive, told: Told
) -> None:
    archive.put("bim5/2021/ander/notitie.txt", "Wat de community bim5 nog meer heeft.")
    for target in ("bim5/2022/elders/rapport.pdf", "vitaliteit/2022/elders/rapport.pdf"):
        path = archive.documents / target
        path.parent.mkdir(parents=True)
        next(archive.documents.glob("*/*/*/*.pdf")).rename(path)
        items = told()
        assert {item["document"] for item in items} == {target}
        assert states(items) == DECIDED


@pytest.mark.usefixtures("decided")
def test_other_rules_harvest_again_from_the_stored_text(
    archive: Archive, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Catalog.open(archive.var).writing() as writer:
        writer.put_open_ends(REPORT, [], paged=True)
    assert run("index")["unchanged"] == 1
    assert run("open-ends")["items"] == []
    monkeypatch.setattr(indexer.harvest.keeping, "HARVEST_VERSION", "other")
    assert run("index")["unchanged"] == 1
    assert states(run("open-ends")["items"]) == DECIDED


def test_a_file_that_goes_takes_its_open_ends_along(archive: Archive, told: Told) -> None:
    path = archive.put(REPORT, pdf_bytes(TITLE, SECTION))
    assert len(told()) == 3
    path.unlink()
    assert told() == []


def test_the_open_ends_of_a_file_are_for_those_who_may_read_it(archive: Archive, told: Told) -> None:
    archive.put(REPORT, pdf_bytes(TITLE, SECTION))
    record = 'title = "Gevels"\nvisibility = "public"\n[[deliverable]]\nfile = "eindrapport.pdf"\nno_names = true\n'
    levels = {"confidential": (0, 0), "campus": (0, 3), "public": (3, 3)}
    for n, (level, expected) in enumerate(levels.items()):
        archive.put("bim5/2021/gevels/project.toml", f'{record}visibility = "{level}"\n', age=LONG_AGO + n)
        assert len(told()) == 3
        assert (len(told("--as", "public")), len(told("--as", "campus"))) == expected


def test_a_question_that_a_reader_may_not_see_does_not_show_in_the_state(archive: Archive, told: Told) -> None:
    archive.put(REPORT, pdf_bytes(TITLE, SECTION))
    (item, *_) = told()
    hidden = agenda({ADVICE[0]: item["fingerprint"], ADVICE[1]: "0" * 32}).replace(
        'text = "Hoe', 'visibility = "confidential"\ntext = "Hoe'
    )
    archive.put("bim5/agenda.toml", hidden)
    assert states(told())[ADVICE[0]] == "claimed"
    seen = told("--as", "campus")
    assert (seen[0]["state"], seen[0]["question"]) == ("new", None)


def test_a_hidden_report_with_the_same_words_changes_nothing_for_whoever_may_not_see_it(
    archive: Archive, told: Told
) -> None:
    archive.put("bim5/2021/ander/rapport.pdf", pdf_bytes("Een rapport dat iedereen mag lezen", SECTION))
    archive.put("bim5/agenda.toml", "")
    before = told("--as", "campus")
    assert len(before) == 3
    archive.put("bim5/2021/gevels/project.toml", 'title = "Gevels"\nvisibility = "confidential"\n')
    archive.put(REPORT, pdf_bytes(TITLE, SECTION))
    archive.put("bim5/agenda.toml", agenda({ADVICE[0]: before[0]["fingerprint"], ADVICE[1]: "0" * 32}))
    assert told("--as", "campus") == before
    assert len(told()) == 6


def test_the_list_is_paged_without_a_gap_newest_year_first(archive: Archive, run: Run) -> None:
    for community, year in (("bim5", 2019), ("bim5", 2021), ("vitaliteit", 2020)):
        archive.put(f"{community}/{year}/p/rapport.pdf", pdf_bytes(f"{TITLE} in {community} in {year}", SECTION))
    archive.put("bim5/p/rapport.pdf", pdf_bytes("Zonder jaar", SECTION))
    run("index")
    whole = run("open-ends")
    assert whole["cursor"] is None
    assert [item["document"].split("/")[1] for item in whole["items"]] == [
        *["2021"] * 3,
        *["2020"] * 3,
        *["2019"] * 3,
        *["p"] * 3,
    ]
    paged, cursor = [], None
    for _ in range(10):
        answer = run("open-ends", "--limit", "2", *(["--cursor", cursor] if cursor else []))
        paged += answer["items"]
        cursor = answer["cursor"]
        if cursor is None:
            break
    assert paged == whole["items"]
    only = run("open-ends", "--community", "bim5")["items"]
    assert only == [item for item in whole["items"] if item["document"].startswith("bim5/")]


def test_a_reader_of_the_catalog_gets_them_by_document_project_and_fingerprint(archive: Archive, told: Told) -> None:
    archive.put(REPORT, pdf_bytes(TITLE, SECTION))
    archive.put("bim5/2021/ander/rapport.pdf", pdf_bytes("Een ander rapport", SECTION))
    fingerprint = told()[0]["fingerprint"]
    catalog, access = Catalog.open(archive.var), access_as("campus")
    assert [each.document for each in catalog.open_ends(document=REPORT, access=access)] == [REPORT] * 3
    assert [each.document for each in catalog.open_ends(project="bim5/2021/gevels", access=access)] == [REPORT] * 3
    found = catalog.open_ends(fingerprint=fingerprint, access=access)
    assert {each.document for each in found} == {REPORT, "bim5/2021/ander/rapport.pdf"}
    catalog.close()


def test_a_cursor_of_another_list_is_refused_with_a_sentence(archive: Archive) -> None:
    archive.put(REPORT, pdf_bytes(TITLE, SECTION))
    archive.index()
    cursor = archive.run("open-ends", "--limit", "1", "--json").json["cursor"]
    refused = archive.run("open-ends", "--community", "bim5", "--cursor", cursor)
    assert refused.code == 2
    assert "does not belong to this list" in refused.err
    assert "recommendation: " + ADVICE[1] in archive.run("open-ends", "--cursor", cursor).out
