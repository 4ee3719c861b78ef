"""Go through entries in their order, from a store or a file, as far as they match."""

from collections.abc import Callable, Iterable, Sequence

from orderwatch.ledger import exchange, tree
from orderwatch.ledger.entry import EntryKind, commitment
from orderwatch.ledger.store import Report
from orderwatch.model import LogHead


class Mismatch(Exception):  # noqa: N818 - it ends a walk and becomes a report
    """The first thing that does not match, and the entry that it concerns."""

    def __init__(self, what: str, seq: int | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.seq = seq


class Walk:
    """What is known after the entries so far."""

    def __init__(self, checkpoints: Sequence[LogHead]) -> None:
        self.tree = tree.Frontier()
        self.bare: set[int] = set()
        """Places whose payload is gone."""
        self.withheld: set[int] = set()
        """Of these, those that no entry redacts."""
        self.effects: set[tuple[int, int, str]] = set()
        """Target, place and kind of the entries that name another."""
        self._checkpoints: dict[int, list[bytes]] = {}
        for head in checkpoints:
            self._checkpoints.setdefault(head.size, []).append(head.root)
        self._compare()

    def add(
        self, raw: bytes, committed: str, payload: tuple[bytes, bytes] | None
    ) -> bytes:
        """Take the next entry; give the subtrees that it completes."""
        nodes = self.tree.grow(tree.leaf_hash(raw))
        if payload is None:
            self.bare.add(self.tree.size)
        elif commitment(*payload) != committed:
            raise Mismatch("its payload is not the one that it commits to")
        if self.tree.size in self._checkpoints:
            self._compare()
        return nodes

    def expects(self, entries: int) -> bool:
        """Tell whether a checkpoint was made within the next entries."""
        sizes = range(self.tree.size + 1, self.tree.size + entries + 1)
        return any(size in sizes for size in self._checkpoints)

    def name(self, kind: EntryKind, found: tuple[int, EntryKind] | None) -> None:
        """Note what the entry just taken does to the one that it names."""
        self.effects.add(effect(self.tree.size, kind, found))

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
            target for target, _, kind in self.effects if kind == EntryKind.REDACTION
        }
        self.withheld = self.bare - redacted - set(later)
        if whole and self.withheld:
            raise Mismatch(
                "its payload is gone, and no entry redacts it", min(self.withheld)
            )
        if kept := redacted - self.bare:
            raise Mismatch("it was redacted, and its payload is there", min(kept))

    def report(self, problem: Mismatch | None = None) -> Report:
        """Say how far the entries match."""
        return Report(
            size=self.tree.size,
            root=self.tree.root(),
            redacted=len(self.bare) - len(self.withheld),
            withheld=len(self.withheld),
            problem=problem.what if problem else None,
            seq=problem.seq if problem else None,
        )

    def _compare(self) -> None:
        size = self.tree.size
        if any(root != self.tree.root() for root in self._checkpoints.get(size, ())):
            raise Mismatch(
                f"the first {size} entries are not those that a checkpoint was made of"
            )


def effect(
    seq: int, kind: EntryKind, found: tuple[int, EntryKind] | None
) -> tuple[int, int, str]:
    """Give target, place and kind of an entry that names the one that was found."""
    if found is None or found[0] >= seq:
        raise Mismatch("it names an entry that is not before it")
    target, its_kind = found
    if not kind.may_name(its_kind):
        raise Mismatch(f"a {kind} cannot name a {its_kind}")
    return target, seq, kind.value


def verify_lines(
    lines: Iterable[bytes],
    checkpoints: Sequence[LogHead] = (),
    progress: Callable[[int], None] = lambda _done: None,
) -> Report:
    """Verify an export; the entry that a report names is the line's number.

    A published one lacks payloads that were withheld; the report counts them.
    """
    number = 0
    places: dict[str, tuple[int, EntryKind]] = {}
    try:
        walk = Walk(checkpoints)
        try:
            for number, line in enumerate(lines, start=1):
                _take(walk, line, places)
                progress(number)
        except (Mismatch, ValueError) as error:
            raise Mismatch(str(error), number) from error
        walk.finish(whole=False)
    except Mismatch as problem:
        return walk.report(problem)
    return walk.report()


def _take(walk: Walk, line: bytes, places: dict[str, tuple[int, EntryKind]]) -> None:
    entry = exchange.parse(line)
    header = entry.header
    if header.id in places:
        raise Mismatch(f"the entry {header.id} is there twice")
    bare = entry.salt is None or entry.payload is None
    payload = None if bare else (entry.salt or b"", entry.payload or b"")
    walk.add(entry.raw, header.payload, payload)
    if header.target is not None:
        walk.name(header.kind, places.get(header.target))
    places[header.id] = walk.tree.size, header.kind
