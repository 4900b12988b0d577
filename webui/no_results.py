"""What a reader can do when a search finds nothing: the wider searches that find something, and people to ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from archive.model import Community
from indexer.search.finder import Answer, Wanted
from indexer.search.trying import Attempt, Change
from webui.communities import current
from webui.overview import overview

COMMUNITIES_SHOWN = 8  # a network of more has its list on the front page
THEMES_SHOWN = 8

# What differs from the search that found nothing, as a link to the one that does find.
WAYS: dict[Change, object] = {
    "spelling": _l("Met een andere spelling"),
    "phrase": _l("De woorden los van elkaar"),
    "excluded": _l("Ook met de woorden die je uitsloot"),
    "filters": _l("In het hele archief, zonder filters"),
    "everything": _l("Alleen de woorden, in het hele archief"),
}
# The same, in a list of what was tried in vain.
TRIED: dict[Change, object] = {
    "spelling": _l("een andere spelling"),
    "phrase": _l("de woorden los van elkaar"),
    "excluded": _l("de uitgesloten woorden erbij"),
    "filters": _l("het hele archief"),
    "community": _l("andere communities"),
    "everything": _l("alleen de woorden, in het hele archief"),
    "word": _l("elk woord apart"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A search that finds something, as a link."""

    text: str
    count: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaysOn:
    """What the page shows instead of results. `in_vain`: what else was tried, in words."""

    wider: tuple[Way, ...]
    words: tuple[Way, ...]
    communities: tuple[Way, ...]
    in_vain: tuple[str, ...]
    to_ask: tuple[Community, ...]
    themes: tuple[str, ...]

    @property
    def found(self) -> bool:
        return bool(self.wider or self.words or self.communities)


def ways_on(answer: Answer, wanted: Wanted, url_of: Callable[[Attempt], str]) -> WaysOn:
    """The ways on from an answer without results; `url_of` gives the address of a search."""
    tried = answer.tried or ()
    named = overview().community_name

    def ways(text_of: Callable[[Attempt], str], *changes: Change) -> tuple[Way, ...]:
        found = (attempt for attempt in tried if attempt.total and attempt.change in changes)
        return tuple(Way(text=text_of(each), count=each.total, url=url_of(each)) for each in found)

    return WaysOn(
        wider=ways(_described, *WAYS),
        words=ways(lambda attempt: attempt.repaired or attempt.query, "word"),
        communities=ways(lambda attempt: named(attempt.community), "community"),
        in_vain=_in_vain(tried, any(attempt.total for attempt in tried)),
        to_ask=_to_ask(wanted),
        themes=_themes(),
    )


def _described(attempt: Attempt) -> str:
    text = str(WAYS[attempt.change])
    return f"{text}: {attempt.repaired}" if attempt.repaired else text


def _in_vain(tried: Iterable[Attempt], something_found: bool) -> tuple[str, ...]:
    found = {attempt.change for attempt in tried if attempt.total}
    if something_found:
        found.add("spelling")  # of words that are there nobody needs to hear it
    in_vain = dict.fromkeys(attempt.change for attempt in tried if attempt.change not in found)
    return tuple(str(TRIED[change]) for change in in_vain)


def _to_ask(wanted: Wanted) -> tuple[Community, ...]:
    """The communities whose page tells this reader whom to ask: those that were searched, else all."""
    chosen = wanted.filters.get("community", frozenset())
    known = [
        community
        for community in overview().communities.values()
        if community.record is not None and current(community.record.contacts)
    ]
    here = [community for community in known if community.id in chosen] or known
    return tuple(here) if len(here) <= COMMUNITIES_SHOWN else ()


def _themes() -> tuple[str, ...]:
    """The themes that most of the projects have."""
    counts: dict[str, int] = {}
    for project in overview().projects.values():
        for theme in project.record.themes if project.record else ():
            counts[theme] = counts.get(theme, 0) + 1
    return tuple(sorted(counts, key=lambda theme: (-counts[theme], theme))[:THEMES_SHOWN])
