"""The catalog: what was written comes back, to those who may see it and to nobody else."""

from __future__ import annotations

import ast
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from archive.access import Access, reader
from archive.catalog.catalog import Catalog, CatalogUnreadable, TextPart
from archive.catalog.file import FILE_NAME
from archive.catalog.indexing import IndexerSide
from archive.errors import AccessFailed
from archive.model import FileFacts, Problem, Text, Visibility
from archive.network.model import Network, Organisation, Theme
from archive.paths import locate
from archive.records.assembly import assemble_community, assemble_project
from archive.records.reading import read_agenda, read_community, read_project

TODAY = date(2026, 11, 22)
PUBLIC = reader("public", today=TODAY)
PARTNER = reader("partner", today=TODAY, company="kersten")
CAMPUS = reader("student", today=TODAY)
MEMBER = reader("student", today=TODAY, communities=["bim5"])
COORDINATOR = reader("coordinator", today=TODAY)
NETWORK = Network(
    organisations=(
        Organisation(slug="kersten", name="Kersten Plaatwerk"),
        Organisation(slug="geheim", name="Geheim bv"),
        Organisation(slug="han", name="School", kind="school"),
    ),
    themes=(Theme(slug="prefab", name=Text(nl="prefab bouwen")),),
)

P = "bim5/2021/gevels"
RECORD = """
title = "Gevels"
visibility = "public"
themes = ["prefab"]
continues = ["bim5/2020/open", "bim5/2020/dicht"]
answers = ["bim5-001", "bim5-002"]
[[team]]
name = "Fenna"
account = "f@example.org"
[[company]]
organisation = "kersten"
visibility = "campus"
agreed = { up_to = "public" }
[[deliverable]]
file = "open.pdf"
visibility = "public"
no_names = true
deposited_by = "d@example.org"
sha256 = "aa"
was = ["bim5/2020/oud.pdf"]
[[deliverable]]
file = "namen.pdf"
visibility = "public"
[[deliverable]]
file = "intern.pdf"
visibility = "community"
[[deliverable]]
file = "embargo.pdf"
visibility = "public"
no_names = true
embargo_until = 2027-01-01
[[deliverable]]
file = "weg.pdf"
visibility = "public"
[deliverable.withdrawn]
reason = "fout"
"""
NAMES = ("embargo.pdf", "intern.pdf", "namen.pdf", "open.pdf", "weg.pdf")


@pytest.fixture
def catalog(tmp_path: Path) -> Iterable[Catalog]:
    catalog = Catalog.open(tmp_path / "var")
    yield catalog
    catalog.close()


def facts(id: str, **more) -> FileFacts:
    return FileFacts(id=id, sha256=more.pop("sha256", id), size=10, format="pdf", **more)


def text(*pages: str) -> list[TextPart]:
    return [TextPart(number=n, text=page, label=str(n)) for n, page in enumerate(pages, start=1)]


def put(catalog: Catalog, project: str, record: str | None, *files: FileFacts, pages=("een", "twee")) -> None:
    read = read_project(record.encode(), f"{project}/project.toml")[0] if record else None
    made = assemble_project(
        project,
        [replace(each, parts=len(pages)) for each in files],
        record=read,
        default=Visibility.CAMPUS,
        network=NETWORK,
    )
    with catalog.writing() as writer:
        for each in files:
            writer.put_file(each, "print", text(*pages))
        writer.put_project(made.project, made.deliverables)


