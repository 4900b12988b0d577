"""Which team handed in which file: real ZIPs, as each system makes them."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterable

from archive.deposit.unzipping import Member, members
from archive.importing.submissions import Grouped, group


def zipped(names: Iterable[str]) -> io.BytesIO:
    """A ZIP with a file of each name, as an LMS streams it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, f"content of {name}")
    stream.seek(0)
    return stream


def grouped(*names: str) -> Grouped:
    """The submissions in a ZIP with these files."""
    with zipfile.ZipFile(zipped(names)) as archive:
        return group(info.filename for info in archive.infolist() if not info.is_dir())


def by_label(found: Grouped) -> dict[str, list[str]]:
    return {each.label: [file.name for file in each.files] for each in found.submissions}


def test_brightspace_makes_a_folder_a_submission_and_an_index_of_its_own() -> None:
    found = grouped(
        "index.html",
        "12345-678910 - Team 10 - Jan 12, 2022 1015 AM/eindrapport.pdf",
        "12345-678911 - Team 3 - Jan 12, 2022 1120 AM/rapport.pdf",
        "12345-678911 - Team 3 - Jan 12, 2022 1120 AM/website/index.html",
    )
    assert found.system == "brightspace"
    assert by_label(found) == {"Team 3": ["rapport.pdf", "website/index.html"], "Team 10": ["eindrapport.pdf"]}
    assert [each.team for each in found.submissions] == ["Team 3", "Team 10"]
    assert [(each.path, each.why) for each in found.passed_over] == [("index.html", "system")]


def test_of_two_submissions_of_a_team_in_brightspace_the_later_file_of_a_name_counts() -> None:
    early, late = "1-2 - Team 3 - Jan 9, 2022 315 PM", "1-3 - Team 3 - Jan 12, 2022 1015 AM"
    found = grouped(f"{late}/rapport.pdf", f"{early}/rapport.pdf", f"{early}/data.xlsx")
    files = {file.path for file in found.submissions[0].files}
    assert files == {f"{late}/rapport.pdf", f"{early}/data.xlsx"}
    assert [(each.path, each.why) for each in found.passed_over] == [(f"{early}/rapport.pdf", "older")]


def test_a_moment_in_dutch_is_read_and_one_that_is_no_moment_loses_no_file() -> None:
    dutch = grouped(
        "1-2 - Team 3 - 9 januari 2022 15.15/a.pdf",
        "1-3 - Team 3 - 12 januari 2022 10.15/a.pdf",
        "2-3 - Team 4 - 12 mrt. 2022 1015/b.pdf",
    )
    assert by_label(dutch) == {"Team 3": ["a.pdf"], "Team 4": ["b.pdf"]}
    assert dutch.submissions[0].files[0].path.startswith("1-3")
    unknown = grouped("1-2 - Team 3 - ooit/a.pdf", "1-2 - Team 3 - ooit/b.pdf", "2-2 - Team 4 - ooit/c.pdf")
    assert sum(len(each.files) for each in unknown.submissions) == 3


def test_brightspace_side_by_side_names_the_file_behind_the_moment() -> None:
    found = grouped(
        "12345-678910 - Team 3 - Jan 12, 2022 1015 AM - Rapport - deel 1.pdf",
        "12345-678911 - Team 4 - Jan 12, 2022 1115 AM - rapport.pdf",
    )
    assert found.system == "brightspace"
    assert by_label(found) == {"Team 3": ["Rapport - deel 1.pdf"], "Team 4": ["rapport.pdf"]}


def test_canvas_puts_all_side_by_side_with_numbers_between() -> None:
    found = grouped(
        "team3_LATE_12345_678910_rapport_v2.pdf",
        "team3_LATE_12345_678912_data_2021_ruw.xlsx",
        "team10_22345_678911_rapport.pdf",
        "smitada_32345_678913_rapport.pdf",
        "groep4_42345_text.html",
    )
    assert found.system == "canvas"
    assert by_label(found) == {
        "groep4": ["text.html"],
        "smitada": ["rapport.pdf"],
        "team3": ["rapport_v2.pdf", "data_2021_ruw.xlsx"],
        "team10": ["rapport.pdf"],
    }
    assert {each.label: each.team for each in found.submissions}["smitada"] is None


def test_moodle_makes_a_folder_with_its_own_word_in_it() -> None:
    found = grouped(
        "Groep 3_12345_assignsubmission_file/rapport.pdf",
        "Groep 3_12345_assignsubmission_file/bijlagen/data.xlsx",
        "Naam van Achter_22345_assignsubmission_file_/verslag.docx",
        "Naam van Achter_22345_assignsubmission_onlinetext_/onlinetext.html",
    )
    assert found.system == "moodle"
    assert by_label(found) == {
        "Groep 3": ["bijlagen/data.xlsx", "rapport.pdf"],
        "Naam van Achter": ["verslag.docx", "onlinetext.html"],
    }
    assert [each.team for each in found.submissions] == ["Groep 3", None]


def test_moodle_without_folders_is_known_by_the_same_word() -> None:
    found = grouped("Groep 3_12345_assignsubmission_file_rapport_v2.pdf", "Groep 4_12346_assignsubmission_file_a.pdf")
    assert by_label(found) == {"Groep 3": ["rapport_v2.pdf"], "Groep 4": ["a.pdf"]}


