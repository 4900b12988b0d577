"""The start pack: as a page, DOCX, PDF and ZIP, for each reader; every reference leads to the words that it claims."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import docx
import pypdf
import pytest
from docx.oxml.ns import qn
from flask.testing import FlaskClient
from lxml import html

from tests.conftest import EXAMPLE, Archive, pdf_bytes
from tests.web.conftest import Visit, visiting
from webui.house import house
from webui.overview import overview
from webui.start_pack.gathering import Pack, Place, gather

COMMUNITIES = sorted(path.parent.name for path in EXAMPLE.glob("*/community.toml"))
FORMS = ("", ".docx", ".pdf", ".zip")


def gathered(visitor: FlaskClient, community: str, theme: str | None = None) -> tuple[Pack, dict[tuple[str, int], str]]:
    """A pack, and the text of every place that it names, read anew."""
    with visitor.application.test_request_context("/"):
        seen = overview()
        pack = gather(seen.communities[community], theme, seen=seen, catalog=house().catalog)
        wanted = [(place.document.id, place.part.number) for place in places(pack)]
        found = house().catalog.parts(wanted, access=seen.access)
        return pack, {key: f"{part.heading or ''}\n{part.text}" for key, part in found.items()}


def places(pack: Pack) -> Iterator[Place]:
    for read in pack.readings:
        yield from read.places
        yield from (place for _question, place in read.answers)
        yield from (said.place for said in read.lines if said.place)
    yield from (waiting.place for waiting in pack.waiting if waiting.place)
    yield from (said.place for said in pack.tried if said.place)
    yield from (word.place for word in pack.words)


def fetched(visitor: FlaskClient, address: str) -> bytes:
    """The whole answer, closed: a file behind it is one of the disk's."""
    with visitor.get(address) as answer:
        assert answer.status_code == 200
        return bytes(answer.data)


def letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


@pytest.mark.parametrize("role", ["public", "campus", "coordinator"])
@pytest.mark.parametrize("community", COMMUNITIES)
def test_every_reference_names_words_that_stand_on_its_page(example: Visit, community: str, role: str) -> None:
    pack, texts = gathered(example(role), community)
    named = list(places(pack))
    assert pack.readings
    assert [
        (place.document.id, place.part.number, place.words)
        for place in named
        if letters(place.words) not in letters(texts[place.document.id, place.part.number])
    ] == []
    if role == "coordinator":
        assert len(named) > 10


def test_a_reference_opens_the_reader_with_its_words_marked(example: Visit) -> None:
    visitor = example("campus")
    page = html.fromstring(visitor.get("/communities/bim5/start").text)
    links = {link for link in page.xpath("//main//a/@href") if "/read?" in link}
    assert len(links) > 30
    unmarked = []
    for link in sorted(links):
        opened = visitor.get(link.partition("#")[0])
        assert opened.status_code == 200
        if not html.fromstring(opened.text).xpath("//main//mark"):
            unmarked.append(link)
    assert unmarked == []


def test_a_pack_says_what_to_read_why_and_where_to_begin(example: Visit) -> None:
    page = html.fromstring(example("public").get("/communities/bim5/start").text)
    readings = page.xpath("//section[@id='lezen']/ol/li")
    assert [each.xpath("string(h3[@class='head']/a)") for each in readings] == [
        "Prefab gevels",
        "Scan-to-BIM van een schoolgebouw uit 1974",
        "Samen opslaan",
    ]
    first = " ".join(readings[0].text_content().split())
    assert "dit is het laatste project van zijn lijn" in first
    assert "Negen gevelelementen uit de fabriek" in first
    assert "Hier kun je op bouwen (nog niet nagekeken)" in first
    assert "3 Maatvoering, p. 2" in first  # its handover says: read chapter 3
    assert "bevestigd op 19 maart 2026" in page.xpath("string(//section[@id='mensen'])")
    assert len(page.xpath("//section[@id='kort']//li")) <= 10
    assert "houtskeletbouw" in page.xpath("string(//section[@id='woorden'])")


def test_a_contact_of_long_ago_is_said_to_be_of_long_ago_and_one_that_left_is_not_named(example: Visit) -> None:
    people = html.fromstring(example("campus").get("/communities/vitaliteit/start").text).xpath(
        "string(//section[@id='mensen'])"
    )
    assert re.search(r"Ruben Tesselhof.*\s+.*\s*bevestigd op 17 januari 2022; dat is lang geleden", people)
    assert "Duinkerk" not in people


