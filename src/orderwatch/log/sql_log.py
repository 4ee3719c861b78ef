"""Log in SQL tables: what both engines share."""

import re
from abc import ABC, abstractmethod
from array import array
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import TYPE_CHECKING

from orderwatch.errors import UsageError
from orderwatch.log import reader
from orderwatch.log.formats import jsonl, tree
from orderwatch.log.importer import Importer
from orderwatch.log.types import (
    Appended,
    Con,
    Connected,
    EntryFilter,
    EventCount,
)
from orderwatch.log.writer import Appender, IndexFactory
from orderwatch.model import Attachment, TreeHead
from orderwatch.model.entry import (
    Amendment,
    Appointment,
    Authority,
    Effect,
    Entry,
    EntryKind,
    ImportResult,
    StoredEntry,
    Target,
    VerificationReport,
)

if TYPE_CHECKING:
    from pathlib import Path

    from orderwatch.log.backup import File
    from orderwatch.log.head_memory import Cut, HeadMemory
    from orderwatch.log.outbox import Recipient, RecipientState, SentReminder
    from orderwatch.model.proof import Attestation, AttestationKind
from datetime import datetime, timedelta
from typing import Any

from orderwatch.translation import _, mark, ngettext

_SEQ = re.compile(r"[1-9][0-9]{0,17}")
_ID_PREFIX = re.compile(r"[0-9a-f-]{4,36}")
"""At least 4 characters, so that a slip such as `0` does not match the only entry."""
_MATCH_ALL = EntryFilter()


def no_progress(_done: int) -> None:
    """Show no progress."""


