"""What any search engine of the archive must do: written against `engine.SearchIndex`, run over every engine.

Another engine joins by a line in `ENGINES`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from archive.access import Access, reader
from archive.model import NOBODY, Audience
from indexer.search.engine import ENOUGH, BadCursor, IndexDocument, Request, Results, SearchIndex
from indexer.search.query import parse
from indexer.search.whoosh_engine import WhooshIndex

ENGINES: dict[str, Callable[[Path], SearchIndex]] = {"whoosh": WhooshIndex.open}

TODAY = date(2022, 3, 1)
EVERYONE: Audience = frozenset({("public", None), ("coordinator", None)})
CAMPUS: Audience = frozenset({("campus", None), ("coordinator", None)})
VISITOR = reader("public", today=TODAY)
STUDENT = reader("student", today=TODAY)


@pytest.fixture(params=ENGINES)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], SearchIndex]:
    """Opens the index of this test once more, as another process would."""
    engine = ENGINES[request.param]
    return lambda: engine(tmp_path / "index")


@pytest.fixture
def index(opened: Callable[[], SearchIndex]) -> Iterator[SearchIndex]:
    index = opened()
    yield index
    index.close()


def document(
    id: str,
    *parts: str,
    title: str = "",
    audience: Audience = EVERYONE,
    key: str | None = None,
    unless: Audience = NOBODY,
    authors: tuple[tuple[str, Audience], ...] = (),
    record: str = "",
    written: str = "",
    asides: frozenset[int] = frozenset(),
    **values: str,
) -> IndexDocument:
    return IndexDocument(
        key=key or id,
        id=id,
        title=title,
        parts=parts,
        asides=asides,
        record_text=record,
        audience=audience,
        unless=unless,
        authors=authors,
        date=written,
        values={name: [(value, audience)] for name, value in values.items()},  # type: ignore[misc]
    )


def take(index: SearchIndex, *documents: IndexDocument, deletes: tuple[str, ...] = ()) -> None:
    assert not [item for item in index.apply(documents, deletes) if item.error]


def ask(index: SearchIndex, text: str, *, access: Access = VISITOR, **options: object) -> Results:
    return index.search(Request(query=parse(text), **options), access=access)  # type: ignore[arg-type]


def found(index: SearchIndex, text: str, *, access: Access = VISITOR, **options: object) -> list[str]:
    return [hit.id for hit in ask(index, text, access=access, **options).hits]


class TestWriting:
    def test_a_new_index_is_empty_and_answers(self, index: SearchIndex) -> None:
        assert ask(index, "gevel").total == 0
        assert ask(index, "").total == 0
        assert index.keys() == frozenset()
        assert index.health().documents == 0

    def test_each_document_has_its_result(self, index: SearchIndex) -> None:
        results = list(index.apply([document("a", "gevel"), document("b", "dak")]))
        assert [(item.key, item.error) for item in results] == [("a", ""), ("b", "")]

    def test_nothing_is_visible_until_all_is(self, index: SearchIndex) -> None:
        items = index.apply([document("a", "gevel"), document("b", "gevel")])
        next(items)
        assert ask(index, "gevel").total == 0
        list(items)
        assert ask(index, "gevel").total == 2

    def test_a_batch_that_is_given_up_leaves_nothing(
        self, index: SearchIndex, opened: Callable[[], SearchIndex]
    ) -> None:
        items = index.apply([document("a", "gevel"), document("b", "gevel")])
        next(items)
        items.close()  # type: ignore[attr-defined]
        assert ask(index, "gevel").total == 0
        take(index, document("c", "gevel"))
        assert found(opened(), "gevel") == ["c"]

    def test_an_error_in_the_source_leaves_the_old_answers(self, index: SearchIndex) -> None:
        def broken() -> Iterator[IndexDocument]:
            yield document("b", "gevel")
            raise RuntimeError

        take(index, document("a", "gevel"))
        with pytest.raises(RuntimeError):
            list(index.apply(broken()))
        with pytest.raises(RuntimeError):
            list(index.rebuild(broken()))
        assert found(index, "gevel") == ["a"]

    def test_a_document_is_replaced_by_its_key(self, index: SearchIndex) -> None:
        take(index, document("a", "gevel"), document("b", "gevel"))
        take(index, document("a", "dak"))
        assert found(index, "gevel") == ["b"]
        assert found(index, "dak") == ["a"]
        assert index.keys() == {"a", "b"}

    def test_of_one_key_twice_in_a_batch_the_last_counts(self, index: SearchIndex) -> None:
        """Whoosh keeps both when `update_document` is called twice with one key in one writer."""
        take(index, document("a", "gevel"), document("a", "dak"))
        assert (found(index, "gevel"), found(index, "dak")) == ([], ["a"])
        assert ask(index, "").total == 1

    def test_deleted_documents_are_gone(self, index: SearchIndex) -> None:
        take(index, document("a", "gevel"), document("b", "gevel"))
        take(index, deletes=("a", "never-was"))
        assert found(index, "gevel") == ["b"]
        assert index.keys() == {"b"}
        assert index.health().documents == 1

    def test_many_small_batches_give_the_answers_of_one(
        self, index: SearchIndex, opened: Callable[[], SearchIndex]
    ) -> None:
        """Segments are joined on the way, and nothing is lost or counted twice."""
        documents = [document(f"d{n:02}", f"gevel {'hout ' * (n % 5)}", title=f"t{n}") for n in range(40)]
        for one in documents:
            take(index, one)
        for one in documents[::3]:
            take(index, one)
        one_by_one = ask(index, "gevel hout", limit=None)
        list(index.rebuild(documents))
        assert ask(index, "gevel hout", limit=None) == one_by_one
        assert opened().health().documents == 40

    def test_a_rebuild_replaces_everything(self, index: SearchIndex) -> None:
        take(index, document("a", "gevel"))
        list(index.rebuild([document("b", "gevel"), document("c", "dak")]))
        assert index.keys() == {"b", "c"}
        take(index, document("d", "gevel"))
        assert found(index, "gevel") == ["b", "d"]

    def test_another_reader_sees_each_commit_at_once(
        self, index: SearchIndex, opened: Callable[[], SearchIndex]
    ) -> None:
        other = opened()
        take(index, document("a", "gevel"))
        assert found(other, "gevel") == ["a"]
        list(index.rebuild([document("b", "gevel")]))
        assert found(other, "gevel") == ["b"]
        other.close()

    def test_threads_that_ask_while_it_is_written_get_whole_answers(self, index: SearchIndex) -> None:
        """Whoosh's own searchers, shared by six threads, gave 444 wrong answers of 600."""
        take(index, *(document(f"d{n}", f"gevel hout {n}") for n in range(20)))
        wrong: list[object] = []
        done = threading.Event()

        def asking() -> None:
            while not done.is_set():
                try:
                    results = ask(index, "gevel hout", limit=None)
                    if results.total != 20 or len(results.hits) != 20:
                        wrong.append(results)
                except Exception as error:
                    wrong.append(error)

        threads = [threading.Thread(target=asking) for _ in range(4)]
        for thread in threads:
            thread.start()
        for round in range(10):
            take(index, document(f"d{round}", f"gevel hout {round} nieuw"))
            if round % 4 == 0:
                list(index.rebuild([document(f"d{n}", f"gevel hout {n}") for n in range(20)]))
        done.set()
        for thread in threads:
            thread.join()
        assert not wrong


