"""What the web must not do, asked of every address and form of the site's map, so that later ones are asked too."""

from __future__ import annotations

import html
import logging
import re
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from archive.accounts.accounts import Accounts
from archive.accounts.secret_key import secret_key
from tests.access.made import indexed
from tests.access.readers import COMMUNITY, READERS, addresses, asked_further
from tests.access.test_canaries import FILES, RECORDS
from tests.conftest import Archive, docx_bytes, pdf_bytes
from tests.web.conftest import PASSWORD, SIGNED_IN_AT, AccountsSite, accounts_site, sign_in, token_of
from webui.accounts.sessions import SignedIn
from webui.app import CONTENT_SECURITY_POLICY

# Forms that change nothing on the server, and may come from a page without a session.
CHANGE_NOTHING = {"/language", "/prior-work"}
RUNNABLE = {
    "pagina.html": "<script>alert(1)</script>",
    "pagina.xhtml": "<html xmlns='http://www.w3.org/1999/xhtml'><script>alert(1)</script></html>",
    "tekening.svg": "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "gegevens.xml": "<?xml version='1.0'?><a xmlns='http://www.w3.org/1999/xhtml'><script>alert(1)</script></a>",
    "script.js": "alert(1)",
    "stijl.css": "body { display: none }",
    "bericht.mht": "Content-Type: text/html\n\n<script>alert(1)</script>",
    "zonder-soort": "<html><script>alert(1)</script></html>",
    "ingepakt.html.gz": "<script>alert(1)</script>",
}
SHOWN = {"tekst.txt": "gewoon <b>tekst</b>", "verslag.pdf": pdf_bytes("De gevel")}
PLACE = f"{COMMUNITY}/2020/open"
MUTATING = ("POST", "PUT", "PATCH", "DELETE")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    made = Archive(tmp_path_factory.mktemp("safety"))
    for id, content in {**RECORDS, **FILES}.items():
        made.put(id, content)
    for name, body in {**RUNNABLE, **SHOWN, "nota.docx": docx_bytes("De gevel")}.items():
        made.put(f"{PLACE}/{name}", body)
    return indexed(made)


@pytest.fixture(scope="module")
def site(archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AccountsSite]:
    with accounts_site(archive, tmp_path_factory.mktemp("accounts"), proxies=0) as opened:
        yield opened


def all_addresses(site: AccountsSite) -> list[str]:
    ids = [PLACE, f"{PLACE}/verslag.docx", f"{PLACE}/pagina.html", "openkanarie-bv", "openkanariethema"]
    further = asked_further([f"{PLACE}/verslag.docx", f"{PLACE}/tekst.txt"], ["gevel", ""])
    return [
        *addresses(site.app.url_map, ids, (COMMUNITY,)),
        *further,
        "/nergens",
        "/api/nergens",
        "/api/v1/search?sort=x",
    ]


def forms(site: AccountsSite) -> Iterator[tuple[str, str]]:
    """Every way of the site's map to change something: method and address, with names that exist where one fits."""
    for rule in site.app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & set(MUTATING)):
            yield (
                method,
                re.sub(r"<int:\w+>", "1", re.sub(r"<path:\w+>", PLACE, re.sub(r"<\w+>", COMMUNITY, rule.rule))),
            )


@pytest.mark.parametrize("name", ["visitor", "student", "teacher", "coordinator"])
def test_a_form_without_its_token_changes_nothing(site: AccountsSite, name: str) -> None:
    client = READERS[name].client(site)
    known, before = {account.id for account in site.accounts.all()}, list(site.accounts.log())
    asked = [(method, address) for method, address in forms(site) if address not in CHANGE_NOTHING]
    assert len(asked) > 20
    for method, address in asked:
        answer = client.open(address, method=method, data={"email": "x@example.org", "password": PASSWORD})
        assert answer.status_code == 400, (method, address)
    assert {account.id for account in site.accounts.all()} == known
    assert list(site.accounts.log()) == before
    if name != "visitor":
        assert client.get("/account").status_code == 200, "still signed in"


