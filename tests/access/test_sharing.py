"""Who sees the same shares what is kept: an account that opens nothing more makes no reader of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from archive.access import Access, reader
from archive.catalog.catalog import Catalog
from archive.settings import load
from indexer.commands import Opened, opened
from indexer.search.finder import Wanted
from tests.access.made import indexed, made
from tests.access.readers import COMMUNITY, MEMBER, READERS, TODAY
from tests.access.test_canaries import FILES, RECORDS
from tests.conftest import Archive
from tests.web.conftest import accounts_site
from webui.overview import Overviews

QUICKLY = settings(
    deadline=None, max_examples=4, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate)
)
# Of the canaries' open project: somebody of the team without consent to be named, and a company of it.
NAMELESS, HIDDEN_COMPANY = "geheimkanarieander@example.org", "campuskanarie-bv"


def accesses() -> Iterator[Access]:
    for each in READERS.values():
        yield reader(
            each.role or "public",  # type: ignore[arg-type]
            today=TODAY,
            account=each.email or None,
            communities=each.communities,
            company=each.company,
        )
    for role in ("partner", "student", "teacher", "coordinator"):
        for account in (MEMBER, NAMELESS, "niemand@example.org"):
            for company in (None, HIDDEN_COMPANY, "openkanarie-bv"):
                yield reader(role, today=TODAY, account=account, communities=["nergens"], company=company)  # type: ignore[arg-type]


def opened_archive(archive: Archive) -> Any:
    options = {"documents": str(archive.documents), "var": str(archive.var)}
    return opened(load(archive.root, environment={}, options=options))


def reads(parts: Opened, access: Access) -> list[Any]:
    """All that the catalog and the engine give a reader."""
    catalog = parts.catalog
    communities = catalog.communities(access=access)
    projects = catalog.projects(access=access)
    documents = catalog.newest(-1, access=access)
    found = parts.finder.find(Wanted(text="gevel*", limit=None), access=access).to_json()
    return [
        communities,
        [catalog.community(each.id, access=access) for each in communities],
        projects,
        documents,
        [catalog.deliverables_of(project.id, access=access) for project in projects],
        [catalog.all_parts(each.id, access=access) for each in documents],
        [
            (each.id, [one for one in (*each.companies, *each.authors) if access.reads(one[1])])
            for each in catalog.deliverables([each.id for each in documents], access=access).values()
        ],
        catalog.network(access=access),
        catalog.counts(access=access),
        catalog.open_ends(access=access),
        {name: value for name, value in found.items() if name != "took_ms"},
        parts.index.suggest("gev", access=access),
    ]


@given(seed=st.integers(0, 2**32 - 1))
@QUICKLY
def test_a_reader_without_the_tokens_that_open_nothing_reads_the_same(seed: int) -> None:
    with TemporaryDirectory() as folder:
        archive = Archive(Path(folder))
        made(Random(seed)).write(archive)
        with opened_archive(indexed(archive)) as parts:
            for access in accesses():
                effective = parts.catalog.effective(access=access)
                assert effective.tokens <= access.tokens
                assert reads(parts, effective) == reads(parts, access), sorted(access.tokens)


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    archive = Archive(tmp_path_factory.mktemp("canaries"))
    for id, content in {**RECORDS, **FILES}.items():
        archive.put(id, content)
    with opened_archive(indexed(archive)) as found:
        yield found


def test_names_and_companies_are_the_same_too(parts: Opened) -> None:
    """A partner in a project's team reads names there that the partners' level does not."""
    for access in accesses():
        assert reads(parts, parts.catalog.effective(access=access)) == reads(parts, access), sorted(access.tokens)


def effective(catalog: Catalog, role: str, **more: Any) -> Access:
    return catalog.effective(access=reader(role, today=TODAY, **more))  # type: ignore[arg-type]


def test_fifty_students_are_one_reader_unless_something_is_their_own(parts: Opened) -> None:
    catalog, overviews = parts.catalog, Overviews(parts.catalog)
    students = {effective(catalog, "student", account=f"s{n}@example.org", communities=[f"c{n}"]) for n in range(50)}
    assert students == {reader("student", today=TODAY)}
    assert len({id(overviews.seen_by(student)) for student in students}) == 1
    assert effective(catalog, "student", communities=[COMMUNITY]) not in students
    assert effective(catalog, "student", account="geheimkanariegenoemd@example.org") in students  # not confidential
    assert effective(catalog, "student", account="geheimkanariestudent@example.org") not in students  # the team's


def test_a_partner_keeps_whatever_an_audience_names(parts: Opened) -> None:
    kept = effective(parts.catalog, "partner", account=NAMELESS, company="nergens").tokens
    assert kept == {"public", "partner", f"account:{NAMELESS}"}
    assert "company:openkanarie-bv" in effective(parts.catalog, "partner", company="openkanarie-bv").tokens


def test_who_is_signed_in_is_asked_for_patience_while_the_catalog_is_made_anew(tmp_path: Path) -> None:
    """Every reader's tokens are asked of the catalog: its absence must not take the page along that tells of it."""
    archive = Archive(tmp_path / "archive")
    for id, content in RECORDS.items():
        archive.put(id, content)
    with accounts_site(indexed(archive), tmp_path / "accounts") as site:
        client = READERS["member"].client(site)
        assert client.get("/search?q=gevel").status_code == 200
        Catalog.remove(archive.var)
        for address in ("/", "/search?q=gevel", "/api/v1/search?q=gevel"):
            answer = client.get(address)
            assert answer.status_code == 503, address
            assert "opnieuw ingelezen" in answer.text
