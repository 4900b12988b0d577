"""A newsletter of outcomes that became public since a day: as text and as HTML, ready to paste.

It holds what a visitor without an account reads, so agreement and consent hold here as everywhere. The coordinator's
own access only tells since when.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from archive.access import reader
from archive.model import Project
from archive.network.model import Network
from archive.privacy.publishing import has_outcome
from archive.relay.handover import end_of
from webui import wording
from webui.addresses import outcome_url, site_address
from webui.house import house
from webui.overview import companies_of, overview
from webui.visitor import coordinator

SINCE_DAYS = 92  # without a day: a quarter
PUBLISHED = "outcome published"  # the log's word for it: see `webui.desk.page`
NO_DAY = _l("Schrijf een dag als 2021-01-29, tot en met vandaag.")

blueprint = Blueprint("newsletter", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One outcome, as a visitor reads it."""

    project: Project
    url: str
    since: date
    companies: tuple[str, ...]

    @property
    def outcome(self) -> str:
        return (self.project.record.outcome if self.project.record else None) or ""

    @property
    def use(self) -> str:
        return (self.project.record.use if self.project.record else None) or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """Outcomes for one sector; where no company has one, of a theme. "" for the others."""

    title: str
    pieces: tuple[Piece, ...]


@blueprint.get("/desk/newsletter")
def page() -> ResponseReturnValue:
    coordinator()
    today = overview().access.today
    typed = request.args.get("since", "").strip()
    since = _day(typed, today) if typed else today - timedelta(days=SINCE_DAYS)
    if since is None:
        return render_template("newsletter.html", since=typed, today=today, problem=str(NO_DAY), chapters=[]), 400
    found = chapters(since)
    title = _("Nieuwe opbrengsten sinds %(day)s", day=wording.day_name(since))
    return render_template(
        "newsletter.html",
        since=since.isoformat(),
        today=today,
        chapters=found,
        count=sum(len(each.pieces) for each in found),
        title=title,
        text=as_text(found, title),
        markup=render_template("newsletter_mail.html", chapters=found, title=title),
    )


def chapters(since: date) -> list[Chapter]:
    """The public outcomes since a day, under sectors; the largest chapter first, each outcome once."""
    today = overview().access.today
    visitor, catalog = reader("public", today=today), house().catalog
    network = catalog.network(access=visitor)
    names = {each.slug: each.name for each in network.organisations}
    published = _published()
    pieces: list[Piece] = []
    for project in catalog.projects(access=visitor):
        day = _public_since(overview().projects.get(project.id), published, today)
        if has_outcome(project.record, today=today) and day is not None and day >= since:
            pieces.append(
                Piece(
                    project=project,
                    url=site_address() + outcome_url(project.id),
                    since=day,
                    companies=tuple(names[slug] for slug in companies_of(project) if slug in names),
                )
            )
    return _under_headings(sorted(pieces, key=lambda each: each.since, reverse=True), network)


def as_text(found: Iterable[Chapter], title: str) -> str:
    """The newsletter as plain text, for any mail program."""
    blocks = [title]
    for chapter in found:
        blocks.append(chapter.title.upper())
        for piece in chapter.pieces:
            lines = [piece.project.title, piece.outcome, piece.use]
            lines += [_("Met %(companies)s", companies=", ".join(piece.companies))] if piece.companies else []
            blocks.append("\n".join(" ".join(line.split()) for line in [*lines, piece.url] if line))
    return "\n\n".join(blocks) + "\n"


def _published() -> Mapping[str, date]:
    """By project, the last day on which the coordinator made its outcome public, as far back as the log goes."""
    found: dict[str, date] = {}
    for line in house().accounts.log():
        if line.action == PUBLISHED:
            found.setdefault(line.subject, line.at.date())
    return found


def _public_since(project: Project | None, published: Mapping[str, date], today: date) -> date | None:
    """Since when a project's outcome can be public: its end, the last company's yes, or the day it was published.

    No record tells the day itself; of these the last is never too early. A project that ended before its time, and
    whose record tells no day, counts as of today.
    """
    if project is None:
        return None
    days = [end_of(project), published.get(project.id)]
    days += [each.agreed.date for each in (project.record.companies if project.record else ()) if each.agreed]
    return min(max((day for day in days if day is not None), default=today), today)


def _under_headings(pieces: Iterable[Piece], network: Network) -> list[Chapter]:
    sectors = {each.slug: each.sector for each in network.organisations if each.sector}
    under: dict[str, list[Piece]] = {}
    all_of_them = list(pieces)
    of = {piece.project.id: _headings(piece.project, sectors) for piece in all_of_them}
    often = Counter(heading for headings in of.values() for heading in headings)
    for piece in all_of_them:
        heading = min(of[piece.project.id], key=lambda each: (-often[each], each), default="")
        under.setdefault(heading, []).append(piece)
    order = sorted(under, key=lambda heading: (not heading, -len(under[heading]), heading))
    return [Chapter(title=_capital(heading) or _("Verder"), pieces=tuple(under[heading])) for heading in order]


def _headings(project: Project, sectors: Mapping[str, str]) -> list[str]:
    """The sectors of its companies; without one, its themes."""
    own = sorted({sectors[slug] for slug in companies_of(project) if slug in sectors})
    themes = project.record.themes if project.record else ()
    return own or [overview().theme_name(slug) for slug in themes]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _day(typed: str, today: date) -> date | None:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if day <= today else None
