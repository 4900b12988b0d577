"""Every page of the site, for every kind of reader and in both languages: it answers, is whole, and leaks nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from lxml import html

from tests.web.conftest import Visit

REPORT = "/documents/bim5/2021/prefab-gevels/eindrapport.pdf"
PAGES = [
    "/",
    "/search",
    "/search?q=gevel",
    "/search?q=zzzgeenresultaat",
    "/communities/bim5",
    "/communities/bim5/agenda",
    "/agenda",
    "/communities/bim5/2021",
    "/projects/bim5/2021/prefab-gevels",
    REPORT,
    REPORT + "?q=gevel",
    "/themes/prefab",
    "/companies/van-dommelen-gevelbouw",
    "/outcomes",
    "/outcomes/bim5/2021/prefab-gevels",
    "/unread",
    "/about",
    "/accessibility",
    "/communities/bim5/start",
    "/communities/digitalisering/start?theme=datakwaliteit",
    "/since/2021-01-29",
    "/since/2021-01-29?project=bim5/2020/scan-to-bim",
]
LARGEST_PAGE_BYTES = 150_000


def links(page: str) -> Iterator[str]:
    for _element, attribute, link, _place in html.fromstring(page).iterlinks():
        if attribute in ("href", "src", "action"):
            yield link


@pytest.mark.parametrize("role", ["public", "partner", "campus", "coordinator"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_there_for_every_kind_of_reader(example: Visit, path: str, role: str) -> None:
    page = example(role).get(path)
    assert page.status_code == 200
    assert len(page.data) < LARGEST_PAGE_BYTES
    assert len(html.fromstring(page.text).xpath("//h1")) == 1


@pytest.mark.parametrize("path", PAGES)
def test_a_page_keeps_to_the_policy_and_fetches_nothing_elsewhere(example: Visit, path: str) -> None:
    """A style attribute or an inline script would be refused by the policy, and only be seen in the console."""
    page = html.fromstring(example("campus").get(path).text)
    assert page.xpath("//@style") == []
    assert page.xpath("//style") == []
    assert [each for each in page.xpath("//script[not(@src)]") if each.get("type") != "application/ld+json"] == []
    assert [each for each in page.xpath("//*/@*") if each.__class__ and str(each.attrname).startswith("on")] == []
    for source in page.xpath("//@src") + page.xpath("//link[not(@rel='canonical')]/@href"):
        assert source.startswith("/"), source


def test_no_link_leads_to_nothing(example: Visit) -> None:
    """Pages of later steps are linked nowhere; a walk from the front page finds only what answers."""
    visitor = example("public")
    waiting, seen = ["/"], {"/"}
    dead: list[tuple[str, str]] = []
    while waiting:
        here = waiting.pop()
        page = visitor.get(here)
        page.close()
        if "html" not in page.mimetype:
            continue
        for link in links(page.text):
            target = urlsplit(link)
            address = target.path
            if target.scheme or not address or address == "/language" or address in seen:
                continue
            seen.add(address)
            if address.endswith(("/file", "/start.docx", "/start.pdf", "/start.zip")):
                continue
            answer = visitor.get(address + ("?" + target.query if target.query else ""))
            answer.close()
            if answer.status_code >= 400:
                dead.append((here, link))
            elif not address.startswith(("/static/", "/pictures/")) and "/read" not in address:
                waiting.append(address)
    assert dead == []
    assert len(seen) > 60


@pytest.mark.parametrize("path", PAGES)
def test_nothing_stays_dutch_in_the_english_interface(example: Visit, path: str) -> None:
    page = example("campus").get(path, headers={"Accept-Language": "en-GB,en;q=0.8"})
    tree = html.fromstring(page.text)
    assert tree.get("lang") == "en"
    assert page.headers["Content-Language"] == "en"
    frame = " ".join(tree.xpath("//header[@class='site']//text() | //footer//text() | //h2/text()"))
    assert not re.search(r"\b(de|het|een|van|naar|wat|zoek)\b", frame, re.IGNORECASE), frame


def canaries(visitor: FlaskClient, path: str) -> list[str]:
    text = visitor.get(path).text
    return re.findall(r"[Kk]anarie\w*", text)


AWKWARD_PAGES = [
    "/",
    "/search",
    "/search?q=gevel",
    "/communities/bim5",
    "/communities/bim5/agenda",
    "/agenda",
    "/communities/bim5/2021",
    "/projects/bim5/2020/tweede",
    "/projects/bim5/2021/rechts",
    "/projects/bim5/2019/eerste",
    "/documents/bim5/2020/tweede/verslag.txt",
    "/documents/bim5/2021/rechts/verslag.txt",
    "/themes/gevels",
    "/companies/bekend",
    "/outcomes",
    "/outcomes/bim5/2019/eerste",
    "/unread",
    "/about",
    "/communities/bim5/start",
    "/since/2019",
    "/since/2020?project=bim5/2019/eerste",
]


@pytest.mark.parametrize("path", AWKWARD_PAGES)
def test_what_a_visitor_may_not_see_stands_on_no_page(awkward: Visit, path: str) -> None:
    visitor = awkward("public")
    assert visitor.get(path).status_code == 200
    assert canaries(visitor, path) == []


@pytest.mark.parametrize("path", AWKWARD_PAGES)
def test_awkward_names_break_no_page(awkward: Visit, path: str) -> None:
    for role in ("campus", "coordinator"):
        page = awkward(role).get(path)
        assert page.status_code == 200
        html.fromstring(page.text)


def test_the_coordinator_sees_what_a_visitor_may_not(awkward: Visit) -> None:
    visitor = awkward("coordinator")
    assert "Kanarieproject" in visitor.get("/communities/bim5/2021").text
    assert visitor.get("/companies/verborgen").status_code == 200
    assert "Kanarievraag" in visitor.get("/communities/bim5").text


@pytest.mark.parametrize("hidden", ["/projects/bim5/2021/geheim", "/companies/verborgen", "/outcomes/bim5/2021/geheim"])
def test_a_hidden_page_answers_as_one_that_is_not_there(awkward: Visit, hidden: str) -> None:
    visitor = awkward("public")
    absent = visitor.get(hidden + "x")
    found = visitor.get(hidden)
    assert found.status_code == absent.status_code == 404
    assert dict(found.headers).keys() == dict(absent.headers).keys()
    last = re.split(r"[/-]", hidden)[-1]
    assert found.text.replace(last, "…") == absent.text.replace(last + "x", "…")
