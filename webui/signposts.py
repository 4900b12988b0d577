"""Pages that a search names: who types the name of a company, theme or community may want its page, not its documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from flask_babel import gettext as _

from webui import wording
from webui.addresses import community_url, company_url, theme_url
from webui.overview import Overview

SIGNPOSTS_MAX = 3
WORD_LEAST_CHARS = 3  # shorter ones (bv, de) name nothing
QUERY_WORDS_MAX = 6  # whoever types more does not name a page


@dataclass(frozen=True, slots=True, kw_only=True)
class Signpost:
    kind: str  # in the reader's language
    name: str
    url: str


def signposts(text: str, seen: Overview) -> list[Signpost]:
    """The pages whose names hold every word of this search, the shortest names first."""
    asked = words_of(text)
    if not 0 < len(asked) <= QUERY_WORDS_MAX or max(map(len, asked)) < WORD_LEAST_CHARS:
        return []
    found = {post.url: post for name, post in _all(seen) if asked <= words_of(name)}
    return sorted(found.values(), key=lambda post: (len(post.name), post.name))[:SIGNPOSTS_MAX]


@lru_cache(maxsize=4096)
def words_of(text: str) -> frozenset[str]:
    """
    >>> sorted(words_of("Van Dommelen, Gevelbouw bv"))
    ['bv', 'dommelen', 'gevelbouw', 'van']
    """
    return frozenset(re.findall(r"\w+", text.casefold()))


def _all(seen: Overview) -> Iterator[tuple[str, Signpost]]:
    """Every page that has a name, once for each of its names."""
    for community in seen.communities.values():
        post = Signpost(
            kind=_("learning community"), name=seen.community_name(community.id), url=community_url(community.id)
        )
        yield from ((name, post) for name in (community.name.nl, community.name.en) if name)
    for theme in seen.themes.values():
        post = Signpost(kind=_("thema"), name=seen.theme_name(theme.slug), url=theme_url(theme.slug))
        yield from ((name, post) for name in (theme.name.nl, theme.name.en, *theme.synonyms) if name)
    for organisation in seen.organisations.values():
        if organisation.kind == "school":  # has no page
            continue
        kind = str(wording.ORGANISATIONS.get(organisation.kind, organisation.kind))
        post = Signpost(kind=kind, name=organisation.name, url=company_url(organisation.slug))
        yield from ((name, post) for name in (organisation.name, *organisation.aliases))
