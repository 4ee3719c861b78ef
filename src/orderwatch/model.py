"""The vocabulary: frozen types that every other module speaks.

All dates are calendar days at the seat of the Court (Europe/Amsterdam).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

YEAR = timedelta(days=366)
"""A year, whatever its February: a register that was reviewed before is stale."""


class Grade(StrEnum):
    """How well a fact was seen."""

    COURT = "court"
    """On a page of the Court or of the United Nations."""
    COPY = "copy"
    """In a verbatim copy or a translation of the Court's text."""
    SECONDARY = "secondary"
    """In news, papers of NGOs, law blogs, or public data sets."""
    COMPUTED = "computed"
    """Worked out from facts."""


class Outcome(StrEnum):
    """What an order did with provisional measures."""

    INDICATED = "indicated"
    MODIFIED = "modified"
    REAFFIRMED = "reaffirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    POSTPONED = "postponed"


class Kind(StrEnum):
    """What a point of an operative clause asks for or decides."""

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
    """What sort of thing an event says has happened."""

    SUBMISSION = "submission"
    COURT_DECISION = "court-decision"
    ASSESSMENT = "assessment"
    STATEMENT = "statement"
    STEP = "step"
    DEVELOPMENT = "development"
    NOTE = "note"


class Role(StrEnum):
    """In what capacity a speaker speaks."""

    COURT = "court"
    PARTY = "party"
    OTHER_STATE = "other-state"
    UN_BODY = "un-body"
    NGO = "ngo"
    MEDIA = "media"
    OTHER = "other"


class Origin(StrEnum):
    """Where an event is kept."""

    REGISTER = "register"
    LOG = "log"


class Standing(StrEnum):
    """How an order words a duty for which no day can be computed."""

    IMMEDIATE = "immediate"
    CONTINUING = "continuing"
    UNSPECIFIED = "unspecified"
    """A single act or notice for which the order sets no time."""


class Timing(StrEnum):
    """Where a day stands to a deadline; never a judgement of compliance."""

    UPCOMING = "upcoming"
    DUE_TODAY = "due-today"
    PASSED = "passed"
    UNDATED = "undated"
    AWAITING_TRIGGER = "awaiting-trigger"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An address, and how well the fact was seen there."""

    url: str
    grade: Grade
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A length of time as a lawyer writes it; at least one part is positive."""

    years: int = 0
    months: int = 0
    weeks: int = 0
    days: int = 0

    def __str__(self) -> str:
        """Write the period out: `4 months`, `1 year and 2 weeks`."""
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
    """The trigger from which the duty runs; `None` if it runs from the order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class On:
    """A day that the order names itself."""

    day: date
    before: bool = False
    """The order says "before" that day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """A period counted from the order or from a trigger, once or again and again."""

    first: Period
    after: str | None = None
    """The trigger from which `first` runs; `None` if it runs from the order."""
    then_every: Period | None = None
    """The interval of later dates, counted from the first; `None` if there are none."""
    until: str | None = None
    """What ends the series, in the words of the register."""


TimeLimit = Undated | On | Within


