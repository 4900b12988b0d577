"""Old reports brought in with a list: what lists say, what rows would do, and what is written."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from archive.errors import ArchiveError
from archive.importing.bringing_in import Import, holdings_of, sources_in
from archive.importing.cells import Unclear, read_day, read_level, read_year
from archive.importing.lists import ROWS_MAX, ListUnreadable, MetadataList, read_list
from archive.importing.placed import Placed
from archive.importing.planning import FILES_A_PROJECT, Defaults, PlannedRow, plan
from archive.model import Visibility
from archive.records.live import LiveRecords
from archive.records.reading import read_project
from archive.storage import Storage

TODAY = date(2026, 3, 1)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HEADER = "bestand,titel,community,jaar,project,zichtbaarheid"


class Desk:
    """An archive with one community, and a folder of old reports beside it."""

    def __init__(self, root: Path) -> None:
        self.documents, self.folder, self.list = root / "documents", root / "old", root / "list.csv"
        (self.documents / "bim5").mkdir(parents=True)
        (self.documents / "bim5/community.toml").write_text('name = { nl = "BIM 5" }\n')
        self.folder.mkdir()

    def put(self, path: str, content: str | None = None) -> Path:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content if content is not None else f"content of {path}")
        return file

    def planned(self, text: str | bytes, **defaults: Any) -> tuple[PlannedRow, ...]:
        """What the rows of a list would do."""
        self.list.write_bytes(text.encode() if isinstance(text, str) else text)
        records = LiveRecords(Storage(self.documents))
        return plan(
            read_list(self.list).rows,
            sources=sources_in(self.folder)[0],
            holdings=holdings_of(records),
            defaults=Defaults(**defaults),
            today=TODAY,
        )

    def bringing(self) -> Import:
        records = LiveRecords(Storage(self.documents))
        return Import(records, self.folder, default=Visibility.CAMPUS, today=TODAY)

    def bring_in(self, text: str, *, level: Visibility | None = None) -> list[Placed]:
        """Import a list without faults; `level`: as if somebody found it had to come in so."""
        rows = self.planned(text)
        assert [row.faults for row in rows if row.faults] == []
        bringing = self.bringing()
        placed, failed = bringing.place(row.item for row in rows if row.item is not None)
        if level is not None:
            placed = [replace(each, level=level) for each in placed]
        failed += bringing.write(placed, now=NOW, by="teacher@example.org")
        assert failed == []
        return placed

    def files(self) -> Mapping[str, bytes]:
        """All that stands in the archive, by id."""
        return {
            path.relative_to(self.documents).as_posix(): path.read_bytes()
            for path in sorted(self.documents.rglob("*"))
            if path.is_file()
        }

    def record(self, project: str) -> str:
        return (self.documents / project / "project.toml").read_text()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def read(tmp_path: Path, content: str | bytes) -> MetadataList:
    path = tmp_path / "list.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_list(path)


def faults(row: PlannedRow) -> dict[str, str]:
    return {fault.column: fault.message for fault in row.faults}


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_a_csv_is_read_whatever_its_separator_and_encoding(tmp_path: Path, separator: str, encoding: str) -> None:
    stream = io.StringIO()
    lines = csv.writer(stream, delimiter=separator)
    lines.writerows(
        [["Titel", "Bestand", "Thema’s" if encoding != "cp1252" else "Thema's"], ["Café, een; dak", "a.pdf", "x"]]
    )
    listed = read(tmp_path, stream.getvalue().encode(encoding))
    assert [dict(row.cells) for row in listed.rows] == [{"title": "Café, een; dak", "file": "a.pdf", "themes": "x"}]
    assert listed.rows[0].number == 2


def test_excels_own_word_for_the_separator_is_no_row(tmp_path: Path) -> None:
    listed = read(tmp_path, "sep=;\r\nBestand;Titel\r\n\r\na.pdf;A\r\n")
    assert [(row.number, row.cells["file"]) for row in listed.rows] == [(4, "a.pdf")]


def test_headers_are_dutch_or_english_in_any_order_and_others_are_told_with_what_may_be_meant(tmp_path: Path) -> None:
    listed = read(tmp_path, "Learning community;FILE;Titlee;Kleur\nbim5;a.pdf;A;rood\n")
    assert dict(listed.rows[0].cells) == {"community": "bim5", "file": "a.pdf"}
    assert listed.ignored == ("Titlee (is “title” meant?)", "Kleur")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"bestand titel\na.pdf A\n", "no column is called"),
        (b"bestand:titel:jaar\na.pdf:A:2021\n", "read as CSV in UTF-8, with a comma"),
        (b"bestand;titel\na.pdf;Caf\x81\n", "neither UTF-8 nor Windows-1252 (line 2, byte 0x81)"),
        ("bestand;titel\na.pdf;CafÃ©\n".encode(), "letters were lost"),
        ("bestand;titel\na.pdf;Caf\ufffd\n".encode(), "line 2"),
        (b'bestand;titel\na.pdf;"open\n' + b"b.pdf;B\n" * 4000, "never closed"),
        (b"bestand;file\na.pdf;b.pdf\n", "mean the same"),
        (b"bestand;titel\n", "no row under the header"),
        (b"", "empty"),
        (b"%PDF-1.7\n", "is a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "before 2007"),
        (b"PK\x03\x04nonsense", "workbook can't be read"),
        (b"bestand;titel\na\0.pdf;x\n", "no text"),
        (b"\xff\xfea", "UTF-16"),
    ],
)
def test_a_list_that_cant_be_used_is_refused_in_a_sentence_that_tells_what_was_seen(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    with pytest.raises(ListUnreadable, match=r"list\.csv") as refused:
        read(tmp_path, content)
    assert sentence in str(refused.value)


def test_a_row_with_more_cells_than_the_header_is_a_fault_that_names_the_separator(tmp_path: Path) -> None:
    row = read(tmp_path, "bestand,titel\na.pdf,Gevels, daken en muren\n").rows[0]
    assert [fault.column for fault in row.faults] == [""]
    assert "a comma" in row.faults[0].message


def test_an_excel_list_keeps_days_numbers_and_the_values_of_formulas(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Bestand", "Jaar", "Datum", "Titel", "Opbrengst"])
    sheet.append(["a.pdf", 2021, datetime(2022, 1, 28), "A", None])
    sheet.append([])
    sheet.append(["b.pdf", "20-21", 44589, "B", "=1+1"])
    book.save(tmp_path / "list.xlsx")
    listed = read_list(tmp_path / "list.xlsx")
    assert [row.number for row in listed.rows] == [2, 4]
    assert read_day(listed.rows[0].cells["date"], today=TODAY) == read_day(listed.rows[1].cells["date"], today=TODAY)
    assert read_year(listed.rows[0].cells["year"], today=TODAY) == 2021
    # openpyxl saves no values: as with a list that a program wrote and nobody opened.
    assert [(fault.column, "formula" in fault.message) for fault in listed.rows[1].faults] == [("outcome", True)]


def test_a_formula_gives_the_value_that_was_saved_with_it(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Bestand", "Titel"])
    sheet.append(["a.pdf", '="Ge"&"vels"'])
    book.save(tmp_path / "plain.xlsx")
    with zipfile.ZipFile(tmp_path / "plain.xlsx") as plain, zipfile.ZipFile(tmp_path / "list.xlsx", "w") as saved:
        for name in plain.namelist():
            content = plain.read(name)
            if name.endswith("sheet1.xml"):
                content = content.replace(b'<c r="B2"><f>', b'<c r="B2" t="str"><f>').replace(
                    b"<v></v>", b"<v>Gevels</v>"
                )
                content = content.replace(b"<v />", b"<v>Gevels</v>").replace(b"<v/>", b"<v>Gevels</v>")
            saved.writestr(name, content)
    assert read_list(tmp_path / "list.xlsx").rows[0].cells["title"] == "Gevels"


def test_thirty_thousand_rows_of_excel_are_read_and_more_are_refused(tmp_path: Path) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["Bestand"])
    for number in range(ROWS_MAX):
        sheet.append([f"{number}.pdf"])
    book.save(tmp_path / "list.xlsx")
    assert len(read_list(tmp_path / "list.xlsx").rows) == ROWS_MAX
    with pytest.raises(ListUnreadable, match="more than 30,000 rows"):
        read(tmp_path, "bestand\n" + "a.pdf\n" * (ROWS_MAX + 1))


@pytest.mark.parametrize(
    "cell", ["2021-2023", "21", "eenentwintig", "2031", "1821", "2021-09", "20210", date(2021, 11, 10)]
)
def test_a_year_that_is_none_is_never_guessed(cell: Any) -> None:
    with pytest.raises(Unclear):
        read_year(cell, today=TODAY)


@pytest.mark.parametrize(
    ("cell", "year"), [("1999-2000", 1999), ("1999-00", 1999), ("21-22", 2021), ("schooljaar 2019–2020", 2019)]
)
def test_a_year_is_the_one_in_which_the_academic_year_starts(cell: str, year: int) -> None:
    assert read_year(cell, today=TODAY) == year


@pytest.mark.parametrize("cell", ["openbar", "publiek", "ja", "open", "campus!x", "0"])
def test_an_unknown_level_is_a_fault_and_never_the_one_that_is_near(cell: str) -> None:
    with pytest.raises(Unclear, match="is no level"):
        read_level(cell)


@pytest.mark.parametrize("cell", ["31-2-2022", "32 jan 2022", "2027-01-01", "gisteren", "1/2", 12])
def test_a_day_that_is_none_or_still_to_come_is_a_fault(cell: Any) -> None:
    with pytest.raises(Unclear):
        read_day(cell, today=TODAY)


def test_a_row_tells_all_that_is_wrong_with_it_and_what_may_be_meant(desk: Desk) -> None:
    desk.put("eindrapport.pdf")
    (row,) = desk.planned(f"{HEADER}\neindraport.pdf,T,bim55,2021-2023,P,openbar\n")
    found = faults(row)
    assert row.item is None
    assert set(found) == {"file", "community", "year", "visibility"}
    assert "“eindrapport.pdf” meant?" in found["file"]
    assert "is bim5 meant?" in found["community"]
    assert "openbaar" in found["visibility"]


def test_a_file_is_found_by_its_name_where_one_alone_has_it_and_stands_in_one_row_only(desk: Desk) -> None:
    for path in ("x/een.pdf", "x/twee.pdf", "y/twee.pdf"):
        desk.put(path)
    rows = desk.planned(
        f"{HEADER}\nEen.pdf,,bim5,2021,P,\ntwee.pdf,,bim5,2021,P,\nx\\twee.pdf,,bim5,2021,P,\nx/een.pdf,,bim5,2021,P,\n"
    )
    assert rows[0].item is not None and rows[0].item.source == "x/een.pdf"
    assert "several files" in faults(rows[1])["file"]
    assert rows[2].item is not None and rows[2].item.source == "x/twee.pdf"
    assert "row 2 already" in faults(rows[3])["file"]


def test_what_the_list_leaves_open_comes_from_the_folders_and_is_told(desk: Desk) -> None:
    desk.put("BIM 5/Jaar 20-21/groep 2/x.pdf")
    desk.put("BIM 5/2019/Ada Smit/y.pdf")
    first, second = desk.planned("bestand\nx.pdf\ny.pdf\n")
    assert first.item is not None and first.item.project == "bim5/2020/groep-2"
    assert "Groep 2" in first.notes[0]
    assert second.item is not None and second.item.project == "bim5/2019/y"


def test_without_a_level_the_default_holds_and_without_a_place_a_row_is_a_fault(desk: Desk) -> None:
    desk.put("x.pdf")
    (row,) = desk.planned("bestand\nx.pdf\n", visibility=Visibility.COMMUNITY, community="bim5", year=2021)
    assert row.item is not None and row.item.visibility is Visibility.COMMUNITY
    (row,) = desk.planned("bestand\nx.pdf\n")
    assert set(faults(row)) == {"community", "year"}


def test_a_project_that_is_there_is_found_by_title_or_folder_and_another_gets_its_own(desk: Desk) -> None:
    place = desk.documents / "bim5/2021-2022/prefab-gevels"
    place.mkdir(parents=True)
    (place / "project.toml").write_text('title = "Gevels van de fabriek"\n')
    for name in ("a", "b", "c", "d"):
        desk.put(f"{name}.pdf")
    names = ("gevels van de Fabriek", "Prefab gevels", "bim5/2021-2022/prefab-gevels", "Daken")
    lines = "".join(f"{file}.pdf,,bim5,2021,{name},\n" for file, name in zip("abcd", names, strict=True))
    found = [row.item.project for row in desk.planned(f"{HEADER}\n{lines}") if row.item]
    assert found == ["bim5/2021-2022/prefab-gevels"] * 3 + ["bim5/2021-2022/daken"]


def test_more_files_than_a_record_can_tell_of_are_faults(desk: Desk) -> None:
    for number in range(FILES_A_PROJECT + 1):
        desk.put(f"{number}.txt", "")
    rows = desk.planned(
        "bestand\n" + "".join(f"{n}.txt\n" for n in range(FILES_A_PROJECT + 1)), community="bim5", year=2021
    )
    assert sum(bool(row.faults) for row in rows) == 0  # each is a project of its own
    text = "bestand;project\n" + "".join(f"{n}.txt;P\n" for n in range(FILES_A_PROJECT + 1))
    assert sum(bool(row.faults) for row in desk.planned(text, community="bim5", year=2021)) == 1


def test_an_import_copies_and_records_all_that_the_list_says(desk: Desk) -> None:
    (desk.documents / "network.toml").write_text(
        '[[organisation]]\nslug = "bouw-x"\nname = "Bouw X B.V."\n[[theme]]\nslug = "prefab"\nnl = "prefab bouwen"\n'
    )
    source = desk.put("oud/Éindrapport.pdf")
    desk.bring_in(
        "bestand;titel;community;jaar;project;soort;taal;datum;auteurs;bedrijf;thema's;zichtbaarheid;vertrouwelijk tot;"
        "licentie;samenvatting;opbrengst;url\n"
        "oud/Éindrapport.pdf;Gevels;bim5;2021;Prefab gevels;eindrapport;Nederlands;28-1-2022;Ada Smit, Bo Kok;Bouw X B.V.;"
        "prefab bouwen;openbaar;2030-01-01;CC-BY-4.0;Waarover het gaat.;Wat het opbracht.;\n"
        ";Dashboard;bim5;2021;Prefab gevels;model;;;Bo Kok;;;campus;2030-01-01;;;;https://example.org/dashboard\n"
    )
    record, problems = read_project(desk.record("bim5/2021/prefab-gevels").encode(), "x")
    assert record is not None and problems == ()
    assert (record.title, record.summary, record.outcome) == (
        "Prefab gevels",
        "Waarover het gaat.",
        "Wat het opbracht.",
    )
    assert [person.name for person in record.team] == ["Ada Smit", "Bo Kok"]
    assert [company.organisation for company in record.companies] == ["bouw-x"]
    assert record.themes == ("prefab",)
    report, link = record.deliverables
    assert (report.file, report.visibility, report.kind, report.language) == (
        "Éindrapport.pdf",
        "public",
        "report",
        "nl",
    )
    assert (report.date, report.embargo_until, report.licence) == (date(2022, 1, 28), date(2030, 1, 1), "CC-BY-4.0")
    assert report.deposited_by == "teacher@example.org"
    assert (link.url, link.title) == ("https://example.org/dashboard", "Dashboard")
    assert desk.files()["bim5/2021/prefab-gevels/Éindrapport.pdf"] == source.read_bytes()


def test_the_same_import_again_changes_nothing(desk: Desk) -> None:
    desk.put("a.pdf")
    desk.put("b/a.pdf", "another")
    text = f"{HEADER}\na.pdf,A,bim5,2021,P,public\nb/a.pdf,B,bim5,2021,P,campus\n"
    assert [each.name for each in desk.bring_in(text)] == ["a.pdf", "a (2).pdf"]
    before = desk.files()
    times = {id: (desk.documents / id).stat().st_mtime_ns for id in before}
    assert {each.state for each in desk.bring_in(text)} == {"present"}
    assert desk.files() == before
    assert {id: (desk.documents / id).stat().st_mtime_ns for id in before} == times


def test_what_stands_there_is_not_written_over_and_what_people_wrote_stays(desk: Desk) -> None:
    place = desk.documents / "bim5/2021/p"
    place.mkdir(parents=True)
    (place / "project.toml").write_text('title = "P"  # ours\nsummary = "Van ons."\n\n[[team]]\nname = "Ada Smit"\n')
    (place / "a.pdf").write_text("of before")
    desk.put("a.pdf")
    desk.bring_in(
        "bestand;community;jaar;project;samenvatting;opbrengst;auteurs;thema\n"
        "a.pdf;bim5;2021;P;Van de lijst.;Opbrengst.;Ada Smit, Bo Kok;prefab\n"
    )
    files, text = desk.files(), desk.record("bim5/2021/p")
    assert files["bim5/2021/p/a.pdf"] == b"of before"
    assert files["bim5/2021/p/a (2).pdf"] == b"content of a.pdf"
    record, problems = read_project(text.encode(), "x")
    assert record is not None and problems == ()
    assert "# ours" in text
    assert (record.summary, record.outcome, record.themes) == ("Van ons.", "Opbrengst.", ("prefab",))
    assert [person.name for person in record.team] == ["Ada Smit", "Bo Kok"]


def test_a_level_stands_in_the_record_before_the_file_has_its_name(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file without a record is read by all of campus: a kill between the two must not open it."""
    desk.put("a.pdf")
    desk.put("b.pdf")
    text = f"{HEADER}\na.pdf,A,bim5,2021,P,confidential\nb.pdf,B,bim5,2021,P,community\n"
    at_naming: list[str] = []
    place = Storage.place

    def cut_off(self: Storage, folder: str, mark: str, name: str, **more: Any) -> None:
        if name == "b.pdf":
            raise KeyboardInterrupt
        at_naming.append(desk.record(folder))
        place(self, folder, mark, name, **more)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Storage, "place", cut_off)
        desk.bring_in(text)
    assert at_naming and at_naming[0].count('visibility = "confidential"') == 1
    assert 'file = "b.pdf"' in at_naming[0]
    assert "bim5/2021/p/b.pdf" not in desk.files()
    record = desk.record("bim5/2021/p")
    assert [each.state for each in desk.bring_in(text)] == ["present", "complete"]
    assert desk.files()["bim5/2021/p/b.pdf"] == b"content of b.pdf"
    assert desk.record("bim5/2021/p") == record


