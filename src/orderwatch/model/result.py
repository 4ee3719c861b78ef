"""What is computed: deadlines, statuses, and what a view shows."""

from collections.abc import Container, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Self, TypedDict

from orderwatch.frozen import Frozen
from orderwatch.model.event import Event, Origin
from orderwatch.model.register import (
    YEAR,
    Case,
    Court,
    Decision,
    Ending,
    Obligation,
    Order,
    State,
)

_WEEKDAYS = (*("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),)


class Timing(StrEnum):
    """Position of a day relative to a deadline; never a judgement of compliance."""

    UPCOMING = "upcoming"
    DUE_TODAY = "due-today"
    PASSED = "passed"
    UNDATED = "undated"
    AWAITING_TRIGGER = "awaiting-trigger"
    ENDED = "ended"


class Deadline(Frozen):
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
    def log_id(self) -> str:
        """Return the id as the log has it: with the id of the court and a colon."""
        return f"{self.obligation.log_id}@{self.first_due}"

    @property
    def weekday(self) -> str:
        """Return the day of the week of `due`."""
        return _WEEKDAYS[self.due.weekday()]

    @property
    def extended_from(self) -> date | None:
        """Return the date first computed if it was extended, else `None`."""
        return None if self.due == self.first_due else self.first_due


class Revision(Frozen):
    """Number and time of the last change to the meaning of a deadline."""

    sequence: int
    """Larger after each change."""
    modified: datetime
    """In UTC, to the second; later after each change."""


class Schedule(Frozen):
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


class Submission(Frozen):
    """A submission on record for a deadline."""

    state: SubmissionState
    days_late: int
    """Counted from the due date; 0 on it and before."""
    event: Event


class DeadlineStatus(Frozen):
    """A deadline as of a day."""

    deadline: Deadline
    timing: Timing
    days_left: int
    """Calendar days; negative when passed."""
    submission: Submission | None = None

    def row(self) -> "DeadlineRow":
        """Return the deadline as a flat record."""
        deadline, submission = self.deadline, self.submission
        obligation, order = deadline.obligation, deadline.obligation.order
        return {
            "id": deadline.id,
            "due": deadline.due,
            "weekday": deadline.weekday,
            "days_left": self.days_left,
            "timing": self.timing.value,
            "non_working_day": deadline.non_working is not None,
            "computed": deadline.first_due,
            "extended_from": deadline.extended_from,
            "obligation": obligation.id,
            "alias": obligation.alias,
            "label": obligation.display_label,
            "kind": obligation.kind.value,
            "case": order.case.id,
            "case_short": order.case.short,
            "order": order.id,
            "order_date": order.made,
            "addressees": obligation.addressees,
            "submission_state": submission.state.value if submission else None,
            "submission_on": submission.event.on if submission else None,
            "submission_days_late": submission.days_late if submission else None,
            "submission_speaker": submission.event.speaker if submission else None,
            "submission_source": submission.event.source if submission else None,
            "url": order.url,
        }


class DeadlineRow(TypedDict):
    """A deadline as a flat record."""

    id: str
    due: date
    weekday: str
    days_left: int
    timing: str
    non_working_day: bool
    computed: date
    """Date first computed."""
    extended_from: date | None
    obligation: str
    alias: str | None
    label: str
    kind: str
    case: str
    case_short: str
    order: str
    order_date: date
    addressees: tuple[str, ...]
    submission_state: str | None
    submission_on: date | None
    submission_days_late: int | None
    submission_speaker: str | None
    submission_source: str | None
    url: str | None
    """Of the order."""


class HitField(StrEnum):
    """Field of a case, order, obligation or event that matches a search, best first."""

    NAME = "name"
    """Title, party, alias, number or document number."""
    LABEL = "label"
    """Label or kind of an obligation; title or date of an order."""
    SUMMARY = "summary"
    EVENT = "event"
    """Summary, kind, speaker or date of an event."""


class Hit(Frozen):
    """A case, order, obligation or event that a search matches."""

    id: str
    case: Case
    order: Order | None = None
    """`None` for a case, and for an event about a case."""
    obligation: Obligation | None = None
    event: Event | None = None
    fields: tuple[HitField, ...] = ()
    """Fields that have the words; empty for what an id, title, date or State names."""
    in_force: bool = False
    """Of a case: whether it is pending."""
    due: date | None = None
    """The next date of an obligation that is due."""

    @classmethod
    def of(cls, item: Case | Order | Obligation, day: date) -> Self:
        """Build the hit of a case, an order or an obligation."""
        if isinstance(item, Case):
            is_pending = item.ended is None or not item.ended.is_over_on(day)
            return cls(id=item.id, case=item, in_force=is_pending)
        if isinstance(item, Order):
            return cls(id=item.id, case=item.case, order=item, in_force=item.in_force(day))
        order = item.order
        return cls(
            id=item.id,
            case=order.case,
            order=order,
            obligation=item,
            in_force=item.in_force(day),
        )

    @property
    def type(self) -> str:
        """Return `case`, `order`, `obligation` or `event`."""
        if self.event:
            return "event"
        return "obligation" if self.obligation else "order" if self.order else "case"

    @property
    def alias(self) -> str | None:
        """Return the alias that is shown, if there is one."""
        if self.event:
            return None
        if self.obligation:
            return self.obligation.alias
        return self.order.alias if self.order else None

    @property
    def day(self) -> date | None:
        """Return the day of the event or the order; `None` for a case."""
        if self.event:
            return self.event.on
        return self.order.made if self.order else None

    @property
    def parents(self) -> tuple[str, ...]:
        """Return the ids of what a case, order or obligation belongs to."""
        items = (self.order, self.case) if self.obligation else (self.case,) if self.order else ()
        return tuple(item.id for item in items if item is not None)


class EventCount(Frozen):
    """Number and latest of the events that are not loaded."""

    count: int = 0
    latest: Event | None = None
    """Latest by day."""


class Status(Frozen):
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


class CaseFile(Frozen):
    """A case, order or obligation with all events about it, as of a day."""

    subject: str
    """Requested id."""
    case: Case
    orders: tuple[Order, ...]
    decisions: tuple[Decision, ...]
    statuses: tuple[Status, ...]
    schedules: tuple[Schedule, ...]
    """Of the same obligations, in the same order."""
    events: Sequence[Event]
    """Events that name any of these, a parent or a child, oldest first."""

    @property
    def sources(self) -> tuple[str, ...]:
        """Return the address of each source once, in the order in which `show` numbers them.

        First those of the case, then of each order, its decisions and obligations, then of
        the events, the newest first. The page of the order itself is not among them.
        """
        entries = [*self.case.sources]
        for order in self.orders:
            entries += order.sources
            for decision in self.decisions:
                if decision.order == order:
                    entries += decision.sources
            for status in self.statuses:
                if status.obligation.order == order:
                    contested = status.obligation.contested
                    entries += contested.sources if contested else ()
                    entries += status.obligation.sources
        urls = [entry.url for entry in entries]
        for event in reversed(self.events):
            urls += filter(None, (event.source, *event.further, event.archive))
        return tuple(dict.fromkeys(urls))


class CitationStyle(StrEnum):
    """Style of a citation."""

    LINE = "line"
    OSCOLA = "oscola"
    BLUEBOOK = "bluebook"
    BIBTEX = "bibtex"
    CSL = "csl"


class Citation(Frozen):
    """A case, order or obligation to cite, and one deadline of it."""

    case: Case
    order: Order | None = None
    obligation: Obligation | None = None
    deadline: Deadline | None = None
    reviewed: date
    """The day the register was last checked against its sources."""
    accessed: date


class ChangeKind(StrEnum):
    """Type of a change of the register or the log."""

    ADDED = "added"
    CORRECTED = "corrected"
    RETRACTED = "retracted"
    REDACTED = "redacted"
    RECORDER = "recorder"
    """It named or revoked an editor of the log."""
    HANDOVER = "handover"
    """It said that an entry changed hands."""


class RecordChange(Frozen):
    """One change of the register or the log: an addition or a correction, on a day."""

    day: date
    """In the log, the day it was recorded, in UTC."""
    origin: Origin
    kind: ChangeKind
    ids: tuple[str, ...]
    what: str
    was: str | None = None
    """Previous value; `None` for an addition or a redacted value."""
    why: str | None = None
    moved_to: date | None = None
    """New date of a deadline, of an event that extends it."""
    entry: int | None = None
    """Number of the entry in the log."""
    recorder: str | None = None
    counts: bool = True
    """False for an amendment of the log without effect."""


class FactKind(StrEnum):
    """Difference of one fact between two registers."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


class FactChange(Frozen):
    """A fact that differs between two registers."""

    kind: FactKind
    part: str
    """Kind of the record, such as `obligation` or `event`."""
    id: str
    field: str | None = None
    """The key that changed; `None` if the whole was added or removed."""
    was: str | None = None
    """The old value, of a list what was removed."""
    now: str | None = None
    """The new value, of a list what was added."""


class RegisterName(Frozen):
    """A register that is compared with another."""

    name: str
    reviewed: date
    seen_to: date | None
    sha256: str


class RegisterOrigin(StrEnum):
    """Source of the register in use: shipped, installed or a file."""

    SHIPPED = "shipped"
    INSTALLED = "installed"
    OWN = "own"


class RegisterStatus(Frozen):
    """The register in use, and the releases of it."""

    origin: RegisterOrigin
    paths: tuple[str, ...]
    reviewed: date
    seen_to: date | None
    age_days: int
    """Days since `seen_to`, or without it since `reviewed`."""
    sha256: str
    release: int | None
    next_review: date | None
    """Of the release in use."""
    note: str | None
    """Why an installed release is not used."""
    channel: str | None
    """Name of the channel whose key is configured."""
    address: str | None
    """Address of the release channel in the configuration."""
    newest_seen: int | None
    """The newest release that was seen in that channel."""
    installed: tuple[int, ...]
    """Numbers of the releases that are installed, the newest last."""
    rolled_back: int | None


class TreeHead(Frozen):
    """Size, root and origin of a state of the log."""

    size: int
    root: bytes
    origin: str | None = None
    """Origin line of its checkpoints; `None` before the log exists."""


class EventEffect(Frozen):
    """What an event counts for."""

    text: str
    """Such as `counts as the submission for 23 November 2026`."""
    deadlines: tuple[str, ...] = ()
    """Ids of the deadlines that it counts for."""
    is_void: bool = False
    """Whether it should count for a deadline, and counts for none."""


class Provenance(Frozen):
    """As-of date, state of the register and of the log: printed on every output."""

    as_of: date
    known_on: date | None
    reviewed: date
    register_sha256: str
    seen_to: date | None
    log: TreeHead
    courts: tuple[Court, ...] = ()
    """Courts of the register."""
    follow: tuple[str, ...] = ()
    """Names of the configuration that the answer is limited to; empty if it is not."""
    days: tuple[tuple[str, date], ...] = ()
    """Each time zone of the courts, and the date there; empty if there is one zone."""
    awaiting: tuple[Order, ...] = ()
    """Orders of the register that await coding."""
    release: int | None = None
    """Number of the installed release of the register; `None` for another register."""
    register_note: str | None = None
    """Why the installed release of the register is not used, for users."""

    @property
    def court(self) -> Court | None:
        """Return the court; `None` if none is named, or several are."""
        return self.courts[0] if len(self.courts) == 1 else None

    @property
    def time_zone(self) -> str:
        """Return the time zones that decide what today is, with commas."""
        return ", ".join(dict.fromkeys(court.time_zone for court in self.courts)) or "UTC"

    @property
    def known_to(self) -> date:
        """Return the day to which decisions are known: `seen_to`, or else `reviewed`."""
        return self.seen_to or self.reviewed

    @property
    def age_days(self) -> int:
        """Return the days from `known_to` to `as_of`; negative if that day is later."""
        return (self.as_of - self.known_to).days

    @property
    def stale(self) -> bool:
        """Return whether the register was reviewed more than a year before `as_of`."""
        return self.as_of - self.reviewed > YEAR


class Licence(Frozen):
    """A licence of text and data."""

    id: str
    """SPDX identifier."""
    title: str
    url: str


CC_BY = Licence(
    id="CC-BY-4.0",
    title="Creative Commons Attribution 4.0",
    url="https://creativecommons.org/licenses/by/4.0/",
)
"""Of the register that ships: its wording, coding and compilation."""


class Site(Frozen):
    """Content of a published folder, as of a day."""

    view: Provenance
    cases: tuple[CaseFile, ...]
    """One for each selected case, the newest first."""
    overview: tuple[Status, ...]
    """All selected statuses."""
    base_url: str | None = None
    """Ends with `/`; `None` if not set."""
    public_log: bool = True
    proofs: Container[int] = ()
    """Sequence numbers of the entries with a file `proofs/<uuid>.tlog-proof`."""
    licence: Licence | None = None
    """Of the register; `None` for a register of one's own."""
    languages: tuple[tuple[str, str, str], ...] = ()
    """Of each language: its code, its name in itself, and the path of its folder; none for one."""
    shared: str = ""
    """Path from the folder of a language to that of the data, which all languages share."""
    site_url: str | None = None
    """URL of the folder of the data, if `base_url` is that of a language."""
    pictures: bool = False
    """Whether a PNG is written beside each timeline."""
    states: tuple[State, ...] = ()
    """Those that can have a page: the States of the register."""
