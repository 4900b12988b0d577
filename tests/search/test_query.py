"""The query language forgives: nothing that people type raises, and what isn't understood is searched as words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.search.query import FIELD_NAMES, MAX_CHARS, MAX_WORDS, Query, QueryTooLong, Word, parse
from indexer.search.words import forms, normal, unfold


def forms_of(words: tuple[Word, ...]) -> list[str]:
    return [word.form for word in words]


def test_words_phrases_exclusions_and_prefixes_are_told_apart():
    query = parse('gevels "in de wijk" -zonnepanelen prefab*')
    assert forms_of(query.words) == ["gevels"]
    assert [forms_of(phrase) for phrase in query.phrases] == [["in", "de", "wijk"]]
    assert [forms_of(run) for run in query.excluded] == [["zonnepanelen"]]
    assert forms_of(query.prefixes) == ["prefab"]
    assert query.hints == ()


def test_a_phrase_can_be_excluded():
    assert [forms_of(run) for run in parse('bouw -"in de wijk"').excluded] == [["in", "de", "wijk"]]


@pytest.mark.parametrize("text", ["Data - Filter", "zon-en wind", "2021-2022", "learning-community", "- gevel"])
def test_a_hyphen_that_begins_no_word_excludes_nothing(text):
    assert parse(text).excluded == ()


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("titel:gevel", "title"),
        ("Title:gevel", "title"),
        ('auteur:"Jan Jansen"', "author"),
        ("author:Jansen", "author"),
        ("bedrijf:bouwbedrijf-x", "company"),
        ("company:x", "company"),
        ("jaar:2019..2021", "year"),
        ("year:2020", "year"),
        ("soort:rapport", "kind"),
        ("kind:report", "kind"),
        ("thema:prefab", "theme"),
        ("theme:prefab", "theme"),
        ("community:bim5", "community"),
        ("taal:nederlands", "language"),
        ("language:en", "language"),
    ],
)
def test_fields_have_dutch_and_english_names(text, field):
    query = parse(text)
    assert [found.field for found in query.filters] == [field]
    assert query.is_empty
    assert query.hints == ()


def test_kinds_and_languages_have_dutch_and_english_names():
    assert parse("soort:advies,poster").filters[0].values == {"advice", "poster"}
    assert parse("kind:report").filters[0].values == {"report"}
    assert parse('soort:"plan van aanpak"').filters[0].values == {"plan"}
    assert parse("taal:Engels").filters[0].values == {"en"}


def test_a_filter_can_be_excluded():
    assert parse("-soort:poster").filters[0].excluded


def test_both_spellings_of_an_academic_year_are_the_year_it_starts_in():
    assert [parse(f"jaar:{year}").filters[0].years for year in ("2021", "2021-2022", "2021/22")] == [(2021, 2021)] * 3


@pytest.mark.parametrize(
    ("typed", "slug", "fits"),
    [
        ("community:bim5", "bim5", True),
        ("community:bim", "bim5", True),
        ("community:bi", "bim5", False),
        ('thema:"prefab bouwen"', "prefab-bouwen", True),
        ("thema:prefab,zon", "zon", True),
        ("thema:bouw", "prefab-bouwen", False),
        ("jaar:..2019", "2018", True),
        ("jaar:..2019", "2020", False),
        ("soort:verslag", "report", True),
    ],
)
def test_a_filter_fits_the_facet_values_that_people_mean(typed, slug, fits):
    assert parse(typed).filters[0].fits(slug) is fits


@pytest.mark.parametrize(
    ("text", "words", "hint"),
    [
        ('"open', ["open"], "unbalanced-quote"),
        ("ge*", ["ge"], "short-prefix"),
        ("*gevel", ["gevel"], "wildcard"),
        ("ge*vel", ["ge", "vel"], "wildcard"),
        ("*", [], "wildcard"),
        ("conclusie:goed", ["conclusie", "goed"], "unknown-field"),
        ("jaar:vorig", ["jaar", "vorig"], "unknown-value"),
        ("soort:brief", ["soort", "brief"], "unknown-value"),
        ("zon AND wind", ["zon", "AND", "wind"], "operator"),
    ],
)
def test_what_is_not_understood_is_searched_as_words_with_a_hint(text, words, hint):
    query = parse(text)
    assert forms_of(query.words) == words
    assert query.hints == (hint,)


@pytest.mark.parametrize(
    "text", ["(zon) [wind]", "a && b || c", "zon~2^3", "http://example.org/zon", "'; DROP TABLE x"]
)
def test_signs_of_other_query_languages_are_left_out_silently(text):
    query = parse(text)
    assert query.words
    assert query.filters == ()
    assert query.hints == ()


def test_what_nobody_sees_is_left_out_of_the_text():
    query = parse("zon\u202e\u200bne\x00paneel “open  wijk”")
    assert query.text == 'zonne paneel "open wijk"'
    assert len(query.phrases) == 1


def test_equal_words_count_once():
    assert forms_of(parse("Zon wind zon ZON").words) == ["Zon", "wind"]


def test_the_repaired_query_keeps_everything_else():
    query = parse('energietranistie "in de wijk" -zon jaar:2021')
    repaired = query.with_words({query.words[0]: "energietransitie"})
    assert repaired.text == 'energietransitie "in de wijk" -zon jaar:2021'
    assert repaired.phrases and repaired.excluded and repaired.filters


def test_each_bound_can_be_taken_off_and_the_rest_stays_as_typed():
    query = parse('warmte "in de wijk" -zon -"oude gevel" titel:"prefab bouwen" jaar:2021 -soort:poster Zomer*')
    assert query.bounds == {"phrase", "excluded", "title", "year", "kind"}
    assert query.without({"phrase"}).text == (
        'warmte in de wijk -zon -"oude gevel" titel:"prefab bouwen" jaar:2021 -soort:poster Zomer*'
    )
    assert query.without({"excluded"}).excluded == ()
    assert query.without({"title"}).text.endswith("prefab bouwen jaar:2021 -soort:poster Zomer*")
    assert query.without({"year", "kind"}).filters == query.without({"year"}).filters[:1]
    bare = query.without(query.bounds)
    assert bare.text == "warmte in de wijk prefab bouwen Zomer*"
    assert bare.bounds == frozenset()


def test_taking_off_a_bound_joins_no_words():
    assert parse('zon"in de wijk"wind').without({"phrase"}).text == "zon in de wijk wind"


def test_an_empty_query_asks_for_everything():
    assert parse("  ").is_empty
    assert parse('"" - * ()').is_empty
    assert parse("").words == Query().words


def test_too_long_a_query_is_refused_with_a_sentence():
    with pytest.raises(QueryTooLong, match="at most 2000 characters") as refused:
        parse("x" * (MAX_CHARS + 1))
    assert refused.value.exit_code == 2


def test_more_words_than_matter_are_left_out_with_a_hint():
    query = parse(" ".join(f"w{number}" for number in range(400)))
    assert len(query.words) == MAX_WORDS
    assert query.hints == ("too-many-words",)


PIECES = st.sampled_from(
    [
        '"',
        "-",
        "*",
        ":",
        "(",
        ")",
        " ",
        "jaar:",
        "titel:",
        "thema:",
        "2019",
        "..",
        "gevel",
        "Ĳ",
        "ﷺ",
        "\u202e",
        "\x00",
        "é",
        "#",
    ]
)


@given(st.one_of(st.text(max_size=MAX_CHARS), st.lists(PIECES, max_size=300).map("".join)))
@settings(deadline=None)
def test_no_input_raises_and_every_word_stands_where_it_says(text):
    query = parse(text[:MAX_CHARS])
    every = (*query.words, *query.prefixes, *(word for run in (*query.phrases, *query.excluded) for word in run))
    for word in every:
        assert unfold(word.form)[0] == normal(query.text[word.start : word.end])
    assert parse(query.text).text == query.text


@given(st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=60).map("".join)))
@settings(deadline=None)
def test_no_word_is_lost_whatever_it_was_read_as(text):
    """What is not understood is searched as plain words: each word typed stands in the query somewhere."""
    query = parse(text)
    runs = [query.words, query.prefixes, *query.phrases, *query.excluded, *(each.words for each in query.filters)]
    kept = {word.normal for run in runs for word in run}
    names = {name for name, field in FIELD_NAMES.items() if field in {each.field for each in query.filters}}
    typed = {unfold(form)[0] for form in forms(query.text)}
    assert typed <= kept | names or "too-many-words" in query.hints


@given(st.lists(PIECES, max_size=60).map("".join))
@settings(deadline=None)
def test_a_query_without_a_bound_is_one_that_could_have_been_typed(text):
    query = parse(text)
    for bounds in (query.bounds, {"phrase"}, {"excluded"}):
        wider = query.without(bounds)
        assert parse(wider.text) == wider
        assert len(wider.text) <= MAX_CHARS


@pytest.mark.parametrize(
    "text",
    [
        "a" * MAX_CHARS,
        "a-" * 1000,
        '"(' * 1000,
        "a:" * 1000,
        "(" * MAX_CHARS,
        "ﷺ" * MAX_CHARS,
        "jaar:1 " * 285,
        "* " * 1000,
    ],
)
def test_hostile_queries_are_read_within_their_bounds(text):
    query = parse(text)
    assert len(query.text) <= MAX_CHARS
    assert len(query.words) <= MAX_WORDS