@dataclass(frozen=True, slots=True, kw_only=True)
class Votes:
    """How a point was adopted; what was not seen is `None`."""

    in_favour: int | None = None
    against: int | None = None
    unanimous: bool = False
    dissenting: tuple[str, ...] | None = None
    """Who voted against; `()` if nobody did, `None` if the names were not seen."""
    grade: Grade | None = None
    """How well the count was seen."""
    names_grade: Grade | None = None
    """How well the names were seen."""
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """The end of a case, of the measures of an order, or of one obligation."""

    year: int
    day: date | None = None
    """`None` if the day was not seen."""
    text: str | None = None

    def by(self, day: date) -> bool:
        """Tell whether the end had come by the end of `day`."""
        return self.day <= day if self.day else self.year < day.year


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One entry of the Court's General List."""

    number: int
    short: str
    title: str
    applicants: tuple[str, ...]
    respondents: tuple[str, ...]
    url: str | None = None
    seen: date | None = None
    """The last day on which the state of the case was seen."""
    ended: End | None = None
    state: str | None = None
    """The state of the case in a sentence."""
    note: str | None = None
    sources: tuple[Source, ...] = ()

    @property
    def id(self) -> str:
        """The number, as it stands in ids."""
        return str(self.number)

    @property
    def parties(self) -> tuple[str, ...]:
        """Applicants and respondents."""
        return self.applicants + self.respondents


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One decision on provisional measures."""

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
    """How many judges sat."""
    reaffirms: tuple[str, ...] = ()
    """Ids of the earlier orders that it restates."""
    modifies: tuple[str, ...] = ()
    ended: End | None = None
    """The end of its measures."""
    note: str | None = None
    sources: tuple[Source, ...] = ()

    @property
    def id(self) -> str:
        """Case and date: `192/2024-05-24`."""
        return f"{self.case.id}/{self.made}"

    @property
    def indicates(self) -> bool:
        """Whether it left measures in force."""
        return self.outcome in {
            Outcome.INDICATED,
            Outcome.MODIFIED,
            Outcome.REAFFIRMED,
        }

    def in_force(self, day: date) -> bool:
        """Tell whether its measures stand at the end of `day`, as far as seen."""
        ends = (self.ended, self.case.ended)
        return (
            self.indicates
            and self.made <= day
            and not any(end is not None and end.by(day) for end in ends)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A point of an operative clause that asks nothing of anybody."""

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
    """A reading on which serious readers differ."""

    text: str
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """One point of an operative clause that asks for something; the unit of all."""

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
    ended: End | None = None
    contested: Contested | None = None
    note: str | None = None
    sources: tuple[Source, ...] = ()

    @property
    def id(self) -> str:
        """Case, date and point: `192/2024-05-24/2a`."""
        return f"{self.order.id}/{self.key}"

    @property
    def alias(self) -> str | None:
        """The same with the alias of the order: `rafah/2a`."""
        return f"{self.order.alias}/{self.key}" if self.order.alias else None

    @property
    def paragraph(self) -> str:
        """Operative paragraph, where seen, and point: `57(2)(a)`."""
        return f"{self.order.paragraph or ''}{self.point}"

    @property
    def end(self) -> End | None:
        """The first end that is known: its own, its order's, or its case's."""
        ends = [e for e in (self.ended, self.order.ended, self.order.case.ended) if e]
        return min(ends, key=lambda e: e.day or date(e.year, 12, 31), default=None)

    def in_force(self, day: date) -> bool:
        """Tell whether it stands at the end of `day`, as far as seen."""
        over = self.ended is not None and self.ended.by(day)
        return self.order.in_force(day) and not over


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that is said to have happened, on a date, by a speaker, at a source."""

    id: str
    """Of the register `ev-192-2024-02-26-1`; of the log a UUIDv7."""
    on: date
    kind: EventKind
    speaker: str
    """Who says so."""
    role: Role
    summary: str
    about: tuple[str, ...] = ()
    """Full ids of cases, orders, obligations and deadlines, in lower case."""
    by: tuple[str, ...] = ()
    """Who did it, where that is not the speaker: the State that submitted."""
    source: str | None = None
    further: tuple[str, ...] = ()
    archive: str | None = None
    grade: Grade | None = None
    inferred: bool = False
    """The day was worked out, not seen."""
    finding: str | None = None
    """Of an assessment: what the speaker found, in the words of `scale`."""
    scale: str | None = None
    extends_to: date | None = None
    trigger: str | None = None
    """The trigger of a time-limit that this event is, in the register's words."""
    ends: bool = False
    """Whether what it is about has ended with it."""
    origin: Origin = Origin.REGISTER
    seq: int | None = None
    """Its place in the log; `None` in the register."""
    recorded: datetime | None = None
    """When the log recorded it, in UTC; `None` in the register."""
    recorder: str | None = None
    """Who recorded it."""
    fate: str | None = None
    """What a later entry did to it, such as `corrected by entry 7`."""
    attachments: tuple["Attachment", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file kept as evidence."""

    sha256: str
    """Lower-case hexadecimal."""
    name: str
    size: int
    """In bytes."""
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The content of a register file."""

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
    """How far the list of decisions was seen."""
    coverage: str | None = None
    """How far the sources reach, in a sentence or two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """One computed date of one obligation."""

    obligation: Obligation
    number: int
    """Its place in the series, from 1."""
    first_due: date
    """The date first computed; it stays in the id."""
    due: date
    """The date that counts: `first_due`, or what it was extended to."""
    non_working: str | None = None
    """Why `due` is no working day, such as `Sunday`; it is never moved."""
    steps: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The obligation and the date first computed."""
        return f"{self.obligation.id}@{self.first_due}"

    @property
    def extended_from(self) -> date | None:
        """The date first computed, if another has taken its place."""
        return None if self.due == self.first_due else self.first_due


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The deadlines of one obligation, as far as they can be computed."""

    obligation: Obligation
    deadlines: tuple[Deadline, ...] = ()
    awaiting: str | None = None
    """The trigger that is not on record yet."""
    ended: End | None = None
    """The end that had come by the day asked for."""
    notes: tuple[str, ...] = ()
    """Why there is no date, or why the series stops."""


class SubmissionState(StrEnum):
    """Who says that something was given to the Court."""

    REPORTED = "reported"
    CONFIRMED = "confirmed"
    """The Court says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A submission on record for one deadline."""

    state: SubmissionState
    days_late: int
    """Counted from the due date; 0 on it and before."""
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineStatus:
    """One deadline, seen from one day."""

    deadline: Deadline
    timing: Timing
    days_left: int
    """Calendar days; negative when passed."""
    submission: Submission | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Events about an obligation on which nothing depends but their number."""

    count: int = 0
    latest: Event | None = None
    """The last of them by day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One obligation, seen from one day."""

    obligation: Obligation
    timing: Timing
    in_force: bool
    deadlines: tuple[DeadlineStatus, ...] = ()
    current: DeadlineStatus | None = None
    """The deadline that counts now: the earliest not passed, else the last."""
    awaiting: str | None = None
    assessments: tuple[Event, ...] = ()
    """The latest of each speaker on each scale."""
    events: tuple[Event, ...] = ()
    """Those at hand that name the obligation or one of its deadlines, oldest first."""
    count: int = 0
    """How many name it, at hand or not."""
    latest: Event | None = None
    """The last of them by day."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """All about one case, order or obligation, seen from one day."""

    subject: str
    """The id that was asked for."""
    case: Case
    orders: tuple[Order, ...]
    decisions: tuple[Decision, ...]
    statuses: tuple[Status, ...]
    schedules: tuple[Schedule, ...]
    """Of the same obligations, in the same order."""
    events: tuple[Event, ...]
    """All that name one of these or what stands above or below it, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogHead:
    """What identifies a state of the log."""

    size: int
    root: bytes
    origin: str | None = None
    """The name of the log in its checkpoints; `None` before it exists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """From where a reader looks: printed on every screen and export."""

    as_of: date
    known_on: date | None
    reviewed: date
    register_sha256: str
    seen_to: date | None
    log: LogHead
    time_zone: str = "Europe/Amsterdam"

    @property
    def stale(self) -> bool:
        """Whether the register was last reviewed more than a year before this day."""
        return self.as_of - self.reviewed > YEAR


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What a published folder tells: everything, seen from one day."""

    view: View
    cases: tuple[Dossier, ...]
    """One for each case of the selection, the newest case first."""
    overview: tuple[Status, ...]
    """All statuses of the selection."""
    base_url: str | None = None
    """Ends with `/` when given."""
    public_log: bool = True
    proofs: tuple[str, ...] = ()
    """UUIDs of the entries with a file `proofs/<uuid>.tlog-proof`."""
    licence: str = "Apache-2.0"