class SqlLog(Connected[Con], ABC):
    """Append-only log: entries, their payloads and their tree."""

    _index_factory: IndexFactory
    memory: "HeadMemory | None" = None
    """Memory of the tree heads that this home wrote, for a log that is written to."""

    @abstractmethod
    def ensure(self) -> None:
        """Create the log if it may be missing."""

    @abstractmethod
    def append(self, entry: Entry) -> Appended:
        """Append an entry; a redaction deletes the payload of its target.

        Raises `UsageError` if the target cannot be corrected, retracted or redacted, or not by
        the key that signed the entry.
        """

    @abstractmethod
    def append_many(
        self,
        lines: Iterable[bytes],
        progress: Callable[[int], None] = no_progress,
        *,
        dry_run: bool = False,
        effects: bool = True,
        appointment: Entry | None = None,
    ) -> ImportResult:
        """Append all entries of an export that are not stored yet: all or none.

        With `dry_run`, roll it back. Without `effects`, refuse amendments that are not signed
        by the key of their target. An appointment is appended before them.
        """

    @abstractmethod
    def attest(
        self, size: int, kind: "AttestationKind", value: bytes, identity: str | None = None
    ) -> None:
        """Append an attestation of the first `size` entries, unless it is stored."""

    @abstractmethod
    def reindex(self) -> int:
        """Build the search index from the payloads; return the number of entries."""

    @abstractmethod
    def verify(
        self,
        checkpoints: Sequence[TreeHead] = (),
        progress: Callable[[int], None] = no_progress,
    ) -> VerificationReport:
        """Recompute all hashes and indexes and compare them with the stored ones."""

    @abstractmethod
    def frozen(self, path: "Path") -> "AbstractContextManager[SqlLog[Con]]":
        """Open the log as it is now, whoever writes meanwhile.

        A file is copied to a temporary file beside `path`.
        """

    @abstractmethod
    def _translate_errors(self) -> AbstractContextManager[None]:
        """Translate errors that a user can cause to `LogError`; let bugs pass."""

    # Reading

    def head(self) -> TreeHead:
        """Return the tree head: size, root and origin."""
        with self._translate_errors():
            return self.head_of(reader.entry_count(self._con))

    def node(self, level: int, index: int) -> bytes:
        """Read the hash of a complete subtree, for proofs."""
        with self._translate_errors():
            return reader.read_node(self._con, level, index)

    def resolve(self, name: str) -> int:
        """Resolve a number or the beginning of an id to a sequence number."""
        with self._translate_errors():
            if _SEQ.fullmatch(name):
                if int(name) > (size := reader.entry_count(self._con)):
                    raise UsageError(
                        ngettext(
                            "there is no entry {number}: the log has {n} entry",
                            "there is no entry {number}: the log has {n} entries",
                            size,
                        ).format(number=name, n=size)
                    )
                return int(name)
            seqs = self._seqs_with_prefix(name.lower())
        if len(seqs) != 1:
            message = (
                _(
                    "several entries begin with {name!r}: use the number or at least 4 "
                    "characters of the id; `orderwatch log list` shows all"
                ).format(name=name)
                if seqs
                else _(
                    "no entry begins with {name!r}: use the number or at least 4 "
                    "characters of the id; `orderwatch log list` shows all"
                ).format(name=name)
            )
            raise UsageError(message)
        return seqs[0]

    def _seqs_with_prefix(self, name: str) -> list[int]:
        if not _ID_PREFIX.fullmatch(name):
            return []
        digits = name.replace("-", "")
        first, last = (bytes.fromhex(digits.ljust(32, end)) for end in "0f")
        sql = "SELECT seq FROM entry WHERE id BETWEEN ? AND ? LIMIT 2"
        return [seq for (seq,) in self._con.fetch(sql, (first, last))]

    def get(self, seq: int) -> StoredEntry:
        """Read the entry with a sequence number."""
        with self._translate_errors():
            return reader.read_entry(self._con, seq)

    def get_many(self, seqs: Collection[int]) -> list[StoredEntry]:
        """Read the entries with these sequence numbers in one query."""
        with self._translate_errors():
            return reader.read_many(self._con, seqs)

    def history(self, entry_filter: EntryFilter = _MATCH_ALL) -> Iterator[StoredEntry]:
        """Yield the matching entries, amended ones included."""
        with self._translate_errors():
            size = reader.entry_count(self._con)
            yield from reader.read_entries(self._con, size, entry_filter)

    def current(self, entry_filter: EntryFilter = _MATCH_ALL) -> Iterator[StoredEntry]:
        """Yield the matching events that no later entry amends."""
        return (item for item in self.history(entry_filter) if item.is_effective)

    def event_keys(
        self, entry_filter: EntryFilter, size: int, *, history: bool = False, public: bool = False
    ) -> "array[int]":
        """Return keys of the matching events that no later entry amends, by day.

        With `history`, of all matching entries; with `public`, of none that is private.
        """
        with self._translate_errors():
            return reader.event_keys(self._con, size, entry_filter, history=history, public=public)

    def newest_event_keys(
        self, entry_filter: EntryFilter, size: int, limit: int, *, history: bool = False
    ) -> "tuple[array[int], int] | None":
        """Return the last of these keys and the number of the others; `None` if no index has it."""
        with self._translate_errors():
            return reader.newest_event_keys(self._con, size, entry_filter, limit, history=history)

    def read_as_of(
        self, seqs: Sequence[int], size: int, recorded_before: datetime | None
    ) -> list[StoredEntry]:
        """Read the entries with these sequence numbers, as amended by the first `size`."""
        with self._translate_errors():
            return list(reader.read_as_of(self._con, seqs, size, recorded_before))

    def count(
        self,
        ids: Collection[str],
        *,
        until: date,
        recorded_before: datetime | None = None,
        size: int | None = None,
        public: bool = False,
    ) -> dict[str, EventCount]:
        """Count, for each id, the effective events that do not affect a status.

        Counted are events of a day up to `until`, among the first `size` entries; with `public`,
        no private ones.
        """
        with self._translate_errors():
            until_seq = reader.entry_count(self._con) if size is None else size
            return reader.count_events(
                self._con, ids, until, recorded_before, until_seq, public=public
            )

    def authority(self) -> Authority:
        """Read whose amendments count."""
        with self._translate_errors():
            return reader.read_authority(self._con)

    def appointments(self) -> list[tuple[int, Appointment]]:
        """Read the appointments that count, with their sequence numbers."""
        with self._translate_errors():
            authority = reader.first_authority(self._con)
            counting = []
            for seq, key, appointment in reader.read_appointments(self._con):
                if authority.accepts(key, appointment):
                    counting.append((seq, appointment))
                authority = authority.after(key, appointment)
            return counting

    def void_seqs(self) -> set[int]:
        """Return the sequence numbers of amendments without effect."""
        with self._translate_errors():
            return reader.void_seqs(self._con)

    def require_amendable(self, kind: EntryKind, key: str | None, entry: StoredEntry) -> None:
        """Raise `UsageError` unless an amendment of an entry by a key would count."""
        header = entry.header
        target = Target(seq=entry.seq, kind=header.kind, key=header.key, counts=entry.counts)
        _require_allowed(self.authority(), kind, key, target)

    def amendments(self, size: int, recorded_before: datetime | None = None) -> list[Amendment]:
        """Read what the first `size` entries amend, in order."""
        with self._translate_errors():
            return reader.read_amendments(self._con, size, recorded_before)

    def attachments(self) -> Iterator[tuple[int, Attachment]]:
        """Yield each attachment with the sequence number of its entry."""
        with self._translate_errors():
            for seq in reader.seqs_with_attachments(self._con):
                event = reader.read_entry(self._con, seq).event
                for file in event.attachments if event else ():
                    yield seq, file

    def recipient_state(self, recipient: "Recipient") -> "RecipientState":
        """Return the state of a recipient of reminders."""
        from orderwatch.log.outbox import read_state

        with self._translate_errors():
            return read_state(self._con, recipient)

    def sent_reminders(self) -> "tuple[SentReminder, ...]":
        """Return all sent reminders, the oldest first."""
        from orderwatch.log.outbox import read_sent

        with self._translate_errors():
            return read_sent(self._con)

    def last_reminder_run(self) -> datetime | None:
        """Return when `remind` last ran."""
        from orderwatch.log.outbox import read_last_run

        with self._translate_errors():
            return read_last_run(self._con)

    def backup(self, files: "Iterable[File]" = ()) -> Iterator[bytes]:
        """Yield the lines of a backup, with the files of evidence."""
        from orderwatch.log.backup import encode

        with self._translate_errors():
            yield from encode(self._con, self.head(), self.export(), files)

    def export(self, withheld: Container[int] = ()) -> Iterator[bytes]:
        """Yield each entry as a line of JSON; of those in `withheld`, the header alone."""
        with self._translate_errors():
            size = reader.entry_count(self._con)
            for seq, parts in enumerate(reader.read_raw(self._con, size), start=1):
                raw, salt, payload = parts
                is_whole = seq not in withheld
                yield jsonl.encode_line(raw, *((salt, payload) if is_whole else (None, None)))

    def line(self, seq: int, *, with_text: bool = True) -> bytes:
        """Read an entry as a line of an export, without its line feed."""
        with self._translate_errors():
            raw, salt, payload = reader.read_line(self._con, seq)
            return jsonl.encode_line(raw, *((salt, payload) if with_text else (None, None)))[:-1]

    def attestations(self) -> "list[Attestation]":
        """Read what was attested of states of the log, the smallest first."""
        with self._translate_errors():
            return reader.read_attestations(self._con)

    def head_of(self, size: int) -> TreeHead:
        """Return the tree head that the log had with its first `size` entries."""
        with self._translate_errors():
            rows = self._con.fetch("SELECT origin FROM log")
            root = tree.root(size, reader.node_reader(self._con, size))
            return TreeHead(size=size, root=root, origin=rows[0][0].decode() if rows else None)

    def private_seqs(self) -> tuple[set[int], int]:
        """Return the sequence numbers of private chains, and how many have a payload."""
        with self._translate_errors():
            seqs = reader.private_seqs(self._con)
            return seqs, reader.count_payloads(self._con, seqs)

    def find_cut(self, memory: "HeadMemory") -> "Cut | None":
        """Compare the log with a memory of tree heads; `None` if it continues the last."""
        with self._translate_errors():
            return memory.find_cut(self._con)

    # Writing, within a transaction

    def require_whole(self) -> None:
        """Raise `LogError` if the log lacks entries that it held when this home wrote to it."""
        with self._translate_errors():
            self._require_whole()

    def _require_whole(self) -> None:
        # Errors of the database stay as they are: the transaction is tried again.
        if self.memory is not None:
            self.memory.require_whole(self._con)

    def _store_head(self, size: int, root: bytes) -> None:
        """Store a tree head in the memory, after the transaction."""
        if self.memory is not None:
            origin = self._con.fetch("SELECT origin FROM log")[0][0].decode()
            self.memory.store(TreeHead(size=size, root=root, origin=origin))

    def _import(
        self, importer: Importer, lines: Iterable[bytes], appointment: Entry | None
    ) -> ImportResult:
        """Import lines; a log that was cut has to be whole afterwards."""
        memory, con = self.memory, self._con
        cut = None if memory is None else memory.find_cut(con)
        if memory is not None and cut is not None and memory.accepts(con, cut):
            cut = None
        result = importer.run(lines, appointment)
        if cut is not None:
            # The import can have brought back what was missing.
            self._require_whole()
        return result

    def _append_entry(self, entry: Entry) -> Appended:
        self._require_whole()
        appender, line = Appender(self._con, self._index_factory), jsonl.to_line(entry)
        target = self._resolve_target(entry)
        if target is not None:
            _require_allowed(appender.authority, line.kind, line.key, target)
        appender.require_accepted(line)
        seq = appender.append_line(line, target)
        appender.write()
        if entry.header.kind is EntryKind.REDACTION:
            appender.optimize_index()
        leaf = tree.leaf_hash(entry.raw)
        return Appended(seq=seq, leaf=leaf, size=appender.size, root=appender.root)

    def _fill_index(self) -> int:
        """Add all payloads to the empty search index; return the number of entries."""
        size = reader.entry_count(self._con)
        self._index_factory(self._con).index_range(0, size)
        return size

    def _importer(
        self,
        progress: Callable[[int], None],
        *,
        effects: bool = True,
        authority: Authority | None = None,
    ) -> Importer:
        return Importer(
            self._con, self._index_factory, progress, effects=effects, authority=authority
        )

    def _resolve_target(self, entry: Entry) -> Target | None:
        header = entry.header
        if header.target is None:
            return None
        located = reader.locate(self._con, header.target)
        if located is None:
            raise UsageError(_("there is no entry {target}").format(target=header.target))
        seq = located.seq
        if not header.kind.can_target(located.kind):
            raise UsageError(
                _(
                    "entry {seq} is a {kind}: only events and corrections can be corrected, "
                    "retracted or handed over"
                ).format(seq=seq, kind=located.kind)
            )
        target = reader.read_entry(self._con, seq)
        if header.kind is EntryKind.REDACTION:
            if target.redacted:
                raise UsageError(_("entry {seq} is redacted already").format(seq=seq))
        elif target.effects:
            raise UsageError(_conflict_message(seq, target.effects[-1]))
        return located


