"""Addresses of the site: an id is a path in the tree, percent-encoded; and back again.

Names need not be UTF-8 (an id keeps strange bytes as surrogates), so addresses are made and read as bytes.
"""

from __future__ import annotations

import os
import re
import zlib
from datetime import date
from urllib.parse import quote, urlencode

from flask import request

from archive.model import Deliverable
from webui.house import house

# Parts of addresses that say what kind of page it is, not what is on it.
_ROUTE_WORDS = frozenset(("documents", "projects", "communities", "themes", "companies", "outcomes", "read", "file"))
_ADDRESS_WORDS_CHARS = 120
_SAFE = "/-._~!$&'()*+,;=:@"


def document_url(id: str) -> str:
    """The landing page of a deliverable.

    >>> document_url("bim5/2021/50% af?.pdf")
    '/documents/bim5/2021/50%25%20af%3F.pdf'
    """
    return "/documents/" + _quoted(id)


def file_url(id: str, *, page: int | None = None) -> str:
    """The file itself; a browser opens a PDF at `page`."""
    return document_url(id) + "/file" + (f"#page={page}" if page else "")


def read_url(id: str, page: int, query: str = "") -> str:
    """The reading view of a page or section; the browser scrolls to the section.

    >>> read_url("a.pdf", 14, "hoge gevel")
    '/documents/a.pdf/read?page=14&q=hoge+gevel#d14'
    """
    return document_url(id) + "/read?" + urlencode({"page": page, **({"q": query} if query else {})}) + f"#d{page}"


def picture_url(deliverable: Deliverable, language: str = "nl") -> str:
    """The picture of a deliverable's first page, or its drawn cover; another address when it would look otherwise."""
    facts = (deliverable.sha256, deliverable.title, deliverable.kind, deliverable.community, deliverable.year, language)
    return f"/pictures/{_quoted(deliverable.id)}?v={zlib.crc32(repr(facts).encode()):08x}"


def project_url(id: str) -> str:
    """The page of a project.

    >>> project_url("bim5/2021/prefab gevels")
    '/projects/bim5/2021/prefab%20gevels'
    """
    return "/projects/" + _quoted(id)


def outcome_url(project: str) -> str:
    """A project's outcome on one sheet."""
    return "/outcomes/" + _quoted(project)


def community_url(id: str, year: int | None = None) -> str:
    """The page of a community, or of one of its years.

    >>> community_url("bim5", 2021)
    '/communities/bim5/2021'
    """
    return "/communities/" + _quoted(id) + (f"/{year}" if year else "")


def start_url(community: str, theme: str | None = None, *, form: str = "") -> str:
    """The start pack of a community, or of one of its themes; `form`: as a file of that kind.

    >>> start_url("bim5"), start_url("bim5", "prefab", form="pdf")
    ('/communities/bim5/start', '/communities/bim5/start.pdf?theme=prefab')
    """
    suffix = f".{form}" if form else ""
    return f"{community_url(community)}/start{suffix}" + (f"?{urlencode({'theme': theme})}" if theme else "")


def agenda_url(community: str, question: str | None = None) -> str:
    """The open questions of a community, at one of them.

    >>> agenda_url("bim5", "bim5-007")
    '/communities/bim5/agenda#bim5-007'
    """
    return community_url(community) + "/agenda" + (f"#{quote(question, safe='')}" if question else "")


def handovers_url(community: str) -> str:
    """Which handovers of a community are complete."""
    return community_url(community) + "/handovers"


def since_url(day: date | int | str, project: str | None = None) -> str:
    """What came after a day, or from the beginning of an academic year; for a project: what became of its work.

    >>> since_url(2021), since_url("2021-01-29", "bim5/2020/a b")
    ('/since/2021', '/since/2021-01-29?project=bim5%2F2020%2Fa+b')
    """
    query = f"?{urlencode({'project': os.fsencode(project)})}" if project else ""
    return f"/since/{day}{query}"


def theme_url(slug: str) -> str:
    return "/themes/" + _quoted(slug)


def company_url(slug: str) -> str:
    return "/companies/" + _quoted(slug)


def site_address() -> str:
    """The address of this site: the settings' own, else the one that was asked for, which anybody may choose."""
    return house().site or request.host_url.rstrip("/")


def requested_address() -> str:
    """The address of this request, path and query, to come back to: as it was asked, whatever bytes it holds."""
    path = quote(request.environ.get("PATH_INFO", "/").encode("latin-1"), safe=_SAFE)
    query = request.query_string.decode("latin-1")
    return path + (f"?{query}" if query else "")


def is_local(address: str) -> bool:
    """Whether an address leads to a page of this site, so that one may be sent back there.

    >>> [is_local(each) for each in ("/search?q=a", "//example.org", "https://example.org/", "/\\\\example.org")]
    [True, False, False, False]
    """
    return address.startswith("/") and address[1:2] not in ("/", "\\") and address.isprintable()


def words_of(path: str) -> str:
    """What an address that leads nowhere says, as words to search for.

    >>> words_of("/documents/bim5/2021/prefab-gevels/eind_rapport.pdf/read"), words_of("/2021/12")
    ('prefab gevels eind rapport', '')
    """
    parts = [part for part in path.split("/") if part]
    parts = [part for part in parts if part not in _ROUTE_WORDS][-2:]
    text = " ".join(re.sub(r"\.[A-Za-z0-9]{1,8}$", "", part) for part in parts)
    words = re.sub(r"[^\w]+|_", " ", text).split()
    return " ".join(word for word in words if not word.isdecimal())[:_ADDRESS_WORDS_CHARS]


def _quoted(id: str) -> str:
    return quote(os.fsencode(id), safe=_SAFE)


def requested_id(prefix: str) -> str:
    """The id in the address of this request, behind `prefix`.

    From the raw path: the routing's own reading would replace bytes that are not UTF-8.
    """
    path: str = request.environ.get("PATH_INFO", "")
    return os.fsdecode(path.encode("latin-1"))[len(prefix) :]


def shown(id: str) -> str:
    """An id for people's eyes: no control characters or marks that turn the direction of text.

    >>> shown("verslag\\u202exfdp.docx")
    'verslag�xfdp.docx'
    """
    return "".join(c if c.isprintable() or c == " " else "\ufffd" for c in id)
