"""A draft's files are read apart from the site: what each tells, or why it can't be read, and what the archive has of it."""

from contextlib import closing
from datetime import date

import pytest

from archive.access import Access, everything, reader
from archive.catalog.catalog import Catalog
from archive.network.model import Network
from archive.plain import from_json, to_json
from indexer.deposit.likeness import alike
from indexer.deposit.reading import DraftFile, FileReading, read_apart
from tests.conftest import docx_bytes, pdf_bytes

TODAY = date(2026, 3, 1)
SAID = [
    f"Op dag {number} plaatste ploeg {name} in weer en wind element {number * 7} van de gevel zonder een enkele kraan."
    for number, name in enumerate(["noord", "zuid", "oost", "west", "blauw", "groen", "rood", "geel"] * 5)
]


def read(tmp_path, **files: bytes) -> dict[str, FileReading]:
    asked = []
    for key, content in files.items():
        (tmp_path / key).write_bytes(content)
        asked.append(DraftFile(key=key, path=str(tmp_path / key), name=f"{key}.docx"))
    return {each.key: each for each in read_apart(asked, network=Network(), today=TODAY)}


def test_each_file_of_a_draft_is_told_and_a_bad_one_stops_nothing(tmp_path):
    found = read(
        tmp_path,
        good=docx_bytes("# Prefab gevels in een dag", "Wij zetten gevels.", "Mail noor.bos@han.nl voor meer."),
        bad=b"PK\x03\x04 this is no Word file",
        empty=b"",
    )
    assert found.keys() == {"good", "bad", "empty"}
    good = found["good"]
    assert (good.format, good.unit, good.parts, good.code) == ("docx", "section", 1, None)
    assert good.guess.title is not None and good.guess.title.value == "Prefab gevels in een dag"
    assert [(each.kind, each.masked) for each in good.findings] == [("email", "…@han.nl")]
    assert found["bad"].code and found["bad"].reason
    assert found["empty"].code == "empty"
    assert from_json(FileReading, to_json(good)) == good


def test_a_file_that_is_gone_is_told_as_unreadable(tmp_path):
    (told,) = read_apart(
        [DraftFile(key="x", path=str(tmp_path / "gone"), name="x.pdf")], network=Network(), today=TODAY
    )
    assert told.code == "unreadable"


@pytest.fixture
def catalog(archive):
    archive.put("bim5/2021/gevels/rapport.docx", docx_bytes(*SAID))
    archive.put("bim5/2021/gevels/kopie.docx", docx_bytes(*SAID))
    archive.put(
        "bim5/2021/gevels/project.toml",
        'title = "Gevels"\n[[deliverable]]\nfile = "rapport.docx"\nvisibility = "campus"\ntitle = "De gevels"\n'
        '[[deliverable]]\nfile = "kopie.docx"\nvisibility = "confidential"\n',
    )
    archive.put("bim5/2021/anders/rapport.pdf", pdf_bytes("Een heel ander verhaal over water in de kelder."))
    archive.index()
    with closing(Catalog.open(archive.var)) as opened:
        yield opened


def alikes(catalog: Catalog, reading: FileReading, access: Access) -> dict[str, int]:
    return {each.id: each.share for each in alike(reading.fingerprints, None, catalog=catalog, access=access)}


def test_a_new_version_of_a_report_is_shown_beside_the_old_one(tmp_path, catalog):
    again = read(
        tmp_path, again=docx_bytes(*SAID[:36], "Aan het slot zijn vier dagen herschreven door een andere ploeg.")
    )
    shares = alikes(catalog, again["again"], everything(today=TODAY))
    assert shares.keys() == {"bim5/2021/gevels/rapport.docx", "bim5/2021/gevels/kopie.docx"}
    assert min(shares.values()) >= 80


def test_what_a_depositor_may_not_see_is_alike_to_nothing(tmp_path, catalog):
    again = read(tmp_path, again=docx_bytes(*SAID))
    campus = reader("student", today=TODAY)
    assert alikes(catalog, again["again"], campus).keys() == {"bim5/2021/gevels/rapport.docx"}
    assert alikes(catalog, again["again"], reader("public", today=TODAY)) == {}


def test_the_same_bytes_are_the_same_file_for_those_who_may_have_them(catalog):
    known = catalog.deliverable("bim5/2021/gevels/rapport.docx", access=everything(today=TODAY))
    assert known is not None
    (found,) = alike((), known.sha256, catalog=catalog, access=reader("student", today=TODAY))
    assert (found.id, found.title, found.same_bytes, found.share) == (known.id, "De gevels", True, 100)
    assert alike((), known.sha256, catalog=catalog, access=reader("public", today=TODAY)) == ()
