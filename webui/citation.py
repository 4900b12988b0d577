"""How a deliverable is cited: a sentence to copy, the tags that Zotero reads, and the same as linked data.

Highwire's `citation_*` tags, with the institution of a technical report; no COinS, which breaks Zotero's reading of a
page. Pure: only what the reader may see goes in, and it comes out as plain values.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from archive.model import Kind

# What schema.org calls it.
_TYPES = {
    Kind.REPORT: "Report",
    Kind.ADVICE: "Report",
    Kind.ARTICLE: "Article",
    Kind.PRESENTATION: "PresentationDigitalDocument",
    Kind.POSTER: "Poster",
    Kind.DATASET: "Dataset",
    Kind.CODE: "SoftwareSourceCode",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A deliverable as it is cited. Addresses are whole ones. `date` is ISO 8601, as precise as it is known."""

    title: str
    kind: Kind
    kind_name: str
    url: str
    publisher: str  # the community
    authors: tuple[str, ...] = ()
    institutions: tuple[str, ...] = ()
    date: str | None = None
    date_name: str = ""  # in the reader's language
    language: str | None = None
    keywords: tuple[str, ...] = ()
    licence: str | None = None
    pdf_url: str | None = None
    project: tuple[str, str] | None = None  # title, address
    summary: str | None = None


def sentence(work: Work) -> str:
    """The citation to copy: who (when). What. Kind, where. Address."""
    who = ", ".join(work.authors) or ", ".join(work.institutions) or work.publisher
    where = ", ".join(dict.fromkeys((work.publisher, *work.institutions)))
    title = work.title.rstrip(".")
    return f"{who} ({work.date_name}). {title}. {work.kind_name[:1].upper()}{work.kind_name[1:]}, {where}. {work.url}"


def tags(work: Work) -> Iterator[tuple[str, str]]:
    """The `citation_*` tags, in Highwire's order of names and values."""
    yield "citation_title", work.title
    for author in work.authors:
        yield "citation_author", author
    if work.date:
        yield "citation_publication_date", work.date[:10].replace("-", "/")
    yield "citation_technical_report_institution", ", ".join(work.institutions) or work.publisher
    if work.language:
        yield "citation_language", work.language
    for keyword in work.keywords:
        yield "citation_keywords", keyword
    yield "citation_public_url", work.url
    if work.pdf_url:
        yield "citation_pdf_url", work.pdf_url


def linked_data(work: Work) -> dict[str, Any]:
    """The same for search engines (schema.org)."""
    data = {
        "@context": "https://schema.org",
        "@type": _TYPES.get(work.kind, "CreativeWork"),
        "name": work.title,
        "url": work.url,
        "author": [{"@type": "Person", "name": name} for name in work.authors],
        "sourceOrganization": [{"@type": "EducationalOrganization", "name": name} for name in work.institutions],
        "publisher": {"@type": "Organization", "name": work.publisher},
        "datePublished": work.date,
        "inLanguage": work.language,
        "keywords": ", ".join(work.keywords),
        "license": work.licence,
        "abstract": work.summary,
        "isPartOf": {"@type": "CreativeWork", "name": work.project[0], "url": work.project[1]}
        if work.project
        else None,
        "encoding": {"@type": "MediaObject", "contentUrl": work.pdf_url, "encodingFormat": "application/pdf"}
        if work.pdf_url
        else None,
    }
    return {key: value for key, value in data.items() if value}
