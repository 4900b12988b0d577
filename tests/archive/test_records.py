"""What records say, and what a mistake in one costs: its own key, and never a door that opens."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.model import Kind, Visibility
from archive.records.reading import read_agenda, read_community, read_network, read_project

HERE = "bim5/2021/gevels/project.toml"


def project(text: str):
    record, problems = read_project(text.encode(), HERE)
    assert record is not None, problems
    return record, problems


FULL = """
title = "Prefab gevels"
summary = "…"
status = "finished"
starts = 2021-09-01
ends = "2022-01-28"
students = 5
visibility = "public"
themes = ["prefab", "circulair"]
continues = ["bim5/2020/scan-to-bim", "bim5\\\\2020\\\\x/"]
answers = ["bim5-007"]
[[team]]
name = "Fenna"
role = "student"
account = "a@example.org"
consent = [{ for = "name", date = 2021-09-14, how = "form" }]
[[team]]
role = "teacher"
[[company]]
organisation = "bouwbedrijf-x"
visibility = "campus"
agreed = { date = 2022-01-20, by = "directie", up_to = "public" }
[handover]
stands = "alles"
date = 2022-01-28
[[deliverable]]
file = "eindrapport.pdf"
kind = "report"
date = 2022-01-21
embargo_until = 2023-01-01
named = ["a@example.org"]
company_access = false
deposited_at = 2022-01-24T10:12:00Z
version = 2
was = ["bim5/2020/x/rapport.pdf"]
[[deliverable.previous]]
version = 1
sha256 = "ab"
[[deliverable]]
url = "https://example.org/x"
[deliverable.withdrawn]
date = 2023-01-01
reason = "fout"
[[rejected]]
continues = "bim5/2019/y"
[search]
query = "gevel"
"""


def test_every_key_of_a_project_is_read():
    record, problems = project(FULL)
    assert problems == ()
    assert (record.title, record.status, record.ends, record.students) == (
        "Prefab gevels",
        "finished",
        date(2022, 1, 28),
        5,
    )
    assert record.continues == ("bim5/2020/scan-to-bim", "bim5/2020/x")
    assert record.team[0].consents_to("name") and not record.team[1].consents_to("name")
    assert record.companies[0].agreed is not None and record.companies[0].agreed.up_to is Visibility.PUBLIC
    assert record.handover is not None and record.handover.stands == "alles"
    report, link = record.deliverables
    assert (report.kind, report.embargo_until, report.company_access) == (Kind.REPORT, date(2023, 1, 1), False)
    assert report.deposited_at == datetime(2022, 1, 24, 10, 12, tzinfo=UTC)
    assert (report.version, report.previous[0].sha256) == (2, "ab")
    assert link.withdrawn is not None and link.withdrawn.reason == "fout"
    assert record.search is not None and record.rejected[0].continues == "bim5/2019/y"


def test_the_records_of_the_example_archive_have_no_problems():
    root = Path(__file__).parents[2] / "documents"
    readers = {
        "project.toml": read_project,
        "community.toml": read_community,
        "agenda.toml": read_agenda,
        "network.toml": read_network,
    }
    for path in root.rglob("*.toml"):
        record, problems = readers[path.name](path.read_bytes(), path.relative_to(root).as_posix())
        assert record is not None and problems == ()


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b'title = "niet af\n[[deliverable]\n', 1),
        (b'title = "x"\n\n[[deliverable]\n', 3),
        (b'title = "x"\nsummary = "caf\xe9"\n', 2),
        (b"x = " + b"[" * 5000, None),
        (b"x = " + b"9" * 5000, None),
        (b"\x00", 1),
    ],
)
def test_a_record_that_is_no_toml_is_reported_with_its_line(content, line):
    record, problems = read_project(content, HERE)
    assert record is None
    assert [(problem.path, problem.line) for problem in problems] == [(HERE, line)]


def test_a_wrong_value_costs_its_own_key_and_is_reported_with_its_line():
    record, problems = project(
        'title = "x"\nstudents = "vijf"\nstarts = "herfst"\n[[team]]\nname = "A"\n'
        '[[deliverable]]\nfile = "a.pdf"\n\n[[deliverable]]\nfile = "b.pdf"\nkind = "verslag"\ndate = 2021\n'
    )
    assert (record.title, record.students, record.starts) == ("x", None, None)
    assert [(entry.file, entry.kind, entry.date) for entry in record.deliverables] == [
        ("a.pdf", None, None),
        ("b.pdf", None, None),
    ]
    assert [(problem.line, problem.message.split(" must")[0]) for problem in problems] == [
        (2, "students"),
        (3, "starts"),
        (11, "kind"),
        (12, "date"),
    ]


def test_unknown_keys_are_reported_once_a_record():
    _, problems = project('title = "x"\nkleur = "rood"\n[[deliverable]]\nfile = "a.pdf"\npaginas = 3\n')
    assert [(problem.message, problem.line) for problem in problems] == [
        ("not known, kept as it is: kleur, deliverable.paginas", 2)
    ]


def entry(lines: str):
    record, problems = project(f'title = "x"\n[[deliverable]]\nfile = "a.pdf"\n{lines}\n')
    return record.deliverables[0], problems


@pytest.mark.parametrize(
    "lines",
    [
        'visibility = "publiek"',
        "visibility = 3",
        'visibility = ["public"]',
        'visibility = "Confidential "',
        'visibility = "public"\nembargo_until = "volgend jaar"',
        'visibility = "public"\nembargo_until = 2023',
        'visiblity = "public"',
        'Visibility = "public"',
        "embargo = 2030-01-01",
        'zichtbaarheid = "vertrouwelijk"',
        "withdrawen = true",
        "url = 3",
    ],
)
def test_what_decides_access_and_can_not_be_read_closes(lines):
    record, problems = entry(lines)
    assert record.visibility is Visibility.CONFIDENTIAL
    assert problems


def test_a_withdrawal_that_can_not_be_read_still_withdraws():
    record, problems = entry("withdrawn = true")
    assert record.withdrawn is not None and problems


def test_a_switch_that_can_not_be_read_counts_as_closed():
    record, _ = entry('no_names = "ja"\ncompany_access = "ja"')
    assert not record.no_names and not record.company_access


@pytest.mark.parametrize("broken", ['deliverable = "a.pdf"', 'deliverable = ["a.pdf"]', "deliverable = [{ file = 3 }]"])
def test_an_entry_that_does_not_tell_its_file_stays_and_is_closed(broken):
    record, problems = project(f'title = "x"\n{broken}\n')
    assert record.deliverables[0].visibility is Visibility.CONFIDENTIAL
    assert problems


def test_an_entry_without_a_file_stays_and_is_closed():
    record, _ = project('title = "x"\n[[deliverable]]\ntitle = "geheim"\n')
    assert record.deliverables[0].visibility is Visibility.CONFIDENTIAL


@pytest.mark.parametrize(
    "agreed", ["true", '{ up_to = "iedereen" }', "{ up_to = 3 }", '{ upto = "campus", date = 2021-01-01 }', '"ja"']
)
def test_an_agreement_that_can_not_be_read_is_none(agreed):
    record, _ = project(f'title = "x"\n[[company]]\norganisation = "y"\nagreed = {agreed}\n')
    company = record.companies[0]
    assert company.agreed is not None and company.agreed.up_to is Visibility.CONFIDENTIAL


def test_an_agreement_without_a_level_is_for_campus():
    record, _ = project('title = "x"\n[[company]]\norganisation = "y"\nagreed = { date = 2021-01-01 }\n')
    assert record.companies[0].agreed is not None and record.companies[0].agreed.up_to is Visibility.CAMPUS


def test_a_company_that_can_not_be_read_still_counts_as_one_that_did_not_agree():
    record, problems = project('title = "x"\ncompany = 3\n')
    assert len(record.companies) == 1 and problems


@pytest.mark.parametrize("team", ['team = "Jan"', 'team = ["Jan"]', "[[team]]\nname = 3", "team = 3"])
def test_somebody_of_the_team_who_can_not_be_read_still_counts_as_a_name_without_consent(team):
    record, problems = project(f'title = "x"\n{team}\n')
    assert record.team[0].name and not record.team[0].consents_to("name")
    assert problems


@pytest.mark.parametrize(
    "consent",
    ['[{ for = "name", withdrawn = "ooit" }]', "[{ date = 2021-01-01 }]", "true", '["name"]', "{ for = 3 }"],
)
def test_a_consent_that_can_not_be_read_is_none(consent):
    record, problems = project(f'title = "x"\n[[team]]\nname = "A"\nconsent = {consent}\n')
    assert not record.team[0].consents_to("name")
    assert problems


def test_a_project_whose_own_level_can_not_be_read_is_closed():
    assert project('title = "x"\nvisibility = "open"\n')[0].visibility is Visibility.CONFIDENTIAL


def test_a_community_is_public_unless_it_says_otherwise():
    for text, level in (
        ('name = "BIM 5"', Visibility.PUBLIC),
        ('name = { nl = "BIM 5" }\nvisibility = "campus"', Visibility.CAMPUS),
        ('name = "BIM 5"\nvisibility = "camps"', Visibility.CONFIDENTIAL),
        ('name = "BIM 5"\nvisiblity = "campus"', Visibility.CONFIDENTIAL),
    ):
        record, _ = read_community(text.encode(), "bim5/community.toml")
        assert record is not None and record.visibility is level


def test_a_question_keeps_its_history_and_one_without_a_text_is_left_out():
    agenda, problems = read_agenda(
        b'[[question]]\nid = "b-1"\ntext = "Waarom?"\nfrom = { document = "b/x.pdf", page = 3 }\n'
        b'[[question.event]]\ndate = 2021-09-14\nstate = "claimed"\nproject = "b/2021/p"\n'
        b'[[question.event]]\nstate = "bezig"\n'
        b'[[question]]\nid = "b-2"\n[[question]]\nid = "b-1"\ntext = "Nog eens"\n',
        "b/agenda.toml",
    )
    assert agenda is not None
    (question,) = agenda.questions
    assert question.source is not None and question.source.page == 3
    assert [event.state for event in question.events] == ["claimed"]
    assert [problem.line for problem in problems] == [10, 12, 14]


def test_organisations_and_themes_are_read_and_a_double_slug_is_reported():
    network, problems = read_network(
        b'[[organisation]]\nslug = "x"\nkind = "school"\nname = "X"\naliases = ["XX"]\n'
        b'[[organisation.contact]]\nname = "A"\nuntil = 2023-07-01\n'
        b'[[organisation]]\nslug = "x"\n[[theme]]\nslug = "prefab"\nnl = "prefab bouwen"\n',
        "network.toml",
    )
    assert network is not None
    assert [(each.slug, each.kind, each.contacts[0].until) for each in network.organisations] == [
        ("x", "school", date(2023, 7, 1))
    ]
    assert str(network.themes[0].name) == "prefab bouwen"
    assert [problem.line for problem in problems] == [10]


@given(st.binary(max_size=200))
def test_no_bytes_make_reading_raise(content):
    for read in (read_project, read_community, read_agenda, read_network):
        read(content, "b/project.toml")


values = st.recursive(
    st.sampled_from(['"x"', "3", "true", "2021-01-01", "1.5", "12:00:00", '""', "nan"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda each: f"[{', '.join(each)}]"),
        st.lists(st.tuples(st.sampled_from(["for", "name", "file", "nl", "state", "id"]), inner), max_size=3).map(
            lambda each: "{ " + ", ".join(f"{key} = {value}" for key, value in dict(each).items()) + " }"
        ),
    ),
    max_leaves=6,
)
keys = st.sampled_from(
    [
        "title",
        "team",
        "company",
        "deliverable",
        "visibility",
        "handover",
        "search",
        "rejected",
        "themes",
        "name",
        "contact",
        "question",
        "organisation",
        "theme",
        "partnership",
        "students",
        "starts",
    ]
)


@given(st.dictionaries(keys, values, max_size=6))
def test_no_value_in_the_wrong_place_makes_reading_raise(table):
    text = "\n".join(f"{key} = {value}" for key, value in table.items())
    for read in (read_project, read_community, read_agenda, read_network):
        record, _ = read(text.encode(), "b/project.toml")
        assert record is not None


@pytest.mark.parametrize("table", ["deliverables", "Deliverable", "deliverabel"])
def test_a_misspelt_table_of_deliverables_closes_the_project(table):
    """`[[deliverables]]` was an unknown key, and what it made confidential was seen by all of campus."""
    record, problems = project(f'title = "x"\n[[{table}]]\nfile = "a.pdf"\nvisibility = "confidential"\n')
    assert record is not None and record.visibility is Visibility.CONFIDENTIAL
    assert len(problems) == 1


def test_many_unknown_keys_are_counted_and_cost_no_time():
    """Each was looked up line by line: 20,000 took minutes, and all their names stood in one message."""
    _, problems = project('title = "x"\n' + "".join(f"k{n} = 1\n" for n in range(20_000)))
    assert [(len(problem.message) < 200, problem.line) for problem in problems] == [(True, 2)]
    assert problems[0].message.endswith("and 19988 more")
