"""What is tried when a search finds nothing: wider searches whose counts are what this reader would find."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.cli import cli
from archive.settings import load
from indexer.commands import HINTS, TRIED, access_as, opened
from indexer.search.engine import FacetName
from indexer.search.finder import Answer, Finder, Wanted
from indexer.search.query import MAX_CHARS
from indexer.search.trying import WORDS_TRIED
from tests.conftest import Archive

MOST_CPU_S = 1.0
HIDDEN = 'title = "x"\n[[deliverable]]\nfile = "geheim.txt"\nvisibility = "confidential"\n'
OPEN = 'title = "x"\nvisibility = "public"\n[[deliverable]]\nfile = "open.txt"\nvisibility = "public"\n'


def write(archive: Archive, *, hidden: bool) -> None:
    """Two communities; of a third only hidden files, if any."""
    for community, text in (("bim5", "De gevel van prefab beton.\fWarmte in de wijk."), ("zorg", "Warmte en gevels.")):
        archive.put(f"{community}/2021/p/open.txt", text)
        archive.put(f"{community}/2021/p/project.toml", OPEN)
    if hidden:
        for community in ("bim5", "geheim", "zorg"):
            archive.put(f"{community}/2020/q/geheim.txt", "De gevel beton warmtenet kanarie.")
            archive.put(f"{community}/2020/q/project.toml", HIDDEN)
    done = CliRunner().invoke(cli, ["index", *folders(archive)])
    assert done.exit_code == 0, done.output


def folders(archive: Archive) -> list[str]:
    return ["--documents", str(archive.documents), "--var", str(archive.var)]


def opened_finder(archive: Archive, stack: ExitStack) -> Finder:
    options = {"documents": str(archive.documents), "var": str(archive.var)}
    return stack.enter_context(opened(load(archive.root, environment={}, options=options))).finder


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = Archive(tmp_path_factory.mktemp("whole"))
    write(archive, hidden=True)
    return archive


@pytest.fixture(scope="module")
def finder(whole: Archive) -> Iterator[Finder]:
    with ExitStack() as stack:
        yield opened_finder(whole, stack)


def asked(finder: Finder, text: str, role: str | None = "public", exact: bool = False, **filters: str) -> Answer:
    chosen: Mapping[FacetName, frozenset[str]] = {name: frozenset({value}) for name, value in filters.items()}  # type: ignore[misc]
    wanted = Wanted(text=text, filters=chosen, exact=exact, tries=True)
    return finder.find(wanted, access=access_as(role))


def tried(answer: Answer) -> list[tuple[str, str, int]]:
    return [(each.change, each.query, each.total) for each in answer.tried or ()]


def test_a_phrase_that_stands_nowhere_is_tried_as_loose_words(finder: Finder) -> None:
    answer = asked(finder, '"prefab warmte"')
    assert tried(answer) == [
        ("phrase", "prefab warmte", 2),
        ("word", "prefab", 1),
        ("word", "warmte", 2),
    ]


def test_what_is_found_without_filters_and_in_other_communities_is_counted(finder: Finder) -> None:
    assert tried(asked(finder, "prefab", community="zorg")) == [
        ("spelling", "prefab", 0),
        ("filters", "prefab", 1),
        ("community", "prefab", 1),
    ]
    assert tried(asked(finder, "prefab community:zorg year:2021"))[1:] == [
        ("filters", "prefab", 1),
        ("community", "prefab year:2021", 1),
    ]


def test_what_was_to_be_left_out_is_tried_with_it(finder: Finder) -> None:
    assert ("excluded", "prefab", 1) in tried(asked(finder, "prefab -gevel"))


def test_the_spelling_is_tried_by_who_had_asked_for_the_words_as_typed(finder: Finder) -> None:
    (spelling, *_) = asked(finder, "wramte", exact=True).tried or ()
    assert (spelling.change, spelling.repaired, spelling.total) == ("spelling", "warmte", 2)


def test_when_each_change_alone_finds_nothing_all_are_tried_together(finder: Finder) -> None:
    answer = asked(finder, '"prefab warmte"', year="1999")
    assert ("everything", "prefab warmte", 2) in tried(answer)


def test_words_without_a_meaning_are_not_tried_alone(finder: Finder) -> None:
    assert [query for change, query, _ in tried(asked(finder, '"warmte van de prefab"')) if change == "word"] == [
        "warmte",
        "prefab",
    ]


def test_a_search_that_finds_something_tells_of_no_other(finder: Finder) -> None:
    answer = asked(finder, "gevel")
    assert answer.tried is None
    assert "tried" not in answer.to_json()
    nobody_asked = finder.find(Wanted(text="zzz"), access=access_as("public"))
    assert nobody_asked.tried is None


def test_what_was_tried_stands_in_the_json(finder: Finder) -> None:
    assert asked(finder, "prefab", community="zorg").to_json()["tried"][2] == {
        "change": "community",
        "query": "prefab",
        "filters": {"community": ["bim5"]},
        "repaired": None,
        "total": 1,
    }


def test_the_command_tells_what_else_would_be_found(whole: Archive) -> None:
    done = CliRunner().invoke(cli, ["search", "prefab jaar:vorig", "--community", "zorg", *folders(whole)])
    assert "a year, kind or language was not recognised" in done.stderr
    assert "  in bim5: 1 found" in done.stderr.splitlines()


def test_what_is_hidden_is_in_none_of_the_counts(finder: Finder, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The same archive in which the hidden files never were, asked the same."""
    twin = Archive(tmp_path_factory.mktemp("twin"))
    write(twin, hidden=False)
    with ExitStack() as stack:
        other = opened_finder(twin, stack)
        for text in ("kanarie", '"beton warmtenet"', "gevel -gevel", "kanraie prefab", "titel:beton", '"prefab gevel"'):
            for filters in ({}, {"community": "geheim"}, {"community": "zorg", "year": "2020"}):
                ours, theirs = (asked(each, text, **filters) for each in (finder, other))
                assert ours.tried == theirs.tried
    everybody = [asked(finder, "kanarie", None, community=name, year="2021").tried for name in ("zorg", "bim5")]
    assert all(attempts and attempts[1].total == 3 for attempts in everybody)


