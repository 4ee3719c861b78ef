"""An entry of the log: its header, and what later entries did to it."""

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum

from orderwatch.frozen import Frozen, replace
from orderwatch.model import Event, EventEffect, EventKind, Origin, Role
from orderwatch.translation import _, clauses, mark


class EntryKind(StrEnum):
    """Kind of an entry."""

    EVENT = "event"
    CORRECTION = "correction"
    """Its event replaces the event of the target."""
    RETRACTION = "retraction"
    """The target no longer counts."""
    REDACTION = "redaction"
    """The target no longer counts, and its payload is removed."""
    RECORDER = "recorder"
    """It names an editor or the next owner of the log, or revokes an editor."""
    HANDOVER = "handover"
    """The target, or a file of it, changed hands."""

    @property
    def has_event(self) -> bool:
        """Return whether the payload is an event."""
        return self is EntryKind.EVENT or self is EntryKind.CORRECTION

    @property
    def has_target(self) -> bool:
        """Return whether it names an older entry: what it amends, or what was handed over."""
        return self is not EntryKind.EVENT and self is not EntryKind.RECORDER

    def can_target(self, target: "EntryKind") -> bool:
        """Return whether an entry of this kind can have such a target."""
        if self is EntryKind.REDACTION:
            return target is not EntryKind.RECORDER
        return target.has_event


class Header(Frozen):
    """Header of an entry; never removed."""

    id: str
    """A UUIDv7."""
    kind: EntryKind
    recorded: datetime
    """In UTC, to the millisecond."""
    recorder: str
    """Name of the recorder."""
    payload: str
    """Commitment to the payload, in hexadecimal."""
    target: str | None = None
    """Id of the older entry that it corrects, retracts, redacts or says was handed over."""
    private: bool = False
    """Whether it must not be published."""
    key: str | None = None
    """Ed25519 public key of the recorder, in hexadecimal."""
    signature: str | None = None
    """Signature by `key`, in hexadecimal."""


class Entry(Frozen):
    """An entry; salt and payload are `None` if the payload was redacted or withheld."""

    header: Header
    raw: bytes
    """Bytes of the header: the leaf of the tree."""
    salt: bytes | None
    payload: bytes | None


class Rank(StrEnum):
    """Rank of a key in a log."""

    OWNER = "owner"
    """It names editors and its successor; there is one."""
    EDITOR = "editor"
    """Its amendments of every entry count."""
    REVOKED = "revoked"
    """Its amendments count for its own entries alone, as those of every other key."""


class Appointment(Frozen):
    """Payload of an entry of kind `recorder`: the rank of a key in a log from then on."""

    log: str
    """Origin of the log; in another it does not count."""
    key: str
    """Ed25519 public key, in hexadecimal."""
    rank: Rank
    name: str | None = None
    """Caption of the key."""


class Handover(Frozen):
    """Payload of an entry of kind `handover`: who gave what to whom."""

    date: date
    giver: str
    receiver: str
    what: str
    file: str | None = None
    """SHA-256 of the file of the entry that it is about; `None` for all."""


class Target(Frozen):
    """An entry that another entry amends."""

    seq: int
    kind: EntryKind
    key: str | None
    """The public key that signed it, in hexadecimal."""
    counts: bool = True
    """False for an amendment without effect."""


class Authority(Frozen):
    """Keys whose amendments count in a log, as of an entry.

    The rule is applied when an entry is appended or imported, and by `log verify`.
    """

    origin: str | None = None
    owner: str | None = None
    """Public key of the owner, in hexadecimal; `None` for a log without an owner."""
    editors: frozenset[str] = frozenset()

    def allows(self, kind: EntryKind, key: str | None, target: Target) -> bool:
        """Return whether an amendment of a target by a key counts.

        It does by the key that signed the target, the owner, and an editor. In a log
        without an owner, an entry that is not signed can be amended by anybody. What has
        no effect can only be redacted.
        """
        if not target.counts and kind is not EntryKind.REDACTION:
            return False
        if self.owner is None and target.key is None:
            return True
        return key is not None and (key in {target.key, self.owner} or key in self.editors)

    def accepts(self, key: str | None, appointment: Appointment) -> bool:
        """Return whether an appointment counts: signed by the owner, and for this log."""
        return key is not None and key == self.owner and appointment.log == self.origin

    def after(self, key: str | None, appointment: Appointment) -> "Authority":
        """Return the authority after an entry of kind `recorder`, signed by a key."""
        if not self.accepts(key, appointment):
            return self
        others = self.editors - {appointment.key}
        match appointment.rank:
            case Rank.OWNER:
                return replace(self, owner=appointment.key, editors=others)
            case Rank.EDITOR:
                return replace(self, editors=others | {appointment.key})
            case Rank.REVOKED:
                return replace(self, editors=others)