def test_what_comes_in_closed_says_what_was_asked(desk: Desk) -> None:
    desk.put("a.pdf")
    desk.bring_in(f"{HEADER}\na.pdf,A,bim5,2021,P,public\n", level=Visibility.CONFIDENTIAL)
    record, problems = read_project(desk.record("bim5/2021/p").encode(), "x")
    assert record is not None and problems == ()
    (entry,) = record.deliverables
    assert entry.visibility is Visibility.CONFIDENTIAL
    assert entry.asked is not None and entry.asked.visibility is Visibility.PUBLIC


TOLD = "bestand;community;jaar;project;zichtbaarheid;samenvatting;organisatie;vertrouwelijk tot\n"


def test_words_of_a_closed_row_are_not_told_by_a_project_that_more_people_see(desk: Desk) -> None:
    """A project without a level is seen by whoever sees one of its documents: the summary of the other went along."""
    for name in ("a.pdf", "b.pdf", "c.pdf"):
        desk.put(name)
    placed = desk.bring_in(
        f"{TOLD}a.pdf;bim5;2021;P;vertrouwelijk;Geheim.;geheim-bv;\nb.pdf;bim5;2021;P;openbaar;;bekend-bv;\n"
        "c.pdf;bim5;2021;Q;openbaar;Later vrij.;;2027-01-01\n"
    )
    record, problems = read_project(desk.record("bim5/2021/p").encode(), "x")
    assert record is not None and problems == () and record.summary is None
    assert [(each.organisation, each.visibility) for each in record.companies] == [
        ("bekend-bv", None),
        ("geheim-bv", Visibility.CONFIDENTIAL),
    ]
    assert [bool(each.note and "stay out" in each.note) for each in placed] == [True, False, False]
    assert 'summary = "Later vrij."' in desk.record("bim5/2021/q"), "nobody sees this project before its document"