class TestMatching:
    @pytest.fixture(autouse=True)
    def archive(self, index: SearchIndex) -> None:
        take(
            index,
            document("gevels", "De gevels van hout zijn in de fabriek gemaakt.", title="Prefab gevels"),
            document("wijk", "Energie in de wijk: een warmtenet.", "Bewoners praten mee over energie."),
            document("lc", "Een learning-community leert van elkaar.", "Zonder energie."),
        )

    @pytest.mark.parametrize(
        ("query", "ids"),
        [
            ("gevel", ["gevels"]),
            ("GEVELS", ["gevels"]),
            ("houten", ["gevels"]),
            ('"in de wijk"', ["wijk"]),
            ('"de wijk in"', []),
            ("warmtenet -bewoners", []),
            ("energie -bewoner", ["lc"]),
            ('energie -"in de wijk"', ["lc"]),
            ("warm*", ["wijk"]),
            ("learningcommunity", ["lc"]),
            ("learning-community", ["lc"]),
            ("learning community", ["lc"]),
            ("titel:gevel", ["gevels"]),
            ("titel:hout", []),
            ("-titel:gevel fabriek", []),
        ],
    )
    def test_a_query_finds(self, index: SearchIndex, query: str, ids: list[str]) -> None:
        assert found(index, query, repair=False) == ids

    def test_any_word_suffices_and_all_together_come_first(self, index: SearchIndex) -> None:
        take(
            index,
            document("often", "warmtenet " * 9),
            document("both", "Een warmtenet en bewoners. " + "En meer. " * 40),
        )
        ids = found(index, "warmtenet bewoners")
        assert set(ids[:2]) == {"wijk", "both"}
        assert ids[2] == "often"

    def test_a_compound_is_found_by_its_parts_after_the_part_itself(self, index: SearchIndex) -> None:
        take(index, document("compound", "Gevelrenovatie in de wijk."))
        assert found(index, "renovatie") == ["compound"]
        assert found(index, "gevel") == ["gevels", "compound"]

    def test_one_stray_part_of_a_compound_finds_nothing(self, index: SearchIndex) -> None:
        """A made-up word of four parts "found" whatever held one of them, and the total said so."""
        take(index, document("stray", "Het herkenningswoord van de buitendienst."))
        assert ask(index, "kanariewoordbuitendeboom").total == 0
        assert found(index, "woord") == ["stray"]

    def test_all_parts_of_a_compound_together_find_it(self, index: SearchIndex) -> None:
        take(
            index,
            document("one", "De transitie van de markt."),
            document("all", "Een transitie die bij de gevel begint."),
            document("whole", "De geveltransitie."),
        )
        assert found(index, "geveltransitie", repair=False) == ["whole", "all"]

    def test_what_the_record_says_is_found(self, index: SearchIndex) -> None:
        take(index, document("recorded", "Tekst.", record="Samenvatting over biomimicry"))
        [hit] = ask(index, "biomimicry").hits
        assert (hit.id, hit.places) == ("recorded", ())

    def test_a_document_without_text_is_found_by_its_title(self, index: SearchIndex) -> None:
        take(index, document("drawing", title="Plattegrond.dwg"))
        assert found(index, "plattegrond") == ["drawing"]

    def test_only_stop_words_are_searched_all_the_same(self, index: SearchIndex) -> None:
        assert "gevels" in found(index, "van de")

    def test_within_one_document_it_alone_is_found_with_its_score(self, index: SearchIndex) -> None:
        scores = {hit.id: hit.score for hit in ask(index, "energie").hits}
        [hit] = ask(index, "energie", within="lc").hits
        assert (hit.id, hit.score) == ("lc", scores["lc"])

    def test_the_words_that_match_in_a_text_are_told(self, index: SearchIndex) -> None:
        text = "Houten gevels, gevelrenovatie en beton in de wijk"
        assert index.matches(parse('gevel "in de" beto*'), text, access=VISITOR) == (1, 2, 4, 5, 6)


