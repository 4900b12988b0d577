"""The start pack of a community: a page for a team's first morning, and the same to take along as DOCX, PDF and ZIP."""

from __future__ import annotations

import io
import re
from typing import IO
from urllib.parse import quote

from flask import Blueprint, Response, abort, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from archive.model import Community
from webui import wording
from webui.addresses import community_url, site_address, start_url
from webui.bytes import open_bytes
from webui.house import house
from webui.overview import overview
from webui.start_pack.gathering import Pack, gather
from webui.start_pack.sheet import Sheet
from webui.start_pack.telling import tell

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
ZIP = "application/zip"

# What writes the files is loaded when one is asked for: 20 MB, and half a second of the start of every server.
blueprint = Blueprint("start_pack", __name__)


@blueprint.get("/communities/<id>/start")
def page(id: str) -> ResponseReturnValue:
    pack, sheet = _told(id)
    seen = overview()
    own = seen.projects_where(lambda project: project.community == id)
    themes = sorted({theme for each in own if each.record for theme in each.record.themes}, key=seen.theme_name)
    choices = [(_("alle thema’s"), start_url(id), pack.theme is None)]
    choices += [(seen.theme_name(slug), start_url(id, slug), pack.theme == slug) for slug in themes]
    files = [(form, start_url(id, pack.theme, form=form)) for form in ("docx", "pdf", "zip")]
    return render_template(
        "start_pack.html",
        pack=pack,
        sheet=sheet,
        choices=choices if len(themes) > 1 else [],
        files=dict(files),
        community=pack.community,
        community_url=community_url(id),
    )


@blueprint.get("/communities/<id>/start.docx")
def docx(id: str) -> ResponseReturnValue:
    from webui.start_pack import as_docx

    pack, sheet = _told(id)
    return _file(io.BytesIO(as_docx.render(sheet, pack.day, root=_root())), DOCX, sheet, "docx")


@blueprint.get("/communities/<id>/start.pdf")
def pdf(id: str) -> ResponseReturnValue:
    from webui.start_pack import as_pdf

    pack, sheet = _told(id)
    return _file(io.BytesIO(as_pdf.render(sheet, pack.day, root=_root())), PDF, sheet, "pdf")


@blueprint.get("/communities/<id>/start.zip")
def zip(id: str) -> ResponseReturnValue:
    """The pack with the readings themselves: those of which this reader may have the file."""
    from webui.start_pack import as_zip

    pack, sheet = _told(id)
    readings = [each.reading for each in pack.readings]
    made = as_zip.render(sheet, pack.day, readings, open_bytes, root=_root(), name=_name(sheet))
    return _file(made, ZIP, sheet, "zip")


def _told(id: str) -> tuple[Pack, Sheet]:
    """The pack that is asked for, and the sheet that tells it. A theme in which nothing runs here is not found."""
    seen = overview()
    found: Community | None = seen.communities.get(id)
    theme = request.args.get("theme") or None
    if found is None:
        abort(404)
    if theme is not None and not any(
        each.community == id and each.record and theme in each.record.themes for each in seen.projects.values()
    ):
        abort(404)
    pack = gather(found, theme, seen=seen, catalog=house().catalog)
    return pack, tell(pack, seen)


def _root() -> str:
    """What links in a file begin with."""
    return site_address()


def _name(sheet: Sheet) -> str:
    """A name for files: "Startpakket BIM 5 prefab bouwen"."""
    text = " ".join(part for part in (sheet.title, sheet.subtitle.partition(": ")[2]) if part)
    return " ".join(re.sub(r"[^\w .-]+", " ", text).split())[:100]


def _file(stream: IO[bytes], mimetype: str, sheet: Sheet, suffix: str) -> Response:
    response = send_file(stream, mimetype=mimetype, max_age=0)
    name = f"{_name(sheet)}.{suffix}"
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", name)
    response.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Language"] = wording.language()
    return response
