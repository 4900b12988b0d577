"""A provider of single sign-on on the loopback address that a test may let go wrong in any way.

What a real one does is tested with `oidc-provider`; this one does what a real one never should.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "estafette", "geheim van de client"
KEY = RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"})
NEXT_KEY = RSAKey.generate_key(2048, {"kid": "2", "use": "sig", "alg": "RS256"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"})


class ProviderStub(ThreadingHTTPServer):
    """Gives a code to whoever asks; `claims`, `told`, `answers` and `key` change what comes of it."""

    daemon_threads = True

    def __init__(self, now: datetime) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.now = now
        self.person: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}  # of the ID token, over the right ones; None leaves one out
        self.discovery: dict[str, Any] = {}
        self.answers: dict[str, tuple[int, bytes]] = {}  # by path, instead of the right one
        self.key: RSAKey | OctKey = KEY
        self.algorithm = "RS256"
        self.published = [KEY]
        self.asked: list[str] = []
        self.hangs = threading.Event()  # set: an answer begins and does not end
        self.closing = threading.Event()
        self._codes: dict[str, tuple[str, str]] = {}

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def sign_in(self, address: str, **person: Any) -> str:
        """What a browser does that is sent here: the query with which it is sent back."""
        asked = {key: values[0] for key, values in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
        assert asked["client_id"] == CLIENT and "openid" in asked["scope"].split()
        self.person = {"sub": "7", "email": "student@example.org", "email_verified": True, "name": "Sam", **person}
        code = f"code-{len(self._codes)}"
        self._codes[code] = (asked["nonce"], asked["code_challenge"])
        return f"?code={code}&state={asked['state']}&iss={self.issuer}"

    def token(self, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        nonce, challenge = self._codes.pop(form.get("code", ""), ("", ""))
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != challenge:
            return 400, {"error": "invalid_grant"}
        at = int(self.now.timestamp())
        claims = {"iss": self.issuer, "sub": "7", "aud": CLIENT, "iat": at, "exp": at + 300, "nonce": nonce}
        claims = {key: value for key, value in {**claims, **self.claims}.items() if value is not None}
        header = {"alg": self.algorithm, "kid": self.key.kid or "1"}
        signed = jwt.encode(header, claims, self.key, algorithms=[self.algorithm])
        return 200, {"access_token": "toegang", "token_type": "Bearer", "id_token": signed}


class _Answering(BaseHTTPRequestHandler):
    server: ProviderStub

    def do_GET(self) -> None:
        at = self.server.issuer
        pages: dict[str, dict[str, Any]] = {
            "/.well-known/openid-configuration": {
                "issuer": at,
                "authorization_endpoint": f"{at}/auth",
                "token_endpoint": f"{at}/token",
                "jwks_uri": f"{at}/keys",
                "userinfo_endpoint": f"{at}/me",
                "authorization_response_iss_parameter_supported": True,
                **self.server.discovery,
            },
            "/keys": {"keys": [each.as_dict(private=False) for each in self.server.published]},
            "/me": self.server.person if self.headers.get("Authorization") == "Bearer toegang" else {},
        }
        self._answer(200, pages.get(self.path, {}))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {key: values[0] for key, values in parse_qs(body).items()}
        basic = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if self.headers.get("Authorization") != basic:
            self._answer(401, {"error": "invalid_client"})
            return
        self._answer(*self.server.token(form))

    def _answer(self, status: int, said: dict[str, Any]) -> None:
        self.server.asked.append(self.path)
        content = json.dumps(said).encode()
        status, content = self.server.answers.get(self.path, (status, content))
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", content.decode())
        self.send_header("Content-Length", str(len(content) + self.server.hangs.is_set()))
        self.end_headers()
        self.wfile.write(content)
        while self.server.hangs.is_set() and not self.server.closing.wait(0.02):
            self.wfile.flush()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def provider_stub(now: datetime) -> Iterator[ProviderStub]:
    with ProviderStub(now) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            server.shutdown()
            thread.join()
