"""No text takes more time than its length explains: whoever reads one is done with any of these at once.

A page whose text is one line of 2,500 characters held the only writer for seconds, and one of a megabyte would have held
it for a day. What takes the square of a length takes minutes here; what does not takes parts of a second.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from datetime import date

import pytest

from archive.catalog.catalog import TextPart
from archive.network.model import Network
from archive.relay.passages import sampled
from indexer.asides import asides
from indexer.deposit import personal_data
from indexer.deposit.guessing import guess_file
from indexer.extraction.cleaning import clean
from indexer.extraction.model import Extraction, Part, Properties
from indexer.harvest.harvester import harvest
from indexer.relay import landmarks, mentions, prior_work
from indexer.relay.glossary import glossary
from indexer.running_heads import without_running_heads
from indexer.search import snippets, words
from indexer.search.engine import Place
from webui import typesetting

CHARS = 100_000
LIMIT_S = 30  # of processor time
NAMES = mentions.Names(
    [mentions.Named(project="bim5/2020/x", titles=frozenset({"Samen opslaan"}), files=frozenset({"opslaan.pdf"}))]
)

Reader = Callable[[str], object]


def _page(text: str) -> list[TextPart]:
    return [TextPart(number=1, text=text)]


def _section(text: str, heading: str) -> list[TextPart]:
    return [TextPart(number=1, text=text, heading=heading, level=1)]


def _guessed(text: str) -> object:
    parts = (Part(number=1, text=text, heading="Conclusie", level=1), Part(number=2, text=text))
    found = Extraction(format="docx", unit="section", parts=parts, properties=Properties(title=text, authors=(text,)))
    return guess_file("rapport.docx", found, network=Network(), today=date(2026, 1, 1))


def _snippet(text: str) -> object:
    count = len(words.forms(text))
    place = Place(part=1, score=1.0, start=count // 2, end=min(count, count // 2 + 150), words=tuple(range(count)))
    return snippets.cut(text, place)


def _set(text: str) -> object:
    marked = snippets.marked(text, range(0, len(words.forms(text)), 3))
    return list(typesetting.set_page(marked, beside=[text])), list(typesetting.set_section(marked))


def _terms(text: str) -> object:
    parts = _section(f"Begrip Betekenis\n{text}", "Begrippenlijst")
    return glossary(parts, landmarks.sections(parts, (), paged=False))


# Each with what a line of it must be made of to hold it; what held one once stands first.
READERS: dict[str, tuple[Reader, tuple[str, ...]]] = {
    "harvest of pages": (
        lambda text: harvest(_page(text), unit="page"),
        ("Wij raden aan dit te doen. ", ".", "\t", "A. "),
    ),
    "harvest of advice": (
        lambda text: harvest(_section(text, "Aanbevelingen"), unit="section"),
        ("1", "een (", "A", "A. "),
    ),
    "harvest of a list": (
        lambda text: harvest(_section(f"Wij komen tot aanbevelingen:\n{text}", "Conclusie"), unit="section"),
        ("Meet dit.\n", "een\n"),
    ),
    "harvest of short pages": (
        lambda text: harvest(
            [TextPart(number=at // 64 + 1, text=text[at : at + 64]) for at in range(0, len(text), 64)], unit="page"
        ),
        ("Wij raden aan dit te doen. ",),
    ),
    "running heads": (
        lambda text: without_running_heads([Part(number=number, text=text) for number in range(1, 5)]),
        ("i", "iv ", "1"),
    ),
    "asides": (
        lambda text: asides([TextPart(number=number, text=text, heading=text) for number in range(1, 4)]),
        ("a", " ", "1."),
    ),
    "personal data": (lambda text: personal_data.find([Part(number=1, text=text)]), ("student nummer ", "bsn ", "0 ")),
    "guesses": (_guessed, (". ", "Jan ")),
    "mentions": (
        lambda text: NAMES.found_in([mentions.Written(document="d", part=1, text=f"a.b /{text}")], unless=""),
        ("a", " \n"),
    ),
    "sections": (lambda text: landmarks.sections(_page(text), (), paged=True), (". ", "\t", "Conclusie\n")),
    "sentences": (lambda text: list(landmarks.sentences_of(text)), ("A. ", "“")),
    "glossary": (_terms, ("Een ding van a.\n",)),
    "prior work": (prior_work.about_the_subject, (" ", "1.")),
    "snippets": (_snippet, (".", "a\n")),
    "typesetting": (_set, ("i", " ")),
    "words": (words.forms, ("a-", "a'")),
    "passages": (sampled, ("a ",)),
    "cleaning": (clean, ("-\n", " \n")),
}


@pytest.fixture
def bounded() -> Iterator[None]:
    """Ends a test that takes more processor time than any of these texts needs."""

    def late(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, late)
    signal.setitimer(signal.ITIMER_VIRTUAL, LIMIT_S)
    yield
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.signal(signal.SIGVTALRM, before)


@pytest.mark.skipif(sys.platform == "win32", reason="has no clock of processor time")
@pytest.mark.usefixtures("bounded")
@pytest.mark.parametrize(("name", "unit"), [(name, unit) for name, (_, units) in READERS.items() for unit in units])
def test_no_text_holds_its_reader(name: str, unit: str) -> None:
    read, _ = READERS[name]
    try:
        read(f"De {unit * (CHARS // len(unit))} einde")
    except TimeoutError:
        pytest.fail(f"{name}: {CHARS} characters of {unit!r}")
