"""The types of the JSON documents; the JSON Schemas are generated from them.

Values are typed as `render/json.py` takes them: it encodes dates and instants.
"""

from datetime import date, datetime
from typing import Annotated, TypedDict

from orderwatch import model
from orderwatch.dates import WEEKDAY_NAMES
from orderwatch.model.entry import (
    Appointment,
    Effect,
    EntryKind,
    ImportedAmendment,
    ImportedAppointment,
    ImportedRecorder,
    Rank,
    Requirement,
)

Count = Annotated[int, ("minimum", 0)]
Positive = Annotated[int, ("minimum", 1)]
CaseNumber = Positive | Annotated[str, ("pattern", "^[0-9]+/[0-9]+$")]
"""Such as 192, or `36925/10`."""
Uuid = Annotated[str, ("format", "uuid")]
Sha256 = Annotated[str, ("pattern", "^[0-9a-f]{64}$")]
Base64Hash = Annotated[str, ("pattern", "^[A-Za-z0-9+/]{43}=$")]
Weekday = Annotated[str, ("enum", WEEKDAY_NAMES)]


class Document(TypedDict):
    """A document; the schema is a constant of each."""

    schema: str


class RegisterState(TypedDict):
    """State of the register that was read."""

    reviewed: date
    """The day it was last checked against its sources."""
    sha256: Sha256
    """SHA-256 of its bytes."""
    seen_to: date | None
    """Date up to which the Court's list of decisions was checked."""
    age_days: Count
    """Days from that date, or without it from `reviewed`, to the as-of date."""
    stale: bool
    """Whether it was reviewed more than a year before the as-of date."""
    awaiting: list[str]
    """Ids of new orders that it names, and whose content it does not have yet."""
    release: Positive | None
    """Number of the release that is installed; `null` for another register."""
    note: str | None
    """Why the installed release is not used, and the one that ships is."""


class LogState(TypedDict):
    """State of the log that was read."""

    origin: str | None
    size: Count
    root: Base64Hash
    """The root of its Merkle tree (RFC 9162), in Base64."""


class Answer(Document):
    """A document about a day."""

    as_of: date
    """The world at the end of this day."""
    known_on: date | None
    """Of the log, only what it had recorded by the end of this day."""
    time_zone: str
    follow: tuple[str, ...]
    """Names of the configuration that the answer is limited to; empty if it is not."""
    register: RegisterState
    log: LogState


class Ending(TypedDict):
    """An end that had come by the as-of date."""

    year: int
    date: date | None
    """`null` if the day was not seen."""
    text: str | None


_Votes = TypedDict("_Votes", {"for": Count | None, "against": Count | None})


class Votes(_Votes):
    """Votes on a point; `null` where the source does not say."""

    unanimous: bool
    dissenting: tuple[str, ...] | None
    """Who voted against; empty if nobody did, `null` if the names were not seen."""
    grade: model.Grade | None
    names_grade: model.Grade | None
    note: str | None
    scope: Annotated[str, ("enum", ("clause",))] | None
    """`clause` if this is one vote on the whole clause."""
    names_printed: bool
    """Whether the order prints the names of those who voted."""


class Event(TypedDict):
    """What happened, on a date, according to a speaker, at a source."""

    id: str
    seq: Positive | None
    """Sequence number in the log; `null` in the public record."""
    origin: model.Origin
    on: date
    kind: model.EventKind
    speaker: str
    role: model.Role
    by: tuple[str, ...]
    """Who did it, if not the speaker."""
    summary: str
    about: tuple[str, ...]
    """Ids of cases, orders, obligations and deadlines."""
    source: str | None
    further: tuple[str, ...]
    archive: str | None
    grade: model.Grade | None
    inferred: bool
    """Whether the day was inferred, not stated by the source."""
    finding: str | None
    scale: str | None
    access: model.Access | None
    """Whether a submission can be read; `null` if not seen."""
    answers: str | None
    """The event that a statement answers."""
    extends_to: date | None
    trigger: str | None
    ends: bool
    attachments: tuple[model.Attachment, ...]
    recorded: datetime | None
    """When the log recorded it; `null` in the public record."""
    recorder: str | None
    """Who recorded it."""
    fate: str | None
    """What a later entry did to it."""
    counts: bool
    """Whether it counts; false once amended, and of an amendment without effect."""
    void: str | None
    """Why it counts for no deadline, although it should."""


