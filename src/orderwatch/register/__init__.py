"""The register: `orders.toml`, parsed, validated and built into values of the model."""

import hashlib
import os
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orderwatch import fs
from orderwatch.errors import RegisterError, suggest
from orderwatch.model import Register
from orderwatch.register import build, compiled
from orderwatch.text import OTHER, TOML, TextError, decode, kind_of
from orderwatch.translation import _

if TYPE_CHECKING:
    from tomli import TOMLDecodeError

    from orderwatch.register.validate import Finding, Problem

__all__ = ["SIZE_MAX", "json_schema", "load_register", "packaged_path", "validate_file"]

_PROBLEMS_MAX = 1000
"""Problems listed for one file."""
_ERRORS_MAX = 100_000
"""Errors of the schema of which any are listed."""


def packaged_path() -> Path:
    """Return the path of the packaged register, or of the one in the checkout."""
    path = Path(__file__).parents[1] / "orders.toml"
    return path if path.exists() else Path(__file__).parents[3] / "orders.toml"


def load_register(*paths: Path, form_sha256: str | None = None) -> Register:
    """Load a register; join several into one, whose ids begin with that of the court.

    `form_sha256` is that of the compiled form of an installed release.
    Raises `RegisterError`, which lists every problem of a file, or says that one of
    several names no court or the court of another.
    """
    files: list[build.File] = []
    courts: dict[str | None, Path] = {}
    for path in paths:
        result = _valid(path, _load(path) if form_sha256 is None else _load(path, form_sha256))
        court = result.raw.get("court", {}).get("id")
        if len(paths) > 1 and court is None:
            message = _(
                "no [court] table with an id; a register that is joined with others needs one"
            )
            raise RegisterError(f"{path}: {message}")
        if len(paths) > 1 and court in courts:
            message = _(
                "duplicate court id {court}, also used by {courts}; each register needs its own"
            ).format(court=court, courts=courts[court])
            raise RegisterError(f"{path}: {message}")
        courts[court] = path
        files.append(result)
    return build.register(files)


def _valid(path: Path, result: "build.File | tuple[Problem, ...]") -> build.File:
    if isinstance(result, build.File):
        return result
    lines = "\n".join(f"  {item}" for item in result)
    raise RegisterError(_("invalid register {path}:\n{lines}").format(path=path, lines=lines))


def validate_file(path: Path) -> "tuple[Problem, ...]":
    """Validate a register file; return its problems in the order of its lines."""
    result = _load(path)
    return () if isinstance(result, build.File) else result