def test_authors_of_a_closed_row_do_not_join_a_team_that_more_people_see(desk: Desk) -> None:
    for name in ("a.pdf", "b.pdf"):
        desk.put(name)
    head = "bestand;community;jaar;project;zichtbaarheid;auteurs"
    desk.bring_in(f"{head}\na.pdf;bim5;2021;P;vertrouwelijk;Ada Geheim\nb.pdf;bim5;2021;P;campus;Bo Bekend\n")
    record, _problems = read_project(desk.record("bim5/2021/p").encode(), "x")
    assert record is not None
    assert [each.name for each in record.team] == ["Bo Bekend"]


def test_the_same_bytes_under_two_levels_come_in_under_the_narrower(desk: Desk) -> None:
    desk.put("a.pdf", "same")
    desk.put("b.pdf", "same")
    placed = desk.bring_in(f"{HEADER}\na.pdf,A,bim5,2021,P,public\nb.pdf,B,bim5,2021,P,community\n")
    assert {each.level for each in placed} == {Visibility.COMMUNITY}
    assert desk.record("bim5/2021/p").count("visibility") == desk.record("bim5/2021/p").count('"community"') == 1


def test_a_record_that_would_open_a_file_further_than_the_list_stops_it(desk: Desk) -> None:
    """An entry that waits for its bytes, and says more than the list does since."""
    file = desk.put("a.pdf")
    place = desk.documents / "bim5/2021/p"
    place.mkdir(parents=True)
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    (place / "project.toml").write_text(f'title = "P"\n[[deliverable]]\nfile = "a.pdf"\nsha256 = "{sha256}"\n')
    rows = desk.planned(f"{HEADER}\na.pdf,A,bim5,2021,P,confidential\n")
    placed, failed = desk.bringing().place(row.item for row in rows if row.item is not None)
    assert placed == [] and "says campus already" in failed[0].reason


