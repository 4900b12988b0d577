"""Twins over the whole site: for every reader it is the same as if what they may not see had never been.

Every address of the site's map is asked, with the names of everything in the whole archive, in it and in its twin: the
status, the headers, the bytes. Pages that are added later are asked by themselves.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.access.made import Made, Whole, indexed, made, paths
from tests.access.readers import COMPANY, READERS, addresses, asked_further, told
from tests.conftest import Archive
from tests.web.conftest import accounts_site

# An example takes seconds: what fails is told by its seed, not made smaller.
QUICKLY = settings(
    deadline=None, max_examples=2, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate)
)
ASKED = ("gevel wijk", "warmtenett", "bedrijf:woonstad", "thema:prefab", "fabrieksbouw", "project", "")


@pytest.mark.parametrize("name", [name for name in READERS if name != "coordinator"])
@given(seed=st.integers(0, 2**32 - 1))
@QUICKLY
def test_a_site_is_the_same_as_its_twin_without_what_is_hidden(name: str, seed: int) -> None:
    reader, whole = READERS[name], made(Random(seed))
    with TemporaryDirectory() as folder, ExitStack() as stack:
        clients = []
        for number, each in enumerate((whole, whole.seen_by(reader))):
            archive = Archive(Path(folder) / str(number))
            each.write(archive)
            site = stack.enter_context(accounts_site(indexed(archive), Path(folder) / f"accounts-{number}"))
            clients.append(reader.client(site))
        rules = clients[0].application.url_map
        asked = [*addresses(rules, whole.ids, whole.communities), *asked_further([*paths(whole)], ASKED)]
        for address in asked:
            with clients[0].get(address) as one, clients[1].get(address) as other:
                seen, expected = told(one), told(other)
                differs = [pair for pair in zip(seen, expected, strict=True) if pair[0] != pair[1]]
                assert not differs, f"{address} differs for the {name}"


def test_a_company_of_an_open_and_a_hidden_project_is_known_by_the_open_one(archive: Archive) -> None:
    """The catalog kept one project for each company: a hidden one that was indexed later took its name from all pages."""
    projects = tuple(
        Made(id=f"bouw/{year}/p", level=level, files=(), companies=((COMPANY, level),))
        for year, level in ((2019, "public"), (2020, "confidential"), (2021, "confidential"))
    )
    Whole(projects=projects, questions=(), closed_level="public", contacts=()).write(archive)
    with accounts_site(indexed(archive), archive.root / "accounts") as site:
        visitor = READERS["visitor"].client(site)
        assert "Bedrijf bouw-x" in visitor.get("/projects/bouw/2019/p").text
        page = visitor.get(f"/companies/{COMPANY}")
        assert page.status_code == 200 and "/projects/bouw/2019/p" in page.text
        assert "/projects/bouw/2020/p" not in page.text
