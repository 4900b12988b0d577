"""What is written when a person or a company says yes or no, read back as the archive reads it."""

from __future__ import annotations

from datetime import date

import pytest

from archive.model import Visibility
from archive.privacy import consent
from archive.privacy.consent import Place, places_in
from archive.records.editing import RecordNotEditable, edit
from archive.records.live import refuse
from archive.records.reading import read_project

KEY = b"of the tests".ljust(32)
TODAY = date(2021, 9, 14)
ID = "bim5/2021/gevels/project.toml"
RECORD = """
title = "Gevels"   # van ons

[[team]]
name = "Noor Nooit"
account = "Noor@example.org"

[[team]]
name = "Wim Weer"
consent = [{ for = "name", date = 2020-01-01 }, { for = "picture", date = 2020-01-01 }, { for = "name", withdrawn = 2021-01-01 }]

[[team]]
role = "student"
"""
NETWORK = """
[[organisation]]
slug = "x"
name = "X"
[[organisation.contact]]
name = "Oud Contact"
email = "info@example.org"
until = 2020-01-01
[[organisation.contact]]
name = "Nieuw Contact"
email = "info@example.org"
"""


def place(name: str, text: str = RECORD, id: str = ID) -> Place:
    return next(each for each in places_in(id, text.encode()) if each.name == name)


def after(name: str, purpose: str, *, yes: bool, text: str = RECORD, id: str = ID) -> str:
    return edit(text, consent.decided(place(name, text, id), purpose, yes=yes, day=TODAY))


def test_a_first_yes_is_written_with_its_day_and_how_it_was_given() -> None:
    (given,) = place("Noor Nooit", after("Noor Nooit", "name", yes=True)).consent
    assert (given.purpose, given.date, given.how, given.withdrawn) == ("name", TODAY, "own link", None)


def test_a_no_is_written_on_every_yes_of_that_purpose_and_on_no_other() -> None:
    text = after("Wim Weer", "name", yes=True)
    text = after("Wim Weer", "name", yes=False, text=text)
    wim = place("Wim Weer", text)
    assert not wim.consents_to("name")
    assert wim.consents_to("picture")
    assert {each.withdrawn for each in wim.consent if each.purpose == "name"} == {TODAY}


def test_a_yes_after_several_entries_counts_although_one_of_them_was_withdrawn() -> None:
    """An entry that stayed withdrawn beside the new yes went on counting as a no."""
    wim = place("Wim Weer", after("Wim Weer", "name", yes=True))
    assert wim.consents_to("name")
    assert wim.consents_to("picture")


def test_a_no_that_stands_already_writes_nothing() -> None:
    assert after("Noor Nooit", "name", yes=False) == RECORD


def test_what_people_wrote_around_it_stays() -> None:
    assert 'title = "Gevels"   # van ons' in after("Noor Nooit", "name", yes=True)


def test_of_two_contacts_with_one_address_the_right_one_is_changed() -> None:
    text = after("Nieuw Contact", "name", yes=True, text=NETWORK, id="network.toml")
    assert place("Nieuw Contact", text, "network.toml").consents_to("name")
    assert not place("Oud Contact", text, "network.toml").consents_to("name")


def test_a_reference_is_the_same_for_an_address_everywhere_and_tells_nothing() -> None:
    noor = place("Noor Nooit")
    reference = consent.reference(noor, key=KEY)
    assert reference == consent.reference_of(" noor@EXAMPLE.org", key=KEY)
    assert consent.is_of(noor, reference, key=KEY)
    assert not consent.is_of(place("Wim Weer"), reference, key=KEY)
    assert reference != consent.reference(noor, key=b"another".ljust(32))


def test_a_name_without_an_address_is_a_person_of_its_own_record_only() -> None:
    reference = consent.reference(place("Wim Weer"), key=KEY)
    elsewhere = place("Wim Weer", id="bim5/2020/elders/project.toml")
    assert not consent.is_of(elsewhere, reference, key=KEY)


def test_who_has_neither_name_nor_address_is_not_asked() -> None:
    assert [each.name for each in places_in(ID, RECORD.encode())] == ["Noor Nooit", "Wim Weer"]


def test_a_record_that_cannot_be_read_is_not_written() -> None:
    with pytest.raises(RecordNotEditable):
        places_in(ID, b"title = ")


COMPANIES = """
title = "Gevels"
[[company]]
organisation = "x"
visibility = "confidential"
[[company]]
organisation = "y"
[company.agreed]
date = 2020-01-01
up_to = "public"
"""


@pytest.mark.parametrize(
    ("slug", "named", "visibility"),
    [("x", False, "confidential"), ("x", True, "partner"), ("y", False, "campus"), ("y", True, "partner")],
)
def test_an_agreement_says_how_far_and_whether_the_company_is_named(slug: str, named: bool, visibility: str) -> None:
    record = read_project(COMPANIES.encode(), ID)[0] or refuse(())
    changes = consent.agreed(record, slug, up_to=Visibility.PARTNER, named=named, by="directie", day=TODAY)
    written, problems = read_project(edit(COMPANIES, changes).encode(), ID)
    assert written is not None and not problems
    found = next(each for each in written.companies if each.organisation == slug)
    assert found.agreed is not None
    assert (found.agreed.up_to, found.agreed.by, found.agreed.date) == (Visibility.PARTNER, "directie", TODAY)
    assert found.visibility == visibility
