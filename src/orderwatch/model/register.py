"""The register: cases, orders, obligations and what they ask."""

from datetime import date, timedelta
from enum import StrEnum

from orderwatch.frozen import Frozen
from orderwatch.model.event import Event, Grade, Source
from orderwatch.text import name_key
from orderwatch.translation import both, mark, ngettext

YEAR = timedelta(days=366)
"""Age after which a register is stale: a year, leap or not."""


class Outcome(StrEnum):
    """What an order did with provisional measures."""

    INDICATED = "indicated"
    MODIFIED = "modified"
    REAFFIRMED = "reaffirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    POSTPONED = "postponed"
    AWAITING_CODING = "awaiting-coding"
    """The order is on the court's list, and was not read yet."""


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

    @property
    def label(self) -> str:
        """Return the label of an obligation of this kind that has none of its own."""
        return _KIND_LABELS[self]


_KIND_LABELS = {
    Kind.PREVENT: mark("Prevent the acts named"),
    Kind.REFRAIN: mark("Refrain from the acts named"),
    Kind.ENSURE: mark("Ensure what the order names"),
    Kind.ACT: mark("Take the measures named"),
    Kind.PRESERVE_EVIDENCE: mark("Preserve evidence"),
    Kind.PUNISH: mark("Punish the acts named"),
    Kind.REPORT: mark("Report to the court"),
    Kind.INFORM: mark("Give the information named"),
    Kind.COOPERATE: mark("Cooperate"),
    Kind.NON_AGGRAVATION: mark("Do not aggravate the dispute"),
    Kind.PERMIT: mark("Allow what the order names"),
    Kind.REAFFIRM: mark("Measures reaffirmed"),
    Kind.MODIFY: mark("Measures modified"),
    Kind.DECLINE: mark("Request declined"),
    Kind.PROCEDURAL: mark("Procedural step"),
    Kind.OTHER: mark("Other obligation"),
}


class Standing(StrEnum):
    """Time-limit of an obligation for which no day can be computed."""

    IMMEDIATE = "immediate"
    CONTINUING = "continuing"
    UNSPECIFIED = "unspecified"
    """A single act or notice for which the order sets no time."""


class Period(Frozen):
    """A length of time in calendar units; at least one part is positive."""

    years: int = 0
    months: int = 0
    weeks: int = 0
    days: int = 0

    def __str__(self) -> str:
        """Format the period, such as `4 months` or `1 year and 2 weeks`."""
        parts = (
            ngettext("{n} year", "{n} years", self.years).format(n=self.years),
            ngettext("{n} month", "{n} months", self.months).format(n=self.months),
            ngettext("{n} week", "{n} weeks", self.weeks).format(n=self.weeks),
            ngettext("{n} day", "{n} days", self.days).format(n=self.days),
        )
        numbers = (self.years, self.months, self.weeks, self.days)
        used = [part for part, number in zip(parts, numbers, strict=True) if number]
        return both(used or parts[-1:])


class Undated(Frozen):
    """A time-limit without a day."""

    standing: Standing
    after: str | None = None
    """Trigger from which the obligation runs; `None` if it runs from the order."""


class On(Frozen):
    """A day that the order names."""

    day: date
    before: bool = False
    """The order says "before" that day."""


class Within(Frozen):
    """A period counted from the order or a trigger, once or recurring."""

    first: Period
    after: str | None = None
    """Trigger from which `first` runs; `None` if it runs from the order."""
    then_every: Period | None = None
    """Interval of later dates, counted from the first; `None` if there are none."""
    until: str | None = None
    """Event that ends the series, in the words of the register."""


TimeLimit = Undated | On | Within


class Votes(Frozen):
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
    on_clause: bool = False
    """Whether this is one vote on the whole clause, not on the point alone."""
    names_printed: bool = True
    """Whether the court printed the names of those who voted."""


class Ending(Frozen):
    """End of a case, of the measures of an order, or of one obligation."""

    year: int
    day: date | None = None
    """`None` if the day was not seen."""
    text: str | None = None

    @property
    def last_day(self) -> date:
        """Return the day; the last of the year if the day was not seen."""
        return self.day or date(self.year, 12, 31)

    def is_over_on(self, day: date) -> bool:
        """Return whether it had ended by the end of `day`."""
        return self.day <= day if self.day else self.year < day.year


class Court(Frozen):
    """The court whose orders a register holds."""

    id: str
    """Prefix of ids when several registers are loaded, such as `icj`."""
    name: str
    short: str
    """Short name, or the name."""
    seat: str | None = None
    time_zone: str = "UTC"
    """IANA name of the time zone that decides what today is."""
    confidentiality: str | None = None
    """The court's rule on reports, in a sentence."""


class State(Frozen):
    """A State that is a party, with further names that people use for it."""

    name: str
    """As the cases print it."""
    aliases: tuple[str, ...] = ()
    code: str | None = None
    """ISO 3166 code of two letters."""
    english: str | None = None
    """The name in the register, where `name` is that of another language."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return every name, that of the active language first."""
        return (self.name, *filter(None, (self.english,)), *self.aliases)


class Change(Frozen):
    """A correction or addition in the history of the register."""

    day: date
    ids: tuple[str, ...]
    """Full ids of what it concerns, in lower case."""
    what: str
    why: str
    was: str | None = None
    """What stood before; `None` where nothing did."""


