"""A small record to draw: three cases, all kinds of time-limits, and a hostile one."""

from collections.abc import Sequence
from datetime import date

from orderwatch.deadlines import schedule
from orderwatch.frozen import Frozen, replace
from orderwatch.model import (
    Attachment,
    Case,
    CaseFile,
    Contested,
    Decision,
    Ending,
    Event,
    EventKind,
    Grade,
    Kind,
    Obligation,
    On,
    Order,
    Origin,
    Outcome,
    Period,
    Provenance,
    Role,
    Schedule,
    Source,
    Standing,
    Status,
    TreeHead,
    Undated,
    Votes,
    Within,
)
from orderwatch.status import assess
from tests.support.build import COURT

DAY = date(2024, 6, 20)
SPLIT = Votes(
    in_favour=13,
    against=2,
    dissenting=("Alpha", "Beta (ad hoc)"),
    grade=Grade.COURT,
    names_grade=Grade.COPY,
)
MONTH = Period(months=1)
SEEN = Source(url="https://example.org/clause", grade=Grade.COPY, title="The clause")

_LIGHT = Case(
    court=COURT,
    number=901,
    short="Ruritania v. Atlantis",
    title="Border Lighthouse (Ruritania v. Atlantis)",
    applicants=("Ruritania",),
    respondents=("Atlantis",),
    url="https://example.org/case/901",
    seen=date(2024, 6, 1),
    state="Pending on a copy of the list.",
    sources=(SEEN,),
)
_CANAL = Case(
    court=COURT,
    number=902,
    short="Borduria v. Syldavia",
    title="Canal Works (Borduria v. Syldavia)",
    applicants=("Borduria",),
    respondents=("Syldavia",),
)
_OLD = Case(
    court=COURT,
    number=903,
    short="Freedonia v. Sylvania",
    title="Nuclear Tests (Freedonia v. Sylvania)",
    applicants=("Freedonia",),
    respondents=("Sylvania",),
    ended=Ending(year=1974, day=date(1974, 12, 20), text="Judgment of 20 December 1974"),
    state="Judgment of 20 December 1974.",
)

LIGHTHOUSE = Order(
    case=_LIGHT,
    made=date(2024, 5, 24),
    outcome=Outcome.MODIFIED,
    title="Request for modification",
    alias="lighthouse",
    document="901-20240524-ORD-01-00-EN",
    document_grade=Grade.COMPUTED,
    url="https://example.org/order/901",
    paragraph=57,
    citation="Reports 2024, p. 1",
    bench=15,
    reaffirms=("901/2024-01-26",),
    modifies=("901/2024-01-26",),
    note="Announced by press release.",
    sources=(SEEN,),
)
FIRST = Order(case=_LIGHT, made=date(2024, 1, 26), outcome=Outcome.INDICATED)
CANAL = Order(case=_CANAL, made=date(2023, 8, 31), outcome=Outcome.INDICATED)
TESTS = Order(case=_OLD, made=date(1973, 6, 22), outcome=Outcome.INDICATED, organ="Chamber")

DUTIES = (
    Obligation(
        order=LIGHTHOUSE,
        key="2a",
        point="(2)(a)",
        kind=Kind.REFRAIN,
        also=(Kind.ENSURE,),
        addressees=("Atlantis",),
        summary="Halt at once the works, and any other action on the island, which may "
        "put out the light in whole or in part.",
        limit=Undated(standing=Standing.IMMEDIATE),
        votes=SPLIT,
        grade=Grade.COPY,
        limit_grade=Grade.COPY,
        contested=Contested(text="Whether 'which may' qualifies.", sources=(SEEN,)),
        note="Quoted in full.",
        sources=(SEEN,),
    ),
    Obligation(
        order=LIGHTHOUSE,
        key="3",
        point="(3)",
        kind=Kind.REPORT,
        addressees=("Atlantis",),
        summary="Submit to the Court a report on all measures taken.",
        limit=Within(first=MONTH),
        votes=SPLIT,
    ),
    Obligation(
        order=FIRST,
        key="6",
        point="(6)",
        kind=Kind.REPORT,
        addressees=("Atlantis",),
        summary="Submit a report within one month.",
        limit=Within(first=MONTH),
        votes=Votes(unanimous=True),
    ),
    Obligation(
        order=CANAL,
        key="2b.1",
        point="(2)(B)",
        kind=Kind.REPORT,
        addressees=("Syldavia", "Borduria"),
        summary="Report on the canal.",
        limit=Within(
            first=Period(months=3),
            then_every=Period(months=3),
            until="final decision",
        ),
    ),
    Obligation(
        order=CANAL,
        key="2b.2",
        point="(2)(B)",
        kind=Kind.REPORT,
        addressees=("Syldavia",),
        summary="Report with photographs when the trench is full.",
        limit=Within(first=Period(weeks=1), after="completion of the filling"),
    ),
    Obligation(
        order=TESTS,
        key="sole",
        point="sole",
        kind=Kind.ACT,
        addressees=(),
        summary="Give notice before any test.",
        limit=On(day=date(1973, 8, 15), before=True),
    ),
)
DECISIONS = (
    Decision(
        order=LIGHTHOUSE,
        point="(1)",
        kind=Kind.REAFFIRM,
        summary="Reaffirms the measures.",
        votes=SPLIT,
        grade=Grade.COURT,
        note="As before.",
        sources=(SEEN,),
    ),
)
EVENTS = (
    Event(
        id="ev-901-2024-02-28-1",
        on=date(2024, 2, 28),
        kind=EventKind.SUBMISSION,
        speaker="The Daily Beacon",
        role=Role.MEDIA,
        by=("Atlantis",),
        summary="Reports that Atlantis has filed.",
        about=("901/2024-01-26/6",),
        source="https://example.org/filed",
        inferred=True,
    ),
    Event(
        id="ev-902-2024-03-30-1",
        on=date(2024, 3, 30),
        kind=EventKind.COURT_DECISION,
        speaker="International Court of Justice",
        role=Role.COURT,
        summary="Extends the time to report.",
        about=("902/2023-08-31/2b.1@2024-05-30",),
        source="https://example.org/extended",
        extends_to=date(2024, 6, 30),
    ),
    Event(
        id="0190-3",
        on=date(2024, 6, 10),
        kind=EventKind.ASSESSMENT,
        speaker="Commission of Inquiry",
        role=Role.UN_BODY,
        summary="Paper of 10 June.",
        about=("901/2024-05-24/2a",),
        source="https://example.org/paper",
        further=("https://example.org/paper-2",),
        archive="https://example.org/archived",
        finding="considers that works go on",
        scale="own words",
        origin=Origin.LOG,
        seq=1,
        attachments=(
            Attachment(
                sha256="ab" * 32,
                name="paper.pdf",
                size=12,
                media_type="application/pdf",
            ),
        ),
    ),
    Event(
        id="0190-4",
        on=date(2024, 6, 12),
        kind=EventKind.ASSESSMENT,
        speaker="Ministry of Atlantis",
        role=Role.PARTY,
        summary="Press statement.",
        about=("901/2024-05-24/2a",),
        source="https://example.org/statement",
        finding="says that all works have stopped",
        origin=Origin.LOG,
        seq=2,
    ),
)
ORDERS = (TESTS, CANAL, FIRST, LIGHTHOUSE)


