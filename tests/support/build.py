"""Small invented cases, orders, obligations and events for tests."""

from datetime import date

from orderwatch.model import (
    Case,
    Court,
    Ending,
    Event,
    EventKind,
    Kind,
    Obligation,
    Order,
    Outcome,
    Period,
    Role,
    TimeLimit,
    Votes,
    Within,
)

COURT = Court(
    id="icj",
    name="International Court of Justice",
    short="ICJ",
    seat="The Hague",
    time_zone="Europe/Amsterdam",
)
MONTH = Within(first=Period(months=1))
"""The time-limit of most reports: one month from the order."""


def case(number: int = 999, *, ended: Ending | None = None) -> Case:
    """Build a case of Ruritania against Atlantis."""
    return Case(
        number=number,
        short="Ruritania v. Atlantis",
        title="Border Lighthouse (Ruritania v. Atlantis)",
        applicants=("Ruritania",),
        respondents=("Atlantis",),
        ended=ended,
        court=COURT,
    )


PENDING = case()


def order(
    made: date = date(2024, 5, 24),
    *,
    case: Case | None = None,
    outcome: Outcome = Outcome.INDICATED,
    alias: str | None = None,
    ended: Ending | None = None,
) -> Order:
    """Build an order, of a pending case unless another is given."""
    return Order(
        case=case or PENDING,
        made=made,
        outcome=outcome,
        alias=alias,
        paragraph=57,
        ended=ended,
    )


MADE = order()


def obligation(  # noqa: PLR0913 - each has a default
    limit: TimeLimit = MONTH,
    *,
    order: Order | None = None,
    key: str = "3",
    point: str = "(3)",
    kind: Kind = Kind.REPORT,
    addressees: tuple[str, ...] = ("Atlantis",),
    summary: str = "Report to the Court on all measures taken.",
    votes: Votes | None = None,
    ended: Ending | None = None,
) -> Obligation:
    """Build an obligation, by default to report within one month."""
    return Obligation(
        order=order or MADE,
        key=key,
        point=point,
        kind=kind,
        addressees=addressees,
        summary=summary,
        limit=limit,
        votes=votes,
        ended=ended,
    )


def event(  # noqa: PLR0913 - each has a default
    on: date,
    *about: str,
    kind: EventKind = EventKind.STATEMENT,
    speaker: str = "Atlantis",
    role: Role = Role.PARTY,
    summary: str = "Says that something has happened.",
    by: tuple[str, ...] = (),
    source: str | None = "https://example.org/report",
    finding: str | None = None,
    scale: str | None = None,
    extends_to: date | None = None,
    trigger: str | None = None,
    ends: bool = False,
    number: int = 1,
) -> Event:
    """Build an event of the public record; `number` tells those of one day apart."""
    return Event(
        id=f"ev-999-{on}-{number}",
        on=on,
        kind=kind,
        speaker=speaker,
        role=role,
        summary=summary,
        about=about,
        by=by,
        source=source,
        finding=finding,
        scale=scale,
        extends_to=extends_to,
        trigger=trigger,
        ends=ends,
    )
