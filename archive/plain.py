"""The model's values as JSON and back, exactly: for the catalog's columns.

Decoders are made once a class from its type hints. Fields that hold their default are left out. Text keeps bytes that
are not UTF-8 (surrogates), since JSON writes them as escapes.
"""

from __future__ import annotations

import dataclasses
import json
import types
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

SETS_KEPT = 4_000  # of about 1 kB

T = TypeVar("T")


def to_json(value: object) -> str:
    """A dataclass of the model as JSON text.

    >>> from archive.model import Text
    >>> to_json(Text(nl="BIM 5"))
    '{"nl":"BIM 5"}'
    """
    return json.dumps(_plain(value), separators=(",", ":"))


def from_json(kind: type[T], text: str) -> T:
    """The dataclass that `to_json` wrote. Raises ValueError, TypeError or KeyError for anything else."""
    hint: Any = kind
    value: T = _decoder(hint)(json.loads(text))
    return value


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, date):  # a datetime too
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, frozenset):
        return json.dumps([_plain(each) for each in sorted(value, key=repr)], separators=(",", ":"))
    kind: Any = type(value)
    return {name: _plain(held) for name, default in _fields(kind) if (held := getattr(value, name)) != default}


@cache
def _fields(kind: Any) -> tuple[tuple[str, Any], ...]:
    """Names with their defaults; a required field's is something that no value equals."""
    return tuple(
        (
            field.name,
            field.default_factory()
            if field.default_factory is not dataclasses.MISSING
            else field.default,  # MISSING equals nothing else
        )
        for field in dataclasses.fields(kind)
    )


@cache
def _decoder(hint: Any) -> Callable[[Any], Any]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        (held,) = (argument for argument in arguments if argument is not types.NoneType)
        decode = _decoder(held)
        return lambda data: None if data is None else decode(data)
    if origin is tuple and arguments[-1] is Ellipsis:
        return _sequence(tuple, _decoder(arguments[0]))
    if origin is frozenset:
        return _kept_set(_sequence(frozenset, _decoder(arguments[0])))
    if origin is tuple:
        decoders = [_decoder(argument) for argument in arguments]
        return lambda data: tuple(decode(each) for decode, each in zip(decoders, data, strict=True))
    if origin is Literal or hint in (str, int, bool):
        return _unchanged
    if hint in (date, datetime):
        return hint.fromisoformat  # type: ignore[no-any-return]
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint
    return _dataclass(hint)


def _kept_set(make: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Sets are JSON in a text of their own. A few audiences come back with every value: each is decoded once."""

    @lru_cache(SETS_KEPT)
    def decode(data: str) -> Any:
        return make(json.loads(data))

    return decode


def _unchanged(data: Any) -> Any:
    return data


def _sequence(make: Callable[[Any], Any], decode: Callable[[Any], Any]) -> Callable[[Any], Any]:
    if decode is _unchanged:
        return make
    return lambda data: make([decode(each) for each in data])


def _dataclass(kind: Any) -> Callable[[Any], Any]:
    hints = get_type_hints(kind)
    decoders = {field.name: _decoder(hints[field.name]) for field in dataclasses.fields(kind)}
    return lambda data: kind(**{name: decoders[name](value) for name, value in data.items()})
