"""Read what files say of themselves (title, authors, date of making) into one spelling. Pure functions."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime

from indexer.extraction.cleaning import clean_line

# As precise as the file is: a year may stand alone. A zone without a time, or hour 24, is no date that we can use.
_ISO = re.compile(
    r"(?P<date>\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?)"
    r"(?:[T ](?P<time>(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?)\s*(?P<zone>Z|[+-]\d\d:\d\d)?)?"
)
_NEVER_SET = ("1601-01-01", "1970-01-01", "1899-12-30", "0000")  # what programs write that know no date


def iso_date(text: str | None) -> str | None:
    """Return a date as ISO 8601 and as precise as it was given, or None when it is none.

    >>> iso_date("2021-06-18T14:03:00Z"), iso_date(" 2021-06 "), iso_date("gisteren"), iso_date("2021-13-01")
    ('2021-06-18T14:03:00Z', '2021-06', None, None)
    """
    found = _ISO.fullmatch((text or "").strip())
    if not found or found["date"].startswith(_NEVER_SET):
        return None
    if not found["time"] or len(found["date"]) < len("2021-06-18"):
        return found["date"]
    return f"{found['date']}T{found['time']}{found['zone'] or ''}"


def mail_date(text: str | None) -> str | None:
    """Return the date of a mail (RFC 5322) as ISO 8601, or None.

    >>> mail_date("Fri, 18 Jun 2021 14:03:00 +0200")
    '2021-06-18T14:03:00+02:00'
    """
    try:
        return parsedate_to_datetime(text or "").isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def names(text: str | None) -> tuple[str, ...]:
    """Return the authors in a property: writers part them with semicolons (a comma may stand inside a name).

    >>> names("Jansen, A.; B. de Vries;")
    ('Jansen, A.', 'B. de Vries')
    """
    return tuple(dict.fromkeys(name for part in (text or "").split(";") if (name := clean_line(part))))


def title_of(text: str | None) -> str | None:
    """Return a title on one line, or None when there is none."""
    return clean_line(text or "") or None
