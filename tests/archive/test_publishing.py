"""When an outcome may be for everybody: never past an agreement, a consent, or what somebody chose."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from archive.model import (
    Agreement,
    CommunityRecord,
    Consent,
    Handover,
    Involvement,
    Person,
    ProjectRecord,
    Text,
    Visibility,
)
from archive.network.model import Network, Organisation
from archive.privacy.publishing import NotPublishable, obstacle, published, version_of
from archive.records.editing import edit

TODAY = date(2022, 3, 1)
AGREED = Agreement(up_to=Visibility.PUBLIC)
FREE = ProjectRecord(
    title="Gevels op maat",
    outcome="De gevel hangt recht.",
    status="finished",
    companies=(Involvement(organisation="bouw-x", agreed=AGREED),),
    team=(Person(name="Noor Bakker", role="student"),),
)
NETWORK = Network(
    organisations=(Organisation(slug="bouw-x", name="Bouw X", aliases=("Bouwbedrijf X", "Aannemer Jansen Bouw")),)
)


def hindered(
    record: ProjectRecord, *, community: CommunityRecord | None = None, default: Visibility = Visibility.CAMPUS
) -> str | None:
    return obstacle(record, community=community, network=NETWORK, default=default, today=TODAY)


def test_a_finished_project_with_an_agreed_outcome_may_be_published_and_only_its_level_changes() -> None:
    assert hindered(FREE) is None
    changes = published(
        FREE, read=version_of(FREE), community=None, network=NETWORK, default=Visibility.CAMPUS, today=TODAY
    )
    text = '# van het team\ntitle = "Gevels"  # zo heet het\nvisibility = "campus"\n'
    assert edit(text, changes) == text.replace('"campus"', '"public"')


@pytest.mark.parametrize("outcome", [None, ""])
def test_nothing_is_published_of_a_project_that_tells_nothing(outcome: str | None) -> None:
    assert hindered(replace(FREE, outcome=outcome)) == "no-outcome"


@pytest.mark.parametrize(
    "record",
    [
        replace(FREE, status="running"),
        replace(FREE, status="stopped"),
        replace(FREE, status=None),
        replace(FREE, status=None, ends=TODAY),
    ],
)
def test_nothing_is_published_of_a_project_that_is_not_finished(record: ProjectRecord) -> None:
    assert hindered(record) == "no-outcome"


@pytest.mark.parametrize("agreed", [None, Agreement(up_to=Visibility.CAMPUS), Agreement(up_to=Visibility.PARTNER)])
def test_one_company_without_a_yes_for_everybody_is_enough(agreed: Agreement | None) -> None:
    second = Involvement(organisation="staal", agreed=agreed)
    assert hindered(replace(FREE, companies=(*FREE.companies, second))) == "agreement"


@pytest.mark.parametrize(
    ("visibility", "default", "expected"),
    [
        (None, Visibility.CAMPUS, None),
        (Visibility.PARTNER, Visibility.CAMPUS, None),
        (Visibility.CAMPUS, Visibility.CAMPUS, None),
        (Visibility.COMMUNITY, Visibility.CAMPUS, "narrower"),
        (Visibility.CONFIDENTIAL, Visibility.CAMPUS, "narrower"),
        (Visibility.CAMPUS, Visibility.PUBLIC, "narrower"),
    ],
)
def test_a_level_that_also_keeps_documents_closed_is_not_widened(
    visibility: Visibility | None, default: Visibility, expected: str | None
) -> None:
    """A project's level bounds that of documents without one: widening it would open them with the outcome."""
    assert hindered(replace(FREE, visibility=visibility), default=default) == expected


def test_what_a_closed_community_holds_is_not_published() -> None:
    closed = CommunityRecord(name=Text(nl="Zorg"), visibility=Visibility.CAMPUS)
    assert hindered(FREE, community=closed) == "narrower"
    assert hindered(FREE, community=replace(closed, visibility=Visibility.PUBLIC)) is None


@pytest.mark.parametrize(
    "text", ["De loods van BOUW X staat.", "Met bouwbedrijf  x gemaakt.", "Bij Jansen Bouw gemeten."]
)
def test_a_company_that_agreed_without_its_name_is_not_named_in_the_text(text: str) -> None:
    unnamed = (Involvement(organisation="bouw-x", visibility=Visibility.CAMPUS, agreed=AGREED),)
    assert hindered(replace(FREE, companies=unnamed)) is None
    for told in (replace(FREE, outcome=text), replace(FREE, summary=text), replace(FREE, handover=Handover(open=text))):
        assert hindered(replace(told, companies=unnamed)) == "company-named"
        assert hindered(told) is None


def test_somebody_without_consent_is_not_named_in_the_text() -> None:
    named = replace(FREE, handover=Handover(start="Vraag het aan noor bakker."))
    assert hindered(named) == "person-named"
    given = Person(name="Noor Bakker", consent=(Consent(purpose="name", date=TODAY),))
    assert hindered(replace(named, team=(given,))) is None
    assert hindered(replace(FREE, outcome="De noorbakkerij is klaar.")) is None


def test_words_that_changed_after_they_were_read_are_not_published() -> None:
    read = version_of(FREE)
    changed = replace(FREE, use="En meer.")
    with pytest.raises(NotPublishable) as refused:
        published(changed, read=read, community=None, network=NETWORK, default=Visibility.CAMPUS, today=TODAY)
    assert refused.value.obstacle == "changed"
