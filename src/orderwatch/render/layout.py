"""Select and sort what an overview shows, and the interface of all outputs."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol

from orderwatch.frozen import Frozen
from orderwatch.model import (
    CaseFile,
    DeadlineStatus,
    Event,
    Hit,
    Obligation,
    Order,
    Provenance,
    RecordChange,
    Schedule,
    Status,
    Timing,
)


class Renderer(Protocol):
    """Interface of the output formats: values in, text out."""

    def status(self, view: Provenance, statuses: Sequence[Status], *, overview: bool) -> str:
        """Render obligation statuses, or the overview."""

    def countdown(self, view: Provenance, statuses: Sequence[Status]) -> str:
        """Render the upcoming deadlines."""

    def deadlines(self, view: Provenance, items: Sequence[DeadlineStatus], *, total: int) -> str:
        """Render a list of deadlines, past and to come, of a longer one of `total`."""

    def show(self, view: Provenance, case_file: CaseFile) -> str:
        """Render the case file of a case, order or obligation."""

    def explain(self, view: Provenance, schedules: Sequence[Schedule]) -> str:
        """Render the derivation of dates."""

    def changes(
        self, view: Provenance, changes: Sequence[RecordChange], *, since: date, total: int
    ) -> str:
        """Render what register and log have gained since a day, of a longer list of `total`."""

    def events(self, view: Provenance, events: Sequence[Event]) -> str:
        """Render events of the public record and the log."""

    def orders(
        self,
        view: Provenance,
        orders: Sequence[Order],
        obligations: Sequence[Obligation],
    ) -> str:
        """Render the orders of the register; `obligations` are those of the orders."""

    def find(
        self, view: Provenance, query: str, hits: Sequence[Hit], total: int | None = None
    ) -> str:
        """Render the results of a search, best first."""


class OrderLine(Frozen):
    """An order in force, on one line."""

    order: Order
    measures: int
    kinds: tuple[str, ...]
    """Kinds of its obligations, the most frequent first."""


class Overview(Frozen):
    """Deadlines of pending cases, and orders in force."""

    to_come: tuple[DeadlineStatus, ...]
    awaiting: tuple[Status, ...]
    """Obligations that await their trigger."""
    passed: tuple[DeadlineStatus, ...]
    """The last passed deadline of each obligation, the latest first."""
    orders: tuple[OrderLine, ...]


def overview(view: Provenance, statuses: Sequence[Status]) -> Overview:
    """Select and sort deadlines, awaited triggers and orders in force."""
    pending = [status for status in statuses if _is_pending(status, view.as_of)]
    upcoming = [
        status.current
        for status in pending
        if status.current and status.timing in {Timing.UPCOMING, Timing.DUE_TODAY}
    ]
    passed = [item for status in pending if (item := last_passed(status))]
    awaiting = [s for s in pending if s.timing is Timing.AWAITING_TRIGGER]
    return Overview(
        to_come=tuple(sorted(upcoming, key=_due_key)),
        awaiting=tuple(awaiting),
        passed=tuple(sorted(passed, key=_due_key, reverse=True)),
        orders=_in_force(view.as_of, statuses),
    )


def group_by_order(statuses: Iterable[Status]) -> list[tuple[Order, list[Status]]]:
    """Group statuses by order, in order of first occurrence."""
    groups: dict[str, tuple[Order, list[Status]]] = {}
    for status in statuses:
        order = status.obligation.order
        groups.setdefault(order.id, (order, []))[1].append(status)
    return list(groups.values())


def addressees(order: Order, obligations: Iterable[Obligation]) -> list[str]:
    """List the addressees of the obligations of an order, without duplicates."""
    names = (
        name
        for obligation in obligations
        if obligation.order.id == order.id
        for name in obligation.addressees
    )
    return list(dict.fromkeys(names))


def last_passed(status: Status) -> DeadlineStatus | None:
    """Return the latest passed deadline of an obligation, or None."""
    passed = [item for item in status.deadlines if item.timing is Timing.PASSED]
    return max(passed, key=_due_key, default=None)


def _in_force(day: date, statuses: Iterable[Status]) -> tuple[OrderLine, ...]:
    lines = [
        OrderLine(
            order=order,
            measures=len(group),
            kinds=tuple(
                kind for kind, _ in Counter(s.obligation.kind.value for s in group).most_common()
            ),
        )
        for order, group in group_by_order(s for s in statuses if s.in_force)
        if order.in_force(day)
    ]
    return tuple(sorted(lines, key=lambda line: line.order.sort_key, reverse=True))


def _is_pending(status: Status, day: date) -> bool:
    ending = status.obligation.order.case.ended
    return ending is None or not ending.is_over_on(day)


def _due_key(item: DeadlineStatus) -> tuple[date, str]:
    return item.deadline.due, item.deadline.obligation.id
