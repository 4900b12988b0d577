"""From records, paths and properties to what is shown; and who may see it when a record does not fit its files."""

from __future__ import annotations

from datetime import date

import pytest

from archive.access import Access, reader
from archive.model import CommunityRecord, Deliverable, DeliverableRecord, FileFacts, Kind, Text, Visibility
from archive.network.model import Network, Organisation
from archive.records.assembly import assemble_community, assemble_project, is_withdrawn, sort_date
from archive.records.naming import guessed_kind, readable, same_person, sensible_title
from archive.records.reading import read_project

P = "bim5/2021/gevels"
TODAY = date(2026, 11, 22)
PUBLIC, CAMPUS, COORDINATOR = (reader(role, today=TODAY) for role in ("public", "student", "coordinator"))
MEMBER = reader("student", today=TODAY, communities=["bim5"])
NETWORK = Network(organisations=(Organisation(slug="kersten", name="Kersten Plaatwerk", aliases=("Kersten",)),))


def facts(name: str, **more) -> FileFacts:
    return FileFacts(id=f"{P}/{name}", format=name.rpartition(".")[2], size=10, parts=3, **more)


def assembled(record: str | None, *files: FileFacts, project: str = P, **more):
    read = read_project(record.encode(), f"{project}/project.toml")[0] if record is not None else None
    return assemble_project(project, files, record=read, default=Visibility.CAMPUS, network=NETWORK, **more)


def one(record: str | None, file: FileFacts, **more) -> Deliverable:
    return assembled(record, file, **more).deliverables[0]


def narrowest(deliverable: Deliverable) -> str:
    """The widest kind of reader who may know of it."""
    for name, who in (("public", PUBLIC), ("campus", CAMPUS), ("community", MEMBER)):
        if who.reads(deliverable.audience):
            return name
    return "confidential"


def test_without_a_record_everything_is_guessed_and_says_so():
    found = one(None, facts("eindrapport_prefab-gevels.pdf", language="nl", created="2022-01-21T10:00:00"))
    assert (found.title, found.kind, found.date, found.language) == (
        "Eindrapport prefab gevels",
        Kind.REPORT,
        "2022-01-21",
        "nl",
    )
    assert found.unconfirmed == {"title", "kind", "date", "language"}
    assert (found.community, found.year, found.project) == ("bim5", 2021, P)
    assert narrowest(found) == "campus"


def test_what_the_record_states_goes_first_and_is_confirmed():
    record = (
        'title = "Gevels"\nthemes = ["prefab", "prefab"]\n[[deliverable]]\nfile = "r.pdf"\ntitle = "Prefab"\n'
        'kind = "advice"\ndate = 2022-01-20\nlanguage = "en"\n'
    )
    found = one(record, facts("r.pdf", title="Iets anders", language="nl"))
    assert (found.title, found.kind, found.date, found.language) == ("Prefab", Kind.ADVICE, "2022-01-20", "en")
    assert found.unconfirmed == frozenset()
    assert found.themes == ("prefab",)


def test_a_file_without_a_project_folder_lends_its_title_to_its_project():
    file = FileFacts(id="bim5/2021/losse-notitie.docx", format="docx", title="BIM in het onderhoud")
    made = assemble_project(file.id, [file], record=None, default=Visibility.CAMPUS, network=NETWORK)
    assert (made.project.title, made.deliverables[0].title) == ("BIM in het onderhoud", "BIM in het onderhoud")


def test_a_project_without_a_record_is_named_after_its_folder():
    assert assembled(None, facts("a.pdf"), facts("b.pdf")).project.title == "Gevels"


@pytest.mark.parametrize("written", ["R.PDF", "./r.pdf", "/r.pdf", ".\\\\r.pdf"])
def test_an_entry_finds_its_file_however_its_path_was_typed(written):
    found = one(f'title = "x"\n[[deliverable]]\nfile = "{written}"\nvisibility = "confidential"\n', facts("r.pdf"))
    assert narrowest(found) == "confidential"