def test_the_forms_without_a_token_leave_accounts_and_records_as_they_are(site: AccountsSite, archive: Archive) -> None:
    client = READERS["teacher"].client(site)
    before = list(site.accounts.log()), {path: path.read_bytes() for path in archive.documents.rglob("*.toml")}
    for address in CHANGE_NOTHING:
        answer = client.post(address, data={"language": "en", "next": "/", "text": "gevels in de wijk"})
        assert answer.status_code < 400, address
    assert before == (
        list(site.accounts.log()),
        {path: path.read_bytes() for path in archive.documents.rglob("*.toml")},
    )


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://kwaad.example"}])
def test_no_form_is_taken_from_another_site(site: AccountsSite, headers: dict[str, str]) -> None:
    client = READERS["coordinator"].client(site)
    token = token_of(client.get("/account"))
    for method, address in forms(site):
        answer = client.open(address, method=method, data={"csrf_token": token}, headers=headers)
        assert answer.status_code == 403, (method, address)


@pytest.mark.parametrize("name", ["visitor", "teacher"])
def test_every_answer_carries_what_keeps_a_browser_safe(site: AccountsSite, name: str) -> None:
    client = READERS[name].client(site)
    for address in all_addresses(site):
        with client.get(address) as answer:
            headers, policy = answer.headers, answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy and "unsafe" not in policy, address
            assert policy == CONTENT_SECURITY_POLICY or "sandbox" in policy or answer.mimetype == "application/pdf"
            assert headers["X-Content-Type-Options"] == "nosniff", address
            assert headers["Referrer-Policy"] == "same-origin", address
            assert headers["Cross-Origin-Opener-Policy"] == "same-origin", address
            assert "private" in headers["Cache-Control"], address
            assert "Access-Control-Allow-Origin" not in headers, address
            assert "Server" not in headers and "X-Powered-By" not in headers, address
            if answer.mimetype == "text/html":
                assert {"Cookie", "Accept-Language"} <= set(answer.vary), address
                assert not re.search(r"<script(?![^>]*\bsrc=)|\son[a-z]+=|\sstyle=|javascript:", _markup(answer)), (
                    address
                )


def _markup(answer: TestResponse) -> str:
    """A page without what is data to a browser: `application/ld+json` is never run."""
    return re.sub(r'<script type="application/ld\+json">.*?</script>', "", answer.text, flags=re.DOTALL)


@pytest.mark.parametrize("name", RUNNABLE)
def test_a_file_that_a_browser_would_run_is_handed_over_and_not_shown(site: AccountsSite, name: str) -> None:
    client = READERS["coordinator"].client(site)
    for query in ("", "?download=1", "?inline=1"):
        with client.get(f"/documents/{PLACE}/{name}/file{query}") as answer:
            assert answer.status_code == 200
            assert answer.mimetype == "application/octet-stream"
            assert answer.headers["Content-Disposition"].startswith("attachment")
            assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(("name", "mimetype"), [("tekst.txt", "text/plain"), ("verslag.pdf", "application/pdf")])
def test_what_a_browser_shows_itself_is_of_a_kind_that_runs_nothing(
    site: AccountsSite, name: str, mimetype: str
) -> None:
    with READERS["coordinator"].client(site).get(f"/documents/{PLACE}/{name}/file") as answer:
        assert answer.mimetype == mimetype
        assert answer.headers["Content-Disposition"].startswith("inline")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_html_in_a_file_is_text_in_the_reading_view(site: AccountsSite) -> None:
    answer = READERS["coordinator"].client(site).get(f"/documents/{PLACE}/tekst.txt/read?page=1&q=tekst")
    assert "<b>tekst" not in answer.text and "&lt;b&gt;" in answer.text


