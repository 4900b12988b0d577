"""Single sign-on: whose account it opens, and what no answer of a provider opens."""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from joserfc.jwk import OctKey
from lxml import html
from werkzeug.test import TestResponse

from archive.accounts.identities import Identities
from archive.errors import UsageError
from archive.settings import CLAIMS, Settings
from tests.conftest import Archive, free_port
from tests.web.conftest import PASSWORD, SIGNED_IN_AT, AccountsSite, accounts_site, sign_in, token_of
from tests.web.openid_stub import CLIENT, NEXT_KEY, OTHER_KEY, SECRET, ProviderStub, provider_stub
from tests.web.smtp_stub import mail_stub
from webui.accounts import openid
from webui.accounts.mail import MailServer, Outbox
from webui.accounts.openid import Provider

GEVELS = 'title = "Gevels op maat"\nends = 2022-01-28\nvisibility = "campus"\n'
FILES = {"bim5/2021/gevels/project.toml": GEVELS}
SAYS_NOT_TRUSTED = "Het antwoord van je school klopt niet"
SAYS_AWAY = "doet het nu niet"
SAYS_NO_ACCOUNT = "geen open account voor je"


@pytest.fixture
def stub() -> Iterator[ProviderStub]:
    with provider_stub(SIGNED_IN_AT) as server:
        yield server


def provider_of(stub: ProviderStub, **more: Any) -> Provider:
    return Provider(issuer=stub.issuer, client_id=CLIENT, secret=SECRET, timeout_s=2.0, **more)


@contextmanager
def school_site(archive: Archive, folder: Path, stub: ProviderStub, **more: Any) -> Iterator[AccountsSite]:
    with accounts_site(archive, folder, provider=provider_of(stub, **more)) as opened:
        opened.account("docent@example.org", "teacher", communities=["bim5"])
        yield opened


@pytest.fixture
def site(archive: Archive, tmp_path: Path, stub: ProviderStub) -> Iterator[AccountsSite]:
    with school_site(archive, tmp_path, stub) as opened:
        yield opened


def leave(client: FlaskClient, onward: str = "") -> str:
    """The address that a browser is sent to."""
    answer = client.get("/login/school", query_string={"next": onward})
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def come(client: FlaskClient, stub: ProviderStub, onward: str = "", **person: Any) -> TestResponse:
    """Go to the provider, sign in there, come back."""
    return client.get("/login/school/back" + stub.sign_in(leave(client, onward), **person))


def alert(answer: TestResponse) -> str:
    return str(html.fromstring(answer.text).xpath("string(//*[@role='alert'])"))


def signed_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def join_path(site: AccountsSite, people: int = 2) -> str:
    """A team's link, as its teacher gets it."""
    teacher = site.signed_in("docent@example.org")
    given = {"project": "bim5/2021/gevels", "until": "2021-09-28", "people": str(people)}
    made = teacher.post("/teams", data={**given, "csrf_token": token_of(teacher.get("/teams"))})
    (address,) = html.fromstring(teacher.get(made.location).text).xpath("//*[@id='adres']/text()")
    return urlsplit(str(address)).path


def team(archive: Archive) -> list[dict[str, Any]]:
    record = tomllib.loads((archive.documents / "bim5/2021/gevels/project.toml").read_text())
    return list(record.get("team", []))


def press_join(client: FlaskClient, path: str, **form: str) -> TestResponse:
    page = client.get(path)
    return client.post(path, data={"name": "Sam Student", "named": "yes", "csrf_token": token_of(page), **form})


def test_who_has_an_account_signs_in_and_is_back_at_the_page_that_asked(site: AccountsSite, stub: ProviderStub) -> None:
    mine, client = site.account(), site.app.test_client()
    assert "/login/school?next=/search" in client.get("/login?next=/search").text
    answer = come(client, stub, "/search?q=gevel", email="Student@Example.org")
    assert (answer.status_code, answer.location) == (303, "/search?q=gevel")
    assert signed_in(client)
    (kept,) = Identities(site.accounts.file).of([mine.id])
    assert (kept.issuer, kept.subject) == (stub.issuer, "7")


