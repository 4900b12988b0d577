"""A provider of single sign-on, as OpenID Connect Core 1.0 has it: where to send a browser, and who came back.

Knows HTTP and tokens, not accounts. The code flow with PKCE (RFC 7636); only addresses of the provider's own origin are
asked for anything, and of each answer no more than a bound. Authlib is loaded when it is first needed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlencode, urlsplit

from archive.accounts.accounts import EMAIL_MAX, NAME_MAX
from archive.errors import AccessFailed, UsageError
from archive.settings import CLAIMS, Settings
from webui.accounts.one_origin import OneOrigin, ProviderAway

SECRET_VARIABLE = "ESTAFETTE_OIDC_SECRET"  # noqa: S105  # its name
TIMEOUT_S = 5.0  # for all that one page asks of the provider
AT_ONCE = 4  # of the server's eight threads: a provider that hangs leaves the others to who reads
TURN_S = 1.0
KNOWN_FOR_S = 3600.0  # the provider's own description and keys
LEEWAY_S = 60  # between its clock and ours
# Only signatures of a key pair: one with the shared secret could be made by whoever holds that (RFC 8725, 3.1).
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA"]
SUBJECT_MAX_CHARS = 255  # Core 1.0, section 2

# A provider calls people of a school so (eduPerson 202208, eduPersonAffiliation).
STUDENTS = frozenset({"student"})
TEACHERS = frozenset({"employee", "faculty", "staff"})


class AnswerRefused(AccessFailed):
    """What came back can't be believed: not from this provider, not for us, not now, or not for this request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who the provider says that somebody is. `verified`: it vouches for the address."""

    issuer: str
    subject: str
    email: str = ""
    verified: bool = False
    name: str = ""
    affiliations: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()

    @property
    def role(self) -> str | None:
        """Student or teacher, never more; None where the provider does not say."""
        if self.affiliations & TEACHERS:
            return "teacher"
        return "student" if self.affiliations & STUDENTS else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """What the provider tells of itself (OpenID Connect Discovery 1.0, section 3)."""

    issuer: str
    authorization: str
    token: str
    keys: str
    person: str | None
    sign_out: str | None
    tells_issuer: bool
    secret_in_form: bool


