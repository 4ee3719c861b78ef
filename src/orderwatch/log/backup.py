"""Backup of a log in one file: entries, outbox, tree head and evidence, as JSON Lines.

    {"checkpoint":"…","schema":"orderwatch/backup/1"}
    {"row":{"origin":"…"},"table":"log"}
    {"entry":{…},"payload":{…},"salt":"…"}
    {"file":"SHA-256"}
    {"data":"base64"}
    {"end":"SHA-256 of all lines before"}

It has no key. The lines of entries are those of an export, so that an editor of text can
cut a log out of a damaged backup.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import IO, Any

from orderwatch import fs
from orderwatch.errors import LogError
from orderwatch.frozen import Frozen
from orderwatch.log.formats import canonical
from orderwatch.log.formats.checkpoint import Checkpoint, sign_tree_head
from orderwatch.log.formats.jsonl import LINE_MAX
from orderwatch.log.formats.signed_note import parse as parse_note
from orderwatch.log.types import Database, Row
from orderwatch.log.verify import verify_lines
from orderwatch.model import TreeHead
from orderwatch.model.entry import ImportResult, VerificationReport
from orderwatch.text import TextError
from orderwatch.translation import _

SCHEMA = "orderwatch/backup/1"
CHUNK_SIZE = 768 * 1024
"""Bytes of evidence in one line."""
_TABLES = ("log", "attestation", "recipient", "reminder", "pending_message")
"""Tables that the entries do not contain."""
_CLAIM = frozenset({"host", "token", "expires"})
"""Columns of a process that is sending; a copy of the log has none."""
_BLOBS = frozenset({"content", "root", "value"})
_ENTRY = b'{"entry":'

File = tuple[str, Iterable[bytes]]
"""A file of evidence: its SHA-256, and its content in chunks."""


class BackupSummary(Frozen):
    """Tree head and evidence files of a backup."""

    head: TreeHead
    files: frozenset[str]
    """Digests of the files of evidence."""


def encode(
    con: Database, head: TreeHead, entries: Iterable[bytes], files: Iterable[File]
) -> Iterator[bytes]:
    """Yield the lines of a backup."""
    digest = sha256()
    for line in _lines(con, head, entries, files):
        digest.update(line)
        yield line
    yield _line({"end": digest.hexdigest()})


def _lines(
    con: Database, head: TreeHead, entries: Iterable[bytes], files: Iterable[File]
) -> Iterator[bytes]:
    yield _line({"checkpoint": str(sign_tree_head(head, None)), "schema": SCHEMA})
    for table in _TABLES:
        cursor: Any = con.execute(f"SELECT * FROM {table} ORDER BY 1")  # noqa: S608 - ours
        names = [column[0] for column in cursor.description]
        for row in cursor:
            yield _line({"row": _encode_row(names, row), "table": table})
    yield from entries
    for name, chunks in files:
        yield _line({"file": name})
        for chunk in chunks:
            yield _line({"data": b64encode(chunk).decode()})


def _line(value: canonical.Json) -> bytes:
    return canonical.encode(value) + b"\n"


def _encode_row(names: Iterable[str], row: Row) -> dict[str, canonical.Json]:
    value: dict[str, canonical.Json] = {}
    for name, item in zip(names, row, strict=True):
        if name in _CLAIM:
            value[name] = None
        elif isinstance(item, bytes):
            value[name] = b64encode(item).decode() if name in _BLOBS else item.decode()
        else:
            value[name] = item
    return value


def check(file: IO[bytes]) -> BackupSummary:
    """Compare a backup with its digests; raise `LogError` unless it is whole."""
    reader = _Reader(file)
    report = verify_lines(reader.entries(), [reader.head])
    require_verified(report)
    if report.size != reader.head.size:
        raise reader.error(_("there are entries after those of its checkpoint"))
    files = set()
    for name, chunks in reader.files():
        digest = sha256()
        for chunk in chunks:
            digest.update(chunk)
        if digest.hexdigest() != name:
            raise reader.error(_("a file of evidence was changed"))
        files.add(name)
    return BackupSummary(head=reader.head, files=frozenset(files))


def rows(file: IO[bytes], table: str) -> list[dict[str, Any]]:
    """Read the rows of a table from a backup."""
    reader = _Reader(file)
    return [_decode_row(row) for name, row in reader.rows() if name == table]


def files(file: IO[bytes]) -> Iterator[File]:
    """Yield the files of evidence of a backup."""
    reader = _Reader(file)
    for _line in reader.entries():
        pass
    yield from reader.files()


def log_row(file: IO[bytes]) -> dict[str, Any]:
    """Read the row of the log itself, with its origin, from a backup."""
    match rows(file, "log"):
        case [{"origin": str()} as row]:
            return row
    raise LogError(_("invalid backup: it does not name its log exactly once"))


def restore(
    con: Database, file: IO[bytes], append: Callable[[Iterable[bytes]], ImportResult]
) -> None:
    """Write entries and outbox of a backup to a new log, in the open transaction."""
    reader = _Reader(file)
    result = append(reader.entries())
    head = reader.head
    if (result.size, result.root) != (head.size, head.root):
        raise LogError(_("invalid backup: its entries do not match its checkpoint"))
    for table in _TABLES[1:]:
        for row in rows(file, table):
            insert_row(con, table, row)


def require_verified(report: VerificationReport) -> None:
    """Raise `LogError` unless a restored log verifies."""
    if report.problem is not None:
        problem = report.problem
        if report.seq:
            problem = _("entry {seq}: {problem}").format(seq=report.seq, problem=problem)
        raise LogError(_("invalid backup: {problem}").format(problem=problem))


def insert_row(con: Database, table: str, row: dict[str, Any]) -> None:
    """Insert a row of a backup; `rows` has checked the names of its columns."""
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - checked names
    con.execute(sql, tuple(row.values()))


def _decode_row(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: b64decode(item, validate=True) if name in _BLOBS else item
        for name, item in row.items()
    }


class _Reader:
    """Reader of a backup, from its first line to its last."""

    def __init__(self, file: IO[bytes]) -> None:
        file.seek(0)
        self._number = 0
        self._digest = sha256()
        self._raw_lines = iter(fs.read_lines(file, LINE_MAX))
        self._line = b""
        self._advance()
        match self._parse():
            case {"checkpoint": str(note), "schema": str(schema)} if schema == SCHEMA:
                try:
                    checkpoint = Checkpoint.parse(parse_note(note, unsigned=True).text)
                except ValueError as error:
                    raise self.error(
                        _("invalid checkpoint: {error}").format(error=error)
                    ) from error
            case {"schema": str(schema)} if schema.startswith(SCHEMA[:-1]):
                raise self.error(_("written by a newer version of orderwatch; update orderwatch"))
            case _:
                raise self.error(_("not a backup of `orderwatch log backup`"))
        self.head = TreeHead(size=checkpoint.size, root=checkpoint.root, origin=checkpoint.origin)
        self._advance()

    def error(self, problem: str) -> LogError:
        return LogError(
            _("invalid backup: line {number}: {problem}").format(
                number=self._number, problem=problem
            )
        )

    def rows(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the rows of tables: name of the table, and row."""
        while self._line.startswith(b'{"row":'):
            match self._parse():
                case {"row": dict(row), "table": str(table)} if table in _TABLES and all(
                    name.isidentifier() and name.isascii() for name in row
                ):
                    yield table, row
                case _:
                    raise self.error(_("not a row of a log"))
            self._advance()

    def entries(self) -> Iterator[bytes]:
        """Yield the lines of entries."""
        for _row in self.rows():
            pass
        while self._line.startswith(_ENTRY):
            yield self._line
            self._advance()

    def files(self) -> Iterator[File]:
        """Yield the files of evidence, and check the digest of the backup after the last."""
        while True:
            match self._parse():
                case {"file": str(name), **others} if not others:
                    self._advance()
                    yield name, self._chunks()
                case {"end": str(digest), **others} if not others:
                    if digest != self._digest.hexdigest():
                        raise self.error(
                            _("the digest of the lines does not match: the backup was changed")
                        )
                    if next(self._raw_lines, None) is not None:
                        raise self.error(_("there are lines after the last"))
                    return
                case _:
                    raise self.error(_("not the next line of a backup"))

    def _chunks(self) -> Iterator[bytes]:
        while self._line.startswith(b'{"data":'):
            match self._parse():
                case {"data": str(data)}:
                    try:
                        yield b64decode(data, validate=True)
                    except ValueError as error:
                        raise self.error(_("invalid data: {error}").format(error=error)) from error
            self._advance()

    def _advance(self) -> None:
        # The last line is not part of its own digest.
        self._digest.update(self._line)
        self._number += 1
        try:
            self._line = next(self._raw_lines, b"")
        except TextError as error:
            raise self.error(str(error)) from error
        if not self._line.endswith(b"\n"):
            raise self.error(_("the backup ends too early: it was cut off"))

    def _parse(self) -> Any:  # noqa: ANN401 - JSON
        try:
            return canonical.parse(self._line.decode())
        except ValueError as error:
            raise self.error(_("not JSON: {error}").format(error=error)) from error
