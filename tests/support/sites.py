"""Sites to publish, built of the shipped register and of what nobody would wish for."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

from orderwatch import deadlines
from orderwatch.frozen import replace
from orderwatch.model import (
    CaseFile,
    Contested,
    Decision,
    Event,
    EventKind,
    Grade,
    Kind,
    Role,
    Site,
    Source,
    Votes,
)
from orderwatch.settings import load
from orderwatch.snapshot import Snapshot
from orderwatch.status import assess
from tests.support import build as make

DAY = date(2026, 11, 24)
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "</title></svg><svg onload=alert(1)>",
    '" autofocus onfocus="alert(1)',
    "=HYPERLINK(1)",
    "{{ 7 * 7 }}{% raw %}{braces}",
    "\u202eright to left\u2066",
    "\x1b]0;terminal\x07",
    "two\nlines &lt; &amp;",
    "\ud800\uffff\x00",
    "國際法院 العربية עברית 👩‍👩‍👧",
)


def site(*numbers: int, day: date = DAY, base_url: str | None = None) -> Site:
    """Tell of some cases of the shipped register, or of all, and of no log."""
    known = _known(day)
    ids = [str(number) for number in numbers]
    return Site(
        view=known.view,
        cases=known.case_files(*ids),
        overview=known.statuses(*ids, ended=True),
        base_url=base_url,
        licence=known.licence,
        states=known.register.states,
    )


@cache
def _known(day: date) -> Snapshot:
    nowhere = {"log": None, "orders": None, "config": None}
    # A fixture of a module can ask before anything hides the log of whoever runs it.
    return Snapshot(load(nowhere, {}), as_of=day, with_log=False)


def hostile(number: int = 192) -> Site:
    """Tell of one case, to whose record somebody has added the worst there is."""
    plain = site(number)
    events = tuple(bad(plain.cases[0], text) for text in HOSTILE)
    return with_events(plain, events)


def endless(number: int = 192) -> Site:
    """Tell of one case, of which somebody has said a line of a megabyte."""
    plain = site(number)
    order = plain.cases[0].orders[-1]
    line = make.event(DAY, order.id, summary="x" * 1_000_000)
    return with_events(plain, [line])


def bad(about: CaseFile, text: str) -> Event:
    """Say a text wherever an event can say something."""
    order = about.orders[-1]
    return replace(
        make.event(DAY, order.id, kind=EventKind.ASSESSMENT, number=abs(hash(text))),
        speaker=text,
        role=Role.OTHER,
        summary=text,
        by=(text,),
        source=f"javascript:alert('{text}')",
        further=(f"https://example.org/?{text}", "data:text/html,<script>"),
        archive=f"HTTPS://user:\u202e@example.org/{text}",
        finding=text,
        scale=text,
        trigger=text,
        amended_by=text,
        about=(order.id, text),
    )


def crowded(number: int, count: int) -> Site:
    """Tell of one case with so many events more."""
    plain = site(number)
    order = plain.cases[0].orders[-1]
    start = order.made
    days = (DAY - start).days + 1
    added = (
        replace(
            make.event(start + timedelta(days=place * days // count), order.id),
            id=f"many-{place}",
            summary=f"Event {place} of many.",
        )
        for place in range(count)
    )
    return with_events(plain, added)


def with_events(plain: Site, added: Iterable[Event]) -> Site:
    """Add events to the record of the first case, and to what is said of it."""
    first, *rest = plain.cases
    events = (*first.events, *added)
    said = tuple(event for event in events if event.finding)
    wanted = tuple(
        replace(status, assessments=said, events=said, count=len(said)) for status in first.statuses
    )
    told = replace(
        first,
        events=tuple(sorted(events, key=lambda event: event.on)),
        statuses=wanted,
    )
    return replace(plain, cases=(told, *rest))


def misnamed(text: str) -> Site:
    """Tell of a register that has a text wherever it can have one of its own."""
    plain = site(192)
    sources = (
        Source(url=text, grade=Grade.COPY, title=text),
        Source(url=text, grade=Grade.COURT),
    )
    case = replace(
        make.PENDING,
        short=text,
        title=text,
        applicants=(text,),
        respondents=(text,),
        url=text,
        state=text,
        note=text,
        sources=sources,
    )
    order = replace(
        make.order(case=case),
        title=text,
        document=text,
        url=text,
        organ=text,
        citation=text,
        reaffirms=(text,),
        modifies=(text,),
        note=text,
        sources=sources,
    )
    duty = replace(
        make.obligation(order=order, summary=text, addressees=(text,)),
        note=text,
        contested=Contested(text=text, sources=sources),
        sources=sources,
        votes=Votes(in_favour=1, against=1, dissenting=(text,), note=text),
    )
    decision = Decision(
        order=order,
        point="(1)",
        kind=Kind.DECLINE,
        summary=text,
        note=text,
        sources=sources,
    )
    event = bad(replace(plain.cases[0], orders=(order,)), text)
    planned = deadlines.schedule(duty, (), until=DAY)
    stands = replace(assess(planned, (event,), today=DAY), assessments=(event,))
    told = CaseFile(
        subject=case.id,
        case=case,
        orders=(order,),
        decisions=(decision,),
        statuses=(stands,),
        schedules=(planned,),
        events=(event,),
    )
    return replace(plain, cases=(told,), overview=(stands,))