class Assessment(TypedDict):
    """What a speaker found, on the speaker's own scale."""

    speaker: str
    role: model.Role
    finding: str | None
    scale: str | None
    on: date
    source: str | None
    event: str
    summary: str


class LatestEvent(TypedDict):
    """The latest event that names an obligation."""

    id: str
    on: date
    kind: model.EventKind
    speaker: str
    summary: str
    source: str | None


class Submission(TypedDict):
    """A submission to the Court that is on record."""

    state: model.SubmissionState
    """`confirmed` if the Court says so."""
    on: date
    days_late: Count
    """Days after the due date; 0 on it and before."""
    event: str
    speaker: str
    by: tuple[str, ...]
    source: str | None


class ComputedDate(TypedDict):
    """A computed date."""

    id: str
    """The obligation and the date first computed."""
    due: date
    """The date that counts."""
    weekday: Weekday
    non_working_day: bool
    """Flagged; the date is never moved."""


class Deadline(ComputedDate):
    """A computed date of an obligation."""

    days_left: int
    """Calendar days; negative when passed."""
    timing: model.Timing
    extended_from: date | None
    """The date first computed, if it was extended."""
    submission: Submission | None


class CaseName(TypedDict):
    """Number and short name of a case."""

    number: CaseNumber
    short: str


class UpcomingDeadline(Deadline):
    """A deadline with its obligation."""

    obligation: str
    alias: str | None
    label: str
    case: CaseName
    addressees: tuple[str, ...]
    kind: model.Kind
    summary: str
    url: str | None


class DeadlineExplanation(ComputedDate):
    """How a date was computed."""

    extended_from: date | None
    """The date first computed, if it was extended."""
    steps: tuple[str, ...]
    notes: tuple[str, ...]


class Explanation(TypedDict):
    """How the dates of an obligation were computed, or why there is none."""

    id: str
    alias: str | None
    label: str
    paragraph: str
    summary: str
    time_limit: str
    awaiting: str | None
    deadlines: list[DeadlineExplanation]
    notes: tuple[str, ...]


class CaseState(CaseName):
    """A case, when it was last seen, and its end."""

    last_seen: date | None
    """Last day on which the state of the case was checked."""
    ended: Ending | None


class OrderName(TypedDict):
    """Id, date and URL of an order."""

    id: str
    date: date
    url: str | None


class Obligation(TypedDict):
    """An obligation and its status on the day."""

    id: str
    alias: str | None
    label: str
    """A few words for it; those of its kind where the register has none."""
    point: str
    paragraph: str
    kind: model.Kind
    also: tuple[model.Kind, ...]
    case: CaseState
    order: OrderName
    addressees: tuple[str, ...]
    summary: str
    votes: Votes | None
    in_force: bool
    timing: model.Timing
    time_limit: str
    """In words."""
    time_limit_kind: Annotated[str, ("enum", (*model.Standing, "on", "within"))]
    awaiting: str | None
    """The trigger that is not on record yet."""
    deadlines: list[Deadline]
    """All up to the first that has not passed."""
    assessments: list[Assessment]
    """The latest of each speaker on each scale."""
    events: Count
    """Number of events that name it or one of its deadlines."""
    latest_event: LatestEvent | None
    contested: model.Contested | None
    grade: model.Grade | None
    time_limit_grade: model.Grade | None
    note: str | None
    notes: tuple[str, ...]
    """Why there is no date, or why the series stops."""
    sources: tuple[model.Source, ...]


