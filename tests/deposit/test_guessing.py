"""What a file tells for the form: each value with the place where it stands, and nothing that is not there."""

from datetime import date

import pytest

from archive.model import Text
from archive.network.model import Network, Organisation, Theme
from archive.plain import from_json, to_json
from indexer.deposit.guesses import FileGuess, Guess
from indexer.deposit.guessing import guess_file, guess_project
from indexer.extraction.model import Extraction, Part, Properties

TODAY = date(2026, 3, 1)
NETWORK = Network(
    organisations=(Organisation(slug="bouw-x", name="Bouwbedrijf Xander", aliases=("BX",)),),
    themes=(Theme(slug="prefab", name=Text(nl="prefab bouwen"), synonyms=("prefab",)),),
)
TITLE_PAGE = """Adviesrapport
Prefab gevels aan de
Dorpsstraat
Auteurs: Fenna Wolterbeek (s1234567), Joris van Raamsdonk
Begeleider: Amina El Amrani
Opdrachtgever: Ruben Bos
Hogeschool Maasoever
Versie 1.2
21 januari 2022"""


def report(*pages: str, format: str = "pdf", **properties: object) -> Extraction:
    parts = tuple(Part(number=number, text=text) for number, text in enumerate(pages, start=1))
    return Extraction(format=format, unit="page", parts=parts, properties=Properties(language="nl", **properties))


def guessed(extraction: Extraction, name: str = "rapport.pdf") -> FileGuess:
    return guess_file(name, extraction, network=NETWORK, today=TODAY)


def test_a_title_page_tells_title_kind_and_day_with_their_page():
    found = guessed(report(TITLE_PAGE, "1 Inleiding\nDit is het."), "eindversie.pdf")
    assert found.title == Guess(value="Adviesrapport: Prefab gevels aan de Dorpsstraat", part=1)
    assert found.kind == Guess(value="advice", part=1)
    assert found.date == Guess(value="2022-01-21", part=1)
    assert found.language == Guess(value="nl")


def test_teachers_and_clients_are_no_authors_and_student_numbers_are_not_kept():
    found = guessed(report(TITLE_PAGE))
    assert [person.name for person in found.authors] == ["Fenna Wolterbeek", "Joris van Raamsdonk"]
    assert {person.name: person.role for person in found.people if person.role != "student"} == {
        "Amina El Amrani": "teacher",
        "Ruben Bos": "company",
    }
    assert "1234567" not in to_json(found)


def test_it_is_told_by_what_somebody_is_taken_for_one_of_the_team():
    """A faculty or a heading between the names of a title page was ticked as a student, and came into the record."""
    page = "Prefab gevels\nAuteurs: Fenna Wolterbeek\nNoor Terstappen (s1234567)\nDigitale Innovatie, Daan Oldenkamp"
    told = {person.name: person.told for person in guessed(report(page)).people}
    assert told == {
        "Fenna Wolterbeek": "label",
        "Noor Terstappen": "number",
        "Digitale Innovatie": "",
        "Daan Oldenkamp": "",
    }


@pytest.mark.parametrize("property_title", ["Microsoft Word - v2.docx", "Titel", "verslag"])
def test_a_title_that_a_program_or_template_gave_does_not_hide_the_one_on_the_page(property_title):
    assert guessed(report("Zonnepanelen op school\n1 Inleiding", title=property_title)).title == Guess(
        value="Zonnepanelen op school", part=1
    )


def test_without_a_title_page_the_name_of_the_file_is_the_title():
    found = guessed(report("Inhoudsopgave\n1 Begrippen ..... 2"), "database_onderzoek.pdf")
    assert found.title == Guess(value="Database onderzoek", source="name")


def test_authors_come_from_the_properties_last_and_never_are_machines():
    found = guessed(report("Zonnepanelen", authors=("Noor Bos", "Microsoft Office User")))
    assert [(person.name, person.source) for person in found.people] == [("Noor Bos", "properties")]


def test_a_day_that_is_still_to_come_is_no_day_of_the_file():
    assert guessed(report("Gevels\n3 mei 2031")).date is None


def test_only_organisations_and_themes_of_the_network_are_named():
    text = "Voor Bouwbedrijf Xander en Aannemer Y bekeken wij prefabgevels. Een prefabgevel is licht."
    found = guessed(report("Gevels", text))
    assert [guess.value for guess in found.organisations] == ["bouw-x"]
    assert [(guess.value, guess.part) for guess in found.themes] == [("prefab", 2)]


def test_question_summary_and_outcome_are_whole_sentences_of_the_report():
    found = guessed(
        report(
            "Prefab gevels\nEindrapport",
            "Samenvatting\nWij onderzochten hoe gevels sneller geplaatst worden. Drie bedrijven deden daaraan mee.",
            "1 Inleiding\nDe hoofdvraag van dit onderzoek luidt: hoe plaatst een ploeg een gevel binnen een dag?",
            "2 Conclusie\nIn dit hoofdstuk staat de conclusie van alles. Een ploeg van vier plaatst een gevel binnen een dag.",
        ),
        "eindrapport.pdf",
    )
    assert found.question == Guess(value="Hoe plaatst een ploeg een gevel binnen een dag?", part=3)
    assert (
        found.summary is not None and found.summary.value.startswith("Wij onderzochten hoe") and found.summary.part == 2
    )
    assert found.outcome == Guess(value="Een ploeg van vier plaatst een gevel binnen een dag.", part=4)


def test_where_a_report_concludes_nothing_nothing_is_guessed():
    found = guessed(report("Prefab gevels\nEindrapport", "1 Aanpak\nWij gaan meten."), "eindrapport.pdf")
    assert (found.question, found.summary, found.outcome, found.use, found.stands, found.open, found.start) == (
        None,
    ) * 7


def test_the_project_is_told_by_its_final_report_whatever_the_order():
    plan = guessed(report("Plan van aanpak\nGevels later\nDoor: Fenna Wolterbeek"), "pva.pdf")
    final = guessed(report("Prefab gevels in een dag\nDoor: Fenna Wolterbeek, Mees Bos"), "eindrapport.pdf")
    for files in ([("a", plan), ("b", final)], [("b", final), ("a", plan)]):
        told = guess_project(files)
        assert told.title == Guess(value="Prefab gevels in een dag", part=1, file="b")
        assert [person.name for person in told.people] == ["Fenna Wolterbeek", "Mees Bos"]


def test_guesses_come_back_from_json_as_they_were():
    found = guessed(report(TITLE_PAGE))
    assert from_json(FileGuess, to_json(found)) == found
