"""What the overview shows, and in what order; the same in every output."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from orderwatch.model import DeadlineStatus, Order, Status, Timing, View


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One order in force, in short."""

    order: Order
    measures: int
    kinds: tuple[str, ...]
    """What it asks for, the most frequent first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The deadlines of pending cases, and the orders in force."""

    to_come: tuple[DeadlineStatus, ...]
    awaiting: tuple[Status, ...]
    """Those whose time has not begun to run."""
    passed: tuple[DeadlineStatus, ...]
    """The last that has passed of each obligation, the latest first."""
    orders: tuple[OrderLine, ...]


def overview(view: View, statuses: Sequence[Status]) -> Overview:
    """Sort what a reader wants to know first to the top."""
    pending = [status for status in statuses if _is_pending(status, view.as_of)]
    coming = [
        status.current
        for status in pending
        if status.current and status.timing in {Timing.UPCOMING, Timing.DUE_TODAY}
    ]
    passed = [item for status in pending if (item := last_passed(status))]
    waiting = [s for s in pending if s.timing is Timing.AWAITING_TRIGGER]
    return Overview(
        to_come=tuple(sorted(coming, key=_due)),
        awaiting=tuple(waiting),
        passed=tuple(sorted(passed, key=_due, reverse=True)),
        orders=_in_force(view.as_of, statuses),
    )


def by_order(statuses: Iterable[Status]) -> list[tuple[Order, list[Status]]]:
    """Put the obligations of each order together, in the order of the first."""
    groups: dict[str, tuple[Order, list[Status]]] = {}
    for status in statuses:
        order = status.obligation.order
        groups.setdefault(order.id, (order, []))[1].append(status)
    return list(groups.values())


def last_passed(status: Status) -> DeadlineStatus | None:
    """Find the latest deadline of an obligation that has passed."""
    gone = [item for item in status.deadlines if item.timing is Timing.PASSED]
    return max(gone, key=_due, default=None)


def _in_force(day: date, statuses: Iterable[Status]) -> tuple[OrderLine, ...]:
    lines = [
        OrderLine(
            order=order,
            measures=len(found),
            kinds=tuple(
                kind
                for kind, _ in Counter(
                    s.obligation.kind.value for s in found
                ).most_common()
            ),
        )
        for order, found in by_order(s for s in statuses if s.in_force)
        if order.in_force(day)
    ]
    return tuple(
        sorted(lines, key=lambda line: (line.order.made, line.order.id), reverse=True)
    )


def _is_pending(status: Status, day: date) -> bool:
    end = status.obligation.order.case.ended
    return end is None or not end.by(day)


def _due(item: DeadlineStatus) -> tuple[date, str]:
    return item.deadline.due, item.deadline.obligation.id
