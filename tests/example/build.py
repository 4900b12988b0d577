"""Lay out the example archive: `python tests/example/build.py [--all] [PART OF A PATH]…`.

The texts are written by hand, in `<community>/<year>/<project>/<stem>.md` beside this script; the records stand by hand
in `documents/`. This script makes the files between them: DOCX, ODT, PDF of several producers, slides, sheets, a model
and an archive of scripts. What is newer than its source is left alone. Needs LibreOffice and Chromium.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from layout.convert import by_chromium, by_libreoffice, front_pages, page_labels
from layout.ifc import write_ifc
from layout.platypus import write_pdf
from layout.printed import write_html
from layout.scan import write_scan
from layout.settle import settle_pdf, settle_zip, write_zip
from layout.sheets import write_xlsx
from layout.slides import write_pptx
from layout.source import Source, read_source
from layout.word import Look, write_docx

SOURCES = Path(__file__).resolve().parent
DOCUMENTS = SOURCES.parents[1] / "documents"
SIZE_LIMIT_MB = 25
HOUSE_STYLE = "bim5/2020/scan-to-bim/eindrapport.docx"  # the one with a school's own style over Word's `Kop1`
MODEL = "bim5/2020/scan-to-bim/model.ifc"  # made without a source
SCRIPTS_DATE = date(2021, 1, 20)  # of the members of a ZIP
BROCHURE_SCALE = 1.5  # what was scanned is a brochure to hang on the wall
ACCENTS = ("#1f5c7a", "#2f6b4f", "#8a4b14", "#5a3d7a", "#7a2e3a", "#0f5f66", "#3d4f7d", "#6b5a1f")
WORD_FONTS = (("Arial", "Arial"), ("Times New Roman", "Arial"), ("Times New Roman", "Times New Roman"))
PDF_FONTS = (
    ("Liberation Serif", "Liberation Sans"),
    ("Liberation Sans", "Liberation Sans"),
    ("DejaVu Serif", "DejaVu Sans"),
)


def main() -> int:
    """Build what is out of date and say what was made; exit 1 when a source could not be laid out."""
    parser = argparse.ArgumentParser(description="Lay out the example archive.")
    parser.add_argument("parts", nargs="*", metavar="PART", help="only files with this in their path")
    parser.add_argument("--all", action="store_true", help="also what is newer than its source")
    parser.add_argument("--documents", type=Path, default=DOCUMENTS, help="where the files go")
    options = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory(prefix="example-") as profile:
        for source, target in _files(options.documents):
            name = target.relative_to(options.documents).as_posix()
            if options.parts and not any(part in name for part in options.parts):
                continue
            if not options.all and target.exists() and target.stat().st_mtime >= _changed(source):
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                _build(source, target, name, Path(profile))
                print(f"{target.stat().st_size / 1000:8.0f} kB  {name}", flush=True)
            except Exception as error:  # one source that can't be laid out stops no other
                failed += 1
                print(f"  failed    {name}: {error!r}", file=sys.stderr, flush=True)
    total = sum(path.stat().st_size for path in options.documents.rglob("*") if path.is_file()) / 1e6
    print(f"{total:.1f} MB of at most {SIZE_LIMIT_MB}")
    return 1 if failed or total > SIZE_LIMIT_MB else 0


def _files(documents: Path) -> Iterator[tuple[Path, Path]]:
    """Each source (a text, a folder of members, or this script for the model) with the file that it becomes."""
    for path in sorted(SOURCES.glob("*/[0-9]*/**/*.md")):
        parts = path.relative_to(SOURCES).parts
        if len(parts) <= 4 and path.read_text(encoding="utf-8").startswith("+++"):
            try:
                file = read_source(path).meta.file
            except ValueError as error:
                print(f"  failed    {error}", file=sys.stderr)
                continue
            yield path, documents.joinpath(*parts[:-1], file)
    for path in sorted(SOURCES.glob("*/[0-9]*/*/*/")):
        if path.is_dir() and path.name != "__pycache__":
            yield path, documents / path.relative_to(SOURCES).with_suffix(".zip")
    yield Path(__file__), documents / MODEL


def _changed(source: Path) -> float:
    """When a source was changed last; a folder when any of its members was."""
    return max(path.stat().st_mtime for path in (source, *source.rglob("*")))


def _build(source: Path, target: Path, name: str, profile: Path) -> None:
    """Write one file."""
    if source.is_dir():
        members = (path for path in sorted(source.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
        packed = [
            (f"{source.name}/{path.relative_to(source).as_posix()}", path.read_bytes(), zipfile.ZIP_DEFLATED)
            for path in members
        ]
        write_zip(target, packed, SCRIPTS_DATE)
    elif target.suffix == ".ifc":
        moment = datetime(2021, 1, 18, 12, tzinfo=UTC)
        target.write_text(
            write_ifc(
                name="Schoolgebouw De Wissel",
                moment=moment,
                author="Projectteam Scan-to-BIM",
                organisation="Hogeschool Maasoever",
            ),
            encoding="ascii",
        )
    else:
        _build_text(read_source(source), target, name, profile)


def _build_text(source: Source, target: Path, name: str, profile: Path) -> None:
    """Write the file of one text, in the format that its name asks for."""
    meta = source.meta
    accent = ACCENTS[source.seed % len(ACCENTS)]
    match target.suffix, meta.producer:
        case ".md", _:
            target.write_text(source.markdown.lstrip("\n"), encoding="utf-8")
        case ".pptx", _:
            write_pptx(source, target, accent=accent)
            settle_zip(target, meta.date)
        case ".xlsx", _:
            write_xlsx(source, target, accent=accent)
            settle_zip(target, meta.date)
        case ((".docx" | ".odt"), _):
            _build_word(source, target, name, profile)
        case ".pdf", "libreoffice":
            _build_word(source, target, name, profile)
            settle_pdf(target, meta, front_pages=front_pages(target, source))
        case ".pdf", "chromium":
            by_chromium(write_html(source, accent=accent, pages={}), target, profile)
            by_chromium(write_html(source, accent=accent, pages=page_labels(target, source)), target, profile)
            settle_pdf(target, meta, front_pages=0)
        case ".pdf", _:
            body, headings = PDF_FONTS[source.seed % len(PDF_FONTS)]
            if meta.producer == "scan":
                printed = profile / "printed.pdf"
                write_pdf(source, printed, accent=accent, body=body, headings=headings, scale=BROCHURE_SCALE)
                write_scan(printed, target, day=meta.date, title=meta.title, seed=source.seed)
            else:
                front = write_pdf(source, target, accent=accent, body=body, headings=headings)
                settle_pdf(target, meta, front_pages=front)
        case suffix, _:
            raise ValueError(f"no way to write {suffix}")


def _build_word(source: Source, target: Path, name: str, profile: Path) -> None:
    """Write a DOCX, or have it converted; once more when the page numbers of its contents are known."""
    body, headings = WORD_FONTS[source.seed % len(WORD_FONTS)]
    look = Look(
        accent=ACCENTS[source.seed % len(ACCENTS)], body=body, headings=headings, house_style=name == HOUSE_STYLE
    )
    draft, printed = profile / "draft.docx", profile / "first.pdf"
    pages: dict[str, str] = {}
    if source.meta.contents:
        write_docx(source, draft, look=look, pages={}, contents_field=False)
        by_libreoffice(draft, printed, profile)
        pages = page_labels(printed, source)
    write_docx(source, draft, look=look, pages=pages, contents_field=target.suffix != ".pdf")
    settle_zip(draft, source.meta.date)
    if target.suffix == ".docx":
        target.write_bytes(draft.read_bytes())
        return
    by_libreoffice(draft, target, profile)
    if target.suffix == ".odt":
        settle_zip(target, source.meta.date)


if __name__ == "__main__":
    sys.exit(main())