class TestPlaces:
    def test_a_place_is_the_page_with_its_matching_words(self, index: SearchIndex) -> None:
        take(index, document("a", "Een voorblad.", "Hier staat de gevel, daar de gevels.", "Slot."))
        [hit] = ask(index, "gevel").hits
        [place] = hit.places
        assert (place.part, place.words, hit.more_places) == (2, (3, 6), 0)
        assert (place.start, place.end) == (0, 7)

    def test_the_best_of_many_pages_come_first_and_the_rest_is_counted(self, index: SearchIndex) -> None:
        take(index, document("a", "gevel", "niets", "gevel gevel gevel", "gevel", "gevel gevel", "gevel"))
        [hit] = ask(index, "gevel").hits
        assert [place.part for place in hit.places] == [3, 5, 1]
        assert hit.more_places == 2

    def test_the_passage_is_where_the_words_are(self, index: SearchIndex) -> None:
        take(index, document("a", "vulling " * 500 + "warmtenet gevel " + "vulling " * 500))
        [hit] = ask(index, "gevel warmtenet").hits
        [place] = hit.places
        assert place.start <= 500 < place.end <= place.start + 150
        assert place.words == (500, 501)

    def test_a_page_with_all_words_comes_before_pages_with_one_of_them_again_and_again(
        self, index: SearchIndex
    ) -> None:
        """Of a question's words the rarest, three times, showed pages that had nothing of the rest."""
        often, filling = "De kraan stond stil. " * 6, "En verder werd er gebouwd. " * 20
        take(
            index, document("bouw", often + filling, "De kraan lag stil door de wind. " + filling, often * 2 + filling)
        )
        [hit] = ask(index, "kraan wind stil").hits
        assert hit.places[0].part == 2

    def test_a_word_of_one_report_is_rarer_than_one_on_every_page_of_it(self, index: SearchIndex) -> None:
        """Both stand in one deliverable; of its passages one has the first, all have the second."""
        filling = "Zo ging het op de bouw verder. " * 22
        pages = [f"Het paneel. {filling} Het paneel. {filling}" for _ in range(6)]
        pages[4] = f"De keuring. {filling}"
        take(index, document("bouw", *pages), *(document(f"ander{n}", "Iets anders.") for n in range(5)))
        [hit] = ask(index, "keuring paneel").hits
        assert hit.places[0].part == 5

    def test_a_part_that_only_leads_to_the_text_comes_behind_it_and_alone_is_shown(self, index: SearchIndex) -> None:
        """The contents name every subject at once: with most words of a question they were shown first."""
        take(
            index,
            document("a", "gevel warmtenet anker", "De gevel hing. " * 30, "Slot.", asides=frozenset({1})),
            document("b", "kozijn", "Slot.", asides=frozenset({1})),
        )
        assert [place.part for place in ask(index, "gevel warmtenet").hits[0].places] == [2, 1]
        assert [place.part for place in ask(index, "kozijn").hits[0].places] == [1]

    def test_places_are_left_out_where_not_wanted(self, index: SearchIndex) -> None:
        take(index, document("a", "gevel"))
        assert ask(index, "gevel", places=False).hits[0].places == ()


