"""From bytes to text: which encoding a plain text is in. Pure."""

from __future__ import annotations

import codecs

BYTES_PER_CHAR_MAX = 4  # in UTF-8, UTF-16 and UTF-32
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins with the mark of UTF-16: it must be tried first
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE_BYTES = 4_096
_UTF16_ZEROS_SHARE = 0.3  # of every second byte; Western text in UTF-16 has nearly all of them zero


def decode(data: bytes) -> str:
    """Return the text in `data`.

    A byte order mark decides; without one UTF-8, UTF-16 where every second byte is zero, and else the code page of
    Western Windows. One bad byte in UTF-8 does not make all of it Windows.

    >>> decode("café".encode()), decode("café".encode("utf-16-le")), decode("café".encode("cp1252"))
    ('café', 'café', 'café')
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    sample = data[:_SAMPLE_BYTES]
    if b"\0" in sample:
        even, odd = sample[::2].count(0), sample[1::2].count(0)
        if max(even, odd) > len(sample) / 2 * _UTF16_ZEROS_SHARE > min(even, odd):
            return data.decode("utf-16-le" if odd > even else "utf-16-be", "replace")
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    if bad and bad >= sum(1 for character in text if character > "\x7f") - bad:
        return data.decode("cp1252", "replace")
    return text
