"""Canonical JSON: one sequence of bytes for one value.

A strict part of RFC 8785 (JCS): objects, arrays, strings, booleans, null, and
integers within 2**53; keys in ASCII, so that code points and UTF-16 code units
sort alike. There are no other numbers, no lone surrogates and no U+0000, which
PostgreSQL cannot keep. Text is not normalised: what a person wrote stays.
"""

import json
from collections.abc import Iterator
from typing import NoReturn

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]

INTEGER_MAX = 2**53 - 1


def _refuse(literal: str) -> NoReturn:
    raise ValueError(f"the number {literal} is not an integer")


_ENCODER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True
)
_DECODER = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse)


def encode(value: Json) -> bytes:
    """Write a value as its canonical bytes; raise `ValueError` if it has none."""
    for part in _parts(value):
        _check(part)
    return _written(value)


def decode(data: bytes) -> Json:
    """Read canonical bytes; raise `ValueError` for anything else."""
    try:
        value = parse(data.decode())
    except UnicodeDecodeError as error:
        raise ValueError("the bytes are not UTF-8") from error
    if encode(value) != data:
        raise ValueError("the JSON is not in its canonical form")
    return value


def parse(text: str) -> Json:
    """Read JSON in any form; raise `ValueError` for numbers that are no integers."""
    try:
        value: Json = _DECODER.decode(text)
    except RecursionError as error:
        raise ValueError("the JSON is nested too deeply") from error
    return value


def _written(value: Json) -> bytes:
    try:
        return _ENCODER.encode(value).encode()
    except UnicodeEncodeError as error:
        raise ValueError("a text holds half of a surrogate pair") from error


def _parts(value: Json) -> Iterator[Json]:
    """Yield the value, all that is in it, and every key."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        yield part
        if isinstance(part, list):
            waiting.extend(part)
        elif isinstance(part, dict):
            waiting.extend(part.values())
            for key in part:
                if not key.isascii():
                    raise ValueError(f"the key {key!r} is not ASCII")
                yield key


def _check(part: Json) -> None:
    if isinstance(part, str):
        if "\0" in part:
            raise ValueError("a text holds the character U+0000")
    elif isinstance(part, int) and abs(part) > INTEGER_MAX:
        raise ValueError(f"the number {part} is too large")
