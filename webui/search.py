"""The results of a search: hits, filters, what each word finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from indexer.documents import YEAR_UNKNOWN
from indexer.search.engine import FACETS, FacetName
from indexer.search.finder import Answer, FacetValue, Wanted
from indexer.search.query import parse
from indexer.search.stop_words import STOP_WORDS
from indexer.search.trying import Attempt
from webui import wording
from webui.house import house
from webui.no_results import ways_on
from webui.overview import overview
from webui.projects import Relay, relay
from webui.signposts import signposts
from webui.visitor import access

MAX_LIMIT = 100
DEFAULT_LIMIT = 10
FACET_VALUES_SHOWN = 12
TERMS_SHOWN = 6  # each is a search of its own, quick without facets and places

blueprint = Blueprint("search", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A filter that can be put on or taken off by following its link."""

    label: str
    count: int
    url: str
    chosen: bool


@blueprint.get("/search")
def results() -> ResponseReturnValue:
    wanted = requested_search(limit=None, most=MAX_LIMIT)
    answer = house().finder.find(wanted, access=access())
    return render_template(
        "results.html",
        q=wanted.text,
        asked=_unquoted(answer.repaired or wanted.text),
        marked=answer.repaired or wanted.text,
        answer=answer,
        hints=[wording.HINTS[hint] for hint in answer.hints],
        kept=[(name, value) for name, value in _parameters(replace(wanted, exact=False)) if name != "q"],
        chosen=_chosen(wanted, answer),
        facets=[
            {
                "name": name,
                "title": wording.FACETS[name],
                "choices": _choices(wanted, name, answer.facets.get(name, ())),
            }
            for name in FACETS
            if len(answer.facets.get(name, ())) > 1
        ],
        exact_url=_url(replace(wanted, exact=True), {}),
        next_url=_url(wanted, {"cursor": answer.cursor, "first": str(_first() + len(answer.hits))})
        if answer.cursor
        else None,
        first=_first(),
        sorts=_sorts(wanted),
        terms=_terms(wanted, answer) if answer.total else [],
        ways=None if answer.total else ways_on(answer, wanted, lambda attempt: _attempt_url(wanted, attempt)),
        relays=_relays(answer),
        signposts=signposts(wanted.text, overview()),
        titles=wording.FACETS,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TermCount:
    """A word of the search, and how many deliverables hold it."""

    text: str
    count: int
    url: str


def _terms(wanted: Wanted, answer: Answer) -> list[TermCount]:
    """Each word of a search of several, so that one sees which of them finds little."""
    query = parse(answer.repaired or wanted.text)
    typed = list(dict.fromkeys(query.text[word.start : word.end] for word in query.words))
    words = [word for word in typed if word.lower() not in STOP_WORDS]
    if len(words) < 2:
        return []
    counted = []
    for word in words[:TERMS_SHOWN]:
        alone = Wanted(
            text=word, filters=wanted.filters, limit=0, sort="newest", facets=False, snippets=False, exact=True
        )
        total = house().finder.find(alone, access=access()).total
        counted.append(TermCount(text=word, count=total, url=_url(replace(wanted, text=word), {})))
    return counted


def _unquoted(query: str) -> str:
    """A query for between quotation marks: without its own, where it is one phrase.

    >>> _unquoted('"digitale werkplaats"'), _unquoted('"een" of "twee"')
    ('digitale werkplaats', '"een" of "twee"')
    """
    within = query.strip().removeprefix('"').removesuffix('"')
    return query if '"' in within else within


def _sorts(wanted: Wanted) -> list[Choice]:
    return [
        Choice(label=str(name), count=0, url=_url(replace(wanted, sort=sort), {}), chosen=wanted.sort == sort)
        for sort, name in wording.SORTS.items()
    ]


def _relays(answer: Answer) -> dict[str, Relay]:
    """By project, its place in the relay, where it has one."""
    ids = {hit.deliverable.project for hit in answer.hits}
    return {id: found for id in ids if (found := relay(id)) is not None}


def newest_of(name: FacetName, value: str, limit: int) -> Answer:
    """The newest deliverables with this value, as the results would list them, and how many there are."""
    wanted = Wanted(filters={name: frozenset((value,))}, sort="newest", limit=limit, facets=False, snippets=False)
    return house().finder.find(wanted, access=access())


def requested_search(*, limit: str | None, most: int) -> Wanted:
    """What this request asks: the parameters of `/search` and of `/api/v1/search` are the same."""
    values = request.args
    sort = values.get("sort", "relevance")
    if sort not in ("relevance", "newest", "oldest"):
        abort(400, description=_("De volgorde is relevance, newest of oldest."))
    if limit is not None and not limit.isdecimal():
        abort(400, description=_("Het aantal resultaten (limit) is een geheel getal."))
    filters: dict[FacetName, frozenset[str]] = {}
    for name in FACETS:
        chosen = frozenset(_facet_value(name, value) for value in values.getlist(name) if value)
        if chosen:
            filters[name] = chosen
    return Wanted(
        text=values.get("q", ""),
        filters=filters,
        sort=sort,  # type: ignore[arg-type]
        limit=min(int(limit), most) if limit is not None else DEFAULT_LIMIT,
        cursor=values.get("cursor") or None,
        facets=values.get("facets") != "0",
        snippets=values.get("snippets") != "0",
        exact=values.get("exact") == "1",
        tries=True,
    )


def _facet_value(name: FacetName, value: str) -> str:
    """`2021` and `2021-2022` are the same year."""
    return value[:4] if name == "year" and value[:4].isdecimal() else value


def _first() -> int:
    text = request.args.get("first", "1")
    return max(1, int(text)) if text.isdecimal() and len(text) < 9 else 1


def _parameters(wanted: Wanted, filters: Mapping[FacetName, frozenset[str]] | None = None) -> list[tuple[str, str]]:
    """The address of this search without its place in the list: text, filters, sort, whether it is as typed."""
    chosen = wanted.filters if filters is None else filters
    pairs = [("q", wanted.text)] if wanted.text else []
    pairs += [(name, value) for name in FACETS for value in sorted(chosen.get(name, ()))]
    pairs += [("sort", wanted.sort)] if wanted.sort != "relevance" else []
    return pairs + ([("exact", "1")] if wanted.exact else [])


def _url(
    wanted: Wanted, more: Mapping[str, str | None], filters: Mapping[FacetName, frozenset[str]] | None = None
) -> str:
    pairs = _parameters(wanted, filters) + [(name, value) for name, value in more.items() if value]
    return "/search" + ("?" + urlencode(pairs) if pairs else "")


def _attempt_url(wanted: Wanted, attempt: Attempt) -> str:
    exact = wanted.exact and attempt.change != "spelling"
    return _url(replace(wanted, text=attempt.query, exact=exact), {}, attempt.filters)


def _toggled(wanted: Wanted, name: FacetName, value: str) -> str:
    chosen = wanted.filters.get(name, frozenset()) ^ {value}
    return _url(wanted, {}, {**wanted.filters, name: chosen})


def _choices(wanted: Wanted, name: FacetName, values: tuple[FacetValue, ...]) -> list[Choice]:
    chosen = wanted.filters.get(name, frozenset())
    if name == "year":
        values = tuple(sorted(values, key=lambda value: value.value, reverse=True))
    return [
        Choice(
            label=label(name, value),
            count=value.count,
            url=_toggled(wanted, name, value.value),
            chosen=value.value in chosen,
        )
        for value in values[:FACET_VALUES_SHOWN]
    ]


def _chosen(wanted: Wanted, answer: Answer) -> list[Choice]:
    known = {(name, value.value): value for name in FACETS for value in answer.facets.get(name, ())}
    return [
        Choice(
            label=label(name, known.get((name, value)) or FacetValue(value=value, label=value, count=0)),
            count=0,
            url=_toggled(wanted, name, value),
            chosen=True,
        )
        for name in FACETS
        for value in sorted(wanted.filters.get(name, ()))
    ]


def label(name: FacetName, value: FacetValue) -> str:
    """A facet's value in the words of the interface."""
    if name == "year":
        is_year = value.value.isdecimal() or value.value == YEAR_UNKNOWN
        return wording.academic_year(value.value) if is_year else value.value
    if name == "kind":
        return wording.kind_name(value.value)
    if name == "language":
        return str(wording.LANGUAGES.get(value.value, value.value))
    if name == "community":
        return overview().community_name(value.value)
    return overview().theme_name(value.value) if name == "theme" else value.label