@dataclass(kw_only=True)
class Provider:
    """One provider, and this site as it knows it. Serves all threads."""

    issuer: str
    client_id: str
    secret: str = field(default="", repr=False)
    name: str = ""
    scopes: str = "openid email profile"
    organisations: tuple[str, ...] = ()
    makes_accounts: bool = False
    claims: Mapping[str, str] = field(default_factory=lambda: CLAIMS)
    timeout_s: float = TIMEOUT_S

    def __post_init__(self) -> None:
        self._home = urlsplit(self.issuer)
        self._turn = threading.BoundedSemaphore(AT_ONCE)
        self._known: tuple[float, Ways] | None = None
        self._keys: tuple[float, dict[str, Any]] | None = None

    def address(self, *, back: str, state: str, nonce: str, verifier: str) -> str:
        """Where a browser goes to sign in; it comes `back` with a code. Raises ProviderAway."""
        with self._asking() as ask:
            ways = self._ways(ask)
        url, _state = self._client(None, ways, back).create_authorization_url(
            ways.authorization, state=state, nonce=nonce, code_verifier=verifier
        )
        return str(url)

    def person(self, *, code: str, told: str | None, back: str, nonce: str, verifier: str, now: datetime) -> Person:
        """Who came back with this code; `told`: whom the answer says it is from (RFC 9207).

        Raises ProviderAway, AnswerRefused.
        """
        with self._asking() as ask:
            ways = self._ways(ask)
            if told != ways.issuer and (told is not None or ways.tells_issuer):
                raise AnswerRefused("the answer is from another provider")
            token = self._token(ask, ways, code=code, back=back, verifier=verifier)
            said = self._checked(ask, ways, token, nonce=nonce, now=now)
            more = self._more(ask, ways, token, str(said["sub"]))
        return _person({**more, **said}, issuer=ways.issuer, names=self.claims)

    def admits(self, person: Person) -> bool:
        """Whether it is a person of an organisation of the settings."""
        return not self.organisations or bool(person.organisations & {each.lower() for each in self.organisations})

    def sign_out_address(self, *, back: str) -> str | None:
        """Where a browser ends the provider's own session, when it offers that (RP-Initiated Logout 1.0).

        The ID token is no part of it, for that would have to be kept: the provider asks the person instead.
        """
        try:
            with self._asking() as ask:
                address = self._ways(ask).sign_out
        except ProviderAway:
            return None
        query = urlencode({"client_id": self.client_id, "post_logout_redirect_uri": back})
        return address and f"{address}{'&' if '?' in address else '?'}{query}"

    @contextmanager
    def _asking(self) -> Iterator[OneOrigin]:
        if not self._turn.acquire(timeout=TURN_S):
            raise ProviderAway(f"{self.issuer}: too many wait for an answer")
        try:
            yield OneOrigin(self._home, self.timeout_s)
        finally:
            self._turn.release()

    def _ways(self, ask: OneOrigin) -> Ways:
        if self._known is None or time.monotonic() > self._known[0]:
            told = ask.json(self.issuer.rstrip("/") + "/.well-known/openid-configuration")
            self._known = (time.monotonic() + KNOWN_FOR_S, _ways(told, self.issuer, ask.is_home))
        return self._known[1]

    def _client(self, ask: OneOrigin | None, ways: Ways, back: str) -> Any:
        from authlib.oauth2.client import OAuth2Client

        way = "client_secret_post" if ways.secret_in_form else "client_secret_basic"
        return OAuth2Client(
            ask,
            client_id=self.client_id,
            client_secret=self.secret,
            token_endpoint_auth_method=way if self.secret else "none",
            scope=self.scopes,
            redirect_uri=back,
            code_challenge_method="S256",
        )

    def _token(self, ask: OneOrigin, ways: Ways, *, code: str, back: str, verifier: str) -> Mapping[str, Any]:
        from authlib.common.errors import AuthlibBaseError

        client = self._client(ask, ways, back)
        try:
            token: Mapping[str, Any] = client.fetch_token(
                ways.token, grant_type="authorization_code", code=code, code_verifier=verifier
            )
        except AuthlibBaseError as error:  # a code that was used, is too old, or was never given
            raise AnswerRefused(f"the provider takes the code no longer: {error.error!r:.80}") from error
        except (ValueError, TypeError) as error:
            raise ProviderAway("the provider's token makes no sense") from error
        if not isinstance(token.get("id_token"), str):
            raise AnswerRefused("the provider's answer has no ID token")
        return token

    def _checked(
        self, ask: OneOrigin, ways: Ways, token: Mapping[str, Any], *, nonce: str, now: datetime
    ) -> Mapping[str, Any]:
        """The ID token's claims, its signature and all that Core 1.0, 3.1.3.7 asks of it checked."""
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import InvalidKeyIdError, JoseError
        from joserfc.jwk import KeySet

        def decoded(fresh: bool) -> jwt.Token:
            keys = KeySet.import_key_set(self._key_set(ask, ways, fresh=fresh))  # type: ignore[arg-type]
            return jwt.decode(token["id_token"], keys, algorithms=ALGORITHMS)

        try:
            try:
                read = decoded(fresh=False)
            except InvalidKeyIdError:  # the provider has a new key
                read = decoded(fresh=True)
            said = CodeIDToken(
                read.claims,
                read.header,
                options={
                    "iss": {"essential": True, "value": ways.issuer},
                    "aud": {"essential": True, "value": self.client_id},
                },
                params={"nonce": nonce, "client_id": self.client_id, "access_token": token.get("access_token")},
            )
            said.validate(now=int(now.timestamp()), leeway=LEEWAY_S)
        except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise AnswerRefused(f"the ID token can't be believed: {type(error).__name__} {_claim(error)}") from error
        if not isinstance(said["sub"], str) or not 0 < len(said["sub"]) <= SUBJECT_MAX_CHARS:
            raise AnswerRefused("the ID token names nobody")
        return dict(said)

    def _key_set(self, ask: OneOrigin, ways: Ways, *, fresh: bool) -> dict[str, Any]:
        if fresh or self._keys is None or time.monotonic() > self._keys[0]:
            self._keys = (time.monotonic() + KNOWN_FOR_S, ask.json(ways.keys))
        return self._keys[1]

    def _more(self, ask: OneOrigin, ways: Ways, token: Mapping[str, Any], subject: str) -> Mapping[str, Any]:
        """What the provider tells apart from the token: with most, the address and the name (Core 1.0, 5.3)."""
        access = token.get("access_token")
        if ways.person is None or not isinstance(access, str) or not access.isprintable():
            return {}
        told = ask.json(ways.person, {"Authorization": f"Bearer {access}"})
        if told.get("sub") != subject:
            raise AnswerRefused("what was told is of somebody else")
        return told


