"""Render the tables of a data package as a SQLite database."""

import json
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from orderwatch.render import phrases
from orderwatch.render.data_package import Column, Table
from orderwatch.render.json import encode
from orderwatch.render.sanitize import sanitize_lines

_TYPES = {"integer": "INTEGER", "boolean": "INTEGER"}


_COUNTERS = ((24, 4), (92, 8))
"""Places and sizes in the header: number of changes, and the version of SQLite."""
_CHUNK = 1 << 20
"""Bytes that are read at once."""


def database(about: Mapping[str, object], contents: Sequence[Table]) -> Iterator[bytes]:
    """Yield the bytes of a database with foreign keys; `about` becomes a table.

    Dates are ISO 8601, lists are JSON.
    """
    with tempfile.TemporaryDirectory(prefix="orderwatch-") as folder:
        path = Path(folder) / "data.sqlite"
        try:
            _write(path, about, contents)
        except sqlite3.OperationalError as error:  # such as a full disk
            raise OSError(0, str(error)) from error
        with path.open("r+b") as file:
            # The same tables give the same bytes, whichever version of SQLite wrote them.
            for place, size in _COUNTERS:
                file.seek(place)
                file.write(bytes(size))
            file.seek(0)
            yield from iter(lambda: file.read(_CHUNK), b"")


def _write(path: Path, about: Mapping[str, object], contents: Sequence[Table]) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT) STRICT")
        connection.executemany(
            "INSERT INTO about VALUES (?, ?)",
            ((name, _about(value)) for name, value in about.items()),
        )
        for table in contents:
            for statement in _definition(table):
                connection.execute(statement)
            marks = ", ".join("?" * len(table.columns))
            connection.executemany(
                f'INSERT INTO "{table.name}" VALUES ({marks})',  # noqa: S608 - a name of ours
                (tuple(map(_value, row)) for row in table.rows),
            )
        connection.commit()


def _definition(table: Table) -> Iterator[str]:
    """Yield the statements that create a table and an index of each reference."""
    key = ", ".join(f'"{name}"' for name in table.key)
    columns = ",\n  ".join([*map(_column, table.columns), f"PRIMARY KEY ({key})"])
    yield f'CREATE TABLE "{table.name}" (\n  {columns}\n) STRICT'
    for column in table.columns:
        if column.table:
            yield (f'CREATE INDEX "{table.name}_{column.name}" ON "{table.name}" ("{column.name}")')


def _column(column: Column) -> str:
    name = f'"{column.name}"'
    parts = [name, _TYPES.get(column.type, "TEXT")]
    if column.required:
        parts.append("NOT NULL")
    if column.table:
        parts.append(f'REFERENCES "{column.table}" ("id")')
    if column.type == "boolean":
        parts.append(f"CHECK ({name} IN (0, 1))")
    if column.values:
        values = ", ".join(f"'{value}'" for value in column.values)
        parts.append(f"CHECK ({name} IN ({values}))")
    return " ".join(parts)


def _value(value: object) -> str | int | None:
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, list | tuple):
        return json.dumps([sanitize_lines(str(item)) for item in value], ensure_ascii=False)
    return sanitize_lines(phrases.timestamp(value) if isinstance(value, datetime) else str(value))


def _about(value: object) -> str | None:
    if isinstance(value, Mapping | list):
        value = json.dumps(value, ensure_ascii=False, default=encode)
    return None if value is None else sanitize_lines(str(value))