def view(day: date = DAY) -> Provenance:
    """Look from a day, with a log of two entries."""
    return Provenance(
        as_of=day,
        known_on=None,
        reviewed=date(2024, 6, 19),
        register_sha256="0" * 64,
        seen_to=date(2024, 6, 3),
        log=TreeHead(size=2, root=bytes(32), origin="example.org/log"),
        courts=(COURT,),
    )


VIEW = view()


class Example(Frozen):
    """All that the renderers take."""

    view: Provenance
    statuses: tuple[Status, ...]
    case_file: CaseFile
    schedules: tuple[Schedule, ...]
    events: tuple[Event, ...]
    orders: tuple[Order, ...]
    duties: tuple[Obligation, ...]


def example(
    duties: Sequence[Obligation] = DUTIES,
    events: Sequence[Event] = EVENTS,
    *,
    day: date = DAY,
    decisions: Sequence[Decision] = DECISIONS,
) -> Example:
    """Assess obligations on a day, and gather what each output needs."""
    known = [event for event in events if event.on <= day]
    schedules = tuple(schedule(duty, known, until=day) for duty in duties)
    statuses = tuple(assess(plan, known, today=day) for plan in schedules)
    orders = tuple(dict.fromkeys(duty.order for duty in duties))
    about = duties[0].order if duties else LIGHTHOUSE
    own = [i for i, duty in enumerate(duties) if duty.order == about]
    return Example(
        view=view(day),
        statuses=statuses,
        case_file=CaseFile(
            subject=about.id,
            case=about.case,
            orders=(about,),
            decisions=tuple(d for d in decisions if d.order == about),
            statuses=tuple(statuses[i] for i in own),
            schedules=tuple(schedules[i] for i in own),
            events=tuple(known),
        ),
        schedules=schedules,
        events=tuple(known),
        orders=orders,
        duties=tuple(duties),
    )


def spoiled(text: str) -> Example:
    """Put a text into every place that a text from outside can reach."""
    source = Source(url=f"https://example.org/{text}", grade=Grade.COPY, title=text)
    case = Case(
        number=999,
        short=text,
        title=text,
        applicants=(text,),
        respondents=(text,),
        url=text,
        state=text,
        note=text,
        sources=(source,),
    )
    order = Order(
        case=case,
        made=LIGHTHOUSE.made,
        outcome=Outcome.INDICATED,
        title=text,
        document=text,
        url=text,
        organ=text,
        citation=text,
        ended=None,
        note=text,
        sources=(source,),
    )
    votes = Votes(in_favour=8, against=7, dissenting=(text,), note=text)
    dated = Obligation(
        order=order,
        key="1",
        point=text,
        kind=Kind.REPORT,
        addressees=(text,),
        summary=text,
        limit=Within(first=MONTH, then_every=Period(weeks=1), until=text),
        votes=votes,
        ended=None,
        contested=Contested(text=text, sources=(source,)),
        note=text,
        sources=(source,),
    )
    waiting = replace(dated, key="2", limit=Within(first=MONTH, after=text))
    event = Event(
        id="0190-9",
        on=date(2024, 6, 1),
        kind=EventKind.ASSESSMENT,
        speaker=text,
        role=Role.NGO,
        summary=text,
        about=(dated.id,),
        by=(text,),
        source=text,
        further=(text,),
        archive=text,
        finding=text,
        scale=text,
        origin=Origin.LOG,
        seq=1,
        attachments=(Attachment(sha256="cd" * 32, name=text, size=1, media_type=text),),
    )
    filed = replace(event, id="0190-8", kind=EventKind.SUBMISSION)
    decision = replace(DECISIONS[0], order=order, point=text, summary=text, note=text)
    return example((dated, waiting), (event, filed), decisions=(decision,))
