"""How long it takes until files are searchable: 1,000 at once, none new, one new beside them.

    python -m benchmarks.indexing [--files 1000] [--repeat 7] [--quick] [--work FOLDER] [--json FILE]

The files are made here: PDF and Word, each of several pages of sentences out of the example archive's texts, drawn anew
for each file, in projects of four with a record for every other one. They are kept in FOLDER and made again when the
number differs. All is done with the command line, as a person does; times are wall clock from the start of a command.
A new file is a second old when it is indexed, so the look whether it still grows is in its time.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from benchmarks.machine import ROOT, WORK, Spent, estafette, measured, spread

FILES, QUICK_FILES = 1000, 100
REPEAT, QUICK_REPEAT = 7, 3
PAGES = (4, 12)  # of a file, fewest and most
NEW_FILE_PAGES = 20
PAGE_CHARS = 2_600
LINE_CHARS, LINES_A_PAGE = 88, 46
PARAGRAPH_SENTENCES = 6
FILES_A_PROJECT = 4
COMMUNITIES = ("bim5", "digitalisering", "energietransitie", "vitaliteit")
MADE_AT = 1_600_000_000  # 2020: files of then have finished arriving
SOURCES = ROOT / "tests" / "example"


def main() -> None:
    """Make the files, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int)
    parser.add_argument("--repeat", type=int)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_FILES} files, {QUICK_REPEAT} repetitions")
    parser.add_argument("--work", type=Path, default=WORK / "indexing")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    options = parser.parse_args()
    files = options.files or (QUICK_FILES if options.quick else FILES)
    repeat = options.repeat or (QUICK_REPEAT if options.quick else REPEAT)
    documents, var = tree(options.work, files), options.work / "var"
    figures = {
        "files": files,
        "whole": whole(documents, var),
        "unchanged": unchanged(documents, var, repeat),
        "one_new": one_new(documents, var, repeat),
    }
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n")


def whole(documents: Path, var: Path) -> dict[str, Any]:
    """Index all files into an empty `var/`."""
    shutil.rmtree(var, ignore_errors=True)
    ran = estafette("index", "--json", documents=documents, var=var)
    report = json.loads(ran.out)
    text, index = _text_bytes(var), _bytes(var / "index")
    figures = _figures(ran.spent) | {"added": len(report["added"]), "failed": len(report["failed"])}
    print(
        f"all of them      {figures['wall_s']:.1f} s, {figures['added']} added, {len(report['failed'])} failed, "
        f"{report['pages']} pages; {figures['cpu_s']:.1f} s of processor time: {figures['cores']:.2f} cores busy "
        f"(bar 1.7 of 2); catalog {text / 1e6:.0f} MB, index {index / 1e6:.0f} MB"
    )
    return figures


def unchanged(documents: Path, var: Path, repeat: int) -> dict[str, Any]:
    """Index once more; nothing is new."""
    spent = [_unchanged(documents, var) for _ in range(repeat)]
    wall, cpu = [one.wall_s for one in spent], [one.cpu_s for one in spent]
    print(f"nothing new      {spread(wall)}; processor {spread(cpu)}; bar 0.50 s")
    return {"wall_s": statistics.median(wall), "cpu_s": statistics.median(cpu)}


def _unchanged(documents: Path, var: Path) -> Spent:
    ran = estafette("index", "--json", documents=documents, var=var)
    report = json.loads(ran.out)
    assert not report["added"] + report["replaced"] + report["dropped"], report
    return ran.spent


def one_new(documents: Path, var: Path, repeat: int) -> dict[str, Any]:
    """A PDF that just arrived: from the start of `index` until `search` has answered with it."""
    indexed, found, cpu = [], [], []
    sentences = read_sentences()
    folder = documents / COMMUNITIES[0] / "2021" / "nieuw"
    try:
        for number in range(repeat):
            word = f"nieuwkomer{number}zoekwoord"
            write_pdf(folder / f"nieuw-{number}.pdf", random.Random(word), sentences, NEW_FILE_PAGES, word)
            time.sleep(1)
            with measured() as spent:
                index = estafette("index", "--json", documents=documents, var=var)
                answer = estafette("search", word, "--json", documents=documents, var=var)
            hits = json.loads(answer.out)["hits"]
            assert [hit["pages"][0]["page"] for hit in hits] == [NEW_FILE_PAGES], hits
            indexed.append(index.spent.wall_s)
            found.append(spent.wall_s)
            cpu.append(spent.cpu_s)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"one new PDF      {spread(found)} until found, {spread(indexed)} of it indexing; processor {spread(cpu)}")
    print(f"{'':16} {NEW_FILE_PAGES} pages; bar 1.50 s until found")
    return {
        "found_s": statistics.median(found),
        "indexed_s": statistics.median(indexed),
        "cpu_s": statistics.median(cpu),
    }


