"""What `estafette status` tells: counts, versions, sizes, the last run, what this machine can't do."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from archive.access import EMBARGO_ZONE, Access
from archive.backup.making import LastBackup, last_backup
from archive.catalog.catalog import Catalog
from archive.paths import printable
from archive.settings import Settings
from indexer.extraction import legacy, ocr
from indexer.extraction.worker import unsupported_limits
from indexer.search.engine import IndexUnreadable, SearchIndex
from indexer.search.translation import Translation
from indexer.sync import LAST_RUN

_WITHOUT = {
    "tesseract": "scans and pictures are archived and found by name, not by their text",
    "libreoffice": "old .doc, .ppt and .xls are archived and found by name, not by their text",
    "dictionary": "estafette-freedict is not installed; English and Dutch find each other by trade terms only",
}


def status_of(settings: Settings, catalog: Catalog, index: SearchIndex, *, access: Access) -> dict[str, Any]:
    """The state of an archive as plain values; sizes in bytes. `access` sees everything."""
    counts = catalog.counts(access=access)
    try:
        health = index.health()
        indexed: dict[str, Any] = {"documents": health.documents, "bytes": health.bytes, "version": health.version}
    except IndexUnreadable as error:
        indexed = {"error": str(error)}
    return {
        "version": version("estafette"),
        "python": platform.python_version(),
        "documents": str(settings.documents),
        "var": str(settings.var),
        "var_bytes": _size(settings.var),
        "deliverables": counts.deliverables,
        "projects": counts.projects,
        "communities": counts.communities,
        "parts": counts.parts,
        "index": indexed,
        "last_run": catalog.meta(LAST_RUN),
        "last_backup": _backup_json(last_backup(settings.var)),
        "unread": [
            {"id": unread.id, "code": unread.code, "reason": unread.reason}
            for unread in catalog.failures(access=access)
        ],
        "record_problems": [
            {"path": problem.path, "line": problem.line, "message": problem.message}
            for problem in catalog.problems(access=access)
        ],
        "tools": {
            "tesseract": ocr.available(),
            "libreoffice": legacy.program() is not None,
            "dictionary": Translation.shipped().has_dictionary,
        },
        "unsupported_limits": unsupported_limits(),
    }


def status_lines(status: dict[str, Any]) -> Iterator[str]:
    """The same for people."""
    yield f"Estafette {status['version']} on Python {status['python']}"
    yield f"documents  {status['documents']}"
    yield f"var        {status['var']} ({status['var_bytes'] / 1e6:.1f} MB)"
    yield (
        f"holds      {status['deliverables']} deliverables, {status['parts']} pages and sections, "
        f"in {status['projects']} projects of {status['communities']} communities"
    )
    yield f"indexed    {status['last_run'] or 'never'}"
    yield f"backup     {_backup_line(status['last_backup'])}"
    if "error" in status["index"]:
        yield f"index      {status['index']['error']}"
    for tool, without in _WITHOUT.items():
        if not status["tools"][tool]:
            yield f"absent     {tool}: {without}"
    yield from (f"limits     {line}" for line in status["unsupported_limits"])
    yield from (f"not read   {printable(each['id'])} {printable(each['reason'])}" for each in status["unread"])
    for problem in status["record_problems"]:
        line = f", line {problem['line']}" if problem["line"] else ""
        yield f"record     {printable(problem['path'])}{line}: {printable(problem['message'])}"


def _backup_json(last: LastBackup | None) -> dict[str, Any] | None:
    if last is None:
        return None
    made = last.made.astimezone(EMBARGO_ZONE).isoformat(timespec="minutes")
    return {"made": made, "file": last.file, "files": last.files, "bytes": last.bytes, "complete": last.complete}


def _backup_line(last: dict[str, Any] | None) -> str:
    if last is None:
        return "never"
    missing = "" if last["complete"] else "; something was missing from it"
    return f"{last['made']}, {last['files']} files, {printable(last['file'])}{missing}"


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