class TestFacetsAndOrder:
    @pytest.fixture(autouse=True)
    def archive(self, index: SearchIndex) -> None:
        take(
            index,
            document("a", "gevel", community="bim5", year="2019", kind="report", language="nl", written="2020-01-10"),
            document("b", "gevel gevel", community="bim5", year="2020", kind="advice", written="2021-01-10"),
            document("c", "gevel dak", community="vitaliteit", year="2020", kind="report"),
            document("d", "dak", community="vitaliteit", year="2021", theme="prefab-bouwen", written="2022-01-10"),
        )

    def counts(self, results: Results, name: str) -> dict[str, int]:
        return {facet.value: facet.count for facet in results.facets[name]}  # type: ignore[index]

    def test_facets_count_what_was_found(self, index: SearchIndex) -> None:
        results = ask(index, "gevel")
        assert results.total == 3
        assert self.counts(results, "community") == {"bim5": 2, "vitaliteit": 1}
        assert self.counts(results, "year") == {"2020": 2, "2019": 1}
        assert self.counts(results, "theme") == {}

    def test_a_facet_counts_with_its_own_filter_left_out(self, index: SearchIndex) -> None:
        filters = {"community": frozenset({"bim5"}), "year": frozenset({"2020"})}
        results = ask(index, "gevel", filters=filters)
        assert [hit.id for hit in results.hits] == ["b"]
        assert self.counts(results, "community") == {"bim5": 1, "vitaliteit": 1}
        assert self.counts(results, "year") == {"2019": 1, "2020": 1}
        assert self.counts(results, "kind") == {"advice": 1}

    def test_facets_can_be_left_out(self, index: SearchIndex) -> None:
        assert ask(index, "gevel", facets=False).facets == {}

    @pytest.mark.parametrize(
        ("query", "ids"),
        [
            ("jaar:2020", ["b", "c"]),
            ("jaar:2020.. dak", ["d", "c"]),
            ("soort:rapport gevel", ["a", "c"]),
            ("thema:prefab", ["d"]),
            ("community:bim -jaar:2019", ["b"]),
            ("taal:nl", ["a"]),
            ("thema:onbekend", []),
        ],
    )
    def test_filters_in_the_query_narrow(self, index: SearchIndex, query: str, ids: list[str]) -> None:
        assert found(index, query) == ids

    def test_an_empty_query_lists_all_newest_first(self, index: SearchIndex) -> None:
        assert found(index, "") == ["d", "b", "a", "c"]

    def test_results_can_be_sorted_by_date(self, index: SearchIndex) -> None:
        assert found(index, "gevel", sort="newest") == ["b", "a", "c"]
        assert found(index, "gevel", sort="oldest") == ["c", "a", "b"]

    def test_a_name_is_found_by_those_who_may_know_it(self, index: SearchIndex) -> None:
        take(index, document("e", "dak", authors=(("Jan de Vries", CAMPUS), ("Els Bakker", EVERYONE))))
        assert found(index, "auteur:bakker") == ["e"]
        assert found(index, "auteur:vries") == []
        assert found(index, 'auteur:"jan de vries"', access=STUDENT) == ["e"]
        assert found(index, 'auteur:"jan bakker"', access=STUDENT) == []


