"""The example archive is whole, varied and small, and nothing in it was copied from one document to the next.

Reads the sources and `documents/` with nothing but general libraries: neither the archive's own code nor the script
that laid the files out is asked whether they are right.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from pypdf import PdfReader

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "tests" / "example"
DOCUMENTS = ROOT / "documents"
RUN_WORDS = 12
SIZE_LIMIT_BYTES = 25_000_000
LONG_REPORT_PAGES = 40
FORMATS = {".docx", ".pdf", ".pptx", ".xlsx", ".odt", ".ifc", ".zip"}
LEAST_PDF_PRODUCERS = 3
FRONT = re.compile(r"\A\+\+\+\n(.*?)\n\+\+\+\n(.*)\Z", re.DOTALL)


def sources() -> Iterator[tuple[Path, dict[str, object], str]]:
    """Each source with its front matter and its Markdown; texts that go into a ZIP have no front matter."""
    for path in sorted(SOURCES.glob("*/[0-9]*/**/*.md")):
        found = FRONT.match(path.read_text(encoding="utf-8").replace("\r\n", "\n"))
        if found:
            yield path, tomllib.loads(found[1]), found[2]


def built(source: Path, front: dict[str, object]) -> Path:
    """The file that a source becomes."""
    return DOCUMENTS / source.parent.relative_to(SOURCES) / str(front["file"])


def words(markdown: str) -> list[str]:
    """The words outside blockquotes, without the marks between them.

    >>> words("Eén *dag*,\\n> citaat\\n12 kW")
    ['eén', 'dag', '12', 'kw']
    """
    lines = [line for line in markdown.splitlines() if not line.lstrip().startswith(">")]
    return re.findall(r"[^\W_]+", "\n".join(lines).lower())


def pdfs() -> list[Path]:
    """The PDF files of the archive."""
    return sorted(DOCUMENTS.rglob("*.pdf"))


def test_no_run_of_twelve_words_stands_in_two_documents() -> None:
    """Boilerplate that stands in every report makes all of them alike to a search, and teaches a reader nothing."""
    first: dict[tuple[str, ...], Path] = {}
    shared: dict[tuple[Path, Path], list[str]] = {}
    for path, _, markdown in sources():
        text = words(markdown)
        for start in range(len(text) - RUN_WORDS + 1):
            run = tuple(text[start : start + RUN_WORDS])
            other = first.setdefault(run, path)
            if other != path:
                shared.setdefault((other, path), []).append(" ".join(run))
    told = [
        f"{one.relative_to(SOURCES)} and {two.relative_to(SOURCES)}: {len(runs)} runs, the first: {runs[0]}"
        for (one, two), runs in shared.items()
    ]
    assert not told, "\n".join(told)


def test_every_file_that_a_record_names_exists() -> None:
    missing = []
    for record in sorted(DOCUMENTS.rglob("project.toml")):
        for deliverable in tomllib.loads(record.read_text(encoding="utf-8")).get("deliverable", []):
            file = record.parent / deliverable.get("file", ".")
            if not file.exists():
                missing.append(str(file.relative_to(DOCUMENTS)))
    assert not missing, "\n".join(missing)


def test_every_source_has_its_file_and_no_two_have_the_same() -> None:
    files = [built(path, front) for path, front, _ in sources()]
    assert files, "there are no sources"
    assert [str(file.relative_to(DOCUMENTS)) for file in files if not file.exists()] == []
    assert len(set(files)) == len(files)


def test_every_source_has_a_title_and_records_repeat_it() -> None:
    """A record's title that differs from the one on the title page makes a reader doubt which document is meant."""
    titles = {built(path, front): str(front["title"]) for path, front, _ in sources()}
    differing = []
    for record in sorted(DOCUMENTS.rglob("project.toml")):
        for deliverable in tomllib.loads(record.read_text(encoding="utf-8")).get("deliverable", []):
            title = titles.get(record.parent / deliverable.get("file", "."))
            if title is not None and deliverable.get("title", title) != title:
                place = record.parent.relative_to(DOCUMENTS)
                differing.append(f"{place}: {deliverable['title']!r}, in the document {title!r}")
    assert not differing, "\n".join(differing)


def test_the_whole_archive_stays_small() -> None:
    assert sum(path.stat().st_size for path in DOCUMENTS.rglob("*") if path.is_file()) < SIZE_LIMIT_BYTES


def test_the_formats_that_teams_hand_in_are_all_there() -> None:
    assert FORMATS - {path.suffix for path in DOCUMENTS.rglob("*")} == set()


def test_pdf_files_come_from_several_producers() -> None:
    """Text, spaces and page labels come out differently for each producer: one alone would flatter the extraction."""
    made = [PdfReader(path).metadata for path in pdfs()]
    producers = {((properties and properties.producer) or "unknown").split()[0] for properties in made}
    assert len(producers) >= LEAST_PDF_PRODUCERS, producers


def test_one_report_is_long() -> None:
    assert max(len(PdfReader(path).pages) for path in pdfs()) > LONG_REPORT_PAGES


def test_the_scan_has_pages_but_no_text() -> None:
    scans = [built(path, front) for path, front, _ in sources() if front.get("producer") == "scan"]
    assert scans
    for scan in scans:
        pages = PdfReader(scan).pages
        assert len(pages) > 1
        assert "".join(page.extract_text() for page in pages).strip() == ""


def test_a_report_with_roman_front_matter_says_so_in_its_page_labels() -> None:
    """The page that is printed as 1 is not the first of the file; a reader who is sent to it must get the right one."""
    romans = [built(path, front) for path, front, _ in sources() if front.get("front") == "roman"]
    assert romans
    for file in romans:
        labels = PdfReader(file).page_labels
        assert labels[0] == "i"
        assert "1" in labels
