"""Word documents: what is text, where sections begin, what is left out. Rules of "Cleaning" in the contract."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import docx
import pytest

from indexer.extraction.model import ExtractError, Limits
from indexer.extraction.reader import read
from tests.extraction.contract import answered, text_of
from tests.extraction.packages import element, paragraph, relations, run, write_docx, write_zip

STYLES = """
<w:style w:type="paragraph" w:default="1" w:styleId="Standaard"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="Kop1"><w:name w:val="heading 1"/><w:basedOn w:val="Standaard"/></w:style>
<w:style w:type="paragraph" w:styleId="Kop2"><w:name w:val="heading 2"/><w:basedOn w:val="Standaard"/></w:style>
<w:style w:type="paragraph" w:styleId="Huisstijl"><w:name w:val="Hoofdstuk"/><w:basedOn w:val="Kop1"/></w:style>
<w:style w:type="paragraph" w:styleId="KopInhoud"><w:name w:val="TOC Heading"/><w:basedOn w:val="Kop1"/>
  <w:pPr><w:outlineLvl w:val="9"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Eigen"><w:name w:val="Tussenkop"/>
  <w:pPr><w:outlineLvl w:val="2"/></w:pPr></w:style>
<w:style w:type="character" w:styleId="Geheim"><w:name w:val="Geheim"/><w:rPr><w:vanish/></w:rPr></w:style>
"""


def headings(found: dict[str, Any]) -> list[tuple[int | None, str | None]]:
    return [(section["level"], section["heading"]) for section in found["sections"]]


def texts(found: dict[str, Any]) -> list[str]:
    return [section["text"] for section in found["sections"]]


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def cell(content: str, about: str = "") -> str:
    return f"<w:tc><w:tcPr>{about}</w:tcPr>{content}</w:tc>"


def test_a_document_that_word_could_have_written_is_read_with_its_properties(tmp_path: Path) -> None:
    document = docx.Document()
    document.core_properties.title = "Prefab gevels"
    document.core_properties.author = "A. Jansen; B. de Vries"
    document.core_properties.created = datetime.datetime(2021, 6, 18, 14, 3)
    document.add_paragraph("Voorwoord van het verslag")
    document.add_heading("Methode", 1)
    document.add_paragraph("Wij hebben de gevels gemeten.")
    document.add_heading("Metingen", 2)
    document.save(str(tmp_path / "verslag.docx"))
    found = answered(tmp_path / "verslag.docx")
    assert found["format"] == "docx"
    assert headings(found) == [(None, None), (1, "Methode"), (2, "Metingen")]
    assert texts(found) == ["Voorwoord van het verslag", "Wij hebben de gevels gemeten.", ""]
    assert found["properties"]["title"] == "Prefab gevels"
    assert found["properties"]["authors"] == ["A. Jansen", "B. de Vries"]
    assert found["properties"]["created"] == "2021-06-18T14:03:00Z"
    assert found["properties"]["language"] == "nl"


def test_headings_are_known_by_name_level_or_inheritance_and_never_by_id(tmp_path: Path) -> None:
    body = "".join(
        [
            paragraph("Inhoud", "KopInhoud"),
            paragraph("Inleiding", "Kop1"),
            paragraph("Aanpak", "Huisstijl"),
            paragraph("Details", "Eigen"),
            '<w:p><w:pPr><w:outlineLvl w:val="1"/></w:pPr><w:r><w:t>Los</w:t></w:r></w:p>',
            paragraph("gewoon", "Onbekend"),
            paragraph("", "Kop1"),
        ]
    )
    found = answered(write_docx(tmp_path / "a.docx", body, styles=STYLES))
    assert headings(found) == [(None, None), (1, "Inleiding"), (1, "Aanpak"), (3, "Details"), (2, "Los")]
    assert texts(found) == ["Inhoud", "", "", "", "gewoon"]


def test_headings_have_the_number_that_the_reader_sees(tmp_path: Path) -> None:
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="Kop{level + 1}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for level, text in enumerate(["%1", "%1.%2"])
    )
    letters = '<w:lvl w:ilvl="0"><w:numFmt w:val="upperLetter"/><w:lvlText w:val="Bijlage %1:"/></w:lvl>'
    numbering = (
        f'<w:abstractNum w:abstractNumId="7">{levels}</w:abstractNum>'
        f'<w:abstractNum w:abstractNumId="8">{letters}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>'
    )
    numbered = "<w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr>"
    styles = STYLES.replace('<w:name w:val="heading 1"/>', f'<w:name w:val="heading 1"/>{numbered}').replace(
        '<w:name w:val="heading 2"/>', f'<w:name w:val="heading 2"/>{numbered}'
    )
    own = '<w:p><w:pPr><w:pStyle w:val="Kop1"/>'
    own += '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{}"/></w:numPr></w:pPr>{}</w:p>'
    body = "".join(
        [
            paragraph("Inleiding", "Kop1"),
            paragraph("Doel", "Kop2"),
            paragraph("Vraag", "Kop2"),
            paragraph("Methode", "Kop1"),
            paragraph("Meten", "Kop2"),
            own.format(2, run("Vragen")),
            own.format(0, run("Nawoord")),
        ]
    )
    found = answered(write_docx(tmp_path / "a.docx", body, styles=styles, numbering=numbering))
    assert [heading for _, heading in headings(found)] == [
        "1 Inleiding", "1.1 Doel", "1.2 Vraag", "2 Methode", "2.1 Meten", "Bijlage A: Vragen", "Nawoord",
    ]  # fmt: skip


def test_content_controls_links_fields_and_insertions_are_text(tmp_path: Path) -> None:
    body = f"""
    <w:sdt><w:sdtPr><w:alias w:val="nee"/></w:sdtPr><w:sdtContent>{paragraph("in een besturing")}</w:sdtContent></w:sdt>
    <w:p><w:hyperlink>{run("een koppeling")}</w:hyperlink><w:smartTag>{run(" een etiket")}</w:smartTag>
      <w:ins w:author="x">{run(" ingevoegd")}</w:ins><w:moveTo>{run(" hierheen")}</w:moveTo></w:p>
    <w:p><w:fldSimple w:instr="DATE">{run("18 juni")}</w:fldSimple>
      <w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>REF _Ref1</w:instrText></w:r>
      <w:r><w:fldChar w:fldCharType="begin"/></w:r>{run("binnenste uitslag")}<w:r><w:fldChar w:fldCharType="end"/></w:r>
      <w:r><w:fldChar w:fldCharType="separate"/></w:r>{run(" tabel 3")}<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>
    <w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>TOC</w:instrText></w:r></w:p>
    <w:p>{run("na een veld dat nooit sluit")}</w:p>
    <w:p><w:r><w:t>AI</w:t><w:noBreakHyphen/><w:t>model</w:t><w:tab/><w:t>tab</w:t><w:br/><w:t>regel</w:t></w:r></w:p>
    """
    found = answered(write_docx(tmp_path / "a.docx", body))
    assert texts(found) == [
        "in een besturing\neen koppeling een etiket ingevoegd hierheen\n18 juni tabel 3\nna een veld dat nooit sluit\n"
        "AI-model\ttab\nregel"
    ]


def test_deletions_comments_and_hidden_text_are_dropped(tmp_path: Path) -> None:
    body = f"""
    <w:p>{run("blijft ")}<w:del w:author="x"><w:r><w:delText>weg</w:delText></w:r>{run("ook weg")}</w:del>
      <w:moveFrom>{run("verplaatst")}</w:moveFrom>{run("staan")}<w:r><w:commentReference w:id="1"/></w:r></w:p>
    <w:p>{run("zichtbaar")}{run(" verborgen", "<w:vanish/>")}{run(" toch", '<w:vanish w:val="0"/>')}
      {run(" geheim", '<w:rStyle w:val="Geheim"/>')}</w:p>
    <w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr>{run("alleen de alineamarkering is verborgen")}</w:p>
    """
    found = answered(write_docx(tmp_path / "a.docx", body, styles=STYLES))
    assert texts(found) == ["blijft staan\nzichtbaar toch\nalleen de alineamarkering is verborgen"]


def test_a_paragraph_whose_end_was_deleted_runs_on_in_the_next(tmp_path: Path) -> None:
    body = (
        f"<w:p><w:pPr><w:rPr><w:del w:author='x'/></w:rPr></w:pPr>{run('een zin ')}</w:p>{paragraph('in twee delen')}"
    )
    assert texts(answered(write_docx(tmp_path / "a.docx", body))) == ["een zin in twee delen"]


def test_a_table_is_read_row_by_row_with_tabs_and_a_merged_cell_once(tmp_path: Path) -> None:
    inner = table(cell(paragraph("x")) + cell(paragraph("y")))
    body = (
        paragraph("voor")
        + table(
            cell(paragraph("Naam")) + cell(paragraph("Punten")) + cell(paragraph("Opmerking")),
            cell(paragraph("Jan"), '<w:vMerge w:val="restart"/>') + cell(paragraph("3")) + cell(paragraph("goed")),
            cell(paragraph("Jan"), "<w:vMerge/>") + cell(paragraph("4")) + cell(paragraph("")),
            cell(paragraph("breed"), '<w:gridSpan w:val="2"/>') + cell(paragraph("A") + inner + paragraph("B")),
        )
        + paragraph("na")
    )
    assert texts(answered(write_docx(tmp_path / "a.docx", body))) == [
        "voor\nNaam\tPunten\tOpmerking\nJan\t3\tgoed\n\t4\nbreed\tA\nx\ty\nB\nna"
    ]


def test_a_deleted_row_is_dropped(tmp_path: Path) -> None:
    deleted = "<w:trPr><w:del w:author='x'/></w:trPr>"
    body = table(cell(paragraph("a")) + cell(paragraph("b")), deleted + cell(paragraph("c")) + cell(paragraph("d")))
    assert texts(answered(write_docx(tmp_path / "a.docx", body))) == ["a\tb"]


def test_a_chapter_title_in_a_coloured_bar_is_a_heading(tmp_path: Path) -> None:
    """Templates of schools put each chapter's title in a table of one cell: those reports had one section only."""
    body = table(cell(paragraph("Methode", "Kop1"))) + paragraph("tekst")
    found = answered(write_docx(tmp_path / "a.docx", body, styles=STYLES))
    assert (headings(found), texts(found)) == ([(1, "Methode")], ["tekst"])


