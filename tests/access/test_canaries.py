"""Canaries: a word of its own in every field of every record, and in files; none surfaces to who may not see it.

The beginning of the word tells who may: `open` everybody, `partner`, `campus`, `lid` the community's members, `docent`
its teachers, `geheim` the coordinator alone. All addresses of the site's map are asked, so pages that are added later are, too.
"""

from __future__ import annotations

import dataclasses
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import docx
import pytest

from archive.records.reading import read_agenda, read_community, read_network, read_project
from tests.access.made import filled
from tests.access.readers import COMMUNITY, READERS, addresses, asked_further, text_of
from tests.web.conftest import AccountsSite, accounts_site, token_of

CANARY = re.compile(r"(open|partner|campus|lid|docent|geheim)kanarie\w*")
MAY_SEE = {
    "visitor": {"open"},
    "partner": {"open", "partner"},
    "other partner": {"open", "partner"},
    "student": {"open", "partner", "campus"},
    "member": {"open", "partner", "campus", "lid"},
    "teacher": {"open", "partner", "campus", "lid", "docent"},
    "coordinator": {"open", "partner", "campus", "lid", "docent", "geheim"},
}
# Fields whose words are a fixed list's, or a number's.
_NO_WORDS = {"kind", "role", "status", "state", "purpose", "language", "sha256"}

NETWORK = """
[[organisation]]
slug = "openkanarie-bv"
kind = "company"
name = "Openkanarienaam"
aliases = ["openkanariealias"]
sector = "openkanariesector"
[[organisation.contact]]
name = "campuskanariecontact"
role = "openkanarierol"
email = "geheimkanarieadres@example.org"
phone = "geheimkanarienummer"
consent = [{ for = "picture", how = "geheimkanariehoe", date = 2021-01-01 }]
[[organisation]]
slug = "campuskanarie-bv"
kind = "company"
name = "Campuskanarienaam"
aliases = ["campuskanariealias"]
sector = "campuskanariesector"
[[organisation]]
slug = "geheimkanarie-bv"
kind = "company"
name = "Geheimkanarienaam"
aliases = ["geheimkanariealias"]
sector = "geheimkanariesector"
[[organisation.contact]]
name = "geheimkanariepersoon"
role = "geheimkanariefunctie"
email = "geheimkanariepersoon@example.org"
consent = [{ for = "contact", how = "geheimkanariehoe", date = 2021-01-01 }]
[[organisation]]
slug = "docentkanarie-bv"
kind = "company"
name = "Docentkanarienaam"
[[theme]]
slug = "openkanariethema"
nl = "openkanariethema nl"
en = "openkanariethema en"
synonyms = ["openkanariesynoniem"]
"""

OPEN_COMMUNITY = """
name = { nl = "Openkanariebouw", en = "Openkanariebuilding" }
summary = { nl = "openkanariesamenvatting", en = "openkanariesummary" }
[[contact]]
name = "campuskanariecoordinator"
email = "geheimkanariecoordinator@example.org"
phone = "geheimkanarienummer van de coordinator"
"""

CLOSED_COMMUNITY = """
name = { nl = "Geheimkanariezorg", en = "Geheimkanariecare" }
summary = { nl = "geheimkanariesamenvatting", en = "geheimkanariesummary" }
visibility = "confidential"
[[contact]]
name = "geheimkanariecontact"
email = "geheimkanariecontact@example.org"
consent = [{ for = "contact", date = 2021-01-01 }]
[[partnership]]
organisation = "geheimkanarie-bv"
"""

