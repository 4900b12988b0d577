"""Personal data is pointed at on its page, masked; what only looks like it is left alone."""

import pytest

from benchmarks.personal_data import KNOWN, UNSEEN, measured
from indexer.deposit.personal_data import Finding, find
from indexer.extraction.model import Part


def kinds(text: str) -> set[str]:
    return {finding.kind for finding in find([Part(number=1, text=text)])}


@pytest.mark.parametrize("ways", [KNOWN, UNSEEN], ids=["known", "unseen"])
def test_of_planted_personal_data_nineteen_in_twenty_are_found(ways, monkeypatch):
    monkeypatch.setattr("benchmarks.personal_data.EACH", 8)
    found, planted = measured(ways)
    assert found.total() >= 0.95 * planted.total()
    for kind in ("bsn", "student_number", "phone", "address"):
        assert found[kind] >= 0.95 * planted[kind], kind


def test_a_finding_tells_its_page_and_how_many_and_shows_no_value():
    parts = [
        Part(number=1, text="Voorblad"),
        Part(number=2, text="noor.bos@han.nl, mees.bos@han.nl en noor.bos@han.nl"),
    ]
    assert find(parts) == (Finding(kind="email", part=2, masked="…@han.nl", count=2),)


@pytest.mark.parametrize(
    "text",
    [
        "De telling gaf 123456789 passages, en in 2021 nog 111222333 meer.",
        "BSN 123456789 is geen geldig nummer.",
        "ISBN 978-90-274-3964-2 en DOI 10.1000/182612345",
        "Bel 0800-1234567 of 0900 1234567, of mail info@bouwbedrijf.nl.",
        "0.6 22-12-2016 Aanpassing van de tests",
        "0.626 0.03134 0.04518 0.04368",
        "Hogeschool Maasoever, Kerkweg 12, 6811 AB Arnhem",
        "Versie 2021 IT en 2019 HR hadden 1200 MB nodig.",
        "Naam\tType\tLengte\nnaam\tvarchar\t50\nemail\tvarchar\t100",
        "Santos 04-12-2023 Deel van het projectplan\nLuuk 19-01-2024 Resultatenanalyse",
        "Doel: meten\nMiddel: sensor\nPlaats: gevel\nTijd: een dag",
        "Bijlage: interviewvragen\nWat doe je?\nHoe lang al?",
        "Variant\tScore\nHout Natuur\t8\nBeton Grijs\t6,5\nStaal Blank\t7",
        "Naam\tRol\nFenna Bos\tscrummaster\nMees Bos\ttester",
        "Peer review 12\nGroepsbeoordeling ...... 14\nFenna Bos 15\nMees Bos 16",
        "Beoordelingslijst 360° feedback\nNaam student : ______\nOnderdeel\tO\tM\tV\tG\nLuisteren\nDelen\nWerken",
        "Naam\tPunten\nJan\t512\nPiet\t340",
        "Onze opdrachtgever gaf het prototype een 8 en de handleiding een 7.",
        "Het rapport is niet vertrouwelijk.\nVertrouwelijk: nee\nHoe vertrouwelijk is deze data?",
    ],
)
def test_what_only_looks_like_personal_data_is_left_alone(text):
    assert kinds(text) == set()


@pytest.mark.parametrize("line", ["VERTROUWELIJK", "Strikt vertrouwelijk", "Vertrouwelijk: ja", "Confidential report"])
def test_a_file_that_calls_itself_confidential_is_pointed_at(line):
    assert kinds(f"Adviesrapport gevels\n{line}\n21 januari 2022") == {"closed"}


def test_an_assessment_is_pointed_at_without_a_name_or_a_mark():
    text = "Student\tCijfer\nFenna Bos\t8\nMees Bos\t6,5"
    assert find([Part(number=3, text=text)]) == (Finding(kind="assessment", part=3),)


def test_a_long_line_without_spaces_costs_no_more_than_its_length():
    """Names of streets are looked for by what they end with: every letter of a long word once began a search to its end."""
    assert kinds("a" * 200_000 + "A1" * 50_000) == set()