def test_an_entry_follows_a_renamed_file_by_its_checksum():
    record = 'title = "x"\n[[deliverable]]\nfile = "oud.pdf"\nsha256 = "ab"\nvisibility = "public"\ntitle = "T"\n'
    made = assembled(record, facts("nieuw.pdf", sha256="ab"))
    assert (made.deliverables[0].title, narrowest(made.deliverables[0])) == ("T", "public")
    assert made.problems == ()


@pytest.mark.parametrize(
    ("lost", "level"),
    [
        ('visibility = "confidential"', "confidential"),
        ('visibility = "community"', "community"),
        ("embargo_until = 2030-01-01", "confidential"),
        ('visibility = "public"', "campus"),
        ("", "campus"),
    ],
)
def test_a_file_without_an_entry_is_never_more_open_than_an_entry_without_its_file(lost, level):
    """A confidential file that was renamed by hand had no entry any more, and was open to the whole campus."""
    made = assembled(f'title = "x"\n[[deliverable]]\nfile = "geheim.docx"\n{lost}\n', facts("hernoemd.docx"))
    assert narrowest(made.deliverables[0]) == level
    assert [problem.message for problem in made.problems] == ["geheim.docx is not in the project"]


def test_an_entry_that_does_not_tell_its_file_closes_those_without_an_entry():
    record = 'title = "x"\n[[deliverable]]\nfile = "a.pdf"\nvisibility = "public"\n[[deliverable]]\ntitle = "?"\n'
    made = assembled(record, facts("a.pdf"), facts("b.pdf"))
    assert [narrowest(each) for each in made.deliverables] == ["public", "confidential"]


def test_of_two_entries_for_one_file_that_differ_in_access_neither_opens_it():
    record = (
        'title = "x"\n[[deliverable]]\nfile = "a.pdf"\nvisibility = "public"\n'
        '[[deliverable]]\nfile = "a.pdf"\nvisibility = "campus"\n'
    )
    made = assembled(record, facts("a.pdf"))
    assert narrowest(made.deliverables[0]) == "confidential" and made.problems


def test_a_project_that_is_closed_closes_its_files_and_one_that_is_public_opens_none():
    for level, expected in (("confidential", "confidential"), ("community", "community"), ("public", "campus")):
        assert narrowest(one(f'title = "x"\nvisibility = "{level}"\n', facts("a.pdf"))) == expected


def test_what_was_said_of_a_moved_file_closes_it_until_its_record_speaks_of_it():
    said = {f"{P}/a.pdf": DeliverableRecord(visibility=Visibility.CONFIDENTIAL, named=("x@example.org",))}
    (made,) = assembled('title = "x"\n', facts("a.pdf"), unheld=said).deliverables
    assert narrowest(made) == "confidential"
    assert reader("student", today=TODAY, account="x@example.org").reads(made.audience)
    assert made.record is None
    entry = '[[deliverable]]\nfile = "a.pdf"\nvisibility = "public"\n'
    assert narrowest(assembled(f'title = "x"\n{entry}', facts("a.pdf"), unheld=said).deliverables[0]) == "public"


def test_what_was_said_of_a_moved_file_opens_nothing():
    said = {f"{P}/a.pdf": DeliverableRecord(visibility=Visibility.PUBLIC)}
    assert narrowest(assembled(None, facts("a.pdf"), unheld=said).deliverables[0]) == "campus"


TEAM = """
title = "x"
[[team]]
name = "Fenna Wolterbeek"
consent = [{ for = "name" }]
[[team]]
name = "Rik Bos"
role = "teacher"
consent = [{ for = "name" }]
[[deliverable]]
file = "r.pdf"
visibility = "public"
"""


@pytest.mark.parametrize(
    ("authors", "read_by_all"),
    [
        ((), True),
        (("Wolterbeek, F.",), True),
        (("fenna wolterbeek; Rik Bos",), True),
        (("Microsoft Office User",), True),
        (("Kersten Plaatwerk",), True),
        (("Jan Jansen",), False),
        (("Fenna Wolterbeek", "Jan Jansen"), False),
    ],
)
def test_a_public_file_that_names_somebody_who_did_not_consent_is_read_by_campus_at_the_most(authors, read_by_all):
    found = one(TEAM, facts("r.pdf", authors=authors))
    assert PUBLIC.reads(found.audience)
    assert PUBLIC.reads(found.text_audience) is read_by_all
    assert CAMPUS.reads(found.text_audience)


