"""Verify a log entry by entry: in a database of either engine, or an exported file."""

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from orderwatch.log.database import Database, Row, fetch
from orderwatch.log.formats import checkpoint, jsonl, tree
from orderwatch.log.formats.entry import commitment, header_fields
from orderwatch.log.formats.payload import IndexKey, index_key
from orderwatch.log.reader import locate, packed
from orderwatch.log.types import VerificationReport
from orderwatch.model import TreeHead
from orderwatch.model.entry import EntryKind

DAY_BITS = 23
"""Of a day and whether it bears, in a row of the index of ids; its place is above."""
_PAGE = 1_000
"""Entries that are read at once."""

_ENTRIES = (
    "SELECT e.seq, e.id, e.header, e.nodes, p.salt, p.body"
    " FROM entry AS e LEFT JOIN payload AS p ON p.seq = e.seq"
    " WHERE e.seq > ? AND e.seq <= ? ORDER BY e.seq LIMIT ?"
)
_EXTRA = "SELECT 0 FROM entry WHERE seq < 1"
_EFFECTS = "SELECT target, seq, kind FROM effect WHERE seq <= ?"
_LATER = "SELECT target FROM effect WHERE kind = 'redaction' AND seq > ?"
_NAMES = "SELECT origin FROM log"
_ORPHANS = {
    what: (
        f"SELECT seq FROM {table} WHERE seq < 1"  # noqa: S608 - our own names
        " OR seq > (SELECT coalesce(max(seq), 0) FROM entry) LIMIT 1"
    )
    for what, table in (
        ("a payload", "payload"),
        ("an effect", "effect"),
        ("a place in the index of ids", "about"),
    )
}