def test_a_theme_narrows_the_pack_and_an_unknown_one_is_not_found(example: Visit) -> None:
    visitor = example("public")
    page = html.fromstring(visitor.get("/communities/bim5/start?theme=prefab").text)
    assert "thema: prefab" in page.xpath("string(//p[@class='meta'])")
    assert page.xpath("//section[@id='lezen']/ol/li[1]/h3[@class='head']/a/text()") == ["Prefab gevels"]
    assert {link for link in page.xpath("//a/@href") if ".zip" in link} == {"/communities/bim5/start.zip?theme=prefab"}
    assert visitor.get("/communities/bim5/start?theme=slaap").status_code == 404
    assert visitor.get("/communities/bestaat-niet/start").status_code == 404


@pytest.mark.parametrize("form", [".docx", ".pdf", ".zip"])
def test_asked_twice_a_file_has_the_same_bytes(example: Visit, form: str) -> None:
    address = f"/communities/energietransitie/start{form}"
    assert fetched(example("campus"), address) == fetched(example("campus"), address)


def test_a_word_document_has_headings_and_links_that_lead_somewhere(example: Visit) -> None:
    made = docx.Document(io.BytesIO(fetched(example("public"), "/communities/bim5/start.docx")))
    headings = [(each.style.name, each.text) for each in made.paragraphs if each.style.name.startswith("Heading")]
    assert ("Heading 1", "Lees dit, in deze volgorde") in headings
    assert ("Heading 2", "1. Prefab gevels") in headings
    body = made.element.body
    anchors = {each.get(qn("w:anchor")) for each in body.iter(qn("w:hyperlink"))} - {None}
    assert {"vragen", "lees-2"} <= anchors
    assert anchors <= {each.get(qn("w:name")) for each in body.iter(qn("w:bookmarkStart"))}
    outside = [each.target_ref for each in made.part.rels.values() if each.is_external]
    assert "http://localhost/documents/bim5/2021/prefab-gevels/eindrapport.pdf" in outside
    assert all(each.startswith(("http://localhost/", "mailto:")) for each in outside)
    assert (made.core_properties.title, made.core_properties.language) == ("Startpakket BIM 5", "nl-NL")


def test_a_pdf_has_its_font_in_it_bookmarks_and_links_that_lead_somewhere(example: Visit) -> None:
    made = pypdf.PdfReader(io.BytesIO(fetched(example("public"), "/communities/bim5/start.pdf")))
    fonts = [font.get_object() for page in made.pages for font in page["/Resources"]["/Font"].values()]  # type: ignore[index]
    own = [font for font in fonts if "Literata" in font["/BaseFont"]]
    assert own
    assert all("/FontFile2" in font["/FontDescriptor"] for font in own)
    bookmarks = [entry.title for entry in made.outline if not isinstance(entry, list)]  # type: ignore[union-attr]
    assert bookmarks[:3] == ["In het kort", "Lees dit, in deze volgorde", "De estafette tot nu toe"]
    actions = [note.get_object().get("/A", {}) for page in made.pages for note in page.get("/Annots", [])]
    outside = [action["/URI"] for action in actions if "/URI" in action]
    assert "http://localhost/documents/bim5/2021/prefab-gevels/eindrapport.pdf" in outside
    assert all(address.startswith(("http://localhost/", "mailto:")) for address in outside)
    notes = [note.get_object() for page in made.pages for note in page.get("/Annots", [])]
    inside = [note["/Dest"] for note in notes if "/Dest" in note]
    pages = {page.indirect_reference for page in made.pages}
    assert len(inside) > 7
    assert all(target.get_object()[0] in pages for target in inside)
    assert made.root_object["/Lang"] == "nl-NL"
    assert made.metadata is not None
    assert made.metadata.title == "Startpakket BIM 5"


def test_a_zip_holds_the_readings_as_they_are_and_names_the_others(example: Visit) -> None:
    made = zipfile.ZipFile(io.BytesIO(fetched(example("public"), "/communities/bim5/start.zip")))
    assert made.testzip() is None
    names = made.namelist()
    assert "lezen/1 Prefab gevels.pdf" in names
    assert made.read("lezen/1 Prefab gevels.pdf") == (EXAMPLE / "bim5/2021/prefab-gevels/eindrapport.pdf").read_bytes()
    assert {"Startpakket BIM 5.docx", "Startpakket BIM 5.pdf", "README.txt"} <= set(names)
    told = made.read("README.txt").decode("utf-8-sig")
    assert "2. Scan-to-BIM van een schoolgebouw uit 1974\r\n   lezen/2 Scan-to-BIM" in told
    assert {info.date_time for info in made.infolist()} == {(2026, 3, 19, 0, 0, 0)}


