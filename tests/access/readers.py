"""The readers of these tests: what each may see, told apart from the software's own rules, and the addresses they ask."""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

import pypdf
from flask.testing import FlaskClient
from pypdf.errors import PyPdfError
from werkzeug.routing import Map
from werkzeug.test import TestResponse

from tests.web.conftest import SIGNED_IN_AT, AccountsSite

TODAY = SIGNED_IN_AT.date()
LEVELS = ("public", "partner", "campus", "community", "confidential")
COMMUNITY = "bouw"
MEMBER = "lid@example.org"  # in the team of some projects
COMPANY = "bouw-x"  # of the partner whose projects these may be


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A visitor, or who is signed in. `levels`: what this reader sees of somebody else's work."""

    levels: tuple[str, ...]
    role: str = ""
    email: str = ""
    company: str | None = None
    communities: tuple[str, ...] = ()

    def sees(
        self,
        level: str,
        community: str,
        *,
        embargo: date | None = None,
        owners: Iterable[str] = (),
        companies: Iterable[str] = (),
    ) -> bool:
        """`owners` and `companies` see their own work, whatever its level."""
        if self.role == "coordinator" or (self.email and self.email in owners):
            return True
        if self.company is not None and self.company in companies:
            return True
        if level == "confidential" or (embargo is not None and embargo > TODAY):
            return False
        return community in self.communities if level == "community" else level in self.levels

    def client(self, site: AccountsSite) -> FlaskClient:
        """This reader at a site, signed in without a password's time."""
        if not self.role:
            return site.app.test_client()
        known = site.accounts.by_email(self.email)
        return site.session_of(
            known or site.account(self.email, self.role, communities=self.communities, company=self.company)
        )


SCHOOL = ("public", "partner", "campus")
READERS: dict[str, Reader] = {
    "visitor": Reader(levels=("public",)),
    "partner": Reader(levels=("public", "partner"), role="partner", email="p@example.org", company=COMPANY),
    "other partner": Reader(levels=("public", "partner"), role="partner", email="q@example.org", company="nergens"),
    "member": Reader(levels=SCHOOL, role="student", email=MEMBER, communities=(COMMUNITY,)),
    "student": Reader(levels=SCHOOL, role="student", email="s@example.org"),
    "teacher": Reader(levels=SCHOOL, role="teacher", email="d@example.org", communities=(COMMUNITY,)),
    "coordinator": Reader(levels=LEVELS, role="coordinator", email="c@example.org"),
}


def addresses(rules: Map, ids: Sequence[str], communities: Sequence[str]) -> Iterator[str]:
    """Every address of the site that answers GET, with each of these ids wherever one fits; also pages made later."""
    named = {"when": ["2020", "2021-01-01"], "year": ["2019", "2020-2021", "2021"]}
    named |= {name: ["geraden"] for name in ("token", "key", "confirmation")}
    plain = [*communities, *(id for id in ids if "/" not in id), "nergens"]
    for rule in rules.iter_rules():
        if rule.endpoint == "static" or "GET" not in (rule.methods or ()):
            continue
        by_converter = {
            name: ["1", "2", "999"] if "Integer" in type(kind).__name__ else [*ids, *communities, "nergens"]
            for name, kind in rule._converters.items()
            if type(kind).__name__ != "UnicodeConverter"
        }
        pools = [named.get(name) or by_converter.get(name) or plain for name in sorted(rule.arguments)]
        for values in itertools.product(*pools):
            given = dict(zip(sorted(rule.arguments), values, strict=True))
            yield re.sub(r"<(?:\w+:)?(\w+)>", lambda found, given=given: quote(given[found[1]]), rule.rule)


def asked_further(ids: Sequence[str], words: Iterable[str]) -> Iterator[str]:
    """Views of a document, and questions put to pages: more than their bare addresses."""
    for id in ids:
        for view in ("file", "read?page=1", "read?page=2&q=gevel", "hits?q=gevel"):
            yield f"/documents/{quote(id)}/{view}"
        yield f"/api/v1/similar?id={quote(id)}"
        yield f"/since/2019?project={quote(id)}"
    for word in words:
        yield f"/search?q={quote(word)}"
        yield f"/search?q={quote(word)}&exact=1&sort=newest&community=nergens"
        yield f"/api/v1/search?q={quote(word)}&limit=100"
        yield f"/api/v1/suggest?q={quote(word[:4])}"


def told(answer: TestResponse) -> tuple[int, Mapping[str, Any], bytes]:
    """All that an answer tells, without what differs each time: forms' tokens, the cookie that signs them, how long."""
    body = re.sub(rb'(name="csrf_token" value=")[^"]+', rb"\1", answer.data)
    body = re.sub(rb'("took_ms": ?)\d+', rb"\1", body)
    cookie = re.sub(r"=[^;]*(?=; (?:Expires|HttpOnly))|Expires=[^;]*", "", answer.headers.get("Set-Cookie", ""))
    differing = ("Set-Cookie", "Date", "Expires", "Content-Length")
    headers = {name: value for name, value in answer.headers.items() if name not in differing}
    is_told_right = answer.content_length in (None, len(answer.data))
    return answer.status_code, {**headers, "Set-Cookie": cookie, "length is right": is_told_right}, body


def text_of(answer: TestResponse) -> str:
    """The words of an answer, of packed files and PDFs too, and of its headers."""
    return "\n".join([str(answer.headers), *_texts(answer.data)])


def _texts(content: bytes) -> Iterator[str]:
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for name in packed.namelist():
                yield name
                yield from _texts(packed.read(name))
    elif content.startswith(b"%PDF"):
        yield content.decode("latin-1")
        with suppress(PyPdfError):  # one that is damaged is told by its bytes alone
            found = pypdf.PdfReader(io.BytesIO(content))
            yield repr(found.metadata)
            yield from (page.extract_text() for page in found.pages)
    else:
        yield content.decode("utf-8", "replace")
