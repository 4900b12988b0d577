"""One person with two tabs: both ask at the same moment, with the cookie of before, and share what comes back."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import pytest

from archive.accounts.accounts import Accounts
from tests.conftest import Archive, Site

EMAIL, PASSWORD = "student@example.org", "vier gele fietsen"


class Browser:
    """Tabs that share a cookie jar. What was asked is on its way, with the cookies of then, until it is answered."""

    def __init__(self, site: Site) -> None:
        self.site, self.cookies = site, SimpleCookie()

    def ask(self, path: str, **form: str) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=30)
        headers = {"Cookie": "; ".join(f"{each.key}={each.coded_value}" for each in self.cookies.values())}
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request("POST" if form else "GET", path, urlencode(form) or None, headers)
        return connection

    def answer(self, asked: http.client.HTTPConnection) -> tuple[int, str]:
        """The status and the page; its cookies are everybody's from then on."""
        with closing(asked):
            answer = asked.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie", []):
                self.cookies.load(cookie)
            return answer.status, answer.read().decode()

    def get(self, path: str) -> str:
        status, page = self.answer(self.ask(path))
        assert status == 200, page
        return page

    def sign_in(self) -> None:
        form = {"email": EMAIL, "password": PASSWORD, "csrf_token": token_of(self.get("/login"))}
        assert self.answer(self.ask("/login", **form))[0] == 303


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, page
    return found[1]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    archive = Archive(tmp_path_factory.mktemp("two-tabs"))
    with closing(Accounts.open(archive.var)) as accounts:
        accounts.add(email=EMAIL, role="student", password=PASSWORD, now=datetime.now(UTC), by="test")
    with archive.serving() as opened:
        yield opened


@pytest.mark.parametrize("sends", [0, 1])
def test_of_two_pages_opened_right_after_signing_in_both_forms_are_taken(site: Site, sends: int) -> None:
    """The first page after signing in chose the token of the session, so two at once chose two and the last one counted."""
    browser = Browser(site)
    browser.sign_in()
    asked = [browser.ask("/account"), browser.ask("/account")]
    pages = [browser.answer(each)[1] for each in asked]
    form = {"old": "niet het oude", "password": "vijf rode fietsen", "csrf_token": token_of(pages[sends])}
    status, page = browser.answer(browser.ask("/account/password", **form))
    assert (status, "Je oude wachtwoord klopt niet" in page) == (400, True), page


def test_a_page_that_was_on_its_way_does_not_bring_the_session_of_before_back(site: Site) -> None:
    """Each answer gave the cookie that its request came with, so one that was late signed its reader out."""
    browser = Browser(site)
    browser.sign_in()
    late = browser.ask("/account")
    form = {"old": PASSWORD, "password": PASSWORD, "csrf_token": token_of(browser.get("/account"))}
    assert browser.answer(browser.ask("/account/password", **form))[0] == 303
    browser.answer(late)
    browser.get("/account")