class Effect(Frozen):
    """Effect of a later entry on an entry."""

    id: str
    seq: int
    """Sequence number of the later entry."""
    kind: EntryKind


class Amendment(Frozen):
    """A later entry that amends an entry, and when both were recorded."""

    seq: int
    kind: EntryKind
    recorded: datetime
    target: int
    """Sequence number of the amended entry."""
    target_recorded: datetime
    private: bool
    """Whether the amended entry must not be published."""
    was_public: bool = True
    """Whether the amended entry could be published before."""


class ImportedAmendment(Frozen):
    """An imported entry that amends an entry which was in the log before, or has no effect."""

    kind: EntryKind
    target: int
    """Sequence number of the amended entry."""
    recorder: str
    """Who recorded the amendment."""
    key: str | None
    """The public key that signed it, in hexadecimal."""
    foreign: bool
    """Whether the key that signed the target did not sign it too."""
    counts: bool
    """Whether it has an effect: by the key of the target, the owner or an editor."""


class ImportedAppointment(Frozen):
    """An imported entry of kind `recorder`."""

    log: str
    """Origin of the log that it is for."""
    key: str
    """The public key that it is about, in hexadecimal."""
    rank: Rank
    counts: bool
    """Whether it is for this log, and signed by its owner."""


class ImportedRecorder(Frozen):
    """A recorder of imported entries."""

    recorder: str
    """The name."""
    key: str | None
    """The public key that signed them, in hexadecimal."""
    count: int
    """Number of entries."""


class ImportResult(Frozen):
    """Result of an import."""

    added: int
    skipped: int
    """Entries that existed already."""
    filled: int
    """Of these, entries whose payload was withheld until now."""
    withheld: int
    """Entries of the log whose payload is withheld."""
    recorders: tuple[ImportedRecorder, ...]
    """Who recorded the new entries."""
    amendments: tuple[ImportedAmendment, ...]
    """What the new entries amend of the log, and amendments without effect."""
    appointments: tuple[ImportedAppointment, ...]
    """What ranks the new entries give."""
    size: int
    root: bytes


class VerificationReport(Frozen):
    """Result of a full verification."""

    size: int
    root: bytes
    redacted: int = 0
    """Entries whose payload was redacted by a later entry."""
    withheld: int = 0
    """Entries without payload that no entry redacts: an import can bring it."""
    problem: str | None = None
    """First mismatch."""
    seq: int | None = None
    """Sequence number of the entry with the mismatch."""
    is_text: bool = True
    """Whether the line of that entry is UTF-8."""


class AppendedEntry(Frozen):
    """An entry that was appended: its id and place, and the new tree head."""

    id: str
    seq: int
    leaf: bytes
    size: int
    root: bytes
    warning: str | None = None
    """Set if the newest entry before it seems to be recorded in the future."""
    effect: EventEffect | None = None
    """What its event counts for; `None` without one."""