def tree(work: Path, files: int) -> Path:
    """The folder of documents with so many files; made when it is not there yet."""
    documents, stamp = work / "documents", work / "made.json"
    wanted = {"files": files, "pages": PAGES, "chars": PAGE_CHARS}
    if stamp.exists() and json.loads(stamp.read_text()) == json.loads(json.dumps(wanted)):
        return documents
    shutil.rmtree(work, ignore_errors=True)
    sentences = read_sentences()
    for number in range(files):
        path = documents / _project(number) / f"rapport-{number}.{'pdf' if number % 2 else 'docx'}"
        rng = random.Random(number)
        write = write_pdf if number % 2 else write_docx
        write(path, rng, sentences, rng.randint(*PAGES), f"kenmerk{number}")
        os.utime(path, (MADE_AT + number, MADE_AT + number))
        if number % (2 * FILES_A_PROJECT) == 0:
            _write_record(path.parent, rng.choice(sentences))
        if sys.stderr.isatty():
            print(f"\rmaking files {number + 1} of {files}", end="", file=sys.stderr)
    stamp.write_text(json.dumps(wanted))
    return documents


def read_sentences() -> list[str]:
    """The sentences of the example archive's texts, without their markup."""
    found: set[str] = set()
    for path in sorted(SOURCES.glob("*/[0-9]*/**/*.md")):
        for line in path.read_text(encoding="utf-8").split("+++")[-1].splitlines():
            if not line.startswith(("#", "|", "!", "[", "<", ":", "```")):
                plain = re.sub(r"\[\^?[^\]]*\]|[*_`>]", "", line)
                found.update(one for one in re.split(r"(?<=[.!?])\s+", plain) if 30 < len(one) < 400)
    return sorted(found)


def _pages(rng: random.Random, sentences: list[str], pages: int, word: str) -> Iterator[list[str]]:
    """Paragraphs a page; the word that stands nowhere else is on the last one."""
    for page in range(1, pages + 1):
        paragraphs, chars = [], 0
        while chars < PAGE_CHARS:
            paragraph = " ".join(rng.choice(sentences) for _ in range(PARAGRAPH_SENTENCES))
            chars += len(paragraph)
            paragraphs.append(paragraph)
        if page == pages:
            paragraphs[0] = f"Het {word} staat hier. {paragraphs[0]}"
        yield paragraphs


def write_pdf(path: Path, rng: random.Random, sentences: list[str], pages: int, word: str) -> None:
    """A PDF with wrapped lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    canvas = Canvas(str(path), pagesize=A4, invariant=True)
    canvas.setTitle(f"Rapport {path.stem}")
    for paragraphs in _pages(rng, sentences, pages, word):
        lines = [line for paragraph in paragraphs for line in re.findall(rf".{{1,{LINE_CHARS}}}(?:\s|$)", paragraph)]
        text = canvas.beginText(56, 780)
        text.setFont("Helvetica", 10)
        text.setLeading(15)
        text.textLines(lines[:LINES_A_PAGE])
        canvas.drawText(text)
        canvas.showPage()
    canvas.save()


def write_docx(path: Path, rng: random.Random, sentences: list[str], pages: int, word: str) -> None:
    """A Word document with a heading a page."""
    path.parent.mkdir(parents=True, exist_ok=True)
    document = docx.Document()
    for number, paragraphs in enumerate(_pages(rng, sentences, pages, word), 1):
        document.add_heading(f"{number} {rng.choice(sentences)[:50]}", level=1 + (number % 3 == 0))
        for paragraph in paragraphs:
            document.add_paragraph(paragraph)
    document.save(str(path))


def _project(number: int) -> str:
    project = number // FILES_A_PROJECT
    return f"{COMMUNITIES[project % len(COMMUNITIES)]}/{2018 + project % 4}/project-{project}"


def _write_record(folder: Path, sentence: str) -> None:
    about = json.dumps(sentence, ensure_ascii=False)
    (folder / "project.toml").write_text(f"title = {about}\nsummary = {about}\n", encoding="utf-8")


def _figures(spent: Spent) -> dict[str, Any]:
    return {"wall_s": round(spent.wall_s, 3), "cpu_s": round(spent.cpu_s, 3), "cores": round(spent.cores, 3)}


def _text_bytes(var: Path) -> int:
    return sum(path.stat().st_size for path in var.glob("catalog*"))


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    main()