AGENDA = """
[[question]]
id = "openkanarievraag"
text = "openkanarietekst van de vraag"
themes = ["openkanariethema"]
from = { organisation = "geheimkanarie-bv", by = "geheimkanariesteller", fingerprint = "geheimkanarieafdruk" }
[[question.event]]
date = 2021-03-01
state = "claimed"
project = "bouw/2020/geheimkanarieproject"
document = "bouw/2020/geheimkanarieproject/geheimkanariebestand.docx"
by = "geheimkanarieopnemer"
note = "geheimkanarienoot"
[[question]]
id = "lidkanarievraag"
text = "lidkanarietekst"
themes = ["lidkanariethema"]
visibility = "community"
[[question]]
id = "geheimkanarievraag"
text = "geheimkanarievraagtekst"
themes = ["geheimkanariethema"]
visibility = "confidential"
from = { document = "bouw/2020/geheimkanarieproject/geheimkanariebestand.docx" }
[[question]]
id = "docentkanarievoorgesteld"
text = "docentkanarietekst van buiten"
themes = ["docentkanariethema"]
visibility = "confidential"
from = { organisation = "docentkanarie-bv", by = "geheimkanarievrager@example.org", date = 2021-03-01 }
[[question.event]]
date = 2021-03-01
state = "proposed"
by = "geheimkanarievrager@example.org"
[[question]]
id = "docentkanariesamen"
text = "docentkanariesamenvoeging"
visibility = "confidential"
[[question.event]]
date = 2021-03-01
state = "proposed"
to = "geheimkanarieterug"
[[question.event]]
date = 2021-03-02
state = "dropped"
question = "geheimkanarievraag"
by = "geheimkanariesamenvoeger"
note = "docentkanarienoot"
[[rejected]]
fingerprint = "geheimkanarieafgewezen"
by = "geheimkanarieafwijzer"
"""

OPEN_PROJECT = """
title = "Openkanarieproject"
summary = "openkanariesamenvatting"
question = "openkanarievraagstelling"
outcome = "openkanarieuitkomst"
use = "openkanariegebruik"
visibility = "public"
themes = ["openkanariethema"]
continues = ["bouw/2020/geheimkanarieproject"]
answers = ["geheimkanarievraag", "openkanarievraag"]
[[team]]
name = "openkanariestudent"
programme = "openkanarieopleiding"
institution = "openkanarieschool"
account = "geheimkanariestudent@example.org"
consent = [{ for = "name", how = "geheimkanariehoe", date = 2021-01-01 }]
[[team]]
name = "campuskanariestudent"
account = "geheimkanarieander@example.org"
[[team]]
role = "company"
institution = "geheimkanarie-bv"
[[team]]
role = "company"
institution = "campuskanarie-bv"
name = "campuskanariebegeleider"
[[company]]
organisation = "openkanarie-bv"
visibility = "public"
agreed = { date = 2021-01-01, by = "geheimkanariedirectie", up_to = "public" }
[[company]]
organisation = "campuskanarie-bv"
visibility = "campus"
agreed = { date = 2021-01-01, by = "geheimkanariedirectie", up_to = "public" }
[[company]]
organisation = "geheimkanarie-bv"
visibility = "confidential"
agreed = { date = 2021-01-01, up_to = "public" }
[handover]
stands = "openkanariestand"
open = "openkanarieover"
start = "openkanariebegin"
by = "geheimkanarieoverdrager"
[search]
query = "openkanariezoekvraag"
by = "geheimkanariezoeker"
[[rejected]]
continues = "bouw/2020/geheimkanarieproject"
by = "geheimkanarieafwijzer"
[[deliverable]]
file = "verslag.docx"
title = "openkanarietitel"
visibility = "public"
licence = "openkanarielicentie"
named = ["geheimkanariegenoemd@example.org"]
deposited_by = "geheimkanariebrenger@example.org"
was = ["bouw/2019/geheimkanarieoud.docx"]
[[deliverable.previous]]
version = 1
sha256 = "0"
file = "geheimkanarievorig.docx"
visibility = "confidential"
by = "geheimkanarievorige"
[[deliverable]]
url = "https://example.org/openkanarielink"
title = "openkanarielinktitel"
visibility = "public"
[[deliverable]]
file = "weg.txt"
title = "openkanariegrafsteen"
visibility = "public"
[deliverable.withdrawn]
reason = "openkanariereden"
by = "geheimkanarieintrekker"
[[deliverable]]
file = "embargo.txt"
title = "geheimkanarieembargo"
visibility = "public"
no_names = true
embargo_until = 2026-01-01
[[deliverable]]
file = "partner.txt"
title = "partnerkanarietitel"
visibility = "partner"
no_names = true
[[deliverable]]
file = "lid.txt"
title = "lidkanarietitel"
visibility = "community"
[[deliverable]]
file = "dicht.txt"
title = "geheimkanarietitel"
visibility = "confidential"
[[deliverable]]
file = "wacht.txt"
title = "docentkanariewachtend"
visibility = "confidential"
asked = { visibility = "public", personal = "docentkanariegezegd", by = "geheimkanarievrager", returned = { reason = "docentkanariereden", by = "geheimkanarieterug" }, answer = "docentkanarieantwoord" }
[asked]
summary = "docentkanariegevraagd"
question = "docentkanariegevraagdevraag"
outcome = "docentkanariegevraagdeuitkomst"
use = "docentkanariegevraagdgebruik"
visibility = "public"
by = "geheimkanarievrager"
"""

