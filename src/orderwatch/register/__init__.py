"""The register: `orders.toml`, parsed, validated and built into values of the model."""

import hashlib
import os
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import tomli
from pydantic_core import ValidationError

from orderwatch import fs
from orderwatch.errors import RegisterError, suggest
from orderwatch.model import Register
from orderwatch.register import build, validate
from orderwatch.register.schema import SCHEMA, VALIDATOR
from orderwatch.register.validate import Finding, Problem, truncate
from orderwatch.text import OTHER, TOML, TextError, decode, kind_of

__all__ = ["Problem", "json_schema", "load_register", "packaged_path", "validate_file"]

_PROBLEMS_MAX = 1000
"""Problems listed for one file."""


def packaged_path() -> Path:
    """Return the path of the packaged register, or of the one in the checkout."""
    path = Path(__file__).parents[1] / "orders.toml"
    return path if path.exists() else Path(__file__).parents[3] / "orders.toml"


def load_register(*paths: Path) -> Register:
    """Load a register; join several into one, whose ids begin with that of the court.

    Raises `RegisterError`, which lists every problem of a file, or says that one of
    several names no court or the court of another.
    """
    files: list[build.File] = []
    courts: dict[str | None, Path] = {}
    for path in paths:
        result = _load(path)
        if not isinstance(result, build.File):
            lines = "\n".join(f"  {item}" for item in result)
            raise RegisterError(f"cannot use {path}:\n{lines}")
        court = result.raw.get("court", {}).get("id")
        if len(paths) > 1 and court is None:
            message = "names no court; beside another register it needs a [court] with an id"
            raise RegisterError(f"{path}: {message}")
        if len(paths) > 1 and court in courts:
            message = (
                f"its court has the id {court}, as that of {courts[court]}; each needs its own"
            )
            raise RegisterError(f"{path}: {message}")
        courts[court] = path
        files.append(result)
    return build.register(files)


def validate_file(path: Path) -> tuple[Problem, ...]:
    """Validate a register file; return its problems in the order of its lines."""
    result = _load(path)
    return () if isinstance(result, build.File) else result


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


def _load(path: Path) -> build.File | tuple[Problem, ...]:
    data = read(path)
    if isinstance(data, Problem):
        return (data,)
    document = parse(path, data)
    if isinstance(document, Problem):
        return (document,)
    text, raw = document
    findings = list(islice(_findings(raw), _PROBLEMS_MAX + 1))
    if not findings:
        return build.File(raw=raw, sha256=hashlib.sha256(data).hexdigest())
    from orderwatch.register.problems import Lines, to_problem

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
        from orderwatch.register.problems import from_pydantic

        yield from map(from_pydantic, error.errors(include_url=False))
    yield from validate.findings(raw)


SIZE_MAX = 3_000_000
"""Bytes of a file; the packaged register has less than a tenth."""
DELIMITERS_MAX = 100_000
"""Delimiters of keys, values and tables; the packaged register has a ninth."""

_DELIMITERS = ("=", ",", "[", "{", ".")


def read(path: Path) -> bytes | Problem:
    """Read a regular file of limited size."""
    try:
        if path.stat().st_size > SIZE_MAX:
            return _too_large(path)
        data = fs.read(path, SIZE_MAX)
    except FileNotFoundError:
        return Problem(file=str(path), message=f"is not there{_suggestion(path)}")
    except (OSError, ValueError) as error:
        # A path with a null byte raises ValueError.
        reason = str(error.strerror if isinstance(error, OSError) else error)
        message = f"cannot be read: {reason}"
        if isinstance(error, OSError) and error.errno == 0:
            message = f"{reason.removeprefix('it ')}; should be a TOML file"
        return Problem(file=str(path), message=message)
    return data if len(data) <= SIZE_MAX else _too_large(path)


_SETTINGS = {"orders", "log", "recorder", "key", "evidence", "mail", "postgres", "remind"}
"""Keys of a configuration file."""


def parse(path: Path, data: bytes) -> tuple[str, dict[str, Any]] | Problem:
    """Decode and parse a file; return its text and its content."""
    file = str(path)
    text = ""
    try:
        text = decode(data)
        _check_delimiters(text)
        raw = tomli.loads(text)
    except TextError as error:
        return Problem(file=file, line=error.line, message=str(error))
    except tomli.TOMLDecodeError as error:
        if (kind := kind_of(text)) not in {TOML, OTHER}:
            return Problem(file=file, message=f"is {kind}, not TOML")
        return _syntax_problem(file, error)
    except (RecursionError, ValueError) as error:
        # Nested too deeply, or an integer too long for Python.
        return Problem(file=file, message=f"is not a TOML to read: {truncate(str(error))}")
    message = ""
    if not raw:
        message = "is empty; a register begins with schema = 1 and reviewed = DATE"
    elif _SETTINGS & raw.keys() and not {"schema", "reviewed", "case"} & raw.keys():
        message = "is a configuration, not a register; name it with --config"
    return Problem(file=file, message=message) if message else (text, raw)


def _check_delimiters(text: str) -> None:
    # Ten million of them take a parser a minute and gigabytes.
    if sum(map(text.count, _DELIMITERS)) > DELIMITERS_MAX:
        raise ValueError(f"more than {DELIMITERS_MAX:,} keys and values; no register has so many")


def _syntax_problem(file: str, error: tomli.TOMLDecodeError) -> Problem:
    # tomli appends the position, as "(at line 3, column 5)".
    reason, _, position = str(error).rpartition(" (at ")
    match = re.fullmatch(r"line (\d+), (column \d+)\)", position)
    if match is None:
        return Problem(file=file, message=f"is not valid TOML: {truncate(reason)}, at its end")
    return Problem(
        file=file,
        line=int(match[1]),
        message=f"is not valid TOML: {truncate(reason)}, at {match[2]}",
    )


def _too_large(path: Path) -> Problem:
    message = f"is larger than {SIZE_MAX // 1_000_000} MB; no register is"
    return Problem(file=str(path), message=message)


def _suggestion(path: Path) -> str:
    """Suggest the file of the folder with the nearest name."""
    try:
        with os.scandir(path.parent) as entries:
            names = sorted(entry.name for entry in entries if entry.is_file())
    except OSError:
        return f", nor is the folder {path.parent}"
    matches = suggest(path.name, names, limit=1)
    matches = matches or [name for name in names if name.endswith(".toml")][:1]
    return f"; the nearest in that folder is {matches[0]}" if matches else ""
