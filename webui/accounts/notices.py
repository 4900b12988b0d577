"""Mail to somebody about their own account, where mail is set: what was changed, and whom to warn when it was another."""

from __future__ import annotations

from flask_babel import gettext as _

from archive.accounts.accounts import Account
from webui.house import house


def tell(whose: Account, what: str) -> None:
    """Send a short mail, soon; no link stands in it, so that one with a link is known to be false."""
    opened = house()
    server = opened.mail
    if server is None:
        return
    subject = _("Je account bij Estafette is veranderd")
    warned = _("Deed je dit niet zelf? Waarschuw dan meteen je docent of de coördinator.")
    text, address = f"{what}\n\n{warned}\n", whose.email
    opened.outbox.put(lambda: server.send(address, subject, text))
