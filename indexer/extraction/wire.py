"""Carry an outcome from the worker to the leader as JSON, and believe nothing of what comes back.

The worker has read a stranger's file and may be in that stranger's hands: JSON can't run code as pickle can, and every
value is checked before the leader uses it.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, get_args

from indexer.extraction.model import ExtractError, Extraction, FailureCode, Heading, Part, Properties

_CODES = frozenset(get_args(FailureCode))


def encode(outcome: Extraction | ExtractError) -> bytes:
    """Return an outcome as bytes for `decode`."""
    if isinstance(outcome, ExtractError):
        return json.dumps({"code": outcome.code, "reason": outcome.reason}).encode()
    # Lone surrogates are no text and can't be encoded; `clean` has taken them out of everything but a title or two.
    return json.dumps(asdict(outcome), ensure_ascii=False).encode("utf-8", "replace")


def encode_findings(findings: str | None) -> bytes:
    """Return what a study said as bytes for `decode_findings`: one line, whatever it is."""
    return json.dumps(findings).encode()


def decode_findings(data: bytes | bytearray) -> str | None:
    """Return what a study said. Raises ValueError for anything but text or None; what it says is believed by nobody yet.

    >>> decode_findings(encode_findings("twee\\nregels"))
    'twee\\nregels'
    """
    try:
        return _text_or_none(json.loads(data))
    except (TypeError, RecursionError) as error:
        raise ValueError("not findings") from error


def decode(data: bytes | bytearray) -> Extraction | ExtractError:
    """Return the outcome in a worker's answer. Raises ValueError when it is not as `encode` makes them.

    >>> decode(encode(ExtractError("empty", "is empty (0 bytes)"))).code
    'empty'
    """
    try:
        answer = json.loads(data)
        if "code" in answer:
            return _refusal(answer)
        return Extraction(
            format=_text(answer["format"]),
            unit="page" if answer["unit"] == "page" else "section",
            parts=tuple(_part(value, number) for number, value in enumerate(answer["parts"], 1)),
            properties=_properties(answer["properties"]),
            outline=tuple(_heading(value, len(answer["parts"])) for value in answer["outline"]),
            warnings=tuple(_line(value) for value in answer["warnings"]),
        )
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("not an outcome") from error


def _refusal(answer: dict[str, Any]) -> ExtractError:
    if answer["code"] not in _CODES:
        raise ValueError("unknown code")
    return ExtractError(answer["code"], _line(answer["reason"]))


def _part(value: dict[str, Any], number: int) -> Part:
    return Part(
        number=number,
        text=_text(value["text"]),
        label=_text_or_none(value["label"]),
        heading=_text_or_none(value["heading"]),
        level=None if value["level"] is None else _number(value["level"], most=9),
    )


def _heading(value: dict[str, Any], parts: int) -> Heading:
    return Heading(
        title=_text(value["title"]), level=_number(value["level"], most=9), part=_number(value["part"], most=parts)
    )


def _properties(value: dict[str, Any]) -> Properties:
    return Properties(
        title=_text_or_none(value["title"]),
        authors=tuple(_text(name) for name in value["authors"]),
        created=_text_or_none(value["created"]),
        language=_text_or_none(value["language"]),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not text")
    value.encode()  # raises UnicodeEncodeError, which is a ValueError, on surrogates that JSON smuggled in
    return value


def _text_or_none(value: object) -> str | None:
    return None if value is None else _text(value)


def _line(value: object) -> str:
    return " ".join(_text(value).split())


def _number(value: object, *, most: int) -> int:
    if not isinstance(value, int) or not 1 <= value <= most:
        raise ValueError("not a number within bounds")
    return value