class Mismatch(Exception):  # noqa: N818 - it ends a verification and becomes a report
    """The first mismatch, and the entry that it concerns."""

    def __init__(self, what: str, seq: int | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.seq = seq


class Verifier:
    """The state of a verification after the entries so far."""

    def __init__(self, checkpoints: Sequence[TreeHead]) -> None:
        self.tree = tree.Frontier()
        self._bare: set[int] = set()
        """Places without a payload."""
        self._withheld: set[int] = set()
        """Of these, those that no entry redacts."""
        self._effects: set[tuple[int, int, str]] = set()
        """Target, place and kind of the entries that name another."""
        self._index: defaultdict[str, array[int]] = defaultdict(lambda: array("q"))
        """Of each id, the rows that its index should have, eight bytes each."""
        self._checkpoints: dict[int, list[bytes]] = {}
        for head in checkpoints:
            self._checkpoints.setdefault(head.size, []).append(head.root)

    def verify_entries(
        self, con: Database, until: int, progress: Callable[[int], None]
    ) -> None:
        """Verify the first `until` entries of a database."""
        self.compare_checkpoints()
        if fetch(con, _EXTRA):
            raise Mismatch("there is an entry before the first")
        while rows := fetch(con, _ENTRIES, (self.tree.size, until, _PAGE)):
            for row in rows:
                self.verify_row(con, row)
            progress(self.tree.size)
        if self.tree.size < until:
            raise Mismatch("it is missing", self.tree.size + 1)

    def verify_row(self, con: Database, row: Row) -> None:
        """Verify the next entry of a database, and append it."""
        seq, uid, raw, nodes, salt, body = row
        expected = self.tree.size + 1
        if seq != expected:
            raise Mismatch("it is missing", expected)
        if not (
            isinstance(raw, bytes)
            and (salt is None or isinstance(salt, bytes))
            and (body is None or isinstance(body, bytes))
        ):
            raise Mismatch("what is stored of it is neither text nor bytes", seq)
        try:
            name, kind, committed, _, _, target = header_fields(raw)
            completed = self.add(raw, committed, salt, body)
            if target is not None:
                self.add_effect(kind, locate(con, target))
            if body is not None:
                self.add_ids(seq, index_key(body))
        except (Mismatch, ValueError) as error:
            raise Mismatch(str(error), seq) from error
        if packed(name) != uid:
            raise Mismatch("its id is not the one by which it is found", seq)
        if nodes != completed:
            raise Mismatch("its hash, or one above it, is not the one stored", seq)

    def add(
        self, raw: bytes, committed: str, salt: bytes | None, body: bytes | None
    ) -> bytes:
        """Append the next entry; return the subtrees that it completes."""
        nodes = self.tree.grow(tree.leaf_hash(raw))
        if salt is None or body is None:
            self._bare.add(self.tree.size)
        elif commitment(salt, body) != committed:
            raise Mismatch("its payload is not the one that it commits to")
        if self.tree.size in self._checkpoints:
            self.compare_checkpoints()
        return nodes

    def add_effect(self, kind: EntryKind, target: tuple[int, EntryKind] | None) -> None:
        """Append what the last entry does to its target."""
        if target is None or target[0] >= self.tree.size:
            raise Mismatch("it names an entry that is not before it")
        place, its_kind = target
        if not kind.can_target(its_kind):
            raise Mismatch(f"a {kind} cannot name a {its_kind}")
        self._effects.add((place, self.tree.size, kind.value))

    def add_ids(self, seq: int, found: IndexKey) -> None:
        """Append what the index of ids should have of an entry."""
        ids, day, bears = found
        row = seq << DAY_BITS | day << 1 | bears
        for uid in ids:
            self._index[uid].append(row)

    def compare_checkpoints(self) -> None:
        """Compare the root with those of the checkpoints of this size."""
        size = self.tree.size
        if any(root != self.tree.root() for root in self._checkpoints.get(size, ())):
            raise Mismatch(
                f"the first {size} entries are not those that a checkpoint was made of"
            )

    def finish(self, later: Iterable[int] = (), *, whole: bool = True) -> None:
        """Compare what shows only at the end.

        `later` are the places that entries after the end have redacted. What is not
        `whole` may lack payloads, as what is published does.
        """
        largest = max(self._checkpoints, default=0)
        if largest > self.tree.size:
            raise Mismatch(
                f"a checkpoint was made of {largest} entries, and there are only"
                f" {self.tree.size}: the end was cut off"
            )
        redacted = {
            target for target, _, kind in self._effects if kind == EntryKind.REDACTION
        }
        self._withheld = self._bare - redacted - set(later)
        if whole and self._withheld:
            raise Mismatch(
                "its payload is gone, and no entry redacts it", min(self._withheld)
            )
        if kept := redacted - self._bare:
            raise Mismatch("it was redacted, and its payload is there", min(kept))

    def compare_effects(self, con: Database) -> None:
        """Compare the stored effects of entries with what they say."""
        rows = fetch(con, _EFFECTS, (self.tree.size,))
        stored = {(target, seq, kind.decode()) for target, seq, kind in rows}
        if wrong := stored ^ self._effects:
            target, seq, _ = min(wrong, key=lambda effect: effect[1])
            raise Mismatch(
                f"what is stored of its effect on entry {target} is wrong", seq
            )

    def compare_index(self, index: Iterable[Row], redacted: set[int]) -> None:
        """Compare the index of ids with what the entries name.

        `index` has for each id its rows, as numbers with commas. The places in
        `redacted` may be in either or in none: they were redacted meanwhile.
        """
        for uid, found in index:
            expected = self._index.pop(uid.decode(), array("q"))
            if ",".join(map(str, expected)).encode() != found:
                _compare_rows({*expected}, {*map(int, found.split(b","))}, redacted)
        for expected in self._index.values():
            _compare_rows({*expected}, set(), redacted)

    def report(self, problem: Mismatch | None = None) -> VerificationReport:
        """Report how far the entries match."""
        return VerificationReport(
            size=self.tree.size,
            root=self.tree.root(),
            redacted=len(self._bare) - len(self._withheld),
            withheld=len(self._withheld),
            problem=problem.what if problem else None,
            seq=problem.seq if problem else None,
        )


def _compare_rows(expected: set[int], found: set[int], redacted: set[int]) -> None:
    for row in sorted(expected ^ found):
        seq = row >> DAY_BITS
        if seq not in redacted:
            lacks = row in expected
            what = "lacks one that it holds" if lacks else "has what it does not"
            raise Mismatch(f"the index of ids {what}", seq)


def redacted_after(con: Database, until: int) -> set[int]:
    """List the places that entries after the first `until` have redacted."""
    return {target for (target,) in fetch(con, _LATER, (until,))}


def check_orphans(con: Database) -> None:
    """Look for rows that belong to no entry."""
    for what, sql in _ORPHANS.items():
        if rows := fetch(con, sql):
            raise Mismatch(f"there is {what} without an entry", rows[0][0])


def check_name(con: Database, *, made: bool = True) -> None:
    """Look for a name without its check digits; a log that was not made has none."""
    names = [name.decode(errors="replace") for (name,) in fetch(con, _NAMES)]
    if len(names) != made or not all(map(checkpoint.is_valid, names)):
        raise Mismatch("its name is not the one that it was given")


def verify_lines(
    lines: Iterable[bytes],
    checkpoints: Sequence[TreeHead] = (),
    progress: Callable[[int], None] = lambda _done: None,
) -> VerificationReport:
    """Verify an export; the entry that a report names is the line's number.

    A published one lacks payloads that were withheld; the report counts them.
    """
    number = 0
    places: dict[str, tuple[int, EntryKind]] = {}
    verifier = Verifier(checkpoints)
    try:
        verifier.compare_checkpoints()
        try:
            for number, line in enumerate(lines, start=1):
                _verify_line(verifier, line, places)
                progress(number)
        except (Mismatch, ValueError) as error:
            raise Mismatch(str(error), number) from error
        verifier.finish(whole=False)
    except Mismatch as problem:
        return verifier.report(problem)
    return verifier.report()


def _verify_line(
    verifier: Verifier, line: bytes, places: dict[str, tuple[int, EntryKind]]
) -> None:
    entry = jsonl.parse(line)
    header = entry.header
    if header.id in places:
        raise Mismatch(f"the entry {header.id} is there twice")
    verifier.add(entry.raw, header.payload, entry.salt, entry.payload)
    if header.target is not None:
        verifier.add_effect(header.kind, places.get(header.target))
    places[header.id] = verifier.tree.size, header.kind
