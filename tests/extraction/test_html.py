"""Web pages: the text that a browser would show."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.extraction.contract import answered


def sections(path: Path, page: str | bytes) -> list[tuple[str | None, int | None, str]]:
    path.write_bytes(page.encode() if isinstance(page, str) else page)
    return [(part["heading"], part["level"], part["text"]) for part in answered(path)["sections"]]


def test_headings_part_the_page_and_lines_are_as_shown(tmp_path: Path) -> None:
    page = """<!doctype html><html><head><title> Een
    titel </title><meta name=author content="A. Jansen"><style>p{}</style></head><body>voor<h1>Kop <b>een</b></h1>
    <p>in  een<b>woord</b> en<br>regel<script>weg()</script></p><ul><li>een<li>twee</ul><div hidden>weg</div>
    <div style="color:red; display: none">weg</div><noscript>weg</noscript><pre>a
  b</pre><h3></h3><h2>Twee</h2><template>weg</template>slot<!-- weg --></body></html>"""
    assert sections(tmp_path / "a.html", page) == [
        (None, None, "voor"), ("Kop een", 1, "in eenwoord en\nregel\neen\ntwee\na\n  b"), ("Twee", 2, "slot"),
    ]  # fmt: skip
    about = answered(tmp_path / "a.html")["properties"]
    assert (about["title"], about["authors"]) == ("Een titel", ["A. Jansen"])


def test_tables_are_rows_of_cells_and_a_table_in_a_cell_stays_there(tmp_path: Path) -> None:
    page = "<html><table><tr><th>a<td>b<p>c</p></tr><tr><td><table><tr><td>x<td>y</table><td>z</table>"
    assert sections(tmp_path / "a.html", page) == [(None, None, "a\tb\nc\nx\ty\tz")]


@pytest.mark.parametrize(
    "page",
    [
        "<html><meta charset=windows-1252>caf\xe9".encode("cp1252"),
        "<html><meta charset=no-such-thing>café".encode(),
        "<html>café".encode(),
        "<html>café".encode("cp1252"),
        b"\xef\xbb\xbf" + "<html><meta charset=latin-1>café".encode(),
    ],
)
def test_the_encoding_is_what_the_page_says_unless_that_is_nothing(tmp_path: Path, page: bytes) -> None:
    assert sections(tmp_path / "a.html", page) == [(None, None, "café")]


def test_a_page_nested_too_deep_is_cut_with_a_warning(tmp_path: Path) -> None:
    assert sections(tmp_path / "a.html", "<html>tekst" + "<div>" * 50_000 + "eind") == [(None, None, "tekst")]
    assert answered(tmp_path / "a.html")["warnings"] == ["is nested too deeply: what comes after that was left out"]
