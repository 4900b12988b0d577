"""The flow "index": from the folder to what can be found, as a person runs it on the command line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from archive.settings import load
from archive.storage import Storage
from indexer.commands import now
from indexer.reading import read_files
from tests.conftest import Archive, docx_bytes, pdf_bytes

CAMPUS = ("--as", "campus")


def test_a_folder_without_any_record_is_indexed_and_found_at_its_page(archive: Archive) -> None:
    archive.put(
        "Vitaliteit (oud)/Jaar 20-21/groep A/bijlagen/Eindverslag def2.pdf",
        pdf_bytes("Voorblad", "De ploegendienst eet laat"),
    )
    archive.put(
        "Vitaliteit (oud)/Jaar 20-21/groep A/notitie.docx",
        docx_bytes("# Rooster", "Wie 's nachts werkt, slaapt slecht."),
    )
    report = archive.index()
    assert sorted(report["added"]) == [
        "Vitaliteit (oud)/Jaar 20-21/groep A/bijlagen/Eindverslag def2.pdf",
        "Vitaliteit (oud)/Jaar 20-21/groep A/notitie.docx",
    ]
    answer = archive.search("ploegendienst", *CAMPUS)
    (hit,) = answer["hits"]
    assert hit["year"] == 2020
    assert hit["project"] == "Vitaliteit (oud)/Jaar 20-21/groep A"
    assert [page["page"] for page in hit["pages"]] == [2]
    assert {"text": "ploegendienst", "match": True} in hit["pages"][0]["snippet"]


def test_a_second_index_finds_nothing_to_do(archive: Archive) -> None:
    archive.put("a/2021/p/verslag.pdf", pdf_bytes("gevel"))
    archive.index()
    report = archive.index()
    assert (report["added"], report["replaced"], report["unchanged"]) == ([], [], 1)


def test_an_index_that_is_as_it_was_left_is_not_opened(archive: Archive) -> None:
    """Loading Whoosh and NumPy took half of a run over 1,000 unchanged files."""
    archive.put("a/2021/p/verslag.pdf", pdf_bytes("gevel"))
    archive.index()
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "archive.cli", "index"],
        env=archive.environment(),
        cwd=archive.root,
        capture_output=True,
        check=True,
    )
    loaded = {line.rpartition(b"|")[2].strip() for line in done.stderr.splitlines()}
    assert b"indexer.sync" in loaded
    assert not loaded & {b"whoosh", b"numpy"}


def test_the_engine_is_loaded_while_a_young_file_is_given_time(archive: Archive) -> None:
    """One new report was found 0.2 s later than need be: first it was waited for, then the engine was loaded."""
    path = archive.put("a/2021/p/verslag.txt", "gevel", age=time.time())
    storage = Storage(archive.documents)
    stored = {file.id: file for file in storage.scan().files}
    settings = load(archive.root, environment={}, options={})
    told: list[str] = []
    reads = read_files(
        storage, stored, [*stored], settings=settings, clock=now, meanwhile=lambda: told.append("meanwhile")
    )
    told += [read.facts.id for read in reads]
    assert told == ["meanwhile", path.relative_to(archive.documents).as_posix()]


def test_an_index_that_lost_a_document_is_noticed_although_no_file_changed(archive: Archive) -> None:
    """Not opening the index must not mean not looking at it."""
    archive.put("a/2021/p/verslag.pdf", pdf_bytes("gevel"))
    archive.index()
    before = archive.var / "before"
    shutil.copytree(archive.var / "index", before)
    archive.put("a/2021/p/tweede.pdf", pdf_bytes("dakpan"))
    archive.index()
    shutil.rmtree(archive.var / "index")
    before.rename(archive.var / "index")
    done = archive.run("index")
    assert "the index is rebuilt" in done.err
    assert archive.found("dakpan", *CAMPUS) == ["a/2021/p/tweede.pdf"]


def test_a_changed_file_is_replaced_and_a_removed_one_dropped(archive: Archive) -> None:
    archive.put("a/2021/p/een.txt", "baksteen")
    archive.put("a/2021/p/twee.txt", "dakpan")
    archive.index()
    archive.put("a/2021/p/een.txt", "houtskelet")
    (archive.documents / "a/2021/p/twee.txt").unlink()
    report = archive.index()
    assert (report["replaced"], report["dropped"]) == (["a/2021/p/een.txt"], ["a/2021/p/twee.txt"])
    assert archive.found("houtskelet", *CAMPUS) == ["a/2021/p/een.txt"]
    assert archive.found("baksteen", *CAMPUS) == archive.found("dakpan", *CAMPUS) == []


def test_a_moved_file_is_recognised_and_its_record_keeps_the_old_address(archive: Archive) -> None:
    archive.put("a/2021/p/rapport.pdf", pdf_bytes("spouwmuur"))
    archive.put("a/2021/p/project.toml", '# van Jan\ntitle = "Spouw"\n[[deliverable]]\nfile = "eindrapport.pdf"\n')
    archive.index()
    (archive.documents / "a/2021/p/rapport.pdf").rename(archive.documents / "a/2021/p/eindrapport.pdf")
    report = archive.index()
    assert report["moved"] == [{"from": "a/2021/p/rapport.pdf", "to": "a/2021/p/eindrapport.pdf"}]
    assert report["added"] == report["dropped"] == []
    assert archive.found("spouwmuur", *CAMPUS) == ["a/2021/p/eindrapport.pdf"]
    record = (archive.documents / "a/2021/p/project.toml").read_text()
    assert "# van Jan" in record
    assert "a/2021/p/rapport.pdf" in record


def test_a_file_that_was_only_touched_is_not_read_again(archive: Archive) -> None:
    path = archive.put("a/2021/p/rapport.txt", "spouwmuur")
    archive.index()
    os.utime(path, (1_650_000_000, 1_650_000_000))
    report = archive.index()
    assert (report["replaced"], report["unchanged"]) == ([], 1)


def test_a_changed_record_changes_who_finds_it_without_reading_the_file_again(archive: Archive) -> None:
    archive.put("a/2021/p/rapport.txt", "spouwmuur")
    archive.index()
    assert archive.found("spouwmuur", "--as", "public") == []
    archive.put(
        "a/2021/p/project.toml",
        'title = "Spouw"\n[[deliverable]]\nfile = "rapport.txt"\ntitle = "De holle muur"\nvisibility = "public"\n',
    )
    assert archive.index()["replaced"] == []
    (hit,) = archive.search("spouwmuur", "--as", "public")["hits"]
    assert hit["title"] == "De holle muur"


def test_one_bad_file_is_reported_with_its_reason_and_stops_nothing(archive: Archive) -> None:
    archive.put("a/2021/p/kapot.docx", b"PK\x03\x04 en dan niets")
    archive.put("a/2021/p/leeg.pdf", b"")
    archive.put("a/2021/p/goed.docx", docx_bytes("isolatie"))
    report = archive.index()
    failed = {failure["id"]: failure["code"] for failure in report["failed"]}
    assert failed == {"a/2021/p/kapot.docx": "damaged", "a/2021/p/leeg.pdf": "empty"}
    assert all(failure["reason"] and "\n" not in failure["reason"] for failure in report["failed"])
    assert archive.found("isolatie", *CAMPUS) == ["a/2021/p/goed.docx"]


def test_a_known_failure_is_told_again_but_not_tried_again(archive: Archive) -> None:
    archive.put("a/2021/p/leeg.pdf", b"")
    archive.index()
    report = archive.index()
    assert [failure["id"] for failure in report["failed"]] == ["a/2021/p/leeg.pdf"]
    archive.put("a/2021/p/leeg.pdf", pdf_bytes("toch gevuld"))
    assert archive.index()["replaced"] == ["a/2021/p/leeg.pdf"]


def test_a_drawing_is_archived_and_found_by_its_name(archive: Archive) -> None:
    archive.put("bim5/2021/p/kozijndetail.dwg", b"AC1027" + bytes(200))
    done = archive.run("index", "--json")
    assert done.json["added"] == ["bim5/2021/p/kozijndetail.dwg"]
    assert "kozijndetail.dwg" in done.err
    assert archive.found("kozijndetail", *CAMPUS) == ["bim5/2021/p/kozijndetail.dwg"]


def test_a_damaged_record_is_reported_with_its_line_and_hides_no_file(archive: Archive) -> None:
    archive.put("a/2021/p/rapport.txt", "spouwmuur")
    archive.put("a/2021/p/project.toml", 'title = "goed"\nsummary = "niet af\n')
    done = archive.run("index")
    assert done.code == 0
    assert "a/2021/p/project.toml line 2: " in done.err
    assert archive.found("spouwmuur", *CAMPUS) == ["a/2021/p/rapport.txt"]


def test_what_is_wrong_with_a_folder_is_not_told_as_a_fault_of_a_record(archive: Archive) -> None:
    archive.put("a/2021/p/verslag.txt", "spouwmuur")
    archive.put("a/2021/p/project.toml", 'title = "P"\nkleur = "rood"\n')
    (archive.documents / "a/2021/elders").symlink_to(archive.root)
    lines = archive.run("index").err.splitlines()
    assert "warning: a/2021/elders: is a symbolic link, and is left out" in lines
    assert "record: a/2021/p/project.toml, line 2: not known, kept as it is: kleur" in lines
    checked = archive.run("check").out.splitlines()
    assert "problem a/2021/elders: is a symbolic link, and is left out" in checked


def test_a_record_with_an_unknown_visibility_closes_and_never_opens(archive: Archive) -> None:
    archive.put("a/2021/p/rapport.txt", "spouwmuur")
    archive.put(
        "a/2021/p/project.toml", 'title = "x"\n[[deliverable]]\nfile = "rapport.txt"\nvisibility = "openbaar"\n'
    )
    archive.index()
    assert archive.found("spouwmuur", *CAMPUS) == []
    assert archive.found("spouwmuur") == ["a/2021/p/rapport.txt"]


def test_an_embargoed_report_is_absent_until_its_date(archive: Archive) -> None:
    archive.put("a/2021/p/nu.txt", "spouwmuur")
    archive.put("a/2021/p/later.txt", "spouwmuur")
    archive.put(
        "a/2021/p/project.toml",
        'title = "x"\n[[deliverable]]\nfile = "nu.txt"\nvisibility = "public"\nembargo_until = 2020-01-01\n'
        '[[deliverable]]\nfile = "later.txt"\nvisibility = "public"\nembargo_until = 2999-01-01\n',
    )
    archive.index()
    answer = archive.search("spouwmuur", "--as", "public")
    assert [hit["id"] for hit in answer["hits"]] == ["a/2021/p/nu.txt"]
    assert answer["total"] == 1
    assert answer["facets"]["year"] == [{"value": 2021, "label": "2021–2022", "count": 1}]


def test_two_files_with_the_same_bytes_are_two_deliverables(archive: Archive) -> None:
    for place in ("a/2020/p", "b/2021/q"):
        archive.put(f"{place}/rapport.txt", "dezelfde spouwmuur")
    archive.index()
    assert sorted(archive.found("spouwmuur", *CAMPUS)) == ["a/2020/p/rapport.txt", "b/2021/q/rapport.txt"]


def test_deleting_var_and_indexing_again_gives_the_same_answers(archive: Archive) -> None:

    archive.put("a/2021/p/een.pdf", pdf_bytes("de gevel is koud", "isolatie helpt"))
    archive.put("a/2020/p/twee.docx", docx_bytes("# Gevel", "een gevel van hout"))
    archive.index()
    before = archive.search("gevel isolatie")
    shutil.rmtree(archive.var)
    archive.index()
    after = archive.search("gevel isolatie")
    assert {**after, "took_ms": 0} == {**before, "took_ms": 0}


def test_rebuild_reads_all_again_and_gives_the_same_answers(archive: Archive) -> None:
    archive.put("a/2021/p/een.pdf", pdf_bytes("de gevel is koud"))
    archive.index()
    archive.put("a/2020/p/twee.docx", docx_bytes("een gevel van hout"))
    archive.index()
    before = archive.search("gevel")
    report = archive.index("--rebuild")
    assert sorted(report["replaced"]) == ["a/2020/p/twee.docx", "a/2021/p/een.pdf"]
    assert {**archive.search("gevel"), "took_ms": 0} == {**before, "took_ms": 0}


def test_a_zip_is_one_deliverable_with_its_members_as_sections(archive: Archive) -> None:
    path = archive.put("a/2021/p/bijlagen.zip", b"")
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("meting/lees mij.txt", "de thermokoppels")
        packed.writestr("plan.docx", docx_bytes("de planning"))
    os.utime(path, (1_600_000_000, 1_600_000_000))
    archive.index()
    (hit,) = archive.search("thermokoppels", *CAMPUS)["hits"]
    assert hit["pages"][0]["label"] == "meting/lees mij.txt"


def test_a_new_file_is_read_at_once_when_it_holds_still(archive: Archive) -> None:
    archive.put("a/2021/p/nieuw.txt", "versbeton", age=time.time())
    assert archive.index()["added"] == ["a/2021/p/nieuw.txt"]
    assert archive.found("versbeton", *CAMPUS) == ["a/2021/p/nieuw.txt"]


def test_index_says_on_a_terminal_less_run_what_it_did(archive: Archive) -> None:
    archive.put("a/2021/p/een.txt", "gevel")
    done = archive.run("index")
    assert done.code == 0
    assert "1 added" in done.err + done.out


def test_an_absent_documents_folder_is_told_in_one_sentence(archive: Archive) -> None:
    done = archive.run("index", "--documents", str(archive.root / "nergens"))
    assert done.code == 3
    assert len(done.err.strip().splitlines()) == 1
    assert "nergens" in done.err


@pytest.mark.parametrize("arguments", [("index", "--zomaar"), ("zoek", "gevel"), ("search",)])
def test_a_wrong_command_is_told_with_exit_code_2(archive: Archive, arguments: tuple[str, ...]) -> None:
    assert archive.run(*arguments).code == 2


def test_a_link_in_a_record_is_found_as_a_deliverable(archive: Archive) -> None:
    archive.put(
        "a/2021/p/project.toml",
        'title = "Dashboard"\n[[deliverable]]\nurl = "https://example.org/x"\ntitle = "Sensorpaneel online"\nkind = "code"\n',
    )
    archive.index()
    (hit,) = archive.search("sensorpaneel", *CAMPUS)["hits"]
    assert hit["kind"] == "code"


def test_names_that_are_no_deliverables_are_left_out(archive: Archive) -> None:
    for name in ("~$verslag.docx", ".~lock.verslag.docx#", ".verborgen.txt", "Thumbs.db"):
        archive.put(f"a/2021/p/{name}", "spouwmuur")
    archive.put("README.md", "spouwmuur")
    assert archive.index()["added"] == []


def test_a_confidential_file_stays_confidential_when_it_is_moved_to_another_project(archive: Archive) -> None:
    """The level stood in the record of the project that it left: in its new place anybody on campus found it."""
    path = archive.put("a/2021/p/geheim.txt", "spouwmuur")
    archive.put(
        "a/2021/p/project.toml", 'title = "P"\n[[deliverable]]\nfile = "geheim.txt"\nvisibility = "confidential"\n'
    )
    archive.index()
    (archive.documents / "a/2021/q").mkdir()
    path.rename(archive.documents / "a/2021/q/geheim.txt")
    archive.index()
    assert archive.found("spouwmuur", *CAMPUS) == []
    assert archive.found("spouwmuur") == ["a/2021/q/geheim.txt"]
    assert archive.run("check").code == 0


def test_a_record_in_the_wrong_place_closes_what_it_meant_to_close(archive: Archive) -> None:
    archive.put("a/2021/p/geheim.txt", "spouwmuur")
    archive.put("a/2021/project.toml", 'title = "P"\nvisibility = "confidential"\n')
    archive.index()
    assert archive.found("spouwmuur", *CAMPUS) == []


def test_a_broken_record_that_meant_to_close_a_file_keeps_it_closed(archive: Archive) -> None:
    archive.put("a/2021/p/geheim.txt", "spouwmuur")
    archive.put("a/2021/p/project.toml", 'title = "P\n[[deliverable]]\nfile = "geheim.txt"\nvisibility = "community"\n')
    archive.index()
    assert archive.found("spouwmuur", *CAMPUS) == []
    assert archive.found("spouwmuur") == ["a/2021/p/geheim.txt"]


def test_a_running_head_is_one_find_and_not_one_on_every_page(archive: Archive) -> None:
    """A report with its title in the head showed every page as a hit for the title's words."""
    pages = [
        f"Prefab gevels\nBladzijde over onderwerp{number}\ntekst\ntekst\npagina {number}" for number in range(1, 9)
    ]
    archive.put("a/2021/p/rapport.pdf", pdf_bytes(*pages))
    archive.index()
    (hit,) = archive.search("gevels", *CAMPUS)["hits"]
    assert [page["page"] for page in hit["pages"]] == [1]
    assert hit["more_pages"] == 0