def test_from_then_on_the_address_says_nothing(site: AccountsSite, stub: ProviderStub) -> None:
    """A school gives the address of who left to somebody else."""
    site.account()
    come(site.app.test_client(), stub)
    renamed = site.app.test_client()
    come(renamed, stub, email="sam.anders@example.org", email_verified=False)
    assert signed_in(renamed), "the same person, with another address"
    stub.claims = {"sub": "8"}
    newcomer = site.app.test_client()
    answer = come(newcomer, stub, sub="8")
    assert answer.status_code == 403 and "een ander schoolaccount" in alert(answer)
    assert not signed_in(newcomer)


def test_an_account_can_be_linked_anew(site: AccountsSite, stub: ProviderStub) -> None:
    mine, client = site.account(), site.app.test_client()
    come(client, stub)
    assert Identities(site.accounts.file).unlink(mine.id, now=SIGNED_IN_AT, by="test") == 1
    assert not signed_in(client)
    stub.claims = {"sub": "8"}
    come(client, stub, sub="8")
    assert signed_in(client)


@pytest.mark.parametrize("verified", [False, None, "false", 0])
def test_an_address_that_the_school_does_not_vouch_for_opens_nothing(
    site: AccountsSite, stub: ProviderStub, verified: object
) -> None:
    mine, client = site.account(), site.app.test_client()
    answer = come(client, stub, email_verified=verified)
    assert answer.status_code == 403 and "staat niet in voor je e-mailadres" in alert(answer)
    assert not signed_in(client) and Identities(site.accounts.file).of([mine.id]) == ()


def test_a_closed_an_ended_and_no_account_get_the_same_answer(site: AccountsSite, stub: ProviderStub) -> None:
    closed = site.account("dicht@example.org")
    site.accounts.change(closed.id, disabled=True, now=SIGNED_IN_AT, by="test")
    site.account("voorbij@example.org", ends=SIGNED_IN_AT.date() - timedelta(days=1))
    pages = []
    for email in ("dicht@example.org", "voorbij@example.org", "niemand@example.org"):
        client = site.app.test_client()
        answer = come(client, stub, email=email)
        pages.append((answer.status_code, html.fromstring(answer.text).xpath("string(//main)")))
        assert not signed_in(client)
    assert len(set(pages)) == 1 and SAYS_NO_ACCOUNT in pages[0][1]


@pytest.mark.parametrize(
    ("affiliation", "role"),
    [(["student", "member"], "student"), ("employee", "teacher"), (["Faculty@school.example"], "teacher"), ([], None)],
)
def test_an_account_is_made_where_the_settings_say_so(
    archive: Archive, tmp_path: Path, stub: ProviderStub, affiliation: object, role: str | None
) -> None:
    with school_site(archive, tmp_path, stub, makes_accounts=True) as site:
        client = site.app.test_client()
        answer = come(client, stub, email="nieuw@example.org", name="N. Ieuw", eduperson_affiliation=affiliation)
        made = site.accounts.by_email("nieuw@example.org")
        assert signed_in(client) == (role is not None) == (made is not None)
        if made is None:
            assert SAYS_NO_ACCOUNT in alert(answer)
        else:
            assert (made.role, made.name, made.communities) == (role, "N. Ieuw", ())


def test_only_people_of_the_schools_of_the_settings_come_in(
    archive: Archive, tmp_path: Path, stub: ProviderStub
) -> None:
    with school_site(archive, tmp_path, stub, organisations=("school.example",)) as site:
        site.account()
        for organisation in ("elders.example", None):
            client = site.app.test_client()
            answer = come(client, stub, schac_home_organization=organisation)
            assert "Je school doet hier niet mee" in alert(answer) and not signed_in(client)
        come(client, stub, schac_home_organization="School.example")
        assert signed_in(client)