@pytest.fixture
def filled(catalog: Catalog) -> Catalog:
    put(catalog, P, RECORD, *(facts(f"{P}/{name}") for name in NAMES))
    put(catalog, "bim5/2020/open", 'title = "O"\nvisibility = "public"\n', facts("bim5/2020/open/x.pdf"))
    put(
        catalog,
        "bim5/2020/dicht",
        'title = "D"\nvisibility = "confidential"\n[[company]]\norganisation = "geheim"\n',
        facts("bim5/2020/dicht/x.pdf"),
    )
    agenda = """
[[question]]
id = "bim5-001"
text = "Open?"
from = { document = "bim5/2020/dicht/x.pdf", page = 3 }
[[question.event]]
state = "claimed"
project = "bim5/2021/gevels"
by = "iemand"
[[question.event]]
state = "answered"
project = "bim5/2020/dicht"
[[question]]
id = "bim5-002"
text = "Dicht?"
visibility = "confidential"
"""
    community = read_community(
        b'name = "BIM 5"\n[[contact]]\nname = "C"\nemail = "c@example.org"\n[[partnership]]\norganisation = "han"\n',
        "bim5/c",
    )[0]
    with catalog.writing() as writer:
        writer.put_network(NETWORK)
        writer.put_communities(
            [
                assemble_community(
                    "bim5", record=community, closed=False, agenda=read_agenda(agenda.encode(), "bim5/agenda.toml")[0]
                ),
                assemble_community("stil", record=None, closed=True),
            ]
        )
        writer.put_problems([Problem(path="bim5/2020/dicht/project.toml", message="geheim.pdf is not there", line=3)])
    return catalog


def names(deliverables) -> list[str]:
    return [each.id.removeprefix(f"{P}/") for each in deliverables]


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        (PUBLIC, ["namen.pdf", "open.pdf"]),
        (CAMPUS, ["namen.pdf", "open.pdf"]),
        (PARTNER, ["embargo.pdf", "intern.pdf", "namen.pdf", "open.pdf"]),  # the project's own company
        (MEMBER, ["intern.pdf", "namen.pdf", "open.pdf"]),
        (COORDINATOR, ["embargo.pdf", "intern.pdf", "namen.pdf", "open.pdf"]),
        (
            reader("student", today=TODAY, account="F@example.org"),
            ["embargo.pdf", "intern.pdf", "namen.pdf", "open.pdf"],
        ),
        (reader("public", today=date(2027, 1, 1)), ["embargo.pdf", "namen.pdf", "open.pdf"]),
        (Access(tokens=frozenset(), today=TODAY), []),
    ],
)
def test_a_project_lists_what_the_reader_may_see_and_nothing_withdrawn(filled, who, seen):
    assert names(filled.deliverables_of(P, access=who)) == seen
    asked = [f"{P}/{name}" for name in NAMES if name != "weg.pdf"]
    assert names(filled.deliverables(asked, access=who).values()) == seen


def test_a_bulk_answer_keeps_the_order_that_was_asked(filled):
    asked = [f"{P}/open.pdf", "weg", f"{P}/namen.pdf", "bim5/2020/open/x.pdf"]
    assert list(filled.deliverables(asked, access=COORDINATOR)) == [asked[0], asked[2], asked[3]]


def test_what_is_hidden_is_the_same_as_what_is_not_there(filled):
    for id in ("bim5/2020/dicht/x.pdf", "bim5/2020/nergens/x.pdf"):
        assert filled.deliverable(id, access=CAMPUS) is None
        assert filled.outline(id, access=CAMPUS) == ()
        assert filled.all_parts(id, access=CAMPUS) == ()
        assert filled.parts([(id, 1)], access=CAMPUS) == {}
    assert filled.project("bim5/2020/dicht", access=CAMPUS) is None
    assert filled.community("stil", access=CAMPUS) is None


def test_text_is_for_those_who_may_read_the_file(filled):
    wanted = [(f"{P}/open.pdf", 2), (f"{P}/namen.pdf", 1), (f"{P}/intern.pdf", 1), (f"{P}/open.pdf", 9)]
    assert {key: part.text for key, part in filled.parts(wanted, access=PUBLIC).items()} == {
        (f"{P}/open.pdf", 2): "twee"
    }
    assert set(filled.parts(wanted, access=CAMPUS)) == {(f"{P}/open.pdf", 2), (f"{P}/namen.pdf", 1)}
    assert [part.label for part in filled.all_parts(f"{P}/intern.pdf", access=MEMBER)] == ["1", "2"]


