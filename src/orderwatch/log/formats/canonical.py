"""Canonical JSON: one sequence of bytes for each value.

A strict subset of RFC 8785 (JCS): objects, arrays, strings, booleans, null, and
integers within 2**53; keys in ASCII, so that code points and UTF-16 code units
sort alike. There are no other numbers, no lone surrogates and no U+0000, which
PostgreSQL cannot store. Text is not normalized: it stays as typed.
"""

import json
from collections.abc import Iterator
from typing import NoReturn

from orderwatch.translation import _

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]

INTEGER_MAX = 2**53 - 1


def _reject_number(literal: str) -> NoReturn:
    raise ValueError(_("the number {literal} is not an integer").format(literal=literal))


_ENCODER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True
)
_DECODER = json.JSONDecoder(parse_float=_reject_number, parse_constant=_reject_number)


def encode(value: Json) -> bytes:
    """Encode a value as canonical bytes; raise `ValueError` if it has none."""
    for part in _walk(value):
        _validate(part)
    return _dump(value)


def decode(data: bytes) -> Json:
    """Decode canonical bytes; raise `ValueError` for anything else."""
    try:
        value = parse(data.decode())
    except UnicodeDecodeError as error:
        raise ValueError(_("the bytes are not UTF-8")) from error
    if encode(value) != data:
        raise ValueError(_("the JSON is not in its canonical form"))
    return value


def parse(text: str) -> Json:
    """Parse JSON in any form; raise `ValueError` for numbers that are not integers."""
    try:
        value: Json = _DECODER.decode(text)
    except RecursionError as error:
        raise ValueError(_("the JSON is nested too deeply")) from error
    return value


def _dump(value: Json) -> bytes:
    try:
        return _ENCODER.encode(value).encode()
    except UnicodeEncodeError as error:
        raise ValueError(_("a text contains half of a surrogate pair")) from error


def _walk(value: Json) -> Iterator[Json]:
    """Yield the value, all values in it, and every key."""
    stack = [value]
    while stack:
        part = stack.pop()
        yield part
        if isinstance(part, list):
            stack.extend(part)
        elif isinstance(part, dict):
            stack.extend(part.values())
            for key in part:
                if not key.isascii():
                    raise ValueError(_("the key {key!r} is not ASCII").format(key=key))
                yield key


def _validate(part: Json) -> None:
    if isinstance(part, str):
        if "\0" in part:
            raise ValueError(_("a text contains the character U+0000"))
    elif isinstance(part, int) and abs(part) > INTEGER_MAX:
        raise ValueError(_("the number {part} is too large").format(part=part))