def test_claims_are_called_as_the_settings_say(archive: Archive, tmp_path: Path, stub: ProviderStub) -> None:
    with school_site(archive, tmp_path, stub, claims={**CLAIMS, "email": "mail", "verified": ""}) as site:
        site.account()
        client = site.app.test_client()
        come(client, stub, email="niemand@example.org", mail=["student@example.org"], email_verified=None)
        assert signed_in(client)


def test_a_join_link_makes_an_account_for_who_has_none(
    site: AccountsSite, archive: Archive, stub: ProviderStub
) -> None:
    path, phone = join_path(site), site.app.test_client()
    assert f"/login/school?next={path}" in phone.get(path).text
    assert come(phone, stub, path, email="sam@example.org").location == path
    assert site.accounts.by_email("sam@example.org") is None, "the form asks first"
    assert "sam@example.org" in phone.get(path).text
    assert press_join(phone, path).location == "/welcome"
    made = site.accounts.by_email("sam@example.org")
    assert made is not None
    assert (made.role, made.communities, made.has_password) == ("student", ("bim5",), False)
    assert str(made.ends) == "2022-07-28"
    assert team(archive)[-1]["account"] == "sam@example.org"
    assert team(archive)[-1]["consent"][0]["for"] == "name"
    later = site.app.test_client()
    come(later, stub, email="sam@example.org")
    assert signed_in(later)


def test_a_join_link_brings_back_an_account_that_has_ended(
    site: AccountsSite, archive: Archive, stub: ProviderStub
) -> None:
    site.account("sam@example.org", ends=SIGNED_IN_AT.date() - timedelta(days=1))
    path, client = join_path(site), site.app.test_client()
    come(client, stub, path, email="sam@example.org")
    assert press_join(client, path).status_code == 303 and signed_in(client)
    assert team(archive)[-1]["account"] == "sam@example.org"


def test_a_join_link_opens_no_closed_account(site: AccountsSite, archive: Archive, stub: ProviderStub) -> None:
    closed = site.account("sam@example.org")
    site.accounts.change(closed.id, disabled=True, now=SIGNED_IN_AT, by="test")
    path, client = join_path(site), site.app.test_client()
    assert SAYS_NO_ACCOUNT in alert(come(client, stub, path, email="sam@example.org"))
    assert team(archive) == []


def test_the_next_at_a_shared_computer_joins_as_nobody_else(
    site: AccountsSite, archive: Archive, stub: ProviderStub
) -> None:
    path, client = join_path(site), site.app.test_client()
    come(client, stub, path, email="sam@example.org")
    token = token_of(client.get(path))
    assert client.post("/login/school/other", data={"next": path, "csrf_token": token}).location == path
    assert "sam@example.org" not in client.get(path).text
    come(client, stub, path, email="sam@example.org")
    site.now += timedelta(hours=2)
    assert "sam@example.org" not in client.get(path).text, "nor after a while"


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "van een ander"},
        {"nonce": None},
        {"iss": "https://elders.example"},
        {"aud": "een-andere-site"},
        {"aud": "een-andere-site", "azp": CLIENT},
        {"aud": [CLIENT, "een-andere-site"], "azp": "een-andere-site"},
        {"exp": int(SIGNED_IN_AT.timestamp()) - 600},
        {"exp": None},
        {"iat": int(SIGNED_IN_AT.timestamp()) + 6000},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 300},
        {"sub": "niet wie /me noemt"},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_this_request_opens_nothing(
    site: AccountsSite, stub: ProviderStub, claims: dict[str, object]
) -> None:
    site.account()
    client = site.app.test_client()
    stub.claims = claims
    answer = come(client, stub)
    assert answer.status_code == 400 and SAYS_NOT_TRUSTED in alert(answer)
    assert not signed_in(client)
    stub.claims = {}
    come(client, stub)
    assert signed_in(client), "nothing was lost by it"