def test_a_placeholder_of_a_synchronised_folder_is_listed_and_never_opened(archive: Archive) -> None:
    """A sparse file takes no blocks, as a file that a service keeps in the cloud."""
    path = archive.put("OneDrive/2021/p/groot.pdf", b"")
    os.truncate(path, 50_000)
    os.utime(path, (1_600_000_000, 1_600_000_000))
    archive.put("OneDrive/2021/p/klein.txt", "spouwmuur")
    done = archive.run("index", "--json")
    assert done.json["not_downloaded"] == ["OneDrive/2021/p/groot.pdf"]
    assert done.json["added"] == ["OneDrive/2021/p/klein.txt"]
    assert archive.found("groot", *CAMPUS) == ["OneDrive/2021/p/groot.pdf"]
    assert archive.run("status", "--json").json["unread"][0]["code"] == "not-downloaded"
    archive.put("OneDrive/2021/p/groot.pdf", pdf_bytes("toch gekomen"))
    assert archive.index()["added"] == ["OneDrive/2021/p/groot.pdf"]
    assert archive.found("gekomen", *CAMPUS) == ["OneDrive/2021/p/groot.pdf"]


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")
def test_a_scan_is_read_after_everything_else_and_found(archive: Archive) -> None:
    scan = (
        Path(__file__).parents[2] / "documents/duurzame-inzetbaarheid/2018/ouder-worden-in-de-montage/brochure-scan.pdf"
    )
    archive.put("a/2018/p/brochure.pdf", scan.read_bytes())
    archive.put("a/2018/p/tekst.txt", "spouwmuur")
    done = archive.run("index", "--json")
    assert sorted(done.json["added"]) == ["a/2018/p/brochure.pdf", "a/2018/p/tekst.txt"]
    assert all("read from a picture" in each["warning"] for each in done.json["warnings"])
    assert archive.found("montage", *CAMPUS) == ["a/2018/p/brochure.pdf"]
    assert archive.index()["unchanged"] == 2
