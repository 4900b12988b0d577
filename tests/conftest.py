"""What many tests share: the command line as a person runs it, a server on the loopback address, small real files."""

from __future__ import annotations

import contextlib
import http.client
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docx
import pytest
from reportlab.pdfgen.canvas import Canvas

COMMAND = [sys.executable, "-m", "archive.cli"]
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

    def run(self, *arguments: str, timeout: float = 120, cwd: Path | None = None) -> Ran:
        done = subprocess.run(
            [*COMMAND, *arguments], env=self.environment(), cwd=cwd or self.root, capture_output=True, timeout=timeout
        )
        return Ran(code=done.returncode, out=done.stdout.decode(), err=done.stderr.decode())

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

    def start(self, *arguments: str, **more: Any) -> subprocess.Popen[bytes]:
        """Start a command in a process group of its own."""
        return subprocess.Popen(
            [*COMMAND, *arguments], env=self.environment(), cwd=self.root, start_new_session=True, **more
        )

    @contextlib.contextmanager
    def serving(self, *arguments: str) -> Iterator[Site]:
        """A server on a free port, indexed and answering."""
        port = free_port()
        with (self.root / "serve.log").open("ab") as log:
            process = self.start("serve", "--port", str(port), *arguments, stdout=log, stderr=log)
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
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()


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

    def __init__(self, port: int, process: subprocess.Popen[bytes]) -> None:
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