@pytest.mark.parametrize("choice", ["<wps:txbx><w:txbxContent>{}</w:txbxContent></wps:txbx>", "<wps:spPr/>"])
def test_a_text_box_is_given_once_after_the_paragraph_that_anchors_it(tmp_path: Path, choice: str) -> None:
    box = paragraph("in het kader")
    shape = (
        f'<mc:AlternateContent><mc:Choice Requires="wps">{choice.format(box)}</mc:Choice>'
        "<mc:Fallback><w:pict><v:textbox>"
        f"<w:txbxContent>{box}</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent>"
    )
    body = f"<w:p>{run('het ')}<w:r>{shape}</w:r>{run('anker')}</w:p>{paragraph('daarna')}"
    assert texts(answered(write_docx(tmp_path / "a.docx", body))) == ["het anker\nin het kader\ndaarna"]


def test_notes_charts_and_running_heads_follow_the_body_in_sections_of_their_own(tmp_path: Path) -> None:
    reference = '<w:r><w:footnoteReference w:id="{}"/></w:r>'
    body = (
        f"<w:p>{run('Tekst')}{reference.format(2)}</w:p>"
        + '<w:sectPr><w:headerReference w:type="default" r:id="header1"/>'
        + '<w:headerReference w:type="first" r:id="header2"/>'
        + '<w:headerReference w:type="even" r:id="header3"/>'
        + '<w:footerReference w:type="default" r:id="footer1"/></w:sectPr>'
        + paragraph("Kop", "Kop1")
    )
    found = answered(
        write_docx(
            tmp_path / "a.docx",
            body,
            styles=STYLES,
            footnotes=f'<w:footnote w:id="0" w:type="separator">{paragraph("nee")}</w:footnote>'
            f'<w:footnote w:id="2">{paragraph("bron van de tekst", "Kop1")}</w:footnote>'
            f'<w:footnote w:id="3">{paragraph("nergens genoemd")}</w:footnote>',
            chart1="<c:chart><a:p><a:r><a:t>Verbruik</a:t></a:r></a:p><c:strCache><c:pt><c:v>gas</c:v></c:pt></c:strCache>"
            "<c:numCache><c:pt><c:v>12</c:v></c:pt></c:numCache></c:chart>",
            header1=paragraph("Eindrapport"),
            header2=paragraph("alleen op een titelblad dat er niet is"),
            header3=paragraph("alleen op even bladzijden"),
            footer1=paragraph("pagina 1"),
        )
    )
    assert headings(found) == [(None, None), (1, "Kop"), (None, None), (None, None), (None, None)]
    assert texts(found) == ["Tekst", "", "bron van de tekst", "Verbruik\ngas", "Eindrapport\npagina 1"]


