"""Frozen types that all modules share.

All dates are calendar days at the seat of the Court (Europe/Amsterdam).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

YEAR = timedelta(days=366)
"""Age after which a register is stale: a year, leap or not."""


class Grade(StrEnum):
    """How well a fact was verified."""

    COURT = "court"
    """On a page of the Court or of the United Nations."""
    COPY = "copy"
    """In a verbatim copy or a translation of the Court's text."""
    SECONDARY = "secondary"
    """In news, papers of NGOs, law blogs, or public data sets."""
    COMPUTED = "computed"
    """Computed from other facts."""


class Outcome(StrEnum):
    """What an order did with provisional measures."""

    INDICATED = "indicated"
    MODIFIED = "modified"
    REAFFIRMED = "reaffirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    POSTPONED = "postponed"


class Kind(StrEnum):
    """What a point of an operative clause requires or decides."""

    PREVENT = "prevent"
    REFRAIN = "refrain"
    ENSURE = "ensure"
    ACT = "act"
    PRESERVE_EVIDENCE = "preserve-evidence"
    PUNISH = "punish"
    REPORT = "report"
    INFORM = "inform"
    COOPERATE = "cooperate"
    NON_AGGRAVATION = "non-aggravation"
    PERMIT = "permit"
    REAFFIRM = "reaffirm"
    MODIFY = "modify"
    DECLINE = "decline"
    PROCEDURAL = "procedural"
    OTHER = "other"


class EventKind(StrEnum):
    """Kind of an event."""

    SUBMISSION = "submission"
    COURT_DECISION = "court-decision"
    ASSESSMENT = "assessment"
    STATEMENT = "statement"
    STEP = "step"
    DEVELOPMENT = "development"
    NOTE = "note"


class Role(StrEnum):
    """Capacity in which a speaker speaks."""

    COURT = "court"
    PARTY = "party"
    OTHER_STATE = "other-state"
    UN_BODY = "un-body"
    NGO = "ngo"
    MEDIA = "media"
    OTHER = "other"


class Origin(StrEnum):
    """Where an event is stored."""

    REGISTER = "register"
    LOG = "log"


class Standing(StrEnum):
    """Time-limit of an obligation for which no day can be computed."""

    IMMEDIATE = "immediate"
    CONTINUING = "continuing"
    UNSPECIFIED = "unspecified"
    """A single act or notice for which the order sets no time."""


class Timing(StrEnum):
    """Position of a day relative to a deadline; never a judgement of compliance."""

    UPCOMING = "upcoming"
    DUE_TODAY = "due-today"
    PASSED = "passed"
    UNDATED = "undated"
    AWAITING_TRIGGER = "awaiting-trigger"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A URL, and how well the fact was verified there."""

    url: str
    grade: Grade
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A length of time in calendar units; at least one part is positive."""

    years: int = 0
    months: int = 0
    weeks: int = 0
    days: int = 0

    def __str__(self) -> str:
        """Format the period, such as `4 months` or `1 year and 2 weeks`."""
        parts = [
            f"{count} {unit}{'' if count == 1 else 's'}"
            for count, unit in (
                (self.years, "year"),
                (self.months, "month"),
                (self.weeks, "week"),
                (self.days, "day"),
            )
            if count
        ]
        return " and ".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Undated:
    """A time-limit without a day."""

    standing: Standing
    after: str | None = None
    """Trigger from which the obligation runs; `None` if it runs from the order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class On:
    """A day that the order names."""

    day: date
    before: bool = False
    """The order says "before" that day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """A period counted from the order or a trigger, once or recurring."""

    first: Period
    after: str | None = None
    """Trigger from which `first` runs; `None` if it runs from the order."""
    then_every: Period | None = None
    """Interval of later dates, counted from the first; `None` if there are none."""
    until: str | None = None
    """Event that ends the series, in the words of the register."""


TimeLimit = Undated | On | Within