class Case(CaseName):
    """A case on the Court's General List."""

    title: str
    applicants: tuple[str, ...]
    respondents: tuple[str, ...]
    url: str | None
    last_seen: date | None
    searched: date | None
    """Last day on which its record was searched for."""
    confidentiality: str | None
    """The court's rule on reports."""
    ended: Ending | None
    state: str | None
    note: str | None
    sources: tuple[model.Source, ...]


class Decision(TypedDict):
    """A point of an operative clause that imposes no obligation."""

    point: str
    kind: model.Kind
    summary: str
    votes: Votes | None
    grade: model.Grade | None
    note: str | None
    sources: tuple[model.Source, ...]


class OrderSummary(TypedDict):
    """An order."""

    id: str
    case: CaseNumber
    short: str
    date: date
    alias: str | None
    outcome: model.Outcome
    title: str | None
    document: str | None
    url: str | None
    paragraph: int | None
    in_force: bool


class ListedOrder(OrderSummary):
    """An order in a list."""

    addressees: list[str]
    obligations: Count
    """Number of its obligations."""


class Order(OrderSummary):
    """An order with the points that impose no obligation."""

    document_grade: model.Grade | None
    organ: str
    citation: str | None
    bench: int | None
    reaffirms: tuple[str, ...]
    modifies: tuple[str, ...]
    ended: Ending | None
    note: str | None
    sources: tuple[model.Source, ...]
    decisions: list[Decision]


class StatusDocument(Answer):
    """Where obligations stand on a day, and what is on record."""

    obligations: list[Obligation]


class FoundCase(TypedDict):
    """The case of a match."""

    number: CaseNumber
    short: str
    title: str


class Found(TypedDict):
    """A case, order, obligation or event that matches."""

    type: Annotated[str, ("enum", ("case", "order", "obligation", "event"))]
    id: str
    alias: str | None
    label: str
    """Title of the case, date of the order, label of the obligation, summary of the event."""
    case: FoundCase
    about: tuple[str, ...]
    """Ids that an event refers to; empty for other hits."""
    date: date | None
    """Of the order or the event."""
    in_force: bool
    """Of a case: whether it is pending; of an event: of what it is about."""
    due: date | None
    """The next date on which something is due."""
    url: str | None
    """Page of the case or order, or source of the event."""
    fields: tuple[model.HitField, ...]
    """Where the words are; empty for what an id, State, title, date or address names."""


class FindDocument(Answer):
    """Cases, orders, obligations and events that match, best first."""

    query: str
    total: Count
    """Number of matches without a limit."""
    matches: list[Found]


class CountdownDocument(Answer):
    """The deadlines to come, nearest first."""

    deadlines: list[UpcomingDeadline]


class DeadlinesDocument(Answer):
    """Every deadline, past and to come, as a flat record."""

    deadlines: list[model.DeadlineRow]


class RecordChange(TypedDict):
    """One change of the register or the log: an addition or a correction, on a day."""

    day: date
    """In the log, the day it was recorded, in UTC."""
    origin: model.Origin
    kind: model.ChangeKind
    ids: tuple[str, ...]
    what: str
    was: str | None
    """Previous value; `null` for an addition or a redacted value."""
    why: str | None
    moved_to: date | None
    """New date of a deadline, of an event that extends it."""
    entry: Positive | None
    """Number of the entry in the log."""
    recorder: str | None
    counts: bool
    """False for an amendment of the log without effect."""


class ChangesDocument(Answer):
    """Changes of the register and the log since a day."""

    since: date
    changes: list[RecordChange]


class ShowDocument(Answer):
    """All about one case, order or obligation."""

    subject: str
    case: Case
    orders: list[Order]
    obligations: list[Obligation]
    explanations: list[Explanation]
    events: list[Event]


class ExplainDocument(Answer):
    """How dates were computed, or why there is none."""

    id: str | None
    """The obligation; of several, the order or case that they share."""
    time_limit: str | None
    """In words; `null` if there are several obligations."""
    deadlines: list[DeadlineExplanation]
    notes: list[str]
    obligations: list[Explanation]


