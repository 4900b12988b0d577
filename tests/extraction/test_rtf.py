r"""Rich Text Format: text, headings, tables, and what is not text."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.extraction.model import ExtractError, Limits
from indexer.extraction.reader import read
from tests.extraction.contract import answered

HEAD = (
    r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss Arial;}{\f1\fcharset204 Times;}{\f2\fcharset2 Symbol;}}"
    r"{\colortbl;\red0\green0\blue0;}{\stylesheet{\s0 Normal;}{\s1\sbasedon0\outlinelevel0 Kop;}"
    r"{\s2\sbasedon1 Huisstijl;}{\s3\sbasedon0 heading 2;}{\s4\sbasedon1 toc heading;}{\*\cs9 Teken;}}"
)


def write(path: Path, body: str) -> Path:
    path.write_bytes((HEAD + body + "}").encode("latin-1"))
    return path


def sections(path: Path) -> list[tuple[str | None, int | None, str]]:
    return [(part["heading"], part["level"], part["text"]) for part in answered(path)["sections"]]


def test_headings_are_known_by_outline_level_style_or_inheritance(tmp_path: Path) -> None:
    body = (
        r"\pard\s4 Inhoud\par\pard\s1{\listtext\pard 1.\tab}Inleiding\par\pard tekst\par\pard\s2 Methode\par"
        r"\pard\s3 Meten\par\pard\outlinelevel4 Los\par\pard einde"
    )
    assert sections(write(tmp_path / "a.rtf", body)) == [
        (None, None, "Inhoud"), ("1. Inleiding", 1, "tekst"), ("Methode", 1, ""), ("Meten", 2, ""), ("Los", 5, "einde"),
    ]  # fmt: skip


def test_characters_come_as_bytes_escapes_and_unicode(tmp_path: Path) -> None:
    body = (
        r"caf\'e9 na\u239?ef {\uc0\u8364} \u-10179\'3f\u-8704? {\f1\'e4\'e0} {\f2\'b7}\endash\~\_ zacht\-woord"
        "\\\n" + r"\{a\\b\}\tab c\line d"
    )
    assert sections(write(tmp_path / "a.rtf", body))[0][2] == "café naïef € \U0001f600 да  – - zachtwoord\n{a\\b}\tc\nd"


def test_instructions_pictures_hidden_and_deleted_text_are_dropped(tmp_path: Path) -> None:
    body = (
        r"voor {\field{\*\fldinst HYPERLINK x}{\fldrslt een koppeling}} {\pict\wmetafile8 0a0b0c}"
        r"{\v verborgen}{\deleted weg}{\*\onbekend weg}{\*\annotation opmerking}"
        r"{\object{\*\objdata 01}{\result uitslag}}"
        r"{\bin4 }}{{ na"
    )
    assert sections(write(tmp_path / "a.rtf", body))[0][2] == "voor een koppeling uitslag na"


def test_tables_boxes_notes_and_running_heads_stand_in_order(tmp_path: Path) -> None:
    body = (
        r"{\header\pard Rapport\par}{\headerl\pard Rapport\par}"
        r"\pard tekst{\footnote\pard een bron}"
        r"{\shp{\*\shpinst{\sp{\sn x}{\sv 1}}{\shptxt\pard kader\par}}{\shprslt weg}}\par"
        r"\trowd\pard\intbl een\par twee\cell\pard\intbl drie\cell\row\pard\intbl vier\cell\cell\row\pard na\par"
    )
    assert sections(write(tmp_path / "a.rtf", body)) == [
        (None, None, "tekst\nkader\neen\ntwee\tdrie\nvier\nna"), (None, None, "een bron"), (None, None, "Rapport"),
    ]  # fmt: skip


def test_properties_come_from_the_info_group(tmp_path: Path) -> None:
    body = r"{\info{\title Gevels}{\author A. Jansen}{\creatim\yr2021\mo6\dy18\hr14\min3}{\revtim\yr2022\mo1\dy1}}x"
    about = answered(write(tmp_path / "a.rtf", body))["properties"]
    assert (about["title"], about["authors"], about["created"]) == ("Gevels", ["A. Jansen"], "2021-06-18T14:03")


def test_groups_too_deep_are_refused_and_unclosed_ones_read(tmp_path: Path) -> None:
    with pytest.raises(ExtractError, match="nested too deeply"):
        read(write(tmp_path / "a.rtf", "{" * 100_000), limits=Limits())
    (tmp_path / "b.rtf").write_bytes(HEAD.encode() + rb"tekst {niet {af \trowd\pard\intbl cel")
    assert sections(tmp_path / "b.rtf")[0][2] == "tekst niet af cel"