def test_a_token_for_more_than_one_site_is_good_when_it_was_given_to_this_one(
    site: AccountsSite, stub: ProviderStub
) -> None:
    site.account()
    client = site.app.test_client()
    stub.claims = {"aud": [CLIENT, "een-andere-site"], "azp": CLIENT}
    come(client, stub)
    assert signed_in(client)


def test_a_new_key_of_the_provider_is_fetched(site: AccountsSite, stub: ProviderStub) -> None:
    """The keys are remembered for an hour; a provider that changes them signs with the new one at once."""
    site.account()
    come(site.app.test_client(), stub)
    stub.key, stub.published = NEXT_KEY, [NEXT_KEY]
    client = site.app.test_client()
    come(client, stub)
    assert signed_in(client) and stub.asked.count("/keys") == 2


@pytest.mark.parametrize(("key", "algorithm"), [(OTHER_KEY, "RS256"), (OctKey.import_key(SECRET), "HS256")])
def test_a_token_that_another_key_signed_opens_nothing(
    site: AccountsSite, stub: ProviderStub, key: Any, algorithm: str
) -> None:
    site.account()
    client = site.app.test_client()
    stub.key, stub.algorithm = key, algorithm
    answer = come(client, stub)
    assert answer.status_code == 400 and SAYS_NOT_TRUSTED in alert(answer) and not signed_in(client)


def test_an_answer_is_good_once_and_only_in_the_browser_that_asked(site: AccountsSite, stub: ProviderStub) -> None:
    site.account()
    client, other = site.app.test_client(), site.app.test_client()
    back = "/login/school/back" + stub.sign_in(leave(client))
    for answer in (other.get(back), other.get("/login/school/back"), client.get("/login/school/back?state=verzonnen")):
        assert answer.status_code == 400 and "al gebruikt, of duurde te lang" in alert(answer)
    assert not signed_in(other)
    assert client.get(back).status_code == 303
    assert client.get(back).status_code == 400
    assert signed_in(client), "a replay signs nobody out either"


def test_a_code_of_another_browser_is_worth_nothing_with_a_state_of_ones_own(
    site: AccountsSite, stub: ProviderStub
) -> None:
    """Without PKCE and the nonce somebody could be signed in to another's account unseen."""
    site.account()
    theirs = stub.sign_in(leave(site.app.test_client()))
    client = site.app.test_client()
    mine = stub.sign_in(leave(client))
    mixed = theirs.split("&state=")[0] + "&state=" + mine.split("&state=")[1]
    answer = client.get("/login/school/back" + mixed)
    assert answer.status_code == 400 and SAYS_NOT_TRUSTED in alert(answer) and not signed_in(client)


def test_an_answer_of_another_provider_is_refused(site: AccountsSite, stub: ProviderStub) -> None:
    site.account()
    for changed in ("&iss=https://elders.example", ""):
        client = site.app.test_client()
        query = stub.sign_in(leave(client)).split("&iss=")[0] + changed
        answer = client.get("/login/school/back" + query)
        assert answer.status_code == 400 and SAYS_NOT_TRUSTED in alert(answer) and not signed_in(client)


def test_who_takes_too_long_or_stops_begins_again(site: AccountsSite, stub: ProviderStub) -> None:
    site.account()
    client = site.app.test_client()
    late = stub.sign_in(leave(client, "/agenda"))
    site.now += timedelta(minutes=30)
    assert "duurde te lang" in alert(client.get("/login/school/back" + late))
    state = stub.sign_in(leave(client, "/agenda")).split("&state=")[1]
    stopped = client.get(f"/login/school/back?error=access_denied&state={state}")
    assert stopped.status_code == 400 and "Het aanmelden is gestopt" in alert(stopped)
    assert "/login/school?next=/agenda" in stopped.text, "where one was is not lost"


def test_three_tabs_may_be_on_the_way_at_once(site: AccountsSite, stub: ProviderStub) -> None:
    site.account()
    client = site.app.test_client()
    ways = []
    for number in range(4):
        site.now += timedelta(seconds=1)
        ways.append(stub.sign_in(leave(client, f"/search?q={number}")))
    assert client.get("/login/school/back" + ways[0]).status_code == 400
    assert client.get("/login/school/back" + ways[1]).location == "/search?q=1"