def compile_file(path: Path) -> bytes:
    """Encode the compiled form of a register file; raise `RegisterError` if it is invalid."""
    file = _valid(path, _load(path))
    return compiled.encode(file.raw, file.sha256)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a register file."""
    from pydantic.json_schema import GenerateJsonSchema

    from orderwatch.register.schema import SCHEMA

    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "$id": "urn:orderwatch:register:1",
        **GenerateJsonSchema().generate(SCHEMA),
        "title": "A register of orders",
        "description": "Cases, their orders, the obligations in them, and what is on "
        "record about them: the shape of orders.toml.",
    }


def _load(path: Path, form_sha256: str | None = None) -> "build.File | tuple[Problem, ...]":
    data = read(path)
    if not isinstance(data, bytes):
        return (data,)
    digest = hashlib.sha256(data).hexdigest()
    if form_sha256 or path == packaged_path():
        tables = compiled.read(compiled.path_of(path), digest, form_sha256)
        if tables is not None:
            return build.File(raw=tables, sha256=digest)
    document = parse(path, data)
    if not isinstance(document, tuple):
        return (document,)
    text, raw = document
    findings = list(islice(_findings(raw), _PROBLEMS_MAX + 1))
    if not findings:
        return build.File(raw=raw, sha256=digest)
    from orderwatch.register.problems import Lines, to_problem

    lines, file = Lines(text), str(path)
    problems = [to_problem(file, raw, lines, item) for item in findings[:_PROBLEMS_MAX]]
    problems.sort(key=lambda item: item.line or 0)
    if len(findings) > _PROBLEMS_MAX:
        message = _("more than {problems_max} problems; the rest is not shown").format(
            problems_max=_PROBLEMS_MAX
        )
        problems.append(_problem(file, message))
    return tuple(problems)


def _problem(file: Path | str, message: str, line: int | None = None) -> "Problem":
    from orderwatch.register.validate import Problem

    return Problem(file=str(file), message=message, line=line)


def _findings(raw: dict[str, Any]) -> "Iterator[Finding]":
    from pydantic_core import ValidationError

    from orderwatch.register import validate
    from orderwatch.register.schema import VALIDATOR

    try:
        VALIDATOR.validate_python(raw)
    except ValidationError as error:
        from orderwatch.register.problems import from_pydantic

        if error.error_count() > _ERRORS_MAX:
            # To list them takes gigabytes.
            yield (), _("{n:,} problems: not a register").format(n=error.error_count())
            return
        yield from map(from_pydantic, error.errors(include_url=False))
    yield from validate.findings(raw)


SIZE_MAX = 25_000_000
"""Bytes of a register: 50 times the packaged one, or 10,000 orders without events."""
DELIMITERS_MAX = 1_500_000
"""Delimiters of keys, values and tables; 25 MB like the packaged register have 1,200,000."""

_DELIMITERS = ("=", ",", "[", "{", ".")


def read(path: Path) -> "bytes | Problem":
    """Read a regular file of limited size."""
    try:
        if path.stat().st_size > SIZE_MAX:
            return _too_large(path)
        data = fs.read(path, SIZE_MAX)
    except FileNotFoundError:
        return _problem(path, _not_found(path))
    except (OSError, ValueError) as error:
        # A path with a null byte raises ValueError.
        reason = str(error.strerror if isinstance(error, OSError) else error)
        message = _("cannot be read: {reason}").format(reason=reason)
        if isinstance(error, OSError) and error.errno == 0:
            message = _("{reason}; expected a TOML file").format(reason=reason)
        return _problem(path, message)
    return data if len(data) <= SIZE_MAX else _too_large(path)


_SETTINGS = {"orders", "log", "recorder", "key", "evidence", "mail", "postgres", "remind"}
"""Keys of a configuration file."""


def parse(path: Path, data: bytes) -> "tuple[str, dict[str, Any]] | Problem":
    """Decode and parse a file; return its text and its content."""
    import tomli

    text = ""
    try:
        text = decode(data)
        _check_delimiters(text)
        raw = tomli.loads(text)
    except TextError as error:
        return _problem(path, str(error), error.line)
    except tomli.TOMLDecodeError as error:
        if (kind := kind_of(text)) not in {TOML, OTHER}:
            return _problem(path, _("is {kind}, not TOML").format(kind=_(kind)))
        return _syntax_problem(path, error)
    except (RecursionError, ValueError) as error:
        # Nested too deeply, or an integer too long for Python.
        from orderwatch.register.validate import truncate

        return _problem(path, _("not readable as TOML: {error}").format(error=truncate(str(error))))
    message = ""
    if not raw:
        message = _("is empty; a register begins with schema = 1 and reviewed = DATE")
    elif _SETTINGS & raw.keys() and not {"schema", "reviewed", "case"} & raw.keys():
        message = _("is a configuration file, not a register; pass it with --config")
    return _problem(path, message) if message else (text, raw)


def _check_delimiters(text: str) -> None:
    # Ten million of them take a parser a minute and gigabytes.
    if sum(map(text.count, _DELIMITERS)) > DELIMITERS_MAX:
        raise ValueError(
            _("more than {limit:,} keys and values, the limit of orderwatch").format(
                limit=DELIMITERS_MAX
            )
        )


def _syntax_problem(path: Path, error: "TOMLDecodeError") -> "Problem":
    from orderwatch.register.validate import truncate

    # tomli appends the position, as "(at line 3, column 5)".
    reason, position = str(error).rpartition(" (at ")[::2]
    match = re.fullmatch(r"line (\d+), column (\d+)\)", position)
    if match is None:
        text = _("invalid TOML: {reason}, at the end of the file")
        return _problem(path, text.format(reason=truncate(reason)))
    text = _("invalid TOML: {reason}, at column {column}").format(
        reason=truncate(reason), column=match[2]
    )
    return _problem(path, text, int(match[1]))


def _too_large(path: Path) -> "Problem":
    message = _("larger than {limit} MB, the limit of orderwatch for a register").format(
        limit=SIZE_MAX // 1_000_000
    )
    return _problem(path, message)


def _not_found(path: Path) -> str:
    """Return that a file is missing, with the nearest name in its folder."""
    try:
        with os.scandir(path.parent) as entries:
            names = sorted(entry.name for entry in entries if entry.is_file())
    except OSError:
        return _("not found, and neither is the folder {folder}").format(folder=path.parent)
    matches = suggest(path.name, names, limit=1)
    matches = matches or [name for name in names if name.endswith(".toml")][:1]
    if not matches:
        return _("not found")
    return _("not found; the nearest name in the folder is {name}").format(name=matches[0])
