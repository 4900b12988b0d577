"""A form over a part of a record: only what was changed is written, and nobody is overwritten unasked."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from archive.records.editing import edit
from archive.records.revising import Revision, revise
from archive.records.sheets import Key, Rows, Sheet, as_form, look

DAY = date(2021, 9, 14)
SHEET = Sheet(
    keys=(
        Key(name="title", needed=True),
        Key(name="summary", kind="lines", most=40),
        Key(name="students", kind="whole", most=500),
        Key(name="starts", kind="day"),
        Key(name="status", kind="choice", choices=frozenset({"", "running", "finished"})),
        Key(name="themes", kind="many", choices=frozenset({"a", "b"})),
        Key(name="synonyms", kind="texts", most=20),
        Key(name="open", kind="tick", usual=True),
        Key(name="name-nl", way=("name", "nl")),
        Key(name="name-en", way=("name", "en")),
    ),
    rows=(
        Rows(
            name="team",
            by="name",
            person=("name", "account"),
            keys=(Key(name="name"), Key(name="programme"), Key(name="account", address=True)),
        ),
        Rows(
            name="contact",
            by="name",
            person=("name", "email"),
            history=True,
            keys=(Key(name="name"), Key(name="email")),
        ),
    ),
)
RECORD = """# van ons
title = "Gevels"   # werktitel
kleur = "rood"
students = 4
starts = 2021-09-01
themes = ["a", "oud"]
name = "Bouw"

[[team]]
# de eerste
name = "Ada"
programme = "Bouwkunde"
[[team]]
name = "Bo"   # de tweede
extra = 1
consent = [{ for = "name", date = 2021-09-14 }]
[[team]]
name = "Cas"
"""


def everything(_name: str, _value: Any) -> bool:
    return True


def form(text: str = RECORD, sees: Any = everything, **typed: str | list[str]) -> dict[str, list[str]]:
    """The form that a record gave, with these fields filled in otherwise."""
    given = as_form(look(SHEET, tomllib.loads(text), sees=sees))
    changed = {name.replace("_", "-"): [value] if isinstance(value, str) else value for name, value in typed.items()}
    return {**given, **changed}


def revised(sent: dict[str, list[str]], text: str = RECORD, sees: Any = everything) -> Revision:
    return revise(SHEET, tomllib.loads(text), sent, at=(), sees=sees, day=DAY)


def written(sent: dict[str, list[str]], text: str = RECORD, sees: Any = everything) -> str:
    revision = revised(sent, text, sees)
    assert not revision.wrong and not revision.others, revision
    return edit(text, revision.changes)


def test_a_form_that_was_not_touched_changes_nothing() -> None:
    assert revised(form()).changes == ()


def test_only_the_lines_that_were_changed_are_others() -> None:
    after = written(form(title="Daken", students="", starts="1/10/2021", status="running", open=[]))
    assert [line for line in RECORD.splitlines() if line not in after.splitlines()] == [
        'title = "Gevels"   # werktitel',
        "students = 4",
        "starts = 2021-09-01",
    ]
    assert [line for line in after.splitlines() if line not in RECORD.splitlines()] == [
        'title = "Daken"   # werktitel',
        "starts = 2021-10-01",
        'status = "running"',
        "open = false",
    ]


def test_a_list_keeps_what_is_not_shown_and_what_is_on_no_list() -> None:
    def sees(_name: str, value: Any) -> bool:
        return bool(value != "a")

    after = written(form(sees=sees, themes=["oud", "b"]), sees=sees)
    assert tomllib.loads(after)["themes"] == ["a", "oud", "b"]
    assert revised(form(themes=["a", "nergens"])).wrong == {"themes": "choice"}


def test_a_plain_text_becomes_a_table_when_the_other_language_comes_in() -> None:
    after = tomllib.loads(written(form(name_en="Building")))
    assert after["name"] == {"nl": "Bouw", "en": "Building"}
    table = RECORD.replace('"Bouw"', '{ nl = "Bouw", en = "Building", fy = "Bou" }')
    after = tomllib.loads(written(form(table, name_en=""), table))
    assert after["name"] == {"nl": "Bouw", "fy": "Bou"}


def test_rows_are_changed_taken_out_and_added_with_their_comments_and_unknown_keys() -> None:
    after = written(form(team_1_programme="ICT", team_0_gone="yes", team_n0_name="Dee", team_n1_name=""))
    assert [(each["name"], each.get("programme")) for each in tomllib.loads(after)["team"]] == [
        ("Bo", "ICT"),
        ("Cas", None),
        ("Dee", None),
    ]
    assert "# de tweede" in after and "extra = 1" in after and "# van ons" in after
    nobody = tomllib.loads(written(form(team_0_gone="yes", team_1_gone="yes", team_2_gone="yes")))
    assert "team" not in nobody and nobody["kleur"] == "rood"


def test_a_row_written_between_brackets_is_changed_there() -> None:
    inline = 'title = "x"\nteam = [{ name = "Ada" }, { name = "Bo" }]\n'
    after = tomllib.loads(written(form(inline, team_0_gone="yes", team_1_programme="ICT"), inline))
    assert after["team"] == [{"name": "Bo", "programme": "ICT"}]


def test_another_person_does_not_inherit_an_account_that_the_form_does_not_show() -> None:
    """A teacher's form has no accounts: the one before read on with the team, under the name of the next."""
    teachers = Sheet(keys=(), rows=(replace(SHEET.rows[0], keys=SHEET.rows[0].keys[:2]),))
    record = (
        '[[team]]\nname = "Ada Smit"\naccount = "ada@example.org"\n[[team]]\nname = "Bo"\naccount = "bo@example.org"\n'
    )
    sent = as_form(look(teachers, tomllib.loads(record), sees=everything))
    sent |= {"team-0-name": ["Ada Smid"], "team-1-name": ["Eva Kok"]}
    revision = revise(teachers, tomllib.loads(record), sent, at=(), sees=everything, day=DAY)
    after = tomllib.loads(edit(record, revision.changes))["team"]
    assert after[1] == {"name": "Eva Kok"}
    assert after[0]["name"] == "Ada Smid"


