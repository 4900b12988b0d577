"""What a path means, with the folder names that people really give."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.paths import is_deliverable, locate, record_place, shown_names, year_of


@pytest.mark.parametrize(
    ("folder", "year"),
    [
        ("2021", 2021),
        ("2021-2022", 2021),
        ("2021-22", 2021),
        ("2020_2021", 2020),
        ("2019–2020", 2019),
        ("2019 - 2020", 2019),
        ("Jaar 20-21", 2020),
        ("20-21", 2020),
        ("99-00", 1999),
        ("schooljaar 2019-2020", 2019),
        ("Studiejaar 09-10", 2009),
        ("Projecten 20-21", 2020),
        ("SJ 2022", 2022),
        ("(2018) oud", 2018),
    ],
)
def test_a_folder_that_holds_a_year_is_read_as_the_academic_year_that_starts_in_it(folder, year):
    assert year_of(folder) == year


@pytest.mark.parametrize(
    "folder", ["groep A", "NEN 2767", "week 01-02", "20-22", "kinderen 11-12", "12345", "ISO 19650", "3021", "05-2"]
)
def test_numbers_that_are_no_year_are_not_read_as_one(folder):
    assert year_of(folder) is None


def test_a_project_is_the_folder_under_the_year_and_folders_below_belong_to_it():
    place = locate("Vitaliteit (oud)/Jaar 20-21/groep A/bijlagen/2019/x.pdf")
    assert (place.community, place.year, place.project) == (
        "Vitaliteit (oud)",
        2020,
        "Vitaliteit (oud)/Jaar 20-21/groep A",
    )
    assert place.record == "Vitaliteit (oud)/Jaar 20-21/groep A/project.toml"


def test_a_year_below_a_group_is_found_too():
    assert locate("bim5/archief/2019-2020/gevels/x.pdf").project == "bim5/archief/2019-2020/gevels"
    assert locate("bim5/archief/2019-2020/gevels/x.pdf").year == 2019


def test_without_a_year_the_first_folder_under_the_community_is_the_project():
    place = locate("bim5/groep A/bijlagen/x.pdf")
    assert (place.year, place.project) == (None, "bim5/groep A")


@pytest.mark.parametrize("id", ["bim5/2021/nota.docx", "bim5/nota.docx", "nota.docx"])
def test_a_file_without_a_project_folder_is_a_project_of_its_own_under_its_whole_id(id):
    assert locate(id).project == id


def test_files_that_differ_in_suffix_only_are_different_projects_and_so_is_a_folder_of_that_name():
    ids = ["bim5/2021/nota.docx", "bim5/2021/nota.pdf", "bim5/2021/nota/x.pdf"]
    assert len({locate(id).project for id in ids}) == 3


def test_a_file_straight_in_documents_belongs_to_no_community():
    assert locate("los.pdf").community is None


@pytest.mark.parametrize(
    "id",
    [
        "README.md",
        "bim5/2021/p/~$verslag.docx",
        "bim5/2021/p/.~lock.verslag.docx#",
        "bim5/2021/p/Thumbs.db",
        "bim5/2021/p/Desktop.ini",
        "bim5/2021/p/.versions/abc/rapport.pdf",
        "network.toml",
        "bim5/agenda.toml",
        "bim5/community.toml",
        "bim5/2021/p/project.toml",
    ],
)
def test_what_systems_and_records_leave_is_no_deliverable(id):
    assert not is_deliverable(id)


@pytest.mark.parametrize("id", ["bim5/README.md", "x.pdf", "bim5/2021/p/~concept.docx", "bim5/2021/p/pyproject.toml"])
def test_any_other_file_is_archived_wherever_it_lies(id):
    assert is_deliverable(id)


@pytest.mark.parametrize(
    ("id", "kind", "owner"),
    [
        ("network.toml", "network", ""),
        ("bim5/community.toml", "community", "bim5"),
        ("bim5/agenda.toml", "agenda", "bim5"),
        ("bim5/2021/gevels/project.toml", "project", "bim5/2021/gevels"),
        ("bim5/groep A/project.toml", "project", "bim5/groep A"),
    ],
)
def test_a_record_describes_what_its_place_says(id, kind, owner):
    place = record_place(id)
    assert place is not None and (place.kind, place.owner) == (kind, owner)


@pytest.mark.parametrize(
    "id",
    [
        "bim5/network.toml",
        "community.toml",
        "bim5/2021/agenda.toml",
        "project.toml",
        "bim5/project.toml",
        "bim5/2021/project.toml",
        "bim5/2021/p/bijlagen/project.toml",
        "bim5/2021/p/rapport.pdf",
    ],
)
def test_a_record_in_another_place_describes_nothing(id):
    assert record_place(id) is None


names = st.text(st.sampled_from("ae\u0301\u00e9\u0308o\udc80K\u212a"), min_size=1, max_size=4)


@given(st.sets(names, max_size=8))
def test_every_name_on_disk_has_one_name_of_its_own(raw):
    shown = shown_names(raw)
    assert sorted(shown.values()) == sorted(raw)


@given(st.sets(names, max_size=8))
def test_a_composed_name_always_leads_to_a_file_that_is_spelled_so(raw):
    shown = shown_names(raw)
    for name in raw:
        found = shown[unicodedata.normalize("NFC", name)]
        assert unicodedata.normalize("NFC", found) == unicodedata.normalize("NFC", name)


@given(st.lists(st.text(st.sampled_from("ab21-20 ."), min_size=1, max_size=9), min_size=1, max_size=6))
def test_a_project_is_always_the_beginning_of_the_path(parts):
    id = "/".join(parts)
    project = locate(id).project
    assert project == id or id.startswith(f"{project}/")