QUERIES = st.lists(
    st.sampled_from(
        [
            "gevel",
            "wramte",
            "zzz",
            '"prefab warmte"',
            '"',
            "-gevel",
            "gev*",
            "warm*",
            "titel:prefab",
            "auteur:niemand",
            "jaar:1999",
            "-jaar:2021",
            "community:zorg",
            "soort:poster",
            "AND",
            "ge*",
            "conclusie:goed",
            "learning-community",
            "de",
        ]
    )
    | st.text(max_size=20),
    max_size=8,
).map(" ".join)
FILTERS = st.fixed_dictionaries({}, optional={"community": st.sampled_from(["zorg", "x"]), "year": st.just("1999")})


@given(text=QUERIES, filters=FILTERS, exact=st.booleans())
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
def test_whoever_follows_what_was_tried_finds_so_many(
    finder: Finder, text: str, filters: dict[str, str], exact: bool
) -> None:
    answer = asked(finder, text, None, exact, **filters)
    assert HINTS.keys() >= set(answer.hints)
    assert (answer.tried is None) == (answer.total > 0)
    for attempt in answer.tried or ():
        as_typed = exact and attempt.change != "spelling"
        wanted = Wanted(text=attempt.query, filters=attempt.filters, exact=as_typed)
        assert finder.find(wanted, access=access_as(None)).total == attempt.total
        assert TRIED[attempt.change]


@pytest.mark.parametrize(
    "text",
    [
        '"' + '" "'.join(f"gevle {number}" for number in range(90)) + '" wonin* woon* gevel* ener* jaar:1900 -huis',
        " ".join(f"gevle{number}tarnsitie" for number in range(99)) + " community:x",
        'titel:"' + "wramtepmop " * 150 + '" jaar:1900',
    ],
)
def test_the_longest_query_that_finds_nothing_costs_less_than_a_second(finder: Finder, text: str) -> None:
    start = time.process_time()
    answer = asked(finder, text[:MAX_CHARS], "campus", year="1900", community="nergens")
    assert time.process_time() - start < MOST_CPU_S
    assert answer.tried and sum(attempt.change == "word" for attempt in answer.tried) <= WORDS_TRIED
