"""orders.toml -> the register; the only package that knows the syntax of the file."""

import hashlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic_core import ValidationError

from orderwatch.errors import RegisterError
from orderwatch.model import Register
from orderwatch.register import build, source, validate
from orderwatch.register.positions import Lines
from orderwatch.register.problems import Finding, Problem, misshapen, problem
from orderwatch.register.schema import SCHEMA, VALIDATOR

__all__ = ["Problem", "load_orders", "problems", "schema", "shipped"]

_MOST = 1000
"""How many problems of one file are named."""


def shipped() -> Path:
    """Find the register that comes with the package, or that of the checkout."""
    packaged = Path(__file__).parents[1] / "orders.toml"
    return packaged if packaged.exists() else Path(__file__).parents[3] / "orders.toml"


def load_orders(path: Path) -> Register:
    """Read a register.

    Raises `RegisterError`, which names every problem of the file.
    """
    found = _read(path)
    if isinstance(found, Register):
        return found
    lines = "\n".join(f"  {one}" for one in found)
    raise RegisterError(f"cannot use {path}:\n{lines}")


def problems(path: Path) -> tuple[Problem, ...]:
    """List everything that is wrong with a register, in the order of its lines."""
    found = _read(path)
    return () if isinstance(found, Register) else found


def schema() -> dict[str, Any]:
    """Describe the shape of a register file as JSON Schema."""
    from pydantic.json_schema import GenerateJsonSchema

    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "$id": "urn:orderwatch:register:1",
        **GenerateJsonSchema().generate(SCHEMA),
        "title": "A register of orders",
        "description": "Cases, their orders, the obligations in them, and what is on "
        "record about them: the shape of orders.toml.",
    }


def _read(path: Path) -> Register | tuple[Problem, ...]:
    data = source.read(path)
    if isinstance(data, Problem):
        return (data,)
    parsed = source.parse(path, data)
    if isinstance(parsed, Problem):
        return (parsed,)
    text, raw = parsed
    found = list(islice(_findings(raw), _MOST + 1))
    if not found:
        return build.register(raw, hashlib.sha256(data).hexdigest())
    lines, file = Lines(text), str(path)
    named = [problem(file, raw, lines, one) for one in found[:_MOST]]
    named.sort(key=lambda one: one.line or 0)
    if len(found) > _MOST:
        message = f"holds more than these {_MOST} problems"
        named.append(Problem(file=file, message=message))
    return tuple(named)


def _findings(raw: dict[str, Any]) -> Iterator[Finding]:
    try:
        VALIDATOR.validate_python(raw)
    except ValidationError as error:
        yield from map(misshapen, error.errors(include_url=False))
    yield from validate.findings(raw)