class Case(Frozen):
    """A case on the list of a court."""

    number: int | str
    """Such as 192, or `36925/10`."""
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
    aliases: tuple[str, ...] = ()
    """Further names that people type."""
    searched: date | None = None
    """Last day on which the record of the case was searched for."""
    court: Court | None = None
    prefix: str = ""
    """Such as `icj:` when several registers are loaded."""

    @property
    def id(self) -> str:
        """Return the number, as used in ids: `192`, `36925-10`."""
        return f"{self.prefix}{self.number}".replace("/", "-")

    @property
    def sort_key(self) -> tuple[int, ...]:
        """Return the number as integers, for sorting."""
        return tuple(int(part) for part in str(self.number).split("/"))

    @property
    def parties(self) -> tuple[str, ...]:
        """Return applicants and respondents."""
        return self.applicants + self.respondents

    @property
    def time_zone(self) -> str:
        """Return the time zone that decides what today is."""
        return self.court.time_zone if self.court else "UTC"


class Order(Frozen):
    """A decision on provisional measures."""

    case: Case
    made: date
    outcome: Outcome
    title: str | None = None
    alias: str | None = None
    document: str | None = None
    """The court's number of the document."""
    document_grade: Grade | None = None
    url: str | None = None
    """The court's own page or PDF."""
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
    aliases: tuple[str, ...] = ()
    """Further names that people type."""
    sequence: int = 1
    """Position among the orders of one case and day."""

    @property
    def id(self) -> str:
        """Return the id: case and date, such as `192/2024-05-24`.

        A second order of that day ends in `-2`.
        """
        suffix = f"-{self.sequence}" if self.sequence > 1 else ""
        return f"{self.case.id}/{self.made}{suffix}"

    @property
    def sort_key(self) -> tuple[date, tuple[int, ...], int]:
        """Return the day, the number of the case and the sequence, for sorting."""
        return self.made, self.case.sort_key, self.sequence

    @property
    def awaits_coding(self) -> bool:
        """Return whether the order was not read yet, so that its content is missing."""
        return self.outcome is Outcome.AWAITING_CODING

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
            and not any(ending is not None and ending.is_over_on(day) for ending in endings)
        )


class Decision(Frozen):
    """A point of an operative clause that imposes no obligation."""

    order: Order
    point: str
    kind: Kind
    summary: str
    votes: Votes | None = None
    grade: Grade | None = None
    note: str | None = None
    sources: tuple[Source, ...] = ()


class Contested(Frozen):
    """A reading that is disputed, with sources."""

    text: str
    sources: tuple[Source, ...] = ()


class Obligation(Frozen):
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
    label: str = ""
    """A few words for screens, calendars and subjects."""
    also: tuple[Kind, ...] = ()
    votes: Votes | None = None
    grade: Grade | None = None
    limit_grade: Grade | None = None
    ended: Ending | None = None
    contested: Contested | None = None
    note: str | None = None
    sources: tuple[Source, ...] = ()
    addressee_keys: frozenset[str] = frozenset()
    """Names and aliases of the addressees, as `text.name_key` compares them."""

    def is_addressee(self, name: str) -> bool:
        """Return whether a name is that of an addressee, or its alias."""
        key = name_key(name)
        return key in self.addressee_keys or key in map(name_key, self.addressees)

    @property
    def id(self) -> str:
        """Return the id: case, date and point, such as `192/2024-05-24/2a`."""
        return f"{self.order.id}/{self.key}"

    @property
    def log_id(self) -> str:
        """Return the id as the log has it: with the id of the court and a colon."""
        case = self.order.case
        return f"{case.court.id}:{self.id}" if case.court and not case.prefix else self.id

    @property
    def alias(self) -> str | None:
        """Return the id with the alias of the order, such as `rafah/2a`."""
        return f"{self.order.alias}/{self.key}" if self.order.alias else None

    @property
    def display_label(self) -> str:
        """Return the label, or that of the kind where the register has none."""
        return self.label or self.kind.label

    @property
    def paragraph(self) -> str:
        """Return operative paragraph and point, such as `57(2)(a)`."""
        return f"{self.order.paragraph or ''}{self.point}"

    @property
    def end(self) -> Ending | None:
        """Return the first recorded ending of obligation, order or case."""
        endings = [e for e in (self.ended, self.order.ended, self.order.case.ended) if e]
        return min(endings, key=lambda ending: ending.last_day, default=None)

    def in_force(self, day: date) -> bool:
        """Return whether it is in force at the end of `day`."""
        is_over = self.ended is not None and self.ended.is_over_on(day)
        return self.order.in_force(day) and not is_over


class Register(Frozen):
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
    courts: tuple[Court, ...] = ()
    """Empty if the file names no court; several if registers were joined."""
    states: tuple[State, ...] = ()
    names: tuple[tuple[str, str, str], ...] = ()
    """Names in other languages: the code of the language, the English name, the other."""
    changes: tuple[Change, ...] = ()
    """History of the register, newest first."""

    @property
    def time_zones(self) -> tuple[str, ...]:
        """Return the time zones that decide what today is, without duplicates."""
        return tuple(dict.fromkeys(court.time_zone for court in self.courts)) or ("UTC",)

    def log_id(self, id_: str) -> str:
        """Return an id as the log has it: with the id of the court and a colon."""
        return f"{self.courts[0].id}:{id_}" if len(self.courts) == 1 else id_

    def local_id(self, id_: str) -> str:
        """Return an id of the log as the register has it.

        `?:` marks the id of a register without a court in one that has one.
        """
        if self.courts and ":" not in id_:
            return f"?:{id_}"
        return id_.removeprefix(f"{self.courts[0].id}:") if len(self.courts) == 1 else id_