class TestPaging:
    @pytest.fixture(autouse=True)
    def archive(self, index: SearchIndex) -> None:
        take(
            index,
            *(document(f"d{n:03}", "gevel " * (n % 7 + 1), written=f"2020-01-{n % 28 + 1:02}") for n in range(130)),
        )

    def pages(self, index: SearchIndex, text: str, **options: object) -> list[str]:
        ids: list[str] = []
        cursor: str | None = None
        while True:
            results = ask(index, text, cursor=cursor, **options)
            ids += [hit.id for hit in results.hits]
            cursor = results.cursor
            if cursor is None:
                return ids

    @pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
    def test_pages_together_are_the_whole(self, index: SearchIndex, sort: str) -> None:
        whole = found(index, "gevel", sort=sort, limit=None)
        assert len(whole) == 130
        assert self.pages(index, "gevel", sort=sort, limit=17) == whole

    def test_scores_fall(self, index: SearchIndex) -> None:
        scores = [hit.score for hit in ask(index, "gevel", limit=None).hits]
        assert scores == sorted(scores, reverse=True)

    def test_a_page_goes_on_where_the_last_one_ended_although_documents_were_added(self, index: SearchIndex) -> None:
        first = ask(index, "gevel", limit=20)
        take(index, document("new", "gevel " * 30))
        second = ask(index, "gevel", limit=20, cursor=first.cursor)
        assert not {hit.id for hit in first.hits} & {hit.id for hit in second.hits}

    @pytest.mark.parametrize(
        "cursor", ["", "x", "AAAA", "é", "bnVsbA", "W10", "WzEsMl0", "WzAsMSwieCJd", "W1tb" * 20_000], ids=range(9)
    )
    def test_a_cursor_of_nobodys_is_refused(self, index: SearchIndex, cursor: str) -> None:
        with pytest.raises(BadCursor):
            ask(index, "gevel", cursor=cursor)

    def test_a_cursor_of_another_query_is_refused(self, index: SearchIndex) -> None:
        cursor = ask(index, "gevel").cursor
        with pytest.raises(BadCursor):
            ask(index, "dak", cursor=cursor)


