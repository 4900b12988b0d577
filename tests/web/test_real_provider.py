"""Single sign-on with a real provider: npm's `oidc-provider`, certified for OpenID Connect, on the loopback address.

Its packages are fetched once, into `.cache/`; without Node.js 20 or npm these tests are skipped and say so.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

import pytest
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from archive.accounts.identities import Identities
from tests.conftest import Archive
from tests.web.conftest import AccountsSite, accounts_site, token_of
from webui.accounts.openid import Provider

HERE = Path(__file__).parent / "oidc_provider"
CACHE = Path(__file__).parents[2] / ".cache"
SITE = "http://localhost"
NODE_MIN = 20  # Debian 13 has it; 12 has 18
INSTALL_TIMEOUT_S, START_TIMEOUT_S = 300, 30
PAGES_MAX = 12  # of the provider, from leaving the site to coming back


@pytest.fixture(scope="session")
def installed() -> Path:
    """The provider's script beside its packages, those of the lock."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        pytest.skip("no Node.js or npm on PATH: install nodejs and npm")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.removeprefix("v").partition(".")[0]) < NODE_MIN:
        pytest.skip(f"oidc-provider needs Node {NODE_MIN}; this is {version}")
    lock = (HERE / "package-lock.json").read_bytes()
    folder = CACHE / f"oidc-provider-{hashlib.sha256(lock).hexdigest()[:12]}"
    if not (folder / "node_modules").is_dir():
        beside = CACHE / f".{folder.name}"
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, beside)
        done = subprocess.run(
            [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=beside,
            capture_output=True,
            text=True,
            timeout=INSTALL_TIMEOUT_S,
        )
        if done.returncode:
            pytest.skip(f"npm can't fetch oidc-provider: {done.stderr.strip().splitlines()[-1:]}")
        shutil.rmtree(folder, ignore_errors=True)
        beside.rename(folder)
    shutil.copy(HERE / "provider.mjs", folder)
    return folder


@pytest.fixture(scope="session")
def issuer(installed: Path) -> Iterator[str]:
    said = json.dumps({"redirect": f"{SITE}/login/school/back", "after": f"{SITE}/"})
    with subprocess.Popen(
        ["node", "provider.mjs"],
        cwd=installed,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None and process.stdout is not None and process.stderr is not None
        process.stdin.write(said + "\n")
        process.stdin.flush()
        try:
            address = process.stdout.readline().strip()
            assert address, process.stderr.read()
            yield address
        finally:
            process.stdin.close()
            process.wait(START_TIMEOUT_S)


class _Stay(HTTPRedirectHandler):
    """A browser that stops where it is sent on."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


class Browser:
    """What somebody does at the provider: its pages, its forms, its cookies."""

    def __init__(self) -> None:
        policy = DefaultCookiePolicy(rfc2965=False)
        self._open = build_opener(HTTPCookieProcessor(CookieJar(policy)), _Stay()).open

    def sign_in(self, address: str, name: str) -> str:
        """Follow the provider's pages until it sends the browser back to the site: that address."""
        form: dict[str, str] | None = None
        for _ in range(PAGES_MAX):
            page, location = self._visit(address, form)
            form = None
            if location:
                address = urljoin(address, location)
                if address.startswith(SITE):
                    return address
                continue
            (at,) = html.fromstring(page).xpath("//form[@method='post'][1]")[:1]
            given = {str(key): str(value) for key, value in at.form_values()}
            form = {**given, "login": name, "password": "x"} if "login" in at.fields else given
            address = urljoin(address, at.action)
        raise AssertionError(f"still at the provider: {address}")

    def page(self, address: str) -> str:
        return self._visit(address, None)[0]

    def _visit(self, address: str, form: dict[str, str] | None) -> tuple[str, str]:
        asked = Request(address, urlencode(form).encode() if form is not None else None)
        try:
            with self._open(asked, timeout=START_TIMEOUT_S) as answer:
                return answer.read().decode(), ""
        except HTTPError as answer:
            with answer:
                return answer.read().decode(), answer.headers.get("Location") or ""


@pytest.fixture
def site(archive: Archive, tmp_path: Path, issuer: str) -> Iterator[AccountsSite]:
    provider = Provider(issuer=issuer, client_id="estafette", secret="geheim van de client", makes_accounts=True)
    with accounts_site(archive, tmp_path, provider=provider) as opened:
        opened.now = datetime.now(UTC)  # the provider's tokens are of today
        yield opened


def come(client: FlaskClient, browser: Browser, name: str, onward: str = "") -> TestResponse:
    left = client.get("/login/school", query_string={"next": onward})
    assert left.status_code == 303, left.text
    return client.get(browser.sign_in(left.location, name).removeprefix(SITE))


def test_who_has_an_account_signs_in_at_school(site: AccountsSite) -> None:
    mine, client = site.account(), site.app.test_client()
    answer = come(client, Browser(), "student", "/agenda")
    assert (answer.status_code, answer.location) == (303, "/agenda"), answer.text
    assert client.get("/account").status_code == 200
    (kept,) = Identities(site.accounts.file).of([mine.id])
    assert kept.subject == "student"


def test_who_is_new_gets_an_account_by_what_the_school_says(site: AccountsSite) -> None:
    client = site.app.test_client()
    assert come(client, Browser(), "nieuw").status_code == 303
    made = site.accounts.by_email("nieuw@example.org")
    assert made is not None and (made.role, made.name) == ("teacher", "Noor Nieuw")


def test_an_address_that_was_not_verified_opens_nothing(site: AccountsSite) -> None:
    site.account()
    client = site.app.test_client()
    assert come(client, Browser(), "ongezien").status_code == 403
    assert client.get("/account").status_code == 303


def test_a_code_that_was_used_is_worth_nothing_even_with_the_cookie_of_before(site: AccountsSite) -> None:
    site.account()
    client, copy = site.app.test_client(), site.app.test_client()
    left = client.get("/login/school")
    kept = client.get_cookie("estafette")
    assert kept is not None
    copy.set_cookie("estafette", kept.value)
    back = Browser().sign_in(left.location, "student").removeprefix(SITE)
    assert client.get(back).status_code == 303
    replayed = copy.get(back)
    assert replayed.status_code == 400 and "klopt niet" in replayed.text
    assert copy.get("/account").status_code == 303


def test_signing_out_goes_on_to_the_providers_own_page(site: AccountsSite, issuer: str) -> None:
    site.account()
    client, browser = site.app.test_client(), Browser()
    come(client, browser, "student")
    page = client.post("/logout", data={"csrf_token": token_of(client.get("/account"))}, follow_redirects=True)
    (address,) = html.fromstring(page.text).xpath("//main//a[@class='button']/@href")
    assert address.startswith(issuer)
    asked = browser.page(address)
    assert re.search(r"<form[^>]*/session/end/confirm", asked), "it knows the site, and asks the person"
