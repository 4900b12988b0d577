"""Read any file in this process: find its format, load that format's reader, finish what it answers.

Only for what is trusted, and for the worker: strangers' files go through `worker.extract`, which calls this in a
process of its own. A reader is loaded when its format is met: all together they take half a second.
"""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import BinaryIO, cast

from indexer.extraction.language import SAMPLE_CHARS, language_of
from indexer.extraction.model import ExtractError, Extraction, Limits, Part
from indexer.extraction.opening import open_regular
from indexer.extraction.sniff import sniff

Reader = Callable[..., Extraction]

READERS = {
    "pdf": "pdf:read",
    "docx": "docx:read",
    "pptx": "pptx:read",
    "xlsx": "xlsx:read",
    "odt": "odf:read",
    "odp": "odf:read",
    "ods": "odf:read",
    "rtf": "rtf:read",
    "html": "html:read",
    "txt": "text:read_txt",
    "md": "text:read_md",
    "csv": "text:read_csv",
    "eml": "mail:read",
    "zip": "container:read",
    "ifc": "ifc:read",
    "image": "ocr:read",
    "doc": "legacy:read_doc",
    "ppt": "legacy:read_ppt",
    "xls": "legacy:read_xls",
}


def read(path: str | bytes | os.PathLike[str], *, limits: Limits) -> Extraction:
    """Return what the regular file at `path` holds. Raises ExtractError."""
    with open_regular(path) as source:
        limits = replace(limits, ends=time.monotonic() + limits.seconds_for(os.fstat(source.fileno()).st_size))
        return read_stream(source, os.fsdecode(path), limits=limits)


def read_stream(source: BinaryIO, name: str, *, limits: Limits) -> Extraction:
    """Return what an open file holds; members of archives and attachments of mails come through here too.

    Readers of archives pass `deeper(limits)` on. Raises ExtractError, and MemoryError when there is no more.
    """
    kind = sniff(source, name)
    source.seek(0)
    try:
        extraction = _reader(kind)(source, limits=limits)
    except (ExtractError, MemoryError):
        raise
    except RecursionError as error:
        raise ExtractError("too-large", "is nested too deeply") from error
    except Exception as error:
        # The one border for what the readers' libraries raise on files that nobody has seen before.
        raise ExtractError("damaged", "is damaged: its content can't be read") from error
    return _finished(extraction, limits)


def deeper(limits: Limits) -> Limits:
    """Return the limits for what lies inside an archive or a mail. Raises ExtractError when that is too deep."""
    if limits.depth <= 0:
        raise ExtractError("too-large", "lies too deep inside other archives")
    return replace(limits, depth=limits.depth - 1)


def preload(kinds: Iterable[str] = ("pdf", "docx", "pptx", "xlsx", "odt", "txt", "html")) -> None:
    """Load the readers of these formats, so that workers need not: a fork then costs 2 ms instead of 200.

    A kind that nobody reads is passed over.
    """
    for kind in READERS.keys() & kinds:
        _reader(kind)
    importlib.import_module("indexer.extraction.guard")


def _reader(kind: str) -> Reader:
    module, _, function = READERS[kind].partition(":")
    return cast(Reader, getattr(importlib.import_module(f"indexer.extraction.{module}"), function))


def _finished(extraction: Extraction, limits: Limits) -> Extraction:
    """Cut the text at its limit, and tell the language."""
    parts, warnings = extraction.parts, extraction.warnings
    if sum(len(part.text) for part in parts) > limits.text_max_chars:
        parts = _cut(parts, limits.text_max_chars)
        warnings = (*warnings, f"text cut at {limits.text_max_chars} characters")
    properties = replace(extraction.properties, language=language_of(_sample(parts)))
    return replace(extraction, parts=parts, properties=properties, warnings=warnings)


def _cut(parts: tuple[Part, ...], chars: int) -> tuple[Part, ...]:
    """Return pages or sections with at most so many characters; all remain, the last ones empty."""
    cut = []
    for part in parts:
        cut.append(replace(part, text=part.text[:chars]) if len(part.text) > chars else part)
        chars = max(chars - len(part.text), 0)
    return tuple(cut)


def _sample(parts: tuple[Part, ...]) -> str:
    """Enough text to tell the language by, from the middle: the front may be an abstract in another one."""
    sample, chars = [], 0
    for part in parts[len(parts) // 4 :] + parts[: len(parts) // 4]:
        sample.append(part.text)
        chars += len(part.text)
        if chars > SAMPLE_CHARS:
            break
    return "\n".join(sample)
