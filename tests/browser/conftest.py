"""A real browser before a real server over the example archive. Without Chromium these tests are skipped, and say so."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from tests.conftest import EXAMPLE, Archive, Site, pdf_bytes

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
DESKTOP, PHONE = (1440, 900), (390, 844)
LONG_PDF = "bim5/2021/prefab-gevels/handboek.pdf"
TIMEOUT_MS = 15_000
expect.set_options(timeout=TIMEOUT_MS)  # five seconds are few where other work goes on

Visit = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("no Chromium on PATH: install it, or name one in CHROMIUM")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory, example_var: Path) -> Archive:
    """The example archive, with a handbook of 200 pages."""
    archive = Archive(tmp_path_factory.mktemp("browser"))
    shutil.copytree(EXAMPLE, archive.documents, dirs_exist_ok=True)
    shutil.copytree(example_var, archive.var)
    line = "Deze regel vult de bladzijde met gewone woorden over bouwen, meten en overleggen.\n"
    pages = [f"Hoofdstuk {number}\n" + line * 40 for number in range(1, 201)]
    for number in (3, 150, 151):
        pages[number - 1] += "Hier staan de zwaluwstaartverbindingen, en een zwaluwstaartverbinding."
    archive.put(LONG_PDF, pdf_bytes(*pages, title="Handboek"))
    archive.index()
    return archive


@pytest.fixture(scope="session")
def campus(example: Archive) -> Iterator[Site]:
    with example.serving("--as", "campus") as site:
        yield site


@pytest.fixture(scope="session")
def public(example: Archive) -> Iterator[Site]:
    with example.serving() as site:
        yield site


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Open a page of a site as a visitor does; whatever the browser complained about is told at the end."""
    complaints: list[str] = []
    with ExitStack() as stack:

        def open_page(
            site: Site, path: str, *, size: tuple[int, int] = DESKTOP, language: str = "nl", scripts: bool = True
        ) -> Page:
            context: BrowserContext = browser.new_context(
                viewport={"width": size[0], "height": size[1]}, locale=language, java_script_enabled=scripts
            )
            stack.callback(context.close)
            context.set_default_timeout(TIMEOUT_MS)
            page = context.new_page()

            def console(message: ConsoleMessage) -> None:
                if message.type in ("error", "warning"):
                    complaints.append(f"{message.type}: {message.text}")

            def request(asked: Request) -> None:
                if not asked.url.startswith((site.url, "blob:", "data:")):
                    complaints.append(f"asked elsewhere: {asked.url}")

            def response(answer: Response) -> None:
                if answer.status >= 500:
                    complaints.append(f"{answer.status}: {answer.url}")

            page.on("console", console)
            page.on("pageerror", lambda error: complaints.append(f"fault: {error}"))
            page.on("request", request)
            page.on("response", response)
            page.goto(site.url + path)
            return page

        yield open_page
    assert complaints == []
