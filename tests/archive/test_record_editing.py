"""A change to a record leaves everything that people wrote as it was."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest

from archive.records.editing import (
    Absorb,
    Append,
    Entry,
    Include,
    Put,
    RecordNotEditable,
    Swap,
    edit,
    note_address,
    note_checksum,
)
from archive.records.reading import read_agenda, read_project

RECORD = """\
# Ons project, opgeschreven door Fenna
title = "Prefab gevels"   # werktitel
kleur = "rood"

[[deliverable]]
# het eindrapport
file = 'eindrapport.pdf'
visibility = "confidential"

[[deliverable]]
file = "poster.pptx"

[handover]
stands = "alles"
"""


def test_a_checksum_is_the_only_line_that_is_new():
    after = note_checksum(RECORD, file="eindrapport.pdf", sha256="ab12")
    assert [line for line in after.splitlines() if line not in RECORD.splitlines()] == ['sha256 = "ab12"']
    assert [line for line in RECORD.splitlines() if line not in after.splitlines()] == []
    record, _ = read_project(after.encode(), "p/project.toml")
    assert record is not None and [each.sha256 for each in record.deliverables] == ["ab12", None]


def test_the_same_change_twice_changes_nothing_the_second_time():
    once = note_checksum(RECORD, file="poster.pptx", sha256="ab12")
    assert note_checksum(once, file="poster.pptx", sha256="ab12") == once


def test_a_file_without_an_entry_gets_one_that_reads_back():
    after = note_checksum(RECORD, file="bijlagen/nieuw.pdf", sha256="ab12")
    record, problems = read_project(after.encode(), "p/project.toml")
    assert record is not None
    assert [each.file for each in record.deliverables] == ["eindrapport.pdf", "poster.pptx", "bijlagen/nieuw.pdf"]
    assert record.handover is not None and record.handover.stands == "alles"
    assert len(problems) == 1  # kleur


def test_a_move_takes_the_entry_along_with_what_it_says_of_access():
    after = note_address(
        RECORD, file="rapport definitief.pdf", was="b/2021/p/eindrapport.pdf", before="eindrapport.pdf"
    )
    after = note_address(
        after, file="x/rapport.pdf", was="b/2021/p/rapport definitief.pdf", before="rapport definitief.pdf"
    )
    record, _ = read_project(after.encode(), "p/project.toml")
    assert record is not None
    moved = record.deliverables[0]
    assert (moved.file, moved.visibility) == ("x/rapport.pdf", "confidential")
    assert moved.was == ("b/2021/p/eindrapport.pdf", "b/2021/p/rapport definitief.pdf")
    assert "# het eindrapport" in after


@pytest.mark.parametrize("written", ["./eindrapport.pdf", "eindrapport.pdf", "/eindrapport.pdf"])
def test_an_entry_is_found_however_its_path_was_typed(written):
    text = f'title = "x"\n[[deliverable]]\nfile = "{written}"\n'
    assert note_checksum(text, file="eindrapport.pdf", sha256="ab").count("[[deliverable]]") == 1


def test_an_event_is_added_to_its_own_question():
    text = (
        '# agenda\n[[question]]\nid = "b-1"\ntext = "een"\n\n[[question.event]]\nstate = "open"\n\n'
        '[[question]]\nid = "b-2"\ntext = "twee"\n'
    )
    after = edit(
        text,
        [
            Append(
                at=(Entry(table="question", key="id", value=id),),
                table="event",
                values={"state": "claimed", "date": date(2021, 9, 14)},
            )
            for id in ("b-1", "b-2")
        ],
    )
    agenda, problems = read_agenda(after.encode(), "b/agenda.toml")
    assert agenda is not None and problems == ()
    assert [[event.state for event in question.events] for question in agenda.questions] == [
        ["open", "claimed"],
        ["claimed"],
    ]
    assert after.startswith("# agenda\n")


def test_entries_written_inline_stay_inline():
    text = 'title = "x"\ndeliverable = [\n    { file = "a.pdf" },\n]\n'
    after = note_checksum(note_checksum(text, file="a.pdf", sha256="1"), file="b.pdf", sha256="2")
    record, _ = read_project(after.encode(), "p/project.toml")
    assert record is not None and [(each.file, each.sha256) for each in record.deliverables] == [
        ("a.pdf", "1"),
        ("b.pdf", "2"),
    ]
    assert "[[" not in after


def test_a_key_can_be_removed_a_table_made_and_a_list_added_to():
    after = edit(
        RECORD,
        [
            Put(values={"kleur": None}),
            Put(at=("search",), values={"query": "gevel"}),
            Include(key="continues", texts=("a", "b", "a")),
            Include(key="continues", texts=("b", "c")),
        ],
    )
    record, problems = read_project(after.encode(), "p/project.toml")
    assert record is not None and problems == ()
    assert record.search is not None and record.search.query == "gevel"
    assert record.continues == ("a", "b", "c")


def test_windows_line_ends_and_a_byte_order_mark_do_no_harm():
    text = "\ufeff" + RECORD.replace("\n", "\r\n")
    record, _ = read_project(note_checksum(text, file="poster.pptx", sha256="ab").encode(), "p/project.toml")
    assert record is not None and record.deliverables[1].sha256 == "ab"


@pytest.mark.parametrize("text", ["title = ", "deliverable = 3\n", 'deliverable = ["a.pdf"]\n', "x = " + "[" * 5000])
def test_a_record_that_can_not_be_changed_is_left_to_a_person(text):
    with pytest.raises(RecordNotEditable):
        note_checksum(text, file="a.pdf", sha256="ab")


def test_what_is_added_stands_apart_and_no_other_line_is_touched():
    """A new event stuck to the next question, and a space behind a date in another question was lost."""
    text = (
        '[[question]]\nid = "b-1"\nfrom = { organisation = "x", date = 2021-09-14 }\n\n[[question.event]]\nstate = "open"\n\n'
        '[[question]]\nid = "b-2"\ntext = "[een]\\n[twee]"\n'
    )
    new = Append(at=(Entry(table="question", key="id", value="b-1"),), table="event", values={"state": "claimed"})
    assert edit(text, [new]) == text.replace(
        'state = "open"\n', 'state = "open"\n\n[[question.event]]\nstate = "claimed"\n'
    )


def test_windows_line_ends_stay_where_something_is_added():
    text = '[[question]]\r\nid = "b-1"\r\n'
    after = edit(text, [Append(table="question", values={"id": "b-2"})])
    assert after.startswith(text + "\r\n[[question]]")


def test_an_entry_without_a_key_is_told_from_an_older_one_of_the_same_name():
    text = '[[contact]]\nname = "A"\nuntil = 2021-01-01\n\n[[contact]]\nname = "A"\n'
    now = Entry(table="contact", key="name", value="A", without="until")
    after = edit(text, [Put(at=(now,), values={"confirmed": date(2022, 1, 1)})])
    assert after == text + "confirmed = 2022-01-01\n"


def test_a_value_is_swapped_in_every_table_on_its_way_and_nowhere_else():
    text = (
        'organisation = "a"\n[[question]]\nfrom = { organisation = "a" }\n[[question]]\nfrom = { organisation = "b" }\n'
    )
    after = edit(text, [Swap(way=("question", "from"), key="organisation", old="a", new="c")])
    assert after == text.replace('{ organisation = "a" }', '{ organisation = "c" }')
    assert edit("question = 3\n", [Swap(way=("question", "from"), key="x", old="a", new="c")]) == "question = 3\n"


def test_tables_within_a_line_can_be_written():
    values = {"from": {"document": "a.pdf", "page": 3}, "consent": [{"for": "name", "date": date(2022, 1, 1)}]}
    after = edit("", [Append(table="question", values=values)])
    assert tomllib.loads(after) == {"question": [values]}


def test_an_entry_is_absorbed_only_by_one_that_is_there():
    text = '[[organisation]]\nslug = "a"\n'
    with pytest.raises(RecordNotEditable):
        edit(text, [Absorb(table="organisation", key="slug", gone="a", into="b")])
