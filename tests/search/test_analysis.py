"""From words to terms: what should meet meets, and nothing depends on the archive."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.search.analysis import AnalysisSettings, Analyzer
from indexer.search.compounds import Compounds
from indexer.search.stemming import stem
from indexer.search.translation import Translation
from indexer.search.words import forms, normal

GOLD = Path(__file__).parents[2] / "benchmarks" / "retrieval"


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer(compounds=Compounds.shipped(), translation=Translation.shipped())


def terms_of(analyzer: Analyzer, text: str) -> set[str]:
    return {term for form in forms(text) for term, _ in analyzer.index_terms(form)}


def asked(analyzer: Analyzer, text: str) -> list[set[str]]:
    return [{term for term, _ in asked.terms} for asked in analyzer.query_terms(forms(text)) if asked.terms]


def test_at_least_sixty_of_the_inflection_pairs_meet():
    pairs = [line.split("\t") for line in (GOLD / "stem_pairs.tsv").read_text(encoding="utf-8").splitlines()]
    met = [pair for pair in pairs if len({stem(normal(word)) for word in pair}) == 1]
    assert len(pairs) == 74
    assert len(met) >= 60


@pytest.mark.parametrize(
    ("word", "other"),
    [("gevel", "vel"), ("gemeente", "men"), ("gebouw", "bouw"), ("generatie", "genereus"), ("geluk", "luk")],
)
def test_ge_is_no_prefix_where_the_word_begins_so(word, other):
    """Kraaij-Pohlmann takes ge- off every word: who searched facades found sheets."""
    assert stem(word) != stem(other)


@pytest.mark.parametrize("document", ["learning-community", "Learning-Community’s", "learning\u2011community"])
@pytest.mark.parametrize("query", ["learningcommunity", "learning community", "learning-community"])
def test_a_hyphenated_word_is_found_in_every_spelling(analyzer, document, query):
    found = terms_of(analyzer, document)
    assert all(terms & found for terms in asked(analyzer, query))


def test_the_joined_spelling_of_a_hyphenated_word_counts_once(analyzer):
    weights = [dict(analyzer.index_terms(form)).get(stem("email"), 0) for form in forms("e-mail")]
    assert sum(weights) == 1


def test_a_compound_is_found_by_its_parts_and_by_compounds_that_share_one(analyzer):
    found = terms_of(analyzer, "gevelrenovatie")
    for query in ("gevel", "gevels", "renovatie", "gevelelementen"):
        assert asked(analyzer, query)[0] & found


def test_the_whole_word_weighs_most(analyzer):
    terms = dict(analyzer.index_terms("gevelrenovatie"))
    assert max(terms, key=terms.__getitem__) == stem("gevelrenovatie")
    assert sorted(terms.values()) == [0.3, 0.3, 1.0]


def test_stop_words_ask_for_nothing_unless_there_is_nothing_else(analyzer):
    assert not any(asked.terms for asked in analyzer.query_terms(["wat", "is", "prefab"])[:2])
    assert all(asked.terms for asked in analyzer.query_terms(["wat", "is", "dat"]))


def test_stop_words_are_indexed_for_phrases(analyzer):
    assert analyzer.index_terms("de") == (("de", 1.0),)


def test_what_no_list_splits_is_split_with_words_that_the_reader_sees(analyzer):
    unseen = analyzer.query_terms(["revitmodel"], is_common=lambda word: False)
    seen = analyzer.query_terms(["revitmodel"], is_common={"revit"}.__contains__)
    assert [term for term, _ in unseen[0].terms] == [stem("revitmodel")]
    assert {term for term, _ in seen[0].terms} == {stem("revitmodel"), stem("revit"), stem("model")}


def test_a_part_stands_for_its_compound_only_together_with_the_others(analyzer):
    asked = analyzer.query_terms(["gevelrenovatie"])[0]
    assert stem("gevelrenovatie") in asked.whole
    assert {stem("gevel"), stem("renovatie")} in asked.compounds
    assert not asked.whole & {stem("gevel"), stem("renovatie")}


def test_documents_are_never_split_with_the_archives_words(analyzer):
    """Else the same file would get other terms when it is indexed beside others, or later."""
    analyzer.query_terms(["revitmodel"], is_common={"revit"}.__contains__)
    assert analyzer.index_terms("revitmodel") == ((stem("revitmodel"), 1.0),)


def test_every_step_can_be_switched_off():
    lists = {"compounds": Compounds.shipped(), "translation": Translation.shipped()}
    assert Analyzer(AnalysisSettings(stem=False), **lists).index_terms("Gevels")[0] == ("gevels", 1.0)
    assert len(Analyzer(AnalysisSettings(compounds=False), **lists).index_terms("gevelrenovatie")) == 1
    assert len(Analyzer(AnalysisSettings(hyphens=False), **lists).index_terms("0#e-mail")) == 1
    unstopped = Analyzer(AnalysisSettings(stop_words=False), **lists).query_terms(["de", "gevel"])
    assert all(asked.terms for asked in unstopped)
    assert len(Analyzer(AnalysisSettings(translate=False), **lists).query_terms(["employability"])[0].terms) == 1


def test_the_version_changes_with_what_documents_terms_depend_on():
    analyzers = [
        Analyzer(compounds=Compounds.shipped()),
        Analyzer(AnalysisSettings(compounds=False), compounds=Compounds.shipped()),
        Analyzer(AnalysisSettings(stem=False), compounds=Compounds.shipped()),
        Analyzer(AnalysisSettings(hyphens=False), compounds=Compounds.shipped()),
        Analyzer(AnalysisSettings(part_weight=0.4), compounds=Compounds.shipped()),
    ]
    assert len({analyzer.version for analyzer in analyzers}) == len(analyzers)
    asking_otherwise = AnalysisSettings(translate=False, stop_words=False, repair=False)
    assert Analyzer(asking_otherwise, compounds=Compounds.shipped()).version == analyzers[0].version


def test_words_of_the_lists_are_no_mistakes(analyzer):
    assert all(map(analyzer.knows, ["gevel", "gevelrenovatie", "employability", "bedrijven"]))
    assert not any(map(analyzer.knows, ["energietranistie", "vitalitiet"]))


@given(st.text(max_size=200))
@settings(deadline=None)
def test_any_text_gives_weighted_terms(text):
    analyzer = Analyzer(compounds=Compounds.shipped(), translation=Translation.shipped())
    found = forms(text)
    asked = analyzer.query_terms(found, is_common=lambda word: len(word) % 2 == 0)
    assert len(asked) == len(found)
    assert all(0 < weight <= 1 for each in asked for _, weight in each.terms)
    for form in found:
        terms = analyzer.index_terms(form)
        assert terms and len({term for term, _ in terms}) == len(terms)


def test_a_word_whose_stem_looks_like_a_stop_word_does_not_find_the_stop_word() -> None:
    """A search for "meting" found and marked every "met"."""
    analyzer = Analyzer()
    terms = {word: analyzer.index_terms(word)[0][0] for word in ("meting", "metingen", "met")}
    assert terms["meting"] == terms["metingen"] != terms["met"]
