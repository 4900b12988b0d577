"""Snippets: what is shown of a page, and what is marked in it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indexer.search.engine import Place
from indexer.search.snippets import MAX_CHARS, Fragment, cut, marked
from indexer.search.words import spans


def place(*words: int, start: int = 0, end: int = 150) -> Place:
    return Place(part=1, score=1.0, start=start, end=end, words=words)


def shown(fragments: tuple[Fragment, ...]) -> str:
    return "".join(fragment.text for fragment in fragments)


def matches(fragments: tuple[Fragment, ...]) -> list[str]:
    return [fragment.text for fragment in fragments if fragment.match]


def test_words_are_marked_whole_and_as_they_stand_in_the_text() -> None:
    fragments = cut("De Gevels, gevelelementen en foto's van 't huis.", place(1, 2, 4))
    assert matches(fragments) == ["Gevels", "gevelelementen", "foto's"]
    assert shown(fragments) == "De Gevels, gevelelementen en foto's van 't huis."


def test_a_piece_of_a_hyphenated_word_is_marked_alone() -> None:
    assert matches(cut("Een learning-community leert.", place(2))) == ["community"]


def test_a_long_passage_is_cut_at_sentences_around_its_matches() -> None:
    filler = "Dit is een zin die niets zegt over het onderwerp van de vraag. " * 10
    text = (
        filler + "Hier begint het antwoord: de gevel lekt warmte. En dat is al jaren zo, zeggen de bewoners. " + filler
    )
    number = [text[a:b] for a, b in spans(text)].index("gevel")
    fragments = cut(text, place(number, start=100, end=250))
    assert shown(fragments).startswith("Hier begint het antwoord: de gevel lekt warmte.")
    assert len(shown(fragments)) <= MAX_CHARS + 4


def test_what_is_left_out_within_a_sentence_is_said() -> None:
    text = "woord " * 400 + "gevel " + "woord " * 400
    fragments = cut(text, place(400, start=350, end=500))
    assert shown(fragments).startswith("… ") and shown(fragments).endswith(" …")
    assert matches(fragments) == ["gevel"]


def test_the_stretch_with_most_different_words_is_shown() -> None:
    text = "gevel " * 3 + "vulling " * 60 + "gevel en warmtenet " + "vulling " * 60
    words = [text[a:b] for a, b in spans(text)]
    found = [at for at, word in enumerate(words) if word in ("gevel", "warmtenet")]
    assert "warmtenet" in shown(cut(text, place(*found)))


def test_tabs_and_line_feeds_become_spaces() -> None:
    assert shown(cut("Een\ttabel\nmet cellen", place(1))) == "Een tabel met cellen"


def test_a_place_beyond_the_text_shows_nothing() -> None:
    """The text in the catalog may be newer than the index."""
    assert cut("kort", place(900, start=850, end=1000)) == ()


def test_a_whole_text_is_marked_without_losing_a_letter() -> None:
    text = "Een\n\ngevel\t en  nog een."
    fragments = marked(text, (1,))
    assert shown(fragments) == text
    assert matches(fragments) == ["gevel"]
    assert marked("", ()) == ()


texts = st.text(alphabet=st.sampled_from("abc .!?\n\t-'éA1…\u202e<&"), max_size=2000)


@given(text=texts, data=st.data())
def test_any_text_and_place_give_a_snippet_of_that_text(text: str, data: st.DataObject) -> None:
    count = len(spans(text))
    words = data.draw(st.lists(st.integers(0, count + 3), max_size=20, unique=True).map(sorted))
    start = data.draw(st.integers(0, count + 3))
    fragments = cut(text, place(*words, start=start, end=start + data.draw(st.integers(0, 200))))
    assert len(shown(fragments)) <= MAX_CHARS + 4
    assert all(fragment.text for fragment in fragments)
    for word in matches(fragments):
        assert word in text
    assert shown(marked(text, words)) == text
