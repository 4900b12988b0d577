"""Reading in a browser: printed pages with the words marked, quickly; set text on a phone; and when something is wrong."""

from __future__ import annotations

import os
import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import DESKTOP, LONG_PDF, PHONE, Visit
from tests.conftest import Site

OPENED_MS = 1_500
PHONE_BYTES = 150_000
LONG = f"/documents/{LONG_PDF}/read?page=150&q=zwaluwstaartverbinding"
LABELLED = "/documents/bim5/2021/prefab-gevels/eindrapport.pdf/read"
DOCX = "/documents/bim5/2020/scan-to-bim/eindrapport.docx/read"

_WHEN_MARKED = """
new MutationObserver(() => {
  if (!window.markedAt && document.querySelector('.textLayer .highlight')) window.markedAt = performance.now();
}).observe(document, { subtree: true, childList: true });
"""


def test_page_150_of_200_opens_with_its_word_marked_within_a_second_and_a_half(browser: Browser, campus: Site) -> None:
    times = []
    for _ in range(4):  # the best: other processes share this machine
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        page = context.new_page()
        page.add_init_script(_WHEN_MARKED)
        page.goto(campus.url + LONG)
        page.locator(".textLayer .highlight").first.wait_for()
        assert page.locator(".textLayer .highlight").first.locator(
            "xpath=ancestor::div[@data-page-number]"
        ).get_attribute("data-page-number") == ("150")
        times.append(page.evaluate("window.markedAt"))
        context.close()
        # What waits for a core waits longer; alone on the machine this is the bound itself.
        bound = OPENED_MS * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
        if times[-1] <= bound:
            break
    assert min(times) <= bound


def test_the_next_hit_is_pages_on_and_the_count_says_which(visit: Visit, campus: Site) -> None:
    page = visit(campus, LONG)
    count = page.locator(".hit-count")
    expect(count).to_have_text("treffer 3 van 6")
    page.locator(".next-hit").click()
    expect(count).to_have_text("treffer 4 van 6")
    page.locator(".next-hit").click()
    expect(page.locator(".where .label")).to_have_text("p. 151")
    expect(page).to_have_url(re.compile("page=151"))
    page.locator(".previous-hit").click()
    page.locator(".previous-hit").click()
    page.locator(".previous-hit").click()
    expect(page.locator(".where .label")).to_have_text("p. 3")
    expect(page.locator(".textLayer .highlight.selected").first).to_be_in_viewport()


def test_pages_are_called_as_they_are_printed(visit: Visit, campus: Site) -> None:
    page = visit(campus, f"{LABELLED}?page=3&q=gevel")
    expect(page.locator(".textLayer .highlight").first).to_be_visible()
    expect(page.locator(".where")).to_contain_text("p. iii 3 van")
    page.locator(".reader-bar [rel=next]").click()
    expect(page.locator(".where .label")).to_have_text("p. 1")
    expect(page.locator('.pdfViewer .page[data-page-number="4"]')).to_have_attribute("aria-label", "p. 1")


def test_the_results_stand_beside_the_page_and_lead_to_other_documents(visit: Visit, campus: Site) -> None:
    page = visit(campus, f"{LABELLED}?page=4&q=gevel")
    beside = page.locator(".beside .found")
    expect(beside.locator("li.this")).to_have_count(1)
    beside.locator("li:not(.this) .found-pages a").first.click()
    expect(page.locator(".reading mark, .textLayer .highlight").first).to_be_visible()
    expect(page.locator(".beside li.this")).to_have_count(1)


def test_text_and_pages_change_places_and_the_address_keeps_the_choice(visit: Visit, campus: Site) -> None:
    page = visit(campus, f"{LABELLED}?page=4&q=gevel")
    expect(page.locator(".textLayer .highlight").first).to_be_visible()
    page.locator(".as-text").click()
    expect(page.locator(".reading mark").first).to_be_visible()
    expect(page.locator(".scroller")).to_be_hidden()
    page.reload()
    expect(page.locator(".reading mark").first).to_be_visible()
    page.locator(".as-pages").click()
    expect(page.locator(".textLayer .highlight").first).to_be_visible()


def test_a_phone_gets_text_in_the_documents_language_and_little_of_it(browser: Browser, campus: Site) -> None:
    context = browser.new_context(viewport={"width": PHONE[0], "height": PHONE[1]}, locale="nl")
    page = context.new_page()
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(len(answer.body())))
    page.goto(f"{campus.url}{LABELLED}?page=4&q=gevel")
    expect(page.locator(".reading mark").first).to_be_visible()
    expect(page.locator(".reading .text")).to_have_attribute("lang", "nl")
    page.wait_for_load_state("networkidle")
    assert sum(sizes) <= PHONE_BYTES
    page.locator(".as-pages").click()  # who wants the pages gets them here, too
    expect(page.locator(".textLayer .highlight").first).to_be_visible()
    context.close()


def test_without_script_the_text_is_there_and_the_original_opens_at_its_page(visit: Visit, campus: Site) -> None:
    page = visit(campus, f"{LABELLED}?page=4&q=gevel", scripts=False)
    expect(page.locator(".reading mark").first).to_be_visible()
    assert (page.locator(".as-pages").get_attribute("href") or "").endswith("/eindrapport.pdf/file#page=4")
    page.locator(".reader-bar [rel=next]").click()
    expect(page.locator(".where .label")).to_have_text("p. 2")


def test_a_file_that_can_not_be_shown_leaves_its_text(browser: Browser, campus: Site) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="nl")
    page = context.new_page()
    page.route("**/eindrapport.pdf/file", lambda route: route.abort())
    page.goto(f"{campus.url}{LABELLED}?page=4&q=gevel")
    expect(page.locator(".reading .notice")).to_have_text(re.compile("kon hier niet worden getoond"))
    expect(page.locator(".reading mark").first).to_be_visible()
    context.close()


def test_a_word_document_opens_at_its_section_and_every_paragraph_has_an_address(visit: Visit, campus: Site) -> None:
    page = visit(campus, f"{DOCX}?page=15&q=puntenwolk#d15")
    expect(page.locator("#d15 h2")).to_be_in_viewport()
    addresses = page.locator(".reading .text p, .reading .text .table").evaluate_all("all => all.map(each => each.id)")
    assert all(re.fullmatch(r"d\d+-\d+", address) for address in addresses)
    assert len(set(addresses)) == len(addresses)
    page.locator(".next-hit").click()
    expect(page.locator("mark.selected")).to_be_in_viewport()
    page.locator(".beside .outline a", has_text="Samenvatting").click()
    expect(page.locator("#d3 h2")).to_be_in_viewport()


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
@pytest.mark.parametrize("number", [0, 999])
def test_a_page_that_does_not_exist_leads_on(visit: Visit, campus: Site, size: tuple[int, int], number: int) -> None:
    page = visit(campus, "/about", size=size)
    page.context.clear_cookies()
    answer = page.request.get(f"{campus.url}{LABELLED}?page={number}")
    assert answer.status == 404
    assert quote(LABELLED) + "?page=1" in answer.text()