def test_what_was_withdrawn_does_not_come_back(desk: Desk) -> None:
    desk.put("a.pdf")
    text = f"{HEADER}\na.pdf,A,bim5,2021,P,public\n"
    desk.bring_in(text)
    place = desk.documents / "bim5/2021/p"
    (place / "a.pdf").unlink()
    record = place / "project.toml"
    record.write_text(record.read_text() + '\n[deliverable.withdrawn]\ndate = 2026-02-01\nreason = "x"\n')
    (placed,) = desk.bring_in(text)
    assert (placed.state, placed.note) == ("present", "it was withdrawn, and stays so")
    assert "bim5/2021/p/a.pdf" not in desk.files()


def test_a_source_that_changes_while_it_is_read_does_not_come_in(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    source = desk.put("a.pdf")
    rows = desk.planned(f"{HEADER}\na.pdf,A,bim5,2021,P,public\n")
    bringing = desk.bringing()
    placed, _ = bringing.place(row.item for row in rows if row.item is not None)
    source.write_text("another text")
    (failed,) = bringing.write(placed, now=NOW, by=None)
    assert "was changed while it was read" in failed.reason
    assert "bim5/2021/p/a.pdf" not in desk.files()


def test_one_projects_broken_record_stops_no_other(desk: Desk) -> None:
    (desk.documents / "bim5/2021/p").mkdir(parents=True)
    (desk.documents / "bim5/2021/p/project.toml").write_text("title = \n")
    desk.put("a.pdf")
    desk.put("b.pdf")
    rows = desk.planned(f"{HEADER}\na.pdf,A,bim5,2021,P,public\nb.pdf,B,bim5,2021,Q,public\n")
    bringing = desk.bringing()
    placed, failed = bringing.place(row.item for row in rows if row.item is not None)
    assert ["mend it first" in each.reason for each in failed] == [True]
    assert bringing.write(placed, now=NOW, by=None) == []
    assert "bim5/2021/q/b.pdf" in desk.files()
    assert "bim5/2021/p/a.pdf" not in desk.files()


def test_hostile_names_lead_nowhere_and_links_are_not_followed(desk: Desk, tmp_path: Path) -> None:
    secret = tmp_path / "secret.pdf"
    secret.write_text("secret")
    (desk.folder / "link.pdf").symlink_to(secret)
    (desk.folder / "elsewhere").symlink_to(tmp_path)
    desk.put("project.toml", 'title = "not ours"')
    desk.put("con.pdf")
    found, passed = sources_in(desk.folder)
    assert found == ("con.pdf",)
    assert set(passed) == {"link.pdf", "project.toml"}
    rows = desk.planned(
        f"{HEADER}\n../secret.pdf,,bim5,2021,P,\n/etc/passwd,,bim5,2021,P,\nlink.pdf,,bim5,2021,P,\ncon.pdf,,bim5,2021,..,\n"
    )
    assert [bool(row.faults) for row in rows] == [True, True, True, False]
    assert rows[3].item is not None and rows[3].item.project == "bim5/2021/project"


def test_a_folder_that_cant_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="can't be read"):
        sources_in(tmp_path / "nowhere")
