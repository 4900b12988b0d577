"""Mijn teams with a real browser: a folder of all teams is chosen once, and all of it is handed in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import TIMEOUT_MS, Visit
from tests.conftest import Archive, Site

PASSWORD = "vier gele fietsen"
RUNS = 'status = "running"\nvisibility = "campus"\n'


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """A teacher with two teams."""
    archive = Archive(tmp_path_factory.mktemp("teams"))
    archive.put("bim5/community.toml", 'name = { nl = "BIM 5" }')
    archive.put("bim5/2026/groep-1/project.toml", f'title = "Gevels op maat"\n{RUNS}')
    archive.put("bim5/2026/groep-2/project.toml", f'title = "Groene daken"\n{RUNS}')
    archive.index()
    given = ("user", "add", "docent@example.org", "--role", "teacher", "--community", "bim5", "--password-stdin")
    assert archive.run(*given, given=PASSWORD).code == 0
    return archive


@pytest.fixture(scope="module")
def site(archive: Archive) -> Iterator[Site]:
    with archive.serving() as opened:
        yield opened


def test_a_teacher_hands_in_for_all_teams_from_one_folder(
    visit: Visit, site: Site, archive: Archive, tmp_path: Path
) -> None:
    for number, about in ((1, "de gevel"), (2, "het dak")):
        (tmp_path / "inleveringen" / f"Groep {number}").mkdir(parents=True)
        (tmp_path / "inleveringen" / f"Groep {number}" / "verslag.txt").write_text(
            f"Het verslag over {about} van groep {number}, met wat wij dit half jaar maten en bouwden."
        )
    page = visit(site, "/login?next=/")
    page.locator('input[name="email"]').fill("docent@example.org")
    page.locator('input[name="password"]').fill(PASSWORD)
    page.locator('input[name="password"]').press("Enter")
    page.get_by_role("link", name="Mijn teams").click()
    expect(page.get_by_role("row", name="Groene daken")).to_contain_text("nog niets ingeleverd")
    expect(page.locator("#folder")).to_have_attribute("webkitdirectory", "")  # by the script
    page.set_input_files("#folder", tmp_path / "inleveringen")
    expect(page.locator("h1")).to_have_text("Welk werk is van wie?")
    expect(page.get_by_label("Welk team is dit? Groep 2")).to_have_value("bim5/2026/groep-2")
    page.get_by_role("button", name="Maak de concepten").click()
    ready = page.locator(".heaps").get_by_text("Klaar om in te leveren")
    expect(ready).to_have_count(2, timeout=TIMEOUT_MS)  # once both are read
    page.get_by_role("button", name="Lever alles in").click()
    expect(page.locator("main")).to_contain_text("Het werk van 2 teams is ingeleverd.")
    for number in (1, 2):
        assert f"groep {number}" in (archive.documents / f"bim5/2026/groep-{number}/verslag.txt").read_text()