def test_a_title_page_shows_its_own_head(tmp_path: Path) -> None:
    body = paragraph("x") + '<w:sectPr><w:headerReference w:type="first" r:id="header1"/><w:titlePg/></w:sectPr>'
    found = answered(write_docx(tmp_path / "a.docx", body, header1=paragraph("Voorblad")))
    assert texts(found) == ["x", "Voorblad"]


def test_formulas_and_drawn_letters_are_text(tmp_path: Path) -> None:
    fraction = "<m:num><m:r><m:t>afstand</m:t></m:r></m:num><m:den><m:r><m:t>tijd</m:t></m:r></m:den>"
    formula = f"<m:oMath><m:f>{fraction}</m:f></m:oMath>"
    body = (
        f'<w:p>{run("v=")}{formula}<w:r><w:pict><v:shape><v:textpath string="CONCEPT"/></v:shape></w:pict></w:r></w:p>'
    )
    assert texts(answered(write_docx(tmp_path / "a.docx", body))) == ["v=afstand/tijd\nCONCEPT"]


def test_strict_files_are_read_like_others(tmp_path: Path) -> None:
    """Word can save "Strict Open XML": the same elements in other namespaces, and every word was lost."""
    purl = "http://purl.oclc.org/ooxml"
    link = f'Id="r" Type="{purl}/officeDocument/relationships/officeDocument" Target="/word/document.xml"'
    text = "<w:body><w:p><w:r><w:t>streng</w:t></w:r></w:p></w:body>"
    path = write_zip(
        tmp_path / "a.docx",
        {
            "[Content_Types].xml": "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>",
            "_rels/.rels": relations().replace("></", f"><Relationship {link}/></"),
            "word/document.xml": f'<w:document xmlns:w="{purl}/wordprocessingml/main">{text}</w:document>',
        },
    )
    assert texts(answered(path)) == ["streng"]


