"""Who asks: the account and the access of the current request. The only place where a request becomes a reader."""

from __future__ import annotations

import ipaddress

from flask import abort, g, redirect, request, url_for
from flask_login import current_user

from archive.access import Access, reader, today_in_amsterdam
from archive.accounts.accounts import Account
from archive.seen import CAMPUS
from webui.accounts.sessions import SignedIn
from webui.addresses import requested_address
from webui.house import house


def account() -> Account | None:
    """Who is signed in. Under `--as` nobody is: every visitor reads as that role."""
    if house().read_as is not None or not isinstance(user := current_user._get_current_object(), SignedIn):
        return None
    return user.account


def own_account() -> Account:
    """Who is signed in; whoever is not is sent to sign in, and back."""
    found = account()
    if found is None:
        onward = requested_address() if request.method == "GET" else ""
        abort(redirect(url_for("signing_in.page", next=onward), code=303))
    return found


def coordinator() -> Account:
    """Who is signed in, when that is the coordinator: for others such a page does not exist."""
    mine = own_account()
    if mine.role != "coordinator":
        abort(404)
    return mine


def access() -> Access:
    """The access of this visitor, today, as far as it tells them from others: see `Catalog.effective`."""
    whole = whole_access()
    kept: tuple[Access, Access] | None = g.get("access")
    if kept is None or kept[0] != whole:  # who signs in is somebody else from then on
        kept = g.access = (whole, house().catalog.effective(access=whole))
    return kept[1]


def whole_access() -> Access:
    """The access of this visitor with all that is theirs: for what the catalog does not weigh, as earlier versions."""
    opened = house()
    today = today_in_amsterdam(opened.clock())
    found = account()
    return found.access(today) if found is not None else reader(opened.read_as or "public", today=today)


def sees_campus() -> bool:
    """Whether this visitor reads as somebody of a school; others are told that there may be more."""
    return CAMPUS in whole_access().tokens  # the page that says that the catalog can't be read asks this, too


def is_loopback(host: str) -> bool:
    """Whether an address is one at which a machine reaches itself, and nobody else reaches it.

    >>> [is_loopback(host) for host in ("localhost", "127.0.0.2", "::1", "0.0.0.0", "127.0.0.1.example.org")]
    [True, True, True, False, False]
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