class LogDocument(Answer):
    """Public record and log, oldest first."""

    events: list[Event]


class OrdersDocument(Answer):
    """The register as a list."""

    orders: list[ListedOrder]


class Handover(TypedDict):
    """An entry that says who gave what to whom."""

    seq: Positive
    """Sequence number in the log."""
    id: Uuid
    recorded: datetime
    recorder: str
    """Who recorded it."""
    key: Sha256 | None
    """The public key that signed it, in hexadecimal."""
    date: date | None
    """The day of the handover; `null`, as the next four, if the text was redacted or withheld."""
    giver: str | None
    receiver: str | None
    what: str | None
    file: Sha256 | None
    """The file of the entry that was handed over; `null` for all."""


class LogEntryDocument(Document):
    """One entry of the log, and what became of it."""

    id: Uuid
    """A UUIDv7."""
    seq: Positive
    """Sequence number in the log."""
    kind: EntryKind
    target: Uuid | None
    """The older entry that it corrects, retracts or redacts."""
    recorded: datetime
    """When the recorder's clock says that it was recorded."""
    recorder: str
    """Who recorded it."""
    leaf: Base64Hash
    """Its leaf hash, SHA-256 in Base64."""
    payload: Sha256
    """The salted SHA-256 commitment to its payload."""
    redacted: bool
    """Whether its payload was removed."""
    withheld: bool
    """Whether it was imported without its payload, which a later import can bring."""
    private: bool
    """Whether it must not be published."""
    why: str | None
    """The reason of a retraction or a redaction."""
    event: Event | None
    """Its event; `null` if that was redacted, or if it retracts or redacts another."""
    effects: tuple[Effect, ...]
    """What later entries did to it."""
    void_effects: tuple[Effect, ...]
    """Later amendments that have no effect: by none of the keys whose amendments count."""
    counts: bool
    """Whether it has an effect; false for an amendment by a key that may not make it."""
    key: Sha256 | None
    """The public key that signed it, in hexadecimal."""
    appointment: Appointment | None
    """The rank that it gives a key."""
    handover: Handover | None
    """Who gave what to whom, of a handover."""
    custody: tuple[Handover, ...]
    """Handovers of it and of its other versions, in order."""


class Recorder(TypedDict):
    """A key whose amendments of every entry count."""

    key: Sha256
    """Ed25519 public key, in hexadecimal."""
    rank: Rank
    name: str | None
    """Whose it is, as the owner says."""
    entry: Positive | None
    """The entry that says so; `null` for the owner the log was made for."""
    home: bool
    """Whether it is the key of this home."""


class RecordersDocument(Document):
    """Owner and editors of the log."""

    recorders: list[Recorder]
    home: Sha256 | None
    """The public key of this home."""


class EntryDocument(Document):
    """The place of a new entry in the log."""

    id: Uuid
    """A UUIDv7."""
    seq: Positive
    """Sequence number in the log."""
    leaf: Base64Hash
    """Its leaf hash, SHA-256 in Base64."""
    root: Base64Hash
    """The root of the tree, SHA-256 in Base64."""
    size: Positive
    """Number of entries of the log with it."""
    effect: str | None
    """What its event counts for, in words; `null` without an event."""
    counts_for: tuple[str, ...]
    """Ids of the deadlines that its event counts for."""


class ImportDocument(Document):
    """What an import added to the log."""

    added: Count
    """Number of new entries."""
    skipped: Count
    """Number of entries that the log had already."""
    filled: Count
    """Of these, entries whose payload was withheld until now."""
    withheld: Count
    """Number of entries of the log whose payload is withheld."""
    dry_run: bool
    """Whether nothing was changed, and the rest says what would be."""
    recorders: tuple[ImportedRecorder, ...]
    """Who recorded the new entries."""
    amendments: tuple[ImportedAmendment, ...]
    """What the new entries amend of the log, and amendments without effect."""
    appointments: tuple[ImportedAppointment, ...]
    """What ranks the new entries give."""
    size: Count
    """Number of entries of the log now."""
    root: Base64Hash
    """The root of the tree, SHA-256 in Base64."""