class TestRepair:
    def test_a_mistyped_word_is_searched_as_one_that_is_there(self, index: SearchIndex) -> None:
        take(index, *(document(id, "de gevel van het huis") for id in "ab"))
        assert ask(index, "gevle").repaired == "gevel"
        assert ask(index, "gevle", repair=False).total == 0

    def test_a_repair_that_would_find_nothing_is_none(self, index: SearchIndex) -> None:
        """`stellage` was searched as `stellag`: two words of the archive, which together stand nowhere."""
        take(index, *(document(id, "stel dat het lag") for id in "ab"))
        assert ask(index, "stellage").repaired is None


class TestAccess:
    def test_what_a_reader_may_not_see_is_absent(self, index: SearchIndex) -> None:
        take(
            index,
            document("open", "gevel", community="bim5"),
            document("closed", "gevel geheim", title="Geheim", audience=CAMPUS, community="vitaliteit"),
        )
        results = ask(index, "gevel")
        assert (results.total, [hit.id for hit in results.hits]) == (1, ["open"])
        assert [facet.value for facet in results.facets["community"]] == ["bim5"]
        assert ask(index, "geheim").total == ask(index, "titel:geheim").total == 0
        assert ask(index, "", limit=None).total == 1
        assert index.suggest("gehe", access=VISITOR) == ()
        assert index.similar("closed", access=VISITOR) == ()
        assert ask(index, "gevel", access=STUDENT).total == 2

    def test_an_embargo_ends_on_its_day(self, index: SearchIndex) -> None:
        opens = frozenset({("public", date(2022, 3, 2)), ("coordinator", None)})
        take(index, document("later", "gevel", audience=opens))
        assert found(index, "gevel") == []
        assert found(index, "gevel", access=reader("public", today=date(2022, 3, 2))) == ["later"]

    def test_a_record_seen_by_more_people_than_its_text_is_one_result_for_each(self, index: SearchIndex) -> None:
        take(
            index,
            document("a", "warmtenet", title="Wijk", key="a", audience=CAMPUS),
            document("a", title="Wijk", key="a#record", audience=EVERYONE, unless=CAMPUS),
        )
        for access in (VISITOR, STUDENT):
            assert ask(index, "wijk", access=access).total == 1
        assert found(index, "warmtenet") == []
        assert found(index, "warmtenet", access=STUDENT) == ["a"]

    def test_a_value_is_counted_for_its_own_audience(self, index: SearchIndex) -> None:
        take(
            index,
            IndexDocument(
                key="a",
                id="a",
                title="",
                parts=["gevel"],
                audience=EVERYONE,
                values={"company": [("bouwbedrijf-x", CAMPUS), ("woonstad", EVERYONE)]},
            ),
        )
        assert [facet.value for facet in ask(index, "gevel").facets["company"]] == ["woonstad"]
        assert ask(index, "bedrijf:bouwbedrijf").total == 0
        assert ask(index, "gevel", filters={"company": frozenset({"bouwbedrijf-x"})}).total == 0
        assert ask(index, "bedrijf:bouwbedrijf", access=STUDENT).total == 1


class TestSuggestingAndLikeness:
    @pytest.fixture(autouse=True)
    def archive(self, index: SearchIndex) -> None:
        shared = "warmtepompen isolatie bewonersparticipatie "
        take(
            index,
            document("a", shared * 3, title="Warmte in de wijk", theme="warmtenetten", community="energietransitie"),
            document("b", shared + "Coördinatie van een project", title="De wijk van het gas af"),
            document("c", "Coördinatie en vitaliteit", title="Vitaal werken"),
            document("d", "iets anders", title="Andere wijken"),
        )

    def test_titles_themes_communities_and_frequent_words_are_suggested(self, index: SearchIndex) -> None:
        assert [(one.kind, one.text) for one in index.suggest("warm", access=VISITOR)] == [
            ("title", "Warmte in de wijk"),
            ("theme", "warmtenetten"),
            ("term", "warmtepompen"),
        ]
        assert index.suggest("energ", access=VISITOR)[0].kind == "community"

    def test_a_suggested_word_is_as_people_write_it(self, index: SearchIndex) -> None:
        assert index.suggest("project coordi", access=VISITOR)[-1].text == "project coördinatie"

    def test_suggestions_keep_to_their_limit(self, index: SearchIndex) -> None:
        assert len(index.suggest("wijk", access=VISITOR, limit=2)) == 2
        assert index.suggest("", access=VISITOR) == index.suggest("wijk", access=VISITOR, limit=0) == ()

    def test_similar_documents_share_rare_words_and_say_which(self, index: SearchIndex) -> None:
        [similar] = index.similar("a", access=VISITOR)
        assert similar.id == "b"
        assert set(similar.terms) >= {"warmtepompen", "isolatie", "bewonersparticipatie"}


