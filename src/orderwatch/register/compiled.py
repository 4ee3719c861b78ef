"""The compiled form of a register: its validated tables as JSON, which no start has to validate.

The first line names the register file, the sources that validated it and the content. A form
that does not fit all three is not used: the TOML file is parsed instead.
"""

import json
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from orderwatch import fs
from orderwatch.translation import _

SUFFIX = ".compiled"
_PACKAGE = Path(__file__).parents[1]
_SOURCES = (
    *("register/__init__.py", "register/build.py", "register/compiled.py"),
    *("register/schema.py", "register/validate.py"),
    *("model/event.py", "model/register.py", "text.py"),
)
"""The modules that decide whether a register is valid."""
_SIZE_MAX = 100_000_000
_DATE = "\0"
"""The key of a date; TOML allows no such character in a key that is not escaped."""


def path_of(register: Path) -> Path:
    """Return the path of the compiled form of a register file."""
    return register.with_suffix(SUFFIX)


def encode(tables: Mapping[str, Any], register_sha256: str) -> bytes:
    """Encode the tables of a valid register file; raise `ValueError` if they would change."""
    content = json.dumps(
        tables, default=_encode_date, ensure_ascii=False, separators=(",", ":")
    ).encode()
    if _decode(content) != tables:
        raise ValueError(_("the tables have values that JSON does not have"))
    return _head(register_sha256, content) + content


def read(path: Path, register_sha256: str, form_sha256: str | None = None) -> dict[str, Any] | None:
    """Read the tables of a register file from its compiled form; `None` if it does not fit.

    `form_sha256` is the SHA-256 that the form must have.
    """
    try:
        form = fs.read(path, _SIZE_MAX)
        start = form.index(b"\n") + 1
        content = form[start:]
        fits = form[:start] == _head(register_sha256, content)
    except (OSError, ValueError):
        return None
    if not fits or (form_sha256 is not None and form_sha256 != sha256(form).hexdigest()):
        return None
    return _decode(content)


def _head(register_sha256: str, content: bytes) -> bytes:
    program = sha256(b"".join((_PACKAGE / name).read_bytes() for name in _SOURCES)).hexdigest()
    digest = sha256(content).hexdigest()
    return f"compiled 1 register={register_sha256} program={program} content={digest}\n".encode()


def _encode_date(value: object) -> dict[str, str]:
    if type(value) is not date:
        raise ValueError(_("the tables have values that JSON does not have"))
    return {_DATE: value.isoformat()}


def _decode(content: bytes) -> dict[str, Any]:
    tables: dict[str, Any] = json.loads(content.decode(), object_hook=_decode_date)
    return tables


def _decode_date(table: dict[str, Any]) -> dict[str, Any] | date:
    return date.fromisoformat(table[_DATE]) if _DATE in table else table
