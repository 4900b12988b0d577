"""The search field and the results with the keyboard: suggestions, the shortcut, arrows, and coming back."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, expect

from tests.browser.conftest import Visit
from tests.conftest import Site


def test_suggestions_are_a_combobox_that_the_arrows_walk(visit: Visit, campus: Site) -> None:
    page = visit(campus, "/search?q=gevel")
    field = page.get_by_role("combobox", name="Zoek in het archief")
    field.fill("")
    field.press_sequentially("punten")
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", options.first.get_attribute("id") or "")
    field.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(field).to_have_value("punten")
    expect(page.locator(".field [role=status]")).to_have_text(re.compile(r"\d+ suggestie"))


def test_enter_on_a_suggestion_goes_where_it_says(visit: Visit, campus: Site) -> None:
    page = visit(campus, "/")
    field = page.get_by_role("combobox").first
    field.press_sequentially("prefab gev")
    expect(page.get_by_role("option").first).to_be_visible()
    field.press("ArrowDown")
    field.press("Enter")
    expect(page).to_have_url(re.compile("/documents/bim5/2021/prefab-gevels/"))


def test_a_slash_goes_to_the_search_and_the_arrows_to_the_results(visit: Visit, campus: Site) -> None:
    page = visit(campus, "/search?q=gevel")
    page.keyboard.press("/")
    field = page.locator("#zoek")
    expect(field).to_be_focused()
    expect(field).to_have_value("gevel")
    links = page.locator("ol.hits > li h2 a")
    field.press("ArrowDown")
    expect(links.first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(field).to_be_focused()


def test_who_comes_back_finds_filters_scroll_and_place_as_they_were(visit: Visit, campus: Site) -> None:
    page = visit(campus, "/search?q=onderzoek&kind=report")
    link = page.locator("ol.hits > li h2 a").nth(4)
    link.scroll_into_view_if_needed()
    page.evaluate("scrollBy(0, 200)")
    page.wait_for_function("scrollY > 200")
    before = page.evaluate("scrollY")
    title = link.inner_text()
    link.click()
    expect(page.locator("h1")).to_have_text(re.compile(re.escape(title)))
    page.go_back()
    expect(page).to_have_url(re.compile("kind=report"))
    expect(page.locator("ol.hits > li h2 a").nth(4)).to_be_focused()
    page.wait_for_function("before => Math.abs(scrollY - before) < 40", arg=before)


def test_a_finger_on_a_snippet_opens_its_page(browser: Browser, campus: Site) -> None:
    """On a phone the link "p. 4" is two letters; people press the sentence that they came for."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="nl", has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{campus.url}/search?q=gevel")
    place = page.locator("ol.hits .pages li").first
    address = place.locator("a").get_attribute("href") or ""
    place.locator(".snippet").tap(position={"x": 150, "y": 30}, force=True)
    page.wait_for_url(f"**{address.split('#')[0]}*")
    context.close()


def test_the_shortcut_can_be_turned_off(visit: Visit, campus: Site) -> None:
    page = visit(campus, "/accessibility")
    button = page.locator("button[data-shortcuts]")
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    expect(page.locator("#zoek")).not_to_be_focused()


def test_a_suggestion_never_names_what_a_visitor_may_not_see(visit: Visit, public: Site) -> None:
    page = visit(public, "/")
    field = page.get_by_role("combobox").first
    field.press_sequentially("transcript")
    page.wait_for_timeout(600)
    assert not any("ranscript" in text for text in page.get_by_role("option").all_inner_texts())
