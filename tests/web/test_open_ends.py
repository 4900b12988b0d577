"""Open ends as programs and people meet them on the site."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import Visit

REPORT = "bim5/2021/prefab-gevels/eindrapport.pdf"


def all_of(visitor: FlaskClient, **query: object) -> list[dict[str, Any]]:
    """The whole list, page by page."""
    items: list[dict[str, Any]] = []
    cursor: str | None = ""
    for _ in range(100):
        answer = visitor.get("/api/v1/open-ends", query_string={**query, **({"cursor": cursor} if cursor else {})}).json
        assert answer is not None
        items += answer["items"]
        cursor = answer["cursor"]
        if cursor is None:
            break
    assert cursor is None
    return items


def documents(items: Iterable[dict[str, Any]]) -> set[str]:
    return {item["document"] for item in items}


def test_the_site_tells_the_open_ends_page_by_page_with_an_address_for_each(example: Visit) -> None:
    visitor = example("campus")
    items = all_of(visitor, community="bim5", limit=5)
    keys = ["document", "page", "heading", "text", "kind", "state", "fingerprint", "reason", "places", "question"]
    assert list(items[0]) == [*keys, "url"]
    assert items == all_of(visitor, community="bim5")
    assert documents(items) == {id for id in documents(all_of(visitor)) if id.startswith("bim5/")}
    for item in (items[0], items[-1]):
        assert visitor.get(item["url"]).status_code == 200


def test_whoever_may_not_read_a_report_is_not_told_its_open_ends(example: Visit) -> None:
    told = {role: documents(all_of(example(role))) for role in ("coordinator", "public")}
    assert told["public"] < told["coordinator"]
    hidden = sorted(told["coordinator"] - told["public"])
    assert example("public").get(f"/documents/{quote(hidden[0])}/read").status_code != 200


@pytest.mark.parametrize("bad", ["cursor=AAAA", "cursor=%F0", "limit=0", "limit=-1", "limit=x", f"limit={'9' * 5000}"])
def test_what_the_list_can_not_use_is_refused_with_a_sentence(example: Visit, bad: str) -> None:
    answer = example("public").get(f"/api/v1/open-ends?{bad}")
    assert answer.status_code == 400
    assert answer.json["error"].endswith(".")


def test_a_report_and_its_project_show_what_they_hand_on_with_the_page(example: Visit) -> None:
    visitor = example("campus")
    for address in (f"/documents/{REPORT}", "/projects/bim5/2021/prefab-gevels"):
        page = visitor.get(address).text
        assert "Open punten" in page
        assert "Herhaal de proef op de scheve zuidgevel." in page
        assert f'href="/documents/{REPORT}/read?page=9#d9"' in page


def test_whoever_may_not_read_the_text_sees_no_open_ends_on_its_page(example: Visit) -> None:
    visitor = example("public")
    hidden = documents(all_of(example("coordinator"))) - documents(all_of(visitor))
    pages = [page for id in sorted(hidden) if (page := visitor.get(f"/documents/{quote(id)}")).status_code == 200]
    assert pages
    assert not any("Open punten" in page.text for page in pages)
