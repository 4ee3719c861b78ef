"""Verify a log entry by entry: in a database of either engine, or an exported file."""

from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from types import NoneType

from orderwatch.errors import LogError
from orderwatch.log.formats import checkpoint, jsonl, tree
from orderwatch.log.formats.entry import (
    commitment,
    header_fields,
    is_plain_event,
    verify_signature,
)
from orderwatch.log.formats.payload import IndexKey, decode_appointment, index_key
from orderwatch.log.reader import locate, uuid_bytes
from orderwatch.log.types import Database, Row
from orderwatch.model import TreeHead
from orderwatch.model.entry import Authority, EntryKind, Target, VerificationReport
from orderwatch.translation import _, mark

DAY_BITS = 23
"""Bits of day and flag in a packed row of the index; the sequence number is above."""
_BYTES = (bytes, NoneType)
_PAGE = 1_000
"""Entries of one query."""

_ENTRIES = (
    "SELECT e.seq, e.id, e.header, e.nodes, p.salt, p.body, e.recorded, p.day"
    " FROM entry AS e LEFT JOIN payload AS p ON p.seq = e.seq"
    " WHERE e.seq > ? AND e.seq <= ? ORDER BY e.seq LIMIT ?"
)
_BEFORE_FIRST = "SELECT 0 FROM entry WHERE seq < 1"
_EFFECTS = "SELECT target, seq, kind, counts FROM effect WHERE seq <= ?"
_REDACTED_AFTER = "SELECT target FROM effect WHERE kind = 'redaction' AND counts AND seq > ?"
_WITHHELD = "SELECT seq FROM withheld"
_NOT_WITHHELD = "SELECT w.seq FROM withheld AS w JOIN payload AS p ON p.seq = w.seq LIMIT 1"
_ORIGIN = "SELECT origin, owner FROM log"
_ORPHANS = {
    problem: (
        f"SELECT seq FROM {table} WHERE seq < 1"  # noqa: S608 - our own names
        " OR seq > (SELECT coalesce(max(seq), 0) FROM entry) LIMIT 1"
    )
    for problem, table in (
        (mark("a payload without an entry"), "payload"),
        (mark("a withheld payload without an entry"), "withheld"),
        (mark("an effect without an entry"), "effect"),
        (mark("a row in the index of ids without an entry"), "event_subject"),
    )
}


class VerificationError(Exception):
    """First mismatch of a verification, and the entry that it concerns."""

    def __init__(self, problem: str, seq: int | None = None, *, is_text: bool = True) -> None:
        super().__init__(problem)
        self.problem = problem
        self.seq = seq
        self.is_text = is_text
        """Whether the line of the entry is UTF-8."""


