"""Somebody who hands in over HTTP, as a browser with scripts does: for what is measured, and for the tests of it."""

from __future__ import annotations

import hashlib
import http.client
import itertools
import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

CHUNK_BYTES = 4 << 20  # as the page's own script sends them
READ_WITHIN_S = 60.0
LOOK_EVERY_S = 0.02
SHOWN = {"project": "", "community": "", "title": "", "year": "", "level": "", "embargo": ""}


class Unanswered(Exception):
    """The site answered otherwise than was to be expected."""


class Depositor:
    """An account that is signed in, for as long as the `with` lasts. One connection, made anew when it is lost."""

    def __init__(self, port: int, email: str, password: str) -> None:
        self._port, self._cookies = port, dict[str, str]()
        self._connection: http.client.HTTPConnection | None = None
        token = self._token("/login")
        form = {"email": email, "password": password, "csrf_token": token}
        if self.post("/login", form)[0] != 303:
            raise Unanswered("signing in")
        self._csrf = self._token("/account")

    def __enter__(self) -> Depositor:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._connection is not None:
            self._connection.close()

    @property
    def cookie(self) -> str:
        """What a browser sends with each request."""
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def hand_in(
        self, files: Mapping[str, bytes | Path], *, community: str, title: str, level: str = "confidential"
    ) -> str:
        """Hand files in as a new project; the draft's id, once the site said that they were received."""
        id = self.make_draft(files)
        self.wait_until_read(id)
        if not self.send(id, community=community, title=title, level=level):
            raise Unanswered("sending")
        return id

    def make_draft(self, files: Mapping[str, bytes | Path]) -> str:
        """A draft with all files in it, whole."""
        id = str(self._json("POST", "/deposit/drafts", {})["id"])
        for path, content in files.items():
            self.upload(id, path, content)
        return id

    def make_draft_by_form(self, file: Path) -> str:
        """The same with a plain form, as a browser without scripts sends it."""
        edge = "een-rand-tussen-twee-velden"
        field = f'--{edge}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{self._csrf}\r\n'
        head = (
            f'{field}--{edge}\r\nContent-Disposition: form-data; name="files"; filename="{file.name}"\r\n\r\n'.encode()
        )
        tail = f"\r\n--{edge}--\r\n".encode()
        length = len(head) + file.stat().st_size + len(tail)
        headers = {"Content-Type": f"multipart/form-data; boundary={edge}", "Content-Length": str(length)}
        status, found, _body = self._ask(
            "POST", "/deposit/drafts", itertools.chain([head], _pieces(file), [tail]), headers
        )
        if status != 303:
            raise Unanswered(f"the form with {file.name}: {status}")
        return found["location"].rpartition("/")[2]

    def upload(self, id: str, path: str, content: bytes | Path) -> None:
        """Send a file in pieces, and have it compared."""
        size = len(content) if isinstance(content, bytes) else content.stat().st_size
        key = self._json("POST", f"/deposit/{id}/files", {"path": path, "size": size})["key"]
        digest = hashlib.sha256()
        offset = 0
        for piece in _pieces(content):
            digest.update(piece)
            status, _headers, body = self._ask("PUT", f"/deposit/{id}/files/{key}?offset={offset}", piece)
            offset += len(piece)
            if status != 200 or json.loads(body)["received"] != offset:
                raise Unanswered(f"a piece of {path}: {status}")
        self._json("POST", f"/deposit/{id}/files/{key}/finish", {"sha256": digest.hexdigest()})

    def wait_until_read(self, id: str) -> None:
        """Until the site has read what was dropped."""
        end = time.monotonic() + READ_WITHIN_S
        while self._json("GET", f"/deposit/{id}/reading")["unread"]:
            if time.monotonic() > end:
                raise Unanswered("reading the files")
            time.sleep(LOOK_EVERY_S)

    def send(self, id: str, *, community: str, title: str, level: str) -> bool:
        """Press "Lever in"; whether the site said that it was received."""
        page = self._ask("GET", f"/deposit/{id}")[2].decode()
        found = re.search(r'name="revision" value="(\d+)"', page)
        chosen = {"project": "new", "community": community, "title": title, "year": "2021", "level": level}
        form = {**chosen, "embargo": "", "do": "send", "revision": found[1] if found else "0"}
        form |= {"shown": json.dumps(SHOWN), "csrf_token": self._csrf}
        status, headers, _body = self.post(f"/deposit/{id}", form)
        return status == 303 and headers.get("location", "").endswith("/sent")

    def found(self, query: str) -> list[str]:
        """The ids that a search finds."""
        answer = self._json("GET", "/api/v1/search?" + urlencode({"q": query, "exact": 1, "limit": 100}))
        return [hit["id"] for hit in answer["hits"]]

    def post(self, path: str, form: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        body = urlencode(form).encode()
        return self._ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def _json(self, method: str, path: str, said: object = None) -> Any:
        body = None if said is None else json.dumps(said).encode()
        status, _headers, answer = self._ask(method, path, body, {"Content-Type": "application/json"} if body else {})
        if status not in (200, 201):
            raise Unanswered(f"{method} {path}: {status} {answer[:200]!r}")
        return json.loads(answer)

    def _token(self, path: str) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self._ask("GET", path)[2].decode())
        if found is None:
            raise Unanswered(f"no form at {path}")
        return found[1]

    def _ask(
        self, method: str, path: str, body: bytes | Iterable[bytes] | None = None, more: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        headers = {"Cookie": self.cookie, **(more or {})}
        if method != "GET" and hasattr(self, "_csrf"):
            headers["X-CSRFToken"] = self._csrf
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=120)
        try:
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self._connection = None
            raise
        for said in answer.headers.get_all("Set-Cookie") or ():
            self._cookies.update({name: morsel.value for name, morsel in SimpleCookie(said).items()})
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, content


def _pieces(content: bytes | Path) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield from (content[at : at + CHUNK_BYTES] for at in range(0, len(content), CHUNK_BYTES))
        return
    with content.open("rb") as stream:
        while piece := stream.read(CHUNK_BYTES):
            yield piece
