"""Where a report names an earlier project."""

from __future__ import annotations

import pytest

from indexer.relay.mentions import Mention, Named, Names, Written

SCAN = Named(
    project="bim5/2020/scan",
    titles=frozenset({"Scan-to-BIM van een school"}),
    people=frozenset({"Jan Rademaker", "Bo Li"}),
    files=frozenset({"puntenwolk-meting.xlsx", "rapport.pdf"}),
)
ROTATION = Named(project="werk/2019/taakrotatie", titles=frozenset({"Taakrotatie"}))


def found(text: str, *, names: tuple[Named, ...] = (SCAN, ROTATION), known: tuple[str, ...] = ()) -> list[Mention]:
    parts = [Written(document="d", part=number, text=page) for number, page in enumerate(text.split("\f"), start=1)]
    return list(Names(names).found_in(parts, unless="bim5/2021/gevels", known=known))


def test_a_title_is_found_on_its_page_whatever_the_line_breaks() -> None:
    (mention,) = found("Vooraf.\fWij lazen Scan-to-BIM van\neen school met aandacht.")
    assert (mention.project, mention.kind, mention.part, mention.sure) == (SCAN.project, "title", 2, True)


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("De proef met Taakrotatie duurde een half jaar.", [False]),
        ("Wij gaan verder met Taakrotatie (2019).", [True]),
        ("Wij lazen “Taakrotatie” met aandacht.", [True]),
        ("De taakrotatie op de afdeling duurde een half jaar.", []),
    ],
)
def test_a_title_of_one_word_may_be_only_a_word(text: str, sure: list[bool]) -> None:
    assert [mention.sure for mention in found(text)] == sure


@pytest.mark.parametrize(
    ("text", "handed_on"),
    [
        ("Het vorige team schreef Scan-to-BIM van een school.", True),
        ("This builds on Scan-to-BIM van een school (2020).", True),
        ("Een vorig project was er niet. Wel lazen we Scan-to-BIM van een school.", False),
    ],
)
def test_the_sentence_tells_whether_it_is_handed_on(text: str, handed_on: bool) -> None:
    assert [mention.handed_on for mention in found(text)] == [handed_on]


def test_what_stands_in_a_list_of_references_is_cited() -> None:
    mentions = found("Slot.\fBronnen\nRademaker, J., e.a. (2021). Scan-to-BIM van een school.\fTaakrotatie, 2019.")
    assert mentions
    assert all(mention.cited for mention in mentions)


def test_a_name_alone_is_no_author() -> None:
    assert found("Met dank aan Rademaker voor de koffie.") == []
    assert [mention.kind for mention in found("Zo deden ook Rademaker e.a. het.")] == ["team"]


def test_who_is_of_the_own_team_is_no_predecessor() -> None:
    assert found("Zo deden ook Rademaker e.a. het.", known=("Jan Rademaker",)) == []


def test_a_file_is_found_by_its_name_unless_any_report_may_be_called_so() -> None:
    text = "De cijfers staan in puntenwolk-meting.xlsx en in rapport.pdf."
    assert [mention.kind for mention in found(text)] == ["file"]


def test_a_title_that_two_projects_have_tells_of_neither() -> None:
    twin = Named(project="bim5/2019/scan", titles=SCAN.titles)
    assert found("Wij lazen Scan-to-BIM van een school.", names=(SCAN, twin)) == []


def test_the_address_of_a_project_names_it() -> None:
    (mention,) = found("Zie documents: bim5/2020/scan/rapport.pdf voor meer.", names=(SCAN,))
    assert (mention.kind, mention.project) == ("address", SCAN.project)