CLOSED_PROJECT = """
title = "Geheimkanarieproject"
summary = "geheimkanariesamenvatting"
question = "geheimkanarievraagstelling"
outcome = "geheimkanarieuitkomst"
use = "geheimkanariegebruik"
status = "finished"
visibility = "confidential"
themes = ["geheimkanariethema"]
continues = ["bouw/2020/open"]
answers = ["openkanarievraag"]
[[team]]
name = "geheimkanarieauteur"
programme = "geheimkanarieopleiding"
institution = "geheimkanarieschool"
consent = [{ for = "name", date = 2021-01-01 }]
[[company]]
organisation = "geheimkanarie-bv"
agreed = { date = 2021-01-01, up_to = "public" }
[handover]
stands = "geheimkanariestand"
open = "geheimkanarieover"
start = "geheimkanariebegin"
[search]
query = "geheimkanariezoekvraag"
[[deliverable]]
file = "geheimkanariebestand.docx"
title = "geheimkanarietitel"
licence = "geheimkanarielicentie"
[[deliverable]]
url = "https://example.org/geheimkanarielink"
[deliverable.withdrawn]
reason = "geheimkanariereden"
"""

SAID = "Wij bevelen aan om de gevelrenovatie in de wijk met bewoners voort te zetten"
RECORDS = {
    "network.toml": NETWORK,
    "bouw/community.toml": OPEN_COMMUNITY,
    "bouw/agenda.toml": AGENDA,
    "dicht/community.toml": CLOSED_COMMUNITY,
    "bouw/2020/open/project.toml": OPEN_PROJECT,
    "bouw/2020/geheimkanarieproject/project.toml": CLOSED_PROJECT,
    "dicht/2020/geheimkanariezorg/project.toml": CLOSED_PROJECT.replace("bouw/2020/open", "bouw/2020/weg"),
}


def report(canary: str) -> bytes:
    """A Word file whose properties, heading and text each hold a canary."""
    document = docx.Document()
    document.core_properties.author = f"An {canary}maker"
    document.core_properties.title = f"Verslag {canary}eigenschap"
    document.add_heading(f"Aanbevelingen {canary}kop", level=1)
    document.add_paragraph(f"{SAID}, {canary}tekst.")
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


FILES: dict[str, bytes | str] = {
    "bouw/2020/open/verslag.docx": report("campuskanarie"),
    "bouw/2020/open/.versions/0/geheimkanarievorig.docx": report("geheimkanarieversie"),
    "bouw/2020/open/wacht.txt": f"{SAID}, geheimkanariewacht.",
    "bouw/2020/open/weg.txt": f"{SAID}, geheimkanarieingetrokken.",
    "bouw/2020/open/embargo.txt": f"{SAID}, geheimkanarieembargo.",
    "bouw/2020/open/partner.txt": f"{SAID}, partnerkanarietekst.",
    "bouw/2020/open/lid.txt": f"{SAID}, lidkanarietekst.",
    "bouw/2020/open/dicht.txt": f"{SAID}, geheimkanarietekst.",
    "bouw/2020/los campuskanarie.txt": f"{SAID}, campuskanarielos.",
    "bouw/2020/geheimkanarieproject/geheimkanariebestand.docx": report("geheimkanarie"),
    "bouw/2020/geheimkanarieproject/geheimkanariestuk.pdf": b"%PDF geheimkanariestuk: can't be read",
    "dicht/2020/geheimkanariezorg/geheimkanariebestand.docx": report("geheimkanariezorg"),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AccountsSite]:
    archive = filled(tmp_path_factory.mktemp("canaries"), {**RECORDS, **FILES})
    with accounts_site(archive, Path(archive.root) / "accounts") as opened:
        yield opened