def test_a_withdrawn_deliverable_has_a_tombstone_and_no_text(filled):
    stone = filled.deliverable(f"{P}/weg.pdf", access=PUBLIC)
    assert stone is not None and stone.record is not None and stone.record.withdrawn is not None
    assert filled.all_parts(f"{P}/weg.pdf", access=CAMPUS) == ()
    assert f"{P}/weg.pdf" not in [each.id for each in filled.newest(99, access=COORDINATOR)]


def test_who_handed_it_in_and_names_without_consent_are_not_in_what_others_get(filled):
    id = f"{P}/open.pdf"
    public, campus, all = (filled.deliverable(id, access=who) for who in (PUBLIC, CAMPUS, COORDINATOR))
    assert (public.authors, public.companies) == ((), ())
    assert ([name for name, _ in campus.authors], [slug for slug, _ in campus.companies]) == (["Fenna"], ["kersten"])
    assert (public.record.deposited_by, public.record.was, campus.record.deposited_by) == (None, (), None)
    assert all.record.deposited_by == "d@example.org"


def test_a_project_shows_roles_for_names_and_only_links_that_the_reader_may_follow(filled):
    public, campus, all = (filled.project(P, access=who) for who in (PUBLIC, CAMPUS, COORDINATOR))
    assert (public.record.team[0].name, campus.record.team[0].name) == (None, "Fenna")
    assert campus.record.team[0].account is None and all.record.team[0].account == "f@example.org"
    assert public.record.continues == campus.record.continues == ("bim5/2020/open",)
    assert len(all.record.continues) == 2
    assert (public.record.answers, all.record.answers) == (("bim5-001",), ("bim5-001", "bim5-002"))
    assert public.record.deliverables == () and public.record.companies == ()


def test_an_agenda_holds_the_questions_and_events_of_what_the_reader_may_see(filled):
    community = filled.community("bim5", access=PUBLIC)
    (question,) = community.agenda.questions
    assert [event.state for event in question.events] == ["claimed"]
    assert question.source is None and question.events[0].by is None
    everything = filled.community("bim5", access=COORDINATOR).agenda.questions
    assert [len(each.events) for each in everything] == [2, 0]


def test_a_contact_without_consent_is_a_role_to_the_public(filled):
    (contact,) = filled.community("bim5", access=PUBLIC).record.contacts
    assert (contact.name, contact.email) == ("", None)
    (contact,) = filled.community("bim5", access=COORDINATOR).record.contacts
    assert (contact.name, contact.email) == ("C", "c@example.org")


@pytest.mark.parametrize(
    ("who", "slugs"), [(PUBLIC, ["han"]), (CAMPUS, ["kersten", "han"]), (COORDINATOR, ["kersten", "geheim", "han"])]
)
def test_a_company_is_known_by_what_the_reader_may_see_of_it(filled, who, slugs):
    assert [each.slug for each in filled.network(access=who).organisations] == slugs
    assert bool(filled.with_mark("company", "kersten", access=who)) == ("kersten" in slugs)


def test_counts_are_those_of_the_reader(filled):
    public, all = filled.counts(access=PUBLIC), filled.counts(access=COORDINATOR)
    assert (public.deliverables, public.projects, public.communities, public.parts) == (2, 2, 1, 2)
    assert (all.deliverables, all.projects, all.communities, all.parts) == (6, 3, 2, 12)
    assert all.shelves == (("bim5", 2020, 2), ("bim5", 2021, 4))
    assert filled.count(access=PUBLIC) == 2


def test_projects_are_listed_by_community_and_year(filled):
    assert [each.id for each in filled.projects(community="bim5", access=CAMPUS)] == [P, "bim5/2020/open"]
    assert [each.id for each in filled.projects(year=2020, access=COORDINATOR)] == ["bim5/2020/dicht", "bim5/2020/open"]
    assert [str(each.name) for each in filled.communities(access=COORDINATOR)] == ["BIM 5", "Stil"]


def test_a_theme_leads_to_its_deliverables(filled):
    assert names(filled.with_mark("theme", "prefab", access=PUBLIC)) == ["namen.pdf", "open.pdf"]


