"""Load and validate orders.toml; no other package knows the syntax of the file."""

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
from orderwatch.register.problems import Finding, Problem, from_pydantic, to_problem
from orderwatch.register.schema import SCHEMA, VALIDATOR

__all__ = ["Problem", "json_schema", "load_register", "packaged_path", "validate_file"]

_PROBLEMS_MAX = 1000
"""Problems listed for one file."""


def packaged_path() -> Path:
    """Return the path of the packaged register, or of the one in the checkout."""
    path = Path(__file__).parents[1] / "orders.toml"
    return path if path.exists() else Path(__file__).parents[3] / "orders.toml"


def load_register(path: Path) -> Register:
    """Load a register.

    Raises `RegisterError`, which lists every problem of the file.
    """
    result = _load(path)
    if isinstance(result, Register):
        return result
    lines = "\n".join(f"  {item}" for item in result)
    raise RegisterError(f"cannot use {path}:\n{lines}")


def validate_file(path: Path) -> tuple[Problem, ...]:
    """Validate a register file; return its problems in the order of its lines."""
    result = _load(path)
    return () if isinstance(result, Register) else result


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a register file."""
    from pydantic.json_schema import GenerateJsonSchema

    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "$id": "urn:orderwatch:register:1",
        **GenerateJsonSchema().generate(SCHEMA),
        "title": "A register of orders",
        "description": "Cases, their orders, the obligations in them, and what is on "
        "record about them: the shape of orders.toml.",
    }


def _load(path: Path) -> Register | tuple[Problem, ...]:
    data = source.read(path)
    if isinstance(data, Problem):
        return (data,)
    document = source.parse(path, data)
    if isinstance(document, Problem):
        return (document,)
    text, raw = document
    findings = list(islice(_findings(raw), _PROBLEMS_MAX + 1))
    if not findings:
        return build.register(raw, hashlib.sha256(data).hexdigest())
    lines, file = Lines(text), str(path)
    problems = [to_problem(file, raw, lines, item) for item in findings[:_PROBLEMS_MAX]]
    problems.sort(key=lambda item: item.line or 0)
    if len(findings) > _PROBLEMS_MAX:
        message = f"holds more than these {_PROBLEMS_MAX} problems"
        problems.append(Problem(file=file, message=message))
    return tuple(problems)


def _findings(raw: dict[str, Any]) -> Iterator[Finding]:
    try:
        VALIDATOR.validate_python(raw)
    except ValidationError as error:
        yield from map(from_pydantic, error.errors(include_url=False))
    yield from validate.findings(raw)
