"""The ways of a student who starts and of a company, from the front page to what they came for."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Visit
from tests.conftest import Site

WAYS = [
    pytest.param(size, language, scripts, id=f"{name}-{language}-{'with' if scripts else 'without'}-script")
    for name, size in (("desktop", DESKTOP), ("phone", PHONE))
    for language in ("nl", "en")
    for scripts in (True, False)
]
NO_ADVICE = {"nl": "Studentenwerk, geen professioneel advies", "en": "Student work"}
SEES_MORE = {"nl": "Studenten, docenten en partners zien meer na aanmelden", "en": "after signing in"}


def search(page: Page, words: str) -> None:
    field = page.locator('main input[name="q"], header input[name="q"]').first
    field.fill(words)
    field.press("Enter")
    page.wait_for_url("**/search?*")


@pytest.mark.parametrize(("size", "language", "scripts"), WAYS)
def test_a_student_finds_the_page_follows_the_relay_and_comes_back_to_the_results(
    visit: Visit, campus: Site, size: tuple[int, int], language: str, scripts: bool
) -> None:
    page = visit(campus, "/", size=size, language=language, scripts=scripts)
    expect(page.locator("html")).to_have_attribute("lang", language)
    search(page, "puntenwolk gevel")
    expect(page.locator("ol.hits > li").nth(1)).to_be_visible()

    # Narrow it down: a filter is a link, on a phone in a drawer.
    if size == PHONE:
        page.locator("button.open-filters").click()
    page.locator('nav.filters a[href*="community=bim5"]').first.click()
    expect(page).to_have_url(re.compile("community=bim5"))

    # To the page with the words, marked.
    page.locator("ol.hits .pages a", has_text="p. ").first.click()
    expect(page).to_have_url(re.compile(r"/read\?page=\d+"))
    printed = scripts and size == DESKTOP
    marks = page.locator(".textLayer .highlight" if printed else ".reading mark")
    expect(marks.first).to_be_visible()
    where = page.url
    page.locator(".next-hit").click()
    if printed:
        expect(page.locator(".hit-count")).to_have_text(re.compile(r"\d+ (van|of) \d+"))
    elif scripts:
        expect(page.locator("mark.selected")).to_have_count(1)
    else:
        expect(page).not_to_have_url(where)
        page.go_back()

    # Back to where the search was left.
    page.go_back()
    expect(page).to_have_url(re.compile("community=bim5"))

    # What it belongs to, who came before, and the community.
    page.locator("ol.hits > li h2 a").first.click()
    page.locator('main a[href^="/projects/bim5/2021/prefab-gevels"]').first.click()
    expect(page.locator("ol.relay [aria-current]")).to_be_visible()
    before = page.locator("ol.relay a").first
    name = before.inner_text()
    before.click()
    expect(page.locator("h1")).to_have_text(name)
    page.locator(".crumbs a").first.click()
    expect(page).to_have_url(re.compile("/communities/energietransitie$"))
    expect(page.locator('main a[href^="/projects/"]:visible').first).to_be_visible()

    # What is left to do there, and whom to ask for it.
    expect(page.locator(".questions .state.open").first).to_be_visible()
    expect(page.locator('main a[href^="mailto:"]').first).to_be_visible()


@pytest.mark.parametrize(("size", "language", "scripts"), WAYS)
def test_a_company_reads_outcomes_in_its_language_and_never_what_is_confidential(
    visit: Visit, public: Site, size: tuple[int, int], language: str, scripts: bool
) -> None:
    other = {"nl": "en", "en": "nl"}[language]
    page = visit(public, "/", size=size, language=other, scripts=scripts)
    expect(page.locator("main")).to_contain_text(SEES_MORE[other])
    page.locator(f'button[name="language"][value="{language}"]').click()
    expect(page.locator("html")).to_have_attribute("lang", language)
    page.locator('header a[href="/outcomes"]').click()
    expect(page.locator("main")).to_contain_text(NO_ADVICE[language])
    page.locator('main a[href^="/outcomes/"]').first.click()
    expect(page.locator("main")).to_contain_text(NO_ADVICE[language])
    expect(page.locator("main h1")).to_be_visible()
    ask = page.locator('main .actions a[href^="mailto:"]')
    assert "subject=" in (ask.get_attribute("href") or "")

    # Its own page, by its name: what was done with it, and what became of its question.
    search(page, "dommelen")
    page.locator(".signposts a").click()
    expect(page.locator("h1")).to_have_text("Van Dommelen Gevelbouw")
    expect(page.locator('main .cards a[href^="/projects/"]').first).to_be_visible()
    expect(page.locator(".questions .state")).to_be_visible()

    search(page, "transcripten")
    expect(page.locator("main")).not_to_contain_text("transcripten.docx")
    search(page, "zzzgeenresultaat")
    expect(page.locator("main")).to_contain_text(SEES_MORE[language])
