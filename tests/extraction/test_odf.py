"""OpenDocument: text, presentations and spreadsheets."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.extraction.model import ExtractError, Limits
from indexer.extraction.reader import read
from tests.extraction.contract import answered
from tests.extraction.packages import element, write_odf, write_zip


def sections(path: Path, **limits: int) -> list[tuple[str | None, int | None, str]]:
    found = answered(path, limits=Limits(**limits)) if limits else answered(path)
    return [(part["heading"], part["level"], part["text"]) for part in found["sections"]]


def heading(text: str, level: int, about: str = "") -> str:
    return f'<text:h text:outline-level="{level}" {about}>{text}</text:h>'


def test_headings_part_a_text_and_are_numbered_by_the_outline(tmp_path: Path) -> None:
    levels = '<text:outline-level-style text:level="1" style:num-format="1" style:num-suffix="."/>'
    levels += '<text:outline-level-style text:level="2" style:num-format="1" text:display-levels="2"/>'
    body = (
        "<text:p>Voorwoord</text:p>"
        + heading("Inleiding", 1)
        + heading("Voor<text:s/>woord", 1, 'text:is-list-header="true"')
    )
    body += (
        heading("Methode", 1) + heading("Meten", 2) + "<text:p>tekst</text:p>" + heading("", 2) + heading("Wegen", 2)
    )
    path = write_odf(
        tmp_path / "a.odt",
        "text",
        body,
        styles=f"<office:styles><text:outline-style>{levels}</text:outline-style></office:styles>",
    )
    assert [found[:2] for found in sections(path)] == [
        (None, None), ("1. Inleiding", 1), ("Voor woord", 1), ("2. Methode", 1), ("2.1 Meten", 2), ("2.3 Wegen", 2),
    ]  # fmt: skip


def test_a_paragraph_in_a_style_that_inherits_from_a_heading_is_a_heading(tmp_path: Path) -> None:
    styles = '<office:styles><style:style style:name="Heading_20_1" style:display-name="Heading 1"/>'
    styles += '<style:style style:name="Huis" style:parent-style-name="Heading_20_1"/></office:styles>'
    own = '<style:style style:name="P1" style:parent-style-name="Huis"/>'
    body = '<text:p text:style-name="P1">Methode</text:p><text:p>tekst</text:p>'
    path = write_odf(tmp_path / "a.odt", "text", body, automatic=own, styles=styles)
    assert sections(path) == [("Methode", 1, "tekst")]


def test_spaces_links_boxes_notes_and_tables_stand_where_they_are_read(tmp_path: Path) -> None:
    note = "<text:note-citation>1</text:note-citation><text:note-body><text:p>een bron</text:p></text:note-body>"
    title = '<svg:title xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0">nee</svg:title>'
    body = f"""
    <text:p>een  <text:span>zin<text:s text:c="2"/>met</text:span> <text:a>een
       koppeling</text:a><text:note>{note}</text:note><text:tab/>tab<text:line-break/>regel<draw:frame><draw:text-box><text:p>kader</text:p></draw:text-box>
       {title}</draw:frame></text:p>
    <table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell>
      <table:table-cell table:number-columns-repeated="2"><text:p>b</text:p></table:table-cell></table:table-row>
      <table:table-row><table:table-cell table:number-columns-spanned="2"><text:p>c</text:p></table:table-cell>
      <table:covered-table-cell><text:p>weg</text:p></table:covered-table-cell>
      <table:table-cell><text:p>d</text:p><text:p>e</text:p></table:table-cell></table:table-row></table:table>
    <text:table-of-content><text:table-of-content-source><text:index-title-template>weg</text:index-title-template>
      </text:table-of-content-source><text:index-body><text:p>Inhoud</text:p></text:index-body></text:table-of-content>"""
    assert sections(write_odf(tmp_path / "a.odt", "text", body)) == [
        (None, None, "een zin  met een koppeling\ttab\nregel\nkader\na\tb\tb\nc\t\td\ne\nInhoud"),
        (None, None, "een bron"),
    ]


def test_deletions_comments_and_hidden_text_are_dropped(tmp_path: Path) -> None:
    hidden = '<style:style style:name="T1"><style:text-properties text:display="none"/></style:style>'
    hidden += '<style:style style:name="T2" style:parent-style-name="T1"/>'
    body = """<text:tracked-changes><text:changed-region><text:deletion><text:p>weg</text:p></text:deletion>
    </text:changed-region></text:tracked-changes><text:p>blijft<office:annotation><text:p>opmerking</text:p></office:annotation> staan
    <text:span text:style-name="T2">verborgen</text:span></text:p><text:p text:style-name="T1">weg</text:p>"""
    assert sections(write_odf(tmp_path / "a.odt", "text", body, automatic=hidden)) == [(None, None, "blijft staan")]


def test_running_heads_that_pages_use_come_last_and_once(tmp_path: Path) -> None:
    pages = "".join(
        f'<style:master-page style:name="{name}"><style:header><text:p>{text}</text:p></style:header>'
        f'<style:footer-first style:display="false"><text:p>weg</text:p></style:footer-first></style:master-page>'
        for name, text in (("Standard", "Rapport"), ("Liggend", "Rapport"), ("Ongebruikt", "weg"))
    )
    own = '<style:style style:name="P1" style:master-page-name="Liggend"/>'
    path = write_odf(
        tmp_path / "a.odt",
        "text",
        "<text:p>x</text:p>",
        automatic=own,
        styles=f"<office:master-styles>{pages}</office:master-styles>",
    )
    assert sections(path) == [(None, None, "x"), (None, None, "Rapport")]


def test_properties_say_who_made_the_text_first(tmp_path: Path) -> None:
    meta = "<dc:title>Gevels</dc:title><meta:initial-creator>A. Jansen</meta:initial-creator>"
    meta += "<dc:creator>De laatste</dc:creator>"
    meta += "<meta:creation-date>2021-06-18T14:03:00.123456789</meta:creation-date>"
    about = answered(write_odf(tmp_path / "a.odt", "text", "<text:p>x</text:p>", meta=meta))["properties"]
    assert (about["title"], about["authors"]) == ("Gevels", ["A. Jansen"])
    assert about["created"] == "2021-06-18T14:03:00.123456789"


def test_slides_are_sections_with_title_and_notes(tmp_path: Path) -> None:
    hidden = (
        '<style:style style:name="dp2"><style:drawing-page-properties presentation:visibility="hidden"/></style:style>'
    )
    frame = '<draw:frame presentation:class="{}"><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>'
    notes = (
        f"<presentation:notes>{frame.format('notes', 'zeg dit')}{frame.format('page-number', '7')}</presentation:notes>"
    )
    body = f"<draw:page>{frame.format('outline', 'punt')}{frame.format('title', 'Titel')}{notes}</draw:page>"
    body += f'<draw:page draw:style-name="dp2">{frame.format("title", "Reserve")}</draw:page>'
    body += "<draw:page><draw:custom-shape><text:p>vorm</text:p></draw:custom-shape></draw:page>"
    path = write_odf(tmp_path / "a.odp", "presentation", body, automatic=hidden)
    assert sections(path) == [("Titel", 1, "punt\nzeg dit"), (None, None, ""), (None, None, "vorm")]
    assert answered(path)["warnings"] == ["slide 2: is hidden, its text was left out"]


def test_sheets_keep_columns_and_do_not_believe_claims_of_a_million_cells(tmp_path: Path) -> None:
    hidden = '<style:style style:name="ta2"><style:table-properties table:display="false"/></style:style>'
    body = """<table:table table:name="Uren"><table:table-row><table:table-cell/>
      <table:table-cell><text:p>twee</text:p><text:p>regels</text:p></table:table-cell>
      <table:table-cell table:number-columns-repeated="16000"/>
      </table:table-row><table:table-row table:number-rows-repeated="1000000"><table:table-cell/></table:table-row>
      <table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="1000000">
      <text:p>x</text:p></table:table-cell></table:table-row></table:table>
      <table:table table:name="Weg" table:style-name="ta2"><table:table-row/></table:table>"""
    path = write_odf(tmp_path / "a.ods", "spreadsheet", body, automatic=hidden)
    [(name, level, text)] = sections(path)
    lines = text.split("\n")
    assert (name, level, lines[0]) == ("Uren", 1, "\ttwee regels")
    assert len(lines) == 101
    assert lines[1] == "\t".join("x" * 100)
    assert answered(path)["warnings"] == ["sheet Weg: is hidden, it was left out"]


def test_titles_in_charts_follow_the_body(tmp_path: Path) -> None:
    chart = element(
        "office:document-content",
        "<text:p>Verbruik</text:p><table:table-cell office:value-type='float'><text:p>12</text:p></table:table-cell>",
    )
    body = '<text:p>tekst<draw:frame><draw:object xlink:href="./Object 1"/></draw:frame></text:p>'
    write_zip(
        tmp_path / "a.odt",
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": element(
                "office:document-content", f"<office:body><office:text>{body}</office:text></office:body>"
            ),
            "Object 1/content.xml": chart,
        },
    )
    assert sections(tmp_path / "a.odt") == [(None, None, "tekst"), (None, None, "Verbruik")]


@pytest.mark.parametrize(
    ("members", "code", "reason"),
    [
        ({"content.xml": "<x/>", "META-INF/manifest.xml": "<m><encryption-data/></m>"}, "password", "password"),
        ({"content.xml": '<!DOCTYPE l [<!ENTITY a "b">]><x>&a;</x>'}, "damaged", "document type declaration"),
        ({}, "damaged", "the text of the document is missing"),
    ],
)
def test_a_bad_file_is_refused_with_a_reason(
    tmp_path: Path, members: dict[str, str | bytes], code: str, reason: str
) -> None:
    path = write_zip(tmp_path / "a.odt", {"mimetype": "application/vnd.oasis.opendocument.text", **members})
    with pytest.raises(ExtractError, match=reason) as raised:
        read(path, limits=Limits())
    assert raised.value.code == code
