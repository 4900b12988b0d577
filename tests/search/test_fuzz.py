"""Whatever is typed, or put into an address, gets an ordinary answer or a sentence, and soon."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from archive.settings import load
from indexer.commands import Opened, access_as, opened
from indexer.search.finder import Wanted
from indexer.search.query import MAX_CHARS, QueryTooLong
from tests.conftest import Archive
from tests.web.conftest import visiting

MOST_CPU_S = 1.0
AWKWARD = (
    "\x00\x07\x1b[31m",
    "\u202egevel\u202c",
    "gevel" * 400,
    '"' * 999,
    "(" * 2_000,
    "* ** *e*n* b* gevel*",
    "' OR 1=1 --; DROP TABLE deliverable",
    "<script>alert(1)</script>",
    'jaar:..  jaar:9999999999..1 soort:x titel:"',
    "-" * 500 + "gevel",
    "a-" * 999,
    " ".join(f"woord{number}" for number in range(220)),
    "\ufdfa" * 2_000,
    "\ud800",
    "gevel " * 333,
    "wonin* woon* gevel* ener* warm* tran* huis*",
    " ".join("kanariewoordbuitendeboomgeveltransitie" for _ in range(50)),
)
PIECES = (*AWKWARD, '"', "*", "-", ":", "titel:", "jaar:2019..", "gevel", "gevle", "woon*", "AND", "\n", "%", "{{7*7}}")
typed = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join).map(lambda text: text[:MAX_CHARS]),
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = Archive(tmp_path_factory.mktemp("fuzz"))
    archive.put(
        "bim5/2021/gevels/een.txt", "De gevel van de woning. <script>alert(1)</script>\fGeveltransitie in de wijk."
    )
    archive.put("bim5/2021/gevels/twee.txt", 'Gevels, woningen en warmte & energie; "transitie" van de huizen.')
    archive.index()
    return archive


@pytest.fixture(scope="module")
def parts(filled: Archive) -> Iterator[Opened]:
    options = {"documents": str(filled.documents), "var": str(filled.var)}
    with opened(load(filled.root, environment={}, options=options)) as parts:
        yield parts


@pytest.fixture(scope="module")
def client(filled: Archive) -> Iterator[FlaskClient]:
    with ExitStack() as stack:
        yield visiting(filled.documents, filled.var, stack)("campus")


@given(text=typed)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_query_is_answered_within_a_second_of_processor_time(parts: Opened, text: str) -> None:
    check(parts, text)


@pytest.mark.parametrize("text", AWKWARD, ids=range(len(AWKWARD)))
def test_what_people_and_robots_type_is_answered(parts: Opened, text: str) -> None:
    check(parts, text[:MAX_CHARS])


def check(parts: Opened, text: str) -> None:
    start = time.process_time()
    answer = parts.finder.find(Wanted(text=text), access=access_as("campus"))
    assert time.process_time() - start < MOST_CPU_S
    assert answer.total >= len(answer.hits)
    parts.index.suggest(text, access=access_as("campus"))


def test_a_longer_query_is_refused_with_a_sentence(parts: Opened, client: FlaskClient) -> None:
    with pytest.raises(QueryTooLong):
        parts.finder.find(Wanted(text="x" * (MAX_CHARS + 1)), access=access_as("campus"))
    assert client.get("/search?" + urlencode({"q": "x" * (MAX_CHARS + 1)})).status_code == 400


NAMES = (
    "community",
    "year",
    "kind",
    "theme",
    "company",
    "language",
    "limit",
    "cursor",
    "sort",
    "exact",
    "facets",
    "snippets",
)
parameters = st.lists(
    st.tuples(
        st.sampled_from(NAMES), st.text(max_size=30) | st.sampled_from(("-1", "0", "1e9", "2021", "newest", "W10"))
    ),
    max_size=5,
)


class Tags(HTMLParser):
    """The scripts that a page holds by its own text."""

    def __init__(self) -> None:
        super().__init__()
        self.inline_scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inline_scripts += tag == "script" and not any(name in ("src", "type") for name, _ in attrs)


@given(text=typed, more=parameters, path=st.sampled_from(("/search", "/api/v1/search", "/api/v1/suggest")))
@example(text="<script>alert(1)</script>", more=[], path="/search")
@example(text="gevel", more=[("cursor", "\x00"), ("limit", "999999999999999999999")], path="/api/v1/search")
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_address_is_answered_and_no_page_is_marked_up(
    client: FlaskClient, text: str, more: list[tuple[str, str]], path: str
) -> None:
    query = urlencode([("q", text), *more], errors="surrogatepass")
    answer = client.get(f"{path}?{query}")
    assert answer.status_code in (200, 400), answer.text
    if answer.mimetype == "text/html":
        tags = Tags()
        tags.feed(answer.text)
        assert not tags.inline_scripts