def test_consent_stays_with_the_person_it_is_of() -> None:
    assert tomllib.loads(written(form(team_1_name="Bo Boer")))["team"][1]["consent"]
    assert "consent" not in tomllib.loads(written(form(team_1_name="Els")))["team"][1]
    known = RECORD.replace('name = "Bo" ', 'account = "b@example.org"\nname = "Bo" ')
    assert tomllib.loads(written(form(known, team_1_name="Els"), known))["team"][1]["consent"]


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"title": " "}, {"title": "needed"}),
        ({"title": "x" * 201}, {"title": "long"}),
        ({"summary": "x" * 41}, {"summary": "long"}),
        ({"students": "501"}, {"students": "whole"}),
        ({"students": "-1"}, {"students": "whole"}),
        ({"students": "²"}, {"students": "whole"}),
        ({"starts": "2021-02-30"}, {"starts": "day"}),
        ({"status": "ooit"}, {"status": "choice"}),
        ({"team_0_account": "geen adres"}, {"team-0-account": "address"}),
        ({"team_n0_name": "x" * 201}, {"team-n0-name": "long"}),
    ],
)
def test_what_can_t_be_is_told_by_field_and_kept(typed: dict[str, str], wrong: dict[str, str]) -> None:
    revision = revised(form(**typed))
    assert revision.wrong == wrong and revision.changes == ()


def test_what_was_wrong_before_is_in_nobodys_way() -> None:
    odd = RECORD.replace("students = 4", 'students = "vier"').replace('"Gevels"', f'"{"x" * 300}"')
    assert tomllib.loads(written(form(odd, summary="ja"), odd))["students"] == "vier"


def test_control_characters_and_marks_of_direction_are_not_written() -> None:
    after = tomllib.loads(written(form(title="Ge\x07vels \u202ex", summary="een\r\n\x1b[2J twee ")))
    assert (after["title"], after["summary"]) == ("Gevels x", "een\n[2J twee")


def test_who_is_second_gets_both_values() -> None:
    sent = form(title="Van mij", summary="Van mij")
    now = RECORD.replace('"Gevels"', '"Van hen"').replace("students = 4", "students = 9")
    revision = revised(sent, now)
    assert revision.changes == ()
    assert {name: (each.text, each.before) for name, each in revision.others.items()} == {
        "title": ("Van hen", False),
        "students": ("4", True),
    }
    assert (revision.shown.texts["title"], revision.shown.texts["summary"]) == ("Van mij", "Van mij")
    assert revision.shown.texts["students"] == "9"
    again = tomllib.loads(written(as_form(revision.shown) | {"seen": [revision.now.marks]}, now))
    assert (again["title"], again["students"]) == ("Van mij", 9)


def test_what_both_wrote_alike_is_done() -> None:
    now = RECORD.replace('"Gevels"', '"Van ons"')
    assert revised(form(title="Van ons"), now).changes == ()


def test_rows_find_their_entries_again_when_others_added_and_took_out_some() -> None:
    sent = form(team_2_programme="Van mij", team_n0_name="Dee")
    now = RECORD.replace('[[team]]\n# de eerste\nname = "Ada"\nprogramme = "Bouwkunde"\n', "")
    now += '[[team]]\nname = "Eef"\n'
    revision = revised(sent, now)
    assert set(revision.others) == {"team"} and "Eef" in revision.others["team"].text
    rows = [(row.cells["name"], row.cells["programme"], row.number) for row in revision.shown.rows["team"]]
    assert rows == [("Bo", "", 0), ("Cas", "Van mij", 1), ("Eef", "", 2), ("Dee", "", None)]


def test_a_row_that_others_took_out_while_it_was_changed_is_not_lost() -> None:
    sent = form(team_0_programme="Van mij")
    now = RECORD.replace('[[team]]\n# de eerste\nname = "Ada"\nprogramme = "Bouwkunde"\n', "")
    rows = revised(sent, now).shown.rows["team"]
    assert [(row.cells["name"], row.cells["programme"]) for row in rows if row.number is None] == [("Ada", "Van mij")]


def test_a_form_that_saw_nothing_is_asked_before_anything_goes() -> None:
    revision = revised({"title": ["Leeg"]})
    assert revision.changes == () and {"title", "students", "team"} <= set(revision.others)


def test_a_row_that_the_form_never_held_is_none() -> None:
    assert revised(form(**{"team_59_name": "Niemand"})).changes == ()


def test_a_contact_is_ended_and_followed_never_taken_out() -> None:
    known = 'title = "x"\n[[contact]]\nname = "Oud"\nuntil = 2020-01-01\n[[contact]]\nname = "Nu"\nemail = "nu@example.org"\n'
    changed = tomllib.loads(written(form(known, contact_0_name="Straks", contact_0_email="s@example.org"), known))
    assert changed["contact"] == [
        {"name": "Oud", "until": date(2020, 1, 1)},
        {"name": "Nu", "email": "nu@example.org", "until": DAY},
        {"name": "Straks", "email": "s@example.org", "since": DAY, "confirmed": DAY},
    ]
    gone = tomllib.loads(written(form(known, contact_0_gone="yes"), known))
    assert [each.get("until") for each in gone["contact"]] == [date(2020, 1, 1), DAY]
    sure = tomllib.loads(written(form(known, contact_0_confirmed="yes"), known))
    assert [each.get("confirmed") for each in sure["contact"]] == [None, DAY]