def test_what_a_visitor_types_is_never_markup(site: AccountsSite) -> None:
    client, typed = READERS["teacher"].client(site), "\"'><script>alert(1)</script>"
    for address in addresses(site.app.url_map, [PLACE, typed], (COMMUNITY,)):
        for parameters in ("q next theme project done sector community", "state", "page"):
            with client.get(address, query_string=dict.fromkeys(parameters.split(), typed)) as answer:
                if answer.mimetype == "text/html":
                    assert "<script>alert" not in answer.text, (address, parameters)
    assert html.escape(typed, quote=False)[3:] in client.get("/search", query_string={"q": typed}).text


def test_a_forwarded_header_from_nowhere_changes_nothing(site: AccountsSite) -> None:
    """Only who says in the settings that a proxy stands in front has its headers believed."""
    site.account("een@example.org")
    forged = {
        "X-Forwarded-For": "192.0.2.7",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "kwaad.example",
        "X-Forwarded-Prefix": "/kwaad",
        "Forwarded": "for=192.0.2.7;host=kwaad.example;proto=https",
    }
    client = site.app.test_client()
    page = client.get("/login", headers=forged)
    assert page.headers["Set-Cookie"].startswith("estafette=") and "Secure" not in page.headers["Set-Cookie"]
    for address in all_addresses(site):
        with client.get(address, headers=forged) as answer:
            assert b"kwaad" not in answer.data and "kwaad" not in str(answer.headers), address
    statuses = []
    for number in range(12):
        token = token_of(client.get("/login"))
        data = {"email": "een@example.org", "password": "fout fout fout", "csrf_token": token}
        answer = client.post("/login", data=data, headers={**forged, "X-Forwarded-For": f"192.0.2.{number}"})
        statuses.append(answer.status_code)
    assert statuses[-1] == 429, "another address in a header is no other visitor"


def test_a_foreign_host_gets_into_no_page_where_the_site_knows_its_address(archive: Archive, tmp_path: Path) -> None:
    with accounts_site(archive, tmp_path, site="https://archief.example", proxies=0) as site:
        client = READERS["teacher"].client(site)
        with client.session_transaction(base_url="http://kwaad.example") as session:
            session["_user_id"] = SignedIn(site.accounts.all()[0]).get_id()
        for address in all_addresses(site):
            with client.get(address, base_url="http://kwaad.example") as answer:
                assert b"kwaad" not in answer.data and "kwaad" not in str(answer.headers), address
        assert "https://archief.example/documents" in client.get(f"/documents/{PLACE}/verslag.docx").text


@pytest.mark.parametrize("name", ["visitor", "student"])
def test_what_is_hidden_answers_every_method_as_what_never_was(site: AccountsSite, name: str) -> None:
    client = READERS[name].client(site)
    page = client.get("/login" if name == "visitor" else "/account")
    hidden, never = f"{COMMUNITY}/2020/geheimkanarieproject", f"{COMMUNITY}/2020/bestaatnietechtnooit"
    for rule in site.app.url_map.iter_rules():
        if "path:" not in rule.rule or rule.endpoint == "static":
            continue
        for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE"):
            answers = []
            for id in (hidden, never):
                address = re.sub(r"<path:\w+>", id, rule.rule)
                with client.open(address, method=method, data={"csrf_token": token_of(page)}) as answer:
                    words = re.sub(r'csrf_token" value="[^"]+', "", answer.text).replace(id.rsplit("/", 1)[1], "")
                    answers.append((answer.status_code, words, answer.headers.get("Allow"), answer.vary.to_header()))
            assert answers[0] == answers[1], (method, rule.rule)


@pytest.mark.parametrize("name", ["visitor", "teacher"])
def test_head_tells_what_get_tells_without_the_words(site: AccountsSite, name: str) -> None:
    client = READERS[name].client(site)
    for address in ("/", "/search?q=gevel", f"/documents/{PLACE}/verslag.docx", f"/documents/{PLACE}/tekst.txt/file"):
        with client.get(address) as whole, client.head(address) as head:
            assert (head.status_code, head.data) == (whole.status_code, b"")
            assert head.headers["Content-Security-Policy"] == whole.headers["Content-Security-Policy"]


