"""The English catalogue is complete and compiled: no Dutch sentence without its English one."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

WEBUI = Path(__file__).resolve().parents[2] / "webui"
ENGLISH = WEBUI / "translations" / "en" / "LC_MESSAGES"


def sentences() -> dict[str, object]:
    """Every sentence that stands in code and templates, by its singular."""
    methods = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
    keywords = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None}
    found: dict[str, object] = {}
    for _file, _line, message, _comments, _context in extract_from_dir(WEBUI, methods, keywords=keywords):
        found[message[0] if isinstance(message, tuple) else message] = message
    return found


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with (ENGLISH / "messages.po").open("rb") as file:
        return read_po(file, locale="en")


def messages(catalogue: Catalog) -> dict[str, Message]:
    return {
        (message.id if isinstance(message.id, str) else message.id[0]): message for message in catalogue if message.id
    }


def test_no_sentence_lacks_its_translation(catalogue: Catalog) -> None:
    known = messages(catalogue)
    missing = [
        sentence
        for sentence in sentences()
        if sentence not in known or not all(_strings(known[sentence])) or known[sentence].fuzzy
    ]
    assert missing == []


def test_no_translation_is_left_over(catalogue: Catalog) -> None:
    assert messages(catalogue).keys() - sentences().keys() == set()


def test_a_translation_keeps_the_places_of_its_sentence(catalogue: Catalog) -> None:
    def places(text: str) -> set[str]:
        return set(re.findall(r"%\((\w+)\)", text))

    wrong = [
        sentence
        for sentence, message in messages(catalogue).items()
        for own, string in zip(_sentences(message), _strings(message), strict=True)
        if places(string) != places(own)
    ]
    assert wrong == []


def test_the_compiled_catalogue_is_up_to_date(catalogue: Catalog) -> None:
    with (ENGLISH / "messages.mo").open("rb") as file:
        compiled = read_mo(file)
    stream = io.BytesIO()
    write_mo(stream, catalogue)
    stream.seek(0)
    fresh = read_mo(stream)
    assert {sentence: _strings(each) for sentence, each in messages(compiled).items()} == {
        sentence: _strings(each) for sentence, each in messages(fresh).items()
    }


def _sentences(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)
