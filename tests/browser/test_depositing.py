"""Handing in with a real browser: files in pieces, a connection that is lost, and a form that keeps itself."""

from __future__ import annotations

import hashlib
import shutil
import tomllib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import PHONE, TIMEOUT_MS, Visit
from tests.conftest import Archive, Site, docx_bytes

P = "bim5/2026/gevels"
PASSWORD = "vier gele fietsen"
RECORD = """
title = "Gevels op maat"
status = "running"
visibility = "campus"
[[team]]
name = "S. Tudent"
role = "student"
account = "student@example.org"
"""
REPORT = docx_bytes(
    "# Prefab gevels zonder steiger",
    "# Samenvatting",
    "Wij onderzochten hoe een gevel zonder steiger aan een gebouw komt en maten dat op de bouw.",
    "Vragen hierover? Bel onze docent mevrouw De Wit op 06 12345678.",
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """A team with a student, and a teacher, who both have an account."""
    archive = Archive(tmp_path_factory.mktemp("depositing"))
    archive.put("bim5/community.toml", 'name = { nl = "BIM 5" }')
    archive.put(f"{P}/project.toml", RECORD)
    archive.index()
    for email, role in (("student@example.org", "student"), ("docent@example.org", "teacher")):
        given = ("user", "add", email, "--role", role, "--community", "bim5", "--password-stdin")
        assert archive.run(*given, given=PASSWORD).code == 0
    return archive


@pytest.fixture(scope="module")
def site(archive: Archive) -> Iterator[Site]:
    with archive.serving() as opened:
        yield opened


@pytest.fixture
def unwatched(browser: Browser) -> Iterator[Visit]:
    """A browser for what goes wrong on purpose: its console tells of that, too."""
    context = browser.new_context(locale="nl")
    context.set_default_timeout(TIMEOUT_MS)

    def open_page(site: Site, path: str, **_ways: object) -> Page:
        page = context.new_page()
        page.goto(site.url + path)
        return page

    yield open_page
    context.close()


def signed_in(visit: Visit, site: Site, email: str, *, size: tuple[int, int] = PHONE, scripts: bool = True) -> Page:
    page = visit(site, "/login?next=/deposit", size=size, scripts=scripts)
    page.locator('input[name="email"]').fill(email)
    page.locator('input[name="password"]').fill(PASSWORD)
    page.locator('input[name="password"]').press("Enter")
    expect(page.locator("#files")).to_be_visible()
    if scripts:  # what is chosen before the script is there is nobody's
        expect(page.locator("[data-with-script]").first).to_be_visible()
    return page


def kept(page: Page) -> AbstractContextManager[object]:
    """Waits until what is changed within is kept: the sentence that says so gives way to others at once."""
    return page.expect_response(lambda answer: answer.request.method == "POST" and answer.ok)


def stored(archive: Archive, name: str) -> str:
    return hashlib.sha256((archive.documents / P / name).read_bytes()).hexdigest()


def test_a_student_hands_in_a_report_on_a_phone_with_four_taps(
    visit: Visit, site: Site, archive: Archive, tmp_path: Path
) -> None:
    report = tmp_path / "eindrapport.docx"
    report.write_bytes(REPORT)
    page = signed_in(visit, site, "student@example.org")
    page.set_input_files("#files", report)  # two taps: the button, and the file
    title = page.locator('input[name^="title:"]')
    expect(title).to_have_value("Prefab gevels zonder steiger")
    expect(page.locator(".file")).to_contain_text("telefoonnummer")
    with kept(page):
        page.locator('input[value="fine"]').check()
    expect(page.locator("#part-send .told")).to_have_count(0)
    page.locator('button[value="send"]').click()
    expect(page.locator("h1")).to_have_text("Ingeleverd")
    expect(page.locator("main")).to_contain_text("wacht op akkoord van je docent")
    expect(page.locator('h3 a[href$="eindrapport.docx"]')).to_be_visible()
    assert stored(archive, "eindrapport.docx") == hashlib.sha256(REPORT).hexdigest()


def test_of_many_files_one_whose_name_leads_elsewhere_comes_over_too(visit: Visit, site: Site) -> None:
    """It was taken for a hidden file, for its name begins with a dot: eleven of twelve were handed in."""
    page = signed_in(visit, site, "student@example.org")
    names = ["../x.txt", "y.txt", ".verborgen", "~$y.docx"]
    files = [{"name": name, "mimeType": "text/plain", "buffer": name.encode()} for name in names]
    page.set_input_files("#files", files)  # type: ignore[arg-type]
    expect(page.locator(".file h3")).to_have_text(["x.txt", "y.txt"])
    page.locator('button[value="discard"]').click()


def test_a_lost_connection_is_told_and_loses_nothing(
    unwatched: Visit, site: Site, archive: Archive, tmp_path: Path
) -> None:
    """Of the second piece nothing arrives at first."""
    large = tmp_path / "meting.bin"
    large.write_bytes(bytes(range(256)) * (40 << 10))  # 10 MB: three pieces
    page = signed_in(unwatched, site, "student@example.org")
    lost: list[str] = []

    def lose(route: Route) -> None:
        if "offset=0" in route.request.url or len(lost) > 1:
            route.continue_()
            return
        lost.append(route.request.url)
        route.abort("connectionreset")

    page.route("**/files/*?offset=*", lose)
    page.set_input_files("#files", large)
    expect(page.locator("[data-lost]")).to_be_visible()
    expect(page.locator("h1")).to_have_text("Kijk na en lever in")
    assert len(lost) == 2
    expect(page.locator("#part-send .told")).to_have_count(0)
    page.locator('button[value="send"]').click()
    expect(page.locator("h1")).to_have_text("Ingeleverd")
    assert stored(archive, "meting.bin") == hashlib.sha256(large.read_bytes()).hexdigest()


def test_what_is_typed_is_kept_without_a_button_and_a_second_tab_is_told(
    unwatched: Visit, site: Site, tmp_path: Path
) -> None:
    note = tmp_path / "notitie.txt"
    note.write_text("Een notitie over de kraan en de gevel, die nog niemand inleverde.")
    page = signed_in(unwatched, site, "docent@example.org", size=(1280, 900))
    page.set_input_files("#files", note)
    expect(page.locator("select#project")).to_be_visible()
    with kept(page):
        page.locator("select#project").select_option(P)
    page.locator('textarea[name="question"]').fill("Hoe hangt een gevel?")
    with kept(page):
        page.locator('input[name="level"][value="community"]').check()
    expect(page.locator("#part-send")).to_contain_text("Alles is er.")
    page.reload()
    expect(page.locator('textarea[name="question"]')).to_have_value("Hoe hangt een gevel?")
    expect(page.locator('input[name="level"][value="community"]')).to_be_checked()
    other = page.context.new_page()
    other.goto(page.url)
    other.locator('textarea[name="question"]').fill("Hoe zwaar is een gevel?")
    with kept(other):
        other.locator('textarea[name="question"]').blur()
    page.locator('textarea[name="question"]').fill("Van wie is een gevel?")
    page.locator('button[value="send"]').click()
    expect(page.locator('[role="alert"]').first).to_contain_text("ander tabblad")
    expect(page.locator('textarea[name="question"]')).to_have_value("Van wie is een gevel?")


def test_without_scripts_the_same_is_done_with_plain_forms(
    visit: Visit, site: Site, archive: Archive, tmp_path: Path
) -> None:
    note = tmp_path / "zonder-script.txt"
    note.write_text("Een verslag van de proef met de gevel, zonder scripts ingeleverd.")
    page = signed_in(visit, site, "student@example.org", scripts=False)
    page.set_input_files("#files", note)
    page.get_by_role("button", name="Ga verder").click()
    title = page.locator('input[name^="title:"]')
    title.fill("De proef zonder script")
    page.get_by_role("button", name="Bewaar", exact=True).nth(1).click()
    expect(title).to_have_value("De proef zonder script")

    def is_read() -> bool:
        page.reload()
        return not page.get_by_role("link", name="Laad de bladzijde opnieuw").count()

    site.wait_until(is_read, "the file is read")
    page.locator('button[value="send"]').click()
    expect(page.locator("h1")).to_have_text("Ingeleverd")
    record = tomllib.loads((archive.documents / P / "project.toml").read_text())
    (entry,) = (each for each in record["deliverable"] if each["file"] == "zonder-script.txt")
    assert (entry["title"], entry["asked"]["visibility"]) == ("De proef zonder script", "campus")


def test_a_folder_that_is_chosen_keeps_its_paths(visit: Visit, site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "groep 3"
    (folder / "bijlagen").mkdir(parents=True)
    (folder / "verslag.txt").write_text("Het verslag van groep 3 over de gevel.")
    (folder / "bijlagen" / "meting.txt").write_text("De meting van groep 3, op de tweede dag.")
    (folder / ".DS_Store").write_text("x")
    shutil.copy(folder / "verslag.txt", folder / "~$verslag.txt")
    page = signed_in(visit, site, "docent@example.org", size=(1280, 900))
    expect(page.locator("#folder")).to_have_attribute("webkitdirectory", "")  # by the script
    page.set_input_files("#folder", folder)
    expect(page.locator(".file")).to_have_count(2)
    expect(page.locator(".file").first).to_contain_text("groep 3/bijlagen")
