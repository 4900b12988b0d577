"""The key that signs sessions: made at the first start, in a file that only its owner may read."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from archive.errors import AccessFailed

FILE_NAME = "secret.key"
KEY_BYTES = 32


def secret_key(var: Path) -> bytes:
    """The key of the archive in this folder. Taking the file away signs everybody out. Raises AccessFailed."""
    path = var / FILE_NAME
    try:
        var.mkdir(parents=True, exist_ok=True)
        _make(path)
        key = path.read_bytes()
    except OSError as error:
        raise AccessFailed(f"{path}: {(error.strerror or str(error)).lower()}") from error
    if len(key) < KEY_BYTES:
        raise AccessFailed(f"{path}: holds no key; remove it and start again (everybody then signs in anew)")
    return key


def _make(path: Path) -> None:
    """Write the key beside its place and link it there whole; of two that start at once the first one's stays."""
    if path.exists():
        return
    beside = path.with_name(f".{FILE_NAME}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(beside, path)
    finally:
        beside.unlink()
