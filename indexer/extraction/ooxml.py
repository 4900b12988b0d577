"""Take apart an Office Open XML package: which part is which, its properties, the text in drawings and charts.

Knows the package (ECMA-376 part 2) and DrawingML, which Word, PowerPoint and Excel share; not their own XML.
Relations to the outside (`TargetMode="External"`) are never followed.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast
from urllib.parse import unquote

from docx.opc.coreprops import CoreProperties
from docx.oxml.coreprops import CT_CoreProperties
from docx.oxml.parser import parse_xml as parse_office_xml
from lxml import etree

from indexer.extraction.guard import SafeZip, parse_xml
from indexer.extraction.metadata import iso_date, names, title_of
from indexer.extraction.model import ExtractError, Properties

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
DCTERMS = "{http://purl.org/dc/terms/}"

# "Strict" files have the same elements under other names: one spelling from here on.
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/(\w+)")
_STRICT_SHOWS_WITHIN_BYTES = 4096

_ILLUSTRATIONS = ("chart", "chartEx", "diagramData")


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    kind: str  # the last word of its type: "styles", "slide", "chart"
    target: str  # the name of the part that it leads to


class Package:
    """The parts of a .docx, .pptx or .xlsx and how they hang together."""

    def __init__(self, source: BinaryIO) -> None:
        self.zip = SafeZip(source)
        self._relations: dict[str, dict[str, Relation]] = {}

    def main(self) -> str:
        """The name of the part that everything hangs on ("word/document.xml")."""
        found = self.related("", "officeDocument")
        if not found:
            raise ExtractError("damaged", "is damaged: its main part is missing")
        return found[0]

    def root(self, name: str) -> etree._Element | None:
        """The root of a part, in "transitional" names and without alternatives; None when the part is not there."""
        if name not in self.zip:
            return None
        data = self.zip.read(name)
        if b"purl.oclc.org/ooxml" in data[:_STRICT_SHOWS_WITHIN_BYTES]:
            data = _STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/\2", data)
        root = parse_xml(data)
        choose_alternatives(root)
        return root

    def root_if_whole(self, name: str) -> etree._Element | None:
        """The root of a part that the text can do without: a broken one counts as absent."""
        try:
            return self.root(name)
        except ExtractError as error:
            if error.code != "damaged":
                raise
            return None

    def relations(self, name: str) -> dict[str, Relation]:
        """What a part refers to inside the package, by the id of the relation. The package itself has the name ""."""
        if name not in self._relations:
            folder, file = posixpath.split(name)
            root = self.zip.xml(posixpath.join(folder, "_rels", f"{file}.rels"))
            self._relations[name] = {} if root is None else dict(_relations(root, folder))
        return self._relations[name]

    def related(self, name: str, kind: str) -> list[str]:
        """The parts of one kind that a part refers to, in the order of its relations."""
        return [relation.target for relation in self.relations(name).values() if relation.kind == kind]

    def illustrations(self, name: str) -> list[str]:
        """Lines of text in the charts and diagrams of a part."""
        found = []
        for relation in self.relations(name).values():
            if relation.kind in _ILLUSTRATIONS:
                found += self.illustration(relation.target)
        return found

    def illustration(self, name: str) -> list[str]:
        """Lines of text in one chart or diagram."""
        root = self.root_if_whole(name)
        return [] if root is None else chart_lines(root)

    def properties(self) -> Properties:
        """What the package says of itself; a property that can't be read is left out.

        By python-docx, of this one part: opening the whole package with it takes ten times as long. The date is read
        as it stands, since python-docx gives a month as its first day.
        """
        for name in self.related("", "core-properties"):
            try:
                root = self.zip.xml(name)
                if root is None:
                    continue
                about = CoreProperties(cast(CT_CoreProperties, parse_office_xml(etree.tostring(root))))
                title, author = about.title, about.author
            except (ExtractError, ValueError, TypeError, AttributeError):
                continue
            return Properties(
                title=title_of(title), authors=names(author), created=iso_date(root.findtext(DCTERMS + "created"))
            )
        return Properties()


def choose_alternatives(root: etree._Element) -> None:
    """Keep one branch of each `mc:AlternateContent`: the first choice, or the fallback where only that holds text."""
    for alternate in list(root.iter(MC + "AlternateContent")):
        branches = list(alternate)
        if not branches:
            continue
        kept = branches[0]
        if kept.tag != MC + "Fallback" and not _speaks(kept) and _speaks(branches[-1]):
            kept = branches[-1]
        for branch in branches:
            if branch is not kept:
                alternate.remove(branch)


def drawing_lines(element: etree._Element) -> list[str]:
    """The paragraphs of a DrawingML text body, one a line; a line break inside one stays a line feed.

    >>> drawing_lines(etree.fromstring(f'<x xmlns="{A[1:-1]}"><p><r><t>a</t></r><br/><fld><t>b</t></fld></p><p/></x>'))
    ['a\\nb']
    """
    lines = []
    for paragraph in element.iter(A + "p"):
        text = "".join(
            (part.text or "") if part.tag.endswith("}t") else "\n" if part.tag == A + "br" else "\t"
            for part in paragraph.iter(A + "t", A + "br", A + "tab", _MATH_T)
            if part.tag != A + "tab" or not is_in(part, A + "tabLst")
        )
        if text.strip():
            lines.append(text)
    return lines


def is_in(element: etree._Element, tag: str) -> bool:
    """Is this element a child of one with that tag?"""
    parent = element.getparent()
    return parent is not None and parent.tag == tag


def chart_lines(root: etree._Element) -> list[str]:
    """Titles, names of series and categories of a chart, or the texts of a diagram; each once, without the numbers."""
    lines = drawing_lines(root)
    for cache in root.iter(C + "strCache"):
        lines += [value.text for value in cache.iter(C + "v") if value.text and value.text.strip()]
    return list(dict.fromkeys(lines))


_MATH_T = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"


def _speaks(branch: etree._Element) -> bool:
    """Does a branch hold text, or refer to a part that may (a chart, a diagram)?"""
    return next(branch.iter("{*}t", "{*}textpath", "{*}relIds", C + "chart"), None) is not None


def _relations(root: etree._Element, folder: str) -> Iterator[tuple[str, Relation]]:
    for relation in root.iter(RELATION):
        target = relation.get("Target")
        if target and relation.get("TargetMode") != "External":
            # Targets are URIs, relative to the folder of the part; names in the archive begin without a slash.
            path = posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip("/")
            yield relation.get("Id", ""), Relation(kind=relation.get("Type", "").rpartition("/")[2], target=path)
