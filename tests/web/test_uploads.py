"""Files that come over, with a script and with a plain form; and the addresses of what was there before."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from archive.deposit import drafts as drafts_module
from tests.conftest import Archive
from tests.web.conftest import AccountsSite, accounts_site, token_of

P = "bim5/2021/gevels"
RECORD = """
title = "Gevels"
visibility = "public"
[[team]]
name = "Kanarie Naam"
account = "student@example.org"
[[deliverable]]
file = "rapport.txt"
title = "Rapport"
visibility = "campus"
version = 3
[[deliverable.previous]]
version = 1
sha256 = "111"
visibility = "confidential"
by = "kanarie@example.org"
[[deliverable.previous]]
version = 2
sha256 = "222"
visibility = "campus"
[[deliverable]]
file = "weg.txt"
title = "Ingetrokken rapport"
visibility = "campus"
[deliverable.withdrawn]
date = 2021-06-01
reason = "Op verzoek van het bedrijf."
by = "kanarie@example.org"
"""


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    made = Archive(tmp_path)
    made.put("bim5/community.toml", 'name = { nl = "BIM 5" }\n')
    made.put(f"{P}/project.toml", RECORD)
    made.put(f"{P}/rapport.txt", "de derde gevel")
    made.put(f"{P}/weg.txt", "de weggehaalde gevel")
    made.put(f"{P}/.versions/111/rapport.txt", "de eerste gevel")
    made.put(f"{P}/.versions/222/rapport.txt", "de tweede gevel")
    made.index()
    return made


@pytest.fixture
def site(archive: Archive) -> Iterator[AccountsSite]:
    with accounts_site(archive, archive.var) as opened:
        opened.account("docent@example.org", "teacher", communities=("bim5",))
        opened.account("student@example.org", "student", communities=("bim5",))
        opened.account("ander@example.org", "student", communities=("bim5",))
        opened.account("bedrijf@example.org", "partner", company="x")
        opened.account("coordinator@example.org", "coordinator")
        yield opened


def body(client: FlaskClient, address: str) -> bytes:
    with client.get(address) as answer:
        assert answer.status_code == 200
        return answer.data


class Uploader:
    """A browser with scripts: JSON, and the token in a header."""

    def __init__(self, site: AccountsSite, email: str = "docent@example.org") -> None:
        self.client: FlaskClient = site.signed_in(email)
        self.token = token_of(self.client.get("/account"))

    def ask(self, method: str, path: str, **more: Any) -> TestResponse:
        return self.client.open(path, method=method, headers={"X-CSRFToken": self.token}, **more)

    def draft(self) -> str:
        answer = self.ask("POST", "/deposit/drafts", json={})
        assert answer.status_code == 201
        assert answer.json is not None
        assert answer.json["url"] == f"/deposit/{answer.json['id']}"
        return str(answer.json["id"])

    def begin(self, id: str, path: str = "groep 3/x.txt", size: int = 10) -> str:
        answer = self.ask("POST", f"/deposit/{id}/files", json={"path": path, "size": size})
        assert answer.status_code == 201, answer.text
        assert answer.json is not None
        return str(answer.json["key"])

    def put(self, id: str, key: str, content: bytes, offset: int = 0) -> TestResponse:
        return self.ask("PUT", f"/deposit/{id}/files/{key}?offset={offset}", data=content)

    def files(self, id: str) -> list[dict[str, Any]]:
        answer = self.ask("GET", f"/deposit/{id}/files")
        assert answer.json is not None
        found: list[dict[str, Any]] = answer.json["files"]
        return found


def test_a_file_comes_in_pieces_and_goes_on_where_it_stopped(site: AccountsSite) -> None:
    mine = Uploader(site)
    id = mine.draft()
    key = mine.begin(id)
    assert mine.put(id, key, b"0123").json == {"key": key, "received": 4}
    refused = mine.put(id, key, b"0123")
    assert (refused.status_code, refused.json and refused.json["received"]) == (409, 4)
    assert mine.files(id)[0]["received"] == 4
    mine.put(id, key, b"456789", 4)
    sha256 = hashlib.sha256(b"0123456789").hexdigest()
    done = mine.ask("POST", f"/deposit/{id}/files/{key}/finish", json={"sha256": sha256})
    assert done.json == {"key": key, "path": "groep 3/x.txt", "size": 10, "received": 10, "whole": True}


def test_a_damaged_file_is_said_in_words_and_comes_again(site: AccountsSite) -> None:
    mine = Uploader(site)
    id = mine.draft()
    key = mine.begin(id, size=2)
    mine.put(id, key, b"ab")
    wrong = mine.ask("POST", f"/deposit/{id}/files/{key}/finish", json={"sha256": "0" * 64})
    assert wrong.status_code == 409
    assert wrong.json is not None
    assert "beschadigd" in wrong.json["error"]
    assert mine.files(id)[0]["received"] == 0


def test_a_zip_becomes_its_files(site: AccountsSite) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("groep/a.txt", "een")
        archive.writestr("../b.txt", "twee")
    content = stream.getvalue()
    mine = Uploader(site)
    id = mine.draft()
    key = mine.begin(id, "alles.zip", len(content))
    mine.put(id, key, content)
    mine.ask("POST", f"/deposit/{id}/files/{key}/finish", json={"sha256": None})
    answer = mine.ask("POST", f"/deposit/{id}/files/{key}/unpack")
    assert answer.json is not None
    assert [file["path"] for file in answer.json["files"]] == ["groep/a.txt", "b.txt"]
    assert answer.json["left_out"] == []


def test_a_file_and_a_draft_can_be_thrown_away(site: AccountsSite) -> None:
    mine = Uploader(site)
    id = mine.draft()
    key = mine.begin(id)
    assert mine.ask("DELETE", f"/deposit/{id}/files/{key}").status_code == 200
    assert mine.files(id) == []
    assert mine.ask("DELETE", f"/deposit/{id}").status_code == 200
    assert mine.ask("GET", f"/deposit/{id}/files").status_code == 404


def test_anothers_draft_does_not_exist(site: AccountsSite) -> None:
    mine, other = Uploader(site), Uploader(site, "ander@example.org")
    id = mine.draft()
    key = mine.begin(id)
    for method, path, more in (
        ("GET", "files", {}),
        ("POST", "files", {"json": {"path": "x", "size": 1}}),
        ("PUT", f"files/{key}?offset=0", {"data": b"x"}),
        ("POST", f"files/{key}/finish", {"json": {}}),
        ("DELETE", f"files/{key}", {}),
    ):
        hidden = other.ask(method, f"/deposit/{id}/{path}", **more)
        absent = other.ask(method, f"/deposit/{'0' * 32}/{path}", **more)
        assert (hidden.status_code, hidden.data) == (absent.status_code, absent.data)
        assert hidden.status_code == 404


@pytest.mark.parametrize(
    "said", [[], {}, {"path": 1, "size": 1}, {"path": "x", "size": True}, {"path": "x" * 3000, "size": 1}]
)
def test_what_can_not_be_read_gets_a_sentence(site: AccountsSite, said: Any) -> None:
    mine = Uploader(site)
    id = mine.draft()
    answer = mine.ask("POST", f"/deposit/{id}/files", json=said)
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["error"]


def test_a_file_that_is_too_large_is_refused_before_it_comes(site: AccountsSite) -> None:
    mine = Uploader(site)
    id = mine.draft()
    answer = mine.ask("POST", f"/deposit/{id}/files", json={"path": "x", "size": drafts_module.FILE_MAX_BYTES + 1})
    assert answer.status_code == 413
    assert answer.json is not None
    assert "500" in answer.json["error"] or "524" in answer.json["error"]


def test_who_is_not_signed_in_is_told_so_in_words(site: AccountsSite) -> None:
    mine = Uploader(site)
    id = mine.draft()
    stranger = site.app.test_client()
    token = token_of(stranger.get("/login"))
    answer = stranger.get(f"/deposit/{id}/files", headers={"X-CSRFToken": token})
    assert answer.status_code == 401
    assert answer.json is not None
    assert "aangemeld" in answer.json["error"]
    assert stranger.post("/deposit/drafts", data={"csrf_token": token}).status_code == 303


def test_a_company_hands_in_nothing(site: AccountsSite) -> None:
    company = Uploader(site, "bedrijf@example.org")
    assert company.ask("POST", "/deposit/drafts", json={}).status_code == 403


def test_without_the_token_nothing_is_taken(site: AccountsSite) -> None:
    client = site.signed_in("docent@example.org")
    assert client.post("/deposit/drafts", json={}).status_code == 400


def test_a_plain_form_brings_files_and_leads_to_the_draft(site: AccountsSite) -> None:
    mine = Uploader(site)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("c.txt", "drie")
    files = [
        (io.BytesIO(b"een"), "map/a.txt"),
        (io.BytesIO(b"twee"), "b.txt"),
        (io.BytesIO(stream.getvalue()), "pak.zip"),
    ]
    answer = mine.client.post("/deposit/drafts", data={"files": files, "csrf_token": mine.token})
    assert answer.status_code == 303
    id = answer.headers["Location"].rpartition("/")[2]
    assert [(file["path"], file["whole"]) for file in mine.files(id)] == [
        ("map/a.txt", True),
        ("b.txt", True),
        ("c.txt", True),
    ]
    again = mine.client.post(
        f"/deposit/{id}/files", data={"files": [(io.BytesIO(b"vier"), "d.txt")], "csrf_token": mine.token}
    )
    assert (again.status_code, len(mine.files(id))) == (303, 4)


def test_an_earlier_version_is_reached_by_those_who_may_have_it(site: AccountsSite) -> None:
    """Readers count the versions that they may have: of one that was closed nothing is told."""
    address = f"/documents/{P}/rapport.txt/file?version="
    other, coordinator = site.signed_in("ander@example.org"), site.signed_in("coordinator@example.org")
    team = site.signed_in("student@example.org")
    assert body(other, f"{address}1") == b"de tweede gevel"
    assert other.get(f"{address}2").status_code == 302
    assert other.get(f"{address}3").status_code == other.get(f"{address}9").status_code == 404
    assert [body(coordinator, f"{address}{n}") for n in (1, 2)] == [b"de eerste gevel", b"de tweede gevel"]
    assert [body(team, f"{address}{n}") for n in (1, 2)] == [b"de eerste gevel", b"de tweede gevel"]
    assert site.app.test_client().get(f"{address}1").status_code == 404


def test_a_withdrawn_document_has_a_page_that_says_so_and_names_nobody(site: AccountsSite) -> None:
    student = site.signed_in("ander@example.org")
    for address in (f"/documents/{P}/weg.txt", f"/documents/{P}/weg.txt/file", f"/documents/{P}/weg.txt/read"):
        page = student.get(address)
        assert page.status_code == 410
        assert "Op verzoek van het bedrijf." in page.text
        assert "kanarie" not in page.text.lower()
    assert site.app.test_client().get(f"/documents/{P}/weg.txt").status_code == 404
    assert body(site.signed_in("coordinator@example.org"), f"/documents/{P}/weg.txt/file") == b"de weggehaalde gevel"


def test_a_file_that_became_another_is_not_given_out_by_what_was_known_of_the_old(
    site: AccountsSite, archive: Archive
) -> None:
    """A new version may be for fewer people: it was readable to all of campus until the next look at the folder."""
    student = site.signed_in("ander@example.org")
    archive.put(f"{P}/rapport.txt", "vertrouwelijk", age=1_700_000_000)
    answer = student.get(f"/documents/{P}/rapport.txt/file")
    assert answer.status_code == 503
    assert "vertrouwelijk" not in answer.text
    archive.put(f"{P}/rapport.txt", "de derde gevel", age=1_700_000_001)
    assert body(student, f"/documents/{P}/rapport.txt/file") == b"de derde gevel"
