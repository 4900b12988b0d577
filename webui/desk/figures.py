"""The yearly figures: a page, a table for a spreadsheet, and a Word document to write the report from."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Blueprint, Response, abort, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from archive.accounts.counting import visits_in
from archive.figures.gathering import gather
from archive.figures.yearly import Figure, beside, visited, year_on, yearly
from archive.paths import year_of
from webui import wording
from webui.desk.figures_told import Group, groups_of
from webui.house import house
from webui.overview import Overview, overview
from webui.visitor import coordinator

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

blueprint = Blueprint("figures", __name__)


@dataclass(slots=True)
class _Kept:
    """The figures of the years that were asked for, for as long as the archive stays as it is."""

    seen: Overview
    years: dict[int, tuple[Figure, ...]] = field(default_factory=dict)


@blueprint.get("/desk/figures")
def latest() -> ResponseReturnValue:
    coordinator()
    return redirect(url_for("figures.page", year=year_on(overview().access.today)), code=303)


@blueprint.get("/desk/figures/<year>")
def page(year: str) -> ResponseReturnValue:
    wanted = _wanted(year)
    if year != str(wanted):
        return redirect(url_for("figures.page", year=wanted), code=301)
    known = {each.year for each in overview().projects.values() if each.year is not None}
    return render_template(
        "figures.html", year=wanted, groups=_groups(wanted), years=sorted(known | {wanted}, reverse=True)
    )


@blueprint.get("/desk/figures/<year>.csv")
def as_csv(year: str) -> ResponseReturnValue:
    """Parted by semicolons and with a mark of its encoding: so a Dutch spreadsheet opens it at once."""
    wanted = _wanted(year)
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";")
    writer.writerow([_("Groep"), _("Cijfer"), *_years(wanted), _("Daarbij"), _("Wat is geteld")])
    for group in _groups(wanted, number=str):
        for line in group.lines:
            writer.writerow([group.title, line.name, line.now, line.before, line.notes, line.definition])
    return _file(stream.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8", f"{_file_name(wanted)}.csv")


@blueprint.get("/desk/figures/<year>.docx")
def as_docx(year: str) -> ResponseReturnValue:
    from webui.desk import figures_docx  # loaded when one is asked for: python-docx is large

    wanted = _wanted(year)
    made = figures_docx.render(
        _groups(wanted),
        title=_("Jaarcijfers %(year)s", year=wording.academic_year(wanted)),
        dated=_("Geteld op %(day)s", day=wording.day_name(overview().access.today)),
        years=_years(wanted),
        language=wording.language(),
    )
    return _file(made, DOCX, f"{_file_name(wanted)}.docx")


def _wanted(year: str) -> int:
    coordinator()
    wanted = year_of(year)
    if wanted is None:
        abort(404)
    return wanted


def _years(year: int) -> tuple[str, str]:
    return wording.academic_year(year), wording.academic_year(year - 1)


def _groups(year: int, *, number: Callable[[float], str] = wording.number) -> list[Group]:
    return groups_of(beside(_counted(year), _counted(year - 1)), number=number)


def _counted(year: int) -> tuple[Figure, ...]:
    """The figures of a year: of the archive as kept, of the visits as they are now."""
    seen = overview()
    kept: _Kept | None = current_app.extensions.get("estafette-figures")
    if kept is None or kept.seen is not seen:
        kept = current_app.extensions["estafette-figures"] = _Kept(seen=seen)
    if year not in kept.years:
        holdings = gather(seen.catalog, today=seen.access.today)
        kept.years.update({each: yearly(holdings, each) for each in (year, year - 1)})
    house().tally.write(house().accounts.file)
    return (*kept.years[year], *visited(visits_in(house().accounts.file, year)))


def _file_name(year: int) -> str:
    word = _("jaarcijfers")
    return f"{word}-{year}-{year + 1}"


def _file(content: bytes, mimetype: str, name: str) -> Response:
    response = Response(content, content_type=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Language"] = wording.language()
    return response
