"""Who may know whom: the layout that CONTRIBUTING tells is held here."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("archive", "indexer", "webui")
MAY_IMPORT = {"archive": {"archive"}, "indexer": {"archive", "indexer"}, "webui": {"archive", "indexer", "webui"}}
# A library that only one place may know.
KEPT_TO = {
    "whoosh": ("indexer/search/",),
    "sqlite3": ("archive/",),
    "flask": ("webui/",),
    "werkzeug": ("webui/",),
    "waitress": ("webui/",),
    "authlib": ("webui/accounts/openid",),
    "joserfc": ("webui/accounts/openid",),
    "pypdfium2": ("indexer/",),
    "pypdf": ("indexer/extraction/",),
    "docx": ("indexer/extraction/", "webui/start_pack/", "webui/desk/"),
    "reportlab": ("webui/start_pack/",),
    "lxml": ("indexer/extraction/",),
    "tomlkit": ("archive/",),
}
LONGEST_MODULE_LINES = 450


def modules() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


@cache
def imported(path: Path) -> set[str]:
    """The modules that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute here"
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_only_what_its_package_may_know(path: Path) -> None:
    allowed = MAY_IMPORT[path.relative_to(ROOT).parts[0]]
    ours = {name.split(".")[0] for name in imported(path)} & set(PACKAGES)
    assert ours <= allowed


@pytest.mark.parametrize("library", KEPT_TO)
def test_a_library_is_known_in_one_place(library: str) -> None:
    users = [
        str(path.relative_to(ROOT)) for path in modules() if library in {name.split(".")[0] for name in imported(path)}
    ]
    assert users, f"nobody uses {library}"
    assert [user for user in users if not user.startswith(KEPT_TO[library])] == []


def test_one_module_knows_whoosh() -> None:
    users = [path.name for path in modules() if "whoosh" in {name.split(".")[0] for name in imported(path)}]
    assert all("whoosh" in name for name in users), users


def test_every_module_says_what_it_is_for() -> None:
    silent = [path for path in modules() if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]
    assert silent == []


def test_no_module_grows_long() -> None:
    long = {
        str(path.relative_to(ROOT)): n
        for path in modules()
        if (n := len(path.read_text().splitlines())) > LONGEST_MODULE_LINES
    }
    assert long == {}
