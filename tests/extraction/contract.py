"""What every answer of `estafette extract --json` must be, whatever the format: tests of all readers use `answered`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from indexer.extraction.command import answer
from indexer.extraction.model import Limits
from indexer.extraction.reader import read

PAGED, EITHER = {"pdf"}, {"txt", "md"}
OFFICE = {"docx", "odt", "pptx", "odp", "xlsx", "ods", "doc", "ppt", "xls"}
SECTIONED = OFFICE | {"rtf", "html", "csv", "eml", "zip", "image", "ifc"}
ISO_DATE = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?")


def answered(path: Path, *, limits: Limits | None = None) -> dict[str, Any]:
    """Read a file in this process; return the contract's JSON object, which must keep to the contract."""
    found = answer(str(path), read(path, limits=limits or Limits()))
    assert list(departures(found)) == []
    return found


def text_of(found: dict[str, Any]) -> str:
    """All text with its headings, in reading order."""
    parts = found.get("pages") or found.get("sections") or []
    return "\n".join(filter(None, (text for part in parts for text in (part.get("heading"), part["text"]))))


def departures(found: dict[str, Any]) -> Iterator[str]:
    """One line for each thing in which an answer is not as the contract says."""
    kind, units = found["format"], found.keys() & {"pages", "sections"}
    wanted = {"pages"} if kind in PAGED else {"sections"} if kind in SECTIONED else units
    if kind not in PAGED | SECTIONED | EITHER or len(units) != 1 or units != wanted:
        yield f"{kind} answers in {units}"
    if set(found) != {"file", "format", "properties", "warnings", *units}:
        yield f"fields {sorted(found)}"
    parts = [part for unit in units for part in found[unit]]
    if [part["number"] for part in parts] != list(range(1, len(parts) + 1)):
        yield "numbers do not count from 1"
    for part in parts:
        if units == {"pages"} and not (isinstance(part["label"], str) and part["label"]):
            yield f"page {part['number']} has no label"
        if units == {"sections"} and (part["heading"] is None) != (part["level"] is None):
            yield f"section {part['number']} has a heading without a level, or a level without a heading"
        if part.get("level") is not None and part["level"] not in range(1, 10):
            yield f"level {part['level']}"
        yield from (
            f"{part['number']}: {fault}" for fault in _impurities(f"{part.get('heading') or ''}\n{part['text']}")
        )
    about = found["properties"]
    if set(about) != {"title", "authors", "created", "language"} or not isinstance(about["authors"], list):
        yield "properties"
    if about["created"] is not None and not ISO_DATE.fullmatch(about["created"]):
        yield f"created {about['created']}"
    if any("\n" in warning or not warning for warning in found["warnings"]):
        yield "a warning is not one line"


def _impurities(text: str) -> Iterator[str]:
    if unicodedata.normalize("NFC", text) != text:
        yield "not NFC"
    if re.search("[\ufb00-\ufb06\uff01-\uff5e\u00ad\ufeff]", text):
        yield "ligatures, fullwidth letters, soft hyphens or byte order marks"
    if strange := {c for c in text if c not in "\n\t" and unicodedata.category(c) in {"Cc", "Co", "Cs", "Cn"}}:
        yield f"characters {sorted(map(hex, map(ord, strange)))}"
