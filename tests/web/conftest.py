"""The site over an archive in this process: the example archive, or a small one with awkward things in it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import CodeType

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from lxml import html
from werkzeug.test import TestResponse

from archive import settings as settings_module
from archive.accounts.accounts import Account, Accounts
from indexer.commands import ROLES, opened
from tests.conftest import EXAMPLE, Archive, Site
from webui.accounts.sessions import SignedIn
from webui.app import create_app
from webui.deposit.reading import reader
from webui.house import House

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)

Visit = Callable[[str], FlaskClient]


class Compiled(BytecodeCache):
    """What Jinja made of each template, for all sites of a run: making it takes longer than a page does otherwise."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self._kept[bucket.key, bucket.checksum] = bucket.code


COMPILED = Compiled()


def app_of(house: House) -> Flask:
    """The site over it."""
    app = create_app(house)
    app.jinja_env.bytecode_cache = COMPILED
    return app


def visiting(documents: Path, var: Path, stack: ExitStack) -> Visit:
    """Give a client for each role over one archive that is indexed already."""
    loaded = settings_module.load(
        documents.parent, environment={}, options={"documents": str(documents), "var": str(var)}
    )
    parts = stack.enter_context(opened(loaded))
    accounts = stack.enter_context(closing(Accounts.open(var)))

    def visit(role: str = "public") -> FlaskClient:
        house = House(
            storage=parts.storage,
            catalog=parts.catalog,
            index=parts.index,
            finder=parts.finder,
            accounts=accounts,
            secret=b"of the tests".ljust(32),
            clock=lambda: NOW,
            read_as=ROLES[role],
        )
        return app_of(house).test_client()

    return visit