def test_an_older_moodle_gives_a_team_once_for_each_member() -> None:
    found = grouped(
        "Groep 3-Ada Smit_1_assignsubmission_file_/rapport.pdf",
        "Groep 3-Bo Kok_2_assignsubmission_file_/rapport.pdf",
        "Prefab-Cas Bos_3_assignsubmission_file_/plan.pdf",
        "Prefab-Cas Bos_3_assignsubmission_file_/rapport.pdf",
        "Prefab-Dirk Vos_4_assignsubmission_file_/plan.pdf",
        "Prefab-Dirk Vos_4_assignsubmission_file_/rapport.pdf",
    )
    assert by_label(found) == {"Groep 3": ["rapport.pdf"], "Prefab": ["plan.pdf", "rapport.pdf"]}
    assert {each.why for each in found.passed_over} == {"copy"}
    assert len(found.passed_over) == 3


def test_two_students_whose_first_names_begin_alike_are_not_taken_for_a_team() -> None:
    found = grouped(
        "Anne-Marie Smit_1_assignsubmission_file_/rapport.pdf",
        "Anne-Sophie Kok_2_assignsubmission_file_/rapport.pdf",
    )
    assert by_label(found) == {"Anne-Marie Smit": ["rapport.pdf"], "Anne-Sophie Kok": ["rapport.pdf"]}


def test_of_teams_the_last_version_counts_whole() -> None:
    found = grouped(
        "Submitted files/Groep 1/Eindopdracht/Version 2/rapport.pdf",
        "Submitted files/Groep 1/Eindopdracht/Version 10/rapport def.pdf",
        "Submitted files/Groep 1/Eindopdracht/Version 10/bijlagen/data.xlsx",
        "Submitted files/Groep 1/Tussenopdracht/Version 1/plan.pdf",
        "Submitted files/Ada Smit/Eindopdracht/Version 1/rapport.pdf",
        "Working files/Groep 1/Eindopdracht/kladje.docx",
    )
    assert found.system == "teams"
    assert by_label(found) == {
        "Ada Smit": ["rapport.pdf"],
        "Groep 1": ["bijlagen/data.xlsx", "rapport def.pdf", "plan.pdf"],
    }
    assert {each.path.rpartition("/")[2] for each in found.passed_over if each.why == "older"} == {
        "rapport.pdf",
        "kladje.docx",
    }


def test_without_a_system_the_top_folders_are_the_teams_also_below_one_that_holds_them_all() -> None:
    names = [
        "groep 1/rapport.pdf",
        "groep 1/bijlagen/x.pdf",
        "Prefab gevels/rapport.pdf",
        "Ada Smit/rapport.pdf",
        "los.pdf",
    ]
    found = grouped(*names)
    assert found.system == "folders"
    assert by_label(found) == {
        "": ["los.pdf"],
        "Ada Smit": ["rapport.pdf"],
        "groep 1": ["bijlagen/x.pdf", "rapport.pdf"],
        "Prefab gevels": ["rapport.pdf"],
    }
    assert {each.label: each.team for each in found.submissions} == {
        "": None,
        "Ada Smit": None,
        "groep 1": "groep 1",
        "Prefab gevels": "Prefab gevels",
    }
    deeper = grouped(*(f"Inleveringen LC/{name}" for name in names[:-1]))
    assert [each.label for each in deeper.submissions] == ["Ada Smit", "groep 1", "Prefab gevels"]


def test_what_systems_leave_behind_is_passed_over_and_told() -> None:
    left = ["groep 1/.DS_Store", "__MACOSX/groep 1/._rapport.pdf", "groep 2/Thumbs.db", "groep 1/~$rapport.docx"]
    found = grouped("groep 1/rapport.pdf", "groep 2/rapport.pdf", *left)
    assert by_label(found) == {"groep 1": ["rapport.pdf"], "groep 2": ["rapport.pdf"]}
    assert {each.path for each in found.passed_over} == set(left)


def test_every_file_is_in_one_submission_or_passed_over() -> None:
    names = [
        "12345-678910 - Team 10 - Jan 12, 2022 1015 AM/eindrapport.pdf",
        "team3_LATE_12345_678910_rapport_v2.pdf",
        "Groep 3_12345_assignsubmission_file/rapport.pdf",
        "Submitted files/Groep 1/Eindopdracht/Version 2/rapport.pdf",
        "groep 5/x.pdf",
        "los.pdf",
        "index.html",
        "x/Version 2/a",
    ]
    found = grouped(*names)
    paths = [file.path for each in found.submissions for file in each.files]
    assert sorted([*paths, *(each.path for each in found.passed_over)]) == sorted(names)


def test_a_title_is_never_made_of_a_persons_name() -> None:
    for label in ("Ada Smit", "Smit, Ada", "Ada van der Smit", "SMIT ADA", "ada_smit", "Smit", "Ada Smit (1)"):
        found = group([f"{label}/a.pdf", "Groep 1/b.pdf"])
        assert [each.team for each in found.submissions if each.label == label] == [None], label
    assert group(["Groep 3 - Ada Smit/a.pdf", "Groep 4/b.pdf"]).submissions[0].team == "Groep 3"


def test_names_of_an_old_zip_come_out_as_they_were_meant() -> None:
    """A ZIP of before 2007 has its names in cp437; Python reads them so where no flag says UTF-8."""
    stream = zipped(["groep 1/verslag c.pdf", "groep 2/b.pdf"])
    content = stream.getvalue().replace(b"verslag c.pdf", b"verslag \x82.pdf")
    found = [
        each
        for each in members(io.BytesIO(content), most=10, file_max=1000, total_max=1000)
        if isinstance(each, Member)
    ]
    assert by_label(group(each.path for each in found)) == {"groep 1": ["verslag é.pdf"], "groep 2": ["b.pdf"]}
    assert struct.unpack("<H", content[6:8])[0] & 0x800 == 0


def test_thirty_thousand_paths_take_no_time_worth_mention() -> None:
    paths = [f"Team {n % 300}-Ada Smit_{n}_assignsubmission_file_/deel {n}.pdf" for n in range(30_000)]
    assert len(group(paths).submissions) == 300
