"""Mail: one short text to one address, over the server of the settings.

Knows SMTP, not who gets what. An address stands in no log and in no sentence of an error. The password comes from the
environment only, so that a settings file may be shown to anybody.
"""

from __future__ import annotations

import logging
import queue
import smtplib
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import urlsplit

from archive.errors import AccessFailed, UsageError
from archive.settings import Settings

PASSWORD_VARIABLE = "ESTAFETTE_SMTP_PASSWORD"  # noqa: S105  # its name
TIMEOUT_S = 20.0
TLS_PORT = 465  # TLS from the start (RFC 8314); other ports begin in plain text
WAITING_MAX = 200  # mails; more than a class at once means that the server is away

log = logging.getLogger("estafette")


class MailFailed(AccessFailed):
    """The mail server did not take a mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mails go, and the site that they lead to."""

    host: str
    port: int
    sender: str
    site: str
    user: str = ""
    password: str = field(default="", repr=False)
    starttls: bool = True

    def send(self, to: str, subject: str, text: str) -> None:
        """Hand a mail to the server. Raises MailFailed."""
        try:
            message = _message(self.sender, to, subject, text, domain=urlsplit(self.site).hostname)
            with self._connected() as server:
                server.send_message(message)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise MailFailed(f"{self.host}:{self.port} did not take the mail: {_said(error)}") from error

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        trusted = ssl.create_default_context()
        if self.port == TLS_PORT:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_S, context=trusted)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_S)
        with server:
            if self.starttls and self.port != TLS_PORT:
                server.starttls(context=trusted)
            if self.user:
                server.login(self.user, self.password)
            yield server


class Outbox:
    """Does what ends in a mail on a thread of its own, one after the other.

    A page that makes somebody wait for the mail server would tell by its time whether an address has an account.
    """

    def __init__(self) -> None:
        self._jobs: queue.Queue[Callable[[], None]] = queue.Queue(WAITING_MAX)
        self._started = threading.Lock()
        self._thread: threading.Thread | None = None

    def put(self, job: Callable[[], None]) -> None:
        """Have a job done soon. Where too many wait it is dropped, which the log tells."""
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            log.warning("too many mails wait for the mail server; one was not sent")
        with self._started:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="mail", daemon=True)
                self._thread.start()

    def wait(self) -> None:
        """Return when everything that was put so far is done."""
        self._jobs.join()

    def _work(self) -> None:
        while True:
            job = self._jobs.get()
            try:
                job()
            except Exception as error:
                # A traceback holds the address, and so may the text of an error that is not ours.
                told = error if isinstance(error, MailFailed) else type(error).__name__
                log.error("a mail was not sent: %s", told)  # noqa: TRY400
            finally:
                self._jobs.task_done()


def mail_server(settings: Settings, password: str) -> MailServer | None:
    """The server of the settings; None where they name none. Raises UsageError when something lacks."""
    if not settings.smtp_host:
        return None
    for key in ("smtp_from", "site"):
        if not getattr(settings, key):
            raise UsageError(f"smtp_host is set and {key} is not: mails need both")
    return MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.smtp_from,
        site=settings.site,
        user=settings.smtp_user,
        password=password,
        starttls=settings.starttls,
    )


def _message(sender: str, to: str, subject: str, text: str, *, domain: str | None) -> EmailMessage:
    """Plain text, which every reader shows as it is; a line feed in an address or a subject raises ValueError."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=domain or "localhost")
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answers of absence
    message.set_content(text)
    return message


def _said(error: Exception) -> str:
    """What went wrong, without the address that a server repeats in its answer."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "it refuses the address"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"it refuses smtp_user with the password of {PASSWORD_VARIABLE}"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "it offers no TLS or no sign-in; see starttls and smtp_user"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"it answered {error.smtp_code}"
    if isinstance(error, OSError):
        return (error.strerror or str(error) or type(error).__name__).lower()
    return type(error).__name__