@pytest.mark.parametrize(
    "onward", ["https://kwaad.example/", "//kwaad.example", "/\\kwaad.example", "javascript:alert(1)", "/" + "x" * 500]
)
def test_nobody_is_sent_on_to_another_site(site: AccountsSite, stub: ProviderStub, onward: str) -> None:
    site.account()
    assert come(site.app.test_client(), stub, onward).location == "/"


def test_signing_in_leaves_nothing_of_the_session_before_it(site: AccountsSite, stub: ProviderStub) -> None:
    site.account()
    client = site.app.test_client()
    token = token_of(client.get("/login"))
    come(client, stub)
    assert client.post("/logout", data={"csrf_token": token}).status_code == 400


NONSENSE = {
    "discovery": ("/.well-known/openid-configuration", b"<h1>Onderhoud</h1>"),
    "a list": ("/.well-known/openid-configuration", b"[]"),
    "deep": ("/.well-known/openid-configuration", b"[" * 50_000),
    "endless": ("/.well-known/openid-configuration", b" " * (2 << 20)),
}


@pytest.mark.parametrize(("path", "content"), NONSENSE.values(), ids=NONSENSE)
def test_a_provider_that_talks_nonsense_gets_a_sentence(
    site: AccountsSite, stub: ProviderStub, path: str, content: bytes
) -> None:
    stub.answers[path] = (200, content)
    answer = site.app.test_client().get("/login/school?next=/agenda")
    assert answer.status_code == 503 and SAYS_AWAY in alert(answer)
    assert "next=/agenda" in answer.text


@pytest.mark.parametrize("path", ["/token", "/keys", "/me"])
@pytest.mark.parametrize("answer", [(500, b"{}"), (200, b"nee"), (200, b"[]"), (302, b"http://127.0.0.1/elders")])
def test_a_provider_that_fails_on_the_way_back_signs_nobody_in(
    site: AccountsSite, stub: ProviderStub, path: str, answer: tuple[int, bytes]
) -> None:
    site.account()
    client = site.app.test_client()
    stub.answers[path] = answer
    page = come(client, stub)
    assert page.status_code in (400, 503) and alert(page) and not signed_in(client)


