"""Whether the files of a search index are still what they were: a look that opens none of them.

Loading Whoosh and NumPy takes 0.2 s, as long as all else of a run over a folder in which nothing is new.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from archive.settings import Settings

_ENGINE = Path(__file__).parent
_LOCK = "LOCK"  # says nothing, and is touched by whoever writes


def seal_of(settings: Settings) -> str:
    """The same text as long as nothing happened to the index, to the engine that reads it, or to its settings."""
    index = settings.var / "index"
    told = [repr(settings.analysis), *_files(_ENGINE, ".py"), *_files(_ENGINE / "data"), *_files(index)]
    for generation in sorted(path for path in index.glob("*") if path.is_dir()):
        told += [generation.name, *_files(generation)]
    return hashlib.sha256("\n".join(told).encode("utf-8", "surrogatepass")).hexdigest()


def _files(folder: Path, suffix: str = "") -> Iterator[str]:
    """Name, size and time of each file; nothing where there is no folder."""
    for path in sorted(folder.glob(f"*{suffix}")):
        if path.is_file() and path.name != _LOCK:
            found = path.stat()
            yield f"{path.name} {found.st_size} {found.st_mtime_ns}"