def ids() -> list[str]:
    """Names of all things, and former addresses."""
    projects = [id.removesuffix("/project.toml") for id in RECORDS if id.endswith("/project.toml")]
    others = ["openkanarie-bv", "campuskanarie-bv", "geheimkanarie-bv", "openkanariethema", "geheimkanariethema"]
    return [*projects, *FILES, *others, "bouw/2019/geheimkanarieoud.docx"]


@pytest.mark.parametrize("name", READERS)
def test_no_canary_surfaces_to_who_may_not_see_it_and_each_does_to_who_may(site: AccountsSite, name: str) -> None:
    client, sung = READERS[name].client(site), set()
    words = ("gevelrenovatie", "verslag", "kanarie*", "bedrijf:bv", "auteur:an", "")
    asked = addresses(site.app.url_map, ids(), (COMMUNITY, "dicht"))
    for address in [*asked, *asked_further(list(FILES), words)]:
        typed = {found[0] for found in CANARY.finditer(unquote_plus(address))}  # "nothing found for …" repeats it
        with client.get(address) as answer:
            for found in CANARY.finditer(text_of(answer).lower()):
                if found[0] not in typed:
                    assert found[1] in MAY_SEE[name], f"{name} reads {found[0]} at {address}"
                    sung.add(found[1])
    assert sung == MAY_SEE[name]


@pytest.mark.parametrize("name", [name for name in READERS if name != "coordinator"])
def test_who_asks_for_a_hidden_canary_by_its_word_finds_nothing(site: AccountsSite, name: str) -> None:
    client = READERS[name].client(site)
    hidden = {found[0] for text in RECORDS.values() for found in CANARY.finditer(text.lower())}
    hidden = {word for word in hidden | {"geheimkanarietekst", "geheimkanariemaker"} if word.startswith("geheim")}
    assert len(hidden) > 30
    for word in sorted(hidden):
        found = client.get(f"/api/v1/search?q={word}&exact=1").get_json()
        assert (found["total"], found["hits"], found["repaired"]) == (0, [], None), word
        assert client.get(f"/api/v1/suggest?q={word[:-2]}").get_json()["items"] == [], word


@pytest.mark.parametrize("name", ["visitor", "partner", "student"])
def test_a_plan_that_repeats_a_hidden_report_does_not_find_it(site: AccountsSite, name: str) -> None:
    client = READERS[name].client(site)
    token = token_of(client.get("/login" if name == "visitor" else "/account"))
    answer = client.post("/prior-work", data={"text": f"{SAID}. " * 5, "csrf_token": token})
    assert answer.status_code == 200
    assert "openkanarie" in answer.text or "partnerkanarie" in answer.text or "campuskanarie" in answer.text
    assert {found[1] for found in CANARY.finditer(answer.text.lower())} <= MAY_SEE[name]


def test_every_word_that_a_record_can_hold_has_its_canary() -> None:
    """A field that is added to the model must get one above: this fails until it has."""
    sung: set[tuple[str, str]] = set()
    readers = {"network": read_network, "community": read_community, "agenda": read_agenda, "project": read_project}
    for id, content in RECORDS.items():
        record, problems = readers[Path(id).stem](content.encode(), id)
        assert not problems
        sung.update(_sung(record))
    silent = {field for kind in {type(each) for each in _records()} for field in _fields_of_words(kind)} - sung
    assert silent == set()


def _records() -> Iterator[Any]:
    """One value of each kind that a record is made of."""
    for id, content in RECORDS.items():
        readers = {"network": read_network, "community": read_community, "agenda": read_agenda}
        record, _ = readers.get(Path(id).stem, read_project)(content.encode(), id)
        yield from _values(record)


def _values(value: Any) -> Iterator[Any]:
    """A record's value and all values in it."""
    if dataclasses.is_dataclass(value):
        yield value
        for field in dataclasses.fields(value):
            yield from _values(getattr(value, field.name))
    elif isinstance(value, tuple):
        for each in value:
            yield from _values(each)


def _sung(record: Any) -> Iterator[tuple[str, str]]:
    for value in _values(record):
        for field in dataclasses.fields(value):
            if CANARY.search(repr(getattr(value, field.name)).lower()):
                yield type(value).__name__, field.name


def _fields_of_words(kind: type) -> Iterator[tuple[str, str]]:
    for field in dataclasses.fields(kind):
        if field.name not in _NO_WORDS and re.search(r"\bstr\b", str(field.type)):
            yield kind.__name__, field.name
