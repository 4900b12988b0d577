"""A mail server on the loopback address that keeps what it is given (RFC 5321, as far as a client needs)."""

from __future__ import annotations

import email
import email.policy
import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage


class MailStub(socketserver.ThreadingTCPServer):
    """Takes mails; `refuses` recipients whose address begins so."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.refuses = ""
        self.taken: list[tuple[str, EmailMessage]] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def links(self, to: str) -> list[str]:
        """The addresses in the mails that somebody got, oldest first."""
        texts = [message.get_content() for recipient, message in self.taken if recipient == to]
        return [found for text in texts for found in re.findall(r"https?://\S+", text)]


class _Conversation(socketserver.StreamRequestHandler):
    server: MailStub

    def handle(self) -> None:
        self._say("220 stub")
        to: list[str] = []
        while line := self.rfile.readline().decode().strip():
            word = line[:4].upper()
            if word == "RCPT":
                to.append(line.partition("<")[2].partition(">")[0])
                refused = self.server.refuses and to[-1].startswith(self.server.refuses)
                self._say(f"550 no such user {to.pop()}" if refused else "250 ok")
            elif word == "DATA":
                self._say("354 go on")
                content = b"".join(iter(self.rfile.readline, b".\r\n"))
                message = email.message_from_bytes(content, policy=email.policy.default)
                self.server.taken.extend((each, message) for each in to)  # type: ignore[misc]
                to = []
                self._say("250 ok")
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


@contextmanager
def mail_stub() -> Iterator[MailStub]:
    with MailStub() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
