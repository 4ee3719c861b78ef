"""Select and sort what the outputs show, and define their interface."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol, TypeVar

from orderwatch.frozen import Frozen, replace
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

_T = TypeVar("_T")

_MAX_NAME_LENGTH = 22
"""Of a further alias that is shown in place of an id."""


class Renderer(Protocol):
    """Interface of the output formats: values in, text out.

    Parameters that only matter to readers have no effect on JSON and CSV.
    """

    def status(
        self,
        view: Provenance,
        statuses: Sequence[Status],
        *,
        overview: bool,
        full: bool = False,
        empty: str | None = None,
    ) -> str:
        """Render obligation statuses, with all fields if `full`, or the overview.

        `empty` is the sentence for no statuses.
        """

    def countdown(self, view: Provenance, statuses: Sequence[Status]) -> str:
        """Render the upcoming deadlines."""

    def deadlines(self, view: Provenance, items: Sequence[DeadlineStatus], *, total: int) -> str:
        """Render a list of deadlines, past and to come, of a longer one of `total`."""

    def show(
        self,
        view: Provenance,
        case_file: CaseFile,
        *,
        sources: bool = False,
        limit: int | None = None,
    ) -> str:
        """Render a case file; `sources` prints each in full, `limit` is that of the events."""

    def explain(
        self, view: Provenance, schedules: Sequence[Schedule], *, every: bool = True
    ) -> str:
        """Render the derivation of dates; unless `every`, of a series the last and the next."""

    def changes(
        self, view: Provenance, changes: Sequence[RecordChange], *, since: date, total: int
    ) -> str:
        """Render what register and log have gained since a day, of a longer list of `total`."""

    def events(self, view: Provenance, events: Sequence[Event], *, total: int = 0) -> str:
        """Render events of the public record and the log, out of `total`."""

    def orders(
        self,
        view: Provenance,
        orders: Sequence[Order],
        obligations: Sequence[Obligation],
        *,
        total: int = 0,
    ) -> str:
        """Render orders out of `total`; `obligations` are those of the orders."""

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


def newest_first(view: Provenance, orders: Iterable[Order]) -> list[Order]:
    """Sort orders: in force first, then the newest first."""
    newest = sorted(orders, key=lambda order: order.sort_key, reverse=True)
    return sorted(newest, key=lambda order: not order.in_force(view.as_of))


def select_page(
    items: Sequence[_T], limit: int | None, *, oldest_first: bool, ascending: bool
) -> Sequence[_T]:
    """Select the newest of items that are sorted by day, or the oldest; the newest first.

    With `ascending`, the order of the items is kept.
    """
    skipped = 0 if limit is None else max(0, len(items) - limit)
    shown = items
    if skipped:
        shown = items[: len(items) - skipped] if oldest_first else items[skipped:]
    return shown if oldest_first or ascending else shown[::-1]


def last_and_next(view: Provenance, schedule: Schedule) -> tuple[Schedule, int]:
    """Return a schedule with its last passed date and the next; and the number of others."""
    dates = sorted(schedule.deadlines, key=lambda item: item.due)
    passed = [item for item in dates if item.due < view.as_of]
    upcoming = [item for item in dates if item.due >= view.as_of]
    shown = (*passed[-1:], *upcoming[:1])
    return replace(schedule, deadlines=shown), len(dates) - len(shown)


def split_events(case_file: CaseFile) -> tuple[Sequence[Event], Sequence[Event]]:
    """Split the events of a case file: about its subject, and about what contains it."""
    obligations = {item.obligation.id for item in case_file.statuses}
    if case_file.subject == case_file.case.id:
        return case_file.events, []
    from orderwatch.event_list import EventList

    ids = {case_file.subject, *obligations}
    if isinstance(case_file.events, EventList):
        return case_file.events.split(ids)
    own: list[Event] = []
    others: list[Event] = []
    for event in case_file.events:
        (others if ids.isdisjoint(event.subjects) else own).append(event)
    return own, others


def select_statuses(case_file: CaseFile, statuses: Iterable[Status]) -> CaseFile:
    """Return a case file with the events about its subject, and statuses with their orders.

    An order without obligations stays unless some statuses are left out.
    """
    ids = {item.obligation.id for item in statuses}
    own = [item for item in case_file.statuses if item.obligation.id in ids]
    orders = case_file.orders
    if len(own) < len(case_file.statuses):
        names = {item.obligation.order.id for item in own}
        orders = tuple(order for order in orders if order.id in names)
    events = tuple(split_events(case_file)[0])
    return replace(case_file, orders=orders, statuses=tuple(own), events=events)


def short_name(item: Obligation | Order) -> str:
    """Return a short name that a command takes: alias, first further alias, or id."""
    order = item if isinstance(item, Order) else item.order
    further = [name for name in order.aliases if len(name) <= _MAX_NAME_LENGTH]
    name = order.alias or next(iter(further), order.id)
    return name if isinstance(item, Order) else f"{name}/{item.key}"


def by_order(obligations: Iterable[Obligation]) -> dict[str, list[Obligation]]:
    """Group obligations by the id of their order; an order without any has an empty list."""
    groups = defaultdict[str, list[Obligation]](list)
    for obligation in obligations:
        groups[obligation.order.id].append(obligation)
    return groups


def addressees(obligations: Iterable[Obligation]) -> list[str]:
    """List the addressees of obligations, without duplicates."""
    return list(dict.fromkeys(name for item in obligations for name in item.addressees))


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
