"""Organisations: unknown names are proposed, a merge loses nothing, and a contact who is replaced stays in the history."""

from __future__ import annotations

from datetime import date

import pytest

from archive.errors import UsageError
from archive.model import (
    Agenda,
    CommunityRecord,
    Contact,
    Involvement,
    Partnership,
    Person,
    ProjectRecord,
    Question,
    QuestionSource,
    Text,
)
from archive.network import organisations
from archive.network.model import Network, Organisation
from archive.records.editing import RecordNotEditable, edit
from archive.records.reading import read_community, read_network, read_project

DAY = date(2026, 3, 1)
NETWORK = """\
# van ons allemaal
[[organisation]]
slug = "kersten"
name = "Kersten Plaatwerk"
aliases = ["Kersten"]

[[organisation.contact]]
name = "Toon"
since = 2018-06-12
until = 2021-12-31

[[organisation.contact]]
name = "Toon"  # kwam terug
since = 2023-01-01

[[organisation]]
# opgericht in 1956
slug = "plaat"
name = "Plaat bv"  # let op: kleine letters
aliases = ["De Plaat"]
sector = "metaal"
kleur = "rood"

[[organisation.contact]]
name = "Marieke"
since = 2022-01-01
"""


def read(text: str) -> Network:
    network, problems = read_network(text.encode(), "network.toml")
    assert network is not None
    assert [problem.message for problem in problems if "kleur" not in problem.message] == []
    return network


def organisation(slug: str, name: str, *aliases: str) -> Organisation:
    return Organisation(slug=slug, name=name, aliases=aliases)


KNOWN = Network(
    organisations=(
        organisation("van-dommelen-gevelbouw", "Van Dommelen Gevelbouw", "Van Dommelen"),
        organisation("hogeschool-de-peel", "Hogeschool De Peel", "HDP"),
        organisation("zuivelcooperatie", "Zuivelcoöperatie De Maashorst"),
        organisation("kunststof-giesbeek", "Kunststof Giesbeek"),
    )
)


def test_all_records_that_name_an_organisation_are_found() -> None:
    project = ProjectRecord(
        title="x",
        companies=(Involvement(organisation="bouw-x"), Involvement(organisation="?")),
        team=(Person(institution="han"), Person(institution="han"), Person()),
    )
    community = CommunityRecord(name=Text(nl="x"), partnerships=(Partnership(organisation="bouw-x"),))
    agenda = Agenda(questions=(Question(id="b-1", text="?", source=QuestionSource(organisation="bouw-x")),))
    found = organisations.mentions([("b/2021/p", project)], [("b", community)], [("b", agenda)])
    assert found == {
        "bouw-x": ["b/2021/p/project.toml", "b/community.toml", "b/agenda.toml"],
        "han": ["b/2021/p/project.toml"],
    }


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Van Dommelen", "van-dommelen-gevelbouw"),
        ("van-dommelen-gevelbouw-bv", "van-dommelen-gevelbouw"),
        ("HDP", "hogeschool-de-peel"),
        ("Hogeschool de Peel", "hogeschool-de-peel"),
        ("zuivelcooperatie de maashorst", "zuivelcooperatie"),
        ("Kunstof Giesbeek", "kunststof-giesbeek"),
    ],
)
def test_an_unknown_name_is_proposed_for_the_organisation_that_is_meant(name: str, slug: str) -> None:
    (found,) = organisations.unknown({name: ["b/2021/p/project.toml"]}, KNOWN)
    assert found.near[0].organisation.slug == slug


@pytest.mark.parametrize("name", ["Hogeschool Noordrand", "Bakkerij Jansen", "De"])
def test_a_name_that_is_like_nothing_is_unknown_without_a_proposal(name: str) -> None:
    (found,) = organisations.unknown({name: ["b/2021/p/project.toml"]}, KNOWN)
    assert found.near == ()


def test_a_slug_is_known_and_an_alias_alone_is_not_joined_silently() -> None:
    named = {"hogeschool-de-peel": ["a"], "HDP": ["a"]}
    assert [each.name for each in organisations.unknown(named, KNOWN)] == ["HDP"]