class StoredEntry(Frozen):
    """A decoded entry with its sequence number."""

    seq: int
    header: Header
    raw: bytes
    event: Event | None = None
    """`None` if it was redacted or withheld, or is a retraction or a redaction."""
    why: str | None = None
    """Reason of a retraction or redaction; `None` if that was redacted itself."""
    redacted: bool = False
    withheld: bool = False
    """Whether it was imported without its payload, which a later import can bring."""
    effects: tuple[Effect, ...] = ()
    """Effects of later entries, as far as requested."""
    void_effects: tuple[Effect, ...] = ()
    """Later amendments without effect: by none of the keys whose amendments count."""
    counts: bool = True
    """False for an amendment without effect."""
    appointment: Appointment | None = None
    handover: Handover | None = None
    handovers: tuple[Effect, ...] = ()
    """Later entries that say that it was handed over, as far as requested."""
    private: bool = False
    """Whether it must not be published: a header of its chain of targets forbids it."""

    @property
    def day(self) -> date:
        """Return the day of its event or handover, or else of its recording."""
        if self.event is not None:
            return self.event.on
        return self.handover.date if self.handover else self.header.recorded.date()

    @property
    def is_effective(self) -> bool:
        """Return whether it is an event that no later entry amends."""
        return self.event is not None and self.counts and not self.effects


class Requirement(StrEnum):
    """Requirement of the Berkeley Protocol for an item collected from the web."""

    ADDRESS = "address"
    SOURCE_CODE = "source-code"
    FULL_PAGE = "full-page"
    """A capture of the whole page."""
    TIME = "time"
    """Date and time of capture."""
    HASH = "hash"
    """A hash at collection."""
    CUSTODY = "custody"
    """Who recorded it, by signature, or who handed it over."""


class Shortfall(Frozen):
    """An entry that lacks something a standard asks for."""

    seq: int
    event: Event
    lacks: tuple[Requirement, ...]


_EFFECT_PHRASES = {
    EntryKind.CORRECTION: mark("corrected by entry {seq}"),
    EntryKind.RETRACTION: mark("retracted by entry {seq}"),
    EntryKind.REDACTION: mark("redacted by entry {seq}"),
}


def to_event(entry: StoredEntry) -> Event:
    """Convert an entry to an event, also an entry that has none."""
    base = entry.event or Event(
        id=entry.header.id,
        on=entry.day,
        kind=EventKind.NOTE,
        speaker=entry.header.recorder,
        role=Role.OTHER,
        summary=placeholder_summary(entry),
        origin=Origin.LOG,
        seq=entry.seq,
    )
    return replace(
        base,
        recorded=entry.header.recorded,
        recorder=entry.header.recorder,
        amended_by=amended_by(entry),
        counts=entry.is_effective,
    )


def placeholder_summary(entry: StoredEntry) -> str:
    """Return the summary shown for an entry without an event."""
    if entry.redacted:
        return _("[{kind} whose text was redacted]").format(kind=entry.header.kind)
    if entry.withheld:
        return _("[{kind} whose text was withheld]").format(kind=entry.header.kind)
    if entry.appointment is not None:
        return appointment_phrase(entry.appointment)
    phrase = entry.why if entry.handover is None else handover_phrase(entry.handover)
    return _("[{kind} of {target}] {phrase}").format(
        kind=entry.header.kind, target=entry.header.target, phrase=phrase
    )


def appointment_phrase(appointment: Appointment) -> str:
    """Return a phrase for the rank of a key."""
    name = f" ({appointment.name})" if appointment.name else ""
    return _("[{rank}: {key}{name}, in the log {log}]").format(
        rank=appointment.rank, key=appointment.key, name=name, log=appointment.log
    )


def handover_phrase(handover: Handover) -> str:
    """Return a phrase for who gave what to whom."""
    return _("{date}: {giver} to {receiver}: {what}").format(
        date=handover.date, giver=handover.giver, receiver=handover.receiver, what=handover.what
    )


def amended_by(entry: StoredEntry) -> str | None:
    """Return phrases for what later entries did to an entry."""
    return clauses(_amendments(entry)) or None


def _amendments(entry: StoredEntry) -> Iterator[str]:
    if not entry.counts:
        yield _("without effect: not by the key of its target, the owner or an editor")
    for effect in entry.effects:
        yield _(_EFFECT_PHRASES[effect.kind]).format(seq=effect.seq)
    for effect in entry.void_effects:
        yield _("the {kind} by entry {seq} has no effect").format(kind=effect.kind, seq=effect.seq)
