"""The log under chance: whatever keeps it, it answers as a plain list would."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from orderwatch.errors import UsageError
from orderwatch.log import open_store
from orderwatch.log.formats import jsonl, tree
from orderwatch.log.types import EntryFilter
from orderwatch.model.entry import Entry, EntryKind
from tests.support.entries import LIGHTHOUSE, Scribe


class Plain:
    """The log as a list, without files, hashes and indexes."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def place(self, uid: str | None) -> int:
        """Name the place of an entry."""
        return [one.header.id for one in self.entries].index(str(uid)) + 1

    def effects(self, entry: Entry) -> list[EntryKind]:
        """List what later entries did to one."""
        uid = entry.header.id
        return [one.header.kind for one in self.entries if one.header.target == uid]

    def counting(self) -> list[int]:
        """List the places of what counts."""
        return [
            place
            for place, entry in enumerate(self.entries, start=1)
            if entry.header.kind.has_event and not self.effects(entry)
        ]

    def allows(self, entry: Entry) -> bool:
        """Tell whether the entry may name its target."""
        target = self.entries[self.place(entry.header.target) - 1]
        done = self.effects(target)
        if entry.header.kind is EntryKind.REDACTION:
            return EntryKind.REDACTION not in done
        return target.header.kind.has_event and not done


class LogMachine(RuleBasedStateMachine):
    """Whatever is done to the log, it answers as a plain list would."""

    entries: Bundle[Entry] = Bundle("entries")

    def new(self) -> str:
        """Name a log that is empty."""
        raise NotImplementedError  # each engine says how

    def remove(self) -> None:
        """Tidy up."""
        raise NotImplementedError  # each engine says how

    @initialize()
    def begin(self) -> None:
        """Open a new log."""
        self.url = self.new()
        self.log = open_store(self.url, write=True, must_exist=False)
        self.plain = Plain()
        self.ana, self.ben = Scribe(), Scribe("Ben")

    @rule(target=entries, words=st.sampled_from(["lamp", "lamp relit", "dark"]))
    def add(self, words: str) -> Entry:
        """Record something new."""
        return self._append(self.ana.event(words))

    @rule(target=entries, old=entries)
    def correct(self, old: Entry) -> Entry:
        """Record that something else is true."""
        return self._try(self.ana.correct(old, "dark lamp"), old)

    @rule(target=entries, old=entries)
    def retract(self, old: Entry) -> Entry:
        """Record that something is not true."""
        return self._try(self.ana.retract(old), old)

    @rule(target=entries, old=entries)
    def redact(self, old: Entry) -> Entry:
        """Remove a payload."""
        return self._try(self.ana.redact(old), old)

    @rule(old=st.none() | entries, again=st.booleans())
    def bring_in(self, old: Entry | None, again: bool) -> None:  # noqa: FBT001 - hypothesis gives it
        """Import a file that holds some of ours, and something new."""
        new = [self.ben.event("lamp")]
        if old and old.header.kind.has_event:
            new.append(self.ben.correct(old))
        lines = list(self.log.export()) if again else []
        lines += [jsonl.encode_line(one.raw, one.salt, one.payload) for one in new]
        done = self.log.append_many(lines)
        assert (done.added, done.skipped) == (len(new), len(lines) - len(new))
        self.plain.entries += new

    @rule()
    def reopen(self) -> None:
        """Close and open the log."""
        self.log.close()
        self.log = open_store(self.url, write=True, must_exist=False)

    @invariant()
    def it_answers_as_a_list_would(self) -> None:
        """Compare every answer."""
        frontier = tree.Frontier()
        for entry in self.plain.entries:
            frontier.add(tree.leaf_hash(entry.raw))
        head = self.log.head()
        assert (head.size, head.root) == (frontier.size, frontier.root())
        history = list(self.log.history())
        for one, entry in zip(history, self.plain.entries, strict=True):
            effects = self.plain.effects(entry)
            assert one.raw == entry.raw
            assert [effect.kind for effect in one.effects] == effects
            assert one.redacted == (EntryKind.REDACTION in effects)
        counting = self.plain.counting()
        for wanted in (EntryFilter(), EntryFilter(about=[LIGHTHOUSE])):
            assert [one.seq for one in self.log.current(wanted)] == counting
        lit = [one.seq for one in self.log.current(EntryFilter(search="lamp"))]
        assert lit == [
            place for place in counting if b"lamp" in (self.plain.entries[place - 1].payload or b"")
        ]

    def teardown(self) -> None:
        """Verify everything, and tidy up."""
        report = self.log.verify()
        self.log.close()
        self.remove()
        assert report.problem is None

    def _append(self, entry: Entry) -> Entry:
        self.plain.entries.append(entry)
        assert self.log.append(entry).seq == len(self.plain.entries)
        return entry

    def _try(self, entry: Entry, otherwise: Entry) -> Entry:
        if self.plain.allows(entry):
            return self._append(entry)
        with pytest.raises(UsageError):
            self.log.append(entry)
        return otherwise
