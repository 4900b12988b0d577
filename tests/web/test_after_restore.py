"""A backup on another machine: which links of before work there still, and which no longer do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from archive.accounts.askers import Askers
from archive.accounts.links import Purpose
from tests.conftest import Archive
from tests.web.conftest import SIGNED_IN_AT, AccountsSite, accounts_site, token_of
from webui.asking.my_questions import letters_url, mine_url

MAILED: tuple[Purpose, ...] = ("sign-in", "reset", "confirm")
P = "bim5/2021/gevels"
FILES = {
    "bim5/community.toml": 'name = "Bouw"\n',
    "bim5/agenda.toml": '[[question]]\nid = "bim5-001"\ntext = "Wie meet de wind?"\n',
    "network.toml": '[[organisation]]\nslug = "bouw-x"\nname = "Bouw X"\n',
    f"{P}/project.toml": """
title = "Gevels op maat"
visibility = "public"
[[team]]
name = "Noor Kanarie"
role = "student"
[[company]]
organisation = "bouw-x"
""",
    f"{P}/verslag.txt": "De gevel hangt recht.",
}


@pytest.fixture
def site(archive: Archive) -> Iterator[AccountsSite]:
    with accounts_site(archive, archive.var) as opened:
        opened.account("docent@example.org", "teacher", communities=["bim5"])
        yield opened


def shown_link(teacher: FlaskClient, page: str, to: str, **what: str) -> str:
    """The path of the link that a teacher gets shown for it."""
    answer = teacher.post(to, data={**what, "csrf_token": token_of(teacher.get(page))}, follow_redirects=True)
    found = re.search(r"http://localhost(/(?:consent|agreement|join)/[\w-]{20,})", answer.text)
    assert found, answer.text
    return found[1]


def own_links(site: AccountsSite, teacher: FlaskClient) -> list[str]:
    """What a person of a team, a company and somebody who asked a question were given."""
    ask = Askers(site.accounts.file).put(
        form="f", community="bim5", question="bim5-001", told="", email="x@example.org", language="nl", now=SIGNED_IN_AT
    )
    with site.app.app_context():
        of_question = [mine_url(ask.asker), letters_url(ask.asker)]
    consents = f"/consents/{P}"
    return [
        shown_link(teacher, consents, consents, person=f"team/{P}/0"),
        shown_link(teacher, consents, consents, company="bouw-x"),
        *of_question,
    ]


def entrances(site: AccountsSite, teacher: FlaskClient) -> list[str]:
    """Links that let somebody in, as far as they have a page where no mail is set."""
    says, until = {"account": site.accounts.all()[0].id}, SIGNED_IN_AT + timedelta(days=1)
    given = {each: site.accounts.give_link(each, says, until=until, now=SIGNED_IN_AT, by="test") for each in MAILED}
    return [
        shown_link(teacher, "/teams/invite", "/teams", project=P, people="4", until="2021-10-01"),
        f"/reset/{given['reset']}",
    ]


@pytest.fixture
def links(site: AccountsSite) -> tuple[list[str], list[str]]:
    teacher = site.signed_in("docent@example.org")
    made = own_links(site, teacher), entrances(site, teacher)
    assert [site.app.test_client().get(path).status_code for paths in made for path in paths] == [200] * 6
    return made


@pytest.fixture
def restored(archive: Archive, links: object, tmp_path: Path) -> Iterator[AccountsSite]:
    """The archive on another machine, with a session's key of its own."""
    assert archive.run("backup", str(tmp_path / "nacht.tar")).code == 0
    there = Archive(tmp_path / "there")
    done = there.run("restore", str(tmp_path / "nacht.tar"))
    assert done.code == 0, done.err
    there.index()
    with accounts_site(there, there.var, secret=b"of another machine".ljust(32)) as opened:
        yield opened


def test_a_link_that_a_person_or_company_was_given_works_after_a_restore(
    restored: AccountsSite, links: tuple[list[str], list[str]]
) -> None:
    """They named their person by the key of the sessions, which stays out of a backup: all of them were dead."""
    pages = [restored.app.test_client().get(path) for path in links[0]]
    assert [page.status_code for page in pages] == [200] * 4
    assert "Noor Kanarie" in pages[0].text and "Bouw X" in pages[1].text and "Wie meet de wind?" in pages[2].text


def test_a_link_that_lets_somebody_in_is_worth_nothing_after_a_restore(
    restored: AccountsSite, links: tuple[list[str], list[str]]
) -> None:
    """What was used after the backup was made would work once more."""
    assert [restored.app.test_client().get(path).status_code for path in links[1]] == [404] * 2
    assert [restored.accounts.links(each) for each in MAILED] == [()] * len(MAILED)


def test_a_session_of_before_is_nobodys_after_a_restore(site: AccountsSite, restored: AccountsSite) -> None:
    cookie = site.signed_in("docent@example.org").get_cookie("estafette")
    assert cookie is not None
    elsewhere = restored.app.test_client()
    elsewhere.set_cookie("estafette", cookie.value)
    assert elsewhere.get("/account").status_code == 303
