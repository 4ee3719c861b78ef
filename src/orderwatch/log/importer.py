"""Import the lines of an export into a log: all of them or none."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from orderwatch.errors import LogError
from orderwatch.log.formats import jsonl
from orderwatch.log.formats.entry import decode_header, header_fields
from orderwatch.log.formats.jsonl import Line, to_line
from orderwatch.log.reader import locate
from orderwatch.log.types import Database
from orderwatch.log.writer import Appender, IndexFactory, appointment_of
from orderwatch.model.entry import (
    Authority,
    Entry,
    EntryKind,
    ImportedAmendment,
    ImportedAppointment,
    ImportedRecorder,
    ImportResult,
    Target,
)
from orderwatch.translation import _

LINES_PER_PAGE = 1_000
"""Lines that are parsed and written together."""
PAGE_MAX = 8_000_000
"""Bytes that end a page, however few lines it has."""
PROBLEMS_MAX = 50
"""Problems that are reported; a file with more is not a log."""

NumberedLine = tuple[int, Line]
"""Number of a line, and its entry."""


class Importer:
    """One import, within one transaction."""

    def __init__(
        self,
        con: Database,
        index: IndexFactory,
        progress: Callable[[int], None],
        *,
        effects: bool = True,
        authority: Authority | None = None,
    ) -> None:
        """Prepare an import; without `effects`, foreign amendments are problems.

        `authority` is that of a log which does not exist yet.
        """
        self.problems: list[str] = []
        self.redacts = False
        self._con = con
        self._progress = progress
        self._appender = Appender(con, index)
        if authority is not None:
            self._appender.authority = authority
        self._before = self._appender.size
        self._effects = effects
        self._recorders = Counter[tuple[str, str | None]]()
        self._amendments: list[ImportedAmendment] = []
        self._appointments: list[ImportedAppointment] = []
        self._skipped = 0
        self._page_lines: dict[str, tuple[Target, Line]] = {}
        """Line of each id of this page, also as a target."""
        self._withheld = {seq for (seq,) in con.fetch("SELECT seq FROM withheld")}
        """Sequence numbers of entries whose payload can still come."""
        self._filled = 0
        self._max_id = self._last_id()

    def run(self, lines: Iterable[bytes], appointment: Entry | None = None) -> ImportResult:
        """Import all lines; raise `LogError` and import none if one is invalid.

        An appointment by the owner is appended before them.
        """
        if appointment is not None:
            line = to_line(appointment)
            self._appender.require_accepted(line)
            self._appender.append_line(line)
            self._appender.write()
            self._before = self._appender.size
        before, number = self._before, 0
        for page in _pages(lines):
            self._append_page(list(self._parse_page(page, number)))
            self._appender.write(more=True)
            number += len(page)
            self._progress(number)
        self._appender.flush_index()
        if self.problems:
            raise LogError("\n  ".join([_("nothing was imported:"), *self.problems]))
        if self.redacts:
            self._appender.optimize_index()
        return ImportResult(
            added=self._appender.size - before,
            skipped=self._skipped,
            filled=self._filled,
            withheld=len(self._withheld),
            recorders=tuple(
                ImportedRecorder(recorder=json.loads(recorder), key=key, count=count)
                for (recorder, key), count in self._recorders.items()
            ),
            amendments=tuple(self._amendments),
            appointments=tuple(self._appointments),
            size=self._appender.size,
            root=self._appender.root,
        )

    def _parse_page(self, page: Sequence[bytes], before: int) -> Iterator[NumberedLine]:
        for number, data in enumerate(page, start=before + 1):
            if not data.strip():
                continue
            try:
                yield number, jsonl.parse_line(data)
            except ValueError as error:
                self._add_problem(number, str(error))

    def _append_page(self, lines: list[NumberedLine]) -> None:
        stored_headers = self._stored_headers(lines)
        self._page_lines = {}
        for number, line in lines:
            stored = stored_headers.get(line.id)
            if stored is None and line.id in self._page_lines:
                target, earlier = self._page_lines[line.id]
                stored = target.seq, earlier.raw
            if stored is None:
                self._append(number, line)
            elif stored[1] == line.raw:
                self._skip(stored[0], line)
            else:
                self._add_problem(
                    number, _("{id} exists already, with different content").format(id=line.id)
                )
        self._max_id = max(self._max_id, max(self._page_lines, default=""))

    def _skip(self, seq: int, line: Line) -> None:
        """Count an entry that is stored; fill in its payload if that was withheld."""
        self._skipped += 1
        if line.body is not None and seq in self._withheld:
            self._appender.fill(seq, line)
            self._withheld.remove(seq)
            self._filled += 1

    def _append(self, number: int, line: Line) -> None:
        target, counts = None, True
        if line.target is not None:
            target = self._locate(line.target)
            if target is None:
                self._add_problem(
                    number,
                    _("it names {target}, which is in neither log").format(target=line.target),
                )
                return
            if not line.kind.can_target(target.kind):
                self._add_problem(
                    number,
                    _("a {kind} cannot name a {kind2}").format(kind=line.kind, kind2=target.kind),
                )
                return
            counts = self._appender.counts(line, target)
            self._add_amendment(number, line, target, counts=counts)
            if counts and line.kind is EntryKind.REDACTION:
                self.redacts = True
                self._withheld.discard(target.seq)
        self._add_appointment(number, line)
        self._recorders[line.recorder, line.key] += 1
        seq = self._appender.append_line(line, target)
        self._page_lines[line.id] = (
            Target(seq=seq, kind=line.kind, key=line.key, counts=counts),
            line,
        )
        if line.body is None:
            self._withheld.add(seq)

    def _add_amendment(self, number: int, line: Line, target: Target, *, counts: bool) -> None:
        """Record an amendment, or a problem: only those by the signer need no leave."""
        is_stored = target.seq <= self._before
        foreign = line.key is None or line.key != target.key
        if is_stored or not counts:
            self._amendments.append(
                ImportedAmendment(
                    kind=line.kind,
                    target=target.seq,
                    recorder=json.loads(line.recorder),
                    key=line.key,
                    foreign=foreign,
                    counts=counts,
                )
            )
        if counts and not foreign:
            return
        if is_stored:
            problem = _(
                "it is a {kind} of entry {seq} of this log, not signed by the key of that entry"
            ).format(kind=line.kind, seq=target.seq)
        else:
            problem = _(
                "it is a {kind} of the entry {id}, not signed by the key of that entry"
            ).format(kind=line.kind, id=line.target)
        if counts and not is_stored and target.key is None:
            return  # a log without an owner: what comes from one file comes as it was
        if not self._effects:
            self._add_problem(
                number,
                _(
                    "{problem}; `--dry-run` lists all such lines, `--effects` applies "
                    "those of editors of this log and keeps the rest without effect"
                ).format(problem=problem),
            )

    def _add_appointment(self, number: int, line: Line) -> None:
        """Record the rank that a line gives a key; one that counts needs leave."""
        appointment = appointment_of(line)
        if appointment is None:
            return
        counts = self._appender.authority.accepts(line.key, appointment)
        self._appointments.append(
            ImportedAppointment(
                log=appointment.log, key=appointment.key, rank=appointment.rank, counts=counts
            )
        )
        if counts and not self._effects:
            self._add_problem(
                number,
                _(
                    "it makes {key} {rank} in this log; `--dry-run` lists all such lines, "
                    "`--effects` applies them"
                ).format(key=appointment.key, rank=appointment.rank),
            )

    def _stored_headers(self, lines: list[NumberedLine]) -> dict[str, tuple[int, str]]:
        """Return number and header of stored ids; none is after the last."""
        ids = [line.id for _number, line in lines]
        if not ids or min(ids) > self._max_id:
            return {}
        rows = self._con.fetch(
            "SELECT seq, header FROM entry"
            " WHERE id IN (SELECT uuid_bytes(value) FROM json_each(?))",
            (json.dumps(ids),),
        )
        return {header_fields(raw)[0]: (seq, raw.decode()) for seq, raw in rows}

    def _locate(self, uid: str) -> Target | None:
        if uid in self._page_lines:
            return self._page_lines[uid][0]
        return locate(self._con, uid)

    def _last_id(self) -> str:
        rows = self._con.fetch("SELECT header FROM entry ORDER BY id DESC LIMIT 1")
        return decode_header(rows[0][0]).id if rows else ""

    def _add_problem(self, number: int, problem: str) -> None:
        self.problems.append(_("line {number}: {problem}").format(number=number, problem=problem))
        if len(self.problems) >= PROBLEMS_MAX:
            self.problems.append(_("and perhaps more"))
            raise LogError("\n  ".join([_("nothing was imported:"), *self.problems]))


def _pages(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Yield lines in lists of bounded length and size."""
    remaining = iter(lines)
    while True:
        page, size = list[bytes](), 0
        for line in islice(remaining, LINES_PER_PAGE):
            page.append(line)
            size += len(line)
            if size >= PAGE_MAX:
                break
        if not page:
            return
        yield page