def provider(settings: Settings, secret: str) -> Provider | None:
    """The provider of the settings; None where they name none. Raises UsageError when something lacks."""
    if not settings.oidc_issuer:
        return None
    if not settings.oidc_client_id:
        raise UsageError("oidc_issuer is set and oidc_client_id is not: single sign-on needs both")
    if find_spec("authlib") is None:
        raise UsageError("oidc_issuer is set; single sign-on needs Authlib: pip install 'estafette[oidc]'")
    if settings.oidc_secret_file is not None and not secret:
        try:
            secret = settings.oidc_secret_file.read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            raise UsageError(f"oidc_secret_file can't be read: {settings.oidc_secret_file}") from error
    return Provider(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        secret=secret,
        name=settings.oidc_name,
        scopes=settings.oidc_scopes,
        organisations=settings.oidc_organisations,
        makes_accounts=settings.oidc_makes_accounts,
        claims=settings.oidc_claims,
    )


def _ways(told: Mapping[str, Any], issuer: str, is_home: Callable[[object], bool]) -> Ways:
    """The provider's description, checked. Raises ProviderAway when it is of another or leads elsewhere."""
    if not isinstance(told.get("issuer"), str) or told["issuer"].rstrip("/") != issuer.rstrip("/"):
        raise ProviderAway("the provider calls itself otherwise than oidc_issuer does")
    for key in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not is_home(told.get(key)):
            raise ProviderAway(f"the provider's {key} lies elsewhere, or nowhere")
    ways = told.get("token_endpoint_auth_methods_supported")
    return Ways(
        issuer=told["issuer"],
        authorization=told["authorization_endpoint"],
        token=told["token_endpoint"],
        keys=told["jwks_uri"],
        person=told["userinfo_endpoint"] if is_home(told.get("userinfo_endpoint")) else None,
        sign_out=told["end_session_endpoint"] if is_home(told.get("end_session_endpoint")) else None,
        tells_issuer=told.get("authorization_response_iss_parameter_supported") is True,
        secret_in_form=isinstance(ways, list) and "client_secret_basic" not in ways and "client_secret_post" in ways,
    )


def _person(told: Mapping[str, Any], *, issuer: str, names: Mapping[str, str]) -> Person:
    """
    >>> said = {"sub": "7", "email": "Sam@Example.org", "email_verified": True, "eduperson_affiliation": ["Student"]}
    >>> sam = _person(said, issuer="https://connect.example.org", names=CLAIMS)
    >>> sam.email, sam.verified, sam.role
    ('Sam@Example.org', True, 'student')
    """
    verified, email = names["verified"], _text(told.get(names["email"]))
    return Person(
        issuer=issuer,
        subject=str(told["sub"]),
        email=email if len(email) <= EMAIL_MAX else "",
        # No claim named: the settings say that this provider vouches for every address.
        verified=not verified or told.get(verified) in (True, "true"),
        name="".join(filter(str.isprintable, _text(told.get(names["name"]))))[:NAME_MAX],
        affiliations=frozenset(each.partition("@")[0] for each in _texts(told.get(names["affiliation"]))),
        organisations=_texts(told.get(names["organisation"])),
    )


def _text(value: object) -> str:
    first = value[0] if isinstance(value, list) and value else value
    return first.strip() if isinstance(first, str) else ""


def _texts(value: object) -> frozenset[str]:
    """A claim that may have more than one value, in small letters."""
    values = value if isinstance(value, list) else [value]
    return frozenset(each.strip().lower() for each in values if isinstance(each, str) and each.strip())


def _claim(error: Exception) -> str:
    """Which claim it is about; never its value."""
    return str(getattr(error, "claim", "") or "")
