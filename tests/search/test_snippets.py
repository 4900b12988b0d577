"""Snippets: what is shown of a page, and what is marked in it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indexer.search.engine import Place
from indexer.search.snippets import LINE_END, MAX_CHARS, MIN_LINE_CHARS, Fragment, cut, marked
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


def test_running_text_that_is_broken_off_into_lines_is_read_as_one() -> None:
    """A snippet began in the middle of a sentence, without a sign of it, because a line began there."""
    line = "Dit is een lange regel van een alinea die nog niet ten einde is, want hij\nloopt door. "
    text = (
        line * 8
        + "Hier staat het over een lange regel verdeelde antwoord: de gevel van de oude\nschool lekt.\n"
        + line * 8
    )
    number = [text[a:b] for a, b in spans(text)].index("gevel")
    said = shown(cut(text, place(number, start=number - 60, end=number + 90)))
    assert "Hier staat het over een lange regel verdeelde antwoord: de gevel van de oude school lekt. " in said
    assert said.startswith("Hier staat") and said.endswith("loopt door.")


def test_a_page_that_begins_or_ends_within_a_sentence_says_so() -> None:
    text = (
        "vorige bladzijde begon de zin over de gevel. Die is oud. Op de volgende bladzijde wordt er meer over gezegd en"
    )
    assert shown(cut(text, place(7))) == f"… {text} …"


def test_a_heading_and_an_item_do_not_run_into_what_follows() -> None:
    text = "3.2 De oude gevel\nEen deur stond open.\nDeuren\tDak\nNog een ding zonder punt\n• Een gevel\nEinde."
    assert shown(cut(text, place(3))) == (
        "3.2 De oude gevel · Een deur stond open. Deuren Dak Nog een ding zonder punt • Een gevel Einde."
    )


def test_a_snippet_ends_with_a_sentence_and_not_with_the_next_heading() -> None:
    zin = "Dit is een zin die iets zegt over de vraag waar het om gaat. "
    text = f"De gevel is oud. {zin * 3}\n4 Een kop zonder inhoud\n{zin * 9}"
    assert shown(cut(text, place(1, end=60))).endswith("waar het om gaat.")


def test_a_sentence_at_the_end_of_a_passage_is_finished_with_its_marks() -> None:
    """A snippet of ten words broke off where the passage did, although the sentence went on."""
    text = "woord " * 140 + "Daar ging het mis. We hebben twee weken gezocht naar de gevel. " + "Nog iets. " * 40
    number = [text[a:b] for a, b in spans(text)].index("mis")
    fragments = cut(text, place(number, number + 8, start=0, end=number + 4))
    assert matches(fragments) == ["mis", "gevel"]
    assert "mis. We hebben twee weken gezocht naar de gevel. Nog" in shown(fragments)


def test_a_shortened_word_ends_no_sentence() -> None:
    text = "Wij dachten van niet. " * 9 + "Volgens dr. Jansen en S. Bakker e.a. 2019 zit de gevel los. " + "Goed. " * 60
    number = [text[a:b] for a, b in spans(text)].index("gevel")
    assert shown(cut(text, place(number))).startswith("Volgens dr. Jansen en S. Bakker e.a. 2019 zit de gevel los.")


def test_the_dots_of_a_table_of_contents_are_left_out() -> None:
    text = "2.3 De gevel . . . . . . . . . 2\n3 Maatvoering ........... 3"
    assert shown(cut(text, place(3))) == "2.3 De gevel … 2 · 3 Maatvoering … 3"


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
    most = MAX_CHARS + len("… ") + len(" …") + MAX_CHARS // MIN_LINE_CHARS * len(LINE_END)
    assert len(shown(fragments)) <= most
    assert all(fragment.text for fragment in fragments)
    for word in matches(fragments):
        assert word in text
    assert shown(marked(text, words)) == text