def test_authors_are_the_students_with_who_may_read_their_names():
    record = TEAM.replace('consent = [{ for = "name" }]\n[[team]]', "[[team]]", 1)
    found = one(record, facts("r.pdf"))
    assert [name for name, _ in found.authors] == ["Fenna Wolterbeek"]
    assert [who.reads(found.authors[0][1]) for who in (PUBLIC, CAMPUS)] == [False, True]
    assert [who.reads(one(TEAM, facts("r.pdf")).authors[0][1]) for who in (PUBLIC, CAMPUS)] == [True, True]


def test_a_company_does_not_read_the_name_of_a_student_who_did_not_consent():
    record = (
        'title = "x"\n[[team]]\nname = "A"\n[[company]]\norganisation = "kersten"\n'
        '[[deliverable]]\nfile = "r.pdf"\nvisibility = "campus"\n'
    )
    company = reader("partner", today=TODAY, company="kersten")
    found = one(record, facts("r.pdf"))
    assert company.reads(found.audience) and not company.reads(found.authors[0][1])


@pytest.mark.parametrize(
    ("company", "seen_by"),
    [
        ('visibility = "public"\nagreed = { up_to = "public" }', [True, True]),
        ('visibility = "campus"\nagreed = { up_to = "public" }', [False, True]),
        ('visibility = "confidential"\nagreed = { up_to = "public" }', [False, False]),
        ('agreed = { up_to = "public" }', [True, True]),
        ('visibility = "public"', [False, True]),
    ],
)
def test_who_may_know_of_a_company_is_its_own_level_within_what_it_agreed_to(company, seen_by):
    record = (
        f'title = "x"\n[[company]]\norganisation = "kersten"\n{company}\n'
        '[[deliverable]]\nfile = "r.pdf"\nvisibility = "public"\n'
    )
    ((slug, audience),) = one(record, facts("r.pdf")).companies
    assert slug == "kersten"
    assert [who.reads(audience) for who in (PUBLIC, CAMPUS)] == seen_by


def test_a_company_without_an_agreement_keeps_the_project_on_campus():
    record = 'title = "x"\n[[company]]\norganisation = "k"\n[[deliverable]]\nfile = "r.pdf"\nvisibility = "public"\n'
    assert narrowest(one(record, facts("r.pdf"))) == "campus"


def test_a_link_is_a_deliverable_under_its_project_and_its_address():
    record = (
        'title = "x"\n[[deliverable]]\nurl = "https://example.org/sensoren-dashboard"\n'
        'title = "Dashboard"\nkind = "code"\n'
    )
    (link,) = assembled(record).deliverables
    assert (link.id, link.title, link.format) == (f"{P}/example-org-sensoren-dashboard", "Dashboard", "link")
    assert link.url == "https://example.org/sensoren-dashboard" and not link.full_text
    assert (link.community, link.year, link.project) == ("bim5", 2021, P)


def test_a_link_that_a_browser_would_run_is_left_out():
    assert assembled('title = "x"\n[[deliverable]]\nurl = "javascript:alert(1)"\n').deliverables == ()


def test_a_link_never_takes_the_address_of_a_file():
    record = 'title = "x"\n[[deliverable]]\nurl = "https://a.nl/b"\n[[deliverable]]\nurl = "http://a.nl/b"\n'
    made = assembled(record, FileFacts(id=f"{P}/a-nl-b"))
    assert [each.id for each in made.deliverables] == [f"{P}/a-nl-b", f"{P}/a-nl-b-2", f"{P}/a-nl-b-3"]


def test_a_project_that_begins_is_seen_by_its_team_before_it_has_a_deliverable():
    """Its students were told that they were in no team: without a level and a file nobody but the coordinator saw it."""
    made = assembled('title = "x"\n[[team]]\nname = "A"\nrole = "student"\naccount = "a@example.org"\n').project
    assert reader("student", today=TODAY, account="a@example.org").reads(made.audience)
    assert not reader("student", today=TODAY, account="b@example.org").reads(made.audience)
    assert not PUBLIC.reads(made.audience)