def _require_allowed(
    authority: Authority, kind: EntryKind, key: str | None, target: Target
) -> None:
    """Raise `UsageError`, which says who may, unless an amendment of a target counts."""
    if authority.allows(kind, key, target):
        return
    if not target.counts and kind is not EntryKind.REDACTION:
        raise UsageError(
            _("entry {seq} has no effect: only a redaction of it counts").format(seq=target.seq)
        )
    keys = [
        *([_("its signer {key}").format(key=target.key)] if target.key else []),
        *(
            [_("the owner {owner}").format(owner=authority.owner)]
            if authority.owner not in {None, target.key}
            else []
        ),
        *(
            _("the editor {editor}").format(editor=editor)
            for editor in sorted(authority.editors - {target.key})
        ),
    ]
    hint = (
        ""
        if authority.editors
        else _(
            "\nIf that key is lost, nobody can: create a new log, and import an export of this one"
        )
    )
    message = _("entry {seq} is not yours to amend: a {kind} of it counts by {keys}; {own}{hint}")
    own = _("your key is {key}").format(key=key) if key else _("you have no key")
    raise UsageError(
        message.format(seq=target.seq, kind=kind, keys=", ".join(keys), own=own, hint=hint)
    )


def _conflict_message(seq: int, effect: Effect) -> str:
    messages = {
        EntryKind.CORRECTION: mark("entry {seq} was corrected by entry {other}: use that number"),
        EntryKind.RETRACTION: mark("entry {seq} was retracted by entry {other}"),
        EntryKind.REDACTION: mark("entry {seq} was redacted by entry {other}"),
    }
    return _(messages[effect.kind]).format(seq=seq, other=effect.seq)


_CLOCK_TOLERANCE = timedelta(minutes=5)
"""Clock difference between two machines that causes no warning."""


def revisions(log: SqlLog[Any], entry: StoredEntry) -> Iterator[StoredEntry]:
    """Yield the entries that an entry corrects, then the entries that correct it."""
    older, newer = entry, entry
    while older.header.kind is EntryKind.CORRECTION and older.counts:
        older = log.get(log.resolve(str(older.header.target)))
        yield older
    while corrections := [
        effect for effect in newer.effects if effect.kind is EntryKind.CORRECTION
    ]:
        newer = log.get(corrections[0].seq)
        yield newer


def clock_skew_warning(log: SqlLog[Any], now: datetime) -> str | None:
    """Return a warning if the newest entry seems to be recorded in the future."""
    size = log.head().size
    if size == 0:
        return None
    last = log.get(size).header.recorded
    if last <= now + _CLOCK_TOLERANCE:
        return None
    return _(
        "entry {size} was recorded at {last:%Y-%m-%d %H:%M} UTC, but the clock "
        "of this machine shows {now:%Y-%m-%d %H:%M} UTC: one of them is wrong "
        "(`--known-on` uses the times of entries; the order of the log does "
        "not)"
    ).format(size=size, last=last, now=now)