def test_duplicates_are_shown_to_those_who_may_have_both(catalog):
    for project, level in (("b/2021/een", "campus"), ("b/2021/twee", "campus"), ("b/2021/drie", "confidential")):
        record = f'title = "x"\n[[deliverable]]\nfile = "x.pdf"\nvisibility = "{level}"\n'
        put(catalog, project, record, facts(f"{project}/x.pdf", sha256="gelijk"))
    assert [each.id for each in catalog.duplicates("b/2021/een/x.pdf", access=CAMPUS)] == ["b/2021/twee/x.pdf"]
    assert catalog.duplicates("b/2021/drie/x.pdf", access=CAMPUS) == ()


def test_what_could_not_be_read_is_shown_to_those_who_may_have_the_file(catalog):
    failed = {"state": "failed", "code": "password", "reason": "is protected"}
    put(catalog, "b/2021/een", None, facts("b/2021/een/x.pdf", **failed), pages=())
    put(
        catalog,
        "b/2021/twee",
        'title = "x"\nvisibility = "confidential"\n',
        facts("b/2021/twee/x.pdf", **failed),
        pages=(),
    )
    assert [(each.id, each.code) for each in catalog.failures(access=CAMPUS)] == [("b/2021/een/x.pdf", "password")]
    assert len(catalog.failures(access=COORDINATOR)) == 2 and catalog.failures(access=PUBLIC) == ()
    assert catalog.known_files()["b/2021/een/x.pdf"].failure.reason == "is protected"


def test_problems_may_name_what_is_hidden_and_are_for_who_sees_everything(filled):
    assert filled.problems(access=CAMPUS) == ()
    assert [problem.line for problem in filled.problems(access=COORDINATOR)] == [3]


def test_a_moved_file_keeps_its_text_and_its_old_addresses_lead_to_it(catalog):
    for old, new in (("b/2021/p/a.pdf", "b/2021/p/b.pdf"), ("b/2021/p/b.pdf", "b/2021/q/c.pdf")):
        put(catalog, locate(old).project, None, facts(old)) if old.endswith("a.pdf") else None
        with catalog.writing() as writer:
            writer.move_file(old, new, "nieuw")
            writer.drop_project("b/2021/p")
    made = assemble_project(
        "b/2021/q",
        catalog.file_facts("b/2021/q"),
        record=None,
        default=Visibility.CAMPUS,
        network=NETWORK,
    )
    with catalog.writing() as writer:
        writer.put_project(made.project, made.deliverables)
    assert catalog.current_address("b/2021/p/a.pdf", access=CAMPUS) == "b/2021/q/c.pdf"
    assert catalog.current_address("b/2021/p/b.pdf", access=CAMPUS) == "b/2021/q/c.pdf"
    assert catalog.current_address("b/2021/p/a.pdf", access=PUBLIC) is None
    assert [part.text for part in catalog.all_parts("b/2021/q/c.pdf", access=CAMPUS)] == ["een", "twee"]


def test_an_address_that_a_record_tells_leads_on_as_long_as_the_record_says_so(filled):
    assert filled.current_address("bim5/2020/oud.pdf", access=PUBLIC) == f"{P}/open.pdf"
    put(filled, P, RECORD.replace('was = ["bim5/2020/oud.pdf"]', ""), *(facts(f"{P}/{name}") for name in NAMES))
    assert filled.current_address("bim5/2020/oud.pdf", access=PUBLIC) is None


def test_an_address_leads_where_it_led_although_a_hidden_deliverable_claims_it(filled):
    """An address led to one deliverable only: the last project to be written took it, and others got an error."""
    old, hidden = "bim5/2020/oud.pdf", "bim5/2021/verborgen"
    record = f'title = "x"\n[[deliverable]]\nfile = "a.pdf"\nvisibility = "confidential"\nwas = ["{old}"]\n'
    put(filled, hidden, record, facts(f"{hidden}/a.pdf"))
    assert filled.current_address(old, access=PUBLIC) == f"{P}/open.pdf"
    with filled.writing() as writer:
        writer.drop_project(hidden)
    assert filled.current_address(old, access=PUBLIC) == f"{P}/open.pdf"
    put(filled, hidden, record, facts(f"{hidden}/a.pdf"))
    put(filled, P, RECORD.replace('was = ["bim5/2020/oud.pdf"]', ""), *(facts(f"{P}/{name}") for name in NAMES))
    assert filled.current_address(old, access=PUBLIC) is None
    assert filled.current_address(old, access=COORDINATOR) == f"{hidden}/a.pdf"