@pytest.mark.parametrize("files", [(), (facts("r.pdf"),)])
def test_a_withdrawn_deliverable_leaves_a_tombstone_that_nobody_can_read(files):
    record = (
        'title = "x"\n[[deliverable]]\nfile = "r.pdf"\nvisibility = "public"\n'
        '[deliverable.withdrawn]\nreason = "fout"\n'
    )
    made = assembled(record, *files)
    (stone,) = made.deliverables
    assert is_withdrawn(stone) and stone.id == f"{P}/r.pdf"
    assert PUBLIC.reads(stone.audience) and not MEMBER.reads(stone.text_audience)
    assert not PUBLIC.reads(made.project.audience)
    assert made.problems == ()


def test_a_file_that_could_not_be_read_stays_a_deliverable_with_its_failure():
    found = one(None, FileFacts(id=f"{P}/x.pdf", state="failed", code="password", reason="is protected"))
    assert (found.failure, found.full_text, found.format) == ("password", False, "pdf")


def test_a_date_that_can_not_be_of_that_year_is_not_taken_from_the_file():
    assert one(None, facts("r.pdf", created="2009-05-01")).date is None
    assert one(None, facts("r.pdf", created="2022-13-41")).date == "2022"
    assert sort_date(one(None, facts("r.pdf"))) == "2022-01"


def test_a_community_is_named_by_its_record_or_its_folder():
    assert str(assemble_community("vitaliteit (oud)", record=None, closed=False).name) == "Vitaliteit (oud)"
    named = assemble_community("bim5", record=CommunityRecord(name=Text(nl="BIM 5")), closed=False)
    assert str(named.name) == "BIM 5" and PUBLIC.reads(named.audience)
    closed = assemble_community("bim5", record=None, closed=True)
    assert not CAMPUS.reads(closed.audience)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Eindrapport.pdf", "report"),
        ("PvA groep 3.docx", "plan"),
        ("plan_van_aanpak.pdf", "plan"),
        ("Adviesrapport v2.pdf", "advice"),
        ("eindpresentatie.pptx", "presentation"),
        ("rapport.pptx", "presentation"),
        ("poster.pptx", "poster"),
        ("Overdrachtsdocument.docx", "handover"),
        ("metingen.xlsx", "dataset"),
        ("gebouw.ifc", "model"),
        ("losse notitie.docx", "note"),
        ("paper.pdf", "article"),
        ("foto.jpg", "other"),
        ("iets.docx", "report"),
    ],
)
def test_the_kind_is_guessed_from_name_and_format(name, kind):
    assert guessed_kind(f"p/{name}", "", name.rpartition(".")[2]).value == kind


@pytest.mark.parametrize(
    "title",
    [
        "",
        "x",
        "Document1",
        "Microsoft Word - verslag def.docx",
        "verslag.docx",
        "PowerPoint-presentatie",
        "12-03-2021",
        "Verslag van Jan Jansen",
    ],
)
def test_a_title_that_a_program_gave_or_that_names_the_author_is_no_title(title):
    assert sensible_title(title, ["Jan Jansen"]) is None


def test_names_of_bytes_that_are_not_utf8_are_readable():
    assert readable("caf\udce9_notitie.docx") == "Caf\ufffd notitie"
    assert readable(".docx") and readable("---.pdf")


def test_two_people_are_not_one_by_a_shared_initial():
    assert not same_person("F. Bos", "Fenna Wolterbeek") and not same_person("F.", "Fenna")


def test_an_access_that_holds_nothing_sees_nothing():
    nobody = Access(tokens=frozenset(), today=TODAY)
    assert not nobody.reads(one(TEAM, facts("r.pdf")).audience)


def test_a_checksum_in_capitals_still_tells_which_file_was_renamed():
    renamed = FileFacts(id=f"{P}/nieuw.pdf", sha256="ab" * 32)
    made = assembled(
        f'[[deliverable]]\nfile = "oud.pdf"\nsha256 = "{"AB" * 32}"\nvisibility = "confidential"\n', renamed
    )
    assert made.problems == ()
