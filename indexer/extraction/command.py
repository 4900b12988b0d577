"""`estafette extract FILE`: show what the indexer reads in a file. The JSON is the contract of the extraction tests."""

from __future__ import annotations

import json
import os
import sys
from pathlib import PurePath
from typing import Any

import click

from indexer.extraction.model import ExtractError, Extraction, Limits

SCANNED_PAGES_MAX = 200  # the clock ends it earlier: a page takes 1 to 2 seconds


@click.command("extract")
@click.argument("file", type=click.Path(path_type=bytes, readable=False))
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object.")
@click.option("--ocr", is_flag=True, help="Read scanned pages of a PDF too: one to two seconds a page.")
def extract(file: bytes, as_json: bool, ocr: bool) -> None:
    """Show the text that the indexer reads in FILE."""
    from indexer.extraction import worker
    from indexer.extraction.cleaning import printable

    try:
        found = worker.extract(file, limits=Limits(scanned_pages_max=SCANNED_PAGES_MAX if ocr else 0))
    except ExtractError as error:
        click.echo(printable(f"{PurePath(os.fsdecode(file)).name}: {error.reason}"), err=True)
        sys.exit(error.exit_code)
    if as_json:
        # ASCII only: a name that is not UTF-8 holds surrogates, which no encoding of standard output knows.
        print(json.dumps(answer(os.fsdecode(file), found)))
    else:
        click.echo("\n".join(_readable(found)))
        for warning in found.warnings:
            click.echo(printable(f"warning: {warning}"), err=True)


def answer(file: str, extraction: Extraction) -> dict[str, Any]:
    """Return the contract's JSON object."""
    paged = extraction.unit == "page"
    return {
        "file": file,
        "format": extraction.format,
        "pages" if paged else "sections": [
            {"number": part.number, "label": part.label, "text": part.text}
            if paged
            else {"number": part.number, "heading": part.heading, "level": part.level, "text": part.text}
            for part in extraction.parts
        ],
        "properties": {
            "title": extraction.properties.title,
            "authors": list(extraction.properties.authors),
            "created": extraction.properties.created,
            "language": extraction.properties.language,
        },
        "warnings": list(extraction.warnings),
    }


def _readable(extraction: Extraction) -> list[str]:
    lines = []
    for part in extraction.parts:
        if extraction.unit == "page":
            printed = f" ({part.label})" if part.label not in {None, str(part.number)} else ""
            lines.append(f"— page {part.number}{printed} —")
        elif part.heading:
            lines.append(f"{'#' * (part.level or 1)} {part.heading}")
        lines += [part.text, ""]
    return lines


if __name__ == "__main__":
    extract()