def test_an_address_of_two_leads_to_the_same_one_in_whatever_order_they_were_written(catalog):
    record = 'title = "x"\n[[deliverable]]\nfile = "a.pdf"\nwas = ["b/2020/oud.pdf"]\n'
    for project in ("b/2021/p", "b/2021/q", "b/2021/p"):
        put(catalog, project, record, facts(f"{project}/a.pdf"))
        first = "b/2021/p/a.pdf"
        assert catalog.current_address("b/2020/oud.pdf", access=CAMPUS) == first


def test_what_changed_is_noted_for_the_engine_until_it_is_settled(catalog):
    put(catalog, "b/2021/p", None, facts("b/2021/p/a.pdf"), facts("b/2021/p/b.pdf"))
    assert catalog.pending() == (["b/2021/p/a.pdf", "b/2021/p/b.pdf"], [])
    catalog.settle(["b/2021/p/a.pdf"])
    assert catalog.pending() == (["b/2021/p/b.pdf"], [])
    catalog.settle_all()
    with catalog.writing() as writer:
        writer.drop_file("b/2021/p/a.pdf")
        writer.drop_project("b/2021/p")
    assert catalog.pending() == ([], ["b/2021/p/a.pdf", "b/2021/p/b.pdf"])


def test_the_indexer_gets_a_deliverable_with_its_text_and_its_project(filled):
    deliverable, parts, project = filled.for_index(f"{P}/namen.pdf")
    assert (deliverable.id, [part.text for part in parts], project.title) == (
        f"{P}/namen.pdf",
        ["een", "twee"],
        "Gevels",
    )
    assert filled.for_index("nergens") is None
    assert len(filled.all_deliverables()) == 7
    assert filled.whole_network() == NETWORK


def test_names_that_are_not_utf8_go_in_and_come_out(catalog):
    id = "b\udce9/2021/p\udcff/caf\udce9.docx"
    put(catalog, locate(id).project, None, facts(id, sha256="ab"))
    found = catalog.deliverable(id, access=CAMPUS)
    assert found.id == id and found.community == "b\udce9"
    assert list(catalog.known_files()) == [id]
    assert catalog.parts([(id, 1)], access=CAMPUS)[id, 1].text == "een"
    assert catalog.counts(access=CAMPUS).shelves == (("b\udce9", 2021, 1),)
    assert [each.id for each in catalog.projects(community="b\udce9", access=CAMPUS)] == [locate(id).project]
    assert catalog.pending()[0] == [id]


def test_a_transaction_that_fails_leaves_what_was_there(filled):
    before = filled.generation()
    with pytest.raises(RuntimeError), filled.writing() as writer:
        writer.drop_project(P)
        raise RuntimeError
    assert filled.generation() == before
    assert filled.project(P, access=PUBLIC) is not None


def test_each_transaction_is_a_next_generation(filled):
    before = filled.generation()
    with filled.writing() as writer:
        writer.put_meta("x", "y")
    assert filled.generation() == before + 1 and filled.meta("x") == "y"


def test_many_ids_can_be_asked_at_once(filled):
    ids = [f"b/{n}.pdf" for n in range(2_000)] + [f"{P}/open.pdf"]
    assert list(filled.deliverables(ids, access=PUBLIC)) == [f"{P}/open.pdf"]
    parts = filled.parts([(f"{P}/open.pdf", n) for n in range(2_000)], access=PUBLIC)
    assert len(parts) == 2


def test_without_a_catalog_or_with_another_thing_in_its_place_it_is_unreadable(tmp_path):
    with pytest.raises(CatalogUnreadable) as caught:
        Catalog(tmp_path / FILE_NAME).generation()
    assert caught.value.exit_code == 3
    (tmp_path / FILE_NAME).write_bytes(b"dit is geen database" * 100)
    with pytest.raises(CatalogUnreadable):
        Catalog.open(tmp_path)
    Catalog.remove(tmp_path)
    Catalog.open(tmp_path).close()


