"""Twins: for every reader the archive is the same as if what they may not see did not exist.

Two indexes are filled, one with all deliverables and one with only those that a reader sees; every answer must be
equal to the last digit. So must the answers of an index that was filled in another order, or one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.access import Access, reader
from archive.model import Audience
from indexer.search.engine import IndexDocument, Request, SearchIndex
from indexer.search.query import parse
from indexer.search.whoosh_engine import WhooshIndex

TODAY = date(2022, 3, 1)
READERS: dict[str, Access] = {
    "public": reader("public", today=TODAY),
    "partner": reader("partner", today=TODAY, company="x"),
    "campus": reader("student", today=TODAY, communities=["bim5"]),
}
AUDIENCES: tuple[Audience, ...] = (
    frozenset({("public", None)}),
    frozenset({("partner", None)}),
    frozenset({("campus", None)}),
    frozenset({("community:bim5", None)}),
    frozenset({("company:x", None)}),
    frozenset({("public", date(2022, 3, 2))}),
    frozenset(),
)
WORDS = [
    "gevel",
    "gevels",
    "gevelrenovatie",
    "renovatie",
    "energie",
    "energietransitie",
    "transitie",
    "warmtenet",
    "warmtenetten",
    "wijk",
    "learning-community",
    "vitaliteit",
    "vitaliteiten",
    "vitalitiet",
    "bewoners",
    "employability",
    "inzetbaarheid",
    "Coördinatie",
    "coordinatie",
    "foto's",
    "e-mail",
    "bim",
]
QUERIES = (
    "gevel",
    "gevels energie",
    "energietransitei",  # with a slip of the finger
    "vitalitiet",
    "coordinate",
    "employability",
    '"gevel energie"',
    "warmtenet* -wijk",
    "titel:gevel",
    "auteur:jansen",
    "bedrijf:bouw jaar:2019..2021",
    "learningcommunity bewoners vitaliteit bim",
    "",
)

texts = st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join)
values = st.lists(st.tuples(st.sampled_from(["bouw-x", "woonstad"]), st.sampled_from(AUDIENCES)), max_size=2)


@st.composite
def archives(draw: st.DrawFn) -> list[IndexDocument]:
    return [
        IndexDocument(
            key=f"k{number}",
            id=f"bim5/2021/p/{number}.pdf",
            title=draw(texts)[:40],
            parts=draw(st.lists(texts, max_size=3)),
            record_text=draw(texts)[:30],
            audience=draw(st.sampled_from(AUDIENCES)),
            values={
                "community": [(draw(st.sampled_from(["bim5", "vitaliteit"])), AUDIENCES[0])],
                "year": [(str(draw(st.integers(2018, 2022))), AUDIENCES[0])],
                "company": draw(values),
            },
            authors=[("An Jansen", draw(st.sampled_from(AUDIENCES)))],
            date=draw(st.sampled_from(["", "2020", "2021-03-01"])),
        )
        for number in range(draw(st.integers(1, 12)))
    ]


def seen_by(access: Access, documents: Sequence[IndexDocument]) -> list[IndexDocument]:
    """What is left when all that this reader may not see never was."""
    return [
        IndexDocument(
            key=document.key,
            id=document.id,
            title=document.title,
            parts=document.parts,
            record_text=document.record_text,
            audience=document.audience,
            values={
                name: [(value, audience) for value, audience in found if access.reads(audience)]
                for name, found in document.values.items()
            },
            authors=[(name, audience) for name, audience in document.authors if access.reads(audience)],
            date=document.date,
        )
        for document in documents
        if access.reads(document.audience)
    ]


def answers(index: SearchIndex, access: Access) -> list[object]:
    """All that a reader can learn from an index."""
    searches = [
        index.search(Request(query=parse(query), sort=sort, limit=5), access=access)
        for query in QUERIES
        for sort in ("relevance", "newest")
    ]
    suggestions = [index.suggest(typed, access=access) for typed in ("gev", "wij", "ener", "bim", "coo", "woon")]
    alike = [index.similar(f"bim5/2021/p/{number}.pdf", access=access) for number in range(12)]
    return [searches, suggestions, alike]


def filled(folder: Path, *batches: Sequence[IndexDocument]) -> SearchIndex:
    index = WhooshIndex.open(folder)
    for batch in batches:
        assert not [item for item in index.apply(batch) if item.error]
    return index


@pytest.mark.parametrize("role", READERS)
@given(documents=archives())
@settings(max_examples=25, deadline=None)
def test_what_a_reader_may_not_see_changes_no_answer(role: str, documents: list[IndexDocument]) -> None:
    access = READERS[role]
    with TemporaryDirectory() as folder:
        whole = filled(Path(folder) / "whole", documents)
        twin = filled(Path(folder) / "twin", seen_by(access, documents))
        assert answers(whole, access) == answers(twin, access)


@given(documents=archives(), order=st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_the_order_of_indexing_changes_no_answer(documents: list[IndexDocument], order: object) -> None:
    shuffled = list(documents)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    access = READERS["campus"]
    with TemporaryDirectory() as folder:
        at_once = filled(Path(folder) / "at-once", documents)
        one_by_one = filled(Path(folder) / "one-by-one", *([document] for document in shuffled))
        expected = answers(at_once, access)
        assert answers(one_by_one, access) == expected
        list(one_by_one.rebuild(reversed(shuffled)))
        assert answers(one_by_one, access) == expected
