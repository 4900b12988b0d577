"""Write a document as DOCX, with what Word itself would put there.

Headings are real heading styles with a numbering of their own, captions and the table of contents are fields with their
results kept, footnotes stand in footnotes.xml. Page numbers for the table of contents come from outside: Word leaves
them to the lay-out, so the caller renders once and looks.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor
from lxml import etree

from . import figures
from .ooxml import border, dotted, drop, field_part, in_schema_order, not_numbered, set_font
from .ooxml import field as word_field
from .source import (
    WORDS,
    Block,
    Code,
    Figure,
    Heading,
    Inline,
    Listing,
    PageBreak,
    Paragraph,
    Quote,
    Source,
    Span,
    Table,
    column_shares,
    leads_on,
    long_date,
    plain,
)

TEXT_WIDTH_CM = 16.0
ROWS_KEPT_TOGETHER = 8
_TABLE_BORDERS = f"<w:tblBorders {nsdecls('w')}>{{}}</w:tblBorders>".format(
    "".join(
        f'<w:{side} w:val="{kind}" w:sz="4" w:space="0" w:color="BFBFBF"/>'
        for side, kind in (
            ("top", "single"),
            ("left", "nil"),
            ("bottom", "single"),
            ("right", "nil"),
            ("insideH", "single"),
            ("insideV", "nil"),
        )
    )
)
_TABLE_MARGINS = (
    f'<w:tblCellMar {nsdecls("w")}><w:top w:w="45" w:type="dxa"/><w:left w:w="90" w:type="dxa"/>'
    '<w:bottom w:w="45" w:type="dxa"/><w:right w:w="90" w:type="dxa"/></w:tblCellMar>'
)
_FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_CLEAN_NUMBERING = "".join(
    f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="{{{level}}}"/>'
    f'<w:suff w:val="tab"/><w:lvlText w:val="{".".join(f"%{part + 1}" for part in range(level + 1))}"/>'
    '<w:lvlJc w:val="left"/>'
    f'<w:pPr><w:ind w:left="{680 + 60 * level}" w:hanging="{680 + 60 * level}"/></w:pPr></w:lvl>'
    for level in range(3)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a document looks. With a house style, chapters have a style of the school's own, based on Word's `Kop1`."""

    accent: str
    body: str
    headings: str
    house_style: bool = False


def write_docx(
    source: Source, target: Path, *, look: Look, pages: Mapping[str, str], contents_field: bool = True
) -> None:
    """Write `source` to `target`; `pages` has the page label of each heading by its anchor, as far as known.

    Without `contents_field` the table of contents is made of plain lines, for what LibreOffice is to print: once it has
    made an index of the field, LibreOffice 7.4 leaves headings alone at the foot of a page.
    """
    _Writer(source=source, look=look, pages=pages, contents_field=contents_field).write(target)