def test_a_reading_that_this_reader_may_not_have_is_in_no_file(awkward: Visit) -> None:
    """Its record is public, its file is not: it names somebody who did not consent."""
    public = zipfile.ZipFile(io.BytesIO(fetched(awkward("public"), "/communities/bim5/start.zip")))
    campus = zipfile.ZipFile(io.BytesIO(fetched(awkward("campus"), "/communities/bim5/start.zip")))

    def with_names(made: zipfile.ZipFile) -> list[str]:
        return [name for name in made.namelist() if "Verslag met namen" in name]

    assert (len(with_names(public)), len(with_names(campus))) == (0, 1)
    assert "Verslag met namen" in public.read("README.txt").decode("utf-8-sig")
    page = html.fromstring(awkward("public").get("/communities/bim5/start").text)
    assert "Het bestand zelf kun je lezen na aanmelden." in page.xpath("string(//section[@id='lezen'])")


@pytest.mark.parametrize("form", FORMS)
def test_what_a_visitor_may_not_see_stands_in_no_form_of_the_pack(awkward: Visit, form: str) -> None:
    found = fetched(awkward("public"), f"/communities/bim5/start{form}")
    assert re.findall(r"[Kk]anarie\w*", text_of(found, form)) == []
    everything = text_of(fetched(awkward("coordinator"), f"/communities/bim5/start{form}"), form)
    assert "Kanarieproject" in everything


def text_of(data: bytes, form: str) -> str:
    if form == ".docx":
        package = zipfile.ZipFile(io.BytesIO(data))
        return "\n".join(package.read(name).decode("utf-8", "replace") for name in package.namelist())
    if form == ".pdf":
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)
    if form == ".zip":
        package = zipfile.ZipFile(io.BytesIO(data))
        return "\n".join(
            name + "\n" + text_of(package.read(name), suffix if suffix in FORMS else "")
            for name in package.namelist()
            for suffix in [name[name.rfind(".") :]]
        )
    return data.decode("utf-8", "replace")


def test_a_community_with_nothing_in_it_has_a_pack_that_says_so(awkward: Visit) -> None:
    for form in FORMS:
        assert fetched(awkward("public"), f"/communities/leeg/start{form}")
    page = html.fromstring(awkward("public").get("/communities/leeg/start").text)
    assert "Hier staat nog niets dat jij kunt lezen." in page.xpath("string(//main)")


def test_links_in_a_file_lead_to_the_address_at_which_it_was_asked_for(example: Visit) -> None:
    asked = example("public").get("/communities/bim5/start.docx", base_url="http://127.0.0.1:8123")
    made = docx.Document(io.BytesIO(asked.data))
    outside = [each.target_ref for each in made.part.rels.values() if each.is_external]
    assert {
        f"{urlsplit(each).scheme}://{urlsplit(each).netloc}" for each in outside if not each.startswith("mailto")
    } == {"http://127.0.0.1:8123"}


RECORD = """
title = "Gevel"
status = "finished"
starts = 2021-09-06
ends = 2022-01-28
visibility = "public"
[handover]
stands = "De gevel hangt."
by = "d@example.org"
date = 2022-01-27
[[team]]
role = "teacher"
account = "d@example.org"
[[deliverable]]
file = "eindrapport.pdf"
date = 2022-01-21
visibility = "public"
no_names = true
"""


def test_an_archive_that_is_indexed_anew_gives_the_same_bytes(archive: Archive) -> None:
    archive.put("bim5/2021/gevel/project.toml", RECORD)
    summary = "Samenvatting\nDe gevel hangt 41 mm scheef en dat is veel te veel.\nAfkortingen\n- HSB: houtskeletbouw"
    archive.put("bim5/2021/gevel/eindrapport.pdf", pdf_bytes("Gevel", summary))
    made: list[list[bytes]] = []
    for _time in range(2):
        archive.index("--rebuild")
        with ExitStack() as stack:
            visitor = visiting(archive.documents, archive.var, stack)("public")
            made.append([fetched(visitor, f"/communities/bim5/start{form}") for form in FORMS[1:]])
            page = visitor.get("/communities/bim5/start").text
    assert made[0] == made[1]
    assert "nagekeken door de docent" in page
    assert "houtskeletbouw" in page