class Verifier:
    """State of a verification after the entries so far."""

    def __init__(self, checkpoints: Sequence[TreeHead], authority: Authority | None = None) -> None:
        """Begin before the first entry, with the authority of a log; an export has none."""
        self.tree = tree.Frontier()
        self._authority = authority
        self._without_payload: set[int] = set()
        """Sequence numbers of entries without a payload."""
        self._withheld: set[int] = set()
        """Of these, those that no entry redacts."""
        self._effects: set[tuple[int, int, str, bool]] = set()
        """Target, sequence number and kind of each amendment, and whether it counts."""
        self._index: defaultdict[str, array[int]] = defaultdict(lambda: array("q"))
        """Expected rows of the index for each id, packed into 8 bytes each."""
        self._matched = 0
        """Size of the largest checkpoint whose root is that of the log."""
        self._checkpoints: dict[int, list[bytes]] = {}
        for head in checkpoints:
            self._checkpoints.setdefault(head.size, []).append(head.root)

    def verify_entries(self, con: Database, until: int, progress: Callable[[int], None]) -> None:
        """Verify the first `until` entries of a database."""
        self.compare_checkpoints()
        if con.fetch(_BEFORE_FIRST):
            raise VerificationError(_("an entry precedes the first"))
        while rows := con.fetch(_ENTRIES, (self.tree.size, until, _PAGE)):
            for row in rows:
                self.verify_row(con, row)
            progress(self.tree.size)
        if self.tree.size < until:
            raise VerificationError(_("it is missing"), self.tree.size + 1)

    def verify_row(self, con: Database, row: Row) -> None:
        """Verify the next entry of a database, and append it."""
        seq, uid, raw, nodes, salt, body, recorded_column, day_column = row
        expected = self.tree.size + 1
        if seq != expected:
            raise VerificationError(_("it is missing"), expected)
        if not (type(raw) is type(uid) is bytes and type(salt) in _BYTES and type(body) in _BYTES):
            raise VerificationError(_("what is stored of it is neither text nor bytes"), seq)
        digest = _digest(salt, body)
        try:
            if digest is not None and is_plain_event(raw, uid, digest, recorded_column):
                completed = self.add(raw, digest, digest)
            else:
                completed = self._verify_header(con, row, digest)
            day = None
            if body is not None:
                index = index_key(body)
                day = index[1] or None
                self.add_ids(seq, index)
        except (VerificationError, ValueError) as error:
            raise VerificationError(str(error), seq) from error
        if day_column != day:
            raise VerificationError(_("its time or day is not the one stored"), seq)
        if nodes != completed:
            raise VerificationError(_("its hash, or one above it, is not the one stored"), seq)

    def _verify_header(self, con: Database, row: Row, digest: str | None) -> bytes:
        """Verify the header of any kind of entry, and append it; return as `add` does."""
        _seq, uid, raw, _nodes, _salt, body, recorded_column, _day = row
        name, key, kind, committed, _private, recorded, _recorder, signature, target = (
            header_fields(raw)
        )
        if key is not None or signature is not None:
            verify_signature(raw, key, signature)
        completed = self.add(raw, committed, digest)
        if target is not None:
            self.add_effect(kind, key, locate(con, target))
        elif kind is EntryKind.RECORDER:
            self.add_appointment(key, body)
        if uuid_bytes(name) != uid:
            raise VerificationError(_("its id is not the one in the index"))
        if recorded_column != recorded.encode():
            raise VerificationError(_("its time or day is not the one stored"))
        return completed

    def add(self, raw: bytes, committed: str, digest: str | None) -> bytes:
        """Append the next entry, of a payload with a digest; return the subtrees it completes."""
        nodes = self.tree.grow(tree.leaf_hash(raw))
        if digest is None:
            self._without_payload.add(self.tree.size)
        elif digest != committed:
            raise VerificationError(_("its payload is not the one that it commits to"))
        if self.tree.size in self._checkpoints:
            self.compare_checkpoints()
        return nodes

    def add_effect(self, kind: EntryKind, key: str | None, target: Target | None) -> None:
        """Append the effect of the last entry, signed by a key, on its target."""
        if target is None or target.seq >= self.tree.size:
            raise VerificationError(_("it names an entry that does not precede it"))
        if not kind.can_target(target.kind):
            raise VerificationError(
                _("a {kind} cannot name a {kind2}").format(kind=kind, kind2=target.kind)
            )
        if self._authority is None:
            # Of an export, neither the owner nor the editors are known.
            counts = key is not None and key == target.key
        else:
            counts = self._authority.allows(kind, key, target)
        self._effects.add((target.seq, self.tree.size, kind.value, counts))

    def add_appointment(self, key: str | None, body: bytes | None) -> None:
        """Append the rank that the last entry, signed by a key, gives another key."""
        if body is None:
            raise VerificationError(_("it is of kind recorder, and its payload is gone"))
        appointment = decode_appointment(body)
        if self._authority is not None:
            self._authority = self._authority.after(key, appointment)

    def add_ids(self, seq: int, key: IndexKey) -> None:
        """Append the expected rows of an entry in the index of ids."""
        ids, day, affects_status = key
        row = seq << DAY_BITS | day << 1 | affects_status
        for uid in ids:
            self._index[uid].append(row)

    def compare_checkpoints(self) -> None:
        """Compare the root with those of the checkpoints of this size."""
        size, roots = self.tree.size, self._checkpoints.get(self.tree.size, ())
        if any(root != self.tree.root() for root in roots):
            problem = _("the first {size} entries do not match a checkpoint")
            if self._matched:
                problem = _(
                    "the first {size} entries do not match a checkpoint, the first {matched} do:"
                    " of entries {first} to {size}, at least one was replaced"
                )
            raise VerificationError(
                problem.format(size=size, matched=self._matched, first=self._matched + 1)
            )
        if roots:
            self._matched = size

    def finish(self, later: Iterable[int] = (), withheld: Collection[int] | None = None) -> None:
        """Compare sizes, payloads and redactions after the last entry.

        `later` are the sequence numbers that entries after the end redact, `withheld` those
        of entries whose payload may be missing: of an export, all.
        """
        largest = max(self._checkpoints, default=0)
        if largest > self.tree.size:
            first = self.tree.size + 1
            missing = (
                _("entry {largest} is missing")
                if first == largest
                else _("entries {first} to {largest} are missing")
            )
            problem = _("{missing}: a checkpoint has {largest} entries, the log {size}")
            missing = missing.format(first=first, largest=largest)
            raise VerificationError(
                problem.format(missing=missing, largest=largest, size=self.tree.size)
            )
        redactions = {
            (target, counts)
            for target, _seq, kind, counts in self._effects
            if kind == EntryKind.REDACTION
        }
        redacted = {target for target, counts in redactions if counts}
        named = redacted if self._authority else {target for target, _counts in redactions}
        self._withheld = self._without_payload - named - set(later)
        if withheld is not None and (lost := self._withheld.difference(withheld)):
            raise VerificationError(_("its payload is gone, and no entry redacts it"), min(lost))
        if remaining := redacted - self._without_payload:
            raise VerificationError(
                _("it was redacted, but its payload is present"), min(remaining)
            )

    def compare_effects(self, con: Database) -> None:
        """Compare the stored effects with those of the headers."""
        rows = con.fetch(_EFFECTS, (self.tree.size,))
        stored = {(target, seq, kind.decode(), bool(counts)) for target, seq, kind, counts in rows}
        if wrong := stored ^ self._effects:
            target, seq = min(wrong, key=lambda effect: effect[1])[:2]
            raise VerificationError(
                _("its effect on entry {target} is stored wrong").format(target=target), seq
            )

    def compare_index(self, index: Iterable[Row], redacted: set[int]) -> None:
        """Compare the stored index of ids with the expected rows.

        `index` has for each id its packed rows, as numbers separated by commas. Entries
        in `redacted`, redacted during the verification, may be missing from either.
        """
        for uid, stored in index:
            expected = self._index.pop(uid.decode(), array("q"))
            if ",".join(map(str, expected)).encode() != stored:
                _compare_rows({*expected}, {*map(int, stored.split(b","))}, redacted)
        for expected in self._index.values():
            _compare_rows({*expected}, set(), redacted)

    def report(self, problem: VerificationError | None = None) -> VerificationReport:
        """Return the result of the verification so far."""
        return VerificationReport(
            size=self.tree.size,
            root=self.tree.root(),
            redacted=len(self._without_payload) - len(self._withheld),
            withheld=len(self._withheld),
            problem=problem.problem if problem else None,
            seq=problem.seq if problem else None,
            is_text=problem.is_text if problem else True,
        )