@dataclass(frozen=True, slots=True, kw_only=True)
class Votes:
    """Votes on a point; `None` where the source does not say."""

    in_favour: int | None = None
    against: int | None = None
    unanimous: bool = False
    dissenting: tuple[str, ...] | None = None
    """Names of those who voted against; `()` if nobody did, `None` if not seen."""
    grade: Grade | None = None
    """How well the count was verified."""
    names_grade: Grade | None = None
    """How well the names were verified."""
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """End of a case, of the measures of an order, or of one obligation."""

    year: int
    day: date | None = None
    """`None` if the day was not seen."""
    text: str | None = None

    def is_over_on(self, day: date) -> bool:
        """Return whether it had ended by the end of `day`."""
        return self.day <= day if self.day else self.year < day.year


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case on the Court's General List."""

    number: int
    short: str
    title: str
    applicants: tuple[str, ...]
    respondents: tuple[str, ...]
    url: str | None = None
    seen: date | None = None
    """Last day on which the state of the case was checked."""
    ended: Ending | None = None
    state: str | None = None
    """The state of the case in a sentence."""
    note: str | None = None
    sources: tuple[Source, ...] = ()

    @property
    def id(self) -> str:
        """Return the number, as used in ids."""
        return str(self.number)

    @property
    def parties(self) -> tuple[str, ...]:
        """Return applicants and respondents."""
        return self.applicants + self.respondents


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A decision on provisional measures."""

    case: Case
    made: date
    outcome: Outcome
    title: str | None = None
    alias: str | None = None
    document: str | None = None
    """The Court's number of the document."""
    document_grade: Grade | None = None
    url: str | None = None
    """The Court's own page or PDF."""
    paragraph: int | None = None
    """The operative paragraph."""
    organ: str = "Court"
    citation: str | None = None
    bench: int | None = None
    """Number of judges who sat."""
    reaffirms: tuple[str, ...] = ()
    """Ids of the earlier orders that it restates."""
    modifies: tuple[str, ...] = ()
    ended: Ending | None = None
    """The end of its measures."""
    note: str | None = None
    sources: tuple[Source, ...] = ()

    @property
    def id(self) -> str:
        """Return the id: case and date, such as `192/2024-05-24`."""
        return f"{self.case.id}/{self.made}"

    @property
    def indicates(self) -> bool:
        """Return whether it left measures in force."""
        return self.outcome in {
            Outcome.INDICATED,
            Outcome.MODIFIED,
            Outcome.REAFFIRMED,
        }

    def in_force(self, day: date) -> bool:
        """Return whether its measures are in force at the end of `day`."""
        endings = (self.ended, self.case.ended)
        return (
            self.indicates
            and self.made <= day
            and not any(
                ending is not None and ending.is_over_on(day) for ending in endings
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A point of an operative clause that imposes no obligation."""

    order: Order
    point: str
    kind: Kind
    summary: str
    votes: Votes | None = None
    grade: Grade | None = None
    note: str | None = None
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contested:
    """A reading that is disputed, with sources."""

    text: str
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """A point, or part of a point, of an operative clause that requires something."""

    order: Order
    key: str
    """The last part of the id: `2a`, `2b.1`, `sole`."""
    point: str
    """The point as the order prints it: `(2)(a)`."""
    kind: Kind
    addressees: tuple[str, ...]
    summary: str
    limit: TimeLimit
    also: tuple[Kind, ...] = ()
    votes: Votes | None = None
    grade: Grade | None = None
    limit_grade: Grade | None = None
    ended: Ending | None = None
    contested: Contested | None = None
    note: str | None = None
    sources: tuple[Source, ...] = ()

    @property
    def id(self) -> str:
        """Return the id: case, date and point, such as `192/2024-05-24/2a`."""
        return f"{self.order.id}/{self.key}"

    @property
    def alias(self) -> str | None:
        """Return the id with the alias of the order, such as `rafah/2a`."""
        return f"{self.order.alias}/{self.key}" if self.order.alias else None

    @property
    def paragraph(self) -> str:
        """Return operative paragraph and point, such as `57(2)(a)`."""
        return f"{self.order.paragraph or ''}{self.point}"

    @property
    def end(self) -> Ending | None:
        """Return the first recorded ending of obligation, order or case."""
        endings = [
            e for e in (self.ended, self.order.ended, self.order.case.ended) if e
        ]
        return min(endings, key=lambda e: e.day or date(e.year, 12, 31), default=None)

    def in_force(self, day: date) -> bool:
        """Return whether it is in force at the end of `day`."""
        is_over = self.ended is not None and self.ended.is_over_on(day)
        return self.order.in_force(day) and not is_over


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, on a date, according to a speaker, at a source."""

    id: str
    """Such as `ev-192-2024-02-26-1` in the register; a UUIDv7 in the log."""
    on: date
    kind: EventKind
    speaker: str
    """Person or body who says so."""
    role: Role
    summary: str
    about: tuple[str, ...] = ()
    """Full ids of cases, orders, obligations and deadlines, in lower case."""
    by: tuple[str, ...] = ()
    """Actor, if not the speaker, such as the State that submitted."""
    source: str | None = None
    further: tuple[str, ...] = ()
    archive: str | None = None
    grade: Grade | None = None
    inferred: bool = False
    """Whether the day was inferred, not stated by the source."""
    finding: str | None = None
    """Result of an assessment, in the terms of `scale`."""
    scale: str | None = None
    extends_to: date | None = None
    trigger: str | None = None
    """Trigger of a time-limit that this event is, in the words of the register."""
    ends: bool = False
    """Whether it ends what it is about."""
    origin: Origin = Origin.REGISTER
    seq: int | None = None
    """Sequence number in the log; `None` in the register."""
    recorded: datetime | None = None
    """When the log recorded it, in UTC; `None` in the register."""
    recorder: str | None = None
    """Name of the recorder."""
    amended_by: str | None = None
    """Effect of a later entry, such as `corrected by entry 7`."""
    attachments: tuple["Attachment", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file stored as evidence."""

    sha256: str
    """Lower-case hexadecimal."""
    name: str
    size: int
    """In bytes."""
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Content of a register file."""

    reviewed: date
    """The day it was last checked against its sources."""
    sha256: str
    """Of the bytes of the file, lower-case hexadecimal."""
    cases: tuple[Case, ...]
    orders: tuple[Order, ...]
    obligations: tuple[Obligation, ...]
    decisions: tuple[Decision, ...]
    events: tuple[Event, ...]
    seen_to: date | None = None
    """Date up to which the list of decisions was checked."""
    coverage: str | None = None
    """Coverage of the sources, in a sentence or two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A computed date of an obligation."""

    obligation: Obligation
    number: int
    """Position in the series, from 1."""
    first_due: date
    """Date first computed; part of the id."""
    due: date
    """Effective date: `first_due`, or the date it was extended to."""
    non_working: str | None = None
    """Why `due` is no working day, such as `Sunday`; it is never moved."""
    steps: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Return the id: obligation and the date first computed."""
        return f"{self.obligation.id}@{self.first_due}"

    @property
    def extended_from(self) -> date | None:
        """Return the date first computed if it was extended, else `None`."""
        return None if self.due == self.first_due else self.first_due


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Deadlines of an obligation, as far as they can be computed."""

    obligation: Obligation
    deadlines: tuple[Deadline, ...] = ()
    awaiting: str | None = None
    """Trigger that is not on record yet."""
    ended: Ending | None = None
    """Ending up to the requested day."""
    notes: tuple[str, ...] = ()
    """Why there is no date, or why the series stops."""


class SubmissionState(StrEnum):
    """Source of a submission: a speaker or the Court."""

    REPORTED = "reported"
    CONFIRMED = "confirmed"
    """The Court says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A submission on record for a deadline."""

    state: SubmissionState
    days_late: int
    """Counted from the due date; 0 on it and before."""
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineStatus:
    """A deadline as of a day."""

    deadline: Deadline
    timing: Timing
    days_left: int
    """Calendar days; negative when passed."""
    submission: Submission | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventCount:
    """Number and latest of the events that are not loaded."""

    count: int = 0
    latest: Event | None = None
    """Latest by day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Status of an obligation as of a day."""

    obligation: Obligation
    timing: Timing
    in_force: bool
    deadlines: tuple[DeadlineStatus, ...] = ()
    current: DeadlineStatus | None = None
    """Current deadline: the earliest that has not passed, else the last."""
    awaiting: str | None = None
    assessments: tuple[Event, ...] = ()
    """Latest of each speaker on each scale."""
    events: tuple[Event, ...] = ()
    """Loaded events that name the obligation or a deadline of it, oldest first."""
    count: int = 0
    """Number of events that name it, loaded or not."""
    latest: Event | None = None
    """Latest by day."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """A case, order or obligation with all events about it, as of a day."""

    subject: str
    """Requested id."""
    case: Case
    orders: tuple[Order, ...]
    decisions: tuple[Decision, ...]
    statuses: tuple[Status, ...]
    schedules: tuple[Schedule, ...]
    """Of the same obligations, in the same order."""
    events: tuple[Event, ...]
    """Events that name any of these, a parent or a child, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeHead:
    """Size, root and origin of a state of the log."""

    size: int
    root: bytes
    origin: str | None = None
    """Origin line of its checkpoints; `None` before the log exists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """As-of date, state of the register and of the log: printed on every output."""

    as_of: date
    known_on: date | None
    reviewed: date
    register_sha256: str
    seen_to: date | None
    log: TreeHead
    time_zone: str = "Europe/Amsterdam"

    @property
    def stale(self) -> bool:
        """Return whether the register was reviewed more than a year before `as_of`."""
        return self.as_of - self.reviewed > YEAR


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Content of a published folder, as of a day."""

    view: Provenance
    cases: tuple[Dossier, ...]
    """One for each selected case, the newest first."""
    overview: tuple[Status, ...]
    """All selected statuses."""
    base_url: str | None = None
    """Ends with `/`; `None` if not set."""
    public_log: bool = True
    proofs: tuple[str, ...] = ()
    """UUIDs of the entries with a file `proofs/<uuid>.tlog-proof`."""
    licence: str = "Apache-2.0"