def test_a_page_with_a_token_or_of_somebody_signed_in_is_never_compressed(site: AccountsSite) -> None:
    """The length of a packed page tells what stands beside words that a stranger chose (BREACH)."""
    packed = {"Accept-Encoding": "gzip"}
    for name in ("visitor", "teacher", "coordinator"):
        client = READERS[name].client(site)
        for address in all_addresses(site):
            with client.get(address, headers=packed) as answer:
                if answer.headers.get("Content-Encoding"):
                    assert name == "visitor" and "Set-Cookie" not in answer.headers, (name, address)
                    assert b"csrf" not in answer.data
            client.delete_cookie("estafette") if name == "visitor" else None


def test_secrets_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    secret_key(tmp_path)
    accounts = Accounts.open(tmp_path)
    accounts.add(email="a@example.org", role="student", password=PASSWORD, now=SIGNED_IN_AT, by="test")
    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
    accounts.close()
    assert len(secret_key(tmp_path)) >= 32
    assert b"vier gele" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_a_fault_writes_no_address_of_a_link_and_no_person_to_the_log(
    site: AccountsSite, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = READERS["student"].client(site)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(site.accounts, "link", broken)
    with caplog.at_level(logging.DEBUG):
        assert client.get("/reset/geheimvandelink?next=geheimvandelink").status_code == 500
    logged = caplog.text
    assert "broken" in logged and "/reset/<token>" in logged
    assert "geheimvandelink" not in logged and "example.org" not in logged


def test_signing_in_and_reading_write_nothing_of_who_or_what_to_the_log(
    site: AccountsSite, caplog: pytest.LogCaptureFixture
) -> None:
    site.account("gelogd@example.org")
    with caplog.at_level(logging.DEBUG):
        client = site.app.test_client()
        sign_in(client, "gelogd@example.org", "fout fout fout")
        sign_in(client, "gelogd@example.org", PASSWORD)
        client.get("/search?q=ietsbijzonders")
        client.get(f"/documents/{PLACE}/verslag.docx")
    assert not [word for word in ("gelogd", "ietsbijzonders", "verslag.docx") if word in caplog.text]
    told = [(line.action, line.subject, str(line.says)) for line in site.accounts.log()]
    assert not [line for line in told if "gelogd@" in str(line) or "ietsbijzonders" in str(line)]


def test_an_unknown_address_takes_the_work_of_a_wrong_password(
    site: AccountsSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted, not timed: the one slow step is taken as often for an address that has no account."""
    from archive.accounts import passwords

    site.account("bekend@example.org")
    site.account("zonder@example.org", password=None)
    verified: list[str] = []
    hasher = passwords._HASHER

    class Counting:
        def verify(self, hashed: str, password: str) -> bool:
            verified.append(hashed.rsplit("$", 2)[0])  # the algorithm and its cost
            return hasher.verify(hashed, password)

    monkeypatch.setattr(passwords, "_HASHER", Counting())
    for address in ("bekend@example.org", "onbekend@example.org", "zonder@example.org"):
        assert sign_in(site.app.test_client(), address, "fout fout fout").status_code in (401, 429)
    assert len(verified) == 3 and len(set(verified)) == 1
    assert "argon2id" in verified[0]


def test_a_session_ends_after_two_weeks_without_use(site: AccountsSite) -> None:
    lifetime = site.app.permanent_session_lifetime
    assert lifetime == timedelta(days=14)
    site.account("oud@example.org")
    cookie = sign_in(site.app.test_client(), "oud@example.org", PASSWORD).headers["Set-Cookie"]
    assert "Expires" in cookie and "HttpOnly" in cookie and "SameSite=Lax" in cookie


def test_who_is_signed_in_gets_no_page_that_another_may_be_given(site: AccountsSite) -> None:
    client: FlaskClient = READERS["member"].client(site)
    for address in (
        "/",
        "/account",
        "/search?q=gevel",
        "/api/v1/search?q=gevel",
        f"/communities/{COMMUNITY}/start.pdf",
    ):
        with client.get(address) as answer:
            assert answer.cache_control.private and not answer.cache_control.public, address
            assert "Cookie" in answer.vary, address