def test_a_merge_keeps_names_contacts_comments_and_what_only_the_other_knew() -> None:
    by_slug = {each.slug: each for each in read(NETWORK).organisations}
    after = edit(NETWORK, organisations.merge(by_slug["plaat"], by_slug["kersten"]))
    (kept,) = read(after).organisations
    assert kept.aliases == ("Kersten", "De Plaat", "Plaat bv", "plaat")
    assert (kept.name, kept.sector) == ("Kersten Plaatwerk", "metaal")
    assert [contact.name for contact in kept.contacts] == ["Toon", "Toon", "Marieke"]
    assert all(
        text in after for text in ("opgericht in 1956", "let op: kleine letters", "# kwam terug", 'kleur = "rood"')
    )


def test_a_merge_of_entries_written_between_brackets_is_left_to_people() -> None:
    text = 'organisation = [{ slug = "a", name = "A" }, { slug = "b", name = "B" }]\n'
    one, other = read(text).organisations
    with pytest.raises(RecordNotEditable):
        edit(text, organisations.merge(one, other))


def test_a_record_that_names_an_organisation_names_it_otherwise_and_nothing_else_changes() -> None:
    project = 'title = "oud"\n[[team]]\ninstitution = "oud"\n[[company]]\norganisation = "oud"  # de opdrachtgever\n'
    after = edit(project, organisations.renamed("b/2021/p/project.toml", "oud", "nieuw"))
    record, _ = read_project(after.encode(), "p")
    assert record is not None
    assert (record.title, record.team[0].institution, record.companies[0].organisation) == ("oud", "nieuw", "nieuw")
    assert "# de opdrachtgever" in after
    agenda = '[[question]]\nid = "a"\ntext = "oud"\nfrom = { date = 2021-01-01, organisation = "oud" }\n'
    assert edit(agenda, organisations.renamed("b/agenda.toml", "oud", "nieuw")) == agenda.replace(
        'organisation = "oud"', 'organisation = "nieuw"'
    )
    community = 'name = "b"\n[[partnership]]\norganisation = "oud"\n[[partnership]]\norganisation = "anders"\n'
    record_of_community, _ = read_community(
        edit(community, organisations.renamed("b/community.toml", "oud", "nieuw")).encode(), "b"
    )
    assert record_of_community is not None
    assert [each.organisation for each in record_of_community.partnerships] == ["nieuw", "anders"]


def test_a_project_with_both_companies_is_found_before_they_are_merged() -> None:
    both = ProjectRecord(title="x", companies=(Involvement(organisation="a"), Involvement(organisation="b")))
    assert organisations.both_companies([("p", both)], "a", "b") == ["p"]
    assert organisations.both_companies([("p", both)], "a", "c") == []


def test_the_contact_of_now_is_replaced_and_one_of_before_with_the_same_name_is_left_alone() -> None:
    kersten = read(NETWORK).organisations[0]
    old = organisations.the_one(kersten.contacts, None, of="kersten")
    changes = organisations.replace(
        organisations.at_organisation("kersten"),
        old,
        name="Nora",
        email="n@example.org",
        phone="024 123 45 67",
        role=None,
        consent=["name", "contact"],
        how="form",
        day=DAY,
    )
    first, second, third = read(edit(NETWORK, changes)).organisations[0].contacts
    assert (first.until, second.until, third.until) == (date(2021, 12, 31), DAY, None)
    assert (third.name, third.since, third.confirmed) == ("Nora", DAY, DAY) and third.phone == "024 123 45 67"
    assert [(each.purpose, each.how) for each in third.consent] == [("name", "form"), ("contact", "form")]


def test_a_contact_is_confirmed_where_it_stands() -> None:
    at = organisations.at_organisation("plaat")
    after = edit(NETWORK, organisations.confirm(at, Contact(name="Marieke"), day=DAY))
    assert read(after).organisations[1].contacts[0].confirmed == DAY
    assert after.count("confirmed") == 1


def test_one_of_several_contacts_has_to_be_named() -> None:
    contacts = [Contact(name="A"), Contact(name="B"), Contact(name="C", until=DAY)]
    assert organisations.the_one(contacts, "B", of="x").name == "B"
    for name in (None, "C"):
        with pytest.raises(UsageError, match="It has A, B now"):
            organisations.the_one(contacts, name, of="x")
    with pytest.raises(UsageError, match="no contact now"):
        organisations.the_one(contacts[2:], None, of="x")


@pytest.mark.parametrize(("confirmed", "due"), [(None, True), (date(2025, 2, 28), True), (date(2025, 3, 1), False)])
def test_a_contact_that_nobody_confirmed_for_a_year_is_asked_after(confirmed: date | None, due: bool) -> None:
    assert organisations.is_due(Contact(name="A", confirmed=confirmed), today=DAY) is due