class ShortfallRow(TypedDict):
    """An entry that lacks something a standard asks for."""

    seq: Positive
    """Sequence number in the log."""
    id: Uuid
    lacks: tuple[Requirement, ...]


class Cosigner(TypedDict):
    """A witness of a policy that cosigned."""

    name: str
    """The name in the policy."""
    time: str
    """In UTC, as RFC 3339 writes it."""


class CosignedState(TypedDict):
    """The last state of the log that meets a policy."""

    entries: Count
    witnesses: list[Cosigner]


class StampedState(TypedDict):
    """A time stamp on a state of the log, which was verified."""

    entries: Count
    before: str
    """The state existed before: in UTC, as RFC 3339 writes it."""
    authority: str
    """Subject of the certificate of the authority."""


class VerifyDocument(Document):
    """What was recomputed, and matches."""

    size: Count
    """Number of entries of the log."""
    root: Base64Hash
    """The root of the tree, SHA-256 in Base64."""
    redacted: Count
    """Number of entries whose payload was removed by a redaction."""
    withheld: Count
    """Number of entries whose payload was withheld from the file, or from an import."""
    files: Count
    """Number of evidence files."""
    checkpoints: Count
    """Number of checkpoints that the log was compared with."""
    shortfalls: tuple[ShortfallRow, ...] | None
    """Entries that lack something the standard asks for; `null` without --standard."""
    cosigned: CosignedState | None
    """The last state that meets the policy; null without `--policy`."""
    stamps: list[StampedState]
    """Time stamps that were verified; empty without `--tsa-root`."""


class Setting(TypedDict):
    """A setting and where it comes from."""

    value: str | None
    source: str


class ConfigDocument(Document):
    """The effective settings, and the source of each."""

    settings: dict[str, Setting]


class Finding(TypedDict):
    """Result of a check."""

    check: str
    """What was checked."""
    state: Annotated[str, ("enum", ("ok", "note", "problem"))]
    """A note is worth knowing; nothing is broken."""
    says: str
    """What was seen."""
    advice: str | None
    """What to do, if anything."""


class RegisterDiffDocument(Document):
    """Differences between two registers, each fact once."""

    old: model.RegisterName
    new: model.RegisterName
    differences: tuple[model.FactChange, ...]


class RegisterStatusDocument(Document):
    """The register in use, and where releases come from."""

    origin: model.RegisterOrigin
    paths: tuple[str, ...]
    reviewed: date
    seen_to: date | None
    age_days: int
    """Days since `seen_to`, or without it since `reviewed`."""
    sha256: Sha256
    release: Positive | None
    next_review: date | None
    """Of the release in use."""
    note: str | None
    """Why an installed release is not used."""
    channel: str | None
    """Name of the channel whose key is configured."""
    address: str | None
    """Address of the release channel in the configuration."""
    newest_seen: Positive | None
    """The newest release that was seen in that channel."""
    installed: tuple[Positive, ...]
    """Numbers of the releases that are installed, the newest last."""
    rolled_back: Positive | None


class DoctorDocument(Document):
    """What orderwatch needs, its state, and what to do."""

    version: str
    """Version of orderwatch."""
    exit_code: Annotated[int, ("enum", (0, 2, 3, 4, 5))]
    """0 without a problem, else that of the worst: 4 the log, 3 the register, 2 the
    configuration, 5 the mail server."""
    findings: list[Finding]


class Reminder(TypedDict):
    """A deadline in a reminder to one recipient."""

    said: datetime
    channel: Annotated[str, ("enum", ("stdout", "mail", "notify"))]
    recipient: str
    deadline: str
    due: date
    reminder: str
    message: str | None


class RemindersDocument(Document):
    """The reminders that were sent, to whom, and when."""

    reminders: list[Reminder]