@pytest.fixture(scope="session")
def example(example_var: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    """The example archive in `documents/`, for a reader of any role."""
    var = shutil.copytree(example_var, tmp_path_factory.mktemp("example") / "var")
    with ExitStack() as stack:
        yield visiting(EXAMPLE, var, stack)


@pytest.fixture(scope="module")
def served(filled: Archive) -> Iterator[Site]:
    """A server over the archive that a module filled, as somebody of a school reads it."""
    with filled.serving("--as", "campus") as opened:
        yield opened


SIGNED_IN_AT = datetime(2021, 9, 14, 10, tzinfo=UTC)
PASSWORD = "vier gele fietsen"


class AccountsSite:
    """The site over an archive with accounts, and a clock that a test may set."""

    def __init__(self, app: Flask, accounts: Accounts) -> None:
        self.app, self.accounts = app, accounts
        self.now = SIGNED_IN_AT

    def account(self, email: str = "student@example.org", role: str = "student", **more: object) -> Account:
        given = {"email": email, "role": role, "password": PASSWORD, "now": SIGNED_IN_AT, "by": "test", **more}
        return self.accounts.add(**given)  # type: ignore[arg-type]

    def session_of(self, account: Account) -> FlaskClient:
        """A client with a session of this account, without a password's time."""
        client = self.app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = SignedIn(account).get_id()
        # A client that is taken for a visitor sees nothing that is hidden, and a test of leaks would pass.
        assert client.get("/account").status_code == 200
        return client

    def signed_in(self, email: str = "student@example.org", password: str = PASSWORD) -> FlaskClient:
        client = self.app.test_client()
        assert sign_in(client, email, password).status_code == 303
        return client


class WithDrafts:
    """Somebody with drafts to hand in, whose files the site reads."""

    def __init__(self, site: AccountsSite, email: str = "docent@example.org") -> None:
        self.site, self.client = site, site.signed_in(email)

    def read(self, path: str) -> None:
        """Wait until the files of the draft at this path are read."""
        assert self.client.get(path).status_code == 200
        with self.site.app.app_context():
            reader().wait(60)

    def page(self, path: str) -> html.HtmlElement:
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return html.fromstring(answer.text)


@contextmanager
def accounts_site(archive: Archive, folder: Path, **house: object) -> Iterator[AccountsSite]:
    """The site over an indexed archive, its accounts in `folder`; `house` as `House` takes it."""
    options = {"documents": str(archive.documents), "var": str(archive.var)}
    with ExitStack() as stack:
        parts = stack.enter_context(opened(settings_module.load(archive.root, environment={}, options=options)))
        accounts = stack.enter_context(closing(Accounts.open(folder)))
        made: list[AccountsSite] = []
        given = {"proxies": 1, "secret": b"of the tests".ljust(32), **house}
        app = app_of(
            House(
                storage=parts.storage,
                catalog=parts.catalog,
                index=parts.index,
                finder=parts.finder,
                accounts=accounts,
                clock=lambda: made[0].now,
                **given,  # type: ignore[arg-type]
            )
        )
        made.append(AccountsSite(app, accounts))
        yield made[0]


@pytest.fixture(scope="module")
def indexed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """The FILES of a module, by their ids, indexed."""
    archive = Archive(tmp_path_factory.mktemp("indexed"))
    for id, content in request.module.FILES.items():
        archive.put(id, content)
    archive.index()
    return archive


@pytest.fixture
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Archive:
    """One of its own for each test, which may write in it: the FILES of its module, indexed, or nothing."""
    if not hasattr(request.module, "FILES"):
        return Archive(tmp_path)
    shutil.copytree(request.getfixturevalue("indexed").root, tmp_path / "archive")
    return Archive(tmp_path / "archive")


@pytest.fixture
def site(archive: Archive, tmp_path: Path) -> Iterator[AccountsSite]:
    """The site over it, with a teacher of one of its communities."""
    with accounts_site(archive, tmp_path) as opened:
        opened.account("docent@example.org", "teacher", communities=["bim5"])
        yield opened


def token_of(answer: TestResponse) -> str:
    """What a page's form says to show that it is ours."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
    assert found, answer.text
    return found[1]


def sign_in(client: FlaskClient, email: str, password: str, **more: str) -> TestResponse:
    token = token_of(client.get("/login"))
    return client.post("/login", data={"email": email, "password": password, "csrf_token": token, **more})


LONG = " ".join(["Arbeidsongeschiktheidsverzekeringsmaatschappijgebouwrenovatie"] * 8)[:500]
RIGHT_TO_LEFT = "دراسة الواجهات \u202egnp.elif"
COMBINING = "Z\u0351\u036b\u0343a\u0321\u031blgo ve\u0301rslag"


@pytest.fixture(scope="session")
def awkward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    """Titles of 500 letters, none, from right to left; circles; things that some readers may not see."""
    archive = Archive(tmp_path_factory.mktemp("awkward"))
    put = archive.put
    put("network.toml", NETWORK)
    put("bim5/community.toml", 'name = { nl = "Bouw", en = "Building" }\n')
    put("bim5/agenda.toml", AGENDA)
    for id, record in PROJECTS.items():
        put(f"{id}/project.toml", record)
        put(f"{id}/verslag.txt", f"Het verslag van {id}: de gevel hangt.")
    put("bim5/losse map zonder jaar/nota.txt", "een gevel zonder jaar")
    put("bim5/2021/één los bestand.txt", "een los bestand over de gevel")
    put("leeg/community.toml", 'name = { nl = "Leeg" }\n')
    archive.index()
    with ExitStack() as stack:
        yield visiting(archive.documents, archive.var, stack)


NETWORK = """
[[organisation]]
slug = "bekend"
kind = "company"
name = "Bekend bv"
sector = "bouw"
[[organisation]]
slug = "verborgen"
kind = "company"
name = "Kanariebedrijf"
[[organisation]]
slug = "school-a"
kind = "school"
name = "School A"
[[theme]]
slug = "gevels"
nl = "gevels"
en = "façades"
"""

AGENDA = """
[[question]]
id = "q-1"
text = "Hoe hangt een gevel?"
themes = ["gevels"]
from = { organisation = "bekend", date = 2021-01-01 }
[[question]]
id = "q-2"
text = "Kanarievraag voor de community"
visibility = "community"
[[question]]
id = "q-3"
text = "Wie meet dat?"
[[question.event]]
date = 2021-09-14
state = "claimed"
project = "bim5/2021/geheim"
"""

PROJECTS = {
    "bim5/2019/eerste": """
title = "Eerste gevel"
visibility = "public"
status = "finished"
outcome = "De gevel hangt."
use = "Hang hem recht."
themes = ["gevels"]
continues = ["bim5/2020/tweede"]
[[team]]
name = "Naam Kanarie"
role = "student"
programme = "Bouwkunde"
institution = "school-a"
[[company]]
organisation = "bekend"
visibility = "public"
agreed = { date = 2021-01-01, by = "directie", up_to = "public" }
[[deliverable]]
file = "verslag.txt"
title = "Verslag met namen"
visibility = "public"
""",
    "bim5/2020/tweede": f"""
title = "{LONG}"
visibility = "public"
continues = ["bim5/2019/eerste", "bim5/2020/tweede"]
[[deliverable]]
file = "verslag.txt"
title = "{LONG}"
visibility = "public"
no_names = true
""",
    "bim5/2021/rechts": f"""
title = "{RIGHT_TO_LEFT}"
visibility = "public"
continues = ["bim5/2020/tweede", "bim5/2021/geheim"]
[[deliverable]]
file = "verslag.txt"
title = "{COMBINING}"
visibility = "public"
no_names = true
""".replace("\u202e", "\\u202e"),
    "bim5/2021/geheim": """
title = "Kanarieproject"
status = "finished"
outcome = "Kanarieuitkomst"
visibility = "confidential"
continues = ["bim5/2020/tweede"]
[[company]]
organisation = "verborgen"
[[deliverable]]
file = "verslag.txt"
title = "Kanarieverslag"
visibility = "confidential"
""",
}
