"""What many tests share: the command line as a person runs it, a server on the loopback address, small real files."""

from __future__ import annotations

import contextlib
import http.client
import io
import json
import os
import socket
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import docx
import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.processes import Running

COMMAND = [sys.executable, "-m", "archive.cli"]
EXAMPLE = Path(__file__).resolve().parents[1] / "documents"
LONG_AGO = 1_600_000_000  # 2020: a file of then has finished arriving
SERVER_START_S = 30


@dataclass(frozen=True, kw_only=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Archive:
    """A folder of documents with its var, and the commands over it."""

    def __init__(self, root: Path) -> None:
        self.root, self.documents, self.var = root, root / "documents", root / "var"
        self.documents.mkdir(parents=True, exist_ok=True)

    def put(self, id: str, content: bytes | str, *, age: float = LONG_AGO) -> Path:
        """Put a file in the tree as if it had been there for long."""
        path = self.documents / id
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        os.utime(path, (age, age))
        return path

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ESTAFETTE_")}
        return {**kept, "ESTAFETTE_DOCUMENTS": str(self.documents), "ESTAFETTE_VAR": str(self.var)}

    def run(self, *arguments: str, given: str = "", timeout: float = 120, cwd: Path | None = None) -> Ran:
        """Run a command to its end; `given` is what it reads from its standard input."""
        with TemporaryDirectory() as folder:
            stdin, out, err = (Path(folder) / name for name in ("in", "out", "err"))
            stdin.write_text(given)
            process = self._start(arguments, cwd=cwd or self.root, given=stdin, out=out, err=err)
            try:
                code = process.wait(timeout)
            except subprocess.TimeoutExpired:
                process.end()
                raise
            return Ran(code=code, out=out.read_text("utf-8"), err=err.read_text("utf-8"))

    def index(self, *arguments: str) -> Any:
        """Index, which must succeed; return the report."""
        done = self.run("index", "--json", *arguments)
        assert done.code == 0, done.err
        return done.json

    def search(self, query: str, *arguments: str) -> Any:
        done = self.run("search", query, "--json", *arguments)
        assert done.code == 0, done.err
        return done.json

    def found(self, query: str, *arguments: str) -> list[str]:
        """The ids that a search finds, best first."""
        return [hit["id"] for hit in self.search(query, *arguments)["hits"]]

    def start(self, *arguments: str, log: Path = Path(os.devnull)) -> Running:
        """Start a command in a process group of its own; what it says is added to `log`."""
        return self._start(arguments, cwd=self.root, given=Path(os.devnull), out=log, err=log)

    def _start(self, arguments: Sequence[str], **places: Path) -> Running:
        return Running([*arguments], environment=self.environment(), **places)

    @contextlib.contextmanager
    def serving(self, *arguments: str) -> Iterator[Site]:
        """A server on a free port, indexed and answering."""
        port = free_port()
        process = self.start("serve", "--port", str(port), *arguments, log=self.root / "serve.log")
        try:
            site = Site(port, process)
            site.wait_until(lambda: site.get("/healthz").status == 200, "the server answers")
            site.wait_until(lambda: not site.get("/healthz").json["indexing"], "the first indexing is done")
            yield site
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.end()


@dataclass(frozen=True, kw_only=True)
class Page:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Site:
    """A server as a visitor reaches it."""

    def __init__(self, port: int, process: Running) -> None:
        self.port, self.process = port, process
        self.url = f"http://127.0.0.1:{port}"

    def get(self, path: str, headers: dict[str, str] | None = None, **parameters: object) -> Page:
        target = path + ("?" + urllib.parse.urlencode(parameters, doseq=True) if parameters else "")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", target, headers=headers or {})
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Page(status=answer.status, headers=found, body=answer.read())
        finally:
            connection.close()

    def wait_until(self, holds: Callable[[], bool], what: str, *, at_most_s: float = SERVER_START_S) -> None:
        """Look again and again until something holds; fail after `at_most_s`, or when the server ended."""
        end = time.monotonic() + at_most_s
        while True:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if holds():
                    return
            assert self.process.poll() is None, f"the server ended with {self.process.returncode} before {what}"
            assert time.monotonic() < end, f"not within {at_most_s:.0f} s: {what}"
            time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def pdf_bytes(*pages: str, title: str | None = None, author: str | None = None) -> bytes:
    """A PDF with these texts, one a page, lines parted by line feeds."""
    stream = io.BytesIO()
    canvas = Canvas(stream, invariant=True)
    if title:
        canvas.setTitle(title)
    if author:
        canvas.setAuthor(author)
    for page in pages:
        for number, line in enumerate(page.split("\n")):
            canvas.drawString(60, 780 - 16 * number, line)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def docx_bytes(*paragraphs: str, headings: bool = True) -> bytes:
    """A Word document; a paragraph that begins with `# ` is a heading."""
    document = docx.Document()
    for paragraph in paragraphs:
        if headings and paragraph.startswith("# "):
            document.add_heading(paragraph[2:], level=1)
        else:
            document.add_paragraph(paragraph)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An empty archive."""
    return Archive(tmp_path)


@pytest.fixture(scope="session")
def example_var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `var` of the example archive in `documents/`, indexed once for all that ask it; copy it to change it."""
    archive = Archive(tmp_path_factory.mktemp("example"))
    archive.index("--documents", str(EXAMPLE), "--var", str(archive.var))
    return archive.var
