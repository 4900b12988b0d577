"""Read the old binary formats (.doc, .ppt, .xls): LibreOffice converts them, the readers of the new ones read them.

LibreOffice gets a profile of its own that forbids macros and links to the outside, and a folder that the worker's end
takes along. It is the one reader that needs a program that may not be there.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from indexer.extraction import docx, pptx, xlsx
from indexer.extraction.model import ExtractError, Extraction, Limits
from indexer.extraction.tool import TooSlow, run

PROGRAMS = ("soffice", "libreoffice", "/Applications/LibreOffice.app/Contents/MacOS/soffice")
# A conversion takes 1 to 3 s; what is left of the time is for reading the result.
TIME_SHARE = 0.8

_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
 <item oor:path="/org.openoffice.Office.Common/Security/Scripting">
  <prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop>
  <prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
  <prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
 </item>
 <item oor:path="/org.openoffice.Office.Writer/Content/Update">
  <prop oor:name="Link" oor:op="fuse"><value>0</value></prop>
 </item>
 <item oor:path="/org.openoffice.Office.Calc/Content/Update">
  <prop oor:name="Link" oor:op="fuse"><value>1</value></prop>
 </item>
</oor:items>
"""


def read_doc(source: BinaryIO, *, limits: Limits) -> Extraction:
    """Return the sections of a Word 97-2003 document."""
    return _read(source, "doc", "docx", docx.read, limits)


def read_ppt(source: BinaryIO, *, limits: Limits) -> Extraction:
    """Return the slides of a PowerPoint 97-2003 presentation."""
    return _read(source, "ppt", "pptx", pptx.read, limits)


def read_xls(source: BinaryIO, *, limits: Limits) -> Extraction:
    """Return the sheets of an Excel 97-2003 workbook."""
    return _read(source, "xls", "xlsx", xlsx.read, limits)


def program() -> str | None:
    """The path of LibreOffice, or None where it is not found."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def _read(source: BinaryIO, old: str, new: str, reader: Callable[..., Extraction], limits: Limits) -> Extraction:
    office = program()
    if office is None:
        reason = f"is in the old format .{old}, which is read only where LibreOffice is found"
        raise ExtractError("not-read", reason)
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder, f"file.{old}")
        with given.open("wb") as copy:
            shutil.copyfileobj(source, copy)
        made = _convert(office, given, new, limits.seconds_for(given.stat().st_size) * TIME_SHARE)
        with made.open("rb") as converted:
            return replace(reader(converted, limits=limits), format=old)


def _convert(office: str, given: Path, new: str, timeout_s: float) -> Path:
    """Return the converted file, which LibreOffice writes beside the one that is given."""
    user = given.parent / "profile" / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
    command = [
        office,
        f"-env:UserInstallation={user.parent.as_uri()}",
        "--headless", "--norestore", "--nologo", "--nolockcheck",
        "--convert-to", new,
        "--outdir", os.fspath(given.parent),
        os.fspath(given),
    ]  # fmt: skip
    try:
        run(command, timeout_s=timeout_s)
    except TooSlow as error:
        raise ExtractError("too-slow", "takes LibreOffice too long to convert") from error
    made = given.with_suffix(f".{new}")
    if not made.is_file():  # it ends with 0 all the same
        raise ExtractError("damaged", "can't be converted by LibreOffice: it is damaged or protected with a password")
    return made
