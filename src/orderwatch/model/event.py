"""Events: what is said to have happened, by whom, where."""

from datetime import date, datetime
from enum import StrEnum

from orderwatch.frozen import Frozen


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


class Access(StrEnum):
    """Whether a submission can be read."""

    PUBLIC = "public"
    CONFIDENTIAL = "confidential"


class Origin(StrEnum):
    """Where an event is stored."""

    REGISTER = "register"
    LOG = "log"


class Source(Frozen):
    """A URL, and how well the fact was verified there."""

    url: str
    grade: Grade
    title: str | None = None


class Event(Frozen):
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
    access: Access | None = None
    """Of a submission; `None` if not seen."""
    answers: str | None = None
    """Id of the event that a statement answers."""
    origin: Origin = Origin.REGISTER
    seq: int | None = None
    """Sequence number in the log; `None` in the register."""
    recorded: datetime | None = None
    """When the log recorded it, in UTC; `None` in the register."""
    recorder: str | None = None
    """Name of the recorder."""
    amended_by: str | None = None
    """Effect of a later entry, such as `corrected by entry 7`."""
    void: str | None = None
    """Why it counts for no deadline, although it should."""
    counts: bool = True
    """False once amended, and of an amendment without effect."""
    attachments: tuple["Attachment", ...] = ()

    @property
    def sort_key(self) -> tuple[date, int, str]:
        """Return the day, then the place in the log: of one day, the record comes first."""
        return self.on, self.seq or 0, self.id

    @property
    def subjects(self) -> tuple[str, ...]:
        """Return the ids it is about, once each, with the obligation for its deadlines."""
        return tuple(dict.fromkeys([name.partition("@")[0] for name in self.about]))


def obligation_id(deadline_id: str) -> str:
    """Return the id of the obligation of a deadline; return another id unchanged."""
    return deadline_id.partition("@")[0]


class CaptureRole(StrEnum):
    """Role of a capture: source code, screenshot, web archive or PDF."""

    HTML = "html"
    """The source code."""
    SCREEN = "screen"
    """A picture of the whole page."""
    WACZ = "wacz"
    """An archive of the page and what it loads."""
    PDF = "pdf"
    """A print of the whole page."""


class Capture(Frozen):
    """How a file shows a page: role, and where and when it was captured."""

    role: CaptureRole
    url: str | None = None
    """Address of the page; `None` for that of the source."""
    time: datetime | None = None
    """When the page was captured, in UTC, to the second."""


class Attachment(Frozen):
    """A file stored as evidence."""

    sha256: str
    """Lower-case hexadecimal."""
    name: str
    size: int
    """In bytes."""
    media_type: str
    capture: Capture | None = None
    """`None` for a file that is not a capture of a page."""
