"""Requests to the origin of a provider and to no other, all together within a time, each answer within a bound.

Not `urllib`: that follows redirects, takes proxies from the environment, and has a time for each byte only.
"""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

from archive.errors import AccessFailed

ANSWER_MAX_BYTES = 1 << 20


class ProviderAway(AccessFailed):
    """The provider can't be reached, takes too long, or answers what makes no sense."""


class OneOrigin:
    """Requests to one origin, together within a time. Authlib sends its own by it as by a session of Requests."""

    def __init__(self, home: SplitResult, seconds: float) -> None:
        self._home, self._ends = home, time.monotonic() + seconds

    def is_home(self, address: object) -> bool:
        try:
            at = urlsplit(address) if isinstance(address, str) else None
            return at is not None and _origin(at) == _origin(self._home) and not at.username
        except ValueError:
            return False

    def json(self, address: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        """What stands at an address. Raises ProviderAway."""
        answer = self._asked("GET", address, {"Accept": "application/json", **(headers or {})})
        if answer.status_code != 200:
            raise ProviderAway(f"{urlsplit(address).path} answers {answer.status_code}")
        try:
            told = answer.json()
        except ValueError as error:
            raise ProviderAway(f"{urlsplit(address).path} answers no JSON") from error
        if not isinstance(told, dict):
            raise ProviderAway(f"{urlsplit(address).path} answers no object")
        return told

    def post(self, url: str, *, data: Mapping[str, str], headers: Mapping[str, str], auth: Any) -> Answer:
        url, signed, body = auth.prepare("POST", url, dict(headers), urlencode(data))
        return self._asked("POST", url, signed, body)

    def _asked(self, method: str, address: str, headers: Mapping[str, str], body: str | None = None) -> Answer:
        at, left = urlsplit(address), self._ends - time.monotonic()
        if not self.is_home(address) or left <= 0:
            raise ProviderAway("it takes too long" if left <= 0 else f"{at.netloc} is not the provider's own")
        connection = _connection(at, left)
        # A time for each answer, not for each byte: `timeout` alone begins again with every one that drips in.
        alarm = threading.Timer(left, lambda: _cut(connection.sock))
        alarm.daemon = True
        try:
            alarm.start()
            connection.connect()
            target = (at.path or "/") + (f"?{at.query}" if at.query else "")
            connection.request(method, target, body, dict(headers))
            answer = connection.getresponse()
            content = answer.read(ANSWER_MAX_BYTES + 1)
        except (OSError, HTTPException, ValueError) as error:
            raise ProviderAway(f"{at.netloc}: {_said(error)}") from error
        finally:
            alarm.cancel()
            connection.close()
        if len(content) > ANSWER_MAX_BYTES or time.monotonic() > self._ends:
            raise ProviderAway(f"{at.netloc}: an answer without end")
        return Answer(status_code=answer.status, content=content)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """As Authlib expects one: with the words of Requests."""

    status_code: int
    content: bytes

    def json(self) -> Any:
        try:
            return json.loads(self.content)
        except RecursionError as error:
            raise ValueError("nested without end") from error

    def raise_for_status(self) -> None:
        if self.status_code >= 300:
            raise ProviderAway(f"the provider answers {self.status_code}")


def _origin(at: SplitResult) -> tuple[str, str | None, int]:
    return at.scheme, at.hostname, at.port or (443 if at.scheme == "https" else 80)


def _connection(at: SplitResult, seconds: float) -> HTTPConnection:
    if at.scheme == "https":
        return HTTPSConnection(at.hostname or "", at.port, timeout=seconds, context=ssl.create_default_context())
    return HTTPConnection(at.hostname or "", at.port, timeout=seconds)


def _cut(connected: socket.socket | None) -> None:
    """End a connection that another thread reads from. Not TLS's own shutdown: that waits for the other side."""
    try:
        if connected is not None:
            socket.socket.shutdown(connected, socket.SHUT_RDWR)
    except OSError:
        pass  # it ended by itself


def _said(error: Exception) -> str:
    return (getattr(error, "strerror", None) or type(error).__name__).lower()