def test_a_catalog_of_another_version_is_unreadable(tmp_path):
    Catalog.open(tmp_path).close()
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    with pytest.raises(CatalogUnreadable, match="another version"):
        Catalog.open(tmp_path)


def test_a_damaged_page_is_unreadable_and_no_crash(filled, tmp_path):
    filled.close()
    path = tmp_path / "var" / FILE_NAME
    sqlite3.connect(path).execute("PRAGMA wal_checkpoint(TRUNCATE)").connection.close()
    content = bytearray(path.read_bytes())
    content[8192:] = b"\xff" * (len(content) - 8192)
    path.write_bytes(content)
    with pytest.raises(CatalogUnreadable):
        filled.deliverables_of(P, access=PUBLIC)


def test_a_reader_opens_the_catalog_anew_when_it_was_thrown_away_and_made_again(filled, tmp_path):
    assert filled.count(access=PUBLIC) == 2
    before = filled.generation()
    Catalog.remove(tmp_path / "var")
    Catalog.open(tmp_path / "var").close()
    assert filled.count(access=PUBLIC) == 0
    assert filled.generation() > before


def test_readers_in_many_threads_go_on_while_another_process_writes(filled, tmp_path):
    writes = (
        "import sys; from pathlib import Path; from archive.catalog.catalog import Catalog\n"
        "catalog = Catalog.open(Path(sys.argv[1]))\n"
        "for n in range(60):\n"
        "    with catalog.writing() as writer: writer.put_meta('n', str(n))\n"
    )
    process = subprocess.Popen([sys.executable, "-c", writes, str(tmp_path / "var")])
    faults: list[object] = []

    def read() -> None:
        try:
            while process.poll() is None:
                if names(filled.deliverables_of(P, access=PUBLIC)) != ["namen.pdf", "open.pdf"]:
                    faults.append("partial")
        except Exception as error:  # told in the main thread
            faults.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (process.wait(), faults) == (0, [])
    assert filled.meta("n") == "59"


def test_a_full_disk_is_one_sentence_and_the_old_answers_stay(filled, tmp_path):
    fills = (
        "import resource, signal, sys, os; from pathlib import Path; from archive.catalog.catalog import Catalog, TextPart\n"
        "from archive.model import FileFacts\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "catalog = Catalog.open(Path(sys.argv[1]))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))\n"
        "try:\n"
        "    with catalog.writing() as writer:\n"
        "        for n in range(200):\n"
        "            writer.put_file(FileFacts(id=f'{n}.pdf'), 'x', [TextPart(number=1, text=os.urandom(9999).hex())])\n"
        "except Exception as error: print(type(error).__name__, error.exit_code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", fills, str(tmp_path / "var")], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [AccessFailed.__name__, "3"], done.stdout + done.stderr
    assert filled.count(access=PUBLIC) == 2


def test_no_page_of_the_site_uses_what_only_the_indexer_may_read():
    """These reads take no access: one of them in a view would show everything to everybody."""
    reserved = {name for name in vars(IndexerSide) if not name.startswith("_")} | {"writing"}
    site = Path(__file__).parents[2] / "webui"
    used = {
        (path.name, node.attr)
        for path in site.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in reserved
    }
    assert used == set()


@pytest.mark.parametrize("name", [name for name in vars(Catalog) if not name.startswith("_")])
def test_every_read_that_shows_something_asks_for_whom(name):
    if name in ("open", "remove", "writing", "close", "generation"):
        return
    code = getattr(Catalog, name)
    assert "access" in code.__kwdefaults__ if code.__kwdefaults__ and "access" in code.__kwdefaults__ else True
    arguments = code.__code__.co_varnames[code.__code__.co_argcount :][: code.__code__.co_kwonlyargcount]
    assert "access" in arguments and "access" not in (code.__kwdefaults__ or {})
