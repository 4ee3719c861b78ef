"""Bring the lines of an export into a log: all of them or none."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from orderwatch.errors import LogError
from orderwatch.log.database import Database, fetch
from orderwatch.log.formats import jsonl
from orderwatch.log.formats.entry import decode_header
from orderwatch.log.formats.jsonl import Line
from orderwatch.log.reader import locate
from orderwatch.log.types import ImportResult
from orderwatch.log.writer import Appender, MakeIndex
from orderwatch.model.entry import EntryKind

LINES = 1_000
"""Lines that are read, placed and written at once."""
PAGE_MAX = 8_000_000
"""Bytes that end a page, however few lines it has."""
PROBLEMS_MAX = 50
"""Problems that are named; a file with more is not a log."""

Numbered = tuple[int, Line]
"""A line's number, and what it holds."""


class Importer:
    """One import, within one transaction."""

    def __init__(
        self, con: Database, index: MakeIndex, progress: Callable[[int], None]
    ) -> None:
        self.problems: list[str] = []
        self.redacts = False
        self._con = con
        self._progress = progress
        self._appender = Appender(con, index)
        self._skipped = 0
        self._recent: dict[str, tuple[int, Line]] = {}
        """What was placed since the last look into the log."""
        self._bare: dict[int, int] = {}
        """Places without a payload, which a later line has to redact: their lines."""
        self._latest = self._last_id()

    def run(self, lines: Iterable[bytes]) -> ImportResult:
        """Import every line; raise `LogError` if that cannot be done for all."""
        before, number = self._appender.size, 0
        for page in _pages(lines):
            self._place(list(self._parsed(page, number)))
            self._appender.write(more=True)
            number += len(page)
            self._progress(number)
        self._appender.finish()
        for number in self._bare.values():
            self._note(number, "the payload is missing, and no entry redacts it")
        if self.problems:
            raise LogError("\n  ".join(["nothing was imported:", *self.problems]))
        if self.redacts:
            self._appender.forget()
        return ImportResult(
            added=self._appender.size - before,
            skipped=self._skipped,
            size=self._appender.size,
            root=self._appender.root,
        )

    def _parsed(self, page: Sequence[bytes], before: int) -> Iterator[Numbered]:
        for number, data in enumerate(page, start=before + 1):
            if not data.strip():
                continue
            try:
                yield number, jsonl.to_line(jsonl.parse(data))
            except ValueError as error:
                self._note(number, str(error))

    def _place(self, lines: list[Numbered]) -> None:
        known = self._known(lines)
        self._recent = {}
        for number, line in lines:
            there = known.get(line.id)
            if there is None and line.id in self._recent:
                there = self._recent[line.id][1].raw
            if there is None:
                self._add(number, line)
            elif there == line.raw:
                self._skipped += 1
            else:
                self._note(number, f"{line.id} is there already, with other content")
        self._latest = max(self._latest, max(self._recent, default=""))

    def _add(self, number: int, line: Line) -> None:
        target = None
        if line.target is not None:
            found = self._find(line.target)
            if found is None:
                self._note(number, f"it names {line.target}, which is in neither log")
                return
            target, kind = found
            if not line.kind.can_target(kind):
                self._note(number, f"a {line.kind} cannot name a {kind}")
                return
            if line.kind is EntryKind.REDACTION:
                self.redacts = True
                self._bare.pop(target, None)
        seq = self._appender.put(line, target)
        self._recent[line.id] = (seq, line)
        if line.body is None:
            self._bare[seq] = number

    def _known(self, lines: list[Numbered]) -> dict[str, str]:
        """Look up which ids the log has; later ones than its last it cannot have."""
        ids = [line.id for _, line in lines]
        if not ids or min(ids) > self._latest:
            return {}
        rows = fetch(
            self._con,
            "SELECT header FROM entry"
            " WHERE id IN (SELECT packed(value) FROM json_each(?))",
            (json.dumps(ids),),
        )
        return {decode_header(raw).id: raw.decode() for (raw,) in rows}

    def _find(self, uid: str) -> tuple[int, EntryKind] | None:
        if uid in self._recent:
            seq, line = self._recent[uid]
            return seq, line.kind
        return locate(self._con, uid)

    def _last_id(self) -> str:
        rows = fetch(
            self._con, "SELECT header FROM entry WHERE id = (SELECT max(id) FROM entry)"
        )
        return decode_header(rows[0][0]).id if rows else ""

    def _note(self, number: int, what: str) -> None:
        self.problems.append(f"line {number}: {what}")
        if len(self.problems) >= PROBLEMS_MAX:
            self.problems.append("and perhaps more")
            raise LogError("\n  ".join(["nothing was imported:", *self.problems]))


def _pages(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Yield lines in lists of bounded length and size."""
    rest = iter(lines)
    while True:
        page, size = list[bytes](), 0
        for line in islice(rest, LINES):
            page.append(line)
            size += len(line)
            if size >= PAGE_MAX:
                break
        if not page:
            return
        yield page
