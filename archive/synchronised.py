"""What services that synchronise a folder do to it: their names on a path, and the marks of a file still elsewhere.

Pure: judges names and what `stat` said. Reading a placeholder would make the service fetch it, perhaps gigabytes.
"""

from __future__ import annotations

import os
from pathlib import Path

# macOS: SF_DATALESS. Windows: FILE_ATTRIBUTE_OFFLINE, RECALL_ON_OPEN, RECALL_ON_DATA_ACCESS.
_DATALESS = 0x4000_0000
_RECALLED = 0x0000_1000 | 0x0004_0000 | 0x0040_0000
_PLACEHOLDER_SUFFIXES = (".nextcloud", ".owncloud")

# Above this no file system keeps content beside the inode, where it takes no blocks (ext4 160, ZFS 112, btrfs 2,048).
INLINE_MAX_BYTES = 4096

_SERVICES = {
    "onedrive": "OneDrive",
    "dropbox": "Dropbox",
    "google drive": "Google Drive",
    "googledrive": "Google Drive",
    "my drive": "Google Drive",
    "mijn drive": "Google Drive",
    "icloud drive": "iCloud Drive",
    "iclouddrive": "iCloud Drive",
    "mobile documents": "iCloud Drive",
    "cloudstorage": "CloudStorage",
    "nextcloud": "Nextcloud",
    "owncloud": "ownCloud",
    "surfdrive": "SURFdrive",
}


def inside_synchronised_folder(path: Path) -> str | None:
    """The service that synchronises this folder, judged by the names on its path; the innermost one counts.

    >>> inside_synchronised_folder(Path("/home/a/OneDrive - Hogeschool Maasoever/archief/var"))
    'OneDrive'
    >>> inside_synchronised_folder(Path("/Users/a/Library/CloudStorage/Dropbox-Personal/var"))
    'Dropbox'
    >>> inside_synchronised_folder(Path("/home/a/onedriven/var")) is None
    True
    """
    for part in reversed(path.absolute().parts):
        name = part.casefold().partition(" - ")[0].partition(" (")[0]
        for candidate in (name, name.partition("-")[0], name.rstrip("0123456789")):
            if candidate in _SERVICES:
                return _SERVICES[candidate]
    return None


def is_marked_placeholder(name: str, found: os.stat_result) -> bool:
    """Whether the system or the service itself says that the content is not here."""
    flags, attributes = getattr(found, "st_flags", 0), getattr(found, "st_file_attributes", 0)
    return bool(flags & _DATALESS or attributes & _RECALLED) or name.endswith(_PLACEHOLDER_SUFFIXES)
