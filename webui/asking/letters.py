"""Mail to who asked a question, when something moves: in the background, and tried a few times.

What is owed follows from the agendas and from what was told before, both on disk: a mail that was not sent when the
server stopped is sent by the next; one that was sent in the moment of a kill is sent again. A mail says how the
question stands for its asker at that moment, and no more.
"""

from __future__ import annotations

import smtplib
import threading
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from textwrap import shorten

from flask import Flask
from flask_babel import force_locale
from flask_babel import gettext as _

from archive.access import today_in_amsterdam
from archive.accounts.askers import Ask, Askers
from webui.accounts.mail import MailFailed, MailServer
from webui.asking.my_questions import letters_url, mine_url
from webui.asking.stories import Story, access_of, story_of
from webui.house import House, house

# After each failure so long until the next try; after the last of them a person has to look, until something moves.
TRY_AGAIN = (timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6), timedelta(days=1))
QUOTED_CHARS = 200
REASON_CHARS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedMail:
    """A mail to an asker that was given up. Whose it is, the community's page tells who may know."""

    community: str
    question: str
    tries: int
    fault: str
    email: str


class Letters:
    """Sends what is owed, at each look of the follower when something changed."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._known: tuple[int, date] | None = None
        self._sending = threading.Lock()

    def look(self) -> None:
        """Have what is owed sent soon, by the thread that sends mails."""
        opened: House = self._app.extensions["estafette"]
        if opened.mail is None:
            return
        now = opened.clock()
        current = (opened.catalog.generation(), today_in_amsterdam(now))
        waiting = [each for each in Askers(opened.accounts.file).all() if each.later is not None and each.later <= now]
        if current == self._known and not waiting:
            return
        self._known = current
        opened.outbox.put(self.send)

    def send(self) -> None:
        """Send what is owed now; where the mail server is away, the rest waits with the first."""
        with self._sending, self._app.app_context():
            opened = house()
            server, askers = opened.mail, Askers(opened.accounts.file)
            for ask in askers.all() if server is not None else ():
                access = access_of(ask)
                story = story_of(ask.community, ask.question, access=access) if access else None
                if story is not None and server is not None and not _tell(ask, story, server, askers, opened.clock()):
                    return


def failed_mail() -> tuple[FailedMail, ...]:
    """The mails to askers that were given up, for the coordinator."""
    return tuple(
        FailedMail(
            community=ask.community, question=ask.question, tries=ask.tries, fault=ask.fault, email=ask.asker.email
        )
        for ask in Askers(house().accounts.file).all()
        if ask.given_up
    )


def _tell(ask: Ask, story: Story, server: MailServer, askers: Askers, now: datetime) -> bool:
    """Send what is owed for one question; False when the server takes no mail at all."""
    if story.key == ask.told:
        if ask.later is not None:
            askers.told(ask.n, story.key)  # it stands again as it did: nothing is owed
        return True
    if ask.later is not None and ask.later > now:
        return True
    if not ask.asker.letters or not (ask.asker.confirmed or ask.asker.account is not None):
        askers.told(ask.n, story.key)  # who wants mails again later hears what moves from then on
        return True
    with force_locale(ask.asker.language):
        subject, text = letter(ask, story, server.site)
    try:
        server.send(ask.asker.email, subject, text)
    except MailFailed as error:
        failed = 0 if ask.given_up else ask.tries  # what is new is tried as often
        later = now + TRY_AGAIN[failed] if failed < len(TRY_AGAIN) else None
        askers.failed(ask.n, str(error), tries=failed + 1, later=later, state=story.key)
        return isinstance(error.__cause__, smtplib.SMTPRecipientsRefused)
    askers.told(ask.n, story.key)
    return True


def letter(ask: Ask, story: Story, site: str) -> tuple[str, str]:
    """Subject and text. The places where more stands are links, whose pages look again who asks."""
    quoted = shorten(story.own.question.text, QUOTED_CHARS, placeholder=" …")
    first, said = not ask.told, [story.sentence]
    if story.state == "proposed":
        said.append(_("Je krijgt weer een mail als er iets verandert."))
    if story.reason:
        said.append(_("De reden: %(reason)s", reason=shorten(story.reason, REASON_CHARS, placeholder=" …")))
    if story.answer is not None:
        said.append(_("Lees het antwoord: %(url)s", url=site + story.answer.url))
    parts = [
        _("Je stelde in het archief Estafette deze vraag:") + f"\n“{quoted}”",
        "\n".join(said),
        (_("Zo zie je altijd hoe het ervoor staat. De link is alleen van jou:") if first else _("Al je vragen:"))
        + f"\n{site}{mine_url(ask.asker)}",
        _("Geen mail meer over je vragen:") + f"\n{site}{letters_url(ask.asker)}",
    ]
    subject = _("Je vraag is gesteld") if first and story.state == "proposed" else _("Nieuws over je vraag")
    return subject, "\n\n".join(parts) + "\n"