def test_a_provider_that_is_away_is_told_and_the_password_still_works(
    archive: Archive, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    nobody = Provider(issuer=f"http://127.0.0.1:{free_port()}", client_id=CLIENT)
    with accounts_site(archive, tmp_path, provider=nobody) as site, caplog.at_level(logging.WARNING):
        site.account()
        client = site.app.test_client()
        answer = client.get("/login/school")
        assert answer.status_code == 503 and SAYS_AWAY in alert(answer)
        assert "connection refused" in caplog.text
        assert sign_in(client, "student@example.org", PASSWORD).status_code == 303


def test_a_provider_that_hangs_is_given_up_in_time(archive: Archive, tmp_path: Path, stub: ProviderStub) -> None:
    stub.hangs.set()
    slow = Provider(issuer=stub.issuer, client_id=CLIENT, timeout_s=0.2)
    with accounts_site(archive, tmp_path, provider=slow) as site:
        answer = site.app.test_client().get("/login/school")
        assert answer.status_code == 503 and SAYS_AWAY in alert(answer)


@pytest.mark.parametrize("key", ["authorization_endpoint", "token_endpoint", "jwks_uri", "issuer"])
@pytest.mark.parametrize("value", ["http://127.0.0.1:9/x", "http://[", "https://elders.example", 7, None])
def test_only_the_providers_own_addresses_are_asked(
    site: AccountsSite, stub: ProviderStub, key: str, value: object
) -> None:
    stub.discovery = {key: value}
    answer = site.app.test_client().get("/login/school")
    assert answer.status_code == 503 and SAYS_AWAY in alert(answer)
    assert stub.asked == ["/.well-known/openid-configuration"]


def test_what_lies_elsewhere_and_is_not_needed_is_left_out(site: AccountsSite, stub: ProviderStub) -> None:
    stub.discovery = {
        "userinfo_endpoint": "https://elders.example/me",
        "end_session_endpoint": "https://elders.example/",
    }
    stub.claims = {"email": "student@example.org", "email_verified": True}
    site.account()
    client = site.app.test_client()
    come(client, stub)
    assert signed_in(client) and "/me" not in stub.asked
    gone = client.post("/logout", data={"csrf_token": token_of(client.get("/account"))})
    assert client.get(gone.location).location == "/"


def test_signing_out_offers_to_sign_out_at_school_too(site: AccountsSite, stub: ProviderStub) -> None:
    stub.discovery = {"end_session_endpoint": f"{stub.issuer}/out"}
    site.account()
    client = site.app.test_client()
    come(client, stub)
    answer = client.post("/logout", data={"csrf_token": token_of(client.get("/account"))}, follow_redirects=True)
    (address,) = html.fromstring(answer.text).xpath("//main//a[@class='button']/@href")
    assert address.startswith(f"{stub.issuer}/out?client_id={CLIENT}&post_logout_redirect_uri=http")
    assert not signed_in(client)
    sign_in(client, "student@example.org", PASSWORD)
    gone = client.post("/logout", data={"csrf_token": token_of(client.get("/account"))})
    assert gone.location == "/", "who came by a password is not sent to school"


def test_nothing_of_a_person_gets_into_the_log(
    site: AccountsSite, stub: ProviderStub, caplog: pytest.LogCaptureFixture
) -> None:
    site.account()
    with caplog.at_level(logging.DEBUG):
        come(site.app.test_client(), stub)
        come(site.app.test_client(), stub, email="niemand@example.org")
        stub.claims = {"nonce": "anders", "email": "student@example.org"}
        come(site.app.test_client(), stub)
        stub.answers["/me"] = (500, b"student@example.org")
        come(site.app.test_client(), stub)
    assert "single sign-on" in caplog.text
    assert "example.org" not in caplog.text and "code-" not in caplog.text


def test_who_had_a_password_hears_of_the_new_way_in(archive: Archive, tmp_path: Path, stub: ProviderStub) -> None:
    with mail_stub() as mails:
        server = MailServer(host="127.0.0.1", port=mails.port, sender="a@example.org", site="https://a", starttls=False)
        outbox = Outbox()
        with accounts_site(archive, tmp_path, provider=provider_of(stub), mail=server, outbox=outbox) as site:
            site.account()
            for _ in range(2):
                come(site.app.test_client(), stub)
            outbox.wait()
        assert [to for to, _mail in mails.taken] == ["student@example.org"]
        assert "schoolaccount" in mails.taken[0][1].get_content()


def test_without_a_provider_there_is_nothing_of_it(archive: Archive, tmp_path: Path) -> None:
    with accounts_site(archive, tmp_path) as site:
        client = site.app.test_client()
        assert "/login/school" not in client.get("/login").text
        assert [client.get(f"/login/school{end}").status_code for end in ("", "/back", "/out")] == [404] * 3


def test_the_settings_make_a_provider_or_say_what_lacks(tmp_path: Path) -> None:
    def settings(**given: Any) -> Settings:
        return Settings(documents=tmp_path, var=tmp_path, **given)

    assert openid.provider(settings(), SECRET) is None
    with pytest.raises(UsageError, match="oidc_client_id is not"):
        openid.provider(settings(oidc_issuer="https://school.example"), SECRET)
    with pytest.raises(UsageError, match="can't be read"):
        openid.provider(
            settings(oidc_issuer="https://school.example", oidc_client_id="a", oidc_secret_file=tmp_path / "geen"), ""
        )
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    made = openid.provider(
        settings(oidc_issuer="https://school.example", oidc_client_id="a", oidc_secret_file=tmp_path / "secret"), ""
    )
    assert made is not None and made.secret == SECRET and SECRET not in repr(made)