def _compare_rows(expected: set[int], stored: set[int], redacted: set[int]) -> None:
    for row in sorted(expected ^ stored):
        seq = row >> DAY_BITS
        if seq not in redacted:
            is_missing = row in expected
            problem = (
                _("the index of ids lacks a row")
                if is_missing
                else _("the index of ids has a row too many")
            )
            raise VerificationError(problem, seq)


def redacted_after(con: Database, until: int) -> set[int]:
    """Return the sequence numbers that entries after the first `until` redact."""
    return {target for (target,) in con.fetch(_REDACTED_AFTER, (until,))}


def withheld_seqs(con: Database) -> set[int]:
    """Return the sequence numbers of entries whose payload was withheld by an import."""
    return {seq for (seq,) in con.fetch(_WITHHELD)}


def check_orphans(con: Database) -> None:
    """Raise `VerificationError` if a row belongs to no entry."""
    for problem, sql in _ORPHANS.items():
        if rows := con.fetch(sql):
            raise VerificationError(_(problem), rows[0][0])
    if rows := con.fetch(_NOT_WITHHELD):
        raise VerificationError(_("its payload is present, but marked as withheld"), rows[0][0])


def check_origin(con: Database, *, exists: bool = True) -> None:
    """Raise `VerificationError` unless the log has one origin, and the owner it was made for."""
    names = [
        (origin.decode(errors="replace"), owner and owner.decode(errors="replace"))
        for origin, owner in con.fetch(_ORIGIN)
    ]
    if len(names) != exists or not all(checkpoint.is_valid(*name) for name in names):
        raise VerificationError(_("the name or the owner of the log was changed"))


def verify_lines(
    lines: Iterable[bytes],
    checkpoints: Sequence[TreeHead] = (),
    progress: Callable[[int], None] = lambda _done: None,
) -> VerificationReport:
    """Verify an export; the `seq` of a report is a line number.

    A published export lacks withheld payloads; the report counts them.
    """
    number = 0
    entries: dict[str, Target] = {}
    verifier = Verifier(checkpoints)
    try:
        verifier.compare_checkpoints()
        try:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    _verify_line(verifier, line, entries)
                progress(number)
        except (VerificationError, ValueError) as error:
            is_text = not isinstance(error, jsonl.EncodingError)
            raise VerificationError(str(error), number, is_text=is_text) from error
        verifier.finish()
    except VerificationError as problem:
        return verifier.report(problem)
    return verifier.report()


def _digest(salt: bytes | None, body: bytes | None) -> str | None:
    """Return the commitment to a payload; `None` if it is missing."""
    return None if salt is None or body is None else commitment(salt, body)


def _verify_line(verifier: Verifier, line: bytes, entries: dict[str, Target]) -> None:
    entry = jsonl.parse(line)
    header = entry.header
    if header.id in entries:
        raise VerificationError(_("duplicate entry {id}").format(id=header.id))
    verifier.add(entry.raw, header.payload, _digest(entry.salt, entry.payload))
    if header.target is not None:
        verifier.add_effect(header.kind, header.key, entries.get(header.target))
    entries[header.id] = Target(seq=verifier.tree.size, kind=header.kind, key=header.key)


def require_match(report: VerificationReport, file: str | None) -> None:
    """Raise `LogError` with the problem of a log or of an export, if there is one."""
    if report.problem is None:
        return
    if file and not report.is_text:
        raise LogError(
            _("{file}: line {seq}: {problem}; save it as UTF-8").format(
                file=file, seq=report.seq, problem=report.problem
            )
        )
    problem = report.problem
    if report.seq:
        problem = _("entry {seq}: {problem}").format(seq=report.seq, problem=problem)
    raise LogError(
        _(
            "the log does not verify: {problem}\n"
            "Do not change it; compare it with a backup or a partner's export: "
            "`orderwatch log verify FILE`"
        ).format(problem=problem)
    )
