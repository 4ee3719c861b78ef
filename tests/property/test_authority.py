"""Whatever is appended and imported, only author, owner and editors change what counts."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from orderwatch.errors import LogError, UsageError
from orderwatch.log.sqlite import SqliteLog
from orderwatch.model.entry import Entry, EntryKind, Rank
from tests.support.entries import Scribe, line, public

SEEDS: tuple[bytes | None, ...] = (b"o" * 32, b"a" * 32, b"b" * 32, b"e" * 32, None)
"""The owner of the log, three others, and somebody without a key."""
AMENDING = ("correct", "retract", "redact")
RANKS = {"editor": Rank.EDITOR, "revoke": Rank.REVOKED, "owner": Rank.OWNER}
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["add", "correct", "retract", "redact", "redact", "editor", "revoke", "owner"]
        ),
        st.integers(0, 4),  # who
        st.integers(0, 40),  # which entry, or which key
        st.sampled_from(["append", "import", "effects", "page"]),
    ),
    min_size=1,
    max_size=25,
)


class _Model:
    """The rule again, from the steps alone."""

    def __init__(self, owner: str | None) -> None:
        self.owner = owner
        self.editors: set[str] = set()

    def may(self, key: str | None, author: str | None) -> bool:
        if self.owner is None and author is None:
            return True
        return key is not None and (key in {author, self.owner} or key in self.editors)

    def appoint(self, by: str | None, key: str, rank: Rank) -> None:
        if by is None or by != self.owner:
            return
        self.editors.discard(key)
        if rank is Rank.EDITOR:
            self.editors.add(key)
        elif rank is Rank.OWNER:
            self.owner = key


class _Desk:
    """Several who write to one log, by the commands or by their exports."""

    def __init__(self, log: SqliteLog, owner: str | None) -> None:
        self.log = log
        self.model = _Model(owner)
        self._name = str(log.head().origin)
        self._scribes = [Scribe(f"S{number}", seed) for number, seed in enumerate(SEEDS)]
        self._keys = [None if seed is None else public(seed) for seed in SEEDS]
        self._made: list[Entry] = []

    def step(self, what: str, who: int, which: int, how: str) -> None:
        """Record one thing; hold what counted before against what counts then."""
        scribe, key, other = self._scribes[who], self._keys[who], str(self._keys[which % 4])
        targets = [one for one in self._made if one.header.kind is not EntryKind.RECORDER]
        if what in RANKS:
            entry = scribe.appoint(other, RANKS[what], self._name)
        elif what == "add" or not targets:
            entry = scribe.event(f"Event {len(self._made)}.")
        else:
            entry = getattr(scribe, what)(targets[which % len(targets)])
        before = self._authors()
        is_recorded = self._record(entry, scribe.event("Beside it."), how)
        lost = before - self._authors()
        assert is_recorded or not lost
        for _, _, author in lost:
            assert self.model.may(key, author), (what, who, author)
        if is_recorded:
            self._made.append(entry)
            if what in RANKS:
                self.model.appoint(key, other, RANKS[what])
        authority = self.log.authority()
        assert authority.owner == self.model.owner
        assert {*authority.editors} == self.model.editors

    def _authors(self) -> set[tuple[str, int, str | None]]:
        """Return what counts, and what has its text, with who signed it."""
        entries = list(self.log.history())
        counting = {("counts", item.seq, item.header.key) for item in entries if item.is_effective}
        whole = {("whole", item.seq, item.header.key) for item in entries if not item.redacted}
        return counting | whole

    def _record(self, entry: Entry, another: Entry, how: str) -> bool:
        size = self.log.head().size
        with suppress(UsageError, LogError):
            match how:
                case "append":
                    self.log.append(entry)
                case "page":  # with an event before, and itself once more
                    self.log.append_many(map(line, (another, entry, entry)), effects=True)
                case _:
                    self.log.append_many([line(entry)], effects=how == "effects")
        return self.log.head().size > size


@contextmanager
def _log(owner: str | None) -> Iterator[SqliteLog]:
    def key(*, create: bool) -> str | None:
        del create
        return owner

    with TemporaryDirectory() as folder:
        path = Path(folder) / "log.sqlite"
        with SqliteLog(path, write=True, must_exist=False, owner=key) as log:
            log.ensure()
            yield log


OWNERS = st.sampled_from([public(b"o" * 32), None])


@given(steps=STEPS, owner=OWNERS)
def test_nobody_but_author_owner_and_editors_changes_what_counts(
    steps: list[tuple[str, int, int, str]], owner: str | None
) -> None:
    with _log(owner) as log:
        desk = _Desk(log, owner)
        for what, who, which, how in steps:
            desk.step(what, who, which, how)
        assert log.verify().problem is None
        exported = list(log.export())
        # In another log, nobody is an editor because this one says so.
        with _log(public(b"n" * 32)) as other:
            other.append_many(exported, effects=True)
            assert other.verify().problem is None
            assert not other.authority().editors
            for item in other.history():
                for effect in item.effects:
                    assert other.get(effect.seq).header.key == item.header.key is not None
