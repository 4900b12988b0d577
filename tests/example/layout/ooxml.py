"""The parts of WordprocessingML that python-docx has no words for. Works on its paragraphs, styles and elements."""

from __future__ import annotations

from typing import Any

from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

_ORDERS = {
    "w:pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs "
    "suppressAutoHyphens spacing ind contextualSpacing mirrorIndents jc textAlignment outlineLvl rPr sectPr",
    "w:tblPr": "tblStyle tblpPr bidiVisual tblW jc tblCellSpacing tblInd tblBorders shd tblLayout tblCellMar tblLook",
    "w:rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike vanish color spacing w kern position sz szCs highlight u "
    "effect bdr shd vertAlign rtl cs em lang",
}


def set_font(style: Any, name: str) -> None:
    """Set the font, also where the template names a theme font instead."""
    style.font.name = name
    fonts = style.element.rPr.rFonts
    for attribute in list(fonts.attrib):
        if "Theme" in attribute or attribute == qn("w:eastAsia"):
            del fonts.attrib[attribute]
    fonts.set(qn("w:hAnsi"), name)
    fonts.set(qn("w:cs"), name)


def in_schema_order(root: Any) -> None:
    """Sort what stands in each properties element: Word wants the order of ECMA-376 (CT_PPr, CT_RPr, CT_TblPr)."""
    for tag, order in _ORDERS.items():
        for element in root.iter(qn(tag)):
            ranks = {qn(f"w:{name}"): rank for rank, name in enumerate(order.split())}
            element[:] = sorted(element, key=lambda child: ranks.get(child.tag, len(ranks)))


def dotted() -> tuple[Any, Any]:
    """The kind of a tab stop at the right margin, with dots up to it."""
    return WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS


def drop(element: Any, tag: str) -> None:
    """Take out every `tag` below the element."""
    for found in list(element.iter(qn(tag))):
        found.getparent().remove(found)


def border(paragraph: Any, side: str, color: str = "#999999", eighths: int = 6) -> None:
    """A line above or below a paragraph."""
    paragraph._p.get_or_add_pPr().append(
        parse_xml(
            f'<w:pBdr {nsdecls("w")}><w:{side} w:val="single" w:sz="{eighths}" w:space="4" '
            f'w:color="{color.lstrip("#")}"/></w:pBdr>'
        )
    )


def not_numbered(paragraph: Any) -> None:
    """Take a heading out of its style's numbering, as Word does: numId 0, and no hanging indent."""
    numbered = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    numbered.get_or_add_numId().val = 0
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.first_line_indent = 0


def field_part(paragraph: Any, kind: str, instruction: str = "") -> None:
    """One of the runs of which a field consists: its instruction, or else a mark of the given kind."""
    run = paragraph.add_run()
    if instruction:
        element = OxmlElement("w:instrText")
        element.set(qn("xml:space"), "preserve")
        element.text = instruction
    else:
        element = OxmlElement("w:fldChar")
        element.set(qn("w:fldCharType"), kind)
    run._r.append(element)


def field(paragraph: Any, instruction: str, result: str) -> None:
    """A complex field with its result."""
    field_part(paragraph, "begin")
    field_part(paragraph, "", f" {instruction} ")
    field_part(paragraph, "separate")
    paragraph.add_run(result)
    field_part(paragraph, "end")