class TestComparing:
    """A text of any length compared with what is indexed, and questions with a text."""

    @pytest.fixture(autouse=True)
    def archive(self, index: SearchIndex) -> None:
        take(
            index,
            document(
                "gevels", "De kraan tilt de prefab gevel.", "Elke gevel hangt aan een stalen anker.", title="Gevels"
            ),
            document("warmte", "Het warmtenet verwarmt de wijk met restwarmte.", title="Warmtenet"),
            document("geheim", "Een anker van de gevel brak: de kraan stond scheef.", audience=CAMPUS),
            *(document(f"d{number}", f"Bewoners praten over onderwerp {number}.") for number in range(8)),
        )

    def test_a_text_finds_what_says_the_same_with_its_pages_and_shared_words(self, index: SearchIndex) -> None:
        text = "Wij onderzoeken aan welk anker een gevel hangt en hoe de kraan hem tilt.\n" * 3
        first, *rest = index.like(text, access=VISITOR)
        assert first.id == "gevels"
        assert first.score >= ENOUGH
        assert set(first.terms) >= {"anker", "gevel", "kraan"}
        assert [place.part for place in first.places] == [2, 1]
        assert all(other.score < ENOUGH for other in rest)

    def test_nothing_says_what_no_document_says(self, index: SearchIndex) -> None:
        assert index.like("Waarom sterven bijen bij een imker?", access=VISITOR) == ()
        assert index.like("", access=VISITOR) == ()
        assert index.like("de het een 12 345", access=VISITOR) == ()

    def test_words_of_a_mistyped_text_are_repaired(self, index: SearchIndex) -> None:
        take(index, document("vat", "Het warmtenet vult een buffervat met een waterpomp."))
        found = index.like("hoe vult de waterpomp van een warmtnet het buffervat", access=VISITOR)
        assert found[0].id == "vat"
        assert "warmtnet" in found[0].terms

    def test_a_short_word_that_nobody_wrote_is_taken_as_new(self, index: SearchIndex) -> None:
        """A plan with a drone was told that it resembles reports with "droge": one letter is as little as it takes."""
        take(index, document("spouw", "Een droge spouw, een droge wand en een droge vloer."))
        assert index.like("Een drone meet met een drone en nog een drone", access=VISITOR) == ()

    def test_questions_are_told_where_a_text_answers_them(self, index: SearchIndex) -> None:
        texts = ("Aan welk anker hangt een gevel?", "Hoe warm wordt het warmtenet?")
        anchor, heat = index.covered(texts, ("Vooraf.", "Het anker draagt de gevel."), access=VISITOR)
        assert [place and place.part for place in anchor] == [None, 2]
        assert anchor[1] is not None
        assert anchor[1].words == (1, 4)
        assert heat == (None, None)

    def test_what_a_reader_may_not_see_weighs_nothing(self, index: SearchIndex) -> None:
        text, parts = "De kraan, het anker en de gevel", ("Een anker van een gevel.",)
        before = index.like(text, access=VISITOR), index.covered((text,), parts, access=VISITOR)
        assert "geheim" in [each.id for each in index.like(text, access=STUDENT)]
        take(index, deletes=("geheim",))
        assert (index.like(text, access=VISITOR), index.covered((text,), parts, access=VISITOR)) == before