@dataclass(slots=True)
class _Writer:
    source: Source
    look: Look
    pages: Mapping[str, str]
    contents_field: bool
    document: Any = field(default_factory=Document)
    bookmarks: int = 0

    def write(self, target: Path) -> None:
        """Title page, contents, front matter, body; then what belongs to the whole file."""
        meta = self.source.meta
        self._settings()
        self._styles()
        self._properties()
        front, body = self.source.front_and_body() if meta.roman else ((), self.source.blocks)
        if meta.contents:
            self._title_page()
            self._contents()
            self._page_break()
        else:
            self._short_title()
        self._all(front)
        if meta.roman:
            section = self.document.add_section(WD_SECTION.NEW_PAGE)
            section.different_first_page_header_footer = False
            self._page_numbers(self.document.sections[0], "lowerRoman", 1)
            self._page_numbers(section, "decimal", 1)
        self._all(body)
        self._header_and_footer()
        self._footnotes()
        for part in (self.document.element, self.document.styles.element, self.document.sections[0].header._element):
            in_schema_order(part)
        self.document.save(target)

    # -- what belongs to the whole file

    def _properties(self) -> None:
        meta, properties = self.source.meta, self.document.core_properties
        moment = datetime(meta.date.year, meta.date.month, meta.date.day, 12)
        properties.title, properties.subject = meta.title, meta.subtitle
        properties.author = "; ".join(meta.authors)
        properties.last_modified_by = meta.authors[0] if meta.authors else ""
        properties.language = {"nl": "nl-NL", "en": "en-GB"}[meta.language]
        properties.created = properties.modified = moment
        properties.comments, properties.keywords, properties.revision = "", "", 4

    def _settings(self) -> None:
        """Make python-docx's template one of Word 2013 and later, and without its East Asian lay-out."""
        settings = self.document.settings.element
        drop(settings, "w:useFELayout")
        for setting in settings.iter(qn("w:compatSetting")):
            if setting.get(qn("w:name")) == "compatibilityMode":
                setting.set(qn("w:val"), "15")

    def _styles(self) -> None:
        document, look = self.document, self.look
        section = document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.5)
        section.top_margin, section.bottom_margin = Cm(2.6), Cm(2.4)
        normal = document.styles["Normal"]
        set_font(normal, look.body)
        normal.font.size = Pt(11)
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), {"nl": "nl-NL", "en": "en-GB"}[self.source.meta.language])
        normal.element.get_or_add_rPr().append(language)
        normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(7), 1.15
        accent = RGBColor.from_string(look.accent.lstrip("#").upper())
        for level, size in ((1, 18), (2, 13.5), (3, 11.5)):
            style = document.styles[f"Heading {level}"]
            set_font(style, look.headings)
            style.font.size, style.font.bold, style.font.color.rgb = Pt(size), True, accent
            style.paragraph_format.space_before = Pt((26, 16, 12)[level - 1])
            style.paragraph_format.space_after = Pt((10, 6, 4)[level - 1])
            style.paragraph_format.keep_with_next = True
            if look.house_style:
                self._rename_style(style, f"Kop{level}")
        for name, size in (("Title", 30), ("Subtitle", 15), ("Caption", 9.5)):
            style = document.styles[name]
            set_font(style, look.headings)
            style.font.size, style.font.bold, style.font.color.rgb = Pt(size), name == "Title", accent
            style.font.italic = name == "Subtitle"
        drop(document.styles["Title"].element, "w:pBdr")
        document.styles["Caption"].paragraph_format.space_after = Pt(6)
        for level in (1, 2, 3):
            style = document.styles.add_style(f"toc {level}", WD_STYLE_TYPE.PARAGRAPH, builtin=True)
            style.element.set(qn("w:styleId"), f"{'Inhopg' if look.house_style else 'TOC'}{level}")
            style.base_style = normal
            style.paragraph_format.left_indent = Cm(0.5 * (level - 1))
            style.paragraph_format.space_after, style.paragraph_format.line_spacing = Pt(2), 1.0
            style.paragraph_format.tab_stops.add_tab_stop(Cm(0.5 * (level - 1) + 1.1))
            style.paragraph_format.tab_stops.add_tab_stop(Cm(TEXT_WIDTH_CM), *dotted())
        for name, size in (("footnote text", 9), ("Code", 9.5)):
            style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=name != "Code")
            style.base_style = normal
            style.font.size, style.paragraph_format.space_after = Pt(size), Pt(2)
            style.paragraph_format.line_spacing = 1.0
        document.styles["footnote text"].element.set(qn("w:styleId"), "FootnoteText")
        set_font(document.styles["Code"], "Liberation Mono")
        reference = document.styles.add_style("footnote reference", WD_STYLE_TYPE.CHARACTER, builtin=True)
        reference.element.set(qn("w:styleId"), "FootnoteReference")
        reference.font.superscript = True
        quote = document.styles["Quote"]
        quote.paragraph_format.left_indent = quote.paragraph_format.right_indent = Cm(1)
        if look.house_style:
            chapter = document.styles.add_style("Hoofdstuk huisstijl", WD_STYLE_TYPE.PARAGRAPH)
            chapter.element.set(qn("w:styleId"), "Hoofdstukhuisstijl")
            drop(chapter.element, "w:basedOn")
            chapter.element.insert(1, parse_xml(f'<w:basedOn {nsdecls("w")} w:val="Kop1"/>'))
            chapter.font.all_caps = True
        self._number_headings()

    def _rename_style(self, style: Any, identifier: str) -> None:
        """Give a style another id, also where other styles refer to it."""
        former = style.element.get(qn("w:styleId"))
        style.element.set(qn("w:styleId"), identifier)
        for tag in ("w:basedOn", "w:next", "w:link"):
            for reference in self.document.styles.element.iter(qn(tag)):
                if reference.get(qn("w:val")) == former:
                    reference.set(qn("w:val"), identifier)

    def _number_headings(self) -> None:
        """Link a numbering of three levels to the heading styles, as Word does under "list with levels"."""
        numbering = self.document.part.numbering_part.element
        names = [self.document.styles[f"Heading {level}"].element.get(qn("w:styleId")) for level in (1, 2, 3)]
        abstract = parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90"><w:multiLevelType w:val="multilevel"/>'
            f"{_CLEAN_NUMBERING.format(*names)}</w:abstractNum>"
        )
        numbering.insert(0, abstract)
        number = numbering.add_num(90)
        for level in range(3):
            properties = self.document.styles[f"Heading {level + 1}"].element.get_or_add_pPr()
            numbered = properties.get_or_add_numPr()
            numbered.get_or_add_ilvl().val = level
            numbered.get_or_add_numId().val = number.numId

    def _page_numbers(self, section: Any, kind: str, start: int) -> None:
        drop(section._sectPr, "w:pgNumType")
        element = OxmlElement("w:pgNumType")
        element.set(qn("w:fmt"), kind)
        element.set(qn("w:start"), str(start))
        columns = section._sectPr.find(qn("w:cols"))
        columns.addprevious(element) if columns is not None else section._sectPr.append(element)

    def _header_and_footer(self) -> None:
        meta = self.source.meta
        first = self.document.sections[0]
        first.different_first_page_header_footer = meta.contents
        header = first.header.paragraphs[0]
        header.text = meta.header
        header.runs[0].font.size = Pt(9)
        border(header, "bottom")
        footer = first.footer.paragraphs[0]
        drop(self.document.styles["Footer"].element.get_or_add_pPr(), "w:tabs")
        footer.paragraph_format.tab_stops.add_tab_stop(Cm(TEXT_WIDTH_CM), dotted()[0])
        footer.add_run(f"{meta.footer}\t{WORDS[meta.language]['page']} ").font.size = Pt(9)
        word_field(footer, "PAGE", "1")
        for run in footer.runs:
            run.font.size = Pt(9)

    def _footnotes(self) -> None:
        """Add footnotes.xml, with the two separators that Word expects before the notes."""
        if not self.source.notes:
            return
        separators = "".join(
            f'<w:footnote w:type="{kind}" w:id="{number}"><w:p><w:r><w:{kind}/></w:r></w:p></w:footnote>'
            for number, kind in ((-1, "separator"), (0, "continuationSeparator"))
        )
        root = parse_xml(f"<w:footnotes {nsdecls('w', 'r')}>{separators}</w:footnotes>")
        part = Part(PackURI("/word/footnotes.xml"), _FOOTNOTES, b"", self.document.part.package)
        holder = self.document.add_paragraph()  # python-docx knows no footnotes: write each here, then move it
        for number, note in enumerate(self.source.notes, 1):
            paragraph = self.document.add_paragraph(style="footnote text")
            run = paragraph.add_run(style="footnote reference")
            run._r.append(OxmlElement("w:footnoteRef"))
            paragraph.add_run(" ")
            self._runs(paragraph, tuple(Span(text=s.text, bold=s.bold, italic=s.italic) for s in note if not s.note))
            element = OxmlElement("w:footnote")
            element.set(qn("w:id"), str(number))
            element.append(paragraph._p)
            root.append(element)
        holder._p.getparent().remove(holder._p)
        part._blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
        self.document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
        settings = self.document.settings.element
        kept = parse_xml(f'<w:footnotePr {nsdecls("w")}><w:footnote w:id="-1"/><w:footnote w:id="0"/></w:footnotePr>')
        compat = settings.find(qn("w:compat"))
        compat.addprevious(kept) if compat is not None else settings.append(kept)

    # -- the pages

    def _title_page(self) -> None:
        meta, document = self.source.meta, self.document
        institution = document.add_paragraph()
        institution.paragraph_format.space_after = Pt(150)
        run = institution.add_run(meta.institution.upper())
        run.font.size, run.font.bold = Pt(12), True
        border(institution, "bottom", self.look.accent, 18)
        document.add_paragraph(meta.title, style="Title")
        if meta.subtitle:
            document.add_paragraph(meta.subtitle, style="Subtitle")
        people = document.add_paragraph()
        people.paragraph_format.space_before = Pt(170)
        people.add_run("\n".join(meta.authors))
        document.add_paragraph(long_date(meta.date, meta.language))
        self._page_break()

    def _short_title(self) -> None:
        """A document without contents begins with its title on the first page of text."""
        meta = self.source.meta
        self.document.add_paragraph(meta.title, style="Title")
        if meta.subtitle:
            self.document.add_paragraph(meta.subtitle, style="Subtitle")
        parts = (", ".join(meta.authors), meta.institution, long_date(meta.date, meta.language))
        line = self.document.add_paragraph()
        line.add_run(" · ".join(part for part in parts if part)).font.size = Pt(10)
        line.paragraph_format.space_after = Pt(18)

    def _contents(self) -> None:
        """The table of contents as the field that Word writes, with its result."""
        title = self.document.add_paragraph(style="TOC Heading")
        title.add_run(WORDS[self.source.meta.language]["contents"])
        not_numbered(title)
        drop(title._p.get_or_add_pPr(), "w:outlineLvl")
        outline = OxmlElement("w:outlineLvl")
        outline.set(qn("w:val"), "9")
        title._p.get_or_add_pPr().append(outline)
        headings = self.source.headings
        paragraphs = []
        for position, heading in enumerate(headings):
            paragraph = self.document.add_paragraph(style=f"toc {heading.level}")
            paragraphs.append(paragraph._p)
            if position == 0 and self.contents_field:
                for kind, instruction in (("begin", ""), ("", ' TOC \\o "1-3" \\h \\z \\u '), ("separate", "")):
                    field_part(paragraph, kind, instruction)
            link = OxmlElement("w:hyperlink")
            link.set(qn("w:anchor"), heading.anchor)
            text = f"{heading.number}\t" if heading.number else ""
            if not heading.number:
                after_number = Cm(0.5 * (heading.level - 1) + 1.1)
                paragraph.paragraph_format.tab_stops.add_tab_stop(after_number, WD_TAB_ALIGNMENT.CLEAR)
            paragraph.add_run(f"{text}{plain(heading.text)}\t")
            word_field(paragraph, f"PAGEREF {heading.anchor} \\h", self.pages.get(heading.anchor, "1"))
            for run in list(paragraph._p.findall(qn("w:r")))[3 if position == 0 and self.contents_field else 0 :]:
                link.append(run)
            paragraph._p.append(link)
        if not self.contents_field:
            return
        last = self.document.add_paragraph()
        field_part(last, "end")
        holder = parse_xml(
            f'<w:sdt {nsdecls("w")}><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/>'
            "<w:docPartUnique/></w:docPartObj></w:sdtPr><w:sdtContent/></w:sdt>"
        )
        title._p.addprevious(holder)
        for element in (title._p, *paragraphs, last._p):
            holder[-1].append(element)

    def _page_break(self) -> None:
        self.document.add_page_break()

    def _all(self, blocks: Iterable[Block]) -> None:
        chapters = 0
        for block in blocks:
            if isinstance(block, Heading):
                chapters += block.level == 1
                self._heading(block, new_page=self.source.is_long and block.level == 1 and chapters > 1)
            else:
                self._block(block)

    def _heading(self, heading: Heading, *, new_page: bool) -> None:
        style = "Hoofdstuk huisstijl" if self.look.house_style and heading.level == 1 else f"Heading {heading.level}"
        paragraph = self.document.add_paragraph(style=style)
        self.bookmarks += 1
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        for element in (start, end):
            element.set(qn("w:id"), str(self.bookmarks))
        start.set(qn("w:name"), heading.anchor)
        paragraph._p.append(start)
        self._runs(paragraph, heading.text)
        paragraph._p.append(end)
        if not heading.number:
            not_numbered(paragraph)
        if new_page:
            paragraph.paragraph_format.page_break_before = True

    def _block(self, block: Block) -> None:
        match block:
            case Paragraph():
                paragraph = self.document.add_paragraph()
                paragraph.paragraph_format.keep_with_next = leads_on(block) or None
                self._runs(paragraph, block.text)
            case Listing():
                self._listing(block, depth=0)
            case Table():
                self._table(block)
            case Figure():
                self._figure(block)
            case Quote():
                for part in block.blocks:
                    if isinstance(part, Paragraph):
                        self._runs(self.document.add_paragraph(style="Quote"), part.text)
                    else:
                        self._block(part)
            case Code():
                self.document.add_paragraph(block.text, style="Code")
            case PageBreak():
                self._page_break()

    def _listing(self, listing: Listing, *, depth: int) -> None:
        kind = "List Number" if listing.ordered else "List Bullet"
        style = kind if depth == 0 else f"{kind} {min(depth + 1, 3)}"
        number = self._new_number(style, listing.start) if listing.ordered else None
        for item in listing.items:
            first = True
            for part in item:
                if isinstance(part, Listing):
                    self._listing(part, depth=depth + 1)
                elif isinstance(part, Paragraph):
                    paragraph = self.document.add_paragraph(style=style if first else "List Continue")
                    paragraph.paragraph_format.space_after = Pt(3)
                    if number is not None and first:
                        numbered = paragraph._p.get_or_add_pPr().get_or_add_numPr()
                        numbered.get_or_add_ilvl().val = 0
                        numbered.get_or_add_numId().val = number
                    self._runs(paragraph, part.text)
                    first = False
                else:
                    self._block(part)

    def _new_number(self, style: str, start: int) -> int:
        """A numbering of this list's own, so that it begins at `start`."""
        numbering = self.document.part.numbering_part.element
        used = self.document.styles[style].element.pPr.numPr.numId.val
        number = numbering.add_num(numbering.num_having_numId(used).abstractNumId.val)
        number.add_lvlOverride(ilvl=0).add_startOverride(start)
        return int(number.numId)

    def _caption(self, kind: str, number: int, caption: Inline) -> Any:
        """A caption with a SEQ field, as Word inserts it."""
        word = WORDS[self.source.meta.language][kind]
        paragraph = self.document.add_paragraph(style="Caption")
        paragraph.add_run(f"{word} ")
        word_field(paragraph, f"SEQ {word} \\* ARABIC", str(number))
        paragraph.add_run(": ")
        self._runs(paragraph, caption)
        return paragraph

    def _table(self, table: Table) -> None:
        if table.caption:
            self._caption("table", table.number, table.caption).paragraph_format.keep_with_next = True
        grid = self.document.add_table(rows=len(table.rows) + 1, cols=len(table.head), style="Table Grid")
        grid.alignment, grid.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        grid._tbl.tblPr.append(parse_xml(_TABLE_BORDERS))
        grid._tbl.tblPr.append(parse_xml(_TABLE_MARGINS))
        together = len(table.rows) <= ROWS_KEPT_TOGETHER
        widths = [Cm(TEXT_WIDTH_CM * share) for share in column_shares(table)]
        for column, width in zip(grid.columns, widths, strict=True):
            column.width = width
        for position, row in enumerate((table.head, *table.rows)):
            cells = grid.rows[position].cells
            for column, text in enumerate(row):
                cell = cells[column]
                cell.width = widths[column]
                paragraph = cell.paragraphs[0]
                paragraph.paragraph_format.space_after = Pt(1)
                paragraph.paragraph_format.line_spacing = 1.0
                paragraph.paragraph_format.keep_with_next = (together and position < len(table.rows)) or None
                if table.right[column]:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
                self._runs(paragraph, text)
                for run in paragraph.runs:
                    run.font.size = Pt(9.5)
                    if position == 0:
                        run.font.bold, run.font.color.rgb = True, RGBColor(255, 255, 255)
                if position == 0:
                    cell._tc.get_or_add_tcPr().append(
                        parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:fill="{self.look.accent.lstrip("#")}"/>')
                    )
            properties = grid.rows[position]._tr.get_or_add_trPr()
            properties.append(OxmlElement("w:cantSplit"))
            if position == 0:
                properties.append(OxmlElement("w:tblHeader"))
        self.document.add_paragraph().paragraph_format.space_after = Pt(2)

    def _figure(self, figure: Figure) -> None:
        drawing = figures.draw(figure.spec, accent=self.look.accent, language=self.source.meta.language)
        paragraph = self.document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.keep_with_next = True
        picture = paragraph.add_run().add_picture(io.BytesIO(figures.png(drawing)), width=Cm(14.5))
        picture._inline.docPr.set("descr", plain(figure.caption))
        self._caption("figure", figure.number, figure.caption)

    def _runs(self, paragraph: Any, text: Inline) -> None:
        for span in text:
            if span.note:
                run = paragraph.add_run(style="footnote reference")
                element = OxmlElement("w:footnoteReference")
                element.set(qn("w:id"), str(span.note))
                run._r.append(element)
                continue
            run = paragraph.add_run(span.text)
            run.bold, run.italic = span.bold or None, span.italic or None
            if span.code:
                run.font.name, run.font.size = "Liberation Mono", Pt(9.5)
            if span.href:
                run.font.underline, run.font.color.rgb = True, RGBColor(0x1F, 0x4E, 0x9E)
                link = OxmlElement("w:hyperlink")
                link.set(
                    qn("r:id"), self.document.part.relate_to(span.href, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
                )
                link.append(run._r)
                paragraph._p.append(link)