def test_a_document_without_text_is_one_empty_section(tmp_path: Path) -> None:
    assert texts(answered(write_docx(tmp_path / "a.docx", "<w:p/>"))) == [""]


def test_missing_or_broken_styles_cost_the_headings_and_not_the_text(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "a.docx", paragraph("tekst", "Kop1"), styles="<nooit gesloten")
    assert text_of(answered(path)) == "tekst"


def test_styles_and_lists_that_go_round_in_a_circle_end(tmp_path: Path) -> None:
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{a}"><w:name w:val="{a}"/><w:basedOn w:val="{b}"/></w:style>'
        for a, b in (("een", "twee"), ("twee", "een"))
    )
    assert text_of(answered(write_docx(tmp_path / "a.docx", paragraph("tekst", "een"), styles=styles))) == "tekst"


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ('<!DOCTYPE l [<!ENTITY a "b">]><w:document/>', "holds a document type declaration"),
        ("<w:document><w:body>", "is damaged"),
        (element("w:iets", ""), "is damaged"),
        (element("w:document", "<w:sdt>" * 20_000 + "</w:sdt>" * 20_000), "is nested too deeply"),
    ],
)
def test_a_bad_document_is_refused_with_a_reason(tmp_path: Path, document: str, reason: str) -> None:
    path = write_docx(tmp_path / "a.docx", "")
    types = '<Types><Override ContentType="x.wordprocessingml.document.main+xml"/></Types>'
    rels = relations(("r", "officeDocument", "word/document.xml"))
    write_zip(path, {"[Content_Types].xml": types, "_rels/.rels": rels, "word/document.xml": document})
    with pytest.raises(ExtractError, match=reason):
        read(path, limits=Limits())


def test_links_to_the_outside_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "geheim.docx").write_bytes(write_docx(tmp_path / "b.docx", paragraph("geheim")).read_bytes())
    path = write_docx(tmp_path / "a.docx", paragraph("tekst") + '<w:subDoc r:id="x"/><w:altChunk r:id="y"/>')
    found = answered(path)
    assert text_of(found) == "tekst"
    assert found["warnings"] == ["a file that is inserted as a whole (altChunk) was not read"]
