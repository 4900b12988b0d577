"""A person is found in every place of a record, and taken out of it; namesakes and the rest of the record stay."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date

import pytest

from archive.access import audience_of_text, level_of
from archive.model import DeliverableRecord, Visibility
from archive.privacy.forgetting import ERASED, Somebody, mentions
from archive.records.editing import Entry, Forget, Remove, edit
from archive.records.reading import read_project

NOOR = Somebody.of(["Noor Kanarie"], ["noor@example.org"])
PROJECT = """
title = "Gevels"   # begonnen door Noor Kanarie
summary = "Vraag het Noor Kanarie of Noortje."
color = "#Noor Kanarie"

[[team]]
name = "Noor Kanarie"
role = "student"
programme = "Bouwkunde"
account = "Noor@example.org"
consent = [{ for = "name", date = 2021-09-14 }]

[[team]]
name = "Noor Kanarie"   # een naamgenoot
account = "andere.noor@example.org"

[handover]
stands = "Alles."
by = "noor@example.org"

[[deliverable]]
file = "verslag noor kanarie.pdf"
named = ["noor@example.org", "wim@example.org"]
deposited_by = "noor@example.org"
"""
NETWORK = """
[[organisation]]
slug = "kanarie"
name = "Noor Kanarie"

[[organisation.contact]]
name = "Noor Kanarie"
until = 2021-01-01

[[organisation.contact]]
name = "Wim"
"""


def forgotten(text: str) -> str:
    return edit(text, [Forget(who=NOOR, day=date(2022, 1, 10))])


def test_a_team_keeps_the_role_where_the_name_stood() -> None:
    team = tomllib.loads(forgotten(PROJECT))["team"]
    taken_back = [{"for": "name", "withdrawn": date(2022, 1, 10)}]
    assert team[0] == {"role": "student", "programme": "Bouwkunde", "consent": taken_back}


def test_a_namesake_with_another_address_stays() -> None:
    team = tomllib.loads(forgotten(PROJECT))["team"]
    assert team[1] == {"name": "Noor Kanarie", "account": "andere.noor@example.org"}
    assert "team[1].name" not in {each.way for each in mentions(PROJECT.encode(), NOOR)}


def test_who_did_what_and_who_may_see_no_longer_name_the_person() -> None:
    record = tomllib.loads(forgotten(PROJECT))
    assert record["handover"] == {"stands": "Alles."}
    assert record["deliverable"] == [{"file": "verslag noor kanarie.pdf", "named": ["wim@example.org"]}]


def test_texts_and_comments_say_that_a_name_was_erased() -> None:
    text = forgotten(PROJECT)
    assert f"# begonnen door {ERASED}" in text
    assert tomllib.loads(text)["summary"] == f"Vraag het {ERASED} of Noortje."
    assert "# een naamgenoot" in text


def test_every_mention_is_told_and_an_address_of_the_archive_is_told_to_stay() -> None:
    found = mentions(PROJECT.encode(), NOOR)
    assert {each.way for each in found} == {
        "summary",
        "color",
        "team[0].name",
        "team[0].account",
        "handover.by",
        "deliverable[0].file",
        "deliverable[0].named[0]",
        "deliverable[0].deposited_by",
        "#",
    }
    assert [each.way for each in found if each.stays] == ["deliverable[0].file"]
    left = mentions(forgotten(PROJECT).encode(), NOOR)
    assert [each.way for each in left] == ["deliverable[0].file"]


def test_a_contact_goes_with_its_history_and_a_company_of_the_same_name_stays() -> None:
    (organisation,) = tomllib.loads(forgotten(NETWORK))["organisation"]
    assert organisation["name"] == "Noor Kanarie"
    assert organisation["contact"] == [{"name": "Wim"}]


def test_a_list_of_contacts_that_is_empty_then_goes() -> None:
    text = 'name = "X"\n\n[[contact]]\nname = "Noor Kanarie"\n'
    assert tomllib.loads(forgotten(text)) == {"name": "X"}
    inline = 'name = "X"\ncontact = [{ name = "Noor Kanarie" }]\n'
    assert tomllib.loads(forgotten(inline)) == {"name": "X"}


def test_the_files_of_a_team_stay_closed_when_a_name_was_erased_from_its_record() -> None:
    """With the name the reason to close them was gone, and a report that held the name opened to everybody."""
    text = 'title = "X"\n[[team]]\nname = "Noor Kanarie"\n'
    record, _ = read_project(forgotten(text).encode(), "bim5/2021/x/project.toml")
    file = DeliverableRecord(file="a.pdf", visibility=Visibility.PUBLIC)
    audience = audience_of_text(file, record, community="bim5", default=Visibility.CAMPUS, author_known=False)
    assert level_of(audience) is Visibility.CAMPUS
    clean = replace(file, no_names=True)
    audience = audience_of_text(clean, record, community="bim5", default=Visibility.CAMPUS, author_known=False)
    assert level_of(audience) is Visibility.PUBLIC


def test_a_name_that_is_written_with_an_escape_is_found() -> None:
    found = mentions(b'summary = "Vraag No\\u006fr\\nKanarie."', NOOR)
    assert [each.text for each in found] == ["Vraag Noor\nKanarie."]


@pytest.mark.parametrize("content", [b"title = ", b"\xff", b""])
def test_what_cannot_be_read_names_nobody(content: bytes) -> None:
    assert mentions(content, NOOR) == ()


def test_nobody_is_found_when_nobody_is_sought() -> None:
    assert mentions(PROJECT.encode(), Somebody()) == ()


def test_an_entry_is_removed_and_the_others_stay() -> None:
    text = '[[deliverable]]\nfile = "a.pdf"\n\n[[deliverable]]\nfile = "b.pdf"\n'
    removed = edit(text, [Remove(entry=Entry(table="deliverable", key="file", value="a.pdf"))])
    assert tomllib.loads(removed) == {"deliverable": [{"file": "b.pdf"}]}
